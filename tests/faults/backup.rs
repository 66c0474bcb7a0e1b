//! A backup is made while people work, and restored to a point; both are verified.

use crate::load::{Load, cast};
use crate::node::{Plan, audit, person, yizhan};
use crate::support::TestDb;
use std::fs;
use std::path::Path;
use std::process::Output;
use yizhan::backup::generations;
use yizhan::db::{Db, Sql};
use yizhan::vals;

fn said(out: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&out.stdout),
        String::from_utf8_lossy(&out.stderr)
    )
}

#[track_caller]
fn good(out: &Output) -> String {
    assert!(out.status.success(), "{}", said(out));
    said(out)
}

async fn contacts(db: &Db) -> i64 {
    let count: Option<i64> = db
        .read()
        .scalar("select count(*) from contact", vals![])
        .await
        .expect("count");
    count.expect("a row")
}

/// Files under a folder, folders left out.
fn files(folder: &Path) -> usize {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|e| if e.path().is_dir() { files(&e.path()) } else { 1 })
        .sum()
}

both! {
    async fn made_while_people_work_and_restored_to_a_point(db: TestDb) {
        let world = cast(&db).await;
        let (folder, store) = (tempfile::tempdir().expect("folder"), tempfile::tempdir().expect("folder"));
        let (files_at, store_at) = (folder.path().join("files").display().to_string(), store.path().display().to_string());
        let plan = Plan::new(db.url(), folder.path());
        let mut node = plan.start().await;
        let picture = fs::read("tests/support/dot.png").expect("picture");
        person(&plan, "front-desk").await.upload("a.png", picture).await;
        let url = db.url().to_owned();
        let place = ["--database", &url, "--files", &files_at];
        let crowd = Load::begin(&plan, &world, 4).await;
        crowd.more(12).await;
        good(&yizhan(&[["backup", &store_at].as_slice(), &place].concat()));
        crowd.more(12).await;
        // Names of backups are seconds.
        tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
        good(&yizhan(&[["backup", &store_at].as_slice(), &place].concat()));
        crowd.end().await;
        let all = generations(store.path()).expect("backups");
        let [early, late] = all.as_slice() else { panic!("{all:?}") };
        let rows = |of: &yizhan::backup::Generation| of.manifest.rows["contact"];
        assert!(rows(early) < rows(late), "{all:?}");
        assert_eq!((early.manifest.files.len(), files(&store.path().join("files"))), (1, 1));

        // Not while a server runs, and not over what is there unless told.
        let restore = |more: &[&str]| yizhan(&[["restore", &store_at].as_slice(), more, &place].concat());
        let refused = restore(&["--replace"]);
        assert!(refused.status.code() == Some(2) && said(&refused).contains("停止"), "{}", said(&refused));
        node.kill();
        db.close().await;
        // The test's own writer ends with its database; the folder it is in must stay.
        let kept = db.release();
        let refused = restore(&[]);
        assert!(refused.status.code() == Some(2) && said(&refused).contains("--replace"), "{}", said(&refused));
        let mut told = restore(&["--replace"]);
        for _ in 0..100 {
            if told.status.success() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            told = restore(&["--replace"]);
        }
        assert!(good(&told).contains("保留在"));
        let again = TestDb::at(&url).await;
        assert_eq!(contacts(&again).await, rows(late));
        drop(again);

        // To the earlier point, on another place.
        let point = written(early.manifest.made_at);
        let elsewhere = elsewhere(&url, folder.path()).await;
        let others = folder.path().join("other-files").display().to_string();
        let line = ["restore", &store_at, "--at", &point, "--database", &elsewhere, "--files", &others];
        good(&yizhan(&line));
        let other = TestDb::at(&elsewhere).await;
        assert_eq!(contacts(&other).await, rows(early));
        assert_eq!(files(Path::new(&others)), 1);
        audit(&elsewhere);
        other.close().await;

        // One changed byte in the copy, and it is refused.
        let name = if url.starts_with("sqlite") { "database.sqlite" } else { "database.dump" };
        let broken = store.path().join(&late.name).join(name);
        let mut bytes = fs::read(&broken).expect("copy");
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(&broken, bytes).expect("copy");
        let refused = restore(&["--replace"]);
        assert!(said(&refused).contains("损坏"), "{}", said(&refused));
        drop(kept);
    }
}

/// An instant as it is given on the command line.
fn written(at: i64) -> String {
    let zone = chrono::FixedOffset::east_opt(0).expect("zone");
    let at = chrono::DateTime::from_timestamp_millis(at).expect("time");
    at.with_timezone(&zone)
        .to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}

/// A database of the same sort with nothing in it.
async fn elsewhere(url: &str, folder: &Path) -> String {
    if url.starts_with("sqlite") {
        return format!("sqlite://{}", folder.join("elsewhere.sqlite").display());
    }
    let name = format!("yz_elsewhere_{:08x}", rand::random::<u32>());
    let db = Db::open(url).await.expect("open");
    let sql = format!("create database {name}");
    db.read().run(&sql, vals![]).await.expect("create");
    db.close().await;
    // The address of a socket carries its folder behind the name.
    let (before, query) = url.split_once('?').unwrap_or((url, ""));
    let (server, _) = before.rsplit_once('/').expect("a path");
    format!("{server}/{name}?{query}")
}
