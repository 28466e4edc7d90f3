//! The command `export`: every case as a line of JSON or a row of a table, and the two Tenant Satisfaction
//! Measures on complaints (CH01, CH02).
//!
//! Cases are read a few hundred at a time, so that a million of them need no memory. What the measures
//! count, and what of it follows the Regulator's own text and what is our reading, is in
//! `docs/officers.md`.

use std::io::{self, BufWriter, Write};
use std::time::SystemTime;

use chrono::{DateTime, NaiveDate};
use domain::case::{Case, Stage, Status};
use domain::choices::Choice;
use domain::code;
use domain::london;
use domain::triage::Route;
use domain::working_days::ENGLAND;
use serde::Serialize;

use crate::cases::{self, Filter, Order, Row};
use crate::desk::people;
use crate::options::{self, Table};
use crate::store::Store;
use crate::{Failure, clock, log};

/// How many cases are in memory at once.
const SOME: i64 = 500;

/// Writes what is asked for to standard output.
///
/// # Errors
///
/// The database fails, or nobody takes what is written.
pub async fn export(options: options::Export) -> Result<(), Failure> {
    log::init();
    let store = people::open(&options.database).await?;
    let today = clock::at(SystemTime::now()).map_err(Failure::from_store)?.today;
    let wanted = Wanted { landlord: options.landlord, from: options.from, to: options.to, today };
    let out = BufWriter::new(io::stdout());
    let written = match (options.measures, options.format) {
        (true, format) => {
            let homes = options.homes.unwrap_or_default();
            write_measures(&store, &wanted, homes, format, out).await
        }
        (false, Table::Jsonl) => write_lines(&store, &wanted, out).await,
        (false, Table::Csv) => write_table(&store, &wanted, out).await,
    };
    match written {
        // Whoever reads no more (`… | head`) has what they wanted.
        Err(Failure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

/// Which cases are wanted.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Of this landlord; of all where it is `None`.
    pub landlord: Option<String>,
    /// Received on this day or later.
    pub from: Option<NaiveDate>,
    /// Received on this day or before.
    pub to: Option<NaiveDate>,
    /// The day in London.
    pub today: NaiveDate,
}

impl Wanted {
    fn contains(&self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }
}

/// Goes through all cases of the landlord, by reference: a case that changes meanwhile is met once.
struct Cases<'a> {
    store: &'a Store,
    landlord: Option<String>,
    after: Option<String>,
    is_over: bool,
}

impl<'a> Cases<'a> {
    fn new(store: &'a Store, wanted: &Wanted) -> Self {
        Self { store, landlord: wanted.landlord.clone(), after: None, is_over: false }
    }

    /// The next few; none at the end.
    async fn next(&mut self) -> Result<Vec<Row>, Failure> {
        if self.is_over {
            return Ok(Vec::new());
        }
        let filter = Filter {
            landlord: self.landlord.clone(),
            order: Order::Reference,
            after: self.after.clone().map(|it| (it.clone(), it)),
            limit: SOME,
            ..Filter::default()
        };
        let rows = cases::list_in(self.store, &filter).await.map_err(Failure::from_store)?;
        self.is_over = rows.len() < usize::try_from(SOME).unwrap_or_default();
        self.after = rows.last().map(|it| it.case.reference.clone());
        Ok(rows)
    }
}

/// The day on which a case was received: that of its first stage, which may be before the day on which it
/// was sent (a member of staff was told), or else the day on which it was sent.
fn received_on(row: &Row) -> Option<NaiveDate> {
    let stage = row.case.stages.first().map(|it| it.received_on);
    let at = || DateTime::parse_from_rfc3339(&row.received_at).ok();
    stage.or_else(|| london::date(at()?.timestamp_millis()))
}

/// A line of JSON for each case: as the landlord's system reads it.
///
/// # Errors
///
/// The database fails, or nobody takes what is written.
pub async fn write_lines(
    store: &Store,
    wanted: &Wanted,
    mut out: impl Write,
) -> Result<(), Failure> {
    let mut all = Cases::new(store, wanted);
    loop {
        let rows = all.next().await?;
        if rows.is_empty() {
            return out.flush().map_err(Failure::Output);
        }
        for row in rows.iter().filter(|it| received_on(it).is_some_and(|day| wanted.contains(day)))
        {
            let reference = &row.case.reference;
            let view = cases::view_in(store, reference, true, wanted.today).await;
            let Some(view) = view.map_err(Failure::from_store)? else {
                continue;
            };
            serde_json::to_writer(&mut out, &view)
                .map_err(|error| Failure::Output(error.into()))?;
            out.write_all(b"\n").map_err(Failure::Output)?;
        }
    }
}

/// The columns of the table that are about the case, and for each stage those that are about the stage.
const OF_CASE: [&str; 7] =
    ["reference", "landlord", "kind", "stage", "status", "received_on", "representatives"];
const OF_STAGE: [&str; 8] = [
    "received_on",
    "acknowledge_by",
    "acknowledged_on",
    "acknowledged_in_time",
    "respond_by",
    "extended_to",
    "responded_on",
    "responded_in_time",
];

/// A row for each case: its dates, promised and met, and nothing that a resident wrote.
///
/// # Errors
///
/// The database fails, or nobody takes what is written.
pub async fn write_table(store: &Store, wanted: &Wanted, out: impl Write) -> Result<(), Failure> {
    let mut table = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    let of_stages = [1, 2]
        .iter()
        .flat_map(|stage| OF_STAGE.iter().map(move |column| format!("stage_{stage}_{column}")));
    let columns = OF_CASE.iter().map(|it| (*it).to_owned()).chain(of_stages);
    table.write_record(columns).map_err(broken)?;
    let mut all = Cases::new(store, wanted);
    loop {
        let rows = all.next().await?;
        if rows.is_empty() {
            return table.flush().map_err(Failure::Output);
        }
        for row in &rows {
            if let Some(day) = received_on(row).filter(|day| wanted.contains(*day)) {
                let cells = cells(&row.case, day, wanted.today);
                table.write_record(cells.iter().map(|it| harmless(it))).map_err(broken)?;
            }
        }
    }
}

fn cells(case: &Case, received_on: NaiveDate, today: NaiveDate) -> Vec<String> {
    let mut cells = vec![
        case.reference.clone(),
        case.landlord.clone(),
        case.kind.key().to_owned(),
        case.stage.to_string(),
        case.status.key().to_owned(),
        received_on.to_string(),
        case.representatives.len().to_string(),
    ];
    for number in [1, 2] {
        match case.stages.iter().find(|it| it.stage == number) {
            Some(stage) => cells.extend(stage_cells(stage, today)),
            None => cells.extend(OF_STAGE.map(|_| String::new())),
        }
    }
    cells
}

fn stage_cells(stage: &Stage, today: NaiveDate) -> [String; 8] {
    let day = |day: Option<NaiveDate>| day.map(|it| it.to_string()).unwrap_or_default();
    let yes_no = |is: Option<bool>| match is {
        Some(true) => "yes".to_owned(),
        Some(false) => "no".to_owned(),
        None => String::new(),
    };
    [
        stage.received_on.to_string(),
        day(stage.acknowledge_by),
        day(stage.acknowledged_on),
        yes_no(in_time(stage.acknowledge_by, stage.acknowledged_on, today)),
        day(stage.respond_by),
        day(stage.extension.as_ref().map(|it| it.until)),
        day(stage.responded_on),
        yes_no(stage.is_in_time(today)),
    ]
}

/// Whether something was done by its day; `None` while it can still be.
fn in_time(by: Option<NaiveDate>, on: Option<NaiveDate>, today: NaiveDate) -> Option<bool> {
    let by = by?;
    match on {
        Some(on) => Some(on <= by),
        None if today > by => Some(false),
        None => None,
    }
}

/// A cell that no spreadsheet takes for a formula. A landlord's id comes from outside, and may be anything.
fn harmless(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

fn broken(error: csv::Error) -> Failure {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => Failure::Output(error),
        other => Failure::Output(io::Error::other(format!("{other:?}"))),
    }
}

// --- The measures ------------------------------------------------------------------------------

/// The two measures, for complaints that were received in a time.
#[derive(Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Measures {
    /// The landlord; all of them where it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub landlord: Option<String>,
    /// The first day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<NaiveDate>,
    /// The last day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<NaiveDate>,
    /// How many homes the landlord has.
    pub homes: u32,
    /// Stage 1.
    pub stage1: Measured,
    /// Stage 2.
    pub stage2: Measured,
}

