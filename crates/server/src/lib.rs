//! The receiving service: it stores complaints and answers with real dates.
//!
//! # Layout
//!
//! - [`app`]: every address that the service answers, as one router; the program and the tests
//!   both call it;
//! - [`submissions`]: receiving a record; [`parse`]: reading it, with a pointer to what is wrong;
//! - [`store`]: the database, and the one task that writes to it;
//! - [`landlords`]: the landlords' files; [`files`]: the sample page, the widget's files, schemas;
//! - [`error`]: the one error at the HTTP edge, as problem documents (RFC 9457);
//! - [`log`]: what is logged, which is never about a person;
//! - [`options`], [`serve`], [`lint`], [`evidence`], [`deadlines`]: the commands; [`provisions`]:
//!   what the form does for each provision of the Code.
//!
//! What is deliberately absent: rules. They are all in `domain`, which the widget uses too. The
//! service trusts no date and no triage from a browser; it works them out again.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::extract::State;
use axum::http::header::{
    AUTHORIZATION, CONTENT_TYPE, LOCATION, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Router, middleware};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::CorsLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;

use crate::error::Error;
use crate::options::{Command, Options};
use crate::store::Store;

pub mod deadlines;
pub mod error;
pub mod evidence;
pub mod files;
pub mod landlords;
pub mod lint;
pub mod log;
pub mod options;
pub mod parse;
pub mod provisions;
pub mod serve;
pub mod store;
pub mod submissions;

/// Every address that this service answers.
pub fn app(state: AppState) -> Router {
    let config = Arc::clone(&state.config);
    // The one list of other sites whose pages may send complaints here. Never `*`: a page that the
    // landlord doesn't know must not collect complaints in the landlord's name.
    let origins = CorsLayer::new()
        .allow_origin(config.allow_origins.clone())
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([CONTENT_TYPE, AUTHORIZATION, submissions::IDEMPOTENCY_KEY])
        .expose_headers([LOCATION, RETRY_AFTER])
        .max_age(Duration::from_secs(3600));
    let service = Router::new().route("/v1/submissions", post(submissions::submit)).layer(origins);
    Router::new()
        .merge(service)
        .route("/healthz", get(health))
        .merge(files::router(&config))
        // One of its own, or it would be that of the files, with their headers for every site.
        .fallback(async || StatusCode::NOT_FOUND)
        .with_state(state)
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, config.time_limit))
        .layer(CatchPanicLayer::new())
        .layer(middleware::map_response(error::as_problem))
        .layer(SetResponseHeaderLayer::overriding(
            X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ))
        .layer(middleware::from_fn(log::request))
}

/// Runs a command of the program.
///
/// # Errors
///
/// Why the command could not do its work, as one sentence.
pub async fn run(options: Options) -> Result<(), Failure> {
    match options.command {
        Command::Serve(options) => {
            log::init();
            serve::serve(options).await
        }
        Command::Lint(options) => lint::lint(&options),
        Command::Evidence(options) => evidence::evidence(&options),
        Command::Deadlines(options) => deadlines::deadlines(&options),
    }
}

/// What a request can reach.
#[derive(Clone)]
pub struct AppState {
    /// The database.
    pub store: Store,
    /// Everything that was decided at the start.
    pub config: Arc<Config>,
}

/// What is decided at the start, and does not change.
#[derive(Clone, Debug)]
pub struct Config {
    /// The folder with `index.html`, `sample/` and `schemas/`.
    pub site: PathBuf,
    /// The folder with the widget's files.
    pub dist: PathBuf,
    /// The folder with the landlords' files.
    pub landlords: PathBuf,
    /// Other sites whose pages may use the service.
    pub allow_origins: Vec<HeaderValue>,
    /// How long a request may take, from its headers to its answer.
    pub time_limit: Duration,
    /// The clock by which complaints are received.
    pub clock: fn() -> SystemTime,
}

/// Why a command of the program could not do its work: one sentence that says what to do.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "the sentences say it")]
pub enum Failure {
    #[error("This version stores in SQLite only: give --database sqlite://PATH, or --data FOLDER.")]
    OnlySqlite,
    #[error(
        "{0:?} is not an origin: give --allow-origin scheme://host, such as https://www.example.org."
    )]
    Origin(String),
    #[error("Can't make the data folder {folder}: {source}. Give --data another folder.")]
    DataFolder { folder: PathBuf, source: std::io::Error },
    #[error(
        "Can't open the database {file}: {source}. Give --data a folder in which this user may write."
    )]
    Database { file: PathBuf, source: sqlx::Error },
    #[error("The database {file} does not fit this version: {source}.")]
    Migration { file: PathBuf, source: sqlx::migrate::MigrateError },
    #[error("Can't listen on {address}:{port}: {source}. Give another --port or --address.")]
    Listen { address: String, port: u16, source: std::io::Error },
    #[error("The service stopped: {0}.")]
    Stopped(std::io::Error),
    #[error("Can't read the landlord's file {file}: {source}.")]
    LandlordUnreadable { file: PathBuf, source: std::io::Error },
    #[error("The landlord's file {file} can't be used: {findings}.")]
    LandlordUnusable { file: PathBuf, findings: String },
    #[error("{0}")]
    LintErrors(lint::Summary),
    #[error("{0}")]
    LintUnreadable(lint::Summary),
    #[error(
        "Line {line} of standard input is not a day: give one a line as YYYY-MM-DD, or two, the second \
        being that of the request for stage 2."
    )]
    NotDays { line: usize },
    #[error(
        "No date can be promised: bank holidays are known up to {ends_on} only, and a date falls after it."
    )]
    BeyondCalendar { ends_on: chrono::NaiveDate },
}

impl Failure {
    /// How the program ends: 1, or 2 where `lint` could not read a file.
    pub fn code(&self) -> u8 {
        if matches!(self, Self::LintUnreadable(_)) { 2 } else { 1 }
    }
}

/// The name of a header that the `http` crate does not know; in lower case.
const fn header(name: &'static str) -> HeaderName {
    HeaderName::from_static(name)
}

async fn health(State(state): State<AppState>) -> Result<Response, Error> {
    state.store.check().await?;
    Ok(error::json(StatusCode::OK, "application/json", &serde_json::json!({"status": "ok"})))
}
