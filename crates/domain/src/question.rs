//! What a resident may be asked: one question is one page, with one field or a few.

use crate::choices::{
    Adjustment, Choice, Consent, ContactWay, HomeConnection, OnBehalfOf, OutcomeSought,
    ReportedBefore, Topic, YesNo, keys,
};

/// A question, known by its key in the page, the draft and the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Question {
    /// Is anyone in danger now? (Code 6.1)
    Danger,
    /// Who is this complaint for? (Code 1.2, 1.3)
    OnBehalfOf,
    /// Who is the representative? (Code 3.6)
    Representative,
    /// Does the resident know and agree? (Code 1.3)
    Consent,
    /// What would make it easier to deal with the landlord? (Code 3.1, 5.10)
    Adjustments,
    /// Is there a disability that the resident wishes to disclose? (Code 5.10)
    Disability,
    /// What is the connection to the home?
    Home,
    /// What is it about? (Code 5.6)
    Topics,
    /// Was the landlord told before? (Code 1.4, 1.5)
    ReportedBefore,
    /// The job or reference number of that report. (Code 1.5)
    ReportReference,
    /// What happened, in the resident's own words. (Code 5.6, 5.12)
    Account,
    /// When, as well as they know. (Code 2.3)
    When,
    /// How has it affected them? (Code 5.6)
    Effect,
    /// What would put it right? (Code 5.6)
    Outcome,
    /// Name and address.
    Identity,
    /// How to reach them, and when it is safe to. (Code 5.9)
    Contact,
}

impl Choice for Question {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::Danger, "danger"),
        (Self::OnBehalfOf, "on_behalf_of"),
        (Self::Representative, "representative"),
        (Self::Consent, "consent"),
        (Self::Adjustments, "adjustments"),
        (Self::Disability, "disability"),
        (Self::Home, "home"),
        (Self::Topics, "topics"),
        (Self::ReportedBefore, "reported_before"),
        (Self::ReportReference, "report_reference"),
        (Self::Account, "account"),
        (Self::When, "when"),
        (Self::Effect, "effect"),
        (Self::Outcome, "outcome"),
        (Self::Identity, "identity"),
        (Self::Contact, "contact"),
    ];
}

/// The name of a field. A question with one field shares its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the fields are described at their questions and in the record")]
pub enum FieldName {
    Danger,
    OnBehalfOf,
    RepresentativeName,
    RepresentativeRelationship,
    RepresentativeContact,
    Consent,
    Adjustments,
    AdjustmentsOwnWords,
    Disability,
    Home,
    Topics,
    ReportedBefore,
    ReportReference,
    Account,
    When,
    StillHappening,
    Effect,
    Outcome,
    OutcomeOwnWords,
    Name,
    Address,
    Postcode,
    Email,
    Phone,
    ContactWay,
    SafeTimes,
}

impl Choice for FieldName {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::Danger, "danger"),
        (Self::OnBehalfOf, "on_behalf_of"),
        (Self::RepresentativeName, "representative_name"),
        (Self::RepresentativeRelationship, "representative_relationship"),
        (Self::RepresentativeContact, "representative_contact"),
        (Self::Consent, "consent"),
        (Self::Adjustments, "adjustments"),
        (Self::AdjustmentsOwnWords, "adjustments_own_words"),
        (Self::Disability, "disability"),
        (Self::Home, "home"),
        (Self::Topics, "topics"),
        (Self::ReportedBefore, "reported_before"),
        (Self::ReportReference, "report_reference"),
        (Self::Account, "account"),
        (Self::When, "when"),
        (Self::StillHappening, "still_happening"),
        (Self::Effect, "effect"),
        (Self::Outcome, "outcome"),
        (Self::OutcomeOwnWords, "outcome_own_words"),
        (Self::Name, "name"),
        (Self::Address, "address"),
        (Self::Postcode, "postcode"),
        (Self::Email, "email"),
        (Self::Phone, "phone"),
        (Self::ContactWay, "contact_way"),
        (Self::SafeTimes, "safe_times"),
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
    Radios(fn() -> Vec<&'static str>),
    /// Any of several options, by key. The second, where given, excludes all others.
    Checkboxes(fn() -> Vec<&'static str>, Option<&'static str>),
    /// One line of text.
    Line(Line),
    /// Several lines of text: this many to begin with, and no limit.
    Paragraphs(u8),
}

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
}

