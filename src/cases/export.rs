//! A list of cases as Excel: exactly what the filters show its reader, no more and no less (QUALITY-2, QUALITY-4).

use super::columns::{self, Column};
use super::lists::{self, CaseQuery};
use super::rows::CaseRow;
use crate::api::{Json, Query};
use crate::auth::Me;
use crate::context::App;
use crate::error::Problem;
use crate::estate::Reason;
use crate::exchange::book::{Book, Cell, MOST_ROWS};
use axum::extract::State;
use axum::response::Response;
use serde_json::Value;

/// Rows read at a time.
const PAGE: u32 = 200;

/// The list as Excel, with the same filters and columns: what one sees there, masked as there. The file says so when
/// there are more than 20 000 rows. Who took what, and why, stands on the record of looks at personal data (SAFE-4).
#[utoipa::path(post, path = "/cases/export", tag = "cases", params(CaseQuery), request_body = Reason,
    responses((status = 200, description = "An Excel file", body = Vec<u8>,
        content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))]
pub async fn export_cases(
    State(app): State<App>,
    me: Me,
    Query(mut query): Query<CaseQuery>,
    Json(why): Json<Reason>,
) -> Result<Response, Problem> {
    let manual = app.manuals.current();
    let columns = columns::chosen(&manual, query.kind.as_deref(), query.columns.as_deref());
    let title = query.kind.as_deref().and_then(|kind| manual.kind(kind));
    let title = title.map_or_else(|| "事项".to_owned(), |rules| rules.kind.title.clone());
    why.look(&app, &me, "export-cases", &format!("{query:?}")).await?;
    query.cursor = None;
    let mut book = Book::new(manual.offset());
    let widths: Vec<f64> = columns.iter().map(width).collect();
    book.sheet(&title, &widths)?;
    book.heads(columns.iter().map(|c| c.title.as_str()), true)?;
    let mut written = 0;
    loop {
        let page = lists::page(&app, &me, &query, PAGE.min(MOST_ROWS - written)).await?;
        for row in &page.items {
            let cells: Vec<Cell> = columns.iter().map(|c| cell(c, row)).collect();
            book.row(&cells)?;
            written += 1;
        }
        query.cursor = page.next;
        if query.cursor.is_none() || written >= MOST_ROWS {
            break;
        }
    }
    if query.cursor.is_some() {
        book.line(&cut_off(), false)?;
    }
    book.answer(&title).await
}

/// The last row of a file that does not hold everything.
pub fn cut_off() -> String {
    format!("以上是前 {MOST_ROWS} 条，后面还有没有导出的；请缩小筛选范围，分几次导出。")
}

fn width(column: &Column) -> f64 {
    match column.r#type.as_str() {
        "text" => 48.0,
        "line" | "choice" | "choices" => 16.0,
        "time" => 17.0,
        _ => 12.0,
    }
}

/// What a column shows of a case.
pub fn cell(column: &Column, row: &CaseRow) -> Cell {
    let named = |name: Option<&str>| name.map_or(Cell::Empty, |n| Cell::Text(n.to_owned()));
    match column.name.as_str() {
        "case.number" => Cell::Text(row.number.clone()),
        "case.kind" => Cell::Text(row.kind_title.clone()),
        "case.heading" => Cell::Text(row.heading.clone()),
        "case.stage" => Cell::Text(row.stage_title.clone()),
        "case.due" => named(row.next_due.as_ref().map(|due| due.title.as_str())),
        "case.due_at" => moment(row.next_due.as_ref().and_then(|due| due.due_at)),
        "case.site" => Cell::Text(row.site.name.clone()),
        "case.home" => named(row.home.as_ref().map(|h| h.title.as_str())),
        "case.customer" => named(row.customer.as_ref().map(|c| c.name.as_str())),
        "case.assignee" => named(row.assignee.as_ref().map(|p| p.name.as_str())),
        "case.responsible" => named(row.responsible.as_ref().map(|p| p.name.as_str())),
        "case.urgency" => named(["一般", "急", "特急"].get(usize::from(row.urgency)).copied()),
        "case.level" => Cell::Count(i64::from(row.level)),
        "case.reminders" => Cell::Count(i64::from(row.reminders)),
        "case.opened_at" => Cell::Moment(row.opened_at),
        "case.closed_at" => moment(row.closed_at),
        field => row
            .list
            .get(field)
            .map_or(Cell::Empty, |value| entered(column, value)),
    }
}

fn moment(at: Option<i64>) -> Cell {
    at.map_or(Cell::Empty, Cell::Moment)
}

/// A value of a form, as [`super::rows`] gives it: names in place of ids, personal data masked.
fn entered(column: &Column, value: &Value) -> Cell {
    match (column.r#type.as_str(), value) {
        (_, Value::Null) => Cell::Empty,
        ("money", Value::Number(fen)) => Cell::Money(fen.as_f64().unwrap_or_default() as i64),
        ("time", Value::Number(at)) => Cell::Moment(at.as_f64().unwrap_or_default() as i64),
        (_, Value::Number(number)) => Cell::Number(number.as_f64().unwrap_or_default()),
        (_, Value::Bool(flag)) => Cell::Text(if *flag { "是" } else { "否" }.to_owned()),
        (_, Value::String(text)) => Cell::Text(text.clone()),
        ("table", Value::Array(rows)) => Cell::Text(format!("{}行", rows.len())),
        (_, Value::Array(items)) => {
            let items: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
            Cell::Text(items.join("、"))
        }
        (_, Value::Object(place)) => {
            let said = place.get("text").and_then(Value::as_str);
            Cell::Text(said.unwrap_or("已定位").to_owned())
        }
    }
}
