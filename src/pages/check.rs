//! All answers before they are sent, each with a way to change it.

use domain::flow::{self, Advice};
use domain::question::{Field, FieldName, Kind, Question};
use domain::record;
use yew::prelude::*;

use super::question::submit;
use super::{Page, frame::frame};
use crate::app;
use crate::components::summary_list::{Line, summary_list};
use crate::components::text::{lead, note, small};
use crate::session::{Action, Screen, Session};
use crate::settings::Settings;
use crate::summary::{self, Row};

/// The check page.
pub fn check(page: &Page) -> Html {
    let rows = summary::rows(&page.session.draft, page.settings);
    let mut lines = Vec::new();
    for row in rows {
        if row.question == Question::OnBehalfOf {
            lines.extend(first_report(page));
        }
        lines.push(line(page, row));
    }
    let unsent = (!page.session.may_be_sent()).then(|| small(page.t("check.unsent")));
    let recipients = record::recipients(&page.session.draft, &page.settings.landlord).map(|name| {
        let text = page.t_with("check.recipient", &[("name", name)]);
        note(text)
    });
    let withheld = is_withheld(page).then(|| note(page.t("check.withheld")));
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
        dispatch.emit(app::outgoing(&session, &settings).map_or(Action::Start, Action::Send));
    })
}

/// The choice between a request and a complaint is an answer, too, and can be changed as one.
fn first_report(page: &Page) -> Option<Line> {
    let (label, value) = summary::first_report(&page.session.draft, page.settings)?;
    let text = page.t("action.change");
    let press = page.on_press(|| Some(Action::Show(Screen::Advise(Advice::FirstReport).address())));
    let change = html! {
        <button type="button" class="link" data-action="change"
            aria-label={[&text, ": ", &label].concat()} onclick={press}>
            { text.clone() }
        </button>
    };
    Some(Line { label, values: vec![(None, value)], change: Some(change) })
}

fn line(page: &Page, row: Row) -> Line {
    let question = row.question;
    let is_alone = question.has_one_field();
    let text = page.t("action.change");
    let change = html! {
        <button type="button" class="link" data-action="change"
            aria-label={[&text, ": ", &row.title].concat()}
            onclick={page.on_press(move || Some(Action::Change(question)))}>
            { text.clone() }
        </button>
    };
    // Options that come first on their page answer its title, and need no name of their own.
    let name = |field: &Field| match field.kind {
        Kind::Checkboxes(..) if question.fields()[0].name == field.name => None,
        _ if is_alone => None,
        _ => {
            let (draft, messages) = (&page.session.draft, &page.settings.messages);
            Some(summary::field_label(field.name, question, draft, messages))
        }
    };
    let answered = row.fields.into_iter().filter(|(_, value)| !value.is_empty());
    let values = answered.map(|(field, value)| (name(field), value.into()));
    Line { label: row.title, values: values.collect(), change: Some(change) }
}
