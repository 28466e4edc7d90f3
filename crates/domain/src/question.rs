//! What a resident may be asked: one question is one page, with one field or a few.

use crate::choices::{
    Adjustment, AnswersTo, AtRisk, Choice, Consent, ContactWay, FeedbackKind, HomeConnection,
    Intent, MayDo, OnBehalfOf, OutcomeSought, Scope, Tick, Topic, Updates, WhenAware, YesNo, keys,
};
use crate::landlord::Landlord;

/// A question, known by its key in the page, the draft and the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Question {
    /// Which council, where one form serves two?
    Site,
    /// Is anyone in danger now? (Code 6.1)
    Danger,
    /// What do you want to do? (Code 1.3, 1.4)
    Intent,
    /// Who is it for? (Code 1.2, 1.3)
    OnBehalfOf,
    /// Which member of staff fills it in, and when they were told. (Code 3.2)
    Staff,
    /// Which other households? (Code 1.2)
    Group,
    /// Who is the representative? (Code 3.6)
    Representative,
    /// What may the representative do, and who gets the answers? (Code 3.6)
    RepresentativeRole,
    /// Does the resident know and agree? (Code 1.3)
    Consent,
    /// What would make it easier to deal with the landlord? (Code 3.1, 5.10)
    Adjustments,
    /// Is there a disability that the resident wishes to disclose? (Code 5.10)
    Disability,
    /// May it be recorded? Asked only where the landlord relies on explicit consent (UK GDPR 9(2)(a)).
    DisabilityConsent,
    /// What is it about? (Code 5.6, 5.7)
    Topics,
    /// Who at home may be hurt most? (Awaab's Law; Code 6.1)
    AtRisk,
    /// What was told before: is it still open, and does it have a number? (Code 1.5)
    Report,
    /// What happened, in the resident's own words, its effect, and files that show it. (Code 5.6, 5.8,
    /// 5.12)
    Account,
    /// What needs doing? (Code 1.4)
    Request,
    /// Which complaint, all or part of it, and anything to say. Nothing is required. (Code 6.10, 6.12)
    Stage2,
    /// What is to be added, and to which complaint? (Code 6.8)
    Addition,
    /// A thank-you or a comment. (Code 1.6)
    Feedback,
    /// When, as well as they know. (Code 2.3)
    When,
    /// What would put it right? (Code 5.6)
    Outcome,
    /// What may keep a landlord from looking into it: for a person to decide. (Code 2.2, 2.3)
    Exclusions,
    /// Why now? (Code 2.3)
    LateReason,
    /// Name, address and connection to the home.
    Identity,
    /// How to reach them, and when it is safe to. (Code 5.9)
    Contact,
    /// On a short journey: who the resident is, and how to reach them.
    You,
    /// On a short journey: the representative, and whom they speak for. (Code 1.3)
    YouForSomeone,
    /// On a short journey: the member of staff, and the resident. (Code 3.2)
    YouStaff,
    /// Where to answer a thank-you or a comment, if at all.
    Reply,
}

impl Choice for Question {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::Site, "site"),
        (Self::Danger, "danger"),
        (Self::Intent, "intent"),
        (Self::OnBehalfOf, "on_behalf_of"),
        (Self::Staff, "staff"),
        (Self::Group, "group"),
        (Self::Representative, "representative"),
        (Self::RepresentativeRole, "representative_role"),
        (Self::Consent, "consent"),
        (Self::Adjustments, "adjustments"),
        (Self::Disability, "disability"),
        (Self::DisabilityConsent, "disability_consent"),
        (Self::Topics, "topics"),
        (Self::AtRisk, "at_risk"),
        (Self::Report, "report"),
        (Self::Account, "account"),
        (Self::Request, "request"),
        (Self::Stage2, "stage2"),
        (Self::Addition, "addition"),
        (Self::Feedback, "feedback"),
        (Self::When, "when"),
        (Self::Outcome, "outcome"),
        (Self::Exclusions, "exclusions"),
        (Self::LateReason, "late_reason"),
        (Self::Identity, "identity"),
        (Self::Contact, "contact"),
        (Self::You, "you"),
        (Self::YouForSomeone, "you_for_someone"),
        (Self::YouStaff, "you_staff"),
        (Self::Reply, "reply"),
    ];
}

