//! The ledger 台账 of any kind: what was registered in a period, one row each (QUALITY-1, QUALITY-4).

use super::Asked;
use super::shape::{Chart, Part, Row, Shown};
use crate::auth::Me;
use crate::cases::columns;
use crate::cases::export::cell;
use crate::cases::lists::{self, CaseQuery};
use crate::context::App;
use crate::error::Problem;

/// Rows read at a time.
const PAGE: u32 = 200;

/// The one part of the report.
///
/// # Errors
/// [`Problem::field`] without a kind; the database's.
pub async fn parts(app: &App, me: &Me, asked: &Asked) -> Result<Vec<Part>, Problem> {
    let manual = app.manuals.current();
    let rules = asked.kind.as_deref().and_then(|kind| manual.kind(kind));
    let rules = rules.ok_or_else(|| Problem::field("kind", "请选择哪一类事项的台账"))?;
    let unwanted = ["case.due", "case.due_at", "case.assignee"];
    let mut columns = columns::chosen(&manual, Some(&rules.kind.name), None);
    columns.retain(|c| !unwanted.contains(&c.name.as_str()));
    let heads: Vec<(&str, Shown)> = columns
        .iter()
        .map(|c| (c.title.as_str(), Shown::of(&c.r#type)))
        .collect();
    let mut part = Part::new("rows", &rules.kind.title, Chart::Table, &heads);
    let mut query = CaseQuery {
        kind: Some(rules.kind.name.clone()),
        site: asked.site.clone(),
        state: Some("all".to_owned()),
        sort: Some("newest".to_owned()),
        from: Some(asked.period.from()),
        to: Some(asked.period.to()),
        ..CaseQuery::default()
    };
    let mut left = asked.most;
    while left > 0 {
        let page = lists::page(app, me, &query, PAGE.min(left)).await?;
        left -= page.items.len() as u32;
        for row in page.items {
            part.rows.push(Row {
                cells: columns.iter().map(|c| cell(c, &row)).collect(),
                link: Some(format!("/cases/{}", row.id)),
                ..Row::default()
            });
        }
        query.cursor = page.next;
        if query.cursor.is_none() {
            break;
        }
    }
    // A ledger is read from its beginning.
    part.rows.reverse();
    if query.cursor.is_some() {
        part = part.noted(&format!(
            "只列出最近的 {} 条；全部请导出 Excel，或缩短期间。",
            asked.most
        ));
    }
    Ok(vec![part])
}
