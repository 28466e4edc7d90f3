//! The file that a resident keeps: a page of plain HTML with every answer, with the draft in it, and
//! with the attachments, which this form opens again on any device.
//!
//! A file may be hundreds of megabytes: [`Writer`] gives it in parts, and [`Reader`] takes it in parts, and
//! neither holds more than the part in hand. What the format is, and why: decision 0014.

use domain::choices::Choice;
use domain::draft;
use domain::draft::Draft;
use domain::evidence::{Attachment, hex};
use domain::json::Json;
use domain::media::{Kind, Media};
use domain::rights;
use sha2::{Digest, Sha256};
use yew::AttrValue;

use crate::messages::Messages;
use crate::paper::{self, Paper, escape};
use crate::settings::Settings;
use crate::{browser, salvage, summary};

/// The version of the format. It is raised where an older widget would misread a newer file.
const FORMAT: u32 = 1;
/// The id of the script with the draft in it.
const DRAFT: &str = "housing-complaint-draft";
/// The id of the script in the copy of something that was sent.
pub const RECORD: &str = "housing-complaint-record";
/// Before the SHA-256 of an attachment, which stands in the media type of its `data:` address as a
/// parameter (RFC 2397).
const FILE: &[u8] = b";sha256=";
/// Between that and the bytes.
const BYTES: &[u8] = b";base64,";
/// Length of a SHA-256 in hexadecimal.
const SHA256: usize = 64;
/// The draft stands in the first kilobytes. Where it does not come within this many bytes, it won't.
const HOPELESS: usize = 1 << 20;
/// A tag longer than this is not ours.
const LONGEST_TAG: usize = 4096;
/// Far more than anybody types.
const LONGEST_DRAFT: usize = 32 << 20;
/// More files than any form takes.
const MOST_FILES: usize = 1_000;
/// The longest media type that is looked for before a file's SHA-256.
const LONGEST_TYPE: usize = 128;
/// Browsers open a `data:` address up to about this size; a file above it is in the page for the form
/// alone.
const LONGEST_ADDRESS: u64 = 20_000_000;

/// What goes into a file.
pub struct Contents {
    /// The landlord, the language, the words.
    pub settings: Settings,
    /// The answers, as they are shown.
    pub draft: Draft,
    /// The session as it is kept.
    pub kept: Json,
    /// The moment, by the browser's clock (RFC 3339, UTC).
    pub saved_at: String,
    /// The address of the page with the form.
    pub address: String,
}

/// The name of a file that is saved at this moment (RFC 3339).
pub fn file_name(messages: &Messages, saved_at: &str) -> String {
    let day = saved_at.get(..10).unwrap_or_default();
    [&messages.t("draft_file.file"), "-", day, ".html"].concat()
}

/// Writes a file: `start`, then `file`, `bytes` and `file_end` for each attachment, then `end`.
pub struct Writer {
    contents: Contents,
    /// Up to two bytes that wait for a third.
    waiting: Vec<u8>,
    has_files: bool,
    /// What ends the element in which the bytes stand.
    closing: &'static str,
}

impl Writer {
    /// A writer that has written nothing yet.
    pub fn new(contents: Contents) -> Self {
        Self { contents, waiting: Vec::new(), has_files: false, closing: "" }
    }

