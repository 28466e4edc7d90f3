//! The command line. Every option of `serve` is an environment variable too, for containers.

use std::path::PathBuf;
use std::str::FromStr;

use chrono::NaiveDate;
use clap::{Args, Parser, Subcommand, ValueEnum};
use ipnet::IpNet;

use crate::limits::ForwardedBy;

/// The receiving service of the complaint form.
#[derive(Debug, Parser)]
#[command(name = "housing-complaint", version)]
pub struct Options {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the program can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Receive and store complaints, until Ctrl-C
    Serve(Box<Serve>),
    /// Check landlords' files against their schema and the Complaint Handling Code
    Lint(Lint),
    /// Write a landlord's evidence for the annual self-assessment against the Code
    Evidence(Evidence),
    /// Write the dates that a resident is promised, as JSON
    Deadlines(Deadlines),
    /// Write what the form hears in messages, one a line on standard input, as JSON
    Triage(Triage),
    /// Look after the webhooks by which a landlord's systems are told
    Webhooks(Webhooks),
    /// Remove cases whose time is over, and keep what was removed; without --yes only say which
    Purge(Purge),
    /// Copy the database (SQLite) and the files to a folder, while the service runs
    Backup(Backup),
    /// Make, list and revoke the keys of landlords' systems
    Keys(Keys),
    /// Add, list and remove the complaints officers who may sign in
    Officers(Officers),
    /// Write every case, or the Tenant Satisfaction Measures on complaints
    Export(Export),
}

/// Options of `serve`.
#[derive(Args, Debug)]
pub struct Serve {
    /// Address to listen on
    #[arg(long, env = "HC_ADDRESS", default_value = "127.0.0.1")]
    pub address: String,
    /// Port to listen on; 0 takes any free one
    #[arg(long, env = "HC_PORT", default_value_t = 8080)]
    pub port: u16,
    /// Where the database and the secret are
    #[command(flatten)]
    pub storage: Storage,
    /// Folder with the widget's files
    #[arg(long, env = "HC_DIST", value_name = "FOLDER", default_value = "./dist")]
    pub dist: PathBuf,
    /// Folder with the landlords' files
    #[arg(long, env = "HC_LANDLORDS", value_name = "FOLDER", default_value = "./landlords")]
    pub landlords: PathBuf,
    /// Folder with index.html, sample/ and schemas/
    #[arg(long, env = "HC_SITE", value_name = "FOLDER", default_value = ".")]
    pub site: PathBuf,
    /// Another site whose pages may use the service; may be given more than once, and in the
    /// environment with commas
    #[arg(
        long = "allow-origin",
        env = "HC_ALLOW_ORIGIN",
        value_name = "URL",
        value_delimiter = ','
    )]
    pub allow_origins: Vec<String>,
    /// Where the files that residents attach are kept: a folder, or s3://BUCKET/PREFIX with the usual
    /// AWS_* environment variables [default: evidence in the data folder]
    #[arg(long, env = "HC_EVIDENCE", value_name = "PLACE")]
    pub evidence: Option<String>,
    /// What scans them for viruses: clamd://HOST:PORT, or clamd:///PATH/TO/SOCKET
    #[arg(long, env = "HC_SCANNER", value_name = "URL")]
    pub scanner: Option<String>,
    /// The biggest file that is taken, in bytes, or as 250MB
    #[arg(long, env = "HC_MAX_FILE_SIZE", value_name = "SIZE", default_value = "250MB", value_parser = size)]
    pub max_file_size: u64,
    /// The most files that a complaint may have
    #[arg(long, env = "HC_MAX_FILES", value_name = "COUNT", default_value_t = 30)]
    pub max_files: u64,
    /// The most that all files of a complaint may be together
    #[arg(long, env = "HC_MAX_TOTAL_SIZE", value_name = "SIZE", default_value = "1GB", value_parser = size)]
    pub max_total_size: u64,
    /// The most that all files may be together that belong to no complaint yet
    #[arg(long, env = "HC_MAX_UNCLAIMED_SIZE", value_name = "SIZE", default_value = "5GB", value_parser = size)]
    pub max_unclaimed_size: u64,
    /// A proxy that is believed about where a request comes from: an address or a network, such as
    /// 10.0.0.0/8; may be given more than once, and in the environment with commas
    #[arg(
        long = "trusted-proxy",
        env = "HC_TRUSTED_PROXY",
        value_name = "NETWORK",
        value_delimiter = ',',
        value_parser = network
    )]
    pub trusted_proxies: Vec<IpNet>,
    /// The header in which these proxies say it
    #[arg(long, env = "HC_FORWARDED_HEADER", value_enum, default_value_t)]
    pub forwarded_header: ForwardedBy,
    /// The most submissions that an address may send in an hour; 0: any number. Addresses of private
    /// networks are not counted
    #[arg(long, env = "HC_MAX_SUBMISSIONS", value_name = "COUNT", default_value_t = 600)]
    pub max_submissions: u32,
    /// Answer /metrics, to addresses of private networks alone
    #[arg(long, env = "HC_METRICS")]
    pub metrics: bool,
    /// Answer /metrics on an address of its own, to everybody who can reach it: 127.0.0.1:9090
    #[arg(long, env = "HC_METRICS_ADDRESS", value_name = "ADDRESS:PORT")]
    pub metrics_address: Option<std::net::SocketAddr>,
    /// Who is told what, and how.
    #[command(flatten)]
    pub outbox: Outbox,
}

