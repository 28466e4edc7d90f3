//! Every path that a resident can take, for every landlord's file, walked as a tree: at each
//! question, every answer that the rules can tell from another; at each advice, every way on.
//!
//! Answers that the rules can't tell apart take turns instead of being multiplied. That they can't
//! is proven rather than believed: [`what_takes_turns_makes_no_difference`] changes every answer on
//! a sample of paths, one after the other, and compares. (The ignored test multiplies them as well.)
//!
//! What is expected (rights, flags, hazards, recipients) is worked out here a second time, from the
//! raw file and the raw answers, on purpose without the code under test.
#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![allow(clippy::print_stdout, reason = "the figures are printed")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use domain::choices::{Choice, Topic};
use domain::draft::Draft;
use domain::flow::{self, Advice, Place, WAY_COMPLAINT, WAY_REQUEST};
use domain::heard::Heard;
use domain::json::Json;
use domain::landlord::{self, Landlord};
use domain::question::{Field, FieldName, Kind, Line, Question};
use domain::reading::{About, Meaning, Peril};
use domain::record::{self, Envelope, Shown, Submission, build};
use domain::rights;
use domain::triage;
use domain::validate;
use serde_json::Value;

/// The answers that the path, the flags, the hazards, the rights or what is required can depend on,
/// and no others.
const SEEN: &[FieldName] = &[
    FieldName::Danger,
    FieldName::Intent,
    FieldName::OnBehalfOf,
    FieldName::Consent,
    FieldName::Adjustments,
    FieldName::Disability,
    FieldName::Topics,
    FieldName::AtRisk,
    FieldName::ReportOpen,
    FieldName::ComplaintReference,
    FieldName::WhenAware,
    FieldName::ClaimAtCourt,
    FieldName::AlreadyAnswered,
];

/// The only fields that a journey may ever wait for. Everything else a landlord can ask later.
const MAY_BE_REQUIRED: &[FieldName] = &[
    FieldName::Site,
    FieldName::Danger,
    FieldName::Intent,
    FieldName::OnBehalfOf,
    FieldName::StaffName,
    FieldName::RepresentativeName,
    FieldName::RepresentativeContact,
    FieldName::Consent,
    FieldName::Topics,
    FieldName::Account,
    FieldName::Name,
    FieldName::Address,
];

/// On any path; on a complaint for oneself about one plain thing; on any request for stage 2.
const MOST_QUESTIONS: usize = 24;
const MOST_PLAIN: usize = 14;
const MOST_STAGE_2: usize = 6;

/// A landlord's file, read by the code under test and a second time by hand.
struct File {
    landlord: Landlord,
    raw: Value,
    /// For each topic: whose it is, who watches over it, which contractors get it.
    topics: BTreeMap<&'static str, TopicFacts>,
    /// The topics to branch over, and within each branch those that take turns.
    classes: Vec<Vec<Vec<String>>>,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct TopicFacts {
    responsibility: String,
    ombudsman: String,
    recipients: Vec<String>,
}

fn files() -> Vec<File> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../landlords");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
    paths.sort();
    let files: Vec<File> = paths.iter().map(|path| File::read(path)).collect();
    assert!(files.len() >= 6, "a landlord's file is missing");
    files
}

impl File {
    fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap();
        let landlord = landlord::parse(&text).ok().unwrap().landlord;
        let raw: Value = serde_json::from_str(&text).unwrap();
        let topics: BTreeMap<_, _> =
            Topic::ALL.iter().map(|(_, topic)| (*topic, topic_facts(topic, &raw))).collect();
        let classes = classes(&topics);
        Self { landlord, raw, topics, classes }
    }

    /// Whether a list in the file has this text.
    fn lists(&self, list: &str, text: &str) -> bool {
        self.raw[list].as_array().is_some_and(|it| it.iter().any(|it| it == text))
    }
}

/// Code 5.7, and what Ombudsman looks at what: as the specification has it, read from the raw file.
fn topic_facts(topic: &str, raw: &Value) -> TopicFacts {
    let is_council = raw["landlordType"] == "council";
    let (responsibility, ombudsman) = match (topic, is_council) {
        ("council_services" | "applying", true) => ("us", "lgsco"),
        ("adaptations" | "anti_social_behaviour", true) => ("us", "both"),
        ("council_services", false) => ("not_us", "lgsco"),
        ("applying" | "adaptations", false) => ("shared", "both"),
        _ => ("us", "housing"),
    };
    let rules = raw["topics"].as_array();
    let rule = rules.and_then(|rules| rules.iter().find(|rule| rule["topic"] == topic));
    let own = |name: &str| rule.and_then(|rule| rule[name].as_str());
    let contractors = raw["recipients"].as_array().map_or(&[][..], Vec::as_slice);
    let gets = |it: &&Value| it["topics"].as_array().unwrap().iter().any(|it| it == topic);
    let name = |it: &Value| it["name"].as_str().unwrap().to_owned();
    TopicFacts {
        responsibility: own("responsibility").unwrap_or(responsibility).to_owned(),
        ombudsman: own("ombudsman").unwrap_or(ombudsman).to_owned(),
        recipients: contractors.iter().filter(gets).map(name).collect(),
    }
}

