//! JSON Schemas (2020-12) of what is sent and received, from the types. The files in `schemas/` are
//! written from these by `cargo xtask schemas`; a difference fails CI.

use schemars::JsonSchema;
use serde_json::Value;

use crate::choices::Topic;
use crate::landlord::{
    Anonymous, Authority, Channel, ChannelKind, Exclusion, LandlordType, Link, OmbudsmanName,
    SpecialCategoryBasis,
};
use crate::receipt::Receipt;
use crate::record::{SCHEMA, Submission};
use crate::rights::{Responsibility, Watchdog};
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
    /// What kind of landlord it is; it decides which Ombudsman looks at what.
    landlord_type: Option<LandlordType>,
    /// The landlord's own words for the people who live in its homes.
    words: Option<WordsFile>,
    /// The councils that share this form, where there is more than one. The resident chooses first.
    sites: Option<Vec<SiteFile>>,
    /// The person or team that handles complaints (Code 4.1).
    team: Option<String>,
    /// The complaints policy (Code 3.4).
    policy: Option<Link>,
    /// Other papers that a resident may want, such as a leaflet (Code 3.5).
    documents: Option<Vec<Link>>,
    /// What happens to personal data: a page.
    #[schemars(regex(pattern = r"^(https?://|/)"))]
    privacy_url: Option<String>,
    /// Other ways to complain, in the order in which they are shown (Code 3.1).
    channels: Option<Vec<Channel>>,
    /// The number for emergencies at home, day and night.
    #[schemars(length(min = 1))]
    urgent_phone: Option<String>,
    /// The Ombudsmen that are named. The Housing Ombudsman always is, and can't be left out
    /// (Code 3.7).
    #[schemars(extend("contains" = {"const": "housing"}))]
    ombudsmen: Option<Vec<OmbudsmanName>>,
    /// How long this landlord takes, in working days. Never longer than the Code allows.
    times: Option<Times>,
    /// Stage 2 (Code 6.10 to 6.14). Reasons are never required, and no setting makes them (6.12).
    stage2: Option<StageTwoFile>,
    /// Representatives (Code 3.6).
    representatives: Option<RepresentativesFile>,
    /// Whether a complaint may come without a name. Left out: the form asks for one.
    anonymous: Option<Anonymous>,
    /// What may keep this landlord from looking into a complaint (Code 2.2). The form asks for the
    /// facts, late; it goes on in every case, and a person decides.
    possible_exclusions: Option<Vec<Exclusion>>,
    /// On which basis of UK GDPR 9(2) a disability is recorded.
    special_category_basis: Option<SpecialCategoryBasis>,
    /// In which formats letters can come, in the landlord's own words (Code 3.1).
    formats: Option<String>,
    /// Where a first report can go other than through this form (Code 1.4).
    requests: Option<Channel>,
    /// Topics that are not as usual: whose responsibility, which Ombudsman (Code 5.7).
    topics: Option<Vec<TopicFile>>,
    /// Contractors that get complaints about their work as well, inside the landlord's two stages
    /// (Code 5.4, 5.5).
    recipients: Option<Vec<RecipientFile>>,
    /// Anything else that a resident should know, a sentence each.
    notes: Option<Vec<String>>,
    /// Colours of the form, each as `#0a5a53`. What the page sets (`--hc-color-…`) comes before them;
    /// the form shows another in place of one that too few can read. `text` and `surface` are for the
    /// light theme.
    colors: Option<ColorsFile>,
}

/// Colours of the form.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "only its schema is used")]
struct ColorsFile {
    /// Buttons, and what is chosen.
    #[schemars(regex(pattern = r"^#[0-9A-Fa-f]{6}$"))]
    brand: Option<String>,
    /// Text.
    #[schemars(regex(pattern = r"^#[0-9A-Fa-f]{6}$"))]
    text: Option<String>,
    /// Links.
    #[schemars(regex(pattern = r"^#[0-9A-Fa-f]{6}$"))]
    link: Option<String>,
    /// The ring around what has focus.
    #[schemars(regex(pattern = r"^#[0-9A-Fa-f]{6}$"))]
    focus: Option<String>,
    /// Problems.
    #[schemars(regex(pattern = r"^#[0-9A-Fa-f]{6}$"))]
    error: Option<String>,
    /// The ground on which all stands.
    #[schemars(regex(pattern = r"^#[0-9A-Fa-f]{6}$"))]
    surface: Option<String>,
}

/// The landlord's own words for the people who live in its homes.
#[derive(JsonSchema)]
#[allow(dead_code, reason = "only its schema is used")]
struct WordsFile {
    /// One of them: `customer`.
    #[schemars(length(min = 1))]
    resident: String,
    /// Several: `customers`.
    #[schemars(length(min = 1))]
    residents: String,
}

/// One of several councils that share a form.
#[derive(JsonSchema)]
#[allow(dead_code, reason = "only its schema is used")]
struct SiteFile {
    /// Stable name in records.
    #[schemars(length(min = 1))]
    id: String,
    /// Its name.
    #[schemars(length(min = 1))]
    name: String,
    /// Its complaints policy.
    policy: Option<Link>,
}

/// Stage 2.
#[derive(JsonSchema)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code, reason = "only its schema is used")]
struct StageTwoFile {
    /// Who looks at it, not the person who answered before (Code 6.13): `a Head of Service`.
    by: Option<String>,
    /// Within which time the landlord would like to be asked: `three months`. It is shown, and never
    /// enforced.
    ask_within: Option<String>,
    /// Other ways to ask for it.
    ways: Option<Vec<ChannelKind>>,
}

/// Representatives.
#[derive(JsonSchema)]
#[allow(dead_code, reason = "only its schema is used")]
struct RepresentativesFile {
    /// How the landlord asks for the resident's authority. The complaint is sent in every case.
    authority: Option<Authority>,
}

/// What a landlord says about a topic.
#[derive(JsonSchema)]
#[allow(dead_code, reason = "only its schema is used")]
struct TopicFile {
    /// Which topic.
    topic: Topic,
    /// Whose responsibility it is.
    responsibility: Option<Responsibility>,
    /// Which Ombudsman watches over it.
    ombudsman: Option<Watchdog>,
    /// What a resident should know, in the landlord's own words.
    note: Option<String>,
}

/// A contractor that gets complaints about its work as well.
#[derive(JsonSchema)]
#[allow(dead_code, reason = "only its schema is used")]
struct RecipientFile {
    /// Its name.
    #[schemars(length(min = 1))]
    name: String,
    /// About what.
    topics: Vec<Topic>,
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
