//! Checklists: rows that the manual gives, what was left out, what failed.

use crate::house::{House, manual, sentence};
use serde_json::{Value, json};
use yizhan_engine::def::Field;
use yizhan_engine::form::Standing;

const INSPECTION: &str = r#"
title = "验房"
source = []
number = "YF-{yyyy}-{seq:3}"
heading = "name"
[open]
by = ["staff"]
ask = ["name"]
[[field]]
name = "name"
title = "名称"
type = "line"
[[field]]
name = "rooms"
title = "房间"
type = "choices"
choices = ["客厅", "厨房", "阳台"]
[[field]]
name = "gas"
title = "通气了没有"
type = "flag"
[[field]]
name = "checks"
title = "验房"
type = "table"
[field.checklist]
rooms_from = "rooms"
ask = ["note", "photo?"]
items = [
  "墙面",
  "智能面板?",
  { item = "燃气阀", show = "row.room == '厨房' && gas" },
]
[[field]]
name = "wrong"
title = "几项不合格"
type = "computed"
of = "number"
compute = "failed(checks)"
[[stage]]
name = "new"
title = "验房中"
[[stage]]
name = "done"
title = "已验"
ends = true
[[action]]
name = "save"
title = "先存下"
by = ["staff"]
ask = ["rooms?", "gas?", "checks?"]
[[action]]
name = "finish"
title = "验完"
to = "done"
by = ["staff"]
ask = ["checks"]
do = [{ open = { child = "mending", each = "checks", when = "row.state == '不合格'", set = { what = "row.item", photos = "row.photo" } } }]
[[action]]
name = "sign"
title = "确认"
by = ["staff"]
when = "complete(checks) && missing(checks) == 0"
otherwise = "还没有看全"
[[child]]
kind = "mending"
title = "整改"
"#;

const MENDING: &str = r#"
title = "整改"
source = []
number = "ZG-{yyyy}-{seq:3}"
heading = "what"
[open]
by = ["system"]
[[field]]
name = "what"
title = "什么"
type = "line"
[[field]]
name = "photos"
title = "照片"
type = "files"
[[stage]]
name = "new"
title = "待整改"
[[stage]]
name = "done"
title = "完成"
ends = true
[[action]]
name = "close"
title = "完成"
to = "done"
by = ["staff"]
"#;

fn house() -> House {
    let kinds = [("inspection", INSPECTION), ("mending", MENDING)];
    let manual = manual(&kinds).unwrap_or_else(|p| panic!("{p:#?}"));
    let mut house = House::new(manual);
    house.open("i", "inspection", json!({ "name": "甲" }));
    house
}

fn field(house: &House) -> &Field {
    house.manual.kind("inspection").unwrap().field("checks").unwrap()
}

/// Which rows there are, and what stands in them.
fn rows(house: &House) -> Vec<String> {
    let rows = house.cases["i"].data.get("checks").and_then(Value::as_array);
    let text = |row: &Value, name: &str| row[name].as_str().unwrap_or("-").to_owned();
    rows.into_iter()
        .flatten()
        .map(|row| {
            format!(
                "{} {} {}",
                text(row, "room"),
                text(row, "item"),
                text(row, "state")
            )
        })
        .collect()
}

fn words(house: &House) -> String {
    let list = field(house).checklist.as_ref().unwrap();
    let rows = house.cases["i"].data["checks"].as_array().unwrap();
    Standing::of(list, rows).words(list)
}

#[test]
fn rows_stand_there_before_anything_is_found_and_follow_rooms_and_conditions() {
    let mut house = house();
    assert_eq!(rows(&house), Vec::<String>::new());
    house
        .act("i", "save", json!({ "rooms": ["阳台", "客厅"] }))
        .unwrap();
    // In the order of the manual.
    let four = ["客厅 墙面 -", "客厅 智能面板 -", "阳台 墙面 -", "阳台 智能面板 -"];
    assert_eq!(rows(&house), four);
    assert_eq!(words(&house), "0/4项");
    house
        .act("i", "save", json!({ "rooms": ["厨房"], "gas": true, "checks": [{ "room": "厨房", "item": "燃气阀", "state": "合格" }] }))
        .unwrap();
    assert_eq!(
        rows(&house),
        ["厨房 墙面 -", "厨房 智能面板 -", "厨房 燃气阀 合格"]
    );
    // What is not there any more does not count.
    house.act("i", "save", json!({ "gas": false })).unwrap();
    assert_eq!(rows(&house), ["厨房 墙面 -", "厨房 智能面板 -"]);
}

