//! One clause: who keeps it, and what broke it, down to the case (QUALITY-9).

use super::board::{ClauseFigure, figures};
use super::figure::Counts;
use super::reach::{self, Asked, said};
use crate::api::{Json, Path, Query};
use crate::app::App;
use crate::auth::Me;
use crate::cases::rows::{self as case_rows, CaseRow};
use crate::cases::scope::Filter;
use crate::contacts::rows::{self as contact_rows, ContactRow};
use crate::db::Sql;
use crate::error::Problem;
use crate::vals;
use axum::extract::State;
use engine::case::{Case, Run, RunEnd};
use engine::load::ClauseRules;
use engine::time::Time;
use sea_orm::{FromQueryResult, Value as Sv};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashMap;

/// Violators of a page.
const PAGE: usize = 50;
/// Groups shown; those with most breaks come first.
const GROUPS: i64 = 200;

/// What is asked of a clause.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
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
    /// As on the board.
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

/// What broke a clause.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Violator {
    /// The case.
    pub case: Option<CaseRow>,
    /// The contact.
    pub contact: Option<ContactRow>,
    /// Instant by which it is counted.
    pub at: i64,
    /// What was to be, and what was.
    pub reason: String,
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
    let shown = shown.into_iter().next().ok_or_else(Problem::not_found)?;
    let narrowed = match said(query.month) {
        Some(month) => vec![month],
        None => months,
    };
    let facts = facts(&app, &me, &clause, &asked, &narrowed)?;
    let groups = groups(&app, &clause, &facts, query.by).await?;
    let (violators, hidden, next) = violators(&app, &me, &clause, facts, query.cursor.as_deref()).await?;
    Ok(Json(ClauseDetail {
        clause: shown,
        groups,
        violators,
        hidden,
        next,
    }))
}

/// The condition on the clause's facts in those months (oldest first).
fn facts(
    app: &App,
    me: &Me,
    clause: &ClauseRules,
    asked: &Asked,
    months: &[String],
) -> Result<Filter, Problem> {
    let span = months.first().zip(months.last());
    let (from, to) = span
        .map(|(from, to)| (from.clone(), to.clone()))
        .unwrap_or_default();
    let mut values = vals![clause.def.id.clone(), from, to];
    let reach = reach::condition(app, me, asked, values.len())?;
    values.extend(reach.values);
    Ok(Filter {
        sql: format!("clause = $1 and month >= $2 and month <= $3 and {}", reach.sql),
        values,
    })
}

#[derive(FromQueryResult)]
struct Group {
    key: Option<String>,
    title: Option<String>,
    total: i64,
    broken: i64,
}

