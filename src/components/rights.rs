//! The resident's rights, on every screen (Code 3.7). Part of the page frame, so that no page can
//! be written without it.

use domain::code::{HOUSING_OMBUDSMAN, LGSCO, OmbudsmanContact};
use domain::rights::Lgsco;
use yew::prelude::*;
use yew::virtual_dom::AttributeOrProperty::Static;
use yew::virtual_dom::Attributes;

use super::element::{self, all, element, with_attributes};
use super::link::link;
use super::text::{changing, paragraph};
use crate::messages::Messages;

/// What the resident may do at this point, and how to reach the Ombudsman; and the second one, where
/// it is about a council's other services.
pub fn rights(messages: &Messages, text: AttrValue, lgsco: Lgsco, heading: &str) -> Html {
    let second = match lgsco {
        Lgsco::No => Html::default(),
        Lgsco::Also | Lgsco::Instead => {
            let key =
                if lgsco == Lgsco::Also { "rights.lgsco.also" } else { "rights.lgsco.instead" };
            html! {
                <>
                    { changing(messages.t(key)) }
                    { paragraph("ombudsman", messages.t("rights.lgsco").into()) }
                    { contact(messages, &LGSCO) }
                </>
            }
        }
    };
    let attributes =
        Attributes::Static(&[("id", Static("rights-title")), ("class", Static("rights-title"))]);
    let title = messages.t("rights.title").into();
    let title = with_attributes(heading.to_owned().into(), attributes, title);
    html! {
        <section class="rights" part="rights" data-rights="" aria-labelledby="rights-title">
            { title }
            { changing(text) }
            { paragraph("ombudsman", messages.t("rights.housing").into()) }
            { contact(messages, &HOUSING_OMBUDSMAN) }
            { paragraph("small", messages.t("rights.independent")) }
            { second }
        </section>
    }
}

fn contact(messages: &Messages, ombudsman: &OmbudsmanContact) -> Html {
    let tel = ["tel:", &ombudsman.phone.replace(' ', "")].concat();
    let web = html! { <bdi dir="ltr">{ ombudsman.web }</bdi> };
    let phone = html! { <a href={tel}><bdi dir="ltr">{ ombudsman.phone }</bdi></a> };
    let row = |key, way| {
        let name = element::text("dt", "", messages.t(key));
        element("div", "", all(vec![name, element("dd", "", way)]))
    };
    let web = link(messages, ombudsman.url, web);
    element("dl", "contacts", all(vec![row("rights.phone", phone), row("rights.web", web)]))
}
