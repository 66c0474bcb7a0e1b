//! How long pages take at a stated rate, with ten thousand cases and with many: requests are sent when they are due,
//! whether or not earlier ones were answered, and count from then on.

use crate::client::Client;
use crate::cpu::{self, Meter};
use crate::generate::{fill, year};
use crate::place::{Kind, Place};
use crate::server::Server;
use serde_json::{Value, json};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Cases of a small company.
const FEW: usize = 10_000;
/// Browsers that wait for answers at most.
const BROWSERS: usize = 24;

/// A page, and the address of its nth request.
type Page<'a> = (&'a str, Box<dyn Fn(usize) -> String + Sync + 'a>);

pub fn run(on: Option<Kind>, cases: usize, rate: usize, seconds: usize, keep: bool) -> anyhow::Result<()> {
    for kind in Kind::those(on) {
        println!(
            "# Pages on {kind:?}, {rate} requests a second (load before: {})",
            cpu::load()
        );
        let mut before = Vec::new();
        for count in [FEW, cases] {
            let name = format!("bench_pages_{count}");
            let place = Place::at(kind, &name, true)?;
            let place = if keep && place.folder.join("filled").exists() {
                place
            } else {
                let place = Place::fresh(kind, &name)?.kept();
                fill(&place, year(count))?;
                std::fs::write(place.folder.join("filled"), "")?;
                place
            };
            let server = Server::start(&place, None)?;
            println!(
                "{} cases: cold start {:.2} s, PSS {} MB",
                count,
                server.started_in.as_secs_f64(),
                pss(server.pid())
            );
            let found = measure(&server, rate, seconds)?;
            for (index, (name, p50, p99, share)) in found.iter().enumerate() {
                let small = before
                    .get(index)
                    .map_or(String::new(), |small: &(String, f64, f64, f64)| {
                        let limit = (small.2 * 1.5).max(small.2 + 5.0);
                        let kept = if *p99 <= limit && *p99 < 50.0 {
                            "kept"
                        } else {
                            "MISSED"
                        };
                        format!("; small p99 {:.1} ms: {kept}", small.2)
                    });
                println!(
                    "  {name}: p50 {p50:.1} ms, p99 {p99:.1} ms, generator {:.0} %{small}",
                    share * 100.0
                );
            }
            println!("  after: PSS {} MB, load {}", pss(server.pid()), cpu::load());
            before = found;
        }
    }
    Ok(())
}

