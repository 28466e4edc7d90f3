//! The widget's wasm in two parts: what is needed until the first question works, and the rest, which
//! is fetched right behind it and linked to the same memory and tables (docs/decisions/0013).
//!
//! A function belongs to the later part if [`LATER`] names it, or if nothing but such functions leads to
//! it. Where the first part calls one, it calls through the table of functions; the later part fills
//! those slots when it comes. Until then such a call is a trap, so the widget makes none.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use anyhow::{Context, Result, bail};
use walrus::{
    ConstExpr, ElementItems, ElementKind, ExportItem, FunctionId, FunctionKind, GlobalKind,
    ImportId, ImportedFunction, Module, ModuleConfig, TableId, TypeId,
    ir::{self, Instr, Value, Visitor, VisitorMut},
};

/// Where the later part begins, as Rust names it: functions that the first part calls, which must not be
/// inlined there (`#[inline(never)]`), and modules and functions whose closures it calls.
///
/// Nothing of them may run before all of the wasm is there (`Message::needs_all` in src/app.rs).
pub const LATER: &[&str] = &[
    "<domain::heard::Heard>::to_json",
    "<housing_complaint::app::App>::ask",
    "<housing_complaint::app::App>::attach",
    "<housing_complaint::app::App>::listen",
    "<housing_complaint::app::App>::prepare",
    "<housing_complaint::app::App>::send::{closure",
    "<housing_complaint::app::App>::track",
    "<housing_complaint::app::App>::upload",
    "<housing_complaint::session::Session>::apply_later",
    "<housing_complaint::session::Session>::next_upload",
    "<housing_complaint::tracking::CaseAction>::focus",
    "housing_complaint::api",
    "housing_complaint::app::learn",
    "housing_complaint::app::resume",
    "housing_complaint::components::error_summary::error_summary",
    "housing_complaint::kept::write_answers",
    "housing_complaint::kept::write_receipt",
    "housing_complaint::pages::advice",
    "housing_complaint::pages::case",
    "housing_complaint::pages::case::rights",
    "housing_complaint::pages::check",
    "housing_complaint::pages::files",
    "housing_complaint::pages::files::field",
    "housing_complaint::pages::keep",
    "housing_complaint::pages::later",
    "housing_complaint::pages::not_sent",
    "housing_complaint::pages::sent",
    "housing_complaint::pages::sign_in",
    "housing_complaint::tracking::kept",
];

/// The module from which the later part imports what is in the first.
const FIRST: &str = "first";
/// The name by which the first part exports the table of functions.
const SLOTS: &str = "slots";

/// The two parts.
pub struct Parts {
    /// What is needed until the first question works. It exports what the later part needs.
    pub first: Vec<u8>,
    /// The rest. Its imports from `first` are exports of the first part, and the functions in its
    /// slots, by their numbers.
    pub later: Vec<u8>,
    /// Which functions of the later part the first part calls, and from where: a line each.
    pub crossings: String,
}

/// Splits the wasm, whose names must be there; `linked` is the same before it was optimised.
///
/// # Errors
///
/// Where a path of `later` is not in the wasm, or the wasm has what can't be split.
pub fn split(wasm: &[u8], linked: &[u8], later: &[&str]) -> Result<Parts> {
    let whole = read(wasm)?;
    let code = Code::new(&whole)?;
    let plan = Plan::new(&whole, &code, &read(linked)?, later)?;
    let crossings = plan.describe(&whole, &code);
    let (first, later) = (first_part(read(wasm)?, &plan)?, later_part(read(wasm)?, &plan)?);
    Ok(Parts { first, later, crossings })
}

fn read(wasm: &[u8]) -> Result<Module> {
    let mut config = ModuleConfig::new();
    config.generate_producers_section(false);
    config.parse(wasm).context("the optimised wasm can't be read")
}

