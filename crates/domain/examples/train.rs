//! Makes `src/reading/en.txt`, by which residents' words are read (`cargo xtask train`): sparse logistic
//! regression, one class against the others, by coordinate descent. The same rows give the same model.
#![allow(clippy::print_stdout, reason = "a command-line program speaks on its standard output")]

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::{env, fs};

use domain::choices::Choice;
use domain::reading::labelled::{Row, rows};
use domain::reading::patterns::Patterns;
use domain::reading::tokens::tokens;
use domain::reading::{Meaning, Model, SCALE, classes};

type Failure = Box<dyn std::error::Error>;

/// In how many rows a feature must be.
const LEAST: u32 = 3;
/// In how many rows a pattern must be found.
const LEAST_FOUND: usize = 3;
/// What a feature must be worth to be there at all: more leaves fewer.
const PENALTY: f64 = 12.0;
/// How much more a hazard counts that is there than one that is not: most rows have none.
const HAZARD_LIFT: f64 = 2.2;
/// The weight of what must never be missed.
const SURE: i16 = 160;
/// A complaint that nobody hears is worse than a question too many.
const COMPLAINT_SHIFT: f64 = 12.0;

/// The features of a text, by their columns; a row gives two texts.
struct Example {
    columns: Vec<u32>,
    row: usize,
}

/// The same numbers each time.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % end
    }
}

/// The text as somebody else may have typed it: slips in some words, often no marks.
fn slips(text: &str, random: &mut Random) -> String {
    let keeps_marks = random.below(2) == 0;
    let mut words = Vec::new();
    for word in text.split_whitespace() {
        let mut letters: Vec<char> =
            word.chars().filter(|it| keeps_marks || it.is_alphanumeric() || *it == '£').collect();
        if letters.len() > 3 && random.below(6) == 0 {
            let at = 1 + random.below(letters.len() - 2);
            match random.below(3) {
                0 => {
                    letters.remove(at);
                }
                1 => letters.swap(at, at + 1),
                _ => letters[at] = char::from(b'a' + random.below(26) as u8),
            }
        }
        words.push(letters.into_iter().collect::<String>());
    }
    words.join(" ")
}

struct Data {
    names: Vec<String>,
    examples: Vec<Example>,
}

fn data(rows: &[Row], model: &Model) -> Data {
    let mut random = Random(7);
    let mut names: HashMap<u64, (String, u32)> = HashMap::new();
    let mut all = Vec::new();
    for (row, it) in rows.iter().enumerate() {
        let typed = [it.text.to_owned(), slips(it.text, &mut random)];
        for (nth, text) in typed.iter().enumerate() {
            let features = model.features(&tokens(text), |hash, parts| {
                let entry = names.entry(hash).or_insert_with(|| (parts.concat(), 0));
                entry.1 += u32::from(nth == 0);
                true
            });
            all.push((row, features.into_iter().map(|it| it.hash).collect::<Vec<_>>()));
        }
    }
    let mut kept: Vec<(u64, String)> = names
        .into_iter()
        .filter(|(_, (name, count))| *count >= LEAST || name.starts_with("=%sure_"))
        .map(|(hash, (name, _))| (hash, name))
        .collect();
    kept.sort_by(|one, other| one.1.cmp(&other.1));
    let numbers: HashMap<u64, u32> =
        kept.iter().zip(0..).map(|((hash, _), at)| (*hash, at)).collect();
    let examples = all
        .into_iter()
        .map(|(row, hashes)| Example {
            row,
            columns: hashes.iter().filter_map(|it| numbers.get(it).copied()).collect(),
        })
        .collect();
    Data { names: kept.into_iter().map(|it| it.1).collect(), examples }
}

