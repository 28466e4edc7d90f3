//! Bytes on their way into the bucket, in pieces, where several instances of the service share it.
//!
//! A piece is put into the bucket under a name that nothing else ever has, and then noted; only what is noted
//! counts, and only then is an offset told. Whatever ends in between leaves an object that counts for nothing,
//! and goes with the others when the file no longer needs any.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tracing::error;

use super::bucket::Bucket;
use super::refusal::Refusal;
use super::{UNFINISHED, Uploads, moment, random_name};
use crate::AppState;
use crate::error::Error;
use crate::store::pieces::Piece;
use crate::store::uploads::Upload;

/// The longest piece.
const LONG: usize = 4 << 20;
/// A piece of less than this is read again and made longer when more bytes come: a sender with very short
/// requests must not leave thousands of objects.
const SHORT: usize = 256 << 10;
/// How many senders may collect more than [`SHORT`] at the same time, so that memory has an end.
const LONG_ONES: usize = 8;
/// How long a slow sender's bytes are collected: what is not noted is lost with the instance.
const COLLECTED: Duration = Duration::from_secs(5);

/// Who may collect long pieces. Clones are the same.
#[derive(Clone)]
pub struct Room(Arc<Semaphore>);

impl Default for Room {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(LONG_ONES)))
    }
}

/// The bucket in which files arrive.
///
/// # Errors
///
/// The service has none now, although a file is there.
pub fn bucket(uploads: &Uploads) -> Result<&Bucket, Refusal> {
    uploads.0.settings.bucket.as_ref().ok_or_else(|| {
        error!("a file is in a bucket, and the service has none now");
        Refusal::Unavailable
    })
}

/// What to answer when the bucket fails.
pub fn failed(error: &object_store::Error) -> Refusal {
    error!(%error, "can't read or write a piece of a file in the bucket");
    Refusal::Unavailable
}

/// Adds bytes to a file in pieces.
pub struct Arriving<'a> {
    state: &'a AppState,
    bucket: &'a Bucket,
    upload: &'a Upload,
    /// Who works on it.
    word: &'a str,
    /// Whether pieces are to count only when all of the request is there.
    in_one: bool,
    /// Where the bytes end that count.
    noted: u64,
    /// Where the bytes begin that are collected.
    begins_at: u64,
    collected: Vec<u8>,
    since: Instant,
    permit: Option<OwnedSemaphorePermit>,
    /// What is in the bucket and does not count yet.
    put: Vec<Piece>,
    /// The last piece that counts, where it is too short: what is collected begins with its bytes.
    replaced: Option<Piece>,
}

impl<'a> Arriving<'a> {
    /// Goes on at the end of what has arrived.
    ///
    /// # Errors
    ///
    /// The database or the bucket does not answer.
    pub async fn go_on(
        state: &'a AppState,
        upload: &'a Upload,
        word: &'a str,
        in_one: bool,
    ) -> Result<Self, Error> {
        let bucket = bucket(&state.uploads)?;
        let noted = upload.arrived.unwrap_or_default();
        let mut pieces = state.store.pieces(&upload.id).await?;
        let replaced = pieces.pop().filter(|it| it.length < SHORT as u64);
        let collected = match &replaced {
            None => Vec::new(),
            Some(last) => {
                let range = last.begins_at..last.ends_at();
                let read =
                    bucket.read_pieces(&upload.file, std::slice::from_ref(last), range).await;
                read.map_err(|error| failed(&error))?
            }
        };
        let begins_at = noted - collected.len() as u64;
        Ok(Self {
            state,
            bucket,
            upload,
            word,
            in_one,
            noted,
            begins_at,
            collected,
            since: Instant::now(),
            permit: None,
            put: Vec::new(),
            replaced,
        })
    }

    /// Takes more bytes.
    ///
    /// # Errors
    ///
    /// They could not be stored, or another request has gone on with the file.
    pub async fn add(&mut self, mut bytes: &[u8]) -> Result<(), Error> {
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(LONG - self.collected.len()));
            self.collected.extend_from_slice(now);
            bytes = later;
            if self.is_enough() {
                self.put().await?;
                if !self.in_one {
                    self.note().await?;
                }
            }
        }
        Ok(())
    }

    /// Has everything count that has been added.
    ///
    /// # Errors
    ///
    /// As [`Self::add`].
    pub async fn keep(&mut self) -> Result<(), Error> {
        // What is collected may be no more than the bytes of the last piece.
        let length = self.collected.len() as u64;
        if length > 0 && self.begins_at + length > self.noted {
            self.put().await?;
        }
        self.note().await
    }

    /// Where the bytes end that count.
    pub fn noted(&self) -> u64 {
        self.noted
    }

    /// Drops what does not count yet.
    pub async fn forget(&mut self) {
        let put = std::mem::take(&mut self.put);
        self.bucket.remove_these(&self.upload.file, &put).await;
    }

    /// Drops all but the first bytes of the file.
    ///
    /// # Errors
    ///
    /// As [`Self::add`].
    pub async fn cut(&mut self, length: u64) -> Result<(), Error> {
        self.forget().await;
        cut(self.state, self.upload, self.word, length, false).await?;
        self.noted = length;
        Ok(())
    }

    fn is_enough(&mut self) -> bool {
        let length = self.collected.len();
        if length >= LONG {
            return true;
        }
        if length < SHORT {
            return false;
        }
        if self.permit.is_none() {
            self.permit = self.state.uploads.0.room.0.clone().try_acquire_owned().ok();
        }
        self.permit.is_none() || self.since.elapsed() >= COLLECTED
    }

    /// Puts what is collected into the bucket.
    async fn put(&mut self) -> Result<(), Error> {
        let bytes = std::mem::take(&mut self.collected);
        let piece = Piece {
            begins_at: self.begins_at,
            length: bytes.len() as u64,
            // In the order of the bytes, for a person who looks into the bucket.
            name: format!("{:012}-{}", self.begins_at, random_name()?),
        };
        let put = self.bucket.put_piece(&self.upload.file, &piece.name, bytes).await;
        put.map_err(|error| failed(&error))?;
        self.begins_at = piece.ends_at();
        self.put.push(piece);
        self.permit = None;
        self.since = Instant::now();
        Ok(())
    }

    /// Has everything count that is in the bucket.
    async fn note(&mut self) -> Result<(), Error> {
        if self.put.is_empty() {
            return Ok(());
        }
        let (id, put) = (&self.upload.id, self.put.clone());
        let expires_at = moment((self.state.config.clock)() + UNFINISHED);
        let store = &self.state.store;
        // Where this is an error, nobody knows whether they count: they must stay.
        if !store.add_pieces(id, self.word, self.noted, put, expires_at).await? {
            self.forget().await;
            return Err(Refusal::Locked.into());
        }
        self.put.clear();
        self.noted = self.begins_at;
        if let Some(replaced) = self.replaced.take() {
            self.bucket.remove_these(&self.upload.file, &[replaced]).await;
        }
        Ok(())
    }
}

/// Has only the first bytes of a file count, and drops the others.
///
/// # Errors
///
/// The database does not answer, or another request has gone on with the file.
pub async fn cut(
    state: &AppState,
    upload: &Upload,
    word: &str,
    length: u64,
    is_damaged: bool,
) -> Result<(), Error> {
    let cut = state.store.cut_pieces(&upload.id, word, length, is_damaged).await?;
    let gone = cut.ok_or(Refusal::Locked)?;
    bucket(&state.uploads)?.remove_these(&upload.file, &gone).await;
    Ok(())
}
