//! Sending letters by SMTP. How a letter reaches a mail server is set once, at the start; what is in one is
//! in [`super::compose`].
//!
//! Never in a log: what a server answers. It repeats the address that it does not like.

use std::time::Duration;

use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::PoolConfig;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use reqwest::Url;

use super::letter::Letter;
use crate::Failure;

/// How long a mail server may take for one answer.
const TIME_LIMIT: Duration = Duration::from_secs(20);
/// How long it may take for a whole letter.
const LETTER_LIMIT: Duration = Duration::from_secs(50);

/// The mail server, and in whose name letters go out.
#[derive(Clone, Debug)]
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

/// Where a letter goes, and how it belongs to others.
#[derive(Clone, Debug)]
pub struct Envelope<'a> {
    /// To whom.
    pub to: Address,
    /// In whose name, instead of the usual one: that of the landlord.
    pub from_name: Option<&'a str>,
    /// Where answers go.
    pub reply_to: Option<Address>,
    /// By which it is known again.
    pub message_id: &'a str,
    /// The first letter of its thread.
    pub thread: Option<&'a str>,
}

/// Why a letter did not go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotSent {
    /// The server is not there, or does not let us in: no other letter would go out either.
    Server(&'static str),
    /// The server does not take this one now.
    NotNow(u16),
    /// The server knows that it can't deliver to this address.
    NotThere(u16),
    /// It can't be written as a letter.
    Unwritable,
}

impl Mailer {
    /// From the address of a server, as in `smtp://user:password@host:587?tls=required`, and the address
    /// from which letters come, as in `Halton Housing <complaints@example.org>`.
    ///
    /// # Errors
    ///
    /// Either is not one; or a password or letters would go over a network for everybody to read.
    pub fn new(server: &str, from: &str) -> Result<Self, Failure> {
        let url = Url::parse(server).map_err(|_| Failure::Smtp)?;
        let tls = url.query_pairs().find(|(name, _)| name == "tls").map(|(_, value)| value);
        let is_near = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        let is_said = match (url.scheme(), tls.as_deref()) {
            ("smtps", None) | ("smtp", Some("required" | "opportunistic")) => true,
            ("smtp", Some("none")) => url.password().is_none() || is_near,
            ("smtp", None) => is_near,
            _ => false,
        };
        if !is_said {
            return Err(Failure::Smtp);
        }
        let mut plain = url.clone();
        if tls.as_deref() == Some("none") {
            plain.set_query(None);
        }
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(plain.as_str())
            .map_err(|_| Failure::Smtp)?
            .timeout(Some(TIME_LIMIT))
            .pool_config(PoolConfig::new().max_size(4))
            .build();
        let from = from.parse().map_err(|_| Failure::MailFrom(from.to_owned()))?;
        Ok(Self { transport, from })
    }

    /// The part of our address behind the `@`, for the names of letters.
    pub fn domain(&self) -> &str {
        self.from.email.domain()
    }

    /// Sends a letter once.
    ///
    /// # Errors
    ///
    /// Why it did not go out.
    pub async fn send(&self, letter: &Letter, envelope: &Envelope<'_>) -> Result<(), NotSent> {
        let message = self.message(letter, envelope).ok_or(NotSent::Unwritable)?;
        let sent = tokio::time::timeout(LETTER_LIMIT, self.transport.send(message)).await;
        let error = match sent {
            Ok(Ok(_)) => return Ok(()),
            Ok(Err(error)) => error,
            Err(_) => return Err(NotSent::Server("too_slow")),
        };
        let Some(code) = error.status() else {
            let is_slow = error.is_timeout();
            return Err(NotSent::Server(if is_slow { "too_slow" } else { "not_there" }));
        };
        let code = u16::from(code);
        Err(match code {
            // It says no to this address: unknown, moved, not allowed.
            550 | 551 | 553 => NotSent::NotThere(code),
            // It says no to us.
            421 | 530..540 => NotSent::Server("refuses_us"),
            _ => NotSent::NotNow(code),
        })
    }