async fn groups(
    app: &App,
    clause: &ClauseRules,
    facts: &Filter,
    by: By,
) -> Result<Vec<GroupFigure>, Problem> {
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
    let rows: Vec<Group> = app.db.read().rows(&sql, facts.values.clone()).await?;
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

#[derive(FromQueryResult)]
struct Broken {
    subject: String,
    case_id: Option<String>,
    contact_id: Option<String>,
    at: i64,
}

/// A page of what broke the clause, how much of it the reader may not see, and where the page ended.
async fn violators(
    app: &App,
    me: &Me,
    clause: &ClauseRules,
    mut facts: Filter,
    cursor: Option<&str>,
) -> Result<(Vec<Violator>, usize, Option<String>), Problem> {
    let after = cursor.and_then(|c| c.split_once('~'));
    if let Some((at, subject)) = after.and_then(|(at, subject)| Some((at.parse::<i64>().ok()?, subject))) {
        let (at, subject) = (facts.bind(0, at), facts.bind(0, subject.to_owned()));
        facts.sql = format!("{} and (at, subject) < ({at}, {subject})", facts.sql);
    }
    let sql = format!(
        "select subject, case_id, contact_id, at from fact where {} and not met \
         order by at desc, subject desc limit {}",
        facts.sql,
        PAGE + 1
    );
    let mut broken: Vec<Broken> = app.db.read().rows(&sql, facts.values).await?;
    let more = broken.len() > PAGE;
    broken.truncate(PAGE);
    let next = broken
        .last()
        .filter(|_| more)
        .map(|b| format!("{}~{}", b.at, b.subject));
    let count = broken.len();
    let shown = show(app, me, clause, broken).await?;
    let hidden = count - shown.len();
    Ok((shown, hidden, next))
}

async fn show(
    app: &App,
    me: &Me,
    clause: &ClauseRules,
    broken: Vec<Broken>,
) -> Result<Vec<Violator>, Problem> {
    let read = app.db.read();
    let ids = |of: fn(&Broken) -> &Option<String>| {
        let mut ids: Vec<String> = broken.iter().filter_map(|b| of(b).clone()).collect();
        ids.sort();
        ids.dedup();
        ids
    };
    let cases = case_rows::by_ids(app, read, me, &ids(|b| &b.case_id)).await?;
    let cases: HashMap<String, CaseRow> = cases.into_iter().map(|c| (c.id.clone(), c)).collect();
    let contacts = contact_rows::by_ids(app, read, me, &ids(|b| &b.contact_id)).await?;
    let contacts: HashMap<String, ContactRow> = contacts.into_iter().map(|c| (c.id.clone(), c)).collect();
    let runs = runs(read, &broken, &cases).await?;
    let offset = app.manuals.current().offset();
    let mut shown = Vec::with_capacity(broken.len());
    for one in broken {
        let case = one.case_id.as_ref().and_then(|id| cases.get(id)).cloned();
        let contact = one.contact_id.as_ref().and_then(|id| contacts.get(id)).cloned();
        if case.is_none() && contact.is_none() {
            continue;
        }
        let late = runs
            .get(&one.subject)
            .and_then(|run| lateness(run, offset, app.clock.now()));
        let reason = late.unwrap_or_else(|| format!("未达到：{}", clause.def.title));
        shown.push(Violator {
            case,
            contact,
            at: one.at,
            reason,
        });
    }
    Ok(shown)
}

#[derive(FromQueryResult)]
struct Snapshot {
    state: Value,
}

/// Runs that broke the clause, by subject, of cases the reader sees.
async fn runs(
    read: &impl Sql,
    broken: &[Broken],
    seen: &HashMap<String, CaseRow>,
) -> Result<HashMap<String, Run>, Problem> {
    let of_runs = broken.iter().filter(|b| b.subject.contains('/'));
    let ids: Vec<Sv> = of_runs
        .filter_map(|b| b.case_id.clone())
        .filter(|id| seen.contains_key(id))
        .map(Sv::from)
        .collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let marks: Vec<String> = (1..=ids.len()).map(|n| format!("${n}")).collect();
    let sql = format!("select state from case_record where id in ({})", marks.join(", "));
    let rows: Vec<Snapshot> = read.rows(&sql, ids).await?;
    let mut runs = HashMap::new();
    for row in rows {
        let case: Case = serde_json::from_value(row.state)?;
        runs.extend(
            case.runs
                .into_iter()
                .map(|run| (format!("{}/{}", case.id, run.run), run)),
        );
    }
    Ok(runs)
}

/// 应于 11-03 10:00 前完成，实际 11-03 12:20. None for a run that is not late: the clause has its own idea of a break.
fn lateness(run: &Run, offset: i32, now: i64) -> Option<String> {
    let due = run.breached_at.and(run.due_at).or(run.breached_at)?;
    let said = |at: Time| {
        let (local, year) = (at.local(offset), Time(now).local(offset).format("%Y").to_string());
        let form = if local.format("%Y").to_string() == year {
            "%m-%d %H:%M"
        } else {
            "%Y-%m-%d %H:%M"
        };
        local.format(form).to_string()
    };
    let end = match run.ended {
        Some((at, RunEnd::Done)) => format!("实际 {}", said(at)),
        Some((at, RunEnd::Lapsed)) => format!("到 {} 结束时仍未完成", said(at)),
        None => "至今未完成".to_owned(),
    };
    Some(format!("应于 {} 前完成，{end}", said(due)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::case::RunLimit;

    const OFFSET: i32 = 480;

    fn at(text: &str) -> Time {
        Time::parse_local(text, OFFSET).expect("time")
    }

    fn run(due: &str, ended: Option<(&str, RunEnd)>) -> Run {
        Run {
            run: 0,
            clock: "response".to_owned(),
            started_at: at("2026-11-03 09:00"),
            limit: RunLimit::Span("1h".to_owned()),
            calendar: "around-the-clock".to_owned(),
            due_at: Some(at(due)),
            pauses: Vec::new(),
            steps: Vec::new(),
            ended: ended.map(|(when, end)| (at(when), end)),
            breached_at: Some(at(due)),
        }
    }

    #[test]
    fn the_reason_says_what_was_due_and_what_was() {
        let now = at("2026-11-10 08:00").0;
        let due = "2026-11-03 10:00";
        let said = |ended| lateness(&run(due, ended), OFFSET, now).expect("late");
        assert_eq!(
            said(Some(("2026-11-03 12:20", RunEnd::Done))),
            "应于 11-03 10:00 前完成，实际 11-03 12:20"
        );
        assert_eq!(said(None), "应于 11-03 10:00 前完成，至今未完成");
        assert_eq!(
            said(Some(("2026-11-04 09:00", RunEnd::Lapsed))),
            "应于 11-03 10:00 前完成，到 11-04 09:00 结束时仍未完成"
        );
        let old = run("2025-12-31 23:30", None);
        assert_eq!(
            lateness(&old, OFFSET, now).expect("late"),
            "应于 2025-12-31 23:30 前完成，至今未完成"
        );
        assert_eq!(
            lateness(
                &Run {
                    breached_at: None,
                    ..old
                },
                OFFSET,
                now
            ),
            None
        );
    }
}
