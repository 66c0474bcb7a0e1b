//! The owner's first page, and reporting something from it.

use super::view::{self, OwnerCase};
use super::visitor::Visitor;
use crate::api::{Answer, Json, Once};
use crate::cases::load;
use crate::cases::pen::Pen;
use crate::contacts::register::register;
use crate::contacts::request::{ContactRequest, JudgementRequest};
use crate::context::App;
use crate::db::Sql;
use crate::error::{Code, Problem};
use crate::estate::{ServedBy, served_by};
use crate::manual::FieldView;
use crate::vals;
use axum::extract::State;
use axum::http::StatusCode;
use engine::case::Data;
use engine::def::{Link, Who};
use engine::step::Actor;
use serde::{Deserialize, Serialize};
use serde_json::Value;

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

/// Something the owner can report.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ReportForm {
    /// Judgement to send.
    pub judgement: String,
    /// What people call it.
    pub title: String,
    /// What is asked.
    pub ask: Vec<FieldView>,
}

/// A report.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportRequest {
    /// Judgement.
    pub judgement: String,
    /// Opening form of its kind.
    #[serde(default)]
    #[schema(value_type = HashMap<String, Value>)]
    pub data: Data,
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
        reports: if may_report(&visitor) {
            forms(&app)
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

/// Only the standing link of a home; the link of one case is for that case.
fn may_report(visitor: &Visitor) -> bool {
    visitor.held.case_id.is_none() && visitor.link == Link::Owner && visitor.held.home_id.is_some()
}

/// Kinds the manual lets owners open, by the judgement that leads to them.
fn forms(app: &App) -> Vec<ReportForm> {
    let manual = app.manuals.current();
    let form = |judgement: &engine::def::Judgement| {
        let rules = manual.kind(judgement.kind.as_ref()?)?;
        if !rules.kind.open.by.contains(&Who::Link(Link::Owner)) {
            return None;
        }
        let asks = rules.kind.open.ask.iter().filter_map(|ask| {
            let field = rules.field(&ask.field)?;
            Some(FieldView::asked(rules, field, ask.required))
        });
        Some(ReportForm {
            judgement: judgement.name.clone(),
            title: judgement.title.clone(),
            ask: asks.collect(),
        })
    };
    manual.judgements.iter().filter_map(form).collect()
}

/// Reports something: a contact by the owner's portal, and its case.
#[utoipa::path(post, path = "/owner/reports", tag = "owner", request_body = ReportRequest,
    params(("X-Owner-Token" = String, Header), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = OwnerCase)))]
pub async fn report(
    State(app): State<App>,
    visitor: Visitor,
    once: Once,
    Json(request): Json<ReportRequest>,
) -> Result<Answer, Problem> {
    let allowed = forms(&app).iter().any(|form| form.judgement == request.judgement);
    let home = visitor
        .held
        .home_id
        .clone()
        .filter(|_| may_report(&visitor) && allowed);
    let home = home.ok_or_else(|| Problem::new(Code::Forbidden, "这个链接不能登记新的事项"))?;
    let (shared, who) = (app.clone(), format!("link:{}", visitor.held.id));
    app.write_once(&who, once, StatusCode::CREATED, move |tx| {
        Box::pin(async move {
            let site: Option<String> = tx
                .scalar("select site_id from home where id = $1", vals![home.clone()])
                .await?;
            let pen = Pen {
                app: &shared,
                tx,
                actor: Actor::Link(Link::Owner),
                actor_id: Some(visitor.held.id.clone()),
                at: shared.clock.now(),
                quiet: false,
            };
            let said = request
                .data
                .values()
                .filter_map(Value::as_str)
                .max_by_key(|t| t.chars().count());
            let contact = ContactRequest {
                site: site.ok_or_else(Problem::not_found)?,
                channel: "portal".to_owned(),
                customer: visitor.held.customer_id.clone(),
                home: Some(home),
                said: said.unwrap_or("业主自助登记").to_owned(),
                judgements: vec![JudgementRequest {
                    judgement: request.judgement,
                    urgency: 0,
                    answer: None,
                    data: request.data,
                }],
                ..ContactRequest::default()
            };
            let registered = register(&pen, contact).await?;
            let opened = registered
                .cases
                .first()
                .ok_or_else(|| Problem::internal("no case was opened"))?;
            view::case(&shared, tx, &visitor, &opened.id).await
        })
    })
    .await
}
