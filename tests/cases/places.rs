//! What conditions, calculations and words read of the home a case belongs to.

use crate::support::server::{HOUR, START, Server};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::Path;
use yizhan::db::Sql;
use yizhan::vals;

/// The system measures again when the clock runs out: that is read for a batch of cases at once.
const SURVEY: &str = r#"
title = "量房"
source = []
number = "TLFT-{site}-{yyyy}-{seq:5}"
heading = "why"
[open]
by = ["staff"]
ask = ["why"]
starts = ["soon"]
do = [{ notify = { to = ["relation:creator"], text = "{home.site}{home.title}要量房，登记面积{home.area}平方米：{why}" } }]
[[field]]
name = "why"
title = "事由"
type = "line"
[[field]]
name = "place"
title = "地点"
type = "line"
[[field]]
name = "fee"
title = "费用"
type = "computed"
of = "money"
compute = "yuan(2) * home.area"
[[stage]]
name = "new"
title = "待量"
[[stage]]
name = "done"
title = "已量"
ends = true
[[action]]
name = "measure"
title = "已量"
to = "done"
by = ["staff", "system"]
when = "home.unit == '1单元' && home.building == '1栋' && home.area > 50"
otherwise = "房屋资料不全"
stops = ["soon"]
do = [{ set = { place = "home.title" } }]
[[clock]]
name = "soon"
title = "限时"
limit = "2h"
calendar = "around-the-clock"
steps = [{ at = "0", act = "measure" }]
"#;

both! {
    async fn a_case_reads_its_home_alone_and_among_many(db: TestDb) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("manual");
        let mut files: BTreeMap<String, String> = yizhan::manual::read_folder(&folder).expect("manual");
        files.insert("survey/pack.toml".to_owned(), "title = \"量房\"\norder = 99".to_owned());
        files.insert("survey/kinds/survey.toml".to_owned(), SURVEY.to_owned());
        yizhan::manual::publish(&db, files, None, START).await.expect("publish");
        let server = Server::start(&db).await;
        let world = server.cast().await;
        let home = world.home.clone();
        let sized = server.app.db.write::<(), yizhan::error::Problem, _>(move |tx| {
            Box::pin(async move {
                tx.run("update home set floor_area = 88.5 where id = $1", vals![home]).await?;
                Ok(())
            })
        });
        sized.await.expect("a size");
        let desk = server.person("front-desk").await;
        let start = json!({ "kind": "survey", "site": world.site, "home": world.home, "data": { "why": "复核" } });
        let mut cases = Vec::new();
        for _ in 0..3 {
            let opened = desk.post("/cases", start.clone()).await.ok();
            cases.push(opened["id"].as_str().expect("an id").to_owned());
        }
        let told = desk.get(&format!("/cases/{}", cases[0])).await.ok().to_string();
        assert!(told.contains("要量房，登记面积88.5平方米：复核"), "{told}");
        desk.act(&cases[0], "measure", json!({})).await.ok();
        server.pass(3 * HOUR).await;
        let titled: Option<String> = server.app.db.read()
            .scalar("select title from home where id = $1", vals![world.home.clone()]).await.expect("home");
        for id in &cases {
            let case = desk.get(&format!("/cases/{id}")).await.ok();
            assert_eq!(case["stage"], "done", "{case}");
            assert_eq!(case["data"]["place"], json!(titled), "{case}");
            assert_eq!(case["data"]["fee"], 17700, "{case}");
        }

        let nowhere = json!({ "kind": "survey", "site": world.site, "data": { "why": "没有房屋" } });
        let opened = desk.post("/cases", nowhere).await.ok();
        let refused = desk.act(opened["id"].as_str().expect("id"), "measure", json!({})).await;
        assert_eq!(refused.code(), "refused", "{:?}", refused.body);
    }
}
