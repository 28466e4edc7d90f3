//! The Complaint Handling Code (2024), provision by provision: what it asks for in our own words,
//! what the form and the service do about it, and the tests that show it.
//!
//! Only what is true of this version may stand here. What software can't show says so.

use std::borrow::Cow;

use domain::choices::Choice;
use domain::landlord::{Authority, ChannelKind, Exclusion, Landlord};
use domain::rights::Responsibility;
use domain::timescale::StartsFrom;
use domain::working_days::WorkingDays;

/// A row of the self-assessment form.
#[derive(Clone, Copy)]
pub struct Provision {
    /// Its number in the Code.
    pub number: &'static str,
    /// What it asks for, in short. Not the Code's own words.
    pub requirement: &'static str,
    /// How far the form meets it.
    pub comply: fn(&Landlord) -> Comply,
    /// How it meets it, with what the landlord's file says.
    pub evidence: fn(&Landlord) -> Cow<'static, str>,
    /// The tests that show it: names of functions, titles of browser tests, or files.
    pub tests: &'static [&'static str],
}

/// How far the form meets a provision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comply {
    /// By itself.
    Yes,
    /// The form does its part; the rest is done by people.
    InPart,
    /// Software can't show it.
    NotShown,
}

impl Comply {
    /// As it stands in the form.
    pub fn text(self) -> &'static str {
        match self {
            Self::Yes => "Yes",
            Self::InPart => "In part",
            Self::NotShown => "The form can't show this",
        }
    }
}

const YES: fn(&Landlord) -> Comply = |_| Comply::Yes;
const IN_PART: fn(&Landlord) -> Comply = |_| Comply::InPart;
const NOT_SHOWN: fn(&Landlord) -> Comply = |_| Comply::NotShown;

const NO_PATH_REFUSES: &str = "every_path_ends_in_a_record_when_as_little_as_possible_is_typed";
const NOTHING_IS_LOST: &str = "every_path_ends_in_a_record_of_everything_when_all_is_typed";
const RIGHTS_EVERYWHERE: &str = "every_page_has_the_rights_once_and_one_screen";
const NO_FORBIDDEN_WORDS: &str = "no_text_uses_a_word_that_the_code_or_plain_english_forbids";
const NEVER_SLOWER: &str = "a_landlord_may_be_quicker_than_the_code_but_never_slower";
const DATES_TWICE: &str = "crates/server/tests/differential/deadlines.py";
const BAD_FILES: &str = "each_bad_file_has_its_one_finding";
const EVERY_ADVICE: &str = "every_advice_has_a_way_on";

