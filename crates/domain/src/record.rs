//! The record that is sent: typed, complete, and in the resident's own words. It can only be built
//! from a draft whose whole path is answered, and nothing off that path gets into it.

#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::choices::{
    Adjustment, Choice, Consent, ContactWay, HomeConnection, OnBehalfOf, OutcomeSought,
    ReportedBefore, Topic, YesNo,
};
use crate::draft::Draft;
use crate::flow::{self, Advice, Place};
use crate::question::{FieldName, Question};
use crate::triage::{self, Flag, Route};
use crate::validate::{self, Problem, is_blank};

/// Where the schema of a submission is published; it travels in each record as `$schema`.
pub const SCHEMA: &str = "https://housing-complaint.example/schemas/submission.v1.json";

/// What a resident sends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Submission {
    /// A stage 1 complaint.
    Complaint(Complaint),
}

/// A stage 1 complaint (Code 1.2, 5.6, 5.12).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Complaint {
    /// Address of the schema of this record.
    #[serde(rename = "$schema")]
    pub schema: String,
    /// When, where and with what it was sent.
    #[serde(flatten)]
    pub envelope: Envelope,
    /// Whether someone is in danger now (Code 6.1).
    pub danger: YesNo,
    /// Who it is for.
    pub on_behalf_of: OnBehalfOf,
    /// Who speaks for the resident, where it is for someone else (Code 1.3, 3.6).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub representative: Option<Representative>,
    /// Reasonable adjustments asked for (Code 5.10).
    #[serde(default)]
    pub adjustments: Adjustments,
    /// A disability that the resident chose to disclose (Code 5.10), in their words. It is kept
    /// apart from the adjustments.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disability_disclosed: Option<String>,
    /// Connection to the home.
    pub home: HomeConnection,
    /// What it is about.
    pub topics: Vec<Topic>,
    /// Whether the landlord was told before (Code 1.4, 1.5).
    pub reported_before: ReportedBefore,
    /// Job or reference number of that report, as typed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report_reference: Option<String>,
    /// What happened, in the resident's own words, unchanged (Code 5.12).
    pub account: String,
    /// When it happened, as well as they know: "about 3 weeks ago".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// Whether it is still happening.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub still_happening: Option<YesNo>,
    /// How it has affected them, in their own words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effect: Option<String>,
    /// What would put it right (Code 5.6).
    pub outcome_sought: Vec<OutcomeSought>,
    /// What would put it right, in their own words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome_own_words: Option<String>,
    /// Who the resident is.
    pub resident: Resident,
    /// How to reach them.
    #[serde(default)]
    pub contact: Contact,
    /// What the form noticed, and what the resident chose.
    pub triage: Triage,
    /// Every question as it was shown, with its answer as it was shown, so that a person can read
    /// the raw copy.
    pub answers: Vec<Answer>,
}

/// When, where and with what a record was sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Envelope {
    /// The landlord's id.
    pub landlord: String,
    /// Edition of the landlord's file that was used.
    pub config_version: String,
    /// Version of the widget.
    pub widget_version: String,
    /// Language of the page, as a BCP 47 tag.
    pub language: String,
    /// When *Send* was pressed, by the browser's clock, in UTC (RFC 3339). The date of receipt is
    /// the service's own.
    pub submitted_at: String,
    /// Where the resident came from, where the page says so: `survey`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// Somebody who speaks for the resident (Code 1.3, 3.6).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Representative {
    /// Their name.
    pub name: String,
    /// Who they are to the resident, or which organisation they are from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relationship: Option<String>,
    /// Their telephone number, e-mail or postal address.
    pub contact: String,
    /// What they say about the resident's agreement.
    pub consent: Consent,
}

/// Reasonable adjustments (Equality Act 2010 s.20; Code 5.10).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Adjustments {
    /// From the list.
    pub requested: Vec<Adjustment>,
    /// In the resident's own words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub own_words: Option<String>,
}

/// Who is affected (Code 1.2).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Resident {
    /// Name, as typed.
    pub name: String,
    /// Address, as typed.
    pub address: String,
    /// Postcode, as typed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postcode: Option<String>,
}

/// How to reach the resident (or their representative).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Contact {
    /// E-mail address, as typed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Telephone number, as typed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The way that they prefer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub way: Option<ContactWay>,
    /// When it is safe to contact them, and anything else to know, in their own words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub safe_times: Option<String>,
}

/// What the form noticed, and what the resident chose. Flags, never verdicts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Triage {
    /// The way that the resident went.
    pub route: Route,
    /// What a complaints officer needs to see at once.
    pub flags: Vec<Flag>,
    /// Advice that was shown, and what was chosen there.
    pub advice: Vec<AdviceShown>,
}

/// Advice that was shown to the resident.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct AdviceShown {
    /// Which.
    pub id: String,
    /// The way on that they chose.
    pub choice: String,
}

/// A question as it was shown, with its answer as it was shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct Answer {
    /// The field's stable key.
    pub id: String,
    /// The question in the words of the page.
    pub label: String,
    /// The answer in the words of the page; the resident's own words unchanged.
    pub value: String,
}

/// Builds the record from a draft whose path is complete.
///
/// # Errors
///
/// What is still to be put right, in the order of the path.
pub fn from_draft(
    draft: &Draft,
    envelope: Envelope,
    answers: Vec<Answer>,
) -> Result<Submission, Vec<Problem>> {
    let problems = validate::path(draft);
    if !problems.is_empty() {
        return Err(problems);
    }
    complaint(draft, envelope, answers).map(Submission::Complaint).ok_or(problems)
}

