//! The session as it is kept in the tab, so that a reload or a crash loses nothing. What another
//! version of the widget kept is read as far as it is known.

use std::rc::Rc;

use domain::choices::Choice;
use domain::draft::Draft;
use domain::json::Json;
use domain::receipt::Receipt;
use domain::record::Answer;
use domain::triage::Route;

use crate::session::{Outgoing, Screen, Sent, Session};

impl Session {
    /// What is kept in the tab, so that a reload or a crash loses nothing.
    pub fn kept(&self) -> Json {
        let mut kept = Json::object(&[
            ("draft", self.draft.to_json()),
            ("screen", self.screen.address().into()),
            ("hasChecked", Json::Bool(self.has_checked)),
        ]);
        if let Some(key) = &self.key {
            kept.put("/key", (&**key).into());
        }
        if let Some(receipt) = &self.linked {
            kept.put("/linked", write_receipt(receipt));
        }
        if let Some(outgoing) = &self.outgoing {
            kept.put("/outgoing/key", (&*outgoing.key).into());
            kept.put("/outgoing/kind", outgoing.kind.key().into());
            kept.put("/outgoing/body", (&*outgoing.body).into());
            kept.put("/outgoing/sentAt", (&*outgoing.sent_at).into());
            kept.put("/outgoing/answers", write_answers(&outgoing.answers));
        }
        if let Screen::Sent(sent) = &self.screen {
            kept.put("/sent/receipt", write_receipt(&sent.receipt));
            kept.put("/sent/isConfirmed", Json::Bool(sent.is_confirmed));
            kept.put("/sent/sentAt", (&*sent.sent_at).into());
            kept.put("/sent/answers", write_answers(&sent.answers));
        }
        kept
    }

    /// This session with what was kept, by this version or another.
    pub fn resume(&self, value: &Json) -> Self {
        let draft = value.get("draft").map(Draft::from_json).unwrap_or_default();
        let linked = value.get("linked").and_then(|it| Receipt::from_json(it, None)).map(Rc::new);
        if let Some(sent) = value.get("sent").and_then(read_sent) {
            return Self { draft, linked, screen: Screen::Sent(Rc::new(sent)), ..self.fresh() };
        }
        let text = |value: &Json, name: &str| value.get(name)?.text().map(str::to_owned);
        let mut session = Self {
            draft,
            linked,
            has_checked: value.get("hasChecked") == Some(&Json::Bool(true)),
            key: text(value, "key"),
            outgoing: value.get("outgoing").and_then(|it| {
                Some(Rc::new(Outgoing {
                    key: text(it, "key")?,
                    kind: Route::from_key(&text(it, "kind")?)?,
                    body: text(it, "body")?,
                    sent_at: text(it, "sentAt")?,
                    answers: read_answers(it)?,
                }))
            }),
            ..self.fresh()
        };
        session.show(&text(value, "screen").unwrap_or_else(|| "start".to_owned()));
        session
    }
}

fn write_receipt(receipt: &Receipt) -> Json {
    let mut json = Json::object(&[
        ("reference", (&*receipt.reference).into()),
        ("stage", Json::Number(receipt.stage.into())),
        ("receivedOn", receipt.received_on.to_string().into()),
    ]);
    if let Some(code) = &receipt.access_code {
        json.put("/accessCode", (&**code).into());
    }
    for (name, date) in [
        ("/acknowledgeBy", receipt.acknowledge_by),
        ("/respondBy", receipt.respond_by),
        ("/extendedBy", receipt.extended_by),
    ] {
        if let Some(date) = date {
            json.put(name, date.to_string().into());
        }
    }
    json
}

fn write_answers(answers: &[Answer]) -> Json {
    Json::List(answers.iter().map(|it| it.clone().into_json()).collect())
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
