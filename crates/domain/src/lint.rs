//! What the Code has to say about a landlord's file.
//!
//! Most of what the Code forbids can't be said in a file at all: there is no setting for it. People
//! try all the same, or say it in their own words to residents. So this looks at every key and every
//! text wherever it is, known to the form or not, and gives each finding its provision.
//!
//! It finds words; it does not read. A finding is a reason to look, and the sentence about it, which
//! is not here, says what to change.

use crate::code::DEFINITION;
use crate::colour::Colour;
use crate::json::{Fault, Finding, Json};
use crate::landlord;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The file breaks the Code, or can't be used.
    Error,
    /// The file may be used; somebody should look at this.
    Warning,
}

impl Level {
    /// The stable name.
    pub fn key(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// Something in a landlord's file that somebody should change or look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LintFinding {
    /// How much it matters.
    pub level: Level,
    /// What it is.
    pub rule: Rule,
    /// The provision of the Code: `6.2`, or several, `2.1/2.5`. `schema` where the Code has none.
    pub provision: &'static str,
    /// JSON pointer (RFC 6901) to it. Empty for the whole file.
    pub pointer: String,
}

/// What can be wrong with a landlord's file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// It does not have the form of a landlord's file.
    Form(Fault),
    /// The same field twice in one object: one program reads the first, another the last.
    DuplicateField,
    /// More or fewer than two stages (Code 5.3).
    NotTwoStages,
    /// An extra named stage: informal, stage 0, pre-complaint, concern (Code 5.2).
    NamedStage,
    /// A complaint called formal, as if there were another kind (Code 5.2).
    FormalComplaint,
    /// Reasons demanded for stage 2 (Code 6.12).
    ReasonsRequired,
    /// An exclusion that ends the journey instead of a person's decision (Code 2.1, 2.5).
    ExclusionEnds,
    /// The Ombudsman hidden, or shown only later (Code 3.7).
    OmbudsmanHidden,
    /// An account needed to complain (Code 3.2).
    AccountNeeded,
    /// Consent, authority or proof demanded before anything is sent (Code 1.3, 3.6).
    ConsentFirst,
    /// A time limit for complaining of less than twelve months (Code 2.3).
    ShortTimeLimit,
    /// A time limit for asking for stage 2 (Code 6.10; the edition of 2022 asked for one in 4.13).
    AskWithin,
    /// An exclusion for legal action that is wider than a claim filed at court (Code 2.2).
    LegalAction,
    /// An exclusion for an insurance claim (Code 2.2).
    InsuranceClaim,
    /// An exclusion for what comes from, or is about, an MP or a councillor (Code 2.2).
    Politician,
    /// An exclusion for how somebody behaved (Code 2.2, 5.14, 5.15).
    Behaviour,
    /// A first report said not to be a complaint, whatever the resident says (Code 1.3, 1.4).
    FirstReport,
    /// Only one way to ask for stage 2 (Code 3.1, 6.10).
    OneWayToStage2,
    /// Eight weeks or a designated person on the way to the Ombudsman, abolished in October 2022
    /// (Code 3.7).
    OldWayToOmbudsman,
    /// An address at which the Ombudsman no longer is, or no longer takes cases (Code 3.7).
    OldOmbudsmanContact,
    /// A definition of a complaint that is not the Code's (Code 1.2).
    OwnDefinition,
    /// Fewer than two ways to complain other than this form (Code 3.1).
    FewChannels,
    /// No number for emergencies at home (Code 6.1).
    NoUrgentPhone,
    /// Words that refuse (Code 2.1).
    Refusing,
    /// A colour of an unknown name, or not in the form `#0a5a53`: the form does without it.
    UnknownColour,
    /// A colour that too few can tell from what it stands on (Code 3.1; WCAG 1.4.3, 1.4.11): the form
    /// shows another.
    FaintColour,
}

impl Rule {
    /// How much it matters.
    pub fn level(self) -> Level {
        match self {
            Self::Form(fault) if fault.is_warning() => Level::Warning,
            Self::Form(_)
            | Self::DuplicateField
            | Self::NotTwoStages
            | Self::NamedStage
            | Self::FormalComplaint
            | Self::ReasonsRequired
            | Self::ExclusionEnds
            | Self::OmbudsmanHidden
            | Self::AccountNeeded
            | Self::ConsentFirst => Level::Error,
            Self::ShortTimeLimit
            | Self::AskWithin
            | Self::LegalAction
            | Self::InsuranceClaim
            | Self::Politician
            | Self::Behaviour
            | Self::FirstReport
            | Self::OneWayToStage2
            | Self::OldWayToOmbudsman
            | Self::OldOmbudsmanContact
            | Self::OwnDefinition
            | Self::FewChannels
            | Self::NoUrgentPhone
            | Self::Refusing
            | Self::UnknownColour
            | Self::FaintColour => Level::Warning,
        }
    }

    fn provision(self, pointer: &str) -> &'static str {
        match self {
            Self::Form(fault) => provision_of(fault, pointer),
            Self::DuplicateField | Self::UnknownColour => SCHEMA,
            Self::NotTwoStages => "5.3",
            Self::NamedStage | Self::FormalComplaint => "5.2",
            Self::ReasonsRequired => "6.12",
            Self::ExclusionEnds => "2.1/2.5",
            Self::OmbudsmanHidden | Self::OldWayToOmbudsman | Self::OldOmbudsmanContact => "3.7",
            Self::AccountNeeded => "3.2",
            Self::ConsentFirst => "1.3/3.6",
            Self::ShortTimeLimit => "2.3",
            Self::AskWithin => "6.10",
            Self::LegalAction | Self::InsuranceClaim | Self::Politician | Self::Behaviour => "2.2",
            Self::FirstReport => "1.3/1.4",
            Self::OneWayToStage2 => "3.1/6.10",
            Self::OwnDefinition => "1.2",
            Self::FewChannels | Self::FaintColour => "3.1",
            Self::NoUrgentPhone => "6.1",
            Self::Refusing => "2.1",
        }
    }
}

const SCHEMA: &str = "schema";

