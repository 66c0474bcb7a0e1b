//! A holiday is put into the calendar while cases run: their deadlines move with it, each once, whatever dies on the way.

use crate::support::server::{HOUR, START, Server, World};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::Path;
use yizhan::cases::scheduler::fire_due;
use yizhan::db::Sql;
use yizhan::vals;

/// More than are seen to between two looks at what is due.
const ERRANDS: usize = 130;
const DAY: i64 = 24 * HOUR;

const ERRAND: &str = r#"
title = "差事"
source = []
number = "TRCS-{site}-{yyyy}-{seq:4}"
heading = "what"
field = [ { name = "what", title = "内容", type = "line" } ]
stage = [ { name = "new", title = "待办" }, { name = "done", title = "已办", ends = true } ]
action = [ { name = "finish", title = "完成", to = "done", by = ["staff"], stops = ["days", "hours"] } ]
clock = [
  { name = "days", title = "三个工作日", limit = "3d", calendar = "office", steps = [{ at = "0", tell = ["creator"] }] },
  { name = "hours", title = "百小时", limit = "100h", steps = [{ at = "0", tell = ["creator"] }] },
]
[open]
by = ["staff"]
ask = ["what"]
starts = ["days", "hours"]
"#;

fn files(holiday: bool) -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("manual");
    let mut files = yizhan::manual::read_folder(&folder).expect("manual");
    files.insert(
        "errands/pack.toml".to_owned(),
        "title = \"差事\"\norder = 99".to_owned(),
    );
    files.insert("errands/kinds/errand.toml".to_owned(), ERRAND.to_owned());
    if holiday {
        let holidays = files.get_mut("calendars/holidays.cn.toml").expect("holidays");
        let national = "  { name = \"国庆节\", from = \"2026-10-01\"";
        let added = format!("  {{ name = \"临时放假\", from = \"2026-11-18\" }},\n{national}");
        assert!(holidays.contains(national));
        *holidays = holidays.replace(national, &added);
    }
    files
}

async fn errands(server: &Server, world: &World, many: usize) {
    let desk = server.person("front-desk").await;
    for n in 0..many {
        let data = json!({ "what": format!("第{n}件") });
        let body = json!({ "kind": "errand", "site": world.site, "data": data });
        desk.post("/cases", body).await.ok();
    }
}

/// The different instants at which a clock is due, and how often any was moved.
async fn due(server: &Server, clock: &str) -> (Option<i64>, Option<i64>, Option<i64>) {
    let read = server.app.db.read();
    let of = |what: &str| {
        format!("select {what}(due_at) from clock_run where clock = '{clock}' and ended_at is null")
    };
    let moved = "select count(*) from case_event where type = 'clock-moved'";
    (
        read.scalar(&of("min"), vals![]).await.expect("first"),
        read.scalar(&of("max"), vals![]).await.expect("last"),
        read.scalar(moved, vals![]).await.expect("moved"),
    )
}

both! {
    async fn deadlines_move_with_a_holiday_that_is_put_in_later(db: TestDb) {
        yizhan::manual::publish(&db, files(false), None, START).await.expect("publish");
        let first = Server::start(&db).await;
        let world = first.cast().await;
        errands(&first, &world, ERRANDS).await;
        let (days, same, none) = due(&first, "days").await;
        let (hours, ..) = due(&first, "hours").await;
        assert_eq!((days, none), (same, Some(0)));
        let before = days.expect("due");

        yizhan::manual::publish(&db, files(true), None, START).await.expect("publish");
        // This node has not heard of it yet: nothing is done by a calendar it does not know.
        assert_eq!(fire_due(&first.app).await.expect("look"), 0);
        first.app.manuals.refresh().await.expect("heard");
        assert_eq!(fire_due(&first.app).await.expect("look"), 100, "so many, and then what is due is looked at again");
        assert_eq!(due(&first, "days").await, (Some(before), Some(before + DAY), Some(100)));

        // The node dies; another goes on where it was.
        drop(first);
        let second = Server::start(&db).await;
        while fire_due(&second.app).await.expect("look") > 0 {}
        let many = i64::try_from(ERRANDS).expect("few");
        assert_eq!(due(&second, "days").await, (Some(before + DAY), Some(before + DAY), Some(many)));
        assert_eq!(due(&second, "hours").await.0, hours, "what runs around the clock stays");

        // Published again with the same calendars: nothing is done twice.
        yizhan::manual::publish(&db, files(true), None, START).await.expect("publish");
        second.app.manuals.refresh().await.expect("heard");
        assert_eq!(fire_due(&second.app).await.expect("look"), 0);

        // And nobody is called late by the calendar that was.
        second.pass(before - START + HOUR).await;
        let late = "select count(*) from clock_run where clock = 'days' and breached_at is not null";
        let late: Option<i64> = second.app.db.read().scalar(late, vals![]).await.expect("late");
        assert_eq!(late, Some(0));
    }
}
