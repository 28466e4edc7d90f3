//! The one component with state: it joins the session to the browser, and picks the page.

use std::cell::{Cell, RefCell};
use std::mem;
use std::rc::Rc;

use domain::choices::Choice;
use domain::evidence::Attachment;
use domain::flow::Advice;
use domain::reading::{Lesson, Model};
use domain::record::{self, Envelope, Shown};
use domain::triage::Route;
use gloo::events::EventListener;
use gloo::timers::callback::Timeout;
use gloo::timers::future::TimeoutFuture;
use wasm_bindgen_futures::spawn_local;
use web_sys::{DragEvent, File};
use yew::html::Scope;
use yew::prelude::*;

use crate::api::Outcome;
use crate::attach::attach;
use crate::files::{Adding, FileAction, Upload, UploadState};
use crate::mount::Host;
use crate::pages::{self, Around, Ask, Page};
use crate::session::{Action, Outgoing, Screen, Sent, Session, SubmitError};
use crate::settings::Settings;
use crate::tracking::{CaseAction, Failed, NextUpload, Upshot, What, tidy_code};
use crate::trail::{Step, Trail};
use crate::{api, backoff, browser, calendar, draft_file, keeping, summary, upload};

/// When to learn what words mean, after the page on which they are written is drawn.
const PREPARE_MILLIS: u32 = 300;
/// How much of it at a time, in bytes: a few milliseconds on an old phone.
const PREPARE_BYTES: usize = 6_000;
/// How long to leave the browser to others in between, in milliseconds: what is typed is kept first.
const PREPARE_PAUSE: u32 = 20;
/// How long a sending usually takes at most.
const USUAL_MILLIS: u32 = 8_000;
/// How often to look for a network while it is waited for: not every device says when it is back.
const LOOK_MILLIS: u32 = 15_000;

/// What the whole widget is given.
#[derive(Clone, Properties)]
pub struct AppProps {
    /// Settings from the tag and the landlord's file.
    pub settings: Rc<Settings>,
    /// The element in the host page.
    pub host: Host,
    /// Whether all of the wasm is there (decision 0013). Without it, the first question works.
    pub is_whole: bool,
}

impl PartialEq for AppProps {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.settings, &other.settings) && self.is_whole == other.is_whole
    }
}

/// The widget. A struct with a life cycle: each hook in its place would be a function of its own,
/// paid for by a resident (decision 0003).
pub struct App {
    session: Session,
    root: NodeRef,
    trail: Trail,
    /// What the pages need to know of the browser.
    around: Around,
    /// Files that were chosen, until their turn to be read comes.
    chosen: Rc<RefCell<Vec<(String, File)>>>,
    /// Ids of files that the resident took away: nothing goes on with them.
    gone: Rc<RefCell<Vec<String>>>,
    /// Whether attachments are on their way.
    is_uploading: bool,
    /// Until the next try to send one, after one that did not get through.
    upload_pause: Option<Timeout>,
    /// How often the resident has left what was sent: nothing more is sent for it then.
    turn: Rc<Cell<u32>>,
    /// Where focus goes once what had it is gone.
    focus: Option<String>,
    /// Has the browser ask before it leaves the page, while something would be lost.
    leaving: Option<EventListener>,
    /// Hears of the browser's Back and Forward.
    _history: Option<EventListener>,
    /// The screen that is shown, and the count of the last attempt that found problems there.
    shown: Option<(Screen, u32)>,
    /// Hears of the network, as it comes and goes.
    _network: Option<[EventListener; 2]>,
    /// What is being sent, and how that goes.
    on_its_way: Option<OnItsWay>,
    /// Until the next try.
    pause: Option<Timeout>,
    /// What was pressed, or came, before all of the wasm was there.
    held: Vec<Message>,
    /// The name of what was done last in a case.
    run: String,
    /// Whether the service was asked what it can do about cases.
    is_asked: bool,
    /// Whether it was learned, or soon is, what words mean.
    is_prepared: bool,
}

/// A try: under which key, and after how many that failed; or the wait for it.
#[derive(PartialEq)]
enum OnItsWay {
    Try(String, u8),
    Pause(u8),
}

