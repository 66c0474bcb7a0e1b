//! Registering a contact with its case through the API, durable, 8 clients; against the same rows written by the
//! database's own tool.

use crate::client::Client;
use crate::company::{self, DESKS, Plan, Site};
use crate::cpu::{self, Meter};
use crate::place::{self, Kind, Place, told};
use crate::rows::Snapshot;
use crate::server::Server;
use crate::shell::{Form, Registration, described, pgbench, shell};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use yizhan::app::Config;
use yizhan::clock::{Clock, Ids};

const SITES: usize = 100;
const HOMES: usize = 3_000;
/// Registrations the sqlite3 shell repeats.
const SHELL: usize = 3_000;
/// What a slow disk takes for an fsync.
const SLOW_MS: u64 = 5;

pub fn run(on: Option<Kind>, seconds: u64) -> anyhow::Result<()> {
    for kind in Kind::those(on) {
        println!("# Registering on {kind:?} (load before: {})", cpu::load());
        if kind == Kind::Sqlite {
            place::shell()?;
        }
        let place = Place::fresh(kind, "bench_register")?;
        let sites = Arc::new(build(&place)?);
        let captured = capture(&place, &sites)?;
        println!("{}", described(&captured[0], kind));
        let length = Duration::from_secs(seconds);
        compare(&place, &sites, &captured, "100 sites", length, None)?;
        compare(&place, &sites[..1], &captured[..1], "one site", length, None)?;
        if kind == Kind::Sqlite {
            let slow = slow_disk(&place.folder)?;
            compare(
                &place,
                &sites,
                &captured,
                "100 sites, 5 ms an fsync",
                length,
                Some(&slow),
            )?;
        }
    }
    Ok(())
}

fn build(place: &Place) -> anyhow::Result<Vec<Site>> {
    tokio::runtime::Runtime::new()?.block_on(async {
        let config = Config {
            database: place.url.clone(),
            files: place.folder.join("files"),
            ..Config::default()
        };
        let app = yizhan::app::open(config, Clock::system(), Ids::seeded(1)).await?;
        let plan = Plan {
            seed: 1,
            sites: SITES,
            homes: HOMES,
        };
        let sites = company::build(&app, plan).await?;
        app.db.close().await;
        Ok(sites)
    })
}

/// One real registration at each site, and the rows it wrote.
fn capture(place: &Place, sites: &[Site]) -> anyhow::Result<Vec<Registration>> {
    let server = Server::start(place, None)?;
    let client = Client::sign_in(&server.base, "desk1")?;
    let mut all = Vec::new();
    // The counters of the second one are there already, as they are for all that follow.
    for index in 0..2 {
        for (nth, site) in sites.iter().enumerate() {
            if index == 0 {
                client.post("/contacts", None, &contact(site, nth))?;
                continue;
            }
            if nth >= 8 {
                break;
            }
            let before = Snapshot::take(place)?;
            client.post("/contacts", None, &contact(site, nth))?;
            let (rows, counters) = before.until(&Snapshot::take(place)?, place.kind)?;
            all.push(Registration { rows, counters });
        }
    }
    Ok(spread(all, sites))
}

/// What was captured at some sites, as it would be at all: ids of places and people are those of the site.
fn spread(all: Vec<Registration>, sites: &[Site]) -> Vec<Registration> {
    let from: Vec<Vec<String>> = sites.iter().map(names).collect();
    (0..sites.len())
        .map(|nth| {
            let (base, source) = (nth % all.len(), &all[nth % all.len()]);
            let swap = |text: &String| {
                let mut text = text.clone();
                for (old, new) in from[base].iter().zip(&from[nth]) {
                    if text.contains(old.as_str()) {
                        text = text.replace(old.as_str(), new);
                    }
                }
                text
            };
            let mut rows = source.rows.clone();
            for cell in rows.iter_mut().flat_map(|r| &mut r.rows).flatten() {
                *cell = cell.as_ref().map(&swap);
            }
            Registration {
                rows,
                counters: source.counters.iter().map(&swap).collect(),
            }
        })
        .collect()
}

/// Everything that names a site, its staff and the home used for capturing.
fn names(site: &Site) -> Vec<String> {
    let mut all = vec![
        site.id.clone(),
        site.id.to_lowercase(),
        site.code.clone(),
        site.code.to_lowercase(),
    ];
    all.extend(site.crew.iter().cloned());
    let home = &site.homes[0];
    all.extend([home.0.clone(), home.1.clone(), home.2.clone()]);
    all
}

/// A customer calls: half of it repairs, the rest complaints and questions.
fn contact(site: &Site, nth: usize) -> Value {
    let home = &site.homes[if nth < SITES { 0 } else { nth % site.homes.len() }];
    let (judgement, data) = match nth % 4 {
        0 | 2 => (
            "repair",
            json!({ "content": "昨晚开始卫生间顶上滴水，吊顶已经湿了一片", "part": "厨卫防水", "place": "户内", "spot": "主卫吊顶" }),
        ),
        1 => (
            "complaint",
            json!({ "content": "楼上装修早上七点就开始敲墙，家里老人没法休息", "sphere": "物业服务", "severity": "一般" }),
        ),
        _ => (
            "consultation",
            json!({ "content": "办理产权证需要带哪些材料，什么时候能来办", "category": "合同与产权" }),
        ),
    };
    json!({
        "site": site.id, "channel": "call", "home": home.0, "customer": home.1,
        "caller_name": "王女士", "caller_phone": "13800138000",
        "said": format!("客户来电：{}", data["content"].as_str().unwrap_or_default()),
        "judgements": [{ "judgement": judgement, "urgency": 0, "data": data }], "read_back": true,
    })
}

