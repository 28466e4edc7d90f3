//! Safely received: the reference, the dates, what happens next, and a copy to keep.

use std::rc::Rc;

use chrono::NaiveDate;
use domain::choices::Choice;
use domain::question::{FieldName, Question};
use domain::timescale::StartsFrom;
use domain::triage::{self, Flag, Route};
use domain::working_days::WorkingDays;
use domain::{record, rights};
use yew::prelude::*;

use super::{Page, frame::frame};
use crate::components::steps::{Step, steps};
use crate::components::summary_list::{Line, summary_list};
use crate::components::text::{self, note, plain, small};
use crate::session::{Action, Screen, Sent};
use crate::{app, browser, copy, summary};

/// The page after sending.
pub fn sent(page: &Page, sent: &Rc<Sent>) -> Html {
    let receipt = &sent.receipt;
    let title = if sent.is_confirmed { "sent.title" } else { "sent.title.unconfirmed" };
    let kind = page.session.draft.route();
    let note = if sent.is_confirmed { "sent.reference.note" } else { "sent.reference.own" };
    let already = page
        .session
        .came_back
        .then(|| html! { <p class="note" role="status">{ page.t("sent.already") }</p> });
    let again = {
        let question = page.t("confirm.again");
        page.on_press(move || browser::confirm(&question).then_some(Action::Again))
    };
    let code = receipt.access_code.as_ref().map(|code| {
        html! {
            <div class="code">
                { plain(page.t("sent.code")) }
                <p class="code-value"><bdi dir="ltr">{ code.clone() }</bdi></p>
                { small(page.t("sent.code.note")) }
            </div>
        }
    });
    let lines = sent.answers.iter().filter(|it| !it.value.is_empty()).map(|it| Line {
        label: it.label.clone().into(),
        values: vec![(None, it.value.clone().into())],
        change: None,
    });
    frame(
        page,
        html! {
            <>
                { already }
                <div class="receipt">
                    { page.title_said(title) }
                    { plain(page.t("sent.reference")) }
                    <p class="reference" data-reference=""><bdi dir="ltr">{ receipt.reference.clone() }</bdi></p>
                    { small(page.t(note)) }
                    { small(page.t_with("sent.received", &[("date", &page.date(receipt.received_on))])) }
                </div>
                { for linked(page).into_iter().map(text::note) }
                { page.subheading(page.t("sent.next.title")) }
                { steps(next_steps(page, sent)) }
                { make_complaint(page, kind) }
                { adjustments(page, sent) }
                { notes(page) }
                { page.subheading(page.t("sent.keep.title")) }
                { plain(page.said("sent.keep.text")) }
                { code }
                <div class="ways">
                    { page.button("download", "button", download(page, sent)) }
                    { page.button("print", "button quiet-button", page.on_press(|| { browser::print(); None })) }
                </div>
                { page.subheading(page.t("sent.answers.title")) }
                { summary_list(lines.collect(), &page.t("common.not_answered")) }
                { page.button("again", "link", again) }
            </>
        },
    )
}

fn next_steps(page: &Page, sent: &Sent) -> Vec<Step> {
    match page.session.draft.route() {
        Route::Complaint => {
            let mut steps =
                answer_steps(page, sent, "sent.next.", page.settings.landlord.times.stage_1);
            steps.push((page.t("sent.next.stage_2"), page.t("sent.next.stage_2.text")));
            steps
        }
        Route::Stage2 => {
            let mut steps =
                answer_steps(page, sent, "sent.next.stage2.", page.settings.landlord.times.stage_2);
            steps.push((page.t("sent.next.final"), page.t("sent.next.final.text")));
            steps
        }
        Route::Addition => vec![
            (page.t("sent.next.addition"), page.t("sent.next.addition.text")),
            (acknowledge_by(page, sent), page.t("sent.next.addition.new")),
        ],
        Route::ServiceRequest => vec![
            (page.t("sent.next.request"), page.t("sent.next.request.text")),
            (page.t("sent.next.request.unhappy"), page.t("sent.next.request.unhappy.text")),
        ],
        Route::Feedback => vec![(page.t("sent.next.feedback"), page.t("sent.next.feedback.text"))],
    }
}

fn acknowledge_by(page: &Page, sent: &Sent) -> AttrValue {
    let days = page.settings.landlord.times.acknowledge;
    by(
        page,
        sent.receipt.acknowledge_by,
        "sent.next.acknowledge",
        "sent.next.acknowledge.none",
        days,
    )
}

fn by(page: &Page, date: Option<NaiveDate>, key: &str, none: &str, days: WorkingDays) -> AttrValue {
    match date {
        Some(date) => page.t_with(key, &[("date", &page.date(date))]),
        None => page.t_with(none, &[("days", &page.days(days))]),
    }
}

/// The acknowledgement, the answer, and a longer wait: the same steps at both stages, in the words of
/// each (Code 6.2 to 6.5, 6.11 to 6.16).
fn answer_steps(page: &Page, sent: &Sent, words: &str, days: WorkingDays) -> Vec<Step> {
    let receipt = &sent.receipt;
    let times = &page.settings.landlord.times;
    let from = if receipt.stage == 2 { times.stage_2_from } else { times.stage_1_from };
    // With a landlord that counts from receipt, an early acknowledgement moves nothing.
    let (none, text) = match from {
        StartsFrom::Acknowledgement => {
            ("sent.next.respond.none.acknowledgement", "respond.text.acknowledgement")
        }
        StartsFrom::Receipt => ("sent.next.respond.none.receipt", "respond.text.receipt"),
    };
    let extended = match receipt.extended_by {
        Some(date) => page.t_with("sent.next.extend.text", &[("date", &page.date(date))]),
        None => page.t("sent.next.extend.text.none"),
    };
    vec![
        (acknowledge_by(page, sent), page.t(&[words, "acknowledge.text"].concat())),
        (
            by(page, receipt.respond_by, "sent.next.respond", none, days),
            page.t_with(&[words, text].concat(), &[("who", &stage_2_by(page))]),
        ),
        (page.t("sent.next.extend"), extended),
    ]
}

