//! What a file is by its bytes. Accepted is what residents have as evidence. Whatever can run or draws
//! itself in a browser (programs, scripts, HTML, SVG) and what hides other files (plain ZIP) is not.

use std::ops::Range;

use super::Media;

/// How many bytes of the beginning [`sniff`] wants, or all of a shorter file.
pub const HEAD: usize = 4096;

/// How many bytes of the end of a ZIP file [`elsewhere`] asks for.
const TAIL: u64 = 16 * 1024;

/// What files begin with. `?` stands for any byte.
const SIGNATURES: &[(&[u8], Media)] = &[
    (b"\xFF\xD8\xFF", Media::Jpeg),
    (b"\x89PNG\r\n\x1A\n", Media::Png),
    (b"RIFF????WEBP", Media::Webp),
    (b"GIF87a", Media::Gif),
    (b"GIF89a", Media::Gif),
    (b"II*\0", Media::Tiff),
    (b"MM\0*", Media::Tiff),
    // The third number of a bitmap is 0, and the size of what follows says its version.
    (b"BM????\0\0\0\0????\x0C\0\0\0", Media::Bmp),
    (b"BM????\0\0\0\0????\x28\0\0\0", Media::Bmp),
    (b"BM????\0\0\0\0????\x38\0\0\0", Media::Bmp),
    (b"BM????\0\0\0\0????\x6C\0\0\0", Media::Bmp),
    (b"BM????\0\0\0\0????\x7C\0\0\0", Media::Bmp),
    // QuickTime before it had brands.
    (b"\0???moov", Media::QuickTime),
    (b"????mdat", Media::QuickTime),
    (b"\0\0\0\x08wide", Media::QuickTime),
    (b"\0\0??free", Media::QuickTime),
    (b"\0\0??skip", Media::QuickTime),
    (b"RIFF????AVI ", Media::Avi),
    (b"ID3\x02", Media::Mp3),
    (b"ID3\x03", Media::Mp3),
    (b"ID3\x04", Media::Mp3),
    (b"#!AMR\n", Media::Amr),
    (b"#!AMR-WB\n", Media::Amr),
    (b"RIFF????WAVE", Media::Wav),
    (b"OggS\0", Media::Ogg),
    (b"fLaC\0", Media::Flac),
    (b"caff\0\x01", Media::Caf),
    (b"%PDF-", Media::Pdf),
    (b"\xEF\xBB\xBF%PDF-", Media::Pdf),
    (b"{\\rtf", Media::Rtf),
];

/// Brands of the ISO base media file format (ISO/IEC 14496-12), as `ftyp` lists them. A brand that
/// says more comes before one that says less.
const BRANDS: &[(&[u8], Media)] = &[
    (b"avif", Media::Avif),
    (b"avis", Media::Avif),
    (b"heic", Media::Heic),
    (b"heix", Media::Heic),
    (b"hevc", Media::Heic),
    (b"hevx", Media::Heic),
    (b"heim", Media::Heic),
    (b"heis", Media::Heic),
    (b"mif1", Media::Heif),
    (b"msf1", Media::Heif),
    (b"qt  ", Media::QuickTime),
    (b"M4A ", Media::M4a),
    (b"M4B ", Media::M4a),
    (b"3gp?", Media::ThreeGp),
    (b"3g2?", Media::ThreeGp),
    (b"M4V?", Media::Mp4),
    (b"MSNV", Media::Mp4),
    (b"mp4?", Media::Mp4),
    (b"iso?", Media::Mp4),
    (b"avc1", Media::Mp4),
    (b"dash", Media::Mp4),
];

/// Names inside of documents in ZIP files.
const ZIPPED: &[(&[u8], Media)] =
    &[(b"word/", Media::Docx), (b"xl/", Media::Xlsx), (b"ppt/", Media::Pptx)];

