//! The bytes of a file, from wherever they are: on their way to the landlord, to the scanner, into the bucket.
//! Nothing of it is held in memory but the piece that is being read.

use std::io;
use std::ops::Range;

use axum::body::{Body, Bytes};
use futures_util::stream::{self, BoxStream, StreamExt, TryStreamExt};
use sha2::{Digest, Sha256};
use tokio::fs::File;
use tokio::io::AsyncReadExt;
use tracing::error;

use super::pieces::{self, bucket};
use super::refusal::Refusal;
use crate::AppState;
use crate::error::Error;
use crate::store::pieces::Piece;
use crate::store::uploads::{State, Upload};

/// How much is read at once.
const PIECE: usize = 64 * 1024;

/// What is in this file, from wherever it is.
///
/// # Errors
///
/// Its bytes are gone, or can't be read at present.
pub async fn read(state: &AppState, upload: &Upload) -> Result<Body, Error> {
    if upload.state.is_gone() || upload.state.is_open() {
        return Err(Refusal::Unknown.into());
    }
    if upload.in_bucket {
        return bucket(&state.uploads)?.get(upload).await.map_err(|error| {
            error!(%error, "the bucket does not give a file");
            Refusal::Unavailable.into()
        });
    }
    if upload.arrived.is_some() && length(&state.store.pieces(&upload.id).await?) != upload.size {
        // It has become one object since its row was read.
        return Err(Refusal::Unavailable.into());
    }
    Ok(Body::from_stream(bytes(state, upload).await?))
}

/// How many bytes these pieces are.
fn length(pieces: &[Piece]) -> u64 {
    pieces.iter().map(|it| it.length).sum()
}

/// What has come of a file that is in the folder or in pieces.
///
/// # Errors
///
/// Its bytes can't be read at present.
pub async fn bytes(
    state: &AppState,
    upload: &Upload,
) -> Result<BoxStream<'static, io::Result<Bytes>>, Error> {
    if upload.arrived.is_some() {
        let pieces = state.store.pieces(&upload.id).await?;
        return Ok(bucket(&state.uploads)?.bytes_of(&upload.file, pieces).boxed());
    }
    let folder = &state.uploads.0.folder;
    let mut opened = File::open(folder.path(&upload.file)).await;
    if upload.state == State::Infected && opened.is_err() {
        opened = File::open(folder.path_apart(&upload.file)).await;
    }
    let file = opened.map_err(|error| super::folder::failed(&error))?;
    let pieces = stream::try_unfold(file, async |mut file| {
        let mut piece = vec![0; PIECE];
        let length = file.read(&mut piece).await?;
        piece.truncate(length);
        Ok((length > 0).then(|| (Bytes::from(piece), file)))
    });
    Ok(pieces.boxed())
}

/// Some bytes of a file that is in the folder or in pieces.
///
/// # Errors
///
/// They can't be read at present.
pub async fn range(state: &AppState, upload: &Upload, range: Range<u64>) -> Result<Vec<u8>, Error> {
    if upload.arrived.is_some() {
        let pieces = state.store.pieces(&upload.id).await?;
        let bucket = bucket(&state.uploads)?;
        let read = bucket.read_pieces(&upload.file, &pieces, range).await;
        return read.map_err(|error| pieces::failed(&error).into());
    }
    let read = state.uploads.0.folder.read(&upload.file, range).await;
    read.map_err(|error| super::folder::failed(&error).into())
}

/// The SHA-256 of a whole file in pieces.
///
/// # Errors
///
/// It can't be read at present.
pub async fn sha256(state: &AppState, upload: &Upload) -> Result<[u8; 32], Error> {
    let mut bytes = bytes(state, upload).await?;
    let (mut hasher, mut length) = (Sha256::new(), 0);
    while let Some(piece) = bytes.try_next().await.map_err(|error| super::folder::failed(&error))? {
        hasher.update(&piece);
        length += piece.len() as u64;
    }
    if length != upload.size {
        error!("the pieces of a file are not all of it");
        return Err(Refusal::Unavailable.into());
    }
    Ok(hasher.finalize().into())
}
