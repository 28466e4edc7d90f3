//! `POST /v1/submissions`: receives a record, stores it exactly as it came, and answers with a
//! receipt. A `201` means that it is on disk.

use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, LOCATION};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use domain::landlord::Landlord;
use domain::receipt::Receipt;
use domain::record;
use http_body_util::BodyExt;
use tracing::info;
use uuid::Uuid;

use crate::error::{self, Error};
use crate::limits::{self, Count, Peer};
use crate::store::submissions::{Stored, Submission};
use crate::{AppState, clock, header, heard, landlords, parse};

/// The header that makes sending twice the same as sending once.
pub const IDEMPOTENCY_KEY: HeaderName = header("idempotency-key");

/// The longest body that is stored.
pub const BODY_LIMIT: usize = 8 * 1024 * 1024;
/// The longest body that is read at all.
const READ_LIMIT: usize = 8 * BODY_LIMIT;

/// Receives a record.
pub async fn submit(
    State(state): State<AppState>,
    peer: Peer,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Error> {
    // The body is read before anything is refused: a browser that is answered while it still sends
    // reports a broken connection, which the widget would try again for ever.
    let body = read(body).await?;
    require_json(&headers)?;
    let key = key(&headers)?;
    let count = limits::check_submission(&state, peer, key).await?;
    let body = String::from_utf8(body).map_err(|_| Error::Invalid(vec![parse::NOT_JSON]))?;
    let record = parse::submission(&body).map_err(Error::Invalid)?;
    let landlord =
        landlords::read(&state.config.landlords, &record.common().envelope.landlord).await;
    parse::check(&record, &landlord).map_err(Error::Invalid)?;
    let submission = received(&state, key, count, body, record, &landlord)?;

    let (status, receipt) = match state.store.submit(submission).await? {
        Stored::New(receipt) => (StatusCode::CREATED, receipt),
        Stored::Before(receipt) => (StatusCode::OK, receipt),
        Stored::OtherBody => return Err(Error::KeyReused),
    };
    info!(reference = receipt.reference, new = status == StatusCode::CREATED, "stored");
    Ok(answer(status, &receipt))
}

/// What is stored beside the words of the record. Nothing of it is taken from the browser but the
/// landlord, the language, and the day on which a resident told a member of staff: dates and flags
/// are worked out here.
fn received(
    state: &AppState,
    key: Uuid,
    count: Option<Count>,
    body: String,
    record: record::Submission,
    landlord: &Landlord,
) -> Result<Submission, Error> {
    let now = clock::now(state)?;
    let kind = record.kind();
    let received_on = record.received_on(now.today);
    Ok(Submission {
        key,
        count,
        flags: serde_json::json!(heard::flags(&record, landlord)).to_string(),
        received_at: now.at,
        received_on,
        today: now.today,
        dates: record::dates(kind, &landlord.times, received_on),
        secret: state.secret.clone(),
        record,
        body,
    })
}

/// Whether the body is declared as JSON.
pub(crate) fn require_json(headers: &HeaderMap) -> Result<(), Error> {
    let media_type = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next());
    match media_type {
        Some(it) if it.trim().eq_ignore_ascii_case("application/json") => Ok(()),
        Some(_) | None => Err(Error::NotJson),
    }
}

/// The one key of a request, which is a UUID.
pub(crate) fn key(headers: &HeaderMap) -> Result<Uuid, Error> {
    let mut values = headers.get_all(IDEMPOTENCY_KEY).iter();
    match (values.next(), values.next()) {
        // 36: with its hyphens. The other ways to write a UUID would be other keys to the sender.
        (Some(value), None) if value.len() == 36 => {
            Uuid::try_parse_ascii(value.as_bytes()).map_err(|_| Error::BadKey)
        }
        _ => Err(Error::BadKey),
    }
}

/// The key of a request that may have one.
pub(crate) fn optional_key(headers: &HeaderMap) -> Result<Option<Uuid>, Error> {
    if headers.contains_key(IDEMPOTENCY_KEY) { key(headers).map(Some) } else { Ok(None) }
}

/// The whole body.
pub(crate) async fn read(mut body: Body) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let mut length = 0;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| Error::BrokenOff)?.into_data() else {
            continue;
        };
        length += data.len();
        if length <= BODY_LIMIT {
            bytes.extend_from_slice(&data);
        } else {
            bytes = Vec::new();
        }
        if length > READ_LIMIT {
            break;
        }
    }
    if length > BODY_LIMIT {
        return Err(Error::TooLarge);
    }
    Ok(bytes)
}

fn answer(status: StatusCode, receipt: &Receipt) -> Response {
    let mut response = error::json(status, "application/json", receipt);
    let headers = response.headers_mut();
    let location = HeaderValue::from_str(&format!("/v1/cases/{}", receipt.reference))
        .expect("a reference is letters, digits and hyphens");
    headers.insert(LOCATION, location);
    // A receipt holds the resident's access code.
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
