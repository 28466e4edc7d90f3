//! The headers of the protocol.

use axum::http::header::{CONTENT_TYPE, HeaderMap};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::DateTime;
use sha1::Sha1;
use sha2::{Digest, Sha256};

use super::refusal::Refusal;
use crate::header;

/// The version that is spoken here.
pub const THIS_VERSION: &str = "1.0.0";
/// The extensions that are.
pub const EXTENSIONS: &str = "creation,creation-with-upload,checksum,expiration,termination";
/// How checksums may be made.
pub const ALGORITHMS: &str = "sha1,sha256";

pub const RESUMABLE: HeaderName = header("tus-resumable");
pub const VERSION: HeaderName = header("tus-version");
pub const EXTENSION: HeaderName = header("tus-extension");
pub const MAX_SIZE: HeaderName = header("tus-max-size");
pub const CHECKSUM_ALGORITHM: HeaderName = header("tus-checksum-algorithm");
pub const LENGTH: HeaderName = header("upload-length");
pub const OFFSET: HeaderName = header("upload-offset");
pub const METADATA: HeaderName = header("upload-metadata");
pub const CHECKSUM: HeaderName = header("upload-checksum");
pub const EXPIRES: HeaderName = header("upload-expires");
pub const METHOD_OVERRIDE: HeaderName = header("x-http-method-override");

const DEFER_LENGTH: HeaderName = header("upload-defer-length");
const BYTES: &str = "application/offset+octet-stream";
/// The longest metadata that is stored.
const LONGEST_METADATA: usize = 4096;

/// The method that is meant: some networks let through no more than `GET` and `POST`.
pub fn method(head: &Parts) -> Method {
    let instead = head.headers.get(METHOD_OVERRIDE).map(HeaderValue::as_bytes);
    instead.and_then(|it| Method::from_bytes(it).ok()).unwrap_or_else(|| head.method.clone())
}

/// Whether the request speaks this version.
pub fn check_version(headers: &HeaderMap) -> Result<(), Refusal> {
    let version = headers.get(RESUMABLE);
    version.filter(|it| *it == THIS_VERSION).map(|_| ()).ok_or(Refusal::OtherVersion)
}

/// Whether the body is part of a file.
pub fn has_bytes(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_TYPE).is_some_and(|it| it == BYTES)
}

/// `Upload-Length`.
pub fn length(headers: &HeaderMap) -> Result<u64, Refusal> {
    if headers.contains_key(DEFER_LENGTH) {
        return Err(Refusal::BadHeader);
    }
    number(headers, &LENGTH)
}

/// `Upload-Offset`.
pub fn offset(headers: &HeaderMap) -> Result<u64, Refusal> {
    number(headers, &OFFSET)
}

fn number(headers: &HeaderMap, name: &HeaderName) -> Result<u64, Refusal> {
    let text = headers.get(name).and_then(|it| it.to_str().ok()).unwrap_or_default();
    // Digits alone: `parse` would take a sign.
    if !text.bytes().all(|it| it.is_ascii_digit()) {
        return Err(Refusal::BadHeader);
    }
    text.parse().map_err(|_| Refusal::BadHeader)
}

/// What `Upload-Metadata` says.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Metadata {
    /// The header as it came.
    pub text: String,
    /// The file's name on the resident's device.
    pub name: Option<String>,
    /// The SHA-256 of the whole file.
    pub sha256: Option<Vec<u8>>,
    /// The complaint that it belongs to.
    pub reference: Option<String>,
}

/// `Upload-Metadata`: pairs of a key and, in Base64, a value, with commas between them.
pub fn metadata(headers: &HeaderMap) -> Result<Metadata, Refusal> {
    let Some(text) = headers.get(METADATA) else {
        return Ok(Metadata::default());
    };
    let text = text.to_str().map_err(|_| Refusal::BadHeader)?;
    if text.len() > LONGEST_METADATA {
        return Err(Refusal::BadHeader);
    }
    let mut metadata = Metadata { text: text.to_owned(), ..Metadata::default() };
    for pair in text.split(',').map(str::trim).filter(|it| !it.is_empty()) {
        let (key, value) = pair.split_once(' ').unwrap_or((pair, ""));
        let value = STANDARD.decode(value.trim()).map_err(|_| Refusal::BadHeader)?;
        let value = String::from_utf8(value).map_err(|_| Refusal::BadHeader)?;
        // No file has a NUL in its name, and PostgreSQL stores none.
        let value = value.replace('\0', "\u{fffd}");
        match key {
            "filename" => metadata.name = Some(value).filter(|it| !it.is_empty()),
            "sha256" if !value.is_empty() => {
                metadata.sha256 = Some(from_hex(&value).ok_or(Refusal::BadHeader)?);
            }
            "reference" => metadata.reference = Some(value).filter(|it| !it.is_empty()),
            // Others, such as `filetype`, are the sender's own: what the file is says its content.
            _ => {}
        }
    }
    Ok(metadata)
}

