//! On its way. After a while the page says that it is still trying.

use yew::prelude::*;

use super::{Page, frame::frame, not_sent};
use crate::components::text::{lead, plain};

/// The page while it is being sent.
pub fn sending(page: &Page) -> Html {
    let is_slow = page.session.is_slow;
    let still_trying = is_slow.then(|| plain(page.t("sending.slow")));
    let copy =
        is_slow.then(|| page.button("download", "button quiet-button", not_sent::download(page)));
    frame(
        page,
        html! {
            <>
                { page.title_said("sending.title") }
                { lead(page.t("sending.lead")) }
                <div class="working" aria-hidden="true"><span></span></div>
                <div role="status">{ still_trying }</div>
                { copy }
            </>
        },
    )
}
