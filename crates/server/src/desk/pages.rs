//! The frame of the officers' pages, the pages before the sign-in, and the list of cases.
//!
//! One column, real headings, native form controls; nothing needs a script, and none is there. What a
//! colour says, words say too.

use chrono::{Days, NaiveDate};
use domain::case::{Case, Next, Owed, Status};
use domain::choices::Choice;
use domain::heard::needs_care;
use domain::reading::Peril;
use domain::triage::Flag;
use maud::{DOCTYPE, Markup, html};

use super::session::Officer;
use crate::words::Words;

/// Something that is to be put right, and the field that it is about.
pub struct Problem {
    /// The id of the field; none where it is about the whole.
    pub field: Option<&'static str>,
    /// What to do.
    pub text: String,
}

/// What stands around every page.
pub struct Frame<'a> {
    /// The words.
    pub words: &'a Words,
    /// Whoever is signed in.
    pub officer: Option<&'a Officer>,
    /// The title; it is in the browser's tab, so it says nothing about a resident.
    pub title: &'a str,
    /// What is to be put right.
    pub problems: &'a [Problem],
}

impl Frame<'_> {
    /// The page with this in it. `way_back` is a link above the heading.
    pub fn around(&self, way_back: Option<(&str, &str)>, body: &Markup) -> Markup {
        let words = self.words;
        let title = match self.problems {
            [] => words.with("officers.title", &[("page", self.title)]),
            [_, ..] => words.with("officers.title.error", &[("page", self.title)]),
        };
        html! {
            (DOCTYPE)
            html lang="en-GB" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    meta name="robots" content="noindex";
                    title { (title) }
                    link rel="stylesheet" href="/officers/officers.css";
                }
                body {
                    a.skip href="#main" { (words.t("officers.skip")) }
                    header.bar {
                        div.inner {
                            @match self.officer {
                                Some(officer) => {
                                    a.home href="/officers" { (words.t("officers.name")) }
                                    (self.sign_out(officer))
                                }
                                None => span.home { (words.t("officers.name")) }
                            }
                        }
                    }
                    @if let Some((address, text)) = way_back {
                        nav.back aria-label=(words.t("officers.back.label")) {
                            a href=(address) { (text) }
                        }
                    }
                    main #main tabindex="-1" {
                        (self.error_summary())
                        (body)
                    }
                }
            }
        }
    }

    fn sign_out(&self, officer: &Officer) -> Markup {
        html! {
            form.sign-out method="post" action="/officers/sign-out" {
                (form_token(officer))
                span { (officer.name) }
                button.link type="submit" { (self.words.t("officers.sign_out")) }
            }
        }
    }

    /// What is to be put right, first on the page, with links to the fields.
    fn error_summary(&self) -> Markup {
        html! {
            @if !self.problems.is_empty() {
                // The field that takes the focus is in the page itself: `autofocus` on this needs no
                // script, and a screen reader begins to read here.
                div.errors role="alert" tabindex="-1" autofocus aria-labelledby="errors-title" {
                    h2 #errors-title { (self.words.t("officers.errors")) }
                    ul {
                        @for problem in self.problems {
                            li {
                                @match problem.field {
                                    Some(field) => a href=(format!("#{field}")) { (problem.text) }
                                    None => (problem.text)
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The hidden field that every form of a session carries.
pub fn form_token(officer: &Officer) -> Markup {
    html! { input type="hidden" name="token" value=(officer.form_token); }
}

/// What is wrong with this field, for the place right above it.
pub fn problem_of(problems: &[Problem], field: &str) -> Markup {
    let own = problems.iter().find(|it| it.field == Some(field));
    html! {
        @if let Some(problem) = own {
            p.problem #(format!("{field}-problem")) { (problem.text) }
        }
    }
}

/// The ids of what describes a field: its hint, and what is wrong with it.
pub fn described_by(problems: &[Problem], field: &str, has_hint: bool) -> Option<String> {
    let has_problem = problems.iter().any(|it| it.field == Some(field));
    let hint = has_hint.then(|| format!("{field}-hint"));
    let problem = has_problem.then(|| format!("{field}-problem"));
    let ids: Vec<String> = hint.into_iter().chain(problem).collect();
    (!ids.is_empty()).then(|| ids.join(" "))
}

/// Signing in, as it was asked for.
#[derive(Clone, Copy, Default)]
pub struct SignIn<'a> {
    /// Whether a link can be sent.
    pub has_mail: bool,
    /// The address that was typed.
    pub email: &'a str,
    /// The case that is wanted.
    pub case: Option<&'a str>,
    /// What is to be put right.
    pub problems: &'a [Problem],
}

/// Signing in: by a link, where mail can be sent, and by a key.
pub fn sign_in(words: &Words, asked: &SignIn<'_>) -> Markup {
    let SignIn { has_mail, email, case, problems } = *asked;
    let to = html! {
        @if let Some(case) = case { input type="hidden" name="to" value=(case); }
    };
    let title = words.t("officers.sign_in.title");
    let invalid = |field: &str| problems.iter().any(|it| it.field == Some(field)).then_some("true");
    let body = html! {
        h1 { (title) }
        @if has_mail {
            form.panel method="post" action="/officers/sign-in/link" novalidate {
                (to)
                h2 { (words.t("officers.sign_in.link.title")) }
                p { (words.t("officers.sign_in.link.text")) }
                div.field {
                    label for="email" { (words.t("officers.sign_in.email")) }
                    (problem_of(problems, "email"))
                    input #email type="email" name="email" value=(email) autocomplete="email"
                        spellcheck="false" aria-invalid=[invalid("email")]
                        aria-describedby=[described_by(problems, "email", false)];
                }
                button type="submit" { (words.t("officers.sign_in.link.send")) }
            }
        }
        form.panel method="post" action="/officers/sign-in/key" novalidate {
            (to)
            h2 { (words.t("officers.sign_in.key.title")) }
            div.field {
                label for="key" { (words.t("officers.sign_in.key")) }
                p.hint #key-hint { (words.t("officers.sign_in.key.hint")) }
                (problem_of(problems, "key"))
                input #key type="password" name="key" autocomplete="current-password"
                    spellcheck="false" aria-invalid=[invalid("key")]
                    aria-describedby=[described_by(problems, "key", true)];
            }
            button.second[has_mail] type="submit" { (words.t("officers.sign_in.key.send")) }
        }
    };
    Frame { words, officer: None, title: &title, problems }.around(None, &body)
}

/// After asking for a link. It says the same whether there is an officer with that address or not.
pub fn link_sent(words: &Words) -> Markup {
    let title = words.t("officers.link.sent.title");
    let body = html! {
        h1 { (title) }
        p.lead { (words.t("officers.link.sent.text")) }
        p { (words.t("officers.link.sent.none")) }
        p.go { a href="/officers/sign-in" { (words.t("officers.link.again")) } }
    };
    Frame { words, officer: None, title: &title, problems: &[] }.around(None, &body)
}

/// The page of a link: a button that signs in. Whatever only looks at the page uses nothing up.
pub fn enter(words: &Words, link: Option<&str>) -> Markup {
    let title = match link {
        Some(_) => words.t("officers.enter.title"),
        None => words.t("officers.enter.over.title"),
    };
    let body = html! {
        h1 { (title) }
        @match link {
            Some(link) => {
                p.lead { (words.t("officers.enter.text")) }
                form method="post" action="/officers/enter" {
                    input type="hidden" name="link" value=(link);
                    button type="submit" { (words.t("officers.enter.go")) }
                }
            }
            None => {
                p.lead { (words.t("officers.enter.over.text")) }
                p.go { a href="/officers/sign-in" { (words.t("officers.link.again")) } }
            }
        }
    };
    Frame { words, officer: None, title: &title, problems: &[] }.around(None, &body)
}

/// A page that says one thing: there is no such case, or the form was not of this session.
pub fn notice(
    words: &Words,
    officer: Option<&Officer>,
    title: &str,
    text: &str,
    on: (&str, &str),
) -> Markup {
    let body = html! {
        h1 { (title) }
        p.lead { (text) }
        p.go { a href=(on.0) { (on.1) } }
    };
    Frame { words, officer, title, problems: &[] }.around(None, &body)
}

/// A case in the list.
pub struct Listed {
    /// The case.
    pub case: Case,
    /// What was flagged when it came.
    pub flags: Vec<String>,
    /// The day on which it was received.
    pub received_on: Option<NaiveDate>,
    /// Whether anybody at the landlord has seen it.
    pub is_read: bool,
    /// Whether the resident has done something that nobody has seen yet.
    pub is_new: bool,
}

/// The list of cases, as it was asked for.
pub struct List<'a> {
    /// Those on this page.
    pub cases: &'a [Listed],
    /// Whether those are shown, too, that nothing is due for.
    pub is_all: bool,
    /// What was searched for.
    pub search: &'a str,
    /// Whether this is the first page.
    pub is_first: bool,
    /// Where the next page begins, if there is one.
    pub after: Option<String>,
    /// The day in London.
    pub today: NaiveDate,
    /// What a search did not find, or an act that was done.
    pub problems: &'a [Problem],
}

/// How near what is due is. The order is that of the list.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Due {
    Late,
    Today,
    Soon,
    Later,
    Unknown,
}

impl Due {
    fn of(next: Option<Next>, today: NaiveDate) -> Self {
        let Some(by) = next.and_then(|it| it.by) else {
            return Self::Unknown;
        };
        if by < today {
            Self::Late
        } else if by == today {
            Self::Today
        } else if today.checked_add_days(Days::new(7)).is_some_and(|soon| by <= soon) {
            Self::Soon
        } else {
            Self::Later
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Late => "officers.due.late",
            Self::Today => "officers.due.today",
            Self::Soon => "officers.due.soon",
            Self::Later => "officers.due.later",
            Self::Unknown => "officers.due.unknown",
        }
    }
}

/// The cases by what is due next, late ones first; or all, what changed last first.
pub fn list(words: &Words, officer: &Officer, list: &List<'_>) -> Markup {
    let title = match list.is_all {
        true => words.t("officers.list.all.title"),
        false => words.t("officers.list.title"),
    };
    let body = html! {
        h1 { (title) }
        div.tools {
            (filter(words, list.is_all))
            (search(words, list))
        }
        @if list.cases.is_empty() {
            p.lead.empty {
                @match (list.is_first, list.is_all) {
                    (true, false) => (words.t("officers.list.none.open")),
                    (true, true) => (words.t("officers.list.none")),
                    (false, _) => (words.t("officers.list.no_more"))
                }
            }
        }
        @if list.is_all {
            ol.cases {
                @for listed in list.cases { (row(words, officer, listed, list.today, "h2")) }
            }
        } @else {
            @for group in groups(list.cases, list.today) {
                @let due = Due::of(group[0].case.next(list.today), list.today);
                section.group aria-labelledby=(due.title().replace('.', "-")) {
                    h2 #(due.title().replace('.', "-")) { (words.t(due.title())) }
                    ol.cases {
                        @for listed in group { (row(words, officer, listed, list.today, "h3")) }
                    }
                }
            }
        }
        @if !list.is_first || list.after.is_some() {
            nav.pages aria-label=(words.t("officers.list.pages")) {
                @if !list.is_first {
                    a href=(address(list.is_all, None)) { (words.t("officers.list.first")) }
                }
                @if let Some(after) = &list.after {
                    a href=(address(list.is_all, Some(after))) { (words.t("officers.list.next")) }
                }
            }
        }
    };
    Frame { words, officer: Some(officer), title: &title, problems: list.problems }
        .around(None, &body)
}

/// Neighbours in the list that are due alike.
fn groups(cases: &[Listed], today: NaiveDate) -> impl Iterator<Item = &[Listed]> {
    let due = move |it: &Listed| Due::of(it.case.next(today), today);
    cases.chunk_by(move |one, other| due(one) == due(other))
}

fn address(is_all: bool, after: Option<&str>) -> String {
    let show = if is_all { "?show=all" } else { "" };
    match after {
        None => format!("/officers{show}"),
        Some(after) if is_all => format!("/officers{show}&after={after}"),
        Some(after) => format!("/officers?after={after}"),
    }
}

fn filter(words: &Words, is_all: bool) -> Markup {
    let current = |shown: bool| (is_all == shown).then_some("page");
    html! {
        nav.filter aria-label=(words.t("officers.list.filter")) {
            a href=(address(false, None)) aria-current=[current(false)] {
                (words.t("officers.list.open"))
            }
            a href=(address(true, None)) aria-current=[current(true)] {
                (words.t("officers.list.all"))
            }
        }
    }
}

fn search(words: &Words, list: &List<'_>) -> Markup {
    let is_wrong = list.problems.iter().any(|it| it.field == Some("reference"));
    html! {
        form.search method="get" action="/officers/find" role="search" {
            label for="reference" { (words.t("officers.search")) }
            (problem_of(list.problems, "reference"))
            div.together {
                input #reference type="text" name="reference" value=(list.search)
                    autocomplete="off" autocapitalize="characters" spellcheck="false"
                    aria-invalid=[is_wrong.then_some("true")]
                    aria-describedby=[described_by(list.problems, "reference", false)];
                button.second type="submit" { (words.t("officers.search.go")) }
            }
        }
    }
}

fn row(
    words: &Words,
    officer: &Officer,
    listed: &Listed,
    today: NaiveDate,
    heading: &str,
) -> Markup {
    let Listed { case, flags, received_on, is_read, is_new } = listed;
    let is_danger = flags.iter().any(|it| it == "danger_now");
    let has_hazard = flags.iter().any(|it| matches!(it.as_str(), "damp_mould" | "hazard"));
    let heard: Vec<Peril> = flags.iter().filter_map(|it| was_heard(it)).collect();
    let is_careful = heard.iter().any(|it| needs_care(*it));
    let sounds_unhappy = flags.iter().any(|it| it == "sounds_unhappy");
    let has_adjustments =
        !case.adjustments.requested.is_empty() || case.adjustments.own_words.is_some();
    let name = html! {
        a href=(format!("/officers/cases/{}", case.reference)) { (case.reference) }
    };
    html! {
        li.case {
            @if heading == "h2" { h2 { (name) } } @else { h3 { (name) } }
            (due(words, case, today))
            p.facts {
                (kind(words, case))
                @if let Some(day) = received_on {
                    " · " (words.with("officers.received", &[("date", &words.date(*day))]))
                }
                @if officer.landlord.is_none() { " · " (case.landlord) }
            }
            @if *is_new || is_danger || has_hazard || !heard.is_empty() || sounds_unhappy
                || has_adjustments || !case.representatives.is_empty() {
                ul.tags {
                    @if is_danger { li.alert { (words.t("officers.tag.danger_now")) } }
                    @if is_careful { li.alert { (words.t("officers.tag.careful")) } }
                    @for peril in heard.iter().filter(|it| !needs_care(**it)) {
                        @let name = words.t(&format!("officers.heard.{}", peril.key()));
                        li.alert { (words.with("officers.tag.heard", &[("hazard", &name)])) }
                    }
                    @if has_hazard { li { (words.t("officers.tag.hazard")) } }
                    @if sounds_unhappy { li { (words.t("officers.tag.sounds_unhappy")) } }
                    @match (is_new, is_read) {
                        (true, false) => li { (words.t("officers.tag.unread")) },
                        (true, true) => li { (words.t("officers.tag.new")) },
                        (false, _) => {}
                    }
                    @if has_adjustments {
                        li { (words.t("officers.tag.adjustments")) }
                    }
                    @if !case.representatives.is_empty() {
                        li { (words.t("officers.tag.representative")) }
                    }
                }
            }
        }
    }
}

/// The hazard that was heard, where a flag is for one.
pub fn was_heard(flag: &str) -> Option<Peril> {
    Flag::from_key(flag)?.peril()
}

/// What it is, and at which stage: "Complaint, stage 1".
pub fn kind(words: &Words, case: &Case) -> String {
    let kind = words.t(&format!("officers.kind.{}", case.kind.key()));
    if case.stages.is_empty() {
        return kind;
    }
    words.with("officers.kind.stage", &[("kind", &kind), ("stage", &case.stage.to_string())])
}

/// What the landlord owes next and by when; or how the case stands, where it owes nothing.
pub fn due(words: &Words, case: &Case, today: NaiveDate) -> Markup {
    let Some(next) = case.next(today) else {
        let status = match case.status {
            Status::Received => "officers.status.received",
            Status::Acknowledged => "officers.status.acknowledged",
            Status::Responded => "officers.status.responded",
            Status::Declined => "officers.status.declined",
            Status::Withdrawn => "officers.status.withdrawn",
        };
        return html! { p.due { (words.t(status)) } };
    };
    let what = match next.what {
        Owed::Acknowledgement => "acknowledgement",
        Owed::Response => "response",
    };
    let Some(by) = next.by else {
        return html! { p.due { (words.t(&format!("officers.next.{what}.no_date"))) } };
    };
    let (class, key) = match Due::of(Some(next), today) {
        Due::Late => ("due late", format!("officers.next.{what}.late")),
        Due::Today => ("due today", format!("officers.next.{what}.today")),
        Due::Soon | Due::Later | Due::Unknown => ("due", format!("officers.next.{what}.by")),
    };
    html! { p class=(class) { (words.with(&key, &[("date", &words.date(by))])) } }
}
