//! What is logged: method, route, status, duration, and the reference of what was stored.
//!
//! Never here: a body, a header, a query, or a path as it was typed (any of them may hold a
//! person's name). The route is the router's own pattern, so nothing of the visitor's is in it.

use std::io::{self, IsTerminal};
use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::HeaderValue;
use axum::middleware::Next;
use axum::response::Response;
use tracing::{Instrument, info, info_span};
use tracing_subscriber::EnvFilter;
use uuid::Uuid;

use crate::header;

/// Sends the log to standard error. `HC_LOG` or `RUST_LOG` decide how much of it; `info` otherwise.
pub fn init() {
    let wanted = ["HC_LOG", "RUST_LOG"].into_iter().find_map(|name| std::env::var(name).ok());
    let filter = EnvFilter::new(wanted.as_deref().unwrap_or("info"));
    tracing_subscriber::fmt()
        .compact()
        .with_env_filter(filter)
        .with_ansi(io::stderr().is_terminal())
        .with_writer(io::stderr)
        .init();
}

/// Logs a request when it is answered, and gives it an id that is also a header of the answer.
///
/// An id that comes with the request is not used: it is the visitor's text.
pub async fn request(request: Request, next: Next) -> Response {
    let id = Uuid::new_v4().to_string();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or("none", MatchedPath::as_str);
    let span = info_span!("request", id);
    async {
        let started = Instant::now();
        let mut response = next.run(request).await;
        info!(
            %method,
            route,
            status = response.status().as_u16(),
            micros = started.elapsed().as_micros() as u64,
            "answered"
        );
        let id = HeaderValue::from_str(&id).expect("a UUID is letters, digits and hyphens");
        response.headers_mut().insert(header("x-request-id"), id);
        response
    }
    .instrument(span)
    .await
}
