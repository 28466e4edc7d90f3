//! When the form can't send it: the same as a letter to the landlord, ready to print, and as an e-mail,
//! ready to send. Both say what the resident says, in their own voice.

use chrono::NaiveDate;
use domain::choices::Choice;
use domain::draft::Draft;
use domain::landlord::{ChannelKind, Landlord};
use domain::question::FieldName;
use domain::rights;
use domain::timescale::StartsFrom;
use domain::triage::{self, Flag, Route};
use domain::working_days::WorkingDays;
use yew::AttrValue;

use crate::messages::Messages;
use crate::paper::{Paper, answer};
use crate::settings::Settings;
use crate::summary::Row;
use crate::{browser, copy, summary};

/// How long the body of an e-mail may be once it is written as an address. Longer addresses are cut off
/// by mail programs, without a word.
const LONGEST_BODY: usize = 1_800;

/// The name of the file.
pub fn file_name(messages: &Messages) -> String {
    [&messages.t("letter.file"), ".html"].concat()
}

/// The letter: a complete HTML page, dated `today`. `may_have_arrived` where the landlord may have it
/// already.
pub fn html(
    settings: &Settings,
    draft: &Draft,
    today: Option<NaiveDate>,
    may_have_arrived: bool,
) -> String {
    let Settings { messages, landlord, language, .. } = settings;
    let kind = draft.route();
    let subject = messages.said("letter.subject", kind);
    let rows = summary::rows(draft, settings);
    let mut paper = Paper::new(messages, language, &subject, "");
    paper.text("p", "small screen-only", &messages.t("letter.how"));
    paper.text("p", "lines", &sender(&rows, messages).join("\n"));
    paper.text("p", "lines", &recipient(landlord).join("\n"));
    if let Some(today) = today {
        paper.paragraph(&browser::long_date(today, language));
    }
    paper.text("h1", "", &subject);
    needs(&mut paper, messages, urgent(settings, draft), &adjustments(&rows, messages));
    paper.paragraph(&messages.t("letter.greeting"));
    paper.paragraph(&messages.said("letter.opening", kind));
    if may_have_arrived {
        paper.paragraph(&messages.t("letter.arrived"));
    }
    paper.text("h2", "", &messages.t("letter.answers"));
    paper.answers(&rows, None);
    let files = draft.attachments().iter().map(|it| (it, AttrValue::default()));
    let files = files.collect::<Vec<_>>();
    if !files.is_empty() {
        paper.text("h2", "", &messages.t("copy.files"));
        paper.paragraph(&messages.t("letter.files"));
        copy::files(&mut paper, settings, &files);
    }
    let duties = duties(settings, kind);
    if !duties.is_empty() {
        paper.text("h2", "", &messages.t("letter.duties"));
        paper.list("ul", &duties);
        paper.text("p", "small", &messages.t("letter.code"));
    }
    let lgsco = rights::rights(draft, landlord).lgsco;
    paper.rights(&messages.t("letter.rights.title"), &messages.t("letter.rights"), lgsco);
    paper.text("p", "sign", &messages.t("letter.end"));
    paper.paragraph(writer(&rows));
    paper.finish()
}

