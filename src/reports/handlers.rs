//! Reports over HTTP.

use super::period::{Every, Period, day};
use super::shape::Report;
use super::{Asked, Definition, all, excel, parts};
use crate::api::{Json, Path, Query};
use crate::auth::Me;
use crate::base::Named;
use crate::cases::pick;
use crate::cases::rows::CaseRow;
use crate::contacts::rows::{self as contacts, ContactRow};
use crate::context::App;
use crate::db::Sql;
use crate::error::Problem;
use crate::estate::Reason;
use crate::exchange::book::MOST_ROWS;
use crate::vals;
use axum::extract::State;
use axum::response::Response;
use engine::def::Area;
use engine::time::Time;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Rows of a ledger on screen and in print.
const SHOWN: u32 = 2_000;
/// Rows of a page of what lies behind a figure.
const PAGE: usize = 50;

/// A report in the list.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ReportRow {
    /// Name.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// What it is for.
    pub about: String,
    /// Catalogue rows it serves.
    pub source: Vec<String>,
    /// Periods it is made for, the usual one first.
    pub every: Vec<Every>,
    /// It is of one kind of case.
    pub of_kind: bool,
}

/// Reports.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Reports {
    /// Those the reader may read.
    pub items: Vec<ReportRow>,
}

/// The reports one may read.
#[utoipa::path(get, path = "/reports", tag = "reports", responses((status = 200, body = Reports)))]
pub async fn list_reports(State(app): State<App>, me: Me) -> Json<Reports> {
    let readable = |d: &Definition| d.rules.is_none() || me.may.contains(&Area::Measure);
    let all = all(&app.manuals.current()).into_iter().filter(readable);
    let items = all.map(|d| ReportRow {
        of_kind: d.rules.is_none(),
        name: d.name,
        title: d.title,
        about: d.about,
        source: d.source,
        every: d.every,
    });
    Json(Reports {
        items: items.collect(),
    })
}

/// What is asked of a report.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReportQuery {
    /// day, week, month, year; the report's usual one by default
    #[param(value_type = Option<Every>)]
    every: Option<Every>,
    /// A day of the period, `2026-11-16`; today by default.
    on: Option<String>,
    /// Only this site.
    site: Option<String>,
    /// Kind of case, of a ledger.
    kind: Option<String>,
}

fn asked(app: &App, me: &Me, name: &str, query: &ReportQuery, most: u32) -> Result<Asked, Problem> {
    let mut all = all(&app.manuals.current()).into_iter();
    let definition = all.find(|d| d.name == name).ok_or_else(Problem::not_found)?;
    let every = query.every.unwrap_or(definition.every[0]);
    if !definition.every.contains(&every) {
        return Err(Problem::field("every", "这份报表没有这种期间"));
    }
    let offset = app.manuals.current().offset();
    let on = match query.on.as_deref().filter(|on| !on.is_empty()) {
        Some(text) => day(text)?,
        None => Time(app.clock.now()).date(offset),
    };
    let site = query.site.clone().filter(|s| !s.is_empty());
    if let Some(site) = &site {
        me.at_site(site)?;
    }
    Ok(Asked {
        definition,
        period: Period::of(every, on, offset),
        site,
        kind: query.kind.clone().filter(|k| !k.is_empty()),
        most,
    })
}

async fn report(app: &App, me: &Me, asked: &Asked) -> Result<Report, Problem> {
    let read = app.db.read();
    let company: Option<Value> = read
        .scalar("select value from setting where name = 'company'", vals![])
        .await?;
    let company = company.and_then(|c| c["name"].as_str().map(str::to_owned));
    let site = match &asked.site {
        None => None,
        Some(id) => {
            let name: Option<String> = read
                .scalar("select name from site where id = $1", vals![id.clone()])
                .await?;
            let name = name.ok_or_else(Problem::not_found)?;
            Some(Named { id: id.clone(), name })
        }
    };
    let manual = app.manuals.current();
    let kind = asked.kind.as_deref().and_then(|kind| manual.kind(kind));
    Ok(Report {
        name: asked.definition.name.clone(),
        title: asked.definition.title.clone(),
        kind_title: kind.map(|rules| rules.kind.title.clone()),
        source: asked.definition.source.clone(),
        company: company.unwrap_or_default(),
        period: asked.period.title(),
        first: asked.period.first.to_string(),
        last: asked.period.last().to_string(),
        site,
        made_at: app.clock.now(),
        made_by: me.name.clone(),
        parts: parts(app, me, asked).await?,
    })
}

