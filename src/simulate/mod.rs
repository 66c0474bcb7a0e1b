//! The simulator: a demonstration company that lives for some days in virtual time, by the same verbs as everybody.
//!
//! The same seed gives the same company. Nothing in it is real.

mod acting;
mod arrivals;
mod cast;
mod chance;
pub mod clock;
mod company;
mod compared;
mod forms;
mod life;
mod moves;
mod pace;
mod pictures;
mod rehearsal;
mod weights;
pub mod whatif;
mod words;

use crate::auth;
use crate::clock::{Clock, Ids};
use crate::context::{App, Config};
use crate::db::{Sql, Tx};
use crate::error::Problem;
use crate::measure;
use crate::owner::links::home_link;
use crate::vals;
use cast::Cast;
use chance::{Chance, DAY, HOUR, MINUTE};
use company::Site;
use life::Life;
use pictures::Album;
use rehearsal::Rehearsal;
use sea_orm::FromQueryResult;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt;

pub use cast::PASSWORD;

/// Homes of the usual demonstration.
pub const HOMES: usize = 240;
/// Days of the usual demonstration.
pub const DAYS: u32 = 45;
/// Tasks that share a commit.
const BATCH: usize = 200;

/// What is simulated.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Source of all chance.
    pub seed: u64,
    /// Homes.
    pub homes: usize,
    /// Days of life.
    pub days: u32,
    /// The present, at which it ends; Unix epoch milliseconds.
    pub now: i64,
}

impl Plan {
    /// When it begins.
    fn start(&self) -> i64 {
        self.now - i64::from(self.days) * DAY
    }
}

/// What came of it.
#[derive(Debug, Default, Serialize)]
pub struct Summary {
    /// Homes.
    pub homes: i64,
    /// Customers.
    pub customers: i64,
    /// Members of staff.
    pub staff: i64,
    /// Entries of the register.
    pub contacts: i64,
    /// Cases.
    pub cases: i64,
    /// Cases that are open.
    pub open: i64,
    /// Open cases with a deadline that has passed.
    pub late: i64,
    /// Work orders nobody has taken.
    pub pool: i64,
    /// Signatures that are waited for.
    pub to_sign: i64,
    /// Events of the ledger.
    pub events: i64,
    /// Refusals of the manual, with how often: where chance did not fit it.
    pub refused: BTreeMap<String, usize>,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "演示公司：{} 套房屋，{} 位客户，{} 名员工；来电来访 {} 条，事项 {} 件（在办 {}，其中超时 {}，待抢单 {}，待签 {}），经过 {} 条",
            self.homes,
            self.customers,
            self.staff,
            self.contacts,
            self.cases,
            self.open,
            self.late,
            self.pool,
            self.to_sign,
            self.events
        )
    }
}

/// The demonstration's accounts, a line each.
pub fn accounts(app: &App) -> Vec<String> {
    let said = |name: &Value| name.as_str().unwrap_or_default().to_owned();
    let lines = cast::accounts(app).into_iter();
    lines
        .map(|a| {
            format!(
                "{}（{}）：账号 {}，密码 {}",
                said(&a["post"]),
                said(&a["name"]),
                said(&a["login"]),
                said(&a["password"])
            )
        })
        .collect()
}

/// Whether the database has staff: then it is somebody's, and is left alone.
///
/// # Errors
/// The database's.
pub async fn has_staff(app: &App) -> Result<bool, Problem> {
    let found: Option<String> = app
        .db
        .read()
        .scalar("select id from staff limit 1", vals![])
        .await?;
    Ok(found.is_some())
}

/// Fills an empty database with the demonstration company.
///
/// # Errors
/// When the database has staff already, or fails.
pub async fn run(config: &Config, plan: Plan) -> anyhow::Result<Summary> {
    live(config, plan, None).await
}