    /// The page, up to where the attachments follow.
    pub fn start(&self) -> String {
        let Contents { settings, draft, saved_at, address, .. } = &self.contents;
        let Settings { messages, landlord, language, .. } = settings;
        let title = messages.said("draft_file.title", draft.route());
        let mut paper = Paper::new(messages, language, &title, &self.data());
        paper.text("p", "kicker alert", &messages.t("draft_file.not_sent"));
        paper.text("h1", "", &title);
        let moment = browser::moment(saved_at, language);
        paper.text("p", "lead", &messages.t_with("draft_file.lead", &[("date", &moment)]));
        paper.open("section", "box");
        paper.text("h2", "", &messages.t("draft_file.how.title"));
        let place = match address.starts_with("http") {
            true => messages.t_with("draft_file.how.page", &[("address", address)]),
            false => messages.t("draft_file.how.form"),
        };
        let button = messages.t("action.open_file");
        let steps = [
            place,
            messages.t_with("draft_file.how.open", &[("button", &button)]),
            messages.t("draft_file.how.file"),
        ];
        paper.list("ol", &steps.map(|it| it.to_string()));
        paper.text("p", "small", &messages.t("draft_file.private"));
        paper.close("section");
        paper.text("h2", "", &messages.t("draft_file.answers"));
        let none = messages.t("common.not_answered");
        paper.answers(&summary::rows(draft, settings), Some(&none));
        if !landlord.channels.is_empty() {
            paper.text("h2", "", &messages.t("not_sent.other.title"));
            paper.channels(&landlord.channels);
        }
        let rights = rights::rights(draft, landlord);
        paper.rights(&messages.t("rights.title"), &messages.t("rights.not_sent"), rights.lgsco);
        paper.unfinished()
    }

    /// The draft and what it is about, for the form.
    fn data(&self) -> String {
        let Contents { settings, kept, saved_at, .. } = &self.contents;
        let landlord = Json::object(&[
            ("id", (&*settings.landlord.id).into()),
            ("name", (&*settings.landlord.name).into()),
        ]);
        let json = Json::object(&[
            ("format", Json::Number(FORMAT.into())),
            ("version", (&*settings.version).into()),
            ("landlord", landlord),
            ("savedAt", (&**saved_at).into()),
            ("state", kept.clone()),
        ]);
        let json = paper::ascii(&browser::json_text(&json));
        let sha256 = hex(&Sha256::digest(&json));
        paper::data(DRAFT, &["data-sha256=\"", &sha256, "\""].concat(), &json)
    }

    /// The beginning of an attachment. Its SHA-256 must be known.
    pub fn file(&mut self, attachment: &Attachment) -> String {
        let settings = &self.contents.settings;
        let messages = &settings.messages;
        let name = escape(&attachment.name);
        let mut html = String::new();
        if !self.has_files {
            self.has_files = true;
            html = ["<h2>", &escape(&messages.t("draft_file.files")), "</h2>\n"].concat();
        }
        let size = summary::size(attachment.size, settings);
        html.push_str("<section class=\"file\"><h3 dir=\"auto\">");
        html.push_str(&name);
        html.push_str("</h3><p class=\"small\">");
        html.push_str(&escape(&[&*kind(attachment, messages), ", ", &size].concat()));
        html.push_str("</p>\n");
        let is_shown = ["image/jpeg", "image/png", "image/webp", "image/gif"]
            .contains(&&*attachment.media_type);
        self.closing = if attachment.size > LONGEST_ADDRESS {
            html.push_str("<p>");
            html.push_str(&escape(&messages.t("draft_file.in_form")));
            html.push_str("</p><script type=\"text/plain\">");
            "</script></section>\n"
        } else if is_shown {
            html.push_str("<img alt=\"");
            html.push_str(&name);
            html.push_str("\" src=\"");
            "\"></section>\n"
        } else {
            let words = messages.t_with("draft_file.take_out", &[("name", &attachment.name)]);
            html.push_str("<p><a aria-label=\"");
            html.push_str(&escape(&words));
            html.push_str("\" download=\"");
            html.push_str(&name);
            html.push_str("\" href=\"");
            "</a></p></section>\n"
        };
        let media_type = attachment
            .media_type
            .chars()
            .filter(|it| it.is_ascii_alphanumeric() || matches!(it, '/' | '.' | '-' | '+'));
        html.push_str("data:");
        html.extend(media_type);
        html.push_str(";sha256=");
        html.push_str(&attachment.sha256);
        html.push_str(";base64,");
        html
    }

