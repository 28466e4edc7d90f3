//! Every page as HTML, rendered natively by Yew's own server renderer, against checked snapshots.
#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![allow(clippy::print_stdout, reason = "the figures of a long test")]

mod support;

use std::collections::HashSet;
use std::rc::Rc;

use domain::choices::{Choice, Intent, OnBehalfOf, Topic};
use domain::draft::Draft;
use domain::flow::{self, Advice, Place};
use domain::heard::Heard;
use domain::question::{FieldName, Kind, Line, Question};
use domain::reading::Model;
use domain::receipt::Receipt;
use domain::record;
use domain::rights::{self, Lgsco};
use domain::triage::Route;
use housing_complaint::pages::{Around, Page, page};
use housing_complaint::session::{Action, Outgoing, Screen, Sent, Session, SubmitError};
use housing_complaint::settings::{self, Settings};
use housing_complaint::summary;
use housing_complaint::tracking::{Asked, Can, CaseAction, Failed, What};
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
        ask: &Callback::noop(),
        around: &Around::default(),
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
        body: "{}".into(),
    }
}

/// A case, as the service gives it.
fn case(json: &str) -> Rc<domain::json::Json> {
    Rc::new(serde_json::from_str(json).unwrap())
}

/// A session that has signed in to this case.
fn signed_in(landlord: &str, json: &str) -> Session {
    let mut session = support::session(landlord);
    for action in [
        CaseAction::Track,
        CaseAction::Can(Can { show: true, mail: true }),
        CaseAction::Reference("K47-W92-F36".into()),
        CaseAction::Code("4071 9925 0318 6640".into()),
        CaseAction::Do(What::SignIn, 0, "run".into()),
        CaseAction::Answered("run".into(), Ok(Some(case(json)))),
    ] {
        session.apply(Action::Case(action));
    }
    assert_eq!(session.screen, Screen::Case);
    session
}

