//! What the phones on site rely on: the gate, and what a device is told before it loses its signal.

use crate::support::server::{HOUR, Server};
use reqwest::StatusCode;
use serde_json::json;

both! {
    async fn a_paper_passes_the_gate_once_by_code_or_number(db: TestDb) {
        let server = Server::start(&db).await;
        let world = server.cast().await;
        let (desk, guard) = (server.person("front-desk").await, server.person("guard").await);
        let data = json!({"summary": "冰箱一台", "goods": [{"name": "冰箱", "quantity": 1}], "carrier": "业主本人"});
        let body = json!({
            "kind": "release-pass", "site": world.site, "home": world.home, "customer": world.customer, "data": data,
        });
        let paper = desk.post("/cases", body).await.ok();
        let id = paper["id"].as_str().expect("id").to_owned();
        let number = paper["number"].as_str().expect("number").to_owned();
        let by_number = format!("/gate/{number}");
        assert_eq!(guard.get(&by_number).await.status, StatusCode::NOT_FOUND, "no code was given out yet");

        desk.act(&id, "check-identity", json!({"identity_checked": "核对身份证件"})).await.ok();
        let signature = desk.upload("sign.png", include_bytes!("../support/dot.png").to_vec()).await;
        let until = server.clock.now() + 2 * HOUR;
        let issued = json!({"clerk_signature": signature, "stamped": ["放行章已盖"], "valid_until": until});
        let code = desk.act(&id, "issue", issued).await.ok()["gate_code"].as_str().expect("code").to_owned();

        let stranger = server.person("desk-elsewhere").await;
        assert_eq!(stranger.get(&by_number).await.status, StatusCode::NOT_FOUND);
        for asked in [&code, &number] {
            let seen = guard.get(&format!("/gate/{asked}")).await.ok();
            assert_eq!((&seen["valid"], &seen["number"]), (&json!(true), &json!(number)), "{seen}");
        }
        let used = guard.post(&format!("{by_number}/use"), json!({})).await.ok();
        assert_eq!(used["valid"], false, "{used}");
        let again = guard.get(&by_number).await.ok();
        assert_eq!(again["sentence"], "不能放行：已放行");
        assert_eq!(guard.post(&format!("{by_number}/use"), json!({})).await.code(), "refused");
        assert_eq!(guard.get(&format!("/gate/{code}")).await.status, StatusCode::NOT_FOUND, "the code was taken back");
    }

    async fn a_device_knows_the_next_steps_before_it_loses_its_signal(db: TestDb) {
        let server = Server::start(&db).await;
        let world = server.cast().await;
        server.duty("engineer", "engineer", &world.site).await;
        let (desk, engineer) = (server.person("front-desk").await, server.person("engineer").await);
        let data = json!({"content": "水龙头漏水", "part": "给排水", "place": "户内"});
        let repair = desk.call(&world, "repair", "水龙头漏水", data).await;
        desk.act(&repair, "to-developer", json!({})).await.ok();
        desk.act(&repair, "dispatch", json!({"trade": "水暖"})).await.ok();
        let order = engineer.get("/work").await.ok()["items"][0]["id"].as_str().expect("order").to_owned();

        let ahead = engineer.get(&format!("/cases/{order}/ahead")).await.ok();
        let stages = ahead["stages"].as_array().expect("stages");
        let names = |stage: &str| -> Vec<String> {
            let found = stages.iter().find(|s| s["name"] == stage);
            let actions = found.and_then(|s| s["actions"].as_array()).into_iter().flatten();
            actions.filter_map(|a| a["name"].as_str().map(str::to_owned)).collect()
        };
        assert!(names("accepted").contains(&"arrive".to_owned()), "{ahead}");
        assert!(names("on-site").contains(&"finish".to_owned()), "{ahead}");
        assert!(!names("on-site").contains(&"note".to_owned()), "only the kind's own actions");
        assert!(names("finished").is_empty(), "an end has nothing after it");
        let guard = server.person("guard").await;
        assert_eq!(guard.get(&format!("/cases/{order}/ahead")).await.status, StatusCode::NOT_FOUND);
    }
}
