//! Whole journeys as stories: the files in `journeys/` can be read by a complaints officer. Each is
//! walked as a resident would, and the path, the record, the dates and the rights are checked.
//!
//! In a story, `record` tells what the record must have: an object, at least these fields; a list,
//! exactly these; `null`, nothing at all; and an empty object or list, nothing in it. `sent_on` is
//! there where the form was filled in later than the landlord was told (Code 3.2). Where a story `listens`, what
//! the resident writes is read as well; the others are about something else, whatever their words say.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use domain::choices::{Choice, Intent};
use domain::draft::Draft;
use domain::flow::{self, Advice, Place, WAY_REQUEST};
use domain::heard::{self, Heard};
use domain::landlord::{self, Landlord};
use domain::question::{Field, FieldName, Kind, Line, Question};
use domain::reading::Model;
use domain::record::{self, Answer, Envelope, Shown, Submission, from_draft};
use domain::rights;
use domain::triage::{Flag, Hazard, Route};
use domain::validate;
use serde_json::Value;

/// The provisions that the form can meet. Not among them: what a landlord publishes or how it is
/// organised (3.3 to 3.5, 4, 5.1, 5.13, 5.14, 8, 9), and what it does with what it has received
/// (6.5 to 6.7, 6.9, 6.13, 6.16 to 6.20, 7.2 to 7.4).
const PROVISIONS: &[&str] = &[
    "1.2", "1.3", "1.4", "1.5", "1.6", "2.1", "2.2", "2.3", "2.4", "2.5", "3.1", "3.2", "3.6",
    "3.7", "5.2", "5.3", "5.4", "5.5", "5.6", "5.7", "5.8", "5.9", "5.10", "5.11", "5.12", "5.15",
    "6.1", "6.2", "6.3", "6.4", "6.8", "6.10", "6.11", "6.12", "6.14", "6.15", "7.1",
];

struct Story {
    file: String,
    told: Value,
    landlord: Landlord,
}

fn stories() -> Vec<Story> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/journeys");
    let mut stories: Vec<Story> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let told: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
            let landlord = the_landlord(told["landlord"].as_str().unwrap());
            let file = path.file_name().unwrap().to_string_lossy().into_owned();
            Story { file, told, landlord }
        })
        .collect();
    stories.sort_by(|a, b| a.file.cmp(&b.file));
    stories
}

fn the_landlord(id: &str) -> Landlord {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../landlords/{id}.json"));
    landlord::parse(&fs::read_to_string(path).unwrap()).ok().unwrap().landlord
}

impl Story {
    fn text(&self, name: &str) -> Option<&str> {
        self.told[name].as_str()
    }

    /// With what the resident's words are read.
    fn model(&self) -> Option<&'static Model> {
        (self.told["listens"] == true).then(Model::english)
    }

    /// The day on which *Send* was pressed.
    fn today(&self) -> &str {
        self.text("sent_on").or(self.text("received_on")).unwrap()
    }

    /// Answers one question after the other, and notes where that leads.
    fn walk(&self) -> (Draft, Vec<String>) {
        let mut draft = Draft::default();
        let mut path = Vec::new();
        while let Some(place) = flow::next_open(&draft, &self.landlord) {
            assert!(path.len() < 50, "{}: no end", self.file);
            match place {
                Place::Ask(question) => {
                    path.push(format!("question:{}", question.key()));
                    for field in question.fields_for(&self.landlord) {
                        if let Some(values) = self.told["answers"].get(field.name.key()) {
                            let values = serde_json::from_value(values.clone()).unwrap();
                            draft.enter(field.name, values);
                        }
                    }
                    let problems = validate::question(question, &draft, &self.landlord);
                    assert_eq!(problems, [], "{}", self.file);
                    draft.finish(question);
                    if question.fields().iter().any(|it| it.name == FieldName::Account) {
                        let words = heard::words(&draft, &self.landlord);
                        draft
                            .hear(self.model().zip(words).map(|(it, text)| Heard::read(it, &text)));
                    }
                }
                Place::Advise(advice) => {
                    path.push(format!("advice:{}", advice.key()));
                    let way = self.told["choices"][advice.key()].as_str();
                    let way = way.unwrap_or_else(|| panic!("{}: {}", self.file, advice.key()));
                    assert!(advice.ways(&draft).contains(&way), "{}: {way}", self.file);
                    draft.choose(advice, way, &format!("The words of {}", advice.key()));
                }
            }
        }
        (draft, path)
    }

    fn draft(&self) -> Draft {
        self.walk().0
    }

    /// The fields on the path.
    fn asked(&self, draft: &Draft) -> Vec<&'static Field> {
        let mut fields = Vec::new();
        for place in flow::path(draft, &self.landlord) {
            if let Place::Ask(question) = place {
                fields.extend(question.fields_for(&self.landlord));
            }
        }
        fields
    }

    fn shown(&self, draft: &Draft) -> Shown {
        let answer = |field: &'static Field| Answer {
            id: field.name.key().into(),
            label: format!("The question for {}", field.name.key()),
            value: draft.values(field.name).join(", "),
        };
        let is_sent = |it: &&Field| record::is_sent(it.name, draft, &self.landlord);
        let sent = self.asked(draft).into_iter().filter(is_sent);
        Shown {
            envelope: Envelope {
                landlord: self.landlord.id.clone(),
                config_version: self.landlord.config_version.clone(),
                widget_version: "0".into(),
                language: self.text("language").unwrap_or("en").into(),
                submitted_at: format!("{}T10:00:00Z", self.today()),
                source: self.text("came_from").map(str::to_owned),
            },
            answers: sent.map(answer).collect(),
        }
    }

    fn record_of(&self, draft: &Draft) -> Submission {
        from_draft(draft, &self.landlord, self.shown(draft)).unwrap()
    }

    fn record(&self) -> Submission {
        self.record_of(&self.draft())
    }
}

