//! A PostgreSQL of our own for the tests: a fresh cluster in a temporary folder, on a free port of this
//! machine alone, gone when it is dropped. The machine's own PostgreSQL, if there is one, is not touched.

use std::{
    env, fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

use crate::{
    paths::which,
    process::{self, Job},
    tools,
};

/// The programs of one version.
const PROGRAMS: [&str; 3] = ["initdb", "postgres", "pg_isready"];
const JOB: Job = Job {
    what: "making a PostgreSQL cluster",
    advice: "name a folder with initdb, postgres and pg_isready in HC_POSTGRES",
    limit: Duration::from_secs(120),
};

/// What a cluster is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum For {
    /// Tests: nothing is lost if the machine loses it.
    Tests,
    /// Measurements: a commit is on disk, as it has to be in use.
    Measurements,
}

/// A cluster that runs.
pub struct Cluster {
    child: Child,
    folder: PathBuf,
    /// Where its database `postgres` is. Each test makes one of its own beside it.
    pub url: String,
}

impl Cluster {
    /// Makes one and waits until it answers; PostgreSQL is fetched if need be.
    pub fn start(purpose: For) -> Result<Self> {
        let programs = programs()?;
        let user = user();
        let random = format!("hc-postgres-{}-{}", std::process::id(), free_port()?);
        let folder = env::temp_dir().join(random);
        make_folder(&folder, user)?;
        let data = folder.join("data");
        let mut init = as_user(programs.join("initdb"), user);
        init.arg("-D").arg(&data);
        init.args(["-U", "hc", "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C"]);
        JOB.quiet(&mut init)?;

        let port = free_port()?;
        let mut serve = as_user(programs.join("postgres"), user);
        serve.arg("-D").arg(&data).arg("-k").arg(&folder).args(["-p", &port.to_string()]);
        serve.args(["-c", "listen_addresses=127.0.0.1", "-c", "max_connections=400"]);
        serve.args(["-c", "log_min_messages=fatal"]);
        if purpose == For::Tests {
            serve.args(["-c", "fsync=off", "-c", "full_page_writes=off"]);
        }
        serve.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = serve.spawn().context("PostgreSQL can't be started")?;
        let url = format!("postgres://hc@127.0.0.1:{port}/postgres");
        let mut cluster = Self { child, folder, url };
        cluster.wait(&programs.join("pg_isready"), port)?;
        Ok(cluster)
    }

    fn wait(&mut self, asking: &Path, port: u16) -> Result<()> {
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(60) {
            if let Some(status) = self.child.try_wait()? {
                bail!("PostgreSQL ended at once ({status}); {}", JOB.advice);
            }
            let mut ask = process::command(asking);
            ask.args(["-q", "-h", "127.0.0.1", "-p", &port.to_string()]);
            if JOB.outcome(&mut ask)?.status.success() {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(100));
        }
        bail!("PostgreSQL did not answer within a minute; {}", JOB.advice)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // A fast shutdown, so that no process of it stays; if that fails, the hard way.
        let id = self.child.id().to_string();
        let _ = Command::new("kill").args(["-INT", &id]).status();
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(10) {
            if !matches!(self.child.try_wait(), Ok(None)) {
                break;
            }
            thread::sleep(Duration::from_millis(50));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// The folder with the programs: that in `HC_POSTGRES`, that on the path, the newest of Debian's.
fn programs() -> Result<PathBuf> {
    if let Some(named) = env::var_os("HC_POSTGRES").filter(|it| !it.is_empty()) {
        return Ok(named.into());
    }
    if let Some(found) = installed() {
        return Ok(found);
    }
    tools::postgres()?;
    installed().context("PostgreSQL is installed but not found; name its folder in HC_POSTGRES")
}

fn installed() -> Option<PathBuf> {
    let has_all = |folder: &PathBuf| PROGRAMS.iter().all(|it| folder.join(it).is_file());
    let mut folders: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .collect();
    folders.sort();
    let on_path = which("postgres").and_then(|it| it.parent().map(Path::to_owned));
    folders.into_iter().rev().chain(on_path).find(has_all)
}

/// PostgreSQL refuses to run as root: it runs as its own user there, or as nobody.
fn user() -> Option<(u32, u32)> {
    if !tools::is_root() {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let find = |name: &str| {
        let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    find("postgres").or_else(|| find("nobody"))
}

#[cfg(unix)]
fn make_folder(folder: &Path, user: Option<(u32, u32)>) -> Result<()> {
    use std::os::unix::fs::{DirBuilderExt, chown};
    let made = fs::DirBuilder::new().mode(0o700).create(folder);
    made.with_context(|| format!("{} can't be made", folder.display()))?;
    if let Some((uid, gid)) = user {
        chown(folder, Some(uid), Some(gid))
            .with_context(|| format!("{} can't be given away", folder.display()))?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn make_folder(folder: &Path, _user: Option<(u32, u32)>) -> Result<()> {
    fs::create_dir(folder).with_context(|| format!("{} can't be made", folder.display()))
}

/// A program of PostgreSQL, as that user, in a folder that the user may enter.
fn as_user(program: PathBuf, user: Option<(u32, u32)>) -> Command {
    let mut command = process::command(program);
    command.current_dir(env::temp_dir());
    #[cfg(unix)]
    if let Some((uid, gid)) = user {
        use std::os::unix::process::CommandExt;
        command.uid(uid).gid(gid);
    }
    #[cfg(not(unix))]
    let _ = user;
    command
}

fn free_port() -> Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").context("no free port on this machine")?;
    Ok(listener.local_addr().context("no free port on this machine")?.port())
}
