//! What the answers tell the landlord. Triage advises and flags; it never ends a journey, and it
//! never decides (Code 1.3, 2.1, 2.5).

use serde::{Deserialize, Serialize};

use crate::choices::{Adjustment, AtRisk, Choice, Consent, Topic, WhenAware, YesNo};
use crate::draft::Draft;
use crate::flow;
use crate::landlord::Landlord;
use crate::question::{FieldName, Question};
use crate::reading::Peril;
use crate::rights;

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
    /// Self-harm was heard in the resident's words.
    HeardSelfHarm,
    /// Domestic abuse was heard in the resident's words.
    HeardDomesticAbuse,
    /// Gas or carbon monoxide was heard in the resident's words, as all that follow (Code 6.1).
    HeardGas,
    /// Fire, or what should stop one.
    HeardFire,
    /// Electrics that are not safe, or no power.
    HeardElectrical,
    /// Water or sewage that comes in.
    HeardFloodLeak,
    /// Something that falls or gives way.
    HeardStructural,
    /// No heating, no hot water, no water.
    HeardNoHeatingWater,
    /// A door or a window that does not lock.
    HeardSecurity,
    /// Damp or mould where somebody is more at risk.
    HeardDampMould,
    /// Another danger.
    HeardOtherUrgent,
    /// A request or a comment whose words sound unhappy with the landlord (Code 1.3).
    SoundsUnhappy,
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
        (Self::HeardSelfHarm, "heard_self_harm"),
        (Self::HeardDomesticAbuse, "heard_domestic_abuse"),
        (Self::HeardGas, "heard_gas"),
        (Self::HeardFire, "heard_fire"),
        (Self::HeardElectrical, "heard_electrical"),
        (Self::HeardFloodLeak, "heard_flood_leak"),
        (Self::HeardStructural, "heard_structural"),
        (Self::HeardNoHeatingWater, "heard_no_heating_water"),
        (Self::HeardSecurity, "heard_security"),
        (Self::HeardDampMould, "heard_damp_mould"),
        (Self::HeardOtherUrgent, "heard_other_urgent"),
        (Self::SoundsUnhappy, "sounds_unhappy"),
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

impl Flag {
    /// The flag for a hazard that was heard.
    pub fn heard(peril: Peril) -> Self {
        match peril {
            Peril::SelfHarm => Self::HeardSelfHarm,
            Peril::DomesticAbuse => Self::HeardDomesticAbuse,
            Peril::Gas => Self::HeardGas,
            Peril::Fire => Self::HeardFire,
            Peril::Electrical => Self::HeardElectrical,
            Peril::FloodLeak => Self::HeardFloodLeak,
            Peril::Structural => Self::HeardStructural,
            Peril::NoHeatingWater => Self::HeardNoHeatingWater,
            Peril::Security => Self::HeardSecurity,
            Peril::DampMould => Self::HeardDampMould,
            Peril::OtherUrgent => Self::HeardOtherUrgent,
        }
    }

