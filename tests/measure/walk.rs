//! Facts kept up step by step are the facts computed from scratch, whatever happened on the way.

use crate::town::{DAY, FAR, HOUR, MINUTE, SITE, Town};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;
use sea_orm::FromQueryResult;
use serde_json::{Value, json};
use yizhan::db::Sql;
use yizhan::measure::rounds;
use yizhan::vals;

const STEPS: usize = 300;
const SEEDS: u64 = 2;

#[derive(FromQueryResult)]
struct Found {
    id: String,
    stage: String,
}

both! {
    async fn kept_up_facts_are_recomputed_facts(db: TestDb) {
        let town = Town::open(db).await;
        let helper = town.door.staff("helper", "engineer", Some(SITE)).await;
        let staff = [town.desk.clone(), town.engineer.clone(), helper];
        let mut done = 0;
        for seed in 0..SEEDS {
            let mut chance = ChaCha20Rng::seed_from_u64(seed);
            for _ in 0..STEPS {
                done += usize::from(stride(&town, &staff, &mut chance).await);
            }
            rounds::catch_up(town.app()).await.expect("rounds");
            let facts = town.facts().await;
            town.recompute().await;
            assert_eq!(town.facts().await, facts, "seed {seed}");
        }
        assert!(done > STEPS / 2, "the walk is refused everywhere: {done}");
        let facts = town.facts().await;
        for clause in ["J-01", "J-02", "J-03", "J-04", "J-05", "J-06"] {
            for stands in ["kept", "broken"] {
                let some = facts.iter().any(|f| f.clause == clause && f.compliance == stands);
                assert!(some, "the walk never made {clause} {stands}");
            }
        }
    }
}

/// Something happens, or is refused.
async fn stride(town: &Town, staff: &[String], chance: &mut ChaCha20Rng) -> bool {
    match chance.random_range(0..40) {
        0..=4 => town.pass(chance.random_range(MINUTE..3 * HOUR)).await,
        5 => town.pass(chance.random_range(HOUR..4 * DAY)).await,
        6..=8 => drop(town.job(if chance.random() { SITE } else { FAR }).await),
        9..=11 => drop(
            town.contact(SITE, if chance.random() { "job" } else { "praise" })
                .await,
        ),
        _ => return act(town, staff, chance).await,
    }
    true
}

async fn act(town: &Town, staff: &[String], chance: &mut ChaCha20Rng) -> bool {
    let sql = "select id, stage from case_record order by closed_at is not null, id desc limit 16";
    let cases: Vec<Found> = town.app().db.read().rows(sql, vals![]).await.expect("cases");
    if cases.is_empty() {
        return false;
    }
    let Found { id: case, stage } = &cases[chance.random_range(0..cases.len())];
    let actions: &[&str] = match stage.as_str() {
        "new" => &["take", "take", "take", "cancel", "complete"],
        "doing" => &[
            "hold", "price", "promise", "visit", "complete", "complete", "cancel", "take",
        ],
        "waiting" => &["go-on", "promise", "note"],
        "done" => &["reopen", "visit", "price", "note"],
        _ => &["record", "note"],
    };
    let action = actions[chance.random_range(0..actions.len())];
    let by = &staff[chance.random_range(0..staff.len())];
    let input: Value = match action {
        "price" => json!({"cost": chance.random_range(0..30_000)}),
        "promise" => json!({"next_at": town.now() + chance.random_range(-2 * HOUR..20 * HOUR)}),
        "record" => json!({"result": if chance.random_range(0..4) > 0 { "满意" } else { "不满意" }}),
        "note" => json!({"words": "记一笔"}),
        _ => json!({}),
    };
    let back = if chance.random_range(0..3) == 0 {
        chance.random_range(0..5 * HOUR)
    } else {
        0
    };
    town.act(case, by, action, input, town.now() - back).await.is_ok()
}
