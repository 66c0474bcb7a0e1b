//! Limits that are looked up anew, that count from the opening, and that move with their calendar.

use crate::clocks::{run, wait};
use crate::house::{House, MONDAY};
use crate::signing::{does, input, staff};
use crate::{files, load};
use serde_json::json;
use std::sync::atomic::AtomicU64;
use yizhan_engine::calendar::{Limit, Pause, due};
use yizhan_engine::case::{Case, Run, RunLimit};
use yizhan_engine::event::Event;
use yizhan_engine::step;
use yizhan_engine::time::{DAY, HOUR, Time};

/// The part was taken down wrongly: its limit counts from the report all the same, and what is late stays late (REPAIR-5).
#[test]
fn a_corrected_part_has_its_own_limit_from_the_start() {
    let corrected = |first: &str, after: i64, part: &str| {
        let mut house = House::new(Some("2026-06-01"));
        let repair = json!({ "content": "水管漏水", "part": first, "place": "户内" });
        let case = house.open("repair", &staff("front-desk"), repair).unwrap();
        wait(&mut house, after);
        let right = json!({ "part": part, "place": "户内" });
        does(&mut house, &case, "front-desk", "correct-part", right);
        (run(&house, &case, "finish").clone(), house)
    };
    let reckoned = |run: &Run, limit: &str, house: &House| {
        let field = house.live.calendar("field").unwrap();
        due(field, limit.parse::<Limit>().unwrap(), run.started_at, &[]).at()
    };
    let (longer, house) = corrected("给排水", HOUR, "厨卫防水");
    assert_eq!(longer.limit, RunLimit::Span("5d".to_owned()));
    assert_eq!(longer.due_at, reckoned(&longer, "5d", &house));
    // The shorter limit had passed before anybody knew of it: it is due now, not before.
    let (shorter, house) = corrected("厨卫防水", 3 * DAY, "给排水");
    assert_eq!(
        (shorter.due_at, shorter.breached_at),
        (Some(Time(house.now)), None)
    );
    let (late, house) = corrected("给排水", 4 * DAY, "厨卫防水");
    assert_eq!(late.due_at, reckoned(&late, "1d", &house));
    assert_eq!(late.breached_at, late.due_at);
}

#[test]
fn a_limit_corrected_while_the_clock_stands_still_counts_when_it_goes_on() {
    let mut house = House::new(Some("2016-01-01"));
    let repair = json!({ "content": "水管漏水", "part": "给排水", "place": "户内" });
    let case = house.open("repair", &staff("front-desk"), repair).unwrap();
    let before = Case::clone(&house.cases[&case]);
    let ids = AtomicU64::new(900);
    let paused = {
        let mut case = before.clone();
        let run = case.runs.iter_mut().find(|r| r.clock == "finish").unwrap();
        (run.due_at, run.pauses) = (
            None,
            vec![Pause {
                from: run.started_at,
                to: None,
            }],
        );
        case
    };
    let right = input("correct-part", json!({ "part": "厨卫防水", "place": "户内" }));
    let corrected = house
        .world(&case, house.now, &ids, |world| {
            step::step(world, &paused, &staff("front-desk"), &right)
        })
        .unwrap();
    let run = corrected.case.running("finish").unwrap();
    assert_eq!((&run.limit, run.due_at), (&RunLimit::Span("5d".to_owned()), None));
}

/// An invalid complaint is explained within two hours of the complaint, however late it is judged (COMPLAINT-2).
// proves: COMPLAINT-2/c
#[test]
fn an_explanation_is_due_from_the_complaint_and_again_from_its_reopening() {
    let mut house = House::new(None);
    let complaint = json!({ "content": "楼道灯不亮", "sphere": "物业服务", "severity": "一般" });
    let case = house.open("complaint", &staff("front-desk"), complaint).unwrap();
    let judgement = json!({
        "valid": "无效", "valid_reason": "现场看过", "sphere": "物业服务", "severity": "一般", "fault": "非我方责任",
    });
    wait(&mut house, HOUR);
    does(&mut house, &case, "supervisor", "judge", judgement.clone());
    assert_eq!(
        run(&house, &case, "explain-invalid").due_at,
        Some(Time(MONDAY + 2 * HOUR))
    );
    let told = json!({ "explanation": "灯当天已换", "told_how": "电话" });
    does(&mut house, &case, "supervisor", "explain", told);
    wait(&mut house, DAY);
    let again = house.now;
    does(
        &mut house,
        &case,
        "supervisor",
        "reopen",
        json!({ "reopen_reason": "又不亮了" }),
    );
    wait(&mut house, 3 * HOUR);
    does(&mut house, &case, "supervisor", "judge", judgement);
    let run = run(&house, &case, "explain-invalid");
    assert_eq!(run.due_at, Some(Time(again + 2 * HOUR)));
    assert_eq!(
        run.next_at(),
        Some(run.started_at),
        "judged too late, it is late at once"
    );
}

#[test]
fn a_changed_calendar_moves_running_clocks_and_nothing_else() {
    let mut changed = files();
    let office = changed.get_mut("calendars/office.toml").unwrap();
    assert!(
        office.contains("18:00") || office.contains("17:30") || office.contains("17:00"),
        "{office}"
    );
    *office = office
        .replace("18:00", "16:00")
        .replace("17:30", "16:00")
        .replace("17:00", "16:00");
    let live = Box::leak(Box::new(load(changed)));

    let mut house = House::new(Some("2026-06-01"));
    let repair = json!({ "content": "水管漏水", "part": "给排水", "place": "户内" });
    let case = house.open("repair", &staff("front-desk"), repair).unwrap();
    does(&mut house, &case, "front-desk", "to-developer", json!({}));
    wait(&mut house, 8 * HOUR);
    does(
        &mut house,
        &case,
        "repair-lead",
        "submit-cost",
        json!({ "plan": "换管", "estimate_items": [{ "item": "管", "price": 100_000 }], "estimate": 100_000 }),
    );
    let before = Case::clone(&house.cases[&case]);
    house.live = live;
    let ids = AtomicU64::new(900);
    let moved = house
        .world(&case, house.now, &ids, |world| step::recalendar(world, &before))
        .unwrap();
    let approve = before.running("approve").unwrap();
    let office = live.calendar("office").unwrap();
    let reckoned = due(office, "1d".parse::<Limit>().unwrap(), approve.started_at, &[]).at();
    assert_ne!(
        reckoned, approve.due_at,
        "the example is chosen badly: nothing moves"
    );
    assert_eq!(moved.case.running("approve").unwrap().due_at, reckoned);
    assert!(
        moved
            .entries
            .iter()
            .all(|e| matches!(e.event, Event::ClockMoved { .. }))
    );
    assert_eq!(moved.case.running("response"), before.running("response"));
    let again = house
        .world(&case, house.now, &ids, |world| {
            step::recalendar(world, &moved.case)
        })
        .unwrap();
    assert_eq!(again.entries, []);
}
