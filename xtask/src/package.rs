//! The npm package: the files of `dist/` as they are, with types, a manifest and a way in for bundlers.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result, bail};
use serde_json::json;

use crate::{
    dist,
    paths::{self, files, read, read_text, root, target, write},
    process::Job,
    tools,
};

/// Written by hand; everything else in the package is made or copied.
const SOURCE: &str = "embed/package";
/// The way in for bundlers, in both kinds of module that there are.
const ENTRY: &str = "index.js";
const MODULES: [(&str, &str, &str); 2] =
    [("esm", "index.mjs", "index.d.mts"), ("cjs", ENTRY, "index.d.ts")];
/// The list of the files of `dist/`, with their hashes.
const INTEGRITY: &str = "integrity.json";
/// In the package's manifest as it is written; Cargo.toml has the version.
const NO_VERSION: &str = "\"version\": \"0.0.0\"";
/// As they are in the project's root.
const COPIED: [&str; 2] = ["schemas", "LICENSE"];

/// Assembles `target/package/`, packs it, and has every check look at what was packed.
pub fn run() -> Result<()> {
    dist::build()?;
    tools::node_modules()?;
    assemble()?;
    let packed = pack()?;
    check(&packed)
}

/// The package as it is packed.
fn folder() -> PathBuf {
    target().join("package")
}

fn assemble() -> Result<()> {
    let folder = folder();
    if folder.exists() {
        fs::remove_dir_all(&folder)
            .with_context(|| format!("{} can't be removed", folder.display()))?;
    }
    let source = root().join(SOURCE);
    for file in files(&source)? {
        copy(&file, &source)?;
    }
    for name in COPIED {
        for file in files(&root().join(name))? {
            copy(&file, root())?;
        }
    }
    let integrity: BTreeMap<String, String> =
        serde_json::from_slice(&read(&paths::dist().join(INTEGRITY))?)
            .context("dist/integrity.json is not a list of hashes; run `cargo xtask build`")?;
    for name in integrity.keys().map(String::as_str).chain([INTEGRITY]) {
        write(&folder.join("dist").join(name), read(&paths::dist().join(name))?)?;
    }

    let manifest = read_text(&source.join("package.json"))?;
    if !manifest.contains(NO_VERSION) {
        bail!("embed/package/package.json has a version of its own; write {NO_VERSION}");
    }
    let version = env!("CARGO_PKG_VERSION");
    write(
        &folder.join("package.json"),
        manifest.replace(NO_VERSION, &format!("\"version\": \"{version}\"")),
    )?;

    let types = read(&source.join("index.d.ts"))?;
    for (format, script, declarations) in MODULES {
        write(&folder.join(script), entry(format, &integrity[dist::SCRIPT])?)?;
        write(&folder.join(declarations), &types)?;
    }
    Ok(())
}

/// Puts a file where it is below `from`.
fn copy(file: &Path, from: &Path) -> Result<()> {
    let name = file.strip_prefix(from).unwrap_or(file);
    write(&folder().join(name), read(file)?)
}

/// The way in, as one kind of module, with the version and the script's hash.
fn entry(format: &str, integrity: &str) -> Result<String> {
    let job = Job {
        what: "esbuild",
        advice: "mend the file that its message names",
        limit: Duration::from_secs(60),
    };
    let mut esbuild = tools::npm_tool("esbuild");
    esbuild.arg(root().join(SOURCE).join(ENTRY));
    esbuild.args(["--log-level=warning", "--target=es2019"]).arg(format!("--format={format}"));
    for (name, value) in [("HC_VERSION", env!("CARGO_PKG_VERSION")), ("HC_INTEGRITY", integrity)] {
        esbuild.arg(format!("--define:{name}={}", json!(value)));
    }
    job.quiet(&mut esbuild)
}

/// Runs `npm pack`; returns the file that it wrote.
fn pack() -> Result<PathBuf> {
    let job = Job {
        what: "`npm pack`",
        advice: "mend what its message names in embed/package/package.json",
        limit: Duration::from_secs(120),
    };
    let mut npm = tools::npm_command("npm");
    npm.args(["pack", "--ignore-scripts", "--loglevel=error", "--pack-destination"]);
    let name = job.quiet(npm.arg(target()).current_dir(folder()))?;
    let packed = target().join(name.trim());
    eprintln!("  packed {}", packed.display());
    Ok(packed)
}

/// What bundlers, TypeScript and editors make of it.
fn check(packed: &Path) -> Result<()> {
    let job = |what| Job {
        what,
        advice: "mend what the message above names in embed/package/",
        limit: Duration::from_secs(300),
    };
    job("publint").quiet(tools::npm_tool("publint").args(["run", "--strict"]).arg(packed))?;
    job("`attw` (are the types wrong?)").quiet(tools::npm_tool("attw").arg(packed))?;
    let mut tests = tools::node();
    tests.args(["--test", "--test-reporter=spec", "tests/package/"]).env("HC_PACKED", packed);
    job("a test of the package").quiet(&mut tests)?;
    Ok(())
}
