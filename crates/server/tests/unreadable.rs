//! Characters that nobody can type, wherever a visitor can put one: the answer is that of any other name
//! that is not known, on SQLite and on PostgreSQL, which stores no text with a NUL in it.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use common::{Response, Service, complaint, send};
use domain::choices::Choice;
use serde_json::json;
use server::keys::{self, Scope};
use uuid::Uuid;

const NOW: &str = "2026-11-21T09:30:00.000Z";
const CONTROLS: [&str; 5] = ["%00", "%01", "%0A", "%1F", "%7F"];
const JSON: (&str, &str) = ("content-type", "application/json");
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const OWN: (&str, &str) = ("sec-fetch-site", "same-origin");
const TUS: (&str, &str) = ("tus-resumable", "1.0.0");

/// What is put into a path: a control by itself, in the middle of a name, and behind the reference of a
/// case that is there.
fn names(reference: &str) -> Vec<String> {
    let in_all = |it: &&str| [(*it).to_owned(), format!("K47{it}W92"), format!("{reference}{it}")];
    CONTROLS.iter().flat_map(in_all).collect()
}

async fn key(service: &Service) -> String {
    let scopes: Vec<Scope> = Scope::ALL.iter().map(|(scope, _)| *scope).collect();
    let made = keys::add(&service.state.store, "A", None, &scopes, NOW.to_owned()).await;
    made.unwrap().key
}

async fn case(service: &Service) -> (String, String) {
    let receipt = service.submit(Uuid::new_v4(), &complaint("No heating.")).await.json();
    let text = |name: &str| receipt[name].as_str().unwrap().to_owned();
    (text("reference"), format!("Bearer {}", text("accessCode")))
}