/// What becomes of a case, each with what it is called.
const CASES: [(&str, &str); 10] = [
    (
        "case_received",
        r#"{"reference": "K47-W92-F36", "kind": "complaint", "stage": 1, "status": "received",
        "stages": [{"stage": 1, "receivedOn": "2026-11-21", "acknowledgeBy": "2026-11-27",
            "respondBy": "2026-12-11", "extendedBy": "2026-12-29"}],
        "next": {"what": "acknowledgement", "by": "2026-11-27", "late": false},
        "may": ["message", "ask_for_stage2", "withdraw", "add_representative", "change_adjustments"],
        "history": [{"id": 1, "at": "2026-11-21T22:00:00.000Z", "by": "resident", "what": "received"}]}"#,
    ),
    (
        "case_extended",
        r#"{"reference": "K47-W92-F36", "kind": "complaint", "stage": 1, "status": "acknowledged",
        "stages": [{"stage": 1, "receivedOn": "2026-11-21", "acknowledgeBy": "2026-11-27",
            "acknowledgedOn": "2026-11-24", "respondBy": "2026-12-08", "extendedBy": "2026-12-22",
            "extension": {"until": "2026-12-15", "reason": "The <b>surveyor</b> is ill.", "toldOn": "2026-12-01"}}],
        "definition": "The damp in the bedroom, and that nobody came.",
        "representatives": [{"id": 1, "since": "2026-11-21", "name": "Ann Example",
            "relationship": "Daughter", "contact": "01632 960002", "mayDo": []}],
        "adjustments": {"requested": ["large_print", "from_the_future"], "ownWords": "Speak slowly."},
        "next": {"what": "response", "by": "2026-12-15", "late": false},
        "may": ["message", "ask_for_stage2", "withdraw", "add_representative", "change_adjustments", "remove_representative"],
        "history": [
            {"id": 1, "at": "2026-11-21T22:00:00.000Z", "by": "resident", "what": "received"},
            {"id": 2, "at": "2026-11-23T09:00:00.000Z", "by": "landlord", "what": "confirmed"},
            {"id": 3, "at": "2026-11-24T09:00:00.000Z", "by": "landlord", "what": "acknowledge",
                "text": "The damp in the bedroom, and that nobody came."},
            {"id": 4, "at": "2026-11-25T09:00:00.000Z", "by": "resident", "what": "message", "text": "And the <b>window</b>."},
            {"id": 5, "at": "2026-11-26T09:00:00.000Z", "by": "landlord", "what": "message", "text": "We have noted it."},
            {"id": 6, "at": "2026-12-01T09:00:00.000Z", "by": "landlord", "what": "extend", "text": "The <b>surveyor</b> is ill."},
            {"id": 7, "at": "2026-12-02T09:00:00.000Z", "by": "service", "what": "from_the_future"}],
        "evidence": [{"name": "damp.jpg", "size": 2100000, "state": "clean"}, {"size": 12, "state": "infected"}]}"#,
    ),
    (
        "case_late",
        r#"{"reference": "K47-W92-F36", "kind": "complaint", "stage": 1, "status": "acknowledged",
        "stages": [{"stage": 1, "receivedOn": "2026-11-21", "acknowledgeBy": "2026-11-27",
            "acknowledgedOn": "2026-11-24", "respondBy": "2026-12-08"}],
        "next": {"what": "response", "by": "2026-12-08", "late": true},
        "may": ["message", "ask_for_stage2", "withdraw", "add_representative", "change_adjustments"],
        "history": []}"#,
    ),
    (
        "case_answered",
        r#"{"reference": "K47-W92-F36", "kind": "complaint", "stage": 1, "status": "responded",
        "stages": [{"stage": 1, "receivedOn": "2026-11-21", "respondedOn": "2026-12-01"}],
        "may": ["message", "ask_for_stage2", "withdraw", "add_representative", "change_adjustments"],
        "history": [{"id": 1, "at": "2026-12-01T09:00:00.000Z", "by": "landlord", "what": "respond", "text": "We will mend it."}]}"#,
    ),
    (
        "case_final_answer",
        r#"{"reference": "K47-W92-F36", "kind": "complaint", "stage": 2, "status": "responded",
        "stages": [{"stage": 1, "receivedOn": "2026-11-21"}, {"stage": 2, "receivedOn": "2026-12-01", "respondedOn": "2026-12-21"}],
        "may": ["message", "withdraw", "add_representative", "change_adjustments"], "history": []}"#,
    ),
    (
        "case_declined",
        r#"{"reference": "K47-W92-F36", "kind": "complaint", "stage": 1, "status": "declined",
        "stages": [{"stage": 1, "receivedOn": "2026-11-21"}],
        "may": ["message", "ask_for_stage2", "withdraw", "add_representative", "change_adjustments"],
        "history": [{"id": 1, "at": "2026-12-01T09:00:00.000Z", "by": "landlord", "what": "decline", "text": "A court deals with it."}]}"#,
    ),
    (
        "case_withdrawn",
        r#"{"reference": "K47-W92-F36", "kind": "complaint", "stage": 1, "status": "withdrawn",
        "stages": [{"stage": 1, "receivedOn": "2026-11-21"}],
        "may": ["message", "ask_for_stage2", "reopen", "add_representative", "change_adjustments"], "history": []}"#,
    ),
    (
        "case_service_request",
        r#"{"reference": "K47-W92-F36", "kind": "service_request", "stage": 1, "status": "received",
        "may": ["message", "complain", "withdraw", "add_representative", "change_adjustments"], "history": []}"#,
    ),
    (
        "case_of_another_landlord",
        r#"{"reference": "K47-W92-F36", "landlord": "elsewhere", "landlordName": "Elsewhere <b>Homes</b>",
        "lgsco": "also", "atRisk": true, "kind": "complaint", "stage": 1, "status": "received",
        "stages": [{"stage": 1, "receivedOn": "2026-11-21"}], "next": {"what": "acknowledgement", "late": false},
        "may": ["message", "ask_for_stage2", "withdraw", "add_representative", "change_adjustments"],
        "history": [{"id": 1, "at": "2026-12-01T09:00:00.000Z", "by": "landlord", "what": "message", "text": "We come."}]}"#,
    ),
    (
        "case_of_an_unnamed_landlord",
        r#"{"reference": "K47-W92-F36", "landlord": "elsewhere", "lgsco": "no", "atRisk": false,
        "kind": "complaint", "stage": 1, "status": "received", "stages": [{"stage": 1, "receivedOn": "2026-11-21"}],
        "may": ["message", "ask_for_stage2", "withdraw", "add_representative", "change_adjustments"],
        "history": [{"id": 1, "at": "2026-12-01T09:00:00.000Z", "by": "landlord", "what": "message", "text": "We come."}]}"#,
    ),
];

