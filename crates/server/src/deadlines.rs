//! The command `deadlines`: the dates that a resident is promised, for scripts and for checking.

use std::fs;
use std::io::{self, BufRead, Write};
use std::path::Path;

use chrono::NaiveDate;
use domain::json::Finding;
use domain::landlord;
use domain::timescale::{StageDates, Timescale};
use domain::working_days::{BeyondCalendar, ENGLAND};
use serde::Serialize;

use crate::Failure;
use crate::options::{self, Received};

/// Writes the dates as one line of JSON on standard output, or many lines for many days.
///
/// # Errors
///
/// The file can't be used, a line is not a day, or a date falls outside the years whose bank holidays
/// are known.
pub fn deadlines(options: &options::Deadlines) -> Result<(), Failure> {
    let times = times(&options.landlord)?;
    match options.received {
        Received::On(received) => {
            let dates = dates(&times, received, options.stage_2_received);
            write(&mut io::stdout(), &dates.map_err(|_| beyond_calendar())?);
            Ok(())
        }
        Received::Many => many(&times, options.stage_2_received),
    }
}

fn times(file: &Path) -> Result<Timescale, Failure> {
    let text = fs::read_to_string(file)
        .map_err(|source| Failure::LandlordUnreadable { file: file.to_owned(), source })?;
    let parsed = landlord::parse(&text).map_err(|findings| Failure::LandlordUnusable {
        file: file.to_owned(),
        findings: sentence(&findings),
    })?;
    Ok(parsed.landlord.times)
}

/// A line of JSON for each line of standard input. Where no date can be promised, it says up to when
/// bank holidays are known, and the lines go on; the program still fails in the end.
fn many(times: &Timescale, stage_2_received: Option<NaiveDate>) -> Result<(), Failure> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    let mut is_beyond = false;
    for (at, line) in io::stdin().lock().lines().enumerate() {
        let failure = || Failure::NotDays { line: at + 1 };
        let line = line.map_err(|_| failure())?;
        let days: Result<Vec<NaiveDate>, _> = line.split_whitespace().map(str::parse).collect();
        let (received, stage_2) = match days.map_err(|_| failure())?[..] {
            [] => continue,
            [received] => (received, stage_2_received),
            [received, stage_2] => (received, Some(stage_2)),
            _ => return Err(failure()),
        };
        match dates(times, received, stage_2) {
            Ok(dates) => write(&mut out, &Line { received, dates }),
            Err(BeyondCalendar) => {
                is_beyond = true;
                write(&mut out, &Beyond { received, bank_holidays_known_to: ends_on() });
            }
        }
    }
    if is_beyond { Err(beyond_calendar()) } else { Ok(()) }
}

fn dates(
    times: &Timescale,
    received: NaiveDate,
    stage_2_received: Option<NaiveDate>,
) -> Result<Dates, BeyondCalendar> {
    let stage_2 = stage_2_received.map(|received| times.stage_2(&ENGLAND, received)).transpose()?;
    Ok(Dates::new(times.stage_1(&ENGLAND, received)?, stage_2))
}

fn write(out: &mut impl Write, line: &impl Serialize) {
    let line = serde_json::to_string(line).expect("a struct of dates has nothing JSON can't say");
    // Whoever closed standard output does not want the line.
    let _ = writeln!(out, "{line}");
}

/// One of many lines: whose dates they are comes first.
#[derive(Serialize)]
struct Line {
    received: NaiveDate,
    #[serde(flatten)]
    dates: Dates,
}

#[derive(Serialize)]
struct Beyond {
    received: NaiveDate,
    bank_holidays_known_to: NaiveDate,
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

/// What is wrong with a landlord's file, in short.
pub(crate) fn sentence(findings: &[Finding]) -> String {
    let each = findings.iter().map(|it| format!("{} at {:?}", it.fault.key(), it.pointer));
    each.collect::<Vec<_>>().join(", ")
}

fn beyond_calendar() -> Failure {
    Failure::BeyondCalendar { ends_on: ends_on() }
}

fn ends_on() -> NaiveDate {
    ENGLAND.ends_on().expect("31 December is a date in every year")
}
