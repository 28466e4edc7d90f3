//! Files that residents attach, by the tus protocol: what is acknowledged is on disk, what is refused
//! is refused with a code, and nobody gets at a file.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use common::tus::{
    BYTES, MARK, TUS, becomes, case, clamd, code, create, create_for, has, head, metadata, patch,
    photo, send_all, send_at_once, sha256, start_patch, status,
};
use common::{Program, Service, complaint, query, send};
use serde_json::{Value, json};
use server::uploads::scanner::Scanner;
use sha1::Sha1;
use sha2::{Digest, Sha256};
use sqlx::Row;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use uuid::Uuid;

/// The contents of all files of evidence.
fn stored(data: &Path) -> Vec<Vec<u8>> {
    files(&data.join("evidence"))
}

fn files(folder: &Path) -> Vec<Vec<u8>> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let paths = entries.map(|it| it.unwrap().path()).filter(|it| it.is_file());
    paths.map(|it| fs::read(it).unwrap()).collect()
}

async fn count(data: &Path, which: &str) -> i64 {
    let rows = query(data, format!("select count(*) from uploads where {which}")).await;
    rows.unwrap()[0].get(0)
}

#[tokio::test]
async fn the_service_tells_what_it_takes() {
    let service = Service::start().await;
    let options = send(service.address, "OPTIONS", "/v1/uploads", &[], "").await;
    assert_eq!(options.status, 204);
    assert_eq!(options.header("tus-version"), "1.0.0");
    assert_eq!(
        options.header("tus-extension"),
        "creation,creation-with-upload,checksum,expiration,termination"
    );
    assert_eq!(options.header("tus-checksum-algorithm"), "sha1,sha256");
    assert_eq!(options.header("tus-max-size"), "250000000");

    let told = service.get("/v1/capabilities").await.json();
    let uploads = &told["uploads"];
    assert_eq!(uploads["url"], "/v1/uploads");
    assert_eq!(uploads["maxFileSize"], 250_000_000);
    assert_eq!(uploads["maxFiles"], 30);
    assert_eq!(uploads["maxTotalSize"], 1_000_000_000);
    let types = uploads["types"].as_array().unwrap();
    assert!(types.contains(&json!("image/heic")) && types.contains(&json!("application/pdf")));
}

#[tokio::test]
async fn a_file_in_pieces_is_stored_to_the_byte() {
    let service = Service::start().await;
    let address = service.address;
    let bytes = photo(1_000_000);
    let text = metadata(&[("filename", "damp in the bathroom.jpg"), ("filetype", "image/jpeg")]);
    let created = create(address, bytes.len(), &[("upload-metadata", &text)]).await;
    assert_eq!(created.status, 201);
    assert_eq!(created.header("upload-offset"), "0");
    assert_eq!(created.header("tus-resumable"), "1.0.0");
    let at = created.header("location").to_owned();
    let id = at.strip_prefix("/v1/uploads/").unwrap();
    assert!(id.len() == 32 && id.bytes().all(|it| it.is_ascii_hexdigit()), "{id}");

    let mut offset = 0;
    for piece in bytes.chunks(300_000) {
        let known = head(address, &at).await;
        assert_eq!(known.status, 200);
        assert_eq!(known.header("upload-offset"), offset.to_string());
        assert_eq!(known.header("upload-length"), "1000000");
        assert_eq!(known.header("upload-metadata"), text);
        assert_eq!(known.header("cache-control"), "no-store");
        let status = status(address, &at).await;
        assert_eq!((&status["state"], &status["offset"]), (&json!("incomplete"), &json!(offset)));
        let answer = patch(address, &at, offset, piece).await;
        offset += piece.len();
        assert_eq!(answer.status, 204);
        assert_eq!(answer.header("upload-offset"), offset.to_string());
        assert!(answer.header("upload-expires").ends_with(" GMT"));
    }
    let status = status(address, &at).await;
    assert_eq!(
        status,
        json!({"id": id, "state": "received", "size": 1_000_000, "offset": 1_000_000,
            "name": "damp in the bathroom.jpg", "type": "image/jpeg", "sha256": sha256(&bytes)})
    );
    assert_eq!(head(address, &at).await.header("upload-offset"), "1000000");
    assert_eq!(stored(service.folder.path()), [bytes]);
}

#[tokio::test]
async fn only_the_owner_of_the_service_can_open_the_files() {
    let service = Service::start().await;
    let at = send_all(service.address, &photo(5000)).await;
    let folder = service.folder.path().join("evidence");
    assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
    for entry in fs::read_dir(&folder).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        let name = entry.file_name().into_string().unwrap();
        assert!(!at.contains(&name), "who knows the file's name must not know its address");
    }
}

