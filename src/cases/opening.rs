//! Opening a case.

use super::deciding;
use super::look::Look;
use super::pen::Pen;
use super::view::{CaseView, view_of};
use crate::api::{Answer, Json, Once};
use crate::auth::Me;
use crate::context::App;
use crate::db::Sql;
use crate::error::Problem;
use crate::estate;
use crate::vals;
use axum::extract::State;
use axum::http::StatusCode;
use engine::case::{Case, Data};
use engine::family::Family;
use engine::step::{Actor, Start};
use serde::Deserialize;

/// A new case.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenRequest {
    /// Kind.
    pub kind: String,
    /// Site.
    pub site: String,
    /// Home it is about.
    #[serde(default)]
    pub home: Option<String>,
    /// Customer it is for.
    #[serde(default)]
    pub customer: Option<String>,
    /// 0 ordinary, 1 urgent, 2 very urgent.
    #[serde(default)]
    pub urgency: u8,
    /// Opening form, by field name.
    #[serde(default)]
    #[schema(value_type = HashMap<String, Value>)]
    pub data: Data,
}

/// Opens a case.
#[utoipa::path(post, path = "/cases", tag = "cases", request_body = OpenRequest,
    params(("Idempotency-Key" = String, Header)), responses((status = 201, body = CaseView)))]
pub async fn open_case(
    State(app): State<App>,
    me: Me,
    once: Once,
    Json(request): Json<OpenRequest>,
) -> Result<Answer, Problem> {
    me.at_site(&request.site)?;
    estate::customer_seen(&app, app.db.read(), &me, request.customer.as_deref()).await?;
    let (shared, by) = (app.clone(), me.clone());
    app.write_as(&me, once, StatusCode::CREATED, move |tx| {
        Box::pin(async move {
            let pen = Pen {
                app: &shared,
                tx,
                actor: Actor::Staff(by.id.clone()),
                actor_id: Some(by.id.clone()),
                at: shared.clock.now(),
                quiet: false,
            };
            let start = Start {
                kind: request.kind,
                site: request.site,
                home: request.home,
                customer: request.customer,
                urgency: request.urgency.min(2),
                data: request.data,
                ..Start::default()
            };
            let case = open(&pen, start).await?;
            view_of(&shared, tx, &by, &case.id).await
        })
    })
    .await
}

/// Opens a case under the manual in force and writes what follows.
///
/// # Errors
/// The engine's refusal; a home or customer that does not exist; what [`deciding::write_all`] refuses.
pub async fn open(pen: &Pen<'_>, mut start: Start) -> Result<Case, Problem> {
    let app = pen.app;
    // A contact's home and customer were looked at when it was registered.
    if start.contact.is_none() {
        check_place(pen.tx, &start).await?;
    }
    start.id = app.id();
    let hash = app.manuals.current().hash.clone();
    let mut look = Look::fresh(app, pen.tx, &hash, &start.site, start.home.as_deref()).await?;
    let deed = |family: Family| family.open(&hash, start.clone(), &pen.actor);
    let written = deciding::decide(pen, &mut look, deed).await?;
    let written = deciding::write_all(pen, &mut look, written).await?;
    let opened = written.into_iter().rfind(|one| one.outcome.case.id == start.id);
    opened
        .map(|one| one.outcome.case)
        .ok_or_else(|| Problem::internal("a case was opened and is not there"))
}

async fn check_place(sql: &impl Sql, start: &Start) -> Result<(), Problem> {
    if let Some(home) = &start.home {
        let site: Option<String> = sql
            .scalar("select site_id from home where id = $1", vals![home.clone()])
            .await?;
        if site.as_deref() != Some(start.site.as_str()) {
            return Err(Problem::field("home", "房屋不存在，或不属于本项目"));
        }
    }
    if let Some(customer) = &start.customer {
        let known: Option<String> = sql
            .scalar("select id from customer where id = $1", vals![customer.clone()])
            .await?;
        known.ok_or_else(|| Problem::field("customer", "客户不存在"))?;
    }
    Ok(())
}
