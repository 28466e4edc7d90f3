//! The same as in [`super::locks`], where the next request may reach another instance of the service: who
//! works on an upload stands in its row, for some seconds at a time, and is said again while it is true.
//! An instance that is killed is taken to be gone when that time is over.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;
use tracing::warn;

use super::locks::{Holder, Lock, PATIENCE, Urgency};
use super::{moment, random_name};
use crate::AppState;
use crate::error::Error;
use crate::store::pieces::Heard;
use crate::store::uploads::Upload;

/// For how long the row says so. It is no more than [`PATIENCE`]: who comes after an instance was killed waits,
/// and is not sent away. Less would be taken from whoever waits for a slow disk.
const LASTS: Duration = Duration::from_secs(3);
/// How often it is said again, and heard who waits.
const AGAIN: Duration = Duration::from_millis(500);
/// How often a request that waits looks whether it is its turn.
const LOOK: Duration = Duration::from_millis(100);

/// The right to work on an upload, until it is let go of.
pub enum Turn {
    /// Its bytes are in the folder of this instance, which alone works on it.
    Here(Lock),
    /// Its bytes are in pieces in the bucket.
    Anywhere(Lease),
}

impl Turn {
    /// The right to work on this upload; `None` where another request goes on working on it.
    ///
    /// # Errors
    ///
    /// The database does not answer.
    pub async fn take(
        state: &AppState,
        upload: &Upload,
        urgency: Urgency,
    ) -> Result<Option<Self>, Error> {
        Ok(match upload.arrived {
            None => state.uploads.0.locks.take(&upload.id, urgency).await.map(Self::Here),
            Some(_) => Lease::take(state, &upload.id, urgency).await?.map(Self::Anywhere),
        })
    }

    /// What is known of who has it.
    pub fn holder(&self) -> &Holder {
        match self {
            Self::Here(lock) => lock.holder(),
            Self::Anywhere(lease) => &lease.holder,
        }
    }

    /// The word that stands in the row; nothing is in pieces where there is none.
    pub fn word(&self) -> &str {
        match self {
            Self::Here(_) => "",
            Self::Anywhere(lease) => &lease.held.word,
        }
    }

    /// Lets go of it, so that whoever comes next need not wait.
    pub async fn let_go(self) {
        match self {
            Self::Here(_) => {}
            Self::Anywhere(lease) => lease.let_go().await,
        }
    }
}

/// The right to work on an upload, for all instances.
pub struct Lease {
    held: Held,
    is_over: bool,
    holder: Arc<Holder>,
    again: JoinHandle<()>,
}

/// What is needed to let go of it.
#[derive(Clone)]
struct Held {
    state: AppState,
    id: String,
    word: String,
}

impl Lease {
    /// The right to work on this upload; `None` where another request goes on working on it.
    ///
    /// # Errors
    ///
    /// The database does not answer.
    pub async fn take(state: &AppState, id: &str, urgency: Urgency) -> Result<Option<Self>, Error> {
        let word = random_name()?;
        let began = Instant::now();
        loop {
            if state.store.hold_upload(id, &word, now(state), until(state)).await? {
                return Ok(Some(Self::new(state.clone(), id.to_owned(), word)));
            }
            let at_once = match urgency {
                Urgency::Never => return Ok(None),
                Urgency::FromTheSilent => false,
                Urgency::AtOnce => true,
            };
            if began.elapsed() > PATIENCE {
                state.store.want_upload(id, None).await?;
                return Ok(None);
            }
            state.store.want_upload(id, Some(at_once)).await?;
            tokio::time::sleep(LOOK).await;
        }
    }

    fn new(state: AppState, id: String, word: String) -> Self {
        let holder = Arc::new(Holder::default());
        let held = Held { state, id, word };
        let again = tokio::spawn(say_again(held.clone(), Arc::clone(&holder)));
        Self { held, is_over: false, holder, again }
    }

    async fn let_go(mut self) {
        self.again.abort();
        self.is_over = true;
        self.held.clone().let_go().await;
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.again.abort();
        // Who waited for the answer may have gone away in the middle.
        if let (false, Ok(runtime)) = (self.is_over, tokio::runtime::Handle::try_current()) {
            runtime.spawn(self.held.clone().let_go());
        }
    }
}

impl Held {
    async fn let_go(self) {
        // Where that fails, its time ends by itself.
        let _ = self.state.store.let_go_of_upload(&self.id, &self.word).await;
    }
}

/// Says that the upload is worked on as long as it is, and tells the one who does when others wait.
async fn say_again(held: Held, holder: Arc<Holder>) {
    let Held { state, id, word } = held;
    loop {
        tokio::time::sleep(AGAIN).await;
        // A database that is away for a moment takes nothing from anybody.
        let Ok(heard) = state.store.still_hold_upload(&id, &word, until(&state)).await else {
            continue;
        };
        match heard {
            Heard::Nothing => {}
            Heard::WantedWhenSilent if holder.is_silent() => holder.ask_to_give_way(),
            Heard::WantedWhenSilent => {}
            Heard::WantedAtOnce => holder.ask_to_give_way(),
            Heard::Lost => {
                warn!("this instance was too slow: another one has gone on with an upload");
                holder.ask_to_give_way();
                return;
            }
        }
    }
}

fn now(state: &AppState) -> String {
    moment((state.config.clock)())
}

fn until(state: &AppState) -> String {
    moment((state.config.clock)() + LASTS)
}