    /// The next bytes of the attachment, as many as there are in hand.
    pub fn bytes(&mut self, bytes: &[u8]) -> String {
        let mut text = Vec::with_capacity(bytes.len() / 3 * 4 + 8);
        let mut rest = bytes;
        while !self.waiting.is_empty() && !rest.is_empty() {
            self.waiting.push(rest[0]);
            rest = &rest[1..];
            if self.waiting.len() == 3 {
                encode(&self.waiting, &mut text);
                self.waiting.clear();
            }
        }
        let (whole, odd) = rest.split_at(rest.len() / 3 * 3);
        whole.chunks(3).for_each(|three| encode(three, &mut text));
        self.waiting.extend_from_slice(odd);
        String::from_utf8(text).unwrap_or_default()
    }

    /// The end of the attachment.
    pub fn file_end(&mut self) -> String {
        let mut text = Vec::new();
        if !self.waiting.is_empty() {
            encode(&self.waiting, &mut text);
            self.waiting.clear();
        }
        let mut html = String::from_utf8(text).unwrap_or_default();
        if self.closing.starts_with("</a>") {
            html.push_str("\">");
            html.push_str(&escape(&self.contents.settings.messages.t("draft_file.save")));
        }
        html.push_str(self.closing);
        html
    }

    /// The end of the page.
    pub fn end(&self) -> String {
        paper::END.to_owned()
    }
}

/// What a resident calls such a file.
fn kind(attachment: &Attachment, messages: &Messages) -> AttrValue {
    let media = Media::from_key(&attachment.media_type);
    messages.t(match media.map(Media::kind) {
        Some(Kind::Photo) => "draft_file.kind.photo",
        Some(Kind::Video) => "draft_file.kind.video",
        Some(Kind::Audio) => "draft_file.kind.audio",
        Some(Kind::Pdf) => "draft_file.kind.pdf",
        Some(Kind::Document) | None => "draft_file.kind.document",
    })
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// One to three bytes in base64 (RFC 4648).
fn encode(bytes: &[u8], text: &mut Vec<u8>) {
    let byte = |at: usize| usize::from(bytes.get(at).copied().unwrap_or_default());
    let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
    for at in 0..4 {
        let is_there = at <= bytes.len();
        text.push(if is_there { ALPHABET[bits >> (18 - 6 * at) & 63] } else { b'=' });
    }
}

/// Six bits of a character of base64.
fn sextet(char: u8) -> Option<u32> {
    let bits = match char {
        b'A'..=b'Z' => char - b'A',
        b'a'..=b'z' => char - b'a' + 26,
        b'0'..=b'9' => char - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(bits.into())
}

/// What comes out of a file while it is read.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// An attachment begins.
    Start(Attachment),
    /// Its next bytes.
    Bytes(Vec<u8>),
    /// It has ended, like this.
    End(Fate),
}

/// What became of an attachment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is there as it was saved.
    Whole,
    /// It is there to the end, with other bytes than were saved.
    Changed,
    /// A part of it is there, which is of no use.
    CutOff,
    /// It is not there.
    Missing,
}

/// What a resident should know about a file that was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// It was saved on the form of this landlord, which is another.
    OtherLandlord(String),
    /// It was saved by an older version of the form.
    OlderVersion,
    /// It was saved by a newer version of the form, which may have known more.
    NewerVersion,
    /// Somebody changed it after it was saved. (What is not noted here can still have been changed:
    /// the hash in the file is no signature.)
    Changed,
    /// Its end is missing.
    CutOff,
}

/// A file that was opened.
#[derive(Clone, Debug, PartialEq)]
pub struct Opened {
    /// The session as it was kept, with the attachments that came. What was on its way is there only
    /// where the file was not changed.
    pub state: Json,
    /// The id of the landlord on whose form it was saved, where that can be read.
    pub landlord: Option<String>,
    /// The version of the widget that saved it, where that can be read.
    pub version: Option<String>,
    /// When it was saved (RFC 3339), where that can be read.
    pub saved_at: Option<String>,
    /// Every attachment that was, or should have been, in it. One that was changed has its own size
    /// and SHA-256 here.
    pub files: Vec<(Attachment, Fate)>,
    /// What the resident should know.
    pub notes: Vec<Note>,
}