/// The address of an e-mail to the landlord, with everything in it that there is room for; `None` where
/// the landlord has no address for e-mail.
pub fn mail(settings: &Settings, draft: &Draft) -> Option<String> {
    let Settings { messages, landlord, .. } = settings;
    let channel = landlord.channels.iter().find(|it| it.kind == ChannelKind::Email)?;
    let kind = draft.route();
    let rows = summary::rows(draft, settings);
    let mut body =
        [&*messages.t("letter.greeting"), "\n\n", &messages.said("letter.opening", kind)].concat();
    if let Some(line) = urgent(settings, draft) {
        body.push_str(&["\n\n", &*line].concat());
    }
    let needs = adjustments(&rows, messages);
    if !needs.is_empty() {
        let title = messages.t("letter.adjustments");
        body.push_str(&["\n\n", &*title, "\n", &needs.join("\n")].concat());
    }
    // Where there is not enough room, what happened is there, and whom to answer.
    for rank in 0..=2 {
        for Row { title, values, .. } in rows.iter().filter(|it| self::rank(it) == Some(rank)) {
            let values: Vec<_> =
                values.iter().filter(|it| !it.text.is_empty()).map(answer).collect();
            if !values.is_empty() {
                body.push_str(&["\n\n", &**title, "\n", &values.join("\n")].concat());
            }
        }
    }
    let end = ["\n\n", &*messages.t("letter.end"), "\n", writer(&rows)].concat();
    let rest = ["\n\n", &*messages.t("letter.rest"), &end].concat();
    let has_files = !draft.attachments().is_empty();
    let files =
        if has_files { ["\n\n", &messages.t("letter.attached")].concat() } else { String::new() };
    let whole = encode(&[&*body, &files, &end].concat());
    let body = if whole.len() <= LONGEST_BODY {
        whole
    } else {
        let rest = encode(&rest);
        [cut(&body, LONGEST_BODY.saturating_sub(rest.len())), rest].concat()
    };
    let subject = encode(&messages.said("letter.subject", kind));
    let to = encode(channel.value.as_deref()?).replace("%40", "@");
    Some(["mailto:", &to, "?subject=", &subject, "&body=", &body].concat())
}

/// In which order answers stand in an e-mail; none for those that stand at its top already.
fn rank(row: &Row) -> Option<u8> {
    let has = |name: FieldName| row.values.iter().any(|it| it.id == name.key());
    if has(FieldName::Account) {
        Some(0)
    } else if [FieldName::Name, FieldName::RepresentativeName, FieldName::Email]
        .into_iter()
        .any(has)
    {
        Some(1)
    } else if has(FieldName::Adjustments) {
        None
    } else {
        Some(2)
    }
}

/// The beginning of a text, written as a part of an address, in so many characters; it ends with a whole
/// word.
fn cut(text: &str, longest: usize) -> String {
    let (mut cut, mut last_word) = (String::new(), 0);
    for char in text.chars() {
        let encoded = encode(char.encode_utf8(&mut [0; 4]));
        if cut.len() + encoded.len() > longest {
            break;
        }
        if char.is_whitespace() {
            last_word = cut.len();
        }
        cut.push_str(&encoded);
    }
    // One endless word is cut where it must be.
    let end = if last_word > longest / 2 { last_word } else { cut.len() };
    cut.truncate(end);
    cut
}

/// Text as a part of an address (RFC 6068): a new line is CR LF there.
fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes().filter(|it| *it != b'\r') {
        match byte {
            b'\n' => encoded.push_str("%0D%0A"),
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte));
            }
            _ => {
                encoded.push('%');
                for nibble in [byte >> 4, byte & 15] {
                    let digit = char::from_digit(nibble.into(), 16).unwrap_or_default();
                    encoded.push(digit.to_ascii_uppercase());
                }
            }
        }
    }
    encoded
}

/// What was typed in a field, where it was asked.
fn typed(rows: &[Row], name: FieldName) -> &str {
    let mut values = rows.iter().flat_map(|row| &row.values);
    values.find(|it| it.id == name.key()).map_or("", |it| it.text.trim())
}

/// Who writes: the representative or the member of staff, or the resident.
fn writer(rows: &[Row]) -> &str {
    let names = [FieldName::RepresentativeName, FieldName::StaffName, FieldName::Name];
    names.map(|it| typed(rows, it)).into_iter().find(|it| !it.is_empty()).unwrap_or_default()
}

fn sender(rows: &[Row], messages: &Messages) -> Vec<String> {
    let (writer, resident) = (writer(rows), typed(rows, FieldName::Name));
    let mut lines = vec![if writer == resident {
        writer.to_owned()
    } else {
        messages.t_with("letter.for", &[("writer", writer), ("name", resident)]).to_string()
    }];
    for name in [FieldName::Address, FieldName::Postcode, FieldName::Email, FieldName::Phone] {
        lines.push(typed(rows, name).to_owned());
    }
    lines.retain(|it| !it.is_empty());
    lines
}

