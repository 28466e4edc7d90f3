//! What was heard in the resident's own words when they went on from the page with them. It is kept in the
//! draft, so that the journey stays a table over the draft. It leads to advice that can be walked past, and to
//! what the landlord is told at once; it decides nothing (Code 1.3).

use crate::choices::Choice;
use crate::draft::Draft;
use crate::flow::{self, Advice};
use crate::json::Json;
use crate::landlord::Landlord;
use crate::question::FieldName;
use crate::reading::{About, Meaning, Model, Peril};
use crate::validate::is_blank;

impl Choice for Meaning {
    const ALL: &'static [(Self, &'static str)] = Meaning::ALL;
}

impl Choice for Peril {
    const ALL: &'static [(Self, &'static str)] = Peril::ALL;
}

/// What was heard in a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heard {
    /// The number of the text: another text is read again, and the same is not.
    pub text: u32,
    /// What it sounds like.
    pub route: Meaning,
    /// Whether it sounds unhappy with the landlord.
    pub is_dissatisfied: bool,
    /// Hazards that are happening now, the worst first.
    pub hazards: Vec<Peril>,
    /// The words that decided, in the order of the text.
    pub because: Vec<(About, String)>,
}

impl Heard {
    /// Reads a text.
    pub fn read(model: &Model, text: &str) -> Self {
        let reading = model.read(text);
        let words = |span| text.get(span).map(str::to_owned);
        let because = reading.because.into_iter();
        Self {
            text: number(text),
            route: reading.route,
            is_dissatisfied: reading.is_dissatisfied,
            hazards: reading.hazards,
            because: because.filter_map(|it| Some((it.about, words(it.span)?))).collect(),
        }
    }

    /// The hazards that this advice is about.
    pub fn hazards_of(&self, advice: Advice) -> impl Iterator<Item = Peril> + '_ {
        self.hazards.iter().copied().filter(move |it| advice_on(*it) == advice)
    }

    /// The words by which this advice came, each once. Of abuse and self-harm there are some, too; no page
    /// shows those, nor any of them among what speaks for something else.
    pub fn words_of(&self, advice: Advice) -> Vec<&str> {
        let because = |advice: Advice| {
            self.because.iter().filter_map(move |(about, words)| {
                let leads_to = match about {
                    About::Route => Advice::Unhappy,
                    About::Hazard(peril) => advice_on(*peril),
                };
                (leads_to == advice).then_some(&**words)
            })
        };
        let is_hidden = |words: &str| {
            advice != Advice::Careful
                && because(Advice::Careful).any(|it| it.contains(words) || words.contains(it))
        };
        let mut found: Vec<&str> = Vec::new();
        for words in because(advice) {
            if !found.contains(&words) && !is_hidden(words) {
                found.push(words);
            }
        }
        found
    }

    /// Whether this advice would say the same of that, be it by other words.
    pub(crate) fn says_the_same(&self, other: &Self, advice: Advice) -> bool {
        let unhappy = |it: &Self| advice == Advice::Unhappy && it.is_dissatisfied;
        unhappy(self) == unhappy(other) && self.hazards_of(advice).eq(other.hazards_of(advice))
    }

    /// The stored form.
    #[inline(never)]
    pub fn to_json(&self) -> Json {
        let hazards = self.hazards.iter().map(|it| it.key().into()).collect();
        let because = self.because.iter().map(|(about, words)| {
            let about = match about {
                About::Route => "route",
                About::Hazard(peril) => peril.key(),
            };
            Json::List(vec![about.into(), (&**words).into()])
        });
        Json::object(&[
            ("text", Json::Number(self.text.into())),
            ("route", self.route.key().into()),
            ("dissatisfied", Json::Bool(self.is_dissatisfied)),
            ("hazards", Json::List(hazards)),
            ("because", Json::List(because.collect())),
        ])
    }

    /// Reads the stored form; what is not known any more is left out, and a text without a number is read
    /// again.
    pub fn from_json(value: &Json) -> Self {
        let list = |name: &str| value.get(name).and_then(Json::list).unwrap_or_default();
        let because = |it: &Json| {
            let [about, words] = it.list()? else { return None };
            let about = match about.text()? {
                "route" => About::Route,
                peril => About::Hazard(Peril::from_key(peril)?),
            };
            Some((about, words.text()?.to_owned()))
        };
        let text = match value.get("text") {
            Some(Json::Number(number)) => *number as u32,
            _ => 0,
        };
        let route = value.get("route").and_then(Json::text).and_then(Meaning::from_key);
        let hazards = list("hazards").iter().filter_map(|it| Peril::from_key(it.text()?));
        Self {
            text,
            route: route.unwrap_or_default(),
            is_dissatisfied: value.get("dissatisfied") == Some(&Json::Bool(true)),
            hazards: hazards.collect(),
            because: list("because").iter().filter_map(because).collect(),
        }
    }
}

