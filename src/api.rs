//! Hands a record over, and says how that went.

use std::rc::Rc;

use domain::json::Json;
use domain::receipt::Receipt;
use domain::record;
use domain::triage::Route;
use gloo::timers::callback::Timeout;
use gloo::timers::future::TimeoutFuture;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, RequestInit, Response};

use crate::session::{Outgoing, Sent, SubmitError};
use crate::settings::Settings;
use crate::tracking::{Can, Doing, Failed, What};
use crate::{backoff, browser};

/// A slow line may need long for a long complaint; after this the resident gets another way.
const TIME_LIMIT_MILLIS: u32 = 120_000;
/// The same for what is done in a case: less is sent, and the same again is safe.
const CASE_LIMIT_MILLIS: u32 = 45_000;
/// How often to ask again while an earlier try with the same key is still being stored.
const IN_FLIGHT_TRIES: u8 = 5;

/// An answer that is not a receipt.
enum Trouble {
    /// Why, and after how many seconds to try again, where the answer says so.
    Failed(SubmitError, Option<u32>),
    /// An earlier try with the same key is still under way: ask again.
    InFlight,
    /// The key was used for other words: this needs a key of its own.
    KeyUsed,
}

/// How a sending ended.
pub enum Outcome {
    /// It is safely there.
    Received(Rc<Sent>),
    /// It is not known to be there; and after how many seconds to try again, where the answer says so.
    Failed(SubmitError, Option<u32>),
    /// Its key was used for other words: it needs a key of its own.
    KeyUsed,
}

/// Sends what is on its way, and waits for the receipt.
pub async fn submit(settings: &Settings, outgoing: &Outgoing) -> Outcome {
    for _ in 0..IN_FLIGHT_TRIES {
        match post(settings, outgoing).await {
            Ok((receipt, is_confirmed)) => {
                return Outcome::Received(Rc::new(Sent {
                    receipt,
                    is_confirmed,
                    sent_at: outgoing.sent_at.clone(),
                    answers: outgoing.answers.clone(),
                    body: outgoing.body.clone(),
                }));
            }
            Err(Trouble::Failed(error, asked)) => return Outcome::Failed(error, asked),
            Err(Trouble::InFlight) => TimeoutFuture::new(1_500).await,
            Err(Trouble::KeyUsed) => return Outcome::KeyUsed,
        }
    }
    Outcome::Failed(SubmitError::TimedOut, None)
}

/// Asks the service for what the resident does in a case. An access code that was replaced or mistyped, and
/// a case that is not there, get the same answer.
///
/// # Errors
///
/// Why it is not done, as far as that is known.
pub async fn case(
    service: &str,
    reference: &str,
    code: &str,
    doing: &Doing,
) -> Result<Option<Rc<Json>>, Failed> {
    let url = [service, "v1/cases/", reference, &doing.path].concat();
    let bearer = ["Bearer ", code].concat();
    let mut headers = vec![("Idempotency-Key", &*doing.key)];
    if doing.what != What::Code {
        headers.push(("Authorization", &bearer));
    }
    let body = doing.body.as_ref().map(browser::json_text);
    if body.is_some() {
        headers.push(("Content-Type", "application/json"));
    }
    let request =
        Request { method: doing.method, url: &url, headers: &headers, body: body.as_deref() };
    let (response, text) = exchange(&request, CASE_LIMIT_MILLIS).await.map_err(Failed::Not)?;
    let json = browser::parse_json(&text);
    Err(match response.status() {
        // Whatever answers without a case is not the service.
        status @ 200..=299 => {
            return match json.filter(|it| it.get("reference").is_some()) {
                Some(case) => Ok(Some(Rc::new(case))),
                None if doing.what == What::Code => Ok(None),
                None => Err(Failed::Not(SubmitError::Broken(status))),
            };
        }
        401 | 403 | 404 => Failed::NoSuchCase,
        409 => Failed::NotNow(code_of(json.as_ref()).unwrap_or_default().to_owned()),
        429 => Failed::Not(SubmitError::Busy(retry_after(&response).unwrap_or(60))),
        413 => Failed::Not(SubmitError::TooBig),
        status @ (400 | 415 | 422) => Failed::Not(SubmitError::Rejected(status)),
        status => Failed::Not(SubmitError::Broken(status)),
    })
}

/// What the service can do about cases; nothing where it can't be asked.
pub async fn can(service: &str) -> Option<Can> {
    let url = [service, "v1/capabilities"].concat();
    let request = Request { method: "GET", url: &url, headers: &[], body: None };
    let (response, text) = exchange(&request, CASE_LIMIT_MILLIS).await.ok()?;
    let answer = browser::parse_json(&text).filter(|_| response.ok())?;
    let is = |name: &str| answer.get(name) == Some(&Json::Bool(true));
    Some(Can { show: is("cases"), mail: is("mail") })
}

