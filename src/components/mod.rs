//! What pages are made of: one for each kind of thing, given plain texts and callbacks. Nothing here
//! knows a question or a draft.

pub mod channels;
pub mod element;
pub mod error_summary;
pub mod field;
pub mod hide;
pub mod link;
pub mod options;
pub mod rights;
pub mod steps;
pub mod summary_list;
pub mod text;
