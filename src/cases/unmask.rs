//! Personal data of a form in full: for who works on the case or has the right, with a reason, recorded (SAFE-4).

use super::load;
use super::sight::Sight;
use crate::api::{Json, Path};
use crate::auth::Me;
use crate::context::App;
use crate::error::Problem;
use crate::estate::Reason;
use axum::extract::State;
use engine::def::Field;
use serde::Serialize;
use serde_json::{Map, Value};

/// What is personal in a form, in full.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct UnmaskedForm {
    /// Values by field: of personal fields, and of tables with personal columns.
    #[schema(value_type = HashMap<String, Value>)]
    data: Map<String, Value>,
}

/// Whether a field, or a column of it, is personal.
pub fn is_personal(field: &Field) -> bool {
    field.personal || field.columns.iter().any(|column| column.personal)
}

/// Shows what is personal in a case's form in full, to who works on the case or has the right to unmask. Recorded with
/// the reason, and limited to sixty an hour. It takes no `Idempotency-Key`: a kept answer would keep the numbers too.
#[utoipa::path(post, path = "/cases/{id}/unmask", tag = "cases", request_body = Reason,
    params(("id" = String, Path, description = "Case")), responses((status = 200, body = UnmaskedForm)))]
pub async fn unmask_case(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
    Json(why): Json<Reason>,
) -> Result<Json<UnmaskedForm>, Problem> {
    let case = load::for_reader(&app, app.db.read(), &me, &id).await?;
    if Sight::of_case(&me, &case) != Sight::Whole {
        return Err(Problem::forbidden());
    }
    why.look(&app, &me, "case", &id).await?;
    let manual = app.manuals.get(&case.manual).await?;
    let rules = manual
        .kind(&case.kind)
        .ok_or_else(|| Problem::internal("unknown kind"))?;
    let personal = rules.kind.fields.iter().filter(|f| is_personal(f));
    let data = personal.filter_map(|f| Some((f.name.clone(), case.data.get(&f.name)?.clone())));
    Ok(Json(UnmaskedForm { data: data.collect() }))
}
