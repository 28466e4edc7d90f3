//! Reading a record that came from outside. What is wrong with it is said as JSON pointers
//! (RFC 6901) and codes; what was in it is never repeated.

use std::borrow::Cow;

use domain::choices::Choice;
use domain::landlord::Landlord;
use domain::record::{
    self, Addition, Common, Complaint, Envelope, Feedback, ServiceRequest, Stage2, Submission,
};
use domain::triage::Route;
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

/// Reads a record.
///
/// # Errors
///
/// The first thing that has the wrong form.
pub fn submission(text: &str) -> Result<Submission, Vec<Fault>> {
    serde_json::from_str(&without_nul(text)).map_err(|_| vec![fault(text)])
}

/// Reads any other body.
///
/// # Errors
///
/// The first thing that has the wrong form.
pub fn body<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Vec<Fault>> {
    // serde takes a list for a struct, a value for each field. Nobody means that.
    if bytes.trim_ascii_start().starts_with(b"[") {
        let is_json = serde_json::from_slice::<Value>(bytes).is_ok();
        return Err(vec![if is_json { ELSEWHERE } else { NOT_JSON }]);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| vec![NOT_JSON])?;
    serde_json::from_str(&without_nul(text)).map_err(|_| {
        let value = serde_json::from_slice::<Value>(bytes);
        let fault = value.map_or(NOT_JSON, |value| fault_in::<T>(&value).unwrap_or(ELSEWHERE));
        vec![fault]
    })
}

/// The same JSON with the mark for an unreadable character in place of each NUL: nobody can type one, and
/// PostgreSQL stores none. What is kept of a record is its body as it came.
fn without_nul(json: &str) -> Cow<'_, str> {
    const NUL: &str = "u0000";
    if !json.contains(NUL) {
        return Cow::Borrowed(json);
    }
    let mut text = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at + 1);
        text.push_str(before);
        let length = if escape.starts_with(NUL) {
            NUL.len()
        } else {
            escape.chars().next().map_or(0, char::len_utf8)
        };
        let (escape, after) = escape.split_at(length);
        text.push_str(if escape == NUL { "ufffd" } else { escape });
        rest = after;
    }
    text.push_str(rest);
    Cow::Owned(text)
}

/// Checks a record by the rules of the page.
///
/// # Errors
///
/// Everything that is still to be answered.
pub fn check(submission: &Submission, landlord: &Landlord) -> Result<(), Vec<Fault>> {
    let problems = submission.problems(landlord);
    if problems.is_empty() {
        return Ok(());
    }
    let faults = problems.into_iter().map(|problem| Fault {
        pointer: record::pointer(problem.field, submission.kind()).unwrap_or_default().to_owned(),
        code: problem.code.key(),
    });
    Err(faults.collect())
}

/// Why this text is not a record.
///
/// The record is one tagged enum with flattened parts, and there serde no longer knows where it is.
/// So the parts are read again by themselves, with their path; a good record is read only once.
fn fault(text: &str) -> Fault {
    let Ok(value) = serde_json::from_str::<Value>(text) else {
        return NOT_JSON;
    };
    let Some(kind) = value.get("kind").and_then(Value::as_str) else {
        return Fault { pointer: "/kind".to_owned(), code: MISSING };
    };
    let Some(kind) = Route::from_key(kind) else {
        return Fault { pointer: "/kind".to_owned(), code: UNKNOWN_CHOICE };
    };
    let common = fault_in::<Envelope>(&value).or_else(|| fault_in::<Common>(&value));
    let found = common.or_else(|| match kind {
        Route::Complaint => fault_in::<Complaint>(&value),
        Route::ServiceRequest => fault_in::<ServiceRequest>(&value),
        Route::Stage2 => fault_in::<Stage2>(&value),
        Route::Addition => fault_in::<Addition>(&value),
        Route::Feedback => fault_in::<Feedback>(&value),
    });
    // A field that is there twice is lost in a `Value`.
    found.unwrap_or(ELSEWHERE)
}

/// Something has the wrong form, and it can't be said where.
const ELSEWHERE: Fault = Fault { pointer: String::new(), code: WRONG_TYPE };

const MISSING: &str = "missing";
const UNKNOWN_CHOICE: &str = "unknown_choice";
const UNKNOWN_FIELD: &str = "unknown_field";
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
    } else if sentence.starts_with("unknown field") {
        // Its name is the sender's own word, and is not repeated.
        pointer.truncate(pointer.rfind('/').unwrap_or(0));
        UNKNOWN_FIELD
    } else {
        WRONG_TYPE
    };
    Some(Fault { pointer, code })
}

fn push(pointer: &mut String, name: &str) {
    pointer.push('/');
    pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
}
