//! `cargo xtask test`: every check, in the order in which a failure is cheapest.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};

use crate::{
    dist, package,
    paths::{files, read_text, root, target},
    postgres::{Cluster, For},
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
    steps.run("uploads, by other programs", || test_uploads(false))?;
    steps.run("mail and webhooks, by other programs", || test_outbox(false))?;
    steps.run("the service on PostgreSQL", test_postgres)?;
    steps.run("made-up requests (Schemathesis)", || test_api(false))?;
    steps.run("build of dist/", dist::build)?;
    steps.run("size of the first load", || {
        let report = size::Report::measure()?;
        report.print();
        report.judge()
    })?;
    steps.run("npm package", package::run)?;
    if !quick {
        steps.run("tests (browser)", || test_browser(false))?;
        steps.run("tests (three engines)", || test_engines(false))?;
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

/// Runs the service's own tests once more, on PostgreSQL, and those that need two instances of it.
pub fn test_postgres() -> Result<()> {
    if !cfg!(unix) {
        eprintln!("  left out: PostgreSQL is started as only Unix can");
        return Ok(());
    }
    let cluster = Cluster::start(For::Tests)?;
    let mut cargo = process::cargo();
    // Compiled with the whole workspace before: by itself it would be compiled again.
    cargo.args(["test", "--quiet", "--workspace"]);
    for test in tests_on_both()? {
        cargo.args(["--test", &test]);
    }
    let job =
        Job { what: "a test on PostgreSQL", advice: "its name and message are above", limit: LONG };
    job.show(cargo.env("HC_TEST_DATABASE", &cluster.url))
}

/// The service's tests whose results depend on the database: all that use it but those of SQLite's files.
fn tests_on_both() -> Result<Vec<String>> {
    let mut names = Vec::new();
    for file in files(&root().join("crates/server/tests"))? {
        let name = file.file_stem().and_then(|it| it.to_str()).unwrap_or_default();
        let is_test = file.extension().is_some_and(|it| it == "rs");
        // The last two look at what the program says and at the files that it makes.
        if is_test
            && read_text(&file)?.contains("mod common;")
            && !["process", "backup"].contains(&name)
        {
            names.push(name.to_owned());
        }
    }
    Ok(names)
}

/// Has Schemathesis make up requests from `/openapi.json`, for both databases; with `soak` thousands.
pub fn test_api(soak: bool) -> Result<()> {
    if !cfg!(unix) {
        eprintln!("  left out: PostgreSQL is started as only Unix can");
        return Ok(());
    }
    let python = tools::python(&tools::API)?;
    let program = service_of_tests()?;
    let cluster = Cluster::start(For::Tests)?;
    // The same seed each time in a check, so that it fails for a change and not by chance.
    let bounds = if soak {
        ["--examples", "100", "--seconds", "900"].as_slice()
    } else {
        ["--examples", "5", "--seconds", "45", "--seed", "1"].as_slice()
    };
    let job = Job {
        what: "an answer to a made-up request",
        advice: "the request and what is wrong are above, and how to send it again",
        limit: LONG,
    };
    for database in [None, Some(&cluster.url)] {
        let mut run = process::command(&python);
        run.arg("tests/api/run.py").arg("--program").arg(&program).args(bounds);
        if let Some(url) = database {
            run.args(["--database", url]);
        }
        job.show(&mut run)?;
    }
    Ok(())
}

/// Compares the dates of five years with those of an independent calendar, for every landlord.
fn compare_dates() -> Result<()> {
    let python = tools::python(&tools::DATES)?;
    let mut compare = process::command(python);
    compare.arg("crates/server/tests/differential/deadlines.py");
    compare.arg("--program").arg(service_of_tests()?);
    compare.args(files(&root().join("landlords"))?);
    let job = Job {
        what: "a comparison of dates",
        advice: "the days that differ are above",
        limit: Duration::from_secs(600),
    };
    job.show(&mut compare)
}

/// The program that the tests have used; building it by itself would compile much of it again.
fn service_of_tests() -> Result<PathBuf> {
    let build = Job {
        what: "building the receiving service",
        advice: "the compiler's message is above",
        limit: LONG,
    };
    build.quiet(process::cargo().args(["test", "--quiet", "--workspace", "--no-run"]))?;
    let program = format!("housing-complaint{}", std::env::consts::EXE_SUFFIX);
    Ok(target().join("debug").join(program))
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

/// Has other programs send files to the service, over links that are cut; with `soak` bigger ones,
/// over links that are cut more often.
pub fn test_uploads(soak: bool) -> Result<()> {
    if !cfg!(unix) {
        eprintln!("  left out: it kills the service as only Unix can");
        return Ok(());
    }
    tools::node_modules()?;
    let (size, cuts) = if soak { ("100", "10") } else { ("20", "5") };
    let mut uploads = process::command(tools::python(&tools::UPLOADS)?);
    uploads.arg("tests/uploads/run.py").arg("--program").arg(service_of_tests()?);
    uploads.args(["--size", size, "--cuts", cuts]);
    let cluster = Cluster::start(For::Tests)?;
    uploads.args(["--database", &cluster.url]);
    if let Some(clamd) = tools::clamd() {
        uploads.arg("--clamd").arg(clamd);
    }
    let job = Job {
        what: "an upload by another program",
        advice: "what was expected is above",
        limit: Duration::from_secs(900),
    };
    job.show(&mut uploads)
}

/// Has other programs receive mail and webhooks, while they are away for a time and the service is killed;
/// with `soak` more of them.
pub fn test_outbox(soak: bool) -> Result<()> {
    if !cfg!(unix) {
        eprintln!("  left out: it kills the service as only Unix can");
        return Ok(());
    }
    tools::node_modules()?;
    let mut outbox = process::command(tools::python(&tools::OUTBOX)?);
    outbox.arg("tests/outbox/run.py").arg("--program").arg(service_of_tests()?);
    outbox.args(["--events", if soak { "600" } else { "60" }]);
    let cluster = Cluster::start(For::Tests)?;
    outbox.args(["--database", &cluster.url]);
    let job = Job {
        what: "what another program receives",
        advice: "what was expected is above",
        limit: Duration::from_secs(900),
    };
    job.show(&mut outbox)
}

/// Has other people's tools write positions into photos and videos, and look for them when ours has taken
/// them out. The samples that they have made are in `crates/domain/tests/files`, for every test.
pub fn test_positions() -> Result<()> {
    tools::media_programs()?;
    let job = Job {
        what: "building the example `unlocate`",
        advice: "the compiler's message is above",
        limit: LONG,
    };
    let mut cargo = process::cargo();
    job.show(cargo.args(["build", "--quiet", "--package", "domain", "--example", "unlocate"]))?;
    let job = Job {
        what: "a search for positions",
        advice: "the file and what it gives away are above",
        limit: Duration::from_secs(600),
    };
    let mut run = process::command(tools::python(&tools::MEDIA)?);
    job.show(run.arg("tests/media/run.py").arg(target().join("debug/examples/unlocate")))
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

/// Runs the journey, the takeover and the failures in Chromium, Firefox and WebKitGTK; with `soak`
/// on more ways through the form.
pub fn test_engines(soak: bool) -> Result<()> {
    tools::node_modules()?;
    let server = server::build()?;
    let mut node = tools::node();
    node.args(["--test-reporter=spec", "tests/engines/run.mjs"]);
    for program in [tools::FIREFOX, tools::WEBKIT_DRIVER, tools::SCREEN] {
        node.env(program.variable, program.get()?);
    }
    if soak {
        node.env("HC_SOAK", "1");
    }
    let job = Job {
        what: "a test in one of the three engines",
        advice: "its name and message are above; HC_ENGINES=firefox runs it in one of them alone",
        limit: LONG,
    };
    job.show(with_browser(&mut node, &server)?)
}

/// Tells the browser tests where the browser and the service are.
pub fn with_browser<'a>(command: &'a mut Command, server: &Path) -> Result<&'a mut Command> {
    command.env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1").current_dir(root());
    command.env(tools::CHROMIUM.variable, tools::CHROMIUM.get()?);
    Ok(command.env("HC_SERVER_BIN", server))
}
