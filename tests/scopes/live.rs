//! Live updates go to whoever sees the case.

use crate::support::person::Person;
use crate::support::server::Server;
use crate::{furnish, text};
use serde_json::{Value, json};
use std::time::Duration;

/// What is heard until the line has been quiet for a while: names and data.
async fn heard(response: &mut reqwest::Response) -> Vec<(String, Value)> {
    let mut said = String::new();
    while let Ok(Ok(Some(part))) = tokio::time::timeout(Duration::from_millis(700), response.chunk()).await {
        said.push_str(&String::from_utf8_lossy(&part));
    }
    let events = said.split("\n\n").filter_map(|event| {
        let part = |name| event.lines().find_map(|l| l.strip_prefix(name)).map(str::trim);
        let data = serde_json::from_str(part("data:")?).ok()?;
        Some((part("event:")?.to_owned(), data))
    });
    events.collect()
}

both! {
    async fn only_those_who_see_a_case_hear_of_it(db: TestDb) {
        let server = Server::start(&db).await;
        let world = server.cast().await;
        let (desk, guard) = (server.person("front-desk").await, server.person("guard").await);
        let mut at_desk = listen(&desk).await;
        let mut at_gate = listen(&guard).await;
        furnish(&server, &world).await;
        assert_eq!(heard(&mut at_desk).await, [], "nothing of the neighbour");
        let case = desk.call(&world, "complaint", "灯坏了", json!({"content": "灯坏了"})).await;
        let events = heard(&mut at_desk).await;
        assert!(events.iter().any(|(name, data)| name == "case" && text(&data["id"]) == case), "{events:?}");
        let events = heard(&mut at_gate).await;
        assert!(!events.iter().any(|(name, _)| name == "case"), "a guard has nothing to do with it: {events:?}");
    }
}

async fn listen(person: &Person) -> reqwest::Response {
    person.open("/live").await
}
