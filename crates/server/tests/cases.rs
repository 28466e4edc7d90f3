//! What a resident does with a case after sending, over HTTP against the real service.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use common::{Response, Service, complaint, complaint_with, send};
use domain::question::FieldName;
use serde_json::{Value, json};
use uuid::Uuid;

mod common;

/// A case, and who may act on it.
struct Mine {
    service: Service,
    reference: String,
    code: String,
}

impl Mine {
    async fn of(body: &str) -> Self {
        let service = Service::start().await;
        let receipt = service.submit(Uuid::new_v4(), body).await.json();
        let text = |name: &str| receipt[name].as_str().unwrap().to_owned();
        Self { reference: text("reference"), code: text("accessCode"), service }
    }

    async fn ask(&self, method: &str, what: &str, body: &str) -> Response {
        self.ask_with(method, what, body, &self.code, None).await
    }

    async fn ask_with(
        &self,
        method: &str,
        what: &str,
        body: &str,
        code: &str,
        key: Option<Uuid>,
    ) -> Response {
        let (bearer, key) = (format!("Bearer {code}"), key.map(|it| it.to_string()));
        let mut headers =
            vec![("authorization", bearer.as_str()), ("content-type", "application/json")];
        if let Some(key) = &key {
            headers.push(("idempotency-key", key));
        }
        let path = format!("/v1/cases/{}{what}", self.reference);
        send(self.service.address, method, &path, &headers, body.to_owned()).await
    }

    async fn post(&self, what: &str, body: Value) -> Response {
        self.ask("POST", what, &body.to_string()).await
    }

    async fn view(&self) -> Value {
        let answer = self.ask("GET", "", "").await;
        assert_eq!(answer.status, 200);
        answer.json()
    }

    /// What has happened, in order.
    async fn history(&self) -> Vec<String> {
        let view = self.view().await;
        let entries = view["history"].as_array().unwrap().clone();
        entries.iter().map(|it| it["what"].as_str().unwrap().to_owned()).collect()
    }
}

/// On another device, or on the page of another landlord, nothing else says so.
#[tokio::test]
async fn a_case_says_whose_it_is_which_ombudsmen_there_are_and_whether_to_offer_to_hide_it() {
    let usual = Mine::of(&complaint("No heating")).await.view().await;
    assert_eq!(usual["landlord"], "halton");
    assert_eq!(usual["landlordName"], "Halton Housing");
    assert_eq!((&usual["lgsco"], &usual["atRisk"]), (&json!("no"), &json!(false)));
    for (topics, lgsco) in [("council_services", "instead"), ("adaptations", "also")] {
        let body = complaint_with(&[(FieldName::Topics, topics)], "halton");
        assert_eq!(Mine::of(&body).await.view().await["lgsco"], lgsco);
    }
    for (name, value) in [
        (FieldName::Danger, "yes"),
        (FieldName::Topics, "anti_social_behaviour"),
        (FieldName::Account, "My ex still has a key."),
    ] {
        let body = complaint_with(&[(name, value)], "halton");
        assert_eq!(Mine::of(&body).await.view().await["atRisk"], true, "{value}");
    }
    let unknown = complaint_with(&[], "nobody-knows");
    let unknown = Mine::of(&unknown).await.view().await;
    assert_eq!(
        (&unknown["landlord"], &unknown["landlordName"]),
        (&json!("nobody-knows"), &Value::Null)
    );
}

#[tokio::test]
async fn what_was_sent_is_a_case_with_the_dates_of_its_receipt() {
    let service = Service::start().await;
    let receipt = service.submit(Uuid::new_v4(), &complaint("No heating")).await.json();
    let text = |name: &str| receipt[name].as_str().unwrap().to_owned();
    let mine = Mine { reference: text("reference"), code: text("accessCode"), service };
    let answer = mine.ask("GET", "", "").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("referrer-policy"), "no-referrer");
    let view = answer.json();
    assert_eq!((&view["kind"], &view["status"]), (&json!("complaint"), &json!("received")));
    let stage = &view["stages"][0];
    for name in ["receivedOn", "acknowledgeBy", "respondBy", "extendedBy"] {
        assert_eq!(stage[name], receipt[name], "{name}");
    }
    assert_eq!(view["next"]["by"], receipt["acknowledgeBy"]);
    assert_eq!(view["history"][0]["what"], "received");
    let hidden = ["submission", "flags", "receivedAt", "state"];
    assert!(hidden.iter().all(|name| view.get(*name).is_none()), "{view}");
}

