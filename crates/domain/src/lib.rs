//! The rules of the Housing Ombudsman's Complaint Handling Code (2024), shared by the widget and
//! the receiving service so that the two cannot drift apart.
//!
//! # Layout
//!
//! - [`question`] and [`choices`]: what a resident may be asked, and the closed sets of answers;
//! - [`flow`]: the one ordered table of places in the journey, and everything derived from it;
//! - [`draft`]: what has been typed so far, right or wrong; [`validate`]: what is missing in it;
//! - [`triage`]: what the answers tell the landlord (it advises and flags; it never ends a journey);
//! - [`reading`]: what a text says; [`heard`]: what was heard in the resident's own;
//! - [`at_risk`]: whether somebody may come to harm if another person sees what they write;
//! - [`rights`]: whose responsibility a topic is, which Ombudsman watches, what the resident may do;
//! - [`record`]: the typed record that is sent; [`receipt`]: what comes back;
//! - [`case`]: what becomes of it: acts, stages, and the dates that run from them; [`case_view`]: reading it;
//! - [`code`], [`working_days`], [`timescale`], [`london`]: the Code's numbers, and dates from them;
//! - [`landlord`]: the landlord's file; [`json`]: reading JSON with errors that say where;
//! - [`evidence`]: what a resident attaches;
//! - [`media`]: what an attached file is by its bytes, and where it was taken, to be removed;
//! - [`lint`]: what the Code has to say about a landlord's file; [`colour`]: who can read its colours.
//!
//! What is deliberately absent: a clock, a network, a browser, a language, a database, async.
//! Rules return codes, never sentences; "today" always comes in as an argument.

pub mod at_risk;
pub mod case;
pub mod case_view;
pub mod choices;
pub mod code;
pub mod colour;
pub mod draft;
pub mod evidence;
pub mod flow;
pub mod heard;
pub mod json;
pub mod landlord;
pub mod lint;
pub mod london;
pub mod media;
pub mod question;
pub mod receipt;
pub mod record;
pub mod reference;
pub mod rights;
#[cfg(feature = "schema")]
pub mod schema;
pub mod timescale;
pub mod triage;
pub mod validate;
pub mod working_days;

pub use reading;
