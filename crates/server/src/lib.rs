//! The receiving service: it stores complaints and answers with real dates.
//!
//! # Layout
//!
//! - [`app`]: every address that the service answers, as one router; the program and the tests
//!   both call it;
//! - [`submissions`]: receiving a record; [`parse`]: reading it, with a pointer to what is wrong;
//! - [`cases`]: what becomes of it, and what a resident does with it;
//! - [`uploads`]: the files that residents attach, by the tus protocol;
//! - [`desk`]: the landlord's side, for its systems ([`keys`]) and its officers;
//! - [`outbox`]: what leaves the service; [`alarm`]: what nobody has looked at;
//! - [`metrics`]: what is counted; [`openapi`]: every address, described;
//! - [`limits`]: how often something may be tried; [`secret`]: what only this service knows;
//! - [`store`]: the database;
//! - [`clock`]: the moment, and the day in London; [`words`]: what the service writes to people;
//! - [`landlords`]: the landlords' files; [`files`]: the sample page, the widget's files, schemas;
//! - [`error`]: the one error at the HTTP edge, as problem documents (RFC 9457);
//! - [`log`]: what is logged, which is never about a person;
//! - [`options`], [`serve`], [`lint`], [`evidence`], [`deadlines`], [`export`], [`purge`], [`backup`]: the
//!   commands; [`provisions`]: what the form does for each provision of the Code.
//!
//! What is deliberately absent: rules. They are all in `domain`, which the widget uses too. The
//! service trusts no date and no triage from a browser; it works them out again.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::http::header::{
    AUTHORIZATION, CONTENT_TYPE, LOCATION, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::routing::{get, post};
use axum::{Router, middleware};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::CorsLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;

use crate::limits::{Limits, Proxies};
use crate::metrics::Metrics;
use crate::options::{Command, Options};
use crate::secret::Secret;
use crate::store::Store;
use crate::uploads::Uploads;

pub mod alarm;
pub mod backup;
pub mod cases;
pub mod clock;
pub mod deadlines;
pub mod desk;
pub mod error;
pub mod evidence;
pub mod export;
pub mod files;
pub mod heard;
pub mod keys;
pub mod landlords;
pub mod limits;
pub mod lint;
pub mod log;
pub mod metrics;
pub mod openapi;
pub mod options;
pub mod outbox;
pub mod parse;
pub mod provisions;
pub mod purge;
pub mod secret;
pub mod serve;
pub mod store;
pub mod submissions;
pub mod triage;
pub mod uploads;
pub mod words;

/// Every address that this service answers.
pub fn app(state: AppState) -> Router {
    let config = Arc::clone(&state.config);
    // The one list of other sites whose pages may send complaints here. Never `*`: a page that the
    // landlord doesn't know must not collect complaints in the landlord's name.
    let origins = CorsLayer::new()
        .allow_origin(config.allow_origins.clone())
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::DELETE])
        .allow_headers([CONTENT_TYPE, AUTHORIZATION, submissions::IDEMPOTENCY_KEY])
        .expose_headers([LOCATION, RETRY_AFTER])
        .max_age(Duration::from_secs(3600));
    let service = Router::new()
        .route("/v1/submissions", post(submissions::submit))
        .merge(cases::http::router())
        .merge(uploads::others())
        .layer(origins);
    let limited = Router::new()
        .merge(service)
        .route("/healthz", get(metrics::healthz))
        .route("/readyz", get(metrics::readyz))
        .route("/metrics", get(metrics::get))
        .route("/openapi.json", get(openapi::get))
        .route("/lint", post(lint::over_http))
        .merge(desk::api::router())
        .merge(desk::officers::router())
        .merge(files::router(&config))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, config.time_limit));
    let counted = middleware::from_fn_with_state(state.clone(), metrics::count);
    Router::new()
        .merge(limited)
        .merge(uploads::router(&config))
        // One of its own, or it would be that of the files, with their headers for every site.
        .fallback(async || StatusCode::NOT_FOUND)
        .with_state(state)
        .layer(CatchPanicLayer::new())
        .layer(middleware::map_response(error::as_problem))
        .layer(SetResponseHeaderLayer::overriding(
            X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ))
        .layer(counted)
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
            serve::serve(*options).await
        }
        Command::Lint(options) => lint::lint(&options),
        Command::Evidence(options) => evidence::evidence(&options),
        Command::Deadlines(options) => deadlines::deadlines(&options),
        Command::Triage(options) => triage::triage(&options),
        Command::Webhooks(options) => outbox::commands::webhooks(options).await,
        Command::Purge(options) => purge::purge(&options).await,
        Command::Backup(options) => backup::backup(&options).await,
        Command::Keys(options) => desk::people::keys(options).await,
        Command::Officers(options) => desk::people::officers(options).await,
        Command::Export(options) => export::export(options).await,
    }
}