/// What the widget hears.
pub enum Message {
    /// The resident did something.
    Press(Action),
    /// Something happened.
    Do(Action),
    /// The browser's history came to this screen.
    Led(String),
    /// The screen that came is drawn: it goes into the browser's history.
    Drawn(String),
    /// The resident wants something that only the browser can do.
    Ask(Ask),
    /// Whether a reload would bring everything back.
    Kept(bool),
    /// When what is kept on the device ends; `None` where it can't be kept there.
    KeptUntil(Option<f64>),
    /// No attachment is on its way any more.
    Uploaded,
    /// One did not get through; the next try comes after so many milliseconds.
    UploadLater(u32),
    /// A file of this case that was taken away stays, at this address.
    Stays(String, Box<Attachment>, String),
    /// A file was saved, or can't be opened.
    Told(Vec<AttrValue>),
    /// A file was opened: what is in it, and what there is to say of it.
    Opened(Box<Session>, Vec<AttrValue>),
}

impl Message {
    /// Whether this can't be carried out before all of the wasm is there.
    fn needs_all(&self) -> bool {
        !matches!(
            self,
            Self::Drawn(_)
                | Self::Kept(_)
                | Self::Press(Action::Start | Action::Enter(..) | Action::Toggle(..))
        )
    }
}

impl Component for App {
    type Message = Message;
    type Properties = AppProps;

    fn create(ctx: &Context<Self>) -> Self {
        let settings = &ctx.props().settings;
        let listen = |instance| browser::on_history(instance, ctx.link().callback(Message::Led));
        let history = settings.has_history.then(|| settings.instance.clone());
        let mut app = Self {
            session: restore(settings, ctx.props().is_whole),
            root: NodeRef::default(),
            trail: Trail::default(),
            around: Around {
                is_kept: true,
                is_elsewhere: settings.is_elsewhere,
                until: ctx.props().host.kept_until(),
                ..Around::default()
            },
            chosen: Rc::default(),
            gone: Rc::default(),
            is_uploading: false,
            upload_pause: None,
            turn: Rc::default(),
            focus: None,
            leaving: None,
            _history: history.and_then(listen),
            shown: None,
            _network: browser::on_network(
                ctx.link().callback(|it| Message::Do(Action::Online(it))),
            ),
            on_its_way: None,
            pause: None,
            held: Vec::new(),
            run: String::new(),
            is_asked: false,
            is_prepared: false,
        };
        app.keep(ctx);
        app
    }

    fn changed(&mut self, ctx: &Context<Self>, _: &AppProps) -> bool {
        // All is there.
        let mut is_new = false;
        for message in mem::take(&mut self.held) {
            is_new |= Component::update(self, ctx, message);
        }
        is_new
    }

