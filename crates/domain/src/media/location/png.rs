//! PNG: chunks with checksums (W3C, Portable Network Graphics, third edition, 5.3).

use super::exif;
use super::{SLICE, Scan, Task, What, four};

const XMP: &[u8] = b"XML:com.adobe.xmp\0\0\0";

/// The checksum of nothing, before its bits are turned at the end.
pub(super) const BEGIN: u32 = u32::MAX;

pub(super) fn chunks(scan: &mut Scan, task: &Task, bytes: &[u8]) -> Option<()> {
    let mut at = task.offset;
    loop {
        let bytes = scan.window(task, What::Png, bytes, at, 8 + XMP.len())?;
        let kind = bytes.get(4..8)?;
        let start = at + 8;
        let end = start + u64::from(four(bytes, 0)?);
        match kind {
            b"eXIf" => scan.ask(What::Exif, start, exif::HEADER, end),
            b"iTXt" if bytes[8..].starts_with(XMP) => {
                scan.ask(What::Xmp { continued: false }, start, SLICE, end);
            }
            b"IEND" => return None,
            _ => {}
        }
        if matches!(kind, b"eXIf" | b"iTXt") {
            // The name of the chunk is checked as well.
            scan.checked.push((start - 4, end));
        }
        at = end + 4;
    }
}

/// Goes over a chunk as it will be, and at its end writes what its checksum is then.
pub(super) fn checksum(scan: &mut Scan, task: &Task, bytes: &[u8], so_far: u32) -> Option<()> {
    let mut bytes = bytes.to_vec();
    scan.patches.iter().for_each(|it| it.apply(task.offset, &mut bytes));
    let sum = bytes.iter().fold(so_far, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| (sum >> 1) ^ ((sum & 1) * 0xEDB8_8320))
    });
    let next = task.offset + bytes.len() as u64;
    if next < task.end && !bytes.is_empty() {
        scan.ask_first(What::Checksum(sum), next, SLICE, task.end);
    } else {
        scan.write(task.end, (!sum).to_be_bytes().to_vec(), scan.size);
    }
    Some(())
}