fn measure(server: &Server, rate: usize, seconds: usize) -> anyhow::Result<Vec<(String, f64, f64, f64)>> {
    let desks: anyhow::Result<Vec<Client>> = (1..=8)
        .map(|desk| Client::sign_in(&server.base, &format!("desk{desk}")))
        .collect();
    let desks = desks?;
    let chief = vec![Client::sign_in(&server.base, "centre-director")?];
    let local = vec![Client::sign_in(&server.base, "s1-1")?];
    let page = |client: &Client, path: &str| -> anyhow::Result<Value> {
        Ok(serde_json::from_slice(&client.get(path)?)?)
    };
    let sites = page(&chief[0], "/sites")?;
    let sites: Vec<String> = sites["items"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|site| site["id"].as_str().map(str::to_owned))
        .collect();
    let listed = |state: &str| -> anyhow::Result<Vec<String>> {
        let mut ids = std::collections::BTreeSet::new();
        for nth in 0..20 {
            let site = &sites[nth * 7 % sites.len()];
            let path = format!("/cases?site={site}&kind=consultation&state={state}");
            let rows = page(&desks[0], &path)?["items"]
                .as_array()
                .cloned()
                .unwrap_or_default();
            ids.extend(
                rows.iter()
                    .filter_map(|row| row["id"].as_str().map(str::to_owned)),
            );
        }
        Ok(ids.into_iter().collect())
    };
    // An earlier run may have answered all that were open.
    let (ids, open) = (listed("all")?, listed("open")?);
    let site = |nth: usize| sites[nth * 13 % sites.len()].clone();
    let mut found = Vec::new();
    let reads: Vec<(&[Client], Page)> = vec![
        (
            &desks,
            (
                "queue of a site, by deadline",
                Box::new(|n| format!("/cases?site={}&kind=consultation&sort=due", site(n))),
            ),
        ),
        (
            &desks,
            (
                "whole queue of a site, by deadline",
                Box::new(|n| format!("/cases?site={}&sort=due", site(n))),
            ),
        ),
        (
            &chief,
            (
                "queue of the company, by deadline",
                Box::new(|_| "/cases?kind=consultation&sort=due".to_owned()),
            ),
        ),
        (
            &desks,
            ("case", Box::new(|n| format!("/cases/{}", ids[n % ids.len()]))),
        ),
        (
            &desks,
            (
                "person by phone",
                Box::new(|n| format!("/search?q=13800{:06}", 100_000 + n * 37 % 300)),
            ),
        ),
        (
            &desks,
            (
                "person by pinyin",
                Box::new(|n| {
                    format!(
                        "/search?q={}",
                        ["wangwei", "liufang", "chenjing", "yl", "zhaolei"][n % 5]
                    )
                }),
            ),
        ),
        (
            &desks,
            (
                "room",
                Box::new(|n| format!("/search?q={}-1-{}02", n % 2 + 1, n % 17 + 1)),
            ),
        ),
        (
            &desks,
            (
                "word of two characters",
                Box::new(|_| "/cases?q=%E6%BC%8F%E6%B0%B4".to_owned()),
            ),
        ),
        (
            &desks,
            (
                "word in half of all cases",
                Box::new(|_| "/cases?q=%E5%B0%BD%E5%BF%AB".to_owned()),
            ),
        ),
        (
            &local,
            (
                "the same for an actor of one site",
                Box::new(|_| "/cases?q=%E5%B0%BD%E5%BF%AB".to_owned()),
            ),
        ),
        (&chief, ("clause board", Box::new(|_| "/clauses".to_owned()))),
    ];
    for (clients, (name, path)) in &reads {
        let send = |nth: usize| clients[nth % clients.len()].get(&path(nth)).map(|_| ());
        let rows = page(&clients[0], &path(0))?["items"].as_array().map(Vec::len);
        let name = rows.map_or((*name).to_owned(), |rows| format!("{name} ({rows} rows)"));
        found.push(timed(&name, rate, seconds, &send)?);
    }
    // Each open case is acted on once, as it was listed.
    let seen: Vec<(String, i64)> = open
        .iter()
        .filter_map(|id| {
            Some((
                id.clone(),
                page(&desks[0], &format!("/cases/{id}")).ok()?["seq"].as_i64()?,
            ))
        })
        .collect();
    if !seen.is_empty() {
        let body = json!({ "action": "answer", "input": { "answer": "已安排专人上门处理" } });
        let seconds = (seen.len() / rate).clamp(1, seconds);
        let send = |nth: usize| match seen.get(nth) {
            Some((id, seq)) => desks[nth % desks.len()]
                .post(&format!("/cases/{id}/actions"), Some(*seq), &body)
                .map(|_| ()),
            None => Ok(()),
        };
        found.push(timed("an action", rate, seconds, &send)?);
    }
    Ok(found)
}

/// Sends at a rate, by a schedule; gives the median, the 99th percentile, and our share of a processor.
fn timed(
    name: &str,
    rate: usize,
    seconds: usize,
    send: &(dyn Fn(usize) -> anyhow::Result<()> + Sync),
) -> anyhow::Result<(String, f64, f64, f64)> {
    for nth in 0..10 {
        if name != "an action" {
            send(nth)?;
        }
    }
    let (count, next) = (rate * seconds, AtomicUsize::new(0));
    let (took, failed) = (Mutex::new(Vec::with_capacity(count)), Mutex::new(None));
    let (begin, meter) = (Instant::now(), Meter::start());
    std::thread::scope(|scope| {
        for _ in 0..BROWSERS {
            scope.spawn(|| {
                loop {
                    let nth = next.fetch_add(1, Ordering::Relaxed);
                    if nth >= count {
                        return;
                    }
                    let due = begin + Duration::from_secs_f64(nth as f64 / rate as f64);
                    std::thread::sleep(due.saturating_duration_since(Instant::now()));
                    match send(nth) {
                        Ok(()) => took
                            .lock()
                            .unwrap_or_else(std::sync::PoisonError::into_inner)
                            .push(due.elapsed().as_secs_f64() * 1000.0),
                        Err(error) => {
                            *failed.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(error);
                        }
                    }
                }
            });
        }
    });
    if let Some(error) = failed
        .into_inner()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
    {
        eprintln!("{name}: {error:#}");
    }
    let mut took = took
        .into_inner()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    took.sort_by(f64::total_cmp);
    let at = |share: f64| {
        took.get(((took.len().max(1) - 1) as f64 * share) as usize)
            .copied()
            .unwrap_or(f64::NAN)
    };
    Ok((name.to_owned(), at(0.5), at(0.99), meter.share()))
}

/// The server's own memory, shared pages by their share, in MB.
fn pss(pid: u32) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with("Pss:"));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok())
        .unwrap_or(0)
        / 1024
}
