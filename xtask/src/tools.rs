//! The tools that the commands need: found on the machine, else fetched.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
    time::Duration,
};

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use crate::{
    paths::{files, read, read_text, root, target, which, write},
    process::{self, Job},
};

const SECOND: Duration = Duration::from_secs(1);
/// Programs that only print something about themselves.
const PROBE: Job = Job {
    what: "asking a tool for its version",
    advice: "check that the tool starts by hand",
    limit: Duration::from_secs(20),
};

/// How the widget is compiled for the browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// The active toolchain, std built from its own source: the smallest file.
    OwnSource,
    /// Debian's `rustc-web`, std built from source: the same file, without rustup's server.
    Debian,
    /// The active toolchain with rustup's ready-made std: about a quarter larger.
    Ready,
}

/// A toolchain that compiles for `wasm32-unknown-unknown`.
#[derive(Clone, Debug)]
pub struct Toolchain {
    /// How it compiles std.
    pub route: Route,
    /// The compiler's own version line.
    pub version: String,
    linker: Option<PathBuf>,
}

const DEBIAN_CARGO: &str = "/usr/bin/cargo";
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_SYSROOT: &str = "/usr";
const DEBIAN_CLIPPY: &str = "/usr/bin/cargo-clippy";
const DEBIAN_LINKER: &str = "/usr/bin/rust-lld";
const LINKER_VARIABLE: &str = "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER";

impl Toolchain {
    /// The toolchain that is on the machine, if there is one.
    pub fn installed() -> Option<Self> {
        let own = own_compiler();
        if let Some((sysroot, version)) = &own
            && has_source(sysroot)
            // Where Debian's compiler is the active one, it needs its linker named.
            && sysroot != Path::new(DEBIAN_SYSROOT)
        {
            return Some(Self { route: Route::OwnSource, version: version.clone(), linker: None });
        }
        if let Some(version) = debian_compiler()
            && let Some(linker) = debian_linker()
        {
            return Some(Self { route: Route::Debian, version, linker: Some(linker) });
        }
        let (sysroot, version) = own?;
        let ready = sysroot.join("lib/rustlib/wasm32-unknown-unknown/lib").is_dir();
        ready.then_some(Self { route: Route::Ready, version, linker: None })
    }

    /// The toolchain, fetched if need be.
    pub fn get() -> Result<Self> {
        // A toolchain with a ready-made std will do, but one with std's source is better.
        let found = Self::installed();
        if let Some(toolchain) = &found
            && (toolchain.route != Route::Ready || !can_apt())
        {
            return Ok(toolchain.clone());
        }
        if let Err(error) = fetch_debian_toolchain() {
            eprintln!("  {error:#}");
        } else if let Some(toolchain) = Self::installed() {
            return Ok(toolchain);
        }
        if let Some(toolchain) = found {
            return Ok(toolchain);
        }
        fetch_by_rustup();
        Self::installed().context(
            "no Rust toolchain for the browser could be found or fetched; run `rustup component \
             add rust-src` (best) or `rustup target add wasm32-unknown-unknown` where rustup \
             reaches its server, or `apt-get install rustc-web cargo-web rust-web-src \
             rust-web-llvm` as root on Debian",
        )
    }

    /// Cargo of this toolchain, for `wasm32-unknown-unknown`; `subcommand` comes first.
    pub fn cargo(&self, subcommand: &str) -> Command {
        let mut cargo = if self.route == Route::Debian {
            let program = if subcommand == "clippy" { DEBIAN_CLIPPY } else { DEBIAN_CARGO };
            let mut cargo = process::command(program);
            process::forget_build_settings(&mut cargo);
            cargo.env_remove("RUSTUP_TOOLCHAIN").env_remove("LD_LIBRARY_PATH");
            cargo.env("CARGO", DEBIAN_CARGO).env("RUSTC", DEBIAN_RUSTC);
            cargo
        } else {
            let mut cargo = process::cargo();
            process::forget_build_settings(&mut cargo);
            cargo
        };
        cargo.arg(subcommand).args(["--target", "wasm32-unknown-unknown"]);
        if self.route != Route::Ready {
            cargo.env("RUSTC_BOOTSTRAP", "1").arg("-Zbuild-std=std,panic_abort");
        }
        match (env::var_os(LINKER_VARIABLE), &self.linker) {
            (Some(linker), _) => cargo.env(LINKER_VARIABLE, linker),
            (None, Some(linker)) => cargo.env(LINKER_VARIABLE, linker),
            (None, None) => &mut cargo,
        };
        cargo
    }

