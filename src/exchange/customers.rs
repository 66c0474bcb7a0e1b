//! Customers from a file, and whom homes belong to.

use super::known::Known;
use super::places::{Address, Places, code, several};
use super::sheet::{Row, Sheet};
use super::{Actor, Bad, Report, alone, report};
use crate::context::App;
use crate::db::{Sql, Tx};
use crate::error::Problem;
use crate::estate::{NewCustomer, RELATIONS, create_customers, insert_all, normal_phone, normal_plate};
use crate::search::room_part;
use crate::vals;
use sea_orm::DbErr;
use std::collections::{BTreeMap, BTreeSet};

/// By what a row says who it is about: name, and phone, identity or home.
pub(super) type Identity = (String, String);

/// One person of the file.
struct Wanted {
    /// Who they are already.
    id: Option<String>,
    new: NewCustomer,
    /// Home (id) → relation.
    homes: BTreeMap<String, &'static str>,
}

#[derive(Default)]
struct Plan {
    people: Vec<Wanted>,
    already: usize,
    bad: Vec<Bad>,
}

/// Imports customers. On SQLite all other writes wait meanwhile, a few seconds for the largest file.
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
                    write(&own, tx, plan.people).await?;
                }
                Ok(report(&sheet, plan.already, plan.bad, true))
            })
        })
        .await
}

/// A row as read.
pub(super) struct Entry {
    pub(super) identity: Identity,
    pub(super) new: NewCustomer,
    pub(super) home: Option<(String, &'static str)>,
}

async fn plan(sql: &impl Sql, actor: &Actor, sheet: &Sheet) -> Result<Plan, Problem> {
    let codes: BTreeSet<String> = sheet.rows.iter().map(|row| code(row.get("项目编码"))).collect();
    let places = Places::read(sql, &codes, actor.sites.as_ref()).await?;
    let mut plan = Plan::default();
    let mut entries = Vec::with_capacity(sheet.rows.len());
    for row in &sheet.rows {
        let mut bad = Vec::new();
        let entry = read(row, &places, actor, &mut bad);
        plan.bad.extend(bad);
        entries.extend(entry);
    }
    let known = Known::read(sql, &entries, actor.sites.as_ref()).await?;
    let mut index: BTreeMap<Identity, usize> = BTreeMap::new();
    for entry in entries {
        let id = known.find(&entry);
        let linked = match (&id, &entry.home) {
            (Some(id), Some((home, _))) => known.links.contains(&(home.clone(), id.clone())),
            (found, None) => found.is_some(),
            (None, _) => false,
        };
        if linked {
            plan.already += 1;
            continue;
        }
        let at = *index.entry(entry.identity).or_insert_with(|| {
            plan.people.push(Wanted {
                id,
                new: entry.new.clone(),
                homes: BTreeMap::new(),
            });
            plan.people.len() - 1
        });
        let person = &mut plan.people[at];
        merge(&mut person.new, entry.new);
        person.homes.extend(entry.home);
    }
    Ok(plan)
}

/// A later row of the same person adds what the first did not say.
fn merge(person: &mut NewCustomer, more: NewCustomer) {
    let NewCustomer {
        phones,
        plates,
        identity,
        care_note,
        arrears,
        ..
    } = more;
    person.phones.extend(phones);
    person.plates.extend(plates);
    let mut seen = BTreeSet::new();
    person.phones.retain(|(number, _)| seen.insert(number.clone()));
    person.identity = person.identity.take().or(identity);
    if person.care_note.is_empty() {
        person.care_note = care_note;
    }
    person.arrears |= arrears;
}

fn read(row: &Row, places: &Places, actor: &Actor, bad: &mut Vec<Bad>) -> Option<Entry> {
    let name = row.get("姓名").split_whitespace().collect::<Vec<_>>().join(" ");
    if name.chars().count() > 60 {
        bad.push(row.bad("姓名", "最多 60 字"));
    }
    let mut phones = Vec::new();
    for (title, text) in std::iter::once(("电话", row.get("电话").to_owned()))
        .filter(|(_, text)| !text.is_empty())
        .chain(
            several(row.get("其他电话"))
                .into_iter()
                .map(|text| ("其他电话", text)),
        )
    {
        match normal_phone(&text) {
            Some(number) => phones.push((number, String::new())),
            None => bad.push(row.bad(title, "不是电话：应为 5 到 16 位数字")),
        }
    }
    let mut plates = Vec::new();
    for text in several(row.get("车牌")) {
        match normal_plate(&text) {
            Some(plate) => plates.push(plate),
            None => bad.push(row.bad("车牌", "不是车牌")),
        }
    }
    let identity = Some(row.get("证件号").to_uppercase()).filter(|text| !text.is_empty());
    let plain =
        |text: &String| (6..=30).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric());
    if identity.as_ref().is_some_and(|text| !plain(text)) {
        bad.push(row.bad("证件号", "应为 6 到 30 位字母和数字"));
    }
    let company = choice(row, "类型", &[("个人", false), ("单位", true)], bad);
    let arrears = choice(row, "欠费", &[("否", false), ("是", true)], bad);
    let home = home(row, places, actor, bad);
    let new = NewCustomer {
        name: name.clone(),
        company,
        arrears,
        care_note: row.get("特别关怀").to_owned(),
        identity: identity.clone(),
        phones,
        plates,
        site: None,
    };
    if name.is_empty() || !bad.is_empty() {
        return None;
    }
    let first = new.phones.first().map(|(number, _)| number.clone());
    let by = first
        .or(identity)
        .or_else(|| home.as_ref().map(|(home, _)| home.clone()));
    if by.is_none() {
        bad.push(row.bad("电话", "电话、证件号、房屋至少要有一样"));
    }
    Some(Entry {
        identity: (name, by?),
        new,
        home,
    })
}

