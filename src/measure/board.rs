//! The clause board: every rule of the manual with its figure, threshold and trend (QUALITY-9).

use super::figure::{OF_FACT, SUMMED, Summed};
use super::fill;
use super::reach::{self, Asked, said};
use crate::api::{Json, Query};
use crate::auth::Me;
use crate::context::App;
use crate::db::{Filter, Sql};
use crate::error::Problem;
use axum::extract::State;
use chrono::NaiveDate;
use engine::def::Figure;
use engine::figure::{Counts, met_over, sum};
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

/// How long a figure is counted for.
#[derive(Debug, Clone, Copy, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Period {
    /// A day.
    Day,
    /// A week, from Monday.
    Week,
    /// A month.
    Month,
    /// A quarter.
    Quarter,
    /// A year.
    Year,
}

impl From<engine::def::Period> for Period {
    fn from(per: engine::def::Period) -> Period {
        match per {
            engine::def::Period::Day => Period::Day,
            engine::def::Period::Week => Period::Week,
            engine::def::Period::Month => Period::Month,
            engine::def::Period::Quarter => Period::Quarter,
            engine::def::Period::Year => Period::Year,
        }
    }
}

/// A clause with its figure over the periods that were asked for.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct ClauseFigure {
    /// Id, `C-07`.
    pub id: String,
    /// The rule in words.
    pub title: String,
    /// What the figure should be, `≥ 95%`.
    pub threshold: String,
    /// share, breaks, count or average.
    pub figure: String,
    /// What the figure is, in words.
    pub figure_title: String,
    /// What a figure is of: day, week, month, quarter, year.
    pub per: Period,
    /// Percent for a share, a number else; none where nothing is decided.
    pub value: Option<f64>,
    /// Whether the threshold is kept: by a share or an average over all the periods, by a number in each of them. None
    /// where nothing is decided.
    pub met: Option<bool>,
    /// How many are decided: kept or broken.
    pub total: i64,
    /// How many of them break the rule.
    pub broken: i64,
    /// How many are not decided yet.
    pub open: i64,
    /// How many are excused, and so in no figure.
    pub excused: i64,
    /// Period by period, oldest first, none left out.
    pub periods: Vec<PeriodFigure>,
    /// False while the past is still being computed.
    pub complete: bool,
}

impl ClauseFigure {
    /// Makes the figure that of one of its periods.
    pub fn narrow_to(&mut self, period: &str) {
        if let Some(one) = self.periods.iter().find(|one| one.period == period) {
            (self.total, self.broken) = (one.total, one.broken);
            (self.open, self.excused) = (one.open, one.excused);
            (self.value, self.met) = (one.value, one.met);
        }
    }
}

/// A clause in one period.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct PeriodFigure {
    /// `2026-11-28`, `2026-W48`, `2026-11`, `2026-Q4`, `2026`.
    pub period: String,
    /// How many are decided.
    pub total: i64,
    /// How many of them break the rule.
    pub broken: i64,
    /// How many are not decided yet.
    pub open: i64,
    /// How many are excused.
    pub excused: i64,
    /// The figure; none where nothing is decided.
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
    let days = reach::last_months(&app, query.months);
    let mut clauses = app.manuals.current().clauses.clone();
    clauses.sort_by(|a, b| a.def.id.cmp(&b.def.id));
    let items = figures(&app, &me, &clauses, &asked, days).await?;
    Ok(Json(ClauseList { items }))
}

#[derive(FromQueryResult)]
struct Counted {
    clause: String,
    period: String,
    #[sea_orm(nested)]
    counts: Summed,
}

/// Figures of these clauses in their periods between two days, in the order given.
///
/// # Errors
/// As [`reach::facts`]; the database's.
pub async fn figures(
    app: &App,
    me: &Me,
    clauses: &[Arc<ClauseRules>],
    asked: &Asked,
    days: (NaiveDate, NaiveDate),
) -> Result<Vec<ClauseFigure>, Problem> {
    let ids: Vec<&str> = clauses.iter().map(|clause| clause.def.id.as_str()).collect();
    let periods = reach::periods(clauses.iter().map(|clause| &clause.def), days);
    let facts = reach::facts(app, me, asked, &ids, &periods)?;
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let counted = super::sums::counted(app, me, asked, &ids, &periods)?;
    let from = counted.unwrap_or_else(|| Filter {
        sql: format!(
            "(select clause, period, {OF_FACT} from fact where {} and compliance <> 'counted') counted",
            facts.sql
        ),
        values: facts.values,
    });
    let sql = format!(
        "select clause, period, {SUMMED} from {} group by clause, period",
        from.sql
    );
    let rows: Vec<Counted> = app.db.read().rows(&sql, from.values).await?;
    let counted: BTreeMap<(String, String), Counts> = rows
        .into_iter()
        .map(|row| ((row.clause, row.period), row.counts.into()))
        .collect();
    let complete = fill::complete(app).await?;
    let figure = |clause: &Arc<ClauseRules>| {
        let periods = clause.def.per.names(days.0, days.1);
        let of = |period: &String| counted.get(&(clause.def.id.clone(), period.clone())).copied();
        let counts: Vec<Counts> = periods
            .iter()
            .map(|period| of(period).unwrap_or_default())
            .collect();
        figure_of(clause, &periods, &counts, complete.contains(&clause.def.id))
    };
    Ok(clauses.iter().map(figure).collect())
}

fn figure_of(clause: &ClauseRules, periods: &[String], counts: &[Counts], complete: bool) -> ClauseFigure {
    let def = &clause.def;
    let (figure, figure_title) = match def.figure {
        Figure::Share => ("share", "达标率"),
        Figure::Breaks => ("breaks", "未达标次数"),
        Figure::Count => ("count", "次数"),
        Figure::Average => ("average", "平均"),
    };
    let all = sum(counts);
    let period = |(period, counts): (&String, &Counts)| PeriodFigure {
        period: period.clone(),
        total: counts.total(),
        broken: counts.broken,
        open: counts.open,
        excused: counts.excused,
        value: counts.figure(def.figure),
        met: counts.met(clause),
    };
    ClauseFigure {
        id: def.id.clone(),
        title: def.title.clone(),
        threshold: clause.target(),
        figure: figure.to_owned(),
        figure_title: figure_title.to_owned(),
        per: def.per.into(),
        value: all.figure(def.figure),
        met: met_over(clause, counts),
        total: all.total(),
        broken: all.broken,
        open: all.open,
        excused: all.excused,
        periods: periods.iter().zip(counts).map(period).collect(),
        complete,
    }
}
