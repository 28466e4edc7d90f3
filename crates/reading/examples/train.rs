//! Makes `src/en.txt`, by which residents' words are read (`cargo xtask train`): multinomial logistic
//! regression, once for the ways and once for the hazards, by gradient descent. What says most is kept, and learned
//! again by itself. The same rows give the same model.
#![allow(clippy::print_stdout, reason = "a command-line program speaks on its standard output")]

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::{env, fs, thread};

use reading::features::hash;
use reading::labelled::{Row, rows};
use reading::patterns::{OFTEN, Patterns};
use reading::tokens::{Token, tokens};
use reading::{CLASSES, Meaning, Model, SCALE, SURE, classes, encode, is_within};

type Failure = Box<dyn std::error::Error>;

/// In how many rows a feature must be.
const LEAST: u32 = 6;
/// In how many rows a pattern must be found in which no more common one of its group is.
const LEAST_FOUND: usize = 7;
/// How many words are named as those that are met most.
const MET_OFTEN: usize = 300;
/// How many rows make one step, and over how many steps these grow to their full length.
const BATCH: usize = 64;
const GROWS: f32 = 200.0;
/// How much of the steps before is in the next one, and in how far they may go (Adam).
const MOMENTUM: [f32; 2] = [0.9, 0.999];
/// How many steps of how many read their rows with slips.
const SLIPS: [usize; 2] = [2, 5];
/// How much more what many rows have counts, where it is chosen what to keep: their number to this power.
const COMMON: f32 = 0.35;
/// A complaint that nobody hears is worse than a question too many, and a hazard worse than a number to phone too many.
const COMPLAINT_SHIFT: f32 = 0.75;
const HAZARD_SHIFT: f32 = 0.25;

/// How something is learned.
struct Recipe {
    /// How often all rows are gone through.
    rounds: usize,
    /// How long the steps are, and how much of each weight one takes away.
    rate: f32,
    decay: f32,
    /// How much is left open: the part of a row that is of all classes alike.
    open: f32,
    /// How many weights are kept.
    kept: usize,
}

const WAYS_RECIPE: Recipe = Recipe { rounds: 6, rate: 0.002, decay: 0.02, open: 0.0, kept: 54_000 };
const HAZARDS_RECIPE: Recipe =
    Recipe { rounds: 8, rate: 0.004, decay: 0.1, open: 0.02, kept: 20_000 };

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

/// Which tokens of a text are looked at.
type Part = fn(&Model, &[Token]) -> Vec<bool>;

struct Data {
    /// The names and hashes of the columns, and how many rows have each.
    names: Vec<String>,
    counts: Vec<u32>,
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
            let tokens = tokens(text);
            let is_kept = part(model, &tokens);
            model.features(&tokens, |hash, parts, its| {
                if !is_within(&its, &is_kept) {
                    return;
                }
                let (_, count) = names.entry(hash).or_insert_with(|| (parts.concat(), 0));
                *count += u32::from(hashes.insert(hash) && nth == 0);
            });
            all.push((row, hashes));
        }
    }
    let mut kept: Vec<(u32, (String, u32))> = names.into_iter().collect();
    kept.retain(|(_, (name, count))| *count >= LEAST && !name.starts_with("=%sure_"));
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
    let (hashes, named): (_, Vec<_>) = kept.into_iter().unzip();
    let (names, counts) = named.into_iter().unzip();
    Data { names, counts, hashes, examples }
}

/// What features say of the classes, and what is said of these before anything is read.
struct Fit<const N: usize> {
    weights: Vec<[f32; N]>,
    bias: [f32; N],
}

