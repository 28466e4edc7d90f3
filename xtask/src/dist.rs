//! `dist/`: the one script that a page names, and the files that it fetches.

use std::{collections::BTreeMap, fs, path::Path, time::Duration};

use anyhow::{Context, Result, bail};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256, Sha384};

use crate::{
    paths::{self, dist, files, read, read_text, root, write},
    process::Job,
    tools::{self, Toolchain, hex},
    wasm::{self, Widget},
};

/// The script that a page names.
pub const SCRIPT: &str = "housing-complaint.js";
const INTEGRITY: &str = "integrity.json";
/// In the order of the cascade.
const STYLES: [&str; 4] = ["tokens.css", "base.css", "components.css", "print.css"];
/// The language that is inside the script.
const BASE_LANGUAGE: &str = "en";
/// Everything that `dist/` is made from.
const INPUTS: [&str; 10] = [
    "Cargo.toml",
    "Cargo.lock",
    "package.json",
    "package-lock.json",
    "src",
    "crates/domain",
    "embed",
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
    let (messages, locales) = languages(&mut out)?;

    let parts = parts_folder();
    let sources =
        [("glue.js", &widget.glue), ("loader.js", &loader()?), ("styles.css", &styles()?)];
    for (name, source) in sources {
        write(&parts.join("source").join(name), source)?;
        let output = minify(&parts.join("source").join(name), &parts.join(name))?;
        if name == "glue.js" && output.trim().is_empty() {
            bail!("wasm-bindgen's glue is empty; delete target/wasm and try again");
        }
    }
    write(&parts.join("messages.json"), messages.to_string())?;

    let build = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "wasm": wasm,
        "css": read_text(&parts.join("styles.css"))?.trim_end(),
        "messages": messages,
        "locales": locales,
    });
    let script = format!(
        "(function () {{\n\"use strict\";\n{}\nconst HC_BUILD = {build};\n{}\n}})();\n",
        widget.glue,
        loader()?
    );
    let joined = parts.join("source").join(SCRIPT);
    write(&joined, script)?;
    let script = minify(&joined, &parts.join(SCRIPT))?;
    let frame = root().join("embed/frame.html");
    if frame.is_file() {
        out.add("frame.html", &read(&frame)?)?;
    }
    // Last, since it names the others.
    out.add(SCRIPT, script.trim_end().as_bytes())?;
    out.finish()
}

/// The minified parts of the script, each alone, for the size report.
pub fn parts_folder() -> std::path::PathBuf {
    wasm::folder().join("parts")
}

fn loader() -> Result<String> {
    read_text(&root().join("embed/loader.js"))
}

fn styles() -> Result<String> {
    STYLES.iter().map(|name| read_text(&root().join("styles").join(name))).collect()
}

/// The base language's messages, and the table of the other languages' files.
fn languages(out: &mut Output) -> Result<(Value, Value)> {
    let mut base = None;
    let mut table = Map::new();
    for file in files(&root().join("locales"))? {
        let is_json = file.extension().is_some_and(|extension| extension == "json");
        let Some(language) = file.file_stem().and_then(|stem| stem.to_str()).filter(|_| is_json)
        else {
            continue;
        };
        let messages: Map<String, Value> = serde_json::from_slice(&read(&file)?)
            .with_context(|| format!("locales/{language}.json is not one JSON object"))?;
        let messages = Value::Object(messages);
        let minified = messages.to_string();
        let entry = out.add_hashed(&format!("locales/{language}"), "json", minified.as_bytes())?;
        if language == BASE_LANGUAGE {
            base = Some(messages);
        } else {
            table.insert(language.to_owned(), entry);
        }
    }
    Ok((base.context("locales/en.json is missing; put it back")?, Value::Object(table)))
}

/// Minifies one script or style sheet for the oldest browsers that get a rescue screen.
///
/// The output is ASCII: a page in another encoding than UTF-8 may name the script too.
fn minify(from: &Path, to: &Path) -> Result<String> {
    let target = match from.extension() {
        Some(css) if css == "css" => "--target=chrome99,firefox101,safari16.4",
        _ => "--target=es2019",
    };
    let job = Job {
        what: "esbuild",
        advice: "mend the file that its message names",
        limit: Duration::from_secs(60),
    };
    let mut esbuild = tools::npm_tool("esbuild");
    esbuild.arg(from).args(["--minify", "--legal-comments=none", "--log-level=warning", target]);
    job.quiet(esbuild.arg(format!("--outfile={}", to.display())))?;
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
