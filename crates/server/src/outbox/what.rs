//! What has happened to a case, as its history calls it, and who is told.

use domain::case::By;
use domain::choices::Choice;

/// An entry of the history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// It was sent.
    Received,
    /// Either side wrote something.
    Message,
    /// The landlord has acknowledged it.
    Acknowledge,
    /// The landlord needs longer.
    Extend,
    /// The landlord has answered.
    Respond,
    /// The landlord does not look into it.
    Decline,
    /// The resident asks for stage 2.
    AskForStage2,
    /// The resident makes a complaint of it.
    Complain,
    /// The resident takes it back.
    Withdraw,
    /// The resident wants it looked into after all.
    Reopen,
    /// Somebody else speaks for the resident.
    AddRepresentative,
    /// Somebody no longer does.
    RemoveRepresentative,
    /// The resident asks for other adjustments.
    ChangeAdjustments,
    /// A file came.
    EvidenceAdded,
    /// Somebody at the landlord has seen it.
    Confirmed,
    /// A new access code goes to the resident.
    CodeSent,
}

impl Choice for What {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::Received, "received"),
        (Self::Message, "message"),
        (Self::Acknowledge, "acknowledge"),
        (Self::Extend, "extend"),
        (Self::Respond, "respond"),
        (Self::Decline, "decline"),
        (Self::AskForStage2, "ask_for_stage2"),
        (Self::Complain, "complain"),
        (Self::Withdraw, "withdraw"),
        (Self::Reopen, "reopen"),
        (Self::AddRepresentative, "add_representative"),
        (Self::RemoveRepresentative, "remove_representative"),
        (Self::ChangeAdjustments, "change_adjustments"),
        (Self::EvidenceAdded, "evidence_added"),
        (Self::Confirmed, "confirmed"),
        (Self::CodeSent, "code_sent"),
    ];
}

impl What {
    /// The `type` of the webhook. `None` for what only the service itself does: that somebody has seen
    /// a case follows from a webhook, and a new code is between the service and the resident.
    pub fn webhook_type(self) -> Option<&'static str> {
        match self {
            Self::Received => Some("case.received"),
            Self::Message => Some("case.message"),
            Self::Acknowledge => Some("case.acknowledged"),
            Self::Extend => Some("case.extended"),
            Self::Respond => Some("case.responded"),
            Self::Decline => Some("case.declined"),
            Self::AskForStage2 => Some("case.stage2_requested"),
            Self::Complain => Some("case.became_complaint"),
            Self::Withdraw => Some("case.withdrawn"),
            Self::Reopen => Some("case.reopened"),
            Self::AddRepresentative => Some("case.representative_added"),
            Self::RemoveRepresentative => Some("case.representative_removed"),
            Self::ChangeAdjustments => Some("case.adjustments_changed"),
            Self::EvidenceAdded => Some("case.evidence_added"),
            Self::Confirmed | Self::CodeSent => None,
        }
    }

    /// Whether the complaints team gets mail: at each thing that a resident does.
    pub fn is_for_team(self, by: By) -> bool {
        match self {
            Self::Received => true,
            Self::Message
            | Self::AskForStage2
            | Self::Complain
            | Self::Withdraw
            | Self::Reopen
            | Self::AddRepresentative
            | Self::RemoveRepresentative
            | Self::ChangeAdjustments
            | Self::EvidenceAdded => by == By::Resident,
            Self::Acknowledge
            | Self::Extend
            | Self::Respond
            | Self::Decline
            | Self::Confirmed
            | Self::CodeSent => false,
        }
    }

    /// Whether the resident, or whoever speaks for them, gets mail.
    pub fn is_for_resident(self, by: By) -> bool {
        match self {
            Self::Received
            | Self::Acknowledge
            | Self::Extend
            | Self::Respond
            | Self::Decline
            | Self::AskForStage2
            | Self::Complain
            | Self::Withdraw
            | Self::Reopen
            | Self::AddRepresentative
            | Self::RemoveRepresentative
            | Self::CodeSent => true,
            // They need not be told what they have just written.
            Self::Message => by == By::Landlord,
            Self::ChangeAdjustments | Self::EvidenceAdded | Self::Confirmed => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::case::Act;

    use super::*;

    #[test]
    fn every_act_of_a_case_is_known_here() {
        let acts = [
            r#"{"act": "message", "text": "x"}"#,
            r#"{"act": "acknowledge", "definition": "x"}"#,
            r#"{"act": "extend", "until": "2026-12-01", "reason": "x"}"#,
            r#"{"act": "respond", "text": "x"}"#,
            r#"{"act": "decline", "reasons": "x"}"#,
            r#"{"act": "ask_for_stage2"}"#,
            r#"{"act": "complain"}"#,
            r#"{"act": "withdraw"}"#,
            r#"{"act": "reopen"}"#,
            r#"{"act": "add_representative", "who": {"name": "x", "contact": "x"}}"#,
            r#"{"act": "remove_representative", "id": 1}"#,
            r#"{"act": "change_adjustments", "adjustments": {}}"#,
        ];
        for act in acts {
            let act: Act = serde_json::from_str(act).unwrap();
            let what = What::from_key(act.key()).unwrap();
            assert!(what.webhook_type().unwrap().starts_with("case."));
        }
        // Those, and what is no act: receipt, evidence, confirmation, a code.
        assert_eq!(What::ALL.len(), acts.len() + 4);
    }

    #[test]
    fn either_side_hears_what_the_other_does() {
        for (what, key) in What::ALL {
            let landlords =
                matches!(what, What::Acknowledge | What::Extend | What::Respond | What::Decline);
            if landlords {
                assert!(what.is_for_resident(By::Landlord), "{key}");
                assert!(!what.is_for_team(By::Landlord), "{key}");
            }
        }
        assert!(What::Message.is_for_team(By::Resident));
        assert!(!What::Message.is_for_resident(By::Resident));
        assert!(What::Message.is_for_resident(By::Landlord));
        assert!(!What::Message.is_for_team(By::Landlord));
    }
}
