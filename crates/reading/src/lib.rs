//! Reads what a resident wrote, in their own words: whether they are unhappy with the landlord, which
//! way it sounds like, and which hazards are happening now. It decides nothing (Code 1.3): it advises the
//! resident, and tells the landlord what was noticed and by which words.

use std::cmp::Reverse;
use std::ops::Range;
use std::sync::OnceLock;
use std::{array, mem};

use features::{Feature, Ideas, Index, features};
use patterns::Patterns;
use serde::{Deserialize, Serialize};
use tokens::{STOP, Token, tokens};

mod coded;
pub mod features;
pub mod labelled;
pub mod patterns;
pub mod tokens;
mod words;

pub use coded::encode;

/// What a text sounds like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Meaning {
    /// Dissatisfaction with the landlord, its staff, contractors or decisions (Code 1.2).
    Complaint,
    /// Something to be put right, with no such dissatisfaction (Code 1.4). Whatever says too little is
    /// read as one, too: the choice is the resident's.
    #[default]
    ServiceRequest,
    /// The final answer is asked for (Code 6.10).
    Stage2,
    /// Praise or thanks, with nothing to be done.
    Compliment,
    /// Only about somebody or something else: a neighbour, another service, personal data, an insurance
    /// claim.
    Other,
}

impl Meaning {
    /// All of them, each with its stable key.
    pub const ALL: &'static [(Self, &'static str)] = &[
        (Self::Complaint, "complaint"),
        (Self::ServiceRequest, "service_request"),
        (Self::Stage2, "stage2"),
        (Self::Compliment, "compliment"),
        (Self::Other, "other"),
    ];
}

/// A hazard that is happening now, by the words; the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Peril {
    /// They may harm themselves.
    SelfHarm,
    /// Somebody close to them hurts or threatens them.
    DomesticAbuse,
    /// Gas, or carbon monoxide.
    Gas,
    /// Fire, smoke, or what should stop one is broken.
    Fire,
    /// Shocks, sparks, bare wires, no power, water in electrics.
    Electrical,
    /// Water or sewage that comes in and can't be held.
    FloodLeak,
    /// Something falls, gives way, or cracks wide.
    Structural,
    /// No heating, no hot water, or no water at all.
    NoHeatingWater,
    /// An outside door or window that does not lock or shut.
    Security,
    /// Damp or mould where somebody is young, pregnant, old or ill.
    DampMould,
    /// Other danger: trapped, threatened, a child who may fall, too much heat.
    OtherUrgent,
}

impl Peril {
    /// All of them, each with its stable key.
    pub const ALL: &'static [(Self, &'static str)] = &[
        (Self::SelfHarm, "self_harm"),
        (Self::DomesticAbuse, "domestic_abuse"),
        (Self::Gas, "gas"),
        (Self::Fire, "fire"),
        (Self::Electrical, "electrical"),
        (Self::FloodLeak, "flood_leak"),
        (Self::Structural, "structural"),
        (Self::NoHeatingWater, "no_heating_water"),
        (Self::Security, "security"),
        (Self::DampMould, "damp_mould"),
        (Self::OtherUrgent, "other_urgent"),
    ];
}

/// What was read in a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// What it sounds like.
    pub route: Meaning,
    /// Whether it sounds unhappy with the landlord, its staff, contractors or decisions.
    pub is_dissatisfied: bool,
    /// Hazards that are happening now, the worst first.
    pub hazards: Vec<Peril>,
    /// The words that decided, in the order of the text.
    pub because: Vec<Because>,
}

/// Words that decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Because {
    /// What they decided.
    pub about: About,
    /// Where they are in the text, in bytes.
    pub span: Range<usize>,
}

/// What words decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// The way that it sounds like.
    Route,
    /// A hazard.
    Hazard(Peril),
}

