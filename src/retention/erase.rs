//! Erasing one case with all below it, and one contact.

use crate::db::{Sql, Tx};
use crate::error::Problem;
use crate::search;
use crate::vals;
use engine::case::{Case, Data};
use sea_orm::FromQueryResult;
use serde_json::{Value, json};

/// What stands where the title was.
const GONE: &str = "（已过保存期限，内容已删除）";

#[derive(FromQueryResult)]
struct Row {
    id: String,
    number: String,
    site_id: String,
    opened_at: i64,
    state: Value,
}

#[derive(FromQueryResult)]
struct Digest {
    digest: String,
}

/// Erases a case and all below it. Digests of its files go to `digests`.
///
/// # Errors
/// The database's.
pub async fn case(tx: &Tx, run: &str, id: &str, now: i64, digests: &mut Vec<String>) -> Result<(), Problem> {
    let below: Vec<Row> = tx
        .rows(
            "with recursive tree (id) as (select id from case_record where id = $1 union all \
             select b.id from case_record b join tree on b.parent_id = tree.id) \
             select c.id, c.number, c.site_id, c.opened_at, c.state from case_record c join tree on tree.id = c.id",
            vals![id.to_owned()],
        )
        .await?;
    for row in below {
        one(tx, run, row, now, digests).await?;
    }
    Ok(())
}

async fn one(tx: &Tx, run: &str, row: Row, now: i64, digests: &mut Vec<String>) -> Result<(), Problem> {
    let mut case: Case = serde_json::from_value(row.state)?;
    case.data = Data::new();
    (case.customer, case.home, case.contact) = (None, None, None);
    (case.signing, case.passing) = (None, None);
    case.signed.clear();
    case.claims.clear();
    let id = || row.id.clone();
    tx.run(
        "update case_record set heading = $1, data = $2, state = $3, customer_id = null, home_id = null, \
         contact_id = null where id = $4",
        vals![GONE, json!({}), serde_json::to_value(&case)?, id()],
    )
    .await?;
    // Without the salt nobody can try words against the digest.
    tx.run(
        "update case_event set body = $1, salt = '' where case_id = $2",
        vals![json!({ "erased": true }), id()],
    )
    .await?;
    let files: Vec<Digest> = tx
        .rows("select digest from file where case_id = $1", vals![id()])
        .await?;
    digests.extend(files.into_iter().map(|f| f.digest));
    for sql in [
        "delete from file where case_id = $1",
        "delete from inbox where case_id = $1",
        "delete from access_link where case_id = $1",
        "update case_link set why = '' where case_id = $1",
    ] {
        tx.run(sql, vals![id()]).await?;
    }
    search::index_case(tx, &row.id, &row.site_id, row.opened_at, &row.number).await?;
    tx.run(
        "insert into erased_case (case_id, run_id, at) values ($1, $2, $3) on conflict do nothing",
        vals![id(), run.to_owned(), now],
    )
    .await?;
    Ok(())
}

#[derive(FromQueryResult)]
struct Contact {
    site_id: String,
    number: String,
    happened_at: i64,
}

/// Erases a contact. Digests of its signatures go to `digests`.
///
/// # Errors
/// The database's.
pub async fn contact(tx: &Tx, id: &str, digests: &mut Vec<String>) -> Result<(), Problem> {
    signatures(tx, id, digests).await?;
    tx.run(
        "update contact set said = '', done_at_once = '', follow_needed = '', caller_name = '', caller_phone = '', \
         customer_id = null, home_id = null where id = $1",
        vals![id.to_owned()],
    )
    .await?;
    let row: Option<Contact> = tx
        .row(
            "select site_id, number, happened_at from contact where id = $1",
            vals![id.to_owned()],
        )
        .await?;
    if let Some(row) = row {
        search::index_contact(tx, id, &row.site_id, row.happened_at, &row.number).await?;
    }
    Ok(())
}

#[derive(FromQueryResult)]
struct Signature {
    id: String,
    digest: String,
}

/// What the customer answered and signed.
async fn signatures(tx: &Tx, contact: &str, digests: &mut Vec<String>) -> Result<(), Problem> {
    let signed: Vec<Signature> = tx
        .rows(
            "select id, digest from file where id in (select signature from contact_feedback where contact_id = $1)",
            vals![contact.to_owned()],
        )
        .await?;
    tx.run(
        "update contact_feedback set words = '', signature = null where contact_id = $1",
        vals![contact.to_owned()],
    )
    .await?;
    for file in signed {
        tx.run("delete from file where id = $1", vals![file.id]).await?;
        digests.push(file.digest);
    }
    Ok(())
}
