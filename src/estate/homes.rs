//! Homes: lists, the page of one, changes.

use super::customers::{PersonLink, is_seen, people_of};
use super::keep::RELATIONS;
use super::reach::{reach, within};
use super::story::SHOWN;
use super::warranty::{WarrantyView, warranties};
use crate::api::{Answer, Json, Once, Path, Query};
use crate::app::App;
use crate::auth::Me;
use crate::cases::rows::{self, CaseRow, Named};
use crate::cases::scope::Filter;
use crate::contacts::rows::{self as contact_rows, ContactRow};
use crate::db::{Sql, Tx};
use crate::error::Problem;
use crate::search::find_homes;
use crate::vals;
use axum::extract::State;
use axum::http::StatusCode;
use engine::def::Area;
use sea_orm::{DbErr, FromQueryResult};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Homes of a page.
const PAGE: usize = 100;
/// Homes of a building: all of them, for the board of units.
const MOST_OF_BUILDING: usize = 3000;
/// People of a home.
const MOST_PEOPLE: usize = 50;
/// Kinds of homes: `home.kind` in the manual.
const KINDS: [&str; 3] = ["home", "shop", "parking"];

/// Which homes.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct HomeQuery {
    /// Site.
    site: Option<String>,
    /// Building: all its homes, in order of unit and room.
    building: Option<String>,
    /// Room as people say it: 3-1-502.
    q: Option<String>,
    /// Where the page before ended.
    cursor: Option<String>,
}

/// Homes.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct HomeList {
    items: Vec<HomeRow>,
    /// Pass it as `cursor` for the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// A home in a list.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct HomeRow {
    /// Id.
    pub id: String,
    /// 3栋1单元502.
    pub title: String,
    /// home, shop, parking
    pub kind: String,
    /// Floor area in square metres.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub area: Option<f64>,
    /// Day of handover.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivered_on: Option<String>,
    /// Building.
    pub building: String,
    /// Unit; empty where there are none.
    pub unit: String,
    /// Room.
    pub room: String,
    /// Site.
    pub site: Named,
    /// Name of the site.
    pub site_name: String,
    /// Owners, family, tenants; empty for who may not see customers.
    pub people: Vec<PersonLink>,
}

/// The page of a home.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct HomeView {
    /// The home.
    #[serde(flatten)]
    home: HomeRow,
    /// Ends of warranty.
    warranties: Vec<WarrantyView>,
    /// Cases, newest first.
    cases: Vec<CaseRow>,
    /// Contacts, newest first.
    contacts: Vec<ContactRow>,
}

#[derive(FromQueryResult)]
struct Raw {
    id: String,
    title: String,
    kind: String,
    floor_area: Option<f64>,
    delivered_on: Option<String>,
    building: String,
    unit: String,
    room: String,
    site_id: String,
    site_name: String,
}

const COLUMNS: &str = "select h.id, h.title, h.kind, h.floor_area, h.delivered_on, b.name as building, h.unit, h.room, \
     h.site_id, s.name as site_name from home h join building b on b.id = h.building_id join site s on s.id = h.site_id";

/// Homes at one's sites: by room, of a building, or all, page by page.
#[utoipa::path(get, path = "/homes", tag = "estate", params(HomeQuery), responses((status = 200, body = HomeList)))]
pub async fn list_homes(
    State(app): State<App>,
    me: Me,
    Query(query): Query<HomeQuery>,
) -> Result<Json<HomeList>, Problem> {
    let read = app.db.read();
    let sites = only(me.sites(), query.site);
    let words = query.q.as_deref().map(str::trim).filter(|q| !q.is_empty());
    if let (Some(words), None) = (words, &query.building) {
        let ids = find_homes(read, sites.as_ref(), words, PAGE).await?;
        return Ok(Json(HomeList {
            items: by_ids(&app, &me, &ids).await?,
            next: None,
        }));
    }
    let mut filter = Filter {
        sql: String::new(),
        values: Vec::new(),
    };
    let mut all = vec![within(&mut filter, 0, "h.site_id", sites.as_ref())];
    let most = if query.building.is_some() {
        MOST_OF_BUILDING
    } else {
        PAGE
    };
    if let Some(building) = &query.building {
        all.push(format!("h.building_id = {}", filter.bind(0, building.clone())));
    }
    if let Some((site, title, id)) = query.cursor.as_deref().and_then(cursor) {
        let [site, title, id] = [site, title, id].map(|part| filter.bind(0, part));
        all.push(format!("(h.site_id, h.title, h.id) > ({site}, {title}, {id})"));
    }
    let sql = format!(
        "{COLUMNS} where {} order by h.site_id, h.title, h.id limit {}",
        all.join(" and "),
        most + 1
    );
    let mut raw: Vec<Raw> = read.rows(&sql, filter.values).await?;
    let more = raw.len() > most;
    raw.truncate(most);
    let next = raw
        .last()
        .filter(|_| more)
        .map(|r| format!("{}~{}~{}", r.site_id, r.title, r.id));
    if query.building.is_some() {
        raw.sort_by_cached_key(|r| (super::natural(&r.unit), super::natural(&r.room)));
        let plain = words.map(crate::search::normalise);
        raw.retain(|r| {
            plain
                .as_ref()
                .is_none_or(|words| r.title.to_lowercase().contains(words))
        });
    }
    Ok(Json(HomeList {
        items: render(&app, &me, raw).await?,
        next,
    }))
}

