//! The one task that writes to an SQLite file: it takes whatever is waiting, does it in one transaction,
//! waits for the disk once, and answers all.

use sqlx::any::AnyConnectOptions;
use sqlx::{AnyConnection, Connection};
use tokio::sync::{mpsc, oneshot};
use tracing::error;

use super::{Work, connect, unwritable};
use crate::error::Error;

/// The most that goes into one transaction. More would make the first one wait.
const BATCH: usize = 64;

/// Something to write, and who waits for it. It is called once to do it, which gives what is called once
/// when that is on disk, or is not.
pub(super) type Job = Box<dyn for<'c> FnOnce(&'c mut AnyConnection) -> Work<'c, Answer> + Send>;

/// Tells whoever waits for it: it is on disk, or it is not.
type Answer = Box<dyn FnOnce(bool) + Send>;

/// Makes a job of some work.
pub(super) fn job<T, W>(work: W, answer: oneshot::Sender<Result<T, Error>>) -> Job
where
    T: Send + 'static,
    W: for<'c> FnOnce(&'c mut AnyConnection) -> Work<'c, T> + Send + 'static,
{
    Box::new(move |connection| {
        Box::pin(async move {
            let done = match work(connection).await {
                Ok(done) => done,
                Err(error) => {
                    // Whoever has gone away will ask again.
                    let _ = answer.send(Err(Error::Unavailable));
                    return Err(error);
                }
            };
            let tell: Answer = Box::new(move |is_on_disk| {
                let _ = answer.send(if is_on_disk { Ok(done) } else { Err(Error::Unavailable) });
            });
            Ok(tell)
        })
    })
}

/// Writes until nobody can send any more and everything is written.
pub(super) async fn run(
    options: AnyConnectOptions,
    mut connection: AnyConnection,
    mut jobs: mpsc::Receiver<Job>,
) {
    let mut batch = Vec::with_capacity(BATCH);
    while jobs.recv_many(&mut batch, BATCH).await > 0 {
        let mut answers = Vec::with_capacity(batch.len());
        let outcome = write_all(&mut connection, &mut batch, &mut answers).await;
        if let Err(error) = &outcome {
            error!(%error, jobs = answers.len(), "a transaction failed");
            // SQLite may have ended the transaction by itself, without the connection's knowing (a
            // full disk does that). A new connection starts from what is true.
            match connect(&options).await {
                Ok(new) => connection = new,
                Err(error) => error!(%error, "can't open the database again"),
            }
        }
        for answer in answers {
            answer(outcome.is_ok());
        }
        // Those that were not begun when it failed: their senders hear of it by their being dropped.
        batch.clear();
    }
    if let Err(error) = connection.close().await {
        error!(%error, "can't close the database");
    }
}

/// Does every job in one transaction. One that fails is undone, and the others stay.
async fn write_all(
    connection: &mut AnyConnection,
    batch: &mut Vec<Job>,
    answers: &mut Vec<Answer>,
) -> Result<(), sqlx::Error> {
    let mut transaction = connection.begin_with("begin immediate").await?;
    for job in batch.drain(..) {
        let mut part = transaction.begin().await?;
        match job(&mut part).await {
            Ok(answer) => {
                answers.push(answer);
                part.commit().await?;
            }
            Err(error) => {
                unwritable(error);
                part.rollback().await?;
            }
        }
    }
    transaction.commit().await
}