#[tokio::test]
async fn what_does_not_follow_the_protocol_is_refused_with_its_codes() {
    let service = Service::start().await;
    let address = service.address;
    let at = create(address, 100, &[]).await.header("location").to_owned();
    let bytes = photo(100);

    for version in [&[][..], &[("tus-resumable", "0.2.2")]] {
        for (method, path) in [("POST", "/v1/uploads"), ("HEAD", &at), ("DELETE", &at)] {
            let answer = send(address, method, path, version, "").await;
            assert_eq!(answer.status, 412, "{method}");
            assert_eq!(answer.header("tus-version"), "1.0.0");
        }
    }
    assert_eq!(code(&patch(address, &at, 1, &bytes).await, 409), "wrong_offset");
    let headers = [TUS, ("content-type", "image/jpeg"), ("upload-offset", "0")];
    let answer = send(address, "PATCH", &at, &headers, bytes.clone()).await;
    assert_eq!(code(&answer, 415), "wrong_content_type");
    let answer = send(address, "PATCH", &at, &[TUS, BYTES], bytes.clone()).await;
    assert_eq!(code(&answer, 400), "bad_header");
    assert_eq!(code(&patch(address, &at, 0, &photo(101)).await, 413), "too_long");
    assert_eq!(head(address, &at).await.header("upload-offset"), "0");

    let nowhere = format!("/v1/uploads/{}", "0".repeat(32));
    assert_eq!(code(&patch(address, &nowhere, 0, &bytes).await, 404), "unknown");
    assert_eq!(head(address, &nowhere).await.status, 404);
    let answer = send(address, "POST", "/v1/uploads", &[TUS], "").await;
    assert_eq!(code(&answer, 400), "bad_header");
    let answer = create(address, 100, &[("upload-defer-length", "1")]).await;
    assert_eq!(code(&answer, 400), "bad_header");
    let answer = create(address, 100, &[("upload-metadata", "filename **")]).await;
    assert_eq!(code(&answer, 400), "bad_header");
    let answer = send(address, "PUT", &at, &[TUS], "").await;
    assert_eq!((answer.status.as_u16(), answer.header("tus-resumable")), (405, "1.0.0"));

    assert_eq!(patch(address, &at, 0, &bytes).await.status, 204);
}

#[tokio::test]
async fn more_than_was_announced_is_not_taken_even_where_its_length_is_not_said() {
    let service = Service::start().await;
    let bytes = photo(5001);
    let at = create(service.address, 5000, &[]).await.header("location").to_owned();
    let mut stream = TcpStream::connect(service.address).await.unwrap();
    let head = format!(
        "PATCH {at} HTTP/1.1\r\nHost: x\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n\
        Content-Type: application/offset+octet-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    for piece in bytes.chunks(3000) {
        stream.write_all(format!("{:x}\r\n", piece.len()).as_bytes()).await.unwrap();
        stream.write_all(&[piece, b"\r\n"].concat()).await.unwrap();
    }
    stream.write_all(b"0\r\n\r\n").await.unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 413");
    assert_eq!(self::head(service.address, &at).await.header("upload-offset"), "0");
    assert_eq!(patch(service.address, &at, 0, &bytes[..5000]).await.status, 204);
}

#[tokio::test]
async fn a_network_that_lets_through_no_more_than_post_is_enough() {
    let service = Service::start().await;
    let bytes = photo(5000);
    let at = create(service.address, 5000, &[]).await.header("location").to_owned();
    let headers = [TUS, BYTES, ("upload-offset", "0"), ("x-http-method-override", "PATCH")];
    let answer = send(service.address, "POST", &at, &headers, bytes).await;
    assert_eq!((answer.status.as_u16(), answer.header("upload-offset")), (204, "5000"));
    let headers = [TUS, ("x-http-method-override", "DELETE")];
    assert_eq!(send(service.address, "POST", &at, &headers, "").await.status, 204);
    assert_eq!(head(service.address, &at).await.status, 410);
}

#[tokio::test]
async fn bytes_may_come_with_the_creation() {
    let service = Service::start().await;
    let bytes = photo(5000);
    let headers = [TUS, BYTES, ("upload-length", "5000")];
    let created =
        send(service.address, "POST", "/v1/uploads", &headers, bytes[..3000].to_vec()).await;
    assert_eq!((created.status.as_u16(), created.header("upload-offset")), (201, "3000"));
    let at = created.header("location");
    assert_eq!(patch(service.address, at, 3000, &bytes[3000..]).await.status, 204);
    assert_eq!(stored(service.folder.path()), [bytes]);
}

