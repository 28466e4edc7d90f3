//! The command `lint`: what the schema and the Code have to say about landlords' files, a line a
//! finding, each with its provision, its place and what to change.

use std::fmt;
use std::fs;
use std::io::{self, Write};

use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use domain::choices::{Topic, keys};
use domain::code;
use domain::json::Fault;
use domain::landlord::{
    Anonymous, Authority, ChannelKind, Exclusion, LandlordType, OmbudsmanName, SpecialCategoryBasis,
};
use domain::lint::{self, Level, LintFinding, Rule};
use domain::rights::{Responsibility, Watchdog};
use domain::timescale::StartsFrom;
use serde::Serialize;

use crate::{Failure, options};

/// A finding, with its sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// `error` or `warning`.
    pub level: &'static str,
    /// The provision of the Code; several have `/` between them. `schema` where the Code has none.
    pub provision: &'static str,
    /// JSON pointer to it.
    pub pointer: String,
    /// What to change.
    pub sentence: String,
}

impl Line {
    /// As it is printed: four columns, with two blanks between them. The whole file, whose pointer
    /// is empty, is `/` there.
    pub fn text(&self) -> String {
        let Self { level, provision, sentence, .. } = self;
        let pointer = match self.pointer.as_str() {
            "" => "/".to_owned(),
            // A name may have a line end in it; a finding has one line.
            pointer => pointer.replace(char::is_control, " "),
        };
        format!("{level}  {provision}  {pointer}  {sentence}")
    }
}

/// Every finding in the text of a landlord's file.
pub fn check(text: &str) -> Vec<Line> {
    let findings = lint::text(text).into_iter();
    findings
        .map(|finding| Line {
            level: finding.level.key(),
            provision: finding.provision,
            sentence: sentence(&finding, text),
            pointer: finding.pointer,
        })
        .collect()
}

/// `POST /lint`: every finding in the landlord's file that was sent, as JSON. Nothing of it is kept.
pub async fn over_http(text: String) -> Response {
    let found = serde_json::to_string(&check(&text)).unwrap_or_default();
    ([(CONTENT_TYPE, "application/json")], found).into_response()
}

/// Checks files; says what it finds on standard output, and how much on standard error.
///
/// # Errors
///
/// There is an error in a file, or a file can't be read.
pub fn lint(options: &options::Lint) -> Result<(), Failure> {
    let mut found = Vec::new();
    for file in &options.files {
        let name = file.display().to_string();
        match fs::read_to_string(file) {
            Ok(text) => found.push((name, check(&text))),
            Err(error) => eprintln!("Can't read the landlord's file {name}: {error}."),
        }
    }
    let mut out = io::stdout().lock();
    // Whoever closed standard output does not want the lines.
    let _ = if options.json { write_json(&mut out, &found) } else { write_text(&mut out, &found) };
    let count = |level: Level| {
        found.iter().flat_map(|(_, lines)| lines).filter(|it| it.level == level.key()).count()
    };
    let summary = Summary {
        files: found.len(),
        errors: count(Level::Error),
        warnings: count(Level::Warning),
    };
    if found.len() < options.files.len() {
        return Err(Failure::LintUnreadable(summary));
    }
    if summary.errors > 0 {
        return Err(Failure::LintErrors(summary));
    }
    eprintln!("{summary}");
    Ok(())
}

/// How much was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Summary {
    /// In how many files.
    pub files: usize,
    /// Errors.
    pub errors: usize,
    /// Warnings.
    pub warnings: usize,
}

impl fmt::Display for Summary {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        let of = |count: usize, what: &str| {
            format!("{count} {what}{}", if count == 1 { "" } else { "s" })
        };
        let Self { files, errors, warnings } = *self;
        let (files, errors) = (of(files, "file"), of(errors, "error"));
        write!(formatter, "{files}: {errors}, {}.", of(warnings, "warning"))
    }
}

/// A line a finding. Where there are several files, the name of each that has findings stands
/// before them on a line of its own.
fn write_text(out: &mut impl Write, found: &[(String, Vec<Line>)]) -> io::Result<()> {
    for (name, lines) in found {
        if found.len() > 1 && !lines.is_empty() {
            writeln!(out, "{name}")?;
        }
        for line in lines {
            writeln!(out, "{}", line.text())?;
        }
    }
    Ok(())
}

fn write_json(out: &mut impl Write, found: &[(String, Vec<Line>)]) -> io::Result<()> {
    #[derive(Serialize)]
    struct InFile<'a> {
        file: &'a str,
        #[serde(flatten)]
        line: &'a Line,
    }
    let all: Vec<InFile> = found
        .iter()
        .flat_map(|(file, lines)| lines.iter().map(move |line| InFile { file, line }))
        .collect();
    let text = serde_json::to_string_pretty(&all)?;
    writeln!(out, "{text}")
}

