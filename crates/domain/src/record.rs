//! The record that is sent: typed, complete, and in the resident's own words. It can only be built
//! from a draft whose whole path is answered, and nothing off that path gets into it.
//!
//! One table, [`pointer`], says where each answer is. The widget writes a record by it, without the
//! types (which would cost a resident six kilobytes, decision 0003); everybody else reads what was
//! written into the types, and the same table leads back to the answers.

use chrono::NaiveDate;
#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::choices::{
    Adjustment, AnswersTo, AtRisk, Choice, Consent, ContactWay, FeedbackKind, HomeConnection,
    Intent, MayDo, OnBehalfOf, OutcomeSought, Scope, Tick, Topic, Updates, WhenAware, YesNo,
};
use crate::draft::{self, Draft};
use crate::evidence::Attachment;
use crate::flow::{self, Advice, Place};
use crate::heard::{self, Heard};
use crate::json::Json;
use crate::landlord::Landlord;
use crate::question::{Field, FieldName, Kind, Line, Question};
use crate::reading::{About, Meaning, Model, Peril};
use crate::rights::{self, TopicFacts};
use crate::timescale::{DatesOrNone, Timescale};
use crate::triage::{self, Flag, Hazard, Route};
use crate::validate::{self, Problem, is_blank};
use crate::working_days::ENGLAND;

/// Where the schema of a submission is published; it travels in each record as `$schema`.
pub const SCHEMA: &str = "https://housing-complaint.example/schemas/submission.v1.json";

/// What a resident sends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Submission {
    /// A stage 1 complaint.
    Complaint(Complaint),
    /// Something to be put right, which is not a complaint but is recorded (Code 1.4).
    ServiceRequest(ServiceRequest),
    /// The final answer is asked for (Code 6.10).
    Stage2(Stage2),
    /// Something for a complaint that was made (Code 6.8).
    Addition(Addition),
    /// A thank-you or a comment (Code 1.6).
    Feedback(Feedback),
}

/// A stage 1 complaint (Code 1.2, 5.6, 5.12).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Complaint {
    /// What every record has.
    #[serde(flatten)]
    pub common: Common,
    /// What it is about.
    #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
    pub topics: Vec<Topic>,
    /// Who at home may be hurt most, where a hazard was mentioned (Code 6.1).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub at_risk: Vec<AtRisk>,
    /// A disability that the resident chose to disclose (Code 5.10), in their words. It is kept
    /// apart from the adjustments. Where the landlord relies on explicit consent, it is here only
    /// if that was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disability_disclosed: Option<String>,
    /// Whether the service request that came before is still open; work on it must not stop
    /// (Code 1.5). Absent where the resident did not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_request_open: Option<bool>,
    /// Job or reference number of that request, as typed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_request_ref: Option<String>,
    /// What happened, in the resident's own words, unchanged (Code 5.12).
    #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
    pub account: String,
    /// How it has affected them, in their own words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effect: Option<String>,
    /// When it happened, as well as they know: "about 3 weeks ago".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// Whether it is still happening.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub still_happening: Option<YesNo>,
    /// What would put it right (Code 5.6).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outcome_sought: Vec<OutcomeSought>,
    /// What would put it right, in their own words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome_own_words: Option<String>,
    /// When the resident found out (Code 2.3).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when_aware: Option<WhenAware>,
    /// Whether a claim about it was filed at court (Code 2.2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claim_at_court: Option<YesNo>,
    /// Whether the landlord has given its final answer already (Code 2.2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub already_answered: Option<YesNo>,
    /// Why the resident tells the landlord now (Code 2.3). For the landlord's discretion.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub late_reason: Option<String>,
}

/// Something to be put right (Code 1.4): recorded, and not a complaint unless the resident says so.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ServiceRequest {
    /// What every record has.
    #[serde(flatten)]
    pub common: Common,
    /// What it is about.
    #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
    pub topics: Vec<Topic>,
    /// Who at home may be hurt most, where a hazard was mentioned.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub at_risk: Vec<AtRisk>,
    /// A disability that the resident chose to disclose (Code 5.10), in their words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disability_disclosed: Option<String>,
    /// What needs doing, in the resident's own words, unchanged.
    #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
    pub account: String,
}

