//! What a resident attaches, on its way from the device into the draft, and from there to the landlord.
//! Plain Rust: [`attach`](crate::attach) and [`upload`](crate::upload) do the work.

use domain::choices::Choice;
use domain::draft::Draft;
use domain::evidence::{Attachment, Limits, Refusal};
use domain::json::Json;

/// Files that are not simply there.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Files {
    /// How much may be attached.
    pub limits: Limits,
    /// Files that are being read.
    pub adding: Vec<Adding>,
    /// Names of files that were not taken, and why.
    pub refused: Vec<(String, Refusal)>,
    /// Ids of attachments that a reload would lose.
    pub unkept: Vec<String>,
    /// Whether photos and videos go out with the place where they were made.
    pub keeps_location: bool,
    /// How far each attachment is on its way, once what it belongs to was received.
    pub uploads: Vec<Upload>,
    /// How many tries in a row got nowhere.
    pub failed: u8,
}

/// A file that is being read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adding {
    /// The id that it will have.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
    /// How many bytes were read.
    pub done: u64,
}

/// An attachment on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// Of which attachment.
    pub id: String,
    /// Where it goes, once that is known.
    pub url: Option<String>,
    /// How far it is.
    pub state: UploadState,
}

/// How far an attachment is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UploadState {
    /// Its turn comes, or comes again.
    Waiting,
    /// So many bytes have arrived.
    Sending(u64),
    /// All of it has arrived.
    Done,
    /// It can't arrive. A stable code, for its sentence.
    Failed(String),
}

/// What can happen to files.
#[derive(Clone, Debug)]
pub enum FileAction {
    /// These were chosen.
    Choose(Vec<Adding>),
    /// So many bytes of one were read.
    Read(String, u64),
    /// One was read, and is safe or would be lost by a reload.
    Attached(Attachment, bool),
    /// One can't be taken.
    Refuse(String, Refusal),
    /// The resident takes one away.
    Detach(String),
    /// One that was taken away stays, at this address: the landlord has all of it already.
    Stays(Attachment, String),
    /// The resident decides about places.
    KeepLocation(bool),
    /// The service states its limits.
    Limits(Limits),
    /// One is so far on its way.
    Upload(Upload),
}

impl Files {
    /// Carries out an action.
    #[inline(never)]
    pub fn apply(&mut self, action: FileAction, draft: &mut Draft) {
        match action {
            FileAction::Choose(chosen) => {
                self.refused.clear();
                for file in chosen {
                    self.choose(file, draft);
                }
            }
            FileAction::Read(id, done) => {
                if let Some(it) = self.adding.iter_mut().find(|it| it.id == id) {
                    it.done = done;
                }
            }
            FileAction::Attached(attachment, is_kept) => {
                let is_wanted = self.adding.iter().any(|it| it.id == attachment.id);
                self.adding.retain(|it| it.id != attachment.id);
                if draft.attachments().iter().any(|it| it.sha256 == attachment.sha256) {
                    self.refused.push((attachment.name, Refusal::Twice));
                } else if is_wanted {
                    if !is_kept {
                        self.unkept.push(attachment.id.clone());
                    }
                    draft.attach(attachment);
                }
            }
            FileAction::Refuse(id, reason) => {
                if let Some(at) = self.adding.iter().position(|it| it.id == id) {
                    self.refused.push((self.adding.remove(at).name, reason));
                }
            }
            FileAction::Detach(id) => {
                self.adding.retain(|it| it.id != id);
                self.unkept.retain(|it| *it != id);
                self.uploads.retain(|it| it.id != id);
                draft.detach(&id);
            }
            FileAction::Stays(attachment, url) => {
                if !draft.is_attached(&attachment.id) {
                    let (id, state) = (attachment.id.clone(), UploadState::Done);
                    self.uploads.push(Upload { id, url: Some(url), state });
                    self.refused.push((attachment.name.clone(), Refusal::Kept));
                    draft.attach(attachment);
                }
            }
            FileAction::KeepLocation(keeps) => self.keeps_location = keeps,
            FileAction::Limits(limits) => self.limits = limits,
            FileAction::Upload(upload) => {
                self.failed = match (&upload.state, self.state(&upload.id)) {
                    (UploadState::Waiting, _) => self.failed.saturating_add(1),
                    (UploadState::Sending(now), UploadState::Sending(before)) if *now > before => 0,
                    (UploadState::Sending(_), _) => self.failed,
                    _ => 0,
                };
                let is_there = draft.is_attached(&upload.id);
                self.uploads.retain(|it| it.id != upload.id);
                // Else it was taken away meanwhile. The last one tried is the last to be tried again.
                if is_there {
                    self.uploads.push(upload);
                }
            }
        }
    }

