//! Hands a record over, and says how that went.

use std::rc::Rc;

use domain::json::Json;
use domain::receipt::Receipt;
use domain::record;
use domain::triage::Route;
use gloo::timers::callback::Timeout;
use gloo::timers::future::TimeoutFuture;
use js_sys::{Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, RequestInit, Response};

use crate::browser;
use crate::session::{Outgoing, Sent, SubmitError};
use crate::settings::Settings;

/// A slow line may need long for a long complaint; after this the resident gets another way.
const TIME_LIMIT_MILLIS: u32 = 120_000;
/// How often to ask again while an earlier try with the same key is still being stored.
const IN_FLIGHT_TRIES: u8 = 5;

/// An answer that is not a receipt.
enum Trouble {
    /// For the resident.
    Tell(SubmitError),
    /// An earlier try with the same key is still under way: ask again.
    InFlight,
    /// The key was used for other words: this needs a key of its own.
    KeyUsed,
}

/// How a sending ended.
pub enum Outcome {
    /// It is safely there.
    Received(Rc<Sent>),
    /// It is not known to be there.
    Failed(SubmitError),
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
                }));
            }
            Err(Trouble::Tell(error)) => return Outcome::Failed(error),
            Err(Trouble::InFlight) => TimeoutFuture::new(1_500).await,
            Err(Trouble::KeyUsed) => return Outcome::KeyUsed,
        }
    }
    Outcome::Failed(SubmitError::TimedOut)
}

/// The receipt, and whether it is the receiving end's own.
async fn post(settings: &Settings, outgoing: &Outgoing) -> Result<(Receipt, bool), Trouble> {
    let controller = AbortController::new().ok();
    let signal = controller.as_ref().map(AbortController::signal);
    let limit = Timeout::new(TIME_LIMIT_MILLIS, move || {
        if let Some(controller) = controller {
            controller.abort();
        }
    });
    let answer = exchange(&settings.endpoint, outgoing, signal.as_ref()).await;
    limit.cancel();
    let (response, text) = match answer {
        Ok(answer) => answer,
        Err(_) => {
            let is_aborted = signal.is_some_and(|signal| signal.aborted());
            return Err(Trouble::Tell(if is_aborted {
                SubmitError::TimedOut
            } else if browser::is_online() {
                SubmitError::Unreachable
            } else {
                SubmitError::Offline
            }));
        }
    };
    let json = browser::parse_json(&text);
    match response.status() {
        status @ 200..=299 => receipt(json.as_ref(), outgoing.kind, settings)
            .ok_or(Trouble::Tell(SubmitError::Broken(status))),
        409 => Err(Trouble::InFlight),
        413 => Err(Trouble::Tell(SubmitError::TooBig)),
        422 if json.as_ref().is_some_and(is_key_used) => Err(Trouble::KeyUsed),
        status @ (400 | 415 | 422) => Err(Trouble::Tell(SubmitError::Rejected(status))),
        429 => Err(Trouble::Tell(SubmitError::Busy(seconds(&response).unwrap_or(30)))),
        status => Err(Trouble::Tell(SubmitError::Broken(status))),
    }
}

async fn exchange(
    endpoint: &str,
    outgoing: &Outgoing,
    signal: Option<&web_sys::AbortSignal>,
) -> Result<(Response, String), JsValue> {
    let headers = Object::new();
    Reflect::set(&headers, &"Content-Type".into(), &"application/json".into())?;
    Reflect::set(&headers, &"Idempotency-Key".into(), &(&*outgoing.key).into())?;
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_headers(&headers);
    init.set_body(&(&*outgoing.body).into());
    init.set_signal(signal);
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let response: Response =
        JsFuture::from(window.fetch_with_str_and_init(endpoint, &init)).await?.unchecked_into();
    let text = JsFuture::from(response.text()?).await?;
    Ok((response, text.as_string().unwrap_or_default()))
}

fn seconds(response: &Response) -> Option<u32> {
    response.headers().get("Retry-After").ok()??.trim().parse().ok()
}

fn is_key_used(problem: &Json) -> bool {
    let errors = problem.get("errors").and_then(Json::list);
    errors.is_some_and(|errors| {
        errors
            .iter()
            .any(|it| it.get("code").and_then(Json::text) == Some("idempotency_key_reused"))
    })
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
