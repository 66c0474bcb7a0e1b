//! Telling other systems.

use crate::door::{Browser, Door, FAR, SITE};
use crate::receiver::Receiver;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use yizhan::background::Background;
use yizhan::webhooks;

const HOOKS: &str = "/api/v1/hooks";
const MINUTE: i64 = 60_000;

fn hook(url: &str, events: &[&str], site: Option<&str>) -> Value {
    json!({"name": "工单大屏", "url": url, "events": events, "site": site, "active": true})
}

async fn make(door: &Door, root: &Browser, body: Value) -> (String, String) {
    let reply = door.write(root, "POST", HOOKS, body).await;
    assert_eq!(reply.status, 201, "{:?}", reply.bytes);
    let made = reply.json();
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    (text(&made["hook"]["id"]), text(&made["secret"]))
}

async fn call(door: &Door, desk: &Browser, site: &str, key: &str) -> Value {
    let body = json!({
        "site": site, "channel": "call", "said": "楼道灯坏了", "read_back": true, "caller_name": "王秀英",
        "caller_phone": "13800001234", "judgements": [{"judgement": "complaint", "data": {"content": "楼道灯坏了"}}],
    });
    let request = Request::post("/api/v1/contacts")
        .header("cookie", &desk.cookie)
        .header("x-csrf-token", &desk.csrf)
        .header("idempotency-key", key)
        .header("content-type", "application/json");
    let reply = door
        .send(request.body(Body::from(body.to_string())).expect("request"))
        .await;
    assert_eq!(reply.status, 201, "{:?}", reply.bytes);
    reply.json()
}

async fn company(db: crate::support::TestDb) -> (Door, Browser, Browser) {
    let door = Door::open_with(db, |config| config.private_hooks = true).await;
    door.staff("root", "admin", None).await;
    door.staff("li", "front-desk", None).await;
    let (root, li) = (door.sign_in("root").await, door.sign_in("li").await);
    (door, root, li)
}

async fn deliveries(door: &Door, root: &Browser, hook: &str) -> Vec<Value> {
    let page = door.get(root, &format!("{HOOKS}/{hook}/deliveries")).await.json();
    page["items"].as_array().expect("items").clone()
}

both! {
    async fn events_are_told_signed_and_without_people(db: TestDb) {
        let (door, root, li) = company(db).await;
        let (receiver, url) = Receiver::start().await;
        let (id, secret) = make(&door, &root, hook(&url, &["case.opened", "contact.registered"], Some(SITE))).await;
        call(&door, &li, FAR, "call-far-1").await;
        let registered = call(&door, &li, SITE, "call-here-1").await;
        assert_eq!(webhooks::deliver_due(&door.app).await.expect("tried"), 2, "of its own site alone");
        let told = receiver.told();
        let opened = told.iter().find(|(h, _)| h["x-yizhan-event"] == "case.opened").expect("told");
        let (headers, text) = opened;
        let body: Value = serde_json::from_str(text).expect("json");
        assert_eq!(body["case"]["number"], registered["cases"][0]["number"]);
        assert_eq!((&body["case"]["kind"], &body["case"]["site"]), (&json!("complaint"), &json!(SITE)));
        for personal in ["王秀英", "13800001234", "楼道灯"] {
            assert!(!told.iter().any(|(_, text)| text.contains(personal)), "{personal}");
        }
        let seconds = door.app.clock.now() / 1000;
        assert_eq!(headers["x-yizhan-signature"], webhooks::signature(&secret, seconds, text));
        assert_ne!(headers["x-yizhan-signature"], webhooks::signature("guess", seconds, text));
        let kept = deliveries(&door, &root, &id).await;
        assert!(kept.iter().all(|d| d["status"] == 200 && d["sent_at"].is_number()), "{kept:?}");
        assert_eq!(webhooks::deliver_due(&door.app).await.expect("tried"), 0);
        assert_eq!(door.get(&li, HOOKS).await.status, 403);
    }

    async fn a_receiver_that_fails_is_tried_again_for_days_and_told_again_on_demand(db: TestDb) {
        let (door, root, li) = company(db).await;
        let (receiver, url) = Receiver::start().await;
        let (id, _) = make(&door, &root, hook(&url, &["case.opened"], None)).await;
        receiver.answer(StatusCode::INTERNAL_SERVER_ERROR);
        call(&door, &li, SITE, "call-here-1").await;
        webhooks::deliver_due(&door.app).await.expect("tried");
        let first = deliveries(&door, &root, &id).await[0].clone();
        assert_eq!((&first["status"], &first["attempts"]), (&json!(500), &json!(1)));
        assert_eq!(first["due_at"], door.app.clock.now() + MINUTE);
        assert_eq!(webhooks::deliver_due(&door.app).await.expect("tried"), 0, "not before its time");
        let began = door.app.clock.now();
        let mut tried = 1;
        while door.app.clock.now() < began + 5 * 24 * 60 * MINUTE {
            door.app.clock.advance(60 * MINUTE);
            tried += webhooks::deliver_due(&door.app).await.expect("tried");
        }
        assert_eq!(tried, 20);
        let root = door.sign_in("root").await;
        let given_up = deliveries(&door, &root, &id).await[0].clone();
        let days = (given_up["failed_at"].as_i64().expect("given up") - began) / (24 * 60 * MINUTE);
        assert!((2..=4).contains(&days), "{days}");
        assert_eq!(door.get(&root, HOOKS).await.json()["items"][0]["failed"], 1);

        receiver.answer(StatusCode::NO_CONTENT);
        let delivery = given_up["id"].as_str().expect("id");
        let replay = format!("{HOOKS}/{id}/deliveries/{delivery}/replay");
        assert_eq!(door.write(&root, "POST", &replay, json!({})).await.status, 204);
        assert_eq!(webhooks::deliver_due(&door.app).await.expect("tried"), 1);
        assert_eq!(deliveries(&door, &root, &id).await[0]["status"], 204);
        let bodies: Vec<String> = receiver.told().into_iter().map(|(_, body)| body).collect();
        assert!(bodies.windows(2).all(|pair| pair[0] == pair[1]), "each time the same, with the same id");
    }

    async fn a_slow_receiver_holds_up_nobody(db: TestDb) {
        let (door, root, li) = company(db).await;
        let (slow, slow_url) = Receiver::start().await;
        let (quick, quick_url) = Receiver::start().await;
        slow.slow(Duration::from_secs(4));
        make(&door, &root, hook(&slow_url, &["case.opened"], None)).await;
        make(&door, &root, hook(&quick_url, &["case.opened"], None)).await;
        let (app, mut work) = (door.app.clone(), Background::new(&door.app));
        work.start("hooks", move |pulse| webhooks::run(app.clone(), pulse));
        let began = Instant::now();
        call(&door, &li, SITE, "call-here-1").await;
        call(&door, &li, SITE, "call-here-2").await;
        while quick.told().len() < 2 {
            assert!(began.elapsed() < Duration::from_secs(4), "the quick one waits for the slow one");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        work.stop().await;
    }

    async fn targets_of_the_own_network_are_refused(db: TestDb) {
        let door = Door::open(db).await;
        door.staff("root", "admin", None).await;
        let root = door.sign_in("root").await;
        for url in ["http://127.0.0.1:9/x", "http://localhost/x", "http://169.254.169.254/", "http://[::1]/", "file:///etc/passwd"] {
            let refused = door.write(&root, "POST", HOOKS, hook(url, &["case.opened"], None)).await;
            assert_eq!(refused.json()["fields"][0]["field"], "url", "{url}");
        }
    }
}
