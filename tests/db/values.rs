//! Values go in and come out the same on both databases.

use sea_orm::sea_query::{Alias, Asterisk, Expr, ExprTrait, Query};
use sea_orm::{DbErr, FromQueryResult};
use serde_json::{Value, json};
use yizhan::db::{Db, Sql};
use yizhan::vals;

#[derive(Debug, PartialEq, FromQueryResult)]
struct Thing {
    id: String,
    at: i64,
    done: bool,
    share: f64,
    note: Option<String>,
    body: Value,
    spare: Option<Value>,
}

fn thing() -> Thing {
    Thing {
        id: "01J".to_owned(),
        at: 1_763_800_000_123,
        done: true,
        share: 0.1,
        note: None,
        body: json!({ "房号": "3-201", "fen": 9_007_199_254_740_993_i64, "list": [1, null, "a'b\"c"], "half": 0.5 }),
        spare: None,
    }
}

async fn store(db: &Db, thing: &Thing) {
    let json = if db.read().is_postgres() { "jsonb" } else { "text" };
    let create = format!(
        "create table z_thing (id text primary key, at bigint not null, done boolean not null, \
         share double precision not null, note text, body {json} not null, spare {json})"
    );
    let values = vals![
        &thing.id,
        thing.at,
        thing.done,
        thing.share,
        thing.note.as_deref(),
        thing.body.clone(),
        thing.spare.clone(),
    ];
    db.write::<_, DbErr, _>(|tx| {
        Box::pin(async move {
            tx.run(&create, vals![]).await?;
            tx.run(
                "insert into z_thing (id, at, done, share, note, body, spare) values ($1, $2, $3, $4, $5, $6, $7)",
                values,
            )
            .await
        })
    })
    .await
    .expect("store");
}

both! {
    async fn every_type_comes_back_as_it_went(db: TestDb) {
        store(&db, &thing()).await;
        let read = db.read();
        let found: Option<Thing> = read.row("select * from z_thing where id = $1", vals!["01J"]).await.expect("row");
        assert_eq!(found, Some(thing()));
        let none: Option<Thing> = read.row("select * from z_thing where done = $1", vals![false]).await.expect("none");
        assert_eq!(none, None);
        // A placeholder may be used twice.
        let twice: Vec<Thing> =
            read.rows("select * from z_thing where at = $1 or at = $1 + 1", vals![thing().at]).await.expect("rows");
        assert_eq!(twice.len(), 1);
    }

    async fn json_is_read_as_value_text_and_by_key(db: TestDb) {
        store(&db, &thing()).await;
        let read = db.read();
        let body: Option<Value> = read.scalar("select body from z_thing", vals![]).await.expect("as a value");
        assert_eq!(body, Some(thing().body));
        let text: Option<String> = read.scalar("select cast(body as text) from z_thing", vals![]).await.expect("text");
        let parsed: Value = serde_json::from_str(&text.expect("a row")).expect("JSON");
        assert_eq!(parsed, thing().body);
        let key: Option<String> = read.scalar("select body ->> '房号' from z_thing", vals![]).await.expect("by key");
        assert_eq!(key.as_deref(), Some("3-201"));
        let spare: Option<Option<Value>> = read.scalar("select spare from z_thing", vals![]).await.expect("null");
        assert_eq!(spare, Some(None));
        let changed = db.write::<_, DbErr, _>(|tx| Box::pin(async move {
            tx.run("update z_thing set body = $1, spare = $2", vals![json!([1, 2]), Option::<Value>::None]).await
        })).await.expect("update");
        assert_eq!(changed, 1);
        let body: Option<Value> = read.scalar("select body from z_thing", vals![]).await.expect("as a value");
        assert_eq!(body, Some(json!([1, 2])));
    }

    async fn statements_of_sea_query_run_too(db: TestDb) {
        store(&db, &thing()).await;
        let (table, at) = (Alias::new("z_thing"), Alias::new("at"));
        let later = Query::update()
            .table(table.clone())
            .value(at.clone(), 5_i64)
            .and_where(Expr::col(at.clone()).gt(5_i64))
            .to_owned();
        let changed = db.write::<_, DbErr, _>(move |tx| Box::pin(async move { tx.run_of(&later).await })).await;
        assert_eq!(changed.expect("update"), 1);
        let by_time = Query::select().column(Asterisk).from(table).and_where(Expr::col(at).eq(5_i64)).to_owned();
        let one: Option<Thing> = db.read().row_of(&by_time).await.expect("one");
        assert_eq!(one.map(|thing| thing.at), Some(5));
        let all: Vec<Thing> = db.read().rows_of(&by_time).await.expect("all");
        assert_eq!(all.len(), 1);
    }
}

#[tokio::test]
async fn sqlite_is_new_enough() {
    // 3.51.3 repairs a corruption when the write-ahead log is reset.
    let db = crate::support::TestDb::sqlite().await;
    let version: Option<String> = db
        .read()
        .scalar("select sqlite_version()", vals![])
        .await
        .expect("version");
    let version = version.expect("a row");
    let parts: Vec<u32> = version
        .split('.')
        .map(|part| part.parse().expect("a number"))
        .collect();
    assert!(parts >= vec![3, 51, 3], "SQLite {version} is older than 3.51.3");
}
