//! JSON Schemas (2020-12) of what is sent and received, from the types. The files in `schemas/` are
//! written from these by `cargo xtask schemas`; a difference fails CI.

use schemars::JsonSchema;
use serde_json::Value;

use crate::landlord::{Channel, Link};
use crate::receipt::Receipt;
use crate::record::{SCHEMA, Submission};
use crate::timescale::StartsFrom;

/// Each file in `schemas/`, with its contents.
pub fn all() -> Vec<(&'static str, Value)> {
    vec![
        ("landlord.v1.json", landlord()),
        ("receipt.v1.json", of::<Receipt>("receipt.v1.json")),
        ("submission.v1.json", of::<Submission>("submission.v1.json")),
    ]
}

fn of<T: JsonSchema>(file: &str) -> Value {
    let mut schema = schemars::schema_for!(T).to_value();
    schema["$id"] = Value::String(SCHEMA.replace("submission.v1.json", file));
    schema
}

fn landlord() -> Value {
    of::<LandlordFile>("landlord.v1.json")
}

/// A landlord's file, as it is written. [`crate::landlord`] reads it by hand for exact findings;
/// a test holds the two together.
#[derive(JsonSchema)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code, reason = "only its schema is used")]
struct LandlordFile {
    /// Version of the format: 1.
    #[schemars(range(min = 1, max = 1))]
    version: u64,
    /// Edition of this file, such as the date of the last change. It is kept with each complaint.
    #[schemars(length(min = 1))]
    config_version: String,
    /// Stable name in addresses and records.
    #[schemars(length(min = 1))]
    id: String,
    /// The name that residents know.
    #[schemars(length(min = 1))]
    name: String,
    /// The person or team that handles complaints (Code 4.1).
    team: Option<String>,
    /// The complaints policy (Code 3.4).
    policy: Option<Link>,
    /// What happens to personal data: a page.
    privacy_url: Option<String>,
    /// Other ways to complain, in the order in which they are shown (Code 3.1).
    channels: Option<Vec<Channel>>,
    /// The number for emergencies at home, day and night.
    urgent_phone: Option<String>,
    /// How long this landlord takes, in working days. Never longer than the Code allows.
    times: Option<Times>,
}

/// Times in working days.
#[derive(JsonSchema)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code, reason = "only its schema is used")]
struct Times {
    /// From receipt to acknowledgement (Code 6.2).
    #[schemars(range(min = 1, max = 5))]
    acknowledge: Option<u8>,
    /// To the stage 1 response (Code 6.3).
    #[schemars(range(min = 1, max = 10))]
    stage1: Option<u8>,
    /// What the stage 1 response is counted from.
    stage1_from: Option<StartsFrom>,
    /// The longest extension of stage 1 (Code 6.4).
    #[schemars(range(min = 1, max = 10))]
    stage1_extension: Option<u8>,
    /// To the final response (Code 6.14).
    #[schemars(range(min = 1, max = 20))]
    stage2: Option<u8>,
    /// What the final response is counted from.
    stage2_from: Option<StartsFrom>,
    /// The longest extension of stage 2 (Code 6.15).
    #[schemars(range(min = 1, max = 20))]
    stage2_extension: Option<u8>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_schema_of_a_landlord_file_has_the_fields_that_are_read() {
        let schema = landlord();
        let fields = schema["properties"].as_object().unwrap();
        let mut text = json!({"version": 1, "configVersion": "1", "id": "x", "name": "X"});
        for name in fields.keys() {
            if text.get(name).is_none() {
                text[name] = Value::Null;
            }
        }
        let parsed = crate::landlord::parse(&text.to_string()).ok().unwrap();
        assert!(parsed.warnings.is_empty(), "{:?}", parsed.warnings);
    }
}
