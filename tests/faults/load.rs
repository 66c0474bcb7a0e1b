//! People who register and note without end, and who send again, with the same key, what was not acknowledged.

use crate::node::{PATIENCE, Plan, person};
use crate::support::TestDb;
use crate::support::person::{Answer, Person};
use crate::support::server::World;
use reqwest::Method;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use yizhan::db::{Db, Sql};
use yizhan::vals;

/// What one of them was told is kept.
#[derive(Debug, Default)]
pub struct Acknowledged {
    /// Number of the contact, number of its case, notes written on it.
    pub matters: Vec<(String, String, i64)>,
}

/// The crowd.
pub struct Load {
    stop: Arc<AtomicBool>,
    acknowledged: Arc<AtomicU32>,
    tasks: JoinSet<Acknowledged>,
}

impl Load {
    /// Signs them in and lets them begin.
    pub async fn begin(plan: &Plan, world: &World, people: u32) -> Load {
        let (stop, acknowledged) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU32::new(0)));
        let mut tasks = JoinSet::new();
        for client in 0..people {
            let person = person(plan, "front-desk").await;
            let (site, stop, count) = (world.site.clone(), stop.clone(), acknowledged.clone());
            tasks.spawn(async move {
                let mut done = Acknowledged::default();
                while !stop.load(Ordering::Relaxed) {
                    let matter = format!("{client}-{}", done.matters.len());
                    done.matters.push(register(&person, &site, &matter, &count).await);
                }
                done
            });
        }
        Load {
            stop,
            acknowledged,
            tasks,
        }
    }

    /// How many writes were acknowledged so far.
    pub fn acknowledged(&self) -> u32 {
        self.acknowledged.load(Ordering::Relaxed)
    }

    /// Waits until so many more were acknowledged.
    pub async fn more(&self, count: u32) {
        let (begun, before) = (Instant::now(), self.acknowledged());
        while self.acknowledged() < before + count {
            assert!(begun.elapsed() < PATIENCE, "no write is acknowledged any more");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Lets everybody finish what they began.
    pub async fn end(mut self) -> Vec<Acknowledged> {
        self.stop.store(true, Ordering::Relaxed);
        let mut all = Vec::new();
        while let Some(done) = self.tasks.join_next().await {
            all.push(done.expect("a client"));
        }
        all
    }
}

/// Registers a complaint and writes two notes on its case.
async fn register(person: &Person, site: &str, matter: &str, count: &AtomicU32) -> (String, String, i64) {
    let body = json!({
        "site": site, "channel": "call", "said": format!("事情 {matter}"),
        "judgements": [{"judgement": "complaint", "data": {"content": matter}}], "read_back": true,
    });
    let key = format!("register-{matter}");
    let registered = insist(person, "/contacts", &body, &key, None, count).await;
    let case = &registered["cases"][0];
    let id = case["id"].as_str().expect("case");
    let mut seq = None;
    for note in 0..2 {
        let body = json!({"action": "note", "input": {"words": format!("记录 {matter}-{note}")}});
        let key = format!("note-{matter}-{note}");
        let seen: i64 = match seq {
            Some(seq) => seq,
            None => read_seq(person, id).await,
        };
        let path = format!("/cases/{id}/actions");
        let after = insist(person, &path, &body, &key, Some(seen), count).await;
        seq = after["seq"].as_i64();
    }
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    (text(&registered["number"]), text(&case["number"]), 2)
}

/// Sends until it is acknowledged, always with the same key.
async fn insist(
    person: &Person,
    path: &str,
    body: &Value,
    key: &str,
    seen: Option<i64>,
    count: &AtomicU32,
) -> Value {
    let mut headers = vec![("idempotency-key", key.to_owned())];
    headers.extend(seen.map(|seq| ("if-match", format!("\"{seq}\""))));
    let answer = again(|| person.try_send(Method::POST, path, Some(body.clone()), &headers)).await;
    count.fetch_add(1, Ordering::Relaxed);
    answer
}

async fn read_seq(person: &Person, id: &str) -> i64 {
    let path = format!("/cases/{id}");
    let case = again(|| person.try_send(Method::GET, &path, None, &[])).await;
    case["seq"].as_i64().expect("seq")
}

async fn again<F: Future<Output = reqwest::Result<Answer>>>(mut send: impl FnMut() -> F) -> Value {
    let begun = Instant::now();
    loop {
        match send().await {
            Ok(answer) if answer.status == 503 => {}
            Ok(answer) => return answer.ok(),
            // Nobody there, or gone before the answer was whole.
            Err(_) => {}
        }
        assert!(begun.elapsed() < PATIENCE, "the service does not return");
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
}

/// Every acknowledged write is there, none twice, and nothing else is.
pub async fn check(db: &Db, acknowledged: &[Acknowledged]) {
    let matters: Vec<_> = acknowledged.iter().flat_map(|a| &a.matters).collect();
    let count = |sql: &'static str| async move {
        let found: Option<i64> = db.read().scalar(sql, vals![]).await.expect(sql);
        usize::try_from(found.expect("a row")).expect("count")
    };
    assert_eq!(count("select count(*) from contact").await, matters.len());
    assert_eq!(
        count("select count(distinct said) from contact").await,
        matters.len()
    );
    assert_eq!(
        count("select count(*) from case_record where kind = 'complaint'").await,
        matters.len()
    );
    for (contact, case, notes) in matters {
        let found: Option<i64> = db
            .read()
            .scalar(
                "select count(*) from contact where number = $1",
                vals![contact.clone()],
            )
            .await
            .expect("contact");
        assert_eq!(found, Some(1), "{contact}");
        let found: Option<i64> = db
            .read()
            .scalar(
                "select count(*) from case_event e join case_record c on c.id = e.case_id \
                 where c.number = $1 and e.type = 'noted'",
                vals![case.clone()],
            )
            .await
            .expect("notes");
        assert_eq!(found, Some(*notes), "{case}");
    }
}

/// The cast of the tests, in the database of the test.
pub async fn cast(db: &TestDb) -> World {
    crate::support::server::Server::start(db).await.cast().await
}

/// Writes behind the program's back.
pub async fn run(db: &Db, sql: &'static str, values: Vec<sea_orm::Value>) {
    let ran = db.write(move |tx| Box::pin(async move { tx.run(sql, values).await }));
    ran.await.map_err(|error: sea_orm::DbErr| error).expect(sql);
}