/// What a language's words mean; made by `cargo xtask train`. The widget fetches it with the words of its
/// later screens; the service has it built in.
#[derive(Debug, Default)]
pub struct Model {
    ideas: Ideas,
    patterns: Patterns,
    /// The ideas of praise, of what stands beside praise, of what makes it more, of people, of what was put right, and of danger.
    praise: u64,
    beside: u64,
    much: u64,
    people: u64,
    solved: u64,
    dangers: u64,
    /// The features, and what each says of the classes.
    index: Index,
    weights: Vec<[i16; CLASSES]>,
    /// What is said of each class before anything is read.
    bias: [i32; CLASSES],
}

/// What a token is: marks and numbers explain nothing; the words that are met most do only where there are no others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Word {
    None,
    Often,
    Rarer,
}

/// A model that is read a little at a time, since all of it at once would hold up somebody who types.
#[derive(Debug, Default)]
pub struct Lesson {
    model: Model,
    /// Up to where it is read, in bytes.
    at: usize,
    /// Of how many classes the bias was read, once these have begun.
    classes: Option<usize>,
    /// How many lines of features were read, once these have begun.
    lines: Option<usize>,
}

impl Lesson {
    /// Reads on in the text, which is the same each time, up to the end of the line in which so many bytes more are
    /// read; whether that was all of it. `None` where the text is no model.
    pub fn go_on(&mut self, text: &str, bytes: usize) -> Option<bool> {
        if self.at == 0 {
            let is_idea = |line: &&str| !line.is_empty() && !line.starts_with(['@', '%']);
            let ideas = || text.lines().take_while(is_idea);
            self.at = ideas().map(|line| line.len() + 1).sum();
            let ideas = Ideas::parse(ideas())?;
            self.model.praise = ideas.bits(|it| it == "praise");
            self.model.beside = ideas.bits(|it| it == "beside");
            self.model.much = ideas.bits(|it| it == "much");
            self.model.people = ideas.bits(|it| it == "people");
            self.model.solved = ideas.bits(|it| it == "solved");
            self.model.dangers = ideas.bits(|it| it.ends_with("word"));
            self.model.ideas = ideas;
        }
        let end = self.at.saturating_add(bytes);
        for line in text.get(self.at..)?.split_inclusive('\n') {
            if self.at >= end {
                return Some(false);
            }
            self.at += line.len();
            self.take(line.trim_end_matches('\n'))?;
        }
        (self.lines? == ALL_LINES).then_some(true)
    }

    /// All that was read.
    pub fn model(self) -> Model {
        self.model
    }

    /// An idea's line, a list or a pattern; then, after an empty line, what is said of each class before anything is
    /// read; then, after another, the features (see [`coded`]).
    fn take(&mut self, line: &str) -> Option<()> {
        let model = &mut self.model;
        if line.is_empty() {
            match self.classes {
                None => self.classes = Some(0),
                Some(CLASSES) if self.lines.is_none() => self.lines = Some(0),
                Some(_) => return None,
            }
            return Some(());
        }
        if let Some(lines) = &mut self.lines {
            match lines.checked_sub(1) {
                None => {
                    model.index = Index::new(coded::hashes(line)?);
                    model.weights = vec![[0; CLASSES]; model.index.count()];
                }
                Some(class) => {
                    for (at, weight) in coded::weights(line)? {
                        *model.weights.get_mut(at)?.get_mut(class)? = weight;
                    }
                }
            }
            *lines += 1;
        } else if let Some(class) = &mut self.classes {
            *model.bias.get_mut(*class)? = line.parse().ok()?;
            *class += 1;
        } else {
            model.patterns.add(line)?;
        }
        Some(())
    }
}

/// The ways, then that there is no hazard, then the hazards.
pub const CLASSES: usize = NO_HAZARD + 1 + HAZARDS;
const HAZARDS: usize = Peril::ALL.len();
const NO_HAZARD: usize = Meaning::ALL.len();
/// The line of hashes, and those of weights.
const ALL_LINES: usize = CLASSES + 1;

/// How many units of a weight are one: `e` times as likely.
pub const SCALE: f32 = 16.0;
/// The weight of a pattern that no other words outweigh (`%sure_complaint`).
pub const SURE: i16 = 160;

