//! What a resident keeps: the draft file, which must open again whatever became of it on its way; the
//! letter; the e-mail; the copy of what was sent.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use std::fs;
use std::rc::Rc;
use std::sync::LazyLock;

use domain::choices::{Choice, Intent};
use domain::draft::Draft;
use domain::evidence::Attachment;
use domain::json::Json;
use domain::question::FieldName;
use domain::rights::Lgsco;
use domain::triage::Route;
use housing_complaint::copy::{self, Copy};
use housing_complaint::draft_file::{
    self, Contents, Event, Fate, Note, Opened, Reader, Refused, Writer,
};
use housing_complaint::session::{Action, Outgoing, Screen, Session, SubmitError};
use housing_complaint::settings::Settings;
use housing_complaint::{letter, summary};
use sha2::{Digest, Sha256};

// --- Hands -------------------------------------------------------------------------------------

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Always the same numbers, which look like chance.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % limit
    }

    fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.below(256) as u8).collect()
    }
}

fn settings(landlord: &str) -> Settings {
    Settings { version: env!("CARGO_PKG_VERSION").into(), ..support::settings(landlord) }
}

/// What somebody might type, and what nobody would.
const ACCOUNT: &str = "No heating – لا يوجد تدفئة – 🏠\nLine 2\r\n</script><!-- \" ' & \\ \u{2028} \
    <script id=\"housing-complaint-draft\">{}</script> data:image/png;sha256=00;base64,AAAA";

fn attachment(name: &str, media_type: &str, bytes: &[u8]) -> Attachment {
    Attachment {
        id: format!("id of {name}"),
        name: name.into(),
        size: bytes.len() as u64,
        media_type: media_type.into(),
        sha256: sha256(bytes),
        location: None,
    }
}

/// Files of every length modulo three, one of them with the marks of a file in it.
fn files() -> Vec<(Attachment, Vec<u8>)> {
    let mut chance = Chance(1);
    let odd = b"</script>;sha256=00;base64,AAAA\"><".to_vec();
    [
        ("door \"open\" <1>.jpg", "image/jpeg", chance.bytes(301)),
        ("تسرب.pdf", "application/pdf", chance.bytes(200)),
        ("note.txt", "text/plain", odd),
        ("dot.png", "image/png", vec![7]),
    ]
    .into_iter()
    .map(|(name, kind, bytes)| (attachment(name, kind, &bytes), bytes))
    .collect()
}

fn drafted(landlord: &str, files: &[(Attachment, Vec<u8>)]) -> Session {
    let mut session = support::walked(landlord, None, &[(FieldName::Account, ACCOUNT)]);
    session.key = Some("the key".into());
    for (attachment, _) in files {
        session.draft.attach(attachment.clone());
    }
    session
}

/// A file as it is saved, the bytes of each attachment in pieces of every length.
fn saved(settings: &Settings, session: &Session, files: &[(Attachment, Vec<u8>)]) -> String {
    let contents = Contents {
        settings: settings.clone(),
        draft: session.draft.clone(),
        kept: session.kept(),
        saved_at: "2026-11-22T09:00:00.000Z".into(),
        address: "https://www.example.org/complain?a=1&b=2".into(),
    };
    let mut writer = Writer::new(contents);
    let mut parts = vec![writer.start()];
    let mut chance = Chance(2);
    for (attachment, bytes) in files {
        parts.push(writer.file(attachment));
        let mut rest = &bytes[..];
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(chance.below(rest.len().min(50)) + 1);
            parts.push(writer.bytes(piece));
            rest = after;
        }
        parts.push(writer.file_end());
    }
    parts.push(writer.end());
    parts.concat()
}

/// A file with everything in it.
static FILE: LazyLock<String> = LazyLock::new(|| {
    let files = files();
    saved(&settings("example"), &drafted("example", &files), &files)
});

/// What came out of a file: what the reader says of it, and each attachment that ended well, with its
/// bytes.
type Read = (Result<Opened, Refused>, Vec<(Attachment, Fate, Vec<u8>)>);

