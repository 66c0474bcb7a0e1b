//! Cases that reach others by their addresses: read in conditions, let act, refused with the number of who refuses.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use yizhan_engine::case::Case;
use yizhan_engine::event::Event;
use yizhan_engine::family::{Family, Known, Scene, Stop, Written};
use yizhan_engine::load::Manual;
use yizhan_engine::step::{Actor, Child, HomeFacts, Input, Member, Start};
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
    let files = [
        ("posts.toml", "post = []"),
        ("sales/pack.toml", "title = \"销售\"\norder = 1"),
        ("sales/kinds/stock.toml", STOCK),
        ("sales/kinds/contract.toml", contract),
    ];
    let files = files.map(|(path, text)| (path.to_owned(), text.to_owned()));
    Manual::from_files(BTreeMap::from(files))
        .map_err(|problems| problems.into_iter().map(|p| p.sentence).collect())
}

struct House {
    manual: Manual,
    roster: Vec<Member>,
    cases: BTreeMap<String, Case>,
    holders: BTreeMap<(String, String), String>,
    ids: AtomicU64,
}

impl Known for House {
    fn manual(&self, _: &str) -> Option<&Manual> {
        Some(&self.manual)
    }
    fn roster(&self, _: &str) -> Option<&[Member]> {
        Some(&self.roster)
    }
    fn home(&self, _: &str) -> Option<HomeFacts> {
        Some(HomeFacts::default())
    }
    fn case(&self, id: &str) -> Option<&Case> {
        self.cases.get(id)
    }
    fn children(&self, id: &str) -> Option<Vec<Child>> {
        let under = self.cases.values().filter(|c| c.parent.as_deref() == Some(id));
        Some(under.map(Child::of).collect())
    }
    fn holder(&self, claim: &str, resource: &str) -> Option<Option<String>> {
        Some(
            self.holders
                .get(&(claim.to_owned(), resource.to_owned()))
                .cloned(),
        )
    }
}

impl House {
    fn new() -> House {
        House {
            manual: manual_with(CONTRACT).expect("it loads"),
            roster: Vec::new(),
            cases: BTreeMap::new(),
            holders: BTreeMap::new(),
            ids: AtomicU64::new(0),
        }
    }

    fn decide(&mut self, deed: impl Fn(Family) -> Result<Vec<Written>, Stop>) -> Result<usize, Stop> {
        let ids = || format!("n{}", self.ids.fetch_add(1, Ordering::Relaxed));
        let written = deed(Family::new(
            self,
            Scene {
                live: &self.manual,
                at: Time(0),
                now: Time(0),
                quiet: false,
                ids: &ids,
            },
        ))?;
        let count = written.len();
        for one in written {
            for entry in &one.outcome.entries {
                if let Event::Claimed(claim) = &entry.event {
                    let key = (claim.name.clone(), claim.resource.clone());
                    self.holders.insert(key, one.outcome.case.id.clone());
                }
            }
            let mut case = one.outcome.case;
            case.number = format!("号{}", case.id);
            self.cases.insert(case.id.clone(), case);
        }
        Ok(count)
    }

    fn open(&mut self, id: &str, kind: &str, data: serde_json::Value) {
        let start = Start {
            id: id.to_owned(),
            kind: kind.to_owned(),
            site: "s".to_owned(),
            data: data.as_object().cloned().unwrap_or_default(),
            ..Start::default()
        };
        let actor = Actor::Staff("a".to_owned());
        self.decide(|family| family.open("", start.clone(), &actor))
            .expect("it opens");
    }

    fn sign(&mut self, id: &str) -> Result<usize, Stop> {
        let input = Input {
            action: "sign".to_owned(),
            ..Input::default()
        };
        let actor = Actor::Staff("a".to_owned());
        self.decide(|family| family.act(id, &actor, &input))
    }
}

fn sentence(stop: Stop) -> String {
    match stop {
        Stop::Refused(refusal) => refusal.sentence,
        Stop::Missing(missing) => panic!("{missing:?}"),
    }
}

#[test]
fn an_addressed_case_is_read_acts_and_refuses_with_its_number() {
    let mut house = House::new();
    house.open("k1", "contract", serde_json::json!({ "form": "认购书" }));
    assert_eq!(
        sentence(house.sign("k1").expect_err("nobody keeps it")),
        "没有这种文本的台账"
    );

    house.open("s1", "stock", serde_json::json!({ "form": "认购书", "left": 1 }));
    house.open(
        "s2",
        "stock",
        serde_json::json!({ "form": "买卖合同", "left": 9 }),
    );
    assert_eq!(house.sign("k1").expect("it is signed"), 2);
    assert_eq!(house.cases["s1"].data["left"], 0.0);
    assert_eq!(house.cases["s2"].data["left"], 9);

    house.open("k2", "contract", serde_json::json!({ "form": "认购书" }));
    assert_eq!(
        sentence(house.sign("k2").expect_err("none is left")),
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
    let mut house = House::new();
    house.open("k1", "contract", serde_json::json!({ "form": "认购书" }));
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
}
