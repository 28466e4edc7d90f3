//! What letters say. To the resident: what has happened, what follows and by when, and their rights, in
//! every letter (Code 3.7, 6.5, 6.16). To the complaints team: that something has happened and what needs
//! eyes at once, and nothing of what the resident wrote.

use chrono::NaiveDate;
use domain::case::{Case, Owed, Stage, Status};
use domain::choices::Choice;
use domain::code::{HOUSING_OMBUDSMAN, LGSCO, OmbudsmanContact};
use domain::landlord::{ChannelKind, Landlord};
use domain::reading::Peril;
use domain::record::Submission;
use domain::rights::{self, Lgsco};
use domain::timescale::{StartsFrom, Timescale};
use domain::triage::{Flag, Route};
use domain::working_days::WorkingDays;

use super::letter::{Letter, Part};
use super::recipients;
use super::what::What;
use crate::heard;
use crate::words::Words;

/// What has happened, and all that a letter about it may need.
pub struct Story<'a> {
    /// What it is.
    pub what: What,
    /// The case as it was then.
    pub case: &'a Case,
    /// What was sent when it began.
    pub record: &'a Submission,
    /// The words that were said, where there were any.
    pub words: Option<&'a str>,
    /// The code by which the resident comes back, where it is told.
    pub access_code: Option<&'a str>,
    /// The landlord.
    pub landlord: &'a Landlord,
    /// The page with the form, where it is known.
    pub page: Option<&'a str>,
}

/// To the resident, or to whoever speaks for them.
pub fn to_resident(words: &Words, story: &Story) -> Letter {
    let is_careful = recipients::is_careful(story.record);
    let parts = if is_careful { careful(words, story) } else { full(words, story) };
    Letter {
        subject: words.with("mail.subject", &[("reference", &story.case.reference)]),
        language: words.language().to_owned(),
        is_large: recipients::wants_large_print(story.case),
        parts,
    }
}

/// Says that there is news, and nothing else that could harm.
fn careful(words: &Words, story: &Story) -> Vec<Part> {
    let mut parts = vec![
        Part::Text(words.t("mail.careful.news")),
        Part::Text(words.t("mail.careful.read")),
        Part::Facts(vec![(words.t("mail.reference"), story.case.reference.clone())]),
    ];
    if story.what == What::CodeSent {
        parts.push(Part::Text(words.t("mail.careful.code")));
    }
    parts.extend(story.page.map(|page| Part::Link(words.t("mail.back.page"), page.to_owned())));
    reach(words, story.landlord, &mut parts);
    rights(words, "mail.rights.any", story, &mut parts);
    parts
}