    /// Whether clippy is there for this toolchain, fetched if need be.
    pub fn has_clippy(&self) -> bool {
        if self.route != Route::Debian {
            return which("cargo-clippy").is_some();
        }
        if !Path::new(DEBIAN_CLIPPY).is_file()
            && let Err(error) = apt_install(&["rust-web-clippy"])
        {
            eprintln!("  {error:#}");
        }
        Path::new(DEBIAN_CLIPPY).is_file()
    }
}

/// The active toolchain's sysroot and version.
fn own_compiler() -> Option<(PathBuf, String)> {
    compiler(&env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
}

fn compiler(rustc: &std::ffi::OsStr) -> Option<(PathBuf, String)> {
    let ask = |what: &str| PROBE.quiet(process::command(rustc).arg(what)).ok();
    let (sysroot, version) = (ask("--print=sysroot")?, ask("--version")?);
    Some((PathBuf::from(sysroot.trim()), version.trim().to_owned()))
}

fn has_source(sysroot: &Path) -> bool {
    sysroot.join("lib/rustlib/src/rust/library/std/src/lib.rs").is_file()
}

/// Debian's compiler, if it is new enough and std's source is beside it.
fn debian_compiler() -> Option<String> {
    if !Path::new(DEBIAN_CARGO).is_file() || !Path::new(DEBIAN_RUSTC).is_file() {
        return None;
    }
    let (sysroot, version) = compiler(DEBIAN_RUSTC.as_ref())?;
    (has_source(&sysroot) && is_new_enough(&version)).then_some(version)
}

fn is_new_enough(version: &str) -> bool {
    let numbers = |text: &str| -> Option<(u32, u32)> {
        let mut parts = text.split('.');
        Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
    };
    let has = version.split_whitespace().nth(1).and_then(numbers);
    has.is_some() && has >= numbers(env!("CARGO_PKG_RUST_VERSION"))
}

/// A linker for wasm: Debian's, else the one that comes with rustup's toolchain.
fn debian_linker() -> Option<PathBuf> {
    // `is_file` follows the link, which dangles until the package with its target is there.
    let debian = PathBuf::from(DEBIAN_LINKER);
    if debian.is_file() {
        return Some(debian);
    }
    let libraries = own_compiler()?.0.join("lib/rustlib");
    let hosts = fs::read_dir(libraries).ok()?.filter_map(Result::ok);
    hosts.map(|host| host.path().join("bin/rust-lld")).find(|linker| linker.is_file())
}

fn fetch_debian_toolchain() -> Result<()> {
    if !can_apt() {
        bail!("std's source is not here, and this is not Debian with root's rights");
    }
    if debian_compiler().is_none() {
        eprintln!("  the active toolchain has no std source; trying Debian's rustc-web instead");
        apt_install(&["rustc-web", "cargo-web", "rust-web-src", "rust-web-llvm"])?;
    }
    // The linker is a link into a package that is only recommended, of a changing name.
    if !Path::new(DEBIAN_LINKER).is_file()
        && let Ok(target) = fs::read_link(DEBIAN_LINKER)
        && let Some(package) = target.file_name().and_then(|name| name.to_str())
        && let Err(error) = apt_install(&[package])
    {
        eprintln!("  {error:#}");
    }
    Ok(())
}

/// Tries rustup: std's source, else the ready-made std.
fn fetch_by_rustup() {
    if which("rustup").is_none() {
        return;
    }
    eprintln!("  asking rustup's server for Rust's wasm32 target (20 s at most)");
    // Without a network rustup would hang for minutes in the downloads below.
    let probe = Job { what: "reaching rustup's server", advice: "", limit: 20 * SECOND };
    let answered = probe.outcome(process::command("rustup").arg("check")).is_ok_and(|outcome| {
        outcome.stdout.contains("p to date") || outcome.stdout.contains(" -> ")
    });
    if !answered {
        return;
    }
    let fetch = Job { what: "rustup's download", advice: "try it by hand", limit: 600 * SECOND };
    let source = fetch.quiet(process::command("rustup").args(["component", "add", "rust-src"]));
    if source.is_err() {
        let target = ["target", "add", "wasm32-unknown-unknown"];
        if let Err(error) = fetch.quiet(process::command("rustup").args(target)) {
            eprintln!("  {error:#}");
        }
    }
}

/// Whether Debian's packages can be installed: Debian, and root.
fn can_apt() -> bool {
    is_debian() && is_root()
}

fn is_debian() -> bool {
    which("apt-get").is_some()
        && fs::read_to_string("/etc/os-release").is_ok_and(|text| names_debian(&text))
}

fn names_debian(os_release: &str) -> bool {
    os_release
        .lines()
        .filter_map(|line| line.split_once('='))
        .filter(|(key, _)| matches!(*key, "ID" | "ID_LIKE"))
        .any(|(_, value)| value.trim_matches('"').split(' ').any(|word| word == "debian"))
}

/// Whether this runs as root.
#[cfg(unix)]
pub fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    // On Linux a process owns its folder in /proc.
    fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

/// Whether this runs as root.
#[cfg(not(unix))]
pub fn is_root() -> bool {
    false
}

fn apt() -> Command {
    let mut apt = process::command("apt-get");
    apt.env("DEBIAN_FRONTEND", "noninteractive").args(["-o", "DPkg::Lock::Timeout=120"]);
    apt
}

/// Fetches Debian's list of packages, once.
fn update_packages() {
    static UPDATED: OnceLock<()> = OnceLock::new();
    UPDATED.get_or_init(|| {
        eprintln!("  fetching Debian's list of packages");
        let update = Job {
            what: "`apt-get update`",
            advice: "going on with the list that is there",
            limit: 180 * SECOND,
        };
        if let Err(error) = update.quiet(apt().args(["-qq", "update"])) {
            eprintln!("  {error:#}");
        }
    });
}

/// Installs Debian packages, or says in one sentence how to.
fn apt_install(packages: &[&str]) -> Result<()> {
    let names = packages.join(" ");
    if !can_apt() {
        bail!("{names} is missing: on Debian, run `apt-get install {names}` as root");
    }
    update_packages();
    eprintln!("  installing from Debian: {names} (up to a few minutes)");
    let advice = format!("run `apt-get install {names}` by hand to see why");
    let install =
        Job { what: "installing a Debian package", advice: &advice, limit: 1200 * SECOND };
    install
        .quiet(apt().args(["-y", "-qq", "--no-install-recommends", "install"]).args(packages))?;
    Ok(())
}

/// Makes the npm packages of package-lock.json available in node_modules/.
pub fn node_modules() -> Result<()> {
    if which("node").is_none() || which("npm").is_none() {
        apt_install(&["nodejs", "npm"])
            .context("Node.js is missing: install Node.js 20 or newer, with npm")?;
    }
    let mut hasher = Sha256::new();
    hasher.update(read(&root().join("package.json"))?);
    hasher.update(read(&root().join("package-lock.json"))?);
    let wanted = hex(&hasher.finalize());
    let stamp = root().join("node_modules/.xtask-stamp");
    if stamp.is_file() && read_text(&stamp)? == wanted {
        return Ok(());
    }
    eprintln!("  fetching the npm packages of package-lock.json");
    let job = Job {
        what: "`npm ci`",
        advice: "check that the npm registry can be reached",
        limit: 600 * SECOND,
    };
    let mut npm = npm_command("npm");
    npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]);
    job.quiet(npm.env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"))?;
    write(&stamp, wanted)
}