fn hazard(topic: &str) -> Option<&'static str> {
    ["damp_mould", "heating_water", "building_safety"].into_iter().find(|it| *it == topic)
}

/// The topics in groups: what the rules know alike of each. Then the mixtures that matter: council
/// services only, some of them beside a plain one, a hazard beside a plain one, and everything.
fn classes(topics: &BTreeMap<&'static str, TopicFacts>) -> Vec<Vec<Vec<String>>> {
    let mut alike: BTreeMap<_, Vec<Vec<String>>> = BTreeMap::new();
    for (_, topic) in Topic::ALL {
        let is_personal = *topic == "personal_information";
        let known = (&topics[topic], hazard(topic), is_personal);
        alike.entry(known).or_default().push(vec![(*topic).to_owned()]);
    }
    let all: Vec<&str> = topics.keys().copied().collect();
    let mixtures = [
        &["applying", "council_services"][..],
        &["other", "council_services"],
        &["damp_mould", "staff"],
        &all,
    ];
    let text = |topic: &&str| (*topic).to_owned();
    let mixtures = mixtures.iter().map(|it| vec![it.iter().map(text).collect()]);
    alike.into_values().chain(mixtures).collect()
}

/// How a walk branches.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Plan {
    /// Whether everything is typed that can be, or only what has to be.
    is_full: bool,
    /// Whether answers that make no difference are multiplied, or take turns.
    is_multiplied: bool,
    /// Whether all kinds of topics are chosen, or only a plain one and all together.
    has_all_topics: bool,
}

/// The answers to a field in groups: the walk branches over the groups, and within a group the
/// answers take turns.
fn groups(asked: Question, field: &Field, draft: &Draft, file: &File) -> Vec<Vec<Vec<String>>> {
    let landlord = &file.landlord;
    let one = |text: &str| vec![text.to_owned()];
    let group = |texts: &[&str]| texts.iter().map(|it| one(it)).collect::<Vec<_>>();
    let mut groups = match field.name {
        FieldName::Topics => return file.classes.clone(),
        FieldName::Danger => vec![group(&["no"]), group(&["yes", "not_sure"])],
        FieldName::Consent => {
            vec![
                group(&["agreed", "legal_authority"]),
                group(&["to_follow", "not_yet", "not_sure"]),
            ]
        }
        FieldName::AtRisk => {
            vec![
                group(&["child", "older_person", "pregnant", "health_condition"]),
                group(&["none"]),
            ]
        }
        FieldName::Adjustments => vec![
            vec![one("supporter"), vec!["braille".to_owned(), "supporter".to_owned()]],
            group(&["none", "large_print", "already_known"]),
        ],
        FieldName::DisabilityConsent => return vec![vec![one("yes")], vec![Vec::new()]],
        FieldName::ReportOpen | FieldName::ClaimAtCourt | FieldName::AlreadyAnswered => {
            vec![group(&["yes"]), group(&["no", "not_sure"])]
        }
        FieldName::WhenAware => {
            vec![group(&["over_12_months"]), group(&["within_12_months", "not_sure"])]
        }
        FieldName::Disability | FieldName::ComplaintReference => {
            vec![vec![one(&words(field))], Vec::new()]
        }
        FieldName::Site | FieldName::Intent | FieldName::OnBehalfOf => {
            let Kind::Radios(options) = field.kind else { panic!("radios") };
            return options(landlord).into_iter().map(|it| group(&[it])).collect();
        }
        _ => return Vec::new(),
    };
    if !validate::is_required(asked, field, draft, landlord) {
        groups.last_mut().unwrap().push(Vec::new());
    }
    groups
}

/// Everything that can be answered in a field of which the rules see nothing.
fn full(field: &Field, landlord: &Landlord) -> Vec<String> {
    match field.kind {
        Kind::Checkboxes(options, exclusive) => {
            let all = options(landlord).into_iter().filter(|it| Some(*it) != exclusive);
            all.map(str::to_owned).collect()
        }
        Kind::Radios(options) => vec![options(landlord)[0].to_owned()],
        Kind::Line(_) | Kind::Paragraphs(_) => vec![words(field)],
        Kind::Files => Vec::new(),
    }
}