/// The provision that a fault of form touches, where it touches one.
fn provision_of(fault: Fault, pointer: &str) -> &'static str {
    match (fault, pointer) {
        (Fault::OverCode, "/times/acknowledge") => "6.2",
        (Fault::OverCode, "/times/stage1") => "6.3",
        (Fault::OverCode, "/times/stage1Extension") => "6.4",
        (Fault::OverCode, "/times/stage2") => "6.14",
        (Fault::OverCode, "/times/stage2Extension") => "6.15",
        (Fault::HousingOmbudsmanMissing, _) => "3.7",
        (Fault::UnknownChoice, pointer) if pointer.starts_with("/possibleExclusions/") => "2.2",
        _ => SCHEMA,
    }
}

/// Checks the text of a landlord's file.
pub fn text(text: &str) -> Vec<LintFinding> {
    match serde_json::from_str(text) {
        Ok(value) => lint(&value),
        Err(_) => vec![finding(Rule::Form(Fault::NotJson), String::new())],
    }
}

/// Checks a landlord's file: its form first, then every rule, in the order of the file. What is
/// missing comes last.
pub fn lint(value: &Json) -> Vec<LintFinding> {
    if value.fields().is_none() {
        return vec![finding(Rule::Form(Fault::NotObject), String::new())];
    }
    let mut walk = Walk::default();
    walk.value(value, "", &[]);
    walk.settings(value);
    let Walk { mut found, order } = walk;
    let mut form: Vec<LintFinding> =
        form(value).into_iter().map(|it| finding(Rule::Form(it.fault), it.pointer)).collect();
    // Each bad thing has one finding: the one that matters more, else the one that says more.
    form.retain(|it| !found.iter().any(|rule| is_at_or_in(rule, it) && rule.level <= it.level));
    found.retain(|rule| !form.iter().any(|it| is_at_or_in(rule, it) && it.level < rule.level));
    found.append(&mut form);
    let place = |pointer: &String| order.iter().position(|it| it == pointer);
    found.sort_by_key(|it| place(&it.pointer).unwrap_or(usize::MAX));
    found
}

fn finding(rule: Rule, pointer: String) -> LintFinding {
    LintFinding { level: rule.level(), rule, provision: rule.provision(&pointer), pointer }
}

