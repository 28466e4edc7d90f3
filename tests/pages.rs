//! Every page as HTML, rendered natively by Yew's own server renderer, against checked snapshots.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use std::rc::Rc;

use domain::choices::{Choice, OnBehalfOf};
use domain::flow::{self, Place};
use domain::question::{FieldName, Question};
use domain::receipt::Receipt;
use domain::working_days::ENGLAND;
use housing_complaint::pages::{Page, page};
use housing_complaint::session::{Action, Outgoing, Screen, Sent, Session, SubmitError};
use housing_complaint::settings::{self, Settings};
use housing_complaint::summary;
use yew::prelude::*;

#[derive(Clone, PartialEq, Properties)]
struct ShownProps {
    settings: Rc<Settings>,
    session: Rc<Session>,
}

#[component]
fn Shown(props: &ShownProps) -> Html {
    let dispatch = Callback::noop();
    page(&Page {
        settings: &props.settings,
        session: &props.session,
        dispatch: &dispatch,
        would_lose: false,
    })
}

fn html(settings: &Rc<Settings>, session: &Session) -> String {
    let props = ShownProps { settings: settings.clone(), session: Rc::new(session.clone()) };
    let renderer = yew::LocalServerRenderer::<Shown>::with_props(props).hydratable(false).render();
    broken_into_lines(&futures::executor::block_on(renderer))
}

/// One tag a line, so that a difference can be read.
fn broken_into_lines(html: &str) -> String {
    html.replace("><", ">\n<")
}

fn sent(settings: &Settings, session: &Session) -> Sent {
    let received_on = "2026-11-21".parse().unwrap();
    let dates = settings.landlord.times.stage_1(&ENGLAND, received_on);
    let code = Some("4071 9925 0318 6640".to_owned());
    Sent {
        receipt: Receipt::new("K47-W92-F36".into(), code, received_on, dates),
        is_confirmed: true,
        sent_at: "2026-11-21T22:00:00.000Z".into(),
        answers: summary::answers(&session.draft, &settings.messages),
    }
}

fn outgoing() -> Rc<Outgoing> {
    let (key, body, sent_at) = ("k".into(), "{}".into(), "2026-11-21T22:00:00.000Z".into());
    Rc::new(Outgoing { key, body, sent_at, answers: Vec::new() })
}

/// Every screen, by name.
fn screens(settings: &Settings) -> Vec<(String, Session)> {
    let everything = [
        (FieldName::Danger, "yes"),
        (FieldName::OnBehalfOf, OnBehalfOf::SomeoneElse.key()),
        (FieldName::Adjustments, "large_print"),
    ];
    let complete = support::walked(None, &everything);
    let mut screens = vec![("start".to_owned(), Session::default())];
    for place in flow::path(&complete.draft).collect::<Vec<_>>() {
        let session = support::walked(Some(place), &everything);
        let key = match place {
            Place::Ask(question) => format!("question_{}", question.key()),
            Place::Advise(advice) => format!("advice_{}", advice.key()),
        };
        screens.push((key.clone(), session.clone()));
        if let Place::Ask(question) = place {
            let mut wrong = session;
            wrong.apply(Action::Enter(FieldName::Email, "amira".into()));
            wrong.apply(Action::Continue);
            if wrong.screen == Screen::Ask(question) {
                screens.push((format!("{key}_wrong"), wrong));
            }
        }
    }
    screens.push(("check".to_owned(), complete.clone()));
    let mut session = complete.clone();
    session.apply(Action::Send(outgoing()));
    screens.push(("sending".to_owned(), session.clone()));
    for error in [SubmitError::Offline, SubmitError::Busy(30), SubmitError::TooBig] {
        let mut failed = session.clone();
        failed.apply(Action::Answered(Err(error.clone())));
        screens.push((format!("not_sent_{}", error.key()), failed));
    }
    let full = Rc::new(sent(settings, &complete));
    session.apply(Action::Answered(Ok(full.clone())));
    screens.push(("sent".to_owned(), session.clone()));
    let mut bare = (*full).clone();
    bare.is_confirmed = false;
    bare.receipt.access_code = None;
    bare.receipt.acknowledge_by = None;
    bare.receipt.respond_by = None;
    bare.receipt.extended_by = None;
    session.screen = Screen::Sent(Rc::new(bare));
    screens.push(("sent_without_receipt".to_owned(), session));
    screens
}

#[test]
fn every_page_is_as_it_was_last_looked_at() {
    let settings = Rc::new(support::settings("example"));
    for (name, session) in screens(&settings) {
        insta::assert_snapshot!(name, html(&settings, &session));
    }
}

/// Code 3.7: and the contract's hooks, on every screen.
#[test]
fn every_page_has_the_rights_once_and_one_screen() {
    for landlord in ["halton", "example"] {
        let settings = Rc::new(support::settings(landlord));
        for (name, session) in screens(&settings) {
            let html = html(&settings, &session);
            assert_eq!(html.matches("data-rights").count(), 1, "{name}");
            assert_eq!(html.matches("data-screen").count(), 1, "{name}");
            assert!(html.contains("0300 111 3000"), "{name}");
            assert!(html.contains("www.housing-ombudsman.org.uk"), "{name}");
            let forms = html.matches("<form").count();
            assert_eq!(html.matches("type=\"submit\"").count(), forms, "{name}");
        }
    }
}

#[test]
fn no_page_shows_a_key_in_place_of_words() {
    let settings = Rc::new(support::settings("halton"));
    for (name, session) in screens(&settings) {
        let html = html(&settings, &session);
        for prefix in ["action.", "question.", "field.", "option.", "problem.", "sent.", "rights."]
        {
            assert!(!html.contains(&format!(">{prefix}")), "{name} shows {prefix}…");
        }
    }
}

#[test]
fn a_landlord_file_that_cannot_be_used_is_named_with_its_place() {
    let text = |text: &str| domain::json::Json::Text(text.into());
    let open = |options| settings::read(&domain::json::Json::Object(options)).err().unwrap();
    let wrong = r#"{"version": 1, "id": "x", "name": "<b>X</b>", "configVersion": 7}"#;
    let reason = open(vec![("landlordText".into(), text(wrong))]);
    assert_eq!((reason.code, &*reason.detail), ("landlord_unusable", "/configVersion not_text"));
    let reason = open(vec![("landlord".into(), text("/x.json"))]);
    assert_eq!((reason.code, &*reason.detail), ("landlord_missing", "/x.json"));
}

#[test]
fn markup_in_an_answer_is_text_on_every_page() {
    let settings = Rc::new(support::settings("example"));
    let markup = "<img src=x onerror=alert(1)>";
    let mut session = support::walked(None, &[(FieldName::Account, markup)]);
    session.apply(Action::Change(Question::Account));
    for screen in [Screen::Ask(Question::Account), Screen::Check] {
        session.screen = screen;
        assert!(!html(&settings, &session).contains("<img"));
    }
}
