//! Guests over HTTP: what the holder of a link sees and does, and when the link is dead.

use crate::support::person::{Answer, Person, key};
use crate::support::server::{HOUR, Server};
use reqwest::Method;
use serde_json::{Value, json};

const DAY: i64 = 24 * HOUR;

fn id(case: &Value) -> &str {
    case["id"].as_str().expect("id")
}

const PICTURE: &[u8] = include_bytes!("../support/dot.png");

/// A file the desk has sent.
async fn file(by: &Person, bytes: &[u8], name: &str) -> String {
    let part = reqwest::multipart::Part::bytes(bytes.to_vec()).file_name(name.to_owned());
    let kept = by
        .form("/files", reqwest::multipart::Form::new().part("file", part))
        .await
        .ok();
    id(&kept).to_owned()
}

/// The token of the link, handed over at the desk.
async fn handed(by: &Person, case: &str, guest: &str) -> String {
    let path = format!("/cases/{case}/guests/{guest}");
    let given = by.post(&path, json!({"way": "copy"})).await.ok();
    let url = given["url"].as_str().expect("url");
    assert!(given["code"].as_str().is_some_and(|code| code.contains("<svg")));
    assert!(given["words"].as_str().is_some_and(|words| words.contains(url)));
    url.rsplit("/o/").next().expect("token").to_owned()
}

async fn page(anybody: &Person, token: &str) -> Answer {
    let headers = [("x-owner-token", token.to_owned())];
    anybody.send(Method::GET, "/owner", None, &headers).await
}

async fn act(anybody: &Person, token: &str, case: &str, action: &str, input: Value) -> Answer {
    let seq = page(anybody, token).await.body["case"]["seq"].clone();
    let headers = [
        ("x-owner-token", token.to_owned()),
        ("idempotency-key", key()),
        ("if-match", format!("\"{seq}\"")),
    ];
    let body = json!({"action": action, "input": input});
    let path = format!("/owner/cases/{case}/actions");
    anybody.send(Method::POST, &path, Some(body), &headers).await
}

async fn told(desk: &Person, case: &str) -> String {
    desk.get(&format!("/cases/{case}")).await.ok()["timeline"].to_string()
}

