//! The tab's own storage, so that a reload or a crash loses nothing. Where it is blocked or full,
//! the widget carries on without it.

use serde_json::Value;
use web_sys::Storage;

fn storage() -> Option<Storage> {
    web_sys::window()?.session_storage().ok()?
}

/// What was kept under this name, if anything that can be read.
pub fn load(key: &str) -> Option<Value> {
    let text = storage()?.get_item(key).ok()??;
    serde_json::from_str(&text).ok()
}

/// Keeps this; says whether it could.
pub fn save(key: &str, value: &Value) -> bool {
    storage().is_some_and(|storage| storage.set_item(key, &value.to_string()).is_ok())
}

/// Forgets what was kept.
pub fn forget(key: &str) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(key);
    }
}
