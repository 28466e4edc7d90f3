//! Questions and answers in a list.

use yew::prelude::*;

use super::element::{self, all, element};

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
    let rows = lines.into_iter().map(|line| row(line, none)).collect();
    element("dl", "summary", all(rows))
}

fn row(line: Line, none: &AttrValue) -> Html {
    let mut parts = vec![element::text("dt", "", line.label)];
    if line.values.is_empty() {
        parts.push(element::text("dd", "summary-value quiet", none.clone()));
    }
    parts.extend(line.values.into_iter().map(value));
    parts.extend(line.change.map(|change| element("dd", "summary-change", change)));
    element("div", "summary-row", all(parts))
}

/// "Language: Polish"; a name that asks needs no colon.
pub fn named(name: &str, text: &str) -> String {
    [name, if name.ends_with('?') { " " } else { ": " }, text].concat()
}

fn value((name, text): (Option<AttrValue>, AttrValue)) -> Html {
    match name {
        None => html! { <dd class="summary-value" dir="auto">{ text }</dd> },
        Some(name) => {
            let name = element::text("span", "quiet", named(&name, "").into());
            element("dd", "summary-value", all(vec![name, element::text("bdi", "", text)]))
        }
    }
}