/// Learns of which class each row is (`class`), by those weights that `is_free`.
fn descend<const N: usize>(
    data: &Data,
    class: impl Fn(usize) -> usize,
    recipe: &Recipe,
    is_free: &[[bool; N]],
) -> Fit<N> {
    // The bias is the last line.
    let bias = data.names.len();
    let free: Vec<usize> = (0..bias).filter(|it| is_free[*it] != [false; N]).collect();
    let (mut weights, mut slopes) = (vec![[0.0_f32; N]; bias + 1], vec![[0.0_f32; N]; bias + 1]);
    let (mut mean, mut square) = (slopes.clone(), slopes.clone());
    let mut random = Random(11);
    let mut order: Vec<usize> = (0..data.examples.len() / 2).collect();
    let steps = (recipe.rounds * order.len().div_ceil(BATCH)) as f32;
    let mut step = 0.0;
    let mut powers = [1.0_f32; 2];
    for _ in 0..recipe.rounds {
        for at in (1..order.len()).rev() {
            order.swap(at, random.below(at + 1));
        }
        for batch in order.chunks(BATCH) {
            let nth = usize::from(random.below(SLIPS[1]) < SLIPS[0]);
            for row in batch {
                let Example { columns, row } = &data.examples[2 * row + nth];
                let its = || columns.iter().map(|it| *it as usize).chain([bias]);
                let mut scores = [0.0; N];
                for column in its() {
                    (0..N).for_each(|at| scores[at] += weights[column][at]);
                }
                let most = scores.into_iter().fold(f32::MIN, f32::max);
                let powers = scores.map(|it| (it - most).exp());
                let sum: f32 = powers.iter().sum();
                let right = class(*row);
                let slope: [f32; N] = std::array::from_fn(|at| {
                    let wanted = f32::from(u8::from(at == right)) * (1.0 - recipe.open);
                    (powers[at] / sum - wanted - recipe.open / N as f32) / batch.len() as f32
                });
                for column in its() {
                    (0..N).for_each(|at| slopes[column][at] += slope[at]);
                }
            }
            let length = recipe.rate
                * (step / GROWS).min(1.0)
                * (1.0 + (std::f32::consts::PI * step / steps).cos())
                / 2.0;
            step += 1.0;
            (0..2).for_each(|it| powers[it] *= MOMENTUM[it]);
            for line in free.iter().copied().chain([bias]) {
                let decay = if line == bias { 0.0 } else { length * recipe.decay };
                for at in 0..N {
                    let slope = std::mem::take(&mut slopes[line][at]);
                    let (mean, square) = (&mut mean[line][at], &mut square[line][at]);
                    *mean += (slope - *mean) * (1.0 - MOMENTUM[0]);
                    *square += (slope * slope - *square) * (1.0 - MOMENTUM[1]);
                    let (mean, square) = (*mean / (1.0 - powers[0]), *square / (1.0 - powers[1]));
                    let weight = &mut weights[line][at];
                    *weight -= *weight * decay;
                    if line == bias || is_free[line][at] {
                        *weight -= length * mean / (square.sqrt() + 1e-8);
                    }
                }
            }
        }
    }
    let bias = weights.pop().unwrap_or([0.0; N]);
    Fit { weights, bias }
}

/// Learns from what `is_wanted`, by their names: first all of it a little, to see which weights say most, then these by
/// themselves.
fn fit<const N: usize>(
    data: &Data,
    class: impl Fn(usize) -> usize,
    recipe: &Recipe,
    is_wanted: impl Fn(&str) -> bool,
) -> Fit<N> {
    let all: Vec<[bool; N]> = data.names.iter().map(|it| [is_wanted(it); N]).collect();
    let Fit { weights, .. } = descend(data, &class, recipe, &all);
    let mut says: Vec<(f32, usize, usize)> = Vec::new();
    for (column, weights) in weights.iter().enumerate() {
        let mean = weights.iter().sum::<f32>() / N as f32;
        let worth = (data.counts[column] as f32).powf(COMMON);
        let its =
            weights.iter().enumerate().map(|(at, it)| ((it - mean).abs() * worth, column, at));
        says.extend(its);
    }
    says.sort_unstable_by(|one, other| other.0.total_cmp(&one.0));
    let mut kept = vec![[false; N]; weights.len()];
    says.iter().take(recipe.kept).for_each(|(_, column, class)| kept[*column][*class] = true);
    descend(data, &class, recipe, &kept)
}

/// Whether a feature is one of praise, of the length of a text, or of what it begins with: these say nothing of
/// hazards, so that praise can't hide one.
fn is_beside_it(name: &str, model: &Model) -> bool {
    name.starts_with(['@', '^', '<', '|', '>']) || name.contains("praise") || model.is_praise(name)
}

/// The ways, and that there is no hazard with the hazards.
const WAYS: usize = Meaning::ALL.len();
const HAZARDS: usize = CLASSES - WAYS;

