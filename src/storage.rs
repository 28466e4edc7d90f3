//! The tab's own storage, so that a reload or a crash loses nothing. Where it is blocked or full,
//! the widget carries on without it.

use domain::json::Json;
use serde::Serialize;
use web_sys::Storage;

use crate::browser::parse_json;

fn storage() -> Option<Storage> {
    web_sys::window()?.session_storage().ok()?
}

/// What was kept under this name, if anything that can be read.
pub fn load(key: &str) -> Option<Json> {
    let text = storage()?.get_item(key).ok()??;
    parse_json(&text)
}

/// Keeps this; says whether it could.
pub fn save(key: &str, value: &impl Serialize) -> bool {
    let text = serde_json::to_string(value).unwrap_or_default();
    storage().is_some_and(|storage| storage.set_item(key, &text).is_ok())
}

/// Forgets what was kept.
pub fn forget(key: &str) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(key);
    }
}
