//! What this is, what happens, other ways, and *Start*.

use domain::timescale::StartsFrom;
use domain::working_days::WorkingDays;
use yew::prelude::*;

use super::{Page, frame::frame};
use crate::browser;
use crate::components::channels::channels;
use crate::components::link::link;
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
    let team = landlord.team.as_ref().map(|_| html! { <p>{ page.t("start.team") }</p> });
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
                { page.title("start.title") }
                <p class="lead">{ page.t("start.lead") }</p>
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
                <p class="small">{ page.t("start.time") }</p>
                <p class="small">{ page.t("start.private") }</p>
                { page.subheading(page.t("start.next.title")) }
                <ol class="numbered">
                    <li>{ in_days(page, "start.next.acknowledge", landlord.times.acknowledge) }</li>
                    <li>{ in_days(page, stage_1_key(landlord.times.stage_1_from), landlord.times.stage_1) }</li>
                    <li>{ page.t("start.next.stage_2") }</li>
                </ol>
                { team }
                { other_ways }
                { papers(page) }
            </>
        },
    )
}

fn stage_1_key(from: StartsFrom) -> &'static str {
    match from {
        StartsFrom::Acknowledgement => "start.next.stage_1.acknowledgement",
        StartsFrom::Receipt => "start.next.stage_1.receipt",
    }
}

fn in_days(page: &Page, key: &str, days: WorkingDays) -> AttrValue {
    page.t_with(key, &[("days", &page.days(days))])
}

/// The complaints policy and the privacy notice, where the landlord's file names them.
fn papers(page: &Page) -> Html {
    let landlord = &page.settings.landlord;
    let policy = landlord.policy.as_ref().map(|policy| {
        let text = page.t_with("start.policy", &[("policy", &policy.name)]);
        match &policy.url {
            Some(url) => html! { <p class="small">{ link(&page.settings.messages, url, html! { { text } }) }</p> },
            None => html! { <p class="small">{ text }</p> },
        }
    });
    let privacy = landlord.privacy_url.as_ref().map(|url| {
        let text = html! { { page.t("start.privacy") } };
        html! { <p class="small">{ link(&page.settings.messages, url, text) }</p> }
    });
    html! { <>{ policy }{ privacy }</> }
}