/// Options of `serve`: mail and webhooks.
#[derive(Args, Debug, Default)]
pub struct Outbox {
    /// Mail server: smtps://USER:PASSWORD@HOST, or smtp://USER:PASSWORD@HOST:587?tls=required; without
    /// one no mail is sent
    // Its value may hold a password: neither `--help` nor an error shows it.
    #[arg(long, env = "HC_SMTP", value_name = "URL", hide_env_values = true)]
    pub smtp: Option<String>,
    /// File with the URL of the mail server, instead of --smtp
    #[arg(long, env = "HC_SMTP_FILE", value_name = "FILE")]
    pub smtp_file: Option<PathBuf>,
    /// Address from which mail comes, as in "Halton Housing <complaints@example.org>"
    #[arg(long, env = "HC_MAIL_FROM", value_name = "ADDRESS")]
    pub mail_from: Option<String>,
    /// Address of a landlord's complaints team, which is told what residents do; may be given more than
    /// once, and in the environment with commas; * stands for every other landlord
    #[arg(long, env = "HC_TEAM_MAIL", value_name = "LANDLORD=ADDRESS", value_delimiter = ',')]
    pub team_mail: Vec<String>,
    /// Page of a landlord on which the form is, for links in mail to residents; as --team-mail
    #[arg(long, env = "HC_RESIDENT_PAGE", value_name = "LANDLORD=URL", value_delimiter = ',')]
    pub resident_page: Vec<String>,
    /// Address of this service as others reach it, for links in mail to officers
    #[arg(long, env = "HC_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<String>,
    /// Send webhooks to addresses in the landlord's own network too, and by http
    #[arg(long, env = "HC_ALLOW_PRIVATE_WEBHOOKS")]
    pub allow_private_webhooks: bool,
    /// The longest wait between two tries, in milliseconds; for tests
    #[arg(long, env = "HC_LONGEST_WAIT", hide = true)]
    pub longest_wait: Option<u64>,
}

/// Options of `webhooks`.
#[derive(Args, Debug)]
pub struct Webhooks {
    /// What to do.
    #[command(subcommand)]
    pub what: WebhooksCommand,
}

