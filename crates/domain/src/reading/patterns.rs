//! Ways of saying something: `noshow: nobody|never _2 came|turned`. Each name has several patterns; which of them
//! was found says as much as another.
//!
//! A pattern is a row of elements. An element is a word, or words to choose from (`came|turned`); one with `*` stands
//! for all that begin with it; `@name` is a list of words (a line `@name a b c`). `_3` lets up to three other words come
//! between. A pattern never goes beyond a sentence. Words are written as people write them.

use std::collections::HashMap;
use std::ops::Range;

use super::tokens::{Token, tokens};
use super::words::Words;

/// All patterns of a language.
#[derive(Debug, Default)]
pub struct Patterns {
    names: Vec<String>,
    /// Which choices a word may be.
    words: Words,
    /// What an element may choose from, each with its number: `came`, `arriv*`, `@kid`.
    choices: HashMap<String, u16>,
    /// Which elements have a choice, by its number.
    chosen_by: Vec<Vec<u16>>,
    elements: HashMap<String, u16>,
    patterns: Vec<Pattern>,
    /// Which patterns begin with an element, by its number.
    starts: Vec<Vec<usize>>,
    /// How many words the longest pattern may go over.
    longest: usize,
}

#[derive(Debug)]
struct Pattern {
    name: usize,
    /// Elements, each with how many words may be before it.
    elements: Vec<(u16, usize)>,
}

/// A pattern that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Which, by its number; see [`Patterns::name`].
    pub name: usize,
    /// From which token up to which.
    pub tokens: Range<usize>,
}

/// The plain form of a word of a pattern.
fn form(word: &str) -> String {
    match word.strip_suffix('*') {
        // What begins a word has no ending to take away.
        Some(beginning) => {
            let mut form = String::new();
            beginning.chars().for_each(|it| {
                if !form.ends_with(it) && it != '\'' {
                    form.push(it);
                }
            });
            form
        }
        None if word.starts_with('#') => word.to_owned(),
        None => tokens(word).into_iter().map(|it| it.form).collect(),
    }
}

/// The number of a text, and whether it is new; `None` where there are too many.
fn number(known: &mut HashMap<String, u16>, text: &str) -> Option<(u16, bool)> {
    if let Some(number) = known.get(text) {
        return Some((*number, false));
    }
    let number = u16::try_from(known.len()).ok()?;
    known.insert(text.to_owned(), number);
    Some((number, true))
}

impl Patterns {
    /// Takes a line: a list, or a name with its patterns; `None` where it is neither.
    pub fn add(&mut self, line: &str) -> Option<()> {
        if line.starts_with('@') {
            let (list, words) = line.split_once(' ')?;
            let (number, _) = self.choice(list)?;
            return words.split_whitespace().try_for_each(|word| self.say(word, number));
        }
        let (name, patterns) = line.split_once(": ")?;
        let name = self.names.iter().position(|it| it == name).unwrap_or_else(|| {
            self.names.push(name.to_owned());
            self.names.len() - 1
        });
        for pattern in patterns.split(',') {
            let mut elements = Vec::new();
            let mut gap = 0;
            for element in pattern.split_whitespace() {
                match element.strip_prefix('_') {
                    Some(words) => gap = words.parse().ok()?,
                    None => elements.push((self.element(element)?, std::mem::take(&mut gap))),
                }
            }
            let (first, _) = *elements.first()?;
            let words = elements.iter().map(|(_, gap)| gap + 1).sum();
            self.longest = self.longest.max(words);
            self.starts[usize::from(first)].push(self.patterns.len());
            self.patterns.push(Pattern { name, elements });
        }
        Some(())
    }

    fn element(&mut self, text: &str) -> Option<u16> {
        let (id, is_new) = number(&mut self.elements, text)?;
        if !is_new {
            return Some(id);
        }
        self.starts.push(Vec::new());
        for part in text.split('|') {
            let (number, is_new) = self.choice(part)?;
            if is_new {
                // A list is named before it is used.
                (!part.starts_with('@')).then_some(())?;
                self.say(part, number)?;
            }
            self.chosen_by[usize::from(number)].push(id);
        }
        Some(id)
    }

    /// The number of a choice, and whether it is new.
    fn choice(&mut self, text: &str) -> Option<(u16, bool)> {
        let (number, is_new) = number(&mut self.choices, text)?;
        if is_new {
            self.chosen_by.push(Vec::new());
        }
        Some((number, is_new))
    }

