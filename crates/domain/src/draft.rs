//! What a resident has typed so far: raw, perhaps wrong, never tidied up. Whatever can be derived
//! (where they are, what is missing, whether it can be sent) is derived from it and never stored.

use crate::choices::{Choice, Intent, OnBehalfOf, YesNo};
use crate::flow::{Advice, WAY_REQUEST};
use crate::json::Json;
use crate::question::{Field, FieldName, Kind, Question};
use crate::triage::Route;

/// The version of the stored form.
const VERSION: f64 = 1.0;

/// Questions about a person. When it turns out that the complaint is for another, they are asked
/// again, with what was answered still there.
const PERSONAL: &[Question] = &[
    Question::Adjustments,
    Question::Disability,
    Question::DisabilityConsent,
    Question::Identity,
    Question::Contact,
    Question::You,
    Question::YouForSomeone,
    Question::YouStaff,
];

/// The answers so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    answers: Vec<(FieldName, Vec<String>)>,
    /// Questions that were walked past with *Continue*, whatever was answered.
    done: Vec<Question>,
    /// Advice that was shown, and the way on that the resident chose.
    chosen: Vec<(Advice, String)>,
    /// Advice that was shown, in the words that were shown.
    words: Vec<(Advice, String)>,
}

impl Draft {
    /// Everything entered in this field: one text, or the keys of the options chosen.
    pub fn values(&self, name: FieldName) -> &[String] {
        self.answers.iter().find(|(it, _)| *it == name).map_or(&[], |(_, values)| values)
    }

    /// The text (or the one key) in this field; empty where nothing was entered.
    pub fn text(&self, name: FieldName) -> &str {
        self.values(name).first().map_or("", String::as_str)
    }

    /// The option chosen in this field.
    pub fn choice<C: Choice>(&self, name: FieldName) -> Option<C> {
        C::from_key(self.text(name))
    }

    /// The options chosen in this field, in the order of the page.
    pub fn choices<C: Choice>(&self, name: FieldName) -> Vec<C> {
        let chosen = |key: &str| self.values(name).iter().any(|value| value == key);
        C::ALL.iter().filter(|(_, key)| chosen(key)).map(|(choice, _)| *choice).collect()
    }

    /// Keeps what was entered, exactly as it was entered.
    pub fn enter(&mut self, name: FieldName, values: Vec<String>) {
        match self.answers.iter_mut().find(|(it, _)| *it == name) {
            Some((_, kept)) => *kept = values,
            None => self.answers.push((name, values)),
        }
    }

    /// Chooses an option of a field, or takes the choice back. An option that excludes the others
    /// does so both ways.
    pub fn toggle(&mut self, name: FieldName, key: &str) {
        let field = name.question().and_then(|it| it.fields().iter().find(|it| it.name == name));
        let Some(Field { kind: Kind::Checkboxes(_, exclusive), .. }) = field else {
            let was_about_another = self.is_about_another();
            self.enter(name, vec![key.to_owned()]);
            if self.is_about_another() != was_about_another {
                self.done.retain(|question| !PERSONAL.contains(question));
            }
            self.unchoose_about(name);
            return;
        };
        self.unchoose_about(name);
        let mut values = self.values(name).to_vec();
        let count = values.len();
        values.retain(|value| value != key);
        if values.len() == count {
            values.retain(|value| *exclusive != Some(key) && *exclusive != Some(value.as_str()));
            values.push(key.to_owned());
        }
        self.enter(name, values);
    }

    fn unchoose_about(&mut self, name: FieldName) {
        match name {
            FieldName::Danger => self.unchoose(Advice::Danger),
            FieldName::Intent => self.unchoose(Advice::FirstReport),
            FieldName::Topics => self.unchoose(Advice::Responsibility),
            FieldName::WhenAware | FieldName::ClaimAtCourt | FieldName::AlreadyAnswered => {
                self.unchoose(Advice::PossibleExclusion);
            }
            _ => {}
        }
    }

