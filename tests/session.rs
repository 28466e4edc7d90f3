//! What happens when a resident moves through the form, without a browser.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use std::rc::Rc;

use domain::choices::Intent;
use domain::evidence::Refusal;
use domain::flow::{Advice, Place};
use domain::question::{FieldName, Question};
use domain::receipt::Receipt;
use domain::triage::Route;
use housing_complaint::files::{Adding, FileAction, Upload, UploadState};
use housing_complaint::session::{Action, Outgoing, Screen, Sent, Session, SubmitError};
use housing_complaint::tracking::{
    Asked, CaseAction, Failed, Upshot, What, tidy_code, tidy_reference,
};

fn outgoing() -> Rc<Outgoing> {
    let (key, body, sent_at) = ("key-1".into(), "{}".into(), "2026-11-21T22:00:00.000Z".into());
    Rc::new(Outgoing { key, kind: Route::Complaint, body, sent_at, answers: Vec::new() })
}

fn sent() -> Rc<Sent> {
    let day = "2026-11-21".parse().unwrap();
    let receipt = Receipt::new("K47-W92-F36".into(), None, Route::Complaint, day, None);
    let sent_at = "2026-11-21T22:00:00.000Z".into();
    Rc::new(Sent { receipt, is_confirmed: true, sent_at, answers: Vec::new(), body: "{}".into() })
}

fn reloaded(session: &Session) -> Session {
    let text = serde_json::to_string(&session.kept()).unwrap();
    session.fresh().resume(&serde_json::from_str(&text).unwrap())
}

#[test]
fn a_change_from_the_check_page_leads_straight_back_there() {
    let mut session = support::walked("halton", None, &[]);
    assert_eq!(session.screen, Screen::Check);
    session.apply(Action::Change(Question::Topics));
    session.apply(Action::Toggle(FieldName::Topics, "staff".into()));
    session.apply(Action::Continue(None));
    assert_eq!(session.screen, Screen::Check);
}

#[test]
fn a_change_asks_only_what_is_newly_needed() {
    let mut session = support::walked("halton", None, &[(FieldName::OnBehalfOf, "me")]);
    session.apply(Action::Change(Question::OnBehalfOf));
    session.apply(Action::Enter(FieldName::OnBehalfOf, "someone_else".into()));
    session.apply(Action::Continue(None));
    assert_eq!(session.screen, Screen::Ask(Question::Representative));
}

#[test]
fn before_the_check_page_continue_goes_to_the_next_page_even_if_it_was_answered() {
    let mut session = support::walked("halton", Some(Place::Ask(Question::Topics)), &[]);
    session.apply(Action::Back);
    session.apply(Action::Back);
    assert_eq!(session.screen, Screen::Ask(Question::Adjustments));
    session.apply(Action::Continue(None));
    assert_eq!(session.screen, Screen::Ask(Question::Disability));
}

#[test]
fn back_from_everywhere_leads_to_the_start() {
    let mut session = support::walked("halton", None, &[]);
    let mut seen = Vec::new();
    while session.screen != Screen::Start {
        seen.push(session.screen.address());
        session.apply(Action::Back);
        assert!(seen.len() < 50);
    }
    assert_eq!(seen.last().map(String::as_str), Some("question:danger"));
}

#[test]
fn a_problem_keeps_what_was_typed_and_stays_on_the_page() {
    let mut session = support::walked("halton", Some(Place::Ask(Question::Contact)), &[]);
    session.apply(Action::Enter(FieldName::Email, "amira".into()));
    session.apply(Action::Continue(None));
    assert_eq!(session.screen, Screen::Ask(Question::Contact));
    assert_eq!(session.problems.len(), 1);
    assert_eq!(session.draft.text(FieldName::Email), "amira");
}

