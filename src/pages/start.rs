//! What this is, what happens, other ways, and *Start*.

use domain::choices::{Choice, Intent};
use domain::code::DEFINITION;
use domain::landlord::Link;
use domain::working_days::WorkingDays;
use yew::prelude::*;

use super::{Page, frame::frame};
use crate::browser;
use crate::components::channels::channels;
use crate::components::link::link;
use crate::components::text::{lead, plain, small};
use crate::session::Action;

/// The first page.
pub fn start(page: &Page) -> Html {
    let landlord = &page.settings.landlord;
    let action = if page.session.draft.is_empty() { "action.start" } else { "action.start.resume" };
    let clear = (!page.session.draft.is_empty()).then(|| {
        let question = page.t("confirm.clear");
        let press = page.on_press(move || browser::confirm(&question).then_some(Action::Again));
        html! {
            <p>
                <button type="button" class="link" data-action="clear" onclick={press}>
                    { page.t("start.clear") }
                </button>
            </p>
        }
    });
    let team = landlord.team.as_ref().map(|_| plain(page.t("start.team")));
    let other_ways = (!landlord.channels.is_empty()).then(|| {
        html! {
            <>
                { page.subheading(page.t("start.channels.title")) }
                { channels(&page.settings.messages, &landlord.channels) }
            </>
        }
    });
    frame(
        page,
        html! {
            <>
                { page.heading(html! { { title(page) } }) }
                { lead(what_this_is(page)) }
                { plain(page.t("start.for")) }
                <ul class="ticks">
                    <li>{ page.t("start.reassure.word") }</li>
                    <li>{ page.t("start.reassure.fair") }</li>
                    <li>{ page.t("start.reassure.repair") }</li>
                </ul>
                <button type="button" part="button" class="button" data-action="start"
                    onclick={page.on_press(|| Some(Action::Start))}>
                    { page.t(action) }
                </button>
                { clear }
                { small(page.t("start.time")) }
                { small(page.t("start.private")) }
                { next(page) }
                { team }
                <details>
                    <summary>{ page.t("start.definition") }</summary>
                    { plain(page.t("start.definition.text")) }
                    <blockquote lang="en" dir="ltr">{ DEFINITION }</blockquote>
                </details>
                { other_ways }
                { papers(page) }
            </>
        },
    )
}

fn title(page: &Page) -> AttrValue {
    let intent = page.session.start.map_or("", Choice::key);
    page.settings.messages.variant("start.title", intent).unwrap_or_default()
}

/// What this is; said for whoever was sent here to do one thing, or comes from a survey (Code 1.6).
fn what_this_is(page: &Page) -> AttrValue {
    let messages = &page.settings.messages;
    match (page.session.start, &page.settings.source) {
        (Some(intent), _) => messages.variant("start.lead", intent.key()),
        (None, Some(source)) => messages.variant("start.lead", source),
        (None, None) => messages.get("start.lead"),
    }
    .unwrap_or_default()
}

/// What happens, with this landlord's times: at stage 1, or at stage 2 for whoever was sent here to
/// ask for it.
fn next(page: &Page) -> Html {
    let times = &page.settings.landlord.times;
    if matches!(page.session.start, Some(Intent::Report | Intent::Add | Intent::Feedback)) {
        return Html::default();
    }
    let (stage, days, from, last) = if page.session.start == Some(Intent::Stage2) {
        ("start.next.stage_2.", times.stage_2, times.stage_2_from, "sent.next.final.text")
    } else {
        ("start.next.stage_1.", times.stage_1, times.stage_1_from, "start.next.stage_2")
    };
    html! {
        <>
            { page.subheading(page.t("start.next.title")) }
            <ol class="numbered">
                <li>{ in_days(page, "start.next.acknowledge", times.acknowledge) }</li>
                <li>{ in_days(page, &[stage, from.key()].concat(), days) }</li>
                <li>{ page.t(last) }</li>
            </ol>
        </>
    }
}

fn in_days(page: &Page, key: &str, days: WorkingDays) -> AttrValue {
    page.t_with(key, &[("days", &page.days(days))])
}

/// The complaints policy, other papers, what the landlord adds in its own words, and the privacy
/// notice: as far as its file names them.
fn papers(page: &Page) -> Html {
    let landlord = &page.settings.landlord;
    let policies =
        landlord.policy.iter().chain(landlord.sites.iter().filter_map(|it| it.policy.as_ref()));
    let policies = policies.map(|it| paper(page, it, "start.policy"));
    let documents = landlord.documents.iter().map(|it| paper(page, it, "start.document"));
    let notes = landlord.formats.iter().chain(&landlord.notes).map(|it| small(it.clone()));
    let privacy = landlord.privacy_url.as_ref().map(|url| {
        let text = html! { { page.t("start.privacy") } };
        html! { <p class="small">{ link(&page.settings.messages, url, text) }</p> }
    });
    html! { <>{ for policies }{ for documents }{ for notes }{ privacy }</> }
}

/// A paper by its name; a link, where its address is known.
fn paper(page: &Page, paper: &Link, key: &str) -> Html {
    let text = page.t_with(key, &[("paper", &paper.name)]);
    match &paper.url {
        Some(url) => {
            html! { <p class="small">{ link(&page.settings.messages, url, html! { { text } }) }</p> }
        }
        None => small(text),
    }
}