/// Whether one finding is about the same value as another, or about a part of it.
fn is_at_or_in(inner: &LintFinding, outer: &LintFinding) -> bool {
    let rest = inner.pointer.strip_prefix(&outer.pointer);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Everything that the reader of landlords' files finds, the warnings too.
fn form(value: &Json) -> Vec<Finding> {
    let mut findings = match landlord::read(value) {
        Ok(parsed) => return parsed.warnings,
        Err(errors) => errors,
    };
    // A file with errors keeps its warnings to itself: each field is read in a file of its own, so
    // that all mistakes are heard of at once.
    const NEEDED: &[&str] = &["version", "configVersion", "id", "name"];
    for (name, field) in value.fields().unwrap_or_default() {
        if !NEEDED.contains(&name.as_str()) {
            let text = |text: &str| Json::Text(text.to_owned());
            let mut alone: Vec<_> = NEEDED.iter().map(|it| ((*it).to_owned(), text("x"))).collect();
            alone[0].1 = Json::Number(f64::from(landlord::VERSION));
            alone.push((name.clone(), field.clone()));
            if let Ok(parsed) = landlord::read(&Json::Object(alone)) {
                findings.extend(parsed.warnings);
            }
        }
    }
    // One place, one mistake; the Ombudsman's matters most.
    findings.sort_by_key(|it| it.fault != Fault::HousingOmbudsmanMissing);
    let mut seen: Vec<Finding> = Vec::new();
    for finding in findings {
        if !seen.iter().any(|it| it.pointer == finding.pointer) {
            seen.push(finding);
        }
    }
    seen
}

#[derive(Default)]
struct Walk {
    found: Vec<LintFinding>,
    /// Every pointer, in the order of the file.
    order: Vec<String>,
}

impl Walk {
    fn report(&mut self, rule: Rule, pointer: &str) {
        self.found.push(finding(rule, pointer.to_owned()));
    }

    /// Looks at a value. `path` holds the names of the fields that lead to it, plain.
    fn value(&mut self, value: &Json, pointer: &str, path: &[String]) {
        self.order.push(pointer.to_owned());
        match value {
            Json::Object(fields) => self.fields(fields, pointer, path),
            Json::List(list) => {
                for (at, item) in list.iter().enumerate() {
                    self.value(item, &format!("{pointer}/{at}"), path);
                }
            }
            Json::Text(text) => {
                for rule in rules_of_text(text, path) {
                    self.report(rule, pointer);
                }
            }
            Json::Null | Json::Bool(_) | Json::Number(_) => {}
        }
    }

    fn fields(&mut self, fields: &[(String, Json)], pointer: &str, path: &[String]) {
        for (at, (name, value)) in fields.iter().enumerate() {
            let pointer = format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
            if fields[..at].iter().any(|(earlier, _)| earlier == name) {
                self.order.push(pointer.clone());
                self.report(Rule::DuplicateField, &pointer);
                continue;
            }
            if NOT_SHOWN.contains(&name.as_str()) {
                continue;
            }
            let mut path = path.to_vec();
            path.push(plain_name(name));
            match rule_of_field(&path, value) {
                Some(rule) => {
                    self.order.push(pointer.clone());
                    self.report(rule, &pointer);
                }
                None => self.value(value, &pointer, &path),
            }
        }
    }

    /// What can be said in settings that the form knows, or by leaving them out.
    fn settings(&mut self, file: &Json) {
        let stage_2 = file.get("stage2");
        if stage_2.and_then(|it| it.get("askWithin")).and_then(Json::text).is_some() {
            self.report(Rule::AskWithin, "/stage2/askWithin");
        }
        let ways = stage_2.and_then(|it| it.get("ways")).and_then(Json::list);
        if ways.is_some_and(|ways| ways.len() == 1) {
            self.report(Rule::OneWayToStage2, "/stage2/ways");
        }
        let channels = file.get("channels");
        if channels.is_none_or(|it| it.list().is_some_and(|list| list.len() < 2)) {
            self.report(Rule::FewChannels, "/channels");
        }
        if file.get("urgentPhone").is_none() {
            self.report(Rule::NoUrgentPhone, "/urgentPhone");
        }
        for (name, value) in file.get("colors").and_then(Json::fields).unwrap_or_default() {
            if let Some(rule) = rule_of_colour(file, name, value) {
                self.report(rule, &["/colors/", name].concat());
            }
        }
    }
}

/// How a colour must stand out from the ground on which all stands.
const COLOURS: &[(&str, f64)] =
    &[("text", 4.5), ("brand", 3.0), ("link", 4.5), ("focus", 3.0), ("error", 4.5)];

fn rule_of_colour(file: &Json, name: &str, value: &Json) -> Option<Rule> {
    let Some(colour) = value.text().and_then(Colour::read) else {
        return Some(Rule::UnknownColour);
    };
    let surface = file.get("colors").and_then(|it| it.get("surface")).and_then(Json::text);
    let surface = surface.and_then(Colour::read).unwrap_or(Colour::WHITE);
    match COLOURS.iter().find(|(it, _)| *it == name) {
        Some((_, least)) => (colour.contrast(surface) < *least).then_some(Rule::FaintColour),
        None => (name != "surface").then_some(Rule::UnknownColour),
    }
}

/// What no resident reads.
const NOT_SHOWN: &[&str] = &["$schema", "comment", "version", "configVersion", "id"];

/// The name of a field in lower case, letters and digits only: `reasonsRequired`,
/// `reasons_required` and `Reasons required` are one.
fn plain_name(name: &str) -> String {
    let name = name.chars().filter(|it| it.is_alphanumeric());
    name.flat_map(char::to_lowercase).collect()
}

// Names of fields, plain.

const REQUIRED: &str = "requir|mandatory|compulsory|must|need|obligatory|demand|insist";
const REASONS: &str = "reason|explain|explanation|justification";
const ACCOUNT: &str = "\
    account|login|logon|loggedin|signin|signedin|signup|registration|registered|authenticat|\
    password|portal";
const CONSENT: &str = "\
    consent|authority|authoris|authoriz|signature|signed|proof|evidence|upload|\
    attachment|photo|representativ|advocate|attorney";
const ENDS: &str = "\
    end|ends|ending|final|stop|stops|block|blocks|blocking|deny|denies|prevent|prevents|\
    terminal|terminate|terminates|close|closes";
const REFUSES: &str = "\
    reject|refuse|autoclose|blocklist|blacklist|blocked|banned|hardstop|endsjourney|\
    endjourney|stopsjourney|stopjourney|blockssending|blockcomplaint";
const EXTRA_STAGES: &str = "informal|precomplaint|prestage|stage0|stagezero";
const OLD_WAYS: &str = "designatedperson|democraticfilter|eightweek|8week";
const LATER_STAGES: &str = "stage3|stage4|stagethree|stagefour|thirdstage|fourthstage";
const TIME_LIMITS: &str = "\
    timelimit|limitmonths|limitweeks|limitdays|maxage|olderthan|complainwithin|withinmonths|\
    withinweeks|withindays|cutoff";

/// What a field means, by its name, the names around it and its value.
fn rule_of_field(path: &[String], value: &Json) -> Option<Rule> {
    let field = Field::new(path, value)?;
    let is_exclusion = field.is_about("exclu|eligib");
    match () {
        () if field.is_about(REASONS) && field.is_demanded() && !field.is_about("late") => {
            Some(Rule::ReasonsRequired)
        }
        () if field.has(OLD_WAYS) && is_on(value)
            || field.has("ombuds") && field.has("before|wait|weeks") && is_on(value) =>
        {
            Some(Rule::OldWayToOmbudsman)
        }
        () if field.hides_ombudsman() => Some(Rule::OmbudsmanHidden),
        () if field.needs_account() => Some(Rule::AccountNeeded),
        () if field.is_about(CONSENT)
            && (field.is_demanded() || field.has("before|first") && is_on(value)) =>
        {
            Some(Rule::ConsentFirst)
        }
        () if field.counts_stages() => {
            field.stages().filter(|it| *it != 2.0).map(|_| Rule::NotTwoStages)
        }
        () if field.has(EXTRA_STAGES) && is_on(value) => Some(Rule::NamedStage),
        () if field.has(LATER_STAGES) && is_on(value) => Some(Rule::NotTwoStages),
        () if is_exclusion && field.ends() || field.has(REFUSES) && is_on(value) => {
            Some(Rule::ExclusionEnds)
        }
        () if is_exclusion && is_on(value) && field.excluded().is_some() => field.excluded(),
        () if field.has("firstreport|firsttime|firstcontact") => {
            let is_not = field.has("not|request") && is_on(value)
                || field.has("complaint") && is_off(value)
                || value.text().is_some_and(|it| has(&plain(it), "not"));
            is_not.then_some(Rule::FirstReport)
        }
        () if field.is_about("stage2|escalat|appeal") && field.limits_time(is_exclusion) => {
            // The setting for it has its finding by itself.
            let is_limit = field.around != "stage2/askwithin" && is_on(value);
            is_limit.then_some(Rule::AskWithin)
        }
        () if field.limits_time(is_exclusion) => {
            let days = limit_in_days(field.name, value)?;
            (days < TWELVE_MONTHS).then_some(Rule::ShortTimeLimit)
        }
        () if field.has("definition") => {
            value.text().filter(|it| !is_the_definition(it)).map(|_| Rule::OwnDefinition)
        }
        () => None,
    }
}

/// A field and where it is, by plain names.
struct Field<'a> {
    path: &'a [String],
    name: &'a str,
    around: String,
    value: &'a Json,
}

impl<'a> Field<'a> {
    fn new(path: &'a [String], value: &'a Json) -> Option<Self> {
        let mut field = Self { path, name: path.last()?, around: path.join("/"), value };
        // What is required may be the value: `"required": ["reasons"]`.
        if field.has(REQUIRED) {
            let list = value.list().unwrap_or(std::slice::from_ref(value));
            for text in list.iter().filter_map(Json::text) {
                field.around = [&field.around, "/", &plain_name(text)].concat();
            }
        }
        Some(field)
    }

    /// Whether its name has one of these words in it.
    fn has(&self, words: &str) -> bool {
        words.split('|').any(|word| self.name.contains(word))
    }

