//! The date in Europe/London. A complaint sent at 23:59 on Sunday was received on Sunday, whatever
//! the clock of the browser or of the server's machine says.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, Weekday};

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

/// The date in London at this moment, given in milliseconds since 1970 (UTC).
///
/// British Summer Time runs from 01:00 UTC on the last Sunday of March to 01:00 UTC on the last
/// Sunday of October (Summer Time Act 1972 as amended).
pub fn date(unix_millis: i64) -> Option<NaiveDate> {
    if is_summer(unix_millis)? { day(unix_millis + HOUR) } else { day(unix_millis) }
}

/// The date and the time in London at this moment, by the same clock.
pub fn moment(unix_millis: i64) -> Option<NaiveDateTime> {
    let offset = if is_summer(unix_millis)? { HOUR } else { 0 };
    Some(DateTime::from_timestamp_millis(unix_millis + offset)?.naive_utc())
}

fn is_summer(unix_millis: i64) -> Option<bool> {
    let year = day(unix_millis)?.year();
    Some((change_of_clocks(year, 3)?..change_of_clocks(year, 10)?).contains(&unix_millis))
}

fn day(unix_millis: i64) -> Option<NaiveDate> {
    NaiveDate::from_epoch_days(unix_millis.div_euclid(DAY).try_into().ok()?)
}

fn change_of_clocks(year: i32, month: u32) -> Option<i64> {
    let last_day = NaiveDate::from_ymd_opt(year, month, 31)?;
    let since_sunday = i64::from(last_day.weekday().days_since(Weekday::Sun));
    Some((i64::from(last_day.to_epoch_days()) - since_sunday) * DAY + HOUR)
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
    fn in_summer_the_time_is_an_hour_later_than_utc() {
        let time = |rfc3339: &str| {
            let utc = chrono::DateTime::parse_from_rfc3339(rfc3339).unwrap();
            moment(utc.timestamp_millis()).unwrap().to_string()
        };
        assert_eq!(time("2026-07-01T23:05:00Z"), "2026-07-02 00:05:00");
        assert_eq!(time("2026-11-24T09:30:00Z"), "2026-11-24 09:30:00");
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
