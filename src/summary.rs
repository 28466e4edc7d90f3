//! What was answered, in the words of the page: for the check page, the copy and the record alike.

use domain::choices::{Choice, Intent, OnBehalfOf};
use domain::draft::Draft;
use domain::flow::{self, Advice, Place};
use domain::landlord::Landlord;
use domain::question::{Field, FieldName, Kind, Line, Question};
use domain::record::{self, Answer};
use domain::rights;
use domain::triage::{self, Flag, Hazard, Route};
use domain::validate::{self, is_blank};
use yew::AttrValue;

use crate::browser;
use crate::messages::Messages;
use crate::settings::Settings;

/// A question on the path, with its answers as they are shown.
pub struct Row {
    /// Which question.
    pub question: Question,
    /// Its title.
    pub title: AttrValue,
    /// Its fields, each with its answer; empty where there was none.
    pub fields: Vec<(&'static Field, String)>,
}

/// Every question on the path, with its answers as they are shown.
pub fn rows(draft: &Draft, settings: &Settings) -> Vec<Row> {
    let landlord = &settings.landlord;
    let questions = flow::path(draft, landlord).filter_map(|place| match place {
        Place::Ask(question) => Some(question),
        Place::Advise(_) => None,
    });
    let field = |field: &'static Field| (field, shown(field, draft, settings));
    questions
        .map(|question| Row {
            question,
            title: title(question, draft, &settings.messages),
            fields: question.fields_for(landlord).map(field).collect(),
        })
        .collect()
}

/// Every field with its answer, each with a label that stands alone: a question with one field lends
/// it its title, beside others it has a label of its own, too.
pub fn answers(draft: &Draft, settings: &Settings) -> Vec<Answer> {
    let mut answers = Vec::new();
    for row in rows(draft, settings) {
        if row.question == Question::OnBehalfOf
            && let Some((label, value)) = first_report(draft, settings)
        {
            let id = Advice::FirstReport.key().to_owned();
            answers.push(Answer { id, label: label.to_string(), value: value.to_string() });
        }
        let is_alone = row.question.has_one_field();
        for (field, value) in row.fields {
            let name = field.name;
            let label = match is_alone {
                true => row.title.to_string(),
                false => {
                    [&row.title, " – ", &field_label(name, row.question, draft, &settings.messages)]
                        .concat()
                }
            };
            answers.push(Answer { id: name.key().to_owned(), label, value });
        }
    }
    answers
}

/// What a first report was to be, by the resident's own choice: the question and their answer.
pub fn first_report(draft: &Draft, settings: &Settings) -> Option<(AttrValue, AttrValue)> {
    if draft.intent() != Some(Intent::Report) {
        return None;
    }
    let way = draft.chosen(Advice::FirstReport)?;
    let messages = &settings.messages;
    let label = messages.t("advice.first_report.title");
    Some((label, messages.t(&["advice.first_report.way.", way].concat())))
}

/// The title of a question, said of the right person.
pub fn title(question: Question, draft: &Draft, messages: &Messages) -> AttrValue {
    let key = ["question.", question.key(), ".title"].concat();
    messages.variant(&key, person(draft)).unwrap_or_default()
}

/// The hint of a question, said of the right person, and as this landlord has it.
pub fn hint(question: Question, draft: &Draft, settings: &Settings) -> Option<AttrValue> {
    let landlord = &settings.landlord;
    let key = match question {
        Question::YouForSomeone => Question::Consent.key(),
        other => other.key(),
    };
    let variant = match question {
        Question::Consent | Question::YouForSomeone => landlord.authority.key(),
        Question::Identity if landlord.accepts_anonymous && !draft.is_about_another() => {
            "anonymous"
        }
        Question::AtRisk if triage::hazards(draft, landlord) == [Hazard::DangerNow] => "danger",
        _ if draft.on_behalf_of() == Some(OnBehalfOf::Staff) => "staff",
        _ => person(draft),
    };
    let key = ["question.", key, ".hint"].concat();
    let special = settings.messages.get(&[&key, ".", variant].concat());
    special.or_else(|| settings.messages.variant(&key, person(draft)))
}

/// What a field is called beside the other fields of its page, said of the right person. The
/// resident's own words are called after the page.
pub fn field_label(
    name: FieldName,
    question: Question,
    draft: &Draft,
    messages: &Messages,
) -> AttrValue {
    let key = ["field.", name.key(), ".label"].concat();
    let variant = if name == FieldName::Account { question.key() } else { person(draft) };
    messages.variant(&key, variant).unwrap_or_default()
}

/// The label of an option.
pub fn option_label(name: FieldName, option: &str, settings: &Settings) -> AttrValue {
    if name == FieldName::Site
        && let Some(site) = settings.landlord.site(option)
    {
        return site.name.clone().into();
    }
    settings.messages.t(&["option.", name.key(), ".", option].concat())
}

/// Advice as it was shown: the title, the text, and each way on with what was said about it.
pub fn advice_words(advice: Advice, draft: &Draft, settings: &Settings) -> String {
    let messages = &settings.messages;
    let prefix = ["advice.", advice.key(), "."].concat();
    let mut words = String::new();
    let mut say = |text: Option<AttrValue>| {
        if let Some(text) = text {
            words.push_str(&text);
            words.push('\n');
        }
    };
    let part = |part: &str| messages.get(&[&prefix, part].concat());
    say(part("title"));
    say(part("lead"));
    match advice {
        Advice::Danger => {
            for (key, phone) in danger_numbers(settings) {
                say(part(&[key, ".title"].concat()));
                say(phone.map(|phone| phone.to_owned().into()));
                say(part(&[key, ".text"].concat()));
            }
        }
        Advice::FirstReport => {
            if let Some(other) = &settings.landlord.requests {
                say(part("other"));
                say(other.value.clone().map(AttrValue::from));
                say(other.note.clone().map(AttrValue::from));
            }
        }
        Advice::Responsibility => {
            for facts in rights::not_ours(draft, &settings.landlord) {
                say(Some(option_label(FieldName::Topics, facts.topic.key(), settings)));
                let rule = settings.landlord.topic_rule(facts.topic);
                say(rule.and_then(|rule| rule.note.clone()).map(AttrValue::from));
            }
        }
        Advice::PossibleExclusion => {
            exclusion_reasons(draft, &settings.landlord)
                .into_iter()
                .for_each(|key| say(messages.get(key)));
            say(part("refusal"));
        }
    }
    say(part("after"));
    for way in advice.ways() {
        say(part(&["way.", way].concat()));
        say(part(&["way.", way, ".text"].concat()));
    }
    words
}

/// Whom to phone in danger: national services, and the landlord's own number where its file has one.
pub fn danger_numbers(settings: &Settings) -> [(&'static str, Option<&str>); 6] {
    let landlord = match &settings.landlord.urgent_phone {
        Some(phone) => ("landlord", Some(phone.as_str())),
        None => ("no_phone", None),
    };
    [
        ("999", Some("999")),
        ("gas", Some("0800 111 999")),
        landlord,
        ("power", Some("105")),
        ("flood", Some("0345 988 1188")),
        ("abuse", Some("0808 2000 247")),
    ]
}

/// The keys of the sentences for what may keep the landlord from looking into it (Code 2.2).
pub fn exclusion_reasons(draft: &Draft, landlord: &Landlord) -> Vec<&'static str> {
    let reason = |flag: Flag| match flag {
        Flag::PossiblyOver12Months => Some("advice.possible_exclusion.over_12_months"),
        Flag::PossiblyClaimAtCourt => Some("advice.possible_exclusion.claim_at_court"),
        Flag::PossiblyAlreadyAnswered => Some("advice.possible_exclusion.already_answered"),
        _ => None,
    };
    triage::flags(draft, landlord).into_iter().filter_map(reason).collect()
}

fn person(draft: &Draft) -> &'static str {
    match draft.on_behalf_of().filter(|_| draft.route() != Route::Feedback) {
        Some(OnBehalfOf::SomeoneElse | OnBehalfOf::Staff) => "someone_else",
        Some(OnBehalfOf::Group) => "group",
        Some(OnBehalfOf::Me | OnBehalfOf::Household) | None => "me",
    }
}

fn shown(field: &Field, draft: &Draft, settings: &Settings) -> String {
    if !record::is_sent(field.name, draft, &settings.landlord) {
        return String::new();
    }
    match field.kind {
        Kind::Radios(options) | Kind::Checkboxes(options, _) => {
            let mut shown = String::new();
            for option in options(&settings.landlord) {
                if draft.values(field.name).iter().any(|value| value == option) {
                    if !shown.is_empty() {
                        shown.push('\n');
                    }
                    shown.push_str(&option_label(field.name, option, settings));
                }
            }
            shown
        }
        Kind::Line(Line::Date) => {
            let text = draft.text(field.name);
            let date = validate::date(text);
            date.map_or_else(
                || text.to_owned(),
                |date| browser::long_date(date, &settings.language),
            )
        }
        Kind::Line(_) | Kind::Paragraphs(_) => {
            let text = draft.text(field.name);
            if is_blank(text) { String::new() } else { text.to_owned() }
        }
    }
}