fn full(words: &Words, story: &Story) -> Vec<Part> {
    let Story { what, case, access_code, .. } = *story;
    let landlord = landlord_name(words, story.landlord);
    let mut parts = Vec::new();
    let say = |key: &str| Part::Text(words.with(key, &[("landlord", &landlord)]));
    let quote = |key: &str| {
        story.words.map(|said| {
            [Part::Text(words.with(key, &[("landlord", &landlord)])), Part::Quote(said.to_owned())]
        })
    };
    match what {
        What::Received => parts.push(say(&format!("mail.received.{}", case.kind.key()))),
        What::Complain => parts.push(say("mail.complain")),
        What::AskForStage2 => parts.push(say("mail.ask_for_stage2")),
        What::Withdraw => parts.push(say("mail.withdraw")),
        What::Reopen => parts.push(say("mail.reopen")),
        What::AddRepresentative => parts.push(say("mail.add_representative")),
        What::RemoveRepresentative => parts.push(say("mail.remove_representative")),
        What::CodeSent => parts.push(say("mail.code_sent")),
        What::Acknowledge => {
            parts.push(say("mail.acknowledge"));
            parts.extend(quote("mail.acknowledge.definition").into_iter().flatten());
            parts.push(say("mail.acknowledge.wrong"));
        }
        What::Extend => {
            let until = case.stages.last().and_then(|it| it.extension.as_ref()).map(|it| it.until);
            parts.push(match until {
                Some(until) => {
                    Part::Text(words.with("mail.extend", &[("date", &words.date(until))]))
                }
                None => say("mail.extend.none"),
            });
            parts.extend(quote("mail.extend.reason").into_iter().flatten());
        }
        What::Respond => {
            let key = match (case.stages.is_empty(), case.stage) {
                (true, _) => "mail.respond.request",
                (false, 2) => "mail.respond.stage2",
                (false, _) => "mail.respond.stage1",
            };
            parts.extend(quote(key).into_iter().flatten());
        }
        What::Decline => {
            parts.push(say("mail.decline"));
            parts.extend(quote("mail.decline.reasons").into_iter().flatten());
        }
        What::Message => parts.extend(quote("mail.message").into_iter().flatten()),
        What::ChangeAdjustments | What::EvidenceAdded | What::Confirmed => {}
    }
    let mut facts = vec![(words.t("mail.reference"), case.reference.clone())];
    if let Some(code) = access_code {
        facts.push((words.t("mail.code"), in_fours(code)));
    }
    let began = matches!(what, What::Received | What::Complain | What::AskForStage2);
    if let Some(stage) = case.stages.last().filter(|_| began) {
        facts.push((words.t("mail.received_on"), words.date(stage.received_on)));
    }
    parts.push(Part::Facts(facts));
    if access_code.is_some() {
        parts.push(say("mail.code.keep"));
    }
    parts.extend(next(words, story));
    parts.push(Part::Heading(words.t("mail.back.title")));
    parts.push(say("mail.back.text"));
    parts.extend(story.page.map(|page| Part::Link(words.t("mail.back.page"), page.to_owned())));
    reach(words, story.landlord, &mut parts);
    rights(words, moment(story), story, &mut parts);
    parts
}

/// The code as it is read aloud: `1234 5678 9012 3456`.
fn in_fours(code: &str) -> String {
    let digits: Vec<char> = code.chars().filter(char::is_ascii_digit).collect();
    let fours: Vec<String> = digits.chunks(4).map(|it| it.iter().collect()).collect();
    fours.join(" ")
}

fn landlord_name(words: &Words, landlord: &Landlord) -> String {
    if landlord.name.is_empty() { words.t("mail.landlord") } else { landlord.name.clone() }
}

/// What happens next, and by when: the dates of the case, or, where bank holidays are not known, how
/// many working days it takes.
fn next(words: &Words, story: &Story) -> Vec<Part> {
    let Story { what, case, landlord, .. } = *story;
    let steps = match case.status {
        Status::Responded | Status::Declined | Status::Withdrawn => Vec::new(),
        Status::Received | Status::Acknowledged => match (case.kind, case.stages.last()) {
            (Route::Addition, _) => vec![words.t("mail.next.addition")],
            (Route::Complaint | Route::Stage2, Some(stage)) => {
                dates(words, stage, case.status, &landlord.times)
            }
            (Route::ServiceRequest, _) => vec![words.t("mail.next.request")],
            (Route::Feedback, _) => vec![words.t("mail.next.feedback")],
            (Route::Complaint | Route::Stage2, None) => Vec::new(),
        },
    };
    let is_told_again = matches!(what, What::Message | What::CodeSent);
    if steps.is_empty() || is_told_again {
        return Vec::new();
    }
    vec![Part::Heading(words.t("mail.next.title")), Part::List(steps)]
}

fn dates(words: &Words, stage: &Stage, status: Status, times: &Timescale) -> Vec<String> {
    let by = |key: &str, date: NaiveDate| words.with(key, &[("date", &words.date(date))]);
    let within = |key: &str, days: WorkingDays| words.with(key, &[("days", &days_of(words, days))]);
    let (respond, from) = match stage.stage {
        2 => (times.stage_2, times.stage_2_from),
        _ => (times.stage_1, times.stage_1_from),
    };
    let mut steps = Vec::new();
    if status == Status::Received {
        steps.push(match stage.acknowledge_by {
            Some(date) => by("mail.next.acknowledge", date),
            None => within("mail.next.acknowledge.none", times.acknowledge),
        });
    }
    let is_final = stage.stage == 2;
    steps.push(match (stage.due(), is_final) {
        (Some(date), false) => by("mail.next.respond", date),
        (Some(date), true) => by("mail.next.final", date),
        (None, _) => match from {
            StartsFrom::Acknowledgement => {
                within("mail.next.respond.none.acknowledgement", respond)
            }
            StartsFrom::Receipt => within("mail.next.respond.none.receipt", respond),
        },
    });
    if stage.extension.is_none() {
        steps.push(match stage.extended_by {
            Some(date) => by("mail.next.extend", date),
            None => words.t("mail.next.extend.none"),
        });
    }
    steps
}

