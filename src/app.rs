//! The one component with state: it joins the session to the browser, and picks the page.

use std::cell::RefCell;
use std::rc::Rc;

use domain::choices::Choice;
use domain::record::{self, Envelope, Shown};
use domain::triage::Route;
use gloo::timers::callback::Timeout;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::api::Outcome;
use crate::mount::{Host, LastSession};
use crate::pages::{self, Page};
use crate::session::{Action, Outgoing, Screen, Sent, Session, SubmitError};
use crate::settings::Settings;
use crate::trail::{Step, Trail};
use crate::{api, browser, storage, summary};

/// How long a sending usually takes at most.
const USUAL_MILLIS: u32 = 8_000;

/// What the whole widget is given.
#[derive(Clone, PartialEq, Properties)]
pub struct AppProps {
    /// Settings from the tag and the landlord's file.
    pub settings: Rc<Settings>,
    /// The element in the host page.
    pub host: Host,
    /// Where the latest state is left for whoever unmounts the widget.
    pub last: LastSession,
}

/// The widget.
#[component]
pub fn App(props: &AppProps) -> Html {
    let settings = props.settings.clone();
    let session = use_reducer(|| restore(&settings));
    let root = use_node_ref();
    let dispatch = {
        let dispatcher = session.dispatcher();
        use_callback((), move |action: Action, ()| dispatcher.dispatch(action))
    };

    let would_lose = use_keep(&session, &settings, &props.last);
    let on_press = use_history(&session, &settings, &dispatch, &root);
    use_events(&session, &props.host, &settings);
    use_focus(&session, &root);
    use_sending(&session, &settings, &props.host, &dispatch);

    let settings = settings.at_site(&session.draft);
    let page = Page { settings: &settings, session: &session, dispatch: &on_press, would_lose };
    html! { <div ref={root} class="widget">{ pages::page(&page) }</div> }
}

