//! Time passes for many cases at once. What they need is asked for all of them in one statement each, and what follows
//! is set aside and written together, so that a batch costs a dozen statements and not a dozen a case.
//!
//! A case is treated as if it came alone: where one of the batch changes what was read of another, that other is read
//! again when its turn comes.

use super::commit::{self, Pen};
use super::scheduler::pass_time;
use super::world::Around;
use super::{load, surroundings};
use crate::channels::{Receivers, receivers};
use crate::error::Problem;
use crate::measure::{self, Kept};
use engine::case::Case;
use engine::event::Event;
use engine::load::Manual;
use engine::step::{self, Outcome};
use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What else was read of a case of a batch. The case is locked, so that it stays true.
pub(super) struct Ahead {
    /// Its hash chain up to now.
    pub(super) chain: String,
    /// Its facts.
    pub(super) facts: Kept,
    /// The manual in force.
    pub(super) manual: Arc<Manual>,
    /// Some other system wants to be told of events.
    pub(super) hooks: bool,
    /// Who may be told, of all the batch tells.
    pub(super) told: Arc<Receivers>,
}

/// A case of the batch, and what time brings about in it.
struct Turn {
    case: Case,
    around: Around,
    outcome: Outcome,
}

/// Lets time pass for locked cases up to `until`, as [`pass_time`] does for one. Begins no further case once `longest` is
/// over, but always one. Gives how many were changed.
///
/// # Errors
/// As [`pass_time`]; what was done for the others must then be taken back.
pub async fn pass_time_of_all(
    pen: &Pen<'_>,
    cases: Vec<Case>,
    until: i64,
    longest: Duration,
) -> Result<usize, Problem> {
    let pen = pen.system();
    let mut stale = Stale::default();
    let mut parents = BTreeSet::new();
    let (mut changed, mut manual) = (0, None);
    let turns = turns(&pen, cases, until).await?;
    let begun = Instant::now();
    for (nth, turn) in turns.into_iter().enumerate() {
        if nth > 0 && begun.elapsed() > longest {
            break;
        }
        let (case, alone) = (&turn.case, stale.concerns(&turn));
        let after = if alone {
            let case = load::any(pen.tx, &case.id).await?;
            pass_time(&pen, &case, until).await?
        } else {
            commit::write(&pen, &turn.around, Some(case), turn.outcome.clone()).await?
        };
        if after.seq == case.seq {
            continue;
        }
        changed += 1;
        stale.after(&turn, &after, alone);
        if let (Some(parent), Some(ahead)) = (&case.parent, turn.around.ahead()) {
            parents.insert(parent.clone());
            manual = Some(ahead.manual.clone());
        }
    }
    if let Some(manual) = manual {
        let parents: Vec<String> = parents.into_iter().collect();
        let parents = load::several(pen.tx, &parents).await?;
        measure::refresh_parents(pen.tx, &manual, &parents).await?;
    }
    Ok(changed)
}

async fn turns(pen: &Pen<'_>, cases: Vec<Case>, until: i64) -> Result<Vec<Turn>, Problem> {
    let arounds = surroundings::of_all(pen.app, pen.tx, &cases).await?;
    let mut turns = Vec::with_capacity(cases.len());
    for (case, around) in cases.into_iter().zip(arounds) {
        let outcome = step::tick(&around.world(until, until, pen.quiet), &case)?;
        turns.push(Turn {
            case,
            around,
            outcome,
        });
    }
    let told = turns
        .iter()
        .flat_map(|turn| &turn.outcome.entries)
        .filter_map(|entry| match &entry.event {
            Event::Notified { to, .. } => Some(to),
            _ => None,
        });
    let told: BTreeSet<&String> = told.flatten().collect();
    let told = Arc::new(receivers(pen.tx, &told).await?);
    for ahead in turns.iter_mut().filter_map(|turn| turn.around.ahead.as_mut()) {
        ahead.told = told.clone();
    }
    Ok(turns)
}

/// What is no longer as it was when the batch was read.
#[derive(Default)]
struct Stale {
    cases: HashSet<String>,
    /// Sites at which something changed beside the cases of the batch: a case was opened, closed or asked to act.
    sites: HashSet<String>,
    /// Sites at which somebody has more or less to do than was counted.
    loads: HashSet<String>,
}

impl Stale {
    fn concerns(&self, turn: &Turn) -> bool {
        let (case, after) = (&turn.case, &turn.outcome.case);
        let chooses = || after.people.iter().any(|person| !case.people.contains(person));
        self.cases.contains(&case.id)
            || self.sites.contains(&case.site)
            || self.loads.contains(&case.site) && chooses()
    }

    /// `alone`: what it brought about is not known.
    fn after(&mut self, turn: &Turn, after: &Case, alone: bool) {
        let case = &turn.case;
        // A case sees those directly under it.
        self.cases.extend(case.parent.clone());
        let beside = |event: &Event| {
            matches!(
                event,
                Event::ChildOpened { .. } | Event::ChildrenClosed { .. } | Event::ParentAsked { .. }
            )
        };
        if alone || turn.outcome.entries.iter().any(|entry| beside(&entry.event)) {
            self.sites.insert(case.site.clone());
        }
        if after.people != case.people || after.closed() != case.closed() {
            self.loads.insert(case.site.clone());
        }
    }
}
