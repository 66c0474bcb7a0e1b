//! Two nodes on one PostgreSQL, one of them killed: the other takes its work over, and nothing happens twice.

use crate::load::{self, Load};
use crate::node::{Plan, audit, until};
use crate::support::TestDb;
use crate::support::server::{HOUR, Server};
use serde_json::json;
use yizhan::db::Sql;
use yizhan::vals;

const CASES: usize = 300;

async fn count(db: &TestDb, sql: &'static str) -> i64 {
    let found: Option<i64> = db.read().scalar(sql, vals![]).await.expect(sql);
    found.expect("a row")
}

#[tokio::test(flavor = "multi_thread")]
async fn one_dies_the_other_fires_each_step_once() {
    let Some(db) = TestDb::postgres().await else {
        println!("SKIPPED: no TEST_POSTGRES_URL");
        return;
    };
    // Promises made long ago, so that every step of their ladders is due as soon as a node looks.
    let past = Server::start(&db).await;
    let world = past.cast().await;
    let begun = yizhan::clock::Clock::system().now() - 300 * HOUR;
    past.clock.advance(begun - past.clock.now());
    let desk = past.person("front-desk").await;
    for number in 0..CASES {
        desk.call(
            &world,
            "complaint",
            "灯坏了",
            json!({"content": format!("第{number}盏灯坏了")}),
        )
        .await;
    }
    let fired = "select count(*) from case_event where type = 'clock-fired'";
    let due = "select count(*) from case_record where wake_at is not null and \
               wake_at <= cast(extract(epoch from now()) * 1000 as bigint)";
    assert!(count(&db, due).await >= CASES as i64, "all are due");

    let folder = tempfile::tempdir().expect("folder");
    let (one, two) = (
        Plan::new(db.url(), folder.path()),
        Plan::new(db.url(), folder.path()),
    );
    let (mut first, mut second) = (one.spawn(), two.spawn());
    let before = count(&db, fired).await;
    until("some steps fired", async || count(&db, fired).await > before).await;
    first.kill();
    until("the other fires the rest", async || count(&db, due).await == 0).await;

    let twice = "select count(*) from (select case_id, body ->> 'run', body ->> 'step' from case_event \
                 where type = 'clock-fired' group by 1, 2, 3 having count(*) > 1) as repeated";
    assert_eq!(count(&db, twice).await, 0, "a step fired twice");
    assert!(count(&db, fired).await >= CASES as i64);
    audit(db.url());
    second.ready().await;

    // And while people work: whoever was signed in at the dead node goes on at the other.
    let crowd = Load::begin(&two, &world, 4).await;
    crowd.more(10).await;
    let mut third = one.start().await;
    crowd.more(10).await;
    third.kill();
    crowd.more(10).await;
    let done = crowd.end().await;
    assert!(done.iter().map(|d| d.matters.len()).sum::<usize>() > 0);
    audit(db.url());
}

/// A mail that a node was about to send when it died is sent by the other.
#[tokio::test(flavor = "multi_thread")]
async fn the_outbox_of_a_dead_node_is_taken_over() {
    let Some(db) = TestDb::postgres().await else {
        println!("SKIPPED: no TEST_POSTGRES_URL");
        return;
    };
    let _ = load::cast(&db).await;
    // Takes connections and never says a word.
    let deaf = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("port");
    let deaf_at = format!("smtp://{}", deaf.local_addr().expect("address"));
    let smtp = crate::smtp::Smtp::start().await;
    let folder = tempfile::tempdir().expect("folder");
    let (mut one, mut two) = (
        Plan::new(db.url(), folder.path()),
        Plan::new(db.url(), folder.path()),
    );
    one.more = vec!["--smtp".to_owned(), deaf_at];
    two.more = vec!["--smtp".to_owned(), smtp.url.clone()];
    let mut first = one.start().await;
    let insert = "insert into outbox (id, channel, receiver, subject, body, created_at, due_at) \
                  values ('m', 'email', 'a@example.com', '提醒', '请处理', 1, 1)";
    crate::load::run(&db, insert, vals![]).await;
    let _half_sent = deaf.accept().await.expect("the first node sends");
    let _second = two.start().await;
    first.kill();
    until("the other node sends it", async || smtp.mails().len() == 1).await;
}