fn complaint(draft: &Draft, envelope: Envelope, answers: Vec<Answer>) -> Option<Complaint> {
    let asked = |question| flow::path(draft).any(|place| place == Place::Ask(question));
    let text = |name| draft.text(name).to_owned();
    let said = |name| Some(text(name)).filter(|text| !is_blank(text));
    Some(Complaint {
        schema: SCHEMA.to_owned(),
        envelope,
        danger: draft.danger()?,
        on_behalf_of: draft.on_behalf_of()?,
        representative: match asked(Question::Representative) {
            false => None,
            true => Some(Representative {
                name: text(FieldName::RepresentativeName),
                relationship: said(FieldName::RepresentativeRelationship),
                contact: text(FieldName::RepresentativeContact),
                consent: draft.choice(FieldName::Consent)?,
            }),
        },
        adjustments: Adjustments {
            requested: draft.choices(FieldName::Adjustments),
            own_words: said(FieldName::AdjustmentsOwnWords),
        },
        disability_disclosed: said(FieldName::Disability),
        home: draft.choice(FieldName::Home)?,
        topics: draft.choices(FieldName::Topics),
        reported_before: draft.reported_before()?,
        report_reference: said(FieldName::ReportReference)
            .filter(|_| asked(Question::ReportReference)),
        account: text(FieldName::Account),
        when: said(FieldName::When),
        still_happening: draft.choice(FieldName::StillHappening),
        effect: said(FieldName::Effect),
        outcome_sought: draft.choices(FieldName::Outcome),
        outcome_own_words: said(FieldName::OutcomeOwnWords),
        resident: Resident {
            name: text(FieldName::Name),
            address: text(FieldName::Address),
            postcode: said(FieldName::Postcode),
        },
        contact: Contact {
            email: said(FieldName::Email),
            phone: said(FieldName::Phone),
            way: draft.choice(FieldName::ContactWay),
            safe_times: said(FieldName::SafeTimes),
        },
        triage: Triage {
            route: Route::Complaint,
            flags: triage::flags(draft),
            advice: flow::path(draft).filter_map(|place| advice_shown(place, draft)).collect(),
        },
        answers,
    })
}

fn advice_shown(place: Place, draft: &Draft) -> Option<AdviceShown> {
    let Place::Advise(advice) = place else {
        return None;
    };
    Some(AdviceShown { id: advice.key().to_owned(), choice: draft.chosen(advice)?.to_owned() })
}

impl Submission {
    /// The landlord to whom it is addressed, and how it was sent.
    pub fn envelope(&self) -> &Envelope {
        match self {
            Self::Complaint(complaint) => &complaint.envelope,
        }
    }

    /// What is still to be put right in a record that came from outside, by the rules that the
    /// page uses: the draft is made from it again, and its path is checked.
    pub fn problems(&self) -> Vec<Problem> {
        validate::path(&self.draft())
    }

    /// The flags that the answers raise, worked out again.
    pub fn flags(&self) -> Vec<Flag> {
        triage::flags(&self.draft())
    }

    /// The draft from which this record could have been made.
    pub fn draft(&self) -> Draft {
        match self {
            Self::Complaint(complaint) => complaint.draft(),
        }
    }
}

impl Complaint {
    fn draft(&self) -> Draft {
        use FieldName as F;
        let mut draft = Draft::default();
        let mut one = |name, text: &str| draft.enter(name, vec![text.to_owned()]);
        one(F::Danger, self.danger.key());
        one(F::OnBehalfOf, self.on_behalf_of.key());
        if let Some(representative) = &self.representative {
            one(F::RepresentativeName, &representative.name);
            one(F::RepresentativeContact, &representative.contact);
            one(F::Consent, representative.consent.key());
        }
        one(F::Home, self.home.key());
        one(F::ReportedBefore, self.reported_before.key());
        one(F::Account, &self.account);
        one(F::Name, &self.resident.name);
        one(F::Address, &self.resident.address);
        for (name, text) in [
            (
                F::RepresentativeRelationship,
                self.representative.as_ref().and_then(|it| it.relationship.as_deref()),
            ),
            (F::AdjustmentsOwnWords, self.adjustments.own_words.as_deref()),
            (F::Disability, self.disability_disclosed.as_deref()),
            (F::ReportReference, self.report_reference.as_deref()),
            (F::When, self.when.as_deref()),
            (F::StillHappening, self.still_happening.map(Choice::key)),
            (F::Effect, self.effect.as_deref()),
            (F::OutcomeOwnWords, self.outcome_own_words.as_deref()),
            (F::Postcode, self.resident.postcode.as_deref()),
            (F::Email, self.contact.email.as_deref()),
            (F::Phone, self.contact.phone.as_deref()),
            (F::ContactWay, self.contact.way.map(Choice::key)),
            (F::SafeTimes, self.contact.safe_times.as_deref()),
        ] {
            if let Some(text) = text {
                one(name, text);
            }
        }
        draft.enter(F::Adjustments, owned_keys(&self.adjustments.requested));
        draft.enter(F::Topics, owned_keys(&self.topics));
        draft.enter(F::Outcome, owned_keys(&self.outcome_sought));
        for shown in &self.triage.advice {
            if let Some(advice) = Advice::from_key(&shown.id) {
                draft.choose(advice, &shown.choice);
            }
        }
        draft
    }
}

fn owned_keys<C: Choice>(choices: &[C]) -> Vec<String> {
    choices.iter().map(|choice| choice.key().to_owned()).collect()
}
