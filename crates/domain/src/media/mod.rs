//! What a file is, told by what is in it and never by its name, and where a photo or a video says
//! where it was taken. The widget and the service use the same functions.
//!
//! - [`sniff`] (in `sniff.rs`): the kinds of file that may be attached;
//! - [`Scan`] (in `location/`): where a file was taken, removed from it.

mod location;
mod sniff;

pub use location::{Next, Patch, SLICE, SLICES, Scan};
pub use sniff::{HEAD, elsewhere, sniff, sniff_elsewhere};

use crate::choices::Choice;

/// A kind of file that a resident may attach. Its key is its media type ("MIME type").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Media {
    /// A photo, from nearly every camera.
    Jpeg,
    /// A picture of a screen.
    Png,
    /// A picture from the web.
    Webp,
    /// A small or moving picture.
    Gif,
    /// A photo of an iPhone.
    Heic,
    /// A picture of the same family, in another compression.
    Heif,
    /// A photo of the same family, in AV1.
    Avif,
    /// A scan.
    Tiff,
    /// A picture without compression.
    Bmp,
    /// A video, from nearly every phone.
    Mp4,
    /// A video of an iPhone.
    QuickTime,
    /// A video of an older phone.
    ThreeGp,
    /// A video from the web.
    WebM,
    /// A video in Matroska.
    Matroska,
    /// A video of an older camera.
    Avi,
    /// Sound.
    Mp3,
    /// Sound in an MP4 file: a voice memo.
    M4a,
    /// Sound in AAC alone.
    Aac,
    /// A voice memo of an older phone.
    Amr,
    /// Sound without compression.
    Wav,
    /// Sound in Ogg: a voice message.
    Ogg,
    /// Sound in FLAC.
    Flac,
    /// Sound in Apple's container.
    Caf,
    /// PDF.
    Pdf,
    /// Word.
    Docx,
    /// Excel.
    Xlsx,
    /// PowerPoint.
    Pptx,
    /// OpenDocument text.
    Odt,
    /// OpenDocument sheet.
    Ods,
    /// Word before 2007.
    Doc,
    /// Excel before 2007.
    Xls,
    /// Rich text.
    Rtf,
    /// Plain text.
    Text,
    /// An e-mail (RFC 5322).
    Eml,
    /// An e-mail of Outlook.
    Msg,
}

/// What a resident calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A picture.
    Photo,
    /// Moving pictures.
    Video,
    /// Sound.
    Audio,
    /// PDF.
    Pdf,
    /// A text, a sheet, slides or an e-mail.
    Document,
}

impl Choice for Kind {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::Photo, "photo"),
        (Self::Video, "video"),
        (Self::Audio, "audio"),
        (Self::Pdf, "pdf"),
        (Self::Document, "document"),
    ];
}

impl Choice for Media {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::Jpeg, "image/jpeg"),
        (Self::Png, "image/png"),
        (Self::Webp, "image/webp"),
        (Self::Gif, "image/gif"),
        (Self::Heic, "image/heic"),
        (Self::Heif, "image/heif"),
        (Self::Avif, "image/avif"),
        (Self::Tiff, "image/tiff"),
        (Self::Bmp, "image/bmp"),
        (Self::Mp4, "video/mp4"),
        (Self::QuickTime, "video/quicktime"),
        (Self::ThreeGp, "video/3gpp"),
        (Self::WebM, "video/webm"),
        (Self::Matroska, "video/x-matroska"),
        (Self::Avi, "video/x-msvideo"),
        (Self::Mp3, "audio/mpeg"),
        (Self::M4a, "audio/mp4"),
        (Self::Aac, "audio/aac"),
        (Self::Amr, "audio/amr"),
        (Self::Wav, "audio/wav"),
        (Self::Ogg, "audio/ogg"),
        (Self::Flac, "audio/flac"),
        (Self::Caf, "audio/x-caf"),
        (Self::Pdf, "application/pdf"),
        (Self::Docx, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (Self::Xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (Self::Pptx, "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
        (Self::Odt, "application/vnd.oasis.opendocument.text"),
        (Self::Ods, "application/vnd.oasis.opendocument.spreadsheet"),
        (Self::Doc, "application/msword"),
        (Self::Xls, "application/vnd.ms-excel"),
        (Self::Rtf, "application/rtf"),
        (Self::Text, "text/plain"),
        (Self::Eml, "message/rfc822"),
        (Self::Msg, "application/vnd.ms-outlook"),
    ];
}

/// The usual extensions, in the order of [`Media::ALL`], the commonest first.
const EXTENSIONS: &[&[&str]] = &[
    &["jpg", "jpeg", "jpe", "jfif"],
    &["png"],
    &["webp"],
    &["gif"],
    &["heic"],
    &["heif", "hif"],
    &["avif"],
    &["tif", "tiff"],
    &["bmp"],
    &["mp4", "m4v"],
    &["mov", "qt"],
    &["3gp", "3g2", "3gpp"],
    &["webm"],
    &["mkv"],
    &["avi"],
    &["mp3"],
    &["m4a", "m4b"],
    &["aac"],
    &["amr", "awb"],
    &["wav"],
    &["ogg", "opus", "oga"],
    &["flac"],
    &["caf"],
    &["pdf"],
    &["docx"],
    &["xlsx"],
    &["pptx"],
    &["odt"],
    &["ods"],
    &["doc"],
    &["xls"],
    &["rtf"],
    &["txt", "csv", "log", "md"],
    &["eml"],
    &["msg"],
];

impl Media {
    /// What a resident calls it.
    pub fn kind(self) -> Kind {
        match self.key().split('/').next() {
            Some("image") => Kind::Photo,
            Some("video") => Kind::Video,
            Some("audio") => Kind::Audio,
            _ if self == Self::Pdf => Kind::Pdf,
            _ => Kind::Document,
        }
    }

    /// The usual extensions of a file's name, in lower case and without the dot, the commonest first.
    pub fn extensions(self) -> &'static [&'static str] {
        EXTENSIONS[self as usize]
    }
}
