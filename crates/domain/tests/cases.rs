//! What becomes of a case: every date from the event that the Code names, and nothing that keeps a resident
//! from going on.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use chrono::NaiveDate;
use domain::case::{Act, By, Case, Clock, NotNow, Owed, Stage, Status};
use domain::choices::Choice;
use domain::code;
use domain::record::{Adjustments, Representative};
use domain::timescale::{StartsFrom, Timescale};
use domain::triage::Route;
use domain::working_days::ENGLAND;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn clock(times: &Timescale, today: &str) -> Clock<'static> {
    // A test's times last as long as the test.
    Clock { times: Box::leak(Box::new(*times)), calendar: &ENGLAND, today: day(today) }
}

/// A complaint of Saturday 21 November 2026.
fn complaint(times: &Timescale) -> Case {
    let mut case = request();
    case.kind = Route::Complaint;
    let received_on = day("2026-11-21");
    let dates = times.stage_1(&ENGLAND, received_on).unwrap();
    case.stages = vec![Stage {
        stage: 1,
        received_on,
        acknowledge_by: Some(dates.acknowledge_by),
        acknowledged_on: None,
        respond_by: Some(dates.respond_by),
        extended_by: Some(dates.extended_by),
        extension: None,
        responded_on: None,
    }];
    case
}

fn request() -> Case {
    Case {
        reference: "K47-W92-F36".into(),
        landlord: "example".into(),
        language: "en".into(),
        kind: Route::ServiceRequest,
        stage: 1,
        status: Status::Received,
        stages: Vec::new(),
        definition: None,
        representatives: Vec::new(),
        adjustments: Adjustments::default(),
        about: None,
    }
}

fn acknowledge() -> Act {
    Act::Acknowledge { definition: "No heating since 1 November.".into(), on: None }
}

fn respond() -> Act {
    Act::Respond { text: "We were late.".into(), on: None }
}

fn extend(until: &str) -> Act {
    Act::Extend { until: day(until), reason: "We wait for a part.".into() }
}

const ASK: Act = Act::AskForStage2 { reasons: None };

/// The case after these acts of the landlord or the resident, each on its day.
fn after(case: Case, times: &Timescale, acts: &[(&str, Act)]) -> Case {
    acts.iter().fold(case, |case, (today, act)| {
        let clock = clock(times, today);
        let by = [By::Landlord, By::Resident]
            .into_iter()
            .find(|by| case.after(act, *by, &clock) != Err(NotNow::NotYours))
            .unwrap();
        case.after(act, by, &clock).unwrap_or_else(|why| panic!("{act:?} on {today}: {why:?}"))
    })
}

#[test]
fn an_early_acknowledgement_brings_the_answer_nearer() {
    let times = code::TIMESCALE;
    let case = after(complaint(&times), &times, &[("2026-11-24", acknowledge())]);
    let [stage] = &case.stages[..] else { panic!("{:?}", case.stages) };
    assert_eq!(stage.respond_by, Some(day("2026-12-08")));
    assert_eq!(stage.extended_by, Some(day("2026-12-22")));
    let next = case.next(day("2026-12-08")).unwrap();
    assert_eq!((next.what, next.by, next.late), (Owed::Response, stage.respond_by, false));
    assert!(case.next(day("2026-12-09")).unwrap().late);
}

#[test]
fn a_late_acknowledgement_does_not_move_what_was_promised() {
    let times = code::TIMESCALE;
    let promised = complaint(&times).stages[0].respond_by;
    let case = after(complaint(&times), &times, &[("2026-12-04", acknowledge())]);
    assert_eq!(case.stages[0].respond_by, promised);
    assert_eq!(case.definition.as_deref(), Some("No heating since 1 November."));
}

#[test]
fn where_the_answer_counts_from_receipt_the_acknowledgement_moves_nothing() {
    let times = Timescale { stage_1_from: StartsFrom::Receipt, ..code::TIMESCALE };
    let promised = complaint(&times).stages[0].respond_by;
    let case = after(complaint(&times), &times, &[("2026-11-23", acknowledge())]);
    assert_eq!(case.stages[0].respond_by, promised);
}

