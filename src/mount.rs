//! The border with the host page: the loader calls [`mount`] with a `<div>` inside the element's
//! shadow root, and gets something to unmount.

use std::rc::Rc;

use wasm_bindgen::prelude::*;
use web_sys::{Element, EventTarget};

use crate::app::{App, AppProps};
use crate::{browser, settings};

/// The element in the host page, on which events are dispatched.
#[derive(Clone, PartialEq)]
pub struct Host(pub EventTarget);

/// A widget on a page.
#[wasm_bindgen]
pub struct Mounted(yew::AppHandle<App>);

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
    let props = AppProps {
        settings: Rc::new(opened.settings),
        host: Host(host),
    };
    Ok(Mounted(
        yew::Renderer::<App>::with_root_and_props(root, props).render(),
    ))
}

#[wasm_bindgen]
impl Mounted {
    /// Takes the widget off the page, with its listeners.
    pub fn unmount(self) {
        self.0.destroy();
    }
}