/// A request for stage 2. Nothing but who asks is needed: no reasons (Code 6.12), no reference.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Stage2 {
    /// What every record has.
    #[serde(flatten)]
    pub common: Common,
    /// The reference of the complaint, as typed. Absent where the resident does not have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub complaint_reference: Option<String>,
    /// Whether all of the complaint goes to stage 2, or a part (Code 6.10). Absent means all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<Scope>,
    /// Anything that the resident wants to say, unchanged. Never required (Code 6.12).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasons: Option<String>,
}

/// Something to add to a complaint: it joins it, or becomes a new one (Code 6.8).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Addition {
    /// What every record has.
    #[serde(flatten)]
    pub common: Common,
    /// The reference of the complaint, as typed. Absent where the resident does not have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub complaint_reference: Option<String>,
    /// What is added, in the resident's own words, unchanged.
    #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
    pub account: String,
}

/// A thank-you or a comment (Code 1.6).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Feedback {
    /// What every record has.
    #[serde(flatten)]
    pub common: Common,
    /// Which of the two, where the resident said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub feedback_kind: Option<FeedbackKind>,
    /// The resident's own words, unchanged.
    #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
    pub account: String,
}

/// What every record has: how it was sent, who it is from, what was noticed, and every answer as it
/// was shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Common {
    /// Address of the schema of this record.
    #[serde(rename = "$schema")]
    pub schema: String,
    /// When, where and with what it was sent.
    #[serde(flatten)]
    pub envelope: Envelope,
    /// Which council, where one form serves several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// Whether someone is in danger now (Code 6.1).
    pub danger: YesNo,
    /// What the resident wanted to do.
    pub intent: Intent,
    /// Who it is for. Absent from a thank-you or a comment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<OnBehalfOf>,
    /// The member of staff who filled in the form for the resident (Code 3.2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub staff: Option<Staff>,
    /// The other households of a group, as typed (Code 1.2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group_members: Option<String>,
    /// Who speaks for the resident, where it is for someone else (Code 1.3, 3.6).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub representative: Option<Representative>,
    /// Who the resident is.
    #[serde(default)]
    pub resident: Resident,
    /// How to reach them.
    #[serde(default)]
    pub contact: Contact,
    /// Reasonable adjustments asked for (Code 5.10).
    #[serde(default)]
    pub adjustments: Adjustments,
    /// Files that the resident attached: they are sent when this record is received (Code 5.8).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Attachment>,
    /// What the form noticed, and what the resident chose.
    pub triage: Triage,
    /// Every question as it was shown, with its answer as it was shown, so that a person can read
    /// the raw copy.
    pub answers: Vec<Answer>,
}

/// A member of staff who fills in the form for a resident (Code 3.2).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Staff {
    /// Their name.
    pub name: String,
    /// The day on which the resident first said it: the day of receipt (Code 6.2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_said_on: Option<NaiveDate>,
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
    #[cfg_attr(feature = "schema", schemars(extend("format" = "date-time")))]
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
    /// What they say about the resident's agreement. Absent where they did not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consent: Option<Consent>,
    /// What they may do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub may_do: Vec<MayDo>,
    /// Who should get the answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answers_to: Option<AnswersTo>,
}

/// Reasonable adjustments (Equality Act 2010 s.20; Code 5.10).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Adjustments {
    /// From the list.
    #[serde(default)]
    pub requested: Vec<Adjustment>,
    /// The language of the interpreter, as typed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interpreter_language: Option<String>,
    /// In the resident's own words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub own_words: Option<String>,
    /// The day on which the resident would like this to be looked at again (Code 5.10).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review_on: Option<NaiveDate>,
}

/// Who is affected (Code 1.2).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Resident {
    /// Name, as typed. Absent from an anonymous complaint, where the landlord takes those.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Address, as typed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Postcode, as typed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postcode: Option<String>,
    /// Connection to the home.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub home: Option<HomeConnection>,
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
    /// How often they would like to hear how it goes, if the answer is late (Code 5.9).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updates: Option<Updates>,
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
    /// Hazards at home that were mentioned.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hazards: Vec<Hazard>,
    /// When the landlord became aware of them, or of those that were heard: the moment of sending, or
    /// the day on which a resident told a member of staff. The clocks of Awaab's Law run beside the
    /// complaint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aware_at: Option<String>,
    /// Whose responsibility each topic is, and which Ombudsman watches over it (Code 5.7).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub topics: Vec<TopicFacts>,
    /// Contractors that get it as well, inside the landlord's two stages (Code 5.4).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recipients: Vec<String>,
    /// Advice that was shown, and what was chosen there.
    pub advice: Vec<AdviceShown>,
    /// What the form heard in the resident's own words, where it listened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub noticed: Option<Noticed>,
}

