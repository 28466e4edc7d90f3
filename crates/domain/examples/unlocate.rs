//! Removes from copies of files where they were taken, as the widget does: for `tests/media/run.py`,
//! which looks at them with other people's tools.
//!
//! Takes pairs of paths, from and to; says for each what the file is, how many slices were read and
//! how many patches were written.
#![allow(clippy::print_stdout, reason = "a program for the command line")]

use std::env;
use std::fs;
use std::io::{Error, ErrorKind};
use std::path::Path;

use domain::choices::Choice;
use domain::media::{Next, Scan, elsewhere, sniff, sniff_elsewhere};

fn main() -> Result<(), Error> {
    let paths: Vec<_> = env::args().skip(1).collect();
    paths.chunks_exact(2).try_for_each(|pair| unlocate(pair[0].as_ref(), pair[1].as_ref()))
}

fn unlocate(from: &Path, to: &Path) -> Result<(), Error> {
    let mut file = fs::read(from)?;
    let size = file.len() as u64;
    let slice = |offset: u64, length: usize| {
        usize::try_from(offset).ok().and_then(|start| file.get(start..start + length))
    };
    let media = sniff(&file).or_else(|| {
        let place = elsewhere(&file, size)?;
        sniff_elsewhere(&file, slice(place.start, usize::try_from(place.end - place.start).ok()?)?)
    });
    let media =
        media.ok_or_else(|| Error::new(ErrorKind::InvalidData, "a file of no known type"))?;
    let (mut scan, mut slices) = (Scan::new(size, media), 0);
    let patches = loop {
        match scan.next() {
            Next::Read { offset, length } => {
                slices += 1;
                scan.give(slice(offset, length).unwrap_or_default());
            }
            Next::Done(patches) => break patches,
        }
    };
    patches.iter().for_each(|patch| patch.apply(0, &mut file));
    println!("{} {slices} {} {}", media.key(), patches.len(), from.display());
    fs::write(to, file)
}
