//! Who looks after an area sees the contacts of its homes, as they see its cases.

use crate::sql;
use crate::support::server::Server;
use reqwest::StatusCode;
use serde_json::json;
use yizhan::vals;

both! {
    async fn contacts_are_seen_by_area_as_cases_are(db: TestDb) {
        let server = Server::start(&db).await;
        let world = server.cast().await;
        let id = || server.app.id();
        let (east, west, building, home) = (id(), id(), id(), id());
        for (area, name) in [(&east, "东区"), (&west, "西区")] {
            let values = vals![area.clone(), world.site.clone(), name];
            sql(&server, "insert into area (id, site_id, name) values ($1, $2, $3)", values).await;
        }
        sql(&server, "update building set area_id = $1", vals![east.clone()]).await;
        sql(
            &server,
            "insert into building (id, site_id, area_id, name) values ($1, $2, $3, '2栋')",
            vals![building.clone(), world.site.clone(), west],
        )
        .await;
        sql(
            &server,
            "insert into home (id, site_id, building_id, unit, room, title, room_key) \
             values ($1, $2, $3, '1单元', '101', '2栋1单元101', '2-1-101')",
            vals![home.clone(), world.site.clone(), building],
        )
        .await;
        sql(
            &server,
            "insert into staff_area (staff_id, area_id) select id, $1 from staff where login = 'assistant'",
            vals![east],
        )
        .await;
        let (desk, assistant) = (server.person("front-desk").await, server.person("assistant").await);
        let contact = |home: Option<&str>, said: &str| {
            json!({"site": world.site, "channel": "call", "home": home, "said": said, "judgements": []})
        };
        let told = async |by: &crate::Person, home: Option<&str>, said: &str| {
            let made = by.post("/contacts", contact(home, said)).await.ok();
            made["id"].as_str().expect("id").to_owned()
        };
        let theirs = told(&desk, Some(&world.home), "东区的电梯响").await;
        let other = told(&desk, Some(&home), "西区的电梯响").await;
        let common = told(&desk, None, "大门的电梯响").await;
        let own = told(&assistant, Some(&home), "替西区接的电梯响").await;

        for (id, seen) in [(&theirs, true), (&other, false), (&common, true), (&own, true)] {
            let status = if seen { StatusCode::OK } else { StatusCode::NOT_FOUND };
            assert_eq!(assistant.get(&format!("/contacts/{id}")).await.status, status);
            assert_eq!(desk.get(&format!("/contacts/{id}")).await.status, StatusCode::OK);
        }
        for path in ["/contacts", "/contacts?q=电梯"] {
            let list = assistant.get(path).await.ok();
            let found: Vec<&str> = list["items"].as_array().expect("items").iter().filter_map(|c| c["id"].as_str()).collect();
            assert_eq!(found, [own.as_str(), &common, &theirs], "{path}");
        }
        let words = json!({"words": "看看"});
        assert_eq!(assistant.post(&format!("/contacts/{other}/feedback"), words).await.status, StatusCode::NOT_FOUND);
    }
}
