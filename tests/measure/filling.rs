//! Clauses that are new, changed or gone.

use crate::town::{HOUR, SITE, Town, act_on, files, files_with};
use serde_json::json;
use yizhan::app::Config;
use yizhan::clock::{Clock, Ids};
use yizhan::db::Sql;
use yizhan::measure::fill;
use yizhan::vals;

const DEAR: &str = r#"
[[clause]]
id = "J-07"
title = "每单不超过一百元"
of = { cases = ["job"] }
where = "has(cost)"
met = "cost <= yuan(100)"
month_of = "case.opened_at"
figure = "share"
threshold = "= 100%"
"#;

/// J-07 is new, J-06 is gone, J-04 counts other things.
fn changed() -> std::collections::BTreeMap<String, String> {
    files_with(|clauses| {
        let gone = clauses
            .find("[[clause]]\nid = \"J-06\"")
            .expect("J-06 is the last");
        clauses.truncate(gone);
        clauses.push_str(DEAR);
        *clauses = clauses.replace("case.reopened == 0", "case.reopened == 0 && !has(cost)");
    })
}

async fn complete(town: &Town) -> Vec<String> {
    fill::complete(town.app())
        .await
        .expect("fills")
        .into_iter()
        .collect()
}

both! {
    async fn a_clause_that_comes_later_counts_the_past(db: TestDb) {
        let town = Town::open(db).await;
        // More than a batch of the walk.
        let jobs = town.jobs(SITE, 110).await;
        for (job, cost) in jobs.iter().step_by(30).zip([5_000, 20_000, 9_900, 10_001]) {
            town.must(job, &town.engineer, "take", json!({})).await;
            town.must(job, &town.engineer, "price", json!({"cost": cost})).await;
            let at = town.now() + HOUR;
            town.must(job, &town.engineer, "promise", json!({"next_at": at})).await;
        }
        town.pass(2 * HOUR).await;
        assert!(town.facts().await.iter().any(|f| f.clause == "J-06"));
        assert_eq!(complete(&town).await, ["J-01", "J-02", "J-03", "J-04", "J-05", "J-06", "J-11", "J-12"]);

        town.publish(changed()).await;
        town.app().manuals.refresh().await.expect("refresh");
        assert_eq!(complete(&town).await, ["J-01", "J-02", "J-03", "J-05"], "shown when computed, not before");
        // A write in between feeds the new clause.
        town.must(&jobs[0], &town.engineer, "price", json!({"cost": 30_000})).await;
        assert_eq!(town.stands("J-07", &jobs[0]).await.as_deref(), Some("broken"));

        fill::catch_up(town.app()).await.expect("fill");
        assert_eq!(complete(&town).await, ["J-01", "J-02", "J-03", "J-04", "J-05", "J-07"]);
        let dear = [Some("broken"), Some("broken"), Some("kept"), Some("broken")];
        for (job, stands) in jobs.iter().step_by(30).zip(dear) {
            assert_eq!(town.stands("J-07", job).await.as_deref(), stands);
            assert_eq!(town.stands("J-04", job).await.as_deref(), Some("broken"), "the changed clause was computed anew");
        }
        let facts = town.facts().await;
        assert!(facts.iter().all(|f| f.clause != "J-06"), "a clause that is gone leaves nothing");
        assert_eq!(facts.iter().filter(|f| f.clause == "J-04").count(), 110);
        town.recompute().await;
        assert_eq!(town.facts().await, facts);
    }

    async fn a_walk_goes_on_where_it_was_stopped(db: TestDb) {
        let town = Town::open(db).await;
        let jobs = town.jobs(SITE, 130).await;
        let facts = town.facts().await;
        town.door.sql("delete from fact", vals![]).await;
        // As a process leaves it that was stopped after the first fifty.
        let values = vals![jobs[49].clone(), false];
        town.door.sql("update clause_fill set cursor = $1, complete = $2 where clause = 'J-04'", values).await;
        fill::catch_up(town.app()).await.expect("fill");
        let of = |f: &crate::town::Fact| f.subject.split('/').next().map(str::to_owned);
        let expected: Vec<_> = facts.into_iter().filter(|f| of(f).as_ref() > Some(&jobs[49])).collect();
        assert_eq!(expected.len(), 80 * 5);
        assert_eq!(town.facts().await, expected);
    }

    async fn a_node_that_has_not_heard_of_the_new_manual_counts_by_it(db: TestDb) {
        let url = db.url().to_owned();
        let town = Town::open(db).await;
        let job = town.job(SITE).await;
        let config = Config { database: url, ..Config::default() };
        let late = yizhan::app::open(config, Clock::virtual_at(town.now()), Ids::system()).await.expect("open");
        town.publish(changed()).await;
        fill::catch_up(town.app()).await.expect("fill");
        let at = late.clock.now();
        act_on(&late, &job, &town.engineer, "take", json!({}), at).await.expect("take");
        act_on(&late, &job, &town.engineer, "price", json!({"cost": 500}), at).await.expect("price");
        assert!(late.manuals.current().clause("J-06").is_some(), "it has not heard");
        assert_eq!(town.stands("J-07", &job).await.as_deref(), Some("kept"));
        assert_eq!(town.stands("J-04", &job).await.as_deref(), Some("broken"));
    }

    async fn a_clause_that_comes_back_is_computed_anew(db: TestDb) {
        let town = Town::open(db).await;
        let job = town.job(SITE).await;
        town.must(&job, &town.engineer, "take", json!({})).await;
        let at = town.now() + HOUR;
        town.must(&job, &town.engineer, "promise", json!({"next_at": at})).await;
        town.publish(changed()).await;
        fill::catch_up(town.app()).await.expect("fill");
        town.pass(2 * HOUR).await;
        assert!(town.facts().await.iter().all(|f| f.clause != "J-06"));
        town.publish(files()).await;
        fill::catch_up(town.app()).await.expect("fill");
        assert_eq!(town.stands("J-06", &format!("{job}/2")).await.as_deref(), Some("broken"));
        let rows: Option<i64> =
            town.app().db.read().scalar("select count(*) from clause_fill", vals![]).await.expect("count");
        assert_eq!(rows, Some(8));
    }
}
