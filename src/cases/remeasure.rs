//! What is made of the cases that were written: their facts, those of the cases above them, and what contacts know of
//! their ends.

use super::commit::{Done, Pen};
use super::load;
use crate::contacts::settling;
use crate::error::Problem;
use crate::measure;
use engine::case::Case;
use std::collections::{BTreeMap, BTreeSet};

/// Measures what a deed or a batch has written. `complete`: everything that was decided was also written, so that what
/// was known of the cases below is as it stands.
///
/// # Errors
/// The database's.
pub(super) async fn of(pen: &Pen<'_>, done: &[Done], complete: bool) -> Result<(), Problem> {
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    let mut last: BTreeMap<&str, usize> = BTreeMap::new();
    for (nth, one) in done.iter().enumerate() {
        let id = one.written.outcome.case.id.as_str();
        *times.entry(id).or_default() += 1;
        last.insert(id, nth);
    }
    for (nth, one) in done.iter().enumerate() {
        let case = &one.written.outcome.case;
        if last.get(case.id.as_str()) == Some(&nth) {
            let once = times.get(case.id.as_str()) == Some(&1);
            case_of(pen, one, once && (complete || one.around.children().is_empty())).await?;
        }
        ends(pen, one.written.before.as_ref(), case).await?;
    }
    parents(pen, done, &last).await
}

/// `known`: what was read of it before still holds.
async fn case_of(pen: &Pen<'_>, one: &Done, known: bool) -> Result<(), Problem> {
    let (around, case) = (&one.around, &one.written.outcome.case);
    let beside = (around.roster(), around.children());
    match (&one.written.before, around.prefetched()) {
        (None, _) if known => measure::begin_case(pen.app, pen.tx, &one.manual, beside, case).await,
        (Some(_), Some(prefetched)) if known => {
            let facts = prefetched.facts.clone();
            measure::refresh_known(pen.tx, &prefetched.manual, beside.0, beside.1, case, facts).await
        }
        _ => measure::refresh_case(pen.app, pen.tx, case).await,
    }
}

/// A contact looks at the ends of its cases and of their clocks; a new case hangs under none yet.
async fn ends(pen: &Pen<'_>, before: Option<&Case>, case: &Case) -> Result<(), Problem> {
    let ends = |c: &Case| (c.closed_at, c.runs.iter().filter(|r| r.ended.is_some()).count());
    if before.is_some_and(|b| ends(b) != ends(case)) {
        settling::refresh_of_case(pen.app, pen.tx, &case.id).await?;
    }
    Ok(())
}

/// Cases above, which were not written themselves: their clauses may look at what stands under them.
async fn parents(pen: &Pen<'_>, done: &[Done], written: &BTreeMap<&str, usize>) -> Result<(), Problem> {
    let above = |one: &Done| one.written.outcome.case.parent.clone();
    let above: BTreeSet<String> = done.iter().filter_map(above).collect();
    let above: Vec<String> = above
        .into_iter()
        .filter(|id| !written.contains_key(id.as_str()))
        .collect();
    let Some(first) = done.first().filter(|_| !above.is_empty()) else {
        return Ok(());
    };
    let manual = measure::manual_of(pen.app, &first.manual).await;
    let cases = load::several(pen.tx, &above).await?;
    measure::refresh_parents(pen.tx, &manual, &cases).await
}
