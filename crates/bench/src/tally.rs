//! What was asked, what was answered, and how much of the error budget that took.

use reqwest::RequestBuilder;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Longer nobody waits: it has failed.
pub const PATIENCE: Duration = Duration::from_secs(20);
/// Shares of requests that may fail, and that may take longer than their limit.
const MAY_FAIL: f64 = 0.001;
const MAY_BE_SLOW: f64 = 0.01;

/// How long an answer of each sort may take.
fn limit(name: &str) -> Duration {
    Duration::from_millis(match name {
        "register" | "act" => 500,
        "upload" => 1_000,
        _ => 200,
    })
}

/// The tally.
#[derive(Default)]
pub struct Tally {
    sorts: Mutex<BTreeMap<&'static str, Sort>>,
    listening: AtomicI64,
    events: AtomicUsize,
}

#[derive(Default)]
struct Sort {
    took: Vec<Duration>,
    failed: usize,
    /// The first failures, in words.
    why: Vec<String>,
}

impl Tally {
    /// Sends a request and notes what came of it, counted from when it was `due`; gives the body of a success.
    pub async fn note(&self, name: &'static str, due: Instant, request: RequestBuilder) -> Option<Value> {
        let answer = ask(request).await;
        let took = due.elapsed();
        let mut sorts = self.sorts.lock().unwrap_or_else(PoisonError::into_inner);
        let sort = sorts.entry(name).or_default();
        match answer {
            Ok(body) => {
                sort.took.push(took);
                Some(body)
            }
            Err(why) => {
                sort.failed += 1;
                if sort.why.len() < 3 {
                    sort.why.push(why);
                }
                None
            }
        }
    }

    /// A live connection began, or ended.
    pub fn listening(&self, change: i64) {
        self.listening.fetch_add(change, Ordering::Relaxed);
    }

    /// Events came over live connections.
    pub fn heard(&self, events: usize) {
        self.events.fetch_add(events, Ordering::Relaxed);
    }

    /// Live connections that are open.
    pub fn open(&self) -> i64 {
        self.listening.load(Ordering::Relaxed)
    }

    /// Prints the table; gives whether the budget was kept.
    pub fn report(&self) -> bool {
        println!("| | asked | answered | failed | p50 ms | p99 ms | limit ms | slow | budget used |");
        println!("|---|---|---|---|---|---|---|---|---|");
        let mut sorts = self.sorts.lock().unwrap_or_else(PoisonError::into_inner);
        let mut kept = true;
        for (name, sort) in sorts.iter_mut() {
            sort.took.sort_unstable();
            let (limit, answered) = (limit(name), sort.took.len());
            let asked = answered + sort.failed;
            let slow = sort.took.iter().filter(|took| **took > limit).count();
            let share = |count: usize| count as f64 / asked.max(1) as f64;
            let used = (share(sort.failed) / MAY_FAIL).max(share(slow) / MAY_BE_SLOW);
            kept &= used <= 1.0;
            println!(
                "| {name} | {asked} | {answered} | {} | {:.0} | {:.0} | {} | {slow} | {:.0} % |",
                sort.failed,
                nth(&sort.took, 0.5),
                nth(&sort.took, 0.99),
                limit.as_millis(),
                used * 100.0
            );
            for why in &sort.why {
                eprintln!("{name}: {why}");
            }
        }
        println!(
            "live connections open at the end: {}; events heard: {}",
            self.open(),
            self.events.load(Ordering::Relaxed)
        );
        kept
    }
}

async fn ask(request: RequestBuilder) -> Result<Value, String> {
    let answer = request.send().await.map_err(|error| format!("{error:?}"))?;
    let status = answer.status();
    let body = answer.bytes().await.map_err(|error| error.to_string())?;
    if !status.is_success() {
        return Err(format!("{status} {}", String::from_utf8_lossy(&body)));
    }
    serde_json::from_slice(&body).map_err(|error| error.to_string())
}

fn nth(sorted: &[Duration], share: f64) -> f64 {
    let at = (sorted.len() as f64 * share) as usize;
    let took = sorted.get(at.min(sorted.len().saturating_sub(1)));
    took.map_or(0.0, |took| took.as_secs_f64() * 1000.0)
}
