//! All state of the widget, in plain Rust: where the resident is, what they have answered, what is
//! on its way. The browser is not known here, so every rule has a native test.

use std::rc::Rc;

use chrono::NaiveDate;
use domain::at_risk;
use domain::choices::{Choice, Intent, YesNo};
use domain::draft::Draft;
use domain::evidence::Attachment;
use domain::flow::{self, Advice, Place};
use domain::heard::{self, Heard};
use domain::landlord::Landlord;
use domain::question::{FieldName, Question};
use domain::reading::Model;
use domain::receipt::Receipt;
use domain::record::{self, Answer};
use domain::triage::Route;
use domain::validate::{self, Problem};
use yew::AttrValue;

use crate::files::{FileAction, Files, UploadState};
use crate::tracking::{CaseAction, Tracking};

/// Everything that changes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Session {
    /// The landlord, whose file decides which questions there are.
    pub landlord: Rc<Landlord>,
    /// What the resident wants to do, where the host page says so: it is not asked again.
    pub start: Option<Intent>,
    /// The answers so far. After sending they are still there, to be made a complaint or a copy.
    pub draft: Draft,
    /// Files on their way into the draft and to the landlord.
    pub files: Files,
    /// Where the resident is.
    pub screen: Screen,
    /// Whether the resident is asked if everything is to be deleted.
    pub is_deleting: bool,
    /// From where the resident came to the page on which they save or delete their answers.
    pub left: Option<Rc<Screen>>,
    /// What they need to put right here.
    pub problems: Vec<Problem>,
    /// Whether they have seen all their answers: from then on, a change leads straight back there.
    pub has_checked: bool,
    /// The key of this complaint, made once and kept until a receipt arrives.
    pub key: Option<String>,
    /// What was sent last, to the byte: a second try sends the same again.
    pub outgoing: Option<Rc<Outgoing>>,
    /// How often *Continue* was pressed, so that the list of problems takes focus each time.
    pub attempts: u32,
    /// The receipt of what was sent before as something else, and is now a complaint as well.
    pub linked: Option<Rc<Receipt>>,
    /// Whether this sending was given a new key already.
    pub has_new_key: bool,
    /// Whether the sending takes longer than most.
    pub is_slow: bool,
    /// How this sending goes.
    pub trying: Trying,
    /// Whether the resident wants it sent by itself once the device is online again.
    pub sends_when_online: bool,
    /// Whether the device says that it has no network.
    pub is_offline: bool,
    /// Whether the resident asked for a button that hides the page.
    pub wants_hide: bool,
    /// Whether they have been told what that button does.
    pub knows_hide: bool,
    /// Whether the resident came back, by the browser's history, to what was sent already.
    pub came_back: bool,
    /// Whether the resident has noted the access code, which is no longer shown then.
    pub has_saved_code: bool,
    /// The case that is followed, where this is the session of one.
    pub tracking: Option<Rc<Tracking>>,
    /// What was put aside: a complaint while a case is followed, or the other way round.
    pub aside: Option<Rc<Session>>,
}

/// How a sending goes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trying {
    /// How many tries have failed.
    pub failed: u8,
    /// Until the next try, in milliseconds, while that is waited for.
    pub pause: Option<u32>,
    /// When it was last tried, in milliseconds since 1970, by this device's clock.
    pub since: f64,
    /// Whether the page was loaded again in the middle of it.
    pub is_resumed: bool,
}

/// A record on its way.
#[derive(Clone, Debug, PartialEq)]
pub struct Outgoing {
    /// The idempotency key.
    pub key: String,
    /// What kind of record it is.
    pub kind: Route,
    /// The body, as it is sent.
    pub body: String,
    /// The moment of *Send*, by the browser's clock (RFC 3339, UTC).
    pub sent_at: String,
    /// The answers as they were shown.
    pub answers: Vec<Answer>,
}

/// Where the resident is.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Screen {
    /// What this is, and other ways.
    #[default]
    Start,
    /// A question.
    Ask(Question),
    /// Advice, with ways on.
    Advise(Advice),
    /// All answers, before they are sent.
    Check,
    /// Where the answers are kept; saving, opening and deleting them.
    Keep,
    /// On its way. There is no way to send it a second time from here.
    Sending,
    /// Sent by itself once the device is online, as the resident wants.
    Waiting,
    /// Safely received.
    Sent(Rc<Sent>),
    /// Not received; everything is kept.
    NotSent(SubmitError),
    /// For a case that was sent before: its reference and its access code.
    SignIn,
    /// That case.
    Case,
}

