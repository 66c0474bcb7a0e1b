//! What is of one site does not exist for staff of another: the same 404 as for what there is not, in no list, no
//! search, no count, no figure.

#[macro_use]
#[path = "../support/mod.rs"]
mod support;
mod areas;
mod beside;
mod live;
mod neighbour;

use reqwest::Method;
use serde_json::{Value, json};
use support::person::{Answer, Person, key};
use support::server::{HOUR, Server, World};
use yizhan::db::Sql;
use yizhan::vals;

/// Stands in every word written at the other site, and nowhere else.
const MARK: &str = "乙园";

/// What there is at the other site.
struct There {
    site: String,
    home: String,
    customer: String,
    contact: String,
    case: String,
    number: String,
    file: String,
    event: String,
    duty: String,
    staff: String,
}

impl There {
    fn ids(&self) -> [&str; 9] {
        [
            &self.home,
            &self.customer,
            &self.contact,
            &self.case,
            &self.number,
            &self.file,
            &self.event,
            &self.duty,
            &self.staff,
        ]
    }
}

async fn sql(server: &Server, text: &'static str, values: Vec<sea_orm::Value>) {
    let write = server
        .app
        .db
        .write(move |tx| Box::pin(async move { tx.run(text, values).await }));
    write.await.map_err(|e: sea_orm::DbErr| e).expect(text);
}

/// A home, an owner, a contact with its complaint, a file, an incident, a duty at the other site.
async fn furnish(server: &Server, world: &World) -> There {
    let id = || server.app.id();
    let (building, home, customer, duty) = (id(), id(), id(), id());
    let site = world.elsewhere.clone();
    sql(
        server,
        "insert into building (id, site_id, name) values ($1, $2, '9栋')",
        vals![building.clone(), site.clone()],
    )
    .await;
    sql(
        server,
        "insert into home (id, site_id, building_id, unit, room, title, room_key, delivered_on) \
         values ($1, $2, $3, '1单元', '901', '乙园9栋1单元901', '9-1-901', '2026-01-10')",
        vals![home.clone(), site.clone(), building],
    )
    .await;
    sql(
        server,
        "insert into customer (id, name, pinyin, initials, created_at) values ($1, '乙园主', 'yiyuanzhu', 'yyz', 0)",
        vals![customer.clone()],
    )
    .await;
    sql(
        server,
        "insert into customer_phone (id, customer_id, number, last4) values ($1, $1, '13900009876', '9876')",
        vals![customer.clone()],
    )
    .await;
    sql(
        server,
        "insert into customer_key (key, customer_id) values ('乙园', $1), ('乙园主', $1)",
        vals![customer.clone()],
    )
    .await;
    sql(
        server,
        "insert into home_person (home_id, customer_id, relation) values ($1, $2, 'owner')",
        vals![home.clone(), customer.clone()],
    )
    .await;
    let desk = server.person("desk-elsewhere").await;
    let said = "乙园楼道漏水没人管";
    let body = json!({
        "site": site, "channel": "call", "customer": customer, "home": home, "said": said,
        "judgements": [{"judgement": "complaint", "data": {"content": said}}], "read_back": true,
    });
    let made = desk.post("/contacts", body).await.ok();
    let case = text(&made["cases"][0]["id"]);
    let file = desk
        .upload("乙园.png", include_bytes!("../support/dot.png").to_vec())
        .await;
    sql(
        server,
        "update file set case_id = $1 where id = $2",
        vals![case.clone(), file.clone()],
    )
    .await;
    let event = json!({"site": site, "title": "乙园停水", "contacts": [made["id"]]});
    let event = desk.post("/events", event).await.ok();
    let now = server.clock.now();
    sql(
        server,
        "insert into duty (id, staff_id, post, site_id, from_at, to_at) values ($1, $2, 'front-desk', $3, $4, $5)",
        vals![duty.clone(), desk.id.clone(), site.clone(), now - HOUR, now + 10 * HOUR],
    )
    .await;
    There {
        site,
        home,
        customer,
        contact: text(&made["id"]),
        number: text(&made["cases"][0]["number"]),
        case,
        file,
        event: text(&event["id"]),
        duty,
        staff: desk.id,
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value}")).to_owned()
}

/// A request with everything a write needs.
async fn ask(person: &Person, method: &Method, path: &str, body: Option<Value>) -> Answer {
    let headers = [("idempotency-key", key()), ("if-match", "\"1\"".to_owned())];
    person.send(method.clone(), path, body, &headers).await
}
