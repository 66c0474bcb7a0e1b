//! Cases that reach others by their addresses, by many at once: nobody waits in a circle, nothing is lost or done twice.

use crate::support::TestDb;
use crate::support::server::{START, Server};
use futures::future::join_all;
use sea_orm::FromQueryResult;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use yizhan::db::Sql;
use yizhan::vals;

const PURSES: usize = 6;
const CLIENTS: usize = 64;

const PURSE: &str = r#"
title = "账户"
source = []
number = "TZHT-{site}-{yyyy}-{seq:5}"
heading = "name"
[open]
by = ["staff"]
ask = ["name", "left"]
do = [{ claim = "purse" }]
[[field]]
name = "name"
title = "名称"
type = "line"
[[field]]
name = "left"
title = "余额"
type = "number"
[[field]]
name = "moved"
title = "变动"
type = "number"
[[stage]]
name = "kept"
title = "使用中"
[[stage]]
name = "closed"
title = "已销"
ends = true
[[action]]
name = "move"
title = "变动"
by = ["system"]
when = "case.stage == 'kept'"
do = [{ set = { left = "left + moved" } }]
[[action]]
name = "close"
title = "销户"
to = "closed"
by = ["staff"]
[[claim]]
name = "purse"
taken = "已有这个账户"
on = "name"
stays = true
"#;

const TRANSFER: &str = r#"
title = "转账"
source = []
number = "TZZT-{site}-{yyyy}-{seq:5}"
heading = "from"
[open]
by = ["staff"]
ask = ["from", "to"]
[[field]]
name = "from"
title = "转出"
type = "line"
[[field]]
name = "to"
title = "转入"
type = "line"
[[stage]]
name = "new"
title = "待转"
[[stage]]
name = "done"
title = "已转"
ends = true
[[action]]
name = "pay"
title = "转账"
to = "done"
by = ["staff"]
do = [
  { act = { at = "giver", act = "move", set = { moved = "-1" } } },
  { act = { at = "taker", act = "move", set = { moved = "1" } } },
]
[[action]]
name = "pay-later"
title = "稍后转账"
to = "done"
by = ["staff"]
do = [
  { act = { at = "giver", act = "move", later = true, set = { moved = "-1" } } },
  { act = { at = "taker", act = "move", later = true, set = { moved = "1" } } },
]
[[address]]
name = "giver"
title = "转出账户"
kind = "purse"
holder = "purse"
on = "from"
[[address]]
name = "taker"
title = "转入账户"
kind = "purse"
holder = "purse"
on = "to"
"#;

async fn bank(db: &TestDb) -> (Server, String) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("manual");
    let mut files: BTreeMap<String, String> = yizhan::manual::read_folder(&folder).expect("manual");
    let kinds = [("purse", PURSE), ("transfer", TRANSFER)];
    files.insert(
        "bank/pack.toml".to_owned(),
        "title = \"账户\"\norder = 99".to_owned(),
    );
    files.extend(kinds.map(|(name, text)| (format!("bank/kinds/{name}.toml"), text.to_owned())));
    yizhan::manual::publish(db, files, None, START)
        .await
        .expect("publish");
    let server = Server::start(db).await;
    let site = server.cast().await.site;
    (server, site)
}

#[derive(FromQueryResult)]
struct State {
    data: Value,
}

async fn lefts(server: &Server) -> Vec<i64> {
    let sql = "select data from case_record where kind = 'purse' order by number";
    let rows: Vec<State> = server.app.db.read().rows(sql, vals![]).await.expect("purses");
    let left = |row: State| row.data["left"].as_f64().expect("a number") as i64;
    rows.into_iter().map(left).collect()
}

/// Opens a purse a name, and a transfer a client between two of them, in both directions; performs all at once.
async fn transfer(server: &Server, site: &str, action: &str) {
    let desk = server.person("front-desk").await;
    for nth in 0..PURSES {
        let purse =
            json!({ "kind": "purse", "site": site, "data": { "name": format!("p{nth}"), "left": 0 } });
        desk.post("/cases", purse).await.ok();
    }
    let mut transfers = Vec::new();
    for nth in 0..CLIENTS {
        let (from, to) = (nth % PURSES, (nth * 7 + 1 + nth / PURSES) % PURSES);
        let to = if from == to { (to + 1) % PURSES } else { to };
        let data = json!({ "from": format!("p{from}"), "to": format!("p{to}") });
        let opened = desk
            .post(
                "/cases",
                json!({ "kind": "transfer", "site": site, "data": data }),
            )
            .await
            .ok();
        transfers.push((opened["id"].as_str().expect("an id").to_owned(), from, to));
    }
    let answers = join_all(transfers.iter().map(|(id, ..)| desk.act(id, action, json!({})))).await;
    for answer in answers {
        answer.ok();
    }
    server.pass(10_000).await;
    let mut expected = vec![0; PURSES];
    for (_, from, to) in &transfers {
        expected[*from] -= 1;
        expected[*to] += 1;
    }
    assert_eq!(lefts(server).await, expected);
}

both! {
    async fn transfers_that_cross_all_go_through_once(db: TestDb) {
        let (server, site) = bank(&db).await;
        transfer(&server, &site, "pay").await;
    }

    async fn what_is_done_later_is_done_once(db: TestDb) {
        let (server, site) = bank(&db).await;
        transfer(&server, &site, "pay-later").await;
        // Looking again brings nothing about a second time.
        let before = lefts(&server).await;
        server.pass(60_000).await;
        assert_eq!(lefts(&server).await, before);
    }

    async fn what_is_refused_later_stands_in_the_case_that_asked(db: TestDb) {
        let (server, site) = bank(&db).await;
        let desk = server.person("front-desk").await;
        let purse = json!({ "kind": "purse", "site": site, "data": { "name": "p0", "left": 0 } });
        let purse = desk.post("/cases", purse).await.ok();
        let data = json!({ "from": "p0", "to": "p1" });
        let transfer = desk.post("/cases", json!({ "kind": "transfer", "site": site, "data": data })).await.ok();
        let (purse, transfer) = (purse["id"].as_str().expect("id"), transfer["id"].as_str().expect("id"));
        desk.act(purse, "close", json!({})).await.ok();

        let refused = desk.act(transfer, "pay", json!({})).await;
        assert_eq!(refused.code(), "refused");
        assert!(refused.body["detail"].as_str().expect("words").starts_with("TZHT-CS-2026-00001："), "{:?}", refused.body);

        desk.act(transfer, "pay-later", json!({})).await.ok();
        server.pass(10_000).await;
        let told = desk.get(&format!("/cases/{transfer}")).await.ok().to_string();
        assert!(told.contains("关联事项未能办理"), "{told}");
    }
}
