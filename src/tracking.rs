//! A case that was sent before: signing in to it, what the resident does there, and what came of it. Plain
//! Rust: [`api`](crate::api) talks to the service.
//!
//! It has a session of its own. What the resident has half-written, or has just sent, is put aside
//! meanwhile ([`Session::turn_over`]), so that neither gets into the other. The reference and the access
//! code are here and in what is kept, encrypted; never in an address, an event or a log.

use std::rc::Rc;

use domain::case_view::CaseView;
use domain::choices::Choice;
use domain::evidence::{Attachment, Refusal};
use domain::json::Json;
use domain::question::FieldName;
use domain::validate::is_blank;

use crate::files::{Upload, UploadState};
use crate::session::{Screen, Session, SubmitError};

/// A case, as far as this resident has come with it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tracking {
    /// Its reference: as it was typed, or as the service has it.
    pub reference: String,
    /// Its access code: as it was typed, or as the service gave it.
    pub code: String,
    /// The case, as the service last gave it. Nothing where the resident has not signed in.
    pub view: Option<Rc<Json>>,
    /// What is on its way.
    pub doing: Option<Rc<Doing>>,
    /// What came of what was done last.
    pub upshot: Upshot,
    /// What to put right: the id of a field, and the key of a sentence.
    pub problems: Vec<(&'static str, &'static str)>,
    /// What is asked once more before it is done.
    pub asked: Option<Asked>,
    /// What was tried and is not known to be done, each with its key: the same again has the same key, so that it
    /// happens once.
    pub tried: Vec<(String, String)>,
    /// What the service can do; nothing where that is not known.
    pub can: Option<Can>,
}

/// Something that the resident does, on its way to the service.
#[derive(Clone, Debug, PartialEq)]
pub struct Doing {
    /// What.
    pub what: What,
    /// The name of this try.
    pub run: String,
    /// The idempotency key.
    pub key: String,
    /// The method of the request.
    pub method: &'static str,
    /// Where, behind the address of the case: `/messages`.
    pub path: String,
    /// What is sent.
    pub body: Option<Json>,
}

/// What a resident can do here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// Has it looked at whether something is new, which nobody asked for.
    Look,
    /// Signs in.
    SignIn,
    /// Asks for a new access code.
    Code,
    /// Looks whether something is new.
    Refresh,
    /// Writes to the landlord.
    Message,
    /// Adds files, without a word.
    Files,
    /// Asks for stage 2 (Code 6.10, 6.12).
    Stage2,
    /// Makes it a complaint (Code 1.5).
    Complain,
    /// Takes it back.
    Withdraw,
    /// Wants it looked into after all.
    Reopen,
    /// Has somebody speak for them (Code 3.6).
    AddRepresentative,
    /// Has them speak no longer.
    RemoveRepresentative,
    /// Asks for other adjustments than before (Code 5.10).
    Adjustments,
}

impl Choice for What {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::Look, "look"),
        (Self::SignIn, "sign_in"),
        (Self::Code, "code"),
        (Self::Refresh, "refresh"),
        (Self::Message, "message"),
        (Self::Files, "files"),
        (Self::Stage2, "stage2"),
        (Self::Complain, "complain"),
        (Self::Withdraw, "withdraw"),
        (Self::Reopen, "reopen"),
        (Self::AddRepresentative, "add_representative"),
        (Self::RemoveRepresentative, "remove_representative"),
        (Self::Adjustments, "adjustments"),
    ];
}

/// What is asked once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Taking the case back.
    Withdraw,
    /// Leaving it, and forgetting it here.
    SignOut,
}

/// What came of what was done last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Upshot {
    /// Nothing was done.
    #[default]
    None,
    /// It is done.
    Done(What),
    /// It is not.
    Failed(What, Failed),
}

/// Why something is not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failed {
    /// There is no case with this reference and this code. Which of the two is wrong is not said.
    NoSuchCase,
    /// It is not possible as the case is: the key of a `domain::case::NotNow`.
    NotNow(String),
    /// It did not get there, or no answer came back.
    Not(SubmitError),
}

