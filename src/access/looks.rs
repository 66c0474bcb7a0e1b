//! Who looked at whose personal data, and why (SAFE-4).

use super::{administrator, title_of};
use crate::api::{Json, Query};
use crate::auth::Me;
use crate::context::App;
use crate::db::Sql;
use crate::error::Problem;
use crate::vals;
use axum::extract::State;
use sea_orm::FromQueryResult;
use serde::{Deserialize, Serialize};

/// Rows of a page.
const PAGE: usize = 50;
/// Sorts of looks, and what people call them.
const TITLES: [(&str, &str); 7] = [
    ("customer", "查看客户号码"),
    ("case", "查看事项里的个人信息"),
    ("paper", "打印单据"),
    ("phone", "按电话查找"),
    ("export-cases", "导出事项"),
    ("export-contacts", "导出登记簿"),
    ("export-report", "导出报表"),
];

/// Which looks.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LookQuery {
    /// Of this member of staff.
    staff: Option<String>,
    /// Where the page before ended.
    cursor: Option<String>,
}

/// Looks.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Looks {
    /// Newest first.
    items: Vec<LookView>,
    /// Pass it as `cursor` for the next page.
    next: Option<String>,
}

/// A look.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct LookView {
    id: String,
    at: i64,
    /// Who.
    actor: String,
    /// Sort, in words.
    title: String,
    /// Whose: a customer's name, a case's number, a masked phone; empty for a file.
    subject: String,
    /// Why.
    reason: String,
}

#[derive(FromQueryResult)]
struct Row {
    id: String,
    at: i64,
    actor: String,
    what: String,
    subject: String,
    reason: String,
}

/// Looks at personal data, and what was taken away as files, for administrators of the whole company.
#[utoipa::path(get, path = "/looks", tag = "access", params(LookQuery), responses((status = 200, body = Looks)))]
pub async fn list_looks(
    State(app): State<App>,
    me: Me,
    Query(query): Query<LookQuery>,
) -> Result<Json<Looks>, Problem> {
    administrator(&app, &me)?;
    let mut values = vals![(PAGE + 1) as i64];
    let mut conditions = vec!["true".to_owned()];
    for (column, value) in [("l.staff_id =", query.staff), ("l.id <", query.cursor)] {
        if let Some(value) = value {
            values.push(value.into());
            conditions.push(format!("{column} ${}", values.len()));
        }
    }
    let sql = format!(
        "select l.id, l.at, a.name as actor, l.what, l.reason, \
         coalesce(u.name, c.number, case when l.what = 'phone' then l.subject else '' end) as subject \
         from look l join staff a on a.id = l.staff_id \
         left join customer u on l.what = 'customer' and u.id = l.subject \
         left join case_record c on l.what in ('case', 'paper') and c.id = l.subject \
         where {} order by l.id desc limit $1",
        conditions.join(" and ")
    );
    let mut rows: Vec<Row> = app.db.read().rows(&sql, values).await?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let next = rows.last().filter(|_| more).map(|row| row.id.clone());
    let items = rows.into_iter().map(|row| LookView {
        title: title_of(&TITLES, &row.what),
        id: row.id,
        at: row.at,
        actor: row.actor,
        subject: row.subject,
        reason: row.reason,
    });
    Ok(Json(Looks {
        items: items.collect(),
        next,
    }))
}
