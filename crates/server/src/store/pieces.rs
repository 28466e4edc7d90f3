//! Files that arrive in pieces in the bucket: which pieces count, and who works on a file at this moment.
//! Every instance of the service sees the same rows, so none has to remember anything.
//!
//! Who works on a file has a word that nobody else has, and every change to its pieces names it: whoever
//! was taken to be gone, and was only slow, changes nothing any more. So what is true never hangs on the
//! clocks of two machines, only how soon one takes over from the other.

use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

use super::uploads::as_integer;
use super::{Store, unreadable};
use crate::error::Error;

/// Some bytes of a file, in an object of their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Where in the file they begin.
    pub begins_at: u64,
    /// How many they are: the first of the object.
    pub length: u64,
    /// The last part of the object's name.
    pub name: String,
}

impl Piece {
    /// Where in the file they end.
    pub fn ends_at(&self) -> u64 {
        self.begins_at + self.length
    }
}

/// What who works on a file hears when it says that it still does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// Nobody else wants it.
    Nothing,
    /// Another request waits, in case the sender of this one is gone.
    WantedWhenSilent,
    /// Another request is to go on instead.
    WantedAtOnce,
    /// Another has it already.
    Lost,
}

const WHEN_SILENT: &str = "when_silent";
const AT_ONCE: &str = "at_once";

impl Store {
    /// The pieces of a file, in order.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`] where the database fails; so do all others here.
    pub async fn pieces(&self, id: &str) -> Result<Vec<Piece>, Error> {
        let rows = sqlx::query(
            "select begins_at, length, name from upload_pieces where upload = $1 order by begins_at",
        )
        .bind(id)
        .fetch_all(self.pool())
        .await
        .map_err(unreadable)?;
        rows.iter().map(piece).collect::<Result<_, _>>().map_err(unreadable)
    }

    /// Makes this word the one that works on a file, unless another does `now`; whether it is.
    pub async fn hold_upload(
        &self,
        id: &str,
        word: &str,
        now: String,
        until: String,
    ) -> Result<bool, Error> {
        let (id, word) = (id.to_owned(), word.to_owned());
        self.write(move |connection| {
            Box::pin(async move {
                let done = sqlx::query(
                    "update uploads set held_by = $1, held_until = $2, wanted = null
                    where id = $3 and (held_by is null or held_until < $4)",
                )
                .bind(word)
                .bind(until)
                .bind(id)
                .bind(now)
                .execute(connection)
                .await?;
                Ok(done.rows_affected() == 1)
            })
        })
        .await
    }

    /// Says that it is still worked on, and hears who else waits.
    pub async fn still_hold_upload(
        &self,
        id: &str,
        word: &str,
        until: String,
    ) -> Result<Heard, Error> {
        let (id, word) = (id.to_owned(), word.to_owned());
        self.write(move |connection| {
            Box::pin(async move {
                let still = "update uploads set held_until = $1 where id = $2 and held_by = $3";
                let still = sqlx::query(still).bind(until).bind(&id).bind(word);
                if still.execute(&mut *connection).await?.rows_affected() == 0 {
                    return Ok(Heard::Lost);
                }
                let row = sqlx::query("select wanted from uploads where id = $1").bind(&id);
                let wanted: Option<String> = row.fetch_one(connection).await?.try_get("wanted")?;
                Ok(match wanted.as_deref() {
                    None => Heard::Nothing,
                    Some(AT_ONCE) => Heard::WantedAtOnce,
                    Some(_) => Heard::WantedWhenSilent,
                })
            })
        })
        .await
    }

    /// Ends the work of this word on a file.
    pub async fn let_go_of_upload(&self, id: &str, word: &str) -> Result<(), Error> {
        let (id, word) = (id.to_owned(), word.to_owned());
        self.write(move |connection| {
            Box::pin(async move {
                let free = "update uploads set held_by = null, held_until = null, wanted = null
                    where id = $1 and held_by = $2";
                sqlx::query(free).bind(id).bind(word).execute(connection).await?;
                Ok(())
            })
        })
        .await
    }

    /// Notes that another request waits for a file, or, with `None`, no longer does.
    pub async fn want_upload(&self, id: &str, at_once: Option<bool>) -> Result<(), Error> {
        let id = id.to_owned();
        let wanted = at_once.map(|it| if it { AT_ONCE } else { WHEN_SILENT });
        self.write(move |connection| {
            Box::pin(async move {
                let want = "update uploads set wanted = $1 where id = $2 and held_by is not null";
                sqlx::query(want).bind(wanted).bind(id).execute(connection).await?;
                Ok(())
            })
        })
        .await
    }

