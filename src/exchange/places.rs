//! What rows refer to, read at once: sites by code, buildings and homes by name.

use crate::db::Filter;
use crate::db::Sql;
use crate::search::normalise;
use crate::vals;
use sea_orm::{DbErr, FromQueryResult};
use std::collections::{BTreeMap, BTreeSet};

/// A home by where it is: site (id), building, unit, room.
pub type Address = (String, String, String, String);

/// A building as it is.
#[derive(Debug, Clone)]
pub struct Building {
    /// Id.
    pub id: String,
    /// Name of its area.
    pub area: Option<String>,
}

/// What is there, of the sites that were asked for.
#[derive(Debug, Default)]
pub struct Places {
    /// Sites by code: id.
    pub sites: BTreeMap<String, String>,
    /// Buildings by site and name.
    pub buildings: BTreeMap<(String, String), Building>,
    /// Areas by site and name: id.
    pub areas: BTreeMap<(String, String), String>,
    /// Homes: id.
    pub homes: BTreeMap<Address, String>,
}

#[derive(FromQueryResult)]
struct SiteRow {
    id: String,
    code: String,
}

#[derive(FromQueryResult)]
struct BuildingRow {
    id: String,
    site_id: String,
    name: String,
    area: Option<String>,
}

#[derive(FromQueryResult)]
struct AreaRow {
    id: String,
    site_id: String,
    name: String,
}

#[derive(FromQueryResult)]
struct HomeRow {
    id: String,
    site_id: String,
    building: String,
    unit: String,
    room: String,
}

impl Places {
    /// Reads the sites of these codes that the actor may import for (`within`; none: all), and what stands on them.
    ///
    /// # Errors
    /// The database's.
    pub async fn read(
        sql: &impl Sql,
        codes: &BTreeSet<String>,
        within: Option<&BTreeSet<String>>,
    ) -> Result<Places, DbErr> {
        let sites: Vec<SiteRow> = sql.rows("select id, code from site", vals![]).await?;
        let mine = |site: &SiteRow| {
            codes.contains(&site.code) && within.is_none_or(|sites| sites.contains(&site.id))
        };
        let sites: BTreeMap<String, String> =
            sites.into_iter().filter(mine).map(|s| (s.code, s.id)).collect();
        let mut places = Places {
            sites,
            ..Places::default()
        };
        for site in places.sites.values().cloned().collect::<Vec<_>>() {
            places.read_site(sql, &site).await?;
        }
        Ok(places)
    }

    async fn read_site(&mut self, sql: &impl Sql, site: &str) -> Result<(), DbErr> {
        let buildings: Vec<BuildingRow> = sql
            .rows(
                "select b.id, b.site_id, b.name, a.name as area from building b left join area a on a.id = b.area_id \
                 where b.site_id = $1",
                vals![site.to_owned()],
            )
            .await?;
        for row in buildings {
            self.buildings.insert(
                (row.site_id, row.name),
                Building {
                    id: row.id,
                    area: row.area,
                },
            );
        }
        let areas: Vec<AreaRow> = sql
            .rows(
                "select id, site_id, name from area where site_id = $1",
                vals![site.to_owned()],
            )
            .await?;
        self.areas
            .extend(areas.into_iter().map(|row| ((row.site_id, row.name), row.id)));
        let homes: Vec<HomeRow> = sql
            .rows(
                "select h.id, h.site_id, b.name as building, h.unit, h.room from home h \
                 join building b on b.id = h.building_id where h.site_id = $1",
                vals![site.to_owned()],
            )
            .await?;
        let address = |row: HomeRow| ((row.site_id, row.building, row.unit, row.room), row.id);
        self.homes.extend(homes.into_iter().map(address));
        Ok(())
    }
}

/// A code as it is kept: capitals.
pub fn code(text: &str) -> String {
    normalise(text).to_uppercase()
}

/// Parts of a cell that holds several.
pub fn several(text: &str) -> Vec<String> {
    let parts = text.split(['、', '，', ',', ';', '；', '/']).map(str::trim);
    parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// Rows of one column out of many values, a few hundred at a time.
///
/// # Errors
/// The database's.
pub async fn select_in<T: FromQueryResult + Send>(
    sql: &impl Sql,
    before: &str,
    values: &BTreeSet<String>,
) -> Result<Vec<T>, DbErr> {
    let mut found = Vec::new();
    let all: Vec<&String> = values.iter().collect();
    for part in all.chunks(500) {
        let mut filter = Filter {
            sql: String::new(),
            values: Vec::new(),
        };
        let marks: Vec<String> = part
            .iter()
            .map(|value| filter.bind(0, (*value).clone()))
            .collect();
        found.extend(
            sql.rows(&format!("{before} in ({})", marks.join(", ")), filter.values)
                .await?,
        );
    }
    Ok(found)
}
