//! Many steps of clocks that become due in one minute, and two nodes to see to them.

use crate::cpu;
use crate::minute::{self, Group};
use crate::place::{Kind, Place, psql};
use crate::server::Server;
use crate::usage::Usage;
use std::time::{Duration, Instant};
use yizhan::clock::Clock;

const MINUTE: i64 = 60_000;
/// The nodes run for so long before the minute begins.
const BEFORE: i64 = 5_000;
/// A run that takes longer has failed.
const PATIENCE: Duration = Duration::from_secs(600);
/// The filled database; what is measured is a copy.
const FILLED: &str = "bench_clocks_filled";

/// Measures twice: nodes that run while the steps become due, one after the other; and nodes that find all of them due.
pub fn run(steps: usize, keep: bool) -> anyhow::Result<()> {
    if !Kind::those(Some(Kind::Postgres)).contains(&Kind::Postgres) {
        return Ok(());
    }
    let filled = filled(steps, keep)?;
    for (title, ahead) in [
        ("due one after the other, nodes running", -BEFORE),
        ("all due when the nodes start", MINUTE),
    ] {
        measure(&filled, title, ahead)?;
    }
    Ok(())
}

fn filled(steps: usize, keep: bool) -> anyhow::Result<Place> {
    if keep {
        let place = Place::at(Kind::Postgres, FILLED, true)?;
        if psql(&place.url, "select count(*) from case_event").is_ok() {
            return Ok(place);
        }
    }
    let begin = Instant::now();
    let place = Place::fresh(Kind::Postgres, FILLED)?;
    let place = if keep { place.kept() } else { place };
    let group = Group {
        sites: 1_000,
        cases: steps,
        spread: MINUTE,
    };
    minute::fill(&place, group)?;
    println!(
        "{} cases with {steps} steps, through the engine in {:.0} s",
        psql(&place.url, "select count(*) from case_record")?.trim(),
        begin.elapsed().as_secs_f64()
    );
    Ok(place)
}

/// The instant of the first step that has not fired.
const FIRST: &str = "select min(wake_at) from case_record";

fn measure(filled: &Place, title: &str, ahead: i64) -> anyhow::Result<()> {
    let begins: i64 = psql(&filled.url, FIRST)?.trim().parse()?;
    let place = Place::copy(FILLED, "bench_clocks")?;
    psql(&place.url, "checkpoint")?;
    println!("\n## {title} (load before: {})", cpu::load());
    // The nodes' clock stands at another day: that of a demonstration may be moved.
    let moved = begins + ahead - Clock::system().now();
    psql(
        &place.url,
        &format!("insert into setting (name, value) values ('demo-clock', '{moved}')"),
    )?;
    let start = || Server::start_with(&place, None, &["--demo"]);
    let nodes = [start()?, start()?];
    let usage = Usage::begin(&place, &nodes)?;
    let now = || Clock::system().now() + moved;
    let begin = Instant::now();
    let end = begins + MINUTE;
    let mut told = Vec::new();
    loop {
        let sql = format!(
            "select count(*) from case_record where wake_at <= {} and wake_at < {end}",
            now()
        );
        let backlog: usize = psql(&place.url, &sql)?.trim().parse()?;
        told.push(format!("{:.0} s: {backlog}", begin.elapsed().as_secs_f64()));
        if backlog == 0 && now() > end {
            break;
        }
        anyhow::ensure!(begin.elapsed() < PATIENCE, "still {backlog} due");
        std::thread::sleep(Duration::from_secs(2));
    }
    println!("backlog: {}", told.join(", "));
    println!("processors busy: {}; load {}", usage.end(), cpu::load());
    let from = if ahead > 0 { begins + ahead } else { begins };
    report(&place, begins, from)
}

fn report(place: &Place, begins: i64, from: i64) -> anyhow::Result<()> {
    let sql = format!(
        "with fired as (select case_id, body ->> 'run' as run, body ->> 'step' as step, happened_at, recorded_at \
           from case_event where type = 'clock-fired' and happened_at >= {begins} and happened_at < {begins} + {MINUTE}) \
         select 'steps fired: ' || count(*) || ', of them twice: ' || count(*) - count(distinct (case_id, run, step)) \
           || '; the last ' || round((max(recorded_at) - {from}) / 1000.0, 1) || ' s after the beginning' \
           || '; within 60 s: ' || count(*) filter (where recorded_at <= {from} + {MINUTE}) \
           || '; late by (ms): p50 ' || percentile_disc(0.5) within group (order by recorded_at - greatest(happened_at, {from})) \
           || ', p99 ' || percentile_disc(0.99) within group (order by recorded_at - greatest(happened_at, {from})) \
           || ', most ' || max(recorded_at - greatest(happened_at, {from})) from fired"
    );
    println!("{}", psql(&place.url, &sql)?.trim());
    let wrong = psql(
        &place.url,
        "select count(*) from (select case_id from case_event where type = 'clock-fired' \
         group by case_id, body ->> 'run', body ->> 'step' having count(*) > 1) twice",
    )?;
    anyhow::ensure!(wrong.trim() == "0", "{} steps fired twice", wrong.trim());
    Ok(())
}
