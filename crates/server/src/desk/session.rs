//! How an officer signs in, stays signed in, and signs out.
//!
//! There is no password. An officer asks for a link by e-mail, which is good for fifteen minutes and
//! once; or types a landlord's key that has the scope `officers`. Looking at a link does not use it up,
//! because programs that scan mail look at every link: pressing the button on its page does.
//!
//! Of links and sessions the database has only hashes; a link that waits to be mailed is there sealed. A session lasts eight hours, ends when the
//! officer signs out, and at once when they are removed or the key is revoked.

use std::time::Duration;

use axum::http::header::{COOKIE, HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderValue};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sqlx::Row;
use subtle::ConstantTimeEq;

use crate::error::Error;
use crate::keys::{self, Scope};
use crate::outbox::sealed::Sealed;
use crate::outbox::{self, OfficerLink};
use crate::store::{sha256, unreadable};
use crate::{AppState, clock};

/// How long a link is good.
const LINK: Duration = Duration::from_secs(15 * 60);
/// How long a session lasts: a working day.
const SESSION: Duration = Duration::from_secs(8 * 60 * 60);
/// How many links an officer can have at a time. More would fill a mailbox that is not the sender's.
const LINKS: i64 = 3;

/// Whoever is signed in.
#[derive(Clone, Debug)]
pub struct Officer {
    /// Their name, or that of their key. What they do is noted under it.
    pub name: String,
    /// The one landlord whose cases they see; all, where there is none.
    pub landlord: Option<String>,
    /// What every form of this session carries, and no other site can know.
    pub form_token: String,
}

impl Officer {
    /// Whether the cases of this landlord exist for them.
    pub fn sees(&self, landlord: &str) -> bool {
        self.landlord.as_deref().is_none_or(|own| own == landlord)
    }

    /// Whether a form is of this session.
    pub fn owns(&self, form_token: &str) -> bool {
        self.form_token.as_bytes().ct_eq(form_token.as_bytes()).into()
    }
}

/// Whose session this request belongs to, if it is still good.
///
/// # Errors
///
/// The database fails.
pub async fn officer(state: &AppState, headers: &HeaderMap) -> Result<Option<Officer>, Error> {
    let Some(token) = token(headers) else {
        return Ok(None);
    };
    let row = sqlx::query(
        "select coalesce(officers.name, api_keys.name) as name,
            case when officers.id is null then api_keys.landlord else officers.landlord end as landlord
        from officer_sessions
        left join officers on officers.id = officer_sessions.officer
        left join api_keys on api_keys.id = officer_sessions.api_key
            and api_keys.revoked_at is null
        where officer_sessions.token_hash = $1 and officer_sessions.expires_at > $2
            and (officers.id is not null or api_keys.id is not null)",
    )
    .bind(sha256(token.as_bytes()).to_vec())
    .bind(clock::now(state)?.at)
    .fetch_optional(state.store.pool())
    .await
    .map_err(unreadable)?;
    let Some(row) = row else {
        return Ok(None);
    };
    Ok(Some(Officer {
        name: row.try_get("name").map_err(unreadable)?,
        landlord: row.try_get("landlord").map_err(unreadable)?,
        form_token: form_token(token),
    }))
}

/// Between the secret part of a link and the case to which it leads. Both are hashed together, so nobody
/// can have it lead elsewhere.
const CASE: &str = ".";

/// The case to which a link leads, where it leads to one.
pub fn case_of(link: &str) -> Option<&str> {
    link.split_once(CASE).map(|(_, case)| case)
}

/// Has a link sent to this address, if an officer has it. Whether one has is not said, and it takes one
/// transaction either way.
///
/// # Errors
///
/// The database fails.
pub async fn send_link(state: &AppState, email: &str, case: Option<&str>) -> Result<(), Error> {
    let email = normal(email);
    let token = match case {
        Some(case) => [&*keys::secret()?, case].join(CASE),
        None => keys::secret()?,
    };
    let sealed = Sealed::new(&state.secret, &token)?;
    let (now, expires_at) = from_now(state, LINK)?;
    let sending = state.store.write(move |connection| {
        Box::pin(async move {
            sweep(connection, &now).await?;
            let row = sqlx::query(
                "select id, name, (select count(*) from officer_links
                    where officer_links.officer = officers.id) as links
                from officers where email = $1",
            )
            .bind(&email)
            .fetch_optional(&mut *connection)
            .await?;
            let Some(row) = row else {
                return Ok(());
            };
            if row.try_get::<i64, _>("links")? >= LINKS {
                return Ok(());
            }
            let officer: i64 = row.try_get("id")?;
            sqlx::query(
                "insert into officer_links (token_hash, officer, created_at, expires_at)
                values ($1, $2, $3, $4)",
            )
            .bind(sha256(token.as_bytes()).to_vec())
            .bind(officer)
            .bind(&now)
            .bind(&expires_at)
            .execute(&mut *connection)
            .await?;
            let name: String = row.try_get("name")?;
            let link = OfficerLink {
                to: &email,
                name: &name,
                token: &sealed,
                at: &now,
                expires_at: &expires_at,
            };
            outbox::enqueue_mail_to_officer(connection, &link).await
        })
    });
    sending.await
}

