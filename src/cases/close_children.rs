//! A parent ends its open children.

use super::commit::{Pen, write};
use super::load;
use super::world::Around;
use crate::db::Sql;
use crate::error::Problem;
use crate::vals;
use engine::case::Case;
use engine::event::Event;
use engine::step::{self, Actor};
use sea_orm::FromQueryResult;

#[derive(FromQueryResult)]
struct Id {
    id: String,
}

/// Ends every open child of that kind: it goes to the first ending stage that stands for "without result", else to
/// the first ending stage.
///
/// # Errors
/// The database's.
pub async fn close(pen: &Pen<'_>, parent: &Case, kind: &str) -> Result<(), Problem> {
    let open: Vec<Id> = pen
        .tx
        .rows(
            "select id from case_record where parent_id = $1 and kind = $2 and closed_at is null order by id",
            vals![parent.id.clone(), kind.to_owned()],
        )
        .await?;
    for Id { id } in open {
        let child = load::locked(pen.tx, &id).await?;
        let around = Around::of(pen.app, pen.tx, &child).await?;
        let Some(stage) = around.manual().kind(kind).and_then(ending) else {
            continue;
        };
        let world = around.world(pen.at, pen.now(), pen.quiet);
        let outcome = step::record(&world, &child, &Actor::System, Event::ClosedByParent { stage })?;
        write(pen, &around, Some(&child), outcome).await?;
    }
    Ok(())
}

fn ending(rules: &engine::load::Rules) -> Option<String> {
    let ends = || rules.kind.stages.iter().filter(|s| s.ends);
    let void = ends().find(|s| s.tone == Some(engine::def::Tone::Void));
    void.or_else(|| ends().next()).map(|s| s.name.clone())
}
