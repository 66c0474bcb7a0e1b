//! A small manual, its people, and the verbs the tests need.

use crate::door::{Door, START};
use crate::support::TestDb;
use engine::case::{Case, Data};
use engine::step::{Actor, Input, Start};
use sea_orm::FromQueryResult;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use yizhan::app::App;
use yizhan::cases::pen::Pen;
use yizhan::cases::{act, load, opening, scheduler};
use yizhan::contacts::register::{Registered, register};
use yizhan::contacts::request::{ContactRequest, JudgementRequest};
use yizhan::db::{Sql, Tx};
use yizhan::error::Problem;
use yizhan::measure::{fill, rounds};
use yizhan::{manual, vals};

pub use crate::door::{FAR, SITE};
pub const MINUTE: i64 = 60_000;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;

/// A fact as the database holds it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, FromQueryResult)]
pub struct Fact {
    pub clause: String,
    pub subject: String,
    pub period: String,
    pub at: i64,
    pub site_id: String,
    pub department: String,
    pub staff_id: Option<String>,
    pub compliance: String,
    pub reason: Option<String>,
}

pub struct Town {
    pub door: Door,
    pub desk: String,
    pub engineer: String,
}

/// Files of the manual of these tests.
pub fn files() -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/measure/manual");
    manual::read_folder(&folder).expect("manual")
}

/// The same with the clauses changed.
pub fn files_with(change: impl FnOnce(&mut String)) -> BTreeMap<String, String> {
    let mut files = files();
    change(files.get_mut("job/clauses.toml").expect("clauses"));
    files
}

impl Town {
    pub async fn open(db: TestDb) -> Town {
        manual::publish(&db, files(), None, START).await.expect("publish");
        let door = Door::open(db).await;
        let desk = door.staff("desk", "desk", None).await;
        let engineer = door.staff("engineer", "engineer", None).await;
        fill::catch_up(&door.app).await.expect("fill");
        Town { door, desk, engineer }
    }

    pub fn app(&self) -> &App {
        &self.door.app
    }

    pub fn now(&self) -> i64 {
        self.app().clock.now()
    }

    /// Lets time pass and fires what is due.
    pub async fn pass(&self, ms: i64) {
        self.app().clock.advance(ms);
        while scheduler::fire_due(self.app()).await.expect("scheduler") > 0 {}
    }

    /// Opens so many jobs in one transaction.
    pub async fn jobs(&self, site: &'static str, count: usize) -> Vec<String> {
        let (app, by, at) = (self.app().clone(), self.desk.clone(), self.now());
        let written = self.app().db.write::<_, Problem, _>(move |tx| {
            Box::pin(async move {
                let pen = pen(&app, tx, &by, at);
                let mut ids = Vec::new();
                for _ in 0..count {
                    let data = as_data(json!({"what": "水管漏水"}));
                    let start = Start {
                        kind: "job".to_owned(),
                        site: site.to_owned(),
                        data,
                        ..Start::default()
                    };
                    ids.push(opening::open(&pen, start).await?.id);
                }
                Ok(ids)
            })
        });
        written.await.expect("open")
    }

    pub async fn job(&self, site: &'static str) -> String {
        self.jobs(site, 1).await.remove(0)
    }

    /// Does an action as somebody, at an instant.
    pub async fn act(
        &self,
        case: &str,
        by: &str,
        action: &str,
        input: Value,
        at: i64,
    ) -> Result<Case, Problem> {
        act_on(self.app(), case, by, action, input, at).await
    }

    /// Does an action now, which must succeed.
    pub async fn must(&self, case: &str, by: &str, action: &str, input: Value) -> Case {
        let done = self.act(case, by, action, input, self.now()).await;
        done.unwrap_or_else(|problem| panic!("{action}: {problem:?}"))
    }

    /// Registers a contact at the desk.
    pub async fn contact(&self, site: &str, judgement: &str) -> Registered {
        let data = as_data(json!({"what": "水管漏水"}));
        let judged = JudgementRequest {
            judgement: judgement.to_owned(),
            urgency: 0,
            data,
            ..JudgementRequest::default()
        };
        let request = ContactRequest {
            site: site.to_owned(),
            channel: "call".to_owned(),
            said: "厨房水管漏水".to_owned(),
            judgements: vec![judged],
            ..ContactRequest::default()
        };
        let (app, by, at) = (self.app().clone(), self.desk.clone(), self.now());
        let written = self.app().db.write::<_, Problem, _>(move |tx| {
            Box::pin(async move { register(&pen(&app, tx, &by, at), request).await })
        });
        written.await.expect("contact")
    }

    /// All facts, by clause and subject.
    pub async fn facts(&self) -> Vec<Fact> {
        let sql =
            "select clause, subject, period, at, site_id, department, staff_id, compliance, reason from fact";
        let mut facts: Vec<Fact> = self.app().db.read().rows(sql, vals![]).await.expect("facts");
        facts.sort();
        facts
    }

    /// How a subject stands to a clause; none when it is not in its base.
    pub async fn stands(&self, clause: &str, subject: &str) -> Option<String> {
        let found = self.facts().await.into_iter();
        let mut found = found.filter(|f| f.clause == clause && f.subject == subject);
        found.next().map(|f| f.compliance)
    }

    /// Forgets all facts and computes them anew from what there is.
    pub async fn recompute(&self) {
        self.door.sql("delete from fact", vals![]).await;
        self.door.sql("delete from clause_fill", vals![]).await;
        fill::catch_up(self.app()).await.expect("fill");
        rounds::catch_up(self.app()).await.expect("rounds");
    }

    /// Puts another manual into force, without filling.
    pub async fn publish(&self, files: BTreeMap<String, String>) {
        manual::publish(&self.app().db, files, None, self.now())
            .await
            .expect("publish");
    }
}

pub async fn act_on(
    app: &App,
    case: &str,
    by: &str,
    action: &str,
    input: Value,
    at: i64,
) -> Result<Case, Problem> {
    let (shared, case, by) = (app.clone(), case.to_owned(), by.to_owned());
    let input = Input {
        action: action.to_owned(),
        values: as_data(input),
    };
    app.db
        .write(move |tx| {
            Box::pin(async move {
                let case = load::locked(tx, &case).await?;
                act::act(&pen(&shared, tx, &by, at), &case, input).await
            })
        })
        .await
}

fn pen<'a>(app: &'a App, tx: &'a Tx, by: &str, at: i64) -> Pen<'a> {
    Pen {
        app,
        tx,
        actor: Actor::Staff(by.to_owned()),
        actor_id: Some(by.to_owned()),
        at,
        quiet: false,
    }
}

fn as_data(value: Value) -> Data {
    match value {
        Value::Object(data) => data,
        other => panic!("no form: {other}"),
    }
}
