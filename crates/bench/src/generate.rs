//! A company with as many cases as asked. Ten thousand of them, at ten sites, go through the real engine in virtual time
//! and are written by the product itself; the rest are copies of those sites, people, homes and cases, made by the
//! database in bulk with keys of their own, indexes built afterwards.

use crate::company::{self, Plan, Site};
use crate::place::{Kind, Place, psql, sqlite};
use anyhow::{Context, bail};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sea_orm::FromQueryResult;
use serde_json::{Value, json};
use std::time::Instant;
use yizhan::app::{App, Config};
use yizhan::cases::commit::Pen;
use yizhan::cases::{act, load, scheduler};
use yizhan::clock::{Clock, Ids};
use yizhan::contacts::register::{ContactRequest, JudgementRequest, register};
use yizhan::db::Sql;
use yizhan::error::Problem;
use yizhan::{search, vals};
use yizhan_engine::step::{Actor, Input};

/// Cases of the company that is copied.
pub const TEMPLATE: usize = 10_000;
const SITES: usize = 10;
const HOMES: usize = 3_000;
const DAY: i64 = 86_400_000;
/// Verbs that share a commit.
const BATCH: usize = 50;
/// Letters of ids.
const LETTERS: &[u8] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const HOUSE: [&str; 4] = [
    "卫生间顶上滴水，吊顶已经湿了一片，请尽快安排",
    "厨房水槽下面漏水，柜子泡湿了，请尽快安排",
    "客厅一半插座没电，跳闸合不上",
    "楼上装修中午还在打孔，老人没法休息",
];

/// When and how cases of a template come about.
#[derive(Debug, Clone, Copy)]
pub struct Life {
    pub cases: usize,
    /// Unix epoch milliseconds.
    pub from: i64,
    pub until: i64,
    /// Most are answered in time; else nobody does anything.
    pub answered: bool,
}

/// A life that ends now, for looking at pages.
pub fn year() -> Life {
    let now = Clock::system().now();
    Life {
        cases: TEMPLATE,
        from: now - 300 * DAY,
        until: now - 60_000,
        answered: true,
    }
}

/// Fills an empty place with a template and so many copies of it.
pub fn fill(place: &Place, life: Life, copies: usize) -> anyhow::Result<()> {
    let begin = Instant::now();
    tokio::runtime::Runtime::new()?.block_on(template(place, life))?;
    println!(
        "{:?}: {} cases through the engine in {:.0} s",
        place.kind,
        life.cases,
        begin.elapsed().as_secs_f64()
    );
    if copies > 0 {
        let begin = Instant::now();
        copy(place, copies)?;
        if place.kind == Kind::Sqlite {
            tokio::runtime::Runtime::new()?.block_on(words(place))?;
        }
        println!(
            "{:?}: {copies} copies in {:.0} s",
            place.kind,
            begin.elapsed().as_secs_f64()
        );
    }
    tokio::runtime::Runtime::new()?.block_on(replay(place))
}

async fn open(place: &Place, clock: Clock) -> anyhow::Result<App> {
    let config = Config {
        database: place.url.clone(),
        files: place.folder.join("files"),
        ..Config::default()
    };
    App::open(config, clock, Ids::seeded(7)).await
}

async fn template(place: &Place, life: Life) -> anyhow::Result<()> {
    let told = |problem: Problem| anyhow::anyhow!("{problem:?}");
    let clock = Clock::virtual_at(life.from);
    let app = open(place, clock.clone()).await?;
    let plan = Plan {
        seed: 7,
        sites: SITES,
        homes: HOMES,
    };
    let sites = std::sync::Arc::new(company::build(&app, plan).await?);
    yizhan::measure::fill::catch_up(&app).await.map_err(told)?;
    let step = (life.until - life.from) / life.cases as i64;
    for first in (0..life.cases).step_by(BATCH) {
        let (shared, sites, clock) = (app.clone(), sites.clone(), clock.clone());
        let done = app.db.write::<_, Problem, _>(move |tx| {
            Box::pin(async move {
                let mut chance = ChaCha8Rng::seed_from_u64(first as u64);
                for nth in first..(first + BATCH).min(life.cases) {
                    clock.set(life.from + step * nth as i64);
                    one(&shared, tx, &mut chance, &sites[nth % sites.len()], life.answered).await?;
                }
                Ok(())
            })
        });
        done.await.map_err(told)?;
        if life.answered {
            while scheduler::fire_due(&app).await.map_err(told)? > 0 {}
        }
    }
    app.db.close().await;
    Ok(())
}

