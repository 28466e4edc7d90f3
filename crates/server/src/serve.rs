//! The command `serve`: opens the database, listens, and stops without losing a request.

use std::fs;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::http::HeaderValue;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tracing::{info, warn};

use crate::limits::{self, Proxies};
use crate::metrics::{self, Metrics};
use crate::secret::Secret;
use crate::store::uploads::Limits;
use crate::store::{Place, Store};
use crate::uploads::bucket::Bucket;
use crate::uploads::scanner::Scanner;
use crate::uploads::{self, Uploads};
use crate::{AppState, Config, Failure, alarm, app, landlords, options, outbox};

/// How long a request may take. A long account on a slow telephone is well below it.
const TIME_LIMIT: Duration = Duration::from_secs(30);
/// How long the sender of a file may send nothing.
const IDLE_LIMIT: Duration = Duration::from_secs(30);
/// How much of the disk no file may use up, in bytes: a photo must not cost a complaint.
const RESERVE: u64 = 500_000_000;
/// How often is looked for files that have expired, and for what could not be done before.
const ROUND: Duration = Duration::from_secs(60);
/// How long requests in flight may take after a signal to stop.
const STOP_LIMIT: Duration = Duration::from_secs(10);

/// Serves until Ctrl-C or `SIGTERM`.
///
/// # Errors
///
/// What is to be changed before the service can start.
pub async fn serve(options: options::Serve) -> Result<(), Failure> {
    let place = database(&options.storage.database)?;
    let secret = secret(&options.storage, &place)?;
    let uploads = uploads_of(&options)?;
    let config = Arc::new(Config {
        allow_origins: options
            .allow_origins
            .iter()
            .map(|text| origin(text))
            .collect::<Result<_, _>>()?,
        site: options.site,
        dist: options.dist,
        landlords: options.landlords,
        time_limit: TIME_LIMIT,
        uploads,
        outbox: outbox::commands::settings(&options.outbox)?,
        proxies: Proxies { trusted: options.trusted_proxies, header: options.forwarded_header },
        limits: limits::Limits::new(options.max_submissions.into()),
        metrics: options.metrics,
        clock: SystemTime::now,
    });
    landlords::check(&config.landlords);

    // First the port: a second service that was started by mistake ends before it touches the
    // database of the first.
    let (address, port) = (options.address, options.port);
    let cant_listen = |source| Failure::Listen { address: address.clone(), port, source };
    let listener = TcpListener::bind((address.as_str(), port)).await.map_err(cant_listen)?;
    let local = listener.local_addr().map_err(cant_listen)?;
    let scraped = match options.metrics_address {
        None => None,
        Some(at) => Some(TcpListener::bind(at).await.map_err(|source| Failure::Listen {
            address: at.ip().to_string(),
            port: at.port(),
            source,
        })?),
    };
    // An answer is one small write: waiting for more to send with it would only delay it.
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });

    let (store, writer) = Store::open(&place).await?;
    let pool = store.pool().clone();
    let uploads = Uploads::new(config.uploads.clone());
    let state =
        AppState { store, config, uploads: uploads.clone(), secret, metrics: Metrics::default() };
    tokio::spawn(uploads::work::run(state.clone()));
    tokio::spawn(outbox::run(state.clone()));
    tokio::spawn(alarm::run(state.clone()));
    tokio::spawn(limits::sweep(state.clone()));
    if let Some(listener) = scraped {
        tokio::spawn(metrics::serve(listener, state.clone()));
    }
    let (stop, stopping) = oneshot::channel();
    let app = app(state).into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(listener, app).with_graceful_shutdown(async move {
        signal().await;
        info!("stopping");
        uploads.stop();
        let _ = stop.send(());
    });
    // Whoever started the program waits for this line. That nobody reads it is no reason to stop.
    let _ = writeln!(io::stdout(), "Ready at http://{local}/");

    // The writer ends when the last request has let go of the store, with everything written.
    let finish = async {
        server.await.map_err(Failure::Stopped)?;
        let _ = writer.await;
        pool.close().await;
        Ok(())
    };
    let limit = async {
        // An error means that the server ended by itself, and `finish` says why.
        if stopping.await.is_err() {
            std::future::pending::<()>().await;
        }
        tokio::time::sleep(STOP_LIMIT).await;
    };
    tokio::select! {
        result = finish => result,
        () = limit => {
            warn!("some requests did not finish in {} seconds", STOP_LIMIT.as_secs());
            Ok(())
        }
    }
}

