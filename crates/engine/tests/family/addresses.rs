//! Cases that reach others by their addresses: read in conditions, let act, refused with the number of who refuses.

use crate::house::{House, manual, sentence};
use serde_json::json;
use yizhan_engine::case::Case;
use yizhan_engine::family::{Family, Known, Scene};
use yizhan_engine::load::Manual;
use yizhan_engine::step::{Actor, Child, HomeFacts, Input, Member};
use yizhan_engine::time::Time;

const STOCK: &str = r#"
title = "合同文本"
source = []
number = "WB-{yyyy}-{seq:3}"
heading = "form"
[open]
by = ["staff"]
ask = ["form", "left"]
do = [{ claim = "stock" }]
[[field]]
name = "form"
title = "文本"
type = "choice"
choices = ["认购书", "买卖合同"]
[[field]]
name = "left"
title = "结余"
type = "number"
[[stage]]
name = "kept"
title = "在库"
[[stage]]
name = "used-up"
title = "用完"
ends = true
[[action]]
name = "draw"
title = "领用"
by = ["system"]
when = "left >= 1"
otherwise = "没有结余了"
do = [{ set = { left = "left - 1" } }]
[[action]]
name = "close"
title = "用完"
to = "used-up"
by = ["staff"]
[[claim]]
name = "stock"
taken = "这种文本已有台账"
on = "form"
"#;

const CONTRACT: &str = r#"
title = "签约"
source = []
number = "QY-{yyyy}-{seq:3}"
heading = "form"
[open]
by = ["staff"]
ask = ["form"]
[[field]]
name = "form"
title = "文本"
type = "choice"
choices = ["认购书", "买卖合同"]
[[stage]]
name = "new"
title = "待签"
[[stage]]
name = "signed"
title = "已签"
ends = true
[[action]]
name = "sign"
title = "签约"
to = "signed"
by = ["staff"]
when = "stock.stage == 'kept'"
otherwise = "没有这种文本的台账"
do = [{ act = { at = "stock", act = "draw" } }]
[[address]]
name = "stock"
title = "文本台账"
kind = "stock"
holder = "stock"
on = "form"
"#;

fn manual_with(contract: &str) -> Result<Manual, Vec<String>> {
    manual(&[("stock", STOCK), ("contract", contract)])
}

fn house() -> House {
    House::new(manual_with(CONTRACT).expect("it loads"))
}

#[test]
fn an_addressed_case_is_read_acts_and_refuses_with_its_number() {
    let mut house = house();
    house.open("k1", "contract", json!({ "form": "认购书" }));
    assert_eq!(
        sentence(house.act("k1", "sign", json!({})).expect_err("nobody keeps it")),
        "没有这种文本的台账"
    );

    house.open("s1", "stock", json!({ "form": "认购书", "left": 1 }));
    house.open("s2", "stock", json!({ "form": "买卖合同", "left": 9 }));
    assert_eq!(house.act("k1", "sign", json!({})).expect("it is signed"), 2);
    assert_eq!(house.cases["s1"].data["left"], 0.0);
    assert_eq!(house.cases["s2"].data["left"], 9);

    house.open("k2", "contract", json!({ "form": "认购书" }));
    assert_eq!(
        sentence(house.act("k2", "sign", json!({})).expect_err("none is left")),
        "号s1：没有结余了"
    );
    assert_eq!(
        house.cases["k2"].stage, "new",
        "what is refused elsewhere happens nowhere"
    );
}

#[test]
fn what_is_not_known_yet_is_asked_for() {
    struct Blind<'h>(&'h House);
    impl Known for Blind<'_> {
        fn manual(&self, hash: &str) -> Option<&Manual> {
            self.0.manual(hash)
        }
        fn roster(&self, site: &str) -> Option<&[Member]> {
            self.0.roster(site)
        }
        fn home(&self, id: &str) -> Option<HomeFacts> {
            self.0.home(id)
        }
        fn case(&self, id: &str) -> Option<&Case> {
            self.0.case(id)
        }
        fn children(&self, id: &str) -> Option<Vec<Child>> {
            self.0.children(id)
        }
        fn holder(&self, _: &str, _: &str) -> Option<Option<String>> {
            None
        }
    }
    let mut house = house();
    house.open("k1", "contract", json!({ "form": "认购书" }));
    let ids = String::new;
    let scene = Scene {
        live: &house.manual,
        at: Time(0),
        now: Time(0),
        quiet: false,
        ids: &ids,
    };
    let input = Input {
        action: "sign".to_owned(),
        ..Input::default()
    };
    let blind = Blind(&house);
    let stop = Family::new(&blind, scene).act("k1", &Actor::Staff("a".to_owned()), &input);
    let asked = format!("{:?}", stop.expect_err("it cannot know"));
    assert!(asked.contains("Holder") && asked.contains("认购书"), "{asked}");
}

#[test]
fn wrong_addresses_are_told() {
    let said = |from: &str, to: &str| {
        let wrong = CONTRACT.replace(from, to);
        assert_ne!(wrong, CONTRACT);
        manual_with(&wrong).expect_err("it is wrong").join("\n")
    };
    assert!(said("kind = \"stock\"", "kind = \"stok\"").contains("“stok”不存在，是不是“stock”"));
    assert!(said("holder = \"stock\"", "holder = \"stocks\"").contains("没有占用“stocks”，是不是“stock”"));
    assert!(said("act = \"draw\"", "act = \"drew\"").contains("没有动作“drew”，是不是“draw”"));
    assert!(said("act = \"draw\"", "act = \"close\"").contains("不由 system 办"));
    assert!(said("at = \"stock\"", "at = \"store\"").contains("地址“store”没有声明"));
    assert!(said("stock.stage ==", "stock.stag ==").contains("stag"));
    let decided = said("do = [{ act", "do = [{ set = { form = \"'买卖合同'\" } }, { act");
    assert!(decided.contains("要在办理之前找到"), "{decided}");
    let at_times = said(
        "do = [{ act",
        "do = [{ set = { form = \"'买卖合同'\" }, when = \"true\" }, { act",
    );
    assert!(at_times.contains("要在办理之前找到"), "{at_times}");
}
