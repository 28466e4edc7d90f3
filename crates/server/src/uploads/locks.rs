//! One request at a time for each upload; and a request whose connection is dead gives way.
//!
//! A phone that loses its network does not close its connection: the service would wait for minutes
//! for bytes that can't come, while the phone, back in the network, wants to go on. So who asks for
//! an upload whose sender has been silent for a second is given it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

/// After how long a sender that sends nothing has to give way.
const SILENCE: Duration = Duration::from_secs(1);
/// How long a request waits for its turn.
pub(super) const PATIENCE: Duration = Duration::from_secs(3);

/// The uploads that are being worked on at this moment.
#[derive(Clone, Default)]
pub struct Locks(Arc<Mutex<HashMap<String, Arc<Holder>>>>);

/// What is known of the request that works on an upload.
pub(super) struct Holder {
    heard: Mutex<Instant>,
    give_way: Notify,
}

/// The right to work on an upload, until it is dropped.
pub struct Lock {
    id: String,
    holder: Arc<Holder>,
    all: Locks,
}

/// From whom an upload is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// From nobody.
    Never,
    /// From who is silent.
    FromTheSilent,
    /// From whoever has it.
    AtOnce,
}

impl Locks {
    /// The right to work on this upload; `None` where another request goes on working on it.
    pub async fn take(&self, id: &str, urgency: Urgency) -> Option<Lock> {
        let began = Instant::now();
        loop {
            let holder = match self.enter(id) {
                Ok(lock) => return Some(lock),
                Err(holder) => holder,
            };
            match urgency {
                Urgency::Never => return None,
                Urgency::FromTheSilent if holder.is_silent() => holder.ask_to_give_way(),
                Urgency::FromTheSilent => {}
                Urgency::AtOnce => holder.ask_to_give_way(),
            }
            if began.elapsed() > PATIENCE {
                return None;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Whether somebody works on this upload.
    pub fn is_taken(&self, id: &str) -> bool {
        self.holders().contains_key(id)
    }

    fn enter(&self, id: &str) -> Result<Lock, Arc<Holder>> {
        let mut holders = self.holders();
        if let Some(holder) = holders.get(id) {
            return Err(Arc::clone(holder));
        }
        let holder = Arc::new(Holder::default());
        holders.insert(id.to_owned(), Arc::clone(&holder));
        Ok(Lock { id: id.to_owned(), holder, all: self.clone() })
    }

    fn holders(&self) -> MutexGuard<'_, HashMap<String, Arc<Holder>>> {
        // A panic elsewhere can't leave it half changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Holder {
    fn default() -> Self {
        Self { heard: Mutex::new(Instant::now()), give_way: Notify::new() }
    }
}

impl Holder {
    /// Notes that the sender is alive.
    pub fn hear(&self) {
        *self.heard.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    /// Whether the sender has sent nothing for so long that it may be gone.
    pub fn is_silent(&self) -> bool {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).elapsed() >= SILENCE
    }

    /// Says that another request is to go on instead.
    pub fn ask_to_give_way(&self) {
        self.give_way.notify_one();
    }

    /// Ends when another request is to go on instead.
    pub async fn give_way(&self) {
        self.give_way.notified().await;
    }
}

impl Lock {
    /// What is known of who has it.
    pub fn holder(&self) -> &Holder {
        &self.holder
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        self.all.holders().remove(&self.id);
    }
}
