//! Staff: made, changed, gone; and who is on duty.

use super::{count, names, put, run};
use crate::support::server::{HOUR, START, Server};
use reqwest::{Method, StatusCode};
use serde_json::json;
use yizhan::vals;

/// Makes the administrator one of the whole company.
async fn promote(server: &Server) {
    run(
        server,
        "update staff_post set site_id = null where post = 'admin'",
        vals![],
    )
    .await;
}

both! {
    // proves: PEOPLE-8/c
    async fn a_new_colleague_signs_in_and_access_ends_with_leaving(db: TestDb) {
        let server = Server::start(&db).await;
        let world = server.cast().await;
        promote(&server).await;
        let admin = server.person("admin").await;
        let body = json!({"name": "仇新", "login": "new.one", "password": "yizhan-test", "phone": "138 0000 9999",
            "posts": [{"post": "front-desk", "site": world.site}], "skills": ["水电", "水电"]});
        let made = admin.post("/staff", body.clone()).await.ok();
        assert_eq!(made["phone_masked"], "138****9999");
        assert_eq!(made["skills"], json!(["水电"]));
        assert_eq!(admin.post("/staff", body).await.code(), "taken");
        let one = server.person("new.one").await;
        let found = one.get("/staff?q=qx").await.ok();
        assert_eq!(names(&found["items"], "name"), ["仇新"]);
        assert_eq!(found["items"][0].get("login"), None, "only who manages people sees logins");
        one.get("/search?q=1-1-101").await.ok();

        let path = format!("/staff/{}", one.id);
        let change = json!({"name": "仇新", "posts": [{"post": "engineer", "site": world.site}], "skills": []});
        put(&admin, &path, change).await.ok();
        assert_eq!(one.get(&format!("/customers/{}", world.customer)).await.code(), "forbidden");

        server.duty("new.one", "engineer", &world.site).await;
        assert_eq!(admin.get("/staff?q=qx").await.ok()["items"][0]["on_duty"], true);
        let left = admin.send(Method::POST, &format!("{path}/leave"), None, &[("idempotency-key", super::key())]).await;
        assert_eq!(left.ok()["open_work"], 0);
        assert_eq!(one.get("/sites").await.code(), "not-signed-in");
        assert_eq!(count(&server, "select count(*) from session where staff_id = $1", vals![one.id.clone()]).await, 0);
        assert_eq!(names(&admin.get("/staff?q=qx").await.ok()["items"], "name"), [""; 0]);
        assert_eq!(put(&admin, &path, json!({"name": "仇新", "posts": [{"post": "engineer"}]})).await.code(), "not-found");
    }

    async fn a_key_is_good_for_one_address_even_without_a_body(db: TestDb) {
        let server = Server::start(&db).await;
        let world = server.cast().await;
        promote(&server).await;
        let admin = server.person("admin").await;
        let mut ids = Vec::new();
        for (login, name) in [("one", "赵一"), ("two", "钱二")] {
            let new = json!({"name": name, "login": format!("{login}.leaves"), "password": "yizhan-test",
                "posts": [{"post": "front-desk", "site": world.site}], "skills": []});
            ids.push(admin.post("/staff", new).await.ok()["id"].as_str().expect("id").to_owned());
        }
        let headers = [("idempotency-key", super::key())];
        for (at, expected) in [(0, true), (0, true), (1, false)] {
            let path = format!("/staff/{}/leave", ids[at]);
            let answer = admin.send(Method::POST, &path, None, &headers).await;
            if expected {
                answer.ok();
            } else {
                assert_eq!(answer.code(), "idempotency-mismatch", "the answer to one is no answer to the other");
            }
        }
    }

    async fn nobody_gives_more_than_they_have(db: TestDb) {
        let server = Server::start(&db).await;
        let world = server.cast().await;
        promote(&server).await;
        let (manager, hr, desk) = (server.person("manager").await, server.person("hr").await, server.person("front-desk").await);
        let staff = |post: &str, site: serde_json::Value| json!({"name": "某人", "login": format!("x-{post}"),
            "password": "yizhan-test", "posts": [{"post": post, "site": site}]});
        assert_eq!(desk.post("/staff", staff("engineer", json!(world.site))).await.code(), "forbidden");
        assert_eq!(manager.post("/staff", staff("engineer", json!(world.elsewhere))).await.code(), "forbidden");
        assert_eq!(manager.post("/staff", staff("engineer", json!(null))).await.code(), "forbidden");
        assert_eq!(manager.post("/staff", staff("admin", json!(world.site))).await.code(), "forbidden");
        assert_eq!(hr.post("/staff", staff("admin", json!(world.site))).await.code(), "forbidden");
        assert_eq!(manager.post("/staff", staff("king", json!(world.site))).await.code(), "invalid");
        manager.post("/staff", staff("engineer", json!(world.site))).await.ok();
        // Nor does anybody take over whom they could not have made.
        let admin = server.person("admin").await;
        let seize = json!({"name": "admin", "password": "taken-over-1", "posts": [{"post": "engineer", "site": world.site}]});
        assert_eq!(put(&manager, &format!("/staff/{}", admin.id), seize.clone()).await.code(), "forbidden");
        assert_eq!(put(&hr, &format!("/staff/{}", admin.id), seize).await.code(), "forbidden");
    }

    async fn the_last_administrator_stays(db: TestDb) {
        let server = Server::start(&db).await;
        let world = server.cast().await;
        promote(&server).await;
        let admin = server.person("admin").await;
        let down = json!({"name": "admin", "posts": [{"post": "engineer", "site": world.site}]});
        let path = format!("/staff/{}", admin.id);
        assert_eq!(put(&admin, &path, down.clone()).await.code(), "refused");
        let leave = |id: &str| format!("/staff/{id}/leave");
        assert_eq!(admin.post(&leave(&admin.id), json!({})).await.code(), "refused");
        let second = json!({"name": "第二位", "login": "second", "password": "yizhan-test", "posts": [{"post": "admin"}]});
        admin.post("/staff", second).await.ok();
        let second = server.person("second").await;
        // Of two who remove each other at once, one stays.
        let (first_path, second_path) = (leave(&admin.id), leave(&second.id));
        let (one, other) = tokio::join!(second.post(&first_path, json!({})), admin.post(&second_path, json!({})));
        let done = [&one, &other].iter().filter(|answer| answer.status == StatusCode::OK).count();
        assert_eq!(done, 1, "{one:?} {other:?}");
        let left = count(&server, "select count(*) from staff s join staff_post p on p.staff_id = s.id \
             where s.active and p.post = 'admin'", vals![]).await;
        assert_eq!(left, 1);
    }

    async fn nobody_is_on_duty_twice_at_a_time(db: TestDb) {
        let server = Server::start(&db).await;
        let world = server.cast().await;
        let (manager, engineer) = (server.person("manager").await, server.person("engineer").await);
        let duty = |from: i64, to: i64| json!({"staff": engineer.id, "post": "engineer", "site": world.site,
            "from_at": START + from * HOUR, "to_at": START + to * HOUR});
        assert_eq!(engineer.post("/duty", duty(0, 8)).await.code(), "forbidden");
        let all = futures::future::join_all((0..6).map(|n| manager.post("/duty", duty(n, 8)))).await;
        let made: Vec<_> = all.into_iter().filter(|answer| answer.status == StatusCode::CREATED).collect();
        assert_eq!(made.len(), 1, "{made:?}");
        assert_eq!(made[0].body["post_title"], "维修工程师");
        manager.post("/duty", duty(8, 16)).await.ok();
        assert_eq!(manager.post("/duty", duty(5, 5)).await.code(), "invalid");
        assert_eq!(manager.post("/duty", duty(100, 400)).await.code(), "invalid");
        let elsewhere = json!({"staff": engineer.id, "post": "engineer", "site": world.elsewhere,
            "from_at": START, "to_at": START + HOUR});
        assert_eq!(manager.post("/duty", elsewhere).await.code(), "invalid");
        let listed = engineer.get(&format!("/duty?site={}", world.site)).await.ok();
        assert_eq!(listed["items"].as_array().map(Vec::len), Some(2));
        let path = format!("/duty/{}", listed["items"][0]["id"].as_str().expect("id"));
        assert_eq!(engineer.send(Method::DELETE, &path, None, &[]).await.code(), "forbidden");
        assert_eq!(manager.send(Method::DELETE, &path, None, &[]).await.status, StatusCode::NO_CONTENT);
        assert_eq!(manager.send(Method::DELETE, &path, None, &[]).await.code(), "not-found");
    }
}
