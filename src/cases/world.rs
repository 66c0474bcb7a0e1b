//! What the engine must know of the world around a case, read in the transaction that writes.

use super::together::Ahead;
use crate::app::App;
use crate::db::Sql;
use crate::error::Problem;
use crate::vals;
use engine::case::{Case, Data};
use engine::load::Manual;
use engine::step::{Child, HomeFacts, Member, World};
use engine::time::Time;
use sea_orm::{DbErr, FromQueryResult};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;

/// How many open cases each holder of a post at the site works on.
const LOADS: &str = " union all select 'load', p.staff_id, null, null, count(*) from case_person p \
     where p.relation = 'assignee' and p.open and p.staff_id in \
     (select o.staff_id from staff_post o where o.site_id is null or o.site_id = $2) group by p.staff_id";

/// What was read; [`Around::world`] lends it to the engine.
pub struct Around {
    pub(super) manual: Arc<Manual>,
    pub(super) live: Arc<Manual>,
    pub(super) home: HomeFacts,
    pub(super) children: Vec<Child>,
    pub(super) roster: Vec<Member>,
    pub(super) ids: Box<dyn Fn() -> String + Send + Sync>,
    pub(super) ahead: Option<Ahead>,
}

/// What is asked in one statement: it is asked before every step of every case.
#[derive(FromQueryResult)]
struct Fact {
    what: String,
    one: Option<String>,
    two: Option<String>,
    three: Option<String>,
    number: i64,
}

#[derive(FromQueryResult)]
struct ChildRow {
    parent_id: String,
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
        let mut around = Around::fresh(app, sql, manual, site, home).await?;
        around.children = children(sql, case).await?;
        Ok(around)
    }

    /// What surrounds a case that is about to begin: nothing stands under it yet.
    ///
    /// # Errors
    /// As [`Around::read`].
    pub async fn fresh(
        app: &App,
        sql: &impl Sql,
        manual: &str,
        site: &str,
        home: Option<&str>,
    ) -> Result<Around, Problem> {
        Around::ask(app, sql, manual, site, home, LOADS).await
    }

    /// For a case as it stands.
    ///
    /// # Errors
    /// As [`Around::read`].
    pub async fn of(app: &App, sql: &impl Sql, case: &Case) -> Result<Around, Problem> {
        Around::read(app, sql, &case.manual, &case.site, case.home.as_deref(), &case.id).await
    }

    /// For showing a case: nobody is chosen by load then, which is left out.
    ///
    /// # Errors
    /// As [`Around::read`].
    pub async fn shown(app: &App, sql: &impl Sql, case: &Case) -> Result<Around, Problem> {
        let mut around = Around::ask(app, sql, &case.manual, &case.site, case.home.as_deref(), "").await?;
        around.children = children(sql, &case.id).await?;
        Ok(around)
    }

    async fn ask(
        app: &App,
        sql: &impl Sql,
        manual: &str,
        site: &str,
        home: Option<&str>,
        loads: &str,
    ) -> Result<Around, Problem> {
        let mut text = "select 'mark' as what, cast(null as text) as one, cast(null as text) as two, \
             cast(null as text) as three, mark as number from roster_mark \
             union all select 'home', h.delivered_on, h.kind, b.area_id, 0 \
             from home h join building b on b.id = h.building_id where h.id = $1"
            .to_owned();
        let mut values = vals![home.map(str::to_owned)];
        if !loads.is_empty() {
            text.push_str(loads);
            values.extend(vals![site.to_owned()]);
        }
        let facts: Vec<Fact> = sql.rows(&text, values).await?;
        let (mut mark, mut place, mut loads) = (0, HomeFacts::default(), HashMap::new());
        for fact in facts {
            match (fact.what.as_str(), fact.one) {
                ("mark", _) => mark = fact.number,
                ("load", Some(staff)) => {
                    loads.insert(staff, u32::try_from(fact.number).unwrap_or(u32::MAX));
                }
                (_, delivered_on) => {
                    place = HomeFacts {
                        delivered_on,
                        kind: fact.two,
                        area: fact.three,
                    };
                }
            }
        }
        let now = app.clock.now();
        let app_ids = app.clone();
        Ok(Around {
            manual: app.manuals.get(manual).await?,
            live: app.manuals.current(),
            home: place,
            children: Vec::new(),
            roster: app
                .rosters
                .of(&app.db, sql, site, mark, now)
                .await?
                .at(now, &loads),
            ids: Box::new(move || app_ids.id()),
            ahead: None,
        })
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

    /// What else was read of a case of a batch.
    pub(super) fn ahead(&self) -> Option<&Ahead> {
        self.ahead.as_ref()
    }

    /// Area of the home.
    pub fn area(&self) -> Option<&str> {
        self.home.area.as_deref()
    }
}

/// Cases under that one, oldest first.
///
/// # Errors
/// The database's.
pub async fn children(sql: &impl Sql, case: &str) -> Result<Vec<Child>, DbErr> {
    let text = format!("{CHILDREN} = $1 order by id");
    let rows: Vec<ChildRow> = sql.rows(&text, vals![case.to_owned()]).await?;
    Ok(rows.into_iter().map(Child::from).collect())
}

/// Cases under those, by the case they are under.
///
/// # Errors
/// The database's.
pub async fn children_of(sql: &impl Sql, cases: &[String]) -> Result<HashMap<String, Vec<Child>>, DbErr> {
    let text = format!("{CHILDREN} in {} order by id", sql.listed(1));
    let mut all: HashMap<String, Vec<Child>> = HashMap::new();
    for row in sql.rows::<ChildRow>(&text, vals![json!(cases)]).await? {
        all.entry(row.parent_id.clone()).or_default().push(row.into());
    }
    Ok(all)
}

const CHILDREN: &str =
    "select parent_id, id, kind, stage, opened_at, closed_at, data from case_record where parent_id";

impl From<ChildRow> for Child {
    fn from(row: ChildRow) -> Child {
        Child {
            id: row.id,
            kind: row.kind,
            stage: row.stage,
            opened_at: Time(row.opened_at),
            closed_at: row.closed_at.map(Time),
            data: row.data.as_object().cloned().unwrap_or_else(Data::new),
        }
    }
}