    /// Notes that the resident went on from this question.
    pub fn finish(&mut self, question: Question) {
        if !self.is_done(question) {
            self.done.push(question);
        }
    }

    /// Whether the resident went on from this question.
    pub fn is_done(&self, question: Question) -> bool {
        self.done.contains(&question)
    }

    /// Notes the way on that was chosen where advice was shown.
    pub fn choose(&mut self, advice: Advice, way: &str, words: &str) {
        self.unchoose(advice);
        self.chosen.push((advice, way.to_owned()));
        self.words.push((advice, words.to_owned()));
    }

    /// What advice is about has changed: it is shown again before it counts as shown.
    fn unchoose(&mut self, advice: Advice) {
        self.chosen.retain(|(shown, _)| *shown != advice);
        self.words.retain(|(shown, _)| *shown != advice);
    }

    /// The words in which this advice was shown.
    pub fn words(&self, advice: Advice) -> &str {
        self.words.iter().find(|(shown, _)| *shown == advice).map_or("", |(_, words)| words)
    }

    /// Forgets what was entered in these fields.
    pub fn forget(&mut self, fields: &[FieldName]) {
        self.answers.retain(|(name, _)| !fields.contains(name));
    }

    /// The way on that was chosen at this advice.
    pub fn chosen(&self, advice: Advice) -> Option<&str> {
        self.chosen.iter().find(|(shown, _)| *shown == advice).map(|(_, way)| way.as_str())
    }

    /// Whether nothing was entered yet.
    pub fn is_empty(&self) -> bool {
        self.answers.is_empty()
    }

    /// Who the complaint is for.
    pub fn on_behalf_of(&self) -> Option<OnBehalfOf> {
        self.choice(FieldName::OnBehalfOf)
    }

    /// Whether the person filling in the form is somebody's representative.
    pub fn is_for_someone_else(&self) -> bool {
        self.on_behalf_of() == Some(OnBehalfOf::SomeoneElse)
    }

    /// Whether the person filling in the form is not the resident: their representative, or a member
    /// of staff.
    pub fn is_about_another(&self) -> bool {
        matches!(self.on_behalf_of(), Some(OnBehalfOf::SomeoneElse | OnBehalfOf::Staff))
    }

    /// Whether someone is in danger now.
    pub fn danger(&self) -> Option<YesNo> {
        self.choice(FieldName::Danger)
    }

    /// What the resident wants to do.
    pub fn intent(&self) -> Option<Intent> {
        self.choice(FieldName::Intent)
    }

    /// Which way that leads. A first report is a service request only where the resident chose so
    /// (Code 1.3, 1.4).
    pub fn route(&self) -> Route {
        match self.intent() {
            Some(Intent::Report) if self.chosen(Advice::FirstReport) == Some(WAY_REQUEST) => {
                Route::ServiceRequest
            }
            Some(Intent::Report | Intent::Told | Intent::Complain) | None => Route::Complaint,
            Some(Intent::Add) => Route::Addition,
            Some(Intent::Stage2) => Route::Stage2,
            Some(Intent::Feedback) => Route::Feedback,
        }
    }

    /// The stored form.
    pub fn to_json(&self) -> Json {
        let texts =
            |values: &[String]| Json::List(values.iter().map(|it| (&**it).into()).collect());
        let answers = self.answers.iter().map(|(name, it)| (name.key().to_owned(), texts(it)));
        let keyed = |pairs: &[(Advice, String)]| {
            let pairs = pairs.iter().map(|(at, text)| (at.key().to_owned(), (&**text).into()));
            Json::Object(pairs.collect())
        };
        Json::object(&[
            ("version", Json::Number(VERSION)),
            ("answers", Json::Object(answers.collect())),
            ("done", Json::List(self.done.iter().map(|it| it.key().into()).collect())),
            ("chosen", keyed(&self.chosen)),
            ("words", keyed(&self.words)),
        ])
    }

