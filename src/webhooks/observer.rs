//! Other systems are told of what happened to a case.

use super::of_case;
use crate::cases::observe::{Change, Observed, Observer};
use crate::cases::pen::Pen;

/// Writes what hooks are to be told.
pub struct Hooks;

impl Observer for Hooks {
    fn written<'a>(&'a self, pen: &'a Pen<'a>, change: &'a Change<'a>) -> Observed<'a> {
        Box::pin(async move {
            if pen.quiet {
                return Ok(());
            }
            of_case(pen.app, pen.tx, change.before, change.case, change.entries).await
        })
    }
}
