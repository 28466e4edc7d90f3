//! WebP: chunks without checksums (RFC 9649, 2.3).

use super::exif;
use super::{SLICE, Scan, Task, What, array};

pub(super) fn chunks(scan: &mut Scan, task: &Task, bytes: &[u8]) -> Option<()> {
    let mut at = task.offset;
    loop {
        let bytes = scan.window(task, What::Webp, bytes, at, 8)?;
        let length = u64::from(u32::from_le_bytes(array(bytes, 4)?));
        let start = at + 8;
        let end = start + length;
        match &bytes[..4] {
            b"EXIF" => scan.ask(What::Exif, start, exif::HEADER, end),
            b"XMP " => scan.ask(What::Xmp { continued: false }, start, SLICE, end),
            _ => {}
        }
        at = end + length % 2;
    }
}
