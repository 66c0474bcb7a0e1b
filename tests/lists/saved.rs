//! Saved views.

use crate::support::server::Server;
use reqwest::Method;
use serde_json::{Value, json};

fn names(views: &Value) -> Vec<String> {
    let items = views["items"].as_array().expect("views").iter();
    items
        .map(|v| v["name"].as_str().unwrap_or_default().to_owned())
        .collect()
}

both! {
    async fn a_view_is_ones_own_or_shared_with_a_post(db: TestDb) {
        let server = Server::start(&db).await;
        server.cast().await;
        let (desk, elsewhere) = (server.person("front-desk").await, server.person("desk-elsewhere").await);
        let guard = server.person("guard").await;
        let own = json!({ "list": "cases", "name": "超时投诉", "query": { "kind": "complaint", "late": "true" } });
        desk.post("/views", own.clone()).await.ok();
        let shared = json!({
            "list": "cases", "name": "本周登记", "post": "front-desk", "query": { "columns": "case.number,cause" },
        });
        let made = desk.post("/views", shared).await.ok();
        assert_eq!(names(&desk.get("/views?list=cases").await.ok()), ["本周登记", "超时投诉"]);
        assert_eq!(names(&desk.get("/views?list=contacts").await.ok()), Vec::<String>::new());
        let seen = elsewhere.get("/views?list=cases").await.ok();
        assert_eq!(names(&seen), ["本周登记"], "the post sees it, wherever it is held");
        assert_eq!(seen["items"][0]["mine"], false);
        assert_eq!(seen["items"][0]["query"]["columns"], "case.number,cause");
        assert_eq!(names(&guard.get("/views?list=cases").await.ok()), Vec::<String>::new());

        // The same name replaces; nobody deletes another's; a post one does not hold is not shared with.
        let changed = json!({ "list": "cases", "name": "超时投诉", "query": { "kind": "complaint" } });
        desk.post("/views", changed).await.ok();
        let views = desk.get("/views?list=cases").await.ok();
        assert_eq!(views["items"][1]["query"], json!({ "kind": "complaint" }), "{views}");
        let path = format!("/views/{}", made["id"].as_str().expect("id"));
        assert_eq!(elsewhere.send(Method::DELETE, &path, None, &[]).await.code(), "not-found");
        let other = json!({ "list": "cases", "name": "不行", "post": "finance", "query": {} });
        assert_eq!(guard.post("/views", other).await.code(), "invalid");
        assert!(desk.send(Method::DELETE, &path, None, &[]).await.status.is_success());
        assert_eq!(names(&desk.get("/views?list=cases").await.ok()), ["超时投诉"]);
    }
}
