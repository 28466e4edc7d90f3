//! What a file is, by its first bytes.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeSet;

use domain::choices::Choice;
use domain::media::{HEAD, Kind, Media, elsewhere, sniff, sniff_elsewhere};
use proptest::prelude::*;

/// The first bytes of files as cameras, phones and offices write them.
fn heads() -> Vec<(Vec<u8>, Media)> {
    let plain: &[(&[u8], Media)] = &[
        (b"\xFF\xD8\xFF\xE0\0\x10JFIF\0\x01\x01", Media::Jpeg),
        (b"\xFF\xD8\xFF\xE1\x1C\x45Exif\0\0", Media::Jpeg),
        (b"\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR", Media::Png),
        (b"RIFF\x24\x10\0\0WEBPVP8X", Media::Webp),
        (b"GIF89a\x01\0\x01\0", Media::Gif),
        (b"II*\0\x08\0\0\0", Media::Tiff),
        (b"MM\0*\0\0\0\x08", Media::Tiff),
        (b"BM\x36\x10\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x20\0\0\0", Media::Bmp),
        (b"\0\0\0\x08wide\0\0\x10\0mdat", Media::QuickTime),
        (b"\0\0\x1A\x10moov\0\0\0\x6Cmvhd", Media::QuickTime),
        (b"\x1A\x45\xDF\xA3\x9F\x42\x86\x81\x01\x42\x82\x84webm\x42\x87\x81\x04", Media::WebM),
        (b"\x1A\x45\xDF\xA3\xA3\x42\x86\x81\x01\x42\x82\x88matroska", Media::Matroska),
        (b"RIFF\x24\x10\0\0AVI LIST", Media::Avi),
        (b"ID3\x04\0\0\0\0\0\x23TSSE", Media::Mp3),
        (b"\xFF\xFB\x90\x64\0\x0F", Media::Mp3),
        (b"\xFF\xF3\x84\xC4\0\0", Media::Mp3),
        (b"\xFF\xF1\x50\x80\x02\x1F", Media::Aac),
        (b"#!AMR\n\x3C\x91", Media::Amr),
        (b"#!AMR-WB\n\x44", Media::Amr),
        (b"RIFF\x24\x10\0\0WAVEfmt ", Media::Wav),
        (b"OggS\0\x02\0\0\0\0\0\0\0\0OpusHead", Media::Ogg),
        (b"fLaC\0\0\0\x22\x10\0", Media::Flac),
        (b"caff\0\x01\0\0desc", Media::Caf),
        (b"%PDF-1.7\n%\xE2\xE3\xCF\xD3", Media::Pdf),
        (b"{\\rtf1\\ansi\\deff0", Media::Rtf),
        (b"The wide gap in the wall lets water in.\r\n", Media::Text),
        (b"caffeine and ID3 have nothing to do with it", Media::Text),
        ("Der Schimmel ist größer als 2 m². \u{1F40C}".as_bytes(), Media::Text),
        (b"\xEF\xBB\xBFdate,what\n1 May,no heating\n", Media::Text),
        (b"They charged me \xA340 for it\r\n", Media::Text),
        (b"\xFF\xFEI\0 \0w\0a\0s\0 \0c\0o\0l\0d\0", Media::Text),
        (b"\xFE\xFF\0c\0o\0l\0d", Media::Text),
        (b"It is 2 < 3 and <3 to the neighbours", Media::Text),
        (b"From: a@example.org\r\nSubject: damp\r\nMessage-ID: <1@example.org>\r\n", Media::Eml),
        (
            b"Received: by mail\nContent-Type: text/html\nMIME-Version: 1.0\n\n<html>damp</html>",
            Media::Eml,
        ),
        (b"From: me\nTo: them\nSubject: copied out of a mail by hand\n", Media::Text),
    ];
    let brands: &[(&str, &[&str], Media)] = &[
        ("heic", &["mif1", "heic"], Media::Heic),
        ("mif1", &["mif1", "heic", "hevc"], Media::Heic),
        ("mif1", &["mif1", "miaf"], Media::Heif),
        ("avif", &["avif", "mif1", "miaf"], Media::Avif),
        ("mif1", &["mif1", "avif"], Media::Avif),
        ("isom", &["isom", "iso2", "avc1", "mp41"], Media::Mp4),
        ("mp42", &["isom", "mp42"], Media::Mp4),
        ("XAVC", &["XAVC", "mp42"], Media::Mp4),
        ("M4V ", &["M4V ", "mp42"], Media::Mp4),
        ("qt  ", &["qt  "], Media::QuickTime),
        ("3gp4", &["isom", "3gp4"], Media::ThreeGp),
        ("M4A ", &["M4A ", "mp42"], Media::M4a),
    ];
    let plain = plain.iter().map(|(bytes, media)| (bytes.to_vec(), *media));
    let branded = brands.iter().map(|(own, others, media)| (ftyp(own, others), *media));
    plain.chain(branded).chain(documents()).collect()
}

