//! What happened to a case is told: to staff by notices, to open browsers by wake-ups.

use super::notify::{About, Told, notify, receivers};
use crate::base::mask_numbers;
use crate::cases::observe::{Change, Observed, Observer};
use crate::cases::pen::Pen;
use crate::live::Wake;
use engine::case::Case;
use engine::event::Event;
use engine::family::Written;
use engine::load::Rules;
use std::collections::BTreeSet;

/// Writes notices.
pub struct Notices;

impl Observer for Notices {
    fn prefetch<'a>(&'a self, pen: &'a Pen<'a>, coming: &'a [&'a Written]) -> Observed<'a> {
        Box::pin(async move {
            let entries = coming.iter().flat_map(|one| &one.outcome.entries);
            let told = entries.filter_map(|entry| match &entry.event {
                Event::Notified { to, .. } => Some(to),
                _ => None,
            });
            let staff: BTreeSet<&String> = told.flatten().collect();
            let found = receivers(pen.tx, &staff).await?;
            pen.tx.note(Told {
                asked: staff.into_iter().cloned().collect(),
                found,
            });
            Ok(())
        })
    }

    fn written<'a>(&'a self, pen: &'a Pen<'a>, change: &'a Change<'a>) -> Observed<'a> {
        Box::pin(async move {
            let case = change.case;
            for entry in change.entries {
                if let Event::Notified {
                    to,
                    text,
                    quiet: false,
                    ..
                } = &entry.event
                {
                    let text = notice(change.rules, case, text);
                    notify(pen.tx, pen.app, to, About::Case(&case.id), &text, pen.now()).await?;
                }
            }
            Ok(())
        })
    }
}

/// What a notice says of a case. It lies in inboxes and mailboxes of who may not see personal numbers: who may see them
/// finds them in the case.
pub fn notice(rules: &Rules, case: &Case, text: &str) -> String {
    let said = format!("{}：{text}", engine::tell::heading(rules, case));
    format!("{} {}", case.number, mask_numbers(&said))
}

/// Wakes open browsers, after the commit.
pub struct Wakes;

impl Observer for Wakes {
    fn written<'a>(&'a self, pen: &'a Pen<'a>, change: &'a Change<'a>) -> Observed<'a> {
        Box::pin(async move {
            let case = change.case;
            if !pen.quiet {
                let live = pen.app.live.clone();
                let wake = Wake::Case {
                    id: case.id.clone(),
                    kind: case.kind.clone(),
                    site: case.site.clone(),
                    seq: case.seq,
                };
                pen.tx.after_commit(move || live.tell(wake));
            }
            Ok(())
        })
    }
}
