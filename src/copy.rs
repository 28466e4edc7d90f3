//! The copy that a resident keeps as proof: what was sent, word for word, when, the reference, the dates
//! and the rights as they were shown, and each file with its hash. It opens anywhere.

use domain::evidence::{Attachment, hex};
use domain::record::Answer;
use domain::rights::Lgsco;
use sha2::{Digest, Sha256};
use yew::AttrValue;

use crate::components::steps::Step;
use crate::draft_file::RECORD;
use crate::paper::{self, Paper};
use crate::settings::Settings;
use crate::summary;

/// What a copy is of.
pub struct Copy<'a> {
    /// What it is.
    pub title: AttrValue,
    /// What to quote: the reference, the access code, when it was sent and received.
    pub facts: Vec<Step>,
    /// What else was said.
    pub notes: Vec<AttrValue>,
    /// What happens next, with its dates.
    pub steps: Vec<Step>,
    /// The answers as they were shown.
    pub answers: &'a [Answer],
    /// The files that belong to it, each with what is known about its arrival.
    pub files: Vec<(&'a Attachment, AttrValue)>,
    /// What the resident may do.
    pub rights: AttrValue,
    /// Whether the second Ombudsman is named.
    pub lgsco: Lgsco,
    /// What was sent, to the byte, where it is known.
    pub record: Option<&'a str>,
}

/// A complete HTML page.
pub fn html(settings: &Settings, copy: &Copy) -> String {
    let messages = &settings.messages;
    let data = copy.record.map(|it| paper::data(RECORD, "", &paper::ascii(it)));
    let mut paper =
        Paper::new(messages, &settings.language, &copy.title, &data.unwrap_or_default());
    paper.text("p", "kicker", &settings.landlord.name);
    paper.text("h1", "", &copy.title);
    pairs(&mut paper, "facts box", &copy.facts);
    for note in &copy.notes {
        paper.paragraph(note);
    }
    if !copy.steps.is_empty() {
        paper.text("h2", "", &messages.t("sent.next.title"));
        pairs(&mut paper, "dates", &copy.steps);
    }
    paper.text("h2", "", &messages.t("sent.answers.title"));
    paper.open("dl", "answers");
    let (open, answered): (Vec<_>, Vec<_>) =
        copy.answers.iter().partition(|it| it.value.is_empty());
    for Answer { label, value, .. } in answered {
        paper.pair(label, value);
    }
    if !open.is_empty() {
        paper.text("dt", "", &messages.t("common.not_answered"));
        open.iter().for_each(|it| paper.text("dd", "", &it.label));
    }
    paper.close("dl");
    if !copy.files.is_empty() {
        paper.text("h2", "", &messages.t("copy.files"));
        files(&mut paper, settings, &copy.files);
    }
    paper.rights(&messages.t("rights.title"), &copy.rights, copy.lgsco);
    if let Some(record) = copy.record {
        let hash = hex(&Sha256::digest(record));
        paper.text("p", "small", &messages.t_with("copy.record", &[("hash", &hash)]));
    }
    paper.finish()
}

/// Each file with its size, its SHA-256, and what else is known about it.
pub fn files(paper: &mut Paper, settings: &Settings, files: &[(&Attachment, AttrValue)]) {
    let messages = &settings.messages;
    paper.text("p", "small", &messages.t("copy.files.text"));
    for (file, state) in files {
        paper.open("section", "file");
        paper.text("h3", "", &file.name);
        let size = summary::size(file.size, settings);
        paper.paragraph(&[&*size, if state.is_empty() { "" } else { ". " }, state].concat());
        let hash = messages.t_with("copy.sha256", &[("hash", &file.sha256)]);
        paper.text("p", "small", &hash);
        paper.close("section");
    }
}

fn pairs(paper: &mut Paper, class: &str, pairs: &[Step]) {
    if pairs.is_empty() {
        return;
    }
    paper.open("dl", class);
    for (term, text) in pairs {
        // A browser groups what belongs together by this.
        paper.open("div", "");
        paper.pair(term, text);
        paper.close("div");
    }
    paper.close("dl");
}
