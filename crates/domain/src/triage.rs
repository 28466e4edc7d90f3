//! What the answers tell the landlord. Triage advises and flags; it never ends a journey, and it
//! never decides (Code 1.3, 2.1, 2.5).

use serde::{Deserialize, Serialize};

use crate::choices::{Adjustment, AtRisk, Choice, Consent, Topic, WhenAware, YesNo};
use crate::draft::Draft;
use crate::flow;
use crate::landlord::Landlord;
use crate::question::{FieldName, Question};
use crate::rights::{self, Responsibility};

/// Which way the resident is going. It is theirs to choose, and it is one of these kinds of record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Route {
    /// A complaint (Code 1.2). Whoever has not chosen yet is on this way.
    #[default]
    Complaint,
    /// Something to be put right (Code 1.4), only where the resident chose it.
    ServiceRequest,
    /// The final answer is asked for (Code 6.10).
    Stage2,
    /// Something is added to a complaint (Code 6.8).
    Addition,
    /// A thank-you or a comment (Code 1.6).
    Feedback,
}

impl Choice for Route {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::Complaint, "complaint"),
        (Self::ServiceRequest, "service_request"),
        (Self::Stage2, "stage2"),
        (Self::Addition, "addition"),
        (Self::Feedback, "feedback"),
    ];
}

/// Something that a complaints officer needs to see at once. A flag is a fact, never a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Flag {
    /// Someone may be in danger now (Code 6.1).
    DangerNow,
    /// Damp or mould: the landlord is now aware of it (Awaab's Law runs beside the complaint).
    DampMould,
    /// Another hazard may be in the home.
    Hazard,
    /// Someone at home may be hurt more than others by it (Code 6.1).
    PersonAtRisk,
    /// A service request that is still open; work on it must not stop (Code 1.5).
    ServiceRequestOpen,
    /// More than twelve months, by the resident's own account (Code 2.2, 2.3).
    #[serde(rename = "possibly_over_12_months")]
    PossiblyOver12Months,
    /// A claim was filed at court, by the resident's own account (Code 2.2).
    PossiblyClaimAtCourt,
    /// A final answer was given, by the resident's own account (Code 2.2).
    PossiblyAlreadyAnswered,
    /// A part may be for somebody else to put right (Code 5.7).
    PartlyNotOurs,
    /// It is about personal data too: a data-protection complaint, with a clock of its own.
    DataProtection,
    /// The resident's agreement is still to be confirmed with them (Code 1.3).
    AuthorityToConfirm,
    /// The resident would like someone with them at any meeting (Code 3.6).
    Accompanied,
}

impl Choice for Flag {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::DangerNow, "danger_now"),
        (Self::DampMould, "damp_mould"),
        (Self::Hazard, "hazard"),
        (Self::PersonAtRisk, "person_at_risk"),
        (Self::ServiceRequestOpen, "service_request_open"),
        (Self::PossiblyOver12Months, "possibly_over_12_months"),
        (Self::PossiblyClaimAtCourt, "possibly_claim_at_court"),
        (Self::PossiblyAlreadyAnswered, "possibly_already_answered"),
        (Self::PartlyNotOurs, "partly_not_ours"),
        (Self::DataProtection, "data_protection"),
        (Self::AuthorityToConfirm, "authority_to_confirm"),
        (Self::Accompanied, "accompanied"),
    ];
}

/// A hazard at home (Hazards in Social Housing (Prescribed Requirements) (England) Regulations 2025).
/// Which hazards have which time limit changes by year; the record carries what was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Hazard {
    /// Someone is in danger now, or may be.
    DangerNow,
    /// Damp or mould.
    DampMould,
    /// No heating, no hot water, no power.
    HeatingWater,
    /// The safety of the building: fire, structure, electricity.
    BuildingSafety,
}

impl Choice for Hazard {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::DangerNow, "danger_now"),
        (Self::DampMould, "damp_mould"),
        (Self::HeatingWater, "heating_water"),
        (Self::BuildingSafety, "building_safety"),
    ];
}

