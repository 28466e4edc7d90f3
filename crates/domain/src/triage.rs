//! What the answers tell the landlord. Triage advises and flags; it never ends a journey, and it
//! never decides (Code 1.3, 2.1, 2.5).

use serde::{Deserialize, Serialize};

use crate::choices::{ReportedBefore, Topic, YesNo};
use crate::draft::Draft;
use crate::question::FieldName;

/// Which way the resident is going.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Route {
    /// A complaint (Code 1.2).
    Complaint,
}

/// Something that a complaints officer needs to see at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Flag {
    /// Someone may be in danger now (Code 6.1).
    DangerNow,
    /// Damp or mould: the landlord is now aware of it (Awaab's Law runs beside the complaint).
    DampMould,
    /// A service request that is still open; work on it must not stop (Code 1.5).
    ServiceRequestOpen,
}

/// The flags that these answers raise.
pub fn flags(draft: &Draft) -> Vec<Flag> {
    let mut flags = Vec::new();
    if matches!(draft.danger(), Some(YesNo::Yes | YesNo::NotSure)) {
        flags.push(Flag::DangerNow);
    }
    if draft.choices(FieldName::Topics).contains(&Topic::DampMould) {
        flags.push(Flag::DampMould);
    }
    if draft.reported_before() == Some(ReportedBefore::YesWaiting) {
        flags.push(Flag::ServiceRequestOpen);
    }
    flags
}
