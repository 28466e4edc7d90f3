//! The one component with state: it joins the session to the browser, and picks the page.

use std::cell::RefCell;
use std::rc::Rc;

use domain::record::{self, Envelope};
use gloo::timers::callback::Timeout;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::api::Outcome;
use crate::mount::Host;
use crate::pages::{self, Page};
use crate::session::{Action, Outgoing, Screen, Session};
use crate::settings::Settings;
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

    use_keep(&session, &settings);
    use_history(&session, &settings, &dispatch);
    use_events(&session, &props.host, &settings);
    use_focus(&session, &root);
    use_sending(&session, &settings, &dispatch);

    let page = Page {
        settings: &settings,
        session: &session,
        dispatch: &dispatch,
    };
    html! { <div ref={root} class="widget">{ pages::page(&page) }</div> }
}

fn restore(settings: &Settings) -> Session {
    let kept = settings
        .keeps_draft
        .then(|| storage::load(&settings.storage_key))
        .flatten();
    kept.as_ref().map(Session::from_json).unwrap_or_default()
}

/// Builds what is sent from the answers, once: a second try sends the same bytes again.
pub fn outgoing(session: &Session, settings: &Settings) -> Option<Rc<Outgoing>> {
    if let Some(outgoing) = &session.outgoing {
        return Some(outgoing.clone());
    }
    let sent_at = browser::now();
    let answers = summary::answers(&session.draft, &settings.messages);
    let envelope = Envelope {
        landlord: settings.landlord.id.clone(),
        config_version: settings.landlord.config_version.clone(),
        widget_version: settings.version.clone(),
        language: settings.language.clone(),
        submitted_at: sent_at.clone(),
        source: settings.source.clone(),
    };
    let record = record::from_draft(&session.draft, envelope, answers.clone()).ok()?;
    let key = session.key.clone().unwrap_or_else(browser::uuid);
    let body = serde_json::to_string(&record).ok()?;
    Some(Rc::new(Outgoing {
        key,
        body,
        sent_at,
        answers,
    }))
}

/// Keeps every change in the tab.
#[hook]
fn use_keep(session: &UseReducerHandle<Session>, settings: &Rc<Settings>) {
    let settings = settings.clone();
    use_effect_with((**session).clone(), move |session| {
        if !settings.keeps_draft {
            return;
        }
        if *session == Session::default() {
            storage::forget(&settings.storage_key);
        } else {
            storage::save(&settings.storage_key, &session.kept());
        }
    });
}

/// One entry in the browser's history a screen, so that the browser's Back works.
#[hook]
fn use_history(
    session: &UseReducerHandle<Session>,
    settings: &Rc<Settings>,
    dispatch: &Callback<Action>,
) {
    let trail = use_mut_ref(Vec::<String>::new);
    {
        let (trail, dispatch) = (trail.clone(), dispatch.clone());
        let instance = settings.has_history.then(|| settings.storage_key.clone());
        use_effect_with((), move |()| {
            let listener = instance.and_then(|instance| {
                browser::on_history(instance, move |address| {
                    note_history(&trail, &address);
                    dispatch.emit(Action::Show(address));
                })
            });
            move || drop(listener)
        });
    }
    let settings = settings.clone();
    use_effect_with(session.screen.address(), move |address| {
        if settings.has_history {
            write_history(&mut trail.borrow_mut(), &settings.storage_key, address);
        }
    });
}

fn write_history(trail: &mut Vec<String>, instance: &str, address: &str) {
    let last = trail.last().map(String::as_str);
    let before_last = trail.len().checked_sub(2).map(|at| trail[at].as_str());
    if last.is_none() {
        // Nothing of the host's is touched until the resident has moved.
        trail.push(address.to_owned());
    } else if last == Some(address) {
    } else if address == "sending" || address == "not-sent" {
        // Going back from these leads to the answers.
    } else if address == "sent" {
        browser::replace_history(instance, address);
    } else if before_last == Some(address) {
        trail.pop();
        browser::go_back();
    } else {
        if trail.len() == 1
            && let Some(first) = last
        {
            browser::replace_history(instance, first);
        }
        if browser::push_history(instance, address) {
            trail.push(address.to_owned());
        }
    }
}

/// Follows the browser's own Back and Forward.
fn note_history(trail: &Rc<RefCell<Vec<String>>>, address: &str) {
    let mut trail = trail.borrow_mut();
    match trail.iter().rposition(|it| it == address) {
        Some(at) => trail.truncate(at + 1),
        None => trail.push(address.to_owned()),
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
    use_effect_with(session.screen.clone(), move |screen| {
        let step = [
            ("screen", screen.name().into()),
            ("key", screen.key().into()),
            ("route", "complaint".into()),
        ];
        browser::emit(&host.0, "hc-step", &step);
        match screen {
            Screen::Sent(sent) => {
                let date = |date: Option<chrono::NaiveDate>| date.map(|it| it.to_string()).into();
                let detail = [
                    ("reference", sent.receipt.reference.as_str().into()),
                    ("kind", "complaint".into()),
                    ("stage", sent.receipt.stage.into()),
                    ("receivedOn", date(Some(sent.receipt.received_on))),
                    ("acknowledgeBy", date(sent.receipt.acknowledge_by)),
                ];
                browser::emit(&host.0, "hc-submitted", &detail);
            }
            Screen::NotSent(error) => {
                let detail = [
                    ("status", error.status().into()),
                    ("retryable", error.is_retryable().into()),
                ];
                browser::emit(&host.0, "hc-submit-failed", &detail);
            }
            Screen::Start
            | Screen::Ask(_)
            | Screen::Advise(_)
            | Screen::Check
            | Screen::Sending => {}
        }
    });
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
        let selector = if has_problems {
            "[data-errors]"
        } else {
            "[data-heading]"
        };
        browser::focus(&root, selector);
    });
}

/// Sends what is on its way.
#[hook]
fn use_sending(
    session: &UseReducerHandle<Session>,
    settings: &Rc<Settings>,
    dispatch: &Callback<Action>,
) {
    let (settings, dispatch) = (settings.clone(), dispatch.clone());
    let on_its_way = (session.screen == Screen::Sending)
        .then(|| session.outgoing.clone())
        .flatten();
    use_effect_with(on_its_way, move |on_its_way| {
        if let Some(outgoing) = on_its_way.clone() {
            spawn_local(async move {
                let slow = dispatch.clone();
                let patience = Timeout::new(USUAL_MILLIS, move || slow.emit(Action::Slow));
                let outcome = api::submit(&settings.endpoint, &outgoing, &settings.landlord).await;
                patience.cancel();
                dispatch.emit(match outcome {
                    Outcome::Received(sent) => Action::Answered(Ok(sent)),
                    Outcome::Failed(error) => Action::Answered(Err(error)),
                    // Two records are better than a lost one (decision 0004).
                    Outcome::KeyUsed => Action::Send(Rc::new(Outgoing {
                        key: browser::uuid(),
                        ..(*outgoing).clone()
                    })),
                });
            });
        }
    });
}
