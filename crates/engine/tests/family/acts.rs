//! What belongs to one act, what was approved, what lets a paper pass.

use crate::house::{House, manual, sentence};
use serde_json::json;
use yizhan_engine::event::Event;
use yizhan_engine::family::{Family, Stop, Written};
use yizhan_engine::step::{self, World};
use yizhan_engine::time::Time;
use yizhan_engine::world::Child;

const REPAIR: &str = r#"
title = "维修"
source = []
number = "WX-{yyyy}-{seq:3}"
heading = "what"
[open]
by = ["staff"]
ask = ["what", "estimate"]
[[field]]
name = "what"
title = "内容"
type = "line"
[[field]]
name = "estimate"
title = "估价"
type = "money"
[[field]]
name = "cost"
title = "费用"
type = "money"
[[field]]
name = "reason"
title = "理由"
type = "line"
once = true
[[field]]
name = "why"
title = "最后的理由"
type = "line"
[[stage]]
name = "new"
title = "待报批"
[[stage]]
name = "approving"
title = "审批中"
[[stage]]
name = "approved"
title = "已批准"
[[stage]]
name = "done"
title = "已完成"
ends = true
[[action]]
name = "submit"
title = "报批"
from = ["new", "approved"]
to = "approving"
by = ["staff"]
[[action]]
name = "change"
title = "改估价"
by = ["staff"]
ask = ["estimate", "reason"]
do = [{ set = { why = "reason" } }, { notify = { to = ["relation:creator"], text = "改价：{reason}" } }]
[[action]]
name = "pass"
title = "批准"
from = ["approving"]
to = "approved"
by = ["system"]
[[action]]
name = "reject"
title = "不批准"
from = ["approving"]
to = "new"
by = ["system"]
[[action]]
name = "record"
title = "登记费用"
from = ["approved"]
to = "done"
by = ["staff"]
ask = ["cost"]
needs = ["price"]
check = { that = "cost <= approved.price.estimate", otherwise = "超过所批的估价", field = "cost" }
[[child]]
kind = "pass"
title = "工人证"
[[signoff]]
name = "price"
title = "费用审批"
stage = "approving"
done = "pass"
refused = "reject"
of = ["estimate"]
round = [{ title = "审批", slot = [{ name = "chief", title = "主管", who = ["staff"] }] }]
"#;

const PASS: &str = r#"
title = "工人证"
source = []
number = "GZ-{yyyy}-{seq:3}"
heading = "who"
[open]
by = ["staff"]
ask = ["day", "who?"]
[[field]]
name = "who"
title = "工人"
type = "line"
[[field]]
name = "day"
title = "日期"
type = "date"
[[stage]]
name = "valid"
title = "有效"
[[stage]]
name = "back"
title = "已收回"
ends = true
[[action]]
name = "take-back"
title = "收回"
to = "back"
by = ["staff"]
[pass]
when = "day == today && parent.stage != 'done'"
otherwise = "这张证只在{day}有效，工程办完就失效"
"#;

fn house() -> House {
    House::new(manual(&[("repair", REPAIR), ("pass", PASS)]).expect("it loads"))
}

fn opened() -> House {
    let mut house = house();
    house.open("r", "repair", json!({ "what": "漏水", "estimate": 80_000 }));
    house
}

#[test]
fn what_one_act_asks_is_told_but_not_kept() {
    let mut house = opened();
    let mut told = Vec::new();
    let input = step::Input {
        action: "change".to_owned(),
        values: json!({ "estimate": 90_000, "reason": "加料" })
            .as_object()
            .cloned()
            .unwrap_or_default(),
    };
    let actor = step::Actor::Staff("b".to_owned());
    let seen = std::sync::Mutex::new(Vec::<Written>::new());
    house
        .decide(|family: Family| -> Result<Vec<Written>, Stop> {
            let written = family.act("r", &actor, &input)?;
            seen.lock().expect("a lock").clone_from(&written);
            Ok(written)
        })
        .expect("it is changed");
    for entry in &seen.lock().expect("a lock")[0].outcome.entries {
        match &entry.event {
            Event::Acted { set, spent, .. } => {
                assert_eq!(set["reason"], "加料");
                assert_eq!(spent, &["reason"]);
            }
            Event::Notified { text, .. } => told.push(text.clone()),
            _ => {}
        }
    }
    assert_eq!(told, ["改价：加料"]);
    let case = &house.cases["r"];
    assert!(!case.data.contains_key("reason"), "{:?}", case.data);
    assert_eq!(case.data["why"], "加料");
    assert_eq!(case.data["estimate"], 90_000);
}

#[test]
fn an_approval_covers_what_was_approved_and_no_more() {
    let mut house = opened();
    house.act("r", "submit", json!({})).expect("it is submitted");
    house.act_as("b", "r", "agree", json!({})).expect("it is agreed");
    assert_eq!(house.cases["r"].stage, "approved");
    let refused = house.act("r", "record", json!({ "cost": 80_001 }));
    assert_eq!(sentence(refused.expect_err("too much")), "超过所批的估价");

    house
        .act("r", "change", json!({ "estimate": 5_000_000, "reason": "涨价" }))
        .expect("it is changed");
    let refused = house.act("r", "record", json!({ "cost": 80_000 }));
    let said = sentence(refused.expect_err("not approved"));
    assert_eq!(said, "所办的超出或不同于“费用审批”所批准的，请重新提交审批");

    house
        .act("r", "change", json!({ "estimate": 70_000, "reason": "少做" }))
        .expect("it is changed");
    house
        .act("r", "record", json!({ "cost": 70_000 }))
        .expect("less than approved is covered");
}

#[test]
fn a_change_while_signatures_are_awaited_makes_them_void() {
    let mut house = opened();
    house.act("r", "submit", json!({})).expect("it is submitted");
    house
        .act("r", "change", json!({ "estimate": 90_000, "reason": "加料" }))
        .expect("it is changed");
    let case = &house.cases["r"];
    assert_eq!(case.stage, "approving");
    assert_eq!(case.signed.len(), 1, "the first is withdrawn");
    assert_eq!(case.open_signing().expect("another").of["estimate"], 90_000);
}

#[test]
fn a_paper_passes_by_its_own_rule_at_this_instant() {
    let mut house = opened();
    house.open("p", "pass", json!({ "day": "1970-01-01" }));
    let passes = |house: &House, at: i64, parent: &str| {
        let reached = [(
            "parent".to_owned(),
            Child {
                stage: parent.to_owned(),
                ..Child::of(&house.cases["r"])
            },
        )];
        let ids = String::new;
        let world = World {
            manual: &house.manual,
            live: &house.manual,
            home: Default::default(),
            children: &[],
            reached: &reached.into_iter().collect(),
            roster: &[],
            me: None,
            at: Time(at),
            now: Time(at),
            quiet: false,
            ids: &ids,
        };
        step::passes(&world, &house.cases["p"])
    };
    assert_eq!(passes(&house, 0, "new"), Ok(()));
    let words = Err("这张证只在1970-01-01有效，工程办完就失效".to_owned());
    assert_eq!(passes(&house, 9 * 86_400_000, "new"), words);
    assert_eq!(passes(&house, 0, "done"), words);
    house.act("p", "take-back", json!({})).expect("it is taken back");
    assert_eq!(passes(&house, 0, "new"), Err("已收回".to_owned()));
}
