//! Telling staff something.

use crate::app::App;
use crate::db::{Sql, Tx};
use crate::error::Problem;
use crate::live::Wake;
use crate::vals;
use sea_orm::FromQueryResult;
use std::collections::BTreeSet;

/// Characters of a notice that make the subject of its mail.
const SUBJECT: usize = 60;

#[derive(FromQueryResult)]
struct Receiver {
    id: String,
    email: Option<String>,
}

/// Tells each member of staff once: a notice in the inbox, and a mail to whoever has an address. Who has left is
/// not told.
///
/// # Errors
/// The database's.
pub async fn notify(
    tx: &Tx,
    app: &App,
    staff: &[String],
    case: Option<&str>,
    text: &str,
    now: i64,
) -> Result<(), Problem> {
    let mut mailed = false;
    let ids: BTreeSet<&String> = staff.iter().collect();
    if ids.is_empty() {
        return Ok(());
    }
    let marks: Vec<String> = (1..=ids.len()).map(|n| format!("${n}")).collect();
    let sql = format!(
        "select id, email from staff where id in ({}) and active order by id",
        marks.join(", ")
    );
    let values = ids.into_iter().map(|id| id.clone().into()).collect();
    for receiver in tx.rows::<Receiver>(&sql, values).await? {
        tx.later(
            "inbox (id, staff_id, case_id, text, at)",
            "",
            vals![
                app.id(),
                receiver.id.clone(),
                case.map(str::to_owned),
                text.to_owned(),
                now
            ],
        );
        if let Some(address) = receiver.email.filter(|e| !e.is_empty()) {
            mail(tx, app, address, case, text, now).await?;
            mailed = true;
        }
        let live = app.live.clone();
        tx.after_commit(move || live.tell(Wake::Inbox { staff: receiver.id }));
    }
    if mailed {
        let live = app.live.clone();
        tx.after_commit(move || live.tell(Wake::Outbox));
    }
    Ok(())
}

async fn mail(
    tx: &Tx,
    app: &App,
    to: String,
    case: Option<&str>,
    text: &str,
    now: i64,
) -> Result<(), Problem> {
    let first = text.lines().next().unwrap_or_default();
    let subject: String = first.chars().take(SUBJECT).collect();
    let base = &app.config.base_url;
    let link = case.map_or_else(|| base.clone(), |id| format!("{base}/cases/{id}"));
    let body = format!("{text}\n\n查看：{link}\n\n本邮件由系统发出，请勿直接回复。\n");
    tx.run(
        "insert into outbox (id, channel, receiver, subject, body, created_at, due_at) \
         values ($1, 'email', $2, $3, $4, $5, $5)",
        vals![app.id(), to, subject, body, now],
    )
    .await?;
    Ok(())
}
