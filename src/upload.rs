//! Sends an attachment by the tus protocol, version 1.0.0 (tus.io): what has arrived has arrived, and a
//! connection that breaks, a reload or a night cost nothing of it.

use domain::evidence::{Attachment, Limits};
use domain::json::Json;
use gloo::timers::callback::Timeout;
use gloo::timers::future::TimeoutFuture;
use js_sys::{Array, Object};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, Blob, RequestInit, Response};

use crate::attach::CHUNK;
use crate::browser;
use crate::mount::{Host, let_go};

/// The most bytes of one request: on a slow line each takes seconds, and shows that it goes on.
const STEP: u64 = 4 * CHUNK;
const VERSION: &str = "1.0.0";
/// How long one request may take.
const LIMIT_MILLIS: u32 = 90_000;
/// When to look what became of a whole file, each in milliseconds after the look before.
const LOOKS: [u32; 3] = [200, 1_500, 5_000];

/// Where attachments go, and on whose behalf.
#[derive(Clone, Debug, PartialEq)]
pub struct Way {
    /// Where uploads are made: `https://.../v1/uploads`.
    pub url: String,
    /// What it belongs to.
    pub reference: String,
    /// The code on its receipt.
    pub access_code: String,
}

/// Why an upload has stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The same again may work, after a while: the least number of seconds, where that was said.
    Later(Option<u32>),
    /// It can't work. A stable code.
    Never(String),
}

/// What is told on the way.
pub enum Told {
    /// This is its address, and so many bytes have arrived before.
    Url(String, u64),
    /// So many bytes have arrived.
    Arrived(u64),
}

/// Sends what has not arrived yet. `tell` hears of each step, and says whether to go on.
///
/// # Errors
///
/// [`Stop`], where it did not arrive whole.
pub async fn upload(
    host: &Host,
    way: &Way,
    attachment: &Attachment,
    url: Option<String>,
    tell: impl Fn(Told) -> bool,
) -> Result<(), Stop> {
    let known = match &url {
        Some(url) => offset(url).await?.map(|offset| (url.clone(), offset)),
        None => None,
    };
    let (url, mut offset) = match known {
        Some(known) => known,
        None => create(way, attachment).await?,
    };
    if !tell(Told::Url(url.clone(), offset)) {
        return Ok(());
    }
    while offset < attachment.size {
        let piece = piece(host, attachment, offset).await.ok_or(Stop::Never("gone".to_owned()))?;
        let headers = [
            ("Content-Type", "application/offset+octet-stream"),
            ("Upload-Offset", &*offset.to_string()),
        ];
        let response = request("PATCH", &url, &headers, Some(&piece)).await?;
        offset = match number(&response, "Upload-Offset") {
            // What the other end says it has.
            Some(arrived) if response.ok() => arrived,
            _ => match refused(response).await {
                // Somebody else has sent a part: this tab, before it was closed.
                Refused::Conflict => self::offset(&url).await?.ok_or(Stop::Later(None))?,
                Refused::Stop(stop) => return Err(stop),
            },
        };
        if !tell(Told::Arrived(offset)) {
            return Ok(());
        }
    }
    Ok(())
}

/// What one request sends, from this place of the file on; `None` where something of it is gone. Browsers keep
/// it out of the page's memory.
async fn piece(host: &Host, attachment: &Attachment, from: u64) -> Option<Blob> {
    let parts = Array::new();
    let mut at = from;
    while at < attachment.size.min(from + STEP) {
        let chunk = host.chunk(&attachment.id, (at / CHUNK) as u32).await?;
        let rest = chunk.subarray((at % CHUNK) as u32, chunk.length());
        let length = rest.length();
        parts.push(Blob::new_with_u8_array_sequence(&Array::of1(&rest)).ok()?.as_ref());
        let_go(&chunk.buffer());
        if length == 0 {
            return None;
        }
        at += u64::from(length);
    }
    Blob::new_with_blob_sequence(&parts).ok()
}

/// What became of a whole file, where it was stopped after all: a virus check begins when the last byte is
/// there.
pub async fn stopped(url: &str) -> Option<String> {
    for pause in LOOKS {
        TimeoutFuture::new(pause).await;
        let response = request("GET", url, &[], None).await.ok()?;
        let text = JsFuture::from(response.text().ok()?).await.ok()?.as_string()?;
        match browser::parse_json(&text)?.get("state")?.text()? {
            "received" => {}
            code @ ("infected" | "refused" | "damaged") => return Some(code.to_owned()),
            _ => return None,
        }
    }
    None
}

/// How long to wait before the next try, in milliseconds: longer each time, up to 15 seconds, and never less
/// than was asked for. `chance` (0 to 1) keeps many from coming back at once.
pub fn pause(failed: u8, asked: Option<u32>, chance: f64) -> u32 {
    let most = 1_000_u32 << failed.min(6);
    let pause = f64::from(most.min(15_000)) * (0.5 + chance / 2.0);
    (pause as u32).max(asked.unwrap_or_default().min(60) * 1_000)
}

/// Takes an upload back, as well as can be; `true` where it stays, because all of it is there already.
pub async fn remove(url: &str) -> bool {
    match request("DELETE", url, &[], None).await {
        Ok(response) if !response.ok() => match refused(response).await {
            Refused::Stop(Stop::Never(code)) => code == "kept",
            Refused::Stop(Stop::Later(_)) | Refused::Conflict => false,
        },
        Ok(_) | Err(_) => false,
    }
}

