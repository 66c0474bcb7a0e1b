//! The second step at sign-in.

use crate::door::{Browser, Door, Reply, SITE, browser, secret};
use serde_json::{Value, json};
use totp_rs::{Algorithm, Secret, TOTP};

const SESSION: &str = "/api/v1/session";
const TWO_STEP: &str = "/api/v1/session/two-step";

/// The code a phone with that secret shows at the door's time, and so many steps later.
fn code(door: &Door, key: &str, steps: i64) -> String {
    let bytes = Secret::Encoded(key.to_owned()).to_bytes().expect("base32");
    let totp = TOTP::new(Algorithm::SHA1, 6, 1, 30, bytes, None, String::new()).expect("totp");
    totp.generate(u64::try_from(door.app.clock.now() / 1000 + steps * 30).expect("time"))
}

async fn sign_in(door: &Door, code: &str) -> Reply {
    let body = json!({"login": "li", "password": secret("li"), "code": code});
    door.write(&Browser::default(), "POST", SESSION, body).await
}

/// Signs in and turns the second step on: the browser, the secret and the recovery codes.
async fn enrolled(door: &Door) -> (Browser, String, Vec<Value>) {
    let li = door.sign_in("li").await;
    let begun = door
        .write(&li, "POST", TWO_STEP, json!({"password": secret("li")}))
        .await
        .json();
    assert!(begun["svg"].as_str().expect("picture").contains("<svg"));
    assert!(begun["uri"].as_str().expect("uri").starts_with("otpauth://totp/"));
    let key = begun["secret"].as_str().expect("secret").to_owned();
    let on = door
        .write(&li, "PUT", TWO_STEP, json!({"code": code(door, &key, 0)}))
        .await
        .json();
    (li, key, on["recovery"].as_array().expect("codes").clone())
}

both! {
    async fn a_code_of_the_phone_is_asked_for_and_good_once(db: TestDb) {
        let door = Door::open(db).await;
        door.staff("li", "front-desk", Some(SITE)).await;
        let li = door.sign_in("li").await;
        let wrong = door.write(&li, "POST", TWO_STEP, json!({"password": "wrong"})).await;
        assert_eq!(wrong.json()["fields"][0]["field"], "password");
        let (li, key, recovery) = enrolled(&door).await;
        assert_eq!(recovery.len(), 10);
        let again = door.write(&li, "POST", TWO_STEP, json!({"password": secret("li")})).await;
        assert_eq!(again.code(), "refused", "a second phone would make the first worthless");

        assert_eq!(door.try_sign_in("li", &secret("li")).await.code(), "second-step");
        assert_eq!(sign_in(&door, &code(&door, &key, 0)).await.status, 422, "the code that turned it on is used up");
        door.app.clock.advance(60_000);
        let now = code(&door, &key, 0);
        let replies = futures::future::join_all((0..4).map(|_| sign_in(&door, &now))).await;
        assert_eq!(replies.iter().filter(|r| r.status == 200).count(), 1, "of several at once one wins");
        door.app.clock.advance(3_600_000);
        assert_eq!(sign_in(&door, &code(&door, &key, -3)).await.status, 422, "an old one");
        assert_eq!(sign_in(&door, &code(&door, &key, 1)).await.status, 200, "a clock a little ahead");
        assert_eq!(sign_in(&door, &code(&door, &key, 0)).await.status, 422, "nor one before it");

        let paper = recovery[0].as_str().expect("code").to_uppercase();
        assert_eq!(sign_in(&door, &paper).await.status, 200);
        assert_eq!(sign_in(&door, &paper).await.status, 422, "good once");
        let kept: Option<i64> = yizhan::db::Sql::scalar(
            door.app.db.read(), "select count(*) from recovery_code where digest = $1", yizhan::vals![paper.to_lowercase()],
        ).await.expect("count");
        assert_eq!(kept, Some(0), "only digests are kept");
        let state = door.get(&li, "/api/v1/session/access").await.json();
        assert_eq!((&state["two_step"]["on"], &state["two_step"]["recovery_left"]), (&json!(true), &json!(9)));
    }

    async fn guessing_codes_is_slow_and_asking_is_no_guess(db: TestDb) {
        let door = Door::open(db).await;
        door.staff("li", "front-desk", Some(SITE)).await;
        let (_, key, _) = enrolled(&door).await;
        for _ in 0..8 {
            assert_eq!(door.try_sign_in("li", &secret("li")).await.code(), "second-step");
        }
        for _ in 0..5 {
            assert_eq!(sign_in(&door, "000000").await.code(), "invalid");
            assert_ne!(door.try_sign_in("li", &secret("li")).await.status, 200);
        }
        door.app.clock.advance(20_000);
        assert_eq!(sign_in(&door, &code(&door, &key, 1)).await.code(), "locked-out");
        door.app.clock.advance(3_600_000);
        assert_eq!(sign_in(&door, &code(&door, &key, 0)).await.status, 200);
    }

    async fn it_is_turned_off_with_a_code_or_by_an_administrator(db: TestDb) {
        let door = Door::open(db).await;
        let id = door.staff("li", "front-desk", Some(SITE)).await;
        door.staff("root", "admin", None).await;
        let (li, key, _) = enrolled(&door).await;
        let off = |code: String| json!({"password": secret("li"), "code": code});
        let end = format!("{TWO_STEP}/end");
        assert_eq!(door.write(&li, "POST", &end, off("000000".to_owned())).await.status, 422);
        door.app.clock.advance(30_000);
        assert_eq!(door.write(&li, "POST", &end, off(code(&door, &key, 0))).await.status, 204);
        assert_eq!(door.try_sign_in("li", &secret("li")).await.status, 200);

        door.app.clock.advance(60_000);
        let (li, ..) = enrolled(&door).await;
        let root = door.sign_in("root").await;
        let reset = format!("/api/v1/staff/{id}/two-step");
        assert_eq!(door.write(&li, "DELETE", &reset, json!(null)).await.status, 403);
        assert_eq!(door.write(&root, "DELETE", &reset, json!(null)).await.status, 204);
        assert_eq!(door.get(&li, SESSION).await.status, 401, "sessions end with it");
        browser(&door.try_sign_in("li", &secret("li")).await);
        let log = door.get(&root, "/api/v1/access-log").await.json();
        assert_eq!((&log["items"][0]["actor"], &log["items"][0]["subject"]), (&json!("root"), &json!("li")), "{log}");
    }
}
