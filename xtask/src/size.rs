//! What a resident downloads before the first question, and the budget for it.

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::{
    dist::{self, SCRIPT},
    paths::read,
};

/// More than this and the check fails.
const BUDGET: usize = 130_000;
/// More than this and the check warns.
const WARNING: usize = 110_000;

/// One file or part of a file.
pub struct Size {
    name: String,
    raw: usize,
    brotli: usize,
}

/// The sizes of the first load.
pub struct Report {
    /// What is fetched before the first question.
    files: Vec<Size>,
    /// What is inside the script, each part compressed alone.
    parts: Vec<Size>,
}

impl Report {
    /// Measures `dist/`.
    pub fn measure() -> Result<Self> {
        let wasm = dist::names()?
            .into_iter()
            .find(|name| name.ends_with(".wasm"))
            .context("dist/ has no wasm file; run `cargo xtask build`")?;
        let folder = crate::paths::dist();
        let file = |name: &str| -> Result<Size> {
            let raw = read(&folder.join(name))?.len();
            let brotli = read(&folder.join(format!("{name}.br")))?.len();
            Ok(Size { name: name.to_owned(), raw, brotli })
        };
        let part = |name: &str| -> Result<Size> {
            let content = read(&dist::parts_folder().join(name))?;
            let brotli = dist::compress(&content)?.len();
            Ok(Size { name: name.to_owned(), raw: content.len(), brotli })
        };
        let parts = ["glue.js", "loader.js", "styles.css", "messages.json"];
        Ok(Self {
            files: [SCRIPT, &wasm].into_iter().map(file).collect::<Result<_>>()?,
            parts: parts.into_iter().map(part).collect::<Result<_>>()?,
        })
    }

    /// What goes over the wire in all.
    pub fn total(&self) -> usize {
        self.files.iter().map(|size| size.brotli).sum()
    }

    /// Prints the table.
    pub fn print(&self) {
        println!("{:<44}{:>10}{:>10}", "first load (bytes)", "raw", "brotli");
        let row = |indent: &str, size: &Size| {
            println!("{:<44}{:>10}{:>10}", format!("{indent}{}", size.name), size.raw, size.brotli);
        };
        for size in &self.files {
            row("", size);
            if size.name == SCRIPT {
                self.parts.iter().for_each(|part| row("  of which, alone: ", part));
            }
        }
        println!("{:<44}{:>10}{:>10}", "in all", "", self.total());
    }

    /// The table for a program.
    pub fn to_json(&self) -> Value {
        let list = |sizes: &[Size]| -> Value {
            let one =
                |size: &Size| json!({"name": size.name, "raw": size.raw, "brotli": size.brotli});
            sizes.iter().map(one).collect()
        };
        json!({
            "first_load": list(&self.files),
            "parts_of_script": list(&self.parts),
            "total_brotli": self.total(),
            "budget": BUDGET,
        })
    }

    /// Fails where the first load is over its budget.
    pub fn judge(&self) -> Result<()> {
        let total = self.total();
        if total > BUDGET {
            bail!(
                "the first load is {total} bytes, over its budget of {BUDGET}; make the largest \
                 line of the table above smaller"
            );
        }
        if total > WARNING {
            eprintln!("warning: the first load is {total} bytes, near its budget of {BUDGET}");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(brotli: usize) -> Report {
        let size = |name: &str, brotli| Size { name: name.to_owned(), raw: 2 * brotli, brotli };
        Report { files: vec![size(SCRIPT, 1_000), size("a.wasm", brotli - 1_000)], parts: vec![] }
    }

    #[test]
    fn only_what_is_over_the_budget_fails() {
        assert!(of(BUDGET).judge().is_ok());
        let error = of(BUDGET + 1).judge().expect_err("over the budget");
        assert!(error.to_string().contains("130001 bytes"), "{error}");
    }

    #[test]
    fn the_json_has_the_total() {
        assert_eq!(of(50_000).to_json()["total_brotli"], 50_000);
    }
}
