//! Every page as HTML, rendered natively by Yew's own server renderer, against checked snapshots.
#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![allow(clippy::print_stdout, reason = "the figures of a long test")]

mod support;

use std::collections::HashSet;
use std::rc::Rc;

use domain::choices::{Choice, Intent, OnBehalfOf, Topic};
use domain::draft::Draft;
use domain::flow::{self, Advice, Place};
use domain::question::{FieldName, Kind, Line, Question};
use domain::receipt::Receipt;
use domain::record;
use domain::rights::{self, Lgsco};
use domain::triage::Route;
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
    let kind = session.draft.route();
    let dates = record::dates(kind, &settings.landlord.times, received_on);
    let code = Some("4071 9925 0318 6640".to_owned());
    Sent {
        receipt: Receipt::new("K47-W92-F36".into(), code, kind, received_on, dates),
        is_confirmed: true,
        sent_at: "2026-11-21T22:00:00.000Z".into(),
        answers: summary::answers(&session.draft, settings),
    }
}

fn outgoing() -> Rc<Outgoing> {
    let (key, body, sent_at) = ("k".into(), "{}".into(), "2026-11-21T22:00:00.000Z".into());
    let kind = Route::Complaint;
    Rc::new(Outgoing { key, kind, body, sent_at, answers: Vec::new() })
}

/// Answers by which, between them, every question and every advice is met.
const WALKS: &[&[(FieldName, &str)]] = &[
    &[
        (FieldName::Danger, "yes"),
        (FieldName::Intent, "told"),
        (FieldName::OnBehalfOf, "someone_else"),
        (FieldName::Adjustments, "large_print"),
        (FieldName::Disability, "Asthma"),
        (FieldName::Topics, "shared_areas"),
        (FieldName::WhenAware, "over_12_months"),
    ],
    &[(FieldName::Intent, "report"), (FieldName::OnBehalfOf, "staff")],
    &[(FieldName::Intent, "complain"), (FieldName::OnBehalfOf, "group")],
    &[(FieldName::Intent, "stage2"), (FieldName::OnBehalfOf, "me")],
    &[(FieldName::Intent, "stage2"), (FieldName::OnBehalfOf, "staff")],
    &[(FieldName::Intent, "add"), (FieldName::OnBehalfOf, "someone_else")],
    &[(FieldName::Intent, "feedback")],
];