/// Every provision, in the order of the Code.
pub const PROVISIONS: &[Provision] = &[
    Provision {
        number: "1.2",
        requirement: "Define a complaint as the Code does: any expression of dissatisfaction, however \
                      made, about what the landlord, its staff or those acting for it did or did not \
                      do, from one resident or a group.",
        comply: IN_PART,
        evidence: |_| {
            "The form says that it is for anything that the landlord did or did not do, its staff and its contractors included. It takes complaints from one resident, a household, someone who \
             speaks for a resident, and a group. Its first page has the Code's definition word for word, and a landlord's \
             file can't give it another. Add: where your policy has the Code's definition word for word."
                .into()
        },
        tests: &[NO_PATH_REFUSES, BAD_FILES],
    },
    Provision {
        number: "1.3",
        requirement: "Nobody needs the word complaint. Whoever is dissatisfied is given the choice to \
                      complain, and what a representative sends is handled under the same policy.",
        comply: YES,
        evidence: |_| {
            "The first page says that nobody has to use the word, or know any rules. A first report is \
             offered both ways with buttons of one size, as a request or as a complaint, and the \
             choice is recorded. Where a request or a comment sounds unhappy in its own words, the form \
             asks once whether it is a complaint, and tells you how it sounds. A request, and a \
             thank-you or a comment, can be made a complaint with one press. A representative goes the same way; what they say about the resident's \
             agreement is recorded, and holds nothing up."
                .into()
        },
        tests: &[
            NO_PATH_REFUSES,
            EVERY_ADVICE,
            NO_FORBIDDEN_WORDS,
            "a_request_that_sounds_unhappy_becomes_a_complaint_in_one_press",
        ],
    },
    Provision {
        number: "1.4",
        requirement: "Tell service requests from complaints. Requests are recorded, monitored and \
                      reviewed.",
        comply: IN_PART,
        evidence: |it| {
            let own = match &it.requests {
                Some(_) => " It also shows your own way to report (setting requests).",
                None => "",
            };
            format!(
                "A request is a record of its own kind with a reference of its own, kept like a \
                 complaint, and only where the resident chose it.{own} Add: how requests are monitored \
                 and reviewed, and where your policy explains the difference."
            )
            .into()
        },
        tests: &[EVERY_ADVICE, "each_kind_of_record_gets_its_own_dates"],
    },
    Provision {
        number: "1.5",
        requirement: "Dissatisfaction with the response to a request is a complaint, also while the \
                      request is open, and work on the request goes on.",
        comply: IN_PART,
        evidence: |_| {
            "Whoever has told the landlord before and is unhappy, or still waits, makes a complaint without being \
             asked to choose. The form asks whether the request is still open and for its number, says \
             that complaining stops no work, and flags an open request to the complaints team. Add: \
             how you make sure that the work goes on."
                .into()
        },
        tests: &["the_flags_are_worked_out_again", NO_PATH_REFUSES],
    },
    Provision {
        number: "1.6",
        requirement: "What is said in a survey is not a complaint, but people are told how to complain; \
                      so are those who give other feedback.",
        comply: IN_PART,
        evidence: |_| {
            "A link from a survey can be marked as such: the first page then says that a survey is no \
             complaint, and that this is the way to make one. A thank-you or a comment can be made a \
             complaint on the same page and after it was sent. Add: which of your surveys have the link."
                .into()
        },
        tests: &["where the resident came from is told to the landlord"],
    },
    Provision {
        number: "2.1",
        requirement: "Accept every complaint unless there is a valid reason, with evidence, on the \
                      merits of each.",
        comply: IN_PART,
        evidence: |_| {
            "The form accepts every complaint: no answer, and no lack of one, ends it without a record. \
             Only a person can refuse. Add: how refusals are decided and evidenced."
                .into()
        },
        tests: &[NO_PATH_REFUSES, EVERY_ADVICE],
    },
    Provision {
        number: "2.2",
        requirement: "The policy says what is not considered, fairly: such as what is over twelve months \
                      old, in court (a claim was filed), or considered before.",
        comply: IN_PART,
        evidence: |it| {
            match exclusions(it).as_str() {
            "" => "This landlord's file names no exclusion, so the form asks about none. It could name \
                   the three of this provision and no others. Add: where your policy sets out what is \
                   not considered."
                .into(),
            named => format!(
                "The form asks neutrally, and late, about {named} (setting possibleExclusions). It can \
                 ask about the three of this provision and no others; a claim counts only once it was \
                 filed at court, and the form says that a solicitor's letter is none. The answers are \
                 flags for a person. An exclusion that your own documents have beside these does not \
                 exist in the form. Add: where your policy sets out what is not considered."
            )
            .into(),
        }
        },
        tests: &[NO_PATH_REFUSES, BAD_FILES],
    },
    Provision {
        number: "2.3",
        requirement: "Accept what is brought within twelve months of happening or of the resident \
                      becoming aware, and consider discretion after that.",
        comply: IN_PART,
        evidence: |it| {
            let asks = if it.exclusions.contains(&Exclusion::Over12Months) {
                "The form asks when the resident found out. Where that is over twelve months ago, it \
                 says that the complaint can be sent all the same, and invites a reason, which may be \
                 left out."
            } else {
                "This landlord's file does not use the twelve months (setting possibleExclusions), so \
                 the form does not ask how long ago it was."
            };
            format!("{asks} No limit is enforced. Add: how discretion is used.").into()
        },
        tests: &[NO_PATH_REFUSES, BAD_FILES],
    },
    Provision {
        number: "2.4",
        requirement: "Explain a refusal, and tell of the right to take it to the Ombudsman.",
        comply: IN_PART,
        evidence: |it| {
            let page = if it.exclusions.is_empty() {
                "Every page tells of the Housing Ombudsman, with telephone number and website."
            } else {
                "Where an exclusion may come up, the form says beforehand that a refusal is explained \
                 in writing, that the Ombudsman can be asked to look at it, and that the Ombudsman can \
                 have the complaint taken. Every page has the Ombudsman's telephone number and website."
            };
            format!("{page} Add: your letter of refusal.").into()
        },
        tests: &[RIGHTS_EVERYWHERE],
    },
    Provision {
        number: "2.5",
        requirement: "No blanket exclusions; look at the circumstances of each complaint.",
        comply: IN_PART,
        evidence: |_| {
            "No rule in the form ends a complaint, and no setting makes one: the check of a landlord's \
             file calls an attempt an error. Add: how each case is looked at by itself."
                .into()
        },
        tests: &[NO_PATH_REFUSES, BAD_FILES],
    },
    Provision {
        number: "3.1",
        requirement: "Several ways to complain, and adjustments that are anticipated (Equality Act 2010).",
        comply: |it| if it.channels.len() < 2 { Comply::InPart } else { Comply::Yes },
        evidence: |it| {
            let formats = match &it.formats {
                Some(formats) => format!(" It says: “{formats}” (setting formats)."),
                None => String::new(),
            };
            format!(
                "The form is one way. {} Everyone who makes a complaint or a request is asked which \
                 adjustments would help, from a list and in their own words.{formats} The form is \
                 tested with axe, with the keyboard alone, at 320 pixels, and with large text.",
                channels(it)
            )
            .into()
        },
        tests: &[
            "axe finds nothing wrong on any screen and with any problem",
            "a whole complaint needs no more than Tab, arrows, space, Enter and letters",
            "without any script the landlord’s own words are there",
        ],
    },
    Provision {
        number: "3.2",
        requirement: "Complaints in any way and to any member of staff, who can pass them on.",
        comply: IN_PART,
        evidence: |it| {
            let staff = match has_channel(it, ChannelKind::Staff) {
                true => " The form tells residents that they can tell any member of staff.",
                false => "",
            };
            format!(
                "Staff can fill in the form for a resident: it asks for their name and the day on which \
                 they were told, and that day is the day of receipt. No account is needed.{staff} Add: \
                 how staff know of this."
            )
            .into()
        },
        tests: &["what_a_member_of_staff_was_told_is_received_on_the_day_it_was_said"],
    },
    Provision {
        number: "3.3",
        requirement: "Many complaints are not a bad sign; few may mean that people can't complain.",
        comply: NOT_SHOWN,
        evidence: |_| "Add: how volumes are reported and read.".into(),
        tests: &[],
    },
    Provision {
        number: "3.4",
        requirement: "A clear, accessible policy on the website, with both stages, what happens at each, \
                      and how long it takes.",
        comply: IN_PART,
        evidence: |it| {
            format!(
                "{} The first page says what happens at both stages and within how many working days, \
                 and the last page gives the dates. No sentence of the form's own has more than 25 words. Add: the policy \
                 itself.",
                policy(it)
            )
            .into()
        },
        tests: &[
            "no_sentence_is_longer_than_twenty_five_words",
            "every_page_is_as_it_was_last_looked_at",
        ],
    },
    Provision {
        number: "3.5",
        requirement: "The policy says how it is publicised, with the Ombudsman and the Code.",
        comply: IN_PART,
        evidence: |it| {
            let papers = match it.documents.len() {
                0 => String::new(),
                _ => {
                    let names = it.documents.iter().map(|it| format!("“{}”", it.name));
                    format!(" It names {} (setting documents).", list(names))
                }
            };
            format!(
                "The form names the Housing Ombudsman on every page.{papers} Add: how the policy, the \
                 Ombudsman and the Code are publicised elsewhere."
            )
            .into()
        },
        tests: &[RIGHTS_EVERYWHERE],
    },
    Provision {
        number: "3.6",
        requirement: "A representative may deal with the complaint, and represent or accompany the \
                      resident at any meeting.",
        comply: YES,
        evidence: |it| {
            let authority = match it.authority {
                Authority::NotStated => {
                    "The file does not say how consent is shown (setting representatives)."
                }
                Authority::Written | Authority::Signed | Authority::SignedNormally => {
                    "The form says which paper is asked for (setting representatives), and that it can \
                     follow later."
                }
                Authority::Gdpr | Authority::GdprWaivable => {
                    "The form says that consent under data protection law is asked for (setting \
                     representatives), and that it can follow later."
                }
            };
            format!(
                "A representative gives their name, who they are, how to reach them, what they may do \
                 and who gets the answers. {authority} The complaint is sent in every case. Anyone can \
                 ask for someone to be with them at meetings and visits, and the complaints team sees \
                 that at once."
            )
            .into()
        },
        tests: &[NO_PATH_REFUSES, NOTHING_IS_LOST],
    },
    Provision {
        number: "3.7",
        requirement: "Tell residents of their right to go to the Ombudsman, and how.",
        comply: YES,
        evidence: |it| {
            let both = match it.names_lgsco {
                true => {
                    " The Local Government and Social Care Ombudsman is named beside it (setting \
                         ombudsmen); the resident does not have to choose."
                }
                false => "",
            };
            format!(
                "Every page says, without a click, what the resident may do at that point, with the \
                 Housing Ombudsman's telephone number and website: also before anything is sent, when \
                 sending fails, when the form can't open, and in the copy that can be saved.{both} No \
                 setting takes it away."
            )
            .into()
        },
        tests: &[
            RIGHTS_EVERYWHERE,
            "the_frame_names_the_ombudsman_as_the_rules_do",
            "anyone who answers anything at all gets to the end, with their rights on every screen",
            BAD_FILES,
        ],
    },
    Provision {
        number: "4.1",
        requirement: "A person or team is responsible for complaints, for the Ombudsman, and for \
                      reporting to the governing body.",
        comply: |it| if it.team.is_some() { Comply::InPart } else { Comply::NotShown },
        evidence: |it| {
            match &it.team {
            Some(team) => format!(
                "The form tells residents who looks after complaints: {team} (setting team). Add: who \
                 deals with the Ombudsman and reports to the governing body."
            )
            .into(),
            None => "This landlord's file names no team (setting team). Add: who is responsible.".into(),
        }
        },
        tests: &[],
    },
    Provision {
        number: "4.2",
        requirement: "The complaints officer reaches staff at all levels and can settle disputes.",
        comply: NOT_SHOWN,
        evidence: |_| "Add: their access and authority.".into(),
        tests: &[],
    },
    Provision {
        number: "4.3",
        requirement: "Complaint handling is a core service, with trained staff and enough of them.",
        comply: NOT_SHOWN,
        evidence: |_| "Add: training and resources.".into(),
        tests: &[],
    },
    Provision {
        number: "5.1",
        requirement: "One policy; nobody is treated differently for complaining.",
        comply: IN_PART,
        evidence: |_| {
            "The first page says that complaining changes neither the tenancy nor the service. Add: \
             that there is one policy, and how you make sure of this."
                .into()
        },
        tests: &["every_page_is_as_it_was_last_looked_at"],
    },
    Provision {
        number: "5.2",
        requirement: "Early resolution is good; extra named stages are not.",
        comply: YES,
        evidence: |_| {
            "A complaint is a stage 1 complaint from the first. The form has no informal or earlier \
             stage, and none of the words for one; the check of a landlord's file calls such a word an \
             error. A first report is offered as a request, which can always be walked past. Add: how \
             early resolution works."
                .into()
        },
        tests: &[NO_FORBIDDEN_WORDS, BAD_FILES, EVERY_ADVICE],
    },
    Provision {
        number: "5.3",
        requirement: "No more than two stages.",
        comply: YES,
        evidence: |_| {
            "The form and the service know two stages. A landlord's file can't add one.".into()
        },
        tests: &[BAD_FILES, "each_kind_of_record_gets_its_own_dates"],
    },
    Provision {
        number: "5.4",
        requirement: "What a contractor answers is part of the same two stages.",
        comply: IN_PART,
        evidence: |it| {
            match it.recipients.len() {
            0 => "This landlord's file names no contractor that gets complaints (setting recipients). A \
                  complaint about a contractor's work goes the same way as any other. Add: who answers it."
                .into(),
            _ => format!(
                "Complaints and requests about its work are marked for {} as well (setting recipients), \
                 and the resident is told. They keep one reference and one set of dates; stage 2 comes \
                 to the landlord. Add: your agreement with the contractor.",
                list(it.recipients.iter().map(|it| it.name.clone()))
            )
            .into(),
        }
        },
        tests: &[NO_PATH_REFUSES],
    },
    Provision {
        number: "5.5",
        requirement: "The landlord answers for how others handle complaints.",
        comply: NOT_SHOWN,
        evidence: |_| "Add: how this is made sure of with contractors.".into(),
        tests: &[],
    },
    Provision {
        number: "5.6",
        requirement: "When it is logged and escalated, set out the understanding of the complaint and the \
                      outcomes sought, and ask where something is unclear.",
        comply: IN_PART,
        evidence: |_| {
            "The form asks what happened, when, how it has affected the resident and what would put it \
             right, and shows all of it on one page before it is sent. The record has each question as \
             it was shown, with its answer. The last page says that the acknowledgement will set out \
             how the complaint was understood. Add: your letter of acknowledgement."
                .into()
        },
        tests: &[
            NOTHING_IS_LOST,
            "each_story_becomes_its_record",
            "nothing_that_was_typed_is_reworded",
        ],
    },
    Provision {
        number: "5.7",
        requirement: "Say which parts the landlord is, and is not, responsible for.",
        comply: IN_PART,
        evidence: |it| {
            let own = it
                .topics
                .iter()
                .filter(|it| it.responsibility.is_some_and(|it| it != Responsibility::Us));
            let own = list(own.map(|it| it.topic.key().replace('_', " ")));
            let own = match own.as_str() {
                "" => String::new(),
                own => format!(" This landlord's file adds: {own} (setting topics)."),
            };
            format!(
                "Where a topic may be for somebody else in part, the form says so, takes it all the \
                 same, and flags it.{own} Add: what the acknowledgement says about it."
            )
            .into()
        },
        tests: &["a_topic_says_whose_it_is_and_who_watches_over_it"],
    },
    Provision {
        number: "5.8",
        requirement: "Handlers act on the merits, give a fair chance to be heard, avoid conflicts of \
                      interest and consider all evidence.",
        comply: IN_PART,
        evidence: |_| {
            "Residents tell it in their own words, in any language and at any length. Add: merits, \
             independence and evidence in the handling."
                .into()
        },
        tests: &["100,000 characters are sent and stored whole"],
    },
    Provision {
        number: "5.9",
        requirement: "Where an answer will be late, agree how often the resident is told.",
        comply: IN_PART,
        evidence: |_| {
            "The form asks how often the resident would like to hear, if the answer is late (every \
             week, every two weeks, with news), how they like to be reached, and when it is safe to. \
             Add: how intervals are agreed and kept."
                .into()
        },
        tests: &[],
    },
    Provision {
        number: "5.10",
        requirement: "Make reasonable adjustments; keep a record of them and of disabilities disclosed, \
                      and keep adjustments under review.",
        comply: IN_PART,
        evidence: |it| {
            let consent = match it.asks_for_explicit_consent() {
                true => {
                    " A disability is kept only where the resident agrees (setting \
                         specialCategoryBasis); all the rest is sent in any case."
                }
                false => "",
            };
            format!(
                "Adjustments and a disability are asked for apart, may be left out, and are kept in two \
                 separate fields of the record. The resident can say when the adjustments should be \
                 looked at again.{consent} The last page says back what was asked for. Add: what was \
                 agreed, and the review."
            )
            .into()
        },
        tests: &[NOTHING_IS_LOST],
    },
    Provision {
        number: "5.11",
        requirement: "Refuse stage 2 only for valid reasons, set out as in section 2.",
        comply: IN_PART,
        evidence: |_| {
            "A request for stage 2 is always taken. Only a person can refuse it. Add: how a refusal is \
             decided and explained."
                .into()
        },
        tests: &[NO_PATH_REFUSES],
    },
    Provision {
        number: "5.12",
        requirement: "Keep a full record: the original complaint, the date received, all correspondence \
                      and papers, and the outcome of each stage.",
        comply: IN_PART,
        evidence: |_| {
            "The service keeps each record as it came, to the byte, with the day of receipt in London, \
             the language, the edition of the landlord's file, and every question as it was shown. A \
             kept record can be neither changed nor deleted. Add: correspondence, papers and outcomes \
             in your own system."
                .into()
        },
        tests: &[
            "the_body_is_kept_to_the_byte_even_where_its_json_is_unusual",
            "a_stored_submission_can_be_neither_changed_nor_deleted",
            "a_complaint_sent_a_second_before_midnight_is_received_on_that_day",
        ],
    },
    Provision {
        number: "5.13",
        requirement: "A complaint can be put right at any stage, without escalation.",
        comply: NOT_SHOWN,
        evidence: |_| {
            "The record has what the resident wants, from the first. Add: who may offer what."
                .into()
        },
        tests: &[],
    },
    Provision {
        number: "5.14",
        requirement: "Procedures for unacceptable behaviour; restrictions are evidenced and reviewed.",
        comply: NOT_SHOWN,
        evidence: |_| {
            "The form has no list of people who may not complain, and no setting makes one. Add: your \
             procedures."
                .into()
        },
        tests: &[BAD_FILES],
    },
    Provision {
        number: "5.15",
        requirement: "Restrictions are proportionate and regard the Equality Act 2010.",
        comply: NOT_SHOWN,
        evidence: |_| {
            "Whoever is restricted can still use the form. Add: how restrictions are decided."
                .into()
        },
        tests: &[],
    },
    Provision {
        number: "6.1",
        requirement: "See early which complaints can be answered at once, how complex they are, and who \
                      is vulnerable or at risk.",
        comply: IN_PART,
        evidence: |it| {
            let phone = match &it.urgent_phone {
                Some(phone) => format!("the landlord's {phone} (setting urgentPhone)"),
                None => "a word to phone the landlord, as the file gives no number (setting urgentPhone)"
                    .to_owned(),
            };
            format!(
                "The form asks first whether anyone is in danger, shows whom to phone, with {phone}, and \
                 goes on. With a hazard it asks who at home may be hurt most. Danger, damp and mould, \
                 other hazards and people at risk are flags that the service works out again itself. \
                 Add: how the flags are acted on."
            )
            .into()
        },
        tests: &["the_flags_are_worked_out_again", NO_PATH_REFUSES],
    },
    Provision {
        number: "6.2",
        requirement: "Acknowledge, define and log within five working days of receipt.",
        comply: IN_PART,
        evidence: |it| {
            format!(
                "The resident is given the date: {} working days from receipt at the most (setting \
                 times.acknowledge). It is worked out from bank holidays in England, kept with the \
                 record, and no setting makes it later than the Code's. Add: that acknowledgements are \
                 sent by then.",
                it.times.acknowledge.0
            )
            .into()
        },
        tests: &[NEVER_SLOWER, DATES_TWICE, "the_five_rows_of_test_vectors_hold"],
    },
    Provision {
        number: "6.3",
        requirement: "Answer stage 1 in full within ten working days of the acknowledgement.",
        comply: IN_PART,
        evidence: |it| {
            format!(
                "The resident is given the last date: {} working days from {} (settings times.stage1 \
                 and times.stage1From), and told that an early acknowledgement makes it earlier where \
                 that applies. Add: that answers are sent by then.",
                it.times.stage_1.0,
                from(it.times.stage_1_from)
            )
            .into()
        },
        tests: &[NEVER_SLOWER, DATES_TWICE, "each_kind_of_record_gets_its_own_dates"],
    },
    Provision {
        number: "6.4",
        requirement: "An extension of stage 1 is ten working days at most without good reason, and is \
                      explained.",
        comply: IN_PART,
        evidence: |it| longer_wait(it.times.stage_1_extension, "stage1Extension"),
        tests: &[NEVER_SLOWER, DATES_TWICE],
    },
    Provision {
        number: "6.5",
        requirement: "With an extension of stage 1 comes how to reach the Ombudsman.",
        comply: IN_PART,
        evidence: |_| {
            "Where the last page speaks of a longer wait it says that the Ombudsman can be asked about \
             it, and the same page has the telephone number and website. Add: your letter of extension."
                .into()
        },
        tests: &[RIGHTS_EVERYWHERE],
    },
    Provision {
        number: "6.6",
        requirement: "Answer when the answer is known; track what is still to be done.",
        comply: NOT_SHOWN,
        evidence: |_| "Add: how outstanding actions are tracked.".into(),
        tests: &[],
    },
    Provision {
        number: "6.7",
        requirement: "Address every point, with clear reasons.",
        comply: NOT_SHOWN,
        evidence: |_| {
            "The record has every point in the resident's own words. Add: how answers are checked against it."
                .into()
        },
        tests: &[],
    },
    Provision {
        number: "6.8",
        requirement: "New related points join stage 1 while it is not answered; otherwise they are a new \
                      complaint.",
        comply: IN_PART,
        evidence: |_| {
            "Residents can add to a complaint, with its number or without. They are told that it joins \
             the complaint or becomes a new one, and by when they will hear which. Add: how that is \
             decided."
                .into()
        },
        tests: &["each_kind_of_record_gets_its_own_dates", NO_PATH_REFUSES],
    },
    Provision {
        number: "6.9",
        requirement: "The stage 1 answer has the stage, the complaint, the decision, reasons, remedy, \
                      actions, and how to ask for stage 2.",
        comply: NOT_SHOWN,
        evidence: |_| "Add: your letter of answer at stage 1.".into(),
        tests: &[],
    },
    Provision {
        number: "6.10",
        requirement: "What is not resolved goes to stage 2, all of it or a part. Stage 2 is final.",
        comply: YES,
        evidence: |it| {
            let within = match &it.stage_2.ask_within {
                Some(within) => format!(
                    " It shows the landlord's wish to be asked within {within} (setting \
                     stage2.askWithin), says that one can still ask after that, and enforces nothing."
                ),
                None => String::new(),
            };
            let ways = match it.stage_2.ways.len() {
                0 => String::new(),
                _ => {
                    let ways = it.stage_2.ways.iter().map(|way| name(*way).to_owned());
                    format!(" It also names {} (setting stage2.ways).", list(ways))
                }
            };
            format!(
                "The form takes a request for stage 2 for all of a complaint or a part, with its number \
                 or without, and says that the answer is the final one.{within}{ways}"
            )
            .into()
        },
        tests: &[NO_PATH_REFUSES, NOTHING_IS_LOST],
    },
    Provision {
        number: "6.11",
        requirement: "Acknowledge, define and log stage 2 within five working days of the request.",
        comply: IN_PART,
        evidence: |it| {
            format!(
                "The resident is given the date: {} working days from receipt at the most (setting \
                 times.acknowledge). Add: that acknowledgements are sent by then.",
                it.times.acknowledge.0
            )
            .into()
        },
        tests: &[DATES_TWICE, "each_kind_of_record_gets_its_own_dates"],
    },
    Provision {
        number: "6.12",
        requirement: "Nobody has to explain why they ask for stage 2; the landlord tries to understand.",
        comply: YES,
        evidence: |_| {
            "The page says that no reason is needed. Reasons, the number of the complaint and how much \
             of it are all optional, and by its number a complaint needs not even a name. No setting \
             demands reasons. Add: how you find out why a resident is still unhappy."
                .into()
        },
        tests: &[
            NO_PATH_REFUSES,
            "a_complaint_that_is_known_by_its_reference_needs_no_name",
            BAD_FILES,
        ],
    },
    Provision {
        number: "6.13",
        requirement: "Somebody else considers stage 2.",
        comply: IN_PART,
        evidence: |it| match &it.stage_2.by {
            Some(by) => format!(
                "The resident is told who looks at it, and that it is not the person who answered \
                 before: {by} (setting stage2.by). Add: how you make sure of it."
            )
            .into(),
            None => {
                "The resident is told that it is someone who did not answer before. Add: who it is."
                    .into()
            }
        },
        tests: &[],
    },
    Provision {
        number: "6.14",
        requirement: "The final answer within twenty working days of the acknowledgement.",
        comply: IN_PART,
        evidence: |it| {
            format!(
                "The resident is given the last date: {} working days from {} (settings times.stage2 \
                 and times.stage2From). Add: that answers are sent by then.",
                it.times.stage_2.0,
                from(it.times.stage_2_from)
            )
            .into()
        },
        tests: &[NEVER_SLOWER, DATES_TWICE],
    },
    Provision {
        number: "6.15",
        requirement: "An extension of stage 2 is twenty working days at most without good reason, and is \
                      explained.",
        comply: IN_PART,
        evidence: |it| longer_wait(it.times.stage_2_extension, "stage2Extension"),
        tests: &[NEVER_SLOWER, DATES_TWICE],
    },
    Provision {
        number: "6.16",
        requirement: "With an extension of stage 2 comes how to reach the Ombudsman.",
        comply: IN_PART,
        evidence: |_| {
            "Where the last page speaks of a longer wait it says that the Ombudsman can be asked about \
             it, and the same page has the telephone number and website: to everyone, not only to those \
             who do not agree to the longer wait. Add: your letter of extension."
                .into()
        },
        tests: &[RIGHTS_EVERYWHERE],
    },
    Provision {
        number: "6.17",
        requirement: "Answer stage 2 when the answer is known; track what is still to be done.",
        comply: NOT_SHOWN,
        evidence: |_| "Add: how outstanding actions are tracked.".into(),
        tests: &[],
    },
    Provision {
        number: "6.18",
        requirement: "Address every point at stage 2, with clear reasons.",
        comply: NOT_SHOWN,
        evidence: |_| "Add: how answers are checked.".into(),
        tests: &[],
    },
    Provision {
        number: "6.19",
        requirement: "The stage 2 answer has the stage, the complaint, the decision, reasons, remedy, \
                      actions, and how to go to the Ombudsman.",
        comply: NOT_SHOWN,
        evidence: |_| {
            "The last page says that after the final answer there are twelve months to go to the \
             Ombudsman. Add: your letter of answer at stage 2."
                .into()
        },
        tests: &[],
    },
    Provision {
        number: "6.20",
        requirement: "Stage 2 is final, and involves all the staff that it needs.",
        comply: NOT_SHOWN,
        evidence: |_| {
            "The form tells residents that stage 2 is the final answer. Add: who takes part.".into()
        },
        tests: &[],
    },
    Provision {
        number: "7.1",
        requirement: "Acknowledge what went wrong, and put it right: apology, explanation, action, \
                      decision, record, money, practice.",
        comply: IN_PART,
        evidence: |_| {
            "Residents are asked what would put it right, with each of these to choose from and in \
             their own words. Add: what is offered."
                .into()
        },
        tests: &[NOTHING_IS_LOST],
    },
    Provision {
        number: "7.2",
        requirement: "A remedy reflects the impact on the resident.",
        comply: NOT_SHOWN,
        evidence: |_| {
            "The record has, in the resident's own words, how it has affected them. Add: how remedies \
             are worked out."
                .into()
        },
        tests: &[],
    },
    Provision {
        number: "7.3",
        requirement: "A remedy says what will happen and by when, and is followed through.",
        comply: NOT_SHOWN,
        evidence: |_| "Add: how remedies are followed to their end.".into(),
        tests: &[],
    },
    Provision {
        number: "7.4",
        requirement: "Remedies take account of the Ombudsman's guidance.",
        comply: NOT_SHOWN,
        evidence: |_| {
            "Add: which guidance is used. It is the Housing Ombudsman's that is meant.".into()
        },
        tests: &[],
    },
    Provision {
        number: "8.1",
        requirement: "An annual report on complaints, with this self-assessment, an analysis, refusals, \
                      findings and improvements.",
        comply: NOT_SHOWN,
        evidence: |_| "These rows are for the self-assessment. Add: the report.".into(),
        tests: &[],
    },
    Provision {
        number: "8.2",
        requirement: "The report goes to the governing body, and is published with its response.",
        comply: NOT_SHOWN,
        evidence: |_| "Add: where it is published.".into(),
        tests: &[],
    },
    Provision {
        number: "8.3",
        requirement: "A new self-assessment after a restructure, a merger or a change of procedure.",
        comply: NOT_SHOWN,
        evidence: |it| {
            format!(
                "These rows come from edition {} of this landlord's file and can be written anew at any \
                 time. Add: whether there was such a change.",
                it.config_version
            )
            .into()
        },
        tests: &[],
    },
    Provision {
        number: "8.4",
        requirement: "Review the self-assessment when the Ombudsman asks.",
        comply: NOT_SHOWN,
        evidence: |_| "Add: whether it was asked for.".into(),
        tests: &[],
    },
    Provision {
        number: "8.5",
        requirement: "When the Code can't be met, as in a cyber incident: tell the Ombudsman and \
                      residents, publish it, and say until when.",
        comply: NOT_SHOWN,
        evidence: |_| {
            "Where the service can't be reached, the form keeps what was written, and names other ways \
             and the Ombudsman. Add: your plan."
                .into()
        },
        tests: &["without a network nothing is lost, and it is sent when the network is back"],
    },
    Provision {
        number: "9.1",
        requirement: "Look beyond each complaint for improvements.",
        comply: NOT_SHOWN,
        evidence: |_| "Add: what was learnt and changed.".into(),
        tests: &[],
    },
    Provision {
        number: "9.2",
        requirement: "Complaints are a source of intelligence in a positive culture.",
        comply: NOT_SHOWN,
        evidence: |_| "Add: how complaints are used.".into(),
        tests: &[],
    },
    Provision {
        number: "9.3",
        requirement: "Report learning to residents' panels, staff and committees.",
        comply: NOT_SHOWN,
        evidence: |_| "Add: to whom and how.".into(),
        tests: &[],
    },
    Provision {
        number: "9.4",
        requirement: "A senior lead is accountable and looks for themes, trends and risks.",
        comply: NOT_SHOWN,
        evidence: |_| "Add: who it is.".into(),
        tests: &[],
    },
    Provision {
        number: "9.5",
        requirement: "A member of the governing body is responsible for complaints (MRC).",
        comply: NOT_SHOWN,
        evidence: |_| "Add: who it is.".into(),
        tests: &[],
    },
    Provision {
        number: "9.6",
        requirement: "The MRC makes sure that the governing body hears about complaints, and has access \
                      to what that takes.",
        comply: NOT_SHOWN,
        evidence: |_| "Add: how often, and in what form.".into(),
        tests: &[],
    },
    Provision {
        number: "9.7",
        requirement: "The MRC and the governing body get volumes, outcomes, trends, the Ombudsman's \
                      findings and the annual report.",
        comply: NOT_SHOWN,
        evidence: |_| "Add: the reports.".into(),
        tests: &[],
    },
    Provision {
        number: "9.8",
        requirement: "Staff and contractors have an objective to co-operate, to take responsibility \
                      together and to act professionally.",
        comply: NOT_SHOWN,
        evidence: |_| "Add: where the objective is set.".into(),
        tests: &[],
    },
];

