//! The widget's code: Rust to wasm, its JavaScript glue, and the optimiser.

use std::{fs, path::PathBuf, process::Command, time::Duration};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use wasm_bindgen_cli_support::Bindgen;

use crate::{
    glue, order,
    paths::{read, read_text, target, write},
    process::Job,
    split,
    tools::{self, Route, Toolchain, hex},
};

/// The widget's package.
pub const PACKAGE: &str = "housing-complaint";
/// The two parts are told apart by the names of functions: they say, of generic code too, which module it
/// is of, and no function has that of another which is like it.
const NAMES: &str = "-Csymbol-mangling-version=v0 -Zmerge-functions=disabled";
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

/// Sorts the functions by the names that `order` gave them, which then go.
const ORDER: &str = "--reorder-functions-by-name";

/// The widget's code, ready to be packed.
pub struct Widget {
    /// The optimised wasm: what is needed until the first question works.
    pub wasm: Vec<u8>,
    /// The rest of it (see `split`).
    pub later: Vec<u8>,
    /// wasm-bindgen's glue, which defines `hcGlue`.
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
    let (wasm, later) = (made.join("first.wasm"), made.join("later.wasm"));
    let (glue, stamp) = (made.join("glue.js"), made.join("stamp"));

    let mut hasher = Sha256::new();
    hasher.update(read(&raw)?);
    hasher.update(FEATURES.concat());
    hasher.update(OPTIMISE.concat());
    hasher.update(ORDER);
    hasher.update(include_str!("glue.rs"));
    hasher.update(read(&crate::paths::root().join("package-lock.json"))?);
    let wanted = hex(&hasher.finalize());
    if !(stamp.is_file()
        && read_text(&stamp)? == wanted
        && wasm.is_file()
        && later.is_file()
        && glue.is_file())
    {
        if stamp.is_file() {
            fs::remove_file(&stamp).context("target/wasm/made/stamp can't be removed")?;
        }
        let bound = made.join("bound.wasm");
        let (bound_wasm, bound_glue) = bind(&raw)?;
        write(&bound, bound_wasm)?;
        write(&glue, bound_glue)?;
        let whole = made.join("whole.wasm");
        optimise(&bound, &whole, &["--debuginfo"])?;
        let parts = split::split(&read(&whole)?, &read(&bound)?, split::LATER)?;
        write(&made.join("crossings.txt"), &parts.crossings)?;
        for (part, to) in [(parts.first, &wasm), (parts.later, &later)] {
            let split = to.with_extension("split.wasm");
            write(&split, part)?;
            optimise(&split, to, &[])?;
            // The order follows from the code as it is after optimising, and is made by one more run.
            let named = to.with_extension("named.wasm");
            write(&named, order::name_by_likeness(&read(to)?)?)?;
            optimise(&named, to, &[ORDER])?;
        }
        write(&stamp, wanted)?;
    }
    Ok(Widget { wasm: read(&wasm)?, later: read(&later)?, glue: read_text(&glue)? })
}

fn compile(toolchain: &Toolchain) -> Result<()> {
    let mut cargo = toolchain.cargo("rustc");
    cargo.args(["--profile", "widget", "--lib", "--package", PACKAGE, "--quiet"]);
    // As a Rust library, too, which tests need, it would be linked without `lto`, and be ten
    // kilobytes larger.
    cargo.args(["--crate-type", "cdylib"]);
    cargo.env("CARGO_TARGET_DIR", folder());
    // wasm-bindgen reads a section that stripping would remove, and strips after itself.
    cargo.env("CARGO_PROFILE_WIDGET_STRIP", "none");
    if toolchain.route == Route::Ready {
        cargo.env("CARGO_PROFILE_WIDGET_PANIC", "abort");
        cargo.env("RUSTFLAGS", NAMES).env("RUSTC_BOOTSTRAP", "1");
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
    cargo.env("RUSTFLAGS", [NAMES, " -Zlocation-detail=none -Zfmt-debug=none"].concat());
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
            .demangle(true)
            .remove_name_section(false)
            .remove_producers_section(true)
            .generate_output()?;
        let glue = output.js().to_owned();
        let glue = glue::fit(output.wasm_mut(), &glue)?;
        Ok((output.wasm_mut().emit_wasm(), glue))
    };
    run().context(
        "wasm-bindgen failed on the compiled widget; check that Cargo.lock has the same version of \
         wasm-bindgen and wasm-bindgen-cli-support",
    )
}

fn optimise(from: &std::path::Path, to: &std::path::Path, passes: &[&str]) -> Result<()> {
    tools::node_modules()?;
    eprintln!("  optimising the wasm");
    let job = Job {
        what: "wasm-opt",
        advice: "delete node_modules and try again",
        limit: Duration::from_secs(600),
    };
    let mut wasm_opt = tools::npm_tool("wasm-opt");
    job.quiet(wasm_opt.args(OPTIMISE).args(passes).args(FEATURES).arg(from).arg("-o").arg(to))?;
    Ok(())
}
