//! All answers before they are sent, each with a way to change it.

use domain::flow::{self, Place};
use domain::question::{FieldName, Question};
use domain::record;
use yew::prelude::*;

use super::question::submit;
use super::{Page, files, frame::frame};
use crate::app;
use crate::components::summary_list::{Line, summary_list};
use crate::components::text::{lead, note, small};
use crate::session::{Action, Screen, Session};
use crate::settings::Settings;
use crate::summary::{self, Row};

/// The check page.
pub fn check(page: &Page) -> Html {
    let draft = &page.session.draft;
    let rows = summary::rows(draft, page.settings);
    let lines = rows.into_iter().map(|row| line(page, row)).collect();
    let unsent = (!page.session.may_be_sent()).then(|| small(page.t("check.unsent")));
    let recipients = summary::recipients(draft, page.settings).into_iter().map(note);
    let withheld = is_withheld(page).then(|| note(page.t("check.withheld")));
    let adding = page.session.files.adding.first();
    let adding = adding.map(|it| note(page.t_with("check.adding", &[("name", &it.name)])));
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
                { lead(page.said("check.lead")) }
                { for recipients }
                { withheld }
                { summary_list(lines, &page.t("common.not_answered")) }
                { files::left_behind(page) }
                <div role="status">{ adding.unwrap_or_default() }</div>
                <form {onsubmit}>
                    { small(page.t("check.privacy")) }
                    { unsent }
                    { submit(page, "send") }
                </form>
            </>
        },
    )
}

/// Whether a disability was written down, and stays here because the resident did not agree.
fn is_withheld(page: &Page) -> bool {
    let (draft, landlord) = (&page.session.draft, &page.settings.landlord);
    flow::is_asked(Question::DisabilityConsent, draft, landlord)
        && !record::is_sent(FieldName::Disability, draft, landlord)
}

/// Sends what was answered; goes to the first gap where there is one.
pub fn send(session: Session, settings: Settings, dispatch: Callback<Action>) -> Callback<()> {
    Callback::from(move |()| {
        // A file that is still being read goes with it: the page on which it is shown says how far it is.
        let asking = flow::asking(FieldName::Evidence, &session.draft, &session.landlord);
        if let Some(question) = asking.filter(|_| !session.files.adding.is_empty()) {
            return dispatch.emit(Action::Change(question));
        }
        dispatch.emit(app::outgoing(&session, &settings).map_or(Action::Start, Action::Send));
    })
}

fn line(page: &Page, row: Row) -> Line {
    let text = page.t("action.change");
    let name = [&text, ": ", &row.title].concat();
    let place = row.place;
    let press = page.on_press(move || {
        Some(match place {
            Place::Ask(question) => Action::Change(question),
            Place::Advise(advice) => Action::Show(Screen::Advise(advice).address()),
        })
    });
    let change = html! {
        <button type="button" class="link" data-action="change" aria-label={name} onclick={press}>
            { text }
        </button>
    };
    let answered = row.values.into_iter().filter(|it| !it.text.is_empty());
    let values = answered.map(|it| (it.name.filter(|_| !it.is_of_title), it.text.into()));
    Line { label: row.title, values: values.collect(), change: Some(change) }
}
