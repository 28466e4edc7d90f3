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
use crate::summary;

/// A page of advice, with one button for each way on. Where there are several, they look the same:
/// none is the one that the landlord would like better.
pub fn advice(page: &Page, advice: Advice) -> Html {
    let prefix = ["advice.", advice.key()].concat();
    let body = match advice {
        Advice::Danger => danger(page),
        Advice::FirstReport => first_report(page),
        Advice::Responsibility => responsibility(page),
        Advice::PossibleExclusion => possible_exclusion(page),
    };
    let ways = advice.ways();
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
                <div class={if ways.len() > 1 { "ways equal" } else { "ways" }}>
                    { for ways.iter().copied().map(way) }
                </div>
            </>
        },
    )
}

/// Whom to phone. Numbers of national services, and the landlord's own where its file has one.
fn danger(page: &Page) -> Html {
    let numbers = summary::danger_numbers(page.settings);
    html! {
        <>
            <ul class="numbers">
                { for numbers.into_iter().map(|(key, phone)| number(page, key, phone)) }
            </ul>
            { plain(page.t("advice.danger.after")) }
        </>
    }
}

fn number(page: &Page, key: &str, phone: Option<&str>) -> Html {
    let text = |part: &str| page.t(&["advice.danger.", key, part].concat());
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
    html! {
        <>
            <ul class="numbers">{ for others }</ul>
            { plain(page.t("advice.responsibility.after")) }
        </>
    }
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
