//! The border with the host page: the loader makes a [`Place`] of a `<div>`, puts it into the
//! element's shadow root, and has a widget come and go there.

use std::rc::Rc;

use js_sys::{ArrayBuffer, Promise, Uint8Array};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, EventTarget};
use yew::prelude::*;

use crate::app::{App, AppProps};
use crate::{browser, settings};

/// The element in the host page.
#[derive(Clone, PartialEq)]
pub struct Host(pub EventTarget);

/// What the loader does for the widget. It does the same where there is no WebAssembly.
#[wasm_bindgen]
extern "C" {
    /// Keeps this text as the state of the widget in that element, or nothing where it is empty.
    /// Promises to say whether a reload would bring it back.
    #[wasm_bindgen(js_name = hcKeep)]
    fn keep(host: &EventTarget, text: &str) -> Promise;

    /// Keeps it on the device, or in the tab only. Promises when that ends, in milliseconds since 1970: 0
    /// for the tab, -1 where it can't be done.
    #[wasm_bindgen(js_name = hcKeepOnDevice)]
    fn keep_on_device(host: &EventTarget, is_wanted: bool) -> Promise;

    /// When what is kept on the device ends, in milliseconds since 1970; 0 where nothing is kept there.
    #[wasm_bindgen(js_name = hcKeptUntil)]
    fn kept_until(host: &EventTarget) -> f64;

    /// Carries on here with what is open in another tab.
    #[wasm_bindgen(js_name = hcTake)]
    fn take(host: &EventTarget);

    /// Stores a chunk of an attachment. Promises whether a reload would bring it back.
    #[wasm_bindgen(js_name = hcPut)]
    fn put(host: &EventTarget, id: &str, index: u32, bytes: &Uint8Array) -> Promise;

    /// Drops what is stored of an attachment.
    #[wasm_bindgen(js_name = hcDetach)]
    fn detach(host: &EventTarget, id: &str);

    /// Gives the memory of a buffer back at once.
    #[wasm_bindgen(js_name = hcLetGo)]
    pub fn let_go(buffer: &ArrayBuffer);

    /// Promises a chunk of an attachment; nothing where it is gone.
    #[wasm_bindgen(js_name = hcChunk)]
    fn chunk(host: &EventTarget, id: &str, index: u32) -> Promise;

    /// Offers the resident to hide the page from here on, or no longer; the loader does that.
    #[wasm_bindgen(js_name = hcHide)]
    fn offer_hide(host: &EventTarget, is_offered: bool);

    /// Dispatches an event on the element. It bubbles, and its detail carries nothing personal.
    #[wasm_bindgen(js_name = hcTell)]
    fn tell(host: &EventTarget, name: &str, detail: &JsValue);

    /// Something waits for the rest of the wasm: the loader calls [`Place::complete`] once it is there,
    /// or shows its own screen.
    #[wasm_bindgen(js_name = hcHold)]
    fn hold(host: &EventTarget);
}