impl Model {
    /// Reads a model; `None` where the text is none.
    pub fn parse(text: &str) -> Option<Self> {
        let mut lesson = Lesson::default();
        lesson.go_on(text, usize::MAX)?.then_some(lesson.model)
    }

    /// The model for English.
    pub fn english() -> &'static Self {
        static MODEL: OnceLock<Model> = OnceLock::new();
        MODEL.get_or_init(|| Self::parse(include_str!("en.txt")).expect("a test reads the model"))
    }

    /// See [`features`].
    pub fn features(&self, tokens: &[Token], tell: impl FnMut(u32, &[&str], Range<usize>)) {
        features(tokens, &self.patterns, tell);
    }

    /// What a feature says of the classes.
    fn said(&self, feature: &Feature) -> &[i16; CLASSES] {
        &self.weights[feature.number]
    }

    /// Those of these that are only about such tokens, each once, where it is first.
    fn once(&self, features: &[Feature], is_kept: &[bool]) -> Vec<Feature> {
        let mut seen = vec![false; self.index.count()];
        let is_new = |it: &&Feature| {
            is_within(&it.tokens, is_kept) && !mem::replace(&mut seen[it.number], true)
        };
        features.iter().filter(is_new).cloned().collect()
    }

    /// What a token is.
    fn word(&self, token: &Token) -> Word {
        if !token.form.starts_with(|it: char| it.is_ascii_lowercase()) {
            Word::None
        } else if self.patterns.is_met_often(&token.form) {
            Word::Often
        } else {
            Word::Rarer
        }
    }

    /// What is said of each of some classes, in units of `1 / SCALE`.
    fn scores<const N: usize>(&self, features: &[Feature], first: usize) -> [i32; N] {
        let mut scores = array::from_fn(|at| self.bias[first + at]);
        for feature in features {
            let said = &self.said(feature)[first..first + N];
            (0..N).for_each(|at| scores[at] += i32::from(said[at]));
        }
        scores
    }

    /// Reads what a resident wrote. The same words always give the same.
    pub fn read(&self, text: &str) -> Reading {
        let tokens = tokens(text);
        let told = self.index.met(&tokens, &self.patterns);
        let features = self.once(&told, &vec![true; tokens.len()]);
        let words: Vec<Word> = tokens.iter().map(|it| self.word(it)).collect();
        let mut decided = Vec::new();
        let hazards = self.hazards(&tokens, &words, &told, &features, &mut decided);
        let route = self.route(&tokens, &words, &features, &mut decided);
        let mut because: Vec<Because> = Vec::with_capacity(decided.len());
        for (about, its) in decided {
            let span = tokens[its.start].span.start..tokens[its.end - 1].span.end;
            let place = because.partition_point(|it| it.span.start <= span.start);
            because.insert(place, Because { about, span });
        }
        Reading {
            route,
            is_dissatisfied: matches!(route, Meaning::Complaint | Meaning::Stage2),
            hazards,
            because,
        }
    }

    fn route(
        &self,
        tokens: &[Token],
        words: &[Word],
        features: &[Feature],
        because: &mut Vec<(About, Range<usize>)>,
    ) -> Meaning {
        // Whoever says so complains, whatever else they say (Code 1.3).
        if let Some(tokens) = says_it(tokens) {
            because.push((About::Route, tokens));
            return Meaning::Complaint;
        }
        let scores: [i32; NO_HAZARD] = self.scores(features, 0);
        let ways = Meaning::ALL.iter().map(|it| it.0).zip(scores);
        let (route, _) = ways.max_by_key(|it| it.1).unwrap_or_default();
        let classes = (route as usize, Meaning::ServiceRequest as usize);
        // One feature may be taken for another one (see [`features::HASH_BITS`]); hardly two are.
        let speaks = |it: &Feature| match self.said(it) {
            said if it.tokens.is_empty() || said[classes.0] <= said[classes.1] => 0,
            said if said[classes.0] == SURE => 2,
            _ => 1,
        };
        if features.iter().map(speaks).sum::<u32>() < 2 {
            return Meaning::ServiceRequest;
        }
        // What names a danger does not say what it sounds like, where something else does.
        let dangers: Vec<Range<usize>> = because.iter().map(|it| it.1.clone()).collect();
        let mut decided = self.decided(words, features, classes, &dangers);
        if decided.is_empty() {
            decided = self.decided(words, features, classes, &[]);
        }
        // Where no word says so, it is nothing of which anything is known.
        if decided.is_empty() {
            return Meaning::ServiceRequest;
        }
        because.extend(decided.into_iter().map(|it| (About::Route, it)));
        route
    }

    fn hazards(
        &self,
        tokens: &[Token],
        words: &[Word],
        told: &[Feature],
        features: &[Feature],
        because: &mut Vec<(About, Range<usize>)>,
    ) -> Vec<Peril> {
        // Praise changes nothing of what is happening; where it begins is not certain without a mark.
        let mut hazards = Vec::new();
        let ideas = self.ideas(tokens);
        for is_free in [true, false] {
            let is_kept = self.without_praise(tokens, &ideas, is_free);
            if !is_kept.contains(&false) {
                self.hazards_of(words, features, &mut hazards, because);
                break;
            }
            self.hazards_of(words, &self.once(told, &is_kept), &mut hazards, because);
        }
        hazards
    }

    /// Adds the hazards of these features that are not known yet.
    fn hazards_of(
        &self,
        words: &[Word],
        features: &[Feature],
        hazards: &mut Vec<Peril>,
        because: &mut Vec<(About, Range<usize>)>,
    ) {
        let [none, scores @ ..]: [i32; HAZARDS + 1] = self.scores(features, NO_HAZARD);
        let Some((_, most)) = together(&scores).filter(|it| it.0 > none) else { return };
        // Beside the plainest one, those of which words speak that are not only words of some hazard or other.
        let told: [i32; HAZARDS] = array::from_fn(|at| scores[at] - self.bias[NO_HAZARD + 1 + at]);
        let usual = (told.iter().sum::<i32>() - told[most]) / (HAZARDS as i32 - 1);
        let of_none = none - self.bias[NO_HAZARD];
        let is_told = |at: usize| {
            scores[at] > none && told[at] >= usual + TOLD && told[at] >= of_none + PLAINLY
        };
        for (at, (peril, _)) in Peril::ALL.iter().enumerate() {
            if (at != most && !is_told(at)) || hazards.contains(peril) {
                continue;
            }
            let place = hazards.partition_point(|it| it < peril);
            hazards.insert(place, *peril);
            let decided = self.decided(words, features, (NO_HAZARD + 1 + at, NO_HAZARD), &[]);
            because.extend(decided.into_iter().map(|it| (About::Hazard(*peril), it)));
        }
    }

    /// The ideas of which each token speaks, a bit each.
    pub fn ideas(&self, tokens: &[Token]) -> Vec<u64> {
        tokens.iter().map(|it| self.ideas.of(&it.form)).collect()
    }

    /// Which tokens are not of praise, where it is a sentence of its own, or the beginning or the end of one: many
    /// people write no marks. Where that is taken freely, what often stands beside praise goes with it.
    pub fn without_praise(&self, tokens: &[Token], ideas: &[u64], is_free: bool) -> Vec<bool> {
        let is = |at: usize, bits: u64| ideas[at] & bits != 0;
        let little = self.praise | self.beside | self.people;
        let mut is_kept = vec![false; tokens.len()];
        let mut from = 0;
        for at in 0..tokens.len() {
            if !tokens[at].is_end && at + 1 < tokens.len() {
                continue;
            }
            let its = from..at + 1;
            from = its.end;
            // What goes with praise is no more than it is, unless it has words of its own, or is about a danger or
            // its end.
            let says_more = |mut places: Range<usize>, most: usize| {
                let own = places.clone().filter(|at| !tokens[*at].is_end && !is(*at, little));
                own.count() > most || places.any(|at| is(at, self.dangers | self.solved))
            };
            let without = |is_free: bool| {
                let Range { mut start, mut end } = its.clone();
                let most = usize::from(is_free);
                let mut praises = its.clone().filter(|at| is(*at, self.praise));
                if let Some(place) = praises.clone().find(|at| !says_more(at + 1..end, most)) {
                    end = place;
                    while is_free && end > start && is(end - 1, self.beside) {
                        end -= 1;
                    }
                }
                if let Some(place) = praises.rfind(|at| *at < end && !says_more(start..*at, most)) {
                    start = place + 1;
                    let after = if is_free { self.much | little } else { self.much };
                    while start < end && is(start, after) {
                        start += 1;
                    }
                }
                start..end
            };
            let freely = without(true);
            if freely == its || says_more(freely.clone(), 1) {
                is_kept[if is_free { freely } else { without(false) }].fill(true);
            }
        }
        // As in a text that had no praise.
        for end in [is_kept.iter().position(|it| *it), is_kept.iter().rposition(|it| *it)] {
            if let Some(at) = end.filter(|at| tokens[*at].form == STOP) {
                is_kept[at] = false;
            }
        }
        is_kept
    }

    /// Whether a word of this feature's name is one of thanks or praise.
    pub fn is_praise(&self, name: &str) -> bool {
        name.split([' ', '~', '<', '|', '>']).any(|it| self.ideas.of(it) & self.praise != 0)
    }

    /// The tokens of the features that say most for one class against another, [`MOST_BECAUSE`] of them, apart from
    /// each other and from `others`.
    fn decided(
        &self,
        words: &[Word],
        features: &[Feature],
        (class, against): (usize, usize),
        others: &[Range<usize>],
    ) -> Vec<Range<usize>> {
        // What speaks more for something else of the same kind, or only against the other one, explains this only
        // where nothing else does.
        let kind = if class < NO_HAZARD { 0..NO_HAZARD } else { NO_HAZARD..CLASSES };
        let weight = |it: &Feature| {
            let said = self.said(it);
            let (own, opposed) = (said[class], said[against]);
            if own <= opposed {
                return None;
            }
            let most = said[kind.clone()].iter().copied().fold(1, i16::max);
            let is_rarer = match words[it.tokens.clone()].iter().max()? {
                Word::None => return None,
                word => *word == Word::Rarer,
            };
            Some((2 * i16::from(is_rarer) + i16::from(own >= most)) * ORDER + own - opposed)
        };
        let all: Vec<(i16, &Range<usize>)> =
            features.iter().filter_map(|it| Some((weight(it)?, &it.tokens))).collect();
        let most = all.iter().map(|it| it.0).max().unwrap_or_default();
        // What says little beside the plainest explains nothing.
        let least = most / ORDER * ORDER + (most % ORDER).min(PLAIN) / LEAST_PART;
        let mut chosen: Vec<Range<usize>> = Vec::new();
        for _ in 0..MOST_BECAUSE {
            let is_apart =
                |it: &Range<usize>, its: &Range<usize>| it.end <= its.start || its.end <= it.start;
            let free = all.iter().filter(|(weight, its)| {
                *weight > least && chosen.iter().chain(others).all(|it| is_apart(it, its))
            });
            let Some((_, its)) = free.max_by_key(|it| (it.0, Reverse(it.1.start))) else { break };
            let at = chosen.partition_point(|it| it.start < its.start);
            chosen.insert(at, Range::clone(its));
        }
        // What stands nearly together is said together.
        let is_between =
            |from: usize, to: usize| others.iter().any(|it| from <= it.start && it.end <= to);
        let mut joined: Vec<Range<usize>> = Vec::new();
        for its in chosen {
            match joined.last_mut() {
                Some(last) if its.start <= last.end + 2 && !is_between(last.end, its.start) => {
                    last.end = its.end;
                }
                _ => joined.push(its),
            }
        }
        joined
    }
}

