//! Time passes for many cases at once as it does for each alone, and one that cannot be handled holds up nobody.

use crate::support::TestDb;
use crate::support::person::Person;
use crate::support::server::{HOUR, Server, World};
use sea_orm::FromQueryResult;
use serde_json::json;
use yizhan::db::Sql;
use yizhan::vals;

const MINUTE: i64 = HOUR / 60;

/// Twenty matters that nobody sees to: questions, complaints, and repairs with a work order each.
async fn matters(server: &Server) -> World {
    let world = server.cast().await;
    server.duty("engineer", "engineer", &world.site).await;
    let desk = server.person("front-desk").await;
    for number in 0..20 {
        server.clock.advance(MINUTE);
        let content = format!("第{number}件事，请看一看");
        match number % 4 {
            0 => repair(&desk, &world, &content).await,
            1 => drop(
                desk.call(&world, "complaint", &content, json!({ "content": content }))
                    .await,
            ),
            _ => drop(
                desk.call(&world, "consultation", &content, json!({ "content": content }))
                    .await,
            ),
        }
    }
    world
}

async fn repair(desk: &Person, world: &World, content: &str) {
    let data = json!({"content": content, "place": "公共部位"});
    let repair = desk.call(world, "repair", content, data).await;
    desk.act(&repair, "to-property", json!({})).await.ok();
    desk.act(&repair, "dispatch", json!({"trade": "电气"})).await.ok();
}

#[derive(FromQueryResult)]
struct Line {
    line: String,
}

/// All that time brought about, in words that do not depend on ids.
async fn told(server: &Server) -> Vec<String> {
    let mut all = Vec::new();
    for sql in [
        "select c.number || ' ' || e.seq || ' ' || e.type || ' ' || e.happened_at as line \
         from case_event e join case_record c on c.id = e.case_id order by c.number, e.seq",
        "select c.number || ' ' || c.stage || ' ' || c.level || ' ' || c.seq || ' ' || coalesce(c.wake_at, 0) || ' ' \
         || coalesce(c.next_due_at, 0) as line from case_record c order by c.number",
        "select c.number || ' ' || r.run || ' ' || coalesce(r.due_at, 0) || ' ' || coalesce(r.breached_at, 0) as line \
         from clock_run r join case_record c on c.id = r.case_id order by c.number, r.run",
        "select c.number || ' ' || p.relation || ' ' || s.login as line from case_person p \
         join case_record c on c.id = p.case_id join staff s on s.id = p.staff_id order by c.number, p.relation, s.login",
        "select s.login || ' ' || c.number || ' ' || n.text as line from inbox n join staff s on s.id = n.staff_id \
         join case_record c on c.id = n.case_id order by s.login, c.number, n.text",
        "select f.clause || ' ' || c.number || ' ' || f.period || ' ' || f.at || ' ' || f.department || ' ' \
         || f.compliance as line from fact f join case_record c on c.id = f.case_id \
         order by f.clause, c.number, f.subject",
    ] {
        let lines: Vec<Line> = server.app.db.read().rows(sql, vals![]).await.expect(sql);
        assert!(!lines.is_empty(), "{sql}");
        all.extend(lines.into_iter().map(|line| line.line));
    }
    all
}

async fn another(db: &TestDb) -> TestDb {
    if db.read().is_postgres() {
        TestDb::postgres().await.expect("there is one")
    } else {
        TestDb::sqlite().await
    }
}

both! {
    async fn many_at_once_as_each_alone(db: TestDb) {
        let other = another(&db).await;
        let (together, alone) = (Server::start(&db).await, Server::start(&other).await);
        matters(&together).await;
        matters(&alone).await;
        together.pass(6 * HOUR).await;
        for _ in 0..6 * HOUR / MINUTE {
            alone.pass(MINUTE).await;
        }
        let (at_once, one_by_one) = (told(&together).await, told(&alone).await);
        assert!(at_once.iter().any(|line| line.contains("clock-fired")), "nothing was due");
        assert_eq!(at_once, one_by_one);
        let report = yizhan::audit::verify(db.read(), None).await.expect("audit");
        assert!(report.faults.is_empty(), "{:?}", report.faults);
    }

    async fn one_that_fails_holds_up_nobody(db: TestDb) {
        let server = Server::start(&db).await;
        matters(&server).await;
        // The first that would be due can no longer be read.
        let spoil = "update case_record set state = $1 where id = \
                     (select id from case_record where wake_at is not null order by wake_at limit 1)";
        let spoilt = server.app.db.write(move |tx| {
            Box::pin(async move { tx.run(spoil, vals![json!({"id": 1})]).await })
        });
        assert_eq!(spoilt.await.map_err(|e: sea_orm::DbErr| e).expect("spoil"), 1);
        server.pass(6 * HOUR).await;
        let due = "select count(*) from case_record where wake_at <= $1";
        let left: Option<i64> = server.app.db.read().scalar(due, vals![server.clock.now()]).await.expect(due);
        assert_eq!(left, Some(1), "only the one that fails is still due");
    }
}
