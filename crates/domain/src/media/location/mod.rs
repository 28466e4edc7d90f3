//! Where a photo or a video was taken, removed from the file as it lies: positions are overwritten by
//! as many bytes, so that nothing moves, the file stays as long as it was and every other thing in it
//! (the day it was taken, the camera) stays evidence.
//!
//! There is no I/O here. A [`Scan`] asks for slices of a file, one after the other, and ends with
//! patches; a file of any size is never in memory. What can't be made sense of is left as it is.
//!
//! What is found: the GPS directory of Exif (in JPEG and all its pictures, PNG, WebP, HEIC, AVIF, TIFF),
//! positions and places in XMP, positions in MP4 and QuickTime (also in the video in a moving photo).
//! What is not: places in the maker's own notes, in captions, in compressed text and in tracks of
//! measurements along a video.

mod boxes;
mod exif;
mod jpeg;
mod png;
mod webp;
mod xmp;

use std::collections::VecDeque;
use std::mem::take;

use super::Media;

/// The longest slice that a [`Scan`] asks for, in bytes.
pub const SLICE: usize = 64 * 1024;

/// How many slices a [`Scan`] asks for at most.
pub const SLICES: usize = 2048;

/// The slice in which a scan walks over a list of parts, in bytes.
const WINDOW: usize = 4096;

/// A look through one file for where it was taken.
///
/// ```
/// use domain::media::{Media, Next, Scan};
///
/// let mut file = std::fs::read("tests/files/exif-II.jpg")?;
/// let mut scan = Scan::new(file.len() as u64, Media::Jpeg);
/// let patches = loop {
///     match scan.next() {
///         Next::Read { offset, length } => {
///             let start = usize::try_from(offset)?;
///             scan.give(&file[start..start + length]);
///         }
///         Next::Done(patches) => break patches,
///     }
/// };
/// assert!(!patches.is_empty(), "it says where it was taken");
/// patches.iter().for_each(|patch| patch.apply(0, &mut file));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Scan {
    size: u64,
    slices: usize,
    tasks: VecDeque<Task>,
    patches: Vec<Patch>,
    seam: xmp::Seam,
    items: boxes::Items,
    /// Parts of a PNG, each with a checksum that has to be put right.
    checked: Vec<(u64, u64)>,
}

/// What a [`Scan`] wants next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// These bytes of the file: give them, or as many as there are. They lie within the file.
    Read {
        /// How many bytes come before.
        offset: u64,
        /// How many bytes, at most [`SLICE`].
        length: usize,
    },
    /// Nothing. These patches remove what was found; with none, the file does not say where it was
    /// taken.
    Done(Vec<Patch>),
}

/// Bytes to be written over as many bytes of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patch {
    /// How many bytes of the file come before.
    pub offset: u64,
    /// What to write there.
    pub bytes: Vec<u8>,
}

impl Patch {
    /// Writes what of this patch falls into a slice of the file that begins at `offset`.
    pub fn apply(&self, offset: u64, slice: &mut [u8]) {
        let skipped = usize::try_from(offset.saturating_sub(self.offset)).unwrap_or(usize::MAX);
        let before = usize::try_from(self.offset.saturating_sub(offset)).unwrap_or(usize::MAX);
        let bytes = self.bytes.get(skipped..).unwrap_or_default();
        let slice = slice.get_mut(before..).unwrap_or_default();
        slice.iter_mut().zip(bytes).for_each(|(old, new)| *old = *new);
    }
}

/// A slice to be read, and what to look for in it.
#[derive(Debug)]
struct Task {
    offset: u64,
    length: usize,
    /// Where the part of the file ends that this belongs to.
    end: u64,
    what: What,
}

#[derive(Debug)]
enum What {
    Jpeg,
    Pictures,
    Png,
    Checksum(u32),
    Webp,
    Exif,
    Directory(exif::Place),
    Gps(exif::Place, Vec<Patch>),
    Xmp { continued: bool },
    Boxes(boxes::Inside),
    Video,
    Keys,
    Names,
    Places,
    HeifExif,
}

impl Scan {
    /// A scan of a file with so many bytes, of what [`sniff`](super::sniff) found it to be.
    pub fn new(size: u64, media: Media) -> Self {
        let mut scan = Self {
            size,
            slices: 0,
            tasks: VecDeque::new(),
            patches: Vec::new(),
            seam: xmp::Seam::default(),
            items: boxes::Items::default(),
            checked: Vec::new(),
        };
        match media {
            Media::Jpeg => scan.ask(What::Jpeg, 0, WINDOW, size),
            Media::Png => scan.ask(What::Png, 8, SLICE, size),
            Media::Webp => scan.ask(What::Webp, 12, WINDOW, size),
            Media::Tiff => scan.ask(What::Exif, 0, exif::HEADER, size),
            Media::Heic
            | Media::Heif
            | Media::Avif
            | Media::Mp4
            | Media::QuickTime
            | Media::ThreeGp
            | Media::M4a => scan.ask(What::Boxes(boxes::Inside::File), 0, WINDOW, size),
            _ => {}
        }
        scan
    }

