//! Live updates: what happened, told to whoever listens, after the commit. A wake-up, never the truth:
//! who hears it asks the database.

use serde::{Deserialize, Serialize};
use tokio::sync::broadcast;

/// Something that may interest an open browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Some wake-ups were lost on the way from another node: look at everything anew.
    Resync,
    /// This node is about to stop: connections that would stay open are to end. Only for [`Live::relay`].
    Stop,
}

/// The channel.
#[derive(Debug, Clone)]
pub struct Live {
    /// What happened on any node.
    heard: broadcast::Sender<Wake>,
    /// What happened on this one, for the task that tells the others.
    said: broadcast::Sender<Wake>,
}

impl Default for Live {
    fn default() -> Live {
        Live {
            heard: broadcast::channel(1024).0,
            said: broadcast::channel(1024).0,
        }
    }
}

impl Live {
    /// Tells whoever listens, on this node and the others; nobody listening is fine.
    pub fn tell(&self, wake: Wake) {
        let _ = self.said.send(wake.clone());
        self.relay(wake);
    }

    /// Tells whoever listens on this node what happened on another.
    pub fn relay(&self, wake: Wake) {
        let _ = self.heard.send(wake);
    }

    /// Listens from now on. Who is too slow misses some, and must look anew.
    pub fn listen(&self) -> broadcast::Receiver<Wake> {
        self.heard.subscribe()
    }

    /// Listens to what happens on this node alone.
    pub fn listen_here(&self) -> broadcast::Receiver<Wake> {
        self.said.subscribe()
    }
}