    fn message(&self, letter: &Letter, envelope: &Envelope<'_>) -> Option<Message> {
        let name = envelope.from_name.map(str::to_owned).or_else(|| self.from.name.clone());
        // A landlord's name comes from its file; the library can't write one with two lines.
        let name = name.map(|name| name.replace(char::is_control, " "));
        let mut message = Message::builder()
            .from(Mailbox::new(name, self.from.email.clone()))
            .to(Mailbox::new(None, envelope.to.clone()))
            .subject(&letter.subject)
            .date_now()
            .message_id(Some(envelope.message_id.to_owned()));
        if let Some(address) = &envelope.reply_to {
            message = message.reply_to(Mailbox::new(None, address.clone()));
        }
        if let Some(first) = envelope.thread {
            message = message.in_reply_to(first.to_owned()).references(first.to_owned());
        }
        // No holiday notice answers a letter that no person has sent (RFC 3834).
        for (name, value) in [
            ("Auto-Submitted", "auto-generated"),
            ("X-Auto-Response-Suppress", "All"),
            ("Content-Language", letter.language.as_str()),
        ] {
            let name = HeaderName::new_from_ascii(name.to_owned()).ok()?;
            message = message.raw_header(HeaderValue::new(name, value.to_owned()));
        }
        let parts = MultiPart::alternative_plain_html(letter.text(), letter.html());
        message.multipart(parts).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::super::letter::Part;
    use super::*;

    #[tokio::test]
    async fn a_server_is_named_with_how_it_is_kept_private() {
        let from = "complaints@example.org";
        for right in [
            "smtps://user:pass@mail.example.org",
            "smtp://user:p%40ss@mail.example.org:587?tls=required",
            "smtp://mail.example.org?tls=opportunistic",
            "smtp://127.0.0.1:1025",
            "smtp://user:pass@localhost:1025",
            "smtp://relay:25?tls=none",
        ] {
            assert!(Mailer::new(right, from).is_ok(), "{right}");
        }
        for wrong in [
            "mail.example.org",
            "smtp://mail.example.org",
            "smtp://user:pass@mail.example.org",
            "smtp://user:pass@mail.example.org?tls=none",
            "smtp://mail.example.org?tls=maybe",
            "https://mail.example.org",
        ] {
            let failure = Mailer::new(wrong, from).unwrap_err().to_string();
            assert!(!failure.contains("pass@"), "{failure}");
        }
        assert!(Mailer::new("smtp://127.0.0.1", "nobody").is_err());
    }

    #[tokio::test]
    async fn a_letter_says_that_a_program_sent_it_and_to_which_thread_it_belongs() {
        let mailer = Mailer::new("smtp://127.0.0.1", "Complaints <c@example.org>").unwrap();
        let letter = Letter {
            subject: "Your case K47-W92-F36".to_owned(),
            language: "en".to_owned(),
            is_large: false,
            parts: vec![Part::Text("Zażółć".to_owned())],
        };
        let envelope = Envelope {
            to: "amira@example.org".parse().unwrap(),
            from_name: Some("Halton \"Housing\"\r\nBcc: x@y.org"),
            reply_to: None,
            message_id: "<2@example.org>",
            thread: Some("<1@example.org>"),
        };
        let message = mailer.message(&letter, &envelope).unwrap().formatted();
        let message = String::from_utf8(message).unwrap();
        for line in [
            "Auto-Submitted: auto-generated\r\n",
            "Message-ID: <2@example.org>\r\n",
            "In-Reply-To: <1@example.org>\r\n",
            "References: <1@example.org>\r\n",
            "Subject: Your case K47-W92-F36\r\n",
            "To: amira@example.org\r\n",
            "Content-Type: multipart/alternative;",
            "Content-Type: text/plain; charset=utf-8\r\n",
            "Content-Type: text/html; charset=utf-8\r\n",
        ] {
            assert!(message.contains(line), "{line}\n{message}");
        }
        assert!(!message.contains("\r\nBcc"), "{message}");
    }
}