fn days_of(words: &Words, days: WorkingDays) -> String {
    match days.0 {
        1 => words.t("mail.days.one"),
        count => words.with("mail.days", &[("count", &count.to_string())]),
    }
}

/// Other ways to reach the landlord, from its file.
fn reach(words: &Words, landlord: &Landlord, parts: &mut Vec<Part>) {
    let ways: Vec<String> = landlord
        .channels
        .iter()
        .filter_map(|channel| {
            let value = channel.value.as_deref()?;
            let name = match channel.kind {
                ChannelKind::Phone => words.t("mail.channel.phone"),
                ChannelKind::Email => words.t("mail.channel.email"),
                ChannelKind::Post => words.t("mail.channel.post"),
                ChannelKind::InPerson
                | ChannelKind::Portal
                | ChannelKind::WebForm
                | ChannelKind::Staff
                | ChannelKind::Contractor => return None,
            };
            Some(format!("{name}: {value}"))
        })
        .collect();
    if !ways.is_empty() {
        parts.push(Part::Heading(words.t("mail.reach.title")));
        parts.push(Part::List(ways));
    }
}

/// Which sentence says what the resident may do at this point.
fn moment(story: &Story) -> &'static str {
    let Case { kind, stage, status, .. } = *story.case;
    if story.what == What::Extend {
        return "mail.rights.extend";
    }
    match (status, kind) {
        (Status::Declined, _) => "mail.rights.decline",
        (Status::Withdrawn, _) => "mail.rights.withdrawn",
        (_, Route::ServiceRequest) => "mail.rights.request",
        (_, Route::Feedback) => "mail.rights.feedback",
        (Status::Responded, Route::Complaint | Route::Stage2 | Route::Addition) if stage == 2 => {
            "mail.rights.final"
        }
        (Status::Responded, Route::Complaint | Route::Stage2 | Route::Addition) => {
            "mail.rights.answered"
        }
        (
            Status::Received | Status::Acknowledged,
            Route::Complaint | Route::Stage2 | Route::Addition,
        ) => {
            if stage == 2 {
                "mail.rights.stage2"
            } else {
                "mail.rights.waiting"
            }
        }
    }
}

/// The rights, with the Housing Ombudsman, and the other one where it may be for them.
fn rights(words: &Words, moment: &str, story: &Story, parts: &mut Vec<Part>) {
    parts.push(Part::Heading(words.t("mail.rights.title")));
    parts.push(Part::Text(words.t(moment)));
    parts.push(Part::Text(words.t("mail.rights.free")));
    let contact = |name: &str, it: OmbudsmanContact| {
        Part::Facts(vec![
            (words.t(name), it.phone.to_owned()),
            (words.t("mail.rights.web"), it.web.to_owned()),
        ])
    };
    parts.push(contact("mail.rights.housing", HOUSING_OMBUDSMAN));
    if rights::lgsco(story.record, story.landlord) != Lgsco::No {
        parts.push(Part::Text(words.t("mail.rights.lgsco.also")));
        parts.push(contact("mail.rights.lgsco", LGSCO));
    }
}

