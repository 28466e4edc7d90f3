//! What happens to files later: those whose time is over are removed, those that are whole are
//! scanned and moved. Nobody waits for it, and what fails is tried again in the next round.

use std::collections::BTreeSet;
use std::io;
use std::time::{Duration, Instant};

use tracing::{error, info, warn};

use super::bucket::{Bucket, NotMoved};
use super::lease::Turn;
use super::locks::Urgency;
use super::scanner::{Scanner, Verdict};
use super::{UNFINISHED, finish, length, moment, read, remove_bytes};
use crate::AppState;
use crate::error::Error;
use crate::store::uploads::{State, Upload};

/// After how long a scanner that did not answer is asked again.
const ASK_AGAIN: Duration = Duration::from_secs(300);

/// Works until the service stops.
pub async fn run(state: AppState) {
    let uploads = &state.uploads.0;
    let rounds = async {
        let mut tidied: Option<Instant> = None;
        loop {
            // What failed was logged. The next round finds everything as it is.
            if tidied.is_none_or(|it| it.elapsed() >= uploads.settings.round) {
                tidied = Some(Instant::now());
                let _ = tidy(&state).await;
            }
            let _ = scan(&state).await;
            let _ = fill_bucket(&state).await;
            // A file that has just become whole does not wait for the next round.
            let _ = tokio::time::timeout(uploads.settings.round, uploads.wake.notified()).await;
        }
    };
    tokio::select! {
        () = rounds => {}
        () = state.uploads.stopped() => {}
    }
}

/// Removes what has expired and what is left over; finishes what is whole.
async fn tidy(state: &AppState) -> Result<(), Error> {
    let now = moment((state.config.clock)());
    for upload in state.store.expired_uploads(&now).await? {
        // One that is being sent at this moment is left to the next round.
        let Some(turn) = Turn::take(state, &upload, Urgency::Never).await? else {
            continue;
        };
        let is_still = state.store.upload(&upload.id).await?;
        if is_still.and_then(|it| it.expires_at).is_some_and(|at| at < now) {
            state.store.end_upload(&upload.id, State::Expired, None).await?;
            remove_bytes(state, &upload).await;
            info!("an upload has expired");
        }
        turn.let_go().await;
    }
    let created_before = moment((state.config.clock)() - UNFINISHED);
    state.store.forget_uploads(created_before).await?;
    for upload in state.store.open_uploads().await? {
        if length(state, &upload).await? == upload.size {
            // Who sent it was answered by a service that was killed. Its state says the rest.
            let _ = finish::settled(state, &upload.id, Urgency::Never).await;
        }
    }
    tidy_folder(state).await?;
    tidy_bucket(state).await
}

/// Removes from the folder what is no longer needed there.
async fn tidy_folder(state: &AppState) -> Result<(), Error> {
    let uploads = &state.uploads.0;
    let names = uploads.folder.names().await.unwrap_or_else(|error| {
        error!(%error, "can't look into the folder of evidence");
        Vec::new()
    });
    for name in names {
        match state.store.upload_in(&name).await? {
            Some(upload) if upload.state.is_gone() || upload.in_bucket => {
                uploads.folder.remove(&name).await;
            }
            Some(upload) if upload.state == State::Infected => put_apart(state, &upload).await,
            Some(upload) if !uploads.locks.is_taken(&upload.id) => {
                uploads.folder.remove_part(&name).await;
            }
            // What the database does not know may be of a backup: it is not ours to remove.
            Some(_) | None => {}
        }
    }
    Ok(())
}

/// Removes the pieces of what has ended, or is one object now.
async fn tidy_bucket(state: &AppState) -> Result<(), Error> {
    let settings = &state.uploads.0.settings;
    let Some(bucket) = settings.bucket.as_ref().filter(|_| settings.is_shared) else {
        return Ok(());
    };
    let arriving = bucket.arriving().await.unwrap_or_else(|error| {
        error!(%error, "can't look for pieces of files in the bucket");
        BTreeSet::new()
    });
    for file in arriving {
        // What the database does not know may be of a backup: it is not ours to remove.
        let upload = state.store.upload_in(&file).await?;
        if upload.is_some_and(|it| it.state.is_gone() || it.arrived.is_none()) {
            bucket.remove_pieces(&file).await;
        }
    }
    Ok(())
}

