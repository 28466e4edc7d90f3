//! A case as its resident reads it, from the service's answer. The service writes [`case::View`]; the
//! widget reads it here, without a derived parser (docs/decisions/0003). What another version of the
//! service says beside, or leaves out, costs only what it is about.
//!
//! [`case::View`]: crate::case::View

use chrono::NaiveDate;

use crate::case::{By, Extension, Next, Owed, Stage, Status};
use crate::choices::Choice;
use crate::json::Json;
use crate::rights::Lgsco;
use crate::triage::Route;
use crate::validate;

/// A case, as far as its resident reads it.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseView {
    /// The number to quote.
    pub reference: String,
    /// The id of the landlord that has it.
    pub landlord: Option<String>,
    /// Its name.
    pub landlord_name: Option<String>,
    /// Whether the second Ombudsman is named, where the service says so.
    pub lgsco: Option<Lgsco>,
    /// What it is.
    pub kind: Route,
    /// How far it has come at its stage.
    pub status: Status,
    /// Each stage that it has reached; none for a request or a comment.
    pub stages: Vec<Stage>,
    /// What the landlord has understood (Code 5.6).
    pub definition: Option<String>,
    /// Who speaks for the resident.
    pub representatives: Vec<Helper>,
    /// The adjustments that the resident asks for.
    pub adjustments: Help,
    /// What the landlord owes next.
    pub next: Option<Next>,
    /// What the resident can do now, by the keys of the acts.
    pub may: Vec<String>,
    /// What has happened, oldest first.
    pub history: Vec<Event>,
    /// The files that belong to it.
    pub evidence: Vec<Exhibit>,
}

/// Somebody who speaks for the resident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Helper {
    /// By which they are told apart within the case.
    pub id: u32,
    /// The day since which they speak for the resident.
    pub since: Option<NaiveDate>,
    /// Their name.
    pub name: String,
    /// Who they are to the resident.
    pub relationship: Option<String>,
    /// How to reach them.
    pub contact: Option<String>,
}

/// Adjustments, as they were asked for (Code 5.10).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Help {
    /// Keys from the list.
    pub requested: Vec<String>,
    /// The language of the interpreter.
    pub interpreter_language: Option<String>,
    /// In the resident's own words.
    pub own_words: Option<String>,
    /// The day on which the resident would like this to be looked at again.
    pub review_on: Option<NaiveDate>,
}

/// Something that has happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The moment, in UTC (RFC 3339).
    pub at: String,
    /// Who did it.
    pub by: By,
    /// What it was.
    pub what: String,
    /// The words, unchanged.
    pub text: Option<String>,
}

/// A file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exhibit {
    /// Its name on the resident's device.
    pub name: Option<String>,
    /// Its length in bytes.
    pub size: u64,
    /// How far it has come.
    pub state: String,
}

impl CaseView {
    /// Reads a case; `None` where it has no reference, or does not say what it is and how far it has
    /// come.
    pub fn from_json(value: &Json) -> Option<Self> {
        let key = |name: &str| value.get(name).and_then(Json::text);
        let known = Help::from_json;
        Some(Self {
            reference: owned(value, "reference")?,
            landlord: owned(value, "landlord"),
            landlord_name: owned(value, "landlordName"),
            lgsco: key("lgsco").and_then(Lgsco::from_key),
            kind: Route::from_key(key("kind")?)?,
            status: Status::from_key(key("status")?)?,
            stages: list(value, "stages", stage),
            definition: owned(value, "definition"),
            representatives: list(value, "representatives", helper),
            adjustments: value.get("adjustments").map(known).unwrap_or_default(),
            next: value.get("next").and_then(next),
            may: list(value, "may", |it| it.text().map(str::to_owned)),
            history: list(value, "history", event),
            evidence: list(value, "evidence", exhibit),
        })
    }

    /// Whether a case says that somebody may come to harm if another person sees it. It is asked on every
    /// page, so nothing else is read.
    pub fn is_at_risk(value: &Json) -> bool {
        value.get("atRisk") == Some(&Json::Bool(true))
    }

