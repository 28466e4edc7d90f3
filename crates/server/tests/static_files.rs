//! The sample page, the widget's files, the landlords' files and the schemas, with their headers.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::fs;

use common::{Service, send};
use server::files::POLICY;

const FOR_EVER: &str = "public, max-age=31536000, immutable";

async fn service() -> Service {
    let service = Service::start_with(|config| {
        config.allow_origins = vec!["https://www.example.org".parse().unwrap()];
    })
    .await;
    for (file, text) in [
        ("site/index.html", "<!doctype html><title>Halton</title>"),
        ("site/Cargo.toml", "[package]"),
        ("site/sample/page.css", "h1 { margin: 0 }"),
        ("site/schemas/submission.v1.json", "{}"),
        ("dist/housing-complaint.js", "void 0"),
        ("dist/housing-complaint.js.br", "as if compressed"),
        ("dist/frame.html", "<!doctype html><title>Complaint form</title>"),
        ("dist/housing-complaint.0a1b2c3d4e5f6071.wasm", "\0asm"),
        ("landlords/notes.txt", "not for everyone"),
    ] {
        let path = service.folder.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    service
}

#[tokio::test]
async fn the_sample_page_has_a_strict_policy() {
    let service = service().await;
    let page = service.get("/?landlord=halton").await;
    assert_eq!(page.status, 200);
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(page.header("content-security-policy"), POLICY);
    assert_eq!(page.header("x-content-type-options"), "nosniff");
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    assert!(!POLICY.contains("  "));
    let style = service.get("/sample/page.css").await;
    assert_eq!(style.header("content-type"), "text/css; charset=utf-8");
    assert_eq!(service.get("/favicon.ico").await.status, 204);
}

#[tokio::test]
async fn nothing_else_of_the_folders_is_served() {
    let service = service().await;
    for path in [
        "/Cargo.toml",
        "/index.html",
        "/sample/../Cargo.toml",
        "/sample/%2e%2e/Cargo.toml",
        "/sample/",
        "/landlords/notes.txt",
        "/landlords/..%2fsite%2fschemas%2fsubmission.v1.json",
        "/landlords/nobody.json",
        "/housing-complaint/v1/",
        "/housing-complaint/v1/..%2f..%2fhousing-complaint.db",
        "/housing-complaint/v2/housing-complaint.js",
        "/housing-complaint.db",
    ] {
        service.get(path).await.problem(404);
    }
}

#[tokio::test]
async fn the_files_of_a_version_are_kept_for_ever() {
    let service = service().await;
    let folder = concat!("/housing-complaint/", env!("CARGO_PKG_VERSION"));
    let script = service.get(&format!("{folder}/housing-complaint.js")).await;
    assert_eq!(script.status, 200);
    assert_eq!(script.header("cache-control"), FOR_EVER);
    let absent = service.get(&format!("{folder}/absent.js")).await;
    assert_ne!(absent.header("cache-control"), FOR_EVER);
}

#[tokio::test]
async fn at_the_moving_address_the_script_is_asked_for_again_and_hashed_files_are_kept() {
    let service = service().await;
    let path = "/housing-complaint/v1/housing-complaint.js";
    let script = service.get(path).await;
    assert_eq!(script.header("cache-control"), "no-cache");
    assert_eq!(script.header("content-type"), "text/javascript; charset=utf-8");
    assert_eq!(script.header("access-control-allow-origin"), "*");
    assert_eq!(script.header("cross-origin-resource-policy"), "cross-origin");
    assert!(!script.header("last-modified").is_empty());
    let tag = script.header("etag").to_owned();
    assert!(!tag.is_empty());
    let again = send(service.address, "GET", path, &[("if-none-match", &tag)], "").await;
    assert_eq!(again.status, 304);
    assert_eq!(again.header("cache-control"), "no-cache");
    assert_eq!(again.header("access-control-allow-origin"), "*");

    let module = "/housing-complaint/v1/housing-complaint.0a1b2c3d4e5f6071.wasm";
    let module = service.get(module).await;
    assert_eq!(module.header("content-type"), "application/wasm");
    assert_eq!(module.header("cache-control"), FOR_EVER);
}

#[tokio::test]
async fn a_browser_that_takes_brotli_gets_the_compressed_file() {
    let service = service().await;
    let path = "/housing-complaint/v1/housing-complaint.js";
    let headers = [("accept-encoding", "gzip, br")];
    let script = send(service.address, "GET", path, &headers, "").await;
    assert_eq!(script.header("content-encoding"), "br");
    assert_eq!(script.header("content-type"), "text/javascript; charset=utf-8");
    assert_eq!(script.header("vary"), "accept-encoding");
    assert_eq!(script.body, "as if compressed");
}

#[tokio::test]
async fn landlords_and_schemas_can_be_read_from_every_site() {
    let service = service().await;
    for path in ["/landlords/halton.json", "/schemas/submission.v1.json"] {
        let file = service.get(path).await;
        assert_eq!(file.status, 200, "{path}");
        assert_eq!(file.header("content-type"), "application/json");
        assert_eq!(file.header("cache-control"), "no-cache");
        assert_eq!(file.header("access-control-allow-origin"), "*");
        assert_eq!(file.header("cross-origin-resource-policy"), "cross-origin");
        assert_eq!(file.header("x-content-type-options"), "nosniff");
    }
}

#[tokio::test]
async fn the_service_says_that_it_is_well() {
    let service = service().await;
    let health = service.get("/healthz").await;
    assert_eq!(health.status, 200);
    assert_eq!(health.body, r#"{"status":"ok"}"#);
}

#[tokio::test]
async fn the_frame_stands_only_in_pages_of_sites_that_may_use_the_service() {
    let service = service().await;
    for folder in
        [concat!("/housing-complaint/", env!("CARGO_PKG_VERSION")), "/housing-complaint/v1"]
    {
        let frame = service.get(&format!("{folder}/frame.html")).await;
        assert_eq!(frame.status, 200);
        let policy = frame.header("content-security-policy");
        assert!(policy.contains("frame-ancestors 'self' https://www.example.org;"), "{policy}");
        assert!(policy.contains("script-src 'self' 'wasm-unsafe-eval';"), "{policy}");
        assert_eq!(frame.header("cross-origin-embedder-policy"), "require-corp");
        assert_eq!(frame.header("cross-origin-resource-policy"), "cross-origin");
    }
}
