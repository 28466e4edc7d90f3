//! The project's commands: `cargo xtask start`, `test`, `build`, `package`, `bench`, `soak`, `schemas`,
//! `train`.
//!
//! Everything that the commands need beyond cargo and Node.js they fetch themselves
//! (`tools`); a command that can't go on ends with one sentence that says what to do.
#![allow(clippy::print_stdout, reason = "a command-line program speaks on its standard output")]

mod bench;
mod check;
mod dist;
mod glue;
mod order;
mod package;
mod paths;
mod postgres;
mod process;
mod schemas;
mod server;
mod size;
mod soak;
mod split;
mod tools;
mod train;
mod wasm;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

/// The project's commands.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Builds the widget and the receiving service, and serves the sample page until Ctrl-C
    Start {
        /// The port to listen on [the service's default: 8080]
        #[arg(long)]
        port: Option<u16>,
        /// The folder of the database and the evidence [the service's default: ./data]
        #[arg(long)]
        data: Option<PathBuf>,
        /// The address to listen on [the service's default: 127.0.0.1]
        #[arg(long)]
        address: Option<String>,
        /// The folder of the landlord files [the service's default: ./landlords]
        #[arg(long)]
        landlords: Option<PathBuf>,
    },
    /// Runs every check: formatting, lints, tests, schemas, sizes, browser
    Test {
        /// Leaves out the browser
        #[arg(long)]
        quick: bool,
    },
    /// Writes the distributable files to dist/
    Build,
    /// Makes the npm package in target/, and checks it
    Package,
    /// Measures sizes, times and throughput; also written to target/bench.json
    Bench,
    /// The long runs: the same tests with HC_SOAK=1, which raises their counts
    Soak {
        /// Only these [all]
        parts: Vec<soak::Part>,
    },
    /// Writes schemas/ from the Rust types
    Schemas {
        /// Only compares, and fails where a file differs
        #[arg(long)]
        check: bool,
    },
    /// Makes the model by which residents' words are read, from the labelled rows (docs/triage.md)
    Train,
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Task::Start { port, data, address, landlords } => {
            server::start(&server::Flags { port, data, address, landlords })
        }
        Task::Test { quick } => check::run(quick),
        Task::Build => dist::build().map(|_| ()),
        Task::Package => package::run(),
        Task::Bench => bench::run(),
        Task::Soak { parts } => soak::run(&parts),
        Task::Train => train::run(),
        Task::Schemas { check: true } => schemas::check(),
        Task::Schemas { check: false } => schemas::write_all(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
