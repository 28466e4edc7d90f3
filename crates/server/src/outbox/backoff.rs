//! When a message that could not be delivered is tried again.

use std::time::Duration;

/// How often, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// The wait after the first failure. It doubles with each.
    pub first: Duration,
    /// The longest wait between two tries.
    pub longest: Duration,
    /// After how long a time of failures a message is put aside.
    pub gives_up_after: Duration,
}

/// From a second to five minutes, for 72 hours: a receiver that is back is found within five
/// minutes, and a weekend without anybody to mend it loses nothing.
pub const PATIENCE: Patience = Patience {
    first: Duration::from_secs(1),
    longest: Duration::from_secs(300),
    gives_up_after: Duration::from_secs(72 * 60 * 60),
};

impl Patience {
    /// The wait after this many failures in a row. The receiver may ask for more, up to the longest.
    /// `chance` is any number: it spreads those that failed together over half of the wait.
    pub fn wait(&self, failures: u32, asked_for: Option<Duration>, chance: u32) -> Duration {
        let doubled = self.first.saturating_mul(1_u32 << failures.saturating_sub(1).min(20));
        let whole = doubled.min(self.longest);
        let half = whole / 2;
        let spread = half.mul_f64(f64::from(chance) / f64::from(u32::MAX));
        (half + spread).max(asked_for.unwrap_or_default()).min(self.longest)
    }
}

/// A number that nobody can guess, so that those who failed together do not come back together.
pub fn chance() -> u32 {
    // Without any, all wait the longest: that is right as well.
    getrandom::u32().unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn the_wait_doubles_up_to_five_minutes() {
        let most: Vec<u64> =
            (1..=12).map(|it| PATIENCE.wait(it, None, u32::MAX).as_secs()).collect();
        assert_eq!(most, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
        assert_eq!(PATIENCE.wait(u32::MAX, None, u32::MAX), PATIENCE.longest);
    }

    #[test]
    fn the_wait_is_spread_over_its_second_half() {
        assert_eq!(PATIENCE.wait(5, None, 0), 8 * SECOND);
        assert_eq!(PATIENCE.wait(5, None, u32::MAX), 16 * SECOND);
        let middle = PATIENCE.wait(5, None, u32::MAX / 2);
        assert!(middle > 11 * SECOND && middle < 13 * SECOND);
    }

    #[test]
    fn a_receiver_may_ask_for_more_but_not_for_ever() {
        assert_eq!(PATIENCE.wait(1, Some(90 * SECOND), 0), 90 * SECOND);
        assert_eq!(PATIENCE.wait(1, Some(9000 * SECOND), 0), PATIENCE.longest);
        assert_eq!(PATIENCE.wait(9, Some(SECOND), u32::MAX), 256 * SECOND);
    }
}
