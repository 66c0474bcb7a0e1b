//! Whose a file is.

use crate::db::{Sql, Tx};
use crate::error::Problem;
use crate::vals;
use sea_orm::Value;
use std::collections::BTreeSet;

/// Refuses files that do not exist, or are neither the uploader's own and still free nor of this case.
/// `uploader`: id of a member of staff, or `link:` and the id of a link.
///
/// # Errors
/// [`Code::Invalid`](crate::error::Code::Invalid).
pub async fn check_owned(tx: &Tx, ids: &[String], uploader: &str, case: &str) -> Result<(), Problem> {
    let ids: BTreeSet<&String> = ids.iter().collect();
    if ids.is_empty() {
        return Ok(());
    }
    let mut values = vals![case.to_owned(), uploader.to_owned()];
    let sql = format!(
        "select count(*) from file where (case_id = $1 or case_id is null and uploaded_by = $2 and not exists \
         (select 1 from contact_feedback k where k.signature = file.id)) and id in ({})",
        placeholders(&ids, &mut values)
    );
    let found: Option<i64> = tx.scalar(&sql, values).await?;
    if found == i64::try_from(ids.len()).ok() {
        return Ok(());
    }
    Err(Problem::field("files", "附件不存在，或不是您上传的，请重新上传"))
}

/// Hangs files on a case, whose row must exist; those that hang somewhere already stay there.
///
/// # Errors
/// The database's.
pub async fn attach(tx: &Tx, ids: &[String], case: &str) -> Result<(), Problem> {
    let ids: BTreeSet<&String> = ids.iter().collect();
    if ids.is_empty() {
        return Ok(());
    }
    let mut values = vals![case.to_owned()];
    let list = placeholders(&ids, &mut values);
    tx.run(
        &format!("update file set case_id = $1 where case_id is null and id in ({list})"),
        values,
    )
    .await?;
    Ok(())
}

fn placeholders(ids: &BTreeSet<&String>, values: &mut Vec<Value>) -> String {
    let names = ids.iter().map(|id| {
        values.push(Value::from((*id).clone()));
        format!("${}", values.len())
    });
    names.collect::<Vec<_>>().join(", ")
}
