//! The order of the functions in the wasm. Those that are alike stand next to each other: brotli
//! then has less to say about each (docs/decisions/0003).

use std::{cmp::Reverse, collections::HashMap, ops::Range};

use anyhow::{Context, Result};
use wasm_encoder::{Module, NameMap, NameSection};
use wasmparser::{Parser, Payload, TypeRef};

/// Functions are alike by the runs of so many bytes that both have.
const RUN: usize = 5;
/// A run that more functions have than this says nothing about any of them.
const COMMON: usize = 600;

/// The same wasm, with names that sort its functions by likeness.
pub fn name_by_likeness(wasm: &[u8]) -> Result<Vec<u8>> {
    let (imported, bodies) = functions(wasm).context("the optimised wasm can't be read")?;
    let bodies: Vec<&[u8]> = bodies.into_iter().map(|range| &wasm[range]).collect();
    let mut names = vec![String::new(); bodies.len()];
    for (place, function) in by_likeness(&bodies).into_iter().enumerate() {
        names[function] = format!("{place:06}");
    }
    let mut map = NameMap::new();
    for (index, name) in (imported..).zip(&names) {
        map.append(index, name);
    }
    let mut section = NameSection::new();
    section.functions(&map);
    let mut named = wasm.to_vec();
    let mut tail = Module::new();
    tail.section(&section);
    // A section alone: a module's first eight bytes are its header.
    named.extend_from_slice(&tail.finish()[8..]);
    Ok(named)
}

/// How many functions are imported, and where the body of each other one is.
fn functions(wasm: &[u8]) -> Result<(u32, Vec<Range<usize>>)> {
    let (mut imported, mut bodies) = (0, Vec::new());
    for payload in Parser::new(0).parse_all(wasm) {
        match payload? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::CodeSectionEntry(body) => bodies.push(body.range()),
            _ => {}
        }
    }
    Ok((imported, bodies))
}

/// A chain in which each function is followed by the one, of those left, that is most like it.
fn by_likeness(bodies: &[&[u8]]) -> Vec<usize> {
    let mut numbers = HashMap::new();
    let mut owners: Vec<Vec<usize>> = Vec::new();
    let mut runs: Vec<Vec<usize>> = Vec::new();
    for (function, body) in bodies.iter().enumerate() {
        let mut own: Vec<usize> = Vec::new();
        for run in body.windows(RUN) {
            let number = *numbers.entry(run).or_insert_with(|| {
                owners.push(Vec::new());
                owners.len() - 1
            });
            if owners[number].last() != Some(&function) {
                owners[number].push(function);
                own.push(number);
            }
        }
        runs.push(own);
    }

    let Some(first) = (0..bodies.len()).max_by_key(|it| (bodies[*it].len(), Reverse(*it))) else {
        return Vec::new();
    };
    let mut order = vec![first];
    let mut is_placed = vec![false; bodies.len()];
    is_placed[first] = true;
    let mut shared = vec![0_u64; bodies.len()];
    while order.len() < bodies.len() {
        let last = order[order.len() - 1];
        shared.fill(0);
        for run in runs[last].iter().filter(|run| owners[**run].len() < COMMON) {
            for other in &owners[*run] {
                shared[*other] += 1;
            }
        }
        let likeness = |other: usize| {
            let of = runs[other].len() + runs[last].len();
            shared[other] * 1_000_000 / (of as u64).max(1)
        };
        let distance = |other: usize| bodies[other].len().abs_diff(bodies[last].len());
        let next = (0..bodies.len())
            .filter(|it| !is_placed[*it])
            .max_by_key(|it| (likeness(*it), Reverse(distance(*it)), Reverse(*it)));
        let Some(next) = next else { break };
        is_placed[next] = true;
        order.push(next);
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_alike_stands_together_and_nothing_is_lost() {
        let bodies: [&[u8]; 5] = [
            b"one two three four",
            b"another thing!",
            b"one two three five",
            b"",
            b"another thing?",
        ];
        let order = by_likeness(&bodies);
        assert_eq!(order, [0, 2, 1, 4, 3]);
        assert_eq!(by_likeness(&[]), [0_usize; 0]);
    }

    #[test]
    fn every_function_gets_a_name_that_sorts() {
        let mut types = wasm_encoder::TypeSection::new();
        types.ty().function([], []);
        let mut functions = wasm_encoder::FunctionSection::new();
        let mut code = wasm_encoder::CodeSection::new();
        for _ in 0..3 {
            functions.function(0);
            let mut body = wasm_encoder::Function::new([]);
            body.instructions().end();
            code.function(&body);
        }
        let mut module = Module::new();
        module.section(&types).section(&functions).section(&code);
        let named = name_by_likeness(&module.finish()).expect("names");
        let text = String::from_utf8_lossy(&named);
        assert!((0..3).all(|place| text.contains(&format!("00000{place}"))));
        assert_eq!(super::functions(&named).expect("reads").1.len(), 3);
    }
}
