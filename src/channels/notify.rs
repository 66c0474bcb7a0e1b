//! Telling staff something.

use crate::context::App;
use crate::db::{Sql, Tx};
use crate::error::Problem;
use crate::live::Wake;
use crate::vals;
use sea_orm::FromQueryResult;
use serde_json::json;
use std::collections::{BTreeSet, HashMap};

/// Characters of a notice that make the subject of its mail.
const SUBJECT: usize = 60;

/// Addresses of staff who may be told, by id; none where there is none. Who has left is not among them.
pub type Receivers = HashMap<String, Option<String>>;

#[derive(FromQueryResult)]
struct Receiver {
    id: String,
    email: Option<String>,
}

/// What was looked up for a batch.
pub(super) struct Told {
    pub(super) asked: BTreeSet<String>,
    pub(super) found: Receivers,
}

/// Looks up who may be told.
///
/// # Errors
/// The database's.
pub async fn receivers(tx: &Tx, staff: &BTreeSet<&String>) -> Result<Receivers, Problem> {
    if staff.is_empty() {
        return Ok(Receivers::new());
    }
    let sql = format!(
        "select id, email from staff where id in {} and active",
        tx.listed(1)
    );
    let found: Vec<Receiver> = tx.rows(&sql, vals![json!(staff)]).await?;
    Ok(found.into_iter().map(|r| (r.id, r.email)).collect())
}

/// What a notice is about, and where it leads.
#[derive(Debug, Clone, Copy)]
pub enum About<'a> {
    /// Itself.
    Nothing,
    /// A case, by id.
    Case(&'a str),
    /// A page of the desk, by its path: `/reports/intake?on=2026-11-16`.
    Page(&'a str),
}

impl<'a> About<'a> {
    fn case(self) -> Option<&'a str> {
        match self {
            About::Case(id) => Some(id),
            _ => None,
        }
    }

    fn page(self) -> Option<&'a str> {
        match self {
            About::Page(path) => Some(path),
            _ => None,
        }
    }
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
    about: About<'_>,
    text: &str,
    now: i64,
) -> Result<(), Problem> {
    let mut mailed = false;
    let ids: BTreeSet<&String> = staff.iter().collect();
    let known = tx.noted::<Told>();
    let known = known.filter(|known| ids.iter().all(|id| known.asked.contains(*id)));
    let found;
    let active = match &known {
        Some(known) => &known.found,
        None => {
            found = receivers(tx, &ids).await?;
            &found
        }
    };
    for id in ids {
        let Some(email) = active.get(id) else { continue };
        tx.later(
            "inbox (id, staff_id, case_id, page, text, at)",
            "",
            vals![
                app.id(),
                id.clone(),
                about.case().map(str::to_owned),
                about.page().map(str::to_owned),
                text.to_owned(),
                now
            ],
        );
        if let Some(address) = email.as_ref().filter(|e| !e.is_empty()) {
            mail(tx, app, address, about, text, now);
            mailed = true;
        }
        let (live, staff) = (app.live.clone(), id.clone());
        tx.after_commit(move || live.tell(Wake::Inbox { staff }));
    }
    if mailed {
        let live = app.live.clone();
        tx.after_commit(move || live.tell(Wake::Outbox));
    }
    Ok(())
}

fn mail(tx: &Tx, app: &App, to: &str, about: About, text: &str, now: i64) {
    let first = text.lines().next().unwrap_or_default();
    let subject: String = first.chars().take(SUBJECT).collect();
    let base = &app.config.base_url;
    let link = match about {
        About::Nothing => base.clone(),
        About::Case(id) => format!("{base}/cases/{id}"),
        About::Page(path) => format!("{base}{path}"),
    };
    let body = format!("{text}\n\n查看：{link}\n\n本邮件由系统发出，请勿直接回复。\n");
    tx.later(
        "outbox (id, channel, receiver, subject, body, created_at, due_at)",
        "",
        vals![app.id(), "email", to, subject, body, now, now],
    );
}

/// A mail to somebody outside.
pub fn mail_outside(tx: &Tx, app: &App, to: &str, text: &str, now: i64) {
    let subject: String = text.chars().take_while(|c| *c != '：').collect();
    let body = format!("{text}\n\n本邮件由系统发出，请勿直接回复。\n");
    tx.later(
        "outbox (id, channel, receiver, subject, body, created_at, due_at)",
        "",
        vals![app.id(), "email", to, subject, body, now, now],
    );
    let live = app.live.clone();
    tx.after_commit(move || live.tell(Wake::Outbox));
}