    /// The stage at which it is, with its dates; nothing where it is no complaint.
    pub fn stage(&self) -> Option<&Stage> {
        self.stages.last()
    }

    /// Whether the resident can do this now, by the key of the act.
    pub fn may(&self, act: &str) -> bool {
        self.may.iter().any(|it| it == act)
    }

    /// Whether what is owed next is late.
    pub fn is_late(&self) -> bool {
        self.next.is_some_and(|it| it.late)
    }
}

impl Help {
    fn from_json(value: &Json) -> Self {
        Self {
            requested: list(value, "requested", |it| it.text().map(str::to_owned)),
            interpreter_language: owned(value, "interpreterLanguage"),
            own_words: owned(value, "ownWords"),
            review_on: date(value, "reviewOn"),
        }
    }
}

fn stage(value: &Json) -> Option<Stage> {
    Some(Stage {
        stage: if value.get("stage")?.count()? == 2 { 2 } else { 1 },
        received_on: date(value, "receivedOn")?,
        acknowledge_by: date(value, "acknowledgeBy"),
        acknowledged_on: date(value, "acknowledgedOn"),
        respond_by: date(value, "respondBy"),
        extended_by: date(value, "extendedBy"),
        extension: value.get("extension").and_then(extension),
        responded_on: date(value, "respondedOn"),
    })
}

fn extension(value: &Json) -> Option<Extension> {
    let until = date(value, "until")?;
    let told_on = date(value, "toldOn")?;
    Some(Extension { until, reason: owned(value, "reason")?, told_on })
}

fn helper(value: &Json) -> Option<Helper> {
    Some(Helper {
        id: value.get("id")?.count()?,
        since: date(value, "since"),
        name: owned(value, "name")?,
        relationship: owned(value, "relationship"),
        contact: owned(value, "contact"),
    })
}

fn next(value: &Json) -> Option<Next> {
    let what = Owed::from_key(value.get("what")?.text()?)?;
    let late = value.get("late") == Some(&Json::Bool(true));
    Some(Next { what, by: date(value, "by"), late })
}

fn event(value: &Json) -> Option<Event> {
    Some(Event {
        at: owned(value, "at")?,
        by: By::from_key(value.get("by")?.text()?)?,
        what: owned(value, "what")?,
        text: owned(value, "text"),
    })
}

fn exhibit(value: &Json) -> Option<Exhibit> {
    // A file of more than four gigabytes is not taken.
    let size = value.get("size").and_then(Json::count).unwrap_or_default();
    Some(Exhibit {
        name: owned(value, "name"),
        size: size.into(),
        state: owned(value, "state").unwrap_or_default(),
    })
}

fn list<T>(value: &Json, name: &str, read: fn(&Json) -> Option<T>) -> Vec<T> {
    let all = value.get(name).and_then(Json::list).unwrap_or_default();
    all.iter().filter_map(read).collect()
}

fn owned(value: &Json, name: &str) -> Option<String> {
    let text = value.get(name)?.text()?;
    (!text.is_empty()).then(|| text.to_owned())
}

