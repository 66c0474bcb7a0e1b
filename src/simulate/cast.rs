//! The people who work at the demonstration company, and who of them is on duty when.

use super::Plan;
use super::chance::{DAY, HOUR, MINUTE};
use super::company::Site;
use crate::context::App;
use crate::db::Tx;
use crate::error::Problem;
use crate::estate::insert_all;
use crate::people::{NewStaff, PostAt, insert_staff};
use crate::vals;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Everybody's password.
pub const PASSWORD: &str = "yizhan-demo";

/// Where somebody works.
#[derive(Clone, Copy)]
enum At {
    /// At one site.
    Site(usize),
    /// At all of them.
    All,
}
use At::{All, Site as One};

/// Login, name, posts, where, areas (site and number), skills, whether the sign-in page shows them.
type Part = (
    &'static str,
    &'static str,
    &'static [&'static str],
    At,
    &'static [usize],
    &'static [&'static str],
    bool,
);

const CAST: [Part; 39] = [
    ("qiantai", "林晓", &["front-desk"], One(0), &[], &[], true),
    ("guanjia", "唐雨", &["assistant"], One(0), &[0], &[], true),
    ("zhuguan", "孙莉", &["supervisor"], One(0), &[], &[], true),
    ("banzhang", "赵强", &["repair-lead"], One(0), &[], &[], true),
    (
        "shifu",
        "李大力",
        &["engineer"],
        One(0),
        &[],
        &["水暖", "泥瓦防水", "综合"],
        true,
    ),
    ("jingli", "马骏", &["manager"], One(0), &[], &[], true),
    ("zhuangxiu", "曹艳", &["decoration-clerk"], All, &[], &[], true),
    ("xuncha", "冯毅", &["patrol"], One(0), &[], &[], true),
    ("menwei", "韩勇", &["guard"], One(0), &[], &[], true),
    ("zhuren", "陈望", &["centre-director"], All, &[], &[], true),
    ("gongcheng", "石磊", &["engineering-manager"], All, &[], &[], true),
    ("zongjingli", "郑国栋", &["general-manager"], All, &[], &[], true),
    ("caiwu", "钱敏", &["finance"], All, &[], &[], true),
    ("zhiye", "叶青", &["sales"], All, &[], &[], true),
    ("renshi", "苏禾", &["hr", "training"], All, &[], &[], true),
    (
        "pinzhi",
        "严华",
        &["quality", "knowledge-keeper"],
        All,
        &[],
        &[],
        true,
    ),
    ("admin", "方舟", &["admin"], All, &[], &[], true),
    (
        "fuzong",
        "许文",
        &["deputy-general-manager", "service-manager"],
        All,
        &[],
        &[],
        false,
    ),
    (
        "wuyezong",
        "沈达",
        &["property-general-manager"],
        All,
        &[],
        &[],
        false,
    ),
    ("falv", "罗正", &["legal-counsel"], All, &[], &[], false),
    (
        "zonggong",
        "高建平",
        &["chief-engineer", "deputy-chief-engineer"],
        All,
        &[],
        &[],
        false,
    ),
    ("hetong", "尹如", &["contract-keeper"], All, &[], &[], false),
    ("zongjian", "董晨", &["sales-director"], All, &[], &[], false),
    ("xiaoshou", "梁峰", &["sales-manager"], All, &[], &[], false),
    ("yindao", "江涛", &["guide"], All, &[], &[], false),
    (
        "xiangmu",
        "丁山",
        &["project-engineer", "design"],
        All,
        &[],
        &[],
        false,
    ),
    ("xianchang", "崔岚", &["site-lead"], All, &[], &[], false),
    ("shouyin", "金晶", &["cashier"], All, &[], &[], false),
    ("qiantai2", "何静", &["front-desk"], One(0), &[], &[], false),
    ("guanjia2", "白杨", &["assistant"], One(0), &[1], &[], false),
    (
        "shifu2",
        "王亮",
        &["engineer"],
        One(0),
        &[],
        &["电气", "空调", "电梯"],
        false,
    ),
    (
        "shifu3",
        "吴刚",
        &["engineer"],
        One(0),
        &[],
        &["木工门窗", "综合", "泥瓦防水"],
        false,
    ),
    ("shifu4", "周海", &["engineer"], All, &[], &[], false),
    ("qiantai3", "姚瑶", &["front-desk"], One(1), &[], &[], false),
    ("guanjia3", "邹凯", &["assistant"], One(1), &[0, 1], &[], false),
    ("zhuguan2", "夏雪", &["supervisor"], One(1), &[], &[], false),
    ("jingli2", "彭程", &["manager"], One(1), &[], &[], false),
    (
        "shifu5",
        "侯斌",
        &["engineer", "repair-lead"],
        One(1),
        &[],
        &[],
        false,
    ),
    ("menwei2", "段宏", &["guard", "patrol"], One(1), &[], &[], false),
];

