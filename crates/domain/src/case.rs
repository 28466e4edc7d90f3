//! A case: what has become of something that a resident sent.
//!
//! [`Case::after`] is the one way from one state to the next. Every act of the resident, of the landlord
//! and of the service goes through it, so that the page, the landlord's system and the officers' page
//! can't follow different rules. Its times run from the events that the Code names (6.2, 6.3, 6.11,
//! 6.14), and a date that was promised never moves away from the resident without reasons (6.4, 6.15).
//!
//! What is deliberately absent: a landlord's act that ends a case without a word to the resident, and
//! anything that the resident must say to go to stage 2 (6.12).

use chrono::NaiveDate;
#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::at_risk;
use crate::choices::Choice;
use crate::landlord::Landlord;
use crate::question::FieldName;
use crate::record::{Adjustments, Representative, Submission};
use crate::rights::{self, Lgsco};
use crate::timescale::{DatesOrNone, StartsFrom, Timescale};
use crate::triage::Route;
use crate::validate::is_blank;
use crate::working_days::{Calendar, WorkingDays};

/// The state of a case. It follows from what was sent and from the acts since, and from nothing else.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Case {
    /// The number that the resident quotes: `K47-W92-F36`.
    pub reference: String,
    /// The landlord's id.
    pub landlord: String,
    /// The language of the page on which it was sent, as a BCP 47 tag: messages are in it.
    pub language: String,
    /// What it is. A request or a comment becomes a complaint as soon as the resident says so (1.5).
    pub kind: Route,
    /// The stage at which it is: 1 or 2. There is no other (5.3).
    pub stage: u8,
    /// How far it has come at this stage.
    pub status: Status,
    /// Each stage that it has reached, with its dates. None for a request or a comment.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stages: Vec<Stage>,
    /// What the landlord has understood, and what the resident wants (the complaint definition, 5.6).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub definition: Option<String>,
    /// Who speaks for the resident at present (1.3, 3.6). The resident is in charge of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub representatives: Vec<Spokesperson>,
    /// The adjustments that the resident asks for, as they last said (5.10).
    #[serde(default)]
    pub adjustments: Adjustments,
    /// The references of the cases to which this one belongs, in the resident's own words at first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
}

/// How far a case has come at its stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It is with the landlord.
    Received,
    /// The landlord has acknowledged it (6.2, 6.11).
    Acknowledged,
    /// The landlord has answered (6.3, 6.14).
    Responded,
    /// The landlord does not look into it, for reasons that it gave the resident (2.4).
    Declined,
    /// The resident has taken it back. They can change their mind.
    Withdrawn,
}

impl Choice for Status {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::Received, "received"),
        (Self::Acknowledged, "acknowledged"),
        (Self::Responded, "responded"),
        (Self::Declined, "declined"),
        (Self::Withdrawn, "withdrawn"),
    ];
}

/// A stage that a complaint has reached: what was promised, and what has happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Stage {
    /// 1 or 2.
    pub stage: u8,
    /// The day on which the landlord got it, in London.
    pub received_on: NaiveDate,
    /// The last day for the acknowledgement. Absent where bank holidays were not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledge_by: Option<NaiveDate>,
    /// The day of the acknowledgement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged_on: Option<NaiveDate>,
    /// The last day for the answer, before any extension.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub respond_by: Option<NaiveDate>,
    /// The last day to which the landlord may extend that (6.4, 6.15).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extended_by: Option<NaiveDate>,
    /// The extension, where the landlord has told the resident of one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extension: Option<Extension>,
    /// The day of the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub responded_on: Option<NaiveDate>,
}

/// More time for an answer (6.4, 6.15).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Extension {
    /// The new last day.
    pub until: NaiveDate,
    /// Why, as the resident was told.
    pub reason: String,
    /// The day on which they were told.
    pub told_on: NaiveDate,
}

/// Somebody who speaks for the resident, and since when.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Spokesperson {
    /// By which they are told apart within the case.
    pub id: u32,
    /// The day since which they speak for the resident.
    pub since: NaiveDate,
    /// Who they are, and what they may do.
    #[serde(flatten)]
    pub who: Representative,
}

