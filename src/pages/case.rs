//! A case: how far it is, what happens next and by when, what was said, and everything that the resident can
//! do about it. Nothing here needs a reason, and nothing needs two pages (Code 6.12).

use std::rc::Rc;

use domain::case::{By, Extension, Next, Owed, Status};
use domain::case_view::{CaseView, Event, Exhibit, Helper};
use domain::choices::{Adjustment, Choice};
use domain::landlord::Landlord;
use domain::question::{self, FieldName, Kind, Line};
use domain::rights::Lgsco;
use domain::triage::Route;
use yew::prelude::*;
use yew::virtual_dom::AttributeOrProperty::{Attribute, Static};
use yew::virtual_dom::Attributes;

use super::question::submit_named;
use super::{Ask, Page, files, frame::frame};
use crate::components::channels::channels;
use crate::components::element::{self, all, element, with_key};
use crate::components::error_summary::error_summary;
use crate::components::field::{Field, field};
use crate::components::steps::{Step, steps};
use crate::components::summary_list::named;
use crate::components::text::{changing, note, paragraph, plain, small};
use crate::session::{Action, SubmitError};
use crate::settings::Settings;
use crate::tracking::{Asked, CaseAction, Failed, Tracking, Upshot, What};
use crate::{browser, summary};

/// The page.
#[inline(never)]
pub fn case(page: &Page) -> Html {
    let Some(tracking) = &page.session.tracking else {
        return frame(page, page.title("case.title"));
    };
    let Some(case) = tracking.case() else {
        return frame(page, opening(page, tracking));
    };
    let (settings, note) = in_its_name(page, &case);
    let page = &Page { settings: &settings, ..*page };
    let title = ["case.title", of_kind(&case)].concat();
    let reference = html! { <p class="reference" data-reference=""><bdi dir="ltr">{ case.reference.clone() }</bdi></p> };
    let receipt = vec![
        page.title(&title),
        plain(page.t("sent.reference")),
        reference,
        changing(standing(page, &case)),
    ];
    let news = vec![
        element("div", "receipt", all(receipt)),
        // Behind the heading, which takes focus: whoever hears the page must not miss it.
        note,
        late(page, &case),
        next(page, &case),
        stage_2(page, &case),
        complain(page, &case),
        reopen(page, &case),
        understanding(page, &case),
        history(page, &case),
    ];
    let parts = vec![
        problems(page),
        outcome(page, tracking),
        of_case(&case, news),
        message(page, &case, tracking),
        evidence(page, &case),
        representatives(page, &case, tracking),
        adjustments(page, &case, tracking),
        leaving(page, &case, tracking),
        doing(page, tracking),
    ];
    frame(page, all(parts))
}

/// The words in the name of the landlord that has the case; and that it is another than the one whose page
/// this is, where it is.
fn in_its_name(page: &Page, case: &CaseView) -> (Settings, Html) {
    let mut settings = page.settings.clone();
    let here = &page.settings.landlord;
    let is_here = case.landlord.as_ref().is_none_or(|it| *it == here.id);
    let mut key = "case.other_landlord";
    let name = match &case.landlord_name {
        Some(name) => name.clone(),
        None if is_here => return (settings, Html::default()),
        None => {
            key = "case.other_landlord.unnamed";
            page.t("case.landlord").to_string()
        }
    };
    settings.messages = Rc::new(settings.messages.with("landlord", &name));
    if is_here {
        return (settings, Html::default());
    }
    // Of another landlord's times and ways nothing is known here.
    settings.landlord = Rc::new(Landlord { name, ..Landlord::default() });
    let text = settings.messages.t_with(key, &[("here", &here.name)]);
    (settings, note(text))
}

/// What the resident may do at this point, for the rights panel; and which Ombudsman is named, where the
/// service says so: it knows what the case is about.
#[inline(never)]
pub fn rights(page: &Page, lgsco: &mut Lgsco) -> AttrValue {
    let Some(case) = page.session.case() else {
        return page.t("rights.sign_in");
    };
    *lgsco = case.lgsco.unwrap_or(*lgsco);
    let is_final = case.stage().is_some_and(|it| it.stage == 2);
    page.t(match (case.kind, case.status) {
        (Route::ServiceRequest, _) if case.stages.is_empty() => "rights.sent.service_request",
        (Route::Feedback, _) if case.stages.is_empty() => "rights.sent.feedback",
        (_, Status::Declined) => "rights.case.declined",
        (_, Status::Withdrawn) => "rights.case.withdrawn",
        (_, Status::Responded) if is_final => "rights.case.final",
        (_, Status::Responded) => "rights.case.answered",
        (_, Status::Received | Status::Acknowledged) if case.is_late() => "rights.case.late",
        (_, Status::Received | Status::Acknowledged) if is_final => "rights.sent.stage2",
        (_, Status::Received | Status::Acknowledged) => "rights.at.waiting",
    })
}

