//! What is heard in a resident's own words once they are here: read again, because nothing is taken from a
//! browser that decides who looks at a case first.

use domain::heard;
use domain::landlord::Landlord;
use domain::reading::Model;
use domain::record::Submission;
use domain::triage::Flag;

/// The flags of a record, those included that its words raise.
pub fn flags(record: &Submission, landlord: &Landlord) -> Vec<Flag> {
    record.flags(landlord, model(&record.common().envelope.language))
}

/// Whether abuse or self-harm was heard in it.
pub fn needs_care(record: &Submission) -> bool {
    let flags = flags(record, &Landlord::default());
    flags.into_iter().filter_map(Flag::peril).any(heard::needs_care)
}

/// What words of this language mean (a BCP 47 tag). Of most languages nobody has said so yet.
fn model(language: &str) -> Option<&'static Model> {
    let base = language.split('-').next().unwrap_or_default();
    base.eq_ignore_ascii_case("en").then(Model::english)
}
