//! Who at the resident's side gets mail about a case, and how careful it must be.
//!
//! Both follow from what the resident sent and from who speaks for them now: somebody whom the resident
//! has removed gets nothing more, whatever is still on its way.

use domain::at_risk;
use domain::case::Case;
use domain::choices::{Adjustment, AnswersTo};
use domain::question::FieldName;
use domain::record::{Representative, Submission};
use lettre::Address;

use crate::heard;

/// For whom a letter is. Its key stands in the outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// The resident, at the address in the record.
    Resident,
    /// Who speaks for them, by [`domain::case::Spokesperson::id`].
    Representative(u32),
}

impl Reader {
    /// `resident`, or `representative:1`.
    pub fn key(self) -> String {
        match self {
            Self::Resident => "resident".to_owned(),
            Self::Representative(id) => format!("representative:{id}"),
        }
    }

    /// From its [`Self::key`].
    pub fn from_key(key: &str) -> Option<Self> {
        if key == "resident" {
            return Some(Self::Resident);
        }
        key.strip_prefix("representative:")?.parse().ok().map(Self::Representative)
    }
}

/// Who gets mail about a case: the resident, those who speak for them, or both, as the resident wants
/// it. Whoever gave no e-mail address gets none.
pub fn readers(case: &Case, record: &Submission) -> Vec<(Reader, Address)> {
    let own = record.common().contact.email.as_deref().and_then(address_in);
    let mut readers = Vec::new();
    let wants_only_them =
        case.representatives.iter().any(|it| it.who.answers_to == Some(AnswersTo::Representative));
    if let Some(own) = own.clone().filter(|_| !wants_only_them) {
        readers.push((Reader::Resident, own));
    }
    for spokesperson in &case.representatives {
        let gets_answers = match spokesperson.who.answers_to {
            Some(AnswersTo::Representative | AnswersTo::Both) => true,
            Some(AnswersTo::Resident) => false,
            // The form says: without an address of the resident, answers go to whoever speaks for them.
            None => own.is_none(),
        };
        let address = representative_address(&spokesperson.who).filter(|_| gets_answers);
        if let Some(address) = address.filter(|it| readers.iter().all(|(_, other)| other != it)) {
            readers.push((Reader::Representative(spokesperson.id), address));
        }
    }
    readers
}

/// The address of one of them, as things are now.
pub fn address_of(reader: Reader, case: &Case, record: &Submission) -> Option<Address> {
    readers(case, record).into_iter().find(|(it, _)| *it == reader).map(|(_, address)| address)
}

fn representative_address(who: &Representative) -> Option<Address> {
    address_in(&who.contact)
}

/// The one e-mail address in what was typed: `Ms Hill, amy@example.org or 01632 960001`.
fn address_in(typed: &str) -> Option<Address> {
    let mut found = typed
        .split(|it: char| it.is_whitespace() || ",;<>()\"".contains(it))
        .map(|word| word.trim_start_matches("mailto:").trim_end_matches(['.', ':']))
        .filter(|word| word.contains('@'))
        .filter_map(|word| word.parse::<Address>().ok());
    // Of two, nobody knows which is meant.
    let first = found.next()?;
    found.all(|other| other == first).then_some(first)
}

/// Whether somebody else may read this mailbox and harm the resident for what they find. Then letters
/// say only that there is news: no words of the landlord's, no access code, nothing about what it is.
///
/// It is so where the resident's words speak of people who frighten or hurt (the same words by which the
/// form offers to hide itself), and where what they say about being reached speaks of messages or of
/// who else is there. One letter too many that says little costs a look into the case.
pub fn is_careful(record: &Submission) -> bool {
    let mut draft = record.draft();
    // A gas leak or a loud neighbour says nothing about who reads the resident's mail; words may.
    draft.forget(&[FieldName::Danger, FieldName::Topics]);
    at_risk::may_be(&draft)
        || heard::needs_care(record)
        || speaks_of_messages(draft.text(FieldName::SafeTimes))
}

/// How a note on being reached may speak of who else could see a message.
const SIGNS: [&str; 16] = [
    "abus",
    "afraid",
    "boyfriend",
    "controll",
    "email",
    "e-mail",
    "ex ",
    "girlfriend",
    "hide",
    "husband",
    "messag",
    "my ex",
    "partner",
    "safe",
    "secret",
    "wife",
];

fn speaks_of_messages(note: &str) -> bool {
    let note = note.to_lowercase();
    SIGNS.iter().any(|sign| note.contains(sign))
}

/// Whether letters are in large print, as the resident last said.
pub fn wants_large_print(case: &Case) -> bool {
    case.adjustments.requested.contains(&Adjustment::LargePrint)
}

/// Whether any adjustment is asked for, as the resident last said.
pub fn asks_for_adjustments(case: &Case) -> bool {
    let adjustments = &case.adjustments;
    adjustments.requested.iter().any(|it| *it != Adjustment::None)
        || adjustments.own_words.is_some()
        || adjustments.interpreter_language.is_some()
}

