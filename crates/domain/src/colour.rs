//! Colours of a landlord, and how well they can be told apart (WCAG 2.2, 1.4.3 and 1.4.11). The widget
//! guards its colours in the browser; this says beforehand where it will have to.

/// A colour in sRGB, as `#0a5a53` has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour([u8; 3]);

impl Colour {
    /// What text stands on where a file says nothing else.
    pub const WHITE: Self = Self([255; 3]);

    /// Reads `#` and six hexadecimal digits.
    pub fn read(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|it| it.len() == 6)?;
        let digits = digits.bytes().all(|it| it.is_ascii_hexdigit()).then_some(digits)?;
        let [_, red, green, blue] = u32::from_str_radix(digits, 16).ok()?.to_be_bytes();
        Some(Self([red, green, blue]))
    }

    /// The contrast ratio, from 1 to 21 (WCAG 2.2, "contrast ratio").
    pub fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance() + 0.05, other.luminance() + 0.05);
        one.max(two) / one.min(two)
    }

    fn luminance(self) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        let [red, green, blue] = self.0.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrast_is_that_of_the_standard() {
        let contrast = |one, two| Some(Colour::read(one)?.contrast(Colour::read(two)?));
        assert_eq!(contrast("#000000", "#ffffff"), Some(21.0));
        assert_eq!(contrast("#AbCdEf", "#abcdef"), Some(1.0));
        // The grey that just passes on white, and the one after it.
        assert!(contrast("#767676", "#ffffff") >= Some(4.5));
        assert!(contrast("#777777", "#ffffff") < Some(4.5));
    }

    #[test]
    fn only_six_digits_are_a_colour() {
        for text in ["red", "#fff", "#12345", "#1234567", "#+12345", "123456", "#12345é", ""] {
            assert_eq!(Colour::read(text), None, "{text}");
        }
    }
}
