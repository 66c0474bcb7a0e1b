//! What goes out to people: notices in the inbox, live updates to open browsers, mails from the outbox.

mod deliver;
pub mod inbox;
mod nodes;
mod notify;
mod observer;
pub mod outbox;

pub use deliver::deliver_due;
pub(crate) use deliver::{CLAIM_MS, MOST_ATTEMPTS, delay_ms, while_claimed};
pub use notify::{mail_outside, notify};
pub use observer::{Notices, Wakes, notice};

use crate::context::App;
use tokio::task::JoinSet;

/// Starts the work in the background: delivery of the outbox, and wake-ups between nodes on PostgreSQL.
/// It ends when the set is dropped.
pub fn start(app: &App) -> JoinSet<()> {
    let mut tasks = JoinSet::new();
    tasks.spawn(deliver::run(app.clone()));
    if app.db.postgres().is_some() {
        let node = app.id();
        tasks.spawn(nodes::tell(app.clone(), node.clone()));
        tasks.spawn(nodes::hear(app.clone(), node));
    }
    tasks
}