/// What was heard in the resident's own words (Code 1.3). It decides nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct Noticed {
    /// What they sound like.
    pub route: Meaning,
    /// Whether they sound unhappy with the landlord, its staff, contractors or decisions (Code 1.2).
    pub dissatisfied: bool,
    /// Hazards that are happening now by those words, the worst first.
    #[serde(default)]
    pub hazards: Vec<Peril>,
    /// The words that decided, as typed.
    #[serde(default)]
    pub because: Vec<String>,
}

/// Advice that was shown to the resident.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct AdviceShown {
    /// Which.
    pub id: String,
    /// The way on that they chose.
    pub choice: String,
    /// The words that were shown: the title, the text, and each way on.
    pub words: String,
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

/// What the widget adds to the answers: how it is sent, and how it was shown.
pub struct Shown {
    /// When, where and with what it is sent.
    pub envelope: Envelope,
    /// Every question and answer as it was shown.
    pub answers: Vec<Answer>,
}

/// Builds the record from a draft whose path is complete, as it goes over the wire: every answer on
/// the path at its [`pointer`], and nothing else.
///
/// # Errors
///
/// What is still to be put right, in the order of the path.
pub fn build(draft: &Draft, landlord: &Landlord, shown: Shown) -> Result<Json, Vec<Problem>> {
    let problems = validate::path(draft, landlord);
    if !problems.is_empty() {
        return Err(problems);
    }
    let kind = draft.route();
    let sent_at = shown.envelope.submitted_at.clone();
    let mut record = Json::Object(Vec::new());
    record.put("/kind", kind.key().into());
    record.put("/$schema", SCHEMA.into());
    record.put("/landlord", shown.envelope.landlord.into());
    record.put("/configVersion", shown.envelope.config_version.into());
    record.put("/widgetVersion", shown.envelope.widget_version.into());
    record.put("/language", shown.envelope.language.into());
    record.put("/submittedAt", shown.envelope.submitted_at.into());
    if let Some(source) = shown.envelope.source {
        record.put("/source", source.into());
    }
    let mut advice = Vec::new();
    for place in flow::path(draft, landlord) {
        match place {
            Place::Ask(question) => {
                for field in question.fields_for(landlord) {
                    let value = value(field, draft, landlord);
                    if let (Some(pointer), Some(value)) = (pointer(field.name, kind), value) {
                        record.put(pointer, value);
                    }
                }
            }
            Place::Advise(shown_advice) => advice.push(Json::object(&[
                ("id", shown_advice.key().into()),
                ("choice", draft.chosen(shown_advice).unwrap_or_default().into()),
                ("words", draft.words(shown_advice).into()),
            ])),
        }
    }
    record.put("/triage", triage_of(draft, landlord, &sent_at, advice));
    let answers = shown.answers.into_iter().map(Answer::into_json).collect();
    record.put("/answers", Json::List(answers));
    Ok(record)
}

/// An answer as it is sent: one key, several, a day, yes or no, or the resident's words unchanged.
fn value(field: &Field, draft: &Draft, landlord: &Landlord) -> Option<Json> {
    let text = draft.text(field.name);
    match field.kind {
        Kind::Radios(_) if field.name == FieldName::ReportOpen => match draft.choice(field.name)? {
            YesNo::Yes => Some(Json::Bool(true)),
            YesNo::No => Some(Json::Bool(false)),
            YesNo::NotSure => None,
        },
        Kind::Radios(options) => options(landlord).contains(&text).then(|| text.into()),
        Kind::Checkboxes(options, _) => {
            let values = draft.values(field.name);
            let is_chosen = |key: &&str| values.iter().any(|value| value == key);
            let chosen: Vec<Json> =
                options(landlord).into_iter().filter(is_chosen).map(Json::from).collect();
            (!chosen.is_empty()).then_some(Json::List(chosen))
        }
        Kind::Line(Line::Date) => Some(validate::date(text)?.to_string().into()),
        Kind::Line(_) | Kind::Paragraphs(_) => {
            let is_sent = !is_blank(text) && is_sent(field.name, draft, landlord);
            is_sent.then(|| text.into())
        }
        Kind::Files => {
            let attached = draft.attachments();
            (!attached.is_empty()).then(|| draft::attachments(attached))
        }
    }
}

