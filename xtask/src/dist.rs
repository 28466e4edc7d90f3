//! `dist/`: the one script that a page names, and the files that it fetches.

use std::{collections::BTreeMap, fs, path::Path, time::Duration};

use anyhow::{Context, Result};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256, Sha384};

use crate::{
    paths::{self, dist, files, read, read_text, root, write},
    process::{self, Job},
    tools::{self, Toolchain, hex},
    wasm::{self, Widget},
};

/// The script that a page names.
pub const SCRIPT: &str = "housing-complaint.js";
/// What the name of the wasm's later part begins with.
pub const LATER: &str = "housing-complaint-later";
const INTEGRITY: &str = "integrity.json";
/// In the order of the cascade: what the script carries,
const STYLES: [&str; 3] = ["tokens.css", "base.css", "first.css"];
/// and what comes with the words.
const LATER_STYLES: [&str; 2] = ["components.css", "print.css"];
/// The hand-written part of the script; what stands first is used by what follows.
pub const LOADER: [&str; 6] =
    ["colours.js", "around.js", "in-frame.js", "hide.js", "keeping.js", "loader.js"];
/// The language that is inside the script.
const BASE_LANGUAGE: &str = "en";
/// What the keys of words begin with that no screen asks for before all of the wasm is there: they come with its
/// later part. A test looks whether an earlier screen asks for one (`tests/locales.rs`).
const LATER_WORDS: [&str; 14] = [
    "advice.",
    "case.",
    "check.",
    "copy.",
    "draft_file.",
    "files.",
    "letter.",
    "not_sent.",
    "rights.case.",
    "rights.sign_in",
    "sending.",
    "sent.",
    "sign_in.",
    "uploads.",
];
/// What residents' words mean, a file a language.
const MODELS: &str = "crates/reading/src";
/// Everything that `dist/` is made from.
const INPUTS: [&str; 19] = [
    "Cargo.toml",
    "Cargo.lock",
    "package.json",
    "package-lock.json",
    "src",
    "crates/domain",
    "crates/reading",
    "examples",
    "embed/around.js",
    "embed/colours.js",
    "embed/frame.html",
    "embed/frame.js",
    "embed/hide.js",
    "embed/in-frame.js",
    "embed/keeping.js",
    "embed/loader.js",
    "styles",
    "locales",
    "xtask",
];

/// Makes `dist/` equal to the sources; quick where it already is.
pub fn build() -> Result<()> {
    let stamp = wasm::folder().join("dist-stamp");
    let inputs = inputs()?;
    let state = |toolchain: &Toolchain| format!("{inputs} {toolchain:?}");
    if let Some(toolchain) = Toolchain::installed()
        && stamp.is_file()
        && read_text(&stamp)? == state(&toolchain)
        && is_whole()
    {
        eprintln!("dist/ is up to date");
        return Ok(());
    }
    eprintln!("building dist/");
    let toolchain = Toolchain::get()?;
    let widget = wasm::build(&toolchain)?;
    tools::node_modules()?;
    pack(&widget)?;
    write(&stamp, state(&toolchain))
}

/// One hash over the names and contents of all inputs.
fn inputs() -> Result<String> {
    let mut hasher = Sha256::new();
    for input in INPUTS {
        for file in files(&root().join(input))? {
            let content = read(&file)?;
            hasher.update(format!("{}\0{}\0", file.display(), content.len()));
            hasher.update(content);
        }
    }
    Ok(hex(&hasher.finalize()))
}

/// Whether `dist/` still holds what it is said to hold.
fn is_whole() -> bool {
    let listed = || -> Result<BTreeMap<String, String>> {
        Ok(serde_json::from_slice(&read(&dist().join(INTEGRITY))?)?)
    };
    listed().is_ok_and(|listed| {
        listed.contains_key(SCRIPT)
            && listed.iter().all(|(file, expected)| {
                let br = dist().join(format!("{file}.br"));
                read(&dist().join(file)).is_ok_and(|bytes| &integrity(&bytes) == expected)
                    && br.is_file()
            })
    })
}

