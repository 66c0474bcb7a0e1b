//! Many deadlines that pass in one minute, and two nodes to see to them.

use crate::cpu;
use crate::generate::{Life, fill};
use crate::place::{Kind, Place, psql};
use crate::server::Server;
use std::time::{Duration, Instant};
use yizhan::clock::Clock;

/// A question is to be answered within the hour; a step of its ladder comes before.
const HOUR: i64 = 3_600_000;

pub fn run(steps: usize) -> anyhow::Result<()> {
    if !Kind::those(Some(Kind::Postgres)).contains(&Kind::Postgres) {
        return Ok(());
    }
    let place = Place::fresh(Kind::Postgres, "bench_clocks")?;
    // Their hour ends while the database was being filled: all are due when the nodes start.
    let now = Clock::system().now();
    let life = Life {
        cases: steps,
        from: now - HOUR - 60_000,
        until: now - HOUR,
        answered: false,
    };
    fill(&place, life)?;
    let due = format!(
        "select count(*) from case_record where wake_at <= {}",
        Clock::system().now()
    );
    println!(
        "# {} cases due, two nodes (load before: {})",
        psql(&place.url, &due)?.trim(),
        cpu::load()
    );
    let begin = Instant::now();
    let (_one, _two) = (Server::start(&place, None)?, Server::start(&place, None)?);
    while psql(&place.url, &due)?.trim() != "0" && begin.elapsed() < Duration::from_secs(600) {
        std::thread::sleep(Duration::from_millis(200));
    }
    let fired = "select count(*) || ' steps and breaches, ' || count(*) - count(distinct (case_id, body)) || ' twice' \
                 from case_event where type in ('fired', 'breached', 'step-fired')";
    println!(
        "done in {:.0} s: {}; load {}",
        begin.elapsed().as_secs_f64(),
        psql(&place.url, fired)?.trim(),
        cpu::load()
    );
    Ok(())
}
