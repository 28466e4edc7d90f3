//! What is missing or can't be right in an answer, as codes. Sentences for them are copy.
//!
//! Validation is about answers that would stop the landlord from answering. It is never about
//! whether a complaint may be made (Code 2.1).

use chrono::NaiveDate;

use crate::draft::Draft;
use crate::flow::{self, Place};
use crate::landlord::Landlord;
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
    /// Not a day that there is.
    DateIncomplete,
    /// A day that has not come yet.
    DateInFuture,
}

impl ProblemCode {
    /// The stable key, in copy files and in problem details.
    pub fn key(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::EmailIncomplete => "email_incomplete",
            Self::DateIncomplete => "date_incomplete",
            Self::DateInFuture => "date_in_future",
        }
    }
}

/// What is to be put right at this question.
pub fn question(question: Question, draft: &Draft, landlord: &Landlord) -> Vec<Problem> {
    question
        .fields_for(landlord)
        .filter_map(|field| {
            Some(Problem { field: field.name, code: problem(question, field, draft, landlord)? })
        })
        .collect()
}

/// What is to be put right on the whole path.
pub fn path(draft: &Draft, landlord: &Landlord) -> Vec<Problem> {
    flow::path(draft, landlord)
        .flat_map(|place| match place {
            Place::Ask(asked) => question(asked, draft, landlord),
            Place::Advise(_) => Vec::new(),
        })
        .collect()
}

/// A day that can't be right because it has not come yet: nobody was told anything then.
pub fn future(question: Question, draft: &Draft, today: NaiveDate) -> Option<Problem> {
    let field = FieldName::FirstSaid;
    let is_asked = question.fields().iter().any(|it| it.name == field);
    let is_future = is_asked && date(draft.text(field)).is_some_and(|day| day > today);
    is_future.then_some(Problem { field, code: ProblemCode::DateInFuture })
}

/// Whether the journey waits for this field here. Where a landlord takes complaints without a name,
/// it waits for none; and a complaint that is already known by its reference needs no name, either
/// (Code 6.12).
pub fn is_required(question: Question, field: &Field, draft: &Draft, landlord: &Landlord) -> bool {
    let is_known = || {
        matches!(question, Question::You | Question::YouForSomeone | Question::YouStaff)
            && !is_blank(draft.text(FieldName::ComplaintReference))
    };
    let may_be_left_out = match field.name {
        FieldName::Name => landlord.accepts_anonymous || is_known(),
        FieldName::Address => landlord.accepts_anonymous,
        _ => false,
    };
    field.required && !may_be_left_out
}

fn problem(
    question: Question,
    field: &Field,
    draft: &Draft,
    landlord: &Landlord,
) -> Option<ProblemCode> {
    let values = draft.values(field.name);
    let is_missing = match field.kind {
        Kind::Radios(options) | Kind::Checkboxes(options, _) => {
            let options = options(landlord);
            !values.iter().any(|value| options.contains(&value.as_str()))
        }
        Kind::Line(_) | Kind::Paragraphs(_) => values.iter().all(|value| is_blank(value)),
        Kind::Files => draft.attachments().is_empty(),
    };
    if is_missing {
        let is_required = is_required(question, field, draft, landlord);
        return is_required.then_some(ProblemCode::Missing);
    }
    let text = draft.text(field.name).trim();
    match field.kind {
        Kind::Line(Line::Email) => {
            let is_whole = text
                .split_once('@')
                .is_some_and(|(name, host)| !name.is_empty() && !host.is_empty());
            (!is_whole).then_some(ProblemCode::EmailIncomplete)
        }
        Kind::Line(Line::Date) => date(text).is_none().then_some(ProblemCode::DateIncomplete),
        Kind::Line(Line::Plain | Line::Name | Line::Postcode | Line::Phone)
        | Kind::Radios(_)
        | Kind::Checkboxes(..)
        | Kind::Paragraphs(_)
        | Kind::Files => None,
    }
}

/// A day as it is stored, `2026-11-21`, or as it is written by hand in England: `21/11/2026`,
/// `21.11.26`, `21 Nov 2026`. chrono's own parser reads many forms more, which the widget would pay
/// for.
pub fn date(text: &str) -> Option<NaiveDate> {
    let is_between = |char: char| char.is_ascii_punctuation() || char.is_ascii_whitespace();
    let mut parts = text.split(is_between).filter(|it| !it.is_empty());
    let (first, month, last) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let is_year_first = first.len() == 4 && number(first).is_some();
    let (year, day) = if is_year_first { (first, last) } else { (last, first) };
    // A slip in the year would move every promised date: two digits or four, of our time.
    let year = match year.len() {
        2 => 2000 + number(year)?,
        4 => number(year).filter(|year| (1900..2100).contains(year))?,
        _ => return None,
    };
    // `2nd` is a day, too.
    let day = number(day.trim_end_matches(|char: char| char.is_ascii_alphabetic()))?;
    NaiveDate::from_ymd_opt(year as i32, month_number(month)?, day)
}

fn number(text: &str) -> Option<u32> {
    text.parse().ok()
}

fn month_number(month: &str) -> Option<u32> {
    const MONTHS: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let name = month.get(..3).unwrap_or_default();
    match (1..).zip(MONTHS).find(|(_, it)| it.eq_ignore_ascii_case(name)) {
        Some((number, _)) => Some(number),
        None => number(month),
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
        let problems =
            question(asked, &draft, &Landlord::default()).into_iter().filter(|it| it.field == name);
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
        assert_eq!(codes(FieldName::Danger, "perhaps"), ["missing"]);
        assert!(codes(FieldName::Danger, "not_sure").is_empty());
    }

    #[test]
    fn a_day_is_read_as_people_write_it() {
        let day = NaiveDate::from_ymd_opt(2026, 11, 21);
        for text in [
            "2026-11-21",
            "21/11/2026",
            "21.11.26",
            "21 11 2026",
            " 2026-11-21 ",
            "21 November 2026",
            "21 nov, 26",
            "21st November 2026",
        ] {
            assert_eq!(date(text), day, "{text}");
            assert!(codes(FieldName::FirstSaid, text).is_empty(), "{text}");
        }
        for text in [
            "last week",
            "2026-02-30",
            "2026-11",
            "32/1/2026",
            "1/13/2026",
            "05/dd/yyyy",
            "1 2 3 4",
            "1 ann 2026",
            "21/11/202",
            "21/11/0026",
            "21/11/20226",
        ] {
            assert_eq!(codes(FieldName::FirstSaid, text), ["date_incomplete"], "{text}");
        }
    }

    /// Rugby's policy: an anonymous complaint is sometimes accepted, so the form waits for no name.
    #[test]
    fn a_name_is_waited_for_only_where_the_landlord_needs_one() {
        let landlord = Landlord { accepts_anonymous: true, ..Landlord::default() };
        let missing = |landlord| question(Question::Identity, &Draft::default(), landlord).len();
        assert_eq!(missing(&landlord), 0);
        assert_eq!(missing(&Landlord::default()), 2);
    }

    /// Code 6.12: a request for stage 2 by its reference needs nothing else.
    #[test]
    fn a_complaint_that_is_known_by_its_reference_needs_no_name() {
        let mut draft = Draft::default();
        let problems = |draft: &Draft| question(Question::You, draft, &Landlord::default()).len();
        assert_eq!(problems(&draft), 1);
        draft.enter(FieldName::ComplaintReference, vec!["K47-W92-F36".into()]);
        assert_eq!(problems(&draft), 0);
    }
}
