//! The ledger 经过: append-only, a hash chain for each case.

use super::commit::Pen;
use crate::api::hex;
use crate::db::Sql;
use crate::error::Problem;
use crate::estate::insert_all;
use crate::vals;
use engine::event::{Entry, VERSION};
use engine::step::Actor;
use sha2::{Digest, Sha256};

/// Appends to the hash chain of the case.
pub async fn append(pen: &Pen<'_>, before: i64, case: &str, entries: &[Entry]) -> Result<(), Problem> {
    let last: Option<String> = pen
        .tx
        .scalar(
            "select chain from case_event where case_id = $1 and seq = $2",
            vals![case.to_owned(), before],
        )
        .await?;
    let mut chain = last.unwrap_or_default();
    let (kind, actor) = actor_columns(pen);
    let now = pen.now();
    let mut rows = Vec::with_capacity(entries.len());
    for (index, entry) in entries.iter().enumerate() {
        let seq = before + 1 + index as i64;
        let body = serde_json::to_value(&entry.event)?;
        let salt = pen.app.id();
        let digest = digest(&salt, &body);
        chain = link(&chain, seq, entry.happened_at.0, now, &actor, &digest);
        rows.push(vals![
            case.to_owned(),
            seq,
            body["type"].as_str().unwrap_or_default().to_owned(),
            i64::from(VERSION),
            entry.happened_at.0,
            now,
            kind.clone(),
            actor.clone(),
            body,
            salt,
            digest,
            chain.clone(),
        ]);
    }
    let columns = "case_event (case_id, seq, type, version, happened_at, recorded_at, actor_kind, actor_id, body, \
                   salt, digest, chain)";
    insert_all(pen.tx, columns, rows, "").await?;
    Ok(())
}

/// Digest of an event's body with its salt. The body is taken in canonical form: keys sorted, no white space.
pub fn digest(salt: &str, body: &serde_json::Value) -> String {
    let mut hasher = Sha256::new();
    hasher.update(salt);
    hasher.update(body.to_string());
    hex(&hasher.finalize())
}

/// The link of the chain that an event adds.
pub fn link(
    before: &str,
    seq: i64,
    happened: i64,
    recorded: i64,
    actor: &Option<String>,
    digest: &str,
) -> String {
    let actor = actor.as_deref().unwrap_or_default();
    hex(&Sha256::digest(format!(
        "{before}|{seq}|{happened}|{recorded}|{actor}|{digest}"
    )))
}

fn actor_columns(pen: &Pen<'_>) -> (String, Option<String>) {
    match &pen.actor {
        Actor::Staff(id) => ("staff".to_owned(), Some(id.clone())),
        Actor::Link(link) => (link.name().to_owned(), pen.actor_id.clone()),
        Actor::System => ("system".to_owned(), None),
    }
}
