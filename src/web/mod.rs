//! The built pages of the browser's side, and what tells a load balancer how this node is.

mod guard;
mod pages;

pub use guard::guard;

use crate::background::{Health, Task};
use crate::context::App;
use crate::db::Sql;
use crate::error::{Code, Problem};
use crate::vals;
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use std::time::{Duration, Instant};
use tower_http::compression::CompressionLayer;

/// A database that takes longer to answer than this is as good as none.
const PATIENCE: Duration = Duration::from_secs(2);

/// Everything that is not the API.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/", get(pages::page))
        .route("/{*path}", get(pages::page))
        .layer(CompressionLayer::new())
        .route("/livez", get(async || "ok\n"))
        .route("/readyz", get(ready))
}

/// Whether the node can work: the database answers. How its work in the background fares is told along: requests are
/// answered without it, and other nodes do it too.
async fn ready(State(app): State<App>) -> Result<String, Problem> {
    let asked = app.db.read().scalar::<i32>("select 1 as one", vals![]);
    match tokio::time::timeout(PATIENCE, asked).await {
        Ok(Ok(_)) => Ok(format!("ok\n{}", background(&app))),
        Ok(Err(error)) => {
            tracing::warn!(%error, "not ready");
            Err(Problem::new(Code::Unavailable, "数据库暂时连不上"))
        }
        Err(_) => Err(Problem::new(Code::Unavailable, "数据库没有按时回答")),
    }
}

/// A line for each piece of work in the background.
fn background(app: &App) -> String {
    let seconds =
        |since: Option<Instant>| since.map_or("-".to_owned(), |at| at.elapsed().as_secs().to_string());
    let line = |(task, fares): (&str, Task)| {
        let (failing, looked) = (seconds(fares.failing), seconds(fares.looked));
        let restarts = fares.restarts;
        format!("{task} looked_seconds={looked} failing_seconds={failing} restarts={restarts}\n")
    };
    app.own::<Health>().tasks().into_iter().map(line).collect()
}