/// What the resident does, under a new name.
fn do_it(what: What, id: u32) -> CaseAction {
    CaseAction::Do(what, id, browser::uuid())
}

/// Does it when pressed.
pub fn press(page: &Page, what: What, id: u32) -> Callback<MouseEvent> {
    page.on_press(move || Some(Action::Case(do_it(what, id))))
}

/// Something that the resident wrote, or reads as it was written.
fn words(tag: &'static str, text: &str) -> Html {
    let attributes = Attributes::Static(&[("class", Static("words")), ("dir", Static("auto"))]);
    with_key(tag, attributes, text, text.to_owned().into())
}

/// A piece of the page that follows from the case: as another one where the case is another.
fn of_case(case: &CaseView, parts: Vec<Html>) -> Html {
    // Whatever happens to a case is in its history; but for the days that pass, and for files.
    let states = case.evidence.iter().map(|it| &*it.state).collect::<String>();
    let late = if case.is_late() { "late" } else { "" };
    let key = [&*case.history.len().to_string(), late, &states].concat();
    with_key("div", Attributes::Static(&[]), &key, all(parts))
}

/// A part of the page, under a heading of its own.
fn part(page: &Page, title: &str, parts: Vec<Html>) -> Html {
    all(vec![page.subheading(page.t(title)), all(parts)])
}

/// A form that is sent by what it is for.
pub fn form(page: &Page, what: What, name: &'static str, mut fields: Vec<Html>) -> Html {
    fields.push(submit(page, name));
    html! { <form novalidate={true} onsubmit={on_submit(page, what)}>{ all(fields) }</form> }
}

/// What is opened where it is needed.
fn details(is_open: bool, title: AttrValue, form: Html) -> Html {
    html! { <details open={is_open}><summary>{ title }</summary>{ form }</details> }
}

/// A button for something that is done in a case.
pub fn act(
    page: &Page,
    name: &'static str,
    class: &'static str,
    onclick: Callback<MouseEvent>,
) -> Html {
    let text = page.t(&["case.action.", name].concat());
    html! { <button type="button" part="button" {class} data-action={name} {onclick}>{ text }</button> }
}

/// The submit button of a form.
fn submit(page: &Page, name: &'static str) -> Html {
    submit_named(name, page.t(&["case.action.", name].concat()))
}

/// What has to be put right.
pub fn problems(page: &Page) -> Html {
    let problems = page.session.tracking.as_ref().map(|it| &it.problems);
    let lines: Vec<_> =
        problems.into_iter().flatten().map(|(field, key)| (*field, page.t(key))).collect();
    if lines.is_empty() {
        return Html::default();
    }
    error_summary(page.t("errors.title"), lines, &page.tag(0))
}

/// What came of what was done last. It takes focus: the page is long, and what was pressed is far down.
pub fn outcome(page: &Page, tracking: &Tracking) -> Html {
    let (class, name, text, more) = match &tracking.upshot {
        Upshot::None | Upshot::Done(What::SignIn | What::Look) => return Html::default(),
        Upshot::Done(what) => {
            let text = page.t(&["case.done.", what.key()].concat());
            ("note done", "data-done", text, Html::default())
        }
        Upshot::Failed(what, failed) => {
            let (text, has_ways) = reason(page, failed);
            let mut more = Vec::new();
            if *what == What::Message {
                more.push(plain(page.t("case.failed.kept")));
            }
            if has_ways && !page.settings.landlord.channels.is_empty() {
                more.push(plain(page.t("case.failed.ways")));
                more.push(channels(&page.settings.messages, &page.settings.landlord.channels));
            }
            ("errors", "data-errors", text, all(more))
        }
    };
    let role = if name == "data-done" { "status" } else { "alert" };
    let said = html! { <p class="said-first" {role}>{ text.clone() }</p> };
    let values: [Option<_>; 5] = [
        Some(Attribute(class.into())),
        Some(Attribute("group".into())),
        Some(Attribute("-1".into())),
        (role == "status").then(|| Attribute(AttrValue::default())),
        (role == "alert").then(|| Attribute(AttrValue::default())),
    ];
    let keys: &'static [&'static str] = &["class", "role", "tabindex", "data-done", "data-errors"];
    let attributes = Attributes::Dynamic { keys, values: Box::new(values) };
    with_key("div", attributes, &text, all(vec![said, more]))
}

