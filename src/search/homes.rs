//! Finding homes by room.

use super::{RoomQuery, prefix_end};
use crate::db::Filter;
use crate::db::Sql;
use crate::estate::within;
use sea_orm::{DbErr, FromQueryResult};
use std::collections::BTreeSet;

#[derive(FromQueryResult)]
struct Id {
    id: String,
}

/// Ids of homes at the sites (none: all) whose room is what was typed, or begins so: `3-1-502`, `3栋1单元502`, `3-502`
/// where the unit is left out, `502` alone, each with the name of site or building before it.
///
/// # Errors
/// The database's.
pub async fn find_homes(
    sql: &impl Sql,
    sites: Option<&BTreeSet<String>>,
    query: &str,
    limit: usize,
) -> Result<Vec<String>, DbErr> {
    let Some(asked) = RoomQuery::read(query) else {
        return Ok(Vec::new());
    };
    let mut filter = Filter {
        sql: String::new(),
        values: Vec::new(),
    };
    let here = within(&mut filter, 0, "h.site_id", sites);
    let mut ways = ways(&mut filter, &asked.groups);
    if let (Some(start), [_, rest @ ..]) = (&asked.numbered, &asked.groups[..])
        && !rest.is_empty()
    {
        let rest = self::ways(&mut filter, rest).join(" or ");
        let name = filter.bind(0, format!("%{start}%"));
        ways.push(format!(
            "(({rest}) and (s.name like {name} or b.name like {name}))"
        ));
    }
    let mut all = vec![here, format!("({})", ways.join(" or "))];
    if !asked.place.is_empty() {
        let parts: Vec<String> = asked.place.chars().map(String::from).collect();
        let like = filter.bind(0, format!("%{}%", parts.join("%")));
        all.push(format!(
            "(s.name like {like} or b.name like {like} or h.title like {like})"
        ));
    }
    let exact = filter.bind(0, asked.key());
    let sql_text = format!(
        "select h.id from home h join site s on s.id = h.site_id join building b on b.id = h.building_id \
         where {} order by case when h.room_key = {exact} then 0 else 1 end, h.room_key, h.id limit {limit}",
        all.join(" and ")
    );
    let rows: Vec<Id> = sql.rows(&sql_text, filter.values).await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Ways in which the groups may be a room.
fn ways(filter: &mut Filter, groups: &[String]) -> Vec<String> {
    let key = groups.join("-");
    let mut ways = vec![
        format!("h.room_key = {}", filter.bind(0, key.clone())),
        begins(filter, &key),
    ];
    if let Some((room, building)) = groups.split_last() {
        // The key of 3栋502 where people leave out the unit: the index on rooms finds it.
        let mut way = format!("h.room = {}", filter.bind(0, room.clone()));
        if !building.is_empty() {
            way = format!(
                "{way} and {}",
                begins(filter, &format!("{}-", building.join("-")))
            );
        }
        ways.push(format!("({way})"));
    }
    ways
}

fn begins(filter: &mut Filter, start: &str) -> String {
    let end = filter.bind(0, prefix_end(start));
    let start = filter.bind(0, start.to_owned());
    format!("(h.room_key >= {start} and h.room_key < {end})")
}
