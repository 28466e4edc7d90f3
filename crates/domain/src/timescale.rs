//! From the date of receipt to the dates that a resident is promised.
//!
//! There are two steps, because the Code counts the answer from the *acknowledgement* (6.3, 6.14),
//! which has not happened when a complaint is sent: acknowledge by one date, and answer by another
//! "at the latest", worked out from the last day for the acknowledgement.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::choices::Choice;
use crate::working_days::{BeyondCalendar, Calendar, WorkingDays};

/// How long a landlord takes at each stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timescale {
    /// From receipt to acknowledgement, at either stage (Code 6.2, 6.11).
    pub acknowledge: WorkingDays,
    /// To the full stage 1 response (Code 6.3).
    pub stage_1: WorkingDays,
    /// What the stage 1 response is counted from.
    pub stage_1_from: StartsFrom,
    /// The longest extension of stage 1 (Code 6.4).
    pub stage_1_extension: WorkingDays,
    /// To the final response (Code 6.14).
    pub stage_2: WorkingDays,
    /// What the final response is counted from.
    pub stage_2_from: StartsFrom,
    /// The longest extension of stage 2 (Code 6.15).
    pub stage_2_extension: WorkingDays,
}

/// The longest times that the Code allows.
impl Default for Timescale {
    fn default() -> Self {
        crate::code::TIMESCALE
    }
}

/// The event from which a response time runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum StartsFrom {
    /// The Code's own rule (6.3, 6.14).
    Acknowledgement,
    /// Stricter: some landlords count from the day on which they first hear of it.
    Receipt,
}

impl Choice for StartsFrom {
    const ALL: &'static [(Self, &'static str)] =
        &[(Self::Acknowledgement, "acknowledgement"), (Self::Receipt, "receipt")];
}

/// The dates of one stage, at the latest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StageDates {
    /// The last day for the acknowledgement.
    pub acknowledge_by: NaiveDate,
    /// The last day for the response.
    pub respond_by: NaiveDate,
    /// The last day for the response if the landlord extends it, with reasons (Code 6.4, 6.15).
    pub extended_by: NaiveDate,
}

impl Timescale {
    /// The dates of a stage 1 complaint received on this day.
    ///
    /// # Errors
    ///
    /// [`BeyondCalendar`] where a date would need bank holidays that are not known yet.
    pub fn stage_1(&self, calendar: &Calendar, received_on: NaiveDate) -> DatesOrNone {
        let Self { stage_1, stage_1_from, stage_1_extension, .. } = *self;
        self.dates(calendar, received_on, stage_1, stage_1_from, stage_1_extension)
    }

    /// The dates of a stage 2 request received on this day.
    ///
    /// # Errors
    ///
    /// [`BeyondCalendar`] where a date would need bank holidays that are not known yet.
    pub fn stage_2(&self, calendar: &Calendar, received_on: NaiveDate) -> DatesOrNone {
        let Self { stage_2, stage_2_from, stage_2_extension, .. } = *self;
        self.dates(calendar, received_on, stage_2, stage_2_from, stage_2_extension)
    }

    fn dates(
        &self,
        calendar: &Calendar,
        received_on: NaiveDate,
        respond: WorkingDays,
        starts_from: StartsFrom,
        extension: WorkingDays,
    ) -> DatesOrNone {
        let acknowledge_by = calendar.add(received_on, self.acknowledge)?;
        let starts_on = match starts_from {
            StartsFrom::Acknowledgement => acknowledge_by,
            StartsFrom::Receipt => received_on,
        };
        let respond_by = calendar.add(starts_on, respond)?;
        let extended_by = calendar.add(respond_by, extension)?;
        Ok(StageDates { acknowledge_by, respond_by, extended_by })
    }
}

/// Dates, or the honest answer that there are none.
pub type DatesOrNone = Result<StageDates, BeyondCalendar>;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code;
    use crate::working_days::ENGLAND;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// Received · acknowledge · stage 1 · extended · stage 2 · extended · acknowledged in three
    /// days · stage 1 from receipt · fifteen days from the receipt of an appeal.
    const VECTORS: [[&str; 9]; 5] = [
        [
            "2026-11-21",
            "2026-11-27",
            "2026-12-11",
            "2026-12-29",
            "2026-12-29",
            "2027-01-27",
            "2026-11-25",
            "2026-12-04",
            "2026-12-11",
        ],
        [
            "2026-11-23",
            "2026-11-30",
            "2026-12-14",
            "2026-12-30",
            "2026-12-30",
            "2027-01-28",
            "2026-11-26",
            "2026-12-07",
            "2026-12-14",
        ],
        [
            "2026-12-21",
            "2026-12-30",
            "2027-01-14",
            "2027-01-28",
            "2027-01-28",
            "2027-02-25",
            "2026-12-24",
            "2027-01-07",
            "2027-01-14",
        ],
        [
            "2026-12-25",
            "2027-01-05",
            "2027-01-19",
            "2027-02-02",
            "2027-02-02",
            "2027-03-02",
            "2026-12-31",
            "2027-01-12",
            "2027-01-19",
        ],
        [
            "2027-03-24",
            "2027-04-02",
            "2027-04-16",
            "2027-04-30",
            "2027-04-30",
            "2027-06-01",
            "2027-03-31",
            "2027-04-09",
            "2027-04-16",
        ],
    ];

    #[test]
    fn the_five_rows_of_test_vectors_hold() {
        for row in VECTORS {
            let [received, ack, s1, s1_ext, s2, s2_ext, ack_3, s1_receipt, s2_receipt] =
                row.map(day);
            let first = code::TIMESCALE.stage_1(&ENGLAND, received).unwrap();
            assert_eq!((first.acknowledge_by, first.respond_by), (ack, s1), "{received}");
            assert_eq!(first.extended_by, s1_ext, "{received}");
            let second = code::TIMESCALE.stage_2(&ENGLAND, received).unwrap();
            assert_eq!((second.respond_by, second.extended_by), (s2, s2_ext), "{received}");

            let three = Timescale { acknowledge: WorkingDays(3), ..code::TIMESCALE };
            assert_eq!(three.stage_1(&ENGLAND, received).unwrap().acknowledge_by, ack_3);

            let receipt = Timescale {
                stage_1_from: StartsFrom::Receipt,
                stage_2: WorkingDays(15),
                stage_2_from: StartsFrom::Receipt,
                ..code::TIMESCALE
            };
            assert_eq!(receipt.stage_1(&ENGLAND, received).unwrap().respond_by, s1_receipt);
            assert_eq!(receipt.stage_2(&ENGLAND, received).unwrap().respond_by, s2_receipt);
        }
    }

    #[test]
    fn past_the_end_of_the_calendar_there_is_no_date() {
        assert_eq!(code::TIMESCALE.stage_1(&ENGLAND, day("2028-12-20")), Err(BeyondCalendar));
        assert_eq!(code::TIMESCALE.stage_1(&ENGLAND, day("2031-01-01")), Err(BeyondCalendar));
    }
}