/// What the service can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Can {
    /// Show cases.
    pub show: bool,
    /// E-mail a new access code.
    pub mail: bool,
}

/// What can happen.
#[derive(Clone, Debug)]
pub enum CaseAction {
    /// *Track or add to something you sent*.
    Track,
    /// *See this case*, behind a receipt.
    See,
    /// *I have saved it*, of the access code.
    SavedCode,
    /// The reference was typed.
    Reference(String),
    /// The access code was typed.
    Code(String),
    /// The resident does something, to the representative with this id where it is about one; and a new
    /// name for this try.
    Do(What, u32, String),
    /// Asks once more, or no longer.
    Ask(Option<Asked>),
    /// *Sign out*.
    SignOut,
    /// The try of this name has ended: the case as it is now, where that was said.
    Answered(String, Result<Option<Rc<Json>>, Failed>),
    /// What the service can do.
    Can(Can),
}

impl CaseAction {
    /// What takes focus in the place of the button that goes with the press.
    #[inline(never)]
    pub fn focus(&self, before: &Session) -> Option<&'static str> {
        match self {
            Self::Ask(Some(_)) => Some("#sure"),
            Self::Ask(None) => match before.tracking.as_ref()?.asked? {
                Asked::Withdraw => Some("[data-action=withdraw]"),
                Asked::SignOut => Some("[data-action=sign_out]"),
            },
            Self::SavedCode => Some("[data-done]"),
            Self::Track
            | Self::See
            | Self::Reference(_)
            | Self::Code(_)
            | Self::Do(..)
            | Self::SignOut
            | Self::Answered(..)
            | Self::Can(_) => None,
        }
    }
}

/// A file whose turn it is to be sent.
#[derive(Clone, Debug, PartialEq)]
pub struct NextUpload {
    /// To which case.
    pub reference: String,
    /// With which access code.
    pub code: String,
    /// The file.
    pub attachment: Attachment,
    /// Where it goes, once that is known.
    pub url: Option<String>,
    /// How many tries in a row got nowhere.
    pub failed: u8,
}

/// The reference as the service writes it: in capitals, with hyphens, without whatever else came along
/// when it was copied.
pub fn tidy_reference(typed: &str) -> String {
    let mut letters: Vec<char> = typed
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|it| it.to_ascii_uppercase())
        .collect();
    let is_ours =
        letters.len() == 9 && letters.chunks(3).all(|it| it[1..].iter().all(char::is_ascii_digit));
    if is_ours {
        letters.insert(6, '-');
        letters.insert(3, '-');
        return letters.into_iter().collect();
    }
    // A landlord's own: its hyphens belong to it.
    let typed = typed.trim();
    typed.chars().filter(|it| it.is_ascii_alphanumeric() || "-_.".contains(*it)).collect()
}

/// The digits of an access code. A code has nothing but digits, so a letter that looks like one was meant
/// as that.
pub fn tidy_code(typed: &str) -> String {
    let digit = |it: char| match it {
        '0'..='9' => Some(it),
        'O' | 'o' | 'Q' | 'D' => Some('0'),
        'I' | 'i' | 'l' | 'L' | '|' => Some('1'),
        'Z' | 'z' => Some('2'),
        'S' | 's' => Some('5'),
        'B' => Some('8'),
        _ => None,
    };
    typed.chars().filter_map(digit).collect()
}

/// How many digits an access code has.
const DIGITS: usize = 16;

/// What a resident types to add somebody who speaks for them.
const HELPER: &[(FieldName, &str)] = &[
    (FieldName::RepresentativeName, "/name"),
    (FieldName::RepresentativeRelationship, "/relationship"),
    (FieldName::RepresentativeContact, "/contact"),
];

/// What a resident types of adjustments.
const HELP: &[FieldName] =
    &[FieldName::Adjustments, FieldName::InterpreterLanguage, FieldName::AdjustmentsOwnWords];

impl Tracking {
    /// The case, read.
    pub fn case(&self) -> Option<CaseView> {
        CaseView::from_json(self.view.as_deref()?)
    }

