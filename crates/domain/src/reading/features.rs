//! What a model looks at in a text: words, words beside each other, and ideas near each other.

use std::collections::HashSet;
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::Range;

use super::patterns::Patterns;
use super::tokens::Token;
use super::words::Words;

/// How far apart two ideas may be to count as near, in tokens.
const NEAR: usize = 7;
/// How many ideas there may be.
const MOST_IDEAS: usize = 64;

/// Ideas, each with the words that speak of it: `told: tel told report* ring`. A word with `*` stands for all that
/// begin with it. A word may speak of several.
#[derive(Debug, Default)]
pub struct Ideas {
    names: Vec<String>,
    words: Words,
    /// Of each two ideas, the hash of one near the other, and of both somewhere.
    pairs: Vec<Vec<[u64; 2]>>,
}

impl Ideas {
    /// Reads them, a line each; `None` where one is none, or where there are too many.
    pub fn parse<'a>(lines: impl Iterator<Item = &'a str>) -> Option<Self> {
        let mut ideas = Self::default();
        for (line, number) in lines.zip(0..) {
            let (name, words) = line.split_once(':')?;
            for word in words.split_whitespace() {
                match word.strip_suffix('*') {
                    Some(beginning) => ideas.words.add_beginning(beginning.to_owned(), number)?,
                    None => ideas.words.add(word.to_owned(), number),
                }
            }
            ideas.names.push(name.trim().to_owned());
        }
        let pairs = |one: &String| {
            let others = ideas.names.iter();
            others.map(|other| [hash(&[one, "+", other]), hash(&[one, "&", other])]).collect()
        };
        ideas.pairs = ideas.names.iter().map(pairs).collect();
        (ideas.names.len() < MOST_IDEAS).then_some(ideas)
    }

    /// Which ideas a word speaks of, a bit each.
    pub fn of(&self, word: &str) -> u64 {
        self.words.of(word).fold(0, |all, number| all | 1 << number)
    }

    /// The bit of an idea; 0 where there is none of that name.
    pub fn bit(&self, name: &str) -> u64 {
        self.names.iter().position(|it| it == name).map_or(0, |at| 1 << at)
    }
}

/// A feature of a text: its name's hash, and the tokens that it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feature {
    /// See [`hash`].
    pub hash: u64,
    /// From which token up to which.
    pub tokens: Range<usize>,
}

/// For keys that are hashes already.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known(u64);

impl Hasher for Known {
    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |all, it| all.rotate_left(8) ^ u64::from(*it));
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// A hash of a feature's name. Names are: `stop` a word, `~stop` words that begin so, `no heat` words beside each
/// other, `no _ heat` with one between; `=told` an idea, `told+wait` two of them near each other in this order,
/// `told&wait` somewhere.
pub fn hash(parts: &[&str]) -> u64 {
    // FNV-1a: small, and the same everywhere.
    let bytes = parts.iter().flat_map(|it| it.bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// The features of these tokens that are wanted, each once, where it is first. `wants` hears of each with the parts of
/// its name.
pub fn features(
    tokens: &[Token],
    ideas: &Ideas,
    patterns: &Patterns,
    wants: impl FnMut(u64, &[&str]) -> bool,
) -> Vec<Feature> {
    let mut all = Features { wants, seen: HashSet::default(), features: Vec::new() };
    let bits: Vec<u64> = tokens.iter().map(|it| ideas.of(&it.form)).collect();
    let form = |at: usize| &*tokens[at].form;
    // Where the sentence of a token began: words beside each other are of one sentence.
    let mut from = 0;
    // Where each idea was last, and first.
    let mut last = [usize::MAX; MOST_IDEAS];
    let mut first = [usize::MAX; MOST_IDEAS];
    for at in 0..tokens.len() {
        let word = form(at);
        all.add(&[word], at..at + 1);
        if word.len() > 5 {
            let end = word.char_indices().nth(5).map_or(word.len(), |(end, _)| end);
            all.add(&["~", &word[..end]], at..at + 1);
        }
        if at == from {
            all.add(&["^ ", word], at..at + 1);
        }
        if at > from {
            all.add(&[form(at - 1), " ", word], at - 1..at + 1);
        }
        if at > from + 1 {
            all.add(&[form(at - 2), " ", form(at - 1), " ", word], at - 2..at + 1);
            all.add(&[form(at - 2), " _ ", word], at - 2..at + 1);
        }
        let mut here = bits[at];
        while here != 0 {
            let idea = here.trailing_zeros() as usize;
            here &= here - 1;
            let its = &ideas.names[idea];
            all.add(&["=", its], at..at + 1);
            for (other, place) in last.iter().enumerate() {
                if *place != usize::MAX && *place >= from && at - place <= NEAR && *place != at {
                    let [near, _] = ideas.pairs[other][idea];
                    all.add_hash(near, &[&ideas.names[other], "+", its], *place..at + 1);
                }
            }
            if first[idea] == usize::MAX {
                first[idea] = at;
            }
        }
        let mut here = bits[at];
        while here != 0 {
            last[here.trailing_zeros() as usize] = at;
            here &= here - 1;
        }
        if tokens[at].is_end {
            from = at + 1;
        }
    }
    for found in patterns.find(tokens) {
        all.add(&["=", patterns.name(found.name)], found.tokens);
    }
    let there: Vec<usize> = (0..ideas.names.len()).filter(|it| first[*it] != usize::MAX).collect();
    for (at, one) in there.iter().enumerate() {
        for other in &there[at + 1..] {
            // The words of the one that came first stand for both.
            let place = first[*one].min(first[*other]);
            let [_, both] = ideas.pairs[*one][*other];
            all.add_hash(both, &[&ideas.names[*one], "&", &ideas.names[*other]], place..place + 1);
        }
    }
    let length = match tokens.len() {
        0..4 => "@1",
        4..9 => "@2",
        9..20 => "@3",
        20..45 => "@4",
        45..90 => "@5",
        _ => "@6",
    };
    all.add(&[length], 0..0);
    all.features
}

/// Features that come one after the other.
struct Features<W> {
    wants: W,
    seen: HashSet<u64, BuildHasherDefault<Known>>,
    features: Vec<Feature>,
}

impl<W: FnMut(u64, &[&str]) -> bool> Features<W> {
    fn add(&mut self, parts: &[&str], tokens: Range<usize>) {
        self.add_hash(hash(parts), parts, tokens);
    }

    fn add_hash(&mut self, hash: u64, parts: &[&str], tokens: Range<usize>) {
        if (self.wants)(hash, parts) && self.seen.insert(hash) {
            self.features.push(Feature { hash, tokens });
        }
    }
}
