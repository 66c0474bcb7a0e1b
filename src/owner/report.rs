//! Reporting something, or applying for it, from the owner's page.

use super::view::{self, OwnerCase};
use super::visitor::Visitor;
use crate::api::{Answer, Json, Once};
use crate::cases::opening;
use crate::cases::pen::Pen;
use crate::contacts::register::register;
use crate::contacts::request::{ContactRequest, JudgementRequest};
use crate::context::App;
use crate::db::Sql;
use crate::error::{Code, Problem};
use crate::manual::FieldView;
use crate::vals;
use axum::extract::State;
use axum::http::StatusCode;
use engine::case::Data;
use engine::def::{Link, Who};
use engine::step::{Actor, Start};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;

/// What the channel of everything that owners send by themselves is called.
const PORTAL: &str = "portal";

/// Matters of one kind that are taken from one home's page within [`SPAN_MS`]: each calls people, and whoever presses
/// again and again, or means harm, must not call them away from everybody else.
const MOST_AT_A_TIME: i64 = 5;
const SPAN_MS: i64 = 3_600_000;

/// Something the owner can report or apply for.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ReportForm {
    /// Form to send: a judgement, or a kind that no judgement leads to.
    pub form: String,
    /// What people call it.
    pub title: String,
    /// Whether it is an application: a case at once, with no contact before it.
    pub applies: bool,
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

/// Only the standing link of a home; the link of one case is for that case.
pub(super) fn allowed(visitor: &Visitor) -> bool {
    visitor.held.case_id.is_none() && visitor.link == Link::Owner && visitor.held.home_id.is_some()
}

/// What the manual lets owners open. A judgement that leads there makes it a contact (INTAKE-1); what none leads to is
/// an application, and a case at once.
pub(super) fn forms(app: &App) -> Vec<ReportForm> {
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
            applies: manual.judgement(name).is_none(),
            ask: asks.collect(),
        })
    };
    let led_to: BTreeSet<&str> = manual
        .judgements
        .iter()
        .filter_map(|one| one.kind.as_deref())
        .collect();
    let judged = manual.judgements.iter();
    let judged = judged.filter_map(|one| form(&one.name, &one.title, one.kind.as_ref()?));
    let applied = manual.kinds.values().map(|rules| &rules.kind);
    let applied = applied.filter(|kind| !led_to.contains(kind.name.as_str()));
    let applied = applied.filter_map(|kind| {
        let title = kind.open.title.as_ref().unwrap_or(&kind.title);
        form(&kind.name, title, &kind.name)
    });
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
    let offered = forms(&app).iter().any(|form| form.form == request.form);
    let home = visitor.held.home_id.clone();
    let home = home.filter(|_| allowed(&visitor) && offered);
    let home = home.ok_or_else(|| Problem::new(Code::Forbidden, "这个链接不能登记新的事项"))?;
    let (shared, who) = (app.clone(), format!("link:{}", visitor.held.id));
    app.write_once(&who, once, StatusCode::CREATED, move |tx| {
        Box::pin(async move {
            let site: Option<String> = tx
                .scalar("select site_id from home where id = $1", vals![home.clone()])
                .await?;
            let report = Report {
                site: site.ok_or_else(Problem::not_found)?,
                home,
                customer: visitor.held.customer_id.clone(),
                request,
            };
            let pen = Pen {
                app: &shared,
                tx,
                actor: Actor::Link(Link::Owner),
                actor_id: Some(visitor.held.id.clone()),
                at: shared.clock.now(),
                quiet: false,
            };
            let manual = shared.manuals.current();
            let judgement = manual.judgement(&report.request.form);
            let kind = judgement.map_or(Some(&report.request.form), |one| one.kind.as_ref());
            report.check_not_too_many(&pen, kind).await?;
            let opened = match judgement {
                Some(_) => report.said(&pen).await?,
                None => report.applied(&pen).await?,
            };
            view::case(&shared, tx, &visitor, &opened).await
        })
    })
    .await
}

/// Who sends it, and for which home.
struct Report {
    site: String,
    home: String,
    customer: Option<String>,
    request: ReportRequest,
}

impl Report {
    async fn check_not_too_many(&self, pen: &Pen<'_>, kind: Option<&String>) -> Result<(), Problem> {
        let sql = "select count(*) from case_record where home_id = $1 and kind = $2 and channel = $3 and opened_at > $4";
        let kind = kind.cloned().unwrap_or_default();
        let since = pen.at - SPAN_MS;
        let values = vals![self.home.clone(), kind, PORTAL, since];
        let taken: Option<i64> = pen.tx.scalar(sql, values).await?;
        if taken.unwrap_or_default() < MOST_AT_A_TIME {
            return Ok(());
        }
        let words =
            format!("一小时内已经收到您 {MOST_AT_A_TIME} 件同类的事，都在办了。还有急事，请打服务电话");
        Err(Problem::new(Code::TooMany, words))
    }

    /// Registers a contact; gives the case it leads to.
    async fn said(self, pen: &Pen<'_>) -> Result<String, Problem> {
        let texts = self.request.data.values().filter_map(Value::as_str);
        let said = texts.max_by_key(|text| text.chars().count());
        let contact = ContactRequest {
            site: self.site,
            channel: PORTAL.to_owned(),
            customer: self.customer,
            home: Some(self.home),
            said: said.unwrap_or("业主自助登记").to_owned(),
            judgements: vec![JudgementRequest {
                judgement: self.request.form,
                urgency: 0,
                answer: None,
                data: self.request.data,
            }],
            ..ContactRequest::default()
        };
        let opened = register(pen, contact).await?.cases.into_iter().next();
        let opened = opened.ok_or_else(|| Problem::internal("no case was opened"))?;
        Ok(opened.id)
    }

    /// Opens a case at once.
    async fn applied(self, pen: &Pen<'_>) -> Result<String, Problem> {
        let start = Start {
            kind: self.request.form,
            site: self.site,
            home: Some(self.home),
            customer: self.customer,
            channel: Some(PORTAL.to_owned()),
            data: self.request.data,
            ..Start::default()
        };
        Ok(opening::open(pen, start).await?.id)
    }
}