/// A program of the npm packages.
pub fn npm_tool(name: &str) -> Command {
    npm_command(root().join("node_modules/.bin").join(name))
}

pub fn npm_command(program: impl AsRef<Path>) -> Command {
    let program = program.as_ref();
    process::command(if cfg!(windows) { program.with_extension("cmd") } else { program.to_owned() })
}

/// Node.js, in the project's root.
pub fn node() -> Command {
    process::command("node")
}

/// Packages for tests in Python.
pub struct Python {
    /// The requirements file.
    requirements: &'static str,
    /// The folder under `target/` of an environment that has them.
    environment: &'static str,
}

/// For the comparison of dates.
pub const DATES: Python = Python {
    requirements: "crates/server/tests/differential/requirements.txt",
    environment: "python",
};

/// For uploads by programs that are not ours.
pub const UPLOADS: Python =
    Python { requirements: "tests/uploads/requirements.txt", environment: "python-uploads" };

/// For mail and webhooks, received by programs that are not ours.
pub const OUTBOX: Python =
    Python { requirements: "tests/outbox/requirements.txt", environment: "python-outbox" };

/// For positions in photos and videos.
pub const MEDIA: Python =
    Python { requirements: "tests/media/requirements.txt", environment: "python-media" };

/// Gets the programs that write positions into photos and videos, and look for them.
pub fn media_programs() -> Result<()> {
    for (program, package) in [("exiftool", "libimage-exiftool-perl"), ("ffmpeg", "ffmpeg")] {
        if which(program).is_none() {
            apt_install(&[package])?;
        }
    }
    Ok(())
}

