//! The widget's code: Rust to wasm, its JavaScript glue, and the optimiser.

use std::{fs, path::PathBuf, process::Command, time::Duration};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use walrus::Module;
use wasm_bindgen_cli_support::Bindgen;

use crate::{
    paths::{read, read_text, target, write},
    process::Job,
    tools::{self, Route, Toolchain, hex},
};

/// The widget's package.
pub const PACKAGE: &str = "housing-complaint";
/// What the wasm uses; with `--all-features` wasm-opt writes files that browsers refuse.
const FEATURES: [&str; 7] = [
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];
/// Rust's linker puts the stack below the data, so the first kilobyte is never an object's address,
/// and memory starts as zeros. A function with one caller stays a function unless it is tiny: many
/// that are alike compress better than a few that are huge, by five kilobytes.
const OPTIMISE: [&str; 7] = [
    "-Oz",
    "--converge",
    "--one-caller-inline-max-function-size=20",
    "--always-inline-max-function-size=4",
    "--low-memory-unused",
    "--zero-filled-memory",
    "--strip-producers",
];

/// The widget's code, ready to be packed.
pub struct Widget {
    /// The optimised wasm.
    pub wasm: Vec<u8>,
    /// wasm-bindgen's glue, which defines `wasm_bindgen`.
    pub glue: String,
}

/// The folder of everything that this pipeline makes.
pub fn folder() -> PathBuf {
    target().join("wasm")
}

/// Builds the widget.
pub fn build(toolchain: &Toolchain) -> Result<Widget> {
    compile(toolchain)?;
    let raw = folder().join("wasm32-unknown-unknown/widget/housing_complaint.wasm");
    let made = folder().join("made");
    let (wasm, glue, stamp) = (made.join("widget.wasm"), made.join("glue.js"), made.join("stamp"));

    let mut hasher = Sha256::new();
    hasher.update(read(&raw)?);
    hasher.update(FEATURES.concat());
    hasher.update(OPTIMISE.concat());
    hasher.update(read(&crate::paths::root().join("package-lock.json"))?);
    let wanted = hex(&hasher.finalize());
    if !(stamp.is_file() && read_text(&stamp)? == wanted && wasm.is_file() && glue.is_file()) {
        if stamp.is_file() {
            fs::remove_file(&stamp).context("target/wasm/made/stamp can't be removed")?;
        }
        let bound = made.join("bound.wasm");
        let (bound_wasm, bound_glue) = bind(&raw)?;
        write(&bound, bound_wasm)?;
        write(&glue, bound_glue)?;
        optimise(&bound, &wasm)?;
        write(&stamp, wanted)?;
    }
    Ok(Widget { wasm: read(&wasm)?, glue: read_text(&glue)? })
}

fn compile(toolchain: &Toolchain) -> Result<()> {
    let mut cargo = toolchain.cargo("build");
    cargo.args(["--profile", "widget", "--lib", "--package", PACKAGE, "--quiet"]);
    cargo.env("CARGO_TARGET_DIR", folder());
    // wasm-bindgen reads a section that stripping would remove, and strips after itself.
    cargo.env("CARGO_PROFILE_WIDGET_STRIP", "none");
    if toolchain.route == Route::Ready {
        cargo.env("CARGO_PROFILE_WIDGET_PANIC", "abort");
    } else {
        smallest(&mut cargo);
    }
    let first = !folder().join("wasm32-unknown-unknown/widget").is_dir();
    let time = if first { " (the first time: about 90 s)" } else { "" };
    eprintln!("  compiling the widget with {}{time}", toolchain.version);
    let job = Job {
        what: "compiling the widget for the browser",
        advice: "the compiler's message is above",
        limit: Duration::from_secs(1800),
    };
    job.show(&mut cargo)
}

/// Makes a panic a bare trap without a message, and std optimised for size.
///
/// On this command line alone: in Cargo.toml, stable cargo would refuse the strategy.
fn smallest(cargo: &mut Command) {
    cargo.args(["-Zbuild-std-features=optimize_for_size", "-Zpanic-immediate-abort"]);
    cargo.env("CARGO_PROFILE_WIDGET_PANIC", "immediate-abort");
    cargo.env("RUSTFLAGS", "-Zlocation-detail=none -Zfmt-debug=none");
}

/// wasm-bindgen, for a classic script: the wasm and the glue.
fn bind(raw: &std::path::Path) -> Result<(Vec<u8>, String)> {
    let run = || -> Result<(Vec<u8>, String)> {
        let mut output = Bindgen::new()
            .input_path(raw)
            .out_name("housing_complaint")
            .no_modules(true)?
            .omit_default_module_path(true)
            .typescript(false)
            .demangle(false)
            .remove_name_section(true)
            .remove_producers_section(true)
            .generate_output()?;
        let mut glue = output.js().to_owned();
        shorten_names(output.wasm_mut(), &mut glue);
        Ok((output.wasm_mut().emit_wasm(), glue))
    };
    run().context(
        "wasm-bindgen failed on the compiled widget; check that Cargo.lock has the same version of \
         wasm-bindgen and wasm-bindgen-cli-support",
    )
}

/// Gives imports and closures, whose names are long and end in hashes that don't compress, short
/// names in the wasm and in the glue alike.
fn shorten_names(module: &mut Module, glue: &mut String) {
    let mut count = 0;
    let mut shorten = |name: &mut String| {
        if !name.starts_with("__wb") && name.len() < 40 {
            return;
        }
        let short = format!("${count:x}");
        *glue = replace_identifier(glue, name, &short);
        *name = short;
        count += 1;
    };
    for import in module.imports.iter_mut() {
        shorten(&mut import.name);
    }
    for export in module.exports.iter_mut() {
        if export.name.len() >= 40 {
            shorten(&mut export.name);
        }
    }
}

/// Replaces a whole identifier, never a part of a longer one.
fn replace_identifier(text: &str, name: &str, with: &str) -> String {
    let is_part = |it: char| it.is_ascii_alphanumeric() || it == '_' || it == '$';
    let mut replaced = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(name) {
        let after = &rest[at + name.len()..];
        let is_whole = !rest[..at].ends_with(is_part) && !after.starts_with(is_part);
        replaced.push_str(&rest[..at]);
        replaced.push_str(if is_whole { with } else { name });
        rest = after;
    }
    replaced.push_str(rest);
    replaced
}

fn optimise(from: &std::path::Path, to: &std::path::Path) -> Result<()> {
    tools::node_modules()?;
    eprintln!("  optimising the wasm");
    let job = Job {
        what: "wasm-opt",
        advice: "delete node_modules and try again",
        limit: Duration::from_secs(600),
    };
    let mut wasm_opt = tools::npm_tool("wasm-opt");
    job.quiet(wasm_opt.args(OPTIMISE).args(FEATURES).arg(from).arg("-o").arg(to))?;
    Ok(())
}
