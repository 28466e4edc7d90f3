//! The landlords' files: one JSON file each, in one folder. Each is looked at again when it is
//! needed, so that a changed file counts from the next complaint on.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use domain::json::Finding;
use domain::landlord::{self, Landlord};
use tracing::{error, info, warn};

/// The landlord of this id. Nothing refuses a complaint: where there is no file for it, or one that
/// can't be used, it is a landlord with the longest times that the Code allows, who needs no name.
///
/// The id comes from outside, and is not logged: it may be anything, a name included.
pub async fn read(folder: &Path, id: &str) -> Arc<Landlord> {
    let Some(file) = file(folder, id) else {
        warn!("a landlord's id that can't be the name of a file; using the Code's times");
        return unknown();
    };
    let Ok(version) =
        tokio::fs::metadata(&file).await.and_then(|it| Ok((it.modified()?, it.len())))
    else {
        warn!("a landlord without a file; using the Code's times");
        return unknown();
    };
    if let Some((of, landlord)) = known().get(&file)
        && *of == version
    {
        return landlord.clone();
    }
    let Ok(text) = tokio::fs::read_to_string(&file).await else {
        warn!("a landlord without a file; using the Code's times");
        return unknown();
    };
    match landlord::parse(&text) {
        Ok(parsed) => {
            let landlord = Arc::new(parsed.landlord);
            known().insert(file, (version, landlord.clone()));
            landlord
        }
        Err(_) => {
            error!("a landlord's file that can't be used; using the Code's times");
            unknown()
        }
    }
}

/// Landlords by their files, as they were last read, with when the file was changed and how long it was.
type Known = BTreeMap<PathBuf, ((SystemTime, u64), Arc<Landlord>)>;

/// Each look at a case needs a landlord.
fn known() -> MutexGuard<'static, Known> {
    static KNOWN: Mutex<Known> = Mutex::new(BTreeMap::new());
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn unknown() -> Arc<Landlord> {
    Arc::new(Landlord { accepts_anonymous: true, ..Landlord::default() })
}

/// Whether this may be a landlord's id: lower-case letters, digits and hyphens, so that it can't
/// lead out of the folder.
pub fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// Reads all files at the start, and logs what is wrong with them. A bad file stops nothing: the
/// other landlords' residents need the service.
pub fn check(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else {
        warn!(folder = %folder.display(), "no folder with landlords' files");
        return;
    };
    let mut files: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|it| it == "json"))
        .collect();
    files.sort();
    for path in &files {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        check_file(path, &name);
    }
    info!(files = files.len(), "read the landlords' files");
}

fn check_file(path: &Path, name: &str) {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => {
            error!(file = name, %error, "can't read a landlord's file");
            return;
        }
    };
    match landlord::parse(&text) {
        Ok(parsed) => {
            log_findings(name, &parsed.warnings);
            if parsed.landlord.id != name || !is_id(name) {
                warn!(file = name, "the id in a landlord's file is not its name");
            }
        }
        Err(findings) => log_findings(name, &findings),
    }
}

fn log_findings(name: &str, findings: &[Finding]) {
    for Finding { pointer, fault } in findings {
        let fault_key = fault.key();
        if fault.is_warning() {
            warn!(file = name, pointer, fault = fault_key, "a landlord's file");
        } else {
            error!(file = name, pointer, fault = fault_key, "a landlord's file");
        }
    }
}

fn file(folder: &Path, id: &str) -> Option<PathBuf> {
    is_id(id).then(|| folder.join(id).with_extension("json"))
}