fn compare(
    place: &Place,
    sites: &[Site],
    captured: &[Registration],
    what: &str,
    length: Duration,
    preload: Option<&Path>,
) -> anyhow::Result<()> {
    let baseline = |form| match place.kind {
        Kind::Postgres => pgbench(place, captured, form, DESKS, length.as_secs()),
        Kind::Sqlite => shell(
            place,
            captured,
            form,
            if preload.is_some() { SHELL / 4 } else { SHELL },
            preload,
        ),
    };
    let by_row = baseline(Form::Row)?;
    let ours = api(place, sites, length, preload)?;
    let by_table = baseline(Form::Table)?;
    println!(
        "{what}: API {:.0}/s; {} {by_row:.0}/s with an insert a row (ratio {:.2}), {by_table:.0}/s with an insert a table \
         (ratio {:.2}); generator {:.0} % and server {:.0} % of one processor; p50 {:.1} ms, p99 {:.1} ms; load {}",
        ours.rate,
        if place.kind == Kind::Sqlite {
            "sqlite3"
        } else {
            "pgbench"
        },
        ours.rate / by_row,
        ours.rate / by_table,
        ours.generator * 100.0,
        ours.server * 100.0,
        ours.p50,
        ours.p99,
        cpu::load()
    );
    Ok(())
}

struct Rate {
    rate: f64,
    generator: f64,
    server: f64,
    p50: f64,
    p99: f64,
}

/// Registrations a second by the API.
fn api(place: &Place, sites: &[Site], length: Duration, preload: Option<&Path>) -> anyhow::Result<Rate> {
    let server = Server::start(place, preload)?;
    let clients: anyhow::Result<Vec<Client>> = (1..=DESKS)
        .map(|desk| Client::sign_in(&server.base, &format!("desk{desk}")))
        .collect();
    let clients = clients?;
    let (next, stop, counting) = (
        AtomicUsize::new(SITES),
        AtomicBool::new(false),
        AtomicBool::new(false),
    );
    std::thread::scope(|scope| -> anyhow::Result<Rate> {
        let work = |client: Client| {
            let mut took = Vec::new();
            while !stop.load(Ordering::Relaxed) {
                let nth = next.fetch_add(1, Ordering::Relaxed);
                let body = contact(&sites[nth % sites.len()], nth);
                let begin = Instant::now();
                client.post("/contacts", None, &body)?;
                if counting.load(Ordering::Relaxed) {
                    took.push(begin.elapsed().as_secs_f64() * 1000.0);
                }
            }
            anyhow::Ok(took)
        };
        let threads: Vec<_> = clients
            .into_iter()
            .map(|client| scope.spawn(move || work(client)))
            .collect();
        std::thread::sleep(Duration::from_secs(2));
        let (meter, busy) = (Meter::start(), cpu::seconds(&server.pid().to_string()));
        counting.store(true, Ordering::Relaxed);
        let (begin, first) = (Instant::now(), next.load(Ordering::Relaxed));
        std::thread::sleep(length);
        let count = next.load(Ordering::Relaxed) - first;
        let elapsed = begin.elapsed().as_secs_f64();
        let (generator, server) = (
            meter.share(),
            (cpu::seconds(&server.pid().to_string()) - busy) / elapsed,
        );
        stop.store(true, Ordering::Relaxed);
        let mut took = Vec::new();
        for thread in threads {
            took.extend(
                thread
                    .join()
                    .map_err(|_| anyhow::anyhow!("a client panicked"))??,
            );
        }
        took.sort_by(f64::total_cmp);
        let at = |share: f64| took[((took.len() - 1) as f64 * share) as usize];
        Ok(Rate {
            rate: count as f64 / elapsed,
            generator,
            server,
            p50: at(0.5),
            p99: at(0.99),
        })
    })
}

/// A library that makes every fsync take as long as a slow disk's.
fn slow_disk(folder: &Path) -> anyhow::Result<PathBuf> {
    let (source, library) = (folder.join("slow.c"), folder.join("slow.so"));
    let text = format!(
        "#define _GNU_SOURCE\n#include <dlfcn.h>\n#include <unistd.h>\n\
         static int slow(const char *name, int file) {{\n  usleep({});\n\
         int (*real)(int) = dlsym(RTLD_NEXT, name);\n  return real(file);\n}}\n\
         int fsync(int file) {{ return slow(\"fsync\", file); }}\n\
         int fdatasync(int file) {{ return slow(\"fdatasync\", file); }}\n",
        SLOW_MS * 1000
    );
    std::fs::write(&source, text)?;
    told(
        Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-o"])
            .arg(&library)
            .arg(&source)
            .arg("-ldl"),
    )?;
    Ok(library)
}
