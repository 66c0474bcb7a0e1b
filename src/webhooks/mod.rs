//! Telling other systems what happens: a row for each is written with the event, delivered at least once after the
//! commit, signed, tried for three days, kept to be seen and sent again.
//!
//! What is sent names the thing (ids, number, kind, stage) and no person: who wants more asks the API with a token.

pub mod change;
mod deliver;
mod observer;
mod target;
pub mod view;

pub use deliver::{choose_tls, deliver_due, run, signature};
pub use observer::Hooks;

use crate::base::standing::standing;
use crate::contacts::request::ContactRequest;
use crate::context::App;
use crate::db::{Sql, Tx};
use crate::error::Problem;
use crate::live::Wake;
use crate::vals;
use engine::case::Case;
use engine::event::{Entry, Event};
use serde_json::{Value, json};

/// Events that can be subscribed to, and what people call them.
pub const EVENTS: [(&str, &str); 6] = [
    ("contact.registered", "登记来访"),
    ("case.opened", "事项登记"),
    ("case.acted", "事项办理"),
    ("case.closed", "事项办结"),
    ("case.reopened", "事项重新打开"),
    ("clock.breached", "超过时限"),
];

/// Writes what hooks are to be told of the events of a case.
///
/// # Errors
/// The database's.
pub(crate) async fn of_case(
    app: &App,
    tx: &Tx,
    before: Option<&Case>,
    case: &Case,
    entries: &[Entry],
) -> Result<(), Problem> {
    if !standing(tx).await?.hooked() {
        return Ok(());
    }
    let about = json!({
        "id": case.id, "number": case.number, "kind": case.kind, "stage": case.stage, "site": case.site, "seq": case.seq,
    });
    for entry in entries {
        let (event, more) = match &entry.event {
            Event::Opened(_) => ("case.opened", Value::Null),
            Event::Acted { action, .. } => ("case.acted", json!({ "action": action })),
            Event::ClockBreached { run } => {
                let clock = case.runs.iter().find(|r| r.run == *run).map(|r| r.clock.as_str());
                ("clock.breached", json!({ "clock": clock }))
            }
            _ => continue,
        };
        tell(
            app,
            tx,
            event,
            &case.site,
            entry.happened_at.0,
            json!({ "case": about, "more": more }),
        )
        .await?;
    }
    let was = before.is_some_and(Case::closed);
    let change = match (was, case.closed()) {
        (false, true) => "case.closed",
        (true, false) => "case.reopened",
        _ => return Ok(()),
    };
    tell(
        app,
        tx,
        change,
        &case.site,
        app.clock.now(),
        json!({ "case": about }),
    )
    .await
}

/// Writes what hooks are to be told of a contact.
///
/// # Errors
/// The database's.
pub(crate) async fn of_contact(
    app: &App,
    tx: &Tx,
    id: &str,
    number: &str,
    contact: &ContactRequest,
) -> Result<(), Problem> {
    if !standing(tx).await?.hooked() {
        return Ok(());
    }
    let about = json!({ "id": id, "number": number, "channel": contact.channel, "site": contact.site });
    let now = app.clock.now();
    tell(
        app,
        tx,
        "contact.registered",
        &contact.site,
        now,
        json!({ "contact": about }),
    )
    .await
}

async fn tell(app: &App, tx: &Tx, event: &str, site: &str, at: i64, mut body: Value) -> Result<(), Problem> {
    let id = app.id();
    body["id"] = json!(id);
    body["event"] = json!(event);
    body["at"] = json!(at);
    let written = tx
        .run(
            "insert into hook_delivery (id, hook_id, event, body, created_at, due_at) \
             select $1 || '-' || h.id, h.id, $2, $3, $4, $4 from hook h where h.active \
             and (h.site_id is null or h.site_id = $5) and h.events like $6",
            vals![
                id,
                event.to_owned(),
                body.to_string(),
                app.clock.now(),
                site.to_owned(),
                format!("%,{event},%")
            ],
        )
        .await?;
    if written > 0 {
        let live = app.live.clone();
        tx.after_commit(move || live.tell(Wake::Outbox));
    }
    Ok(())
}
