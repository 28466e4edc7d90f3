//! What this is, *Start*, and below the rights: what happens, and other ways.

use domain::choices::{Choice, Intent};
use domain::code::DEFINITION;
use domain::landlord::Link;
use domain::working_days::WorkingDays;
use yew::prelude::*;

use super::{Ask, Page, frame::frame_with};
use crate::components::channels::channels;
use crate::components::link::link;
use crate::components::text::{lead, plain, small};
use crate::session::Action;
use crate::tracking::CaseAction;

/// The first page. What comes from the landlord's file stands below the rights: the part above is the
/// same for all landlords, and is there before that file is (see [`first`]).
pub fn start(page: &Page) -> Html {
    frame_with(page, above(page), html! { <div class="more">{ below(page) }</div> })
}

/// The first page before anything but the script is there. The host page's own words stand where the
/// landlord's file will have its say.
pub fn first(page: &Page) -> Html {
    frame_with(page, above(page), html! { <div class="more"><slot /></div> })
}

fn above(page: &Page) -> Html {
    let action = if page.session.draft.is_empty() { "action.start" } else { "action.start.resume" };
    let clear = (!page.session.draft.is_empty()).then(|| {
        let press = page.on_press(|| Some(Action::Delete(true)));
        html! {
            <p>
                <button type="button" class="link" data-action="clear" onclick={press}>
                    { page.t("start.clear") }
                </button>
            </p>
        }
    });
    html! {
        <>
            { page.heading(html! { { title(page) } }) }
            { lead(what_this_is(page)) }
            <ul class="ticks">
                <li>{ page.t("start.reassure.word") }</li>
                <li>{ page.t("start.reassure.fair") }</li>
                <li>{ page.t("start.reassure.repair") }</li>
            </ul>
            <button type="button" part="button" class="button" data-action="start" key={action}
                onclick={page.on_press(|| Some(Action::Start))}>
                { page.t(action) }
            </button>
            { clear.unwrap_or_default() }
            { kept(page) }
            { small(page.t("start.time")) }
            { small(page.t("start.private")) }
        </>
    }
}

/// What is said of a draft that is kept on this device, or open in another tab.
fn kept(page: &Page) -> Html {
    if page.around.is_elsewhere && page.session.draft.is_empty() {
        let ask = page.ask.clone();
        let press = Callback::from(move |_: MouseEvent| ask.emit(Ask::Take));
        return html! {
            <div class="note">
                { plain(page.t("start.elsewhere")) }
                { page.button("take", "button quiet-button", press) }
            </div>
        };
    }
    if page.around.until > 0.0 && !page.session.draft.is_empty() {
        return small(page.t_with("keep.device.now", &[("date", &page.kept_until())]));
    }
    Html::default()
}

fn below(page: &Page) -> Html {
    let landlord = &page.settings.landlord;
    let team = landlord.team.as_ref().map(|_| plain(page.t("start.team")));
    let other_ways = (!landlord.channels.is_empty()).then(|| {
        html! {
            <>
                { page.subheading(page.t("start.channels.title")) }
                { channels(&page.settings.messages, &landlord.channels) }
            </>
        }
    });
    // A service of its own shows what was sent to it before.
    let track = page.settings.service.is_some().then(|| {
        let press = page.on_press(|| Some(Action::Case(CaseAction::Track)));
        html! { <p>{ page.button("track", "link", press) }</p> }
    });
    html! {
        <>
            { track.unwrap_or_default() }
            { next(page) }
            { plain(page.t("start.for")) }
            { team }
            <details>
                <summary>{ page.t("start.definition") }</summary>
                { plain(page.t("start.definition.text")) }
                <blockquote lang="en" dir="ltr">{ DEFINITION }</blockquote>
            </details>
            { other_ways }
            { papers(page) }
            <p>{ page.button("open_file", "link", page.on_press(|| Some(Action::Keep))) }</p>
        </>
    }
}

fn title(page: &Page) -> AttrValue {
    let intent = page.session.start.map_or("", Choice::key);
    page.settings.messages.variant("start.title", intent).unwrap_or_default()
}

/// What this is; said for whoever was sent here to do one thing, or comes from a survey (Code 1.6).
/// The loader says the same of the first screen.
fn what_this_is(page: &Page) -> AttrValue {
    let lead = |of: &str| page.settings.messages.get(&["start.lead.", of].concat());
    let intent = page.session.start.map(Choice::key).and_then(lead);
    let source = || page.settings.source.as_deref().and_then(lead);
    intent.or_else(source).unwrap_or_else(|| page.t("start.lead"))
}

/// What happens, with this landlord's times: at stage 1, or at stage 2 for whoever was sent here to
/// ask for it.
fn next(page: &Page) -> Html {
    let times = &page.settings.landlord.times;
    if matches!(page.session.start, Some(Intent::Report | Intent::Add | Intent::Feedback)) {
        return Html::default();
    }
    let (stage, days, from, last) = if page.session.start == Some(Intent::Stage2) {
        ("start.next.stage_2.", times.stage_2, times.stage_2_from, "start.next.final")
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