/// Whether a hazard is one of which nobody speaks lightly, and which somebody beside the resident must
/// perhaps not see.
pub fn needs_care(peril: Peril) -> bool {
    matches!(peril, Peril::SelfHarm | Peril::DomesticAbuse)
}

/// The advice for a hazard.
fn advice_on(peril: Peril) -> Advice {
    if needs_care(peril) { Advice::Careful } else { Advice::Urgent }
}

/// What is read: everything that the page on the path asks for in the resident's own words. `None` where
/// they wrote nothing.
pub fn words(draft: &Draft, landlord: &Landlord) -> Option<String> {
    let asked = flow::asking(FieldName::Account, draft, landlord)?;
    let mut words = String::new();
    for field in asked.fields() {
        let text = draft.text(field.name);
        if matches!(field.name, FieldName::Account | FieldName::Effect) && !is_blank(text) {
            words.push_str(text);
            words.push('\n');
        }
    }
    (!words.is_empty()).then_some(words)
}

/// A number for a text (32-bit FNV-1a), by which a changed one is known.
pub fn number(text: &str) -> u32 {
    text.bytes()
        .fold(0x811c_9dc5, |number: u32, byte| (number ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(text: &str) -> Heard {
        Heard::read(Model::english(), text)
    }

    #[test]
    fn the_words_that_decided_are_the_residents_own() {
        let heard = heard("There is a SMELL of gas in the hall and I am Fed Up with waiting");
        assert!(heard.words_of(Advice::Urgent).iter().any(|it| it.contains("SMELL of gas")));
        let unhappy = heard.words_of(Advice::Unhappy);
        assert!(unhappy.iter().any(|it| it.contains("Fed Up")));
        assert!(unhappy.iter().all(|it| !it.contains("gas")));
        assert_eq!(heard.hazards_of(Advice::Urgent).collect::<Vec<_>>(), [Peril::Gas]);
        assert_eq!(heard.hazards_of(Advice::Careful).count(), 0);
    }

    /// Somebody may look over their shoulder.
    #[test]
    fn words_of_abuse_are_not_shown_for_something_else() {
        let mut heard = heard("My husband hits me and there is a smell of gas");
        for words in ["hits", "and my husband hits me too"] {
            heard.because.push((About::Hazard(Peril::Gas), words.to_owned()));
        }
        let urgent = heard.words_of(Advice::Urgent);
        assert!(urgent.contains(&"smell of gas"), "{urgent:?}");
        assert!(urgent.iter().all(|it| !it.contains("hits")), "{urgent:?}");
        assert!(heard.words_of(Advice::Careful).iter().any(|it| it.contains("hits")));
    }

    #[test]
    fn what_was_heard_comes_back_as_it_was_kept() {
        let mut heard =
            heard("My husband hits me and there is a smell of gas. I am fed up with you");
        heard.because.push((About::Hazard(Peril::Gas), "“gas” \u{1f600}\n".to_owned()));
        let text = serde_json::to_string(&heard.to_json()).unwrap();
        assert_eq!(Heard::from_json(&serde_json::from_str(&text).unwrap()), heard);
    }

    #[test]
    fn what_another_version_kept_is_read_as_far_as_it_is_known() {
        let text =
            r#"{"route": "song", "hazards": ["gas", "dragons", 7], "because": [["gas"], 1]}"#;
        let heard = Heard::from_json(&serde_json::from_str(text).unwrap());
        assert_eq!(heard.hazards, [Peril::Gas]);
        assert_eq!((heard.route, heard.because.len()), (Meaning::ServiceRequest, 0));
        assert_eq!(Heard::from_json(&Json::Bool(true)), Heard::default());
    }

    #[test]
    fn another_text_has_another_number() {
        assert_eq!(number(""), 0x811c_9dc5);
        assert_eq!(number("foobar"), 0xbf9c_f968);
        assert_ne!(number("a\nb"), number("b\na"));
    }
}
