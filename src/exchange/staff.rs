//! Staff from a file, with their posts and first passwords.

use super::places::{Places, code, select_in, several};
use super::sheet::{Row, Sheet};
use super::{Actor, Bad, Report, alone, report};
use crate::auth::password;
use crate::context::App;
use crate::db::Sql;
use crate::error::{Code, Problem};
use crate::estate::normal_phone;
use crate::people::{NewStaff, PostAt, check_login, check_posts, insert_staff};
use engine::load::Manual;
use sea_orm::FromQueryResult;
use std::collections::{BTreeMap, BTreeSet};

/// Rows of a file: each password takes a core some 20 ms.
const MOST: usize = 500;

#[derive(Default)]
struct Plan {
    /// With the password as it was written.
    fresh: Vec<NewStaff>,
    already: usize,
    bad: Vec<Bad>,
}

/// Imports staff. Passwords are hashed before the transaction begins.
pub async fn import(app: &App, actor: Actor, sheet: Sheet, dry_run: bool) -> Result<Report, Problem> {
    if sheet.rows.len() > MOST {
        return Err(Problem::new(
            Code::TooLarge,
            "一次最多导入 500 人，请分成几个文件",
        ));
    }
    let manual = app.manuals.current();
    let plan = plan(app.db.read(), &manual, &actor, &sheet).await?;
    if dry_run || !plan.bad.is_empty() || !sheet.bad.is_empty() {
        return Ok(report(&sheet, plan.already, plan.bad, false));
    }
    let mut hashes = BTreeMap::new();
    for new in plan.fresh {
        hashes.insert(new.login, password::hash(new.password).await?);
    }
    let own = app.clone();
    app.db
        .write(move |tx| {
            Box::pin(async move {
                alone(tx).await?;
                let plan = self::plan(tx, &manual, &actor, &sheet).await?;
                let gone = || Problem::new(Code::Stale, "导入时有人修改了人员，请重试");
                if plan.bad.is_empty() {
                    for mut new in plan.fresh {
                        new.password = hashes.remove(&new.login).ok_or_else(gone)?;
                        insert_staff(tx, &own, &new).await?;
                    }
                }
                Ok(report(&sheet, plan.already, plan.bad, true))
            })
        })
        .await
}

#[derive(FromQueryResult)]
struct LoginRow {
    login: String,
    name: String,
}

async fn plan(sql: &impl Sql, manual: &Manual, actor: &Actor, sheet: &Sheet) -> Result<Plan, Problem> {
    let codes = sheet
        .rows
        .iter()
        .flat_map(|row| several(row.get("项目编码")))
        .map(|text| code(&text))
        .collect();
    let places = Places::read(sql, &codes, actor.sites.as_ref()).await?;
    let logins: BTreeSet<String> = sheet.rows.iter().map(|row| row.get("账号").to_owned()).collect();
    let there: Vec<LoginRow> = select_in(sql, "select login, name from staff where login", &logins).await?;
    let there: BTreeMap<String, String> = there.into_iter().map(|row| (row.login, row.name)).collect();
    let mut plan = Plan::default();
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    for row in &sheet.rows {
        let mut bad = Vec::new();
        let new = read(row, manual, actor, &places, &mut bad);
        if let Some(first) = seen.insert(new.login.clone(), row.number) {
            bad.push(row.bad("账号", format!("与第 {first} 行相同")));
        }
        let known = there.get(&new.login);
        if known.is_some_and(|name| *name != new.name) {
            bad.push(row.bad("账号", "这个账号已经有人用了"));
        }
        match (bad.is_empty(), known.is_some()) {
            (false, _) => plan.bad.extend(bad),
            (true, true) => plan.already += 1,
            (true, false) => plan.fresh.push(new),
        }
    }
    // A password is never shown again, not even to who wrote it.
    for bad in plan.bad.iter_mut().filter(|bad| bad.column == "初始密码") {
        bad.value = "******".to_owned();
    }
    Ok(plan)
}

fn read(row: &Row, manual: &Manual, actor: &Actor, places: &Places, bad: &mut Vec<Bad>) -> NewStaff {
    let login = row.get("账号").to_owned();
    if let Err(problem) = check_login(&login) {
        bad.push(row.bad("账号", problem.detail));
    }
    if let Err(problem) = password::check_new("password", &login, row.get("初始密码")) {
        bad.push(row.bad("初始密码", problem.detail));
    }
    if row.get("姓名").chars().count() > 40 {
        bad.push(row.bad("姓名", "最多 40 字"));
    }
    let filled = |title: &str| Some(row.get(title).to_owned()).filter(|text| !text.is_empty());
    let phone = filled("手机").and_then(|text| {
        let read = normal_phone(&text);
        if read.is_none() {
            bad.push(row.bad("手机", "应为 5 到 16 位数字"));
        }
        read
    });
    let email = filled("邮箱");
    if email
        .as_ref()
        .is_some_and(|text| text.len() > 120 || text.parse::<lettre::Address>().is_err())
    {
        bad.push(row.bad("邮箱", "邮箱地址不对"));
    }
    let sites = sites(row, places, bad);
    let posts = posts(row, manual, &sites, bad);
    if let Some(me) = actor.me.as_ref().filter(|_| bad.is_empty())
        && let Err(problem) = check_posts(me, manual, actor.sites.as_ref(), &posts)
    {
        bad.push(row.bad("岗位", problem.detail));
    }
    NewStaff {
        name: row.get("姓名").to_owned(),
        password: row.get("初始密码").to_owned(),
        skills: several(row.get("技能")),
        areas: areas(row, places, &sites, bad),
        login,
        phone,
        email,
        posts,
    }
}

fn sites(row: &Row, places: &Places, bad: &mut Vec<Bad>) -> Vec<String> {
    let mut found = Vec::new();
    for text in several(row.get("项目编码")) {
        match places.sites.get(&code(&text)) {
            Some(site) => found.push(site.clone()),
            None => bad.push(row.bad("项目编码", format!("项目“{text}”不存在，或不是您的项目"))),
        }
    }
    found
}

fn posts(row: &Row, manual: &Manual, sites: &[String], bad: &mut Vec<Bad>) -> Vec<PostAt> {
    let mut found = Vec::new();
    for text in several(row.get("岗位")) {
        let Some(post) = manual
            .posts
            .iter()
            .find(|post| post.title == text || post.name == text)
        else {
            bad.push(row.bad("岗位", format!("制度里没有岗位“{text}”")));
            continue;
        };
        if sites.is_empty() {
            found.push(PostAt {
                post: post.name.clone(),
                site: None,
            });
        }
        found.extend(sites.iter().map(|site| PostAt {
            post: post.name.clone(),
            site: Some(site.clone()),
        }));
    }
    found
}

fn areas(row: &Row, places: &Places, sites: &[String], bad: &mut Vec<Bad>) -> Vec<String> {
    let mut found = Vec::new();
    for text in several(row.get("片区")) {
        let [site] = sites else {
            bad.push(row.bad("片区", "只写一个项目编码时才能填片区"));
            break;
        };
        match places.areas.get(&(site.clone(), text.clone())) {
            Some(area) => found.push(area.clone()),
            None => bad.push(row.bad("片区", format!("项目里没有片区“{text}”"))),
        }
    }
    found
}