#[test]
fn a_reload_anywhere_loses_nothing() {
    let mut session = support::walked("halton", Some(Place::Ask(Question::Account)), &[]);
    session.apply(Action::Enter(FieldName::Account, "half a sent".into()));
    let again = reloaded(&session);
    assert_eq!((&again.screen, &again.draft), (&session.screen, &session.draft));

    let mut session = support::walked("halton", None, &[]);
    session.apply(Action::Send(outgoing()));
    let again = reloaded(&session);
    // It may or may not have arrived: the same key and the same bytes go out again.
    assert_eq!(again.screen, Screen::Sending);
    assert!(again.trying.is_resumed);
    assert_eq!(again.outgoing, session.outgoing);
    assert_eq!(again.key.as_deref(), Some("key-1"));

    session.apply(Action::Answered(Ok(sent())));
    assert_eq!(reloaded(&session).screen, session.screen);
}

#[test]
fn an_edit_after_a_failed_sending_keeps_the_key_and_makes_new_bytes() {
    let mut session = support::walked("halton", None, &[]);
    session.apply(Action::Send(outgoing()));
    session.apply(Action::Answered(Err(SubmitError::Offline)));
    assert_eq!(session.screen, Screen::NotSent(SubmitError::Offline));
    session.apply(Action::Back);
    session.apply(Action::Change(Question::Account));
    session.apply(Action::Enter(FieldName::Account, "more".into()));
    assert_eq!(session.outgoing, None);
    assert_eq!(session.key.as_deref(), Some("key-1"));
}

#[test]
fn after_sending_nothing_is_unsent_and_back_leads_to_what_was_sent() {
    let mut session = support::walked("halton", None, &[]);
    session.apply(Action::Send(outgoing()));
    session.apply(Action::Show("question:account".into()));
    assert_eq!(session.screen, Screen::Sending);
    session.apply(Action::Answered(Ok(sent())));
    assert!(!session.has_unsent() && !session.may_be_sent());
    session.apply(Action::Show("check".into()));
    assert_eq!(session.screen, Screen::Sent(sent()));
    assert!(session.came_back);
}

#[test]
fn the_history_leads_only_where_the_resident_may_be() {
    let mut session = support::walked("halton", Some(Place::Ask(Question::Topics)), &[]);
    for (address, expected) in [
        ("question:disability", Screen::Ask(Question::Disability)),
        ("question:contact", Screen::Ask(Question::Topics)),
        ("question:representative", Screen::Ask(Question::Topics)),
        ("check", Screen::Ask(Question::Topics)),
        ("nonsense:", Screen::Ask(Question::Topics)),
        ("start", Screen::Start),
    ] {
        session.apply(Action::Show(address.into()));
        assert_eq!(session.screen, expected, "{address}");
    }
}

/// Somebody else's complaint must not go out under the representative's name.
#[test]
fn a_change_of_the_person_asks_again_about_the_person() {
    let mut session = support::walked("halton", None, &[(FieldName::OnBehalfOf, "me")]);
    session.apply(Action::Change(Question::OnBehalfOf));
    session.apply(Action::Toggle(FieldName::OnBehalfOf, "someone_else".into()));
    let mut asked = Vec::new();
    while session.screen != Screen::Check {
        session.apply(Action::Continue(None));
        if !session.problems.is_empty() {
            for problem in session.problems.clone() {
                let value = if problem.field == FieldName::Consent { "agreed" } else { "Grace" };
                session.apply(Action::Enter(problem.field, value.into()));
            }
            continue;
        }
        asked.extend(session.screen.key());
    }
    assert_eq!(
        asked,
        [
            "representative",
            "consent",
            "representative_role",
            "adjustments",
            "disability",
            "identity",
            "contact"
        ]
    );
}

#[test]
fn a_key_that_was_used_is_replaced_once_and_no_more() {
    let mut session = support::walked("halton", None, &[]);
    session.apply(Action::Send(outgoing()));
    session.apply(Action::KeyUsed("key-2".into()));
    assert_eq!(session.screen, Screen::Sending);
    assert_eq!(session.outgoing.as_ref().map(|it| it.key.as_str()), Some("key-2"));
    session.apply(Action::KeyUsed("key-3".into()));
    assert_eq!(session.screen, Screen::NotSent(SubmitError::Rejected(422)));
    assert_eq!(session.key.as_deref(), Some("key-2"));
}

