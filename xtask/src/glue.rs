//! wasm-bindgen's glue, made small for the script: what this widget never reaches goes, and the names that
//! wasm and glue share become numbers.
//!
//! Texts are replaced exactly as wasm-bindgen writes them (but for indents and comments). Where it writes them in another way
//! one day, the build stops.

use std::collections::HashMap;

use anyhow::{Context, Result, bail};
use walrus::{ExportItem, Module};

/// Each of these stands there once. A place lasts as long as its wasm, and whatever runs the wasm (its
/// reference types are the youngest feature) has `FinalizationRegistry` and `encodeInto`.
const REPLACED: [(&str, &str); 10] = [
    (
        "\
let wasm_bindgen = (function(exports) {
let script_src;
if (typeof document !== 'undefined' && document.currentScript !== null) {
script_src = new URL(document.currentScript.src, location.href).toString();
}
",
        "",
    ),
    (
        "\
__destroy_into_raw() {
const ptr = this.__wbg_ptr;
this.__wbg_ptr = 0;
PlaceFinalization.unregister(this);
return ptr;
}
free() {
const ptr = this.__destroy_into_raw();
wasm.__wbg_place_free(ptr, 0);
}
",
        "",
    ),
    ("PlaceFinalization.register(this, this.__wbg_ptr, this);\n", ""),
    ("if (Symbol.dispose) Place.prototype[Symbol.dispose] = Place.prototype.free;\n", ""),
    ("exports.Place = Place;\n", ""),
    (
        "\
const PlaceFinalization = (typeof FinalizationRegistry === 'undefined')
? { register: () => {}, unregister: () => {} }
: new FinalizationRegistry(ptr => wasm.__wbg_place_free(ptr, 1));
",
        "",
    ),
    (
        "\
const CLOSURE_DTORS = (typeof FinalizationRegistry === 'undefined')
? { register: () => {}, unregister: () => {} }
: new FinalizationRegistry(",
        "const CLOSURE_DTORS = new FinalizationRegistry(",
    ),
    (
        "\
function passStringToWasm0(arg, malloc, realloc) {
if (realloc === undefined) {
const buf = cachedTextEncoder.encode(arg);
const ptr = malloc(buf.length, 1) >>> 0;
getUint8ArrayMemory0().subarray(ptr, ptr + buf.length).set(buf);
WASM_VECTOR_LEN = buf.length;
return ptr;
}
",
        "\
function passPart(at, ptr) {
getDataViewMemory0().setInt32((at >>> 0) + 4, WASM_VECTOR_LEN, true);
getDataViewMemory0().setInt32(at >>> 0, ptr, true);
}
function passStringToWasm0(arg) {
const { __wbindgen_malloc: malloc, __wbindgen_realloc: realloc } = wasm;
",
    ),
    (
        "\
if (!('encodeInto' in cachedTextEncoder)) {
cachedTextEncoder.encodeInto = function (arg, view) {
const buf = cachedTextEncoder.encode(arg);
view.set(buf);
return {
read: arg.length,
written: buf.length
};
};
}
",
        "",
    ),
    (
        "\
function handleError(f, args) {
try {
return f.apply(this, args);
} catch (e) {
const idx = addToExternrefTable0(e);
wasm.__wbindgen_exn_store(idx);
}
}
",
        "\
const handled = (f) => (...args) => {
try {
return f(...args);
} catch (e) {
wasm.__wbindgen_exn_store(addToExternrefTable0(e));
}
};
",
    ),
];

/// These stand there as often as there are functions that want them.
const REPLACED_EVERYWHERE: [(&str, &str); 3] = [
    (", wasm.__wbindgen_malloc, wasm.__wbindgen_realloc)", ")"),
    (
        "\
const len1 = WASM_VECTOR_LEN;
getDataViewMemory0().setInt32((arg0 >>> 0) + 4 * 1, len1, true);
getDataViewMemory0().setInt32((arg0 >>> 0) + 4 * 0, ptr1, true);
",
        "passPart(arg0, ptr1);\n",
    ),
    (
        "\
var len1 = WASM_VECTOR_LEN;
getDataViewMemory0().setInt32((arg0 >>> 0) + 4 * 1, len1, true);
getDataViewMemory0().setInt32((arg0 >>> 0) + 4 * 0, ptr1, true);
",
        "passPart(arg0, ptr1);\n",
    ),
];