/// What the service at this address takes; `None` where it can't be asked, or takes no files.
pub async fn limits(service: &str) -> Option<Limits> {
    let window = web_sys::window()?;
    let url = [service, "v1/capabilities"].concat();
    let response: Response =
        JsFuture::from(window.fetch_with_str(&url)).await.ok()?.unchecked_into();
    let text = JsFuture::from(response.text().ok()?).await.ok()?.as_string()?;
    let answer = browser::parse_json(&text).filter(|_| response.ok())?;
    let uploads = answer.get("uploads")?;
    let number = |name: &str| match uploads.get(name) {
        Some(Json::Number(number)) => Some(*number as u64),
        _ => None,
    };
    let usual = Limits::default();
    Some(Limits {
        file_size: number("maxFileSize").unwrap_or(usual.file_size),
        files: number("maxFiles").map_or(usual.files, |it| it as usize),
        total_size: number("maxTotalSize").unwrap_or(usual.total_size),
    })
}

/// Makes an upload. The same attachment gets the same one again, whatever became of the first answer.
async fn create(way: &Way, attachment: &Attachment) -> Result<(String, u64), Stop> {
    let mut metadata = String::new();
    for (name, value) in [
        ("reference", &way.reference),
        ("filename", &attachment.name),
        ("filetype", &attachment.media_type),
        ("sha256", &attachment.sha256),
    ] {
        if !metadata.is_empty() {
            metadata.push(',');
        }
        metadata.push_str(name);
        metadata.push(' ');
        metadata.push_str(&browser::base64(value));
    }
    let headers = [
        ("Upload-Length", &*attachment.size.to_string()),
        ("Upload-Metadata", &metadata),
        ("Authorization", &["Bearer ", &way.access_code].concat()),
        ("Idempotency-Key", &attachment.id),
    ];
    let response = request("POST", &way.url, &headers, None).await?;
    let location = response.headers().get("Location").ok().flatten();
    match location {
        Some(location) if response.ok() => {
            let url = browser::resolve(&location, &way.url);
            Ok((url, number(&response, "Upload-Offset").unwrap_or(0)))
        }
        _ => Err(match refused(response).await {
            Refused::Conflict => Stop::Later(None),
            Refused::Stop(stop) => stop,
        }),
    }
}

/// How many bytes have arrived; `None` where the upload is gone.
async fn offset(url: &str) -> Result<Option<u64>, Stop> {
    let response = request("HEAD", url, &[], None).await?;
    match response.status() {
        403 | 404 | 410 => Ok(None),
        _ if response.ok() => Ok(number(&response, "Upload-Offset")),
        _ => match refused(response).await {
            Refused::Conflict => Err(Stop::Later(None)),
            Refused::Stop(stop) => Err(stop),
        },
    }
}

enum Refused {
    /// It is further, or somebody else writes to it.
    Conflict,
    /// It stops here.
    Stop(Stop),
}

async fn refused(response: Response) -> Refused {
    let wait = response.headers().get("Retry-After").ok().flatten();
    let wait = wait.and_then(|it| it.trim().parse().ok());
    match response.status() {
        409 => Refused::Conflict,
        408 | 423 | 425 | 429 | 500..=599 => Refused::Stop(Stop::Later(wait)),
        status => {
            let text = match response.text() {
                Ok(text) => JsFuture::from(text).await.ok().and_then(|it| it.as_string()),
                Err(_) => None,
            };
            let problem = text.as_deref().and_then(browser::parse_json);
            let errors = problem.as_ref().and_then(|it| it.get("errors")?.list());
            let code = errors.and_then(|it| it.first()?.get("code")?.text());
            let code = code.or(problem.as_ref().and_then(|it| it.get("code")?.text()));
            let code = code.map_or_else(|| status.to_string(), str::to_owned);
            Refused::Stop(Stop::Never(code))
        }
    }
}

/// One request. Whatever is no answer may be one later.
async fn request(
    method: &str,
    url: &str,
    headers: &[(&str, &str)],
    body: Option<&Blob>,
) -> Result<Response, Stop> {
    let fields: Vec<(&str, JsValue)> =
        headers.iter().map(|(name, value)| (*name, JsValue::from_str(value))).collect();
    let all: Object = browser::object(&fields);
    let _ = js_sys::Reflect::set(&all, &"Tus-Resumable".into(), &VERSION.into());
    let init = RequestInit::new();
    init.set_method(method);
    init.set_headers(&all);
    if let Some(body) = body {
        init.set_body(body);
    }
    // A line that has gone dead says nothing for minutes.
    let controller = AbortController::new().ok();
    init.set_signal(controller.as_ref().map(AbortController::signal).as_ref());
    let limit = Timeout::new(LIMIT_MILLIS, move || {
        if let Some(controller) = controller {
            controller.abort();
        }
    });
    let window = web_sys::window().ok_or(Stop::Later(None))?;
    let response = JsFuture::from(window.fetch_with_str_and_init(url, &init)).await;
    limit.cancel();
    response.map(JsCast::unchecked_into).map_err(|_| Stop::Later(None))
}

fn number(response: &Response, name: &str) -> Option<u64> {
    response.headers().get(name).ok()??.trim().parse().ok()
}
