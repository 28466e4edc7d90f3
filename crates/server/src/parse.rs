//! Reading a record that came from outside. What is wrong with it is said as JSON pointers
//! (RFC 6901) and codes; what was in it is never repeated.

use domain::question::FieldName;
use domain::record::{Complaint, Envelope, Submission};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::Segment;

/// Something that keeps a record from being stored, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// JSON pointer into the record.
    pub pointer: String,
    /// What is wrong there.
    pub code: &'static str,
}

/// The body is not JSON at all.
pub const NOT_JSON: Fault = Fault { pointer: String::new(), code: "not_json" };

/// Reads a record, and checks it by the rules of the page.
///
/// # Errors
///
/// The first thing that has the wrong form; or everything that is still to be answered.
pub fn submission(text: &str) -> Result<Submission, Vec<Fault>> {
    let submission: Submission = serde_json::from_str(text).map_err(|_| vec![fault(text)])?;
    let problems = submission.problems();
    if problems.is_empty() {
        return Ok(submission);
    }
    let faults = problems.into_iter().map(|problem| Fault {
        pointer: pointer(problem.field).to_owned(),
        code: problem.code.key(),
    });
    Err(faults.collect())
}

/// Where in the record the answer of a field is.
fn pointer(field: FieldName) -> &'static str {
    match field {
        FieldName::Danger => "/danger",
        FieldName::OnBehalfOf => "/onBehalfOf",
        FieldName::RepresentativeName => "/representative/name",
        FieldName::RepresentativeRelationship => "/representative/relationship",
        FieldName::RepresentativeContact => "/representative/contact",
        FieldName::Consent => "/representative/consent",
        FieldName::Adjustments => "/adjustments/requested",
        FieldName::AdjustmentsOwnWords => "/adjustments/ownWords",
        FieldName::Disability => "/disabilityDisclosed",
        FieldName::Home => "/home",
        FieldName::Topics => "/topics",
        FieldName::ReportedBefore => "/reportedBefore",
        FieldName::ReportReference => "/reportReference",
        FieldName::Account => "/account",
        FieldName::When => "/when",
        FieldName::StillHappening => "/stillHappening",
        FieldName::Effect => "/effect",
        FieldName::Outcome => "/outcomeSought",
        FieldName::OutcomeOwnWords => "/outcomeOwnWords",
        FieldName::Name => "/resident/name",
        FieldName::Address => "/resident/address",
        FieldName::Postcode => "/resident/postcode",
        FieldName::Email => "/contact/email",
        FieldName::Phone => "/contact/phone",
        FieldName::ContactWay => "/contact/way",
        FieldName::SafeTimes => "/contact/safeTimes",
    }
}

/// Why this text is not a record.
///
/// The record is one tagged enum with a flattened part, and there serde no longer knows where it
/// is. So the parts are read again by themselves, with their path; a good record is read only once.
fn fault(text: &str) -> Fault {
    let Ok(value) = serde_json::from_str::<Value>(text) else {
        return NOT_JSON;
    };
    let found = match value.get("kind").and_then(Value::as_str) {
        Some("complaint") => fault_in::<Envelope>(&value).or_else(|| fault_in::<Complaint>(&value)),
        Some(_) => Some(Fault { pointer: "/kind".to_owned(), code: UNKNOWN_CHOICE }),
        None => Some(Fault { pointer: "/kind".to_owned(), code: MISSING }),
    };
    // A field that is there twice is lost in a `Value`.
    found.unwrap_or(Fault { pointer: String::new(), code: WRONG_TYPE })
}

const MISSING: &str = "missing";
const UNKNOWN_CHOICE: &str = "unknown_choice";
const WRONG_TYPE: &str = "wrong_type";

fn fault_in<T: DeserializeOwned>(value: &Value) -> Option<Fault> {
    let error = serde_path_to_error::deserialize::<_, T>(value).err()?;
    let mut pointer = String::new();
    for segment in error.path() {
        match segment {
            Segment::Map { key } => push(&mut pointer, key),
            Segment::Seq { index } => push(&mut pointer, &index.to_string()),
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    // serde tells what is wrong only in its sentence. The sentence may quote the record, so it goes
    // no further than here.
    let sentence = error.inner().to_string();
    let missing = sentence.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
    let code = if let Some(name) = missing {
        push(&mut pointer, name);
        MISSING
    } else if sentence.starts_with("unknown variant") {
        UNKNOWN_CHOICE
    } else {
        WRONG_TYPE
    };
    Some(Fault { pointer, code })
}

fn push(pointer: &mut String, name: &str) {
    pointer.push('/');
    pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
}

#[cfg(test)]
mod tests {
    use domain::choices::Choice;
    use domain::draft::Draft;
    use domain::question::Kind;
    use domain::record::{self, Answer};

    use super::*;

    /// A draft in which every field has something.
    fn full() -> Draft {
        let mut draft = Draft::default();
        for (name, _) in FieldName::ALL {
            let question = name.question().unwrap();
            let field = question.fields().iter().find(|it| it.name == *name);
            let value = match field.unwrap().kind {
                Kind::Radios(options) | Kind::Checkboxes(options, _) => options()[0],
                Kind::Line(_) | Kind::Paragraphs(_) => "x@y",
            };
            draft.enter(*name, vec![value.to_owned()]);
        }
        draft.enter(FieldName::OnBehalfOf, vec!["someone_else".to_owned()]);
        draft
    }

    #[test]
    fn every_field_has_its_place_in_the_record() {
        let envelope = Envelope {
            landlord: "halton".into(),
            config_version: "1".into(),
            widget_version: "1".into(),
            language: "en".into(),
            submitted_at: "2026-11-21T09:29:58.000Z".into(),
            source: None,
        };
        let record = record::from_draft(&full(), envelope, Vec::<Answer>::new()).unwrap();
        let record = serde_json::to_value(&record).unwrap();
        let mut pointers: Vec<&str> = FieldName::ALL.iter().map(|it| pointer(it.0)).collect();
        for pointer in &pointers {
            assert!(record.pointer(pointer).is_some(), "{pointer}");
        }
        pointers.sort_unstable();
        pointers.dedup();
        assert_eq!(pointers.len(), FieldName::ALL.len());
    }
}
