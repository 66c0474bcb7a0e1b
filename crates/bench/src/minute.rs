//! Cases with a clock running, each of which has one step of a ladder due within the same short time. All go through the
//! real engine in virtual time and are written by the product, many to a transaction.

use crate::company::{self, Plan, Site};
use crate::place::{Kind, Place, psql};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use std::sync::Arc;
use yizhan::app::{App, Config};
use yizhan::cases::pen::Pen;
use yizhan::cases::{act, load};
use yizhan::clock::{Clock, Ids};
use yizhan::contacts::register::register;
use yizhan::contacts::request::{ContactRequest, JudgementRequest};
use yizhan::db::{Sql, Tx};
use yizhan::error::Problem;
use yizhan::vals;
use yizhan_engine::step::{Actor, Input};

/// Homes of a site.
const HOMES: usize = 10;
/// Verbs that share a commit.
const BATCH: usize = 50;
/// Fill at once; each has sites of its own.
const HANDS: usize = 4;
const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

/// What is filled.
#[derive(Debug, Clone, Copy)]
pub struct Group {
    /// Sites; each has its own staff and its share of the cases.
    pub sites: usize,
    /// Cases, one step each.
    pub cases: usize,
    /// From the first step to the last, in milliseconds.
    pub spread: i64,
}

/// What was filled.
pub struct Filled {
    /// The instant of the first step, ten in the morning of a day to come.
    pub begins: i64,
    pub sites: Arc<Vec<Site>>,
}

/// Which cases, as they follow on each other, and how long after their beginning the step comes: a consultation and a
/// complaint tell of their hour a quarter before it ends, a work order that nobody accepts goes to all after five minutes.
const MIX: [(&str, i64); 10] = [
    ("consultation", 45),
    ("consultation", 45),
    ("complaint", 45),
    ("consultation", 45),
    ("repair", 5),
    ("consultation", 45),
    ("complaint", 45),
    ("consultation", 45),
    ("consultation", 45),
    ("complaint", 45),
];

/// Fills an empty place.
pub fn fill(place: &Place, what: Group) -> anyhow::Result<Filled> {
    let begins = Clock::system().now() / DAY * DAY + DAY + 2 * 60 * MINUTE;
    let runtime = tokio::runtime::Runtime::new()?;
    let sites = Arc::new(runtime.block_on(group(place, what, begins))?);
    runtime.block_on(lives(place, what, begins, sites.clone()))?;
    if place.kind == Kind::Postgres {
        psql(&place.url, "vacuum analyze")?;
    }
    Ok(Filled { begins, sites })
}

/// The product on a place, from within this program.
pub async fn open(place: &Place, clock: Clock, seed: u64) -> anyhow::Result<App> {
    let config = Config {
        database: place.url.clone(),
        files: place.folder.join("files"),
        ..Config::default()
    };
    yizhan::app::open(config, clock, Ids::seeded(seed)).await
}

async fn group(place: &Place, what: Group, begins: i64) -> anyhow::Result<Vec<Site>> {
    let app = open(place, Clock::virtual_at(begins - DAY), 7).await?;
    let plan = Plan {
        seed: 7,
        sites: what.sites,
        homes: what.sites * HOMES,
    };
    let sites = company::build(&app, plan).await?;
    // Whoever works at all sites would be told of everything.
    let gone = "delete from staff_post where staff_id in (select id from staff where login like 'desk%')";
    let apart = app
        .db
        .write::<_, Problem, _>(move |tx| Box::pin(async move { Ok(tx.run(gone, vals![]).await?) }));
    apart.await.map_err(|problem| anyhow::anyhow!("{problem:?}"))?;
    yizhan::measure::fill::catch_up(&app)
        .await
        .map_err(|problem| anyhow::anyhow!("{problem:?}"))?;
    app.db.close().await;
    Ok(sites)
}

async fn lives(place: &Place, what: Group, begins: i64, sites: Arc<Vec<Site>>) -> anyhow::Result<()> {
    let mut hands = tokio::task::JoinSet::new();
    for hand in 0..HANDS {
        let clock = Clock::virtual_at(begins - 60 * MINUTE);
        let app = open(place, clock.clone(), 100 + hand as u64).await?;
        hands.spawn(fill_hand(app, clock, sites.clone(), hand, begins, what));
    }
    while let Some(done) = hands.join_next().await {
        done??;
    }
    Ok(())
}

/// Every case whose site is one of this hand's.
async fn fill_hand(
    app: App,
    clock: Clock,
    sites: Arc<Vec<Site>>,
    hand: usize,
    begins: i64,
    what: Group,
) -> anyhow::Result<()> {
    let own: Vec<usize> = (0..what.cases)
        .filter(|nth| nth % sites.len() % HANDS == hand)
        .collect();
    for part in own.chunks(BATCH) {
        let (shared, sites, clock, part) = (app.clone(), sites.clone(), clock.clone(), part.to_vec());
        let done = app.db.write::<_, Problem, _>(move |tx| {
            Box::pin(async move {
                for nth in part {
                    let due = begins + what.spread * nth as i64 / what.cases as i64;
                    // One kind would always fall on the same sites otherwise.
                    let (kind, after) = MIX[(nth + nth / sites.len()) % MIX.len()];
                    clock.set(due - after * MINUTE);
                    let mut chance = ChaCha8Rng::seed_from_u64(nth as u64);
                    one(&shared, tx, &mut chance, &sites[nth % sites.len()], kind).await?;
                }
                Ok(())
            })
        });
        done.await.map_err(|problem| anyhow::anyhow!("{problem:?}"))?;
    }
    app.db.close().await;
    Ok(())
}

/// Somebody calls; what is to be repaired is sent to an engineer at once.
async fn one(app: &App, tx: &Tx, chance: &mut ChaCha8Rng, site: &Site, kind: &str) -> Result<(), Problem> {
    let home = &site.homes[chance.random_range(0..site.homes.len())];
    let said = match kind {
        "repair" => "地下车库入口的灯不亮，晚上看不清路",
        "complaint" => "楼下超市夜里卸货太吵，已经连着好几天了",
        _ => "想问一下装修押金什么时候退，要带哪些材料",
    };
    let pen = Pen {
        app,
        tx,
        actor: Actor::Staff(site.crew[0].clone()),
        actor_id: Some(site.crew[0].clone()),
        at: app.clock.now(),
        quiet: false,
    };
    let mut data = json!({ "content": said });
    if kind == "repair" {
        data["place"] = json!("公共部位");
    }
    let request = ContactRequest {
        site: site.id.clone(),
        channel: "call".to_owned(),
        customer: Some(home.1.clone()),
        home: (kind != "repair").then(|| home.0.clone()),
        said: said.to_owned(),
        judgements: vec![JudgementRequest {
            judgement: kind.to_owned(),
            data: fields(data),
            ..JudgementRequest::default()
        }],
        read_back: true,
        ..ContactRequest::default()
    };
    let registered = register(&pen, request).await?;
    if kind == "repair" {
        for (action, values) in [
            ("to-property", json!({})),
            ("dispatch", json!({ "trade": "电气" })),
        ] {
            let case = load::locked(tx, &registered.cases[0].id).await?;
            let input = Input {
                action: action.to_owned(),
                values: fields(values),
            };
            act::act(&pen, &case, input).await?;
        }
    }
    Ok(())
}

fn fields(values: Value) -> serde_json::Map<String, Value> {
    values.as_object().cloned().unwrap_or_default()
}
