//! Lists and reports by HTTP: views, columns, Excel, bulk actions, figures counted by hand, retention.

#[macro_use]
#[path = "../support/mod.rs"]
mod support;

mod bulk;
mod excel;
mod records;
mod reports;
mod retention;
mod saved;

use support::person::Person;
use support::server::{Server, World};

/// A complaint that somebody calls about, at the front desk.
async fn complaint(desk: &Person, world: &World, said: &str) -> String {
    let data = serde_json::json!({ "content": said, "sphere": "物业服务" });
    desk.call(world, "complaint", said, data).await
}

/// Signs in at the front desk.
async fn desk(server: &Server) -> Person {
    server.person("front-desk").await
}
