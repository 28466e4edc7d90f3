//! What the native tests of the widget share: the English words, a landlord, and a walk.
#![allow(clippy::unwrap_used, dead_code, reason = "a test may panic, and uses a part")]

use std::fs;
use std::path::{Path, PathBuf};

use domain::choices::Choice;
use domain::flow::{self, Place};
use domain::json::Json;
use domain::question::{FieldName, Kind};
use domain::reading::Model;
use housing_complaint::session::{Action, Screen, Session};
use housing_complaint::settings::{self, Settings};

/// Every landlord that has a file.
pub const LANDLORDS: &[&str] =
    &["rugby", "halton", "stoke-on-trent", "havering", "south-and-vale", "example"];

/// The root of the project.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// The text of a file of the project.
pub fn file(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The words of a language, as they stand in its file.
pub fn words(language: &str) -> Vec<(String, Json)> {
    let words: Json = serde_json::from_str(&file(&format!("locales/{language}.json"))).unwrap();
    words.fields().unwrap().to_vec()
}

/// Settings as the loader would hand them over for this landlord.
pub fn settings(landlord: &str) -> Settings {
    let text = |text: &str| Json::Text(text.to_owned());
    let options = Json::Object(vec![
        ("messages".into(), Json::Object(words("en"))),
        ("language".into(), text("en")),
        ("landlordText".into(), Json::Text(file(&format!("landlords/{landlord}.json")))),
        ("endpoint".into(), text("/v1/submissions")),
        ("version".into(), text("0.0.0")),
        ("instance".into(), text("test")),
    ]);
    let opened = settings::read(&options).unwrap_or_else(|reason| panic!("{reason:?}"));
    assert!(opened.warnings.is_empty(), "{:?}", opened.warnings);
    opened.settings
}

/// A session with this landlord in which nothing has happened yet.
pub fn session(landlord: &str) -> Session {
    Session::new(settings(landlord).landlord, None)
}

/// A session in which every question up to (not including) `until` was answered with the first
/// option or a few words; `None` answers all of them.
pub fn walked(landlord: &str, until: Option<Place>, first: &[(FieldName, &str)]) -> Session {
    let mut session = session(landlord);
    session.apply(Action::Start);
    for _ in 0..50 {
        let Some(place) = flow::next_open(&session.draft, &session.landlord) else {
            break;
        };
        if Some(place) == until {
            break;
        }
        match place {
            Place::Advise(advice) => {
                session.apply(Action::Choose(advice.ways(&session.draft)[0], String::new()))
            }
            Place::Ask(question) => {
                for field in question.fields_for(&session.landlord.clone()) {
                    let given = first.iter().find(|(name, _)| *name == field.name);
                    let value = given.map(|(_, value)| (*value).to_owned()).or(match field.kind {
                        Kind::Radios(keys) | Kind::Checkboxes(keys, _) => {
                            field.required.then(|| keys(&session.landlord)[0].to_owned())
                        }
                        Kind::Line(_) | Kind::Paragraphs(_) | Kind::Files => {
                            field.required.then(|| format!("my {}", field.name.key()))
                        }
                    });
                    if let Some(value) = value {
                        session.apply(Action::Enter(field.name, value));
                    }
                }
                goes_on(&mut session);
            }
        }
    }
    session
}

/// Presses *Continue*, as the widget does it: it listens before, and where all answers are shown.
pub fn goes_on(session: &mut Session) {
    session.listen(|| Some(Model::english()));
    session.apply(Action::Continue(None));
    if session.screen == Screen::Check {
        session.listen(|| Some(Model::english()));
    }
}
