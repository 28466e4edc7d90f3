//! Takes a file from the device into the draft: what it is, its SHA-256, and every byte of it into the
//! browser's store, a chunk at a time.

use domain::choices::Choice;
use domain::evidence::{Attachment, Location, Refusal, hex};
use domain::media::{self, Media, Next, Patch, Scan};
use js_sys::{ArrayBuffer, Uint8Array};
use sha2::{Digest, Sha256};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, File};

use crate::files::Adding;
use crate::mount::{Host, let_go};

/// A file that was taken.
pub struct Taken {
    /// What belongs into the draft.
    pub attachment: Attachment,
    /// Whether a reload would bring it back.
    pub is_kept: bool,
}

/// How attachments are cut in the browser's store, in bytes: a quarter of what one request takes, so that a
/// page holds no more than twice that of a file.
pub const CHUNK: u64 = 128 << 10;

/// Takes a file. `seen` is told how many bytes were read, and says whether the resident still wants it.
///
/// # Errors
///
/// Why it can't be taken; `None` where the resident took it away meanwhile. What was stored of it is the
/// caller's to drop.
pub async fn attach(
    host: &Host,
    adding: &Adding,
    file: &File,
    keeps_location: bool,
    seen: impl Fn(u64) -> bool,
) -> Result<Taken, Option<Refusal>> {
    let unreadable = |_| Some(Refusal::Unreadable);
    let media = kind(file).await.map_err(unreadable)?.ok_or(Some(Refusal::WrongType))?;
    let size = file.size() as u64;
    let found = location(file, media).await.map_err(unreadable)?;
    let location = match (found.is_empty(), keeps_location) {
        (true, _) => None,
        (false, true) => Some(Location::Kept),
        (false, false) => Some(Location::Removed),
    };
    let (mut hash, mut offset, mut is_kept) = (Sha256::new(), 0, true);
    while offset < size {
        let end = (offset + CHUNK).min(size);
        let mut chunk = read(file, offset, end).await.map_err(unreadable)?;
        if location == Some(Location::Removed) {
            found.iter().for_each(|patch| patch.apply(offset, &mut chunk));
        }
        hash.update(&chunk);
        let stored = host.put(&adding.id, (offset / CHUNK) as u32, &chunk).await;
        is_kept &= stored.ok_or(Some(Refusal::Unreadable))?;
        offset = end;
        if !seen(offset) {
            return Err(None);
        }
    }
    let attachment = Attachment {
        id: adding.id.clone(),
        name: adding.name.clone(),
        size,
        media_type: media.key().to_owned(),
        sha256: hex(&hash.finalize()),
        location,
    };
    Ok(Taken { attachment, is_kept })
}

/// Where in the file it says where it was made, and what to write there instead.
async fn location(file: &File, media: Media) -> Result<Vec<Patch>, JsValue> {
    let mut scan = Scan::new(file.size() as u64, media);
    loop {
        match scan.next() {
            Next::Read { offset, length } => {
                let length = length as u64;
                scan.give(&read(file, offset, offset + length).await?);
            }
            Next::Done(patches) => return Ok(patches),
        }
    }
}

/// What a file is by its bytes; nothing that is taken where `None`.
async fn kind(file: &File) -> Result<Option<Media>, JsValue> {
    let size = file.size() as u64;
    let head = read(file, 0, media::HEAD as u64).await?;
    if let Some(media) = media::sniff(&head) {
        return Ok(Some(media));
    }
    let Some(place) = media::elsewhere(&head, size) else {
        return Ok(None);
    };
    let piece = read(file, place.start, place.end).await?;
    Ok(media::sniff_elsewhere(&head, &piece))
}

/// The bytes of a file from one place up to another.
pub async fn read(file: &Blob, from: u64, to: u64) -> Result<Vec<u8>, JsValue> {
    let slice = file.slice_with_f64_and_f64(from as f64, to as f64)?;
    let buffer: ArrayBuffer = JsFuture::from(slice.array_buffer()).await?.unchecked_into();
    let bytes = Uint8Array::new(&buffer).to_vec();
    let_go(&buffer);
    Ok(bytes)
}
