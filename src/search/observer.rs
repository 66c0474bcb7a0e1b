//! The words of a case are found as soon as it is there.

use super::{index_case, index_new_case};
use crate::cases::observe::{Change, Observed, Observer};
use crate::cases::pen::Pen;
use crate::cases::values::searchable;

/// Keeps the index of words.
pub struct Words;

impl Observer for Words {
    fn written<'a>(&'a self, pen: &'a Pen<'a>, change: &'a Change<'a>) -> Observed<'a> {
        Box::pin(async move {
            let (before, case) = (change.before, change.case);
            if before.is_some_and(|b| b.data == case.data && b.number == case.number) {
                return Ok(());
            }
            let (text, at) = (searchable(change.rules, case), case.opened_at.0);
            if before.is_none() {
                let when = (at, pen.now());
                index_new_case(&pen.app.own(), pen.tx, &case.id, &case.site, when, &text).await?;
            } else {
                index_case(pen.tx, &case.id, &case.site, at, &text).await?;
            }
            Ok(())
        })
    }
}
