//! What comes back when a complaint is safely stored.

use chrono::NaiveDate;
#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::json::Json;
use crate::record;
use crate::timescale::{DatesOrNone, Timescale};
use crate::triage::Route;
use crate::validate;

/// The service's answer: where the complaint is kept, and the dates that are promised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Receipt {
    /// The number to quote: `K47-W92-F36`.
    #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
    pub reference: String,
    /// 16 digits in fours, for coming back to this case. Shown once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_code: Option<String>,
    /// The stage of the complaint: 1 or 2. A request or a comment is at 1, and has no dates.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 2)))]
    pub stage: u8,
    /// The day of receipt in London, which no later delay can move (Code 6.2).
    pub received_on: NaiveDate,
    /// The last day for the acknowledgement (Code 6.2). Absent where bank holidays are not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acknowledge_by: Option<NaiveDate>,
    /// The last day for the answer, if it is acknowledged on the last day (Code 6.3).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub respond_by: Option<NaiveDate>,
    /// The last day for the answer if the landlord needs longer and says why (Code 6.4).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extended_by: Option<NaiveDate>,
}

impl Receipt {
    /// A receipt for a record of this kind.
    pub fn new(
        reference: String,
        access_code: Option<String>,
        kind: Route,
        received_on: NaiveDate,
        dates: Option<DatesOrNone>,
    ) -> Self {
        let dates = dates.and_then(Result::ok);
        Self {
            reference,
            access_code,
            stage: stage(kind),
            received_on,
            acknowledge_by: dates.map(|it| it.acknowledge_by),
            respond_by: dates.map(|it| it.respond_by),
            extended_by: dates.map(|it| it.extended_by),
        }
    }

    /// Reads a receipt; `None` where it has no reference, or neither it nor `received_on` says when.
    pub fn from_json(value: &Json, received_on: Option<NaiveDate>) -> Option<Self> {
        let text = |name: &str| value.get(name).and_then(Json::text);
        let date = |name: &str| text(name).and_then(validate::date);
        Some(Self {
            reference: text("reference").filter(|it| !it.trim().is_empty())?.to_owned(),
            access_code: text("accessCode").map(str::to_owned),
            stage: if value.get("stage").and_then(Json::count) == Some(2) { 2 } else { 1 },
            received_on: date("receivedOn").or(received_on)?,
            acknowledge_by: date("acknowledgeBy"),
            respond_by: date("respondBy"),
            extended_by: date("extendedBy"),
        })
    }

    /// Works out the stage and the dates that a landlord's own receiving end did not give.
    pub fn complete(mut self, kind: Route, times: &Timescale) -> Self {
        self.stage = stage(kind);
        if let Some(Ok(own)) = record::dates(kind, times, self.received_on) {
            self.acknowledge_by.get_or_insert(own.acknowledge_by);
            self.respond_by.get_or_insert(own.respond_by);
            self.extended_by.get_or_insert(own.extended_by);
        }
        self
    }
}

/// The stage to which a record of this kind belongs.
pub fn stage(kind: Route) -> u8 {
    if kind == Route::Stage2 { 2 } else { 1 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code;

    #[test]
    fn a_receipt_comes_back_as_it_was_given() {
        let received_on: NaiveDate = "2026-11-21".parse().unwrap();
        let dates = record::dates(Route::Complaint, &code::TIMESCALE, received_on);
        let code = Some("1234 5678".into());
        let receipt =
            Receipt::new("K47-W92-F36".into(), code, Route::Complaint, received_on, dates);
        let text = serde_json::to_string(&receipt).unwrap();
        assert!(text.contains(r#""acknowledgeBy":"2026-11-27","respondBy":"2026-12-11""#));
        assert_eq!(Receipt::from_json(&serde_json::from_str(&text).unwrap(), None), Some(receipt));
    }

    #[test]
    fn a_landlords_own_reference_is_kept_and_the_dates_are_worked_out() {
        let answer = serde_json::from_str(r#"{"reference": "LL-77"}"#).unwrap();
        let today = "2026-11-21".parse().unwrap();
        let receipt = Receipt::from_json(&answer, Some(today)).unwrap();
        assert_eq!(receipt.reference, "LL-77");
        let of = |kind| receipt.clone().complete(kind, &code::TIMESCALE);
        assert_eq!(of(Route::Complaint).respond_by, "2026-12-11".parse().ok());
        assert_eq!(of(Route::Stage2).respond_by, "2026-12-29".parse().ok());
        assert_eq!((of(Route::Stage2).stage, of(Route::Addition).stage), (2, 1));
        assert_eq!(of(Route::ServiceRequest).respond_by, None);
    }

    #[test]
    fn what_is_not_a_receipt_is_none() {
        for text in ["null", "[]", "{}", r#"{"reference": "", "receivedOn": "2026-11-21"}"#] {
            assert_eq!(Receipt::from_json(&serde_json::from_str(text).unwrap(), None), None);
        }
    }
}