/// What was sent, and what came back.
#[derive(Clone, Debug, PartialEq)]
pub struct Sent {
    /// The reference and the dates.
    pub receipt: Receipt,
    /// Whether the receiving end confirmed it with a receipt of its own. If not, reference and dates
    /// were worked out here.
    pub is_confirmed: bool,
    /// The moment of *Send*, by the browser's clock (RFC 3339, UTC).
    pub sent_at: String,
    /// The answers as they were shown.
    pub answers: Vec<Answer>,
    /// What was sent, to the byte; empty where another version of the widget sent it.
    pub body: String,
}

/// Why a complaint could not be handed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SubmitError {
    /// The device has no network.
    Offline,
    /// Nothing answers at the address.
    Unreachable,
    /// No answer came in time; it may have arrived.
    TimedOut,
    /// Too many at once. Seconds to wait, where the answer says so.
    Busy(u32),
    /// More than the receiving end takes.
    TooBig,
    /// The receiving end could not read it, and said so with this status.
    Rejected(u16),
    /// The receiving end failed, with this status.
    Broken(u16),
}

impl SubmitError {
    /// The key of its sentence, after `not_sent.`.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Offline => "offline",
            Self::Unreachable => "unreachable",
            Self::TimedOut => "timed_out",
            Self::Busy(_) => "busy",
            Self::TooBig => "too_big",
            Self::Rejected(_) => "rejected",
            Self::Broken(_) => "broken",
        }
    }

    /// What is kept of it: a number that is not in its key.
    pub fn number(&self) -> u32 {
        match self {
            Self::Busy(seconds) => *seconds,
            _ => self.status().into(),
        }
    }

    /// What was kept.
    pub fn from_kept(key: &str, number: u32) -> Option<Self> {
        let status = u16::try_from(number).ok();
        Some(match key {
            "offline" => Self::Offline,
            "unreachable" => Self::Unreachable,
            "timed_out" => Self::TimedOut,
            "busy" => Self::Busy(number),
            "too_big" => Self::TooBig,
            "rejected" => Self::Rejected(status?),
            "broken" => Self::Broken(status?),
            _ => return None,
        })
    }

    /// The HTTP status for `hc-submit-failed`; 0 where there was no answer.
    pub fn status(&self) -> u16 {
        match self {
            Self::Offline | Self::Unreachable | Self::TimedOut => 0,
            Self::Busy(_) => 429,
            Self::TooBig => 413,
            Self::Rejected(status) | Self::Broken(status) => *status,
        }
    }

    /// Whether the same again may work.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Offline
            | Self::Unreachable
            | Self::TimedOut
            | Self::Busy(_)
            | Self::Broken(_) => true,
            Self::TooBig | Self::Rejected(_) => false,
        }
    }
}