fn date(value: &Json, name: &str) -> Option<NaiveDate> {
    value.get(name)?.text().and_then(validate::date)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{Case, Entry, ForPage, View};
    use crate::record::{Adjustments, Representative};
    use crate::{case, choices};

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// Everything that the service may say.
    fn full() -> View {
        let extension = Extension {
            until: day("2026-12-15"),
            reason: "The surveyor is ill.".into(),
            told_on: day("2026-12-01"),
        };
        let stage = Stage {
            stage: 1,
            received_on: day("2026-11-21"),
            acknowledge_by: Some(day("2026-11-27")),
            acknowledged_on: Some(day("2026-11-24")),
            respond_by: Some(day("2026-12-08")),
            extended_by: Some(day("2026-12-22")),
            extension: Some(extension),
            responded_on: None,
        };
        let who = Representative {
            name: "Ann Example".into(),
            relationship: Some("Daughter".into()),
            contact: "01632 960002".into(),
            consent: None,
            may_do: Vec::new(),
            answers_to: None,
        };
        let case = Case {
            reference: "K47-W92-F36".into(),
            landlord: "halton".into(),
            language: "en".into(),
            kind: Route::Complaint,
            stage: 1,
            status: Status::Acknowledged,
            stages: vec![stage],
            definition: Some("The damp in the bedroom.".into()),
            representatives: vec![case::Spokesperson { id: 3, since: day("2026-11-25"), who }],
            adjustments: Adjustments {
                requested: vec![choices::Adjustment::LargePrint],
                interpreter_language: None,
                own_words: Some("Speak slowly.".into()),
                review_on: Some(day("2027-06-01")),
            },
            about: None,
        };
        View {
            next: case.next(day("2026-12-16")),
            may: case.may(),
            history: vec![Entry {
                id: 7,
                at: "2026-11-24T09:00:00.000Z".into(),
                on: day("2026-11-24"),
                by: By::Landlord,
                what: "acknowledge".into(),
                text: Some("The damp in the bedroom.".into()),
                who: None,
            }],
            evidence: vec![case::Exhibit {
                name: Some("damp.jpg".into()),
                size: 123,
                state: "clean".into(),
                file: None,
                media_type: None,
                sha256: None,
            }],
            page: Some(ForPage {
                landlord_name: Some("Halton Housing".into()),
                lgsco: Lgsco::Also,
                at_risk: true,
            }),
            desk: None,
            case,
        }
    }

    fn written(view: &View) -> Json {
        serde_json::from_str(&serde_json::to_string(view).unwrap()).unwrap()
    }

    fn read(view: &View) -> Option<CaseView> {
        CaseView::from_json(&written(view))
    }

    #[test]
    fn everything_that_the_service_writes_is_read() {
        let view = full();
        let read = read(&view).unwrap();
        assert_eq!(read.reference, view.case.reference);
        assert_eq!(read.landlord.as_deref(), Some("halton"));
        assert_eq!(read.landlord_name.as_deref(), Some("Halton Housing"));
        assert_eq!(read.lgsco, Some(Lgsco::Also));
        assert!(CaseView::is_at_risk(&written(&view)));
        assert_eq!((read.kind, read.status), (Route::Complaint, Status::Acknowledged));
        assert_eq!(read.stages, view.case.stages);
        assert_eq!(read.definition, view.case.definition);
        assert_eq!(read.representatives[0].id, 3);
        assert_eq!(read.representatives[0].name, "Ann Example");
        assert_eq!(read.representatives[0].contact.as_deref(), Some("01632 960002"));
        assert_eq!(read.adjustments.requested, ["large_print"]);
        assert_eq!(read.adjustments.own_words.as_deref(), Some("Speak slowly."));
        assert_eq!(read.adjustments.review_on, Some(day("2027-06-01")));
        assert_eq!(read.next, view.next);
        assert!(read.is_late());
        assert!(read.may("ask_for_stage2") && !read.may("complain"));
        assert_eq!(read.history[0].by, By::Landlord);
        assert_eq!(read.history[0].text, view.history[0].text);
        assert_eq!(read.evidence[0].size, 123);
    }

    #[test]
    fn what_is_missing_costs_only_what_it_is_about() {
        let least = r#"{"reference": "K47-W92-F36", "kind": "feedback", "status": "received",
            "history": [{"at": "2026-11-24T09:00:00.000Z", "by": "nobody", "what": "x"}],
            "stages": [{}], "next": {"what": "tea"}, "more": {"to": "come"}}"#;
        let view = CaseView::from_json(&serde_json::from_str(least).unwrap()).unwrap();
        assert_eq!((view.stages.len(), view.history.len(), view.next), (0, 0, None));
        assert_eq!((view.landlord, view.landlord_name, view.lgsco), (None, None, None));
        for text in ["null", "{}", r#"{"reference": "K", "kind": "complaint", "status": "?"}"#] {
            assert_eq!(CaseView::from_json(&serde_json::from_str(text).unwrap()), None);
        }
    }
}
