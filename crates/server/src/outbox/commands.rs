//! The command `webhooks`, and the options of `serve` about mail and webhooks.

use std::fs;
use std::io::{self, Write};
use std::time::{Duration, SystemTime};

use domain::evidence::hex;
use reqwest::Url;
use serde_json::json;

use super::mail::Mailer;
use super::webhooks::{self, Answer, Webhook};
use super::{Settings, addresses};
use crate::clock::{self, Now};
use crate::landlords::is_id;
use crate::options::{self, WebhooksCommand};
use crate::secret::{self, Secret};
use crate::store::Store;
use crate::{Failure, serve};

/// What `serve` was told about mail and webhooks.
///
/// # Errors
///
/// What is to be changed before the service can start.
pub fn settings(options: &options::Outbox) -> Result<Settings, Failure> {
    let server = match (&options.smtp, &options.smtp_file) {
        (Some(url), _) => Some(url.clone()),
        (None, Some(file)) => Some(
            fs::read_to_string(file)
                .map_err(|source| Failure::SmtpFile { file: file.clone(), source })?,
        ),
        (None, None) => None,
    };
    let mail = match server {
        None => None,
        Some(server) => {
            let from = options.mail_from.as_deref().ok_or(Failure::NoMailFrom)?;
            Some(Mailer::new(server.trim(), from)?)
        }
    };
    let mut settings = Settings {
        mail,
        allow_private_webhooks: options.allow_private_webhooks,
        ..Settings::default()
    };
    for text in &options.team_mail {
        let wrong = || Failure::TeamMail(text.clone());
        let (landlord, address) = of_landlord(text).ok_or_else(wrong)?;
        settings.team.push((landlord, address.parse().map_err(|_| wrong())?));
    }
    for text in &options.resident_page {
        let (landlord, page) = of_landlord(text)
            .filter(|(_, page)| is_page(page))
            .ok_or(Failure::ResidentPage(text.clone()))?;
        settings.pages.push((landlord, page.to_owned()));
    }
    if let Some(url) = &options.public_url {
        if !is_page(url) {
            return Err(Failure::PublicUrl(url.clone()));
        }
        settings.public_url = Some(url.trim_end_matches('/').to_owned());
    }
    if let Some(millis) = options.longest_wait {
        let longest = Duration::from_millis(millis);
        settings.patience.longest = longest;
        settings.patience.first = settings.patience.first.min(longest);
    }
    Ok(settings)
}

/// `halton=…`, or `*=…`.
fn of_landlord(text: &str) -> Option<(String, &str)> {
    let (landlord, value) = text.trim().split_once('=')?;
    (landlord == "*" || is_id(landlord)).then(|| (landlord.to_owned(), value.trim()))
}

fn is_page(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https") && url.has_host() && url.password().is_none()
    })
}

/// Looks after webhooks.
///
/// # Errors
///
/// Why it could not be done, as one sentence.
pub async fn webhooks(options: options::Webhooks) -> Result<(), Failure> {
    match options.what {
        WebhooksCommand::Add { landlord, url, allow_private_webhooks, storage } => {
            if !is_id(&landlord) {
                return Err(Failure::LandlordId(landlord));
            }
            addresses::check(&url, allow_private_webhooks)
                .map_err(|source| Failure::WebhookAddress { url: url.clone(), source })?;
            let desk = Desk::open(&storage).await?;
            desk.add(&landlord, &url).await
        }
        WebhooksCommand::List { storage } => Desk::open(&storage).await?.list().await,
        WebhooksCommand::Rotate { id, storage } => Desk::open(&storage).await?.rotate(&id).await,
        WebhooksCommand::Remove { id, storage } => Desk::open(&storage).await?.remove(&id).await,
        WebhooksCommand::Test { id, allow_private_webhooks, storage } => {
            Desk::open(&storage).await?.test(&id, allow_private_webhooks).await
        }
    }
}

/// What a command works with.
struct Desk {
    store: Store,
    secret: Secret,
    now: Now,
}

impl Desk {
    async fn open(storage: &options::Storage) -> Result<Self, Failure> {
        let place = serve::database(&storage.database)?;
        let secret = serve::secret(storage, &place)?;
        let (store, _writer) = Store::open(&place).await?;
        Ok(Self { store, secret, now: clock::at(SystemTime::now()).map_err(Failure::from_store)? })
    }

    async fn add(&self, landlord: &str, url: &str) -> Result<(), Failure> {
        let random = secret::random::<8>().map_err(Failure::from_store)?;
        let id = format!("wh_{}", hex(&random));
        let row = (id.clone(), landlord.to_owned(), url.to_owned(), self.now.at.clone());
        let work = self.store.write(move |connection| {
            Box::pin(async move {
                let (id, landlord, url, at) = row;
                sqlx::query(
                    "insert into webhooks (id, landlord, url, secret_version, created_at, failures)
                    values ($1, $2, $3, 1, $4, 0)",
                )
                .bind(id)
                .bind(landlord)
                .bind(url)
                .bind(at)
                .execute(connection)
                .await?;
                Ok(())
            })
        });
        work.await.map_err(|_| Failure::Unavailable)?;
        say(&format!("{id}\n{}", webhooks::key(&self.secret, &id, 1).shown()));
        Ok(())
    }

