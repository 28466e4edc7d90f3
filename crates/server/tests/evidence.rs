//! The evidence for the annual self-assessment: whole, well-formed, and true as long as the tests that
//! it cites are there.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use common::{command, project};
use domain::landlord::{self, Channel, ChannelKind, Landlord, Link, StageTwo};
use serde_json::Value;
use server::evidence::{Row, document, rows};
use server::options::Format;
use server::provisions::{Comply, PROVISIONS};

/// The sections of the Code with the numbers of their first and last provisions.
const CODE: &[(u8, u8, u8)] = &[
    (1, 2, 6),
    (2, 1, 5),
    (3, 1, 7),
    (4, 1, 3),
    (5, 1, 15),
    (6, 1, 20),
    (7, 1, 4),
    (8, 1, 5),
    (9, 1, 8),
];

fn landlords() -> Vec<(String, Landlord)> {
    let mut landlords: Vec<_> = fs::read_dir(project().join("landlords"))
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let parsed = landlord::parse(&fs::read_to_string(&path).unwrap()).ok().unwrap();
            (path.file_name().unwrap().to_str().unwrap().to_owned(), parsed.landlord)
        })
        .collect();
    landlords.sort_by(|a, b| a.0.cmp(&b.0));
    assert_eq!(landlords.len(), 6);
    landlords
}

/// A landlord whose own words would break every format.
fn hostile() -> Landlord {
    let words = "a|b `c` *d* [e](f) <script>\"g\", 'h' & co\r\n=1+1".to_owned();
    Landlord {
        name: words.clone(),
        team: Some(words.clone()),
        policy: Some(Link { name: words.clone(), url: None }),
        formats: Some(words.clone()),
        urgent_phone: Some(words.clone()),
        channels: vec![Channel {
            kind: ChannelKind::Phone,
            value: Some(words.clone()),
            note: None,
        }],
        stage_2: StageTwo { by: Some(words.clone()), ask_within: Some(words), ways: Vec::new() },
        ..Landlord::default()
    }
}

fn row<'a>(rows: &'a [Row], provision: &str) -> &'a Row {
    rows.iter().find(|it| it.provision == provision).unwrap()
}

#[test]
fn every_provision_of_the_code_has_one_row_in_order() {
    let provisions = CODE.iter().flat_map(|(section, first, last)| {
        (*first..=*last).map(move |number| format!("{section}.{number}"))
    });
    let expected: Vec<String> = provisions.collect();
    assert_eq!(expected.len(), 72);
    for (file, landlord) in landlords() {
        let found: Vec<_> = rows(&landlord).iter().map(|it| it.provision).collect();
        assert_eq!(found, expected, "{file}");
    }
}

/// Only what the form meets by itself is a yes; every other row says what is to be added.
#[test]
fn a_row_says_what_the_form_does_not_do() {
    for (file, landlord) in landlords() {
        for Row { provision, requirement, comply, evidence } in rows(&landlord) {
            let what = format!("{file}: {provision}: {evidence}");
            assert!(
                comply == Comply::Yes || evidence.contains("Add: ") || evidence.contains(": add"),
                "{what}"
            );
            assert!(comply != Comply::Yes || evidence.contains("Tested: "), "{what}");
            assert!(requirement.ends_with('.') && evidence.ends_with('.'), "{what}");
            assert!(!evidence.contains("  ") && !requirement.contains("  "), "{what}");
        }
    }
}

#[test]
fn evidence_comes_from_the_landlords_own_file() {
    let of = |name: &str| {
        let (_, landlord) =
            landlords().into_iter().find(|(file, _)| file.starts_with(name)).unwrap();
        rows(&landlord)
    };
    let rugby = of("rugby");
    assert!(row(&rugby, "6.3").evidence.contains("10 working days from receipt"));
    assert!(row(&rugby, "6.14").evidence.contains("15 working days from receipt"));
    assert!(row(&rugby, "2.2").evidence.contains("about a claim filed at court (setting"));
    assert!(row(&rugby, "2.3").evidence.contains("does not use the twelve months"));
    assert!(row(&rugby, "6.10").evidence.contains("within three months"));
    assert!(row(&rugby, "6.13").evidence.contains("a Chief Officer"));
    let havering = of("havering");
    assert!(row(&havering, "6.2").evidence.contains("3 working days from receipt"));
    assert!(row(&havering, "3.7").evidence.contains("Local Government and Social Care Ombudsman"));
    assert!(row(&havering, "5.7").evidence.contains("anti social behaviour"));
    let stoke = of("stoke");
    assert!(row(&stoke, "5.4").evidence.contains("Unitas"));
    assert!(row(&stoke, "6.16").evidence.contains("not only to those who do not agree"));
    assert!(row(&stoke, "6.10").evidence.contains("also names e-mail"));
    let vale = of("south-and-vale");
    assert!(
        row(&vale, "3.4")
            .evidence
            .contains("“South Complaints Policy” and “Vale Complaints Policy”")
    );
    let halton = of("halton");
    assert!(!row(&halton, "3.7").evidence.contains("Social Care"));
    assert!(row(&halton, "6.1").evidence.contains("the file gives no number"));
    let example = of("example");
    assert!(row(&example, "6.1").evidence.contains("01632 960999"));
    assert!(row(&example, "5.10").evidence.contains("specialCategoryBasis"));
    let none = rows(&Landlord::default());
    assert_eq!(row(&none, "3.1").comply, Comply::InPart);
    assert_eq!(row(&none, "4.1").comply, Comply::NotShown);
}