/// Why a file can't be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// No form saved it.
    NotOurs,
    /// It is the copy of something that was sent.
    SentCopy,
    /// There is nothing in it that can be read.
    Unreadable,
}

impl Refused {
    /// The key of its sentence.
    pub fn key(self) -> &'static str {
        match self {
            Self::NotOurs => "draft_file.not_ours",
            Self::SentCopy => "draft_file.sent_copy",
            Self::Unreadable => "draft_file.unreadable",
        }
    }
}

/// A sentence for everything that a resident should know about a file that was opened.
pub fn findings(opened: &Opened, messages: &Messages) -> Vec<AttrValue> {
    let note = |note: &Note| match note {
        Note::OtherLandlord(name) => {
            messages.t_with("draft_file.other_landlord", &[("name", name)])
        }
        Note::OlderVersion => messages.t("draft_file.older"),
        Note::NewerVersion => messages.t("draft_file.newer"),
        Note::Changed => messages.t("draft_file.changed"),
        Note::CutOff => messages.t("draft_file.cut_off"),
    };
    let file = |(attachment, fate): &(Attachment, Fate)| {
        let key = match fate {
            Fate::Whole => return None,
            Fate::Changed => "draft_file.file_changed",
            Fate::CutOff => "draft_file.file_cut_off",
            Fate::Missing => "draft_file.file_missing",
        };
        Some(messages.t_with(key, &[("name", &attachment.name)]))
    };
    opened.notes.iter().map(note).chain(opened.files.iter().filter_map(file)).collect()
}

/// Reads a file, whatever has become of it on its way: it takes any bytes, in any pieces.
#[derive(Default)]
pub struct Reader {
    /// What was given and is not understood yet.
    held: Vec<u8>,
    at: At,
    /// How much was looked at before the draft.
    passed: usize,
    is_copy: bool,
    /// The hash of the draft as it was saved.
    sha256: Option<String>,
    /// The text of the draft.
    draft: Vec<u8>,
    /// The draft and what it is about, once all of its text is there; whether it is whole, and as it
    /// was saved.
    saved: Option<Saved>,
    files: Vec<(Attachment, Fate)>,
    /// Those that came with other bytes, with their real size and SHA-256.
    changed: Vec<(usize, u64, String)>,
    open: Option<Open>,
}

/// Where in the file the reader is.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum At {
    /// Before the draft.
    #[default]
    Page,
    /// In it.
    Draft,
    /// After it, between attachments.
    Between,
    /// In an attachment.
    File,
}

struct Saved {
    json: Json,
    is_changed: bool,
}

/// An attachment that is being read.
struct Open {
    index: usize,
    hash: Sha256,
    size: u64,
    bits: u32,
    sextets: u8,
}

impl Reader {
    /// A reader to which nothing was given yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether nothing of ours will come any more, so that the rest need not be read.
    pub fn is_hopeless(&self) -> bool {
        self.at == At::Page && self.passed > HOPELESS
    }

    /// Takes the next bytes, and says what they brought.
    pub fn give(&mut self, bytes: &[u8]) -> Vec<Event> {
        let mut held = std::mem::take(&mut self.held);
        held.extend_from_slice(bytes);
        let (mut events, mut from) = (Vec::new(), 0);
        loop {
            let rest = &held[from..];
            let (used, goes_on) = match self.at {
                At::Page => self.read_page(rest),
                At::Draft => self.read_draft(rest),
                At::Between => self.read_between(rest, &mut events),
                At::File => self.read_file(rest, &mut events),
            };
            from += used;
            if !goes_on {
                held.drain(..from);
                self.held = held;
                return events;
            }
        }
    }

    // Each of these looks at what is there, and says how much of it is done with, and whether there may
    // be more to do. Something may have begun in what is left.

