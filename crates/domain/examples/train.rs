//! Makes `src/reading/en.txt`, by which residents' words are read (`cargo xtask train`): sparse multinomial logistic
//! regression, once for the ways and once for the hazards, by coordinate descent. The same rows give the same model.
#![allow(clippy::print_stdout, reason = "a command-line program speaks on its standard output")]

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::{env, fs};

use domain::choices::Choice;
use domain::reading::features::hash;
use domain::reading::labelled::{Row, rows};
use domain::reading::patterns::{OFTEN, Patterns};
use domain::reading::tokens::{Token, tokens};
use domain::reading::{Meaning, Model, Peril, SCALE, write};

type Failure = Box<dyn std::error::Error>;

/// In how many rows a feature must be.
const LEAST: u32 = 3;
/// In how many rows a pattern must be found.
const LEAST_FOUND: usize = 5;
/// How many words are named as those that are met most.
const MET_OFTEN: usize = 300;
/// How many features are in a line.
const FEATURES: usize = 40;
/// How often all weights are looked at, at most.
const ROUNDS: usize = 48;
/// What a feature must be worth to be there at all: more leaves fewer.
const PENALTY: f64 = 5.5;
/// How much large weights cost: more of it spreads what is known over more features.
const RIDGE: f64 = 10.0;
/// A complaint that nobody hears is worse than a question too many, and a hazard worse than a number to phone too many.
const COMPLAINT_SHIFT: f64 = 14.0 / SCALE;
const HAZARD_SHIFT: f64 = 2.0 / SCALE;

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

/// What of a text is looked at.
type Part = fn(&Model, Vec<Token>) -> Vec<Token>;

struct Data {
    /// The names and hashes of the columns.
    names: Vec<String>,
    hashes: Vec<u32>,
    examples: Vec<Example>,
}

fn data(rows: &[Row], model: &Model, part: Part) -> Data {
    let mut random = Random(7);
    let mut names: HashMap<u32, (String, u32)> = HashMap::new();
    let mut all = Vec::new();
    for (row, it) in rows.iter().enumerate() {
        let typed = [it.text.to_owned(), slips(it.text, &mut random)];
        for (nth, text) in typed.iter().enumerate() {
            let mut hashes = BTreeSet::new();
            model.features(&part(model, tokens(text)), |hash, parts, _| {
                let (_, count) = names.entry(hash).or_insert_with(|| (parts.concat(), 0));
                *count += u32::from(hashes.insert(hash) && nth == 0);
            });
            all.push((row, hashes));
        }
    }
    let mut kept: Vec<(u32, String)> = names
        .into_iter()
        .filter(|(_, (name, count))| *count >= LEAST && !name.starts_with("=%sure_"))
        .map(|(hash, (name, _))| (hash, name))
        .collect();
    kept.sort_unstable();
    let numbers: HashMap<u32, u32> =
        kept.iter().zip(0..).map(|((hash, _), at)| (*hash, at)).collect();
    let examples = all
        .into_iter()
        .map(|(row, hashes)| Example {
            row,
            columns: hashes.iter().filter_map(|it| numbers.get(it).copied()).collect(),
        })
        .collect();
    let (hashes, names) = kept.into_iter().unzip();
    Data { names, hashes, examples }
}

