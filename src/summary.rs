//! What was answered, in the words of the page: for the check page, the copy and the record alike.

use domain::choices::{Choice, OnBehalfOf};
use domain::draft::Draft;
use domain::flow::{self, Advice, Place};
use domain::landlord::Landlord;
use domain::question::{Field, FieldName, Kind, Line, Question};
use domain::record::{self, Answer};
use domain::rights;
use domain::triage::{self, Flag, Route};
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

/// The title of a question, said of the right person.
pub fn title(question: Question, draft: &Draft, messages: &Messages) -> AttrValue {
    let key = ["question.", question.key(), ".title"].concat();
    messages.variant(&key, person(draft)).unwrap_or_default()
}

/// The hint of a question, said of the right person, and as this landlord has it.
pub fn hint(question: Question, draft: &Draft, settings: &Settings) -> Option<AttrValue> {
    let landlord = &settings.landlord;
    let variant = match question {
        Question::Consent => landlord.authority.key(),
        Question::Identity if landlord.accepts_anonymous && !draft.is_for_someone_else() => {
            "anonymous"
        }
        _ => person(draft),
    };
    settings.messages.variant(&["question.", question.key(), ".hint"].concat(), variant)
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
        Advice::Danger | Advice::FirstReport => {}
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
