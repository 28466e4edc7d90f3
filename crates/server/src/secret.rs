//! The service's one secret. Everything that must not be in the database is derived from it, so that who
//! reads a backup can neither sign in its name nor tell whose address tried what.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use hmac::{Hmac, Mac};
use sha2::Sha256;
use tracing::error;

use crate::error::Error;

/// The secret. It is never shown, not even by `{:?}`.
#[derive(Clone)]
pub struct Secret([u8; 32]);

impl Secret {
    /// The secret that these words hold.
    pub fn new(text: &str) -> Self {
        Self(crate::store::sha256(text.trim().as_bytes()))
    }

    /// The secret in this file, which is made where it is missing.
    ///
    /// # Errors
    ///
    /// The file can't be read or written.
    pub fn in_file(file: &Path) -> io::Result<Self> {
        match fs::read_to_string(file) {
            Ok(text) => Ok(Self::new(&text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let mut random = [0; 32];
                getrandom::fill(&mut random)?;
                let text = domain::evidence::hex(&random);
                let mut options = OpenOptions::new();
                options.write(true).create_new(true);
                #[cfg(unix)]
                std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
                let mut made = options.open(file)?;
                made.write_all(text.as_bytes())?;
                made.sync_all()?;
                Ok(Self::new(&text))
            }
            Err(error) => Err(error),
        }
    }

    /// What belongs to this purpose, and says nothing about the secret or any other purpose.
    pub fn derive(&self, purpose: &[u8]) -> [u8; 32] {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        mac.update(purpose);
        mac.finalize().into_bytes().into()
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Secret")
    }
}

/// Random bytes that nobody can guess.
///
/// # Errors
///
/// [`Error::Unavailable`] where this machine gives none.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], Error> {
    let mut random = [0; N];
    getrandom::fill(&mut random).map_err(|error| {
        error!(%error, "this machine gives no random numbers");
        Error::Unavailable
    })?;
    Ok(random)
}
