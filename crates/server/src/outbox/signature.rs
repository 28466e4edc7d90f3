//! The signature of a webhook, by the Standard Webhooks specification (standardwebhooks.com): who gets
//! one can tell that it comes from this service, is meant for them, and is not an old one again.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// What an endpoint and this service share.
#[derive(Clone, PartialEq, Eq)]
pub struct Key(pub [u8; 32]);

impl Key {
    /// As it is shown to whoever sets up the endpoint: `whsec_` and base64.
    pub fn shown(&self) -> String {
        format!("whsec_{}", STANDARD.encode(self.0))
    }
}

/// The header `webhook-signature`: one signature by each key, with spaces between. While a key is
/// being replaced there are two.
pub fn signature(keys: &[Key], id: &str, timestamp: u64, body: &str) -> String {
    let signed: Vec<String> = keys
        .iter()
        .map(|key| {
            let mut mac =
                Hmac::<Sha256>::new_from_slice(&key.0).expect("HMAC takes a key of any length");
            mac.update(format!("{id}.{timestamp}.{body}").as_bytes());
            format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
        })
        .collect();
    signed.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_shown_as_the_specification_says() {
        assert_eq!(Key([0; 32]).shown(), "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
    }

    /// Worked out once with Python's own hmac module. `tests/outbox` has the official libraries verify
    /// what the program sends.
    #[test]
    fn the_signature_is_of_id_time_and_body() {
        let one = signature(&[Key([1; 32])], "msg_1", 1_795_000_000, r#"{"type":"case.received"}"#);
        assert_eq!(one, "v1,DkrLagN1kbADJEGOjQSCRHCNczagNmBC1JP2l1sUe0M=");
        let both = signature(
            &[Key([2; 32]), Key([1; 32])],
            "msg_1",
            1_795_000_000,
            r#"{"type":"case.received"}"#,
        );
        assert_eq!(both.split(' ').count(), 2);
        assert!(both.ends_with(&one));
    }
}