    fn update(&mut self, ctx: &Context<Self>, message: Message) -> bool {
        if message.needs_all() && !ctx.props().is_whole {
            self.hold(message, &ctx.props().host);
            return false;
        }
        let settings = &ctx.props().settings;
        let action = match message {
            Message::Do(action) => {
                // The network is back: no file waits any longer.
                if matches!(action, Action::Online(true)) && self.upload_pause.take().is_some() {
                    ctx.link().send_message(Message::Uploaded);
                }
                action
            }
            Message::Led(address) => {
                self.trail.led(&address);
                Action::Show(address)
            }
            Message::Press(action) => {
                if !matches!(
                    action,
                    Action::Enter(..)
                        | Action::Toggle(..)
                        | Action::Case(CaseAction::Reference(_) | CaseAction::Code(_))
                ) {
                    browser::blur(&self.root);
                }
                // What was pressed goes; what it is about stays.
                if let Action::File(FileAction::Upload(it)) = &action {
                    self.focus = Some(line_of(&it.id));
                }
                // *Back* is left to the browser where that leads to the same screen: the two can't
                // get out of step then, however fast somebody is.
                if settings.has_history
                    && matches!(action, Action::Back)
                    && self.trail.leads_back_to(&self.session.before().address())
                {
                    browser::go_back();
                    return false;
                }
                action
            }
            Message::Drawn(address) => {
                self.write_history(&settings.instance, &address);
                return false;
            }
            Message::Ask(ask) => return self.ask(ctx, ask),
            Message::Kept(is_kept) => {
                let was_kept = mem::replace(&mut self.around.is_kept, is_kept);
                self.watch_leaving();
                return was_kept != is_kept;
            }
            Message::KeptUntil(until) => {
                self.focus = Some("[data-action^=keep_]".to_owned());
                self.around.cant_keep = until.is_none();
                self.around.until = until.unwrap_or_else(|| ctx.props().host.kept_until());
                return true;
            }
            Message::UploadLater(millis) => {
                let link = ctx.link().clone();
                let go_on = move || link.send_message(Message::Uploaded);
                self.upload_pause = Some(Timeout::new(millis, go_on));
                return false;
            }
            // The resident has gone on to something else.
            Message::Stays(reference, ..) if self.reference() != Some(&*reference) => return false,
            Message::Stays(_, attachment, url) => {
                self.gone.borrow_mut().retain(|it| *it != attachment.id);
                Action::File(FileAction::Stays(*attachment, url))
            }
            Message::Uploaded => {
                self.upload_pause = None;
                self.is_uploading = false;
                self.watch_leaving();
                return true;
            }
            Message::Told(told) => {
                self.around.told = told;
                return true;
            }
            Message::Opened(session, _) if self.session.screen != Screen::Keep => {
                // The resident has gone on with what is here.
                for attachment in session.draft.attachments() {
                    if !self.session.draft.is_attached(&attachment.id) {
                        ctx.props().host.detach(&attachment.id);
                    }
                }
                self.around.told = vec![settings.messages.t("keep.file.late")];
                return true;
            }
            Message::Opened(session, told) => {
                self.around.told = told;
                for attachment in self.session.draft.attachments() {
                    if !session.draft.is_attached(&attachment.id) {
                        ctx.props().host.detach(&attachment.id);
                    }
                }
                Action::Open(session)
            }
        };
        let adding: Vec<_> = self.session.files.adding.iter().map(|it| it.id.clone()).collect();
        let sender = self.sender(ctx);
        let was_at = self.session.screen.address();
        let attached = match &action {
            Action::File(FileAction::Attached(attachment, _)) => Some(attachment.id.clone()),
            Action::Delete(is_deleting) => {
                let next = if *is_deleting { "#delete-sure" } else { "[data-action=delete]" };
                self.focus = Some(next.to_owned());
                None
            }
            Action::Case(action) => {
                self.focus = action.focus(&self.session).map(str::to_owned);
                None
            }
            _ => None,
        };
        let is_open = matches!(action, Action::Open(_));
        let was_hiding = self.session.offers_hide().then(|| self.session.screen.clone());
        if matches!(action, Action::Continue(_)) {
            self.listen(settings);
        }
        self.session.apply(action);
        if self.session.screen == Screen::Check {
            self.listen(settings);
        }
        // Before that there is nothing to learn from.
        if ctx.props().is_whole {
            self.prepare(ctx);
        }
        let is_left = |id: &String| !self.is_adding(id) && !self.session.draft.is_attached(id);
        let left: Vec<_> = adding.into_iter().filter(is_left).collect();
        self.gone.borrow_mut().extend(left);
        if sender.is_some() && sender != self.sender(ctx) {
            self.turn.set(self.turn.get() + 1);
        }
        if let Some(id) = attached
            && !self.session.draft.is_attached(&id)
        {
            ctx.props().host.detach(&id);
        }
        if !is_open && self.session.screen.address() != was_at {
            self.around.told.clear();
        }
        // Whoever goes on from the first page with the button has had its explanation.
        self.session.knows_hide |= was_hiding.is_some_and(|it| it != self.session.screen);
        if self.session.screen == Screen::Sending && self.session.trying.pause.is_none() {
            self.session.trying.since = browser::millis();
        }
        self.keep(ctx);
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let settings = ctx.props().settings.at_site(&self.session.draft);
        let dispatch = ctx.link().callback(Message::Press);
        let ask = ctx.link().callback(Message::Ask);
        let around = Around { would_lose: self.would_lose(), ..self.around.clone() };
        let page = Page {
            settings: &settings,
            session: &self.session,
            dispatch: &dispatch,
            ask: &ask,
            around: &around,
        };
        // A file that is dropped beside its box must not take the place of the page.
        let stay = |event: DragEvent| browser::stop_files(&event);
        html! {
            <div ref={self.root.clone()} class="widget" ondragover={stay} ondrop={stay}>
                { pages::page(&page) }
            </div>
        }
    }

