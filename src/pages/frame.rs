//! The frame around every page: the way back, where the resident is, and their rights.

use domain::choices::Choice;
use domain::{flow, rights};
use yew::prelude::*;

use super::{Page, case};
use crate::components::text::plain;
use crate::components::{hide, rights as panel};
use crate::session::{Action, Screen};

/// A page in its frame. The page is new on each screen; the frame around it stays, and costs an old
/// phone nothing.
pub fn frame(page: &Page, body: Html) -> Html {
    frame_with(page, body, Html::default())
}

/// A page that has something below the rights as well.
pub fn frame_with(page: &Page, body: Html, more: Html) -> Html {
    let screen = &page.session.screen;
    let name = screen.name();
    let warning = page.around.would_lose.then(|| {
        let one = page.around.is_kept;
        let key = if one { "frame.would_lose.file" } else { "frame.would_lose" };
        html! { <p class="note small" {key}>{ page.t(key) }</p> }
    });
    html! {
        <div class={classes!("screen", name)} data-screen={name} data-key={screen.key()}
            lang={page.settings.language.clone()} dir={page.t("language.direction")}>
            { hide(page) }
            { bar(page) }
            { warning.unwrap_or_default() }
            <div class="page" key={screen.address()}>{ body }</div>
            { foot(page) }
            { panel(page) }
            { more }
        </div>
    }
}

/// *Hide this page*, from the point on where somebody may be at risk, or asked for it.
fn hide(page: &Page) -> Html {
    let session = page.session;
    if session.offers_hide() {
        hide::hide(&page.settings.messages, !session.knows_hide)
    } else {
        Html::default()
    }
}

/// The rights, as they are at this point: on the way by what the resident wants to do, afterwards by
/// what they sent.
fn panel(page: &Page) -> Html {
    let (session, messages) = (page.session, &page.settings.messages);
    // What was just sent says more about its case than the case does.
    let sent = session.aside.as_deref().filter(|it| matches!(it.screen, Screen::Sent(_)));
    let draft = &sent.unwrap_or(session).draft;
    let rights::Rights { moment, mut lgsco } = rights::rights(draft, &session.landlord);
    let text = match &session.screen {
        Screen::Start => page.t("rights.start"),
        Screen::Ask(_) | Screen::Advise(_) | Screen::Check | Screen::Keep => {
            page.t(&["rights.at.", moment.key()].concat())
        }
        Screen::Sending => page.t("rights.sending"),
        Screen::Sent(_) => page.said("rights.sent"),
        Screen::Waiting | Screen::NotSent(_) => page.t("rights.not_sent"),
        Screen::SignIn | Screen::Case => case::rights(page, &mut lgsco),
    };
    panel::rights(messages, text, lgsco, &page.tag(1))
}

fn bar(page: &Page) -> Html {
    match &page.session.screen {
        Screen::Ask(_)
        | Screen::Advise(_)
        | Screen::Check
        | Screen::Keep
        | Screen::NotSent(_)
        | Screen::SignIn
        | Screen::Case => {}
        Screen::Start | Screen::Sending | Screen::Waiting | Screen::Sent(_) => {
            return Html::default();
        }
    }
    let back = page.button("back", "back", page.on_press(|| Some(Action::Back)));
    let progress = page.session.screen.place().map(|place| {
        let (at, of) = flow::position(place, &page.session.draft, &page.session.landlord);
        let (at, of) = (at.to_string(), of.to_string());
        let text = page.t_with("common.progress", &[("at", &at), ("of", &of)]);
        html! {
            <div class="progress" key={&*text}>
                <progress aria-hidden="true" value={at.clone()} max={of.clone()} />
                { plain(text) }
            </div>
        }
    });
    html! { <div class="bar">{ back }{ progress }</div> }
}

/// The way to save or delete, from every place in the journey.
fn foot(page: &Page) -> Html {
    match &page.session.screen {
        Screen::Ask(_) | Screen::Advise(_) | Screen::Check => {}
        Screen::Start
        | Screen::Keep
        | Screen::Sending
        | Screen::Waiting
        | Screen::Sent(_)
        | Screen::NotSent(_)
        | Screen::SignIn
        | Screen::Case => return Html::default(),
    }
    html! { <p class="foot">{ page.button("keep", "link", page.on_press(|| Some(Action::Keep))) }</p> }
}
