//! The landlord's file: names, contacts and choices within the Code. Adding a landlord is adding a
//! file; what a file can't say, a landlord can't change.

#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::choices::{Choice, Topic};
use crate::code;
use crate::json::{Fault, Finding, Json, Reader};
use crate::question::FieldName;
use crate::rights::{Responsibility, Watchdog};
use crate::timescale::{StartsFrom, Timescale};
use crate::working_days::WorkingDays;

/// The version of the file that this program reads.
pub const VERSION: u32 = 1;

/// One landlord.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Landlord {
    /// Stable name in addresses and records: `halton`.
    pub id: String,
    /// The name that residents know.
    pub name: String,
    /// Which edition of this file was used; it is kept with each complaint (Code 5.12).
    pub config_version: String,
    /// What kind of landlord it is; it decides which Ombudsman looks at what.
    pub landlord_type: LandlordType,
    /// Its own words for the people who live in its homes.
    pub words: Words,
    /// The councils that share this form, where there is more than one.
    pub sites: Vec<Site>,
    /// The person or team that handles complaints (Code 4.1).
    pub team: Option<String>,
    /// The complaints policy (Code 3.4).
    pub policy: Option<Link>,
    /// Other papers that a resident may want, such as a leaflet (Code 3.5).
    pub documents: Vec<Link>,
    /// What happens to personal data.
    pub privacy_url: Option<String>,
    /// Other ways to complain, in the landlord's order (Code 3.1).
    pub channels: Vec<Channel>,
    /// The number for emergencies at home, day and night.
    pub urgent_phone: Option<String>,
    /// Whether the Local Government and Social Care Ombudsman is named beside the Housing Ombudsman,
    /// who is always named (Code 3.7).
    pub names_lgsco: bool,
    /// How long this landlord takes. Never longer than the Code allows.
    pub times: Timescale,
    /// Who looks at stage 2, and what the landlord says about asking for it.
    pub stage_2: StageTwo,
    /// How this landlord asks for a representative's authority (Code 3.6). It is asked for, and
    /// waited for by nobody: the complaint is sent in every case.
    pub authority: Authority,
    /// Whether a complaint may come without a name.
    pub accepts_anonymous: bool,
    /// Whether there is nowhere to send files to. The page decides it, not the file.
    pub lacks_uploads: bool,
    /// What may keep this landlord from looking into a complaint (Code 2.2). The form asks for the
    /// facts; a person decides.
    pub exclusions: Vec<Exclusion>,
    /// On which basis a disability is recorded, where the landlord says so (UK GDPR 9(2)).
    pub special_category_basis: Option<SpecialCategoryBasis>,
    /// In which formats letters can come, in the landlord's own words (Code 3.1).
    pub formats: Option<String>,
    /// Where a first report can go other than through this form, in the landlord's own words.
    pub requests: Option<Channel>,
    /// Topics for which somebody else is responsible, or whom another Ombudsman watches over.
    pub topics: Vec<TopicRule>,
    /// Contractors that get complaints about their work as well, at stage 1 (Code 5.4, 5.5).
    pub recipients: Vec<Recipient>,
    /// Anything else that a resident should know, in the landlord's own words, a sentence each.
    pub notes: Vec<String>,
}

/// What kind of landlord it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum LandlordType {
    /// A housing association or another private registered provider.
    #[default]
    HousingAssociation,
    /// A council.
    Council,
}

impl Choice for LandlordType {
    const ALL: &'static [(Self, &'static str)] =
        &[(Self::HousingAssociation, "housing_association"), (Self::Council, "council")];
}

/// What the landlord calls the people who live in its homes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// One of them: `customer`.
    pub resident: String,
    /// Several: `customers`.
    pub residents: String,
}

impl Default for Words {
    fn default() -> Self {
        Self { resident: "resident".to_owned(), residents: "residents".to_owned() }
    }
}

/// One of several councils that share a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// Stable name in records: `vale`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its complaints policy.
    pub policy: Option<Link>,
}

