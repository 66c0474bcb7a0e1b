//! Deadlines a clerk can check on a wall calendar.

use yizhan_engine::calendar::{DueState, Pause, due};
use yizhan_engine::time::{Span, Time};

use crate::published;

fn t(text: &str) -> Time {
    Time::parse_local(text, 480).unwrap()
}

fn pause(from: &str, to: &str) -> Pause {
    Pause {
        from: t(from),
        to: Some(t(to)),
    }
}

fn state(calendar: &str, limit: &str, started: &str, pauses: &[Pause]) -> DueState {
    due(
        published().get(calendar).unwrap(),
        limit.parse().unwrap(),
        t(started),
        pauses,
    )
    .state
}

#[track_caller]
fn check(calendar: &str, started: &str, limit: &str, pauses: &[Pause], expected: &str) {
    assert_eq!(state(calendar, limit, started, pauses), DueState::At(t(expected)));
}

#[test]
fn two_hours_around_the_clock_ignore_night_and_holiday() {
    check(
        "around-the-clock",
        "2026-09-30 23:30",
        "2h",
        &[],
        "2026-10-01 01:30",
    );
    check(
        "around-the-clock",
        "2026-02-14 09:00",
        "1w",
        &[],
        "2026-02-21 09:00",
    );
}

#[test]
fn national_day_2026_does_not_count() {
    // Wednesday 30 September is the last working day, Thursday 8 October the next.
    check("office", "2026-09-30 17:30", "2h", &[], "2026-10-08 10:30");
    // Friday 25 September is mid-autumn: Thursday evening goes on on Monday.
    check("office", "2026-09-24 17:30", "2h", &[], "2026-09-28 10:30");
    check("office", "2026-09-30 15:00", "2d", &[], "2026-10-09 15:00");
}

#[test]
fn a_make_up_saturday_counts_as_a_monday() {
    check("office", "2026-10-09 17:30", "2h", &[], "2026-10-10 10:30");
    check("office", "2026-10-09 17:30", "1d", &[], "2026-10-10 17:30");
    // An ordinary Saturday does not.
    check("office", "2026-10-16 17:30", "2h", &[], "2026-10-19 10:30");
}

#[test]
fn spring_festival_2026() {
    // Saturday 14 February is worked, then nine days off until Tuesday the 24th.
    check("office", "2026-02-13 17:00", "10h", &[], "2026-02-24 10:00");
    check("office", "2026-02-14 16:00", "1d", &[], "2026-02-24 16:00");
}

#[test]
fn lunch_does_not_count() {
    check("office", "2026-11-02 11:30", "1h", &[], "2026-11-02 13:30");
    check("office", "2026-11-02 12:10", "1h", &[], "2026-11-02 14:00");
    check("field", "2026-11-02 11:50", "15m", &[], "2026-11-02 13:35");
}

#[test]
fn used_up_at_closing_is_due_at_closing() {
    check("office", "2026-11-02 11:00", "1h", &[], "2026-11-02 12:00");
    check("office", "2026-11-02 16:00", "2h", &[], "2026-11-02 18:00");
    // Started on the boundary, nothing of the closed time counts.
    check("office", "2026-11-02 18:00", "1h", &[], "2026-11-03 10:00");
    check("office", "2026-11-02 09:00", "8h", &[], "2026-11-02 18:00");
}

#[test]
fn days_keep_the_clock_time() {
    // Registered in the break: the day begins at 13:30.
    check("field", "2026-11-02 12:30", "2d", &[], "2026-11-04 13:30");
    // Registered after the desk has closed: the first day begins tomorrow at 07:30.
    check("desk", "2026-11-02 21:00", "1d", &[], "2026-11-04 07:30");
    // Registered on a Sunday at the office: Monday 09:00 is the start.
    check("office", "2026-11-01 20:00", "1w", &[], "2026-11-11 09:00");
}

#[test]
fn a_pause_gives_back_its_open_time_only() {
    // 11:00–14:00 holds an hour of lunch: two hours are given back.
    check(
        "office",
        "2026-11-03 10:00",
        "4h",
        &[pause("2026-11-03 11:00", "2026-11-03 14:00")],
        "2026-11-03 17:00",
    );
    // Overnight: half an hour in the evening, half an hour in the morning.
    check(
        "office",
        "2026-11-03 17:00",
        "2h",
        &[pause("2026-11-03 17:30", "2026-11-04 09:30")],
        "2026-11-04 11:00",
    );
    // Over National Day nothing is given back but the last quarter and the first.
    check(
        "office",
        "2026-09-30 17:00",
        "2h",
        &[pause("2026-09-30 17:45", "2026-10-08 09:15")],
        "2026-10-08 10:30",
    );
    // Wholly at night: nothing.
    check(
        "office",
        "2026-11-03 17:00",
        "2h",
        &[pause("2026-11-03 18:00", "2026-11-04 09:00")],
        "2026-11-04 10:00",
    );
}

