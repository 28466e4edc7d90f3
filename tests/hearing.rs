//! What the form does with what it hears in a resident's own words, without a browser.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use std::rc::Rc;

use domain::choices::{Choice, Intent};
use domain::flow::{self, Advice, Place};
use domain::heard::Heard;
use domain::question::{FieldName, Question};
use domain::reading::{Model, Peril};
use domain::record::{self, Envelope, Shown, Submission};
use domain::triage::{Flag, Route};
use domain::validate;
use housing_complaint::session::{Action, Outgoing, Screen, Session};
use housing_complaint::summary;
use support::goes_on;

const UNHAPPY: &str = "The gate is broken and I am fed up with how you treat us";
const GAS: &str = "There is a strong smell of gas in the hall";
const ABUSE: &str = "The lock is broken because my husband hits me";
const CALM: &str = "The gate at the back squeaks";

/// A request of which these are the words, on the page where they are written.
fn request(account: &str) -> Session {
    writes(&[(FieldName::Intent, "report")], Question::Request, account)
}

fn complaint(account: &str) -> Session {
    writes(&[(FieldName::Intent, "complain")], Question::Account, account)
}

fn comment(account: &str) -> Session {
    writes(&[(FieldName::Intent, "feedback")], Question::Feedback, account)
}

fn writes(about: &[(FieldName, &str)], page: Question, account: &str) -> Session {
    let usual = [(FieldName::Danger, "no"), (FieldName::OnBehalfOf, "me")];
    let about: Vec<_> = about.iter().copied().chain(usual).collect();
    let mut session = support::walked("halton", Some(Place::Ask(page)), &about);
    assert_eq!(session.screen, Screen::Ask(page));
    session.apply(Action::Enter(FieldName::Account, account.into()));
    session
}

fn chooses(session: &mut Session, way: &'static str) {
    session.apply(Action::Choose(way, "The words".into()));
}

/// Every page from here to the check page, with as little as will do.
fn to_the_end(session: &mut Session) -> Vec<String> {
    let mut path = Vec::new();
    while session.screen != Screen::Check {
        path.push(session.screen.address());
        assert!(path.len() < 40, "{path:?}");
        match session.screen {
            Screen::Ask(question) => {
                for problem in validate::question(question, &session.draft, &session.landlord) {
                    let value = match problem.field {
                        FieldName::OnBehalfOf => "me",
                        FieldName::Topics => "other",
                        _ => "Somebody",
                    };
                    session.apply(Action::Enter(problem.field, value.into()));
                }
                goes_on(session);
            }
            Screen::Advise(advice) => {
                let way = advice.ways(&session.draft)[0];
                chooses(session, way);
            }
            _ => panic!("{}", session.screen.address()),
        }
    }
    path
}

fn record(session: &Session) -> Submission {
    let settings = support::settings("halton");
    let envelope = Envelope {
        landlord: "halton".into(),
        config_version: "1".into(),
        widget_version: "1".into(),
        language: "en".into(),
        submitted_at: "2026-11-22T10:00:00Z".into(),
        source: None,
    };
    let answers = summary::answers(&session.draft, &settings);
    record::from_draft(&session.draft, &session.landlord, Shown { envelope, answers }).unwrap()
}

fn reloaded(session: &Session) -> Session {
    let text = serde_json::to_string(&session.kept()).unwrap();
    session.fresh().resume(&serde_json::from_str(&text).unwrap())
}

/// Code 1.3: they are given the choice, and asked nothing twice.
#[test]
fn a_request_that_sounds_unhappy_becomes_a_complaint_in_one_press() {
    let mut session = request(UNHAPPY);
    goes_on(&mut session);
    assert_eq!(session.screen, Screen::Advise(Advice::Unhappy));
    assert_eq!(session.draft.route(), Route::ServiceRequest);
    chooses(&mut session, flow::WAY_COMPLAINT);
    assert_eq!(session.screen, Screen::Ask(Question::When));
    assert_eq!(session.draft.text(FieldName::Account), UNHAPPY);
    let path = to_the_end(&mut session);
    for asked in ["question:account", "question:topics", "question:on_behalf_of"] {
        assert!(!path.iter().any(|it| it == asked), "{path:?}");
    }
    let record = record(&session);
    assert_eq!(record.kind(), Route::Complaint);
    let triage = &record.common().triage;
    let shown = triage.advice.iter().map(|it| (&*it.id, &*it.choice));
    assert_eq!(shown.collect::<Vec<_>>(), [("first_report", "request"), ("unhappy", "complaint")]);
    let noticed = triage.noticed.as_ref().unwrap();
    assert!(noticed.dissatisfied && noticed.because.iter().any(|it| it.contains("fed up")));
    assert!(record.common().answers.iter().any(|it| it.id == "unhappy"));
}

#[test]
fn a_request_stays_one_where_the_resident_says_so_and_the_landlord_sees_how_it_sounds() {
    let mut session = request(UNHAPPY);
    goes_on(&mut session);
    chooses(&mut session, flow::WAY_REQUEST);
    assert_eq!(session.screen, Screen::Ask(Question::Identity));
    to_the_end(&mut session);
    let record = record(&session);
    assert_eq!(record.kind(), Route::ServiceRequest);
    assert_eq!(record.common().triage.flags, [Flag::SoundsUnhappy]);
}