fn sentence(finding: &LintFinding, text: &str) -> String {
    let sentence = match finding.rule {
        Rule::Form(fault) => return sentence_of_form(fault, &finding.pointer, text),
        Rule::DuplicateField => {
            "This field is here twice, and programs differ on which of the two counts: keep one."
        }
        Rule::NotTwoStages => {
            "A complaint has two stages, no more and no fewer: take the others out. The form has two \
             and there is no setting for it."
        }
        Rule::NamedStage => {
            "The Code allows no extra named stage (informal, stage 0, pre-complaint, concern): call it \
             a complaint, or take it out."
        }
        Rule::FormalComplaint => {
            "Say complaint, not formal complaint: the word suggests that there is another kind, which \
             does not count."
        }
        Rule::ReasonsRequired => {
            "Nobody has to explain why they ask for stage 2: take it out. The form offers a box for \
             reasons and takes it empty."
        }
        Rule::ExclusionEnds => {
            "No exclusion may end a complaint by itself: take it out. The form asks for the facts, the \
             complaint is sent, and a person decides on its merits."
        }
        Rule::OmbudsmanHidden => {
            "Residents are told of the Housing Ombudsman on every page and from the first: take it \
             out. There is no setting that hides it."
        }
        Rule::AccountNeeded => {
            "A complaint can be made in any way, and an account is no condition of it: take it out."
        }
        Rule::ConsentFirst => {
            "A complaint is sent before consent or authority is shown, and they are asked for \
             afterwards: take it out, and say in representatives.authority how you ask."
        }
        Rule::ShortTimeLimit => {
            "The shortest time limit that the Code allows is twelve months from when it happened or \
             the resident became aware of it: write twelve months or more, or take it out."
        }
        Rule::AskWithin => {
            "The Code has had no time limit for asking for stage 2 since 2024: take it out if you can. \
             The form shows it as a wish and never enforces it."
        }
        Rule::LegalAction => {
            "Legal action keeps you from a complaint only once a claim has been filed at court; a \
             solicitor or a letter does not. Say so, or use claim_at_court in possibleExclusions."
        }
        Rule::InsuranceClaim => {
            "An insurance claim is not among the Code's exclusions: take it out, or be ready to show \
             that it is fair. The complaint is about what was done, not about the claim."
        }
        Rule::Politician => {
            "A complaint that comes through an MP or a councillor is a resident's complaint all the \
             same: take it out, or be ready to show that it is fair."
        }
        Rule::Behaviour => {
            "How somebody behaves is not among the Code's exclusions; it may restrict contact, and \
             not the right to complain (Code 5.14, 5.15). Take it out."
        }
        Rule::FirstReport => {
            "Whoever is unhappy has the choice to complain, also the first time: say that they may \
             choose a request or a complaint."
        }
        Rule::OneWayToStage2 => {
            "Stage 2 can be asked for in any way: name more ways, or leave ways out."
        }
        Rule::OldWayToOmbudsman => {
            "Residents have gone to the Ombudsman directly since October 2022, without eight weeks of \
             waiting and without a designated person: take it out."
        }
        Rule::OldOmbudsmanContact => {
            "This is no longer how new cases reach the Housing Ombudsman: take it out. The form shows \
             the present telephone number, website and postal address on every page."
        }
        Rule::OwnDefinition => {
            "The definition of a complaint is the Code's, word for word: take yours out. The form \
             goes by the Code's."
        }
        Rule::FewChannels => {
            "Name at least two other ways to complain, such as by telephone, in person and through \
             any member of staff."
        }
        Rule::NoUrgentPhone => {
            "Add the number that residents phone in an emergency at home, day and night: without it \
             the form can only tell them to phone you."
        }
        Rule::UnknownColour => {
            "The form does without this: give brand, text, link, focus, error or surface, each as # and \
             six digits, such as #0a5a53."
        }
        Rule::FaintColour => {
            "Too few people can tell this from the ground on which it stands, so the form shows another: \
             choose one that stands out more (4.5:1 for text, 3:1 for brand and focus)."
        }
        Rule::Refusing => {
            "This tells residents that they can't complain. Say what you will look at and who decides; \
             a complaint is accepted unless a person finds a valid reason not to."
        }
    };
    sentence.to_owned()
}

fn sentence_of_form(fault: Fault, pointer: &str, text: &str) -> String {
    let sentence = match fault {
        Fault::NotJson => return not_json(text),
        Fault::OverCode => {
            return format!(
                "The Code allows {} working days at most: write that or fewer.",
                most(pointer)
            );
        }
        Fault::UnknownChoice => {
            let choices = choices(pointer).join(", ");
            return format!("This is none of the choices here: take one of {choices}.");
        }
        Fault::Missing => "This is needed and is not here: add it.",
        Fault::NotText => "Give a text in quotation marks that is not blank, or take it out.",
        Fault::NotNumber => "Give a whole number, 1 or more, without quotation marks.",
        Fault::NotList => "Give a list, in square brackets.",
        Fault::NotObject if pointer.is_empty() => {
            "A landlord's file is one object, in curly brackets."
        }
        Fault::NotObject => "Give an object, in curly brackets.",
        Fault::UnknownVersion => "This program reads version 1: write 1, without quotation marks.",
        Fault::NotAddress => "Give an address that begins with https://, http:// or /.",
        Fault::HousingOmbudsmanMissing => {
            "The Housing Ombudsman can't be left out: add \"housing\" to the list, or leave the list \
             out."
        }
        Fault::UnknownField => {
            "Nothing reads a setting of this name: take it out, or see schemas/landlord.v1.json for \
             the right name."
        }
    };
    sentence.to_owned()
}

