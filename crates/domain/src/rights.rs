//! Whose responsibility a topic is, which Ombudsman watches over it, and what the resident may do at
//! this point (Code 3.7, 5.7). The rights panel follows from this, on every page.

use serde::{Deserialize, Serialize};

use crate::choices::{Choice, Topic};
use crate::draft::Draft;
use crate::flow;
use crate::landlord::{Landlord, LandlordType};
use crate::question::{FieldName, Question};
use crate::record::Submission;
use crate::triage::{self, Route};

/// Whose responsibility a topic is (Code 5.7). It is said, and it stops nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Responsibility {
    /// The landlord's.
    Us,
    /// Somebody else's; the landlord passes it on.
    NotUs,
    /// In part the landlord's.
    Shared,
}

impl Choice for Responsibility {
    const ALL: &'static [(Self, &'static str)] =
        &[(Self::Us, "us"), (Self::NotUs, "not_us"), (Self::Shared, "shared")];
}

/// Which Ombudsman watches over a topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Watchdog {
    /// The Housing Ombudsman: what a landlord does.
    Housing,
    /// The Local Government and Social Care Ombudsman: what a council does beside.
    Lgsco,
    /// Both, jointly. The resident never has to choose.
    Both,
}

impl Choice for Watchdog {
    const ALL: &'static [(Self, &'static str)] =
        &[(Self::Housing, "housing"), (Self::Lgsco, "lgsco"), (Self::Both, "both")];
}

/// A topic, whose it is, and who watches over it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TopicFacts {
    /// Which topic.
    pub topic: Topic,
    /// Whose responsibility it is.
    pub responsibility: Responsibility,
    /// Which Ombudsman watches over it.
    pub ombudsman: Watchdog,
}

/// What this landlord's file says of a topic, or what is usual for its kind of landlord.
pub fn facts(topic: Topic, landlord: &Landlord) -> TopicFacts {
    let is_council = landlord.landlord_type == LandlordType::Council;
    let (responsibility, ombudsman) = match topic {
        Topic::CouncilServices if is_council => (Responsibility::Us, Watchdog::Lgsco),
        Topic::CouncilServices => (Responsibility::NotUs, Watchdog::Lgsco),
        Topic::Applying if is_council => (Responsibility::Us, Watchdog::Lgsco),
        Topic::Applying => (Responsibility::Shared, Watchdog::Both),
        Topic::Adaptations if is_council => (Responsibility::Us, Watchdog::Both),
        Topic::Adaptations => (Responsibility::Shared, Watchdog::Both),
        Topic::AntiSocialBehaviour if is_council => (Responsibility::Us, Watchdog::Both),
        Topic::AntiSocialBehaviour
        | Topic::Repairs
        | Topic::DampMould
        | Topic::HeatingWater
        | Topic::Staff
        | Topic::Communication
        | Topic::RentCharges
        | Topic::Moving
        | Topic::SharedAreas
        | Topic::BuildingSafety
        | Topic::ComplaintHandling
        | Topic::PersonalInformation
        | Topic::Other => (Responsibility::Us, Watchdog::Housing),
    };
    let own = landlord.topic_rule(topic);
    TopicFacts {
        topic,
        responsibility: own.and_then(|it| it.responsibility).unwrap_or(responsibility),
        ombudsman: own.and_then(|it| it.ombudsman).unwrap_or(ombudsman),
    }
}

/// The facts of every topic that was chosen.
pub fn topics(draft: &Draft, landlord: &Landlord) -> Vec<TopicFacts> {
    let chosen = draft.choices(FieldName::Topics);
    chosen.into_iter().map(|topic| facts(topic, landlord)).collect()
}

/// The topics that are not the landlord's alone.
pub fn not_ours(draft: &Draft, landlord: &Landlord) -> Vec<TopicFacts> {
    let mut topics = topics(draft, landlord);
    topics.retain(|it| it.responsibility != Responsibility::Us);
    topics
}