/// The hazards that were mentioned.
pub fn hazards(draft: &Draft, landlord: &Landlord) -> Vec<Hazard> {
    let mut hazards = Vec::new();
    if may_be_in_danger(draft) {
        hazards.push(Hazard::DangerNow);
    }
    if flow::is_asked(Question::Topics, draft, landlord) {
        for topic in draft.choices(FieldName::Topics) {
            match topic {
                Topic::DampMould => hazards.push(Hazard::DampMould),
                Topic::HeatingWater => hazards.push(Hazard::HeatingWater),
                Topic::BuildingSafety => hazards.push(Hazard::BuildingSafety),
                _ => {}
            }
        }
    }
    hazards
}

/// Whether someone is in danger now, or may be.
pub fn may_be_in_danger(draft: &Draft) -> bool {
    matches!(draft.danger(), Some(YesNo::Yes | YesNo::NotSure))
}

/// The flags that these answers raise.
pub fn flags(draft: &Draft, landlord: &Landlord) -> Vec<Flag> {
    let asked = |question| flow::is_asked(question, draft, landlord);
    let said_yes = |field| draft.choice(field) == Some(YesNo::Yes);
    let topics: Vec<Topic> =
        if asked(Question::Topics) { draft.choices(FieldName::Topics) } else { Vec::new() };
    let hazards = hazards(draft, landlord);
    let at_risk: Vec<AtRisk> = draft.choices(FieldName::AtRisk);
    let needs_confirming = match draft.choice(FieldName::Consent) {
        Some(Consent::Agreed | Consent::LegalAuthority) => false,
        Some(Consent::ToFollow | Consent::NotYet | Consent::NotSure) | None => true,
    };
    let adjustments: Vec<Adjustment> = draft.choices(FieldName::Adjustments);
    let raised = [
        (Flag::DangerNow, may_be_in_danger(draft)),
        (Flag::DampMould, hazards.contains(&Hazard::DampMould)),
        (
            Flag::Hazard,
            hazards.iter().any(|it| !matches!(it, Hazard::DampMould | Hazard::DangerNow)),
        ),
        (
            Flag::PersonAtRisk,
            asked(Question::AtRisk) && at_risk.iter().any(|it| *it != AtRisk::None),
        ),
        (Flag::ServiceRequestOpen, asked(Question::Report) && said_yes(FieldName::ReportOpen)),
        (Flag::PossiblyOver12Months, asked(Question::Exclusions) && is_late(draft, landlord)),
        (
            Flag::PossiblyClaimAtCourt,
            asked(Question::Exclusions)
                && landlord.asks_for(FieldName::ClaimAtCourt)
                && said_yes(FieldName::ClaimAtCourt),
        ),
        (
            Flag::PossiblyAlreadyAnswered,
            asked(Question::Exclusions)
                && landlord.asks_for(FieldName::AlreadyAnswered)
                && said_yes(FieldName::AlreadyAnswered),
        ),
        (
            Flag::PartlyNotOurs,
            topics
                .iter()
                .any(|it| rights::facts(*it, landlord).responsibility != Responsibility::Us),
        ),
        (Flag::DataProtection, topics.contains(&Topic::PersonalInformation)),
        (
            Flag::AuthorityToConfirm,
            asked(Question::OnBehalfOf) && draft.is_for_someone_else() && needs_confirming,
        ),
        (
            Flag::Accompanied,
            asked(Question::Adjustments) && adjustments.contains(&Adjustment::Supporter),
        ),
    ];
    raised.into_iter().filter(|(_, is_raised)| *is_raised).map(|(flag, _)| flag).collect()
}

/// Whether it is more than twelve months since the resident found out, by their own account.
pub fn is_late(draft: &Draft, landlord: &Landlord) -> bool {
    landlord.asks_for(FieldName::WhenAware)
        && draft.choice(FieldName::WhenAware) == Some(WhenAware::Over12Months)
}