#[test]
fn what_is_missing_and_what_must_be_said_of_a_failure_is_asked_for() {
    let mut house = house();
    let refused = house.act("i", "finish", json!({ "checks": [] }));
    assert_eq!(sentence(refused.unwrap_err()), "验房还没有选位置");
    house
        .act("i", "save", json!({ "rooms": ["客厅", "阳台"] }))
        .unwrap();
    assert_eq!(
        sentence(house.act("i", "sign", json!({})).unwrap_err()),
        "还没有看全"
    );
    let one = json!([{ "room": "客厅", "item": "墙面", "state": "合格" }]);
    let refused = house.act("i", "finish", json!({ "checks": one }));
    assert_eq!(sentence(refused.unwrap_err()), "验房还有1项没有填：阳台·墙面");
    let failed = json!([{ "room": "客厅", "item": "墙面", "state": "不合格" }]);
    let refused = house.act("i", "save", json!({ "checks": failed }));
    assert_eq!(sentence(refused.unwrap_err()), "“客厅·墙面”不合格，请填写说明");
    for (wrong, said) in [
        (
            json!([{ "room": "书房", "item": "墙面", "state": "合格" }]),
            "没有“书房”这个位置",
        ),
        (
            json!([{ "room": "客厅", "item": "地面", "state": "合格" }]),
            "没有“地面”这一项",
        ),
        (
            json!([{ "room": "客厅", "item": "墙面", "state": "还行" }]),
            "没有“还行”这个选项",
        ),
        (json!([one[0], one[0]]), "“客厅·墙面”填了两次"),
    ] {
        let refused = sentence(house.act("i", "save", json!({ "checks": wrong })).unwrap_err());
        assert!(refused.contains(said), "{refused}");
    }
}

#[test]
fn failures_are_counted_and_each_opens_a_child_with_its_photo() {
    let mut house = house();
    house
        .act("i", "save", json!({ "rooms": ["客厅", "阳台"] }))
        .unwrap();
    let checks = json!([
        { "room": "客厅", "item": "墙面", "state": "合格", "note": "不留下" },
        { "room": "阳台", "item": "墙面", "state": "不合格", "note": "空鼓", "photo": ["f1"] },
    ]);
    house.act("i", "save", json!({ "checks": checks })).unwrap();
    assert_eq!(words(&house), "2/4项，不合格1项");
    assert_eq!(house.cases["i"].data["wrong"], json!(1));
    let rows = &house.cases["i"].data["checks"];
    assert_eq!(rows[0].get("note"), None, "asked for only where it failed");
    assert_eq!(rows[2]["note"], json!("空鼓"));
    house.act("i", "sign", json!({})).unwrap();
    house.act("i", "finish", json!({})).unwrap();
    let children: Vec<_> = house.cases.values().filter(|c| c.kind == "mending").collect();
    assert_eq!(children.len(), 1);
    assert_eq!(children[0].data["what"], json!("墙面"));
    assert_eq!(children[0].data["photos"], json!(["f1"]));
}

#[test]
fn what_makes_no_sense_is_told_with_its_cure() {
    for (from, to, said) in [
        (
            "rooms_from = \"rooms\"",
            "rooms_from = \"name\"",
            "不能当检查单的位置",
        ),
        (
            "rooms_from = \"rooms\"",
            "rooms = [\"客厅\", \"客厅\"]",
            "位置“客厅”写了两次",
        ),
        ("\"note\", \"photo?\"", "\"noted\"", "没有“noted”这一列"),
        ("\"墙面\",", "\"墙面\", \"墙面?\",", "项目“墙面”写了两次"),
        ("items = [", "states = [\"好\", \"坏\"]\nitems = [", "请写 failed"),
        (
            "items = [",
            "failed = [\"坏\"]\nitems = [",
            "可选的有：合格、不合格、不适用",
        ),
        ("type = \"table\"", "type = \"files\"", "不能有 items"),
        ("'厨房' && gas", "'书房' && gas", "书房"),
        ("'厨房' && gas", "'厨房' && row.state == '合格'", "row.state"),
        ("complete(checks)", "complete(rooms)", "要写一个检查单字段"),
        ("row.state == '不合格'", "row.state == '坏'", "坏"),
        ("each = \"checks\", ", "", "没有 each"),
        (
            "{ item = \"燃气阀\", show",
            "{ item = \"燃气阀\", shown",
            "看不懂这一项",
        ),
    ] {
        let text = INSPECTION.replacen(from, to, 1);
        assert_ne!(text, INSPECTION, "{from}");
        let problems = manual(&[("inspection", &text), ("mending", MENDING)])
            .map(|_| ())
            .expect_err(to);
        assert!(problems.iter().any(|p| p.contains(said)), "{to}: {problems:#?}");
    }
}