#[tokio::test]
async fn bytes_that_are_not_what_their_checksum_says_are_not_stored() {
    let service = Service::start().await;
    let address = service.address;
    let bytes = photo(6000);
    let at = create(address, 6000, &[]).await.header("location").to_owned();
    let send_part = async |offset: usize, bytes: &[u8], checksum: String| {
        let offset = offset.to_string();
        let headers = [TUS, BYTES, ("upload-offset", &offset), ("upload-checksum", &checksum)];
        send(address, "PATCH", &at, &headers, bytes.to_vec()).await
    };
    let sha1 = |bytes: &[u8]| format!("sha1 {}", STANDARD.encode(Sha1::digest(bytes)));
    let sha256 = |bytes: &[u8]| format!("sha256 {}", STANDARD.encode(Sha256::digest(bytes)));

    for wrong in [sha1(b"other"), sha256(b"other"), "sha1 AAAA".to_owned()] {
        let answer = send_part(0, &bytes[..3000], wrong).await;
        assert_eq!(answer.status, 460);
        assert_eq!(answer.json()["errors"][0]["code"], "checksum_mismatch");
        assert_eq!(head(address, &at).await.header("upload-offset"), "0");
    }
    let answer = send_part(0, &bytes[..3000], "md5 AAAA".to_owned()).await;
    assert_eq!(code(&answer, 400), "unknown_checksum");
    assert_eq!(send_part(0, &bytes[..3000], sha1(&bytes[..3000])).await.status, 204);
    assert_eq!(send_part(3000, &bytes[3000..], sha256(&bytes[3000..])).await.status, 204);
    assert_eq!(stored(service.folder.path()), [bytes]);
}

#[tokio::test]
async fn a_file_that_is_not_what_was_announced_can_be_sent_again() {
    let service = Service::start().await;
    let address = service.address;
    let bytes = photo(9000);
    let text = metadata(&[("sha256", &sha256(&bytes))]);
    let at = create(address, 9000, &[("upload-metadata", &text)]).await;
    let at = at.header("location").to_owned();
    let mut damaged = bytes.clone();
    damaged[8000] ^= 1;
    let answer = patch(address, &at, 0, &damaged).await;
    assert_eq!(answer.status, 460);
    assert_eq!(answer.json()["errors"][0]["code"], "checksum_mismatch");
    let known = status(address, &at).await;
    assert_eq!((&known["state"], &known["offset"]), (&json!("damaged"), &json!(0)));
    assert_eq!(head(address, &at).await.header("upload-offset"), "0");
    assert_eq!(patch(address, &at, 0, &bytes).await.status, 204);
    assert_eq!(status(address, &at).await["state"], "received");
    assert_eq!(stored(service.folder.path()), [bytes]);
}

#[tokio::test]
async fn what_a_file_is_says_its_content_and_never_its_name() {
    let service = Service::start().await;
    let address = service.address;
    let case = case(address).await;
    let program = [b"MZ\x90\0\x03\0\0\0".to_vec(), photo(20_000)].concat();
    let more = [("filename", "photo.jpg"), ("filetype", "image/jpeg")];
    let key = Uuid::new_v4();
    let created = create_for(address, &case, program.len(), &more, key).await;
    let at = created.header("location").to_owned();
    assert_eq!(code(&patch(address, &at, 0, &program).await, 415), "wrong_type");
    let known = status(address, &at).await;
    assert_eq!((&known["state"], &known["reason"]), (&json!("refused"), &json!("wrong_type")));
    assert_eq!(known["name"], Value::Null);
    assert!(stored(service.folder.path()).is_empty());
    // Whoever lost that answer learns it from any other.
    assert_eq!(code(&patch(address, &at, 0, &program).await, 415), "wrong_type");
    assert_eq!(head(address, &at).await.status, 415);
    let again = create_for(address, &case, program.len(), &more, key).await;
    assert_eq!(code(&again, 415), "wrong_type");

    let text = metadata(&[("filename", "letter.exe"), ("filetype", "application/x-msdownload")]);
    let bytes = b"%PDF-1.7 and so on".to_vec();
    let at = create(address, bytes.len(), &[("upload-metadata", &text)]).await;
    let at = at.header("location").to_owned();
    assert_eq!(patch(address, &at, 0, &bytes).await.status, 204);
    assert_eq!(status(address, &at).await["type"], "application/pdf");
}

#[tokio::test]
async fn a_wrong_file_is_refused_before_all_of_it_is_sent() {
    let service = Service::start().await;
    let at = create(service.address, 200_000_000, &[]).await.header("location").to_owned();
    let mut stream = start_patch(service.address, &at, 0, 200_000_000).await;
    stream.write_all(&[b"MZ\x90\0".to_vec(), vec![0; 9000]].concat()).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 415"), "{answer}");
}