/// Where everything goes. A function is known by its place in the module, which is read twice.
struct Plan {
    is_later: Vec<bool>,
    /// What is in each slot of the table of functions, in the whole wasm.
    slots: BTreeMap<u64, usize>,
    /// The slots by which one part calls a function of the other.
    crossings: HashMap<usize, u64>,
    /// How many slots there are in all.
    size: u64,
    memories: Vec<String>,
    tables: Vec<String>,
    globals: Vec<String>,
}

impl Plan {
    fn new(module: &Module, code: &Code, linked: &Module, later: &[&str]) -> Result<Self> {
        let (table, slots) = slots(module, code)?;
        // By optimising, functions that are alike become one, with the name of any of them. So what is in
        // a slot is known by the name that it had before, and others by their whole name.
        let names_before = self::names(linked);
        let (_, slots_before) = self::slots(linked, &Code::new(linked)?)?;
        if !slots_before.keys().eq(slots.keys()) {
            bail!("optimising has changed the table of functions, which can't be split then");
        }
        let is_later = |name: &str| later.iter().any(|path| is_in(name, path));
        let stays = |slot: &u64| !is_later(&names_before[slots_before[slot]]);
        let names = names(module);
        let is_named: Vec<bool> = names.iter().map(|it| later.contains(&&**it)).collect();
        for path in later {
            let mut in_slots = slots_before.values().map(|at| &names_before[*at]);
            if !names.iter().any(|it| it == path) && !in_slots.any(|it| is_in(it, path)) {
                bail!(
                    "no function of `{path}` is left in the wasm: mark it `#[inline(never)]` where it \
                     begins, or mend `LATER` in xtask/src/split.rs"
                );
            }
        }

        let mut open: Vec<usize> =
            slots.iter().filter(|(slot, _)| stays(slot)).map(|(_, at)| *at).collect();
        for export in module.exports.iter() {
            if let ExportItem::Function(id) = export.item {
                open.push(code.places[&id]);
            }
        }
        open.extend(module.start.map(|id| code.places[&id]));
        let mut is_first = vec![false; code.calls.len()];
        while let Some(at) = open.pop() {
            if !std::mem::replace(&mut is_first[at], true) {
                open.extend(code.calls[at].iter().copied().filter(|it| !is_named[*it]));
            }
        }
        let is_later: Vec<bool> =
            is_first.iter().zip(&code.is_local).map(|(first, local)| !first && *local).collect();

        let mut size = module.tables.get(table).initial;
        let own_slots: HashMap<usize, u64> = slots.iter().map(|(slot, at)| (*at, *slot)).collect();
        let mut crossings = HashMap::new();
        let crossing = |from: usize, to: usize| code.is_local[to] && is_later[from] != is_later[to];
        let callees = |from: usize| code.calls[from].iter().filter(move |to| crossing(from, **to));
        let called: BTreeSet<usize> = (0..is_later.len()).flat_map(callees).copied().collect();
        // What belongs to one part stands together.
        let (later, first): (Vec<usize>, Vec<usize>) = called.iter().partition(|it| is_later[**it]);
        for callee in later.into_iter().chain(first) {
            let slot = own_slots.get(&callee).copied().unwrap_or(size);
            size += u64::from(slot == size);
            crossings.insert(callee, slot);
        }

        let name = |kind: &str, item: &dyn Fn(ExportItem) -> bool, at: usize| {
            let exported = module.exports.iter().find(|it| item(it.item));
            exported.map_or_else(|| format!("{kind}{at}"), |it| it.name.clone())
        };
        let memory = |(at, it): (usize, &walrus::Memory)| {
            let is_it = |item| matches!(item, ExportItem::Memory(id) if id == it.id());
            name("memory", &is_it, at)
        };
        let global = |(at, it): (usize, &walrus::Global)| {
            let is_it = |item| matches!(item, ExportItem::Global(id) if id == it.id());
            name("global", &is_it, at)
        };
        let other_table = |(at, it): (usize, &walrus::Table)| {
            let is_it = |item| matches!(item, ExportItem::Table(id) if id == it.id());
            if it.id() == table { SLOTS.to_owned() } else { name("table", &is_it, at) }
        };
        Ok(Self {
            is_later,
            slots,
            crossings,
            size,
            memories: module.memories.iter().enumerate().map(memory).collect(),
            tables: module.tables.iter().enumerate().map(other_table).collect(),
            globals: module.globals.iter().enumerate().map(global).collect(),
        })
    }

