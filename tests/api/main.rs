//! Every operation of the OpenAPI, asked with generated input, fitting and not, by several posts: it never answers
//! with a fault of the server, and never with what is not described. `API_SEED` and `API_ROUNDS` try others.

#[macro_use]
#[path = "../support/mod.rs"]
mod support;

mod answer;
mod fuzz;
mod generate;
mod operations;

use generate::Maker;
use operations::{Operation, operations};
use rand::SeedableRng;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use support::person::Person;
use support::server::{Server, World};

/// Requests to each operation.
const ROUNDS: u64 = 12;
/// Endless, or the end of the session everything here goes by.
const LEFT_OUT: [&str; 3] = ["get /live", "delete /session", "post /password"];

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name)
        .ok()
        .and_then(|v| v.parse().ok())
        .unwrap_or(default)
}

/// Things that exist, by the word their names end in.
async fn known(server: &Server, world: &World, desk: &Person) -> Vec<(&'static str, Vec<String>)> {
    let mut cases = Vec::new();
    for (judgement, data) in [
        ("complaint", json!({"content": "灯坏了"})),
        ("complaint", json!({"content": "漏水"})),
    ] {
        cases.push(desk.call(world, judgement, "楼道灯坏了", data).await);
    }
    let contacts = desk.get(&format!("/contacts?site={}", world.site)).await.ok();
    let contacts = contacts["items"].as_array().into_iter().flatten();
    let contacts = contacts
        .filter_map(|c| c["id"].as_str().map(str::to_owned))
        .collect();
    let manual = server.app.manuals.current();
    let names = |all: &mut dyn Iterator<Item = String>| all.collect::<Vec<_>>();
    vec![
        ("site", vec![world.site.clone(), world.elsewhere.clone()]),
        ("home", vec![world.home.clone()]),
        ("customer", vec![world.customer.clone()]),
        ("staff", vec![desk.id.clone()]),
        ("case", cases),
        ("contact", contacts),
        ("kind", names(&mut manual.kinds.keys().map(ToString::to_string))),
        ("post", names(&mut manual.posts.iter().map(|p| p.name.clone()))),
        (
            "judgement",
            vec!["complaint".to_owned(), "consultation".to_owned()],
        ),
        ("channel", vec!["call".to_owned(), "visit".to_owned()]),
        (
            "action",
            vec![
                "note".to_owned(),
                "take".to_owned(),
                "answer".to_owned(),
                "urge".to_owned(),
            ],
        ),
        (
            "clause",
            names(&mut manual.clauses.iter().map(|c| c.def.id.clone())),
        ),
        (
            "what",
            vec!["homes".to_owned(), "customers".to_owned(), "staff".to_owned()],
        ),
    ]
}

both! {
    async fn every_operation_answers_as_described(db: TestDb) {
        let server = Server::start(&db).await;
        let world = server.cast().await;
        let mut people = Vec::new();
        for login in ["front-desk", "supervisor", "manager", "centre-director", "desk-elsewhere"] {
            people.push(server.person(login).await);
        }
        let described = serde_json::to_value(yizhan::router::openapi()).expect("JSON");
        let known = known(&server, &world, &people[0]).await;
        let rng = ChaCha8Rng::seed_from_u64(setting("API_SEED", 1));
        let mut maker = Maker::new(&described, known, rng);
        let (mut faults, mut good) = (Vec::new(), BTreeSet::new());
        for operation in operations(&described) {
            if LEFT_OUT.contains(&operation.name.as_str()) {
                continue;
            }
            for _ in 0..setting("API_ROUNDS", ROUNDS) {
                let person = people.choose(&mut maker.rng).expect("somebody");
                match ask(&described, &mut maker, &operation, person).await {
                    Ok(status) if status < 300 => {
                        good.insert(operation.name.clone());
                    }
                    Ok(_) => {}
                    Err(fault) => faults.push(fault),
                }
            }
        }
        println!("{} operations succeeded at least once: {good:?}", good.len());
        // Were everything refused, nothing would have been tried.
        assert!(good.len() > 20, "{good:?}");
        assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    }
}

async fn ask(
    described: &Value,
    maker: &mut Maker<'_>,
    operation: &Operation<'_>,
    person: &Person,
) -> Result<u16, String> {
    let request = maker.request(operation);
    let method = Method::from_bytes(operation.method.to_uppercase().as_bytes()).expect("method");
    let (status, kind, bytes) = person
        .raw(method, &request.path, &request.headers, request.body.clone())
        .await;
    let checked = answer::check(described, operation, status, &kind, &bytes);
    checked.map(|()| status).map_err(|why| {
        let sent: String = String::from_utf8_lossy(&request.body).chars().take(400).collect();
        let got: String = String::from_utf8_lossy(&bytes).chars().take(300).collect();
        format!(
            "{} {}: {why}\n  sent {sent}\n  got {status} {kind} {got}",
            operation.name, request.path
        )
    })
}
