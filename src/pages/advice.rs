//! Advice: a page that can always be walked past.

use domain::choices::Choice;
use domain::flow::Advice;
use domain::question::FieldName;
use domain::rights;
use yew::prelude::*;

use super::{Page, frame::frame};
use crate::components::channels::channels;
use crate::components::text::{lead, paragraph, plain, small};
use crate::session::Action;
use crate::summary::{self, Number};

/// A page of advice, with one button for each way on. Where there are several, they look the same:
/// none is the one that the landlord would like better.
pub fn advice(page: &Page, advice: Advice) -> Html {
    let prefix = ["advice.", advice.key()].concat();
    let body = match advice {
        Advice::Danger => phones(page, &summary::danger_numbers(page.settings)),
        Advice::FirstReport => first_report(page),
        Advice::Responsibility => responsibility(page),
        Advice::Careful => phones(page, &summary::careful_numbers(&page.session.draft)),
        Advice::Urgent => html! {
            <>
                { quotes(page, advice, "advice.urgent.mentioned") }
                { phones(page, &summary::urgent_numbers(&page.session.draft, page.settings)) }
            </>
        },
        Advice::Unhappy => quotes(page, advice, "advice.unhappy.wrote"),
        Advice::PossibleExclusion => possible_exclusion(page),
    };
    let ways = advice.ways(&page.session.draft);
    let after = page.settings.messages.get(&[&prefix, ".after"].concat());
    let words = summary::advice_words(advice, &page.session.draft, page.settings);
    let way = |way: &'static str| {
        let key = [&prefix, ".way.", way].concat();
        let text = page.settings.messages.get(&[&key, ".text"].concat());
        let words = words.clone();
        let press = page.on_press(move || Some(Action::Choose(way, words.clone())));
        html! {
            <div class="way">
                <button type="button" class="button" part="button" data-action="choose" data-value={way}
                    onclick={press}>
                    { page.said(&key) }
                </button>
                { text.map(small) }
            </div>
        }
    };
    frame(
        page,
        html! {
            <>
                { page.title(&[&prefix, ".title"].concat()) }
                { lead(page.said(&[&prefix, ".lead"].concat())) }
                { body }
                { after.map(plain) }
                <div class={if ways.len() > 1 { "ways equal" } else { "ways" }}>
                    { for ways.iter().copied().map(way) }
                </div>
            </>
        },
    )
}

/// Whom to phone. Numbers of national services, and the landlord's own where its file has one.
fn phones(page: &Page, numbers: &[Number]) -> Html {
    html! { <ul class="numbers">{ for numbers.iter().map(|it| number(page, *it)) }</ul> }
}

/// What the resident wrote that this page came by, as text.
fn quotes(page: &Page, advice: Advice, key: &'static str) -> Html {
    let quotes = summary::quotes(advice, &page.session.draft, &page.settings.messages);
    if quotes.is_empty() {
        return Html::default();
    }
    let quote = |words: AttrValue| html! { <li dir="auto">{ words }</li> };
    html! {
        <>
            { plain(page.t(key)) }
            <ul class="bullets">{ for quotes.into_iter().map(quote) }</ul>
        </>
    }
}

fn number(page: &Page, (key, phone): Number) -> Html {
    let text = |part: &str| page.t(&["advice.", key, part].concat());
    let phone = phone.map(|phone| {
        let href = ["tel:", &phone.replace(' ', "")].concat();
        html! { <p class="number"><a {href}><bdi dir="ltr">{ phone.to_owned() }</bdi></a></p> }
    });
    html! {
        <li>
            { paragraph("number-for", text(".title").into()) }
            { phone }
            { small(text(".text")) }
        </li>
    }
}

/// The landlord's own way to report something, where its file has one (Code 1.4).
fn first_report(page: &Page) -> Html {
    let Some(requests) = &page.settings.landlord.requests else {
        return Html::default();
    };
    html! {
        <>
            { plain(page.t("advice.first_report.other")) }
            { channels(&page.settings.messages, std::slice::from_ref(requests)) }
        </>
    }
}

/// What may be for somebody else, with the landlord's own words about it (Code 5.7).
fn responsibility(page: &Page) -> Html {
    let landlord = &page.settings.landlord;
    let others = rights::not_ours(&page.session.draft, landlord).into_iter().map(|it| {
        let name = summary::option_label(FieldName::Topics, it.topic.key(), page.settings);
        let note = landlord.topic_rule(it.topic).and_then(|rule| rule.note.clone());
        html! {
            <li>
                { paragraph("number-for", name.into()) }
                { note.map(small) }
            </li>
        }
    });
    html! { <ul class="numbers">{ for others }</ul> }
}

/// What a person will look at, and what happens if the landlord decides against it (Code 2.4).
fn possible_exclusion(page: &Page) -> Html {
    let reasons = summary::exclusion_reasons(&page.session.draft, &page.session.landlord);
    html! {
        <>
            <ul class="bullets">
                { for reasons.into_iter().map(|key| html! { <li>{ page.t(key) }</li> }) }
            </ul>
            { plain(page.t("advice.possible_exclusion.refusal")) }
        </>
    }
}
