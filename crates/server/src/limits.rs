//! How much one address may do, and how often a code may be wrong.
//!
//! Everything is counted in the database, so that the limits hold over all instances of the service. An
//! address is stored only as a keyed hash with a salt of the day, and no longer than its window lasts.
//!
//! What is deliberately absent: a lock. Whoever knows the right code always gets in, however many wrong
//! ones were tried before, by whomever: else anybody could keep a resident from their own case. What
//! guards a case is its code (10^16 of them); wrong ones cost time, and are told to wait.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName};
use domain::evidence::hex;
use hmac::{Hmac, Mac};
use ipnet::IpNet;
use sha2::Sha256;
use sqlx::{AnyConnection, Row};
use tokio::sync::Semaphore;
use tracing::warn;
use uuid::Uuid;

use crate::error::Error;
use crate::store::{sha256, unreadable};
use crate::{AppState, clock};

/// In how long wrong codes are counted, in seconds.
const CODES_WINDOW: i64 = 10 * 60;
/// How many wrong codes a case takes in that time before the next has to wait.
const CODES_OF_A_CASE: i64 = 10;
/// And an address: behind one may be a library with many people.
const CODES_OF_AN_ADDRESS: i64 = 50;
/// Where counting ends: more would only be work for the disk.
const CODES_COUNTED: i64 = 500;
/// How much longer each code takes after too many wrong ones, and at most.
const DELAY: Duration = Duration::from_millis(100);
const LONGEST_DELAY: Duration = Duration::from_secs(2);
/// How many requests may be waiting so. More would be a way to make this service hold on to them.
const DELAYED: usize = 256;
/// In how long submissions are counted, in seconds.
const SUBMISSIONS_WINDOW: i64 = 60 * 60;

/// What else an address may do only so often. A library, an advice centre and a landlord's office have one
/// address for all, so each number is far above what their people do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seldom {
    /// Asking for a new access code.
    NewCode,
    /// Asking for an officer's link.
    Link,
    /// Signing in with a key that is not good.
    WrongKey,
}

impl Seldom {
    /// The name under which it is counted, in how many seconds, and how many there may be in them.
    fn rate(self) -> (&'static str, i64, i64) {
        match self {
            Self::NewCode => ("new_codes", 60 * 60, 30),
            Self::Link => ("links", 10 * 60, 60),
            Self::WrongKey => ("keys", 10 * 60, 20),
        }
    }
}

/// How often old counts are forgotten.
const SWEEP: Duration = Duration::from_secs(30 * 60);
/// How old they are then, in seconds: nothing is counted over more than a day.
const OLD: i64 = 2 * 24 * 60 * 60;

/// How much is allowed, and what waits at this moment.
#[derive(Clone, Debug)]
pub struct Limits {
    /// How many submissions an address may send in an hour; 0 is any number.
    pub submissions: i64,
    delays: Arc<Semaphore>,
}

impl Limits {
    /// So many submissions from an address in an hour; 0 is any number.
    pub fn new(submissions: i64) -> Self {
        Self { submissions, delays: Arc::new(Semaphore::new(DELAYED)) }
    }
}

/// The address from which a request comes.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub Option<IpAddr>);

impl FromRequestParts<AppState> for Peer {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &AppState,
    ) -> Result<Self, Self::Rejection> {
        let from = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let origin = |address: IpAddr| state.config.proxies.origin(address, &parts.headers);
        Ok(Self(from.map(|ConnectInfo(address)| origin(address.ip()))))
    }
}

impl Peer {
    /// Whether it is an address of this machine or of a private network. Nobody is counted by it: it is
    /// the landlord's own, or a proxy that nobody has named in `--trusted-proxy`, and then it would be
    /// everybody's.
    pub fn is_private(self) -> bool {
        match self.0.map(|it| it.to_canonical()) {
            None => true,
            Some(IpAddr::V4(it)) => it.is_loopback() || it.is_private() || it.is_link_local(),
            Some(IpAddr::V6(it)) => {
                it.is_loopback() || it.is_unique_local() || it.is_unicast_link_local()
            }
        }
    }
}

/// Waits a moment before an access code of this case is looked at, where many were wrong.
///
/// # Errors
///
/// The database fails.
pub async fn check_code(state: &AppState, peer: Peer, reference: &str) -> Result<(), Error> {
    let (_, over) = wrong_codes(state, peer, reference).await?;
    if over <= 0 {
        return Ok(());
    }
    // Where too many wait already, it is not this that keeps anybody out.
    if let Ok(_one) = state.config.limits.delays.try_acquire() {
        let times = u32::try_from(over).unwrap_or(u32::MAX);
        tokio::time::sleep(DELAY.saturating_mul(times).min(LONGEST_DELAY)).await;
    }
    Ok(())
}