/// Who does something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// The resident, or whoever has the access code.
    Resident,
    /// A complaints officer, or the landlord's system.
    Landlord,
    /// The receiving service by itself.
    Service,
}

impl Choice for By {
    const ALL: &'static [(Self, &'static str)] =
        &[(Self::Resident, "resident"), (Self::Landlord, "landlord"), (Self::Service, "service")];
}

/// What the resident or the landlord does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(
    tag = "act",
    rename_all = "snake_case",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
pub enum Act {
    /// Either: says something.
    Message {
        /// The words, unchanged.
        text: String,
    },
    /// The landlord: acknowledges it, and says what it has understood (5.6, 6.2, 6.11).
    Acknowledge {
        /// The complaint definition (5.6).
        definition: String,
        /// The day on which the resident was told, where that was not today.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on: Option<NaiveDate>,
    },
    /// The landlord: needs longer, within the limits of the Code (6.4, 6.15).
    Extend {
        /// The new last day for the answer.
        until: NaiveDate,
        /// Why. The resident reads it.
        reason: String,
    },
    /// The landlord: answers. At stage 2 it is the final answer (6.3, 6.14).
    Respond {
        /// The answer, as the resident reads it.
        text: String,
        /// The day on which the resident was told, where that was not today.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on: Option<NaiveDate>,
    },
    /// The landlord: does not look into it, and says why (2.4).
    Decline {
        /// The reasons. The resident reads them, with the right to go to the Ombudsman.
        reasons: String,
    },
    /// The resident: asks for stage 2 (6.10). No reasons are needed (6.12).
    AskForStage2 {
        /// Anything that they want to say.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reasons: Option<String>,
    },
    /// The resident: makes a complaint of a request or a comment (1.5).
    Complain {},
    /// The resident: takes it back.
    Withdraw {},
    /// The resident: wants it looked into after all.
    Reopen {},
    /// The resident: has somebody speak for them (1.3, 3.6).
    AddRepresentative {
        /// Who.
        who: Representative,
    },
    /// The resident: no longer has somebody speak for them.
    RemoveRepresentative {
        /// Their [`Spokesperson::id`].
        id: u32,
    },
    /// The resident: asks for other adjustments than before (5.10).
    ChangeAdjustments {
        /// All that are asked for from now on.
        adjustments: Adjustments,
    },
}

impl Act {
    /// The stable key of this kind of act, as in its JSON.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Message { .. } => "message",
            Self::Acknowledge { .. } => "acknowledge",
            Self::Extend { .. } => "extend",
            Self::Respond { .. } => "respond",
            Self::Decline { .. } => "decline",
            Self::AskForStage2 { .. } => "ask_for_stage2",
            Self::Complain {} => "complain",
            Self::Withdraw {} => "withdraw",
            Self::Reopen {} => "reopen",
            Self::AddRepresentative { .. } => "add_representative",
            Self::RemoveRepresentative { .. } => "remove_representative",
            Self::ChangeAdjustments { .. } => "change_adjustments",
        }
    }

    /// The words that the other side reads, where the act has any.
    pub fn words(&self) -> Option<&str> {
        match self {
            Self::Message { text } | Self::Respond { text, .. } => Some(text),
            Self::Acknowledge { definition, .. } => Some(definition),
            Self::Extend { reason, .. } => Some(reason),
            Self::Decline { reasons } => Some(reasons),
            Self::AskForStage2 { reasons } => reasons.as_deref(),
            Self::Complain {}
            | Self::Withdraw {}
            | Self::Reopen {}
            | Self::AddRepresentative { .. }
            | Self::RemoveRepresentative { .. }
            | Self::ChangeAdjustments { .. } => None,
        }
    }

    /// Who may do this.
    fn is_for(&self, by: By) -> bool {
        match self {
            Self::Message { .. } => by != By::Service,
            Self::Acknowledge { .. }
            | Self::Extend { .. }
            | Self::Respond { .. }
            | Self::Decline { .. } => by == By::Landlord,
            Self::AskForStage2 { .. }
            | Self::Complain {}
            | Self::Withdraw {}
            | Self::Reopen {}
            | Self::AddRepresentative { .. }
            | Self::RemoveRepresentative { .. }
            | Self::ChangeAdjustments { .. } => by == By::Resident,
        }
    }
}

