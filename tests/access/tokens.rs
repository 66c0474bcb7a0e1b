//! Tokens of other systems.

use crate::door::{Browser, Door, FAR, Reply, SITE};
use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU32, Ordering};

const TOKENS: &str = "/api/v1/tokens";
const DAY: i64 = 86_400_000;

async fn ask(door: &Door, token: &str, method: &str, path: &str, body: Value) -> Reply {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let key = format!("token-key-{}", NEXT.fetch_add(1, Ordering::Relaxed));
    let request = Request::builder().method(method).uri(format!("/api/v1{path}"));
    let request = request
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json")
        .header("idempotency-key", key);
    door.send(request.body(Body::from(body.to_string())).expect("request"))
        .await
}

async fn made(
    door: &Door,
    by: &Browser,
    scopes: &[&str],
    post: &str,
    site: Option<&str>,
) -> (String, String) {
    let body =
        json!({"name": "呼叫中心", "scopes": scopes, "posts": [{"post": post, "site": site}], "days": 30});
    let reply = door.write(by, "POST", TOKENS, body).await;
    assert_eq!(reply.status, 201, "{:?}", reply.bytes);
    let made = reply.json();
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    (text(&made["token"]["id"]), text(&made["secret"]))
}

fn call(site: &str) -> Value {
    json!({
        "site": site, "channel": "call", "said": "楼道灯坏了", "read_back": true,
        "judgements": [{"judgement": "complaint", "data": {"content": "楼道灯坏了"}}],
    })
}

both! {
    async fn a_token_does_what_its_scopes_and_posts_allow_under_its_own_name(db: TestDb) {
        let door = Door::open(db).await;
        door.staff("root", "admin", None).await;
        door.staff("li", "front-desk", Some(SITE)).await;
        let root = door.sign_in("root").await;
        assert_eq!(door.get(&door.sign_in("li").await, TOKENS).await.status, 403);
        let (id, token) = made(&door, &root, &["write:contacts", "read:cases"], "front-desk", Some(SITE)).await;

        let registered = ask(&door, &token, "POST", "/contacts", call(SITE)).await;
        assert_eq!(registered.status, 201, "{:?}", registered.bytes);
        let case = registered.json()["cases"][0]["id"].as_str().expect("case").to_owned();
        let shown = ask(&door, &token, "GET", &format!("/cases/{case}"), Value::Null).await.json();
        let said = shown["timeline"].to_string();
        assert!(said.contains("呼叫中心"), "what it does stands under its name: {said}");
        assert!(shown["row"].is_null() && shown["responsible"].is_null(), "it answers for nothing: {}", shown["responsible"]);
        assert_eq!(ask(&door, &token, "POST", "/contacts", call(FAR)).await.status, 404, "another site");

        for (method, path) in [
            ("GET", "/contacts"), ("GET", "/homes"), ("GET", "/staff"), ("GET", "/clauses"), ("GET", "/session/access"),
            ("GET", "/tokens"), ("GET", "/live"), ("POST", "/cases"), ("DELETE", "/session"), ("PUT", "/session/password"),
        ] {
            assert_eq!(ask(&door, &token, method, path, json!({})).await.status, 403, "{method} {path}");
        }
        let row = door.get(&root, TOKENS).await.json()["items"][0].clone();
        assert_eq!((&row["id"], &row["valid"], &row["used_at"]), (&json!(id), &json!(true), &json!(door.app.clock.now())));
        assert!(row.get("secret").is_none());
        let staff = door.get(&root, "/api/v1/staff").await.json().to_string();
        assert!(!staff.contains("呼叫中心"), "nobody to pass work to");
        assert_eq!(door.try_sign_in(&format!("api-{}", id.to_lowercase()), "").await.status, 422);
    }

    async fn a_token_ends(db: TestDb) {
        let door = Door::open(db).await;
        door.staff("root", "admin", None).await;
        let root = door.sign_in("root").await;
        let (id, token) = made(&door, &root, &["read:cases"], "front-desk", None).await;
        let (_, other) = made(&door, &root, &["read:cases"], "front-desk", None).await;
        assert_eq!(ask(&door, &token, "GET", "/cases", Value::Null).await.status, 200);
        let (_, kept) = (&id, format!("{TOKENS}/{id}"));
        assert_eq!(door.write(&root, "DELETE", &kept, json!(null)).await.status, 204);
        assert_eq!(ask(&door, &token, "GET", "/cases", Value::Null).await.status, 401);
        assert_eq!(ask(&door, &other, "GET", "/cases", Value::Null).await.status, 200);
        assert_eq!(ask(&door, "yzt_guess", "GET", "/cases", Value::Null).await.status, 401);
        door.app.clock.advance(30 * DAY + 1);
        assert_eq!(ask(&door, &other, "GET", "/cases", Value::Null).await.status, 401, "its days are over");
        let log = door.get(&door.sign_in("root").await, "/api/v1/access-log").await.json();
        assert!(log.to_string().contains("吊销接口令牌"), "{log}");
    }

    async fn tokens_are_made_with_care(db: TestDb) {
        let door = Door::open(db).await;
        door.staff("root", "admin", None).await;
        door.staff("people", "hr", None).await;
        let (root, people) = (door.sign_in("root").await, door.sign_in("people").await);
        let body = |scopes: &[&str], post: &str, days: i64| {
            json!({"name": "对接", "scopes": scopes, "posts": [{"post": post, "site": null}], "days": days})
        };
        for (wrong, field) in [
            (body(&[], "front-desk", 1), "scopes"),
            (body(&["read:everything"], "front-desk", 1), "scopes"),
            (body(&["read:cases"], "nobody", 1), "posts"),
            (body(&["read:cases"], "front-desk", 0), "days"),
        ] {
            assert_eq!(door.write(&root, "POST", TOKENS, wrong).await.json()["fields"][0]["field"], field);
        }
        let above = body(&["read:cases"], "admin", 1);
        assert_eq!(door.write(&people, "POST", TOKENS, above).await.status, 403, "no more than one could give a person");
    }
}