/// What can happen.
#[derive(Clone, Debug)]
pub enum Action {
    /// *Start*, or *Carry on*.
    Start,
    /// A text was entered.
    Enter(FieldName, String),
    /// An option was pressed.
    Toggle(FieldName, AttrValue),
    /// Something about a file.
    File(FileAction),
    /// The page on which answers are saved or deleted.
    Keep,
    /// *Delete my answers*, which is asked once more; or *Keep them*.
    Delete(bool),
    /// What is in a file that the resident kept takes the place of everything.
    Open(Box<Session>),
    /// *Continue* on a question, and which day it is.
    Continue(Option<NaiveDate>),
    /// A way on was chosen at advice that was shown in these words.
    Choose(&'static str, String),
    /// *Back*.
    Back,
    /// *Change* on the check page.
    Change(Question),
    /// The browser's history came to this screen.
    Show(String),
    /// *Send*: this is on its way.
    Send(Rc<Outgoing>),
    /// The answer takes longer than most.
    Slow,
    /// This try failed; the next one comes after so many milliseconds.
    Pause(u32),
    /// The next try.
    TryAgain,
    /// Whether the device says that it has a network.
    Online(bool),
    /// *Send it by itself when I am online again*.
    Wait,
    /// *Show a button that hides this page*, or no longer.
    OfferHide(bool),
    /// *Do not send it by itself*.
    StopWaiting,
    /// The key was used for other words: this one goes out instead, once.
    KeyUsed(String),
    /// The receiving end answered, or did not.
    Answered(Result<Rc<Sent>, SubmitError>),
    /// *Start a new complaint*.
    Again,
    /// What was written, or sent, as something else becomes a complaint (Code 1.3, 1.5, 1.6).
    MakeComplaint,
    /// Something about a case that was sent before.
    Case(CaseAction),
}

impl Screen {
    /// The stable name of the kind of screen.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Ask(_) => "question",
            Self::Advise(_) => "advice",
            Self::Check => "check",
            Self::Keep => "keep",
            Self::Sending | Self::Waiting => "sending",
            Self::Sent(_) => "sent",
            Self::NotSent(_) => "not-sent",
            Self::SignIn => "sign-in",
            Self::Case => "case",
        }
    }

    /// The stable key of the question or advice.
    pub fn key(&self) -> Option<&'static str> {
        self.place().map(|place| match place {
            Place::Ask(question) => question.key(),
            Place::Advise(advice) => advice.key(),
        })
    }

    /// Name and key in one, as kept in the browser's history: `question:account`.
    pub fn address(&self) -> String {
        let mut address = String::from(self.name());
        if let Some(key) = self.key() {
            address.push(':');
            address.push_str(key);
        }
        address
    }

    /// The place in the journey, where this screen is one.
    pub fn place(&self) -> Option<Place> {
        match self {
            Self::Ask(question) => Some(Place::Ask(*question)),
            Self::Advise(advice) => Some(Place::Advise(*advice)),
            Self::Start
            | Self::Check
            | Self::Keep
            | Self::Sending
            | Self::Waiting
            | Self::Sent(_)
            | Self::NotSent(_)
            | Self::SignIn
            | Self::Case => None,
        }
    }

    fn at(place: Option<Place>) -> Self {
        match place {
            Some(Place::Ask(question)) => Self::Ask(question),
            Some(Place::Advise(advice)) => Self::Advise(advice),
            None => Self::Check,
        }
    }
}

/// In milliseconds.
const TEN_MINUTES: f64 = 600_000.0;

/// What was not on the way of a request: left over from before a change of mind, it must not go out
/// with words that the resident has just sent.
const NOT_OF_A_REQUEST: &[FieldName] = &[
    FieldName::Effect,
    FieldName::When,
    FieldName::StillHappening,
    FieldName::Outcome,
    FieldName::OutcomeOwnWords,
    FieldName::WhenAware,
    FieldName::ClaimAtCourt,
    FieldName::AlreadyAnswered,
    FieldName::LateReason,
];

impl Session {
    /// A session in which nothing has happened yet.
    pub fn new(landlord: Rc<Landlord>, start: Option<Intent>) -> Self {
        Self { landlord, start, ..Self::default() }
    }

    /// As this one was at the beginning.
    pub fn fresh(&self) -> Self {
        let Self { landlord, start, wants_hide, knows_hide, .. } = self;
        Self {
            wants_hide: *wants_hide,
            knows_hide: *knows_hide,
            ..Self::new(landlord.clone(), *start)
        }
    }

    /// Carries out an action.
    pub fn apply(&mut self, action: Action) {
        match action {
            Action::Start => {
                self.preset();
                self.go(Screen::at(self.next_open()));
            }
            Action::Enter(name, text) => {
                self.draft.enter(name, vec![text]);
                self.outgoing = None;
            }
            Action::Toggle(name, key) => {
                self.draft.toggle(name, &key);
                self.outgoing = None;
            }
            other => self.apply_later(other),
        }
    }