    fn choose(&mut self, file: Adding, draft: &Draft) {
        let mut all = draft.attachments().to_vec();
        all.extend(self.adding.iter().map(|it| Attachment {
            id: it.id.clone(),
            name: it.name.clone(),
            size: it.size,
            media_type: String::new(),
            sha256: String::new(),
            location: None,
        }));
        match self.limits.refusal(file.size, &all) {
            Some(reason) => self.refused.push((file.name, reason)),
            None => self.adding.push(file),
        }
    }

    /// The attachment whose turn it is: not yet arrived, and not given up.
    pub fn next<'a>(&self, evidence: &'a [Attachment]) -> Option<&'a Attachment> {
        let is_open = |id: &str| {
            let state = self.uploads.iter().find(|it| it.id == id).map(|it| &it.state);
            !matches!(state, Some(UploadState::Done | UploadState::Failed(_)))
        };
        let tried =
            |id: &str| self.uploads.iter().position(|it| it.id == id).map_or(0, |at| at + 1);
        evidence.iter().filter(|it| is_open(&it.id)).min_by_key(|it| tried(&it.id))
    }

    /// How far this attachment is.
    pub fn state(&self, id: &str) -> UploadState {
        let upload = self.uploads.iter().find(|it| it.id == id);
        upload.map_or(UploadState::Waiting, |it| it.state.clone())
    }

    /// Whether a reload would lose a file that has not arrived.
    pub fn would_lose(&self) -> bool {
        self.unkept.iter().any(|id| self.state(id) != UploadState::Done)
    }

    /// Where this attachment goes, as far as that is known.
    pub fn url(&self, id: &str) -> Option<String> {
        self.uploads.iter().find(|it| it.id == id)?.url.clone()
    }

    /// What is kept of this.
    pub fn kept(&self) -> Json {
        let texts = |texts: &mut dyn Iterator<Item = &String>| {
            Json::List(texts.map(|it| (&**it).into()).collect())
        };
        let is_lost = |(_, why): &&(String, Refusal)| *why == Refusal::Interrupted;
        let lost = self.refused.iter().filter(is_lost).map(|(name, _)| name);
        let upload = |it: &Upload| {
            let state = match &it.state {
                UploadState::Waiting | UploadState::Sending(_) => "waiting",
                UploadState::Done => "done",
                UploadState::Failed(code) => code,
            };
            let url = it.url.as_deref().unwrap_or_default();
            Json::object(&[("id", (&*it.id).into()), ("state", state.into()), ("url", url.into())])
        };
        Json::object(&[
            ("adding", texts(&mut self.adding.iter().map(|it| &it.name).chain(lost))),
            ("unkept", texts(&mut self.unkept.iter())),
            ("keepsLocation", Json::Bool(self.keeps_location)),
            ("uploads", Json::List(self.uploads.iter().map(upload).collect())),
        ])
    }

    /// Reads what was kept. What was not yet safe is gone with the page, and said to be.
    #[inline(never)]
    pub fn resume(value: &Json, draft: &mut Draft) -> Self {
        let list = |name: &str| value.get(name).and_then(Json::list).unwrap_or_default();
        let texts = |name: &str| list(name).iter().filter_map(Json::text).map(str::to_owned);
        let mut files = Self {
            keeps_location: value.get("keepsLocation") == Some(&Json::Bool(true)),
            ..Self::default()
        };
        let mut lost: Vec<String> = texts("adding").collect();
        for id in texts("unkept") {
            lost.extend(
                draft.attachments().iter().find(|it| it.id == id).map(|it| it.name.clone()),
            );
            draft.detach(&id);
        }
        files.refused = lost.into_iter().map(|name| (name, Refusal::Interrupted)).collect();
        for it in list("uploads") {
            let text = |name: &str| it.get(name).and_then(Json::text).filter(|it| !it.is_empty());
            if let (Some(id), Some(state)) = (text("id"), text("state")) {
                let state = match state {
                    "waiting" => UploadState::Waiting,
                    "done" => UploadState::Done,
                    code => UploadState::Failed(code.to_owned()),
                };
                files.uploads.push(Upload {
                    id: id.to_owned(),
                    url: text("url").map(str::to_owned),
                    state,
                });
            }
        }
        files
    }
}

/// The key of the sentence for a file that was not taken.
pub fn refusal_key(reason: Refusal) -> String {
    ["files.refused.", reason.key()].concat()
}
