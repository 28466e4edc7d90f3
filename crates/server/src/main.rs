//! The receiving service.
fn main() {}