#[test]
fn it_is_said_once_for_the_same_words() {
    let mut session = request(UNHAPPY);
    goes_on(&mut session);
    chooses(&mut session, flow::WAY_REQUEST);
    // Back leads to it again, as to every page; on does not.
    session.apply(Action::Back);
    assert_eq!(session.screen, Screen::Advise(Advice::Unhappy));
    session.apply(Action::Back);
    assert_eq!(session.screen, Screen::Ask(Question::Request));
    goes_on(&mut session);
    assert_eq!(session.screen, Screen::Ask(Question::Identity));
    session.apply(Action::Change(Question::Request));
    let longer = [UNHAPPY, ". It is the one at the back."].concat();
    session.apply(Action::Enter(FieldName::Account, longer));
    goes_on(&mut session);
    assert_eq!(session.screen, Screen::Ask(Question::Identity), "it would say the same");
}

#[test]
fn other_words_are_read_again_and_may_take_the_advice_back() {
    let mut session = request(CALM);
    goes_on(&mut session);
    assert_eq!(session.screen, Screen::Ask(Question::Identity));
    for (account, then) in [
        (UNHAPPY, Screen::Advise(Advice::Unhappy)),
        (CALM, Screen::Ask(Question::Identity)),
        ("You are rude and I am disgusted with you", Screen::Advise(Advice::Unhappy)),
    ] {
        session.apply(Action::Change(Question::Request));
        session.apply(Action::Enter(FieldName::Account, account.into()));
        goes_on(&mut session);
        assert_eq!(session.screen, then, "{account}");
        if then == Screen::Advise(Advice::Unhappy) {
            chooses(&mut session, flow::WAY_REQUEST);
        }
    }
}

/// Code 1.6.
#[test]
fn a_comment_that_sounds_unhappy_becomes_a_complaint_and_is_not_written_twice() {
    let mut session = comment(UNHAPPY);
    goes_on(&mut session);
    assert_eq!(session.screen, Screen::Advise(Advice::Unhappy));
    chooses(&mut session, flow::WAY_COMPLAINT);
    assert_eq!(session.screen, Screen::Ask(Question::OnBehalfOf));
    let path = to_the_end(&mut session);
    assert!(path.contains(&"question:topics".to_owned()));
    assert!(!path.contains(&"question:account".to_owned()), "{path:?}");
    assert!(!path.contains(&"advice:unhappy".to_owned()), "{path:?}");
    let sent = record(&session);
    assert_eq!(sent.kind(), Route::Complaint);
    assert_eq!(sent.common().triage.advice[0].choice, "complaint");

    // From the check page it can be a comment again, and back.
    session.apply(Action::Show("advice:unhappy".into()));
    assert_eq!(session.screen, Screen::Advise(Advice::Unhappy));
    chooses(&mut session, flow::WAY_FEEDBACK);
    to_the_end(&mut session);
    assert_eq!(record(&session).kind(), Route::Feedback);
    session.apply(Action::Show("advice:unhappy".into()));
    chooses(&mut session, flow::WAY_COMPLAINT);
    assert_eq!(session.screen, Screen::Check);
    assert_eq!(record(&session).kind(), Route::Complaint);
}

/// Nobody who complains is led away from it, whatever they write.
#[test]
fn a_complaint_gets_no_page_but_for_a_hazard() {
    for text in [UNHAPPY, CALM, "Thank you all, you were great", "I want stage 2", "x"] {
        let mut session = complaint(text);
        goes_on(&mut session);
        assert_eq!(session.screen, Screen::Ask(Question::When), "{text}");
    }
    let mut session = complaint(GAS);
    goes_on(&mut session);
    assert_eq!(session.screen, Screen::Advise(Advice::Urgent));
    chooses(&mut session, flow::WAY_ON);
    assert_eq!(session.screen, Screen::Ask(Question::When));
}

#[test]
fn a_hazard_is_heard_on_every_way_and_in_what_it_does_to_them() {
    for (intent, page) in [
        ("report", Question::Request),
        ("told", Question::Account),
        ("add", Question::Addition),
        ("stage2", Question::Stage2),
        ("feedback", Question::Feedback),
    ] {
        let mut session = writes(&[(FieldName::Intent, intent)], page, GAS);
        goes_on(&mut session);
        assert_eq!(session.screen, Screen::Advise(Advice::Urgent), "{intent}");
    }
    let mut session = complaint(CALM);
    session.apply(Action::Enter(FieldName::Effect, GAS.into()));
    goes_on(&mut session);
    assert_eq!(session.screen, Screen::Advise(Advice::Urgent));
}

#[test]
fn whoever_said_that_there_is_danger_has_had_the_numbers() {
    let about = [(FieldName::Danger, "not_sure"), (FieldName::Intent, "complain")];
    let mut session = writes(&about, Question::Account, GAS);
    goes_on(&mut session);
    assert!(session.draft.heard().is_some_and(|it| it.hazards == [Peril::Gas]));
    assert_eq!(session.screen, Screen::Ask(Question::When));
}

