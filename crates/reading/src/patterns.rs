//! Ways of saying something: `noshow: nobody|never _2 came|turned`. Each name has several patterns; which of them
//! was found says as much as another.
//!
//! A pattern is a row of elements. An element is a word, or words to choose from (`came|turned`); one with `*` stands
//! for all that begin with it; `@name` is a list of words (a line `@name a b c`). `_3` lets up to three other words come
//! between. A pattern never goes beyond a sentence. Words are written as people write them.

use std::mem;
use std::ops::Range;

use crate::tokens::{Token, tokens};
use crate::words::{Known, Words};

/// All patterns of a language.
#[derive(Debug, Default)]
pub struct Patterns {
    names: Vec<String>,
    /// Which choices a word may be.
    words: Words,
    /// What an element may choose from, each with its number: `came`, `arriv*`, `@kid`.
    choices: Known<String, u16>,
    /// The words that are met most, each with how often; and how often a choice is met, by its number.
    often: Known<String, u16>,
    met: Vec<u32>,
    /// The patterns that are looked for where a choice is met, by its number: those of which it is of the rarest element.
    anchored: Vec<Vec<Pattern>>,
    /// What elements there are, each with its number; the choices of all, and up to where those of each go.
    elements: Known<String, u16>,
    chooses: Vec<u16>,
    choose_ends: Vec<u32>,
    /// The elements of all patterns.
    rows: Vec<Element>,
}

/// An element where it is in a pattern.
#[derive(Debug)]
struct Element {
    number: u16,
    /// How many words may be before it.
    gap: u8,
    /// The marks of what it may choose from.
    marks: u32,
}

#[derive(Clone, Copy, Debug)]
struct Pattern {
    name: u16,
    /// Where its elements begin, how many they are, and which is the rarest.
    from: u32,
    length: u8,
    anchor: u8,
    /// The marks of what is next to that one, and how many words may be between them: most patterns are given up for
    /// these, with nothing else looked at.
    marks: u32,
    gap: u8,
}

/// The name of the list of words that are met most, the first one most of all; and how often the first one is met, where
/// those that are not in the list are met once.
pub const OFTEN: &str = "@often";
const RARELY: u32 = 1_000;
/// How many of them are words of any text.
const MET_MOST: u32 = 110;

/// A pattern that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Which, by its number; see [`Patterns::name`].
    pub name: u16,
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

/// A bit that few other choices have: what have none in common have no choice in common.
fn mark(choice: u16) -> u32 {
    1 << (choice % 32)
}

