//! The words that the service writes: complete, used, sorted, plain, and the same places in every language.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use common::project;

fn languages() -> Vec<(String, String)> {
    let files = fs::read_dir(project().join("locales/service")).unwrap();
    files
        .map(|file| {
            let path = file.unwrap().path();
            let language = path.file_stem().unwrap().to_string_lossy().into_owned();
            (language, fs::read_to_string(path).unwrap())
        })
        .collect()
}

fn words(text: &str) -> BTreeMap<String, String> {
    serde_json::from_str(text).unwrap()
}

fn english() -> BTreeMap<String, String> {
    words(&fs::read_to_string(project().join("locales/service/en.json")).unwrap())
}

/// Every string literal in the source of the service that could be a key.
fn written() -> BTreeSet<String> {
    fn read(folder: &Path, found: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                read(&path, found);
            } else {
                let source = fs::read_to_string(path).unwrap();
                found.extend(source.split('"').filter(|it| it.contains('.')).map(str::to_owned));
            }
        }
    }
    let mut found = BTreeSet::new();
    read(&project().join("crates/server/src"), &mut found);
    found
}

/// Whether a key is put together from this literal: `mail.received.{}`.
fn is_made_of(key: &str, literal: &str) -> bool {
    let Some((before, after)) = literal.split_once('{') else {
        return key == literal;
    };
    let after = after.split_once('}').map_or("", |(_, after)| after);
    before.contains('.') && key.starts_with(before) && key.ends_with(after)
}

#[test]
fn every_text_is_asked_for() {
    let written = written();
    for key in english().keys() {
        assert!(written.iter().any(|it| is_made_of(key, it)), "nothing asks for {key}");
    }
}

#[test]
fn every_text_that_is_asked_for_is_there() {
    let english = english();
    let is_key = |it: &&String| {
        let is_one = it.starts_with("mail.") || it.starts_with("officers.");
        let letters =
            |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || "._".contains(it);
        let is_host = it.contains(".example.");
        is_one && it.chars().all(letters) && !it.ends_with('.') && !is_host
    };
    for key in written().iter().filter(is_key) {
        assert!(english.contains_key(key), "locales/service/en.json lacks {key}");
    }
}

#[test]
fn every_language_is_sorted_and_has_the_same_places() {
    let places = |text: &str| -> BTreeSet<String> {
        text.split('{').skip(1).filter_map(|it| it.split_once('}')).map(|it| it.0.into()).collect()
    };
    let english = english();
    for (language, text) in languages() {
        let keys: Vec<&str> =
            text.lines().filter_map(|it| it.trim().strip_prefix('"')?.split('"').next()).collect();
        assert!(keys.is_sorted_by(|a, b| a < b), "locales/service/{language}.json is not sorted");
        for (key, text) in words(&text) {
            let original = english.get(&key).unwrap_or_else(|| panic!("English lacks {key}"));
            assert_eq!(places(&text), places(original), "{language}: {key}");
        }
    }
}

/// Code 5.2, and the project's own rules for plain words.
#[test]
fn no_text_uses_a_word_that_the_code_or_plain_english_forbids() {
    let forbidden = include_str!("../../../tests/forbidden-words.txt").lines();
    // The form asks whether somebody is a tenant; what the service writes has no need of the word.
    let forbidden: Vec<&str> = forbidden.chain(["sorry", "tenant", "customer"]).collect();
    for (key, text) in english() {
        let text = text.to_lowercase().replace("information", "");
        for word in &forbidden {
            assert!(!text.contains(word), "{key}: {word}");
        }
    }
}

/// Reading age: short sentences.
#[test]
fn no_sentence_is_longer_than_twenty_five_words() {
    for (key, text) in english() {
        for sentence in text.split_inclusive(['.', '?', ':']) {
            let words = sentence.split_whitespace().count();
            assert!(words <= 25, "{key}: {words} words: {sentence}");
        }
    }
}
