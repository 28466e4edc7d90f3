//! One case as an officer sees it, and the form for each thing that can be done with it.
//!
//! What decides how to speak with the resident comes first (adjustments, who speaks for them, what may
//! not wait), then what is due, then the resident's own words, unchanged.

use chrono::{DateTime, NaiveDate};
use domain::case::{By, Case, Entry, Exhibit, Stage, View};
use domain::choices::Choice;
use domain::code;
use domain::london;
use domain::record::{Answer, Submission};
use domain::triage::Route;
use maud::{Markup, html};

use super::forms::{self, Action, Typed};
use super::pages::{self, Frame, Problem, described_by, form_token, problem_of};
use super::session::Officer;
use crate::words::Words;

/// A case and all that belongs to it.
pub struct Shown {
    /// The case as a landlord reads it.
    pub view: View,
    /// What the resident sent; none where it was deleted, when its time had come.
    pub record: Option<Submission>,
}

impl Shown {
    /// The case as a landlord reads it, with the record in it.
    pub fn new(view: View) -> Self {
        let sent = view.desk.as_ref().and_then(|it| it.submission.clone());
        Self { record: sent.and_then(|it| serde_json::from_value(it).ok()), view }
    }

    fn flags(&self) -> &[String] {
        self.view.desk.as_ref().map_or(&[], |it| &it.flags)
    }

    /// The newest event.
    pub fn last_event(&self) -> i64 {
        self.view.history.iter().map(|it| it.id).max().unwrap_or(0)
    }

    /// What has happened since this event that somebody who writes should know.
    pub fn since(&self, event: i64) -> impl Iterator<Item = &Entry> {
        // That somebody has read it, or had a code sent, changes nothing for who writes.
        let is_news = |it: &&Entry| it.what != "confirmed" && it.what != "code_sent";
        self.view.history.iter().filter(move |it| it.id > event).filter(is_news)
    }
}

/// The page of a case. `done` is what was just done with it.
pub fn case(
    words: &Words,
    officer: &Officer,
    shown: &Shown,
    done: Option<Action>,
    today: NaiveDate,
) -> Markup {
    let case = &shown.view.case;
    let body = html! {
        @if let Some(action) = done {
            div.done role="status" {
                p { strong { (words.t(&format!("officers.done.{}", action.key()))) } }
                p { (words.t("officers.done.told")) }
            }
        }
        p.kicker { (pages::kind(words, case)) }
        h1 { (case.reference) }
        (pages::due(words, case, today))
        (first(words, shown))
        (actions(words, case))
        (dates(words, case))
        (own_words(words, shown))
        (files(words, shown))
        (history(words, shown))
    };
    let back = words.t("officers.back");
    Frame { words, officer: Some(officer), title: &case.reference, problems: &[] }
        .around(Some(("/officers", &back)), &body)
}

/// What a flag says to an officer. Of a request and of a comment it is said which the resident chose.
fn flagged(words: &Words, flag: &str, kind: Route) -> String {
    match (flag, kind) {
        ("sounds_unhappy", Route::Feedback) => words.t("officers.flag.sounds_unhappy.feedback"),
        _ => words.t(&format!("officers.flag.{flag}")),
    }
}