/// Stage 2, as this landlord has it (Code 6.10 to 6.14).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StageTwo {
    /// Who looks at it: `a Chief Officer` (Code 6.13).
    pub by: Option<String>,
    /// Within which time the landlord would like to be asked: `three months`. It is shown and never
    /// enforced; the Code has had no such limit since 2024.
    pub ask_within: Option<String>,
    /// Other ways to ask for it.
    pub ways: Vec<ChannelKind>,
}

/// How a landlord asks for a representative's authority (Code 3.6).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Authority {
    /// It does not say.
    #[default]
    NotStated,
    /// In writing.
    Written,
    /// Signed.
    Signed,
    /// Normally signed; there are exceptions.
    SignedNormally,
    /// Consent under data protection law.
    Gdpr,
    /// The same, and it may be waived for someone who is vulnerable.
    GdprWaivable,
}

impl Choice for Authority {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::NotStated, "not_stated"),
        (Self::Written, "written"),
        (Self::Signed, "signed"),
        (Self::SignedNormally, "signed_normally"),
        (Self::Gdpr, "gdpr"),
        (Self::GdprWaivable, "gdpr_waivable"),
    ];
}

/// What may keep a landlord from looking into a complaint (Code 2.2): these three, and no others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Exclusion {
    /// More than twelve months since it happened, or since the resident became aware of it.
    #[serde(rename = "over_12_months")]
    Over12Months,
    /// A claim has been filed at court. A solicitor's letter is not a claim.
    ClaimAtCourt,
    /// The landlord has given its final answer already.
    AlreadyAnswered,
}

impl Choice for Exclusion {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::Over12Months, "over_12_months"),
        (Self::ClaimAtCourt, "claim_at_court"),
        (Self::AlreadyAnswered, "already_answered"),
    ];
}

/// On which basis of UK GDPR 9(2) a disability is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SpecialCategoryBasis {
    /// Explicit consent, 9(2)(a): the form asks for it.
    ExplicitConsent,
    /// Substantial public interest, 9(2)(g): nothing is asked.
    SubstantialPublicInterest,
}

impl Choice for SpecialCategoryBasis {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::ExplicitConsent, "explicit_consent"),
        (Self::SubstantialPublicInterest, "substantial_public_interest"),
    ];
}

/// What a landlord says about a topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicRule {
    /// Which topic.
    pub topic: Topic,
    /// Whose responsibility it is (Code 5.7), where it is not as usual.
    pub responsibility: Option<Responsibility>,
    /// Which Ombudsman watches over it, where it is not as usual.
    pub ombudsman: Option<Watchdog>,
    /// What a resident should know, in the landlord's own words.
    pub note: Option<String>,
}

/// A contractor that gets complaints about its work as well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// Its name.
    pub name: String,
    /// About what.
    pub topics: Vec<Topic>,
}

/// A document and, where it is known, its address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct Link {
    /// What it is called.
    pub name: String,
    /// Where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// A way to complain other than this form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct Channel {
    /// Which way.
    pub kind: ChannelKind,
    /// The number, address or page. Left out where the landlord's document does not give it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// A few words of the landlord's own, such as opening hours or whom to ask for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A way to complain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ChannelKind {
    /// By telephone.
    Phone,
    /// By e-mail.
    Email,
    /// By letter.
    Post,
    /// In person.
    InPerson,
    /// The landlord's own online account or form.
    Portal,
    /// A form on the landlord's website, which needs no account.
    WebForm,
    /// By telling any member of staff (Code 3.2).
    Staff,
    /// By telling a contractor, who handles it inside the landlord's two stages (Code 5.4).
    Contractor,
}

impl Choice for ChannelKind {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::Phone, "phone"),
        (Self::Email, "email"),
        (Self::Post, "post"),
        (Self::InPerson, "in_person"),
        (Self::Portal, "portal"),
        (Self::WebForm, "web_form"),
        (Self::Staff, "staff"),
        (Self::Contractor, "contractor"),
    ];
}

impl Landlord {
    /// Whether this landlord's form asks for a field.
    pub fn asks_for(&self, field: FieldName) -> bool {
        match field {
            FieldName::WhenAware => self.exclusions.contains(&Exclusion::Over12Months),
            FieldName::ClaimAtCourt => self.exclusions.contains(&Exclusion::ClaimAtCourt),
            FieldName::AlreadyAnswered => self.exclusions.contains(&Exclusion::AlreadyAnswered),
            FieldName::Evidence => !self.lacks_uploads,
            _ => true,
        }
    }

