//! Not received. Everything is kept, and there is always a way on.

use yew::prelude::*;

use super::{Ask, Page, check, frame::frame};
use crate::components::channels::channels;
use crate::components::element::{all, element};
use crate::components::text::{changing, note, plain, small};
use crate::session::{Action, SubmitError};
use crate::{browser, letter};

/// The page after a sending that failed.
pub fn not_sent(page: &Page, error: &SubmitError) -> Html {
    let key = ["not_sent.", error.key()].concat();
    let text = match error {
        SubmitError::Busy(seconds) => page.t_with(&key, &[("seconds", &seconds.to_string())]),
        SubmitError::Offline
        | SubmitError::Unreachable
        | SubmitError::TimedOut
        | SubmitError::TooBig
        | SubmitError::Rejected(_)
        | SubmitError::Broken(_) => page.t(&key),
    };
    let retry = {
        let send = check::send(page.session.clone(), page.settings.clone(), page.dispatch.clone());
        page.on_press(move || {
            send.emit(());
            None
        })
    };
    let title = if is_unsure(error) { "not_sent.title.unsure" } else { "not_sent.title" };
    let is_offline = page.session.is_offline;
    let again = (*error == SubmitError::Offline && !is_offline)
        .then(|| changing(page.t("not_sent.online")));
    let wait = (is_offline && error.is_retryable())
        .then(|| page.button("wait", "button quiet-button", page.on_press(|| Some(Action::Wait))));
    // What is most likely to help comes first.
    let (first, last) = if error.is_retryable() {
        let ways = html! {
            <div class="ways">
                { page.button("retry", "button", retry) }
                { wait.unwrap_or_default() }
            </div>
        };
        (ways, Html::default())
    } else {
        (Html::default(), page.button("retry", "link", retry))
    };
    let told = page.around.told.iter().map(|text| changing(text.clone()));
    let landlord = &page.settings.landlord;
    let other_ways = (!landlord.channels.is_empty()).then(|| {
        html! {
            <>
                { page.subheading(page.t("not_sent.other.title")) }
                { plain(page.t("not_sent.other.text")) }
                { channels(&page.settings.messages, &landlord.channels) }
            </>
        }
    });
    frame(
        page,
        html! {
            <>
                <div class="errors" role="alert">
                    { page.title_said(title) }
                    { plain(text) }
                    <p><strong>{ page.t("not_sent.kept") }</strong></p>
                </div>
                <div role="status">{ again.unwrap_or_default() }</div>
                { first }
                { another_way(page, error) }
                { page.subheading(page.t("not_sent.later.title")) }
                { plain(page.t("not_sent.later.text")) }
                <div role="status">{ for told }</div>
                <div class="ways">
                    { page.button("download", "button quiet-button", download(page)) }
                    { last }
                </div>
                { other_ways.unwrap_or_default() }
            </>
        },
    )
}

/// Whether it may have arrived.
fn is_unsure(error: &SubmitError) -> bool {
    match error {
        SubmitError::TimedOut | SubmitError::Unreachable => true,
        SubmitError::Offline
        | SubmitError::Busy(_)
        | SubmitError::TooBig
        | SubmitError::Rejected(_)
        | SubmitError::Broken(_) => false,
    }
}

/// The same as an e-mail, where the landlord has an address for it, and as a letter.
fn another_way(page: &Page, error: &SubmitError) -> Html {
    let may_have_arrived = is_unsure(error);
    let quiet = "button quiet-button";
    let class = if error.is_retryable() { quiet } else { "button" };
    let (settings, draft) = (page.settings.clone(), page.session.draft.clone());
    let email = letter::mail(&settings, &draft).map(|address| {
        let link = html! {
            <a {class} part="button" data-action="email" href={address}>
                { page.t("not_sent.email") }
            </a>
        };
        way(link, page.t("not_sent.email.text"))
    });
    let press = {
        let draft = draft.clone();
        page.on_press(move || {
            let html = letter::html(&settings, &draft, browser::today(), may_have_arrived);
            browser::download(&letter::file_name(&settings.messages), &html);
            None
        })
    };
    let button = page.button("letter", if email.is_some() { quiet } else { class }, press);
    let files = (!page.session.evidence().is_empty()).then(|| note(page.t("not_sent.files")));
    html! {
        <>
            { page.subheading(page.t("not_sent.another.title")) }
            { plain(page.t("not_sent.another.text")) }
            { files.unwrap_or_default() }
            <div class="equal">
                { email.unwrap_or_default() }
                { way(button, page.t("not_sent.letter.text")) }
            </div>
        </>
    }
}

fn way(button: Html, text: AttrValue) -> Html {
    element("div", "way", all(vec![button, small(text)]))
}

/// Saves everything as a file that can be read, and opened here again.
pub fn download(page: &Page) -> Callback<MouseEvent> {
    let ask = page.ask.clone();
    Callback::from(move |_: MouseEvent| ask.emit(Ask::Save))
}
