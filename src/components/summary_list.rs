//! Questions and answers in a list.

use yew::prelude::*;

/// One question with its answers.
pub struct Line {
    /// The question as it was asked.
    pub label: AttrValue,
    /// What was answered, each with a name of its own where there are several.
    pub values: Vec<(Option<AttrValue>, AttrValue)>,
    /// The button that changes it, where it can be changed.
    pub change: Option<Html>,
}

/// The list. `none` stands for an answer that was not given.
pub fn summary_list(lines: Vec<Line>, none: &AttrValue) -> Html {
    html! { <dl class="summary">{ for lines.into_iter().map(|line| row(line, none)) }</dl> }
}

fn row(line: Line, none: &AttrValue) -> Html {
    let values = if line.values.is_empty() {
        html! { <dd class="summary-value quiet">{ none.clone() }</dd> }
    } else {
        line.values.into_iter().map(value).collect()
    };
    html! {
        <div class="summary-row">
            <dt>{ line.label }</dt>
            { values }
            { line.change.map(|change| html! { <dd class="summary-change">{ change }</dd> }) }
        </div>
    }
}

fn value((name, text): (Option<AttrValue>, AttrValue)) -> Html {
    match name {
        None => html! { <dd class="summary-value" dir="auto">{ text }</dd> },
        Some(name) => html! {
            <dd class="summary-value">
                <span class="quiet">{ [&*name, if name.ends_with('?') { " " } else { ": " }].concat() }</span>
                <bdi>{ text }</bdi>
            </dd>
        },
    }
}
