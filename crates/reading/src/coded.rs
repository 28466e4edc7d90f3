//! How the file of a model has its features, in lines of two parts with a space between. The first line has their
//! hashes, smallest first, each as how much more it is than the one before: the lower figures of all of them, then the
//! upper ones. Then each class has a line with those that say something of it: how many features each is beyond the one
//! before, then what they say. What is alike stands together, since that packs best, and residents pay for it.

use std::collections::BTreeMap;

use crate::{CLASSES, SURE};

/// The figures, a character each, from this one on.
const NOUGHT: u8 = b'!';
const FIGURES: u32 = 94;
/// The greatest weight that can be written, but for [`SURE`], which is the last figure; the least is `-MOST`.
const MOST: i16 = 46;

/// What features say of the classes, by their hashes, in lines.
pub fn encode(features: &BTreeMap<u32, [i16; CLASSES]>) -> String {
    let mut hashes = (String::new(), String::new());
    let mut weights: [(String, String); CLASSES] = Default::default();
    let mut gaps = [0; CLASSES];
    let mut before = 0;
    let mut take = |apart: u32, said: &[i16; CLASSES]| {
        hashes.0.push(figure(apart % FIGURES));
        hashes.1.push(figure(apart / FIGURES));
        for (class, weight) in said.iter().enumerate() {
            let (line, gap) = (&mut weights[class], &mut gaps[class]);
            // A gap that is too long has one that says nothing at its end.
            if *weight != 0 || *gap == FIGURES - 1 {
                line.0.push(figure(*gap));
                line.1.push(figure((*weight + MOST) as u32));
                *gap = 0;
            } else {
                *gap += 1;
            }
        }
    };
    for (hash, said) in features {
        while hash - before >= FIGURES * FIGURES {
            take(FIGURES * FIGURES - 1, &[0; CLASSES]);
            before += FIGURES * FIGURES - 1;
        }
        take(hash - before, &said.map(written));
        before = *hash;
    }
    let lines = [&hashes].into_iter().chain(&weights);
    lines.map(|(one, other)| format!("{one} {other}\n")).collect()
}

/// What of a weight can be written.
fn written(weight: i16) -> i16 {
    if weight < SURE { weight.clamp(-MOST, MOST) } else { MOST + 1 }
}

fn figure(number: u32) -> char {
    char::from(NOUGHT + number as u8)
}

/// The figures of a line's two parts, in pairs; `None` where it is no such line.
fn pairs(line: &str) -> Option<impl Iterator<Item = (u32, u32)>> {
    let (one, other) = line.split_once(' ')?;
    let is_line = one.len() == other.len() && line.bytes().all(|it| matches!(it, b' '..=b'~'));
    let number = |it: u8| u32::from(it.wrapping_sub(NOUGHT));
    is_line.then(|| one.bytes().map(number).zip(other.bytes().map(number)))
}

/// The hashes of the features; `None` where the line is none of hashes.
pub fn hashes(line: &str) -> Option<Vec<u32>> {
    let mut hash = 0;
    Some(
        pairs(line)?
            .map(|(lower, upper)| {
                hash += lower + upper * FIGURES;
                hash
            })
            .collect(),
    )
}

/// What is said of a class, each with the number of the feature that says it; `None` where the line is none of weights.
pub fn weights(line: &str) -> Option<impl Iterator<Item = (usize, i16)>> {
    let mut end = 0;
    Some(pairs(line)?.map(move |(gap, weight)| {
        let at = end + gap as usize;
        end = at + 1;
        let weight = weight as i16 - MOST;
        (at, if weight > MOST { SURE } else { weight })
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let mut features = BTreeMap::new();
        for (hash, weight) in [(0, -3), (1, MOST), (95, 0), (100_000, -MOST), (100_300, 99)] {
            let mut said = [0; CLASSES];
            said[0] = weight;
            said[CLASSES - 1] = -weight;
            features.insert(hash, said);
        }
        for more in 0..200 {
            features.insert(200_000 + more, [0; CLASSES]);
        }
        features.insert(200_200, [SURE; CLASSES]);
        let text = encode(&features);
        assert!(text.is_ascii());
        let mut lines = text.lines();
        let known = hashes(lines.next().expect("hashes")).expect("hashes");
        assert!(known.is_sorted());
        assert!(known.len() > features.len(), "some fill what is too far apart");
        let mut read: BTreeMap<u32, [i16; CLASSES]> =
            known.iter().map(|it| (*it, [0; CLASSES])).collect();
        for (class, line) in lines.enumerate() {
            for (at, weight) in weights(line).expect("weights") {
                read.get_mut(&known[at]).expect("a feature")[class] = weight;
            }
        }
        for (hash, said) in &features {
            let kept = |it| if it == SURE { SURE } else { written(it) };
            assert_eq!(read[hash], said.map(kept), "{hash}");
        }
        let others = read.iter().filter(|it| !features.contains_key(it.0));
        assert!(others.into_iter().all(|it| *it.1 == [0; CLASSES]));
    }

    #[test]
    fn what_is_none_is_not_read() {
        for line in ["", "ab", "a bc", "a b c", "a\u{7f} bc", "é bc"] {
            assert!(hashes(line).is_none(), "{line}");
            assert!(weights(line).is_none(), "{line}");
        }
    }
}
