//! What lists and guards read of a case beside its row: clocks, people, awaited signatures, claims, and what it asked of
//! other cases for later.

use super::claims;
use super::pen::Pen;
use crate::db::Sql;
use crate::error::Problem;
use crate::vals;
use engine::case::{Case, Data};
use engine::event::{Entry, Event};
use serde_json::Value;

/// What stands in the place of a relation for who has something to acknowledge.
pub const UNREAD: &str = "unread";

/// Rewrites them as the case now stands.
///
/// # Errors
/// [`crate::error::Code::Taken`] when a claim is held by another case; the database's.
pub async fn project(
    pen: &Pen<'_>,
    before: Option<&Case>,
    case: &Case,
    entries: &[Entry],
) -> Result<(), Problem> {
    let was = |number: u32| before.and_then(|b| b.runs.iter().find(|r| r.run == number));
    for run in case.runs.iter().filter(|run| was(run.run) != Some(run)) {
        pen.tx.later(
            "clock_run (case_id, run, clock, started_at, due_at, paused, ended_at, breached_at)",
            "on conflict (case_id, run) do update set due_at = excluded.due_at, paused = excluded.paused, \
             ended_at = excluded.ended_at, breached_at = excluded.breached_at",
            vals![
                case.id.clone(),
                i64::from(run.run),
                run.clock.clone(),
                run.started_at.0,
                run.due_at.map(|t| t.0),
                run.paused(),
                run.ended.map(|(t, _)| t.0),
                run.breached_at.map(|t| t.0),
            ],
        );
    }
    people(pen, before, case).await?;
    unread(pen, before, case).await?;
    let asked = before.and_then(|b| b.signing.as_ref());
    if asked != case.signing.as_ref() {
        waits(pen, before.is_none(), case).await?;
    }
    for entry in entries {
        claims::project(pen, case, &entry.event).await?;
        home_record(pen, &entry.event).await?;
        if let Event::Asked {
            case: other,
            act,
            or,
            set,
            later: true,
            ..
        } = &entry.event
        {
            deed(pen, case, other, (act, or.as_deref()), set);
        }
    }
    Ok(())
}

async fn people(pen: &Pen<'_>, before: Option<&Case>, case: &Case) -> Result<(), Problem> {
    let empty = Vec::new();
    let old = before.map_or(&empty, |b| &b.people);
    for (relation, staff) in old.iter().filter(|p| !case.people.contains(p)) {
        pen.tx
            .run(
                "delete from case_person where case_id = $1 and relation = $2 and staff_id = $3",
                vals![case.id.clone(), relation.name(), staff.clone()],
            )
            .await?;
    }
    // Open ones count as load: the mark goes with the case.
    if before.is_some_and(|b| b.closed() != case.closed()) {
        pen.tx
            .run(
                "update case_person set open = $2 where case_id = $1",
                vals![case.id.clone(), !case.closed()],
            )
            .await?;
    }
    for (relation, staff) in case.people.iter().filter(|p| !old.contains(p)) {
        pen.tx.later(
            "case_person (case_id, relation, staff_id, open)",
            "on conflict do nothing",
            vals![case.id.clone(), relation.name(), staff.clone(), !case.closed()],
        );
    }
    Ok(())
}

/// Those who have not yet acknowledged what was sent round stand among the people of a case, so that their work finds it.
async fn unread(pen: &Pen<'_>, before: Option<&Case>, case: &Case) -> Result<(), Problem> {
    let was = before.map(|b| b.unread.as_slice()).unwrap_or_default();
    for staff in was.iter().filter(|staff| !case.unread.contains(staff)) {
        pen.tx
            .run(
                "delete from case_person where case_id = $1 and relation = $2 and staff_id = $3",
                vals![case.id.clone(), UNREAD, staff.clone()],
            )
            .await?;
    }
    for staff in &case.unread {
        pen.tx.later(
            "case_person (case_id, relation, staff_id, open)",
            "on conflict do nothing",
            vals![case.id.clone(), UNREAD, staff.clone(), !case.closed()],
        );
    }
    Ok(())
}

/// Rows for the signatures that are waited for now.
async fn waits(pen: &Pen<'_>, new: bool, case: &Case) -> Result<(), Problem> {
    if !new {
        pen.tx
            .run("delete from sign_wait where case_id = $1", vals![case.id.clone()])
            .await?;
    }
    let open = case
        .open_signing()
        .and_then(|s| s.round())
        .into_iter()
        .flat_map(|r| &r.slots);
    for slot in open.filter(|s| s.signed.is_none()) {
        let posts = slot.who.iter().filter_map(|who| match who {
            engine::def::Who::Post(post) | engine::def::Who::Duty(post) => Some((Some(post.clone()), None)),
            engine::def::Who::Field(field) => case
                .data
                .get(field)
                .and_then(|v| v.as_str())
                .map(|staff| (None, Some(staff.to_owned()))),
            engine::def::Who::Relation(relation) => case
                .in_relation(*relation)
                .next()
                .map(|staff| (None, Some(staff.to_owned()))),
            _ => None,
        });
        let named = slot.people.iter().map(|staff| (None, Some(staff.clone())));
        for (post, staff) in posts.chain(named).collect::<Vec<_>>() {
            pen.tx.later(
                "sign_wait (case_id, slot, title, post, staff_id)",
                "",
                vals![
                    case.id.clone(),
                    slot.name.clone(),
                    slot.title.clone(),
                    post,
                    staff
                ],
            );
        }
    }
    Ok(())
}
/// What a case says of its home becomes the home's record (HAND-7).
async fn home_record(pen: &Pen<'_>, event: &Event) -> Result<(), Problem> {
    if let Event::HomeChanged { home, delivered_on } = event {
        let sql = "update home set delivered_on = $2 where id = $1";
        pen.tx.run(sql, vals![home.clone(), delivered_on.clone()]).await?;
    }
    Ok(())
}

/// Puts aside what `case` asked of another.
fn deed(pen: &Pen<'_>, case: &Case, other: &str, (act, or): (&str, Option<&str>), set: &Data) {
    pen.tx.later(
        "deed (id, case_id, other_id, act, or_act, entered, due_at)",
        "",
        vals![
            pen.app.id(),
            case.id.clone(),
            other.to_owned(),
            act.to_owned(),
            or.map(str::to_owned),
            Value::Object(set.clone()),
            pen.now()
        ],
    );
}