/// What each feature says of `CLASSES` classes, and what is said of them before anything is read. `class` says of
/// which class a row is; a feature that is not of `is_wanted` says nothing.
fn fit<const CLASSES: usize>(
    data: &Data,
    class: impl Fn(usize) -> usize,
    is_wanted: impl Fn(&str) -> bool,
) -> (Vec<[f64; CLASSES]>, [f64; CLASSES]) {
    // What people wrote down as a way of saying something is trusted sooner than what only stood together.
    let ease: Vec<f64> =
        data.names.iter().map(|it| if it.starts_with("=%") { 0.5 } else { 1.0 }).collect();
    let classes: Vec<usize> = data.examples.iter().map(|it| class(it.row)).collect();
    let is_wanted: Vec<bool> = data.names.iter().map(|it| is_wanted(it)).collect();
    let mut columns: Vec<Vec<u32>> = vec![Vec::new(); data.names.len()];
    for (nth, example) in data.examples.iter().enumerate() {
        for column in &example.columns {
            columns[*column as usize].push(nth as u32);
        }
    }
    let mut weights = vec![[0.0; CLASSES]; data.names.len()];
    let mut bias = [0.0; CLASSES];
    // Of each example, how likely each class is.
    let mut chances = vec![[1.0 / CLASSES as f64; CLASSES]; classes.len()];
    // What the loss gains and how it bends where a weight of each class grows, over these examples.
    let gradient = |rows: &mut dyn Iterator<Item = usize>, chances: &[[f64; CLASSES]]| {
        let mut first = [0.0; CLASSES];
        let mut second = [1e-6; CLASSES];
        for row in rows {
            for class in 0..CLASSES {
                let chance = chances[row][class];
                first[class] += chance;
                // No more than this, whatever the other classes do.
                second[class] += chance.max(0.02);
            }
            first[classes[row]] -= 1.0;
        }
        (first, second)
    };
    let step = |row: usize, grown: &[f64; CLASSES], chances: &mut [[f64; CLASSES]]| {
        let chances = &mut chances[row];
        (0..CLASSES).for_each(|class| chances[class] *= grown[class]);
        let sum: f64 = chances.iter().sum();
        chances.iter_mut().for_each(|it| *it = (*it / sum).max(1e-9));
    };
    // First what is there at all is chosen, then how much it says: what chooses makes all of it too small.
    for (penalty, is_chosen) in [(PENALTY, false), (0.0, true)] {
        for round in 0..ROUNDS {
            let (first, second) = gradient(&mut (0..classes.len()), &chances);
            let steps: [f64; CLASSES] = std::array::from_fn(|class| -first[class] / second[class]);
            (0..CLASSES).for_each(|class| bias[class] += steps[class]);
            let grown = steps.map(f64::exp);
            (0..classes.len()).for_each(|row| step(row, &grown, &mut chances));
            let mut most: f64 = 0.0;
            for column in 0..columns.len() {
                let is_there = weights[column] != [0.0; CLASSES];
                if !is_wanted[column] || !is_there && (round % 6 != 0 || is_chosen) {
                    continue;
                }
                let rows = || columns[column].iter().map(|it| *it as usize);
                let (first, second) = gradient(&mut rows(), &chances);
                let steps: [f64; CLASSES] = std::array::from_fn(|class| {
                    let old = weights[column][class];
                    if is_chosen && old == 0.0 {
                        return 0.0;
                    }
                    let (first, second) = (first[class] + RIDGE * old, second[class] + RIDGE);
                    let aim = second * old - first;
                    let new = (aim.abs() - penalty * ease[column]).max(0.0) * aim.signum() / second;
                    (new - old).clamp(-1.0, 1.0)
                });
                if steps != [0.0; CLASSES] {
                    (0..CLASSES).for_each(|class| weights[column][class] += steps[class]);
                    most = steps.iter().fold(most, |most, it| most.max(it.abs()));
                    let grown = steps.map(f64::exp);
                    rows().for_each(|row| step(row, &grown, &mut chances));
                }
            }
            if most < 0.004 && round % 6 != 0 && round > 12 {
                break;
            }
        }
    }
    (weights, bias)
}

/// Whether a feature is one of praise, of the length of a text, or of what it begins with: these say nothing of
/// hazards, so that praise can't hide one.
fn is_beside_it(name: &str, model: &Model) -> bool {
    name.starts_with(['@', '^']) || name.contains("praise") || model.is_praise(name)
}

/// The ways, and that there is no hazard with the hazards.
const WAYS: usize = Meaning::ALL.len();
const HAZARDS: usize = Peril::ALL.len() + 1;

