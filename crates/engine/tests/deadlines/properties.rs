//! The engine equals the reference, whatever the calendar, the limit and the pauses.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use yizhan_engine::calendar::{Calendar, Calendars, DueState, Limit, Pause, due};
use yizhan_engine::time::{DAY, MINUTE, Span, Time};

use crate::reference::World;
use crate::{PUBLISHED, published};

/// Windows whose edges lie on the grid of `step` minutes: up to three a day, some days closed, Monday never.
fn week(step: i64) -> impl Strategy<Value = [Vec<(i64, i64)>; 7]> {
    let steps = 24 * 60 / step;
    let cuts = move |least| proptest::collection::btree_set(0..=steps, least..=6usize);
    let pairs = move |cuts: BTreeSet<i64>| -> Vec<(i64, i64)> {
        let cuts: Vec<i64> = cuts.into_iter().map(|cut| cut * step).collect();
        cuts.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect()
    };
    (cuts(2), proptest::array::uniform6(cuts(0))).prop_map(move |(monday, others)| {
        let [tue, wed, thu, fri, sat, sun] = others.map(pairs);
        [pairs(monday), tue, wed, thu, fri, sat, sun]
    })
}

fn days_of_2026() -> impl Strategy<Value = BTreeSet<NaiveDate>> {
    let first = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
    proptest::collection::btree_set((0..365u64).prop_map(move |day| first + Days::new(day)), 0..40)
}

fn invented(step: i64) -> impl Strategy<Value = World> {
    (
        week(step),
        days_of_2026(),
        days_of_2026(),
        any::<bool>(),
        proptest::option::of(0..7usize),
    )
        .prop_map(move |(week, closed, makeup, observes, makeup_as)| World {
            makeup_as: makeup_as.filter(|day| !week[*day].is_empty()),
            makeup: &makeup - &closed,
            week,
            closed,
            observes,
            step,
            ..World::default()
        })
}

/// Invented worlds, and now and then a calendar of the manual.
fn worlds(step: i64) -> impl Strategy<Value = World> {
    let of_the_manual = (0..4usize).prop_map(move |which| World::read(PUBLISHED[which].1, PUBLISHED[4].1));
    prop_oneof![3 => invented(step), u32::from(step == 1) => of_the_manual]
}

fn compile(world: &World) -> Calendar {
    let all = Calendars::load(&world.files()).unwrap_or_else(|problems| panic!("{problems:#?}"));
    all.get("w").unwrap().clone()
}

/// An instant of 2026 on the grid, a quarter of them within a step of a window's edge.
fn started(world: &World, step_of_year: i64, near_edge: u8) -> Time {
    let new_year = Time::parse_local("2026-01-01 00:00", 480).unwrap();
    let mut t = new_year + Span::minutes(step_of_year * world.step);
    if near_edge < 64 {
        let open = world.open(t);
        for _ in 0..7 * 24 * 60 / world.step {
            if world.open(t) != open {
                break;
            }
            t = t + Span::minutes(world.step);
        }
        t = t + Span::minutes(world.step * (i64::from(near_edge) % 3 - 1));
    }
    t
}

/// Pauses from two days before the start until three weeks after; one in ten does not end.
fn pauses(step: i64) -> impl Strategy<Value = Vec<(i64, i64, bool)>> {
    let a_day = 24 * 60 / step;
    let pause = (
        -2 * a_day..21 * a_day,
        0..4 * a_day,
        proptest::bool::weighted(0.1),
    );
    proptest::collection::vec(pause, 0..5)
}

fn placed(started: Time, step: i64, pauses: &[(i64, i64, bool)]) -> Vec<Pause> {
    let steps = |n: i64| Span::minutes(n * step);
    let place = |(from, length, endless): &(i64, i64, bool)| Pause {
        from: started + steps(*from),
        to: (!endless).then(|| started + steps(from + length)),
    };
    pauses.iter().map(place).collect()
}

/// A limit of open time that is used up within some weeks, so that the walk ends.
fn open_limit(world: &World, started: Time, weeks: i64, share: u16) -> Limit {
    let most = world.open_between(started, started + Span::days(7 * weeks)).0 / MINUTE / world.step;
    Limit::Open(Span::minutes(
        (most * i64::from(share) / i64::from(u16::MAX)).max(1) * world.step,
    ))
}

