//! Words in what was written: short ones, common ones, and those nobody may ask for.

use super::{names, typed};
use crate::support::person::Person;
use crate::support::server::{START, Server, World};
use sea_orm::DbErr;
use serde_json::json;
use std::collections::BTreeSet;
use yizhan::db::Filter;
use yizhan::db::Sql;
use yizhan::search::{Seek, find_contacts, index_contact};
use yizhan::vals;

async fn told(desk: &Person, world: &World, said: &str) {
    let body =
        json!({"site": world.site, "channel": "visit", "said": said, "judgements": [], "read_back": true});
    desk.post("/contacts", body).await.ok();
}

async fn found(person: &Person, query: &str) -> Vec<String> {
    let page = person.get(&format!("/contacts?q={}", typed(query))).await.ok();
    names(&page["items"], "said")
}

fn all(_: usize) -> Filter {
    Filter {
        sql: "true".to_owned(),
        values: Vec::new(),
    }
}

both! {
    async fn words_of_two_characters_are_found_where_they_stand_together(db: TestDb) {
        let server = Server::start(&db).await;
        let world = server.cast().await;
        let desk = server.person("front-desk").await;
        let (leak, other) = ("卫生间漏水，楼下天花板湿了", "卫生很好，生间漏，漏水，ＷＩＦＩ坏了");
        told(&desk, &world, leak).await;
        server.clock.advance(1000);
        told(&desk, &world, other).await;
        assert_eq!(found(&desk, "漏水").await, [other, leak]);
        assert_eq!(found(&desk, "卫生间漏水").await, [leak]);
        assert_eq!(found(&desk, "天花").await, [leak]);
        assert_eq!(found(&desk, "湿").await, [leak]);
        assert_eq!(found(&desk, "了").await, [other, leak]);
        assert_eq!(found(&desk, "wifi 漏水").await, [other]);
        assert_eq!(found(&desk, "花天").await, [""; 0]);
        assert_eq!(found(&desk, "' \" * ( ) : & | !").await, [""; 0]);
        assert_eq!(found(&desk, "漏水' or 1=1 --").await, [""; 0]);
        let elsewhere = server.person("desk-elsewhere").await;
        assert_eq!(found(&elsewhere, "漏水").await, [""; 0]);
    }

    async fn numbers_in_text_are_found_whole_or_by_four_digits_and_only_by_right(db: TestDb) {
        let server = Server::start(&db).await;
        let world = server.cast().await;
        let desk = server.person("front-desk").await;
        let said = "请回电 138-0013-8000 1102室，身份证11010119900307123X";
        told(&desk, &world, said).await;
        for query in ["13800138000", "138 0013 8000", "8000", "11010119900307123x", "123X", "1102", "回电 8000"] {
            assert_eq!(found(&desk, query).await, [said], "{query}");
        }
        for query in ["0013", "1380013", "138", "00138000", "1990", "1101"] {
            assert_eq!(found(&desk, query).await, [""; 0], "{query}");
        }
        let clerk = server.person("decoration-clerk").await;
        for query in ["13800138000", "8000", "号8000", "123x", "110101199003", "回电 8000"] {
            assert_eq!(found(&clerk, query).await, [""; 0], "{query}");
        }
        let masked = "请回电 138****8000 1102室，身份证****123X";
        assert_eq!(found(&clerk, "1102").await, [masked]);
    }

    async fn pages_walk_through_the_years_and_miss_nothing(db: TestDb) {
        let server = Server::start(&db).await;
        let world = server.cast().await;
        let (app, site, elsewhere) = (server.app.clone(), world.site.clone(), world.elsewhere.clone());
        // Common, over ten years; every seventh elsewhere; every hundredth rare; some in the same millisecond.
        let texts: Vec<(String, String, i64, String)> = (0..700_i64)
            .map(|n| {
                let at = START - (n / 2) * 10 * 86_400_000;
                let text = if n % 100 == 3 { "电梯困人" } else { "电梯异响" };
                let at_site = if n % 7 == 0 { elsewhere.clone() } else { site.clone() };
                (app.id(), at_site, at, text.to_owned())
            })
            .collect();
        let kept = texts.clone();
        server.app.db.write::<_, DbErr, _>(move |tx| Box::pin(async move {
            for (id, site, at, text) in kept {
                tx.run(
                    "insert into contact (id, number, site_id, channel, said, happened_at, recorded_at) \
                     values ($1, $1, $2, 'call', $3, $4, $4)",
                    vals![id.clone(), site.clone(), text.clone(), at],
                ).await?;
                index_contact(tx, &id, &site, at, &text).await?;
                // Written again, it is found once.
                index_contact(tx, &id, &site, at, &text).await?;
            }
            Ok(())
        })).await.expect("contacts");

        for (query, at_site) in [("电梯", true), ("电梯", false), ("困人", false), ("异响", true)] {
            let wanted: BTreeSet<&str> = texts.iter()
                .filter(|t| t.3.contains(query) && (!at_site || t.1 == world.site)).map(|t| t.0.as_str()).collect();
            let sites = at_site.then(|| BTreeSet::from([world.site.clone()]));
            let (mut got, mut instants, mut before) = (Vec::new(), Vec::new(), None);
            loop {
                let seek = Seek { query, sites: sites.clone(), before, limit: 50, ..Seek::default() };
                let page = find_contacts(server.app.db.read(), &seek, all).await.expect("page");
                instants.extend(page.ids.iter().filter_map(|id| texts.iter().find(|t| t.0 == *id)).map(|t| t.2));
                got.extend(page.ids);
                before = page.next;
                if before.is_none() {
                    break;
                }
            }
            assert_eq!(got.len(), wanted.len(), "{query}");
            assert_eq!(got.iter().map(String::as_str).collect::<BTreeSet<_>>(), wanted, "{query}");
            assert!(instants.is_sorted_by(|a, b| a >= b), "{query}: newest first");
        }
    }

    async fn whoever_may_open_a_matter_for_a_home_is_offered_its_people(db: TestDb) {
        let server = Server::start(&db).await;
        let world = server.cast().await;
        let path = format!("/kinds/visitor/people?home={}", world.home);
        let desk = server.person("front-desk").await.get(&path).await.ok();
        assert_eq!(names(&desk["items"], "name"), ["王秀英"]);
        // A guard may not look through customers, and reads no more than whom to ring.
        let guard = server.person("guard").await;
        let offered = guard.get(&path).await.ok();
        assert_eq!(names(&offered["items"], "name"), ["王*"]);
        assert_eq!(offered["items"][0]["relation_title"], "业主");
        let open = json!({"kind": "visitor", "site": world.site, "home": world.home,
            "customer": offered["items"][0]["customer_id"], "data": {"people": 1, "purpose": "做客"}});
        assert_eq!(guard.post("/cases", open).await.status, 201);
        for (who, path) in [
            ("engineer", path.clone()),
            ("desk-elsewhere", path.clone()),
            ("guard", format!("/kinds/nothing/people?home={}", world.home)),
            ("guard", "/kinds/visitor/people?home=nothing".to_owned()),
        ] {
            let answer = server.person(who).await.get(&path).await;
            assert_eq!(answer.code(), "not-found", "{who} {path}");
        }
    }
}