    /// What is wanted next. The same until [`Scan::give`] was called; after the end, no patches.
    #[allow(clippy::should_implement_trait, reason = "it does not go on by itself")]
    pub fn next(&mut self) -> Next {
        if self.slices >= SLICES {
            self.tasks.clear();
        } else if self.tasks.is_empty() {
            boxes::resolve(self);
        }
        while self.tasks.is_empty()
            && let Some((start, end)) = self.checked.pop()
        {
            if self.patches.iter().any(|it| (start..end).contains(&it.offset)) {
                self.ask(What::Checksum(png::BEGIN), start, SLICE, end);
            }
        }
        match self.tasks.front() {
            Some(task) => Next::Read { offset: task.offset, length: task.length },
            None => Next::Done(take(&mut self.patches)),
        }
    }

    /// The bytes that [`Scan::next`] asked for. Fewer are a file that was cut.
    pub fn give(&mut self, bytes: &[u8]) {
        let Some(task) = self.tasks.pop_front() else {
            return;
        };
        self.slices += 1;
        // What ends early has come to something that it can't make sense of.
        let _ = match &task.what {
            What::Jpeg => jpeg::segments(self, &task, bytes),
            What::Pictures => jpeg::pictures(self, &task, bytes),
            What::Png => png::chunks(self, &task, bytes),
            What::Checksum(so_far) => png::checksum(self, &task, bytes, *so_far),
            What::Webp => webp::chunks(self, &task, bytes),
            What::Exif => exif::header(self, &task, bytes),
            What::Directory(place) => exif::directory(self, &task, bytes, *place),
            What::Gps(place, unlink) => exif::gps(self, &task, bytes, *place, unlink),
            What::Xmp { continued } => xmp::packet(self, &task, bytes, *continued),
            What::Boxes(inside) => boxes::walk(self, &task, bytes, *inside),
            What::Video => boxes::video(self, &task, bytes),
            What::Keys => boxes::keys(self, &task, bytes),
            What::Names => boxes::names(self, bytes),
            What::Places => boxes::places(self, bytes),
            What::HeifExif => boxes::exif(self, &task, bytes),
        };
    }

    /// Asks for a slice, as far as it lies within `end` and the file.
    fn ask(&mut self, what: What, offset: u64, length: usize, end: u64) {
        if let Some(task) = self.task(what, offset, length, end) {
            self.tasks.push_back(task);
        }
    }

    /// The bytes from `offset` on of those that were given, if so many are there as are `wanted` or no
    /// more can be had. Else asks for them.
    fn window<'a>(
        &mut self,
        task: &Task,
        what: What,
        bytes: &'a [u8],
        offset: u64,
        wanted: usize,
    ) -> Option<&'a [u8]> {
        let at = usize::try_from(offset.checked_sub(task.offset)?).ok();
        let rest = at.and_then(|at| bytes.get(at..)).unwrap_or_default();
        if rest.len() >= wanted
            || offset == task.offset
            || task.offset + bytes.len() as u64 >= task.end
        {
            return Some(rest);
        }
        self.ask(what, offset, task.length, task.end);
        None
    }

    /// Asks for a slice before everything else.
    fn ask_first(&mut self, what: What, offset: u64, length: usize, end: u64) {
        if let Some(task) = self.task(what, offset, length, end) {
            self.tasks.push_front(task);
        }
    }

    fn task(&self, what: What, offset: u64, length: usize, end: u64) -> Option<Task> {
        let end = end.min(self.size);
        let rest = usize::try_from(end.saturating_sub(offset)).unwrap_or(SLICE);
        let length = length.min(SLICE).min(rest);
        (length > 0).then_some(Task { offset, length, end, what })
    }

    /// Writes over the file, as far as it lies within `end` and the file.
    fn write(&mut self, offset: u64, mut bytes: Vec<u8>, end: u64) {
        let rest = end.min(self.size).saturating_sub(offset);
        bytes.truncate(usize::try_from(rest).unwrap_or(usize::MAX));
        if !bytes.is_empty() {
            self.patches.push(Patch { offset, bytes });
        }
    }
}

/// The bytes at a place, if they are all there.
fn array<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..)?.first_chunk().copied()
}

/// Two bytes, the higher first.
fn two(bytes: &[u8], at: usize) -> Option<usize> {
    array(bytes, at).map(|it| usize::from(u16::from_be_bytes(it)))
}

/// Four bytes, the highest first.
fn four(bytes: &[u8], at: usize) -> Option<u32> {
    array(bytes, at).map(u32::from_be_bytes)
}