/// The measures of one stage, with everything from which they follow.
#[derive(Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Measured {
    /// CH01: complaints received, for each 1,000 homes.
    #[serde(rename = "CH01")]
    pub ch01: f64,
    /// CH02: percent that were answered within the Code's times. Absent where there is none yet to judge.
    #[serde(rename = "CH02", skip_serializing_if = "Option::is_none")]
    pub ch02: Option<f64>,
    /// The counts.
    #[serde(flatten)]
    pub counts: Counts,
}

/// What the complaints of a stage have come to. Each is in one of these but `received`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    /// All of them.
    pub received: u64,
    /// Answered within the Code's times.
    pub answered_in_time: u64,
    /// Answered after them.
    pub answered_late: u64,
    /// Not answered, and the time is over.
    pub overdue: u64,
    /// Not answered, and there is still time.
    pub not_due_yet: u64,
    /// Taken back by the resident before an answer.
    pub withdrawn: u64,
    /// Not looked into, for reasons that the resident was given.
    pub declined: u64,
    /// Of a time for which bank holidays are not known here.
    pub unknown: u64,
}

impl Counts {
    fn add(&mut self, stage: &Stage, outcome: Outcome) {
        self.received += 1;
        let Some(due) = due_by_the_code(stage) else {
            self.unknown += 1;
            return;
        };
        let count = match (stage.responded_on, outcome) {
            (Some(on), _) if on <= due => &mut self.answered_in_time,
            (Some(_), _) => &mut self.answered_late,
            (None, Outcome::Withdrawn) => &mut self.withdrawn,
            (None, Outcome::Declined) => &mut self.declined,
            (None, Outcome::Waits { today }) if today > due => &mut self.overdue,
            (None, Outcome::Waits { today: _ }) => &mut self.not_due_yet,
        };
        *count += 1;
    }

