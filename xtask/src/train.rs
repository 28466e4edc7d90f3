//! `cargo xtask train`: the model by which residents' words are read, from labelled rows (docs/triage.md).

use anyhow::Result;

use crate::process::{self, Job};

/// Writes the model.
pub fn run() -> Result<()> {
    let mut cargo = process::cargo();
    cargo.args(["run", "--release", "--quiet", "--package", "reading", "--example", "train", "--"]);
    cargo.arg("crates/reading/src/en.txt");
    // Plain texts are commonest in life, and rarest among the rows: they count twice.
    let files = ["training", "stories", "everyday", "plain", "plain", "development"];
    cargo.args(files.map(|it| format!("crates/reading/tests/triage/{it}.tsv")));
    let job =
        Job { what: "the training", advice: "its message is above", limit: crate::check::LONG };
    job.show(&mut cargo)
}