/// What to know before anything is said or done.
fn first(words: &Words, shown: &Shown) -> Markup {
    let case = &shown.view.case;
    let adjustments = &case.adjustments;
    let wants = |key: &str| words.t(&format!("officers.adjustment.{key}"));
    let requested: Vec<_> = adjustments.requested.iter().map(|it| wants(it.key())).collect();
    let has_adjustments = !requested.is_empty()
        || adjustments.own_words.is_some()
        || adjustments.interpreter_language.is_some();
    html! {
        section.first aria-labelledby="first" {
            h2 #first { (words.t("officers.first")) }
            @if !shown.flags().is_empty() {
                ul.flags {
                    @for flag in shown.flags() {
                        li.alert[flag == "danger_now" || pages::was_heard(flag).is_some()] {
                            (flagged(words, flag, case.kind))
                        }
                    }
                }
            }
            (reach(words, shown))
            h3 { (words.t("officers.adjustments")) }
            @if has_adjustments {
                ul {
                    @for adjustment in &requested { li { (adjustment) } }
                    @if let Some(language) = &adjustments.interpreter_language {
                        li { (words.with("officers.adjustments.language", &[("language", language)])) }
                    }
                }
                @if let Some(own) = &adjustments.own_words { (quote(own, case)) }
                @if let Some(day) = adjustments.review_on {
                    p { (words.with("officers.adjustments.review", &[("date", &words.date(day))])) }
                }
            } @else {
                p { (words.t("officers.adjustments.none")) }
            }
            @if !case.representatives.is_empty() {
                h3 { (words.t("officers.representatives")) }
                @for person in &case.representatives {
                    dl.person {
                        dt { (words.t("officers.representative.name")) }
                        dd { (person.who.name) }
                        @if let Some(relationship) = &person.who.relationship {
                            dt { (words.t("officers.representative.relationship")) }
                            dd { (relationship) }
                        }
                        dt { (words.t("officers.representative.contact")) }
                        dd { (person.who.contact) }
                        @if !person.who.may_do.is_empty() {
                            dt { (words.t("officers.representative.may_do")) }
                            @for may in &person.who.may_do {
                                dd { (words.t(&format!("officers.may_do.{}", may.key()))) }
                            }
                        }
                        @if let Some(answers_to) = person.who.answers_to {
                            dt { (words.t("officers.representative.answers_to")) }
                            dd { (words.t(&format!("officers.answers_to.{}", answers_to.key()))) }
                        }
                        @if let Some(consent) = person.who.consent {
                            dt { (words.t("officers.representative.consent")) }
                            dd { (words.t(&format!("officers.consent.{}", consent.key()))) }
                        }
                    }
                }
            }
        }
    }
}

/// Who the resident is, and how and when to reach them.
fn reach(words: &Words, shown: &Shown) -> Markup {
    let Some(common) = shown.record.as_ref().map(Submission::common) else {
        return html! {};
    };
    let (resident, contact) = (&common.resident, &common.contact);
    let way = contact.way.map(|it| words.t(&format!("officers.way.{}", it.key())));
    let updates = contact.updates.map(|it| words.t(&format!("officers.updates.{}", it.key())));
    let facts = [
        ("name", resident.name.clone()),
        ("address", resident.address.clone()),
        ("phone", contact.phone.clone()),
        ("email", contact.email.clone()),
        ("way", way),
        ("safe_times", contact.safe_times.clone()),
        ("updates", updates),
    ];
    html! {
        h3 { (words.t("officers.resident")) }
        @if facts.iter().all(|(_, fact)| fact.is_none()) {
            p { (words.t("officers.resident.none")) }
        } @else {
            dl.person {
                @for (key, fact) in &facts {
                    @if let Some(fact) = fact {
                        dt { (words.t(&format!("officers.resident.{key}"))) }
                        dd.lines dir="auto" { (fact) }
                    }
                }
            }
        }
    }
}

/// What can be done: each is a page of its own.
fn actions(words: &Words, case: &Case) -> Markup {
    html! {
        nav.actions aria-labelledby="actions" {
            h2 #actions { (words.t("officers.actions")) }
            ul {
                @for (at, action) in Action::possible(case).into_iter().enumerate() {
                    li {
                        a.button[at == 0] href=(address(case, action)) {
                            (words.t(&name(action, case)))
                        }
                    }
                }
            }
        }
    }
}

/// The key of what an act is called: an answer at stage 2 is the final one.
fn name(action: Action, case: &Case) -> String {
    match (action, case.stages.last().map(|it| it.stage)) {
        (Action::Respond, Some(2)) => "officers.act.respond.final".to_owned(),
        (Action::Respond, None) => "officers.act.respond.request".to_owned(),
        _ => format!("officers.act.{}", action.key()),
    }
}

fn address(case: &Case, action: Action) -> String {
    format!("/officers/cases/{}/{}", case.reference, action.key())
}

/// What was promised, and what has happened, for each stage.
fn dates(words: &Words, case: &Case) -> Markup {
    html! {
        @if !case.stages.is_empty() {
            section aria-labelledby="dates" {
                h2 #dates { (words.t("officers.dates")) }
                @for stage in &case.stages {
                    h3 { (words.with("officers.stage", &[("stage", &stage.stage.to_string())])) }
                    (stage_dates(words, stage))
                }
                @if let Some(definition) = &case.definition {
                    h3 { (words.t("officers.definition")) }
                    blockquote { p.lines { (definition) } }
                }
            }
        }
    }
}