    /// What the first part calls of the later one, directly or through its tables of methods.
    fn describe(&self, module: &Module, code: &Code) -> String {
        let names = names(module);
        let mut lines = BTreeSet::new();
        for (from, callees) in code.calls.iter().enumerate().filter(|(at, _)| !self.is_later[*at]) {
            for to in callees.iter().filter(|it| self.is_later[**it]) {
                lines.insert([&names[*to], " <- ", &names[from], "\n"].concat());
            }
        }
        let in_table = self.slots.values().filter(|it| self.is_later[**it]);
        lines.extend(in_table.map(|it| [&names[*it], " <- (table)\n"].concat()));
        lines.into_iter().collect()
    }

    /// Makes room for all slots; which table it is.
    fn grow_table(&self, module: &mut Module) -> Result<TableId> {
        let at = self.tables.iter().position(|it| it == SLOTS).unwrap_or_default();
        let table = module.tables.iter_mut().nth(at).context("the table of functions is gone")?;
        table.initial = self.size;
        table.maximum = Some(self.size);
        Ok(table.id())
    }

    /// Puts into the table what belongs to one part, in runs without a gap, and nothing else.
    fn fill_table(&self, module: &mut Module, table: TableId, is_later: bool) {
        let functions = ids(module);
        for id in module.elements.iter().map(|it| it.id()).collect::<Vec<_>>() {
            module.elements.delete(id);
        }
        module.tables.get_mut(table).elem_segments.clear();
        let mut slots = self.slots.clone();
        slots.extend(self.crossings.iter().map(|(at, slot)| (*slot, *at)));
        let mut runs: Vec<(u64, Vec<FunctionId>)> = Vec::new();
        for (slot, at) in slots.into_iter().filter(|(_, at)| self.is_later[*at] == is_later) {
            match runs.last_mut() {
                Some((start, run)) if *start + run.len() as u64 == slot => run.push(functions[at]),
                _ => runs.push((slot, vec![functions[at]])),
            }
        }
        for (slot, run) in runs {
            let offset = ConstExpr::Value(Value::I32(slot as i32));
            let kind = ElementKind::Active { table, offset };
            let id = module.elements.add(kind, ElementItems::Functions(run));
            module.tables.get_mut(table).elem_segments.insert(id);
        }
    }
}

/// The functions of a module, and what each calls.
struct Code {
    places: HashMap<FunctionId, usize>,
    is_local: Vec<bool>,
    calls: Vec<BTreeSet<usize>>,
}

impl Code {
    fn new(module: &Module) -> Result<Self> {
        let places: HashMap<_, _> = ids(module).into_iter().zip(0..).collect();
        let (mut is_local, mut calls) = (Vec::new(), Vec::new());
        for function in module.funcs.iter() {
            let mut own = Calls::default();
            if let FunctionKind::Local(local) = &function.kind {
                ir::dfs_in_order(&mut own, local, local.entry_block());
            }
            if own.has_others {
                bail!("the wasm has tail calls or references to functions, which can't be split");
            }
            is_local.push(matches!(function.kind, FunctionKind::Local(_)));
            calls.push(own.found.into_iter().map(|id| places[&id]).collect());
        }
        Ok(Self { places, is_local, calls })
    }
}

#[derive(Default)]
struct Calls {
    found: Vec<FunctionId>,
    has_others: bool,
}

impl<'instr> Visitor<'instr> for Calls {
    fn visit_call(&mut self, call: &ir::Call) {
        self.found.push(call.func);
    }

    fn visit_ref_func(&mut self, _: &ir::RefFunc) {
        self.has_others = true;
    }

