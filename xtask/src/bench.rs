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
        "steps": steps(&server)?,
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

/// How long each step takes in a browser.
fn steps(server: &Path) -> Result<Value> {
    let script = "tests/browser/bench.mjs";
    if !root().join(script).is_file() {
        eprintln!("{script} is not there; the times in the browser are left out");
        return Ok(Value::Null);
    }
    tools::node_modules()?;
    let mut node = process::command("node");
    measure("steps", with_browser(node.arg(script), server)?)
}

/// How many complaints a second the service takes.
fn throughput() -> Result<Value> {
    if !root().join("crates/server/examples/throughput.rs").is_file()
        && !root().join("crates/server/examples/throughput/main.rs").is_file()
    {
        eprintln!("crates/server has no example `throughput`; it is left out");
        return Ok(Value::Null);
    }
    let mut cargo = process::cargo();
    cargo.args(["run", "--release", "--quiet", "--package", "server", "--example", "throughput"]);
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