/// Why it is not JSON, and where.
fn not_json(text: &str) -> String {
    if text.starts_with('\u{feff}') {
        return "This begins with a byte order mark, which JSON does not have: save it as UTF-8 \
                without one."
            .to_owned();
    }
    match serde_json::from_str::<serde::de::IgnoredAny>(text) {
        Ok(_) => "This is not JSON that can be read: simplify it.".to_owned(),
        Err(error) => format!("This is not JSON: {error}. Mend it there."),
    }
}

/// The most working days that the Code allows here.
fn most(pointer: &str) -> u8 {
    let days = match pointer {
        "/times/acknowledge" => code::ACKNOWLEDGE_WITHIN,
        "/times/stage1" => code::STAGE_1_WITHIN,
        "/times/stage1Extension" => code::STAGE_1_EXTENSION,
        "/times/stage2" => code::STAGE_2_WITHIN,
        _ => code::STAGE_2_EXTENSION,
    };
    days.0
}

/// The choices that there are at a place.
fn choices(pointer: &str) -> Vec<&'static str> {
    let names = pointer.split('/').rev();
    let name = names.into_iter().find(|it| it.parse::<usize>().is_err()).unwrap_or_default();
    match name {
        "landlordType" => keys::<LandlordType>(),
        "kind" | "ways" => keys::<ChannelKind>(),
        "ombudsmen" => keys::<OmbudsmanName>(),
        "stage1From" | "stage2From" => keys::<StartsFrom>(),
        "authority" => keys::<Authority>(),
        "anonymous" => keys::<Anonymous>(),
        "possibleExclusions" => keys::<Exclusion>(),
        "specialCategoryBasis" => keys::<SpecialCategoryBasis>(),
        "topic" | "topics" => keys::<Topic>(),
        "responsibility" => keys::<Responsibility>(),
        "ombudsman" => keys::<Watchdog>(),
        _ => vec!["schemas/landlord.v1.json"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_is_one_line_of_four_columns() {
        let lines = check("[]");
        assert_eq!(
            lines[0].text(),
            "error  schema  /  A landlord's file is one object, in curly brackets."
        );
        let lines =
            check(r#"{"version": 1, "configVersion": "1", "id": "x", "name": "X", "a\nb": 1}"#);
        assert!(lines[0].text().starts_with("warning  schema  /a b  "), "{lines:?}");
        assert_eq!(lines[0].pointer, "/a\nb");
    }

    #[test]
    fn what_is_not_json_is_said_with_its_place() {
        assert_eq!(
            check("{\n  \"version\": 1,\n}")[0].sentence,
            "This is not JSON: key must be a string at line 3 column 1. Mend it there."
        );
        assert!(check("\u{feff}{}")[0].sentence.contains("byte order mark"));
    }

    #[test]
    fn a_number_or_a_choice_that_is_not_allowed_is_answered_with_those_that_are() {
        let file = |fields: &str| {
            let text = format!(
                r#"{{"version": 1, "configVersion": "1", "id": "x", "name": "X", {fields}}}"#
            );
            check(&text)[0].sentence.clone()
        };
        for (name, days) in [
            ("acknowledge", "5"),
            ("stage1", "10"),
            ("stage1Extension", "10"),
            ("stage2", "20"),
            ("stage2Extension", "20"),
        ] {
            let sentence = file(&format!(r#""times": {{"{name}": 99}}"#));
            assert!(sentence.contains(&format!(" {days} working days")), "{sentence}");
        }
        for (field, choice) in [
            (r#""landlordType": "club""#, "council"),
            (r#""channels": [{"kind": "fax"}, {"kind": "staff"}]"#, "in_person"),
            (r#""ombudsmen": ["housing", "ombuds"]"#, "lgsco"),
            (r#""times": {"stage2From": "today"}"#, "acknowledgement"),
            (r#""stage2": {"ways": ["fax", "post"]}"#, "portal"),
            (r#""representatives": {"authority": "stamped"}"#, "gdpr_waivable"),
            (r#""anonymous": "never""#, "sometimes"),
            (r#""possibleExclusions": ["legal_action"]"#, "claim_at_court"),
            (r#""specialCategoryBasis": "guess""#, "explicit_consent"),
            (r#""topics": [{"topic": "weather"}]"#, "damp_mould"),
            (r#""recipients": [{"name": "A", "topics": ["weather"]}]"#, "damp_mould"),
            (r#""topics": [{"topic": "other", "responsibility": "no"}]"#, "not_us"),
            (r#""topics": [{"topic": "other", "ombudsman": "ours"}]"#, "both"),
        ] {
            let sentence = file(field);
            assert!(sentence.contains(choice), "{field}: {sentence}");
        }
    }
}
