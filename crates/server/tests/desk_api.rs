//! The landlord's API: a list that misses nothing, a case that is confirmed by reading it, acts, and the files
//! that residents attached.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use common::{Response, Service, complaint, complaint_with, send};
use serde_json::{Value, json};
use server::keys::{self, Scope};
use uuid::Uuid;

/// A landlord's system, with a key for everything but the officers' pages.
struct Desk {
    service: Service,
    key: String,
}

struct Sent {
    reference: String,
    code: String,
}

impl Desk {
    async fn open() -> Self {
        let service = Service::start().await;
        let scopes = [Scope::CasesRead, Scope::CasesWrite, Scope::EvidenceRead];
        let now = "2026-11-21T09:30:00.000Z".to_owned();
        let made =
            keys::add(&service.state.store, "CRM", Some("halton"), &scopes, now).await.unwrap();
        Self { service, key: made.key }
    }

    async fn receive(&self, body: &str) -> Sent {
        let receipt = self.service.submit(Uuid::new_v4(), body).await.json();
        let text = |name: &str| receipt[name].as_str().unwrap().to_owned();
        Sent { reference: text("reference"), code: text("accessCode") }
    }

    async fn ask(&self, method: &str, path: &str, body: &str, key: Option<Uuid>) -> Response {
        let (bearer, key) = (format!("Bearer {}", self.key), key.map(|it| it.to_string()));
        let mut headers =
            vec![("authorization", bearer.as_str()), ("content-type", "application/json")];
        if let Some(key) = &key {
            headers.push(("idempotency-key", key));
        }
        send(self.service.address, method, path, &headers, body.to_owned()).await
    }

    async fn get(&self, path: &str) -> Response {
        self.ask("GET", path, "", None).await
    }

    async fn list(&self, query: &str) -> Value {
        let answer = self.get(&format!("/v1/cases?{query}")).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(answer.header("cache-control"), "no-store");
        answer.json()
    }

    async fn act(&self, reference: &str, act: Value) -> Response {
        self.ask("PATCH", &format!("/v1/cases/{reference}"), &act.to_string(), None).await
    }
}