/// Why it is not done, in a sentence; and whether another way may be needed.
fn reason(page: &Page, failed: &Failed) -> (AttrValue, bool) {
    match failed {
        Failed::NoSuchCase => (page.t("case.failed.no_such_case"), false),
        Failed::NotNow(code) => {
            let text = page.settings.messages.variant("case.failed.not_now", code);
            (text.unwrap_or_default(), false)
        }
        Failed::Not(SubmitError::Busy(seconds)) => {
            let minutes = seconds.div_ceil(60).max(1);
            let key = if minutes == 1 { "case.failed.busy.minute" } else { "case.failed.busy" };
            (page.t_with(key, &[("minutes", &minutes.to_string())]), false)
        }
        Failed::Not(SubmitError::Offline) => (page.t("case.failed.offline"), true),
        Failed::Not(SubmitError::TooBig | SubmitError::Rejected(_)) => {
            (page.t("case.failed.rejected"), true)
        }
        Failed::Not(SubmitError::Unreachable | SubmitError::TimedOut | SubmitError::Broken(_)) => {
            (page.t("case.failed.broken"), true)
        }
    }
}

/// While there is nothing to show yet, or where it did not come.
fn opening(page: &Page, tracking: &Tracking) -> Html {
    let has_failed = matches!(tracking.upshot, Upshot::Failed(..));
    let retry = has_failed.then(|| act(page, "refresh", "button", press(page, What::Refresh, 0)));
    all(vec![
        outcome(page, tracking),
        page.title("case.title"),
        doing(page, tracking),
        retry.unwrap_or_default(),
    ])
}

/// That something is on its way.
fn doing(page: &Page, tracking: &Tracking) -> Html {
    let text = tracking
        .doing
        .as_ref()
        .map(|it| page.t(if it.what == What::Look { "case.doing.look" } else { "case.doing" }));
    // A look that nobody asked for is no news where there is something to read.
    let is_said = |it: &AttrValue| tracking.view.is_none() || *it == page.t("case.doing");
    let text = text.filter(is_said).map(changing);
    html! { <div class="doing" role="status">{ text.unwrap_or_default() }</div> }
}

/// Where the words differ by what it is: a request and a comment are no complaints.
fn of_kind(case: &CaseView) -> &'static str {
    match case.kind {
        Route::ServiceRequest => ".service_request",
        Route::Feedback => ".feedback",
        Route::Addition => ".addition",
        Route::Complaint | Route::Stage2 => "",
    }
}

/// "Stage 1. We are looking into it."
fn standing(page: &Page, case: &CaseView) -> AttrValue {
    let is_final = case.stage().is_some_and(|it| it.stage == 2);
    let key = ["case.status.", case.status.key()].concat();
    let variant = if is_final { "final" } else { of_kind(case).trim_start_matches('.') };
    let status = page.settings.messages.variant(&key, variant).unwrap_or_default();
    match case.stage() {
        Some(stage) => {
            let stage = stage.stage.to_string();
            page.t_with("case.stage", &[("stage", &stage), ("status", &status)])
        }
        None => status,
    }
}

/// That the landlord is late, and what that means (Code 6.2 to 6.5, 6.11 to 6.16).
fn late(page: &Page, case: &CaseView) -> Html {
    let Some(next) = case.next.filter(|it| it.late) else {
        return Html::default();
    };
    let by = next.by.map(|it| page.date(it)).unwrap_or_default();
    let text = match next.what {
        Owed::Acknowledgement => "case.late.acknowledgement",
        Owed::Response => "case.late.response",
    };
    let mut ways = vec!["case.late.write"];
    if case.may("ask_for_stage2") {
        ways.push("case.late.stage2");
    }
    ways.push("case.late.ombudsman");
    let parts = vec![
        page.subheading(page.t("case.late.title")),
        plain(page.t_with(text, &[("date", &by)])),
        plain(page.t("case.late.can")),
        bullets(ways.into_iter().map(|key| page.t(key)).collect()),
    ];
    html! { <div class="late" data-late="">{ all(parts) }</div> }
}