/// Writes `dist/` from the widget and the sources beside it.
fn pack(widget: &Widget) -> Result<()> {
    eprintln!("  packing dist/");
    let mut out = Output::default();
    let wasm = out.add_hashed("housing-complaint", "wasm", &widget.wasm)?;
    let later = out.add_hashed(LATER, "wasm", &widget.later)?;
    let loader: Vec<String> = LOADER.iter().map(|name| embedded(name)).collect::<Result<_>>()?;
    let parts = parts_folder();
    let glue = &widget.glue;
    let mut sources: Vec<(&str, String)> = LOADER.into_iter().zip(loader.clone()).collect();
    sources.extend([
        ("glue.js", glue.clone()),
        ("styles.css", styles(&STYLES)?),
        ("later.css", styles(&LATER_STYLES)?),
        ("frame.js", embedded("frame.js")?),
    ]);
    for (name, source) in sources {
        write(&parts.join("source").join(name), source)?;
        minify(&parts.join("source").join(name), &parts.join(name))?;
    }
    let loader = loader.concat();
    let later_styles = read_text(&parts.join("later.css"))?;
    let (base, locales) = languages(&mut out, &loader, later_styles.trim_end())?;
    write(&parts.join("messages.json"), base["messages"].to_string())?;
    write(&parts.join("first.json"), base["first"].to_string())?;

    let build = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "wasm": wasm,
        "later": later,
        "css": read_text(&parts.join("styles.css"))?.trim_end(),
        "first": base["first"],
        "messages": base["messages"],
        "locales": locales,
    });
    let script = format!(
        "(function () {{\n\"use strict\";\n{glue}\nconst HC_BUILD = {build};\n{loader}\n}})();\n",
    );
    let joined = parts.join("source").join(SCRIPT);
    write(&joined, script)?;
    let script = minify(&joined, &parts.join(SCRIPT))?;
    // After the others, since it names them.
    let script = out.add(SCRIPT, script.trim_end().as_bytes())?;
    let frame = out.add_hashed("frame", "js", &read(&parts.join("frame.js"))?)?;
    let page = embedded("frame.html")?
        .replace("{script.integrity}", &script)
        .replace("{frame.file}", frame["file"].as_str().unwrap_or_default())
        .replace("{frame.integrity}", frame["integrity"].as_str().unwrap_or_default());
    out.add("frame.html", page.as_bytes())?;
    out.finish()
}

/// The first screen in a language, rendered by the widget's own pages, as nodes: a text, or
/// `[name, attributes, ...children]`.
fn first_screen(words: &Path) -> Result<Value> {
    let job = Job {
        what: "rendering the first screen",
        advice: "mend what its message names",
        limit: Duration::from_secs(1800),
    };
    let mut example = process::cargo();
    example.args(["run", "--quiet", "--package", wasm::PACKAGE, "--example", "first_screen", "--"]);
    let html = job.quiet(example.arg(words))?;
    let document = roxmltree::Document::parse(html.trim())
        .context("the first screen is not well-formed; Yew's server renderer has changed")?;
    Ok(nodes(document.root_element()))
}

fn nodes(element: roxmltree::Node) -> Value {
    let attributes: Map<String, Value> =
        element.attributes().map(|it| (it.name().to_owned(), it.value().into())).collect();
    let mut node = vec![element.tag_name().name().into(), attributes.into()];
    node.extend(element.children().map(|child| match child.text() {
        Some(text) if child.is_text() => text.into(),
        _ => nodes(child),
    }));
    Value::Array(node)
}

/// The minified parts of the script, each alone, for the size report.
pub fn parts_folder() -> std::path::PathBuf {
    wasm::folder().join("parts")
}

fn embedded(name: &str) -> Result<String> {
    read_text(&root().join("embed").join(name))
}

