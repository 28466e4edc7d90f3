//! The addresses under `/officers`. Every one of them answers with a page, errors included; every change
//! is a form that is posted, and leads on to a page that can be loaded again.
//!
//! Never here: a script, a resident's name in a title or an address, a page that a browser may keep.

use axum::body::Body;
use axum::extract::{FromRequest, Path, RawQuery, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, REFERRER_POLICY, RETRY_AFTER,
    SET_COOKIE,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Router, response};
use domain::case::{By, Entry, NotNow};
use domain::choices::Choice;
use maud::{Markup, html};
use tracing::info;
use uuid::Uuid;

use super::case_page::{self, Asked, Shown};
use super::forms::{self, Action, Typed};
use super::pages::{self, List, Problem, SignIn};
use super::session::{self, Officer};
use super::{download, lookup};
use crate::cases::{self, Actor};
use crate::error::Error;
use crate::limits::{self, Peer, Seldom};
use crate::words::Words;
use crate::{AppState, clock, header, submissions};

/// What these pages may do: look as they do, and send forms here.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; \
    base-uri 'none'; frame-ancestors 'none'";

const STYLES: &str = include_str!("../../../../styles/officers.css");

/// The addresses.
pub fn router() -> Router<AppState> {
    Router::new()
        .route("/officers", get(list))
        .route("/officers/", get(async || to("/officers")))
        .route("/officers/officers.css", get(styles))
        .route("/officers/sign-in", get(sign_in))
        .route("/officers/sign-in/link", post(send_link))
        .route("/officers/sign-in/key", post(enter_with_key))
        .route("/officers/enter/{link}", get(look_at_link))
        .route("/officers/enter", post(enter_with_link))
        .route("/officers/sign-out", post(sign_out))
        .route("/officers/find", get(find))
        .route("/officers/cases/{reference}", get(case))
        .route("/officers/cases/{reference}/{action}", get(form).post(act))
        .route("/officers/cases/{reference}/files/{file}", get(file))
        .layer(middleware::from_fn(with_headers))
}

/// What every answer says of itself.
async fn with_headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let set = [
        (CONTENT_SECURITY_POLICY, POLICY),
        (CACHE_CONTROL, "no-store"),
        (REFERRER_POLICY, "no-referrer"),
        (header("cross-origin-opener-policy"), "same-origin"),
        (header("cross-origin-resource-policy"), "same-origin"),
        (header("x-frame-options"), "DENY"),
        (header("permissions-policy"), "camera=(), geolocation=(), microphone=(), payment=()"),
    ];
    for (name, value) in set {
        let headers = response.headers_mut();
        if !headers.contains_key(&name) {
            headers.insert::<HeaderName>(name, HeaderValue::from_static(value));
        }
    }
    response
}

/// Why it is not the page that was asked for.
enum Failed {
    /// Something went wrong, which is said on a page.
    Wrong(Error),
    /// Another page comes first, such as that on which to sign in.
    Instead(Box<Response>),
}

impl<E: Into<Error>> From<E> for Failed {
    fn from(error: E) -> Self {
        Self::Wrong(error.into())
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        let error = match self {
            Self::Wrong(error) => error,
            Self::Instead(response) => return *response,
        };
        let words = words();
        let [title, text] = match error {
            Error::NoSuchCase => ["officers.unknown.title", "officers.unknown.text"],
            Error::TooLarge => ["officers.too_long.title", "officers.too_long.text"],
            Error::Upload(_) => ["officers.file.title", "officers.file.text"],
            // What it was is logged where it happened.
            _ => ["officers.failed.title", "officers.failed.text"],
        };
        let status = error.into_response().status();
        let on = ("/officers", &*words.t("officers.back"));
        page(status, &pages::notice(&words, None, &words.t(title), &words.t(text), on))
    }
}

type Answer = Result<Response, Failed>;

/// The words of these pages. They are in English, as the landlord's staff works.
fn words() -> Words {
    Words::of("en")
}

fn page(status: StatusCode, markup: &Markup) -> Response {
    (status, response::Html(markup.0.clone())).into_response()
}

/// On to this page: loading it again sends nothing twice.
fn to(address: &str) -> Response {
    let address = HeaderValue::try_from(address).expect("our addresses are plain ASCII");
    (StatusCode::SEE_OTHER, [(LOCATION, address)]).into_response()
}

async fn styles() -> Response {
    ([(CONTENT_TYPE, "text/css; charset=utf-8"), (CACHE_CONTROL, "no-cache")], STYLES)
        .into_response()
}