/// Words for a field that no other field has.
fn words(field: &Field) -> String {
    match field.kind {
        Kind::Line(Line::Date) => format!("2026-{:02}-03", 1 + field.name as usize % 12),
        Kind::Line(Line::Email) => "somebody@example.org".to_owned(),
        _ => format!("typed into {}", field.name.key()),
    }
}

/// What may be heard in words: nothing, anger, hazards of both sorts, and all at once. Of no words, nothing.
fn heard(has_words: bool) -> Vec<Option<Heard>> {
    if !has_words {
        return vec![None];
    }
    let of = |is_dissatisfied: bool, hazards: &[Peril]| {
        let route = About::Route;
        let about = hazards.iter().map(|it| About::Hazard(*it));
        let because = is_dissatisfied.then_some(route).into_iter().chain(about);
        Some(Heard {
            text: 1,
            route: if is_dissatisfied { Meaning::Complaint } else { Meaning::ServiceRequest },
            is_dissatisfied,
            hazards: hazards.to_vec(),
            because: because.map(|it| (it, "typed".to_owned())).collect(),
        })
    };
    vec![
        of(false, &[]),
        of(true, &[]),
        of(false, &[Peril::Gas, Peril::DampMould]),
        of(true, &[Peril::DomesticAbuse]),
        of(true, &[Peril::SelfHarm, Peril::FloodLeak]),
        None,
    ]
}

/// What must not get anywhere: for every field, an answer that would make a difference.
fn poison(field: &Field, landlord: &Landlord) -> Vec<String> {
    let key = match field.name {
        FieldName::Danger
        | FieldName::ReportOpen
        | FieldName::ClaimAtCourt
        | FieldName::AlreadyAnswered => "yes",
        FieldName::Intent => "stage2",
        FieldName::OnBehalfOf => "someone_else",
        FieldName::Consent => "not_yet",
        FieldName::WhenAware => "over_12_months",
        _ => match field.kind {
            Kind::Checkboxes(options, _) => {
                return options(landlord).into_iter().map(str::to_owned).collect();
            }
            Kind::Radios(options) => options(landlord).last().copied().unwrap_or("POISON"),
            Kind::Line(Line::Date) => "2026-02-01",
            Kind::Line(_) | Kind::Paragraphs(_) => "POISON",
            Kind::Files => return Vec::new(),
        },
    };
    vec![key.to_owned()]
}

/// The same draft, with every field that was not asked filled with poison, and every advice that was
/// not shown.
fn poisoned(draft: &Draft, asked: &[FieldName], places: &[Place], landlord: &Landlord) -> Draft {
    let mut draft = draft.clone();
    for (question, _) in Question::ALL {
        for field in question.fields() {
            if !asked.contains(&field.name) {
                draft.enter(field.name, poison(field, landlord));
            }
        }
    }
    if !asked.contains(&FieldName::Account) {
        draft.hear(heard(true).swap_remove(4));
    }
    for (advice, _) in Advice::ALL {
        if !places.contains(&Place::Advise(*advice)) {
            draft.choose(
                *advice,
                if *advice == Advice::FirstReport { WAY_REQUEST } else { "POISON" },
                "POISON",
            );
        }
    }
    draft
}

fn shown(landlord: &Landlord) -> Shown {
    Shown {
        envelope: Envelope {
            landlord: landlord.id.clone(),
            config_version: landlord.config_version.clone(),
            widget_version: "0".into(),
            language: "en".into(),
            submitted_at: "2026-11-22T10:00:00Z".into(),
            source: None,
        },
        answers: Vec::new(),
    }
}

/// What the test expects of a draft, from its raw answers.
struct Expected<'a> {
    draft: &'a Draft,
    file: &'a File,
}

