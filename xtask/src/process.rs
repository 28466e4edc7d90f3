//! Child processes: each with a time limit, a clean environment and one sentence on failure.

use std::{
    env,
    io::Read,
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

use crate::paths;

/// One run of another program.
pub struct Job<'a> {
    /// What it does, as the subject of "… failed".
    pub what: &'a str,
    /// What a person can do when it fails.
    pub advice: &'a str,
    /// How long it may take.
    pub limit: Duration,
}

/// What a program that ran to its end left.
pub struct Outcome {
    /// How it ended.
    pub status: ExitStatus,
    /// What it wrote to standard output.
    pub stdout: String,
    /// What it wrote to standard error.
    pub stderr: String,
}

impl Job<'_> {
    /// Runs the command with its output shown as it comes.
    pub fn show(&self, command: &mut Command) -> Result<()> {
        let mut child = self.spawn(command.stdin(Stdio::null()))?;
        let status = self.wait(&mut child)?;
        self.judge(status)
    }

    /// Runs the command and returns its standard output; shows its output only if it fails.
    pub fn quiet(&self, command: &mut Command) -> Result<String> {
        let outcome = self.outcome(command)?;
        if !outcome.status.success() {
            eprint!("{}{}", outcome.stdout, outcome.stderr);
        }
        self.judge(outcome.status)?;
        Ok(outcome.stdout)
    }

    /// Runs the command, whatever its exit code, with its output kept.
    pub fn outcome(&self, command: &mut Command) -> Result<Outcome> {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = self.spawn(command)?;
        let stdout = collect(child.stdout.take());
        let stderr = collect(child.stderr.take());
        let status = self.wait(&mut child)?;
        // A grandchild may hold the pipe open after the child's end.
        let text = |pipe: mpsc::Receiver<Vec<u8>>| {
            let bytes = pipe.recv_timeout(Duration::from_secs(2)).unwrap_or_default();
            String::from_utf8_lossy(&bytes).into_owned()
        };
        Ok(Outcome { status, stdout: text(stdout), stderr: text(stderr) })
    }

    fn spawn(&self, command: &mut Command) -> Result<Child> {
        command.spawn().with_context(|| {
            let program = Path::new(command.get_program()).display().to_string();
            format!("{} failed: {program} can't be started; {}", self.what, self.advice)
        })
    }

    fn wait(&self, child: &mut Child) -> Result<ExitStatus> {
        let began = Instant::now();
        let mut pause = Duration::from_millis(2);
        loop {
            let state = child.try_wait().with_context(|| format!("{} was lost", self.what))?;
            if let Some(status) = state {
                return Ok(status);
            }
            if began.elapsed() >= self.limit {
                end(child);
                let seconds = self.limit.as_secs();
                bail!(
                    "{} was still going after {seconds} s and was ended; {}",
                    self.what,
                    self.advice
                );
            }
            thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(50));
        }
    }

    fn judge(&self, status: ExitStatus) -> Result<()> {
        if !status.success() {
            bail!("{} failed ({status}); {}", self.what, self.advice);
        }
        Ok(())
    }
}

/// Asks the child to end, so that it can end its own children, and ends it if it doesn't.
fn end(child: &mut Child) {
    if cfg!(unix) {
        let asked = Command::new("kill").arg(child.id().to_string()).status();
        if asked.is_ok_and(|status| status.success()) {
            let began = Instant::now();
            while began.elapsed() < Duration::from_secs(5) {
                if !matches!(child.try_wait(), Ok(None)) {
                    return;
                }
                thread::sleep(Duration::from_millis(50));
            }
        }
    }
    // Both fail only where the child is gone already.
    let _ = child.kill();
    let _ = child.wait();
}

fn collect(pipe: Option<impl Read + Send + 'static>) -> mpsc::Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            // What came before a broken pipe is still worth showing.
            let _ = pipe.read_to_end(&mut bytes);
        }
        let _ = sender.send(bytes);
    });
    receiver
}

/// A command in the project's root, without what the cargo around xtask set for xtask.
pub fn command(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(paths::root());
    forget(&mut command, is_of_outer_cargo);
    command
}

/// The cargo that runs xtask, for the host's builds.
///
/// What a compiler keeps to be quicker the next time is as large as what it makes, and a fresh machine
/// has no next time: it is kept only where `CARGO_INCREMENTAL` asks for it.
pub fn cargo() -> Command {
    let mut cargo = command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    if env::var_os("CARGO_INCREMENTAL").is_none() {
        cargo.env("CARGO_INCREMENTAL", "0");
    }
    if env::var_os("CARGO_TARGET_DIR").is_some() {
        cargo.env("CARGO_TARGET_DIR", paths::target());
    }
    cargo
}

/// Removes the variables that decide how cargo compiles, for a build that sets its own.
pub fn forget_build_settings(command: &mut Command) {
    forget(command, is_build_setting);
}

fn forget(command: &mut Command, unwanted: fn(&str) -> bool) {
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(unwanted) {
            command.env_remove(name);
        }
    }
}

fn is_of_outer_cargo(name: &str) -> bool {
    let prefixes = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_"];
    let names = ["CARGO", "CARGO_CRATE_NAME", "CARGO_PRIMARY_PACKAGE", "OUT_DIR"];
    names.contains(&name) || prefixes.iter().any(|prefix| name.starts_with(prefix))
}

fn is_build_setting(name: &str) -> bool {
    let prefixes = ["CARGO_BUILD_", "CARGO_PROFILE_", "CARGO_TARGET_", "RUSTC_", "RUSTDOC"];
    let names = ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_ENCODED_RUSTDOCFLAGS"];
    names.contains(&name) || prefixes.iter().any(|prefix| name.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    const JOB: Job = Job { what: "the trial", advice: "try again", limit: Duration::from_secs(20) };

    #[test]
    fn a_failure_is_one_sentence_with_its_advice() {
        let error = JOB.show(&mut Command::new("false")).expect_err("`false` fails");
        assert_eq!(format!("{error:#}"), "the trial failed (exit status: 1); try again");
    }

    #[test]
    fn a_missing_program_is_named() {
        let error = JOB.quiet(&mut Command::new("no-such-program")).expect_err("it is missing");
        let text = format!("{error:#}");
        assert!(text.contains("no-such-program can't be started; try again"), "{text}");
    }

    #[test]
    fn a_hanging_program_is_ended() {
        let job = Job { limit: Duration::from_millis(100), ..JOB };
        let began = Instant::now();
        let error = job.quiet(Command::new("sleep").arg("60")).expect_err("it hangs");
        assert!(error.to_string().contains("was ended"), "{error}");
        assert!(began.elapsed() < Duration::from_secs(20));
    }

    #[test]
    fn output_is_kept() {
        let out = JOB.quiet(Command::new("echo").arg("hello")).expect("echo runs");
        assert_eq!(out, "hello\n");
    }

    #[test]
    fn the_outer_cargo_leaves_no_trace() {
        assert!(is_of_outer_cargo("CARGO_PKG_NAME") && is_of_outer_cargo("CARGO"));
        assert!(!is_of_outer_cargo("CARGO_HOME") && !is_of_outer_cargo("CARGO_TARGET_DIR"));
        assert!(is_build_setting("RUSTFLAGS") && is_build_setting("RUSTC_WRAPPER"));
        assert!(!is_build_setting("CARGO_HOME") && !is_build_setting("RUSTUP_HOME"));
    }
}