/// What is tried: world, step of the year, nearness to an edge, share of the horizon, days, pauses.
type Case = (World, i64, u8, u16, u32, Vec<(i64, i64, bool)>);

fn cases(step: i64, days: u32) -> impl Strategy<Value = Case> {
    let steps = 365 * 24 * 60 / step;
    (
        worlds(step),
        0..steps,
        any::<u8>(),
        any::<u16>(),
        1..=days,
        pauses(step),
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 320, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn open_time_and_next_opening((world, at, edge, share, _, _) in cases(1, 1)) {
        let cal = compile(&world);
        let a = started(&world, at, edge);
        let b = a + Span::minutes(i64::from(share) / 2);
        prop_assert_eq!(cal.open_between(a, b), world.open_between(a, b));
        prop_assert_eq!(cal.open_between(b, a + Span::minutes(1)), Span::ZERO);
        prop_assert_eq!(cal.next_open(a), world.next_open(a));
        prop_assert_eq!(cal.is_open(b), world.open(b));
    }

    #[test]
    fn open_limits((world, at, edge, share, _, breaks) in cases(1, 1)) {
        let cal = compile(&world);
        let start = started(&world, at, edge);
        let limit = open_limit(&world, start, 3, share);
        let breaks = placed(start, 1, &breaks);
        prop_assert_eq!(due(&cal, limit, start, &[]).state, world.due(limit, start, &[]));
        prop_assert_eq!(due(&cal, limit, start, &breaks).state, world.due(limit, start, &breaks));
    }

    #[test]
    fn day_limits((world, at, edge, _, days, breaks) in cases(1, 12)) {
        let cal = compile(&world);
        let start = started(&world, at, edge);
        let limit = Limit::Days(days);
        let breaks = placed(start, 1, &breaks);
        prop_assert_eq!(cal.add_days(start, days), world.add_days(start, days));
        prop_assert_eq!(due(&cal, limit, start, &breaks).state, world.due(limit, start, &breaks));
    }

    /// Pauses that begin on the deadline or shortly before it, and pauses that touch.
    #[test]
    fn pauses_at_the_deadline(
        (world, at, edge, share, days, _) in cases(1, 5),
        early in prop_oneof![Just(0), 1..600i64],
        first in 1..2000i64,
        second in prop_oneof![Just(None), (1..2000i64).prop_map(Some)],
    ) {
        let cal = compile(&world);
        let start = started(&world, at, edge);
        for limit in [open_limit(&world, start, 2, share), Limit::Days(days)] {
            let base = due(&cal, limit, start, &[]).at().unwrap();
            let middle = base + Span::minutes(first);
            let breaks = [
                Pause { from: middle, to: second.map(|length| middle + Span::minutes(length)) },
                Pause { from: base - Span::minutes(early), to: Some(middle) },
            ];
            prop_assert_eq!(due(&cal, limit, start, &breaks).state, world.due(limit, start, &breaks));
        }
    }

    /// Hour by hour, so that limits of years can be walked.
    #[test]
    fn limits_over_years((world, at, edge, share, days, breaks) in cases(60, 400)) {
        let cal = compile(&world);
        let start = started(&world, at, edge);
        let breaks = placed(start, 60, &breaks);
        for limit in [open_limit(&world, start, 150, share), Limit::Days(days)] {
            prop_assert_eq!(due(&cal, limit, start, &breaks).state, world.due(limit, start, &breaks));
        }
    }

    /// A day that becomes a holiday moves the deadlines that lie beyond it and no others.
    #[test]
    fn a_changed_calendar((mut world, at, edge, share, _, breaks) in cases(1, 1), day in 0..365u64) {
        world.observes = true;
        let start = started(&world, at, edge);
        let limit = open_limit(&world, start, 2, share);
        let breaks = placed(start, 1, &breaks);
        let before = due(&compile(&world), limit, start, &breaks);
        let holiday = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap() + Days::new(day);
        let mut changed = world.clone();
        changed.makeup.remove(&holiday);
        changed.closed.insert(holiday);
        changed.memo.take();
        let after = due(&compile(&changed), limit, start, &breaks);
        prop_assert_eq!(after.state, changed.due(limit, start, &breaks));
        if let (Some(old), Some(new)) = (before.at(), after.at()) {
            let day_start = Time::start_of(holiday, 480);
            let touched = start < day_start + Span::days(1) && day_start < old;
            prop_assert!(new == old || (touched && new > old));
        }
    }

    /// A run is stopped and a second one begins: the second starts afresh and owes nothing to pauses of the first.
    #[test]
    fn reopened((world, at, edge, share, days, breaks) in cases(1, 5), gap in 0..6000i64) {
        let cal = compile(&world);
        let first = started(&world, at, edge);
        let breaks: Vec<Pause> = placed(first, 1, &breaks).into_iter().filter(|p| p.to.is_some()).collect();
        let second = first + Span::minutes(gap);
        let own: Vec<Pause> = breaks.iter().copied().filter(|p| p.to.is_some_and(|to| to > second)).collect();
        for limit in [open_limit(&world, second, 2, share), Limit::Days(days)] {
            prop_assert_eq!(due(&cal, limit, second, &breaks), due(&cal, limit, second, &own));
            prop_assert_eq!(due(&cal, limit, second, &breaks).state, world.due(limit, second, &own));
        }
    }

    /// Laws to the millisecond, where walking is too slow.
    #[test]
    fn laws((world, at, edge, _, days, _) in cases(1, 30), ms in 0..MINUTE, x in 1..3 * DAY, y in 1..3 * DAY) {
        let cal = compile(&world);
        let start = started(&world, at, edge) + Span(ms);
        let (x, y) = (Span(x), Span(y));
        let end = cal.add_open(start, x);
        prop_assert_eq!(cal.open_between(start, end), x);
        prop_assert_eq!(cal.open_between(start, end - Span(1)), x - Span(1));
        prop_assert_eq!(cal.add_open(end, y), cal.add_open(start, x + y));
        let middle = start + y;
        let parts = cal.open_between(start, middle) + cal.open_between(middle, middle + x);
        prop_assert_eq!(parts, cal.open_between(start, middle + x));
        let opening = cal.next_open(start);
        prop_assert_eq!(cal.open_between(start, opening), Span::ZERO);
        prop_assert!(cal.is_open(opening) && cal.next_open(opening) == opening);
        prop_assert!(cal.add_days(start, days) > start);
    }

    /// What is left when a clock stops is what it gets when it goes on.
    #[test]
    fn paused_and_resumed((world, at, edge, share, _, _) in cases(1, 1), from in 0..9000i64, length in 1..9000i64) {
        let cal = compile(&world);
        let start = started(&world, at, edge);
        let limit = open_limit(&world, start, 2, share);
        let from = start + Span::minutes(from);
        let to = from + Span::minutes(length);
        if let DueState::Paused { remaining } = due(&cal, limit, start, &[Pause { from, to: None }]).state {
            let resumed = due(&cal, limit, start, &[Pause { from, to: Some(to) }]).at().unwrap();
            prop_assert_eq!(cal.open_between(to, resumed), remaining);
        } else {
            prop_assert!(from >= due(&cal, limit, start, &[]).at().unwrap());
        }
    }

    #[test]
    fn limits_are_read_as_written(seconds in 1..200_000i64, days in 1..=36_500u32) {
        for limit in [Limit::Open(Span(seconds * 1000)), Limit::Days(days)] {
            prop_assert_eq!(limit.to_string().parse::<Limit>(), Ok(limit));
        }
    }
}

proptest! {
    // Few cases: reporting every year of a wild range is what takes time.
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// No figure, however wild, makes the arithmetic panic.
    #[test]
    fn wild_figures(start in any::<i64>(), span in any::<i64>(), days in any::<u32>(), length in any::<i64>()) {
        for cal in published().iter() {
            let pause = Pause { from: Time(start), to: Some(Time(length)) };
            let _ = cal.add_days(Time(start), days);
            let _ = due(cal, Limit::Open(Span(span)), Time(start), &[pause]);
        }
    }
}
