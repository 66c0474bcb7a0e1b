//! A manual that is published anywhere comes into force on every node.

use crate::context::App;
use std::time::Duration;

/// How often a node looks whether another manual came into force.
const LOOK: Duration = Duration::from_millis(500);

/// Runs until the process ends: what is published anywhere is in force here within a second.
pub async fn run(app: App) {
    loop {
        tokio::time::sleep(LOOK).await;
        if let Err(problem) = app.manuals.refresh().await {
            tracing::error!(?problem, "the manual in force could not be read");
        }
    }
}
