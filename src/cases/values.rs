//! Form values as people read them, and the things they refer to.

use crate::db::Sql;
use crate::error::Problem;
use crate::vals;
use engine::case::{Case, Data};
use engine::def::{Field, FieldType};
use engine::form::Standing;
use engine::load::Rules;
use engine::time::Time;
use sea_orm::{DbErr, FromQueryResult};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// People, customers and homes that were entered must be of the case's site. Gives the files that were named.
///
/// # Errors
/// [`crate::error::Code::Invalid`] with the field.
pub async fn check_references(
    sql: &impl Sql,
    rules: &Rules,
    site: &str,
    set: &Data,
) -> Result<Vec<String>, Problem> {
    let mut uploads = Vec::new();
    for (kind, id) in engine::form::references(rules, set) {
        let (text, sentence) = match kind {
            FieldType::Person => (
                "select id from staff where id = $1 and active and exists (select 1 from staff_post p \
                 where p.staff_id = staff.id and (p.site_id is null or p.site_id = $2))",
                "所选人员不存在或已离职",
            ),
            FieldType::Customer => (
                "select id from customer u where id = $1 and not exists (select 1 from home_person x \
                 where x.customer_id = u.id) or id = $1 and exists (select 1 from home_person x \
                 join home h on h.id = x.home_id where x.customer_id = u.id and h.site_id = $2)",
                "所选客户不存在",
            ),
            FieldType::Home => (
                "select id from home where id = $1 and site_id = $2",
                "所选房屋不存在",
            ),
            _ => {
                uploads.push(id);
                continue;
            }
        };
        let found: Option<String> = sql.scalar(text, vals![id.clone(), site.to_owned()]).await?;
        if found.is_none() {
            let field = set.iter().find(|(_, value)| value.as_str() == Some(id.as_str()));
            return Err(Problem::field(field.map_or("", |(name, _)| name), sentence));
        }
    }
    Ok(uploads)
}

/// Names of people, customers, homes and files by id.
pub type Names = BTreeMap<String, String>;

#[derive(FromQueryResult)]
struct Named {
    id: String,
    name: String,
}

/// Looks up the names of ids, whatever they are.
///
/// # Errors
/// The database's.
pub async fn names(sql: &impl Sql, ids: &BTreeSet<String>) -> Result<Names, DbErr> {
    if ids.is_empty() {
        return Ok(Names::new());
    }
    let marks: Vec<String> = (1..=ids.len()).map(|n| format!("${n}")).collect();
    let list = marks.join(", ");
    let found: Vec<Named> = sql
        .rows(
            &format!(
                "select id, name from staff where id in ({list}) union all \
                 select id, name from customer where id in ({list}) union all \
                 select id, title as name from home where id in ({list}) union all \
                 select id, name from file where id in ({list})"
            ),
            ids.iter().map(|id| id.clone().into()).collect(),
        )
        .await?;
    Ok(found.into_iter().map(|n| (n.id, n.name)).collect())
}

/// Every id a form refers to.
pub fn ids(rules: &Rules, data: &Data) -> BTreeSet<String> {
    engine::form::references(rules, data)
        .into_iter()
        .map(|(_, id)| id)
        .collect()
}

/// A value as people read it.
pub fn text(field: &Field, value: &Value, names: &Names, offset: i32) -> String {
    let kind = if field.kind == FieldType::Computed {
        field.of.unwrap_or(field.kind)
    } else {
        field.kind
    };
    let unit = field.unit.as_deref().unwrap_or_default();
    match (kind, value) {
        (_, Value::Null) => "（空）".to_owned(),
        (FieldType::Money, value) => yuan(value.as_f64().unwrap_or_default() as i64),
        (FieldType::Time, value) => moment(value.as_f64().unwrap_or_default() as i64, offset),
        (FieldType::Flag, value) => if value == &Value::Bool(true) { "是" } else { "否" }.to_owned(),
        (FieldType::Person | FieldType::Customer | FieldType::Home, Value::String(id)) => {
            names.get(id).cloned().unwrap_or_default()
        }
        (FieldType::Signature, _) => "已签名".to_owned(),
        (FieldType::Files, Value::Array(items)) => format!("{}个文件", items.len()),
        (FieldType::Table, Value::Array(rows)) if field.checklist.is_some() => standing(field, rows),
        (FieldType::Table, Value::Array(rows)) => format!("{}行", rows.len()),
        (FieldType::Place, value) => value["text"].as_str().unwrap_or("已定位").to_owned(),
        (_, Value::Array(items)) => items
            .iter()
            .filter_map(Value::as_str)
            .collect::<Vec<_>>()
            .join("、"),
        (_, Value::String(text)) => text.clone(),
        (_, other) => format!("{other}{unit}"),
    }
}

/// How far a checklist has come: `28/30项，不合格2项`.
pub fn standing(field: &Field, rows: &[Value]) -> String {
    let list = field.checklist.as_ref();
    list.map_or_else(String::new, |list| Standing::of(list, rows).words(list))
}

/// Fen as yuan: `1,234.50元`.
pub fn yuan(fen: i64) -> String {
    let whole = (fen / 100).to_string();
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) && digit.is_ascii_digit() {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{grouped}.{:02}元", fen.abs() % 100)
}

/// An instant on the company's clock.
pub fn moment(at: i64, offset: i32) -> String {
    Time(at).local(offset).format("%Y-%m-%d %H:%M").to_string()
}

/// The words a case is found by: its number, and what was written into it, without what is masked.
pub fn searchable(rules: &Rules, case: &Case) -> String {
    let mut words = vec![case.number.clone()];
    for field in rules.kind.fields.iter().filter(|f| !f.personal) {
        if matches!(field.kind, FieldType::Line | FieldType::Text | FieldType::Choice)
            && let Some(text) = case.data.get(&field.name).and_then(Value::as_str)
        {
            words.push(text.to_owned());
        }
    }
    words.join("\n")
}
