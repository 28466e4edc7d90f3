//! Bytes on their way to the disk, or in pieces into the bucket.

use std::io;

use axum::body::{Body, Bytes, HttpBody};
use domain::media;
use http_body_util::BodyExt;
use tokio::fs::File;
use tokio::io::{AsyncSeekExt, AsyncWriteExt, SeekFrom};

use super::folder::failed;
use super::lease::Turn;
use super::locks::Urgency;
use super::pieces::Arriving;
use super::refusal::Refusal;
use super::tus::Checksum;
use super::{UNFINISHED, alive, finish, length, moment};
use crate::AppState;
use crate::error::Error;
use crate::store::uploads::{State, Upload};

/// How many bytes are collected before they are written.
const BUFFER: usize = 256 * 1024;
/// After so many bytes the room on the disk is looked at again.
const LOOK: u64 = 8 << 20;

/// Why no more bytes are read.
#[derive(Debug, PartialEq, Eq)]
enum End {
    /// The body is over.
    Complete,
    /// The connection broke off.
    BrokenOff,
    /// Another way to end, and what to answer to whoever may still listen.
    Refused(Refusal),
}

/// Adds the bytes of a body to an upload, if they begin `from` where its own end; returns where they
/// end now, on disk. Whole uploads are finished.
///
/// What has come before a connection broke off is kept, unless it came with a checksum: then it is
/// not known whether it is right. All of it goes on when whoever asked has gone.
///
/// # Errors
///
/// Why not all of it was taken.
pub async fn receive(
    state: &AppState,
    id: &str,
    from: u64,
    mut body: Body,
    checksum: Option<Checksum>,
) -> Result<u64, Error> {
    let (state, id) = (state.clone(), id.to_owned());
    let task = tokio::spawn(async move {
        let outcome = take(&state, &id, from, &mut body, checksum).await;
        if outcome.is_err() {
            super::drain(&mut body).await;
        }
        outcome
    });
    task.await.map_err(|error| {
        tracing::error!(%error, "receiving has ended");
        Error::Unavailable
    })?
}

async fn take(
    state: &AppState,
    id: &str,
    from: u64,
    body: &mut Body,
    checksum: Option<Checksum>,
) -> Result<u64, Error> {
    // What is no longer here needs no waiting.
    let upload = alive(state, id).await?;
    let turn = Turn::take(state, &upload, Urgency::FromTheSilent).await?.ok_or(Refusal::Locked)?;
    let outcome = take_in_turn(state, id, from, body, checksum, &turn).await;
    turn.let_go().await;
    outcome
}

async fn take_in_turn(
    state: &AppState,
    id: &str,
    from: u64,
    body: &mut Body,
    checksum: Option<Checksum>,
    turn: &Turn,
) -> Result<u64, Error> {
    let uploads = &state.uploads.0;
    let upload = alive(state, id).await?;
    let start = length(state, &upload).await?;
    if from != start {
        return Err(Refusal::WrongOffset.into());
    }
    if !upload.state.is_open() {
        return Ok(start);
    }

    // What a request says of its length is known before it sends.
    if body.size_hint().lower() > upload.size - start {
        return Err(Refusal::TooLong.into());
    }
    // Others may have filled the disk since this was announced: what is left is for complaints.
    let wanted = (upload.size - start).saturating_add(state.config.uploads.reserve);
    if upload.arrived.is_none() && uploads.folder.room().is_some_and(|room| room < wanted) {
        return Err(Refusal::Full.into());
    }

    let mut receiving = Receiving {
        state,
        upload: &upload,
        turn,
        start,
        length: 0,
        head: Vec::new(),
        has_looked: false,
    };
    let (end, offset) = match upload.arrived {
        None => {
            let end = match checksum {
                None => receiving.plain(body).await?,
                Some(checksum) => receiving.checked(body, checksum).await?,
            };
            let offset = uploads.folder.length_on_disk(&upload.file).await?;
            if offset != start || upload.state == State::Damaged {
                let expires_at = moment((state.config.clock)() + UNFINISHED);
                state.store.touch_upload(id, expires_at).await?;
            }
            (end, offset)
        }
        Some(_) => receiving.in_pieces(body, checksum).await?,
    };
    if end == End::Refused(Refusal::WrongType) {
        finish::refuse(state, &upload).await?;
    } else if offset == upload.size {
        finish::finish(state, &upload, turn).await?;
    }
    match end {
        End::Complete => Ok(offset),
        End::BrokenOff => Err(Error::BrokenOff),
        End::Refused(refusal) => Err(refusal.into()),
    }
}