    fn measured(self, homes: u32) -> Measured {
        let judged = self.answered_in_time + self.answered_late + self.overdue;
        let share =
            |of: u64, all: f64, times: f64| (of as f64 * times / all * 100.0).round() / 100.0;
        Measured {
            ch01: share(self.received, f64::from(homes.max(1)), 1000.0),
            ch02: (judged > 0).then(|| share(self.answered_in_time, judged as f64, 100.0)),
            counts: self,
        }
    }
}

/// What has become of a stage that was not answered.
#[derive(Clone, Copy)]
enum Outcome {
    Waits { today: NaiveDate },
    Withdrawn,
    Declined,
}

/// The last day for an answer by the Code's own times, whatever shorter ones the landlord promises: so many
/// working days from the acknowledgement, or from the last day that it had (6.3, 6.14). An extension counts
/// within the Code's limits, and only where the resident was told of it in time (6.4, 6.15).
fn due_by_the_code(stage: &Stage) -> Option<NaiveDate> {
    let (within, extension) = match stage.stage {
        2 => (code::STAGE_2_WITHIN, code::STAGE_2_EXTENSION),
        _ => (code::STAGE_1_WITHIN, code::STAGE_1_EXTENSION),
    };
    let last = ENGLAND.add(stage.received_on, code::ACKNOWLEDGE_WITHIN).ok()?;
    let from = stage.acknowledged_on.map_or(last, |on| on.min(last));
    let due = ENGLAND.add(from, within).ok()?;
    match &stage.extension {
        Some(extended) if extended.told_on <= due => {
            Some(extended.until.min(ENGLAND.add(due, extension).ok()?).max(due))
        }
        Some(_) | None => Some(due),
    }
}

/// Works out the measures.
///
/// # Errors
///
/// The database fails.
pub async fn measures(store: &Store, wanted: &Wanted, homes: u32) -> Result<Measures, Failure> {
    let mut counts = [Counts::default(); 2];
    let mut all = Cases::new(store, wanted);
    loop {
        let rows = all.next().await?;
        if rows.is_empty() {
            break;
        }
        for row in &rows {
            count(&row.case, wanted, &mut counts);
        }
    }
    let [stage1, stage2] = counts.map(|it| it.measured(homes));
    let Wanted { landlord, from, to, today: _ } = wanted.clone();
    Ok(Measures { landlord, from, to, homes, stage1, stage2 })
}

fn count(case: &Case, wanted: &Wanted, counts: &mut [Counts; 2]) {
    // What is added to a complaint belongs to that complaint, until somebody makes it one of its own.
    if case.kind == Route::Addition {
        return;
    }
    for stage in &case.stages {
        if !wanted.contains(stage.received_on) {
            continue;
        }
        let is_last = stage.stage == case.stage;
        let outcome = match case.status {
            Status::Withdrawn if is_last => Outcome::Withdrawn,
            Status::Declined if is_last => Outcome::Declined,
            Status::Received
            | Status::Acknowledged
            | Status::Responded
            | Status::Declined
            | Status::Withdrawn => Outcome::Waits { today: wanted.today },
        };
        counts[usize::from(stage.stage == 2)].add(stage, outcome);
    }
}

