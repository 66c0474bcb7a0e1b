//! `kill -9` cannot tell a synced write from a cached one, so the system calls are looked at: between the request and
//! the answer that acknowledges it, the log of the database was synced.

use crate::cluster::{Cluster, is_root};
use crate::load::cast;
use crate::node::{Plan, have, person};
use crate::support::TestDb;
use crate::support::server::World;
use serde_json::json;
use std::path::Path;
use std::process::{Command, Stdio};

const CALLS: &str = "trace=fsync,fdatasync,pwrite64,write,writev,sendto,sendmsg,read,recvfrom,recvmsg";

/// Whether this machine lets programs be traced.
fn may_trace() -> bool {
    let tried = have("strace")
        && Command::new("strace")
            .args(["-f", "-o", "/dev/null", "true"])
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success());
    if !tried {
        println!("SKIPPED: no trace of system calls");
    }
    tried
}

async fn register(plan: &Plan, world: &World) {
    let body = json!({
        "site": world.site, "channel": "call", "said": "灯坏了",
        "judgements": [{"judgement": "complaint", "data": {"content": "灯坏了"}}], "read_back": true,
    });
    person(plan, "front-desk")
        .await
        .post("/contacts", body)
        .await
        .ok();
}

/// Asserts that a file of that name was synced after the request was read and before its answer was sent.
fn synced_before_answer(trace: &str, file: &str) {
    let lines: Vec<&str> = trace.lines().collect();
    let request = lines.iter().position(|l| l.contains("POST /api/v1/contacts"));
    let request = request.expect("the request is in the trace");
    let answer = lines[request..].iter().position(|l| l.contains("HTTP/1.1 201"));
    let answer = request + answer.expect("the answer is in the trace");
    let between = &lines[request..answer];
    let begins = |line: &str| (line.contains("fdatasync(") || line.contains("fsync(")) && line.contains(file);
    let ends = |line: &str, id: &str| {
        line.starts_with(id) && line.contains("sync resumed>") && line.ends_with("= 0")
    };
    let synced = between.iter().enumerate().any(|(at, line)| {
        let id = line.split_whitespace().next().unwrap_or_default();
        begins(line) && (line.ends_with("= 0") || between[at..].iter().any(|later| ends(later, id)))
    });
    assert!(
        synced,
        "no sync of {file} before the answer:\n{}",
        between.join("\n")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_is_synced_before_the_answer() {
    if !may_trace() {
        return;
    }
    let db = TestDb::sqlite().await;
    let world = cast(&db).await;
    let folder = tempfile::tempdir().expect("folder");
    let trace = folder.path().join("trace");
    let mut plan = Plan::new(db.url(), folder.path());
    let line = ["strace", "-f", "-y", "-s", "48", "-e", CALLS, "-o"];
    plan.under = line.iter().map(|&word| word.to_owned()).collect();
    plan.under.push(trace.display().to_string());
    let node = plan.start().await;
    register(&plan, &world).await;
    end(node, &trace).await;
    synced_before_answer(&std::fs::read_to_string(&trace).expect("trace"), "sqlite-wal>");
}

/// The program and the server are traced together, so that the order of their calls is known.
#[tokio::test(flavor = "multi_thread")]
async fn postgres_is_synced_before_the_answer() {
    if !may_trace() || !is_root() {
        println!("SKIPPED: to trace PostgreSQL needs root");
        return;
    }
    let Some(cluster) = Cluster::start_new() else {
        return;
    };
    cluster.psql("create database yizhan");
    let db = TestDb::at(&cluster.url("yizhan")).await;
    let world = cast(&db).await;
    let folder = tempfile::tempdir().expect("folder");
    let trace = folder.path().join("trace");
    let plan = Plan::new(db.url(), folder.path());
    let node = plan.start().await;
    let backends = cluster.psql("select string_agg(pid::text, ',') from pg_stat_activity");
    let mut strace = Command::new("strace")
        .args([
            "-f",
            "-y",
            "-s",
            "48",
            "-e",
            CALLS,
            "-p",
            &node.id().to_string(),
            "-p",
            &cluster.id(),
        ])
        .args(backends.split(',').flat_map(|id| ["-p", id]))
        .arg("-o")
        .arg(&trace)
        .stderr(Stdio::null())
        .spawn()
        .expect("strace");
    crate::node::until("the trace has begun", async || {
        person(&plan, "front-desk").await;
        std::fs::read_to_string(&trace).is_ok_and(|text| text.contains("POST /api/v1/session"))
    })
    .await;
    register(&plan, &world).await;
    end(node, &trace).await;
    let _ = strace.kill();
    let _ = strace.wait();
    synced_before_answer(&std::fs::read_to_string(&trace).expect("trace"), "pg_wal/");
}

/// Waits until the answer is in the trace, and ends the program.
async fn end(mut node: crate::node::Node, trace: &Path) {
    crate::node::until("the answer is in the trace", async || {
        std::fs::read_to_string(trace).is_ok_and(|text| text.contains("HTTP/1.1 201"))
    })
    .await;
    node.kill();
}