/// The name of a field. A question with one field often shares its name; the same field may be asked
/// by two questions of which only one is ever on a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the fields are described at their questions and in the record")]
pub enum FieldName {
    Site,
    Danger,
    Intent,
    OnBehalfOf,
    StaffName,
    FirstSaid,
    GroupMembers,
    RepresentativeName,
    RepresentativeRelationship,
    RepresentativeContact,
    MayDo,
    AnswersTo,
    Consent,
    Adjustments,
    InterpreterLanguage,
    AdjustmentsOwnWords,
    AdjustmentsReview,
    Disability,
    DisabilityConsent,
    Topics,
    AtRisk,
    ReportOpen,
    ReportReference,
    Account,
    Effect,
    Evidence,
    ComplaintReference,
    NoReference,
    Scope,
    FeedbackKind,
    When,
    StillHappening,
    Outcome,
    OutcomeOwnWords,
    WhenAware,
    ClaimAtCourt,
    AlreadyAnswered,
    LateReason,
    Name,
    Address,
    Postcode,
    Home,
    Email,
    Phone,
    ContactWay,
    SafeTimes,
    Updates,
}

impl Choice for FieldName {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::Site, "site"),
        (Self::Danger, "danger"),
        (Self::Intent, "intent"),
        (Self::OnBehalfOf, "on_behalf_of"),
        (Self::StaffName, "staff_name"),
        (Self::FirstSaid, "first_said"),
        (Self::GroupMembers, "group_members"),
        (Self::RepresentativeName, "representative_name"),
        (Self::RepresentativeRelationship, "representative_relationship"),
        (Self::RepresentativeContact, "representative_contact"),
        (Self::MayDo, "may_do"),
        (Self::AnswersTo, "answers_to"),
        (Self::Consent, "consent"),
        (Self::Adjustments, "adjustments"),
        (Self::InterpreterLanguage, "interpreter_language"),
        (Self::AdjustmentsOwnWords, "adjustments_own_words"),
        (Self::AdjustmentsReview, "adjustments_review"),
        (Self::Disability, "disability"),
        (Self::DisabilityConsent, "disability_consent"),
        (Self::Topics, "topics"),
        (Self::AtRisk, "at_risk"),
        (Self::ReportOpen, "report_open"),
        (Self::ReportReference, "report_reference"),
        (Self::Account, "account"),
        (Self::Effect, "effect"),
        (Self::Evidence, "evidence"),
        (Self::ComplaintReference, "complaint_reference"),
        (Self::NoReference, "no_reference"),
        (Self::Scope, "scope"),
        (Self::FeedbackKind, "feedback_kind"),
        (Self::When, "when"),
        (Self::StillHappening, "still_happening"),
        (Self::Outcome, "outcome"),
        (Self::OutcomeOwnWords, "outcome_own_words"),
        (Self::WhenAware, "when_aware"),
        (Self::ClaimAtCourt, "claim_at_court"),
        (Self::AlreadyAnswered, "already_answered"),
        (Self::LateReason, "late_reason"),
        (Self::Name, "name"),
        (Self::Address, "address"),
        (Self::Postcode, "postcode"),
        (Self::Home, "home"),
        (Self::Email, "email"),
        (Self::Phone, "phone"),
        (Self::ContactWay, "contact_way"),
        (Self::SafeTimes, "safe_times"),
        (Self::Updates, "updates"),
    ];
}

/// One thing to fill in.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its name.
    pub name: FieldName,
    /// What kind of thing it is.
    pub kind: Kind,
    /// Whether the journey waits for it. As few as can be: the landlord can ask, too.
    pub required: bool,
}

/// The kinds of field. Each has one component of the same name in the widget.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// One of several options, by key.
    Radios(Options),
    /// Any of several options, by key. The second, where given, excludes all others.
    Checkboxes(Options, Option<&'static str>),
    /// One line of text.
    Line(Line),
    /// Several lines of text: this many to begin with, and no limit.
    Paragraphs(u8),
    /// Files. They are not among the answers: see [`Draft::attachments`](crate::draft::Draft::attachments).
    Files,
}

/// The keys of options, some of which are a landlord's own.
pub type Options = for<'a> fn(&'a Landlord) -> Vec<&'a str>;

/// What a line of text is for; it decides the keyboard and what the browser fills in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// Anything.
    Plain,
    /// The name of the person who fills in the form.
    Name,
    /// Their postcode.
    Postcode,
    /// Their e-mail address.
    Email,
    /// Their telephone number, in any format.
    Phone,
    /// A day, as people write it: `21/11/2026`, `21 November 2026`.
    Date,
}

const fn required(name: FieldName, kind: Kind) -> Field {
    Field { name, kind, required: true }
}

const fn optional(name: FieldName, kind: Kind) -> Field {
    Field { name, kind, required: false }
}

