//! How long to wait before the same is sent again: longer each time, by chance within that, so that
//! many who failed at once don't come back at once ("full jitter"), and never sooner than the receiving
//! end asks for (`Retry-After`, RFC 9110 10.2.3). Clock and chance come from outside.

use crate::session::SubmitError;

/// How often the same is sent by itself, before the resident is asked.
pub const TRIES: u8 = 5;
/// The longest wait after the first try, in milliseconds; it doubles with each try. All waits of a
/// sending together are at most 75 seconds, and about half of that as a rule.
const FIRST: f64 = 5_000.0;
/// What is asked for is waited for as long as somebody may look at a page that does nothing, in seconds.
/// Who asks for more is passed on to the resident.
const LONGEST: u32 = 60;
/// Nobody is told to wait longer than a day, in seconds.
const DAY: f64 = 86_400.0;

/// Milliseconds to wait after `failed` tries, the last of which ended with `error`. `asked` are the
/// seconds that the receiving end asked for, and `chance` is a random number from 0 to 1. `None` where
/// the same again would not help, or was tried often enough.
pub fn pause(failed: u8, error: &SubmitError, asked: Option<u32>, chance: f64) -> Option<u32> {
    let asked = asked.unwrap_or_default();
    if failed >= TRIES || !may_pass(error) || asked > LONGEST {
        return None;
    }
    let longest = FIRST * f64::from(1_u32 << failed.saturating_sub(1));
    Some(asked * 1_000 + (longest * chance.clamp(0.0, 1.0)) as u32)
}

/// Whether this may be over in a minute.
fn may_pass(error: &SubmitError) -> bool {
    match error {
        SubmitError::Unreachable | SubmitError::Busy(_) => true,
        SubmitError::Broken(status) => matches!(status, 408 | 425 | 500..),
        // Without a network the resident decides; a time limit has been waited for already.
        SubmitError::Offline
        | SubmitError::TimedOut
        | SubmitError::TooBig
        | SubmitError::Rejected(_) => false,
    }
}

/// The seconds for which a `Retry-After` asks: a number of them, or a date of HTTP. `now` and what
/// `read` makes of a date are milliseconds since 1970. What can't be read asks for nothing.
pub fn asked(text: &str, now: f64, read: impl Fn(&str) -> f64) -> Option<u32> {
    let text = text.trim();
    let is_number = !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
    let seconds = if is_number {
        text.parse::<u64>().map_or(DAY, |it| it as f64)
    } else {
        ((read(text) - now) / 1_000.0).ceil()
    };
    // A date that can't be read is not a number, and is not at least anything.
    (seconds >= 0.0).then(|| seconds.min(DAY) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 21 November 2026, 22:00:00 UTC.
    const NOW: f64 = 1_795_298_400_000.0;

    fn read(text: &str) -> f64 {
        match text {
            "Sat, 21 Nov 2026 22:00:30 GMT" => NOW + 30_000.0,
            "Sat, 21 Nov 2026 21:00:00 GMT" => NOW - 3_600_000.0,
            "Fri, 31 Dec 9999 23:59:59 GMT" => 253_402_300_799_000.0,
            _ => f64::NAN,
        }
    }

    #[test]
    fn each_wait_may_be_twice_as_long_as_the_one_before_and_chance_picks_within_it() {
        let longest = |failed| pause(failed, &SubmitError::Unreachable, None, 1.0);
        let waits: Vec<_> = (1..=5).map(longest).collect();
        assert_eq!(waits, [Some(5_000), Some(10_000), Some(20_000), Some(40_000), None]);
        assert_eq!(pause(3, &SubmitError::Unreachable, None, 0.0), Some(0));
        assert_eq!(pause(3, &SubmitError::Unreachable, None, 0.25), Some(5_000));
        // A source of chance that is out of order makes no endless wait.
        for chance in [f64::NAN, f64::INFINITY, -3.0, 7.0] {
            let wait = pause(2, &SubmitError::Unreachable, None, chance);
            assert!(wait.is_some_and(|it| it <= 10_000), "{chance}: {wait:?}");
        }
    }

    #[test]
    fn all_waits_together_are_about_a_minute() {
        let all = |chance| {
            (1..=TRIES)
                .filter_map(|it| pause(it, &SubmitError::Broken(503), None, chance))
                .sum::<u32>()
        };
        assert_eq!((all(0.0), all(0.5), all(1.0)), (0, 37_500, 75_000));
    }

    #[test]
    fn the_receiving_end_is_never_asked_sooner_than_it_wants() {
        for chance in [0.0, 0.5, 1.0] {
            for error in [SubmitError::Busy(20), SubmitError::Broken(503)] {
                let wait = pause(1, &error, Some(20), chance).unwrap_or_default();
                assert!((20_000..=25_000).contains(&wait), "{wait}");
            }
        }
        assert_eq!(pause(1, &SubmitError::Busy(60), Some(60), 0.0), Some(60_000));
        assert_eq!(pause(1, &SubmitError::Busy(61), Some(61), 0.0), None);
    }

    #[test]
    fn only_what_may_pass_is_tried_again() {
        let again = |error| pause(1, &error, None, 0.5).is_some();
        for status in [408, 425, 500, 502, 503, 504, 599] {
            assert!(again(SubmitError::Broken(status)), "{status}");
        }
        for status in [200, 401, 403, 404, 405, 410, 418] {
            assert!(!again(SubmitError::Broken(status)), "{status}");
        }
        assert!(again(SubmitError::Unreachable) && again(SubmitError::Busy(30)));
        assert!(!again(SubmitError::TooBig) && !again(SubmitError::Rejected(422)));
        assert!(!again(SubmitError::Offline) && !again(SubmitError::TimedOut));
    }

    #[test]
    fn retry_after_is_read_as_seconds_or_as_a_date() {
        for (text, expected) in [
            ("42", Some(42)),
            (" 0 ", Some(0)),
            ("99999999999999999999999", Some(86_400)),
            ("Sat, 21 Nov 2026 22:00:30 GMT", Some(30)),
            ("Sat, 21 Nov 2026 21:00:00 GMT", None),
            ("Fri, 31 Dec 9999 23:59:59 GMT", Some(86_400)),
            ("-5", None),
            ("soon", None),
            ("1e9", None),
            ("", None),
        ] {
            assert_eq!(asked(text, NOW, read), expected, "{text}");
        }
    }
}
