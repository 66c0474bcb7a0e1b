//! Links are made, and made worthless, with the event that says so.

use super::links;
use crate::cases::observe::{Change, Observed, Observer};
use crate::cases::pen::Pen;
use engine::def::Link;
use engine::event::Event;

/// Sees to links of people who are not staff.
pub struct Links;

impl Observer for Links {
    fn written<'a>(&'a self, pen: &'a Pen<'a>, change: &'a Change<'a>) -> Observed<'a> {
        Box::pin(async move {
            for entry in change.entries {
                match &entry.event {
                    Event::LinkGiven { link, .. } => {
                        // A new link of a guest ends the one before.
                        if *link != Link::Owner {
                            links::take(pen.tx, change.case, link, pen.now()).await?;
                        }
                        links::give(pen.app, pen.tx, change.case, link);
                    }
                    Event::LinkTaken { link } => links::take(pen.tx, change.case, link, pen.now()).await?,
                    _ => {}
                }
            }
            Ok(())
        })
    }
}