/// Code 1.5: in one press, with every answer kept; the request is named, and it goes on.
#[test]
fn a_request_that_was_sent_becomes_a_linked_complaint_that_is_ready_to_send() {
    let mut session = support::walked("halton", None, &[(FieldName::Intent, "report")]);
    assert_eq!(session.draft.route(), Route::ServiceRequest);
    assert_eq!(session.screen, Screen::Check);
    session.apply(Action::Send(outgoing()));
    session.apply(Action::Answered(Ok(sent())));
    session.apply(Action::MakeComplaint);
    assert_eq!(session.draft.route(), Route::Complaint);
    assert_eq!(session.screen, Screen::Check);
    assert_eq!(session.draft.text(FieldName::ReportReference), "K47-W92-F36");
    assert_eq!(session.draft.text(FieldName::ReportOpen), "yes");
    assert_eq!(session.draft.text(FieldName::Account), "my account");
    assert_eq!(session.key, None);
    // The receipt of the request is not lost: not while the complaint is sent, nor after, nor over a
    // reload.
    session.apply(Action::Send(outgoing()));
    session.apply(Action::Answered(Ok(sent())));
    let again = reloaded(&session);
    assert_eq!(again.linked.as_deref(), Some(&sent().receipt));
}

/// Code 1.6: a comment becomes a complaint at any point, with the words that were written.
#[test]
fn a_comment_becomes_a_complaint_and_keeps_its_words() {
    let mut session = support::walked(
        "halton",
        Some(Place::Ask(Question::Feedback)),
        &[(FieldName::Intent, "feedback")],
    );
    session.apply(Action::Enter(FieldName::Account, "The lift is broken again".into()));
    session.apply(Action::MakeComplaint);
    assert_eq!(session.screen, Screen::Ask(Question::OnBehalfOf));
    assert_eq!(session.draft.text(FieldName::Account), "The lift is broken again");
}

/// A letter's link leads straight to what it is about, and nothing is asked twice.
#[test]
fn a_deep_link_answers_what_the_resident_wants_to_do() {
    let landlord = support::settings("halton").landlord;
    let mut session = Session::new(landlord, Some(Intent::Stage2));
    session.apply(Action::Start);
    assert_eq!(session.screen, Screen::Ask(Question::Danger));
    session.apply(Action::Enter(FieldName::Danger, "no".into()));
    session.apply(Action::Continue(None));
    assert_eq!(session.screen, Screen::Ask(Question::OnBehalfOf));
    assert_eq!(session.draft.route(), Route::Stage2);
    session.apply(Action::Back);
    assert_eq!(session.screen, Screen::Ask(Question::Danger));
}

/// Code 1.3: whoever chose a request, and then a complaint, sends a complaint, whatever happened to
/// the first sending.
#[test]
fn a_change_of_mind_after_a_failed_sending_makes_new_bytes() {
    let mut session = support::walked("halton", None, &[(FieldName::Intent, "report")]);
    session.apply(Action::Send(outgoing()));
    session.apply(Action::Answered(Err(SubmitError::Offline)));
    session.apply(Action::Back);
    session.apply(Action::Show("advice:first_report".into()));
    session.apply(Action::Choose("complaint", "The words".into()));
    assert_eq!(session.outgoing, None);
    assert_eq!(session.draft.route(), Route::Complaint);
}

/// What was answered on a way not taken must not go out with the words of a request.
#[test]
fn a_linked_complaint_has_nothing_that_the_request_had_not() {
    let mut session = support::walked("halton", None, &[(FieldName::Intent, "complain")]);
    session.apply(Action::Enter(FieldName::Effect, "No sleep".into()));
    session.apply(Action::Change(Question::Intent));
    session.apply(Action::Toggle(FieldName::Intent, "report".into()));
    session.apply(Action::Continue(None));
    session.apply(Action::Choose("request", "The words".into()));
    while let Screen::Ask(_) = session.screen {
        session.apply(Action::Continue(None));
    }
    assert_eq!(session.screen, Screen::Check);
    session.apply(Action::Send(outgoing()));
    session.apply(Action::Answered(Ok(sent())));
    session.apply(Action::MakeComplaint);
    assert_eq!(session.draft.text(FieldName::Effect), "");
}