/// Reads a file in pieces of this length.
fn read_as(settings: &Settings, file: &[u8], piece: usize) -> Read {
    let mut reader = Reader::new();
    let (mut came, mut open) = (Vec::new(), None);
    for piece in file.chunks(piece) {
        for event in reader.give(piece) {
            match event {
                Event::Start(attachment) => open = Some((attachment, Vec::new())),
                Event::Bytes(bytes) => open.as_mut().unwrap().1.extend(bytes),
                Event::End(fate) => {
                    let (attachment, bytes) = open.take().unwrap();
                    came.push((attachment, fate, bytes));
                }
            }
        }
        if reader.is_hopeless() {
            break;
        }
    }
    (reader.end(settings), came)
}

fn read(file: &[u8]) -> Read {
    read_as(&settings("example"), file, 4096)
}

#[track_caller]
fn opened(file: &str) -> Opened {
    read(file.as_bytes()).0.unwrap()
}

fn draft(opened: &Opened) -> Draft {
    Draft::from_json(opened.state.get("draft").unwrap())
}

fn fates(opened: &Opened) -> Vec<Fate> {
    opened.files.iter().map(|(_, fate)| *fate).collect()
}

// --- The draft file ----------------------------------------------------------------------------

#[test]
fn what_was_saved_is_opened_in_pieces_of_any_length() {
    let (files, settings) = (files(), settings("example"));
    let session = drafted("example", &files);
    for piece in (1..200).chain([1000, 4096, FILE.len() - 1, FILE.len()]) {
        let (opened, came) = read_as(&settings, FILE.as_bytes(), piece);
        let opened = opened.unwrap();
        assert_eq!(opened.notes, [], "{piece}");
        let again = session.fresh().resume(&opened.state);
        assert_eq!((&again.draft, &again.key), (&session.draft, &session.key), "{piece}");
        assert_eq!(opened.saved_at.as_deref(), Some("2026-11-22T09:00:00.000Z"));
        assert_eq!(opened.landlord.as_deref(), Some("example"));
        let expected: Vec<_> =
            files.iter().map(|(it, bytes)| (it.clone(), Fate::Whole, bytes.clone())).collect();
        assert_eq!(came, expected, "{piece}");
        assert_eq!(fates(&opened), [Fate::Whole; 4]);
    }
}

#[test]
fn everything_before_a_cut_is_there_wherever_it_is() {
    let (files, settings) = (files(), settings("example"));
    let (mut longest, mut most) = (0, 0);
    let draft_ends = FILE.find("</script>").unwrap();
    let files_begin = FILE.find("class=\"file\"").unwrap();
    for at in (0..draft_ends + 20)
        .chain((draft_ends..files_begin).step_by(97))
        .chain(files_begin..FILE.len())
    {
        let (opened, came) = read_as(&settings, &FILE.as_bytes()[..at], 1000);
        let whole = came.iter().filter(|it| it.1 == Fate::Whole).count();
        for ((attachment, fate, bytes), (expected, all)) in came.iter().zip(&files) {
            assert_eq!((attachment, fate, bytes), (expected, &Fate::Whole, all), "{at}");
        }
        assert!(whole >= most, "{at}: fewer files than before");
        most = whole;
        let Ok(opened) = opened else {
            assert_eq!(longest, 0, "{at}: not opened any more");
            continue;
        };
        let draft = draft(&opened);
        let account = draft.text(FieldName::Account);
        assert!(ACCOUNT.starts_with(account) && account.len() >= longest, "{at}: {account}");
        longest = account.len();
        assert_eq!(draft.attachments().len(), whole, "{at}: a file that did not come");
        if at < draft_ends {
            assert!(opened.notes.contains(&Note::CutOff), "{at}");
            assert_eq!(opened.state.get("key"), None, "{at}");
        } else {
            assert_eq!(longest, ACCOUNT.len());
            assert_eq!(opened.notes.contains(&Note::CutOff), whole < files.len(), "{at}");
        }
    }
    assert_eq!(most, files.len());
}

/// Whatever is between two brackets of the page.
fn replaced(from: &str, to: &str) -> String {
    assert!(FILE.contains(from), "{from}");
    FILE.replacen(from, to, 1)
}

