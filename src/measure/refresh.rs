//! Rewriting the facts of a case or a contact in the transaction that changes it.

use super::facts;
use super::rewrite::{About, kept, rewrite};
use crate::app::App;
use crate::cases::world;
use crate::db::{Sql, Tx};
use crate::error::Problem;
use crate::vals;
use engine::case::{Case, Data};
use engine::def::Relation;
use engine::load::Manual;
use sea_orm::FromQueryResult;
use serde_json::{Value, json};

/// Makes the facts of a case what the clauses in force say of it. The caller holds the case's lock, and has written
/// its snapshot.
///
/// # Errors
/// The database's.
pub async fn refresh_case(app: &App, tx: &Tx, case: &Case) -> Result<(), Problem> {
    let (manual, kept) = kept(app, tx, "case_id", &case.id).await?;
    let children = if facts::looks_at_children(&manual, &case.kind) {
        world::children(tx, &case.id).await?
    } else {
        Vec::new()
    };
    let person = [Relation::Assignee, Relation::Responsible]
        .into_iter()
        .find_map(|r| case.in_relation(r).next());
    let about = About {
        case: Some(&case.id),
        contact: None,
        site: &case.site,
        person,
    };
    rewrite(
        tx,
        &manual,
        &about,
        facts::of_case(&manual, case, &children),
        kept,
    )
    .await
}

#[derive(FromQueryResult)]
struct Contact {
    site_id: String,
    channel: String,
    read_back: bool,
    taken_by: Option<String>,
    happened_at: i64,
    answered_at: Option<i64>,
    settled_at: Option<i64>,
    cases: i64,
}

#[derive(FromQueryResult)]
struct Judged {
    judgement: String,
}

/// Makes the facts of a contact what the clauses in force say of it. The caller has written, or locked, its row.
///
/// # Errors
/// The database's.
pub async fn refresh_contact(app: &App, tx: &Tx, contact_id: &str) -> Result<(), Problem> {
    let (manual, kept) = kept(app, tx, "contact_id", contact_id).await?;
    if kept.is_empty() && manual.clauses.iter().all(|c| c.of(None).is_none()) {
        return Ok(());
    }
    let contact: Option<Contact> = tx
        .row(
            "select site_id, channel, read_back, taken_by, happened_at, answered_at, settled_at, \
             (select count(*) from contact_case x where x.contact_id = k.id) as cases from contact k where k.id = $1",
            vals![contact_id.to_owned()],
        )
        .await?;
    let Some(contact) = contact else { return Ok(()) };
    let values = values(tx, &manual, contact_id, &contact).await?;
    let about = About {
        case: None,
        contact: Some(contact_id),
        site: &contact.site_id,
        person: contact.taken_by.as_deref(),
    };
    rewrite(
        tx,
        &manual,
        &about,
        facts::of_contact(&manual, contact_id, &values),
        kept,
    )
    .await
}

/// What clauses over contacts may read. Of several judgements the one that the manual offers first speaks.
async fn values(tx: &Tx, manual: &Manual, id: &str, contact: &Contact) -> Result<Data, Problem> {
    let judged: Vec<Judged> = tx
        .rows(
            "select judgement from contact_judgement where contact_id = $1",
            vals![id.to_owned()],
        )
        .await?;
    let mut offered = manual.judgements.iter().map(|j| &j.name);
    let judgement = offered.find(|name| judged.iter().any(|j| j.judgement == **name));
    let values = json!({
        "happened_at": contact.happened_at,
        "answered_at": contact.answered_at,
        "closed_at": contact.settled_at,
        "settled": contact.settled_at.is_some(),
        "confirmed": contact.read_back,
        "judgement": judgement,
        "channel": contact.channel,
        "cases": contact.cases,
    });
    match values {
        Value::Object(values) => Ok(values),
        _ => Ok(Data::new()),
    }
}
