//! All answers before they are sent, each with a way to change it.

use yew::prelude::*;

use super::question::submit;
use super::{Page, frame::frame};
use crate::app;
use crate::components::summary_list::{Line, summary_list};
use crate::session::{Action, Session};
use crate::settings::Settings;
use crate::summary::{self, Row};

/// The check page.
pub fn check(page: &Page) -> Html {
    let rows = summary::rows(&page.session.draft, &page.settings.messages);
    let lines = rows.into_iter().flat_map(|row| lines(page, row)).collect();
    let unsent = (!page.session.may_be_sent())
        .then(|| html! { <p class="small">{ page.t("check.unsent") }</p> });
    let onsubmit = {
        let send = send(page.session.clone(), page.settings.clone(), page.dispatch.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            send.emit(());
        })
    };
    frame(
        page,
        html! {
            <>
                { page.title("check.title") }
                <p class="lead">{ page.t("check.lead") }</p>
                { summary_list(lines, page.t("common.not_answered")) }
                <form {onsubmit}>
                    <p class="small">{ page.t("check.privacy") }</p>
                    { unsent }
                    { submit(page, "send") }
                </form>
            </>
        },
    )
}

/// Sends what was answered; goes to the first gap where there is one.
pub fn send(session: Session, settings: Settings, dispatch: Callback<Action>) -> Callback<()> {
    Callback::from(move |()| {
        dispatch.emit(app::outgoing(&session, &settings).map_or(Action::Start, Action::Send));
    })
}

fn lines(page: &Page, row: Row) -> Vec<Line> {
    let question = row.question;
    let mut lines = Vec::new();
    for answer in row.answers {
        let change = html! {
            <button type="button" class="link" data-action="change"
                onclick={page.on_press(move || Some(Action::Change(question)))}>
                { page.t("action.change") }
                <span class="hidden">{ [" ", &answer.label].concat() }</span>
            </button>
        };
        lines.push(Line { label: answer.label.into(), value: answer.value.into(), change });
    }
    lines
}