#[test]
fn a_change_by_hand_is_noticed_and_nothing_unseen_is_sent() {
    let opened = opened(&replaced("Line 2", "Line 3"));
    assert_eq!(opened.notes, [Note::Changed]);
    assert_eq!(draft(&opened).text(FieldName::Account), ACCOUNT.replace("Line 2", "Line 3"));
    assert_eq!(opened.state.get("key"), None);
    assert_eq!(fates(&opened), [Fate::Whole; 4]);
}

#[test]
fn a_slip_in_the_draft_leaves_what_stands_before_it_and_every_file() {
    let (read, came) = read(replaced("\"chosen\":", "\"chosen:").as_bytes());
    let opened = read.unwrap();
    assert_eq!(opened.notes, [Note::Changed]);
    assert_eq!(draft(&opened).text(FieldName::Account), ACCOUNT);
    // The list of files stood behind the slip: their names are lost, not one byte is.
    let bytes: Vec<_> = came.iter().map(|(_, _, bytes)| bytes.clone()).collect();
    assert_eq!(bytes, files().into_iter().map(|(_, bytes)| bytes).collect::<Vec<_>>());
    let names: Vec<_> = opened.files.iter().map(|(it, _)| &*it.name).collect();
    assert_eq!(names, ["file-1.jpeg", "file-2.pdf", "file-3.plain", "file-4.png"]);
    assert_eq!(draft(&opened).attachments().len(), 4);
}

#[test]
fn a_file_in_it_that_was_changed_cut_or_taken_out_is_named() {
    let base64 = |text: &str| FILE.find(text).map(|at| at + text.len()).unwrap();
    let begin = base64(&format!("sha256={};base64,", files()[0].0.sha256));
    let is_a = FILE[begin..].starts_with('A');
    let changed = [&FILE[..begin], if is_a { "B" } else { "A" }, &FILE[begin + 1..]].concat();
    let opened = opened(&changed);
    assert_eq!(fates(&opened), [Fate::Changed, Fate::Whole, Fate::Whole, Fate::Whole]);
    assert_eq!(draft(&opened).attachments().len(), 4);
    assert_ne!(opened.files[0].0.sha256, files()[0].0.sha256);
    let words = draft_file::findings(&opened, &settings("example").messages);
    assert_eq!(words.len(), 1);
    assert!(words[0].contains("“door \"open\" <1>.jpg” was changed"), "{}", words[0]);

    let cut = [&FILE[..begin + 40], &FILE[begin + 80..]].concat();
    let opened = self::opened(&cut);
    assert_eq!(fates(&opened), [Fate::CutOff, Fate::Whole, Fate::Whole, Fate::Whole]);
    assert_eq!(draft(&opened).attachments().len(), 3);

    let end = begin + FILE[begin..].find('"').unwrap();
    let gone = [&FILE[..begin - 80], &FILE[end..]].concat();
    let opened = self::opened(&gone);
    assert_eq!(fates(&opened), [Fate::Missing, Fate::Whole, Fate::Whole, Fate::Whole]);
    // The page has its end: somebody took the file out.
    assert_eq!(opened.notes, []);
}

#[test]
fn a_mail_program_may_break_lines_and_a_browser_may_write_the_page_anew() {
    let (plain, _) = read(FILE.as_bytes());
    let plain = plain.unwrap();
    for (what, file) in [
        ("CRLF", FILE.replace('\n', "\r\n")),
        ("a byte order mark", ["\u{feff}", &FILE].concat()),
        (
            "markup",
            FILE.replace("<body>", "<body bgcolor=\"white\"><!-- <script> --><script>1</script>"),
        ),
        ("order and quotes", {
            let tag =
                "<script type=\"application/json\" id=\"housing-complaint-draft\" data-sha256=\"";
            let at = FILE.find(tag).unwrap() + tag.len();
            let other =
                ["<script data-sha256='", &FILE[at..at + 64], "' id=housing-complaint-draft>"];
            [&FILE[..at - tag.len()], &other.concat(), &FILE[at + 66..]].concat()
        }),
        ("broken lines", {
            let begin = FILE.find("\"state\":").unwrap();
            let (before, after) = FILE.split_at(begin + 100);
            let (draft, after) = after.split_at(200);
            let draft: String = draft.chars().flat_map(|it| [it, '\n']).collect();
            let mark = format!("sha256={};base64,", files()[0].0.sha256);
            let base64 = after.find(&mark).unwrap() + mark.len();
            let (between, after) = after.split_at(base64);
            let (bytes, after) = after.split_at(100);
            let bytes: String = bytes.chars().flat_map(|it| [it, '\r', '\n', ' ']).collect();
            [before, &draft, between, &bytes, after].concat()
        }),
    ] {
        assert_eq!(opened(&file), plain, "{what}");
    }
}

