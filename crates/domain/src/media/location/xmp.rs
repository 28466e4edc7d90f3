//! XMP: XML as text (ISO 16684-1). An attribute or an element that says where is overwritten with
//! spaces, which XML does not mind.

use std::ops::Range;

use super::{SLICE, Scan, Task, WINDOW, What};

/// What was left over at the end of a slice, since the rest of it is in the next one.
#[derive(Debug, Default)]
pub(super) struct Seam {
    bytes: Vec<u8>,
    offset: u64,
}

/// How much is kept for the next slice, in bytes: a telling element is short.
const LONGEST_SEAM: usize = 4096;

/// Prefixes of names that may say the name of a place.
const PLACING: &[&[u8]] = &[b"photoshop", b"Iptc4xmpCore", b"Iptc4xmpExt"];
const PLACES: &[&[u8]] = &[
    b"City",
    b"Country",
    b"CountryCode",
    b"CountryName",
    b"Location",
    b"LocationCreated",
    b"LocationShown",
    b"ProvinceState",
    b"State",
    b"Sublocation",
    b"WorldRegion",
];

/// Names after which a moving photo says how many bytes of video are at its end.
const VIDEOS: &[&[u8]] = &[b":MicroVideoOffset=\"", b":Length=\""];

pub(super) fn packet(scan: &mut Scan, task: &Task, bytes: &[u8], continued: bool) -> Option<()> {
    let seam = std::mem::take(&mut scan.seam);
    let seam = if continued { seam } else { Seam::default() };
    let text = [&seam.bytes, bytes].concat();
    let (telling, kept) = telling(&text);
    for range in telling {
        // Before the seam, after it, or both.
        let (old, new) = (
            range.start..range.end.min(seam.bytes.len()),
            range.start.max(seam.bytes.len())..range.end,
        );
        if !old.is_empty() {
            scan.write(seam.offset + old.start as u64, vec![b' '; old.len()], scan.size);
        }
        if !new.is_empty() {
            let offset = task.offset + (new.start - seam.bytes.len()) as u64;
            scan.write(offset, vec![b' '; new.len()], task.end);
        }
    }
    for length in VIDEOS.iter().flat_map(|name| numbers(&text, name)) {
        if length < scan.size {
            scan.ask(What::Video, scan.size - length, WINDOW, scan.size);
        }
    }
    // A seam of a seam would begin at two places; what is that long is not telling.
    if kept >= seam.bytes.len() && text.len() - kept <= LONGEST_SEAM {
        let offset = task.offset + (kept - seam.bytes.len()) as u64;
        scan.seam = Seam { bytes: text[kept..].to_vec(), offset };
    }
    let next = task.offset + task.length as u64;
    scan.ask_first(What::Xmp { continued: true }, next, SLICE, task.end);
    Some(())
}

/// What says where, and from where on it can't be told yet.
fn telling(text: &[u8]) -> (Vec<Range<usize>>, usize) {
    let mut found = Vec::new();
    // A name that is not complete at the end, unless something before it is not.
    let last = text.iter().rposition(|it| *it == b'<' || it.is_ascii_whitespace());
    let mut kept = last.unwrap_or(0);
    let mut at = 0;
    while let Some(colon) = find(text, at, |it| it == b':') {
        at = colon + 1;
        let start = (0..colon).rev().find(|it| !named(text[*it])).map_or(0, |it| it + 1);
        let Some(end) = find(text, at, |it| !named(it)) else {
            break;
        };
        if start == 0 || !tells(&text[start..colon], &text[colon + 1..end]) {
            continue;
        }
        let range = match text[start - 1] {
            b'<' => element(text, start - 1, end),
            before if before.is_ascii_whitespace() => attribute(text, end).map(|end| start..end),
            _ => continue,
        };
        if let Some(range) = range {
            at = range.end;
            found.push(range);
        } else {
            kept = kept.min(start - 1);
        }
    }
    (found, kept)
}

fn find(text: &[u8], from: usize, wanted: impl Fn(u8) -> bool) -> Option<usize> {
    text.get(from..)?.iter().position(|it| wanted(*it)).map(|it| from + it)
}

fn named(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.')
}

/// Whether something of this name is a position or a place.
fn tells(prefix: &[u8], name: &[u8]) -> bool {
    let ends = |end: &[u8]| name.to_ascii_lowercase().ends_with(end);
    name.get(..3).is_some_and(|it| it.eq_ignore_ascii_case(b"gps"))
        || ends(b"latitude")
        || ends(b"longitude")
        // As the drones of one maker write it.
        || ends(b"longtitude")
        || PLACING.contains(&prefix) && PLACES.contains(&name)
}

/// An element with all that is in it.
fn element(text: &[u8], start: usize, name_end: usize) -> Option<Range<usize>> {
    let open = find(text, name_end, |it| it == b'>')?;
    if text[open - 1] == b'/' {
        return Some(start..open + 1);
    }
    let close = [b"</", &text[start + 1..name_end]].concat();
    let last = (open..text.len()).find(|at| text[*at..].starts_with(&close))?;
    Some(start..find(text, last, |it| it == b'>')? + 1)
}

/// Where an attribute ends whose name ends here. What is no attribute ends with its name.
fn attribute(text: &[u8], name_end: usize) -> Option<usize> {
    let equals = find(text, name_end, |it| !it.is_ascii_whitespace())?;
    if text[equals] != b'=' {
        return Some(name_end);
    }
    let open = find(text, equals + 1, |it| !it.is_ascii_whitespace())?;
    Some(find(text, open + 1, |it| it == text[open])? + 1)
}

fn numbers(text: &[u8], name: &[u8]) -> impl Iterator<Item = u64> {
    let after = (0..text.len()).filter(move |at| text[*at..].starts_with(name));
    after.filter_map(move |at| {
        let start = at + name.len();
        let digits = text.get(start..find(text, start, |it| !it.is_ascii_digit())?)?;
        str::from_utf8(digits).ok()?.parse().ok().filter(|it| *it > 0)
    })
}
