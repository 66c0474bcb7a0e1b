//! How far those under a case have come, and which of them changed it.

use super::super::timeline::{Amendment, TimelineEntry};
use super::Looked;
use crate::base::tone;
use crate::db::Sql;
use crate::error::Problem;
use crate::vals;
use engine::load::{Manual, Rules};
use sea_orm::FromQueryResult;
use serde::Serialize;

/// Those of one kind that stand under a case.
#[derive(Debug, Default, Serialize, utoipa::ToSchema)]
pub struct UnderView {
    /// Kind.
    pub kind: String,
    /// What people call it.
    pub title: String,
    /// All of them.
    pub total: i64,
    /// Still open.
    pub open: i64,
    /// Of these, past their deadline.
    pub late: i64,
    /// Ended well.
    pub done: i64,
    /// Ended without result.
    pub void: i64,
}

#[derive(FromQueryResult)]
struct Row {
    kind: String,
    stage: String,
    closed: bool,
    number: i64,
    late: i64,
}

/// Kind by kind, in the order of the manual.
///
/// # Errors
/// The database's.
pub(super) async fn under(sql: &impl Sql, look: &Looked<'_>) -> Result<Vec<UnderView>, Problem> {
    let text = "select kind, stage, closed_at is not null as closed, count(*) as number, \
                sum(case when closed_at is null and next_due_at < $2 then 1 else 0 end) as late \
                from case_record where parent_id = $1 group by kind, stage, closed_at is not null";
    let now = look.app.clock.now();
    let rows: Vec<Row> = sql.rows(text, vals![look.case.id.clone(), now]).await?;
    let mut all: Vec<UnderView> = Vec::new();
    for child in &look.rules.kind.children {
        let mut view = UnderView {
            kind: child.kind.clone(),
            title: child.title.clone(),
            ..UnderView::default()
        };
        let rules = look.manual.kind(&child.kind);
        for row in rows.iter().filter(|row| row.kind == child.kind) {
            add(&mut view, row, rules);
        }
        if view.total > 0 {
            all.push(view);
        }
    }
    Ok(all)
}

fn add(view: &mut UnderView, row: &Row, rules: Option<&Rules>) {
    let stage = rules.and_then(|rules| rules.stage(&row.stage));
    view.total += row.number;
    view.late += row.late;
    match (row.closed, tone(stage.and_then(|s| s.tone), row.closed)) {
        (false, _) => view.open += row.number,
        (true, "void") => view.void += row.number,
        (true, _) => view.done += row.number,
    }
}

#[derive(FromQueryResult)]
struct Asked {
    id: String,
    number: String,
    kind: String,
    happened_at: i64,
    act: Option<String>,
}

/// Names, in the story of a case, the child by which it was changed: what a child writes back happens when it asks.
///
/// # Errors
/// The database's.
pub(in super::super) async fn name_amendments(
    sql: &impl Sql,
    (manual, rules): (&Manual, &Rules),
    case: &str,
    timeline: &mut [TimelineEntry],
) -> Result<(), Problem> {
    let amends = |kind: &String| manual.kind(kind).is_some_and(|r| !r.kind.amends.is_empty());
    let mut kinds = rules.kind.children.iter().map(|child| &child.kind);
    if !kinds.any(amends) {
        return Ok(());
    }
    let text = "select c.id, c.number, c.kind, e.happened_at, e.body ->> 'act' as act from case_event e \
                join case_record c on c.id = e.case_id where c.parent_id = $1 and e.type = 'parent-asked'";
    let asked: Vec<Asked> = sql.rows(text, vals![case.to_owned()]).await?;
    for entry in timeline {
        let Some(done) = &entry.done else { continue };
        let by = asked.iter().find(|asked| {
            asked.happened_at == entry.happened_at
                && asked.act.as_deref() == Some(&done.action)
                && amends(&asked.kind)
        });
        entry.amended_by = by.map(|by| Amendment {
            id: by.id.clone(),
            number: by.number.clone(),
            title: manual
                .kind(&by.kind)
                .map_or_else(|| by.kind.clone(), |r| r.kind.title.clone()),
        });
    }
    Ok(())
}
