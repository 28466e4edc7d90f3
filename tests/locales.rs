//! The words: complete, used, sorted, and the same arguments in every language.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use std::collections::BTreeSet;
use std::fs;

use domain::case::{By, NotNow, Status};
use domain::choices::{Choice, Intent};
use domain::draft::Draft;
use domain::evidence::Refusal;
use domain::flow::Advice;
use domain::landlord::{Authority, ChannelKind, Landlord};
use domain::question::{FieldName, Kind, Line, Question};
use domain::rights::Moment;
use domain::triage::Route;
use housing_complaint::session::SubmitError;
use housing_complaint::tracking::What;

fn keys(language: &str) -> Vec<String> {
    support::words(language).into_iter().map(|(key, _)| key).collect()
}

fn languages() -> Vec<String> {
    let files = fs::read_dir(support::root().join("locales")).unwrap();
    files
        .map(|file| file.unwrap().path())
        // Those of the service are in a folder of their own.
        .filter(|path| path.is_file())
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .collect()
}

/// Keys that are put together from the rules.
fn derived() -> BTreeSet<String> {
    let mut derived = BTreeSet::new();
    let landlord = Landlord::default();
    for (question, key) in Question::ALL {
        derived.insert(format!("question.{key}.title"));
        let fields = question.fields();
        for field in fields {
            let name = field.name.key();
            if fields.len() > 1 && (!question.has_one_field() || matches!(field.kind, Kind::Files))
            {
                derived.insert(format!("field.{name}.label"));
            }
            if field.required {
                derived.insert(format!("problem.{name}.missing"));
            }
            match field.kind {
                Kind::Radios(options) | Kind::Checkboxes(options, _) => {
                    derived
                        .extend(options(&landlord).iter().map(|it| format!("option.{name}.{it}")));
                }
                Kind::Line(Line::Email) => {
                    derived.insert(format!("problem.{name}.email_incomplete"));
                }
                Kind::Line(Line::Date) => {
                    derived.insert(format!("problem.{name}.date_incomplete"));
                    if field.name == FieldName::FirstSaid {
                        derived.insert(format!("problem.{name}.date_in_future"));
                    }
                }
                Kind::Line(_) | Kind::Paragraphs(_) | Kind::Files => {}
            }
        }
    }
    for (advice, key) in Advice::ALL {
        derived.extend(["title", "lead"].map(|part| format!("advice.{key}.{part}")));
        for (_, intent) in Intent::ALL {
            let mut draft = Draft::default();
            draft.enter(FieldName::Intent, vec![(*intent).to_owned()]);
            derived.extend(advice.ways(&draft).iter().map(|way| format!("advice.{key}.way.{way}")));
        }
    }
    derived.extend(
        ["danger", "responsibility", "careful", "urgent"].map(|key| format!("advice.{key}.after")),
    );
    for number in ["careful.abuse", "careful.999", "careful.listen", "careful.nhs", "urgent.nhs"] {
        derived.extend(["title", "text"].map(|part| format!("advice.{number}.{part}")));
    }
    derived.extend(ChannelKind::ALL.iter().map(|(_, key)| format!("channel.{key}")));
    derived.extend(Moment::ALL.iter().map(|(_, key)| format!("rights.at.{key}")));
    for screen in ["start", "sending", "sent", "not_sent", "failed"] {
        derived.insert(format!("rights.{screen}"));
    }
    for number in ["999", "gas", "landlord", "no_phone", "power", "flood", "abuse"] {
        derived.extend(["title", "text"].map(|part| format!("advice.danger.{number}.{part}")));
    }
    for code in ["empty", "gone", "infected", "refused", "too_big", "wrong_type"] {
        derived.insert(format!("uploads.failed.{code}"));
    }
    derived.extend(Refusal::ALL.iter().map(|(_, key)| format!("files.refused.{key}")));
    let errors = [
        SubmitError::Offline,
        SubmitError::Unreachable,
        SubmitError::TimedOut,
        SubmitError::Busy(1),
        SubmitError::TooBig,
        SubmitError::Rejected(422),
        SubmitError::Broken(500),
    ];
    derived.extend(errors.iter().map(|error| format!("not_sent.{}", error.key())));
    for action in [
        "again",
        "back",
        "clear",
        "clear_not",
        "continue",
        "delete",
        "download",
        "keep",
        "keep_device",
        "keep_tab",
        "letter",
        "make_complaint",
        "open_file",
        "print",
        "remove",
        "retry",
        "retry_file",
        "save_file",
        "send",
        "stop_waiting",
        "take",
        "track",
        "wait",
    ] {
        derived.insert(format!("action.{action}"));
    }
    derived.extend(of_a_case());
    for part in ["what", "keys", "history", "safety"] {
        derived.insert(format!("hide.about.{part}"));
    }
    for from in ["acknowledgement", "receipt"] {
        derived.extend([1, 2].map(|stage| format!("start.next.stage_{stage}.{from}")));
    }
    for stage in ["sent.next", "sent.next.stage2"] {
        derived.insert(format!("{stage}.acknowledge.text"));
        for from in ["acknowledgement", "receipt"] {
            derived.insert(format!("{stage}.respond.text.{from}"));
        }
    }
    derived
}

