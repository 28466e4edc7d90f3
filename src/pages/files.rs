//! Files: choosing them, on a question's page; and how far they are, once what they belong to was received.

use domain::choices::Choice;
use domain::evidence::{Attachment, Refusal};
use domain::question::Field;
use web_sys::{DragEvent, File};
use yew::prelude::*;

use super::{Ask, Page};
use crate::components::text::{plain, small};
use crate::files::{Adding, FileAction, UploadState, refusal_key};
use crate::session::Action;
use crate::{browser, summary};

/// The control for files, with those that are attached.
#[inline(never)]
pub fn field(page: &Page, it: &Field, label: Html) -> Html {
    let id = it.name.key();
    let files = &page.session.files;
    let limits = &files.limits;
    let most = summary::size(limits.file_size, page.settings);
    let count = limits.files.to_string();
    let hint = page.t_with("field.evidence.hint", &[("files", &*count), ("size", &*most)]);
    let attach = |files: Vec<File>, ask: &Callback<Ask>| {
        if !files.is_empty() {
            ask.emit(Ask::Attach(files));
        }
    };
    let onchange = {
        let ask = page.ask.clone();
        Callback::from(move |event: Event| attach(browser::chosen(&event), &ask))
    };
    let ondrop = {
        let ask = page.ask.clone();
        Callback::from(move |event: DragEvent| attach(browser::dropped(&event), &ask))
    };
    let ondragover = Callback::from(|event: DragEvent| browser::stop_files(&event));
    // What is on its way already is shown there.
    let attached = page.session.draft.attachments().iter();
    let attached = attached.filter(|it| !page.session.is_released(&it.id));
    let lines = attached.map(|it| attached_line(page, it));
    let adding = files.adding.iter().map(|it| adding_line(page, it));
    let lines: Vec<Html> = lines.chain(adding).collect();
    html! {
        <div class="field" {ondrop} {ondragover}>
            { label }
            <p class="hint" id="evidence-hint">{ hint }</p>
            { refused(page, |_| true) }
            <input type="file" multiple={true} {id} aria-describedby="evidence-hint" {onchange} />
            { small(page.t("field.evidence.drop")) }
            <p class="hidden" role="status" key="added">{ spoken(page) }</p>
            <ul class="files">{ for lines }</ul>
            { location(page) }
        </div>
    }
}

/// The same away from the page on which they were chosen: those of which the resident may not have heard.
pub fn left_behind(page: &Page) -> Html {
    refused(page, |reason| match reason {
        Refusal::Interrupted | Refusal::Unreadable | Refusal::WrongType | Refusal::Kept => true,
        Refusal::Empty | Refusal::TooBig | Refusal::TooMany | Refusal::TooMuch | Refusal::Twice => {
            false
        }
    })
}

/// Files that were not taken, each by name with the reason.
fn refused(page: &Page, is_told: fn(Refusal) -> bool) -> Html {
    let limits = &page.session.files.limits;
    let (size, files) = (summary::size(limits.file_size, page.settings), limits.files.to_string());
    let sentence = |(at, (name, reason)): (usize, &(String, Refusal))| {
        let of = [("name", &**name), ("size", &*size), ("files", &*files)];
        let text = page.t_with(&refusal_key(*reason), &of);
        // Two files may have one name.
        let key = [&*at.to_string(), " ", &*text].concat();
        html! { <p class="problem" {key}>{ text }</p> }
    };
    let refused = page
        .session
        .files
        .refused
        .iter()
        .filter(|(_, why)| is_told(*why))
        .enumerate()
        .map(sentence);
    html! { <div class="refused" role="alert">{ for refused }</div> }
}

/// How many files there are, for whoever can't see the list.
fn spoken(page: &Page) -> Html {
    let files = &page.session.files;
    let text = match (files.adding.first(), page.session.draft.attachments()) {
        (Some(it), _) => page.t_with("files.reading", &[("name", &it.name)]),
        (None, [.., last]) => {
            let count = page.session.draft.attachments().len().to_string();
            page.t_with("files.added", &[("name", &last.name), ("count", &count)])
        }
        (None, []) => return Html::default(),
    };
    html! { <span key={&*text}>{ text.clone() }</span> }
}

/// Photos say where they were made; that is taken out unless the resident wants it in.
fn location(page: &Page) -> Html {
    let checked = page.session.files.keeps_location;
    let dispatch = page.dispatch.clone();
    let onchange = Callback::from(move |_: Event| {
        dispatch.emit(Action::File(FileAction::KeepLocation(!checked)));
    });
    html! {
        <>
            { small(page.t("files.location")) }
            <div class="option">
                <input type="checkbox" id="keep-location" {checked} {onchange} />
                <label for="keep-location">{ page.t("files.location.keep") }</label>
            </div>
        </>
    }
}