/// How an extension is told, at either stage.
fn longer_wait(days: WorkingDays, setting: &str) -> Cow<'static, str> {
    let WorkingDays(days) = days;
    format!(
        "The last page says that a longer wait is explained, with the last date that it can have: {days} working days more (setting times.{setting}). Add: your \
         letter of extension."
    )
    .into()
}

fn exclusions(landlord: &Landlord) -> String {
    list(landlord.exclusions.iter().map(|it| {
        let text = match it {
            Exclusion::Over12Months => "more than twelve months",
            Exclusion::ClaimAtCourt => "a claim filed at court",
            Exclusion::AlreadyAnswered => "a final answer that was given before",
        };
        text.to_owned()
    }))
}

fn channels(landlord: &Landlord) -> String {
    if landlord.channels.is_empty() {
        return "This landlord's file names no other (setting channels): add them.".to_owned();
    }
    let names = landlord.channels.iter().map(|it| name(it.kind).to_owned());
    format!(
        "It names others on its first page, and again when sending fails: {} (setting channels).",
        list(names)
    )
}

fn name(kind: ChannelKind) -> &'static str {
    match kind {
        ChannelKind::Phone => "telephone",
        ChannelKind::Email => "e-mail",
        ChannelKind::Post => "letter",
        ChannelKind::InPerson => "in person",
        ChannelKind::Portal | ChannelKind::WebForm => "online",
        ChannelKind::Staff => "any member of staff",
        ChannelKind::Contractor => "the contractor",
    }
}

