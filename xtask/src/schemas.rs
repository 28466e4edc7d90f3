//! `schemas/`: the JSON Schemas of what is sent, written from the Rust types.

use std::{collections::BTreeSet, path::PathBuf};

use anyhow::{Result, bail};

use crate::paths::{files, read_text, root, write};

fn folder() -> PathBuf {
    root().join("schemas")
}

/// Every schema file's name and content.
fn wanted() -> Result<Vec<(String, String)>> {
    let all: Vec<(&str, serde_json::Value)> = domain::schema::all();
    all.into_iter()
        .map(|(name, schema)| Ok((name.to_owned(), serde_json::to_string_pretty(&schema)? + "\n")))
        .collect()
}

/// Writes the schema files.
pub fn write_all() -> Result<()> {
    for (name, text) in wanted()? {
        let path = folder().join(&name);
        if read_text(&path).is_ok_and(|old| old == text) {
            continue;
        }
        write(&path, text)?;
        println!("schemas/{name}");
    }
    Ok(())
}

/// Fails where a schema file is not what the types say.
pub fn check() -> Result<()> {
    let wanted = wanted()?;
    let drifted = wanted
        .iter()
        .find(|(name, text)| read_text(&folder().join(name)).ok().as_ref() != Some(text));
    if let Some((name, _)) = drifted {
        bail!(
            "schemas/{name} is not what the Rust types say; run `cargo xtask schemas` and commit it"
        );
    }
    let names: BTreeSet<&str> = wanted.iter().map(|(name, _)| name.as_str()).collect();
    for file in files(&folder())? {
        let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if name.ends_with(".json") && !names.contains(name) {
            bail!("schemas/{name} has no Rust type; remove it");
        }
    }
    Ok(())
}