/// Notes that a code was wrong, or the reference unknown: nobody can tell which, here as elsewhere.
///
/// # Errors
///
/// [`Error::TooMany`] where that was once too often; the database fails.
pub async fn wrong_code(state: &AppState, peer: Peer, reference: &str) -> Result<(), Error> {
    let (counts, over) = wrong_codes(state, peer, reference).await?;
    let Counts { since, of_case, of_address, left } = counts;
    let whats: Vec<String> = [Some(of_case), of_address]
        .into_iter()
        .flatten()
        .filter(|(_, count)| *count < CODES_COUNTED)
        .map(|(what, _)| what)
        .collect();
    if !whats.is_empty() {
        let work = state.store.write(move |connection| {
            Box::pin(async move {
                for what in &whats {
                    count(connection, what, since).await?;
                }
                Ok(())
            })
        });
        work.await?;
    }
    if over >= 0 {
        state.metrics.limited("codes");
        return Err(Error::TooMany(left));
    }
    Ok(())
}

struct Counts {
    /// The beginning of the window.
    since: i64,
    /// The row of the case, and what it says.
    of_case: (String, i64),
    /// The row of the address.
    of_address: Option<(String, i64)>,
    /// How many seconds are left of the window.
    left: u32,
}

/// How often a code was wrong of late, and by how much that is over what is allowed.
async fn wrong_codes(
    state: &AppState,
    peer: Peer,
    reference: &str,
) -> Result<(Counts, i64), Error> {
    let (since, left) = window(state, CODES_WINDOW)?;
    let of_case = named(state, since, "case", reference);
    let of_address = peer.0.map(|it| named(state, since, "codes", &shown(it)));
    // One question, since everybody who looks at a case waits for the answer.
    let row = sqlx::query(
        "select coalesce((select count from attempts where what = $1 and since = $3), 0),
            coalesce((select count from attempts where what = $2 and since = $3), 0)",
    )
    .bind(&of_case)
    .bind(of_address.as_deref().unwrap_or_default())
    .bind(since)
    .fetch_one(state.store.pool())
    .await
    .map_err(unreadable)?;
    let count = |at: usize| row.try_get::<i64, _>(at).map_err(unreadable);
    let of_case = (of_case, count(0)?);
    let mut over = of_case.1 - CODES_OF_A_CASE;
    let of_address = match of_address {
        Some(what) => Some((what, count(1)?)),
        None => None,
    };
    // A private address may be that of a proxy, and then everybody's.
    if let Some((_, count)) = of_address.as_ref().filter(|_| !peer.is_private()) {
        over = over.max(count - CODES_OF_AN_ADDRESS);
    }
    Ok((Counts { since, of_case, of_address, left }, over))
}

/// Counts once more what an address may do only so often. No other address is kept from anything by it.
///
/// # Errors
///
/// [`Error::TooMany`] where this was once too often; the database fails.
pub async fn once_more(state: &AppState, peer: Peer, what: Seldom) -> Result<(), Error> {
    let (name, length, most) = what.rate();
    let Some((count, left)) = of_address(state, peer, name, length)? else {
        return Ok(());
    };
    // Those that are over cost the disk nothing.
    let mut so_far = counted(state, &count.what, count.since).await?;
    if so_far < most {
        let work = state
            .store
            .write(move |connection| Box::pin(async move { count.add(connection).await }));
        so_far = work.await? - 1;
    }
    if so_far < most {
        return Ok(());
    }
    state.metrics.limited(name);
    Err(Error::TooMany(left))
}

/// Something to be counted, in the transaction of what it counts.
#[derive(Clone, Debug)]
pub struct Count {
    what: String,
    since: i64,
}

impl Count {
    /// Counts one more; gives how many there are now. On PostgreSQL whoever counts under the same name
    /// waits until this transaction ends, so it comes last in it.
    ///
    /// # Errors
    ///
    /// The database fails.
    pub async fn add(&self, connection: &mut AnyConnection) -> Result<i64, sqlx::Error> {
        count(connection, &self.what, self.since).await
    }
}

