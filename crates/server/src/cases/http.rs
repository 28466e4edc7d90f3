//! `/v1/cases/{reference}`: what a resident does with a case, by its reference and access code. There is
//! no account (Code 3.2), and nothing here refuses a complaint.

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, REFERRER_POLICY};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use axum::routing::{MethodRouter, delete, get, post, put};
use domain::case::{Act, By};
use domain::record::Adjustments;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sqlx::Row;
use subtle::{Choice, ConstantTimeEq};

use super::{Actor, act, view};
use crate::error::{self, Error};
use crate::limits::{self, Peer, Seldom};
use crate::store::submissions::code_hash;
use crate::store::{sought, unreadable};
use crate::{AppState, desk, keys, parse, submissions};

/// The addresses of a resident's case.
pub fn router() -> Router<AppState> {
    Router::new()
        .route("/v1/cases/{reference}", get(read))
        .route("/v1/cases/{reference}/messages", taking(|Message { text }| Act::Message { text }))
        .route(
            "/v1/cases/{reference}/stage2",
            taking(|Stage2 { reasons }| Act::AskForStage2 { reasons }),
        )
        .route("/v1/cases/{reference}/complaint", taking(|Nothing {}| Act::Complain {}))
        .route("/v1/cases/{reference}/withdrawal", taking(|Nothing {}| Act::Withdraw {}))
        .route("/v1/cases/{reference}/reopening", taking(|Nothing {}| Act::Reopen {}))
        .route(
            "/v1/cases/{reference}/representatives",
            taking(|who| Act::AddRepresentative { who }),
        )
        .route("/v1/cases/{reference}/representatives/{id}", delete(no_representative))
        .route("/v1/cases/{reference}/adjustments", put(adjustments))
        .route("/v1/cases/{reference}/code", post(lost_code))
}

/// A message.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Message {
    text: String,
}

/// A request for stage 2: nothing is needed (Code 6.12).
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stage2 {
    #[serde(default)]
    reasons: Option<String>,
}

/// Nothing more than that it is wanted.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

async fn read(
    State(state): State<AppState>,
    Path(reference): Path<String>,
    peer: Peer,
    headers: HeaderMap,
) -> Result<Response, Error> {
    if keys::bearer(&headers).is_some() {
        return desk::api::read(&state, &reference, &headers).await;
    }
    authorize(&state, &reference, peer, &headers).await?;
    shown(&state, &reference, StatusCode::OK).await
}

/// What an address answers at which a resident does something: the body becomes an act.
fn taking<T>(act_of: fn(T) -> Act) -> MethodRouter<AppState>
where
    T: DeserializeOwned + Send + 'static,
{
    post(
        async move |State(state): State<AppState>,
                    Path(reference): Path<String>,
                    peer: Peer,
                    headers: HeaderMap,
                    body: Body| {
            let what = act_of(request(&state, &reference, peer, &headers, body).await?);
            done(&state, &reference, &headers, what, StatusCode::CREATED).await
        },
    )
}

async fn no_representative(
    State(state): State<AppState>,
    Path((reference, id)): Path<(String, String)>,
    peer: Peer,
    headers: HeaderMap,
) -> Result<Response, Error> {
    authorize(&state, &reference, peer, &headers).await?;
    // What is no number is nobody's.
    let id = id.parse().unwrap_or(0);
    done(&state, &reference, &headers, Act::RemoveRepresentative { id }, StatusCode::OK).await
}

