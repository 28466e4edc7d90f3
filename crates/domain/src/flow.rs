//! The journey as one ordered table. Back, next, progress, check-answers, "may it be sent?" and the
//! record all derive from [`path`].
//!
//! There is no place in it from which a complaint can't go on: advice can always be walked past
//! (Code 2.1, 2.5, 5.2). A row's `applies` looks only at rows above it, which is what makes one
//! forward pass sound.

use crate::choices::{Choice, Intent, OnBehalfOf};
use crate::draft::Draft;
use crate::heard;
use crate::landlord::Landlord;
use crate::question::{FieldName, Question};
use crate::rights;
use crate::triage::{self, Route};
use crate::validate::{self, is_blank};

/// The way on from a first report that sends a service request.
pub const WAY_REQUEST: &str = "request";
/// The way on that makes it a complaint. Wherever there is more than one way, this is one.
pub const WAY_COMPLAINT: &str = "complaint";
/// The way on that leaves it a comment.
pub const WAY_FEEDBACK: &str = "feedback";
/// The one way on from advice that only tells something.
pub const WAY_ON: &str = "carry_on";

/// Advice: a page that tells something, and offers ways on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Advice {
    /// Someone is in danger: whom to phone now. The complaint goes on (Code 6.1).
    Danger,
    /// A first report can be a service request or a complaint: the resident chooses (Code 1.3, 1.4).
    FirstReport,
    /// A part of it may be for somebody else; it is taken all the same (Code 5.7).
    Responsibility,
    /// Abuse or self-harm was heard in the words: who listens, and that nobody is told before *Send*.
    Careful,
    /// A hazard was heard in the words: whom to phone now. It goes on (Code 6.1).
    Urgent,
    /// The words sound unhappy with the landlord: it can be a complaint, and the resident chooses
    /// (Code 1.3).
    Unhappy,
    /// Something may keep the landlord from looking into it. It can be sent all the same, a person
    /// decides, and a refusal is explained in writing (Code 2.1 to 2.5).
    PossibleExclusion,
}

impl Choice for Advice {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::Danger, "danger"),
        (Self::FirstReport, "first_report"),
        (Self::Responsibility, "responsibility"),
        (Self::Careful, "careful"),
        (Self::Urgent, "urgent"),
        (Self::Unhappy, "unhappy"),
        (Self::PossibleExclusion, "possible_exclusion"),
    ];
}

