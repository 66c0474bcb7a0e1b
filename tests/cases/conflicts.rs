//! Double submits, stale forms, two people at once, bad input, other sites.

use crate::support::person::key;
use crate::support::server::Server;
use reqwest::{Method, StatusCode};
use serde_json::json;

both! {
    async fn a_double_submit_registers_once(db: TestDb) {
        let server = Server::start(&db).await;
        let world = server.cast().await;
        let desk = server.person("front-desk").await;
        let body = json!({
            "site": world.site, "channel": "call", "said": "停车费怎么交",
            "judgements": [{"judgement": "consultation", "data": {"content": "停车费怎么交"}}],
        });
        let headers = [("idempotency-key", key())];
        let (one, two) = tokio::join!(
            desk.send(Method::POST, "/contacts", Some(body.clone()), &headers),
            desk.send(Method::POST, "/contacts", Some(body.clone()), &headers),
        );
        assert_eq!(one.ok(), two.ok());
        let list = desk.get("/contacts").await.ok();
        assert_eq!(list["items"].as_array().expect("items").len(), 1);

        let other = json!({"site": world.site, "channel": "call", "said": "别的事"});
        let clash = desk.send(Method::POST, "/contacts", Some(other), &headers).await;
        assert_eq!(clash.code(), "idempotency-mismatch");
    }

    async fn a_key_is_forgotten_after_a_month(db: TestDb) {
        let server = Server::start(&db).await;
        let world = server.cast().await;
        let desk = server.person("front-desk").await;
        let headers = [("idempotency-key", key())];
        let body = json!({"site": world.site, "channel": "call", "said": "停车费怎么交"});
        let first = desk.send(Method::POST, "/contacts", Some(body.clone()), &headers).await.ok();
        assert!(!yizhan::api::forget_expired(&server.app).await.expect("a look"));
        let again = desk.send(Method::POST, "/contacts", Some(body.clone()), &headers).await;
        assert_eq!(first["id"], again.ok()["id"]);
        server.clock.advance(31 * 86_400_000);
        assert!(!yizhan::api::forget_expired(&server.app).await.expect("a look"), "all in one batch");
        let desk = server.person("front-desk").await;
        let anew = desk.send(Method::POST, "/contacts", Some(body), &headers).await;
        assert_ne!(first["id"], anew.ok()["id"], "what was forgotten is written anew");
    }

    async fn of_two_people_at_once_one_is_told(db: TestDb) {
        let server = Server::start(&db).await;
        let world = server.cast().await;
        let (desk, supervisor) = (server.person("front-desk").await, server.person("supervisor").await);
        let case = desk.call(&world, "complaint", "噪音", json!({"content": "楼上半夜装修"})).await;
        let seq = desk.get(&format!("/cases/{case}")).await.ok()["seq"].clone();
        let path = format!("/cases/{case}/actions");
        let (a, b) = ([("idempotency-key", key()), ("if-match", format!("\"{seq}\""))],
                      [("idempotency-key", key()), ("if-match", format!("\"{seq}\""))]);
        let body = json!({"action": "note", "input": {"words": "我来办"}});
        let (one, two) = tokio::join!(
            desk.send(Method::POST, &path, Some(body.clone()), &a),
            supervisor.send(Method::POST, &path, Some(body), &b),
        );
        let (won, lost) = if one.status.is_success() { (one, two) } else { (two, one) };
        assert_eq!(lost.code(), "stale");
        assert_eq!(lost.body["current"]["seq"], won.ok()["seq"]);
    }

    async fn bad_input_changes_nothing(db: TestDb) {
        let server = Server::start(&db).await;
        let world = server.cast().await;
        let desk = server.person("front-desk").await;
        let case = desk.call(&world, "complaint", "噪音", json!({"content": "楼上半夜装修"})).await;
        let before = desk.get(&format!("/cases/{case}")).await.ok();
        for (action, input, code) in [
            ("no-such-action", json!({}), "not-found"),
            ("answer", json!({}), "invalid"),
            ("answer", json!({"answer": 7, "told_how": "电话", "next_answer_at": "明天"}), "invalid"),
            ("answer", json!({"answer": "好", "told_how": "传真", "next_answer_at": 1}), "invalid"),
            ("answer", json!({"answer": "好", "told_how": "电话", "next_answer_at": 1_700_000_000_000i64}), "invalid"),
            ("measures", json!({"measures": "x"}), "forbidden"),
            ("settle", json!({"result": "x", "told_how": "电话"}), "refused"),
            ("note", json!({"words": "x".repeat(5000)}), "invalid"),
            ("merge-into", json!({"case": "TS-XX-1", "why": "同一件"}), "invalid"),
        ] {
            let answer = desk.act(&case, action, input.clone()).await;
            assert_eq!(answer.code(), code, "{action} {input}: {}", answer.body);
            assert!(answer.body["detail"].as_str().is_some_and(|d| !d.is_ascii()), "{}", answer.body);
        }
        assert_eq!(desk.get(&format!("/cases/{case}")).await.ok(), before);
    }

    async fn another_site_does_not_exist(db: TestDb) {
        let server = Server::start(&db).await;
        let world = server.cast().await;
        let desk = server.person("front-desk").await;
        let stranger = server.person("desk-elsewhere").await;
        let case = desk.call(&world, "complaint", "电梯困人", json!({"content": "电梯困人十分钟"})).await;
        assert_eq!(stranger.get(&format!("/cases/{case}")).await.status, StatusCode::NOT_FOUND);
        assert_eq!(stranger.act(&case, "note", json!({"words": "x"})).await.status, StatusCode::BAD_REQUEST);
        for path in ["/cases?state=all", "/cases?q=电梯", "/contacts", "/contacts?q=电梯", "/work", "/pool"] {
            let list = stranger.get(path).await.ok();
            assert_eq!(list["items"].as_array().map(Vec::len), Some(0), "{path}: {list}");
        }
        let found = desk.get("/cases?q=电梯").await.ok();
        assert_eq!(found["items"][0]["id"], case, "{found}");
    }

    async fn merging_is_for_one_matter(db: TestDb) {
        let server = Server::start(&db).await;
        let world = server.cast().await;
        let desk = server.person("front-desk").await;
        let said = json!({"content": "楼道灯不亮", "sphere": "物业服务", "severity": "一般"});
        let first = desk.call(&world, "complaint", "楼道灯不亮", said.clone()).await;
        let again = desk.call(&world, "complaint", "灯还是不亮", said).await;
        let asked = desk.call(&world, "consultation", "几点下班", json!({"content": "几点下班"})).await;
        let number = async |case: &str| desk.get(&format!("/cases/{case}")).await.ok()["number"].clone();
        let into = async |other: &str| json!({"case": number(other).await, "why": "同一件"});
        let quality = server.person("quality").await;
        assert_eq!(quality.act(&again, "merge-into", into(&first).await).await.code(), "refused", "who merely sees it");
        assert_eq!(desk.act(&again, "merge-into", into(&asked).await).await.code(), "invalid", "another kind");
        desk.act(&again, "merge-into", into(&first).await).await.ok();
        let kept = desk.get(&format!("/cases/{first}")).await.ok();
        assert_eq!(kept["reminders"], 1, "nothing of the other is lost");
        let gone = desk.get(&format!("/cases/{again}")).await.ok();
        assert_eq!(gone["actions"].as_array().map(Vec::len), Some(0), "it is dealt with there");
    }
}