    /// Whether its name is one of these.
    fn is(&self, names: &str) -> bool {
        names.split('|').any(|name| self.name == name)
    }

    /// Whether its name or a name around it has one of these words in it.
    fn is_about(&self, words: &str) -> bool {
        words.split('|').any(|word| self.around.contains(word))
    }

    /// Whether its value is one of these texts.
    fn says(&self, texts: &str) -> bool {
        let value = self.value.text().map(plain);
        value.is_some_and(|value| texts.split('|').any(|text| value == text))
    }

    fn is_demanded(&self) -> bool {
        self.has(REQUIRED) && is_on(self.value)
            || self.has("optional|voluntary") && is_off(self.value)
            || self.says("required|mandatory|compulsory|must|needed")
    }

    fn hides_ombudsman(&self) -> bool {
        let is_rights = |name: &str| {
            matches!(name, "rights" | "showrights" | "hiderights" | "yourrights")
                || name.contains("rightspanel")
                || name.contains("rightsblock")
        };
        if self.has("ombuds") || is_rights(self.name) {
            let hides = "hide|hidden|remove|without|omit|disable|suppress|after|only|from|when";
            // An empty list of Ombudsmen is a fault of form, with the same provision.
            let is_list = matches!(self.value, Json::List(_) | Json::Object(_));
            self.has(hides) && is_on(self.value) || !is_list && is_off(self.value)
        } else if self.is_about("ombuds") || self.path.iter().any(|name| is_rights(name)) {
            self.is("hide|hidden|disabled|remove|removed") && is_on(self.value)
                || self.is("show|shown|enabled|visible|display") && is_off(self.value)
        } else {
            false
        }
    }

    fn needs_account(&self) -> bool {
        self.is_about(ACCOUNT) && self.is_demanded()
            || self.has("portalonly|onlineonly|onlyportal|onlyonline") && is_on(self.value)
            || self.is("login|signin") && *self.value == Json::Bool(true)
    }

    /// Which exclusion it is that the Code does not have, by its name.
    fn excluded(&self) -> Option<Rule> {
        match () {
            () if self.has("legalaction|legalproceeding|solicitor|litigation|lawyer") => {
                Some(Rule::LegalAction)
            }
            () if self.has("insurance") => Some(Rule::InsuranceClaim),
            () if self.is("mp|mps") || self.has("councillor|excludemp|mpcomplaint|mpenquir") => {
                Some(Rule::Politician)
            }
            () if self.has("vexatious|persistent|abusive|behaviour") => Some(Rule::Behaviour),
            () => None,
        }
    }

    fn limits_time(&self, is_exclusion: bool) -> bool {
        self.is_about("timelimit")
            || self.has(TIME_LIMITS)
            || is_exclusion && self.is("months|weeks|days|years")
            || self.is_about("stage2|escalat|appeal") && self.has("window|within|deadline")
    }

    fn counts_stages(&self) -> bool {
        self.is("stages|numberofstages|stagecount|maxstages|complaintstages")
            || self.is("count|number|total") && self.path.iter().any(|name| name == "stages")
    }

    fn stages(&self) -> Option<f64> {
        match self.value {
            Json::List(list) => Some(list.len() as f64),
            Json::Number(number) => Some(*number),
            Json::Text(text) => number(&plain(text)).map(f64::from),
            Json::Null | Json::Bool(_) | Json::Object(_) => None,
        }
    }

    fn ends(&self) -> bool {
        let words = "end|ends|stop|stops|block|blocks|reject|refuse|deny|close";
        self.is(ENDS) && is_on(self.value) || self.is("action|effect|result") && self.says(words)
    }
}

/// Whether a value switches something on.
fn is_on(value: &Json) -> bool {
    match value {
        Json::Null => false,
        Json::Bool(is_on) => *is_on,
        Json::Number(number) => *number != 0.0,
        Json::Text(text) => !NO.contains(&plain(text).as_str()),
        Json::List(list) => list.iter().any(is_on),
        Json::Object(fields) => fields.iter().any(|(_, value)| is_on(value)),
    }
}

/// Whether a value switches something off. What is absent does not.
fn is_off(value: &Json) -> bool {
    *value != Json::Null && !is_on(value)
}

const NO: &[&str] = &[
    "",
    "no",
    "none",
    "never",
    "not",
    "false",
    "off",
    "optional",
    "not required",
    "hidden",
    "hide",
];

const TWELVE_MONTHS: u32 = 360;

/// The length of a time limit. A bare number is in the unit of the field's name, else in months.
fn limit_in_days(name: &str, value: &Json) -> Option<u32> {
    if let Some(text) = value.text()
        && number(&plain(text)).is_none()
    {
        return shortest_in_days(&plain(text));
    }
    let count = value.count().or_else(|| value.text().and_then(|it| number(&plain(it))))?;
    let unit = UNITS.iter().find(|(unit, _)| name.contains(unit)).map(|(_, days)| *days);
    Some(count.saturating_mul(unit.unwrap_or(if count > 24 { 1 } else { 30 })))
}

const UNITS: &[(&str, u32)] = &[("day", 1), ("week", 7), ("month", 30), ("year", 365)];

const NUMBERS: &[&str] = &[
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve",
];

/// A number in digits or in words, up to twelve.
fn number(word: &str) -> Option<u32> {
    let in_words = NUMBERS.iter().position(|it| *it == word).map(|at| at as u32);
    in_words.or_else(|| word.parse().ok())
}

/// The shortest length of time in a sentence; working days are a time to answer, and don't count.
fn shortest_in_days(sentence: &str) -> Option<u32> {
    let words: Vec<&str> = words(sentence).collect();
    let lengths = words.windows(2).filter_map(|pair| {
        let count = if matches!(pair[0], "a" | "an") { Some(1) } else { number(pair[0]) }?;
        let (_, days) = UNITS.iter().find(|(unit, _)| pair[1].trim_end_matches('s') == *unit)?;
        Some(count.saturating_mul(*days))
    });
    lengths.min()
}

fn is_the_definition(text: &str) -> bool {
    let text = plain(text);
    let text = text.trim_matches(|it: char| "'\" .".contains(it));
    text == DEFINITION || text.strip_prefix("a complaint is ") == Some(DEFINITION)
}