/// The weights of one class, and its bias. `is` says of a row whether it is of the class, where that is known; `lift`
/// is how much more it counts if it is. What `speaks_for` names may speak for the class and never against it.
fn fit(
    data: &Data,
    is: impl Fn(usize) -> Option<bool>,
    lift: f64,
    speaks_for: impl Fn(&str) -> bool,
) -> (Vec<f64>, f64) {
    let speaks_for: Vec<bool> = data.names.iter().map(|it| speaks_for(it)).collect();
    // What people wrote down as a way of saying something is trusted sooner than what only stood together.
    let ease: Vec<f64> =
        data.names.iter().map(|it| if it.starts_with("=%") { 0.5 } else { 1.0 }).collect();
    let used: Vec<(usize, f64, f64)> = data
        .examples
        .iter()
        .enumerate()
        .filter_map(|(at, it)| {
            is(it.row).map(|is| (at, if is { 1.0 } else { -1.0 }, if is { lift } else { 1.0 }))
        })
        .collect();
    let mut columns: Vec<Vec<u32>> = vec![Vec::new(); data.names.len()];
    for (nth, (at, ..)) in used.iter().enumerate() {
        for column in &data.examples[*at].columns {
            columns[*column as usize].push(nth as u32);
        }
    }
    let mut weights = vec![0.0; data.names.len()];
    let mut bias = 0.0;
    let mut margins = vec![0.0_f64; used.len()];
    let gradient = |rows: &mut dyn Iterator<Item = usize>, margins: &[f64]| {
        let (mut first, mut second) = (0.0, 1e-6);
        for row in rows {
            let (_, sign, weight) = used[row];
            let chance = 1.0 / (1.0 + (sign * margins[row]).exp());
            first -= weight * sign * chance;
            second += weight * (chance * (1.0 - chance)).max(0.02);
        }
        (first, second)
    };
    for round in 0..60 {
        let (first, second) = gradient(&mut (0..used.len()), &margins);
        let step = -first / second;
        bias += step;
        margins.iter_mut().for_each(|it| *it += step);
        let mut most: f64 = 0.0;
        for column in 0..columns.len() {
            if weights[column] == 0.0 && round % 6 != 0 {
                continue;
            }
            let (first, second) =
                gradient(&mut columns[column].iter().map(|it| *it as usize), &margins);
            let old: f64 = weights[column];
            // A little of the square keeps what says the same together.
            let (first, second) = (first + 0.3 * PENALTY * old, second + 0.3 * PENALTY);
            let aim = second * old - first;
            let new = (aim.abs() - PENALTY * ease[column]).max(0.0) * aim.signum() / second;
            let new = if speaks_for[column] { new.max(0.0) } else { new };
            let step = (new - old).clamp(-1.0, 1.0);
            if step != 0.0 {
                weights[column] = old + step;
                most = most.max(step.abs());
                columns[column].iter().for_each(|it| margins[*it as usize] += step);
            }
        }
        if most < 0.002 && round % 6 != 0 && round > 12 {
            break;
        }
    }
    (weights, bias)
}

/// Whether a feature is one of praise, of the length of a text, or of what it begins with: these say nothing against
/// a hazard.
fn is_beside_it(name: &str, model: &Model) -> bool {
    name.starts_with(['@', '^'])
        || name.contains("praise")
        || name.contains("thanks")
        || model.is_praise(name)
}

fn train(rows: &[Row], ways: &str, model: &Model) -> String {
    let data = data(rows, model);
    let mut praises = HashSet::new();
    for sentence in include_str!("../src/reading/praise.txt").lines() {
        model.features(&tokens(sentence), |_, parts| praises.insert(parts.concat()));
    }
    let is_beside_it = |name: &str| is_beside_it(name, model) || praises.contains(name);
    let mut text = ways.trim().to_owned() + "\n\n";
    let routes = Meaning::ALL.len();
    for (key, class) in classes().zip(0..) {
        let (weights, bias) = if class < routes {
            fit(&data, |row| Some(rows[row].route as usize == class), 1.0, |_| false)
        } else {
            let is = |row: usize| match rows[row].hazard.map(|it| routes + it as usize) {
                // It may be there as well, behind a worse one.
                Some(hazard) if hazard < class => None,
                other => Some(other == Some(class)),
            };
            fit(&data, is, HAZARD_LIFT, is_beside_it)
        };
        let mut groups: BTreeMap<i16, Vec<&str>> = Default::default();
        for (weight, name) in weights.iter().zip(&data.names) {
            let is_sure = name.strip_prefix("=%sure_") == Some(key);
            let units = if is_sure { SURE } else { (weight * SCALE).round() as i16 };
            if units != 0 {
                groups.entry(units).or_default().push(name);
            }
        }
        let bias = (bias * SCALE).round() + if class == 0 { COMPLAINT_SHIFT } else { 0.0 };
        text += &format!("{key} {bias}\n");
        for (units, mut names) in groups {
            names.sort_unstable();
            text += &format!("{units} {}\n", names.join(","));
        }
    }
    text
}