/// Cells of a Markdown row: an escaped pipe is not an edge.
fn markdown_cells(line: &str) -> Vec<String> {
    let line = line.strip_prefix("| ").unwrap().strip_suffix(" |").unwrap();
    let mut cells = vec![String::new()];
    let mut chars = line.chars();
    while let Some(char) = chars.next() {
        match char {
            '\\' => cells.last_mut().unwrap().extend(chars.next()),
            '|' => cells.push(String::new()),
            char => cells.last_mut().unwrap().push(char),
        }
    }
    cells.iter().map(|it| it.trim().to_owned()).collect()
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

fn all() -> Vec<(String, Landlord)> {
    let mut all = landlords();
    all.push(("hostile".to_owned(), hostile()));
    all
}

#[test]
fn in_markdown_it_is_one_table() {
    for (file, landlord) in all() {
        let text = document(&landlord, Format::Markdown);
        let table: Vec<&str> = text.lines().filter(|line| line.starts_with('|')).collect();
        assert!(text.ends_with(&format!("{}\n", table.join("\n"))), "{file}");
        assert!(!text.contains(['\r', '<']), "{file}");
        assert_eq!(table[1], "| --- | --- | --- | --- |");
        for (line, row) in table[2..].iter().zip(rows(&landlord)) {
            let cells: Vec<String> = markdown_cells(line).iter().map(|it| unescape(it)).collect();
            let evidence = row.evidence.replace(char::is_control, " ");
            assert_eq!(cells, [row.provision, row.requirement, row.comply.text(), &evidence]);
        }
        assert_eq!(table.len(), 74, "{file}");
    }
}

#[test]
fn as_a_page_it_is_one_table_that_can_be_read_out() {
    for (file, landlord) in all() {
        let page = document(&landlord, Format::Html);
        let count = |what: &str| page.matches(what).count();
        assert!(page.starts_with("<!DOCTYPE html>\n<html lang=\"en-GB\">"), "{file}");
        for once in ["<title>", "<main>", "<h1>", "<table>", "<caption", "<thead>", "</html>"] {
            assert_eq!(count(once), 1, "{file}: {once}");
        }
        assert_eq!((count("<th scope=\"col\">"), count("<th scope=\"row\">")), (4, 72), "{file}");
        assert_eq!((count("<td>"), count("<tr>")), (3 * 72, 73), "{file}");
        assert_eq!(count("<script"), 0, "{file}");
        for row in rows(&landlord) {
            let before = page
                .split("<th scope=\"row\">")
                .find(|it| it.starts_with(&format!("{}<", row.provision)));
            let cells = before.unwrap().split("<td>").skip(1);
            let cells: Vec<String> =
                cells.map(|it| unescape(it.split("</td>").next().unwrap())).collect();
            assert_eq!(
                cells,
                [row.requirement, row.comply.text(), &row.evidence.replace(char::is_control, " ")]
            );
        }
    }
}

/// RFC 4180, read by its grammar.
fn csv_rows(text: &str) -> Vec<Vec<String>> {
    let mut rows = vec![vec![]];
    let mut rest = text;
    while !rest.is_empty() {
        rest = rest.strip_prefix('"').unwrap();
        let mut field = String::new();
        loop {
            let (part, after) = rest.split_once('"').unwrap();
            field.push_str(part);
            rest = after;
            match rest.strip_prefix('"') {
                Some(after) => {
                    field.push('"');
                    rest = after;
                }
                None => break,
            }
        }
        rows.last_mut().unwrap().push(field);
        if let Some(after) = rest.strip_prefix(',') {
            rest = after;
        } else {
            rest = rest.strip_prefix("\r\n").unwrap();
            rows.push(vec![]);
        }
    }
    assert_eq!(rows.pop(), Some(vec![]));
    rows
}

#[test]
fn as_csv_it_is_what_a_spreadsheet_reads() {
    for (file, landlord) in all() {
        let table = csv_rows(&document(&landlord, Format::Csv));
        assert_eq!(table[0], ["Code provision", "Code requirement", "Comply", "Evidence"]);
        assert_eq!(table.len(), 73, "{file}");
        for (cells, row) in table[1..].iter().zip(rows(&landlord)) {
            assert_eq!(*cells, [row.provision, row.requirement, row.comply.text(), &row.evidence]);
            // A spreadsheet would run it.
            assert!(cells.iter().all(|it| !it.starts_with(['=', '+', '-', '@'])), "{file}");
        }
    }
}

/// The text of every file with this extension.
fn sources(folder: &Path, extension: &str, into: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, extension, into);
        } else if path.extension() == Some(OsStr::new(extension)) {
            into.push_str(&fs::read_to_string(&path).unwrap());
        }
    }
}

