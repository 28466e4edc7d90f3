//! Safely received: the reference, the dates, what happens next, and a copy to keep.

use std::rc::Rc;

use chrono::NaiveDate;
use domain::choices::Choice;
use domain::question::{FieldName, Question};
use domain::record;
use domain::rights;
use domain::timescale::StartsFrom;
use domain::triage::{self, Flag, Route};
use domain::working_days::WorkingDays;
use yew::prelude::*;

use super::{Page, case::act, files::uploads, frame::frame};
use crate::components::steps::{Step, steps};
use crate::components::summary_list::{Line, named, summary_list};
use crate::components::text::{self, note, plain, small};
use crate::copy::{self, Copy};
use crate::files::UploadState;
use crate::session::{Action, Screen, Sent};
use crate::tracking::CaseAction;
use crate::{app, browser, summary};

/// The page after sending.
pub fn sent(page: &Page, sent: &Rc<Sent>) -> Html {
    let receipt = &sent.receipt;
    let title = if sent.is_confirmed { "sent.title" } else { "sent.title.unconfirmed" };
    let kind = page.session.draft.route();
    let note = if sent.is_confirmed { "sent.reference.note" } else { "sent.reference.own" };
    let already = page.session.came_back.then(|| {
        let reference = [("reference", &*receipt.reference)];
        text::note(page.t_with("sent.already", &reference))
    });
    let again = {
        let is_open = page.session.files.next(page.session.evidence()).is_some();
        let question = page.t(if is_open { "confirm.again.files" } else { "confirm.again" });
        page.on_press(move || browser::confirm(&question).then_some(Action::Again))
    };
    let has_way = page.settings.service.is_some() && receipt.access_code.is_some();
    let see = has_way.then(|| see(page));
    let lines = sent.answers.iter().filter(|it| !it.value.is_empty()).map(|it| Line {
        label: it.label.clone().into(),
        values: vec![(None, it.value.clone().into())],
        change: None,
    });
    frame(
        page,
        html! {
            <>
                <div role="status">{ already.unwrap_or_default() }</div>
                <div class="receipt">
                    { page.title_said(title) }
                    { plain(page.t("sent.reference")) }
                    <p class="reference" data-reference=""><bdi dir="ltr">{ receipt.reference.clone() }</bdi></p>
                    { small(page.t(note)) }
                    { small(page.t_with("sent.received", &[("date", &page.date(receipt.received_on))])) }
                </div>
                { for linked(page).into_iter().map(text::note) }
                { uploads(page, page.session.evidence(), has_way) }
                { page.subheading(page.t("sent.next.title")) }
                { steps(next_steps(page, sent)) }
                { make_complaint(page, kind) }
                { adjustments(page, sent) }
                { notes(page) }
                { page.subheading(page.t("sent.keep.title")) }
                { plain(page.said("sent.keep.text")) }
                { code(page, receipt.access_code.as_deref()) }
                <div class="ways">
                    { page.button("download", "button", download(page, sent)) }
                    { page.button("print", "button quiet-button", page.on_press(|| { browser::print(); None })) }
                </div>
                { see.unwrap_or_default() }
                { page.subheading(page.t("sent.answers.title")) }
                { summary_list(lines.collect(), &page.t("common.not_answered")) }
                { page.button("again", "link", again) }
            </>
        },
    )
}

/// The access code, until the resident has noted it. From then on it is in the copy alone: whoever looks at
/// this screen later can't read it.
fn code(page: &Page, code: Option<&str>) -> Html {
    let Some(code) = code else {
        return Html::default();
    };
    if page.session.has_saved_code {
        return html! { <div class="note" key="saved" data-done="" tabindex="-1">{ plain(page.t("sent.code.saved")) }</div> };
    }
    let press = page.on_press(|| Some(Action::Case(CaseAction::SavedCode)));
    html! {
        <div class="code" key="code">
            { plain(page.t("sent.code")) }
            <p class="code-value"><bdi dir="ltr">{ code.to_owned() }</bdi></p>
            { small(page.t("sent.code.note")) }
            { act(page, "saved_code", "button quiet-button", press) }
        </div>
    }
}

/// The way to the case, for which nothing needs to be typed.
fn see(page: &Page) -> Html {
    let press = page.on_press(|| Some(Action::Case(CaseAction::See)));
    html! {
        <div class="aside">
            { plain(page.t("sent.case")) }
            { act(page, "see_case", "button quiet-button", press) }
        </div>
    }
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
    let mut notes = summary::recipients(draft, page.settings);
    if triage::flags(draft, landlord).contains(&Flag::DataProtection) {
        notes.push(page.t("sent.data_protection"));
    }
    notes.into_iter().map(note).collect()
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
                asked.push(named(&label, &answer.value));
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
    let receipt = &sent.receipt;
    let moment = browser::moment(&sent.sent_at, &page.settings.language);
    let received = page.date(receipt.received_on);
    let mut facts = vec![
        (page.t("sent.reference"), receipt.reference.clone().into()),
        (page.t("copy.sent_at"), moment.into()),
        (page.t("copy.received"), received.into()),
    ];
    if let Some(code) = &receipt.access_code {
        facts.push((page.t("sent.code"), code.clone().into()));
    }
    let (notes, steps) = (linked(page), next_steps(page, sent));
    let (settings, sent, draft) = (page.settings.clone(), sent.clone(), page.session.draft.clone());
    let (title, rights) = (page.said("copy.title"), page.said("rights.sent"));
    let files = page.session.files.clone();
    page.on_press(move || {
        let arrived = |id: &str| match files.state(id) {
            UploadState::Done => settings.messages.t("copy.file.arrived"),
            UploadState::Waiting | UploadState::Sending(_) => {
                settings.messages.t("copy.file.waiting")
            }
            UploadState::Failed(_) => settings.messages.t("copy.file.failed"),
        };
        let copy = Copy {
            title: title.clone(),
            facts: facts.clone(),
            notes: notes.clone(),
            steps: steps.clone(),
            answers: &sent.answers,
            files: record::evidence(&draft, &settings.landlord)
                .iter()
                .map(|it| (it, arrived(&it.id)))
                .collect(),
            rights: rights.clone(),
            lgsco: rights::rights(&draft, &settings.landlord).lgsco,
            record: Some(&*sent.body).filter(|it| !it.is_empty()),
        };
        let name = [&settings.messages.t("copy.file"), "-", &sent.receipt.reference, ".html"];
        browser::download(&name.concat(), &copy::html(&settings, &copy));
        None
    })
}
