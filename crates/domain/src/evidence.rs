//! What a resident attaches: photos, videos, recordings, papers. The files themselves go to the landlord
//! after the record is safely received; the record says which files belong to it (Code 5.8, 5.12).

#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::choices::Choice;
use crate::json::Json;

/// A file that belongs to a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Attachment {
    /// The widget's own name for it: a UUID.
    pub id: String,
    /// Its name on the resident's device, unchanged.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
    /// What it is by its first bytes, as a MIME type: `image/heic`.
    pub media_type: String,
    /// SHA-256 of all its bytes, as they are sent, in hexadecimal.
    pub sha256: String,
    /// Whether it said where it was made, and what became of that. Absent where it said nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
}

/// What became of the place that a photo or a video gave away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Location {
    /// It was taken out before the file was sent.
    Removed,
    /// The resident chose to send it.
    Kept,
}

impl Choice for Location {
    const ALL: &'static [(Self, &'static str)] =
        &[(Self::Removed, "removed"), (Self::Kept, "kept")];
}

/// How much may be attached. The service states its own; these hold where it can't be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes in one file.
    pub file_size: u64,
    /// Files in one record.
    pub files: usize,
    /// Bytes in all files of a record.
    pub total_size: u64,
}

impl Limits {
    /// As usual: 250 MB a file, 30 files and 1 GB a record.
    pub const USUAL: Self = Self { file_size: 250_000_000, files: 30, total_size: 1_000_000_000 };
}

impl Default for Limits {
    fn default() -> Self {
        Self::USUAL
    }
}

/// Bytes in lower-case hexadecimal, as a SHA-256 is written.
pub fn hex(bytes: &[u8]) -> String {
    let digit = |it: u8| char::from_digit(it.into(), 16).unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// Why a file is not taken, or not taken back. Said at once, with its name, before anybody waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There is nothing in it.
    Empty,
    /// It is larger than one file may be.
    TooBig,
    /// There are as many files as may be.
    TooMany,
    /// With it, all files together would be too large.
    TooMuch,
    /// It is not a kind of file that can be opened safely.
    WrongType,
    /// The same bytes are attached already.
    Twice,
    /// The device could not read it: it was moved, or is still in the cloud.
    Unreadable,
    /// The page was closed before it was read to its end, or could be kept.
    Interrupted,
    /// It was to be taken back, and the landlord has all of it already.
    Kept,
}

impl Choice for Refusal {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::Empty, "empty"),
        (Self::TooBig, "too_big"),
        (Self::TooMany, "too_many"),
        (Self::TooMuch, "too_much"),
        (Self::WrongType, "wrong_type"),
        (Self::Twice, "twice"),
        (Self::Unreadable, "unreadable"),
        (Self::Interrupted, "interrupted"),
        (Self::Kept, "kept"),
    ];
}

impl Limits {
    /// Why a file of this size can't join these; `None` where it can.
    pub fn refusal(&self, size: u64, attached: &[Attachment]) -> Option<Refusal> {
        let total: u64 = attached.iter().map(|it| it.size).sum();
        if size == 0 {
            Some(Refusal::Empty)
        } else if size > self.file_size {
            Some(Refusal::TooBig)
        } else if attached.len() >= self.files {
            Some(Refusal::TooMany)
        } else if total + size > self.total_size {
            Some(Refusal::TooMuch)
        } else {
            None
        }
    }
}

impl Attachment {
    /// The attachment, for a record or for what is kept.
    pub fn to_json(&self) -> Json {
        let mut json = Json::object(&[
            ("id", (&*self.id).into()),
            ("name", (&*self.name).into()),
            // Exact: no file that a browser holds has 2^53 bytes.
            ("size", Json::Number(self.size as f64)),
            ("mediaType", (&*self.media_type).into()),
            ("sha256", (&*self.sha256).into()),
        ]);
        if let Some(location) = self.location {
            json.put("/location", location.key().into());
        }
        json
    }

    /// Reads what [`to_json`](Self::to_json) wrote; `None` where something that it can't do without is
    /// missing.
    pub fn from_json(value: &Json) -> Option<Self> {
        let text = |name: &str| value.get(name)?.text().map(str::to_owned);
        Some(Self {
            id: text("id")?,
            name: text("name")?,
            size: match value.get("size")? {
                Json::Number(size) => *size as u64,
                _ => return None,
            },
            media_type: text("mediaType")?,
            sha256: text("sha256")?,
            location: text("location").and_then(|it| Location::from_key(&it)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(size: u64) -> Attachment {
        Attachment {
            id: "1".into(),
            name: "IMG \u{202e}<1>.jpg".into(),
            size,
            media_type: "image/jpeg".into(),
            sha256: "ab".into(),
            location: Some(Location::Removed),
        }
    }

    #[test]
    fn what_is_written_is_read_and_is_the_record_s_own_form() {
        let kept = file(250_000_000);
        assert_eq!(Attachment::from_json(&kept.to_json()), Some(kept.clone()));
        let written = serde_json::to_value(kept.to_json()).unwrap();
        assert_eq!(serde_json::from_value::<Attachment>(written).unwrap(), kept);
    }

    #[test]
    fn a_file_is_refused_for_what_is_wrong_with_it() {
        let limits = Limits { file_size: 10, files: 2, total_size: 15 };
        assert_eq!(limits.refusal(0, &[]), Some(Refusal::Empty));
        assert_eq!(limits.refusal(11, &[]), Some(Refusal::TooBig));
        assert_eq!(limits.refusal(10, &[]), None);
        assert_eq!(limits.refusal(6, &[file(10)]), Some(Refusal::TooMuch));
        assert_eq!(limits.refusal(5, &[file(10)]), None);
        assert_eq!(limits.refusal(1, &[file(1), file(1)]), Some(Refusal::TooMany));
    }
}
