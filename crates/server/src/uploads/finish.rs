//! What is done when a file is whole: its checksum, its kind, and whose turn is next.

use domain::choices::Choice;
use domain::media::{self, Media};
use tracing::info;

use super::folder::failed;
use super::lease::Turn;
use super::locks::Urgency;
use super::refusal::Refusal;
use super::{alive, moment, pieces, read, remove_bytes};
use crate::AppState;
use crate::error::Error;
use crate::store::uploads::{State, Upload};

/// An upload and how many of its bytes are on disk, or in the bucket. One that is whole but not finished,
/// because the service was killed in between, is finished here.
///
/// # Errors
///
/// It is gone, or refused; or another request works on it.
pub async fn settled(state: &AppState, id: &str, urgency: Urgency) -> Result<(Upload, u64), Error> {
    let upload = alive(state, id).await?;
    if !upload.state.is_open() {
        let size = upload.size;
        return Ok((upload, size));
    }
    let turn = Turn::take(state, &upload, urgency).await?.ok_or(Refusal::Locked)?;
    let outcome = settled_in_turn(state, id, &turn).await;
    turn.let_go().await;
    outcome
}

async fn settled_in_turn(state: &AppState, id: &str, turn: &Turn) -> Result<(Upload, u64), Error> {
    let mut upload = alive(state, id).await?;
    let mut offset = match (upload.state.is_open(), upload.arrived) {
        (true, None) => state.uploads.0.folder.length_on_disk(&upload.file).await?,
        (true, Some(arrived)) => arrived,
        (false, _) => upload.size,
    };
    if upload.state.is_open() && offset == upload.size {
        match finish(state, &upload, turn).await {
            Ok(()) => {}
            Err(Error::Upload(Refusal::ChecksumMismatch)) => offset = 0,
            Err(error) => return Err(error),
        }
        upload = alive(state, id).await?;
    }
    Ok((upload, offset))
}

/// Finishes an upload of which every byte is on disk, or in the bucket, by whoever works on it.
///
/// # Errors
///
/// It is not what was announced, and its bytes are dropped; or not of a kind that is taken.
pub async fn finish(state: &AppState, upload: &Upload, turn: &Turn) -> Result<(), Error> {
    let uploads = &state.uploads.0;
    let file = &upload.file;
    let sha256 = match upload.arrived {
        None => uploads.folder.sha256(file).await.map_err(|error| failed(&error))?,
        Some(_) => read::sha256(state, upload).await?,
    };
    if upload.announced.as_ref().is_some_and(|announced| announced[..] != sha256) {
        match upload.arrived {
            None => {
                state.store.damage_upload(&upload.id).await?;
                uploads.folder.cut(file, 0).await.map_err(|error| failed(&error))?;
            }
            Some(_) => pieces::cut(state, upload, turn.word(), 0, true).await?,
        }
        info!("an upload was damaged on its way");
        return Err(Refusal::ChecksumMismatch.into());
    }
    let Some(kind) = kind(state, upload).await? else {
        refuse(state, upload).await?;
        return Err(Refusal::WrongType.into());
    };
    let scan_after = uploads.settings.scanner.as_ref().map(|_| moment((state.config.clock)()));
    state.store.finish_upload(&upload.id, kind.key(), sha256, scan_after).await?;
    uploads.wake.notify_one();
    info!(bytes = upload.size, of_a_case = upload.reference.is_some(), "an upload is whole");
    Ok(())
}

/// Drops the bytes of an upload that is not of a kind that is taken.
///
/// # Errors
///
/// The database does not answer.
pub async fn refuse(state: &AppState, upload: &Upload) -> Result<(), Error> {
    let code = Refusal::WrongType.code();
    state.store.end_upload(&upload.id, State::Refused, Some(code)).await?;
    remove_bytes(state, upload).await;
    info!("an upload was refused by its content");
    Ok(())
}

/// What a whole file is by its content.
async fn kind(state: &AppState, upload: &Upload) -> Result<Option<Media>, Error> {
    let head = read::range(state, upload, 0..media::HEAD as u64).await?;
    if let Some(kind) = media::sniff(&head) {
        return Ok(Some(kind));
    }
    let Some(range) = media::elsewhere(&head, upload.size) else {
        return Ok(None);
    };
    let piece = read::range(state, upload, range).await?;
    Ok(media::sniff_elsewhere(&head, &piece))
}