#[tokio::test]
async fn what_is_too_much_is_refused_before_it_is_sent() {
    let service = Service::start_with(|config| {
        let limits = &mut config.uploads.limits;
        (limits.file, limits.files, limits.total, limits.unclaimed) = (1000, 3, 2500, 100_500);
    })
    .await;
    let address = service.address;
    assert_eq!(code(&create(address, 0, &[]).await, 422), "empty");
    assert_eq!(code(&create(address, 1001, &[]).await, 413), "too_big");
    assert_eq!(create(address, 1000, &[]).await.status, 201);
    let full = create(address, 501, &[]).await;
    assert_eq!(code(&full, 507), "full");
    assert_eq!(full.header("retry-after"), "3600");

    let one = case(address).await;
    let new = async |case: &_, length| create_for(address, case, length, &[], Uuid::new_v4()).await;
    assert_eq!(new(&one, 1000).await.status, 201);
    assert_eq!(new(&one, 1000).await.status, 201);
    assert_eq!(code(&new(&one, 501).await, 413), "too_much");
    let last = new(&one, 500).await;
    assert_eq!(last.status, 201);
    assert_eq!(code(&new(&one, 1).await, 422), "too_many");
    // What was taken back no longer counts, and another complaint has limits of its own.
    let at = last.header("location");
    assert_eq!(send(address, "DELETE", at, &[TUS], "").await.status, 204);
    assert_eq!(new(&one, 500).await.status, 201);
    assert_eq!(new(&case(address).await, 1000).await.status, 201);
}

#[tokio::test]
async fn no_file_takes_the_last_of_the_disk_from_complaints() {
    let service = Service::start_with(|it| it.uploads.reserve = u64::MAX).await;
    assert_eq!(code(&create(service.address, 1000, &[]).await, 507), "full");
    let complaint = service.submit(Uuid::new_v4(), &complaint("No heating")).await;
    assert_eq!(complaint.status, 201);
}

#[tokio::test]
async fn the_same_key_is_the_same_upload() {
    let service = Service::start().await;
    let address = service.address;
    let case = case(address).await;
    let (key, bytes) = (Uuid::new_v4(), photo(9000));
    let first = create_for(address, &case, 9000, &[], key).await;
    let at = first.header("location").to_owned();
    patch(address, &at, 0, &bytes[..4000]).await;
    let second = create_for(address, &case, 9000, &[], key).await;
    assert_eq!((second.status.as_u16(), second.header("location")), (201, at.as_str()));
    assert_eq!(second.header("upload-offset"), "4000");
    patch(address, &at, 4000, &bytes[4000..]).await;
    let third = create_for(address, &case, 9000, &[], key).await;
    assert_eq!((third.header("location"), third.header("upload-offset")), (at.as_str(), "9000"));
    assert_eq!(count(service.folder.path(), "true").await, 1);

    let other = create_for(address, &case, 8000, &[], key).await;
    assert_eq!(code(&other, 422), "idempotency_key_reused");
    let anonymous = create(address, 9000, &[("idempotency-key", &key.to_string())]).await;
    assert_ne!(anonymous.header("location"), at, "a key is good for one complaint");
}

#[tokio::test]
async fn the_same_file_twice_in_a_complaint_is_stored_once() {
    let service = Service::start().await;
    let address = service.address;
    let case_1 = case(address).await;
    let bytes = photo(9000);
    let hash = sha256(&bytes);
    let new = async |case: &_| {
        create_for(address, case, 9000, &[("sha256", &hash)], Uuid::new_v4()).await
    };
    let first = new(&case_1).await.header("location").to_owned();
    patch(address, &first, 0, &bytes[..5000]).await;
    let second = new(&case_1).await;
    assert_eq!(second.header("location"), first);
    assert_eq!(second.header("upload-offset"), "5000");
    patch(address, &first, 5000, &bytes[5000..]).await;
    let third = new(&case_1).await;
    assert_eq!((third.status.as_u16(), third.header("upload-offset")), (201, "9000"));
    assert_eq!(stored(service.folder.path()), [bytes]);
    let case_2 = case(address).await;
    assert_ne!(new(&case_2).await.header("location"), first);
}

#[tokio::test]
async fn without_the_access_code_nothing_becomes_part_of_a_complaint() {
    let service = Service::start().await;
    let address = service.address;
    let (reference, code_) = case(address).await;
    let unknown = ("K22-K22-K22".to_owned(), code_.clone());
    let wrong = (reference.clone(), "0000 0000 0000 0000".to_owned());
    let at = send_all(address, &photo(5000)).await;
    let id = at.rsplit('/').next().unwrap().to_owned();
    let body = json!({"uploads": [id]}).to_string();
    let mut answers = Vec::new();
    for case in [&unknown, &wrong, &(reference.clone(), String::new())] {
        let created = create_for(address, case, 5000, &[], Uuid::new_v4()).await;
        assert_eq!(code(&created, 404), "unknown");
        let path = format!("/v1/cases/{}/evidence", case.0);
        let bearer = format!("Bearer {}", case.1);
        let headers = [("content-type", "application/json"), ("authorization", &bearer)];
        let claimed = send(address, "POST", &path, &headers, body.clone()).await;
        answers.push((claimed.status, claimed.body));
    }
    assert!(answers.iter().all(|it| it.0 == 404 && *it == answers[0]), "{answers:?}");
    assert_eq!(count(service.folder.path(), "reference is not null").await, 0);
    // However the code is typed.
    for code in [code_.replace(' ', ""), code_.replace(' ', "-"), code_] {
        let case = (reference.clone(), code);
        let created = create_for(address, &case, 5000, &[], Uuid::new_v4()).await;
        assert_eq!(created.status, 201);
    }
}