    async fn list(&self) -> Result<(), Failure> {
        for (webhook, waiting) in
            webhooks::all(&self.store).await.map_err(|_| Failure::Unavailable)?
        {
            let Webhook { id, landlord, url, disabled_at, failing_since, .. } = webhook;
            let state = match (disabled_at, failing_since) {
                (Some(at), _) => format!("switched off since {at}: it answered 410"),
                (None, Some(at)) => format!("failing since {at}"),
                (None, None) => "good".to_owned(),
            };
            say(&format!("{id}\t{landlord}\t{url}\t{waiting} waiting\t{state}"));
        }
        Ok(())
    }

    async fn rotate(&self, id: &str) -> Result<(), Failure> {
        let webhook = self.find(id).await?;
        let (key, at, version) = (id.to_owned(), self.now.at.clone(), webhook.secret_version);
        let work = self.store.write(move |connection| {
            Box::pin(async move {
                let done = sqlx::query(
                    "update webhooks set secret_version = $1 + 1, rotated_at = $2
                    where id = $3 and secret_version = $1",
                )
                .bind(version)
                .bind(at)
                .bind(key)
                .execute(connection)
                .await?;
                Ok(done.rows_affected())
            })
        });
        if work.await.map_err(|_| Failure::Unavailable)? != 1 {
            return Err(Failure::NoWebhook(id.to_owned()));
        }
        say(&webhooks::key(&self.secret, id, version + 1).shown());
        Ok(())
    }

    async fn remove(&self, id: &str) -> Result<(), Failure> {
        self.find(id).await?;
        let (key, at) = (id.to_owned(), self.now.at.clone());
        let work = self.store.write(move |connection| {
            Box::pin(async move {
                webhooks::park_all(connection, &key, "removed", &at).await?;
                sqlx::query("delete from webhooks where id = $1")
                    .bind(key)
                    .execute(connection)
                    .await?;
                Ok(())
            })
        });
        work.await.map_err(|_| Failure::Unavailable)
    }

    async fn test(&self, id: &str, allow_private: bool) -> Result<(), Failure> {
        let webhook = self.find(id).await?;
        let unsendable = |error: reqwest::Error| Failure::WebhookTest(error.to_string());
        let client = webhooks::client(allow_private).map_err(unsendable)?;
        let keys = webhooks::keys(&self.secret, &webhook, &self.now);
        let body = json!({
            "type": "service.test",
            "timestamp": self.now.at,
            "data": {"landlord": webhook.landlord}
        });
        let message_id = format!("msg_{}", uuid::Uuid::new_v4().simple());
        let body = body.to_string();
        let answer =
            webhooks::send(&client, &webhook, &keys, &message_id, &body, &self.now, allow_private);
        match answer.await {
            Answer::Taken => {
                say("It arrived.");
                Ok(())
            }
            Answer::Gone => Err(Failure::WebhookTest("it answered 410 Gone".to_owned())),
            Answer::Failed(status, _) => {
                Err(Failure::WebhookTest(format!("it answered {}", status.as_u16())))
            }
            Answer::Nothing(why) => Err(Failure::WebhookTest(why.replace('_', " "))),
        }
    }

    async fn find(&self, id: &str) -> Result<Webhook, Failure> {
        let found = webhooks::find(&self.store, id).await.map_err(|_| Failure::Unavailable)?;
        found.ok_or_else(|| Failure::NoWebhook(id.to_owned()))
    }
}

/// Writes a line for whoever gave the command. That nobody reads it is no reason to fail.
fn say(line: &str) {
    let _ = writeln!(io::stdout(), "{line}");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(change: impl FnOnce(&mut options::Outbox)) -> Result<Settings, Failure> {
        let mut options = options::Outbox::default();
        change(&mut options);
        settings(&options)
    }

    #[test]
    fn a_team_is_found_by_its_landlord_or_by_the_star() {
        let settings = with(|it| {
            it.team_mail =
                ["halton=a@x.org", "halton=b@x.org", "*=rest@x.org"].map(str::to_owned).to_vec();
        })
        .unwrap();
        let team = |landlord: &str| -> Vec<String> {
            settings.team_of(landlord).iter().map(ToString::to_string).collect()
        };
        assert_eq!(team("halton"), ["a@x.org", "b@x.org"]);
        assert_eq!(team("rugby"), ["rest@x.org"]);
        for wrong in ["a@x.org", "halton=", "halton=nobody", "Hal ton=a@x.org"] {
            assert!(with(|it| it.team_mail = vec![wrong.to_owned()]).is_err(), "{wrong}");
        }
    }

    #[test]
    fn links_begin_with_the_address_that_others_see() {
        let settings =
            with(|it| it.public_url = Some("https://c.example.org/".to_owned())).unwrap();
        assert_eq!(settings.link("/officers").unwrap(), "https://c.example.org/officers");
        for wrong in ["c.example.org", "ftp://c.example.org", "https://u:p@c.example.org"] {
            assert!(with(|it| it.public_url = Some(wrong.to_owned())).is_err(), "{wrong}");
        }
    }

    // In a runtime: the connections to a mail server are looked after by a task.
    #[tokio::test]
    async fn mail_needs_a_sender() {
        let smtp = || Some("smtp://127.0.0.1".to_owned());
        assert!(matches!(with(|it| it.smtp = smtp()), Err(Failure::NoMailFrom)));
        let settings = with(|it| {
            it.smtp = smtp();
            it.mail_from = Some("c@example.org".to_owned());
        });
        assert!(settings.unwrap().can_mail());
        assert!(!with(|_| {}).unwrap().can_mail());
    }
}
