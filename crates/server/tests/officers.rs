//! The officers' pages over HTTP: who gets in, what they see, what they can do, and what goes wrong.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use common::{Response, Service, command, complaint, complaint_with, send};
use domain::case::{By, Status};
use domain::choices::{Adjustment, AnswersTo, Choice, Consent, ContactWay, MayDo, Updates};
use domain::question::FieldName;
use domain::triage::{Flag, Route};
use serde_json::{Value, json};
use server::keys::{self, Scope};
use server::outbox::sealed::Sealed;
use server::store::uploads::State;
use server::words::Words;
use server::{Config, outbox};
use sha2::{Digest, Sha256};
use sqlx::Row;
use uuid::Uuid;

const NOW: &str = "2026-11-21T09:30:00.000Z";
const OWN: (&str, &str) = ("sec-fetch-site", "same-origin");

/// The program, on the database of this service.
fn run(service: &Service, arguments: &[&str]) -> std::process::Output {
    let mut command = command(arguments);
    command.arg("--data").arg(service.folder.path());
    common::use_database(&mut command, service.folder.path());
    command.output().unwrap()
}

/// An officer's browser.
struct Browser<'a> {
    service: &'a Service,
    cookie: String,
}

impl<'a> Browser<'a> {
    fn new(service: &'a Service) -> Self {
        Self { service, cookie: String::new() }
    }

    /// Signed in by a key under this name.
    async fn signed_in(service: &'a Service, name: &str, landlord: Option<&str>) -> Self {
        let mut browser = Self::new(service);
        let made =
            keys::add(&service.state.store, name, landlord, &[Scope::Officers], NOW.to_owned());
        let key = made.await.unwrap().key;
        let answer = browser.post("/officers/sign-in/key", &[("key", &key)]).await;
        assert_eq!(answer.header("location"), "/officers");
        browser
    }

    async fn get(&self, path: &str) -> Response {
        let headers = [("cookie", self.cookie.as_str())];
        send(self.service.address, "GET", path, &headers, "").await
    }

    async fn page(&self, path: &str) -> String {
        text(&self.get(path).await)
    }

    async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Response {
        self.post_from(path, fields, &[OWN]).await
    }

    async fn post_from(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        from: &[(&str, &str)],
    ) -> Response {
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(fields);
        let kind = ("content-type", "application/x-www-form-urlencoded");
        let headers = [&[kind, ("cookie", self.cookie.as_str())], from].concat();
        let answer = send(self.service.address, "POST", path, &headers, body.finish()).await;
        if let Some(cookie) = answer.headers.get("set-cookie") {
            let cookie = cookie.to_str().unwrap();
            self.cookie = cookie.split(';').next().unwrap().to_owned();
        }
        answer
    }

    /// Opens a form, fills it in, and sends it with what is hidden in it.
    async fn fills(&mut self, path: &str, fields: &[(&str, &str)]) -> Response {
        let page = self.page(path).await;
        self.sends(&page, path, fields).await
    }

    async fn sends(&mut self, page: &str, path: &str, fields: &[(&str, &str)]) -> Response {
        let hidden = ["token", "key", "seen"].map(|name| (name, hidden(page, name)));
        let mut all: Vec<(&str, &str)> = fields.to_vec();
        all.extend(hidden.iter().map(|(name, value)| (*name, value.as_str())));
        self.post(path, &all).await
    }
}

fn text(answer: &Response) -> String {
    String::from_utf8(answer.body.to_vec()).unwrap()
}

/// The value of a hidden field.
fn hidden(page: &str, name: &str) -> String {
    let main = page.split_once("<main").unwrap().1;
    let start = format!("name=\"{name}\" value=\"");
    let (_, rest) = main.split_once(&start).unwrap_or_else(|| panic!("no {name} in {main}"));
    rest.split_once('"').unwrap().0.to_owned()
}

/// What a person reads on a page, without its markup.
fn read(page: &str) -> String {
    let mut text = String::new();
    let mut is_markup = false;
    for char in page.chars() {
        match char {
            '<' => is_markup = true,
            '>' => is_markup = false,
            char if !is_markup => text.push(char),
            _ => {}
        }
    }
    text
}

struct Sent {
    reference: String,
    code: String,
}

impl Sent {
    async fn to(service: &Service, body: &str) -> Self {
        let receipt = service.submit(Uuid::new_v4(), body).await.json();
        let text = |name: &str| receipt[name].as_str().unwrap().to_owned();
        Self { reference: text("reference"), code: text("accessCode") }
    }

    fn page(&self) -> String {
        format!("/officers/cases/{}", self.reference)
    }

    fn form(&self, action: &str) -> String {
        format!("/officers/cases/{}/{action}", self.reference)
    }

    /// The case as its resident sees it.
    async fn view(&self, service: &Service) -> Value {
        let bearer = format!("Bearer {}", self.code);
        let path = format!("/v1/cases/{}", self.reference);
        let headers = [("authorization", bearer.as_str())];
        send(service.address, "GET", &path, &headers, "").await.json()
    }