/// Here begins how wasm-bindgen loads the wasm, which the loader does itself,
const LOADING: &str = "let wasmModule, wasmInstance, wasm;\n";
/// but for this,
const STARTED: &str = "\
function __wbg_finalize_init(instance, module) {
wasmInstance = instance;
wasm = instance.exports;
wasmModule = module;
cachedDataViewMemory0 = null;
cachedUint8ArrayMemory0 = null;
wasm.__wbindgen_start();
return wasm;
}
";
/// which becomes this.
const START: &str = "\
let wasm;
return {
Place,
imports: __wbg_get_imports(),
start(exports) {
wasm = exports;
wasm.__wbindgen_start();
},
};
";

/// What stands around the functions that the wasm imports, and what is there instead.
const IMPORTS: [(&str, &str); 2] = [
    ("const import0 = {\n__proto__: null,\n", "const import0 = [\n"),
    (
        "};\nreturn {\n__proto__: null,\n\"./housing_complaint_bg.js\": import0,\n};\n",
        "];\nreturn { m: import0 };\n",
    ),
];

/// The glue as a function `hcGlue`: each call is for a new instance of the wasm. It returns the `imports`
/// of the wasm, `start`, which takes what it exports, and the class `Place`.
///
/// # Errors
///
/// Where the glue is not as it is expected to be.
pub fn fit(module: &mut Module, glue: &str) -> Result<String> {
    let is_code = |line: &&str| !line.is_empty() && !line.starts_with("//");
    let lines: Vec<&str> = glue.lines().map(str::trim).filter(is_code).collect();
    let mut text = lines.join("\n");
    for (from, to) in REPLACED {
        let (before, after) = around(&text, from)?;
        text = [before, to, after].concat();
    }
    for (from, to) in REPLACED_EVERYWHERE {
        if !text.contains(from) {
            return Err(changed(from));
        }
        text = text.replace(from, to);
    }
    around(&text, STARTED)?;
    let (before, _) = around(&text, LOADING)?;
    text = [before, START].concat();
    if text.contains("\nexports.") {
        bail!("the widget exports more than `Place`; let `fit` in xtask/src/glue.rs hand it out");
    }
    text = number_imports(module, &text)?;
    text = shorten_exports(module, text);
    Ok(["function hcGlue() {\n", &text, "}\n"].concat())
}

/// What stands before and after a text that stands there once.
fn around<'a>(text: &'a str, mark: &str) -> Result<(&'a str, &'a str)> {
    let parts = text.split_once(mark).filter(|(_, after)| !after.contains(mark));
    parts.ok_or_else(|| changed(mark))
}

fn changed(text: &str) -> anyhow::Error {
    anyhow::anyhow!(
        "wasm-bindgen's glue no longer has this (or has it more than once):\n{text}\nfind what is there \
         now, and mend xtask/src/glue.rs"
    )
}

/// Makes a list of the functions that the wasm imports, each of which is imported by its number.
///
/// They are sorted: what is alike compresses better.
fn number_imports(module: &mut Module, text: &str) -> Result<String> {
    let (before, rest) = around(text, IMPORTS[0].0)?;
    let (functions, after) = around(rest, IMPORTS[1].0)?;
    let mut list: Vec<(&str, String)> = Vec::new();
    for line in functions.lines() {
        if let Some((name, head)) = line.split_once(": function(") {
            list.push((name, head_of(head)));
        } else if let Some((_, function)) = list.last_mut() {
            function.push_str(if line == "}, arguments); }," { "})," } else { line });
        }
        if let Some((_, function)) = list.last_mut() {
            function.push('\n');
        }
    }
    if let Some((name, _)) = list.iter().find(|(_, it)| it.contains("arguments")) {
        bail!("wasm-bindgen's glue uses `arguments` in `{name}`; mend xtask/src/glue.rs");
    }
    list.sort_by(|(_, one), (_, other)| one.cmp(other));
    let numbers: HashMap<&str, usize> =
        list.iter().enumerate().map(|(at, (name, _))| (*name, at)).collect();
    for import in module.imports.iter_mut() {
        let number = numbers.get(&*import.name);
        let unknown = || format!("wasm-bindgen's glue has no `{}: function(`", import.name);
        import.name = number.with_context(unknown)?.to_string();
        "m".clone_into(&mut import.module);
    }
    let list: String = list.into_iter().map(|(_, function)| function).collect();
    Ok([before, IMPORTS[0].1, &list, IMPORTS[1].1, after].concat())
}

