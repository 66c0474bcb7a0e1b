//! Sessions, and how often one address may knock.

use crate::door::{Browser, Door, FAR, SITE, secret};
use axum::body::Body;
use axum::http::Request;
use serde_json::json;

const ACCESS: &str = "/api/v1/session/access";

both! {
    async fn sessions_are_seen_and_ended(db: TestDb) {
        let door = Door::open(db).await;
        door.staff("li", "front-desk", Some(SITE)).await;
        let (here, phone, old) = (door.sign_in("li").await, door.sign_in("li").await, door.sign_in("li").await);
        let seen = door.get(&here, ACCESS).await.json();
        let sessions = seen["sessions"].as_array().expect("sessions").clone();
        assert_eq!(sessions.len(), 3);
        assert_eq!(sessions.iter().filter(|s| s["current"] == true).count(), 1);
        assert_eq!(seen["two_step"]["on"], false);
        let id = |browser: &Browser| {
            let digest = yizhan::auth::digest(browser.cookie.split('=').nth(1).expect("secret"));
            digest[..16].to_owned()
        };
        let end = format!("{ACCESS}/{}", id(&old));
        assert_eq!(door.write(&here, "DELETE", &end, json!(null)).await.status, 204);
        assert_eq!(door.get(&old, ACCESS).await.status, 401);
        assert_eq!(door.write(&here, "DELETE", &end, json!(null)).await.status, 404);
        assert_eq!(door.write(&here, "DELETE", ACCESS, json!(null)).await.status, 204);
        assert_eq!(door.get(&phone, ACCESS).await.status, 401);
        assert_eq!(door.get(&here, ACCESS).await.status, 200);

        // Nobody ends a session of somebody else by its name.
        door.staff("wang", "front-desk", Some(SITE)).await;
        let other = door.sign_in("wang").await;
        let foreign = format!("{ACCESS}/{}", id(&here));
        assert_eq!(door.write(&other, "DELETE", &foreign, json!(null)).await.status, 404);
    }

    async fn administrators_end_sessions_of_others(db: TestDb) {
        let door = Door::open(db).await;
        let li = door.staff("li", "front-desk", Some(SITE)).await;
        let far = door.staff("far", "front-desk", Some(FAR)).await;
        door.staff("boss", "manager", Some(SITE)).await;
        door.staff("root", "admin", None).await;
        let (session, boss, root) = (door.sign_in("li").await, door.sign_in("boss").await, door.sign_in("root").await);
        let of = |id: &str| format!("/api/v1/staff/{id}/access");
        assert_eq!(door.get(&session, &of(&li)).await.status, 403);
        assert_eq!(door.get(&boss, &of(&li)).await.json()["sessions"].as_array().map(Vec::len), Some(1));
        assert_eq!(door.get(&boss, &of(&far)).await.status, 404);
        assert_eq!(door.write(&boss, "DELETE", &of(&li), json!(null)).await.status, 204);
        assert_eq!(door.get(&session, ACCESS).await.status, 401);
        let log = door.get(&root, "/api/v1/access-log").await.json();
        assert_eq!((log["items"][0]["actor"].as_str(), log["items"][0]["subject"].as_str()), (Some("boss"), Some("li")));
        assert_eq!(door.get(&boss, "/api/v1/access-log").await.status, 403);
    }

    async fn an_address_may_not_knock_for_ever(db: TestDb) {
        let door = Door::open_with(db, |config| config.behind_proxy = true).await;
        let knock = |address: &'static str| {
            let request = Request::get("/api/v1/owner")
                .header("x-forwarded-for", format!("203.0.113.9, {address}"))
                .header("x-owner-token", "wrong")
                .body(Body::empty())
                .expect("request");
            door.send(request)
        };
        let mut refused = 0;
        for _ in 0..230 {
            refused += usize::from(knock("198.51.100.1").await.status == 429);
        }
        assert!(refused > 0, "the address is made to wait");
        assert_eq!(knock("198.51.100.2").await.status, 404, "others are not, whatever they say stood before them");

        door.staff("li", "front-desk", None).await;
        let from = |n: usize| {
            let body = json!({"login": format!("guess{n}"), "password": "guess"}).to_string();
            let request = Request::post("/api/v1/session")
                .header("x-forwarded-for", "198.51.100.3")
                .header("content-type", "application/json");
            door.send(request.body(Body::from(body)).expect("request"))
        };
        let replies = futures::future::join_all((0..130).map(from)).await;
        assert!(replies.iter().any(|r| r.code() == "too-many"));
        assert_eq!(door.try_sign_in("li", &secret("li")).await.status, 200, "from elsewhere one may still come in");
    }
}