/// A text as it is compared: lower case, plain quotation marks and dashes, single blanks.
fn plain(text: &str) -> String {
    let text: String = text
        .chars()
        .map(|it| match it {
            '’' | '‘' => '\'',
            '“' | '”' => '"',
            '–' | '—' | '\u{2010}' | '\u{2011}' => '-',
            '_' => ' ',
            it => it,
        })
        .collect();
    text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|it: char| !it.is_alphanumeric()).filter(|it| !it.is_empty())
}

/// Whether a text has these words, as whole words.
fn has(text: &str, phrase: &str) -> bool {
    text.match_indices(phrase).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + phrase.len()..].chars().next();
        ![before, after].into_iter().flatten().any(char::is_alphanumeric)
    })
}

/// Whether a text has one of these, with `|` between them, as whole words.
fn has_any(text: &str, phrases: &str) -> bool {
    phrases.split('|').any(|phrase| has(text, phrase))
}

// Words in texts, plain.

const OLD_CONTACTS: &str = "\
    exchange tower|harbour exchange|e14 9ge|po box 152|p.o. box 152|l33 7wq|\
    info@housing-ombudsman.org.uk";
const NAMED_STAGES: &str = "\
    informal|informally|stage 0|stage zero|stage nought|pre-complaint|pre-complaints|\
    precomplaint|pre complaint|pre-stage";
const CONCERNS: &str = "\
    raise a concern|raise your concern|raise concerns|report a concern|log a concern|\
    expression of concern|expressions of concern|concern form|concerns form|\
    concerns procedure|concerns process";
const REFUSALS: &str = "\
    will not accept|won't accept|do not accept|don't accept|cannot accept|can't accept|\
    not be accepted|not accepted|unable to accept|not able to accept|cannot complain|\
    can't complain|can not complain|may not complain|must not complain|no right to complain|\
    not eligible|will not look into|won't look into|do not look into|don't look into|\
    cannot look into|can't look into|will not investigate|won't investigate|\
    do not investigate|don't investigate|cannot investigate|can't investigate|\
    not be investigated|will not consider|won't consider|do not consider|don't consider|\
    cannot consider|can't consider|not be considered|will be rejected|will be refused|\
    is rejected|are rejected|do not use this form|don't use this form|cannot use this form|\
    can't use this form";
const LEGAL: &str = "\
    legal action|legal proceedings|legal claim|legal claims|court action|litigation|\
    solicitor|solicitors|lawyer|lawyers|pre-action|letter before claim|disrepair claim|\
    disrepair claims";
const FILED: &str = "filed|at court|claim form|particulars of claim";
const INSURANCE: &str = "insurance|insurer|insurers";
const POLITICIANS: &str = "\
    mp|mps|mp's|member of parliament|members of parliament|councillor|councillors|\
    against members|elected member|elected members";
const BEHAVIOUR: &str = "\
    vexatious|persistent|persistently|unreasonable behaviour|unacceptable behaviour|abusive|\
    serial complainant|serial complainants|habitual";
const FIRST: &str = "\
    first report|first reports|first time|first-time|first contact|first request|\
    initial report|initial request|first tell us|first told";
const NOT_A_COMPLAINT: &str = "\
    not a complaint|not complaints|not be a complaint|not yet a complaint|isn't a complaint|\
    never a complaint|not as a complaint|not as complaints|not treated as a complaint|\
    not treated as complaints|not treat it as a complaint|not treat this as a complaint|\
    not treat them as complaints|not count as a complaint";
const ANSWERING: &str = "\
    answer|answers|answered|reply|respond|response|acknowledge|acknowledged|get back|\
    write to you|resolve|resolved|decide|look into|investigate|extend|extension|ombudsman";

/// What a text says that it should not. One thing is said once, however often the text says it.
fn rules_of_text(text: &str, path: &[String]) -> Vec<Rule> {
    let text = plain(text);
    let mut rules = Vec::new();
    if has_any(&text, OLD_CONTACTS) {
        rules.push(Rule::OldOmbudsmanContact);
    }
    // An address of a page is not read.
    if ["https://", "http://", "/"].iter().any(|start| text.starts_with(start)) {
        return rules;
    }
    let is_about_ombudsman = has_any(&text, "ombudsman|ombudsman's");
    if has_any(&text, "designated person|designated persons|designated tenant panel")
        || is_about_ombudsman && has_any(&text, "8 weeks|8-week|eight weeks|eight-week")
    {
        rules.push(Rule::OldWayToOmbudsman);
    }
    let is_label = path.iter().any(|name| {
        let labels = ["label", "words", "term", "title", "heading", "button", "stagename"];
        name == "stages" || labels.iter().any(|it| name.contains(it))
    });
    if has_any(&text, NAMED_STAGES)
        || has_any(&text, CONCERNS)
        || is_label && has_any(&text, "concern|concerns")
    {
        rules.push(Rule::NamedStage);
    }
    if is_formal(&text) {
        rules.push(Rule::FormalComplaint);
    }
    for sentence in text.split(['.', '!', '?', ';']) {
        for rule in rules_of_sentence(sentence, path) {
            if !rules.contains(&rule) {
                rules.push(rule);
            }
        }
    }
    rules
}

/// Whether it names a complaint formal.
fn is_formal(text: &str) -> bool {
    let words: Vec<&str> = words(text).collect();
    let names = ["complaint", "complaints", "complainant", "stage", "process", "procedure"];
    words.iter().enumerate().any(|(at, word)| {
        let mut next = words[at + 1..].iter().take(2);
        let complains = |word: &&str| word.starts_with("complain");
        match *word {
            "formal" => next.any(|it| names.contains(it)),
            "formally" => next.any(complains) || at > 0 && complains(&words[at - 1]),
            _ => false,
        }
    })
}

