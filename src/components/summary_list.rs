//! Questions and answers in a list, each with a way to change it.

use yew::prelude::*;

/// One question with its answer.
pub struct Line {
    /// The question as it was asked.
    pub label: AttrValue,
    /// The answer as it was given; empty where there was none.
    pub value: AttrValue,
    /// The button that changes it.
    pub change: Html,
}

/// The list. `none` stands for an answer that was not given.
pub fn summary_list(lines: Vec<Line>, none: AttrValue) -> Html {
    html! {
        <dl class="summary">
            { for lines.into_iter().map(|line| {
                let is_empty = line.value.is_empty();
                let value = if is_empty { none.clone() } else { line.value };
                html! {
                    <div class="summary-row">
                        <dt>{ line.label }</dt>
                        <dd class={classes!("summary-value", is_empty.then_some("quiet"))} dir="auto">
                            <span>{ value }</span>
                        </dd>
                        <dd class="summary-change">{ line.change }</dd>
                    </div>
                }
            }) }
        </dl>
    }
}
