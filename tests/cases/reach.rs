//! Who reaches what: the owner their rating, the engineer the customer, an assistant what stands under a case; and a
//! question answered while the customer is still there.

use crate::support::person::{Answer, Person, key};
use crate::support::server::{HOUR, Server, World};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use yizhan::vals;

/// The owner's page by the standing link of the home.
struct Owner<'s> {
    someone: &'s Person,
    token: String,
}

impl Owner<'_> {
    async fn of<'s>(server: &Server, world: &World, someone: &'s Person) -> Owner<'s> {
        let (app, home, customer) = (server.app.clone(), world.home.clone(), world.customer.clone());
        let made = server.app.db.write(move |tx| {
            Box::pin(async move { yizhan::owner::links::home_link(&app, tx, &home, &customer).await })
        });
        let token = made.await.map_err(|e: sea_orm::DbErr| e).expect("link");
        Owner { someone, token }
    }

    async fn page(&self) -> Value {
        let headers = [("x-owner-token", self.token.clone())];
        self.someone
            .send(Method::GET, "/owner", None, &headers)
            .await
            .ok()
    }

    async fn records(&self, which: &str) -> Answer {
        let headers = [("x-owner-token", self.token.clone())];
        let path = format!("/owner/records/{which}");
        self.someone.send(Method::GET, &path, None, &headers).await
    }

    async fn report(&self, form: &str, data: Value) -> Answer {
        let headers = [("x-owner-token", self.token.clone()), ("idempotency-key", key())];
        let body = json!({"form": form, "data": data});
        self.someone
            .send(Method::POST, "/owner/reports", Some(body), &headers)
            .await
    }

    async fn act(&self, case: &Value, action: &str, input: Value) -> Answer {
        let headers = [
            ("x-owner-token", self.token.clone()),
            ("idempotency-key", key()),
            ("if-match", format!("\"{}\"", case["seq"])),
        ];
        let path = format!("/owner/cases/{}/actions", case["id"].as_str().expect("id"));
        let body = json!({"action": action, "input": input});
        self.someone.send(Method::POST, &path, Some(body), &headers).await
    }
}

fn titles(list: &Value, name: &str) -> Vec<String> {
    let items = list.as_array().into_iter().flatten();
    items
        .map(|one| one[name].as_str().unwrap_or_default().to_owned())
        .collect()
}

