//! Access codes, and the tokens of links, on their way into a letter. The database must not hold them, not
//! even until they are sent: a file keeps what was deleted from it, and a backup keeps all. So they are
//! encrypted, with a key that is derived from the service's secret.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

use crate::error::Error;
use crate::secret::{self, Secret};

/// Something that only the service itself can read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed(String);

impl Sealed {
    /// Seals this text.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`] where the machine gives no random numbers.
    pub fn new(secret: &Secret, text: &str) -> Result<Self, Error> {
        let nonce = secret::random::<NONCE_LEN>()?;
        let mut sealed = text.as_bytes().to_vec();
        let nonce_of = Nonce::assume_unique_for_key(nonce);
        // It fails for texts of many gigabytes only.
        key(secret)
            .seal_in_place_append_tag(nonce_of, Aad::empty(), &mut sealed)
            .map_err(|_| Error::Unavailable)?;
        let mut whole = nonce.to_vec();
        whole.extend(sealed);
        Ok(Self(STANDARD_NO_PAD.encode(whole)))
    }

    /// As it stands in the database.
    pub fn stored(&self) -> &str {
        &self.0
    }

    /// The text again; `None` where it was sealed with another secret.
    pub fn open(secret: &Secret, stored: &str) -> Option<String> {
        let whole = STANDARD_NO_PAD.decode(stored).ok()?;
        let (nonce, sealed) = whole.split_first_chunk::<NONCE_LEN>()?;
        let mut sealed = sealed.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let opened = key(secret).open_in_place(nonce, Aad::empty(), &mut sealed).ok()?;
        String::from_utf8(opened.to_vec()).ok()
    }
}

fn key(secret: &Secret) -> LessSafeKey {
    let key = UnboundKey::new(&CHACHA20_POLY1305, &secret.derive(b"outbox: codes"))
        .expect("a derived key has the length that this cipher takes");
    LessSafeKey::new(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_is_read_with_the_same_secret_only() {
        let (own, other) = (Secret::new("own"), Secret::new("other"));
        let code = "1234 5678 9012 3456";
        let sealed = Sealed::new(&own, code).unwrap();
        assert!(!sealed.stored().contains("1234"));
        assert_ne!(sealed, Sealed::new(&own, code).unwrap(), "never the same twice");
        assert_eq!(Sealed::open(&own, sealed.stored()).as_deref(), Some(code));
        assert_eq!(Sealed::open(&other, sealed.stored()), None);
        let altered = sealed.stored().replace(|it: char| it.is_ascii_digit(), "A");
        for broken in ["", "x", code, &altered] {
            assert_eq!(Sealed::open(&own, broken), None, "{broken}");
        }
    }
}
