//! Closed sets of answers. A choice is known by its key: in the page, in the draft, in the record
//! and in the copy files. What a resident reads is looked up from the key, so that the value stays
//! the same in every language.

use serde::{Deserialize, Serialize};

/// A closed set of options, in the order in which a resident meets them.
pub trait Choice: Copy + PartialEq + 'static {
    /// Every option with its stable key.
    const ALL: &'static [(Self, &'static str)];

    /// The stable key of this option.
    fn key(self) -> &'static str {
        Self::ALL.iter().find(|(choice, _)| *choice == self).map_or("", |(_, key)| key)
    }

    /// The option with this key, or `None` for a key of another version.
    fn from_key(key: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == key).map(|(choice, _)| *choice)
    }
}

/// Every key of a choice, in order.
pub fn keys<C: Choice>() -> Vec<&'static str> {
    C::ALL.iter().map(|(_, key)| *key).collect()
}

/// Yes, no, or a fair "I don't know".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum YesNo {
    /// Yes.
    Yes,
    /// No.
    No,
    /// The resident does not know.
    NotSure,
}

impl Choice for YesNo {
    const ALL: &'static [(Self, &'static str)] =
        &[(Self::Yes, "yes"), (Self::No, "no"), (Self::NotSure, "not_sure")];
}

/// Who the complaint is for (Code 1.2, 1.3, 3.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum OnBehalfOf {
    /// The person filling in the form.
    Me,
    /// The person filling in the form and those who live with them.
    Household,
    /// Somebody else: the person filling in the form is their representative.
    SomeoneElse,
    /// A group of residents (Code 1.2), with one contact.
    Group,
}

impl Choice for OnBehalfOf {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::Me, "me"),
        (Self::Household, "household"),
        (Self::SomeoneElse, "someone_else"),
        (Self::Group, "group"),
    ];
}

/// What a representative says about their authority (Code 1.3, 3.6). It is recorded, and the
/// complaint is sent in every case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Consent {
    /// The resident knows and agrees.
    Agreed,
    /// A power of attorney, a deputyship or the like.
    LegalAuthority,
    /// Not asked yet.
    NotYet,
    /// The representative does not know.
    NotSure,
}

impl Choice for Consent {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::Agreed, "agreed"),
        (Self::LegalAuthority, "legal_authority"),
        (Self::NotYet, "not_yet"),
        (Self::NotSure, "not_sure"),
    ];
}

/// A reasonable adjustment, asked of everyone as an operational need (Code 3.1, 5.10;
/// Equality Act 2010 s.20).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Adjustment {
    /// Letters in large print.
    LargePrint,
    /// Easy Read: short words with pictures.
    EasyRead,
    /// Braille.
    Braille,
    /// A recording.
    Audio,
    /// Paper or background of another colour.
    ColouredPaper,
    /// Phone instead of writing.
    PhoneNotWriting,
    /// Write instead of phoning.
    WritingNotPhone,
    /// Relay UK or another text relay.
    TextRelay,
    /// A sign language interpreter.
    SignLanguage,
    /// A spoken language interpreter.
    Interpreter,
    /// A friend, carer or support worker present.
    Supporter,
    /// More time to read and answer.
    ExtraTime,
    /// More time to answer the door.
    LongerAtDoor,
    /// Notice before each visit.
    NoticeOfVisits,
    /// Nothing is needed.
    None,
}

impl Choice for Adjustment {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::LargePrint, "large_print"),
        (Self::EasyRead, "easy_read"),
        (Self::Braille, "braille"),
        (Self::Audio, "audio"),
        (Self::ColouredPaper, "coloured_paper"),
        (Self::PhoneNotWriting, "phone_not_writing"),
        (Self::WritingNotPhone, "writing_not_phone"),
        (Self::TextRelay, "text_relay"),
        (Self::SignLanguage, "sign_language"),
        (Self::Interpreter, "interpreter"),
        (Self::Supporter, "supporter"),
        (Self::ExtraTime, "extra_time"),
        (Self::LongerAtDoor, "longer_at_door"),
        (Self::NoticeOfVisits, "notice_of_visits"),
        (Self::None, "none"),
    ];
}

/// The resident's connection to the home. The Ombudsman takes complaints from all of these
/// but freeholders, and the landlord decides nothing by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum HomeConnection {
    /// Rents the home.
    Tenant,
    /// Owns a share and rents the rest.
    SharedOwner,
    /// Owns the lease.
    Leaseholder,
    /// Lives there under a licence (temporary or supported housing).
    Licensee,
    /// Used to live there.
    Former,
    /// Has applied for a home.
    Applicant,
    /// Something else.
    Other,
    /// The resident does not know.
    NotSure,
}

