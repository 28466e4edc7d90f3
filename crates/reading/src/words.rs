//! Looks up what a word may be: words as they are, and the beginnings of words.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// What is known by a key.
pub type Known<Key, Value> = HashMap<Key, Value, BuildHasherDefault<Quick>>;

/// Words and beginnings of words, in their plain form, each with numbers that it stands for.
#[derive(Debug, Default)]
pub struct Words {
    whole: Known<String, Vec<u16>>,
    /// By their first three letters, or two and a nought.
    beginnings: Known<[u8; 3], Vec<(String, u16)>>,
}

/// Spreads keys over all bits, quickly: nobody chooses the words of a model to make it slow.
#[derive(Debug, Default)]
pub struct Quick(u64);

impl Hasher for Quick {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|it| self.write_u32(u32::from(*it)));
    }

    fn write_u32(&mut self, part: u32) {
        self.0 = (self.0.rotate_left(5) ^ u64::from(part)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn finish(&self) -> u64 {
        // The upper bits are mixed best, and the lower ones are looked at first.
        self.0.rotate_left(26)
    }
}

impl Words {
    /// A word stands for this number.
    pub fn add(&mut self, word: String, number: u16) {
        self.whole.entry(word).or_default().push(number);
    }

    /// All words that begin so stand for this number; `None` where that is less than two letters.
    pub fn add_beginning(&mut self, beginning: String, number: u16) -> Option<()> {
        let first = first(&beginning)?;
        self.beginnings.entry(first).or_default().push((beginning, number));
        Some(())
    }

    /// Tells the numbers that a word stands for; one of them may come more than once.
    pub fn of(&self, word: &str, mut tell: impl FnMut(u16)) {
        self.whole.get(word).into_iter().flatten().for_each(|it| tell(*it));
        let Some(all @ [one, two, third]) = first(word) else { return };
        let shorter = (third != 0).then_some([one, two, 0]);
        for its in [Some(all), shorter].into_iter().flatten() {
            for (beginning, number) in self.beginnings.get(&its).into_iter().flatten() {
                if word.starts_with(&**beginning) {
                    tell(*number);
                }
            }
        }
    }
}

/// The first three letters of a word, or two and a nought.
fn first(word: &str) -> Option<[u8; 3]> {
    let bytes = word.as_bytes();
    Some([*bytes.first()?, *bytes.get(1)?, bytes.get(2).copied().unwrap_or_default()])
}
