//! Whole journeys as stories: the files in `journeys/` can be read by a complaints officer. Each is
//! walked as a resident would, and the path, the record and the dates are checked.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::path::Path;

use domain::choices::Choice;
use domain::draft::Draft;
use domain::flow::{self, Place};
use domain::landlord::{self, Landlord};
use domain::question::{FieldName, Question};
use domain::record::{Answer, Envelope, Submission, from_draft};
use domain::validate;
use domain::working_days::ENGLAND;
use serde_json::Value;

struct Story {
    file: String,
    told: Value,
}

fn stories() -> Vec<Story> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/journeys");
    let mut stories: Vec<Story> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let told = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
            Story { file: path.file_name().unwrap().to_string_lossy().into_owned(), told }
        })
        .collect();
    stories.sort_by(|a, b| a.file.cmp(&b.file));
    assert!(stories.len() >= 3);
    stories
}

fn the_landlord(story: &Story) -> Landlord {
    let id = story.told["landlord"].as_str().unwrap();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../landlords/{id}.json"));
    landlord::parse(&fs::read_to_string(path).unwrap()).ok().unwrap().landlord
}

/// Answers one question after the other, and notes where that leads.
fn walk(story: &Story) -> (Draft, Vec<String>) {
    let mut draft = Draft::default();
    let mut path = Vec::new();
    while let Some(place) = flow::next_open(&draft) {
        assert!(path.len() < 50, "{}: no end", story.file);
        match place {
            Place::Ask(question) => {
                path.push(format!("question:{}", question.key()));
                for field in question.fields() {
                    if let Some(values) = story.told["answers"].get(field.name.key()) {
                        draft.enter(field.name, serde_json::from_value(values.clone()).unwrap());
                    }
                }
                assert_eq!(validate::question(question, &draft), [], "{}", story.file);
                draft.finish(question);
            }
            Place::Advise(advice) => {
                path.push(format!("advice:{}", advice.key()));
                draft.choose(advice, story.told["choices"][advice.key()].as_str().unwrap());
            }
        }
    }
    (draft, path)
}

fn record(draft: &Draft) -> Submission {
    let envelope = Envelope {
        landlord: "halton".into(),
        config_version: "1".into(),
        widget_version: "0".into(),
        language: "en".into(),
        submitted_at: "2026-11-21T10:00:00Z".into(),
        source: None,
    };
    let shown =
        Answer { id: "account".into(), label: "What happened?".into(), value: "…".into() };
    from_draft(draft, envelope, vec![shown]).unwrap()
}

#[test]
fn each_story_takes_its_path() {
    for story in stories() {
        let (_, path) = walk(&story);
        let expected: Vec<String> = serde_json::from_value(story.told["path"].clone()).unwrap();
        assert_eq!(path, expected, "{}", story.file);
    }
}

#[test]
fn each_story_becomes_its_record_and_nothing_in_it_is_reworded() {
    for story in stories() {
        let record = serde_json::to_value(record(&walk(&story).0)).unwrap();
        for (field, expected) in story.told["record"].as_object().unwrap() {
            assert_eq!(&record[field], expected, "{}: {field}", story.file);
        }
    }
}

#[test]
fn each_record_comes_back_from_the_wire_and_passes_the_rules_again() {
    for story in stories() {
        let sent = record(&walk(&story).0);
        let text = serde_json::to_string(&sent).unwrap();
        let received: Submission = serde_json::from_str(&text).unwrap();
        assert_eq!(received, sent, "{}", story.file);
        assert_eq!(received.problems(), [], "{}", story.file);
    }
}

#[test]
fn each_story_gets_its_dates() {
    for story in stories() {
        let received_on = story.told["received_on"].as_str().unwrap().parse().unwrap();
        let dates = the_landlord(&story).times.stage_1(&ENGLAND, received_on).unwrap();
        let promised = [
            ("acknowledgeBy", dates.acknowledge_by),
            ("respondBy", dates.respond_by),
            ("extendedBy", dates.extended_by),
        ];
        for (name, date) in promised {
            assert_eq!(story.told["dates"][name], date.to_string(), "{}: {name}", story.file);
        }
    }
}

/// Answers to questions that no longer apply do not exist.
#[test]
fn what_was_answered_off_the_path_does_not_reach_the_record() {
    let story = stories().into_iter().find(|it| it.file.starts_with("four-missed")).unwrap();
    let (mut draft, _) = walk(&story);
    draft.enter(FieldName::OnBehalfOf, vec!["me".into()]);
    draft.enter(FieldName::ReportReference, vec!["JOB 7".into()]);
    draft.enter(FieldName::ReportedBefore, vec!["no".into()]);
    draft.enter(FieldName::Danger, vec!["no".into()]);
    let record = serde_json::to_value(record(&draft)).unwrap();
    assert_eq!(record.get("representative"), None);
    assert_eq!(record.get("reportReference"), None);
    assert_eq!(record["triage"]["advice"], serde_json::json!([]));
}

/// A gap anywhere on the path is found, with the field that needs an answer.
#[test]
fn a_record_cannot_be_built_with_a_required_answer_missing() {
    for story in stories() {
        let (draft, _) = walk(&story);
        for (question, _) in Question::ALL {
            let is_on_path = flow::path(&draft).any(|it| it == Place::Ask(*question));
            for field in question.fields().iter().filter(|it| it.required && is_on_path) {
                let mut gap = draft.clone();
                gap.enter(field.name, vec![" ".into()]);
                assert!(validate::path(&gap).iter().any(|it| it.field == field.name));
                assert_ne!(flow::next_open(&gap), None);
            }
        }
    }
}
