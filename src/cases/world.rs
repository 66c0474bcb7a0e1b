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

#[derive(FromQueryResult)]
struct PostRow {
    id: String,
    name: String,
    post: String,
}

#[derive(FromQueryResult)]
struct Pair {
    staff_id: String,
    value: String,
}

#[derive(FromQueryResult)]
struct Load {
    staff_id: String,
    open: i64,
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
    let posts: Vec<PostRow> = sql
        .rows(
            "select s.id, s.name, p.post from staff s join staff_post p on p.staff_id = s.id \
             where s.active and (p.site_id is null or p.site_id = $1)",
            vals![site.to_owned()],
        )
        .await?;
    let mut members: BTreeMap<String, Member> = BTreeMap::new();
    for row in posts {
        let member = members.entry(row.id.clone()).or_default();
        (member.id, member.name) = (row.id, row.name);
        member.posts.insert(row.post);
    }
    let areas: Vec<Pair> = sql
        .rows(
            "select x.staff_id, x.area_id as value from staff_area x join area a on a.id = x.area_id \
             where a.site_id = $1",
            vals![site.to_owned()],
        )
        .await?;
    for pair in areas {
        members.entry(pair.staff_id).and_modify(|m| {
            m.areas.insert(pair.value);
        });
    }
    let skills: Vec<Pair> = sql
        .rows("select staff_id, skill as value from staff_skill", vals![])
        .await?;
    for pair in skills {
        members.entry(pair.staff_id).and_modify(|m| {
            m.skills.insert(pair.value);
        });
    }
    on_duty(sql, site, now, &mut members).await?;
    Ok(members.into_values().collect())
}

async fn on_duty(
    sql: &impl Sql,
    site: &str,
    now: i64,
    members: &mut BTreeMap<String, Member>,
) -> Result<(), DbErr> {
    let duty: Vec<Pair> = sql
        .rows(
            "select staff_id, post as value from duty where site_id = $1 and from_at <= $2 and to_at > $2",
            vals![site.to_owned(), now],
        )
        .await?;
    for pair in duty {
        members.entry(pair.staff_id).and_modify(|m| m.on_duty = true);
    }
    let loads: Vec<Load> = sql
        .rows(
            "select p.staff_id, count(*) as open from case_record c join case_person p on p.case_id = c.id \
             where c.site_id = $1 and c.closed_at is null and p.relation = 'assignee' group by p.staff_id",
            vals![site.to_owned()],
        )
        .await?;
    for load in loads {
        members
            .entry(load.staff_id)
            .and_modify(|m| m.load = load.open as u32);
    }
    Ok(())
}