fn styles(names: &[&str]) -> Result<String> {
    names.iter().map(|name| read_text(&root().join("styles").join(name))).collect()
}

/// What the script carries of the base language (the `first` screen, and those `messages` that the
/// loader asks for itself), and the table of all languages' files, each with the later screens' `styles`, and
/// beside it the file of their words and what a resident's own words mean.
fn languages(out: &mut Output, loader: &str, styles: &str) -> Result<(Value, Value)> {
    let mut base = None;
    let mut table = Map::new();
    let folder = root().join("locales");
    for file in files(&folder)? {
        // Those of the service are in a folder of their own.
        let is_ours = file.extension().is_some_and(|extension| extension == "json")
            && file.parent() == Some(&folder);
        let Some(language) = file.file_stem().and_then(|stem| stem.to_str()).filter(|_| is_ours)
        else {
            continue;
        };
        let messages: Map<String, Value> = serde_json::from_slice(&read(&file)?)
            .with_context(|| format!("locales/{language}.json is not one JSON object"))?;
        let first = first_screen(&file)?;
        let is_later = |key: &str| {
            !is_asked_for(key, loader) && LATER_WORDS.iter().any(|it| key.starts_with(it))
        };
        let (mut more, messages): (Map<_, _>, Map<_, _>) =
            messages.into_iter().partition(|(key, _)| is_later(key));
        // What the words of a language mean comes behind them, where somebody has said so.
        let model = root().join(MODELS).join(language).with_extension("txt");
        if model.is_file() {
            let stem = format!("locales/{language}-model");
            more.insert("model".to_owned(), out.add_hashed(&stem, "txt", &read(&model)?)?);
        }
        let more = Value::Object(more).to_string();
        let later =
            out.add_hashed(&format!("locales/{language}-later"), "json", more.as_bytes())?;
        let words = if language == BASE_LANGUAGE {
            let (few, others): (Map<_, _>, Map<_, _>) =
                messages.into_iter().partition(|(key, _)| is_asked_for(key, loader));
            base = Some(json!({ "messages": few, "first": first }));
            json!({ "messages": others, "styles": styles })
        } else {
            json!({ "messages": messages, "first": first, "styles": styles })
        };
        let words = words.to_string();
        let mut entry = out.add_hashed(&format!("locales/{language}"), "json", words.as_bytes())?;
        entry["later"] = later;
        table.insert(language.to_owned(), entry);
    }
    Ok((base.context("locales/en.json is missing; put it back")?, Value::Object(table)))
}

/// Whether the loader asks for this text: by its key, or for a variant of it.
fn is_asked_for(key: &str, loader: &str) -> bool {
    let is_named = |key: &str| loader.contains(&format!("'{key}'"));
    let varied = key.rsplit_once('.').map_or("", |(stem, _)| stem);
    is_named(key) || loader.contains(&format!("variant('{varied}'"))
}

/// Minifies one script or style sheet for the oldest browsers that get a rescue screen.
///
/// The output is ASCII: a page in another encoding than UTF-8 may name the script too. esbuild writes no syntax
/// that is too young for them; terser, after it, makes scripts smaller by 3 %.
fn minify(from: &Path, to: &Path) -> Result<String> {
    let is_style = from.extension().is_some_and(|extension| extension == "css");
    let target =
        if is_style { "--target=chrome99,firefox101,safari16.4" } else { "--target=es2019" };
    let run = |what: &'static str, from: &Path, arguments: &[&str]| {
        let job = Job {
            what,
            advice: "mend the file that its message names",
            limit: Duration::from_secs(60),
        };
        job.quiet(tools::npm_tool(what).arg(from).args(arguments))
    };
    let written = to.to_string_lossy();
    let output = ["--outfile=", &written].concat();
    let arguments = ["--minify", "--legal-comments=none", "--log-level=warning", target, &output];
    run("esbuild", from, &arguments)?;
    if !is_style {
        let compress = "passes=3,ecma=2018";
        let arguments = ["--mangle", "--format", "ascii_only", "--output", &written];
        run("terser", to, &[&["--compress", compress], &arguments[..]].concat())?;
    }
    read_text(to)
}

