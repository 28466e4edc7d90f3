//! Keys of landlords' systems: made and revoked by the command, kept as hashes, each for one landlord and
//! for what it was made for.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::{Response, Service, command, complaint, complaint_with, send};
use domain::choices::Choice;
use server::keys::{self, Scope};
use sqlx::Row;
use uuid::Uuid;

const NOW: &str = "2026-11-21T09:30:00.000Z";

async fn key(service: &Service, landlord: Option<&str>, scopes: &[Scope]) -> String {
    keys::add(&service.state.store, "A CRM", landlord, scopes, NOW.to_owned()).await.unwrap().key
}

async fn get(service: &Service, path: &str, key: &str) -> Response {
    let bearer = format!("Bearer {key}");
    send(service.address, "GET", path, &[("authorization", bearer.as_str())], "").await
}

async fn sent(service: &Service, body: &str) -> String {
    let receipt = service.submit(Uuid::new_v4(), body).await.json();
    receipt["reference"].as_str().unwrap().to_owned()
}

/// The program, on the database of this service.
fn run(service: &Service, arguments: &[&str]) -> (bool, String, String) {
    let mut command = command(arguments);
    command.arg("--data").arg(service.folder.path());
    common::use_database(&mut command, service.folder.path());
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.success(), text(output.stdout), text(output.stderr))
}

#[tokio::test]
async fn without_a_key_and_with_one_that_is_not_known_the_answer_is_the_same() {
    let service = Service::start().await;
    let unknown = format!("hck_0123456789ab_{}", "A".repeat(43));
    let none = service.get("/v1/cases").await;
    for answer in
        [get(&service, "/v1/cases", &unknown).await, get(&service, "/v1/cases", "hck_").await]
    {
        answer.problem(401);
        assert_eq!(answer.header("www-authenticate"), "Bearer");
        assert_eq!(answer.body, none.body);
    }
}

#[tokio::test]
async fn a_key_with_one_character_changed_is_not_known() {
    let service = Service::start().await;
    let key = key(&service, Some("halton"), &[Scope::CasesRead]).await;
    assert_eq!(get(&service, "/v1/cases", &key).await.status, 200);
    let last = if key.ends_with('A') { "B" } else { "A" };
    let other = format!("{}{last}", &key[..key.len() - 1]);
    get(&service, "/v1/cases", &other).await.problem(401);
}

#[tokio::test]
async fn a_key_may_do_only_what_it_was_made_for() {
    let service = Service::start().await;
    let reference = sent(&service, &complaint("There is no heating.")).await;
    let path = format!("/v1/cases/{reference}");
    for (scope, _) in Scope::ALL {
        let key = key(&service, Some("halton"), &[*scope]).await;
        let bearer = format!("Bearer {key}");
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        let expected = |needed: Scope| if *scope == needed { 200 } else { 403 };
        let read = get(&service, &path, &key).await;
        assert_eq!(read.status, expected(Scope::CasesRead), "{scope:?}");
        let list = get(&service, "/v1/cases", &key).await;
        assert_eq!(list.status, expected(Scope::CasesRead), "{scope:?}");
        let confirm = r#"{"act":"confirm"}"#;
        let change = send(service.address, "PATCH", &path, &headers, confirm).await;
        assert_eq!(change.status, expected(Scope::CasesWrite), "{scope:?}");
        let file = get(&service, &format!("{path}/evidence/none"), &key).await;
        let known = if *scope == Scope::EvidenceRead { 404 } else { 403 };
        assert_eq!(file.status, known, "{scope:?}");
    }
}