#[tokio::test]
async fn an_unknown_reference_and_a_wrong_code_are_the_same_answer() {
    let mine = Mine::of(&complaint("No heating")).await;
    let wrong = mine.ask_with("GET", "", "", "0000 0000 0000 0000", None).await;
    let nobody = Mine { reference: "K22-K22-K22".into(), ..mine };
    let unknown = nobody.ask("GET", "", "").await;
    let none = nobody.service.get("/v1/cases/K22-K22-K22").await;
    for answer in [&wrong, &unknown, &none] {
        assert!(answer.problem(404).is_empty());
        assert_eq!(answer.body, wrong.body);
    }
}

#[tokio::test]
async fn a_code_may_be_typed_in_any_way() {
    let mine = Mine::of(&complaint("No heating")).await;
    for way in [mine.code.replace(' ', ""), mine.code.replace(' ', "-"), mine.code.clone()] {
        assert_eq!(mine.ask_with("GET", "", "", &way, None).await.status, 200, "{way}");
    }
}

#[tokio::test]
async fn one_press_asks_for_stage_2_and_no_reasons_are_needed() {
    let mine = Mine::of(&complaint("No heating")).await;
    let answer = mine.post("/stage2", json!({})).await;
    assert_eq!(answer.status, 201);
    let view = answer.json();
    assert_eq!((&view["stage"], &view["status"]), (&json!(2), &json!("received")));
    assert_eq!(view["stages"].as_array().unwrap().len(), 2);
    let again = mine.post("/stage2", json!({})).await;
    assert_eq!(again.problem(409), [(String::new(), "already_at_stage2".into())]);
    assert_eq!(mine.history().await, ["received", "ask_for_stage2"]);
}

#[tokio::test]
async fn the_same_key_happens_once() {
    let mine = Mine::of(&complaint("No heating")).await;
    let key = Some(Uuid::new_v4());
    let (first, other) = (r#"{"text":"Hello"}"#, r#"{"text":"Other"}"#);
    for _ in 0..3 {
        let code = &mine.code;
        let answer = mine.ask_with("POST", "/messages", first, code, key).await;
        assert_eq!(answer.status, 201);
    }
    let reused = mine.ask_with("POST", "/messages", other, &mine.code, key).await;
    assert_eq!(reused.problem(422), [(String::new(), "idempotency_key_reused".into())]);
    assert_eq!(mine.history().await, ["received", "message"]);
}

#[tokio::test]
async fn words_are_kept_as_they_are() {
    let mine = Mine::of(&complaint("No heating")).await;
    let words = "  Zoë said: \u{202e}<script>alert(1)</script>\r\n\t😀 ";
    let view = mine.post("/messages", json!({ "text": words })).await.json();
    assert_eq!(view["history"][1]["text"], words);
    assert_eq!(view["history"][1]["by"], "resident");
    let empty = mine.post("/messages", json!({ "text": " \n" })).await;
    assert_eq!(empty.problem(409), [(String::new(), "words_missing".into())]);
}

#[tokio::test]
async fn a_request_becomes_a_complaint_with_dates_from_today() {
    let body = complaint_with(&[(FieldName::Intent, "report")], "halton");
    let mine = Mine::of(&body).await;
    assert!(mine.view().await.get("next").is_none());
    let view = mine.post("/complaint", json!({})).await.json();
    assert_eq!(
        (&view["kind"], &view["next"]["what"]),
        (&json!("complaint"), &json!("acknowledgement"))
    );
    assert!(view["next"]["by"].is_string());
}

#[tokio::test]
async fn taking_it_back_can_be_undone() {
    let mine = Mine::of(&complaint("No heating")).await;
    assert_eq!(mine.post("/withdrawal", json!({})).await.json()["status"], "withdrawn");
    let view = mine.post("/reopening", json!({})).await.json();
    assert_eq!((&view["status"], &view["next"]["late"]), (&json!("received"), &json!(false)));
}

#[tokio::test]
async fn representatives_and_adjustments_are_the_residents_to_change() {
    let mine = Mine::of(&complaint("No heating")).await;
    let who = json!({ "name": "Ana", "relationship": "Sister", "contact": "01632 960001" });
    let view = mine.post("/representatives", who).await.json();
    assert_eq!(view["representatives"][0]["name"], "Ana");
    let id = view["representatives"][0]["id"].to_string();
    let answer = mine.ask("DELETE", &format!("/representatives/{id}"), "").await;
    assert_eq!(answer.status, 200);
    assert!(answer.json().get("representatives").is_none());
    let gone = mine.ask("DELETE", "/representatives/none", "").await;
    assert_eq!(gone.problem(409), [(String::new(), "unknown_representative".into())]);
    let wanted = r#"{"requested":["large_print"],"ownWords":"Ring twice."}"#;
    let answer = mine.ask("PUT", "/adjustments", wanted).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["adjustments"]["ownWords"], "Ring twice.");
}

