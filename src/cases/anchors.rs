//! What recurrences are done for, page by page in the order of ids.

use crate::db::Sql;
use crate::error::Problem;
use crate::vals;
use engine::case::Data;
use engine::def::Each;
use engine::load::Anchor;
use engine::measure::COMPANY;
use sea_orm::{FromQueryResult, Value as Bound};
use serde_json::{Value, json};

#[derive(FromQueryResult)]
struct Row {
    id: String,
    site: Option<String>,
    site_code: Option<String>,
    site_title: Option<String>,
    title: Option<String>,
    kind: Option<String>,
    delivered_on: Option<String>,
    occupied: i64,
}

/// The company's cases, and those of staff who belong to no one site, lie at the site whose code comes first.
const FIRST: &str = "(select s.id from site s order by s.code limit 1)";

/// So many of them after an id.
///
/// # Errors
/// The database's.
pub(crate) async fn after(sql: &impl Sql, each: Each, last: &str, most: i64) -> Result<Vec<Anchor>, Problem> {
    let text = format!(
        "select a.* from ({}) a where a.id > $1 order by a.id limit $2",
        of(each)
    );
    read(sql, each, &text, vals![last.to_owned(), most]).await
}

/// Those of these ids.
///
/// # Errors
/// The database's.
pub(crate) async fn named(sql: &impl Sql, each: Each, ids: &[String]) -> Result<Vec<Anchor>, Problem> {
    let text = format!("select a.* from ({}) a where a.id in {}", of(each), sql.listed(1));
    read(sql, each, &text, vals![json!(ids)]).await
}

fn of(each: Each) -> String {
    match each {
        Each::Company => format!(
            "select '{COMPANY}' as id, {FIRST} as site, null as site_code, null as site_title, null as title, \
             null as kind, null as delivered_on, cast(0 as bigint) as occupied where {FIRST} is not null"
        ),
        Each::Site => {
            "select id, id as site, code as site_code, name as site_title, null as title, null as kind, \
             null as delivered_on, cast(0 as bigint) as occupied from site"
                .to_owned()
        }
        Each::Home => {
            "select h.id, h.site_id as site, s.code as site_code, s.name as site_title, h.title, h.kind, \
             h.delivered_on, cast(case when exists (select 1 from home_person p where p.home_id = h.id) then 1 else 0 end as bigint) \
             as occupied from home h join site s on s.id = h.site_id"
                .to_owned()
        }
        Each::Staff => format!(
            "select f.id, coalesce((select min(p.site_id) from staff_post p where p.staff_id = f.id), {FIRST}) as site, \
             null as site_code, null as site_title, f.name as title, null as kind, null as delivered_on, \
             cast(0 as bigint) as occupied from staff f where f.active"
        ),
    }
}

async fn read(sql: &impl Sql, each: Each, text: &str, values: Vec<Bound>) -> Result<Vec<Anchor>, Problem> {
    let rows: Vec<Row> = sql.rows(text, values).await?;
    let mut anchors = Vec::with_capacity(rows.len());
    for row in rows {
        let posts = match each {
            Each::Staff => Some(posts(sql, &row.id).await?),
            _ => None,
        };
        anchors.extend(anchor(each, row, posts));
    }
    Ok(anchors)
}

#[derive(FromQueryResult)]
struct Post {
    post: String,
}

async fn posts(sql: &impl Sql, staff: &str) -> Result<Value, Problem> {
    let text = "select distinct post from staff_post where staff_id = $1 order by post";
    let posts: Vec<Post> = sql.rows(text, vals![staff.to_owned()]).await?;
    Ok(posts.into_iter().map(|p| p.post).collect())
}

/// None where the company has no site yet: a case lies at one.
fn anchor(each: Each, row: Row, posts: Option<Value>) -> Option<Anchor> {
    let site = row.site?;
    let mut facts = Data::new();
    let mut put = |path: &str, value: Value| drop(facts.insert(path.to_owned(), value));
    if matches!(each, Each::Site | Each::Home) {
        put("site.id", json!(site));
        put("site.code", json!(row.site_code));
        put("site.title", json!(row.site_title));
    }
    match each {
        Each::Company | Each::Site => {}
        Each::Home => {
            put("home.id", json!(row.id));
            put("home.title", json!(row.title));
            put("home.kind", json!(row.kind));
            put("home.delivered_on", json!(row.delivered_on));
            // Somebody is on record for it.
            put("home.occupied", json!(row.occupied > 0));
        }
        Each::Staff => {
            put("staff.id", json!(row.id));
            put("staff.name", json!(row.title));
            put("staff.posts", posts.unwrap_or_default());
        }
    }
    Some(Anchor {
        id: row.id,
        site,
        facts,
    })
}
