//! MP4, QuickTime, 3GP, HEIC and AVIF: boxes in boxes (ISO/IEC 14496-12, 4.2; QuickTime File Format,
//! "Atoms"). A video keeps its position in `moov`, a picture its Exif among the items of `meta`.

use std::mem::take;

use super::exif as tiff;
use super::{SLICE, Scan, Task, WINDOW, What, array, four, two};

/// Which boxes are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Inside {
    File,
    Movie,
    UserData,
    Meta,
    Values,
}

/// What `meta` says, until it was all seen.
#[derive(Debug, Default)]
pub(super) struct Items {
    /// Numbers of keys of QuickTime that name a place.
    telling: Vec<u32>,
    exif: Vec<u32>,
    xmp: Vec<u32>,
    /// Item, offset, length, and whether it lies in `idat`.
    places: Vec<(u32, u64, u64, bool)>,
    data: u64,
}

/// XMP in a box of its own (ISO 16684-3).
const XMP: &[u8] = b"\xBE\x7A\xCF\xCB\x97\xA9\x42\xE8\x9C\x71\x99\x94\x91\xE3\xAF\xAC";
const XMP_TYPE: &[u8] = b"application/rdf+xml\0";
/// The longest position or name of a place that is overwritten, in bytes.
const LONGEST: usize = 16 * 1024;

pub(super) fn walk(scan: &mut Scan, task: &Task, bytes: &[u8], inside: Inside) -> Option<()> {
    let mut at = task.offset;
    loop {
        // The longest header, and enough of what comes after it to know what it is.
        let bytes = scan.window(task, What::Boxes(inside), bytes, at, 32)?;
        let kind = array(bytes, 4)?;
        let (header, size) = match four(bytes, 0)? {
            0 => (8, task.end.checked_sub(at)?),
            1 => (16, u64::from_be_bytes(array(bytes, 8)?)),
            size => (8, u64::from(size)),
        };
        let end = at.checked_add(size)?.min(task.end);
        let content = at + header as u64;
        let space = usize::try_from(end.checked_sub(content)?).unwrap_or(usize::MAX);
        one(scan, inside, &Part { kind, at, content, end, space, body: bytes.get(header..)? });
        at = end;
    }
}

/// A box.
struct Part<'a> {
    kind: [u8; 4],
    at: u64,
    /// Where what is in it begins and ends, and how much that is.
    content: u64,
    end: u64,
    space: usize,
    /// The beginning of what is in it.
    body: &'a [u8],
}

fn one(scan: &mut Scan, inside: Inside, part: &Part) {
    let &Part { kind, at, content, end, space, body } = part;
    let walk = |scan: &mut Scan, inside, from| scan.ask(What::Boxes(inside), from, WINDOW, end);
    let xmp = |scan: &mut Scan, from| scan.ask(What::Xmp { continued: false }, from, SLICE, end);
    match (inside, &kind) {
        (Inside::File, b"moov") | (Inside::Movie, b"trak") => walk(scan, Inside::Movie, content),
        (Inside::Movie, b"udta") => walk(scan, Inside::UserData, content),
        (Inside::File | Inside::Movie | Inside::UserData, b"meta") => {
            // In QuickTime no version comes before what is in it.
            let version = if body.get(4..8) == Some(b"hdlr") { 0 } else { 4 };
            walk(scan, Inside::Meta, content + version);
        }
        (Inside::File, b"uuid") if body.starts_with(XMP) => xmp(scan, content + 16),
        (Inside::UserData, b"XMP_") => xmp(scan, content),
        (Inside::UserData | Inside::Values, b"\xA9xyz" | b"@xyz" | b"loci") => {
            scan.write(at + 4, b"free".to_vec(), end);
            scan.write(content, vec![0; space.min(LONGEST)], end);
        }
        (Inside::Meta, b"keys") => scan.ask(What::Keys, content, SLICE, end),
        (Inside::Meta, b"ilst") => walk(scan, Inside::Values, content),
        (Inside::Meta, b"iinf") => scan.ask(What::Names, content, SLICE, end),
        (Inside::Meta, b"iloc") => scan.ask(What::Places, content, SLICE, end),
        (Inside::Meta, b"idat") => scan.items.data = content,
        // A box `data` is in it: its own header, its type and its language come before the value.
        (Inside::Values, key) if scan.items.telling.contains(&u32::from_be_bytes(*key)) => {
            scan.write(content + 16, vec![b' '; space.saturating_sub(16).min(LONGEST)], end);
        }
        _ => {}
    }
}

