//! Claims: moved in one step, on several parts, for a time, never on nothing.

use crate::small::{MONDAY, Small, kind, problems};
use serde_json::json;
use yizhan_engine::case::Case;
use yizhan_engine::event::{Entry, Event};

const FIELDS: &str = r#"
field = [
  { name = "what", title = "内容", type = "line" },
  { name = "unit", title = "所选房屋", type = "home" },
  { name = "period", title = "账期", type = "line" },
  { name = "begins", title = "开始", type = "time" },
  { name = "ends", title = "结束", type = "time" },
  { name = "day", title = "日期", type = "date" },
]
stage = [ { name = "new", title = "办理中" }, { name = "done", title = "已办结", ends = true } ]
[open]
by = ["staff"]
ask = ["what", "unit?", "period?", "begins?", "ends?", "day?"]
[[action]]
name = "take"
title = "占用"
by = ["staff"]
ask = ["unit?", "period?", "begins?", "ends?", "day?"]
do = [ { claim = "held" } ]
[[action]]
name = "drop"
title = "放弃"
to = "done"
by = ["staff"]
"#;

fn with(claim: &str) -> String {
    kind(&format!(
        "{FIELDS}\n[[claim]]\nname = \"held\"\ntaken = \"已被占用\"\n{claim}"
    ))
}

fn claims(case: &Case) -> Vec<(String, Option<i64>, Option<i64>)> {
    let of =
        |c: &yizhan_engine::case::HeldClaim| (c.resource.clone(), c.from.map(|t| t.0), c.to.map(|t| t.0));
    case.claims.iter().map(of).collect()
}

fn moves(entries: &[Entry]) -> Vec<&'static str> {
    let of = |e: &Entry| match e.event {
        Event::Claimed(_) => Some("claimed"),
        Event::Released { .. } => Some("released"),
        _ => None,
    };
    entries.iter().filter_map(of).collect()
}

/// An exchanged home lets the old one go in the same change: claimed again silently, it could be sold twice.
#[test]
fn claiming_something_else_moves_the_hold() {
    let mut small = Small::of(&with("on = \"unit\""));
    small.open(json!({ "what": "认购" })).unwrap();
    let first = small.act("take", json!({ "unit": "h1" })).unwrap();
    assert_eq!(moves(&first), ["claimed"]);
    let again = small.act("take", json!({ "unit": "h1" })).unwrap();
    assert_eq!(moves(&again), [] as [&str; 0], "it is held already");
    let moved = small.act("take", json!({ "unit": "h2" })).unwrap();
    assert_eq!(moves(&moved), ["released", "claimed"]);
    assert_eq!(claims(&small.case), [("h2".to_owned(), None, None)]);
}

#[test]
fn nothing_is_not_claimed() {
    let mut small = Small::of(&with("on = [\"unit\", \"period\"]"));
    small.open(json!({ "what": "账单", "unit": "h1" })).unwrap();
    let refused = small.act("take", json!({})).unwrap_err();
    assert_eq!(refused, "还没有“账期”，不能占用，请先补上");
    assert!(small.case.claims.is_empty());
    small.act("take", json!({ "period": "2026-12" })).unwrap();
    let both = "[\"h1\",\"2026-12\"]".to_owned();
    assert_eq!(claims(&small.case), [(both, None, None)]);
}

#[test]
fn a_hold_for_a_time_ends_after_it_begins() {
    let mut small = Small::of(&with("on = \"unit\"\nfrom = \"begins\"\nto = \"ends\""));
    small.open(json!({ "what": "会议", "unit": "r1" })).unwrap();
    let refused = small.act("take", json!({ "begins": MONDAY + 1000 })).unwrap_err();
    assert_eq!(refused, "还没有“结束”，不能占用，请先补上");
    let refused = small
        .act("take", json!({ "begins": MONDAY + 2000, "ends": MONDAY + 1000 }))
        .unwrap_err();
    assert_eq!(refused, "结束时间要晚于开始时间，请核对");
    small
        .act("take", json!({ "begins": MONDAY + 1000, "ends": MONDAY + 2000 }))
        .unwrap();
    assert_eq!(
        claims(&small.case),
        [("r1".to_owned(), Some(MONDAY + 1000), Some(MONDAY + 2000))]
    );
    let ended = small.act("drop", json!({})).unwrap();
    assert_eq!(moves(&ended), ["released"]);
}

#[test]
fn a_day_is_held_to_its_end() {
    let mut small = Small::of(&with("on = \"unit\"\nfrom = \"day\"\nto = \"day\""));
    small
        .open(json!({ "what": "会议", "unit": "r1", "day": "2026-11-24" }))
        .unwrap();
    small.act("take", json!({})).unwrap();
    let (_, from, to) = claims(&small.case).remove(0);
    assert_eq!(to.unwrap() - from.unwrap(), 86_400_000);
}

#[test]
fn wrong_claims_are_told() {
    assert_eq!(
        problems(&with("on = \"unit\"\nfrom = \"begins\"")),
        ["占用“held”的时段缺少 to，from 和 to 要一起写"]
    );
    assert_eq!(
        problems(&with("on = []")),
        ["占用“held”没有写占用什么，请写 on = \"case.home\" 或字段名"]
    );
}