#[tokio::test]
async fn uploads_are_claimed_all_or_none() {
    let service = Service::start_with(|config| config.uploads.limits.files = 3).await;
    let address = service.address;
    let one = case(address).await;
    let claim = async |case: &(String, String), ids: &[&str]| {
        let ids: Vec<&str> = ids.iter().map(|at| at.rsplit('/').next().unwrap()).collect();
        let path = format!("/v1/cases/{}/evidence", case.0);
        let bearer = format!("Bearer {}", case.1);
        let headers = [("content-type", "application/json"), ("authorization", &bearer)];
        send(address, "POST", &path, &headers, json!({ "uploads": ids }).to_string()).await
    };
    let whole = send_all(address, &photo(5000)).await;
    let begun = create(address, 6000, &[]).await.header("location").to_owned();
    patch(address, &begun, 0, &photo(6000)[..1000]).await;

    let none = claim(&one, &[&whole, &"0".repeat(32)]).await;
    assert_eq!(none.problem(422), [("/uploads/1".to_owned(), "unknown".to_owned())]);
    assert_eq!(count(service.folder.path(), "reference is not null").await, 0);
    for _ in 0..2 {
        let claimed = claim(&one, &[&whole, &begun]).await;
        assert_eq!(claimed.status, 200);
        let list = claimed.json()["uploads"].clone();
        assert_eq!(list[0]["state"], "received");
        assert_eq!((&list[1]["state"], &list[1]["offset"]), (&json!("incomplete"), &json!(1000)));
    }
    assert_eq!(head(address, &whole).await.header("upload-expires"), "");
    assert_eq!(patch(address, &begun, 1000, &photo(6000)[1000..]).await.status, 204);

    let theirs = claim(&case(address).await, &[&whole]).await;
    assert_eq!(theirs.problem(422), [("/uploads/0".to_owned(), "unknown".to_owned())]);
    let (a, b) = (send_all(address, &photo(7000)).await, send_all(address, &photo(7001)).await);
    let over = claim(&one, &[&a, &b]).await;
    assert_eq!(over.problem(422), [("/uploads/1".to_owned(), "too_many".to_owned())]);
    assert_eq!(count(service.folder.path(), "reference is not null").await, 2);
}

#[tokio::test]
async fn what_is_taken_back_is_gone_and_what_a_complaint_has_is_kept() {
    let service = Service::start().await;
    let address = service.address;
    let begun = create(address, 9000, &[]).await.header("location").to_owned();
    patch(address, &begun, 0, &photo(9000)[..4000]).await;
    let whole = send_all(address, &photo(9000)).await;
    for at in [&begun, &whole] {
        assert_eq!(send(address, "DELETE", at, &[TUS], "").await.status, 204);
        assert_eq!(head(address, at).await.status, 410);
        assert_eq!(code(&patch(address, at, 0, &photo(9000)).await, 410), "gone");
        assert_eq!(code(&send(address, "DELETE", at, &[TUS], "").await, 410), "gone");
    }
    assert!(stored(service.folder.path()).is_empty());

    let case = case(address).await;
    let at = create_for(address, &case, 9000, &[], Uuid::new_v4()).await;
    let at = at.header("location").to_owned();
    patch(address, &at, 0, &photo(9000)).await;
    assert_eq!(code(&send(address, "DELETE", &at, &[TUS], "").await, 403), "kept");
    assert_eq!(stored(service.folder.path()), [photo(9000)]);
}

static HOURS_AHEAD: AtomicU64 = AtomicU64::new(0);

