//! Sites 项目 with their buildings and areas 片区.

use crate::api::Json;
use crate::auth::Me;
use crate::base::Named;
use crate::context::App;
use crate::db::Filter;
use crate::db::Sql;
use crate::error::Problem;
use axum::extract::State;
use sea_orm::FromQueryResult;
use serde::Serialize;

/// Sites.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SiteList {
    /// Those one holds a post at.
    items: Vec<Site>,
}

/// A site.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct Site {
    id: String,
    name: String,
    /// Stands in the numbers of cases.
    code: String,
    buildings: Vec<Building>,
    areas: Vec<AreaView>,
}

/// A building.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct Building {
    id: String,
    name: String,
    /// Area it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    area: Option<String>,
    /// Units 单元 with homes; empty where there are none.
    units: Vec<String>,
}

/// An area 片区 with who looks after it (INTAKE-8).
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct AreaView {
    id: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    assistant: Option<Named>,
}

#[derive(FromQueryResult)]
struct SiteRow {
    id: String,
    name: String,
    code: String,
}

#[derive(FromQueryResult)]
struct UnitRow {
    site_id: String,
    id: String,
    name: String,
    area_id: Option<String>,
    unit: Option<String>,
}

#[derive(FromQueryResult)]
struct AreaRow {
    site_id: String,
    id: String,
    name: String,
    staff_id: Option<String>,
    staff_name: Option<String>,
}

/// Sites one holds a post at.
#[utoipa::path(get, path = "/sites", tag = "estate", responses((status = 200, body = SiteList)))]
pub async fn list_sites(State(app): State<App>, me: Me) -> Result<Json<SiteList>, Problem> {
    let read = app.db.read();
    let sites = me.sites();
    let here = |column: &str| {
        let mut filter = Filter {
            sql: String::new(),
            values: Vec::new(),
        };
        let here = super::within(&mut filter, 0, column, sites.as_ref());
        (here, filter.values)
    };
    let (condition, values) = here("id");
    let sql = format!("select id, name, code from site where {condition} order by name");
    let rows: Vec<SiteRow> = read.rows(&sql, values).await?;
    let (condition, values) = here("b.site_id");
    let sql = format!(
        "select distinct b.site_id, b.id, b.name, b.area_id, h.unit from building b \
         left join home h on h.building_id = b.id where {condition}"
    );
    let mut units: Vec<UnitRow> = read.rows(&sql, values).await?;
    let order = |row: &UnitRow| {
        (
            super::natural(&row.name),
            super::natural(row.unit.as_deref().unwrap_or_default()),
        )
    };
    units.sort_by_cached_key(order);
    let (condition, values) = here("a.site_id");
    let sql = format!(
        "select a.site_id, a.id, a.name, s.id as staff_id, s.name as staff_name from area a \
         left join staff_area x on x.area_id = a.id left join staff s on s.id = x.staff_id and s.active \
         where {condition} order by a.name, s.name"
    );
    let areas: Vec<AreaRow> = read.rows(&sql, values).await?;
    let site = |row: SiteRow| Site {
        buildings: buildings(&row.id, &units),
        areas: areas_of(&row.id, &areas),
        id: row.id,
        name: row.name,
        code: row.code,
    };
    Ok(Json(SiteList {
        items: rows.into_iter().map(site).collect(),
    }))
}

fn buildings(site: &str, units: &[UnitRow]) -> Vec<Building> {
    let mut found: Vec<Building> = Vec::new();
    for row in units.iter().filter(|row| row.site_id == site) {
        if found.last().is_none_or(|b| b.id != row.id) {
            let (id, name, area) = (row.id.clone(), row.name.clone(), row.area_id.clone());
            found.push(Building {
                id,
                name,
                area,
                units: Vec::new(),
            });
        }
        let unit = row.unit.clone().filter(|unit| !unit.is_empty());
        if let (Some(unit), Some(building)) = (unit, found.last_mut()) {
            building.units.push(unit);
        }
    }
    found
}

/// The first of several who look after an area stands for them; a row without staff only keeps the area.
fn areas_of(site: &str, rows: &[AreaRow]) -> Vec<AreaView> {
    let mut found: Vec<AreaView> = Vec::new();
    for row in rows.iter().filter(|row| row.site_id == site) {
        let assistant = row
            .staff_id
            .clone()
            .zip(row.staff_name.clone())
            .map(|(id, name)| Named { id, name });
        match found.iter_mut().find(|area| area.id == row.id) {
            Some(area) if area.assistant.is_none() => area.assistant = assistant,
            Some(_) => {}
            None => found.push(AreaView {
                id: row.id.clone(),
                name: row.name.clone(),
                assistant,
            }),
        }
    }
    found
}