/// Signing in, and a case at every point, with what may go wrong there.
fn cases(landlord: &str) -> Vec<(String, Session)> {
    let mut screens = Vec::new();
    let mut session = support::session(landlord);
    session.apply(Action::Case(CaseAction::Track));
    screens.push(("sign_in".to_owned(), session.clone()));
    let mut only = session.clone();
    only.apply(Action::Case(CaseAction::Can(Can { show: true, mail: false })));
    screens.push(("sign_in_without_mail".to_owned(), only));
    let mut none = session.clone();
    none.apply(Action::Case(CaseAction::Can(Can { show: false, mail: false })));
    screens.push(("sign_in_without_cases".to_owned(), none));
    let mut wrong = session.clone();
    wrong.apply(Action::Case(CaseAction::Code("4071 9925 0318".into())));
    wrong.apply(Action::Case(CaseAction::Do(What::SignIn, 0, "run".into())));
    screens.push(("sign_in_wrong".to_owned(), wrong));
    let failed = |what: What, failed: Failed| {
        let mut session = session.clone();
        session.apply(Action::Case(CaseAction::Reference("K47W92F36".into())));
        session.apply(Action::Case(CaseAction::Code("4071 9925 0318 6640".into())));
        session.apply(Action::Case(CaseAction::Do(what, 0, "run".into())));
        session.apply(Action::Case(CaseAction::Answered("run".into(), Err(failed))));
        session
    };
    for (name, why) in [
        ("no_such_case", Failed::NoSuchCase),
        ("busy", Failed::Not(SubmitError::Busy(90))),
        ("offline", Failed::Not(SubmitError::Offline)),
        ("broken", Failed::Not(SubmitError::Broken(500))),
    ] {
        screens.push((format!("sign_in_{name}"), failed(What::SignIn, why)));
    }
    let mut code = session.clone();
    code.apply(Action::Case(CaseAction::Reference("K47W92F36".into())));
    code.apply(Action::Case(CaseAction::Do(What::Code, 0, "run".into())));
    code.apply(Action::Case(CaseAction::Answered("run".into(), Ok(None))));
    screens.push(("sign_in_code_sent".to_owned(), code));
    for (name, json) in CASES {
        screens.push((name.to_owned(), signed_in(landlord, json)));
    }
    let mut asked = signed_in(landlord, CASES[0].1);
    asked.apply(Action::Case(CaseAction::Ask(Some(Asked::Withdraw))));
    screens.push(("case_asked".to_owned(), asked));
    let mut wrong = signed_in(landlord, CASES[0].1);
    wrong.apply(Action::Case(CaseAction::Do(What::AddRepresentative, 0, "next".into())));
    screens.push(("case_wrong".to_owned(), wrong));
    let mut done = signed_in(landlord, CASES[0].1);
    done.apply(Action::Case(CaseAction::Do(What::Stage2, 0, "next".into())));
    screens.push(("case_doing".to_owned(), done.clone()));
    done.apply(Action::Case(CaseAction::Answered("next".into(), Ok(Some(case(CASES[4].1))))));
    screens.push(("case_done".to_owned(), done));
    let mut lost = signed_in(landlord, CASES[0].1);
    lost.apply(Action::Enter(FieldName::Account, "Half a sentence".into()));
    lost.apply(Action::Case(CaseAction::Do(What::Message, 0, "next".into())));
    let offline = Err(Failed::Not(SubmitError::Offline));
    lost.apply(Action::Case(CaseAction::Answered("next".into(), offline)));
    screens.push(("case_failed".to_owned(), lost));
    screens
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
    &[
        (FieldName::Danger, "no"),
        (FieldName::Intent, "report"),
        (FieldName::OnBehalfOf, "me"),
        (FieldName::Account, HEARD),
    ],
];