    fn read_page(&mut self, rest: &[u8]) -> (usize, bool) {
        let is_edge = |it: &u8| matches!(it, b'<' | b'>');
        let (used, goes_on) = match find(rest, b"<script") {
            None => (rest.len().saturating_sub(b"<script".len()), false),
            Some(begin) => {
                let tag = &rest[begin..rest.len().min(begin + LONGEST_TAG)];
                match tag[1..].iter().position(is_edge) {
                    Some(end) if tag[end + 1] == b'>' => {
                        self.read_tag(&tag[..end + 1]);
                        (begin + end + 2, true)
                    }
                    // Another begins before this one ends.
                    Some(end) => (begin + end + 1, true),
                    None if tag.len() == LONGEST_TAG => (begin + 1, true),
                    None => (begin, false),
                }
            }
        };
        self.passed += used;
        (used, goes_on)
    }

    fn read_tag(&mut self, tag: &[u8]) {
        const HASH: &[u8] = b"data-sha256=";
        self.is_copy |= find(tag, RECORD.as_bytes()).is_some();
        if find(tag, DRAFT.as_bytes()).is_some() {
            self.at = At::Draft;
            self.sha256 = find(tag, HASH).and_then(|at| {
                let value = &tag[at + HASH.len()..];
                hexadecimal(value.strip_prefix(b"\"").or(value.strip_prefix(b"'")).unwrap_or(value))
            });
        }
    }

    fn read_draft(&mut self, rest: &[u8]) -> (usize, bool) {
        let end = find(rest, b"</script");
        let used = end.unwrap_or(rest.len().saturating_sub(b"</script".len()));
        self.draft.extend_from_slice(&rest[..used]);
        let is_over = end.is_some() || self.draft.len() > LONGEST_DRAFT;
        if is_over {
            self.at = At::Between;
            self.read_saved(false);
        }
        (used, is_over)
    }

    /// Reads the draft from its text. Lines that a mail program broke are joined again: no line of ours
    /// has a break in it.
    fn read_saved(&mut self, is_cut: bool) {
        let mut text = std::mem::take(&mut self.draft);
        text.retain(|it| !matches!(it, b'\r' | b'\n'));
        let text = text.trim_ascii();
        let is_as_saved = self.sha256.as_ref() == Some(&hex(&Sha256::digest(text)));
        let (mut json, is_whole) = salvage::read(&String::from_utf8_lossy(text));
        let is_changed = !(is_cut || is_as_saved && is_whole);
        if is_cut || is_changed {
            // What was on its way is sent again to the byte, unseen: nothing that somebody may have
            // changed.
            for name in ["outgoing", "key"] {
                if let Some(state) = field(&mut json, "state") {
                    remove(state, name);
                }
            }
        }
        let draft = json.get("state").and_then(|it| it.get("draft"));
        let attachments = draft.and_then(|it| it.get("attachments")?.list()).unwrap_or_default();
        let attachments = attachments.iter().filter_map(Attachment::from_json).take(MOST_FILES);
        self.files = attachments.map(|it| (it, Fate::Missing)).collect();
        self.saved = Some(Saved { json, is_changed });
    }

    fn read_between(&mut self, rest: &[u8], events: &mut Vec<Event>) -> (usize, bool) {
        let mark = FILE.len() + SHA256 + BYTES.len();
        let Some(begin) = find(rest, FILE) else {
            return (rest.len().saturating_sub(LONGEST_TYPE + FILE.len()), false);
        };
        let before = &rest[begin.saturating_sub(LONGEST_TYPE)..begin];
        let Some(found) = rest.get(begin + FILE.len()..begin + mark) else {
            return (begin - before.len(), false);
        };
        let sha256 = hexadecimal(found).filter(|_| found.ends_with(BYTES));
        match sha256.and_then(|sha256| self.index(sha256, before)) {
            Some(index) => {
                events.push(Event::Start(self.files[index].0.clone()));
                self.open = Some(Open { index, hash: Sha256::new(), size: 0, bits: 0, sextets: 0 });
                self.at = At::File;
                (begin + mark, true)
            }
            None => (begin + FILE.len(), true),
        }
    }