    fn rendered(&mut self, ctx: &Context<Self>, is_first: bool) {
        let AppProps { settings, host, .. } = ctx.props();
        if is_first {
            host.tell("hc-ready", &[("version", settings.version.clone().into())]);
        }
        let has_problems = self.session.has_problems();
        let is_case = self.session.tracking.is_some();
        let attempt = if has_problems || is_case { self.session.attempts } else { 0 };
        let before = self.shown.replace((self.session.screen.clone(), attempt));
        let is_new = before.as_ref().is_none_or(|(screen, _)| *screen != self.session.screen);
        if is_new {
            self.tell_step(host);
            if settings.has_history {
                let (link, address) = (ctx.link().clone(), self.session.screen.address());
                browser::soon(move || link.send_message(Message::Drawn(address)));
            }
        }
        // Focus goes to the heading of each new screen, and to the list of problems (WCAG 2.4.3,
        // 3.3.1). Never on the first screen: the host page decides where it starts.
        if before.is_some_and(|(_, last)| is_new || last != attempt) {
            let next = match (has_problems, is_new) {
                (true, _) => "[data-errors]",
                (false, true) => "[data-heading]",
                (false, false) => "[data-done]",
            };
            browser::focus(&self.root, next);
        }
        if let Some(next) = self.focus.take()
            && (next.is_empty() || !browser::focus(&self.root, &next))
            && !browser::focus(&self.root, "#evidence")
            && !browser::focus(&self.root, ".uploads")
        {
            browser::focus(&self.root, "[data-heading]");
        }
        host.offer_hide(self.session.offers_hide());
        if is_new && ctx.props().is_whole && self.session.asks_for_files() {
            self.ask(ctx, Ask::Limits);
        }
        self.send(ctx);
        if is_case {
            self.track(ctx, is_new);
        }
        if self.sender(ctx).is_some() {
            self.upload(ctx);
        }
    }
}

impl App {
    /// Whether a reload would lose something.
    fn would_lose(&self) -> bool {
        !self.around.is_kept && self.session.has_unsent() || self.session.files.would_lose()
    }

    /// To which case the next file goes.
    fn sender(&self, ctx: &Context<Self>) -> Option<String> {
        let may_be = matches!(self.session.screen, Screen::Sent(_)) || self.session.aside.is_some();
        let is_any = ctx.props().is_whole && (may_be || self.session.tracking.is_some());
        is_any.then(|| self.session.next_upload().map(|it| it.reference)).flatten()
    }

    /// Keeps this for later. A second press meant the same as the first: on the next screen it would
    /// be one that nobody made. Of what only happened, nobody waits for the outcome.
    fn hold(&mut self, message: Message, host: &Host) {
        let is_press = |it: &Message| matches!(it, Message::Press(_));
        let is_awaited = |it: &Message| !matches!(it, Message::Do(_));
        if is_awaited(&message) && !self.held.iter().any(is_awaited) {
            host.hold();
        }
        if !is_press(&message) || !self.held.iter().any(is_press) {
            self.held.push(message);
        }
    }

    /// Keeps every change.
    fn keep(&mut self, ctx: &Context<Self>) {
        let text = if self.session.is_fresh() {
            String::new()
        } else {
            browser::json_text(&self.session.kept())
        };
        let kept = ctx.props().host.keep(&text);
        let link = ctx.link().clone();
        spawn_local(async move { link.send_message(Message::Kept(kept.await)) });
        self.watch_leaving();
    }

    /// Has the browser ask before it leaves the page, as long as something would be lost.
    fn watch_leaving(&mut self) {
        let asks = self.would_lose() || self.is_uploading || !self.session.files.adding.is_empty();
        if asks != self.leaving.is_some() {
            self.leaving = asks.then(browser::ask_before_leaving).flatten();
        }
    }

    /// Listens to what the resident wrote.
    #[inline(never)]
    fn listen(&mut self, settings: &Settings) {
        self.session.listen(|| learned(settings));
    }

    /// Where the resident is about to write, there is time to learn what words mean: a little at a time, so that
    /// nobody who types feels it.
    #[inline(never)]
    fn prepare(&mut self, ctx: &Context<Self>) {
        let settings = &ctx.props().settings;
        if self.is_prepared
            || !self.session.is_about_to_write()
            || settings.messages.model().is_none()
        {
            return;
        }
        self.is_prepared = true;
        let settings = Rc::clone(settings);
        spawn_local(async move {
            TimeoutFuture::new(PREPARE_MILLIS).await;
            while matches!(learn(&settings, PREPARE_BYTES), Some(None)) {
                TimeoutFuture::new(PREPARE_PAUSE).await;
            }
        });
    }