impl Choice for HomeConnection {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::Tenant, "tenant"),
        (Self::SharedOwner, "shared_owner"),
        (Self::Leaseholder, "leaseholder"),
        (Self::Licensee, "licensee"),
        (Self::Former, "former"),
        (Self::Applicant, "applicant"),
        (Self::Other, "other"),
        (Self::NotSure, "not_sure"),
    ];
}

/// What the complaint is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// A repair that was not done, late or badly done.
    Repairs,
    /// Damp, mould or leaks.
    DampMould,
    /// Heating, hot water or power.
    HeatingWater,
    /// How staff or contractors behaved.
    Staff,
    /// Not being kept informed, or not getting an answer.
    Communication,
    /// How anti-social behaviour or a neighbour's noise was handled.
    AntiSocialBehaviour,
    /// Rent, service charges or other money.
    RentCharges,
    /// Moving, exchanging or being offered a home.
    Moving,
    /// Shared areas, cleaning, bins, parking.
    SharedAreas,
    /// Safety of the building.
    BuildingSafety,
    /// How an earlier complaint was handled.
    ComplaintHandling,
    /// How personal information was used.
    PersonalInformation,
    /// Something else.
    Other,
}

impl Choice for Topic {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::Repairs, "repairs"),
        (Self::DampMould, "damp_mould"),
        (Self::HeatingWater, "heating_water"),
        (Self::Staff, "staff"),
        (Self::Communication, "communication"),
        (Self::AntiSocialBehaviour, "anti_social_behaviour"),
        (Self::RentCharges, "rent_charges"),
        (Self::Moving, "moving"),
        (Self::SharedAreas, "shared_areas"),
        (Self::BuildingSafety, "building_safety"),
        (Self::ComplaintHandling, "complaint_handling"),
        (Self::PersonalInformation, "personal_information"),
        (Self::Other, "other"),
    ];
}

/// Whether the landlord was told before (Code 1.4, 1.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ReportedBefore {
    /// Told before, and unhappy with what was done.
    YesUnhappy,
    /// Told before, and still waiting.
    YesWaiting,
    /// This is the first time.
    No,
    /// The resident does not know.
    NotSure,
}

impl Choice for ReportedBefore {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::YesUnhappy, "yes_unhappy"),
        (Self::YesWaiting, "yes_waiting"),
        (Self::No, "no"),
        (Self::NotSure, "not_sure"),
    ];
}

/// What would put it right (Code 5.6, 7.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum OutcomeSought {
    /// Do the work, or finish it.
    DoTheWork,
    /// An apology.
    Apology,
    /// An explanation.
    Explanation,
    /// Change a decision.
    ChangeDecision,
    /// Put a record right.
    CorrectRecord,
    /// Money back, or compensation.
    Money,
    /// Change how things are done, so that it does not happen to others.
    ChangePractice,
    /// The resident does not know yet.
    NotSure,
}

impl Choice for OutcomeSought {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::DoTheWork, "do_the_work"),
        (Self::Apology, "apology"),
        (Self::Explanation, "explanation"),
        (Self::ChangeDecision, "change_decision"),
        (Self::CorrectRecord, "correct_record"),
        (Self::Money, "money"),
        (Self::ChangePractice, "change_practice"),
        (Self::NotSure, "not_sure"),
    ];
}

/// How the resident would like to be contacted (Code 3.1, 5.9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ContactWay {
    /// By e-mail.
    Email,
    /// By telephone.
    Phone,
    /// By text message.
    Text,
    /// By letter.
    Letter,
    /// Any of these.
    Any,
}

impl Choice for ContactWay {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::Email, "email"),
        (Self::Phone, "phone"),
        (Self::Text, "text"),
        (Self::Letter, "letter"),
        (Self::Any, "any"),
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key_is_the_wire_name<C: Choice + Serialize>() {
        for (choice, key) in C::ALL {
            assert_eq!(serde_json::to_value(choice).unwrap(), *key);
            assert!(C::from_key(key) == Some(*choice));
        }
    }

    #[test]
    fn a_choice_is_called_the_same_in_the_page_and_in_the_record() {
        key_is_the_wire_name::<YesNo>();
        key_is_the_wire_name::<OnBehalfOf>();
        key_is_the_wire_name::<Consent>();
        key_is_the_wire_name::<Adjustment>();
        key_is_the_wire_name::<HomeConnection>();
        key_is_the_wire_name::<Topic>();
        key_is_the_wire_name::<ReportedBefore>();
        key_is_the_wire_name::<OutcomeSought>();
        key_is_the_wire_name::<ContactWay>();
    }
}