/// Whether all of these tokens are kept.
pub fn is_within(tokens: &Range<usize>, is_kept: &[bool]) -> bool {
    is_kept[tokens.clone()].iter().all(|it| *it)
}

/// How much more words must say for a hazard than for the usual one beside the plainest, and than for none.
const TOLD: i32 = 40;
const PLAINLY: i32 = 80;

/// More than any weight against another one.
const ORDER: i16 = 512;

/// The least part of what the plainest says that explains something: one of so many.
const LEAST_PART: i16 = 3;

/// How much says something plainly: what is sure has more, and still has others beside it.
const PLAIN: i16 = 16;

/// How many places of the text are named as what decided one thing.
const MOST_BECAUSE: usize = 3;

/// Where somebody says in so many words that they want to complain, and not about whom else.
fn says_it(tokens: &[Token]) -> Option<Range<usize>> {
    let is =
        |at: usize, words: &[&str]| tokens.get(at).is_some_and(|it| words.contains(&&*it.form));
    (0..tokens.len()).find_map(|at| {
        let is_said = is(at, &["i", "we", "id", "wed"])
            && is(at + 1, &["want", "wish", "like", "lik"])
            && is(at + 2, &["to"])
            && is(at + 3, &["complain"]);
        // "I don't think I want to complain"; "... I think" may be the end of another sentence.
        let is_denied = at > 1 && is(at - 2, &["dont", "didnt"]) && is(at - 1, &["think"]);
        (is_said && !is_denied && !is(at + 4, &["about", "of", "that"])).then_some(at..at + 4)
    })
}