    /// Carries out what needs the wasm's later part (decision 0013).
    #[inline(never)]
    fn apply_later(&mut self, action: Action) {
        match action {
            Action::Start | Action::Enter(..) | Action::Toggle(..) => {}
            Action::Case(action) => self.apply_to_case(action),
            Action::File(FileAction::Upload(upload)) if !self.draft.is_attached(&upload.id) => {
                // A file of what was put aside may be on its way, too.
                if let Some(aside) = &mut self.aside {
                    let aside = Rc::make_mut(aside);
                    aside.files.apply(FileAction::Upload(upload), &mut aside.draft);
                }
            }
            Action::File(action) => {
                let is_going = matches!(self.screen, Screen::Sending | Screen::Waiting);
                if matches!(action, FileAction::Attached(..) | FileAction::Detach(_)) && !is_going {
                    self.outgoing = None;
                }
                self.files.apply(action, &mut self.draft);
            }
            Action::Keep => {
                self.left = Some(Rc::new(self.screen.clone()));
                self.go(Screen::Keep);
            }
            Action::Delete(is_deleting) => {
                if self.screen != Screen::Keep {
                    self.apply(Action::Keep);
                }
                self.is_deleting = is_deleting;
            }
            Action::Open(session) => {
                // What is to be said of it is said before anything else.
                let left = Some(Rc::new(session.screen.clone()));
                let aside = self.aside.take();
                *self = Self { left, aside, screen: Screen::Keep, ..*session };
            }
            Action::Continue(today) => self.go_on(today),
            Action::Choose(way, words) => {
                if let Screen::Advise(advice) = self.screen {
                    self.draft.choose(advice, way, &words);
                    self.outgoing = None;
                    if advice == Advice::Unhappy {
                        self.take_up(way);
                    }
                    self.go_to_next(Place::Advise(advice));
                }
            }
            Action::Back => match self.screen {
                Screen::SignIn | Screen::Case => self.turn_over(),
                _ => self.go(self.before()),
            },
            Action::Change(question) => self.go(Screen::Ask(question)),
            Action::Show(address) => self.show(&address),
            Action::Send(outgoing) => {
                self.key = Some(outgoing.key.clone());
                self.outgoing = Some(outgoing);
                self.is_slow = false;
                self.has_new_key = false;
                self.trying = Trying::default();
                self.go(Screen::Sending);
            }
            Action::Slow => self.is_slow = true,
            Action::Pause(millis) => {
                self.trying.failed += 1;
                self.trying.pause = Some(millis);
            }
            Action::TryAgain => self.trying.pause = None,
            Action::Online(is_online) => self.hear_of_network(is_online),
            Action::Wait => {
                self.sends_when_online = true;
                self.wait();
            }
            Action::OfferHide(is_wanted) => self.wants_hide = is_wanted,
            Action::StopWaiting => {
                self.sends_when_online = false;
                self.go(Screen::NotSent(SubmitError::Offline));
            }
            Action::KeyUsed(key) => self.send_under(key),
            Action::Answered(Ok(sent)) => {
                let (draft, linked) = (std::mem::take(&mut self.draft), self.linked.take());
                let (files, aside) = (std::mem::take(&mut self.files), self.aside.take());
                let screen = Screen::Sent(sent);
                *self = Self { draft, files, linked, screen, aside, ..self.fresh() };
            }
            Action::Answered(Err(SubmitError::Offline)) if self.sends_when_online => self.wait(),
            Action::Answered(Err(error)) => {
                self.is_offline = error == SubmitError::Offline;
                self.sends_when_online = false;
                self.go(Screen::NotSent(error));
            }
            Action::Again => *self = self.fresh(),
            Action::MakeComplaint => self.make_complaint(),
        }
    }

    /// What the host page says that the resident wants to do, as if they had answered it.
    fn preset(&mut self) {
        if let Some(intent) = self.start
            && self.draft.intent().is_none()
        {
            self.draft.enter(FieldName::Intent, vec![intent.key().to_owned()]);
            self.draft.finish(Question::Intent);
        }
    }

    /// Keeps every answer. A request that was sent is what the complaint is about: it is named, and
    /// it goes on (Code 1.5).
    fn make_complaint(&mut self) {
        let mut draft = self.draft.clone();
        let mut intent = Intent::Complain;
        let linked = match &self.screen {
            Screen::Sent(sent) => Some(Rc::new(sent.receipt.clone())),
            _ => None,
        };
        if let (Screen::Sent(sent), Route::ServiceRequest) = (&self.screen, draft.route()) {
            intent = Intent::Told;
            draft.forget(NOT_OF_A_REQUEST);
            draft.enter(FieldName::ReportReference, vec![sent.receipt.reference.clone()]);
            draft.enter(FieldName::ReportOpen, vec![YesNo::Yes.key().to_owned()]);
            for question in [
                Question::Report,
                Question::Account,
                Question::When,
                Question::Outcome,
                Question::Exclusions,
            ] {
                draft.finish(question);
            }
        }
        draft.enter(FieldName::Intent, vec![intent.key().to_owned()]);
        // What has arrived is with what was sent; the rest goes out with the complaint.
        for upload in &self.files.uploads {
            if upload.state == UploadState::Done {
                draft.detach(&upload.id);
            }
        }
        let files = Files { uploads: Vec::new(), ..std::mem::take(&mut self.files) };
        *self = Self { draft, files, linked, aside: self.aside.take(), ..self.fresh() };
        self.go(Screen::at(self.next_open()));
    }

