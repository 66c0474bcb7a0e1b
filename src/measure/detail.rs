//! One clause: who keeps it, what broke it, what is open and what excused, down to the case (QUALITY-9).

use super::board::{ClauseFigure, figures};
use super::figure::{OF_FACT, SUMMED, Summed};
use super::reach::{self, Asked, said};
use super::subjects::{Subject, subjects};
use crate::api::{Json, Path, Query};
use crate::auth::Me;
use crate::context::App;
use crate::db::Filter;
use crate::db::Sql;
use crate::error::Problem;
use axum::extract::State;
use engine::figure::Counts;
use engine::load::ClauseRules;
use engine::measure::Compliance;
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
    /// Groups and subjects of this period of the clause alone, `2026-11`.
    period: Option<String>,
    /// Which subjects: broken (default), open, excused, kept.
    #[serde(default)]
    #[param(inline)]
    show: Show,
    /// Groups: site (default), department, person.
    #[serde(default)]
    #[param(inline)]
    by: By,
    /// Where the page of subjects before ended.
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

/// Which of a clause's subjects are listed.
#[derive(Debug, Default, Clone, Copy, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
enum Show {
    #[default]
    Broken,
    Open,
    Excused,
    Kept,
}

impl From<Show> for Compliance {
    fn from(show: Show) -> Compliance {
        match show {
            Show::Broken => Compliance::Broken,
            Show::Open => Compliance::Open,
            Show::Excused => Compliance::Excused,
            Show::Kept => Compliance::Kept,
        }
    }
}

/// A clause in detail.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ClauseDetail {
    /// As on the board; its figure is of the one period that was asked for, its periods are all of them.
    pub clause: ClauseFigure,
    /// Those with most breaks first.
    pub groups: Vec<GroupFigure>,
    /// What excuses there are, and how often each.
    pub excuses: Vec<Excuse>,
    /// What broke it, or is open, excused or kept, as asked; newest first.
    pub subjects: Vec<Subject>,
    /// How many of this page the reader counts but may not see.
    pub hidden: usize,
    /// Pass it as `cursor` for the next page of subjects.
    pub next: Option<String>,
}

/// An excuse.
#[derive(Debug, Serialize, FromQueryResult, utoipa::ToSchema)]
pub struct Excuse {
    /// Its name.
    pub title: String,
    /// How many are excused by it.
    pub count: i64,
}

/// A clause at one site, in one department, or of one person.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct GroupFigure {
    /// Id of the site or person, name of the department; empty when nobody is named.
    pub key: String,
    /// What people call it.
    pub title: String,
    /// How many are decided.
    pub total: i64,
    /// How many of them break the rule.
    pub broken: i64,
    /// How many are not decided yet.
    pub open: i64,
    /// How many are excused.
    pub excused: i64,
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
    let days = reach::last_months(&app, query.months);
    let shown = figures(&app, &me, std::slice::from_ref(&clause), &asked, days).await?;
    let mut shown = shown.into_iter().next().ok_or_else(Problem::not_found)?;
    let narrowed = match said(query.period) {
        Some(period) => vec![period],
        None => clause.def.per.names(days.0, days.1),
    };
    if let [period] = narrowed.as_slice() {
        shown.narrow_to(period);
    }
    let span = || reach::span(&app, &me, &asked, &clause.def, &narrowed);
    let excuses = excuses(&app, span()?).await?;
    let (subjects, hidden, next) = subjects(
        &app,
        &me,
        &clause,
        (span()?, query.show.into()),
        query.cursor.as_deref(),
    )
    .await?;
    let facts = reach::facts(&app, &me, &asked, &[&id], &narrowed)?;
    let groups = groups(&app, &clause, facts, query.by).await?;
    Ok(Json(ClauseDetail {
        clause: shown,
        groups,
        excuses,
        subjects,
        hidden,
        next,
    }))
}

async fn excuses(app: &App, facts: Filter) -> Result<Vec<Excuse>, Problem> {
    let sql = format!(
        "select coalesce(reason, '') as title, count(*) as count from fact where {} and compliance = 'excused' \
         group by reason order by count desc, title limit {GROUPS}",
        facts.sql
    );
    Ok(app.db.read().rows(&sql, facts.values).await?)
}

#[derive(FromQueryResult)]
struct Group {
    key: Option<String>,
    title: Option<String>,
    #[sea_orm(nested)]
    counts: Summed,
}

async fn groups(app: &App, clause: &ClauseRules, facts: Filter, by: By) -> Result<Vec<GroupFigure>, Problem> {
    let (column, title) = match by {
        By::Site => ("site_id", "(select s.name from site s where s.id = g.key)"),
        By::Department => ("department", "g.key"),
        By::Person => ("staff_id", "(select s.name from staff s where s.id = g.key)"),
    };
    let sql = format!(
        "select g.*, {title} as title from (select key, {SUMMED} from (select {column} as key, {OF_FACT} from fact \
         where {} and compliance <> 'counted') f group by key) g \
         order by g.broken desc, g.kept desc, g.key limit {GROUPS}",
        facts.sql
    );
    let rows: Vec<Group> = app.db.read().rows(&sql, facts.values).await?;
    let group = |row: Group| {
        let counts = Counts::from(row.counts);
        GroupFigure {
            key: row.key.unwrap_or_default(),
            title: row
                .title
                .filter(|t| !t.is_empty())
                .unwrap_or_else(|| "未指定".to_owned()),
            total: counts.total(),
            broken: counts.broken,
            open: counts.open,
            excused: counts.excused,
            value: counts.figure(clause.def.figure),
        }
    };
    Ok(rows.into_iter().map(group).collect())
}
