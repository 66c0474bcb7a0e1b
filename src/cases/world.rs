//! What the engine must know of the world around a case, read in the transaction that writes.

use super::load;
use super::prefetched::Prefetched;
use super::roster::Rosters;
use crate::context::App;
use crate::db::Sql;
use crate::error::Problem;
use crate::vals;
use engine::case::{Case, Data};
use engine::family::wanted;
use engine::load::{Manual, Rules};
use engine::step::{Child, HomeFacts, Member, World};
use engine::time::Time;
use sea_orm::{DbErr, FromQueryResult};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// How many open cases each holder of a post at the site works on.
const LOADS: &str = " union all select 'load', p.staff_id, null, null, count(*), {none} from case_person p \
     where p.relation = 'assignee' and p.open and p.staff_id in \
     (select o.staff_id from staff_post o where o.site_id is null or o.site_id = $2) group by p.staff_id";

/// What was read; [`Around::world`] lends it to the engine.
pub struct Around {
    pub(super) manual: Arc<Manual>,
    pub(super) live: Arc<Manual>,
    pub(super) home: HomeFacts,
    pub(super) children: Vec<Child>,
    pub(super) reached: BTreeMap<String, Child>,
    pub(super) roster: Arc<Vec<Member>>,
    pub(super) prefetched: Option<Prefetched>,
}

/// What is asked in one statement: it is asked before every step of every case.
#[derive(FromQueryResult)]
struct Fact {
    what: String,
    one: Option<String>,
    two: Option<String>,
    three: Option<String>,
    number: i64,
    #[sea_orm(nested)]
    place: Place,
}

/// What people read of a home.
const PLACE: &str = "h.title, b.name as building, h.unit, h.room, s.name as site, h.floor_area";
/// Where it stands.
const HOMES: &str = "from home h join building b on b.id = h.building_id join site s on s.id = h.site_id";

/// The same columns for what is no home.
fn no_place() -> String {
    let texts =
        ["title", "building", "unit", "room", "site"].map(|name| format!("cast(null as text) as {name}"));
    format!(
        "{}, cast(null as double precision) as floor_area",
        texts.join(", ")
    )
}

#[derive(FromQueryResult)]
struct Place {
    title: Option<String>,
    building: Option<String>,
    unit: Option<String>,
    room: Option<String>,
    site: Option<String>,
    floor_area: Option<f64>,
}

impl From<Place> for HomeFacts {
    fn from(place: Place) -> HomeFacts {
        HomeFacts {
            title: place.title,
            building: place.building,
            unit: place.unit.filter(|unit| !unit.is_empty()),
            room: place.room,
            site: place.site,
            floor_area: place.floor_area,
            ..HomeFacts::default()
        }
    }
}

#[derive(FromQueryResult)]
struct ChildRow {
    parent_id: Option<String>,
    id: String,
    kind: String,
    stage: String,
    opened_at: i64,
    closed_at: Option<i64>,
    data: Value,
}

impl Around {
    /// What surrounds a case that is about to begin: nothing stands under it yet.
    ///
    /// # Errors
    /// The database's; an unknown manual.
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
    /// The database's; an unknown manual.
    pub async fn of(app: &App, sql: &impl Sql, case: &Case) -> Result<Around, Problem> {
        let mut around = Around::ask(app, sql, &case.manual, &case.site, case.home.as_deref(), LOADS).await?;
        around.children = children(sql, &case.id).await?;
        around.reach(app, sql, case).await?;
        Ok(around)
    }

    /// For showing a case: nobody is chosen by load then, which is left out.
    ///
    /// # Errors
    /// The database's; an unknown manual.
    pub async fn shown(app: &App, sql: &impl Sql, case: &Case) -> Result<Around, Problem> {
        let mut around = Around::ask(app, sql, &case.manual, &case.site, case.home.as_deref(), "").await?;
        around.children = children(sql, &case.id).await?;
        around.reach(app, sql, case).await?;
        Ok(around)
    }