/// To the complaints team.
pub fn to_team(words: &Words, story: &Story, today: NaiveDate, officers: Option<&str>) -> Letter {
    let Story { what, case, record, .. } = *story;
    let flags = heard::flags(record, story.landlord);
    let has = |wanted: &[Flag]| flags.iter().any(|it| wanted.contains(it));
    let is_danger = has(&[Flag::DangerNow]);
    let answer = |is_so: bool| words.t(if is_so { "mail.team.yes" } else { "mail.team.no" });
    let what_key = match what {
        What::Received => format!("mail.team.received.{}", case.kind.key()),
        _ => format!("mail.team.{}", what.key()),
    };
    let (careful, hazards_heard): (Vec<Peril>, Vec<Peril>) =
        flags.iter().filter_map(|it| it.peril()).partition(|it| domain::heard::needs_care(*it));
    let subject = match what {
        What::Received if is_danger => "mail.team.subject.danger",
        // Other people may see a subject: it says no more than that.
        What::Received if !careful.is_empty() => "mail.team.subject.careful",
        What::Received if !hazards_heard.is_empty() => "mail.team.subject.heard",
        _ => "mail.team.subject",
    };
    let mut facts = vec![(words.t("mail.reference"), case.reference.clone())];
    if let Some(next) = case.next(today) {
        let owed = match next.what {
            Owed::Acknowledgement => "mail.team.acknowledge_by",
            Owed::Response => "mail.team.respond_by",
        };
        let by = next.by.map_or_else(|| words.t("mail.team.no_date"), |it| words.date(it));
        facts.push((words.t(owed), by));
    }
    facts.push((words.t("mail.team.danger"), answer(is_danger)));
    let hazards = has(&[Flag::DampMould, Flag::Hazard]) || !hazards_heard.is_empty();
    facts.push((words.t("mail.team.hazards"), answer(hazards)));
    if !hazards_heard.is_empty() {
        let name = |it: &Peril| words.t(&format!("officers.heard.{}", it.key()));
        let names: Vec<_> = hazards_heard.iter().map(name).collect();
        facts.push((words.t("mail.team.heard"), names.join(", ")));
    }
    if !careful.is_empty() {
        facts.push((words.t("mail.team.careful"), words.t("mail.team.yes")));
    }
    if has(&[Flag::SoundsUnhappy]) {
        facts.push((words.t("mail.team.sounds_unhappy"), words.t("mail.team.yes")));
    }
    facts.push((words.t("mail.team.at_risk"), answer(has(&[Flag::PersonAtRisk]))));
    let adjustments = recipients::asks_for_adjustments(case);
    facts.push((words.t("mail.team.adjustments"), answer(adjustments)));
    let mut parts = vec![Part::Text(words.t(&what_key)), Part::Facts(facts)];
    parts.extend(officers.map(|page| Part::Link(words.t("mail.team.page"), page.to_owned())));
    let OmbudsmanContact { phone, web, .. } = HOUSING_OMBUDSMAN;
    parts.push(Part::Text(words.with("mail.team.rights", &[("phone", phone), ("web", web)])));
    Letter {
        subject: words.with(subject, &[("reference", &case.reference)]),
        language: words.language().to_owned(),
        is_large: false,
        parts,
    }
}

/// To the complaints team: cases that nobody has looked at.
pub fn alarm(words: &Words, count: usize, references: &[String], officers: Option<&str>) -> Letter {
    let count = count.to_string();
    let mut parts = vec![
        Part::Text(words.with("mail.alarm.text", &[("count", &count)])),
        Part::Text(words.t("mail.alarm.why")),
        Part::List(references.to_vec()),
    ];
    parts.extend(officers.map(|page| Part::Link(words.t("mail.team.page"), page.to_owned())));
    Letter {
        subject: words.with("mail.alarm.subject", &[("count", &count)]),
        language: words.language().to_owned(),
        is_large: false,
        parts,
    }
}

/// To an officer: the link by which they sign in.
pub fn sign_in(words: &Words, link: &str) -> Letter {
    Letter {
        subject: words.t("mail.sign_in.subject"),
        language: words.language().to_owned(),
        is_large: false,
        parts: vec![
            Part::Text(words.t("mail.sign_in.text")),
            Part::Link(words.t("mail.sign_in.page"), link.to_owned()),
            Part::Text(words.t("mail.sign_in.not_you")),
        ],
    }
}