async fn adjustments(
    State(state): State<AppState>,
    Path(reference): Path<String>,
    peer: Peer,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Error> {
    let adjustments: Adjustments = request(&state, &reference, peer, &headers, body).await?;
    done(&state, &reference, &headers, Act::ChangeAdjustments { adjustments }, StatusCode::OK).await
}

/// For who has lost the code: a new one goes to the e-mail address of the case, if it has one. Who asks
/// hears the same, at once, whether there is a case or not; the codes of before stay good, so asking takes
/// nothing from anybody. How often an address may ask is counted alike for both, before anything is looked up.
async fn lost_code(
    State(state): State<AppState>,
    Path(reference): Path<String>,
    peer: Peer,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Error> {
    let body = submissions::read(body).await?;
    submissions::require_json(&headers)?;
    let Nothing {} = parse::body(&body).map_err(Error::Invalid)?;
    limits::check_code(&state, peer, &reference).await?;
    limits::once_more(&state, peer, Seldom::NewCode).await?;
    if state.config.outbox.can_mail() {
        tokio::spawn(async move { super::send_code(&state, &reference).await });
    }
    Ok(private(error::json(StatusCode::ACCEPTED, "application/json", &serde_json::json!({}))))
}

/// The body of a request from somebody who has the code.
async fn request<T: DeserializeOwned>(
    state: &AppState,
    reference: &str,
    peer: Peer,
    headers: &HeaderMap,
    body: Body,
) -> Result<T, Error> {
    // The body is read before anything is refused, as in `submissions`.
    let body = submissions::read(body).await?;
    authorize(state, reference, peer, headers).await?;
    submissions::require_json(headers)?;
    parse::body(&body).map_err(Error::Invalid)
}

/// Does what the resident asks, and shows the case as it is then.
async fn done(
    state: &AppState,
    reference: &str,
    headers: &HeaderMap,
    what: Act,
    status: StatusCode,
) -> Result<Response, Error> {
    let key = submissions::optional_key(headers)?;
    let resident = Actor { by: By::Resident, who: None };
    act(state, reference, what, resident, key).await?;
    shown(state, reference, status).await
}

async fn shown(state: &AppState, reference: &str, status: StatusCode) -> Result<Response, Error> {
    let view = view(state, reference, false).await?.ok_or(Error::NoSuchCase)?;
    Ok(private(error::json(status, "application/json", &view)))
}

/// Keeps an answer about a case out of every cache, and its address out of every other site's log.
pub fn private(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

/// What was sent as `Authorization: Bearer …`.
pub fn bearer(headers: &HeaderMap) -> &str {
    headers
        .get(AUTHORIZATION)
        .and_then(|it| it.to_str().ok())
        .and_then(|it| it.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map_or("", |(_, token)| token.trim())
}

/// Whether who asks has the access code of this case. A wrong code and an unknown case are the same
/// answer, after the same time.
///
/// # Errors
///
/// [`Error::NoSuchCase`] where not; [`Error::TooMany`] after too many that were wrong.
pub async fn authorize(
    state: &AppState,
    reference: &str,
    peer: Peer,
    headers: &HeaderMap,
) -> Result<(), Error> {
    limits::check_code(state, peer, reference).await?;
    if is_code(state, reference, bearer(headers)).await? {
        return Ok(());
    }
    limits::wrong_code(state, peer, reference).await?;
    Err(Error::NoSuchCase)
}

async fn is_code(state: &AppState, reference: &str, code: &str) -> Result<bool, Error> {
    // However it was typed: in fours, with hyphens, or in one piece.
    let digits: Vec<char> = code.chars().filter(char::is_ascii_digit).collect();
    let fours: Vec<String> = digits.chunks(4).map(|four| four.iter().collect()).collect();
    let given = code_hash(reference, &fours.join(" "));
    let rows = sqlx::query(
        "select coalesce((select access_code_hash from submissions where reference = $1), $2)
        union all select code_hash from access_codes where reference = $1",
    )
    .bind(sought(reference))
    // A case that is not there is compared with something, too.
    .bind(&[0_u8; 32][..])
    .fetch_all(state.store.pool())
    .await
    .map_err(unreadable)?;
    let mut is_one = Choice::from(0);
    for row in &rows {
        let stored: Vec<u8> = row.try_get(0).map_err(unreadable)?;
        is_one |= stored.ct_eq(&given);
    }
    Ok(is_one.into())
}