/// Keys of the pages of a case.
fn of_a_case() -> BTreeSet<String> {
    let mut derived = BTreeSet::new();
    derived.extend(Status::ALL.iter().map(|(_, key)| format!("case.status.{key}")));
    for (what, key) in What::ALL {
        match what {
            // Of these the page itself is the news.
            What::Look | What::SignIn => {}
            _ => drop(derived.insert(format!("case.done.{key}"))),
        }
    }
    for name in ["reference", "access_code"] {
        derived.extend(["label", "hint"].map(|part| format!("sign_in.{name}.{part}")));
    }
    for action in [
        "add_representative",
        "adjustments",
        "calendar",
        "complain",
        "message",
        "new_code",
        "refresh",
        "reopen",
        "saved_code",
        "see_case",
        "sign_in",
        "sign_out",
        "sign_out_not",
        "sign_out_sure",
        "stage2",
        "withdraw",
        "withdraw_not",
        "withdraw_sure",
    ] {
        derived.insert(format!("case.action.{action}"));
    }
    // What the service writes into a history: `domain::case::Act::key`, and what it does itself.
    for what in [
        "acknowledge",
        "add_representative",
        "ask_for_stage2",
        "change_adjustments",
        "code_sent",
        "complain",
        "confirmed",
        "decline",
        "evidence_added",
        "extend",
        "message",
        "received",
        "remove_representative",
        "reopen",
        "respond",
        "withdraw",
    ] {
        derived.insert(format!("case.event.{what}"));
    }
    derived
}

/// The last part of a key that says something otherwise: of another person, of another kind of
/// record, of a landlord with other rules. Where there is none, the text without it stands.
fn is_variant(last: &str) -> bool {
    let kinds = Route::ALL.iter().map(|(_, key)| *key);
    let intents = Intent::ALL.iter().map(|(_, key)| *key);
    let authorities = Authority::ALL.iter().map(|(_, key)| *key);
    let questions = Question::ALL.iter().map(|(_, key)| *key);
    kinds
        .chain(intents)
        .chain(authorities)
        .chain(questions)
        .chain([
            "someone_else",
            "group",
            "staff",
            "me",
            "other",
            "anonymous",
            "survey",
            "text",
            "danger",
            "final",
            "track",
        ])
        .chain(By::ALL.iter().map(|(_, key)| *key))
        .chain(NotNow::ALL.iter().map(|(_, key)| *key))
        .any(|it| it == last)
}

/// Keys that stand in the source as they are.
fn written() -> BTreeSet<String> {
    let mut written = BTreeSet::new();
    let mut folders = vec![support::root().join("src"), support::root().join("embed")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            written.extend(quoted(&fs::read_to_string(&path).unwrap()));
            if path.extension().is_some_and(|it| it == "js") {
                written.extend(quoted(&fs::read_to_string(&path).unwrap().replace('\'', "\"")));
            }
        }
    }
    written
}

/// Every string literal that could be a key.
fn quoted(source: &str) -> Vec<String> {
    let is_key = |text: &&str| {
        text.contains('.')
            && text
                .chars()
                .all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || "._".contains(it))
    };
    source.split('"').filter(is_key).map(str::to_owned).collect()
}

#[test]
fn every_text_that_a_page_asks_for_is_there() {
    let prefixes: BTreeSet<String> =
        keys("en").iter().map(|key| key.split('.').next().unwrap().to_owned()).collect();
    let looks_like_a_key = |text: &String| {
        let prefix = text.split('.').next().unwrap_or_default();
        prefixes.contains(prefix) && !text.ends_with('.')
    };
    for language in languages() {
        let there: BTreeSet<String> = keys(&language).into_iter().collect();
        for key in derived().into_iter().chain(written().into_iter().filter(looks_like_a_key)) {
            assert!(there.contains(&key), "locales/{language}.json lacks {key}");
        }
    }
}