/// Where the bytes of a body go.
enum Sink<'a, 'b> {
    File { file: &'a mut File, buffer: Vec<u8> },
    Pieces(&'a mut Arriving<'b>),
}

impl<'a> Sink<'a, '_> {
    fn file(file: &'a mut File) -> Self {
        Self::File { file, buffer: Vec::with_capacity(BUFFER) }
    }

    async fn add(&mut self, bytes: &[u8]) -> Result<(), Error> {
        match self {
            Self::File { file, buffer } => {
                if buffer.len() + bytes.len() > BUFFER {
                    file.write_all(buffer).await.map_err(unstored)?;
                    buffer.clear();
                }
                if bytes.len() > BUFFER {
                    file.write_all(bytes).await.map_err(unstored)?;
                } else {
                    buffer.extend_from_slice(bytes);
                }
                Ok(())
            }
            Self::Pieces(arriving) => arriving.add(bytes).await,
        }
    }

    /// Writes what a file still lacks. What becomes of the last piece is decided elsewhere.
    async fn flush(&mut self) -> Result<(), Error> {
        match self {
            Self::File { file, buffer } => {
                file.write_all(buffer).await.map_err(unstored)?;
                file.flush().await.map_err(unstored)
            }
            Self::Pieces(_) => Ok(()),
        }
    }
}

fn unstored(error: io::Error) -> Error {
    failed(&error).into()
}

/// A body that is being read.
struct Receiving<'a> {
    state: &'a AppState,
    upload: &'a Upload,
    turn: &'a Turn,
    start: u64,
    length: u64,
    /// The first bytes of the file, where they are among those that come.
    head: Vec<u8>,
    has_looked: bool,
}