fn triage_of(draft: &Draft, landlord: &Landlord, sent_at: &str, advice: Vec<Json>) -> Json {
    let keys = |keys: Vec<&str>| Json::List(keys.into_iter().map(Json::from).collect());
    let flags = triage::flags(draft, landlord).into_iter().map(Flag::key).collect();
    let hazards: Vec<_> = triage::hazards(draft, landlord).into_iter().map(Hazard::key).collect();
    let mut triage = Json::object(&[("route", draft.route().key().into()), ("flags", keys(flags))]);
    let is_aware = !hazards.is_empty() || draft.hears(|it| !heard::needs_care(it));
    if !hazards.is_empty() {
        triage.put("/hazards", keys(hazards));
    }
    if is_aware {
        // The earlier of the two moments; both begin with the date, so their texts compare.
        let is_told = flow::asking(FieldName::FirstSaid, draft, landlord).is_some();
        let first_said = validate::date(draft.text(FieldName::FirstSaid)).filter(|_| is_told);
        let first_said = first_said.map(|it| it.to_string()).filter(|day| **day < *sent_at);
        triage.put("/awareAt", first_said.unwrap_or_else(|| sent_at.to_owned()).into());
    }
    if flow::asking(FieldName::Topics, draft, landlord).is_some() {
        let facts = rights::topics(draft, landlord).into_iter().map(|it| {
            Json::object(&[
                ("topic", it.topic.key().into()),
                ("responsibility", it.responsibility.key().into()),
                ("ombudsman", it.ombudsman.key().into()),
            ])
        });
        triage.put("/topics", Json::List(facts.collect()));
        let recipients: Vec<_> = recipients(draft, landlord).collect();
        if !recipients.is_empty() {
            triage.put("/recipients", keys(recipients));
        }
    }
    triage.put("/advice", Json::List(advice));
    if let Some(heard) = draft.heard() {
        let because = heard.because.iter().map(|(_, words)| &**words);
        let noticed = Json::object(&[
            ("route", heard.route.key().into()),
            ("dissatisfied", Json::Bool(heard.is_dissatisfied)),
            ("hazards", keys(heard.hazards.iter().map(|it| it.key()).collect())),
            ("because", keys(because.collect())),
        ]);
        triage.put("/noticed", noticed);
    }
    triage
}

/// The record, typed: what [`build`] sends, read as the receiving end reads it.
///
/// # Errors
///
/// As [`build`].
pub fn from_draft(
    draft: &Draft,
    landlord: &Landlord,
    shown: Shown,
) -> Result<Submission, Vec<Problem>> {
    let json = build(draft, landlord, shown)?;
    let typed = serde_json::to_value(&json).and_then(serde_json::from_value);
    Ok(typed.unwrap_or_else(|error| panic!("a record that can't be read: {error}: {json:?}")))
}