/// The landlord, with its address for letters where its file has one.
fn recipient(landlord: &Landlord) -> Vec<String> {
    let post = landlord.channels.iter().find(|it| it.kind == ChannelKind::Post);
    let address = post.and_then(|it| it.value.as_deref()).unwrap_or_default();
    let mut lines: Vec<String> = landlord.team.iter().cloned().collect();
    if !address.starts_with(&*landlord.name) {
        lines.push(landlord.name.clone());
    }
    lines.extend(address.split([',', '\n']).map(|it| it.trim().to_owned()));
    lines.retain(|it| !it.is_empty());
    lines
}

/// What must be seen first: danger, and what the landlord must do differently for this person (Code
/// 5.10, 6.1).
fn needs(
    paper: &mut Paper,
    messages: &Messages,
    urgent: Option<AttrValue>,
    adjustments: &[String],
) {
    if urgent.is_none() && adjustments.is_empty() {
        return;
    }
    paper.open("section", "box");
    if let Some(line) = urgent {
        paper.text("p", "alert", &line);
    }
    if !adjustments.is_empty() {
        paper.text("h2", "", &messages.t("letter.adjustments"));
        paper.list("ul", adjustments);
    }
    paper.close("section");
}

fn urgent(settings: &Settings, draft: &Draft) -> Option<AttrValue> {
    let is_urgent = triage::flags(draft, &settings.landlord).contains(&Flag::DangerNow);
    is_urgent.then(|| settings.messages.t("letter.danger"))
}

/// The adjustments that were asked for, each in a line.
fn adjustments(rows: &[Row], messages: &Messages) -> Vec<String> {
    let none = messages.t("option.adjustments.none");
    let mut lines = Vec::new();
    for value in rows.iter().flat_map(|it| &it.values).filter(|it| !it.text.is_empty()) {
        match FieldName::from_key(value.id) {
            Some(FieldName::Adjustments) => {
                lines.extend(value.text.lines().filter(|it| *it != none).map(str::to_owned));
            }
            Some(FieldName::AdjustmentsOwnWords) => lines.push(value.text.clone()),
            Some(FieldName::InterpreterLanguage | FieldName::AdjustmentsReview) => {
                lines.push(answer(value));
            }
            _ => {}
        }
    }
    lines
}

/// What the landlord must do, and by when (Code 6.2 to 6.4, 6.11 to 6.15).
fn duties(settings: &Settings, kind: Route) -> Vec<String> {
    let Settings { messages, landlord, .. } = settings;
    let times = &landlord.times;
    let within = |key: &str, WorkingDays(count): WorkingDays| {
        let days = messages.t_with("common.working_days", &[("count", &count.to_string())]);
        messages.t_with(key, &[("days", &days)])
    };
    let respond = |from: StartsFrom| match from {
        StartsFrom::Acknowledgement => "letter.respond.acknowledgement",
        StartsFrom::Receipt => "letter.respond.receipt",
    };
    let acknowledge = within("letter.acknowledge", times.acknowledge);
    let lines = match kind {
        Route::Complaint => vec![
            acknowledge,
            within(respond(times.stage_1_from), times.stage_1),
            within("letter.extend", times.stage_1_extension),
        ],
        Route::Stage2 => vec![
            acknowledge,
            within(respond(times.stage_2_from), times.stage_2),
            within("letter.extend", times.stage_2_extension),
        ],
        Route::Addition => vec![messages.t("letter.addition"), acknowledge],
        Route::ServiceRequest => vec![messages.t("letter.request"), messages.t("letter.unhappy")],
        Route::Feedback => Vec::new(),
    };
    lines.iter().map(ToString::to_string).collect()
}
