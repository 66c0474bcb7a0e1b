//! Which cases: those of a condition, a customer, a home, some words, some ids, as rows for who looks.

use super::rows::{COLUMNS, CaseRow, Raw, render};
use super::scope;
use crate::auth::Me;
use crate::context::App;
use crate::db::Sql;
use crate::error::Problem;
use crate::search::{self, Seek};
use engine::def::Area;
use sea_orm::Value as Sv;

/// Cases that `me` sees among those a condition picks, newest first. The condition's placeholders begin at `$1`.
///
/// # Errors
/// The database's.
pub async fn pick(
    app: &App,
    sql: &impl Sql,
    me: &Me,
    condition: &str,
    values: Vec<Sv>,
    limit: u32,
) -> Result<Vec<CaseRow>, Problem> {
    pick_with(app, sql, me, condition, values, limit, None).await
}

async fn pick_with(
    app: &App,
    sql: &impl Sql,
    me: &Me,
    condition: &str,
    mut values: Vec<Sv>,
    limit: u32,
    fields: Option<&[String]>,
) -> Result<Vec<CaseRow>, Problem> {
    let scope = scope::visible(me, &app.manuals.current(), values.len());
    values.extend(scope.values);
    let sql_text = format!(
        "{COLUMNS} where {condition} and {} order by c.opened_at desc, c.id desc limit {limit}",
        scope.sql
    );
    let raw: Vec<Raw> = sql.rows(&sql_text, values).await?;
    render(app, sql, me, raw, fields).await
}

/// Cases of a customer, newest first.
///
/// # Errors
/// The database's.
pub async fn of_customer(
    app: &App,
    sql: &impl Sql,
    me: &Me,
    customer: &str,
    limit: u32,
) -> Result<Vec<CaseRow>, Problem> {
    pick(app, sql, me, "c.customer_id = $1", vec![customer.into()], limit).await
}

/// Cases of a home, newest first.
///
/// # Errors
/// The database's.
pub async fn of_home(
    app: &App,
    sql: &impl Sql,
    me: &Me,
    home: &str,
    limit: u32,
) -> Result<Vec<CaseRow>, Problem> {
    pick(app, sql, me, "c.home_id = $1", vec![home.into()], limit).await
}

/// Cases with all the words, newest first, and where the next page begins.
///
/// # Errors
/// The database's.
pub async fn with_words(
    app: &App,
    sql: &impl Sql,
    me: &Me,
    query: &str,
    before: Option<i64>,
    limit: usize,
) -> Result<(Vec<CaseRow>, Option<i64>), Problem> {
    let seek = Seek {
        query,
        sites: me.sites(),
        unmask: me.sites_where(Area::Unmask),
        before,
        limit,
    };
    let manual = app.manuals.current();
    let found = search::find_cases(sql, &seek, |used| scope::visible(me, &manual, used)).await?;
    Ok((by_ids(app, sql, me, &found.ids).await?, found.next))
}

/// The row of a case that was authorised already.
///
/// # Errors
/// [`Problem::not_found`].
pub async fn known(app: &App, sql: &impl Sql, me: &Me, id: &str) -> Result<CaseRow, Problem> {
    let raw: Vec<Raw> = sql
        .rows(&format!("{COLUMNS} where c.id = $1"), vec![id.into()])
        .await?;
    let mut rows = render(app, sql, me, raw, None).await?;
    rows.pop().ok_or_else(Problem::not_found)
}

/// Cases by id, newest first; those that `me` does not see are left out.
///
/// # Errors
/// The database's.
pub async fn by_ids(app: &App, sql: &impl Sql, me: &Me, ids: &[String]) -> Result<Vec<CaseRow>, Problem> {
    by_ids_with(app, sql, me, ids, None).await
}

/// [`by_ids`] with fields of the form that the reader chose; 200 at most.
///
/// # Errors
/// The database's.
pub async fn by_ids_with(
    app: &App,
    sql: &impl Sql,
    me: &Me,
    ids: &[String],
    fields: Option<&[String]>,
) -> Result<Vec<CaseRow>, Problem> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let marks: Vec<String> = (1..=ids.len()).map(|n| format!("${n}")).collect();
    let values = ids.iter().map(|id| id.clone().into()).collect();
    pick_with(
        app,
        sql,
        me,
        &format!("c.id in ({})", marks.join(", ")),
        values,
        200,
        fields,
    )
    .await
}