impl Expected<'_> {
    fn said(&self, field: FieldName, key: &str) -> bool {
        self.draft.text(field) == key
    }

    fn kind(&self) -> &'static str {
        match self.draft.text(FieldName::Intent) {
            "feedback" => "feedback",
            "stage2" => "stage2",
            "add" => "addition",
            "report"
                if self.draft.chosen(Advice::FirstReport) == Some(WAY_REQUEST)
                    && self.draft.chosen(Advice::Unhappy) != Some(WAY_COMPLAINT) =>
            {
                "service_request"
            }
            _ => "complaint",
        }
    }

    fn topics(&self) -> impl Iterator<Item = &TopicFacts> {
        self.draft.values(FieldName::Topics).iter().map(|it| &self.file.topics[it.as_str()])
    }

    /// The moment, and whether the second Ombudsman is named (Code 3.7).
    fn rights(&self) -> (&'static str, &'static str) {
        let moment = match self.kind() {
            "complaint" if self.said(FieldName::AlreadyAnswered, "yes") => "final_answer",
            "complaint" => "before",
            "addition" => "waiting",
            kind => kind,
        };
        let is_lgsco_only =
            self.topics().count() > 0 && self.topics().all(|it| it.ombudsman == "lgsco");
        let is_also = self.file.lists("ombudsmen", "lgsco")
            || self.topics().any(|it| it.ombudsman != "housing");
        let lgsco = match (is_lgsco_only, is_also) {
            (true, _) => "instead",
            (_, true) => "also",
            _ => "no",
        };
        (moment, lgsco)
    }

    fn hazards(&self) -> Vec<&'static str> {
        let danger = ["yes", "not_sure"].contains(&self.draft.text(FieldName::Danger));
        let topics = Topic::ALL.iter().map(|(_, topic)| *topic);
        let named = topics
            .filter(|topic| self.draft.values(FieldName::Topics).iter().any(|it| it == topic));
        danger.then_some("danger_now").into_iter().chain(named.filter_map(hazard)).collect()
    }

    fn flags(&self) -> Vec<&'static str> {
        use FieldName as F;
        let hazards = self.hazards();
        let has = |field: F, key: &str| self.draft.values(field).iter().any(|it| it == key);
        let is_known = |consent: &str| ["agreed", "legal_authority"].contains(&consent);
        let danger = hazards.contains(&"danger_now").then_some("danger_now");
        let heard = self.heard_hazards().into_iter().map(|it| match it {
            "gas" => "heard_gas",
            "damp_mould" => "heard_damp_mould",
            "domestic_abuse" => "heard_domestic_abuse",
            "self_harm" => "heard_self_harm",
            "flood_leak" => "heard_flood_leak",
            other => panic!("{other}"),
        });
        let sounds_unhappy = self.draft.heard().is_some_and(|it| it.is_dissatisfied);
        let rest = [
            (
                "sounds_unhappy",
                sounds_unhappy && ["service_request", "feedback"].contains(&self.kind()),
            ),
            ("damp_mould", hazards.contains(&"damp_mould")),
            ("hazard", hazards.contains(&"heating_water") || hazards.contains(&"building_safety")),
            ("person_at_risk", self.draft.values(F::AtRisk).iter().any(|it| it != "none")),
            ("service_request_open", self.said(F::ReportOpen, "yes")),
            ("possibly_over_12_months", self.said(F::WhenAware, "over_12_months")),
            ("possibly_claim_at_court", self.said(F::ClaimAtCourt, "yes")),
            ("possibly_already_answered", self.said(F::AlreadyAnswered, "yes")),
            ("partly_not_ours", self.topics().any(|it| it.responsibility != "us")),
            ("data_protection", has(F::Topics, "personal_information")),
            (
                "authority_to_confirm",
                self.said(F::OnBehalfOf, "someone_else") && !is_known(self.draft.text(F::Consent)),
            ),
            ("accompanied", has(F::Adjustments, "supporter")),
        ];
        let rest = rest.into_iter().filter_map(|(flag, is_raised)| is_raised.then_some(flag));
        danger.into_iter().chain(heard).chain(rest).collect()
    }

    /// The hazards that were heard, by key.
    fn heard_hazards(&self) -> Vec<&'static str> {
        self.draft
            .heard()
            .map_or_else(Vec::new, |it| it.hazards.iter().map(|it| it.key()).collect())
    }

    /// The pages that what was heard leads to, in their order.
    fn heard_pages(&self) -> Vec<Advice> {
        let (careful, urgent): (Vec<_>, Vec<_>) = self
            .heard_hazards()
            .into_iter()
            .partition(|it| ["self_harm", "domestic_abuse"].contains(it));
        let is_told = ["yes", "not_sure"].contains(&self.draft.text(FieldName::Danger));
        let is_unhappy = self.draft.heard().is_some_and(|it| it.is_dissatisfied);
        let may_choose = self.said(FieldName::Intent, "feedback")
            || self.said(FieldName::Intent, "report")
                && self.draft.chosen(Advice::FirstReport) == Some(WAY_REQUEST);
        [
            (Advice::Careful, !careful.is_empty()),
            (Advice::Urgent, !urgent.is_empty() && !is_told),
            (Advice::Unhappy, is_unhappy && may_choose),
        ]
        .into_iter()
        .filter_map(|(advice, is_shown)| is_shown.then_some(advice))
        .collect()
    }

    fn recipients(&self) -> BTreeSet<&str> {
        self.topics().flat_map(|it| it.recipients.iter().map(String::as_str)).collect()
    }

    /// A complaint for oneself about one plain thing, at home, now.
    fn is_plain(&self) -> bool {
        self.kind() == "complaint"
            && self.said(FieldName::OnBehalfOf, "me")
            && self.flags().iter().all(|it| ["service_request_open", "accompanied"].contains(it))
    }
}

