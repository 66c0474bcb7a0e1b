//! `yizhan audit verify` finds whatever was changed behind the program's back.

use crate::node::{audit, yizhan};
use crate::support::TestDb;
use crate::support::server::{HOUR, Server};
use serde_json::json;
use yizhan::db::Sql;

/// A ledger with some cases in it.
async fn ledger(db: &TestDb) -> String {
    let server = Server::start(db).await;
    let world = server.cast().await;
    let desk = server.person("front-desk").await;
    let mut id = String::new();
    for said in ["楼道灯坏了", "电梯停了", "水管漏了"] {
        id = desk
            .call(&world, "complaint", said, json!({"content": said}))
            .await;
        desk.act(&id, "take", json!({})).await.ok();
        desk.act(&id, "note", json!({"words": "已到现场"})).await.ok();
    }
    let case = desk.get(&format!("/cases/{id}")).await.ok();
    server.pass(48 * HOUR).await;
    case["number"].as_str().expect("number").to_owned()
}

/// Runs a statement and gives how many rows it changed.
async fn run(db: &TestDb, sql: &str) -> u64 {
    let sql = sql.to_owned();
    let ran = db.write(move |tx| Box::pin(async move { tx.run(&sql, vec![]).await }));
    ran.await.map_err(|error: sea_orm::DbErr| error).expect("run")
}

async fn change(db: &TestDb, sql: String) {
    assert!(run(db, &sql).await > 0, "{sql}");
}

/// What the verification finds; it must find something.
fn faults(db: &TestDb, more: &[&str]) -> String {
    let line = [&["audit", "verify", "--database", db.url()], more].concat();
    let out = yizhan(&line);
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    assert_eq!(out.status.code(), Some(1), "{said}");
    said
}

both! {
    async fn one_changed_byte_is_found(db: TestDb) {
        let number = ledger(&db).await;
        let whole = audit(db.url());
        assert!(whole.contains("3 项事项"), "{whole}");
        let of = format!("case_id = (select id from case_record where number = '{number}')");
        let json = if db.read().is_postgres() { "jsonb" } else { "text" };
        // Every column, one byte; each is mended again before the next.
        for (column, other) in [
            ("body", format!("cast(replace(cast(body as text), '已到现场', '已到现厂') as {json})")),
            ("type", "'notee'".to_owned()),
            ("version", "version + 1".to_owned()),
            ("happened_at", "happened_at + 1".to_owned()),
            ("recorded_at", "recorded_at - 1".to_owned()),
            ("actor_kind", "'stafe'".to_owned()),
            ("actor_id", "'x' || substr(actor_id, 2)".to_owned()),
            ("salt", "'x' || substr(salt, 2)".to_owned()),
            ("digest", "'g' || substr(digest, 2)".to_owned()),
            ("chain", "'g' || substr(chain, 2)".to_owned()),
        ] {
            let noted = format!("{of} and type in ('noted', 'notee')");
            run(&db, "create table kept as select * from case_event").await;
            change(&db, format!("update case_event set {column} = {other} where {noted}")).await;
            let found = faults(&db, &[]);
            assert!(found.contains(&number), "{column}: {found}");
            assert!(faults(&db, &["--case", &number]).contains(&number), "{column}");
            change(&db, "delete from case_event".to_owned()).await;
            change(&db, "insert into case_event select * from kept".to_owned()).await;
            run(&db, "drop table kept").await;
            audit(db.url());
        }
    }

    async fn what_is_missing_or_bent_is_found(db: TestDb) {
        let number = ledger(&db).await;
        let of = format!("case_id = (select id from case_record where number = '{number}')");
        // An erased body is no fault: the chain holds.
        let erase = format!("update case_event set body = '{{\"erased\":true}}' where {of} and type = 'noted'");
        change(&db, erase).await;
        assert!(audit(db.url()).contains("依法删除"));
        // The last event cut off.
        change(&db, format!("delete from case_event where {of} and seq = (select max(seq) from case_event where {of})")).await;
        assert!(faults(&db, &[]).contains("现状是第"));
        // The state bent, without a trace in the ledger.
        change(&db, "update case_record set stage = 'closed' where number like '%00001'".to_owned()).await;
        assert!(faults(&db, &[]).contains("不符"));
        // A number left out and a contact gone.
        change(&db, "update counter set next = next + 1".to_owned()).await;
        let found = faults(&db, &[]);
        assert!(found.contains("缺号：第 4 号"), "{found}");
    }
}