/// Words in which there is something of everything.
const HEARD: &str = "I am fed up with you. There is a smell of gas, and water is pouring through \
    the <b>ceiling</b>. My husband hits me.";

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
    let unhappy = Some(Place::Advise(Advice::Unhappy));
    let comment = [(FieldName::Intent, "feedback"), (FieldName::Account, HEARD)];
    let comment = support::walked(landlord, unhappy, &comment);
    screens.push(("advice_unhappy_feedback".to_owned(), comment));
    let complete = support::walked(landlord, None, WALKS[0]);
    let mut session = complete.clone();
    session.apply(Action::Send(outgoing()));
    screens.push(("sending".to_owned(), session.clone()));
    let mut again = session.clone();
    again.apply(Action::Slow);
    again.apply(Action::Pause(8_000));
    screens.push(("sending_pause".to_owned(), again.clone()));
    again.apply(Action::TryAgain);
    screens.push(("sending_again".to_owned(), again.clone()));
    again.apply(Action::Wait);
    screens.push(("sending_waiting".to_owned(), again));
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
    screens.push(("sent_without_receipt".to_owned(), session.clone()));
    session.screen = Screen::Sent(full);
    session.apply(Action::Case(CaseAction::SavedCode));
    screens.push(("sent_code_saved".to_owned(), session));
    screens.extend(cases(landlord));
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
        for way in Advice::FirstReport.ways(&Draft::default()) {
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
                                Kind::Files => continue,
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
                        draft.hear(Some(Heard::read(Model::english(), HEARD)));
                        draft.choose(Advice::FirstReport, way, "");
                        for (advice, _) in Advice::ALL {
                            if *advice != Advice::FirstReport {
                                draft.choose(*advice, advice.ways(&draft)[0], "");
                            }
                        }
                        drafts.push(draft);
                    }
                }
            }
        }
    }
    drafts
}

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
    for word in include_str!("forbidden-words.txt").lines().chain(["cannot complain"]) {
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
        for (name, session) in cases(landlord) {
            let page = html(&Rc::new(settings.clone()), &session);
            let forms = page.matches("<form").count();
            assert_eq!(page.matches("type=\"submit\"").count(), forms, "{landlord}: {name}");
            // What assistive technology calls it is no word of ours.
            let page = page.replace("type=\"submit\"", "").replace("aria-invalid", "");
            is_sound(&page, &format!("{landlord}: {name}"), false);
            rendered += 1;
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
            "case.",
            "sign_in.",
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

/// A landlord with a service of its own has a way to what was sent; others have none.
#[test]
fn the_way_to_a_case_is_there_where_there_is_a_service() {
    let mut settings = support::settings("example");
    let complete = support::walked("example", None, WALKS[0]);
    let mut session = complete.clone();
    session.apply(Action::Send(outgoing()));
    session.apply(Action::Answered(Ok(Rc::new(sent(&settings, &complete)))));
    let start = support::session("example");
    let ways = |settings: &Settings| {
        let settings = Rc::new(settings.clone());
        let has = |session, name| html(&settings, session).contains(name);
        (has(&start, "data-action=\"track\""), has(&session, "data-action=\"see_case\""))
    };
    assert_eq!(ways(&settings), (false, false));
    settings.service = Some("/".into());
    assert_eq!(ways(&settings), (true, true));
}

/// A case may be opened on the page of another landlord: what is said there is said in the name of its own.
#[test]
fn a_case_of_another_landlord_is_shown_in_the_name_of_that_one() {
    let settings = Rc::new(support::settings("halton"));
    let shown = |name: &str| {
        let (_, json) = CASES.iter().find(|(it, _)| *it == name).unwrap();
        html(&settings, &signed_in("halton", json))
    };
    let named = shown("case_of_another_landlord");
    assert!(
        named.contains("This is with Elsewhere &lt;b&gt;Homes&lt;/b&gt;, not with Halton Housing.")
    );
    assert!(named.contains("Elsewhere &lt;b&gt;Homes&lt;/b&gt; wrote"));
    assert!(named.contains("data-action=\"hide\""));
    assert!(named.contains("A second Ombudsman"));
    let unnamed = shown("case_of_an_unnamed_landlord");
    assert!(unnamed.contains("This is with another landlord, not with Halton Housing."));
    assert!(unnamed.contains("Your landlord wrote") && !unnamed.contains("A second Ombudsman"));
    // Of its own no word is said.
    let own = CASES[8].1.replace("elsewhere", "halton");
    assert!(!html(&settings, &signed_in("halton", &own)).contains("This is with"));
}

/// What was written to a resident, or by them, is text; and nobody's browser keeps the code.
#[test]
fn markup_in_a_case_is_text_and_its_code_is_nowhere() {
    let settings = Rc::new(support::settings("example"));
    for (name, session) in cases("example") {
        let html = html(&settings, &session);
        assert!(!html.contains("<b>"), "{name}");
        let is_signing_in = session.screen == Screen::SignIn;
        assert!(is_signing_in || !html.contains("4071"), "{name}");
        for field in ["reference", "access_code", "account", "representative_name"] {
            let id = format!("id=\"{field}\"");
            for tag in html.lines().filter(|it| it.contains(&id)) {
                assert!(tag.contains("autocomplete=\"off\""), "{name}: {tag}");
            }
        }
    }
    let json = CASES[1].1;
    let html = html(&settings, &signed_in("example", json));
    let at = |text: &str| html.find(text).unwrap_or_else(|| panic!("{text}"));
    assert!(at("And the &lt;b&gt;window") < at("We have noted it."), "newest last");
    assert!(html.contains("Tuesday 15 December 2026") && html.contains("Ann Example"));
}

/// The words by which advice came are the resident's own, as text; of abuse and self-harm none are shown.
#[test]
fn what_was_heard_is_quoted_as_text_and_what_must_not_be_seen_is_not() {
    let settings = Rc::new(support::settings("example"));
    let at = |advice| {
        let session = support::walked("example", Some(Place::Advise(advice)), WALKS[7]);
        assert_eq!(session.screen, Screen::Advise(advice));
        html(&settings, &session)
    };
    let urgent = at(Advice::Urgent);
    assert!(urgent.contains("smell of gas”") && urgent.contains("0800 111 999"));
    assert!(at(Advice::Unhappy).contains("fed up"));
    let careful = at(Advice::Careful);
    for said in ["hits me", "husband", "smell", "fed up"] {
        assert!(!careful.contains(said), "{said}");
    }
    for phone in ["0808 2000 247", "116 123", ">111<", ">999<"] {
        assert!(careful.contains(phone), "{phone}");
    }
    let hide = careful.find("data-action=\"hide\"").unwrap();
    assert!(hide < careful.find("data-action=\"back\"").unwrap(), "first of all");
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
