//! `GET /metrics`: counts and times, as Prometheus reads them; and `GET /readyz`.
//!
//! What requests do is counted where they are answered. What stands in the database is counted there when
//! somebody asks, and kept for some seconds, so that any number of scrapers cost the same.
//!
//! Never here: anything of a person or of one case. The labels are the router's own patterns, methods,
//! statuses and the keys of closed lists; a landlord's id that somebody made up is none of them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing;
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;
use tokio::net::TcpListener;
use tokio::sync::Mutex;
use tracing::error;

use crate::error::{self, Error};
use crate::limits::Peer;
use crate::{AppState, alarm, clock, outbox};

/// For how long what was counted in the database is told again.
const FRESH: Duration = Duration::from_secs(10);

/// What this instance has counted. Clones are the same.
#[derive(Clone)]
pub struct Metrics(Arc<Inner>);

struct Inner {
    registry: Registry,
    requests: Family<Answered, Counter>,
    seconds: Family<Asked, Histogram>,
    refused: Family<Limited, Counter>,
    stored: Stored,
    /// When the database was last asked.
    asked: Mutex<Option<Instant>>,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Answered {
    route: String,
    method: &'static str,
    status: u16,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Asked {
    route: String,
    method: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Limited {
    limit: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Of {
    kind: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct In {
    state: String,
}

/// What stands in the database, which all instances share.
#[derive(Default)]
struct Stored {
    submissions: Family<Of, Gauge>,
    open: Gauge,
    late: Gauge,
    unconfirmed: Gauge,
    waiting: Gauge,
    parked: Gauge,
    uploads: Family<In, Gauge>,
}

impl Default for Metrics {
    fn default() -> Self {
        let requests = Family::<Answered, Counter>::default();
        let seconds = Family::<Asked, Histogram>::new_with_constructor(|| {
            // From half a millisecond to half a minute.
            Histogram::new(exponential_buckets(0.0005, 2.0, 16))
        });
        let refused = Family::<Limited, Counter>::default();
        let stored = Stored::default();
        let mut registry = Registry::with_prefix("hc");
        registry.register("requests", "Requests that were answered", requests.clone());
        registry.register("request_seconds", "How long they took", seconds.clone());
        registry.register("limited", "Requests over a limit", refused.clone());
        let Stored { submissions, open, late, unconfirmed, waiting, parked, uploads } = &stored;
        registry.register("submissions", "Records that are stored", submissions.clone());
        registry.register("cases_open", "Cases that the landlord has not answered", open.clone());
        registry.register("cases_late", "Cases with a promised day that has passed", late.clone());
        registry.register(
            "cases_unconfirmed",
            "Cases with something that nobody at the landlord has seen for a working day",
            unconfirmed.clone(),
        );
        registry.register("outbox_waiting", "Messages to be delivered", waiting.clone());
        registry.register("outbox_parked", "Messages that were given up", parked.clone());
        registry.register("uploads", "Files, by how far they have come", uploads.clone());
        let asked = Mutex::new(None);
        Self(Arc::new(Inner { registry, requests, seconds, refused, stored, asked }))
    }
}

impl Metrics {
    /// Notes a request over a limit.
    pub fn limited(&self, limit: &'static str) {
        self.0.refused.get_or_create(&Limited { limit }).inc();
    }
}

/// Counts a request when it is answered.
pub async fn count(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let method = known(request.method());
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map_or("none", MatchedPath::as_str).to_owned();
    let started = Instant::now();
    let response = next.run(request).await;
    let took = started.elapsed().as_secs_f64();
    let metrics = &state.metrics.0;
    let status = response.status().as_u16();
    metrics.seconds.get_or_create(&Asked { route: route.clone(), method }).observe(took);
    metrics.requests.get_or_create(&Answered { route, method, status }).inc();
    response
}

/// A method by its name, as far as the service has any: the others are words of the visitor.
fn known(method: &Method) -> &'static str {
    [
        Method::GET,
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
        Method::HEAD,
        Method::OPTIONS,
    ]
    .iter()
    .zip(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"])
    .find_map(|(known, name)| (known == method).then_some(name))
    .unwrap_or("other")
}

/// `GET /metrics` on the address of the service, with `--metrics`: for who is in the landlord's own
/// network.
pub async fn get(State(state): State<AppState>, peer: Peer) -> Result<Response, Error> {
    if !state.config.metrics || !peer.is_private() {
        return Ok(StatusCode::NOT_FOUND.into_response());
    }
    everything(State(state)).await
}

/// `GET /metrics` on an address of its own (`--metrics-address`).
pub async fn everything(State(state): State<AppState>) -> Result<Response, Error> {
    refresh(&state).await?;
    let mut body = String::new();
    if text::encode(&mut body, &state.metrics.0.registry).is_err() {
        error!("what was counted can't be written");
        return Err(Error::Unavailable);
    }
    let headers = [
        (CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8"),
        (CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, body).into_response())
}

/// Answers `/metrics` on an address of its own, until the service stops.
pub async fn serve(listener: TcpListener, state: AppState) {
    let uploads = state.uploads.clone();
    let app = Router::new().route("/metrics", routing::get(everything)).with_state(state);
    let serving = axum::serve(listener, app);
    tokio::select! {
        Err(error) = serving => error!(%error, "the address of the metrics is no longer answered"),
        () = uploads.stopped() => {}
    }
}

/// Counts what stands in the database, where that was not done just now.
async fn refresh(state: &AppState) -> Result<(), Error> {
    let mut asked = state.metrics.0.asked.lock().await;
    if asked.is_some_and(|at| at.elapsed() < FRESH) {
        return Ok(());
    }
    let today = clock::now(state)?.today.to_string();
    let pool = state.store.pool();
    let one = async |sql: &'static str, value: Option<&str>| {
        let mut query = sqlx::query_scalar::<_, i64>(sql);
        if let Some(value) = value {
            query = query.bind(value.to_owned());
        }
        query.fetch_one(pool).await.map_err(crate::store::unreadable)
    };
    let each = async |sql: &'static str| {
        let rows = sqlx::query_as::<_, (String, i64)>(sql).fetch_all(pool).await;
        rows.map_err(crate::store::unreadable)
    };
    let stored = &state.metrics.0.stored;
    for (kind, count) in each("select kind, count(*) from submissions group by kind").await? {
        stored.submissions.get_or_create(&Of { kind }).set(count);
    }
    stored.uploads.clear();
    for (state, count) in each("select state, count(*) from uploads group by state").await? {
        stored.uploads.get_or_create(&In { state }).set(count);
    }
    let open = "select count(*) from cases where due_on is not null";
    stored.open.set(one(open, None).await?);
    let late = "select count(*) from cases where due_on < $1";
    stored.late.set(one(late, Some(&today)).await?);
    stored.unconfirmed.set(alarm::unconfirmed(state).await?);
    let backlog = outbox::backlog(state).await?;
    stored.waiting.set(backlog.waiting);
    stored.parked.set(backlog.parked);
    *asked = Some(Instant::now());
    Ok(())
}

/// `GET /healthz`: the process lives. It asks nobody: a balancer that restarts what can't reach its
/// database would only make things worse.
pub async fn healthz() -> Response {
    error::json(StatusCode::OK, "application/json", &serde_json::json!({ "status": "ok" }))
}

/// `GET /readyz`: the database answers, and the disk has room for a complaint.
pub async fn readyz(State(state): State<AppState>) -> Result<Response, Error> {
    state.store.check().await?;
    if !state.uploads.has_room() {
        error!("the disk is nearly full");
        return Err(Error::Unavailable);
    }
    Ok(healthz().await)
}
