//! Notices, live updates, mails.

#[macro_use]
#[path = "support/mod.rs"]
mod support;
#[path = "support/door.rs"]
mod door;
#[path = "support/smtp.rs"]
mod smtp;

use axum::body::BodyDataStream;
use door::{Door, FAR, SITE, START};
use futures::StreamExt;
use serde_json::{Value, json};
use smtp::Smtp;
use std::time::Duration;
use support::TestDb;
use yizhan::app::App;
use yizhan::background::Background;
use yizhan::channels;
use yizhan::clock::{Clock, Ids};
use yizhan::error::Problem;
use yizhan::live::Wake;
use yizhan::vals;

const INBOX: &str = "/api/v1/inbox";
const OUTBOX: &str = "/api/v1/outbox";
const MINUTE: i64 = 60_000;

async fn tell(app: &App, staff: &[&str], case: Option<&'static str>, text: &'static str) {
    let (of, staff) = (
        app.clone(),
        staff.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>(),
    );
    let verb = app.db.write::<_, Problem, _>(move |tx| {
        let about = case.map_or(channels::About::Nothing, channels::About::Case);
        Box::pin(async move { channels::notify(tx, &of, &staff, about, text, of.clock.now()).await })
    });
    verb.await.expect("notify");
}

async fn address(door: &Door, id: &str, email: &'static str) {
    door.sql(
        "update staff set email = $1 where id = $2",
        vals![email, id.to_owned()],
    )
    .await;
}

/// The next event of a stream, comments left out.
async fn event(stream: &mut BodyDataStream) -> (String, Value) {
    loop {
        let chunk = tokio::time::timeout(Duration::from_secs(10), stream.next())
            .await
            .expect("in time");
        let text = String::from_utf8(chunk.expect("goes on").expect("reads").to_vec()).expect("text");
        let part = |name| {
            text.lines()
                .find_map(|l| l.strip_prefix(name))
                .map(|l| l.trim().to_owned())
        };
        if let (Some(name), Some(data)) = (part("event:"), part("data:")) {
            return (name, serde_json::from_str(&data).expect("JSON"));
        }
    }
}