    /// Does what only the browser can do.
    #[inline(never)]
    fn ask(&mut self, ctx: &Context<Self>, ask: Ask) -> bool {
        let AppProps { settings, host, .. } = ctx.props().clone();
        let link = ctx.link().clone();
        match ask {
            Ask::Attach(files) => {
                self.attach(ctx, files);
                true
            }
            Ask::Detach(id) => {
                if let (Some(url), Some(reference)) =
                    (self.session.files.url(&id), self.reference().map(str::to_owned))
                {
                    let is_going = !matches!(self.session.files.state(&id), UploadState::Failed(_));
                    let mut attached = self.session.draft.attachments().iter();
                    let file = attached.find(|it| it.id == id && is_going).cloned();
                    // Begun in here, it belongs to the later part of the wasm.
                    spawn_local(async move { take_back(link, reference, file, url).await });
                }
                host.detach(&id);
                self.focus = Some(self.after(&id));
                self.gone.borrow_mut().push(id.clone());
                self.session.apply(Action::File(FileAction::Detach(id)));
                self.keep(ctx);
                true
            }
            Ask::Device(is_wanted) => {
                self.keep(ctx);
                spawn_local(async move {
                    link.send_message(Message::KeptUntil(host.keep_on_device(is_wanted).await));
                });
                false
            }
            Ask::Save => {
                let session = self.session.clone();
                spawn_local(async move {
                    let (name, lacking) = keeping::save(&host, &settings, &session).await;
                    let tell = |key, name: &str| settings.messages.t_with(key, &[("name", name)]);
                    let mut told = vec![tell("keep.file.saved", &name)];
                    told.extend(lacking.iter().map(|name| tell("keep.file.lacks", name)));
                    link.send_message(Message::Told(told));
                });
                false
            }
            Ask::Open(file) => {
                let session = self.session.clone();
                spawn_local(async move {
                    let messages = &settings.messages;
                    match keeping::open(&host, &settings, &session, &file).await {
                        Ok((session, opened)) => {
                            let mut told = vec![messages.t("keep.file.opened")];
                            told.extend(draft_file::findings(&opened, messages));
                            link.send_message(Message::Opened(Box::new(session), told));
                        }
                        Err(refused) => {
                            link.send_message(Message::Told(vec![messages.t(refused.key())]));
                        }
                    }
                });
                false
            }
            Ask::Take => {
                host.take();
                false
            }
            Ask::SignOut => {
                for attachment in self.session.draft.attachments() {
                    host.detach(&attachment.id);
                }
                link.send_message(Message::Press(Action::Case(CaseAction::SignOut)));
                false
            }
            Ask::Calendar { on, title, text } => {
                let (id, now) = (browser::uuid(), browser::now());
                let day = calendar::Day { on, title: &title, text: &text, id: &id, now: &now };
                let name = [&settings.messages.t("case.calendar.file"), ".ics"].concat();
                browser::download(&name, &calendar::file(&day));
                false
            }
            Ask::Limits => {
                if let Some(service) = settings.service.clone() {
                    spawn_local(async move {
                        if let Some(limits) = upload::limits(&service).await {
                            let action = Action::File(FileAction::Limits(limits));
                            link.send_message(Message::Do(action));
                        }
                    });
                }
                false
            }
        }
    }

    /// What takes focus when a file goes: the way to take away the next one, or the one before.
    fn after(&self, id: &str) -> String {
        let attached = self.session.draft.attachments().iter().map(|it| &it.id);
        // One that has arrived can't be taken away any more.
        let may_go = |it: &&String| *it == id || self.session.files.state(it) != UploadState::Done;
        let ids: Vec<_> = attached
            .chain(self.session.files.adding.iter().map(|it| &it.id))
            .filter(may_go)
            .collect();
        let at = ids.iter().position(|it| *it == id).unwrap_or_default();
        let next = ids.get(at + 1).or_else(|| ids.get(at.checked_sub(1)?));
        next.map_or_else(String::new, |id| [&*line_of(id), " [data-action=remove]"].concat())
    }

    /// The case that is shown, or that of the receipt.
    fn reference(&self) -> Option<&str> {
        match (&self.session.screen, &self.session.tracking) {
            (Screen::Sent(sent), _) => Some(&sent.receipt.reference),
            (_, Some(tracking)) => Some(&tracking.reference),
            (_, None) => None,
        }
    }

    /// Reads files that were chosen, one after the other.
    #[inline(never)]
    fn attach(&mut self, ctx: &Context<Self>, files: Vec<File>) {
        let mut adding = Vec::new();
        for file in files {
            let (id, name) = (browser::uuid(), file.name());
            adding.push(Adding { id: id.clone(), name, size: file.size() as u64, done: 0 });
            self.chosen.borrow_mut().push((id, file));
        }
        self.session.apply(Action::File(FileAction::Choose(adding)));
        self.chosen.borrow_mut().retain(|(id, _)| self.is_adding(id));
        self.keep(ctx);
        let (host, link, chosen) =
            (ctx.props().host.clone(), ctx.link().clone(), self.chosen.clone());
        let keeps_location = self.session.files.keeps_location;
        let (gone, wanted) = (self.gone.clone(), self.session.files.adding.clone());
        spawn_local(async move {
            for adding in wanted {
                // Another task may have it, or the resident took it away.
                let at = chosen.borrow().iter().position(|(id, _)| *id == adding.id);
                let Some(at) = at else { continue };
                let (id, file) = chosen.borrow_mut().remove(at);
                let tell = |action| link.send_message(Message::Do(Action::File(action)));
                let seen = {
                    let (link, id) = (link.clone(), id.clone());
                    let gone = gone.clone();
                    move |done| {
                        let read = FileAction::Read(id.clone(), done);
                        link.send_message(Message::Do(Action::File(read)));
                        !gone.borrow().contains(&id)
                    }
                };
                match attach(&host, &adding, &file, keeps_location, seen).await {
                    Ok(taken) => tell(FileAction::Attached(taken.attachment, taken.is_kept)),
                    Err(reason) => {
                        host.detach(&id);
                        if let Some(reason) = reason {
                            tell(FileAction::Refuse(id, reason));
                        }
                    }
                }
            }
        });
    }

