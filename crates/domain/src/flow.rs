//! The journey as one ordered table. Back, next, progress, check-answers, "may it be sent?" and the
//! record all derive from [`path`].
//!
//! There is no place in it from which a complaint can't go on: advice can always be walked past
//! (Code 2.1, 2.5, 5.2). A row's `applies` looks only at rows above it, which is what makes one
//! forward pass sound.

use crate::choices::{Choice, ReportedBefore};
use crate::draft::Draft;
use crate::question::Question;
use crate::triage::{self, Flag};
use crate::validate;

/// Advice: a page that tells something, and offers ways on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Advice {
    /// Someone is in danger: whom to phone now. The complaint goes on (Code 6.1).
    Danger,
}

impl Choice for Advice {
    const ALL: &'static [(Self, &'static str)] = &[(Self::Danger, "danger")];
}

impl Advice {
    /// The ways on from here, by key.
    pub fn ways(self) -> &'static [&'static str] {
        match self {
            Self::Danger => &["carry_on"],
        }
    }
}

/// A place in the journey.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A question is asked.
    Ask(Question),
    /// Advice is given.
    Advise(Advice),
}

/// A row of the table: a place, and when it is on the path.
#[derive(Clone, Copy)]
pub struct Step {
    /// Where.
    pub place: Place,
    /// Whether it is on the path, given the answers to the rows above.
    pub applies: fn(&Draft) -> bool,
}

const fn ask(question: Question) -> Step {
    Step { place: Place::Ask(question), applies: |_| true }
}

const fn ask_if(question: Question, applies: fn(&Draft) -> bool) -> Step {
    Step { place: Place::Ask(question), applies }
}

const fn advise_if(advice: Advice, applies: fn(&Draft) -> bool) -> Step {
    Step { place: Place::Advise(advice), applies }
}

/// Every place, in the order in which a resident meets it.
pub const STEPS: &[Step] = &[
    ask(Question::Danger),
    advise_if(Advice::Danger, may_be_in_danger),
    ask(Question::OnBehalfOf),
    ask_if(Question::Representative, Draft::is_for_someone_else),
    ask_if(Question::Consent, Draft::is_for_someone_else),
    ask(Question::Adjustments),
    ask(Question::Disability),
    ask(Question::Home),
    ask(Question::Topics),
    ask(Question::ReportedBefore),
    ask_if(Question::ReportReference, was_reported_before),
    ask(Question::Account),
    ask(Question::When),
    ask(Question::Effect),
    ask(Question::Outcome),
    ask(Question::Identity),
    ask(Question::Contact),
];

fn may_be_in_danger(draft: &Draft) -> bool {
    triage::flags(draft).contains(&Flag::DangerNow)
}

fn was_reported_before(draft: &Draft) -> bool {
    matches!(draft.reported_before(), Some(ReportedBefore::YesUnhappy | ReportedBefore::YesWaiting))
}

/// The places that apply, given the answers so far.
pub fn path(draft: &Draft) -> impl Iterator<Item = Place> + '_ {
    STEPS.iter().filter(|step| (step.applies)(draft)).map(|step| step.place)
}

/// The first place on the path that still needs the resident.
pub fn next_open(draft: &Draft) -> Option<Place> {
    path(draft).find(|&place| !is_done(place, draft))
}

/// The place after this one; `None` after the last, and off the path.
pub fn after(place: Place, draft: &Draft) -> Option<Place> {
    path(draft).skip_while(|&it| it != place).nth(1)
}

/// The place before this one; `None` before the first, and off the path.
pub fn before(place: Place, draft: &Draft) -> Option<Place> {
    let mut previous = None;
    for it in path(draft) {
        if it == place {
            return previous;
        }
        previous = Some(it);
    }
    None
}

/// Whether the resident may be at this place: it is done, or it is the next to be done.
pub fn can_visit(place: Place, draft: &Draft) -> bool {
    path(draft).take_while(|&it| is_done(it, draft)).chain(next_open(draft)).any(|it| it == place)
}

