//! The owner's first page, and reporting something from it.

use super::view::{self, OwnerCase};
use super::visitor::Visitor;
use crate::api::{Answer, Json, Once};
use crate::cases::pen::Pen;
use crate::cases::{load, opening};
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
use engine::step::{Actor, Start};
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

/// Something the owner can report or apply for.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ReportForm {
    /// Form to send: a judgement, or a kind that no judgement leads to.
    pub form: String,
    /// What people call it.
    pub title: String,
    /// What is asked.
    pub ask: Vec<FieldView>,
}

/// A report.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportRequest {
    /// Form, as the owner's page names it.
    pub form: String,
    /// What was entered in it.
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

/// What the manual lets owners open. A judgement that leads there makes it a contact (INTAKE-1); what none leads to is
/// an application, and a case at once.
fn forms(app: &App) -> Vec<ReportForm> {
    let manual = app.manuals.current();
    let form = |name: &str, title: &str, kind: &str| {
        let rules = manual.kind(kind)?;
        if !rules.kind.open.by.contains(&Who::Link(Link::Owner)) {
            return None;
        }
        let asks = rules.kind.open.ask.iter().filter_map(|ask| {
            let field = rules.field(&ask.field)?;
            Some(FieldView::asked(rules, field, ask.required))
        });
        Some(ReportForm {
            form: name.to_owned(),
            title: title.to_owned(),
            ask: asks.collect(),
        })
    };
    let judged = manual.judgements.iter();
    let judged = judged.filter_map(|one| form(&one.name, &one.title, one.kind.as_ref()?));
    let led_to = |kind: &str| {
        manual
            .judgements
            .iter()
            .any(|one| one.kind.as_deref() == Some(kind))
    };
    let applied = manual.kinds.values().map(|rules| &rules.kind);
    let applied = applied.filter(|kind| !led_to(&kind.name));
    let applied = applied.filter_map(|kind| form(&kind.name, &kind.title, &kind.name));
    judged.chain(applied).collect()
}

/// Reports or applies for something by the owner's portal: the case, and the contact it came from.
#[utoipa::path(post, path = "/owner/reports", tag = "owner", request_body = ReportRequest,
    params(("X-Owner-Token" = String, Header), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = OwnerCase)))]
pub async fn report(
    State(app): State<App>,
    visitor: Visitor,
    once: Once,
    Json(request): Json<ReportRequest>,
) -> Result<Answer, Problem> {
    let allowed = forms(&app).iter().any(|form| form.form == request.form);
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
            let site = site.ok_or_else(Problem::not_found)?;
            let opened = match shared.manuals.current().judgement(&request.form) {
                Some(_) => said(&pen, &visitor, site, home, request).await?,
                None => applied(&pen, &visitor, site, home, request).await?,
            };
            view::case(&shared, tx, &visitor, &opened).await
        })
    })
    .await
}

/// What the channel of everything that owners send by themselves is called.
const PORTAL: &str = "portal";

/// A contact, and the case it leads to.
async fn said(
    pen: &Pen<'_>,
    visitor: &Visitor,
    site: String,
    home: String,
    request: ReportRequest,
) -> Result<String, Problem> {
    let texts = request.data.values().filter_map(Value::as_str);
    let said = texts.max_by_key(|text| text.chars().count());
    let contact = ContactRequest {
        site,
        channel: PORTAL.to_owned(),
        customer: visitor.held.customer_id.clone(),
        home: Some(home),
        said: said.unwrap_or("业主自助登记").to_owned(),
        judgements: vec![JudgementRequest {
            judgement: request.form,
            urgency: 0,
            answer: None,
            data: request.data,
        }],
        ..ContactRequest::default()
    };
    let registered = register(pen, contact).await?;
    let opened = registered.cases.into_iter().next();
    opened
        .map(|case| case.id)
        .ok_or_else(|| Problem::internal("no case was opened"))
}

/// A case at once.
async fn applied(
    pen: &Pen<'_>,
    visitor: &Visitor,
    site: String,
    home: String,
    request: ReportRequest,
) -> Result<String, Problem> {
    let start = Start {
        kind: request.form,
        site,
        home: Some(home),
        customer: visitor.held.customer_id.clone(),
        channel: Some(PORTAL.to_owned()),
        data: request.data,
        ..Start::default()
    };
    Ok(opening::open(pen, start).await?.id)
}