/// Engineers who may be hired beside the cast, for rehearsals; on duty by day.
const MORE: [Part; 6] = [
    ("jia1", "增员甲", &["engineer"], One(0), &[], &[], false),
    ("jia2", "增员乙", &["engineer"], One(1), &[], &[], false),
    ("jia3", "增员丙", &["engineer"], One(0), &[], &[], false),
    ("jia4", "增员丁", &["engineer"], One(1), &[], &[], false),
    ("jia5", "增员戊", &["engineer"], One(0), &[], &[], false),
    ("jia6", "增员己", &["engineer"], One(1), &[], &[], false),
];
/// How many may be hired.
pub const MOST_MORE: usize = MORE.len();

/// Who is on duty by day and by night, at each site.
const BY_DAY: [&[&str]; 2] = [
    &[
        "qiantai", "shifu", "shifu2", "shifu3", "banzhang", "xuncha", "guanjia", "guanjia2",
    ],
    &["qiantai3", "shifu5", "guanjia3"],
];
const BY_NIGHT: [&[&str]; 2] = [&["qiantai2", "shifu4", "menwei"], &["shifu4", "menwei2"]];

/// Ids by login.
pub type Cast = BTreeMap<&'static str, String>;

/// Hires everybody and writes the duty list, from the beginning to a week ahead. `password`: as it is kept. `more`: so
/// many engineers beside the usual cast.
///
/// # Errors
/// The database's.
pub async fn hire(
    tx: &Tx,
    app: &App,
    sites: &[Site],
    password: &str,
    plan: &Plan,
    more: usize,
) -> Result<Cast, Problem> {
    let mut cast = Cast::new();
    let all = CAST.iter().chain(MORE.iter().take(more));
    for (index, (login, name, posts, at, areas, skills, _)) in all.enumerate() {
        let site = match at {
            One(which) => Some(&sites[*which]),
            All => None,
        };
        let posts = posts.iter().map(|p| PostAt {
            post: (*p).to_owned(),
            site: site.map(|s| s.id.clone()),
        });
        let areas = areas
            .iter()
            .filter_map(|area| site.map(|s| s.areas[*area].clone()));
        let new = NewStaff {
            name: (*name).to_owned(),
            login: (*login).to_owned(),
            password: password.to_owned(),
            phone: Some(format!("1380000{:04}", 8_000 + index)),
            email: None,
            posts: posts.collect(),
            skills: skills.iter().map(|s| (*s).to_owned()).collect(),
            areas: areas.collect(),
        };
        cast.insert(login, insert_staff(tx, app, &new).await?);
    }
    roster(tx, app, sites, &cast, plan, more).await?;
    Ok(cast)
}

async fn roster(
    tx: &Tx,
    app: &App,
    sites: &[Site],
    cast: &Cast,
    plan: &Plan,
    more: usize,
) -> Result<(), Problem> {
    let zone = i64::from(app.manuals.current().offset()) * MINUTE;
    let begin = (plan.start() + zone).div_euclid(DAY) * DAY - zone - DAY;
    let mut rows = Vec::new();
    for day in 0..i64::from(plan.days) + 9 {
        let midnight = begin + day * DAY;
        for (which, site) in sites.iter().enumerate() {
            let hired = MORE
                .iter()
                .take(more)
                .filter(|part| matches!(part.3, One(at) if at == which));
            let by_day: Vec<&str> = BY_DAY[which]
                .iter()
                .copied()
                .chain(hired.map(|part| part.0))
                .collect();
            for (people, from, to) in [(by_day.as_slice(), 8, 20), (BY_NIGHT[which], 20, 32)] {
                for login in people {
                    let post = CAST
                        .iter()
                        .chain(&MORE)
                        .find(|part| part.0 == *login)
                        .map_or("", |part| part.2[0]);
                    rows.push(vals![
                        app.id(),
                        cast[login].clone(),
                        post,
                        site.id.clone(),
                        midnight + from * HOUR,
                        midnight + to * HOUR
                    ]);
                }
            }
        }
    }
    // Whatever the hour the demonstration begins at, the engineer shown at the sign-in page is on duty.
    let (from, to) = (plan.now - 6 * HOUR, plan.now + 6 * HOUR);
    rows.push(vals![
        app.id(),
        cast["shifu"].clone(),
        "engineer",
        sites[0].id.clone(),
        from,
        to
    ]);
    insert_all(tx, "duty (id, staff_id, post, site_id, from_at, to_at)", rows, "").await?;
    Ok(())
}

/// The accounts the sign-in page shows.
pub fn accounts(app: &App) -> Vec<Value> {
    let manual = app.manuals.current();
    let shown = CAST.iter().filter(|part| part.6);
    let title = |post: &str| manual.post(post).map_or(post.to_owned(), |p| p.title.clone());
    shown
        .map(|p| json!({ "login": p.0, "name": p.1, "post": title(p.2[0]), "password": PASSWORD }))
        .collect()
}