impl Advice {
    /// The ways on from here, by key. None of them is an end.
    pub fn ways(self, draft: &Draft) -> &'static [&'static str] {
        match self {
            Self::FirstReport => &[WAY_REQUEST, WAY_COMPLAINT],
            Self::Unhappy if draft.intent() == Some(Intent::Report) => {
                &[WAY_REQUEST, WAY_COMPLAINT]
            }
            Self::Unhappy => &[WAY_FEEDBACK, WAY_COMPLAINT],
            Self::Danger
            | Self::Responsibility
            | Self::Careful
            | Self::Urgent
            | Self::PossibleExclusion => &[WAY_ON],
        }
    }

    /// Whether it comes by what was heard in the resident's own words. Then it is shown once for them.
    pub fn is_heard(self) -> bool {
        matches!(self, Self::Careful | Self::Urgent | Self::Unhappy)
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

/// When a row is on the path, given the answers to the rows above it.
type Applies = fn(&Draft, &Landlord) -> bool;

/// A row of the table: a place, and when it is on the path.
#[derive(Clone, Copy)]
pub struct Step {
    /// Where.
    pub place: Place,
    /// Whether it is on the path.
    pub applies: Applies,
}

const fn ask(question: Question) -> Step {
    Step { place: Place::Ask(question), applies: |_, _| true }
}

const fn ask_if(question: Question, applies: Applies) -> Step {
    Step { place: Place::Ask(question), applies }
}

const fn advise_if(advice: Advice, applies: Applies) -> Step {
    Step { place: Place::Advise(advice), applies }
}

/// Every place, in the order in which a resident meets it.
pub const STEPS: &[Step] = &[
    ask_if(Question::Site, |_, landlord| !landlord.sites.is_empty()),
    ask(Question::Danger),
    advise_if(Advice::Danger, |draft, _| triage::may_be_in_danger(draft)),
    ask(Question::Intent),
    advise_if(Advice::FirstReport, |draft, _| draft.intent() == Some(Intent::Report)),
    ask_if(Question::OnBehalfOf, |draft, _| draft.route() != Route::Feedback),
    ask_if(Question::Staff, |draft, _| is_long(draft) && is_for(draft, OnBehalfOf::Staff)),
    ask_if(Question::Group, |draft, _| is_long(draft) && is_for(draft, OnBehalfOf::Group)),
    ask_if(Question::Representative, is_represented),
    ask_if(Question::Consent, is_represented),
    ask_if(Question::RepresentativeRole, is_represented),
    ask_if(Question::Adjustments, |draft, _| is_long(draft)),
    ask_if(Question::Disability, |draft, _| is_long(draft)),
    ask_if(Question::DisabilityConsent, |draft, landlord| {
        is_long(draft)
            && landlord.asks_for_explicit_consent()
            && !is_blank(draft.text(FieldName::Disability))
    }),
    ask_if(Question::Topics, |draft, _| is_long(draft)),
    advise_if(Advice::Responsibility, |draft, landlord| {
        is_long(draft) && !rights::not_ours(draft, landlord).is_empty()
    }),
    ask_if(Question::AtRisk, |draft, landlord| {
        is_long(draft) && !triage::hazards(draft, landlord).is_empty()
    }),
    ask_if(Question::Report, |draft, _| draft.intent() == Some(Intent::Told)),
    ask_if(Question::Account, |draft, _| draft.first_route() == Route::Complaint),
    ask_if(Question::Request, |draft, _| draft.first_route() == Route::ServiceRequest),
    ask_if(Question::Stage2, |draft, _| draft.route() == Route::Stage2),
    ask_if(Question::Addition, |draft, _| draft.route() == Route::Addition),
    ask_if(Question::Feedback, |draft, _| draft.route() == Route::Feedback),
    advise_if(Advice::Careful, |draft, _| draft.hears(heard::needs_care)),
    advise_if(Advice::Urgent, |draft, _| {
        // Whoever said so has seen all the numbers already.
        !triage::may_be_in_danger(draft) && draft.hears(|it| !heard::needs_care(it))
    }),
    advise_if(Advice::Unhappy, |draft, _| triage::may_complain(draft)),
    ask_if(Question::When, |draft, _| draft.route() == Route::Complaint),
    ask_if(Question::Outcome, |draft, _| draft.route() == Route::Complaint),
    ask_if(Question::Exclusions, |draft, landlord| {
        draft.route() == Route::Complaint && !landlord.exclusions.is_empty()
    }),
    advise_if(Advice::PossibleExclusion, |draft, landlord| {
        triage::may_be_late(draft, landlord)
            || triage::may_be_excluded_by(FieldName::ClaimAtCourt, draft, landlord)
            || triage::may_be_excluded_by(FieldName::AlreadyAnswered, draft, landlord)
    }),
    ask_if(Question::LateReason, triage::may_be_late),
    ask_if(Question::Identity, |draft, _| is_long(draft)),
    ask_if(Question::Contact, |draft, _| is_long(draft)),
    ask_if(Question::You, |draft, _| {
        is_short(draft)
            && !is_for(draft, OnBehalfOf::SomeoneElse)
            && !is_for(draft, OnBehalfOf::Staff)
    }),
    ask_if(Question::YouForSomeone, |draft, _| {
        is_short(draft) && is_for(draft, OnBehalfOf::SomeoneElse)
    }),
    ask_if(Question::YouStaff, |draft, _| is_short(draft) && is_for(draft, OnBehalfOf::Staff)),
    ask_if(Question::Reply, |draft, _| draft.route() == Route::Feedback),
];

/// A complaint or a request: the landlord hears of it for the first time, or as if.
fn is_long(draft: &Draft) -> bool {
    matches!(draft.route(), Route::Complaint | Route::ServiceRequest)
}

/// About a complaint that the landlord has already: as little as can be is asked (Code 6.12).
fn is_short(draft: &Draft) -> bool {
    matches!(draft.route(), Route::Stage2 | Route::Addition)
}

fn is_for(draft: &Draft, whom: OnBehalfOf) -> bool {
    draft.on_behalf_of() == Some(whom)
}

fn is_represented(draft: &Draft, _: &Landlord) -> bool {
    is_long(draft) && is_for(draft, OnBehalfOf::SomeoneElse)
}

/// The places that apply, given the answers so far.
pub fn path<'a>(draft: &'a Draft, landlord: &'a Landlord) -> impl Iterator<Item = Place> + 'a {
    STEPS.iter().filter(|step| (step.applies)(draft, landlord)).map(|step| step.place)
}

/// Whether a question is on the path.
pub fn is_asked(question: Question, draft: &Draft, landlord: &Landlord) -> bool {
    STEPS.iter().any(|step| step.place == Place::Ask(question) && (step.applies)(draft, landlord))
}

/// The question on the path that asks for a field.
pub fn asking(field: FieldName, draft: &Draft, landlord: &Landlord) -> Option<Question> {
    path(draft, landlord).find_map(|place| match place {
        Place::Ask(question) => {
            question.fields_for(landlord).any(|it| it.name == field).then_some(question)
        }
        Place::Advise(_) => None,
    })
}

/// The first place on the path that still needs the resident.
pub fn next_open(draft: &Draft, landlord: &Landlord) -> Option<Place> {
    path(draft, landlord).find(|&place| !is_done(place, draft, landlord))
}

/// The place after this one; `None` after the last, and off the path.
pub fn after(place: Place, draft: &Draft, landlord: &Landlord) -> Option<Place> {
    path(draft, landlord).skip_while(|&it| it != place).nth(1)
}

/// The place before this one; `None` before the first, and off the path.
pub fn before(place: Place, draft: &Draft, landlord: &Landlord) -> Option<Place> {
    let mut previous = None;
    for it in path(draft, landlord) {
        if it == place {
            return previous;
        }
        previous = Some(it);
    }
    None
}

/// Whether the resident may be at this place: it is done, or it is the next to be done.
pub fn can_visit(place: Place, draft: &Draft, landlord: &Landlord) -> bool {
    path(draft, landlord)
        .take_while(|&it| is_done(it, draft, landlord))
        .chain(next_open(draft, landlord))
        .any(|it| it == place)
}

/// Where this place stands on the path, and how many there are: `(3, 14)` is the third of 14.
pub fn position(place: Place, draft: &Draft, landlord: &Landlord) -> (usize, usize) {
    let at = path(draft, landlord).position(|it| it == place).map_or(0, |at| at + 1);
    (at, path(draft, landlord).count())
}

fn is_done(place: Place, draft: &Draft, landlord: &Landlord) -> bool {
    match place {
        Place::Ask(question) => {
            draft.is_done(question) && validate::question(question, draft, landlord).is_empty()
        }
        Place::Advise(advice) => draft.chosen(advice).is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_question_and_every_advice_is_in_the_table_once() {
        for (question, key) in Question::ALL {
            let rows = STEPS.iter().filter(|step| step.place == Place::Ask(*question)).count();
            assert_eq!(rows, 1, "{key}");
        }
        for (advice, key) in Advice::ALL {
            let rows = STEPS.iter().filter(|step| step.place == Place::Advise(*advice)).count();
            assert_eq!(rows, 1, "{key}");
        }
    }

    #[test]
    fn a_gap_stops_the_journey_and_only_what_is_done_or_next_can_be_visited() {
        let landlord = Landlord::default();
        let mut draft = Draft::default();
        assert!(can_visit(Place::Ask(Question::Danger), &draft, &landlord));
        assert!(!can_visit(Place::Ask(Question::Intent), &draft, &landlord));
        draft.enter(FieldName::Danger, vec!["no".into()]);
        draft.finish(Question::Danger);
        assert!(can_visit(Place::Ask(Question::Intent), &draft, &landlord));
        assert!(!can_visit(Place::Ask(Question::Account), &draft, &landlord));
    }

    /// Code 2.1, 2.5: advice is never the end, and where there is a choice, a complaint is one.
    #[test]
    fn every_advice_has_a_way_on() {
        for (_, intent) in Intent::ALL {
            let mut draft = Draft::default();
            draft.enter(FieldName::Intent, vec![(*intent).to_owned()]);
            for (advice, key) in Advice::ALL {
                let ways = advice.ways(&draft);
                assert!(!ways.is_empty(), "{key}");
                assert!(ways.len() == 1 || ways.contains(&WAY_COMPLAINT), "{key}");
            }
        }
    }
}