/// What a request can reach.
#[derive(Clone)]
pub struct AppState {
    /// The database.
    pub store: Store,
    /// The files that residents attach.
    pub uploads: Uploads,
    /// Everything that was decided at the start.
    pub config: Arc<Config>,
    /// What only this service knows.
    pub secret: Secret,
    /// What this instance has counted.
    pub metrics: Metrics,
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
    /// How long a request may take, from its headers to its answer. Uploads have no such limit.
    pub time_limit: Duration,
    /// Where the files that residents attach are kept, and how much is taken.
    pub uploads: uploads::Settings,
    /// Who is told what, and how.
    pub outbox: outbox::Settings,
    /// Which proxies are believed about where a request comes from.
    pub proxies: Proxies,
    /// How much one address may do.
    pub limits: Limits,
    /// Whether `/metrics` is answered to who is in the landlord's own network.
    pub metrics: bool,
    /// The clock by which complaints are received.
    pub clock: fn() -> SystemTime,
}

/// Why a command of the program could not do its work: one sentence that says what to do.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "the sentences say it")]
pub enum Failure {
    #[error(
        "That is no database: give --database sqlite://PATH, or --database postgres://HOST/NAME."
    )]
    NotADatabase,
    #[error(
        "With PostgreSQL the service needs a secret that all its instances share: give HC_SECRET, or \
        --secret-file FILE."
    )]
    NoSecret,
    #[error(
        "Can't read or make the file of the secret {file}: {source}. Give --secret-file another."
    )]
    Secret { file: PathBuf, source: std::io::Error },
    #[error(
        "{0:?} is not an origin: give --allow-origin scheme://host, such as https://www.example.org."
    )]
    Origin(String),
    #[error(
        "{0:?} is no place for evidence: give --evidence FOLDER, or --evidence s3://BUCKET/PREFIX."
    )]
    Evidence(String),
    #[error("Can't use the bucket of --evidence: {0}. Look at the AWS_* environment variables.")]
    Bucket(object_store::Error),
    #[error("{0:?} is no scanner: give --scanner clamd://HOST:PORT, or clamd:///PATH/TO/SOCKET.")]
    Scanner(String),
    #[error(
        "That is no mail server: give HC_SMTP=smtps://USER:PASSWORD@HOST, or \
        smtp://USER:PASSWORD@HOST:587?tls=required. Only to this machine mail goes unencrypted, or where \
        tls=none or tls=opportunistic says so."
    )]
    Smtp,
    #[error("Can't read the file of --smtp-file {file}: {source}.")]
    SmtpFile { file: PathBuf, source: std::io::Error },
    #[error("{0:?} is no address for mail: give --mail-from \"NAME <complaints@example.org>\".")]
    MailFrom(String),
    #[error(
        "Mail needs an address to come from: give --mail-from \"NAME <complaints@example.org>\"."
    )]
    NoMailFrom,
    #[error("{0:?} is no address of a team: give --team-mail LANDLORD=complaints@example.org.")]
    TeamMail(String),
    #[error("{0:?} is no page: give --resident-page LANDLORD=https://www.example.org/complaints.")]
    ResidentPage(String),
    #[error(
        "{0:?} is no address of this service: give --public-url https://complaints.example.org."
    )]
    PublicUrl(String),
    #[error("{url:?} can't be used for a webhook: {source}.")]
    WebhookAddress { url: String, source: outbox::addresses::Refused },
    #[error("{0:?} is not the id of a landlord: lower-case letters, digits and hyphens.")]
    LandlordId(String),
    #[error("There is no webhook {0:?}; `webhooks list` shows all.")]
    NoWebhook(String),
    #[error("The test did not arrive: {0}.")]
    WebhookTest(String),
    #[error("The database did not do its work; the log says why.")]
    Unavailable,
    #[error("Can't make the data folder {folder}: {source}. Give --data another folder.")]
    DataFolder { folder: PathBuf, source: std::io::Error },
    #[error(
        "Can't open the database {database}: {source}. Give --data a folder in which this user may \
        write, or --database the address of one that answers."
    )]
    Database { database: String, source: sqlx::Error },
    #[error("The database {database} does not fit this version: {source}.")]
    Migration { database: String, source: sqlx::migrate::MigrateError },
    #[error("Can't listen on {address}:{port}: {source}. Give another --port or --address.")]
    Listen { address: String, port: u16, source: std::io::Error },
    #[error("The service stopped: {0}.")]
    Stopped(std::io::Error),
    #[error("Can't read the landlord's file {file}: {source}.")]
    LandlordUnreadable { file: PathBuf, source: std::io::Error },
    #[error("The landlord's file {file} can't be used: {findings}.")]
    LandlordUnusable { file: PathBuf, findings: String },
    #[error("Can't remove what is over: {0}. What was removed before is noted.")]
    Purge(sqlx::Error),
    #[error(
        "The files of {0} cases could not be removed; the log says why. Run purge again: it goes on there."
    )]
    NotRemoved(usize),
    #[error(
        "A PostgreSQL database is copied with pg_dump (docs/service.md); backup is for SQLite alone."
    )]
    BackupOfServer,
    #[error("Can't make a backup in {folder}: {source}. An earlier one there is as it was.")]
    Backup { folder: PathBuf, source: std::io::Error },
    #[error("Nobody takes what is written: {0}.")]
    Output(std::io::Error),
    #[error("There is no key {0} that could be revoked. `keys list` shows all.")]
    NoSuchKey(String),
    #[error("There is no officer {0}. `officers list` shows all.")]
    NoSuchOfficer(String),
    #[error("There is an officer {0} already. Remove them first to change their name or landlord.")]
    OfficerIsThere(String),
    #[error("{0:?} is no e-mail address: give one like name@landlord.org.uk.")]
    NoAddress(String),
    #[error("{0}")]
    LintErrors(lint::Summary),
    #[error("{0}")]
    LintUnreadable(lint::Summary),
    #[error(
        "Line {line} of standard input is not a day: give one a line as YYYY-MM-DD, or two, the second \
        being that of the request for stage 2."
    )]
    NotDays { line: usize },
    #[error("The messages can't be read or written: {source}. Give one message a line, as UTF-8.")]
    Messages { source: std::io::Error },
    #[error("{file:?} can't be read: {source}. Check the path.")]
    RowsUnreadable { file: PathBuf, source: std::io::Error },
    #[error(
        "{file:?}, line {line} is no labelled message. Give id, text, label and hazard, with tabs between."
    )]
    NoRow { file: PathBuf, line: usize },
    #[error(
        "No date can be promised: bank holidays are known up to {ends_on} only, and a date falls after it."
    )]
    BeyondCalendar { ends_on: chrono::NaiveDate },
}

impl Failure {
    /// Of what the store says to a command. It has logged why.
    pub(crate) fn from_store(_error: error::Error) -> Self {
        Self::Unavailable
    }

    /// How the program ends: 1, or 2 where `lint` could not read a file.
    pub fn code(&self) -> u8 {
        if matches!(self, Self::LintUnreadable(_)) { 2 } else { 1 }
    }
}

/// The name of a header that the `http` crate does not know; in lower case.
const fn header(name: &'static str) -> HeaderName {
    HeaderName::from_static(name)
}