/// Where a record is not what a story tells of it.
fn difference(told: &Value, record: Option<&Value>, at: &str) -> Option<String> {
    let is_empty = |value: &Value| match value {
        Value::Null => true,
        Value::Object(fields) => fields.is_empty(),
        Value::Array(values) => values.is_empty(),
        _ => false,
    };
    let is_so = match (told, record) {
        (told, None) => is_empty(told),
        (Value::Null, Some(_)) => false,
        (told, Some(record)) if is_empty(told) => is_empty(record),
        (Value::Object(fields), Some(record)) => {
            return fields.iter().find_map(|(name, told)| {
                difference(told, record.get(name), &format!("{at}/{name}"))
            });
        }
        (Value::Array(told), Some(Value::Array(values))) if told.len() == values.len() => {
            return told.iter().zip(values).find_map(|(told, it)| difference(told, Some(it), at));
        }
        (told, Some(record)) => told == record,
    };
    (!is_so).then(|| format!("{at}: told {told}, got {record:?}"))
}

/// Every text in a record.
fn texts(record: &Value) -> Vec<&str> {
    match record {
        Value::String(text) => vec![text],
        Value::Array(values) => values.iter().flat_map(texts).collect(),
        Value::Object(fields) => fields.values().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn each_story_takes_its_path() {
    for story in stories() {
        let expected: Vec<String> = serde_json::from_value(story.told["path"].clone()).unwrap();
        assert_eq!(story.walk().1, expected, "{}", story.file);
    }
}

#[test]
fn each_story_becomes_its_record() {
    for story in stories() {
        let record = serde_json::to_value(story.record()).unwrap();
        assert_eq!(difference(&story.told["record"], Some(&record), ""), None, "{}", story.file);
    }
}

/// Code 5.12: the resident's own words, to the character, white space and all.
#[test]
fn nothing_that_was_typed_is_reworded() {
    for story in stories() {
        let draft = story.draft();
        let mut record = serde_json::to_value(story.record_of(&draft)).unwrap();
        record["answers"].take();
        for field in story.asked(&draft) {
            let is_words = match field.kind {
                Kind::Radios(_) | Kind::Checkboxes(..) | Kind::Line(Line::Date) | Kind::Files => {
                    false
                }
                Kind::Line(_) | Kind::Paragraphs(_) => true,
            };
            let typed = draft.text(field.name);
            let is_kept = record::is_sent(field.name, &draft, &story.landlord);
            if is_words && is_kept && !validate::is_blank(typed) {
                let is_there = texts(&record).contains(&typed);
                assert!(is_there, "{}: {} is reworded", story.file, field.name.key());
            }
        }
    }
}

#[test]
fn each_record_comes_back_from_the_wire_and_passes_the_rules_again() {
    for story in stories() {
        let draft = story.draft();
        let sent = story.record_of(&draft);
        let text = serde_json::to_string(&sent).unwrap();
        let received: Submission = serde_json::from_str(&text).unwrap();
        assert_eq!(received, sent, "{}", story.file);
        assert_eq!(received.problems(&story.landlord), [], "{}", story.file);
        let flags = received.flags(&story.landlord, story.model());
        assert_eq!(flags, sent.common().triage.flags, "{}", story.file);

        let again = from_draft(&received.draft(), &story.landlord, story.shown(&draft));
        assert_eq!(again.as_ref(), Ok(&sent), "{}", story.file);
    }
}

/// Code 6.2 to 6.4, 6.11, 6.14, 6.15, counted from the day on which the landlord was told. The dates
/// in the stories were counted with another program. A request and a comment have none.
#[test]
fn each_story_gets_its_dates() {
    for story in stories() {
        let record = story.record();
        let received_on = record.received_on(story.today().parse().unwrap());
        assert_eq!(story.told["received_on"], received_on.to_string(), "{}", story.file);
        let dates = record::dates(record.kind(), &story.landlord.times, received_on);
        let promised = dates.map(|dates| {
            let dates = dates.unwrap();
            serde_json::json!({
                "acknowledgeBy": dates.acknowledge_by,
                "respondBy": dates.respond_by,
                "extendedBy": dates.extended_by,
            })
        });
        assert_eq!(story.told.get("dates"), promised.as_ref(), "{}", story.file);
    }
}

/// Code 3.7: what the panel says on the last page.
#[test]
fn each_story_ends_with_its_rights() {
    for story in stories() {
        let rights = rights::rights(&story.draft(), &story.landlord);
        let told =
            serde_json::json!({ "moment": rights.moment.key(), "lgsco": rights.lgsco.key() });
        assert_eq!(story.told["rights"], told, "{}", story.file);
    }
}

/// Another program checks these against the published schema.
#[test]
fn each_record_can_be_written_to_a_folder() {
    let Some(folder) = std::env::var_os("HC_RECORDS_DIR") else { return };
    fs::create_dir_all(&folder).unwrap();
    for story in stories() {
        let draft = story.draft();
        let sent = record::build(&draft, &story.landlord, story.shown(&draft)).unwrap();
        let text = serde_json::to_string_pretty(&sent).unwrap();
        fs::write(Path::new(&folder).join(&story.file), text).unwrap();
    }
}

#[test]
fn there_are_stories_enough_for_every_landlord() {
    let mut by_landlord: BTreeMap<String, usize> = BTreeMap::new();
    for story in stories() {
        *by_landlord.entry(story.landlord.id).or_default() += 1;
    }
    assert!(by_landlord.values().sum::<usize>() >= 40, "{by_landlord:?}");
    assert!(by_landlord.len() >= 6, "{by_landlord:?}");
    assert!(by_landlord.values().all(|count| *count >= 6), "{by_landlord:?}");
}

#[test]
fn every_provision_that_the_form_can_meet_has_a_story() {
    let mut cited = BTreeSet::new();
    for story in stories() {
        for provision in story.told["provision"].as_array().unwrap() {
            let provision = provision.as_str().unwrap().to_owned();
            assert!(PROVISIONS.contains(&&*provision), "{}: {provision}", story.file);
            cited.insert(provision);
        }
    }
    let missing: Vec<_> = PROVISIONS.iter().filter(|it| !cited.contains(**it)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// Every page, every way on, every option, every kind of record, every flag and every hazard.
#[test]
fn everything_that_can_happen_happens_in_a_story() {
    let mut seen = BTreeSet::new();
    let mut all = BTreeSet::new();
    for story in stories() {
        let (draft, path) = story.walk();
        seen.extend(path);
        for field in story.asked(&draft) {
            for value in draft.values(field.name) {
                seen.insert(format!("{}: {value}", field.name.key()));
            }
            if let Kind::Radios(options) | Kind::Checkboxes(options, _) = field.kind {
                let options = options(&story.landlord).into_iter();
                all.extend(options.map(|it| format!("{}: {it}", field.name.key())));
            }
        }
        let record = story.record();
        let triage = &record.common().triage;
        seen.insert(format!("kind: {}", record.kind().key()));
        seen.extend(triage.flags.iter().map(|it| format!("flag: {}", it.key())));
        seen.extend(triage.hazards.iter().map(|it| format!("hazard: {}", it.key())));
        seen.extend(triage.advice.iter().map(|it| format!("way: {}/{}", it.id, it.choice)));
    }
    all.extend(Question::ALL.iter().map(|(_, key)| format!("question:{key}")));
    all.extend(Route::ALL.iter().map(|(_, key)| format!("kind: {key}")));
    all.extend(Flag::ALL.iter().map(|(_, key)| format!("flag: {key}")));
    all.extend(Hazard::ALL.iter().map(|(_, key)| format!("hazard: {key}")));
    for (advice, key) in Advice::ALL {
        all.insert(format!("advice:{key}"));
        for (_, intent) in Intent::ALL {
            let mut draft = Draft::default();
            draft.enter(FieldName::Intent, vec![(*intent).to_owned()]);
            all.extend(advice.ways(&draft).iter().map(|way| format!("way: {key}/{way}")));
        }
    }
    // A story has one hazard or some; a test in `triage` has each.
    all.retain(|it| !it.starts_with("flag: heard_"));
    for key in ["gas", "self_harm", "domestic_abuse", "flood_leak"] {
        all.insert(format!("flag: heard_{key}"));
    }
    let missing: Vec<_> = all.difference(&seen).collect();
    assert!(missing.is_empty(), "{missing:#?}");
}

/// Answers to questions that were not asked do not exist.
#[test]
fn what_was_answered_off_the_path_does_not_reach_the_record() {
    for story in stories() {
        let draft = story.draft();
        let asked = story.asked(&draft);
        let mut other = draft.clone();
        for (question, _) in Question::ALL {
            for field in
                question.fields().iter().filter(|it| asked.iter().all(|a| a.name != it.name))
            {
                let values = match field.kind {
                    Kind::Radios(options) | Kind::Checkboxes(options, _) => {
                        options(&story.landlord)
                    }
                    Kind::Line(Line::Date) => vec!["2026-02-01"],
                    Kind::Line(_) | Kind::Paragraphs(_) => vec!["off the path"],
                    Kind::Files => continue,
                };
                other.enter(field.name, values.into_iter().map(str::to_owned).collect());
            }
        }
        for (advice, _) in Advice::ALL.iter().filter(|(it, _)| draft.chosen(*it).is_none()) {
            other.choose(*advice, WAY_REQUEST, "");
        }
        let record = from_draft(&other, &story.landlord, story.shown(&draft)).unwrap();
        assert_eq!(record, story.record_of(&draft), "{}", story.file);
    }
}

/// A daughter turns out to complain for herself, of something new: what she said as a representative
/// is gone from the record, and so is the repair that was open.
#[test]
fn a_change_of_mind_leaves_nothing_of_the_way_not_taken() {
    let story = stories().into_iter().find(|it| it.file.contains("four-missed")).unwrap();
    let mut draft = story.draft();
    for (field, key) in [("on_behalf_of", "me"), ("intent", "complain"), ("danger", "no")] {
        draft.enter(FieldName::from_key(field).unwrap(), vec![key.to_owned()]);
    }
    let record = serde_json::to_value(story.record_of(&draft)).unwrap();
    let gone = serde_json::json!({
        "representative": null,
        "serviceRequestOpen": null,
        "triage": { "flags": ["hazard", "person_at_risk", "accompanied"], "advice": [] },
    });
    assert_eq!(difference(&gone, Some(&record), ""), None);
}

/// A gap anywhere on the path is found, with the field that needs an answer.
#[test]
fn a_record_cannot_be_built_with_a_required_answer_missing() {
    for story in stories() {
        let draft = story.draft();
        let path: Vec<Place> = flow::path(&draft, &story.landlord).collect();
        for place in path {
            let Place::Ask(question) = place else { continue };
            for field in question.fields_for(&story.landlord) {
                if !validate::is_required(question, field, &draft, &story.landlord) {
                    continue;
                }
                let mut gap = draft.clone();
                gap.enter(field.name, vec![" ".into()]);
                let problems = from_draft(&gap, &story.landlord, story.shown(&gap)).unwrap_err();
                assert!(problems.iter().any(|it| it.field == field.name), "{}", story.file);
                assert_ne!(flow::next_open(&gap, &story.landlord), None, "{}", story.file);
            }
        }
    }
}
