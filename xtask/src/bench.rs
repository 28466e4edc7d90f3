//! `cargo xtask bench`: the project's own measurements, as a table and as JSON.
//!
//! Each program that measures prints its table, and writes its JSON to the file named in
//! `HC_BENCH_JSON`; all are joined in `target/bench.json`.

use std::{fs, path::Path, process::Command};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::{
    check::{LONG, with_browser},
    dist,
    paths::{read, root, target, write},
    postgres::{Cluster, For},
    process::{self, Job},
    server, size, tools,
};

/// Measures everything.
pub fn run() -> Result<()> {
    dist::build()?;
    let server = server::build()?;
    let all = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "sizes": sizes()?,
        "first_screen": in_browser("first-screen", "tests/browser/bench-first-screen.mjs", &server)?,
        "steps": in_browser("steps", "tests/browser/bench.mjs", &server)?,
        "throughput": throughput()?,
    });
    let path = target().join("bench.json");
    write(&path, serde_json::to_string_pretty(&all)? + "\n")?;
    println!("as JSON: {}", path.display());
    Ok(())
}

fn sizes() -> Result<Value> {
    let report = size::Report::measure()?;
    report.print();
    Ok(report.to_json())
}

/// When the first screen is seen, and how long each step takes, in a browser.
fn in_browser(name: &str, script: &str, server: &Path) -> Result<Value> {
    tools::node_modules()?;
    let mut node = process::command("node");
    measure(name, with_browser(node.arg(script), server)?)
}

/// How long looking up a case takes among a million; too long is a failure.
pub fn million() -> Result<()> {
    throughput_with(&["1000000"]).map(|_| ())
}

/// How many complaints a second the service takes, on both databases.
fn throughput() -> Result<Value> {
    throughput_with(&[])
}

fn throughput_with(arguments: &[&str]) -> Result<Value> {
    if !root().join("crates/server/examples/throughput.rs").is_file()
        && !root().join("crates/server/examples/throughput/main.rs").is_file()
    {
        eprintln!("crates/server has no example `throughput`; it is left out");
        return Ok(Value::Null);
    }
    let mut cargo = process::cargo();
    cargo.args(["run", "--release", "--quiet", "--package", "server", "--example", "throughput"]);
    cargo.arg("--").args(arguments);
    // Dropped, and so ended, after the measurement.
    let cluster = match Cluster::start(For::Measurements) {
        Ok(cluster) => Some(cluster),
        Err(error) => {
            eprintln!("  PostgreSQL is left out: {error:#}");
            None
        }
    };
    if let Some(cluster) = &cluster {
        cargo.env("HC_BENCH_DATABASE", &cluster.url);
    }
    measure("throughput", &mut cargo)
}

fn measure(name: &str, command: &mut Command) -> Result<Value> {
    eprintln!("measuring: {name}");
    let path = target().join(format!("bench-{name}.json"));
    if path.is_file() {
        fs::remove_file(&path).with_context(|| format!("{} can't be removed", path.display()))?;
    }
    let what = format!("the measurement of {name}");
    let job = Job { what: &what, advice: "its message is above", limit: LONG };
    job.show(command.env("HC_BENCH_JSON", &path))?;
    if !path.is_file() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(&read(&path)?)
        .with_context(|| format!("{} is not JSON; mend the program that wrote it", path.display()))
}
