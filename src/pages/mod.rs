//! The pages: each composes components from the session and the words.

use chrono::NaiveDate;
use domain::choices::Choice;
use domain::triage::Route;
use domain::working_days::WorkingDays;
use yew::prelude::*;

use crate::browser;
use crate::session::{Action, Screen, Session};
use crate::settings::Settings;

mod advice;
mod check;
mod frame;
mod not_sent;
mod question;
mod sending;
mod sent;
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
    /// Whether a reload would lose what was answered.
    pub would_lose: bool,
}

/// The page for the screen on which the resident is.
pub fn page(page: &Page) -> Html {
    match &page.session.screen {
        Screen::Start => start::start(page),
        Screen::Ask(question) => question::question(page, *question),
        Screen::Advise(advice) => advice::advice(page, *advice),
        Screen::Check => check::check(page),
        Screen::Sending => sending::sending(page),
        Screen::Sent(sent) => sent::sent(page, sent),
        Screen::NotSent(error) => not_sent::not_sent(page, error),
    }
}

impl Page<'_> {
    fn t(&self, key: &str) -> AttrValue {
        self.settings.messages.t(key)
    }

    fn t_with(&self, key: &str, arguments: &[(&str, &str)]) -> AttrValue {
        self.settings.messages.t_with(key, arguments)
    }

    /// The text for this key, as it is said of what the resident is sending: a complaint, or else
    /// `key.<kind>`, or `key.other`.
    fn said(&self, key: &str) -> AttrValue {
        let messages = &self.settings.messages;
        let kind = self.session.draft.route();
        if kind == Route::Complaint {
            return messages.t(key);
        }
        let variant = |variant: &str| messages.get(&[key, ".", variant].concat());
        variant(kind.key()).or_else(|| variant("other")).unwrap_or_else(|| messages.t(key))
    }

    fn date(&self, date: NaiveDate) -> String {
        browser::long_date(date, &self.settings.language)
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
        html! {
            <@{self.tag(0)} class="title" part="heading" data-heading="" tabindex="-1">{ text }</@>
        }
    }

    /// The heading of a page that has nothing but a text for it.
    fn title(&self, key: &str) -> Html {
        self.heading(html! { { self.t(key) } })
    }

    /// The same, as it is said of what the resident is sending.
    fn title_said(&self, key: &str) -> Html {
        self.heading(html! { { self.said(key) } })
    }

    /// A heading inside the page.
    fn subheading(&self, text: AttrValue) -> Html {
        html! { <@{self.tag(1)} class="subtitle">{ text }</@> }
    }

    /// The tag of a heading so many levels below the widget's own.
    fn tag(&self, below: u8) -> String {
        ["h", &(self.settings.heading_level + below).to_string()].concat()
    }
}
