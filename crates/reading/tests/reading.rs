//! What must be true of every text that the form reads (Code 1.3). How often it hears what people said it should is
//! measured in the service's crate, which has the command for it.

use proptest::prelude::*;
use proptest::sample::select;
use reading::labelled::rows;
use reading::{About, Lesson, Meaning, Model, Peril, Reading};

const FILES: [&str; 6] = [
    include_str!("triage/development.tsv"),
    include_str!("triage/everyday.tsv"),
    include_str!("triage/held-out.tsv"),
    include_str!("triage/plain.tsv"),
    include_str!("triage/stories.tsv"),
    include_str!("triage/training.tsv"),
];

fn read(text: &str) -> Reading {
    Model::english().read(text)
}

fn any_row() -> impl Strategy<Value = &'static str> {
    let rows = FILES.iter().flat_map(|file| rows(file).expect("labelled rows"));
    select(rows.map(|it| it.text).collect::<Vec<_>>())
}

const PRAISE: [&str; 12] = [
    "Thank you so much.",
    "Your staff are wonderful!",
    "thanks",
    "Many thanks for all you do, it is a brilliant service.",
    "Cheers, you are fantastic.",
    "We are very grateful to everyone at the office.",
    "The lady on the phone was excellent and so helpful.",
    "I really appreciate it, thank you",
    "Your team is amazing and so kind",
    "The caretaker is lovely.",
    "you lot are great",
    "Keep up the good work!",
];

/// What a text sounds like, and what is dangerous in it.
fn heard(text: &str) -> (Meaning, bool, Vec<Peril>) {
    let reading = read(text);
    (reading.route, reading.is_dissatisfied, reading.hazards)
}

/// Of every row, as the rule has no exception.
#[test]
fn whoever_says_that_they_want_to_complain_does() {
    for row in FILES.iter().flat_map(|file| rows(file).expect("labelled rows")) {
        for said in [
            format!("I want to complain. {}", row.text),
            format!("{} I want to complain", row.text),
        ] {
            let reading = read(&said);
            assert_eq!(reading.route, Meaning::Complaint, "{said}");
            assert!(reading.is_dissatisfied, "{said}");
        }
    }
}

#[test]
fn a_model_that_is_read_a_little_at_a_time_is_the_same() {
    let text = include_str!("../src/en.txt");
    let mut lesson = Lesson::default();
    let mut times = 1;
    while !lesson.go_on(text, 1_000).expect("a model") {
        times += 1;
    }
    assert!(times > 50, "{times}");
    let model = lesson.model();
    for row in rows(FILES[0]).expect("labelled rows") {
        assert_eq!(model.read(row.text), read(row.text), "{}", row.text);
    }
}

