//! Keys of landlords' systems, and what each may do: `hck_<id>_<secret>`.
//!
//! A key has 256 random bits, so a plain SHA-256 of it can be stored: nobody can try them all. It is
//! shown once, when it is made. A key of one landlord knows nothing of another's cases: to it they do
//! not exist.
//!
//! Never here: a key, or its secret part, in the log, in an error, or in the database.

use axum::http::HeaderMap;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::choices::Choice;
use domain::evidence::hex;
use sqlx::Row;
use sqlx::any::AnyRow;
use subtle::ConstantTimeEq;

use crate::error::Error;
use crate::store::{Store, sha256, sought, unreadable};
use crate::{AppState, cases, clock};

/// What every key begins with. By it a scanner for secrets finds one that was published by mistake.
pub const PREFIX: &str = "hck_";

/// What a key may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// List and read cases, with what the resident sent.
    CasesRead,
    /// Acknowledge, extend, respond, decline, write messages, confirm.
    CasesWrite,
    /// Fetch the files that residents attached.
    EvidenceRead,
    /// Sign in to the officers' page.
    Officers,
}

impl Choice for Scope {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::CasesRead, "cases:read"),
        (Self::CasesWrite, "cases:write"),
        (Self::EvidenceRead, "evidence:read"),
        (Self::Officers, "officers"),
    ];
}

/// Whoever shows a key that is good.
#[derive(Clone, Debug)]
pub struct Holder {
    /// The key's id.
    pub id: String,
    /// The name that the landlord gave it: what was done with it is noted under this name.
    pub name: String,
    /// The one landlord whose cases it may see; all, where there is none.
    pub landlord: Option<String>,
    scopes: Vec<Scope>,
}

impl Holder {
    /// Whether the key may do this.
    pub fn may(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope)
    }

    /// Whether the cases of this landlord exist for the key.
    pub fn sees(&self, landlord: &str) -> bool {
        self.landlord.as_deref().is_none_or(|own| own == landlord)
    }
}

/// The key in `Authorization: Bearer hck_…`, if it is one of a landlord's system, good or not.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    Some(cases::http::bearer(headers)).filter(|it| it.starts_with(PREFIX))
}

/// Who asks, if their key may do this.
///
/// # Errors
///
/// [`Error::NoKey`] where there is no key, or one that is not known, or was revoked: which of the
/// three is not said. [`Error::NotAllowed`] where it may not do this.
pub async fn authorize(
    state: &AppState,
    headers: &HeaderMap,
    scope: Scope,
) -> Result<Holder, Error> {
    let holder = match bearer(headers) {
        Some(key) => holder(state, key).await?.ok_or(Error::NoKey)?,
        None => return Err(Error::NoKey),
    };
    if holder.may(scope) { Ok(holder) } else { Err(Error::NotAllowed) }
}

/// Whose key this is; `None` where it is nobody's, or was revoked.
///
/// # Errors
///
/// The database fails.
pub async fn holder(state: &AppState, key: &str) -> Result<Option<Holder>, Error> {
    let id = id(key).unwrap_or_default().to_owned();
    let row = sqlx::query(
        "select id, name, landlord, scopes, key_hash, last_used_on
        from api_keys where id = $1 and revoked_at is null",
    )
    .bind(sought(&id))
    .fetch_optional(state.store.pool())
    .await
    .map_err(unreadable)?;
    // An unknown key is compared with something, too, so that it takes the same time.
    let stored: Vec<u8> = match &row {
        Some(row) => row.try_get("key_hash").map_err(unreadable)?,
        None => vec![0; 32],
    };
    let is_it = bool::from(stored.ct_eq(&sha256(key.as_bytes())));
    let Some(row) = row.filter(|_| is_it) else {
        return Ok(None);
    };
    let holder = read(&row).map_err(unreadable)?;
    let today = clock::now(state)?.today.to_string();
    let last_used_on: Option<String> = row.try_get("last_used_on").map_err(unreadable)?;
    if last_used_on.as_ref() != Some(&today) {
        note_use(&state.store, id, today).await?;
    }
    Ok(Some(holder))
}

/// Notes the day on which a key is used. Once a day, or every reading would be a writing.
async fn note_use(store: &Store, id: String, today: String) -> Result<(), Error> {
    let noting = store.write(move |connection| {
        Box::pin(async move {
            sqlx::query("update api_keys set last_used_on = $1 where id = $2")
                .bind(today)
                .bind(id)
                .execute(connection)
                .await?;
            Ok(())
        })
    });
    noting.await
}

/// The id in a key: `hck_<id>_…`.
fn id(key: &str) -> Option<&str> {
    Some(key.strip_prefix(PREFIX)?.split_once('_')?.0)
}

fn read(row: &AnyRow) -> Result<Holder, sqlx::Error> {
    let scopes: String = row.try_get("scopes")?;
    Ok(Holder {
        id: row.try_get("id")?,
        name: row.try_get("name")?,
        landlord: row.try_get("landlord")?,
        scopes: scopes.split(' ').filter_map(Scope::from_key).collect(),
    })
}

/// A key that was just made.
pub struct Made {
    /// Its id.
    pub id: String,
    /// The key, which is nowhere else.
    pub key: String,
}

/// Makes a key.
///
/// # Errors
///
/// The database fails, or there are no random numbers.
pub async fn add(
    store: &Store,
    name: &str,
    landlord: Option<&str>,
    scopes: &[Scope],
    now: String,
) -> Result<Made, Error> {
    let id = hex(&crate::secret::random::<6>()?);
    let key = format!("{PREFIX}{id}_{}", secret()?);
    let hash = sha256(key.as_bytes()).to_vec();
    let keys: Vec<&str> = scopes.iter().map(|it| it.key()).collect();
    let (name, landlord, scopes) = (name.to_owned(), landlord.map(str::to_owned), keys.join(" "));
    let made = Made { id: id.clone(), key };
    let adding = store.write(move |connection| {
        Box::pin(async move {
            sqlx::query(
                "insert into api_keys (id, name, landlord, scopes, key_hash, created_at)
                values ($1, $2, $3, $4, $5, $6)",
            )
            .bind(id)
            .bind(name)
            .bind(landlord)
            .bind(scopes)
            .bind(hash)
            .bind(now)
            .execute(connection)
            .await?;
            Ok(())
        })
    });
    adding.await?;
    Ok(made)
}

/// Revokes a key, from the next request on, and ends the sessions that were begun with it. `false`
/// where there is no such key, or it was revoked before.
///
/// # Errors
///
/// The database fails.
pub async fn revoke(store: &Store, id: &str, now: String) -> Result<bool, Error> {
    let id = id.to_owned();
    let revoking = store.write(move |connection| {
        Box::pin(async move {
            let done = sqlx::query(
                "update api_keys set revoked_at = $1 where id = $2 and revoked_at is null",
            )
            .bind(now)
            .bind(&id)
            .execute(&mut *connection)
            .await?;
            sqlx::query("delete from officer_sessions where api_key = $1")
                .bind(&id)
                .execute(&mut *connection)
                .await?;
            Ok(done.rows_affected() > 0)
        })
    });
    revoking.await
}

/// 256 random bits as text.
///
/// # Errors
///
/// This machine gives no random numbers.
pub(crate) fn secret() -> Result<String, Error> {
    Ok(URL_SAFE_NO_PAD.encode(crate::secret::random::<32>()?))
}
