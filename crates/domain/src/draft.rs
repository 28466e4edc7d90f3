//! What a resident has typed so far: raw, perhaps wrong, never tidied up. Whatever can be derived
//! (where they are, what is missing, whether it can be sent) is derived from it and never stored.

use std::sync::Arc;

use crate::choices::{Choice, Intent, OnBehalfOf, YesNo};
use crate::evidence::Attachment;
use crate::flow::{Advice, WAY_COMPLAINT, WAY_REQUEST};
use crate::heard::Heard;
use crate::json::Json;
use crate::question::{Field, FieldName, Kind, Question};
use crate::reading::Peril;
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
    attachments: Vec<Attachment>,
    /// What was heard in the resident's own words.
    heard: Option<Arc<Heard>>,
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
            FieldName::Intent => {
                self.unchoose(Advice::FirstReport);
                self.unchoose(Advice::Unhappy);
            }
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
        if advice == Advice::FirstReport && self.intent() == Some(Intent::Report) {
            // Whoever chooses again is not held to what they made of it later.
            self.unchoose(Advice::Unhappy);
        }
        self.chosen.push((advice, way.to_owned()));
        self.words.push((advice, words.to_owned()));
    }

    /// What advice is about has changed: it is shown again before it counts as shown.
    fn unchoose(&mut self, advice: Advice) {
        self.chosen.retain(|(shown, _)| *shown != advice);
        self.words.retain(|(shown, _)| *shown != advice);
    }

    /// Takes what was heard in the resident's own words. Advice that would say something else than before
    /// is shown again; but what has become a complaint by it stays one.
    pub fn hear(&mut self, heard: Option<Heard>) {
        let nothing = Heard::default();
        let before = self.heard.take().unwrap_or_default();
        for advice in [Advice::Careful, Advice::Urgent, Advice::Unhappy] {
            let is_same = heard.as_ref().unwrap_or(&nothing).says_the_same(&before, advice);
            let is_complaint = advice == Advice::Unhappy && self.is_complaint_after_all();
            if !is_same && !is_complaint {
                self.unchoose(advice);
            }
        }
        self.heard = heard.map(Arc::new);
    }

    /// What was heard in the resident's own words.
    pub fn heard(&self) -> Option<&Heard> {
        self.heard.as_deref()
    }

    /// Whether a hazard of this sort was heard.
    pub fn hears(&self, is_meant: fn(Peril) -> bool) -> bool {
        self.heard.as_ref().is_some_and(|it| it.hazards.iter().any(|peril| is_meant(*peril)))
    }

    /// Whether what was a request or a comment was made a complaint.
    pub(crate) fn is_complaint_after_all(&self) -> bool {
        self.chosen(Advice::Unhappy) == Some(WAY_COMPLAINT)
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

    /// The files that the resident attached, in their order.
    pub fn attachments(&self) -> &[Attachment] {
        &self.attachments
    }

    /// Whether a file of this id is attached.
    pub fn is_attached(&self, id: &str) -> bool {
        self.attachments.iter().any(|it| it.id == id)
    }

    /// Attaches a file, once.
    pub fn attach(&mut self, attachment: Attachment) {
        if !self.is_attached(&attachment.id) {
            self.attachments.push(attachment);
        }
    }

    /// Takes a file away again.
    pub fn detach(&mut self, id: &str) {
        self.attachments.retain(|it| it.id != id);
    }

    /// Gives an attachment another id.
    pub fn rename_attachment(&mut self, id: &str, new: &str) {
        if let Some(it) = self.attachments.iter_mut().find(|it| it.id == id) {
            new.clone_into(&mut it.id);
        }
    }

    /// Whether nothing was entered or attached yet.
    pub fn is_empty(&self) -> bool {
        !self.has_answers() && self.attachments.is_empty()
    }

    /// Whether anything was entered.
    pub fn has_answers(&self) -> bool {
        !self.answers.is_empty()
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
    /// (Code 1.3, 1.4), and whoever sounds unhappy in their own words may choose again.
    pub fn route(&self) -> Route {
        match self.first_route() {
            Route::ServiceRequest if self.is_complaint_after_all() => Route::Complaint,
            route => route,
        }
    }

    /// The way by what was chosen before the resident wrote anything: it decides on which page they write.
    pub fn first_route(&self) -> Route {
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
        let mut draft = Json::object(&[
            ("version", Json::Number(VERSION)),
            ("answers", Json::Object(answers.collect())),
            ("done", Json::List(self.done.iter().map(|it| it.key().into()).collect())),
            ("chosen", keyed(&self.chosen)),
            ("words", keyed(&self.words)),
            ("attachments", attachments(&self.attachments)),
        ]);
        if let Some(heard) = &self.heard {
            draft.put("/heard", heard.to_json());
        }
        draft
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
        let attached = value.get("attachments").and_then(Json::list).unwrap_or_default();
        for attachment in attached.iter().filter_map(Attachment::from_json) {
            draft.attach(attachment);
        }
        draft.heard = value.get("heard").map(|it| Arc::new(Heard::from_json(it)));
        draft
    }
}

/// Attachments, for the stored form and for the record.
pub fn attachments(attachments: &[Attachment]) -> Json {
    Json::List(attachments.iter().map(Attachment::to_json).collect())
}

fn texts(value: &Json) -> Vec<String> {
    let list = value.list().unwrap_or_default();
    list.iter().filter_map(|it| it.text().map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::Model;

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

    fn heard(text: &str) -> Option<Heard> {
        Some(Heard::read(Model::english(), text))
    }

    fn told(draft: &mut Draft) {
        for advice in [Advice::Careful, Advice::Urgent, Advice::Unhappy] {
            draft.choose(advice, WAY_REQUEST, "");
        }
    }

    #[test]
    fn what_was_heard_is_kept_and_an_older_draft_has_none() {
        let mut draft = Draft::default();
        assert_eq!(Draft::from_json(&draft.to_json()).heard(), None);
        draft.hear(heard("I smell gas and I am fed up with you"));
        told(&mut draft);
        assert_eq!(Draft::from_json(&draft.to_json()), draft);
    }

    #[test]
    fn advice_on_words_comes_again_only_where_it_would_say_something_else() {
        let mut draft = Draft::default();
        draft.hear(heard("There is a smell of gas. I am fed up with you"));
        told(&mut draft);
        draft.hear(heard("There is a strong smell of gas here. Really, I am fed up with you"));
        assert!(draft.chosen(Advice::Urgent).is_some() && draft.chosen(Advice::Unhappy).is_some());
        draft.hear(heard("I am fed up with you, and water is pouring through the ceiling"));
        assert_eq!(draft.chosen(Advice::Urgent), None);
        assert!(draft.chosen(Advice::Unhappy).is_some() && draft.chosen(Advice::Careful).is_some());
        draft.hear(heard("My husband hits me"));
        assert_eq!((draft.chosen(Advice::Careful), draft.chosen(Advice::Unhappy)), (None, None));
    }

    /// Code 1.3: nobody is routed away from a complaint for saying it more kindly.
    #[test]
    fn what_became_a_complaint_stays_one_whatever_is_said_later() {
        let mut draft = Draft::default();
        draft.toggle(FieldName::Intent, "report");
        draft.choose(Advice::FirstReport, WAY_REQUEST, "");
        draft.hear(heard("I am fed up with you"));
        assert_eq!(draft.route(), Route::ServiceRequest);
        draft.choose(Advice::Unhappy, WAY_COMPLAINT, "");
        for text in ["The gate squeaks", "I am disgusted with you", ""] {
            draft.hear(heard(text));
            assert_eq!(draft.route(), Route::Complaint, "{text}");
        }
        // But they may choose again.
        draft.choose(Advice::FirstReport, WAY_REQUEST, "");
        assert_eq!(draft.route(), Route::ServiceRequest);
    }
}
