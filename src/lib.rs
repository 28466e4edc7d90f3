//! The widget: a single-page complaint form inside any landlord's page.
//!
//! # Layout
//!
//! - [`mount`] is the border with the host page; [`settings`] reads what it was given, once;
//! - [`session`] is all state, in plain Rust, and [`kept`] how it is kept in the tab; [`app`] joins
//!   it to the browser and to the pages;
//! - [`trail`] decides what goes into the browser's history;
//! - [`pages`] compose [`components`]; [`messages`] has the words; [`summary`] says what was
//!   answered;
//! - [`draft_file`], [`copy`] and [`letter`] are written on [`paper`], for a resident to keep; [`salvage`]
//!   reads what is left of a file that was damaged;
//! - [`tracking`] is a case that was sent before, and [`calendar`] a date of it;
//! - [`attach`] and [`upload`] bring files into the draft and to the landlord, [`files`] says how far
//!   they are;
//! - [`browser`] and [`api`] talk to the browser and the service, and [`backoff`] says how long to wait
//!   before the same is sent again.
//!
//! Rules live in the `domain` crate, words in `locales/`, looks in `styles/`.

#[cfg(target_arch = "wasm32")]
mod memory;

pub mod api;
pub mod app;
pub mod attach;
pub mod backoff;
pub mod browser;
pub mod calendar;
pub mod components;
pub mod copy;
pub mod draft_file;
pub mod files;
pub mod keeping;
pub mod kept;
pub mod letter;
pub mod messages;
pub mod mount;
pub mod pages;
pub mod paper;
pub mod salvage;
pub mod session;
pub mod settings;
pub mod summary;
pub mod tracking;
pub mod trail;
pub mod upload;
