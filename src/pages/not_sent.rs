//! Not received. Everything is kept, and there is always a way on.

use domain::rights;
use yew::prelude::*;

use super::{Page, check, frame::frame};
use crate::components::channels::channels;
use crate::components::text::plain;
use crate::session::SubmitError;
use crate::{browser, copy, summary};

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
    let title = match error {
        SubmitError::TimedOut | SubmitError::Unreachable => "not_sent.title.unsure",
        SubmitError::Offline
        | SubmitError::Busy(_)
        | SubmitError::TooBig
        | SubmitError::Rejected(_)
        | SubmitError::Broken(_) => "not_sent.title",
    };
    // What is most likely to help comes first.
    let ways = if error.is_retryable() {
        html! {
            <>
                { page.button("retry", "button", retry) }
                { page.button("download", "button quiet-button", download(page)) }
            </>
        }
    } else {
        html! {
            <>
                { page.button("download", "button", download(page)) }
                { page.button("retry", "button quiet-button", retry) }
            </>
        }
    };
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
                <div class="ways">{ ways }</div>
                { other_ways }
            </>
        },
    )
}

/// Saves a copy of what has not been sent yet.
pub fn download(page: &Page) -> Callback<MouseEvent> {
    let (settings, draft) = (page.settings.clone(), page.session.draft.clone());
    let (title, lgsco) =
        (page.said("copy.title"), rights::rights(&draft, &settings.landlord).lgsco);
    page.on_press(move || {
        let messages = &settings.messages;
        let heading = copy::Heading {
            title: title.clone(),
            lines: vec![messages.t("copy.draft").to_string()],
            rights: messages.t("rights.not_sent"),
            lgsco,
        };
        let answers = summary::answers(&draft, &settings);
        let html = copy::html(messages, &settings.language, &heading, &answers);
        browser::download(&[&messages.t("copy.file"), ".html"].concat(), &html);
        None
    })
}
