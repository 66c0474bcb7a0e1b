//! A contact is answered and settled when its cases are.

use super::settling::refresh_of_case;
use crate::cases::observe::{Done, Observed, Observer};
use crate::cases::pen::Pen;
use engine::case::Case;

/// Sees to the ends of contacts.
pub struct Settling;

impl Observer for Settling {
    fn settled<'a>(&'a self, pen: &'a Pen<'a>, done: &'a [Done], _complete: bool) -> Observed<'a> {
        Box::pin(async move {
            for one in done {
                let (before, case) = (one.written.before.as_ref(), &one.written.outcome.case);
                if before.is_some_and(|before| ends(before) != ends(case)) {
                    refresh_of_case(pen.app, pen.tx, &case.id).await?;
                }
            }
            Ok(())
        })
    }
}

/// A contact looks at the ends of its cases and of their clocks; a new case hangs under none yet.
fn ends(case: &Case) -> (Option<engine::time::Time>, usize) {
    let ended = case.runs.iter().filter(|run| run.ended.is_some());
    (case.closed_at, ended.count())
}
