//! Working days in England, as counted for the Code's dates.
//!
//! A working day is any day but a Saturday, a Sunday or a bank holiday in England. The day on
//! which something happens never counts; the count starts with the next working day.

use chrono::{Datelike, NaiveDate, Weekday};

/// A number of working days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct WorkingDays(pub u8);

/// The date lies outside the years for which bank holidays are known, so no date can be promised.
/// Whoever shows dates falls back to "within 5 working days", without a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BeyondCalendar;

/// The bank holidays of the years that it covers, and nothing about any other year.
#[derive(Clone, Copy, Debug)]
pub struct Calendar {
    first_year: i32,
    last_year: i32,
    /// (year, month, day), ascending.
    bank_holidays: &'static [(i32, u8, u8)],
}

/// Bank holidays in England and Wales as published on GOV.UK (`bank-holidays.json`, division
/// `england-and-wales`), read in February 2026. 2019 to 2028, one-off days included.
pub const ENGLAND: Calendar = Calendar {
    first_year: 2019,
    last_year: 2028,
    bank_holidays: &[
        (2019, 1, 1),
        (2019, 4, 19),
        (2019, 4, 22),
        (2019, 5, 6),
        (2019, 5, 27),
        (2019, 8, 26),
        (2019, 12, 25),
        (2019, 12, 26),
        (2020, 1, 1),
        (2020, 4, 10),
        (2020, 4, 13),
        (2020, 5, 8),
        (2020, 5, 25),
        (2020, 8, 31),
        (2020, 12, 25),
        (2020, 12, 28),
        (2021, 1, 1),
        (2021, 4, 2),
        (2021, 4, 5),
        (2021, 5, 3),
        (2021, 5, 31),
        (2021, 8, 30),
        (2021, 12, 27),
        (2021, 12, 28),
        (2022, 1, 3),
        (2022, 4, 15),
        (2022, 4, 18),
        (2022, 5, 2),
        (2022, 6, 2),
        (2022, 6, 3),
        (2022, 8, 29),
        (2022, 9, 19),
        (2022, 12, 26),
        (2022, 12, 27),
        (2023, 1, 2),
        (2023, 4, 7),
        (2023, 4, 10),
        (2023, 5, 1),
        (2023, 5, 8),
        (2023, 5, 29),
        (2023, 8, 28),
        (2023, 12, 25),
        (2023, 12, 26),
        (2024, 1, 1),
        (2024, 3, 29),
        (2024, 4, 1),
        (2024, 5, 6),
        (2024, 5, 27),
        (2024, 8, 26),
        (2024, 12, 25),
        (2024, 12, 26),
        (2025, 1, 1),
        (2025, 4, 18),
        (2025, 4, 21),
        (2025, 5, 5),
        (2025, 5, 26),
        (2025, 8, 25),
        (2025, 12, 25),
        (2025, 12, 26),
        (2026, 1, 1),
        (2026, 4, 3),
        (2026, 4, 6),
        (2026, 5, 4),
        (2026, 5, 25),
        (2026, 8, 31),
        (2026, 12, 25),
        (2026, 12, 28),
        (2027, 1, 1),
        (2027, 3, 26),
        (2027, 3, 29),
        (2027, 5, 3),
        (2027, 5, 31),
        (2027, 8, 30),
        (2027, 12, 27),
        (2027, 12, 28),
        (2028, 1, 3),
        (2028, 4, 14),
        (2028, 4, 17),
        (2028, 5, 1),
        (2028, 5, 29),
        (2028, 8, 28),
        (2028, 12, 25),
        (2028, 12, 26),
    ],
};

impl Calendar {
    /// Whether this date is a working day.
    ///
    /// # Errors
    ///
    /// [`BeyondCalendar`] where the bank holidays of its year are not known.
    pub fn is_working_day(&self, date: NaiveDate) -> Result<bool, BeyondCalendar> {
        if date.year() < self.first_year || date.year() > self.last_year {
            return Err(BeyondCalendar);
        }
        let is_weekend = matches!(date.weekday(), Weekday::Sat | Weekday::Sun);
        let ymd = (date.year(), date.month() as u8, date.day() as u8);
        Ok(!is_weekend && self.bank_holidays.binary_search(&ymd).is_err())
    }

