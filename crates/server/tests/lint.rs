//! Each file in `bad-landlords/` has one thing wrong with it, and one finding.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use common::{command, project};
use serde_json::Value;
use server::lint::{Line, check};

/// A file, and its one finding up to its sentence.
#[rustfmt::skip]
const BAD: &[(&str, &str)] = &[
    ("not-json", "error  schema  /"),
    ("not-an-object", "error  schema  /"),
    ("without-a-name", "error  schema  /name"),
    ("version-of-the-future", "error  schema  /version"),
    ("name-is-blank", "error  schema  /name"),
    ("address-runs-script", "error  schema  /privacyUrl"),
    ("unknown-channel", "error  schema  /channels/1/kind"),
    ("field-twice", "error  schema  /urgentPhone"),
    ("unknown-field", "warning  schema  /telephone"),
    ("acknowledged-in-six-days", "error  6.2  /times/acknowledge"),
    ("answered-in-fifteen-days", "error  6.3  /times/stage1"),
    ("stage-1-extended-by-twenty", "error  6.4  /times/stage1Extension"),
    ("final-answer-in-thirty-days", "error  6.14  /times/stage2"),
    ("stage-2-extended-by-thirty", "error  6.15  /times/stage2Extension"),
    ("three-stages", "error  5.3  /stages"),
    ("panel-as-stage-3", "error  5.3  /stage3"),
    ("one-stage", "error  5.3  /process/stages"),
    ("stage-0", "error  5.2  /notes/0"),
    ("informal-stage", "error  5.2  /notes/0"),
    ("pre-complaint", "error  5.2  /policy/name"),
    ("called-a-concern", "error  5.2  /words/complaint"),
    ("formal-complaint", "error  5.2  /channels/0/note"),
    ("reasons-required", "error  6.12  /stage2/reasonsRequired"),
    ("require-reasons", "error  6.12  /require_reasons"),
    ("must-explain-why", "error  6.12  /notes/0"),
    ("stage-2-within-six-weeks", "warning  6.10  /stage2/askWithin"),
    ("stage-2-by-email-only", "warning  3.1/6.10  /stage2/ways"),
    ("exclusion-that-ends", "error  2.1/2.5  /exclusions/0/ends"),
    ("refused-automatically", "error  2.1/2.5  /autoReject"),
    ("blocked-residents", "error  2.1/2.5  /blockedResidents"),
    ("exclusion-of-our-own", "error  2.2  /possibleExclusions/1"),
    ("solicitor-involved", "warning  2.2  /notes/0"),
    ("legal-action-in-a-list", "warning  2.2  /exclusions/0"),
    ("insurance-claim", "warning  2.2  /notes/0"),
    ("complaints-from-mps", "warning  2.2  /exclusions/0/text"),
    ("vexatious", "warning  2.2  /notes/0"),
    ("refuses", "warning  2.1  /notes/0"),
    ("six-months-to-complain", "warning  2.3  /notes/0"),
    ("time-limit-of-six-months", "warning  2.3  /timeLimitMonths"),
    ("time-limit-in-days", "warning  2.3  /timeLimit/days"),
    ("own-definition", "warning  1.2  /definition"),
    ("first-report-is-no-complaint", "warning  1.3/1.4  /requests/note"),
    ("account-needed", "error  3.2  /requiresAccount"),
    ("sign-in-to-complain", "error  3.2  /channels/1/note"),
    ("consent-uploaded-first", "error  1.3/3.6  /representatives/consentUploadRequired"),
    ("proof-needed", "error  1.3/3.6  /requireProof"),
    ("no-consent-no-complaint", "error  1.3/3.6  /notes/0"),
    ("one-channel", "warning  3.1  /channels"),
    ("no-channels", "warning  3.1  /channels"),
    ("no-urgent-phone", "warning  6.1  /urgentPhone"),
    ("without-the-ombudsman", "error  3.7  /ombudsmen"),
    ("only-the-other-ombudsman", "error  3.7  /ombudsmen"),
    ("ombudsman-off", "error  3.7  /ombudsmen"),
    ("rights-hidden", "error  3.7  /rights/hidden"),
    ("ombudsman-after-stage-2", "error  3.7  /showOmbudsmanAfter"),
    ("eight-weeks", "warning  3.7  /notes/0"),
    ("designated-person", "warning  3.7  /notes/0"),
    ("ombudsmans-old-address", "warning  3.7  /notes/0"),
    ("ombudsmans-old-email", "warning  3.7  /notes/0"),
    ("faint-colour", "warning  3.1  /colors/brand"),
    ("unknown-colour", "warning  schema  /colors/brand"),
];

/// What the documents of the real landlords deserve.
#[rustfmt::skip]
const REAL: &[(&str, &[&str])] = &[
    ("example", &["warning  6.10  /stage2/askWithin"]),
    ("halton", &["warning  6.1  /urgentPhone"]),
    ("havering", &["warning  6.1  /urgentPhone"]),
    ("rugby", &["warning  6.10  /stage2/askWithin", "warning  6.1  /urgentPhone"]),
    ("south-and-vale", &["warning  6.1  /urgentPhone"]),
    ("stoke-on-trent", &["warning  3.1/6.10  /stage2/ways", "warning  6.1  /urgentPhone"]),
];

fn bad() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad-landlords")
}

fn names(folder: &Path) -> BTreeSet<String> {
    let files = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path());
    files.map(|it| it.file_stem().unwrap().to_str().unwrap().to_owned()).collect()
}

