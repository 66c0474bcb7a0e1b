//! Clocks inside cases, by example; that one look equals many, and that no step fires twice, every walk checks.

use crate::dice::Dice;
use crate::house::{House, MONDAY};
use crate::signing::{does, input, staff};
use crate::{files, load};
use serde_json::json;
use std::sync::atomic::AtomicU64;
use yizhan_engine::calendar::{Limit, Pause, due};
use yizhan_engine::case::{Case, Run, RunEnd, RunLimit};
use yizhan_engine::event::Event;
use yizhan_engine::step::{self, Actor};
use yizhan_engine::time::{DAY, HOUR, MINUTE, Time};

fn run<'h>(house: &'h House, case: &str, clock: &str) -> &'h Run {
    house.cases[case]
        .runs
        .iter()
        .rev()
        .find(|r| r.clock == clock)
        .expect("the clock never ran")
}

fn wait(house: &mut House, span: i64) {
    let to = house.now + span;
    house.pass_to(to, &mut Dice::new(1));
}

fn matter() -> (House, String) {
    let mut house = House::new(None);
    let case = house
        .open(
            "matter",
            &staff("front-desk"),
            json!({ "sort": "建议", "content": "多种树" }),
        )
        .unwrap();
    (house, case)
}

#[test]
fn work_done_in_time_and_learned_of_late_is_not_late() {
    let (mut house, case) = matter();
    wait(&mut house, 2 * HOUR);
    assert_eq!(
        run(&house, &case, "response").breached_at,
        Some(Time(MONDAY + HOUR))
    );
    assert_eq!(house.cases[&case].level, 2);
    let take = input("take", json!({}));
    house
        .act_at(&case, &staff("assistant-2"), &take, MONDAY + 30 * MINUTE)
        .unwrap();
    let response = run(&house, &case, "response");
    assert_eq!(response.ended, Some((Time(MONDAY + 30 * MINUTE), RunEnd::Done)));
    assert_eq!(response.breached_at, None);
    assert!(
        response.steps.iter().all(|s| s.fired_at.is_some()),
        "fired steps are never unfired"
    );
}

#[test]
fn work_done_late_stays_late_however_it_is_dated() {
    let (mut house, case) = matter();
    wait(&mut house, 2 * HOUR);
    let take = input("take", json!({}));
    house
        .act_at(&case, &staff("assistant-2"), &take, MONDAY + HOUR + 1)
        .unwrap();
    assert_eq!(
        run(&house, &case, "response").breached_at,
        Some(Time(MONDAY + HOUR))
    );
    // At the very deadline it is still in time.
    let (mut house, case) = matter();
    house
        .act_at(&case, &staff("assistant-2"), &take, MONDAY + HOUR)
        .unwrap();
    assert_eq!(run(&house, &case, "response").breached_at, None);
}

#[test]
fn nothing_happens_to_a_case_before_it_began() {
    let (mut house, case) = matter();
    let finish = input("finish", json!({ "result": "已办" }));
    house
        .act_at(&case, &staff("assistant-2"), &finish, MONDAY - DAY)
        .unwrap();
    assert_eq!(house.cases[&case].closed_at, Some(Time(MONDAY)));
    assert_eq!(
        run(&house, &case, "response").ended,
        Some((Time(MONDAY), RunEnd::Done))
    );
}

#[test]
fn a_clock_that_stands_still_neither_falls_due_nor_wakes() {
    let mut house = House::new(Some("2016-01-01"));
    let repair = json!({ "content": "水管漏水", "part": "给排水", "place": "户内" });
    let case = house.open("repair", &staff("front-desk"), repair).unwrap();
    let first = run(&house, &case, "finish").clone();
    assert!(
        matches!(first.limit, RunLimit::Span(_)),
        "without an appointment the table decides: {first:?}"
    );
    does(&mut house, &case, "front-desk", "to-owner", json!({}));
    wait(&mut house, HOUR);
    let offer =
        json!({ "plan": "换管", "quote": 20_000, "quote_items": [{ "item": "管", "price": 20_000 }] });
    does(&mut house, &case, "front-desk", "offer-price", offer);
    let from = Time(house.now);
    assert_eq!(run(&house, &case, "finish").due_at, None);
    assert!(run(&house, &case, "finish").next_at().is_none());
    wait(&mut house, 9 * DAY);
    assert_eq!(run(&house, &case, "finish").breached_at, None);
    does(&mut house, &case, "front-desk", "owner-agrees", json!({}));
    let after = run(&house, &case, "finish");
    let to = Some(Time(house.now));
    assert_eq!(after.pauses, [Pause { from, to }]);
    assert!(
        after.due_at >= first.due_at.map(|due| Time(due.0 + 8 * DAY)),
        "{:?} {:?}",
        first.due_at,
        after.due_at
    );
}

