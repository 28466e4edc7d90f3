//! The session as it is kept in the tab, so that a reload or a crash loses nothing. What another
//! version of the widget kept is read as far as it is known.

use std::rc::Rc;

use domain::draft::Draft;
use domain::json::Json;
use domain::receipt::Receipt;
use domain::record::Answer;
use serde::Serialize;

use crate::session::{Outgoing, Screen, Sent, Session};

/// What is kept in the tab.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Kept<'a> {
    draft: &'a Draft,
    screen: String,
    has_checked: bool,
    key: Option<&'a str>,
    outgoing: Option<&'a Outgoing>,
    sent: Option<&'a Sent>,
}

impl Session {
    /// What is kept in the tab, so that a reload or a crash loses nothing.
    pub fn kept(&self) -> Kept<'_> {
        Kept {
            draft: &self.draft,
            screen: self.screen.address(),
            has_checked: self.has_checked,
            key: self.key.as_deref(),
            outgoing: self.outgoing.as_deref(),
            sent: match &self.screen {
                Screen::Sent(sent) => Some(sent),
                Screen::Start
                | Screen::Ask(_)
                | Screen::Advise(_)
                | Screen::Check
                | Screen::Sending
                | Screen::NotSent(_) => None,
            },
        }
    }

    /// Reads what was kept, by this version or another.
    pub fn from_json(value: &Json) -> Self {
        if let Some(sent) = value.get("sent").and_then(read_sent) {
            return Self { screen: Screen::Sent(Rc::new(sent)), ..Self::default() };
        }
        let text = |value: &Json, name: &str| value.get(name)?.text().map(str::to_owned);
        let mut session = Self {
            draft: value.get("draft").map(Draft::from_json).unwrap_or_default(),
            has_checked: value.get("hasChecked") == Some(&Json::Bool(true)),
            key: text(value, "key"),
            outgoing: value.get("outgoing").and_then(|it| {
                Some(Rc::new(Outgoing {
                    key: text(it, "key")?,
                    body: text(it, "body")?,
                    sent_at: text(it, "sentAt")?,
                    answers: read_answers(it)?,
                }))
            }),
            ..Self::default()
        };
        session.show(&text(value, "screen").unwrap_or_else(|| "start".to_owned()));
        session
    }
}

fn read_sent(value: &Json) -> Option<Sent> {
    Some(Sent {
        receipt: Receipt::from_json(value.get("receipt")?, None)?,
        is_confirmed: value.get("isConfirmed") == Some(&Json::Bool(true)),
        sent_at: value.get("sentAt")?.text()?.to_owned(),
        answers: read_answers(value)?,
    })
}

fn read_answers(value: &Json) -> Option<Vec<Answer>> {
    let read = |it: &Json| {
        let text = |name: &str| Some(it.get(name)?.text()?.to_owned());
        Some(Answer { id: text("id")?, label: text("label")?, value: text("value")? })
    };
    value.get("answers")?.list()?.iter().map(read).collect()
}
