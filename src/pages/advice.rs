//! Advice: a page that can always be walked past.

use domain::choices::Choice;
use domain::flow::Advice;
use yew::prelude::*;

use super::{Page, frame::frame};
use crate::session::Action;

/// A page of advice, with one button for each way on.
pub fn advice(page: &Page, advice: Advice) -> Html {
    let prefix = ["advice.", advice.key()].concat();
    let body = match advice {
        Advice::Danger => danger(page),
    };
    let ways = advice.ways().iter().map(|way| {
        html! {
            <button type="button" class="button" part="button" data-action="choose" data-value={*way}
                onclick={page.on_press(move || Some(Action::Choose(way)))}>
                { page.t(&[&prefix, ".way.", way].concat()) }
            </button>
        }
    });
    frame(
        page,
        html! {
            <>
                { page.title(&[&prefix, ".title"].concat()) }
                <p class="lead">{ page.t(&[&prefix, ".lead"].concat()) }</p>
                { body }
                <div class="ways">{ for ways }</div>
            </>
        },
    )
}

/// Whom to phone. Numbers of national services, and the landlord's own where its file has one.
fn danger(page: &Page) -> Html {
    let landlord = match &page.settings.landlord.urgent_phone {
        Some(phone) => ("landlord", Some(phone.as_str())),
        None => ("no_phone", None),
    };
    let numbers = [
        ("999", Some("999")),
        ("gas", Some("0800 111 999")),
        landlord,
        ("power", Some("105")),
        ("abuse", Some("0808 2000 247")),
    ];
    html! {
        <>
            <ul class="numbers">
                { for numbers.into_iter().map(|(key, phone)| number(page, key, phone)) }
            </ul>
            <p>{ page.t("advice.danger.after") }</p>
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
            <p class="number-for">{ text(".title") }</p>
            { phone }
            <p class="small">{ text(".text") }</p>
        </li>
    }
}
