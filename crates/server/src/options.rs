//! The command line. Every option of `serve` is an environment variable too, for containers.

use std::path::PathBuf;
use std::str::FromStr;

use chrono::NaiveDate;
use clap::{Args, Parser, Subcommand, ValueEnum};

/// The receiving service of the complaint form.
#[derive(Debug, Parser)]
#[command(name = "housing-complaint", version)]
pub struct Options {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the program can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Receive and store complaints, until Ctrl-C
    Serve(Serve),
    /// Check landlords' files against their schema and the Complaint Handling Code
    Lint(Lint),
    /// Write a landlord's evidence for the annual self-assessment against the Code
    Evidence(Evidence),
    /// Write the dates that a resident is promised, as JSON
    Deadlines(Deadlines),
}

/// Options of `serve`.
#[derive(Args, Debug)]
pub struct Serve {
    /// Address to listen on
    #[arg(long, env = "HC_ADDRESS", default_value = "127.0.0.1")]
    pub address: String,
    /// Port to listen on; 0 takes any free one
    #[arg(long, env = "HC_PORT", default_value_t = 8080)]
    pub port: u16,
    /// Folder for the database, made where it is missing
    #[arg(long, env = "HC_DATA", value_name = "FOLDER", default_value = "./data")]
    pub data: PathBuf,
    /// Database, where it is not housing-complaint.db in the data folder: sqlite://PATH
    // Its value may hold a password: neither `--help` nor an error shows it.
    #[arg(long, env = "HC_DATABASE", value_name = "URL", hide_env_values = true)]
    pub database: Option<String>,
    /// Folder with the widget's files
    #[arg(long, env = "HC_DIST", value_name = "FOLDER", default_value = "./dist")]
    pub dist: PathBuf,
    /// Folder with the landlords' files
    #[arg(long, env = "HC_LANDLORDS", value_name = "FOLDER", default_value = "./landlords")]
    pub landlords: PathBuf,
    /// Folder with index.html, sample/ and schemas/
    #[arg(long, env = "HC_SITE", value_name = "FOLDER", default_value = ".")]
    pub site: PathBuf,
    /// Another site whose pages may use the service; may be given more than once, and in the
    /// environment with commas
    #[arg(
        long = "allow-origin",
        env = "HC_ALLOW_ORIGIN",
        value_name = "URL",
        value_delimiter = ','
    )]
    pub allow_origins: Vec<String>,
}

/// Options of `lint`.
#[derive(Args, Debug)]
pub struct Lint {
    /// The landlords' files
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Write one JSON array instead of a line a finding
    #[arg(long)]
    pub json: bool,
}

/// Options of `evidence`.
#[derive(Args, Debug)]
pub struct Evidence {
    /// The landlord's file
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// How it is written
    #[arg(long, value_enum, default_value_t = Format::Markdown)]
    pub format: Format,
}

/// How the evidence is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A table in Markdown
    Markdown,
    /// A page
    Html,
    /// Comma-separated values (RFC 4180), for a spreadsheet
    Csv,
}

/// Options of `deadlines`.
#[derive(Args, Debug)]
pub struct Deadlines {
    /// The day on which the complaint was received, or - for many days
    ///
    /// With -, each line of standard input has one day, or two: the second is that of the request
    /// for stage 2. A line of JSON is written for each.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub received: Received,
    /// The landlord's file
    #[arg(long, value_name = "FILE")]
    pub landlord: PathBuf,
    /// The day on which the request for stage 2 was received
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub stage_2_received: Option<NaiveDate>,
}

/// The day of receipt, or days on standard input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Received {
    /// This day.
    On(NaiveDate),
    /// Many days, a line each, from standard input.
    Many,
}

impl FromStr for Received {
    type Err = chrono::ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "-" { Ok(Self::Many) } else { text.parse().map(Self::On) }
    }
}
