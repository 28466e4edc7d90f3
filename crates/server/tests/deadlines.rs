//! Many dates in one run. (Single runs are in `process.rs`; whether the dates are right is in
//! `differential/deadlines.py`.)

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::io::Write;
use std::process::{Output, Stdio};

use common::{command, project};

fn deadlines(arguments: &[&str], input: &str) -> Output {
    let mut child = command(&["deadlines", "--received", "-", "--landlord"])
        .arg(project().join("landlords/halton.json"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    str::from_utf8(bytes).unwrap()
}

const STAGE_1: &str = "{\"received\":\"2026-11-21\",\"acknowledge_by\":\"2026-11-27\",\
    \"stage_1_response_by\":\"2026-12-11\",\"stage_1_extended_by\":\"2026-12-29\"";
const STAGE_2: &str = ",\"stage_2_acknowledge_by\":\"2026-12-30\",\
    \"stage_2_response_by\":\"2027-01-28\",\"stage_2_extended_by\":\"2027-02-25\"";

#[test]
fn each_line_of_days_has_its_line_of_dates() {
    let output = deadlines(&[], "2026-11-21\n\n  2026-11-21  2026-12-21\r\n");
    assert!(output.status.success());
    assert_eq!(text(&output.stdout), format!("{STAGE_1}}}\n{STAGE_1}{STAGE_2}}}\n"));
    let output = deadlines(&["--stage-2-received", "2026-12-21"], "2026-11-21\n");
    assert_eq!(text(&output.stdout), format!("{STAGE_1}{STAGE_2}}}\n"));
    let output = deadlines(&[], "");
    assert!(output.status.success() && output.stdout.is_empty());
}

#[test]
fn a_day_without_dates_says_so_in_its_line_and_the_run_fails_in_the_end() {
    let output = deadlines(&[], "2028-12-20\n2026-11-21\n2026-11-21 2028-12-20\n");
    let beyond =
        |day| format!("{{\"received\":\"{day}\",\"bank_holidays_known_to\":\"2028-12-31\"}}\n");
    assert_eq!(
        text(&output.stdout),
        format!("{}{STAGE_1}}}\n{}", beyond("2028-12-20"), beyond("2026-11-21"))
    );
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("No date can be promised"));
}

#[test]
fn a_line_that_is_no_day_is_named() {
    for bad in ["21 November", "2026-02-30", "2026-11-21 2026-11-21 2026-11-21"] {
        let output = deadlines(&[], &format!("2026-11-21\n{bad}\n2026-11-21\n"));
        assert_eq!(text(&output.stdout), format!("{STAGE_1}}}\n"), "{bad}");
        assert_eq!(output.status.code(), Some(1));
        assert!(text(&output.stderr).starts_with("Line 2 of standard input"), "{bad}");
    }
}
