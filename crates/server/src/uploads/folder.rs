//! The files on disk. Their names are random; what a resident called a file is only in the database.

use std::io::{self, ErrorKind, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use tokio::fs::{self, File, OpenOptions};
use tokio::io::{AsyncReadExt, AsyncSeekExt, SeekFrom};
use tracing::error;

use super::refusal::Refusal;
use crate::serve::make_private;

/// A folder for evidence.
pub struct Folder(PathBuf);

/// In the folder: the files in which a scanner found something.
const APART: &str = "infected";
/// The end of the name of a part whose checksum is not known yet.
const PART: &str = "part";

impl Folder {
    /// This folder. It is made when it is needed.
    pub fn new(path: PathBuf) -> Self {
        Self(path)
    }

    /// Where this file is.
    pub fn path(&self, file: &str) -> PathBuf {
        self.0.join(file)
    }

    /// Where this file is when it is kept apart.
    pub fn path_apart(&self, file: &str) -> PathBuf {
        self.0.join(APART).join(file)
    }

    /// How many bytes there is room for on its disk, as far as that can be told.
    pub fn room(&self) -> Option<u64> {
        // The folder is made with the first file.
        let made = self.0.ancestors().find(|it| it.exists())?;
        room(made)
    }

    /// Whether it is here.
    pub async fn has(&self, file: &str) -> bool {
        fs::try_exists(self.path(file)).await.unwrap_or(false)
    }

    /// How many bytes of it there are.
    pub async fn length(&self, file: &str) -> Result<u64, Refusal> {
        match fs::metadata(self.path(file)).await {
            Ok(metadata) => Ok(metadata.len()),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(0),
            Err(error) => Err(failed(&error)),
        }
    }

    /// How many bytes of it there are, all of them on disk.
    pub async fn length_on_disk(&self, file: &str) -> Result<u64, Refusal> {
        match File::open(self.path(file)).await {
            Ok(file) => {
                file.sync_data().await.map_err(|error| failed(&error))?;
                file.metadata().await.map(|it| it.len()).map_err(|error| failed(&error))
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(0),
            Err(error) => Err(failed(&error)),
        }
    }

    /// Opens it for adding to its end; that there is such a file is on disk, too.
    pub async fn append(&self, file: &str) -> io::Result<File> {
        let path = self.path(file);
        if let Ok(file) = OpenOptions::new().append(true).open(&path).await {
            return Ok(file);
        }
        make_private(&self.0)?;
        let opened = private().append(true).create(true).open(&path).await?;
        sync_folder(&self.0).await?;
        Ok(opened)
    }

    /// Opens a new file for a part of it that is to be checked first.
    pub async fn part(&self, file: &str) -> io::Result<File> {
        make_private(&self.0)?;
        private()
            .write(true)
            .read(true)
            .create(true)
            .truncate(true)
            .open(self.part_path(file))
            .await
    }

    /// Removes that part.
    pub async fn remove_part(&self, file: &str) {
        removed(fs::remove_file(self.part_path(file)).await);
    }

    fn part_path(&self, file: &str) -> PathBuf {
        self.path(file).with_extension(PART)
    }

    /// Shortens it to so many bytes.
    pub async fn cut(&self, file: &str, length: u64) -> io::Result<()> {
        match OpenOptions::new().write(true).open(self.path(file)).await {
            Ok(file) => {
                file.set_len(length).await?;
                file.sync_all().await
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Removes it and what belongs to it. What can't be removed now is removed in a later round.
    pub async fn remove(&self, file: &str) {
        removed(fs::remove_file(self.path(file)).await);
        self.remove_part(file).await;
    }

    /// Removes it wherever it is here, and says whether it is gone.
    pub async fn erase(&self, file: &str) -> bool {
        let mut is_gone = true;
        for path in [self.path(file), self.part_path(file), self.0.join(APART).join(file)] {
            let outcome = fs::remove_file(path).await;
            is_gone &= outcome.as_ref().err().is_none_or(|it| it.kind() == ErrorKind::NotFound);
            removed(outcome);
        }
        is_gone
    }

    /// Puts it where nothing that hands out files looks.
    pub async fn put_apart(&self, file: &str) -> io::Result<()> {
        let apart = self.0.join(APART);
        make_private(&apart)?;
        fs::rename(self.path(file), self.path_apart(file)).await?;
        sync_folder(&apart).await
    }

    /// Some bytes of it.
    pub async fn read(&self, file: &str, range: Range<u64>) -> io::Result<Vec<u8>> {
        let mut file = File::open(self.path(file)).await?;
        file.seek(SeekFrom::Start(range.start)).await?;
        let mut bytes = Vec::new();
        file.take(range.end - range.start).read_to_end(&mut bytes).await?;
        Ok(bytes)
    }

    /// The SHA-256 of all of it.
    pub async fn sha256(&self, file: &str) -> io::Result<[u8; 32]> {
        let path = self.path(file);
        let hash = move || {
            let mut file = std::fs::File::open(path)?;
            let mut hasher = Sha256::new();
            let mut buffer = vec![0; 256 * 1024];
            loop {
                match file.read(&mut buffer)? {
                    0 => return Ok(hasher.finalize().into()),
                    length => hasher.update(&buffer[..length]),
                }
            }
        };
        tokio::task::spawn_blocking(hash).await.map_err(io::Error::other)?
    }

    /// The names of all files, each once, without those that are kept apart.
    pub async fn names(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        let mut entries = match fs::read_dir(&self.0).await {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(names),
            Err(error) => return Err(error),
        };
        while let Some(entry) = entries.next_entry().await? {
            let name = entry.file_name().into_string().unwrap_or_default();
            let stem = name.strip_suffix(PART).and_then(|it| it.strip_suffix('.'));
            let stem = stem.unwrap_or(&name);
            // Whatever else somebody has put there is not ours.
            if stem.len() == 32 && stem.bytes().all(|it| it.is_ascii_hexdigit()) {
                names.push(stem.to_owned());
            }
        }
        names.sort();
        names.dedup();
        Ok(names)
    }
}

/// How a file is made that only the user of this program can open.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    options.mode(0o600);
    options
}

/// Has the names in a folder written to disk.
async fn sync_folder(folder: &Path) -> io::Result<()> {
    // Elsewhere folders can't be opened, and the file system sees to it.
    if cfg!(unix) { File::open(folder).await?.sync_all().await } else { Ok(()) }
}

fn removed(outcome: io::Result<()>) {
    match outcome {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => error!(%error, "can't remove a file of evidence"),
    }
}

#[cfg(unix)]
fn room(folder: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(not(unix))]
fn room(_: &Path) -> Option<u64> {
    None
}

/// What to answer when the disk fails.
pub fn failed(error: &io::Error) -> Refusal {
    error!(%error, "can't read or write a file of evidence");
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Refusal::Full,
        _ => Refusal::Unavailable,
    }
}
