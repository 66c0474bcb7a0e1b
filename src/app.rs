//! The application put together: the context that every request shares, and who is told of what was written.

pub use crate::context::{App, Config};

use crate::clock::{Clock, Ids};

/// Opens the database, and the manual in force; a fresh database gets the built-in manual.
///
/// # Errors
/// When the database cannot be opened or its manual cannot be read.
pub async fn open(config: Config, clock: Clock, ids: Ids) -> anyhow::Result<App> {
    crate::webhooks::choose_tls();
    App::open(config, clock, ids).await
}
