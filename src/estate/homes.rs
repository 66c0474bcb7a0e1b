//! Homes in lists.

use super::customers::{PersonLink, people_of};
use super::reach::{reach, within};
use crate::api::{Json, Query};
use crate::auth::Me;
use crate::base::Named;
use crate::context::App;
use crate::db::Filter;
use crate::db::Sql;
use crate::error::Problem;
use crate::search::find_homes;
use axum::extract::State;
use engine::def::Area;
use sea_orm::{DbErr, FromQueryResult};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Homes of a page.
const PAGE: usize = 100;
/// Homes of a building: all of them, for the board of units.
const MOST_OF_BUILDING: usize = 3000;

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
    #[schema(nullable = false)]
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
    #[schema(nullable = false)]
    pub area: Option<f64>,
    /// Day of handover.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
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
