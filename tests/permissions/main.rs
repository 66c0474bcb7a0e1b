//! Who may do what: every operation of the API asked by every post of the manual, and every action of every kind. The
//! answers stand in docs/permissions.txt, which people review; a route nobody asked for fails.

#[macro_use]
#[path = "../support/mod.rs"]
mod support;
mod actions;
mod probes;

use engine::def::Scope;
use probes::PROBES;
use reqwest::{Client, Method, multipart};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use support::TestDb;
use support::person::key;
use support::server::{HOUR, Server, World};
use yizhan::db::Sql;
use yizhan::{auth, owner, router, vals};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/permissions.txt");
const HEAD: &str = "\
# Who may do what. Written by a test from real requests against a small company, and reviewed by people:
# `UPDATE_PERMISSIONS=1 cargo test --test permissions` writes it anew; read the difference before you commit it.
#
# Posts that see the whole company, and the administrator, are held at all sites here, the others at one site. The case
# and its contact are of that site; nobody but the front desk has to do with them.
#
# ok       done
# refused  let in, and refused for what was entered or for how things stand (a form, a version, a limit)
# 403      has not the right
# 404      it does not exist for this actor (what is asked for is there, unless its address says none-such)
# 401      not signed in
# `other posts` are those that stand in no other line of the operation.
";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn permissions_are_as_reviewed() {
    let operations = operations();
    let probed: BTreeSet<&str> = PROBES.iter().map(|(operation, ..)| *operation).collect();
    let missing: Vec<&String> = operations
        .iter()
        .filter(|o| !probed.contains(o.as_str()))
        .collect();
    assert!(
        missing.is_empty(),
        "nobody has said who may call {missing:?}: add a line for each to tests/permissions/probes.rs, run \
         `UPDATE_PERMISSIONS=1 cargo test --test permissions`, and have the lines it adds to docs/permissions.txt reviewed"
    );
    let gone: Vec<&&str> = probed.iter().filter(|p| !operations.contains(**p)).collect();
    assert!(
        gone.is_empty(),
        "no such operation any more: take {gone:?} out of tests/permissions/probes.rs"
    );

    let mut text = format!("{HEAD}\n## Routes\n");
    text.push_str(&routes().await);
    text.push_str(&actions::text());
    if std::env::var_os("UPDATE_PERMISSIONS").is_some() {
        std::fs::write(FILE, &text).expect("write docs/permissions.txt");
        return;
    }
    let reviewed = std::fs::read_to_string(FILE).unwrap_or_default();
    let first = text.lines().zip(reviewed.lines()).find(|(now, was)| now != was);
    assert!(
        text == reviewed,
        "permissions differ from what was reviewed, first at {first:?}: run `UPDATE_PERMISSIONS=1 cargo test --test \
         permissions` and have the difference of docs/permissions.txt reviewed"
    );
}

/// `GET /cases/{id}` and so on, of everything the API describes.
fn operations() -> BTreeSet<String> {
    let described = serde_json::to_value(router::openapi()).expect("description");
    let paths = described["paths"].as_object().expect("paths").clone();
    let named = |(path, item): (String, Value)| {
        let verbs: Vec<String> = item.as_object().expect("item").keys().cloned().collect();
        verbs
            .into_iter()
            .map(move |verb| format!("{} {path}", verb.to_uppercase()))
    };
    paths.into_iter().flat_map(named).collect()
}

