//! Clocks inside cases, by example; that one look equals many, and that no step fires twice, every walk checks.

use crate::dice::Dice;
use crate::house::{House, MONDAY};
use crate::signing::{does, input, staff};
use serde_json::json;
use yizhan_engine::calendar::Pause;
use yizhan_engine::case::{Run, RunEnd, RunLimit};
use yizhan_engine::step::Actor;
use yizhan_engine::time::{DAY, HOUR, MINUTE, Time};

pub fn run<'h>(house: &'h House, case: &str, clock: &str) -> &'h Run {
    house.cases[case]
        .runs
        .iter()
        .rev()
        .find(|r| r.clock == clock)
        .expect("the clock never ran")
}

pub fn wait(house: &mut House, span: i64) {
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
    let words = json!({ "agreed_how": "电话", "agreed_words": "可以" });
    does(&mut house, &case, "front-desk", "agree-for", words);
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

/// What is missed is missed, whether somebody looked every day or only after a week.
// proves: ENG-7/a
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
    assert!(patrols(&house).len() >= 5, "one a day: {:?}", patrols(&house));
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
        json!({ "agreement_files": ["f1"], "owner_signature": "f1", "office_signature": "f1" }),
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

// proves: GATE-1/f
#[test]
fn a_release_pass_is_good_once_and_not_after_its_time() {
    let mut house = House::new(None);
    let (used, _) = release_pass(&mut house);
    let (lapsed, until) = release_pass(&mut house);
    does(&mut house, &used, "guard", "pass", json!({}));
    let passes = |house: &House, case: &str| {
        let (guard, pass) = (Actor::Staff("guard".to_owned()), input("pass", json!({})));
        house.clone().act(case, &guard, &pass).is_ok()
    };
    assert!(!passes(&house, &used), "it was used");
    assert!(passes(&house, &lapsed), "it is in time");
    let left = until - house.now;
    wait(&mut house, left + MINUTE);
    assert!(!passes(&house, &lapsed), "its time is over");
}

/// A pass for a sofa, given out for two hours.
fn release_pass(house: &mut House) -> (String, i64) {
    let pass =
        json!({ "summary": "沙发", "goods": [{ "name": "沙发", "quantity": 1 }], "carrier": "业主本人" });
    let case = house.open("release-pass", &staff("front-desk"), pass).unwrap();
    let identity = json!({ "identity_checked": "核对身份证件" });
    does(house, &case, "front-desk", "check-identity", identity);
    let until = house.now + 2 * HOUR;
    let issue = json!({ "clerk_signature": "f1", "stamped": ["放行章已盖"], "valid_until": until });
    does(house, &case, "front-desk", "issue", issue);
    (case, until)
}

/// A guard that speaks of `now` is asked about the instant at which the step was due, not that of the look.
#[test]
fn the_system_acts_at_the_instant_it_was_due() {
    let mut house = House::new(None);
    let (case, until) = release_pass(&mut house);
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
