//! One box for everything (INTAKE-3).

use crate::api::{Json, Query};
use crate::auth::Me;
use crate::base::mask_phone;
use crate::cases::pick;
use crate::cases::rows::CaseRow;
use crate::cases::scope;
use crate::context::App;
use crate::db::Filter;
use crate::db::Sql;
use crate::error::Problem;
use crate::estate::{self, HomeRow, PersonLink, homes_of};
use crate::search::{PhoneQuery, Seek, find_cases, find_customers, find_homes, normalise, prefix_end};
use axum::extract::State;
use engine::def::Area;
use sea_orm::FromQueryResult;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Rows of each sort.
const SHOWN: usize = 20;
/// Questions about phones of one person in an hour.
const MOST_PHONES: i64 = 300;
/// Characters of a question.
const LONGEST: usize = 100;

/// What is looked for.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SearchQuery {
    /// Phone (whole or its last four digits), name, pinyin, initials, room, plate, number of a case, words.
    q: String,
    /// Only at this site.
    site: Option<String>,
}

/// What was found; twenty of each sort at most.
#[derive(Debug, Default, Serialize, utoipa::ToSchema)]
pub struct SearchResult {
    /// Customers; none for who has no right to see them.
    customers: Vec<CustomerHit>,
    /// Homes.
    homes: Vec<HomeHit>,
    /// Cases, newest first.
    cases: Vec<CaseRow>,
}

/// A customer that was found.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct CustomerHit {
    id: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    phone_masked: Option<String>,
    homes: Vec<HitHome>,
    /// Open cases at one's sites.
    open_cases: i64,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
struct HitHome {
    id: String,
    title: String,
    site_name: String,
    relation: String,
    relation_title: String,
}

/// A home that was found.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct HomeHit {
    id: String,
    title: String,
    /// home, shop, parking
    kind: String,
    site_name: String,
    people: Vec<PersonLink>,
}

impl From<HomeRow> for HomeHit {
    fn from(row: HomeRow) -> HomeHit {
        let HomeRow {
            id,
            title,
            kind,
            site_name,
            people,
            ..
        } = row;
        HomeHit {
            id,
            title,
            kind,
            site_name,
            people,
        }
    }
}

/// Finds customers, homes and cases. Questions about phones are recorded, and limited.
#[utoipa::path(get, path = "/search", tag = "estate", params(SearchQuery), responses((status = 200, body = SearchResult)))]
pub async fn search(
    State(app): State<App>,
    me: Me,
    Query(asked): Query<SearchQuery>,
) -> Result<Json<SearchResult>, Problem> {
    let query: String = asked
        .q
        .trim()
        .chars()
        .take(LONGEST)
        .filter(|c| *c != '\0')
        .collect();
    if query.is_empty() {
        return Ok(Json(SearchResult::default()));
    }
    let read = app.db.read();
    let sites = estate::only(me.sites(), asked.site.clone());
    let homes = find_homes(read, sites.as_ref(), &query, SHOWN).await?;
    let homes = estate::homes_by_ids(&app, &me, &homes).await?;
    Ok(Json(SearchResult {
        customers: customers(&app, &me, &query, asked.site.as_deref()).await?,
        homes: homes.into_iter().map(HomeHit::from).collect(),
        cases: cases(&app, &me, &query, sites).await?,
    }))
}

#[derive(FromQueryResult)]
struct Customer {
    id: String,
    name: String,
    phone: Option<String>,
    open_cases: i64,
}

async fn customers(app: &App, me: &Me, query: &str, site: Option<&str>) -> Result<Vec<CustomerHit>, Problem> {
    let Ok(at) = estate::reach(me, &app.manuals.current(), &[Area::Desk, Area::Estate]) else {
        return Ok(Vec::new());
    };
    if let Some(phone) = PhoneQuery::read(query) {
        estate::look(app, me, "phone", &phone.masked(), "查找", MOST_PHONES).await?;
    }
    let read = app.db.read();
    let ids = find_customers(read, at.as_ref(), site, query, SHOWN).await?;
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut filter = Filter {
        sql: String::new(),
        values: Vec::new(),
    };
    let marks: Vec<String> = ids.iter().map(|id| filter.bind(0, id.clone())).collect();
    let here = estate::within(&mut filter, 0, "c.site_id", at.as_ref());
    let found: Vec<Customer> = read
        .rows(
            &format!(
                "select u.id, u.name, \
                 (select p.number from customer_phone p where p.customer_id = u.id order by p.id limit 1) as phone, \
                 (select count(*) from case_record c where c.customer_id = u.id and c.closed_at is null and {here}) \
                 as open_cases from customer u where u.id in ({})",
                marks.join(", ")
            ),
            filter.values,
        )
        .await?;
    let mut homes = homes_of(read, &ids, at.as_ref()).await?;
    let mut found: BTreeMap<String, Customer> = found.into_iter().map(|c| (c.id.clone(), c)).collect();
    let hit = |id: &String| {
        let customer = found.remove(id)?;
        let homes = homes.remove(id).unwrap_or_default().into_iter().map(|h| HitHome {
            id: h.id,
            title: h.title,
            site_name: h.site_name,
            relation: h.relation,
            relation_title: h.relation_title,
        });
        Some(CustomerHit {
            id: customer.id,
            name: customer.name,
            phone_masked: customer.phone.map(|number| mask_phone(&number)),
            homes: homes.collect(),
            open_cases: customer.open_cases,
        })
    };
    Ok(ids.iter().filter_map(hit).collect())
}

/// By the beginning of the number, then by words.
async fn cases(
    app: &App,
    me: &Me,
    query: &str,
    sites: Option<BTreeSet<String>>,
) -> Result<Vec<CaseRow>, Problem> {
    let read = app.db.read();
    let mut found = Vec::new();
    let number = normalise(query).to_uppercase();
    let numbered =
        number.len() >= 4 && number.is_ascii() && number.starts_with(|c: char| c.is_ascii_uppercase());
    if numbered && number.contains('-') {
        let mut filter = Filter {
            sql: String::new(),
            values: Vec::new(),
        };
        let (start, end) = (
            filter.bind(0, number.clone()),
            filter.bind(0, prefix_end(&number)),
        );
        let here = estate::within(&mut filter, 0, "c.site_id", sites.as_ref());
        let condition = format!("c.number >= {start} and c.number < {end} and {here}");
        found = pick::pick(app, read, me, &condition, filter.values, SHOWN as u32).await?;
    }
    if found.len() < SHOWN {
        let seek = Seek {
            query,
            sites,
            unmask: me.sites_where(Area::Unmask),
            before: None,
            limit: SHOWN,
        };
        let manual = app.manuals.current();
        let hits = find_cases(read, &seek, |used| scope::visible(me, &manual, used)).await?;
        let known: BTreeSet<String> = found.iter().map(|row| row.id.clone()).collect();
        let fresh: Vec<String> = hits.ids.into_iter().filter(|id| !known.contains(id)).collect();
        found.extend(pick::by_ids(app, read, me, &fresh).await?);
        found.truncate(SHOWN);
    }
    Ok(found)
}
