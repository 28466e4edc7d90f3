//! Where a photo or a video was taken is gone, and nothing else is. The samples were written by
//! `tests/media/run.py`, which also looks at the result with exiftool, ffmpeg and Pillow.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::path::Path;

use domain::media::{Media, Next, Patch, SLICE, SLICES, Scan, sniff};
use proptest::prelude::*;

/// The positions and places in the samples, as each format writes them.
const WRITTEN: &[&str] =
    &["51.50", "51,30.4", "0,7.66", "London", "WGS-84", "location.ISO6709", "GPSLat"];

fn samples() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/files");
    let files = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path());
    let mut samples: Vec<_> = files
        .map(|it| (it.file_name().unwrap().to_string_lossy().into_owned(), fs::read(it).unwrap()))
        .collect();
    samples.sort();
    assert!(samples.len() >= 20, "the samples are there");
    samples
}

/// What a scan finds in a file, and how many slices it read.
fn scan(file: &[u8], media: Media) -> (Vec<Patch>, usize) {
    let size = file.len() as u64;
    let (mut scan, mut slices) = (Scan::new(size, media), 0);
    loop {
        match scan.next() {
            Next::Read { offset, length } => {
                assert_eq!(scan.next(), Next::Read { offset, length }, "asked twice");
                assert!((1..=SLICE).contains(&length) && offset + length as u64 <= size);
                slices += 1;
                let start = usize::try_from(offset).unwrap();
                scan.give(&file[start..start + length]);
            }
            Next::Done(patches) => return (patches, slices),
        }
    }
}

fn unlocated(file: &[u8], media: Media) -> Vec<u8> {
    let mut file = file.to_vec();
    scan(&file, media).0.iter().for_each(|it| it.apply(0, &mut file));
    file
}

fn has(file: &[u8], text: &str) -> bool {
    file.windows(text.len()).any(|it| it == text.as_bytes())
}

#[test]
fn no_position_is_left_in_any_sample() {
    for (name, file) in samples() {
        let media = sniff(&file).unwrap();
        let (patches, slices) = scan(&file, media);
        assert!(!patches.is_empty(), "{name} has a position");
        assert!(slices < 30, "{name} is read in {slices} slices");
        let after = unlocated(&file, media);
        assert_eq!(after.len(), file.len());
        assert_eq!(scan(&after, media).0, [], "{name} has none any more");
        for text in WRITTEN {
            assert!(!has(&after, text), "{name} says {text}");
        }
    }
}

#[test]
fn every_way_to_write_a_position_is_among_the_samples() {
    let samples = samples();
    for text in WRITTEN {
        assert!(samples.iter().any(|(_, file)| has(file, text)), "{text}");
    }
}

#[test]
fn the_day_it_was_taken_stays() {
    for (name, file) in samples() {
        let after = unlocated(&file, sniff(&file).unwrap());
        for text in ["2026:03:14 15:09:26", "2026-03-14T15:09:26", "Damp in the hall"] {
            assert_eq!(has(&file, text), has(&after, text), "{name}: {text}");
        }
    }
}

#[test]
fn patches_are_the_same_in_slices_of_any_size() {
    for (name, file) in samples() {
        let media = sniff(&file).unwrap();
        let whole = unlocated(&file, media);
        for length in [1, 7, 100, 4096] {
            let mut sliced = file.clone();
            for (index, slice) in sliced.chunks_mut(length).enumerate() {
                let offset = (index * length) as u64;
                scan(&file, media).0.iter().for_each(|it| it.apply(offset, slice));
            }
            assert!(sliced == whole, "{name} in slices of {length}");
            if length == 1 && file.len() > 2000 {
                break;
            }
        }
    }
}

#[test]
fn what_does_not_say_where_is_not_touched() {
    // A camera without a receiver writes the version of its GPS directory alone.
    let version: &[u8] = b"II*\0\x08\0\0\0\x01\0\x25\x88\x04\0\x01\0\0\0\x1A\0\0\0\0\0\0\0\
        \x01\0\0\0\x01\0\x04\0\0\0\x02\x03\0\0\0\0\0\0";
    assert_eq!(scan(version, Media::Tiff).0, []);
    for media in [Media::Pdf, Media::Docx, Media::Text, Media::Mp3, Media::Gif] {
        assert_eq!(scan(b"exif:GPSLatitude=\"51\"", media), (vec![], 0));
    }
}

/// A PNG with a packet of XMP, and with no picture.
fn png(packet: &str) -> Vec<u8> {
    let body = [b"iTXtXML:com.adobe.xmp\0\0\0\0\0", packet.as_bytes()].concat();
    let length = u32::try_from(body.len() - 4).unwrap().to_be_bytes();
    let end: &[u8] = b"\0\0\0\0IEND\xAE\x42\x60\x82";
    [b"\x89PNG\r\n\x1A\n", &length[..], &body, &crc(&body).to_be_bytes(), end].concat()
}

/// The checksum of PNG, the way its specification draws it.
fn crc(bytes: &[u8]) -> u32 {
    let mut sum = u32::MAX;
    for bit in bytes.iter().flat_map(|byte| (0..8).map(move |bit| u32::from(byte >> bit & 1))) {
        sum = if (sum ^ bit) & 1 == 1 { (sum >> 1) ^ 0xEDB8_8320 } else { sum >> 1 };
    }
    !sum
}

