//! The commands `officers` and `keys`: who at the landlord may see cases.

use std::io::{self, Write};
use std::time::SystemTime;

use domain::choices::Choice;
use sqlx::Row;

use super::session;
use crate::keys::{self, Scope};
use crate::store::{Store, unreadable};
use crate::{Failure, clock, landlords, log, options, serve};

/// `housing-complaint keys …`.
///
/// # Errors
///
/// What is to be changed before it can be done.
pub async fn keys(options: options::Keys) -> Result<(), Failure> {
    log::init();
    match options.command {
        options::KeysCommand::Add(add) => {
            let store = open(&add.database).await?;
            let landlord = of_landlord(add.landlord)?;
            let now = clock::at(SystemTime::now()).map_err(Failure::from_store)?.at;
            let made = keys::add(&store, &add.name, landlord.as_deref(), &add.scopes, now).await;
            let made = made.map_err(Failure::from_store)?;
            // The key alone, so that a script can take it from there.
            say(&made.key);
            eprintln!("This key is not shown again. Its id is {}.", made.id);
            Ok(())
        }
        options::KeysCommand::List(list) => list_keys(&open(&list.database).await?).await,
        options::KeysCommand::Revoke(revoke) => {
            let store = open(&revoke.database).await?;
            let now = clock::at(SystemTime::now()).map_err(Failure::from_store)?.at;
            let is_done = keys::revoke(&store, &revoke.id, now).await;
            match is_done.map_err(Failure::from_store)? {
                true => Ok(()),
                false => Err(Failure::NoSuchKey(revoke.id)),
            }
        }
    }
}

async fn list_keys(store: &Store) -> Result<(), Failure> {
    let rows = sqlx::query(
        "select id, name, landlord, scopes, created_at, last_used_on, revoked_at
        from api_keys order by created_at, id",
    )
    .fetch_all(store.pool())
    .await
    .map_err(failed)?;
    say("id\tname\tlandlord\tscopes\tcreated\tlast used\trevoked");
    for row in rows {
        let text = |column: &str| row.try_get::<Option<String>, _>(column).map_err(failed);
        let day = |text: Option<String>| text.map(|it| it.chars().take(10).collect::<String>());
        let cells = [
            text("id")?,
            text("name")?,
            Some(text("landlord")?.unwrap_or("all".to_owned())),
            text("scopes")?,
            day(text("created_at")?),
            text("last_used_on")?,
            day(text("revoked_at")?),
        ];
        say(&cells.map(|it| it.unwrap_or("-".to_owned())).join("\t"));
    }
    Ok(())
}

/// `housing-complaint officers …`.
///
/// # Errors
///
/// What is to be changed before it can be done.
pub async fn officers(options: options::Officers) -> Result<(), Failure> {
    log::init();
    match options.command {
        options::OfficersCommand::Add(add) => {
            let store = open(&add.database).await?;
            let landlord = of_landlord(add.landlord)?;
            add_officer(&store, &add.email, &add.name, landlord).await
        }
        options::OfficersCommand::List(list) => list_officers(&open(&list.database).await?).await,
        options::OfficersCommand::Remove(remove) => {
            remove_officer(&open(&remove.database).await?, &remove.email).await
        }
    }
}

async fn add_officer(
    store: &Store,
    email: &str,
    name: &str,
    landlord: Option<String>,
) -> Result<(), Failure> {
    let email = session::normal(email);
    if !session::is_address(&email) {
        return Err(Failure::NoAddress(email));
    }
    let now = clock::at(SystemTime::now()).map_err(Failure::from_store)?.at;
    let (address, name) = (email.clone(), name.to_owned());
    let adding = store.write(move |connection| {
        Box::pin(async move {
            let done = sqlx::query(
                "insert into officers (email, name, landlord, created_at)
                values ($1, $2, $3, $4) on conflict (email) do nothing",
            )
            .bind(address)
            .bind(name)
            .bind(landlord)
            .bind(now)
            .execute(connection)
            .await?;
            Ok(done.rows_affected() == 1)
        })
    });
    match adding.await.map_err(Failure::from_store)? {
        true => Ok(()),
        false => Err(Failure::OfficerIsThere(email)),
    }
}

async fn list_officers(store: &Store) -> Result<(), Failure> {
    let rows = sqlx::query("select email, name, landlord, created_at from officers order by email")
        .fetch_all(store.pool())
        .await
        .map_err(failed)?;
    say("e-mail\tname\tlandlord\tadded");
    for row in rows {
        let text = |column: &str| row.try_get::<Option<String>, _>(column).map_err(failed);
        let landlord = text("landlord")?.unwrap_or("all".to_owned());
        let added: String = text("created_at")?.unwrap_or_default().chars().take(10).collect();
        let (email, name) = (text("email")?, text("name")?);
        say(&[email.unwrap_or_default(), name.unwrap_or_default(), landlord, added].join("\t"));
    }
    Ok(())
}

/// Removes an officer, with every link and session that they have.
async fn remove_officer(store: &Store, email: &str) -> Result<(), Failure> {
    let email = session::normal(email);
    let address = email.clone();
    let removing = store.write(move |connection| {
        Box::pin(async move {
            for table in ["officer_links", "officer_sessions"] {
                let sql = format!(
                    "delete from {table} where officer in (select id from officers where email = $1)"
                );
                sqlx::query(sqlx::AssertSqlSafe(sql))
                    .bind(address.clone())
                    .execute(&mut *connection)
                    .await?;
            }
            let done = sqlx::query("delete from officers where email = $1")
                .bind(address)
                .execute(connection)
                .await?;
            Ok(done.rows_affected() == 1)
        })
    });
    match removing.await.map_err(Failure::from_store)? {
        true => Ok(()),
        false => Err(Failure::NoSuchOfficer(email)),
    }
}

/// The database of a command.
///
/// # Errors
///
/// It can't be opened.
pub(crate) async fn open(options: &options::Database) -> Result<Store, Failure> {
    let place = serve::database(options)?;
    Ok(Store::open(&place).await?.0)
}

/// The landlord whose cases may be seen: one, or all.
fn of_landlord(whose: options::Whose) -> Result<Option<String>, Failure> {
    match whose.landlord {
        Some(id) if !landlords::is_id(&id) => Err(Failure::LandlordId(id)),
        id => Ok(id),
    }
}

/// Reads the scopes of a command line.
///
/// # Errors
///
/// There is no such scope.
pub fn scope(text: &str) -> Result<Scope, String> {
    let known = || domain::choices::keys::<Scope>().join(", ");
    Scope::from_key(text).ok_or_else(|| format!("give one of {}", known()))
}

fn failed(error: sqlx::Error) -> Failure {
    Failure::from_store(unreadable(error))
}

fn say(line: &str) {
    // Whoever reads no more has what they wanted.
    let _ = writeln!(io::stdout(), "{line}");
}