/// Every screen, by name: the first walk that meets it gives it its name.
fn screens(settings: &Settings) -> Vec<(String, Session)> {
    let landlord = &settings.landlord.id;
    let mut screens = vec![("start".to_owned(), support::session(landlord))];
    for walk in WALKS {
        let complete = support::walked(landlord, None, walk);
        let places: Vec<Place> = flow::path(&complete.draft, &complete.landlord).collect();
        for place in places {
            let key = match place {
                Place::Ask(question) => format!("question_{}", question.key()),
                Place::Advise(advice) => format!("advice_{}", advice.key()),
            };
            if screens.iter().any(|(name, _)| *name == key) {
                continue;
            }
            let session = support::walked(landlord, Some(place), walk);
            screens.push((key.clone(), session.clone()));
            if let Place::Ask(question) = place {
                let mut wrong = session;
                wrong.apply(Action::Enter(FieldName::Email, "amira".into()));
                wrong.apply(Action::Continue(None));
                if wrong.screen == Screen::Ask(question) {
                    screens.push((format!("{key}_wrong"), wrong));
                }
            }
        }
        let kind = complete.draft.route().key();
        if screens.iter().all(|(name, _)| *name != format!("check_{kind}")) {
            screens.push((format!("check_{kind}"), complete.clone()));
            let mut session = complete.clone();
            session.apply(Action::Send(outgoing()));
            session.apply(Action::Answered(Ok(Rc::new(sent(settings, &complete)))));
            screens.push((format!("sent_{kind}"), session));
        }
    }
    let complete = support::walked(landlord, None, WALKS[0]);
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
    for landlord in support::LANDLORDS {
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

/// Complete drafts by every combination of what changes a page: what the resident wants, for whom,
/// about what, in danger or not, and what may keep the landlord from looking into it.
fn complete_drafts(settings: &Settings) -> Vec<Draft> {
    let topics = Topic::ALL.iter().map(|(_, key)| *key);
    let mut drafts = Vec::new();
    for (_, intent) in Intent::ALL {
        for way in Advice::FirstReport.ways() {
            for (_, whom) in OnBehalfOf::ALL {
                for topic in topics.clone() {
                    for (danger, fact) in [("no", "no"), ("yes", "yes")] {
                        let mut draft = Draft::default();
                        for (name, _) in FieldName::ALL {
                            let question = name.question().unwrap();
                            let field = question.fields().iter().find(|it| it.name == *name);
                            let value = match field.unwrap().kind {
                                Kind::Radios(keys) | Kind::Checkboxes(keys, _) => {
                                    keys(&settings.landlord).first().copied().unwrap_or_default()
                                }
                                Kind::Line(Line::Date) => "2026-11-21",
                                Kind::Line(_) | Kind::Paragraphs(_) => "a@b",
                            };
                            draft.enter(*name, vec![value.to_owned()]);
                        }
                        let late = if fact == "yes" { "over_12_months" } else { "not_sure" };
                        for (name, value) in [
                            (FieldName::Intent, *intent),
                            (FieldName::OnBehalfOf, *whom),
                            (FieldName::Topics, topic),
                            (FieldName::Danger, danger),
                            (FieldName::WhenAware, late),
                            (FieldName::ClaimAtCourt, fact),
                            (FieldName::AlreadyAnswered, fact),
                        ] {
                            draft.enter(name, vec![value.to_owned()]);
                        }
                        for (advice, _) in Advice::ALL {
                            draft.choose(*advice, advice.ways()[0], "");
                        }
                        draft.choose(Advice::FirstReport, way, "");
                        drafts.push(draft);
                    }
                }
            }
        }
    }
    drafts
}

/// What a landlord may never say (Code 5.2), and what plain English does without.
const NEVER: [&str; 9] = [
    "informal",
    "formal",
    "stage 0",
    "pre-complaint",
    "concern",
    "eligib",
    "invalid",
    "please",
    "cannot complain",
];

#[track_caller]
fn is_sound(html: &str, at: &str, is_question: bool) {
    assert_eq!(html.matches("data-rights").count(), 1, "{at}: rights");
    assert_eq!(html.matches("data-screen").count(), 1, "{at}: screen");
    for fact in ["0300 111 3000", "www.housing-ombudsman.org.uk"] {
        assert!(html.contains(fact), "{at}: {fact}");
    }
    let submits = html.matches("type=\"submit\"").count();
    assert_eq!(submits, usize::from(is_question), "{at}: submit");
    let ways = html.matches("data-action=\"choose\"").count();
    assert!(ways < 2 || html.contains("data-value=\"complaint\""), "{at}: no way to complain");
    let text = html.to_lowercase().replace("information", "");
    for word in NEVER {
        assert!(!text.contains(word), "{at}: {word}");
    }
}

/// Code 2.1, 3.7, 5.2: no page of any landlord lacks the rights or a way on, or says what may not be
/// said. Every page that differs by what was answered is rendered once.
#[test]
fn every_page_of_every_landlord_has_the_rights_and_a_way_on() {
    let mut rendered = 0;
    for landlord in support::LANDLORDS {
        let settings = support::settings(landlord);
        let mut seen = HashSet::new();
        for draft in complete_drafts(&settings) {
            let shown = Rc::new(settings.at_site(&draft));
            let rights = rights::rights(&draft, &settings.landlord);
            let whom = draft.on_behalf_of().map(Choice::key);
            let places = flow::path(&draft, &settings.landlord).map(|place| match place {
                Place::Ask(question) => Screen::Ask(question),
                Place::Advise(advice) => Screen::Advise(advice),
            });
            for screen in places.chain([Screen::Check]) {
                let kind = draft.route().key();
                let topics =
                    matches!(screen, Screen::Advise(_)).then(|| draft.text(FieldName::Topics));
                let page = (screen.address(), kind, whom, rights.moment.key(), rights.lgsco.key());
                if !seen.insert((page.clone(), topics.map(str::to_owned))) {
                    continue;
                }
                let mut session = support::session(landlord);
                session.draft = draft.clone();
                session.screen = screen.clone();
                let html = html(&shown, &session);
                let is_question = !matches!(screen, Screen::Advise(_));
                is_sound(&html, &format!("{landlord}: {page:?}"), is_question);
                let names_lgsco = html.contains("www.lgo.org.uk");
                assert_eq!(names_lgsco, rights.lgsco != Lgsco::No, "{landlord}: {page:?}");
                rendered += 1;
            }
            if seen.insert((("after".to_owned(), draft.route().key(), None, "", ""), None)) {
                let mut session = support::session(landlord);
                session.draft = draft.clone();
                session.screen = Screen::Sending;
                is_sound(&html(&shown, &session), landlord, false);
                session.screen = Screen::NotSent(SubmitError::Offline);
                is_sound(&html(&shown, &session), landlord, false);
                session.screen = Screen::Sent(Rc::new(sent(&shown, &session)));
                is_sound(&html(&shown, &session), landlord, false);
                rendered += 3;
            }
        }
    }
    println!("{rendered} different pages of {} landlords", support::LANDLORDS.len());
}

#[test]
fn no_page_shows_a_key_in_place_of_words() {
    let settings = Rc::new(support::settings("south-and-vale"));
    for (name, session) in screens(&settings) {
        let html = html(&settings, &session);
        for prefix in [
            "action.",
            "advice.",
            "check.",
            "channel.",
            "stage2.",
            "question.",
            "field.",
            "option.",
            "problem.",
            "sent.",
            "rights.",
        ] {
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
    let mut session = support::walked("example", None, &[(FieldName::Account, markup)]);
    session.apply(Action::Change(Question::Account));
    for screen in [Screen::Ask(Question::Account), Screen::Check] {
        session.screen = screen;
        assert!(!html(&settings, &session).contains("<img"));
    }
}