#[test]
fn a_packet_may_be_cut_anywhere_between_two_slices() {
    for (before, written, after) in [
        ("<a b='", "", "' exif:GPSLatitude = '51,30.44N' c='d'/>"),
        ("<a>", "", "<exif:GPSLatitude>51,30.44N</exif:GPSLatitude >x</a>"),
        ("<a>", "", "<e:GPSLongitude a='b' /><x:y>t</x:y>"),
    ] {
        for filler in SLICE - 140..SLICE {
            let packet = [before, &"x".repeat(filler), written, after].concat();
            let file = png(&packet);
            let new = unlocated(&file, Media::Png);
            assert!(!has(&new, "GPS") && !has(&new, "51,30"), "{filler}: {after}");
            let body = &new[12..new.len() - 16];
            assert_eq!(new[new.len() - 16..][..4], crc(body).to_be_bytes(), "{filler}: {after}");
            let kept = after.replace("exif:GPSLatitude = '51,30.44N'", "");
            let kept = kept.replace("<exif:GPSLatitude>51,30.44N</exif:GPSLatitude >", "");
            let kept = kept.replace("<e:GPSLongitude a='b' />", "");
            let words = |text: &str| text.split_whitespace().collect::<String>();
            let left = String::from_utf8_lossy(&new).into_owned();
            assert!(words(&left).contains(&words(&kept)), "{filler}: {after}");
        }
    }
}

#[test]
fn names_that_tell_of_no_place_stay_in_a_packet() {
    let packet = "<r a:Locations='1' xmp:Rating='3' photoshop:State='Kent' other:State='damp' \
        a:b='exif:GPS'><dc:description>My City: latitude is no place, 10:30</dc:description>\
        <Iptc4xmpExt:LocationShown><rdf:Bag/></Iptc4xmpExt:LocationShown><x:y/></r>";
    let left =
        String::from_utf8(unlocated(packet_only(packet).as_slice(), Media::Webp)).unwrap_err();
    let left = String::from_utf8_lossy(left.as_bytes()).into_owned();
    let expected = packet.replace("photoshop:State='Kent'", &" ".repeat(22)).replace(
        "<Iptc4xmpExt:LocationShown><rdf:Bag/></Iptc4xmpExt:LocationShown>",
        &" ".repeat(65),
    );
    assert!(left.contains(&expected), "{left}");
}

/// A WebP with a packet of XMP, and with no picture.
fn packet_only(packet: &str) -> Vec<u8> {
    let length = u32::try_from(packet.len()).unwrap().to_le_bytes();
    [b"RIFF\xFF\xFF\xFF\xFFWEBPXMP ", &length[..], packet.as_bytes()].concat()
}

proptest! {
    /// Any bytes of any sample changed, and cut anywhere.
    #[test]
    fn a_bad_file_is_read_to_an_end(
        which in any::<prop::sample::Index>(),
        bites in prop::collection::vec(any::<(prop::sample::Index, u8)>(), 0..12),
        end in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let samples = samples();
        let mut file = which.get(&samples).1.clone();
        let media = sniff(&file).unwrap();
        bites.iter().for_each(|(at, byte)| *at.get_mut(&mut file) = *byte);
        if let Some(end) = end {
            file.truncate(end.index(file.len()));
        }
        let (patches, slices) = scan(&file, media);
        prop_assert!(slices <= SLICES);
        let mut after = file.clone();
        patches.iter().for_each(|it| it.apply(0, &mut after));
        prop_assert_eq!(after.len(), file.len());
        for (at, (old, new)) in file.iter().zip(&after).enumerate() {
            let at = at as u64;
            let patched = |it: &Patch| (it.offset..it.offset + it.bytes.len() as u64).contains(&at);
            prop_assert!(old == new || patches.iter().any(patched));
        }
        for patch in &patches {
            prop_assert!(patch.offset + patch.bytes.len() as u64 <= file.len() as u64);
        }
    }

    /// Fewer bytes than were asked for: the file was cut while it was read.
    #[test]
    fn a_slice_may_be_short(which in any::<prop::sample::Index>(), keep in 0..64_usize) {
        let samples = samples();
        let file = &which.get(&samples).1;
        let mut scan = Scan::new(file.len() as u64, sniff(file).unwrap());
        let mut slices = 0;
        while let Next::Read { offset, length } = scan.next() {
            let start = usize::try_from(offset).unwrap();
            scan.give(&file[start..start + length.min(keep)]);
            slices += 1;
        }
        prop_assert!(slices <= SLICES);
    }

}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Bytes that are of no format, of a huge file.
    #[test]
    fn nothing_is_read_for_ever(bytes in prop::collection::vec(any::<u8>(), 1..200), which in 0..9_usize) {
        let media = [
            Media::Jpeg, Media::Png, Media::Webp, Media::Heic, Media::Avif, Media::Tiff, Media::Mp4,
            Media::QuickTime, Media::ThreeGp,
        ];
        let mut scan = Scan::new(u64::MAX, media[which]);
        let mut slices = 0;
        while let Next::Read { length, .. } = scan.next() {
            scan.give(&bytes.iter().copied().cycle().take(length).collect::<Vec<_>>());
            slices += 1;
        }
        prop_assert!(slices <= SLICES);
    }
}
