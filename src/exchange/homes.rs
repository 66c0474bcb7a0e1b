//! Homes from a file, with the sites, areas and buildings they need.

use super::places::{Address, Places, code};
use super::sheet::{Row, Sheet};
use super::{Actor, Bad, Report, alone, report};
use crate::context::App;
use crate::db::{Sql, Tx};
use crate::error::Problem;
use crate::estate::insert_all;
use crate::search::{room_key, room_part, room_title};
use crate::vals;
use chrono::NaiveDate;
use sea_orm::{DbErr, Value};
use std::collections::{BTreeMap, BTreeSet};

const KINDS: [(&str, &str); 3] = [("住宅", "home"), ("商铺", "shop"), ("车位", "parking")];

/// A home to be made.
struct Wanted {
    code: String,
    site_name: String,
    building: String,
    unit: String,
    room: String,
    kind: &'static str,
    floor_area: Option<f64>,
    delivered_on: Option<String>,
    area: String,
}

/// What is to be done.
#[derive(Default)]
struct Plan {
    fresh: Vec<Wanted>,
    already: usize,
    bad: Vec<Bad>,
}

/// Imports homes. On SQLite all other writes wait meanwhile, a second or two for the largest file.
pub async fn import(app: &App, actor: Actor, sheet: Sheet, dry_run: bool) -> Result<Report, Problem> {
    let plan = plan(app.db.read(), &actor, &sheet).await?;
    if dry_run || !plan.bad.is_empty() || !sheet.bad.is_empty() {
        return Ok(report(&sheet, plan.already, plan.bad, false));
    }
    let own = app.clone();
    app.db
        .write(move |tx| {
            Box::pin(async move {
                alone(tx).await?;
                let plan = self::plan(tx, &actor, &sheet).await?;
                if plan.bad.is_empty() {
                    write(&own, tx, &actor, plan.fresh).await?;
                }
                Ok(report(&sheet, plan.already, plan.bad, true))
            })
        })
        .await
}

async fn plan(sql: &impl Sql, actor: &Actor, sheet: &Sheet) -> Result<Plan, Problem> {
    let codes: BTreeSet<String> = sheet.rows.iter().map(|row| code(row.get("项目编码"))).collect();
    let places = Places::read(sql, &codes, actor.sites.as_ref()).await?;
    let mut plan = Plan::default();
    let mut rows: BTreeMap<Address, u32> = BTreeMap::new();
    let mut areas: BTreeMap<(String, String), String> = BTreeMap::new();
    let named = sheet.rows.iter().filter(|row| !row.get("项目名称").is_empty());
    let named: BTreeMap<String, &str> = named
        .map(|row| (code(row.get("项目编码")), row.get("项目名称")))
        .collect();
    for row in &sheet.rows {
        let mut bad = Vec::new();
        let mut wanted = read(row, &mut bad);
        // Once in the file is enough.
        wanted.site_name = named.get(&wanted.code).copied().unwrap_or_default().to_owned();
        check_site(row, &wanted, &places, actor, &mut bad);
        let at = (
            wanted.code.clone(),
            wanted.building.clone(),
            wanted.unit.clone(),
            wanted.room.clone(),
        );
        if let Some(first) = rows.insert(at, row.number) {
            bad.push(row.bad("房号", format!("与第 {first} 行是同一套房屋")));
        }
        let site = places.sites.get(&wanted.code);
        let known = site.and_then(|site| places.buildings.get(&(site.clone(), wanted.building.clone())));
        if !wanted.area.is_empty() {
            let building = (wanted.code.clone(), wanted.building.clone());
            let said = areas.entry(building).or_insert_with(|| wanted.area.clone());
            let is = known.and_then(|b| b.area.clone()).unwrap_or_else(|| said.clone());
            if is != wanted.area {
                bad.push(row.bad("片区", format!("{}属于片区“{is}”", wanted.building)));
            }
        }
        let there = site.is_some_and(|site| {
            let address = (
                site.clone(),
                wanted.building.clone(),
                wanted.unit.clone(),
                wanted.room.clone(),
            );
            places.homes.contains_key(&address)
        });
        match (bad.is_empty(), there) {
            (false, _) => plan.bad.extend(bad),
            (true, true) => plan.already += 1,
            (true, false) => plan.fresh.push(wanted),
        }
    }
    Ok(plan)
}

fn check_site(row: &Row, wanted: &Wanted, places: &Places, actor: &Actor, bad: &mut Vec<Bad>) {
    if wanted.code.is_empty() || places.sites.contains_key(&wanted.code) {
        return;
    }
    let plain = wanted
        .code
        .chars()
        .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
    if !plain || wanted.code.len() > 12 {
        bad.push(row.bad("项目编码", "编码只能用字母和数字，最多 12 个"));
    } else if actor.sites.is_some() {
        bad.push(row.bad("项目编码", "项目不存在，或不是您的项目"));
    } else if wanted.site_name.is_empty() {
        bad.push(row.bad("项目编码", "项目不存在；要新建，请同时填写项目名称"));
    }
}

