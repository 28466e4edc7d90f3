//! What a model looks at in a text: words, words beside each other, and ways of saying something.

use std::ops::Range;

use crate::patterns::Patterns;
use crate::tokens::Token;
use crate::words::Words;

/// How many ideas there may be.
const MOST_IDEAS: usize = 64;

/// Ideas, each with the words that speak of it: `thanks: thank* grateful`. A word with `*` stands for all that begin
/// with it. A word may speak of several.
#[derive(Debug, Default)]
pub struct Ideas {
    names: Vec<String>,
    words: Words,
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
        (ideas.names.len() < MOST_IDEAS).then_some(ideas)
    }

    /// Which ideas a word speaks of, a bit each.
    pub fn of(&self, word: &str) -> u64 {
        let mut all = 0;
        self.words.of(word, |number| all |= 1 << number);
        all
    }

    /// The bits of those ideas that have one of these names.
    pub fn bits(&self, is_wanted: impl Fn(&str) -> bool) -> u64 {
        let names = self.names.iter().enumerate();
        names.filter(|(_, it)| is_wanted(it)).fold(0, |all, (at, _)| all | 1 << at)
    }
}

/// How many bits of a hash are kept. Among 34,000 features of a model, one of 2,000 that it does not have is taken
/// for one that it has.
pub const HASH_BITS: u32 = 26;

/// A hash of a feature's name. Names are: `stop` a word, `~stop` words that begin so, `^ stop` the first word of a
/// sentence, `<stop`, `|stop` and `>stop` a word in the first sentence, between, and in the last one; `no heat` and
/// `no heat at` words beside each other, `no _ heat` with one between; `=%noshow` a pattern; `@3` how long the text is,
/// `@_3` how many sentences it has, `@?` by what mark it ends.
pub fn hash(parts: &[&str]) -> u32 {
    // FNV-1a: small, and the same everywhere.
    let bytes = parts.iter().flat_map(|it| it.bytes());
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    // Its upper bits are mixed best.
    (hash >> (64 - HASH_BITS)) as u32
}

/// A feature of which a model knows something, where it is met in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feature {
    /// Which of the model's features it is.
    pub number: usize,
    /// The tokens that it is about.
    pub tokens: Range<usize>,
}

/// The features of which a model knows something, by their hashes.
#[derive(Debug, Default)]
pub struct Index {
    /// Smallest first, and where those begin that have the same upper bits.
    hashes: Vec<u32>,
    starts: Vec<u32>,
}

/// By how many upper bits of a hash its place is looked up, and how many are left: some eight features have the same.
const UPPERS: u32 = 1 << 12;
const LOWER_BITS: u32 = HASH_BITS - UPPERS.ilog2();

impl Index {
    /// The features with these hashes, smallest first.
    pub fn new(hashes: Vec<u32>) -> Self {
        let start = |upper| hashes.partition_point(|it| it >> LOWER_BITS < upper) as u32;
        Self { starts: (0..=UPPERS).map(start).collect(), hashes }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.hashes.len()
    }

    /// Those that these tokens have, wherever they are.
    pub fn met(&self, tokens: &[Token], patterns: &Patterns) -> Vec<Feature> {
        let mut met = Vec::new();
        features(tokens, patterns, |hash, _, tokens| {
            let upper = (hash >> LOWER_BITS) as usize;
            let [start, end] = [upper, upper + 1].map(|it| self.starts[it] as usize);
            if let Some(at) = self.hashes[start..end].iter().position(|it| *it == hash) {
                met.push(Feature { number: start + at, tokens });
            }
        });
        met
    }
}

/// Tells of each feature of these tokens: its hash, the parts of its name, and the tokens that it is about. One that
/// is there twice is told twice.
pub fn features(
    tokens: &[Token],
    patterns: &Patterns,
    mut tell: impl FnMut(u32, &[&str], Range<usize>),
) {
    let mut tell = |parts: &[&str], tokens: Range<usize>| tell(hash(parts), parts, tokens);
    let form = |at: usize| &*tokens[at].form;
    let is_end = |it: &Token| it.is_end;
    let first = tokens.iter().position(is_end).map_or(tokens.len(), |at| at + 1);
    let before_last = &tokens[..tokens.len().saturating_sub(1)];
    let last = before_last.iter().rposition(is_end).map_or(0, |at| at + 1);
    // Where the sentence of a token began: words beside each other are of one sentence.
    let mut from = 0;
    for (at, token) in tokens.iter().enumerate() {
        let word = &*token.form;
        tell(&[word], at..at + 1);
        if word.len() > 5 {
            let end = word.char_indices().nth(5).map_or(word.len(), |(end, _)| end);
            tell(&["~", &word[..end]], at..at + 1);
        }
        if at == from {
            tell(&["^ ", word], at..at + 1);
        }
        if at < first {
            tell(&["<", word], at..at + 1);
        }
        if at >= last {
            tell(&[">", word], at..at + 1);
        }
        if at >= first && at < last {
            tell(&["|", word], at..at + 1);
        }
        if at > from {
            tell(&[form(at - 1), " ", word], at - 1..at + 1);
        }
        if at > from + 1 {
            tell(&[form(at - 2), " ", form(at - 1), " ", word], at - 2..at + 1);
            tell(&[form(at - 2), " _ ", word], at - 2..at + 1);
        }
        if token.is_end {
            from = at + 1;
        }
    }
    for found in patterns.find(tokens) {
        tell(&["=", patterns.name(found.name)], found.tokens);
    }
    let length = match tokens.len() {
        0..4 => "@1",
        4..9 => "@2",
        9..20 => "@3",
        20..45 => "@4",
        45..90 => "@5",
        _ => "@6",
    };
    tell(&[length], 0..0);
    let ends = before_last.iter().filter(|it| it.is_end).count();
    tell(&[["@_1", "@_2", "@_3", "@_4", "@_5", "@_6"][ends.min(5)]], 0..0);
    if let Some(it) = tokens.last().filter(|it| it.is_end) {
        tell(&["@", &it.form], 0..0);
    }
}
