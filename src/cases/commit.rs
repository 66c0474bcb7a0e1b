//! Writing what the engine decided for a case: events, snapshot and projections, in the one transaction. What others make
//! of it is theirs ([`super::observe`]).

use super::observe::{self, Change, Done};
use super::pen::Pen;
use super::world::Around;
use super::{ledger, numbers, projections, snapshot, values};
use crate::error::Problem;
use engine::event::Event;
use engine::family::Written;
use engine::load::Rules;
use engine::step::Outcome;

/// Writes what was decided for one case.
///
/// # Errors
/// [`crate::error::Code::Taken`] when a claim is held by another case; references that do not exist; the database's.
pub async fn write(pen: &Pen<'_>, around: Around, mut written: Written) -> Result<Done, Problem> {
    let kind = written.outcome.case.kind.clone();
    let pinned = around.manual().clone();
    let rules = pinned
        .kind(&kind)
        .ok_or_else(|| Problem::internal("unknown kind"))?;
    let uploads = references(pen, rules, &written.outcome).await?;
    if written.before.is_none() {
        give_number(pen, rules, &mut written.outcome).await?;
    }
    let (before, outcome) = (written.before.as_ref(), &written.outcome);
    let case = &outcome.case;
    let manual = snapshot::write(pen, &around, rules, before, case).await?;
    let chain = around.prefetched().map(|known| known.chain.as_str());
    let seq = before.map_or(0, |c| c.seq);
    ledger::append(pen, seq, chain, &case.id, &outcome.entries).await?;
    projections::project(pen, before, case, &outcome.entries).await?;
    let change = Change {
        rules,
        before,
        case,
        entries: &outcome.entries,
        files: &uploads,
    };
    observe::written(pen, &change).await?;
    Ok(Done {
        around,
        written,
        manual,
    })
}

/// The number comes last of what is decided: a refusal before it must not use one up.
async fn give_number(pen: &Pen<'_>, rules: &Rules, outcome: &mut Outcome) -> Result<(), Problem> {
    let offset = pen.app.manuals.current().offset();
    let case = &outcome.case;
    let number = numbers::next(pen.tx, &rules.kind.number, &case.site, case.opened_at.0, offset).await?;
    numbered(outcome, number);
    Ok(())
}

/// Writes the number of a new case wherever it belongs.
pub fn numbered(outcome: &mut Outcome, number: String) {
    for entry in &mut outcome.entries {
        match &mut entry.event {
            Event::Opened(opened) => opened.number.clone_from(&number),
            Event::Notified { text, .. } => *text = text.replace("{case.number}", &number),
            _ => {}
        }
    }
    outcome.case.number = number;
}

/// People, homes, customers and files that were entered must exist, and be the actor's to name. Gives the files.
async fn references(pen: &Pen<'_>, rules: &Rules, outcome: &Outcome) -> Result<Vec<String>, Problem> {
    let mut uploads = Vec::new();
    for entry in &outcome.entries {
        match &entry.event {
            Event::Opened(o) => {
                uploads.extend(values::check_references(pen.tx, rules, &outcome.case.site, &o.data).await?)
            }
            Event::Acted { set, .. } | Event::Signed { set, .. } => {
                uploads.extend(values::check_references(pen.tx, rules, &outcome.case.site, set).await?);
            }
            Event::Noted { files, .. } => uploads.extend(files.iter().cloned()),
            _ => {}
        }
    }
    observe::admit(pen, &outcome.case, &uploads).await?;
    Ok(uploads)
}
