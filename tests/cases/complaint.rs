//! A complaint that breaks its promise and climbs its ladder.

use crate::support::server::{HOUR, START, Server};
use serde_json::{Value, json};

fn promise(case: &Value) -> &Value {
    let clocks = case["clocks"].as_array().expect("clocks");
    clocks
        .iter()
        .find(|c| c["clock"] == "promise")
        .expect("a promise")
}

both! {
    async fn a_broken_promise_climbs_its_ladder(db: TestDb) {
        let server = Server::start(&db).await;
        let world = server.cast().await;
        let (desk, supervisor) = (server.person("front-desk").await, server.person("supervisor").await);
        let manager = server.person("manager").await;

        let complaint = desk.call(&world, "complaint", "楼道灯坏了一个月没人管", json!({"content": "楼道灯坏了一个月没人管"})).await;
        desk.act(&complaint, "take", json!({})).await.ok();
        let answer = json!({"answer": "已通知电工", "told_how": "电话", "next_answer_at": START + 3 * HOUR});
        let case = desk.act(&complaint, "answer", answer).await.ok();
        assert_eq!(promise(&case)["state"], "running");

        // Half an hour before it is due the one who promised is reminded; nothing is broken yet.
        server.pass(2 * HOUR + HOUR / 2).await;
        let case = desk.get(&format!("/cases/{complaint}")).await.ok();
        assert_eq!(promise(&case)["state"], "running");
        assert!(promise(&case)["steps"][0]["fired_at"].is_number(), "{}", promise(&case));

        server.pass(HOUR / 2).await;
        let case = desk.get(&format!("/cases/{complaint}")).await.ok();
        assert_eq!(promise(&case)["state"], "late");
        assert_eq!(case["level"], 1);
        let told = supervisor.get("/inbox").await.ok();
        assert!(told.to_string().contains("承诺"), "{told}");

        server.pass(2 * HOUR).await;
        assert_eq!(desk.get(&format!("/cases/{complaint}")).await.ok()["level"], 2);
        assert!(manager.get("/inbox").await.ok().to_string().contains("承诺"));

        // Answered too late: the promise counts as broken, and the board says whose.
        let answer = json!({"answer": "灯已换好", "told_how": "电话", "next_answer_at": START + 48 * HOUR});
        desk.act(&complaint, "answer", answer).await.ok();
        let clause = supervisor.get("/clauses/C-06").await.ok();
        assert!(clause.to_string().contains(&complaint), "{clause}");
    }
}