/// A list of keys in a record.
fn listed(list: Option<&Json>) -> Vec<&str> {
    list.and_then(Json::list).unwrap_or_default().iter().filter_map(Json::text).collect()
}

/// What was counted.
#[derive(Clone, Default)]
struct Figures {
    paths: usize,
    pages: usize,
    most: usize,
    most_plain: usize,
    most_stage_2: usize,
    violated: usize,
    /// The first few.
    violations: Vec<String>,
    /// Every so many-th draft.
    sample: Vec<Draft>,
}

impl Figures {
    fn add(&mut self, other: Self) {
        self.paths += other.paths;
        self.pages += other.pages;
        self.most = self.most.max(other.most);
        self.most_plain = self.most_plain.max(other.most_plain);
        self.most_stage_2 = self.most_stage_2.max(other.most_stage_2);
        self.violated += other.violated;
        self.sample.extend(other.sample);
        self.violations.extend(other.violations);
    }
}

/// A walk from one draft to every end that can be reached from it.
struct Walk<'a> {
    file: &'a File,
    plan: Plan,
    /// Whose turn it is.
    turn: usize,
    /// Where it stops, to be walked on by another thread.
    depth: usize,
    stopped: Vec<(Draft, Vec<Place>)>,
    places: Vec<Place>,
    figures: Figures,
}

impl<'a> Walk<'a> {
    fn new(file: &'a File, plan: Plan, places: Vec<Place>, depth: usize) -> Self {
        let figures = Figures::default();
        Self { file, plan, turn: 0, depth, stopped: Vec::new(), places, figures }
    }

    /// The answers over which to branch at a field.
    fn answers(&mut self, question: Question, field: &Field, draft: &Draft) -> Vec<Vec<String>> {
        let landlord = &self.file.landlord;
        let mut groups = groups(question, field, draft, self.file);
        if field.name == FieldName::Topics && !self.plan.has_all_topics {
            let plain = |group: &Vec<Vec<String>>| group.iter().any(|it| *it == ["other"]);
            groups.retain(|group| plain(group) || group[0].len() == Topic::ALL.len());
        }
        if groups.is_empty() {
            let is_required = validate::is_required(question, field, draft, landlord);
            let is_empty = !self.plan.is_full && !is_required;
            return vec![if is_empty { Vec::new() } else { full(field, landlord) }];
        }
        if self.plan.is_multiplied {
            return groups.concat();
        }
        let next = |mut group: Vec<Vec<String>>| {
            let at = self.next_turn() % group.len();
            group.swap_remove(at)
        };
        groups.into_iter().map(next).collect()
    }

    /// Not one after the other: that would be in step with the branches.
    fn next_turn(&mut self) -> usize {
        self.turn = self.turn.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        self.turn >> 16
    }

    fn check(&mut self, is_so: bool, what: &str, draft: &Draft) {
        if !is_so {
            self.figures.violated += 1;
        }
        if !is_so && self.figures.violations.len() < 10 {
            let told = format!("{draft:?}");
            self.figures.violations.push(format!("{}: {what}: {told}", self.file.landlord.id));
        }
    }

    /// The fields that were asked on the way here.
    fn asked(&self) -> Vec<FieldName> {
        let mut asked = Vec::new();
        for place in &self.places {
            if let Place::Ask(question) = place {
                asked.extend(question.fields_for(&self.file.landlord).map(|it| it.name));
            }
        }
        asked
    }

    fn on(&mut self, draft: &Draft) {
        let Some(place) = flow::next_open(draft, &self.file.landlord) else {
            return self.end(draft);
        };
        if self.places.len() == self.depth {
            return self.stopped.push((draft.clone(), self.places.clone()));
        }
        assert!(!self.places.contains(&place), "the walk comes back to {place:?}");
        self.page(draft, place);
        self.places.push(place);
        match place {
            Place::Ask(question) => self.answer(question, draft),
            Place::Advise(advice) => {
                for way in advice.ways(draft) {
                    let mut next = draft.clone();
                    next.choose(advice, way, "");
                    self.on(&next);
                }
            }
        }
        self.places.pop();
    }

