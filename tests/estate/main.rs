//! Customers, homes, search, staff and imports, by HTTP, on both databases.

#[macro_use]
#[path = "../support/mod.rs"]
mod support;

mod customers;
mod finding;
mod importing;
mod people;

use reqwest::Method;
use sea_orm::{DbErr, Value as Sv};
use serde_json::Value;
use support::person::{Answer, Person, key};
use support::server::Server;
use yizhan::db::Sql;

/// Runs a statement behind the application's back.
async fn run(server: &Server, sql: &'static str, values: Vec<Sv>) {
    let done = server
        .app
        .db
        .write::<_, DbErr, _>(move |tx| Box::pin(async move { tx.run(sql, values).await }));
    done.await.expect(sql);
}

/// The first column of the first row, a number.
async fn count(server: &Server, sql: &str, values: Vec<Sv>) -> i64 {
    server
        .app
        .db
        .read()
        .scalar(sql, values)
        .await
        .expect(sql)
        .unwrap_or(-1)
}

/// Replaces a thing.
async fn put(person: &Person, path: &str, body: Value) -> Answer {
    person
        .send(Method::PUT, path, Some(body), &[("idempotency-key", key())])
        .await
}

/// Names or titles in a list of an answer.
fn names(list: &Value, field: &str) -> Vec<String> {
    let items = list.as_array().unwrap_or_else(|| panic!("a list: {list}"));
    items
        .iter()
        .map(|item| item[field].as_str().unwrap_or_default().to_owned())
        .collect()
}

/// A word as it stands in an address.
fn typed(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
