//! For whom a case about a home may be: its people, offered to whoever may open one there.

use crate::api::{Json, Path, Query};
use crate::auth::Me;
use crate::base::mask_name;
use crate::context::App;
use crate::error::Problem;
use crate::estate::customers::{PersonLink, people_of};
use crate::estate::homes::by_ids;
use crate::estate::reach::reach;
use axum::extract::State;
use engine::def::{Area, Kind, Who};
use serde::{Deserialize, Serialize};

/// About which home.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OfferedQuery {
    /// The home.
    pub home: String,
}

/// People of a home.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct OfferedPeople {
    /// Owners first. Who may not see customers reads surnames only.
    pub items: Vec<PersonLink>,
}

/// The people of a home a case of that kind may be for. A guard who may open a visit finds whom it is to without a right
/// to look through customers.
#[utoipa::path(get, path = "/kinds/{kind}/people", tag = "cases",
    params(("kind" = String, Path, description = "Kind of the case to be opened"), OfferedQuery),
    responses((status = 200, body = OfferedPeople)))]
pub async fn list_people_for(
    State(app): State<App>,
    me: Me,
    Path(kind): Path<String>,
    Query(query): Query<OfferedQuery>,
) -> Result<Json<OfferedPeople>, Problem> {
    let manual = app.manuals.current();
    let homes = by_ids(&app, &me, std::slice::from_ref(&query.home)).await?;
    let home = homes.first().ok_or_else(Problem::not_found)?;
    me.at_site(&home.site.id)?;
    let rules = manual.kind(&kind);
    rules
        .filter(|rules| opens(&me, &rules.kind, &home.site.id))
        .ok_or_else(Problem::not_found)?;
    let mut people = people_of(app.db.read(), std::slice::from_ref(&query.home)).await?;
    let mut items = people.remove(&query.home).unwrap_or_default();
    let sees = reach(&me, &manual, &[Area::Desk, Area::Estate]);
    if !sees.is_ok_and(|sites| sites.is_none_or(|sites| sites.contains(&home.site.id))) {
        for person in &mut items {
            person.name = mask_name(&person.name);
        }
    }
    Ok(Json(OfferedPeople { items }))
}

fn opens(me: &Me, kind: &Kind, site: &str) -> bool {
    let holds = |post: &String| {
        let mut held = me.posts.iter().filter(|held| held.post == *post);
        held.any(|held| held.site.as_ref().is_none_or(|at| at == site))
    };
    kind.open.by.iter().any(|who| match who {
        Who::Post(post) | Who::Duty(post) => holds(post),
        Who::Staff => true,
        _ => false,
    })
}