/// Judged anew, a complaint no longer owes what it was taken for; what was late by then stays late.
#[test]
fn a_clock_that_no_longer_applies_is_dropped_unless_it_is_late() {
    let judged = |again_after: i64| {
        let mut house = House::new(None);
        let complaint = json!({ "content": "楼道灯不亮", "sphere": "物业服务", "severity": "一般" });
        let case = house.open("complaint", &staff("front-desk"), complaint).unwrap();
        let judgement = |valid: &str| {
            json!({
                "valid": valid, "valid_reason": "现场看过", "sphere": "物业服务",
                "severity": "一般", "fault": "我方责任",
            })
        };
        does(&mut house, &case, "supervisor", "judge", judgement("无效"));
        wait(&mut house, again_after);
        does(&mut house, &case, "supervisor", "judge", judgement("有效"));
        let run = run(&house, &case, "explain-invalid").clone();
        (run.ended.map(|(_, end)| end), run.breached_at)
    };
    assert_eq!(judged(HOUR), (Some(RunEnd::Lapsed), None));
    assert_eq!(judged(3 * HOUR), (None, Some(Time(MONDAY + 2 * HOUR))));
}

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

/// “30 minutes left” is not said of ten minutes; what is due is said when it is due.
#[test]
fn a_warning_whose_moment_is_past_is_not_told() {
    let promised = |minutes: i64| {
        let (mut house, case) = matter();
        let until = json!({ "next_answer_at": house.now + minutes * MINUTE });
        does(&mut house, &case, "assistant-2", "promise", until);
        wait(&mut house, HOUR);
        let fired = run(&house, &case, "promise").steps.clone();
        fired.iter().map(|s| s.fired_at).collect::<Vec<_>>()
    };
    let at = |minutes: i64| Some(Time(MONDAY + minutes * MINUTE));
    assert_eq!(promised(10), [None, at(10), None]);
    assert_eq!(promised(30), [at(0), at(30), None]);
    assert_eq!(promised(40), [at(10), at(40), None]);
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
        json!({ "plan": "换管", "estimate": 100_000 }),
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

/// What is missed is missed, whether somebody looked every day or only after a week.
#[test]
fn a_plan_counts_its_misses_whenever_it_is_looked_at() {
    let mut house = House::new(None);
    let case = decoration_at_work(&mut house);
    let mut daily = house.clone();
    wait(&mut house, 6 * DAY);
    for _ in 0..6 {
        wait(&mut daily, DAY);
    }
    assert_eq!(house.cases[&case].plans, daily.cases[&case].plans);
    let plan = &house.cases[&case].plans["patrol"];
    assert!(plan.missed >= 4, "one a day, none done: {plan:?}");
    let patrols = |house: &House| {
        house
            .cases
            .values()
            .filter(|c| c.kind == "decoration-patrol")
            .map(|c| c.opened_at)
            .collect::<Vec<_>>()
    };
    assert_eq!(patrols(&house), patrols(&daily));
}

pub fn decoration_with_deposit(house: &mut House) -> String {
    let application = json!({
        "scope": "全屋", "company": "演示装饰", "company_lead": "甲", "company_phone": "1", "items": ["水路"],
        "drawings": ["f1"], "plan_from": "2026-11-25", "plan_to": "2027-02-01",
    });
    let case = house
        .open("decoration", &staff("decoration-clerk"), application)
        .unwrap();
    does(house, &case, "decoration-clerk", "submit", json!({}));
    for (by, slot) in [
        ("repair-lead", "engineering"),
        ("supervisor", "service"),
        ("manager", "manager"),
    ] {
        does(house, &case, by, "agree", json!({ "slot": slot }));
    }
    does(
        house,
        &case,
        "decoration-clerk",
        "sign-agreement",
        json!({ "agreement_files": ["f1"] }),
    );
    does(
        house,
        &case,
        "cashier",
        "take-deposit",
        json!({ "deposit": 500_000, "deposit_receipt": "Y1" }),
    );
    case
}

fn decoration_at_work(house: &mut House) -> String {
    let case = decoration_with_deposit(house);
    let permit =
        json!({ "permit_no": "1", "start_on": "2026-11-25", "finish_by": "2027-02-01", "phase": "水电" });
    does(house, &case, "decoration-clerk", "permit", permit);
    case
}

/// A guard that speaks of `now` is asked about the instant at which the step was due, not that of the look.
#[test]
fn the_system_acts_at_the_instant_it_was_due() {
    let mut house = House::new(None);
    let pass =
        json!({ "summary": "沙发", "goods": [{ "name": "沙发", "quantity": 1 }], "carrier": "业主本人" });
    let case = house.open("release-pass", &staff("front-desk"), pass).unwrap();
    does(
        &mut house,
        &case,
        "front-desk",
        "check-identity",
        json!({ "identity_checked": "核对身份证件" }),
    );
    let until = house.now + 2 * HOUR;
    let issue = json!({ "clerk_signature": "f1", "stamped": ["放行章已盖"], "valid_until": until });
    does(&mut house, &case, "front-desk", "issue", issue);
    wait(&mut house, 30 * DAY);
    assert_eq!(house.cases[&case].stage, "expired");
    assert_eq!(house.cases[&case].closed_at, Some(Time(until)));
    let refused = house.clone().act(
        &case,
        &Actor::Staff("guard".to_owned()),
        &input("pass", json!({})),
    );
    assert!(refused.is_err());
}
