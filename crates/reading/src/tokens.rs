//! Cuts a text into tokens that are the same however it is spelt, capitalised or broken into lines.

use std::ops::Range;

/// A word, a number or a mark, made plain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Its plain form: small letters without accents, no letter doubled, numbers and days as their kind.
    pub form: String,
    /// Where it is in the text, in bytes.
    pub span: Range<usize>,
    /// Whether it ends a sentence.
    pub is_end: bool,
}

/// The tokens of a text, in their order.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::with_capacity(text.len() / 5);
    let mut word = String::new();
    let mut start = 0;
    for (at, character) in text.char_indices() {
        match plain(character) {
            Plain::Letter(letters) => {
                if word.is_empty() {
                    start = at;
                }
                for letter in letters.bytes() {
                    // A figure may stand twice.
                    if letter.is_ascii_digit() || word.as_bytes().last() != Some(&letter) {
                        word.push(char::from(letter));
                    }
                }
            }
            Plain::Nothing => {}
            Plain::Mark(mark) => {
                finish(&mut word, start, at, &mut tokens);
                let is_again = match tokens.last() {
                    Some(last) => last.form == mark,
                    None => mark == STOP,
                };
                if !mark.is_empty() && !is_again {
                    let span = at..at + character.len_utf8();
                    tokens.push(Token { form: mark.to_owned(), span, is_end: mark != "£" });
                }
            }
        }
    }
    finish(&mut word, start, text.len(), &mut tokens);
    // Whether the last sentence has a full stop says nothing.
    tokens.pop_if(|it| it.form == STOP);
    tokens
}

/// A full stop, or what stands for one.
pub const STOP: &str = ".";

fn finish(word: &mut String, start: usize, end: usize, tokens: &mut Vec<Token>) {
    if !word.is_empty() {
        let form = kind(word).map_or_else(|| stem(word), str::to_owned);
        tokens.push(Token { form, span: start..end, is_end: false });
        word.clear();
    }
}