/// Whether a link is still good. It stays good.
///
/// # Errors
///
/// The database fails.
pub async fn is_good(state: &AppState, link: &str) -> Result<bool, Error> {
    let row = sqlx::query("select 1 from officer_links where token_hash = $1 and expires_at > $2")
        .bind(sha256(link.as_bytes()).to_vec())
        .bind(clock::now(state)?.at)
        .fetch_optional(state.store.pool())
        .await
        .map_err(unreadable)?;
    Ok(row.is_some())
}

/// Begins a session with a link, which is used up by it. `None` where the link is not good.
///
/// # Errors
///
/// The database fails.
pub async fn begin_with_link(state: &AppState, link: &str) -> Result<Option<String>, Error> {
    let link_hash = sha256(link.as_bytes()).to_vec();
    let token = keys::secret()?;
    let token_hash = sha256(token.as_bytes()).to_vec();
    let (now, expires_at) = from_now(state, SESSION)?;
    let beginning = state.store.write(move |connection| {
        Box::pin(async move {
            let row = sqlx::query(
                "delete from officer_links where token_hash = $1 and expires_at > $2
                returning officer",
            )
            .bind(link_hash)
            .bind(&now)
            .fetch_optional(&mut *connection)
            .await?;
            let Some(row) = row else {
                return Ok(false);
            };
            sweep(connection, &now).await?;
            sqlx::query(
                "insert into officer_sessions (token_hash, officer, created_at, expires_at)
                values ($1, $2, $3, $4)",
            )
            .bind(token_hash)
            .bind(row.try_get::<i64, _>("officer")?)
            .bind(now)
            .bind(expires_at)
            .execute(connection)
            .await?;
            Ok(true)
        })
    });
    Ok(beginning.await?.then_some(token))
}

/// Begins a session with a landlord's key. `None` where it is not good, or not for this.
///
/// # Errors
///
/// The database fails.
pub async fn begin_with_key(state: &AppState, key: &str) -> Result<Option<String>, Error> {
    let holder = keys::holder(state, key.trim()).await?;
    let Some(holder) = holder.filter(|it| it.may(Scope::Officers)) else {
        return Ok(None);
    };
    let token = keys::secret()?;
    let token_hash = sha256(token.as_bytes()).to_vec();
    let (now, expires_at) = from_now(state, SESSION)?;
    let beginning = state.store.write(move |connection| {
        Box::pin(async move {
            sweep(connection, &now).await?;
            sqlx::query(
                "insert into officer_sessions (token_hash, api_key, created_at, expires_at)
                values ($1, $2, $3, $4)",
            )
            .bind(token_hash)
            .bind(holder.id)
            .bind(now)
            .bind(expires_at)
            .execute(connection)
            .await?;
            Ok(())
        })
    });
    beginning.await?;
    Ok(Some(token))
}

/// Ends the session of this request.
///
/// # Errors
///
/// The database fails.
pub async fn end(state: &AppState, headers: &HeaderMap) -> Result<(), Error> {
    let Some(token) = token(headers) else {
        return Ok(());
    };
    let token_hash = sha256(token.as_bytes()).to_vec();
    let ending = state.store.write(move |connection| {
        Box::pin(async move {
            sqlx::query("delete from officer_sessions where token_hash = $1")
                .bind(token_hash)
                .execute(connection)
                .await?;
            Ok(())
        })
    });
    ending.await
}

/// This moment, and the one after so long a time, as the database has them.
fn from_now(state: &AppState, lasts: Duration) -> Result<(String, String), Error> {
    let now = clock::now(state)?;
    let end = i64::try_from(lasts.as_millis()).ok().and_then(|it| clock::moment(now.millis + it));
    Ok((now.at, end.ok_or(Error::Unavailable)?))
}

