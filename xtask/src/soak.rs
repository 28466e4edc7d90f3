//! `cargo xtask soak`: the long runs.
//!
//! They are the ordinary tests: with `HC_SOAK=1` in the environment each that can raises its
//! counts. In the browser only those with `@soak` in their titles run; in the three engines all,
//! and a trap at every step of every way in.

use anyhow::Result;

use crate::{
    bench,
    check::{
        Steps, test_api, test_browser, test_engines, test_host, test_outbox, test_positions,
        test_postgres, test_uploads,
    },
    dist,
};

/// Runs the long runs; stops at the first that fails.
pub fn run() -> Result<()> {
    let mut steps = Steps::new();
    steps.run("tests (this machine), long", || test_host(true))?;
    steps.run("uploads, by other programs, long", || test_uploads(true))?;
    steps.run("mail and webhooks, by other programs, long", || test_outbox(true))?;
    steps.run("the service on PostgreSQL", test_postgres)?;
    steps.run("made-up requests (Schemathesis), long", || test_api(true))?;
    steps.run("a million cases", bench::million)?;
    steps.run("positions, by other people's tools", test_positions)?;
    steps.run("build of dist/", dist::build)?;
    steps.run("tests (browser), long", || test_browser(true))?;
    steps.run("tests (three engines), long", || test_engines(true))?;
    steps.finish();
    Ok(())
}