    /// Which attachment the bytes with this hash are; none where it is there already. One that the
    /// draft does not know any more is an attachment all the same.
    fn index(&mut self, sha256: String, before: &[u8]) -> Option<usize> {
        let same = |(it, _): &(Attachment, Fate)| it.sha256 == sha256;
        let is_open = |it: &(Attachment, Fate)| same(it) && it.1 != Fate::Whole;
        if self.files.iter().any(same) {
            return self.files.iter().position(is_open);
        }
        if self.files.len() >= MOST_FILES {
            return None;
        }
        let kind = before.rsplit(|it| *it == b':').next().unwrap_or_default();
        let media_type = String::from_utf8_lossy(kind).into_owned();
        let ending = media_type.split_once('/').map_or("bin", |(_, it)| it);
        let number = (self.files.len() + 1).to_string();
        let name = ["file-", &number, ".", ending].concat();
        let id = sha256[..32].to_owned();
        let attachment = Attachment { id, name, size: 0, media_type, sha256, location: None };
        self.files.push((attachment, Fate::Missing));
        Some(self.files.len() - 1)
    }

    fn read_file(&mut self, rest: &[u8], events: &mut Vec<Event>) -> (usize, bool) {
        let Some(open) = &mut self.open else {
            self.at = At::Between;
            return (0, true);
        };
        let is_end = |it: &u8| sextet(*it).is_none() && !it.is_ascii_whitespace();
        let end = rest.iter().position(is_end);
        let used = end.unwrap_or(rest.len());
        let mut bytes = Vec::with_capacity(used / 4 * 3 + 3);
        for sextet in rest[..used].iter().filter_map(|it| sextet(*it)) {
            open.bits = open.bits << 6 | sextet;
            open.sextets += 1;
            if open.sextets == 4 {
                bytes.extend_from_slice(&open.bits.to_be_bytes()[1..]);
                open.sextets = 0;
            }
        }
        if end.is_some() {
            let odd = (open.bits << (6 * (4 - u32::from(open.sextets)))).to_be_bytes();
            bytes.extend_from_slice(&odd[1..1 + usize::from(open.sextets.saturating_sub(1))]);
        }
        open.hash.update(&bytes);
        open.size += bytes.len() as u64;
        if !bytes.is_empty() {
            events.push(Event::Bytes(bytes));
        }
        if end.is_some() {
            events.extend(self.close().map(Event::End));
            self.at = At::Between;
        }
        (used, end.is_some())
    }

    /// What became of the attachment that was being read.
    fn close(&mut self) -> Option<Fate> {
        let Open { index, hash, size, .. } = self.open.take()?;
        let (attachment, fate) = &mut self.files[index];
        let sha256 = hex(&hash.finalize());
        let is_same = sha256 == attachment.sha256;
        *fate = if is_same && (size == attachment.size || attachment.size == 0) {
            Fate::Whole
        } else if size < attachment.size {
            Fate::CutOff
        } else {
            Fate::Changed
        };
        match fate {
            Fate::Whole => attachment.size = size,
            Fate::Changed => self.changed.push((index, size, sha256)),
            Fate::CutOff | Fate::Missing => {}
        }
        Some(*fate)
    }