#[test]
fn overlapping_pauses_count_once() {
    let both = [
        pause("2026-11-03 10:30", "2026-11-03 11:30"),
        pause("2026-11-03 10:00", "2026-11-03 11:00"),
    ];
    check("office", "2026-11-03 09:00", "4h", &both, "2026-11-03 15:30");
}

#[test]
fn a_pause_on_or_after_the_deadline_is_too_late() {
    check(
        "office",
        "2026-11-03 09:00",
        "2h",
        &[pause("2026-11-03 11:00", "2026-11-03 15:00")],
        "2026-11-03 11:00",
    );
    check(
        "office",
        "2026-11-03 09:00",
        "2h",
        &[pause("2026-11-03 10:59", "2026-11-03 15:00")],
        "2026-11-03 15:01",
    );
    // The second begins before the deadline that the first has put off.
    let chain = [
        pause("2026-11-03 10:00", "2026-11-03 11:00"),
        pause("2026-11-03 11:30", "2026-11-03 11:45"),
    ];
    check("office", "2026-11-03 09:00", "2h", &chain, "2026-11-03 13:15");
}

#[test]
fn while_paused_there_is_no_deadline_but_a_rest() {
    let open = [Pause {
        from: t("2026-11-03 17:00"),
        to: None,
    }];
    assert_eq!(
        state("office", "4h", "2026-11-03 16:00", &open),
        DueState::Paused {
            remaining: Span::hours(3)
        }
    );
    // Too late to be a pause.
    check("office", "2026-11-03 13:00", "4h", &open, "2026-11-03 17:00");
}

#[test]
fn no_deadline_falls_inside_a_pause() {
    // Due at the opening on the 5th, paused since the night before: nothing is left, but nobody can act before noon.
    check(
        "desk",
        "2026-11-03 21:00",
        "1d",
        &[pause("2026-11-05 02:00", "2026-11-05 12:00")],
        "2026-11-05 12:00",
    );
    check(
        "desk",
        "2026-11-03 21:00",
        "1d",
        &[pause("2026-11-05 02:00", "2026-11-05 23:00")],
        "2026-11-06 07:30",
    );
}

#[test]
fn uncertain_years_are_reported() {
    let all = published();
    let years = |calendar: &str, started: &str, limit: &str| {
        let due = due(
            all.get(calendar).unwrap(),
            limit.parse().unwrap(),
            t(started),
            &[],
        );
        (
            Vec::from_iter(due.years.missing),
            Vec::from_iter(due.years.provisional),
        )
    };
    assert_eq!(years("office", "2026-11-02 09:00", "5d"), (vec![], vec![]));
    assert_eq!(years("office", "2026-12-31 17:00", "2h"), (vec![], vec![2027]));
    assert_eq!(
        years("office", "2027-12-31 17:00", "2h"),
        (vec![2028], vec![2027])
    );
    assert_eq!(years("office", "2023-12-29 17:00", "2h"), (vec![2023], vec![]));
    assert_eq!(
        years("around-the-clock", "2030-12-31 17:00", "2d"),
        (vec![], vec![])
    );
}

#[test]
fn another_zone_has_its_own_office_hours() {
    let utc = published().with_offset(0);
    let noon = Time::parse_local("2026-11-02 11:30", 0).unwrap();
    let due = utc.get("office").unwrap().add_open(noon, Span::hours(1));
    assert_eq!(due, Time::parse_local("2026-11-02 13:30", 0).unwrap());
}

#[test]
fn times_are_written_in_company_time() {
    let at = t("2026-02-14 09:00");
    assert_eq!(at.to_string(), "2026-02-14T09:00:00+08:00");
    assert_eq!(at.0, 1_771_030_800_000);
    assert_eq!(t("2026-02-14T09:00:00"), at);
    assert_eq!(Time::from(at.to_chrono()), at);
    assert!(Time::parse_local("2026-02-30 09:00", 480).is_err());
    assert_eq!(Span(-90 * 60_000).to_string(), "-1h30m");
}