    /// Whether there is nothing here that anybody would miss.
    pub fn is_empty(&self) -> bool {
        self.reference.is_empty() && self.code.is_empty() && self.view.is_none()
    }

    /// Whether something failed, or has to be put right.
    pub fn has_problems(&self) -> bool {
        !self.problems.is_empty() || matches!(self.upshot, Upshot::Failed(..))
    }
}

/// What is kept of a case.
#[inline(never)]
pub fn kept(tracking: &Tracking) -> Json {
    let mut json = Json::object(&[
        ("reference", (&*tracking.reference).into()),
        ("code", (&*tracking.code).into()),
    ]);
    if let Some(view) = &tracking.view {
        json.put("/view", (**view).clone());
    }
    let tried = tracking
        .tried
        .iter()
        .map(|(words, key)| Json::List(vec![(&**words).into(), (&**key).into()]));
    json.put("/tried", Json::List(tried.collect()));
    json
}

/// Reads what was kept.
pub fn resume(value: &Json) -> Tracking {
    let text = |name: &str| value.get(name).and_then(Json::text).map(str::to_owned);
    Tracking {
        reference: text("reference").unwrap_or_default(),
        code: text("code").unwrap_or_default(),
        view: value.get("view").map(|it| Rc::new(it.clone())),
        tried: value
            .get("tried")
            .and_then(Json::list)
            .map(|it| it.iter().filter_map(read_tried).collect())
            .unwrap_or_default(),
        ..Tracking::default()
    }
}

fn read_tried(value: &Json) -> Option<(String, String)> {
    let [words, key] = value.list()? else {
        return None;
    };
    Some((words.text()?.to_owned(), key.text()?.to_owned()))
}

impl Session {
    /// Carries out an action about a case.
    pub fn apply_to_case(&mut self, action: CaseAction) {
        match action {
            CaseAction::Track => self.turn_over(),
            CaseAction::See => self.see_case(),
            CaseAction::SavedCode => self.has_saved_code = true,
            CaseAction::Answered(run, result) => {
                if self.is_waiting_for(&run) {
                    self.hear(result);
                } else if let Some(aside) = &mut self.aside
                    && aside.is_waiting_for(&run)
                {
                    Rc::make_mut(aside).hear(result);
                }
            }
            CaseAction::SignOut => self.sign_out(),
            CaseAction::Do(what, id, run) => self.set_about(what, id, run),
            CaseAction::Reference(text) => self.tracked(|it| it.reference = text),
            CaseAction::Code(text) => self.tracked(|it| it.code = text),
            CaseAction::Ask(asked) => self.tracked(|it| it.asked = asked),
            CaseAction::Can(can) => self.tracked(|it| it.can = Some(can)),
        }
    }

    /// Puts this aside, and goes on with what was put aside before: the case, or the complaint.
    pub fn turn_over(&mut self) {
        // What is still being read is read for a page that goes.
        let lost = std::mem::take(&mut self.files.adding).into_iter();
        self.files.refused.extend(lost.map(|it| (it.name, Refusal::Interrupted)));
        let other = self.aside.take().map(Rc::unwrap_or_clone).unwrap_or_else(|| {
            let fresh = self.fresh();
            if self.tracking.is_some() {
                return fresh;
            }
            Self { tracking: Some(Rc::default()), screen: Screen::SignIn, ..fresh }
        });
        let before = std::mem::replace(self, other);
        self.wants_hide = before.wants_hide;
        self.knows_hide = before.knows_hide;
        self.is_offline = before.is_offline;
        let is_nothing = match &before.tracking {
            Some(tracking) => tracking.is_empty(),
            None => before.is_fresh(),
        };
        self.aside = (!is_nothing).then(|| Rc::new(before));
    }

    /// The case of the receipt that is shown: nothing needs to be typed.
    fn see_case(&mut self) {
        let Screen::Sent(sent) = &self.screen else {
            return;
        };
        let reference = sent.receipt.reference.clone();
        let Some(code) = sent.receipt.access_code.clone() else {
            return;
        };
        let is_it =
            |it: &Rc<Self>| it.tracking.as_ref().is_some_and(|it| it.reference == reference);
        self.aside = self.aside.take().filter(is_it);
        self.turn_over();
        self.tracked(|it| {
            (it.reference, it.code) = (reference, code);
            it.upshot = Upshot::None;
        });
        self.screen = Screen::Case;
    }

