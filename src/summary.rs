//! What was answered, in the words of the page: for the check page, the copy and the record alike.

use domain::choices::{Choice, OnBehalfOf};
use domain::draft::Draft;
use domain::evidence::Attachment;
use domain::flow::{self, Advice, Place};
use domain::landlord::Landlord;
use domain::question::{Field, FieldName, Kind, Line, Question};
use domain::reading::Peril;
use domain::record::{self, Answer};
use domain::rights;
use domain::triage::{self, EXCLUSIONS, Hazard, Route};
use domain::validate::{self, is_blank};
use yew::AttrValue;

use crate::browser;
use crate::messages::Messages;
use crate::settings::Settings;

/// A place on the path where something was answered, as it is shown.
pub struct Row {
    /// Which place.
    pub place: Place,
    /// Its title.
    pub title: AttrValue,
    /// Its answers.
    pub values: Vec<Value>,
}

/// What was answered in one field, as it is shown.
pub struct Value {
    /// The key of the field.
    pub id: &'static str,
    /// What the field is called beside the others of its page.
    pub name: Option<AttrValue>,
    /// Whether it answers the title of its page, too: options that come first there.
    pub is_of_title: bool,
    /// The answer; empty where there was none.
    pub text: String,
}

/// Every question on the path, with its answers as they are shown; and each choice between a complaint
/// and something else, which is an answer, too, and can be changed as one.
pub fn rows(draft: &Draft, settings: &Settings) -> Vec<Row> {
    let mut rows = Vec::new();
    for place in flow::path(draft, &settings.landlord) {
        rows.extend(match place {
            Place::Ask(question) => Some(row(question, draft, settings)),
            Place::Advise(advice @ (Advice::FirstReport | Advice::Unhappy)) => {
                choice(advice, draft, settings)
            }
            Place::Advise(_) => None,
        });
    }
    rows
}

fn row(question: Question, draft: &Draft, settings: &Settings) -> Row {
    let mut values = Vec::new();
    for field in question.fields_for(&settings.landlord) {
        let name = field.name;
        let is_alone = question.has_one_field() && !matches!(field.kind, Kind::Files);
        let label = || field_label(name, question, draft, &settings.messages);
        values.push(Value {
            id: name.key(),
            name: (!is_alone).then(label),
            is_of_title: matches!(field.kind, Kind::Checkboxes(..))
                && question.fields()[0].name == name,
            text: shown(field, draft, settings),
        });
    }
    let title = title(question, draft, &settings.messages);
    Row { place: Place::Ask(question), title, values }
}

/// Every field with its answer, each with a label that stands alone: a question with one field lends
/// it its title, beside others it has a label of its own, too.
pub fn answers(draft: &Draft, settings: &Settings) -> Vec<Answer> {
    let mut answers = Vec::new();
    for row in rows(draft, settings) {
        for Value { id, name, text, .. } in row.values {
            let label = match name {
                Some(name) => [&row.title, " – ", &name].concat(),
                None => row.title.to_string(),
            };
            answers.push(Answer { id: id.to_owned(), label, value: text });
        }
    }
    answers
}

/// What it was to be, by the resident's own choice.
fn choice(advice: Advice, draft: &Draft, settings: &Settings) -> Option<Row> {
    let way = draft.chosen(advice)?;
    let messages = &settings.messages;
    let prefix = ["advice.", advice.key()].concat();
    let text = messages.t(&[&prefix, ".way.", way].concat()).to_string();
    Some(Row {
        place: Place::Advise(advice),
        title: messages.t(&[&prefix, ".title"].concat()),
        values: vec![Value { id: advice.key(), name: None, is_of_title: false, text }],
    })
}

/// Whom else it goes to, each in a sentence.
pub fn recipients(draft: &Draft, settings: &Settings) -> Vec<AttrValue> {
    let sentence = |name| settings.messages.t_with("check.recipient", &[("name", name)]);
    record::recipients(draft, &settings.landlord).map(sentence).collect()
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
            for number in danger_numbers(settings) {
                say_number(number, messages, &mut say);
            }
        }
        Advice::Careful => {
            for number in careful_numbers(draft) {
                say_number(number, messages, &mut say);
            }
        }
        Advice::Urgent => {
            let quotes = quotes(advice, draft, messages);
            say(part("mentioned").filter(|_| !quotes.is_empty()));
            quotes.into_iter().for_each(|words| say(Some(words)));
            for number in urgent_numbers(draft, settings) {
                say_number(number, messages, &mut say);
            }
        }
        Advice::Unhappy => {
            let quotes = quotes(advice, draft, messages);
            say(part("wrote").filter(|_| !quotes.is_empty()));
            quotes.into_iter().for_each(|words| say(Some(words)));
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
    for way in advice.ways(draft) {
        say(part(&["way.", way].concat()));
        say(part(&["way.", way, ".text"].concat()));
    }
    words
}