// --- Signing in --------------------------------------------------------------------------------

/// Whoever is signed in; where nobody is, the way to sign in comes first.
async fn signed_in(
    state: &AppState,
    headers: &HeaderMap,
    case: Option<&str>,
) -> Result<Officer, Failed> {
    if let Some(officer) = session::officer(state, headers).await? {
        return Ok(officer);
    }
    // A link in a mail leads here from another site, and then a strict cookie stays at home. Loaded again
    // from this very page, it comes along.
    let site = headers.get("sec-fetch-site").and_then(|it| it.to_str().ok());
    if site == Some("cross-site") {
        return Err(Failed::Instead(Box::new(page(StatusCode::OK, &again()))));
    }
    Err(Failed::Instead(Box::new(to(&sign_in_for(case)))))
}

/// The address of the sign-in that leads on to this case.
fn sign_in_for(case: Option<&str>) -> String {
    match case.and_then(reference) {
        Some(reference) => format!("/officers/sign-in?to={reference}"),
        None => "/officers/sign-in".to_owned(),
    }
}

fn again() -> Markup {
    let words = words();
    html! {
        (maud::DOCTYPE)
        html lang="en-GB" {
            head {
                meta charset="utf-8";
                meta http-equiv="refresh" content="0";
                title { (words.t("officers.name")) }
            }
            body { p { a href="" { (words.t("officers.go_on")) } } }
        }
    }
}

/// A page before the sign-in. Its forms have no token of a session, so the browser must say whence they
/// come, and it says so only where it may send a referrer (to this service, and nowhere else).
fn outside(status: StatusCode, markup: &Markup) -> Response {
    let mut response = page(status, markup);
    response.headers_mut().insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    response
}

