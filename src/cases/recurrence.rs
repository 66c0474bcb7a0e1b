//! What comes round without a case it hangs on: opened for the company, each site, home or member of staff, once each
//! time, however often somebody looks and whoever dies on the way.

use super::anchors;
use super::opening;
use super::pen::Pen;
use super::sending;
use crate::context::App;
use crate::db::{Sql, Tx};
use crate::error::{Code, Problem};
use crate::vals;
use engine::load::{Anchor, Manual, RecurrenceRules};
use engine::step::Actor;
use engine::time::Time;
use sea_orm::FromQueryResult;
use std::sync::Arc;

/// How many anchors share a transaction.
const PAGE: i64 = 50;
/// How many openings one anchor gets at once: a long standstill is caught up with page by page all the same.
const MOST: usize = 50;

#[derive(FromQueryResult)]
struct Sweep {
    done_until: i64,
    to_at: Option<i64>,
    last_id: String,
}

/// Opens what is due; gives how many anchors were looked at.
///
/// # Errors
/// When the database cannot be asked. A recurrence that fails is logged and tried again at the next look.
pub(super) async fn open_due(app: &App) -> Result<usize, Problem> {
    let manual = app.manuals.current();
    let mut looked = 0;
    for rules in &manual.recurrences {
        match page(app, &manual, rules).await {
            Ok(count) => looked += count,
            Err(problem) => tracing::error!(
                name = rules.def.name,
                ?problem,
                "a recurrence could not be opened"
            ),
        }
    }
    Ok(looked)
}

/// One page of a sweep. Most looks end with a read: nothing is due and no sweep is under way.
async fn page(app: &App, manual: &Arc<Manual>, rules: &Arc<RecurrenceRules>) -> Result<usize, Problem> {
    let now = app.clock.now();
    if let Some(sweep) = sweep(app.db.read(), &name(rules), "").await?
        && sweep.to_at.is_none()
        && rules
            .soonest(manual, Time(sweep.done_until))
            .is_none_or(|at| at.0 > now)
    {
        return Ok(0);
    }
    let (shared, manual, rules) = (app.clone(), Arc::clone(manual), Arc::clone(rules));
    app.db
        .write(move |tx| Box::pin(async move { write_page(&shared, tx, &manual, &rules, now).await }))
        .await
}

async fn write_page(
    app: &App,
    tx: &Tx,
    manual: &Manual,
    rules: &RecurrenceRules,
    now: i64,
) -> Result<usize, Problem> {
    let name = name(rules);
    // What was due before anybody published it is not owed.
    let begin = "insert into recurrence_sweep (name, done_until) values ($1, $2) on conflict do nothing";
    tx.run(begin, vals![name.clone(), now]).await?;
    let lock = if tx.is_postgres() {
        "for update skip locked"
    } else {
        ""
    };
    let Some(sweep) = sweep(tx, &name, lock).await? else {
        return Ok(0);
    };
    let from = Time(sweep.done_until);
    if sweep.to_at.is_none() && rules.soonest(manual, from).is_none_or(|at| at.0 > now) {
        return Ok(0);
    }
    let to = Time(sweep.to_at.unwrap_or(now));
    let anchors = anchors::after(tx, rules.def.each, &sweep.last_id, PAGE).await?;
    for anchor in &anchors {
        open_all(app, tx, manual, rules, anchor, (from, to)).await?;
    }
    let Some(last) = anchors.last() else {
        let end = "update recurrence_sweep set done_until = $2, to_at = null, last_id = '', looked_at = 0 where name = $1";
        tx.run(end, vals![name, to.0]).await?;
        return Ok(1);
    };
    let on =
        "update recurrence_sweep set to_at = $2, last_id = $3, looked_at = looked_at + $4 where name = $1";
    let count = anchors.len() as i64;
    tx.run(on, vals![name, to.0, last.id.clone(), count]).await?;
    Ok(anchors.len())
}

/// Everything that falls to one anchor after `from` and up to `to`.
async fn open_all(
    app: &App,
    tx: &Tx,
    manual: &Manual,
    rules: &RecurrenceRules,
    anchor: &Anchor,
    (from, to): (Time, Time),
) -> Result<(), Problem> {
    let mut at = from;
    for _ in 0..MOST {
        let Some(next) = rules.next(manual, anchor, at).filter(|next| *next <= to) else {
            return Ok(());
        };
        at = next;
        open_one(app, tx, manual, rules, anchor, at).await?;
    }
    tracing::warn!(
        name = rules.def.name,
        anchor = anchor.id,
        "a recurrence was behind by more than can be caught up"
    );
    Ok(())
}

async fn open_one(
    app: &App,
    tx: &Tx,
    manual: &Manual,
    rules: &RecurrenceRules,
    anchor: &Anchor,
    at: Time,
) -> Result<(), Problem> {
    if !rules.takes(manual, anchor, at) {
        return Ok(());
    }
    let key = || vals![name(rules), anchor.id.clone(), at.0];
    let mine = "insert into recurrence_run (name, anchor_id, at) values ($1, $2, $3) on conflict do nothing";
    if tx.run(mine, key()).await? == 0 {
        return Ok(());
    }
    let Some(start) = rules.opening(manual, anchor, at) else {
        return sending::send(app, tx, manual, rules, anchor, at).await;
    };
    let part = tx.savepoint().await?;
    let pen = Pen {
        app,
        tx: &part,
        actor: Actor::System,
        actor_id: None,
        at: at.0,
        quiet: false,
    };
    let (column, value) = match opening::open(&pen, start).await {
        Ok(case) => {
            part.keep().await?;
            ("case_id", case.id)
        }
        // A rule of the manual said no: that is kept, and the others are opened all the same.
        Err(problem)
            if matches!(
                problem.code,
                Code::Refused | Code::Forbidden | Code::Invalid | Code::Taken
            ) =>
        {
            part.undo().await?;
            tracing::warn!(
                name = rules.def.name,
                anchor = anchor.id,
                ?problem,
                "a recurrence was refused"
            );
            ("refused", problem.detail)
        }
        Err(problem) => return Err(problem),
    };
    let sql =
        format!("update recurrence_run set {column} = $4 where name = $1 and anchor_id = $2 and at = $3");
    let mut values = key();
    values.push(value.into());
    tx.run(&sql, values).await?;
    Ok(())
}

async fn sweep(sql: &impl Sql, name: &str, lock: &str) -> Result<Option<Sweep>, Problem> {
    let text = format!("select done_until, to_at, last_id from recurrence_sweep where name = $1 {lock}");
    Ok(sql.row(&text, vals![name.to_owned()]).await?)
}

/// Under which its rounds are kept.
pub(super) fn name(rules: &RecurrenceRules) -> String {
    format!("{}/{}", rules.pack, rules.def.name)
}