/// The number of a text, and whether it is new; `None` where there are too many.
fn number(known: &mut Known<String, u16>, text: &str) -> Option<(u16, bool)> {
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
            if list == OFTEN {
                let met = (RARELY..).map(|rank| (RARELY * RARELY / rank) as u16);
                let words = words.split_whitespace().map(str::to_owned);
                self.often = words.zip(met).collect();
                return Some(());
            }
            let (number, _) = self.choice(list)?;
            return words.split_whitespace().try_for_each(|word| self.say(word, number));
        }
        let (name, patterns) = line.split_once(": ")?;
        let name = self.names.iter().position(|it| it == name).unwrap_or_else(|| {
            self.names.push(name.to_owned());
            self.names.len() - 1
        });
        for pattern in patterns.split(',') {
            let from = self.rows.len();
            let mut gap = 0;
            for element in pattern.split_whitespace() {
                match element.strip_prefix('_') {
                    Some(words) => gap = words.parse().ok()?,
                    None => {
                        let number = self.element(element)?;
                        let choices = self.choices_of(number).iter();
                        let marks = choices.fold(0, |marks, it| marks | mark(*it));
                        let gap = mem::take(&mut gap);
                        self.rows.push(Element { number, gap, marks });
                    }
                }
            }
            let met = |element: u16| -> u32 {
                self.choices_of(element).iter().map(|it| self.met[usize::from(*it)]).sum()
            };
            let elements = &self.rows[from..];
            let anchor = (0..elements.len()).min_by_key(|at| met(elements[*at].number))?;
            // After it, or before it where it is the last one.
            let (next, gap) = match elements.get(anchor + 1) {
                Some(next) => (next, next.gap),
                None => (&elements[anchor.saturating_sub(1)], elements[anchor].gap),
            };
            let pattern = Pattern {
                name: name as u16,
                from: from as u32,
                length: u8::try_from(elements.len()).ok()?,
                anchor: anchor as u8,
                marks: next.marks,
                gap,
            };
            for at in self.places_of(elements[anchor].number) {
                self.anchored[usize::from(self.chooses[at])].push(pattern);
            }
        }
        Some(())
    }

    fn element(&mut self, text: &str) -> Option<u16> {
        let (element, is_new) = number(&mut self.elements, text)?;
        if is_new {
            let mut choices: Vec<u16> = Vec::new();
            for part in text.split('|') {
                let (choice, is_new) = self.choice(part)?;
                if is_new {
                    // A list is named before it is used.
                    (!part.starts_with('@')).then_some(())?;
                    self.say(part, choice)?;
                }
                choices.insert(choices.partition_point(|it| *it < choice), choice);
            }
            self.chooses.extend(choices);
            self.choose_ends.push(self.chooses.len() as u32);
        }
        Some(element)
    }

    /// Where the choices of an element are.
    fn places_of(&self, element: u16) -> Range<usize> {
        let from = element.checked_sub(1).map_or(0, |it| self.choose_ends[usize::from(it)]);
        from as usize..self.choose_ends[usize::from(element)] as usize
    }

    fn choices_of(&self, element: u16) -> &[u16] {
        &self.chooses[self.places_of(element)]
    }

    /// The number of a choice, and whether it is new.
    fn choice(&mut self, text: &str) -> Option<(u16, bool)> {
        let (number, is_new) = number(&mut self.choices, text)?;
        if is_new {
            self.anchored.push(Vec::new());
            self.met.push(0);
        }
        Some((number, is_new))
    }

    /// This word, or all that begin so, are of the choice.
    fn say(&mut self, word: &str, number: u16) -> Option<()> {
        let form = form(word);
        let met = &mut self.met[usize::from(number)];
        match word.strip_suffix('*') {
            Some(whole) => {
                let its = self.often.iter().filter(|it| it.0.starts_with(&form));
                *met += its.map(|it| u32::from(*it.1)).sum::<u32>();
                // Its ending may be one that is taken away.
                self.words.add(self::form(whole), number);
                self.words.add_beginning(form, number)
            }
            None => {
                *met += u32::from(self.often.get(&form).copied().unwrap_or(1));
                self.words.add(form, number);
                Some(())
            }
        }
    }

    /// Whether a word, in its plain form, is one of the [`MET_MOST`] that are met most: it explains little.
    pub fn is_met_often(&self, form: &str) -> bool {
        self.often
            .get(form)
            .is_some_and(|it| u32::from(*it) > RARELY * RARELY / (RARELY + MET_MOST))
    }

    /// The name of what was found.
    pub fn name(&self, number: u16) -> &str {
        &self.names[usize::from(number)]
    }

    /// What is found in these tokens, by where it begins.
    pub fn find(&self, tokens: &[Token]) -> Vec<Found> {
        let mut here = Here { patterns: self, tokens, choices: Vec::new(), may_be: Vec::new() };
        for token in tokens {
            let mut marks = 0;
            self.words.of(&token.form, |number| {
                here.choices.push(number);
                marks |= mark(number);
            });
            here.may_be.push((marks, here.choices.len()));
        }
        let mut found = Vec::new();
        for at in 0..tokens.len() {
            for choice in here.choices(at) {
                for pattern in &self.anchored[usize::from(*choice)] {
                    if !here.may_be_at(at, pattern) {
                        continue;
                    }
                    let elements =
                        &self.rows[pattern.from as usize..][..usize::from(pattern.length)];
                    let (first, later) = elements.split_at(usize::from(pattern.anchor) + 1);
                    if let Some(end) = here.after(later, at + 1)
                        && let Some(start) = here.before(first, at)
                    {
                        found.push(Found { name: pattern.name, tokens: start..end });
                    }
                }
            }
        }
        found.sort_by_key(|it| it.tokens.start);
        found
    }
}

/// A text while patterns are looked for.
struct Here<'a> {
    patterns: &'a Patterns,
    tokens: &'a [Token],
    /// Which choices each token may be; the marks of those of each, and up to where they go.
    choices: Vec<u16>,
    may_be: Vec<(u32, usize)>,
}

impl Here<'_> {
    fn choices(&self, at: usize) -> &[u16] {
        let from = at.checked_sub(1).map_or(0, |before| self.may_be[before].1);
        &self.choices[from..self.may_be[at].1]
    }

    /// Whether a pattern may be where its rarest element is here, by what is next to this.
    fn may_be_at(&self, at: usize, pattern: &Pattern) -> bool {
        let near = usize::from(pattern.gap) + 1;
        let near = if pattern.anchor + 1 < pattern.length {
            at + 1..(at + 1 + near).min(self.tokens.len())
        } else {
            at.saturating_sub(near)..at
        };
        pattern.length == 1 || self.may_be[near].iter().any(|it| it.0 & pattern.marks != 0)
    }

    fn is(&self, at: usize, element: &Element) -> bool {
        if self.may_be[at].0 & element.marks == 0 {
            return false;
        }
        let choices = self.patterns.choices_of(element.number);
        self.choices(at).iter().any(|it| mark(*it) & element.marks != 0 && choices.contains(it))
    }

    /// Where a pattern ends whose later elements these are, if they come from here.
    fn after(&self, elements: &[Element], from: usize) -> Option<usize> {
        let Some((element, later)) = elements.split_first() else {
            return Some(from);
        };
        for at in from..(from + usize::from(element.gap) + 1).min(self.tokens.len()) {
            if self.is(at, element)
                && let Some(end) = self.after(later, at + 1)
            {
                return Some(end);
            }
            if self.tokens[at].is_end {
                return None;
            }
        }
        None
    }

    /// Where a pattern begins whose first elements these are, if the last of them is here.
    fn before(&self, elements: &[Element], here: usize) -> Option<usize> {
        let [earlier @ .., element, last] = elements else {
            return Some(here);
        };
        for at in (here.saturating_sub(usize::from(last.gap) + 1)..here).rev() {
            if self.tokens[at].is_end {
                return None;
            }
            if self.is(at, element)
                && let Some(start) = self.before(&elements[..=earlier.len()], at)
            {
                return Some(start);
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
