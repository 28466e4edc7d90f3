//! The receiving service: building it and, for `start`, becoming it.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Context, Result};

use crate::{
    dist,
    paths::target,
    process::{self, Job},
};

/// What `start` hands to the service; what is not given is the service's default.
pub struct Flags {
    /// The port to listen on.
    pub port: Option<u16>,
    /// The folder of the database and the evidence.
    pub data: Option<PathBuf>,
    /// The address to listen on.
    pub address: Option<String>,
    /// The folder of the landlord files.
    pub landlords: Option<PathBuf>,
}

/// Builds everything and runs the service until Ctrl-C.
pub fn start(flags: &Flags) -> Result<()> {
    dist::build()?;
    let mut serve = process::command(build()?);
    serve.arg("serve");
    if let Some(port) = flags.port {
        serve.arg("--port").arg(port.to_string());
    }
    if let Some(address) = &flags.address {
        serve.arg("--address").arg(address);
    }
    // The service runs in the project's root, a person types from anywhere.
    for (flag, folder) in [("--data", &flags.data), ("--landlords", &flags.landlords)] {
        if let Some(folder) = folder {
            let folder = std::path::absolute(folder)
                .with_context(|| format!("{flag} {} is not a folder's name", folder.display()))?;
            serve.arg(flag).arg(folder);
        }
    }
    become_program(serve)
}

/// Builds the service; returns its program.
pub fn build() -> Result<PathBuf> {
    let program =
        target().join("release").join(format!("housing-complaint{}", std::env::consts::EXE_SUFFIX));
    let time = if program.is_file() { "" } else { " (the first time: a few minutes)" };
    eprintln!("building the receiving service{time}");
    let job = Job {
        what: "building the receiving service",
        advice: "the compiler's message is above",
        limit: Duration::from_secs(3600),
    };
    job.show(process::cargo().args(["build", "--release", "--quiet", "--package", "server"]))?;
    Ok(program)
}

/// Replaces xtask, so that signals and the exit code are the program's own.
#[cfg(unix)]
fn become_program(mut command: Command) -> Result<()> {
    use std::os::unix::process::CommandExt;
    let error = command.exec();
    Err(error).with_context(|| cannot_start(&command))
}

/// Waits for the program; Ctrl-C reaches both.
#[cfg(not(unix))]
fn become_program(mut command: Command) -> Result<()> {
    let status = command.status().with_context(|| cannot_start(&command))?;
    std::process::exit(status.code().unwrap_or(1))
}

fn cannot_start(command: &Command) -> String {
    let program = Path::new(command.get_program()).display();
    format!("the receiving service {program} can't be started; run `cargo xtask start` again")
}
