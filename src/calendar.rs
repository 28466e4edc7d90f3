//! A date for the resident's own calendar, as iCalendar (RFC 5545) has it: the landlord's name and the
//! reference, and nothing else that is personal, because calendars are shared.

use chrono::{Days, NaiveDate};

/// A day that is promised.
pub struct Day<'a> {
    /// Which.
    pub on: NaiveDate,
    /// What is promised for it.
    pub title: &'a str,
    /// What to do with it.
    pub text: &'a str,
    /// A name that no other event has.
    pub id: &'a str,
    /// Now (RFC 3339, UTC).
    pub now: &'a str,
}

/// The longest line, in bytes (3.1).
const LONGEST: usize = 75;

/// The contents of a file with one event that lasts this day.
pub fn file(day: &Day) -> String {
    let compact = |date: NaiveDate| date.to_string().replace('-', "");
    let next = day.on.checked_add_days(Days::new(1)).unwrap_or(day.on);
    // 2026-11-21T22:00:00.000Z is 20261121T220000Z.
    let seconds = day.now.split('.').next().unwrap_or_default().trim_end_matches('Z');
    let now = [&*seconds.replace(['-', ':'], ""), "Z"].concat();
    let mut text = String::new();
    for (name, value) in [
        ("BEGIN", "VCALENDAR"),
        ("VERSION", "2.0"),
        ("PRODID", "-//housing-complaint//EN"),
        ("BEGIN", "VEVENT"),
        ("UID", day.id),
        ("DTSTAMP", &now),
        ("DTSTART;VALUE=DATE", &compact(day.on)),
        ("DTEND;VALUE=DATE", &compact(next)),
        ("SUMMARY", &escaped(day.title)),
        ("DESCRIPTION", &escaped(day.text)),
        ("TRANSP", "TRANSPARENT"),
        ("END", "VEVENT"),
        ("END", "VCALENDAR"),
    ] {
        push_line(&mut text, &[name, ":", value].concat());
    }
    text
}

/// What would end a text, or begin something else, is written otherwise (3.3.11).
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '\\' | ';' | ',' => escaped.extend(['\\', char]),
            '\n' => escaped.push_str("\\n"),
            char if char.is_control() => {}
            char => escaped.push(char),
        }
    }
    escaped
}

/// A line, folded where it is too long, and never inside a character.
fn push_line(text: &mut String, line: &str) {
    let mut length = 0;
    for char in line.chars() {
        if length + char.len_utf8() > LONGEST {
            text.push_str("\r\n ");
            length = 1;
        }
        text.push(char);
        length += char.len_utf8();
    }
    text.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(title: &str) -> String {
        file(&Day {
            on: "2026-12-31".parse().unwrap(),
            title,
            text: "You can ask for help.",
            id: "7f1c",
            now: "2026-11-21T22:00:00.000Z",
        })
    }

    #[test]
    fn a_day_ends_when_the_next_begins() {
        let text = of("Answer due");
        for line in [
            "DTSTART;VALUE=DATE:20261231",
            "DTEND;VALUE=DATE:20270101",
            "DTSTAMP:20261121T220000Z",
            "SUMMARY:Answer due",
        ] {
            assert!(text.contains(&[line, "\r\n"].concat()), "{line} in {text}");
        }
    }

    #[test]
    fn every_line_ends_as_it_must_and_none_is_too_long() {
        let title = "Müller, Söhne & Töchter; “Wohnen” 🏠 \\ ".repeat(9);
        let text = of(&title);
        assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
        assert!(text.ends_with("END:VCALENDAR\r\n"));
        assert!(text.lines().all(|line| line.len() <= LONGEST), "{text}");
        let unfolded = text.replace("\r\n ", "");
        let summary = unfolded.lines().find_map(|it| it.strip_prefix("SUMMARY:")).unwrap();
        let back = summary.replace("\\,", ",").replace("\\;", ";").replace("\\\\", "\\");
        assert_eq!(back, title);
    }

    #[test]
    fn a_name_can_begin_nothing_of_its_own() {
        let text = of("Halton\r\nBEGIN:VALARM");
        assert!(text.contains("SUMMARY:Halton\\nBEGIN:VALARM\r\n"));
        assert!(!text.contains("\nBEGIN:VALARM"));
    }
}