    async fn acts(&self, service: &Service, what: &str, body: Value) {
        let bearer = format!("Bearer {}", self.code);
        let path = format!("/v1/cases/{}/{what}", self.reference);
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        let answer = send(service.address, "POST", &path, &headers, body.to_string()).await;
        assert_eq!(answer.status, 201);
    }
}

// --- Words -------------------------------------------------------------------------------------

/// The keys of these choices, each behind this.
fn keys_of<C: Choice>(start: &str) -> Vec<String> {
    C::ALL.iter().map(|(_, key)| format!("officers.{start}.{key}")).collect()
}

#[test]
fn whatever_can_be_in_a_case_has_words() {
    let words = Words::of("en");
    let mut keys = [
        keys_of::<Flag>("flag"),
        keys_of::<Adjustment>("adjustment"),
        keys_of::<Route>("kind"),
        keys_of::<Status>("status"),
        keys_of::<MayDo>("may_do"),
        keys_of::<AnswersTo>("answers_to"),
        keys_of::<Consent>("consent"),
        keys_of::<ContactWay>("way"),
        keys_of::<Updates>("updates"),
        keys_of::<State>("files"),
        keys_of::<By>("by"),
    ]
    .concat();
    let happened = [
        "received",
        "confirmed",
        "code_sent",
        "evidence_added",
        "message",
        "acknowledge",
        "extend",
        "respond",
        "decline",
        "ask_for_stage2",
        "complain",
        "withdraw",
        "reopen",
        "add_representative",
        "remove_representative",
        "change_adjustments",
    ];
    keys.extend(happened.map(|it| format!("officers.event.{it}")));
    for action in ["acknowledge", "respond", "extend", "decline", "message"] {
        keys.push(format!("officers.problem.{action}.missing"));
        keys.push(format!("officers.done.{action}"));
        for part in ["", ".go", ".text", ".text.hint"] {
            keys.push(format!("officers.act.{action}{part}"));
        }
    }
    for field in ["until.not_later", "until.too_late", "until.beyond_calendar", "on.not_that_day"] {
        keys.push(format!("officers.problem.{field}"));
    }
    for key in keys {
        assert_ne!(words.t(&key), key, "no words");
    }
}

// --- Getting in --------------------------------------------------------------------------------

#[tokio::test]
async fn whoever_is_not_signed_in_is_led_to_the_sign_in() {
    let service = Service::start().await;
    let sent = Sent::to(&service, &complaint("There is no heating.")).await;
    for path in ["/officers", "/officers?show=all", "/officers/find?reference=K47"] {
        let answer = service.get(path).await;
        assert_eq!(answer.status, 303, "{path}");
        assert_eq!(answer.header("location"), "/officers/sign-in");
    }
    for path in [sent.page(), sent.form("respond"), format!("{}/files/a", sent.page())] {
        let answer = service.get(&path).await;
        assert_eq!(answer.status, 303, "{path}");
        let wanted = format!("/officers/sign-in?to={}", sent.reference);
        assert_eq!(answer.header("location"), wanted);
    }
    assert_eq!(service.get("/officers/sign-in").await.status, 200);
}

#[tokio::test]
async fn whoever_came_for_a_case_is_led_to_it_and_nowhere_else() {
    let service = Service::start().await;
    let made = keys::add(&service.state.store, "A", None, &[Scope::Officers], NOW.to_owned());
    let key = made.await.unwrap().key;
    let page = text(&service.get("/officers/sign-in?to=K47-W92-F36").await);
    assert!(page.contains("name=\"to\" value=\"K47-W92-F36\""), "{page}");
    let other = text(&service.get("/officers/sign-in?to=//evil.example").await);
    assert!(!other.contains("name=\"to\""), "{other}");
    let mut browser = Browser::new(&service);
    for (wanted, page) in [
        ("K47-W92-F36", "/officers/cases/K47-W92-F36"),
        ("", "/officers"),
        ("https://evil.example", "/officers"),
    ] {
        let fields = [("key", key.as_str()), ("to", wanted)];
        let answer = browser.post("/officers/sign-in/key", &fields).await;
        assert_eq!(answer.header("location"), page);
    }
    let link = format!("{}.K47-W92-F36", Uuid::new_v4().simple());
    link_with(&service, &link, FAR).await;
    let answer = browser.post("/officers/enter", &[("link", &link)]).await;
    assert_eq!(answer.header("location"), "/officers/cases/K47-W92-F36");
}

#[tokio::test]
async fn a_key_opens_the_pages_only_with_the_scope_for_it() {
    let service = Service::start().await;
    let scopes = [Scope::CasesRead, Scope::CasesWrite, Scope::EvidenceRead];
    let made =
        keys::add(&service.state.store, "CRM", Some("halton"), &scopes, NOW.to_owned()).await;
    let mut browser = Browser::new(&service);
    for key in [made.unwrap().key.as_str(), "hck_none", ""] {
        let answer = browser.post("/officers/sign-in/key", &[("key", key)]).await;
        assert_eq!(answer.status, 422);
        assert!(text(&answer).contains("This key does not open these pages"));
        assert!(key.is_empty() || !text(&answer).contains(key));
        assert!(browser.cookie.is_empty());
    }
}

