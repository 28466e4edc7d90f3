//! Files that residents attach, where several instances of the service share a database and a bucket: any
//! instance takes the next bytes of any file, and what one leaves behind another finishes. On PostgreSQL
//! these are two instances; on SQLite, which has one, the same rules hold for it alone. The bucket is one in
//! memory; `tests/uploads` has one that speaks S3, and kills an instance.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use common::tus::{
    BYTES, TUS, becomes, case, clamd, code, create, create_for, has, head, metadata, patch, photo,
    send_at_once, sha256, start_patch, status,
};
use common::{Service, is_postgres, query, send};
use futures_util::TryStreamExt;
use http_body_util::BodyExt;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use serde_json::json;
use server::Config;
use server::store::pieces::{Heard, Piece};
use server::uploads::bucket::Bucket;
use server::uploads::read;
use server::uploads::scanner::Scanner;
use sha2::{Digest, Sha256};
use sqlx::Row;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use uuid::Uuid;

/// Two instances, where the database allows two, and their bucket.
struct Shared {
    one: Service,
    other: Option<Service>,
    bucket: Arc<InMemory>,
}

impl Shared {
    async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    async fn start_with(change: impl Fn(&mut Config)) -> Self {
        let bucket = Arc::new(InMemory::new());
        let change = |config: &mut Config| {
            config.uploads.bucket = Some(Bucket::over(bucket.clone(), "complaints"));
            config.uploads.is_shared = true;
            change(config);
        };
        let one = Service::start_with(change).await;
        let other = if is_postgres() { Some(one.beside(change).await) } else { None };
        Self { one, other, bucket }
    }

    fn one(&self) -> SocketAddr {
        self.one.address
    }

    fn other(&self) -> SocketAddr {
        self.other.as_ref().map_or(self.one(), |it| it.address)
    }

    /// The instances in turn.
    fn each(&self, turn: usize) -> SocketAddr {
        if turn.is_multiple_of(2) { self.one() } else { self.other() }
    }

    /// The name under which the bytes of an upload are stored.
    async fn file(&self, at: &str) -> String {
        let id = at.rsplit('/').next().unwrap();
        self.one.state.store.upload(id).await.unwrap().unwrap().file
    }

    /// The names of all objects.
    async fn objects(&self) -> Vec<String> {
        let listed: Vec<_> = self.bucket.list(None).try_collect().await.unwrap();
        listed.iter().map(|it| it.location.to_string()).collect()
    }