impl Host {
    /// Hands over the state of the widget, so that neither a reload nor a crash loses it; says in the
    /// end whether a reload would bring it back.
    pub fn keep(&self, text: &str) -> impl Future<Output = bool> + 'static {
        let promise = keep(&self.0, text);
        async move { JsFuture::from(promise).await.is_ok_and(|it| it.is_truthy()) }
    }

    /// Keeps it on the device, or in the tab only; says when that ends, as [`kept_until`](Self::kept_until)
    /// does, or `None` where it can't be done.
    pub async fn keep_on_device(&self, is_wanted: bool) -> Option<f64> {
        let until = JsFuture::from(keep_on_device(&self.0, is_wanted)).await.ok()?.as_f64()?;
        (until >= 0.0).then_some(until)
    }

    /// When what is kept on the device ends, in milliseconds since 1970; 0 where nothing is kept there.
    pub fn kept_until(&self) -> f64 {
        kept_until(&self.0)
    }

    /// Carries on here with what is open in another tab.
    pub fn take(&self) {
        take(&self.0);
    }

    /// Stores a chunk of an attachment; says whether a reload would bring it back, or `None` where the chunks
    /// before it are gone.
    pub async fn put(&self, id: &str, index: u32, bytes: &[u8]) -> Option<bool> {
        let promise = put(&self.0, id, index, &Uint8Array::from(bytes));
        Some(JsFuture::from(promise).await.ok()?.is_truthy())
    }

    /// Drops what is stored of an attachment.
    pub fn detach(&self, id: &str) {
        detach(&self.0, id);
    }

    /// A chunk of an attachment; `None` where it is gone.
    pub async fn chunk(&self, id: &str, index: u32) -> Option<Uint8Array> {
        let chunk = JsFuture::from(chunk(&self.0, id, index)).await.ok()?;
        (!chunk.is_undefined()).then(|| chunk.unchecked_into())
    }

    /// Offers the resident to hide the page from here on, or no longer.
    pub fn offer_hide(&self, is_offered: bool) {
        offer_hide(&self.0, is_offered);
    }

    /// Tells the host page.
    pub fn tell(&self, name: &str, detail: &[(&str, JsValue)]) {
        tell(&self.0, name, &browser::object(detail));
    }

    /// Has the loader hurry with the rest of the wasm.
    pub fn hold(&self) {
        hold(&self.0);
    }
}

/// What stands in a place now.
#[derive(Clone, PartialEq, Properties)]
struct InPlaceProps {
    app: Option<AppProps>,
}

#[component]
fn InPlace(props: &InPlaceProps) -> Html {
    // The key keeps one widget's session from the next, however fast they follow.
    let app = props.app.clone().map(|app| {
        let key = Rc::as_ptr(&app.settings) as usize;
        html! { <App key={key} ..app /> }
    });
    app.unwrap_or_default()
}

/// A place for one widget. It stays when the widget goes, for the next one: Yew never takes back what
/// it listens to at the root of an app, so a new root for each widget would fill the memory of a page
/// that opens and closes many.
#[wasm_bindgen]
pub struct Place {
    handle: yew::AppHandle<InPlace>,
    app: Option<AppProps>,
}

#[wasm_bindgen]
impl Place {
    /// Makes a place of this element.
    #[wasm_bindgen(constructor)]
    pub fn new(root: Element) -> Self {
        let nothing = InPlaceProps { app: None };
        let handle = yew::Renderer::<InPlace>::with_root_and_props(root, nothing).render();
        Self { handle, app: None }
    }

    /// Puts a widget here. `options` is the object described in [`settings`]; `is_whole` says whether
    /// all of the wasm is there.
    ///
    /// # Errors
    ///
    /// Where the form can't open: a code and, after a blank, a line for the web team. The loader then
    /// shows its own screen, which needs nothing from here.
    pub fn mount(
        &mut self,
        host: EventTarget,
        options: &JsValue,
        is_whole: bool,
    ) -> Result<(), JsValue> {
        let opened = settings::read(&browser::to_json(options))
            .map_err(|reason| [reason.code, " ", &reason.detail].concat())?;
        if !opened.warnings.is_empty() {
            let findings = settings::describe(&opened.warnings);
            browser::warn(&["housing-complaint: landlord file: ", &findings].concat());
        }
        let settings = Rc::new(opened.settings);
        self.show(Some(AppProps { settings, host: Host(host), is_whole }));
        Ok(())
    }

    /// All of the wasm is there (decision 0013), and these words with it.
    pub fn complete(&mut self, words: &JsValue) {
        let app = self.app.clone();
        if let Some(app) = &app {
            app.settings.messages.complete(browser::to_json(words));
        }
        self.show(app.map(|app| AppProps { is_whole: true, ..app }));
    }

    /// Takes the widget off the page, with its listeners.
    pub fn unmount(&mut self) {
        self.show(None);
    }

    fn show(&mut self, app: Option<AppProps>) {
        self.app.clone_from(&app);
        self.handle.update(InPlaceProps { app });
    }
}
