//! The words of one language, by key.

use std::cell::OnceCell;
use std::rc::Rc;

use domain::choices::Choice;
use domain::json::Json;
use domain::triage::Route;
use yew::AttrValue;

/// The words of one language, with what is filled in everywhere (`{landlord}`, `{team}`).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Messages {
    words: Rc<Vec<(String, Json)>>,
    /// Those of later screens, once they are there.
    more: Rc<OnceCell<Json>>,
    /// What words mean, once that is there.
    meaning: Rc<OnceCell<Json>>,
    everywhere: Vec<(&'static str, String)>,
}

impl Messages {
    /// Takes the contents of a language file.
    pub fn new(words: Vec<(String, Json)>, everywhere: Vec<(&'static str, String)>) -> Self {
        Self { words: Rc::new(words), more: Rc::default(), meaning: Rc::default(), everywhere }
    }

    /// Takes the words of later screens, which come with the later part of the wasm (decision 0013); or what
    /// words mean, which comes behind them.
    pub fn complete(&self, words: Json) {
        let is_model = words.get("model").and_then(Json::text).is_some();
        let place = if is_model { &self.meaning } else { &self.more };
        // A second time they are the same.
        let _ = place.set(words);
    }

    /// The same words, with something else filled in everywhere.
    pub fn with(&self, name: &'static str, value: &str) -> Self {
        let mut other = self.clone();
        other.everywhere.retain(|(it, _)| *it != name);
        other.everywhere.push((name, value.to_owned()));
        other
    }

    /// The text for this key. A missing key shows itself, which a test makes impossible.
    pub fn t(&self, key: &str) -> AttrValue {
        self.t_with(key, &[])
    }

    /// The text for this key, with `{name}` replaced by what `arguments` give. What is filled in is
    /// never looked at again, so braces in a landlord's file stay braces.
    pub fn t_with(&self, key: &str, arguments: &[(&str, &str)]) -> AttrValue {
        let Some(text) = self.word(key) else {
            return AttrValue::from(key.to_owned());
        };
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, from_name)) = rest.split_once('{') {
            filled.push_str(before);
            let Some((name, after)) = from_name.split_once('}') else {
                filled.push('{');
                rest = from_name;
                continue;
            };
            let given = arguments.iter().find(|(it, _)| *it == name).map(|(_, value)| *value);
            let everywhere = || {
                self.everywhere.iter().find(|(it, _)| *it == name).map(|(_, value)| value.as_str())
            };
            filled.push_str(given.or_else(everywhere).unwrap_or_default());
            rest = after;
        }
        filled.push_str(rest);
        AttrValue::from(filled)
    }

    /// The text for this key, or `None` where the language has none.
    pub fn get(&self, key: &str) -> Option<AttrValue> {
        self.word(key).map(|_| self.t(key))
    }

    /// The text for `key.variant` where there is one, else for `key`.
    pub fn variant(&self, key: &str, variant: &str) -> Option<AttrValue> {
        let mut special = String::from(key);
        special.push('.');
        special.push_str(variant);
        self.get(&special).or_else(|| self.get(key))
    }

    /// The text for this key, as it is said of what the resident is sending: a complaint, or else
    /// `key.<kind>`, or `key.other`.
    pub fn said(&self, key: &str, kind: Route) -> AttrValue {
        if kind == Route::Complaint {
            return self.t(key);
        }
        let variant = |variant: &str| self.get(&[key, ".", variant].concat());
        variant(kind.key()).or_else(|| variant("other")).unwrap_or_else(|| self.t(key))
    }

    /// What this language's words mean, which comes after those of later screens; `None` before that, and where
    /// nobody has said so.
    pub fn model(&self) -> Option<&str> {
        self.meaning.get()?.get("model")?.text()
    }

    fn word(&self, key: &str) -> Option<&str> {
        let word = self.words.iter().find(|(it, _)| it == key).map(|(_, word)| word);
        word.or_else(|| self.more.get()?.get(key)).and_then(Json::text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages() -> Messages {
        let words =
            [("a", "By {date} from {landlord}."), ("b", "{odd"), ("c", "x"), ("c.you", "y")];
        let words = words.map(|(key, word)| (key.to_owned(), Json::Text(word.to_owned()))).to_vec();
        Messages::new(words, vec![("landlord", "{date} & <b>Sons</b>".to_owned())])
    }

    #[test]
    fn what_is_filled_in_is_not_looked_at_again() {
        assert_eq!(
            messages().t_with("a", &[("date", "Friday")]),
            "By Friday from {date} & <b>Sons</b>."
        );
        assert_eq!(messages().t("b"), "{odd");
    }

    #[test]
    fn words_that_come_later_are_there_for_all_who_share_them() {
        let messages = messages();
        let other = messages.with("landlord", "Halton");
        assert_eq!(other.get("later"), None);
        assert_eq!(other.model(), None);
        let file = Json::object(&[("file", "en-model".into())]);
        messages.complete(Json::object(&[("later", "{landlord}".into()), ("model", file)]));
        assert_eq!((&*other.t("later"), other.model()), ("Halton", None));
        messages.complete(Json::object(&[("model", "{a} model".into())]));
        assert_eq!((&*other.t("later"), other.model()), ("Halton", Some("{a} model")));
    }

    #[test]
    fn a_variant_falls_back_to_the_plain_text() {
        assert_eq!(messages().variant("c", "you"), Some("y".into()));
        assert_eq!(messages().variant("c", "me"), Some("x".into()));
        assert_eq!(messages().variant("d", "me"), None);
    }
}
