//! Pages that a resident keeps: the copy, the letter, the draft file. Plain HTML without a script, which
//! opens from a disk or an e-mail, fetches nothing, and prints.

use domain::choices::Choice;
use domain::code::{HOUSING_OMBUDSMAN, LGSCO, OmbudsmanContact};
use domain::landlord::Channel;
use domain::rights::Lgsco;

use crate::components::summary_list::named;
use crate::messages::Messages;
use crate::summary::{Row, Value};

/// Nothing is fetched and nothing runs, whatever stands in the page.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";
/// Bytes of an answer that stands in a line with its name.
const LINE: usize = 60;
const STYLE: &str = include_str!("../styles/paper.css");

/// A page that is being written.
pub struct Paper<'a> {
    html: String,
    messages: &'a Messages,
}

impl<'a> Paper<'a> {
    /// Begins a page. `data` is what programs read ([`data`]); it stands first, so that a file that
    /// was cut off still has it.
    pub fn new(messages: &'a Messages, language: &str, title: &str, data: &str) -> Self {
        let html = [
            "<!doctype html>\n<html lang=\"",
            &escape(language),
            "\" dir=\"",
            &escape(&messages.t("language.direction")),
            "\"><head><meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"",
            POLICY,
            "\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>",
            &escape(title),
            "</title>\n",
            data,
            "<style>\n",
            STYLE,
            "</style></head>\n<body><main>\n",
        ]
        .concat();
        Self { html, messages }
    }

    /// An element with a text.
    pub fn text(&mut self, tag: &str, class: &str, text: &str) {
        self.open(tag, class);
        self.html.push_str(&escape(text));
        self.close(tag);
    }

    /// A paragraph.
    pub fn paragraph(&mut self, text: &str) {
        self.text("p", "", text);
    }

    /// The beginning of an element.
    pub fn open(&mut self, tag: &str, class: &str) {
        self.html.push('<');
        self.html.push_str(tag);
        if !class.is_empty() {
            self.html.push_str(" class=\"");
            self.html.push_str(class);
            self.html.push('"');
        }
        self.html.push('>');
    }

    /// The end of an element.
    pub fn close(&mut self, tag: &str) {
        self.html.push_str("</");
        self.html.push_str(tag);
        self.html.push_str(">\n");
    }

    /// A list of points.
    pub fn list(&mut self, tag: &str, items: &[String]) {
        self.open(tag, "");
        for item in items {
            self.html.push_str("<li dir=\"auto\">");
            self.html.push_str(&escape(item));
            self.close("li");
        }
        self.close(tag);
    }

    /// A term of a list of pairs, between `open("dl", …)` and `close("dl")`, and what belongs to it.
    pub fn pair(&mut self, term: &str, text: &str) {
        self.text("dt", "", term);
        self.html.push_str("<dd dir=\"auto\">");
        self.html.push_str(&escape(text));
        self.close("dd");
    }

    /// What was answered, question by question; at the end, where `none` stands for an answer that was
    /// not given, the questions without one.
    pub fn answers(&mut self, rows: &[Row], none: Option<&str>) {
        self.open("dl", "answers");
        for row in rows {
            let mut values = row.values.iter().filter(|it| !it.text.is_empty()).peekable();
            if values.peek().is_some() {
                self.text("dt", "", &row.title);
                values.for_each(|it| self.answer(it));
            }
        }
        let is_open = |row: &&Row| row.values.iter().all(|it| it.text.is_empty());
        let mut open = rows.iter().filter(is_open).peekable();
        if let Some(none) = none.filter(|_| open.peek().is_some()) {
            self.text("dt", "", none);
            open.for_each(|it| self.text("dd", "", &it.title));
        }
        self.close("dl");
    }

    /// An answer under the name that it has beside others; a long one begins a line of its own.
    fn answer(&mut self, value: &Value) {
        self.html.push_str("<dd dir=\"auto\">");
        if let Some(name) = value.name.as_ref().filter(|_| !value.is_of_title) {
            let is_long = value.text.len() > LINE || value.text.contains('\n');
            self.open("span", if is_long { "name line" } else { "name" });
            self.html.push_str(&escape(named(name, "").trim_end()));
            self.html.push_str(if is_long { "</span>" } else { "</span> " });
        }
        self.html.push_str(&escape(&value.text));
        self.close("dd");
    }