    /// Forgets the case, and what shows its code.
    fn sign_out(&mut self) {
        let reference = self.tracking.take().map(|it| it.reference.clone()).unwrap_or_default();
        let other = self.aside.take().filter(|it| match &it.screen {
            Screen::Sent(sent) => sent.receipt.reference != reference,
            _ => true,
        });
        *self = other.map_or_else(|| self.fresh(), |it| Self { aside: None, ..(*it).clone() });
    }

    fn tracked(&mut self, change: impl FnOnce(&mut Tracking)) {
        if let Some(tracking) = &mut self.tracking {
            change(Rc::make_mut(tracking));
        }
    }

    fn is_waiting_for(&self, run: &str) -> bool {
        let doing = self.tracking.as_ref().and_then(|it| it.doing.as_ref());
        doing.is_some_and(|it| it.run == run)
    }

    /// Sets about something, unless something is on its way already: then the press meant that.
    fn set_about(&mut self, what: What, id: u32, run: String) {
        let Some(tracking) = &self.tracking else {
            return;
        };
        let is_looking = tracking.doing.as_ref().is_some_and(|it| it.what == What::Look);
        if tracking.doing.is_some() && (!is_looking || what == What::Look) {
            return;
        }
        let problems = self.problems_before(what);
        if what != What::Look {
            self.attempts += 1;
            self.tracked(|it| {
                it.problems = problems;
                it.upshot = Upshot::None;
                it.asked = None;
            });
        }
        if self.tracking.as_ref().is_none_or(|it| !it.problems.is_empty() && what != What::Look) {
            return;
        }
        if what == What::Message && is_blank(self.draft.text(FieldName::Account)) {
            self.release();
            return self.tracked(|it| it.upshot = Upshot::Done(What::Files));
        }
        let (method, path, body) = self.request(what, id);
        self.tracked(|it| {
            it.reference = tidy_reference(&it.reference);
            let words = in_one(method, &path, body.as_ref());
            let before = it.tried.iter().find(|(tried, _)| *tried == words);
            let key = before.map_or_else(|| run.clone(), |(_, key)| key.clone());
            if before.is_none() && method != "GET" {
                it.tried.push((words, key.clone()));
            }
            it.doing = Some(Rc::new(Doing { what, run, key, method, path, body }));
        });
    }

    /// What has to be put right first.
    fn problems_before(&self, what: What) -> Vec<(&'static str, &'static str)> {
        let mut problems = Vec::new();
        let Some(tracking) = &self.tracking else {
            return problems;
        };
        let is_empty = |name| is_blank(self.draft.text(name));
        match what {
            What::SignIn | What::Code => {
                if tidy_reference(&tracking.reference).is_empty() {
                    problems.push(("reference", "case.problem.reference"));
                }
                let digits = tidy_code(&tracking.code).len();
                if what == What::SignIn && digits == 0 {
                    problems.push(("access_code", "case.problem.code"));
                } else if what == What::SignIn && digits != DIGITS {
                    problems.push(("access_code", "case.problem.code.short"));
                }
            }
            What::Message => {
                let is_waiting = |it: &Attachment| !self.is_released(&it.id);
                let has_files = self.draft.attachments().iter().any(is_waiting);
                if !self.files.adding.is_empty() {
                    problems.push(("evidence", "case.problem.adding"));
                } else if is_empty(FieldName::Account) && !has_files {
                    problems.push(("account", "case.problem.message"));
                }
            }
            What::AddRepresentative => {
                if is_empty(FieldName::RepresentativeName) {
                    problems.push(("representative_name", "case.problem.name"));
                }
                if is_empty(FieldName::RepresentativeContact) {
                    problems.push(("representative_contact", "case.problem.contact"));
                }
            }
            What::Look
            | What::Refresh
            | What::Files
            | What::Stage2
            | What::Complain
            | What::Withdraw
            | What::Reopen
            | What::RemoveRepresentative
            | What::Adjustments => {}
        }
        problems
    }