async fn sign_in(
    State(state): State<AppState>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answer {
    let case = asked(query.as_deref(), "to").and_then(|it| reference(&it));
    if session::officer(&state, &headers).await?.is_some() {
        return Ok(to(&page_of(case.as_deref())));
    }
    let asked = SignIn { has_mail: has_mail(&state), case: case.as_deref(), ..SignIn::default() };
    Ok(outside(StatusCode::OK, &pages::sign_in(&words(), &asked)))
}

/// Where somebody goes who has signed in.
fn page_of(case: Option<&str>) -> String {
    match case.and_then(reference) {
        Some(reference) => format!("/officers/cases/{reference}"),
        None => "/officers".to_owned(),
    }
}

/// Whether a link can be sent: by mail, and to an address of this service that is known.
fn has_mail(state: &AppState) -> bool {
    state.config.outbox.can_mail() && state.config.outbox.public_url.is_some()
}

/// A form of a page before the sign-in.
struct Outside(Typed);

impl FromRequest<AppState> for Outside {
    type Rejection = Failed;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Failed> {
        let (head, body) = request.into_parts();
        let body = submissions::read(body).await?;
        if session::is_own_form(state, &head.headers, false) {
            return Ok(Self(Typed::read(&body)));
        }
        let words = words();
        let (title, text) = (words.t("officers.foreign.title"), words.t("officers.foreign.text"));
        let on = ("/officers/sign-in", &*words.t("officers.sign_in.title"));
        let markup = pages::notice(&words, None, &title, &text, on);
        Err(Failed::Instead(Box::new(outside(StatusCode::FORBIDDEN, &markup))))
    }
}

/// The page to sign in once more, with what is to be put right and what was typed, but for a key.
fn sign_in_again(
    state: &AppState,
    typed: &Typed,
    status: StatusCode,
    field: Option<&'static str>,
    key: &str,
) -> Response {
    let words = words();
    let problems = [Problem { field, text: words.t(key) }];
    let case = reference(typed.text("to"));
    let asked = SignIn {
        has_mail: has_mail(state),
        email: typed.text("email"),
        case: case.as_deref(),
        problems: &problems,
    };
    outside(status, &pages::sign_in(&words, &asked))
}

/// The same after too many tries, and when to come back. What else went wrong is said as ever.
fn too_often(state: &AppState, typed: &Typed, error: Error) -> Answer {
    let Error::TooMany(seconds) = error else {
        return Err(error.into());
    };
    let status = StatusCode::TOO_MANY_REQUESTS;
    let mut response = sign_in_again(state, typed, status, None, "officers.problem.too_often");
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    Ok(response)
}

async fn send_link(State(state): State<AppState>, peer: Peer, Outside(typed): Outside) -> Answer {
    let email = typed.text("email");
    if !session::is_address(email.trim()) || !has_mail(&state) {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        let key = "officers.problem.email";
        return Ok(sign_in_again(&state, &typed, status, Some("email"), key));
    }
    if let Err(error) = limits::once_more(&state, peer, Seldom::Link).await {
        return too_often(&state, &typed, error);
    }
    session::send_link(&state, email, reference(typed.text("to")).as_deref()).await?;
    Ok(outside(StatusCode::OK, &pages::link_sent(&words())))
}

/// Looking at a link: it stays good.
async fn look_at_link(State(state): State<AppState>, Path(link): Path<String>) -> Answer {
    let is_good = session::is_good(&state, &link).await?;
    let markup = pages::enter(&words(), is_good.then_some(link.as_str()));
    Ok(outside(if is_good { StatusCode::OK } else { StatusCode::GONE }, &markup))
}

async fn enter_with_link(
    State(state): State<AppState>,
    headers: HeaderMap,
    Outside(typed): Outside,
) -> Answer {
    match session::begin_with_link(&state, typed.text("link")).await? {
        Some(token) => {
            info!("an officer signed in with a link");
            let case = session::case_of(typed.text("link"));
            Ok(entered(&state, &headers, &token, case))
        }
        None => Ok(outside(StatusCode::GONE, &pages::enter(&words(), None))),
    }
}

/// Whoever has a key that is good gets in, however many were not: an address is told to wait, and nobody is
/// locked out.
async fn enter_with_key(
    State(state): State<AppState>,
    peer: Peer,
    headers: HeaderMap,
    Outside(typed): Outside,
) -> Answer {
    match session::begin_with_key(&state, typed.text("key")).await? {
        Some(token) => {
            info!("an officer signed in with a key");
            Ok(entered(&state, &headers, &token, Some(typed.text("to"))))
        }
        None => {
            if let Err(error) = limits::once_more(&state, peer, Seldom::WrongKey).await {
                return too_often(&state, &typed, error);
            }
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            let key = "officers.problem.key";
            Ok(sign_in_again(&state, &typed, status, Some("key"), key))
        }
    }
}

fn entered(state: &AppState, headers: &HeaderMap, token: &str, case: Option<&str>) -> Response {
    let mut response = to(&page_of(case));
    response.headers_mut().insert(SET_COOKIE, session::cookie(state, headers, Some(token)));
    response
}

async fn sign_out(State(state): State<AppState>, headers: HeaderMap, body: Body) -> Answer {
    let typed = Typed::read(&submissions::read(body).await?);
    if let Some(officer) = session::officer(&state, &headers).await? {
        if !is_own(&state, &headers, &officer, &typed) {
            return Ok(foreign(&officer));
        }
        session::end(&state, &headers).await?;
    }
    let mut response = to("/officers/sign-in");
    response.headers_mut().insert(SET_COOKIE, session::cookie(&state, &headers, None));
    Ok(response)
}

/// Whether a form is of this officer's session and of no other site.
fn is_own(state: &AppState, headers: &HeaderMap, officer: &Officer, typed: &Typed) -> bool {
    session::is_own_form(state, headers, true) && officer.owns(typed.text("token"))
}

fn foreign(officer: &Officer) -> Response {
    let words = words();
    let (title, text) = (words.t("officers.foreign.title"), words.t("officers.foreign.text"));
    let on = ("/officers", &*words.t("officers.back"));
    page(StatusCode::FORBIDDEN, &pages::notice(&words, Some(officer), &title, &text, on))
}

// --- Cases -------------------------------------------------------------------------------------

/// The value of this name in a query.
fn asked(query: Option<&str>, name: &str) -> Option<String> {
    form_urlencoded::parse(query?.as_bytes())
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}

async fn list(
    State(state): State<AppState>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answer {
    let officer = signed_in(&state, &headers, None).await?;
    let is_all = asked(query.as_deref(), "show").as_deref() == Some("all");
    let after = asked(query.as_deref(), "after");
    listed(&state, &officer, is_all, after.as_deref(), "", &[]).await
}

async fn listed(
    state: &AppState,
    officer: &Officer,
    is_all: bool,
    after: Option<&str>,
    search: &str,
    problems: &[Problem],
) -> Answer {
    let found = lookup::list(state, officer.landlord.as_deref(), is_all, after).await?;
    let list = List {
        cases: &found.cases,
        is_all,
        search,
        is_first: after.is_none(),
        after: found.after,
        today: clock::now(state)?.today,
        problems,
    };
    let status =
        if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(page(status, &pages::list(&words(), officer, &list)))
}

/// A case by the number that the resident gives: with or without hyphens, in any letters.
async fn find(
    State(state): State<AppState>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answer {
    let officer = signed_in(&state, &headers, None).await?;
    let typed = asked(query.as_deref(), "reference").unwrap_or_default();
    let reference = reference(&typed);
    if let Some(reference) = &reference {
        let row = cases::load(&state, reference).await?;
        if row.is_some_and(|it| officer.sees(&it.case.landlord)) {
            return Ok(to(&format!("/officers/cases/{reference}")));
        }
    }
    let key = match reference {
        Some(_) => "officers.problem.reference.unknown",
        None => "officers.problem.reference",
    };
    let problem = Problem { field: Some("reference"), text: words().t(key) };
    listed(&state, &officer, false, None, &typed, &[problem]).await
}

/// `k47 w92f36` as it is stored: `K47-W92-F36`.
fn reference(typed: &str) -> Option<String> {
    let plain: Vec<char> = typed
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|it| it.to_ascii_uppercase())
        .collect();
    let threes: Vec<String> = plain.chunks(3).map(|three| three.iter().collect()).collect();
    (plain.len() == 9).then(|| threes.join("-"))
}

/// The case exists for this officer.
async fn require(state: &AppState, officer: &Officer, reference: &str) -> Result<(), Failed> {
    let row = cases::load(state, reference).await?;
    row.filter(|it| officer.sees(&it.case.landlord)).ok_or(Error::NoSuchCase)?;
    Ok(())
}

/// The case with this reference, if it exists for this officer.
async fn shown(state: &AppState, officer: &Officer, reference: &str) -> Result<Shown, Failed> {
    let view = cases::view(state, reference, true).await?;
    let view = view.filter(|it| officer.sees(&it.case.landlord)).ok_or(Error::NoSuchCase)?;
    Ok(Shown::new(view))
}

async fn case(
    State(state): State<AppState>,
    Path(reference): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answer {
    let officer = signed_in(&state, &headers, Some(&reference)).await?;
    // First whether it may be seen at all.
    require(&state, &officer, &reference).await?;
    cases::confirm(&state, &reference, &officer.name).await?;
    let shown = shown(&state, &officer, &reference).await?;
    let done = asked(query.as_deref(), "done").and_then(|it| Action::from_key(&it));
    let today = clock::now(&state)?.today;
    Ok(page(StatusCode::OK, &case_page::case(&words(), &officer, &shown, done, today)))
}

async fn form(
    State(state): State<AppState>,
    Path((reference, action)): Path<(String, String)>,
    headers: HeaderMap,
) -> Answer {
    let officer = signed_in(&state, &headers, Some(&reference)).await?;
    let shown = shown(&state, &officer, &reference).await?;
    let action = Action::from_key(&action).ok_or(Error::NoSuchCase)?;
    if !Action::possible(&shown.view.case).contains(&action) {
        // It was, when the page with its link was loaded.
        return Ok(to(&format!("/officers/cases/{}", shown.view.case.reference)));
    }
    let key = Uuid::new_v4().to_string();
    let asked = Asked { action, typed: &Typed::default(), problems: &[], news: &[], key: &key };
    Ok(page(StatusCode::OK, &case_page::form(&words(), &officer, &shown, &asked)))
}

async fn act(
    State(state): State<AppState>,
    Path((reference, action)): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    let typed = Typed::read(&submissions::read(body).await?);
    let Some(officer) = session::officer(&state, &headers).await? else {
        // Eight hours are over. What was typed must not be lost to that.
        return Ok(page(StatusCode::FORBIDDEN, &over(&reference, typed.text(forms::TEXT))));
    };
    if !is_own(&state, &headers, &officer, &typed) {
        return Ok(foreign(&officer));
    }
    let shown = shown(&state, &officer, &reference).await?;
    let action = Action::from_key(&action).ok_or(Error::NoSuchCase)?;
    let reference = &shown.view.case.reference;
    let done = to(&format!("/officers/cases/{reference}?done={}", action.key()));

    let act = match action.act(&typed) {
        Ok(act) => act,
        Err(faults) => {
            let problems: Vec<Problem> = faults
                .into_iter()
                .map(|(field, code)| problem(action, Some(field), code))
                .collect();
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return Ok(back(status, &officer, &shown, action, &typed, &problems, &[]));
        }
    };
    let seen: i64 = typed.text("seen").parse().unwrap_or(i64::MAX);
    let news: Vec<&Entry> = shown.since(seen).collect();
    let is_mine = |it: &&Entry| {
        it.by == By::Landlord
            && it.who.as_ref() == Some(&officer.name)
            && it.what == act.key()
            && it.text.as_deref() == act.words()
    };
    if news.iter().any(is_mine) {
        // Pressed twice: it was done with the first.
        return Ok(done);
    }
    if !news.is_empty() {
        let problems = [problem(action, None, "news")];
        return Ok(back(StatusCode::CONFLICT, &officer, &shown, action, &typed, &problems, &news));
    }
    let actor = Actor { by: By::Landlord, who: Some(officer.name.clone()) };
    let key = Uuid::try_parse(typed.text("key")).ok();
    match cases::act(&state, reference, act, actor, key).await {
        Ok(_) => {
            info!(reference, act = action.key(), "an officer acted");
            Ok(done)
        }
        Err(Error::NotNow(refusal)) => {
            let field = forms::field_of(refusal);
            let problems = [problem(action, field, code_of(refusal))];
            let status = match field {
                Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
                None => StatusCode::CONFLICT,
            };
            // As it is now, which is not as it was a moment ago.
            let shown = self::shown(&state, &officer, reference).await?;
            let news: Vec<&Entry> = shown.since(seen).collect();
            Ok(back(status, &officer, &shown, action, &typed, &problems, &news))
        }
        Err(error) => Err(error.into()),
    }
}

/// Why an act is not possible now, in the words of the pages.
fn code_of(refusal: NotNow) -> &'static str {
    match refusal {
        NotNow::WordsMissing => "missing",
        NotNow::NotLater
        | NotNow::TooLate
        | NotNow::BeyondCalendar
        | NotNow::NotThatDay
        | NotNow::AlreadyAcknowledged
        | NotNow::AlreadyAnswered
        | NotNow::NotOpen => refusal.key(),
        NotNow::NotYours
        | NotNow::Open
        | NotNow::NotAComplaint
        | NotNow::AlreadyAComplaint
        | NotNow::AlreadyAtStage2
        | NotNow::UnknownRepresentative => "not_possible",
    }
}

/// Keys of problems: `officers.problem.<act>.missing`, `officers.problem.until.too_late`,
/// `officers.problem.not_open`.
fn problem(action: Action, field: Option<&'static str>, code: &str) -> Problem {
    let words = words();
    let key = match field {
        Some(forms::TEXT) => format!("officers.problem.{}.{code}", action.key()),
        Some(field) => format!("officers.problem.{field}.{code}"),
        None => format!("officers.problem.{code}"),
    };
    Problem { field, text: words.t(&key) }
}

/// The form again, with everything that was typed, and what is to be put right.
fn back(
    status: StatusCode,
    officer: &Officer,
    shown: &Shown,
    action: Action,
    typed: &Typed,
    problems: &[Problem],
    news: &[&Entry],
) -> Response {
    // Another key: what failed was not done.
    let key = Uuid::new_v4().to_string();
    let asked = Asked { action, typed, problems, news, key: &key };
    page(status, &case_page::form(&words(), officer, shown, &asked))
}

/// After the session: what was typed, to be copied.
fn over(case: &str, text: &str) -> Markup {
    let words = words();
    let title = words.t("officers.over.title");
    let body = html! {
        h1 { (title) }
        p.lead { (words.t("officers.over.text")) }
        div.field {
            label for="kept" { (words.t("officers.over.kept")) }
            textarea #kept rows="10" readonly { "\n" (text) }
        }
        p.go { a href=(sign_in_for(Some(case))) { (words.t("officers.sign_in.title")) } }
    };
    pages::Frame { words: &words, officer: None, title: &title, problems: &[] }.around(None, &body)
}

async fn file(
    State(state): State<AppState>,
    Path((reference, file)): Path<(String, String)>,
    headers: HeaderMap,
) -> Answer {
    let officer = signed_in(&state, &headers, Some(&reference)).await?;
    require(&state, &officer, &reference).await?;
    Ok(download::file(&state, &reference, &file, false).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_found_however_it_is_typed() {
        for typed in ["K47-W92-F36", "k47w92f36", " K47 W92 F36 ", "k47.w92–f36"] {
            assert_eq!(reference(typed).as_deref(), Some("K47-W92-F36"), "{typed}");
        }
        for typed in ["", "K47", "K47-W92-F36-1", "Amira Example"] {
            assert_eq!(reference(typed), None, "{typed}");
        }
    }
}
