//! The demonstration company: the same for the same seed, and as true to its ledger as any other.

#[macro_use]
#[path = "support/mod.rs"]
mod support;

use engine::case::Case;
use engine::event::{Entry, Event, apply};
use engine::time::Time;
use sea_orm::FromQueryResult;
use serde_json::Value;
use support::TestDb;
use yizhan::app::Config;
use yizhan::db::{Db, Sql};
use yizhan::{simulate, vals};

/// 2026-11-20 15:00 in Beijing.
const NOW: i64 = 1_795_158_000_000;

async fn live(db: &TestDb, seed: u64) -> simulate::Summary {
    let files = tempfile::tempdir().expect("temporary folder");
    let config = Config {
        database: db.url().to_owned(),
        files: files.path().to_owned(),
        ..Config::default()
    };
    let plan = simulate::Plan {
        seed,
        homes: 40,
        days: 7,
        now: NOW,
    };
    simulate::run(&config, plan).await.expect("simulate")
}

#[derive(FromQueryResult)]
struct Row {
    id: String,
    number: String,
    stage: String,
    state: Value,
}

#[derive(FromQueryResult)]
struct EventRow {
    happened_at: i64,
    body: Value,
}

async fn cases(db: &Db) -> Vec<Row> {
    let sql = "select id, number, stage, state from case_record order by number";
    db.read().rows(sql, vals![]).await.expect("cases")
}

async fn number(db: &Db, sql: &str) -> i64 {
    db.read().scalar(sql, vals![]).await.expect("count").unwrap_or(0)
}

both! {
    async fn the_company_lives(db: TestDb) {
        let summary = live(&db, 7).await;
        assert!(summary.cases > 20 && summary.open > 0, "{summary}");
        let all = cases(&db).await;
        assert_eq!(all.len() as i64, summary.cases);
        for row in &all {
            let sql = "select happened_at, body from case_event where case_id = $1 order by seq";
            let events: Vec<EventRow> = db.read().rows(sql, vals![row.id.clone()]).await.expect("events");
            let mut case = Case::default();
            for event in events {
                let body: Event = serde_json::from_value(event.body).expect("an event");
                apply(&mut case, &Entry { happened_at: Time(event.happened_at), event: body });
            }
            let kept: Case = serde_json::from_value(row.state.clone()).expect("a case");
            assert_eq!(case, kept, "{}", row.number);
        }
        let left = format!("select id, number, stage, state from case_record where wake_at <= {NOW}");
        let left: Vec<Row> = db.read().rows(&left, vals![]).await.expect("cases");
        let left: Vec<String> = left.iter().map(|row| format!("{} {}", row.number, row.state)).collect();
        assert!(left.is_empty(), "a clock has not fired: {left:?}");
        let ahead = format!("select count(*) from case_event where happened_at > {NOW} or recorded_at > {NOW}");
        assert_eq!(number(&db, &ahead).await, 0, "something happened in the future");
        assert!(number(&db, "select count(*) from fact").await > 0);
        assert_eq!(number(&db, "select count(*) from clause_fill where not complete").await, 0);
        let demo: Option<Value> =
            db.read().scalar("select value from setting where name = 'demo'", vals![]).await.expect("demo");
        let demo = demo.expect("the demonstration's accounts");
        assert!(demo["accounts"].as_array().is_some_and(|a| a.len() > 10), "{demo}");
        assert!(demo["owner"]["url"].as_str().is_some_and(|url| url.starts_with("/o/")), "{demo}");
        let config = Config { database: db.url().to_owned(), ..Config::default() };
        let plan = simulate::Plan { seed: 7, homes: 1, days: 1, now: NOW };
        let again = simulate::run(&config, plan);
        assert!(again.await.is_err(), "a database with staff is left alone");
    }

    async fn the_same_seed_gives_the_same_company(db: TestDb) {
        let other = TestDb::sqlite().await;
        live(&db, 11).await;
        live(&other, 11).await;
        let told = |rows: Vec<Row>| -> Vec<String> {
            let one = |r: Row| format!("{} {} {} {}", r.id, r.number, r.stage, r.state["data"]);
            rows.into_iter().map(one).collect()
        };
        assert_eq!(told(cases(&db).await), told(cases(&other).await));
    }
}