/// Somebody who asks.
struct Actor {
    name: String,
    http: Client,
    /// Headers that prove who it is.
    proof: Vec<(&'static str, String)>,
    /// What there is once for each.
    own: BTreeMap<&'static str, String>,
}

async fn routes() -> String {
    let db = TestDb::sqlite().await;
    let server = Server::start(&db).await;
    let world = server.cast().await;
    let posts = posts(&server).await;
    let known = company(&server, &world).await;
    let mut outcomes: BTreeMap<&str, BTreeMap<&'static str, Vec<String>>> = BTreeMap::new();
    for actor in actors(&server, &world, &posts).await {
        for (operation, path, body) in PROBES {
            let outcome = ask(&server, &known, &actor, operation, path, body).await;
            let by_outcome = outcomes.entry(operation).or_default();
            by_outcome.entry(outcome).or_default().push(actor.name.clone());
        }
    }
    let mut text = String::new();
    for (operation, by_outcome) in outcomes {
        let _ = writeln!(text, "{operation}");
        let staff = |names: &Vec<String>| names.iter().filter(|n| posts.contains(n)).count();
        let most = by_outcome.values().map(staff).max().unwrap_or(0);
        let mut others = Some(most).filter(|most| *most > 3);
        for outcome in ["ok", "refused", "403", "404", "401"] {
            let Some(mut names) = by_outcome.get(outcome).cloned() else {
                continue;
            };
            if Some(staff(&names)) == others {
                others = None;
                names.retain(|name| !posts.contains(name));
                let all = if most == posts.len() {
                    "all posts"
                } else {
                    "other posts"
                };
                names.insert(0, all.to_owned());
            }
            let _ = writeln!(text, "  {outcome:<8} {}", names.join(", "));
        }
    }
    text
}

/// Posts of the manual; those of the whole company are held at all sites from now on.
async fn posts(server: &Server) -> Vec<String> {
    let manual = server.app.manuals.current();
    let wide = manual
        .posts
        .iter()
        .filter(|p| p.sees == Scope::Company || p.name == "admin");
    for post in wide {
        let post = post.name.clone();
        let sql = "update staff_post set site_id = null where post = $1";
        let write = server
            .app
            .db
            .write(move |tx| Box::pin(async move { tx.run(sql, vals![post]).await }));
        write.await.map_err(|e: sea_orm::DbErr| e).expect("posts");
    }
    manual.posts.iter().map(|p| p.name.clone()).collect()
}

/// What is asked for, by the word that stands for it.
async fn company(server: &Server, world: &World) -> BTreeMap<&'static str, String> {
    let desk = server.person("front-desk").await;
    let said = "楼道灯坏了一个月没人管";
    let case = desk
        .call(world, "complaint", said, json!({ "content": said }))
        .await;
    let contact = desk.get(&format!("/cases/{case}")).await.ok()["contact"]["id"].clone();
    let event = json!({"site": world.site, "title": "停电", "contacts": []});
    let event = desk.post("/events", event).await.ok()["id"].clone();
    let file = desk
        .upload("灯.png", include_bytes!("../support/dot.png").to_vec())
        .await;
    let hang = "update file set case_id = $1 where id = $2";
    let values = vals![case.clone(), file.clone()];
    let write = server
        .app
        .db
        .write(move |tx| Box::pin(async move { tx.run(hang, values).await }));
    write.await.map_err(|e: sea_orm::DbErr| e).expect("hang");
    let reports = server.person("supervisor").await.get("/reports").await.ok();
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    BTreeMap::from([
        ("{site}", world.site.clone()),
        ("{home}", world.home.clone()),
        ("{customer}", world.customer.clone()),
        ("{case}", case),
        ("{contact}", text(&contact)),
        ("{event}", text(&event)),
        ("{file}", file),
        ("{report}", text(&reports["items"][0]["name"])),
    ])
}