    /// The last day of a period of `count` working days that starts with what happened on `from`.
    ///
    /// # Errors
    ///
    /// [`BeyondCalendar`] where the answer would need bank holidays that are not known.
    pub fn add(&self, from: NaiveDate, count: WorkingDays) -> Result<NaiveDate, BeyondCalendar> {
        self.is_working_day(from)?;
        let mut date = from;
        let mut left = count.0;
        while left > 0 {
            date = date.succ_opt().ok_or(BeyondCalendar)?;
            if self.is_working_day(date)? {
                left -= 1;
            }
        }
        Ok(date)
    }

    /// The last date of which this calendar knows anything.
    pub fn ends_on(&self) -> Option<NaiveDate> {
        NaiveDate::from_ymd_opt(self.last_year, 12, 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    #[test]
    fn the_day_of_receipt_never_counts() {
        assert_eq!(ENGLAND.add(day(2026, 11, 23), WorkingDays(1)), Ok(day(2026, 11, 24)));
    }

    #[test]
    fn a_start_on_a_weekend_or_a_bank_holiday_counts_from_the_next_working_day() {
        assert_eq!(ENGLAND.add(day(2026, 11, 21), WorkingDays(1)), Ok(day(2026, 11, 23)));
        assert_eq!(ENGLAND.add(day(2026, 12, 25), WorkingDays(1)), Ok(day(2026, 12, 29)));
    }

    #[test]
    fn one_off_bank_holidays_do_not_count() {
        assert_eq!(ENGLAND.is_working_day(day(2022, 9, 19)), Ok(false));
        assert_eq!(ENGLAND.is_working_day(day(2023, 5, 8)), Ok(false));
    }

    #[test]
    fn a_holiday_moved_from_a_weekend_counts_once() {
        // 25 December 2027 is a Saturday: Monday and Tuesday are the bank holidays.
        assert_eq!(ENGLAND.add(day(2027, 12, 24), WorkingDays(1)), Ok(day(2027, 12, 29)));
    }

    #[test]
    fn no_date_is_promised_outside_the_years_that_are_known() {
        assert_eq!(ENGLAND.add(day(2028, 12, 29), WorkingDays(1)), Err(BeyondCalendar));
        assert_eq!(ENGLAND.add(day(2029, 1, 2), WorkingDays(0)), Err(BeyondCalendar));
        assert_eq!(ENGLAND.add(day(2018, 12, 31), WorkingDays(5)), Err(BeyondCalendar));
    }

    /// The table must not run out silently: a new year of it is due 90 days before the end.
    #[test]
    fn the_table_lasts_for_another_ninety_days() {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        let today = chrono::DateTime::from_timestamp_millis(now.as_millis() as i64).unwrap();
        let left = ENGLAND.ends_on().unwrap() - today.date_naive();
        assert!(left.num_days() > 90, "add the bank holidays that GOV.UK has published since");
    }

    #[test]
    fn the_table_is_sorted_on_weekdays_and_has_eight_days_a_year() {
        assert!(ENGLAND.bank_holidays.is_sorted());
        for &(y, m, d) in ENGLAND.bank_holidays {
            let date = day(y, m.into(), d.into());
            assert!(!matches!(date.weekday(), Weekday::Sat | Weekday::Sun), "{date}");
        }
        for year in ENGLAND.first_year..=ENGLAND.last_year {
            let days = ENGLAND.bank_holidays.iter().filter(|(y, ..)| *y == year).count();
            let expected = match year {
                2022 => 10, // the Platinum Jubilee and the State Funeral
                2023 => 9,  // the Coronation
                _ => 8,
            };
            assert_eq!(days, expected, "{year}");
        }
    }
}
