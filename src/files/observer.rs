//! Files that are named for a case become its own.

use super::{attach, check_owned};
use crate::cases::observe::{Change, Observed, Observer};
use crate::cases::pen::Pen;
use engine::case::Case;
use engine::def::Link;
use engine::step::Actor;

/// Sees to uploads.
pub struct Uploads;

impl Observer for Uploads {
    fn admit<'a>(&'a self, pen: &'a Pen<'a>, case: &'a Case, files: &'a [String]) -> Observed<'a> {
        Box::pin(async move {
            match owner(pen) {
                Some(owner) => check_owned(pen.tx, files, &owner, &case.id).await,
                None => Ok(()),
            }
        })
    }

    fn written<'a>(&'a self, pen: &'a Pen<'a>, change: &'a Change<'a>) -> Observed<'a> {
        Box::pin(async move {
            if !change.files.is_empty() {
                attach(pen.tx, change.files, &change.case.id).await?;
            }
            Ok(())
        })
    }
}

/// What stands beside uploads of this actor; the system uploads nothing and may name any.
fn owner(pen: &Pen<'_>) -> Option<String> {
    match &pen.actor {
        Actor::Staff(id) => Some(id.clone()),
        // Whoever checks papers at the gate is staff, and sends what they photograph as staff.
        Actor::Link(Link::Gate) => pen.actor_id.clone(),
        Actor::Link(_) => pen.actor_id.as_ref().map(|id| format!("link:{id}")),
        Actor::System => None,
    }
}