    /// The hazard that was heard, where the flag is for one.
    pub fn peril(self) -> Option<Peril> {
        Peril::ALL.iter().map(|(peril, _)| *peril).find(|it| Self::heard(*it) == self)
    }
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

/// Whether the resident is asked if it is to be a complaint: a request or a comment sounds unhappy with
/// the landlord (Code 1.3). Once it is one, it stays one, whatever they change in their words.
pub fn may_complain(draft: &Draft) -> bool {
    draft.is_complaint_after_all() || sounds_unhappy(draft, draft.first_route())
}

/// Whether what is no complaint sounds unhappy with the landlord.
fn sounds_unhappy(draft: &Draft, route: Route) -> bool {
    draft.heard().is_some_and(|it| it.is_dissatisfied)
        && matches!(route, Route::ServiceRequest | Route::Feedback)
}

/// The flags that these answers raise.
pub fn flags(draft: &Draft, landlord: &Landlord) -> Vec<Flag> {
    let asked = |question| flow::is_asked(question, draft, landlord);
    let topics: Vec<Topic> =
        if asked(Question::Topics) { draft.choices(FieldName::Topics) } else { Vec::new() };
    let hazards = hazards(draft, landlord);
    let at_risk: Vec<AtRisk> = draft.choices(FieldName::AtRisk);
    let needs_confirming = match draft.choice(FieldName::Consent) {
        Some(Consent::Agreed | Consent::LegalAuthority) => false,
        Some(Consent::ToFollow | Consent::NotYet | Consent::NotSure) | None => true,
    };
    let adjustments: Vec<Adjustment> = draft.choices(FieldName::Adjustments);
    let danger = may_be_in_danger(draft).then_some(Flag::DangerNow);
    let heard = draft.heard().map_or(&[][..], |it| &it.hazards).iter().map(|it| Flag::heard(*it));
    let raised = [
        (Flag::SoundsUnhappy, sounds_unhappy(draft, draft.route())),
        (Flag::DampMould, hazards.contains(&Hazard::DampMould)),
        (
            Flag::Hazard,
            hazards.iter().any(|it| !matches!(it, Hazard::DampMould | Hazard::DangerNow)),
        ),
        (
            Flag::PersonAtRisk,
            asked(Question::AtRisk) && at_risk.iter().any(|it| *it != AtRisk::None),
        ),
        (
            Flag::ServiceRequestOpen,
            asked(Question::Report) && draft.choice(FieldName::ReportOpen) == Some(YesNo::Yes),
        ),
        (Flag::PossiblyOver12Months, may_be_late(draft, landlord)),
        (Flag::PossiblyClaimAtCourt, may_be_excluded_by(FieldName::ClaimAtCourt, draft, landlord)),
        (
            Flag::PossiblyAlreadyAnswered,
            may_be_excluded_by(FieldName::AlreadyAnswered, draft, landlord),
        ),
        (
            Flag::PartlyNotOurs,
            asked(Question::Topics) && !rights::not_ours(draft, landlord).is_empty(),
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
    let raised = raised.into_iter().filter(|(_, is_raised)| *is_raised).map(|(flag, _)| flag);
    danger.into_iter().chain(heard).chain(raised).collect()
}

/// The flags for what may keep the landlord from looking into it (Code 2.2).
pub const EXCLUSIONS: [Flag; 3] =
    [Flag::PossiblyOver12Months, Flag::PossiblyClaimAtCourt, Flag::PossiblyAlreadyAnswered];

/// Whether they were asked this about exclusions, and said yes.
pub fn may_be_excluded_by(field: FieldName, draft: &Draft, landlord: &Landlord) -> bool {
    flow::is_asked(Question::Exclusions, draft, landlord)
        && landlord.asks_for(field)
        && draft.choice(field) == Some(YesNo::Yes)
}

/// Whether they were asked, and it is more than twelve months (Code 2.3).
pub fn may_be_late(draft: &Draft, landlord: &Landlord) -> bool {
    flow::is_asked(Question::Exclusions, draft, landlord) && is_late(draft, landlord)
}

/// Whether it is more than twelve months since the resident found out, by their own account.
pub fn is_late(draft: &Draft, landlord: &Landlord) -> bool {
    landlord.asks_for(FieldName::WhenAware)
        && draft.choice(FieldName::WhenAware) == Some(WhenAware::Over12Months)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::heard::Heard;

    #[test]
    fn each_hazard_that_was_heard_has_a_flag_of_its_own() {
        for (peril, key) in Peril::ALL {
            let mut draft = Draft::default();
            draft.hear(Some(Heard { hazards: vec![*peril], ..Heard::default() }));
            let flags = flags(&draft, &Landlord::default());
            assert_eq!(flags, [Flag::heard(*peril)]);
            assert_eq!(flags[0].key(), ["heard_", key].concat());
            assert_eq!(flags[0].peril(), Some(*peril));
        }
        assert_eq!(Flag::DampMould.peril(), None);
    }
}
