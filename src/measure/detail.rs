//! One clause: who keeps it, and what broke it, down to the case (QUALITY-9).

use super::board::{ClauseFigure, figures};
use super::figure::Counts;
use super::reach::{self, Asked, said};
use super::violators::{Violator, violators};
use crate::api::{Json, Path, Query};
use crate::auth::Me;
use crate::context::App;
use crate::db::Filter;
use crate::db::Sql;
use crate::error::Problem;
use axum::extract::State;
use engine::load::ClauseRules;
use sea_orm::FromQueryResult;
use serde::{Deserialize, Serialize};

/// Groups shown; those with most breaks come first.
const GROUPS: i64 = 200;

/// What is asked of a clause.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ClauseQuery {
    /// Only this site.
    site: Option<String>,
    /// Only this department.
    department: Option<String>,
    /// Only this member of staff.
    person: Option<String>,
    /// How many months, the present one included; 12 by default.
    months: Option<u32>,
    /// Groups and violators of this month alone, `2026-11`.
    month: Option<String>,
    /// Groups: site (default), department, person.
    #[serde(default)]
    #[param(inline)]
    by: By,
    /// Where the page of violators before ended.
    cursor: Option<String>,
}

#[derive(Debug, Default, Clone, Copy, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
enum By {
    #[default]
    Site,
    Department,
    Person,
}

/// A clause in detail.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ClauseDetail {
    /// As on the board; its figure is of the one month that was asked for, its months are all of them.
    pub clause: ClauseFigure,
    /// Those with most breaks first.
    pub groups: Vec<GroupFigure>,
    /// What broke it, newest first.
    pub violators: Vec<Violator>,
    /// How many of this page the reader counts but may not see.
    pub hidden: usize,
    /// Pass it as `cursor` for the next page of violators.
    pub next: Option<String>,
}

/// A clause at one site, in one department, or of one person.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct GroupFigure {
    /// Id of the site or person, name of the department; empty when nobody is named.
    pub key: String,
    /// What people call it.
    pub title: String,
    /// How many are counted.
    pub total: i64,
    /// How many of them break the rule.
    pub broken: i64,
    /// The figure.
    pub value: Option<f64>,
}

/// A clause in detail.
#[utoipa::path(get, path = "/clauses/{id}", tag = "measure", params(("id" = String, Path), ClauseQuery),
    responses((status = 200, body = ClauseDetail)))]
pub async fn get_clause(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
    Query(query): Query<ClauseQuery>,
) -> Result<Json<ClauseDetail>, Problem> {
    let manual = app.manuals.current();
    let clause = manual.clause(&id).ok_or_else(Problem::not_found)?.clone();
    let asked = Asked {
        site: said(query.site),
        department: said(query.department),
        person: said(query.person),
    };
    let months = reach::last_months(&app, query.months);
    let shown = figures(&app, &me, std::slice::from_ref(&clause), &asked, &months).await?;
    let mut shown = shown.into_iter().next().ok_or_else(Problem::not_found)?;
    let narrowed = match said(query.month) {
        Some(month) => vec![month],
        None => months,
    };
    if let [month] = narrowed.as_slice() {
        shown.narrow_to(month);
    }
    let broken = reach::span(&app, &me, &asked, &id, &narrowed)?;
    let (violators, hidden, next) = violators(&app, &me, &clause, broken, query.cursor.as_deref()).await?;
    let facts = reach::facts(&app, &me, &asked, &[&id], &narrowed)?;
    let groups = groups(&app, &clause, facts, query.by).await?;
    Ok(Json(ClauseDetail {
        clause: shown,
        groups,
        violators,
        hidden,
        next,
    }))
}

#[derive(FromQueryResult)]
struct Group {
    key: Option<String>,
    title: Option<String>,
    total: i64,
    broken: i64,
}

async fn groups(app: &App, clause: &ClauseRules, facts: Filter, by: By) -> Result<Vec<GroupFigure>, Problem> {
    let (column, title) = match by {
        By::Site => ("site_id", "(select s.name from site s where s.id = g.key)"),
        By::Department => ("department", "g.key"),
        By::Person => ("staff_id", "(select s.name from staff s where s.id = g.key)"),
    };
    let sql = format!(
        "select g.key, {title} as title, g.total, g.broken from (select {column} as key, count(*) as total, \
         cast(sum(case when met then 0 else 1 end) as bigint) as broken from fact where {} group by {column}) g \
         order by g.broken desc, g.total desc, g.key limit {GROUPS}",
        facts.sql
    );
    let rows: Vec<Group> = app.db.read().rows(&sql, facts.values).await?;
    let group = |row: Group| {
        let counts = Counts {
            total: row.total,
            broken: row.broken,
        };
        GroupFigure {
            key: row.key.unwrap_or_default(),
            title: row
                .title
                .filter(|t| !t.is_empty())
                .unwrap_or_else(|| "未指定".to_owned()),
            total: row.total,
            broken: row.broken,
            value: counts.figure(clause.def.figure),
        }
    };
    Ok(rows.into_iter().map(group).collect())
}