both! {
    async fn the_owner_rates_from_the_link_of_the_home(db: TestDb) {
        let server = Server::start(&db).await;
        let world = server.cast().await;
        let desk = server.person("front-desk").await;
        let data = json!({"content": "楼道灯不亮", "sphere": "物业服务", "severity": "一般"});
        let complaint = desk.call(&world, "complaint", "楼道灯不亮", data).await;
        let owner = Owner::of(&server, &world, &desk).await;
        let page = owner.page().await;
        assert_eq!(titles(&page["reports"], "title")[0], "报修", "{page}");
        assert_eq!(titles(&page["cases"], "stage_title"), ["已收到"], "in the customer's words");
        desk.act(&complaint, "settle-now", json!({"result": "已换灯", "sphere": "物业服务", "severity": "一般", "fault": "非我方责任"})).await.ok();

        let page = owner.page().await;
        let rating = page["cases"].as_array().expect("cases").iter().find(|c| c["kind"] == "follow-up");
        let rating = rating.unwrap_or_else(|| panic!("{page}"));
        assert_eq!((&rating["kind_title"], &rating["stage_title"]), (&json!("请您评价"), &json!("等您评价")));
        assert!(titles(&rating["actions"], "title").contains(&"不满意，请重新办".to_owned()), "{rating}");
        assert_eq!(owner.act(rating, "rate", json!({"grade": "2星"})).await.code(), "invalid");
        owner.act(rating, "rate", json!({"grade": "5星"})).await.ok();
        let page = owner.page().await;
        assert_eq!(titles(&page["cases"], "kind"), ["complaint"], "a given rating is no matter any more");
        let seen = desk.get(&format!("/cases/{complaint}")).await.ok();
        assert_eq!(seen["data"]["satisfaction"], "非常满意");
    }

    async fn an_owner_applies_without_a_contact_and_calls_nobody_away_for_ever(db: TestDb) {
        let server = Server::start(&db).await;
        let world = server.cast().await;
        let desk = server.person("front-desk").await;
        let owner = Owner::of(&server, &world, &desk).await;
        let page = owner.page().await;
        let forms = titles(&page["reports"], "form");
        assert!(forms.contains(&"crisis".to_owned()) && forms.contains(&"repair".to_owned()), "{forms:?}");
        assert!(!forms.contains(&"work-order".to_owned()), "what owners may not open is no form: {forms:?}");
        assert_eq!(owner.report("work-order", json!({})).await.status, StatusCode::FORBIDDEN);
        assert_eq!(owner.report("crisis", json!({})).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let stuck = || json!({"what": "电梯里有人", "sort": "困梯", "spot": "2栋1号梯"});
        for _ in 0..5 {
            owner.report("crisis", stuck()).await.ok();
        }
        assert_eq!(owner.report("crisis", stuck()).await.status, StatusCode::TOO_MANY_REQUESTS);
        let other = json!({"content": "水龙头漏水", "part": "给排水", "place": "户内"});
        let repair = owner.report("repair", other).await.ok();
        assert_eq!(repair["kind"], "repair", "another matter is taken");
        server.pass(HOUR).await;
        owner.report("crisis", stuck()).await.ok();
        let count = async |sql: &str| -> Option<i64> {
            yizhan::db::Sql::scalar(server.app.db.read(), sql, vals![]).await.expect("count")
        };
        assert_eq!(count("select count(*) from contact").await, Some(1), "an application is no contact");
        assert_eq!(count("select count(*) from case_record where kind = 'crisis'").await, Some(6), "what was refused left nothing");
    }

    async fn an_owner_reads_of_a_register_what_it_shows_them_and_no_other_register(db: TestDb) {
        let server = Server::start(&db).await;
        let world = server.cast().await;
        let lead = server.person("supervisor").await;
        let prices = json!([{"from": "2020-01-01", "to": "2090-12-31", "price": 8000}]);
        for service in ["日常保洁", "打蜡"] {
            let data = json!({"service": service, "unit": "小时", "duration": 2, "note": "不含外窗", "prices": prices});
            lead.post("/cases", json!({"kind": "service-item", "site": world.site, "data": data})).await.ok();
        }
        let owner = Owner::of(&server, &world, &lead).await;
        let all = owner.records("service-item?").await.ok();
        assert_eq!(titles(&all["items"], "name").len(), 2, "{all}");
        let one = owner.records("service-item?name=日常保洁").await.ok();
        assert_eq!(titles(&one["items"], "name"), ["日常保洁"]);
        assert_eq!(one["items"][0]["data"]["prices"][0]["price"], 8000);
        let shown = titles(&one["fields"], "name");
        assert!(shown.contains(&"note".to_owned()) && !shown.contains(&"end_reason".to_owned()), "{shown:?}");
        for other in ["builder", "complaint", "no-such"] {
            assert_eq!(owner.records(&format!("{other}?")).await.status, StatusCode::NOT_FOUND, "{other}");
        }
    }

    async fn the_engineer_rings_the_customer_of_an_order_in_hand(db: TestDb) {
        let server = Server::start(&db).await;
        let world = server.cast().await;
        server.duty("engineer", "engineer", &world.site).await;
        let (desk, engineer) = (server.person("front-desk").await, server.person("engineer").await);
        let numbers = format!("/customers/{}/unmask", world.customer);
        let why = || json!({"reason": "联系客户上门"});
        let data = json!({"content": "水龙头漏水", "part": "给排水", "place": "户内"});
        let repair = desk.call(&world, "repair", "水龙头漏水", data).await;
        assert_eq!(engineer.post(&numbers, why()).await.status, StatusCode::FORBIDDEN);
        desk.act(&repair, "to-developer", json!({})).await.ok();
        desk.act(&repair, "dispatch", json!({"trade": "水暖"})).await.ok();
        let shown = engineer.post(&numbers, why()).await.ok();
        assert_eq!(shown["phones"][0]["number"], "13800001234");
        assert_eq!(shown.get("identity"), None, "the phone alone");
        let guard = server.person("guard").await;
        assert_eq!(guard.post(&numbers, why()).await.status, StatusCode::FORBIDDEN);

        let order = engineer.get("/work").await.ok()["items"][0]["id"].as_str().expect("order").to_owned();
        let seen = engineer.get(&format!("/cases/{order}")).await.ok();
        let fields = titles(&seen["fields"], "name");
        assert!(!fields.contains(&"open_to_all".to_owned()) && !fields.contains(&"worker".to_owned()), "{fields:?}");
    }

    async fn what_stands_under_a_case_is_seen_with_it(db: TestDb) {
        let server = Server::start(&db).await;
        let world = server.cast().await;
        server.duty("engineer", "engineer", &world.site).await;
        let (desk, guard) = (server.person("front-desk").await, server.person("guard").await);
        let data = json!({"content": "水龙头漏水", "part": "给排水", "place": "户内"});
        let repair = desk.call(&world, "repair", "水龙头漏水", data).await;
        desk.act(&repair, "to-developer", json!({})).await.ok();
        desk.act(&repair, "dispatch", json!({"trade": "水暖"})).await.ok();
        let order = desk.get(&format!("/cases/{repair}")).await.ok()["children"][0]["id"].as_str().expect("order").to_owned();
        let path = format!("/cases/{order}");
        assert_eq!(guard.get(&path).await.status, StatusCode::NOT_FOUND);
        desk.act(&repair, "copy-to", json!({"to": guard.id})).await.ok();
        guard.get(&path).await.ok();
        let listed = guard.get("/cases").await.ok();
        assert!(titles(&listed["items"], "id").contains(&order), "lists and single cases go by one rule");
        let children = guard.get(&format!("/cases/{repair}")).await.ok()["children"].clone();
        assert!(titles(&children, "id").contains(&order));
    }

    async fn the_pool_holds_work_and_is_given_to_who_does_it(db: TestDb) {
        let server = Server::start(&db).await;
        let world = server.cast().await;
        let (desk, lead) = (server.person("front-desk").await, server.person("repair-lead").await);
        let data = json!({"content": "楼道灯不亮", "sphere": "物业服务", "severity": "一般"});
        desk.call(&world, "complaint", "楼道灯不亮", data).await;
        let data = json!({"content": "水龙头漏水", "part": "给排水", "place": "户内"});
        let repair = desk.call(&world, "repair", "水龙头漏水", data).await;
        desk.act(&repair, "to-developer", json!({})).await.ok();
        desk.act(&repair, "dispatch", json!({"trade": "水暖"})).await.ok();
        let order = desk.get(&format!("/cases/{repair}")).await.ok()["children"][0]["id"].as_str().expect("order").to_owned();
        lead.act(&order, "to-pool", json!({})).await;
        for person in [&desk, &lead] {
            let pool = person.get("/pool").await.ok();
            assert_eq!(titles(&pool["items"], "kind"), ["work-order"], "{pool}");
        }
        let people = desk.get(&format!("/staff?takes_work=true&site={}", world.site)).await.ok();
        assert_eq!(titles(&people["items"], "name"), ["engineer", "repair-lead"]);
        let nobody = desk.get(&format!("/staff?takes_work=true&site={}", world.elsewhere)).await;
        assert!(titles(&nobody.body["items"], "name").is_empty(), "{:?}", nobody.body);
    }

    async fn a_question_is_answered_while_the_customer_is_there(db: TestDb) {
        let server = Server::start(&db).await;
        let world = server.cast().await;
        let desk = server.person("front-desk").await;
        let contact = |judgement: &str, data: Value| json!({
            "site": world.site, "channel": "call", "customer": world.customer, "home": world.home, "said": "几点上班",
            "judgements": [{"judgement": judgement, "data": data, "answer": {"answer": "早上九点"}}],
        });
        let made = desk.post("/contacts", contact("consultation", json!({"content": "几点上班"}))).await.ok();
        let case = desk.get(&format!("/cases/{}", made["cases"][0]["id"].as_str().expect("case"))).await.ok();
        assert_eq!((&case["stage"], &case["data"]["answer"]), (&json!("answered"), &json!("早上九点")));
        let kept = desk.get(&format!("/contacts/{}", made["id"].as_str().expect("id"))).await.ok();
        assert_eq!(kept["settled"], true, "{kept}");
        let repair = json!({"content": "漏水", "part": "给排水", "place": "户内"});
        let refused = desk.post("/contacts", contact("repair", repair)).await;
        assert_eq!(refused.code(), "invalid", "{:?}", refused.body);
        let count: Option<i64> = yizhan::db::Sql::scalar(server.app.db.read(), "select count(*) from contact", vals![])
            .await
            .expect("count");
        assert_eq!(count, Some(1), "nothing of what was refused is kept");
    }

    async fn a_home_found_later_counts_at_once(db: TestDb) {
        let server = Server::start(&db).await;
        let world = server.cast().await;
        let desk = server.person("front-desk").await;
        let data = json!({"content": "水龙头漏水", "part": "给排水", "place": "户内"});
        let body = json!({"kind": "repair", "site": world.site, "customer": world.customer, "data": data});
        let opened = desk.post("/cases", body).await;
        let id = opened.ok()["id"].as_str().expect("id").to_owned();
        let joined = desk.act(&id, "join-home", json!({"home": world.home, "more": 1})).await;
        assert_eq!(joined.code(), "invalid", "what was not asked is refused");
        let joined = desk.act(&id, "join-home", json!({"home": world.home})).await.ok();
        let until = joined["fields"].as_array().expect("fields").iter().find(|f| f["type"] == "computed");
        let until = &joined["data"][until.expect("warranty")["name"].as_str().expect("name")];
        assert!(until.as_str().is_some_and(|day| day > "2026-01-10"), "{until}");
    }

    async fn what_is_personal_in_a_form_is_shown_in_full_with_a_reason(db: TestDb) {
        let server = Server::start(&db).await;
        let world = server.cast().await;
        let (desk, lead) = (server.person("front-desk").await, server.person("repair-lead").await);
        let data = json!({"content": "水龙头漏水", "part": "给排水", "place": "户内", "contact_phone": "13900007788"});
        let repair = desk.call(&world, "repair", "水龙头漏水", data).await;
        let (case, unmask) = (format!("/cases/{repair}"), format!("/cases/{repair}/unmask"));
        let shown = desk.get(&case).await.ok();
        assert_eq!((&shown["data"]["contact_phone"], &shown["unmasks"]), (&json!("****7788"), &json!(true)));
        assert_eq!(desk.post(&unmask, json!({"reason": ""})).await.code(), "invalid");
        let why = || json!({"reason": "约上门时间"});
        let whole = desk.post(&unmask, why()).await.ok();
        assert_eq!(whole, json!({"data": {"contact_phone": "13900007788"}}), "what is personal and nothing else");
        let looks: Option<i64> = yizhan::db::Sql::scalar(server.app.db.read(),
            "select count(*) from look where what = 'case' and reason = '约上门时间'", vals![]).await.expect("looks");
        assert_eq!(looks, Some(1));
        // Who sees the case but may not unmask, and who does not see it.
        assert_eq!(lead.get(&case).await.ok()["unmasks"], false);
        assert_eq!(lead.post(&unmask, why()).await.status, StatusCode::FORBIDDEN);
        let guard = server.person("guard").await;
        assert_eq!(guard.post(&unmask, why()).await.status, StatusCode::NOT_FOUND);
    }
}
