//! What letters say, for everything that can happen to every kind of record: each carries the rights, and
//! none says too much.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::project;
use domain::case::{Act, By, Case, Clock};
use domain::choices::Choice;
use domain::code::{HOUSING_OMBUDSMAN, LGSCO, TIMESCALE};
use domain::landlord::{self, Landlord};
use domain::record::{self, Submission};
use domain::working_days::ENGLAND;
use serde_json::{Value, json};
use server::outbox::compose::{self, Story};
use server::outbox::letter::Letter;
use server::outbox::what::What;
use server::words::Words;

const CODE: &str = "1234 5678 9012 3456";

fn landlord(name: &str) -> Landlord {
    let file = project().join(format!("landlords/{name}.json"));
    landlord::parse(&std::fs::read_to_string(file).unwrap()).ok().unwrap().landlord
}

fn record(kind: &str, more: Value) -> Submission {
    let mut record = json!({
        "kind": kind,
        "$schema": "x",
        "landlord": "example",
        "configVersion": "1",
        "widgetVersion": "1",
        "language": "en",
        "submittedAt": "2026-11-21T09:00:00Z",
        "danger": "no",
        "intent": "told",
        "topics": ["repairs"],
        "account": "The gate has squeaked since Monday.",
        "resident": {"name": "Amira Example", "address": "1 Marked Street"},
        "contact": {"email": "amira@example.org", "phone": "07700 900001"},
        "triage": {"route": kind, "flags": [], "advice": []},
        "answers": []
    });
    for (name, value) in more.as_object().unwrap() {
        record[name] = value.clone();
    }
    serde_json::from_value(record).unwrap()
}

fn case(record: &Submission, landlord: &Landlord) -> Case {
    let received_on = "2026-11-21".parse().unwrap();
    let dates = record::dates(record.kind(), &landlord.times, received_on);
    Case::new("K47-W92-F36", record, received_on, dates)
}

fn after(case: &Case, act: Value, by: By, today: &str) -> Case {
    let clock = Clock { times: &TIMESCALE, calendar: &ENGLAND, today: today.parse().unwrap() };
    let act: Act = serde_json::from_value(act).unwrap();
    case.after(&act, by, &clock).unwrap()
}

fn story<'a>(
    what: What,
    case: &'a Case,
    record: &'a Submission,
    landlord: &'a Landlord,
) -> Story<'a> {
    let words = Some("Words of the landlord.");
    let has_code = matches!(what, What::Received | What::CodeSent);
    let access_code = has_code.then_some(CODE);
    Story { what, case, record, words, access_code, landlord, page: Some("https://x.org/form") }
}

/// A key that has no words shows itself.
fn shows_key(text: &str) -> bool {
    text.split("mail.").skip(1).any(|it| it.starts_with(|it: char| it.is_ascii_lowercase()))
}

fn english() -> Words {
    Words::of("en")
}

fn letter(what: What, case: &Case, record: &Submission, landlord: &Landlord) -> Letter {
    compose::to_resident(&english(), &story(what, case, record, landlord))
}

#[test]
fn every_letter_to_a_resident_carries_the_rights_and_is_complete() {
    let mut seen = 0;
    for name in ["example", "havering", "halton"] {
        let landlord = landlord(name);
        for kind in ["complaint", "service_request", "stage2", "addition", "feedback"] {
            for account in ["The lift is broken.", "My ex is violent."] {
                let more = if kind == "stage2" {
                    json!({"reasons": account})
                } else {
                    json!({"account": account})
                };
                let record = record(kind, more);
                let case = case(&record, &landlord);
                for (what, key) in What::ALL {
                    if !what.is_for_resident(By::Landlord) {
                        continue;
                    }
                    let letter = letter(*what, &case, &record, &landlord);
                    assert_eq!(letter.subject, "Your case K47-W92-F36");
                    for text in [letter.text(), letter.html()] {
                        let place = format!("{name}, {kind}, {key}: {text}");
                        assert!(text.contains(HOUSING_OMBUDSMAN.phone), "{place}");
                        assert!(text.contains(HOUSING_OMBUDSMAN.web), "{place}");
                        assert_eq!(text.contains(LGSCO.phone), name == "havering", "{place}");
                        assert!(text.contains("K47-W92-F36"), "{place}");
                        assert!(!shows_key(&text), "a key without words: {place}");
                        let names = ["Amira", "Marked Street", "07700", "amira@"];
                        assert!(names.iter().all(|it| !text.contains(it)), "{place}");
                    }
                    seen += 1;
                }
            }
        }
    }
    assert_eq!(seen, 3 * 5 * 2 * 13);
}