/// Removes what has expired.
async fn sweep(connection: &mut sqlx::AnyConnection, now: &str) -> Result<(), sqlx::Error> {
    for sql in [
        "delete from officer_links where expires_at <= $1",
        "delete from officer_sessions where expires_at <= $1",
    ] {
        sqlx::query(sql).bind(now.to_owned()).execute(&mut *connection).await?;
    }
    Ok(())
}

/// The cookie that keeps this session; that ends it, where there is no token.
///
/// A name that begins with `__Host-` tells the browser to take it only over https, from this host, for
/// all of it. Without https (on the machine itself, to try it out) there is no such promise to make, so
/// it has another name there.
pub fn cookie(state: &AppState, headers: &HeaderMap, token: Option<&str>) -> HeaderValue {
    let (value, age) = token.map_or(("", 0), |token| (token, SESSION.as_secs()));
    let cookie = match is_secure(state, headers) {
        true => {
            format!("{SECURE}={value}; Max-Age={age}; Path=/; Secure; HttpOnly; SameSite=Strict")
        }
        false => format!("{PLAIN}={value}; Max-Age={age}; Path=/; HttpOnly; SameSite=Strict"),
    };
    HeaderValue::try_from(cookie).expect("a token is letters, digits, hyphens and underscores")
}

const SECURE: &str = "__Host-officer";
const PLAIN: &str = "officer";

/// The token in the cookie. The one that came over https counts first: nobody can plant it.
fn token(headers: &HeaderMap) -> Option<&str> {
    let cookies: Vec<(&str, &str)> = headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|it| it.to_str().ok())
        .flat_map(|it| it.split(';'))
        .filter_map(|it| it.trim().split_once('='))
        .collect();
    [SECURE, PLAIN].iter().find_map(|wanted| {
        let (_, value) = cookies.iter().find(|(name, _)| name == wanted)?;
        (!value.is_empty()).then_some(*value)
    })
}

/// Whether the officer's browser came by https: to this service's public address, or to the proxy in
/// front of it. Who forges the header of a proxy changes their own cookie only.
fn is_secure(state: &AppState, headers: &HeaderMap) -> bool {
    let public = state.config.outbox.public_url.as_deref().unwrap_or_default();
    let forwarded = headers.get("x-forwarded-proto").and_then(|it| it.to_str().ok());
    public.starts_with("https://") || forwarded.is_some_and(|it| it.trim() == "https")
}

/// What every form of a session carries. It follows from the session's token, and does not lead back.
fn form_token(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(sha256(format!("officers' form:{token}").as_bytes()))
}

/// Whether a form can have come from a page of this service, as far as the browser says.
///
/// Browsers say it in `Sec-Fetch-Site`, and before that in `Origin`. Pages behind the sign-in send no
/// referrer, for which browsers take the origin away, too (`null`): there the token of the form decides,
/// and `unknown` is right. At the sign-in there is no such token, so it must be known.
pub fn is_own_form(state: &AppState, headers: &HeaderMap, unknown: bool) -> bool {
    let text = |name: &str| headers.get(name).and_then(|it| it.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return site == "same-origin";
    }
    let Some(origin) = text(ORIGIN.as_str()).filter(|it| *it != "null") else {
        return unknown;
    };
    let public = state.config.outbox.public_url.as_deref().unwrap_or_default();
    let host = origin.split_once("://").map(|(_, host)| host);
    origin == public.trim_end_matches('/') || (host.is_some() && host == text(HOST.as_str()))
}

/// An e-mail address as it is kept: without what gets in when it is pasted, in small letters.
pub fn normal(email: &str) -> String {
    email.trim().to_lowercase()
}

/// Whether something may be an e-mail address: enough to find a slip, and no more.
pub fn is_address(email: &str) -> bool {
    let parts = email.split_once('@');
    let has_parts = parts.is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
    has_parts && !email.contains(char::is_whitespace) && !email.contains(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: &'static str, value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(name, HeaderValue::from_str(value).unwrap());
        headers
    }

    #[test]
    fn the_cookie_that_only_https_can_set_counts_first() {
        let both = with("cookie", "theme=dark; officer=planted; __Host-officer=real");
        assert_eq!(token(&both), Some("real"));
        assert_eq!(token(&with("cookie", "officer=one")), Some("one"));
        assert_eq!(token(&with("cookie", "__Host-officer=; other=1")), None);
        assert_eq!(token(&HeaderMap::new()), None);
    }

    #[test]
    fn the_token_of_a_form_follows_from_the_session_and_is_not_it() {
        assert_eq!(form_token("a"), form_token("a"));
        assert_ne!(form_token("a"), form_token("b"));
        assert_ne!(form_token("a"), "a");
    }
}