    /// Whether the landlord relies on explicit consent to record a disability.
    pub fn asks_for_explicit_consent(&self) -> bool {
        self.special_category_basis == Some(SpecialCategoryBasis::ExplicitConsent)
    }

    /// The council of this id.
    pub fn site(&self, id: &str) -> Option<&Site> {
        self.sites.iter().find(|site| site.id == id)
    }

    /// What the file says about a topic.
    pub fn topic_rule(&self, topic: Topic) -> Option<&TopicRule> {
        self.topics.iter().find(|rule| rule.topic == topic)
    }
}

/// A landlord's file that could be used, and what was odd in it.
pub struct Parsed {
    /// The landlord.
    pub landlord: Landlord,
    /// Findings that did not stop the file from being used.
    pub warnings: Vec<Finding>,
}

/// Reads the text of a landlord's file.
///
/// # Errors
///
/// As [`read`], and where the text is not JSON at all.
pub fn parse(text: &str) -> Result<Parsed, Vec<Finding>> {
    let not_json = |_| vec![Finding { pointer: String::new(), fault: Fault::NotJson }];
    read(&serde_json::from_str(text).map_err(not_json)?)
}

/// Reads a landlord's file.
///
/// # Errors
///
/// Every finding, each with its JSON pointer, where the file can't be used.
pub fn read(value: &Json) -> Result<Parsed, Vec<Finding>> {
    let mut findings = Vec::new();
    let landlord = read_landlord(value, &mut findings);
    if findings.iter().all(|finding| finding.fault.is_warning()) {
        Ok(Parsed { landlord, warnings: findings })
    } else {
        findings.retain(|finding| !finding.fault.is_warning());
        Err(findings)
    }
}

const FIELDS: &[&str] = &[
    "version",
    // The loader reads these: they are there before the wasm is.
    "colors",
    "configVersion",
    "id",
    "name",
    "landlordType",
    "words",
    "sites",
    "team",
    "policy",
    "documents",
    "privacyUrl",
    "channels",
    "urgentPhone",
    "ombudsmen",
    "times",
    "stage2",
    "representatives",
    "anonymous",
    "possibleExclusions",
    "specialCategoryBasis",
    "formats",
    "requests",
    "topics",
    "recipients",
    "notes",
];

fn read_landlord(value: &Json, findings: &mut Vec<Finding>) -> Landlord {
    let file = Reader::new(value, String::new(), FIELDS, findings);
    match file.value("version").map(Json::count) {
        Some(Some(VERSION)) => {}
        Some(_) => file.report("version", Fault::UnknownVersion, findings),
        None => file.report("version", Fault::Missing, findings),
    }
    let ombudsmen: Vec<OmbudsmanName> = file.choices("ombudsmen", findings);
    if file.value("ombudsmen").is_some() && !ombudsmen.contains(&OmbudsmanName::Housing) {
        file.report("ombudsmen", Fault::HousingOmbudsmanMissing, findings);
    }
    Landlord {
        id: file.required_text("id", findings),
        name: file.required_text("name", findings),
        config_version: file.required_text("configVersion", findings),
        landlord_type: file.choice("landlordType", findings).unwrap_or_default(),
        words: file.object("words", &["resident", "residents"], findings).map_or_else(
            Words::default,
            |words| Words {
                resident: words.required_text("resident", findings),
                residents: words.required_text("residents", findings),
            },
        ),
        sites: file.objects("sites", &["id", "name", "policy"], findings, |site, findings| Site {
            id: site.required_text("id", findings),
            name: site.required_text("name", findings),
            policy: read_link(site, "policy", findings),
        }),
        team: file.text("team", findings),
        policy: read_link(&file, "policy", findings),
        documents: file.objects("documents", LINK, findings, link_of),
        privacy_url: file.address("privacyUrl", findings),
        channels: file
            .objects("channels", CHANNEL, findings, channel_of)
            .into_iter()
            .flatten()
            .collect(),
        urgent_phone: file.text("urgentPhone", findings),
        names_lgsco: ombudsmen.contains(&OmbudsmanName::Lgsco),
        times: file.value("times").map_or(code::TIMESCALE, |times| read_times(times, findings)),
        stage_2: file.object("stage2", &["by", "askWithin", "ways"], findings).map_or_else(
            StageTwo::default,
            |stage| StageTwo {
                by: stage.text("by", findings),
                ask_within: stage.text("askWithin", findings),
                ways: stage.choices("ways", findings),
            },
        ),
        authority: file
            .object("representatives", &["authority"], findings)
            .and_then(|it| it.choice("authority", findings))
            .unwrap_or_default(),
        lacks_uploads: false,
        accepts_anonymous: file.choice("anonymous", findings) == Some(Anonymous::Sometimes),
        exclusions: file.choices("possibleExclusions", findings),
        special_category_basis: file.choice("specialCategoryBasis", findings),
        formats: file.text("formats", findings),
        requests: file
            .object("requests", CHANNEL, findings)
            .and_then(|requests| channel_of(&requests, findings)),
        topics: file
            .objects("topics", TOPIC, findings, |rule, findings| {
                Some(TopicRule {
                    topic: rule.required_choice("topic", findings)?,
                    responsibility: rule.choice("responsibility", findings),
                    ombudsman: rule.choice("ombudsman", findings),
                    note: rule.text("note", findings),
                })
            })
            .into_iter()
            .flatten()
            .collect(),
        recipients: file.objects("recipients", &["name", "topics"], findings, |it, findings| {
            Recipient {
                name: it.required_text("name", findings),
                topics: it.choices("topics", findings),
            }
        }),
        notes: file.texts("notes", findings),
    }
}

