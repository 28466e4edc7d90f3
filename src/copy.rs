//! The copy that a resident keeps: a page of plain HTML that opens anywhere, with every answer word
//! for word, the reference, the dates and the rights.

use domain::code::{HOUSING_OMBUDSMAN, LGSCO, OmbudsmanContact};
use domain::record::Answer;
use domain::rights::Lgsco;
use yew::AttrValue;

use crate::messages::Messages;

/// What goes at the top of a copy.
pub struct Heading {
    /// What it is.
    pub title: AttrValue,
    /// Lines such as the reference and the dates.
    pub lines: Vec<String>,
    /// What the resident may do.
    pub rights: AttrValue,
    /// Whether the second Ombudsman is named.
    pub lgsco: Lgsco,
}

/// A complete HTML page.
pub fn html(messages: &Messages, language: &str, heading: &Heading, answers: &[Answer]) -> String {
    let title = escape(&heading.title);
    let mut page = String::from("<!doctype html>\n<html lang=\"");
    page.push_str(&escape(language));
    page.push_str("\" dir=\"");
    page.push_str(&escape(&messages.t("language.direction")));
    page.push_str(
        "\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>",
    );
    page.push_str(&title);
    page.push_str("</title><style>body{font:1.1em/1.5 sans-serif;max-width:40em;margin:2em auto;padding:0 1em}dt{font-weight:bold;margin-top:1em}dd{margin:0;white-space:pre-wrap;overflow-wrap:anywhere}</style></head><body><h1>");
    page.push_str(&title);
    page.push_str("</h1>\n");
    for line in &heading.lines {
        paragraph(&mut page, line);
    }
    page.push_str("<dl>\n");
    for answer in answers {
        page.push_str("<dt>");
        page.push_str(&escape(&answer.label));
        page.push_str("</dt><dd>");
        let value = if answer.value.is_empty() {
            messages.t("common.not_answered")
        } else {
            answer.value.clone().into()
        };
        page.push_str(&escape(&value));
        page.push_str("</dd>\n");
    }
    page.push_str("</dl>\n<h2>");
    page.push_str(&escape(&messages.t("rights.title")));
    page.push_str("</h2>\n");
    paragraph(&mut page, &heading.rights);
    ombudsman(&mut page, &HOUSING_OMBUDSMAN);
    if heading.lgsco != Lgsco::No {
        paragraph(&mut page, &messages.t("rights.lgsco.also"));
        ombudsman(&mut page, &LGSCO);
    }
    page.push_str("</body></html>\n");
    page
}

fn ombudsman(page: &mut String, ombudsman: &OmbudsmanContact) {
    for line in [ombudsman.phone, ombudsman.web, ombudsman.post] {
        paragraph(page, line);
    }
}

fn paragraph(page: &mut String, text: &str) {
    page.push_str("<p>");
    page.push_str(&escape(text));
    page.push_str("</p>\n");
}

/// Text as HTML, so that markup in it is shown and never obeyed.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_an_answer_is_shown_and_never_obeyed() {
        let answer = Answer {
            id: "account".into(),
            label: "What happened?".into(),
            value: "<script>alert(\"1\")</script> & more".into(),
        };
        let heading = Heading {
            title: "<i>".into(),
            lines: vec!["<b>".into()],
            rights: "You may ask.".into(),
            lgsco: Lgsco::Also,
        };
        let page = html(&Messages::default(), "en", &heading, &[answer]);
        assert!(!page.contains("<script"));
        assert!(page.contains("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; more"));
        assert!(page.contains("<p>&lt;b&gt;</p>"));
        assert!(page.contains("<h1>&lt;i&gt;</h1>"));
        assert!(page.contains("0300 111 3000") && page.contains("0300 061 0614"));
    }
}
