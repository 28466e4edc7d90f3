//! Where things are, and reading and writing them with errors that name the file.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

/// The project's root folder.
pub fn root() -> &'static Path {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask)
}

/// Cargo's target folder, as an absolute path.
pub fn target() -> PathBuf {
    match env::var_os("CARGO_TARGET_DIR") {
        Some(dir) if !dir.is_empty() => {
            std::path::absolute(&dir).unwrap_or_else(|_| PathBuf::from(dir))
        }
        _ => root().join("target"),
    }
}

/// The folder of the distributable files.
pub fn dist() -> PathBuf {
    root().join("dist")
}

/// The first program of this name on the PATH.
pub fn which(program: &str) -> Option<PathBuf> {
    let name = format!("{program}{}", env::consts::EXE_SUFFIX);
    env::split_paths(&env::var_os("PATH")?).map(|dir| dir.join(&name)).find(|path| path.is_file())
}

/// The file's bytes.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("{} can't be read", path.display()))
}

/// The file's text.
pub fn read_text(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("{} can't be read", path.display()))
}

/// Writes the file and the folders above it; a reader sees the old content or the new.
pub fn write(path: &Path, content: impl AsRef<[u8]>) -> Result<()> {
    let failed = || format!("{} can't be written", path.display());
    if let Some(dir) = path.parent() {
        fs::create_dir_all(dir).with_context(failed)?;
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let new = path.with_file_name(name);
    fs::write(&new, content).with_context(failed)?;
    fs::rename(&new, path).with_context(failed)
}

/// All files under `path` (or `path` itself), sorted; none if it doesn't exist.
pub fn files(path: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![path.to_owned()];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            let unreadable = || format!("the folder {} can't be read", path.display());
            for entry in fs::read_dir(&path).with_context(unreadable)? {
                open.push(entry.with_context(unreadable)?.path());
            }
        } else if path.is_file() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
