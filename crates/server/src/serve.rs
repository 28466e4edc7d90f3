//! The command `serve`: opens the database, listens, and stops without losing a request.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::http::HeaderValue;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tracing::{info, warn};

use crate::store::Store;
use crate::{AppState, Config, Failure, app, landlords, options};

/// How long a request may take. A long account on a slow telephone is well below it.
const TIME_LIMIT: Duration = Duration::from_secs(30);
/// How long requests in flight may take after a signal to stop.
const STOP_LIMIT: Duration = Duration::from_secs(10);

/// Serves until Ctrl-C or `SIGTERM`.
///
/// # Errors
///
/// What is to be changed before the service can start.
pub async fn serve(options: options::Serve) -> Result<(), Failure> {
    let file = database_file(&options)?;
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
        clock: SystemTime::now,
    });
    landlords::check(&config.landlords);

    // First the port: a second service that was started by mistake ends before it touches the
    // database of the first.
    let (address, port) = (options.address, options.port);
    let cant_listen = |source| Failure::Listen { address: address.clone(), port, source };
    let listener = TcpListener::bind((address.as_str(), port)).await.map_err(cant_listen)?;
    let local = listener.local_addr().map_err(cant_listen)?;
    // An answer is one small write: waiting for more to send with it would only delay it.
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });

    let (store, writer) = Store::open(&file).await?;
    let pool = store.pool().clone();
    let (stop, stopping) = oneshot::channel();
    let server =
        axum::serve(listener, app(AppState { store, config })).with_graceful_shutdown(async move {
            signal().await;
            info!("stopping");
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

/// The file of the database; its folder is made where it is missing.
fn database_file(options: &options::Serve) -> Result<PathBuf, Failure> {
    let file = match &options.database {
        None => options.data.join("housing-complaint.db"),
        Some(url) => {
            let path = url.strip_prefix("sqlite:").ok_or(Failure::OnlySqlite)?;
            PathBuf::from(path.strip_prefix("//").unwrap_or(path))
        }
    };
    if let Some(folder) = file.parent() {
        make_private(folder)
            .map_err(|source| Failure::DataFolder { folder: folder.to_owned(), source })?;
    }
    Ok(file)
}

/// Makes a folder that only the user of this program can open: what residents write is in it.
fn make_private(folder: &Path) -> io::Result<()> {
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