/// Whether this address may send a submission now; and what is to be counted where it is stored. Of
/// those that come at the same moment a few more than allowed get through.
///
/// # Errors
///
/// [`Error::TooMany`] where it has sent as many as it may in an hour.
pub async fn check_submission(
    state: &AppState,
    peer: Peer,
    key: Uuid,
) -> Result<Option<Count>, Error> {
    if state.config.limits.submissions <= 0 {
        return Ok(None);
    }
    let Some((count, left)) = of_address(state, peer, "submissions", SUBMISSIONS_WINDOW)? else {
        return Ok(None);
    };
    if counted(state, &count.what, count.since).await? < state.config.limits.submissions {
        return Ok(Some(count));
    }
    // Whoever lost the answer gets it again.
    let before = sqlx::query("select 1 from submissions where idempotency_key_hash = $1")
        .bind(&sha256(key.as_bytes())[..])
        .fetch_optional(state.store.pool())
        .await
        .map_err(unreadable)?;
    if before.is_some() {
        return Ok(None);
    }
    warn!("an address has sent as many submissions as it may in an hour");
    state.metrics.limited("submissions");
    Err(Error::TooMany(left))
}

/// What is counted of an address, and how many seconds are left of the window; nothing of a private one.
fn of_address(
    state: &AppState,
    peer: Peer,
    what: &str,
    length: i64,
) -> Result<Option<(Count, u32)>, Error> {
    let Some(address) = peer.0.filter(|_| !peer.is_private()) else {
        return Ok(None);
    };
    let (since, left) = window(state, length)?;
    let what = named(state, since, what, &shown(address));
    Ok(Some((Count { what, since }, left)))
}

/// The beginning of the window of so many seconds, and how many are left of it.
fn window(state: &AppState, length: i64) -> Result<(i64, u32), Error> {
    let now = clock::now(state)?.millis / 1000;
    let since = now - now.rem_euclid(length);
    Ok((since, u32::try_from(since + length - now).unwrap_or(1).max(1)))
}

/// The name under which something is counted: a keyed hash. The key is another one each day, so that
/// nobody can tell whether two days had the same address.
fn named(state: &AppState, since: i64, what: &str, whose: &str) -> String {
    let day = since.div_euclid(24 * 60 * 60);
    let key = state.secret.derive(format!("limits:{day}").as_bytes());
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("HMAC takes a key of any length");
    mac.update(format!("{what}:{whose}").as_bytes());
    let hash: [u8; 32] = mac.finalize().into_bytes().into();
    hex(&hash[..16])
}

async fn counted(state: &AppState, what: &str, since: i64) -> Result<i64, Error> {
    let row = sqlx::query("select count from attempts where what = $1 and since = $2")
        .bind(what)
        .bind(since)
        .fetch_optional(state.store.pool())
        .await
        .map_err(unreadable)?;
    row.map_or(Ok(0), |row| row.try_get(0)).map_err(unreadable)
}

/// Counts one more; gives how many there are now.
///
/// # Errors
///
/// The database fails.
pub async fn count(
    connection: &mut AnyConnection,
    what: &str,
    since: i64,
) -> Result<i64, sqlx::Error> {
    let row = sqlx::query(
        "insert into attempts (what, since, count) values ($1, $2, 1)
        on conflict (what, since) do update set count = attempts.count + 1
        returning count",
    )
    .bind(what)
    .bind(since)
    .fetch_one(connection)
    .await?;
    row.try_get(0)
}

/// Forgets old counts, until the service stops.
pub async fn sweep(state: AppState) {
    let rounds = async {
        loop {
            tokio::time::sleep(SWEEP).await;
            // What failed was logged, and is tried again.
            let _ = forget(&state).await;
        }
    };
    tokio::select! {
        () = rounds => {}
        () = state.uploads.stopped() => {}
    }
}

/// Forgets old counts.
///
/// # Errors
///
/// The database fails.
pub async fn forget(state: &AppState) -> Result<(), Error> {
    let before = clock::now(state)?.millis / 1000 - OLD;
    let work = state.store.write(move |connection| {
        Box::pin(async move {
            let forget = sqlx::query("delete from attempts where since < $1").bind(before);
            forget.execute(connection).await.map(|_| ())
        })
    });
    work.await
}

/// Which proxies are believed about where a request comes from, and in which header they say it.
#[derive(Clone, Debug, Default)]
pub struct Proxies {
    /// Their addresses.
    pub trusted: Vec<IpNet>,
    /// The header that they write.
    pub header: ForwardedBy,
}

/// The header in which a proxy says where a request comes from. Only the one that it writes itself is
/// read: the other would be the visitor's own words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ForwardedBy {
    /// `X-Forwarded-For`, as most write it
    #[default]
    XForwardedFor,
    /// `Forwarded` (RFC 7239)
    Forwarded,
}