    /// Reads the stored form, of this version or any other: whatever is known is kept.
    pub fn from_json(value: &Json) -> Self {
        let mut draft = Self::default();
        for (key, values) in value.get("answers").and_then(Json::fields).unwrap_or_default() {
            if let Some(name) = FieldName::from_key(key) {
                draft.enter(name, texts(values));
            }
        }
        for key in value.get("done").map(texts).unwrap_or_default() {
            if let Some(question) = Question::from_key(&key) {
                draft.finish(question);
            }
        }
        for (key, way) in value.get("chosen").and_then(Json::fields).unwrap_or_default() {
            if let (Some(advice), Some(way)) = (Advice::from_key(key), way.text()) {
                let words = value.get("words").and_then(|it| it.get(key)).and_then(Json::text);
                draft.choose(advice, way, words.unwrap_or_default());
            }
        }
        draft
    }
}

fn texts(value: &Json) -> Vec<String> {
    let list = value.list().unwrap_or_default();
    list.iter().filter_map(|it| it.text().map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_comes_back_to_the_character() {
        let mut draft = Draft::default();
        let typed = "Damp \u{200b}🏚\u{202e} \u{7} <script>\n\tلا";
        draft.enter(FieldName::Account, vec![typed.to_owned()]);
        draft.enter(FieldName::Topics, vec!["repairs".into(), "staff".into()]);
        draft.finish(Question::Account);
        draft.choose(Advice::Danger, "carry_on", "Get help first");
        let stored = serde_json::to_string(&draft.to_json()).unwrap();
        assert_eq!(Draft::from_json(&serde_json::from_str(&stored).unwrap()), draft);
        assert_eq!(draft.text(FieldName::Account), typed);
    }

    #[test]
    fn an_option_that_excludes_the_others_excludes_them_both_ways() {
        let mut draft = Draft::default();
        let mut after = |key: &str| {
            draft.toggle(FieldName::Adjustments, key);
            draft.values(FieldName::Adjustments).join(" ")
        };
        assert_eq!(after("braille"), "braille");
        assert_eq!(after("audio"), "braille audio");
        assert_eq!(after("braille"), "audio");
        assert_eq!(after("none"), "none");
        assert_eq!(after("audio"), "audio");
        assert_eq!(after("audio"), "");
    }

    /// Somebody else's complaint must not go out under the name of whoever fills in the form.
    #[test]
    fn whoever_turns_out_to_be_another_is_asked_about_again() {
        for whom in ["someone_else", "staff"] {
            let mut draft = Draft::default();
            draft.toggle(FieldName::OnBehalfOf, "me");
            draft.finish(Question::Identity);
            draft.toggle(FieldName::OnBehalfOf, "group");
            assert!(draft.is_done(Question::Identity));
            draft.toggle(FieldName::OnBehalfOf, whom);
            assert!(!draft.is_done(Question::Identity), "{whom}");
        }
    }

    #[test]
    fn of_radios_the_last_one_counts() {
        let mut draft = Draft::default();
        draft.toggle(FieldName::Home, "tenant");
        draft.toggle(FieldName::Home, "former");
        assert_eq!(draft.values(FieldName::Home), ["former"]);
    }

    #[test]
    fn a_draft_of_another_version_keeps_what_is_still_known() {
        let stored = r#"{
            "version": 99,
            "answers": {"account": ["No heating"], "star_sign": ["Leo"], "topics": 7},
            "done": ["account", "star_sign", 3],
            "chosen": {"danger": "carry_on", "other": "x"}
        }"#;
        let draft = Draft::from_json(&serde_json::from_str(stored).unwrap());
        assert_eq!(draft.text(FieldName::Account), "No heating");
        assert!(draft.is_done(Question::Account));
        assert_eq!(draft.chosen(Advice::Danger), Some("carry_on"));
        assert_eq!(Draft::from_json(&Json::Text("nonsense".into())), Draft::default());
    }
}
