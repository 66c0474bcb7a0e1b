//! Sites, buildings, homes and customers of the demonstration company.

use super::chance::{Chance, DAY};
use super::{Plan, forms, words};
use crate::context::App;
use crate::db::{Sql, Tx};
use crate::error::Problem;
use crate::estate::{NewCustomer, create_customers, insert_all};
use crate::search::{room_key, room_title};
use crate::vals;
use engine::time::Time;
use serde_json::json;

/// What people read, so that nobody takes it for a real company.
pub const COMPANY: &str = "演示物业公司（数据均为虚构）";
const SITES: [(&str, &str); 2] = [("示例·云杉花园", "YS"), ("示例·听澜苑", "TL")];
const AREAS: [&str; 2] = ["东区", "西区"];
const UNITS: usize = 2;
const FLOORS: usize = 9;
const DOORS: usize = 2;
/// Shops of a site, beside its homes.
const SHOPS: usize = 3;
/// Homes that are still for sale.
const FOR_SALE: f64 = 0.06;

/// A site.
pub struct Site {
    pub id: String,
    pub areas: Vec<String>,
    pub homes: Vec<Home>,
    pub shops: Vec<Home>,
}

/// A home, or a shop.
pub struct Home {
    pub id: String,
    pub title: String,
    /// Handed over to an owner, or let; else still to be had.
    pub sold: bool,
    /// Owner first.
    pub people: Vec<Person>,
}

/// A customer.
#[derive(Clone)]
pub struct Person {
    pub id: String,
    pub name: String,
    pub phone: String,
}

/// Builds the company.
///
/// # Errors
/// The database's.
pub async fn build(tx: &Tx, app: &App, chance: &mut Chance, plan: &Plan) -> Result<Vec<Site>, Problem> {
    tx.run(
        "insert into setting (name, value) values ('company', $1) on conflict (name) do update set value = excluded.value",
        vals![json!({ "name": COMPANY })],
    )
    .await?;
    let first = (plan.homes * 3).div_ceil(5);
    let mut sites = Vec::new();
    let mut phone = 0;
    for (which, (name, code)) in SITES.into_iter().enumerate() {
        let count = if which == 0 { first } else { plan.homes - first };
        let mut site = site(tx, app, name, code).await?;
        site.homes = homes(tx, app, chance, plan, &site, count.max(1), which).await?;
        site.shops = shops(tx, app, &site).await?;
        settle(tx, app, chance, &mut site, &mut phone).await?;
        sites.push(site);
    }
    Ok(sites)
}

async fn site(tx: &Tx, app: &App, name: &str, code: &str) -> Result<Site, Problem> {
    let id = app.id();
    tx.run(
        "insert into site (id, name, code) values ($1, $2, $3)",
        vals![id.clone(), name, code],
    )
    .await?;
    let mut areas = Vec::new();
    for area in AREAS {
        let area_id = app.id();
        tx.run(
            "insert into area (id, site_id, name) values ($1, $2, $3)",
            vals![area_id.clone(), id.clone(), area],
        )
        .await?;
        areas.push(area_id);
    }
    Ok(Site {
        id,
        areas,
        homes: Vec::new(),
        shops: Vec::new(),
    })
}

/// A row of shops along the street.
async fn shops(tx: &Tx, app: &App, site: &Site) -> Result<Vec<Home>, Problem> {
    let (building, name) = (app.id(), "商业街");
    tx.run(
        "insert into building (id, site_id, area_id, name) values ($1, $2, $3, $4)",
        vals![building.clone(), site.id.clone(), site.areas[0].clone(), name],
    )
    .await?;
    let (mut shops, mut rows) = (Vec::new(), Vec::new());
    for number in 1..=SHOPS {
        let room = format!("10{number}");
        let (id, title) = (app.id(), room_title(name, "", &room));
        rows.push(vals![
            id.clone(),
            site.id.clone(),
            building.clone(),
            "",
            room.clone(),
            title.clone(),
            room_key(name, "", &room),
            "shop",
        ]);
        shops.push(Home {
            id,
            title,
            sold: false,
            people: Vec::new(),
        });
    }
    let columns = "home (id, site_id, building_id, unit, room, title, room_key, kind)";
    insert_all(tx, columns, rows, "").await?;
    Ok(shops)
}

