//! The command `evidence`: rows for the annual self-assessment against the Complaint Handling Code
//! (8.1), with what the form does for one landlord. For a complaints officer to paste and complete.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};

use domain::landlord::{self, Landlord};

use crate::options::{self, Format};
use crate::provisions::{Comply, PROVISIONS, Provision};
use crate::{Failure, deadlines};

/// A row of the self-assessment form, for one landlord.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The provision's number in the Code.
    pub provision: &'static str,
    /// What it asks for, in short.
    pub requirement: &'static str,
    /// How far the form meets it.
    pub comply: Comply,
    /// How it meets it, and the tests that show it.
    pub evidence: String,
}

/// Writes the evidence for a landlord on standard output.
///
/// # Errors
///
/// The file can't be used.
pub fn evidence(options: &options::Evidence) -> Result<(), Failure> {
    let file = &options.file;
    let text = fs::read_to_string(file)
        .map_err(|source| Failure::LandlordUnreadable { file: file.clone(), source })?;
    let parsed = landlord::parse(&text).map_err(|findings| Failure::LandlordUnusable {
        file: file.clone(),
        findings: deadlines::sentence(&findings),
    })?;
    // Whoever closed standard output does not want it.
    let _ = io::stdout().write_all(document(&parsed.landlord, options.format).as_bytes());
    Ok(())
}

/// The evidence for a landlord, as a document.
pub fn document(landlord: &Landlord, format: Format) -> String {
    let rows = rows(landlord);
    match format {
        Format::Markdown => markdown(landlord, &rows),
        Format::Html => html(landlord, &rows),
        Format::Csv => csv(&rows),
    }
}

/// Every provision of the Code, in order.
pub fn rows(landlord: &Landlord) -> Vec<Row> {
    let row = |it: &Provision| Row {
        provision: it.number,
        requirement: it.requirement,
        comply: (it.comply)(landlord),
        evidence: [&*(it.evidence)(landlord), &shown_by(it.tests)].concat(),
    };
    PROVISIONS.iter().map(row).collect()
}

/// A test's name is a sentence about what somebody relies on.
fn shown_by(tests: &[&str]) -> String {
    if tests.is_empty() {
        return String::new();
    }
    let names = tests.iter().map(|it| match it.contains('/') {
        true => format!("“{it}”"),
        false => format!("“{}”", it.replace('_', " ")),
    });
    format!(" Tested: {}.", names.collect::<Vec<_>>().join(", "))
}

const COLUMNS: [&str; 4] = ["Code provision", "Code requirement", "Comply", "Evidence"];

fn title(landlord: &Landlord) -> String {
    format!("Self-assessment evidence: {}", landlord.name)
}

/// What a reader must know of all rows.
fn about(landlord: &Landlord) -> [String; 3] {
    [
        format!(
            "What the complaint form does for each provision of the Housing Ombudsman's Complaint \
             Handling Code (2024). From edition {} of the landlord's file, version {} of the form.",
            landlord.config_version,
            env!("CARGO_PKG_VERSION")
        ),
        "“Yes” is what the form meets by itself. “In part” is where people do the rest, and “The form \
         can't show this” is where they do all of it: what to add is said in the row."
            .to_owned(),
        "Requirements are summaries; the wording of the Code decides.".to_owned(),
    ]
}

fn cells(row: &Row) -> [&str; 4] {
    [row.provision, row.requirement, row.comply.text(), &row.evidence]
}

fn markdown(landlord: &Landlord, rows: &[Row]) -> String {
    let line = |cells: [&str; 4]| {
        let cells = cells.map(escape_markdown);
        format!("| {} |\n", cells.join(" | "))
    };
    let mut text = format!("# {}\n\n", escape_markdown(&title(landlord)));
    for paragraph in about(landlord) {
        let _ = writeln!(text, "{}\n", escape_markdown(&paragraph));
    }
    text.push_str(&line(COLUMNS));
    text.push_str("| --- | --- | --- | --- |\n");
    text.extend(rows.iter().map(|row| line(cells(row))));
    text
}

/// Text as it is: no mark-up, no cell and no line ends in it.
fn escape_markdown(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            char if char.is_control() => escaped.push(' '),
            char => {
                if "\\`*_[]|~#".contains(char) {
                    escaped.push('\\');
                }
                escaped.push(char);
            }
        }
    }
    escaped
}

/// A whole page that needs nothing else: it can be opened, printed and pasted into a document.
fn html(landlord: &Landlord, rows: &[Row]) -> String {
    let title = escape_html(&title(landlord));
    let mut body = String::new();
    for paragraph in about(landlord) {
        let _ = writeln!(body, "<p>{}</p>", escape_html(&paragraph));
    }
    // On a small screen the table scrolls by itself, with the keyboard too.
    body.push_str(
        "<div class=\"scroll\" role=\"region\" aria-labelledby=\"caption\" tabindex=\"0\">\n<table>\n",
    );
    let _ =
        writeln!(body, "<caption id=\"caption\">{} provisions of the Code</caption>", rows.len());
    body.push_str("<thead>\n<tr>");
    for column in COLUMNS {
        let _ = write!(body, "<th scope=\"col\">{column}</th>");
    }
    body.push_str("</tr>\n</thead>\n<tbody>\n");
    for row in rows {
        let [provision, cells @ ..] = cells(row).map(escape_html);
        let _ = write!(body, "<tr><th scope=\"row\">{provision}</th>");
        for cell in cells {
            let _ = write!(body, "<td>{cell}</td>");
        }
        body.push_str("</tr>\n");
    }
    body.push_str("</tbody>\n</table>\n</div>\n");
    format!(
        "<!DOCTYPE html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>\n{STYLES}</style>\n</head>\n<body>\n<main>\n\
         <h1>{title}</h1>\n{body}</main>\n</body>\n</html>\n"
    )
}

const STYLES: &str = "\
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 75rem; margin: 0 auto; padding: 1rem; }
p { max-width: 45rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; min-width: 40rem; }
caption { text-align: start; font-weight: bold; padding-block: 0.5rem; }
th, td { border: 1px solid; padding: 0.5rem; text-align: start; vertical-align: top; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
";

fn escape_html(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '"' => escaped.push_str("&quot;"),
            char if char.is_control() => escaped.push(' '),
            char => escaped.push(char),
        }
    }
    escaped
}

/// RFC 4180: every field quoted, lines that end with CR and LF.
fn csv(rows: &[Row]) -> String {
    let line = |cells: [&str; 4]| {
        let cells = cells.map(|it| format!("\"{}\"", it.replace('"', "\"\"")));
        format!("{}\r\n", cells.join(","))
    };
    let lines = rows.iter().map(|row| line(cells(row)));
    std::iter::once(line(COLUMNS)).chain(lines).collect()
}
