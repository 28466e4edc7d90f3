//! A letter, and how it looks: the same parts as plain text and as simple HTML. What somebody typed is
//! in a [`Part::Quote`], or in a fact, and is never markup.
//!
//! What must never be there: an image, a script, anything that is fetched or that tells the sender that
//! a letter was read.

use std::fmt::Write;

/// A letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Its subject line. It never says what a case is about: others may see it on a locked screen.
    pub subject: String,
    /// The language of its words, as a BCP 47 tag.
    pub language: String,
    /// Whether it is half as large again.
    pub is_large: bool,
    /// What it says.
    pub parts: Vec<Part>,
}

/// A part of a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// What the next parts are about.
    Heading(String),
    /// A paragraph.
    Text(String),
    /// The words of a person, unchanged.
    Quote(String),
    /// Names and what they stand for, such as the reference.
    Facts(Vec<(String, String)>),
    /// One after another.
    List(Vec<String>),
    /// A page: its name and its address.
    Link(String, String),
}

impl Letter {
    /// As plain text.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for part in &self.parts {
            if !text.is_empty() {
                text.push('\n');
            }
            match part {
                Part::Heading(words) => {
                    let line: String = words.chars().map(|_| '-').collect();
                    let _ = writeln!(text, "{words}\n{line}");
                }
                Part::Text(words) => {
                    let _ = writeln!(text, "{words}");
                }
                Part::Quote(words) => {
                    for line in words.lines() {
                        let _ = writeln!(text, "> {line}");
                    }
                }
                Part::Facts(facts) => {
                    for (name, value) in facts {
                        let _ = writeln!(text, "{name}: {value}");
                    }
                }
                Part::List(items) => {
                    for item in items {
                        let _ = writeln!(text, "- {item}");
                    }
                }
                Part::Link(name, address) => {
                    let _ = writeln!(text, "{name}:\n{address}");
                }
            }
        }
        text
    }

    /// As HTML: sizes and spaces, and no colours, so that each program shows it in its reader's own.
    pub fn html(&self) -> String {
        let size = if self.is_large { 27 } else { 18 };
        let (language, title) = (escaped(&self.language), escaped(&self.subject));
        let mut html = format!(
            "<!doctype html>\n<html lang=\"{language}\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title></head>\n\
             <body style=\"font-family:Arial,sans-serif;font-size:{size}px;line-height:1.5;\
             max-width:36em;margin:0 auto;padding:1em\">\n"
        );
        for part in &self.parts {
            let _ = match part {
                Part::Heading(words) => writeln!(
                    html,
                    "<h2 style=\"font-size:1.2em;line-height:1.25;margin:1.5em 0 0.5em\">{}</h2>",
                    escaped(words)
                ),
                Part::Text(words) => writeln!(html, "<p>{}</p>", escaped(words)),
                // Who wrote it may have done so in any language, from either side.
                Part::Quote(words) => writeln!(
                    html,
                    "<blockquote dir=\"auto\" style=\"margin:1em 0;padding-inline-start:1em;\
                     border-inline-start:4px solid\">{}</blockquote>",
                    lines(words)
                ),
                Part::Facts(facts) => {
                    html.push_str("<p>");
                    let rows: Vec<String> = facts
                        .iter()
                        .map(|(name, value)| {
                            format!("{}: <strong>{}</strong>", escaped(name), escaped(value))
                        })
                        .collect();
                    writeln!(html, "{}</p>", rows.join("<br>\n"))
                }
                Part::List(items) => {
                    let items: Vec<String> =
                        items.iter().map(|it| format!("<li>{}</li>", escaped(it))).collect();
                    writeln!(html, "<ul>{}</ul>", items.join("\n"))
                }
                Part::Link(name, address) => writeln!(
                    html,
                    "<p>{}:<br><a href=\"{address}\">{address}</a></p>",
                    escaped(name),
                    address = escaped(address)
                ),
            };
        }
        html.push_str("</body></html>\n");
        html
    }
}

/// Words as HTML, with their lines.
fn lines(words: &str) -> String {
    let lines: Vec<String> = words.lines().map(escaped).collect();
    lines.join("<br>\n")
}

fn escaped(words: &str) -> String {
    let mut escaped = String::with_capacity(words.len());
    for letter in words.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(parts: Vec<Part>) -> Letter {
        let subject = "Your case K47-W92-F36".to_owned();
        Letter { subject, language: "en".to_owned(), is_large: false, parts }
    }

    #[test]
    fn what_a_person_wrote_is_never_markup() {
        let evil = "<script>alert(1)</script>\n<img src=x onerror=\"x\"> & 'so on'";
        let all = letter(vec![
            Part::Heading(evil.to_owned()),
            Part::Text(evil.to_owned()),
            Part::Quote(evil.to_owned()),
            Part::Facts(vec![(evil.to_owned(), evil.to_owned())]),
            Part::List(vec![evil.to_owned()]),
            Part::Link(evil.to_owned(), evil.to_owned()),
        ]);
        let html = all.html();
        assert!(!html.contains("<script") && !html.contains("<img") && !html.contains("\"x\""));
        // As text it is there unchanged.
        assert!(all.text().contains("> <script>alert(1)</script>\n> <img src=x onerror=\"x\">"));
    }

    #[test]
    fn large_print_is_half_as_large_again() {
        let mut it = letter(vec![Part::Text("x".to_owned())]);
        assert!(it.html().contains("font-size:18px"));
        it.is_large = true;
        assert!(it.html().contains("font-size:27px"));
    }

    #[test]
    fn nothing_in_a_letter_is_fetched() {
        let html = letter(vec![Part::Link("Page".to_owned(), "https://x.org/".to_owned())]).html();
        assert!(html.contains("href=\"https://x.org/\""));
        for fetched in ["src=", "url(", "<link", "<style", "http-equiv"] {
            assert!(!html.contains(fetched), "{fetched}");
        }
    }
}
