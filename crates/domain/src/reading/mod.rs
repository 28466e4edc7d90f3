//! Reads what a resident wrote, in their own words: whether they are unhappy with the landlord, which
//! way it sounds like, and which hazards are happening now. It decides nothing (Code 1.3): it advises the
//! resident, and tells the landlord what was noticed and by which words.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::ops::Range;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use crate::choices::Choice;

pub mod features;
pub mod labelled;
pub mod patterns;
pub mod tokens;
mod words;

use features::{Feature, Ideas, Known, features, hash};
use patterns::Patterns;
use tokens::{STOP, Token, tokens};

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

impl Choice for Meaning {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::Complaint, "complaint"),
        (Self::ServiceRequest, "service_request"),
        (Self::Stage2, "stage2"),
        (Self::Compliment, "compliment"),
        (Self::Other, "other"),
    ];
}

/// A hazard that is happening now, by the words; the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

impl Choice for Peril {
    const ALL: &'static [(Self, &'static str)] = &[
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
    /// The ideas of thanks, and of danger.
    thanks: u64,
    dangers: u64,
    /// What each feature says of the classes, by its hash.
    weights: HashMap<u64, Vec<(u8, i16)>, BuildHasherDefault<Known>>,
    /// What is said of each class before anything is read.
    bias: [i32; CLASSES],
}

/// A model that is read a little at a time, since all of it at once would hold up somebody who types.
#[derive(Debug, Default)]
pub struct Lesson {
    model: Model,
    /// Up to where it is read, in bytes.
    at: usize,
    /// Whose weights come next, once they have begun.
    class: Option<u8>,
}

impl Lesson {
    /// Reads on in the text, which is the same each time, up to the end of the line in which so many bytes more are
    /// read; whether that was all of it. `None` where the text is no model.
    pub fn go_on(&mut self, text: &str, bytes: usize) -> Option<bool> {
        if self.at == 0 {
            let is_idea = |line: &&str| !line.is_empty() && !line.starts_with(['@', '%']);
            let ideas = || text.lines().take_while(is_idea);
            self.at = ideas().map(|line| line.len() + 1).sum();
            self.model.ideas = Ideas::parse(ideas())?;
            self.model.thanks = self.model.ideas.bit("thanks");
            self.model.dangers =
                DANGERS.iter().fold(0, |all, name| all | self.model.ideas.bit(name));
        }
        let end = self.at.saturating_add(bytes);
        for line in text.get(self.at..)?.split_inclusive('\n') {
            if self.at >= end {
                return Some(false);
            }
            self.at += line.len();
            self.take(line.trim_end())?;
        }
        self.class.map(|_| true)
    }

    /// All that was read.
    pub fn model(self) -> Model {
        self.model
    }

    /// A list or a pattern; then, after an empty line, a class with its bias, or a weight with the names of its features.
    fn take(&mut self, line: &str) -> Option<()> {
        let Some(class) = &mut self.class else {
            if line.is_empty() {
                self.class = Some(0);
                return Some(());
            }
            return self.model.patterns.add(line);
        };
        let (first, rest) = line.split_once(' ')?;
        if let Ok(weight) = first.parse::<i16>() {
            for name in rest.split(',') {
                self.model.weights.entry(hash(&[name])).or_default().push((*class, weight));
            }
        } else {
            *class = classes().zip(0..).find(|(key, _)| *key == first)?.1;
            self.model.bias[usize::from(*class)] = rest.parse().ok()?;
        }
        Some(())
    }
}

/// The ways, then the hazards.
const CLASSES: usize = ROUTES + Peril::ALL.len();
const ROUTES: usize = Meaning::ALL.len();

