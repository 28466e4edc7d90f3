//! The date in Europe/London. A complaint sent at 23:59 on Sunday was received on Sunday, whatever
//! the clock of the browser or of the server's machine says.

use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Weekday};

/// The date in London at this moment, given in milliseconds since 1970 (UTC).
///
/// British Summer Time runs from 01:00 UTC on the last Sunday of March to 01:00 UTC on the last
/// Sunday of October (Summer Time Act 1972 as amended).
pub fn date(unix_millis: i64) -> Option<NaiveDate> {
    let utc = chrono::DateTime::from_timestamp_millis(unix_millis)?.naive_utc();
    let is_summer = match (change_of_clocks(utc.year(), 3), change_of_clocks(utc.year(), 10)) {
        (Some(starts), Some(ends)) => utc >= starts && utc < ends,
        _ => false,
    };
    let local = if is_summer { utc.checked_add_signed(TimeDelta::hours(1))? } else { utc };
    Some(local.date())
}

fn change_of_clocks(year: i32, month: u32) -> Option<NaiveDateTime> {
    let last_day = NaiveDate::from_ymd_opt(year, month, 31)?;
    let since_sunday = last_day.weekday().days_since(Weekday::Sun).into();
    let sunday = last_day.checked_sub_days(Days::new(since_sunday))?;
    Some(sunday.and_time(NaiveTime::from_hms_opt(1, 0, 0)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(rfc3339: &str) -> String {
        let moment = chrono::DateTime::parse_from_rfc3339(rfc3339).unwrap();
        date(moment.timestamp_millis()).unwrap().to_string()
    }

    #[test]
    fn in_winter_london_is_on_utc() {
        assert_eq!(at("2026-11-22T23:59:59Z"), "2026-11-22");
    }

    #[test]
    fn in_summer_the_day_starts_an_hour_before_utc() {
        assert_eq!(at("2026-07-01T22:59:59Z"), "2026-07-01");
        assert_eq!(at("2026-07-01T23:00:00Z"), "2026-07-02");
    }

    #[test]
    fn the_clocks_change_on_the_last_sundays_of_march_and_october() {
        // In 2026: 29 March and 25 October.
        assert_eq!(at("2026-03-28T23:30:00Z"), "2026-03-28");
        assert_eq!(at("2026-03-29T23:30:00Z"), "2026-03-30");
        assert_eq!(at("2026-10-24T23:30:00Z"), "2026-10-25");
        assert_eq!(at("2026-10-25T23:30:00Z"), "2026-10-25");
    }
}
