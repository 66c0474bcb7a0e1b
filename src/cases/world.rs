//! What the engine must know of the world around a case, read in the transaction that writes.

use crate::app::App;
use crate::db::Sql;
use crate::error::Problem;
use crate::vals;
use engine::case::{Case, Data};
use engine::load::Manual;
use engine::step::{Child, HomeFacts, Member, World};
use engine::time::Time;
use sea_orm::{DbErr, FromQueryResult};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What was read; [`Around::world`] lends it to the engine.
pub struct Around {
    manual: Arc<Manual>,
    live: Arc<Manual>,
    home: HomeFacts,
    children: Vec<Child>,
    roster: Vec<Member>,
    ids: Box<dyn Fn() -> String + Send + Sync>,
}

#[derive(FromQueryResult)]
struct HomeRow {
    delivered_on: Option<String>,
    kind: String,
    area_id: Option<String>,
}

/// Something known of a member of staff.
#[derive(FromQueryResult)]
struct Trait {
    staff: String,
    name: String,
    what: String,
    value: String,
    count: i64,
}

#[derive(FromQueryResult)]
struct ChildRow {
    id: String,
    kind: String,
    stage: String,
    opened_at: i64,
    closed_at: Option<i64>,
    data: Value,
}

impl Around {
    /// Reads what surrounds a case of that site, home and id.
    ///
    /// # Errors
    /// The database's; an unknown manual.
    pub async fn read(
        app: &App,
        sql: &impl Sql,
        manual: &str,
        site: &str,
        home: Option<&str>,
        case: &str,
    ) -> Result<Around, Problem> {
        let app_ids = app.clone();
        Ok(Around {
            manual: app.manuals.get(manual).await?,
            live: app.manuals.current(),
            home: home_facts(sql, home).await?,
            children: children(sql, case).await?,
            roster: roster(sql, site, app.clock.now()).await?,
            ids: Box::new(move || app_ids.id()),
        })
    }

    /// For a case as it stands.
    ///
    /// # Errors
    /// As [`Around::read`].
    pub async fn of(app: &App, sql: &impl Sql, case: &Case) -> Result<Around, Problem> {
        Around::read(app, sql, &case.manual, &case.site, case.home.as_deref(), &case.id).await
    }

    /// The engine's view of it.
    pub fn world(&self, at: i64, now: i64, quiet: bool) -> World<'_> {
        World {
            manual: &self.manual,
            live: &self.live,
            home: self.home.clone(),
            children: &self.children,
            roster: &self.roster,
            at: Time(at),
            now: Time(now),
            quiet,
            ids: &*self.ids,
        }
    }

    /// The manual the case is pinned to.
    pub fn manual(&self) -> &Arc<Manual> {
        &self.manual
    }

    /// Staff who hold a post at the site.
    pub fn roster(&self) -> &[Member] {
        &self.roster
    }

    /// Cases under it.
    pub fn children(&self) -> &[Child] {
        &self.children
    }

    /// Area of the home.
    pub fn area(&self) -> Option<&str> {
        self.home.area.as_deref()
    }
}

async fn home_facts(sql: &impl Sql, home: Option<&str>) -> Result<HomeFacts, DbErr> {
    let Some(home) = home else {
        return Ok(HomeFacts::default());
    };
    let row: Option<HomeRow> = sql
        .row(
            "select h.delivered_on, h.kind, b.area_id from home h join building b on b.id = h.building_id \
             where h.id = $1",
            vals![home.to_owned()],
        )
        .await?;
    let facts = row.map(|r| HomeFacts {
        delivered_on: r.delivered_on,
        kind: Some(r.kind),
        area: r.area_id,
    });
    Ok(facts.unwrap_or_default())
}

/// Cases under that one, oldest first.
///
/// # Errors
/// The database's.
pub async fn children(sql: &impl Sql, case: &str) -> Result<Vec<Child>, DbErr> {
    let rows: Vec<ChildRow> = sql
        .rows(
            "select id, kind, stage, opened_at, closed_at, data from case_record where parent_id = $1 order by id",
            vals![case.to_owned()],
        )
        .await?;
    let child = |r: ChildRow| Child {
        id: r.id,
        kind: r.kind,
        stage: r.stage,
        opened_at: Time(r.opened_at),
        closed_at: r.closed_at.map(Time),
        data: r.data.as_object().cloned().unwrap_or_else(Data::new),
    };
    Ok(rows.into_iter().map(child).collect())
}

/// Staff who hold a post at the site, with what routing needs to know of them.
///
/// # Errors
/// The database's.
pub async fn roster(sql: &impl Sql, site: &str, now: i64) -> Result<Vec<Member>, DbErr> {
    // One statement: it is asked before every step of every case.
    let traits: Vec<Trait> = sql
        .rows(
            "select s.id as staff, s.name as name, 'post' as what, p.post as value, 0 as count \
             from staff s join staff_post p on p.staff_id = s.id \
             where s.active and (p.site_id is null or p.site_id = $1) \
             union all select x.staff_id, '', 'area', x.area_id, 0 \
             from staff_area x join area a on a.id = x.area_id where a.site_id = $1 \
             union all select staff_id, '', 'skill', skill, 0 from staff_skill \
             union all select staff_id, '', 'duty', post, 0 from duty \
             where site_id = $1 and from_at <= $2 and to_at > $2 \
             union all select p.staff_id, '', 'load', '', count(*) \
             from case_record c join case_person p on p.case_id = c.id \
             where c.site_id = $1 and c.closed_at is null and p.relation = 'assignee' group by p.staff_id",
            vals![site.to_owned(), now],
        )
        .await?;
    let mut members: BTreeMap<String, Member> = BTreeMap::new();
    for post in traits.iter().filter(|t| t.what == "post") {
        let member = members.entry(post.staff.clone()).or_default();
        (member.id, member.name) = (post.staff.clone(), post.name.clone());
    }
    for one in traits {
        // Traits of those who hold no post here do not matter.
        let Some(member) = members.get_mut(&one.staff) else {
            continue;
        };
        match one.what.as_str() {
            "post" => drop(member.posts.insert(one.value)),
            "area" => drop(member.areas.insert(one.value)),
            "skill" => drop(member.skills.insert(one.value)),
            "duty" => member.on_duty = true,
            _ => member.load = u32::try_from(one.count).unwrap_or(u32::MAX),
        }
    }
    Ok(members.into_values().collect())
}
