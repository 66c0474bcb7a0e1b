//! Incidents 事件: one cause (a lift, a water cut) over many contacts, with one notice to all (INTAKE-16).

use super::register::site_of;
use super::rows::{self, ContactRow};
use crate::api::{Answer, Json, Once, Path, Query};
use crate::auth::Me;
use crate::context::App;
use crate::db::Filter;
use crate::db::Sql;
use crate::error::{Code, Problem};
use crate::estate;
use crate::vals;
use axum::extract::State;
use axum::http::StatusCode;
use engine::def::Area;
use sea_orm::FromQueryResult;
use serde::{Deserialize, Serialize};

/// An incident.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct IncidentView {
    /// Id.
    pub id: String,
    /// Site.
    pub site: String,
    /// What it is.
    pub title: String,
    /// What is told to everybody who asks.
    pub notice: String,
    /// Beginning.
    pub opened_at: i64,
    /// End.
    pub closed_at: Option<i64>,
    /// What is told at the end.
    pub closing_notice: String,
    /// Contacts about it.
    pub contacts: Vec<ContactRow>,
}

/// Incidents.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct IncidentPage {
    /// Newest first.
    pub items: Vec<IncidentView>,
}

/// What is asked of the list.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct IncidentQuery {
    /// Site.
    site: Option<String>,
    /// Only those that go on.
    open: Option<bool>,
}

/// A new incident.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IncidentRequest {
    /// Site.
    pub site: String,
    /// What it is.
    pub title: String,
    /// What is told to everybody who asks.
    #[serde(default)]
    pub notice: String,
    /// Contacts about it.
    #[serde(default)]
    pub contacts: Vec<String>,
}

/// A contact about it.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HangRequest {
    /// Contact.
    pub contact: String,
}

/// The end of it.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseRequest {
    /// What is told to everybody.
    pub notice: String,
}

#[derive(FromQueryResult)]
struct Row {
    id: String,
    site_id: String,
    title: String,
    notice: String,
    opened_at: i64,
    closed_at: Option<i64>,
    closing_notice: String,
}

/// Incidents.
#[utoipa::path(get, path = "/events", tag = "contacts", params(IncidentQuery),
    responses((status = 200, body = IncidentPage)))]
pub async fn list_incidents(
    State(app): State<App>,
    me: Me,
    Query(query): Query<IncidentQuery>,
) -> Result<Json<IncidentPage>, Problem> {
    me.must(Area::Desk)?;
    let mut filter = Filter {
        sql: String::new(),
        values: Vec::new(),
    };
    let sites = estate::only(me.sites_where(Area::Desk), query.site);
    let here = estate::within(&mut filter, 0, "site_id", sites.as_ref());
    let open = if query.open == Some(true) {
        " and closed_at is null"
    } else {
        ""
    };
    let sql = format!(
        "select id, site_id, title, notice, opened_at, closed_at, closing_notice from incident \
         where {here}{open} order by opened_at desc limit 200"
    );
    let rows: Vec<Row> = app.db.read().rows(&sql, filter.values).await?;
    let mut items = Vec::new();
    for row in rows {
        items.push(render(&app, app.db.read(), &me, row).await?);
    }
    Ok(Json(IncidentPage { items }))
}

/// Opens an incident.
#[utoipa::path(post, path = "/events", tag = "contacts", request_body = IncidentRequest,
    params(("Idempotency-Key" = String, Header)), responses((status = 201, body = IncidentView)))]
pub async fn open_incident(
    State(app): State<App>,
    me: Me,
    once: Once,
    Json(request): Json<IncidentRequest>,
) -> Result<Answer, Problem> {
    me.must_at(Area::Desk, &request.site)?;
    let title = words(&request.title, "title", "请填写事件名称", 200)?;
    for contact in &request.contacts {
        if site_of(app.db.read(), &me, contact).await? != request.site {
            return Err(elsewhere());
        }
    }
    let (shared, by, id, now) = (app.clone(), me.clone(), app.id(), app.clock.now());
    app.write_as(&me, once, StatusCode::CREATED, move |tx| {
        Box::pin(async move {
            tx.run(
                "insert into incident (id, site_id, title, notice, opened_at, opened_by) values ($1, $2, $3, $4, $5, $6)",
                vals![id.clone(), request.site, title, request.notice.trim(), now, by.id.clone()],
            )
            .await?;
            for contact in request.contacts {
                hang(tx, &id, contact).await?;
            }
            read(&shared, tx, &by, &id).await
        })
    })
    .await
}

