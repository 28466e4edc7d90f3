//! How often the form hears what people said it should.

use std::path::Path;

use domain::reading::Meaning;
use server::triage::measure;

/// What has been reached stays reached; the figures are in docs/triage.md.
#[test]
fn the_figures_do_not_fall() {
    let files = [("development", 0.94, 0.90, 0.92, 0.06), ("held-out", 0.96, 0.90, 0.94, 0.08)];
    for (name, complaints, precision, hazards, alarms) in files {
        let file = format!("../reading/tests/triage/{name}.tsv");
        let figures = measure(Path::new(&file)).unwrap();
        let text = figures.to_text();
        assert!(figures.recall(Meaning::Complaint) >= complaints, "complaints found: {text}");
        assert!(figures.precision(Meaning::Complaint) >= precision, "heard as complaints: {text}");
        assert!(figures.hazard_recall() >= hazards, "hazards heard: {text}");
        assert!(figures.false_alarms() <= alarms, "false alarms: {text}");
    }
}