fn read(row: &Row, bad: &mut Vec<Bad>) -> Wanted {
    let kind = row.get("类型");
    let known = KINDS.iter().find(|(title, _)| *title == kind || kind.is_empty());
    if known.is_none() {
        bad.push(row.bad("类型", "只能是住宅、商铺、车位"));
    }
    let area = row.get("面积").trim_end_matches(['㎡', '平', '方', '米']).trim();
    let floor_area = area.parse::<f64>().ok().filter(|a| (0.1..100_000.0).contains(a));
    if !area.is_empty() && floor_area.is_none() {
        bad.push(row.bad("面积", "应为大于 0 的数字"));
    }
    let delivered_on = day(row.get("交付日期"));
    if !row.get("交付日期").is_empty() && delivered_on.is_none() {
        bad.push(row.bad("交付日期", "应为 2024-05-01 这样的日期"));
    }
    for (title, most) in [
        ("楼栋", 30),
        ("单元", 20),
        ("房号", 30),
        ("片区", 30),
        ("项目名称", 60),
    ] {
        if row.get(title).chars().count() > most {
            bad.push(row.bad(title, format!("最多 {most} 字")));
        }
    }
    Wanted {
        code: code(row.get("项目编码")),
        site_name: String::new(),
        building: room_part(row.get("楼栋"), "栋"),
        unit: room_part(row.get("单元"), "单元"),
        room: row.get("房号").to_owned(),
        kind: known.map_or("home", |(_, kind)| kind),
        floor_area,
        delivered_on,
        area: row.get("片区").to_owned(),
    }
}

/// A day in the ways people write it.
fn day(text: &str) -> Option<String> {
    let plain = text.replace(['/', '.', '年', '月'], "-").replace('日', "");
    let day = NaiveDate::parse_from_str(plain.trim(), "%Y-%m-%d").ok()?;
    let first = NaiveDate::from_ymd_opt(1950, 1, 1)?;
    let last = NaiveDate::from_ymd_opt(2100, 1, 1)?;
    (first..last).contains(&day).then(|| day.to_string())
}

async fn write(app: &App, tx: &Tx, actor: &Actor, fresh: Vec<Wanted>) -> Result<(), DbErr> {
    let codes: BTreeSet<String> = fresh.iter().map(|w| w.code.clone()).collect();
    let mut places = Places::read(tx, &codes, actor.sites.as_ref()).await?;
    let mut sites: Vec<Vec<Value>> = Vec::new();
    let mut areas = Vec::new();
    let mut buildings = Vec::new();
    let mut homes = Vec::new();
    // Buildings that are there and get their area only now.
    let mut placed: BTreeMap<String, String> = BTreeMap::new();
    for wanted in fresh {
        let site = places.sites.entry(wanted.code.clone()).or_insert_with(|| {
            let id = app.id();
            sites.push(vals![id.clone(), wanted.site_name.clone(), wanted.code.clone()]);
            id
        });
        let site = site.clone();
        let area = (!wanted.area.is_empty()).then(|| {
            let key = (site.clone(), wanted.area.clone());
            let id = places.areas.entry(key).or_insert_with(|| {
                let id = app.id();
                areas.push(vals![id.clone(), site.clone(), wanted.area.clone()]);
                id
            });
            id.clone()
        });
        let key = (site.clone(), wanted.building.clone());
        let building = places.buildings.entry(key).or_insert_with(|| {
            let id = app.id();
            buildings.push(vals![id.clone(), site.clone(), wanted.building.clone()]);
            super::places::Building { id, area: None }
        });
        if let (None, Some(area)) = (&building.area, area) {
            building.area = Some(wanted.area.clone());
            placed.insert(building.id.clone(), area);
        }
        homes.push(home_row(app, &site, &building.id, &wanted));
    }
    insert_all(tx, "site (id, name, code)", sites, "").await?;
    insert_all(tx, "area (id, site_id, name)", areas, "").await?;
    insert_all(tx, "building (id, site_id, name)", buildings, "").await?;
    for (building, area) in placed {
        tx.run(
            "update building set area_id = $1 where id = $2",
            vals![area, building],
        )
        .await?;
    }
    let columns =
        "home (id, site_id, building_id, unit, room, title, room_key, kind, floor_area, delivered_on)";
    insert_all(tx, columns, homes, "").await?;
    Ok(())
}

fn home_row(app: &App, site: &str, building: &str, wanted: &Wanted) -> Vec<Value> {
    vals![
        app.id(),
        site.to_owned(),
        building.to_owned(),
        wanted.unit.clone(),
        wanted.room.clone(),
        room_title(&wanted.building, &wanted.unit, &wanted.room),
        room_key(&wanted.building, &wanted.unit, &wanted.room),
        wanted.kind,
        wanted.floor_area,
        wanted.delivered_on.clone(),
    ]
}

#[cfg(test)]
mod tests {
    use super::day;

    #[test]
    fn days_are_read_in_the_ways_people_write_them() {
        for text in ["2024-05-01", "2024/5/1", "2024.5.1", "2024年5月1日"] {
            assert_eq!(day(text).as_deref(), Some("2024-05-01"), "{text}");
        }
        for text in ["", "24-05-01", "2024-13-01", "明天", "2024-02-30"] {
            assert_eq!(day(text), None, "{text}");
        }
    }
}
