//! The one error at the HTTP edge. Every refusal is a problem document (RFC 9457); what went wrong
//! inside is logged, and never returned.

use axum::body::Body;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::case::NotNow;
use domain::choices::Choice;
use serde::Serialize;

use crate::parse::Fault;
use crate::uploads::refusal::Refusal;

/// Why a request was not done.
#[derive(Debug)]
pub enum Error {
    /// No `Idempotency-Key`, or one that is not a UUID.
    BadKey,
    /// The connection broke off in the middle of the body.
    BrokenOff,
    /// The same submission is being stored at this moment.
    InFlight,
    /// The body is longer than the service reads.
    TooLarge,
    /// The body is not declared as JSON.
    NotJson,
    /// The record is not one that can be stored, and where.
    Invalid(Vec<Fault>),
    /// The key was used before, for another body.
    KeyReused,
    /// The database did not do its work. It is logged where it happens.
    Unavailable,
    /// There is no case with this reference, or not for who asks: nobody hears which.
    NoSuchCase,
    /// It is not possible as the case is.
    NotNow(NotNow),
    /// Too much was tried; come back after so many seconds.
    TooMany(u32),
    /// No key, or one that is not known any more.
    NoKey,
    /// The key is not for this.
    NotAllowed,
    /// Something about an upload.
    Upload(Refusal),
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let (status, detail) = match self {
            Self::BadKey => (
                StatusCode::BAD_REQUEST,
                "The header Idempotency-Key must be a UUID, the same each time this record is sent.",
            ),
            Self::BrokenOff => (StatusCode::BAD_REQUEST, "The body broke off."),
            Self::InFlight => (
                StatusCode::CONFLICT,
                "This record is being stored at this moment. Send it again for its receipt.",
            ),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "The body is longer than 8 MiB."),
            Self::NotJson => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "The body must be sent with Content-Type: application/json.",
            ),
            Self::Invalid(_) => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "The record can't be stored as it is; errors says where.",
            ),
            Self::KeyReused => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "This Idempotency-Key was used before, for another record.",
            ),
            Self::Unavailable => (
                StatusCode::SERVICE_UNAVAILABLE,
                "The record could not be stored. Send it again, with the same Idempotency-Key.",
            ),
            Self::NoSuchCase => (
                StatusCode::NOT_FOUND,
                "There is no case with this reference and this access code.",
            ),
            Self::NotNow(_) => {
                (StatusCode::CONFLICT, "This is not possible as the case is; errors says why.")
            }
            Self::TooMany(_) => (
                StatusCode::TOO_MANY_REQUESTS,
                "That was tried too often. Try again after the time in Retry-After.",
            ),
            Self::NoKey => (StatusCode::UNAUTHORIZED, "An API key is needed, and none fits."),
            Self::NotAllowed => (StatusCode::FORBIDDEN, "This API key is not for this."),
            Self::Upload(refusal) => (refusal.status(), refusal.detail()),
        };
        let retry_after = match self {
            Self::InFlight => Some(HeaderValue::from(1)),
            Self::Unavailable => Some(HeaderValue::from(5)),
            Self::TooMany(seconds) => Some(HeaderValue::from(seconds)),
            Self::Upload(refusal) => refusal.retry_after().map(HeaderValue::from_static),
            Self::BadKey
            | Self::BrokenOff
            | Self::TooLarge
            | Self::NotJson
            | Self::Invalid(_)
            | Self::NoSuchCase
            | Self::NotNow(_)
            | Self::NoKey
            | Self::NotAllowed
            | Self::KeyReused => None,
        };
        let is_without_key = matches!(self, Self::NoKey);
        let errors = match self {
            Self::Invalid(faults) => faults,
            Self::KeyReused => {
                vec![Fault { pointer: String::new(), code: "idempotency_key_reused" }]
            }
            Self::Upload(refusal) => {
                vec![Fault { pointer: String::new(), code: refusal.code() }]
            }
            Self::NotNow(not_now) => {
                vec![Fault { pointer: String::new(), code: not_now.key() }]
            }
            Self::BadKey
            | Self::BrokenOff
            | Self::InFlight
            | Self::TooLarge
            | Self::NotJson
            | Self::NoSuchCase
            | Self::TooMany(_)
            | Self::NoKey
            | Self::NotAllowed
            | Self::Unavailable => Vec::new(),
        };
        let mut response = problem(status, Some(detail), &errors);
        let headers = response.headers_mut();
        if let Some(seconds) = retry_after {
            headers.insert(RETRY_AFTER, seconds);
        }
        if is_without_key {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// Gives every refusal that a library answers (no such address, wrong method, too slow) the form
/// of all others.
pub async fn as_problem(response: Response) -> Response {
    let status = response.status();
    let is_refusal = status.is_client_error() || status.is_server_error();
    // The officers' pages say it in a page.
    let is_said = |it: &HeaderValue| it == PROBLEM || it.as_bytes().starts_with(b"text/html");
    if !is_refusal || response.headers().get(CONTENT_TYPE).is_some_and(is_said) {
        return response;
    }
    let detail = match status {
        StatusCode::NOT_FOUND => Some("There is nothing at this address."),
        StatusCode::METHOD_NOT_ALLOWED => Some("This address does not take this method."),
        StatusCode::REQUEST_TIMEOUT => Some("The request took too long to arrive."),
        _ => None,
    };
    let mut problem = problem(status, detail, &[]);
    for (name, value) in response.headers() {
        if name != CONTENT_TYPE && name != CONTENT_LENGTH {
            problem.headers_mut().append(name, value.clone());
        }
    }
    problem
}

/// An answer in JSON.
pub fn json(status: StatusCode, content_type: &'static str, value: &impl Serialize) -> Response {
    let text = serde_json::to_string(value)
        .expect("what the service answers has string keys only, so JSON can say it");
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

const PROBLEM: &str = "application/problem+json";

/// A problem document (RFC 9457). Its type is always `about:blank`, so its title is the name of the
/// status; what a program needs to know is in the codes of `errors`.
#[derive(Serialize)]
struct Problem<'a> {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'static str>,
    #[serde(skip_serializing_if = "<[Fault]>::is_empty")]
    errors: &'a [Fault],
}

fn problem(status: StatusCode, detail: Option<&'static str>, errors: &[Fault]) -> Response {
    let document = Problem {
        r#type: "about:blank",
        title: status.canonical_reason().unwrap_or("Error"),
        status: status.as_u16(),
        detail,
        errors,
    };
    json(status, PROBLEM, &document)
}
