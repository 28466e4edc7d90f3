//! The landlord's file: names, contacts and choices within the Code. Adding a landlord is adding a
//! file; what a file can't say, a landlord can't change.

#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::Serialize;

use crate::choices::Choice;
use crate::code;
use crate::json::{Fault, Finding, Json, Reader};
use crate::timescale::{StartsFrom, Timescale};
use crate::working_days::WorkingDays;

/// The version of the file that this program reads.
pub const VERSION: u32 = 1;

/// One landlord.
#[derive(Clone, Debug, PartialEq)]
pub struct Landlord {
    /// Stable name in addresses and records: `halton`.
    pub id: String,
    /// The name that residents know.
    pub name: String,
    /// Which edition of this file was used; it is kept with each complaint (Code 5.12).
    pub config_version: String,
    /// The person or team that handles complaints (Code 4.1).
    pub team: Option<String>,
    /// The complaints policy (Code 3.4).
    pub policy: Option<Link>,
    /// What happens to personal data.
    pub privacy_url: Option<String>,
    /// Other ways to complain, in the landlord's order (Code 3.1).
    pub channels: Vec<Channel>,
    /// The number for emergencies at home, day and night.
    pub urgent_phone: Option<String>,
    /// How long this landlord takes. Never longer than the Code allows.
    pub times: Timescale,
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
    /// By telling any member of staff (Code 3.2).
    Staff,
}

impl Choice for ChannelKind {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::Phone, "phone"),
        (Self::Email, "email"),
        (Self::Post, "post"),
        (Self::InPerson, "in_person"),
        (Self::Portal, "portal"),
        (Self::Staff, "staff"),
    ];
}

impl Landlord {
    /// The landlord's telephone number for complaints, if the file has one.
    pub fn phone(&self) -> Option<&str> {
        self.channel(ChannelKind::Phone)
    }

    /// The landlord's e-mail address for complaints, if the file has one.
    pub fn email(&self) -> Option<&str> {
        self.channel(ChannelKind::Email)
    }

    fn channel(&self, kind: ChannelKind) -> Option<&str> {
        self.channels.iter().find(|it| it.kind == kind).and_then(|it| it.value.as_deref())
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
    "configVersion",
    "id",
    "name",
    "team",
    "policy",
    "privacyUrl",
    "channels",
    "urgentPhone",
    "times",
];

fn read_landlord(value: &Json, findings: &mut Vec<Finding>) -> Landlord {
    let file = Reader::new(value, String::new(), FIELDS, findings);
    match file.value("version").map(Json::count) {
        Some(Some(VERSION)) => {}
        Some(_) => file.report("version", Fault::UnknownVersion, findings),
        None => file.report("version", Fault::Missing, findings),
    }
    Landlord {
        id: file.required_text("id", findings),
        name: file.required_text("name", findings),
        config_version: file.required_text("configVersion", findings),
        team: file.text("team", findings),
        policy: file.value("policy").map(|it| read_link(it, file.at("policy"), findings)),
        privacy_url: file.address("privacyUrl", findings),
        channels: read_channels(&file, findings),
        urgent_phone: file.text("urgentPhone", findings),
        times: file.value("times").map_or(code::TIMESCALE, |times| read_times(times, findings)),
    }
}

fn read_link(value: &Json, pointer: String, findings: &mut Vec<Finding>) -> Link {
    let link = Reader::new(value, pointer, &["name", "url"], findings);
    Link { name: link.required_text("name", findings), url: link.address("url", findings) }
}

fn read_channels(file: &Reader, findings: &mut Vec<Finding>) -> Vec<Channel> {
    let mut channels = Vec::new();
    for (at, value) in file.list("channels", findings).iter().enumerate() {
        let mut pointer = file.at("channels");
        pointer.push('/');
        pointer.push_str(&at.to_string());
        let channel = Reader::new(value, pointer, &["kind", "value", "note"], findings);
        let Some(kind) = channel.choice("kind", findings) else {
            if channel.value("kind").is_none() {
                channel.report("kind", Fault::Missing, findings);
            }
            continue;
        };
        let value = match kind {
            ChannelKind::Portal => channel.address("value", findings),
            ChannelKind::Phone
            | ChannelKind::Email
            | ChannelKind::Post
            | ChannelKind::InPerson
            | ChannelKind::Staff => channel.text("value", findings),
        };
        channels.push(Channel { kind, value, note: channel.text("note", findings) });
    }
    channels
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