fn documents() -> Vec<(Vec<u8>, Media)> {
    let open = |kind: &str| {
        let file = [b"mimetype".as_slice(), kind.as_bytes()].concat();
        [b"PK\x03\x04", &[0; 26][..], &file, b"PK\x03\x04"].concat()
    };
    vec![
        (zip(&["[Content_Types].xml", "_rels/.rels", "word/document.xml"]), Media::Docx),
        (zip(&["_rels/.rels", "docProps/app.xml", "xl/a.xml", "[Content_Types].xml"]), Media::Xlsx),
        (zip(&["[Content_Types].xml", "ppt/presentation.xml"]), Media::Pptx),
        (open("application/vnd.oasis.opendocument.text"), Media::Odt),
        (open("application/vnd.oasis.opendocument.spreadsheet"), Media::Ods),
        (ole2(0, &["Root Entry", "Data", "1Table", "WordDocument"], 0), Media::Doc),
        (ole2(0, &["Root Entry", "Workbook"], 0), Media::Xls),
        (ole2(1, &["Root Entry", "__nameid_version1.0"], 0), Media::Msg),
        (ole2(0, &["R"], 0x0002_0906), Media::Doc),
    ]
}

fn ftyp(own: &str, others: &[&str]) -> Vec<u8> {
    let length = u8::try_from(16 + 4 * others.len()).unwrap();
    let mut file = [&[0, 0, 0, length][..], b"ftyp", own.as_bytes(), &[0; 4]].concat();
    others.iter().for_each(|brand| file.extend(brand.as_bytes()));
    file.extend(b"\0\0\0\x08free");
    file
}

/// A ZIP with these empty files, without its list of files.
fn zip(names: &[&str]) -> Vec<u8> {
    let file = |name: &&str| [b"PK\x03\x04", &[0; 26][..], name.as_bytes(), b"\x03\0"].concat();
    names.iter().flat_map(file).collect()
}

