//! One page for every question: what it looks like follows from the kinds of its fields.

use domain::choices::Choice;
use domain::draft::Draft;
use domain::landlord::ChannelKind;
use domain::question::{self, FieldName, Kind, Question};
use domain::validate;
use yew::prelude::*;

use super::{Page, files, frame::frame};
use crate::browser;
use crate::components::error_summary::error_summary;
use crate::components::field::{Field, field};
use crate::components::text::{paragraph, plain};
use crate::session::Action;
use crate::summary;

/// A question.
pub fn question(page: &Page, question: Question) -> Html {
    let draft = &page.session.draft;
    let messages = &page.settings.messages;
    let title = summary::title(question, draft, messages);
    let optional = question.is_optional().then(|| optional_tag(page));
    let hint = summary::hint(question, draft, page.settings);
    let landlord = &page.settings.landlord;
    let asked: Vec<_> = question.fields_for(landlord).collect();
    let heading = |text: Html| html! { <>{ page.heading(text) }{ optional.clone() }</> };
    let (intro, fields): (Html, Html) = match asked[..] {
        [only, ref rest @ ..] if question.has_one_field() => {
            let text = named(only, html! { { title } }, None);
            let rest = rest.iter().map(|it| one_of_several(page, question, it));
            (Html::default(), html! { <>{ entry(page, only, heading(text), hint) }{ for rest }</> })
        }
        _ => {
            let hint = hint.map(|text| paragraph("hint", text));
            let intro = html! { <>{ heading(html! { { title } }) }{ hint }</> };
            (intro, asked.iter().map(|it| one_of_several(page, question, it)).collect())
        }
    };
    let onsubmit = {
        let dispatch = page.dispatch.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            dispatch.emit(Action::Continue(browser::today()));
        })
    };
    frame(
        page,
        html! {
            <>
                { problems(page) }
                <form novalidate={true} {onsubmit}>
                    { intro }
                    { notes(page, question) }
                    { fields }
                    { submit(page, "continue") }
                </form>
                { make_complaint(page, question) }
            </>
        },
    )
}

/// What this landlord's file has to say at a question.
fn notes(page: &Page, question: Question) -> Html {
    let landlord = &page.settings.landlord;
    let mut notes = Vec::new();
    match question {
        Question::Adjustments => notes.extend(landlord.formats.clone().map(AttrValue::from)),
        Question::Stage2 => {
            let stage = &landlord.stage_2;
            let within = |within| page.t_with("stage2.ask_within", &[("within", within)]);
            notes.extend(stage.ask_within.as_deref().map(within));
            if !stage.ways.is_empty() {
                let way = |kind: &ChannelKind| page.t(&["channel.", kind.key()].concat());
                let ways: Vec<_> = stage.ways.iter().map(way).collect();
                notes.push(page.t_with("stage2.ways", &[("ways", &ways.join(", "))]));
            }
        }
        _ => {}
    }
    notes.into_iter().map(|text| html! { <p class="note small">{ text }</p> }).collect()
}

/// The way from a thank-you or a comment to a complaint (Code 1.6).
fn make_complaint(page: &Page, question: Question) -> Html {
    if question != Question::Feedback {
        return Html::default();
    }
    html! {
        <div class="aside">
            { plain(page.t("feedback.complaint")) }
            { page.button("make_complaint", "button quiet-button", page.on_press(|| Some(Action::MakeComplaint))) }
        </div>
    }
}

/// The one submit button of a form. The second press of a double click must not skip a page.
pub fn submit(page: &Page, action: &str) -> Html {
    submit_named(action, page.said(&["action.", action].concat()))
}

/// The same, with these words.
pub fn submit_named(action: &str, text: AttrValue) -> Html {
    let onclick = Callback::from(|event: MouseEvent| {
        if browser::is_second_click(&event) {
            event.prevent_default();
        }
    });
    html! {
        <button type="submit" class="button" part="button" data-action={action.to_owned()} {onclick}>
            { text }
        </button>
    }
}

/// A field with its own label, on a page that has more of them.
fn one_of_several(page: &Page, question: Question, it: &question::Field) -> Html {
    let messages = &page.settings.messages;
    let text = summary::field_label(it.name, question, &page.session.draft, messages);
    let is_required =
        validate::is_required(question, it, &page.session.draft, &page.session.landlord);
    let optional = (!is_required && !question.is_optional()).then(|| optional_tag(page));
    let optional = optional.unwrap_or_default();
    let text = html! { <><span class="label-text">{ text }</span>{ optional }</> };
    let hint = messages.get(&["field.", it.name.key(), ".hint"].concat());
    entry(page, it, named(it, text, Some("label")), hint)
}

/// The name of a field: a label for a box; for a group of options the legend is around it.
fn named(it: &question::Field, text: Html, class: Option<&'static str>) -> Html {
    match it.kind {
        Kind::Radios(_) | Kind::Checkboxes(..) => text,
        Kind::Line(_) | Kind::Paragraphs(_) | Kind::Files => {
            html! { <label {class} for={it.name.key()}>{ text }</label> }
        }
    }
}

fn optional_tag(page: &Page) -> Html {
    html! { <span class="optional">{ ["(", &page.t("common.optional"), ")"].concat() }</span> }
}

fn entry(page: &Page, it: &question::Field, label: Html, hint: Option<AttrValue>) -> Html {
    let name = it.name;
    if matches!(it.kind, Kind::Files) {
        return files::field(page, it, label);
    }
    let (entered, pressed) = (page.dispatch.clone(), page.dispatch.clone());
    let landlord = &page.settings.landlord;
    let keys = match it.kind {
        Kind::Radios(keys) | Kind::Checkboxes(keys, _) => {
            keys(landlord).into_iter().map(|key| key.to_owned().into()).collect()
        }
        Kind::Line(_) | Kind::Paragraphs(_) | Kind::Files => Vec::new(),
    };
    let settings = page.settings;
    field(Field {
        name: name.key(),
        kind: it.kind,
        label,
        hint,
        problem: sentence(page, name),
        keys,
        values: page.session.draft.values(name).to_vec(),
        autocomplete: autocomplete(name, &page.session.draft),
        option_label: &|key| summary::option_label(name, key, settings),
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
fn autocomplete(name: FieldName, draft: &Draft) -> &'static str {
    if name != FieldName::RepresentativeName && draft.is_about_another() {
        return "off";
    }
    match name {
        FieldName::Name | FieldName::RepresentativeName => "name",
        FieldName::Address => "street-address",
        FieldName::Postcode => "postal-code",
        FieldName::Email => "email",
        FieldName::Phone => "tel",
        _ => "",
    }
}