#[tokio::test]
async fn to_a_key_of_one_landlord_another_s_case_is_not_there() {
    let service = Service::start().await;
    let reference = sent(&service, &complaint_with(&[], "example")).await;
    let all = [Scope::CasesRead, Scope::CasesWrite, Scope::EvidenceRead];
    let halton = key(&service, Some("halton"), &all).await;
    let everybody = key(&service, None, &all).await;
    let unknown = get(&service, "/v1/cases/F22-F22-F22", &halton).await;
    unknown.problem(404);
    let other = get(&service, &format!("/v1/cases/{reference}"), &halton).await;
    assert_eq!((other.status, &other.body), (unknown.status, &unknown.body));
    let bearer = format!("Bearer {halton}");
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let path = format!("/v1/cases/{reference}");
    let message = r#"{"act":"message","text":"We come on Monday."}"#;
    let changed = send(service.address, "PATCH", &path, &headers, message).await;
    assert_eq!((changed.status, &changed.body), (unknown.status, &unknown.body));
    assert_eq!(get(&service, "/v1/cases", &halton).await.json()["cases"], serde_json::json!([]));
    let asked = get(&service, "/v1/cases?landlord=example", &halton).await;
    assert_eq!(asked.json()["cases"], serde_json::json!([]));
    assert_eq!(get(&service, &path, &everybody).await.status, 200);
}

#[tokio::test]
async fn the_database_has_only_the_hash_of_a_key_and_the_day_of_its_use() {
    let service = Service::start().await;
    let key = key(&service, Some("halton"), &[Scope::CasesRead]).await;
    get(&service, "/v1/cases", &key).await;
    let row =
        sqlx::query("select * from api_keys").fetch_one(service.state.store.pool()).await.unwrap();
    let hash: Vec<u8> = row.get("key_hash");
    assert_eq!(hash.len(), 32);
    let secret = key.splitn(3, '_').nth(2).unwrap();
    assert_eq!(secret.len(), 43);
    for column in ["id", "name", "landlord", "scopes", "created_at", "last_used_on"] {
        assert!(!row.get::<String, _>(column).contains(secret), "{column}");
    }
    assert_eq!(row.get::<String, _>("last_used_on").len(), 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_made_listed_and_revoked_by_the_command_while_the_service_runs() {
    let service = Service::start().await;
    let (is_done, key, said) = run(
        &service,
        &["keys", "add", "--name", "CRM", "--landlord", "halton", "--scope", "cases:read"],
    );
    assert!(is_done, "{said}");
    let key = key.trim();
    assert!(key.starts_with("hck_") && !said.contains(key), "{said}");
    let id = key.split('_').nth(1).unwrap();
    assert_eq!(get(&service, "/v1/cases", key).await.status, 200);

    let (_, list, _) = run(&service, &["keys", "list"]);
    let line = list.lines().find(|it| it.starts_with(id)).unwrap();
    assert!(line.contains("CRM\thalton\tcases:read"), "{line}");
    let secret = key.splitn(3, '_').nth(2).unwrap();
    assert!(!list.contains(secret));

    assert!(run(&service, &["keys", "revoke", id]).0);
    get(&service, "/v1/cases", key).await.problem(401);
    let (is_done, _, said) = run(&service, &["keys", "revoke", id]);
    assert!(!is_done && said.contains("no key"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_needs_a_landlord_or_all_of_them_and_a_scope_that_there_is() {
    let service = Service::start().await;
    for wrong in [
        &["keys", "add", "--name", "A", "--scope", "cases:read"][..],
        &["keys", "add", "--name", "A", "--landlord", "halton"],
        &["keys", "add", "--name", "A", "--landlord", "halton", "--scope", "everything"],
        &["keys", "add", "--name", "A", "--landlord", "../x", "--scope", "cases:read"],
        &[
            "keys",
            "add",
            "--name",
            "A",
            "--landlord",
            "a",
            "--all-landlords",
            "--scope",
            "officers",
        ],
    ] {
        assert!(!run(&service, wrong).0, "{wrong:?}");
    }
    let all = ["keys", "add", "--name", "A", "--all-landlords", "--scope", "cases:read"];
    assert!(run(&service, &all).0);
}
