//! The browser: clock, chance, focus, history, files. `web_sys` lives here, in `mount` and `api`, and
//! nowhere else.

use chrono::NaiveDate;
use domain::json::Json;
use domain::{london, reference};
use gloo::events::{EventListener, EventListenerOptions};
use js_sys::{Array, Date, Object, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{
    Blob, DragEvent, Element, Event, File, FileList, FocusOptions, HtmlElement, HtmlInputElement,
    HtmlTextAreaElement, InputEvent, MouseEvent, Window,
};
use yew::{Callback, NodeRef, TargetCast};

/// The name under which this widget keeps its place in `history.state`, beside the host's own.
const HISTORY_FIELD: &str = "housing-complaint";

fn window() -> Option<Window> {
    web_sys::window()
}

/// Now, as RFC 3339 in UTC.
pub fn now() -> String {
    Date::new_0().to_iso_string().into()
}

/// Now, in milliseconds since 1970.
pub fn millis() -> f64 {
    Date::now()
}

/// A date in any of the usual forms, in milliseconds since 1970; not a number where it is none.
pub fn read_date(text: &str) -> f64 {
    Date::parse(text)
}

/// A random number from 0 to 1.
pub fn chance() -> f64 {
    js_sys::Math::random()
}

/// Today in London, by this device's clock.
pub fn today() -> Option<NaiveDate> {
    london::date(Date::now() as i64)
}

/// Random bytes from the browser's own source.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    let crypto = window().and_then(|window| window.crypto().ok());
    let filled = crypto.and_then(|it| it.get_random_values_with_u8_array(&mut bytes).ok());
    if filled.is_none() {
        for byte in &mut bytes {
            *byte = (js_sys::Math::random() * 256.0) as u8;
        }
    }
    bytes
}

/// A random UUID (version 4). `crypto.randomUUID` is not there on pages without TLS.
pub fn uuid() -> String {
    let mut bytes = random::<16>();
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let mut text = String::with_capacity(36);
    for (at, byte) in bytes.iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        for nibble in [byte >> 4, byte & 0x0f] {
            text.push(char::from_digit(nibble.into(), 16).unwrap_or_default());
        }
    }
    text
}

/// A reference for a complaint whose receiving end gave none.
pub fn own_reference() -> String {
    reference::reference(random())
}

/// Whether the device says that it has a network.
pub fn is_online() -> bool {
    window().is_none_or(|window| window.navigator().on_line())
}

/// Calls back whenever the device says that it has a network, or that it has none.
pub fn on_network(callback: Callback<bool>) -> Option<[EventListener; 2]> {
    let window = window()?;
    let listen = |name, is_online| {
        let callback = callback.clone();
        EventListener::new(&window, name, move |_| callback.emit(is_online))
    };
    Some([listen("online", true), listen("offline", false)])
}

/// A date in the words of a language, with its weekday: "Friday 27 November 2026".
#[cfg(target_arch = "wasm32")]
pub fn long_date(date: NaiveDate, language: &str) -> String {
    let midnight = f64::from(date.to_epoch_days()) * 86_400_000.0;
    in_words(&Date::new(&JsValue::from_f64(midnight)), language, "UTC", false)
}

/// A moment (RFC 3339) in London, in the words of a language.
#[cfg(target_arch = "wasm32")]
pub fn moment(rfc3339: &str, language: &str) -> String {
    in_words(&Date::new(&rfc3339.into()), language, "Europe/London", true)
}

#[cfg(target_arch = "wasm32")]
fn in_words(date: &Date, language: &str, time_zone: &str, has_time: bool) -> String {
    let options = Object::new();
    set(&options, "dateStyle", &"full".into());
    set(&options, "timeZone", &time_zone.into());
    if has_time {
        set(&options, "timeStyle", &"short".into());
    }
    let language = if language == "en" { "en-GB" } else { language };
    let text: String = date.to_locale_string(language, &options).into();
    // Some engines put a comma after the weekday in English, others do not.
    if language == "en-GB" { text.replace(',', "") } else { text }
}

/// A date in English, for pages that are rendered outside a browser.
#[cfg(not(target_arch = "wasm32"))]
pub fn long_date(date: NaiveDate, _language: &str) -> String {
    date.format("%A %-d %B %Y").to_string()
}

/// A moment as it is, for pages that are rendered outside a browser.
#[cfg(not(target_arch = "wasm32"))]
pub fn moment(rfc3339: &str, _language: &str) -> String {
    rfc3339.to_owned()
}

/// Moves focus to the first match inside `root`, and says whether there is one. The loader brings what has focus into view, clear
/// of whatever the host page has pinned over it.
pub fn focus(root: &NodeRef, selector: &str) -> bool {
    root.cast::<Element>().is_some_and(|root| focus_in(&root, selector))
}

fn focus_in(root: &Element, selector: &str) -> bool {
    let Some(target) = find(root, selector) else {
        return false;
    };
    let options = FocusOptions::new();
    options.set_prevent_scroll(true);
    target.focus_with_options(&options).is_ok()
}