async fn write_measures(
    store: &Store,
    wanted: &Wanted,
    homes: u32,
    format: Table,
    mut out: impl Write,
) -> Result<(), Failure> {
    let measures = measures(store, wanted, homes).await?;
    match format {
        Table::Jsonl => {
            serde_json::to_writer(&mut out, &measures)
                .map_err(|error| Failure::Output(error.into()))?;
            out.write_all(b"\n").map_err(Failure::Output)?;
            out.flush().map_err(Failure::Output)
        }
        Table::Csv => {
            let mut table =
                csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
            table.write_record(MEASURE_COLUMNS).map_err(broken)?;
            for (number, stage) in [(1, &measures.stage1), (2, &measures.stage2)] {
                table.write_record(measure_cells(number, stage)).map_err(broken)?;
            }
            table.flush().map_err(Failure::Output)
        }
    }
}

const MEASURE_COLUMNS: [&str; 11] = [
    "stage",
    "CH01_per_1000_homes",
    "CH02_percent_in_time",
    "received",
    "answered_in_time",
    "answered_late",
    "overdue",
    "not_due_yet",
    "withdrawn",
    "declined",
    "unknown",
];

fn measure_cells(number: u8, stage: &Measured) -> [String; 11] {
    let Counts {
        received,
        answered_in_time,
        answered_late,
        overdue,
        not_due_yet,
        withdrawn,
        declined,
        unknown,
    } = stage.counts;
    let counts = [
        received,
        answered_in_time,
        answered_late,
        overdue,
        not_due_yet,
        withdrawn,
        declined,
        unknown,
    ]
    .map(|it| it.to_string());
    let [a, b, c, d, e, f, g, h] = counts;
    let ch02 = stage.ch02.map(|it| it.to_string()).unwrap_or_default();
    [number.to_string(), stage.ch01.to_string(), ch02, a, b, c, d, e, f, g, h]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn stage(received: &str, acknowledged: Option<&str>, responded: Option<&str>) -> Stage {
        let value = serde_json::json!({
            "stage": 1, "receivedOn": received, "acknowledgedOn": acknowledged,
            "respondedOn": responded,
        });
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn a_late_acknowledgement_gives_no_more_time_for_the_answer() {
        // Received on a Saturday: acknowledged by the 27th, answered by the 11th.
        let late = stage("2026-11-21", Some("2026-12-04"), None);
        assert_eq!(due_by_the_code(&late), Some(day("2026-12-11")));
        let early = stage("2026-11-21", Some("2026-11-24"), None);
        assert_eq!(due_by_the_code(&early), Some(day("2026-12-08")));
        let none = stage("2026-11-21", None, None);
        assert_eq!(due_by_the_code(&none), Some(day("2026-12-11")));
    }

    #[test]
    fn an_extension_counts_within_the_limit_and_if_the_resident_was_told_in_time() {
        let extended = |until: &str, told: &str| {
            let mut stage = stage("2026-11-21", Some("2026-11-24"), None);
            stage.extension = Some(domain::case::Extension {
                until: day(until),
                reason: "A part is missing.".to_owned(),
                told_on: day(told),
            });
            due_by_the_code(&stage)
        };
        assert_eq!(extended("2026-12-15", "2026-12-01"), Some(day("2026-12-15")));
        assert_eq!(extended("2027-01-29", "2026-12-01"), Some(day("2026-12-22")));
        assert_eq!(extended("2026-12-15", "2026-12-09"), Some(day("2026-12-08")));
    }

    #[test]
    fn who_does_not_answer_at_all_does_not_look_better_for_it() {
        let today = day("2027-01-11");
        let mut counts = Counts::default();
        let answered = stage("2026-11-21", Some("2026-11-24"), Some("2026-12-08"));
        counts.add(&answered, Outcome::Waits { today });
        counts.add(&stage("2026-11-21", None, None), Outcome::Waits { today });
        counts.add(&stage("2027-01-04", None, None), Outcome::Waits { today });
        counts.add(&stage("2026-11-21", None, None), Outcome::Withdrawn);
        let measured = counts.measured(2000);
        assert_eq!((measured.ch01, measured.ch02), (2.0, Some(50.0)));
        assert_eq!((counts.overdue, counts.not_due_yet, counts.withdrawn), (1, 1, 1));
    }

    #[test]
    fn no_cell_is_a_formula() {
        assert_eq!(harmless("=HYPERLINK(\"x\")"), "'=HYPERLINK(\"x\")");
        assert_eq!(harmless("halton"), "halton");
    }
}
