//! Who sees a case that stands in no area: kinds shown to a post, and whoever is told, asked to sign, or works on it.

use crate::support::person::Person;
use crate::support::server::{START, Server};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;

const ROOM: &str = r#"
title = "会议室"
source = "MEET-1"
number = "TYST-{site}-{yyyy}-{seq:4}"
heading = "why"
[field]
why = "用途"
[stage]
new = "waiting: 待审"
signing = "held: 会签"
kept = "working: 已定"
done = "good: 已用"
[open]
by = "front-desk"
ask = "why"
[action.ask-design]
title = "送签"
from = "new → signing"
by = "front-desk"
[action.signed]
title = "同意"
from = "signing → kept"
[action.refused]
title = "不同意"
from = "signing → new"
[action.hand]
title = "交给设计师"
from = "kept"
by = "front-desk"
do = [{ assign = { relation = "assignee", to = { duty = "guide" } } }]
[action.leave]
title = "不管了"
from = "kept"
by = "assignee"
unassign = "assignee"
[action.close]
title = "用完"
from = "new, kept → done"
by = "front-desk, guard"
tell = "design: {why}"
[signoff.room]
title = "会签"
stage = "signing"
done = "signed"
refused = "refused"
[[signoff.room.round]]
title = "设计"
design = "设计师: design"
"#;

fn id(case: &Value) -> &str {
    case["id"].as_str().expect("id")
}

async fn sees(person: &Person, case: &Value) -> bool {
    let id = id(case);
    let one = person.get(&format!("/cases/{id}")).await;
    let list = person.get("/cases?state=all").await.ok();
    let listed = list["items"]
        .as_array()
        .expect("items")
        .iter()
        .any(|row| row["id"] == id);
    assert_eq!(one.status == 200, listed, "the list and the case say the same");
    assert!(listed || one.status == 404, "{}", one.status);
    listed
}

both! {
    async fn a_kind_is_shown_to_whom_the_manual_says(db: TestDb) {
        let server = Server::start(&db).await;
        let world = server.cast().await;
        let guard = server.person("guard").await;
        let start = json!({ "kind": "crisis", "site": world.site, "data": { "what": "电梯困人", "sort": "困梯", "spot": "1栋1号梯" } });
        let case = guard.post("/cases", start).await.ok();
        for login in ["patrol", "engineer", "design", "assistant"] {
            assert!(sees(&server.person(login).await, &case).await, "{login}");
        }
        assert!(!sees(&server.person("desk-elsewhere").await, &case).await);
    }

    async fn what_is_private_is_seen_by_whom_it_concerns(db: TestDb) {
        let server = Server::start(&db).await;
        let world = server.cast().await;
        let (engineer, supervisor) = (server.person("engineer").await, server.person("supervisor").await);
        let data = json!({
            "what": "门岗收钱放行", "happened_at": server.clock.now() - 60_000, "place": "南门", "course": "收了二十元",
            "handled": "拍照留证", "superior": supervisor.id,
        });
        let report = json!({ "kind": "special-report", "site": world.site, "data": data });
        let case = engineer.post("/cases", report).await.ok();
        for login in ["engineer", "supervisor", "manager"] {
            assert!(sees(&server.person(login).await, &case).await, "{login}");
        }
        for login in ["front-desk", "centre-director", "quality", "desk-elsewhere"] {
            assert!(!sees(&server.person(login).await, &case).await, "{login}");
        }
        // What is not private is seen as ever, and merging is not for those who merely see.
        let said = json!({ "content": "楼道灯不亮", "sphere": "物业服务", "severity": "一般" });
        let desk = server.person("front-desk").await;
        let complaint = desk.call(&world, "complaint", "楼道灯不亮", said).await;
        let director = server.person("centre-director").await;
        assert_eq!(director.get(&format!("/cases/{complaint}")).await.status, 200);
        let offers = supervisor.get(&format!("/cases/{}", id(&case))).await.ok();
        let named = |offer: &Value| offer["name"] == "merge-into";
        assert!(!offers["actions"].as_array().expect("actions").iter().any(named), "no duplicate of another");
    }

    async fn whoever_is_told_or_asked_sees_that_case(db: TestDb) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("manual");
        let mut files: BTreeMap<String, String> = yizhan::manual::read_folder(&folder).expect("manual");
        files.insert("meet/pack.toml".to_owned(), "title = \"会议\"\norder = 99".to_owned());
        files.insert("meet/kinds/room.toml".to_owned(), ROOM.to_owned());
        yizhan::manual::publish(&db, files, None, START).await.expect("publish");
        let server = Server::start(&db).await;
        let world = server.cast().await;
        server.duty("guide", "guide", &world.site).await;
        let desk = server.person("front-desk").await;
        let (design, guide) = (server.person("design").await, server.person("guide").await);
        let start = json!({ "kind": "room", "site": world.site, "data": { "why": "业主大会" } });
        let case = desk.post("/cases", start.clone()).await.ok();
        assert!(!sees(&design, &case).await && !sees(&guide, &case).await);

        let case = desk.act(id(&case), "ask-design", json!({})).await.ok();
        assert!(sees(&design, &case).await, "asked to sign");
        let seen = design.get(&format!("/cases/{}", case["id"].as_str().expect("id"))).await.ok();
        let signed = design.act(id(&seen), "agree", json!({})).await;
        assert_eq!(signed.status, 200, "{}", signed.body);
        assert_eq!(signed.body["stage"], "kept");
        assert!(sees(&design, &case).await, "who signed may read on");
        assert!(!sees(&guide, &case).await && !sees(&server.person("guard").await, &case).await);

        let handed = desk.act(id(&signed.body), "hand", json!({})).await.ok();
        assert!(sees(&guide, &handed).await, "works on it");
        let left = guide.act(id(&handed), "leave", json!({})).await;
        assert_eq!(left.status, 200, "an answer to one's own deed: {}", left.body);
        assert!(!sees(&guide, &handed).await, "nothing ties them to it any more");

        let other = desk.post("/cases", start).await.ok();
        assert!(!sees(&design, &other).await);
        let other = desk.act(id(&other), "close", json!({})).await.ok();
        assert!(sees(&design, &other).await, "told");
    }
}