    /// Branches over the answers of this page.
    fn answer(&mut self, question: Question, draft: &Draft) {
        let landlord = &self.file.landlord;
        let mut pages = vec![draft.clone()];
        for field in question.fields_for(landlord) {
            let mut answered = Vec::new();
            for page in &pages {
                for values in self.answers(question, field, page) {
                    let mut next = page.clone();
                    next.enter(field.name, values);
                    answered.push(next);
                }
            }
            pages = answered;
        }
        for mut page in pages {
            page.finish(question);
            let problems = validate::question(question, &page, landlord);
            self.check(problems.is_empty(), "an answer that should do is refused", &page);
            if problems.is_empty() {
                if question.fields().iter().any(|it| it.name == FieldName::Account) {
                    // What may be heard takes turns, too, whatever the words are.
                    let all = heard(!page.text(FieldName::Account).is_empty());
                    page.hear(all[self.next_turn() % all.len()].clone());
                }
                self.on(&page);
            }
        }
    }

    /// What must be true on every page.
    fn page(&mut self, draft: &Draft, place: Place) {
        self.figures.pages += 1;
        let (file, landlord) = (self.file, &self.file.landlord);

        let rights = rights::rights(draft, landlord);
        let expected = Expected { draft, file }.rights();
        let is_right = (rights.moment.key(), rights.lgsco.key()) == expected;
        self.check(is_right, "the rights are wrong", draft);

        let last = self.places.last().copied();
        let back = flow::before(place, draft, landlord);
        self.check(back == last, "back does not lead back", draft);
        let again = back.is_none_or(|it| flow::after(it, draft, landlord) == Some(place));
        self.check(again, "on and back are not each other's opposite", draft);
        self.check(flow::can_visit(place, draft, landlord), "the next page is shut", draft);

        // Whatever is answered later, or was answered off the path, this is still the next page.
        let mut shown = self.places.clone();
        shown.push(place);
        let all = poisoned(draft, &self.asked(), &shown, landlord);
        let is_same = flow::next_open(&all, landlord) == Some(place)
            && flow::path(&all, landlord).take(shown.len()).eq(shown);
        self.check(is_same, "a later answer changes an earlier page", draft);

        match place {
            Place::Ask(question) => {
                for field in question.fields_for(landlord) {
                    let is_required = validate::is_required(question, field, draft, landlord);
                    let may_be = MAY_BE_REQUIRED.contains(&field.name)
                        && question != Question::Stage2
                        && !(field.name == FieldName::Name && self.needs_no_name(question, draft));
                    self.check(!is_required || may_be, "too much is required", draft);
                }
            }
            Place::Advise(advice) => {
                let ways = advice.ways(draft);
                let is_open =
                    !ways.is_empty() && (ways.len() == 1 || ways.contains(&WAY_COMPLAINT));
                self.check(is_open, "advice without a way on", draft);
            }
        }
    }

    /// Rugby's policy on anonymous complaints; Code 6.12.
    fn needs_no_name(&self, question: Question, draft: &Draft) -> bool {
        let is_short = question != Question::Identity;
        let has_reference = !draft.text(FieldName::ComplaintReference).is_empty();
        self.file.raw["anonymous"] == "sometimes" || (is_short && has_reference)
    }