fn cursor(text: &str) -> Option<(String, String, String)> {
    let (site, rest) = text.split_once('~')?;
    let (title, id) = rest.rsplit_once('~')?;
    Some((site.to_owned(), title.to_owned(), id.to_owned()))
}

/// The sites, narrowed to one of them.
pub(crate) fn only(sites: Option<BTreeSet<String>>, one: Option<String>) -> Option<BTreeSet<String>> {
    match (sites, one) {
        (sites, None) => sites,
        (None, Some(one)) => Some(BTreeSet::from([one])),
        (Some(sites), Some(one)) => Some(sites.into_iter().filter(|site| *site == one).collect()),
    }
}

/// Homes by id, in the order given.
///
/// # Errors
/// The database's.
pub(crate) async fn by_ids(app: &App, me: &Me, ids: &[String]) -> Result<Vec<HomeRow>, Problem> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let marks: Vec<String> = (1..=ids.len()).map(|n| format!("${n}")).collect();
    let sql = format!("{COLUMNS} where h.id in ({})", marks.join(", "));
    let mut raw: Vec<Raw> = app
        .db
        .read()
        .rows(&sql, ids.iter().map(|id| id.clone().into()).collect())
        .await?;
    raw.sort_by_key(|r| ids.iter().position(|id| *id == r.id));
    Ok(render(app, me, raw).await?)
}

async fn render(app: &App, me: &Me, raw: Vec<Raw>) -> Result<Vec<HomeRow>, DbErr> {
    // Whom one may not see as a customer does not stand beside the home either.
    let people_at = reach(me, &app.manuals.current(), &[Area::Desk, Area::Estate]).ok();
    let seen = |site: &str| {
        people_at
            .as_ref()
            .is_some_and(|at| at.as_ref().is_none_or(|at| at.contains(site)))
    };
    let ids: Vec<String> = raw
        .iter()
        .filter(|r| seen(&r.site_id))
        .map(|r| r.id.clone())
        .collect();
    let mut people = people_of(app.db.read(), &ids).await?;
    Ok(raw.into_iter().map(|r| row(r, &mut people)).collect())
}

fn row(raw: Raw, people: &mut std::collections::BTreeMap<String, Vec<PersonLink>>) -> HomeRow {
    HomeRow {
        people: people.remove(&raw.id).unwrap_or_default(),
        id: raw.id,
        title: raw.title,
        kind: raw.kind,
        area: raw.floor_area,
        delivered_on: raw.delivered_on,
        building: raw.building,
        unit: raw.unit,
        room: raw.room,
        site: Named {
            id: raw.site_id,
            name: raw.site_name.clone(),
        },
        site_name: raw.site_name,
    }
}

/// The page of a home: people, warranties, cases, contacts.
#[utoipa::path(get, path = "/homes/{id}", tag = "estate", params(("id" = String, Path, description = "Home")),
    responses((status = 200, body = HomeView)))]
pub async fn get_home(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
) -> Result<Json<HomeView>, Problem> {
    view(&app, &me, id).await.map(Json)
}