/// A link as the mail has it, for an officer of the service; good until then.
async fn link(service: &Service, expires_at: &str) -> String {
    let token = Uuid::new_v4().simple().to_string();
    link_with(service, &token, expires_at).await;
    token
}

async fn link_with(service: &Service, token: &str, expires_at: &str) {
    let hash = Sha256::digest(token.as_bytes()).to_vec();
    let (added, until) = (NOW.to_owned(), expires_at.to_owned());
    let adding = service.state.store.write(move |connection| {
        Box::pin(async move {
            sqlx::query(
                "insert into officers (email, name, landlord, created_at)
                values ('sam@example.org', 'Sam Officer', 'halton', $1) on conflict do nothing",
            )
            .bind(added.clone())
            .execute(&mut *connection)
            .await?;
            sqlx::query(
                "insert into officer_links (token_hash, officer, created_at, expires_at)
                select $1, id, $2, $3 from officers where email = 'sam@example.org'",
            )
            .bind(hash)
            .bind(added)
            .bind(until)
            .execute(connection)
            .await?;
            Ok(())
        })
    });
    adding.await.unwrap();
}

const FAR: &str = "2099-01-01T00:00:00.000Z";

#[tokio::test]
async fn looking_at_a_link_does_not_use_it_up_and_pressing_its_button_does() {
    let service = Service::start().await;
    let link = link(&service, FAR).await;
    for _ in 0..3 {
        let page = service.get(&format!("/officers/enter/{link}")).await;
        assert_eq!(page.status, 200);
        assert!(text(&page).contains("Sign in"));
    }
    let mut browser = Browser::new(&service);
    let answer = browser.post("/officers/enter", &[("link", &link)]).await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/officers"));
    assert!(browser.page("/officers").await.contains("Sam Officer"));
    let again = Browser::new(&service).post("/officers/enter", &[("link", &link)]).await;
    assert_eq!(again.status, 410);
    assert!(again.headers.get("set-cookie").is_none());
    assert_eq!(service.get(&format!("/officers/enter/{link}")).await.status, 410);
}

#[tokio::test]
async fn a_link_whose_time_is_over_opens_nothing() {
    let service = Service::start().await;
    let link = link(&service, "2026-11-21T09:45:00.000Z").await;
    assert_eq!(service.get(&format!("/officers/enter/{link}")).await.status, 410);
    let answer = Browser::new(&service).post("/officers/enter", &[("link", &link)]).await;
    assert_eq!(answer.status, 410);
}

