//! Fields that are picked from what is on record, and the record read by the field's name.

use crate::house::{House, manual};
use serde_json::{Value, json};
use yizhan_engine::family::Stop;
use yizhan_engine::load::Manual;

const CONTRACTOR: &str = r#"
title = "施工单位"
source = []
number = "SD-{yyyy}-{seq:3}"
heading = "name"
[open]
by = ["staff"]
ask = ["name", "phone?"]
do = [{ claim = "contractor" }]
[[field]]
name = "name"
title = "名称"
type = "line"
[[field]]
name = "phone"
title = "电话"
type = "line"
[[stage]]
name = "kept"
title = "在册"
[[stage]]
name = "removed"
title = "已除名"
ends = true
[[action]]
name = "remove"
title = "除名"
to = "removed"
by = ["staff"]
[[claim]]
name = "contractor"
taken = "已经在册"
on = "name"
stays = true
"#;

const JOB: &str = r#"
title = "维修"
source = []
number = "WX-{yyyy}-{seq:3}"
heading = "contractor"
[open]
by = ["staff"]
ask = ["contractor"]
do = [{ set = { phone = "contractor.phone" } }]
[[field]]
name = "contractor"
title = "谁来修"
type = "line"
record = "contractor"
[[field]]
name = "phone"
title = "联系电话"
type = "line"
[[stage]]
name = "new"
title = "新"
[[stage]]
name = "done"
title = "完成"
ends = true
[[action]]
name = "give"
title = "改派"
by = ["staff"]
ask = ["contractor"]
[[action]]
name = "finish"
title = "修完"
to = "done"
by = ["staff"]
when = "contractor.stage == 'kept'"
otherwise = "已不在册"
"#;

fn manual_with(contractor: &str, job: &str) -> Result<Manual, Vec<String>> {
    manual(&[("contractor", contractor), ("job", job)])
}

fn house() -> House {
    let mut house = House::new(manual_with(CONTRACTOR, JOB).expect("it loads"));
    house.open("c1", "contractor", json!({ "name": "甲建", "phone": "8000" }));
    house.open("c2", "contractor", json!({ "name": "乙建" }));
    house.open("j1", "job", json!({ "contractor": "甲建" }));
    house
}

fn wrong(stop: Stop) -> String {
    let Stop::Refused(refusal) = stop else {
        panic!("{stop:?}")
    };
    let problem = refusal.fields.first().expect("it stands beside a field");
    format!("{}: {}", problem.field, problem.sentence)
}

#[test]
fn what_is_on_record_is_taken_and_read() {
    let mut house = house();
    assert_eq!(house.cases["j1"].data["phone"], "8000");
    house
        .act("j1", "give", json!({ "contractor": " 乙建 " }))
        .expect("blanks around a name are none of it");
    assert_eq!(house.cases["j1"].data["contractor"], "乙建");
    house.act("j1", "finish", json!({})).expect("it is kept");
}

#[test]
fn what_is_not_on_record_is_refused_beside_the_field() {
    let mut house = house();
    let mut give = |name: Value| {
        house
            .act("j1", "give", json!({ "contractor": name }))
            .map_err(wrong)
    };
    assert_eq!(
        give(json!("丙建")),
        Err("contractor: “施工单位”里没有“丙建”，请从中挑选，没有的先登记".to_owned())
    );
    assert_eq!(give(json!("  ")), Err("contractor: 请选择谁来修".to_owned()));
    house.act("c2", "remove", json!({})).expect("it is removed");
    let refused = house
        .act("j1", "give", json!({ "contractor": "乙建" }))
        .map_err(wrong);
    assert_eq!(
        refused,
        Err("contractor: 施工单位“乙建”已除名，请另选".to_owned())
    );
    assert_eq!(house.cases["j1"].data["contractor"], "甲建");
}

#[test]
fn wrong_records_are_told() {
    let said = |from: &str, to: &str| {
        let (contractor, job) = (CONTRACTOR.replace(from, to), JOB.replace(from, to));
        assert_ne!((contractor.as_str(), job.as_str()), (CONTRACTOR, JOB));
        manual_with(&contractor, &job)
            .expect_err("it is wrong")
            .join("\n")
    };
    let unknown = said("record = \"contractor\"", "record = \"contracter\"");
    assert!(
        unknown.contains("“contracter”不存在，是不是“contractor”"),
        "{unknown}"
    );
    let typed = said("type = \"line\"\nrecord", "type = \"text\"\nrecord");
    assert!(typed.contains("不能写 record，请改为 line"), "{typed}");
    let keyless = said("on = \"name\"", "on = [\"name\", \"phone\"]");
    assert!(keyless.contains("没有一个只占一样东西的占用"), "{keyless}");
    let personal = said(
        "title = \"名称\"\ntype = \"line\"",
        "title = \"名称\"\ntype = \"line\"\npersonal = true",
    );
    assert!(personal.contains("按个人信息认出"), "{personal}");
    let outside = said(
        "title = \"改派\"\nby = [\"staff\"]",
        "title = \"改派\"\nby = [\"staff\", \"link:owner\"]",
    );
    assert!(outside.contains("可以由外面的人办"), "{outside}");
    let outside = JOB.replace("by = [\"staff\"]\nask", "by = [\"staff\", \"link:owner\"]\nask");
    let opened = manual_with(CONTRACTOR, &outside).expect_err("owners see no contractor");
    assert!(opened.join("\n").contains("登记可以由外面的人办"), "{opened:?}");
    let open_to_them = format!("picker = [\"phone\"]\n{CONTRACTOR}");
    let manual = manual_with(&open_to_them, &outside).expect("what they read is said");
    assert_eq!(
        manual.kind("job").and_then(|job| job.register("contractor")),
        Some("contractor")
    );
    let secret = open_to_them.replace("title = \"电话\"", "personal = true\ntitle = \"电话\"");
    let secret = manual_with(&secret, &outside).expect_err("everybody who picks would read it");
    assert!(
        secret.join("\n").contains("是个人信息，不能给挑选的人看"),
        "{secret:?}"
    );
    let unknown = open_to_them.replace("[\"phone\"]", "[\"phones\"]");
    let unknown = manual_with(&unknown, &outside).expect_err("no such field");
    assert!(unknown.join("\n").contains("phones"), "{unknown:?}");
}
