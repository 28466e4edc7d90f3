//! What the tests share: the service (inside the test, or as the real program), a client that
//! reads every answer, and records to send.

#![allow(dead_code, reason = "each test file uses its own part of it")]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use domain::draft::Draft;
use domain::flow::{self, Advice};
use domain::landlord::Landlord;
use domain::question::FieldName;
use domain::record::{self, Answer, Envelope, Shown};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::{HeaderMap, Request, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use server::limits::{Limits, Proxies};
use server::metrics::Metrics;
use server::secret::Secret;
use server::store::{Place, Store};
use server::uploads::{self, Settings, Uploads};
use server::{AppState, Config, app, outbox};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Connection};
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use uuid::Uuid;

pub mod tus;

/// The real app on a real port with a real database in a folder of its own.
pub struct Service {
    pub address: SocketAddr,
    pub folder: TempDir,
    pub state: AppState,
}

impl Service {
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// With another configuration. `landlords`, `dist` and `site` are folders in `folder`.
    pub async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = place(folder.path()).await;
        Self::start_in(folder, &place, change).await
    }

    /// Another instance over the same database, with a folder of its own.
    pub async fn beside(&self, change: impl FnOnce(&mut Config)) -> Self {
        let place = place(self.folder.path()).await;
        Self::start_in(tempfile::tempdir().unwrap(), &place, change).await
    }

    async fn start_in(folder: TempDir, place: &Place, change: impl FnOnce(&mut Config)) -> Self {
        let landlords = folder.path().join("landlords");
        fs::create_dir(&landlords).unwrap();
        for name in ["halton", "example"] {
            let file = format!("{name}.json");
            fs::copy(project().join("landlords").join(&file), landlords.join(&file)).unwrap();
        }
        let mut config = Config {
            site: folder.path().join("site"),
            dist: folder.path().join("dist"),
            landlords,
            allow_origins: Vec::new(),
            time_limit: Duration::from_secs(30),
            uploads: Settings {
                folder: folder.path().join("evidence"),
                bucket: None,
                is_shared: false,
                scanner: None,
                limits: uploads::LIMITS,
                reserve: 0,
                idle: Duration::from_secs(5),
                round: Duration::from_millis(200),
            },
            outbox: outbox::Settings::default(),
            proxies: Proxies::default(),
            limits: Limits::new(600),
            metrics: true,
            clock: SystemTime::now,
        };
        change(&mut config);
        let (store, _) = Store::open(place).await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let uploads = Uploads::new(config.uploads.clone());
        let secret = Secret::new("the secret of a test");
        let metrics = Metrics::default();
        let state = AppState { store, config: Arc::new(config), uploads, secret, metrics };
        tokio::spawn(uploads::work::run(state.clone()));
        let app = app(state.clone()).into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move {
            axum::serve(listener, app).await.unwrap();
        });
        Self { address, folder, state }
    }

    /// Sends a record with a key.
    pub async fn submit(&self, key: Uuid, body: &str) -> Response {
        submit(self.address, key, body).await
    }

    pub async fn get(&self, path: &str) -> Response {
        send(self.address, "GET", path, &[], "").await
    }

    pub async fn rows(&self) -> i64 {
        rows(self.folder.path()).await
    }

    /// The value in this column of the row with this reference.
    pub async fn column(&self, column: &str, reference: &str) -> Option<String> {
        column_of(self.folder.path(), column, reference).await
    }
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Response {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Response {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |it| it.to_str().unwrap())
    }

    /// The codes in a problem document, with their pointers; it must be one in every respect.
    #[track_caller]
    pub fn problem(&self, status: u16) -> Vec<(String, String)> {
        assert_eq!(self.status.as_u16(), status, "{:?}", self.body);
        assert_eq!(self.header("content-type"), "application/problem+json");
        let problem = self.json();
        assert_eq!(problem["type"], "about:blank");
        assert_eq!(problem["status"], status);
        assert!(problem["title"].is_string());
        assert!(problem["detail"].is_string());
        let errors = problem["errors"].as_array().cloned().unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        errors.iter().map(|it| (text(&it["pointer"]), text(&it["code"]))).collect()
    }
}