/// Lets go of focus inside `root`. Taking a focused element off the page makes browsers lay out the
/// page twice, which an old phone feels.
pub fn blur(root: &NodeRef) {
    let root = root.cast::<Element>();
    if let Some(focused) = root.and_then(|root| find(&root, ":focus")) {
        let _ = focused.blur();
    }
}

/// Moves focus to a field from a link in the list of problems.
pub fn focus_field(event: &MouseEvent, id: &str) {
    event.prevent_default();
    let link = event.target().and_then(|it| it.dyn_into::<Element>().ok());
    if let Some(root) = link.and_then(|it| it.closest("[data-screen]").ok().flatten()) {
        focus_in(&root, &["#", id].concat());
    }
}

fn find(root: &Element, selector: &str) -> Option<HtmlElement> {
    root.query_selector(selector).ok()??.dyn_into().ok()
}

/// What is in the box in which something was just typed.
pub fn typed(event: &InputEvent) -> String {
    match event.target_dyn_into::<HtmlTextAreaElement>() {
        Some(area) => area.value(),
        None => {
            event.target_dyn_into::<HtmlInputElement>().map(|it| it.value()).unwrap_or_default()
        }
    }
}

/// Whether this press is the second of a double click, which must not skip a page.
pub fn is_second_click(event: &MouseEvent) -> bool {
    event.detail() > 1
}

/// Adds an entry for this screen to the history, and says whether it could. The address stays as it
/// is, and whatever the host keeps in its state stays there.
pub fn push_history(instance: &str, address: &str) -> bool {
    history_entry(instance, address, true)
}

/// Notes this screen in the current entry of the history.
pub fn replace_history(instance: &str, address: &str) -> bool {
    history_entry(instance, address, false)
}

fn history_entry(instance: &str, address: &str, is_new: bool) -> bool {
    let Some(history) = window().and_then(|window| window.history().ok()) else {
        return false;
    };
    let state = history.state().unwrap_or(JsValue::NULL);
    let (entry, ours) = (Object::new(), Object::new());
    if state.is_object() && !Array::is_array(&state) {
        Object::assign(&entry, state.unchecked_ref());
        // Another widget on the page keeps its place beside this one.
        if let Some(places) = get(&state, HISTORY_FIELD).filter(JsValue::is_object) {
            Object::assign(&ours, places.unchecked_ref());
        }
    } else if !state.is_null() {
        // A number, a text or a list of the host's has no room for ours.
        return false;
    }
    set(&ours, instance, &address.into());
    set(&entry, HISTORY_FIELD, &ours);
    let written =
        if is_new { history.push_state(&entry, "") } else { history.replace_state(&entry, "") };
    written.is_ok()
}

/// Does this once the browser has drawn what there is to draw.
pub fn soon(task: impl FnOnce() + 'static) {
    // A callback that is forgotten stays in memory; a future that has ended does not.
    wasm_bindgen_futures::spawn_local(async {
        gloo::timers::future::TimeoutFuture::new(0).await;
        task();
    });
}

/// Goes back one entry in the history.
pub fn go_back() {
    if let Some(history) = window().and_then(|window| window.history().ok()) {
        let _ = history.back();
    }
}

/// Calls back with the address of the screen whenever the history comes to one of this widget's
/// entries. Entries of the host page are its own business.
pub fn on_history(instance: String, callback: Callback<String>) -> Option<EventListener> {
    let listener = EventListener::new(&window()?.into(), "popstate", move |event: &Event| {
        let state = get(event, "state");
        let ours = state.and_then(|it| get(&it, HISTORY_FIELD));
        if let Some(address) = ours.and_then(|it| get(&it, &instance)?.as_string()) {
            callback.emit(address);
        }
    });
    Some(listener)
}

/// Has the browser ask before it leaves the page, as long as the listener lives.
pub fn ask_before_leaving() -> Option<EventListener> {
    let options = EventListenerOptions::enable_prevent_default();
    let ask = |event: &Event| event.prevent_default();
    Some(EventListener::new_with_options(&window()?.into(), "beforeunload", options, ask))
}

/// Asks a question that is answered with yes or no.
pub fn confirm(question: &str) -> bool {
    window().is_some_and(|window| window.confirm_with_message(question).unwrap_or(false))
}

#[wasm_bindgen]
extern "C" {
    /// Offers a page of HTML as a file to keep; the loader does it.
    #[wasm_bindgen(js_name = hcDownload)]
    pub fn download(file_name: &str, html: &str);

    /// The same, in parts.
    #[wasm_bindgen(js_name = hcDownload)]
    pub fn download_parts(file_name: &str, parts: &Array);
}

/// A text out of the way: browsers keep blobs where there is room.
pub fn blob(text: &str) -> JsValue {
    let parts = Array::of1(&text.into());
    Blob::new_with_str_sequence(&parts).map_or_else(|_| text.into(), Into::into)
}

