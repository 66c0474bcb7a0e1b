//! The built pages of the browser's side, and what tells a load balancer how this node is.

mod guard;
mod pages;

pub use guard::guard;

use crate::context::App;
use crate::db::Sql;
use crate::error::{Code, Problem};
use crate::vals;
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use std::time::Duration;
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

/// Whether the node can work: the database answers.
async fn ready(State(app): State<App>) -> Result<&'static str, Problem> {
    let asked = app.db.read().scalar::<i32>("select 1 as one", vals![]);
    match tokio::time::timeout(PATIENCE, asked).await {
        Ok(Ok(_)) => Ok("ok\n"),
        Ok(Err(error)) => {
            tracing::warn!(%error, "not ready");
            Err(Problem::new(Code::Unavailable, "数据库暂时连不上"))
        }
        Err(_) => Err(Problem::new(Code::Unavailable, "数据库没有按时回答")),
    }
}