pub async fn submit(address: SocketAddr, key: Uuid, body: &str) -> Response {
    let key = key.to_string();
    let headers = [("content-type", "application/json"), ("idempotency-key", key.as_str())];
    send(address, "POST", "/v1/submissions", &headers, body.to_owned()).await
}

pub async fn send(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: impl Into<Bytes>,
) -> Response {
    Client::connect(address).await.send(method, path, headers, body).await
}

/// The same to a service that may end meanwhile: then there is no answer.
pub async fn send_once(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: impl Into<Bytes>,
) -> Option<Response> {
    let mut client = Client::try_connect(address).await?;
    client.try_send(method, path, headers, body).await
}

/// One connection, for many requests.
pub struct Client {
    address: SocketAddr,
    sender: http1::SendRequest<Full<Bytes>>,
}

impl Client {
    pub async fn connect(address: SocketAddr) -> Self {
        Self::try_connect(address).await.unwrap()
    }

    async fn try_connect(address: SocketAddr) -> Option<Self> {
        let stream = TcpStream::connect(address).await.ok()?;
        stream.set_nodelay(true).ok()?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await.ok()?;
        tokio::spawn(connection);
        Some(Self { address, sender })
    }

    pub async fn send(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Response {
        self.try_send(method, path, headers, body).await.unwrap()
    }

    async fn try_send(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Option<Response> {
        let host = self.address.to_string();
        let mut request = Request::builder().method(method).uri(path).header("host", host);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::new(body.into())).unwrap();
        self.sender.ready().await.ok()?;
        let (head, body) = self.sender.send_request(request).await.ok()?.into_parts();
        let body = body.collect().await.ok()?.to_bytes();
        Some(Response { status: head.status, headers: head.headers, body })
    }
}

/// The program itself, as it is run.
pub struct Program {
    pub child: Child,
    pub address: SocketAddr,
}

impl Program {
    /// Starts it on this data folder.
    pub fn start(data: &Path, environment: &[(&str, &str)]) -> Self {
        let mut command = command(&["serve", "--port", "0"]);
        use_database(&mut command, data);
        let mut child = command
            .arg("--data")
            .arg(data)
            .current_dir(project())
            .envs(environment.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line
            .strip_prefix("Ready at http://")
            .and_then(|rest| rest.strip_suffix("/\n"))
            .unwrap_or_else(|| panic!("the program says {line:?}"));
        Self { address: address.parse().unwrap(), child }
    }

    /// `kill -9`.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// `kill`, as a process manager does it.
    pub fn terminate(&self) {
        let id = self.child.id().to_string();
        let status = Command::new("kill").args(["-TERM", &id]).status().unwrap();
        assert!(status.success());
    }

    /// Everything that it wrote to standard error, once it has ended well.
    pub fn log(mut self) -> String {
        let mut log = String::new();
        let mut stderr = self.child.stderr.take().unwrap();
        stderr.read_to_string(&mut log).unwrap();
        assert!(self.child.wait().unwrap().success(), "{log}");
        log
    }
}

/// The program with these arguments, untouched by the environment of whoever runs the tests.
pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_housing-complaint"));
    command.args(arguments);
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("HC_")) {
        command.env_remove(name);
    }
    command
}

pub fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

pub fn database(folder: &Path) -> PathBuf {
    folder.join("housing-complaint.db")
}

/// The PostgreSQL server of the tests, where there is one: `cargo xtask test` runs them with one, too.
fn server() -> Option<String> {
    std::env::var("HC_TEST_DATABASE").ok().filter(|it| it.starts_with("postgres"))
}

/// Whether these tests run on PostgreSQL.
pub fn is_postgres() -> bool {
    server().is_some()
}