/// A model of these ways of saying something.
fn train(rows: &[Row], ways: &str, model: &Model) -> String {
    let mut praises = HashSet::new();
    for sentence in include_str!("../src/reading/praise.txt").lines() {
        model.features(&tokens(sentence), |hash, _, _| {
            praises.insert(hash);
        });
    }
    let is_of_hazards =
        |name: &str| !is_beside_it(name, model) && !praises.contains(&hash(&[name]));
    let all = data(rows, model, |_, tokens| tokens);
    let (of_ways, ways_bias) = fit::<WAYS>(&all, |row| rows[row].route as usize, |_| true);
    let without_praise = data(rows, model, |model, tokens| {
        model.without_praise(&tokens, true).into_iter().map(|at| tokens[at].clone()).collect()
    });
    let hazard = |row: usize| rows[row].hazard.map_or(0, |it| it as usize + 1);
    let (of_hazards, hazards_bias) = fit::<HAZARDS>(&without_praise, hazard, is_of_hazards);
    let units = |weight: f64| (weight * SCALE).round() as i16;
    let mut text = String::new();
    for (class, bias) in ways_bias.iter().chain(&hazards_bias).enumerate() {
        let shift = match class {
            0 => COMPLAINT_SHIFT,
            WAYS => -HAZARD_SHIFT,
            _ => 0.0,
        };
        text += &format!("{}\n", units(bias + shift));
    }
    let mut before = 0;
    let mut telling = HashSet::new();
    let mut features = Vec::new();
    let mut said: BTreeMap<u32, Vec<(u8, i16)>> = BTreeMap::new();
    let mut say = |data: &Data, at: usize, weights: &[f64], first: usize| {
        let units = (first as u8..).zip(weights.iter().map(|it| units(*it)));
        said.entry(data.hashes[at]).or_default().extend(units.filter(|it| it.1 != 0));
    };
    of_ways.iter().enumerate().for_each(|(at, it)| say(&all, at, it, 0));
    of_hazards.iter().enumerate().for_each(|(at, it)| say(&without_praise, at, it, WAYS));
    for (hash, weights) in said.iter().filter(|it| !it.1.is_empty()) {
        features.push(write(*hash, before, weights));
        before = *hash;
        telling.insert(*hash);
    }
    println!("{} features", features.len());
    for features in features.chunks(FEATURES) {
        text += &format!("\n{}", features.join(" "));
    }
    format!("{}\n\n{text}\n", without_idle(ways, &telling))
}

/// The ideas, and those patterns that are found in any row: each letter of the others would be paid for by residents.
fn ways(rows: &[Row]) -> Result<String, Failure> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/reading");
    let mut ways = fs::read_to_string(folder.join("ideas.txt"))?;
    let rows: Vec<_> = rows.iter().map(|it| tokens(it.text)).collect();
    let mut met: HashMap<&str, u32> = HashMap::new();
    rows.iter().flatten().for_each(|it| *met.entry(&it.form).or_default() += 1);
    let mut often: Vec<(&str, u32)> = met.into_iter().collect();
    often.sort_unstable_by_key(|(form, met)| (Reverse(*met), *form));
    let often: Vec<&str> = often.iter().take(MET_OFTEN).map(|it| it.0).collect();
    ways += &format!("{OFTEN} {}\n", often.join(" "));
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
            let mut its: Vec<u16> = single.find(row).iter().map(|it| it.name).collect();
            its.sort_unstable();
            its.dedup();
            its.into_iter().for_each(|it| found[usize::from(it)] += 1);
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

/// The ways but for groups of patterns that say nothing, and the lists that nothing uses.
fn without_idle(ways: &str, telling: &HashSet<u32>) -> String {
    let is_used = |line: &&str| match line.split_once(": ") {
        Some((group, _)) if group.starts_with('%') => {
            group.starts_with("%sure_") || telling.contains(&hash(&["=", group]))
        }
        _ => true,
    };
    let kept: Vec<&str> = ways.lines().filter(is_used).collect();
    let elements = kept.iter().filter(|it| it.starts_with('%'));
    let lists: HashSet<&str> = elements
        .flat_map(|it| it.split([' ', '|', ',']))
        .filter(|it| it.starts_with('@'))
        .collect();
    let is_needed = |line: &&str| {
        !line.starts_with('@')
            || line.starts_with(OFTEN)
            || lists.contains(line.split(' ').next().unwrap_or_default())
    };
    let kept: Vec<&str> = kept.into_iter().filter(is_needed).collect();
    println!(
        "{} of {} lines of ideas and patterns weigh something",
        kept.len(),
        ways.lines().count()
    );
    kept.join("\n")
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
    let model = Model::parse(&format!("{}\n\n{}\n", ways.trim(), "0\n".repeat(WAYS + HAZARDS)))
        .ok_or("the ideas or the patterns can't be read")?;
    println!("{} rows", all.len());
    fs::write(output, train(&all, &ways, &model))?;
    Ok(())
}
