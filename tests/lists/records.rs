//! What is on record, as a picker lists it, and what a form makes of it.

use crate::support::person::Person;
use crate::support::server::Server;
use serde_json::{Value, json};

async fn listed(person: &Person, q: &str) -> Value {
    let encoded = q.replace('%', "%25");
    let path = format!("/kinds/builder/records?q={encoded}");
    let list = person.get(&path).await.ok();
    let items = list["items"].as_array().expect("items").iter();
    items.map(|item| item["name"].clone()).collect()
}

both! {
    async fn records_are_found_by_part_of_their_name(db: TestDb) {
        let server = Server::start(&db).await;
        let world = server.cast().await;
        let desk = server.person("front-desk").await;
        let far = server.person("desk-elsewhere").await;
        assert_eq!(listed(&desk, "").await, json!([]));
        for name in ["Alpha防水", "乙_建", "丙建"] {
            server.contractor(&world, name).await;
        }
        assert_eq!(listed(&desk, "").await.as_array().map(Vec::len), Some(3));
        assert_eq!(listed(&desk, "alpha").await, json!(["Alpha防水"]));
        assert_eq!(listed(&desk, "建").await.as_array().map(Vec::len), Some(2));
        assert_eq!(listed(&desk, "_").await, json!(["乙_建"]), "a mark of the query language is a letter");
        assert_eq!(listed(&desk, "%").await, json!([]));
        assert_eq!(listed(&far, "alpha").await, json!(["Alpha防水"]), "what a form at another site takes is listed there");
        let row = desk.get("/kinds/builder/records?q=alpha").await.ok();
        assert_eq!(row["items"][0], json!({ "name": "Alpha防水", "stage": "在用", "data": {} }), "no phone, no contract");
        assert_eq!(desk.get("/kinds/complaint/records").await.code(), "not-found", "no form picks complaints");
        assert_eq!(desk.get("/kinds/no-such/records").await.code(), "not-found");
    }

    async fn what_is_not_on_record_is_refused_beside_its_field(db: TestDb) {
        let server = Server::start(&db).await;
        let world = server.cast().await;
        let desk = server.person("front-desk").await;
        server.contractor(&world, "甲建").await;
        let id = desk.call(&world, "repair", "窗漏", json!({ "content": "窗漏", "part": "屋面" })).await;
        let steward = server.person("assistant").await;
        steward.act(&id, "to-developer", json!({})).await.ok();
        let notify = |name: &str| {
            let limit = server.clock.now() + 86_400_000;
            json!({ "contractor": name, "contract_limit_at": limit })
        };
        let refused = steward.act(&id, "notify-contractor", notify("甲剑")).await;
        assert_eq!(refused.code(), "invalid");
        assert!(refused.body.to_string().contains("“施工单位”里没有“甲剑”"), "{}", refused.body);
        steward.act(&id, "notify-contractor", notify("甲建")).await.ok();
        let seen = steward.get(&format!("/cases/{id}")).await.ok();
        assert!(seen.to_string().contains("甲建"), "{seen}");
    }
}