#[test]
fn which_ombudsmen_a_letter_names_follows_from_the_answers_whatever_a_browser_says() {
    let landlord = landlord("halton");
    for (topic, is_named) in [("repairs", false), ("adaptations", true), ("council_services", true)]
    {
        for said in ["housing", "lgsco"] {
            let triage = json!({
                "route": "complaint",
                "flags": [],
                "topics": [{"topic": topic, "responsibility": "us", "ombudsman": said}],
                "advice": [],
            });
            let record = record("complaint", json!({"topics": [topic], "triage": triage}));
            let text = letter(What::Received, &case(&record, &landlord), &record, &landlord).text();
            assert_eq!(text.contains(LGSCO.phone), is_named, "{topic}, {said}: {text}");
        }
    }
}

#[test]
fn a_careful_letter_says_nothing_but_that_there_is_news() {
    let landlord = landlord("example");
    for harm in [
        json!({"account": "My ex is violent."}),
        json!({"contact": {"email": "amira@example.org", "safeTimes": "Do not leave messages"}}),
    ] {
        let record = record("complaint", harm);
        let case = case(&record, &landlord);
        for (what, key) in What::ALL {
            let letter = letter(*what, &case, &record, &landlord);
            let text = letter.text() + &letter.html();
            for hidden in ["Words of the landlord", CODE, "complaint.", "stage", "answer you"] {
                assert!(!text.contains(hidden), "{key}: {hidden}: {text}");
            }
        }
    }
}

/// Code 2.4, 6.5, 6.9, 6.16, 6.20 and 7.2: what the resident may do at each point.
#[test]
fn the_rights_are_those_of_the_moment() {
    let landlord = landlord("example");
    let record = record("complaint", json!({}));
    let received = case(&record, &landlord);
    let text = |what, case: &Case| letter(what, case, &record, &landlord).text();

    assert!(text(What::Received, &received).contains("it can tell us to answer you"));
    let declined =
        after(&received, json!({"act": "decline", "reasons": "x"}), By::Landlord, "2026-11-23");
    assert!(text(What::Decline, &declined).contains("ask the Housing Ombudsman to look at it"));
    let open = after(
        &received,
        json!({"act": "acknowledge", "definition": "x"}),
        By::Landlord,
        "2026-11-27",
    );
    let extension = json!({"act": "extend", "until": "2026-12-18", "reason": "x"});
    let extended = after(&open, extension, By::Landlord, "2026-12-01");
    let letter_of_extension = text(What::Extend, &extended);
    assert!(letter_of_extension.contains("Friday 18 December 2026"), "{letter_of_extension}");
    assert!(letter_of_extension.contains("you can ask the Housing Ombudsman about it now"));
    let answer = json!({"act": "respond", "text": "x"});
    let answered = after(&open, answer.clone(), By::Landlord, "2026-12-02");
    let letter_of_answer = text(What::Respond, &answered);
    assert!(letter_of_answer.contains("You do not have to say why"), "{letter_of_answer}");
    assert!(letter_of_answer.contains("at stage 1"));
    let again = after(&answered, json!({"act": "ask_for_stage2"}), By::Resident, "2026-12-03");
    let letter_of_stage_2 = text(What::AskForStage2, &again);
    assert!(letter_of_stage_2.contains("By Thursday 10 December 2026"), "{letter_of_stage_2}");
    assert!(letter_of_stage_2.contains("we give you our final answer"));
    let final_answer = after(&again, answer, By::Landlord, "2026-12-10");
    let last = text(What::Respond, &final_answer);
    assert!(last.contains("the final answer of Example Homes, at stage 2"), "{last}");
    assert!(last.contains("you have 12 months"));
    let withdrawn = after(&open, json!({"act": "withdraw"}), By::Resident, "2026-11-28");
    assert!(text(What::Withdraw, &withdrawn).contains("You can change your mind at any time"));
    assert!(!text(What::Withdraw, &withdrawn).contains("What happens next"));
}

