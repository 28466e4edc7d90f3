//! For the landlord's system: the cases of its landlord, by a key ([`crate::keys`]).
//!
//! A case of another landlord is answered as one that is not there. Reading one case confirms it: whoever
//! took it over has it. Listing does not, so that a list that nobody looks at silences no alarm.

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, patch};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::DateTime;
use domain::case::{Act, By, Case, Next, Status};
use domain::choices::Choice;
use serde::{Deserialize, Serialize};

use super::download;
use crate::cases::{self, Actor, Filter, Order, Row};
use crate::error::{self, Error};
use crate::keys::{self, Holder, Scope};
use crate::parse::Fault;
use crate::{AppState, clock, landlords, parse, submissions};

/// How many cases are in an answer, where nobody says; and at most.
const FEW: i64 = 100;
const MOST: i64 = 500;

/// The addresses. `GET /v1/cases/{reference}` is that of residents, too: see [`read`].
pub fn router() -> Router<AppState> {
    Router::new()
        .route("/v1/cases", get(list))
        .route("/v1/cases/{reference}", patch(change))
        .route("/v1/cases/{reference}/evidence/{file}", get(evidence))
}

/// A case in a list: its state, and what follows from it. What the resident sent is in the case itself.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Listed<'a> {
    #[serde(flatten)]
    case: &'a Case,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<Next>,
    flags: &'a [String],
    received_at: &'a str,
    updated_at: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    confirmed_at: Option<&'a str>,
}

/// What a list is asked for.
#[derive(Default)]
struct Asked {
    updated_since: Option<String>,
    status: Option<String>,
    landlord: Option<String>,
    after: Option<(String, String)>,
    limit: Option<i64>,
}

/// `GET /v1/cases`: by the last change, oldest first. Whoever asks again with the time of the last one that
/// they have misses none.
async fn list(
    State(state): State<AppState>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let holder = keys::authorize(&state, &headers, Scope::CasesRead).await?;
    let asked = asked(query.as_deref().unwrap_or_default()).map_err(Error::Invalid)?;
    let limit = asked.limit.unwrap_or(FEW);
    // A key of one landlord that asks for another's gets an empty list: there is nothing for it.
    let is_other = asked.landlord.as_deref().is_some_and(|wanted| !holder.sees(wanted));
    let mut rows = match is_other {
        true => Vec::new(),
        false => {
            let filter = Filter {
                landlord: holder.landlord.or(asked.landlord),
                updated_since: asked.updated_since,
                status: asked.status,
                order: Order::Changed,
                after: asked.after,
                limit: limit + 1,
                ..Filter::default()
            };
            cases::list(&state, &filter).await?
        }
    };
    let has_more = rows.len() > usize::try_from(limit).unwrap_or_default();
    if has_more {
        rows.pop();
    }
    let today = clock::now(&state)?.today;
    let cases: Vec<Listed> = rows
        .iter()
        .map(|row| Listed {
            case: &row.case,
            next: row.case.next(today),
            flags: &row.flags,
            received_at: &row.received_at,
            updated_at: &row.updated_at,
            confirmed_at: row.confirmed_at.as_deref(),
        })
        .collect();
    let mut answer = serde_json::json!({ "cases": cases });
    if let Some(last) = rows.last().filter(|_| has_more) {
        answer["next"] = cursor(last).into();
    }
    Ok(cases::http::private(error::json(StatusCode::OK, "application/json", &answer)))
}

/// What a query asks for. What is not understood is said: a filter that is ignored would give away more than
/// was wanted.
fn asked(query: &str) -> Result<Asked, Vec<Fault>> {
    let mut asked = Asked::default();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let value = value.into_owned();
        let wrong = |code| vec![Fault { pointer: format!("/{}", name_of(&name)), code }];
        match &*name {
            "updated_since" => {
                let at = DateTime::parse_from_rfc3339(&value).map_err(|_| wrong("no_moment"))?;
                asked.updated_since = clock::moment(at.timestamp_millis());
            }
            "status" => {
                Status::from_key(&value).ok_or_else(|| wrong("unknown_value"))?;
                asked.status = Some(value);
            }
            "landlord" => {
                if !landlords::is_id(&value) {
                    return Err(wrong("unknown_value"));
                }
                asked.landlord = Some(value);
            }
            "after" => asked.after = Some(uncursor(&value).ok_or_else(|| wrong("unknown_value"))?),
            "limit" => {
                let limit = value.parse().ok().filter(|it| (1..=MOST).contains(it));
                asked.limit = Some(limit.ok_or_else(|| wrong("out_of_range"))?);
            }
            _ => return Err(wrong("unknown_field")),
        }
    }
    Ok(asked)
}

/// The name of a part of the query, where it is one of ours: what somebody else typed is not repeated.
fn name_of(name: &str) -> &'static str {
    ["updated_since", "status", "landlord", "after", "limit"]
        .into_iter()
        .find(|it| *it == name)
        .unwrap_or_default()
}