#[test]
fn every_text_is_asked_for() {
    let used: BTreeSet<String> = derived().into_iter().chain(written()).collect();
    let asked = |key: &str| used.contains(key) || hint_has_its_place(key);
    for key in keys("en") {
        let (stem, last) = key.rsplit_once('.').unwrap();
        assert!(asked(&key) || (is_variant(last) && asked(stem)), "nothing asks for {key}");
    }
}

fn hint_has_its_place(key: &str) -> bool {
    let Some(stem) = key.strip_suffix(".hint") else {
        return false;
    };
    let question = stem.strip_prefix("question.").and_then(Question::from_key);
    let field = stem.strip_prefix("field.").and_then(FieldName::from_key);
    question.is_some() || field.is_some()
}

/// The words of later screens come with the later part of the wasm: no earlier screen may ask for them.
#[test]
fn no_screen_asks_for_words_that_come_later() {
    let build = support::file("xtask/src/dist.rs");
    let (_, list) = build.split_once("const LATER_WORDS").unwrap();
    let (list, _) = list.split_once("];").unwrap();
    let later: Vec<&str> = list.split('"').skip(1).step_by(2).collect();
    assert!(later.contains(&"case."), "{later:?}");
    let first = ["pages/start.rs", "pages/question.rs", "pages/frame.rs", "pages/mod.rs"];
    let components = fs::read_dir(support::root().join("src/components")).unwrap();
    let components = components.map(|it| it.unwrap().path());
    let files = first.map(|it| support::root().join("src").join(it)).into_iter().chain(components);
    for file in files {
        for key in quoted(&fs::read_to_string(&file).unwrap()) {
            let is_later = later.iter().any(|it| key.starts_with(it));
            // What is said after sending is asked for there alone.
            let is_after = key == "rights.sent" || key == "rights.sending";
            assert!(!is_later || is_after, "{} asks for {key}", file.display());
        }
    }
}

/// What stands in the frame before any script must say the same.
#[test]
fn the_frame_names_the_ombudsman_as_the_rules_do() {
    let frame = support::file("embed/frame.html");
    let ombudsman = domain::code::HOUSING_OMBUDSMAN;
    for fact in [ombudsman.phone, ombudsman.web, ombudsman.url] {
        assert!(frame.contains(fact), "{fact}");
    }
}

#[test]
fn every_language_file_is_sorted_and_takes_the_same_arguments() {
    let arguments = |text: &str| -> BTreeSet<String> {
        text.split('{').skip(1).filter_map(|it| it.split_once('}')).map(|it| it.0.into()).collect()
    };
    let english = support::words("en");
    for language in languages() {
        let words = support::words(&language);
        assert!(words.is_sorted_by(|a, b| a.0 < b.0), "locales/{language}.json is not sorted");
        for (key, text) in &words {
            let original = english.iter().find(|(it, _)| it == key);
            let original = original.unwrap_or_else(|| panic!("{language} has {key}, English not"));
            assert_eq!(
                arguments(text.text().unwrap()),
                arguments(original.1.text().unwrap()),
                "{language}: {key}"
            );
        }
    }
}

/// Code 5.2, and the project's own rules for plain words.
#[test]
fn no_text_uses_a_word_that_the_code_or_plain_english_forbids() {
    for (key, text) in support::words("en") {
        let text = text.text().unwrap().to_lowercase();
        for word in include_str!("forbidden-words.txt").lines() {
            let is_inside = text.replace("information", "").contains(word);
            assert!(!is_inside, "{key}: {word}");
        }
        let is_error =
            ["problem.", "not_sent.", "failed.", "errors.", "case.failed.", "case.problem."];
        let is_error = is_error.iter().any(|prefix| key.starts_with(prefix));
        assert!(!(is_error && text.contains("sorry")), "{key}: sorry");
    }
}

/// Reading age: short sentences.
#[test]
fn no_sentence_is_longer_than_twenty_five_words() {
    for (key, text) in support::words("en") {
        for sentence in text.text().unwrap().split_inclusive(['.', '?', ':']) {
            let words = sentence.split_whitespace().count();
            assert!(words <= 25, "{key}: {words} words: {sentence}");
        }
    }
}