/// What was on its way goes out again in the same words under the same key, and not by itself.
#[test]
fn opening_a_file_sends_nothing() {
    let settings = settings("example");
    let mut session = drafted("example", &[]);
    let outgoing = Rc::new(Outgoing {
        key: "the key".into(),
        kind: Route::Complaint,
        body: "{}".into(),
        sent_at: "2026-11-22T09:00:00.000Z".into(),
        answers: Vec::new(),
    });
    session.apply(Action::Send(outgoing.clone()));
    for error in [None, Some(SubmitError::Rejected(422))] {
        if let Some(error) = error {
            session.apply(Action::Answered(Err(error)));
        }
        let opened = opened(&saved(&settings, &session, &[]));
        let again = session.fresh().resume(&opened.state);
        assert_eq!(again.screen, Screen::Check);
        assert_eq!((again.outgoing, again.key), (Some(outgoing.clone()), session.key.clone()));
    }
}

#[test]
fn other_landlords_and_versions_are_said() {
    let other = settings("halton");
    let (opened, _) = read_as(&other, FILE.as_bytes(), 4096);
    let opened = opened.unwrap();
    assert_eq!(opened.notes, [Note::OtherLandlord("Example Homes".into())]);
    assert_eq!(draft(&opened).text(FieldName::Account), ACCOUNT);
    let words = draft_file::findings(&opened, &other.messages);
    assert!(words[0].contains("Example Homes") && words[0].contains("Halton"), "{}", words[0]);

    for (version, note) in [("0.0.9", Note::OlderVersion), ("0.10.0", Note::NewerVersion)] {
        let other = Settings { version: version.into(), ..settings("example") };
        let files = files();
        let file = saved(&other, &drafted("example", &files), &files);
        assert_eq!(self::opened(&file).notes, [note], "{version}");
    }
}

#[test]
fn what_is_not_a_draft_says_so() {
    for file in ["", "Dear Sir", "<html><script>1</script></html>", "%PDF-1.7"] {
        assert_eq!(read(file.as_bytes()).0, Err(Refused::NotOurs), "{file}");
    }
    let mut reader = Reader::new();
    let video = Chance(3).bytes(2 << 20);
    reader.give(&video);
    assert!(reader.is_hopeless());
    for text in ["[]", "{}", "{\"state\":{}}", "{\"state\":7}", ""] {
        let file = format!("<script id=\"housing-complaint-draft\">{text}</script>");
        assert_eq!(read(file.as_bytes()).0, Err(Refused::Unreadable), "{text}");
    }
    assert_eq!(read(sent_copy().as_bytes()).0, Err(Refused::SentCopy));
}

/// Nobody's file ends the program, and no file claims an attachment that it does not have.
#[test]
fn no_damage_is_too_much() {
    let settings = settings("example");
    let mut chance = Chance(4);
    for _ in 0..2_000 {
        let mut file = FILE.clone().into_bytes();
        for _ in 0..=chance.below(4) {
            let (from, to) = (chance.below(file.len()), chance.below(300));
            let until = (from + to).min(file.len());
            match chance.below(4) {
                0 => file[from] = chance.below(256) as u8,
                1 => drop(file.drain(from..until)),
                2 => {
                    let copy = file[from..until].to_vec();
                    let at = chance.below(file.len());
                    file.splice(at..at, copy);
                }
                _ => {
                    let noise = chance.bytes(to);
                    file.splice(from..from, noise);
                }
            }
        }
        let piece = chance.below(5_000) + 1;
        let (opened, came) = read_as(&settings, &file, piece);
        let Ok(opened) = opened else { continue };
        for attachment in draft(&opened).attachments() {
            let has = |bytes: &[u8]| sha256(bytes) == attachment.sha256;
            assert!(came.iter().any(|(_, _, bytes)| has(bytes)), "{attachment:?}");
        }
    }
}