    /// Other ways to reach the landlord (Code 3.1).
    pub fn channels(&mut self, channels: &[Channel]) {
        self.open("dl", "answers");
        for channel in channels {
            let name = self.messages.t(&["channel.", channel.kind.key()].concat());
            let ways = channel.value.iter().chain(&channel.note).map(String::as_str);
            self.pair(&name, &ways.collect::<Vec<_>>().join("\n"));
        }
        self.close("dl");
    }

    /// What the resident may do, and how to reach the Ombudsman; the second one where it has to do
    /// with this (Code 3.7).
    pub fn rights(&mut self, title: &str, text: &str, lgsco: Lgsco) {
        self.open("section", "box");
        self.text("h2", "", title);
        self.paragraph(text);
        self.ombudsman("rights.housing", &HOUSING_OMBUDSMAN);
        if lgsco != Lgsco::No {
            self.paragraph(&self.messages.t("rights.lgsco.also"));
            self.ombudsman("rights.lgsco", &LGSCO);
        }
        self.close("section");
    }

    fn ombudsman(&mut self, name: &str, contact: &OmbudsmanContact) {
        self.open("p", "");
        self.html.push_str("<strong>");
        self.html.push_str(&escape(&self.messages.t(name)));
        self.html.push_str("</strong><br>");
        self.html.push_str(contact.phone);
        self.html.push_str("<br><a href=\"");
        self.html.push_str(contact.url);
        self.html.push_str("\">");
        self.html.push_str(contact.web);
        self.html.push_str("</a><br>");
        self.html.push_str(contact.post);
        self.close("p");
    }

    /// The page so far, to go on with by hand.
    pub fn unfinished(self) -> String {
        self.html
    }

    /// The whole page.
    pub fn finish(mut self) -> String {
        self.html.push_str(END);
        self.html
    }
}

/// An answer as text, under the name that it has beside others; a long one begins a line of its own.
pub fn answer(value: &Value) -> String {
    match value.name.as_ref().filter(|_| !value.is_of_title) {
        Some(name) if value.text.len() > LINE || value.text.contains('\n') => {
            [named(name, "").trim_end(), "\n", &value.text].concat()
        }
        Some(name) => named(name, &value.text),
        None => value.text.clone(),
    }
}

/// How every page ends.
pub const END: &str = "</main></body></html>\n";

/// JSON for programs, under this id. No answer in it can end the script, and it is in ASCII, so that
/// no change of encoding on its way harms it.
pub fn data(id: &str, attributes: &str, json: &str) -> String {
    let attributes = if attributes.is_empty() { String::new() } else { [" ", attributes].concat() };
    ["<script type=\"application/json\" id=\"", id, "\"", &attributes, ">", json, "</script>\n"]
        .concat()
}

/// JSON as [`data`] takes it: what is not plain ASCII, and what means something in HTML, is escaped as
/// JSON has it (RFC 8259, section 7). It means the same.
pub fn ascii(json: &str) -> String {
    let mut ascii = String::with_capacity(json.len());
    for char in json.chars() {
        if char.is_ascii() && !matches!(char, '<' | '>' | '&' | '\u{7f}') {
            ascii.push(char);
            continue;
        }
        for unit in char.encode_utf16(&mut [0; 2]) {
            ascii.push_str("\\u");
            for shift in [12, 8, 4, 0] {
                let nibble = u32::from(*unit) >> shift & 15;
                ascii.push(char::from_digit(nibble, 16).unwrap_or_default());
            }
        }
    }
    ascii
}

/// Text as HTML, so that markup in it is shown and never obeyed.
pub fn escape(text: &str) -> String {
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
    use domain::json::Json;

    #[test]
    fn markup_is_shown_and_never_obeyed() {
        let markup = "<script>alert(\"1\")</script> & more";
        let messages = Messages::default();
        let mut paper = Paper::new(&messages, "en", markup, "");
        paper.text("h1", "", markup);
        paper.open("dl", "answers");
        paper.pair(markup, markup);
        paper.close("dl");
        paper.list("ul", &[markup.to_owned()]);
        let page = paper.finish();
        assert!(!page.contains("<script"));
        let shown = "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; more";
        assert_eq!(page.matches(shown).count(), 5);
    }

    #[test]
    fn no_answer_ends_the_script_and_every_answer_means_the_same() {
        let answer = "</script><!-- é 🏠 \u{2028} \" \\ \n \u{7f} &amp;";
        let json = serde_json::to_string(&Json::from(answer)).unwrap();
        let ascii = ascii(&json);
        assert!(ascii.is_ascii() && !ascii.contains(['<', '>', '&', '\n']));
        assert_eq!(serde_json::from_str::<Json>(&ascii).unwrap(), Json::from(answer));
    }
}
