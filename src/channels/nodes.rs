//! Wake-ups between the nodes of one database, by `listen` and `notify` of PostgreSQL.
//!
//! Sent after the commit, outside any transaction: a `notify` inside one takes a lock of the whole server until
//! it commits. One that is lost does no harm but to freshness: it is never the truth.

use crate::background::Pulse;
use crate::context::App;
use crate::db::Sql;
use crate::error::Problem;
use crate::live::Wake;
use crate::vals;
use serde::{Deserialize, Serialize};
use sqlx::postgres::{PgListener, PgPoolOptions};
use tokio::sync::broadcast::error::RecvError;

const CHANNEL: &str = "yizhan";
/// Wake-ups of one message: PostgreSQL takes 8,000 bytes.
const BATCH: usize = 30;

#[derive(Serialize, Deserialize)]
struct Message {
    node: String,
    wakes: Vec<Wake>,
}

/// Tells the other nodes what happens here.
pub(super) async fn tell(app: App, node: String, mut pulse: Pulse) -> Result<(), Problem> {
    let mut said = app.live.listen_here();
    loop {
        let mut wakes = Vec::new();
        let first = match pulse.unless_stopped(said.recv()).await {
            Some(Ok(wake)) => wake,
            Some(Err(RecvError::Lagged(_))) => Wake::Resync,
            Some(Err(RecvError::Closed)) | None => return Ok(()),
        };
        wakes.push(first);
        // What has gathered meanwhile goes along, repetitions left out.
        while let Some(wake) = said.try_recv().ok().filter(|_| wakes.len() < BATCH) {
            if !wakes.contains(&wake) {
                wakes.push(wake);
            }
        }
        let message = Message {
            node: node.clone(),
            wakes,
        };
        if let Err(error) = send(&app, &message).await {
            tracing::warn!(%error, "other nodes were not told");
        }
    }
}

async fn send(app: &App, message: &Message) -> anyhow::Result<()> {
    let text = serde_json::to_string(message)?;
    app.db
        .read()
        .run("select pg_notify($1, $2)", vals![CHANNEL, text])
        .await?;
    Ok(())
}

/// Hears what happens on other nodes, for as long as the process runs.
pub(super) async fn hear(app: App, node: String, pulse: Pulse) -> Result<(), Problem> {
    let heard = pulse.clone().unless_stopped(listen(&app, &node, &pulse)).await;
    heard.transpose().map_err(Problem::internal)?;
    Ok(())
}

async fn listen(app: &App, node: &str, pulse: &Pulse) -> anyhow::Result<()> {
    let Some(pool) = app.db.postgres() else {
        return Ok(());
    };
    // A connection of its own: one of the pool would be missing there for ever. To where the pool connects now, which
    // changes when another server becomes the primary.
    let options = (*pool.connect_options()).clone();
    let own = PgPoolOptions::new().max_connections(1).connect_lazy_with(options);
    let mut listener = PgListener::connect_with(&own).await?;
    listener.listen(CHANNEL).await?;
    pulse.well();
    // What was said before is unknown.
    app.live.relay(Wake::Resync);
    loop {
        let Some(heard) = listener.try_recv().await? else {
            // The connection was lost and made again: what was said between is unknown.
            app.live.relay(Wake::Resync);
            continue;
        };
        match serde_json::from_str::<Message>(heard.payload()) {
            Ok(message) if message.node == node => {}
            Ok(message) => message.wakes.into_iter().for_each(|wake| app.live.relay(wake)),
            // A node of another version while a cluster is brought up to date.
            Err(error) => {
                tracing::debug!(%error, "a message that is not understood");
                app.live.relay(Wake::Resync);
            }
        }
    }
}
