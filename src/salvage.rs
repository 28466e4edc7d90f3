//! Reads as much JSON as there is. A file that was cut off, or that somebody edited by hand, still has
//! most of what a resident wrote: everything before the damage is kept.

use domain::json::Json;

use crate::browser;

/// Deeper than anything that this project writes.
const DEEPEST: u8 = 64;

/// The value that begins the text, up to where it makes no sense any more; and whether it is whole,
/// with nothing after it.
pub fn read(text: &str) -> (Json, bool) {
    let mut reader = Reader { rest: text, is_broken: false };
    let value = reader.value(DEEPEST).unwrap_or(Json::Null);
    reader.skip_space();
    (value, !reader.is_broken && reader.rest.is_empty())
}

struct Reader<'a> {
    rest: &'a str,
    /// From here on nothing is understood.
    is_broken: bool,
}

impl Reader<'_> {
    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn next(&mut self) -> Option<char> {
        let char = self.rest.chars().next()?;
        self.rest = &self.rest[char.len_utf8()..];
        Some(char)
    }

    fn takes(&mut self, token: &str) -> bool {
        self.skip_space();
        let rest = self.rest.strip_prefix(token);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn broken<T>(&mut self) -> Option<T> {
        self.is_broken = true;
        None
    }

    fn value(&mut self, depth: u8) -> Option<Json> {
        let Some(inner) = depth.checked_sub(1) else {
            return self.broken();
        };
        if self.takes("{") {
            Some(Json::Object(self.items("}", |it| it.field(inner))))
        } else if self.takes("[") {
            Some(Json::List(self.items("]", |it| it.value(inner))))
        } else if self.takes("\"") {
            Some(Json::Text(self.string()))
        } else if self.takes("true") {
            Some(Json::Bool(true))
        } else if self.takes("false") {
            Some(Json::Bool(false))
        } else if self.takes("null") {
            Some(Json::Null)
        } else {
            self.number()
        }
    }

    /// What is in a list or an object, until `end`.
    fn items<T>(&mut self, end: &str, item: impl Fn(&mut Self) -> Option<T>) -> Vec<T> {
        let mut items = Vec::new();
        while !self.is_broken && !self.takes(end) {
            if items.is_empty() || self.takes(",") {
                items.extend(item(self));
            } else {
                self.is_broken = true;
            }
        }
        items
    }

    fn field(&mut self, depth: u8) -> Option<(String, Json)> {
        if !self.takes("\"") {
            return self.broken();
        }
        let name = self.string();
        if self.is_broken || !self.takes(":") {
            return self.broken();
        }
        self.value(depth).map(|value| (name, value))
    }

    /// The text up to the closing quotation mark, or to where the input ends.
    fn string(&mut self) -> String {
        let mut text = String::new();
        loop {
            match self.next() {
                Some('"') => return text,
                Some('\\') => match self.escaped() {
                    Some(char) => text.push(char),
                    None => return text,
                },
                Some(char) => text.push(char),
                None => {
                    self.is_broken = true;
                    return text;
                }
            }
        }
    }

    fn escaped(&mut self) -> Option<char> {
        match self.next() {
            Some(char @ ('"' | '\\' | '/')) => Some(char),
            Some('b') => Some('\u{8}'),
            Some('f') => Some('\u{c}'),
            Some('n') => Some('\n'),
            Some('r') => Some('\r'),
            Some('t') => Some('\t'),
            Some('u') => self.unit().and_then(|unit| self.pair(unit)),
            Some(_) | None => self.broken(),
        }
    }

    /// The character of a UTF-16 code unit; where it is the first of two, with the second.
    fn pair(&mut self, first: u32) -> Option<char> {
        if !(0xd800..0xdc00).contains(&first) {
            return Some(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        let Some(rest) = self.rest.strip_prefix("\\u") else {
            // Cut off between the two, or one without the other.
            let is_cut = self.rest.len() < 2;
            return if is_cut { self.broken() } else { Some(char::REPLACEMENT_CHARACTER) };
        };
        self.rest = rest;
        let second = self.unit()?;
        let pair = char::decode_utf16([first as u16, second as u16]).next();
        Some(pair.and_then(Result::ok).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn unit(&mut self) -> Option<u32> {
        let mut unit = 0;
        for _ in 0..4 {
            match self.next().and_then(|it| it.to_digit(16)) {
                Some(digit) => unit = unit << 4 | digit,
                None => return self.broken(),
            }
        }
        Some(unit)
    }

    fn number(&mut self) -> Option<Json> {
        let is_part = |it: char| it.is_ascii_digit() || matches!(it, '-' | '+' | '.' | 'e' | 'E');
        let rest = self.rest.trim_start_matches(is_part);
        // By the browser: the table for it would be a tenth of what a resident waits for (decision 0003).
        let number = browser::parse_json(&self.rest[..self.rest.len() - rest.len()]);
        // What stands at the very end may have gone on.
        match number.filter(|it| matches!(it, Json::Number(_)) && !rest.is_empty()) {
            Some(number) => {
                self.rest = rest;
                Some(number)
            }
            None => self.broken(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#" {"draft": {"answers": {"account": ["No \"heat\" \u00e9 \ud83c\udfe0 \n"]},
        "version": 1}, "list": [1, -2.5e3, true, false, null, {}, []], "__proto__": {"x": 1}} "#;

    #[test]
    fn it_reads_what_another_reader_reads() {
        let whole = serde_json::from_str::<Json>(TEXT).unwrap();
        assert_eq!(read(TEXT), (whole, true));
    }

    #[test]
    fn what_stands_before_a_cut_is_kept_wherever_it_is() {
        let whole = "No \"heat\" é 🏠 \n";
        let mut longest = 0;
        for at in (0..TEXT.trim_end().len()).filter(|at| TEXT.is_char_boundary(*at)) {
            let (value, is_whole) = read(&TEXT[..at]);
            assert!(!is_whole, "{at}");
            let account = value.get("draft").and_then(|it| it.get("answers")?.get("account"));
            let account = account.and_then(|it| it.list()?.first()?.text().map(str::to_owned));
            let account = account.unwrap_or_default();
            assert!(whole.starts_with(&account), "{at}: {account}");
            assert!(account.len() >= longest, "{at}: less than before");
            longest = account.len();
        }
        assert_eq!(longest, whole.len());
    }

    #[test]
    fn a_slip_of_the_pen_costs_what_follows_and_no_more() {
        let read = |text| {
            let (value, is_whole) = read(text);
            (serde_json::to_string(&value).unwrap(), is_whole)
        };
        assert_eq!(read(r#"{"a": "x", "b" "y", "c": "z"}"#), (r#"{"a":"x"}"#.into(), false));
        assert_eq!(read(r#"{"a": ["x", oops], "b": 1}"#), (r#"{"a":["x"]}"#.into(), false));
        assert_eq!(read(r#"{"a": "x\q"}"#), (r#"{"a":"x"}"#.into(), false));
        assert_eq!(read(r#"{"a": "\ud83c!"}"#), (r#"{"a":"�!"}"#.into(), true));
        assert_eq!(read(r#"{"a": 1} {"b": 2}"#), (r#"{"a":1}"#.into(), false));
        assert_eq!(read("not JSON"), ("null".into(), false));
    }

    #[test]
    fn a_million_brackets_do_not_end_the_program() {
        assert!(!read(&"[".repeat(1_000_000)).1);
        assert!(!read(&r#"{"a":"#.repeat(1_000_000)).1);
    }
}
