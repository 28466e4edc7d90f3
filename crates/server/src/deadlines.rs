//! The command `deadlines`: the dates that a resident is promised, for scripts and for checking.

use std::fs;
use std::io::{self, Write};

use chrono::NaiveDate;
use domain::json::Finding;
use domain::landlord;
use domain::timescale::StageDates;
use domain::working_days::ENGLAND;
use serde::Serialize;

use crate::Failure;
use crate::options;

/// Writes the dates as one line of JSON on standard output.
///
/// # Errors
///
/// The file can't be used, or a date falls outside the years whose bank holidays are known.
pub fn deadlines(options: &options::Deadlines) -> Result<(), Failure> {
    let file = &options.landlord;
    let text = fs::read_to_string(file)
        .map_err(|source| Failure::LandlordUnreadable { file: file.clone(), source })?;
    let times = landlord::parse(&text)
        .map_err(|findings| Failure::LandlordUnusable {
            file: file.clone(),
            findings: sentence(&findings),
        })?
        .landlord
        .times;
    let stage_1 = times.stage_1(&ENGLAND, options.received).map_err(|_| beyond_calendar())?;
    let stage_2 = options
        .stage_2_received
        .map(|received| times.stage_2(&ENGLAND, received))
        .transpose()
        .map_err(|_| beyond_calendar())?;
    let line = serde_json::to_string(&Dates::new(stage_1, stage_2))
        .expect("a struct of dates has nothing that JSON can't say");
    // Whoever closed standard output does not want the line.
    let _ = writeln!(io::stdout(), "{line}");
    Ok(())
}

/// The names and the order of the output.
#[derive(Serialize)]
struct Dates {
    acknowledge_by: NaiveDate,
    stage_1_response_by: NaiveDate,
    stage_1_extended_by: NaiveDate,
    #[serde(flatten)]
    stage_2: Option<StageTwoDates>,
}

#[derive(Serialize)]
struct StageTwoDates {
    stage_2_acknowledge_by: NaiveDate,
    stage_2_response_by: NaiveDate,
    stage_2_extended_by: NaiveDate,
}

impl Dates {
    fn new(stage_1: StageDates, stage_2: Option<StageDates>) -> Self {
        Self {
            acknowledge_by: stage_1.acknowledge_by,
            stage_1_response_by: stage_1.respond_by,
            stage_1_extended_by: stage_1.extended_by,
            stage_2: stage_2.map(|dates| StageTwoDates {
                stage_2_acknowledge_by: dates.acknowledge_by,
                stage_2_response_by: dates.respond_by,
                stage_2_extended_by: dates.extended_by,
            }),
        }
    }
}

fn sentence(findings: &[Finding]) -> String {
    let each = findings.iter().map(|it| format!("{} at {:?}", it.fault.key(), it.pointer));
    each.collect::<Vec<_>>().join(", ")
}

fn beyond_calendar() -> Failure {
    Failure::BeyondCalendar {
        ends_on: ENGLAND.ends_on().expect("31 December is a date in every year"),
    }
}
