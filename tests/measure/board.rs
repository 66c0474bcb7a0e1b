//! The board over HTTP: figures, groups, violators, and who may count what.

use crate::door::Browser;
use crate::town::{DAY, FAR, HOUR, SITE, Town};
use serde_json::{Value, json};
use yizhan::db::Sql;
use yizhan::vals;

async fn get(town: &Town, who: &Browser, path: &str) -> Value {
    let reply = town.door.get(who, &format!("/api/v1{path}")).await;
    assert_eq!(reply.status, 200, "{path} {:?}", reply.bytes);
    reply.json()
}

fn row<'a>(board: &'a Value, id: &str) -> &'a Value {
    let items = board["items"].as_array().expect("items");
    items
        .iter()
        .find(|c| c["id"] == id)
        .unwrap_or_else(|| panic!("{id} is missing: {board}"))
}

both! {
    async fn the_board_shows_figures_by_month(db: TestDb) {
        let town = Town::open(db).await;
        town.door.staff("manager", "manager", Some(SITE)).await;
        let late = town.job(SITE).await;
        town.pass(2 * HOUR).await;
        town.must(&late, &town.engineer, "take", json!({})).await;
        town.pass(30 * DAY).await;
        for _ in 0..2 {
            let job = town.job(SITE).await;
            town.must(&job, &town.engineer, "take", json!({})).await;
        }
        let manager = town.door.sign_in("manager").await;
        let board = get(&town, &manager, "/clauses?months=3").await;
        let ids: Vec<&Value> = board["items"].as_array().expect("items").iter().map(|c| &c["id"]).collect();
        assert_eq!(ids, ["J-01", "J-02", "J-03", "J-04", "J-05", "J-06", "J-11", "J-12"]);
        let response = row(&board, "J-01");
        assert_eq!(response["figure"], "share");
        assert_eq!(response["threshold"], "= 100%");
        assert_eq!((&response["total"], &response["broken"]), (&json!(3), &json!(1)));
        assert_eq!((&response["value"], &response["met"]), (&json!(66.6), &json!(false)));
        assert_eq!(response["complete"], true);
        assert_eq!(
            response["periods"],
            json!([
                {"period": "2026-10", "total": 0, "broken": 0, "open": 0, "excused": 0, "value": null, "met": null},
                {"period": "2026-11", "total": 1, "broken": 1, "open": 0, "excused": 0, "value": 0.0, "met": false},
                {"period": "2026-12", "total": 2, "broken": 0, "open": 0, "excused": 0, "value": 100.0, "met": true},
            ])
        );
        let returns = row(&board, "J-04");
        assert_eq!((&returns["figure"], &returns["value"], &returns["met"]), (&json!("breaks"), &json!(0.0), &json!(true)));
        assert_eq!((&row(&board, "J-06")["value"], &row(&board, "J-06")["met"]), (&json!(null), &json!(null)));

        let now = get(&town, &manager, "/clauses?months=1").await;
        assert_eq!(row(&now, "J-01")["value"], 100.0);
        let engineer = get(&town, &manager, &format!("/clauses?person={}&months=2", town.engineer)).await;
        assert_eq!(row(&engineer, "J-01")["total"], 3);
        let desk = get(&town, &manager, "/clauses?department=%E5%AE%A2%E6%9C%8D%E9%83%A8&months=2").await;
        assert_eq!(row(&desk, "J-01")["total"], 0, "the engineer has taken them all");

        let path = "/clauses/J-01?by=person&months=3&period=2026-11";
        let detail = get(&town, &manager, path).await;
        assert_eq!(detail["clause"]["periods"].as_array().map(Vec::len), Some(3));
        assert_eq!((&detail["clause"]["total"], &detail["clause"]["broken"]), (&json!(1), &json!(1)));
        assert_eq!(
            detail["groups"],
            json!([{"key": town.engineer, "title": "engineer", "total": 1, "broken": 1, "open": 0, "excused": 0, "value": 0.0}])
        );
        let violators = detail["subjects"].as_array().expect("subjects");
        assert_eq!(violators.len(), 1);
        assert_eq!(violators[0]["case"]["id"], late.as_str());
        assert_eq!(violators[0]["reason"], "应于 11-02 10:00 前完成，实际 11-02 11:00");
        let december = get(&town, &manager, "/clauses/J-01?by=department&months=3&period=2026-12").await;
        assert_eq!(december["groups"][0]["title"], "工程部");
        assert_eq!(december["subjects"], json!([]));
        let never = town.door.get(&manager, "/api/v1/clauses/J-01?period=never").await;
        assert_eq!(never.status, 422);
    }

    async fn nobody_counts_what_lies_beyond_their_sites(db: TestDb) {
        let town = Town::open(db).await;
        for (login, post, site) in
            [("near", "manager", Some(SITE)), ("audit", "auditor", Some(SITE)), ("whole", "manager", None)]
        {
            town.door.staff(login, post, site).await;
        }
        // At the far site they only answer the phone: no right to figures there.
        let near = town.door.staff("both", "manager", Some(SITE)).await;
        let values = yizhan::vals![near, FAR];
        town.door.sql("insert into staff_post (staff_id, post, site_id) values ($1, 'desk', $2)", values).await;
        town.jobs(SITE, 1).await;
        town.jobs(FAR, 2).await;
        town.pass(2 * HOUR).await;

        for (login, total) in [("near", 1), ("audit", 1), ("both", 1), ("whole", 3)] {
            let who = town.door.sign_in(login).await;
            assert_eq!(row(&get(&town, &who, "/clauses").await, "J-01")["total"], total, "{login}");
            let detail = get(&town, &who, "/clauses/J-01").await;
            assert_eq!(detail["clause"]["broken"], total, "{login}");
            let groups = detail["groups"].as_array().expect("groups");
            assert_eq!(groups.len(), if total == 3 { 2 } else { 1 }, "{login}");
            assert_eq!(groups.iter().any(|g| g["key"] == FAR), total == 3, "{login}");
            let shown = detail["subjects"].as_array().map_or(0, Vec::len);
            let hidden = detail["hidden"].as_u64().expect("hidden");
            let expected = if login == "audit" { (0, 1) } else { (total, 0) };
            assert_eq!((shown, hidden), (expected.0, expected.1 as u64), "{login}");
            let far = town.door.get(&who, &format!("/api/v1/clauses?site={FAR}")).await;
            assert_eq!(far.status, if total == 3 { 200 } else { 404 }, "{login}");
            let far = town.door.get(&who, &format!("/api/v1/clauses/J-01?site={FAR}")).await;
            assert_eq!(far.status, if total == 3 { 200 } else { 404 }, "{login}");
        }
        let desk = town.door.sign_in("desk").await;
        for path in ["/api/v1/clauses", "/api/v1/clauses/J-01"] {
            assert_eq!(town.door.get(&desk, path).await.status, 403);
        }
        let whole = town.door.sign_in("whole").await;
        assert_eq!(town.door.get(&whole, "/api/v1/clauses/C-99").await.status, 404);
    }

    async fn violators_come_page_by_page(db: TestDb) {
        let town = Town::open(db).await;
        town.door.staff("manager", "manager", Some(SITE)).await;
        // All at one instant: the subject decides.
        town.jobs(SITE, 60).await;
        let contact = town.contact(SITE, "job").await;
        town.pass(2 * HOUR).await;
        let manager = town.door.sign_in("manager").await;
        let first = get(&town, &manager, "/clauses/J-01").await;
        let next = first["next"].as_str().expect("more").replace('/', "%2F");
        let second = get(&town, &manager, &format!("/clauses/J-01?cursor={next}")).await;
        let ids = |page: &Value| -> Vec<String> {
            let all = page["subjects"].as_array().expect("subjects").iter();
            all.map(|v| v["case"]["id"].as_str().expect("id").to_owned()).collect()
        };
        let mut all = ids(&first);
        assert_eq!(all.len(), 50);
        all.extend(ids(&second));
        assert_eq!(second["next"], Value::Null);
        let count = all.len();
        all.sort();
        all.dedup();
        assert_eq!((count, all.len()), (61, 61), "each once");

        let contacts = get(&town, &manager, "/clauses/J-05?by=department&show=open").await;
        assert_eq!(contacts["subjects"][0]["contact"]["id"], contact.id.as_str());
        assert_eq!(contacts["subjects"][0]["reason"], "应于 11-09 09:00 前完成");
        assert_eq!(contacts["groups"][0]["title"], "客服部");
    }

    async fn the_board_counts_what_is_added_up_and_what_is_not(db: TestDb) {
        let town = Town::open(db).await;
        town.door.staff("manager", "manager", Some(SITE)).await;
        town.door.staff("director", "manager", None).await;
        let jobs = town.jobs(SITE, 3).await;
        town.jobs(FAR, 2).await;
        let (manager, director) = (town.door.sign_in("manager").await, town.door.sign_in("director").await);
        let count = async |who: &Browser, id: &str| {
            let board = get(&town, who, "/clauses").await;
            (row(&board, id)["total"].clone(), row(&board, id)["broken"].clone())
        };
        let add_up = async || yizhan::measure::sums::add_up(town.app()).await.expect("add up");
        for _ in 0..2 {
            assert_eq!(count(&manager, "J-04").await, (json!(3), json!(0)));
            assert_eq!(count(&director, "J-04").await, (json!(5), json!(0)));
            add_up().await;
        }
        // Late, then back-dated into time; one lapses.
        town.pass(2 * HOUR).await;
        assert_eq!(count(&director, "J-01").await, (json!(5), json!(5)));
        add_up().await;
        let then = town.now() - 2 * HOUR + 60_000;
        town.act(&jobs[0], &town.engineer, "take", json!({}), then).await.expect("back-dated");
        for _ in 0..2 {
            assert_eq!(count(&director, "J-01").await, (json!(5), json!(4)));
            assert_eq!(count(&manager, "J-01").await, (json!(3), json!(2)));
            add_up().await;
        }
        town.door.sql("delete from fact where clause = 'J-01'", vals![]).await;
        assert_eq!(count(&director, "J-01").await, (json!(0), json!(0)));
        let left: Option<i64> = town.app().db.read().scalar("select count(*) from fact_change", vals![]).await.expect("count");
        assert_eq!(left, Some(5));
    }
}