    /// What must be true at the end of every path.
    fn end(&mut self, draft: &Draft) {
        self.figures.paths += 1;
        let (file, landlord) = (self.file, &self.file.landlord);
        let expected = Expected { draft, file };

        // Each page was found with no later answer in the draft, so this one comparison says that
        // no row of the table looks ahead.
        let is_walked = flow::path(draft, landlord).eq(self.places.iter().copied());
        self.check(is_walked, "the path looks ahead", draft);
        let asked = self.asked();
        let once = asked.iter().enumerate().all(|(at, it)| !asked[..at].contains(it));
        self.check(once, "something is asked twice", draft);
        self.count(&expected);

        // Code 2.1 to 2.5: there is no path that ends in anything but a record.
        let Ok(record) = build(draft, landlord, shown(landlord)) else {
            return self.check(false, "a path is refused", draft);
        };
        let kind = record.get("kind").and_then(Json::text);
        self.check(kind == Some(expected.kind()), "the wrong kind of record", draft);
        let listed = |name: &str| listed(record.get("triage").and_then(|it| it.get(name)));
        let is_right = listed("flags") == expected.flags();
        self.check(is_right, "the wrong flags", draft);
        let is_right = listed("hazards") == expected.hazards();
        self.check(is_right, "the wrong hazards", draft);
        let recipients: BTreeSet<&str> = listed("recipients").into_iter().collect();
        self.check(recipients == expected.recipients(), "the wrong recipients", draft);
        let is_aware = record.get("triage").and_then(|it| it.get("awareAt")).is_some();
        let is_urgent = expected
            .heard_hazards()
            .iter()
            .any(|it| ["gas", "damp_mould", "flood_leak"].contains(it));
        let is_right = is_aware == (is_urgent || !expected.hazards().is_empty());
        self.check(is_right, "a hazard, and not since when the landlord knows", draft);
        let pages: Vec<Advice> = self
            .places
            .iter()
            .filter_map(|it| match it {
                Place::Advise(advice) if advice.is_heard() => Some(*advice),
                Place::Ask(_) | Place::Advise(_) => None,
            })
            .collect();
        let is_right = pages == expected.heard_pages();
        self.check(is_right, "what was heard leads elsewhere", draft);
        let noticed = record.get("triage").and_then(|it| it.get("noticed"));
        let is_right = noticed.is_some() == draft.heard().is_some();
        self.check(is_right, "what was heard is lost", draft);
        let rights = rights::rights(draft, landlord);
        let is_right = (rights.moment.key(), rights.lgsco.key()) == expected.rights();
        self.check(is_right, "the rights are wrong at the end", draft);

        // Answers to questions that were not asked do not exist.
        let all = poisoned(draft, &asked, &self.places, landlord);
        let is_same = build(&all, landlord, shown(landlord)).as_ref() == Ok(&record);
        self.check(is_same, "an answer off the path reaches the record", draft);
        let is_same = rights::rights(&all, landlord) == rights;
        self.check(is_same, "an answer off the path changes the rights", draft);

        // Over the wire, and back to the draft from which it could have been made.
        let text = serde_json::to_string(&record).unwrap();
        self.check(self.has_all(draft, &asked, &text), "an answer is lost", draft);
        let Ok(received) = serde_json::from_str::<Submission>(&text) else {
            return self.check(false, "a record can't be read", draft);
        };
        let problems = received.problems(landlord);
        self.check(problems.is_empty(), "a record does not pass the rules again", draft);
        let again = build(&received.draft(), landlord, shown(landlord));
        self.check(again.as_ref() == Ok(&record), "a record can't be made from itself", draft);

        if self.figures.paths % 31 == 1 || self.places.len() < 9 {
            let open = self.places.iter().all(|it| flow::can_visit(*it, draft, landlord));
            self.check(open, "a page that is done is shut", draft);
            self.figures.sample.push(draft.clone());
        }
    }

    fn count(&mut self, expected: &Expected) {
        let count = self.places.iter().filter(|it| matches!(it, Place::Ask(_))).count();
        let draft = expected.draft;
        self.check(count <= MOST_QUESTIONS, "too many questions", draft);
        self.figures.most = self.figures.most.max(count);
        if expected.is_plain() {
            self.check(count <= MOST_PLAIN, "too many questions on a plain complaint", draft);
            self.figures.most_plain = self.figures.most_plain.max(count);
        }
        if expected.kind() == "stage2" {
            self.check(count <= MOST_STAGE_2, "too many questions for stage 2", draft);
            self.figures.most_stage_2 = self.figures.most_stage_2.max(count);
        }
    }

    /// Whether everything that was typed on the path is in the record, to the letter. A disability
    /// is not where a consent is asked for and not given (UK GDPR 9(2)(a)).
    fn has_all(&self, draft: &Draft, asked: &[FieldName], record: &str) -> bool {
        let stays = |name: FieldName| {
            name == FieldName::Disability
                && self.file.raw["specialCategoryBasis"] == "explicit_consent"
                && draft.values(FieldName::DisabilityConsent).is_empty()
        };
        asked.iter().all(|name| match draft.values(*name) {
            [typed] if typed.starts_with("typed into ") => record.contains(typed) != stays(*name),
            _ => true,
        })
    }
}

/// Walks every path of these files, on all cores.
fn walk(files: &[File], plan: Plan) -> BTreeMap<String, Figures> {
    let mut figures: BTreeMap<String, Figures> = BTreeMap::new();
    let mut jobs = Vec::new();
    for file in files {
        // The first pages of all paths, as far as to the question whom it is for.
        let mut first = Walk::new(file, plan, Vec::new(), 6);
        first.on(&Draft::default());
        figures.insert(file.landlord.id.clone(), first.figures);
        jobs.extend(first.stopped.into_iter().map(|(draft, places)| (file, draft, places)));
    }
    let next = AtomicUsize::new(0);
    let cores = std::thread::available_parallelism().map_or(1, |it| it.get());
    let work = || {
        let mut done = Vec::new();
        while let Some((file, draft, places)) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
            let mut walk = Walk::new(file, plan, places.clone(), usize::MAX);
            walk.on(draft);
            done.push((file.landlord.id.clone(), walk.figures));
        }
        done
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        for (id, done) in threads.into_iter().flat_map(|it| it.join().unwrap()) {
            figures.get_mut(&id).unwrap().add(done);
        }
    });
    figures
}