fn stage_dates(words: &Words, stage: &Stage) -> Markup {
    let day = |day: Option<NaiveDate>| match day {
        Some(day) => words.date(day),
        None => words.t("officers.dates.unknown"),
    };
    let met = |by: Option<NaiveDate>, on: NaiveDate| match by {
        Some(by) if on > by => words.with("officers.dates.met.late", &[("date", &words.date(on))]),
        Some(_) => words.with("officers.dates.met", &[("date", &words.date(on))]),
        None => words.date(on),
    };
    html! {
        dl.dates {
            dt { (words.t("officers.dates.received")) }
            dd { (words.date(stage.received_on)) }
            dt { (words.t("officers.dates.acknowledge_by")) }
            dd { (day(stage.acknowledge_by)) }
            @if let Some(on) = stage.acknowledged_on {
                dt { (words.t("officers.dates.acknowledged")) }
                dd { (met(stage.acknowledge_by, on)) }
            }
            dt { (words.t("officers.dates.respond_by")) }
            dd { (day(stage.respond_by)) }
            @if let Some(extension) = &stage.extension {
                dt { (words.t("officers.dates.extension")) }
                dd {
                    (words.date(extension.until))
                    ". " (words.with("officers.dates.told", &[("date", &words.date(extension.told_on))]))
                }
            }
            @if let Some(on) = stage.responded_on {
                dt { (words.t("officers.dates.responded")) }
                dd { (met(stage.due(), on)) }
            }
        }
    }
}