/// A report.
#[utoipa::path(get, path = "/reports/{name}", tag = "reports",
    params(("name" = String, Path, description = "Report"), ReportQuery), responses((status = 200, body = Report)))]
pub async fn get_report(
    State(app): State<App>,
    me: Me,
    Path(name): Path<String>,
    Query(query): Query<ReportQuery>,
) -> Result<Json<Report>, Problem> {
    let asked = asked(&app, &me, &name, &query, SHOWN)?;
    report(&app, &me, &asked).await.map(Json)
}

/// The same report as Excel, with its charts; of a ledger 20 000 rows at most. Who took what, and why, is recorded (SAFE-4).
#[utoipa::path(post, path = "/reports/{name}/excel", tag = "reports",
    params(("name" = String, Path, description = "Report"), ReportQuery), request_body = Reason,
    responses((status = 200, description = "An Excel file", body = Vec<u8>,
        content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))]
pub async fn export_report(
    State(app): State<App>,
    me: Me,
    Path(name): Path<String>,
    Query(query): Query<ReportQuery>,
    Json(why): Json<Reason>,
) -> Result<Response, Problem> {
    let asked = asked(&app, &me, &name, &query, MOST_ROWS)?;
    why.look(&app, &me, "export-report", &format!("{name} {query:?}"))
        .await?;
    let made = report(&app, &me, &asked).await?;
    let file = format!(
        "{}{}{}",
        made.kind_title.as_deref().unwrap_or_default(),
        made.title,
        made.period
    );
    let offset = app.manuals.current().offset();
    excel::write(&made, offset)?.answer(&file).await
}

/// What lies behind a figure: which.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BehindQuery {
    /// As for the report.
    #[param(value_type = Option<Every>)]
    every: Option<Every>,
    /// As for the report.
    on: Option<String>,
    /// As for the report.
    site: Option<String>,
    /// Name of the part.
    part: String,
    /// Key of the row.
    key: String,
    /// Where the page before ended.
    cursor: Option<usize>,
}

/// What lies behind a figure.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Behind {
    /// Cases it counts, newest first.
    pub cases: Vec<CaseRow>,
    /// Contacts it counts, newest first.
    pub contacts: Vec<ContactRow>,
    /// How many in all.
    pub total: usize,
    /// Pass it as `cursor` for the next page.
    pub next: Option<usize>,
}

/// The cases or contacts that a row of a report counts.
#[utoipa::path(get, path = "/reports/{name}/behind", tag = "reports",
    params(("name" = String, Path, description = "Report"), BehindQuery), responses((status = 200, body = Behind)))]
pub async fn behind(
    State(app): State<App>,
    me: Me,
    Path(name): Path<String>,
    Query(query): Query<BehindQuery>,
) -> Result<Json<Behind>, Problem> {
    let of = ReportQuery {
        every: query.every,
        on: query.on,
        site: query.site,
        kind: None,
    };
    let asked = asked(&app, &me, &name, &of, SHOWN)?;
    let start = query.cursor.unwrap_or(0);
    let row = (query.part.as_str(), query.key.as_str());
    let found = super::behind(&app, &me, &asked, row, (start as u64, PAGE as u64)).await?;
    let total = usize::try_from(found.total).unwrap_or_default();
    let read = app.db.read();
    let mut behind = Behind {
        cases: Vec::new(),
        contacts: Vec::new(),
        total,
        next: (start + PAGE < total).then_some(start + PAGE),
    };
    if found.contacts {
        behind.contacts = contacts::by_ids(&app, read, &me, &found.ids).await?;
    } else {
        behind.cases = pick::by_ids(&app, read, &me, &found.ids).await?;
    }
    Ok(Json(behind))
}
