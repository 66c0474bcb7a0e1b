//! What goes out to people: notices in the inbox, live updates to open browsers, mails from the outbox.

mod deliver;
pub mod inbox;
mod nodes;
mod notify;
mod observer;
pub mod outbox;

pub use deliver::deliver_due;
pub(crate) use deliver::{CLAIM_MS, MOST_ATTEMPTS, delay_ms, while_claimed};
pub use notify::{About, mail_outside, notify};
pub use observer::{Notices, Wakes, notice};

use crate::background::Background;
use crate::context::App;

/// Starts the work in the background: delivery of the outbox, and wake-ups between nodes on PostgreSQL.
pub fn start(app: &App, background: &mut Background) {
    let shared = app.clone();
    background.start("mails", move |pulse| deliver::run(shared.clone(), pulse));
    if app.db.postgres().is_some() {
        let (shared, node) = (app.clone(), app.id());
        let (other, same) = (shared.clone(), node.clone());
        background.start("tell-nodes", move |pulse| {
            nodes::tell(shared.clone(), node.clone(), pulse)
        });
        background.start("hear-nodes", move |pulse| {
            nodes::hear(other.clone(), same.clone(), pulse)
        });
    }
}
