//! What broke a clause, or is open, excused or kept, with the reason in words (QUALITY-9).

use crate::auth::Me;
use crate::cases::pick;
use crate::cases::rows::CaseRow;
use crate::contacts::rows::{self as contact_rows, ContactRow};
use crate::context::App;
use crate::db::Filter;
use crate::db::Sql;
use crate::error::Problem;
use engine::case::{Case, Run, RunEnd};
use engine::load::ClauseRules;
use engine::measure::Compliance;
use engine::time::Time;
use sea_orm::{FromQueryResult, Value as Sv};
use serde::Serialize;
use serde_json::Value;
use std::collections::HashMap;

/// Subjects of a page.
const PAGE: usize = 50;

/// What broke a clause, or is open, excused or kept.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Subject {
    /// The case.
    pub case: Option<CaseRow>,
    /// The contact.
    pub contact: Option<ContactRow>,
    /// The site, home or person whose cases of a period are counted.
    pub anchor: Option<String>,
    /// Instant by which it is counted.
    pub at: i64,
    /// What was to be, and what was.
    pub reason: String,
}

#[derive(FromQueryResult)]
struct Row {
    subject: String,
    case_id: Option<String>,
    contact_id: Option<String>,
    anchor: Option<String>,
    at: i64,
    period: String,
    reason: Option<String>,
    due_at: Option<i64>,
    value: Option<f64>,
}

/// A page of those that stand so to the clause (`facts` picks among them), how much of it the reader may not see, and
/// where the page ended.
///
/// # Errors
/// The database's.
pub async fn subjects(
    app: &App,
    me: &Me,
    clause: &ClauseRules,
    (mut facts, standing): (Filter, Compliance),
    cursor: Option<&str>,
) -> Result<(Vec<Subject>, usize, Option<String>), Problem> {
    let after = cursor.and_then(|c| c.split_once('~'));
    if let Some((at, subject)) = after.and_then(|(at, subject)| Some((at.parse::<i64>().ok()?, subject))) {
        let (at, subject) = (facts.bind(0, at), facts.bind(0, subject.to_owned()));
        facts.sql = format!("{} and (at, subject) < ({at}, {subject})", facts.sql);
    }
    let standing = facts.bind(0, standing.name());
    let sql = format!(
        "select f.subject, f.case_id, f.contact_id, f.at, f.period, f.reason, f.due_at, f.value, \
         case when f.anchor_id is not null then coalesce((select s.name from site s where s.id = f.anchor_id), \
         (select h.title from home h where h.id = f.anchor_id), \
         (select t.name from staff t where t.id = f.anchor_id), '公司') end as anchor \
         from (select * from fact where {} and compliance = {standing} order by at desc, subject desc limit {}) f \
         order by f.at desc, f.subject desc",
        facts.sql,
        PAGE + 1
    );
    let mut rows: Vec<Row> = app.db.read().rows(&sql, facts.values).await?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let next = rows
        .last()
        .filter(|_| more)
        .map(|row| format!("{}~{}", row.at, row.subject));
    let count = rows.len();
    let shown = show(app, me, clause, rows).await?;
    let hidden = count - shown.len();
    Ok((shown, hidden, next))
}

async fn show(app: &App, me: &Me, clause: &ClauseRules, rows: Vec<Row>) -> Result<Vec<Subject>, Problem> {
    let read = app.db.read();
    let ids = |of: fn(&Row) -> &Option<String>| {
        let mut ids: Vec<String> = rows.iter().filter_map(|b| of(b).clone()).collect();
        ids.sort();
        ids.dedup();
        ids
    };
    let cases = pick::by_ids(app, read, me, &ids(|b| &b.case_id)).await?;
    let cases: HashMap<String, CaseRow> = cases.into_iter().map(|c| (c.id.clone(), c)).collect();
    let contacts = contact_rows::by_ids(app, read, me, &ids(|b| &b.contact_id)).await?;
    let contacts: HashMap<String, ContactRow> = contacts.into_iter().map(|c| (c.id.clone(), c)).collect();
    let runs = runs(read, &rows, &cases).await?;
    let offset = app.manuals.current().offset();
    let mut shown = Vec::with_capacity(rows.len());
    for one in rows {
        let case = one.case_id.as_ref().and_then(|id| cases.get(id)).cloned();
        let contact = one.contact_id.as_ref().and_then(|id| contacts.get(id)).cloned();
        if case.is_none() && contact.is_none() && one.anchor.is_none() {
            continue;
        }
        let run = runs.get(&one.subject);
        let reason = why(&one, run, (offset, app.clock.now()))
            .unwrap_or_else(|| format!("未达到：{}", clause.def.title));
        shown.push(Subject {
            case,
            contact,
            anchor: one.anchor,
            at: one.at,
            reason,
        });
    }
    Ok(shown)
}

/// What is known of how it came to stand so; none: it broke the clause in a way of the clause's own.
fn why(row: &Row, run: Option<&Run>, (offset, now): (i32, i64)) -> Option<String> {
    if let Some(reason) = &row.reason {
        return Some(reason.clone());
    }
    if let Some(count) = row.value.filter(|_| row.anchor.is_some()) {
        return Some(format!("{}：{count} 次", row.period));
    }
    let due = row
        .due_at
        .or_else(|| Some(run.filter(|run| run.ended.is_none())?.due_at?.0));
    match run.and_then(|run| lateness(run, offset, now)) {
        Some(late) => Some(late),
        None => due.map(|due| format!("应于 {} 前完成", clock(Time(due), offset, now))),
    }
}

#[derive(FromQueryResult)]
struct Snapshot {
    state: Value,
}

/// Runs that broke the clause, by subject, of cases the reader sees.
async fn runs(
    read: &impl Sql,
    rows: &[Row],
    seen: &HashMap<String, CaseRow>,
) -> Result<HashMap<String, Run>, Problem> {
    let of_runs = rows.iter().filter(|b| b.subject.contains('/'));
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
    let snapshots: Vec<Snapshot> = read.rows(&sql, ids).await?;
    let mut runs = HashMap::new();
    for row in snapshots {
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
    let said = |at: Time| clock(at, offset, now);
    let end = match run.ended {
        Some((at, RunEnd::Done)) => format!("实际 {}", said(at)),
        Some((at, RunEnd::Lapsed)) => format!("到 {} 结束时仍未完成", said(at)),
        None => "至今未完成".to_owned(),
    };
    Some(format!("应于 {} 前完成，{end}", said(due)))
}

/// `11-03 10:00`, with the year where it is another one.
fn clock(at: Time, offset: i32, now: i64) -> String {
    let (local, year) = (at.local(offset), Time(now).local(offset).format("%Y").to_string());
    let form = if local.format("%Y").to_string() == year {
        "%m-%d %H:%M"
    } else {
        "%Y-%m-%d %H:%M"
    };
    local.format(form).to_string()
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
            reminder: false,
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