/// What is made to keep a reader busy does not: it looks at each byte a few times.
#[test]
fn a_file_that_repeats_our_marks_is_read_at_once() {
    let begin = std::time::Instant::now();
    let draft_ends = FILE.find("</script>").unwrap();
    let mark = format!(";sha256={};base64,AAAA\"", "a".repeat(64));
    for (before, repeated) in [
        ("", "<script>"),
        ("", "<script"),
        ("", "<"),
        (&FILE[..draft_ends + 9], ";sha256="),
        (&FILE[..draft_ends + 9], &mark),
        (&FILE[..draft_ends], "</scrip"),
    ] {
        let file = [before, &repeated.repeat(2_000_000 / repeated.len())].concat();
        let (opened, came) = read_as(&settings("example"), file.as_bytes(), 1 << 20);
        assert_eq!(opened.is_ok(), !before.is_empty(), "{repeated}");
        assert!(came.len() <= 2_000_000 / mark.len());
    }
    // An hour, where each looks at all that follows.
    assert!(begin.elapsed().as_secs() < 60, "{:?}", begin.elapsed());
}

#[test]
fn a_key_that_means_something_to_javascript_means_nothing_here() {
    let file =
        replaced("\"answers\":{", "\"answers\":{\"__proto__\":[\"x\"],\"constructor\":[\"y\"],");
    assert_eq!(draft(&opened(&file)), draft(&opened(&FILE)));
}

/// Every file that a released version saved opens here, with every answer and every byte.
#[test]
fn the_file_of_each_released_version_opens() {
    let folder = support::root().join("tests/drafts");
    let current = folder.join([env!("CARGO_PKG_VERSION"), ".html"].concat());
    if std::env::var_os("HC_SAVE_DRAFT").is_some() {
        fs::create_dir_all(&folder).unwrap();
        fs::write(&current, &*FILE).unwrap();
    }
    assert!(current.is_file(), "HC_SAVE_DRAFT=1 cargo test --test copies writes {current:?}");
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let (opened, came) = read(&fs::read(&path).unwrap());
        let opened = opened.unwrap_or_else(|refused| panic!("{path:?}: {refused:?}"));
        assert!(opened.notes.iter().all(|it| *it == Note::OlderVersion), "{path:?}");
        let session = support::session("example").resume(&opened.state);
        assert_eq!(session.draft.text(FieldName::Account), ACCOUNT, "{path:?}");
        assert_eq!(session.screen.address(), "check", "{path:?}");
        let bytes: Vec<_> =
            came.into_iter().map(|(it, fate, bytes)| (it.name, fate, bytes)).collect();
        let expected = files().into_iter().map(|(it, bytes)| (it.name, Fate::Whole, bytes));
        assert_eq!(bytes, expected.collect::<Vec<_>>(), "{path:?}");
    }
}

#[test]
fn the_page_reads_as_the_check_page_does() {
    let session = drafted("example", &[]);
    let settings = settings("example");
    let page = saved(&settings, &session, &[]);
    for row in summary::rows(&session.draft, &settings) {
        assert!(page.contains(&format!(">{}</d", row.title)), "{}", row.title);
    }
    for fact in ["Not sent yet", "0300 111 3000", "01632 960001", "?a=1&amp;b=2", "&lt;/script&gt;"]
    {
        assert!(page.contains(fact), "{fact}");
    }
    assert_eq!(page.matches("</script>").count(), 1);
}

// --- The letter and the e-mail -----------------------------------------------------------------

