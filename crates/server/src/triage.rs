//! The command `triage`: what the form hears in residents' words, for scripts and for checking; and how often it
//! hears what people said it should (`--labelled`).

use std::fs;
use std::io::{self, BufRead, Write};
use std::path::Path;

use domain::choices::Choice;
use domain::reading::labelled::{self, Row};
use domain::reading::{Meaning, Model, Peril, Reading};
use serde::Serialize;

use crate::Failure;
use crate::options;

/// Reads one message a line on standard input and writes what is heard in it, a line of JSON each; or
/// measures it on rows that people labelled.
///
/// # Errors
///
/// The input is not text, or the rows can't be read.
pub fn triage(options: &options::Triage) -> Result<(), Failure> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    let written = match &options.labelled {
        None => io::stdin().lock().lines().try_for_each(|line| {
            serde_json::to_writer(&mut out, &Heard::of(&line?)).map_err(io::Error::from)?;
            writeln!(out)
        }),
        Some(file) => {
            write!(out, "{}", measure(file)?.to_text())
        }
    };
    written.and_then(|()| out.flush()).map_err(|source| Failure::Messages { source })
}

/// Reads the rows of a file that people labelled.
///
/// # Errors
///
/// The file can't be read, or a line is no such row.
pub fn measure(file: &Path) -> Result<Figures, Failure> {
    let text = fs::read_to_string(file)
        .map_err(|source| Failure::RowsUnreadable { file: file.to_owned(), source })?;
    let rows =
        labelled::rows(&text).map_err(|line| Failure::NoRow { file: file.to_owned(), line })?;
    Ok(Figures::of(&rows))
}

/// What is heard in a message, as it is written.
#[derive(Serialize)]
struct Heard<'a> {
    route: Meaning,
    dissatisfied: bool,
    hazards: Vec<Peril>,
    /// The words that decided.
    because: Vec<&'a str>,
}

impl<'a> Heard<'a> {
    fn of(text: &'a str) -> Self {
        let reading = Model::english().read(text);
        Self {
            route: reading.route,
            dissatisfied: reading.is_dissatisfied,
            because: reading.words(text),
            hazards: reading.hazards,
        }
    }
}

/// How often what is heard is what people said.
pub struct Figures {
    /// Rows by what they are and what was heard.
    routes: [[usize; ROUTES]; ROUTES],
    /// Rows by their hazard: with it heard, and in all.
    hazards: [(usize, usize); PERILS],
    /// Rows without a hazard in which one was heard, and in all.
    false_alarms: (usize, usize),
    /// Rows without a hazard in which this one was heard.
    false_alarms_of: [usize; PERILS],
    wrong: Vec<String>,
}

const ROUTES: usize = Meaning::ALL.len();
const PERILS: usize = Peril::ALL.len();

impl Figures {
    fn of(rows: &[Row]) -> Self {
        let mut figures = Self {
            routes: [[0; ROUTES]; ROUTES],
            hazards: [(0, 0); PERILS],
            false_alarms: (0, 0),
            false_alarms_of: [0; PERILS],
            wrong: Vec::new(),
        };
        rows.iter().for_each(|row| figures.add(row, &Model::english().read(row.text)));
        figures
    }

    fn add(&mut self, row: &Row, reading: &Reading) {
        self.routes[row.route as usize][reading.route as usize] += 1;
        let mut wrong = Vec::new();
        if row.route != reading.route {
            wrong.push(format!("{} heard as {}", row.route.key(), reading.route.key()));
        }
        match row.hazard {
            Some(hazard) => {
                let is_heard = reading.hazards.contains(&hazard);
                let (heard, all) = &mut self.hazards[hazard as usize];
                *heard += usize::from(is_heard);
                *all += 1;
                if !is_heard {
                    wrong.push(format!("{} missed", hazard.key()));
                }
            }
            None => {
                self.false_alarms.0 += usize::from(!reading.hazards.is_empty());
                self.false_alarms.1 += 1;
                for hazard in &reading.hazards {
                    self.false_alarms_of[*hazard as usize] += 1;
                    wrong.push(format!("{} heard", hazard.key()));
                }
            }
        }
        if !wrong.is_empty() {
            let words = reading.words(row.text).join("” “");
            self.wrong.push(format!("{}\t{}\t“{words}”\t{}", row.id, wrong.join(", "), row.text));
        }
    }

    /// How many of those that are this were heard as this; 1 where there are none.
    pub fn recall(&self, route: Meaning) -> f64 {
        let row = self.routes[route as usize];
        share(row[route as usize], row.iter().sum())
    }

    /// How many of those that were heard as this are this; 1 where there are none.
    pub fn precision(&self, route: Meaning) -> f64 {
        let heard = self.routes.iter().map(|row| row[route as usize]).sum();
        share(self.routes[route as usize][route as usize], heard)
    }

    /// In how many rows with a hazard it was heard.
    pub fn hazard_recall(&self) -> f64 {
        let (heard, all) =
            self.hazards.iter().fold((0, 0), |(heard, all), it| (heard + it.0, all + it.1));
        share(heard, all)
    }

    /// In how many rows without a hazard one was heard.
    pub fn false_alarms(&self) -> f64 {
        let (heard, all) = self.false_alarms;
        if all == 0 { 0.0 } else { share(heard, all) }
    }

    /// Tables for people, and every row that was heard wrongly.
    pub fn to_text(&self) -> String {
        let mut text = String::from("route              rows  recall  precision\n");
        for (route, key) in Meaning::ALL {
            let all: usize = self.routes[*route as usize].iter().sum();
            let (recall, precision) = (self.recall(*route), self.precision(*route));
            text += &format!("{key:18} {all:4}   {recall:.3}      {precision:.3}\n");
        }
        text += "\nlabelled \\ heard ";
        for (_, key) in Meaning::ALL {
            text += &format!(" {key:>15}");
        }
        for ((_, key), row) in Meaning::ALL.iter().zip(&self.routes) {
            text += &format!("\n{key:17}");
            row.iter().for_each(|count| text += &format!(" {count:15}"));
        }
        text += "\n\nhazard             rows   heard  false alarms\n";
        for (hazard, key) in Peril::ALL {
            let (heard, all) = self.hazards[*hazard as usize];
            let wrong = self.false_alarms_of[*hazard as usize];
            text += &format!("{key:18} {all:4}    {heard:4}  {wrong:12}\n");
        }
        let (alarms, without) = self.false_alarms;
        text += &format!(
            "hazards heard {:.3}; false alarms {:.3} ({alarms} of {without} rows without one)\n\n",
            self.hazard_recall(),
            self.false_alarms(),
        );
        self.wrong.iter().for_each(|row| {
            text += row;
            text.push('\n');
        });
        text
    }
}

fn share(part: usize, all: usize) -> f64 {
    if all == 0 { 1.0 } else { part as f64 / all as f64 }
}
