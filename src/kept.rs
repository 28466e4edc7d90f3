//! The session as it is kept in the tab, so that a reload or a crash loses nothing. What another
//! version of the widget kept is read as far as it is known.

use std::rc::Rc;

use domain::choices::Choice;
use domain::draft::Draft;
use domain::json::Json;
use domain::receipt::Receipt;
use domain::record::Answer;
use domain::triage::Route;

use crate::files::Files;
use crate::session::{Outgoing, Screen, Sent, Session, SubmitError};
use crate::tracking;

impl Session {
    /// What is kept in the tab, so that a reload or a crash loses nothing.
    pub fn kept(&self) -> Json {
        // A page beside the journey: a reload leads back into it.
        let screen = match &self.screen {
            Screen::Keep => self.left.as_deref().unwrap_or(&Screen::Start),
            other => other,
        };
        let mut kept = Json::object(&[
            ("draft", self.draft.to_json()),
            ("screen", screen.address().into()),
            ("files", self.files.kept()),
            ("hasChecked", Json::Bool(self.has_checked)),
        ]);
        if let Some(key) = &self.key {
            kept.put("/key", (&**key).into());
        }
        // The loader reads this, too.
        kept.put("/hides", Json::Bool(self.offers_hide()));
        kept.put("/wantsHide", Json::Bool(self.wants_hide));
        kept.put("/knowsHide", Json::Bool(self.knows_hide));
        match screen {
            Screen::Sending | Screen::Waiting => {
                kept.put("/triedAt", Json::Number(self.trying.since));
                kept.put("/sendsWhenOnline", Json::Bool(self.sends_when_online));
            }
            Screen::NotSent(error) => {
                kept.put("/error/key", error.key().into());
                kept.put("/error/number", Json::Number(error.number().into()));
            }
            _ => {}
        }
        if let Some(tracking) = &self.tracking {
            kept.put("/case", tracking::kept(tracking));
        }
        if let Some(aside) = &self.aside {
            kept.put("/aside", aside.kept());
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
        if let Screen::Sent(sent) = screen {
            kept.put("/sent/receipt", write_receipt(&sent.receipt));
            kept.put("/sent/isConfirmed", Json::Bool(sent.is_confirmed));
            kept.put("/sent/sentAt", (&*sent.sent_at).into());
            kept.put("/sent/answers", write_answers(&sent.answers));
            kept.put("/sent/body", (&*sent.body).into());
            kept.put("/sent/hasSavedCode", Json::Bool(self.has_saved_code));
        }
        kept
    }

    /// This session with what was kept, by this version or another.
    #[inline(never)]
    pub fn resume(&self, value: &Json) -> Self {
        let is = |name: &str| value.get(name) == Some(&Json::Bool(true));
        let before =
            Self { wants_hide: is("wantsHide"), knows_hide: is("knowsHide"), ..self.fresh() };
        let aside = value.get("aside").map(|it| Rc::new(before.resume_answers(it)));
        Self { aside, ..before.resume_answers(value) }
    }

    fn resume_answers(&self, value: &Json) -> Self {
        let mut draft = value.get("draft").map(Draft::from_json).unwrap_or_default();
        let files = value.get("files").map(|it| Files::resume(it, &mut draft)).unwrap_or_default();
        if let Some(case) = value.get("case") {
            let tracking = tracking::resume(case);
            let screen = if tracking.view.is_some() { Screen::Case } else { Screen::SignIn };
            return Self {
                draft,
                files,
                screen,
                tracking: Some(Rc::new(tracking)),
                ..self.fresh()
            };
        }
        let linked = value.get("linked").and_then(|it| Receipt::from_json(it, None)).map(Rc::new);
        if let Some(sent) = value.get("sent").and_then(read_sent) {
            // Whoever comes back by a way that is not ours to hear of sees it as well.
            let screen = Screen::Sent(Rc::new(sent));
            let has_saved_code =
                value.get("sent").and_then(|it| it.get("hasSavedCode")) == Some(&Json::Bool(true));
            let came_back = true;
            return Self {
                draft,
                files,
                linked,
                screen,
                came_back,
                has_saved_code,
                ..self.fresh()
            };
        }
        let text = |value: &Json, name: &str| value.get(name)?.text().map(str::to_owned);
        let mut session = Self {
            draft,
            files,
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
        if session.outgoing.is_some() && session.resume_sending(value).is_some() {
            return session;
        }
        session.show(&text(value, "screen").unwrap_or_else(|| "start".to_owned()));
        session
    }

    /// Goes on with what was on its way, or says again why it was not sent.
    fn resume_sending(&mut self, value: &Json) -> Option<()> {
        self.screen = match value.get("screen")?.text()? {
            "sending" => {
                self.sends_when_online = value.get("sendsWhenOnline") == Some(&Json::Bool(true));
                self.trying.is_resumed = true;
                self.trying.since = number(value, "triedAt").unwrap_or_default();
                if self.sends_when_online { Screen::Waiting } else { Screen::Sending }
            }
            "not-sent" => {
                let error = value.get("error")?;
                let of = number(error, "number")? as u32;
                Screen::NotSent(SubmitError::from_kept(error.get("key")?.text()?, of)?)
            }
            _ => return None,
        };
        Some(())
    }
}

fn number(value: &Json, name: &str) -> Option<f64> {
    match value.get(name)? {
        Json::Number(number) => Some(*number),
        _ => None,
    }
}

#[inline(never)]
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

#[inline(never)]
fn write_answers(answers: &[Answer]) -> Json {
    Json::List(answers.iter().map(|it| it.clone().into_json()).collect())
}

fn read_sent(value: &Json) -> Option<Sent> {
    Some(Sent {
        receipt: Receipt::from_json(value.get("receipt")?, None)?,
        is_confirmed: value.get("isConfirmed") == Some(&Json::Bool(true)),
        sent_at: value.get("sentAt")?.text()?.to_owned(),
        answers: read_answers(value)?,
        body: value.get("body").and_then(Json::text).unwrap_or_default().to_owned(),
    })
}

fn read_answers(value: &Json) -> Option<Vec<Answer>> {
    let read = |it: &Json| {
        let text = |name: &str| Some(it.get(name)?.text()?.to_owned());
        Some(Answer { id: text("id")?, label: text("label")?, value: text("value")? })
    };
    value.get("answers")?.list()?.iter().map(read).collect()
}
