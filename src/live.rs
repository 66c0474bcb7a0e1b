//! Live updates: what happened, told to whoever listens, after the commit. A wake-up, never the truth:
//! who hears it asks the database.

use serde::Serialize;
use tokio::sync::broadcast;

/// Something that may interest an open browser.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Wake {
    /// A member of staff got a notice.
    Inbox {
        /// Who.
        staff: String,
    },
    /// A case changed.
    Case {
        /// Id.
        id: String,
        /// Its kind.
        kind: String,
        /// Its site.
        site: String,
        /// Version it has now.
        seq: i64,
    },
    /// The outbox got something to deliver.
    Outbox,
}

/// The channel.
#[derive(Debug, Clone)]
pub struct Live(broadcast::Sender<Wake>);

impl Default for Live {
    fn default() -> Live {
        Live(broadcast::channel(1024).0)
    }
}

impl Live {
    /// Tells whoever listens; nobody listening is fine.
    pub fn tell(&self, wake: Wake) {
        let _ = self.0.send(wake);
    }

    /// Listens from now on. Who is too slow misses some, and must look anew.
    pub fn listen(&self) -> broadcast::Receiver<Wake> {
        self.0.subscribe()
    }
}