#[tokio::test]
async fn what_nobody_claims_or_finishes_expires_and_what_a_complaint_has_never_does() {
    let service = Service::start_with(|config| {
        config.clock = || {
            let hours = HOURS_AHEAD.load(Ordering::Relaxed);
            SystemTime::now() + Duration::from_secs(hours * 3600)
        };
    })
    .await;
    let address = service.address;
    let case = case(address).await;
    let unclaimed = send_all(address, &photo(5000)).await;
    let key = Uuid::new_v4();
    let new = async |length, key| {
        let created = create_for(address, &case, length, &[], key).await;
        created.header("location").to_owned()
    };
    let begun = new(6000, key).await;
    let (untouched, whole) = (new(6001, Uuid::new_v4()).await, new(7000, Uuid::new_v4()).await);
    patch(address, &begun, 0, &photo(6000)[..1000]).await;
    patch(address, &whole, 0, &photo(7000)).await;
    assert_eq!(head(address, &whole).await.header("upload-expires"), "");

    let after = async |hours: u64, expected: [u16; 4]| {
        HOURS_AHEAD.store(hours, Ordering::Relaxed);
        for (at, expected) in [&unclaimed, &begun, &untouched, &whole].iter().zip(expected) {
            assert_eq!(head(address, at).await.status, expected, "{hours} hours");
        }
    };
    after(23, [200, 200, 200, 200]).await;
    after(25, [410, 200, 200, 200]).await;
    after(6 * 24, [410, 200, 200, 200]).await;
    patch(address, &begun, 1000, &photo(6000)[1000..2000]).await;
    after(7 * 24 + 1, [410, 200, 410, 200]).await;
    after(13 * 24 + 1, [410, 410, 410, 200]).await;
    after(10_000 * 24, [410, 410, 410, 200]).await;
    // With the same key it may be sent anew, at once.
    let again = create_for(address, &case, 6000, &[], key).await;
    assert_eq!((again.status.as_u16(), again.header("upload-offset")), (201, "0"));
    assert_ne!(again.header("location"), begun);
    for _ in 0..100 {
        if count(service.folder.path(), "state = 'expired'").await == 2 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(stored(service.folder.path()), [photo(7000)]);
}

#[tokio::test]
async fn what_came_before_a_connection_broke_off_is_kept() {
    let service = Service::start().await;
    let address = service.address;
    let bytes = photo(1_000_000);
    let at = create(address, bytes.len(), &[]).await.header("location").to_owned();
    let mut stream = start_patch(address, &at, 0, bytes.len()).await;
    stream.write_all(&bytes[..400_001]).await.unwrap();
    drop(stream);
    has(address, &at, 400_001).await;
    assert_eq!(patch(address, &at, 400_001, &bytes[400_001..]).await.status, 204);
    assert_eq!(stored(service.folder.path()), [bytes]);
}

#[tokio::test]
async fn a_phone_that_lost_its_network_goes_on_at_once() {
    // As it is in earnest: long after this test.
    let service = Service::start_with(|it| it.uploads.idle = Duration::from_secs(60)).await;
    let address = service.address;
    let bytes = photo(1_000_000);
    let at = create(address, bytes.len(), &[]).await.header("location").to_owned();
    // This connection is never closed, and never sends again.
    let mut dead = start_patch(address, &at, 0, bytes.len()).await;
    dead.write_all(&bytes[..300_000]).await.unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;

    let began = std::time::Instant::now();
    assert_eq!(head(address, &at).await.header("upload-offset"), "300000");
    assert_eq!(patch(address, &at, 300_000, &bytes[300_000..]).await.status, 204);
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
    assert_eq!(stored(service.folder.path()), [bytes]);
    drop(dead);
}

#[tokio::test]
async fn two_that_send_at_once_do_not_mix() {
    let service = Service::start().await;
    let address = service.address;
    let bytes = photo(800_000);
    let at = create(address, bytes.len(), &[]).await.header("location").to_owned();
    let mut first = start_patch(address, &at, 0, bytes.len()).await;
    let (bytes_1, at_1) = (bytes.clone(), at.clone());
    let slow = tokio::spawn(async move {
        for piece in bytes_1.chunks(40_000) {
            first.write_all(piece).await.unwrap();
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
        let mut answer = [0; 12];
        first.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"HTTP/1.1 204", "{at_1}");
    });
    tokio::time::sleep(Duration::from_millis(300)).await;
    let refused = patch(address, &at, 0, &bytes).await;
    assert_eq!(code(&refused, 423), "locked");
    assert_eq!(refused.header("retry-after"), "1");
    slow.await.unwrap();
    assert_eq!(code(&patch(address, &at, 0, &bytes).await, 409), "wrong_offset");
    assert_eq!(stored(service.folder.path()), [bytes]);
}

#[tokio::test]
async fn many_that_send_at_once_each_end_with_every_byte() {
    let service = Service::start().await;
    let address = service.address;
    let bytes = photo(700_000);
    let at = create(address, bytes.len(), &[]).await.header("location").to_owned();
    send_at_once([[address; 2]; 4].into_iter(), &at, &bytes).await;
    assert_eq!(stored(service.folder.path()), [bytes]);
}

#[tokio::test]
async fn a_sender_that_sends_nothing_is_told_and_loses_nothing() {
    let service = Service::start_with(|it| it.uploads.idle = Duration::from_millis(300)).await;
    let address = service.address;
    let at = create(address, 9000, &[]).await.header("location").to_owned();
    let mut stream = start_patch(address, &at, 0, 9000).await;
    stream.write_all(&photo(9000)[..5000]).await.unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 408");
    has(address, &at, 5000).await;
}

#[tokio::test]
async fn an_upload_may_take_longer_than_any_other_request() {
    let service =
        Service::start_with(|config| config.time_limit = Duration::from_millis(200)).await;
    let bytes = photo(10_000);
    let at = create(service.address, 10_000, &[]).await.header("location").to_owned();
    let mut stream = start_patch(service.address, &at, 0, 10_000).await;
    for piece in bytes.chunks(2000) {
        stream.write_all(piece).await.unwrap();
        tokio::time::sleep(Duration::from_millis(150)).await;
    }
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 204");
}

#[tokio::test]
async fn after_kill_9_an_upload_goes_on_where_it_was() {
    let folder = tempfile::tempdir().unwrap();
    // 200 times in `cargo xtask soak`.
    let rounds = if std::env::var_os("HC_SOAK").is_some() { 200 } else { 7 };
    let bytes = photo((rounds + 1) * 510_000);
    let mut program = Program::start(folder.path(), &[]);
    let case = case(program.address).await;
    let key = Uuid::new_v4();
    let created = create_for(program.address, &case, bytes.len(), &[], key).await;
    let at = created.header("location").to_owned();
    let mut acknowledged = 0;
    for round in 1..=rounds {
        // A piece that is acknowledged, and one in the middle of which the program is killed.
        let end = acknowledged + 200_000 + round;
        let answer = patch(program.address, &at, acknowledged, &bytes[acknowledged..end]).await;
        assert_eq!(answer.header("upload-offset"), end.to_string());
        let mut stream = start_patch(program.address, &at, end, bytes.len() - end).await;
        stream.write_all(&bytes[end..end + 300_000]).await.unwrap();
        program.kill();
        program = Program::start(folder.path(), &[]);
        let offset = head(program.address, &at).await;
        let offset: usize = offset.header("upload-offset").parse().unwrap();
        assert!((end..=end + 300_000).contains(&offset), "{offset}, {end} were acknowledged");
        acknowledged = offset;
        // A creation whose answer was lost makes no second upload.
        let again = create_for(program.address, &case, bytes.len(), &[], key).await;
        assert_eq!(again.header("location"), at);
    }
    patch(program.address, &at, acknowledged, &bytes[acknowledged..]).await;
    let last = program;
    assert_eq!(status(last.address, &at).await["sha256"], sha256(&bytes));
    last.kill();
    assert_eq!(stored(folder.path()), [bytes]);
    assert_eq!(count(folder.path(), "true").await, 1);
}

#[tokio::test]
async fn a_file_that_is_whole_when_the_service_is_killed_is_finished_without_its_sender() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = photo(50_000);
    let program = Program::start(folder.path(), &[]);
    let case = case(program.address).await;
    let created = create_for(program.address, &case, bytes.len(), &[], Uuid::new_v4()).await;
    let at = created.header("location").to_owned();
    patch(program.address, &at, 0, &bytes[..40_000]).await;
    program.kill();
    // As if it had been killed between the last byte and the answer.
    let file = fs::read_dir(folder.path().join("evidence")).unwrap().next().unwrap().unwrap();
    fs::write(file.path(), &bytes).unwrap();
    let program = Program::start(folder.path(), &[]);
    let known = becomes(program.address, &at, "received").await;
    assert_eq!(known["sha256"], sha256(&bytes));
    program.kill();
}