/// The video at the end of a moving photo, if it is one.
pub(super) fn video(scan: &mut Scan, task: &Task, bytes: &[u8]) -> Option<()> {
    (bytes.get(4..8)? == b"ftyp").then_some(())?;
    walk(scan, task, bytes, Inside::File)
}

/// The names of values (QuickTime File Format, "Metadata item keys atom"). A name that tells of a
/// place gets another one.
pub(super) fn keys(scan: &mut Scan, task: &Task, bytes: &[u8]) -> Option<()> {
    scan.items.telling.clear();
    let mut at = 8;
    for number in 1..=four(bytes, 4)? {
        let size = usize::try_from(four(bytes, at)?).ok().filter(|it| *it >= 8)?;
        let name = bytes.get(at + 8..at + size)?;
        if name.windows(8).any(|it| it.eq_ignore_ascii_case(b"location")) {
            let other = b"removed".iter().chain(&[b'-'; 256]).take(name.len());
            scan.write(task.offset + (at + 8) as u64, other.copied().collect(), task.end);
            scan.items.telling.push(number);
        }
        at += size;
    }
    Some(())
}

/// The items of a picture by what they are (ISO/IEC 14496-12, 8.11.6).
pub(super) fn names(scan: &mut Scan, bytes: &[u8]) -> Option<()> {
    let mut at = if *bytes.first()? == 0 { 6 } else { 8 };
    loop {
        let size = usize::try_from(four(bytes, at)?).ok().filter(|it| *it >= 12)?;
        let entry = bytes.get(at + 8..at + size)?;
        at += size;
        let (item, rest) = match entry.first()? {
            2 => (u32::try_from(two(entry, 4)?).ok()?, entry.get(8..)?),
            3 => (four(entry, 4)?, entry.get(10..)?),
            _ => continue,
        };
        if rest.starts_with(b"Exif") {
            scan.items.exif.push(item);
        } else if rest.starts_with(b"mime") && rest.windows(XMP_TYPE.len()).any(|it| it == XMP_TYPE)
        {
            scan.items.xmp.push(item);
        }
    }
}

/// Where the items of a picture are (ISO/IEC 14496-12, 8.11.3).
pub(super) fn places(scan: &mut Scan, bytes: &[u8]) -> Option<()> {
    let mut numbers = Numbers(bytes);
    let version = numbers.take(1)?;
    numbers.take(3)?;
    let sizes = numbers.take(2)?;
    let size = |shift: u32| usize::try_from(sizes >> shift & 15).unwrap_or(0);
    let wide = if version < 2 { 2 } else { 4 };
    let index = if version > 0 { size(0) } else { 0 };
    for _ in 0..numbers.take(wide)? {
        let item = u32::try_from(numbers.take(wide)?).ok()?;
        let method = if version > 0 { numbers.take(2)? & 15 } else { 0 };
        // Where it is in another file, there is none.
        let elsewhere = numbers.take(2)?;
        let base = numbers.take(size(4))?;
        for _ in 0..numbers.take(2)? {
            numbers.take(index)?;
            let offset = base.checked_add(numbers.take(size(12))?)?;
            let length = numbers.take(size(8))?;
            if method < 2 && elsewhere == 0 {
                scan.items.places.push((item, offset, length, method == 1));
            }
        }
    }
    Some(())
}

/// Numbers of any width, one after the other.
struct Numbers<'a>(&'a [u8]);

impl Numbers<'_> {
    fn take(&mut self, width: usize) -> Option<u64> {
        let (number, rest) = self.0.split_at_checked(width)?;
        self.0 = rest;
        Some(number.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
    }
}

/// Asks for the Exif and the XMP of a picture, once it is known where they are.
pub(super) fn resolve(scan: &mut Scan) {
    let items = take(&mut scan.items);
    for (item, offset, length, inside) in items.places {
        let Some(offset) = offset.checked_add(if inside { items.data } else { 0 }) else {
            continue;
        };
        // A length of 0 is the rest of the file.
        let end = offset.saturating_add(if length == 0 { u64::MAX } else { length });
        if items.exif.contains(&item) {
            scan.ask(What::HeifExif, offset, 4, end);
        } else if items.xmp.contains(&item) {
            scan.ask(What::Xmp { continued: false }, offset, SLICE, end);
        }
    }
}

/// Exif as an item says first how far on it begins (ISO/IEC 23008-12, A.2.1).
pub(super) fn exif(scan: &mut Scan, task: &Task, bytes: &[u8]) -> Option<()> {
    let start = task.offset + 4 + u64::from(four(bytes, 0)?);
    scan.ask(What::Exif, start, tiff::HEADER, task.end);
    Some(())
}
