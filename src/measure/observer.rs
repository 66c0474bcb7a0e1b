//! Facts are made anew of the cases that were written, and of the cases above them.

use super::rewrite::{Kept, kept_of, manual_of};
use super::{begin_case, refresh_case, refresh_known, refresh_parents};
use crate::cases::load;
use crate::cases::observe::{Done, Observed, Observer};
use crate::cases::pen::Pen;
use crate::error::Problem;
use engine::family::Written;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

/// Keeps the facts.
pub struct Facts;

/// The facts there are of the cases of a batch.
struct Known(Mutex<HashMap<String, Kept>>);

impl Observer for Facts {
    fn prefetch<'a>(&'a self, pen: &'a Pen<'a>, coming: &'a [&'a Written]) -> Observed<'a> {
        Box::pin(async move {
            let old = coming.iter().filter_map(|one| one.before.as_ref());
            let ids: BTreeSet<&String> = old.map(|case| &case.id).collect();
            let ids: Vec<String> = ids.into_iter().cloned().collect();
            let mut facts = kept_of(pen.tx, &ids).await?;
            for id in ids {
                facts.entry(id).or_default();
            }
            pen.tx.note(Known(Mutex::new(facts)));
            Ok(())
        })
    }

    fn settled<'a>(&'a self, pen: &'a Pen<'a>, done: &'a [Done], complete: bool) -> Observed<'a> {
        Box::pin(measure(pen, done, complete))
    }
}

async fn measure(pen: &Pen<'_>, done: &[Done], complete: bool) -> Result<(), Problem> {
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
    }
    parents(pen, done, &last).await
}

/// `known`: what was read of it before still holds.
async fn case_of(pen: &Pen<'_>, one: &Done, known: bool) -> Result<(), Problem> {
    let (around, case) = (&one.around, &one.written.outcome.case);
    let (roster, children) = (around.roster(), around.children());
    let facts = prefetched(pen, &case.id).filter(|_| around.is_of_batch());
    match (&one.written.before, facts) {
        (None, _) if known => begin_case(pen.app, pen.tx, &one.manual, (roster, children), case).await,
        (Some(_), Some(facts)) if known => {
            let manual = manual_of(pen.app, &one.manual).await;
            refresh_known(
                pen.tx,
                (&manual, pen.app.clock.now()),
                roster,
                children,
                case,
                facts,
            )
            .await
        }
        _ => refresh_case(pen.app, pen.tx, case).await,
    }
}

/// What was read for the batch; good for one time, since it is then made anew.
fn prefetched(pen: &Pen<'_>, case: &str) -> Option<Kept> {
    let known = pen.tx.noted::<Known>()?;
    let mut facts = known.0.lock().unwrap_or_else(PoisonError::into_inner);
    facts.remove(case)
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
    let manual = manual_of(pen.app, &first.manual).await;
    let cases = load::several(pen.tx, &above).await?;
    refresh_parents(pen.tx, (&manual, pen.app.clock.now()), &cases).await
}