    /// What was in the file, for the form with these settings.
    ///
    /// # Errors
    ///
    /// [`Refused`] where there is nothing to open.
    pub fn end(mut self, settings: &Settings) -> Result<Opened, Refused> {
        let is_cut_in_draft = self.at == At::Draft;
        if is_cut_in_draft {
            self.draft.append(&mut self.held);
            self.read_saved(true);
        }
        let is_cut_in_file = self.open.is_some();
        if let Some(open) = &self.open {
            self.files[open.index].1 = Fate::CutOff;
        }
        for (index, size, sha256) in self.changed {
            let (attachment, fate) = &mut self.files[index];
            if *fate == Fate::Changed {
                attachment.size = size;
                attachment.sha256 = sha256;
            }
        }
        let Some(Saved { json, is_changed }) = self.saved else {
            return Err(if self.is_copy { Refused::SentCopy } else { Refused::NotOurs });
        };
        let mut state = json.get("state").cloned().unwrap_or(Json::Null);
        if state.get("draft").is_none() && self.files.is_empty() {
            return Err(Refused::Unreadable);
        }
        // Nothing is sent by opening a file: the resident looks at it and presses *Send*.
        let is_on_its_way = |it: &str| it == "sending" || it == "not-sent";
        if state.get("screen").and_then(Json::text).is_some_and(is_on_its_way) {
            remove(&mut state, "screen");
            state.put("/screen", "check".into());
        }
        if let Some(files) = field(&mut state, "files") {
            // What was on its way into the draft, or could be lost, has come in the file or has not.
            ["adding", "unkept", "uploads"].iter().for_each(|it| remove(files, it));
        }
        let came =
            self.files.iter().filter(|(_, fate)| matches!(fate, Fate::Whole | Fate::Changed));
        let came: Vec<Attachment> = came.map(|(it, _)| it.clone()).collect();
        if let Some(draft) = field(&mut state, "draft") {
            remove(draft, "attachments");
            draft.put("/attachments", draft::attachments(&came));
        } else {
            state = Json::object(&[(
                "draft",
                Json::object(&[("attachments", draft::attachments(&came))]),
            )]);
        }
        let text = |json: &Json, name: &str| json.get(name)?.text().map(str::to_owned);
        let landlord = json.get("landlord");
        let opened_landlord = landlord.and_then(|it| text(it, "id"));
        let version = text(&json, "version");
        let mut notes = Vec::new();
        if opened_landlord.as_ref().is_some_and(|it| *it != settings.landlord.id) {
            let name = landlord.and_then(|it| text(it, "name"));
            notes.push(Note::OtherLandlord(name.or(opened_landlord.clone()).unwrap_or_default()));
        }
        let is_newer_format =
            json.get("format").and_then(Json::count).is_some_and(|it| it > FORMAT);
        let (theirs, ours) = (version.as_deref().map(numbers), numbers(&settings.version));
        if is_newer_format || theirs.is_some_and(|theirs| theirs > ours) {
            notes.push(Note::NewerVersion);
        } else if theirs.is_some_and(|theirs| theirs < ours) {
            notes.push(Note::OlderVersion);
        }
        if is_changed {
            notes.push(Note::Changed);
        }
        let lacks_end = find(&self.held, b"</html").is_none();
        let lacks_file = self.files.iter().any(|(_, fate)| *fate == Fate::Missing);
        if is_cut_in_draft || is_cut_in_file || lacks_file && lacks_end {
            notes.push(Note::CutOff);
        }
        let saved_at = text(&json, "savedAt");
        Ok(Opened { state, landlord: opened_landlord, version, saved_at, files: self.files, notes })
    }
}

/// Where these bytes begin.
fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    let mut from = 0;
    while let Some(at) = bytes[from..].iter().position(|it| *it == wanted[0]) {
        if bytes[from + at..].starts_with(wanted) {
            return Some(from + at);
        }
        from += at + 1;
    }
    None
}

/// A SHA-256 in hexadecimal at the beginning of these bytes.
fn hexadecimal(bytes: &[u8]) -> Option<String> {
    let hex = bytes.get(..SHA256).filter(|it| it.iter().all(u8::is_ascii_hexdigit))?;
    Some(String::from_utf8_lossy(hex).to_ascii_lowercase())
}

/// A version as numbers that can be compared: 0.10.0 is newer than 0.9.2.
fn numbers(version: &str) -> [u32; 3] {
    let mut parts = version.split(['.', '-', '+']).map(|it| it.parse().unwrap_or_default());
    [(); 3].map(|()| parts.next().unwrap_or_default())
}

fn field<'a>(json: &'a mut Json, name: &str) -> Option<&'a mut Json> {
    let Json::Object(fields) = json else {
        return None;
    };
    fields
        .iter_mut()
        .find(|(it, _)| it == name)
        .map(|(_, value)| value)
        .filter(|it| matches!(it, Json::Object(_)))
}

fn remove(json: &mut Json, name: &str) {
    if let Json::Object(fields) = json {
        fields.retain(|(it, _)| it != name);
    }
}