    /// Waits until these are all objects there are.
    async fn has_only(&self, objects: &[String]) {
        for _ in 0..200 {
            if self.objects().await == objects {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        assert_eq!(self.objects().await, objects);
    }

    async fn object(&self, name: &str) -> Vec<u8> {
        self.bucket.get(&Path::from(name)).await.unwrap().bytes().await.unwrap().to_vec()
    }

    async fn put(&self, name: &str, bytes: &[u8]) {
        self.bucket.put(&Path::from(name), bytes.to_vec().into()).await.unwrap();
    }

    /// That no instance has anything on a disk of its own.
    fn has_no_folder(&self) {
        for service in [Some(&self.one), self.other.as_ref()].into_iter().flatten() {
            assert!(!service.folder.path().join("evidence").exists());
        }
    }

    async fn count(&self, sql: &str) -> i64 {
        query(self.one.folder.path(), sql.to_owned()).await.unwrap()[0].get(0)
    }
}

/// A new upload of so many bytes, of a complaint of its own.
async fn begun(shared: &Shared, length: usize) -> String {
    let case = case(shared.one()).await;
    let created = create_for(shared.one(), &case, length, &[], Uuid::new_v4()).await;
    assert_eq!((created.status.as_u16(), created.header("upload-offset")), (201, "0"));
    created.header("location").to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_piece_may_go_to_another_instance() {
    let shared = Shared::start().await;
    let bytes = photo(10_000_000);
    let at = begun(&shared, bytes.len()).await;
    let mut offset = 0;
    for (turn, piece) in bytes.chunks(1_700_000).enumerate() {
        let known = head(shared.each(turn + 1), &at).await;
        assert_eq!(known.header("upload-offset"), offset.to_string());
        let told = status(shared.each(turn), &at).await;
        assert_eq!((&told["state"], &told["offset"]), (&json!("incomplete"), &json!(offset)));
        let answer = patch(shared.each(turn), &at, offset, piece).await;
        offset += piece.len();
        assert_eq!(answer.status, 204);
        assert_eq!(answer.header("upload-offset"), offset.to_string());
    }
    let told = status(shared.other(), &at).await;
    assert_eq!((&told["state"], &told["sha256"]), (&json!("received"), &json!(sha256(&bytes))));
    assert_eq!(told["type"], "image/jpeg");

    // It becomes one object, under a name that is not its address, and that is all there is.
    let name = format!("complaints/{}", shared.file(&at).await);
    shared.has_only(std::slice::from_ref(&name)).await;
    assert_eq!(shared.object(&name).await, bytes);
    assert!(!at.contains(&name[11..]));
    assert_eq!(shared.count("select count(*) from upload_pieces").await, 0);
    assert_eq!(head(shared.other(), &at).await.header("upload-offset"), "10000000");
    shared.has_no_folder();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_long_request_is_kept_in_pieces_of_some_megabytes() {
    let shared = Shared::start().await;
    let bytes = photo(21_000_000);
    let at = create(shared.one(), bytes.len(), &[]).await.header("location").to_owned();
    assert_eq!(patch(shared.one(), &at, 0, &bytes).await.status, 204);
    assert_eq!(status(shared.other(), &at).await["sha256"], sha256(&bytes));
    // Nobody has claimed it: it stays in pieces.
    let objects = shared.objects().await;
    let file = shared.file(&at).await;
    assert!(objects.iter().all(|it| it.starts_with(&format!("complaints/arriving/{file}/"))));
    let longest = shared.count("select max(length) from upload_pieces").await;
    assert!((5..=20).contains(&objects.len()) && longest <= 4 << 20, "{objects:?}, {longest}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn short_requests_do_not_leave_an_object_each() {
    let shared = Shared::start().await;
    let bytes = photo(700_000);
    let at = create(shared.one(), bytes.len(), &[]).await.header("location").to_owned();
    for (turn, piece) in bytes.chunks(5_000).enumerate().take(139) {
        assert_eq!(patch(shared.each(turn), &at, turn * 5_000, piece).await.status, 204);
    }
    assert!(shared.objects().await.len() <= 3, "{:?}", shared.objects().await);
    assert_eq!(shared.count("select count(*) from upload_pieces").await, 3);
    assert_eq!(patch(shared.one(), &at, 695_000, &bytes[695_000..]).await.status, 204);
    assert_eq!(status(shared.one(), &at).await["sha256"], sha256(&bytes));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_that_send_to_two_instances_at_once_do_not_mix() {
    let shared = Shared::start().await;
    let bytes = photo(800_000);
    let at = create(shared.one(), bytes.len(), &[]).await.header("location").to_owned();
    let mut first = start_patch(shared.one(), &at, 0, bytes.len()).await;
    let sent = bytes.clone();
    let slow = tokio::spawn(async move {
        for piece in sent.chunks(40_000) {
            first.write_all(piece).await.unwrap();
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
        let mut answer = [0; 12];
        first.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"HTTP/1.1 204");
    });
    tokio::time::sleep(Duration::from_millis(300)).await;
    let refused = patch(shared.other(), &at, 0, &vec![7; 800_000]).await;
    assert_eq!(code(&refused, 423), "locked");
    assert_eq!(refused.header("retry-after"), "1");
    slow.await.unwrap();
    assert_eq!(code(&patch(shared.other(), &at, 0, &bytes).await, 409), "wrong_offset");
    assert_eq!(status(shared.other(), &at).await["sha256"], sha256(&bytes));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_that_send_to_both_at_once_each_end_with_every_byte() {
    let shared = Shared::start().await;
    let bytes = photo(700_000);
    let at = begun(&shared, bytes.len()).await;
    let clients = (0..4).map(|client| [shared.each(client), shared.each(client + 1)]);
    send_at_once(clients, &at, &bytes).await;
    assert_eq!(status(shared.one(), &at).await["sha256"], sha256(&bytes));
    let name = format!("complaints/{}", shared.file(&at).await);
    shared.has_only(std::slice::from_ref(&name)).await;
    assert_eq!(shared.object(&name).await, bytes);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_phone_that_lost_its_network_goes_on_at_once_at_another_instance() {
    let shared = Shared::start_with(|it| it.uploads.idle = Duration::from_secs(60)).await;
    let bytes = photo(1_000_000);
    let at = create(shared.one(), bytes.len(), &[]).await.header("location").to_owned();
    // This connection is never closed, and never sends again.
    let mut dead = start_patch(shared.one(), &at, 0, bytes.len()).await;
    dead.write_all(&bytes[..300_000]).await.unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;

    let began = Instant::now();
    assert_eq!(head(shared.other(), &at).await.header("upload-offset"), "300000");
    assert_eq!(patch(shared.other(), &at, 300_000, &bytes[300_000..]).await.status, 204);
    assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
    assert_eq!(status(shared.one(), &at).await["sha256"], sha256(&bytes));
    drop(dead);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_came_before_a_connection_broke_off_is_kept() {
    let shared = Shared::start().await;
    let bytes = photo(1_000_000);
    let at = create(shared.one(), bytes.len(), &[]).await.header("location").to_owned();
    let mut stream = start_patch(shared.one(), &at, 0, bytes.len()).await;
    stream.write_all(&bytes[..400_001]).await.unwrap();
    drop(stream);
    has(shared.other(), &at, 400_001).await;
    assert_eq!(patch(shared.other(), &at, 400_001, &bytes[400_001..]).await.status, 204);
    assert_eq!(status(shared.one(), &at).await["sha256"], sha256(&bytes));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_what_was_announced_counts_for_nothing() {
    let shared = Shared::start().await;
    let bytes = photo(5_000_000);
    let text = metadata(&[("sha256", &sha256(&bytes))]);
    let created = create(shared.one(), bytes.len(), &[("upload-metadata", &text)]).await;
    let at = created.header("location").to_owned();
    let send_part = async |address, offset: usize, bytes: &[u8], checked: &[u8]| {
        let checksum = format!("sha256 {}", STANDARD.encode(Sha256::digest(checked)));
        let offset = offset.to_string();
        let headers = [TUS, BYTES, ("upload-offset", &offset), ("upload-checksum", &checksum)];
        send(address, "PATCH", &at, &headers, bytes.to_vec()).await
    };
    // A piece with a checksum that does not fit.
    let answer = send_part(shared.one(), 0, &bytes[..4_700_000], b"other").await;
    assert_eq!(answer.status, 460);
    assert_eq!(head(shared.other(), &at).await.header("upload-offset"), "0");
    assert_eq!(shared.objects().await, Vec::<String>::new());
    // One that fits; and a whole that is damaged.
    let part = &bytes[..100_000];
    assert_eq!(send_part(shared.one(), 0, part, part).await.status, 204);
    let mut damaged = bytes[100_000..].to_vec();
    damaged[4_000_000] ^= 1;
    assert_eq!(patch(shared.other(), &at, 100_000, &damaged).await.status, 460);
    let told = status(shared.one(), &at).await;
    assert_eq!((&told["state"], &told["offset"]), (&json!("damaged"), &json!(0)));
    assert_eq!(shared.objects().await, Vec::<String>::new());
    // It can be sent again.
    assert_eq!(send_part(shared.other(), 0, part, part).await.status, 204);
    assert_eq!(patch(shared.one(), &at, 100_000, &bytes[100_000..]).await.status, 204);
    assert_eq!(status(shared.other(), &at).await["state"], "received");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_than_was_announced_is_not_taken_and_what_was_there_stays() {
    let shared = Shared::start().await;
    let bytes = photo(6_000_001);
    let at = create(shared.one(), 6_000_000, &[]).await.header("location").to_owned();
    assert_eq!(patch(shared.one(), &at, 0, &bytes[..100_000]).await.status, 204);
    let mut stream = tokio::net::TcpStream::connect(shared.other()).await.unwrap();
    let request = format!(
        "PATCH {at} HTTP/1.1\r\nHost: x\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 100000\r\n\
        Content-Type: application/offset+octet-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    for piece in bytes[100_000..].chunks(30_000) {
        stream.write_all(format!("{:x}\r\n", piece.len()).as_bytes()).await.unwrap();
        stream.write_all(&[piece, b"\r\n"].concat()).await.unwrap();
    }
    stream.write_all(b"0\r\n\r\n").await.unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 413");
    assert_eq!(head(shared.one(), &at).await.header("upload-offset"), "100000");
    assert_eq!(patch(shared.one(), &at, 100_000, &bytes[100_000..6_000_000]).await.status, 204);
    assert_eq!(status(shared.other(), &at).await["sha256"], sha256(&bytes[..6_000_000]));
}

static HOURS_AHEAD: AtomicU64 = AtomicU64::new(0);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_refused_or_taken_back_or_expires_leaves_nothing_in_the_bucket() {
    let shared = Shared::start_with(|config| {
        config.clock = || {
            let hours = HOURS_AHEAD.load(Ordering::Relaxed);
            SystemTime::now() + Duration::from_secs(hours * 3600)
        };
    })
    .await;
    let program = [b"MZ\x90\0\x03\0\0\0".to_vec(), photo(900_000)].concat();
    let at = create(shared.one(), program.len(), &[]).await.header("location").to_owned();
    assert_eq!(code(&patch(shared.other(), &at, 0, &program).await, 415), "wrong_type");
    assert_eq!(status(shared.one(), &at).await["state"], "refused");

    for taken_back in [400_000, 900_000] {
        let at = create(shared.one(), 900_000, &[]).await.header("location").to_owned();
        assert_eq!(patch(shared.one(), &at, 0, &photo(900_000)[..taken_back]).await.status, 204);
        assert_eq!(send(shared.other(), "DELETE", &at, &[TUS], "").await.status, 204);
        assert_eq!(code(&patch(shared.one(), &at, 0, &program).await, 410), "gone");
    }
    assert_eq!(shared.objects().await, Vec::<String>::new());

    let at = create(shared.one(), 900_000, &[]).await.header("location").to_owned();
    patch(shared.one(), &at, 0, &photo(900_000)[..600_000]).await;
    let file = shared.file(&at).await;
    HOURS_AHEAD.store(25, Ordering::Relaxed);
    shared.has_only(&[]).await;
    assert_eq!(head(shared.other(), &at).await.status, 410);
    // What somebody who was only slow puts there afterwards goes, too.
    shared.put(&format!("complaints/arriving/{file}/late"), b"late").await;
    shared.has_only(&[]).await;
    // And what the database does not know stays: it may be of a backup.
    let unknown = format!("complaints/arriving/{}/1", "0".repeat(32));
    shared.put(&unknown, b"unknown").await;
    tokio::time::sleep(Duration::from_millis(600)).await;
    shared.has_only(&[unknown]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_scanner_finds_never_becomes_an_object() {
    let (scanner, _) = clamd().await;
    let shared = Shared::start_with(|config| {
        config.uploads.scanner = Some(Scanner::from_url(&format!("clamd://{scanner}")).unwrap());
    })
    .await;
    let infected = [photo(50_000), b"EICAR".to_vec(), photo(20_000)].concat();
    let (clean, large) = (photo(60_000), photo(200_000));
    let mut ats = Vec::new();
    for bytes in [&clean, &infected, &large] {
        let at = begun(&shared, bytes.len()).await;
        // The word that is found is in two pieces.
        let (first, rest) = bytes.split_at(50_002);
        assert_eq!(patch(shared.one(), &at, 0, first).await.status, 204);
        assert_eq!(patch(shared.other(), &at, 50_002, rest).await.status, 204);
        ats.push(at);
    }
    assert_eq!(becomes(shared.other(), &ats[1], "infected").await["reason"], "Eicar-Test");
    becomes(shared.one(), &ats[0], "clean").await;
    becomes(shared.one(), &ats[2], "not_scanned").await;
    let file = shared.file(&ats[1]).await;
    for _ in 0..100 {
        if shared.objects().await.iter().filter(|it| !it.contains("arriving")).count() == 2 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    let objects = shared.objects().await;
    assert!(!objects.contains(&format!("complaints/{file}")), "{objects:?}");
    assert_eq!(objects.iter().filter(|it| !it.contains("arriving")).count(), 2);
    // An officer who wants it all the same is given it; and the others, wherever they are.
    let state = &shared.other.as_ref().unwrap_or(&shared.one).state;
    for (at, bytes) in ats.iter().zip([&clean, &infected, &large]) {
        let upload = state.store.upload(at.rsplit('/').next().unwrap()).await.unwrap().unwrap();
        let body = read::read(state, &upload).await.unwrap().collect().await.unwrap();
        assert_eq!(body.to_bytes(), bytes[..]);
    }
    // What `purge` removes is gone, wherever it was.
    for at in &ats {
        assert!(state.uploads.erase(&shared.file(at).await, true).await);
    }
    assert_eq!(shared.objects().await, Vec::<String>::new());
}

/// Puts bytes into the bucket as a piece, as an instance does it before it notes that they count.
async fn put_piece(shared: &Shared, at: &str, begins_at: usize, bytes: &[u8]) -> Piece {
    let name = Uuid::new_v4().simple().to_string();
    shared.put(&format!("complaints/arriving/{}/{name}", shared.file(at).await), bytes).await;
    Piece { begins_at: begins_at as u64, length: bytes.len() as u64, name }
}

fn seconds_from_now(seconds: u64) -> String {
    let time =
        chrono::DateTime::<chrono::Utc>::from(SystemTime::now() + Duration::from_secs(seconds));
    time.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_an_instance_leaves_behind_when_it_is_killed_is_finished_by_another() {
    let shared = Shared::start().await;
    let store = &shared.one.state.store;
    let bytes = photo(900_000);
    let at = begun(&shared, bytes.len()).await;
    let id = at.rsplit('/').next().unwrap();
    let name = format!("complaints/{}", shared.file(&at).await);

    // Killed with a piece in the bucket that is not noted, while it had the upload.
    let soon = seconds_from_now(1);
    assert!(store.hold_upload(id, "killed", seconds_from_now(0), soon).await.unwrap());
    put_piece(&shared, &at, 0, &bytes[..400_000]).await;
    let began = Instant::now();
    assert_eq!(head(shared.other(), &at).await.header("upload-offset"), "0");
    assert!(began.elapsed() < Duration::from_secs(3));

    // Killed when every byte was noted, before the whole was looked at.
    let until = seconds_from_now(1);
    assert!(store.hold_upload(id, "killed", seconds_from_now(0), until).await.unwrap());
    let first = put_piece(&shared, &at, 0, &bytes[..400_000]).await;
    let second = put_piece(&shared, &at, 400_000, &bytes[400_000..]).await;
    let expires = seconds_from_now(1000);
    let noted = store.add_pieces(id, "killed", 0, vec![first, second], expires).await.unwrap();
    assert!(noted);
    // And one that was killed while it made one object of it.
    shared.put(&name, b"half of it").await;
    assert_eq!(becomes(shared.other(), &at, "received").await["sha256"], sha256(&bytes));
    shared.has_only(std::slice::from_ref(&name)).await;
    assert_eq!(shared.object(&name).await, bytes);

    // Killed before it had removed the pieces.
    put_piece(&shared, &at, 0, &bytes[..400_000]).await;
    shared.has_only(std::slice::from_ref(&name)).await;
    assert_eq!(shared.object(&name).await, bytes);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_instance_that_was_too_slow_changes_nothing_any_more() {
    let shared = Shared::start().await;
    let store = &shared.one.state.store;
    let bytes = photo(900_000);
    let at = begun(&shared, bytes.len()).await;
    let id = at.rsplit('/').next().unwrap();
    let over = seconds_from_now(0);
    assert!(store.hold_upload(id, "slow", seconds_from_now(0), over).await.unwrap());
    let late = put_piece(&shared, &at, 0, &[7; 1000]).await;
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert_eq!(patch(shared.other(), &at, 0, &bytes[..500_000]).await.status, 204);

    let later = || seconds_from_now(60);
    for from in [0, 500_000] {
        let pieces = vec![Piece { begins_at: from, ..late.clone() }];
        assert!(!store.add_pieces(id, "slow", from, pieces, later()).await.unwrap());
    }
    assert_eq!(store.cut_pieces(id, "slow", 0, true).await.unwrap(), None);
    assert_eq!(store.still_hold_upload(id, "slow", later()).await.unwrap(), Heard::Lost);
    assert_eq!(patch(shared.one(), &at, 500_000, &bytes[500_000..]).await.status, 204);
    assert_eq!(status(shared.other(), &at).await["sha256"], sha256(&bytes));
    shared.has_only(&[format!("complaints/{}", shared.file(&at).await)]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_waits_is_heard_by_who_has_it() {
    let shared = Shared::start().await;
    let store = &shared.one.state.store;
    let at = begun(&shared, 9000).await;
    let id = at.rsplit('/').next().unwrap();
    let until = || seconds_from_now(60);
    assert!(store.hold_upload(id, "a", seconds_from_now(0), until()).await.unwrap());
    assert!(!store.hold_upload(id, "b", seconds_from_now(0), until()).await.unwrap());
    for (wanted, heard) in [
        (None, Heard::Nothing),
        (Some(false), Heard::WantedWhenSilent),
        (Some(true), Heard::WantedAtOnce),
        (None, Heard::Nothing),
    ] {
        store.want_upload(id, wanted).await.unwrap();
        assert_eq!(store.still_hold_upload(id, "a", until()).await.unwrap(), heard);
    }
    store.let_go_of_upload(id, "b").await.unwrap();
    assert_eq!(store.still_hold_upload(id, "a", until()).await.unwrap(), Heard::Nothing);
    store.let_go_of_upload(id, "a").await.unwrap();
    assert!(store.hold_upload(id, "b", seconds_from_now(0), until()).await.unwrap());
}