/// Evidence must not outlive what shows it.
#[test]
fn every_test_that_is_cited_is_there() {
    let (mut rust, mut browser) = (String::new(), String::new());
    for folder in ["crates", "src", "tests", "xtask/src"] {
        sources(&project().join(folder), "rs", &mut rust);
    }
    sources(&project().join("tests/browser"), "mjs", &mut browser);
    let cited: BTreeSet<&str> = PROVISIONS.iter().flat_map(|it| it.tests).copied().collect();
    assert!(cited.len() > 20);
    for name in cited {
        let is_there = if name.contains('/') {
            project().join(name).is_file()
        } else if name.contains(' ') {
            ["'", "`"].iter().any(|quote| browser.contains(&format!("test({quote}{name}")))
        } else {
            let function = format!("fn {name}()");
            rust.match_indices(&function).any(|(at, _)| {
                let before: Vec<&str> = rust[..at].lines().rev().take(2).collect();
                before.iter().any(|line| line.contains("test]"))
            })
        };
        assert!(is_there, "the evidence cites a test that is not there: {name}");
    }
}

#[test]
fn every_setting_that_is_cited_is_there() {
    let schema = fs::read_to_string(project().join("schemas/landlord.v1.json")).unwrap();
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let mut cited = BTreeSet::new();
    for (_, landlord) in all() {
        for Row { evidence, .. } in rows(&landlord) {
            for rest in evidence.split("(setting").skip(1) {
                let names = rest.trim_start_matches('s').split(')').next().unwrap();
                cited.extend(names.split(" and ").map(|it| it.trim().to_owned()));
            }
        }
    }
    assert!(cited.contains("times.stage2From") && cited.contains("urgentPhone"), "{cited:?}");
    for name in cited {
        let (field, inner) = name.split_once('.').map_or((&*name, None), |(a, b)| (a, Some(b)));
        assert!(schema["properties"].get(field).is_some(), "{name}");
        if let Some(inner) = inner {
            let schema = schema.to_string();
            assert!(schema.contains(&format!("\"{inner}\":")), "{name}");
        }
    }
}

#[test]
fn the_program_writes_each_format_and_says_why_it_cannot() {
    let evidence = |file: &str, arguments: &[&str]| {
        let file = project().join(file);
        command(&["evidence"]).arg(file).args(arguments).output().unwrap()
    };
    for (arguments, start) in [
        (&[][..], "# Self-assessment evidence: Halton Housing\n"),
        (&["--format", "markdown"], "# Self-assessment"),
        (&["--format", "html"], "<!DOCTYPE html>"),
        (
            &["--format", "csv"],
            "\"Code provision\",\"Code requirement\",\"Comply\",\"Evidence\"\r\n",
        ),
    ] {
        let output = evidence("landlords/halton.json", arguments);
        assert!(output.status.success());
        assert!(String::from_utf8(output.stdout).unwrap().starts_with(start), "{arguments:?}");
    }
    let output = evidence("landlords/nowhere.json", &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
    let sentence = String::from_utf8(output.stderr).unwrap();
    assert!(sentence.starts_with("Can't read the landlord's file"), "{sentence}");
    let output = evidence("package.json", &[]);
    let sentence = String::from_utf8(output.stderr).unwrap();
    assert!(sentence.contains("package.json can't be used: missing at \"/version\""), "{sentence}");
}