/// Why an act is not possible as the case is. None of these keeps a resident from complaining.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotNow {
    /// It is for the other side to do.
    NotYours,
    /// It was acknowledged before, or answered.
    AlreadyAcknowledged,
    /// It was answered before at this stage.
    AlreadyAnswered,
    /// The resident has taken it back, or the landlord has declined it.
    NotOpen,
    /// It is open.
    Open,
    /// It is a request or a comment, which has no stages.
    NotAComplaint,
    /// It is a complaint already.
    AlreadyAComplaint,
    /// It is at stage 2 already, the last stage that there is (5.3).
    AlreadyAtStage2,
    /// Words that the other side needs are missing.
    WordsMissing,
    /// The day is not after the one that was promised.
    NotLater,
    /// The day is after the longest extension that the Code allows (6.4, 6.15).
    TooLate,
    /// Bank holidays are not known, so nobody can say what the Code allows.
    BeyondCalendar,
    /// The day has not come yet, or was before the case.
    NotThatDay,
    /// Nobody with this id speaks for the resident.
    UnknownRepresentative,
}

impl Choice for NotNow {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::NotYours, "not_yours"),
        (Self::AlreadyAcknowledged, "already_acknowledged"),
        (Self::AlreadyAnswered, "already_answered"),
        (Self::NotOpen, "not_open"),
        (Self::Open, "open"),
        (Self::NotAComplaint, "not_a_complaint"),
        (Self::AlreadyAComplaint, "already_a_complaint"),
        (Self::AlreadyAtStage2, "already_at_stage2"),
        (Self::WordsMissing, "words_missing"),
        (Self::NotLater, "not_later"),
        (Self::TooLate, "too_late"),
        (Self::BeyondCalendar, "beyond_calendar"),
        (Self::NotThatDay, "not_that_day"),
        (Self::UnknownRepresentative, "unknown_representative"),
    ];
}

/// What the landlord owes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Next {
    /// What it is.
    pub what: Owed,
    /// By when. Absent where bank holidays were not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<NaiveDate>,
    /// Whether that day has passed.
    pub late: bool,
}

/// What a landlord owes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Owed {
    /// The acknowledgement (6.2, 6.11).
    Acknowledgement,
    /// The answer (6.3, 6.14).
    Response,
}

impl Choice for Owed {
    const ALL: &'static [(Self, &'static str)] =
        &[(Self::Acknowledgement, "acknowledgement"), (Self::Response, "response")];
}

/// A case as the resident reads it, and, with what is for the landlord alone, the landlord.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct View {
    /// Its state.
    #[serde(flatten)]
    pub case: Case,
    /// What the landlord owes next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<Next>,
    /// What the resident can do now, by the keys of the acts.
    pub may: Vec<&'static str>,
    /// What has happened, oldest first. Entries with a text are what the two have said to each other.
    pub history: Vec<Entry>,
    /// The files that belong to it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schemars(default))]
    pub evidence: Vec<Exhibit>,
    /// What only the resident's page needs.
    #[serde(flatten)]
    pub page: Option<ForPage>,
    /// What only the landlord reads.
    #[serde(flatten)]
    pub desk: Option<Desk>,
}

/// What only the resident's page needs: it may be that of another landlord, and on another device than the one
/// on which the answers are. It follows from the record; nothing of it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ForPage {
    /// The name of the landlord that has the case. Absent where the service has no file of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub landlord_name: Option<String>,
    /// Whether the second Ombudsman is named beside the Housing Ombudsman (3.7).
    pub lgsco: Lgsco,
    /// Whether somebody may come to harm if another person sees this: then the page offers a way to hide it.
    pub at_risk: bool,
}