fn report(title: &str, figures: &BTreeMap<String, Figures>, started: Instant) {
    let mut all = Figures::default();
    let mut by_landlord = Vec::new();
    for (id, it) in figures {
        by_landlord.push(format!("{id} {}/{}/{}", it.most, it.most_plain, it.most_stage_2));
        all.add(it.clone());
    }
    println!(
        "{title}: {} paths, {} pages, {} violations, {:.1} s; most questions (any/plain/stage 2): {}",
        all.paths,
        all.pages,
        all.violated,
        started.elapsed().as_secs_f32(),
        by_landlord.join(", ")
    );
    let first: Vec<_> = all.violations.iter().take(10).collect();
    assert!(first.is_empty(), "{first:#?}");
}

/// Code 2.1 to 2.5, 5.2, 6.12: no path refuses, whatever is answered and however little is typed.
#[test]
fn every_path_ends_in_a_record_when_as_little_as_possible_is_typed() {
    let started = Instant::now();
    let plan = Plan { is_full: false, is_multiplied: false, has_all_topics: true };
    report("as little as possible", &walk(&files(), plan), started);
}

/// Code 5.12: nothing that was asked for and typed is lost or reworded.
#[test]
fn every_path_ends_in_a_record_of_everything_when_all_is_typed() {
    let started = Instant::now();
    report("everything", everything(), started);
}

/// Everything is typed on every path, about a plain topic and about all topics at once.
fn everything() -> &'static BTreeMap<String, Figures> {
    static WALKED: OnceLock<BTreeMap<String, Figures>> = OnceLock::new();
    let plan = Plan { is_full: true, is_multiplied: false, has_all_topics: false };
    WALKED.get_or_init(|| walk(&files(), plan))
}

/// What the rules see of a draft: where it leads, what it raises, and what it is asked for.
fn seen(draft: &Draft, landlord: &Landlord) -> impl PartialEq + use<> {
    let places: Vec<Place> = flow::path(draft, landlord).collect();
    let mut required = Vec::new();
    for place in &places {
        if let Place::Ask(question) = place {
            let fields = question.fields_for(landlord);
            let fields = fields.filter(|it| validate::is_required(*question, it, draft, landlord));
            required.extend(fields.map(|it| it.name));
        }
    }
    let recipients: Vec<String> = record::recipients(draft, landlord).map(str::to_owned).collect();
    (
        (places, required, recipients),
        (triage::flags(draft, landlord), triage::hazards(draft, landlord)),
        rights::rights(draft, landlord),
    )
}

/// Every answer on a sample of all paths is changed, one after the other. Where the walk takes turns,
/// nothing else may change; and where it branches, something does somewhere.
#[test]
fn what_takes_turns_makes_no_difference() {
    let (files, sample) = (files(), everything());
    let (mut asked, mut moved) = (BTreeSet::new(), BTreeSet::new());
    for file in &files {
        let landlord = &file.landlord;
        for draft in &sample[&landlord.id].sample {
            let with = |field: &Field, values: &[String]| {
                let mut other = draft.clone();
                other.enter(field.name, values.to_vec());
                seen(&other, landlord)
            };
            for place in flow::path(draft, landlord).collect::<Vec<_>>() {
                let Place::Ask(question) = place else { continue };
                asked.insert(question);
                for field in question.fields_for(landlord) {
                    for group in turns(question, field, draft, file) {
                        let first = with(field, &group[0]);
                        for values in &group[1..] {
                            let is_same = with(field, values) == first;
                            assert!(is_same, "{:?}: {values:?} moves {draft:?}", field.name);
                        }
                        if first != seen(draft, landlord) {
                            moved.insert(field.name);
                        }
                    }
                }
            }
        }
    }
    assert_eq!(asked.len(), Question::ALL.len(), "the sample is too small");
    assert_eq!(moved, BTreeSet::from_iter(SEEN.iter().copied()));
}

/// The answers of a field in groups; all that there are in one group, where the rules see nothing.
fn turns(asked: Question, field: &Field, draft: &Draft, file: &File) -> Vec<Vec<Vec<String>>> {
    let groups = groups(asked, field, draft, file);
    if !groups.is_empty() {
        return groups;
    }
    let mut all = vec![full(field, &file.landlord), vec!["POISON".to_owned()], Vec::new()];
    if let Kind::Radios(options) | Kind::Checkboxes(options, _) = field.kind {
        all.extend(options(&file.landlord).into_iter().map(|it| vec![it.to_owned()]));
    }
    vec![all]
}

#[test]
#[ignore = "far more paths, none of which the rules can tell from those above; more than half an hour"]
fn every_answer_times_every_other() {
    let started = Instant::now();
    let plan = Plan { is_full: false, is_multiplied: true, has_all_topics: true };
    report("every answer", &walk(&files(), plan), started);
}
