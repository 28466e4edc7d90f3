//! Safely received: the reference, the dates, what happens next, and a copy to keep.

use std::rc::Rc;

use chrono::NaiveDate;
use domain::timescale::StartsFrom;
use yew::prelude::*;

use super::{Page, frame::frame};
use crate::browser;
use crate::components::steps::{Step, steps};
use crate::components::summary_list::{Line, summary_list};
use crate::copy;
use crate::session::{Action, Sent};

/// The page after sending.
pub fn sent(page: &Page, sent: &Rc<Sent>) -> Html {
    let receipt = &sent.receipt;
    let title = if sent.is_confirmed { "sent.title" } else { "sent.title.unconfirmed" };
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
                <p>{ page.t("sent.code") }</p>
                <p class="code-value"><bdi dir="ltr">{ code.clone() }</bdi></p>
                <p class="small">{ page.t("sent.code.note") }</p>
            </div>
        }
    });
    let lines = sent.answers.iter().map(|it| Line {
        label: it.label.clone().into(),
        values: match it.value.is_empty() {
            true => Vec::new(),
            false => vec![(None, it.value.clone().into())],
        },
        change: None,
    });
    frame(
        page,
        html! {
            <>
                { already }
                <div class="receipt">
                    { page.title(title) }
                    <p>{ page.t("sent.reference") }</p>
                    <p class="reference" data-reference=""><bdi dir="ltr">{ receipt.reference.clone() }</bdi></p>
                    <p class="small">{ page.t(note) }</p>
                    <p class="small">{ page.t_with("sent.received", &[("date", &page.date(receipt.received_on))]) }</p>
                </div>
                { page.subheading(page.t("sent.next.title")) }
                { steps(next_steps(page, sent)) }
                { adjustments(page, sent) }
                { page.subheading(page.t("sent.keep.title")) }
                <p>{ page.t("sent.keep.text") }</p>
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
    let receipt = &sent.receipt;
    let times = &page.settings.landlord.times;
    let by = |date: Option<NaiveDate>, key: &str, none: &str, days| match date {
        Some(date) => page.t_with(key, &[("date", &page.date(date))]),
        None => page.t_with(none, &[("days", &page.days(days))]),
    };
    // With a landlord that counts from receipt, an early acknowledgement moves nothing.
    let (respond_none, respond_text) = match times.stage_1_from {
        StartsFrom::Acknowledgement => {
            ("sent.next.respond.none.acknowledgement", "sent.next.respond.text.acknowledgement")
        }
        StartsFrom::Receipt => ("sent.next.respond.none.receipt", "sent.next.respond.text.receipt"),
    };
    let acknowledge = by(
        receipt.acknowledge_by,
        "sent.next.acknowledge",
        "sent.next.acknowledge.none",
        times.acknowledge,
    );
    let respond = by(receipt.respond_by, "sent.next.respond", respond_none, times.stage_1);
    let extended = match receipt.extended_by {
        Some(date) => page.t_with("sent.next.extend.text", &[("date", &page.date(date))]),
        None => page.t("sent.next.extend.text.none"),
    };
    vec![
        (acknowledge, page.t("sent.next.acknowledge.text")),
        (respond, page.t(respond_text)),
        (page.t("sent.next.extend"), extended),
        (page.t("sent.next.stage_2"), page.t("sent.next.stage_2.text")),
    ]
}

/// The adjustments asked for, said back (Code 5.10).
fn adjustments(page: &Page, sent: &Sent) -> Html {
    let none = page.t("option.adjustments.none");
    let asked: Vec<&str> = sent
        .answers
        .iter()
        .filter(|it| it.id.starts_with("adjustments"))
        .flat_map(|it| it.value.lines())
        .filter(|line| !line.is_empty() && *line != none)
        .collect();
    if asked.is_empty() {
        return Html::default();
    }
    html! {
        <div class="note">
            <p>{ page.t("sent.adjustments") }</p>
            <ul>{ for asked.into_iter().map(|it| html! { <li dir="auto">{ it.to_owned() }</li> }) }</ul>
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
    for (when, what) in next_steps(page, sent) {
        lines.push([&when, ": ", &what].concat());
    }
    let (settings, sent) = (page.settings.clone(), sent.clone());
    page.on_press(move || {
        let heading = copy::Heading { lines: lines.clone() };
        let html = copy::html(&settings.messages, &settings.language, &heading, &sent.answers);
        let name = [&settings.messages.t("copy.file"), "-", &sent.receipt.reference, ".html"];
        browser::download(&name.concat(), &html);
        None
    })
}