    /// A comment that becomes a complaint begins where a complaint does, with what was written in its place;
    /// what was asked already is not asked again. It can become a comment again.
    fn take_up(&mut self, way: &str) {
        let intent = match (self.draft.intent(), way) {
            (Some(Intent::Feedback), flow::WAY_COMPLAINT) => Intent::Complain,
            (Some(Intent::Complain), flow::WAY_FEEDBACK) => Intent::Feedback,
            _ => return,
        };
        self.draft.enter(FieldName::Intent, vec![intent.key().to_owned()]);
        self.draft.finish(Question::Account);
        self.has_checked = true;
    }

    /// Whether the page has a place for the resident's own words.
    pub fn is_about_to_write(&self) -> bool {
        let Screen::Ask(question) = self.screen else { return false };
        question.fields().iter().any(|field| field.name == FieldName::Account)
    }

    /// Reads what the resident wrote: where they go on from it, and again where all answers are shown, since
    /// a page can be left in other ways. Words that were read are not read again. What is heard leads to
    /// advice, once.
    pub fn listen(&mut self, model: impl FnOnce() -> Option<&'static Model>) {
        let is_read = self.screen == Screen::Check || self.is_about_to_write();
        // What may have been sent goes out again to the byte.
        if !is_read || self.outgoing.is_some() {
            return;
        }
        let words = heard::words(&self.draft, &self.landlord);
        let number = words.as_deref().map(heard::number);
        if number != self.draft.heard().map(|it| it.text) {
            let heard = words.and_then(|words| Some(Heard::read(model()?, &words)));
            self.draft.hear(heard);
        }
        if self.screen == Screen::Check
            && let Some(Place::Advise(advice)) = self.next_open()
            && advice.is_heard()
        {
            self.go(Screen::Advise(advice));
        }
    }

    /// Two records are better than a lost one (decision 0004), but nobody is asked for ever.
    fn send_under(&mut self, key: String) {
        let Some(outgoing) = self.outgoing.clone().filter(|_| !self.has_new_key) else {
            return self.go(Screen::NotSent(SubmitError::Rejected(422)));
        };
        self.has_new_key = true;
        self.key = Some(key.clone());
        self.outgoing = Some(Rc::new(Outgoing { key, ..(*outgoing).clone() }));
    }

    fn wait(&mut self) {
        self.is_offline = true;
        self.go(Screen::Waiting);
    }

    /// What waits for the network goes out. Where the network goes while the next try is waited for,
    /// that try comes at once, and says so.
    fn hear_of_network(&mut self, is_online: bool) {
        self.is_offline = !is_online;
        match self.screen {
            Screen::Waiting if is_online => {
                self.trying = Trying { is_resumed: self.trying.is_resumed, ..Trying::default() };
                self.is_slow = false;
                self.go(Screen::Sending);
            }
            Screen::Sending if !is_online => self.trying.pause = None,
            _ => {}
        }
    }

    /// Whether what was on its way before a reload may go on by itself at this moment (milliseconds
    /// since 1970): soon after, or where the resident wanted that. Later somebody else may look at this
    /// device, and then it is asked.
    pub fn may_go_on(&self, now: f64) -> bool {
        self.sends_when_online || (0.0..TEN_MINUTES).contains(&(now - self.trying.since))
    }

    /// Whether nothing has happened yet that is worth keeping.
    pub fn is_fresh(&self) -> bool {
        let is_first = match &self.tracking {
            Some(tracking) => tracking.is_empty(),
            None => self.screen == Screen::Start,
        };
        is_first
            && self.draft.is_empty()
            && self.linked.is_none()
            && self.aside.is_none()
            && !self.wants_hide
    }

    /// Whether a button that hides the page is shown.
    pub fn hides(&self) -> bool {
        let may_be = |it: &Self| at_risk::may_be(&it.draft);
        self.wants_hide || may_be(self) || self.aside.as_deref().is_some_and(may_be)
    }

    /// The files that go to the landlord.
    pub fn evidence(&self) -> &[Attachment] {
        record::evidence(&self.draft, &self.landlord)
    }

    /// Whether files can be added here.
    pub fn asks_for_files(&self) -> bool {
        let Screen::Ask(question) = self.screen else {
            return self.screen == Screen::Case;
        };
        question.fields_for(&self.landlord).any(|it| it.name == FieldName::Evidence)
    }

    /// Whether there are answers that are not safely received.
    pub fn has_unsent(&self) -> bool {
        match self.screen {
            Screen::Sent(_) => false,
            // What is filled in beforehand is the case's.
            Screen::SignIn | Screen::Case => !self.draft.text(FieldName::Account).is_empty(),
            _ => !self.draft.is_empty(),
        }
    }