/// Every option of a choice.
fn all<C: Choice>(_: &Landlord) -> Vec<&str> {
    keys::<C>()
}

/// The councils, where one form serves several.
fn sites(landlord: &Landlord) -> Vec<&str> {
    landlord.sites.iter().map(|site| &*site.id).collect()
}

impl Question {
    /// The fields of this question, in order.
    pub fn fields(self) -> &'static [Field] {
        use FieldName as F;
        use Kind::{Checkboxes, Line as L, Paragraphs, Radios};
        match self {
            Self::Site => const { &[required(F::Site, Radios(sites))] },
            Self::Danger => const { &[required(F::Danger, Radios(all::<YesNo>))] },
            Self::Intent => const { &[required(F::Intent, Radios(all::<Intent>))] },
            Self::OnBehalfOf => const { &[required(F::OnBehalfOf, Radios(all::<OnBehalfOf>))] },
            Self::Staff => {
                const { &[required(F::StaffName, L(Line::Plain)), optional(F::FirstSaid, L(Line::Date))] }
            }
            Self::Group => const { &[optional(F::GroupMembers, Paragraphs(6))] },
            Self::Representative => {
                const {
                    &[
                        required(F::RepresentativeName, L(Line::Name)),
                        optional(F::RepresentativeRelationship, L(Line::Plain)),
                        required(F::RepresentativeContact, L(Line::Plain)),
                    ]
                }
            }
            Self::RepresentativeRole => {
                const {
                    &[
                        optional(F::MayDo, Checkboxes(all::<MayDo>, Some("talk_only"))),
                        optional(F::AnswersTo, Radios(all::<AnswersTo>)),
                    ]
                }
            }
            Self::Consent => const { &[required(F::Consent, Radios(all::<Consent>))] },
            Self::Adjustments => {
                const {
                    &[
                        optional(F::Adjustments, Checkboxes(all::<Adjustment>, Some("none"))),
                        optional(F::InterpreterLanguage, L(Line::Plain)),
                        optional(F::AdjustmentsOwnWords, Paragraphs(2)),
                        optional(F::AdjustmentsReview, L(Line::Date)),
                    ]
                }
            }
            Self::Disability => const { &[optional(F::Disability, Paragraphs(3))] },
            Self::DisabilityConsent => {
                const { &[optional(F::DisabilityConsent, Checkboxes(all::<Tick>, None))] }
            }
            Self::Topics => const { &[required(F::Topics, Checkboxes(all::<Topic>, None))] },
            Self::AtRisk => {
                const { &[optional(F::AtRisk, Checkboxes(all::<AtRisk>, Some("none")))] }
            }
            Self::Report => {
                const {
                    &[
                        optional(F::ReportOpen, Radios(all::<YesNo>)),
                        optional(F::ReportReference, L(Line::Plain)),
                    ]
                }
            }
            Self::Account => {
                const {
                    &[
                        required(F::Account, Paragraphs(8)),
                        optional(F::Effect, Paragraphs(4)),
                        optional(F::Evidence, Kind::Files),
                    ]
                }
            }
            Self::Request => {
                const { &[required(F::Account, Paragraphs(8)), optional(F::Evidence, Kind::Files)] }
            }
            Self::Stage2 => {
                const {
                    &[
                        optional(F::ComplaintReference, L(Line::Plain)),
                        optional(F::NoReference, Checkboxes(all::<Tick>, None)),
                        optional(F::Scope, Radios(all::<Scope>)),
                        optional(F::Account, Paragraphs(5)),
                        optional(F::Evidence, Kind::Files),
                    ]
                }
            }
            Self::Addition => {
                const {
                    &[
                        optional(F::ComplaintReference, L(Line::Plain)),
                        optional(F::NoReference, Checkboxes(all::<Tick>, None)),
                        required(F::Account, Paragraphs(6)),
                        optional(F::Evidence, Kind::Files),
                    ]
                }
            }
            Self::Feedback => {
                const {
                    &[
                        optional(F::FeedbackKind, Radios(all::<FeedbackKind>)),
                        required(F::Account, Paragraphs(6)),
                    ]
                }
            }
            Self::When => {
                const {
                    &[
                        optional(F::When, L(Line::Plain)),
                        optional(F::StillHappening, Radios(all::<YesNo>)),
                    ]
                }
            }
            Self::Outcome => {
                const {
                    &[
                        optional(F::Outcome, Checkboxes(all::<OutcomeSought>, Some("not_sure"))),
                        optional(F::OutcomeOwnWords, Paragraphs(3)),
                    ]
                }
            }
            Self::Exclusions => {
                const {
                    &[
                        optional(F::WhenAware, Radios(all::<WhenAware>)),
                        optional(F::ClaimAtCourt, Radios(all::<YesNo>)),
                        optional(F::AlreadyAnswered, Radios(all::<YesNo>)),
                    ]
                }
            }
            Self::LateReason => const { &[optional(F::LateReason, Paragraphs(4))] },
            Self::Identity => {
                const {
                    &[
                        required(F::Name, L(Line::Name)),
                        required(F::Address, Paragraphs(3)),
                        optional(F::Postcode, L(Line::Postcode)),
                        optional(F::Home, Radios(all::<HomeConnection>)),
                    ]
                }
            }
            Self::Contact => {
                const {
                    &[
                        optional(F::Email, L(Line::Email)),
                        optional(F::Phone, L(Line::Phone)),
                        optional(F::ContactWay, Radios(all::<ContactWay>)),
                        optional(F::SafeTimes, Paragraphs(2)),
                        optional(F::Updates, Radios(all::<Updates>)),
                    ]
                }
            }
            Self::You => {
                const {
                    &[
                        required(F::Name, L(Line::Name)),
                        optional(F::Address, Paragraphs(3)),
                        optional(F::Email, L(Line::Email)),
                        optional(F::Phone, L(Line::Phone)),
                        optional(F::AdjustmentsOwnWords, Paragraphs(2)),
                    ]
                }
            }
            Self::YouForSomeone => {
                const {
                    &[
                        required(F::Name, L(Line::Name)),
                        optional(F::Address, Paragraphs(3)),
                        required(F::RepresentativeName, L(Line::Name)),
                        optional(F::RepresentativeRelationship, L(Line::Plain)),
                        required(F::RepresentativeContact, L(Line::Plain)),
                        optional(F::Consent, Radios(all::<Consent>)),
                        optional(F::AdjustmentsOwnWords, Paragraphs(2)),
                    ]
                }
            }
            Self::YouStaff => {
                const {
                    &[
                        required(F::StaffName, L(Line::Plain)),
                        optional(F::FirstSaid, L(Line::Date)),
                        required(F::Name, L(Line::Name)),
                        optional(F::Address, Paragraphs(3)),
                        optional(F::Email, L(Line::Email)),
                        optional(F::Phone, L(Line::Phone)),
                        optional(F::AdjustmentsOwnWords, Paragraphs(2)),
                    ]
                }
            }
            Self::Reply => {
                const {
                    &[
                        optional(F::Name, L(Line::Name)),
                        optional(F::Email, L(Line::Email)),
                        optional(F::Phone, L(Line::Phone)),
                    ]
                }
            }
        }
    }

    /// The fields that this landlord's form asks for, in order.
    pub fn fields_for(self, landlord: &Landlord) -> impl Iterator<Item = &'static Field> {
        self.fields().iter().filter(|field| landlord.asks_for(field.name))
    }

    /// Whether its title asks for its one field, which then needs no label of its own. Files stand
    /// beside the answers.
    pub fn has_one_field(self) -> bool {
        self.fields().iter().filter(|it| !matches!(it.kind, Kind::Files)).count() == 1
    }

    /// Whether every field may be left empty.
    pub fn is_optional(self) -> bool {
        self.fields().iter().all(|field| !field.required)
    }
}

impl FieldName {
    /// The first question that asks for this field.
    pub fn question(self) -> Option<Question> {
        let asks = |question: &Question| question.fields().iter().any(|it| it.name == self);
        Question::ALL.iter().map(|(question, _)| *question).find(asks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_asked_for_and_is_of_one_kind_wherever_it_is() {
        for (name, key) in FieldName::ALL {
            let kinds = Question::ALL
                .iter()
                .flat_map(|(question, _)| question.fields())
                .filter(|field| field.name == *name)
                .map(|field| std::mem::discriminant(&field.kind));
            let kinds: Vec<_> = kinds.collect();
            assert!(!kinds.is_empty(), "{key}");
            assert!(kinds.iter().all(|kind| *kind == kinds[0]), "{key}");
        }
    }

    #[test]
    fn an_option_that_excludes_the_others_is_one_of_them() {
        for (question, _) in Question::ALL {
            for field in question.fields() {
                if let Kind::Checkboxes(options, Some(exclusive)) = field.kind {
                    assert!(options(&Landlord::default()).contains(&exclusive));
                }
            }
        }
    }
}
