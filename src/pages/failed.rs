//! The form can't open: the landlord's file is missing or can't be used. The host page's own words
//! (telephone, post) stay visible in the slot, and the Ombudsman stays below.

use yew::prelude::*;

use super::heading_tag;
use crate::components::rights::rights;
use crate::settings::CannotOpen;

/// What the page is given.
#[derive(Clone, PartialEq, Properties)]
pub struct FailedProps {
    /// Why.
    pub reason: CannotOpen,
}

/// The page.
#[component]
pub fn Failed(props: &FailedProps) -> Html {
    let reason = &props.reason;
    let messages = &reason.messages;
    let detail = [reason.code, " ", &reason.detail].concat();
    html! {
        <div class="widget">
            <div class="screen failed" data-screen="failed" lang={reason.language.clone()}
                dir={messages.t("language.direction")}>
                <@{heading_tag(reason.heading_level)} class="title" part="heading">{ messages.t("failed.title") }</@>
                <p class="lead">{ messages.t("failed.lead") }</p>
                <slot />
                { rights(messages, "failed", &heading_tag(reason.heading_level + 1)) }
                <p class="small">{ messages.t_with("failed.detail", &[("detail", &detail)]) }</p>
            </div>
        </div>
    }
}
