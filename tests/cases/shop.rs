//! A shop from its registering to a rectification (PATROL-4, PATROL-5).

use crate::support::person::{Answer, Person};
use crate::support::server::{HOUR, Server, World};
use reqwest::StatusCode;
use serde_json::{Value, json};
use yizhan::db::Sql;
use yizhan::vals;

/// A shop at the site, which nobody has registered yet.
async fn shop(server: &Server, world: &World) -> String {
    let (building, home) = ("01JSHOPSTREET0000000000000", "01JSHOP0000000000000000000");
    let site = world.site.clone();
    let made = server.app.db.write::<(), yizhan::error::Problem, _>(move |tx| {
        Box::pin(async move {
            let street = "insert into building (id, site_id, name) values ($1, $2, '商业街')";
            tx.run(street, vals![building, site.clone()]).await?;
            let shop = "insert into home (id, site_id, building_id, unit, room, title, room_key, kind) \
                        values ($1, $2, $3, '', '101', '商业街101', '101', 'shop')";
            tx.run(shop, vals![home, site, building]).await?;
            Ok(())
        })
    });
    made.await.expect("a shop");
    home.to_owned()
}

async fn register(by: &Person, world: &World, home: &str, more: &[(&str, Value)]) -> Answer {
    let licence = by
        .upload("licence.png", include_bytes!("../support/dot.png").to_vec())
        .await;
    let mut data = json!({
        "name": "示例便利店", "keeper": "赵某", "keeper_phone": "13900001111", "trade": "超市便利", "licence_no": "91000000",
        "licence_files": [licence], "fumes": "没有油烟", "sign_approved": true, "fire_equipment": "灭火器两具",
    });
    for (field, value) in more {
        data[*field] = value.clone();
    }
    by.post(
        "/cases",
        json!({"kind": "shop", "site": world.site, "home": home, "data": data}),
    )
    .await
}

/// The last visit under a case.
fn visit(case: &Value) -> Option<&Value> {
    let children = case["children"].as_array().expect("children");
    children.iter().find(|c| c["kind"] == "shop-patrol")
}

both! {
    async fn a_shop_has_one_record_whoever_is_quicker(db: TestDb) {
        let server = Server::start(&db).await;
        let world = server.cast().await;
        let shop = shop(&server, &world).await;
        let (clerk, desk) = (server.person("decoration-clerk").await, server.person("front-desk").await);
        let refused = register(&clerk, &world, &world.home, &[]).await;
        assert_eq!(refused.code(), "refused", "a home is no shop: {:?}", refused.body);
        let refused = register(&clerk, &world, &shop, &[("licence_files", json!([]))]).await;
        assert_eq!((refused.code(), &refused.body["fields"][0]["field"]), ("invalid", &json!("licence_files")));
        assert!(clerk.get("/cases").await.ok()["items"].as_array().expect("items").is_empty(), "a refusal leaves nothing");

        let (one, two) = tokio::join!(register(&clerk, &world, &shop, &[]), register(&desk, &world, &shop, &[]));
        let mut statuses = [one.status, two.status];
        statuses.sort();
        assert_eq!(statuses, [StatusCode::CREATED, StatusCode::CONFLICT], "{:?} {:?}", one.body, two.body);
        let number: Option<i64> = server.app.db.read()
            .scalar("select count(*) from case_record where kind = 'shop'", vals![]).await.expect("count");
        assert_eq!(number, Some(1));
    }

    async fn a_visit_comes_every_second_day_and_what_it_finds_is_put_right(db: TestDb) {
        let server = Server::start(&db).await;
        let world = server.cast().await;
        let home = shop(&server, &world).await;
        server.duty("patrol", "patrol", &world.site).await;
        let clerk = server.person("decoration-clerk").await;
        let shop = register(&clerk, &world, &home, &[]).await.ok()["id"].as_str().expect("id").to_owned();
        // Days pass, and with them sessions.
        let shown = async || server.person("decoration-clerk").await.get(&format!("/cases/{shop}")).await.ok();
        server.pass(24 * HOUR).await;
        assert_eq!(visit(&shown().await), None);
        server.pass(26 * HOUR).await;
        let case = shown().await;
        let (clerk, patrol) = (server.person("decoration-clerk").await, server.person("patrol").await);
        let first = visit(&case).unwrap_or_else(|| panic!("no visit: {case}"))["id"].as_str().expect("id").to_owned();

        let manual = server.app.manuals.current();
        let list = manual.kind("shop-patrol").and_then(|rules| rules.kind.fields.iter().find_map(|f| f.checklist.clone()));
        let items = list.expect("a checklist").items;
        let looked: Vec<Value> = items
            .iter()
            .enumerate()
            .map(|(nth, item)| json!({"item": item.item, "state": if nth == 2 { "不合格" } else { "合格" }}))
            .collect();
        let found = json!({
            "looked": looked, "finding": "占道堆货", "spot": "店门口", "dissuaded": "劝过不听",
            "rectify_by": server.clock.now() + 48 * HOUR,
        });
        assert_eq!(patrol.act(&first, "notice", found.clone()).await.code(), "invalid", "photographs are evidence");
        let photo = patrol.upload("goods.png", include_bytes!("../support/dot.png").to_vec()).await;
        let mut found = found;
        found["photos"] = json!([photo]);
        let (one, two) = tokio::join!(patrol.act(&first, "notice", found.clone()), patrol.act(&first, "notice", found));
        assert!(one.status.is_success() != two.status.is_success(), "{:?} {:?}", one.body, two.body);
        let case = shown().await;
        let orders = case["children"].as_array().expect("children").iter().filter(|c| c["kind"] == "rectification");
        assert_eq!(orders.count(), 1, "{case}");
        let refused = clerk.act(&shop, "leave", json!({"shut_reason": "不做了"})).await;
        assert_eq!(refused.code(), "refused", "something is still to be put right: {:?}", refused.body);
        let clause = server.person("manager").await.get("/clauses/C-16").await.ok();
        assert!(clause.to_string().contains("100"), "the visit was in time: {clause}");

        // Nobody looks at a shop that is shut.
        clerk.act(&shop, "shut", json!({"shut_reason": "装修停业"})).await.ok();
        server.pass(96 * HOUR).await;
        let case = shown().await;
        let visits = case["children"].as_array().expect("children").iter().filter(|c| c["kind"] == "shop-patrol");
        assert_eq!(visits.count(), 1, "{case}");
    }
}