/// Advice counts as shown in the words that were shown; when what it is about changes, it is shown
/// again.
#[test]
fn advice_is_shown_again_when_its_reasons_change() {
    let about = [(FieldName::Intent, "complain"), (FieldName::Topics, "adaptations")];
    let mut session = support::walked("halton", None, &about);
    assert!(session.draft.chosen(Advice::Responsibility).is_some());
    session.apply(Action::Change(Question::Topics));
    session.apply(Action::Toggle(FieldName::Topics, "council_services".into()));
    session.apply(Action::Continue(None));
    assert_eq!(session.screen, Screen::Advise(Advice::Responsibility));
}

/// Code 6.2: the day on which somebody was told can't lie ahead.
#[test]
fn a_day_that_has_not_come_is_asked_for_again() {
    let told = [(FieldName::Intent, "stage2"), (FieldName::OnBehalfOf, "staff")];
    let mut session = support::walked("halton", Some(Place::Ask(Question::YouStaff)), &told);
    for (name, text) in
        [(FieldName::StaffName, "Sam"), (FieldName::Name, "A"), (FieldName::FirstSaid, "1/1/2027")]
    {
        session.apply(Action::Enter(name, text.into()));
    }
    session.apply(Action::Continue("2026-11-22".parse().ok()));
    assert_eq!(session.problems[0].code.key(), "date_in_future");
    session.apply(Action::Continue("2027-01-01".parse().ok()));
    assert_eq!(session.screen, Screen::Check);
}

#[test]
fn a_reload_after_a_failed_sending_says_again_why() {
    for error in [
        SubmitError::Offline,
        SubmitError::Unreachable,
        SubmitError::TimedOut,
        SubmitError::Busy(42),
        SubmitError::TooBig,
        SubmitError::Rejected(415),
        SubmitError::Broken(503),
    ] {
        let mut session = support::walked("halton", None, &[]);
        session.apply(Action::Send(outgoing()));
        session.apply(Action::Answered(Err(error.clone())));
        let again = reloaded(&session);
        assert_eq!(again.screen, Screen::NotSent(error));
        assert_eq!((&again.outgoing, &again.key), (&session.outgoing, &session.key));
    }
}

/// What is kept in the tab may come from another version, or be cut short.
#[test]
fn a_sending_of_which_the_bytes_are_not_kept_is_checked_again() {
    let mut session = support::walked("halton", None, &[]);
    session.apply(Action::Send(outgoing()));
    for screen in [Screen::Sending, Screen::Waiting, Screen::NotSent(SubmitError::Offline)] {
        let without = Session { outgoing: None, screen, ..session.clone() };
        let again = reloaded(&without);
        assert_eq!(again.screen, Screen::Check);
        assert_eq!(again.key.as_deref(), Some("key-1"));
    }
}

#[test]
fn a_sending_is_tried_again_with_the_same_bytes() {
    let mut session = support::walked("halton", None, &[]);
    session.apply(Action::Send(outgoing()));
    for failed in 1..=4 {
        session.apply(Action::Pause(2_000));
        assert_eq!((session.trying.failed, session.trying.pause), (failed, Some(2_000)));
        assert_eq!(session.screen, Screen::Sending);
        session.apply(Action::TryAgain);
        assert_eq!((session.trying.failed, session.trying.pause), (failed, None));
        assert_eq!(session.outgoing, Some(outgoing()));
    }
    session.apply(Action::Answered(Err(SubmitError::Unreachable)));
    assert_eq!(session.screen, Screen::NotSent(SubmitError::Unreachable));
    session.apply(Action::Send(outgoing()));
    assert_eq!((session.trying.failed, session.trying.pause), (0, None));
}

/// On a shared device, a draft that was left in the middle of sending waits for a press.
#[test]
fn a_sending_goes_on_by_itself_only_soon_after_or_where_that_was_wanted() {
    const NOW: f64 = 1_795_298_400_000.0;
    let mut session = support::walked("halton", None, &[]);
    session.apply(Action::Send(outgoing()));
    session.trying.since = NOW;
    let again = reloaded(&session);
    assert!(again.may_go_on(NOW) && again.may_go_on(NOW + 599_000.0));
    assert!(!again.may_go_on(NOW + 600_000.0));
    // A clock that was put back proves nothing.
    assert!(!again.may_go_on(NOW - 1_000.0));
    session.apply(Action::Answered(Err(SubmitError::Offline)));
    session.apply(Action::Wait);
    assert!(reloaded(&session).may_go_on(NOW + 86_400_000.0));
}