    fn visit_return_call(&mut self, _: &ir::ReturnCall) {
        self.has_others = true;
    }
}

fn ids(module: &Module) -> Vec<FunctionId> {
    module.funcs.iter().map(|it| it.id()).collect()
}

fn names(module: &Module) -> Vec<String> {
    module.funcs.iter().map(|it| plain(it.name.as_deref().unwrap_or_default())).collect()
}

/// A name without the numbers of crates and of functions that are alike: `domain[6a0d8e3c]::record` is
/// `domain::record`.
fn plain(name: &str) -> String {
    let mut plain = String::new();
    let mut rest = name;
    while let Some((before, after)) = rest.split_once('[') {
        plain.push_str(before);
        let number =
            after.split_once(']').filter(|(it, _)| it.bytes().all(|it| it.is_ascii_hexdigit()));
        if number.is_none() {
            plain.push('[');
        }
        rest = number.map_or(after, |(_, after)| after);
    }
    plain + rest
}

/// Whether the name has this path, and not as a part of a longer one.
fn is_in(name: &str, path: &str) -> bool {
    let is_part = |it: char| it.is_alphanumeric() || it == '_';
    name.match_indices(path).any(|(at, _)| {
        !name[..at].ends_with(|it| is_part(it) || it == ':')
            && !name[at + path.len()..].starts_with(is_part)
    })
}

/// The table of functions, and what is in each of its slots.
fn slots(module: &Module, code: &Code) -> Result<(TableId, BTreeMap<u64, usize>)> {
    let (mut table, mut slots) = (None, BTreeMap::new());
    for element in module.elements.iter() {
        let (
            ElementKind::Active { table: of, offset: ConstExpr::Value(Value::I32(offset)) },
            ElementItems::Functions(functions),
        ) = (&element.kind, &element.items)
        else {
            bail!("the wasm fills a table in a way that can't be split");
        };
        if table.replace(*of).is_some_and(|other| other != *of) {
            bail!("the wasm has two tables of functions, which can't be split");
        }
        slots.extend((*offset as u64..).zip(functions.iter().map(|id| code.places[id])));
    }
    Ok((table.context("the wasm has no table of functions")?, slots))
}

/// Replaces calls of what has a slot.
struct ThroughSlots {
    table: TableId,
    slots: HashMap<FunctionId, (u64, TypeId)>,
}

impl VisitorMut for ThroughSlots {
    fn start_instr_seq_mut(&mut self, sequence: &mut ir::InstrSeq) {
        for (instruction, at) in std::mem::take(&mut sequence.instrs) {
            let callee = if let Instr::Call(call) = &instruction { Some(call.func) } else { None };
            let Some((slot, ty)) = callee.and_then(|it| self.slots.get(&it)) else {
                sequence.instrs.push((instruction, at));
                continue;
            };
            let value = Value::I32(*slot as i32);
            let call = ir::CallIndirect { ty: *ty, table: self.table };
            sequence.instrs.push((Instr::Const(ir::Const { value }), at));
            sequence.instrs.push((Instr::CallIndirect(call), at));
        }
    }
}

fn first_part(mut module: Module, plan: &Plan) -> Result<Vec<u8>> {
    let table = plan.grow_table(&mut module)?;
    let functions = ids(&module);
    let mut slots = HashMap::new();
    for (at, slot) in plan.crossings.iter().filter(|(at, _)| plan.is_later[**at]) {
        slots.insert(functions[*at], (*slot, module.funcs.get(functions[*at]).ty()));
    }
    let mut through = ThroughSlots { table, slots };
    for (function, is_later) in module.funcs.iter_mut().zip(&plan.is_later) {
        if let FunctionKind::Local(local) = &mut function.kind
            && !is_later
        {
            let entry = local.entry_block();
            ir::dfs_pre_order_mut(&mut through, local, entry);
        }
    }
    plan.fill_table(&mut module, table, false);

    let memories: Vec<ExportItem> = module.memories.iter().map(|it| it.id().into()).collect();
    let tables: Vec<ExportItem> = module.tables.iter().map(|it| it.id().into()).collect();
    let globals: Vec<ExportItem> = module.globals.iter().map(|it| it.id().into()).collect();
    let names = plan.memories.iter().chain(&plan.tables).chain(&plan.globals);
    for (name, item) in names.zip(memories.into_iter().chain(tables).chain(globals)) {
        if !module.exports.iter().any(|it| it.name == *name) {
            module.exports.add(name, item);
        }
    }
    walrus::passes::gc::run(&mut module);
    Ok(module.emit_wasm())
}