    /// What the service is asked for: the method, the path behind the case's own, and the body.
    fn request(&self, what: What, id: u32) -> (&'static str, String, Option<Json>) {
        let mut body = Json::Object(Vec::new());
        let (method, path) = match what {
            What::Look | What::SignIn | What::Refresh | What::Files => {
                return ("GET", String::new(), None);
            }
            What::RemoveRepresentative => {
                return ("DELETE", ["/representatives/", &id.to_string()].concat(), None);
            }
            What::Code => ("POST", "/code"),
            What::Message => {
                body.put("/text", self.draft.text(FieldName::Account).into());
                ("POST", "/messages")
            }
            What::Stage2 => ("POST", "/stage2"),
            What::Complain => ("POST", "/complaint"),
            What::Withdraw => ("POST", "/withdrawal"),
            What::Reopen => ("POST", "/reopening"),
            What::AddRepresentative => {
                for (name, pointer) in HELPER {
                    let text = self.draft.text(*name);
                    if !is_blank(text) {
                        body.put(pointer, text.into());
                    }
                }
                ("POST", "/representatives")
            }
            What::Adjustments => {
                let requested = self.draft.values(FieldName::Adjustments).iter();
                let requested = requested.map(|it| (&**it).into()).collect();
                body.put("/requested", Json::List(requested));
                for (name, pointer) in [
                    (FieldName::InterpreterLanguage, "/interpreterLanguage"),
                    (FieldName::AdjustmentsOwnWords, "/ownWords"),
                ] {
                    let text = self.draft.text(name);
                    if !is_blank(text) {
                        body.put(pointer, text.into());
                    }
                }
                // It is not asked for here, and stays.
                let day = self.case().and_then(|it| it.adjustments.review_on);
                if let Some(day) = day {
                    body.put("/reviewOn", day.to_string().into());
                }
                ("PUT", "/adjustments")
            }
        };
        (method, path.to_owned(), Some(body))
    }

    /// Whether a button that hides the page is shown: by what was answered here, or as the service says of the
    /// case, whose answers may be on another device.
    pub fn offers_hide(&self) -> bool {
        let is_at_risk = |it: &Self| {
            let view = it.tracking.as_ref().and_then(|it| it.view.as_deref());
            view.is_some_and(CaseView::is_at_risk)
        };
        self.hides() || is_at_risk(self) || self.aside.as_deref().is_some_and(is_at_risk)
    }

    /// The case that is followed.
    pub fn case(&self) -> Option<CaseView> {
        self.tracking.as_ref()?.case()
    }

    /// The service has answered, or has not.
    fn hear(&mut self, result: Result<Option<Rc<Json>>, Failed>) {
        let Some(doing) = self.tracking.as_ref().and_then(|it| it.doing.clone()) else {
            return;
        };
        self.tracked(|it| it.doing = None);
        let what = doing.what;
        match result {
            Ok(view) => {
                // The same once more is another one from now on.
                self.tracked(|it| it.tried.retain(|(_, key)| *key != doing.key));
                self.finish(what);
                if let Some(view) = view {
                    self.show_case(view);
                }
                if what != What::Look {
                    self.attempts += 1;
                    self.tracked(|it| it.upshot = Upshot::Done(what));
                }
            }
            Err(Failed::NoSuchCase) => {
                self.attempts += 1;
                self.screen = Screen::SignIn;
                self.tracked(|it| {
                    it.view = None;
                    it.upshot = Upshot::Failed(What::SignIn, Failed::NoSuchCase);
                });
            }
            // Nobody asked.
            Err(_) if what == What::Look && self.case().is_some() => {}
            Err(failed) => {
                self.attempts += 1;
                self.tracked(|it| it.upshot = Upshot::Failed(what, failed));
            }
        }
    }

