//! Files: the sample page, the widget, the landlords' files, the schemas. Nothing else of the
//! project's folder can be reached.

use std::path::PathBuf;

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
    REFERRER_POLICY,
};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tower::ServiceExt;
use tower_http::services::{ServeDir, ServeFile};
use tower_http::set_header::SetResponseHeaderLayer;

use crate::{AppState, Config, header, landlords};

/// What the sample page may do: run and fetch what is here, and nothing else. A landlord's page
/// that is as strict can use the widget; the sample page is the proof.
pub const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; \
    connect-src 'self'; frame-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'self'; \
    require-trusted-types-for 'script'; trusted-types 'none'";

/// Where each file is found.
pub fn router(config: &Config) -> Router<AppState> {
    let page = Router::new()
        .route_service("/", ServeFile::new(config.site.join("index.html")))
        .nest_service("/sample", folder(config.site.join("sample")))
        .layer(set(CONTENT_SECURITY_POLICY, POLICY))
        .layer(set(REFERRER_POLICY, "no-referrer"))
        .layer(set(CACHE_CONTROL, NO_CACHE));
    Router::new()
        .merge(page)
        .merge(for_every_site(config))
        .route("/favicon.ico", get(StatusCode::NO_CONTENT))
        .layer(middleware::map_response(in_utf_8))
}

/// What the pages of other sites fetch: it holds no secret, so any site may.
fn for_every_site(config: &Config) -> Router<AppState> {
    let policy = frame_policy(&config.allow_origins);
    let widget = |address: &str| {
        let page = ServeFile::new(config.dist.join(FRAME)).precompressed_br();
        let page = Router::new()
            .route_service(&format!("{address}/{FRAME}"), page)
            .layer(SetResponseHeaderLayer::if_not_present(CONTENT_SECURITY_POLICY, policy.clone()))
            .layer(set(REFERRER_POLICY, "no-referrer"))
            // So that it may stand in a page that is isolated itself.
            .layer(set(header("cross-origin-embedder-policy"), "require-corp"));
        page.nest_service(address, folder(config.dist.clone()).precompressed_br())
    };
    let this_version = concat!("/housing-complaint/", env!("CARGO_PKG_VERSION"));
    Router::new()
        .merge(widget(this_version).layer(middleware::from_fn(keep_for_ever)))
        .merge(widget("/housing-complaint/v1").layer(middleware::from_fn(keep_hashed_for_ever)))
        .merge(
            Router::new()
                .route("/landlords/{file}", get(landlord))
                .nest_service("/schemas", folder(config.site.join("schemas")))
                .layer(set(CACHE_CONTROL, NO_CACHE)),
        )
        .layer(set(ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .layer(set(header("cross-origin-resource-policy"), "cross-origin"))
}

/// The page of frame mode.
const FRAME: &str = "frame.html";

/// What the page of frame mode may do: run and fetch what is here, fetch and send where the sites
/// that may use the service are, and stand in their pages alone.
fn frame_policy(sites: &[HeaderValue]) -> HeaderValue {
    let sites: Vec<&str> = sites.iter().filter_map(|it| it.to_str().ok()).collect();
    let sites = sites.join(" ");
    let policy = format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' {sites}; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'self' {sites}; \
         require-trusted-types-for 'script'; trusted-types 'none'"
    );
    // Header values and blanks make a header value.
    HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}

/// Kept, but asked for again each time ("has it changed?").
const NO_CACHE: &str = "no-cache";
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// The files of a version never change.
async fn keep_for_ever(request: Request, next: Next) -> Response {
    cached(next.run(request).await, FOR_EVER)
}

/// The files of the moving address change with each release, but for those that have the hash of
/// their contents in their name.
async fn keep_hashed_for_ever(request: Request, next: Next) -> Response {
    let policy = if has_hash(request.uri().path()) { FOR_EVER } else { NO_CACHE };
    cached(next.run(request).await, policy)
}

fn cached(mut response: Response, policy: &'static str) -> Response {
    // A refusal is not kept: the file may be there in a minute.
    let status = response.status();
    if status.is_success() || status == StatusCode::NOT_MODIFIED {
        let value = HeaderValue::from_static(policy);
        response.headers_mut().insert(CACHE_CONTROL, value);
    }
    response
}

/// Whether the name is like `housing-complaint.0a1b2c3d.wasm`.
fn has_hash(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let mut parts = name.rsplit('.').skip(1);
    let hash = parts.next().unwrap_or_default();
    parts.next().is_some() && hash.len() >= 8 && hash.bytes().all(|it| it.is_ascii_hexdigit())
}

/// Says that text is UTF-8. Without it a browser reads a classic script in the encoding of the page
/// that names it, and on an old page every quotation mark of the widget would be wrong.
async fn in_utf_8(mut response: Response) -> Response {
    let headers = response.headers_mut();
    let media_type = headers.get(CONTENT_TYPE).and_then(|it| it.to_str().ok());
    let with_charset = media_type
        .filter(|it| it.starts_with("text/") && !it.contains("charset"))
        .and_then(|it| HeaderValue::from_str(&format!("{it}; charset=utf-8")).ok());
    if let Some(value) = with_charset {
        headers.insert(CONTENT_TYPE, value);
    }
    response
}

fn folder(path: PathBuf) -> ServeDir {
    ServeDir::new(path).append_index_html_on_directories(false)
}

/// Read at each request, so that a changed file is served at once; only files whose names can be a
/// landlord's id, whatever else is in the folder.
async fn landlord(
    State(state): State<AppState>,
    Path(file): Path<String>,
    request: Request,
) -> Response {
    match file.strip_suffix(".json").filter(|id| landlords::is_id(id)) {
        None => StatusCode::NOT_FOUND.into_response(),
        Some(_) => {
            let served = ServeFile::new(state.config.landlords.join(&file)).oneshot(request);
            let Ok(response) = served.await;
            response.into_response()
        }
    }
}

fn set(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_name_with_a_hash_is_kept_for_ever() {
        for hashed in ["/housing-complaint.0a1b2c3d4e5f6071.wasm", "/locales/cy.deadbeef.json"] {
            assert!(has_hash(hashed), "{hashed}");
        }
        for moving in [
            "/housing-complaint.js",
            "/frame.html",
            "/integrity.json",
            "/submission.v1.json",
            "/deadbeef.js",
            "/",
        ] {
            assert!(!has_hash(moving), "{moving}");
        }
    }
}
