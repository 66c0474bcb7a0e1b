//! The desk answers before the caller has finished the sentence, with a city of homes. Slow to fill, so only when asked
//! for: `scripts/with-postgres cargo test --test estate -- --ignored --nocapture` (YIZHAN_SIZE: homes, 300000).

use crate::support::TestDb;
use crate::support::server::{START, Server};
use sea_orm::DbErr;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use yizhan::cases::scope::Filter;
use yizhan::db::Sql;
use yizhan::estate::{NewCustomer, create_customers, insert_all};
use yizhan::search::{Seek, find_contacts, find_customers, find_homes, index_contact};
use yizhan::vals;

const SURNAMES: [&str; 10] = ["王", "李", "张", "刘", "陈", "杨", "赵", "单", "欧阳", "仇"];
const GIVEN: [&str; 20] = [
    "伟", "秀英", "小明", "建国", "丽", "静", "强", "磊", "洋", "艳", "勇", "军", "杰", "娟", "涛", "明",
    "超", "霞", "平", "刚",
];

/// Sites of 5000 homes each, with an owner a home and a contact for every third.
async fn fill(server: &Server, homes: usize) -> Vec<String> {
    let mut sites = Vec::new();
    for number in 0..homes.div_ceil(5000) {
        let (app, site) = (server.app.clone(), server.app.id());
        sites.push(site.clone());
        let filled = server.app.db.write::<_, DbErr, _>(move |tx| {
            Box::pin(async move {
                let row = vals![site.clone(), format!("第{number}花园"), format!("S{number}")];
                tx.run("insert into site (id, name, code) values ($1, $2, $3)", row)
                    .await?;
                let buildings: Vec<String> = (0..50).map(|_| app.id()).collect();
                let rows = (1..).zip(&buildings);
                let rows = rows
                    .map(|(n, id)| vals![id.clone(), site.clone(), format!("{n}栋")])
                    .collect();
                insert_all(tx, "building (id, site_id, name)", rows, "").await?;
                let (mut rows, mut people, mut ids) = (Vec::new(), Vec::new(), Vec::new());
                for n in 0..5000 {
                    let (building, unit, room) =
                        (n / 100, n / 50 % 2 + 1, (n % 50 / 2 + 1) * 100 + n % 2 + 1);
                    let key = format!("{}-{unit}-{room}", building + 1);
                    let id = app.id();
                    rows.push(vals![
                        id.clone(),
                        site.clone(),
                        buildings[building].clone(),
                        format!("{unit}单元"),
                        room.to_string(),
                        key.clone(),
                        key
                    ]);
                    ids.push(id);
                    let name = format!("{}{}", SURNAMES[n % 10], GIVEN[(n / 10 + number) % 20]);
                    let phone = format!("13{:09}", number * 5000 + n);
                    let phones = vec![(phone, String::new())];
                    people.push(NewCustomer {
                        name,
                        phones,
                        ..NewCustomer::default()
                    });
                }
                insert_all(
                    tx,
                    "home (id, site_id, building_id, unit, room, title, room_key)",
                    rows,
                    "",
                )
                .await?;
                let owners = create_customers(tx, &app, &people).await?;
                let links = ids
                    .iter()
                    .zip(owners)
                    .map(|(home, owner)| vals![home.clone(), owner, "owner"]);
                insert_all(
                    tx,
                    "home_person (home_id, customer_id, relation)",
                    links.collect(),
                    "",
                )
                .await?;
                for n in (0..5000_i64).step_by(3) {
                    let (id, at) = (app.id(), START - (number as i64 * 5000 + n) * 600_000);
                    let said = if n % 1000 == 0 {
                        "电梯困人，请马上来"
                    } else {
                        "卫生间漏水，请师傅来看看"
                    };
                    tx.run(
                        "insert into contact (id, number, site_id, channel, said, happened_at, recorded_at) \
                         values ($1, $1, $2, 'call', $3, $4, $4)",
                        vals![id.clone(), site.clone(), said, at],
                    )
                    .await?;
                    index_contact(tx, &id, &site, at, said).await?;
                }
                Ok(())
            })
        });
        filled.await.expect("fill");
    }
    sites
}

fn all(_: usize) -> Filter {
    Filter {
        sql: "true".to_owned(),
        values: Vec::new(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "fills a database for minutes"]
async fn answers_within_a_second_on_sqlite() {
    every_question_is_answered_within_a_second(TestDb::sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "fills a database for minutes"]
async fn answers_within_a_second_on_postgres() {
    match TestDb::postgres().await {
        Some(db) => every_question_is_answered_within_a_second(db).await,
        None => println!("SKIPPED: no TEST_POSTGRES_URL"),
    }
}

async fn every_question_is_answered_within_a_second(db: TestDb) {
    let server = Server::start(&db).await;
    let size = std::env::var("YIZHAN_SIZE")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(300_000);
    let sites = fill(&server, size).await;
    let read = server.app.db.read();
    if read.is_postgres() {
        crate::run(&server, "analyze", vals![]).await;
    }
    let one = Some(BTreeSet::from([sites[0].clone()]));
    let half: Option<BTreeSet<String>> = Some(sites.iter().step_by(2).cloned().collect());
    let mut slow = Vec::new();
    for scope in [None, one.clone(), half] {
        let mut told = |what: String, hits: usize, took: Duration| {
            println!("{what}: {hits} in {took:?}");
            if took > Duration::from_secs(1) {
                slow.push(what);
            }
        };
        let seen = scope.as_ref().map_or(sites.len(), BTreeSet::len);
        for query in [
            "13000000042",
            "0042",
            "王",
            "张伟",
            "小明",
            "w",
            "shan",
            "lxm",
            "oyjg",
            "没有人",
        ] {
            let begin = Instant::now();
            let hits = find_customers(read, scope.as_ref(), None, query, 20)
                .await
                .expect(query)
                .len();
            told(format!("{seen} sites, customer {query}"), hits, begin.elapsed());
        }
        for query in [
            "3-1-502",
            "3栋502",
            "502",
            "1",
            "第0花园50栋2单元2501",
            "99-9-999",
        ] {
            let begin = Instant::now();
            let hits = find_homes(read, scope.as_ref(), query, 20)
                .await
                .expect(query)
                .len();
            told(format!("{seen} sites, home {query}"), hits, begin.elapsed());
        }
        for query in ["漏水", "困人", "卫生间漏水", "漏水 困人", "请", "没有"] {
            let seek = Seek {
                query,
                sites: scope.clone(),
                limit: 20,
                ..Seek::default()
            };
            let begin = Instant::now();
            let hits = find_contacts(read, &seek, all).await.expect(query).ids.len();
            told(format!("{seen} sites, contact {query}"), hits, begin.elapsed());
        }
    }
    assert!(slow.is_empty(), "more than a second: {slow:?}");
}