#[test]
fn an_extension_needs_a_reason_and_stays_within_the_code() {
    let times = code::TIMESCALE;
    let case = complaint(&times);
    let [stage] = &case.stages[..] else { panic!("{:?}", case.stages) };
    let (due, limit) = (stage.respond_by.unwrap(), stage.extended_by.unwrap());
    let clock = clock(&times, "2026-12-01");
    let to = |until: NaiveDate, reason: &str| {
        let act = Act::Extend { until, reason: reason.into() };
        case.after(&act, By::Landlord, &clock)
    };
    assert_eq!(to(limit, " \n"), Err(NotNow::WordsMissing));
    assert_eq!(to(due, "Why"), Err(NotNow::NotLater));
    assert_eq!(to(limit.succ_opt().unwrap(), "Why"), Err(NotNow::TooLate));
    let extended = to(limit, "Why").unwrap();
    assert_eq!(extended.stages[0].due(), Some(limit));
    assert_eq!(extended.stages[0].respond_by, Some(due), "what was promised stays to be read");
    let acknowledged = extended.after(&acknowledge(), By::Landlord, &clock).unwrap();
    assert_eq!(acknowledged.next(limit).unwrap().by, Some(limit));
    // Once more, but not beyond the same limit.
    let again = Act::Extend { until: limit.succ_opt().unwrap(), reason: "More".into() };
    assert_eq!(extended.after(&again, By::Landlord, &clock), Err(NotNow::TooLate));
}

#[test]
fn stage_2_has_dates_of_its_own_and_is_the_last_stage() {
    let times = code::TIMESCALE;
    let acts = [
        ("2026-11-24", acknowledge()),
        ("2026-12-08", respond()),
        ("2026-12-21", ASK),
        ("2026-12-22", acknowledge()),
    ];
    let case = after(complaint(&times), &times, &acts);
    assert_eq!((case.stage, case.status), (2, Status::Acknowledged));
    assert_eq!(case.stages[0].is_in_time(day("2026-12-22")), Some(true));
    assert_eq!(case.stages[1].received_on, day("2026-12-21"));
    assert_eq!(case.stages[1].acknowledge_by, Some(day("2026-12-30")));
    assert_eq!(case.stages[1].respond_by, Some(day("2027-01-22")));
    assert!(!case.may().contains(&"ask_for_stage2"));
    let clock = clock(&times, "2027-01-04");
    assert_eq!(case.after(&ASK, By::Resident, &clock), Err(NotNow::AlreadyAtStage2));
    let answered = case.after(&respond(), By::Landlord, &clock).unwrap();
    assert_eq!(answered.next(clock.today), None);
    assert_eq!(answered.after(&ASK, By::Resident, &clock), Err(NotNow::AlreadyAtStage2));
}

#[test]
fn a_resident_gets_to_stage_2_from_wherever_stage_1_is() {
    let times = code::TIMESCALE;
    let decline = Act::Decline { reasons: "It is at court.".into() };
    let ways: [&[(&str, Act)]; 6] = [
        &[],
        &[("2026-11-24", acknowledge())],
        &[("2026-11-24", acknowledge()), ("2026-12-01", extend("2026-12-15"))],
        &[("2026-12-08", respond())],
        &[("2026-12-08", decline)],
        &[("2026-12-08", Act::Withdraw {})],
    ];
    for way in ways {
        let case = after(complaint(&times), &times, way);
        assert!(case.may().contains(&"ask_for_stage2"), "{way:?}");
        let case = after(case, &times, &[("2026-12-20", ASK)]);
        assert_eq!((case.stage, case.status), (2, Status::Received), "{way:?}");
    }
}

#[test]
fn a_request_becomes_a_complaint_in_one_step() {
    let times = code::TIMESCALE;
    let clock = clock(&times, "2026-11-21");
    let case = request();
    assert_eq!(case.next(clock.today), None);
    assert_eq!(case.after(&ASK, By::Resident, &clock), Err(NotNow::NotAComplaint));
    let case = case.after(&Act::Complain {}, By::Resident, &clock).unwrap();
    assert_eq!(case.kind, Route::Complaint);
    assert_eq!(case.next(clock.today).unwrap().by, Some(day("2026-11-27")));
    assert_eq!(case.after(&Act::Complain {}, By::Resident, &clock), Err(NotNow::AlreadyAComplaint));
}

#[test]
fn what_was_taken_back_can_be_wanted_again() {
    let times = code::TIMESCALE;
    let before = after(complaint(&times), &times, &[("2026-11-24", acknowledge())]);
    let withdrawn = after(before.clone(), &times, &[("2026-11-25", Act::Withdraw {})]);
    assert_eq!(withdrawn.next(day("2026-12-30")), None);
    let clock = clock(&times, "2026-11-26");
    assert_eq!(withdrawn.after(&respond(), By::Landlord, &clock), Err(NotNow::NotOpen));
    assert_eq!(withdrawn.after(&Act::Reopen {}, By::Resident, &clock), Ok(before));
}