fn rules_of_sentence(sentence: &str, path: &[String]) -> Vec<Rule> {
    let is_refusing = has_any(sentence, REFUSALS);
    let is_exclusion = path.iter().any(|name| name.contains("exclu"));
    let mut rules = Vec::new();
    if is_refusing || is_exclusion {
        let exclusions = [
            (Rule::LegalAction, has_any(sentence, LEGAL) && !has_any(sentence, FILED)),
            (Rule::InsuranceClaim, has_any(sentence, INSURANCE)),
            (Rule::Politician, has_any(sentence, POLITICIANS)),
            (Rule::Behaviour, has_any(sentence, BEHAVIOUR)),
        ];
        rules.extend(exclusions.into_iter().filter(|(_, is_it)| *is_it).map(|(rule, _)| rule));
    }
    let is_about_complaining = words(sentence).any(|it| it.starts_with("complain"));
    let is_must = has_any(sentence, "must|need to|have to|required to")
        && !has_any(
            sentence,
            "not have to|don't have to|not need to|don't need to|not required to",
        );
    let rule = if !rules.is_empty() {
        None
    } else if has_any(sentence, FIRST) && has_any(sentence, NOT_A_COMPLAINT) {
        Some(Rule::FirstReport)
    } else if let Some(rule) = time_limit(sentence, path, is_about_complaining, is_refusing) {
        Some(rule)
    } else if is_must && has_any(sentence, WHY) {
        Some(Rule::ReasonsRequired)
    } else if is_about_complaining
        && (is_must || has(sentence, "need"))
        && has_any(sentence, SIGN_IN)
    {
        Some(Rule::AccountNeeded)
    } else if is_consent_first(sentence) {
        Some(Rule::ConsentFirst)
    } else if has_any(sentence, STAGES) && !has_any(sentence, "no|not|never") {
        Some(Rule::NotTwoStages)
    } else if has_any(sentence, DEFINES) && !sentence.contains(DEFINITION) {
        Some(Rule::OwnDefinition)
    } else {
        is_refusing.then_some(Rule::Refusing)
    };
    rules.extend(rule);
    rules
}

const WHY: &str = "\
    explain|explain why|give reasons|give a reason|give your reasons|give us your reasons|\
    state your reasons|tell us why|say why";
const SIGN_IN: &str = "an account|sign in|log in|register|login|signed in|logged in";
const STAGES: &str = "stage 3|stage three|third stage|three stages|three-stage|stage 4";
const DEFINES: &str = "\
    complaint is defined as|complaint means|define a complaint|complaint is an expression";

fn is_consent_first(sentence: &str) -> bool {
    let waits = has_any(sentence, "until|unless|without|before")
        && has_any(sentence, "cannot|can't|will not|won't|do not|don't");
    let demands = has_any(sentence, "before|first") && has_any(sentence, "must|need|needs");
    has_any(sentence, "consent|authorisation|authority|proof|signed")
        && (waits || demands)
        && !has_any(sentence, "share|private|personal|disclose|confidential")
}