fn has_channel(landlord: &Landlord, kind: ChannelKind) -> bool {
    landlord.channels.iter().any(|it| it.kind == kind)
}

/// The policies by name: one, or one for each council.
fn policy(landlord: &Landlord) -> String {
    let policies =
        landlord.policy.iter().chain(landlord.sites.iter().filter_map(|it| it.policy.as_ref()));
    let policies: Vec<_> = policies.collect();
    match policies.len() {
        0 => "This landlord's file names no policy (setting policy): add it.".to_owned(),
        _ => {
            let are_linked = policies.iter().all(|it| it.url.is_some());
            let how = if are_linked { "links to" } else { "names" };
            let names = policies.iter().map(|it| format!("“{}”", it.name));
            let missing = if are_linked { "" } else { ", of which the file has no address" };
            format!("The form {how} {} (setting policy){missing}.", list(names))
        }
    }
}

fn from(starts_from: StartsFrom) -> &'static str {
    match starts_from {
        StartsFrom::Acknowledgement => "the last day for the acknowledgement",
        StartsFrom::Receipt => "receipt",
    }
}

/// `a, b and c`.
fn list(items: impl Iterator<Item = String>) -> String {
    let items: Vec<String> = items.collect();
    match items.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((last, before)) => format!("{} and {last}", before.join(", ")),
    }
}