fn later_part(mut module: Module, plan: &Plan) -> Result<Vec<u8>> {
    let table = plan.grow_table(&mut module)?;
    plan.fill_table(&mut module, table, true);
    module.start = None;
    for id in module.exports.iter().map(|it| it.id()).collect::<Vec<_>>() {
        module.exports.delete(id);
    }
    for id in module.data.iter().map(|it| it.id()).collect::<Vec<_>>() {
        module.data.delete(id);
    }

    for (memory, name) in module.memories.iter_mut().zip(&plan.memories) {
        memory.data_segments.clear();
        memory.import = Some(module.imports.add(FIRST, name, memory.id()));
    }
    for (table, name) in module.tables.iter_mut().zip(&plan.tables) {
        table.import = Some(module.imports.add(FIRST, name, table.id()));
    }
    let globals: Vec<_> = module.globals.iter().map(|it| it.id()).collect();
    for (id, name) in globals.into_iter().zip(&plan.globals) {
        let import = module.imports.add(FIRST, name, id);
        module.globals.get_mut(id).kind = GlobalKind::Import(import);
    }
    for (at, function) in module.funcs.iter_mut().enumerate() {
        if let Some(slot) = plan.crossings.get(&at).filter(|_| !plan.is_later[at]) {
            let import: ImportId = module.imports.add(FIRST, &slot.to_string(), function.id());
            let ty = function.ty();
            function.kind = FunctionKind::Import(ImportedFunction { import, ty });
        }
    }
    walrus::passes::gc::run(&mut module);
    Ok(module.emit_wasm())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use walrus::{FunctionBuilder, FunctionId, RefType, ValType};

    use super::*;

    /// `run` calls `app::later` and `shared`; `app::later` calls `shared` and `deep`. In the table: a closure
    /// of `app::later`, and `shared`, which `other` was before it was optimised.
    fn whole(names_in_table: [&str; 2]) -> Vec<u8> {
        let mut module = Module::default();
        module.memories.add_local(false, false, 1, None, None);
        let global =
            module.globals.add_local(ValType::I32, true, false, ConstExpr::Value(Value::I32(7)));
        let table = module.tables.add_local(false, 3, Some(3), RefType::FUNCREF);
        let mut add = |name: &str, calls: &[FunctionId]| {
            let mut function = FunctionBuilder::new(&mut module.types, &[], &[]);
            function.name(name.to_owned());
            let mut body = function.func_body();
            body.global_get(global).drop();
            for callee in calls {
                body.call(*callee);
            }
            function.finish(vec![], &mut module.funcs)
        };
        let deep = add("deep", &[]);
        let shared = add(names_in_table[1], &[]);
        let later = add("app[12ab]::later", &[shared, deep]);
        let closure = add(names_in_table[0], &[]);
        let run = add("app[12ab]::run", &[later, shared]);
        module.exports.add("run", run);
        let offset = ConstExpr::Value(Value::I32(1));
        let kind = ElementKind::Active { table, offset };
        let id = module.elements.add(kind, ElementItems::Functions(vec![closure, shared]));
        module.tables.get_mut(table).elem_segments.insert(id);
        module.emit_wasm()
    }

    fn usual() -> Vec<u8> {
        whole(["<app[12ab]::later::{closure#0} as Fn>::call", "shared"])
    }

    fn local_names(wasm: &[u8]) -> Vec<String> {
        let module = read(wasm).expect("a module");
        let mut names: Vec<String> = module
            .funcs
            .iter_local()
            .map(|(id, _)| plain(module.funcs.get(id).name.as_deref().unwrap_or_default()))
            .collect();
        names.sort();
        names
    }

    fn slots_of(wasm: &[u8]) -> BTreeMap<u64, String> {
        let module = read(wasm).expect("a module");
        let (_, slots) = slots(&module, &Code::new(&module).expect("code")).expect("a table");
        let names = names(&module);
        slots.into_iter().map(|(slot, at)| (slot, names[at].clone())).collect()
    }

    #[test]
    fn what_only_the_later_part_needs_is_there_alone_and_what_both_need_in_the_first() {
        let parts = split(&usual(), &usual(), &["app::later"]).expect("splits");
        assert_eq!(local_names(&parts.first), ["app::run", "shared"]);
        assert_eq!(
            local_names(&parts.later),
            ["<app::later::{closure#0} as Fn>::call", "app::later", "deep"]
        );
    }

    #[test]
    fn the_later_part_fills_its_own_slots_and_no_other() {
        let parts = split(&usual(), &usual(), &["app::later"]).expect("splits");
        // Two slots of before, and one more for what is called from the first part.
        assert_eq!(slots_of(&parts.first), BTreeMap::from([(2, "shared".to_owned())]));
        let closure = "<app::later::{closure#0} as Fn>::call".to_owned();
        assert_eq!(
            slots_of(&parts.later),
            BTreeMap::from([(1, closure), (3, "app::later".to_owned())])
        );
        for part in [&parts.first, &parts.later] {
            let module = read(part).expect("a module");
            assert_eq!(module.tables.iter().map(|it| it.initial).collect::<Vec<_>>(), [4]);
        }
    }

    #[test]
    fn all_that_the_later_part_imports_is_there_in_the_first() {
        let parts = split(&usual(), &usual(), &["app::later"]).expect("splits");
        let (first, later) =
            (read(&parts.first).expect("first"), read(&parts.later).expect("later"));
        let exports: Vec<&str> = first.exports.iter().map(|it| &*it.name).collect();
        let mut imported = Vec::new();
        for import in later.imports.iter() {
            assert_eq!(import.module, FIRST);
            let slot = import.name.parse().ok();
            match slot {
                Some(slot) => assert!(slots_of(&parts.first).contains_key(&slot)),
                None => assert!(exports.contains(&&*import.name), "{}", import.name),
            }
            imported.push(&*import.name);
        }
        imported.sort_unstable();
        assert_eq!(imported, ["2", "global0", "slots"]);
        assert_eq!(parts.crossings.lines().count(), 2, "{}", parts.crossings);
    }

    #[test]
    fn a_function_that_was_made_one_with_another_stays_where_either_is_needed() {
        let linked = whole(["<app[12ab]::later::{closure#0} as Fn>::call", "other"]);
        // As if `other` had become one with a closure of the later part, and taken its name.
        let merged = whole(["shared", "<app[12ab]::later::{closure#1} as Fn>::call"]);
        let parts = split(&merged, &linked, &["app::later"]).expect("splits");
        assert!(slots_of(&parts.first).contains_key(&2));
    }

    #[test]
    fn a_path_that_is_gone_is_named() {
        let error = split(&usual(), &usual(), &["app::later", "app::gone"]).err().expect("fails");
        assert!(error.to_string().contains("no function of `app::gone`"), "{error}");
    }

    #[test]
    fn a_path_is_not_a_part_of_a_longer_one() {
        assert!(is_in("<Page>::on_press<app::sent::{closure#0}>", "app::sent"));
        assert!(!is_in("app::sentence", "app::sent"));
        assert!(!is_in("my_app::sent", "app::sent"));
        assert!(!is_in("other::app::sent", "app::sent"));
        assert_eq!(plain("<app[0f3]::a as [u8]>::b[1]"), "<app::a as [u8]>::b");
    }
}
