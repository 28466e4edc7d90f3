//! The resident's rights, on every screen (Code 3.7). Part of the page frame, so that no page can
//! be written without it.

use domain::code::{HOUSING_OMBUDSMAN, LGSCO, OmbudsmanContact};
use domain::rights::Lgsco;
use yew::prelude::*;

use super::link::link;
use super::text::{paragraph, plain, small};
use crate::messages::Messages;

/// What the resident may do at this point, and how to reach the Ombudsman; and the second one, where
/// it is about a council's other services.
pub fn rights(messages: &Messages, text: AttrValue, lgsco: Lgsco, heading: &str) -> Html {
    let independent =
        if lgsco == Lgsco::No { "rights.independent" } else { "rights.independent.both" };
    let second = match lgsco {
        Lgsco::No => Html::default(),
        Lgsco::Also | Lgsco::Instead => {
            let key =
                if lgsco == Lgsco::Also { "rights.lgsco.also" } else { "rights.lgsco.instead" };
            html! {
                <>
                    { plain(messages.t(key)) }
                    { paragraph("ombudsman", messages.t("rights.lgsco").into()) }
                    { contact(messages, &LGSCO) }
                </>
            }
        }
    };
    html! {
        <section class="rights" part="rights" data-rights="" aria-labelledby="rights-title">
            <@{heading.to_owned()} id="rights-title" class="rights-title">
                { messages.t("rights.title") }
            </@>
            { plain(text) }
            { paragraph("ombudsman", messages.t("rights.housing").into()) }
            { contact(messages, &HOUSING_OMBUDSMAN) }
            { second }
            { small(messages.t(independent)) }
        </section>
    }
}

fn contact(messages: &Messages, ombudsman: &OmbudsmanContact) -> Html {
    let tel = ["tel:", &ombudsman.phone.replace(' ', "")].concat();
    let web = html! { <bdi dir="ltr">{ ombudsman.web }</bdi> };
    html! {
        <dl class="contacts">
            <div>
                <dt>{ messages.t("rights.phone") }</dt>
                <dd><a href={tel}><bdi dir="ltr">{ ombudsman.phone }</bdi></a></dd>
            </div>
            <div>
                <dt>{ messages.t("rights.web") }</dt>
                <dd>{ link(messages, ombudsman.url, web) }</dd>
            </div>
        </dl>
    }
}