#[test]
fn without_a_network_it_is_sent_by_itself_only_where_the_resident_wants_that() {
    let mut session = support::walked("halton", None, &[]);
    session.apply(Action::Send(outgoing()));
    session.apply(Action::Answered(Err(SubmitError::Offline)));
    session.apply(Action::Online(true));
    assert_eq!(session.screen, Screen::NotSent(SubmitError::Offline));
    assert!(!session.is_offline && !reloaded(&session).sends_when_online);

    session.apply(Action::Online(false));
    session.apply(Action::Wait);
    assert_eq!(session.screen, Screen::Waiting);
    session.apply(Action::Online(false));
    session.apply(Action::Show("check".into()));
    assert_eq!(session.screen, Screen::Waiting);
    let mut again = reloaded(&session);
    assert_eq!(again.screen, Screen::Waiting);
    again.apply(Action::Online(true));
    assert_eq!(again.screen, Screen::Sending);
    assert_eq!((&again.outgoing, again.trying.failed), (&Some(outgoing()), 0));
    // The network was there for a moment only.
    again.apply(Action::Answered(Err(SubmitError::Offline)));
    assert_eq!(again.screen, Screen::Waiting);
    again.apply(Action::Online(true));
    again.apply(Action::Answered(Err(SubmitError::Broken(500))));
    assert!(!again.sends_when_online);

    session.apply(Action::StopWaiting);
    assert_eq!(session.screen, Screen::NotSent(SubmitError::Offline));
    session.apply(Action::Online(true));
    assert_eq!(session.screen, Screen::NotSent(SubmitError::Offline));
    assert!(!reloaded(&session).sends_when_online);
}

#[test]
fn where_the_network_goes_between_two_tries_the_next_one_says_so_at_once() {
    let mut session = support::walked("halton", None, &[]);
    session.apply(Action::Send(outgoing()));
    session.apply(Action::Pause(40_000));
    session.apply(Action::Online(false));
    assert_eq!((&session.screen, session.trying.pause), (&Screen::Sending, None));
    assert!(session.is_offline);
}

/// Somebody may look over the resident's shoulder: the way to hide the page stays, over reloads and up to
/// the receipt.
#[test]
fn the_button_that_hides_the_page_comes_with_what_was_answered_or_asked_for_and_stays() {
    let mut session = support::walked("halton", None, &[(FieldName::Danger, "no")]);
    assert!(!session.hides());
    session.apply(Action::OfferHide(true));
    session.knows_hide = true;
    let mut again = reloaded(&session);
    assert!(again.hides() && again.knows_hide);
    again.apply(Action::Send(outgoing()));
    again.apply(Action::Answered(Ok(sent())));
    assert!(again.hides() && reloaded(&again).hides());
    again.apply(Action::OfferHide(false));
    assert!(!again.hides());

    let place = Some(Place::Ask(Question::Intent));
    let risky = support::walked("halton", place, &[(FieldName::Danger, "yes")]);
    assert!(risky.hides() && reloaded(&risky).hides() && !reloaded(&risky).knows_hide);
}

const CASE: &str = r#"{"reference": "K47-W92-F36", "kind": "complaint", "stage": 1, "status": "received",
    "stages": [{"stage": 1, "receivedOn": "2026-11-21"}], "may": ["message", "ask_for_stage2", "withdraw"],
    "adjustments": {"requested": ["large_print"], "ownWords": "Speak slowly.", "reviewOn": "2027-06-01"},
    "history": []}"#;

fn case(session: &mut Session, action: CaseAction) {
    session.apply(Action::Case(action));
}

fn answer(session: &mut Session, run: &str, json: &str) {
    let view = serde_json::from_str(json).unwrap();
    case(session, CaseAction::Answered(run.into(), Ok(Some(Rc::new(view)))));
}

fn does(session: &mut Session, what: What, run: &str) {
    case(session, CaseAction::Do(what, 0, run.into()));
}

