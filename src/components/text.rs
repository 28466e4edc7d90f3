//! Paragraphs of plain text. One function in place of many templates: each of those is paid for by a
//! resident (decision 0003).

use yew::prelude::*;

use super::element;

/// A paragraph.
pub fn plain(text: impl Into<AttrValue>) -> Html {
    paragraph("", text.into())
}

/// A lesser paragraph.
pub fn small(text: impl Into<AttrValue>) -> Html {
    paragraph("small", text.into())
}

/// The first paragraph of a page, which says the most.
pub fn lead(text: impl Into<AttrValue>) -> Html {
    paragraph("lead", text.into())
}

/// A paragraph that stands out.
pub fn note(text: impl Into<AttrValue>) -> Html {
    paragraph("note", text.into())
}

/// A paragraph of this class.
pub fn paragraph(class: &'static str, text: AttrValue) -> Html {
    element::text("p", class, text)
}

/// A paragraph whose words change while the page stays. Other words are another paragraph: a browser
/// that translates the page has put texts of its own in the place of ours, and would keep them.
pub fn changing(text: AttrValue) -> Html {
    html! { <p key={&*text}>{ text.clone() }</p> }
}
