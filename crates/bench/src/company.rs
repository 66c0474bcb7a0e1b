//! A company of many sites for measuring: as many homes as asked, each with its owner, and the same staff at every
//! site. The same seed gives the same company. Nothing in it is real.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use yizhan::app::App;
use yizhan::auth;
use yizhan::db::{Sql, Tx};
use yizhan::error::Problem;
use yizhan::estate::{NewCustomer, create_customers, insert_all};
use yizhan::people::{NewStaff, PostAt, insert_staff};
use yizhan::search::{room_key, room_title};
use yizhan::vals;

/// Everybody's password.
pub const PASSWORD: &str = "yizhan-bench";
/// Customer-service staff who work at every site: `desk1` to `desk8`.
pub const DESKS: usize = 8;
/// Homes of a building: units, floors, doors.
const BUILDING: (usize, usize, usize) = (2, 18, 4);
const DAY: i64 = 86_400_000;
/// Handed over so long ago that no warranty is left, or lately.
pub const OLD: &str = "2019-06-01";
const NEW: &str = "2025-09-01";

/// Posts at every site, with skills and whether on duty; logins are `s<site>-<number>`.
pub const CREW: [(&str, &[&str], bool); 10] = [
    ("front-desk", &[], true),
    ("assistant", &[], true),
    ("assistant", &[], true),
    ("supervisor", &[], true),
    ("manager", &[], true),
    ("repair-lead", &[], true),
    ("engineer", &["水暖", "泥瓦防水", "综合"], true),
    ("engineer", &["电气", "空调", "电梯"], true),
    ("engineer", &["木工门窗", "综合", "泥瓦防水"], true),
    ("patrol", &[], true),
];
/// Posts held at all sites; logins are the posts' names.
const OFFICE: [&str; 6] = [
    "centre-director",
    "engineering-manager",
    "general-manager",
    "finance",
    "quality",
    "property-general-manager",
];
const SURNAMES: [&str; 20] = [
    "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林", "何",
    "郭", "马", "罗",
];
const GIVEN: [&str; 40] = [
    "伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛", "明", "超",
    "兰", "霞", "平", "刚", "英", "华", "玉", "萍", "红", "峰", "倩", "雪", "晨", "宁", "楠", "浩", "宇",
    "轩", "涵", "怡", "佳", "欣", "睿",
];

/// What is built.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    pub seed: u64,
    pub sites: usize,
    pub homes: usize,
}

/// A site, as generators need it.
pub struct Site {
    pub id: String,
    /// Stands in numbers.
    pub code: String,
    /// Home, its customer, area.
    pub homes: Vec<(String, String, String)>,
    /// When each of them was handed over.
    pub delivered: Vec<&'static str>,
    /// Ids in the order of [`CREW`].
    pub crew: Vec<String>,
}

/// Builds it in an empty database.
///
/// # Errors
/// The database's.
pub async fn build(app: &App, plan: Plan) -> anyhow::Result<Vec<Site>> {
    let told = |problem: Problem| anyhow::anyhow!("{problem:?}");
    let password = auth::password::hash(PASSWORD.to_owned()).await.map_err(told)?;
    let mut chance = ChaCha8Rng::seed_from_u64(plan.seed);
    let mut sites = Vec::with_capacity(plan.sites);
    for number in 1..=plan.sites {
        let (shared, password, seed) = (app.clone(), password.clone(), chance.random());
        let site = app.db.write::<_, Problem, _>(move |tx| {
            Box::pin(async move {
                let mut chance = ChaCha8Rng::seed_from_u64(seed);
                let count = plan.homes / plan.sites;
                site(tx, &shared, &mut chance, number, count, &password).await
            })
        });
        sites.push(site.await.map_err(told)?);
    }
    let shared = app.clone();
    let office = app.db.write::<_, Problem, _>(move |tx| {
        Box::pin(async move {
            for post in OFFICE {
                hire(tx, &shared, post, post, None, &[], Vec::new(), &password).await?;
            }
            for desk in 1..=DESKS {
                hire(
                    tx,
                    &shared,
                    &format!("desk{desk}"),
                    "front-desk",
                    None,
                    &[],
                    Vec::new(),
                    &password,
                )
                .await?;
            }
            Ok(())
        })
    });
    office.await.map_err(told)?;
    Ok(sites)
}