fn bullets(lines: Vec<AttrValue>) -> Html {
    let lines = lines.into_iter().map(|it| words("li", &it)).collect();
    element("ul", "bullets", all(lines))
}

/// What happens next and by when, with the day for a calendar; and why it takes longer.
fn next(page: &Page, case: &CaseView) -> Html {
    let mut parts = vec![steps(next_steps(page, case))];
    let extension = case.stage().and_then(|it| it.extension.as_ref());
    parts.extend(extension.filter(|_| case.next.is_some()).map(|it| longer(page, it)));
    if let Some(next) = case.next.filter(|it| !it.late)
        && let Some(on) = next.by
    {
        let key = match next.what {
            Owed::Acknowledgement => "case.calendar.acknowledgement",
            Owed::Response => "case.calendar.response",
        };
        let title = page.t_with(key, &[("reference", &case.reference)]);
        let (ask, text) = (page.ask.clone(), page.t("case.calendar.text"));
        let press = Callback::from(move |_: MouseEvent| {
            ask.emit(Ask::Calendar { on, title: title.clone(), text: text.clone() });
        });
        parts.push(act(page, "calendar", "button quiet-button", press));
    }
    part(page, "sent.next.title", parts)
}

fn next_steps(page: &Page, case: &CaseView) -> Vec<Step> {
    let by = |date: Option<chrono::NaiveDate>, none: AttrValue| match date {
        Some(date) => page.t_with("sent.next.acknowledge", &[("date", &page.date(date))]),
        None => none,
    };
    let times = &page.settings.landlord.times;
    let is_final = case.stage().is_some_and(|it| it.stage == 2);
    let answer = if is_final { "case.next.final" } else { "case.next.response" };
    let soon = page.t("case.next.soon");
    let by_next = |next: Next, none: AttrValue| match next.late {
        true => page.t("case.next.late"),
        false => by(next.by, none),
    };
    match (case.next, case.status) {
        (Some(next), _) if next.what == Owed::Acknowledgement => {
            let days = page.days(times.acknowledge);
            let none = page.t_with("sent.next.acknowledge.none", &[("days", &days)]);
            let text = if is_final {
                "sent.next.stage2.acknowledge.text"
            } else {
                "sent.next.acknowledge.text"
            };
            let respond_by = case.stage().and_then(|it| it.respond_by);
            vec![(by_next(next, none), page.t(text)), (by(respond_by, soon), page.t(answer))]
        }
        (Some(next), _) => vec![(by_next(next, soon), page.t(answer))],
        (None, Status::Responded) if is_final => {
            vec![(page.t("sent.next.final"), page.t("sent.next.final.text"))]
        }
        (None, Status::Responded) if !case.stages.is_empty() => {
            vec![(page.t("sent.next.stage_2"), page.t("sent.next.stage_2.text"))]
        }
        (None, Status::Declined) => {
            vec![(page.t("case.next.declined"), page.t("case.next.declined.text"))]
        }
        (None, Status::Withdrawn) => {
            vec![(page.t("case.next.withdrawn"), page.t("case.next.withdrawn.text"))]
        }
        (None, Status::Received | Status::Acknowledged | Status::Responded) => match case.kind {
            Route::Addition => {
                vec![(page.t("sent.next.addition"), page.t("sent.next.addition.text"))]
            }
            Route::Feedback => {
                vec![(page.t("sent.next.feedback"), page.t("sent.next.feedback.text"))]
            }
            Route::Complaint | Route::Stage2 | Route::ServiceRequest => vec![
                (page.t("sent.next.request"), page.t("sent.next.request.text")),
                (page.t("sent.next.request.unhappy"), page.t("case.next.request.unhappy")),
            ],
        },
    }
}