fn signs_in(session: &mut Session) {
    case(session, CaseAction::Track);
    case(session, CaseAction::Reference(" k47 w92 f36".into()));
    case(session, CaseAction::Code("4O71-9925-O3l8-664O".into()));
    does(session, What::SignIn, "sign-in");
    answer(session, "sign-in", CASE);
    assert_eq!(session.screen, Screen::Case);
}

#[test]
fn a_reference_and_a_code_are_read_however_they_were_copied() {
    for typed in ["K47-W92-F36", "k47w92f36", " K47 W92 F36 ", "k47–w92–f36", "K47_W92_F36."] {
        assert_eq!(tidy_reference(typed), "K47-W92-F36", "{typed}");
    }
    // A landlord's own is left as it is; what can't be in one does not get into an address.
    assert_eq!(tidy_reference(" LL/77-b?x=1 "), "LL77-bx1");
    for typed in
        ["4071 9925 0318 6640", "4071-9925-0318-6640", "4O7l99250318664o", "4071992503186640\n"]
    {
        assert_eq!(tidy_code(typed), "4071992503186640", "{typed}");
    }
}

#[test]
fn a_case_with_somebody_at_risk_offers_to_hide_the_page_wherever_it_is_opened() {
    let mut session = support::session("halton");
    signs_in(&mut session);
    assert!(!session.offers_hide());
    does(&mut session, What::Refresh, "refresh");
    answer(&mut session, "refresh", &CASE.replace("\"may\"", "\"atRisk\": true, \"may\""));
    assert!(session.offers_hide());
    // Nobody asked for it, and no answer of another complaint led to it.
    assert!(!session.hides());
    session.turn_over();
    assert!(session.offers_hide(), "it can be called up again");
    session.turn_over();
    case(&mut session, CaseAction::SignOut);
    assert!(!session.offers_hide());
}

#[test]
fn signing_in_says_what_is_missing_and_sends_nothing() {
    let mut session = support::session("halton");
    case(&mut session, CaseAction::Track);
    assert_eq!(session.screen, Screen::SignIn);
    does(&mut session, What::SignIn, "a");
    let tracking = session.tracking.clone().unwrap();
    let fields: Vec<_> = tracking.problems.iter().map(|(field, _)| *field).collect();
    assert_eq!(fields, ["reference", "access_code"]);
    assert_eq!(tracking.doing, None);
    case(&mut session, CaseAction::Reference("K47-W92-F36".into()));
    case(&mut session, CaseAction::Code("4071 9925".into()));
    does(&mut session, What::SignIn, "b");
    assert_eq!(
        session.tracking.as_ref().unwrap().problems,
        [("access_code", "case.problem.code.short")]
    );
}

#[test]
fn half_a_complaint_waits_while_a_case_is_looked_at() {
    let mut session = support::walked("halton", Some(Place::Ask(Question::Account)), &[]);
    session.apply(Action::Enter(FieldName::Account, "half a sent".into()));
    session.apply(Action::Show("start".into()));
    let before = session.draft.clone();
    signs_in(&mut session);
    session.apply(Action::Enter(FieldName::Account, "Dear Hal".into()));
    let again = reloaded(&session);
    assert_eq!(again.screen, Screen::Case);
    assert_eq!(again.draft.text(FieldName::Account), "Dear Hal");
    let mut session = again;
    session.apply(Action::Back);
    assert_eq!((&session.screen, &session.draft), (&Screen::Start, &before));
    // And the other way round, over a reload.
    let mut session = reloaded(&session);
    case(&mut session, CaseAction::Track);
    assert_eq!(session.screen, Screen::Case);
    assert_eq!(session.draft.text(FieldName::Account), "Dear Hal");
}