/// For requests that are made up from the description of the service.
pub const API: Python =
    Python { requirements: "tests/api/requirements.txt", environment: "python-api" };

/// Gets PostgreSQL, for a cluster of the tests' own.
pub fn postgres() -> Result<()> {
    apt_install(&["postgresql"]).context(
        "PostgreSQL is missing: install it, or name the folder of its programs in HC_POSTGRES",
    )
}

/// A Python that has the packages of a requirements file: the machine's own where it has them, else
/// one in an environment under `target/`.
pub fn python(needs: &Python) -> Result<PathBuf> {
    let requirements = root().join(needs.requirements);
    let folder = target().join(needs.environment);
    let program = if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" };
    let program = folder.join(program);
    let wanted = hex(&Sha256::digest(read(&requirements)?));
    let stamp = folder.join(".xtask-stamp");
    if program.is_file() && read_text(&stamp).is_ok_and(|has| has == wanted) {
        return Ok(program);
    }
    let own = || which("python3").or_else(|| which("python"));
    if let Some(own) = own()
        && has_packages(&own, &read_text(&requirements)?)
    {
        return Ok(own);
    }
    if own().is_none() {
        apt_install(&["python3", "python3-venv"])
            .context("Python is missing: install Python 3.11 or newer, with venv")?;
    }
    let own = own().context("Python is installed but not on the PATH")?;
    eprintln!("  making a Python environment in {}", folder.display());
    if let Err(error) = make_environment(&own, &folder) {
        // Debian has venv in a package of its own.
        if !can_apt() {
            return Err(error);
        }
        apt_install(&["python3-venv"])?;
        make_environment(&own, &folder)?;
    }
    let job = Job {
        what: "`pip install`",
        advice: "check that Python is 3.11 or newer and that its package index can be reached",
        limit: 600 * SECOND,
    };
    let mut pip = process::command(&program);
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
    pip.args(["--require-hashes", "--only-binary", ":all:", "--requirement"]).arg(&requirements);
    job.quiet(&mut pip)?;
    write(&stamp, wanted)?;
    Ok(program)
}

/// ClamAV's daemon: the machine's own or that in `HC_CLAMD`, else one that is only unpacked under
/// `target/` and is no service of the machine. `None` where there is no Debian to fetch it from.
pub fn clamd() -> Option<PathBuf> {
    let named = env::var_os("HC_CLAMD").filter(|name| !name.is_empty()).map(PathBuf::from);
    if let Some(own) = named.or_else(|| which("clamd")) {
        return Some(own);
    }
    let folder = target().join("clamav");
    let program = folder.join("usr/sbin/clamd");
    if !program.is_file()
        && can_apt()
        && let Err(error) = unpack("clamav-daemon", &folder)
    {
        eprintln!("  {error:#}");
    }
    program.is_file().then_some(program)
}

/// Unpacks a Debian package and what it needs beyond what is installed.
fn unpack(package: &str, folder: &Path) -> Result<()> {
    update_packages();
    eprintln!("  unpacking {package} from Debian in {}", folder.display());
    let job =
        Job { what: "fetching a Debian package", advice: "try it by hand", limit: 600 * SECOND };
    fs::create_dir_all(folder).with_context(|| format!("{} can't be made", folder.display()))?;
    let plan = job.quiet(apt().args(["-s", "--no-install-recommends", "install", package]))?;
    let names = plan.lines().filter_map(|line| line.strip_prefix("Inst ")?.split(' ').next());
    // As root it would warn that its own user can't write here.
    let mut download = apt();
    download.args(["-qq", "-o", "APT::Sandbox::User=root", "download"]).args(names);
    job.quiet(download.current_dir(folder))?;
    for archive in files(folder)? {
        let is_package = archive.extension().is_some_and(|it| it == "deb");
        if is_package {
            job.quiet(process::command("dpkg").arg("-x").arg(&archive).arg(folder))?;
        }
    }
    Ok(())
}

/// Makes an empty Python environment in place of whatever is there.
fn make_environment(python: &Path, folder: &Path) -> Result<()> {
    let job = Job {
        what: "making a Python environment",
        advice: "install Python's venv module (python3-venv on Debian)",
        limit: 300 * SECOND,
    };
    job.quiet(process::command(python).args(["-m", "venv", "--clear"]).arg(folder))?;
    Ok(())
}