/// A compound file with its directory in the sector with this number.
fn ole2(sector: u8, names: &[&str], class: u32) -> Vec<u8> {
    let mut file = vec![0; 512 * (usize::from(sector) + 1)];
    file[..8].copy_from_slice(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1");
    file[30] = 9;
    file[48] = sector;
    for name in names {
        let mut entry: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        entry.resize(128, 0);
        entry[80..84].copy_from_slice(&class.to_le_bytes());
        file.extend(entry);
    }
    file
}

#[test]
fn what_residents_have_is_known_by_its_first_bytes() {
    for (head, media) in heads() {
        assert_eq!(sniff(&head), Some(media), "{:?}", String::from_utf8_lossy(&head));
        let padded = [&head[..], &b" ".repeat(2 * HEAD)].concat();
        assert_eq!(sniff(&padded), Some(media), "with more behind it: {media:?}");
    }
}

#[test]
fn every_kind_that_is_accepted_has_a_sample_here() {
    let seen: BTreeSet<&str> = heads().iter().map(|(_, media)| media.key()).collect();
    for (media, key) in Media::ALL {
        assert!(seen.contains(key), "{media:?}");
    }
}

#[test]
fn what_can_run_or_hide_is_refused() {
    let refused: &[&[u8]] = &[
        b"",
        b"MZ\x90\0\x03\0\0\0",
        b"\x7FELF\x02\x01\x01\0",
        b"#!/bin/sh\nrm -rf /\n",
        b"@echo off\r\ndel *.*\r\n",
        b"<!DOCTYPE html><title>x</title>",
        b"  \n<HTML><body>",
        b"<script>alert(1)</script>",
        b"Hello <ScRiPt src=x>",
        b"<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\"/>",
        b"<svg onload=alert(1)>",
        b"<?php system('id');",
        b"<a href=x>",
        b"\xEF\xBB\xBF<html>",
        b"\xFF\xFE<\0s\0v\0g\0>\0",
        b"\xFF\xFE<\0\0\xD8s\0",
        b"PK\x03\x04\x14\0\0\0\0\0an ordinary zip of files: word/x",
        b"Rar!\x1A\x07\x01\0",
        b"7z\xBC\xAF\x27\x1C\0\x04",
        b"\x1F\x8B\x08\0\0\0\0\0",
        b"\0asm\x01\0\0\0",
        b"\xCA\xFE\xBA\xBE\0\0\0\x34",
        b"RIFF\x24\x10\0\0sfbk",
        b"\0\0\0\x10ftypcrx \0\0\0\x01",
        b"\xFF\xFE\x01\0",
        b"some text\0and a hole",
    ];
    for head in refused {
        assert_eq!(sniff(head), None, "{:?}", String::from_utf8_lossy(head));
    }
    assert_eq!(sniff(&zip(&["word/virus.exe"])), None);
    // An installer is a compound file too.
    let installer = ole2(0, &["Root Entry", "\u{5}SummaryInformation"], 0x000C_1084);
    assert_eq!(sniff(&installer), None);
    assert_eq!(sniff_elsewhere(&installer, &installer[512..]), None);
}

#[test]
fn an_office_file_may_say_what_it_is_further_on() {
    let word = ole2(200, &["Root Entry", "1Table", "WordDocument"], 0);
    let place = elsewhere(&word[..HEAD], word.len() as u64).unwrap();
    assert_eq!(sniff(&word[..HEAD]), None);
    let piece = &word[usize::try_from(place.start).unwrap()..];
    assert_eq!(sniff_elsewhere(&word[..HEAD], piece), Some(Media::Doc));

    let head = [zip(&["[Content_Types].xml", "docProps/thumbnail.jpeg"]), vec![7; HEAD]].concat();
    let listed = |name: &str| [b"PK\x01\x02", &[0; 42][..], name.as_bytes()].concat();
    let list = [listed("[Content_Types].xml"), listed("xl/workbook.xml")].concat();
    assert_eq!(sniff(&head), None);
    assert_eq!(elsewhere(&head[..HEAD], 1 << 20), Some((1 << 20) - 16384..1 << 20));
    assert_eq!(sniff_elsewhere(&head[..HEAD], &list), Some(Media::Xlsx));
    assert_eq!(sniff_elsewhere(&head[..HEAD], &listed("xl/workbook.xml")), None);

    assert_eq!(elsewhere(b"MZ", 100), None);
    assert_eq!(elsewhere(&word[..HEAD], 600), None, "the directory lies behind the end");
}

#[test]
fn a_key_is_a_media_type_and_says_what_a_resident_calls_it() {
    assert_eq!(Media::from_key("image/heic"), Some(Media::Heic));
    assert_eq!(Media::from_key("text/html"), None);
    let kinds = [
        (Media::Heic, Kind::Photo),
        (Media::ThreeGp, Kind::Video),
        (Media::M4a, Kind::Audio),
        (Media::Pdf, Kind::Pdf),
        (Media::Docx, Kind::Document),
        (Media::Text, Kind::Document),
        (Media::Eml, Kind::Document),
    ];
    for (media, kind) in kinds {
        assert_eq!(media.kind(), kind);
    }
    assert_eq!(Media::Jpeg.extensions()[0], "jpg");
    assert_eq!(Media::Msg.extensions(), ["msg"]);
    let all: Vec<&str> = Media::ALL.iter().flat_map(|(it, _)| it.extensions()).copied().collect();
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len(), "each extension once");
}

#[test]
fn text_may_be_cut_in_the_middle_of_a_letter() {
    for end in [HEAD - 3, HEAD - 2, HEAD - 1] {
        let text = [&b"a".repeat(end)[..], "🐌".as_bytes()].concat();
        assert_eq!(sniff(&text[..HEAD]), Some(Media::Text));
    }
    let wide: Vec<u8> = [0xFEFF]
        .into_iter()
        .chain("🐌".encode_utf16().cycle().take(2048))
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_eq!(sniff(&wide[..HEAD]), Some(Media::Text));
}

proptest! {
    #[test]
    fn no_bytes_make_it_stumble(head in prop::collection::vec(any::<u8>(), 0..600)) {
        let found = sniff(&head);
        prop_assert_eq!(found, sniff(&head));
        if let Some(place) = elsewhere(&head, 1000) {
            prop_assert!(place.start <= place.end && place.end <= 1000);
        }
        sniff_elsewhere(&head, &head);
    }

    #[test]
    fn no_cut_or_bitten_file_makes_it_stumble(
        which in any::<prop::sample::Index>(),
        end in any::<prop::sample::Index>(),
        bite in any::<(prop::sample::Index, u8)>(),
    ) {
        let heads = heads();
        let mut head = which.get(&heads).0.clone();
        *bite.0.get_mut(&mut head) = bite.1;
        head.truncate(end.index(head.len() + 1));
        sniff(&head);
        if let Some(place) = elsewhere(&head, u64::MAX) {
            prop_assert!(place.end - place.start <= 16384);
        }
        sniff_elsewhere(&head, &head);
    }
}
