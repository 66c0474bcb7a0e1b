//! The small vocabulary of signing, by example: hand over 转办, delegate 委托, add a signer 加签, send back 退回,
//! withdraw 撤回, and nobody for themselves.

use crate::house::{House, Trouble};
use serde_json::json;
use yizhan_engine::case::Outcome;
use yizhan_engine::step::{Actor, Input, Why};

pub fn staff(id: &str) -> Actor {
    Actor::Staff(id.to_owned())
}

pub fn input(action: &str, values: serde_json::Value) -> Input {
    Input {
        action: action.to_owned(),
        values: values.as_object().unwrap().clone(),
    }
}

/// Does what must succeed.
pub fn does(house: &mut House, case: &str, by: &str, action: &str, values: serde_json::Value) {
    house
        .act(case, &staff(by), &input(action, values))
        .unwrap_or_else(|t| panic!("{by} {action}: {t:?}"));
}

/// Does what must be refused; gives the sort, and the field that is named.
pub fn fails(house: &House, case: &str, by: &str, action: &str, values: serde_json::Value) -> (Why, String) {
    match house.clone().act(case, &staff(by), &input(action, values)) {
        Err(Trouble::Refused(refusal)) => (
            refusal.why,
            refusal
                .fields
                .first()
                .map(|f| f.field.clone())
                .unwrap_or_default(),
        ),
        other => panic!("{by} {action}: {other:?}"),
    }
}

fn may(house: &House, case: &str, by: &str, action: &str) -> bool {
    house.offers(case, &staff(by)).iter().any(|o| o.name == action)
}

/// A repair by the developer whose cost, so many fen, waits for its signatures.
fn costs(fen: i64, asker: &str) -> (House, String) {
    let mut house = House::new(Some("2026-06-01"));
    let repair = json!({ "content": "水管漏水", "part": "给排水", "place": "户内" });
    let case = house.open("repair", &staff("front-desk"), repair).unwrap();
    does(&mut house, &case, "front-desk", "to-developer", json!({}));
    does(
        &mut house,
        &case,
        asker,
        "submit-cost",
        json!({ "plan": "换管", "estimate_items": [{ "item": "管", "price": fen }], "estimate": fen }),
    );
    (house, case)
}

#[test]
fn nobody_signs_their_own_request() {
    let (mut house, case) = costs(100_000, "engineering-manager");
    for verb in ["agree", "refuse", "hand-over", "delegate", "add-signer"] {
        assert!(!may(&house, &case, "engineering-manager", verb), "{verb}");
    }
    assert_eq!(
        fails(&house, &case, "engineering-manager", "agree", json!({})).0,
        Why::NotNow
    );
    does(
        &mut house,
        &case,
        "engineering-manager",
        "withdraw",
        json!({ "note": "金额写错" }),
    );
    assert_eq!(house.cases[&case].stage, "arranging");
    assert_eq!(
        house.cases[&case].signing.as_ref().unwrap().outcome,
        Some(Outcome::Withdrawn)
    );
}

#[test]
fn a_request_is_not_signed_by_its_asker_through_others_either() {
    let (house, case) = costs(100_000, "repair-lead");
    for verb in ["hand-over", "delegate", "add-signer"] {
        let to_asker = fails(
            &house,
            &case,
            "engineering-manager",
            verb,
            json!({ "to": "repair-lead" }),
        );
        assert_eq!(to_asker, (Why::Invalid, "to".to_owned()), "{verb}");
    }
}

#[test]
fn only_the_asker_withdraws() {
    let (house, case) = costs(100_000, "repair-lead");
    assert!(may(&house, &case, "repair-lead", "withdraw"));
    assert!(!may(&house, &case, "engineering-manager", "withdraw"));
    assert!(!may(&house, &case, "supervisor", "withdraw"));
}

/// What is refused goes back to where it came from: a decoration that never began has nothing to inspect.
#[test]
fn a_decoration_whose_calling_off_is_refused_waits_for_its_permit_again() {
    let mut house = House::new(None);
    let case = crate::clocks::decoration_with_deposit(&mut house);
    let off = json!({ "cancel_reason": "不装了" });
    does(&mut house, &case, "decoration-clerk", "cancel-refund", off);
    assert_eq!(house.cases[&case].stage, "calling-off");
    let mut withdrawn = house.clone();
    let why = json!({ "note": "押金要抵扣" });
    does(&mut house, &case, "manager", "refuse", why);
    assert_eq!(house.cases[&case].stage, "approved");
    does(&mut withdrawn, &case, "decoration-clerk", "withdraw", json!({}));
    assert_eq!(withdrawn.cases[&case].stage, "approved");
    let off = json!({ "cancel_reason": "不装了" });
    does(&mut withdrawn, &case, "decoration-clerk", "cancel-refund", off);
    does(&mut withdrawn, &case, "manager", "agree", json!({}));
    does(&mut withdrawn, &case, "finance", "agree", json!({}));
    assert_eq!(withdrawn.cases[&case].stage, "paying");
}