/// A SHA-256 in hexadecimal.
fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u32>> = text.chars().map(|it| it.to_digit(16)).collect();
    let digits = digits.filter(|it| it.len() == 64)?;
    Some(digits.chunks(2).map(|it| (it[0] * 16 + it[1]) as u8).collect())
}

/// A moment of the database as HTTP writes it (RFC 9110, 5.6.7).
pub fn http_date(moment: &str) -> Option<HeaderValue> {
    let moment = DateTime::parse_from_rfc3339(moment).ok()?;
    let text = moment.to_utc().format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    HeaderValue::try_from(text).ok()
}

/// The checksum of a body, while it comes.
pub struct Checksum {
    hasher: Hasher,
    wanted: Vec<u8>,
}

enum Hasher {
    Sha1(Sha1),
    Sha256(Sha256),
}

impl Checksum {
    /// Takes in more of the body.
    pub fn update(&mut self, bytes: &[u8]) {
        match &mut self.hasher {
            Hasher::Sha1(hasher) => hasher.update(bytes),
            Hasher::Sha256(hasher) => hasher.update(bytes),
        }
    }

    /// Whether the body was what was announced.
    pub fn matches(self) -> bool {
        match self.hasher {
            Hasher::Sha1(hasher) => hasher.finalize()[..] == self.wanted,
            Hasher::Sha256(hasher) => hasher.finalize()[..] == self.wanted,
        }
    }
}

/// `Upload-Checksum`: how it is made, and in Base64 what it is.
pub fn checksum(headers: &HeaderMap) -> Result<Option<Checksum>, Refusal> {
    let Some(text) = headers.get(CHECKSUM) else {
        return Ok(None);
    };
    let text = text.to_str().map_err(|_| Refusal::BadHeader)?;
    let (algorithm, value) = text.trim().split_once(' ').ok_or(Refusal::BadHeader)?;
    let wanted = STANDARD.decode(value.trim()).map_err(|_| Refusal::BadHeader)?;
    let hasher = match algorithm {
        "sha1" => Hasher::Sha1(Sha1::new()),
        "sha256" => Hasher::Sha256(Sha256::new()),
        _ => return Err(Refusal::UnknownChecksum),
    };
    Ok(Some(Checksum { hasher, wanted }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
    }

    #[test]
    fn metadata_is_read_and_kept_as_it_came() {
        let text = "filename ZGFtcC5qcGc=, filetype aW1hZ2UvanBlZw==,is_private";
        let metadata = metadata(&with(METADATA, text)).unwrap();
        assert_eq!(metadata.name.as_deref(), Some("damp.jpg"));
        assert_eq!(metadata.reference, None);
        assert_eq!(metadata.text, text);
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        for wrong in ["filename *", "filename gICA", "sha256 YWJj"] {
            assert_eq!(metadata(&with(METADATA, wrong)), Err(Refusal::BadHeader), "{wrong}");
        }
        for wrong in ["", "-1", "+1", "1.5", " 1", "99999999999999999999"] {
            assert_eq!(length(&with(LENGTH, wrong)), Err(Refusal::BadHeader), "{wrong}");
        }
        assert!(checksum(&with(CHECKSUM, "md5 YWJj")).is_err());
        assert!(checksum(&with(CHECKSUM, "sha1")).is_err());
    }

    #[test]
    fn a_moment_is_written_as_http_has_it() {
        let date = http_date("2026-11-21T09:29:58.000Z").unwrap();
        assert_eq!(date, "Sat, 21 Nov 2026 09:29:58 GMT");
    }
}
