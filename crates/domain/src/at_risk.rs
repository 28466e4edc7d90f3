//! Whether somebody may come to harm if another person sees what they write: then the widget offers a way to
//! hide the page at once. It is an offer; nothing is recorded of it, and nothing else follows from it.

use crate::choices::{Choice, Topic};
use crate::draft::Draft;
use crate::heard;
use crate::question::{FieldName, Question};
use crate::triage;

/// How a text may begin to speak of people who frighten or hurt. One too many costs a button.
const WORDS: [&str; 20] = [
    "abus",
    "afraid",
    "assault",
    "attacked",
    "beats me",
    "bully",
    "domestic",
    "frighten",
    "harass",
    "hate ",
    "hits me",
    "hurts me",
    "homophob",
    "my ex",
    "racis",
    "scared",
    "stalk",
    "threat",
    "transphob",
    "violen",
];

/// Whether the answers on the pages that the resident went on from speak of danger, of neighbours, of how
/// somebody behaved, or of abuse; or whether abuse or self-harm was heard in them.
pub fn may_be(draft: &Draft) -> bool {
    let is_done = |name| {
        let asks = |question: Question| question.fields().iter().any(|field| field.name == name);
        Question::ALL.iter().any(|(question, _)| draft.is_done(*question) && asks(*question))
    };
    let speaks_of_people = |topic| matches!(topic, Topic::AntiSocialBehaviour | Topic::Staff);
    let speaks_of_harm = |name| {
        let text = draft.text(name).to_ascii_lowercase();
        WORDS.iter().any(|word| text.contains(word)) && is_done(name)
    };
    triage::may_be_in_danger(draft) && is_done(FieldName::Danger)
        || draft.choices(FieldName::Topics).into_iter().any(speaks_of_people)
            && is_done(FieldName::Topics)
        || [FieldName::Account, FieldName::Effect].into_iter().any(speaks_of_harm)
        || draft.hears(heard::needs_care)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::heard::Heard;
    use crate::reading::Peril;

    fn answered(question: Question, name: FieldName, value: &str) -> Draft {
        let mut draft = Draft::default();
        draft.enter(name, vec![value.to_owned()]);
        assert!(!may_be(&draft), "{value}: not before the page is done");
        draft.finish(question);
        draft
    }

    #[test]
    fn danger_and_topics_about_people_may_put_someone_at_risk() {
        for (value, expected) in [("yes", true), ("not_sure", true), ("no", false)] {
            let draft = answered(Question::Danger, FieldName::Danger, value);
            assert_eq!(may_be(&draft), expected, "danger {value}");
        }
        for (topic, key) in Topic::ALL {
            let draft = answered(Question::Topics, FieldName::Topics, key);
            let expected = matches!(topic, Topic::AntiSocialBehaviour | Topic::Staff);
            assert_eq!(may_be(&draft), expected, "{key}");
        }
    }

    #[test]
    fn words_of_abuse_and_harassment_are_noticed_on_every_way() {
        for text in [
            "He HITS ME when the heating is off",
            "The man next door is harassing us",
            "racist abuse on the stairs",
            "I am scared to go out",
            "My ex still has a key",
            "It is a hate crime",
        ] {
            for question in [Question::Account, Question::Request, Question::Feedback] {
                assert!(may_be(&answered(question, FieldName::Account, text)), "{text}");
            }
            assert!(may_be(&answered(Question::Account, FieldName::Effect, text)), "{text}");
        }
        for text in ["", "The boiler is broken", "The tap drips, and the lift is out of order"] {
            assert!(!may_be(&answered(Question::Account, FieldName::Account, text)), "{text}");
        }
    }

    #[test]
    fn what_is_no_longer_said_is_no_longer_a_reason() {
        let mut draft = answered(Question::Danger, FieldName::Danger, "yes");
        draft.toggle(FieldName::Danger, "no");
        assert!(!may_be(&draft));
    }

    #[test]
    fn abuse_and_self_harm_that_were_heard_are_a_reason_and_gas_is_none() {
        for (peril, key) in Peril::ALL {
            let mut draft = Draft::default();
            draft.hear(Some(Heard { hazards: vec![*peril], ..Heard::default() }));
            let expected = matches!(peril, Peril::DomesticAbuse | Peril::SelfHarm);
            assert_eq!(may_be(&draft), expected, "{key}");
        }
    }
}