/// The receipt, and whether it is the receiving end's own.
async fn post(settings: &Settings, outgoing: &Outgoing) -> Result<(Receipt, bool), Trouble> {
    let headers = [("Content-Type", "application/json"), ("Idempotency-Key", &*outgoing.key)];
    let (url, body) = (&*settings.endpoint, Some(&*outgoing.body));
    let request = Request { method: "POST", url, headers: &headers, body };
    let answer = exchange(&request, TIME_LIMIT_MILLIS).await;
    let (response, text) = answer.map_err(|error| Trouble::Failed(error, None))?;
    let json = browser::parse_json(&text);
    let asked = retry_after(&response);
    let error = match response.status() {
        status @ 200..=299 => {
            return receipt(json.as_ref(), outgoing.kind, settings)
                .ok_or(Trouble::Failed(SubmitError::Broken(status), None));
        }
        409 => return Err(Trouble::InFlight),
        413 => SubmitError::TooBig,
        422 if json.as_ref().is_some_and(is_key_used) => return Err(Trouble::KeyUsed),
        status @ (400 | 415 | 422) => SubmitError::Rejected(status),
        429 => SubmitError::Busy(asked.unwrap_or(30)),
        status => SubmitError::Broken(status),
    };
    Err(Trouble::Failed(error, asked))
}

/// A request.
struct Request<'a> {
    method: &'a str,
    url: &'a str,
    headers: &'a [(&'a str, &'a str)],
    body: Option<&'a str>,
}

/// The answer to a request, with its text; or why there is none.
async fn exchange(request: &Request<'_>, limit: u32) -> Result<(Response, String), SubmitError> {
    let controller = AbortController::new().ok();
    let signal = controller.as_ref().map(AbortController::signal);
    let limit = Timeout::new(limit, move || {
        if let Some(controller) = controller {
            controller.abort();
        }
    });
    let answer = fetch(request, signal.as_ref()).await;
    limit.cancel();
    answer.map_err(|_| {
        if signal.is_some_and(|signal| signal.aborted()) {
            SubmitError::TimedOut
        } else if browser::is_online() {
            SubmitError::Unreachable
        } else {
            SubmitError::Offline
        }
    })
}

async fn fetch(
    request: &Request<'_>,
    signal: Option<&web_sys::AbortSignal>,
) -> Result<(Response, String), JsValue> {
    let headers: Vec<(&str, JsValue)> =
        request.headers.iter().map(|(name, value)| (*name, JsValue::from_str(value))).collect();
    let init = RequestInit::new();
    init.set_method(request.method);
    init.set_headers(&browser::object(&headers));
    if let Some(body) = request.body {
        init.set_body(&body.into());
    }
    init.set_signal(signal);
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let response: Response =
        JsFuture::from(window.fetch_with_str_and_init(request.url, &init)).await?.unchecked_into();
    let text = JsFuture::from(response.text()?).await?;
    Ok((response, text.as_string().unwrap_or_default()))
}

/// By the clock of the receiving end where that can be read, which may be another than this device's.
fn retry_after(response: &Response) -> Option<u32> {
    let header = |name: &str| response.headers().get(name).ok().flatten();
    let now = header("Date").map(|it| browser::read_date(&it)).filter(|it| !it.is_nan());
    backoff::asked(&header("Retry-After")?, now.unwrap_or_else(browser::millis), browser::read_date)
}

fn is_key_used(problem: &Json) -> bool {
    code_of(Some(problem)) == Some("idempotency_key_reused")
}

/// The first code of a problem (RFC 9457).
fn code_of(problem: Option<&Json>) -> Option<&str> {
    problem?.get("errors")?.list()?.iter().find_map(|it| it.get("code")?.text())
}

/// The receipt in an answer. A landlord's own form handler takes a complaint and may say no more:
/// then the reference and the dates are made here. The service itself always gives one, so anything
/// else at its address is not the service.
fn receipt(answer: Option<&Json>, kind: Route, settings: &Settings) -> Option<(Receipt, bool)> {
    let today = browser::today();
    let times = &settings.landlord.times;
    if let Some(receipt) = answer.and_then(|it| Receipt::from_json(it, today)) {
        return Some((receipt.complete(kind, times), true));
    }
    let today = today.filter(|_| settings.has_own_endpoint)?;
    let dates = record::dates(kind, times, today);
    Some((Receipt::new(browser::own_reference(), None, kind, today, dates), false))
}