/// Whether this Python has every pinned package already, in its pinned version.
fn has_packages(python: &Path, requirements: &str) -> bool {
    let check = "import sys; from importlib.metadata import version; \
                 sys.exit(any(version(p.split('==')[0]) != p.split('==')[1] for p in sys.argv[1:]))";
    let mut ask = process::command(python);
    ask.args(["-c", check]).args(pinned(requirements));
    PROBE.outcome(&mut ask).is_ok_and(|outcome| outcome.status.success())
}

/// The packages of a requirements file: `holidays==0.109`.
fn pinned(requirements: &str) -> impl Iterator<Item = &str> {
    let words = requirements.lines().filter_map(|line| line.split_whitespace().next());
    words.filter(|word| word.contains("==") && !word.starts_with('#'))
}

/// A program of the browser tests, fetched where that can be done.
pub struct Program {
    /// What it is, in a sentence that says that it is missing.
    what: &'static str,
    /// The environment variable that names one.
    pub variable: &'static str,
    names: &'static [&'static str],
    on_a_mac: &'static str,
    packages: &'static [&'static str],
}

/// Chromium, or Chrome.
pub const CHROMIUM: Program = Program {
    what: "Chromium or Google Chrome",
    variable: "HC_CHROMIUM",
    names: &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"],
    on_a_mac: "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    packages: &["chromium", "chromium-sandbox", "fonts-liberation"],
};

/// Firefox.
pub const FIREFOX: Program = Program {
    what: "Firefox",
    variable: "HC_FIREFOX",
    names: &["firefox-esr", "firefox"],
    on_a_mac: "/Applications/Firefox.app/Contents/MacOS/firefox",
    packages: &["firefox-esr"],
};

/// What drives WebKitGTK, which comes with it.
pub const WEBKIT_DRIVER: Program = Program {
    what: "WebKitGTK's WebKitWebDriver",
    variable: "HC_WEBKIT_DRIVER",
    names: &["WebKitWebDriver"],
    on_a_mac: "",
    packages: &["webkit2gtk-driver"],
};

/// The screen on which WebKitGTK draws: it can't do without one.
pub const SCREEN: Program = Program {
    what: "Xvfb, the X server without a screen,",
    variable: "HC_XVFB",
    names: &["Xvfb"],
    on_a_mac: "",
    packages: &["xvfb"],
};

impl Program {
    /// Where it is.
    pub fn get(&self) -> Result<PathBuf> {
        if let Some(named) = env::var_os(self.variable).filter(|name| !name.is_empty()) {
            return Ok(named.into());
        }
        if let Some(found) = self.installed() {
            return Ok(found);
        }
        let Self { what, variable, .. } = self;
        if !can_apt() {
            bail!(
                "{what} was not found, and the browser tests need it: install it, or name it in \
                 {variable}; `cargo xtask test --quick` leaves out the browsers"
            );
        }
        apt_install(self.packages)?;
        self.installed().with_context(|| {
            format!("{what} is installed but not on the PATH; name it in {variable}")
        })
    }

    fn installed(&self) -> Option<PathBuf> {
        let on_a_mac = Some(PathBuf::from(self.on_a_mac)).filter(|path| path.is_file());
        self.names.iter().copied().find_map(which).or(on_a_mac)
    }
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debian_and_its_children_are_known() {
        assert!(names_debian("NAME=\"Debian GNU/Linux\"\nID=debian\n"));
        assert!(names_debian("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n"));
        assert!(!names_debian("ID=fedora\nHOME_URL=\"debian\"\n"));
    }

    #[test]
    fn an_old_compiler_is_refused() {
        assert!(is_new_enough(concat!("rustc ", env!("CARGO_PKG_RUST_VERSION"), ".0 (abc)")));
        assert!(is_new_enough("rustc 2.0.0"));
        assert!(!is_new_enough("rustc 1.85.0 (4d91de4e4 2025-02-17) (built from a tarball)"));
        assert!(!is_new_enough("no compiler"));
    }

    #[test]
    fn the_pinned_packages_are_those_of_the_file() {
        let text = read_text(&root().join(DATES.requirements)).expect("the file is there");
        let pinned: Vec<&str> = pinned(&text).collect();
        assert!(pinned.contains(&"holidays==0.109"), "{pinned:?}");
        assert_eq!(pinned.len(), text.matches("--hash=").count(), "each has its hash");
    }

    #[test]
    fn hex_keeps_leading_zeros() {
        assert_eq!(hex(&[0, 15, 255]), "000fff");
    }
}