#[test]
fn a_text_that_is_no_model_is_none() {
    for text in
        ["", "told: tel", "told: tel\n%noshow: nobody came", "told\n\n", "told: tel\n\nweather 3\n"]
    {
        assert!(Model::parse(text).is_none(), "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn praise_never_hides_a_hazard(text in any_row(), praise in select(&PRAISE[..]), is_first: bool) {
        let before = read(text).hazards;
        let said = if is_first { format!("{praise}. {text}") } else { format!("{text}. {praise}") };
        let after = read(&said).hazards;
        prop_assert!(before.iter().all(|it| after.contains(it)), "{:?} became {:?}", before, after);
    }

    #[test]
    fn how_it_is_typed_changes_nothing(text in any_row(), at in any::<prop::sample::Index>()) {
        let expected = heard(text);
        prop_assert_eq!(heard(&text.to_uppercase()), expected.clone(), "capitals");
        prop_assert_eq!(heard(&text.to_lowercase()), expected.clone(), "small letters");
        prop_assert_eq!(heard(&text.replace(' ', "\n")), expected.clone(), "line breaks");
        prop_assert_eq!(heard(&text.replace('e', "é").replace('O', "Ö")), expected.clone(), "accents");
        prop_assert_eq!(heard(&text.replace('\'', "’")), expected.clone(), "apostrophes");
        let letters: Vec<char> = text.chars().collect();
        let at = at.index(letters.len());
        let doubled: String = letters
            .iter()
            .enumerate()
            .flat_map(|(nth, it)| vec![*it; if nth == at && it.is_alphabetic() { 2 } else { 1 }])
            .collect();
        prop_assert_eq!(heard(&doubled), expected, "a doubled letter");
    }

    #[test]
    fn any_text_is_read_and_its_words_are_in_it(text in "\\PC{0,300}") {
        let reading = read(&text);
        for because in &reading.because {
            prop_assert!(text.get(because.span.clone()).is_some_and(|it| !it.trim().is_empty()));
        }
    }

    /// Nothing is ever refused, and what says nothing is the resident's to choose.
    #[test]
    fn what_says_nothing_is_no_more_than_a_request(text in "[ .,!?\\n]{0,40}|[bcdfghjkl]{9,14}( [vwxzq]{9,14}){0,3}") {
        prop_assert_eq!(read(&text), Reading::default(), "{}", text);
    }
}

#[test]
fn an_empty_text_is_the_residents_choice() {
    assert_eq!(read(""), Reading::default());
    assert_eq!(read("").route, Meaning::ServiceRequest);
}

#[test]
fn it_says_by_which_words_it_went() {
    let text = "There is a strong smell of gas in my kitchen. I have told you three times and nobody came.";
    let reading = read(text);
    assert_eq!(reading.route, Meaning::Complaint);
    assert_eq!(reading.hazards, [Peril::Gas]);
    let of = |about| reading.because.iter().filter(move |it| it.about == about);
    let gas: Vec<&str> = of(About::Hazard(Peril::Gas)).map(|it| &text[it.span.clone()]).collect();
    assert!(gas.iter().any(|it| it.contains("gas")), "{gas:?}");
    assert!(of(About::Route).count() > 0);
}

/// Of every row. Which words explain it never decides what is heard.
#[test]
fn whatever_is_heard_has_its_words() {
    for row in FILES.iter().flat_map(|file| rows(file).expect("labelled rows")) {
        let reading = read(row.text);
        let has_words = |about| reading.because.iter().any(|it| it.about == about);
        let is_heard = reading.route != Meaning::ServiceRequest;
        assert_eq!(has_words(About::Route), is_heard, "{}", row.text);
        for peril in &reading.hazards {
            assert!(has_words(About::Hazard(*peril)), "{}", row.text);
        }
    }
    // Complaints of which no word speaks more for a complaint than for anything else.
    for text in [
        "Bath was fixed Tuesday. Bath was unfixed Wednesday.",
        "four months, four floors of shopping my knee has a nickname",
    ] {
        assert_eq!(read(text).route, Meaning::Complaint, "{text}");
    }
}

#[test]
fn plain_words_are_heard() {
    for (text, route, hazards) in [
        ("I am fed up. Nobody came to fix my tap.", Meaning::Complaint, &[][..]),
        ("I am disgusted with how your contractor spoke to me.", Meaning::Complaint, &[]),
        (
            "This is the third time I have reported it and nothing has been done.",
            Meaning::Complaint,
            &[],
        ),
        (
            "Please can someone come and fix the kitchen tap, it drips.",
            Meaning::ServiceRequest,
            &[],
        ),
        ("How do I apply for a parking permit?", Meaning::ServiceRequest, &[]),
        ("I don't think I want to complain. Can I have a new tap?", Meaning::ServiceRequest, &[]),
        (
            "I am not happy with your stage 1 response. Please escalate it to stage 2.",
            Meaning::Stage2,
            &[],
        ),
        ("Thank you so much to the plumber, he was brilliant.", Meaning::Compliment, &[]),
        ("I can smell gas in the hallway.", Meaning::ServiceRequest, &[Peril::Gas]),
        (
            "Water is pouring through the kitchen ceiling, please send someone.",
            Meaning::ServiceRequest,
            &[Peril::FloodLeak],
        ),
        (
            "My husband hits me and I am afraid to go home tonight.",
            Meaning::ServiceRequest,
            &[Peril::DomesticAbuse],
        ),
    ] {
        let reading = read(text);
        assert_eq!(reading.route, route, "{text}");
        assert_eq!(reading.hazards.first(), hazards.first(), "{text}");
    }
    let reading = read("I want to end my life. I can't do this any more.");
    assert_eq!(reading.hazards, [Peril::SelfHarm]);
}

/// A letter may tell of two dangers, and each has its own numbers to phone.
#[test]
fn one_danger_hides_no_other() {
    for (text, hazards) in [
        (
            "There is a smell of gas, and water is pouring through the ceiling.",
            [Peril::Gas, Peril::FloodLeak],
        ),
        ("The front door does not lock and I can smell gas.", [Peril::Gas, Peril::Security]),
        (
            "There is no hot water and I want to kill myself.",
            [Peril::SelfHarm, Peril::NoHeatingWater],
        ),
        ("My husband hits me. There is a smell of gas.", [Peril::DomesticAbuse, Peril::Gas]),
    ] {
        assert_eq!(read(text).hazards, hazards, "{text}");
    }
}

/// A long text takes as much longer as it is longer. Times are measured by `cargo xtask bench`; here it ends.
#[test]
fn a_very_long_text_is_read() {
    let text = "I have told you about the mould again and again. ".repeat(2_100);
    assert!(text.len() > 100_000);
    assert_eq!(read(&text).route, Meaning::Complaint);
}
