//! The application put together: the context that every request shares, and who is told of what was written.

pub use crate::context::{App, Config};

use crate::cases::observe::{Observer, Observers};
use crate::clock::{Clock, Ids};
use crate::{channels, contacts, files, measure, owner, search, webhooks};

/// Who makes something of a case that was written, in this order.
fn observers() -> Vec<Box<dyn Observer>> {
    vec![
        Box::new(files::Uploads),
        Box::new(search::Words),
        Box::new(channels::Notices),
        Box::new(owner::Links),
        Box::new(webhooks::Hooks),
        Box::new(channels::Wakes),
        Box::new(measure::Facts),
        Box::new(contacts::observer::Settling),
    ]
}

/// Opens the database, and the manual in force; a fresh database gets the built-in manual.
///
/// # Errors
/// When the database cannot be opened or its manual cannot be read.
pub async fn open(config: Config, clock: Clock, ids: Ids) -> anyhow::Result<App> {
    crate::webhooks::choose_tls();
    let app = App::open(config, clock, ids).await?;
    app.own::<Observers>().register(observers());
    Ok(app)
}
