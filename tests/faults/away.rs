//! What the program depends on goes away and returns: clear answers meanwhile, no restart after.

use crate::cluster::{Cluster, is_root};
use crate::load::cast;
use crate::node::{Plan, audit, person, until};
use crate::smtp::Smtp;
use crate::support::TestDb;
use crate::support::person::{Answer, Person};
use reqwest::Method;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::Command;
use yizhan::db::Sql;
use yizhan::vals;

fn complaint(site: &str, said: &str) -> Value {
    json!({
        "site": site, "channel": "call", "said": said,
        "judgements": [{"judgement": "complaint", "data": {"content": said}}], "read_back": true,
    })
}

async fn register(person: &Person, site: &str, said: &str, key: &str) -> Answer {
    let headers = [("idempotency-key", key.to_owned())];
    person
        .send(Method::POST, "/contacts", Some(complaint(site, said)), &headers)
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_database_goes_away_and_returns() {
    let Some(cluster) = Cluster::start_new() else {
        return;
    };
    cluster.psql("create database yizhan");
    let db = TestDb::at(&cluster.url("yizhan")).await;
    let world = cast(&db).await;
    let folder = tempfile::tempdir().expect("folder");
    let plan = Plan::new(db.url(), folder.path());
    let mut node = plan.start().await;
    let desk = person(&plan, "front-desk").await;
    register(&desk, &world.site, "之前", "before-it-goes").await.ok();

    cluster.stop();
    until("not ready without a database", async || {
        node.readiness().await == Some(503)
    })
    .await;
    let refused = register(&desk, &world.site, "期间", "while-it-is-away").await;
    assert_eq!(
        (refused.status.as_u16(), refused.code()),
        (503, "unavailable"),
        "{refused:?}"
    );
    let refused = desk.get("/work").await;
    assert_eq!(
        (refused.status.as_u16(), refused.code()),
        (503, "unavailable"),
        "{refused:?}"
    );

    cluster.start();
    until("ready again", async || node.readiness().await == Some(200)).await;
    assert!(node.alive(), "{}", node.log());
    register(&desk, &world.site, "期间", "while-it-is-away")
        .await
        .ok();
    let contacts: Option<i64> = db
        .read()
        .scalar("select count(*) from contact", vals![])
        .await
        .expect("contacts");
    assert_eq!(contacts, Some(2));
    audit(db.url());
    assert!(!node.log().contains("panicked"), "{}", node.log());
}

/// A small disk of its own, gone with the value.
struct Disk(tempfile::TempDir);

impl Disk {
    fn small() -> Option<Disk> {
        let folder = tempfile::tempdir().expect("folder");
        let mut mount = Command::new("mount");
        mount
            .args(["-t", "tmpfs", "-o", "size=24m", "tmpfs"])
            .arg(folder.path());
        if is_root() && mount.status().is_ok_and(|status| status.success()) {
            return Some(Disk(folder));
        }
        println!("SKIPPED: a disk of its own needs root");
        None
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Fills it up; the file that does is removed to make room again.
    fn fill(&self) {
        let mut dd = Command::new("dd");
        dd.args(["if=/dev/zero", "bs=64k", "status=none"])
            .arg(format!("of={}", self.path().join("filler").display()))
            .stderr(std::process::Stdio::null());
        assert!(!dd.status().expect("dd").success(), "the disk should be full");
    }

    fn free(&self) {
        fs::remove_file(self.path().join("filler")).expect("filler");
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.path()).status();
    }
}

/// On SQLite: database and files are on the disk that fills up.
#[tokio::test(flavor = "multi_thread")]
async fn the_disk_fills_up_and_is_freed() {
    let Some(disk) = Disk::small() else { return };
    let url = format!("sqlite://{}", disk.path().join("test.sqlite").display());
    let db = TestDb::at(&url).await;
    let world = cast(&db).await;
    let plan = Plan::new(&url, disk.path());
    let mut node = plan.start().await;
    let desk = person(&plan, "front-desk").await;

    disk.fill();
    // The log of the database has room from before; then there is none.
    let (mut kept, mut refused) = (Vec::new(), None);
    for number in 0..400 {
        let key = format!("disk-full-{number}");
        let answer = register(&desk, &world.site, &format!("第{number}件"), &key).await;
        if !answer.status.is_success() {
            assert_eq!(
                (answer.status.as_u16(), answer.code()),
                (507, "disk-full"),
                "{answer:?}"
            );
            refused = Some(number);
            break;
        }
        kept.push(number);
    }
    let refused = refused.expect("the disk is full");
    let picture = || fs::read("tests/support/dot.png").expect("picture");
    let upload = desk.file("/files", "a.png", picture()).await;
    assert_eq!(
        (upload.status.as_u16(), upload.code()),
        (507, "disk-full"),
        "{upload:?}"
    );
    desk.get("/work").await.ok();

    disk.free();
    let key = format!("disk-full-{refused}");
    register(&desk, &world.site, &format!("第{refused}件"), &key)
        .await
        .ok();
    desk.upload("a.png", picture()).await;
    assert!(node.alive(), "{}", node.log());
    let contacts: Option<i64> = db
        .read()
        .scalar("select count(*) from contact", vals![])
        .await
        .expect("contacts");
    assert_eq!(contacts, i64::try_from(kept.len() + 1).ok());
    audit(&url);
    assert!(!node.log().contains("panicked"), "{}", node.log());
}

both! {
    async fn mails_wait_for_their_server(db: TestDb) {
        let _ = cast(&db).await;
        let give_address = "update staff set email = 'a@example.com' where login = 'front-desk'";
        crate::load::run(&db, give_address, vals![]).await;
        let everywhere = "update staff_post set site_id = null where post = 'centre-director'";
        crate::load::run(&db, everywhere, vals![]).await;
        let folder = tempfile::tempdir().expect("folder");
        let port = crate::node::free_port();
        let mut plan = Plan::new(db.url(), folder.path());
        plan.more = vec!["--smtp".to_owned(), format!("smtp://127.0.0.1:{port}")];
        let mut node = plan.start().await;
        let insert = "insert into outbox (id, channel, receiver, subject, body, created_at, due_at) \
                      values ($1, 'email', 'a@example.com', '提醒', '请处理', 1, 1)";
        for id in ["one", "two"] {
            crate::load::run(&db, insert, vals![id]).await;
        }
        let administrator = person(&plan, "centre-director").await;
        let backlog = async || administrator.get("/outbox").await.ok();
        until("both were tried", async || backlog().await["items"].as_array().is_some_and(|i| i.len() == 2)).await;
        let waits = backlog().await;
        assert_eq!((&waits["waiting"], &waits["failed"]), (&json!(2), &json!(0)), "{waits}");
        let item = &waits["items"][0];
        assert!(item["error"].is_string(), "{waits}");
        let attempted: i64 = item["due_at"].as_i64().expect("due");
        assert!(attempted > 1, "tried later: {waits}");

        let smtp = Smtp::start_at(port).await;
        // The time until the next attempt passes.
        let pass = "update outbox set due_at = 1 where sent_at is null";
        crate::load::run(&db, pass, vals![]).await;
        until("both went out", async || backlog().await["waiting"] == json!(0)).await;
        assert_eq!(smtp.mails().len(), 2);
        assert!(node.alive());
    }
}