/// [`run`], or with a rehearsal the same days as they would go with other people or rules.
async fn live(config: &Config, plan: Plan, rehearsal: Option<Rehearsal>) -> anyhow::Result<Summary> {
    let clock = Clock::virtual_at(plan.start());
    let app = crate::app::open(config.clone(), clock.clone(), Ids::seeded(plan.seed)).await?;
    let told = |problem: Problem| anyhow::anyhow!("{problem:?}");
    if has_staff(&app).await.map_err(told)? {
        anyhow::bail!("数据库里已经有员工，不能再生成演示数据；请换一个空的数据库");
    }
    measure::fill::catch_up(&app).await.map_err(told)?;
    let password = auth::password::hash(PASSWORD.to_owned()).await.map_err(told)?;
    let album = Album::draw(&app).await.map_err(told)?;
    let mut life = settle(&app, plan, password, album, rehearsal)
        .await
        .map_err(told)?;
    loop {
        let (back, more) = app
            .db
            .write(move |tx| {
                Box::pin(async move {
                    let more = life.go_on(tx, BATCH).await?;
                    Ok::<_, Problem>((life, more))
                })
            })
            .await
            .map_err(told)?;
        life = back;
        if !more {
            break;
        }
    }
    clock.set(plan.now);
    close(&app, plan).await.map_err(told)?;
    measure::fill::catch_up(&app).await.map_err(told)?;
    measure::rounds::catch_up(&app).await.map_err(told)?;
    let mut summary = count(&app, plan).await.map_err(told)?;
    summary.refused = life.refused;
    drop(life.app);
    app.db.close().await;
    Ok(summary)
}

/// The company on its first day.
async fn settle(
    app: &App,
    plan: Plan,
    password: String,
    album: Album,
    rehearsal: Option<Rehearsal>,
) -> Result<Life, Problem> {
    let shared = app.clone();
    let more = rehearsal.as_ref().map_or(0, |r| r.engineers);
    app.db
        .write(move |tx| {
            Box::pin(async move {
                let mut chance = Chance::seeded(plan.seed);
                let sites: Vec<Site> = company::build(tx, &shared, &mut chance, &plan).await?;
                let cast: Cast = cast::hire(tx, &shared, &sites, &password, &plan, more).await?;
                let mut life = Life::new(shared, chance, plan, sites, cast, album);
                life.rehearsal = rehearsal;
                Ok(life)
            })
        })
        .await
}

/// The last touches: older notices are read, and the page for signing in knows the accounts.
async fn close(app: &App, plan: Plan) -> Result<(), Problem> {
    let shared = app.clone();
    app.db
        .write(move |tx| {
            Box::pin(async move {
                tx.run(
                    "update inbox set read_at = at + $1 where at < $2",
                    vals![10 * MINUTE, plan.now - 20 * HOUR],
                )
                .await?;
                let mut demo = json!({ "accounts": cast::accounts(&shared) });
                if let Some(url) = owner_link(&shared, tx).await? {
                    demo["owner"] = json!({ "url": url });
                }
                tx.run(
                    "insert into setting (name, value) values ('demo', $1) \
                     on conflict (name) do update set value = excluded.value",
                    vals![demo],
                )
                .await?;
                Ok(())
            })
        })
        .await
}

#[derive(FromQueryResult)]
struct Lively {
    home_id: String,
    customer_id: String,
}

/// The link of an owner who has something going on.
async fn owner_link(app: &App, tx: &Tx) -> Result<Option<String>, Problem> {
    let lively: Option<Lively> = tx
        .row(
            "select home_id, customer_id from case_record where home_id is not null and customer_id is not null \
             and parent_id is null and kind in ('repair', 'complaint', 'consultation', 'matter') \
             group by home_id, customer_id \
             order by sum(case when closed_at is null then 1 else 0 end) desc, count(*) desc, home_id limit 1",
            vals![],
        )
        .await?;
    let Some(lively) = lively else { return Ok(None) };
    let token = home_link(app, tx, &lively.home_id, &lively.customer_id).await?;
    Ok(Some(format!("/o/{token}")))
}

async fn count(app: &App, plan: Plan) -> Result<Summary, Problem> {
    let read = app.db.read();
    let number = async |sql: &str| -> Result<i64, Problem> {
        Ok(read
            .scalar(&format!("select count(*) from {sql}"), vals![])
            .await?
            .unwrap_or(0))
    };
    Ok(Summary {
        homes: number("home").await?,
        customers: number("customer").await?,
        staff: number("staff").await?,
        contacts: number("contact").await?,
        cases: number("case_record").await?,
        open: number("case_record where closed_at is null").await?,
        late: number(&format!(
            "case_record where closed_at is null and next_due_at < {}",
            plan.now
        ))
        .await?,
        pool: number(
            "case_record c where c.kind = 'work-order' and c.closed_at is null and not exists \
             (select 1 from case_person p where p.case_id = c.id and p.relation = 'assignee')",
        )
        .await?,
        to_sign: number("(select distinct case_id, slot from sign_wait) as waiting").await?,
        events: number("case_event").await?,
        refused: BTreeMap::new(),
    })
}