/// What can be done with webhooks.
#[derive(Debug, Subcommand)]
pub enum WebhooksCommand {
    /// Tell another system; writes its id and its secret, which is shown this once
    Add {
        /// Id of the landlord whose cases it is told of
        #[arg(long, value_name = "ID")]
        landlord: String,
        /// Where the system listens
        #[arg(long)]
        url: String,
        /// Take an address in the landlord's own network too, and one by http
        #[arg(long, env = "HC_ALLOW_PRIVATE_WEBHOOKS")]
        allow_private_webhooks: bool,
        /// Where the database is.
        #[command(flatten)]
        storage: Storage,
    },
    /// List all: id, landlord, address, how it goes
    List {
        /// Where the database is.
        #[command(flatten)]
        storage: Storage,
    },
    /// Write a new secret; for a day both sign
    Rotate {
        /// Which
        id: String,
        /// Where the database is.
        #[command(flatten)]
        storage: Storage,
    },
    /// Tell a system nothing more
    Remove {
        /// Which
        id: String,
        /// Where the database is.
        #[command(flatten)]
        storage: Storage,
    },
    /// Send a message of the type `service.test` at once
    Test {
        /// Which
        id: String,
        /// As for `serve`
        #[arg(long, env = "HC_ALLOW_PRIVATE_WEBHOOKS")]
        allow_private_webhooks: bool,
        /// Where the database is.
        #[command(flatten)]
        storage: Storage,
    },
}

/// Where the database and the secret of a service are.
#[derive(Args, Debug)]
pub struct Storage {
    /// Where the database is
    #[command(flatten)]
    pub database: Database,
    /// The service's secret, in words that nobody can guess; all instances over one database share it
    /// [default: what is in --secret-file]
    // Only from the environment: other users of a machine can see what is on a command line.
    #[arg(long, env = "HC_SECRET", hide = true, hide_env_values = true)]
    pub secret: Option<String>,
    /// File with the service's secret [default: secret beside the SQLite database, made at
    /// the first start]
    #[arg(long, env = "HC_SECRET_FILE", value_name = "FILE")]
    pub secret_file: Option<PathBuf>,
}

/// A network, or a single address.
fn network(text: &str) -> Result<IpNet, String> {
    let text = text.trim();
    let address = || text.parse::<std::net::IpAddr>().map(IpNet::from);
    text.parse::<IpNet>()
        .or_else(|_| address())
        .map_err(|_| "give an address or a network, such as 10.0.0.0/8".to_owned())
}

/// Where a command finds what is stored.
#[derive(Args, Debug)]
pub struct Stored {
    /// Where the database is
    #[command(flatten)]
    pub database: Database,
    /// Where the files that residents attach are kept: a folder, or s3://BUCKET/PREFIX
    /// [default: evidence in the data folder]
    #[arg(long, env = "HC_EVIDENCE", value_name = "PLACE")]
    pub evidence: Option<String>,
}

/// Options of `purge`.
#[derive(Args, Debug)]
pub struct Purge {
    /// The landlord whose cases these are, by its id
    #[arg(long, value_name = "ID")]
    pub landlord: String,
    /// Which are over
    #[command(flatten)]
    pub until: Until,
    /// Remove them; without it they are only listed
    #[arg(long)]
    pub yes: bool,
    /// Who removes them; it is kept with what was removed
    #[arg(
        long,
        env = "USER",
        value_name = "NAME",
        default_value = "unknown",
        hide_env_values = true
    )]
    pub by: String,
    /// Where
    #[command(flatten)]
    pub stored: Stored,
}

/// Which cases are over: answered, declined or taken back, and since then nothing.
#[derive(Args, Debug)]
#[group(required = true, multiple = false)]
pub struct Until {
    /// Those in which nothing has happened on this day or after it
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub closed_before: Option<NaiveDate>,
    /// Those in which nothing has happened for so long: 72-months, 6-years
    #[arg(long, value_name = "AGE")]
    pub older_than: Option<Age>,
}

/// A number of months.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Age {
    /// How many.
    pub months: u32,
}

