//! One field: label, hint, problem and control, tied together for assistive technology.

use domain::question::{Kind, Line};
use yew::prelude::*;

use super::options::{self, Options};
use crate::browser;

/// A field, in texts and callbacks.
pub struct Field<'a> {
    /// Stable name: the id and the name of the control.
    pub name: &'static str,
    /// What kind of control it is.
    pub kind: Kind,
    /// What stands before it: the `<label>` of a box, or what goes into the legend of a group. It may
    /// be the page's heading.
    pub label: Html,
    /// One short sentence of help.
    pub hint: Option<AttrValue>,
    /// What to put right.
    pub problem: Option<AttrValue>,
    /// Keys of its options, in order, where it has any.
    pub keys: Vec<AttrValue>,
    /// What was entered.
    pub values: Vec<String>,
    /// What the browser may fill in (WCAG 1.3.5).
    pub autocomplete: &'static str,
    /// Labels of options, by key.
    pub option_label: &'a dyn Fn(&str) -> AttrValue,
    /// The word before an option that excludes the others.
    pub or: AttrValue,
    /// Called with the text whenever it changes.
    pub on_enter: Callback<String>,
    /// Called with the key of an option that was pressed.
    pub on_press: Callback<AttrValue>,
}

/// A field.
pub fn field(field: Field) -> Html {
    let name = field.name;
    let hint_id = [name, "-hint"].concat();
    let problem_id = [name, "-problem"].concat();
    let hint =
        field.hint.as_ref().map(|text| html! { <p class="hint" id={hint_id.clone()}>{ text }</p> });
    // Other words are another element: see `text::changing`.
    let problem = field.problem.as_ref().map(|text| {
        html! { <p class="problem" id={problem_id.clone()}><span key={&**text}>{ text }</span></p> }
    });
    let described_by = match (hint.is_some(), problem.is_some()) {
        (true, true) => Some([&*hint_id, " ", &problem_id].concat()),
        (true, false) => Some(hint_id.clone()),
        (false, true) => Some(problem_id.clone()),
        (false, false) => None,
    };
    let class = classes!("field", field.problem.is_some().then_some("field-wrong"));
    // What is not there keeps its place, or its neighbours would change theirs.
    let (hint, problem) = (hint.unwrap_or_default(), problem.unwrap_or_default());
    let (exclusive, is_multiple) = match field.kind {
        Kind::Radios(_) => (None, false),
        Kind::Checkboxes(_, exclusive) => (exclusive, true),
        Kind::Line(_) | Kind::Paragraphs(_) | Kind::Files => {
            let is_wrong = field.problem.is_some();
            let control = text_control(&field, described_by, is_wrong);
            return html! {
                <div {class}>
                    { field.label }
                    { hint }
                    { problem }
                    { control }
                </div>
            };
        }
    };
    let options = Options {
        name,
        keys: field.keys,
        exclusive,
        is_multiple,
        values: field.values,
        label: field.option_label,
        or: field.or,
        on_press: field.on_press,
    };
    html! {
        <div {class}>
            <fieldset aria-describedby={described_by}>
                <legend>{ field.label }</legend>
                { hint }
                { problem }
                { options::options(options) }
            </fieldset>
        </div>
    }
}

fn text_control(field: &Field, described_by: Option<String>, is_wrong: bool) -> Html {
    let name = field.name;
    let value = field.values.first().cloned().unwrap_or_default();
    let invalid = is_wrong.then_some("true");
    let on_enter = field.on_enter.clone();
    let oninput = Callback::from(move |event| on_enter.emit(browser::typed(&event)));
    let autocomplete = (!field.autocomplete.is_empty()).then_some(field.autocomplete);
    match field.kind {
        Kind::Paragraphs(rows) => {
            html! {
                <textarea id={name} {name} rows={rows.to_string()} {value} {autocomplete} {oninput}
                    aria-describedby={described_by} aria-invalid={invalid} dir="auto" />
            }
        }
        Kind::Line(line) => {
            let (kind, spellcheck) = match line {
                // A date field of the browser forgets what it can't read, without a word.
                Line::Plain | Line::Date => ("text", None),
                Line::Name | Line::Postcode => ("text", Some("false")),
                Line::Email => ("email", Some("false")),
                Line::Phone => ("tel", None),
            };
            let class = matches!(line, Line::Postcode | Line::Date).then_some("short");
            html! {
                <input id={name} {name} type={kind} {class} {value} {autocomplete} {spellcheck} {oninput}
                    aria-describedby={described_by} aria-invalid={invalid} dir="auto" />
            }
        }
        Kind::Radios(_) | Kind::Checkboxes(..) | Kind::Files => Html::default(),
    }
}
