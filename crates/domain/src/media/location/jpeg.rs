//! JPEG: segments before the picture (ISO/IEC 10918-1, B.1.1), and the other pictures in the file
//! (CIPA DC-007, "multi-picture format").

use super::exif::{self, Place};
use super::{SLICE, Scan, Task, WINDOW, What, two};

const EXIF: &[u8] = b"Exif\0\0";
const XMP: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";
const MORE_XMP: &[u8] = b"http://ns.adobe.com/xmp/extension/\0";
/// The rest of the name of a packet in several segments: whose it is, its length, how far it is.
const MORE_XMP_NUMBERS: usize = 40;
const PICTURES: &[u8] = b"MPF\0";
/// A file has a few pictures: for the screen, for the depth.
const MOST_PICTURES: usize = 8;

pub(super) fn segments(scan: &mut Scan, task: &Task, bytes: &[u8]) -> Option<()> {
    let mut at = task.offset;
    loop {
        let bytes = scan.window(task, What::Jpeg, bytes, at, 4 + MORE_XMP.len())?;
        let &[0xFF, marker] = bytes.first_chunk()? else {
            return None;
        };
        match marker {
            0xFF => at += 1,
            0x01 | 0xD0..=0xD8 => at += 2,
            // The picture begins.
            0xD9 | 0xDA => return None,
            _ => {
                let length = two(bytes, 2).filter(|it| *it >= 2)?;
                let end = at + 2 + length as u64;
                segment(scan, marker, &bytes[4..], at + 4, end);
                at = end;
            }
        }
    }
}

fn segment(scan: &mut Scan, marker: u8, body: &[u8], start: u64, end: u64) {
    let after = |name: &[u8]| start + name.len() as u64;
    match marker {
        0xE1 if body.starts_with(EXIF) => {
            scan.ask(What::Exif, after(EXIF), exif::HEADER, end);
        }
        0xE1 if body.starts_with(XMP) => {
            scan.ask(What::Xmp { continued: false }, after(XMP), SLICE, end);
        }
        0xE1 if body.starts_with(MORE_XMP) => {
            let start = after(MORE_XMP) + MORE_XMP_NUMBERS as u64;
            scan.ask(What::Xmp { continued: true }, start, SLICE, end);
        }
        0xE2 if body.starts_with(PICTURES) => {
            scan.ask(What::Pictures, after(PICTURES), SLICE, end);
        }
        _ => {}
    }
}

/// The list of the other pictures of the file: each is a JPEG with segments of its own.
pub(super) fn pictures(scan: &mut Scan, task: &Task, bytes: &[u8]) -> Option<()> {
    let (place, directory) = Place::read(bytes, task.offset)?;
    let directory = bytes.get(usize::try_from(directory).ok()?..)?;
    let list = place.entries(directory)?.find(|it| it.tag == 0xB002)?;
    let list = bytes.get(usize::try_from(list.value).ok()?..)?;
    for picture in list.chunks_exact(16).take(MOST_PICTURES) {
        match place.long(picture, 8)? {
            // The first one is the file itself.
            0 => {}
            offset => {
                scan.ask(What::Jpeg, task.offset + u64::from(offset), WINDOW, scan.size);
            }
        }
    }
    Some(())
}