#[cfg(test)]
mod tests {
    use domain::case::Spokesperson;
    use serde_json::{Value, json};

    use super::*;

    fn record(more: Value) -> Submission {
        let mut record = json!({
            "kind": "complaint",
            "$schema": "x",
            "landlord": "halton",
            "configVersion": "1",
            "widgetVersion": "1",
            "language": "en",
            "submittedAt": "2026-11-21T09:00:00Z",
            "danger": "no",
            "intent": "told",
            "topics": ["repairs"],
            "account": "The boiler is broken.",
            "triage": {"route": "complaint", "flags": [], "advice": []},
            "answers": []
        });
        for (name, value) in more.as_object().unwrap() {
            record[name] = value.clone();
        }
        serde_json::from_value(record).unwrap()
    }

    fn case(record: &Submission) -> Case {
        Case::new("K47-W92-F36", record, "2026-11-21".parse().unwrap(), None)
    }

    fn addresses(case: &Case, record: &Submission) -> Vec<String> {
        readers(case, record).into_iter().map(|(_, it)| it.to_string()).collect()
    }

    #[test]
    fn the_resident_gets_mail_at_the_address_that_they_gave() {
        let given = record(json!({"contact": {"email": " amira@example.org "}}));
        assert_eq!(addresses(&case(&given), &given), ["amira@example.org"]);
        let none = record(json!({}));
        assert!(readers(&case(&none), &none).is_empty());
        for wrong in ["amira", "@", "a@b@c", "a@b.org\r\nBcc: x@y.org, z@w.org"] {
            let wrong = record(json!({"contact": {"email": wrong}}));
            let found = addresses(&case(&wrong), &wrong);
            assert!(found.is_empty(), "{found:?}");
        }
    }

    /// Code 3.6: the resident decides who gets the answers.
    #[test]
    fn a_representative_gets_mail_where_answers_go_to_them() {
        let with = |answers_to: Value, own: Value| {
            let record = record(json!({
                "representative": {
                    "name": "Amy Hill",
                    "contact": "amy@example.com or 01632 960001",
                    "answersTo": answers_to
                },
                "contact": own
            }));
            addresses(&case(&record), &record)
        };
        let own = json!({"email": "amira@example.org"});
        assert_eq!(with(json!("resident"), own.clone()), ["amira@example.org"]);
        assert_eq!(with(json!("representative"), own.clone()), ["amy@example.com"]);
        assert_eq!(with(json!("both"), own.clone()), ["amira@example.org", "amy@example.com"]);
        assert_eq!(with(Value::Null, own), ["amira@example.org"]);
        assert_eq!(with(Value::Null, json!({})), ["amy@example.com"]);
        assert!(with(json!("resident"), json!({})).is_empty());
    }

    #[test]
    fn a_representative_who_was_removed_gets_nothing_more() {
        let record = record(json!({
            "representative": {"name": "Amy", "contact": "amy@example.com", "answersTo": "both"},
            "contact": {"email": "amira@example.org"}
        }));
        let mut case = case(&record);
        let amy = Reader::Representative(1);
        assert!(address_of(amy, &case, &record).is_some());
        case.representatives.clear();
        assert!(address_of(amy, &case, &record).is_none());
        // Somebody else later has another id.
        let who = Representative {
            name: "Bo".into(),
            relationship: None,
            contact: "bo@example.com".into(),
            consent: None,
            may_do: Vec::new(),
            answers_to: Some(AnswersTo::Both),
        };
        case.representatives.push(Spokesperson {
            id: 2,
            since: "2026-11-22".parse().unwrap(),
            who,
        });
        assert!(address_of(amy, &case, &record).is_none());
        assert!(address_of(Reader::Representative(2), &case, &record).is_some());
    }

    #[test]
    fn a_letter_is_careful_where_others_may_read_it_and_harm() {
        let heard = json!({"account": "The door is broken because my husband hits me."});
        assert!(is_careful(&record(heard)));
        for careful in [
            json!({"account": "My ex still has a key and comes in."}),
            json!({"effect": "I am scared at night."}),
            json!({"contact": {"safeTimes": "Do not leave messages"}}),
            json!({"contact": {"safeTimes": "My husband sees my e-mail"}}),
        ] {
            assert!(is_careful(&record(careful.clone())), "{careful}");
        }
        for usual in [
            json!({}),
            json!({"danger": "yes"}),
            json!({"topics": ["anti_social_behaviour"]}),
            json!({"contact": {"safeTimes": "after 4pm"}}),
        ] {
            assert!(!is_careful(&record(usual.clone())), "{usual}");
        }
    }

    #[test]
    fn a_reader_is_known_again_by_their_key() {
        for reader in [Reader::Resident, Reader::Representative(12)] {
            assert_eq!(Reader::from_key(&reader.key()), Some(reader));
        }
        assert_eq!(Reader::from_key("team"), None);
    }
}