/// Every question as the resident met it, with the answer as they gave it.
fn own_words(words: &Words, shown: &Shown) -> Markup {
    let case = &shown.view.case;
    html! {
        section aria-labelledby="sent" {
            h2 #sent { (words.t("officers.sent")) }
            @match &shown.record {
                None => p { (words.t("officers.sent.deleted")) }
                Some(record) => {
                    @let common = record.common();
                    p.hint {
                        (words.with("officers.sent.language", &[("language", &language(words, &case.language))]))
                        @if let Some(staff) = &common.staff {
                            " " (words.with("officers.sent.staff", &[("name", &staff.name)]))
                        }
                    }
                    @if let Some(about) = &case.about {
                        p { (words.with("officers.sent.about", &[("reference", about)])) }
                    }
                    dl.answers lang=(case.language) {
                        @for Answer { id: _, label, value } in &common.answers {
                            div {
                                dt { (label) }
                                dd.lines dir="auto" { (value) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The name of a language, by its tag.
fn language(words: &Words, tag: &str) -> String {
    // Those that the government's own campaign about complaints is in, and the two of Wales.
    const KNOWN: [&str; 8] = ["ar", "bn", "cy", "en", "pa", "pl", "ro", "ur"];
    let base = tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
    match KNOWN.contains(&base.as_str()) {
        true => words.t(&format!("officers.language.{base}")),
        false => words.with("officers.language.other", &[("tag", tag)]),
    }
}

fn files(words: &Words, shown: &Shown) -> Markup {
    let case = &shown.view.case;
    html! {
        @if !shown.view.evidence.is_empty() {
            section aria-labelledby="files" {
                h2 #files { (words.t("officers.files")) }
                p.hint { (words.t("officers.files.hint")) }
                ul.files {
                    @for file in &shown.view.evidence { (file_of(words, case, file)) }
                }
            }
        }
    }
}

fn file_of(words: &Words, case: &Case, file: &Exhibit) -> Markup {
    let name = file.name.clone().unwrap_or_else(|| words.t("officers.files.unnamed"));
    let state = format!("officers.files.{}", file.state);
    // What is infected is fetched with a key, by somebody who says that they want it all the same.
    let can_be_had = matches!(file.state.as_str(), "received" | "clean" | "not_scanned");
    let file_name = file.file.as_deref().filter(|_| can_be_had);
    html! {
        li {
            @match file_name {
                Some(file) => {
                    a href=(format!("/officers/cases/{}/files/{file}", case.reference)) download {
                        (words.with("officers.files.download", &[("name", &name)]))
                    }
                }
                None => span { (name) }
            }
            " "
            span.hint { (size(words, file.size)) ". " (words.t(&state)) }
        }
    }
}

/// A length that a person can read, in units of a thousand, as on a phone.
fn size(words: &Words, bytes: u64) -> String {
    let (key, count) = match bytes {
        0..1_000_000 => ("officers.size.kb", format!("{}", bytes.div_ceil(1000))),
        _ => ("officers.size.mb", format!("{:.1}", bytes as f64 / 1_000_000.0)),
    };
    words.with(key, &[("count", &count)])
}

/// What has happened and what was said, oldest first.
fn history(words: &Words, shown: &Shown) -> Markup {
    html! {
        section aria-labelledby="history" {
            h2 #history { (words.t("officers.history")) }
            ol.history {
                @for event in &shown.view.history {
                    li.words[event.text.is_some()] {
                        p { strong { (what(words, event)) } }
                        p.hint { (moment(words, &event.at)) " · " (who(words, event)) }
                        @if let Some(text) = &event.text {
                            @match event.by {
                                By::Resident => (quote(text, &shown.view.case)),
                                By::Landlord | By::Service => blockquote { p.lines { (text) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn what(words: &Words, event: &Entry) -> String {
    words.t(&format!("officers.event.{}", event.what))
}

fn who(words: &Words, event: &Entry) -> String {
    match (&event.who, event.by) {
        (Some(who), _) => who.clone(),
        (None, By::Resident) => words.t("officers.by.resident"),
        (None, By::Landlord) => words.t("officers.by.landlord"),
        (None, By::Service) => words.t("officers.by.service"),
    }
}

/// A moment by the clocks of London: "Tuesday 24 November 2026 at 09:30".
fn moment(words: &Words, at: &str) -> String {
    let local =
        DateTime::parse_from_rfc3339(at).ok().and_then(|at| london::moment(at.timestamp_millis()));
    match local {
        Some(local) => {
            let time = local.format("%H:%M").to_string();
            words.with("officers.at", &[("date", &words.date(local.date())), ("time", &time)])
        }
        None => at.to_owned(),
    }
}

/// The resident's words, in the language of the page on which they were written.
fn quote(text: &str, case: &Case) -> Markup {
    html! { blockquote.own lang=(case.language) { p.lines dir="auto" { (text) } } }
}

/// A form that is to be filled in, or that came back.
pub struct Asked<'a> {
    /// What it is for.
    pub action: Action,
    /// What was typed into it.
    pub typed: &'a Typed,
    /// What is to be put right.
    pub problems: &'a [Problem],
    /// What has happened since the form was opened.
    pub news: &'a [&'a Entry],
    /// What makes sending it twice the same as once.
    pub key: &'a str,
}

/// The page of a form.
pub fn form(words: &Words, officer: &Officer, shown: &Shown, asked: &Asked<'_>) -> Markup {
    let case = &shown.view.case;
    let action = asked.action;
    let title = words.t(&name(action, case));
    let body = html! {
        (news(words, shown, asked.news))
        p.kicker { (case.reference) " · " (pages::kind(words, case)) }
        h1 { (title) }
        (about(words, case, action))
        (resident_said(words, shown))
        form method="post" action=(address(case, action)) novalidate {
            (form_token(officer))
            input type="hidden" name="key" value=(asked.key);
            input type="hidden" name="seen" value=(shown.last_event());
            @for field in action.fields() {
                @match *field {
                    forms::TEXT => (text_field(words, asked)),
                    field => (day_field(words, case, asked, field)),
                }
            }
            @if action == Action::Decline {
                button.grave type="submit" { (words.t("officers.act.decline.go")) }
            } @else {
                button type="submit" { (words.t(&format!("officers.act.{}.go", action.key()))) }
            }
        }
    };
    let address = format!("/officers/cases/{}", case.reference);
    let back = words.with("officers.back.case", &[("reference", &case.reference)]);
    Frame { words, officer: Some(officer), title: &title, problems: asked.problems }
        .around(Some((&address, &back)), &body)
}

/// What somebody else did while the form was open.
fn news(words: &Words, shown: &Shown, news: &[&Entry]) -> Markup {
    html! {
        @if !news.is_empty() {
            section.news aria-labelledby="news" {
                h2 #news { (words.t("officers.news")) }
                ul {
                    @for event in news {
                        li {
                            (what(words, event)) ". "
                            span.hint { (moment(words, &event.at)) " · " (who(words, event)) }
                            @if let Some(text) = &event.text { (quote(text, &shown.view.case)) }
                        }
                    }
                }
            }
        }
    }
}

/// What the Code asks of this act, and what the resident is shown.
fn about(words: &Words, case: &Case, action: Action) -> Markup {
    let stage = case.stages.last();
    html! {
        div.about {
            @match action {
                Action::Acknowledge => p { (words.t("officers.about.acknowledge")) },
                Action::Respond => {
                    @match stage.map(|it| it.stage) {
                        Some(2) => p { (words.t("officers.about.respond.final")) },
                        Some(_) => p { (words.t("officers.about.respond")) },
                        None => p { (words.t("officers.about.respond.request")) },
                    }
                }
                Action::Extend => {
                    p { (words.t("officers.about.extend")) }
                    @if let Some((due, limit)) = stage.and_then(|it| it.due().zip(it.extended_by)) {
                        dl.dates {
                            dt { (words.t("officers.about.extend.now")) }
                            dd { (words.date(due)) }
                            dt { (words.t("officers.about.extend.limit")) }
                            dd { (words.date(limit)) }
                        }
                    }
                    p { (words.with("officers.about.ombudsman", &ombudsman())) }
                }
                Action::Decline => {
                    p { (words.t("officers.about.decline")) }
                    ul {
                        @for rule in ["merits", "exclusions", "older", "reasons", "blanket"] {
                            li { (words.t(&format!("officers.about.decline.{rule}"))) }
                        }
                    }
                    p { (words.with("officers.about.ombudsman", &ombudsman())) }
                }
                Action::Message => p { (words.t("officers.about.message")) },
            }
        }
    }
}

fn ombudsman() -> [(&'static str, &'static str); 2] {
    let contact = &code::HOUSING_OMBUDSMAN;
    [("phone", contact.phone), ("web", contact.web)]
}

/// What the resident wrote, within reach of who answers it.
fn resident_said(words: &Words, shown: &Shown) -> Markup {
    let account = shown.record.as_ref().and_then(account);
    html! {
        @if let Some(account) = account {
            details.said {
                summary { (words.t("officers.said")) }
                (quote(account, &shown.view.case))
            }
        }
    }
}

/// The words in which the resident says what it is about.
fn account(record: &Submission) -> Option<&str> {
    match record {
        Submission::Complaint(it) => Some(&it.account),
        Submission::ServiceRequest(it) => Some(&it.account),
        Submission::Stage2(it) => it.reasons.as_deref(),
        Submission::Addition(it) => Some(&it.account),
        Submission::Feedback(it) => Some(&it.account),
    }
}

fn text_field(words: &Words, asked: &Asked<'_>) -> Markup {
    let action = asked.action.key();
    let field = forms::TEXT;
    let is_wrong = asked.problems.iter().any(|it| it.field == Some(field));
    html! {
        div.field {
            label for=(field) { (words.t(&format!("officers.act.{action}.text"))) }
            p.hint #(format!("{field}-hint")) {
                (words.t(&format!("officers.act.{action}.text.hint")))
            }
            (problem_of(asked.problems, field))
            textarea id=(field) name=(field) rows="10" dir="auto" spellcheck="true"
                aria-invalid=[is_wrong.then_some("true")]
                aria-describedby=[described_by(asked.problems, field, true)] {
                // A browser takes the first line break away; what was typed must come back whole.
                "\n" (asked.typed.text(field))
            }
        }
    }
}

fn day_field(words: &Words, case: &Case, asked: &Asked<'_>, field: &'static str) -> Markup {
    let is_wrong = asked.problems.iter().any(|it| it.field == Some(field));
    let limit = case.stages.last().and_then(|it| it.extended_by);
    let hint = match (field, limit) {
        (forms::UNTIL, Some(limit)) => {
            words.with("officers.act.extend.until.hint", &[("date", &words.date(limit))])
        }
        _ => words.t("officers.act.on.hint"),
    };
    let label = match field {
        forms::UNTIL => words.t("officers.act.extend.until"),
        _ => words.t("officers.act.on"),
    };
    html! {
        div.field.short {
            label for=(field) { (label) }
            p.hint #(format!("{field}-hint")) { (hint) }
            (problem_of(asked.problems, field))
            input id=(field) type="text" name=(field) value=(asked.typed.text(field))
                autocomplete="off" aria-invalid=[is_wrong.then_some("true")]
                aria-describedby=[described_by(asked.problems, field, true)];
        }
    }
}
