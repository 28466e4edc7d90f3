//! Why something about an upload is not done. The codes are stable: programs act on them.

use axum::http::StatusCode;

use crate::error::Error;

/// Why an upload is refused, or can't go on as asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The request is of another version of the protocol, or of none.
    OtherVersion,
    /// A header is missing, or can't be read.
    BadHeader,
    /// `Upload-Checksum` names a way to make it that is not known here.
    UnknownChecksum,
    /// The bytes are not declared as the protocol has it.
    WrongContentType,
    /// The file is longer than is taken.
    TooBig,
    /// The complaint has as many files as it can have.
    TooMany,
    /// The complaint's files would be more bytes than it can have.
    TooMuch,
    /// The file has no bytes.
    Empty,
    /// The file is of a kind that is not taken, by its content.
    WrongType,
    /// No room for more.
    Full,
    /// There is no such upload; or no such complaint, or not with this access code.
    Unknown,
    /// It was here, and its time is over, or its sender took it back.
    Gone,
    /// It is whole and part of a complaint.
    Kept,
    /// The scanner found something in it.
    Infected,
    /// Another request is sending it at this moment.
    Locked,
    /// The bytes don't begin where those end that are here.
    WrongOffset,
    /// More bytes came than were announced.
    TooLong,
    /// What came is not what the sender has.
    ChecksumMismatch,
    /// Nothing came for too long.
    Idle,
    /// The service is about to end.
    Stopping,
    /// The bytes could not be stored.
    Unavailable,
}

impl Refusal {
    /// The status of the answer.
    pub fn status(self) -> StatusCode {
        match self {
            Self::OtherVersion => StatusCode::PRECONDITION_FAILED,
            Self::BadHeader | Self::UnknownChecksum => StatusCode::BAD_REQUEST,
            Self::WrongContentType | Self::WrongType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooBig | Self::TooMuch | Self::TooLong => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooMany | Self::Empty => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Full => StatusCode::INSUFFICIENT_STORAGE,
            Self::Unknown => StatusCode::NOT_FOUND,
            Self::Gone => StatusCode::GONE,
            Self::Kept | Self::Infected => StatusCode::FORBIDDEN,
            Self::Locked => StatusCode::LOCKED,
            Self::WrongOffset => StatusCode::CONFLICT,
            // Of the protocol alone.
            Self::ChecksumMismatch => {
                StatusCode::from_u16(460).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY)
            }
            Self::Idle => StatusCode::REQUEST_TIMEOUT,
            Self::Stopping | Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// What a program acts on.
    pub fn code(self) -> &'static str {
        match self {
            Self::OtherVersion => "other_version",
            Self::BadHeader => "bad_header",
            Self::UnknownChecksum => "unknown_checksum",
            Self::WrongContentType => "wrong_content_type",
            Self::TooBig => "too_big",
            Self::TooMany => "too_many",
            Self::TooMuch => "too_much",
            Self::Empty => "empty",
            Self::WrongType => "wrong_type",
            Self::Full => "full",
            Self::Unknown => "unknown",
            Self::Gone => "gone",
            Self::Kept => "kept",
            Self::Infected => "infected",
            Self::Locked => "locked",
            Self::WrongOffset => "wrong_offset",
            Self::TooLong => "too_long",
            Self::ChecksumMismatch => "checksum_mismatch",
            Self::Idle => "idle",
            Self::Stopping => "stopping",
            Self::Unavailable => "unavailable",
        }
    }

    /// The same for a person.
    pub fn detail(self) -> &'static str {
        match self {
            Self::OtherVersion => "The request must have the header Tus-Resumable: 1.0.0.",
            Self::BadHeader => "A header of the upload is missing, or can't be read.",
            Self::UnknownChecksum => "Upload-Checksum must be made with sha1 or sha256.",
            Self::WrongContentType => {
                "The bytes must be sent with Content-Type: application/offset+octet-stream."
            }
            Self::TooBig => "The file is bigger than this service takes.",
            Self::TooMany => "The complaint has as many files as it can have.",
            Self::TooMuch => "The complaint's files would be bigger together than they can be.",
            Self::Empty => "The file is empty.",
            Self::WrongType => "The file is, by its content, of a kind that is not taken.",
            Self::Full => "There is no room for more files now. Send it again later.",
            Self::Unknown => "There is nothing at this address.",
            Self::Gone => "The upload is no longer here.",
            Self::Kept => "The file is part of a complaint and is kept.",
            Self::Infected => {
                "The scanner found something in this file. ?infected=yes gives it all the same."
            }
            Self::Locked => "Another request sends this file at this moment.",
            Self::WrongOffset => "Upload-Offset is not where the stored bytes end.",
            Self::TooLong => "More bytes came than Upload-Length says.",
            Self::ChecksumMismatch => "What came is not what its checksum says. Send it again.",
            Self::Idle => "Nothing came for too long. What came before is stored.",
            Self::Stopping => "The service is stopping. What came is stored; go on later.",
            Self::Unavailable => "The bytes could not be stored. Go on later.",
        }
    }

    /// After how many seconds it is worth another try.
    pub fn retry_after(self) -> Option<&'static str> {
        match self {
            Self::Locked => Some("1"),
            Self::Stopping | Self::Unavailable => Some("5"),
            Self::Full => Some("3600"),
            _ => None,
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Upload(refusal)
    }
}
