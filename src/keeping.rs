//! The file that a resident keeps, with everything in it: written to the device, and read again.

use domain::draft::Draft;
use domain::evidence::Attachment;
use js_sys::Array;
use web_sys::File;

use crate::attach::{self, CHUNK};
use crate::draft_file::{self, Contents, Event, Fate, Note, Opened, Reader, Refused, Writer};
use crate::mount::Host;
use crate::session::{Screen, Session};
use crate::settings::Settings;
use crate::{browser, summary};

/// Saves everything as a file. Says its name, and the names of attachments that could not go into it.
pub async fn save(host: &Host, settings: &Settings, session: &Session) -> (String, Vec<String>) {
    let saved_at = browser::now();
    let name = draft_file::file_name(&settings.messages, &saved_at);
    let draft = &session.draft;
    let mut writer = Writer::new(Contents {
        settings: settings.at_site(draft),
        draft: draft.clone(),
        // A case has an access code, which is for this browser alone.
        kept: Session { aside: None, ..session.clone() }.kept(),
        saved_at,
        address: browser::address(),
    });
    let parts = Array::new();
    // As a blob each part is out of the way.
    let push = |text: String| parts.push(&browser::blob(&text));
    let mut lacking = Vec::new();
    push(writer.start());
    for attachment in draft.attachments() {
        let Some(first) = host.chunk(&attachment.id, 0).await else {
            lacking.push(attachment.name.clone());
            continue;
        };
        push(writer.file(attachment));
        push(writer.bytes(&first.to_vec()));
        for index in 1..attachment.size.div_ceil(CHUNK) {
            let Some(chunk) = host.chunk(&attachment.id, index as u32).await else {
                lacking.push(attachment.name.clone());
                break;
            };
            push(writer.bytes(&chunk.to_vec()));
        }
        push(writer.file_end());
    }
    push(writer.end());
    browser::download_parts(&name, &parts);
    (name, lacking)
}

/// Reads a file. Its attachments are stored as they come, under new ids: what is attached now stays as it is
/// until the file was read to its end.
///
/// # Errors
///
/// Why it can't be used; nothing was changed.
pub async fn open(
    host: &Host,
    settings: &Settings,
    session: &Session,
    file: &File,
) -> Result<(Session, Opened), Refused> {
    let mut reader = Reader::new();
    let mut stored = Stored::default();
    let size = file.size() as u64;
    let mut offset = 0;
    while offset < size && !reader.is_hopeless() {
        let end = (offset + CHUNK).min(size);
        let Ok(chunk) = attach::read(file, offset, end).await else { break };
        offset = end;
        for event in reader.give(&chunk) {
            stored.hear(host, event).await;
        }
    }
    stored.drop_open(host);
    let opened = match reader.end(settings) {
        Ok(opened) => opened,
        Err(refused) => {
            stored.ids.iter().for_each(|(_, id)| host.detach(id));
            return Err(refused);
        }
    };
    let mut new = Session { aside: None, ..session.fresh().resume(&opened.state) };
    // What goes out again, to the byte, is what is shown here; and nothing was received here.
    let is_ours = !opened.notes.iter().any(|it| matches!(it, Note::OtherLandlord(_)));
    let shown = summary::answers(&new.draft, &settings.at_site(&new.draft));
    new.outgoing = new.outgoing.filter(|it| is_ours && it.answers == shown);
    new.key = new.key.filter(|_| is_ours);
    if matches!(new.screen, Screen::Sent(_)) {
        new.screen = Screen::Start;
    }
    stored.rename(&mut new.draft);
    new.files.unkept = stored.unkept;
    if !new.draft.has_answers() && session.draft.has_answers() {
        // Nothing in it takes the place of what was typed here.
        let mut same = session.clone();
        new.draft.attachments().iter().for_each(|it| same.draft.attach(it.clone()));
        same.files.unkept.append(&mut new.files.unkept);
        new = same;
    }
    Ok((new, opened))
}

/// Attachments of a file that is read, as far as they are stored.
#[derive(Default)]
struct Stored {
    /// The id in the file, and the one under which it is stored.
    ids: Vec<(String, String)>,
    /// Those that a reload would lose.
    unkept: Vec<String>,
    /// The one that is being read: its id in the file, and its new one.
    open: Option<(Attachment, String)>,
    /// What does not fill a chunk yet.
    waiting: Vec<u8>,
    /// How many chunks are stored.
    count: u32,
}

impl Stored {
    async fn hear(&mut self, host: &Host, event: Event) {
        match event {
            Event::Start(attachment) => {
                self.drop_open(host);
                self.open = Some((attachment, browser::uuid()));
            }
            Event::Bytes(bytes) => {
                self.waiting.extend(bytes);
                while self.waiting.len() >= CHUNK as usize {
                    let rest = self.waiting.split_off(CHUNK as usize);
                    self.put(host).await;
                    self.waiting = rest;
                }
            }
            Event::End(Fate::Whole | Fate::Changed) => {
                if !self.waiting.is_empty() {
                    self.put(host).await;
                }
                self.waiting.clear();
                self.count = 0;
                if let Some((attachment, id)) = self.open.take() {
                    self.ids.push((attachment.id, id));
                }
            }
            Event::End(Fate::CutOff | Fate::Missing) => self.drop_open(host),
        }
    }

    async fn put(&mut self, host: &Host) {
        let Some((_, id)) = &self.open else { return };
        // Where it can't be stored at all, sending it will say so.
        let is_kept = host.put(id, self.count, &self.waiting).await == Some(true);
        if !is_kept && !self.unkept.contains(id) {
            self.unkept.push(id.clone());
        }
        self.count += 1;
    }

    fn drop_open(&mut self, host: &Host) {
        self.waiting.clear();
        self.count = 0;
        if let Some((_, id)) = self.open.take() {
            self.unkept.retain(|it| *it != id);
            host.detach(&id);
        }
    }

    fn rename(&self, draft: &mut Draft) {
        for (old, new) in &self.ids {
            draft.rename_attachment(old, new);
        }
    }
}