    fn is_adding(&self, id: &str) -> bool {
        self.session.files.adding.iter().any(|it| it.id == id)
    }

    /// Has done in a case what the resident does there, once for each time.
    #[inline(never)]
    fn track(&mut self, ctx: &Context<Self>, is_new: bool) {
        let Some(service) = ctx.props().settings.service.clone() else {
            return;
        };
        let Some(tracking) = &self.session.tracking else {
            return;
        };
        let link = ctx.link().clone();
        let tell = move |action| link.send_message(Message::Do(Action::Case(action)));
        let look = {
            let tell = tell.clone();
            move || tell(CaseAction::Do(What::Look, 0, browser::uuid()))
        };
        // What is shown is from before, but for whoever has just signed in; or nothing is shown yet.
        let is_old = is_new && tracking.upshot != Upshot::Done(What::SignIn);
        let is_nothing = tracking.view.is_none() && tracking.upshot == Upshot::None;
        let is_here = self.session.screen == Screen::Case && tracking.doing.is_none();
        if is_here && (is_old || is_nothing) {
            look();
        }
        if tracking.can.is_none() && !mem::replace(&mut self.is_asked, true) {
            let (service, tell) = (service.clone(), tell.clone());
            spawn_local(async move {
                if let Some(can) = api::can(&service).await {
                    tell(CaseAction::Can(can));
                }
            });
        }
        let Some(doing) = tracking.doing.clone().filter(|it| it.run != self.run) else {
            return;
        };
        self.run.clone_from(&doing.run);
        let (reference, code) = (tracking.reference.clone(), tidy_code(&tracking.code));
        spawn_local(async move {
            let answer = api::case(&service, &reference, &code, &doing).await;
            let is_other = matches!(answer, Err(Failed::NotNow(_)));
            tell(CaseAction::Answered(doing.run.clone(), answer));
            if is_other {
                // The case is not as it was shown.
                look();
            }
        });
    }

    /// Sends attachments, one after the other, once what they belong to was received.
    #[inline(never)]
    fn upload(&mut self, ctx: &Context<Self>) {
        let AppProps { settings, host, .. } = ctx.props().clone();
        let next = self.session.next_upload();
        let (Some(service), Some(next)) = (settings.service.as_ref(), next) else {
            return;
        };
        let NextUpload { reference, code, attachment, url, failed } = next;
        if mem::replace(&mut self.is_uploading, true) {
            return;
        }
        self.watch_leaving();
        let way =
            upload::Way { url: [service, "v1/uploads"].concat(), reference, access_code: code };
        let (id, reference) = (attachment.id.clone(), way.reference.clone());
        let (link, gone, turn) = (ctx.link().clone(), self.gone.clone(), self.turn.clone());
        let own_turn = turn.get();
        spawn_local(async move {
            let is_current = || turn.get() == own_turn;
            let address = RefCell::new(url.clone());
            let tell = |state| {
                if !is_current() {
                    return;
                }
                let upload = Upload { id: id.clone(), url: address.borrow().clone(), state };
                link.send_message(Message::Do(Action::File(FileAction::Upload(upload))));
            };
            let told = |told| {
                match told {
                    upload::Told::Url(url, arrived) => {
                        *address.borrow_mut() = Some(url);
                        tell(UploadState::Sending(arrived));
                    }
                    upload::Told::Arrived(bytes) => tell(UploadState::Sending(bytes)),
                }
                is_current() && !gone.borrow().contains(&id)
            };
            let sent = upload::upload(&host, &way, &attachment, url, told).await;
            if gone.borrow().contains(&id) {
                // It was taken away while its address was not known yet.
                let url = address.borrow().clone();
                if let Some(url) = url {
                    take_back(link.clone(), reference, Some(attachment), url).await;
                }
            }
            match sent {
                _ if !is_current() || gone.borrow().contains(&id) => {}
                Ok(()) => {
                    tell(UploadState::Done);
                    host.detach(&id);
                    let look = CaseAction::Do(What::Look, 0, browser::uuid());
                    link.send_message(Message::Do(Action::Case(look)));
                    let (link, id, url) = (link.clone(), id.clone(), address.borrow().clone());
                    spawn_local(async move {
                        let Some(url) = url else { return };
                        if let Some(code) = upload::stopped(&url).await {
                            let (url, state) = (Some(url), UploadState::Failed(code));
                            let upload = FileAction::Upload(Upload { id, url, state });
                            link.send_message(Message::Do(Action::File(upload)));
                        }
                    });
                }
                Err(upload::Stop::Never(code)) => tell(UploadState::Failed(code)),
                Err(upload::Stop::Later(wait)) => {
                    tell(UploadState::Waiting);
                    let pause = upload::pause(failed, wait, browser::chance());
                    if wait.is_none() {
                        return link.send_message(Message::UploadLater(pause));
                    }
                    // What was asked for is waited for, whatever the network does.
                    TimeoutFuture::new(pause).await;
                }
            }
            link.send_message(Message::Uploaded);
        });
    }