#[test]
fn several_come_one_after_the_other_the_most_careful_first() {
    let mut session = request(&[UNHAPPY, ". ", ABUSE, ". ", GAS].concat());
    assert!(!session.hides());
    goes_on(&mut session);
    for advice in [Advice::Careful, Advice::Urgent, Advice::Unhappy] {
        assert_eq!(session.screen, Screen::Advise(advice));
        assert!(session.hides(), "the page can be hidden from here on");
        let way = advice.ways(&session.draft)[0];
        chooses(&mut session, way);
    }
    assert_eq!(session.screen, Screen::Ask(Question::Identity));
    assert!(session.hides());
}

#[test]
fn nothing_is_read_while_somebody_types() {
    let mut session = request("");
    for end in 1..UNHAPPY.len() {
        session.apply(Action::Enter(FieldName::Account, UNHAPPY[..end].into()));
        assert_eq!(session.draft.heard(), None);
        assert_eq!(session.screen, Screen::Ask(Question::Request));
    }
}

#[test]
fn a_reload_in_the_middle_brings_back_the_page_and_its_words() {
    let mut session = request(&[UNHAPPY, ". ", GAS].concat());
    goes_on(&mut session);
    let mut again = reloaded(&session);
    assert_eq!((&again.screen, &again.draft), (&session.screen, &session.draft));
    chooses(&mut again, flow::WAY_ON);
    let mut again = reloaded(&again);
    assert_eq!(again.screen, Screen::Advise(Advice::Unhappy));
    chooses(&mut again, flow::WAY_COMPLAINT);
    assert_eq!(reloaded(&again).screen, Screen::Ask(Question::When));
    assert_eq!(reloaded(&again).draft.route(), Route::Complaint);
}

/// A page can be left by Back with other words on it.
#[test]
fn words_that_nobody_went_on_from_are_read_before_they_are_sent() {
    let mut session = request(CALM);
    goes_on(&mut session);
    to_the_end(&mut session);
    session.apply(Action::Change(Question::Request));
    session.apply(Action::Enter(FieldName::Account, GAS.into()));
    session.apply(Action::Show("check".into()));
    assert_eq!(session.screen, Screen::Check);
    session.listen(|| Some(Model::english()));
    assert_eq!(session.screen, Screen::Advise(Advice::Urgent));
    chooses(&mut session, flow::WAY_ON);
    assert_eq!(session.screen, Screen::Check);
}

/// Decision 0004: a second try sends the same bytes.
#[test]
fn what_may_have_been_sent_is_not_read_again() {
    let mut session = request(GAS);
    session.apply(Action::Continue(None));
    to_the_end(&mut session);
    session.draft.hear(None);
    let (key, body, sent_at) = ("k".into(), "{}".into(), "2026-11-21T22:00:00.000Z".into());
    let kind = Route::ServiceRequest;
    let outgoing = Rc::new(Outgoing { key, kind, body, sent_at, answers: Vec::new() });
    session.outgoing = Some(outgoing.clone());
    session.listen(|| Some(Model::english()));
    assert_eq!(session.screen, Screen::Check);
    assert_eq!(session.outgoing, Some(outgoing));
}

#[test]
fn where_there_is_no_model_nothing_is_heard_and_all_goes_on() {
    let mut session = request(UNHAPPY);
    session.listen(|| None);
    session.apply(Action::Continue(None));
    assert_eq!(session.screen, Screen::Ask(Question::Identity));
    to_the_end(&mut session);
    session.draft.hear(None);
    assert_eq!(record(&session).common().triage.noticed, None);
}

/// Code 2.1, 5.2: from every state that hearing can lead to, a complaint can still be sent.
#[test]
fn from_whatever_was_heard_a_complaint_can_be_sent() {
    let perils = || Peril::ALL.iter().map(|(peril, _)| *peril);
    for (_, intent) in Intent::ALL {
        for is_dissatisfied in [false, true] {
            for hazards in perils().map(|it| vec![it]).chain([Vec::new(), perils().collect()]) {
                let page = match *intent {
                    "report" => Question::Request,
                    "add" => Question::Addition,
                    "stage2" => Question::Stage2,
                    "feedback" => Question::Feedback,
                    _ => Question::Account,
                };
                let mut session = writes(&[(FieldName::Intent, intent)], page, CALM);
                let number = domain::heard::words(&session.draft, &session.landlord);
                session.draft.hear(Some(Heard {
                    text: domain::heard::number(&number.unwrap()),
                    is_dissatisfied,
                    hazards: hazards.clone(),
                    ..Heard::default()
                }));
                goes_on(&mut session);
                to_the_end(&mut session);
                let kind = record(&session).kind();
                // And what is no complaint yet can be one.
                session.apply(Action::Change(Question::Intent));
                session.apply(Action::Toggle(FieldName::Intent, "complain".into()));
                goes_on(&mut session);
                to_the_end(&mut session);
                assert_eq!(record(&session).kind(), Route::Complaint, "{kind:?} {hazards:?}");
            }
        }
    }
}
