//! Who is calling: made, found, told apart, masked.

use super::{count, names, put, run, typed};
use crate::support::server::Server;
use serde_json::json;
use yizhan::db::Sql;
use yizhan::vals;

both! {
    async fn a_caller_is_found_by_whatever_they_say(db: TestDb) {
        let server = Server::start(&db).await;
        let world = server.cast().await;
        let desk = server.person("front-desk").await;
        let made = desk
            .post("/customers", json!({"name": "单小仇", "phone": "+86 138-0013-8000", "home": world.home, "relation": "tenant"}))
            .await
            .ok();
        assert_eq!(made["phones"][0]["number_masked"], "138****8000");
        assert_eq!(made["homes"][0]["relation_title"], "租户");
        let id = made["id"].as_str().expect("id");
        put(&desk, &format!("/customers/{id}"), json!({
            "name": "单小仇", "care_note": "独居老人", "plates": ["京A·12345"],
            "phones": [{"id": made["phones"][0]["id"]}, "010-88886666"],
        })).await.ok();

        for query in ["13800138000", "138 0013 8000", "8000", "01088886666", "单小仇", "小仇", "单", "shanxiao", "sxc",
            "sxq", "danxiaochou", "SXC", "京A12345", "京a·123", "a12345"] {
            let found = desk.get(&format!("/search?q={}", typed(query))).await.ok();
            assert_eq!(names(&found["customers"], "name"), ["单小仇"], "{query}: {found}");
        }
        // Part of a number finds nobody: it would be told digit by digit.
        for query in ["1380013", "00138000", "800", "38000", "8888666", "xiaochou1"] {
            let found = desk.get(&format!("/search?q={query}")).await.ok();
            assert_eq!(names(&found["customers"], "name"), [""; 0], "{query}: {found}");
        }
        for query in ["1-1-101", "1栋1单元101", "1幢1-101", "一栋一单元101室", "1-101", "101", "测试花园101"] {
            let found = desk.get(&format!("/search?q={}", typed(query))).await.ok();
            assert_eq!(names(&found["homes"], "title"), ["1栋1单元101"], "{query}: {found}");
            assert_eq!(names(&found["homes"][0]["people"], "name"), ["王秀英", "单小仇"], "{query}");
        }
        run(&server, "update site set name = '测试2期花园' where code = 'CS'", vals![]).await;
        let found = desk.get(&format!("/search?q={}", typed("测试2期1栋101"))).await.ok();
        assert_eq!(names(&found["homes"], "title"), ["1栋1单元101"], "a number of the site's name: {found}");
        for query in ["2-1-101", "别处花园101", "101101"] {
            let found = desk.get(&format!("/search?q={}", typed(query))).await.ok();
            assert_eq!(names(&found["homes"], "title"), [""; 0], "{query}: {found}");
        }
        let looks = count(&server, "select count(*) from look where what = 'phone' and subject not like '%*%'", vals![]);
        assert_eq!(looks.await, 0, "numbers stand masked in the record of look-ups");
    }

    async fn the_whole_story_is_on_one_page(db: TestDb) {
        let server = Server::start(&db).await;
        let world = server.cast().await;
        let desk = server.person("front-desk").await;
        desk.post("/contacts", json!({
            "site": world.site, "channel": "call", "customer": world.customer, "home": world.home,
            "said": "问停车费", "judgements": [], "read_back": true,
        })).await.ok();
        let story = desk.get(&format!("/customers/{}", world.customer)).await.ok();
        assert_eq!(story["phones"][0]["number_masked"], "138****1234");
        assert!(!story.to_string().contains("13800001234"), "{story}");
        let warranties = story["homes"][0]["warranties"].as_array().expect("warranties").clone();
        assert!(warranties.contains(&json!({"part": "厨卫防水", "until": "2031-01-10"})), "{warranties:?}");
        assert_eq!(names(&story["contacts"], "said"), ["问停车费"]);
        let home = desk.get(&format!("/homes/{}", world.home)).await.ok();
        assert_eq!(names(&home["people"], "name"), ["王秀英"]);
        assert_eq!(names(&home["contacts"], "said"), ["问停车费"]);
        let list = desk.get(&format!("/homes?site={}", world.site)).await.ok();
        assert_eq!(names(&list["items"], "title"), ["1栋1单元101"]);
        let sites = desk.get("/sites").await.ok();
        assert_eq!(names(&sites["items"], "name"), ["测试花园"]);
        assert_eq!(sites["items"][0]["buildings"][0]["units"], json!(["1单元"]));
    }

    async fn what_may_not_be_seen_does_not_exist(db: TestDb) {
        let server = Server::start(&db).await;
        let world = server.cast().await;
        let elsewhere = server.person("desk-elsewhere").await;
        let engineer = server.person("engineer").await;
        let (customer, home) = (format!("/customers/{}", world.customer), format!("/homes/{}", world.home));
        assert_eq!(elsewhere.get(&customer).await.code(), "not-found");
        assert_eq!(elsewhere.get(&home).await.code(), "not-found");
        assert_eq!(put(&elsewhere, &customer, json!({"name": "改名"})).await.code(), "not-found");
        let unmask = elsewhere.post(&format!("{customer}/unmask"), json!({"reason": "回电"})).await;
        assert_eq!(unmask.code(), "not-found");
        let found = elsewhere.get("/search?q=13800001234").await.ok();
        assert_eq!((found["customers"].clone(), found["homes"].clone()), (json!([]), json!([])));
        assert_eq!(elsewhere.post("/customers", json!({"name": "张三", "home": world.home})).await.code(), "invalid");
        // Without the desk there are no customers, and nobody stands beside a home.
        assert_eq!(engineer.get(&customer).await.code(), "forbidden");
        let found = engineer.get("/search?q=1-1-101").await.ok();
        assert_eq!(found["homes"][0]["people"], json!([]), "{found}");
        assert_eq!(engineer.get("/search?q=13800001234").await.ok()["customers"], json!([]));
    }

    async fn numbers_are_shown_with_a_reason_and_recorded(db: TestDb) {
        let server = Server::start(&db).await;
        let world = server.cast().await;
        let desk = server.person("front-desk").await;
        let path = format!("/customers/{}/unmask", world.customer);
        assert_eq!(desk.post(&path, json!({"reason": " "})).await.code(), "invalid");
        let shown = desk.post(&path, json!({"reason": "回电确认"})).await.ok();
        assert_eq!(shown["phones"][0]["number"], "13800001234");
        let kept: Option<String> = server.app.db.read()
            .scalar("select reason from look where what = 'customer' and subject = $1 and staff_id = $2",
                vals![world.customer.clone(), desk.id.clone()])
            .await.expect("look");
        assert_eq!(kept.as_deref(), Some("回电确认"));
        let clerk = server.person("decoration-clerk").await;
        assert_eq!(clerk.post(&path, json!({"reason": "回电确认"})).await.code(), "forbidden");
        for _ in 1..60 {
            desk.post(&path, json!({"reason": "回电确认"})).await.ok();
        }
        assert_eq!(desk.post(&path, json!({"reason": "回电确认"})).await.code(), "too-many");
        server.clock.advance(3_600_001);
        desk.post(&path, json!({"reason": "回电确认"})).await.ok();
        let kept = count(&server, "select count(*) from idempotency where cast(body as text) like '%13800001234%'", vals![]);
        assert_eq!(kept.await, 0, "no copy of the number is kept for retries");
    }

    async fn the_same_customer_twice_at_once_is_one(db: TestDb) {
        let server = Server::start(&db).await;
        let world = server.cast().await;
        let desk = server.person("front-desk").await;
        let body = json!({"name": "赵同时", "phone": "13911112222", "home": world.home});
        let all = futures::future::join_all((0..8).map(|_| desk.post("/customers", body.clone()))).await;
        let mut ids: Vec<String> = all.into_iter().map(|a| a.ok()["id"].as_str().expect("id").to_owned()).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 1);
        let sql = "select count(*) from customer_phone where number = '13911112222'";
        assert_eq!(count(&server, sql, vals![]).await, 1);
        // Another name with the same phone is another person, and the answer says whose phone it is too.
        let other = desk.post("/customers", json!({"name": "赵家属", "phone": "139 1111 2222"})).await.ok();
        assert_eq!(names(&other["same_phone"], "name"), ["赵同时"]);
        assert_eq!(other.get("existed"), None);
    }

    async fn a_customer_changes_and_is_found_anew(db: TestDb) {
        let server = Server::start(&db).await;
        server.cast().await;
        let desk = server.person("front-desk").await;
        let made = desk.post("/customers", json!({"name": "曾用名", "phone": "13700001111"})).await.ok();
        let path = format!("/customers/{}", made["id"].as_str().expect("id"));
        let changed = put(&desk, &path, json!({"name": "现用名", "phones": ["13700002222"], "arrears": true})).await.ok();
        assert_eq!(changed["phones"][0]["number_masked"], "137****2222");
        assert_eq!(changed["arrears"], true);
        let found = async |query: &str| {
            names(&desk.get(&format!("/search?q={}", typed(query))).await.ok()["customers"], "name")
        };
        assert_eq!(found("现用名").await, ["现用名"]);
        assert_eq!(found("xym").await, ["现用名"]);
        assert_eq!(found("曾用名").await, [""; 0]);
        assert_eq!(found("13700001111").await, [""; 0]);
        for (wrong, field) in [
            (json!({"name": " "}), "name"),
            (json!({"name": "甲", "phones": ["电话"]}), "phones"),
            (json!({"name": "甲", "phones": [{"id": "nobody"}]}), "phones"),
            (json!({"name": "甲", "plates": ["?"]}), "plates"),
        ] {
            let refused = put(&desk, &path, wrong.clone()).await;
            assert_eq!(refused.code(), "invalid", "{wrong}");
            assert_eq!(refused.body["fields"][0]["field"], field, "{wrong}");
        }
    }

    async fn a_home_gets_its_handover_and_people(db: TestDb) {
        let server = Server::start(&db).await;
        let world = server.cast().await;
        let (manager, desk) = (server.person("manager").await, server.person("front-desk").await);
        let made = desk.post("/customers", json!({"name": "新租户"})).await.ok();
        let path = format!("/homes/{}", world.home);
        let body = json!({"kind": "shop", "area": 88.5, "delivered_on": "2025-06-01",
            "people": [{"customer": world.customer, "relation": "owner"}, {"customer": made["id"], "relation": "tenant"}]});
        assert_eq!(put(&desk, &path, body.clone()).await.code(), "forbidden");
        put(&manager, &path, body).await.ok();
        let home = desk.get(&path).await.ok();
        assert_eq!((home["kind"].as_str(), home["area"].as_f64()), (Some("shop"), Some(88.5)));
        assert_eq!(names(&home["people"], "relation_title"), ["业主", "租户"]);
        let wrong = json!({"kind": "shop", "delivered_on": "2025-6-1", "people": []});
        assert_eq!(put(&manager, &path, wrong).await.code(), "invalid");
    }
}