/// The files of `dist/` as they are written.
#[derive(Default)]
struct Output {
    integrity: BTreeMap<String, String>,
}

impl Output {
    /// Writes `stem.<hash>.extension`; returns what the script needs to fetch it.
    fn add_hashed(&mut self, stem: &str, extension: &str, content: &[u8]) -> Result<Value> {
        let hash = hex(&Sha256::digest(content)[..8]);
        let file = format!("{stem}.{hash}.{extension}");
        let integrity = self.add(&file, content)?;
        Ok(json!({ "file": file, "integrity": integrity }))
    }

    /// Writes the file and its compressed copy; returns its integrity.
    fn add(&mut self, file: &str, content: &[u8]) -> Result<String> {
        let path = dist().join(file);
        // A server that finds both takes the compressed one, so an old one may not stay.
        let compressed = dist().join(format!("{file}.br"));
        let is_same = compressed.is_file() && read(&path).is_ok_and(|old| old == content);
        if !is_same {
            write(&compressed, compress(content)?)?;
            write(&path, content)?;
        }
        let integrity = integrity(content);
        self.integrity.insert(file.to_owned(), integrity.clone());
        Ok(integrity)
    }

    /// Writes the list of hashes, and removes what an earlier build left.
    fn finish(self) -> Result<()> {
        let list = serde_json::to_string_pretty(&self.integrity)?;
        write(&dist().join(INTEGRITY), list + "\n")?;
        for path in files(&dist())? {
            let name = path.strip_prefix(dist()).unwrap_or(&path);
            let name = name.to_string_lossy().replace('\\', "/");
            let name = name.strip_suffix(".br").unwrap_or(&name);
            if name != INTEGRITY && !self.integrity.contains_key(name) {
                fs::remove_file(&path)
                    .with_context(|| format!("{} can't be removed", path.display()))?;
            }
        }
        Ok(())
    }
}

/// The Subresource Integrity value of these bytes.
fn integrity(content: &[u8]) -> String {
    format!("sha384-{}", STANDARD.encode(Sha384::digest(content)))
}

/// Brotli at its smallest, as a server would send it.
pub fn compress(content: &[u8]) -> Result<Vec<u8>> {
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: 11,
        lgwin: 22,
        size_hint: content.len(),
        ..Default::default()
    };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &content[..], &mut compressed, &parameters)
        .context("brotli compression failed")?;
    Ok(compressed)
}

/// The names of the files that `dist/` holds, without the compressed copies.
pub fn names() -> Result<Vec<String>> {
    let list: BTreeMap<String, String> =
        serde_json::from_slice(&paths::read(&dist().join(INTEGRITY))?)
            .context("dist/integrity.json is not a list of hashes; run `cargo xtask build`")?;
    Ok(list.into_keys().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integrity_is_what_browsers_expect() {
        // `printf 'alert("Hello, world.");' | openssl dgst -sha384 -binary | base64`, from the
        // Subresource Integrity specification.
        let expected = "sha384-H8BRh8j48O9oYatfu5AZzq6A9RINhZO5H16dQZngK7T62em8MUt1FLm52t+eX6xO";
        assert_eq!(integrity(b"alert('Hello, world.');"), expected);
    }

    #[test]
    fn compression_keeps_the_content() {
        let content = "the same words, the same words, the same words".repeat(50);
        let compressed = compress(content.as_bytes()).expect("compresses");
        let mut back = Vec::new();
        brotli::BrotliDecompress(&mut &compressed[..], &mut back).expect("decompresses");
        assert_eq!(back, content.as_bytes());
        assert!(compressed.len() < 100);
    }
}
