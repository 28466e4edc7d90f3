//! The border with the host page: the loader calls [`mount`] with a `<div>` inside the element's
//! shadow root, and gets something to unmount.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::prelude::*;
use web_sys::{Element, EventTarget};

use crate::app::{App, AppProps};
use crate::session::Session;
use crate::{browser, settings};

/// The element in the host page, on which events are dispatched.
#[derive(Clone, PartialEq)]
pub struct Host(pub EventTarget);

/// The latest state of a widget, for whoever unmounts it.
#[derive(Clone, Default)]
pub struct LastSession(pub Rc<RefCell<Session>>);

impl PartialEq for LastSession {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// A widget on a page.
#[wasm_bindgen]
pub struct Mounted(yew::AppHandle<App>, LastSession);

/// Puts the widget into `root`. `options` is the object described in [`settings`].
///
/// # Errors
///
/// Where the form can't open: a code and, after a blank, a line for the web team. The loader then
/// shows its own screen, which needs nothing from here.
#[wasm_bindgen]
pub fn mount(root: Element, host: EventTarget, options: &JsValue) -> Result<Mounted, JsValue> {
    let opened = settings::read(&browser::to_json(options))
        .map_err(|reason| [reason.code, " ", &reason.detail].concat())?;
    if !opened.warnings.is_empty() {
        let findings = settings::describe(&opened.warnings);
        browser::warn(&["housing-complaint: landlord file: ", &findings].concat());
    }
    let last = LastSession::default();
    let props =
        AppProps { settings: Rc::new(opened.settings), host: Host(host), last: last.clone() };
    let handle = yew::Renderer::<App>::with_root_and_props(root, props).render();
    Ok(Mounted(handle, last))
}

#[wasm_bindgen]
impl Mounted {
    /// Takes the widget off the page, with its listeners. What it returns goes into the options of
    /// the next [`mount`], so that nothing is lost whatever the tab's storage allows.
    pub fn unmount(self) -> String {
        let session = self.1.0.borrow().clone();
        self.0.destroy();
        browser::json_text(&session.kept())
    }
}