impl ForPage {
    /// What follows from what was sent to this landlord.
    pub fn new(record: &Submission, landlord: &Landlord) -> Self {
        let draft = record.draft();
        let site = landlord.site(draft.text(FieldName::Site));
        let name = site.map_or(&landlord.name, |it| &it.name);
        Self {
            landlord_name: Some(name.clone()).filter(|it| !it.is_empty()),
            lgsco: rights::lgsco(record, landlord),
            at_risk: at_risk::may_be(&draft),
        }
    }
}

/// What only the landlord reads of a case.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Desk {
    /// The moment of receipt, in UTC (RFC 3339).
    pub received_at: String,
    /// The moment of the last change, in UTC (RFC 3339).
    pub updated_at: String,
    /// The moment at which a person or a system of the landlord had it, in UTC (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirmed_at: Option<String>,
    /// What a complaints officer needs to see at once.
    pub flags: Vec<String>,
    /// The record, as it was received.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub submission: Option<Value>,
}

/// Something that has happened in a case.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// It grows with time.
    pub id: i64,
    /// The moment, in UTC (RFC 3339).
    pub at: String,
    /// The day in London for which it counts.
    pub on: NaiveDate,
    /// Who did it.
    pub by: By,
    /// What it was: `received`, `confirmed`, `code_sent`, `evidence_added`, or the key of an [`Act`].
    pub what: String,
    /// The words, unchanged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Which officer or key it was, for the landlord alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub who: Option<String>,
}

/// A file that belongs to a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Exhibit {
    /// Its name on the resident's device.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its length in bytes.
    pub size: u64,
    /// How far it has come: `incomplete`, `received`, `clean`, `infected` and others.
    pub state: String,
    /// By which the landlord fetches it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// What it is by its content.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    /// SHA-256 of its bytes, in hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}

/// By what dates are worked out: the landlord's times, and the bank holidays that are known.
#[derive(Clone, Copy, Debug)]
pub struct Clock<'a> {
    /// The landlord's times.
    pub times: &'a Timescale,
    /// The bank holidays.
    pub calendar: &'a Calendar,
    /// The day in London.
    pub today: NaiveDate,
}

impl Case {
    /// The case that begins with this record. Its dates are those that the receipt promises.
    pub fn new(
        reference: &str,
        record: &Submission,
        received_on: NaiveDate,
        dates: Option<DatesOrNone>,
    ) -> Self {
        let common = record.common();
        let kind = record.kind();
        let stage = crate::receipt::stage(kind);
        let who = common.representative.iter().cloned();
        Self {
            reference: reference.to_owned(),
            landlord: common.envelope.landlord.clone(),
            language: common.envelope.language.clone(),
            kind,
            stage,
            status: Status::Received,
            stages: dates.map(|dates| Stage::new(stage, received_on, dates)).into_iter().collect(),
            definition: None,
            representatives: who
                .map(|who| Spokesperson { id: 1, since: received_on, who })
                .collect(),
            adjustments: common.adjustments.clone(),
            about: match record {
                Submission::Stage2(it) => it.complaint_reference.clone(),
                Submission::Addition(it) => it.complaint_reference.clone(),
                Submission::Complaint(_)
                | Submission::ServiceRequest(_)
                | Submission::Feedback(_) => None,
            },
        }
    }

