//! Signing in and out, the first administrator, wrong passwords.

#[macro_use]
#[path = "support/mod.rs"]
mod support;
#[path = "support/door.rs"]
mod door;

use door::{Browser, Door, SITE, browser, secret};
use futures::future::join_all;
use serde_json::json;
use yizhan::db::Sql;
use yizhan::vals;

const SESSION: &str = "/api/v1/session";
const HOUR: i64 = 3_600_000;

both! {
    async fn the_first_administrator_is_made_once(db: TestDb) {
        let door = Door::open(db).await;
        let nobody = Browser::default();
        let before = door.get(&nobody, SESSION).await;
        assert_eq!((before.status.as_u16(), before.code().as_str()), (401, "not-signed-in"));
        assert_eq!(before.json()["setup_needed"], true);

        let weak = json!({"company": "示范物业", "login": "root", "name": "管理员", "password": "12345678"});
        assert_eq!(door.write(&nobody, "POST", "/api/v1/setup", weak).await.status, 422);
        let replies = join_all((0..4).map(|n| {
            let body = json!({"company": "示范物业", "login": format!("root{n}"), "name": "管理员", "password": "a long secret"});
            door.write(&nobody, "POST", "/api/v1/setup", body)
        }))
        .await;
        let won: Vec<usize> = (0..4).filter(|n| replies[*n].status == 204).collect();
        assert_eq!(won.len(), 1, "exactly one wins");
        assert!(replies.iter().all(|r| r.status == 204 || r.code() == "refused"));
        assert!(door.get(&nobody, SESSION).await.json().get("setup_needed").is_none());

        let signed = door.try_sign_in(&format!("root{}", won[0]), "a long secret").await;
        let session = signed.json();
        assert_eq!(session["company"]["name"], "示范物业");
        assert_eq!(session["posts"][0]["name"], "admin");
        assert_ne!(session["posts"][0]["title"], "admin", "the manual's words");
        assert!(session["may"].as_array().expect("rights").contains(&json!("people")));
        assert_eq!(session["sites"].as_array().expect("sites").len(), 2, "at all sites");
    }

    async fn a_session_lives_in_a_cookie_and_ends(db: TestDb) {
        let door = Door::open(db).await;
        door.staff("li", "front-desk", Some(SITE)).await;
        let wrong = door.try_sign_in("li", "something else").await;
        assert_eq!((wrong.status.as_u16(), wrong.json()["detail"].as_str()), (422, Some("账号或密码不对")));
        let signed = door.try_sign_in(" li ", &secret("li")).await;
        let cookie = signed.header("set-cookie");
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && !cookie.contains("Secure"), "{cookie}");
        assert_eq!(signed.header("cache-control"), "no-store");
        let li = browser(&signed);
        let session = door.get(&li, SESSION).await.json();
        assert_eq!(session["staff"]["login"], "li");
        assert_eq!(session["sites"], json!([{"id": SITE, "name": "一期", "code": "YQ"}]));
        assert_eq!(session["posts"][0]["site"], json!({"id": SITE, "name": "一期"}));

        let secret_in_cookie = li.cookie.split('=').nth(1).expect("secret").to_owned();
        let kept: Option<i64> = door.app.db.read()
            .scalar("select count(*) from session where digest = $1", vals![secret_in_cookie]).await.expect("count");
        assert_eq!(kept, Some(0), "only the digest is kept");

        let forged = Browser { csrf: "guess".to_owned(), ..li.clone() };
        assert_eq!(door.write(&forged, "DELETE", SESSION, json!(null)).await.code(), "csrf");
        let out = door.write(&li, "DELETE", SESSION, json!(null)).await;
        assert_eq!(out.status, 204);
        assert!(out.header("set-cookie").contains("Max-Age=0"));
        assert_eq!(door.get(&li, SESSION).await.status, 401);
    }

    async fn a_session_ends_by_itself(db: TestDb) {
        let door = Door::open(db).await;
        door.staff("li", "front-desk", Some(SITE)).await;
        let (used, idle) = (door.sign_in("li").await, door.sign_in("li").await);
        door.app.clock.advance(11 * HOUR);
        assert_eq!(door.get(&used, SESSION).await.status, 200);
        door.app.clock.advance(2 * HOUR);
        assert_eq!(door.get(&used, SESSION).await.status, 200, "use prolongs it");
        assert_eq!(door.get(&idle, SESSION).await.status, 401);
        for _ in 0..70 {
            door.app.clock.advance(11 * HOUR);
            door.get(&used, SESSION).await;
        }
        assert_eq!(door.get(&used, SESSION).await.status, 401, "but not for ever");

        let again = door.sign_in("li").await;
        door.sql("update staff set active = false where login = $1", vals!["li"]).await;
        assert_eq!(door.get(&again, SESSION).await.status, 401, "who has left has no session");
        assert_eq!(door.try_sign_in("li", &secret("li")).await.status, 422);
    }

    async fn guessing_is_slow(db: TestDb) {
        let door = Door::open(db).await;
        door.staff("li", "front-desk", Some(SITE)).await;
        let (mut known, mut unknown) = (Vec::new(), Vec::new());
        for _ in 0..7 {
            known.push(door.try_sign_in("li", "guess").await.code());
            unknown.push(door.try_sign_in("nobody", "guess").await.code());
        }
        assert_eq!(known[..5], ["invalid"; 5]);
        assert_eq!(known[5..], ["locked-out"; 2]);
        assert_eq!(known, unknown, "waiting does not tell which logins exist");
        assert_eq!(door.try_sign_in("li", &secret("li")).await.status, 429, "not even the right one");
        door.app.clock.advance(30_001);
        assert_eq!(door.try_sign_in("li", "guess").await.code(), "invalid");
        door.app.clock.advance(30_001);
        assert_eq!(door.try_sign_in("li", &secret("li")).await.status, 429, "the wait has doubled");
        door.app.clock.advance(30_001);
        assert_eq!(door.try_sign_in("li", &secret("li")).await.status, 200);
        assert_eq!(door.try_sign_in("li", "guess").await.code(), "invalid", "counted from nothing again");
    }

    async fn guesses_at_once_are_counted_one_by_one(db: TestDb) {
        let door = Door::open(db).await;
        door.staff("li", "front-desk", Some(SITE)).await;
        let replies = join_all((0..12).map(|_| door.try_sign_in("li", "guess"))).await;
        assert_eq!(replies.iter().filter(|r| r.status == 422).count(), 5);
        assert_eq!(replies.iter().filter(|r| r.status == 429).count(), 7);
    }

    async fn a_new_password_ends_the_other_sessions(db: TestDb) {
        let door = Door::open(db).await;
        door.staff("li", "front-desk", Some(SITE)).await;
        let (here, elsewhere) = (door.sign_in("li").await, door.sign_in("li").await);
        let path = "/api/v1/session/password";
        let change = |current: &str, new: &str| json!({"current": current, "new": new});
        let wrong = door.write(&here, "PUT", path, change("guess", "quite another one")).await;
        assert_eq!(wrong.json()["fields"][0]["field"], "current");
        let short = door.write(&here, "PUT", path, change(&secret("li"), "short")).await;
        assert_eq!(short.json()["fields"][0]["field"], "new");
        assert_eq!(door.write(&here, "PUT", path, change(&secret("li"), "quite another one")).await.status, 204);
        assert_eq!(door.get(&here, SESSION).await.status, 200);
        assert_eq!(door.get(&elsewhere, SESSION).await.status, 401);
        assert_eq!(door.try_sign_in("li", &secret("li")).await.status, 422);
        assert_eq!(door.try_sign_in("li", "quite another one").await.status, 200);
    }

    async fn demonstration_accounts_are_shown_in_demonstrations_only(db: TestDb) {
        let accounts = json!({
            "accounts": [{"login": "li", "name": "李", "post": "前台客服", "password": "demo"}],
            "owner": {"url": "/o/token"},
        });
        let door = Door::open_with(db, |config| {
            config.demo = true;
            config.secure_cookies = true;
        })
        .await;
        let path = "/api/v1/session/demo";
        assert_eq!(door.get(&Browser::default(), path).await.status, 404);
        door.sql("insert into setting (name, value) values ('demo', $1)", vals![accounts.clone()]).await;
        let shown = door.get(&Browser::default(), path).await;
        assert_eq!(shown.json(), json!({"items": accounts["accounts"], "owner": accounts["owner"]}));
        assert!(shown.header("strict-transport-security").starts_with("max-age"));
        door.staff("li", "front-desk", None).await;
        assert!(door.try_sign_in("li", &secret("li")).await.header("set-cookie").contains("; Secure"));
    }
}