impl FromStr for Age {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const HOW: &str = "give a number of months or years, such as 72-months or 6-years";
        let (count, unit) = text.split_once('-').ok_or(HOW)?;
        let count: u32 = count.parse().map_err(|_| HOW)?;
        let months = match unit {
            "month" | "months" => Some(count),
            "year" | "years" => count.checked_mul(12),
            _ => None,
        };
        months.filter(|it| (1..=1200).contains(it)).map(|months| Self { months }).ok_or(HOW)
    }
}

/// Options of `backup`.
#[derive(Args, Debug)]
pub struct Backup {
    /// The folder for the copy; it is laid out as a data folder
    #[arg(value_name = "FOLDER")]
    pub folder: PathBuf,
    /// Where
    #[command(flatten)]
    pub stored: Stored,
}

/// A number of bytes, such as `250MB`; a kilobyte is 1000 bytes, as on a phone.
fn size(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|it: char| it.is_ascii_alphabetic());
    let unit = match text[digits.len()..].to_ascii_lowercase().as_str() {
        "" => 1,
        "kb" => 1000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        _ => return Err("give a number of bytes, kB, MB or GB".to_owned()),
    };
    let count: u64 = digits.trim().parse().map_err(|_| "give a whole number".to_owned())?;
    count.checked_mul(unit).filter(|it| i64::try_from(*it).is_ok()).ok_or("too much".to_owned())
}

/// Options of `lint`.
#[derive(Args, Debug)]
pub struct Lint {
    /// The landlords' files
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Write one JSON array instead of a line a finding
    #[arg(long)]
    pub json: bool,
}

/// Options of `triage`.
#[derive(Args, Debug)]
pub struct Triage {
    /// Measure it instead: a file of rows that people labelled (tab-separated: id, text, label, hazard)
    #[arg(long, value_name = "FILE")]
    pub labelled: Option<PathBuf>,
}

/// Options of `evidence`.
#[derive(Args, Debug)]
pub struct Evidence {
    /// The landlord's file
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// How it is written
    #[arg(long, value_enum, default_value_t = Format::Markdown)]
    pub format: Format,
}

/// How the evidence is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A table in Markdown
    Markdown,
    /// A page
    Html,
    /// Comma-separated values (RFC 4180), for a spreadsheet
    Csv,
}

/// Options of `deadlines`.
#[derive(Args, Debug)]
pub struct Deadlines {
    /// The day on which the complaint was received, or - for many days
    ///
    /// With -, each line of standard input has one day, or two: the second is that of the request
    /// for stage 2. A line of JSON is written for each.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub received: Received,
    /// The landlord's file
    #[arg(long, value_name = "FILE")]
    pub landlord: PathBuf,
    /// The day on which the request for stage 2 was received
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub stage_2_received: Option<NaiveDate>,
}

/// The day of receipt, or days on standard input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Received {
    /// This day.
    On(NaiveDate),
    /// Many days, a line each, from standard input.
    Many,
}

impl FromStr for Received {
    type Err = chrono::ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "-" { Ok(Self::Many) } else { text.parse().map(Self::On) }
    }
}

/// Where the database is; the same for `serve` and for every command.
#[derive(Args, Debug)]
pub struct Database {
    /// Folder for the database, made where it is missing
    #[arg(long, env = "HC_DATA", value_name = "FOLDER", default_value = "./data")]
    pub data: PathBuf,
    /// Database, where it is not housing-complaint.db in the data folder: sqlite://PATH, or
    /// postgres://USER:PASSWORD@HOST/NAME
    // Its value may hold a password: neither `--help` nor an error shows it.
    #[arg(long, env = "HC_DATABASE", value_name = "URL", hide_env_values = true)]
    pub database: Option<String>,
}

impl Database {
    /// Whether it is a server, which several instances of the service may share.
    pub fn is_server(&self) -> bool {
        let url = self.database.as_deref().unwrap_or_default();
        url.starts_with("postgres://") || url.starts_with("postgresql://")
    }
}

/// Whose cases may be seen.
#[derive(Args, Debug)]
#[group(required = true, multiple = false)]
pub struct Whose {
    /// The landlord whose cases may be seen, by its id
    #[arg(long, value_name = "ID")]
    pub landlord: Option<String>,
    /// Let the cases of every landlord be seen
    #[arg(long)]
    pub all_landlords: bool,
}