/// A limit of less than twelve months, for complaining or for asking for stage 2.
fn time_limit(
    sentence: &str,
    path: &[String],
    is_about_complaining: bool,
    is_refusing: bool,
) -> Option<Rule> {
    // It has a finding of its own.
    if path.last().is_some_and(|it| it == "askwithin") {
        return None;
    }
    let days = shortest_in_days(sentence)?;
    let is_exclusion = path.iter().any(|name| name.contains("exclu"));
    let is_limit = is_exclusion
        || has_any(sentence, "older than|time limit|ago|month limit|limit of")
        || has_any(sentence, "within|no later than|not later than|up to|deadline")
            && !has_any(sentence, ANSWERING);
    let is_about_stage_2 = has_any(sentence, "stage 2|stage two|appeal|escalate|escalation|review");
    match () {
        () if !is_limit || days >= TWELVE_MONTHS => None,
        () if is_about_stage_2 => Some(Rule::AskWithin),
        () => {
            let is_it = is_about_complaining
                || is_refusing
                || is_exclusion
                || has_any(sentence, "tell us|contact us|report it");
            is_it.then_some(Rule::ShortTimeLimit)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{
        "version": 1, "configVersion": "2026-11-22", "id": "x", "name": "Example Homes",
        "channels": [{"kind": "phone", "value": "01632 960001"}, {"kind": "staff"}],
        "urgentPhone": "01632 960999""#;

    fn found(fields: &str) -> Vec<(&'static str, Rule, String)> {
        let comma = if fields.is_empty() { "" } else { "," };
        let findings = text(&format!("{GOOD}{comma} {fields}}}"));
        findings.into_iter().map(|it| (it.provision, it.rule, it.pointer)).collect()
    }

    #[track_caller]
    fn one(field: &str, provision: &str, rule: Rule, pointer: &str) {
        assert_eq!(found(field), [(provision, rule, pointer.to_owned())], "{field}");
    }

    #[test]
    fn a_file_within_the_code_has_no_findings() {
        for fields in [
            "",
            r#""comment": "The landlord's page speaks of formal complaints and of stage 0.""#,
            r#""notes": ["You can complain about something that happened long ago."]"#,
            r#""notes": ["We answer your complaint within 10 working days, and within 2 weeks."]"#,
            r#""notes": ["If a claim was filed at court, we may not be able to look into all of it."]"#,
            r#""notes": ["We have no third stage. If you have a concern about safety, phone us."]"#,
            r#""notes": ["Service requests are not complaints.", "Tell us when we must visit."]"#,
            r#""notes": ["We must see signed consent before we share private things."]"#,
            r#""notes": ["You do not have to explain why. You need no account to complain."]"#,
            r#""notes": ["We need consent, unless someone is vulnerable. It can follow later."]"#,
            r#""notes": ["Our information is free.", "Complain within 12 months or later: we decide."]"#,
            r#""notes": ["We look into insurance claims apart. MPs can help you to complain."]"#,
            r#""times": {"stage1From": "receipt", "stage2": 20, "stage2Extension": 20}"#,
            r#""topics": [{"topic": "applying", "ombudsman": "both"}], "stage2": {"by": "a Head"}"#,
            r#""policy": {"name": "Policy", "url": "https://www.example.org/formal-complaint"}"#,
        ] {
            assert_eq!(found(fields), [], "{fields}");
        }
    }

    #[test]
    fn a_setting_that_the_code_forbids_is_found_however_it_is_written() {
        for field in [
            r#""reasonsRequired": true"#,
            r#""require_reasons": 1"#,
            r#""Reasons required": "yes""#,
            r#""reasons": "required""#,
            r#""reasonsOptional": false"#,
            r#""mustExplain": {"stage2": true}"#,
        ] {
            let inside = format!(r#""stage2": {{{field}}}"#);
            let found = found(&inside);
            assert_eq!(found.len(), 1, "{field}: {found:?}");
            assert_eq!(found[0].1, Rule::ReasonsRequired, "{field}");
        }
        let reasons =
            |inside: &str| found(&format!(r#""stage2": {{"reasonsRequired": {inside}}}"#));
        assert_eq!(reasons("false")[0].1, Rule::Form(Fault::UnknownField));
        assert_eq!(reasons("null")[0].1, Rule::Form(Fault::UnknownField));
    }

    /// A field, its provision, what it is, and where.
    #[rustfmt::skip]
    const FORBIDDEN: &[(&str, &str, Rule, &str)] = &[
        (r#""stages": 3"#, "5.3", Rule::NotTwoStages, "/stages"),
        (r#""stages": ["First", "Second", "Panel"]"#, "5.3", Rule::NotTwoStages, "/stages"),
        (r#""process": {"stages": "three"}"#, "5.3", Rule::NotTwoStages, "/process/stages"),
        (r#""stage3": {"by": "a panel"}"#, "5.3", Rule::NotTwoStages, "/stage3"),
        (r#""informalStage": true"#, "5.2", Rule::NamedStage, "/informalStage"),
        (r#""times": {"stage0": 5}"#, "5.2", Rule::NamedStage, "/times/stage0"),
        (r#""words": {"resident": "a", "residents": "b", "complaint": "concern"}"#, "5.2", Rule::NamedStage, "/words/complaint"),
        (r#""exclusions": [{"kind": "late", "ends": true}]"#, "2.1/2.5", Rule::ExclusionEnds, "/exclusions/0/ends"),
        (r#""exclusions": [{"effect": "reject"}]"#, "2.1/2.5", Rule::ExclusionEnds, "/exclusions/0/effect"),
        (r#""autoReject": true"#, "2.1/2.5", Rule::ExclusionEnds, "/autoReject"),
        (r#""blocklist": ["Amira"]"#, "2.1/2.5", Rule::ExclusionEnds, "/blocklist"),
        (r#""ombudsman": false"#, "3.7", Rule::OmbudsmanHidden, "/ombudsman"),
        (r#""rights": {"show": false}"#, "3.7", Rule::OmbudsmanHidden, "/rights/show"),
        (r#""hideOmbudsman": true"#, "3.7", Rule::OmbudsmanHidden, "/hideOmbudsman"),
        (r#""ombudsmanAfter": "stage2""#, "3.7", Rule::OmbudsmanHidden, "/ombudsmanAfter"),
        (r#""ombudsmen": ["lgsco"]"#, "3.7", Rule::Form(Fault::HousingOmbudsmanMissing), "/ombudsmen"),
        (r#""ombudsmen": false"#, "3.7", Rule::OmbudsmanHidden, "/ombudsmen"),
        (r#""loginRequired": true"#, "3.2", Rule::AccountNeeded, "/loginRequired"),
        (r#""access": {"requires_account": "yes"}"#, "3.2", Rule::AccountNeeded, "/access/requires_account"),
        (r#""representatives": {"authority": "signed", "required": true}"#, "1.3/3.6", Rule::ConsentFirst, "/representatives/required"),
        (r#""requireProof": true"#, "1.3/3.6", Rule::ConsentFirst, "/requireProof"),
        (r#""timeLimitMonths": 6"#, "2.3", Rule::ShortTimeLimit, "/timeLimitMonths"),
        (r#""timeLimit": {"weeks": 12}"#, "2.3", Rule::ShortTimeLimit, "/timeLimit/weeks"),
        (r#""timeLimit": "six months""#, "2.3", Rule::ShortTimeLimit, "/timeLimit"),
        (r#""definition": "when we fail""#, "1.2", Rule::OwnDefinition, "/definition"),
        (r#""firstReportIsComplaint": false"#, "1.3/1.4", Rule::FirstReport, "/firstReportIsComplaint"),
        (r#""times": {"stage2Extension": 21}"#, "6.15", Rule::Form(Fault::OverCode), "/times/stage2Extension"),
        (r#""possibleExclusions": ["vexatious"]"#, "2.2", Rule::Form(Fault::UnknownChoice), "/possibleExclusions/0"),
        (r#""stage2": {"requires": ["reasons"]}"#, "6.12", Rule::ReasonsRequired, "/stage2/requires"),
        (r#""mandatory": ["account"]"#, "3.2", Rule::AccountNeeded, "/mandatory"),
        (r#""requiredBeforeSending": "signed consent""#, "1.3/3.6", Rule::ConsentFirst, "/requiredBeforeSending"),
        (r#""exclusions": {"legalAction": true}"#, "2.2", Rule::LegalAction, "/exclusions/legalAction"),
        (r#""excludeMPs": true"#, "2.2", Rule::Politician, "/excludeMPs"),
        (r#""excludeVexatious": true"#, "2.2", Rule::Behaviour, "/excludeVexatious"),
        (r#""exclusions": ["over_6_months"]"#, "2.3", Rule::ShortTimeLimit, "/exclusions/0"),
        (r#""exclusions": [{"kind": "old", "months": 6}]"#, "2.3", Rule::ShortTimeLimit, "/exclusions/0/months"),
        (r#""possibleExclusions": ["over_6_months"]"#, "2.2", Rule::Form(Fault::UnknownChoice), "/possibleExclusions/0"),
        (r#""stage2Window": "six weeks""#, "6.10", Rule::AskWithin, "/stage2Window"),
        (r#""weeksBeforeOmbudsman": 8"#, "3.7", Rule::OldWayToOmbudsman, "/weeksBeforeOmbudsman"),
        (r#""designatedPerson": true"#, "3.7", Rule::OldWayToOmbudsman, "/designatedPerson"),
        (r#""firstReport": "not_a_complaint""#, "1.3/1.4", Rule::FirstReport, "/firstReport"),
    ];

    #[test]
    fn each_forbidden_setting_has_its_provision() {
        for (field, provision, rule, pointer) in FORBIDDEN {
            one(field, provision, *rule, pointer);
        }
        for field in [
            r#""stages": 2"#,
            r#""timeLimitMonths": 12"#,
            r#""accountRequired": false"#,
            r#""rights": true"#,
        ] {
            assert_eq!(found(field)[0].1, Rule::Form(Fault::UnknownField), "{field}");
        }
    }

    #[test]
    fn the_definition_of_the_code_is_known_word_for_word() {
        let typeset = format!("\u{201c}A{}.\u{201d}", &DEFINITION[1..]);
        assert!(is_the_definition(&typeset));
        assert!(is_the_definition(&format!("A complaint is {DEFINITION}")));
        assert!(!is_the_definition(&DEFINITION.replace("however made, ", "")));
    }

    #[test]
    fn a_text_that_a_resident_reads_is_read_too() {
        use Rule as R;
        for (note, rule) in [
            ("First make an informal complaint.", R::NamedStage),
            ("This is our Stage Zero.", R::NamedStage),
            ("Log a concern with us.", R::NamedStage),
            ("Make a Formal Complaint.", R::FormalComplaint),
            ("Tell us when you formally complain.", R::FormalComplaint),
            ("Complain within six months.", R::ShortTimeLimit),
            ("We do not look into things older than 6 months.", R::ShortTimeLimit),
            ("Ask for stage 2 within 20 days.", R::AskWithin),
            ("We will not accept complaints where a solicitor is involved.", R::LegalAction),
            ("Complaints about an insurance claim will be rejected.", R::InsuranceClaim),
            ("We do not look into complaints from MPs.", R::Politician),
            ("We won’t accept vexatious complaints.", R::Behaviour),
            ("The first time you tell us is not a complaint.", R::FirstReport),
            ("You must explain why you want us to look again.", R::ReasonsRequired),
            ("You need an account to complain.", R::AccountNeeded),
            ("We cannot start until we have signed consent.", R::ConsentFirst),
            ("Ask a designated person first.", R::OldWayToOmbudsman),
            ("Wait eight weeks, then ask the Ombudsman.", R::OldWayToOmbudsman),
            ("Write to PO Box 152, Liverpool.", R::OldOmbudsmanContact),
            ("E-mail info@housing-ombudsman.org.uk.", R::OldOmbudsmanContact),
            ("A complaint means that we did not keep a promise.", R::OwnDefinition),
            ("We have three stages.", R::NotTwoStages),
            ("People who own their home cannot complain.", R::Refusing),
        ] {
            let found = found(&format!(r#""notes": ["{note}"]"#));
            assert_eq!(found.len(), 1, "{note}: {found:?}");
            assert_eq!((found[0].1, found[0].2.as_str()), (rule, "/notes/0"), "{note}");
        }
    }

    #[test]
    fn a_list_of_exclusions_is_read_one_by_one() {
        let field = r#""exclusions": ["Matters subject to legal action", "insurance_claim",
            "Complaints from MPs", "A claim filed at court", "Older than six months"]"#;
        let rules: Vec<Rule> = found(field).into_iter().map(|(_, rule, _)| rule).collect();
        assert_eq!(
            rules,
            [Rule::LegalAction, Rule::InsuranceClaim, Rule::Politician, Rule::ShortTimeLimit]
        );
    }

    #[test]
    fn all_mistakes_are_heard_of_at_once_in_the_order_of_the_file() {
        let found = text(
            r#"{"version": 1, "configVersion": "1", "id": "x", "name": "X", "telephone": "1",
            "times": {"stage1": 15, "stage3": 5}, "notes": ["Make a formal complaint."],
            "name": "Y", "channels": {}}"#,
        );
        let found: Vec<_> =
            found.iter().map(|it| (it.level.key(), it.provision, &*it.pointer)).collect();
        assert_eq!(
            found,
            [
                ("error", "schema", "/name"),
                ("warning", "schema", "/telephone"),
                ("error", "6.3", "/times/stage1"),
                ("error", "5.3", "/times/stage3"),
                ("error", "5.2", "/notes/0"),
                ("error", "schema", "/channels"),
                ("warning", "6.1", "/urgentPhone"),
            ]
        );
    }

    #[test]
    fn colours_that_cannot_be_used_as_they_are_have_a_finding() {
        for (colour, provision, rule) in [
            (r##""brand": "#ffdd00""##, "3.1", Rule::FaintColour),
            (r##""link": "#0a5a53", "surface": "#003040""##, "3.1", Rule::FaintColour),
            (r#""brand": "teal""#, "schema", Rule::UnknownColour),
            (r##""accent": "#0a5a53""##, "schema", Rule::UnknownColour),
        ] {
            let (name, _) = colour[1..].split_once('"').unwrap();
            let file = format!(r#""colors": {{{colour}}}"#);
            one(&file, provision, rule, &format!("/colors/{name}"));
        }
        assert_eq!(found(r##""colors": {"brand": "#0a5a53", "surface": "#ffffff"}"##), []);
    }

    #[test]
    fn what_is_no_file_has_one_finding() {
        for (file, fault) in
            [("<html>", Fault::NotJson), ("", Fault::NotJson), ("7", Fault::NotObject)]
        {
            let found = text(file);
            assert_eq!(found[0].rule, Rule::Form(fault), "{file}");
            assert_eq!((found[0].provision, found[0].pointer.as_str()), ("schema", ""));
        }
    }

    #[test]
    fn settings_that_are_fine_for_the_form_and_weak_by_the_code_are_warnings() {
        one(
            r#""stage2": {"askWithin": "three months"}"#,
            "6.10",
            Rule::AskWithin,
            "/stage2/askWithin",
        );
        one(r#""stage2": {"ways": ["email"]}"#, "3.1/6.10", Rule::OneWayToStage2, "/stage2/ways");
        let bare = text(r#"{"version": 1, "configVersion": "1", "id": "x", "name": "X"}"#);
        let bare: Vec<_> = bare.iter().map(|it| (it.level, it.rule)).collect();
        assert_eq!(
            bare,
            [(Level::Warning, Rule::FewChannels), (Level::Warning, Rule::NoUrgentPhone)]
        );
    }
}