const LINK: &[&str] = &["name", "url"];
const CHANNEL: &[&str] = &["kind", "value", "note"];
const TOPIC: &[&str] = &["topic", "responsibility", "ombudsman", "note"];

/// Which Ombudsman a landlord names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum OmbudsmanName {
    /// The Housing Ombudsman Service. It is named on every page in every case (Code 3.7).
    Housing,
    /// The Local Government and Social Care Ombudsman, for what a council does beside housing.
    Lgsco,
}

impl Choice for OmbudsmanName {
    const ALL: &'static [(Self, &'static str)] =
        &[(Self::Housing, "housing"), (Self::Lgsco, "lgsco")];
}

/// Whether a complaint may come without a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Anonymous {
    /// Not normally; sometimes. The form lets the name be left out, and says so.
    Sometimes,
}

impl Choice for Anonymous {
    const ALL: &'static [(Self, &'static str)] = &[(Self::Sometimes, "sometimes")];
}

fn read_link(file: &Reader, name: &str, findings: &mut Vec<Finding>) -> Option<Link> {
    file.object(name, LINK, findings).map(|link| link_of(&link, findings))
}

fn link_of(link: &Reader, findings: &mut Vec<Finding>) -> Link {
    Link { name: link.required_text("name", findings), url: link.address("url", findings) }
}

fn channel_of(channel: &Reader, findings: &mut Vec<Finding>) -> Option<Channel> {
    let kind = channel.required_choice("kind", findings)?;
    let value = match kind {
        ChannelKind::Portal | ChannelKind::WebForm => channel.address("value", findings),
        ChannelKind::Phone
        | ChannelKind::Email
        | ChannelKind::Post
        | ChannelKind::InPerson
        | ChannelKind::Staff
        | ChannelKind::Contractor => channel.text("value", findings),
    };
    Some(Channel { kind, value, note: channel.text("note", findings) })
}

const TIMES: &[&str] = &[
    "acknowledge",
    "stage1",
    "stage1From",
    "stage1Extension",
    "stage2",
    "stage2From",
    "stage2Extension",
];

