//! The owner's first page.

use super::report::{self, ReportForm};
use super::view::{self, OwnerCase};
use super::visitor::Visitor;
use crate::api::Json;
use crate::cases::load;
use crate::context::App;
use crate::db::Sql;
use crate::error::Problem;
use crate::estate::{ServedBy, served_by};
use crate::vals;
use axum::extract::State;
use serde::Serialize;

/// The owner's first page.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct OwnerHome {
    /// Name of the company.
    pub company: String,
    /// Home.
    pub home: Option<String>,
    /// Customer; a guest is not told.
    pub customer: Option<String>,
    /// Who it is, when a guest: the name that stands in the case, else what people call them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub guest: Option<String>,
    /// Who serves the owner now.
    pub served_by: Option<ServedBy>,
    /// The one case the link is for.
    pub case: Option<OwnerCase>,
    /// All cases the link shows, newest first.
    pub cases: Vec<OwnerCase>,
    /// What can be reported here.
    pub reports: Vec<ReportForm>,
}

/// The owner's first page.
#[utoipa::path(get, path = "/owner", tag = "owner", params(("X-Owner-Token" = String, Header)),
    responses((status = 200, body = OwnerHome)))]
pub async fn get_owner(State(app): State<App>, visitor: Visitor) -> Result<Json<OwnerHome>, Problem> {
    let read = app.db.read();
    let mut cases = Vec::new();
    for id in view::ids(read, &visitor).await? {
        cases.push(view::case(&app, read, &visitor, &id).await?);
    }
    let case = match &visitor.held.case_id {
        Some(id) => Some(view::case(&app, read, &visitor, id).await?),
        None => None,
    };
    Ok(Json(OwnerHome {
        company: crate::auth::company(&app).await?,
        home: name(
            read,
            "select title from home where id = $1",
            visitor.held.home_id.as_ref(),
        )
        .await?,
        customer: name(
            read,
            "select name from customer where id = $1",
            visitor.held.customer_id.as_ref().filter(|_| !visitor.is_guest()),
        )
        .await?,
        guest: guest(&app, &visitor).await?,
        served_by: serving(&app, &visitor).await?,
        reports: if report::allowed(&visitor) {
            report::forms(&app)
        } else {
            Vec::new()
        },
        case,
        cases,
    }))
}

async fn serving(app: &App, visitor: &Visitor) -> Result<Option<ServedBy>, Problem> {
    let Some(home) = visitor.held.home_id.as_ref().filter(|_| !visitor.is_guest()) else {
        return Ok(None);
    };
    let sql = "select delivered_on from home where id = $1";
    let delivered: Option<Option<String>> = app.db.read().scalar(sql, vals![home.clone()]).await?;
    Ok(served_by(app, delivered.flatten().as_deref()))
}

async fn guest(app: &App, visitor: &Visitor) -> Result<Option<String>, Problem> {
    let Some(id) = visitor.held.case_id.as_ref().filter(|_| visitor.is_guest()) else {
        return Ok(None);
    };
    let case = load::any(app.db.read(), id).await?;
    let manual = app.manuals.get(&case.manual).await?;
    let rules = manual.kind(&case.kind).ok_or_else(Problem::not_found)?;
    let to = case
        .grants
        .get(visitor.link.name())
        .and_then(|grant| grant.to.clone());
    Ok(Some(
        to.unwrap_or_else(|| rules.link_title(&visitor.link).to_owned()),
    ))
}

async fn name(sql: &impl Sql, text: &str, id: Option<&String>) -> Result<Option<String>, Problem> {
    match id {
        Some(id) => Ok(sql.scalar(text, vals![id.clone()]).await?),
        None => Ok(None),
    }
}
