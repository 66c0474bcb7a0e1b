//! What a process that serves does beside answering requests.

use crate::background::Background;
use crate::cases::scheduler;
use crate::context::App;
use crate::error::Problem;
use crate::measure::{fill, rounds, sums};
use crate::{api, channels, metrics, webhooks};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpListener;

/// How often another manual is looked for, whose clauses want the past computed.
const CLAUSES: Duration = Duration::from_secs(10);
/// How often a node looks whether another manual came into force: what is published anywhere is in force here within a
/// second.
const MANUAL: Duration = Duration::from_millis(500);
/// How often changes of facts are added up: the board reads those that are not yet.
const SUMS: Duration = Duration::from_secs(5);
/// How often it is asked what time alone does to clauses.
const ROUNDS: Duration = Duration::from_secs(5);
/// How often expired keys of writes are looked for.
const KEYS: Duration = Duration::from_secs(600);

/// Everything but the metrics, under the names that the metrics tell.
pub(super) fn start(app: &App, work: &mut Background) {
    channels::start(app, work);
    let shared = app.clone();
    work.every("clocks", scheduler::REST, move || {
        let app = shared.clone();
        async move { Ok(scheduler::fire_due(&app).await? > 0) }
    });
    let shared = app.clone();
    work.every("manual", MANUAL, move || {
        let app = shared.clone();
        async move { app.manuals.refresh().await.map(|_| false) }
    });
    let shared = app.clone();
    work.start("hooks", move |pulse| webhooks::run(shared.clone(), pulse));
    let shared = app.clone();
    work.every("clauses", CLAUSES, move || {
        let app = shared.clone();
        async move { fill::catch_up(&app).await.map(|()| false) }
    });
    let shared = app.clone();
    work.every("keys", KEYS, move || {
        let app = shared.clone();
        async move { api::forget_expired(&app).await }
    });
    let shared = app.clone();
    work.every("sums", SUMS, move || {
        let app = shared.clone();
        async move { sums::add_up(&app).await.map(|()| false) }
    });
    let shared = app.clone();
    work.every("rounds", ROUNDS, move || {
        let app = shared.clone();
        async move { rounds::catch_up(&app).await.map(|()| false) }
    });
}

/// The metrics, on a listener that was bound before anything was written; later beginnings bind it anew.
pub(super) fn metrics(
    app: &App,
    work: &mut Background,
    listener: TcpListener,
    address: SocketAddr,
) -> anyhow::Result<()> {
    let (app, handle, mut bound) = (app.clone(), metrics::begin()?, Some(listener));
    work.start("metrics", move |pulse| {
        let (app, handle, bound) = (app.clone(), handle.clone(), bound.take());
        async move {
            let listener = match bound {
                Some(listener) => listener,
                None => TcpListener::bind(address).await.map_err(Problem::internal)?,
            };
            metrics::serve(app, listener, handle, pulse).await
        }
    });
    Ok(())
}
