//! The frame around every page: the way back, where the resident is, and their rights.

use domain::choices::Choice;
use domain::{flow, rights};
use yew::prelude::*;

use super::Page;
use crate::components::rights as panel;
use crate::components::text::plain;
use crate::session::{Action, Screen};

/// A page in its frame. The page is new on each screen; the frame around it stays, and costs an old
/// phone nothing.
pub fn frame(page: &Page, body: Html) -> Html {
    let screen = &page.session.screen;
    let name = screen.name();
    let warning =
        page.would_lose.then(|| html! { <p class="note small">{ page.t("frame.would_lose") }</p> });
    html! {
        <div class={classes!("screen", name)} data-screen={name} data-key={screen.key()}
            lang={page.settings.language.clone()} dir={page.t("language.direction")}>
            { bar(page) }
            { warning }
            <div class="page" key={screen.address()}>{ body }</div>
            { panel(page) }
        </div>
    }
}

/// The rights, as they are at this point: on the way by what the resident wants to do, afterwards by
/// what they sent.
fn panel(page: &Page) -> Html {
    let (session, messages) = (page.session, &page.settings.messages);
    let rights::Rights { moment, lgsco } = rights::rights(&session.draft, &session.landlord);
    let text = match &session.screen {
        Screen::Start => page.t("rights.start"),
        Screen::Ask(_) | Screen::Advise(_) | Screen::Check => {
            page.t(&["rights.at.", moment.key()].concat())
        }
        Screen::Sending => page.t("rights.sending"),
        Screen::Sent(_) => page.said("rights.sent"),
        Screen::NotSent(_) => page.t("rights.not_sent"),
    };
    panel::rights(messages, text, lgsco, &page.tag(1))
}

fn bar(page: &Page) -> Html {
    let has_back = match &page.session.screen {
        Screen::Ask(_) | Screen::Advise(_) | Screen::Check | Screen::NotSent(_) => true,
        Screen::Start | Screen::Sending | Screen::Sent(_) => return Html::default(),
    };
    let back = has_back.then(|| page.button("back", "back", page.on_press(|| Some(Action::Back))));
    let progress = page.session.screen.place().map(|place| {
        let (at, of) = flow::position(place, &page.session.draft, &page.session.landlord);
        let (at, of) = (at.to_string(), of.to_string());
        let text = page.t_with("common.progress", &[("at", &at), ("of", &of)]);
        html! {
            <div class="progress">
                <progress aria-hidden="true" value={at.clone()} max={of.clone()} />
                { plain(text) }
            </div>
        }
    });
    html! { <div class="bar">{ back }{ progress }</div> }
}