    /// Looks for the cases that this one addresses as it stands.
    async fn reach(&mut self, app: &App, sql: &impl Sql, case: &Case) -> Result<(), Problem> {
        let now = app.clock.now();
        let wanted: Vec<(String, String, String)> = wanted(&self.world(now, now, false), case, None)
            .into_iter()
            .map(|(address, resource)| (address.name.clone(), address.holder.clone(), resource))
            .collect();
        let reads_parent = self.manual.kind(&case.kind).is_some_and(Rules::reads_parent);
        if let (Some(parent), true) = (&case.parent, reads_parent) {
            let above = Child::of(&load::any(sql, parent).await?);
            self.reached.insert("parent".to_owned(), above);
        }
        for (name, claim, resource) in wanted {
            let found: Option<ChildRow> = sql.row(HOLDER, vals![claim, resource]).await?;
            self.reached.extend(found.map(|row| (name, row.into())));
        }
        Ok(())
    }

    async fn ask(
        app: &App,
        sql: &impl Sql,
        manual: &str,
        site: &str,
        home: Option<&str>,
        loads: &str,
    ) -> Result<Around, Problem> {
        let mut text = format!(
            "select 'mark' as what, cast(null as text) as one, cast(null as text) as two, \
             cast(null as text) as three, mark as number, {} from roster_mark \
             union all select 'home', h.delivered_on, h.kind, b.area_id, 0, {PLACE} {HOMES} where h.id = $1",
            no_place()
        );
        let mut values = vals![home.map(str::to_owned)];
        if !loads.is_empty() {
            text.push_str(&loads.replace("{none}", &no_place()));
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
                        ..fact.place.into()
                    };
                }
            }
        }
        let now = app.clock.now();
        Ok(Around {
            manual: app.manuals.get(manual).await?,
            live: app.manuals.current(),
            home: place,
            children: Vec::new(),
            reached: BTreeMap::new(),
            roster: Arc::new(
                app.own::<Rosters>()
                    .of(&app.db, sql, site, mark, now)
                    .await?
                    .at(now, &loads),
            ),
            prefetched: None,
        })
    }

    /// The engine's view of it, for looking: deeds are decided by [`super::deciding`], which gives ids to new cases.
    pub fn world(&self, at: i64, now: i64, quiet: bool) -> World<'_> {
        World {
            manual: &self.manual,
            live: &self.live,
            home: self.home.clone(),
            children: &self.children,
            reached: &self.reached,
            roster: &self.roster,
            me: None,
            at: Time(at),
            now: Time(now),
            quiet,
            ids: &String::new,
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

    /// Ids of the cases it addresses.
    pub(super) fn reached_ids(&self) -> Vec<String> {
        self.reached.values().map(|other| other.id.clone()).collect()
    }

    /// What else was read of a case of a batch.
    pub(super) fn prefetched(&self) -> Option<&Prefetched> {
        self.prefetched.as_ref()
    }

    /// Whether the case is of a batch, of whose cases more was read.
    pub fn is_of_batch(&self) -> bool {
        self.prefetched.is_some()
    }

    /// Area of the home.
    pub fn area(&self) -> Option<&str> {
        self.home.area.as_deref()
    }
}

#[derive(FromQueryResult)]
struct Home {
    id: String,
    delivered_on: Option<String>,
    kind: Option<String>,
    area_id: Option<String>,
    #[sea_orm(nested)]
    place: Place,
}

/// What is known of homes, by id; those that do not exist are not among them.
///
/// # Errors
/// The database's.
pub async fn homes(sql: &impl Sql, homes: &[&str]) -> Result<HashMap<String, HomeFacts>, Problem> {
    if homes.is_empty() {
        return Ok(HashMap::new());
    }
    let text = format!(
        "select h.id, h.delivered_on, h.kind, b.area_id, {PLACE} {HOMES} where h.id in {}",
        sql.listed(1)
    );
    let found: Vec<Home> = sql.rows(&text, vals![json!(homes)]).await?;
    let facts = |home: Home| {
        let facts = HomeFacts {
            delivered_on: home.delivered_on,
            kind: home.kind,
            area: home.area_id,
            ..home.place.into()
        };
        (home.id, facts)
    };
    Ok(found.into_iter().map(facts).collect())
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
        all.entry(row.parent_id.clone().unwrap_or_default())
            .or_default()
            .push(row.into());
    }
    Ok(all)
}

const HOLDER: &str = "select c.parent_id, c.id, c.kind, c.stage, c.opened_at, c.closed_at, c.data \
     from claim x join case_record c on c.id = x.case_id where x.name = $1 and x.resource = $2";

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
