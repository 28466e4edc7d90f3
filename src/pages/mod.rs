//! The pages: each composes components from the session and the words.

use chrono::{DateTime, NaiveDate};
use domain::working_days::WorkingDays;
use web_sys::File;
use yew::prelude::*;
use yew::virtual_dom::AttributeOrProperty::Static;
use yew::virtual_dom::Attributes;

use crate::browser;
use crate::components::element::with_attributes;
use crate::session::{Action, Screen, Session};
use crate::settings::Settings;

mod advice;
mod case;
mod check;
mod files;
mod frame;
mod keep;
mod not_sent;
mod question;
mod sending;
mod sent;
mod sign_in;
mod start;

/// What every page is made from.
#[derive(Clone, Copy)]
pub struct Page<'a> {
    /// What stays the same.
    pub settings: &'a Settings,
    /// What changes.
    pub session: &'a Session,
    /// How to change it.
    pub dispatch: &'a Callback<Action>,
    /// How to have the browser do something.
    pub ask: &'a Callback<Ask>,
    /// What is known of the browser.
    pub around: &'a Around,
}

/// Something that only the browser can do.
#[derive(Clone, Debug)]
pub enum Ask {
    /// Attach these files.
    Attach(Vec<File>),
    /// Take a file away.
    Detach(String),
    /// Keep the answers on this device, or no longer.
    Device(bool),
    /// Save everything as a file.
    Save,
    /// Open such a file.
    Open(File),
    /// Carry on with what is open in another tab.
    Take,
    /// Ask the service how much may be attached.
    Limits,
    /// Forget the case that is followed.
    SignOut,
    /// Put a day into the resident's calendar.
    Calendar {
        /// Which.
        on: NaiveDate,
        /// What is promised for it.
        title: AttrValue,
        /// What to do with it.
        text: AttrValue,
    },
}

/// What the pages need to know of the browser.
#[derive(Clone, Debug, Default)]
pub struct Around {
    /// Whether a reload would bring everything back.
    pub is_kept: bool,
    /// Whether a reload would lose what was answered.
    pub would_lose: bool,
    /// Whether a draft is open in another tab.
    pub is_elsewhere: bool,
    /// When what is kept on the device ends, in milliseconds since 1970; 0 where nothing is kept there.
    pub until: f64,
    /// Whether keeping on the device did not work.
    pub cant_keep: bool,
    /// What became of a file that was saved or opened, in sentences.
    pub told: Vec<AttrValue>,
}

/// The page for the screen on which the resident is.
pub fn page(page: &Page) -> Html {
    match &page.session.screen {
        Screen::Start => start::start(page),
        Screen::Ask(question) => question::question(page, *question),
        _ => later(page),
    }
}

/// What is in the wasm's later part (decision 0013).
#[inline(never)]
fn later(page: &Page) -> Html {
    match &page.session.screen {
        Screen::Start | Screen::Ask(_) => Html::default(),
        Screen::Advise(advice) => advice::advice(page, *advice),
        Screen::Check => check::check(page),
        Screen::Keep => keep::keep(page),
        Screen::Sending => sending::sending(page),
        Screen::Waiting => sending::waiting(page),
        Screen::Sent(sent) => sent::sent(page, sent),
        Screen::NotSent(error) => not_sent::not_sent(page, error),
        Screen::SignIn => sign_in::sign_in(page),
        Screen::Case => case::case(page),
    }
}

/// The first page before the landlord's file is there: the build renders it into the script.
pub fn first(page: &Page) -> Html {
    start::first(page)
}

impl Page<'_> {
    fn t(&self, key: &str) -> AttrValue {
        self.settings.messages.t(key)
    }

    fn t_with(&self, key: &str, arguments: &[(&str, &str)]) -> AttrValue {
        self.settings.messages.t_with(key, arguments)
    }

    /// The text for this key, as it is said of what the resident is sending.
    fn said(&self, key: &str) -> AttrValue {
        self.settings.messages.said(key, self.session.draft.route())
    }

    fn date(&self, date: NaiveDate) -> String {
        browser::long_date(date, &self.settings.language)
    }

    /// The day on which a draft on the device ends, in words.
    fn kept_until(&self) -> String {
        let day = DateTime::from_timestamp_millis(self.around.until as i64);
        day.map(|it| self.date(it.date_naive())).unwrap_or_default()
    }

    /// "5 working days".
    fn days(&self, days: WorkingDays) -> AttrValue {
        self.t_with("common.working_days", &[("count", &days.0.to_string())])
    }

    /// Does this when pressed; the second press of a double click does nothing.
    fn on_press(&self, action: impl Fn() -> Option<Action> + 'static) -> Callback<MouseEvent> {
        let dispatch = self.dispatch.clone();
        Callback::from(move |event: MouseEvent| {
            if !browser::is_second_click(&event)
                && let Some(action) = action()
            {
                dispatch.emit(action);
            }
        })
    }

    /// A button that does one thing.
    fn button(&self, name: &'static str, class: &'static str, press: Callback<MouseEvent>) -> Html {
        html! {
            <button type="button" part="button" {class} data-action={name} onclick={press}>
                { self.said(&["action.", name].concat()) }
            </button>
        }
    }

    /// The heading of the page, which takes focus when the page comes.
    fn heading(&self, text: Html) -> Html {
        let attributes = Attributes::Static(&[
            ("part", Static("heading")),
            ("data-heading", Static("")),
            ("tabindex", Static("-1")),
            ("class", Static("title")),
        ]);
        with_attributes(self.tag(0).into(), attributes, text)
    }

    /// The heading of a page that has nothing but a text for it.
    fn title(&self, key: &str) -> Html {
        self.heading(self.t(key).into())
    }

    /// The same, as it is said of what the resident is sending.
    fn title_said(&self, key: &str) -> Html {
        self.heading(self.said(key).into())
    }

    /// A heading inside the page.
    fn subheading(&self, text: AttrValue) -> Html {
        let attributes = Attributes::Static(&[("class", Static("subtitle"))]);
        with_attributes(self.tag(1).into(), attributes, text.into())
    }

    /// The tag of a heading so many levels below the widget's own.
    fn tag(&self, below: u8) -> String {
        ["h", &(self.settings.heading_level + below).to_string()].concat()
    }
}