impl Proxies {
    /// Where a request comes from that arrived from this address: the rightmost address in the header
    /// that is not a trusted proxy's. What stands left of it may be anything.
    pub fn origin(&self, from: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut origin = from.to_canonical();
        if !self.trusts(origin) {
            return origin;
        }
        let name = match self.header {
            ForwardedBy::XForwardedFor => "x-forwarded-for",
            ForwardedBy::Forwarded => "forwarded",
        };
        let values = headers.get_all(HeaderName::from_static(name));
        let texts: Vec<&str> = values.iter().filter_map(|it| it.to_str().ok()).collect();
        for hop in texts.iter().rev().flat_map(|text| text.rsplit(',')) {
            let Some(address) = self.address(hop) else {
                // What can't be read can't be believed: the proxy that wrote it is all that is known.
                return origin;
            };
            origin = address;
            if !self.trusts(origin) {
                return origin;
            }
        }
        origin
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.trusted.iter().any(|net| net.contains(&address))
    }

    fn address(&self, hop: &str) -> Option<IpAddr> {
        let text = match self.header {
            ForwardedBy::XForwardedFor => hop.trim(),
            ForwardedBy::Forwarded => hop.split(';').find_map(|pair| {
                let (name, value) = pair.trim().split_once('=')?;
                name.eq_ignore_ascii_case("for").then(|| value.trim_matches('"'))
            })?,
        };
        address(text)
    }
}

/// An address, with or without brackets and a port.
fn address(text: &str) -> Option<IpAddr> {
    let bare = match text.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?.0,
        None if text.matches(':').count() == 1 => text.split_once(':')?.0,
        None => text,
    };
    IpAddr::from_str(bare).ok().map(|it| it.to_canonical())
}

/// What counts as one address: with IPv6 a household has a whole network of them.
fn shown(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(it) => it.to_string(),
        IpAddr::V6(it) => {
            let [a, b, c, d, ..] = it.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn proxies(header: ForwardedBy) -> Proxies {
        let trusted = ["10.0.0.0/8", "2001:db8:1::/48"].map(|it| it.parse().unwrap());
        Proxies { trusted: trusted.into(), header }
    }

    fn origin(header: ForwardedBy, from: &str, lines: &[&'static str]) -> String {
        let name = match header {
            ForwardedBy::XForwardedFor => "x-forwarded-for",
            ForwardedBy::Forwarded => "forwarded",
        };
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(name, HeaderValue::from_static(line));
        }
        proxies(header).origin(from.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn the_rightmost_address_that_is_no_proxy_is_where_it_comes_from() {
        use ForwardedBy::{Forwarded, XForwardedFor};
        for (header, from, lines, wanted) in [
            (XForwardedFor, "10.0.0.1", &["198.51.100.7"][..], "198.51.100.7"),
            (XForwardedFor, "10.0.0.1", &["1.2.3.4, 198.51.100.7, 10.0.0.2"], "198.51.100.7"),
            (XForwardedFor, "10.0.0.1", &["1.2.3.4", "198.51.100.7, 10.0.0.2"], "198.51.100.7"),
            (XForwardedFor, "::ffff:10.0.0.1", &["198.51.100.7:4711"], "198.51.100.7"),
            (XForwardedFor, "10.0.0.1", &["2001:db8:2::9"], "2001:db8:2::9"),
            (XForwardedFor, "10.0.0.1", &["[2001:db8:2::9]:443"], "2001:db8:2::9"),
            (XForwardedFor, "10.0.0.1", &["10.0.0.3"], "10.0.0.3"),
            (XForwardedFor, "10.0.0.1", &[], "10.0.0.1"),
            (Forwarded, "10.0.0.1", &["for=1.2.3.4, for=198.51.100.7;proto=https"], "198.51.100.7"),
            (Forwarded, "2001:db8:1::1", &["By=x;For=\"[2001:db8:2::9]:4711\""], "2001:db8:2::9"),
        ] {
            assert_eq!(origin(header, from, lines), wanted, "{lines:?}");
        }
    }

    #[test]
    fn nobody_but_a_trusted_proxy_is_believed() {
        use ForwardedBy::{Forwarded, XForwardedFor};
        assert_eq!(origin(XForwardedFor, "198.51.100.7", &["1.2.3.4"]), "198.51.100.7");
        assert_eq!(origin(XForwardedFor, "10.0.0.1", &["1.2.3.4, unknown"]), "10.0.0.1");
        assert_eq!(origin(Forwarded, "10.0.0.1", &["for=_hidden"]), "10.0.0.1");
        assert_eq!(origin(Forwarded, "10.0.0.1", &["for=[::1"]), "10.0.0.1");
    }

    #[test]
    fn an_ipv6_network_counts_as_one_address() {
        let both = ["2001:db8:1:2::1", "2001:db8:1:2:ffff::9"].map(|it| shown(it.parse().unwrap()));
        assert_eq!(both[0], both[1]);
        assert_ne!(both[0], shown("2001:db8:1:3::1".parse().unwrap()));
        assert_eq!(shown("::ffff:192.0.2.1".parse().unwrap()), "192.0.2.1");
    }
}