both! {
    async fn notices_are_read_by_their_receiver(db: TestDb) {
        let door = Door::open(db).await;
        let (li, wang) =
            (door.staff("li", "front-desk", Some(SITE)).await, door.staff("wang", "front-desk", Some(SITE)).await);
        let left = door.staff("left", "front-desk", Some(SITE)).await;
        door.sql("update staff set active = false where id = $1", vals![left.clone()]).await;
        door.case("c1", SITE).await;
        tell(&door.app, &[&li, &wang, &li, &left, "nobody"], Some("c1"), "投诉即将超时").await;
        door.app.clock.advance(MINUTE);
        tell(&door.app, &[&li], None, "第二条").await;

        let browser = door.sign_in("li").await;
        let inbox = door.get(&browser, INBOX).await.json();
        assert_eq!(inbox["unread"], 2);
        let items = inbox["items"].as_array().expect("items");
        assert_eq!(items.len(), 2, "told once");
        assert_eq!((items[0]["text"].as_str(), items[0]["at"].as_i64()), (Some("第二条"), Some(START + MINUTE)));
        assert_eq!(items[1]["case"], json!({"id": "c1", "number": "TS-c1", "kind": "complaint"}));

        let first = json!({"ids": [items[1]["id"]]});
        let others = door.sign_in("wang").await;
        assert_eq!(door.write(&others, "POST", &format!("{INBOX}/read"), first.clone()).await.status, 204);
        assert_eq!(door.get(&browser, INBOX).await.json()["unread"], 2, "not another's to mark");
        door.write(&browser, "POST", &format!("{INBOX}/read"), first).await;
        let unread = door.get(&browser, &format!("{INBOX}?unread=true")).await.json();
        assert_eq!((unread["unread"].as_i64(), unread["items"].as_array().map(Vec::len)), (Some(1), Some(1)));
        door.write(&browser, "POST", &format!("{INBOX}/read"), json!({"all": true})).await;
        assert_eq!(door.get(&browser, INBOX).await.json()["unread"], 0);
        assert_eq!(door.get(&others, INBOX).await.json()["unread"], 1);
    }

    async fn mails_go_out_and_failures_are_seen(db: TestDb) {
        let server = Smtp::start().await;
        let url = server.url.clone();
        let door = Door::open_with(db, |config| config.smtp = Some(url)).await;
        let director = door.staff("chief", "centre-director", None).await;
        let li = door.staff("li", "front-desk", Some(SITE)).await;
        door.case("c1", SITE).await;
        address(&door, &director, "chief@example.com").await;
        tell(&door.app, &[&director, &li], Some("c1"), "3栋1单元502 漏水投诉超时").await;

        server.refuse(Some("450 busy"));
        assert_eq!(channels::deliver_due(&door.app).await.expect("tried"), 1, "one has an address");
        assert_eq!(channels::deliver_due(&door.app).await.expect("nothing due"), 0);
        let chief = door.sign_in("chief").await;
        let backlog = door.get(&chief, OUTBOX).await.json();
        assert_eq!((backlog["waiting"].as_i64(), backlog["failed"].as_i64()), (Some(1), Some(0)));
        assert_eq!(backlog["items"][0]["attempts"], 1);
        assert_eq!(backlog["items"][0]["due_at"], START + MINUTE);
        assert!(backlog["items"][0]["error"].as_str().expect("error").contains("busy"), "{backlog}");

        door.app.clock.advance(MINUTE);
        server.refuse(Some("550 nobody here"));
        channels::deliver_due(&door.app).await.expect("tried");
        let failed = door.get(&chief, OUTBOX).await.json();
        assert_eq!((failed["waiting"].as_i64(), failed["failed"].as_i64()), (Some(0), Some(1)), "for good");
        let retry = format!("{OUTBOX}/{}/retry", failed["items"][0]["id"].as_str().expect("id"));
        assert_eq!(door.write(&door.sign_in("li").await, "POST", &retry, json!({})).await.status, 403);
        assert_eq!(door.get(&door.sign_in("li").await, OUTBOX).await.status, 403);

        server.refuse(None);
        assert_eq!(door.write(&chief, "POST", &retry, json!({})).await.status, 204);
        channels::deliver_due(&door.app).await.expect("tried");
        let mails = server.mails();
        assert_eq!(mails.len(), 1);
        assert!(mails[0].contains("To: chief@example.com") && mails[0].contains("Message-ID: <"), "{}", mails[0]);
        let done = door.get(&chief, OUTBOX).await.json();
        assert_eq!((done["waiting"].as_i64(), done["failed"].as_i64()), (Some(0), Some(0)));
        assert_eq!(done["last_sent_at"], START + MINUTE);
        assert_eq!(door.write(&chief, "POST", &retry, json!({})).await.code(), "refused");
    }

    async fn a_message_that_never_goes_out_is_given_up_after_three_days(db: TestDb) {
        let door = Door::open_with(db, |config| config.smtp = Some("smtp://127.0.0.1:1".to_owned())).await;
        let chief = door.staff("chief", "centre-director", None).await;
        address(&door, &chief, "chief@example.com").await;
        tell(&door.app, &[&chief], None, "通知").await;
        let mut tries = 0;
        while door.app.clock.now() < START + 5 * 24 * 60 * MINUTE {
            tries += channels::deliver_due(&door.app).await.expect("tried");
            door.app.clock.advance(30 * MINUTE);
        }
        assert_eq!(tries, 20);
        let backlog = door.get(&door.sign_in("chief").await, OUTBOX).await.json();
        assert_eq!(backlog["failed"], 1);
        let given_up = backlog["items"][0]["failed_at"].as_i64().expect("given up") - START;
        assert!((2 * 1440 * MINUTE..4 * 1440 * MINUTE).contains(&given_up), "{given_up}");
    }

    async fn two_workers_do_not_send_twice(db: TestDb) {
        let server = Smtp::start().await;
        let url = server.url.clone();
        let door = Door::open_with(db, |config| config.smtp = Some(url)).await;
        let chief = door.staff("chief", "centre-director", None).await;
        address(&door, &chief, "chief@example.com").await;
        for _ in 0..25 {
            tell(&door.app, &[&chief], None, "通知").await;
        }
        let work = async || while channels::deliver_due(&door.app).await.expect("sent") > 0 {};
        tokio::join!(work(), work(), work());
        assert_eq!(server.mails().len(), 25);
    }

    async fn the_worker_is_woken(db: TestDb) {
        let server = Smtp::start().await;
        let url = server.url.clone();
        let door = Door::open_with(db, |config| config.smtp = Some(url)).await;
        let chief = door.staff("chief", "centre-director", None).await;
        address(&door, &chief, "chief@example.com").await;
        let mut work = Background::new(&door.app);
        channels::start(&door.app, &mut work);
        tokio::time::sleep(Duration::from_millis(300)).await;
        tell(&door.app, &[&chief], None, "通知").await;
        for _ in 0..60 {
            if !server.mails().is_empty() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("no mail within six seconds, though the patrol is every ten");
    }

    async fn a_browser_hears_of_its_own_and_its_sites(db: TestDb) {
        let door = Door::open(db).await;
        let li = door.staff("li", "front-desk", Some(SITE)).await;
        let wang = door.staff("wang", "front-desk", Some(SITE)).await;
        let browser = door.sign_in("li").await;
        let mut stream = door.stream(&browser, "/api/v1/live").await;
        let case = |id: &str, site: &str| {
            Wake::Case { id: id.to_owned(), kind: "complaint".to_owned(), site: site.to_owned(), seq: 3 }
        };
        tell(&door.app, &[&wang], None, "别人的").await;
        door.app.live.tell(case("c2", FAR));
        tell(&door.app, &[&li], None, "自己的").await;
        assert_eq!(event(&mut stream).await, ("inbox".to_owned(), json!({"unread": 1})));
        door.app.live.tell(case("c1", SITE));
        let data = json!({"id": "c1", "kind": "complaint", "site": SITE, "seq": 3});
        assert_eq!(event(&mut stream).await, ("case".to_owned(), data));
        for n in 0..3000 {
            door.app.live.tell(case(&n.to_string(), SITE));
        }
        assert_eq!(event(&mut stream).await.0, "resync", "too much to keep: look at everything anew");
        assert_eq!(door.get(&door::Browser::default(), "/api/v1/live").await.status, 401);

        let mut open = door.stream(&browser, "/api/v1/live").await;
        door.app.live.relay(Wake::Stop);
        assert!(open.next().await.is_none(), "a node that stops does not wait for browsers");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_wake_each_other() {
    let Some(db) = TestDb::postgres().await else {
        println!("SKIPPED: no TEST_POSTGRES_URL");
        return;
    };
    let door = Door::open(db).await;
    let other = yizhan::app::open(door.app.config.clone(), Clock::virtual_at(START), Ids::system())
        .await
        .expect("second node");
    let (mut work, mut others) = (Background::new(&door.app), Background::new(&other));
    channels::start(&door.app, &mut work);
    channels::start(&other, &mut others);
    let li = door.staff("li", "front-desk", Some(SITE)).await;
    let (mut here, mut there) = (door.app.live.listen(), other.live.listen());
    let wake = Wake::Inbox { staff: li.clone() };
    // The tasks begin to listen some time after they start.
    let heard = async {
        loop {
            tell(&door.app, &[&li], None, "通知").await;
            let soon = tokio::time::timeout(Duration::from_millis(300), there.recv()).await;
            if soon.is_ok_and(|w| w == Ok(wake.clone())) {
                return;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(10), heard)
        .await
        .expect("the other node hears");
    tokio::time::sleep(Duration::from_millis(300)).await;
    let mut told = 0;
    while here.try_recv().is_ok() {
        told += 1;
    }
    let rows = door.get(&door.sign_in("li").await, INBOX).await.json()["unread"]
        .as_i64()
        .expect("count");
    assert_eq!(told, rows, "what a node says does not come back to it");
}
