//! How the file of a model has its features: by their hashes, smallest first, each as how much more it is than the one
//! before; then what it says of which classes. `CgaMfU` is 70 more than the one before, and says -3 of class `a` and 5
//! of class `f`. Names would be three times as much, and residents pay for them.

use super::features::HASH_BITS;

/// Digits of five bits, the upper ones first: those after which there are more, and the last one.
const MORE: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";
const LAST: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz6789+/";

/// The first class.
const FIRST: u8 = b'a';
/// The weight 0: the others are around it, each a character that is no space.
const NOUGHT: u8 = b'P';
/// The greatest weight that can be written; the least is `-MOST`.
const MOST: i16 = 46;

/// Writes a feature that comes after one with the hash `before`.
pub fn write(hash: u32, before: u32, weights: &[(u8, i16)]) -> String {
    let apart = hash - before;
    let digits =
        (1..HASH_BITS.div_ceil(5)).rev().map(|at| apart >> (5 * at)).skip_while(|it| *it == 0);
    let mut text: String = digits.map(|it| char::from(MORE[it as usize % 32])).collect();
    text.push(char::from(LAST[apart as usize % 32]));
    for (class, weight) in weights {
        text.push(char::from(FIRST + class));
        let weight = i16::from(NOUGHT) + weight.clamp(&-MOST, &MOST);
        text.push(char::from(weight as u8));
    }
    text
}

/// The hash of a feature, and what it says of which classes; `None` where the text is none.
pub fn parse(text: &str, before: u32) -> Option<(u32, Vec<(u8, i16)>)> {
    let bytes = text.as_bytes();
    let digits = bytes.iter().position(|it| LAST.contains(it))? + 1;
    let apart = bytes[..digits].iter().try_fold(0_u32, |all, byte| {
        let digit = MORE.iter().chain(LAST).position(|it| it == byte)?;
        all.checked_mul(32)?.checked_add(digit as u32 % 32)
    })?;
    let (weights, rest) = bytes[digits..].as_chunks::<2>();
    let weights = weights.iter().map(|[class, weight]| {
        let class = class.checked_sub(FIRST).filter(|it| usize::from(*it) < super::CLASSES)?;
        Some((class, i16::from(*weight) - i16::from(NOUGHT)))
    });
    let weights = weights.collect::<Option<Vec<_>>>()?;
    (rest.is_empty() && !weights.is_empty()).then_some((before.checked_add(apart)?, weights))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        for (hash, before) in
            [(0, 0), (31, 0), (32, 0), (70, 0), ((1 << HASH_BITS) - 1, 0), (5_000, 4_990)]
        {
            let weights = vec![(0, -3), (5, 5), (16, MOST), (2, -MOST)];
            let text = write(hash, before, &weights);
            assert!(!text.contains(char::is_whitespace), "{text}");
            assert_eq!(parse(&text, before), Some((hash, weights)), "{text}");
        }
        assert_eq!(write(70, 0, &[(0, -3), (5, 5)]), "CgaMfU");
    }

    #[test]
    fn what_is_none_is_not_read() {
        for text in ["", "A", "Ca", "aP", "ab", "abPc", "azP", "é", "55555555aaP"] {
            assert_eq!(parse(text, 0), None, "{text}");
        }
    }
}
