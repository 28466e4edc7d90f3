//! A file that a resident attached, on its way to the landlord. It is always saved and never shown: what
//! comes from outside must not run where officers are signed in.

use axum::http::HeaderValue;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
    REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::response::Response;

use crate::AppState;
use crate::error::Error;
use crate::store::uploads::{State, Upload};
use crate::uploads::read;
use crate::uploads::refusal::Refusal;

/// Nothing of it may run or be fetched, whatever a browser makes of it.
const POLICY: &str = "sandbox; default-src 'none'";

/// A file of this case. One in which the scanner found something is given only to who says that they
/// want it all the same.
///
/// # Errors
///
/// There is no such file in this case; it is infected; its bytes are gone, or can't be read now.
pub async fn file(
    state: &AppState,
    reference: &str,
    file: &str,
    infected_too: bool,
) -> Result<Response, Error> {
    let upload = state.store.upload_in(file).await?;
    let upload = upload.filter(|it| it.reference.as_deref() == Some(reference));
    let upload = upload.ok_or(Refusal::Unknown)?;
    if upload.state == State::Infected && !infected_too {
        return Err(Refusal::Infected.into());
    }
    let mut response = Response::new(read::read(state, &upload).await?);
    let headers = response.headers_mut();
    // What it is by its content stands in the case; here it is bytes to save, whatever they are.
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(upload.size));
    headers.insert(CONTENT_DISPOSITION, disposition(&upload));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    Ok(response)
}

/// "Save it", under the name that it has on the resident's device (RFC 6266, 8187).
fn disposition(upload: &Upload) -> HeaderValue {
    let name = upload.name.as_deref().unwrap_or("file");
    // What leads out of a folder, and what no file name can have.
    let clean =
        |char: char| if char.is_control() || "/\\:*?\"<>|".contains(char) { '_' } else { char };
    let name: String = name.chars().map(clean).collect();
    let name = name.trim_matches(['.', ' ']);
    let encoded: String = name
        .bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' => {
                char::from(byte).to_string()
            }
            byte => format!("%{byte:02X}"),
        })
        .collect();
    HeaderValue::try_from(format!("attachment; filename*=UTF-8''{encoded}"))
        .unwrap_or(HeaderValue::from_static("attachment"))
}