/// A draft that is complete, for each thing that a resident may want.
fn each_kind(landlord: &str) -> Vec<Session> {
    let intents = Intent::ALL.iter().map(|(_, key)| *key);
    intents.map(|it| support::walked(landlord, None, &[(FieldName::Intent, it)])).collect()
}

const NEVER: [&str; 6] = ["formal", "please", "sorry", "invalid", "letter.", "draft_file."];

#[test]
fn a_letter_says_everything_to_the_landlord_whatever_it_is() {
    for landlord in support::LANDLORDS {
        let settings = settings(landlord);
        for session in each_kind(landlord) {
            let letter = letter::html(&settings, &session.draft, "2026-11-22".parse().ok(), false);
            let subject = settings.messages.said("letter.subject", session.draft.route());
            assert!(letter.contains(&format!("<h1>{subject}</h1>")), "{landlord}");
            assert!(letter.contains("Sunday 22 November 2026") && letter.contains("0300 111 3000"));
            assert!(letter.contains(&format!("Dear {},", settings.landlord.name)));
            let text = letter.split_once("<main>").unwrap().1.to_lowercase();
            for word in NEVER {
                assert!(!text.replace("information", "").contains(word), "{landlord}: {word}");
            }
            for answer in summary::answers(&session.draft, &settings) {
                let shown = housing_complaint::paper::escape(&answer.value);
                for line in shown.lines() {
                    assert!(letter.contains(line), "{landlord}: {line}");
                }
            }
        }
    }
}

#[test]
fn a_letter_has_the_addresses_the_needs_the_files_and_the_times() {
    let settings = settings("example");
    let files = files();
    let mut session = support::walked(
        "example",
        None,
        &[
            (FieldName::Danger, "yes"),
            (FieldName::Intent, "complain"),
            (FieldName::OnBehalfOf, "someone_else"),
            (FieldName::Adjustments, "large_print"),
            (FieldName::Name, "Amira Haddad"),
            (FieldName::RepresentativeName, "Zoë Kowalska"),
            (FieldName::Address, "1 Low Road\nExampleton"),
        ],
    );
    files.iter().for_each(|(it, _)| session.draft.attach(it.clone()));
    let letter = letter::html(&settings, &session.draft, None, true);
    for text in [
        "Zoë Kowalska, writing for Amira Haddad\n1 Low Road\nExampleton",
        "Putting It Right team\nExample Homes\n1 Example Street\nExampleton\nEX1 1EX",
        "Someone may be in danger now.",
        "<h2>What I need from you</h2>\n<ul><li dir=\"auto\">Large print</li>",
        "It may have reached you already.",
        "within 3 working days of getting this",
        "within 10 working days after that",
        &files[0].0.sha256,
        "door &quot;open&quot; &lt;1&gt;.jpg",
    ] {
        assert!(letter.contains(text), "{text}\n{letter}");
    }
    // Halton's file has no address for letters.
    let halton = self::settings("halton");
    let letter = letter::html(&halton, &session.draft, None, false);
    assert!(
        letter.contains("<p class=\"lines\">Customer Resolutions team\nHalton Housing</p>"),
        "{letter}"
    );
    assert!(!letter.contains("It may have reached you already."));
}

/// What a mail program makes of an address.
fn mail(session: &Session) -> (String, String, String) {
    let address = letter::mail(&settings("example"), &session.draft).unwrap();
    let (to, rest) = address.strip_prefix("mailto:").unwrap().split_once("?subject=").unwrap();
    let (subject, body) = rest.split_once("&body=").unwrap();
    assert!(body.len() <= 1_800, "{}", body.len());
    let decoded = |text: &str| {
        let mut bytes = Vec::new();
        let mut parts = text.split('%');
        bytes.extend(parts.next().unwrap().bytes());
        for part in parts {
            bytes.push(u8::from_str_radix(&part[..2], 16).unwrap());
            bytes.extend(part[2..].bytes());
        }
        String::from_utf8(bytes).unwrap()
    };
    (to.to_owned(), decoded(subject), decoded(body))
}

