//! Time passes for many cases at once. What they need is asked for all of them in one statement each, all is decided in
//! order, each deed knowing those before it, and what follows is set aside and written together, so that a batch costs
//! a dozen statements and not a dozen a case.

use super::deciding::{decide_until, write_group};
use super::pen::Pen;
use super::{observe, surroundings};
use crate::error::Problem;
use engine::case::Case;
use engine::family::Family;
use std::time::{Duration, Instant};

/// Lets time pass for locked cases up to `until`, as [`super::scheduler::pass_time`] does for one. Begins no further
/// case once `longest` is over, but always one. Gives how many were changed.
///
/// # Errors
/// As [`super::scheduler::pass_time`]; what was done for the others must then be taken back.
pub async fn pass_time_of_all(
    pen: &Pen<'_>,
    cases: Vec<Case>,
    until: i64,
    longest: Duration,
) -> Result<usize, Problem> {
    let pen = Pen {
        at: until,
        ..pen.system()
    };
    let ids: Vec<String> = cases.iter().map(|case| case.id.clone()).collect();
    let mut look = surroundings::of_all(pen.app, pen.tx, cases).await?;
    let mut groups = Vec::with_capacity(ids.len());
    for id in &ids {
        groups.push(decide_until(&pen, &mut look, until, |family: Family| family.tick(id)).await?);
    }
    groups.retain(|group| !group.is_empty());
    observe::prefetch(&pen, &groups.iter().flatten().collect::<Vec<_>>()).await?;
    let (begun, all) = (Instant::now(), groups.len());
    let (mut done, mut changed) = (Vec::new(), 0);
    for group in groups {
        if changed > 0 && begun.elapsed() > longest {
            break;
        }
        write_group(&pen, &mut look, group, &mut done).await?;
        changed += 1;
    }
    observe::settled(&pen, &done, changed == all).await?;
    Ok(changed)
}