/// The landlord needs longer: until when, why, and whom to ask about that (Code 6.4, 6.5, 6.15, 6.16).
fn longer(page: &Page, extension: &Extension) -> Html {
    let told = page.date(extension.told_on);
    let until = page.date(extension.until);
    let parts = vec![
        plain(page.t_with("case.longer", &[("told", &told), ("until", &until)])),
        words("blockquote", &extension.reason),
        plain(page.t("case.longer.ombudsman")),
    ];
    element("div", "note", all(parts))
}

/// Stage 2: one press, and no reasons (Code 6.10, 6.12).
fn stage_2(page: &Page, case: &CaseView) -> Html {
    if !case.may("ask_for_stage2") {
        return Html::default();
    }
    let is_answered = case.status == Status::Responded;
    let title = if is_answered { "sent.next.stage_2" } else { "case.stage2.title" };
    let class = if is_answered || case.is_late() { "button" } else { "button quiet-button" };
    let parts = vec![
        page.subheading(page.t(title)),
        plain(page.t("case.stage2.text")),
        act(page, "stage2", class, press(page, What::Stage2, 0)),
    ];
    element("div", "aside", all(parts))
}

/// A request or a comment becomes a complaint in one press (Code 1.5, 1.6).
fn complain(page: &Page, case: &CaseView) -> Html {
    if !case.may("complain") {
        return Html::default();
    }
    let press = press(page, What::Complain, 0);
    let parts = vec![
        plain(page.t("case.complain.text")),
        act(page, "complain", "button quiet-button", press),
    ];
    element("div", "aside", all(parts))
}

/// What was taken back is looked into after all.
fn reopen(page: &Page, case: &CaseView) -> Html {
    if !case.may("reopen") {
        return Html::default();
    }
    element("p", "", act(page, "reopen", "button", press(page, What::Reopen, 0)))
}

/// What the landlord has understood (Code 5.6).
fn understanding(page: &Page, case: &CaseView) -> Html {
    let Some(definition) = &case.definition else {
        return Html::default();
    };
    let write = |event: MouseEvent| browser::focus_field(&event, "account");
    let link =
        html! { <p><a href="#account" onclick={write}>{ page.t("case.definition.wrong") }</a></p> };
    part(page, "case.definition.title", vec![words("blockquote", definition), link])
}

/// What has happened, and what was said: newest last, as it was written.
fn history(page: &Page, case: &CaseView) -> Html {
    if case.history.is_empty() {
        return Html::default();
    }
    let items = case.history.iter().map(|it| event(page, it)).collect();
    part(page, "case.history.title", vec![element("ol", "history", all(items))])
}

fn event(page: &Page, it: &Event) -> Html {
    let key = ["case.event.", &*it.what].concat();
    let messages = &page.settings.messages;
    let what = messages.variant(&key, it.by.key()).unwrap_or_else(|| page.t("case.event.other"));
    let class = match (it.by, &it.text) {
        (_, None) => "event",
        (By::Resident, Some(_)) => "event said own",
        (By::Landlord | By::Service, Some(_)) => "event said",
    };
    let when = browser::moment(&it.at, &page.settings.language);
    let mut parts = vec![paragraph("event-what", what)];
    parts.extend(it.text.as_ref().map(|text| words("p", text)));
    parts.push(paragraph("event-when", when.into()));
    element("li", class, all(parts))
}

/// Writing to the landlord, with files.
fn message(page: &Page, case: &CaseView, tracking: &Tracking) -> Html {
    if !case.may("message") {
        return Html::default();
    }
    let account = FieldName::Account;
    let mut fields =
        vec![text(page, tracking, account, Kind::Paragraphs(4), "case.message.label", true)];
    let label = label(page, "evidence", "case.files.label", false);
    fields.extend(field_of(FieldName::Evidence).map(|it| files::field(page, it, label)));
    part(page, "case.message.title", vec![form(page, What::Message, "message", fields)])
}

/// The files of the case: those on their way, and those that are there.
fn evidence(page: &Page, case: &CaseView) -> Html {
    let mut sending = page.session.draft.attachments().to_vec();
    sending.retain(|it| page.session.is_released(&it.id));
    let mut parts = vec![Html::default(), Html::default()];
    if !sending.is_empty() {
        parts[0] = files::uploads(page, &sending, page.settings.service.is_some());
    }
    if !case.evidence.is_empty() {
        let items = case.evidence.iter().map(|it| exhibit(page, it)).collect();
        let list = part(page, "case.files.title", vec![element("ul", "files", all(items))]);
        parts[1] = of_case(case, vec![list]);
    }
    all(parts)
}

