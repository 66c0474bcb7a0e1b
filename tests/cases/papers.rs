//! Papers of a case by HTTP: printed when the manual allows it, by whom it allows, and told in the story.

use crate::support::TestDb;
use crate::support::server::{START, Server};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::Path;
use yizhan::db::Sql;
use yizhan::vals;

const LOAN: &str = r#"
title = "借物"
source = ""
number = "TJWT-{site}-{yyyy}-{seq:5}"
heading = "what"

[open]
by = "staff"
ask = "what, borrower, phone, things, due?"

[field]
what = "借什么"
borrower = "借用人"
phone = { line = "电话", personal = true }
things = { table = "清单", columns = { name = "物品", quantity = "number: 数量" } }
due = "date: 归还日期"

[stage]
asked = "waiting: 待借出"
lent = "good: 已借出"

[action.lend]
title = "借出"
from = "asked → lent"
by = "front-desk"

[paper.slip]
title = "借物单"
by = "front-desk"
when = "case.stage == 'lent'"
otherwise = "借出之后才能打印"
copies = "借用人, 存根"
signs = "借用人签字"
part = [
  { text = "{borrower}（{phone}）借用{what}，于{due}归还。" },
  { title = "清单", fields = "things" },
]
"#;

async fn house(db: &TestDb) -> Server {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("manual");
    let mut files: BTreeMap<String, String> = yizhan::manual::read_folder(&folder).expect("manual");
    let pack = "title = \"借物\"\norder = 99".to_owned();
    files.insert("loans/pack.toml".to_owned(), pack);
    files.insert("loans/kinds/loan.toml".to_owned(), LOAN.to_owned());
    yizhan::manual::publish(db, files, None, START)
        .await
        .expect("publish");
    Server::start(db).await
}

both! {
    async fn a_paper_is_printed_as_the_manual_has_it(db: TestDb) {
        let server = house(&db).await;
        let site = server.cast().await.site;
        let desk = server.person("front-desk").await;
        let supervisor = server.person("supervisor").await;
        let data = json!({
            "what": "手推车", "borrower": "李工", "phone": "13800138000", "things": [{"name": "手推车", "quantity": 2}],
        });
        let case = desk.post("/cases", json!({"kind": "loan", "site": site, "data": data})).await.ok();
        let id = case["id"].as_str().expect("id");
        assert_eq!(case["papers"][0]["refusal"], "借出之后才能打印", "{case}");
        let early = desk.act(id, "print:slip", json!({})).await;
        assert_eq!((early.code(), &early.body["detail"]), ("refused", &json!("借出之后才能打印")), "{:?}", early.body);

        desk.act(id, "lend", json!({})).await.ok();
        let paper = &desk.get(&format!("/cases/{id}")).await.ok()["papers"][0];
        assert_eq!(paper["refusal"], json!(null), "{paper}");
        assert_eq!((&paper["title"], &paper["copies"]), (&json!("借物单"), &json!(["借用人", "存根"])));
        let said = paper["parts"][0]["text"][0].as_str().expect("text");
        assert!(said.starts_with("李工（") && said.ends_with("借用手推车，于＿＿＿＿＿＿归还。"), "{said}");
        assert!(!said.contains("13800138000"), "personal data are masked as on screen: {said}");
        assert_eq!(paper["parts"][1]["fields"], json!(["things"]));

        // Who the manual lets print it prints it in full, and it is written down that they looked.
        assert_eq!(paper["whole"], true, "{paper}");
        let address = format!("/cases/{id}/papers/slip");
        let whole = desk.post(&address, json!({})).await.ok();
        let said = whole["parts"][0]["text"][0].as_str().expect("text");
        assert!(said.contains("李工（13800138000）"), "{said}");
        assert_eq!(whole["data"]["things"][0]["quantity"], 2);
        assert_eq!(whole["data"].get("borrower"), None, "what stands on the paper, and nothing else");
        assert_eq!(supervisor.post(&address, json!({})).await.code(), "refused");
        assert_eq!(desk.post(&format!("/cases/{id}/papers/nothing"), json!({})).await.code(), "not-found");
        let looks = "select count(*) from look where what = 'paper' and reason = '打印“借物单”'";
        let looks: Option<i64> = server.app.db.read().scalar(looks, vals![]).await.expect("looks");
        assert_eq!(looks, Some(1));

        let printed = desk.act(id, "print:slip", json!({})).await.ok();
        let told = printed["timeline"].as_array().and_then(|all| all.last()).expect("told");
        assert_eq!((&told["title"], &told["type"]), (&json!("打印借物单"), &json!("printed")), "{told}");
        assert!(told["actor"].as_str().is_some_and(|who| !who.is_empty()));
        assert_eq!(printed["stage"], "lent", "printing changes nothing else");

        let other = supervisor.act(id, "print:slip", json!({})).await;
        assert_eq!(other.body["detail"], "“借物单”不由您打印", "{:?}", other.body);
        let none = desk.act(id, "print:nothing", json!({})).await;
        assert!(!none.status.is_success(), "{:?}", none.body);
    }
}