const fn required(name: FieldName, kind: Kind) -> Field {
    Field { name, kind, required: true }
}

const fn optional(name: FieldName, kind: Kind) -> Field {
    Field { name, kind, required: false }
}

impl Question {
    /// The fields of this question, in order.
    pub fn fields(self) -> &'static [Field] {
        use FieldName as F;
        use Kind::{Checkboxes, Line as L, Paragraphs, Radios};
        match self {
            Self::Danger => const { &[required(F::Danger, Radios(keys::<YesNo>))] },
            Self::OnBehalfOf => const { &[required(F::OnBehalfOf, Radios(keys::<OnBehalfOf>))] },
            Self::Representative => {
                const {
                    &[
                        required(F::RepresentativeName, L(Line::Name)),
                        optional(F::RepresentativeRelationship, L(Line::Plain)),
                        required(F::RepresentativeContact, L(Line::Plain)),
                    ]
                }
            }
            Self::Consent => const { &[required(F::Consent, Radios(keys::<Consent>))] },
            Self::Adjustments => {
                const {
                    &[
                        optional(F::Adjustments, Checkboxes(keys::<Adjustment>, Some("none"))),
                        optional(F::AdjustmentsOwnWords, Paragraphs(2)),
                    ]
                }
            }
            Self::Disability => const { &[optional(F::Disability, Paragraphs(3))] },
            Self::Home => const { &[required(F::Home, Radios(keys::<HomeConnection>))] },
            Self::Topics => const { &[required(F::Topics, Checkboxes(keys::<Topic>, None))] },
            Self::ReportedBefore => {
                const { &[required(F::ReportedBefore, Radios(keys::<ReportedBefore>))] }
            }
            Self::ReportReference => const { &[optional(F::ReportReference, L(Line::Plain))] },
            Self::Account => const { &[required(F::Account, Paragraphs(8))] },
            Self::When => {
                const {
                    &[
                        optional(F::When, L(Line::Plain)),
                        optional(F::StillHappening, Radios(keys::<YesNo>)),
                    ]
                }
            }
            Self::Effect => const { &[optional(F::Effect, Paragraphs(5))] },
            Self::Outcome => {
                const {
                    &[
                        required(F::Outcome, Checkboxes(keys::<OutcomeSought>, Some("not_sure"))),
                        optional(F::OutcomeOwnWords, Paragraphs(3)),
                    ]
                }
            }
            Self::Identity => {
                const {
                    &[
                        required(F::Name, L(Line::Name)),
                        required(F::Address, Paragraphs(3)),
                        optional(F::Postcode, L(Line::Postcode)),
                    ]
                }
            }
            Self::Contact => {
                const {
                    &[
                        optional(F::Email, L(Line::Email)),
                        optional(F::Phone, L(Line::Phone)),
                        optional(F::ContactWay, Radios(keys::<ContactWay>)),
                        optional(F::SafeTimes, Paragraphs(2)),
                    ]
                }
            }
        }
    }

    /// Whether every field may be left empty.
    pub fn is_optional(self) -> bool {
        self.fields().iter().all(|field| !field.required)
    }
}

impl FieldName {
    /// The question that asks for this field.
    pub fn question(self) -> Option<Question> {
        let asks = |question: &Question| question.fields().iter().any(|it| it.name == self);
        Question::ALL.iter().map(|(question, _)| *question).find(asks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_belongs_to_exactly_one_question() {
        for (name, key) in FieldName::ALL {
            let asking = Question::ALL
                .iter()
                .filter(|(question, _)| question.fields().iter().any(|it| it.name == *name));
            assert_eq!(asking.count(), 1, "{key}");
        }
    }

    #[test]
    fn an_option_that_excludes_the_others_is_one_of_them() {
        for (question, _) in Question::ALL {
            for field in question.fields() {
                if let Kind::Checkboxes(options, Some(exclusive)) = field.kind {
                    assert!(options().contains(&exclusive));
                }
            }
        }
    }
}
