//! Facts follow what happens to a case or a contact.

use crate::door::START;
use crate::town::{DAY, HOUR, MINUTE, SITE, Town};
use serde_json::json;

both! {
    async fn facts_follow_a_case(db: TestDb) {
        let town = Town::open(db).await;
        let job = town.job(SITE).await;
        let (response, finish) = (format!("{job}/0"), format!("{job}/1"));
        assert_eq!(town.met("J-01", &response).await, None, "neither kept nor broken yet");
        assert_eq!(town.met("J-04", &job).await, Some(true));

        town.pass(2 * HOUR).await;
        assert_eq!(town.met("J-01", &response).await, Some(false), "nobody took it in time");
        let blamed = town.facts().await.into_iter().find(|f| f.clause == "J-01").expect("fact");
        assert_eq!((blamed.month.as_str(), blamed.at), ("2026-11", START));
        assert_eq!((blamed.staff_id.as_ref(), blamed.department.as_str()), (Some(&town.desk), "客服部"));

        // The engineer had no signal: it was taken within the hour, and we learn of it only now.
        town.act(&job, &town.engineer, "take", json!({}), START + 30 * MINUTE).await.expect("back-dated");
        assert_eq!(town.met("J-01", &response).await, Some(true));
        for fact in town.facts().await {
            assert_eq!((fact.staff_id.as_ref(), fact.department.as_str()), (Some(&town.engineer), "工程部"), "{fact:?}");
        }

        town.must(&job, &town.engineer, "complete", json!({})).await;
        assert_eq!(town.met("J-02", &finish).await, Some(true));
        assert_eq!(town.met("J-03", &job).await, Some(false), "nobody asked the customer");
        let visit = town.must(&job, &town.desk, "visit", json!({})).await;
        let child: Option<String> = child_of(&town, &visit.id).await;
        assert_eq!(town.met("J-03", &job).await, Some(false));
        town.must(&child.expect("child"), &town.desk, "record", json!({"result": "满意"})).await;
        assert_eq!(town.met("J-03", &job).await, Some(true), "the clause looks at the child");

        town.must(&job, &town.desk, "reopen", json!({})).await;
        assert_eq!(town.met("J-03", &job).await, None, "no longer closed");
        assert_eq!(town.met("J-04", &job).await, Some(false), "it came back");
        let again = format!("{job}/2");
        assert_eq!(town.met("J-02", &again).await, None, "the second run has just begun");
        town.must(&job, &town.desk, "cancel", json!({})).await;
        assert_eq!(town.met("J-02", &again).await, None, "what lapses in time does not count");
        assert_eq!(town.met("J-02", &finish).await, Some(true), "the first run stays as it was");
    }

    async fn what_lapses_late_counts_as_broken(db: TestDb) {
        let town = Town::open(db).await;
        let job = town.job(SITE).await;
        town.pass(2 * DAY).await;
        town.must(&job, &town.desk, "cancel", json!({})).await;
        assert_eq!(town.met("J-01", &format!("{job}/0")).await, Some(false));
        assert_eq!(town.met("J-02", &format!("{job}/1")).await, Some(false));
    }

    async fn a_contact_is_settled_with_its_cases(db: TestDb) {
        let town = Town::open(db).await;
        let (quick, slow) = (town.contact(SITE, "job").await, town.contact(SITE, "job").await);
        let praise = town.contact(SITE, "praise").await;
        assert_eq!(town.met("J-05", &praise.id).await, Some(true), "nothing was left to do");
        assert_eq!(town.met("J-05", &quick.id).await, Some(false), "open ones count against us");
        for (contact, wait) in [(&quick, 2 * DAY), (&slow, 6 * DAY)] {
            town.pass(wait).await;
            let job = &contact.cases[0].id;
            town.must(job, &town.engineer, "take", json!({})).await;
            town.must(job, &town.engineer, "complete", json!({})).await;
        }
        assert_eq!(town.met("J-05", &quick.id).await, Some(true));
        assert_eq!(town.met("J-05", &slow.id).await, Some(false), "settled after eight days");
        let fact = town.facts().await.into_iter().find(|f| f.subject == quick.id).expect("fact");
        assert_eq!((fact.staff_id, fact.department.as_str()), (Some(town.desk.clone()), "客服部"), "who took it");
        town.must(&quick.cases[0].id, &town.desk, "reopen", json!({})).await;
        assert_eq!(town.met("J-05", &quick.id).await, Some(false), "open again");
    }

    async fn a_contact_that_hangs_under_a_case_is_settled_with_it(db: TestDb) {
        let town = Town::open(db).await;
        let (first, second) = (town.contact(SITE, "job").await, town.contact(SITE, "job").await);
        let (job, own) = (&first.cases[0].id, &second.cases[0].id);
        let values = yizhan::vals![second.id.clone(), job.clone()];
        town.door.sql("insert into contact_case (contact_id, case_id) values ($1, $2)", values).await;
        for case in [own, job] {
            assert_eq!(town.met("J-05", &second.id).await, Some(false), "one of its cases is open");
            town.must(case, &town.engineer, "take", json!({})).await;
            town.must(case, &town.engineer, "complete", json!({})).await;
        }
        assert_eq!(town.met("J-05", &second.id).await, Some(true));
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
            assert_eq!(town.met("J-05", &contact.id).await, Some(true));
        }
    }

    async fn months_are_local(db: TestDb) {
        let town = Town::open(db).await;
        // 2026-11-30 23:30 in Beijing is still November, half an hour later is not.
        town.app().clock.set(START + 28 * DAY + 14 * HOUR + 30 * MINUTE);
        let november = town.job(SITE).await;
        town.app().clock.advance(30 * MINUTE);
        let december = town.job(SITE).await;
        let facts = town.facts().await;
        let month = |id: &String| facts.iter().find(|f| f.subject == *id).map(|f| f.month.as_str());
        assert_eq!((month(&november), month(&december)), (Some("2026-11"), Some("2026-12")));
    }
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
