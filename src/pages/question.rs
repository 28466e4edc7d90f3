//! One page for every question: what it looks like follows from the kinds of its fields.

use domain::choices::{Choice, OnBehalfOf};
use domain::question::{self, FieldName, Kind, Question};
use yew::prelude::*;

use super::{Page, frame::frame};
use crate::browser;
use crate::components::error_summary::error_summary;
use crate::components::field::{Field, field};
use crate::session::Action;
use crate::summary;

/// A question.
pub fn question(page: &Page, question: Question) -> Html {
    let draft = &page.session.draft;
    let messages = &page.settings.messages;
    let title = summary::title(question, draft, messages);
    let optional = question.is_optional().then(|| optional_tag(page));
    let hint = summary::hint(question, draft, messages);
    let heading = |text: Html| html! { <>{ page.heading(text) }{ optional.clone() }</> };
    let (intro, fields): (Html, Html) = match question.fields() {
        [only] => {
            let text = named(only, html! { { title } }, None);
            (Html::default(), entry(page, only, heading(text), hint))
        }
        several => {
            let hint = hint.map(|text| html! { <p class="hint">{ text }</p> });
            let intro = html! { <>{ heading(html! { { title } }) }{ hint }</> };
            (intro, several.iter().map(|it| one_of_several(page, question, it)).collect())
        }
    };
    let onsubmit = {
        let dispatch = page.dispatch.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            dispatch.emit(Action::Continue);
        })
    };
    frame(
        page,
        html! {
            <>
                { problems(page) }
                <form novalidate={true} {onsubmit}>
                    { intro }
                    { fields }
                    { submit(page, "continue") }
                </form>
            </>
        },
    )
}

/// The one submit button of a form. The second press of a double click must not skip a page.
pub fn submit(page: &Page, action: &str) -> Html {
    let onclick = Callback::from(|event: MouseEvent| {
        if browser::is_second_click(&event) {
            event.prevent_default();
        }
    });
    html! {
        <button type="submit" class="button" part="button" data-action={action.to_owned()} {onclick}>
            { page.t(&["action.", action].concat()) }
        </button>
    }
}

/// A field with its own label, on a page that has more of them.
fn one_of_several(page: &Page, question: Question, it: &question::Field) -> Html {
    let messages = &page.settings.messages;
    let text = summary::field_label(it.name, &page.session.draft, messages);
    let optional = (!it.required && !question.is_optional()).then(|| optional_tag(page));
    let text = html! { <><span class="label-text">{ text }</span>{ optional }</> };
    let hint = messages.get(&["field.", it.name.key(), ".hint"].concat());
    entry(page, it, named(it, text, Some("label")), hint)
}

/// The name of a field: a label for a box; for a group of options the legend is around it.
fn named(it: &question::Field, text: Html, class: Option<&'static str>) -> Html {
    match it.kind {
        Kind::Radios(_) | Kind::Checkboxes(..) => text,
        Kind::Line(_) | Kind::Paragraphs(_) => {
            html! { <label {class} for={it.name.key()}>{ text }</label> }
        }
    }
}

fn optional_tag(page: &Page) -> Html {
    html! { <span class="optional">{ ["(", &page.t("common.optional"), ")"].concat() }</span> }
}

fn entry(page: &Page, it: &question::Field, label: Html, hint: Option<AttrValue>) -> Html {
    let name = it.name;
    let (entered, pressed) = (page.dispatch.clone(), page.dispatch.clone());
    let messages = page.settings.messages.clone();
    field(Field {
        name: name.key(),
        kind: it.kind,
        label,
        hint,
        problem: sentence(page, name),
        values: page.session.draft.values(name).to_vec(),
        autocomplete: autocomplete(name, page.session.draft.on_behalf_of()),
        option_label: Box::new(move |key| summary::option_label(name, key, &messages)),
        or: page.t("option.or"),
        on_enter: Callback::from(move |text| entered.emit(Action::Enter(name, text))),
        on_press: Callback::from(move |key| pressed.emit(Action::Toggle(name, key))),
    })
}

fn problems(page: &Page) -> Html {
    let problems = &page.session.problems;
    if problems.is_empty() {
        return Html::default();
    }
    let line = |it: &domain::validate::Problem| {
        (it.field.key(), sentence(page, it.field).unwrap_or_default())
    };
    error_summary(page.t("errors.title"), problems.iter().map(line).collect(), &page.tag(0))
}

/// The sentence for what is to be put right in a field.
fn sentence(page: &Page, name: FieldName) -> Option<AttrValue> {
    let problem = page.session.problems.iter().find(|it| it.field == name)?;
    Some(page.t(&["problem.", name.key(), ".", problem.code.key()].concat()))
}

/// What the browser may fill in (WCAG 1.3.5): only about the person who fills in the form.
fn autocomplete(name: FieldName, on_behalf_of: Option<OnBehalfOf>) -> &'static str {
    if name != FieldName::RepresentativeName && on_behalf_of == Some(OnBehalfOf::SomeoneElse) {
        return "off";
    }
    match name {
        FieldName::Name | FieldName::RepresentativeName => "name",
        FieldName::Address => "street-address",
        FieldName::Postcode => "postal-code",
        FieldName::Email => "email",
        FieldName::Phone => "tel",
        FieldName::Danger
        | FieldName::OnBehalfOf
        | FieldName::RepresentativeRelationship
        | FieldName::RepresentativeContact
        | FieldName::Consent
        | FieldName::Adjustments
        | FieldName::AdjustmentsOwnWords
        | FieldName::Disability
        | FieldName::Home
        | FieldName::Topics
        | FieldName::ReportedBefore
        | FieldName::ReportReference
        | FieldName::Account
        | FieldName::When
        | FieldName::StillHappening
        | FieldName::Effect
        | FieldName::Outcome
        | FieldName::OutcomeOwnWords
        | FieldName::ContactWay
        | FieldName::SafeTimes => "",
    }
}
