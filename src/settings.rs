//! What the loader hands over, read once.

use std::rc::Rc;

use domain::choices::{Choice, Intent};
use domain::draft::Draft;
use domain::json::{Fault, Finding, Json};
use domain::landlord::{self, Landlord};
use domain::question::FieldName;

use crate::browser::parse_json;
use crate::messages::Messages;

/// Everything that stays the same while the widget is on the page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    /// The landlord.
    pub landlord: Rc<Landlord>,
    /// The words.
    pub messages: Rc<Messages>,
    /// Language of the words, as a BCP 47 tag.
    pub language: String,
    /// Where complaints are sent.
    pub endpoint: String,
    /// Whether the page named that address itself, so that it may be anything that takes a POST.
    pub has_own_endpoint: bool,
    /// Level of the widget's headings in the host page: 1 to 5.
    pub heading_level: u8,
    /// Whether each step becomes an entry in the browser's history.
    pub has_history: bool,
    /// Where the resident came from, where the page says so: `survey`.
    pub source: Option<String>,
    /// What the resident wants to do, where the page says so.
    pub start: Option<Intent>,
    /// Whether the page leads to what was sent before.
    pub tracks: bool,
    /// Version of the widget.
    pub version: String,
    /// Name of this widget, of its draft and of its place in the browser's history.
    pub instance: String,
    /// Where attachments are taken: the address of the service, which ends in `/`.
    pub service: Option<String>,
    /// Whether a draft is open in another tab.
    pub is_elsewhere: bool,
    /// What the host page lets the resident keep.
    pub drafts: Drafts,
    /// What was kept of the widget that stood here before, or before the page was loaded again.
    pub before: Option<Json>,
}

/// What the host page lets the resident keep, by itself: a file can be saved anyway.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Drafts {
    /// In this tab, and on this device where the resident asks for it.
    #[default]
    Device,
    /// In this tab.
    Tab,
    /// Nothing.
    Off,
}

/// Why the form can't open. The loader says so, with the words that it has.
#[derive(Clone, Debug, PartialEq)]
pub struct CannotOpen {
    /// A stable code for `hc-error`: `landlord_missing`, `landlord_unusable`.
    pub code: &'static str,
    /// For the web team: which address, which place in the file.
    pub detail: String,
}

impl Settings {
    /// The same, in the name of the council that the resident chose, where one form serves several.
    pub fn at_site(&self, draft: &Draft) -> Self {
        let mut settings = self.clone();
        if let Some(site) = self.landlord.site(draft.text(FieldName::Site)) {
            settings.messages = Rc::new(self.messages.with("landlord", &site.name));
        }
        settings
    }
}

/// Settings, and findings in the landlord's file that did not stop it.
pub struct Opened {
    /// The settings.
    pub settings: Settings,
    /// For the console.
    pub warnings: Vec<Finding>,
}

/// Reads what the loader hands over: one JSON object.
///
/// # Errors
///
/// [`CannotOpen`] where there is no landlord's file, or it can't be used.
pub fn read(options: &Json) -> Result<Opened, CannotOpen> {
    let text = |name: &str| options.get(name).and_then(Json::text);
    let owned = |name: &str| text(name).unwrap_or_default().to_owned();
    let words = options.get("messages").and_then(Json::fields).unwrap_or_default();
    let heading_level = match text("heading-level").and_then(|it| it.parse().ok()) {
        Some(level @ 1..=5) => level,
        Some(_) | None => 2,
    };
    let Some(file) = text("landlordText") else {
        return Err(CannotOpen { code: "landlord_missing", detail: owned("landlord") });
    };
    let not_json = || vec![Finding { pointer: String::new(), fault: Fault::NotJson }];
    let parsed =
        parse_json(file).ok_or_else(not_json).and_then(|file| landlord::read(&file)).map_err(
            |findings| CannotOpen { code: "landlord_unusable", detail: describe(&findings) },
        )?;
    let service = text("uploads").map(str::to_owned);
    let landlord = Landlord { lacks_uploads: service.is_none(), ..parsed.landlord };
    let everywhere = vec![
        ("landlord", landlord.name.clone()),
        ("team", landlord.team.clone().unwrap_or_default()),
        ("resident", landlord.words.resident.clone()),
        ("residents", landlord.words.residents.clone()),
    ];
    let settings = Settings {
        messages: Rc::new(Messages::new(words.to_vec(), everywhere)),
        landlord: Rc::new(landlord),
        language: owned("language"),
        endpoint: owned("endpoint"),
        has_own_endpoint: text("ownEndpoint").is_some(),
        heading_level,
        has_history: text("history") != Some("off"),
        source: text("source").map(str::to_owned),
        start: match text("start") {
            Some("complaint") => Some(Intent::Complain),
            Some(start) => Intent::from_key(start),
            None => None,
        },
        tracks: text("start") == Some("track"),
        version: owned("version"),
        instance: owned("instance"),
        service,
        is_elsewhere: text("elsewhere").is_some(),
        drafts: match text("drafts") {
            Some("off") => Drafts::Off,
            Some("tab") => Drafts::Tab,
            _ => Drafts::Device,
        },
        before: text("before").and_then(parse_json),
    };
    Ok(Opened { settings, warnings: parsed.warnings })
}

/// One line for the web team: `/times/acknowledge over_code; /name missing`.
pub fn describe(findings: &[Finding]) -> String {
    let mut text = String::new();
    for finding in findings {
        if !text.is_empty() {
            text.push_str("; ");
        }
        text.push_str(&finding.pointer);
        text.push(' ');
        text.push_str(finding.fault.key());
    }
    text
}
