//! The resident's rights, on every screen (Code 3.7). Part of the page frame, so that no page can
//! be written without it.

use domain::code::HOUSING_OMBUDSMAN;
use yew::prelude::*;

use super::link::link;
use crate::messages::Messages;

/// What the resident may do at this point, and how to reach the Ombudsman.
pub fn rights(messages: &Messages, screen: &str, heading: &str) -> Html {
    let text = messages.t(&["rights.", screen].concat());
    let tel = ["tel:", &HOUSING_OMBUDSMAN.phone.replace(' ', "")].concat();
    let web = html! { <bdi dir="ltr">{ HOUSING_OMBUDSMAN.web }</bdi> };
    html! {
        <section class="rights" part="rights" data-rights="" aria-labelledby="rights-title">
            <@{heading.to_owned()} id="rights-title" class="rights-title">
                { messages.t("rights.title") }
            </@>
            <p>{ text }</p>
            <dl class="contacts">
                <div>
                    <dt>{ messages.t("rights.phone") }</dt>
                    <dd><a href={tel}><bdi dir="ltr">{ HOUSING_OMBUDSMAN.phone }</bdi></a></dd>
                </div>
                <div>
                    <dt>{ messages.t("rights.web") }</dt>
                    <dd>
                        { link(messages, HOUSING_OMBUDSMAN.url, web) }
                    </dd>
                </div>
            </dl>
            <p class="small">{ messages.t("rights.independent") }</p>
        </section>
    }
}
