//! *Hide this page*: for residents whom somebody must not see at it. The loader does it (`embed/hide.js`), so
//! that it works whatever the widget is doing.

use yew::prelude::*;

use super::text::{plain, small};
use crate::messages::Messages;

/// The button, first of all on the page, and what it does: open where the resident meets it first.
pub fn hide(messages: &Messages, is_new: bool) -> Html {
    let about = ["what", "keys", "history", "safety"]
        .map(|part| plain(messages.t(&["hide.about.", part].concat())));
    html! {
        <>
            <div class="hide">
                <button type="button" class="button" part="button" data-action="hide">
                    { messages.t("hide.button") }
                </button>
                { small(messages.t("hide.keys")) }
            </div>
            <details class="hide-about note" open={is_new}>
                <summary>{ messages.t("hide.about.title") }</summary>
                { for about }
            </details>
        </>
    }
}

/// A way to ask for that button, and to do without it again.
pub fn offer(messages: &Messages, checked: bool, on_press: Callback<Event>) -> Html {
    html! {
        <>
            <div class="option">
                <input type="checkbox" id="offer-hide" {checked} onchange={on_press} />
                <label for="offer-hide">{ messages.t("hide.offer") }</label>
            </div>
            { small(messages.t("hide.offer.text")) }
        </>
    }
}
