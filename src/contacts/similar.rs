//! Open matters that may be the same, so that asking again becomes a reminder and not a second case (INTAKE-16).

use crate::api::{Json, Query};
use crate::auth::Me;
use crate::cases::lists::CasePage;
use crate::cases::pick;
use crate::context::App;
use crate::error::Problem;
use axum::extract::State;
use engine::def::Area;
use sea_orm::Value as Sv;
use serde::Deserialize;

/// What is known of the new matter.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SimilarQuery {
    /// Home.
    home: Option<String>,
    /// Customer.
    customer: Option<String>,
    /// Kind.
    kind: Option<String>,
    /// Words: used when neither home nor customer is known.
    q: Option<String>,
}

/// Open matters of the same home or customer, else such with the same words.
#[utoipa::path(get, path = "/duplicates", tag = "contacts", params(SimilarQuery),
    responses((status = 200, body = CasePage)))]
pub async fn list_similar(
    State(app): State<App>,
    me: Me,
    Query(query): Query<SimilarQuery>,
) -> Result<Json<CasePage>, Problem> {
    me.must(Area::Desk)?;
    let read = app.db.read();
    let mut values: Vec<Sv> = Vec::new();
    let mut bind = |value: &String| {
        values.push(value.clone().into());
        format!("${}", values.len())
    };
    let mut places = Vec::new();
    places.extend(
        query
            .home
            .as_ref()
            .map(|home| format!("c.home_id = {}", bind(home))),
    );
    places.extend(
        query
            .customer
            .as_ref()
            .map(|customer| format!("c.customer_id = {}", bind(customer))),
    );
    let items = if places.is_empty() {
        let words = query.q.unwrap_or_default();
        if words.trim().chars().count() < 2 {
            return Ok(Json(CasePage {
                items: Vec::new(),
                next: None,
            }));
        }
        let (mut found, _) = pick::with_words(&app, read, &me, &words, None, 20).await?;
        found.retain(|row| !row.closed && query.kind.as_ref().is_none_or(|kind| &row.kind == kind));
        found
    } else {
        let mut condition = format!(
            "({}) and c.closed_at is null and c.parent_id is null",
            places.join(" or ")
        );
        if let Some(kind) = &query.kind {
            condition = format!("{condition} and c.kind = {}", bind(kind));
        }
        pick::pick(&app, read, &me, &condition, values, 10).await?
    };
    Ok(Json(CasePage { items, next: None }))
}