/// Options of `keys`.
#[derive(Args, Debug)]
pub struct Keys {
    /// What to do
    #[command(subcommand)]
    pub command: KeysCommand,
}

/// What can be done with keys.
#[derive(Debug, Subcommand)]
pub enum KeysCommand {
    /// Make a key and write it to standard output, once
    Add(AddKey),
    /// Write all keys, a line each, without what is secret
    List(ListPeople),
    /// Revoke a key, from the next request on
    Revoke(RevokeKey),
}

/// Options of `keys add`.
#[derive(Args, Debug)]
pub struct AddKey {
    /// What it is for; what is done with it is noted under this name
    #[arg(long)]
    pub name: String,
    /// What it may do: cases:read, cases:write, evidence:read, officers; may be given more than once
    #[arg(long = "scope", value_name = "SCOPE", required = true, value_parser = crate::desk::people::scope)]
    pub scopes: Vec<crate::keys::Scope>,
    /// Whose cases
    #[command(flatten)]
    pub landlord: Whose,
    /// Where
    #[command(flatten)]
    pub database: Database,
}

/// Options of `keys list` and `officers list`.
#[derive(Args, Debug)]
pub struct ListPeople {
    /// Where
    #[command(flatten)]
    pub database: Database,
}

/// Options of `keys revoke`.
#[derive(Args, Debug)]
pub struct RevokeKey {
    /// Its id, which stands in it between the first two underscores
    #[arg(value_name = "ID")]
    pub id: String,
    /// Where
    #[command(flatten)]
    pub database: Database,
}

/// Options of `officers`.
#[derive(Args, Debug)]
pub struct Officers {
    /// What to do
    #[command(subcommand)]
    pub command: OfficersCommand,
}

/// What can be done with officers.
#[derive(Debug, Subcommand)]
pub enum OfficersCommand {
    /// Let somebody sign in by a link that is sent to them
    Add(AddOfficer),
    /// Write all officers, a line each
    List(ListPeople),
    /// Remove an officer, and sign them out
    Remove(RemoveOfficer),
}

/// Options of `officers add`.
#[derive(Args, Debug)]
pub struct AddOfficer {
    /// Their e-mail address
    #[arg(long)]
    pub email: String,
    /// Their name; what they do is noted under it
    #[arg(long)]
    pub name: String,
    /// Whose cases
    #[command(flatten)]
    pub landlord: Whose,
    /// Where
    #[command(flatten)]
    pub database: Database,
}

/// Options of `officers remove`.
#[derive(Args, Debug)]
pub struct RemoveOfficer {
    /// Their e-mail address
    #[arg(long)]
    pub email: String,
    /// Where
    #[command(flatten)]
    pub database: Database,
}

/// Options of `export`.
#[derive(Args, Debug)]
pub struct Export {
    /// How it is written
    #[arg(long, value_enum, default_value_t = Table::Jsonl)]
    pub format: Table,
    /// Only cases of this landlord, by its id
    #[arg(long, value_name = "ID")]
    pub landlord: Option<String>,
    /// Only what was received on this day or later
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub from: Option<NaiveDate>,
    /// Only what was received on this day or before
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub to: Option<NaiveDate>,
    /// Instead of cases, the measures CH01 and CH02
    #[arg(long, requires = "homes")]
    pub measures: bool,
    /// How many homes the landlord has
    #[arg(long, value_name = "COUNT", requires = "measures", value_parser = clap::value_parser!(u32).range(1..))]
    pub homes: Option<u32>,
    /// Where
    #[command(flatten)]
    pub database: Database,
}

/// How cases are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Table {
    /// A line of JSON for each, with everything that belongs to it
    Jsonl,
    /// Comma-separated values (RFC 4180), for a spreadsheet: the dates, and no words of residents
    Csv,
}