/// A customer asks, and is answered.
async fn one(
    app: &App,
    tx: &yizhan::db::Tx,
    chance: &mut ChaCha8Rng,
    site: &Site,
    answered: bool,
) -> Result<(), Problem> {
    let home = &site.homes[chance.random_range(0..site.homes.len())];
    let said = HOUSE[chance.random_range(0..HOUSE.len())];
    let pen = Pen {
        app,
        tx,
        actor: Actor::Staff(site.crew[0].clone()),
        actor_id: Some(site.crew[0].clone()),
        at: app.clock.now(),
        quiet: false,
    };
    let data = json!({ "content": said, "category": "其他" });
    let request = ContactRequest {
        site: site.id.clone(),
        channel: "call".to_owned(),
        customer: Some(home.1.clone()),
        home: Some(home.0.clone()),
        said: format!("{said}（来电）"),
        judgements: vec![JudgementRequest {
            judgement: "consultation".to_owned(),
            data: data.as_object().cloned().unwrap_or_default(),
            ..JudgementRequest::default()
        }],
        read_back: true,
        ..ContactRequest::default()
    };
    let registered = register(&pen, request).await?;
    if answered && chance.random_bool(0.97) {
        for opened in &registered.cases {
            let case = load::locked(tx, &opened.id).await?;
            let values = json!({ "answer": "已安排专人上门处理，处理好后给您回电话" });
            let input = Input {
                action: "answer".to_owned(),
                values: values.as_object().cloned().unwrap_or_default(),
            };
            act::act(&pen, &case, input).await?;
        }
    }
    Ok(())
}

/// Tables that are copied, what others refer to first.
const TABLES: [&str; 27] = [
    "site",
    "area",
    "building",
    "home",
    "customer",
    "customer_phone",
    "customer_plate",
    "customer_key",
    "home_person",
    "staff",
    "staff_post",
    "staff_skill",
    "staff_area",
    "duty",
    "counter",
    "contact",
    "contact_text",
    "contact_judgement",
    "case_record",
    "case_text",
    "case_event",
    "case_person",
    "clock_run",
    "contact_case",
    "fact",
    "inbox",
    "access_link",
];

fn copy(place: &Place, copies: usize) -> anyhow::Result<()> {
    let mut script = String::new();
    let postgres = place.kind == Kind::Postgres;
    let indexes = if postgres {
        psql(
            &place.url,
            "select i.indexname || '|' || i.indexdef from pg_indexes i where i.schemaname = 'public' and not exists \
             (select 1 from pg_constraint c where c.conname = i.indexname)",
        )?
    } else {
        ask(
            place,
            "select name || '|' || replace(sql, char(10), ' ') from sqlite_schema where type = 'index' and sql is not null",
        )?
    };
    script.push_str(if postgres {
        "set session_replication_role = replica;\nset synchronous_commit = off;\n"
    } else {
        "pragma journal_mode = wal;\npragma cache_size = -400000;\npragma synchronous = off;\npragma foreign_keys = off;\nbegin;\n"
    });
    for line in indexes.lines() {
        let name = line.split('|').next().unwrap_or_default();
        script.push_str(&format!("drop index {name};\n"));
    }
    let codes: Vec<String> = (1..=copies).map(values).collect();
    script.push_str(&format!("create table copy_of (code text, low text, site text, nth bigint);\ninsert into copy_of values {};\n", codes.join(", ")));
    for table in TABLES {
        script.push_str(&statement(place, table)?);
    }
    script.push_str("drop table copy_of;\n");
    for line in indexes.lines() {
        let definition = line.split_once('|').map_or("", |(_, text)| text);
        script.push_str(&format!("{definition};\n"));
    }
    script.push_str(if postgres {
        "vacuum analyze;\n"
    } else {
        "commit;\nanalyze;\npragma wal_checkpoint(truncate);\n"
    });
    let path = place.folder.join("copy.sql");
    std::fs::write(&path, script)?;
    if postgres {
        crate::place::told(
            std::process::Command::new("psql")
                .args(["-qX", "-v", "ON_ERROR_STOP=1", "-f"])
                .arg(&path)
                .arg(&place.url),
        )?;
    } else {
        sqlite(&place.file(), &path, None)?;
    }
    Ok(())
}

/// A copy's mark in ids, in words, in numbers.
fn values(nth: usize) -> String {
    let letter = |at: usize| LETTERS[at % 32] as char;
    // Ids of 2025 to 2027 begin with 01K or 01M.
    let code = format!("{}{}", letter(2 + nth / 32), letter(nth));
    format!("('{code}', '{}', '-Z{nth:03}-', {nth})", code.to_lowercase())
}

fn ask(place: &Place, sql: &str) -> anyhow::Result<String> {
    crate::place::told(
        std::process::Command::new("sqlite3")
            .arg(place.file())
            .arg(sql.replace('\n', " ")),
    )
    .map(|text| text.lines().collect::<Vec<_>>().join("\n"))
}