fn read_times(value: &Json, findings: &mut Vec<Finding>) -> Timescale {
    let times = Reader::new(value, "/times".to_owned(), TIMES, findings);
    let most = code::TIMESCALE;
    let mut days = |name: &str, most: WorkingDays| {
        times.count(name, most.0, findings).map_or(most, WorkingDays)
    };
    Timescale {
        acknowledge: days("acknowledge", most.acknowledge),
        stage_1: days("stage1", most.stage_1),
        stage_1_extension: days("stage1Extension", most.stage_1_extension),
        stage_2: days("stage2", most.stage_2),
        stage_2_extension: days("stage2Extension", most.stage_2_extension),
        stage_1_from: times.choice("stage1From", findings).unwrap_or(StartsFrom::Acknowledgement),
        stage_2_from: times.choice("stage2From", findings).unwrap_or(StartsFrom::Acknowledgement),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALLEST: &str =
        r#"{"version": 1, "configVersion": "2026-11-21", "id": "x", "name": "Example Homes"}"#;

    fn findings(text: &str) -> Vec<(String, Fault)> {
        let findings = parse(text).err().unwrap_or_default();
        findings.into_iter().map(|it| (it.pointer, it.fault)).collect()
    }

    fn with(field: &str) -> String {
        SMALLEST.replace('}', &format!(", {field}}}"))
    }

    #[test]
    fn the_smallest_file_keeps_the_times_of_the_code() {
        let parsed = parse(SMALLEST).ok().unwrap();
        assert_eq!(parsed.landlord.times, code::TIMESCALE);
        assert!(parsed.warnings.is_empty());
    }

    #[test]
    fn every_finding_names_its_place() {
        assert_eq!(findings("<html>"), [(String::new(), Fault::NotJson)]);
        assert_eq!(findings("[]")[0], (String::new(), Fault::NotObject));
        assert_eq!(
            findings(r#"{"version": 2, "configVersion": "1", "id": "x"}"#),
            [("/version".into(), Fault::UnknownVersion), ("/name".into(), Fault::Missing)]
        );
        let cases = [
            (r#""team": 7"#, "/team", Fault::NotText),
            (r#""policy": {}"#, "/policy/name", Fault::Missing),
            (r#""privacyUrl": "javascript:alert(1)""#, "/privacyUrl", Fault::NotAddress),
            (r#""channels": {}"#, "/channels", Fault::NotList),
            (r#""words": []"#, "/words", Fault::NotObject),
            (r#""sites": [{"id": "a"}]"#, "/sites/0/name", Fault::Missing),
            (r#""ombudsmen": ["lgsco"]"#, "/ombudsmen", Fault::HousingOmbudsmanMissing),
            (r#""possibleExclusions": ["bored"]"#, "/possibleExclusions/0", Fault::UnknownChoice),
            (r#""topics": [{}]"#, "/topics/0/topic", Fault::Missing),
            (r#""channels": [{"kind": "fax"}]"#, "/channels/0/kind", Fault::UnknownChoice),
            (r#""channels": [{}]"#, "/channels/0/kind", Fault::Missing),
            (r#""times": {"acknowledge": "soon"}"#, "/times/acknowledge", Fault::NotNumber),
            (r#""times": {"stage1": 0}"#, "/times/stage1", Fault::NotNumber),
            (r#""times": {"stage1From": "now"}"#, "/times/stage1From", Fault::UnknownChoice),
        ];
        for (field, pointer, fault) in cases {
            assert_eq!(findings(&with(field)), [(pointer.to_owned(), fault)], "{field}");
        }
    }

    /// Code 6.2, 6.3, 6.4, 6.14, 6.15.
    #[test]
    fn a_landlord_may_be_quicker_than_the_code_but_never_slower() {
        let file = with(r#""times": {"acknowledge": 3, "stage2": 15, "stage2From": "receipt"}"#);
        let times = parse(&file).ok().unwrap().landlord.times;
        assert_eq!((times.acknowledge.0, times.stage_1.0, times.stage_2.0), (3, 10, 15));
        for (name, days) in
            [("acknowledge", 6), ("stage1", 11), ("stage1Extension", 11), ("stage2", 21)]
        {
            let file = with(&format!(r#""times": {{"{name}": {days}}}"#));
            assert_eq!(findings(&file), [(format!("/times/{name}"), Fault::OverCode)]);
        }
    }

    #[test]
    fn a_field_that_nobody_reads_is_a_warning() {
        let parsed = parse(&with(r#""telephone": "01632 960123""#)).ok().unwrap();
        assert_eq!(parsed.warnings[0].pointer, "/telephone");
    }
}
