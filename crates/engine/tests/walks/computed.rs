//! What follows from what is entered: computed fields, and fields that are hidden by others.

use crate::MANUAL;
use crate::house::House;
use crate::signing::{does, staff};
use serde_json::{Value, json};
use yizhan_engine::def::Relation;
use yizhan_engine::event::{Event, apply};
use yizhan_engine::step;

/// Brings a complaint as far as its responsibility is found.
fn blamed(contractor: Value) -> (House, String) {
    let mut house = House::new(None);
    let complaint = json!({ "content": "楼道灯不亮", "sphere": "工程质量", "severity": "一般" });
    let case = house.open("complaint", &staff("front-desk"), complaint).unwrap();
    does(
        &mut house,
        &case,
        "supervisor",
        "judge",
        json!({
            "valid": "有效", "valid_reason": "属实", "sphere": "工程质量", "severity": "一般", "fault": "待查",
        }),
    );
    let blame =
        json!({ "blame_department": "施工单位", "blame_contractor": contractor, "blame_note": "保修期内" });
    does(&mut house, &case, "supervisor", "find-responsibility", blame);
    (house, case)
}

#[test]
fn a_field_that_is_hidden_later_is_emptied() {
    let (mut house, case) = blamed(json!("演示施工"));
    assert_eq!(house.cases[&case].data["blame_contractor"], json!("演示施工"));
    let other = json!({ "blame_department": "环境部", "blame_note": "重新认定" });
    does(&mut house, &case, "supervisor", "find-responsibility", other);
    assert_eq!(
        house.cases[&case].data.get("blame_contractor"),
        None,
        "nobody sees it: it must not count"
    );
}

#[test]
fn a_home_that_is_joined_later_counts_at_once() {
    let mut house = House::new(None);
    let repair = json!({ "content": "水管漏水", "part": "给排水", "place": "户内" });
    let case = house.open("repair", &staff("front-desk"), repair).unwrap();
    let before = house.cases[&case].clone();
    let computed = MANUAL.kind("repair").unwrap().kind.fields.iter();
    let warranty = computed.into_iter().find(|f| f.compute.is_some()).unwrap();
    assert_eq!(before.data.get(&warranty.name), None);
    let known = House::new(Some("2026-06-01"));
    let joined = Event::HomeJoined {
        home: "h2".to_owned(),
        set: Default::default(),
    };
    let after = known
        .look("", |world| {
            step::record(world, &before, &staff("front-desk"), joined)
        })
        .unwrap();
    assert!(
        after.case.data[&warranty.name]
            .as_str()
            .is_some_and(|day| day > "2026-06-01")
    );
    assert_eq!(after.case.home.as_deref(), Some("h2"));
    let mut replayed = before.as_ref().clone();
    after.entries.iter().for_each(|entry| apply(&mut replayed, entry));
    assert_eq!(replayed, after.case);
    assert!(after.case.in_relation(Relation::Creator).next().is_some());
}
