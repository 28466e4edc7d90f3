//! What is missing or can't be right in an answer, as codes. Sentences for them are copy.
//!
//! Validation is about answers that would stop the landlord from answering. It is never about
//! whether a complaint may be made (Code 2.1).

use crate::draft::Draft;
use crate::flow::{self, Place};
use crate::question::{Field, FieldName, Kind, Line, Question};

/// Something to put right before going on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Problem {
    /// In which field.
    pub field: FieldName,
    /// What.
    pub code: ProblemCode,
}

/// What can be wrong with an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProblemCode {
    /// Nothing was entered or chosen.
    Missing,
    /// An e-mail address without an `@` between two other characters can't be answered.
    EmailIncomplete,
}

impl ProblemCode {
    /// The stable key, in copy files and in problem details.
    pub fn key(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::EmailIncomplete => "email_incomplete",
        }
    }
}

/// What is to be put right at this question.
pub fn question(question: Question, draft: &Draft) -> Vec<Problem> {
    question
        .fields()
        .iter()
        .filter_map(|field| Some(Problem { field: field.name, code: problem(field, draft)? }))
        .collect()
}

/// What is to be put right on the whole path.
pub fn path(draft: &Draft) -> Vec<Problem> {
    flow::path(draft)
        .flat_map(|place| match place {
            Place::Ask(asked) => question(asked, draft),
            Place::Advise(_) => Vec::new(),
        })
        .collect()
}

fn problem(field: &Field, draft: &Draft) -> Option<ProblemCode> {
    let values = draft.values(field.name);
    let is_missing = match field.kind {
        Kind::Radios(options) | Kind::Checkboxes(options, _) => {
            let options = options();
            !values.iter().any(|value| options.contains(&value.as_str()))
        }
        Kind::Line(_) | Kind::Paragraphs(_) => values.iter().all(|value| is_blank(value)),
    };
    if is_missing {
        return field.required.then_some(ProblemCode::Missing);
    }
    match field.kind {
        Kind::Line(Line::Email) => {
            let is_whole = draft
                .text(field.name)
                .trim()
                .split_once('@')
                .is_some_and(|(name, host)| !name.is_empty() && !host.is_empty());
            (!is_whole).then_some(ProblemCode::EmailIncomplete)
        }
        Kind::Line(Line::Plain | Line::Name | Line::Postcode | Line::Phone)
        | Kind::Radios(_)
        | Kind::Checkboxes(..)
        | Kind::Paragraphs(_) => None,
    }
}

/// Whether a reader would see nothing: only white space, and characters without width.
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|char| {
        char.is_whitespace()
            || char.is_control()
            || matches!(char, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{ad}')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(name: FieldName, text: &str) -> Vec<&'static str> {
        let mut draft = Draft::default();
        draft.enter(name, vec![text.to_owned()]);
        let asked = name.question().unwrap();
        let problems = question(asked, &draft).into_iter().filter(|it| it.field == name);
        problems.map(|it| it.code.key()).collect()
    }

    #[test]
    fn an_answer_that_shows_nothing_is_missing() {
        for blank in ["", "   ", "\n\t\r\n", "\u{200b}\u{feff}", "\u{a0}\u{2003}", "\u{7}\u{0}"] {
            assert_eq!(codes(FieldName::Account, blank), ["missing"], "{blank:?}");
        }
        for shown in [".", "🏚", "لا تدفئة", " x "] {
            assert!(codes(FieldName::Account, shown).is_empty(), "{shown:?}");
        }
    }

    #[test]
    fn an_email_address_needs_something_on_both_sides() {
        for wrong in ["amira", "@", "amira@", "@example.org"] {
            assert_eq!(codes(FieldName::Email, wrong), ["email_incomplete"], "{wrong}");
        }
        for right in ["", "  ", "amira@example.org ", "o'neil+home@例え.jp"] {
            assert!(codes(FieldName::Email, right).is_empty(), "{right}");
        }
    }

    #[test]
    fn a_telephone_number_and_a_postcode_are_taken_as_they_come() {
        for text in ["01632 960 001", "+44 (0)1632-960001 ext 3", "ask next door", "wa8 7qz", "?"] {
            assert!(codes(FieldName::Phone, text).is_empty());
            assert!(codes(FieldName::Postcode, text).is_empty());
        }
    }

    #[test]
    fn an_option_that_no_longer_exists_counts_as_missing() {
        assert_eq!(codes(FieldName::Home, "castle"), ["missing"]);
        assert!(codes(FieldName::Home, "tenant").is_empty());
    }
}
