//! What comes round for every home: opened once each time, page by page, whoever looks and whoever dies on the way.

use crate::support::TestDb;
use crate::support::server::{HOUR, START, Server};
use futures::future::join_all;
use sea_orm::FromQueryResult;
use std::collections::BTreeMap;
use std::path::Path;
use yizhan::cases::scheduler::fire_due;
use yizhan::db::Sql;
use yizhan::error::Problem;
use yizhan::vals;

const HOMES: i64 = 120;

const ROUND: &str = r#"
title = "每日巡视"
source = []
number = "TRXT-{site}-{yyyy}{mm}{dd}-{seq:3}"
heading = "what"
field = [ { name = "what", title = "内容", type = "line" } ]
stage = [ { name = "new", title = "待办" }, { name = "done", title = "已办", ends = true } ]
action = [ { name = "finish", title = "完成", to = "done", by = ["staff"] } ]
[open]
by = ["system"]
home = true
ask = ["what"]
when = "what != '不巡'"
otherwise = "这套不巡视"
"#;

const MONDAYS: &str = r#"
[[recurrence]]
name = "weekly"
title = "每周送来电来访报表"
each = "site"
report = "intake"
to = ["post:manager", "post:centre-director"]
every = [ { weekdays = ["mon"] } ]
at = "08:00"
start = "2026-01-01"
"#;

const EVERY_DAY: &str = r#"
[[recurrence]]
name = "rounds"
title = "每日巡视"
each = "home"
where = "home.kind == 'home' && site.code == 'CS'"
open = "round"
set = { what = "home.title" }
every = [ { days = 1 } ]
at = "12:00"
start = "2026-01-01"
"#;

async fn house(db: &TestDb) -> Server {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("manual");
    let mut files: BTreeMap<String, String> = yizhan::manual::read_folder(&folder).expect("manual");
    for (path, text) in [
        ("rounds/pack.toml", "title = \"巡视\"\norder = 99"),
        ("rounds/kinds/round.toml", ROUND),
        ("rounds/recurrences.toml", EVERY_DAY),
    ] {
        files.insert(path.to_owned(), text.to_owned());
    }
    yizhan::manual::publish(db, files, None, START)
        .await
        .expect("publish");
    let server = Server::start(db).await;
    let site = server.cast().await.site;
    let made = server.app.db.write::<(), Problem, _>(move |tx| {
        Box::pin(async move {
            let street = "insert into building (id, site_id, name) values ('01JROUNDS', $1, '9栋')";
            tx.run(street, vals![site.clone()]).await?;
            for n in 1..HOMES {
                let title = if n == 7 {
                    "不巡".to_owned()
                } else {
                    format!("9栋{n}")
                };
                let home = "insert into home (id, site_id, building_id, unit, room, title, room_key) \
                            values ($1, $2, '01JROUNDS', '', $3, $4, $3)";
                let id = format!("01JROUND{n:04}");
                tx.run(home, vals![id, site.clone(), n.to_string(), title])
                    .await?;
            }
            Ok(())
        })
    });
    made.await.expect("homes");
    server
}

#[derive(FromQueryResult)]
struct Count {
    homes: i64,
    cases: i64,
    numbers: i64,
}

/// Homes that have a round, rounds, and their numbers.
async fn rounds(server: &Server) -> (i64, i64, i64) {
    let sql = "select count(distinct home_id) as homes, count(*) as cases, count(distinct number) as numbers \
               from case_record where kind = 'round'";
    let count: Option<Count> = server.app.db.read().row(sql, vals![]).await.expect("count");
    let Count {
        homes,
        cases,
        numbers,
    } = count.expect("a row");
    (homes, cases, numbers)
}

both! {
    async fn every_home_once_a_day_whoever_looks_and_whoever_dies(db: TestDb) {
        let first = house(&db).await;
        first.pass(0).await;
        assert_eq!(rounds(&first).await, (0, 0, 0), "nothing is owed from before it was published");
        first.clock.advance(4 * HOUR);
        fire_due(&first.app).await.expect("one look");
        let (some, ..) = rounds(&first).await;
        assert!((1..HOMES - 1).contains(&some), "a page, not all: {some}");
        let now = first.app.clock.now();
        drop(first);

        let (one, two) = (Server::start(&db).await, Server::start(&db).await);
        for server in [&one, &two] {
            server.clock.advance(now - START);
        }
        join_all([&one, &two].map(|server| server.pass(0))).await;
        // One is refused by its own rule, and the others are opened all the same.
        assert_eq!(rounds(&one).await, (HOMES - 1, HOMES - 1, HOMES - 1));
        let refused: Option<String> = one.app.db.read()
            .scalar("select refused from recurrence_run where case_id is null", vals![]).await.expect("a run");
        assert_eq!(refused.as_deref(), Some("这套不巡视"));

        one.pass(24 * HOUR).await;
        assert_eq!(rounds(&one).await, (HOMES - 1, 2 * (HOMES - 1), 2 * (HOMES - 1)));
    }

    async fn a_report_comes_when_its_week_is_over_and_only_once(db: TestDb) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("manual");
        let mut files: BTreeMap<String, String> = yizhan::manual::read_folder(&folder).expect("manual");
        files.remove("intake/recurrences.toml");
        files.insert("sent/pack.toml".to_owned(), "title = \"送报表\"\norder = 99".to_owned());
        files.insert("sent/recurrences.toml".to_owned(), MONDAYS.to_owned());
        yizhan::manual::publish(&db, files, None, START).await.expect("publish");
        let server = Server::start(&db).await;
        let world = server.cast().await;
        server.person("manager").await;
        server.person("centre-director").await;
        server.person("supervisor").await;
        server.pass(0).await;
        // From Monday morning to Monday morning: everybody who should read it is told once, and finds what is told.
        server.pass(7 * 24 * HOUR).await;
        server.pass(HOUR).await;
        let told = async |post: &str| -> Vec<(String, String)> {
            let inbox = server.person(post).await.get("/inbox").await.ok();
            let items = inbox["items"].as_array().expect("items").clone();
            let sent = items.iter().filter(|item| item["page"].is_string());
            sent.map(|item| (item["text"].to_string(), item["page"].to_string())).collect()
        };
        let of_manager = told("manager").await;
        assert_eq!(of_manager.len(), 1, "{of_manager:?}");
        let (text, page) = &of_manager[0];
        assert!(text.contains("测试花园来电来访报表（2026-11-16 至 2026-11-22）"), "{text}");
        assert!(page.contains(&format!("site={}", world.site)), "{page}");
        assert!(!told("centre-director").await.is_empty());
        assert!(told("supervisor").await.is_empty());
        let manager = server.person("manager").await;
        let report = manager.get(page.trim_matches('"')).await.ok();
        assert_eq!((&report["first"], &report["last"]), (&serde_json::json!("2026-11-16"), &serde_json::json!("2026-11-22")));
    }
}