both! {
    async fn a_carrier_sees_what_they_agree_to_and_nothing_else(db: TestDb) {
        let server = Server::start(&db).await;
        let world = server.cast().await;
        let (desk, guard) = (server.person("front-desk").await, server.person("guard").await);
        let goods = json!([{"name": "沙发", "quantity": 1, "note": "布面"}]);
        let data = json!({"summary": "旧沙发", "goods": goods, "carrier": "业主本人"});
        let start = json!({"kind": "release-pass", "site": world.site, "home": world.home, "customer": world.customer, "data": data});
        let case = desk.post("/cases", start).await.ok();
        let case = id(&case).to_owned();
        let called = desk.act(&case, "call-carrier", json!({"carrier_name": "顺达搬家", "carrier_phone": "13800009999"})).await.ok();
        assert_eq!(called["guests"][0]["title"], "承运人");
        assert_eq!(called["guests"][0]["to"], "顺达搬家");
        let path = format!("/cases/{case}/guests/carrier");
        assert_eq!(guard.post(&path, json!({"way": "copy"})).await.status, 404, "who does not see it hands nothing over");
        assert_eq!(desk.post(&path, json!({"way": "mail"})).await.code(), "invalid");
        let token = handed(&desk, &case, "carrier").await;
        assert!(told(&desk, &case).await.contains("把链接交给承运人"), "handing over is on the story");

        let seen = page(&guard, &token).await.ok();
        let names: Vec<&str> = seen["case"]["fields"].as_array().expect("fields").iter().filter_map(|f| f["name"].as_str()).collect();
        assert_eq!(names, ["summary", "goods", "carrier_name"]);
        assert_eq!(seen["case"]["data"]["goods"], goods);
        assert!(!seen.to_string().contains("13800009999"), "what is not for them is not there");
        let offered: Vec<&str> = seen["case"]["actions"].as_array().expect("actions").iter().filter_map(|a| a["name"].as_str()).collect();
        assert!(offered.contains(&"confirm-carrier") && !offered.contains(&"consent"), "{offered:?}");
        let leaves = server.clock.now() + HOUR;
        let done = act(&guard, &token, &case, "confirm-carrier", json!({"plate": "沪A12345", "leaves_at": leaves})).await.ok();
        assert_eq!(done["data"]["plate"], "沪A12345");
        assert!(told(&desk, &case).await.contains("核对清单，登记车辆"), "use is on the story");

        // Somebody else carries it: the old link is dead at once, the new one works.
        desk.act(&case, "call-carrier", json!({"carrier_name": "安心货运"})).await.ok();
        let gone = page(&guard, &token).await;
        assert_eq!(gone.status, 404);
        assert!(gone.body.to_string().contains("链接无效或已失效"), "{}", gone.body);
        let token = handed(&desk, &case, "carrier").await;
        assert_eq!(page(&guard, &token).await.status, 200);
        assert_eq!(page(&guard, &format!("{token}x")).await.status, 404);
        // Time is over.
        server.clock.advance(7 * DAY);
        assert_eq!(page(&guard, &token).await.status, 404);
        let desk = server.person("front-desk").await;
        assert_eq!(desk.get(&format!("/cases/{case}")).await.ok()["guests"], json!([]));
        assert_eq!(desk.post(&path, json!({"way": "copy"})).await.status, 403);
    }

    async fn a_contractor_is_let_in_while_the_work_is_theirs(db: TestDb) {
        let server = Server::start(&db).await;
        let world = server.cast().await;
        let desk = server.person("front-desk").await;
        server.contractor(&world, "宏建").await;
        let data = json!({"content": "外墙渗水", "part": "外墙"});
        let start = json!({"kind": "repair", "site": world.site, "home": world.home, "customer": world.customer, "data": data});
        let case = desk.post("/cases", start).await.ok();
        let case = id(&case).to_owned();
        desk.act(&case, "to-developer", json!({})).await.ok();
        let until = server.clock.now() + 5 * DAY;
        desk.act(&case, "notify-contractor", json!({"contractor": "宏建", "contract_limit_at": until})).await.ok();
        let token = handed(&desk, &case, "contractor").await;
        let seen = page(&desk, &token).await.ok();
        assert_eq!(seen["case"]["data"]["content"], "外墙渗水");
        assert_eq!(seen["case"]["promises"][0]["due_at"], until);
        act(&desk, &token, &case, "contractor-replies", json!({"contractor_reply": "明天来"})).await.ok();
        let done = act(&desk, &token, &case, "contractor-done", json!({"work_result": "重做涂料"})).await;
        assert_eq!(done.status, 200, "an answer to one's own deed: {}", done.body);
        assert_eq!(page(&desk, &token).await.status, 404, "the work is not theirs any more");
    }

    async fn a_link_opens_the_files_its_page_shows_and_no_others(db: TestDb) {
        let server = Server::start(&db).await;
        let world = server.cast().await;
        let desk = server.person("front-desk").await;
        server.contractor(&world, "宏建").await;
        let (photo, paper) = (file(&desk, PICTURE, "外墙.png").await, file(&desk, b"%PDF-1.4\n%%EOF", "通知.pdf").await);
        let data = json!({"content": "外墙渗水", "part": "外墙", "photos": [photo]});
        let start = json!({"kind": "repair", "site": world.site, "home": world.home, "customer": world.customer, "data": data});
        let case = desk.post("/cases", start).await.ok();
        let case = id(&case).to_owned();
        desk.act(&case, "to-developer", json!({})).await.ok();
        let until = server.clock.now() + 5 * DAY;
        let notice = json!({"contractor": "宏建", "contract_limit_at": until, "notice_files": [paper]});
        let told = desk.act(&case, "notify-contractor", notice).await.ok();
        let owner = told["owner_link"].as_str().and_then(|link| link.rsplit('/').next()).expect("owner's link").to_owned();
        let contractor = handed(&desk, &case, "contractor").await;
        let opens = async |token: &str, file: &str| {
            let headers = [("x-owner-token", token.to_owned())];
            desk.send(Method::GET, &format!("/owner/files/{file}"), None, &headers).await.status.as_u16()
        };
        assert_eq!((opens(&contractor, &photo).await, opens(&contractor, &paper).await), (200, 200));
        assert_eq!((opens(&owner, &photo).await, opens(&owner, &paper).await), (200, 404), "the notice is not for the owner");
        assert_eq!((opens("nobody", &photo).await, opens("", &photo).await), (404, 404));
    }
}