fn references(list: &Value) -> Vec<String> {
    let cases = list["cases"].as_array().unwrap();
    cases.iter().map(|it| it["reference"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_list_is_read_in_pieces_and_none_is_missed_when_cases_change_between() {
    let desk = Desk::open().await;
    let mut sent = Vec::new();
    for _ in 0..7 {
        sent.push(desk.receive(&complaint("No heating")).await.reference);
    }
    desk.receive(&complaint_with(&[], "example")).await;
    let mut seen = Vec::new();
    let mut query = "limit=3".to_owned();
    loop {
        let list = desk.list(&query).await;
        seen.extend(references(&list));
        let Some(next) = list["next"].as_str() else {
            break;
        };
        query = format!("limit=3&after={next}");
        if seen.len() == 3 {
            // One that was read changes: it comes again at the end, and none is left out.
            desk.act(&sent[0], json!({"act": "message", "text": "We come on Monday."})).await;
        }
    }
    assert_eq!(seen.len(), 8);
    assert_eq!(seen.last(), Some(&sent[0]));
    seen.sort();
    seen.dedup();
    sent.sort();
    assert_eq!(seen, sent);
}

#[tokio::test]
async fn a_list_tells_what_changed_since_and_by_status() {
    let desk = Desk::open().await;
    let first = desk.receive(&complaint("No heating")).await.reference;
    let second = desk.receive(&complaint("No water")).await.reference;
    desk.act(&first, json!({"act": "acknowledge", "definition": "No heating since March."})).await;
    let list = desk.list("status=acknowledged").await;
    assert_eq!(references(&list), std::slice::from_ref(&first));
    let case = &list["cases"][0];
    assert_eq!(case["next"]["what"], "response");
    assert_eq!(case["definition"], "No heating since March.");
    assert!(case["submission"].is_null());
    let since = case["updatedAt"].as_str().unwrap().to_owned();
    assert_eq!(references(&desk.list(&format!("updated_since={since}")).await), [first]);
    assert_eq!(references(&desk.list("status=received").await), [second]);
    let later = desk.list("updated_since=2099-01-01T00:00:00Z").await;
    assert_eq!(later, json!({"cases": []}));
}

#[tokio::test]
async fn a_query_that_is_not_understood_is_refused_and_says_which_part() {
    let desk = Desk::open().await;
    for (query, pointer, code) in [
        ("status=open", "/status", "unknown_value"),
        ("updated_since=yesterday", "/updated_since", "no_moment"),
        ("limit=1000", "/limit", "out_of_range"),
        ("after=%00", "/after", "unknown_value"),
        ("landlord=../etc", "/landlord", "unknown_value"),
        ("zanzibar=1", "/", "unknown_field"),
    ] {
        let answer = desk.get(&format!("/v1/cases?{query}")).await;
        assert_eq!(answer.problem(422), [(pointer.to_owned(), code.to_owned())], "{query}");
        assert!(!String::from_utf8_lossy(&answer.body).contains("zanzibar"));
    }
}

#[tokio::test]
async fn reading_a_case_confirms_it_and_listing_does_not() {
    let desk = Desk::open().await;
    let sent = desk.receive(&complaint("There is no heating.")).await;
    assert!(desk.list("").await["cases"][0]["confirmedAt"].is_null());
    let answer = desk.get(&format!("/v1/cases/{}", sent.reference)).await;
    assert_eq!(answer.header("cache-control"), "no-store");
    let view = answer.json();
    assert_eq!(view["submission"]["account"], "There is no heating.");
    let history = view["history"].as_array().unwrap();
    assert_eq!((&history[1]["what"], &history[1]["who"]), (&json!("confirmed"), &json!("CRM")));
    assert!(desk.list("").await["cases"][0]["confirmedAt"].is_string());
    desk.get(&format!("/v1/cases/{}", sent.reference)).await;
    let view = desk.get(&format!("/v1/cases/{}", sent.reference)).await.json();
    assert_eq!(view["history"].as_array().unwrap().len(), 2);
    // The resident's own code reads the same address, and nothing of the landlord's.
    let bearer = format!("Bearer {}", sent.code);
    let path = format!("/v1/cases/{}", sent.reference);
    let headers = [("authorization", bearer.as_str())];
    let mine = send(desk.service.address, "GET", &path, &headers, "").await.json();
    assert!(mine["submission"].is_null() && mine["history"][1]["who"].is_null());
}

#[tokio::test]
async fn a_system_confirms_acknowledges_extends_and_answers() {
    let desk = Desk::open().await;
    let sent = desk.receive(&complaint("There is no heating.")).await;
    let confirmed = desk.act(&sent.reference, json!({"act": "confirm"})).await;
    assert_eq!(confirmed.status, 200);
    assert!(confirmed.json()["confirmedAt"].is_string());
    let view = desk
        .act(&sent.reference, json!({"act": "acknowledge", "definition": "No heating."}))
        .await
        .json();
    assert_eq!(view["status"], "acknowledged");
    let until = view["stages"][0]["extendedBy"].clone();
    let extend = json!({"act": "extend", "until": until, "reason": "A part is missing."});
    let view = desk.act(&sent.reference, extend).await.json();
    assert_eq!(view["stages"][0]["extension"]["until"], until);
    let respond = json!({"act": "respond", "text": "We repair it."});
    let view = desk.act(&sent.reference, respond.clone()).await.json();
    assert_eq!(view["status"], "responded");
    assert!(view["next"].is_null());
    let again = desk.act(&sent.reference, respond).await;
    assert_eq!(again.problem(409), [(String::new(), "already_answered".to_owned())]);
}

#[tokio::test]
async fn what_is_for_the_resident_to_do_a_system_can_not_do() {
    let desk = Desk::open().await;
    let sent = desk.receive(&complaint("There is no heating.")).await;
    for act in ["withdraw", "ask_for_stage2", "reopen", "complain"] {
        let answer = desk.act(&sent.reference, json!({"act": act})).await;
        assert_eq!(answer.problem(409), [(String::new(), "not_yours".to_owned())], "{act}");
    }
    for wrong in [json!({"act": "delete"}), json!({}), json!([]), json!({"act": "respond"})] {
        desk.act(&sent.reference, wrong).await.problem(422);
    }
    let path = format!("/v1/cases/{}", sent.reference);
    desk.ask("PATCH", &path, "{", None).await.problem(422);
}

#[tokio::test]
async fn the_same_act_with_the_same_key_happens_once() {
    let desk = Desk::open().await;
    let sent = desk.receive(&complaint("There is no heating.")).await;
    let path = format!("/v1/cases/{}", sent.reference);
    let message = json!({"act": "message", "text": "We come on Monday."}).to_string();
    let key = Some(Uuid::new_v4());
    for _ in 0..3 {
        assert_eq!(desk.ask("PATCH", &path, &message, key).await.status, 200);
    }
    let view = desk.get(&path).await.json();
    let entries = view["history"].as_array().unwrap();
    assert_eq!(entries.iter().filter(|it| it["what"] == "message").count(), 1);
    let other = json!({"act": "message", "text": "Or on Tuesday."}).to_string();
    let answer = desk.ask("PATCH", &path, &other, key).await;
    assert_eq!(answer.problem(422), [(String::new(), "idempotency_key_reused".to_owned())]);
}

/// Attaches a photo; gives the path from which the landlord fetches it.
async fn attach(desk: &Desk, sent: &Sent, bytes: &[u8]) -> String {
    let reference = STANDARD.encode(&sent.reference);
    let metadata = format!("filename {},reference {reference}", STANDARD.encode("damp.jpg"));
    let (bearer, length) = (format!("Bearer {}", sent.code), bytes.len().to_string());
    let headers = [
        ("tus-resumable", "1.0.0"),
        ("content-type", "application/offset+octet-stream"),
        ("upload-length", length.as_str()),
        ("upload-metadata", metadata.as_str()),
        ("authorization", bearer.as_str()),
    ];
    let address = desk.service.address;
    let created = send(address, "POST", "/v1/uploads", &headers, bytes.to_vec()).await;
    assert_eq!(created.status, 201, "{created:?}");
    let view = desk.get(&format!("/v1/cases/{}", sent.reference)).await.json();
    let exhibit = &view["evidence"][0];
    assert_eq!((&exhibit["name"], &exhibit["size"]), (&json!("damp.jpg"), &json!(bytes.len())));
    format!("/v1/cases/{}/evidence/{}", sent.reference, exhibit["file"].as_str().unwrap())
}

#[tokio::test]
async fn a_file_is_fetched_whole_by_the_landlord_of_its_case_and_by_no_case_else() {
    let desk = Desk::open().await;
    let sent = desk.receive(&complaint("There is mould.")).await;
    let bytes = [b"\xFF\xD8\xFF\xE0".as_slice(), &[7; 300_000]].concat();
    let path = attach(&desk, &sent, &bytes).await;
    let answer = desk.get(&path).await;
    assert_eq!((answer.status.as_u16(), &answer.body[..]), (200, &bytes[..]));
    assert_eq!(answer.header("content-type"), "application/octet-stream");
    assert_eq!(answer.header("content-disposition"), "attachment; filename*=UTF-8''damp.jpg");
    assert_eq!(answer.header("content-security-policy"), "sandbox; default-src 'none'");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    // Another case of the same landlord does not have it.
    let other = desk.receive(&complaint("No heating")).await;
    let file = path.rsplit('/').next().unwrap();
    desk.get(&format!("/v1/cases/{}/evidence/{file}", other.reference)).await.problem(404);
    // Neither has the resident, nor anybody without a key.
    let bearer = format!("Bearer {}", sent.code);
    let headers = [("authorization", bearer.as_str())];
    send(desk.service.address, "GET", &path, &headers, "").await.problem(401);
    desk.service.get(&path).await.problem(401);
}

#[tokio::test]
async fn an_infected_file_is_given_only_to_who_asks_for_it_as_such() {
    let desk = Desk::open().await;
    let sent = desk.receive(&complaint("There is mould.")).await;
    let bytes = [b"\xFF\xD8\xFF\xE0".as_slice(), &[7; 1000]].concat();
    let path = attach(&desk, &sent, &bytes).await;
    let marking = desk.service.state.store.write(|connection| {
        Box::pin(async move {
            sqlx::query("update uploads set state = 'infected'").execute(connection).await?;
            Ok(())
        })
    });
    marking.await.unwrap();
    let answer = desk.get(&path).await;
    assert_eq!(answer.problem(403), [(String::new(), "infected".to_owned())]);
    // Wherever it lies by now: a round of the service puts it apart.
    for _ in 0..20 {
        let answer = desk.get(&format!("{path}?infected=yes")).await;
        assert_eq!(&answer.body[..], &bytes[..]);
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
}
