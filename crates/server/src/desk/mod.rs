//! The landlord's side: what its systems and its complaints officers see and do.
//!
//! - [`api`]: for the landlord's system, with a key ([`crate::keys`]);
//! - [`officers`]: the pages under `/officers`, for people; [`session`]: how they sign in;
//!   [`people`]: who may, by the command `officers`;
//! - [`pages`], [`case_page`], [`forms`]: what the pages show and ask, as functions of what is known;
//!   [`lookup`]: the list of cases, page by page;
//! - [`download`]: a file that a resident attached, on its way to either.
//!
//! Reading one case, by a page or with a key, confirms it: somebody at the landlord has it. Listing does
//! not. What is deliberately absent: rules. Whether an act is possible says [`domain::case`].

pub mod api;
mod case_page;
mod download;
mod forms;
mod lookup;
pub mod officers;
mod pages;
pub mod people;
pub mod session;
