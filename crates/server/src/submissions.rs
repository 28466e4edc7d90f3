//! `POST /v1/submissions`: receives a record, stores it exactly as it came, and answers with a
//! receipt. A `201` means that it is on disk.

use std::time::UNIX_EPOCH;

use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, LOCATION};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use chrono::{DateTime, SecondsFormat};
use domain::landlord::Landlord;
use domain::london;
use domain::receipt::Receipt;
use domain::record;
use http_body_util::BodyExt;
use tracing::{error, info};
use uuid::Uuid;

use crate::error::{self, Error};
use crate::store::{Stored, Submission};
use crate::{AppState, header, landlords, parse};

/// The header that makes sending twice the same as sending once.
pub const IDEMPOTENCY_KEY: HeaderName = header("idempotency-key");

/// The longest body that is stored.
pub const BODY_LIMIT: usize = 8 * 1024 * 1024;
/// The longest body that is read at all.
const READ_LIMIT: usize = 8 * BODY_LIMIT;

/// Receives a record.
pub async fn submit(
    State(state): State<AppState>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Error> {
    // The body is read before anything is refused: a browser that is answered while it still sends
    // reports a broken connection, which the widget would try again for ever.
    let body = read(body).await?;
    require_json(&headers)?;
    let key = key(&headers)?;
    let body = String::from_utf8(body).map_err(|_| Error::Invalid(vec![parse::NOT_JSON]))?;
    let record = parse::submission(&body).map_err(Error::Invalid)?;
    let landlord =
        landlords::read(&state.config.landlords, &record.common().envelope.landlord).await;
    parse::check(&record, &landlord).map_err(Error::Invalid)?;
    let submission = received(&state, key, body, &record, &landlord)?;

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
    body: String,
    record: &record::Submission,
    landlord: &Landlord,
) -> Result<Submission, Error> {
    let since_1970 = (state.config.clock)().duration_since(UNIX_EPOCH);
    let millis = since_1970.ok().and_then(|it| i64::try_from(it.as_millis()).ok());
    let received = millis.and_then(|millis| {
        let at = DateTime::from_timestamp_millis(millis)?;
        Some((at.to_rfc3339_opts(SecondsFormat::Millis, true), london::date(millis)?))
    });
    let Some((received_at, today)) = received else {
        error!("the clock of this machine can't be right");
        return Err(Error::Unavailable);
    };
    let envelope = &record.common().envelope;
    let kind = record.kind();
    let received_on = record.received_on(today);
    Ok(Submission {
        key,
        kind,
        landlord: envelope.landlord.clone(),
        language: envelope.language.clone(),
        flags: serde_json::json!(record.flags(landlord)).to_string(),
        received_at,
        received_on,
        dates: record::dates(kind, &landlord.times, received_on),
        body,
    })
}

fn require_json(headers: &HeaderMap) -> Result<(), Error> {
    let media_type = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next());
    match media_type {
        Some(it) if it.trim().eq_ignore_ascii_case("application/json") => Ok(()),
        Some(_) | None => Err(Error::NotJson),
    }
}

fn key(headers: &HeaderMap) -> Result<Uuid, Error> {
    let mut values = headers.get_all(IDEMPOTENCY_KEY).iter();
    match (values.next(), values.next()) {
        // 36: with its hyphens. The other ways to write a UUID would be other keys to the sender.
        (Some(value), None) if value.len() == 36 => {
            Uuid::try_parse_ascii(value.as_bytes()).map_err(|_| Error::BadKey)
        }
        _ => Err(Error::BadKey),
    }
}

async fn read(mut body: Body) -> Result<Vec<u8>, Error> {
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