fn exhibit(page: &Page, it: &Exhibit) -> Html {
    let name = it.name.clone().map_or_else(|| page.t("case.files.unnamed"), AttrValue::from);
    let state = match &*it.state {
        "infected" => page.t("uploads.failed.infected"),
        "incomplete" => page.t("case.files.incomplete"),
        _ => page.t("uploads.arrived"),
    };
    let size = summary::size(it.size, page.settings);
    let name = element::text("bdi", "file-name", name);
    let ways = element("div", "file-ways", Html::default());
    element("li", "", all(vec![name, plain([&*size, ". ", &state].concat()), ways]))
}

/// Who speaks for the resident. The resident is in charge of it (Code 3.6).
fn representatives(page: &Page, case: &CaseView, tracking: &Tracking) -> Html {
    let list = if case.representatives.is_empty() {
        plain(page.t("case.helpers.none"))
    } else {
        let items = case.representatives.iter().map(|it| helper(page, it)).collect();
        element("ul", "files", all(items))
    };
    let is_wrong = tracking.problems.iter().any(|(field, _)| field.starts_with("representative"));
    let is_typed = !page.session.draft.text(FieldName::RepresentativeName).is_empty();
    let line = |name, line, label, is_needed| {
        text(page, tracking, name, Kind::Line(line), label, is_needed)
    };
    let (name, contact) = (FieldName::RepresentativeName, FieldName::RepresentativeContact);
    let relationship = FieldName::RepresentativeRelationship;
    let fields = vec![
        line(name, Line::Name, "case.helpers.name", true),
        line(relationship, Line::Plain, "case.helpers.relationship", false),
        line(contact, Line::Plain, "case.helpers.contact", true),
    ];
    let form = form(page, What::AddRepresentative, "add_representative", fields);
    let add = details(is_wrong || is_typed, page.t("case.helpers.add"), form);
    part(page, "case.helpers.title", vec![of_case(case, vec![list]), add])
}

fn helper(page: &Page, it: &Helper) -> Html {
    let more: Vec<_> = [&it.relationship, &it.contact].into_iter().flatten().cloned().collect();
    let since = it.since.map(|it| page.t_with("case.helpers.since", &[("date", &page.date(it))]));
    let mut about = vec![plain(more.join(", "))];
    about.extend(since.map(small));
    let remove = press(page, What::RemoveRepresentative, it.id);
    let parts = vec![
        element::text("bdi", "file-name", it.name.clone().into()),
        element("div", "", all(about)),
        element("div", "file-ways", files::named(page, "remove", &it.name, remove)),
    ];
    element("li", "", all(parts))
}

/// What the landlord does differently for this resident, as they ask for it now (Code 5.10).
fn adjustments(page: &Page, case: &CaseView, tracking: &Tracking) -> Html {
    let asked = &case.adjustments;
    let is_known = |key: &&String| Adjustment::from_key(key).is_some();
    let known = asked.requested.iter().filter(is_known);
    let mut lines: Vec<AttrValue> = known
        .map(|key| summary::option_label(FieldName::Adjustments, key, page.settings))
        .collect();
    let language = page.t("option.adjustments.interpreter");
    lines.extend(asked.interpreter_language.as_ref().map(|it| named(&language, it).into()));
    lines.extend(asked.own_words.clone().map(AttrValue::from));
    let list =
        if lines.is_empty() { plain(page.t("case.adjustments.none")) } else { bullets(lines) };
    let mut fields: Vec<Html> =
        field_of(FieldName::Adjustments).map(|it| options(page, it)).into_iter().collect();
    for (name, kind, label) in [
        (
            FieldName::InterpreterLanguage,
            Kind::Line(Line::Plain),
            "field.interpreter_language.label",
        ),
        (FieldName::AdjustmentsOwnWords, Kind::Paragraphs(2), "field.adjustments_own_words.label"),
    ] {
        fields.push(text(page, tracking, name, kind, label, false));
    }
    let form = form(page, What::Adjustments, "adjustments", fields);
    let change = details(false, page.t("case.adjustments.change"), form);
    part(page, "case.adjustments.title", vec![of_case(case, vec![list]), change])
}

