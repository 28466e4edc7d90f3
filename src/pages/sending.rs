//! On its way: what is being tried is said plainly, and nobody has to press anything. Or waiting for the
//! network, where the resident wants that.

use yew::prelude::*;

use super::{Page, frame::frame, not_sent};
use crate::backoff;
use crate::components::text::{changing, lead, plain};
use crate::session::Action;

/// The page while it is being sent.
pub fn sending(page: &Page) -> Html {
    let (session, trying) = (page.session, &page.session.trying);
    let is_long = session.is_slow || trying.failed > 0;
    let copy = is_long.then(|| copy(page));
    frame(
        page,
        html! {
            <>
                { page.title_said("sending.title") }
                { lead(page.t("sending.lead")) }
                <div class="working" aria-hidden="true"><span></span></div>
                <div role="status">{ for state(page).into_iter().map(changing) }</div>
                { copy.unwrap_or_default() }
            </>
        },
    )
}

/// What is to be said of how it goes; nothing, where it goes as it should.
fn state(page: &Page) -> Vec<AttrValue> {
    let (session, trying) = (page.session, &page.session.trying);
    let resumed = trying.is_resumed.then(|| page.t("sending.resumed"));
    let offline = session.is_offline.then(|| page.t("sending.offline"));
    let pause = trying.pause.map(|millis| match millis.div_ceil(1_000) {
        0..=2 => page.t("sending.pause"),
        seconds => page.t_with("sending.pause.seconds", &[("seconds", &seconds.to_string())]),
    });
    let again = (trying.failed > 0 && pause.is_none()).then(|| {
        let (number, all) = ((trying.failed + 1).to_string(), backoff::TRIES.to_string());
        page.t_with("sending.again", &[("number", &number), ("all", &all)])
    });
    let slow = (session.is_slow && pause.is_none()).then(|| page.t("sending.slow"));
    [resumed, offline, pause, again, slow].into_iter().flatten().collect()
}

/// The page while the network is waited for.
pub fn waiting(page: &Page) -> Html {
    let stop = page.on_press(|| Some(Action::StopWaiting));
    frame(
        page,
        html! {
            <>
                { page.title_said("sending.wait.title") }
                { lead(page.t("sending.wait.lead")) }
                { plain(page.t("sending.wait.keep")) }
                <div class="ways">
                    { copy(page) }
                    { page.button("stop_waiting", "button quiet-button", stop) }
                </div>
            </>
        },
    )
}

fn copy(page: &Page) -> Html {
    page.button("download", "button quiet-button", not_sent::download(page))
}