    /// One entry in the browser's history a screen, so that the browser's Back works.
    fn write_history(&mut self, instance: &str, address: &str) {
        match self.trail.go(address) {
            Step::Stay => {}
            Step::Replace => {
                browser::replace_history(instance, address);
            }
            Step::Push(first) => {
                if let Some(first) = first {
                    browser::replace_history(instance, &first);
                }
                if !browser::push_history(instance, address) {
                    self.trail.undo();
                }
            }
        }
    }

    /// Tells the host page where the resident is, without anything personal.
    fn tell_step(&self, host: &Host) {
        let screen = &self.session.screen;
        let route = self.session.draft.route().key();
        let route = self.session.tracking.is_none().then_some(route);
        // Who else is on the page may count its steps, and must not learn of this one.
        let key = screen.key().filter(|_| *screen != Screen::Advise(Advice::Careful));
        let step = [("screen", screen.name().into()), ("key", key.into()), ("route", route.into())];
        host.tell("hc-step", &step);
    }

    /// Sends what is on its way, once for each try.
    fn send(&mut self, ctx: &Context<Self>) {
        let Session { screen, trying, outgoing, sends_when_online, .. } = &self.session;
        let outgoing = outgoing.clone().filter(|_| *screen == Screen::Sending);
        let now = outgoing.as_ref().map(|outgoing| match trying.pause {
            Some(_) => OnItsWay::Pause(trying.failed),
            None => OnItsWay::Try(outgoing.key.clone(), trying.failed),
        });
        let link = ctx.link().clone();
        let later = |millis, action: fn() -> Action| {
            let link = link.clone();
            Some(Timeout::new(millis, move || link.send_message(Message::Do(action()))))
        };
        let is_waiting = *screen == Screen::Waiting;
        if now == self.on_its_way && !is_waiting {
            return;
        }
        self.on_its_way = now;
        self.pause = match trying.pause {
            // A look that finds no network is followed by another.
            _ if is_waiting => later(LOOK_MILLIS, || Action::Online(browser::is_online())),
            Some(millis) => later(millis, || Action::TryAgain),
            None => None,
        };
        let Some(outgoing) = outgoing.filter(|_| trying.pause.is_none()) else {
            return;
        };
        let (failed, waits_for_network) = (trying.failed + 1, *sends_when_online);
        let AppProps { settings, host, .. } = ctx.props().clone();
        let slow = later(USUAL_MILLIS, || Action::Slow);
        spawn_local(async move {
            let outcome = api::submit(&settings, &outgoing).await;
            drop(slow);
            let answer = match outcome {
                Outcome::Received(sent) => Ok(sent),
                Outcome::Failed(error, asked) => {
                    match backoff::pause(failed, &error, asked, browser::chance()) {
                        Some(millis) => {
                            return link.send_message(Message::Do(Action::Pause(millis)));
                        }
                        None => Err(error),
                    }
                }
                Outcome::KeyUsed => {
                    return link.send_message(Message::Do(Action::KeyUsed(browser::uuid())));
                }
            };
            link.send_message(Message::Do(Action::Answered(answer.clone())));
            if !(waits_for_network && answer == Err(SubmitError::Offline)) {
                emit_answer(&host, outgoing.kind, &answer);
            }
        });
    }
}

