//! The ledger 经过: append-only, a hash chain for each case.

use super::pen::Pen;
use crate::base::hex;
use crate::db::Sql;
use crate::error::Problem;
use crate::vals;
use engine::event::{Entry, VERSION};
use engine::step::Actor;
use sha2::{Digest, Sha256};

const COLUMNS: &str = "case_event (case_id, seq, type, version, happened_at, recorded_at, actor_kind, actor_id, \
                       body, salt, digest, chain)";

/// Appends to the hash chain of the case, which ends in `known`, where that has been read.
pub async fn append(
    pen: &Pen<'_>,
    before: i64,
    known: Option<&str>,
    case: &str,
    entries: &[Entry],
) -> Result<(), Problem> {
    let mut chain = known.unwrap_or_default().to_owned();
    if before > 0 && known.is_none() {
        let sql = "select chain from case_event where case_id = $1 and seq = $2";
        let last: Option<String> = pen.tx.scalar(sql, vals![case.to_owned(), before]).await?;
        chain = last.unwrap_or_default();
    }
    let now = pen.now();
    for (index, entry) in entries.iter().enumerate() {
        chain = put(pen, now, case, before + 1 + index as i64, entry, &chain)?;
    }
    Ok(())
}

/// Puts an event at the end of a case's ledger, `chain` being the chain up to it. Gives the chain with it.
///
/// # Errors
/// When the event cannot be written as JSON.
pub fn put(
    pen: &Pen<'_>,
    recorded_at: i64,
    case: &str,
    seq: i64,
    entry: &Entry,
    chain: &str,
) -> Result<String, Problem> {
    let (kind, actor) = actor_columns(pen);
    let body = serde_json::to_value(&entry.event)?;
    let salt = pen.app.id();
    let digest = digest(&salt, &body);
    let name = body["type"].as_str().unwrap_or_default().to_owned();
    let chain = Link {
        case,
        seq,
        name: &name,
        version: i64::from(VERSION),
        happened_at: entry.happened_at.0,
        recorded_at,
        actor_kind: &kind,
        actor: actor.as_deref(),
        digest: &digest,
    }
    .after(chain);
    let row = vals![
        case.to_owned(),
        seq,
        name,
        i64::from(VERSION),
        entry.happened_at.0,
        recorded_at,
        kind,
        actor,
        body,
        salt,
        digest,
        chain.clone(),
    ];
    pen.tx.later(COLUMNS, "", row);
    Ok(chain)
}

/// Digest of an event's body with its salt. The body is taken in canonical form: keys sorted, no white space.
pub fn digest(salt: &str, body: &serde_json::Value) -> String {
    let mut hasher = Sha256::new();
    hasher.update(salt);
    hasher.update(body.to_string());
    hex(&hasher.finalize())
}

/// Everything of a row that the chain holds fast; the body and its salt by their digest.
#[derive(Debug)]
pub struct Link<'a> {
    /// Id of the case.
    pub case: &'a str,
    /// Place in the ledger of the case, from 1.
    pub seq: i64,
    /// Type of the event.
    pub name: &'a str,
    /// Version of the events' schema.
    pub version: i64,
    /// When it happened, Unix ms.
    pub happened_at: i64,
    /// When it was written, Unix ms.
    pub recorded_at: i64,
    /// Sort of actor.
    pub actor_kind: &'a str,
    /// Id of the actor.
    pub actor: Option<&'a str>,
    /// [`digest`] of the body.
    pub digest: &'a str,
}

impl Link<'_> {
    /// The chain with this event, `before` being the chain up to it: empty at the beginning.
    pub fn after(&self, before: &str) -> String {
        let Link {
            case,
            seq,
            name,
            version,
            happened_at,
            recorded_at,
            actor_kind,
            actor,
            digest,
        } = self;
        let actor = actor.unwrap_or_default();
        hex(&Sha256::digest(format!(
            "{before}|{case}|{seq}|{name}|{version}|{happened_at}|{recorded_at}|{actor_kind}|{actor}|{digest}"
        )))
    }
}

fn actor_columns(pen: &Pen<'_>) -> (String, Option<String>) {
    match &pen.actor {
        Actor::Staff(id) => ("staff".to_owned(), Some(id.clone())),
        Actor::Link(link) => (link.name().to_owned(), pen.actor_id.clone()),
        Actor::System => ("system".to_owned(), None),
    }
}