/// Where the next answer goes on.
fn cursor(row: &Row) -> String {
    URL_SAFE_NO_PAD.encode(format!("{}~{}", row.updated_at, row.case.reference))
}

fn uncursor(text: &str) -> Option<(String, String)> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
    let (at, reference) = text.split_once('~')?;
    Some((at.to_owned(), reference.to_owned()))
}

/// `GET /v1/cases/{reference}` with a key: the whole case, which is confirmed by it.
///
/// # Errors
///
/// No key that fits; no such case for this key.
pub async fn read(
    state: &AppState,
    reference: &str,
    headers: &HeaderMap,
) -> Result<Response, Error> {
    let holder = keys::authorize(state, headers, Scope::CasesRead).await?;
    require(state, &holder, reference).await?;
    cases::confirm(state, reference, &holder.name).await?;
    shown(state, reference).await
}

/// The case exists for this key.
async fn require(state: &AppState, holder: &Holder, reference: &str) -> Result<(), Error> {
    let row = cases::load(state, reference).await?;
    row.filter(|it| holder.sees(&it.case.landlord)).map(|_| ()).ok_or(Error::NoSuchCase)
}

async fn shown(state: &AppState, reference: &str) -> Result<Response, Error> {
    let view = cases::view(state, reference, true).await?.ok_or(Error::NoSuchCase)?;
    Ok(cases::http::private(error::json(StatusCode::OK, "application/json", &view)))
}

/// What a landlord's system does with a case: an act, or that it has it.
#[derive(Deserialize)]
#[serde(untagged)]
enum Change {
    Confirm(Confirm),
    Act(Act),
}

/// "We have it."
#[derive(Deserialize)]
#[serde(tag = "act", rename_all = "snake_case", deny_unknown_fields)]
enum Confirm {
    Confirm {},
}

/// `PATCH /v1/cases/{reference}`.
async fn change(
    State(state): State<AppState>,
    Path(reference): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Error> {
    // The body is read before anything is refused, as in `submissions`.
    let body = submissions::read(body).await?;
    let holder = keys::authorize(&state, &headers, Scope::CasesWrite).await?;
    submissions::require_json(&headers)?;
    let key = submissions::optional_key(&headers)?;
    require(&state, &holder, &reference).await?;
    match change_in(&body)? {
        Change::Confirm(Confirm::Confirm {}) => {
            cases::confirm(&state, &reference, &holder.name).await?;
        }
        Change::Act(act) => {
            let actor = Actor { by: By::Landlord, who: Some(holder.name) };
            cases::act(&state, &reference, act, actor, key).await?;
        }
    }
    shown(&state, &reference).await
}

/// Reads a change. Where it is none, what is said is what keeps it from being an act.
fn change_in(body: &[u8]) -> Result<Change, Error> {
    // serde takes the number of a variant for its name. Nobody means that.
    let act = serde_json::from_slice::<serde_json::Value>(body).ok();
    if act.as_ref().and_then(|it| it.get("act")).is_some_and(|it| !it.is_string()) {
        return Err(Error::Invalid(vec![Fault { pointer: "/act".to_owned(), code: "wrong_type" }]));
    }
    match serde_json::from_slice(body) {
        Ok(change) => Ok(change),
        Err(_) => parse::body(body).map(Change::Act).map_err(Error::Invalid),
    }
}

/// `GET /v1/cases/{reference}/evidence/{file}`: a file that the resident attached.
async fn evidence(
    State(state): State<AppState>,
    Path((reference, file)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let holder = keys::authorize(&state, &headers, Scope::EvidenceRead).await?;
    require(&state, &holder, &reference).await?;
    let infected_too = form_urlencoded::parse(query.unwrap_or_default().as_bytes())
        .any(|(name, value)| name == "infected" && value == "yes");
    download::file(&state, &reference, &file, infected_too).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn to_confirm_is_a_change_and_so_is_every_act() {
        assert!(matches!(change_in(br#"{"act":"confirm"}"#), Ok(Change::Confirm(_))));
        let message = br#"{"act":"message","text":"We come on Monday."}"#;
        assert!(matches!(change_in(message), Ok(Change::Act(Act::Message { .. }))));
        for wrong in
            ["{}", "[]", r#"{"act":0}"#, r#"{"act":"confirm","text":"a"}"#, r#"{"act":"delete"}"#]
        {
            assert!(change_in(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_query_that_is_not_understood_is_no_query_for_everything() {
        for wrong in [
            "statsu=received",
            "status=open",
            "limit=0",
            "limit=501",
            "after=%20",
            "updated_since=today",
        ] {
            assert!(asked(wrong).is_err(), "{wrong}");
        }
        let asked = asked("updated_since=2026-11-21T10:00:00%2B01:00&limit=5").unwrap();
        assert_eq!(asked.updated_since.as_deref(), Some("2026-11-21T09:00:00.000Z"));
        assert_eq!(asked.limit, Some(5));
    }
}