/// The ideas, and those patterns that are found in any row: each letter of the others would be paid for by residents.
fn ways(rows: &[Row]) -> Result<String, Failure> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/reading");
    let mut ways = fs::read_to_string(folder.join("ideas.txt"))?;
    let rows: Vec<_> = rows.iter().map(|it| tokens(it.text)).collect();
    let mut names: Vec<PathBuf> = fs::read_dir(folder.join("patterns"))?
        .map(|it| it.map(|it| it.path()))
        .collect::<Result<_, _>>()?;
    names.sort();
    for name in names {
        let text = fs::read_to_string(&name)?;
        let lines: Vec<&str> =
            text.lines().filter(|it| !it.is_empty() && !it.starts_with("//")).collect();
        // Each pattern under a name of its own, to see which are found.
        let mut single = Patterns::default();
        let mut all = Vec::new();
        for line in &lines {
            if line.starts_with('@') {
                single.add(line).ok_or_else(|| format!("{}: {line}", name.display()))?;
                continue;
            }
            let (group, patterns) =
                line.split_once(": ").ok_or_else(|| format!("{}: {line}", name.display()))?;
            for pattern in patterns.split(',').map(str::trim).filter(|it| !it.is_empty()) {
                single
                    .add(&format!("%{}: {pattern}", all.len()))
                    .ok_or_else(|| format!("{}: {pattern}", name.display()))?;
                all.push((group, pattern));
            }
        }
        let mut found = vec![0; all.len()];
        for row in &rows {
            let mut its: Vec<usize> = single.find(row).iter().map(|it| it.name).collect();
            its.sort_unstable();
            its.dedup();
            its.into_iter().for_each(|it| found[it] += 1);
        }
        let kept: Vec<(&str, &str)> = all
            .iter()
            .zip(&found)
            .filter(|((group, _), found)| **found >= LEAST_FOUND || group.starts_with("%sure_"))
            .map(|(it, _)| *it)
            .collect();
        println!("{}: {} of {} patterns are found", name.display(), kept.len(), all.len());
        let stem = name.file_stem().and_then(|it| it.to_str()).unwrap_or_default();
        // A list of this name may be another one in the next file.
        let own = |text: &str| text.replace('@', &format!("@{stem}"));
        for line in lines.iter().filter(|it| it.starts_with('@')) {
            ways += &format!("{}\n", own(line));
        }
        let mut groups: Vec<&str> = kept.iter().map(|it| it.0).collect();
        groups.dedup();
        for group in groups {
            let patterns: Vec<&str> =
                kept.iter().filter(|it| it.0 == group).map(|it| it.1).collect();
            ways += &format!("{group}: {}\n", own(&patterns.join(",")));
        }
    }
    Ok(ways)
}

/// A model without the groups of patterns that weigh nothing, and the lists that nothing uses.
fn without_idle(model: &str) -> Result<String, Failure> {
    let (ways, weights) =
        model.split_once("\n\n").ok_or("a model has its weights after an empty line")?;
    let lines = weights.lines().filter_map(|line| line.split_once(' '));
    let weighed: HashSet<&str> = lines
        .flat_map(|(_, names)| names.split(','))
        .filter_map(|it| it.strip_prefix('='))
        .collect();
    let is_used = |line: &&str| match line.split_once(": ") {
        Some((group, _)) if group.starts_with('%') => weighed.contains(group),
        _ => true,
    };
    let kept: Vec<&str> = ways.lines().filter(is_used).collect();
    let elements = kept.iter().filter(|it| it.starts_with('%'));
    let lists: HashSet<&str> = elements
        .flat_map(|it| it.split([' ', '|', ',']))
        .filter(|it| it.starts_with('@'))
        .collect();
    let is_needed = |line: &&str| {
        !line.starts_with('@') || lists.contains(line.split(' ').next().unwrap_or_default())
    };
    let kept: Vec<&str> = kept.into_iter().filter(is_needed).collect();
    println!(
        "{} of {} lines of ideas and patterns weigh something",
        kept.len(),
        ways.lines().count()
    );
    Ok(format!("{}\n\n{weights}", kept.join("\n")))
}

fn main() -> Result<(), Failure> {
    let paths: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    let (output, inputs) =
        paths.split_first().ok_or("name the file to write, and files of rows")?;
    let mut files = Vec::new();
    for path in inputs {
        files.push((path.display(), fs::read_to_string(path)?));
    }
    let mut all = Vec::new();
    for (path, text) in &files {
        all.extend(rows(text).map_err(|line| format!("{path}, line {line} is no labelled row"))?);
    }
    let ways = ways(&all)?;
    let model =
        Model::parse(&format!("{ways}\n")).ok_or("the ideas or the patterns can't be read")?;
    println!("{} rows", all.len());
    fs::write(output, without_idle(&train(&all, &ways, &model))?)?;
    Ok(())
}
