//! One action on many cases.

use crate::support::person::key;
use crate::support::server::Server;
use crate::{complaint, desk};
use reqwest::Method;
use serde_json::{Value, json};

fn names(offers: &Value) -> Vec<&str> {
    let all = offers["actions"].as_array().expect("actions").iter();
    all.filter_map(|a| a["name"].as_str()).collect()
}

both! {
    async fn each_case_is_judged_apart_and_nothing_is_done_twice(db: TestDb) {
        let server = Server::start(&db).await;
        let world = server.cast().await;
        let desk = desk(&server).await;
        let mut ids = Vec::new();
        for said in ["楼道灯坏了", "电梯太慢", "门口积水"] {
            ids.push(complaint(&desk, &world, said).await);
        }
        let offers = desk.post("/cases/offers", json!({ "cases": ids })).await.ok();
        assert!(names(&offers).contains(&"take"), "{offers}");
        // Somebody is quicker with the second.
        desk.act(&ids[1], "take", json!({})).await.ok();
        let body = json!({ "cases": offers["cases"], "action": "take" });
        let headers = [("idempotency-key", key())];
        let answer = desk.send(Method::POST, "/cases/actions", Some(body.clone()), &headers).await.ok();
        assert_eq!(answer["done"], 2, "{answer}");
        assert_eq!(answer["items"][1]["code"], "stale");
        assert_eq!(answer["items"][2]["done"], true);
        let before = desk.get(&format!("/cases/{}", ids[0])).await.ok()["seq"].clone();
        let again = desk.send(Method::POST, "/cases/actions", Some(body), &headers).await.ok();
        assert_eq!(again["done"], 2, "what was done is answered again, not done again: {again}");
        assert_eq!(desk.get(&format!("/cases/{}", ids[0])).await.ok()["seq"], before);

        // Two of three offer it: it is not offered for all.
        let fresh = complaint(&desk, &world, "草坪没人剪").await;
        let mixed = desk.post("/cases/offers", json!({ "cases": [ids[0], fresh] })).await.ok();
        assert!(!names(&mixed).contains(&"take"), "{mixed}");
        assert!(names(&mixed).contains(&"note"), "{mixed}");
    }

    async fn a_case_one_does_not_see_does_not_exist(db: TestDb) {
        let server = Server::start(&db).await;
        let world = server.cast().await;
        let near = desk(&server).await;
        let id = complaint(&near, &world, "楼道灯坏了").await;
        let far = server.person("desk-elsewhere").await;
        assert_eq!(far.post("/cases/offers", json!({ "cases": [id] })).await.code(), "not-found");
        let body = json!({ "cases": [{ "id": id, "seq": 1 }], "action": "take" });
        let answer = far.post("/cases/actions", body).await.ok();
        assert_eq!((&answer["done"], &answer["items"][0]["code"]), (&json!(0), &json!("not-found")));
        let many: Vec<Value> = (0..201).map(|n| json!({ "id": format!("{n}"), "seq": 1 })).collect();
        assert_eq!(far.post("/cases/actions", json!({ "cases": many, "action": "take" })).await.code(), "invalid");
    }
}
