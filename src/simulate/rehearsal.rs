//! The same days gone through again with other people or other rules.
//!
//! Two things differ from the usual demonstration. People take as long as they take, whatever the limit: otherwise a
//! shorter limit would make everybody faster and change nothing. And an engineer does one thing at a time: otherwise
//! more of them would change nothing.

use super::chance::{Chance, HOUR, MINUTE, by_day, hour_of};
use engine::case::Case;
use engine::step::Actor;
use std::collections::BTreeMap;

/// What is changed, and who is at work until when.
pub struct Rehearsal {
    /// Engineers beside the usual cast.
    pub engineers: usize,
    busy: BTreeMap<String, i64>,
}

impl Rehearsal {
    pub fn new(engineers: usize) -> Rehearsal {
        Rehearsal {
            engineers,
            busy: BTreeMap::new(),
        }
    }

    /// Takes the engineer's time for a step of a work order; when they are at another, gives the instant at which they
    /// are free.
    pub fn occupy(&mut self, chance: &mut Chance, case: &Case, actor: &Actor, now: i64) -> Option<i64> {
        let Actor::Staff(id) = actor else { return None };
        if case.kind != "work-order" {
            return None;
        }
        if let Some(free) = self.busy.get(id).filter(|free| **free > now) {
            return Some(free + chance.between(0, MINUTE));
        }
        self.busy
            .insert(id.clone(), now + chance.between(20, 50) * MINUTE);
        None
    }
}

/// When somebody next looks at a case: most within the hour, some within the day, a few forget it until the next.
pub fn next(chance: &mut Chance, case: &Case, now: i64, offset: i32) -> i64 {
    let due = case.next_due().and_then(|run| run.due_at).map_or(now, |at| at.0);
    let wait = match case.kind.as_str() {
        // An appointment is kept because it was made, however long it leaves.
        "work-order"
            if matches!(case.stage.as_str(), "accepted" | "travelling") && due - now > 40 * MINUTE =>
        {
            due - now - chance.between(2, 20) * MINUTE
        }
        "work-order" => chance.between(2, 14) * MINUTE,
        _ if chance.hit(0.75) => chance.between(3, 25) * MINUTE,
        _ if chance.hit(0.85) => chance.between(25, 150) * MINUTE,
        _ => chance.between(3, 20) * HOUR,
    };
    let wanted = now + wait;
    let night = !(7..21).contains(&hour_of(wanted, offset));
    if night && wait < 12 * HOUR && chance.hit(0.3) {
        return by_day(wanted, offset) + chance.between(0, 60) * MINUTE;
    }
    wanted
}

/// A seed of its own for each thing, by FNV-1a: the standard library's hash may change with its version.
pub fn mixed(seed: u64, of: &str) -> u64 {
    let mix = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
    of.as_bytes().iter().fold(seed ^ 0xcbf2_9ce4_8422_2325, mix)
}
