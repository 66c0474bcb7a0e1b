//! How long people take: most do what is due well before it is due, a few do not.

use super::chance::{Chance, DAY, HOUR, MINUTE, by_day, hour_of};
use engine::case::Case;

/// Share of deadlines that nobody thinks of in time.
const FORGOTTEN: f64 = 0.015;
/// Share of what came up in the last hours that still waits at the end: the present of the demonstration.
const STILL_WAITING: f64 = 0.3;
/// The last hours.
const PRESENT: i64 = 20 * HOUR;
/// The very last ones: what came up goes to the engineers quickly, and they have not got to all of it.
const JUST_NOW: i64 = 3 * HOUR;
const NOT_TAKEN: f64 = 0.45;

/// When somebody next looks at a case. `end`: the present of the demonstration.
pub fn next(chance: &mut Chance, case: &Case, now: i64, end: i64, offset: i32) -> i64 {
    let (kind, stage) = (case.kind.as_str(), case.stage.as_str());
    if end - now < JUST_NOW && kind == "repair" && matches!(stage, "new" | "arranging") && chance.hit(0.85) {
        return now + chance.between(2, 9) * MINUTE;
    }
    let busy = kind == "work-order" && end - now < JUST_NOW;
    let left = if busy { NOT_TAKEN } else { STILL_WAITING };
    if end - now < PRESENT && chance.hit(left) {
        return end + DAY;
    }
    if (kind, stage) == ("decoration", "working") {
        return by_day(now + chance.between(16, 60) * HOUR, offset);
    }
    let due = case
        .next_due()
        .and_then(|run| run.due_at)
        .map(|at| at.0)
        .filter(|due| *due > now);
    let wanted = match due {
        Some(due) if on_the_way(case) && due - now > 40 * MINUTE => due - chance.between(2, 20) * MINUTE,
        Some(due) if chance.hit(FORGOTTEN) => {
            due + ((due - now).min(6 * HOUR) as f64 * chance.share() * 0.6) as i64
        }
        Some(due) => now + early(chance, due - now),
        None if kind == "work-order" => now + chance.between(15, 90) * MINUTE,
        None => now + chance.between(1, 9) * HOUR,
    };
    let wanted = wanted.max(now + 20_000);
    let night = !(7..21).contains(&hour_of(wanted, offset));
    // What can wait until morning does.
    if night && wanted - now > HOUR {
        let morning = by_day(wanted, offset) + chance.between(0, 60) * MINUTE;
        return if due.is_none_or(|due| morning < due) {
            morning
        } else {
            wanted
        };
    }
    wanted
}

/// When somebody looks again who found nothing to do.
pub fn later(chance: &mut Chance, now: i64, offset: i32) -> i64 {
    by_day(now + chance.between(2, 12) * HOUR, offset) + chance.between(0, 50) * MINUTE
}

/// Somewhere in the first half of what is left, rather early; never more than about a day.
fn early(chance: &mut Chance, left: i64) -> i64 {
    let share = 0.04 + 0.45 * chance.share() * chance.share();
    let most = (DAY as f64 * (0.2 + chance.share())) as i64;
    ((left as f64 * share) as i64).min(most)
}

/// An engineer on the way to an appointment comes shortly before it.
fn on_the_way(case: &Case) -> bool {
    case.kind == "work-order" && matches!(case.stage.as_str(), "accepted" | "travelling")
}
