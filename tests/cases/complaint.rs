//! A complaint that breaks its promise and climbs its ladder.

use crate::support::person::Answer;
use crate::support::server::{HOUR, START, Server};
use reqwest::Method;
use serde_json::{Value, json};

fn promise(case: &Value) -> &Value {
    let clocks = case["clocks"].as_array().expect("clocks");
    clocks
        .iter()
        .find(|c| c["clock"] == "promise")
        .expect("a promise")
}

both! {
    // proves: INTAKE-6/b
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

    async fn what_is_settled_on_the_spot_is_judged_all_the_same(db: TestDb) {
        let server = Server::start(&db).await;
        let world = server.cast().await;
        let desk = server.person("front-desk").await;
        let contact = |data: Value, answer: Value| json!({
            "site": world.site, "channel": "call", "customer": world.customer, "home": world.home, "said": "楼道灯不亮",
            "judgements": [{"judgement": "complaint", "data": data, "answer": answer}],
        });
        let full = json!({"content": "楼道灯不亮", "sphere": "物业服务", "severity": "一般"});
        for (data, answer, field) in [
            (json!({"content": "楼道灯不亮", "severity": "一般"}), json!({"result": "已换灯", "fault": "非我方责任"}), "sphere"),
            (full.clone(), json!({"result": "已换灯"}), "fault"),
            (full.clone(), json!({"result": "已换灯", "fault": "我方责任"}), "apology"),
            (json!({"content": "楼道灯不亮", "sphere": "物业服务"}), json!({"result": "已换灯", "fault": "非我方责任", "severity": "重大"}), "severity"),
        ] {
            let refused = desk.post("/contacts", contact(data, answer)).await;
            assert_eq!(refused.code(), "invalid", "{field}: {:?}", refused.body);
            assert_eq!(refused.body["fields"][0]["field"], field, "{:?}", refused.body);
        }
        assert!(desk.get("/cases").await.ok()["items"].as_array().expect("items").is_empty(), "a refusal leaves nothing");
        let answer = json!({"result": "已换灯", "fault": "我方责任", "apology": "前台当面致歉"});
        let made = desk.post("/contacts", contact(full, answer)).await.ok();
        let case = desk.get(&format!("/cases/{}", made["cases"][0]["id"].as_str().expect("case"))).await.ok();
        assert_eq!((&case["stage"], &case["data"]["valid"], &case["data"]["sphere"]), (&json!("settled"), &json!("有效"), &json!("物业服务")));

        // An impatient second click is the same registration; of two who settle one complaint, one is told.
        let answer = json!({"result": "已换灯", "fault": "非我方责任"});
        let twice = contact(json!({"content": "楼道灯又不亮", "sphere": "物业服务", "severity": "一般"}), answer);
        let key = [("idempotency-key", "settled-on-the-spot".to_owned())];
        let (one, two) = tokio::join!(
            desk.send(Method::POST, "/contacts", Some(twice.clone()), &key),
            desk.send(Method::POST, "/contacts", Some(twice), &key),
        );
        let number = |answer: &Answer| answer.body["number"].clone();
        assert!([&one, &two].iter().any(|a| a.status.is_success()), "{:?} {:?}", one.body, two.body);
        if one.status == two.status {
            assert_eq!(number(&one), number(&two));
        }
        let count = desk.get("/cases?kind=complaint&state=all").await.ok()["items"].as_array().expect("items").len();
        assert_eq!(count, 2);
        let open = desk.call(&world, "complaint", "门禁坏了", json!({"content": "门禁坏了", "sphere": "物业服务", "severity": "一般"})).await;
        let settled = json!({"result": "已修好", "sphere": "物业服务", "severity": "一般", "fault": "非我方责任"});
        let supervisor = server.person("supervisor").await;
        let (one, two) = tokio::join!(desk.act(&open, "settle-now", settled.clone()), supervisor.act(&open, "settle-now", settled));
        assert!(one.status.is_success() != two.status.is_success(), "{:?} {:?}", one.body, two.body);
        let calls = desk.get(&format!("/cases/{open}")).await.ok()["children"].as_array().expect("children").len();
        assert_eq!(calls, 1, "one follow-up");
    }

    async fn dissatisfaction_is_heard_though_the_matter_is_open_again(db: TestDb) {
        let server = Server::start(&db).await;
        let world = server.cast().await;
        let (desk, supervisor) = (server.person("front-desk").await, server.person("supervisor").await);
        let said = json!({"content": "楼道灯不亮", "sphere": "物业服务", "severity": "一般"});
        let complaint = desk.call(&world, "complaint", "楼道灯不亮", said).await;
        let settled = json!({"result": "已换灯", "sphere": "物业服务", "severity": "一般", "fault": "非我方责任"});
        let case = desk.act(&complaint, "settle-now", settled).await.ok();
        let call = case["children"][0]["id"].as_str().expect("a follow-up").to_owned();
        desk.act(&complaint, "reopen", json!({"reopen_reason": "晚上又不亮"})).await.ok();
        let opinion = json!({"grade": "1星", "dissatisfied_with": ["又坏了"], "opinion": "三天换了两次灯"});
        desk.act(&call, "unsatisfied", opinion).await.ok();
        let case = desk.get(&format!("/cases/{complaint}")).await.ok();
        assert_eq!((&case["stage"], &case["data"]["followup_opinion"]), (&json!("handling"), &json!("三天换了两次灯")));
        assert_eq!(case["urgency"], 2, "reopened, and dissatisfied again");
        let told = supervisor.get("/inbox").await.ok();
        assert!(told.to_string().contains("三天换了两次灯"), "{told}");
    }
}