/// With a mail server, at which nothing listens, and an address of its own.
fn with_mail(config: &mut Config) {
    let mailer = outbox::mail::Mailer::new("smtp://127.0.0.1:9", "c@halton.example").unwrap();
    config.outbox.mail = Some(mailer);
    config.outbox.public_url = Some("https://c.example.org".to_owned());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_link_that_is_mailed_leads_an_officer_to_the_case_that_they_came_for() {
    let service = Service::start_with(with_mail).await;
    let sent = Sent::to(&service, &complaint("There is no heating.")).await;
    let add =
        ["officers", "add", "--email", "sam@example.org", "--name", "Sam", "--landlord", "halton"];
    let added = run(&service, &add);
    assert!(added.status.success(), "{added:?}");
    let mut browser = Browser::new(&service);
    // The browser came by https, and says whence its form is.
    let own = [("origin", "https://c.example.org")];
    let fields = [("email", "sam@example.org"), ("to", sent.reference.as_str())];
    let answer = browser.post_from("/officers/sign-in/link", &fields, &own).await;
    assert_eq!(answer.status, 200);
    let row = sqlx::query("select code from outbox where kind = 'officer'")
        .fetch_one(service.state.store.pool())
        .await
        .unwrap();
    let token = Sealed::open(&service.state.secret, &row.get::<String, _>(0)).unwrap();
    assert_eq!(browser.get(&format!("/officers/enter/{token}")).await.status, 200);
    let answer = browser.post_from("/officers/enter", &[("link", &token)], &own).await;
    assert_eq!(answer.header("location"), sent.page());
    assert!(answer.header("set-cookie").starts_with("__Host-officer="));
    assert!(browser.page(&sent.page()).await.contains(&sent.reference));
}

#[tokio::test(flavor = "multi_thread")]
async fn asking_for_a_link_tells_nobody_who_is_an_officer_and_fills_no_mailbox() {
    let service = Service::start_with(with_mail).await;
    let add =
        ["officers", "add", "--email", "Sam@Example.org", "--name", "Sam", "--landlord", "halton"];
    let added = run(&service, &add);
    assert!(added.status.success(), "{added:?}");
    let mut browser = Browser::new(&service);
    let known = browser.post("/officers/sign-in/link", &[("email", " SAM@example.org ")]).await;
    let unknown = browser.post("/officers/sign-in/link", &[("email", "eve@example.org")]).await;
    assert_eq!((known.status.as_u16(), &known.body), (200, &unknown.body));
    for _ in 0..5 {
        browser.post("/officers/sign-in/link", &[("email", "sam@example.org")]).await;
    }
    let rows =
        sqlx::query("select * from officer_links").fetch_all(service.state.store.pool()).await;
    assert_eq!(rows.unwrap().len(), 3);
    let slip = browser.post("/officers/sign-in/link", &[("email", "sam at example")]).await;
    assert_eq!(slip.status, 422);
    assert!(text(&slip).contains("value=\"sam at example\""));
}

#[tokio::test]
async fn without_mail_no_link_is_offered() {
    let service = Service::start().await;
    assert!(!text(&service.get("/officers/sign-in").await).contains("type=\"email\""));
}

#[tokio::test]
async fn the_cookie_is_for_this_host_alone_and_for_no_script() {
    let service = Service::start().await;
    let made = keys::add(&service.state.store, "A", None, &[Scope::Officers], NOW.to_owned()).await;
    let key = made.unwrap().key;
    let mut browser = Browser::new(&service);
    let plain = browser.post("/officers/sign-in/key", &[("key", &key)]).await;
    let cookie = plain.header("set-cookie");
    assert!(cookie.starts_with("officer=") && !cookie.contains("Secure"), "{cookie}");
    for part in ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=28800"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let proxied = [OWN, ("x-forwarded-proto", "https")];
    let answer = browser.post_from("/officers/sign-in/key", &[("key", &key)], &proxied).await;
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("__Host-officer=") && cookie.contains("; Secure;"), "{cookie}");
    let token = browser.cookie.split_once('=').unwrap().1.to_owned();
    let rows = sqlx::query("select token_hash from officer_sessions")
        .fetch_all(service.state.store.pool())
        .await
        .unwrap();
    let hashes: Vec<Vec<u8>> = rows.iter().map(|it| it.get(0)).collect();
    assert!(hashes.contains(&Sha256::digest(token.as_bytes()).to_vec()));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_signs_out_or_is_removed_or_has_a_revoked_key_is_out_at_once() {
    let service = Service::start().await;
    let mut browser = Browser::signed_in(&service, "Pat", Some("halton")).await;
    let page = browser.page("/officers").await;
    let token = page.split_once("name=\"token\" value=\"").unwrap().1.split_once('"').unwrap().0;
    let old = browser.cookie.clone();
    let answer = browser.post("/officers/sign-out", &[("token", token)]).await;
    assert_eq!(answer.header("location"), "/officers/sign-in");
    browser.cookie = old;
    assert_eq!(browser.get("/officers").await.status, 303);

    let browser = Browser::signed_in(&service, "Kim", Some("halton")).await;
    let id = sqlx::query("select id from api_keys where name = 'Kim'")
        .fetch_one(service.state.store.pool())
        .await
        .unwrap();
    assert!(
        keys::revoke(&service.state.store, &id.get::<String, _>(0), NOW.to_owned()).await.unwrap()
    );
    assert_eq!(browser.get("/officers").await.status, 303);

    let link = link(&service, FAR).await;
    let mut browser = Browser::new(&service);
    browser.post("/officers/enter", &[("link", &link)]).await;
    assert_eq!(browser.get("/officers").await.status, 200);
    let remove = ["officers", "remove", "--email", "sam@example.org"];
    let removed = run(&service, &remove);
    assert!(removed.status.success(), "{removed:?}");
    assert_eq!(browser.get("/officers").await.status, 303);
}

static WORKDAY: AtomicU64 = AtomicU64::new(1_795_426_200);

#[tokio::test]
async fn a_session_is_over_after_eight_hours_and_what_was_written_is_not_lost() {
    let clock = || SystemTime::UNIX_EPOCH + Duration::from_secs(WORKDAY.load(Ordering::Relaxed));
    let service = Service::start_with(|config| config.clock = clock).await;
    let sent = Sent::to(&service, &complaint("There is no heating.")).await;
    let mut browser = Browser::signed_in(&service, "Pat", Some("halton")).await;
    let page = browser.page(&sent.form("respond")).await;
    WORKDAY.fetch_add(8 * 60 * 60 + 1, Ordering::Relaxed);
    let fields = [("text", "We are <sorry>.\nA long answer.")];
    let answer = browser.sends(&page, &sent.form("respond"), &fields).await;
    assert_eq!(answer.status, 403);
    let page = text(&answer);
    assert!(page.contains("\nWe are &lt;sorry&gt;.\nA long answer.</textarea>"), "{page}");
    assert_eq!(sent.view(&service).await["status"], "received");
}

#[tokio::test]
async fn a_form_of_another_site_does_nothing() {
    let service = Service::start().await;
    let sent = Sent::to(&service, &complaint("There is no heating.")).await;
    let mut browser = Browser::signed_in(&service, "Pat", Some("halton")).await;
    let path = sent.form("message");
    let page = browser.page(&path).await;
    let token = hidden(&page, "token");
    let good = [("text", "Hello"), ("token", token.as_str())];
    for from in [
        &[("sec-fetch-site", "cross-site")][..],
        &[("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "none")],
        &[("origin", "https://evil.example")],
    ] {
        assert_eq!(browser.post_from(&path, &good, from).await.status, 403, "{from:?}");
    }
    for token in ["", "AAAA"] {
        let answer = browser.post(&path, &[("text", "Hello"), ("token", token)]).await;
        assert_eq!(answer.status, 403);
    }
    // No page before the sign-in has a token: there it must be known whence a form comes.
    for from in [&[("origin", "null")][..], &[], &[("sec-fetch-site", "cross-site")]] {
        let answer = browser.post_from("/officers/sign-in/key", &[("key", "hck_a")], from).await;
        assert_eq!(answer.status, 403, "{from:?}");
    }
    let own = format!("http://{}", service.address);
    let from = [("origin", own.as_str())];
    let answer = browser.post_from("/officers/sign-in/key", &[("key", "hck_a")], &from).await;
    assert_eq!(answer.status, 422);
    // A browser that says nothing is trusted with the token of the session.
    assert_eq!(browser.post_from(&path, &good, &[("origin", "null")]).await.status, 303);
}

#[tokio::test]
async fn a_link_from_a_mail_loads_the_page_again_so_that_the_cookie_comes_along() {
    let service = Service::start().await;
    let headers = [("sec-fetch-site", "cross-site")];
    let answer = send(service.address, "GET", "/officers", &headers, "").await;
    assert_eq!(answer.status, 200);
    assert!(text(&answer).contains("http-equiv=\"refresh\" content=\"0\""));
}

#[tokio::test]
async fn every_page_is_strict_and_stays_in_no_cache() {
    let service = Service::start().await;
    let sent = Sent::to(&service, &complaint("There is no heating.")).await;
    let browser = Browser::signed_in(&service, "Pat", Some("halton")).await;
    let pages = [
        "/officers".to_owned(),
        "/officers/sign-in".to_owned(),
        "/officers/enter/none".to_owned(),
        "/officers/cases/F22-F22-F22".to_owned(),
        sent.page(),
        sent.form("acknowledge"),
    ];
    for path in pages {
        let answer = browser.get(&path).await;
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; style-src 'self'"), "{path}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin");
        assert!(["no-referrer", "same-origin"].contains(&answer.header("referrer-policy")));
        let page = text(&answer);
        assert!(!page.contains("<script") && !page.contains("style="), "{path}");
        assert!(!read(&page).contains("officers."), "{path}: words are missing");
    }
    let styles = browser.get("/officers/officers.css").await;
    assert_eq!(styles.header("content-type"), "text/css; charset=utf-8");
}

// --- Looking -----------------------------------------------------------------------------------

/// A complaint that a member of staff was told of on this day.
fn told_on(day: &str) -> String {
    complaint_with(
        &[
            (FieldName::OnBehalfOf, "staff"),
            (FieldName::StaffName, "Sam Staff"),
            (FieldName::FirstSaid, day),
        ],
        "halton",
    )
}

#[tokio::test]
async fn what_is_late_comes_first_and_is_called_late() {
    // Tuesday 24 November 2026, 10:00.
    let clock = || SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_514_400);
    let service = Service::start_with(|config| config.clock = clock).await;
    let fresh = Sent::to(&service, &complaint("No heating.")).await;
    let request = complaint_with(&[(FieldName::Intent, "report")], "halton");
    let request = Sent::to(&service, &request).await;
    let late = Sent::to(&service, &told_on("2026-11-02")).await;
    let today = Sent::to(&service, &told_on("2026-11-17")).await;
    let other = Sent::to(&service, &complaint_with(&[], "example")).await;
    let browser = Browser::signed_in(&service, "Pat", Some("halton")).await;
    let page = browser.page("/officers").await;
    let at = |what: &str| page.find(what).unwrap_or_else(|| panic!("no {what} in {page}"));
    assert!(at(">Late</h2>") < at(&late.reference));
    assert!(at(&late.reference) < at(">Due today</h2>"));
    assert!(at(">Due today</h2>") < at(&today.reference));
    assert!(at(&today.reference) < at(&fresh.reference));
    assert!(at(&fresh.reference) < at(&request.reference));
    assert!(page.contains("Late. You had to acknowledge it by Monday 9 November 2026."));
    assert!(page.contains("Acknowledge it today, Tuesday 24 November 2026."));
    assert!(!page.contains(&other.reference));
    // A list that nobody reads silences no alarm.
    assert_eq!(fresh.view(&service).await["history"].as_array().unwrap().len(), 1);
    let all = Browser::signed_in(&service, "All", None).await.page("/officers").await;
    assert!(all.contains(&other.reference) && all.contains("example"));
}

#[tokio::test]
async fn many_cases_are_on_many_pages_and_each_is_on_one() {
    let service = Service::start().await;
    let mut all = Vec::new();
    for number in 0..30 {
        let intent = if number % 3 == 0 { "report" } else { "told" };
        let body = complaint_with(&[(FieldName::Intent, intent)], "halton");
        all.push(Sent::to(&service, &body).await.reference);
    }
    let browser = Browser::signed_in(&service, "Pat", Some("halton")).await;
    for start in ["/officers", "/officers?show=all"] {
        let mut seen = Vec::new();
        let mut next = Some(start.to_owned());
        while let Some(path) = next {
            let page = browser.page(&path).await;
            let links = page.split("href=\"/officers/cases/").skip(1);
            seen.extend(links.map(|it| it.split_once('"').unwrap().0.to_owned()));
            let link = page.split("href=\"/officers?").find(|it| it.contains(">Next page<"));
            next = link.map(|it| {
                let query = it.split_once('"').unwrap().0.replace("&amp;", "&");
                format!("/officers?{query}")
            });
        }
        seen.sort();
        all.sort();
        assert_eq!(seen, all, "{start}");
    }
}

#[tokio::test]
async fn a_case_is_found_by_its_number_and_another_landlord_s_is_not() {
    let service = Service::start().await;
    let mine = Sent::to(&service, &complaint("No heating.")).await;
    let other = Sent::to(&service, &complaint_with(&[], "example")).await;
    let browser = Browser::signed_in(&service, "Pat", Some("halton")).await;
    let typed = mine.reference.to_lowercase().replace('-', "");
    let found = browser.get(&format!("/officers/find?reference={typed}")).await;
    assert_eq!(found.header("location"), mine.page());
    for unknown in [&other.reference, "F22-F22-F22", "%3Cb%3E"] {
        let answer = browser.get(&format!("/officers/find?reference={unknown}")).await;
        assert_eq!(answer.status, 422);
        assert!(!text(&answer).contains("<b>"));
    }
    for path in [other.page(), other.form("respond"), format!("{}/files/abc", other.page())] {
        let answer = browser.get(&path).await;
        assert_eq!(answer.status, 404, "{path}");
        assert!(text(&answer).contains("There is no such case"));
    }
}

#[tokio::test]
async fn opening_a_case_shows_what_to_know_first_and_confirms_it() {
    let service = Service::start().await;
    let body = complaint_with(
        &[
            (FieldName::Danger, "yes"),
            (FieldName::OnBehalfOf, "someone_else"),
            (FieldName::RepresentativeName, "Ann Example"),
            (FieldName::RepresentativeContact, "01632 960002"),
            (FieldName::Consent, "not_sure"),
            (FieldName::Adjustments, "large_print"),
            (FieldName::AdjustmentsOwnWords, "Big & clear <please>"),
            (FieldName::Account, "<script>alert(1)</script> & no heating"),
        ],
        "halton",
    );
    let sent = Sent::to(&service, &body).await;
    let browser = Browser::signed_in(&service, "Pat Officer", Some("halton")).await;
    assert!(browser.page("/officers").await.contains("Nobody has opened it yet"));
    let page = browser.page(&sent.page()).await;
    let at = |what: &str| page.find(what).unwrap_or_else(|| panic!("no {what} in {page}"));
    let order = [
        "Somebody may be in danger now",
        "Large print",
        "Big &amp; clear &lt;please&gt;",
        "Ann Example",
        "What you can do",
        "What the resident sent",
        "&lt;script&gt;alert(1)&lt;/script&gt; &amp; no heating",
        "What has happened",
        "Seen for the first time",
    ];
    for pair in order.windows(2) {
        assert!(at(pair[0]) < at(pair[1]), "{pair:?}");
    }
    assert!(!browser.page("/officers").await.contains("Nobody has opened it yet"));
    browser.page(&sent.page()).await;
    let view = sent.view(&service).await;
    let history = view["history"].as_array().unwrap();
    let confirmed: Vec<_> = history.iter().filter(|it| it["what"] == "confirmed").collect();
    assert_eq!(confirmed.len(), 1);
    // Who it was is for the landlord alone.
    assert!(!view.to_string().contains("Pat Officer"));
}

/// A hazard that was heard is on the list and at the top of the case; of abuse the list says only that it is to be
/// read with care.
#[tokio::test]
async fn what_was_heard_is_seen_at_once() {
    let service = Service::start().await;
    let account = "I am fed up with you. There is a strong smell of gas. My husband hits me.";
    let answers = [(FieldName::Account, account), (FieldName::Intent, "report")];
    let sent = Sent::to(&service, &complaint_with(&answers, "halton")).await;
    let browser = Browser::signed_in(&service, "Pat Officer", Some("halton")).await;
    let list = browser.page("/officers").await;
    for said in ["Read with care, today", "A hazard was heard: gas", "Sounds unhappy"] {
        assert!(list.contains(said), "{said}: {list}");
    }
    for hidden in ["abuse", "hits me", "not be safe"] {
        assert!(!list.contains(hidden), "{hidden}");
    }
    let page = browser.page(&sent.page()).await;
    let at = |what: &str| page.find(what).unwrap_or_else(|| panic!("no {what} in {page}"));
    assert!(at("They may not be safe") < at("in their words: gas"));
    assert!(at("in their words: gas") < at("chose a request"));
    assert!(at("chose a request") < at("What the resident sent"));
}

// --- Doing -------------------------------------------------------------------------------------

#[tokio::test]
async fn a_case_goes_from_the_first_page_to_the_final_answer() {
    let service = Service::start().await;
    let sent = Sent::to(&service, &complaint("There is no heating.")).await;
    let mut browser = Browser::signed_in(&service, "Pat", Some("halton")).await;
    let definition = "The heating has not worked since March.\nYou want it repaired.";
    let answer = browser.fills(&sent.form("acknowledge"), &[("text", definition)]).await;
    assert_eq!(answer.status, 303);
    let at = answer.header("location").to_owned();
    assert_eq!(at, format!("{}?done=acknowledge", sent.page()));
    assert!(browser.page(&at).await.contains("You acknowledged this case."));
    let view = sent.view(&service).await;
    assert_eq!(
        (&view["status"], &view["definition"]),
        (&json!("acknowledged"), &json!(definition))
    );

    let limit = view["stages"][0]["extendedBy"].as_str().unwrap().to_owned();
    let extend = [("until", limit.as_str()), ("text", "A part must come from abroad.")];
    assert_eq!(browser.fills(&sent.form("extend"), &extend).await.status, 303);
    let view = sent.view(&service).await;
    assert_eq!(view["stages"][0]["extension"]["until"], limit.as_str());

    let answer = browser.fills(&sent.form("respond"), &[("text", "We repair it on Monday.")]).await;
    assert_eq!(answer.status, 303);
    sent.acts(&service, "stage2", json!({})).await;
    assert!(browser.page("/officers").await.contains("Complaint, stage 2"));
    assert!(browser.page(&sent.form("respond")).await.contains("Give the final answer"));
    let answer =
        browser.fills(&sent.form("respond"), &[("text", "This is our final answer.")]).await;
    assert_eq!(answer.status, 303);
    let view = sent.view(&service).await;
    assert_eq!((&view["stage"], &view["status"]), (&json!(2), &json!("responded")));
    assert!(browser.page("/officers").await.contains("Nothing is open."));
    assert!(browser.page("/officers?show=all").await.contains("Answered. Nothing is due."));
}

#[tokio::test]
async fn a_case_is_declined_with_reasons_and_the_page_says_what_the_code_asks() {
    let service = Service::start().await;
    let sent = Sent::to(&service, &complaint("There is no heating.")).await;
    let mut browser = Browser::signed_in(&service, "Pat", Some("halton")).await;
    let page = read(&browser.page(&sent.form("decline")).await);
    for provision in ["2.1", "2.2", "2.3", "2.4", "2.5", "0300 111 3000"] {
        assert!(page.contains(provision), "{provision}");
    }
    let none = browser.fills(&sent.form("decline"), &[("text", " \u{200b}")]).await;
    assert_eq!(none.status, 422);
    assert!(text(&none).contains("Write your reasons"));
    let reasons = [("text", "A claim was filed at court on 2 November.")];
    assert_eq!(browser.fills(&sent.form("decline"), &reasons).await.status, 303);
    assert_eq!(sent.view(&service).await["status"], "declined");
}

#[tokio::test]
async fn a_mistake_is_said_at_its_field_and_nothing_typed_is_lost() {
    let service = Service::start().await;
    let sent = Sent::to(&service, &complaint("There is no heating.")).await;
    let mut browser = Browser::signed_in(&service, "Pat", Some("halton")).await;
    let reason = "\nA part is \"missing\" & late.\n";
    for (until, problem) in [
        ("", "Enter the new last day for your answer"),
        ("soon", "Enter a day, like 27 November 2026"),
        ("1 January 2026", "Enter a day after the one that the resident was promised"),
        ("31 December 2030", "Enter an earlier day."),
    ] {
        let typed = [("until", until), ("text", reason)];
        let answer = browser.fills(&sent.form("extend"), &typed).await;
        assert_eq!(answer.status, 422, "{until}");
        let page = text(&answer);
        assert!(page.contains(&format!("<a href=\"#until\">{problem}")), "{page}");
        assert!(page.contains("aria-describedby=\"until-hint until-problem\""), "{page}");
        assert!(page.contains("<title>Error: "), "{page}");
        assert!(page.contains(&format!("value=\"{until}\"")), "{page}");
        assert!(
            page.contains("\n\nA part is &quot;missing&quot; &amp; late.\n</textarea>"),
            "{page}"
        );
    }
    let both = browser.fills(&sent.form("extend"), &[("until", ""), ("text", "")]).await;
    let page = text(&both);
    assert!(page.find("href=\"#until\"").unwrap() < page.find("href=\"#text\"").unwrap());
    assert_eq!(sent.view(&service).await["status"], "received");
}

#[tokio::test]
async fn what_somebody_else_did_meanwhile_is_shown_and_nothing_is_done_twice() {
    let service = Service::start().await;
    let sent = Sent::to(&service, &complaint("There is no heating.")).await;
    let mut pat = Browser::signed_in(&service, "Pat", Some("halton")).await;
    let mut kim = Browser::signed_in(&service, "Kim Officer", Some("halton")).await;
    let path = sent.form("acknowledge");
    let (pats, kims) = (pat.page(&path).await, kim.page(&path).await);
    let answer = kim.sends(&kims, &path, &[("text", "The heating is broken.")]).await;
    assert_eq!(answer.status, 303);
    let answer = pat.sends(&pats, &path, &[("text", "No heating since March.")]).await;
    assert_eq!(answer.status, 409);
    let page = text(&answer);
    assert!(page.contains("This case has changed since you opened this page."), "{page}");
    assert!(page.contains("Kim Officer") && page.contains("The heating is broken."), "{page}");
    assert!(page.contains("\nNo heating since March.</textarea>"), "{page}");
    // Sent again with that in view, it is still not possible, and that is said.
    let again = pat.sends(&page, &path, &[("text", "No heating since March.")]).await;
    assert_eq!(again.status, 409);
    assert!(text(&again).contains("Somebody acknowledged this case before you."));
    assert_eq!(sent.view(&service).await["definition"], "The heating is broken.");

    // What the resident writes while an answer is written is read before it goes.
    let path = sent.form("respond");
    let page = pat.page(&path).await;
    sent.acts(&service, "messages", json!({"text": "It works again since today."})).await;
    let answer = pat.sends(&page, &path, &[("text", "We will repair it.")]).await;
    assert_eq!(answer.status, 409);
    let page = text(&answer);
    assert!(page.contains("It works again since today."), "{page}");
    let answer = pat.sends(&page, &path, &[("text", "We are glad that it works.")]).await;
    assert_eq!(answer.status, 303);
}

#[tokio::test]
async fn a_button_that_is_pressed_twice_sends_once() {
    let service = Service::start().await;
    let sent = Sent::to(&service, &complaint("There is no heating.")).await;
    let mut browser = Browser::signed_in(&service, "Pat", Some("halton")).await;
    let path = sent.form("message");
    let page = browser.page(&path).await;
    for _ in 0..2 {
        let answer = browser.sends(&page, &path, &[("text", "We come on Monday.\r\nAt 9.")]).await;
        assert_eq!(answer.status, 303);
    }
    let view = sent.view(&service).await;
    let entries = view["history"].as_array().unwrap();
    let messages: Vec<_> = entries.iter().filter(|it| it["what"] == "message").collect();
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0]["text"], "We come on Monday.\nAt 9.");
}