/// How many units of a weight are one.
pub const SCALE: f64 = 16.0;

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

    /// Those features of a text that are wanted, by their hashes and the parts of their names.
    pub fn features(
        &self,
        tokens: &[Token],
        wants: impl FnMut(u64, &[&str]) -> bool,
    ) -> Vec<Feature> {
        features(tokens, &self.ideas, &self.patterns, wants)
    }

    /// Those that say something.
    fn telling(&self, tokens: &[Token]) -> Vec<Feature> {
        self.features(tokens, |hash, _| self.weights.contains_key(&hash))
    }

    /// What is said of each class, in units of `1 / SCALE`.
    fn scores(&self, features: &[Feature]) -> [i32; CLASSES] {
        let mut scores = self.bias;
        for feature in features {
            for (class, weight) in self.weights.get(&feature.hash).into_iter().flatten() {
                scores[usize::from(*class)] += i32::from(*weight);
            }
        }
        scores
    }

    /// Reads what a resident wrote. The same words always give the same.
    pub fn read(&self, text: &str) -> Reading {
        let tokens = tokens(text);
        let features = self.telling(&tokens);
        let mut because = Vec::new();
        let hazards = self.hazards(&tokens, &features, &mut because);
        let route = self.route(&tokens, &features, &mut because);
        let words = |it: (About, Range<usize>)| {
            let span = tokens[it.1.start].span.start..tokens[it.1.end - 1].span.end;
            Because { about: it.0, span }
        };
        let mut because: Vec<Because> = because.into_iter().map(words).collect();
        because.sort_by_key(|it| it.span.start);
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
        features: &[Feature],
        because: &mut Vec<(About, Range<usize>)>,
    ) -> Meaning {
        // Whoever says so complains, whatever else they say (Code 1.3).
        if let Some(tokens) = says_it(tokens) {
            because.push((About::Route, tokens));
            return Meaning::Complaint;
        }
        let scores = self.scores(features);
        let ways = Meaning::ALL.iter().map(|it| it.0).zip(scores);
        let (route, _) = ways.max_by_key(|it| it.1).unwrap_or_default();
        if route == Meaning::ServiceRequest {
            return route;
        }
        // What names a danger does not say what it sounds like, where something else does.
        let dangers: Vec<Range<usize>> = because.iter().map(|it| it.1.clone()).collect();
        let mut decided = self.decided(tokens, features, route as usize, &dangers);
        if decided.is_empty() {
            decided = self.decided(tokens, features, route as usize, &[]);
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
        features: &[Feature],
        because: &mut Vec<(About, Range<usize>)>,
    ) -> Vec<Peril> {
        // Praise in a sentence of its own changes nothing of what is happening.
        let kept = self.without_praise(tokens);
        let some: Vec<Token>;
        let other: Vec<Feature>;
        let (tokens, features) = if kept.len() == tokens.len() {
            (tokens, features)
        } else {
            some = kept.iter().map(|at| tokens[*at].clone()).collect();
            other = self.telling(&some);
            (&*some, &*other)
        };
        let scores = self.scores(features);
        let mut hazards = Vec::new();
        for (peril, _) in Peril::ALL {
            let class = ROUTES + *peril as usize;
            if scores[class] > 0 {
                hazards.push(*peril);
                let decided = self.decided(tokens, features, class, &[]);
                let its = |it: Range<usize>| {
                    (About::Hazard(*peril), kept[it.start]..kept[it.end - 1] + 1)
                };
                because.extend(decided.into_iter().map(its));
            }
        }
        hazards
    }

    /// The places of the tokens but for those of sentences that only praise, and of thanks at the beginning or
    /// the end of one.
    fn without_praise(&self, tokens: &[Token]) -> Vec<usize> {
        let (thanks, dangers) = (self.thanks, self.dangers);
        let ideas: Vec<u64> = tokens.iter().map(|it| self.ideas.of(&it.form)).collect();
        let has = |places: Range<usize>, bits: u64| ideas[places].iter().any(|it| it & bits != 0);
        let mut kept = Vec::with_capacity(tokens.len());
        let mut from = 0;
        for at in 0..tokens.len() {
            if !tokens[at].is_end && at + 1 < tokens.len() {
                continue;
            }
            let (mut start, mut end) = (from, at + 1);
            from = end;
            // What is said before and after the thanks is no more than they are, unless it is long: many
            // people write no marks.
            let says_more = |places: Range<usize>| places.len() > THANKS || has(places, dangers);
            while let Some(place) = (start..end).find(|at| ideas[*at] & thanks != 0) {
                if !says_more(place + 1..end) {
                    end = place;
                } else if !says_more(start..place) {
                    start = place + 1;
                } else {
                    break;
                }
            }
            if end == from || says_more(start..end) {
                kept.extend(start..end);
            }
        }
        // As in a text that had no praise.
        let is_stop = |at: &usize| tokens[*at].form == STOP;
        kept.pop_if(|at| is_stop(at));
        if kept.first().is_some_and(is_stop) {
            kept.remove(0);
        }
        kept
    }

    /// Whether a word of this feature's name is one of thanks or praise.
    pub fn is_praise(&self, name: &str) -> bool {
        let praise = self.ideas.bit("praise") | self.thanks;
        name.split([' ', '~', '^']).any(|it| self.ideas.of(it) & praise != 0)
    }

    /// The tokens of the features that say most for a class, [`MOST_BECAUSE`] of them, apart from each other and
    /// from `others`.
    fn decided(
        &self,
        tokens: &[Token],
        features: &[Feature],
        class: usize,
        others: &[Range<usize>],
    ) -> Vec<Range<usize>> {
        // Marks and numbers explain nothing, nor do the shortest words alone, unless they name a danger.
        let is_word = |it: &&Token| it.form.starts_with(|it: char| it.is_ascii_lowercase());
        let explains = |its: &[Token]| match *its.iter().filter(is_word).collect::<Vec<_>>() {
            [] => false,
            [word] => word.form.len() > 3 || self.ideas.of(&word.form) & self.dangers != 0,
            _ => true,
        };
        let weight = |it: &Feature| {
            let weights = self.weights.get(&it.hash)?;
            let (_, weight) = weights.iter().find(|(its, _)| usize::from(*its) == class)?;
            (*weight > 0 && explains(&tokens[it.tokens.clone()]))
                .then_some((*weight, it.tokens.clone()))
        };
        let mut all: Vec<(i16, Range<usize>)> = features.iter().filter_map(weight).collect();
        all.sort_by_key(|(weight, tokens)| (-weight, tokens.start));
        let mut chosen: Vec<Range<usize>> = Vec::new();
        for (_, tokens) in all {
            if chosen.len() == MOST_BECAUSE {
                break;
            }
            if chosen
                .iter()
                .chain(others)
                .all(|it| it.end <= tokens.start || tokens.end <= it.start)
            {
                chosen.push(tokens);
            }
        }
        // What stands nearly together is said together.
        let is_between =
            |from: usize, to: usize| others.iter().any(|it| from <= it.start && it.end <= to);
        chosen.sort_by_key(|it| it.start);
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

/// The ideas that speak of danger.
const DANGERS: [&str; 11] = [
    "gasword",
    "fireword",
    "elecword",
    "waterword",
    "heatword",
    "dampword",
    "structword",
    "secword",
    "abuseword",
    "harmword",
    "trapword",
];

/// How many words and marks before or after thanks are still a part of them.
const THANKS: usize = 12;

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

/// The classes' keys, in their order: the ways, then the hazards.
pub fn classes() -> impl Iterator<Item = &'static str> {
    Meaning::ALL.iter().map(|it| it.1).chain(Peril::ALL.iter().map(|it| it.1))
}
