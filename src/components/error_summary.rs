//! All problems of a page in one place, which takes focus; each links to its field (WCAG 3.3.1).

use yew::prelude::*;
use yew::virtual_dom::AttributeOrProperty::Static;
use yew::virtual_dom::Attributes;

use super::element::with_attributes;

use crate::browser;

/// A problem: the id of its field, and its sentence.
pub type Line = (&'static str, AttrValue);

/// The list. The alert is a child of what takes focus: some screen readers lose one of the two
/// otherwise.
#[inline(never)]
pub fn error_summary(title: AttrValue, lines: Vec<Line>, heading: &str) -> Html {
    let attributes =
        Attributes::Static(&[("id", Static("errors-title")), ("class", Static("errors-title"))]);
    let title = with_attributes(heading.to_owned().into(), attributes, title.into());
    html! {
        <div class="errors" part="error-summary" data-errors="" tabindex="-1" role="group" aria-labelledby="errors-title">
            <div role="alert">
                { title }
                <ul>
                    { for lines.into_iter().map(|(id, text)| {
                        let onclick = move |event: MouseEvent| browser::focus_field(&event, id);
                        html! { <li key={&*text}><a href={["#", id].concat()} {onclick}>{ text }</a></li> }
                    }) }
                </ul>
            </div>
        </div>
    }
}