/// Where this place stands on the path, and how many there are: `(3, 14)` is the third of 14.
pub fn position(place: Place, draft: &Draft) -> (usize, usize) {
    let at = path(draft).position(|it| it == place).map_or(0, |at| at + 1);
    (at, path(draft).count())
}

fn is_done(place: Place, draft: &Draft) -> bool {
    match place {
        Place::Ask(question) => {
            draft.is_done(question) && validate::question(question, draft).is_empty()
        }
        Place::Advise(advice) => draft.chosen(advice).is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::choices::{OnBehalfOf, YesNo};
    use crate::question::{FieldName, Kind};

    fn place_key(place: Place) -> &'static str {
        match place {
            Place::Ask(question) => question.key(),
            Place::Advise(advice) => advice.key(),
        }
    }

    /// Drafts with every combination of the answers that routing looks at.
    fn all_routings() -> Vec<Draft> {
        let mut drafts = vec![Draft::default()];
        for name in [FieldName::Danger, FieldName::OnBehalfOf, FieldName::ReportedBefore] {
            let Some(Kind::Radios(options)) =
                name.question().and_then(|it| it.fields().first()).map(|it| it.kind)
            else {
                panic!("routing looks at radios")
            };
            drafts = drafts
                .iter()
                .flat_map(|draft| {
                    options().into_iter().map(|key| {
                        let mut draft = draft.clone();
                        draft.enter(name, vec![key.to_owned()]);
                        draft
                    })
                })
                .collect();
        }
        drafts
    }

    #[test]
    fn a_row_looks_only_at_rows_above_it() {
        for draft in all_routings() {
            for (at, step) in STEPS.iter().enumerate() {
                let mut cleared = draft.clone();
                for later in &STEPS[at..] {
                    if let Place::Ask(question) = later.place {
                        for field in question.fields() {
                            cleared.enter(field.name, Vec::new());
                        }
                    }
                }
                assert_eq!(
                    (step.applies)(&draft),
                    (step.applies)(&cleared),
                    "{} looks below itself",
                    place_key(step.place)
                );
            }
        }
    }

    #[test]
    fn every_question_is_in_the_table_once() {
        for (question, key) in Question::ALL {
            let rows = STEPS.iter().filter(|step| step.place == Place::Ask(*question)).count();
            assert_eq!(rows, 1, "{key}");
        }
    }

    #[test]
    fn a_complaint_for_oneself_is_at_most_fourteen_pages_and_no_path_over_twenty_four() {
        for draft in all_routings() {
            let pages = path(&draft).count();
            assert!(pages <= 24);
            if draft.on_behalf_of() == Some(OnBehalfOf::Me) && draft.danger() == Some(YesNo::No) {
                assert!(pages <= 14, "{pages}");
            }
        }
    }

    #[test]
    fn before_undoes_after() {
        for draft in all_routings() {
            for place in path(&draft) {
                if let Some(next) = after(place, &draft) {
                    assert_eq!(before(next, &draft), Some(place));
                }
            }
        }
    }

    #[test]
    fn a_gap_stops_the_journey_and_only_what_is_done_or_next_can_be_visited() {
        let mut draft = Draft::default();
        assert!(can_visit(Place::Ask(Question::Danger), &draft));
        assert!(!can_visit(Place::Ask(Question::OnBehalfOf), &draft));
        draft.enter(FieldName::Danger, vec!["no".into()]);
        draft.finish(Question::Danger);
        assert!(can_visit(Place::Ask(Question::OnBehalfOf), &draft));
        assert!(!can_visit(Place::Ask(Question::Account), &draft));
    }

    /// Code 6.1: whoever is flagged to the landlord has seen whom to phone.
    #[test]
    fn a_danger_that_may_be_there_shows_whom_to_phone() {
        for draft in all_routings() {
            let is_advised = path(&draft).any(|it| it == Place::Advise(Advice::Danger));
            assert_eq!(is_advised, draft.danger() != Some(YesNo::No));
        }
    }

    /// Code 2.1, 2.5: advice is never the end.
    #[test]
    fn every_advice_has_a_way_on() {
        for (advice, _) in Advice::ALL {
            assert!(!advice.ways().is_empty());
        }
    }
}
