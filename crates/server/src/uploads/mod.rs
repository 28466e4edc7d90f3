//! Files that residents attach, by the tus protocol for resumable uploads
//! (<https://tus.io/protocols/resumable-upload>, version 1.0.0, with the extensions creation,
//! creation-with-upload, checksum, expiration and termination).
//!
//! - here: the addresses, and what each method does;
//! - [`tus`]: the protocol's headers; [`refusal`]: why something is not done, as codes;
//! - [`receive`]: bytes on their way to the disk; [`finish`]: what is done when a file is whole;
//! - [`read`]: bytes on their way to the landlord; [`folder`]: the files on disk; [`locks`]: one sender at a time for each file;
//! - [`pieces`] and [`lease`]: the same two where several instances of the service share a bucket;
//! - [`work`]: what happens later: scanning ([`scanner`]), moving to a bucket ([`bucket`]), removing
//!   what has expired.
//!
//! Every byte goes to the folder first, and an offset is told only when the bytes before it are on
//! disk. How much of a file there is says the file itself, not the database: after `kill -9` nothing
//! has to be mended. Where several instances share a bucket, every byte goes there first, in pieces, and
//! how much there is says the database: any instance can go on. No address here answers with what is in
//! a file: only the landlord's side does, as something to save ([`crate::desk`]).

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Request, State as Extract};
use axum::http::header::{
    ALLOW, AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, EXPECT, LOCATION, RETRY_AFTER,
};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use chrono::{DateTime, SecondsFormat, Utc};
use domain::choices::{self, Choice};
use domain::evidence::{self, hex};
use domain::media::Media;
use http_body_util::BodyExt;
use serde::{Deserialize, Serialize};
use tokio::sync::{Notify, watch};
use tower_http::cors::CorsLayer;
use tracing::info;

use crate::cases;
use crate::error::{self, Error};
use crate::limits::Peer;
use crate::parse::{self, Fault};
use crate::store::uploads::{Announced, Creation, Limit, Limits, State, Upload};
use crate::{AppState, Config, clock, secret, submissions};

pub mod bucket;
mod finish;
mod folder;
mod lease;
mod locks;
mod pieces;
pub mod read;
mod receive;
pub mod refusal;
pub mod scanner;
mod tus;
pub mod work;

use bucket::Bucket;
use folder::Folder;
use lease::Turn;
use locks::{Locks, Urgency};
use refusal::Refusal;
use scanner::Scanner;

/// Where the files are, and how much is taken.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The folder in which every file begins, and stays where there is no bucket.
    pub folder: std::path::PathBuf,
    /// Where whole files of complaints are moved.
    pub bucket: Option<Bucket>,
    /// Whether other instances of the service have the same bucket and database: then a file arrives in
    /// pieces in the bucket, and not in the folder of one of them.
    pub is_shared: bool,
    /// What scans them.
    pub scanner: Option<Scanner>,
    /// How much is taken.
    pub limits: Limits,
    /// How much of the disk is left to complaints, in bytes: no file may use that up.
    pub reserve: u64,
    /// How long a sender may send nothing before it is taken to be gone.
    pub idle: Duration,
    /// How often is looked for what has expired, and for what could not be done before.
    pub round: Duration,
}

/// What is usual for a complaint, and 5 GB that nobody has claimed.
pub const LIMITS: Limits = Limits {
    file: evidence::Limits::USUAL.file_size,
    files: evidence::Limits::USUAL.files as u64,
    total: evidence::Limits::USUAL.total_size,
    unclaimed: 5_000_000_000,
};

/// How long an upload that belongs to no complaint is kept.
const UNCLAIMED: Duration = Duration::from_secs(24 * 60 * 60);
/// How long the beginning of a file of a complaint is kept after its last byte.
const UNFINISHED: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// How much of a body is read that is not wanted, so that its sender reads why.
const UNWANTED: usize = 8 * 1024 * 1024;

/// The uploads of this service. Clones are the same.
#[derive(Clone)]
pub struct Uploads(Arc<Inner>);

struct Inner {
    folder: Folder,
    settings: Settings,
    locks: Locks,
    room: pieces::Room,
    wake: Notify,
    stop: watch::Sender<bool>,
}

impl Uploads {
    /// With these settings. Nothing is made on disk before there is something to put there.
    pub fn new(settings: Settings) -> Self {
        Self(Arc::new(Inner {
            folder: Folder::new(settings.folder.clone()),
            settings,
            locks: Locks::default(),
            room: pieces::Room::default(),
            wake: Notify::new(),
            stop: watch::Sender::new(false),
        }))
    }