async fn actors(server: &Server, world: &World, posts: &[String]) -> Vec<Actor> {
    let app = &server.app;
    // One for all: each reads the system's certificates anew.
    let http = Client::new();
    let mut actors = Vec::new();
    for name in posts
        .iter()
        .map(String::as_str)
        .chain(["signed-out", "owner-link"])
    {
        let (person, duty) = (app.id(), app.id());
        let (id, of, site, on, now) = (
            person.clone(),
            name.to_owned(),
            world.site.clone(),
            duty.clone(),
            server.clock.now(),
        );
        let write = app.db.write(move |tx| {
            Box::pin(async move {
                for (sql, values) in [
                    ("insert into staff (id, name, login, password, created_at) values ($1, $2, $3, '', $4)",
                     vals![id.clone(), format!("{of}的同事"), format!("own-{of}"), now]),
                    ("insert into staff_post (staff_id, post, site_id) values ($1, 'guard', $2)", vals![id.clone(), site.clone()]),
                    ("insert into duty (id, staff_id, post, site_id, from_at, to_at) values ($1, $2, 'guard', $3, $4, $5)",
                     vals![on, id, site, now + 100 * HOUR, now + 101 * HOUR]),
                ] {
                    tx.run(sql, values).await?;
                }
                Ok::<_, sea_orm::DbErr>(())
            })
        });
        write.await.expect("colleague");
        let proof = match name {
            "signed-out" => Vec::new(),
            "owner-link" => {
                let (own, home, customer) = (app.clone(), world.home.clone(), world.customer.clone());
                let write = app.db.write(move |tx| {
                    Box::pin(async move { owner::links::home_link(&own, tx, &home, &customer).await })
                });
                vec![(
                    "x-owner-token",
                    write.await.map_err(|e: sea_orm::DbErr| e).expect("link"),
                )]
            }
            post => session(server, post).await,
        };
        actors.push(Actor {
            name: name.to_owned(),
            http: http.clone(),
            proof,
            own: BTreeMap::from([
                ("{actor}", name.to_owned()),
                ("{own-person}", person),
                ("{own-duty}", duty),
            ]),
        });
    }
    actors
}

/// A session written straight into the table: signing in thirty times is slow on purpose.
async fn session(server: &Server, login: &str) -> Vec<(&'static str, String)> {
    let (secret, csrf) = (format!("secret-{login}"), format!("csrf-{login}"));
    let (digest, token, login, now) = (
        auth::digest(&secret),
        csrf.clone(),
        login.to_owned(),
        server.clock.now(),
    );
    let sql = "insert into session (digest, staff_id, csrf, created_at, seen_at, expires_at) \
               select $1, id, $2, $3, $3, $4 from staff where login = $5";
    let values = vals![digest, token, now, now + 10 * HOUR, login];
    let write = server
        .app
        .db
        .write(move |tx| Box::pin(async move { tx.run(sql, values).await }));
    assert_eq!(write.await.map_err(|e: sea_orm::DbErr| e).expect("session"), 1);
    vec![
        ("cookie", format!("{}={secret}", auth::COOKIE)),
        ("x-csrf-token", csrf),
    ]
}

async fn ask(
    server: &Server,
    known: &BTreeMap<&'static str, String>,
    actor: &Actor,
    operation: &str,
    path: &str,
    body: &str,
) -> &'static str {
    let fill = |text: &str| {
        let all = known.iter().chain(&actor.own);
        all.fold(text.to_owned(), |text, (word, value)| text.replace(word, value))
    };
    let verb = operation.split(' ').next().expect("verb");
    let method: Method = verb.parse().expect("method");
    let mut request = actor
        .http
        .request(method, format!("{}{}", server.base(), fill(path)));
    for (name, value) in &actor.proof {
        request = request.header(*name, value);
    }
    request = request
        .header("idempotency-key", key())
        .header("if-match", "\"0\"");
    request = match body {
        "" => request,
        "file" => {
            let part =
                multipart::Part::bytes(include_bytes!("../support/dot.png").to_vec()).file_name("灯.png");
            request.multipart(multipart::Form::new().part("file", part))
        }
        json => request
            .header("content-type", "application/json")
            .body(fill(json)),
    };
    // The body is left alone: live updates have no end.
    let status = request.send().await.expect(operation).status();
    match status.as_u16() {
        200..300 => "ok",
        401 => "401",
        403 => "403",
        404 => "404",
        400..500 => "refused",
        _ => panic!("{operation} as {}: {status}", actor.name),
    }
}