fn lines(file: &Path) -> Vec<Line> {
    check(&fs::read_to_string(file).unwrap())
}

fn without_sentence(line: &Line) -> String {
    let text = line.text();
    text.strip_suffix(&format!("  {}", line.sentence)).unwrap().to_owned()
}

fn lint(arguments: &[&str]) -> Output {
    command(&["lint"]).args(arguments).current_dir(bad()).output().unwrap()
}

fn stdout(output: &Output) -> &str {
    str::from_utf8(&output.stdout).unwrap()
}

#[test]
fn each_bad_file_has_its_one_finding() {
    for (name, expected) in BAD {
        let found = lines(&bad().join(format!("{name}.json")));
        let found: Vec<String> = found.iter().map(without_sentence).collect();
        assert_eq!(found, [*expected], "{name}");
    }
    let named = BAD.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(names(&bad()), named, "a file without its row, or a row without its file");
}

#[test]
fn each_sentence_is_whole_and_says_what_to_change() {
    for (name, _) in BAD {
        for Line { sentence, .. } in lines(&bad().join(format!("{name}.json"))) {
            assert!(sentence.ends_with('.') && !sentence.contains("  "), "{name}: {sentence}");
            assert!(sentence.starts_with(char::is_uppercase), "{name}: {sentence}");
        }
    }
}

#[test]
fn the_real_landlords_have_the_findings_that_their_documents_deserve() {
    let folder = project().join("landlords");
    for (name, expected) in REAL {
        let found = lines(&folder.join(format!("{name}.json")));
        let found: Vec<String> = found.iter().map(without_sentence).collect();
        assert_eq!(found, *expected, "{name}");
    }
    assert_eq!(names(&folder), REAL.iter().map(|(name, _)| (*name).to_owned()).collect());
}

/// The form's own words, said by a landlord, would be right: the check finds nothing in them.
#[test]
fn the_forms_own_words_have_no_finding() {
    let words = fs::read_to_string(project().join("locales/en.json")).unwrap();
    let words: Value = serde_json::from_str(&words).unwrap();
    let words: Vec<&str> = words.as_object().unwrap().values().filter_map(Value::as_str).collect();
    assert!(words.len() > 200);
    for text in words {
        let mut file = fs::read_to_string(project().join("landlords/halton.json")).unwrap();
        let end = file.rfind('}').unwrap();
        file.insert_str(end, &format!(", \"formats\": {}", serde_json::json!(text)));
        let found = check(&file);
        assert!(found.iter().all(|it| it.pointer == "/urgentPhone"), "{text}: {found:?}");
    }
}

#[test]
fn the_exit_code_tells_errors_from_warnings_and_from_files_that_cannot_be_read() {
    for (files, code) in [
        (&["no-urgent-phone.json"][..], 0),
        (&["three-stages.json"], 1),
        (&["no-urgent-phone.json", "three-stages.json", "one-channel.json"], 1),
        (&["nowhere.json"], 2),
        (&["three-stages.json", "nowhere.json", "."], 2),
        (&[], 2),
    ] {
        assert_eq!(lint(files).status.code(), Some(code), "{files:?}");
    }
}

#[test]
fn a_file_that_cannot_be_read_keeps_no_finding_from_being_said() {
    let output = lint(&["nowhere.json", "three-stages.json"]);
    assert!(stdout(&output).starts_with("error  5.3  /stages  "), "{}", stdout(&output));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.starts_with("Can't read the landlord's file nowhere.json: "), "{said}");
}

#[test]
fn one_file_has_findings_alone_and_of_several_each_has_its_name_before_them() {
    let one = lint(&["three-stages.json"]);
    let three = &lines(&bad().join("three-stages.json"))[0];
    assert_eq!(stdout(&one), format!("{}\n", three.text()));
    assert_eq!(str::from_utf8(&one.stderr).unwrap(), "1 file: 1 error, 0 warnings.\n");

    let example = project().join("landlords/example.json");
    let fine = tempfile::NamedTempFile::new().unwrap();
    let text = fs::read_to_string(example).unwrap().replace(r#""askWithin": "six months", "#, "");
    fs::write(fine.path(), text).unwrap();
    let several = lint(&["three-stages.json", fine.path().to_str().unwrap(), "one-channel.json"]);
    let channel = &lines(&bad().join("one-channel.json"))[0];
    assert_eq!(
        stdout(&several),
        format!("three-stages.json\n{}\none-channel.json\n{}\n", three.text(), channel.text())
    );
    assert_eq!(str::from_utf8(&several.stderr).unwrap(), "3 files: 1 error, 1 warning.\n");
}

#[test]
fn as_json_it_is_one_array_for_all_files() {
    let output = lint(&["--json", "not-json.json", "one-channel.json"]);
    assert_eq!(output.status.code(), Some(1));
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(found.as_array().unwrap().len(), 2);
    // The whole file has the empty pointer here, as RFC 6901 has it.
    let sentence = &lines(&bad().join("not-json.json"))[0].sentence;
    assert_eq!(
        found[0],
        serde_json::json!({
            "file": "not-json.json",
            "level": "error",
            "provision": "schema",
            "pointer": "",
            "sentence": sentence,
        })
    );
    assert_eq!(found[1]["file"], "one-channel.json");
    assert_eq!(
        serde_json::from_slice::<Value>(&lint(&["--json", "nowhere.json"]).stdout).unwrap(),
        serde_json::json!([])
    );
}