async fn site(
    tx: &Tx,
    app: &App,
    chance: &mut ChaCha8Rng,
    number: usize,
    homes: usize,
    password: &str,
) -> Result<Site, Problem> {
    let id = app.id();
    let name = format!("测试{number:03}苑");
    let code = format!("B{number:03}");
    let values = vals![id.clone(), name, code.clone()];
    tx.run("insert into site (id, name, code) values ($1, $2, $3)", values)
        .await?;
    let mut areas = Vec::new();
    for area in ["东区", "西区"] {
        areas.push(app.id());
        let values = vals![areas[areas.len() - 1].clone(), id.clone(), area];
        tx.run("insert into area (id, site_id, name) values ($1, $2, $3)", values)
            .await?;
    }
    let (homes, delivered) = settle(tx, app, chance, &id, &areas, number, homes).await?;
    let mut crew = Vec::new();
    let mut duty = Vec::new();
    let mut assistants = areas.iter();
    for (index, (post, skills, on_duty)) in CREW.iter().enumerate() {
        let own = if *post == "assistant" {
            assistants.next().cloned()
        } else {
            None
        };
        let login = format!("s{number}-{}", index + 1);
        let staff = hire(
            tx,
            app,
            &login,
            post,
            Some(&id),
            skills,
            own.into_iter().collect(),
            password,
        )
        .await?;
        if *on_duty {
            let (from, to) = (app.clock.now() - 400 * DAY, app.clock.now() + 400 * DAY);
            duty.push(vals![app.id(), staff.clone(), *post, id.clone(), from, to]);
        }
        crew.push(staff);
    }
    insert_all(tx, "duty (id, staff_id, post, site_id, from_at, to_at)", duty, "").await?;
    Ok(Site {
        id,
        code,
        homes,
        delivered,
        crew,
    })
}

#[allow(
    clippy::too_many_arguments,
    reason = "one line a member of staff at every caller"
)]
async fn hire(
    tx: &Tx,
    app: &App,
    login: &str,
    post: &str,
    site: Option<&str>,
    skills: &[&str],
    areas: Vec<String>,
    password: &str,
) -> Result<String, Problem> {
    let new = NewStaff {
        name: format!("员工{login}"),
        login: login.to_owned(),
        password: password.to_owned(),
        phone: None,
        email: None,
        posts: vec![PostAt {
            post: post.to_owned(),
            site: site.map(str::to_owned),
        }],
        skills: skills.iter().map(|s| (*s).to_owned()).collect(),
        areas,
    };
    insert_staff(tx, app, &new).await
}

/// Buildings, homes and an owner for each.
async fn settle(
    tx: &Tx,
    app: &App,
    chance: &mut ChaCha8Rng,
    site: &str,
    areas: &[String],
    number: usize,
    count: usize,
) -> Result<(Vec<(String, String, String)>, Vec<&'static str>), Problem> {
    let (units, floors, doors) = BUILDING;
    let (mut buildings, mut rows, mut owners) = (Vec::new(), Vec::new(), Vec::new());
    let mut homes: Vec<(String, String, String)> = Vec::with_capacity(count);
    let mut handed_over = Vec::with_capacity(count);
    for index in 0..count {
        let (nth, within) = (index / (units * floors * doors), index % (units * floors * doors));
        let area = &areas[nth % areas.len()];
        let building = format!("{}栋", nth + 1);
        if within == 0 {
            buildings.push(vals![app.id(), site.to_owned(), area.clone(), building.clone()]);
        }
        let unit = format!("{}单元", within / (floors * doors) + 1);
        let room = format!("{}0{}", within / doors % floors + 1, within % doors + 1);
        let id = app.id();
        let delivered = if chance.random_bool(0.5) { OLD } else { NEW };
        handed_over.push(delivered);
        rows.push(vals![
            id.clone(),
            site.to_owned(),
            buildings[buildings.len() - 1][0].clone(),
            unit.clone(),
            room.clone(),
            room_title(&building, &unit, &room),
            room_key(&building, &unit, &room),
            chance.random_range(78..142) as f64,
            delivered,
        ]);
        let name = format!(
            "{}{}{}",
            SURNAMES[chance.random_range(0..SURNAMES.len())],
            GIVEN[chance.random_range(0..GIVEN.len())],
            GIVEN[chance.random_range(0..GIVEN.len())]
        );
        let phone = format!("138{:08}", number * 100_000 + index);
        owners.push(NewCustomer {
            name,
            phones: vec![(phone, String::new())],
            ..NewCustomer::default()
        });
        homes.push((id, String::new(), area.clone()));
    }
    insert_all(tx, "building (id, site_id, area_id, name)", buildings, "").await?;
    let columns = "home (id, site_id, building_id, unit, room, title, room_key, floor_area, delivered_on)";
    insert_all(tx, columns, rows, "").await?;
    let ids = create_customers(tx, app, &owners).await?;
    let mut lives = Vec::with_capacity(count);
    for (home, customer) in homes.iter_mut().zip(ids) {
        lives.push(vals![home.0.clone(), customer.clone(), "owner"]);
        home.1 = customer;
    }
    insert_all(tx, "home_person (home_id, customer_id, relation)", lives, "").await?;
    Ok((homes, handed_over))
}

/// The first member of a site's staff who holds a post.
pub fn staff_of<'a>(site: &'a Site, post: &str) -> &'a str {
    let place = CREW.iter().position(|(held, _, _)| *held == post);
    &site.crew[place.unwrap_or(0)]
}
