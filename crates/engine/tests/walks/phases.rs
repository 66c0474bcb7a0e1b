//! Who serves the owner follows from the day of handover (INTAKE-17), and the customer knows when a matter is passed on
//! (INTAKE-9).

use crate::house::House;
use crate::signing::{does, fails, staff};
use serde_json::json;
use std::sync::Arc;
use yizhan_engine::def::Relation;
use yizhan_engine::step::Why;

/// The house's first day is 2026-11-23.
const FIRST_YEAR: &str = "2025-11-24";
const A_YEAR_AGO: &str = "2025-11-23";

fn complains(house: &mut House) -> String {
    let data = json!({ "content": "交房时说好的车位没有了", "sphere": "合同与产权" });
    house.open("complaint", &staff("front-desk"), data).unwrap()
}

fn follows(house: &House, case: &str) -> String {
    house.cases[case]
        .in_relation(Relation::Responsible)
        .next()
        .unwrap()
        .to_owned()
}

// proves: INTAKE-17/a, INTAKE-17/b, INTAKE-17/c
#[test]
fn who_follows_a_new_matter_goes_by_the_handover() {
    for (delivered, who) in [
        (None, "sales"),
        (Some("2026-11-24"), "sales"),
        (Some("2026-11-23"), "site-lead"),
        (Some(FIRST_YEAR), "site-lead"),
        (Some(A_YEAR_AGO), "assistant-2"),
    ] {
        let mut house = House::new(delivered);
        let case = complains(&mut house);
        assert_eq!(follows(&house, &case), who, "{delivered:?}");
    }
}

#[test]
fn where_a_phase_has_nobody_the_next_one_serves() {
    let mut house = House::new(None);
    let absent = ["sales", "site-lead"];
    house.roster = Arc::new(
        house
            .roster
            .iter()
            .filter(|m| !absent.contains(&m.id.as_str()))
            .cloned()
            .collect(),
    );
    let case = complains(&mut house);
    assert_eq!(follows(&house, &case), "assistant-2");
}

#[test]
fn the_developers_matters_go_back_through_the_centre() {
    let judged = json!({ "valid": "有效", "valid_reason": "合同附件有车位", "sphere": "合同与产权", "severity": "一般",
        "fault": "待查" });
    let plan = json!({ "options": [{ "plan": "补一个车位", "cost": 0 }] });
    for (delivered, through) in [(A_YEAR_AGO, true), (FIRST_YEAR, false)] {
        let mut house = House::new(Some(delivered));
        let case = complains(&mut house);
        does(&mut house, &case, "supervisor", "judge", judged.clone());
        if through {
            assert_eq!(
                fails(&house, &case, "supervisor", "draw-up", plan.clone()).0,
                Why::Condition
            );
            does(
                &mut house,
                &case,
                "supervisor",
                "to-centre",
                json!({ "centre_reason": "请销售部核对附件" }),
            );
            assert!(house.cases[&case].is(Relation::Assignee, "centre-director"));
            assert_eq!(follows(&house, &case), "assistant-2");
        } else {
            let (why, _) = fails(
                &house,
                &case,
                "supervisor",
                "to-centre",
                json!({ "centre_reason": "核对" }),
            );
            assert_eq!(why, Why::Condition);
        }
        does(&mut house, &case, "supervisor", "draw-up", plan.clone());
    }
}

#[test]
fn a_customer_who_was_not_told_is_told_later() {
    let mut house = House::new(Some(A_YEAR_AGO));
    let case = complains(&mut house);
    let passed = |told: &str| json!({ "to": "supervisor", "reason": "涉及两个部门", "told": told });
    does(&mut house, &case, "assistant-2", "pass-on", passed("电话"));
    assert!(!house.cases[&case].untold);
    does(
        &mut house,
        &case,
        "supervisor",
        "refuse-pass",
        json!({ "reason": "请先核实" }),
    );
    does(&mut house, &case, "assistant-2", "pass-on", passed("尚未告知"));
    assert!(house.cases[&case].untold);
    assert_eq!(
        fails(&house, &case, "guard", "tell-customer", json!({ "how": "电话" })).0,
        Why::NotNow
    );
    let wrong = json!({ "how": "托梦" });
    assert_eq!(
        fails(&house, &case, "assistant-2", "tell-customer", wrong),
        (Why::Invalid, "how".to_owned())
    );
    does(
        &mut house,
        &case,
        "assistant-2",
        "tell-customer",
        json!({ "how": "当面", "words": "说明由主管牵头" }),
    );
    assert!(!house.cases[&case].untold);
    assert_eq!(
        fails(
            &house,
            &case,
            "assistant-2",
            "tell-customer",
            json!({ "how": "电话" })
        )
        .0,
        Why::NotNow
    );
}

/// Who gives out work passes on what a colleague who is away has in hand; others only their own.
#[test]
fn a_supervisor_passes_on_the_work_of_others() {
    let mut house = House::new(Some(A_YEAR_AGO));
    let case = complains(&mut house);
    let passed = json!({ "to": "site-lead", "reason": "管家请假", "told": "电话" });
    assert_eq!(
        fails(&house, &case, "patrol", "pass-on", passed.clone()).0,
        Why::NotNow
    );
    does(&mut house, &case, "supervisor", "pass-on", passed);
    does(&mut house, &case, "site-lead", "accept-pass", json!({}));
    assert!(house.cases[&case].is(Relation::Assignee, "site-lead"));
    assert_eq!(
        follows(&house, &case),
        "assistant-2",
        "the first receiver stays responsible"
    );
}