/// Does something with a whole file, if its bytes can be had here, and no other instance does it, or has
/// done it.
async fn in_turn<T>(
    state: &AppState,
    upload: &Upload,
    is_due: impl Fn(&Upload) -> bool,
    work: impl Future<Output = T>,
) -> Result<Option<T>, Error> {
    let uploads = &state.uploads.0;
    if upload.arrived.is_none() {
        // The folder may be that of another instance, from before all of them shared a bucket.
        let is_here = !uploads.settings.is_shared || uploads.folder.has(&upload.file).await;
        return Ok(if is_here { Some(work.await) } else { None });
    }
    let Some(turn) = Turn::take(state, upload, Urgency::Never).await? else {
        return Ok(None);
    };
    let is_still = state.store.upload(&upload.id).await?.is_some_and(|it| is_due(&it));
    let done = if is_still { Some(work.await) } else { None };
    turn.let_go().await;
    Ok(done)
}

/// Has every file scanned whose turn has come.
async fn scan(state: &AppState) -> Result<(), Error> {
    let uploads = &state.uploads.0;
    let Some(scanner) = &uploads.settings.scanner else {
        return Ok(());
    };
    let now = moment((state.config.clock)());
    for upload in state.store.uploads_to_scan(&now).await? {
        let scanned = scan_one(state, scanner, &upload);
        if in_turn(state, &upload, |it| it.to_be_scanned, scanned).await?.transpose()?
            == Some(false)
        {
            // It is away: there is no use in asking about the others.
            break;
        }
    }
    Ok(())
}

/// Has a file scanned; whether the scanner was there.
async fn scan_one(state: &AppState, scanner: &Scanner, upload: &Upload) -> Result<bool, Error> {
    let uploads = &state.uploads.0;
    let (store, id) = (&state.store, upload.id.as_str());
    let verdict = match read::bytes(state, upload).await {
        Ok(bytes) => scanner.scan(bytes).await,
        Err(_) => Err(io::Error::other("its bytes can't be read")),
    };
    match verdict {
        Ok(Verdict::Clean) => store.note_scan(id, State::Clean, None, None).await?,
        Ok(Verdict::TooLarge) => {
            warn!(bytes = upload.size, "a file is longer than the scanner takes");
            let reason = Some("too_large_to_scan".to_owned());
            store.note_scan(id, State::NotScanned, reason, None).await?;
        }
        Ok(Verdict::Infected(name)) => {
            warn!(found = name, "the scanner found something in a file; it is kept apart");
            store.note_scan(id, State::Infected, Some(name), None).await?;
            put_apart(state, upload).await;
        }
        Err(error) => {
            warn!(%error, "a file could not be scanned");
            let reason = Some("scanner_away".to_owned());
            let again = moment((state.config.clock)() + ASK_AGAIN.min(uploads.settings.round * 5));
            store.note_scan(id, State::NotScanned, reason, Some(again)).await?;
            return Ok(false);
        }
    }
    Ok(true)
}

/// Puts an infected file apart. One that could not be is met again by [`tidy`]. One in pieces stays in
/// pieces, and never becomes an object.
async fn put_apart(state: &AppState, upload: &Upload) {
    if upload.arrived.is_some() {
        return;
    }
    if let Err(error) = state.uploads.0.folder.put_apart(&upload.file).await {
        error!(%error, "can't put an infected file apart");
    }
}

/// Moves whole files of complaints into the bucket, if there is one.
async fn fill_bucket(state: &AppState) -> Result<(), Error> {
    let uploads = &state.uploads.0;
    let Some(bucket) = &uploads.settings.bucket else {
        return Ok(());
    };
    let is_due = |it: &Upload| {
        let is_whole = !it.state.is_open() && !it.state.is_gone();
        it.arrived.is_some() && is_whole && it.state != State::Infected && !it.to_be_scanned
    };
    for upload in state.store.uploads_to_move().await? {
        let moved = in_turn(state, &upload, is_due, move_one(state, bucket, &upload)).await?;
        if let Some(Err(error)) = moved.transpose()? {
            error!(%error, "a file could not be put into the bucket; it stays where it is");
            // Others have no part in what is wrong with one file here.
            if matches!(error, NotMoved::Bucket(_)) {
                break;
            }
        }
    }
    Ok(())
}

/// Makes a file one object in the bucket. Its bytes are removed from where they were when that is noted.
async fn move_one(
    state: &AppState,
    bucket: &Bucket,
    upload: &Upload,
) -> Result<Result<(), NotMoved>, Error> {
    let Ok(bytes) = read::bytes(state, upload).await else {
        return Ok(Err(NotMoved::Unreadable(io::Error::other("the log says why"))));
    };
    if let Err(error) = bucket.put(upload, bytes).await {
        return Ok(Err(error));
    }
    state.store.note_in_bucket(&upload.id).await?;
    remove_bytes(state, upload).await;
    info!(bytes = upload.size, "a file is in the bucket");
    Ok(Ok(()))
}