#[test]
fn the_first_letter_has_the_code_the_dates_and_the_way_back() {
    let landlord = landlord("example");
    let record = record("complaint", json!({"adjustments": {"requested": ["large_print"]}}));
    let letter = letter(What::Received, &case(&record, &landlord), &record, &landlord);
    let text = letter.text();
    for words in [
        "Access code: 1234 5678 9012 3456",
        "We got it on: Saturday 21 November 2026",
        // Example Homes acknowledges within three working days.
        "By Wednesday 25 November 2026 we write to you",
        "https://x.org/form",
        "Phone: 01632 960001",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert!(letter.is_large && letter.html().contains("27px"));
}

#[test]
fn where_bank_holidays_are_not_known_there_is_a_number_of_days() {
    let landlord = landlord("example");
    let record = record("complaint", json!({}));
    let received_on = "2040-01-10".parse().unwrap();
    let dates = record::dates(record.kind(), &landlord.times, received_on);
    let case = Case::new("K47-W92-F36", &record, received_on, dates);
    let text = letter(What::Received, &case, &record, &landlord).text();
    assert!(text.contains("Within 3 working days we write to you"), "{text}");
    assert!(text.contains("Within 10 working days after that"), "{text}");
}

#[test]
fn a_letter_to_the_team_has_flags_and_a_date_and_nothing_of_what_was_written() {
    let landlord = landlord("example");
    let today = "2026-11-21".parse().unwrap();
    let page = "https://c.example.org/officers/cases/K47-W92-F36";
    let urgent = record(
        "complaint",
        json!({
            "danger": "yes",
            "topics": ["damp_mould"],
            "adjustments": {"requested": ["braille"], "ownWords": "Marked need"}
        }),
    );
    let usual = record("complaint", json!({}));
    for (record, answer) in [(&urgent, "yes"), (&usual, "no")] {
        let case = case(record, &landlord);
        for (what, key) in What::ALL {
            if !what.is_for_team(By::Resident) {
                continue;
            }
            let story = story(*what, &case, record, &landlord);
            let letter = compose::to_team(&english(), &story, today, Some(page));
            let text = letter.text();
            for flag in ["in danger now", "hazard in the home", "Adjustments asked for"] {
                assert!(text.contains(&format!("{flag}: {answer}")), "{key}: {text}");
            }
            assert!(text.contains("Acknowledge it by: Wednesday 25 November 2026"), "{text}");
            assert!(text.contains(page));
            assert!(!shows_key(&text), "{text}");
            for hidden in ["Amira", "Marked", "squeaked", CODE, "Words of the landlord", "amira@"] {
                assert!(!text.contains(hidden), "{key}: {hidden}: {text}");
            }
            let is_danger = answer == "yes" && *what == What::Received;
            assert_eq!(letter.subject.contains("in danger"), is_danger, "{}", letter.subject);
        }
    }
}

/// What was heard in the words is said to the team by its name; of abuse and self-harm only that it is to be
/// read with care, since anybody may see a mailbox.
#[test]
fn a_letter_to_the_team_names_the_hazards_that_were_heard() {
    let landlord = landlord("example");
    let today = "2026-11-21".parse().unwrap();
    for (account, subject, facts) in [
        ("There is a strong smell of gas.", "a hazard was heard", &["in their words: gas"][..]),
        (
            "Water is pouring through the ceiling and there is a smell of gas.",
            "a hazard was heard",
            &["in their words: gas, a flood or a leak", "hazard in the home: yes"],
        ),
        ("My husband hits me.", "read with care", &["with care, today: yes", "in the home: no"]),
        ("I want to end my life.", "read with care", &["with care, today: yes"]),
        ("The gate squeaks.", "Case K47-W92-F36", &["hazard in the home: no"]),
    ] {
        let record = record("complaint", json!({ "account": account }));
        let case = case(&record, &landlord);
        let story = story(What::Received, &case, &record, &landlord);
        let letter = compose::to_team(&english(), &story, today, None);
        assert!(letter.subject.contains(subject), "{}", letter.subject);
        let text = letter.text();
        for fact in facts {
            assert!(text.contains(fact), "{fact}: {text}");
        }
        for hidden in ["smell", "hits", "husband", "end my life", "abuse", "harm"] {
            assert!(!text.contains(hidden), "{hidden}: {text}");
        }
        assert!(!shows_key(&text), "{text}");
    }
    let chosen = json!([{"id": "first_report", "choice": "request", "words": ""}]);
    let unhappy = json!({
        "account": "I am fed up with how you treat us.",
        "intent": "report",
        "triage": {"route": "service_request", "flags": [], "advice": chosen}
    });
    let unhappy = record("service_request", unhappy);
    let case = case(&unhappy, &landlord);
    let story = story(What::Received, &case, &unhappy, &landlord);
    let text = compose::to_team(&english(), &story, today, None).text();
    assert!(text.contains("did not complain: yes"), "{text}");
}