/// Hangs a contact under an incident.
#[utoipa::path(post, path = "/events/{id}/contacts", tag = "contacts", request_body = HangRequest,
    params(("id" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = IncidentView)))]
pub async fn hang_contact(
    State(app): State<App>,
    me: Me,
    once: Once,
    Path(id): Path<String>,
    Json(request): Json<HangRequest>,
) -> Result<Answer, Problem> {
    let (incident, contact) = (
        site(&app, &me, &id).await?,
        site_of(app.db.read(), &me, &request.contact).await?,
    );
    if incident != contact {
        return Err(elsewhere());
    }
    let (shared, by) = (app.clone(), me.clone());
    app.write_as(&me, once, StatusCode::OK, move |tx| {
        Box::pin(async move {
            hang(tx, &id, request.contact).await?;
            read(&shared, tx, &by, &id).await
        })
    })
    .await
}

/// Ends an incident.
#[utoipa::path(post, path = "/events/{id}/close", tag = "contacts", request_body = CloseRequest,
    params(("id" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = IncidentView)))]
pub async fn close_incident(
    State(app): State<App>,
    me: Me,
    once: Once,
    Path(id): Path<String>,
    Json(request): Json<CloseRequest>,
) -> Result<Answer, Problem> {
    site(&app, &me, &id).await?;
    let notice = words(&request.notice, "notice", "请填写结束通知", 2000)?;
    let (shared, by, now) = (app.clone(), me.clone(), app.clock.now());
    app.write_as(&me, once, StatusCode::OK, move |tx| {
        Box::pin(async move {
            let closed = tx
                .run(
                    "update incident set closed_at = $1, closing_notice = $2 where id = $3 and closed_at is null",
                    vals![now, notice, id.clone()],
                )
                .await?;
            if closed == 0 {
                return Err(Problem::new(Code::Refused, "事件已经结束"));
            }
            read(&shared, tx, &by, &id).await
        })
    })
    .await
}

fn elsewhere() -> Problem {
    Problem::field("contact", "登记与事件不在同一个项目")
}

async fn hang(sql: &impl Sql, incident: &str, contact: String) -> Result<(), Problem> {
    sql.run(
        "insert into incident_contact (incident_id, contact_id) values ($1, $2) on conflict do nothing",
        vals![incident.to_owned(), contact],
    )
    .await?;
    Ok(())
}

async fn site(app: &App, me: &Me, id: &str) -> Result<String, Problem> {
    let site: Option<String> = app
        .db
        .read()
        .scalar("select site_id from incident where id = $1", vals![id.to_owned()])
        .await?;
    let site = site.ok_or_else(Problem::not_found)?;
    me.must_at(Area::Desk, &site)?;
    Ok(site)
}

async fn read(app: &App, sql: &impl Sql, me: &Me, id: &str) -> Result<IncidentView, Problem> {
    let row: Option<Row> = sql
        .row(
            "select id, site_id, title, notice, opened_at, closed_at, closing_notice from incident where id = $1",
            vals![id.to_owned()],
        )
        .await?;
    render(app, sql, me, row.ok_or_else(Problem::not_found)?).await
}

async fn render(app: &App, sql: &impl Sql, me: &Me, row: Row) -> Result<IncidentView, Problem> {
    let condition = "k.id in (select x.contact_id from incident_contact x where x.incident_id = $1)";
    Ok(IncidentView {
        contacts: rows::pick(app, sql, me, condition, vals![row.id.clone()], 200).await?,
        id: row.id,
        site: row.site_id,
        title: row.title,
        notice: row.notice,
        opened_at: row.opened_at,
        closed_at: row.closed_at,
        closing_notice: row.closing_notice,
    })
}

fn words(text: &str, field: &str, sentence: &str, most: usize) -> Result<String, Problem> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > most {
        return Err(Problem::field(field, sentence));
    }
    Ok(text.to_owned())
}
