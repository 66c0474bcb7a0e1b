//! The clause board: every rule of the manual with its figure, threshold and trend (QUALITY-9).

use super::figure::{Counts, met_over, sum};
use super::fill;
use super::reach::{self, Asked, said};
use crate::api::{Json, Query};
use crate::auth::Me;
use crate::context::App;
use crate::db::Sql;
use crate::error::Problem;
use axum::extract::State;
use engine::def::Figure;
use engine::load::ClauseRules;
use sea_orm::FromQueryResult;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What is asked of the board.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BoardQuery {
    /// Only this site.
    site: Option<String>,
    /// Only this department.
    department: Option<String>,
    /// Only this member of staff.
    person: Option<String>,
    /// How many months, the present one included; 12 by default, 60 at most.
    months: Option<u32>,
}

/// The clauses of the manual in force, by id.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ClauseList {
    /// Rows.
    pub items: Vec<ClauseFigure>,
}

/// A clause with its figure over the months that were asked for.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct ClauseFigure {
    /// Id, `C-07`.
    pub id: String,
    /// The rule in words.
    pub title: String,
    /// As the manual says it, `>= 95%`.
    pub threshold: String,
    /// share or breaks.
    pub figure: String,
    /// What the figure is, in words.
    pub figure_title: String,
    /// Percent for a share, a number for breaks; none where nothing is counted.
    pub value: Option<f64>,
    /// Whether the threshold is kept: by a share over all the months, by breaks in each of them. None where nothing
    /// is counted.
    pub met: Option<bool>,
    /// How many are counted.
    pub total: i64,
    /// How many of them break the rule.
    pub broken: i64,
    /// Month by month, oldest first, none left out.
    pub months: Vec<MonthFigure>,
    /// False while the past is still being computed.
    pub complete: bool,
}

impl ClauseFigure {
    /// Makes the figure that of one of its months.
    pub fn narrow_to(&mut self, month: &str) {
        if let Some(one) = self.months.iter().find(|m| m.month == month) {
            (self.total, self.broken) = (one.total, one.broken);
            (self.value, self.met) = (one.value, one.met);
        }
    }
}

/// A clause in one month.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct MonthFigure {
    /// `2026-11`.
    pub month: String,
    /// How many are counted.
    pub total: i64,
    /// How many of them break the rule.
    pub broken: i64,
    /// The figure; none where nothing is counted.
    pub value: Option<f64>,
    /// Whether the threshold is kept.
    pub met: Option<bool>,
}

/// The clause board.
#[utoipa::path(get, path = "/clauses", tag = "measure", params(BoardQuery),
    responses((status = 200, body = ClauseList)))]
pub async fn list_clauses(
    State(app): State<App>,
    me: Me,
    Query(query): Query<BoardQuery>,
) -> Result<Json<ClauseList>, Problem> {
    let asked = Asked {
        site: said(query.site),
        department: said(query.department),
        person: said(query.person),
    };
    let months = reach::last_months(&app, query.months);
    let mut clauses = app.manuals.current().clauses.clone();
    clauses.sort_by(|a, b| a.def.id.cmp(&b.def.id));
    let items = figures(&app, &me, &clauses, &asked, &months).await?;
    Ok(Json(ClauseList { items }))
}

#[derive(FromQueryResult)]
struct Counted {
    clause: String,
    month: String,
    total: i64,
    broken: i64,
}

/// Figures of these clauses in these months (oldest first), in the order given.
///
/// # Errors
/// As [`reach::facts`]; the database's.
pub async fn figures(
    app: &App,
    me: &Me,
    clauses: &[Arc<ClauseRules>],
    asked: &Asked,
    months: &[String],
) -> Result<Vec<ClauseFigure>, Problem> {
    let ids: Vec<&str> = clauses.iter().map(|clause| clause.def.id.as_str()).collect();
    let facts = reach::facts(app, me, asked, &ids, months)?;
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let (sql, values) = match super::months::counted(app, me, asked, &ids, months)? {
        Some(counted) => (
            format!(
                "select clause, month, cast(sum(total) as bigint) as total, cast(sum(broken) as bigint) as broken \
                 from {} group by clause, month",
                counted.sql
            ),
            counted.values,
        ),
        None => (
            format!(
                "select clause, month, count(*) as total, \
                 cast(sum(case when met then 0 else 1 end) as bigint) as broken \
                 from fact where {} group by clause, month",
                facts.sql
            ),
            facts.values,
        ),
    };
    let rows: Vec<Counted> = app.db.read().rows(&sql, values).await?;
    let counted: BTreeMap<(String, String), Counts> = rows
        .into_iter()
        .map(|r| {
            (
                (r.clause, r.month),
                Counts {
                    total: r.total,
                    broken: r.broken,
                },
            )
        })
        .collect();
    let complete = fill::complete(app).await?;
    let figure = |clause: &Arc<ClauseRules>| {
        let of = |month: &String| {
            counted
                .get(&(clause.def.id.clone(), month.clone()))
                .copied()
                .unwrap_or_default()
        };
        let counts: Vec<Counts> = months.iter().map(of).collect();
        figure_of(clause, months, &counts, complete.contains(&clause.def.id))
    };
    Ok(clauses.iter().map(figure).collect())
}

fn figure_of(clause: &ClauseRules, months: &[String], counts: &[Counts], complete: bool) -> ClauseFigure {
    let def = &clause.def;
    let (figure, figure_title) = match def.figure {
        Figure::Share => ("share", "达标率"),
        Figure::Breaks => ("breaks", "未达标次数"),
    };
    let all = sum(counts);
    let month = |(month, counts): (&String, &Counts)| MonthFigure {
        month: month.clone(),
        total: counts.total,
        broken: counts.broken,
        value: counts.figure(def.figure),
        met: counts.met(clause),
    };
    ClauseFigure {
        id: def.id.clone(),
        title: def.title.clone(),
        threshold: def.threshold.clone(),
        figure: figure.to_owned(),
        figure_title: figure_title.to_owned(),
        value: all.figure(def.figure),
        met: met_over(clause, counts),
        total: all.total,
        broken: all.broken,
        months: months.iter().zip(counts).map(month).collect(),
        complete,
    }
}
