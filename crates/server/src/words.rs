//! The words that the service writes itself: e-mails and the officers' page. They are in
//! `locales/service/`, one file a language, and part of the program.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::{Datelike, NaiveDate};

/// Every language that there is, by its tag; the first is the one that everybody falls back to.
const FILES: &[(&str, &str)] = &[("en", include_str!("../../../locales/service/en.json"))];

static ALL: LazyLock<Vec<(&str, BTreeMap<String, String>)>> = LazyLock::new(|| {
    let read = |text| serde_json::from_str(text).expect("a test reads every file of words");
    FILES.iter().map(|&(language, text)| (language, read(text))).collect()
});

/// The words of one language.
#[derive(Clone, Copy, Debug)]
pub struct Words {
    language: &'static str,
    texts: &'static BTreeMap<String, String>,
}

impl Words {
    /// Of this language, as a BCP 47 tag; English where there are none of it.
    pub fn of(language: &str) -> Self {
        let base = language.split('-').next().unwrap_or_default();
        let found = ALL.iter().find(|(it, _)| it.eq_ignore_ascii_case(language));
        let found = found.or_else(|| ALL.iter().find(|(it, _)| it.eq_ignore_ascii_case(base)));
        let (language, texts) = found.unwrap_or(&ALL[0]);
        Self { language, texts }
    }

    /// The language that they are in.
    pub fn language(&self) -> &'static str {
        self.language
    }

    /// The text of this key. A key that is missing shows itself; a test finds it first.
    pub fn t(&self, key: &str) -> String {
        let english = || ALL[0].1.get(key);
        self.texts.get(key).or_else(english).cloned().unwrap_or_else(|| key.to_owned())
    }

    /// The text of this key, with something in each `{place}`.
    pub fn with(&self, key: &str, places: &[(&str, &str)]) -> String {
        // In one pass: what is put in is not looked at again, whatever it holds.
        let text = self.t(key);
        let mut whole = String::with_capacity(text.len());
        let mut rest = text.as_str();
        while let Some((before, after)) = rest.split_once('{') {
            whole.push_str(before);
            let Some((place, after)) = after.split_once('}') else {
                whole.push('{');
                rest = after;
                continue;
            };
            let value = places.iter().find(|(name, _)| *name == place).map(|(_, value)| *value);
            whole.push_str(value.unwrap_or_default());
            rest = after;
        }
        whole.push_str(rest);
        whole
    }

    /// A day for a person: "Friday 27 November 2026".
    pub fn date(&self, day: NaiveDate) -> String {
        let weekday = self.t(&format!("date.weekday.{}", day.weekday().num_days_from_monday() + 1));
        let month = self.t(&format!("date.month.{:02}", day.month()));
        let (number, year) = (day.day().to_string(), day.year().to_string());
        let places =
            [("weekday", &*weekday), ("day", &*number), ("month", &*month), ("year", &*year)];
        self.with("date.long", &places)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_written_for_people() {
        let day = "2026-11-27".parse().unwrap();
        assert_eq!(Words::of("en-GB").date(day), "Friday 27 November 2026");
        assert_eq!(Words::of("tlh").date(day), "Friday 27 November 2026");
    }

    #[test]
    fn what_is_put_into_a_place_is_not_read_again() {
        let words = Words::of("en");
        let places = [("weekday", "{day}"), ("day", "1"), ("month", "{"), ("year", "}")];
        assert_eq!(words.with("date.long", &places), "{day} 1 { }");
    }
}