    /// Ends every transfer, with what has come of it on disk, and the work that is done later.
    pub fn stop(&self) {
        self.0.stop.send_replace(true);
    }

    /// Whether the disk has room for more than files.
    pub fn has_room(&self) -> bool {
        self.0.folder.room().is_none_or(|room| room >= self.0.settings.reserve / 2)
    }

    /// Removes a file for good, wherever its bytes are; `false` where that failed, which is logged.
    pub async fn erase(&self, file: &str, is_in_bucket: bool) -> bool {
        let is_gone = self.0.folder.erase(file).await;
        match &self.0.settings.bucket {
            Some(bucket) if is_in_bucket => {
                let is_rest_gone = !self.0.settings.is_shared || bucket.remove_pieces(file).await;
                bucket.erase(file).await && is_rest_gone && is_gone
            }
            Some(_) => is_gone,
            None => is_gone && !is_in_bucket,
        }
    }

    /// Ends when [`Self::stop`] is called.
    pub(crate) async fn stopped(&self) {
        let mut stop = self.0.stop.subscribe();
        // It can't fail: the sender lives as long as `self`.
        let _ = stop.wait_for(|stopped| *stopped).await;
    }
}

/// The addresses of the protocol. They have no limit of time: as long as bytes come, they are taken.
pub fn router(config: &Config) -> Router<AppState> {
    let origins = CorsLayer::new()
        .allow_origin(config.allow_origins.clone())
        .allow_methods([Method::GET, Method::POST, Method::HEAD, Method::PATCH, Method::DELETE])
        .allow_headers([
            CONTENT_TYPE,
            AUTHORIZATION,
            submissions::IDEMPOTENCY_KEY,
            tus::RESUMABLE,
            tus::LENGTH,
            tus::OFFSET,
            tus::METADATA,
            tus::CHECKSUM,
            tus::METHOD_OVERRIDE,
        ])
        .expose_headers([
            LOCATION,
            RETRY_AFTER,
            tus::RESUMABLE,
            tus::VERSION,
            tus::EXTENSION,
            tus::MAX_SIZE,
            tus::CHECKSUM_ALGORITHM,
            tus::LENGTH,
            tus::OFFSET,
            tus::METADATA,
            tus::EXPIRES,
        ])
        .max_age(Duration::from_secs(3600));
    Router::new()
        .route("/v1/uploads", any(all))
        .route("/v1/uploads/", any(all))
        .route("/v1/uploads/{id}", any(one))
        .layer(origins)
        .layer(middleware::from_fn_with_state(config.uploads.limits.file, with_version))
}

/// The addresses beside the protocol.
pub fn others() -> Router<AppState> {
    Router::new()
        .route("/v1/capabilities", get(capabilities))
        .route("/v1/cases/{reference}/evidence", post(claim))
}

