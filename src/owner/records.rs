//! What is on record, for people outside: what a form of theirs picks from, as far as the manual lets them read it.

use super::visitor::Visitor;
use crate::api::{Json, Path, Query};
use crate::cases::records::{RecordList, RecordQuery, on_record};
use crate::context::App;
use crate::error::Problem;
use axum::extract::State;
use engine::def::Stage;

/// What is on record of a kind from which a form of the holder's picks (PAID-1).
#[utoipa::path(get, path = "/owner/records/{kind}", tag = "owner",
    params(("kind" = String, Path), RecordQuery, ("X-Owner-Token" = String, Header)),
    responses((status = 200, body = RecordList)))]
pub async fn list_records_for_owner(
    State(app): State<App>,
    visitor: Visitor,
    Path(kind): Path<String>,
    Query(query): Query<RecordQuery>,
) -> Result<Json<RecordList>, Problem> {
    let manual = app.manuals.current();
    let mut kinds = manual.kinds.values();
    let asked = kinds.any(|rules| rules.asks_from(&kind, &visitor.link));
    let rules = manual.kind(&kind).filter(|_| asked);
    let rules = rules.ok_or_else(Problem::not_found)?;
    Ok(Json(on_record(&app, rules, &query, public_title).await?))
}

fn public_title(stage: &Stage) -> &str {
    stage.public.as_deref().unwrap_or(&stage.title)
}