/// The first file of an OpenDocument file is its type, and is not compressed.
const OPEN_DOCUMENTS: &[(&[u8], Media)] = &[
    (b"mimetypeapplication/vnd.oasis.opendocument.text", Media::Odt),
    (b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet", Media::Ods),
];

/// Where a file of Office lists what its parts are.
const PARTS: &[u8] = b"[Content_Types].xml";

/// Names of streams in OLE2 files ("compound files", MS-CFB).
const STREAMS: &[(&str, Media)] = &[
    ("WordDocument", Media::Doc),
    ("Workbook", Media::Xls),
    ("Book", Media::Xls),
    ("__nameid_version1.0", Media::Msg),
];

/// The first numbers of the classes of OLE2 files; the others are the same for all of them.
const CLASSES: &[(u32, Media)] = &[
    (0x0002_0900, Media::Doc),
    (0x0002_0906, Media::Doc),
    (0x0002_0810, Media::Xls),
    (0x0002_0820, Media::Xls),
    (0x0002_0D0B, Media::Msg),
];

const ZIP: &[u8] = b"PK\x03\x04";
const OLE2: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

/// What a shell would run.
const COMMANDS: &[&[u8]] = &[b"#!", b"@echo"];

/// Markup that a browser or a server might act on, wherever it stands.
const MARKUP: &[&[u8]] =
    &[b"<html", b"<svg", b"<script", b"<iframe", b"<body", b"<!doctype", b"<?php", b"<?xml"];

/// Lines that only an e-mail on its way has (RFC 5322, 3.6).
const MAILED: &[&[u8]] =
    &[b"\nmime-version:", b"\nmessage-id:", b"\nreceived:", b"\nreturn-path:", b"\ndelivered-to:"];

/// What a file is, from its first [`HEAD`] bytes (all of it if it is shorter); `None` is what nobody
/// may attach, unless [`elsewhere`] says that another part of the file has to be seen.
pub fn sniff(head: &[u8]) -> Option<Media> {
    let head = &head[..head.len().min(HEAD)];
    first(SIGNATURES, head)
        .or_else(|| branded(head))
        .or_else(|| matroska(head))
        .or_else(|| sound(head))
        .or_else(|| zipped(head, ZIP, 30))
        .or_else(|| ole2(head))
        .or_else(|| text(head))
}

/// Which bytes of a file of this size [`sniff_elsewhere`] has to see, where [`sniff`] found nothing in
/// the first ones: some files of Office say what they are in the middle or at the end. At most 16 KiB.
pub fn elsewhere(head: &[u8], size: u64) -> Option<Range<u64>> {
    if head.starts_with(ZIP) {
        return Some(size.saturating_sub(TAIL)..size);
    }
    let start = directory(head)?;
    (start < size).then(|| start..size.min(start + HEAD as u64))
}

/// What a file is, from the bytes that [`elsewhere`] asked for.
pub fn sniff_elsewhere(head: &[u8], piece: &[u8]) -> Option<Media> {
    if head.starts_with(ZIP) {
        // The list of files at the end (APPNOTE 4.3.12).
        return zipped(piece, b"PK\x01\x02", 46);
    }
    head.starts_with(OLE2).then(|| streams(piece)).flatten()
}

/// The first row whose bytes the file begins with.
fn first(rows: &[(&[u8], Media)], bytes: &[u8]) -> Option<Media> {
    rows.iter().find(|(sign, _)| begins(bytes, sign)).map(|(_, media)| *media)
}

fn begins(bytes: &[u8], sign: &[u8]) -> bool {
    bytes.len() >= sign.len()
        && sign.iter().zip(bytes).all(|(wanted, found)| *wanted == b'?' || wanted == found)
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// A file of the ISO family: by its own brand, else by those it is compatible with.
fn branded(head: &[u8]) -> Option<Media> {
    let length = usize::from(*head.get(3)?) + 256 * usize::from(head[2]);
    if head.get(..2)? != [0, 0] || head.get(4..8)? != b"ftyp" {
        return None;
    }
    let own = first(BRANDS, head.get(8..12)?);
    // `mif1` says only that it is a picture: HEIC and AVIF name themselves among the others.
    if let Some(own) = own.filter(|it| *it != Media::Heif) {
        return Some(own);
    }
    let others = head.get(16..length.min(head.len())).unwrap_or_default();
    let named = |sign: &[u8]| others.chunks_exact(4).any(|it| begins(it, sign));
    BRANDS.iter().find(|(sign, _)| named(sign)).map(|(_, media)| *media).or(own)
}

/// WebM and Matroska name themselves after the first mark (RFC 8794, 11.2.7).
fn matroska(head: &[u8]) -> Option<Media> {
    if !head.starts_with(b"\x1A\x45\xDF\xA3") {
        return None;
    }
    let head = &head[..head.len().min(64)];
    let named = |name: &[u8]| head.windows(name.len()).any(|it| it == name);
    if named(b"\x42\x82\x84webm") {
        Some(Media::WebM)
    } else {
        named(b"\x42\x82\x88matroska").then_some(Media::Matroska)
    }
}

/// The header of a frame of MP3 (ISO/IEC 11172-3, 2.4.1.3) or AAC (ISO/IEC 13818-7, 6.2).
fn sound(head: &[u8]) -> Option<Media> {
    let &[0xFF, sync, third, _] = head.first_chunk::<4>()? else {
        return None;
    };
    if sync & 0xF6 == 0xF0 {
        return Some(Media::Aac);
    }
    let layer3 = sync & 0xE6 == 0xE2 && sync & 0x18 != 0x08;
    let rates = !matches!(third >> 4, 0 | 15) && third & 0x0C != 0x0C;
    (layer3 && rates).then_some(Media::Mp3)
}

/// OpenDocument says first of all what it is. A file of Office has a list of its parts, and parts
/// whose names say which program they are for.
fn zipped(bytes: &[u8], mark: &[u8], on: usize) -> Option<Media> {
    let names = || {
        let marked = (0..bytes.len()).filter(|at| bytes[*at..].starts_with(mark));
        marked.filter_map(|at| bytes.get(at + on..))
    };
    let parts = || names().any(|name| name.starts_with(PARTS));
    names()
        .next()
        .and_then(|name| first(OPEN_DOCUMENTS, name))
        .or_else(|| names().find_map(|name| first(ZIPPED, name)).filter(|_| parts()))
}

/// Where the directory of an OLE2 file begins (MS-CFB 2.2).
fn directory(head: &[u8]) -> Option<u64> {
    let power = u32::from(*head.strip_prefix(OLE2)?.get(30 - OLE2.len())?);
    let sector = 1_u64.checked_shl(power).filter(|it| (512..=4096).contains(it))?;
    Some((u64::from(number(head, 48)?) + 1) * sector)
}

fn ole2(head: &[u8]) -> Option<Media> {
    let start = usize::try_from(directory(head)?).ok()?;
    streams(head.get(start..)?)
}

/// A directory has entries of 128 bytes: a name in UTF-16, and the class at byte 80 (MS-CFB 2.6.1).
/// The first is the file itself.
fn streams(directory: &[u8]) -> Option<Media> {
    let class = number(directory, 80)?;
    if let Some((_, media)) = CLASSES.iter().find(|(known, _)| *known == class) {
        return Some(*media);
    }
    directory.chunks_exact(128).find_map(|entry| {
        let is = |name: &str| {
            let wide = name.encode_utf16().chain([0]).flat_map(u16::to_le_bytes);
            wide.zip(entry).all(|(wanted, found)| wanted == *found)
        };
        STREAMS.iter().find(|(name, _)| is(name)).map(|(_, media)| *media)
    })
}

/// Text that a browser would show as text: UTF-8, UTF-16 with its mark, or an older encoding with one
/// byte for a letter, which Windows still writes.
fn text(head: &[u8]) -> Option<Media> {
    let narrow = match head {
        [0xFF, 0xFE, rest @ ..] => narrow(rest, u16::from_le_bytes)?,
        [0xFE, 0xFF, rest @ ..] => narrow(rest, u16::from_be_bytes)?,
        [0xEF, 0xBB, 0xBF, rest @ ..] => rest.to_ascii_lowercase(),
        _ => head.to_ascii_lowercase(),
    };
    let printed = |byte: &u8| !byte.is_ascii_control() || b"\t\n\r\x0C".contains(byte);
    let run = COMMANDS.iter().any(|it| narrow.starts_with(it));
    if narrow.is_empty() || run || !narrow.iter().all(printed) {
        return None;
    }
    let line = [b"\n", &narrow[..]].concat();
    let has = |sign: &&[u8]| line.windows(sign.len()).any(|it| it == *sign);
    let field = narrow.iter().position(|it| !it.is_ascii_alphanumeric() && *it != b'-');
    if field.is_some_and(|end| end > 0 && narrow[end] == b':') && MAILED.iter().any(has) {
        return Some(Media::Eml);
    }
    // What begins with a tag is not text either (WHATWG, MIME Sniffing, 7.1).
    let marked = match narrow.trim_ascii_start() {
        [b'<', next, ..] => next.is_ascii_alphabetic() || b"!?%/".contains(next),
        _ => false,
    };
    (!marked && !MARKUP.iter().any(has)).then_some(Media::Text)
}

/// UTF-16 with a byte for each letter; `None` if it is none. The last letter may be cut in two.
fn narrow(bytes: &[u8], read: fn([u8; 2]) -> u16) -> Option<Vec<u8>> {
    let mut units: Vec<u16> = bytes.as_chunks().0.iter().map(|it| read(*it)).collect();
    units.pop_if(|last| (0xD800..0xDC00).contains(last));
    let letter = |it: char| u8::try_from(it).unwrap_or(b'?').to_ascii_lowercase();
    char::decode_utf16(units).map(|it| it.ok().map(letter)).collect()
}
