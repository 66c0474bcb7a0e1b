//! Staff of one site and everything of the other.

use crate::support::server::{Server, World};
use crate::{MARK, There, ask, furnish, text};
use reqwest::Method;
use serde_json::{Value, json};

/// Posts at the first site that differ in what they see and may.
const POSTS: [&str; 7] = [
    "front-desk",
    "supervisor",
    "manager",
    "repair-lead",
    "engineer",
    "guard",
    "assistant",
];

/// Lists, searches and figures: what they answer must not change when something happens at the other site.
const LISTS: [&str; 28] = [
    "/views?list=cases",
    "/reports",
    "/cases/columns",
    "/clauses/C-06?by=person",
    "/sites",
    "/homes",
    "/homes?q=9-1-901",
    "/staff",
    "/duty",
    "/contacts",
    "/contacts?q=漏水",
    "/contacts?q=乙园",
    "/events",
    "/cases?state=all",
    "/cases?state=all&q=漏水",
    "/cases?state=all&sort=newest",
    "/cases?late=true",
    "/duplicates?q=漏水没人管",
    "/work",
    "/pool",
    "/inbox",
    "/search?q=乙园",
    "/search?q=9876",
    "/search?q=13900009876",
    "/search?q=9-1-901",
    "/search?q=TS-BC",
    "/clauses",
    "/clauses/C-06",
];

both! {
    async fn lists_and_counts_know_nothing_of_the_neighbour(db: TestDb) {
        let server = Server::start(&db).await;
        let world = server.cast().await;
        let mut before = Vec::new();
        for post in POSTS {
            let person = server.person(post).await;
            for path in LISTS {
                before.push((post, path, person.get(path).await.body));
            }
        }
        let there = furnish(&server, &world).await;
        // A promise is broken there as well.
        server.pass(72 * crate::HOUR).await;
        server.clock.advance(-72 * crate::HOUR);
        let neighbour = server.person("desk-elsewhere").await;
        assert!(neighbour.get("/search?q=乙园").await.ok().to_string().contains(&there.case), "it is there");
        for (post, path, was) in before {
            let person = server.person(post).await;
            assert_eq!(person.get(path).await.body, was, "{post} {path}");
        }
        narrowed(&server, &there).await;
    }

    async fn what_is_of_the_neighbour_is_as_if_it_were_not(db: TestDb) {
        let server = Server::start(&db).await;
        let world = server.cast().await;
        let there = furnish(&server, &world).await;
        let none = There {
            site: server.app.id(),
            home: server.app.id(),
            customer: server.app.id(),
            contact: server.app.id(),
            case: server.app.id(),
            number: "TS-BC-2026-99999".to_owned(),
            file: server.app.id(),
            event: server.app.id(),
            duty: server.app.id(),
            staff: server.app.id(),
        };
        let desk = server.person("front-desk").await;
        let own = desk.call(&world, "complaint", "甲园灯坏了", json!({"content": "甲园灯坏了"})).await;
        let contact = text(&desk.get(&format!("/cases/{own}")).await.ok()["contact"]["id"]);
        for post in POSTS {
            let person = server.person(post).await;
            for ((method, path, body), (_, no_path, no_body)) in
                requests(&world, &contact, &own, &there).into_iter().zip(requests(&world, &contact, &own, &none))
            {
                let real = ask(&person, &method, &path, body).await;
                let missing = ask(&person, &method, &no_path, no_body).await;
                assert!(!real.status.is_success() && !real.status.is_server_error(), "{post} {method} {path}: {real:?}");
                assert_eq!((real.status, &real.body), (missing.status, &missing.body), "{post} {method} {path}");
            }
        }
        let kept = server.person("desk-elsewhere").await;
        assert_eq!(kept.get(&format!("/customers/{}", there.customer)).await.ok()["name"], "乙园主");
        assert_eq!(kept.get(&format!("/cases/{}", there.case)).await.ok()["closed"], false);
    }
}

/// Asking for the other site, home or customer gives what asking for none does, and names nothing of it.
async fn narrowed(server: &Server, there: &There) {
    let nothing = server.app.id();
    for post in POSTS {
        let person = server.person(post).await;
        for (path, id) in [
            ("/cases?state=all&site=", &there.site),
            ("/cases?state=all&home=", &there.home),
            ("/cases?state=all&customer=", &there.customer),
            ("/contacts?site=", &there.site),
            ("/contacts?home=", &there.home),
            ("/contacts?customer=", &there.customer),
            ("/homes?site=", &there.site),
            ("/staff?site=", &there.site),
            ("/duty?site=", &there.site),
            ("/events?site=", &there.site),
            ("/duplicates?home=", &there.home),
            ("/duplicates?customer=", &there.customer),
            ("/pool?site=", &there.site),
            ("/clauses?site=", &there.site),
            ("/clauses/C-06?site=", &there.site),
        ] {
            let real = person.get(&format!("{path}{id}")).await;
            let missing = person.get(&format!("{path}{nothing}")).await;
            assert_eq!(
                (real.status, &real.body),
                (missing.status, &missing.body),
                "{post} {path}"
            );
            let said = real.body.to_string();
            assert!(
                !said.contains(MARK) && !there.ids().iter().any(|id| said.contains(id)),
                "{post} {path}: {said}"
            );
        }
    }
}

