//! Asking ClamAV whether it knows a file, by the protocol of its daemon (clamd(8), `INSTREAM`).

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use axum::body::Bytes;
use futures_util::stream::{Stream, TryStreamExt};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::Failure;

/// How long the daemon may take to take a piece of a file.
const SLOW: Duration = Duration::from_secs(30);
/// How long it may think about a whole file.
const THOUGHT: Duration = Duration::from_secs(300);
/// How much is sent at once.
const PIECE: usize = 64 * 1024;

/// A daemon that scans files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scanner {
    /// At a host and port.
    Tcp(String),
    /// At a socket of this machine.
    Unix(PathBuf),
}

/// What the scanner says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It knows nothing bad about the file.
    Clean,
    /// It found this.
    Infected(String),
    /// The file is longer than it takes (`StreamMaxLength`).
    TooLarge,
}

impl Scanner {
    /// From `clamd://host:port` or `clamd:///path/to/socket`.
    ///
    /// # Errors
    ///
    /// It is neither.
    pub fn from_url(url: &str) -> Result<Self, Failure> {
        let wrong = || Failure::Scanner(url.to_owned());
        let rest = url.strip_prefix("clamd://").ok_or_else(wrong)?;
        if rest.starts_with('/') {
            return if cfg!(unix) { Ok(Self::Unix(rest.into())) } else { Err(wrong()) };
        }
        let (host, port) = rest.rsplit_once(':').ok_or_else(wrong)?;
        if host.is_empty() || port.parse::<u16>().is_err() {
            return Err(wrong());
        }
        Ok(Self::Tcp(rest.to_owned()))
    }

    /// Has a file scanned.
    ///
    /// # Errors
    ///
    /// The daemon is not there, breaks off, or says something else.
    pub async fn scan(
        &self,
        file: impl Stream<Item = io::Result<Bytes>> + Unpin,
    ) -> io::Result<Verdict> {
        match self {
            Self::Tcp(address) => {
                ask(within(SLOW, TcpStream::connect(address.as_str())).await?, file).await
            }
            #[cfg(unix)]
            Self::Unix(path) => {
                ask(within(SLOW, tokio::net::UnixStream::connect(path)).await?, file).await
            }
            #[cfg(not(unix))]
            Self::Unix(_) => Err(io::ErrorKind::Unsupported.into()),
        }
    }
}

async fn ask(
    mut daemon: impl AsyncRead + AsyncWrite + Unpin,
    file: impl Stream<Item = io::Result<Bytes>> + Unpin,
) -> io::Result<Verdict> {
    // A daemon that has enough says so and hangs up: then its answer is there all the same.
    let sent = send(&mut daemon, file).await;
    let mut answer = Vec::new();
    let heard = within(THOUGHT, (&mut daemon).take(4096).read_to_end(&mut answer)).await;
    let verdict = verdict(&answer);
    match (verdict, sent, heard) {
        (Some(Verdict::Clean), Err(error), _) => Err(error),
        (Some(verdict), ..) => Ok(verdict),
        (None, Err(error), _) | (None, _, Err(error)) => Err(error),
        (None, Ok(()), Ok(_)) => Err(io::Error::other("the scanner gives no verdict")),
    }
}

async fn send(
    daemon: &mut (impl AsyncWrite + Unpin),
    mut file: impl Stream<Item = io::Result<Bytes>> + Unpin,
) -> io::Result<()> {
    within(SLOW, daemon.write_all(b"zINSTREAM\0")).await?;
    while let Some(bytes) = file.try_next().await? {
        for piece in bytes.chunks(PIECE) {
            within(SLOW, daemon.write_all(&(piece.len() as u32).to_be_bytes())).await?;
            within(SLOW, daemon.write_all(piece)).await?;
        }
    }
    // The piece without bytes is the end.
    within(SLOW, daemon.write_all(&0_u32.to_be_bytes())).await?;
    within(SLOW, daemon.flush()).await
}

/// What an answer such as `stream: Eicar-Test-Signature FOUND` says.
fn verdict(answer: &[u8]) -> Option<Verdict> {
    let text = String::from_utf8_lossy(answer);
    let text = text.trim_end_matches(['\0', '\n']);
    if text.contains("size limit exceeded") {
        return Some(Verdict::TooLarge);
    }
    let found = text.strip_prefix("stream: ")?;
    match found.strip_suffix(" FOUND") {
        Some(name) => Some(Verdict::Infected(name.to_owned())),
        None => (found == "OK").then_some(Verdict::Clean),
    }
}

async fn within<T>(limit: Duration, work: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    timeout(limit, work).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_host_and_port_or_a_socket() {
        let right = ["clamd://127.0.0.1:3310", "clamd://[::1]:3310", "clamd://scanner:3310"];
        assert!(right.iter().all(|url| Scanner::from_url(url).is_ok()));
        for wrong in ["clamd://", "clamd://host", "clamd://:3310", "http://host:3310", "host:1"] {
            assert!(Scanner::from_url(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn only_ok_means_clean() {
        assert_eq!(verdict(b"stream: OK\0"), Some(Verdict::Clean));
        let found = verdict(b"stream: Win.Test.EICAR_HDB-1 FOUND\0");
        assert_eq!(found, Some(Verdict::Infected("Win.Test.EICAR_HDB-1".to_owned())));
        assert_eq!(verdict(b"INSTREAM size limit exceeded. ERROR\0"), Some(Verdict::TooLarge));
        for other in [&b"stream: Can't allocate memory ERROR\0"[..], b"", b"OK", b"UNKNOWN COMMAND"]
        {
            assert_eq!(verdict(other), None);
        }
    }
}
