//! What holds for a whole write, and is asked once in it.

use crate::db::{Sql, Tx};
use crate::error::Problem;
use crate::vals;
use sea_orm::FromQueryResult;
use serde_json::Value;
use std::sync::Arc;

/// What holds.
#[derive(Debug, FromQueryResult)]
pub struct Standing {
    manual: Option<Value>,
    hooks: i64,
}

impl Standing {
    /// What was asked in another way.
    pub fn new(manual: Value, hooks: i64) -> Standing {
        Standing {
            manual: Some(manual),
            hooks,
        }
    }

    /// The manual in force. On PostgreSQL another may come into force before this write holds its locks: there it is
    /// asked with the first row that is written.
    pub fn manual(&self) -> &str {
        self.manual.as_ref().and_then(Value::as_str).unwrap_or_default()
    }

    /// Whether other systems want to be told of anything.
    pub fn hooked(&self) -> bool {
        self.hooks > 0
    }
}

/// What holds in this write.
///
/// # Errors
/// The database's.
pub async fn standing(tx: &Tx) -> Result<Arc<Standing>, Problem> {
    if let Some(known) = tx.noted() {
        return Ok(known);
    }
    let sql = "select (select value from setting where name = 'manual') as manual, \
               (select count(*) from hook where active) as hooks";
    let found: Option<Standing> = tx.row(sql, vals![]).await?;
    Ok(tx.note(found.ok_or_else(|| Problem::internal("no answer"))?))
}
