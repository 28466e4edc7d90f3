//! What was answered, in the words of the page: for the check page, the copy and the record alike.

use domain::choices::{Choice, OnBehalfOf};
use domain::draft::Draft;
use domain::flow::{self, Place};
use domain::question::{Field, FieldName, Kind, Question};
use domain::record::Answer;
use domain::validate::is_blank;
use yew::AttrValue;

use crate::messages::Messages;

/// A question on the path, with its answers as they are shown.
pub struct Row {
    /// Which question.
    pub question: Question,
    /// Its answers, one for each field.
    pub answers: Vec<Answer>,
}

/// Every question on the path, with its answers as they are shown.
pub fn rows(draft: &Draft, messages: &Messages) -> Vec<Row> {
    let questions = flow::path(draft).filter_map(|place| match place {
        Place::Ask(question) => Some(question),
        Place::Advise(_) => None,
    });
    questions
        .map(|question| Row {
            question,
            answers: question
                .fields()
                .iter()
                .map(|field| Answer {
                    id: field.name.key().to_owned(),
                    label: full_label(question, field.name, draft, messages),
                    value: shown(field, draft, messages),
                })
                .collect(),
        })
        .collect()
}

/// The answers alone.
pub fn answers(draft: &Draft, messages: &Messages) -> Vec<Answer> {
    rows(draft, messages).into_iter().flat_map(|row| row.answers).collect()
}

/// The title of a question, said of the right person.
pub fn title(question: Question, draft: &Draft, messages: &Messages) -> AttrValue {
    let key = ["question.", question.key(), ".title"].concat();
    messages.variant(&key, person(draft)).unwrap_or_default()
}

/// The hint of a question, said of the right person.
pub fn hint(question: Question, draft: &Draft, messages: &Messages) -> Option<AttrValue> {
    messages.variant(&["question.", question.key(), ".hint"].concat(), person(draft))
}

/// What a field is called beside the other fields of its page, said of the right person.
pub fn field_label(name: FieldName, draft: &Draft, messages: &Messages) -> AttrValue {
    let key = ["field.", name.key(), ".label"].concat();
    messages.variant(&key, person(draft)).unwrap_or_default()
}

/// What a field is called where it stands alone: with the title of its question.
fn full_label(question: Question, name: FieldName, draft: &Draft, messages: &Messages) -> String {
    let title = title(question, draft, messages);
    if question.fields().len() == 1 {
        return title.to_string();
    }
    [&title, " – ", &field_label(name, draft, messages)].concat()
}

/// The label of an option.
pub fn option_label(name: FieldName, option: &str, messages: &Messages) -> AttrValue {
    messages.t(&["option.", name.key(), ".", option].concat())
}

fn person(draft: &Draft) -> &'static str {
    match draft.on_behalf_of() {
        Some(OnBehalfOf::SomeoneElse) => "someone_else",
        Some(OnBehalfOf::Group) => "group",
        Some(OnBehalfOf::Me | OnBehalfOf::Household) | None => "me",
    }
}

fn shown(field: &Field, draft: &Draft, messages: &Messages) -> String {
    match field.kind {
        Kind::Radios(options) | Kind::Checkboxes(options, _) => {
            let mut shown = String::new();
            for option in options() {
                if draft.values(field.name).iter().any(|value| value == option) {
                    if !shown.is_empty() {
                        shown.push('\n');
                    }
                    shown.push_str(&option_label(field.name, option, messages));
                }
            }
            shown
        }
        Kind::Line(_) | Kind::Paragraphs(_) => {
            let text = draft.text(field.name);
            if is_blank(text) { String::new() } else { text.to_owned() }
        }
    }
}
