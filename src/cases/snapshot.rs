//! The row of a case that lists read.

use super::pen::Pen;
use super::world::Around;
use crate::base::standing::standing;
use crate::db::Sql;
use crate::error::{Code, Problem};
use crate::vals;
use engine::case::Case;
use engine::load::Rules;
use sea_orm::Value as Sv;

/// What changes of a case, in the order of [`changing`].
const CHANGE: &str = "case_record (id, seq, stage, heading, area_id, home_id, customer_id, urgency, level, reminders, \
                      closed_at, merged_into, passing_to, next_due_at, wake_at, data, state)";
/// The table, and the columns of [`row`] in their order.
pub const COLUMNS: &str = "case_record (id, seq, stage, heading, area_id, home_id, customer_id, urgency, level, \
     reminders, closed_at, merged_into, passing_to, next_due_at, wake_at, data, state, kind, manual, site_id, number, \
     contact_id, parent_id, channel, opened_at)";

/// The row of a new case; `area`: that of its home.
///
/// # Errors
/// When the case cannot be written as JSON.
pub fn row(rules: &Rules, case: &Case, area: Option<String>) -> Result<Vec<Sv>, Problem> {
    let mut values = changing(rules, case, area)?;
    values.extend(vals![
        case.kind.clone(),
        case.manual.clone(),
        case.site.clone(),
        case.number.clone(),
        case.contact.clone(),
        case.parent.clone(),
        case.channel.clone(),
        case.opened_at.0,
    ]);
    Ok(values)
}

fn changing(rules: &Rules, case: &Case, area: Option<String>) -> Result<Vec<Sv>, Problem> {
    Ok(vals![
        case.id.clone(),
        case.seq,
        case.stage.clone(),
        engine::tell::heading(rules, case),
        area,
        case.home.clone(),
        case.customer.clone(),
        i64::from(case.urgency),
        i64::from(case.level),
        i64::from(case.reminders),
        case.closed_at.map(|t| t.0),
        case.merged_into.clone(),
        case.passing.as_ref().map(|p| p.to.clone()),
        case.next_due().and_then(|r| r.due_at).map(|t| t.0),
        case.next_wake().map(|t| t.0),
        serde_json::Value::Object(case.data.clone()),
        serde_json::to_value(case)?,
    ])
}

/// Writes the row; its version must still be the one that was read. That of a case of a batch waits for the others.
/// Gives the manual in force, as [`crate::measure`]
/// needs it: asked while this row is written and locked.
///
/// # Errors
/// [`Code::Stale`] when somebody was quicker.
pub async fn write(
    pen: &Pen<'_>,
    around: &Around,
    rules: &Rules,
    before: Option<&Case>,
    case: &Case,
) -> Result<String, Problem> {
    let area = match (before, &case.home) {
        (None, _) => around.area().map(str::to_owned),
        (Some(b), home) if b.home == *home => around.area().map(str::to_owned),
        (_, Some(home)) => area_of(pen.tx, home).await?,
        (_, None) => None,
    };
    const IN_FORCE: &str = "returning (select value from setting where name = 'manual')";
    if let (Some(_), Some(known)) = (before, around.prefetched()) {
        pen.tx.change_later(CHANGE, changing(rules, case, area)?).await?;
        return Ok(known.manual.clone());
    }
    if before.is_none() && !pen.tx.is_postgres() {
        pen.tx.later(COLUMNS, "", row(rules, case, area)?);
        return Ok(standing(pen.tx).await?.manual().to_owned());
    }
    let (sql, values) = match before {
        Some(before) => {
            let mut values = changing(rules, case, area)?;
            values.extend(vals![before.seq]);
            let sql = format!(
                "update case_record set seq = $2, stage = $3, heading = $4, area_id = $5, home_id = $6, \
                 customer_id = $7, urgency = $8, level = $9, reminders = $10, closed_at = $11, merged_into = $12, \
                 passing_to = $13, next_due_at = $14, wake_at = $15, data = $16, state = $17 \
                 where id = $1 and seq = $18 {IN_FORCE}"
            );
            (sql, values)
        }
        None => {
            let values = row(rules, case, area)?;
            let marks: Vec<String> = (1..=values.len()).map(|n| format!("${n}")).collect();
            (
                format!("insert into {COLUMNS} values ({}) {IN_FORCE}", marks.join(", ")),
                values,
            )
        }
    };
    let manual: Option<serde_json::Value> = pen.tx.scalar(&sql, values).await?;
    let manual =
        manual.ok_or_else(|| Problem::new(Code::Stale, "刚刚有人修改了这项事项，请看过最新内容再办理"))?;
    Ok(manual.as_str().unwrap_or_default().to_owned())
}

async fn area_of(sql: &impl Sql, home: &str) -> Result<Option<String>, Problem> {
    let found: Option<Option<String>> = sql
        .scalar(
            "select b.area_id from home h join building b on b.id = h.building_id where h.id = $1",
            vals![home.to_owned()],
        )
        .await?;
    Ok(found.flatten())
}