/// Every address that takes an id, with one of the other site; and one's own things that are to be joined to it.
fn requests(world: &World, contact: &str, case: &str, there: &There) -> Vec<(Method, String, Option<Value>)> {
    let There {
        site,
        home,
        customer,
        number,
        file,
        event,
        duty,
        staff,
        ..
    } = there;
    let (theirs, their_contact) = (&there.case, &there.contact);
    let get = |path: String| (Method::GET, path, None);
    let post = |path: String, body: Value| (Method::POST, path, Some(body));
    let put = |path: String, body: Value| (Method::PUT, path, Some(body));
    let delete = |path: String| (Method::DELETE, path, None);
    let said = |more: Value| {
        let mut body = json!({"site": world.site, "channel": "call", "said": "问一问", "judgements": [], "read_back": true});
        body.as_object_mut()
            .expect("object")
            .extend(more.as_object().expect("object").clone());
        body
    };
    vec![
        get(format!("/cases/{theirs}")),
        get(format!("/cases/{theirs}/ahead")),
        post(
            format!("/cases/{theirs}/actions"),
            json!({"action": "note", "input": {"words": "看看"}}),
        ),
        post(
            format!("/cases/{case}/actions"),
            json!({"action": "link-to", "input": {"case": number, "why": "看看"}}),
        ),
        post(
            format!("/cases/{case}/actions"),
            json!({"action": "merge-into", "input": {"case": number, "why": "看看"}}),
        ),
        post(
            format!("/cases/{case}/actions"),
            json!({"action": "join-home", "input": {"home": home}}),
        ),
        post(
            format!("/cases/{case}/actions"),
            json!({"action": "join-customer", "input": {"customer": customer}}),
        ),
        post(
            format!("/cases/{case}/actions"),
            json!({"action": "pass-on", "input": {"to": staff, "reason": "看看"}}),
        ),
        post(
            format!("/cases/{case}/actions"),
            json!({"action": "note", "input": {"words": "看看", "files": [file]}}),
        ),
        post(
            "/cases".to_owned(),
            json!({"kind": "complaint", "site": site, "data": {"content": "看看"}}),
        ),
        post(
            "/cases".to_owned(),
            json!({"kind": "complaint", "site": world.site, "home": home, "data": {"content": "看看"}}),
        ),
        post(
            "/cases".to_owned(),
            json!({"kind": "complaint", "site": world.site, "customer": customer, "data": {"content": "看看"}}),
        ),
        post("/cases/offers".to_owned(), json!({"cases": [theirs]})),
        get(format!("/contacts/{their_contact}")),
        post(
            format!("/contacts/{their_contact}/cases"),
            json!({"judgement": "complaint", "data": {"content": "看看"}}),
        ),
        post(format!("/contacts/{their_contact}/attach"), json!({"case": case})),
        post(format!("/contacts/{contact}/attach"), json!({"case": theirs})),
        put(
            format!("/contacts/{their_contact}/customer"),
            json!({"customer": world.customer}),
        ),
        put(
            format!("/contacts/{contact}/customer"),
            json!({"customer": customer}),
        ),
        put(
            format!("/contacts/{contact}/customer"),
            json!({"customer": world.customer, "home": home}),
        ),
        post(
            format!("/contacts/{their_contact}/feedback"),
            json!({"words": "看看"}),
        ),
        post("/contacts".to_owned(), said(json!({"site": site}))),
        post("/contacts".to_owned(), said(json!({"home": home}))),
        post("/contacts".to_owned(), said(json!({"customer": customer}))),
        get(format!("/homes/{home}")),
        put(
            format!("/homes/{home}"),
            json!({"kind": "home", "area": 80.0, "people": []}),
        ),
        put(
            format!("/homes/{}", world.home),
            json!({"kind": "home", "area": 80.0, "people": [{"customer": customer, "relation": "owner"}]}),
        ),
        get(format!("/customers/{customer}")),
        put(
            format!("/customers/{customer}"),
            json!({"name": "看看", "care_note": "", "phones": [], "plates": []}),
        ),
        post(format!("/customers/{customer}/unmask"), json!({"reason": "看看"})),
        post("/customers".to_owned(), json!({"name": "看看", "home": home})),
        get(format!("/files/{file}")),
        get(format!("/files/{file}/thumb")),
        post("/events".to_owned(), json!({"site": site, "title": "看看"})),
        post(
            "/events".to_owned(),
            json!({"site": world.site, "title": "看看", "contacts": [their_contact]}),
        ),
        post(format!("/events/{event}/contacts"), json!({"contact": contact})),
        post(format!("/events/{event}/close"), json!({"notice": "看看"})),
        delete(format!("/duty/{duty}")),
        post(
            "/duty".to_owned(),
            json!({"staff": staff, "post": "front-desk", "site": world.site, "from_at": 1, "to_at": 2}),
        ),
        put(
            format!("/staff/{staff}"),
            json!({"name": "看看", "posts": [{"post": "guard", "site": world.site}]}),
        ),
        post(format!("/staff/{staff}/leave"), json!({})),
        get(format!("/staff/{staff}/access")),
        delete(format!("/staff/{staff}/access")),
        delete(format!("/staff/{staff}/two-step")),
        get(format!("/gate/{number}")),
        get(format!("/gate/{theirs}")),
        post(format!("/gate/{number}/use"), json!({})),
    ]
}