    /// Whether there is something that the resident has to put right.
    pub fn has_problems(&self) -> bool {
        !self.problems.is_empty() || self.tracking.as_ref().is_some_and(|it| it.has_problems())
    }

    /// Whether something may have been sent already.
    pub fn may_be_sent(&self) -> bool {
        self.key.is_some()
    }

    fn go(&mut self, screen: Screen) {
        self.has_checked |= screen == Screen::Check;
        self.problems.clear();
        self.is_deleting = false;
        self.screen = screen;
    }

    fn go_on(&mut self, today: Option<NaiveDate>) {
        let Screen::Ask(question) = self.screen else {
            return;
        };
        self.attempts += 1;
        self.problems = validate::question(question, &self.draft, &self.landlord);
        self.problems
            .extend(today.and_then(|today| validate::future(question, &self.draft, today)));
        if self.problems.is_empty() {
            self.draft.finish(question);
            self.go_to_next(Place::Ask(question));
        }
    }

    fn go_to_next(&mut self, from: Place) {
        let open = self.next_open();
        let after = |place| flow::after(place, &self.draft, &self.landlord);
        let mut next = after(from);
        while let Some(place) = next.filter(|it| self.is_preset(*it) || self.was_told(*it)) {
            next = after(place);
        }
        self.go(Screen::at(if self.has_checked { open } else { next.or(open) }));
    }

    fn next_open(&self) -> Option<Place> {
        flow::next_open(&self.draft, &self.landlord)
    }

    /// Whether this is advice on words that has had its answer: it comes once.
    fn was_told(&self, place: Place) -> bool {
        matches!(place, Place::Advise(advice) if advice.is_heard() && self.draft.chosen(advice).is_some())
    }

    /// Whether this was answered by the host page.
    fn is_preset(&self, place: Place) -> bool {
        place == Place::Ask(Question::Intent)
            && self.start.is_some()
            && self.start == self.draft.intent()
    }

    /// The screen to which *Back* leads.
    pub fn before(&self) -> Screen {
        let place = match &self.screen {
            Screen::Ask(_) | Screen::Advise(_) => {
                let before = |place| flow::before(place, &self.draft, &self.landlord);
                let place = self.screen.place().and_then(before);
                if place.is_some_and(|it| self.is_preset(it)) {
                    place.and_then(before)
                } else {
                    place
                }
            }
            Screen::Check => flow::path(&self.draft, &self.landlord).last(),
            Screen::NotSent(_) => return Screen::Check,
            Screen::Keep => return self.left.as_deref().cloned().unwrap_or_default(),
            Screen::SignIn | Screen::Case => {
                return self.aside.as_ref().map(|it| it.screen.clone()).unwrap_or_default();
            }
            Screen::Start | Screen::Sending | Screen::Waiting | Screen::Sent(_) => {
                return self.screen.clone();
            }
        };
        place.map_or(Screen::Start, |place| Screen::at(Some(place)))
    }

    /// Goes to the screen of this address if the resident may be there, else as near as they may.
    pub fn show(&mut self, address: &str) {
        let is_of_case = matches!(address, "sign-in" | "case");
        match self.screen {
            Screen::Sending | Screen::Waiting => return,
            Screen::SignIn | Screen::Case if is_of_case => return,
            Screen::SignIn | Screen::Case => {
                self.turn_over();
                return match self.screen {
                    Screen::SignIn | Screen::Case | Screen::Sent(_) => {}
                    _ => self.show(address),
                };
            }
            _ if is_of_case => return self.turn_over(),
            Screen::Sent(_) => return self.came_back = true,
            Screen::Start
            | Screen::Ask(_)
            | Screen::Advise(_)
            | Screen::Check
            | Screen::Keep
            | Screen::NotSent(_) => {}
        }
        let (name, key) = address.split_once(':').unwrap_or((address, ""));
        match name {
            "start" => return self.go(Screen::Start),
            "keep" => {
                if self.screen != Screen::Keep {
                    self.apply(Action::Keep);
                }
                return;
            }
            _ => self.preset(),
        }
        let place = match name {
            "question" => Question::from_key(key).map(Place::Ask),
            "advice" => Advice::from_key(key).map(Place::Advise),
            _ => None,
        };
        let allowed = place.filter(|it| flow::can_visit(*it, &self.draft, &self.landlord));
        self.go(Screen::at(allowed.or_else(|| self.next_open())));
    }
}
