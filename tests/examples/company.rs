//! The company of a story: its homes and people in the database, by the ids the story gives them.

use crate::support::server::{PASSWORD, Server};
use argon2::PasswordHasher;
use engine::example::trace::Trace;
use engine::world::Member;
use std::collections::BTreeSet;
use yizhan::db::Sql;
use yizhan::vals;

/// The site of every story.
pub const SITE: &str = "s1";
/// Owner of every home.
pub const CUSTOMER: &str = "k1";
const LONG: i64 = 5_000 * 86_400_000;

/// Where a story knows no areas, everybody looks after the one there is.
const AREA: &str = "全区";

/// What the site is called: as the story's homes say.
fn site_name(trace: &Trace) -> String {
    let named = trace.homes.values().find_map(|home| home.site.clone());
    named.unwrap_or_else(|| "示例花园".to_owned())
}

/// Whether its homes stand at one site: there is no other here.
pub fn at_one_site(trace: &Trace) -> bool {
    let sites: BTreeSet<&String> = trace
        .homes
        .values()
        .filter_map(|home| home.site.as_ref())
        .collect();
    sites.len() < 2
}

/// Others whom stories name, in registers of owners say: their ids and names.
pub fn other_customers() -> Vec<(String, String)> {
    (2..=9).map(|n| (format!("k{n}"), format!("业主{n}"))).collect()
}

/// Everybody and everything a story begins with.
pub async fn found(server: &Server, trace: &Trace) {
    let (mut roster, mut homes) = (trace.roster.clone(), trace.homes.clone());
    if roster.iter().all(|m| m.areas.is_empty()) && homes.values().all(|h| h.area.is_none()) {
        roster.iter_mut().for_each(|m| m.areas = [AREA.to_owned()].into());
        homes.values_mut().for_each(|h| h.area = Some(AREA.to_owned()));
    }
    let mut rows: Vec<(&str, Vec<sea_orm::Value>)> = vec![
        (
            "insert into site (id, name, code) values ($1, $2, 'A')",
            vals![SITE, site_name(trace)],
        ),
        (
            "insert into customer (id, name, pinyin, initials, created_at) values ($1, '业主', 'yezhu', 'yz', $2)",
            vals![CUSTOMER, trace.start.0],
        ),
        (
            "insert into customer_key (key, customer_id) values ('业主', $1)",
            vals![CUSTOMER],
        ),
    ];
    for (id, name) in other_customers() {
        rows.push((
            "insert into customer (id, name, pinyin, initials, created_at) values ($1, $2, 'yezhu', 'yz', $3)",
            vals![id.clone(), name.clone(), trace.start.0],
        ));
        rows.push((
            "insert into customer_key (key, customer_id) values ($1, $2)",
            vals![name, id],
        ));
    }
    let staff = roster.iter().flat_map(|member| &member.areas);
    let placed = homes.values().filter_map(|home| home.area.as_ref());
    for area in staff.chain(placed).collect::<BTreeSet<_>>() {
        rows.push((
            "insert into area (id, site_id, name) values ($1, $2, $1)",
            vals![area.clone(), SITE],
        ));
    }
    for (id, home) in &homes {
        // Homes of one building share it; one that says none has its own.
        let building = home.building.clone().unwrap_or_else(|| id.clone());
        rows.push((
            "insert into building (id, site_id, name, area_id) values ($1, $2, $1, $3) on conflict do nothing",
            vals![building.clone(), SITE, home.area.clone()],
        ));
        rows.push((
            "insert into home (id, site_id, building_id, unit, room, title, room_key, kind, delivered_on) \
             values ($1, $2, $6, '', $1, $5, $1, $3, $4)",
            vals![
                id.clone(),
                SITE,
                home.kind.clone().unwrap_or_default(),
                home.delivered_on.clone(),
                home.title.clone().unwrap_or_else(|| id.clone()),
                building
            ],
        ));
        rows.push((
            "insert into home_person (home_id, customer_id, relation) values ($1, $2, 'owner')",
            vals![id.clone(), CUSTOMER],
        ));
    }
    for ((other, _), home) in other_customers().into_iter().zip(homes.keys().cycle()) {
        rows.push((
            "insert into home_person (home_id, customer_id, relation) values ($1, $2, 'family')",
            vals![home.clone(), other],
        ));
    }
    let password = cheap_hash();
    for member in &roster {
        rows.extend(hired(member, &password, trace.start.0));
    }
    write(server, rows).await;
    for member in roster.iter().filter(|m| m.on_duty) {
        duty(server, member, trace.start.0).await;
    }
}

/// A hash that is checked in no time: stories sign in thousands of times.
fn cheap_hash() -> String {
    let params = argon2::Params::new(argon2::Params::MIN_M_COST, 1, 1, None).expect("parameters");
    let argon2 = argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params);
    let hash = argon2.hash_password(PASSWORD.as_bytes()).expect("hash");
    hash.to_string()
}

fn hired(member: &Member, password: &str, now: i64) -> Vec<(&'static str, Vec<sea_orm::Value>)> {
    let id = || member.id.clone();
    let mut rows = vec![(
        "insert into staff (id, name, login, password, created_at) values ($1, $2, $1, $3, $4)",
        vals![id(), member.name.clone(), password.to_owned(), now],
    )];
    let posts = member.posts.iter();
    rows.extend(posts.map(|post| {
        (
            "insert into staff_post (staff_id, post, site_id) values ($1, $2, $3)",
            vals![id(), post.clone(), SITE],
        )
    }));
    let areas = member.areas.iter();
    rows.extend(areas.map(|area| {
        (
            "insert into staff_area (staff_id, area_id) values ($1, $2)",
            vals![id(), area.clone()],
        )
    }));
    let skills = member.skills.iter();
    rows.extend(skills.map(|skill| {
        (
            "insert into staff_skill (staff_id, skill) values ($1, $2)",
            vals![id(), skill.clone()],
        )
    }));
    rows
}

/// Puts somebody on the duty list, or takes them off.
pub async fn duty(server: &Server, member: &Member, now: i64) {
    let row = if member.on_duty {
        let post = member.posts.first().cloned().unwrap_or_default();
        let sql =
            "insert into duty (id, staff_id, post, site_id, from_at, to_at) values ($1, $2, $3, $4, $5, $6)";
        let values = vals![
            server.app.id(),
            member.id.clone(),
            post,
            SITE,
            now - 1,
            now + LONG
        ];
        (sql, values)
    } else {
        ("delete from duty where staff_id = $1", vals![member.id.clone()])
    };
    write(server, vec![row]).await;
}

async fn write(server: &Server, rows: Vec<(&'static str, Vec<sea_orm::Value>)>) {
    let written = server.app.db.write(move |tx| {
        Box::pin(async move {
            for (sql, values) in rows {
                tx.run(sql, values).await?;
            }
            Ok::<_, sea_orm::DbErr>(())
        })
    });
    written.await.expect("the company is there");
}