impl Receiving<'_> {
    /// Straight into the file.
    async fn plain(&mut self, body: &mut Body) -> Result<End, Error> {
        let folder = &self.state.uploads.0.folder;
        let mut file = folder.append(&self.upload.file).await.map_err(unstored)?;
        let end = self.copy(body, &mut Sink::file(&mut file), |_| {}, true).await?;
        if end == End::Refused(Refusal::TooLong) {
            folder.cut(&self.upload.file, self.start).await.map_err(unstored)?;
        }
        Ok(end)
    }

    /// Into a file beside it; into it when all has come and is right.
    async fn checked(&mut self, body: &mut Body, mut checksum: Checksum) -> Result<End, Error> {
        let folder = &self.state.uploads.0.folder;
        let mut part = folder.part(&self.upload.file).await.map_err(unstored)?;
        let update = |bytes: &[u8]| checksum.update(bytes);
        let end = self.copy(body, &mut Sink::file(&mut part), update, false).await?;
        let end = self.judged(end, checksum);
        if end == End::Complete {
            let copied = async {
                part.seek(SeekFrom::Start(0)).await?;
                let mut file = folder.append(&self.upload.file).await?;
                tokio::io::copy(&mut part, &mut file).await?;
                file.flush().await
            };
            copied.await.map_err(unstored)?;
        }
        folder.remove_part(&self.upload.file).await;
        Ok(end)
    }

    /// Into the bucket; with a checksum, it counts when all has come and is right. Where the bytes end now
    /// is the second of what is returned.
    async fn in_pieces(
        &mut self,
        body: &mut Body,
        mut checksum: Option<Checksum>,
    ) -> Result<(End, u64), Error> {
        let (state, upload, word) = (self.state, self.upload, self.turn.word());
        let mut arriving = Arriving::go_on(state, upload, word, checksum.is_some()).await?;
        let is_checked = checksum.is_some();
        let update = |bytes: &[u8]| {
            if let Some(checksum) = &mut checksum {
                checksum.update(bytes);
            }
        };
        let end = self.copy(body, &mut Sink::Pieces(&mut arriving), update, !is_checked).await;
        if end.is_err() && is_checked {
            arriving.forget().await;
        }
        let end = match checksum {
            None => end?,
            Some(checksum) => self.judged(end?, checksum),
        };
        match end {
            End::Complete => arriving.keep().await?,
            End::BrokenOff | End::Refused(_) if is_checked => arriving.forget().await,
            End::Refused(Refusal::TooLong) => arriving.cut(self.start).await?,
            // All of the file goes.
            End::Refused(Refusal::WrongType) => arriving.forget().await,
            End::BrokenOff | End::Refused(_) => arriving.keep().await?,
        }
        Ok((end, arriving.noted()))
    }

    /// How a body has ended that has a checksum.
    fn judged(&mut self, end: End, checksum: Checksum) -> End {
        if end != End::Complete {
            end
        } else if !checksum.matches() {
            End::Refused(Refusal::ChecksumMismatch)
        } else if self.is_wrong_type() {
            End::Refused(Refusal::WrongType)
        } else {
            End::Complete
        }
    }

    /// Reads the body, until there is a reason to stop.
    async fn copy(
        &mut self,
        body: &mut Body,
        sink: &mut Sink<'_, '_>,
        mut also: impl FnMut(&[u8]),
        may_refuse: bool,
    ) -> Result<End, Error> {
        let room = self.upload.size - self.start;
        let end = loop {
            let bytes = match self.next(body).await {
                Ok(bytes) => bytes,
                Err(end) => break end,
            };
            self.turn.holder().hear();
            self.length += bytes.len() as u64;
            if self.length > room {
                break End::Refused(Refusal::TooLong);
            }
            self.collect_head(&bytes);
            if may_refuse && self.is_wrong_type() {
                break End::Refused(Refusal::WrongType);
            }
            if self.length / LOOK != (self.length - bytes.len() as u64) / LOOK && self.is_full() {
                break End::Refused(Refusal::Full);
            }
            also(&bytes);
            sink.add(&bytes).await?;
        };
        sink.flush().await?;
        Ok(end)
    }

    /// Whether what is left on the disk is for complaints: others may be filling it at the same time.
    fn is_full(&self) -> bool {
        let uploads = &self.state.uploads.0;
        let reserve = self.state.config.uploads.reserve;
        self.upload.arrived.is_none() && uploads.folder.room().is_some_and(|room| room < reserve)
    }

    /// More of the body, or why there is no more.
    async fn next(&self, body: &mut Body) -> Result<Bytes, End> {
        let uploads = &self.state.uploads;
        let frame = tokio::select! {
            frame = tokio::time::timeout(uploads.0.settings.idle, body.frame()) => frame,
            () = self.turn.holder().give_way() => return Err(End::Refused(Refusal::Locked)),
            () = uploads.stopped() => return Err(End::Refused(Refusal::Stopping)),
        };
        match frame {
            Err(_) => Err(End::Refused(Refusal::Idle)),
            Ok(None) => Err(End::Complete),
            Ok(Some(Err(_))) => Err(End::BrokenOff),
            // Trailers are nothing that is stored.
            Ok(Some(Ok(frame))) => Ok(frame.into_data().unwrap_or_default()),
        }
    }

    fn collect_head(&mut self, bytes: &[u8]) {
        if self.start == 0 && self.head.len() < media::HEAD {
            let missing = media::HEAD - self.head.len();
            self.head.extend_from_slice(&bytes[..bytes.len().min(missing)]);
        }
    }

    /// Whether the first bytes alone say that this file is not taken. It is looked at once.
    fn is_wrong_type(&mut self) -> bool {
        let size = self.upload.size;
        let has_head = self.head.len() as u64 == size.min(media::HEAD as u64);
        if !has_head || self.has_looked {
            return false;
        }
        self.has_looked = true;
        media::sniff(&self.head).is_none() && media::elsewhere(&self.head, size).is_none()
    }
}
