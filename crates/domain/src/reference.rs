//! References and access codes: short, and hard to mishear or to mistype.

/// Letters that sound different from each other and are not mistaken for digits; no vowels.
const LETTERS: &[u8] = b"FHKLMQRWX";
/// Digits that are not mistaken for letters (no 0, 1, 5, 8).
const DIGITS: &[u8] = b"234679";

/// A reference such as `K47-W92-F36` from nine random bytes.
///
/// Every letter stands before two digits, so no word can appear. There are 34 million; whoever
/// stores a case makes sure that its reference is new.
pub fn reference(random: [u8; 9]) -> String {
    let mut text = String::with_capacity(11);
    for (at, byte) in random.iter().enumerate() {
        if at > 0 && at % 3 == 0 {
            text.push('-');
        }
        let set = if at % 3 == 0 { LETTERS } else { DIGITS };
        text.push(char::from(set[usize::from(*byte) % set.len()]));
    }
    text
}

/// An access code such as `4071 9925 0318 6640`: 16 digits in fours, from sixteen random bytes.
///
/// 250 is a multiple of ten, so digits from bytes below it are equally likely; the few bytes above
/// it are folded, which costs less than a tenth of a bit over the whole code.
pub fn access_code(random: [u8; 16]) -> String {
    let mut text = String::with_capacity(19);
    for (at, byte) in random.iter().enumerate() {
        if at > 0 && at % 4 == 0 {
            text.push(' ');
        }
        text.push(char::from(b'0' + byte % 10));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_three_groups_of_a_letter_and_two_digits() {
        for seed in 0..=255u8 {
            let text = reference(std::array::from_fn(|at| seed.wrapping_mul(at as u8 + 1)));
            let groups: Vec<&str> = text.split('-').collect();
            assert_eq!(groups.len(), 3);
            for group in groups {
                assert!(group.as_bytes()[0].is_ascii_uppercase());
                assert!(group.as_bytes()[1..].iter().all(u8::is_ascii_digit));
            }
            assert!(!text.contains(['0', '1', '5', '8', 'I', 'O', 'S', 'B', 'Z']));
        }
    }

    #[test]
    fn an_access_code_is_sixteen_digits_in_fours() {
        let code = access_code(std::array::from_fn(|at| at as u8 * 17));
        assert_eq!(code.len(), 19);
        assert!(code.split(' ').all(|four| four.len() == 4));
    }
}