    /// Takes away what was typed for something that is done now.
    fn finish(&mut self, what: What) {
        match what {
            What::Message => {
                self.draft.forget(&[FieldName::Account]);
                self.release();
            }
            What::AddRepresentative => {
                for (name, _) in HELPER {
                    self.draft.forget(&[*name]);
                }
            }
            What::Look
            | What::SignIn
            | What::Code
            | What::Refresh
            | What::Files
            | What::Stage2
            | What::Complain
            | What::Withdraw
            | What::Reopen
            | What::RemoveRepresentative
            | What::Adjustments => {}
        }
    }

    /// The files that were chosen go out.
    fn release(&mut self) {
        let ids: Vec<_> = self.draft.attachments().iter().map(|it| it.id.clone()).collect();
        for id in ids {
            if !self.is_released(&id) {
                self.files.uploads.push(Upload { id, url: None, state: UploadState::Waiting });
            }
        }
    }

    /// Whether this file is on its way, or has arrived.
    pub fn is_released(&self, id: &str) -> bool {
        self.files.uploads.iter().any(|it| it.id == id)
    }

    /// The case as it is now.
    fn show_case(&mut self, view: Rc<Json>) {
        let Some(case) = CaseView::from_json(&view) else {
            let failed = Failed::Not(SubmitError::Broken(200));
            return self.tracked(|it| it.upshot = Upshot::Failed(What::Look, failed));
        };
        // What was changed, and not sent, stays.
        let was = self.case().map(|it| it.adjustments);
        let is_untouched = match &was {
            Some(was) => {
                self.draft.values(FieldName::Adjustments) == was.requested
                    && self.draft.text(FieldName::InterpreterLanguage)
                        == text(&was.interpreter_language)
                    && self.draft.text(FieldName::AdjustmentsOwnWords) == text(&was.own_words)
            }
            None => HELP.iter().all(|it| self.draft.values(*it).is_empty()),
        };
        if is_untouched {
            let now = &case.adjustments;
            self.draft.forget(HELP);
            if !now.requested.is_empty() {
                self.draft.enter(FieldName::Adjustments, now.requested.clone());
            }
            for (name, text) in [
                (FieldName::InterpreterLanguage, &now.interpreter_language),
                (FieldName::AdjustmentsOwnWords, &now.own_words),
            ] {
                if let Some(text) = text {
                    self.draft.enter(name, vec![text.clone()]);
                }
            }
        }
        // What has arrived is shown as a part of the case from now on.
        let done = |it: &&Upload| it.state == UploadState::Done;
        let done: Vec<_> = self.files.uploads.iter().filter(done).map(|it| it.id.clone()).collect();
        for id in done {
            self.files.uploads.retain(|it| it.id != id);
            self.draft.detach(&id);
        }
        self.tracked(|it| {
            it.reference = case.reference;
            it.view = Some(view);
        });
        if self.screen == Screen::SignIn {
            self.screen = Screen::Case;
        }
    }

    /// The file whose turn it is: of what is shown, else of what was put aside.
    #[inline(never)]
    pub fn next_upload(&self) -> Option<NextUpload> {
        let of = |it: &Self| {
            let (reference, code, attachment) = match (&it.screen, &it.tracking) {
                (Screen::Sent(sent), _) => {
                    let code = sent.receipt.access_code.clone()?;
                    let next = it.files.next(it.evidence())?.clone();
                    (sent.receipt.reference.clone(), code, next)
                }
                (Screen::Case, Some(tracking)) => {
                    let mut released = it.draft.attachments().to_vec();
                    released.retain(|file| it.is_released(&file.id));
                    let next = it.files.next(&released)?.clone();
                    (tracking.reference.clone(), tracking.code.clone(), next)
                }
                _ => return None,
            };
            let (url, failed) = (it.files.url(&attachment.id), it.files.failed);
            Some(NextUpload { reference, code, attachment, url, failed })
        };
        of(self).or_else(|| self.aside.as_deref().and_then(of))
    }
}

fn text(text: &Option<String>) -> &str {
    text.as_deref().unwrap_or_default()
}

/// What is asked for, in one text: the same again is the same.
fn in_one(method: &str, path: &str, body: Option<&Json>) -> String {
    let body = body.map(crate::browser::json_text).unwrap_or_default();
    [method, " ", path, " ", &body].concat()
}