/// Where in a record of this kind the answer of a field is, as a JSON pointer (RFC 6901). `None`:
/// it is only among the `answers`, as it was shown.
pub fn pointer(field: FieldName, kind: Route) -> Option<&'static str> {
    Some(match field {
        FieldName::Site => "/site",
        FieldName::Danger => "/danger",
        FieldName::Intent => "/intent",
        FieldName::OnBehalfOf => "/onBehalfOf",
        FieldName::StaffName => "/staff/name",
        FieldName::FirstSaid => "/staff/firstSaidOn",
        FieldName::GroupMembers => "/groupMembers",
        FieldName::RepresentativeName => "/representative/name",
        FieldName::RepresentativeRelationship => "/representative/relationship",
        FieldName::RepresentativeContact => "/representative/contact",
        FieldName::MayDo => "/representative/mayDo",
        FieldName::AnswersTo => "/representative/answersTo",
        FieldName::Consent => "/representative/consent",
        FieldName::Adjustments => "/adjustments/requested",
        FieldName::InterpreterLanguage => "/adjustments/interpreterLanguage",
        FieldName::AdjustmentsOwnWords => "/adjustments/ownWords",
        FieldName::AdjustmentsReview => "/adjustments/reviewOn",
        FieldName::Disability => "/disabilityDisclosed",
        FieldName::DisabilityConsent | FieldName::NoReference => return None,
        FieldName::Topics => "/topics",
        FieldName::AtRisk => "/atRisk",
        FieldName::ReportOpen => "/serviceRequestOpen",
        FieldName::ReportReference => "/serviceRequestRef",
        FieldName::Account if kind == Route::Stage2 => "/reasons",
        FieldName::Account => "/account",
        FieldName::Effect => "/effect",
        FieldName::Evidence => "/evidence",
        FieldName::ComplaintReference => "/complaintReference",
        FieldName::Scope => "/scope",
        FieldName::FeedbackKind => "/feedbackKind",
        FieldName::When => "/when",
        FieldName::StillHappening => "/stillHappening",
        FieldName::Outcome => "/outcomeSought",
        FieldName::OutcomeOwnWords => "/outcomeOwnWords",
        FieldName::WhenAware => "/whenAware",
        FieldName::ClaimAtCourt => "/claimAtCourt",
        FieldName::AlreadyAnswered => "/alreadyAnswered",
        FieldName::LateReason => "/lateReason",
        FieldName::Name => "/resident/name",
        FieldName::Address => "/resident/address",
        FieldName::Postcode => "/resident/postcode",
        FieldName::Home => "/resident/home",
        FieldName::Email => "/contact/email",
        FieldName::Phone => "/contact/phone",
        FieldName::ContactWay => "/contact/way",
        FieldName::SafeTimes => "/contact/safeTimes",
        FieldName::Updates => "/contact/updates",
    })
}

/// Contractors that get what is sent as well (Code 5.4): at stage 1, never a procedure of their own.
pub fn recipients<'a>(
    draft: &'a Draft,
    landlord: &'a Landlord,
) -> impl Iterator<Item = &'a str> + 'a {
    let topics: Vec<Topic> = match flow::asking(FieldName::Topics, draft, landlord) {
        Some(_) => draft.choices(FieldName::Topics),
        None => Vec::new(),
    };
    let has_topic = move |topic: &Topic| topics.contains(topic);
    landlord
        .recipients
        .iter()
        .filter(move |it| it.topics.iter().any(&has_topic))
        .map(|it| &*it.name)
}

/// The files that go to the landlord: those that are attached, where the path asks for files.
pub fn evidence<'a>(draft: &'a Draft, landlord: &Landlord) -> &'a [Attachment] {
    let is_asked = flow::asking(FieldName::Evidence, draft, landlord).is_some();
    if is_asked { draft.attachments() } else { &[] }
}

/// Whether an answer on the path leaves the browser at all. A disability does not where the landlord
/// relies on explicit consent, and that was not given.
pub fn is_sent(field: FieldName, draft: &Draft, landlord: &Landlord) -> bool {
    field != FieldName::Disability
        || !landlord.asks_for_explicit_consent()
        || draft.choice(FieldName::DisabilityConsent) == Some(Tick::Yes)
}

impl Submission {
    /// What every record has.
    pub fn common(&self) -> &Common {
        match self {
            Self::Complaint(it) => &it.common,
            Self::ServiceRequest(it) => &it.common,
            Self::Stage2(it) => &it.common,
            Self::Addition(it) => &it.common,
            Self::Feedback(it) => &it.common,
        }
    }

    /// The kind of the record, as in its JSON.
    pub fn kind(&self) -> Route {
        match self {
            Self::Complaint(_) => Route::Complaint,
            Self::ServiceRequest(_) => Route::ServiceRequest,
            Self::Stage2(_) => Route::Stage2,
            Self::Addition(_) => Route::Addition,
            Self::Feedback(_) => Route::Feedback,
        }
    }

    /// The day on which the landlord received it: today, or the day on which the resident told a
    /// member of staff (Code 3.2, 6.2). A day that has not come yet counts as today.
    pub fn received_on(&self, today: NaiveDate) -> NaiveDate {
        let first_said = self.common().staff.as_ref().and_then(|it| it.first_said_on);
        first_said.map_or(today, |day| day.min(today))
    }

    /// What is still to be put right in a record that came from outside, by the rules that the
    /// page uses: the draft is made from it again, and its path is checked. Not checked is what only
    /// the landlord's file asks for (which council, and whether a name may be missing): a file that
    /// has changed since must not lose a complaint.
    pub fn problems(&self, landlord: &Landlord) -> Vec<Problem> {
        let lenient = Landlord { sites: Vec::new(), accepts_anonymous: true, ..landlord.clone() };
        validate::path(&self.draft(), &lenient)
    }

