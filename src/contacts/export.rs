//! The register as Excel: exactly what the filters show its reader (INTAKE-1, QUALITY-2).

use super::list::{self, ContactQuery};
use super::rows::ContactRow;
use crate::api::{Json, Query};
use crate::auth::Me;
use crate::cases::export::cut_off;
use crate::context::App;
use crate::error::Problem;
use crate::estate::Reason;
use crate::exchange::book::{Book, Cell, MOST_ROWS};
use axum::extract::State;
use axum::response::Response;
use engine::def::Area;

/// Rows read at a time.
const PAGE: u32 = 200;
const COLUMNS: [(&str, f64); 12] = [
    ("编号", 18.0),
    ("时间", 17.0),
    ("项目", 16.0),
    ("渠道", 10.0),
    ("客户", 14.0),
    ("电话", 14.0),
    ("房屋", 18.0),
    ("客户说的", 48.0),
    ("判断", 16.0),
    ("事项", 30.0),
    ("办结", 8.0),
    ("登记人", 12.0),
];

/// The register as Excel, with the same filters, masked as on the screen. The file says so when there are more than
/// 20 000 rows. Who took what, and why, is recorded (SAFE-4).
#[utoipa::path(post, path = "/contacts/export", tag = "contacts", params(ContactQuery), request_body = Reason,
    responses((status = 200, description = "An Excel file", body = Vec<u8>,
        content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))]
pub async fn export_contacts(
    State(app): State<App>,
    me: Me,
    Query(mut query): Query<ContactQuery>,
    Json(why): Json<Reason>,
) -> Result<Response, Problem> {
    me.must(Area::Desk)?;
    why.look(&app, &me, "export-contacts", &format!("{query:?}"))
        .await?;
    query.cursor = None;
    let mut book = Book::new(app.manuals.current().offset());
    book.sheet("来电来访登记", &COLUMNS.map(|c| c.1))?;
    book.heads(COLUMNS.iter().map(|c| c.0), true)?;
    let mut written = 0;
    loop {
        let page = list::page(&app, &me, &query, PAGE.min(MOST_ROWS - written)).await?;
        for row in page.items {
            book.row(&cells(row))?;
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
    book.answer("来电来访登记").await
}

fn cells(row: ContactRow) -> Vec<Cell> {
    let judged: Vec<String> = row.judgements.into_iter().map(|j| j.title).collect();
    let cases: Vec<String> = row
        .cases
        .into_iter()
        .map(|c| format!("{} {}", c.number, c.stage_title))
        .collect();
    vec![
        Cell::Text(row.number),
        Cell::Moment(row.happened_at),
        Cell::Text(row.site_name),
        Cell::Text(row.channel_title),
        Cell::Text(row.customer.map_or(row.caller_name, |c| c.name)),
        Cell::Text(row.caller_phone_masked),
        Cell::Text(row.home.map_or_else(String::new, |h| h.title)),
        Cell::Text(row.said),
        Cell::Text(judged.join("、")),
        Cell::Text(cases.join("；")),
        Cell::Text(if row.settled { "是" } else { "否" }.to_owned()),
        Cell::Text(row.taker.map_or_else(String::new, |t| t.name)),
    ]
}
