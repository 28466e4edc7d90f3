//! Requests of the tus protocol, and a file to send by it.

use std::net::SocketAddr;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use uuid::Uuid;

use super::{Response, complaint, send, submit};

pub const TUS: (&str, &str) = ("tus-resumable", "1.0.0");
pub const BYTES: (&str, &str) = ("content-type", "application/offset+octet-stream");
/// It is in every file that is sent here.
pub const MARK: &str = "zanzibar";

/// A photo of this length, by its first bytes; the others are all different.
pub fn photo(length: usize) -> Vec<u8> {
    let mut bytes = b"\xFF\xD8\xFF\xE0".to_vec();
    bytes.extend_from_slice(MARK.as_bytes());
    let mut seed = 1u32;
    while bytes.len() < length {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        bytes.extend_from_slice(&seed.to_be_bytes());
    }
    bytes.truncate(length);
    bytes
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|it| format!("{it:02x}")).collect()
}

pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

pub fn metadata(pairs: &[(&str, &str)]) -> String {
    let pairs = pairs.iter().map(|(key, value)| format!("{key} {}", STANDARD.encode(value)));
    pairs.collect::<Vec<_>>().join(",")
}

/// The case of a complaint: its reference and its access code.
pub async fn case(address: SocketAddr) -> (String, String) {
    let receipt = submit(address, Uuid::new_v4(), &complaint("No heating")).await.json();
    let text = |name: &str| receipt[name].as_str().unwrap().to_owned();
    (text("reference"), text("accessCode"))
}

pub async fn create(address: SocketAddr, length: usize, headers: &[(&str, &str)]) -> Response {
    let length = length.to_string();
    let headers = [&[TUS, ("upload-length", length.as_str())], headers].concat();
    send(address, "POST", "/v1/uploads", &headers, "").await
}

/// Creates one for a case.
pub async fn create_for(
    address: SocketAddr,
    (reference, code): &(String, String),
    length: usize,
    more: &[(&str, &str)],
    key: Uuid,
) -> Response {
    let pairs = [&[("reference", reference.as_str())], more].concat();
    let (metadata, bearer, key) = (metadata(&pairs), format!("Bearer {code}"), key.to_string());
    let headers = [
        ("upload-metadata", metadata.as_str()),
        ("authorization", &bearer),
        ("idempotency-key", &key),
    ];
    create(address, length, &headers).await
}

pub async fn patch(address: SocketAddr, at: &str, offset: usize, bytes: &[u8]) -> Response {
    let offset = offset.to_string();
    let headers = [TUS, BYTES, ("upload-offset", offset.as_str())];
    send(address, "PATCH", at, &headers, bytes.to_vec()).await
}

pub async fn head(address: SocketAddr, at: &str) -> Response {
    send(address, "HEAD", at, &[TUS], "").await
}

pub async fn status(address: SocketAddr, at: &str) -> Value {
    let answer = send(address, "GET", at, &[], "").await;
    assert_eq!(answer.header("cache-control"), "no-store");
    answer.json()
}

/// Asks until the upload is in this state.
pub async fn becomes(address: SocketAddr, at: &str, state: &str) -> Value {
    for _ in 0..200 {
        let status = status(address, at).await;
        if status["state"] == state {
            return status;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("it does not become {state}: {}", status(address, at).await);
}

pub async fn send_all(address: SocketAddr, bytes: &[u8]) -> String {
    let at = create(address, bytes.len(), &[]).await.header("location").to_owned();
    assert_eq!(patch(address, &at, 0, bytes).await.status, 204);
    at
}

pub fn code(response: &Response, status: u16) -> String {
    let mut codes = response.problem(status);
    assert_eq!(codes.len(), 1);
    codes.remove(0).1
}

/// Begins to send so many bytes.
pub async fn start_patch(address: SocketAddr, at: &str, offset: usize, length: usize) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "PATCH {at} HTTP/1.1\r\nHost: x\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: {offset}\r\n\
        Content-Type: application/offset+octet-stream\r\nContent-Length: {length}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream
}

/// Waits until so many bytes are there.
pub async fn has(address: SocketAddr, at: &str, offset: usize) {
    for _ in 0..200 {
        if head(address, at).await.header("upload-offset") == offset.to_string() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("there are {} bytes", head(address, at).await.header("upload-offset"));
}

/// A daemon that speaks ClamAV's protocol as far as it is needed: it finds `EICAR`, and takes no more
/// than 100 kB.
pub async fn clamd() -> (SocketAddr, tokio::task::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let task = tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            tokio::spawn(async move {
                let mut command = [0; 10];
                stream.read_exact(&mut command).await.unwrap();
                assert_eq!(&command, b"zINSTREAM\0");
                let mut bytes = Vec::new();
                loop {
                    let length = stream.read_u32().await.unwrap() as usize;
                    if length == 0 {
                        break;
                    }
                    let mut piece = vec![0; length];
                    stream.read_exact(&mut piece).await.unwrap();
                    bytes.extend(piece);
                    if bytes.len() > 100_000 {
                        let answer = b"INSTREAM size limit exceeded. ERROR\0";
                        stream.write_all(answer).await.unwrap();
                        return;
                    }
                }
                let found = bytes.windows(5).any(|it| it == b"EICAR");
                let answer: &[u8] =
                    if found { b"stream: Eicar-Test FOUND\0" } else { b"stream: OK\0" };
                stream.write_all(answer).await.unwrap();
            });
        }
    });
    (address, task)
}

/// Clients on one upload, all at once: each asks where it is and sends a little from there, to its two addresses in
/// turn.
pub async fn send_at_once(clients: impl Iterator<Item = [SocketAddr; 2]>, at: &str, bytes: &[u8]) {
    let clients = clients.map(|addresses| {
        let (at, bytes) = (at.to_owned(), bytes.to_vec());
        tokio::spawn(async move {
            for turn in 0.. {
                let address = addresses[turn % 2];
                let known = head(address, &at).await;
                let Ok(offset) = known.header("upload-offset").parse::<usize>() else {
                    assert_eq!(known.status, 423);
                    continue;
                };
                if offset == bytes.len() {
                    return;
                }
                let end = bytes.len().min(offset + 50_000);
                let answer = patch(address, &at, offset, &bytes[offset..end]).await;
                assert!([204, 409, 423].contains(&answer.status.as_u16()), "{answer:?}");
            }
        })
    });
    for client in clients.collect::<Vec<_>>() {
        client.await.unwrap();
    }
}
