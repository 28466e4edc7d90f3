//! The widget: a single-page complaint form inside any landlord's page.
//!
//! # Layout
//!
//! - [`mount`] is the border with the host page; [`settings`] reads what it was given, once;
//! - [`session`] is all state, in plain Rust, and [`kept`] how it is kept in the tab; [`app`] joins
//!   it to the browser and to the pages;
//! - [`trail`] decides what goes into the browser's history;
//! - [`pages`] compose [`components`]; [`messages`] has the words; [`summary`] and [`copy`] say what
//!   was answered;
//! - [`browser`], [`storage`] and [`api`] talk to the browser, the tab's storage and the service.
//!
//! Rules live in the `domain` crate, words in `locales/`, looks in `styles/`.

pub mod api;
pub mod app;
pub mod browser;
pub mod components;
pub mod copy;
pub mod kept;
pub mod messages;
pub mod mount;
pub mod pages;
pub mod session;
pub mod settings;
pub mod storage;
pub mod summary;
pub mod trail;