fn restore(settings: &Settings) -> Session {
    let session = Session::new(settings.landlord.clone(), settings.start);
    if let Some(before) = &settings.before {
        return session.resume(before);
    }
    let kept = settings.keeps_draft.then(|| storage::load(&settings.storage_key)).flatten();
    kept.map_or(session.clone(), |kept| session.resume(&kept))
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

/// Keeps every change in the tab, and says whether a reload would lose something.
#[hook]
fn use_keep(
    session: &UseReducerHandle<Session>,
    settings: &Rc<Settings>,
    last: &LastSession,
) -> bool {
    let is_kept = use_state_eq(|| settings.keeps_draft);
    {
        let (settings, last, is_kept) = (settings.clone(), last.clone(), is_kept.clone());
        use_effect_with((**session).clone(), move |session| {
            *last.0.borrow_mut() = session.clone();
            if settings.keeps_draft {
                is_kept.set(keep(session, &settings.storage_key));
            }
        });
    }
    let would_lose = !*is_kept && session.has_unsent();
    use_effect_with(would_lose, |would_lose| {
        let listener = would_lose.then(browser::ask_before_leaving).flatten();
        move || drop(listener)
    });
    would_lose
}

/// Keeps what there is; where there is not enough room, at least the answers and their key.
fn keep(session: &Session, key: &str) -> bool {
    if *session == session.fresh() {
        storage::forget(key);
        return true;
    }
    let is_kept = storage::save(key, &session.kept())
        || storage::save(key, &Session { outgoing: None, ..session.clone() }.kept());
    if !is_kept {
        // Rather nothing than answers of a while ago.
        storage::forget(key);
    }
    is_kept
}

/// One entry in the browser's history a screen, so that the browser's Back works. Returns a dispatch
/// that leaves *Back* to the browser where that leads to the same screen: the two can't get out of
/// step then, however fast somebody is.
#[hook]
fn use_history(
    session: &UseReducerHandle<Session>,
    settings: &Rc<Settings>,
    dispatch: &Callback<Action>,
    root: &NodeRef,
) -> Callback<Action> {
    let trail = use_mut_ref(Trail::default);
    {
        let (trail, dispatch) = (trail.clone(), dispatch.clone());
        let instance = settings.has_history.then(|| settings.storage_key.clone());
        use_effect_with((), move |()| {
            let listener = instance.and_then(|instance| {
                browser::on_history(instance, move |address| {
                    trail.borrow_mut().led(&address);
                    dispatch.emit(Action::Show(address));
                })
            });
            move || drop(listener)
        });
    }
    {
        let (trail, settings) = (trail.clone(), settings.clone());
        use_effect_with(session.screen.address(), move |address| {
            if settings.has_history {
                let address = address.clone();
                browser::soon(move || write_history(&trail, &settings.storage_key, &address));
            }
        });
    }
    let back = session.before().address();
    let (has_history, dispatch, root) = (settings.has_history, dispatch.clone(), root.clone());
    Callback::from(move |action| {
        if !matches!(action, Action::Enter(..) | Action::Toggle(..)) {
            browser::blur(&root);
        }
        let is_browsers = matches!(action, Action::Back) && trail.borrow().leads_back_to(&back);
        if has_history && is_browsers {
            browser::go_back();
        } else {
            dispatch.emit(action);
        }
    })
}

/// The trail is never borrowed while the browser is called: a host page may answer at once.
fn write_history(trail: &Rc<RefCell<Trail>>, instance: &str, address: &str) {
    let step = trail.borrow_mut().go(address);
    match step {
        Step::Stay => {}
        Step::Replace => {
            browser::replace_history(instance, address);
        }
        Step::Push(first) => {
            if let Some(first) = first {
                browser::replace_history(instance, &first);
            }
            if !browser::push_history(instance, address) {
                trail.borrow_mut().undo();
            }
        }
    }
}

/// Tells the host page, without anything personal.
#[hook]
fn use_events(session: &UseReducerHandle<Session>, host: &Host, settings: &Rc<Settings>) {
    {
        let (host, version) = (host.clone(), settings.version.clone());
        use_effect_with((), move |()| {
            browser::emit(&host.0, "hc-ready", &[("version", version.into())])
        });
    }
    let host = host.clone();
    let route = session.draft.route();
    use_effect_with(session.screen.clone(), move |screen| {
        let step = [
            ("screen", screen.name().into()),
            ("key", screen.key().into()),
            ("route", route.key().into()),
        ];
        browser::emit(&host.0, "hc-step", &step);
    });
}

/// Tells the host page how a sending ended, once.
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
            browser::emit(&host.0, "hc-submitted", &detail);
        }
        Err(error) => {
            let detail =
                [("status", error.status().into()), ("retryable", error.is_retryable().into())];
            browser::emit(&host.0, "hc-submit-failed", &detail);
        }
    }
}

/// Focus goes to the heading of each new screen, and to the list of problems (WCAG 2.4.3, 3.3.1).
/// Never on the first screen: the host page decides where it starts.
#[hook]
fn use_focus(session: &UseReducerHandle<Session>, root: &NodeRef) {
    let root = root.clone();
    let is_first = use_mut_ref(|| true);
    let has_problems = !session.problems.is_empty();
    let attempt = if has_problems { session.attempts } else { 0 };
    use_effect_with((session.screen.address(), attempt), move |_| {
        if is_first.replace(false) {
            return;
        }
        let selector = if has_problems { "[data-errors]" } else { "[data-heading]" };
        browser::focus(&root, selector);
    });
}

/// Sends what is on its way.
#[hook]
fn use_sending(
    session: &UseReducerHandle<Session>,
    settings: &Rc<Settings>,
    host: &Host,
    dispatch: &Callback<Action>,
) {
    let (settings, host, dispatch) = (settings.clone(), host.clone(), dispatch.clone());
    let on_its_way =
        (session.screen == Screen::Sending).then(|| session.outgoing.clone()).flatten();
    use_effect_with(on_its_way, move |on_its_way| {
        if let Some(outgoing) = on_its_way.clone() {
            spawn_local(async move {
                let slow = dispatch.clone();
                let patience = Timeout::new(USUAL_MILLIS, move || slow.emit(Action::Slow));
                let outcome = api::submit(&settings, &outgoing).await;
                patience.cancel();
                let answer = match outcome {
                    Outcome::Received(sent) => Ok(sent),
                    Outcome::Failed(error) => Err(error),
                    Outcome::KeyUsed => return dispatch.emit(Action::KeyUsed(browser::uuid())),
                };
                dispatch.emit(Action::Answered(answer.clone()));
                emit_answer(&host, outgoing.kind, &answer);
            });
        }
    });
}