/// Where a file is on the page.
fn line_of(id: &str) -> String {
    ["[data-file='", id, "']"].concat()
}

/// Takes a file back. One that is whole by then is part of its case and stays, which the resident hears.
async fn take_back(link: Scope<App>, reference: String, file: Option<Attachment>, url: String) {
    if upload::remove(&url).await
        && let Some(file) = file
    {
        link.send_message(Message::Stays(reference, Box::new(file), url));
    }
}

/// What words of this language mean; `None` where nobody has said so, or it is not there yet.
fn learned(settings: &Settings) -> Option<&'static Model> {
    learn(settings, usize::MAX)?
}

/// Reads on in the model of the widget's language, which all widgets on the page share, by so many bytes. `None` where
/// there is none, or not yet; the model once all of it is read.
#[inline(never)]
fn learn(settings: &Settings, bytes: usize) -> Option<Option<&'static Model>> {
    enum Learning {
        Begun(Box<Lesson>),
        Done(&'static Model),
    }
    thread_local! {
        static ALL: RefCell<Vec<(String, Learning)>> = const { RefCell::new(Vec::new()) };
    }
    let text = settings.messages.model()?;
    ALL.with_borrow_mut(|all| {
        let known = all.iter().position(|it| it.0 == settings.language);
        let at = known.unwrap_or(all.len());
        if known.is_none() {
            all.push((settings.language.to_string(), Learning::Begun(Box::default())));
        }
        let learning = &mut all[at].1;
        if let Learning::Begun(lesson) = learning
            && lesson.go_on(text, bytes)?
        {
            *learning = Learning::Done(Box::leak(Box::new(mem::take(lesson).model())));
        }
        match learning {
            Learning::Begun(_) => Some(None),
            Learning::Done(model) => Some(Some(*model)),
        }
    })
}

fn restore(settings: &Settings, is_whole: bool) -> Session {
    let session = Session::new(settings.landlord.clone(), settings.start);
    // Without all of the wasm there is nothing to be done here.
    if !is_whole || settings.before.is_none() && !settings.tracks {
        return session;
    }
    resume(settings, session)
}

#[inline(never)]
fn resume(settings: &Settings, session: Session) -> Session {
    let mut session = match &settings.before {
        Some(before) => session.resume(before),
        None => session,
    };
    if settings.tracks && session.is_fresh() && settings.service.is_some() {
        session.apply(Action::Case(CaseAction::Track));
    }
    if session.screen == Screen::Sending && !session.may_go_on(browser::millis()) {
        session.apply(Action::Answered(Err(SubmitError::TimedOut)));
    }
    session.apply(Action::Online(browser::is_online()));
    session
}

/// Builds what is sent from the answers, once: a second try sends the same bytes again.
pub fn outgoing(session: &Session, settings: &Settings) -> Option<Rc<Outgoing>> {
    if let Some(outgoing) = &session.outgoing {
        return Some(outgoing.clone());
    }
    let sent_at = browser::now();
    let answers = summary::answers(&session.draft, settings);
    let envelope = Envelope {
        landlord: settings.landlord.id.clone(),
        config_version: settings.landlord.config_version.clone(),
        widget_version: settings.version.clone(),
        language: settings.language.clone(),
        submitted_at: sent_at.clone(),
        source: settings.source.clone(),
    };
    let shown = Shown { envelope, answers: answers.clone() };
    let record = record::build(&session.draft, &settings.landlord, shown).ok()?;
    let key = session.key.clone().unwrap_or_else(browser::uuid);
    let body = browser::json_text(&record);
    Some(Rc::new(Outgoing { key, kind: session.draft.route(), body, sent_at, answers }))
}

/// Tells the host page how a sending ended, once.
#[inline(never)]
fn emit_answer(host: &Host, kind: Route, answer: &Result<Rc<Sent>, SubmitError>) {
    match answer {
        Ok(sent) => {
            let date = |date: Option<chrono::NaiveDate>| date.map(|it| it.to_string()).into();
            let detail = [
                ("reference", sent.receipt.reference.as_str().into()),
                ("kind", kind.key().into()),
                ("stage", sent.receipt.stage.into()),
                ("receivedOn", date(Some(sent.receipt.received_on))),
                ("acknowledgeBy", date(sent.receipt.acknowledge_by)),
            ];
            host.tell("hc-submitted", &detail);
        }
        Err(error) => {
            let detail =
                [("status", error.status().into()), ("retryable", error.is_retryable().into())];
            host.tell("hc-submit-failed", &detail);
        }
    }
}
