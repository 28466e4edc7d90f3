//! All state of the widget, in plain Rust: where the resident is, what they have answered, what is
//! on its way. The browser is not known here, so every rule has a native test.

use std::rc::Rc;

use chrono::NaiveDate;
use domain::choices::{Choice, Intent, YesNo};
use domain::draft::Draft;
use domain::flow::{self, Advice, Place};
use domain::landlord::Landlord;
use domain::question::{FieldName, Question};
use domain::receipt::Receipt;
use domain::record::Answer;
use domain::triage::Route;
use domain::validate::{self, Problem};
use yew::{AttrValue, Reducible};

/// Everything that changes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Session {
    /// The landlord, whose file decides which questions there are.
    pub landlord: Rc<Landlord>,
    /// What the resident wants to do, where the host page says so: it is not asked again.
    pub start: Option<Intent>,
    /// The answers so far. After sending they are still there, to be made a complaint or a copy.
    pub draft: Draft,
    /// Where the resident is.
    pub screen: Screen,
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
    /// Whether the resident came back, by the browser's history, to what was sent already.
    pub came_back: bool,
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
    /// On its way. There is no way to send it a second time from here.
    Sending,
    /// Safely received.
    Sent(Rc<Sent>),
    /// Not received; everything is kept.
    NotSent(SubmitError),
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
    /// The key was used for other words: this one goes out instead, once.
    KeyUsed(String),
    /// The receiving end answered, or did not.
    Answered(Result<Rc<Sent>, SubmitError>),
    /// *Start a new complaint*.
    Again,
    /// What was written, or sent, as something else becomes a complaint (Code 1.3, 1.5, 1.6).
    MakeComplaint,
}

impl Screen {
    /// The stable name of the kind of screen.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Ask(_) => "question",
            Self::Advise(_) => "advice",
            Self::Check => "check",
            Self::Sending => "sending",
            Self::Sent(_) => "sent",
            Self::NotSent(_) => "not-sent",
        }
    }

    /// The stable key of the question or advice.
    pub fn key(&self) -> Option<&'static str> {
        match self {
            Self::Ask(question) => Some(question.key()),
            Self::Advise(advice) => Some(advice.key()),
            Self::Start | Self::Check | Self::Sending | Self::Sent(_) | Self::NotSent(_) => None,
        }
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
            Self::Start | Self::Check | Self::Sending | Self::Sent(_) | Self::NotSent(_) => None,
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

impl Reducible for Session {
    type Action = Action;

    fn reduce(mut self: Rc<Self>, action: Action) -> Rc<Self> {
        Rc::make_mut(&mut self).apply(action);
        self
    }
}

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
        Self::new(self.landlord.clone(), self.start)
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
            Action::Continue(today) => self.go_on(today),
            Action::Choose(way, words) => {
                if let Screen::Advise(advice) = self.screen {
                    self.draft.choose(advice, way, &words);
                    self.outgoing = None;
                    self.go_to_next(Place::Advise(advice));
                }
            }
            Action::Back => self.go(self.before()),
            Action::Change(question) => self.go(Screen::Ask(question)),
            Action::Show(address) => self.show(&address),
            Action::Send(outgoing) => {
                self.key = Some(outgoing.key.clone());
                self.outgoing = Some(outgoing);
                self.is_slow = false;
                self.has_new_key = false;
                self.go(Screen::Sending);
            }
            Action::Slow => self.is_slow = true,
            Action::KeyUsed(key) => self.send_under(key),
            Action::Answered(Ok(sent)) => {
                let (draft, linked) = (std::mem::take(&mut self.draft), self.linked.take());
                *self = Self { draft, linked, screen: Screen::Sent(sent), ..self.fresh() };
            }
            Action::Answered(Err(error)) => self.go(Screen::NotSent(error)),
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
        *self = Self { draft, linked, ..self.fresh() };
        self.go(Screen::at(self.next_open()));
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

    /// Whether there are answers that are not safely received.
    pub fn has_unsent(&self) -> bool {
        !self.draft.is_empty() && !matches!(self.screen, Screen::Sent(_))
    }

    /// Whether something may have been sent already.
    pub fn may_be_sent(&self) -> bool {
        self.key.is_some()
    }

    fn go(&mut self, screen: Screen) {
        self.has_checked |= screen == Screen::Check;
        self.problems.clear();
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
        if let Some(place) = next.filter(|place| self.is_preset(*place)) {
            next = after(place);
        }
        self.go(Screen::at(if self.has_checked { open } else { next.or(open) }));
    }

    fn next_open(&self) -> Option<Place> {
        flow::next_open(&self.draft, &self.landlord)
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
            Screen::Start | Screen::Sending | Screen::Sent(_) => return self.screen.clone(),
        };
        place.map_or(Screen::Start, |place| Screen::at(Some(place)))
    }

    /// Goes to the screen of this address if the resident may be there, else as near as they may.
    pub fn show(&mut self, address: &str) {
        match self.screen {
            Screen::Sending => return,
            Screen::Sent(_) => return self.came_back = true,
            Screen::Start
            | Screen::Ask(_)
            | Screen::Advise(_)
            | Screen::Check
            | Screen::NotSent(_) => {}
        }
        let (name, key) = address.split_once(':').unwrap_or((address, ""));
        match name {
            "start" => return self.go(Screen::Start),
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