/// Gives every answer the version of the protocol, and tells what is supported.
async fn with_version(Extract(max_size): Extract<u64>, request: Request, next: Next) -> Response {
    let is_options = request.method() == Method::OPTIONS;
    let is_preflight =
        request.headers().contains_key(axum::http::header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = if is_options && !is_preflight {
        StatusCode::NO_CONTENT.into_response()
    } else {
        next.run(request).await
    };
    let status = response.status();
    let headers = response.headers_mut();
    headers.insert(tus::RESUMABLE, HeaderValue::from_static(tus::THIS_VERSION));
    if is_options || status == StatusCode::PRECONDITION_FAILED {
        headers.insert(tus::VERSION, HeaderValue::from_static(tus::THIS_VERSION));
    }
    if is_options {
        headers.insert(tus::EXTENSION, HeaderValue::from_static(tus::EXTENSIONS));
        headers.insert(tus::CHECKSUM_ALGORITHM, HeaderValue::from_static(tus::ALGORITHMS));
        headers.insert(tus::MAX_SIZE, HeaderValue::from(max_size));
    }
    response
}

async fn all(
    Extract(state): Extract<AppState>,
    peer: Peer,
    request: Request,
) -> Result<Response, Error> {
    let (head, body) = request.into_parts();
    match tus::method(&head) {
        Method::POST => {
            let outcome = match tus::check_version(&head.headers) {
                Ok(()) => create(&state, peer, &head.headers).await,
                Err(refusal) => Err(refusal.into()),
            };
            match outcome {
                Ok(upload) => created(&state, &head.headers, upload, body).await,
                Err(error) => Err(unread(error, &head, body).await),
            }
        }
        _ => Ok((StatusCode::METHOD_NOT_ALLOWED, [(ALLOW, "OPTIONS, POST")]).into_response()),
    }
}

async fn one(
    Extract(state): Extract<AppState>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Error> {
    let (head, body) = request.into_parts();
    let method = tus::method(&head);
    if method == Method::GET {
        return status(&state, &id).await;
    }
    if ![Method::HEAD, Method::PATCH, Method::DELETE].contains(&method) {
        let allowed = [(ALLOW, "OPTIONS, GET, HEAD, PATCH, DELETE")];
        return Ok((StatusCode::METHOD_NOT_ALLOWED, allowed).into_response());
    }
    if let Err(refusal) = tus::check_version(&head.headers) {
        return Err(unread(refusal.into(), &head, body).await);
    }
    match method {
        Method::HEAD => offset(&state, &id).await,
        Method::PATCH => append(&state, &id, &head, body).await,
        _ => remove(&state, &id).await,
    }
}

/// Refuses a request whose body nobody has read.
async fn unread(error: Error, head: &Parts, mut body: Body) -> Error {
    // Who asks before sending has not sent.
    if !head.headers.contains_key(EXPECT) {
        drain(&mut body).await;
    }
    error
}

/// Reads what is left of a body, within reason: a browser that is answered while it still sends
/// reports a broken connection, and not why.
async fn drain(body: &mut Body) {
    let reading = async {
        let mut read = 0;
        while let Some(Ok(frame)) = body.frame().await {
            read += frame.data_ref().map_or(0, Bytes::len);
            if read > UNWANTED {
                break;
            }
        }
    };
    let _ = tokio::time::timeout(Duration::from_secs(5), reading).await;
}

/// Notes an upload, or finds the one that is there already.
async fn create(state: &AppState, peer: Peer, headers: &HeaderMap) -> Result<Upload, Error> {
    let limits = state.config.uploads.limits;
    let size = tus::length(headers)?;
    let metadata = tus::metadata(headers)?;
    let key = match headers.contains_key(submissions::IDEMPOTENCY_KEY) {
        true => Some(submissions::key(headers)?),
        false => None,
    };
    if size == 0 {
        return Err(Refusal::Empty.into());
    }
    if size > limits.file {
        return Err(Refusal::TooBig.into());
    }
    if let Some(reference) = &metadata.reference {
        authorize(state, reference, peer, headers).await?;
    }
    let wanted = size.saturating_add(state.config.uploads.reserve);
    let in_pieces = state.config.uploads.is_shared;
    if !in_pieces && state.uploads.0.folder.room().is_some_and(|room| room < wanted) {
        tracing::error!("the disk is nearly full: no more files are taken");
        return Err(Refusal::Full.into());
    }
    let now = (state.config.clock)();
    let lasts = if metadata.reference.is_some() { UNFINISHED } else { UNCLAIMED };
    let file = Announced {
        id: random_name()?,
        file: random_name()?,
        // The reference is part of it: a key is good for one complaint, whose code was given.
        key_hash: key.map(|key| {
            let reference = metadata.reference.as_deref().unwrap_or_default();
            crate::store::sha256(format!("upload:{key}:{reference}").as_bytes())
        }),
        reference: metadata.reference,
        size,
        metadata: metadata.text,
        name: metadata.name,
        sha256: metadata.sha256,
        created_at: moment(now),
        created_on: clock::now(state)?.today,
        expires_at: moment(now + lasts),
        in_pieces,
    };
    let id = file.id.clone();
    let id = match state.store.create_upload(file, limits).await? {
        Creation::New => id,
        Creation::Before(upload) => upload.id,
        Creation::OtherFile => return Err(Error::KeyReused),
        Creation::Over(limit) => return Err(over(limit).into()),
    };
    let upload = state.store.upload(&id).await?.ok_or(Error::Unavailable)?;
    if upload.state == State::Refused {
        return Err(Refusal::WrongType.into());
    }
    Ok(upload)
}

fn over(limit: Limit) -> Refusal {
    match limit {
        Limit::Files => Refusal::TooMany,
        Limit::Total => Refusal::TooMuch,
        Limit::Unclaimed => Refusal::Full,
    }
}

/// Answers a creation, with the bytes that came with it on disk.
async fn created(
    state: &AppState,
    headers: &HeaderMap,
    upload: Upload,
    mut body: Body,
) -> Result<Response, Error> {
    let mut offset = upload.size;
    if upload.state.is_open() {
        offset = finish::settled(state, &upload.id, Urgency::FromTheSilent).await?.1;
    }
    if tus::has_bytes(headers) && offset == 0 {
        let checksum = tus::checksum(headers)?;
        offset = receive::receive(state, &upload.id, 0, body, checksum).await?;
    } else {
        drain(&mut body).await;
    }
    // As it is now.
    let upload = state.store.upload(&upload.id).await?.ok_or(Error::Unavailable)?;
    let mut response = StatusCode::CREATED.into_response();
    let location = HeaderValue::try_from(["/v1/uploads/", &upload.id].concat())
        .expect("an address is letters and digits");
    response.headers_mut().insert(LOCATION, location);
    tell(&mut response, &upload, offset);
    Ok(response)
}

/// `HEAD`: how much is on disk.
async fn offset(state: &AppState, id: &str) -> Result<Response, Error> {
    let (upload, offset) = finish::settled(state, id, Urgency::FromTheSilent).await?;
    let mut response = StatusCode::OK.into_response();
    let headers = response.headers_mut();
    headers.insert(tus::LENGTH, HeaderValue::from(upload.size));
    if let Ok(metadata) = HeaderValue::from_str(&upload.metadata)
        && !metadata.is_empty()
    {
        headers.insert(tus::METADATA, metadata);
    }
    tell(&mut response, &upload, offset);
    Ok(response)
}

/// `PATCH`: more bytes.
async fn append(state: &AppState, id: &str, head: &Parts, body: Body) -> Result<Response, Error> {
    let parsed = || {
        if !tus::has_bytes(&head.headers) {
            return Err(Refusal::WrongContentType);
        }
        Ok((tus::offset(&head.headers)?, tus::checksum(&head.headers)?))
    };
    let (from, checksum) = match parsed() {
        Ok(parsed) => parsed,
        Err(refusal) => return Err(unread(refusal.into(), head, body).await),
    };
    let offset = receive::receive(state, id, from, body, checksum).await?;
    let upload = state.store.upload(id).await?.ok_or(Error::Unavailable)?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    tell(&mut response, &upload, offset);
    Ok(response)
}

/// `DELETE`: the sender takes it back.
async fn remove(state: &AppState, id: &str) -> Result<Response, Error> {
    let upload = alive(state, id).await?;
    let turn = Turn::take(state, &upload, Urgency::AtOnce).await?.ok_or(Refusal::Locked)?;
    let outcome = remove_in_turn(state, id).await;
    turn.let_go().await;
    outcome?;
    info!("an upload was taken back");
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn remove_in_turn(state: &AppState, id: &str) -> Result<(), Error> {
    let upload = alive(state, id).await?;
    if upload.reference.is_some() && !upload.state.is_open() {
        return Err(Refusal::Kept.into());
    }
    state.store.end_upload(id, State::Removed, None).await?;
    remove_bytes(state, &upload).await;
    Ok(())
}

/// Removes what has come of an upload that has ended. What can't be removed now is found in a later round.
async fn remove_bytes(state: &AppState, upload: &Upload) {
    let uploads = &state.uploads.0;
    match (&upload.arrived, &uploads.settings.bucket) {
        (Some(_), Some(bucket)) => {
            bucket.remove_pieces(&upload.file).await;
        }
        (Some(_), None) => {}
        (None, _) => uploads.folder.remove(&upload.file).await,
    }
}

/// How many bytes of an upload are here.
async fn length(state: &AppState, upload: &Upload) -> Result<u64, Refusal> {
    match (upload.state.is_open(), upload.arrived) {
        (true, None) => state.uploads.0.folder.length(&upload.file).await,
        (true, Some(arrived)) => Ok(arrived),
        (false, _) => Ok(upload.size),
    }
}

/// The upload with this address, if its bytes are still here, or still wanted.
async fn alive(state: &AppState, id: &str) -> Result<Upload, Error> {
    let upload = state.store.upload(id).await?.ok_or(Refusal::Unknown)?;
    match upload.state {
        State::Refused => return Err(Refusal::WrongType.into()),
        State::Removed | State::Expired => return Err(Refusal::Gone.into()),
        State::Incomplete
        | State::Damaged
        | State::Received
        | State::Clean
        | State::Infected
        | State::NotScanned => {}
    }
    let now = moment((state.config.clock)());
    // The next round removes it.
    if upload.expires_at.as_ref().is_some_and(|at| *at < now) {
        return Err(Refusal::Gone.into());
    }
    Ok(upload)
}

fn tell(response: &mut Response, upload: &Upload, offset: u64) {
    let headers = response.headers_mut();
    headers.insert(tus::OFFSET, HeaderValue::from(offset));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(expires) = upload.expires_at.as_deref().and_then(tus::http_date) {
        headers.insert(tus::EXPIRES, expires);
    }
}

/// What `GET` tells about an upload.
#[derive(Serialize)]
struct Status<'a> {
    id: &'a str,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    size: u64,
    offset: u64,
    name: Option<&'a str>,
    r#type: Option<&'a str>,
    sha256: Option<String>,
}

impl<'a> Status<'a> {
    fn of(upload: &'a Upload, offset: u64) -> Self {
        Self {
            id: &upload.id,
            state: upload.state.key(),
            reason: upload.reason.as_deref(),
            size: upload.size,
            offset,
            name: upload.name.as_deref(),
            r#type: upload.media_type.as_deref(),
            sha256: upload.sha256.as_deref().map(hex),
        }
    }
}

/// `GET`: how far it has come. Never what is in it.
async fn status(state: &AppState, id: &str) -> Result<Response, Error> {
    let upload = match alive(state, id).await {
        Ok(upload) => upload,
        // Whoever lost the answer in which it was refused learns here why.
        Err(Error::Upload(Refusal::WrongType)) => {
            state.store.upload(id).await?.ok_or(Refusal::Unknown)?
        }
        Err(error) => return Err(error),
    };
    let offset = match upload.state {
        found if found.is_gone() => 0,
        _ => length(state, &upload).await?,
    };
    let mut response =
        error::json(StatusCode::OK, "application/json", &Status::of(&upload, offset));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// `GET /v1/capabilities`: what this service takes.
async fn capabilities(Extract(state): Extract<AppState>) -> Response {
    let Limits { file, files, total, unclaimed: _ } = state.config.uploads.limits;
    let capabilities = serde_json::json!({
        "uploads": {
            "url": "/v1/uploads",
            "maxFileSize": file,
            "maxFiles": files,
            "maxTotalSize": total,
            "types": choices::keys::<Media>(),
        },
        "cases": true,
        "mail": state.config.outbox.can_mail(),
    });
    let mut response = error::json(StatusCode::OK, "application/json", &capabilities);
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

/// Uploads that a resident wants to be part of a complaint.
#[derive(Deserialize)]
struct Claim {
    uploads: Vec<String>,
}

/// `POST /v1/cases/{reference}/evidence`: makes uploads part of a complaint.
async fn claim(
    Extract(state): Extract<AppState>,
    Path(reference): Path<String>,
    peer: Peer,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Error> {
    let body = submissions::read(body).await?;
    submissions::require_json(&headers)?;
    authorize(&state, &reference, peer, &headers).await?;
    let limits = state.config.uploads.limits;
    let claim: Claim = parse::body(&body).map_err(Error::Invalid)?;
    if claim.uploads.len() as u64 > limits.files {
        return Err(Refusal::TooMany.into());
    }
    let expires_at = moment((state.config.clock)() + UNFINISHED);
    let now = clock::now(&state)?;
    let ids = claim.uploads;
    let claimed = state.store.claim_uploads(reference, ids, limits, expires_at, now).await?;
    let claimed = claimed.map_err(|(at, limit)| {
        Error::Invalid(vec![Fault {
            pointer: format!("/uploads/{at}"),
            code: limit.map_or(Refusal::Unknown, over).code(),
        }])
    })?;
    state.uploads.0.wake.notify_one();
    info!(uploads = claimed.len(), "claimed");
    let mut list = Vec::with_capacity(claimed.len());
    for upload in &claimed {
        let offset = length(&state, upload).await?;
        list.push(Status::of(upload, offset));
    }
    let list = serde_json::json!({ "uploads": list });
    let mut response = error::json(StatusCode::OK, "application/json", &list);
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// As for a case, in the words of uploads.
async fn authorize(
    state: &AppState,
    reference: &str,
    peer: Peer,
    headers: &HeaderMap,
) -> Result<(), Error> {
    match cases::http::authorize(state, reference, peer, headers).await {
        Err(Error::NoSuchCase) => Err(Refusal::Unknown.into()),
        outcome => outcome,
    }
}

/// 128 random bits in hexadecimal.
fn random_name() -> Result<String, Error> {
    Ok(hex(&secret::random::<16>()?))
}

/// A moment as it is written in the database.
fn moment(time: SystemTime) -> String {
    DateTime::<Utc>::from(time).to_rfc3339_opts(SecondsFormat::Millis, true)
}