#[test]
fn a_message_that_fails_is_still_there_and_the_same_again_happens_once() {
    let mut session = support::session("halton");
    signs_in(&mut session);
    session.apply(Action::Enter(FieldName::Account, "And the window.".into()));
    does(&mut session, What::Message, "first");
    let doing = session.tracking.as_ref().unwrap().doing.clone().unwrap();
    assert_eq!((doing.method, &*doing.path, &*doing.key), ("POST", "/messages", "first"));
    assert_eq!(serde_json::to_string(&doing.body).unwrap(), r#"{"text":"And the window."}"#);
    // A second press while it is on its way is the same press.
    does(&mut session, What::Message, "press");
    let lost = Err(Failed::Not(SubmitError::Unreachable));
    case(&mut session, CaseAction::Answered("first".into(), lost));
    assert_eq!(session.draft.text(FieldName::Account), "And the window.");
    let mut session = reloaded(&session);
    // Whatever else is done in between.
    for (what, run) in [(What::Look, "look"), (What::Refresh, "news"), (What::Stage2, "stage 2")] {
        does(&mut session, what, run);
        answer(&mut session, run, CASE);
    }
    does(&mut session, What::Message, "second");
    let doing = session.tracking.as_ref().unwrap().doing.clone().unwrap();
    assert_eq!((&*doing.run, &*doing.key), ("second", "first"));
    // A late answer to the first try is no answer to this one.
    answer(&mut session, "first", CASE);
    assert_eq!(session.draft.text(FieldName::Account), "And the window.");
    answer(&mut session, "second", CASE);
    assert_eq!(session.draft.text(FieldName::Account), "");
    // Other words, or the same words once more, are another message.
    session.apply(Action::Enter(FieldName::Account, "And the window.".into()));
    does(&mut session, What::Message, "third");
    assert_eq!(session.tracking.as_ref().unwrap().doing.as_ref().unwrap().key, "third");
}

#[test]
fn stage_2_is_one_press_and_no_reasons() {
    let mut session = support::session("halton");
    signs_in(&mut session);
    does(&mut session, What::Stage2, "once");
    let doing = session.tracking.as_ref().unwrap().doing.clone().unwrap();
    assert_eq!((doing.method, &*doing.path), ("POST", "/stage2"));
    assert_eq!(serde_json::to_string(&doing.body).unwrap(), "{}");
    let refused = Failed::NotNow("already_at_stage2".into());
    case(&mut session, CaseAction::Answered("once".into(), Err(refused.clone())));
    let upshot = session.tracking.as_ref().unwrap().upshot.clone();
    assert_eq!(upshot, Upshot::Failed(What::Stage2, refused));
}

#[test]
fn adjustments_are_changed_from_what_they_are_and_a_change_outlives_news() {
    let mut session = support::session("halton");
    signs_in(&mut session);
    assert_eq!(session.draft.values(FieldName::Adjustments), ["large_print"]);
    session.apply(Action::Toggle(FieldName::Adjustments, "braille".into()));
    does(&mut session, What::Refresh, "news");
    answer(&mut session, "news", CASE);
    assert_eq!(session.draft.values(FieldName::Adjustments), ["large_print", "braille"]);
    does(&mut session, What::Adjustments, "save");
    let doing = session.tracking.as_ref().unwrap().doing.clone().unwrap();
    assert_eq!((doing.method, &*doing.path), ("PUT", "/adjustments"));
    let body = r#"{"requested":["large_print","braille"],"ownWords":"Speak slowly.","reviewOn":"2027-06-01"}"#;
    assert_eq!(serde_json::to_string(&doing.body).unwrap(), body);
}

#[test]
fn a_code_that_no_longer_opens_leads_back_to_signing_in() {
    let mut session = support::session("halton");
    signs_in(&mut session);
    does(&mut session, What::Look, "look");
    case(&mut session, CaseAction::Answered("look".into(), Err(Failed::NoSuchCase)));
    assert_eq!(session.screen, Screen::SignIn);
    assert_eq!(session.tracking.as_ref().unwrap().view, None);
    // A look that does not get through takes nothing away.
    let mut session = support::session("halton");
    signs_in(&mut session);
    does(&mut session, What::Look, "look");
    let offline = Err(Failed::Not(SubmitError::Offline));
    case(&mut session, CaseAction::Answered("look".into(), offline));
    assert!(session.tracking.as_ref().unwrap().view.is_some() && !session.has_problems());
}

#[test]
fn signing_out_forgets_the_case_and_what_shows_its_code_and_nothing_else() {
    let mut session = support::walked("halton", Some(Place::Ask(Question::Account)), &[]);
    let before = session.clone();
    signs_in(&mut session);
    case(&mut session, CaseAction::Ask(Some(Asked::SignOut)));
    assert!(session.tracking.is_some());
    case(&mut session, CaseAction::SignOut);
    assert_eq!((&session.screen, &session.draft), (&before.screen, &before.draft));
    assert!(!serde_json::to_string(&session.kept()).unwrap().contains("4O71"));

    let mut session = with_receipt();
    case(&mut session, CaseAction::See);
    case(&mut session, CaseAction::SignOut);
    assert!(session.is_fresh(), "the receipt shows the code");
}

fn with_receipt() -> Session {
    let mut session = support::walked("halton", None, &[]);
    session.apply(Action::Send(outgoing()));
    let mut sent = (*sent()).clone();
    sent.receipt.access_code = Some("4071 9925 0318 6640".into());
    session.apply(Action::Answered(Ok(Rc::new(sent))));
    session
}

#[test]
fn from_the_receipt_nothing_is_typed_and_back_leads_to_it() {
    let mut session = with_receipt();
    case(&mut session, CaseAction::See);
    assert_eq!(session.screen, Screen::Case);
    let tracking = session.tracking.clone().unwrap();
    assert_eq!((&*tracking.reference, &*tracking.code), ("K47-W92-F36", "4071 9925 0318 6640"));
    does(&mut session, What::Look, "look");
    session.apply(Action::Show("sent".into()));
    assert!(matches!(session.screen, Screen::Sent(_)) && !session.came_back);
    // The answer comes to where it belongs.
    answer(&mut session, "look", CASE);
    session.apply(Action::Show("case".into()));
    assert!(session.screen == Screen::Case && session.case().is_some());
}

#[test]
fn a_code_that_was_noted_is_not_shown_again_after_a_reload() {
    let mut session = with_receipt();
    case(&mut session, CaseAction::SavedCode);
    assert!(reloaded(&session).has_saved_code);
}

fn door() -> domain::evidence::Attachment {
    domain::evidence::Attachment {
        id: "f".into(),
        name: "door.jpg".into(),
        size: 3,
        media_type: "image/jpeg".into(),
        sha256: "ab".into(),
        location: None,
    }
}

#[test]
fn a_file_that_the_landlord_has_when_it_is_removed_stays_and_is_said_once() {
    let mut session = support::session("halton");
    session.draft.attach(door());
    session.apply(Action::File(FileAction::Detach("f".into())));
    assert!(session.draft.attachments().is_empty());
    for _ in 0..2 {
        session.apply(Action::File(FileAction::Stays(door(), "/v1/uploads/1".into())));
    }
    assert_eq!(session.draft.attachments(), [door()]);
    assert_eq!(session.files.state("f"), UploadState::Done);
    assert_eq!(session.files.refused, [("door.jpg".to_owned(), Refusal::Kept)]);
}

#[test]
fn files_of_a_case_go_out_when_they_are_sent_and_not_before() {
    let mut session = support::session("halton");
    signs_in(&mut session);
    let adding = Adding { id: "f".into(), name: "door.jpg".into(), size: 3, done: 0 };
    session.apply(Action::File(FileAction::Choose(vec![adding])));
    does(&mut session, What::Message, "early");
    assert_eq!(session.tracking.as_ref().unwrap().problems, [("evidence", "case.problem.adding")]);
    session.apply(Action::File(FileAction::Attached(door(), true)));
    assert_eq!(session.next_upload(), None);
    // No word is needed beside a file.
    does(&mut session, What::Message, "send");
    assert_eq!(session.tracking.as_ref().unwrap().upshot, Upshot::Done(What::Files));
    let next = reloaded(&session).next_upload().unwrap();
    assert_eq!((&*next.reference, &*next.attachment.name), ("K47-W92-F36", "door.jpg"));
    // It goes on while the resident looks at something else, and the page of the case knows how far it is.
    session.apply(Action::Back);
    assert!(session.next_upload().is_some());
    let done = Upload { id: "f".into(), url: None, state: UploadState::Done };
    session.apply(Action::File(FileAction::Upload(done)));
    assert_eq!(session.next_upload(), None);
    case(&mut session, CaseAction::Track);
    does(&mut session, What::Look, "look");
    answer(&mut session, "look", CASE);
    assert!(session.draft.attachments().is_empty(), "it is a part of the case now");
}
