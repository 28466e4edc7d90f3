//! Signing in to a case with its reference and its access code; no account (Code 5.9, and nobody is made to
//! remember a password).

use domain::question::{Kind, Line};
use yew::prelude::*;

use super::case::{act, form, label, outcome, press, problems};
use super::{Page, frame::frame};
use crate::components::channels::channels;
use crate::components::element::all;
use crate::components::field::{Field, field};
use crate::components::text::{changing, lead, plain};
use crate::session::Action;
use crate::tracking::{CaseAction, Tracking, Upshot, What};

/// The page.
#[inline(never)]
pub fn sign_in(page: &Page) -> Html {
    let Some(tracking) = &page.session.tracking else {
        return frame(page, page.title("sign_in.title"));
    };
    if tracking.can.is_some_and(|it| !it.show) {
        return frame(page, no_way(page));
    }
    let (reference, code) = (&tracking.reference, &tracking.code);
    let fields = vec![
        entry(page, tracking, "reference", Line::Plain, reference, CaseAction::Reference),
        entry(page, tracking, "access_code", Line::Phone, code, CaseAction::Code),
    ];
    let parts = vec![
        problems(page),
        outcome(page, tracking),
        page.title("sign_in.title"),
        lead(page.t("sign_in.lead")),
        form(page, What::SignIn, "sign_in", fields),
        lost(page, tracking),
    ];
    frame(page, all(parts))
}

fn entry(
    page: &Page,
    tracking: &Tracking,
    name: &'static str,
    line: Line,
    value: &str,
    action: fn(String) -> CaseAction,
) -> Html {
    let key = |part: &str| ["sign_in.", name, part].concat();
    let problem = tracking.problems.iter().find(|(it, _)| *it == name).map(|(_, key)| page.t(key));
    let dispatch = page.dispatch.clone();
    field(Field {
        name,
        kind: Kind::Line(line),
        label: label(page, name, &key(".label"), true),
        hint: Some(page.t(&key(".hint"))),
        problem,
        keys: Vec::new(),
        values: vec![value.to_owned()],
        // A browser must not offer it to whoever comes next.
        autocomplete: "off",
        option_label: &|_| AttrValue::default(),
        or: AttrValue::default(),
        on_enter: Callback::from(move |text| dispatch.emit(Action::Case(action(text)))),
        on_press: Callback::noop(),
    })
}

/// A way back for whoever has lost the code: to the address that the landlord has for the case, or by
/// asking a person. Nobody hears whether there is such a case, or such an address.
fn lost(page: &Page, tracking: &Tracking) -> Html {
    let is_sent = tracking.upshot == Upshot::Done(What::Code);
    let has_mail = tracking.can.is_none_or(|it| it.mail);
    let mail = has_mail.then(|| {
        let button = act(page, "new_code", "button quiet-button", press(page, What::Code, 0));
        all(vec![plain(page.t("sign_in.lost.mail")), button])
    });
    let other = if has_mail { "sign_in.lost.other" } else { "sign_in.lost.only" };
    html! {
        <details class="lost" open={is_sent}>
            <summary>{ page.t("sign_in.lost.title") }</summary>
            { mail.unwrap_or_default() }
            { changing(page.t(other)) }
            { channels(&page.settings.messages, &page.settings.landlord.channels) }
        </details>
    }
}

/// Where the service shows no cases.
fn no_way(page: &Page) -> Html {
    all(vec![
        page.title("sign_in.title"),
        lead(page.t("sign_in.no_way")),
        channels(&page.settings.messages, &page.settings.landlord.channels),
    ])
}
