//! The tab's own storage, so that a reload or a crash loses nothing. Where it is blocked or full,
//! the widget carries on without it.

use domain::json::Json;
use web_sys::Storage;

use crate::browser::{json_text, parse_json};

fn storage() -> Option<Storage> {
    web_sys::window()?.session_storage().ok()?
}

/// What was kept under this name, if anything that can be read.
pub fn load(key: &str) -> Option<Json> {
    let text = storage()?.get_item(key).ok()??;
    parse_json(&text)
}

/// Keeps this; says whether it could.
pub fn save(key: &str, value: &Json) -> bool {
    let text = json_text(value);
    storage().is_some_and(|storage| storage.set_item(key, &text).is_ok())
}

/// Forgets what was kept.
pub fn forget(key: &str) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(key);
    }
}