/// The address of the page.
pub fn address() -> String {
    window().and_then(|it| it.location().href().ok()).unwrap_or_default()
}

/// Text as base64 of its UTF-8.
pub fn base64(text: &str) -> String {
    // What `btoa` takes is one character a byte.
    let bytes: String = text.bytes().map(char::from).collect();
    window().and_then(|it| it.btoa(&bytes).ok()).unwrap_or_default()
}

/// An address in full, from where it was found.
pub fn resolve(url: &str, base: &str) -> String {
    web_sys::Url::new_with_base(url, base).map_or_else(|_| url.to_owned(), |it| it.href())
}

/// The files that were chosen in a control, which then lets go of them: the same can be chosen again.
pub fn chosen(event: &Event) -> Vec<File> {
    let Some(input) = event.target_dyn_into::<HtmlInputElement>() else {
        return Vec::new();
    };
    let files = input.files().map(list).unwrap_or_default();
    input.set_value("");
    files
}

/// Keeps the browser from opening files that are dragged or dropped here. Words may be dragged into a box.
pub fn stop_files(event: &DragEvent) {
    let types = event.data_transfer().map(|it| it.types());
    if types.is_some_and(|it| it.includes(&"Files".into(), 0)) {
        event.prevent_default();
    }
}

/// The files that were dropped.
pub fn dropped(event: &DragEvent) -> Vec<File> {
    stop_files(event);
    event.data_transfer().and_then(|it| it.files()).map(list).unwrap_or_default()
}

fn list(files: FileList) -> Vec<File> {
    (0..files.length()).filter_map(|at| files.get(at)).collect()
}

/// An object of JavaScript with these fields.
pub fn object(fields: &[(&str, JsValue)]) -> Object {
    let object = Object::new();
    for (name, value) in fields {
        set(&object, name, value);
    }
    object
}

/// Opens the browser's print dialogue.
pub fn print() {
    if let Some(window) = window() {
        let _ = window.print();
    }
}

/// A line for the web team, in the browser's console.
pub fn warn(text: &str) {
    web_sys::console::warn_1(&text.into());
}

/// Reads JSON with the browser's own parser.
#[cfg(target_arch = "wasm32")]
pub fn parse_json(text: &str) -> Option<Json> {
    js_sys::JSON::parse(text).ok().map(|value| to_json(&value))
}

/// Reads JSON outside a browser.
#[cfg(not(target_arch = "wasm32"))]
pub fn parse_json(text: &str) -> Option<Json> {
    serde_json::from_str(text).ok()
}

/// A value of JavaScript as JSON; what JSON does not have becomes `null`.
pub fn to_json(value: &JsValue) -> Json {
    if let Some(text) = value.as_string() {
        Json::Text(text)
    } else if let Some(number) = value.as_f64() {
        Json::Number(number)
    } else if let Some(bool) = value.as_bool() {
        Json::Bool(bool)
    } else if Array::is_array(value) {
        Json::List(Array::from(value).iter().map(|it| to_json(&it)).collect())
    } else if value.is_object() {
        let entries = Object::entries(value.unchecked_ref());
        let field = |entry: JsValue| {
            let entry: Array = entry.unchecked_into();
            (entry.get(0).as_string().unwrap_or_default(), to_json(&entry.get(1)))
        };
        Json::Object(entries.iter().map(field).collect())
    } else {
        Json::Null
    }
}

/// JSON as text, by the browser: a writer of our own would be paid for by a resident (decision 0003).
#[cfg(target_arch = "wasm32")]
pub fn json_text(json: &Json) -> String {
    js_sys::JSON::stringify(&from_json(json)).map(String::from).unwrap_or_default()
}

/// JSON as text, outside a browser.
#[cfg(not(target_arch = "wasm32"))]
pub fn json_text(json: &Json) -> String {
    serde_json::to_string(json).unwrap_or_default()
}

/// JSON as a value of JavaScript.
#[cfg(target_arch = "wasm32")]
fn from_json(json: &Json) -> JsValue {
    match json {
        Json::Null => JsValue::NULL,
        Json::Bool(value) => JsValue::from_bool(*value),
        Json::Number(value) => JsValue::from_f64(*value),
        Json::Text(text) => JsValue::from_str(text),
        Json::List(values) => {
            let array = Array::new();
            // Some old pages have Array.prototype.toJSON, which makes one text of every list.
            set(array.unchecked_ref(), "toJSON", &JsValue::UNDEFINED);
            for value in values {
                array.push(&from_json(value));
            }
            array.into()
        }
        Json::Object(fields) => {
            let object = Object::new();
            for (name, value) in fields {
                set(&object, name, &from_json(value));
            }
            object.into()
        }
    }
}

fn set(object: &Object, name: &str, value: &JsValue) {
    let _ = Reflect::set(object, &name.into(), value);
}

fn get(object: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(object, &name.into()).ok().filter(|it| !it.is_undefined() && !it.is_null())
}