/// Whom to phone: the key of what is said of it, and the number where there is one.
pub type Number<'a> = (&'static str, Option<&'a str>);

/// Whom to phone in danger: national services, and the landlord's own number where its file has one.
pub fn danger_numbers(settings: &Settings) -> [Number<'_>; 6] {
    let landlord = match &settings.landlord.urgent_phone {
        Some(phone) => ("danger.landlord", Some(phone.as_str())),
        None => ("danger.no_phone", None),
    };
    [
        ("danger.999", Some("999")),
        ("danger.gas", Some("0800 111 999")),
        landlord,
        ("danger.power", Some("105")),
        ("danger.flood", Some("0345 988 1188")),
        ("danger.abuse", Some("0808 2000 247")),
    ]
}

/// Whom to phone for the hazards that were heard, and nobody else.
pub fn urgent_numbers<'a>(draft: &Draft, settings: &'a Settings) -> Vec<Number<'a>> {
    let [life, gas, landlord, power, _, _] = danger_numbers(settings);
    let mut is_wanted = [false; 5];
    for peril in draft.heard().iter().flat_map(|it| it.hazards_of(Advice::Urgent)) {
        // Life, gas, the landlord, power, illness.
        let wanted: &[usize] = match peril {
            Peril::Gas => &[1],
            Peril::Fire => &[0],
            Peril::Electrical => &[2, 3],
            Peril::DampMould => &[2, 4],
            Peril::FloodLeak
            | Peril::Structural
            | Peril::NoHeatingWater
            | Peril::Security
            | Peril::OtherUrgent => &[0, 2],
            Peril::SelfHarm | Peril::DomesticAbuse => &[],
        };
        wanted.iter().for_each(|at| is_wanted[*at] = true);
    }
    let all = [life, gas, landlord, power, ("urgent.nhs", Some("111"))];
    all.into_iter().zip(is_wanted).filter(|(_, is_wanted)| *is_wanted).map(|(it, _)| it).collect()
}

/// Who listens, and helps. All of them, whatever was heard: the page does not say what that was to somebody
/// who looks over a shoulder. Only what is likely to help most comes first.
pub fn careful_numbers(draft: &Draft) -> [Number<'static>; 4] {
    let mut numbers = [
        ("careful.abuse", Some("0808 2000 247")),
        ("careful.999", Some("999")),
        ("careful.listen", Some("116 123")),
        ("careful.nhs", Some("111")),
    ];
    if draft.hears(|it| it == Peril::SelfHarm) {
        numbers.rotate_left(2);
    }
    numbers
}

fn say_number(number: Number, messages: &Messages, say: &mut impl FnMut(Option<AttrValue>)) {
    let (key, phone) = number;
    say(messages.get(&["advice.", key, ".title"].concat()));
    say(phone.map(|phone| phone.to_owned().into()));
    say(messages.get(&["advice.", key, ".text"].concat()));
}

/// The resident's own words by which this advice came. Enough of them to see why.
pub fn quotes(advice: Advice, draft: &Draft, messages: &Messages) -> Vec<AttrValue> {
    let quotes = draft.heard().map(|it| it.words_of(advice)).unwrap_or_default();
    let quote = |words: &str| messages.t_with("advice.quote", &[("words", words)]);
    quotes.into_iter().take(5).map(quote).collect()
}

/// The keys of the sentences for what may keep the landlord from looking into it (Code 2.2).
pub fn exclusion_reasons(draft: &Draft, landlord: &Landlord) -> Vec<&'static str> {
    let flags = triage::flags(draft, landlord);
    let keys = [
        "advice.possible_exclusion.over_12_months",
        "advice.possible_exclusion.claim_at_court",
        "advice.possible_exclusion.already_answered",
    ];
    let reasons = EXCLUSIONS.into_iter().zip(keys);
    reasons.filter(|(flag, _)| flags.contains(flag)).map(|(_, key)| key).collect()
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
        Kind::Files => {
            let lines = draft.attachments().iter().map(|it| file(it, settings));
            lines.collect::<Vec<_>>().join("\n")
        }
    }
}

/// A file in a line: `door.jpg (2.1 MB)`.
pub fn file(attachment: &Attachment, settings: &Settings) -> String {
    [&*attachment.name, " (", &size(attachment.size, settings), ")"].concat()
}

/// A size in a unit that people know: kilobytes below one megabyte, else megabytes with one digit.
pub fn size(bytes: u64, settings: &Settings) -> String {
    let (unit, number) = if bytes < 1_000_000 {
        ("size.kb", bytes.div_ceil(1000).to_string())
    } else {
        let (whole, tenth) = (bytes / 1_000_000, bytes / 100_000 % 10);
        let rest = if tenth == 0 { String::new() } else { [".", &tenth.to_string()].concat() };
        ("size.mb", [whole.to_string(), rest].concat())
    };
    settings.messages.t_with(unit, &[("count", &number)]).to_string()
}
