//! The command `backup`: a copy of an SQLite database and of the files that residents have attached, while
//! the service runs. The copy is laid out as a data folder: to restore it is to start the service on it.
//!
//! What is deliberately absent: the service's secret. Who finds a backup must not be able to sign in its
//! name.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use sqlx::{AnyConnection, Connection, Row};

use crate::store::Place;
use crate::{Failure, options, serve};

/// The name of the database in a data folder.
const DATABASE: &str = "housing-complaint.db";
/// The folder of the files in a data folder.
const EVIDENCE: &str = "evidence";

/// Makes the copy, or brings an earlier one in the same folder up to date.
///
/// # Errors
///
/// Something can't be read or written. An earlier copy of the database is then as it was.
pub async fn backup(options: &options::Backup) -> Result<(), Failure> {
    let Place::File(file) = serve::database(&options.stored.database)? else {
        return Err(Failure::BackupOfServer);
    };
    let folder = &options.folder;
    let failed = |source: io::Error| Failure::Backup { folder: folder.clone(), source };
    serve::make_private(folder).map_err(failed)?;
    // First the rows, then the files: a file that no row knows costs nothing, a row without its file would.
    let records = rows(&file, folder).await?;
    let files = match serve::evidence(&options.stored)? {
        settings if settings.bucket.is_some() => None,
        settings => Some(copy(&settings.folder, &folder.join(EVIDENCE)).map_err(failed)?),
    };
    let files = match files {
        Some((all, new)) => format!("{all} files, of which {new} are new"),
        None => "files are in the bucket, which is not copied".to_owned(),
    };
    let _ = writeln!(io::stdout(), "{records} records; {files}.");
    Ok(())
}

/// Copies the database as it is at one moment, and looks whether the copy is whole.
async fn rows(from: &Path, folder: &Path) -> Result<i64, Failure> {
    let part = folder.join("housing-complaint.db.part");
    let failed = |source: io::Error| Failure::Backup { folder: folder.to_owned(), source };
    let sql = |source: sqlx::Error| failed(io::Error::other(source));
    sqlx::any::install_default_drivers();
    if part.exists() {
        fs::remove_file(&part).map_err(failed)?;
    }
    if !from.is_file() {
        return Err(failed(io::Error::from(io::ErrorKind::NotFound)));
    }
    // It is made here, and so by nobody else's leave.
    private(&part).map_err(failed)?;
    let mut connection = open(from).await.map_err(sql)?;
    sqlx::query("vacuum into $1")
        .bind(part.display().to_string())
        .execute(&mut connection)
        .await
        .map_err(sql)?;
    let _ = connection.close().await;

    let mut copy = open(&part).await.map_err(sql)?;
    let check = async {
        let row = sqlx::query("pragma integrity_check").fetch_one(&mut copy).await?;
        let found: String = row.try_get(0)?;
        let row = sqlx::query("select count(*) from submissions").fetch_one(&mut copy).await?;
        Ok((found, row.try_get(0)?))
    };
    let (found, records): (String, i64) = check.await.map_err(sql)?;
    let _ = copy.close().await;
    if found != "ok" {
        return Err(failed(io::Error::other("the copy of the database is not whole")));
    }
    File::open(&part).and_then(|file| file.sync_all()).map_err(failed)?;
    fs::rename(&part, folder.join(DATABASE)).map_err(failed)?;
    Ok(records)
}

async fn open(file: &Path) -> Result<AnyConnection, sqlx::Error> {
    AnyConnection::connect_with(&Place::File(file.to_owned()).options()?).await
}

fn private(file: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file)
}

/// Copies every file that is not there, or not as long; gives how many there are, and how many were new.
fn copy(from: &Path, to: &Path) -> io::Result<(u64, u64)> {
    let entries = match fs::read_dir(from) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((0, 0)),
        Err(error) => return Err(error),
    };
    serve::make_private(to)?;
    let (mut all, mut new) = (0, 0);
    for entry in entries {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            let (inner, fresh) = copy(&entry.path(), &target)?;
            all += inner;
            new += fresh;
            continue;
        }
        let mut source = match File::open(entry.path()) {
            Ok(source) => source,
            // It was taken back or moved since the folder was read.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        all += 1;
        let length = source.metadata()?.len();
        if fs::metadata(&target).is_ok_and(|it| it.len() == length) {
            continue;
        }
        let mut copied = private(&target)?;
        io::copy(&mut source, &mut copied)?;
        copied.sync_all()?;
        new += 1;
    }
    Ok((all, new))
}