#[tokio::test]
async fn what_is_not_possible_any_more_has_no_form() {
    let service = Service::start().await;
    let sent = Sent::to(&service, &complaint("There is no heating.")).await;
    let mut browser = Browser::signed_in(&service, "Pat", Some("halton")).await;
    browser.fills(&sent.form("respond"), &[("text", "We repair it on Monday.")]).await;
    let page = browser.page(&sent.page()).await;
    for action in ["acknowledge", "respond", "extend", "decline"] {
        assert!(!page.contains(&sent.form(action)), "{action}");
        let answer = browser.get(&sent.form(action)).await;
        assert_eq!(answer.header("location"), sent.page(), "{action}");
    }
    assert!(page.contains(&sent.form("message")));
    assert_eq!(browser.get(&sent.form("delete")).await.status, 404);
}

#[tokio::test]
async fn a_file_is_saved_and_never_shown() {
    let service = Service::start().await;
    let sent = Sent::to(&service, &complaint("There is no heating.")).await;
    let bytes = [b"\xFF\xD8\xFF\xE0".as_slice(), &[7; 200_000]].concat();
    let name = STANDARD.encode("d\u{e4}mp \"1\".jpg");
    let metadata = format!("filename {name},reference {}", STANDARD.encode(&sent.reference));
    let (bearer, length) = (format!("Bearer {}", sent.code), bytes.len().to_string());
    let headers = [
        ("tus-resumable", "1.0.0"),
        ("content-type", "application/offset+octet-stream"),
        ("upload-length", length.as_str()),
        ("upload-metadata", metadata.as_str()),
        ("authorization", bearer.as_str()),
    ];
    let created = send(service.address, "POST", "/v1/uploads", &headers, bytes.clone()).await;
    assert_eq!(created.status, 201, "{created:?}");
    let browser = Browser::signed_in(&service, "Pat", Some("halton")).await;
    let page = browser.page(&sent.page()).await;
    let start = format!("href=\"{}/files/", sent.page());
    let (_, rest) = page.split_once(&start).unwrap_or_else(|| panic!("no file in {page}"));
    let path = format!("{}/files/{}", sent.page(), rest.split_once('"').unwrap().0);
    let answer = browser.get(&path).await;
    assert_eq!((answer.status.as_u16(), &answer.body[..]), (200, &bytes[..]));
    assert_eq!(answer.header("content-type"), "application/octet-stream");
    let disposition = answer.header("content-disposition");
    assert_eq!(disposition, "attachment; filename*=UTF-8''d%C3%A4mp%20_1_.jpg");
    assert_eq!(answer.header("content-security-policy"), "sandbox; default-src 'none'");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(service.get(&path).await.status, 303);
}