    /// The case after this act, done today.
    ///
    /// # Errors
    ///
    /// Why it is not possible as the case is. Then nothing has changed.
    pub fn after(&self, act: &Act, by: By, clock: &Clock) -> Result<Self, NotNow> {
        if !act.is_for(by) {
            return Err(NotNow::NotYours);
        }
        let mut case = self.clone();
        match act {
            Act::Message { text } => required(text)?,
            Act::Acknowledge { definition, on } => {
                required(definition)?;
                case.acknowledge(case.day(*on, clock)?, clock)?;
                case.definition = Some(definition.clone());
            }
            Act::Extend { until, reason } => {
                required(reason)?;
                case.extend(*until, reason, clock)?;
            }
            Act::Respond { text, on } => {
                required(text)?;
                case.respond(case.day(*on, clock)?, clock)?;
            }
            Act::Decline { reasons } => {
                required(reasons)?;
                case.require_open()?;
                case.status = Status::Declined;
            }
            Act::AskForStage2 { reasons: _ } => case.ask_for_stage_2(clock)?,
            Act::Complain {} => case.complain(clock)?,
            Act::Withdraw {} => {
                if self.status == Status::Withdrawn {
                    return Err(NotNow::NotOpen);
                }
                case.status = Status::Withdrawn;
            }
            Act::Reopen {} => {
                if self.status != Status::Withdrawn {
                    return Err(NotNow::Open);
                }
                case.status = self.status_by_dates();
            }
            Act::AddRepresentative { who } => {
                required(&who.name)?;
                // An id is not given twice, so that a late removal can't hit somebody else.
                let id = case.representatives.iter().map(|it| it.id).max().unwrap_or(0) + 1;
                let who = who.clone();
                case.representatives.push(Spokesperson { id, since: clock.today, who });
            }
            Act::RemoveRepresentative { id } => {
                case.representatives.retain(|it| it.id != *id);
                if case.representatives.len() == self.representatives.len() {
                    return Err(NotNow::UnknownRepresentative);
                }
            }
            Act::ChangeAdjustments { adjustments } => case.adjustments = adjustments.clone(),
        }
        Ok(case)
    }

    /// What the landlord owes next; nothing where it is the resident's turn, or where there are no dates.
    pub fn next(&self, today: NaiveDate) -> Option<Next> {
        let stage = self.stages.last()?;
        let (what, by) = match self.status {
            Status::Received => (Owed::Acknowledgement, stage.acknowledge_by),
            Status::Acknowledged => (Owed::Response, stage.due()),
            Status::Responded | Status::Declined | Status::Withdrawn => return None,
        };
        Some(Next { what, by, late: by.is_some_and(|by| by < today) })
    }

    /// What the resident can do now, by the keys of the acts. It is never nothing.
    pub fn may(&self) -> Vec<&'static str> {
        let is_complaint = !self.stages.is_empty();
        let mut may = vec!["message"];
        if is_complaint && self.stage == 1 {
            may.push("ask_for_stage2");
        }
        if !is_complaint {
            may.push("complain");
        }
        may.push(if self.status == Status::Withdrawn { "reopen" } else { "withdraw" });
        may.extend(["add_representative", "change_adjustments"]);
        if !self.representatives.is_empty() {
            may.push("remove_representative");
        }
        may
    }

    /// Whether the landlord still has something to do.
    pub fn is_open(&self) -> bool {
        matches!(self.status, Status::Received | Status::Acknowledged)
    }

    fn acknowledge(&mut self, on: NaiveDate, clock: &Clock) -> Result<(), NotNow> {
        self.require_open()?;
        if self.status != Status::Received {
            return Err(NotNow::AlreadyAcknowledged);
        }
        self.status = Status::Acknowledged;
        if let Some(stage) = self.stages.last_mut() {
            stage.acknowledged_on = Some(on);
            stage.count_from_acknowledgement(on, clock);
        }
        Ok(())
    }

    fn extend(&mut self, until: NaiveDate, reason: &str, clock: &Clock) -> Result<(), NotNow> {
        self.require_open()?;
        let stage = self.stages.last_mut().ok_or(NotNow::NotAComplaint)?;
        let (Some(due), Some(limit)) = (stage.due(), stage.extended_by) else {
            return Err(NotNow::BeyondCalendar);
        };
        if until <= due {
            return Err(NotNow::NotLater);
        }
        if until > limit {
            return Err(NotNow::TooLate);
        }
        let reason = reason.to_owned();
        stage.extension = Some(Extension { until, reason, told_on: clock.today });
        Ok(())
    }

    fn respond(&mut self, on: NaiveDate, clock: &Clock) -> Result<(), NotNow> {
        self.require_open()?;
        // An answer without an acknowledgement is both.
        if self.status == Status::Received {
            self.acknowledge(on, clock)?;
        }
        self.status = Status::Responded;
        if let Some(stage) = self.stages.last_mut() {
            stage.responded_on = Some(on);
        }
        Ok(())
    }

    /// The resident need not wait for the stage 1 answer: one that does not come must not keep them from
    /// the final one.
    fn ask_for_stage_2(&mut self, clock: &Clock) -> Result<(), NotNow> {
        if self.stages.is_empty() {
            return Err(NotNow::NotAComplaint);
        }
        if self.stage == 2 {
            return Err(NotNow::AlreadyAtStage2);
        }
        let dates = clock.times.stage_2(clock.calendar, clock.today);
        self.stages.push(Stage::new(2, clock.today, dates));
        self.stage = 2;
        self.status = Status::Received;
        Ok(())
    }

    fn complain(&mut self, clock: &Clock) -> Result<(), NotNow> {
        if !self.stages.is_empty() {
            return Err(NotNow::AlreadyAComplaint);
        }
        let dates = clock.times.stage_1(clock.calendar, clock.today);
        self.stages.push(Stage::new(1, clock.today, dates));
        self.kind = Route::Complaint;
        self.status = Status::Received;
        Ok(())
    }

    fn require_open(&self) -> Result<(), NotNow> {
        match self.status {
            Status::Received | Status::Acknowledged => Ok(()),
            Status::Responded => Err(NotNow::AlreadyAnswered),
            Status::Declined | Status::Withdrawn => Err(NotNow::NotOpen),
        }
    }

    /// The day of an act of the landlord: today, or a day since the stage began.
    fn day(&self, on: Option<NaiveDate>, clock: &Clock) -> Result<NaiveDate, NotNow> {
        let day = on.unwrap_or(clock.today);
        let began = self.stages.last().map(|it| it.acknowledged_on.unwrap_or(it.received_on));
        let is_possible = day <= clock.today && began.is_none_or(|began| began <= day);
        if is_possible { Ok(day) } else { Err(NotNow::NotThatDay) }
    }

    fn status_by_dates(&self) -> Status {
        match self.stages.last() {
            Some(stage) if stage.responded_on.is_some() => Status::Responded,
            Some(stage) if stage.acknowledged_on.is_some() => Status::Acknowledged,
            Some(_) | None => Status::Received,
        }
    }
}

