//! The border with the host page: the loader calls [`mount`] with a `<div>` inside the element's
//! shadow root, and gets something to unmount.

use std::rc::Rc;

use wasm_bindgen::prelude::*;
use web_sys::{Element, EventTarget};

use crate::app::{App, AppProps};
use crate::pages::failed::{Failed, FailedProps};
use crate::{browser, settings};

/// The element in the host page, on which events are dispatched.
#[derive(Clone, PartialEq)]
pub struct Host(pub EventTarget);

/// A widget on a page.
#[wasm_bindgen]
pub struct Mounted(Running);

enum Running {
    App(yew::AppHandle<App>),
    Failed(yew::AppHandle<Failed>),
}

/// Puts the widget into `root`. `options` is the object described in [`settings`].
#[wasm_bindgen]
pub fn mount(root: Element, host: EventTarget, options: &JsValue) -> Mounted {
    let options = browser::to_json(options);
    match settings::read(&options) {
        Ok(opened) => {
            if !opened.warnings.is_empty() {
                browser::warn(
                    &[
                        "housing-complaint: landlord file: ",
                        &settings::describe(&opened.warnings),
                    ]
                    .concat(),
                );
            }
            let props = AppProps {
                settings: Rc::new(opened.settings),
                host: Host(host),
            };
            Mounted(Running::App(
                yew::Renderer::<App>::with_root_and_props(root, props).render(),
            ))
        }
        Err(reason) => {
            browser::warn(&["housing-complaint: ", reason.code, " ", &reason.detail].concat());
            browser::emit(&host, "hc-error", &[("code", reason.code.into())]);
            let props = FailedProps { reason };
            Mounted(Running::Failed(
                yew::Renderer::<Failed>::with_root_and_props(root, props).render(),
            ))
        }
    }
}

#[wasm_bindgen]
impl Mounted {
    /// Takes the widget off the page, with its listeners.
    pub fn unmount(self) {
        match self.0 {
            Running::App(handle) => handle.destroy(),
            Running::Failed(handle) => handle.destroy(),
        }
    }
}
