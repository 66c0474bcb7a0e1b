//! The pool 抢单池.

use super::lists::CasePage;
use super::pick;
use super::rows::CaseRow;
use super::scope::{self, Pool};
use crate::api::{Json, Query};
use crate::auth::Me;
use crate::context::App;
use crate::db::Filter;
use crate::error::Problem;
use axum::extract::State;
use serde::Deserialize;

/// What is asked of the pool.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PoolQuery {
    /// Site.
    site: Option<String>,
}

/// The pool 抢单池: cases nobody works on yet, which one may take, or give to somebody.
#[utoipa::path(get, path = "/pool", tag = "cases", params(PoolQuery), responses((status = 200, body = CasePage)))]
pub async fn list_pool(
    State(app): State<App>,
    me: Me,
    Query(query): Query<PoolQuery>,
) -> Result<Json<CasePage>, Problem> {
    Ok(Json(CasePage {
        items: rows(&app, &me, query.site).await?,
        next: None,
    }))
}

/// Cases of the pool that `me` may take or give out.
///
/// # Errors
/// The database's.
pub(super) async fn rows(app: &App, me: &Me, site: Option<String>) -> Result<Vec<CaseRow>, Problem> {
    let mut filter = Filter {
        sql: String::new(),
        values: Vec::new(),
    };
    let ways = scope::pool(me, &app.manuals.current(), &mut filter, 0, Pool::TakeOrGive);
    if ways.is_empty() {
        return Ok(Vec::new());
    }
    let mut condition = format!("({})", ways.join(" or "));
    if let Some(site) = site {
        condition = format!("{condition} and c.site_id = {}", filter.bind(0, site));
    }
    pick::pick(app, app.db.read(), me, &condition, filter.values, 100).await
}