/// Who looks at stage 2 (Code 6.13).
fn stage_2_by(page: &Page) -> AttrValue {
    match &page.settings.landlord.stage_2.by {
        Some(by) => page.t_with("stage2.by", &[("by", by)]),
        None => page.t("stage2.by.other"),
    }
}

/// The reference and the code of what was sent before, which stay good.
fn linked(page: &Page) -> Vec<AttrValue> {
    let Some(receipt) = &page.session.linked else {
        return Vec::new();
    };
    let reference = page.t_with("sent.linked", &[("reference", &receipt.reference)]);
    let code = receipt.access_code.as_deref();
    let code = code.map(|code| page.t_with("sent.linked.code", &[("code", code)]));
    std::iter::once(reference).chain(code).collect()
}

/// What was sent as something else becomes a complaint in one press (Code 1.5, 1.6). Where every
/// answer is there already, as after a request, it is sent at once.
fn make_complaint(page: &Page, kind: Route) -> Html {
    if !matches!(kind, Route::ServiceRequest | Route::Feedback) {
        return Html::default();
    }
    let (session, settings, dispatch) =
        (page.session.clone(), page.settings.clone(), page.dispatch.clone());
    let press = page.on_press(move || {
        let mut complaint = session.clone();
        complaint.apply(Action::MakeComplaint);
        dispatch.emit(Action::MakeComplaint);
        let is_complete = complaint.screen == Screen::Check;
        is_complete.then(|| app::outgoing(&complaint, &settings).map(Action::Send)).flatten()
    });
    html! {
        <div class="aside">
            { plain(page.said("sent.complain")) }
            { page.button("make_complaint", "button quiet-button", press) }
        </div>
    }
}

/// Whom else it went to, and a clock of its own where it is about personal data.
fn notes(page: &Page) -> Html {
    let (draft, landlord) = (&page.session.draft, &page.session.landlord);
    let recipients = record::recipients(draft, landlord)
        .map(|name| page.t_with("check.recipient", &[("name", name)]));
    let is_about_data = triage::flags(draft, landlord).contains(&Flag::DataProtection);
    let data = is_about_data.then(|| page.t("sent.data_protection"));
    recipients.chain(data).map(note).collect()
}

/// The adjustments asked for, said back (Code 5.10).
fn adjustments(page: &Page, sent: &Sent) -> Html {
    let none = page.t("option.adjustments.none");
    let messages = &page.settings.messages;
    let mut asked: Vec<String> = Vec::new();
    for answer in sent.answers.iter().filter(|it| !it.value.is_empty()) {
        match FieldName::from_key(&answer.id) {
            Some(FieldName::Adjustments) => {
                asked.extend(answer.value.lines().filter(|it| *it != none).map(str::to_owned));
            }
            Some(FieldName::AdjustmentsOwnWords) => asked.push(answer.value.clone()),
            Some(name @ (FieldName::InterpreterLanguage | FieldName::AdjustmentsReview)) => {
                let (question, draft) = (Question::Adjustments, &page.session.draft);
                let label = summary::field_label(name, question, draft, messages);
                asked.push(
                    [&*label, if label.ends_with('?') { " " } else { ": " }, &answer.value]
                        .concat(),
                );
            }
            _ => {}
        }
    }
    if asked.is_empty() {
        return Html::default();
    }
    html! {
        <div class="note">
            { plain(page.t("sent.adjustments")) }
            <ul>{ for asked.into_iter().map(|it| html! { <li dir="auto">{ it }</li> }) }</ul>
        </div>
    }
}

/// Saves a copy of exactly what was sent, with the reference, the dates and the rights.
fn download(page: &Page, sent: &Rc<Sent>) -> Callback<MouseEvent> {
    let label = |key: &str, value: &str| [&page.t(key), ": ", value].concat();
    let mut lines = vec![
        label("sent.reference", &sent.receipt.reference),
        page.t_with(
            "copy.sent_at",
            &[("date", &browser::moment(&sent.sent_at, &page.settings.language))],
        )
        .to_string(),
        page.t_with("sent.received", &[("date", &page.date(sent.receipt.received_on))]).to_string(),
    ];
    if let Some(code) = &sent.receipt.access_code {
        lines.push(label("sent.code", code));
    }
    lines.extend(linked(page).iter().map(ToString::to_string));
    for (when, what) in next_steps(page, sent) {
        lines.push([&when, ": ", &what].concat());
    }
    let (settings, sent) = (page.settings.clone(), sent.clone());
    let (title, rights) = (page.said("copy.title"), page.said("rights.sent"));
    let lgsco = rights::rights(&page.session.draft, &settings.landlord).lgsco;
    page.on_press(move || {
        let heading = copy::Heading {
            title: title.clone(),
            lines: lines.clone(),
            rights: rights.clone(),
            lgsco,
        };
        let html = copy::html(&settings.messages, &settings.language, &heading, &sent.answers);
        let name = [&settings.messages.t("copy.file"), "-", &sent.receipt.reference, ".html"];
        browser::download(&name.concat(), &html);
        None
    })
}