/// At which point of the procedure the resident is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Before complaining.
    Before,
    /// Asking for something to be done, which is not a complaint yet (Code 1.4).
    ServiceRequest,
    /// Waiting for an answer to a complaint.
    Waiting,
    /// Asking for the final answer (Code 6.10).
    StageTwo,
    /// After the final answer: twelve months to go to the Ombudsman.
    FinalAnswer,
    /// Saying thank you, or commenting (Code 1.6).
    Feedback,
}

impl Choice for Moment {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::Before, "before"),
        (Self::ServiceRequest, "service_request"),
        (Self::Waiting, "waiting"),
        (Self::StageTwo, "stage2"),
        (Self::FinalAnswer, "final_answer"),
        (Self::Feedback, "feedback"),
    ];
}

/// Whether the Local Government and Social Care Ombudsman is named beside the Housing Ombudsman.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Lgsco {
    /// It has nothing to do with this.
    #[default]
    No,
    /// It may have: both are named, and the resident need not choose.
    Also,
    /// All of it is about a council's other services.
    Instead,
}

impl Choice for Lgsco {
    const ALL: &'static [(Self, &'static str)] =
        &[(Self::No, "no"), (Self::Also, "also"), (Self::Instead, "instead")];
}

/// What the rights panel tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rights {
    /// At which point the resident is.
    pub moment: Moment,
    /// Whether the second Ombudsman is named.
    pub lgsco: Lgsco,
}

/// What the resident may do, by what they have answered so far.
pub fn rights(draft: &Draft, landlord: &Landlord) -> Rights {
    let moment = match draft.route() {
        Route::Complaint
            if triage::may_be_excluded_by(FieldName::AlreadyAnswered, draft, landlord) =>
        {
            Moment::FinalAnswer
        }
        Route::Complaint => Moment::Before,
        Route::ServiceRequest => Moment::ServiceRequest,
        Route::Addition => Moment::Waiting,
        Route::Stage2 => Moment::StageTwo,
        Route::Feedback => Moment::Feedback,
    };
    let topics = match flow::is_asked(Question::Topics, draft, landlord) {
        true => topics(draft, landlord),
        false => Vec::new(),
    };
    let lgsco = if !topics.is_empty() && topics.iter().all(|it| it.ombudsman == Watchdog::Lgsco) {
        Lgsco::Instead
    } else if landlord.names_lgsco || topics.iter().any(|it| it.ombudsman != Watchdog::Housing) {
        Lgsco::Also
    } else {
        Lgsco::No
    };
    Rights { moment, lgsco }
}

/// Whether the second Ombudsman is named to whoever sent this: by their answers, whatever else the record says.
pub fn lgsco(record: &Submission, landlord: &Landlord) -> Lgsco {
    rights(&record.draft(), landlord).lgsco
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Code 5.7: what is usual, and what a landlord's file says instead.
    #[test]
    fn a_topic_says_whose_it_is_and_who_watches_over_it() {
        let association = Landlord::default();
        let council = Landlord { landlord_type: LandlordType::Council, ..Landlord::default() };
        let of = |topic, landlord: &Landlord| {
            let it = facts(topic, landlord);
            (it.responsibility, it.ombudsman)
        };
        assert_eq!(of(Topic::Repairs, &association), (Responsibility::Us, Watchdog::Housing));
        assert_eq!(of(Topic::Repairs, &council), (Responsibility::Us, Watchdog::Housing));
        assert_eq!(of(Topic::CouncilServices, &association).0, Responsibility::NotUs);
        assert_eq!(of(Topic::CouncilServices, &council), (Responsibility::Us, Watchdog::Lgsco));
        assert_eq!(of(Topic::AntiSocialBehaviour, &council).1, Watchdog::Both);
        let own = Landlord {
            topics: vec![crate::landlord::TopicRule {
                topic: Topic::AntiSocialBehaviour,
                responsibility: Some(Responsibility::Shared),
                ombudsman: None,
                note: None,
            }],
            ..council
        };
        assert_eq!(of(Topic::AntiSocialBehaviour, &own), (Responsibility::Shared, Watchdog::Both));
    }
}
