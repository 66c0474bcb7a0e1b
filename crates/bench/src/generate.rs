//! A company with as many cases as asked: each a life that went through the real engine, in memory (`lives.rs`,
//! `mill.rs`), and is written in bulk by what the product makes its rows with (`store.rs`). A sample is folded from its
//! events again and compared.

use crate::company::{self, Plan};
use crate::indexes;
use crate::lives::Caller;
use crate::mill::Scene;
use crate::place::{Kind, Place};
use crate::store::{self, Story};
use anyhow::{Context, bail};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use sea_orm::FromQueryResult;
use serde_json::Value;
use std::sync::{Arc, mpsc};
use std::time::Instant;
use yizhan::app::{App, Config};
use yizhan::clock::{Clock, Ids};
use yizhan::db::Sql;
use yizhan::error::Problem;
use yizhan::search::Shelves;
use yizhan::vals;

const DAY: i64 = 86_400_000;
/// Contacts that are written together.
const BATCH: usize = 400;
/// Homes of a site, and its cases: a million cases have 300,000 homes at 100 sites.
const SITE: usize = 3_000;
const CASES_A_SITE: usize = 10_000;

/// When and how cases come about.
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
pub fn year(cases: usize) -> Life {
    let now = Clock::system().now();
    Life {
        cases,
        from: now - 300 * DAY,
        until: now - 60_000,
        answered: true,
    }
}

/// Fills an empty place.
pub fn fill(place: &Place, life: Life) -> anyhow::Result<()> {
    let begin = Instant::now();
    let runtime = tokio::runtime::Runtime::new()?;
    let made = runtime.block_on(company_and_cases(place, life))?;
    let elapsed = begin.elapsed().as_secs_f64();
    println!(
        "{:?}: {made} cases through the engine and written in {elapsed:.0} s, {:.0} a second",
        place.kind,
        made as f64 / elapsed
    );
    runtime.block_on(replay(place))
}

async fn open(place: &Place, clock: Clock) -> anyhow::Result<App> {
    let config = Config {
        database: place.url.clone(),
        files: place.folder.join("files"),
        ..Config::default()
    };
    yizhan::app::open(config, clock, Ids::seeded(7)).await
}

async fn company_and_cases(place: &Place, life: Life) -> anyhow::Result<usize> {
    let told = |problem: Problem| anyhow::anyhow!("{problem:?}");
    let begin = Instant::now();
    let said = |what: &str| println!("  {what}: {:.0} s", begin.elapsed().as_secs_f64());
    let clock = Clock::virtual_at(life.from);
    let app = open(place, clock.clone()).await?;
    let sites = life.cases.div_ceil(CASES_A_SITE);
    let homes = (life.cases * SITE / CASES_A_SITE).max(sites);
    let plan = Plan {
        seed: 7,
        sites,
        homes,
    };
    let sites = company::build(&app, plan).await?;
    yizhan::measure::fill::catch_up(&app).await.map_err(told)?;
    let mut scenes = Vec::with_capacity(sites.len());
    for site in sites {
        scenes.push(Scene::read(&app, Arc::new(site)).await?);
    }
    said("company");
    let dropped = indexes::drop_all(&app, place).await?;
    let (give, stories) = mpsc::sync_channel(4);
    let making = {
        let app = app.clone();
        std::thread::spawn(move || make(&app, &clock, scenes, life, &give))
    };
    let mut shelves = Shelves::default();
    for batch in stories {
        shelves = write(&app, place.kind, batch, shelves).await.map_err(told)?;
    }
    let (scenes, made) = making
        .join()
        .map_err(|_| anyhow::anyhow!("the maker panicked"))??;
    said("cases");
    let done = app.db.write::<_, Problem, _>(move |tx| {
        Box::pin(async move { store::counters(&scenes, tx).map_err(|e| Problem::internal(e.to_string())) })
    });
    done.await.map_err(told)?;
    dropped.build(&app, place).await?;
    said("indexes");
    yizhan::measure::sums::add_up(&app).await.map_err(told)?;
    app.db.close().await;
    Ok(made)
}

/// Makes stories in the order of time, sites in turn.
fn make(
    app: &App,
    clock: &Clock,
    mut scenes: Vec<Scene>,
    life: Life,
    give: &mpsc::SyncSender<Vec<Story>>,
) -> anyhow::Result<(Vec<Scene>, usize)> {
    let mut chance = ChaCha8Rng::seed_from_u64(7);
    let rosters: Vec<_> = scenes
        .iter()
        .map(|scene| Arc::new(scene.roster.clone()))
        .collect();
    let (mut made, mut nth, mut batch) = (0, 0, Vec::with_capacity(BATCH));
    while made < life.cases {
        let span = i128::from(life.until - life.from);
        let at = life.from + (span * made as i128 / life.cases as i128) as i64;
        clock.set(at);
        let place = nth % scenes.len();
        let scene = &mut scenes[place];
        let mut caller = Caller {
            app,
            scene,
            chance: &mut chance,
            at,
            until: life.until,
            answered: life.answered,
        };
        let lived = caller.live()?;
        made += lived.1.cases.len();
        batch.push(Story::of(app, scene, at, lived, rosters[place].clone()));
        nth += 1;
        if batch.len() == BATCH || made >= life.cases {
            // The receiver has gone when writing failed, which is told there.
            give.send(std::mem::take(&mut batch)).context("nobody writes")?;
        }
    }
    Ok((scenes, made))
}

async fn write(app: &App, kind: Kind, batch: Vec<Story>, mut shelves: Shelves) -> Result<Shelves, Problem> {
    let shared = app.clone();
    app.db
        .write(move |tx| {
            Box::pin(async move {
                if kind == Kind::Postgres {
                    // What it refers to is made with it; a crash of the machine only means filling again.
                    tx.run("set local session_replication_role = replica", vals![])
                        .await?;
                    tx.run("set local synchronous_commit = off", vals![]).await?;
                }
                for story in batch {
                    store::put(&shared, tx, &mut shelves, story).await?;
                }
                Ok(shelves)
            })
        })
        .await
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
    let count = async |table: &str| -> anyhow::Result<i64> {
        let sql = format!("select count(*) from {table}");
        Ok(read.scalar(&sql, vals![]).await?.unwrap_or(0))
    };
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
        "  {} cases, {} open, {} events, {} homes; replayed {}, the same {same}",
        count("case_record").await?,
        count("case_record where closed_at is null").await?,
        count("case_event").await?,
        count("home").await?,
        sample.len()
    );
    if same < sample.len() || sample.is_empty() {
        bail!("a replay differs");
    }
    app.db.close().await;
    Ok(())
}