#[tokio::test]
async fn what_is_wrong_with_a_body_is_said_with_its_place() {
    let mine = Mine::of(&complaint("No heating")).await;
    for (what, body, pointer, code) in [
        ("/messages", "{}", "/text", "missing"),
        ("/messages", r#"{"text": 7}"#, "/text", "wrong_type"),
        ("/messages", "{", "", "not_json"),
        ("/stage2", r#"{"reasons": []}"#, "/reasons", "wrong_type"),
        ("/representatives", r#"{"name": "Ana"}"#, "/contact", "missing"),
    ] {
        let answer = mine.ask("POST", what, body).await;
        assert_eq!(answer.problem(422), [(pointer.into(), code.into())], "{what} {body}");
    }
    assert_eq!(mine.history().await, ["received"]);
}

#[tokio::test]
async fn who_has_no_code_learns_nothing_and_changes_nothing() {
    let mine = Mine::of(&complaint("No heating")).await;
    let wrong = "1111 1111 1111 1111";
    for (method, what, body) in [
        ("POST", "/messages", r#"{"text":"Hello"}"#),
        ("POST", "/messages", "{"),
        ("POST", "/stage2", "{}"),
        ("POST", "/complaint", "{}"),
        ("POST", "/withdrawal", "{}"),
        ("POST", "/reopening", "{}"),
        ("POST", "/representatives", r#"{"name":"A","contact":"B"}"#),
        ("DELETE", "/representatives/1", ""),
        ("PUT", "/adjustments", "{}"),
    ] {
        let answer = mine.ask_with(method, what, body, wrong, None).await;
        assert!(answer.problem(404).is_empty(), "{what}");
    }
    assert_eq!(mine.history().await, ["received"]);
}

#[tokio::test]
async fn a_complaint_of_before_there_were_cases_is_one() {
    let mine = Mine::of(&complaint("No heating")).await;
    let now = mine.view().await;
    // As the migration leaves it.
    let file = common::database(mine.service.folder.path());
    common::execute(&file, "update cases set state = ''").await;
    assert_eq!(mine.view().await, now);
    let view = mine.post("/stage2", json!({})).await.json();
    assert_eq!(view["stage"], 2);
    assert_eq!(mine.view().await["stage"], 2);
}

#[tokio::test]
async fn what_has_happened_can_not_be_changed_in_the_database() {
    let mine = Mine::of(&complaint("No heating")).await;
    let folder = mine.service.folder.path();
    for sql in ["update events set what = 'never'", "delete from events", "delete from submissions"]
    {
        assert!(common::query(folder, sql.to_owned()).await.is_err(), "{sql}");
    }
}