#[tokio::test]
async fn a_case_with_such_a_reference_is_not_there() {
    let service = Service::start().await;
    let (reference, code) = case(&service).await;
    let key = format!("Bearer {}", key(&service).await);
    for name in names(&reference) {
        for (method, path, body) in [
            ("GET", "", ""),
            ("POST", "/messages", r#"{"text":"Hello"}"#),
            ("POST", "/stage2", "{}"),
            ("POST", "/complaint", "{}"),
            ("POST", "/withdrawal", "{}"),
            ("POST", "/reopening", "{}"),
            ("POST", "/representatives", r#"{"name":"Ann","contact":"01632 960002"}"#),
            ("DELETE", "/representatives/%00", ""),
            ("PUT", "/adjustments", "{}"),
            ("POST", "/evidence", r#"{"uploads":[]}"#),
        ] {
            let path = format!("/v1/cases/{name}{path}");
            let headers = [JSON, ("authorization", code.as_str())];
            let answer = send(service.address, method, &path, &headers, body).await;
            assert!([404, 429].contains(&answer.status.as_u16()), "{method} {path}: {answer:?}");
        }
        let path = format!("/v1/cases/{name}/code");
        assert_eq!(send(service.address, "POST", &path, &[JSON], "{}").await.status, 202);
        for (method, path, body) in [
            ("GET", "", ""),
            ("GET", "/evidence/1", ""),
            ("PATCH", "", r#"{"act":"confirm"}"#),
            ("PATCH", "", r#"{"act":"message","text":"Hello"}"#),
        ] {
            let path = format!("/v1/cases/{name}{path}");
            let headers = [JSON, ("authorization", key.as_str())];
            send(service.address, method, &path, &headers, body).await.problem(404);
        }
        let path = format!("/v1/cases/{reference}/evidence/{name}");
        let headers = [("authorization", key.as_str())];
        send(service.address, "GET", &path, &headers, "").await.problem(404);
    }
}

#[tokio::test]
async fn an_upload_with_such_an_address_is_not_there() {
    let service = Service::start().await;
    for name in names("K47-W92-F36") {
        let path = format!("/v1/uploads/{name}");
        send(service.address, "GET", &path, &[], "").await.problem(404);
        send(service.address, "DELETE", &path, &[TUS], "").await.problem(404);
        assert_eq!(send(service.address, "HEAD", &path, &[TUS], "").await.status, 404);
        let bytes = ("content-type", "application/offset+octet-stream");
        let headers = [TUS, bytes, ("upload-offset", "0")];
        send(service.address, "PATCH", &path, &headers, "a").await.problem(404);
    }
    let (reference, code) = case(&service).await;
    let path = format!("/v1/cases/{reference}/evidence");
    let body = json!({ "uploads": ["\0", "a\u{1}"] }).to_string();
    let headers = [JSON, ("authorization", code.as_str())];
    send(service.address, "POST", &path, &headers, body).await.problem(422);
}

#[tokio::test]
async fn a_file_with_such_a_name_is_taken() {
    let service = Service::start().await;
    for name in ["da\0mp.jpg", "\0", "da\u{1}mp\n.jpg"] {
        let metadata = format!("filename {}", STANDARD.encode(name));
        let headers = [TUS, ("upload-length", "3"), ("upload-metadata", metadata.as_str())];
        let answer = send(service.address, "POST", "/v1/uploads", &headers, "").await;
        assert_eq!(answer.status, 201, "{name:?}: {answer:?}");
        let told = service.get(answer.header("location")).await.json();
        assert_eq!(told["name"], name.replace('\0', "\u{fffd}"));
    }
    // Of a complaint that is not there.
    let metadata = format!("reference {}", STANDARD.encode("K47-W92-F36\0"));
    let headers = [TUS, ("upload-length", "3"), ("upload-metadata", metadata.as_str())];
    send(service.address, "POST", "/v1/uploads", &headers, "").await.problem(404);
}

#[tokio::test]
async fn what_somebody_says_is_kept_with_a_mark_in_its_place() {
    let service = Service::start().await;
    let (reference, code) = case(&service).await;
    let path = format!("/v1/cases/{reference}/messages");
    let body = json!({ "text": "No\0 heating.\u{1}" }).to_string();
    let headers = [JSON, ("authorization", code.as_str())];
    let answer = send(service.address, "POST", &path, &headers, body).await;
    assert_eq!(answer.status, 201);
    let view = answer.json();
    let said = view["history"].as_array().unwrap().last().unwrap();
    assert_eq!(said["text"], "No\u{fffd} heating.\u{1}");
}

#[tokio::test]
async fn a_list_that_goes_on_from_such_a_place_is_a_list() {
    let service = Service::start().await;
    case(&service).await;
    let key = format!("Bearer {}", key(&service).await);
    let list = async |query: &str| {
        let headers = [("authorization", key.as_str())];
        let path = format!("/v1/cases?{query}");
        send(service.address, "GET", &path, &headers, "").await
    };
    for place in ["\0~\0", "2026~K47\0", "\u{1}~\n"] {
        let query = format!("after={}", URL_SAFE_NO_PAD.encode(place));
        assert_eq!(list(&query).await.status, 200, "{place:?}");
    }
    for wrong in ["landlord=%00", "status=%00", "updated_since=%00", "after=%00", "%00=%00"] {
        list(wrong).await.problem(422);
    }
}

/// An officer's page: an answer is a page, whatever it says.
fn page(answer: &Response, status: u16, path: &str) {
    assert_eq!(answer.status, status, "{path}: {answer:?}");
    assert!(answer.header("content-type").starts_with("text/html"), "{path}");
}

#[tokio::test]
async fn officers_are_told_on_a_page_that_it_is_not_there() {
    let service = Service::start().await;
    let (reference, _) = case(&service).await;
    let post = async |path: &str, cookie: &str, body: String| {
        let headers = [FORM, OWN, ("cookie", cookie)];
        send(service.address, "POST", path, &headers, body).await
    };
    for wrong in ["%00", "hck_%00_a", "hck_a%01_b"] {
        let path = "/officers/sign-in/key";
        page(&post(path, "", format!("key={wrong}")).await, 422, wrong);
        let body = format!("link={wrong}");
        page(&post("/officers/enter", "", body).await, 410, wrong);
        let path = format!("/officers/enter/{wrong}");
        page(&service.get(&path).await, 410, &path);
    }
    let body = format!("key={}", key(&service).await);
    let entered = post("/officers/sign-in/key", "", body).await;
    assert_eq!(entered.status, 303);
    let cookie = entered.header("set-cookie").split(';').next().unwrap().to_owned();
    let get = async |path: &str| {
        send(service.address, "GET", path, &[("cookie", cookie.as_str())], "").await
    };
    for name in names(&reference) {
        for path in [
            format!("/officers/cases/{name}"),
            format!("/officers/cases/{name}/respond"),
            format!("/officers/cases/{reference}/{name}"),
            format!("/officers/cases/{reference}/files/{name}"),
        ] {
            page(&get(&path).await, 404, &path);
        }
        let path = format!("/officers?after=d~{name}~{name}");
        page(&get(&path).await, 200, &path);
    }
    for control in CONTROLS {
        // Letters and digits are all that counts of a number that was typed.
        let path = format!("/officers/find?reference=K47{control}");
        page(&get(&path).await, 422, &path);
    }

    // What an officer writes.
    let form = get(&format!("/officers/cases/{reference}/message")).await;
    let form = String::from_utf8(form.body.to_vec()).unwrap();
    let main = form.split_once("<main").unwrap().1;
    let hidden = |name: &str| {
        let (_, rest) = main.split_once(&format!("name=\"{name}\" value=\"")).unwrap();
        rest.split_once('"').unwrap().0.to_owned()
    };
    let mut body = form_urlencoded::Serializer::new(String::new());
    for name in ["token", "key", "seen"] {
        body.append_pair(name, &hidden(name));
    }
    body.append_pair("text", "We come\0 on Monday.");
    let path = format!("/officers/cases/{reference}/message");
    assert_eq!(post(&path, &cookie, body.finish()).await.status, 303);
    let shown = get(&format!("/officers/cases/{reference}")).await;
    let shown = String::from_utf8(shown.body.to_vec()).unwrap();
    assert!(shown.contains("We come\u{fffd} on Monday."));
}

#[tokio::test]
async fn no_file_of_the_site_has_such_a_name() {
    let service = Service::start().await;
    for control in CONTROLS {
        for path in [
            format!("/landlords/{control}.json"),
            format!("/sample/{control}"),
            format!("/schemas/{control}"),
            format!("/housing-complaint/v1/{control}"),
        ] {
            service.get(&path).await.problem(404);
        }
    }
}