/// The database of the service whose folder this is: a file in it, or one of its own on the server.
pub async fn place(folder: &Path) -> Place {
    let Some(server) = server() else {
        return Place::File(database(folder));
    };
    if let Some(url) = url_of(folder) {
        return Place::Server(url);
    }
    let name = format!("t{}", Uuid::new_v4().simple());
    sqlx::any::install_default_drivers();
    let options = Place::Server(server.clone()).options().unwrap();
    let mut connection = AnyConnection::connect_with(&options).await.unwrap();
    let create = AssertSqlSafe(format!("create database {name}"));
    sqlx::query(create).execute(&mut connection).await.unwrap();
    let url = format!("{}/{name}", server.rsplit_once('/').unwrap().0);
    fs::write(folder.join(URL), &url).unwrap();
    Place::Server(url)
}

/// In the folder of a service: where its database on a server is.
const URL: &str = "database-url";

fn url_of(folder: &Path) -> Option<String> {
    fs::read_to_string(folder.join(URL)).ok()
}

/// Gives the program the database of this folder.
pub fn use_database(command: &mut Command, folder: &Path) {
    if !is_postgres() {
        return;
    }
    fs::create_dir_all(folder).unwrap();
    // From a thread of its own: who calls may be inside of a runtime.
    let owned = folder.to_owned();
    let find = move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async { place(&owned).await })
    };
    if let Place::Server(url) = std::thread::spawn(find).join().unwrap() {
        command.env("HC_DATABASE", url).env("HC_SECRET", "the secret of a test");
    }
}

pub async fn query(folder: &Path, sql: String) -> Result<Vec<AnyRow>, sqlx::Error> {
    sqlx::any::install_default_drivers();
    let options = place(folder).await.options()?;
    let mut connection = AnyConnection::connect_with(&options).await?;
    let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut connection).await;
    connection.close().await?;
    rows
}

/// Changes the database behind the service's back.
pub async fn execute(file: &Path, sql: &'static str) {
    query(file.parent().unwrap(), sql.to_owned()).await.unwrap();
}

pub async fn rows(folder: &Path) -> i64 {
    use sqlx::Row;
    let sql = "select count(*) from submissions".to_owned();
    query(folder, sql).await.unwrap()[0].get(0)
}

pub async fn column_of(folder: &Path, column: &str, reference: &str) -> Option<String> {
    use sqlx::Row;
    let sql = format!("select {column} from submissions where reference = '{reference}'");
    query(folder, sql).await.unwrap()[0].get(0)
}

/// A complete complaint in which `account` is the resident's account.
pub fn complaint(account: &str) -> String {
    complaint_with(&[(FieldName::Account, account)], "halton")
}

/// A complete complaint to a landlord, with these answers instead of the usual ones. With another
/// intent it is a record of another kind.
pub fn complaint_with(answers: &[(FieldName, &str)], landlord: &str) -> String {
    let mut draft = Draft::default();
    let usual = [
        (FieldName::Danger, "no"),
        (FieldName::Intent, "told"),
        (FieldName::OnBehalfOf, "me"),
        (FieldName::Home, "tenant"),
        (FieldName::Topics, "repairs"),
        (FieldName::Account, "There is no heating."),
        (FieldName::Outcome, "do_the_work"),
        (FieldName::Name, "Amira Example"),
        (FieldName::Address, "1 Example Street\nWidnes"),
    ];
    for (name, value) in usual.iter().chain(answers) {
        draft.enter(*name, vec![(*value).to_owned()]);
    }
    draft.choose(Advice::FirstReport, flow::WAY_REQUEST, "A request or a complaint?");
    let envelope = Envelope {
        landlord: landlord.to_owned(),
        config_version: "2026-11-21".to_owned(),
        widget_version: "0.1.0".to_owned(),
        language: "en".to_owned(),
        submitted_at: "2026-11-21T09:29:58.000Z".to_owned(),
        source: None,
    };
    let answers = vec![Answer {
        id: "account".to_owned(),
        label: "What happened?".to_owned(),
        value: draft.text(FieldName::Account).to_owned(),
    }];
    let shown = Shown { envelope, answers };
    let record = record::from_draft(&draft, &Landlord::default(), shown).unwrap();
    serde_json::to_string(&record).unwrap()
}
