//! On its way. After a while the page says that it is still trying.

use gloo::timers::callback::Timeout;
use yew::prelude::*;

use super::{Page, frame::frame};

/// How long most sendings take at most.
const USUAL_MILLIS: u32 = 8_000;

/// The page while it is being sent.
pub fn sending(page: &Page) -> Html {
    let copy = page.button(
        "download",
        "button quiet-button",
        super::not_sent::download(page),
    );
    frame(
        page,
        html! {
            <>
                { page.heading(page.t("sending.title")) }
                <p class="lead">{ page.t("sending.lead") }</p>
                <div class="working" aria-hidden="true"><span></span></div>
                <Slow text={page.t("sending.slow")}>{ copy }</Slow>
            </>
        },
    )
}

#[derive(Clone, PartialEq, Properties)]
struct SlowProps {
    text: AttrValue,
    children: Html,
}

/// Nothing at first; after a while a sentence, announced, and what can be done meanwhile.
#[component]
fn Slow(props: &SlowProps) -> Html {
    let is_slow = use_state(|| false);
    {
        let is_slow = is_slow.clone();
        use_effect_with((), move |()| {
            let timeout = Timeout::new(USUAL_MILLIS, move || is_slow.set(true));
            move || drop(timeout)
        });
    }
    html! {
        <>
            <div role="status">{ is_slow.then(|| html! { <p>{ props.text.clone() }</p> }) }</div>
            { is_slow.then(|| props.children.clone()) }
        </>
    }
}
