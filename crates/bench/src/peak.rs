//! The busiest hour of a group with a thousand sites, compressed to minutes: every deed of the hour happens, at a rate so
//! many times higher, whether or not earlier ones were answered. Clocks become due meanwhile, and desks listen.

use crate::cpu;
use crate::crowd;
use crate::hour::{Deed, HOUR, Hour};
use crate::minute::{self, Group};
use crate::place::{Kind, Place};
use crate::server::Server;
use crate::usage::Usage;
use anyhow::{bail, ensure};
use rand::Rng;
use sea_orm::FromQueryResult;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};
use yizhan::clock::Clock;
use yizhan::db::Sql;
use yizhan::error::Problem;
use yizhan::vals;

/// Steps of clocks that become due at a site in the hour.
const STEPS: usize = 20;
/// Nodes and live connections are ready before the hour begins.
const BEFORE: Duration = Duration::from_secs(15);
/// Sides of the photographs that engineers send.
const PHOTO: (u32, u32) = (1_280, 960);

/// What is run.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    pub kind: Kind,
    pub sites: usize,
    pub minutes: u64,
}

pub fn run(plan: Plan) -> anyhow::Result<()> {
    if !Kind::those(Some(plan.kind)).contains(&plan.kind) {
        return Ok(());
    }
    let place = Place::fresh(plan.kind, "bench_peak")?;
    let length = Duration::from_secs(plan.minutes * 60);
    let group = Group {
        sites: plan.sites,
        cases: plan.sites * STEPS,
        spread: i64::try_from(length.as_millis())?,
    };
    let filled = minute::fill(&place, group)?;
    let runtime = tokio::runtime::Runtime::new()?;
    let crowd = runtime.block_on(crowd::gather(&place, filled.sites.clone(), filled.begins))?;
    let moved = filled.begins - i64::try_from(BEFORE.as_millis())? - Clock::system().now();
    runtime.block_on(set_clock(&place, moved))?;
    let count = if plan.kind == Kind::Postgres { 2 } else { 1 };
    let start = |_| Server::start_with(&place, None, &["--demo", "--behind-proxy"]);
    let nodes: Vec<Server> = (0..count).map(start).collect::<anyhow::Result<_>>()?;
    println!(
        "# An hour's peak of {} sites in {} minutes on {:?}, {count} nodes (load before: {})",
        plan.sites,
        plan.minutes,
        plan.kind,
        cpu::load()
    );
    let begin =
        Instant::now() + Duration::from_millis(u64::try_from(filled.begins - Clock::system().now() - moved)?);
    let bases = nodes.iter().map(|node| node.base.clone()).collect();
    let hour = Arc::new(Hour::new(crowd, bases, photo()?)?);
    let kept = runtime.block_on(happen(&place, &nodes, hour.clone(), begin, length))?;
    drop(nodes);
    runtime.block_on(verify(&place, &hour, group.cases))?;
    if !kept {
        bail!("the error budget is overspent");
    }
    Ok(())
}

/// Moves the clock of the nodes, which are started as demonstrations for it.
async fn set_clock(place: &Place, moved: i64) -> anyhow::Result<()> {
    let app = minute::open(place, Clock::system(), 6).await?;
    let sql = "insert into setting (name, value) values ('demo-clock', $1)";
    let set = app.db.write::<_, Problem, _>(move |tx| {
        Box::pin(async move { Ok(tx.run(sql, vals![serde_json::json!(moved)]).await?) })
    });
    set.await.map_err(|problem| anyhow::anyhow!("{problem:?}"))?;
    app.db.close().await;
    Ok(())
}

/// Grain that does not compress away.
fn photo() -> anyhow::Result<Vec<u8>> {
    let mut chance = rand::rng();
    let picture = image::RgbImage::from_fn(PHOTO.0, PHOTO.1, |x, y| {
        let shade = (x / 8 + y / 8) as u8 / 2 + chance.random_range(0..12);
        image::Rgb([shade, shade / 2 + 60, 200 - shade / 2])
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Jpeg)?;
    Ok(bytes.into_inner())
}

async fn happen(
    place: &Place,
    nodes: &[Server],
    hour: Arc<Hour>,
    begin: Instant,
    length: Duration,
) -> anyhow::Result<bool> {
    for site in 0..hour.crowd.sites.len() {
        let hour = hour.clone();
        tokio::spawn(async move { hour.listen(site).await });
    }
    let deeds = timetable(hour.crowd.sites.len(), length);
    println!(
        "{} deeds, {:.0} a second",
        deeds.len(),
        deeds.len() as f64 / length.as_secs_f64()
    );
    tokio::time::sleep_until(begin.into()).await;
    let open = hour.tally.open();
    let usage = Usage::begin(place, nodes)?;
    let mut under_way = tokio::task::JoinSet::new();
    for (after, deed) in deeds {
        tokio::time::sleep_until((begin + after).into()).await;
        let hour = hour.clone();
        under_way.spawn(async move { hour.perform(deed, begin + after).await });
        while under_way.try_join_next().is_some() {}
    }
    while under_way.join_next().await.is_some() {}
    println!("processors busy: {}; load {}", usage.end(), cpu::load());
    let kept = hour.tally.report();
    ensure!(
        hour.tally.open() == open,
        "of {open} live connections {} are left",
        hour.tally.open()
    );
    Ok(kept)
}

/// When each deed of the hour happens, in order.
fn timetable(sites: usize, length: Duration) -> Vec<(Duration, Deed)> {
    let mut chance = rand::rng();
    let mut all = Vec::new();
    for (deed, often) in HOUR {
        all.extend((0..often * sites).map(|_| (length.mul_f64(chance.random()), deed)));
    }
    all.sort_by_key(|(after, _)| *after);
    all
}

#[derive(FromQueryResult)]
struct Said {
    said: String,
}

/// Every acknowledged registration is there once, numbers have no gap, chains hold, each step fired once.
async fn verify(place: &Place, hour: &Hour, steps: usize) -> anyhow::Result<()> {
    let app = minute::open(place, Clock::system(), 8).await?;
    let read = app.db.read();
    let rows: Vec<Said> = read
        .rows("select said from contact where said like 'peak-%'", vals![])
        .await?;
    let mut there: HashMap<String, usize> = HashMap::new();
    for row in rows {
        *there.entry(row.said).or_default() += 1;
    }
    let acknowledged = hour
        .acknowledged
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone();
    let once = acknowledged
        .iter()
        .filter(|said| there.get(*said) == Some(&1))
        .count();
    let twice = there.values().filter(|count| **count > 1).count();
    let fired: Option<i64> = read
        .scalar(
            "select count(*) from (select distinct case_id from case_event where type = 'clock-fired' \
             and case_id not in (select case_id from contact_case x join contact k on k.id = x.contact_id \
             where k.said like 'peak-%')) as fired",
            vals![],
        )
        .await?;
    let report = yizhan::audit::verify(read, None).await?;
    println!(
        "{} registrations acknowledged, {once} of them there once, {twice} twice; steps of {} of {steps} cases fired; \
         ledger: {} cases, {} events, {} series of numbers, {} faults",
        acknowledged.len(),
        fired.unwrap_or(0),
        report.cases,
        report.events,
        report.series,
        report.faults.len()
    );
    ensure!(
        once == acknowledged.len() && twice == 0,
        "registrations are lost or doubled"
    );
    ensure!(report.faults.is_empty(), "{:?}", report.faults);
    app.db.close().await;
    Ok(())
}