/// Where the database is; the folder of a file is made where it is missing.
pub(crate) fn database(options: &options::Database) -> Result<Place, Failure> {
    let file = match options.database.as_deref() {
        None => options.data.join("housing-complaint.db"),
        Some(url) if options.is_server() => return Ok(Place::Server(url.to_owned())),
        Some(url) => {
            let path = url.strip_prefix("sqlite:").ok_or(Failure::NotADatabase)?;
            PathBuf::from(path.strip_prefix("//").unwrap_or(path))
        }
    };
    if let Some(folder) = file.parent() {
        make_private(folder)
            .map_err(|source| Failure::DataFolder { folder: folder.to_owned(), source })?;
    }
    Ok(Place::File(file))
}

/// The service's secret: of this machine where the database is, or given to all instances.
pub(crate) fn secret(options: &options::Storage, place: &Place) -> Result<Secret, Failure> {
    if let Some(text) = &options.secret {
        return Ok(Secret::new(text));
    }
    let file = match (&options.secret_file, place) {
        (Some(file), _) => file.clone(),
        (None, Place::File(database)) => database.with_file_name("secret"),
        (None, Place::Server(_)) => return Err(Failure::NoSecret),
    };
    if let Some(folder) = file.parent() {
        make_private(folder)
            .map_err(|source| Failure::DataFolder { folder: folder.to_owned(), source })?;
    }
    Secret::in_file(&file).map_err(|source| Failure::Secret { file, source })
}

/// Where the files that residents attach are kept, and how much is taken.
fn uploads_of(options: &options::Serve) -> Result<uploads::Settings, Failure> {
    let settings = evidence_in(&options.storage.database, options.evidence.as_deref())?;
    Ok(uploads::Settings {
        scanner: options.scanner.as_deref().map(Scanner::from_url).transpose()?,
        limits: Limits {
            file: options.max_file_size,
            files: options.max_files,
            total: options.max_total_size,
            unclaimed: options.max_unclaimed_size,
        },
        ..settings
    })
}

/// Where a command that does not serve finds the files.
pub(crate) fn evidence(options: &options::Stored) -> Result<uploads::Settings, Failure> {
    evidence_in(&options.database, options.evidence.as_deref())
}

/// The folder of the files, and the bucket, where there is one; all else as it usually is.
fn evidence_in(
    database: &options::Database,
    place: Option<&str>,
) -> Result<uploads::Settings, Failure> {
    let (folder, bucket) = match place {
        None => (None, None),
        Some(url) if url.contains("://") => (None, Some(Bucket::from_environment(url)?)),
        Some(folder) => (Some(PathBuf::from(folder)), None),
    };
    if let Some(folder) = &folder {
        make_private(folder)
            .map_err(|source| Failure::DataFolder { folder: folder.clone(), source })?;
    }
    Ok(uploads::Settings {
        folder: folder.unwrap_or_else(|| database.data.join("evidence")),
        // One instance alone has the folder; over a database and a bucket there may be others.
        is_shared: bucket.is_some() && database.is_server(),
        bucket,
        scanner: None,
        limits: uploads::LIMITS,
        reserve: RESERVE,
        idle: IDLE_LIMIT,
        round: ROUND,
    })
}

/// Makes a folder that only the user of this program can open: what residents write is in it.
pub(crate) fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder)
}

/// An origin as a browser sends it: scheme, host, and a port where it is not the usual one.
fn origin(text: &str) -> Result<HeaderValue, Failure> {
    let wrong = || Failure::Origin(text.to_owned());
    let host = ["https://", "http://"]
        .iter()
        .find_map(|scheme| text.strip_prefix(scheme))
        .ok_or_else(wrong)?;
    let is_host = !host.is_empty()
        && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte));
    if !is_host {
        return Err(wrong());
    }
    HeaderValue::from_str(&text.to_ascii_lowercase()).map_err(|_| wrong())
}

/// Waits for Ctrl-C, or for what a process manager sends.
async fn signal() {
    let interrupt = async {
        // Where signals can't be had, the program ends the hard way, which loses nothing either.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut signals) => {
                signals.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_a_scheme_and_a_host_and_nothing_else() {
        for right in ["https://www.example.org", "http://127.0.0.1:8080", "http://[::1]:80"] {
            assert_eq!(origin(right).unwrap(), right);
        }
        for wrong in [
            "*",
            "null",
            "www.example.org",
            "https://",
            "https://*.example.org",
            "https://example.org/",
            "https://example.org/page",
            "https://me@example.org",
            "ftp://example.org",
        ] {
            assert!(origin(wrong).is_err(), "{wrong}");
        }
    }
}