/// `insert … select`: every id, number and login in a row becomes the copy's own.
fn statement(place: &Place, table: &str) -> anyhow::Result<String> {
    let columns = crate::rows::columns(place, table)?;
    if columns.is_empty() {
        bail!("no table {table}");
    }
    let cell = |(name, kind): &(String, String)| match (name.as_str(), kind.as_str()) {
        ("seat", _) => "t.seat + c.nth".to_owned(),
        ("login", _) => "t.login || '-' || c.nth".to_owned(),
        ("code", _) => "'Z' || c.nth || t.code".to_owned(),
        ("number", _) if table == "customer_phone" => {
            "'1' || (38 + c.nth % 60) || substr(t.number, 4)".to_owned()
        }
        ("password" | "salt" | "digest" | "chain" | "type" | "month" | "clause" | "manual" | "kind", _) => {
            format!("t.{name}")
        }
        ("words", _) => {
            "replace(replace(cast(t.words as text), '01k', c.low || 'k'), '01m', c.low || 'm')::tsvector"
                .to_owned()
        }
        (_, "text") => swapped(&format!("t.{name}")),
        (_, "jsonb") => format!("({})::jsonb", swapped(&format!("t.{name}::text"))),
        _ => format!("t.{name}"),
    };
    let cells: Vec<String> = columns.iter().map(cell).collect();
    let names: Vec<&str> = columns.iter().map(|c| c.0.as_str()).collect();
    Ok(format!(
        "insert into {table} ({}) select {} from {table} t cross join copy_of c;\n",
        names.join(", "),
        cells.join(", ")
    ))
}

/// Numbers are `LD-B001-2026-00001`, and only their middle begins with `-B`.
fn swapped(column: &str) -> String {
    format!(
        "replace(replace(replace({column}, '01K', c.code || 'K'), '01M', c.code || 'M'), '-B', c.site || 'B')"
    )
}

#[derive(FromQueryResult)]
struct Text {
    seat: i64,
    body: String,
    site: String,
    at: i64,
}

/// The search index of SQLite keeps no texts that could be copied: it is made anew from them.
async fn words(place: &Place) -> anyhow::Result<()> {
    let app = open(place, Clock::system()).await?;
    for (text, index, join) in [
        (
            "case_text",
            "case_word (rowid, words)",
            "join case_record r on r.id = t.case_id",
        ),
        (
            "contact_text",
            "contact_word (rowid, words)",
            "join contact r on r.id = t.contact_id",
        ),
    ] {
        let at = if text == "case_text" {
            "r.opened_at"
        } else {
            "r.happened_at"
        };
        let sql = format!(
            "select t.seat, t.body, r.site_id as site, {at} as at from {text} t {join} \
             where t.seat > $1 order by t.seat limit 20000"
        );
        let known = if text == "case_text" {
            "case_id"
        } else {
            "contact_id"
        };
        let sql = sql.replace(
            "where t.seat",
            &format!("where t.{known} not like '01%' and t.seat"),
        );
        let mut last = 0;
        loop {
            let rows: Vec<Text> = app.db.read().rows(&sql, vals![last]).await?;
            let Some(end) = rows.last() else { break };
            last = end.seat;
            let done = app.db.write::<_, Problem, _>(move |tx| {
                Box::pin(async move {
                    for row in rows {
                        let words = search::index_words(&row.site, row.at, &row.body);
                        tx.later(index, "", vals![row.seat, words]);
                    }
                    Ok(())
                })
            });
            done.await.map_err(|problem| anyhow::anyhow!("{problem:?}"))?;
        }
    }
    app.db.close().await;
    Ok(())
}

#[derive(FromQueryResult)]
struct Kept {
    id: String,
    state: Value,
}

#[derive(FromQueryResult)]
struct Told {
    happened_at: i64,
    body: Value,
}

/// Folds the events of a sample again and compares what comes of it.
async fn replay(place: &Place) -> anyhow::Result<()> {
    let app = open(place, Clock::system()).await?;
    let read = app.db.read();
    let count: i64 = read
        .scalar("select count(*) from case_record", vals![])
        .await?
        .unwrap_or(0);
    let homes: i64 = read
        .scalar("select count(*) from home", vals![])
        .await?
        .unwrap_or(0);
    let sql =
        "select id, state from case_record where substr(id, 20, 1) in ('A', 'B') order by id desc limit 500";
    let sample: Vec<Kept> = read.rows(sql, vals![]).await?;
    let mut same = 0;
    for kept in &sample {
        let sql = "select happened_at, body from case_event where case_id = $1 order by seq";
        let events: Vec<Told> = read.rows(sql, vals![kept.id.clone()]).await?;
        let mut case = yizhan_engine::case::Case::default();
        for told in events {
            let entry = yizhan_engine::event::Entry {
                happened_at: yizhan_engine::time::Time(told.happened_at),
                event: serde_json::from_value(told.body).context("an event")?,
            };
            yizhan_engine::event::apply(&mut case, &entry);
        }
        same += usize::from(serde_json::to_value(&case)? == kept.state);
    }
    println!(
        "{:?}: {count} cases, {homes} homes; replayed {}, the same {same}",
        place.kind,
        sample.len()
    );
    if same < sample.len() {
        bail!("a replay differs");
    }
    app.db.close().await;
    Ok(())
}
