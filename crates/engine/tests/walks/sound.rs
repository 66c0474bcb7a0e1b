//! What must hold of every case at every moment.

use crate::house::House;
use std::sync::Arc;
use yizhan_engine::calendar;
use yizhan_engine::case::{Case, RunLimit};
use yizhan_engine::step::{Builtin, Offer};

/// What must hold of every case at every moment.
pub fn sound(house: &House) {
    for case in house.lived() {
        let what = format!("{} in {}", case.kind, case.stage);
        let ends = house.rules(&case.id).stage(&case.stage).unwrap().ends;
        assert_eq!(
            case.closed(),
            ends,
            "{what}: closed, but the stage does not say so, or the other way round"
        );
        assert!(
            case.closed_at.is_none_or(|at| at >= case.opened_at),
            "{what}: closed before it was opened"
        );
        if case.closed() {
            left_nothing_running(case, &what);
        } else {
            assert!(
                has_a_way_on(house, case),
                "{what}: nobody can do anything about it\n{:?}",
                case.data
            );
        }
        deadlines_are_reckoned(house, case, &what);
    }
}

fn left_nothing_running(case: &Case, what: &str) {
    assert!(
        case.runs.iter().all(|r| r.ended.is_some()),
        "{what}: a clock runs on: {:?}",
        case.runs
    );
    assert!(case.open_signing().is_none(), "{what}: a sign-off is open");
    assert!(case.plans.is_empty(), "{what}: a plan runs on");
    assert!(
        case.claims.iter().all(|c| c.stays),
        "{what}: holds {:?}",
        case.claims
    );
    assert!(case.passing.is_none(), "{what}: waits to be taken over");
    assert_eq!(case.next_wake(), None, "{what}: wants to be woken");
}

/// An action of the kind or a signature, or cases that are not at their end, under it or, where it reads the one above,
/// above it: those are sound themselves, and once the last is closed this is asked again. Clocks and plans only help
/// where one of those follows.
fn has_a_way_on(house: &House, case: &Case) -> bool {
    let reads_above = house.rules(&case.id).reads_parent();
    let above = |c: &Arc<Case>| reads_above && case.parent.as_ref() == Some(&c.id);
    let waits_for = |c: &Arc<Case>| !c.closed() && (above(c) || c.parent.as_ref() == Some(&case.id));
    if house.cases.values().any(waits_for) {
        return true;
    }
    // What waits for its day, or for what its plan opens, must have a way on when the day has come.
    if case.next_wake().is_some() {
        return true;
    }
    if waits_for_a_record(house, case) {
        return true;
    }
    let moves = |o: &Offer| {
        matches!(
            o.builtin,
            None | Some(Builtin::Agree | Builtin::Refuse | Builtin::Withdraw)
        )
    };
    house.all_offers(&case.id).iter().any(|(_, offer)| moves(offer))
}

/// It goes on when another case has been registered: a charge-back, when the contractor's retention is on record.
pub fn waits_for_a_record(house: &House, case: &Case) -> bool {
    let kind = &house.rules(&case.id).kind;
    let here = kind
        .actions
        .iter()
        .filter(|action| action.from.contains(&case.stage));
    let mut conditions = here.filter_map(|action| action.when.as_ref());
    let reads = |when: &String| {
        kind.addresses
            .iter()
            .any(|a| when.contains(&format!("{}.", a.name)))
    };
    conditions.any(reads)
}

fn deadlines_are_reckoned(house: &House, case: &Case, what: &str) {
    for run in &case.runs {
        assert!(
            run.ended.is_none_or(|(at, _)| at >= run.started_at),
            "{what}: {} ended before it began",
            run.clock
        );
        if run.ended.is_some() || run.paused() {
            continue;
        }
        let reckoned = match &run.limit {
            RunLimit::At(at) => Some(*at),
            RunLimit::Span(limit) => {
                let calendar = house.live.calendar(&run.calendar).unwrap();
                calendar::due(calendar, limit.parse().unwrap(), run.started_at, &run.pauses).at()
            }
        };
        assert_eq!(
            run.due_at, reckoned,
            "{what}: {} is due at another time than its pauses give",
            run.clock
        );
        if run.next_at().is_some_and(|at| at.0 <= house.now) {
            // Due this very moment: time has not passed yet.
            continue;
        }
        let late = !run.reminder && run.due_at.is_some_and(|due| due.0 <= house.now);
        assert_eq!(
            run.breached_at.is_some(),
            late,
            "{what}: {} breached, or not: {run:?}",
            run.clock
        );
    }
}