#[tokio::test]
async fn the_service_does_not_wait_for_an_upload_when_it_stops() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = photo(1_000_000);
    let program = Program::start(folder.path(), &[]);
    let at = create(program.address, bytes.len(), &[]).await.header("location").to_owned();
    let mut stream = start_patch(program.address, &at, 0, bytes.len()).await;
    stream.write_all(&bytes[..500_000]).await.unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    program.terminate();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 503");
    drop(stream);
    program.log();
    assert!(!folder.path().join("housing-complaint.db-wal").exists());
    let program = Program::start(folder.path(), &[]);
    assert_eq!(head(program.address, &at).await.header("upload-offset"), "500000");
    program.kill();
}

#[tokio::test]
async fn a_scanner_decides_after_the_file_is_stored() {
    let (scanner, _) = clamd().await;
    let service = Service::start_with(|config| {
        config.uploads.scanner = Some(Scanner::from_url(&format!("clamd://{scanner}")).unwrap());
    })
    .await;
    let address = service.address;
    let clean = photo(50_000);
    let infected = [photo(20_000), b"EICAR".to_vec(), photo(20_000)].concat();
    let large = photo(200_000);
    let at_clean = send_all(address, &clean).await;
    let at_infected = send_all(address, &infected).await;
    let at_large = send_all(address, &large).await;
    becomes(address, &at_clean, "clean").await;
    let found = becomes(address, &at_infected, "infected").await;
    assert_eq!(found["reason"], "Eicar-Test");
    assert_eq!(becomes(address, &at_large, "not_scanned").await["reason"], "too_large_to_scan");
    // The sender is done: there is nothing to send again.
    assert_eq!(head(address, &at_infected).await.header("upload-offset"), "40005");

    let folder = service.folder.path();
    for _ in 0..100 {
        if files(&folder.join("evidence/infected")).len() == 1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(files(&folder.join("evidence/infected")), [infected]);
    let mut kept = stored(folder);
    kept.sort_by_key(Vec::len);
    assert_eq!(kept, [clean, large]);
}

#[tokio::test]
async fn a_scanner_that_is_away_costs_no_upload_and_is_asked_again() {
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let scanner = closed.local_addr().unwrap();
    drop(closed);
    let service = Service::start_with(|config| {
        config.uploads.scanner = Some(Scanner::from_url(&format!("clamd://{scanner}")).unwrap());
    })
    .await;
    let bytes = photo(50_000);
    let at = send_all(service.address, &bytes).await;
    let known = becomes(service.address, &at, "not_scanned").await;
    assert_eq!(known["reason"], "scanner_away");
    assert_eq!(stored(service.folder.path()), [bytes]);

    let listener = TcpListener::bind(scanner).await.unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut all = Vec::new();
        while !all.ends_with(&[0; 4]) {
            stream.read_buf(&mut all).await.unwrap();
        }
        stream.write_all(b"stream: OK\0").await.unwrap();
    });
    becomes(service.address, &at, "clean").await;
}