impl Reading {
    /// The words that decided, in the order of the text.
    pub fn words<'a>(&self, text: &'a str) -> Vec<&'a str> {
        let mut words: Vec<&str> = Vec::new();
        let mut to = 0;
        for it in &self.because {
            // What decided two things is named once.
            if it.span.start >= to {
                words.push(&text[it.span.clone()]);
                to = it.span.end;
            }
        }
        words
    }
}

/// What several classes have together, and which of them has most: the logarithm of the sum of their powers.
fn together(scores: &[i32]) -> Option<(i32, usize)> {
    let (most, &score) = scores.iter().enumerate().rev().max_by_key(|it| it.1)?;
    let others = scores.iter().enumerate().filter(|it| it.0 != most);
    let all = others.fold(score, |all, (_, other)| {
        let apart = all.abs_diff(*other) as usize;
        all.max(*other) + LIFTS.get(apart).map_or(0, |it| i32::from(*it))
    });
    Some((all, most))
}

/// By how much a second class lifts a first one, by how far they are apart: `SCALE * ln(1 + exp(-apart / SCALE))`.
const LIFTS: [u8; 56] = [
    11, 11, 10, 10, 9, 9, 8, 8, 8, 7, 7, 7, 6, 6, 6, 5, 5, 5, 4, 4, 4, 4, 4, 3, 3, 3, 3, 3, 3, 2,
    2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
];

/// The classes' keys, in their order: the ways, no hazard, the hazards.
pub fn classes() -> impl Iterator<Item = &'static str> {
    let ways = Meaning::ALL.iter().map(|it| it.1);
    ways.chain(["none"]).chain(Peril::ALL.iter().map(|it| it.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_together_have_the_logarithm_of_their_sum() {
        for (apart, lift) in (0_i32..).zip(LIFTS) {
            let exact = SCALE * (1.0 + (-(apart as f32) / SCALE).exp()).ln();
            assert!((exact - f32::from(lift)).abs() <= 0.5, "{apart}: {exact}");
        }
        assert_eq!(together(&[]), None);
        assert_eq!(together(&[-30]), Some((-30, 0)));
        // Twice as likely as one of them: ln 2 more; and the first of those that have most.
        assert_eq!(together(&[5, 5]), Some((5 + 11, 0)));
        assert_eq!(together(&[0, 900, -900]), Some((900, 1)));
    }
}