/// The first line of a function, from its arguments on, as that of an arrow function.
fn head_of(head: &str) -> String {
    match head.strip_prefix(") { return handleError(function (") {
        Some(caught) => ["handled((", &caught.replace(") {", ") => {")].concat(),
        None => ["(", &head.replace(") {", ") => {")].concat(),
    }
}

/// Gives what the wasm exports short names; what the glue does not use is exported no more. The memory keeps
/// its name.
fn shorten_exports(module: &mut Module, mut text: String) -> String {
    let mut unused = Vec::new();
    for (count, export) in module.exports.iter_mut().enumerate() {
        if matches!(export.item, ExportItem::Memory(_)) {
            continue;
        }
        let short = format!("${count:x}");
        let renamed = replace_identifier(&text, &export.name, &short);
        if renamed == text {
            unused.push(export.id());
        }
        text = renamed;
        export.name = short;
    }
    unused.into_iter().for_each(|id| module.exports.delete(id));
    text
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_is_gone_or_there_twice_stops_the_build() {
        assert_eq!(around("one two three", " two ").expect("is there once"), ("one", "three"));
        assert!(around("one two two three", " two").is_err());
        let error = around("one", "two").expect_err("is not there").to_string();
        assert!(error.contains("\ntwo\n"), "{error}");
    }

    #[test]
    fn what_is_imported_has_the_number_of_its_place_in_the_list() {
        let glue = "\
before
const import0 = {
__proto__: null,
__wbg_value: function(arg0) {
const ret = arg0.value;
return ret;
},
__wbg_back: function() { return handleError(function (arg0) {
arg0.back();
}, arguments); },
__wbg_abort: function(arg0) {
arg0.abort();
},
};
return {
__proto__: null,
\"./housing_complaint_bg.js\": import0,
};
after
";
        let expected = "\
before
const import0 = [
(arg0) => {
arg0.abort();
},
(arg0) => {
const ret = arg0.value;
return ret;
},
handled((arg0) => {
arg0.back();
}),
];
return { m: import0 };
after
";
        let mut module = Module::default();
        let ty = module.types.add(&[], &[]);
        for name in ["__wbg_back", "__wbg_value", "__wbg_abort"] {
            module.add_import_func("./housing_complaint_bg.js", name, ty);
        }
        assert_eq!(number_imports(&mut module, glue).expect("is as expected"), expected);
        let names: Vec<_> =
            module.imports.iter().map(|it| (it.module.as_str(), it.name.as_str())).collect();
        assert_eq!(names, [("m", "2"), ("m", "1"), ("m", "0")]);
        module.add_import_func("./housing_complaint_bg.js", "__wbg_other", ty);
        assert!(number_imports(&mut module, glue).is_err(), "nothing is there for `__wbg_other`");
    }

    #[test]
    fn what_is_exported_and_not_used_goes() {
        let mut module = Module::default();
        let memory = module.memories.add_local(false, false, 1, None, None);
        module.exports.add("memory", memory);
        let table = module.tables.add_local(false, 1, None, walrus::RefType::EXTERNREF);
        module.exports.add("__wbindgen_externrefs", table);
        module.exports.add("__unused", table);
        let text = "wasm.__wbindgen_externrefs; my__wbindgen_externrefs; wasm.memory".to_owned();
        let text = shorten_exports(&mut module, text);
        assert_eq!(text, "wasm.$1; my__wbindgen_externrefs; wasm.memory");
        let names: Vec<_> = module.exports.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["memory", "$1"]);
    }
}
