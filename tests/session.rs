//! What happens when a resident moves through the form, without a browser.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use std::rc::Rc;

use domain::choices::Intent;
use domain::flow::{Advice, Place};
use domain::question::{FieldName, Question};
use domain::receipt::Receipt;
use domain::triage::Route;
use housing_complaint::session::{Action, Outgoing, Screen, Sent, Session, SubmitError};

fn outgoing() -> Rc<Outgoing> {
    let (key, body, sent_at) = ("key-1".into(), "{}".into(), "2026-11-21T22:00:00.000Z".into());
    Rc::new(Outgoing { key, kind: Route::Complaint, body, sent_at, answers: Vec::new() })
}

fn sent() -> Rc<Sent> {
    let day = "2026-11-21".parse().unwrap();
    let receipt = Receipt::new("K47-W92-F36".into(), None, Route::Complaint, day, None);
    let sent_at = "2026-11-21T22:00:00.000Z".into();
    Rc::new(Sent { receipt, is_confirmed: true, sent_at, answers: Vec::new() })
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
    assert_eq!(again.screen, Screen::Check);
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