impl Stage {
    fn new(stage: u8, received_on: NaiveDate, dates: DatesOrNone) -> Self {
        let dates = dates.ok();
        Self {
            stage,
            received_on,
            acknowledge_by: dates.map(|it| it.acknowledge_by),
            acknowledged_on: None,
            respond_by: dates.map(|it| it.respond_by),
            extended_by: dates.map(|it| it.extended_by),
            extension: None,
            responded_on: None,
        }
    }

    /// The last day for the answer, as things are.
    pub fn due(&self) -> Option<NaiveDate> {
        self.extension.as_ref().map(|it| it.until).or(self.respond_by)
    }

    /// Whether the answer came in the time that the Code gives (the second measure of the Regulator,
    /// CH02); `None` while there is neither an answer nor a date that has passed.
    pub fn is_in_time(&self, today: NaiveDate) -> Option<bool> {
        let due = self.due()?;
        match self.responded_on {
            Some(on) => Some(on <= due),
            None if today > due => Some(false),
            None => None,
        }
    }

    /// An early acknowledgement brings the answer nearer (6.3, 6.14); a late one does not take away what
    /// was promised.
    fn count_from_acknowledgement(&mut self, on: NaiveDate, clock: &Clock) {
        let Timescale { stage_1, stage_1_from, stage_1_extension, .. } = *clock.times;
        let Timescale { stage_2, stage_2_from, stage_2_extension, .. } = *clock.times;
        let (respond, from, extension) = match self.stage {
            2 => (stage_2, stage_2_from, stage_2_extension),
            _ => (stage_1, stage_1_from, stage_1_extension),
        };
        if from == StartsFrom::Receipt {
            return;
        }
        let after = |day: NaiveDate, days: WorkingDays| clock.calendar.add(day, days).ok();
        let Some(counted) = after(on, respond) else {
            return;
        };
        let respond_by = self.respond_by.map_or(counted, |promised| promised.min(counted));
        self.respond_by = Some(respond_by);
        self.extended_by = after(respond_by, extension);
    }
}

fn required(words: &str) -> Result<(), NotNow> {
    if is_blank(words) { Err(NotNow::WordsMissing) } else { Ok(()) }
}
