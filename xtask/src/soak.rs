//! `cargo xtask soak`: the long runs.
//!
//! They are the ordinary tests: with `HC_SOAK=1` in the environment each that can raises its
//! counts. In the browser only those with `@soak` in their titles run.

use anyhow::Result;

use crate::{
    check::{Steps, test_browser, test_host},
    dist,
    paths::{files, read_text, root},
};

/// Runs the long runs; stops at the first that fails.
pub fn run() -> Result<()> {
    let mut steps = Steps::new();
    steps.run("tests (this machine), long", || test_host(true))?;
    if has_browser_soak()? {
        steps.run("build of dist/", dist::build)?;
        steps.run("tests (browser), long", || test_browser(true))?;
    } else {
        eprintln!("no browser test has @soak in its title");
    }
    steps.finish();
    Ok(())
}

fn has_browser_soak() -> Result<bool> {
    for file in files(&root().join("tests/browser"))? {
        let is_script = file.extension().is_some_and(|extension| extension == "mjs");
        if is_script && read_text(&file)?.contains("@soak") {
            return Ok(true);
        }
    }
    Ok(false)
}
