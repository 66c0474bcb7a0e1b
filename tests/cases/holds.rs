//! Claims in both databases: for a time, moved in one step, and of two at once exactly one.

use crate::support::TestDb;
use crate::support::server::{HOUR, START, Server};
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;

const BOOKING: &str = r#"
title = "会议室预订"
source = []
number = "TYDT-{site}-{yyyy}-{seq:5}"
heading = "what"
field = [
  { name = "what", title = "内容", type = "line" },
  { name = "room", title = "会议室", type = "choice", choices = ["一号", "二号"] },
  { name = "begins", title = "开始", type = "time" },
  { name = "ends", title = "结束", type = "time" },
]
stage = [ { name = "new", title = "已预订" }, { name = "done", title = "已取消", ends = true } ]
[open]
by = ["staff"]
ask = ["what", "room", "begins", "ends"]
do = [ { claim = "room" } ]
[[action]]
name = "move"
title = "改期"
by = ["staff"]
ask = ["room", "begins", "ends"]
do = [ { claim = "room" } ]
[[action]]
name = "cancel"
title = "取消"
to = "done"
by = ["staff"]
[[claim]]
name = "room"
taken = "这个时段已有人预订"
on = "room"
from = "begins"
to = "ends"
"#;

async fn house(db: &TestDb) -> (Server, String) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("manual");
    let mut files: BTreeMap<String, String> = yizhan::manual::read_folder(&folder).expect("manual");
    files.insert(
        "rooms/pack.toml".to_owned(),
        "title = \"会议室\"\norder = 99".to_owned(),
    );
    files.insert("rooms/kinds/booking.toml".to_owned(), BOOKING.to_owned());
    yizhan::manual::publish(db, files, None, START)
        .await
        .expect("publish");
    let server = Server::start(db).await;
    let site = server.cast().await.site;
    (server, site)
}

fn at(room: &str, from: i64, to: i64) -> Value {
    json!({ "room": room, "begins": START + from * HOUR, "ends": START + to * HOUR })
}

both! {
    async fn a_room_is_booked_by_one_at_a_time(db: TestDb) {
        let (server, site) = house(&db).await;
        let desk = server.person("front-desk").await;
        let book = async |room: &str, from, to| {
            let mut data = at(room, from, to);
            data["what"] = json!("例会");
            desk.post("/cases", json!({ "kind": "booking", "site": site, "data": data })).await
        };
        let (one, two) = tokio::join!(book("一号", 1, 3), book("一号", 2, 4));
        let mut statuses = [one.status, two.status];
        statuses.sort();
        assert_eq!(statuses, [StatusCode::CREATED, StatusCode::CONFLICT], "{:?} {:?}", one.body, two.body);
        let first = if one.status == StatusCode::CREATED { one } else { two }.ok();
        assert_eq!(book("一号", 5, 6).await.status, StatusCode::CREATED, "another time");
        assert_eq!(book("二号", 1, 4).await.status, StatusCode::CREATED, "another room");
        assert_eq!(book("一号", 4, 5).await.status, StatusCode::CREATED, "between the two");

        let id = first["id"].as_str().expect("id");
        let moved = async |values| desk.act(id, "move", values).await;
        let taken = moved(at("二号", 2, 3)).await;
        assert_eq!(taken.code(), "taken", "{:?}", taken.body);
        assert_eq!(book("一号", 1, 4).await.code(), "taken", "refused, it holds what it held");
        let gone = moved(at("一号", 8, 9)).await;
        assert!(gone.status.is_success(), "{:?}", gone.body);
        assert_eq!(book("一号", 1, 4).await.status, StatusCode::CREATED, "it let the old time go");
    }
}
