//! `cargo xtask test`: every check, in the order in which a failure is cheapest.

use std::{
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};

use crate::{
    dist,
    paths::{files, root, target},
    process::{self, Job},
    schemas, server, size,
    tools::{self, Toolchain},
    wasm,
};

/// Longer than any honest build or test run on two cores.
pub const LONG: Duration = Duration::from_secs(3600);

/// Runs the checks; stops at the first that fails.
pub fn run(quick: bool) -> Result<()> {
    let mut steps = Steps::new();
    steps.run("formatting", format)?;
    steps.run("lints (this machine)", lint_host)?;
    steps.run("lints (browser)", lint_wasm)?;
    steps.run("schemas match the types", schemas::check)?;
    steps.run("tests (this machine)", || test_host(false))?;
    steps.run("dates, worked out a second time", compare_dates)?;
    steps.run("records, by another validator", validate_records)?;
    steps.run("build of dist/", dist::build)?;
    steps.run("size of the first load", || {
        let report = size::Report::measure()?;
        report.print();
        report.judge()
    })?;
    if !quick {
        steps.run("tests (browser)", || test_browser(false))?;
    }
    steps.finish();
    Ok(())
}

/// The steps of one command, with their durations.
pub struct Steps {
    began: Instant,
    done: Vec<(&'static str, Duration)>,
}

impl Steps {
    /// No step yet.
    pub fn new() -> Self {
        Self { began: Instant::now(), done: Vec::new() }
    }

    /// Runs one step and says how long it took.
    pub fn run(&mut self, name: &'static str, step: impl FnOnce() -> Result<()>) -> Result<()> {
        eprintln!("── {name}");
        let began = Instant::now();
        let result = step();
        let seconds = began.elapsed().as_secs_f64();
        if result.is_err() {
            eprintln!("── {name}: failed after {seconds:.1} s");
        } else {
            eprintln!("── {name}: {seconds:.1} s");
            self.done.push((name, began.elapsed()));
        }
        result
    }

    /// Prints the summary.
    pub fn finish(self) {
        println!();
        for (name, time) in &self.done {
            println!("{:>8.1} s  {name}", time.as_secs_f64());
        }
        println!("{:>8.1} s  in all", self.began.elapsed().as_secs_f64());
        println!("steps: {} passed, 0 failed", self.done.len());
    }
}

fn format() -> Result<()> {
    let job = Job {
        what: "the formatting check",
        advice: "run `cargo fmt --all` (or `rustup component add rustfmt` if it is missing)",
        limit: Duration::from_secs(120),
    };
    job.show(process::cargo().args(["fmt", "--all", "--check"]))
}

fn lint_host() -> Result<()> {
    let job = Job {
        what: "clippy",
        advice: "mend what its message names (or `rustup component add clippy` if it is missing)",
        limit: LONG,
    };
    let mut clippy = process::cargo();
    clippy.args(["clippy", "--quiet", "--workspace", "--all-targets", "--", "-D", "warnings"]);
    job.show(&mut clippy)
}

/// Lints the widget as it is compiled for the browser, where other code is switched on.
fn lint_wasm() -> Result<()> {
    let toolchain = Toolchain::get()?;
    let has_clippy = toolchain.has_clippy();
    let mut cargo = toolchain.cargo(if has_clippy { "clippy" } else { "check" });
    cargo.args(["--quiet", "--lib", "--package", wasm::PACKAGE]);
    // Not the build's own folder: the flags differ, and each would undo the other's work.
    cargo.env("CARGO_TARGET_DIR", target().join("wasm-lint"));
    if has_clippy {
        cargo.args(["--", "-D", "warnings"]);
    } else {
        eprintln!("  this toolchain has no clippy; the compiler's own warnings are checked alone");
        cargo.env("RUSTFLAGS", "-Dwarnings");
    }
    let job = Job {
        what: "checking the widget for the browser",
        advice: "mend what the message above names",
        limit: LONG,
    };
    job.show(&mut cargo)
}

/// Runs the Rust tests; with `soak` optimised, without xtask's own, and with their counts shown.
pub fn test_host(soak: bool) -> Result<()> {
    let mut cargo = process::cargo();
    cargo.args(["test", "--quiet", "--workspace"]);
    if soak {
        cargo.args(["--release", "--exclude", "xtask"]).env("HC_SOAK", "1");
        cargo.args(["--", "--nocapture", "--include-ignored"]);
    }
    let job = Job {
        what: "a Rust test",
        advice: "its name and message are above",
        limit: if soak { LONG * 8 } else { LONG * 2 },
    };
    job.show(&mut cargo)
}

/// Compares the dates of five years with those of an independent calendar, for every landlord.
fn compare_dates() -> Result<()> {
    let python = tools::python()?;
    // The program that the tests have used; building it by itself would compile much of it again.
    let build = Job {
        what: "building the receiving service",
        advice: "the compiler's message is above",
        limit: LONG,
    };
    build.quiet(process::cargo().args(["test", "--quiet", "--workspace", "--no-run"]))?;
    let program = format!("housing-complaint{}", std::env::consts::EXE_SUFFIX);
    let mut compare = process::command(python);
    compare.arg("crates/server/tests/differential/deadlines.py");
    compare.arg("--program").arg(target().join("debug").join(program));
    compare.args(files(&root().join("landlords"))?);
    let job = Job {
        what: "a comparison of dates",
        advice: "the days that differ are above",
        limit: Duration::from_secs(600),
    };
    job.show(&mut compare)
}

/// Has an independent validator accept the record of every story and refuse broken ones.
fn validate_records() -> Result<()> {
    tools::node_modules()?;
    let records = target().join("records");
    if records.exists() {
        std::fs::remove_dir_all(&records)
            .with_context(|| format!("{} can't be removed", records.display()))?;
    }
    let mut stories = process::cargo();
    stories.args(["test", "--quiet", "--workspace", "--test", "journeys"]);
    let write = Job {
        what: "writing the records of the stories",
        advice: "the test's message is above",
        limit: LONG,
    };
    write.quiet(stories.env("HC_RECORDS_DIR", &records))?;
    let mut validate = tools::node();
    validate.arg("tests/schemas/validate.mjs").arg(&records);
    let job = Job {
        what: "a check against schemas/",
        advice: "what was taken or refused against expectation is above",
        limit: Duration::from_secs(300),
    };
    job.show(&mut validate)
}

/// Runs the browser tests; with `soak` only those with `@soak` in their titles, at full length.
pub fn test_browser(soak: bool) -> Result<()> {
    tools::node_modules()?;
    let server = server::build()?;
    let mut playwright = tools::npm_tool("playwright");
    playwright.args(["test", "--config", "tests/browser/playwright.config.mjs"]);
    if soak {
        playwright.args(["--grep", "@soak"]).env("HC_SOAK", "1");
    }
    let job = Job {
        what: "a browser test",
        advice: "its name and message are above",
        limit: if soak { LONG * 4 } else { LONG },
    };
    job.show(with_browser(&mut playwright, &server)?)
}

/// Tells the browser tests where the browser and the service are.
pub fn with_browser<'a>(command: &'a mut Command, server: &Path) -> Result<&'a mut Command> {
    let chromium = tools::chromium()?;
    command.env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1").current_dir(root());
    Ok(command.env("HC_CHROMIUM", chromium).env("HC_SERVER_BIN", server))
}