#[test]
fn handed_over_is_gone_and_delegated_is_shared() {
    let (mut house, case) = costs(100_000, "repair-lead");
    let mut shared = house.clone();
    let to = |who: &str| json!({ "to": who });
    assert_eq!(
        fails(&house, &case, "engineering-manager", "hand-over", to("guard")),
        (Why::Invalid, "to".to_owned()),
        "authority goes with the post"
    );
    house.also_holds("chief-engineer", "engineering-manager");
    does(
        &mut house,
        &case,
        "engineering-manager",
        "hand-over",
        to("chief-engineer"),
    );
    assert!(!may(&house, &case, "engineering-manager", "agree"));
    does(&mut house, &case, "chief-engineer", "agree", json!({}));
    assert_eq!(house.cases[&case].stage, "arranging");
    assert_eq!(house.cases[&case].data["cost_approved"], json!(true));
    assert!(!entrusted(&house, &case));

    does(
        &mut shared,
        &case,
        "engineering-manager",
        "delegate",
        to("chief-engineer"),
    );
    assert!(may(&shared, &case, "engineering-manager", "agree"));
    does(&mut shared, &case, "chief-engineer", "agree", json!({}));
    assert!(!may(&shared, &case, "engineering-manager", "agree"));
    assert_eq!(shared.cases[&case].stage, "arranging");
    assert!(
        entrusted(&shared, &case),
        "it can be seen that it was signed for another"
    );
}

/// Whether the only signature of the last sign-off was given for somebody else.
fn entrusted(house: &House, case: &str) -> bool {
    let signing = house.cases[case].signing.as_ref().expect("a sign-off");
    signing.rounds[0].slots[0]
        .signed
        .as_ref()
        .expect("signed")
        .entrusted
}

#[test]
fn who_was_added_must_sign_too() {
    let (mut house, case) = costs(100_000, "repair-lead");
    does(
        &mut house,
        &case,
        "engineering-manager",
        "add-signer",
        json!({ "to": "finance" }),
    );
    does(&mut house, &case, "engineering-manager", "agree", json!({}));
    assert_eq!(house.cases[&case].stage, "approving");
    does(&mut house, &case, "finance", "agree", json!({}));
    assert_eq!(house.cases[&case].stage, "arranging");
}

#[test]
fn one_refusal_among_all_refuses() {
    let (mut house, case) = costs(100_000, "repair-lead");
    assert_eq!(
        fails(&house, &case, "engineering-manager", "refuse", json!({})),
        (Why::Invalid, "note".to_owned())
    );
    does(
        &mut house,
        &case,
        "engineering-manager",
        "refuse",
        json!({ "note": "太贵" }),
    );
    assert_eq!(house.cases[&case].stage, "arranging");
    assert_eq!(house.cases[&case].data["cost_approved"], json!(false));
    assert_eq!(
        house.cases[&case].signing.as_ref().unwrap().outcome,
        Some(Outcome::Refused)
    );
}

#[test]
fn sent_back_signatures_are_void() {
    let (mut house, case) = costs(600_000, "repair-lead");
    does(&mut house, &case, "engineering-manager", "agree", json!({}));
    assert!(!may(&house, &case, "engineering-manager", "agree"));
    assert!(!may(&house, &case, "engineering-manager", "send-back"));
    let later = fails(
        &house,
        &case,
        "general-manager",
        "send-back",
        json!({ "round": 1, "note": "再核价" }),
    );
    assert_eq!(later, (Why::Invalid, "round".to_owned()));
    let words = fails(
        &house,
        &case,
        "general-manager",
        "send-back",
        json!({ "round": "一", "note": "再核价" }),
    );
    assert_eq!(words, (Why::Invalid, "round".to_owned()));
    does(
        &mut house,
        &case,
        "general-manager",
        "send-back",
        json!({ "round": 0, "note": "再核价" }),
    );
    let signing = house.cases[&case].open_signing().unwrap();
    assert_eq!(signing.current, 0);
    assert!(
        signing
            .rounds
            .iter()
            .flat_map(|r| &r.slots)
            .all(|s| s.signed.is_none())
    );
    does(&mut house, &case, "engineering-manager", "agree", json!({}));
    does(&mut house, &case, "general-manager", "agree", json!({}));
    assert_eq!(house.cases[&case].data["cost_approved"], json!(true));
}

/// A repair that waits for its acceptance by three.
fn accepted_by_three() -> (House, String) {
    let mut house = House::new(Some("2026-06-01"));
    let repair = json!({ "content": "水管漏水", "part": "给排水", "place": "户内" });
    let case = house.open("repair", &staff("front-desk"), repair).unwrap();
    does(&mut house, &case, "front-desk", "to-developer", json!({}));
    let changed = std::sync::Arc::make_mut(house.cases.get_mut(&case).unwrap());
    changed.stage = "done".to_owned();
    does(&mut house, &case, "site-lead", "ask-acceptance", json!({}));
    (house, case)
}

#[test]
fn nobody_signs_twice_in_a_round() {
    let (mut house, case) = accepted_by_three();
    // Who holds both posts signs for one of them.
    let both = std::sync::Arc::make_mut(&mut house.roster)
        .iter_mut()
        .find(|m| m.id == "project-engineer")
        .unwrap();
    both.posts.insert("sales".to_owned());
    does(
        &mut house,
        &case,
        "project-engineer",
        "agree",
        json!({ "slot": "engineering" }),
    );
    assert!(!may(&house, &case, "project-engineer", "agree"));
    // Of the other they say who signs instead, who must not have signed either.
    let hand = |to: &str| json!({ "slot": "sales", "to": to });
    assert_eq!(
        fails(
            &house,
            &case,
            "project-engineer",
            "hand-over",
            hand("project-engineer")
        ),
        (Why::Invalid, "to".to_owned())
    );
    does(
        &mut house,
        &case,
        "project-engineer",
        "hand-over",
        hand("sales-manager"),
    );
    does(
        &mut house,
        &case,
        "sales-manager",
        "agree",
        json!({ "slot": "sales" }),
    );
    assert!(house.cases[&case].open_signing().is_some());
}