    /// Has pieces count that are in the bucket, from where those end that counted before. They take the
    /// place of what begins with or after the first of them. `false` where this word no longer works on
    /// the file, or the file no longer takes bytes: then they count for nothing.
    pub async fn add_pieces(
        &self,
        id: &str,
        word: &str,
        from: u64,
        pieces: Vec<Piece>,
        expires_at: String,
    ) -> Result<bool, Error> {
        let (id, word) = (id.to_owned(), word.to_owned());
        self.write(move |connection| {
            Box::pin(async move {
                let (Some(first), Some(last)) = (pieces.first(), pieces.last()) else {
                    return Ok(true);
                };
                // What nobody has claimed has its time from its creation.
                let done = sqlx::query(
                    "update uploads set arrived = $1, state = 'incomplete', reason = null,
                        expires_at = case when reference is null then expires_at else $2 end
                    where id = $3 and held_by = $4 and arrived = $5
                    and state in ('incomplete', 'damaged')",
                )
                .bind(as_integer(last.ends_at()))
                .bind(expires_at)
                .bind(&id)
                .bind(word)
                .bind(as_integer(from))
                .execute(&mut *connection)
                .await?;
                if done.rows_affected() == 0 {
                    return Ok(false);
                }
                forget_from(connection, &id, first.begins_at).await?;
                for piece in &pieces {
                    sqlx::query(
                        "insert into upload_pieces (upload, begins_at, length, name)
                        values ($1, $2, $3, $4)",
                    )
                    .bind(&id)
                    .bind(as_integer(piece.begins_at))
                    .bind(as_integer(piece.length))
                    .bind(&piece.name)
                    .execute(&mut *connection)
                    .await?;
                }
                Ok(true)
            })
        })
        .await
    }

    /// Has only the first bytes count, and says what no longer does; `None` where this word no longer works
    /// on the file. It is `damaged` where the whole was not what had been announced.
    pub async fn cut_pieces(
        &self,
        id: &str,
        word: &str,
        length: u64,
        is_damaged: bool,
    ) -> Result<Option<Vec<Piece>>, Error> {
        let (id, word) = (id.to_owned(), word.to_owned());
        self.write(move |connection| {
            Box::pin(async move {
                let state = if is_damaged { "damaged" } else { "incomplete" };
                let done = sqlx::query(
                    "update uploads set arrived = $1, state = $2, reason = $3
                    where id = $4 and held_by = $5 and state in ('incomplete', 'damaged')",
                )
                .bind(as_integer(length))
                .bind(state)
                .bind(is_damaged.then_some("checksum_mismatch"))
                .bind(&id)
                .bind(word)
                .execute(&mut *connection)
                .await?;
                if done.rows_affected() == 0 {
                    return Ok(None);
                }
                let gone = sqlx::query(
                    "select begins_at, length, name from upload_pieces
                    where upload = $1 and begins_at >= $2",
                )
                .bind(&id)
                .bind(as_integer(length))
                .fetch_all(&mut *connection)
                .await?;
                forget_from(connection, &id, length).await?;
                // The one in the middle of which the cut is.
                sqlx::query(
                    "update upload_pieces set length = $1 - begins_at
                    where upload = $2 and begins_at + length > $1",
                )
                .bind(as_integer(length))
                .bind(&id)
                .execute(&mut *connection)
                .await?;
                gone.iter().map(piece).collect::<Result<_, _>>().map(Some)
            })
        })
        .await
    }
}

async fn forget_from(
    connection: &mut AnyConnection,
    id: &str,
    begins_at: u64,
) -> Result<(), sqlx::Error> {
    sqlx::query("delete from upload_pieces where upload = $1 and begins_at >= $2")
        .bind(id)
        .bind(as_integer(begins_at))
        .execute(connection)
        .await?;
    Ok(())
}

fn piece(row: &AnyRow) -> Result<Piece, sqlx::Error> {
    Ok(Piece {
        begins_at: row.try_get::<i64, _>("begins_at")?.unsigned_abs(),
        length: row.try_get::<i64, _>("length")?.unsigned_abs(),
        name: row.try_get("name")?,
    })
}
