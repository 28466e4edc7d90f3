//! The service's clock: the moment in UTC, and the day in London by which the Code counts.

use std::time::{SystemTime, UNIX_EPOCH};

use chrono::{DateTime, NaiveDate, SecondsFormat};
use domain::london;
use tracing::error;

use crate::AppState;
use crate::error::Error;

/// A moment.
#[derive(Clone, Debug)]
pub struct Now {
    /// In UTC, as the database has it: `2026-11-21T09:30:00.000Z`.
    pub at: String,
    /// Milliseconds since 1970.
    pub millis: i64,
    /// The day in London.
    pub today: NaiveDate,
}

/// This moment.
///
/// # Errors
///
/// [`Error::Unavailable`] where the machine's clock can't be right.
pub fn now(state: &AppState) -> Result<Now, Error> {
    at((state.config.clock)())
}

/// This moment of the machine's clock.
///
/// # Errors
///
/// [`Error::Unavailable`] where it can't be right.
pub fn at(time: SystemTime) -> Result<Now, Error> {
    let since_1970 = time.duration_since(UNIX_EPOCH);
    let millis = since_1970.ok().and_then(|it| i64::try_from(it.as_millis()).ok());
    let now = millis
        .and_then(|millis| Some(Now { at: moment(millis)?, millis, today: london::date(millis)? }));
    now.ok_or_else(|| {
        error!("the clock of this machine can't be right");
        Error::Unavailable
    })
}

/// A moment as it is written in the database.
pub fn moment(millis: i64) -> Option<String> {
    Some(DateTime::from_timestamp_millis(millis)?.to_rfc3339_opts(SecondsFormat::Millis, true))
}