    /// The flags that the answers raise, worked out again. The resident's own words are read again, too,
    /// where there is a model for their language: what a browser says that it heard counts for nothing here.
    pub fn flags(&self, landlord: &Landlord, model: Option<&Model>) -> Vec<Flag> {
        let mut draft = self.draft();
        let words = heard::words(&draft, landlord);
        draft.hear(model.zip(words).map(|(model, words)| Heard::read(model, &words)));
        triage::flags(&draft, landlord)
    }

    /// The draft from which this record could have been made: every answer, from its [`pointer`], and every page
    /// done with.
    pub fn draft(&self) -> Draft {
        let mut draft = Draft::default();
        for (question, _) in Question::ALL {
            draft.finish(*question);
        }
        let record = serde_json::to_value(self).unwrap_or_default();
        for (name, _) in FieldName::ALL {
            let value = pointer(*name, self.kind()).and_then(|pointer| record.pointer(pointer));
            if let Some(value) = value {
                draft.enter(*name, entered(value));
            }
        }
        draft.forget(&[FieldName::Evidence]);
        for attachment in &self.common().evidence {
            draft.attach(attachment.clone());
        }
        // A disability is in a record only where it may be.
        if !draft.text(FieldName::Disability).is_empty() {
            draft.enter(FieldName::DisabilityConsent, vec![Tick::Yes.key().to_owned()]);
        }
        if let Some(noticed) = &self.common().triage.noticed {
            let because = noticed.because.iter().map(|words| (About::Route, words.clone()));
            draft.hear(Some(Heard {
                text: 0,
                route: noticed.route,
                is_dissatisfied: noticed.dissatisfied,
                hazards: noticed.hazards.clone(),
                because: because.collect(),
            }));
        }
        for shown in &self.common().triage.advice {
            if let Some(advice) = Advice::from_key(&shown.id) {
                draft.choose(advice, &shown.choice, &shown.words);
            }
        }
        draft
    }
}

/// A value of the record as it was entered.
fn entered(value: &Value) -> Vec<String> {
    match value {
        Value::Array(values) => values.iter().flat_map(entered).collect(),
        Value::String(text) => vec![text.clone()],
        Value::Bool(true) => vec![YesNo::Yes.key().to_owned()],
        Value::Bool(false) => vec![YesNo::No.key().to_owned()],
        Value::Null | Value::Number(_) | Value::Object(_) => Vec::new(),
    }
}

/// The dates that a landlord with these times promises for a record of this kind: none for a request
/// or a comment, and for an addition those of the complaint that it may become (Code 6.8).
pub fn dates(kind: Route, times: &Timescale, received_on: NaiveDate) -> Option<DatesOrNone> {
    match kind {
        Route::Complaint | Route::Addition => Some(times.stage_1(&ENGLAND, received_on)),
        Route::Stage2 => Some(times.stage_2(&ENGLAND, received_on)),
        Route::ServiceRequest | Route::Feedback => None,
    }
}