async fn view(app: &App, me: &Me, id: String) -> Result<HomeView, Problem> {
    let home = by_ids(app, me, std::slice::from_ref(&id))
        .await?
        .pop()
        .ok_or_else(Problem::not_found)?;
    me.at_site(&home.site.id)?;
    let read = app.db.read();
    Ok(HomeView {
        warranties: warranties(&app.manuals.current(), home.delivered_on.as_deref()),
        cases: rows::of_home(app, read, me, &id, SHOWN).await?,
        contacts: contact_rows::of_home(app, read, me, &id, SHOWN).await?,
        home,
    })
}

/// A home as it shall be.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HomeChange {
    /// home, shop, parking
    kind: String,
    /// Floor area in square metres.
    area: Option<f64>,
    /// Day of handover, YYYY-MM-DD.
    delivered_on: Option<String>,
    /// Everybody of the home.
    people: Vec<PersonInput>,
}

/// A person of the home.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct PersonInput {
    /// Customer.
    customer: String,
    /// owner, family, tenant, other
    relation: String,
}

/// What the change of a home answers: the page is read anew.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Changed {
    /// Home.
    id: String,
}

/// Changes a home: kind, area, day of handover (warranties begin with it), and who belongs to it.
#[utoipa::path(put, path = "/homes/{id}", tag = "estate", request_body = HomeChange,
    params(("id" = String, Path, description = "Home")), responses((status = 200, body = Changed)))]
pub async fn change_home(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
    once: Once,
    Json(asked): Json<HomeChange>,
) -> Result<Answer, Problem> {
    let sites = reach(&me, &app.manuals.current(), &[Area::Estate])?;
    asked.check()?;
    app.write_as(&me, once, StatusCode::OK, move |tx| {
        Box::pin(async move { change(tx, id, asked, sites.as_ref()).await })
    })
    .await
}

impl HomeChange {
    fn check(&self) -> Result<(), Problem> {
        if !KINDS.contains(&self.kind.as_str()) {
            return Err(Problem::field("kind", "类型只能是住宅、商铺、车位"));
        }
        if self.area.is_some_and(|area| !(0.1..100_000.0).contains(&area)) {
            return Err(Problem::field("area", "面积应大于 0"));
        }
        let day =
            |text: &String| chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok() && text.len() == 10;
        if self.delivered_on.as_ref().is_some_and(|text| !day(text)) {
            return Err(Problem::field(
                "delivered_on",
                "交付日期应为 2024-05-01 这样的日期",
            ));
        }
        if self.people.len() > MOST_PEOPLE {
            return Err(Problem::field("people", "一套房屋最多 50 人"));
        }
        let known = |person: &PersonInput| RELATIONS.iter().any(|(name, _)| *name == person.relation);
        if !self.people.iter().all(known) {
            return Err(Problem::field(
                "people",
                "与房屋的关系只能是业主、家属、租户、其他",
            ));
        }
        Ok(())
    }
}

async fn change(
    tx: &Tx,
    id: String,
    asked: HomeChange,
    sites: Option<&BTreeSet<String>>,
) -> Result<Changed, Problem> {
    let mut filter = Filter {
        sql: String::new(),
        values: vals![asked.kind, asked.area, asked.delivered_on, id.clone()],
    };
    let here = within(&mut filter, 0, "site_id", sites);
    let sql =
        format!("update home set kind = $1, floor_area = $2, delivered_on = $3 where id = $4 and {here}");
    if tx.run(&sql, filter.values).await? == 0 {
        return Err(Problem::not_found());
    }
    // Who belongs to the home already may stay, wherever else they are seen.
    let there = people_of(tx, std::slice::from_ref(&id))
        .await?
        .remove(&id)
        .unwrap_or_default();
    let mut rows = Vec::with_capacity(asked.people.len());
    for person in asked.people {
        let stays = there.iter().any(|p| p.customer_id == person.customer);
        if !stays && !is_seen(tx, &person.customer, sites).await? {
            return Err(Problem::field("people", "所选客户不存在，或您无权查看"));
        }
        rows.push(vals![id.clone(), person.customer, person.relation]);
    }
    tx.run("delete from home_person where home_id = $1", vals![id.clone()])
        .await?;
    let columns = "home_person (home_id, customer_id, relation)";
    super::insert_all(tx, columns, rows, "on conflict do nothing").await?;
    Ok(Changed { id })
}