async fn homes(
    tx: &Tx,
    app: &App,
    chance: &mut Chance,
    plan: &Plan,
    site: &Site,
    count: usize,
    which: usize,
) -> Result<Vec<Home>, Problem> {
    let offset = app.manuals.current().offset();
    let (mut homes, mut rows) = (Vec::new(), Vec::new());
    let mut building = (String::new(), String::new(), 0);
    for index in 0..count {
        let in_building = index % (UNITS * FLOORS * DOORS);
        if in_building == 0 {
            let number = index / (UNITS * FLOORS * DOORS) + 1;
            // The elder site was handed over long ago, the younger one lately: both sides of the warranty occur.
            let age = if which == 0 {
                chance.between(900, 2_600)
            } else {
                chance.between(120, 700)
            };
            building = (app.id(), format!("{number}栋"), age);
            let area = &site.areas[number % site.areas.len()];
            tx.run(
                "insert into building (id, site_id, area_id, name) values ($1, $2, $3, $4)",
                vals![
                    building.0.clone(),
                    site.id.clone(),
                    area.clone(),
                    building.1.clone()
                ],
            )
            .await?;
        }
        let unit = format!("{}单元", in_building / (FLOORS * DOORS) + 1);
        let room = format!("{}0{}", in_building / DOORS % FLOORS + 1, in_building % DOORS + 1);
        let sold = !chance.hit(FOR_SALE);
        let handed = plan.now - (building.2 + chance.between(0, 60)) * DAY;
        let delivered = sold.then(|| Time(handed).date(offset).to_string());
        let (id, title) = (app.id(), room_title(&building.1, &unit, &room));
        rows.push(vals![
            id.clone(),
            site.id.clone(),
            building.0.clone(),
            unit.clone(),
            room.clone(),
            title.clone(),
            room_key(&building.1, &unit, &room),
            chance.between(780, 1_420) as f64 / 10.0,
            delivered,
        ]);
        homes.push(Home {
            id,
            title,
            sold,
            people: Vec::new(),
        });
    }
    let columns = "home (id, site_id, building_id, unit, room, title, room_key, floor_area, delivered_on)";
    insert_all(tx, columns, rows, "").await?;
    Ok(homes)
}

/// Owners move in, some with family or a tenant.
async fn settle(
    tx: &Tx,
    app: &App,
    chance: &mut Chance,
    site: &mut Site,
    phone: &mut u32,
) -> Result<(), Problem> {
    let mut all = Vec::new();
    let mut stands: Vec<(usize, &str)> = Vec::new();
    for (index, _) in site.homes.iter().enumerate().filter(|(_, home)| home.sold) {
        stands.push((index, "owner"));
        all.push(customer(chance, phone));
        if chance.hit(0.35) {
            stands.push((index, if chance.hit(0.7) { "family" } else { "tenant" }));
            all.push(customer(chance, phone));
        }
    }
    let ids = create_customers(tx, app, &all).await?;
    let mut rows = Vec::new();
    for ((new, id), (index, relation)) in all.into_iter().zip(ids).zip(stands) {
        let home = &mut site.homes[index];
        rows.push(vals![home.id.clone(), id.clone(), relation]);
        let phone = new.phones.into_iter().next().map(|p| p.0).unwrap_or_default();
        home.people.push(Person {
            id,
            name: new.name,
            phone,
        });
    }
    insert_all(tx, "home_person (home_id, customer_id, relation)", rows, "").await?;
    Ok(())
}

/// An invented customer; their phones lie in a range nobody has.
fn customer(chance: &mut Chance, phone: &mut u32) -> NewCustomer {
    *phone += 1;
    let number = if *phone < 10_000 {
        format!("1380000{phone:04}")
    } else {
        format!("138{phone:08}")
    };
    let plates = if chance.hit(0.5) {
        vec![format!("演A{phone:05}")]
    } else {
        Vec::new()
    };
    NewCustomer {
        name: forms::name(chance),
        phones: vec![(number, String::new())],
        plates,
        care_note: if chance.hit(0.06) {
            (*chance.one(&words::NOTES)).to_owned()
        } else {
            String::new()
        },
        arrears: chance.hit(0.06),
        ..NewCustomer::default()
    }
}