impl Answer {
    /// The answer, for a record or for the tab.
    pub fn into_json(self) -> Json {
        Json::object(&[
            ("id", self.id.into()),
            ("label", self.label.into()),
            ("value", self.value.into()),
        ])
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::choices::OnBehalfOf;
    use crate::evidence::Location;
    use crate::landlord::{self, Site};

    /// A landlord whose form asks for everything.
    fn landlord() -> Landlord {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../landlords");
        let text = std::fs::read_to_string(folder.join("example.json")).unwrap();
        let site = Site { id: "north".into(), name: "North".into(), policy: None };
        Landlord { sites: vec![site], ..landlord::parse(&text).ok().unwrap().landlord }
    }

    /// Drafts of every kind, for everybody, in which every field has something.
    fn full(landlord: &Landlord) -> Vec<Draft> {
        let mut answered = Draft::default();
        answered.attach(Attachment {
            id: "1".into(),
            name: "Damp.heic".into(),
            size: 250_000_000,
            media_type: "image/heic".into(),
            sha256: "ab".into(),
            location: Some(Location::Removed),
        });
        for (name, _) in FieldName::ALL {
            let question = name.question().unwrap();
            let field = question.fields().iter().find(|it| it.name == *name).unwrap();
            let value = match field.kind {
                Kind::Radios(options) | Kind::Checkboxes(options, _) => {
                    options(landlord)[0].to_owned()
                }
                Kind::Line(Line::Date) => "21/11/2026".to_owned(),
                Kind::Line(_) | Kind::Paragraphs(_) => format!("{}@x", name.key()),
                Kind::Files => continue,
            };
            answered.enter(*name, vec![value]);
        }
        answered.enter(FieldName::Topics, vec!["damp_mould".to_owned()]);
        answered.enter(FieldName::WhenAware, vec!["over_12_months".to_owned()]);
        answered.choose(Advice::FirstReport, flow::WAY_REQUEST, "Words");
        let mut drafts = Vec::new();
        for (_, intent) in Intent::ALL {
            for (_, whom) in OnBehalfOf::ALL {
                let mut draft = answered.clone();
                draft.enter(FieldName::Intent, vec![(*intent).to_owned()]);
                draft.enter(FieldName::OnBehalfOf, vec![(*whom).to_owned()]);
                drafts.push(draft);
            }
        }
        drafts
    }

    fn shown() -> Shown {
        let envelope = Envelope {
            landlord: "example".into(),
            config_version: "1".into(),
            widget_version: "1".into(),
            language: "en".into(),
            submitted_at: "2026-11-21T09:29:58.000Z".into(),
            source: Some("survey".into()),
        };
        let answer = Answer { id: "account".into(), label: "What?".into(), value: "This".into() };
        Shown { envelope, answers: vec![answer] }
    }

    /// Whatever is written is in the types, at the same place and with the same value: a pointer
    /// that led nowhere would lose an answer.
    #[track_caller]
    fn is_inside(written: &Value, typed: &Value, at: &str) {
        match written {
            Value::Object(fields) => {
                for (name, value) in fields {
                    let there = typed.get(name).unwrap_or_else(|| panic!("{at}/{name} is lost"));
                    is_inside(value, there, &format!("{at}/{name}"));
                }
            }
            other if other.as_array().is_some_and(|it| it.iter().any(Value::is_object)) => {
                let (written, typed) = (other.as_array().unwrap(), typed.as_array().unwrap());
                assert_eq!(written.len(), typed.len(), "{at}");
                for (written, typed) in written.iter().zip(typed) {
                    is_inside(written, typed, at);
                }
            }
            other => assert_eq!(other, typed, "{at}"),
        }
    }

    #[test]
    fn every_answer_has_its_place_in_the_types_and_comes_back_from_there() {
        let landlord = landlord();
        let mut found = BTreeSet::new();
        for draft in full(&landlord) {
            let written = build(&draft, &landlord, shown()).unwrap();
            let written = serde_json::to_value(&written).unwrap();
            let typed = from_draft(&draft, &landlord, shown()).unwrap();
            is_inside(&written, &serde_json::to_value(&typed).unwrap(), "");
            for place in flow::path(&draft, &landlord) {
                let Place::Ask(question) = place else { continue };
                for field in question.fields_for(&landlord) {
                    if let Some(pointer) = pointer(field.name, typed.kind()) {
                        assert!(written.pointer(pointer).is_some(), "{pointer}");
                    }
                    found.insert(field.name);
                }
            }
            assert_eq!(from_draft(&typed.draft(), &landlord, shown()), Ok(typed));
        }
        assert_eq!(found.len(), FieldName::ALL.len());
    }

    /// UK GDPR 9(2)(a): without the consent that this landlord needs, it stays in the browser, and
    /// the complaint is sent all the same.
    #[test]
    fn a_disability_is_sent_only_with_the_consent_that_the_landlord_needs() {
        let needs_consent = landlord();
        let mut draft = full(&needs_consent).remove(2);
        let disclosed = |draft: &Draft, landlord: &Landlord| {
            let record = build(draft, landlord, shown()).unwrap();
            record.get("disabilityDisclosed").is_some()
        };
        assert!(disclosed(&draft, &needs_consent));
        draft.enter(FieldName::DisabilityConsent, Vec::new());
        assert!(!disclosed(&draft, &needs_consent));
        let needs_none = Landlord { special_category_basis: None, ..needs_consent };
        assert!(disclosed(&draft, &needs_none));
    }
}