#[test]
fn the_resident_is_in_charge_of_who_speaks_for_them() {
    let times = code::TIMESCALE;
    let clock = clock(&times, "2026-11-26");
    let who = |name: &str| Representative {
        name: name.into(),
        relationship: None,
        contact: "01632 960001".into(),
        consent: None,
        may_do: Vec::new(),
        answers_to: None,
    };
    let add = |name: &str| Act::AddRepresentative { who: who(name) };
    let case =
        after(complaint(&times), &times, &[("2026-11-26", add("Ana")), ("2026-11-26", add("Bo"))]);
    assert_eq!(case.representatives.iter().map(|it| it.id).collect::<Vec<_>>(), [1, 2]);
    let remove = |id| Act::RemoveRepresentative { id };
    let left = case.after(&remove(1), By::Resident, &clock).unwrap();
    assert_eq!(left.representatives[0].who.name, "Bo");
    assert_eq!(left.after(&remove(1), By::Resident, &clock), Err(NotNow::UnknownRepresentative));
    let by_landlord = case.after(&remove(2), By::Landlord, &clock);
    assert_eq!(by_landlord, Err(NotNow::NotYours));
}

#[test]
fn each_side_has_its_own_acts() {
    let times = code::TIMESCALE;
    let clock = clock(&times, "2026-11-26");
    let case = complaint(&times);
    for act in [acknowledge(), respond(), extend("2026-12-15")] {
        assert_eq!(case.after(&act, By::Resident, &clock), Err(NotNow::NotYours), "{act:?}");
    }
    for act in [ASK, Act::Withdraw {}, Act::Complain {}, Act::Reopen {}] {
        assert_eq!(case.after(&act, By::Landlord, &clock), Err(NotNow::NotYours), "{act:?}");
    }
    let message = Act::Message { text: "Hello".into() };
    assert_eq!(case.after(&message, By::Service, &clock), Err(NotNow::NotYours));
    for by in [By::Resident, By::Landlord] {
        assert_eq!(case.after(&message, by, &clock).as_ref(), Ok(&case));
    }
}

#[test]
fn a_day_that_has_not_come_or_was_before_the_case_is_not_taken() {
    let times = code::TIMESCALE;
    let clock = clock(&times, "2026-11-26");
    let on = |text: &str| Act::Acknowledge { definition: "So".into(), on: Some(day(text)) };
    let case = complaint(&times);
    for wrong in ["2026-11-27", "2026-11-20"] {
        assert_eq!(case.after(&on(wrong), By::Landlord, &clock), Err(NotNow::NotThatDay));
    }
    let case = case.after(&on("2026-11-23"), By::Landlord, &clock).unwrap();
    assert_eq!(case.stages[0].acknowledged_on, Some(day("2026-11-23")));
    let early = Act::Respond { text: "So".into(), on: Some(day("2026-11-22")) };
    assert_eq!(case.after(&early, By::Landlord, &clock), Err(NotNow::NotThatDay));
}

#[test]
fn past_the_known_bank_holidays_there_are_no_dates_and_no_false_ones() {
    let times = code::TIMESCALE;
    let clock = clock(&times, "2031-01-06");
    let case = request().after(&Act::Complain {}, By::Resident, &clock).unwrap();
    let next = case.next(clock.today).unwrap();
    assert_eq!((next.by, next.late), (None, false));
    assert_eq!(
        case.after(&extend("2031-02-01"), By::Landlord, &clock),
        Err(NotNow::BeyondCalendar)
    );
    let case = case.after(&acknowledge(), By::Landlord, &clock).unwrap();
    assert_eq!(case.stages[0].is_in_time(clock.today), None);
}

#[test]
fn an_act_reads_as_it_is_written() {
    let text = r#"{"act":"extend","until":"2026-12-15","reason":"We wait."}"#;
    let act: Act = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_string(&act).unwrap(), text);
    assert_eq!((act.key(), act.words()), ("extend", Some("We wait.")));
    for wrong in [
        r#"{"act":"extend","until":"2026-12-15"}"#,
        r#"{"act":"withdraw","why":"?"}"#,
        r#"{"act":"delete"}"#,
        r#"{"reason":"We wait."}"#,
    ] {
        assert!(serde_json::from_str::<Act>(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn every_reason_has_a_code_of_its_own() {
    let codes: Vec<_> = domain::choices::keys::<NotNow>();
    let mut unique = codes.clone();
    unique.sort_unstable();
    unique.dedup();
    assert_eq!(codes.len(), unique.len());
    assert_eq!(NotNow::from_key("too_late"), Some(NotNow::TooLate));
}
