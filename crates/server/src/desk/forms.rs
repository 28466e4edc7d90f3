//! What an officer can do with a case, and the form for each: its fields, what was typed into them, and
//! the [`Act`] that comes of it. A form comes back filled: nothing typed is lost to a mistake.

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::case::{Act, Case, NotNow, Status};
use domain::choices::Choice;
use domain::validate;

/// What an officer can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Acknowledge it, with the complaint definition (Code 5.6, 6.2, 6.11).
    Acknowledge,
    /// Answer (6.3, 6.14).
    Respond,
    /// Take longer to answer (6.4, 6.15).
    Extend,
    /// Decide not to look into it (2.1 to 2.5).
    Decline,
    /// Write to the resident.
    Message,
}

impl Choice for Action {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::Acknowledge, "acknowledge"),
        (Self::Respond, "respond"),
        (Self::Extend, "extend"),
        (Self::Decline, "decline"),
        (Self::Message, "message"),
    ];
}

/// The field with the words that the resident reads.
pub const TEXT: &str = "text";
/// The field with the new last day for the answer.
pub const UNTIL: &str = "until";
/// The field with the day on which the resident was told.
pub const ON: &str = "on";

impl Action {
    /// What can be done with this case as it is.
    pub fn possible(case: &Case) -> Vec<Self> {
        let mut possible = Vec::new();
        if case.status == Status::Received {
            possible.push(Self::Acknowledge);
        }
        if case.is_open() {
            possible.push(Self::Respond);
            let stage = case.stages.last();
            // Once the limit is reached there is nothing left to extend.
            if stage.is_some_and(|it| it.due().is_some() && it.due() < it.extended_by) {
                possible.push(Self::Extend);
            }
        }
        possible.push(Self::Message);
        if case.is_open() {
            possible.push(Self::Decline);
        }
        possible
    }

    /// Its fields, in the order of the form.
    pub fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Acknowledge | Self::Respond => &[TEXT, ON],
            Self::Extend => &[UNTIL, TEXT],
            Self::Decline | Self::Message => &[TEXT],
        }
    }

    /// The act that was typed into its form.
    ///
    /// # Errors
    ///
    /// The fields that hold nothing, or no day, as field and code.
    pub fn act(self, typed: &Typed) -> Result<Act, Vec<(&'static str, &'static str)>> {
        let mut problems = Vec::new();
        let mut day = |field: &'static str, is_needed: bool| -> Option<NaiveDate> {
            let text = typed.text(field);
            let day = validate::date(text);
            if day.is_none() && (is_needed || !validate::is_blank(text)) {
                let is_missing = validate::is_blank(text);
                problems.push((field, if is_missing { "missing" } else { "no_day" }));
            }
            day
        };
        let on = self.fields().contains(&ON).then(|| day(ON, false)).flatten();
        let until = self.fields().contains(&UNTIL).then(|| day(UNTIL, true)).flatten();
        let text = typed.text(TEXT).to_owned();
        if validate::is_blank(&text) {
            problems.push((TEXT, "missing"));
        }
        if !problems.is_empty() {
            problems.sort_by_key(|(field, _)| self.fields().iter().position(|it| it == field));
            return Err(problems);
        }
        Ok(match self {
            Self::Acknowledge => Act::Acknowledge { definition: text, on },
            Self::Respond => Act::Respond { text, on },
            Self::Extend => Act::Extend { until: until.unwrap_or_default(), reason: text },
            Self::Decline => Act::Decline { reasons: text },
            Self::Message => Act::Message { text },
        })
    }
}

/// The field that a refusal is about; `None` where it is that the case is another than it was.
pub fn field_of(refusal: NotNow) -> Option<&'static str> {
    match refusal {
        NotNow::WordsMissing => Some(TEXT),
        NotNow::NotLater | NotNow::TooLate | NotNow::BeyondCalendar => Some(UNTIL),
        NotNow::NotThatDay => Some(ON),
        NotNow::NotYours
        | NotNow::AlreadyAcknowledged
        | NotNow::AlreadyAnswered
        | NotNow::NotOpen
        | NotNow::Open
        | NotNow::NotAComplaint
        | NotNow::AlreadyAComplaint
        | NotNow::AlreadyAtStage2
        | NotNow::UnknownRepresentative => None,
    }
}

/// What was typed into a form.
#[derive(Clone, Debug, Default)]
pub struct Typed(HashMap<String, String>);

impl Typed {
    /// From the body of a form. A browser sends every line break as CR LF; the resident reads what was
    /// typed, which had one character there. Nobody can type a NUL, and PostgreSQL stores none.
    pub fn read(body: &[u8]) -> Self {
        let typed = |text: &str| text.replace("\r\n", "\n").replace('\0', "\u{fffd}");
        let fields = form_urlencoded::parse(body);
        Self(fields.map(|(name, text)| (name.into_owned(), typed(&text))).collect())
    }

    /// What is in this field.
    pub fn text(&self, field: &str) -> &str {
        self.0.get(field).map_or("", String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_as_it_is_written_by_hand() {
        let typed = Typed::read(b"until=15+December+2026&text=We+wait+for+a+part.%0D%0ASoon.");
        let act = Action::Extend.act(&typed).unwrap();
        let until = "2026-12-15".parse().unwrap();
        let reason = "We wait for a part.\nSoon.".to_owned();
        assert_eq!(act, Act::Extend { until, reason });
    }

    #[test]
    fn every_field_that_is_missing_is_named_in_the_order_of_the_form() {
        let problems = Action::Extend.act(&Typed::default()).unwrap_err();
        assert_eq!(problems, [(UNTIL, "missing"), (TEXT, "missing")]);
        let problems = Action::Respond.act(&Typed::read(b"on=soon&text=+")).unwrap_err();
        assert_eq!(problems, [(TEXT, "missing"), (ON, "no_day")]);
    }

    #[test]
    fn the_day_of_an_answer_may_be_left_out() {
        let act = Action::Respond.act(&Typed::read(b"text=Yes.&on=")).unwrap();
        assert_eq!(act, Act::Respond { text: "Yes.".to_owned(), on: None });
    }
}
