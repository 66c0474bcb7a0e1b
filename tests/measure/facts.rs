//! Facts follow what happens to a case or a contact.

use crate::door::START;
use crate::town::{DAY, FAR, HOUR, MINUTE, SITE, Town};
use serde_json::json;
use yizhan::measure::rounds;

both! {
    async fn facts_follow_a_case(db: TestDb) {
        let town = Town::open(db).await;
        let job = town.job(SITE).await;
        let (response, finish) = (format!("{job}/0"), format!("{job}/1"));
        assert_eq!(stands(&town, "J-01", &response).await, "open", "neither kept nor broken yet");
        assert_eq!(stands(&town, "J-04", &job).await, "kept");

        town.pass(2 * HOUR).await;
        assert_eq!(stands(&town, "J-01", &response).await, "broken", "nobody took it in time");
        let blamed = town.facts().await.into_iter().find(|f| f.clause == "J-01").expect("fact");
        assert_eq!((blamed.period.as_str(), blamed.at), ("2026-11", START));
        assert_eq!((blamed.staff_id.as_ref(), blamed.department.as_str()), (Some(&town.desk), "客服部"));

        // The engineer had no signal: it was taken within the hour, and we learn of it only now.
        town.act(&job, &town.engineer, "take", json!({}), START + 30 * MINUTE).await.expect("back-dated");
        assert_eq!(stands(&town, "J-01", &response).await, "kept");
        for fact in town.facts().await {
            assert_eq!((fact.staff_id.as_ref(), fact.department.as_str()), (Some(&town.engineer), "工程部"), "{fact:?}");
        }

        town.must(&job, &town.engineer, "complete", json!({})).await;
        assert_eq!(stands(&town, "J-02", &finish).await, "kept");
        assert_eq!(stands(&town, "J-03", &job).await, "broken", "nobody asked the customer");
        let visit = town.must(&job, &town.desk, "visit", json!({})).await;
        let child: Option<String> = child_of(&town, &visit.id).await;
        assert_eq!(stands(&town, "J-03", &job).await, "broken");
        town.must(&child.expect("child"), &town.desk, "record", json!({"result": "满意"})).await;
        assert_eq!(stands(&town, "J-03", &job).await, "kept", "the clause looks at the child");

        town.must(&job, &town.desk, "reopen", json!({})).await;
        assert_eq!(stands(&town, "J-03", &job).await, "open", "no longer closed");
        assert_eq!(stands(&town, "J-04", &job).await, "broken", "it came back");
        let again = format!("{job}/2");
        assert_eq!(stands(&town, "J-02", &again).await, "open", "the second run has just begun");
        town.must(&job, &town.desk, "cancel", json!({})).await;
        assert_eq!(stands(&town, "J-02", &again).await, "excused", "what is called off in time is neither");
        let facts = town.facts().await;
        let reason = |clause: &str, subject: &String| {
            let fact = facts.iter().find(|f| f.clause == clause && f.subject == *subject);
            fact.and_then(|f| f.reason.clone())
        };
        assert_eq!(reason("J-02", &again).as_deref(), Some("已取消，期限停止"));
        assert_eq!(reason("J-03", &job).as_deref(), Some("客户取消"), "by the clause's own name");
        assert_eq!(stands(&town, "J-02", &finish).await, "kept", "the first run stays as it was");
    }

    async fn what_lapses_late_counts_as_broken(db: TestDb) {
        let town = Town::open(db).await;
        let job = town.job(SITE).await;
        town.pass(2 * DAY).await;
        town.must(&job, &town.desk, "cancel", json!({})).await;
        assert_eq!(stands(&town, "J-01", &format!("{job}/0")).await, "broken");
        assert_eq!(stands(&town, "J-02", &format!("{job}/1")).await, "broken");
    }

    async fn a_contact_is_settled_with_its_cases(db: TestDb) {
        let town = Town::open(db).await;
        let (quick, slow) = (town.contact(SITE, "job").await, town.contact(SITE, "job").await);
        let praise = town.contact(SITE, "praise").await;
        assert_eq!(stands(&town, "J-05", &praise.id).await, "kept", "nothing was left to do");
        assert_eq!(stands(&town, "J-05", &quick.id).await, "open", "there are seven days");
        for (contact, wait) in [(&quick, 2 * DAY), (&slow, 6 * DAY)] {
            town.pass(wait).await;
            let job = &contact.cases[0].id;
            town.must(job, &town.engineer, "take", json!({})).await;
            town.must(job, &town.engineer, "complete", json!({})).await;
        }
        assert_eq!(stands(&town, "J-05", &quick.id).await, "kept");
        assert_eq!(stands(&town, "J-05", &slow.id).await, "broken", "settled after eight days");
        let fact = town.facts().await.into_iter().find(|f| f.subject == quick.id).expect("fact");
        assert_eq!((fact.staff_id, fact.department.as_str()), (Some(town.desk.clone()), "客服部"), "who took it");
        town.must(&quick.cases[0].id, &town.desk, "reopen", json!({})).await;
        assert_eq!(stands(&town, "J-05", &quick.id).await, "broken", "open again, after the seven days");
    }

    async fn a_contact_that_hangs_under_a_case_is_settled_with_it(db: TestDb) {
        let town = Town::open(db).await;
        let (first, second) = (town.contact(SITE, "job").await, town.contact(SITE, "job").await);
        let (job, own) = (&first.cases[0].id, &second.cases[0].id);
        let values = yizhan::vals![second.id.clone(), job.clone()];
        town.door.sql("insert into contact_case (contact_id, case_id) values ($1, $2)", values).await;
        for case in [own, job] {
            assert_eq!(stands(&town, "J-05", &second.id).await, "open", "one of its cases is open");
            town.must(case, &town.engineer, "take", json!({})).await;
            town.must(case, &town.engineer, "complete", json!({})).await;
        }
        assert_eq!(stands(&town, "J-05", &second.id).await, "kept");
    }

    async fn cases_of_a_contact_that_end_at_once_settle_it(db: TestDb) {
        let town = Town::open(db).await;
        for _ in 0..5 {
            let contact = town.contact(SITE, "job").await;
            let mut jobs = town.jobs(SITE, 3).await;
            for job in &jobs {
                let values = yizhan::vals![contact.id.clone(), job.clone()];
                town.door.sql("insert into contact_case (contact_id, case_id) values ($1, $2)", values).await;
            }
            jobs.push(contact.cases[0].id.clone());
            for job in &jobs {
                town.must(job, &town.engineer, "take", json!({})).await;
            }
            let all = jobs.iter().map(|job| town.must(job, &town.engineer, "complete", json!({})));
            futures::future::join_all(all).await;
            assert_eq!(stands(&town, "J-05", &contact.id).await, "kept");
        }
    }

    async fn what_is_open_is_broken_when_its_time_is_over(db: TestDb) {
        let town = Town::open(db).await;
        let contact = town.contact(SITE, "job").await;
        town.app().clock.advance(7 * DAY);
        rounds::catch_up(town.app()).await.expect("rounds");
        assert_eq!(stands(&town, "J-05", &contact.id).await, "broken", "nobody wrote anything, and yet");
    }

    async fn every_site_is_looked_at_once_a_period(db: TestDb) {
        let town = Town::open(db).await;
        rounds::catch_up(town.app()).await.expect("rounds");
        let (here, far) = (format!("{SITE}@2026-W45"), format!("{FAR}@2026-W45"));
        assert_eq!(stands(&town, "J-11", &here).await, "open", "the week is not over");
        for job in town.jobs(SITE, 2).await {
            town.must(&job, &town.engineer, "take", json!({})).await;
            town.must(&job, &town.engineer, "complete", json!({})).await;
        }
        rounds::catch_up(town.app()).await.expect("rounds");
        assert_eq!(stands(&town, "J-11", &here).await, "kept");
        town.app().clock.advance(7 * DAY);
        rounds::catch_up(town.app()).await.expect("rounds");
        assert_eq!(stands(&town, "J-11", &far).await, "broken", "nothing was done, which counts");
        assert_eq!(stands(&town, "J-11", &format!("{SITE}@2026-W46")).await, "open", "a new week");
        assert_eq!(stands(&town, "J-11", &here).await, "kept", "the week that is over stays as it was");
        let before = town.facts().await;
        town.recompute().await;
        assert_eq!(town.facts().await, before, "and all of it can be made anew");
    }

    async fn months_are_local(db: TestDb) {
        let town = Town::open(db).await;
        // 2026-11-30 23:30 in Beijing is still November, half an hour later is not.
        town.app().clock.set(START + 28 * DAY + 14 * HOUR + 30 * MINUTE);
        let november = town.job(SITE).await;
        town.app().clock.advance(30 * MINUTE);
        let december = town.job(SITE).await;
        let facts = town.facts().await;
        let month = |id: &String| facts.iter().find(|f| f.subject == *id).map(|f| f.period.as_str());
        assert_eq!((month(&november), month(&december)), (Some("2026-11"), Some("2026-12")));
    }
}

async fn stands(town: &Town, clause: &str, subject: &str) -> String {
    town.stands(clause, subject)
        .await
        .unwrap_or_else(|| "not in the base".to_owned())
}

async fn child_of(town: &Town, parent: &str) -> Option<String> {
    use yizhan::db::Sql;
    let sql = "select id from case_record where parent_id = $1";
    town.app()
        .db
        .read()
        .scalar(sql, yizhan::vals![parent.to_owned()])
        .await
        .expect("child")
}