#[test]
fn an_e_mail_says_everything_that_it_has_room_for() {
    let written = |account: &str| {
        support::walked(
            "example",
            None,
            &[(FieldName::Intent, "feedback"), (FieldName::Account, account)],
        )
    };
    let (to, subject, body) = mail(&written("Thank you & good bye?\n100% #1"));
    assert_eq!((&*to, &*subject), ("complaints@example.org", "A message about your service"));
    assert!(body.contains("Thank you & good bye?\r\n100% #1\r\n"), "{body}");
    assert!(!body.contains("The rest is in the letter"));
    for word in ["heating ", "тепло ", "تدفئة ", "🏠", "x"] {
        for count in (1..400).step_by(7) {
            let account = word.repeat(count);
            let (_, _, body) = mail(&written(&account));
            let is_whole = body.contains(account.trim());
            assert_ne!(is_whole, body.contains("The rest is in the letter"), "{word} {count}");
            assert!(body.ends_with("Yours faithfully\r\n"), "{body}");
        }
    }
}

/// Of a long complaint, what happened and whom to answer come first.
#[test]
fn an_e_mail_says_what_matters_most_first() {
    let account = "The boiler is off. ".repeat(20);
    let (_, _, body) = mail(&support::walked(
        "example",
        None,
        &[
            (FieldName::Intent, "complain"),
            (FieldName::Account, account.trim()),
            (FieldName::Adjustments, "large_print"),
            (FieldName::OutcomeOwnWords, &"A boiler that works. ".repeat(60)),
        ],
    ));
    let at = |text: &str| body.find(text).unwrap_or_else(|| panic!("{text}: {body}"));
    assert!(at("Large print") < at(account.trim()) && at(account.trim()) < at("my name"));
    assert!(at("my name") < at("The rest is in the letter"));
    assert_eq!(body.matches("Large print").count(), 1);
}

#[test]
fn there_is_an_e_mail_only_where_the_landlord_has_an_address_for_it() {
    for landlord in support::LANDLORDS {
        let settings = settings(landlord);
        let has = settings
            .landlord
            .channels
            .iter()
            .any(|it| it.kind.key() == "email" && it.value.is_some());
        let mail = letter::mail(&settings, &support::walked(landlord, None, &[]).draft);
        assert_eq!(mail.is_some(), has, "{landlord}");
    }
    let mut session = support::walked("example", None, &[(FieldName::Intent, "feedback")]);
    session.draft.attach(files()[0].0.clone());
    assert!(mail(&session).2.contains("I attach my files to this e-mail."));
}

// --- The copy of what was sent -----------------------------------------------------------------

fn sent_copy() -> String {
    let files = files();
    let session = drafted("example", &files);
    let answers = summary::answers(&session.draft, &settings("example"));
    let copy = Copy {
        title: "Complaint to Example Homes".into(),
        facts: vec![("Your reference".into(), "K47-W92-F36".into())],
        notes: vec!["A note".into()],
        steps: vec![("By Friday".into(), "We write to you.".into())],
        answers: &answers,
        files: files.iter().map(|(it, _)| (it, "Arrived".into())).collect(),
        rights: "You can ask.".into(),
        lgsco: Lgsco::Also,
        record: Some("{\"kind\": \"complaint\", \"account\": \"</script> é\"}"),
    };
    copy::html(&settings("example"), &copy)
}

#[test]
fn a_copy_is_proof_of_what_was_sent() {
    let copy = sent_copy();
    for text in ["K47-W92-F36", "By Friday", "A note", "Arrived", "0300 061 0614", "You can ask."] {
        assert!(copy.contains(text), "{text}");
    }
    for (file, _) in files() {
        assert!(copy.contains(&file.sha256));
    }
    let (_, after) = copy.split_once("housing-complaint-record\">").unwrap();
    let record: Json = serde_json::from_str(after.split_once("</script>").unwrap().0).unwrap();
    assert_eq!(record.get("account").unwrap().text(), Some("</script> é"));
    assert_eq!(
        Route::from_key(record.get("kind").unwrap().text().unwrap()),
        Some(Route::Complaint)
    );
}
