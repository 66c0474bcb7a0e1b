//! Children with a home and a form of their own, one for each row; amendments; what is sent round.

use crate::house::{House, manual, sentence};
use serde_json::json;

const BATCH: &str = r#"
title = "交付批次"
source = []
number = "JF-{yyyy}-{seq:3}"
heading = "name"
[open]
by = ["staff"]
ask = ["name", "homes"]
[[field]]
name = "name"
title = "名称"
type = "line"
[[field]]
name = "homes"
title = "房屋"
type = "table"
columns = [
  { name = "room", title = "房屋", type = "home" },
  { name = "price", title = "价款", type = "money" },
]
[[stage]]
name = "new"
title = "准备"
[[stage]]
name = "done"
title = "完成"
ends = true
[[action]]
name = "start"
title = "开出"
by = ["staff"]
do = [{ open = { child = "handover", each = "homes", home = "row.room", set = { price = "row.price", batch = "name" } } }]
[[action]]
name = "tell"
title = "传阅"
by = ["staff"]
do = [{ circulate = { to = ["relation:creator", "relation:responsible", "field:chief"], text = "{name}请阅" } }]
[[action]]
name = "close"
title = "完成"
to = "done"
by = ["staff"]
when = "case.unread == 0"
otherwise = "还有人没有阅"
[[action]]
name = "name-chief"
title = "指定"
by = ["staff"]
ask = ["chief"]
[[field]]
name = "chief"
title = "负责人"
type = "person"
[[child]]
kind = "handover"
title = "交付"
"#;

const HANDOVER: &str = r#"
title = "交付"
source = []
number = "JH-{yyyy}-{seq:3}"
heading = "batch"
[open]
by = ["system"]
[[field]]
name = "batch"
title = "批次"
type = "line"
[[field]]
name = "price"
title = "价款"
type = "money"
[[stage]]
name = "new"
title = "待交付"
[[stage]]
name = "done"
title = "已交付"
ends = true
[[action]]
name = "change"
title = "申请变更"
by = ["staff"]
do = [{ open = { child = "change" } }]
[[action]]
name = "set-price"
title = "直接改价"
by = ["staff"]
ask = ["price"]
[[action]]
name = "changed"
title = "变更生效"
by = ["system"]
[[action]]
name = "deliver"
title = "交付"
to = "done"
by = ["staff"]
[[child]]
kind = "change"
title = "变更"
"#;

const CHANGE: &str = r#"
title = "变更"
source = []
number = "BG-{yyyy}-{seq:3}"
heading = "why"
amends = ["price"]
[open]
by = ["system"]
[[field]]
name = "price"
title = "价款"
type = "money"
[[field]]
name = "why"
title = "原因"
type = "line"
[[stage]]
name = "new"
title = "待批"
[[stage]]
name = "done"
title = "已批"
ends = true
[[action]]
name = "approve"
title = "批准"
to = "done"
by = ["staff"]
ask = ["price", "why"]
check = { that = "price != parent.price", otherwise = "没有变化", field = "price" }
do = [{ parent = { act = "changed", amends = true } }]
"#;

fn house() -> House {
    let kinds = [("batch", BATCH), ("handover", HANDOVER), ("change", CHANGE)];
    House::new(manual(&kinds).expect("it loads"))
}

fn under(house: &House, parent: &str) -> Vec<String> {
    let of = |(id, case): (&String, &yizhan_engine::case::Case)| {
        (case.parent.as_deref() == Some(parent)).then(|| id.clone())
    };
    house.cases.iter().filter_map(of).collect()
}

#[test]
fn one_child_is_opened_for_each_row_with_its_own_home_and_form() {
    let mut house = house();
    let homes = json!([{ "room": "h1", "price": 100 }, { "room": "h2", "price": 200 }]);
    house.open("b", "batch", json!({ "name": "一期", "homes": homes }));
    assert_eq!(house.act("b", "start", json!({})).expect("it starts"), 3);
    let opened = under(&house, "b");
    let seen: Vec<_> = opened
        .iter()
        .map(|id| &house.cases[id])
        .map(|c| (c.home.clone().unwrap_or_default(), c.data["price"].clone()))
        .collect();
    assert_eq!(
        seen,
        [("h1".to_owned(), json!(100)), ("h2".to_owned(), json!(200))]
    );
    assert_eq!(house.cases[&opened[0]].data["batch"], "一期");
}

#[test]
fn an_amendment_begins_with_what_is_and_writes_back_once_approved() {
    let mut house = house();
    let homes = json!([{ "room": "h1", "price": 100 }]);
    house.open("b", "batch", json!({ "name": "一期", "homes": homes }));
    house.act("b", "start", json!({})).expect("it starts");
    let handover = under(&house, "b")[0].clone();
    house.act(&handover, "change", json!({})).expect("it is asked");
    let change = under(&house, &handover)[0].clone();
    assert_eq!(house.cases[&change].data["price"], 100);
    assert_eq!(house.cases[&change].was["price"], 100);
    let same = house.act(&change, "approve", json!({ "price": 100, "why": "无" }));
    assert_eq!(sentence(same.expect_err("nothing changes")), "没有变化");

    house
        .act(&handover, "set-price", json!({ "price": 150 }))
        .expect("somebody else");
    let stale = house.act(&change, "approve", json!({ "price": 90, "why": "优惠" }));
    let said = sentence(stale.expect_err("it was changed meanwhile"));
    assert_eq!(said, "原事项的“价款”在这期间已经改过，请核对后重新申请");

    house
        .act(&handover, "set-price", json!({ "price": 100 }))
        .expect("put back");
    house
        .act(&change, "approve", json!({ "price": 90, "why": "优惠" }))
        .expect("approved");
    assert_eq!(house.cases[&handover].data["price"], 90);
}

#[test]
fn what_is_sent_round_waits_for_each_by_name() {
    let mut house = house();
    house.open(
        "b",
        "batch",
        json!({ "name": "一期", "homes": [{ "room": "h1" }] }),
    );
    house
        .act("b", "name-chief", json!({ "chief": "b" }))
        .expect("named");
    house.act("b", "tell", json!({})).expect("sent round");
    assert_eq!(house.cases["b"].unread, ["a", "b"]);
    assert_eq!(
        sentence(house.act("b", "close", json!({})).expect_err("unread")),
        "还有人没有阅"
    );
    for who in ["a", "b"] {
        house.act_as(who, "b", "acknowledge", json!({})).expect("read");
    }
    assert!(
        house.act_as("b", "b", "acknowledge", json!({})).is_err(),
        "once is enough"
    );
    house.act("b", "close", json!({})).expect("everybody has");
}
