//! Exif: directories of entries, as in TIFF (TIFF 6.0, section 2; CIPA DC-008, 4.6).

use super::{Patch, SLICE, Scan, Task, What, array};

/// How many bytes to read for what Exif begins with, and for the name that some put before it.
pub(super) const HEADER: usize = 14;
const NAME: &[u8] = b"Exif\0\0";
/// How many bytes to read for a directory: eighty entries. Longer ones are asked for again.
const DIRECTORY: usize = 2 + 80 * ENTRY + 4;
const ENTRY: usize = 12;
/// A file of scans has a directory for each page.
const MOST_DIRECTORIES: u8 = 64;
/// A GPS directory knows 32 entries (CIPA DC-008, 4.6.6). One with many more is something else.
const MOST_GPS_ENTRIES: usize = 64;
/// The longest value of a GPS entry that is overwritten, in bytes; what is longer is something else.
const LONGEST_VALUE: u64 = 4096;

const XMP: u16 = 0x02BC;
const GPS: u16 = 0x8825;
/// The version of the GPS directory: some cameras write it alone.
const GPS_VERSION: u16 = 0;

/// Where Exif begins in the file, and its order of bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    start: u64,
    little: bool,
    directories: u8,
}

/// An entry of a directory.
pub(super) struct Entry {
    index: usize,
    pub(super) tag: u16,
    length: u64,
    /// Where its value is, after the beginning of Exif, if it is longer than four bytes.
    pub(super) value: u32,
}

impl Place {
    /// Reads what Exif begins with: its order of bytes, and where its first directory is.
    pub(super) fn read(bytes: &[u8], start: u64) -> Option<(Self, u32)> {
        let little = match bytes.get(..4)? {
            b"II*\0" => true,
            b"MM\0*" => false,
            _ => return None,
        };
        let place = Self { start, little, directories: 0 };
        Some((place, place.long(bytes, 4)?))
    }

    fn short(self, bytes: &[u8], at: usize) -> Option<u16> {
        let read = if self.little { u16::from_le_bytes } else { u16::from_be_bytes };
        array(bytes, at).map(read)
    }

    pub(super) fn long(self, bytes: &[u8], at: usize) -> Option<u32> {
        let read = if self.little { u32::from_le_bytes } else { u32::from_be_bytes };
        array(bytes, at).map(read)
    }

    fn offset(self, value: u32) -> u64 {
        self.start + u64::from(value)
    }

    fn bytes(self, number: u16) -> [u8; 2] {
        if self.little { number.to_le_bytes() } else { number.to_be_bytes() }
    }

    /// How long a directory is, without what comes after its entries.
    fn length(self, directory: &[u8]) -> Option<usize> {
        Some(2 + usize::from(self.short(directory, 0)?) * ENTRY)
    }

    /// The entries of a directory, if it is all there.
    pub(super) fn entries(self, directory: &[u8]) -> Option<impl Iterator<Item = Entry>> {
        let entries = directory.get(2..self.length(directory)?)?;
        Some(entries.chunks_exact(ENTRY).enumerate().filter_map(move |(index, entry)| {
            let unit = match self.short(entry, 2)? {
                3 | 8 => 2,
                4 | 9 | 11 | 13 => 4,
                5 | 10 | 12 => 8,
                _ => 1,
            };
            let tag = self.short(entry, 0)?;
            let length = unit * u64::from(self.long(entry, 4)?);
            Some(Entry { index, tag, length, value: self.long(entry, 8)? })
        }))
    }
}

pub(super) fn header(scan: &mut Scan, task: &Task, bytes: &[u8]) -> Option<()> {
    let (bytes, start) = match bytes.strip_prefix(NAME) {
        Some(rest) => (rest, task.offset + NAME.len() as u64),
        None => (bytes, task.offset),
    };
    let (place, directory) = Place::read(bytes, start)?;
    scan.ask(What::Directory(place), place.offset(directory), DIRECTORY, task.end);
    Some(())
}

/// Looks for the entry that says where the GPS directory is, for XMP, and for the next directory.
pub(super) fn directory(scan: &mut Scan, task: &Task, bytes: &[u8], place: Place) -> Option<()> {
    let length = place.length(bytes)?;
    // With what comes after the entries: where the next directory is.
    let whole = (length + 4).min(SLICE);
    if bytes.len() < whole && task.length < whole && task.offset + (task.length as u64) < task.end {
        scan.ask(What::Directory(place), task.offset, whole, task.end);
        return None;
    }
    for entry in place.entries(bytes)? {
        let offset = place.offset(entry.value);
        match entry.tag {
            GPS => {
                // The entries behind it, and what comes after them, move up over it.
                let after =
                    bytes.get(2 + (entry.index + 1) * ENTRY..(length + 4).min(bytes.len()))?;
                let from = task.offset + (2 + entry.index * ENTRY) as u64;
                let count = place.bytes(place.short(bytes, 0)? - 1).to_vec();
                let unlink = vec![
                    Patch { offset: task.offset, bytes: count },
                    Patch { offset: from, bytes: [after, &[0; ENTRY]].concat() },
                ];
                scan.ask(What::Gps(place, unlink), offset, DIRECTORY, task.end);
            }
            XMP => {
                let end = task.end.min(offset + entry.length);
                scan.ask(What::Xmp { continued: false }, offset, SLICE, end);
            }
            _ => {}
        }
    }
    let next = place.long(bytes, length).filter(|it| *it > 0)?;
    let place = Place { directories: place.directories + 1, ..place };
    if place.directories < MOST_DIRECTORIES {
        scan.ask(What::Directory(place), place.offset(next), DIRECTORY, task.end);
    }
    Some(())
}

/// Overwrites a GPS directory with its values, and takes it out of the directory that names it.
pub(super) fn gps(
    scan: &mut Scan,
    task: &Task,
    bytes: &[u8],
    place: Place,
    unlink: &[Patch],
) -> Option<()> {
    let length = place.length(bytes).filter(|it| *it <= 2 + MOST_GPS_ENTRIES * ENTRY)?;
    if place.entries(bytes)?.all(|it| it.tag == GPS_VERSION) {
        return None;
    }
    for entry in place.entries(bytes)? {
        if (5..=LONGEST_VALUE).contains(&entry.length) {
            let zeros = vec![0; usize::try_from(entry.length).ok()?];
            scan.write(place.offset(entry.value), zeros, task.end);
        }
    }
    scan.write(task.offset, vec![0; length], task.end);
    unlink.iter().for_each(|it| scan.write(it.offset, it.bytes.clone(), task.end));
    Some(())
}
