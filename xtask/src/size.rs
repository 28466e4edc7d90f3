//! What a resident downloads before the first question, and the budget for it.

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::{
    dist::{self, LATER, LOADER, SCRIPT},
    paths::read,
};

/// More than this and the check fails.
const BUDGET: usize = 130_000;
/// More than this and the check warns.
const WARNING: usize = 110_000;
/// The script, for which the first screen waits. More than this and the check fails.
const SCRIPT_BUDGET: usize = 16_000;
/// The same, of loader.js alone.
const LOADER_BUDGET: usize = 5_000;
/// The wasm that comes behind the first load. More than this and the check fails. A tenth of it is everything
/// that a resident can do after sending, and an eighth is for hearing what they say in their words, compiled for
/// speed: nobody waits for either.
const LATER_BUDGET: usize = 112_000;
/// What words mean, which comes last of all, and for which nobody waits. More than this and the check fails.
const MODEL_BUDGET: usize = 230_000;

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
    /// What is fetched behind it, while the resident reads: the wasm, the words, and what they mean.
    later: [Size; 3],
}

impl Report {
    /// Measures `dist/`.
    pub fn measure() -> Result<Self> {
        let names = dist::names()?;
        let named = |is_it: &dyn Fn(&str) -> bool, what: &str| {
            let found = names.iter().find(|name| is_it(name)).cloned();
            found.with_context(|| format!("dist/ has no {what}; run `cargo xtask build`"))
        };
        let is_later = |it: &str| it.starts_with(LATER);
        let wasm = named(&|it| it.ends_with(".wasm") && !is_later(it), "wasm file")?;
        let later = named(&is_later, "later part of the wasm")?;
        let words = named(&|it| it.starts_with("locales/en."), "English words")?;
        let more = named(&|it| it.starts_with("locales/en-later."), "later English words")?;
        let model = named(&|it| it.starts_with("locales/en-model."), "model of English words")?;
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
        let parts =
            LOADER.into_iter().chain(["glue.js", "styles.css", "first.json", "messages.json"]);
        Ok(Self {
            files: [SCRIPT, &wasm, &words].into_iter().map(file).collect::<Result<_>>()?,
            parts: parts.map(part).collect::<Result<_>>()?,
            later: [file(&later)?, file(&more)?, file(&model)?],
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
        println!("{:<44}{:>10}{:>10}", "fetched behind it (bytes)", "raw", "brotli");
        self.later.iter().for_each(|size| row("", size));
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
            "later": list(&self.later),
            "later_budget": LATER_BUDGET,
            "model_budget": MODEL_BUDGET,
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
        for (name, budget) in [(SCRIPT, SCRIPT_BUDGET), ("loader.js", LOADER_BUDGET)] {
            let over = |size: &&Size| size.name == name && size.brotli > budget;
            if let Some(size) = self.files.iter().chain(&self.parts).find(over) {
                bail!("{name} is {} bytes, over its budget of {budget}", size.brotli);
            }
        }
        let [later, _, model] = &self.later;
        for (what, size, budget, way_on) in [
            ("the later part of the wasm", later, LATER_BUDGET, "make its code smaller"),
            ("the model of English words", model, MODEL_BUDGET, "leave out patterns"),
        ] {
            if size.brotli > budget {
                bail!("{what} is {} bytes, over its budget of {budget}; {way_on}", size.brotli);
            }
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
        Report {
            files: vec![size(SCRIPT, 1_000), size("a.wasm", brotli - 1_000)],
            parts: vec![],
            later: ["later", "words", "model"].map(|it| size(it, 1_000)),
        }
    }

    #[test]
    fn only_what_is_over_the_budget_fails() {
        assert!(of(BUDGET).judge().is_ok());
        let error = of(BUDGET + 1).judge().expect_err("over the budget");
        assert!(error.to_string().contains("130001 bytes"), "{error}");
    }

    #[test]
    fn the_later_part_and_the_model_have_budgets_of_their_own() {
        for (at, what, budget) in [
            (0, "the later part of the wasm", LATER_BUDGET),
            (2, "the model of English words", MODEL_BUDGET),
        ] {
            let mut report = of(50_000);
            report.later[at].brotli = budget;
            assert!(report.judge().is_ok());
            report.later[at].brotli += 1;
            let error = report.judge().expect_err("over the budget");
            let expected = format!("{what} is {} bytes", budget + 1);
            assert!(error.to_string().contains(&expected), "{error}");
        }
    }

    #[test]
    fn the_json_has_the_total() {
        assert_eq!(of(50_000).to_json()["total_brotli"], 50_000);
    }
}
