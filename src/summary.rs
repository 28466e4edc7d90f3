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
    /// Its title.
    pub title: AttrValue,
    /// Its fields, each with its answer; empty where there was none.
    pub fields: Vec<(&'static Field, String)>,
}

/// Every question on the path, with its answers as they are shown.
pub fn rows(draft: &Draft, messages: &Messages) -> Vec<Row> {
    let questions = flow::path(draft).filter_map(|place| match place {
        Place::Ask(question) => Some(question),
        Place::Advise(_) => None,
    });
    let field = |field: &'static Field| (field, shown(field, draft, messages));
    questions
        .map(|question| Row {
            question,
            title: title(question, draft, messages),
            fields: question.fields().iter().map(field).collect(),
        })
        .collect()
}

/// Every field with its answer, each with a label that stands alone: a question with one field lends
/// it its title, beside others it has a label of its own, too.
pub fn answers(draft: &Draft, messages: &Messages) -> Vec<Answer> {
    let mut answers = Vec::new();
    for row in rows(draft, messages) {
        let is_alone = row.fields.len() == 1;
        for (field, value) in row.fields {
            let name = field.name;
            let label = match is_alone {
                true => row.title.to_string(),
                false => [&row.title, " – ", &field_label(name, draft, messages)].concat(),
            };
            answers.push(Answer { id: name.key().to_owned(), label, value });
        }
    }
    answers
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