#[tokio::test]
async fn no_address_answers_with_what_is_in_a_file() {
    let service = Service::start_with(|config| {
        // Even where somebody serves the folder in which the data is.
        let parent = config.uploads.folder.parent().unwrap().to_owned();
        config.site = parent;
    })
    .await;
    let address = service.address;
    let bytes = photo(5000);
    let at = send_all(address, &bytes).await;
    let evidence = service.folder.path().join("evidence");
    let name = fs::read_dir(evidence).unwrap().next().unwrap().unwrap().file_name();
    let name = name.into_string().unwrap();
    let id = at.rsplit('/').next().unwrap();
    for method in ["GET", "HEAD", "POST", "PUT", "OPTIONS"] {
        for folder in [
            "/v1/uploads/",
            "/evidence/",
            "/data/evidence/",
            "/sample/../evidence/",
            "/sample/%2e%2e/evidence/",
            "/schemas/%2e%2e/evidence/",
            "/landlords/..%2fevidence%2f",
            "/v1/uploads/../../evidence/",
        ] {
            for name in [name.as_str(), id, &format!("{id}/content")] {
                let path = [folder, name].concat();
                let headers = [TUS, ("accept", "image/jpeg")];
                let answer = send(address, method, &path, &headers, "").await;
                let body = String::from_utf8_lossy(&answer.body);
                assert!(!body.contains(MARK), "{method} {path}");
                assert!(!answer.header("content-type").starts_with("image/"), "{method} {path}");
            }
        }
    }
}

#[tokio::test]
async fn a_site_on_the_list_may_upload_and_others_may_not() {
    const ALLOWED: &str = "https://www.example.org";
    let service = Service::start_with(|it| it.allow_origins = vec![ALLOWED.parse().unwrap()]).await;
    let asked = |origin| {
        let headers = [
            ("origin", origin),
            ("access-control-request-method", "PATCH"),
            ("access-control-request-headers", "tus-resumable,upload-offset,content-type"),
        ];
        async move { send(service.address, "OPTIONS", "/v1/uploads", &headers, "").await }
    };
    let answer = asked(ALLOWED).await;
    assert_eq!(answer.header("access-control-allow-origin"), ALLOWED);
    assert_eq!(answer.header("access-control-allow-methods"), "GET,POST,HEAD,PATCH,DELETE");
    let headers = answer.header("access-control-allow-headers");
    for name in [
        "authorization",
        "content-type",
        "idempotency-key",
        "tus-resumable",
        "upload-length",
        "upload-offset",
        "upload-metadata",
        "upload-checksum",
        "x-http-method-override",
    ] {
        assert!(headers.split(',').any(|it| it == name), "{name} is not in {headers}");
    }
    assert_eq!(asked("https://evil.example").await.header("access-control-allow-origin"), "");

    let created = create(service.address, 100, &[("origin", ALLOWED)]).await;
    assert_eq!(created.header("access-control-allow-origin"), ALLOWED);
    let exposed = created.header("access-control-expose-headers");
    for name in ["location", "upload-offset", "upload-length", "upload-expires", "retry-after"] {
        assert!(exposed.split(',').any(|it| it == name), "{name} is not in {exposed}");
    }
    let refused = create(service.address, 0, &[("origin", ALLOWED)]).await;
    assert_eq!(refused.header("access-control-allow-origin"), ALLOWED);
}