/// Looking for news, taking it back, and signing out. The last two are asked once more, on the page.
fn leaving(page: &Page, case: &CaseView, tracking: &Tracking) -> Html {
    let ask = |asked| page.on_press(move || Some(Action::Case(CaseAction::Ask(asked))));
    let quiet = "button quiet-button";
    let ways = match tracking.asked {
        Some(asked) => {
            let (key, yes, no, press) = match asked {
                Asked::Withdraw => {
                    let press = press(page, What::Withdraw, 0);
                    ("case.withdraw.sure", "withdraw_sure", "withdraw_not", press)
                }
                Asked::SignOut => {
                    let sign_out = page.ask.clone();
                    let press = Callback::from(move |_: MouseEvent| sign_out.emit(Ask::SignOut));
                    ("case.sign_out.sure", "sign_out_sure", "sign_out_not", press)
                }
            };
            html! {
                <div class="ways sure" role="group" aria-labelledby="sure" key="sure">
                    <p id="sure" tabindex="-1">{ page.t(key) }</p>
                    { act(page, yes, "button", press) }
                    { act(page, no, quiet, ask(None)) }
                </div>
            }
        }
        None => {
            let withdraw = || act(page, "withdraw", "link", ask(Some(Asked::Withdraw)));
            let ways = vec![
                act(page, "refresh", quiet, press(page, What::Refresh, 0)),
                case.may("withdraw").then(withdraw).unwrap_or_default(),
                act(page, "sign_out", "link", ask(Some(Asked::SignOut))),
            ];
            html! { <div class="leaving" key="ask">{ all(ways) }</div> }
        }
    };
    part(page, "case.leaving.title", vec![ways])
}

/// A box with a label of its own.
fn text(
    page: &Page,
    tracking: &Tracking,
    name: FieldName,
    kind: Kind,
    label: &str,
    is_needed: bool,
) -> Html {
    let key = name.key();
    let problem = tracking.problems.iter().find(|(it, _)| *it == key).map(|(_, key)| page.t(key));
    let dispatch = page.dispatch.clone();
    field(Field {
        name: key,
        kind,
        label: self::label(page, key, label, is_needed),
        hint: None,
        problem,
        keys: Vec::new(),
        values: page.session.draft.values(name).to_vec(),
        // It is about somebody else, or for nobody to read again.
        autocomplete: "off",
        option_label: &|_| AttrValue::default(),
        or: AttrValue::default(),
        on_enter: Callback::from(move |text| dispatch.emit(Action::Enter(name, text))),
        on_press: Callback::noop(),
    })
}

/// The options of a field, as in the form.
fn options(page: &Page, it: &question::Field) -> Html {
    let (Kind::Radios(keys) | Kind::Checkboxes(keys, _)) = it.kind else {
        return Html::default();
    };
    let (dispatch, name, settings) = (page.dispatch.clone(), it.name, page.settings);
    field(Field {
        name: name.key(),
        kind: it.kind,
        label: element::text("span", "label-text", page.t("case.adjustments.label")),
        hint: None,
        problem: None,
        keys: keys(&settings.landlord).into_iter().map(|it| it.to_owned().into()).collect(),
        values: page.session.draft.values(name).to_vec(),
        autocomplete: "",
        option_label: &|key| summary::option_label(name, key, settings),
        or: page.t("option.or"),
        on_enter: Callback::noop(),
        on_press: Callback::from(move |key| dispatch.emit(Action::Toggle(name, key))),
    })
}

/// The label of a box.
pub fn label(page: &Page, id: &'static str, key: &str, is_needed: bool) -> Html {
    let mut parts = vec![element::text("span", "label-text", page.t(key))];
    if !is_needed {
        let text = ["(", &page.t("common.optional"), ")"].concat();
        parts.push(element::text("span", "optional", text.into()));
    }
    html! { <label class="label" for={id}>{ all(parts) }</label> }
}

fn on_submit(page: &Page, what: What) -> Callback<SubmitEvent> {
    let dispatch = page.dispatch.clone();
    Callback::from(move |event: SubmitEvent| {
        event.prevent_default();
        dispatch.emit(Action::Case(do_it(what, 0)));
    })
}

fn field_of(name: FieldName) -> Option<&'static question::Field> {
    name.question()?.fields().iter().find(|it| it.name == name)
}