/// A model of these ways of saying something.
fn train(rows: &[Row], ways: &str, model: &Model) -> String {
    let mut praises = HashSet::new();
    for sentence in include_str!("../src/praise.txt").lines() {
        model.features(&tokens(sentence), |hash, _, _| {
            praises.insert(hash);
        });
    }
    let is_of_hazards =
        |name: &str| !is_beside_it(name, model) && !praises.contains(&hash(&[name]));
    let hazard = |row: usize| rows[row].hazard.map_or(0, |it| it as usize + 1);
    let (ways_data, of_ways, hazards_data, of_hazards) = thread::scope(|scope| {
        let of_ways = scope.spawn(|| {
            let data = data(rows, model, |_, tokens| vec![true; tokens.len()]);
            let fit = fit::<WAYS>(&data, |row| rows[row].route as usize, &WAYS_RECIPE, |_| true);
            (data, fit)
        });
        let without_praise = data(rows, model, |model, tokens| {
            model.without_praise(tokens, &model.ideas(tokens), true)
        });
        let of_hazards = fit::<HAZARDS>(&without_praise, hazard, &HAZARDS_RECIPE, is_of_hazards);
        let (data, of_ways) = of_ways.join().expect("a thread that ends");
        (data, of_ways, without_praise, of_hazards)
    });
    let scaled = |weight: f32| (weight * SCALE).round();
    let mut text = String::new();
    for (bias, key) in of_ways.bias.iter().chain(&of_hazards.bias).zip(classes()) {
        let shift = match key {
            "complaint" => COMPLAINT_SHIFT,
            "none" => -HAZARD_SHIFT,
            _ => 0.0,
        };
        text += &format!("{}\n", scaled(bias + shift));
    }
    let mut features: BTreeMap<u32, [i16; CLASSES]> = BTreeMap::new();
    let mut say = |data: &Data, weights: &mut dyn Iterator<Item = &[f32]>, first: usize| {
        for (hash, weights) in data.hashes.iter().zip(weights) {
            let said = features.entry(*hash).or_insert([0; CLASSES]);
            for (said, weight) in said[first..].iter_mut().zip(weights) {
                *said = scaled(*weight) as i16;
            }
        }
    };
    say(&ways_data, &mut of_ways.weights.iter().map(|it| &it[..]), 0);
    say(&hazards_data, &mut of_hazards.weights.iter().map(|it| &it[..]), WAYS);
    features.retain(|_, said| *said != [0; CLASSES]);
    for (class, key) in classes().enumerate() {
        features.entry(hash(&["=%sure_", key])).or_insert([0; CLASSES])[class] = SURE;
    }
    let weights = features.values().flatten().filter(|it| **it != 0).count();
    println!("{} features, {weights} weights", features.len());
    let ways = without_idle(ways, &features.keys().copied().collect());
    format!("{ways}\n\n{text}\n{}", encode(&features))
}

/// The ideas, and those patterns that find enough: each letter of the others would be paid for by residents.
fn ways(rows: &[Row]) -> Result<String, Failure> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
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
        let mut found: Vec<Vec<usize>> = vec![Vec::new(); all.len()];
        for (nth, row) in rows.iter().enumerate() {
            for it in single.find(row) {
                let rows = &mut found[usize::from(it.name)];
                if rows.last() != Some(&nth) {
                    rows.push(nth);
                }
            }
        }
        // Those that are found most come first; another of their group is kept where it finds more rows.
        let mut order: Vec<usize> = (0..all.len()).collect();
        order.sort_by_key(|it| Reverse(found[*it].len()));
        let mut known: HashMap<&str, HashSet<usize>> = HashMap::new();
        let mut is_kept = vec![false; all.len()];
        for at in order {
            let (group, _) = all[at];
            let known = known.entry(group).or_default();
            let more = found[at].iter().filter(|it| !known.contains(it)).count();
            if more >= LEAST_FOUND || group.starts_with("%sure_") {
                is_kept[at] = true;
                known.extend(&found[at]);
            }
        }
        let kept: Vec<(&str, &str)> =
            all.iter().zip(is_kept).filter(|it| it.1).map(|(it, _)| *it).collect();
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
    // It has no weights yet.
    let features = encode(&BTreeMap::new());
    let bias = "0\n".repeat(CLASSES);
    let model = Model::parse(&format!("{}\n\n{bias}\n{features}", ways.trim()))
        .ok_or("the ideas or the patterns can't be read")?;
    println!("{} rows", all.len());
    fs::write(output, train(&all, &ways, &model))?;
    Ok(())
}