enum Plain {
    /// A letter or a figure, without its accent.
    Letter(&'static str),
    /// A mark inside a word, as an apostrophe.
    Nothing,
    /// What ends a word: a mark that says something, or none.
    Mark(&'static str),
}

const LETTERS: &str = "abcdefghijklmnopqrstuvwxyz0123456789";

fn plain(character: char) -> Plain {
    let small = match character {
        'A'..='Z' => character.to_ascii_lowercase(),
        'À'..='ÿ' | 'Ā'..='ž' => character.to_lowercase().next().unwrap_or(character),
        other => other,
    };
    let letter = match small {
        'a'..='z' | '0'..='9' => {
            let at = if small.is_ascii_digit() {
                26 + usize::from(small as u8 - b'0')
            } else {
                usize::from(small as u8 - b'a')
            };
            &LETTERS[at..=at]
        }
        'à'..='å' | 'ā' | 'ă' | 'ą' => "a",
        'æ' => "ae",
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => "e",
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => "g",
        'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' => "i",
        'ĺ' | 'ļ' | 'ľ' | 'ł' => "l",
        'ñ' | 'ń' | 'ņ' | 'ň' => "n",
        'ò'..='ö' | 'ø' | 'ō' | 'ŏ' | 'ő' => "o",
        'œ' => "oe",
        'ŕ' | 'ŗ' | 'ř' => "r",
        'ś' | 'ŝ' | 'ş' | 'š' => "s",
        'ß' => "s",
        'ţ' | 'ť' | 'ŧ' => "t",
        'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => "u",
        'ý' | 'ÿ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        // Accents that stand alone, apostrophes, what joins words without being seen.
        '\''
        | '’'
        | '‘'
        | '`'
        | '´'
        | '\u{300}'..='\u{36f}'
        | '\u{ad}'
        | '\u{200b}'..='\u{200d}' => {
            return Plain::Nothing;
        }
        '.' | ';' | '…' => return Plain::Mark(STOP),
        '!' => return Plain::Mark("!"),
        '?' => return Plain::Mark("?"),
        '£' => return Plain::Mark("£"),
        _ => return Plain::Mark(""),
    };
    Plain::Letter(letter)
}

/// What kind of number or time a word names: which of them is said changes little.
fn kind(word: &str) -> Option<&'static str> {
    if word.starts_with(|it: char| it.is_ascii_digit()) {
        let figures = word.bytes().take_while(u8::is_ascii_digit).count();
        return Some(match (&word[..figures], &word[figures..]) {
            (year, "") if figures == 4 && (year.starts_with("19") || year.starts_with("20")) => {
                "#y"
            }
            ("999" | "111", "") => return None,
            (_, "") => "#",
            (_, "st" | "nd" | "rd" | "th") => "#o",
            (_, "am" | "pm") => "#t",
            _ => "#x",
        });
    }
    let at = KINDS.binary_search_by(|it| letters(it).cmp(word.as_bytes())).ok()?;
    str::from_utf8(KINDS[at][LONGEST_KIND..].trim_ascii_end()).ok()
}

fn letters(kind: &[u8; LONGEST_KIND + 2]) -> &[u8] {
    kind[..LONGEST_KIND].trim_ascii_end()
}

/// How many letters the longest of these words has.
const LONGEST_KIND: usize = 9;

/// Words of numbers and times, in the order of the alphabet, each with its kind. All are of one length: what data
/// there is, is in the first load, and a pointer to each would be more than its letters.
#[rustfmt::skip]
const KINDS: [[u8; LONGEST_KIND + 2]; 95] = [
    *b"april    #m", *b"aug      #m", *b"august   #m", *b"autumn   #m", *b"christmas#m",
    *b"couple   # ", *b"day      #u", *b"days     #u", *b"dec      #m", *b"december #m",
    *b"easter   #m", *b"eight    # ", *b"eighten  # ", *b"eighth   #o", *b"eighty   # ",
    *b"eleven   # ", *b"feb      #m", *b"february #m", *b"fiften   # ", *b"fifth    #o",
    *b"fifty    # ", *b"five     # ", *b"fortnight#u", *b"forty    # ", *b"four     # ",
    *b"fourten  # ", *b"fourth   #o", *b"fri      #d", *b"friday   #d", *b"hour     #h",
    *b"hours    #h", *b"hr       #h", *b"hrs      #h", *b"hundred  # ", *b"jan      #m",
    *b"january  #m", *b"july     #m", *b"june     #m", *b"min      #h", *b"mins     #h",
    *b"minute   #h", *b"minutes  #h", *b"monday   #d", *b"month    #u", *b"months   #u",
    *b"nine     # ", *b"nineten  # ", *b"ninety   # ", *b"ninth    #o", *b"nov      #m",
    *b"november #m", *b"oct      #m", *b"october  #m", *b"saturday #d", *b"second   #o",
    *b"sept     #m", *b"september#m", *b"seven    # ", *b"seventen # ", *b"seventh  #o",
    *b"seventy  # ", *b"several  # ", *b"six      # ", *b"sixten   # ", *b"sixth    #o",
    *b"sixty    # ", *b"sunday   #d", *b"ten      # ", *b"tenth    #o", *b"third    #o",
    *b"thirten  # ", *b"thirty   # ", *b"thre     # ", *b"three    # ", *b"thur     #d",
    *b"thurs    #d", *b"thursday #d", *b"tue      #d", *b"tues     #d", *b"tuesday  #d",
    *b"twelve   # ", *b"twenty   # ", *b"twice    #o", *b"two      # ", *b"wednesday#d",
    *b"wek      #u", *b"wekend   #u", *b"weks     #u", *b"wk       #u", *b"wks      #u",
    *b"xmas     #m", *b"year     #u", *b"years    #u", *b"yr       #u", *b"yrs      #u",
];

/// A word without the ending that says how many or when.
fn stem(word: &str) -> String {
    let cut = |ending: &str, least: usize| word.strip_suffix(ending).filter(|it| it.len() >= least);
    let stem = match word.bytes().last() {
        Some(b's') => cut("ings", 4).or_else(|| cut("es", 4)).or_else(|| cut("s", 3)),
        Some(b'g') => cut("ing", 4),
        Some(b'd') => cut("ed", 4),
        _ => None,
    };
    let stem = stem.unwrap_or(word);
    // As `stop` beside `stopping`: no letter is doubled here.
    stem.strip_suffix('e').filter(|it| it.len() >= 4).unwrap_or(stem).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forms(text: &str) -> Vec<String> {
        tokens(text).into_iter().map(|it| it.form).collect()
    }

    #[test]
    fn spelling_case_accents_and_line_breaks_make_no_difference() {
        let expected = forms("Don't stop the boiler leaking. It isn't cafe");
        for text in [
            "DON’T STOP THE BOILER LEAKING. IT ISN'T CAFÉ",
            "dont  stop the\nboiller\r\nleaking.. it isnt cafe\u{301}",
            "Don't stoop the boiler, leaking. It isn't café",
        ] {
            assert_eq!(forms(text), expected, "{text}");
        }
    }

    #[test]
    fn numbers_and_times_are_of_a_kind() {
        assert_eq!(forms("3 weeks, three months"), ["#", "#u", "#", "#u"]);
        assert_eq!(
            forms("the 12th of June 2023 at 4pm"),
            ["the", "#o", "of", "#m", "#y", "at", "#t"]
        );
        assert_eq!(forms("on Monday for the third time"), ["on", "#d", "for", "the", "#o", "time"]);
    }

    #[test]
    fn words_of_numbers_and_times_are_in_their_order() {
        assert!(KINDS.is_sorted_by(|one, other| letters(one) < letters(other)));
        for it in &KINDS {
            let word = str::from_utf8(letters(it)).expect("letters");
            assert!(kind(word).is_some_and(|it| it.starts_with('#')), "{word}");
        }
    }

    #[test]
    fn spans_are_the_words_of_the_text() {
        let text = "Père’s boiler, broken!";
        let words: Vec<&str> = tokens(text).into_iter().map(|it| &text[it.span]).collect();
        assert_eq!(words, ["Père’s", "boiler", "broken", "!"]);
    }
}
