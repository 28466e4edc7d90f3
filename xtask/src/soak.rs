//! `cargo xtask soak [PART]…`: the long runs, all or some.
//!
//! They are the ordinary tests: with `HC_SOAK=1` in the environment each that can raises its
//! counts. In the browser only those with `@soak` in their titles run; in the three engines all,
//! and a trap at every step of every way in.

use anyhow::Result;
use clap::ValueEnum;

use crate::{
    bench,
    check::{
        Steps, test_api, test_browser, test_engines, test_host, test_outbox, test_positions,
        test_postgres, test_uploads,
    },
    dist,
};

/// One of the long runs.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// The tests in Rust, each at its full count, in release
    Host,
    /// Uploads, by other programs
    Uploads,
    /// Mail and webhooks, by other programs
    Outbox,
    /// The service's tests on PostgreSQL
    Postgres,
    /// Thousands of made-up requests, on both databases
    Api,
    /// Load, and looking up a case among a million
    Million,
    /// Landlords' positions, by other people's tools
    Positions,
    /// Whole journeys in the browser, with kills
    Browser,
    /// The three engines
    Engines,
}

impl Part {
    fn run(self, steps: &mut Steps) -> Result<()> {
        match self {
            Self::Host => steps.run("tests (this machine), long", || test_host(true)),
            Self::Uploads => steps.run("uploads, by other programs, long", || test_uploads(true)),
            Self::Outbox => {
                steps.run("mail and webhooks, by other programs, long", || test_outbox(true))
            }
            Self::Postgres => steps.run("the service on PostgreSQL", test_postgres),
            Self::Api => steps.run("made-up requests (Schemathesis), long", || test_api(true)),
            Self::Million => steps.run("a million cases", bench::million),
            Self::Positions => steps.run("positions, by other people's tools", test_positions),
            Self::Browser => steps.run("tests (browser), long", || test_browser(true)),
            Self::Engines => steps.run("tests (three engines), long", || test_engines(true)),
        }
    }
}

/// Runs the parts named, or all if none is; stops at the first that fails.
pub fn run(parts: &[Part]) -> Result<()> {
    let mut steps = Steps::new();
    let parts = if parts.is_empty() { Part::value_variants() } else { parts };
    if parts.contains(&Part::Browser) || parts.contains(&Part::Engines) {
        steps.run("build of dist/", dist::build)?;
    }
    for part in parts {
        part.run(&mut steps)?;
    }
    steps.finish();
    Ok(())
}
