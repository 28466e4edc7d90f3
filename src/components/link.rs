//! A link to another website. It opens in a new tab, so that a complaint is never left half-way.

use yew::prelude::*;

use crate::messages::Messages;

/// The link, which says that it opens in a new tab.
pub fn link(messages: &Messages, url: &str, text: Html) -> Html {
    html! {
        <a href={url.to_owned()} target="_blank" rel="noopener noreferrer">
            { text }
            <span class="hidden">{ [" (", &messages.t("common.new_tab"), ")"].concat() }</span>
        </a>
    }
}