fn choice(row: &Row, title: &str, known: &[(&str, bool)], bad: &mut Vec<Bad>) -> bool {
    let text = row.get(title);
    if text.is_empty() {
        return false;
    }
    let found = known.iter().find(|(word, _)| *word == text);
    if found.is_none() {
        let words: Vec<&str> = known.iter().map(|(word, _)| *word).collect();
        bad.push(row.bad(title, format!("只能是{}", words.join("、"))));
    }
    found.is_some_and(|(_, value)| *value)
}

fn home(row: &Row, places: &Places, actor: &Actor, bad: &mut Vec<Bad>) -> Option<(String, &'static str)> {
    let relation = row.get("关系");
    let relation = match RELATIONS
        .iter()
        .find(|(_, title)| *title == relation || relation.is_empty())
    {
        Some((name, _)) => *name,
        None => {
            bad.push(row.bad("关系", "只能是业主、家属、租户、其他"));
            return None;
        }
    };
    if row.get("房号").is_empty() {
        if actor.sites.is_some() {
            bad.push(row.bad("房号", "请填写房屋：您只能导入自己项目的客户"));
        }
        return None;
    }
    let Some(site) = places.sites.get(&code(row.get("项目编码"))) else {
        bad.push(row.bad("项目编码", "项目不存在，或不是您的项目"));
        return None;
    };
    let building = room_part(row.get("楼栋"), "栋");
    let unit = room_part(row.get("单元"), "单元");
    let address: Address = (site.clone(), building, unit, row.get("房号").to_owned());
    let found = places.homes.get(&address);
    if found.is_none() {
        bad.push(row.bad("房号", "没有这套房屋，请先导入房屋"));
    }
    found.map(|home| (home.clone(), relation))
}

async fn write(app: &App, tx: &Tx, people: Vec<Wanted>) -> Result<(), DbErr> {
    let (there, fresh): (Vec<Wanted>, Vec<Wanted>) =
        people.into_iter().partition(|person| person.id.is_some());
    let new: Vec<NewCustomer> = fresh.iter().map(|person| person.new.clone()).collect();
    let ids = create_customers(tx, app, &new).await?;
    let there = there
        .into_iter()
        .filter_map(|person| Some((person.id?, person.homes)));
    let all = there.chain(ids.into_iter().zip(fresh.into_iter().map(|person| person.homes)));
    let links = all.flat_map(|(id, homes)| {
        homes
            .into_iter()
            .map(move |(home, relation)| vals![home, id.clone(), relation])
            .collect::<Vec<_>>()
    });
    let columns = "home_person (home_id, customer_id, relation)";
    insert_all(tx, columns, links.collect(), "on conflict do nothing").await?;
    Ok(())
}