    /// This word, or all that begin so, are of the choice.
    fn say(&mut self, word: &str, number: u16) -> Option<()> {
        let form = form(word);
        match word.strip_suffix('*') {
            Some(whole) => {
                // Its ending may be one that is taken away.
                self.words.add(self::form(whole), number);
                self.words.add_beginning(form, number)
            }
            None => {
                self.words.add(form, number);
                Some(())
            }
        }
    }

    /// The name of what was found.
    pub fn name(&self, number: usize) -> &str {
        &self.names[number]
    }

    /// What is found in these tokens, in their order.
    pub fn find(&self, tokens: &[Token]) -> Vec<Found> {
        let mut here = Here::new(tokens, self.starts.len(), self.longest);
        let mut found = Vec::new();
        // From the end: what is behind a token is known when it is looked at.
        for at in (0..tokens.len()).rev() {
            here.clear(at);
            for choice in self.words.of(&tokens[at].form) {
                for element in &self.chosen_by[usize::from(choice)] {
                    if !here.set(at, *element) {
                        continue;
                    }
                    for pattern in &self.starts[usize::from(*element)] {
                        let pattern = &self.patterns[*pattern];
                        if let Some(end) = here.rest(&pattern.elements[1..], at + 1) {
                            found.push(Found { name: pattern.name, tokens: at..end });
                        }
                    }
                }
            }
        }
        found.reverse();
        found
    }
}

/// A text while patterns are looked for.
struct Here<'a> {
    tokens: &'a [Token],
    /// Which elements each token may be: so many numbers for a token, a bit an element. Only of as many tokens as a
    /// pattern may go over, in turn: of a long text all would be a thousand times as much.
    bits: Vec<u64>,
    width: usize,
    turn: usize,
}

impl<'a> Here<'a> {
    fn new(tokens: &'a [Token], elements: usize, longest: usize) -> Self {
        let width = elements.div_ceil(64);
        let turn = (longest + 1).next_power_of_two();
        Self { tokens, bits: vec![0; width * turn], width, turn }
    }

    fn place(&self, at: usize, element: u16) -> usize {
        at % self.turn * self.width + usize::from(element / 64)
    }

    fn clear(&mut self, at: usize) {
        let from = self.place(at, 0);
        self.bits[from..from + self.width].fill(0);
    }

    /// Whether that is new.
    fn set(&mut self, at: usize, element: u16) -> bool {
        let (place, bit) = (self.place(at, element), 1 << (element % 64));
        let is_new = self.bits[place] & bit == 0;
        self.bits[place] |= bit;
        is_new
    }

    fn is(&self, at: usize, element: u16) -> bool {
        self.bits[self.place(at, element)] & 1 << (element % 64) != 0
    }

    /// Where the rest of a pattern ends, if it goes on here.
    fn rest(&self, pattern: &[(u16, usize)], from: usize) -> Option<usize> {
        let Some((&(element, gap), later)) = pattern.split_first() else {
            return Some(from);
        };
        for at in from..(from + gap + 1).min(self.tokens.len()) {
            if self.is(at, element)
                && let Some(end) = self.rest(later, at + 1)
            {
                return Some(end);
            }
            if self.tokens[at].is_end {
                return None;
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(lines: &[&str], text: &str) -> Vec<String> {
        let mut patterns = Patterns::default();
        for line in lines {
            patterns.add(line).expect("a line");
        }
        let tokens = tokens(text);
        let words = |it: Found| {
            let span = tokens[it.tokens.start].span.start..tokens[it.tokens.end - 1].span.end;
            format!("{} {}", patterns.name(it.name), &text[span])
        };
        patterns.find(&tokens).into_iter().map(words).collect()
    }

    #[test]
    fn a_pattern_is_found_within_a_sentence() {
        let lines = ["@who nobody no-one never", "noshow: @who _2 came|turn*, missed _3 appoint*"];
        assert_eq!(found(&lines, "Nobody ever came."), ["noshow Nobody ever came"]);
        assert_eq!(found(&lines, "They MISSED my appointments"), ["noshow MISSED my appointments"]);
        assert_eq!(found(&lines, "Nobody. He came"), Vec::<String>::new());
        assert_eq!(found(&lines, "nobody at all has came"), Vec::<String>::new());
    }
}
