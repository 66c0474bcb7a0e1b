//! One case: its chain, and what its events make of it.

use super::{Fault, Report};
use crate::cases::ledger::{Link, digest};
use engine::case::Case;
use engine::event::{Entry, Event, apply};
use engine::time::Time;
use sea_orm::FromQueryResult;
use serde_json::{Value, json};

/// The row of the case. JSON is read as text, so that a broken one is a fault and not the end.
#[derive(FromQueryResult)]
pub(super) struct Head {
    pub(super) id: String,
    number: String,
    seq: i64,
    stage: String,
    closed_at: Option<i64>,
    wake_at: Option<i64>,
    state: String,
}

#[derive(FromQueryResult)]
pub(super) struct EventRow {
    pub(super) case_id: String,
    seq: i64,
    name: String,
    version: i64,
    happened_at: i64,
    recorded_at: i64,
    actor_kind: String,
    actor_id: Option<String>,
    body: String,
    salt: String,
    digest: String,
    chain: String,
}

/// What stands in place of a body that was erased on a legal demand.
fn erased(body: &Value) -> bool {
    *body == json!({ "erased": true })
}

pub(super) fn verify(head: &Head, events: &[EventRow], report: &mut Report) {
    report.cases += 1;
    report.events += events.len() as u64;
    let mut faults = Vec::new();
    let mut fault = |seq: Option<i64>, what: &str| {
        faults.push(Fault {
            subject: head.number.clone(),
            seq,
            what: what.to_owned(),
        });
    };
    let (mut chain, mut folded) = (String::new(), Some(Case::default()));
    for (expected, row) in (1..).zip(events) {
        if row.seq != expected {
            fault(Some(expected), "这一条缺失，或序号被改动");
            folded = None;
            break;
        }
        if linked(row, &chain) != row.chain {
            fault(Some(row.seq), "哈希链断开：这一条被改动过");
        }
        chain.clone_from(&row.chain);
        let body: Value = serde_json::from_str(&row.body).unwrap_or_default();
        if erased(&body) {
            report.erased += 1;
            folded = None;
            continue;
        }
        if digest(&row.salt, &body) != row.digest {
            fault(Some(row.seq), "内容与摘要不符：这一条的内容被改动过");
        }
        match serde_json::from_value::<Event>(body) {
            Ok(event) => {
                let happened_at = Time(row.happened_at);
                if let Some(case) = &mut folded {
                    apply(case, &Entry { happened_at, event });
                }
            }
            Err(_) => {
                fault(Some(row.seq), "内容读不出来");
                folded = None;
            }
        }
    }
    let last = events.last().map_or(0, |e| e.seq);
    if last != head.seq {
        fault(None, &format!("现状是第{}条之后的，经过却到第{last}条", head.seq));
    } else if let Some(folded) = folded.filter(|case| !same(head, case)) {
        tracing::debug!(replayed = ?folded, state = head.state, "differs");
        fault(None, "现状与按经过重算的结果不符");
    }
    report.faults.append(&mut faults);
}

fn linked(row: &EventRow, before: &str) -> String {
    let link = Link {
        case: &row.case_id,
        seq: row.seq,
        name: &row.name,
        version: row.version,
        happened_at: row.happened_at,
        recorded_at: row.recorded_at,
        actor_kind: &row.actor_kind,
        actor: row.actor_id.as_deref(),
        digest: &row.digest,
    };
    link.after(before)
}

/// Whether the row says what the replayed case says.
fn same(head: &Head, case: &Case) -> bool {
    let state = serde_json::from_str::<Value>(&head.state).unwrap_or_default();
    serde_json::to_value(case).is_ok_and(|replayed| replayed == state)
        && (&head.id, &head.number, head.seq, &head.stage) == (&case.id, &case.number, case.seq, &case.stage)
        && (head.closed_at, head.wake_at) == (case.closed_at.map(|t| t.0), case.next_wake().map(|t| t.0))
}
