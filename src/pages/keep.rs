//! Where the answers are kept: in this tab, on this device, in a file. And how they go.

use yew::prelude::*;

use super::{Ask, Page, frame::frame};
use crate::browser;
use crate::components::hide::offer;
use crate::components::text::{changing, lead, plain, small};
use crate::session::Action;
use crate::settings::Drafts;

/// The page.
#[inline(never)]
pub fn keep(page: &Page) -> Html {
    frame(
        page,
        html! {
            <>
                { page.title("keep.title") }
                { lead(page.t("keep.lead")) }
                { place(page) }
                { file(page) }
                { hide(page) }
                { delete(page) }
            </>
        },
    )
}

/// In this tab, or on this device.
fn place(page: &Page) -> Html {
    let drafts = page.settings.drafts;
    let is_on_device = page.around.until > 0.0;
    let text = if drafts == Drafts::Off || !page.around.is_kept {
        page.t("keep.nowhere")
    } else if is_on_device {
        page.t_with("keep.device.now", &[("date", &page.kept_until())])
    } else {
        page.t("keep.tab.now")
    };
    let ask = page.ask.clone();
    let press = Callback::from(move |_: MouseEvent| ask.emit(Ask::Device(!is_on_device)));
    let way = (drafts == Drafts::Device && !page.session.draft.is_empty()).then(|| {
        if is_on_device {
            page.button("keep_tab", "button quiet-button", press)
        } else {
            html! {
                <>
                    { plain(page.t("keep.device.what")) }
                    { page.button("keep_device", "button quiet-button", press) }
                </>
            }
        }
    });
    let failed = page.around.cant_keep.then(|| plain(page.t("keep.device.cant")));
    html! {
        <>
            { page.subheading(page.t("keep.place.title")) }
            <div role="status">
                { changing(text) }
                { failed.unwrap_or_default() }
            </div>
            { way.unwrap_or_default() }
        </>
    }
}

/// A file to keep, and opening one.
fn file(page: &Page) -> Html {
    let told = &page.around.told;
    let told = (!told.is_empty()).then(|| {
        html! { <div class="note told">{ for told.iter().map(|text| changing(text.clone())) }</div> }
    });
    let is_empty = page.session.draft.is_empty();
    let save = (!is_empty).then(|| {
        let ask = page.ask.clone();
        let press = Callback::from(move |_: MouseEvent| ask.emit(Ask::Save));
        html! {
            <>
                { plain(page.t("keep.file.what")) }
                { page.button("save_file", "button", press) }
            </>
        }
    });
    let onchange = {
        let ask = page.ask.clone();
        Callback::from(move |event: Event| {
            if let Some(file) = browser::chosen(&event).into_iter().next() {
                ask.emit(Ask::Open(file));
            }
        })
    };
    let warning = (!is_empty).then(|| small(page.t("keep.file.replaces")));
    html! {
        <>
            { page.subheading(page.t("keep.file.title")) }
            <div role="status">{ told.unwrap_or_default() }</div>
            { save.unwrap_or_default() }
            <div class="field">
                <label class="label" for="open-file"><span class="label-text">{ page.t("keep.file.open") }</span></label>
                { warning.unwrap_or_default() }
                <input type="file" id="open-file" accept=".html,.htm,text/html" {onchange} />
            </div>
        </>
    }
}

/// A button that hides the page, for whoever wants one.
fn hide(page: &Page) -> Html {
    let (dispatch, is_wanted) = (page.dispatch.clone(), page.session.wants_hide);
    let press = Callback::from(move |_: Event| dispatch.emit(Action::OfferHide(!is_wanted)));
    html! {
        <>
            { page.subheading(page.t("hide.offer.title")) }
            { offer(&page.settings.messages, is_wanted, press) }
        </>
    }
}

/// Deleting takes two presses: one could be a slip, and a frame of another site may not ask in a dialog.
fn delete(page: &Page) -> Html {
    if page.session.draft.is_empty() {
        return Html::default();
    }
    let ways = if page.session.is_deleting {
        html! {
            <div class="ways" role="group" aria-labelledby="delete-sure" key="sure">
                <p id="delete-sure" tabindex="-1">{ page.t("keep.delete.sure") }</p>
                { page.button("clear", "button", page.on_press(|| Some(Action::Again))) }
                { page.button("clear_not", "button quiet-button", page.on_press(|| Some(Action::Delete(false)))) }
            </div>
        }
    } else {
        html! {
            <div key="ask">
                { small(page.t("keep.delete.what")) }
                { page.button("delete", "button quiet-button", page.on_press(|| Some(Action::Delete(true)))) }
            </div>
        }
    };
    html! {
        <>
            { page.subheading(page.t("keep.delete.title")) }
            { ways }
        </>
    }
}