fn attached_line(page: &Page, it: &Attachment) -> Html {
    let mut notes = vec![summary::size(it.size, page.settings)];
    if it.location == Some(domain::evidence::Location::Removed) {
        notes.push(page.t("files.location.removed").to_string());
    }
    if page.session.files.unkept.contains(&it.id) {
        notes.push(page.t("files.unkept").to_string());
    }
    line(&it.id, &it.name, plain(notes.join(". ")), remove(page, &it.id, &it.name))
}

fn adding_line(page: &Page, it: &Adding) -> Html {
    let of = [("name", &*it.name)];
    let bar = progress(page.t_with("files.reading", &of), None, it.done, it.size);
    line(&it.id, &it.name, bar, remove(page, &it.id, &it.name))
}

/// The files of what was received, each with how far it is; nothing where there are none.
pub fn uploads(page: &Page, attached: &[Attachment], has_way: bool) -> Html {
    if attached.is_empty() {
        return left_behind(page);
    }
    let files = &page.session.files;
    let done = attached.iter().filter(|it| files.state(&it.id) == UploadState::Done).count();
    let (done, all) = (done.to_string(), attached.len().to_string());
    let key = match (has_way, done == all) {
        (false, _) => "uploads.no_way",
        (true, true) => "uploads.done",
        (true, false) => "uploads.under_way",
    };
    let text = page.t_with(key, &[("done", &done), ("all", &all)]);
    let lines = attached.iter().map(|it| upload_line(page, it, has_way));
    html! {
        <section class="uploads" tabindex="-1" aria-label={page.t("uploads.title")}>
            { page.subheading(page.t("uploads.title")) }
            <div role="status"><p key={&*text}>{ text.clone() }</p></div>
            <ul class="files">{ for lines }</ul>
            { left_behind(page) }
        </section>
    }
}

fn upload_line(page: &Page, it: &Attachment, has_way: bool) -> Html {
    let size = summary::size(it.size, page.settings);
    let settings = page.settings;
    if !has_way {
        return line(&it.id, &it.name, plain(size), Html::default());
    }
    let state = page.session.files.state(&it.id);
    let what = match &state {
        UploadState::Waiting => plain([&*size, ". ", &page.t("uploads.waiting")].concat()),
        UploadState::Sending(done) => {
            let of = [("done", &*summary::size(*done, settings)), ("size", &*size)];
            let text = page.t_with("uploads.sending", &of);
            progress(it.name.clone().into(), Some(text), *done, it.size)
        }
        UploadState::Done => plain([&*size, ". ", &page.t("uploads.arrived")].concat()),
        UploadState::Failed(code) => {
            let text = page.settings.messages.variant("uploads.failed", code).unwrap_or_default();
            html! { <p class="problem" role="alert">{ text }</p> }
        }
    };
    let ways = match state {
        UploadState::Done => Html::default(),
        // What was stopped for what it is, or is gone, is stopped again.
        UploadState::Failed(code)
            if ["empty", "gone", "infected", "refused", "too_big", "wrong_type"]
                .contains(&&*code) =>
        {
            remove(page, &it.id, &it.name)
        }
        UploadState::Failed(_) => {
            let (id, url) = (it.id.clone(), None);
            let again = crate::files::Upload { id, url, state: UploadState::Waiting };
            let press =
                page.on_press(move || Some(Action::File(FileAction::Upload(again.clone()))));
            html! {
                <>
                    { named(page, "retry_file", &it.name, press) }
                    { remove(page, &it.id, &it.name) }
                </>
            }
        }
        UploadState::Waiting | UploadState::Sending(_) => remove(page, &it.id, &it.name),
    };
    line(&it.id, &it.name, what, ways)
}

fn line(id: &str, name: &str, what: Html, ways: Html) -> Html {
    html! {
        <li key={id} data-file={id.to_owned()} tabindex="-1">
            <span class="file-name" dir="auto">{ name }</span>
            { what }
            <div class="file-ways">{ ways }</div>
        </li>
    }
}

/// A bar with a name that stays, and what is shown below it.
fn progress(name: AttrValue, text: Option<AttrValue>, done: u64, size: u64) -> Html {
    let text = text.map(|text| html! { <p key={&*text}>{ text.clone() }</p> });
    html! {
        <div class="file-progress">
            <progress aria-label={name} value={done.to_string()} max={size.to_string()} />
            { text.unwrap_or_default() }
        </div>
    }
}

fn remove(page: &Page, id: &str, name: &str) -> Html {
    let (ask, id) = (page.ask.clone(), id.to_owned());
    let press = Callback::from(move |_: MouseEvent| ask.emit(Ask::Detach(id.clone())));
    named(page, "remove", name, press)
}

/// A button whose name says to which file it belongs.
pub fn named(page: &Page, action: &'static str, file: &str, onclick: Callback<MouseEvent>) -> Html {
    let text = page.t(&["action.", action].concat());
    let label = [&text, ": ", file].concat();
    html! {
        <button type="button" class="link" data-action={action} aria-label={label} {onclick}>
            { text }
        </button>
    }
}
