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

/// What the resident wants to do, in plain words (Code 1.3, 1.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Intent {
    /// Something needs doing, and the landlord was not told before (Code 1.4).
    Report,
    /// The landlord was told, and the resident is unhappy with what happened, or still waits
    /// (Code 1.5).
    Told,
    /// Unhappy with something the landlord, its staff or its contractors did or did not do
    /// (Code 1.2).
    Complain,
    /// Something to add to a complaint (Code 6.8).
    Add,
    /// Unhappy with the answer to a complaint (Code 6.10).
    Stage2,
    /// A thank-you, or a comment (Code 1.6).
    Feedback,
}

impl Choice for Intent {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::Report, "report"),
        (Self::Told, "told"),
        (Self::Complain, "complain"),
        (Self::Add, "add"),
        (Self::Stage2, "stage2"),
        (Self::Feedback, "feedback"),
    ];
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
    /// A resident who told a member of staff, who fills in the form (Code 3.2).
    Staff,
}

impl Choice for OnBehalfOf {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::Me, "me"),
        (Self::Household, "household"),
        (Self::SomeoneElse, "someone_else"),
        (Self::Group, "group"),
        (Self::Staff, "staff"),
    ];
}

/// What a representative may do (Code 3.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum MayDo {
    /// Get copies of letters and e-mails.
    ReceiveCopies,
    /// Decide for the resident.
    Decide,
    /// Only talk to the landlord.
    TalkOnly,
}

impl Choice for MayDo {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::ReceiveCopies, "receive_copies"),
        (Self::Decide, "decide"),
        (Self::TalkOnly, "talk_only"),
    ];
}

/// Who should get the answers (Code 3.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum AnswersTo {
    /// The representative.
    Representative,
    /// The resident.
    Resident,
    /// Both.
    Both,
}

impl Choice for AnswersTo {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::Representative, "representative"),
        (Self::Resident, "resident"),
        (Self::Both, "both"),
    ];
}

/// What a representative says about their authority (Code 1.3, 3.6). It is recorded, and the
/// complaint is sent in every case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Consent {
    /// The resident knows and agrees: the representative declares it here, under their typed name.
    Agreed,
    /// The resident agrees, and a signed form or letter will follow.
    ToFollow,
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
        (Self::ToFollow, "to_follow"),
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
    /// A friend, carer or support worker present, at any meeting or visit (Code 3.6).
    Supporter,
    /// More time to read and answer.
    ExtraTime,
    /// More time to answer the door.
    LongerAtDoor,
    /// Notice before each visit.
    NoticeOfVisits,
    /// Choosing whether a man or a woman visits.
    SameGender,
    /// Help with forms.
    HelpWithForms,
    /// A hearing loop.
    HearingLoop,
    /// The landlord knows about them already.
    AlreadyKnown,
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
        (Self::SameGender, "same_gender"),
        (Self::HelpWithForms, "help_with_forms"),
        (Self::HearingLoop, "hearing_loop"),
        (Self::AlreadyKnown, "already_known"),
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
    /// Changes to the home for a disability.
    Adaptations,
    /// Homelessness, or applying for a home.
    Applying,
    /// Another service of a council, outside a landlord's role.
    CouncilServices,
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
        (Self::Adaptations, "adaptations"),
        (Self::Applying, "applying"),
        (Self::CouncilServices, "council_services"),
        (Self::ComplaintHandling, "complaint_handling"),
        (Self::PersonalInformation, "personal_information"),
        (Self::Other, "other"),
    ];
}

/// Who at home may be hurt most by a hazard: what a landlord is expected to weigh (Awaab's Law;
/// Code 6.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum AtRisk {
    /// A baby or a young child.
    Child,
    /// An older person.
    OlderPerson,
    /// Someone who is pregnant.
    Pregnant,
    /// Someone with a health condition or a disability.
    HealthCondition,
    /// Nobody in particular.
    None,
}

impl Choice for AtRisk {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::Child, "child"),
        (Self::OlderPerson, "older_person"),
        (Self::Pregnant, "pregnant"),
        (Self::HealthCondition, "health_condition"),
        (Self::None, "none"),
    ];
}

/// How much of a complaint goes to stage 2 (Code 6.10).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// All of it.
    All,
    /// A part of it.
    Part,
}

impl Choice for Scope {
    const ALL: &'static [(Self, &'static str)] = &[(Self::All, "all"), (Self::Part, "part")];
}

/// When the resident found out (Code 2.2, 2.3). It is information; a person decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum WhenAware {
    /// In the last twelve months.
    #[serde(rename = "within_12_months")]
    Within12Months,
    /// Longer ago.
    #[serde(rename = "over_12_months")]
    Over12Months,
    /// The resident does not know.
    NotSure,
}

impl Choice for WhenAware {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::Within12Months, "within_12_months"),
        (Self::Over12Months, "over_12_months"),
        (Self::NotSure, "not_sure"),
    ];
}

/// What a message that is not a complaint is (Code 1.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum FeedbackKind {
    /// A thank-you.
    Compliment,
    /// A comment, or an idea.
    Comment,
}

impl Choice for FeedbackKind {
    const ALL: &'static [(Self, &'static str)] =
        &[(Self::Compliment, "compliment"), (Self::Comment, "comment")];
}

/// How often the resident would like to hear how it goes, if the answer is late (Code 5.9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Updates {
    /// Every week.
    Weekly,
    /// Every two weeks.
    Fortnightly,
    /// Only when there is news.
    WithNews,
}

impl Choice for Updates {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::Weekly, "weekly"),
        (Self::Fortnightly, "fortnightly"),
        (Self::WithNews, "with_news"),
    ];
}

/// A box to tick.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tick {
    /// Ticked.
    Yes,
}

impl Choice for Tick {
    const ALL: &'static [(Self, &'static str)] = &[(Self::Yes, "yes")];
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
        key_is_the_wire_name::<Intent>();
        key_is_the_wire_name::<MayDo>();
        key_is_the_wire_name::<AnswersTo>();
        key_is_the_wire_name::<AtRisk>();
        key_is_the_wire_name::<Scope>();
        key_is_the_wire_name::<WhenAware>();
        key_is_the_wire_name::<FeedbackKind>();
        key_is_the_wire_name::<Updates>();
        key_is_the_wire_name::<crate::triage::Flag>();
        key_is_the_wire_name::<crate::triage::Hazard>();
        key_is_the_wire_name::<crate::triage::Route>();
        key_is_the_wire_name::<crate::rights::Responsibility>();
        key_is_the_wire_name::<crate::rights::Watchdog>();
        key_is_the_wire_name::<crate::landlord::Exclusion>();
        key_is_the_wire_name::<crate::landlord::LandlordType>();
        key_is_the_wire_name::<crate::landlord::Authority>();
        key_is_the_wire_name::<crate::landlord::ChannelKind>();
        key_is_the_wire_name::<crate::landlord::SpecialCategoryBasis>();
        key_is_the_wire_name::<crate::landlord::OmbudsmanName>();
        key_is_the_wire_name::<OutcomeSought>();
        key_is_the_wire_name::<ContactWay>();
    }
}
