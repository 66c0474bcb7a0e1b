//! Which customers of a file are there already.

use super::customers::{Entry, Identity};
use super::places::select_in;
use crate::db::Sql;
use crate::estate::{is_seen, people_of};
use sea_orm::{DbErr, FromQueryResult};
use std::collections::{BTreeMap, BTreeSet};

/// Who is there already.
#[derive(Default)]
pub(super) struct Known {
    /// By name, and phone or identity.
    people: BTreeMap<Identity, String>,
    /// Home and customer.
    pub(super) links: BTreeSet<(String, String)>,
    /// By name and home.
    at_home: BTreeMap<Identity, String>,
}

#[derive(FromQueryResult)]
struct PersonRow {
    id: String,
    name: String,
    by: String,
}

impl Known {
    /// Reads those the importer may see (`sites`; none: all): others they must not find out about, and are made anew.
    pub(super) async fn read(
        sql: &impl Sql,
        entries: &[Entry],
        sites: Option<&BTreeSet<String>>,
    ) -> Result<Known, DbErr> {
        let phones = entries
            .iter()
            .filter_map(|e| e.new.phones.first())
            .map(|(number, _)| number.clone())
            .collect();
        let identities = entries.iter().filter_map(|e| e.new.identity.clone()).collect();
        let homes: BTreeSet<String> = entries
            .iter()
            .filter_map(|e| Some(e.home.as_ref()?.0.clone()))
            .collect();
        let mut known = Known::default();
        let by_phone = "select u.id, u.name, p.number as by from customer_phone p \
                        join customer u on u.id = p.customer_id where p.number";
        let by_identity = "select id, name, identity as by from customer where identity";
        for row in select_in::<PersonRow>(sql, by_phone, &phones).await? {
            if sites.is_none() || is_seen(sql, &row.id, sites).await? {
                known.people.entry((row.name, row.by)).or_insert(row.id);
            }
        }
        for row in select_in::<PersonRow>(sql, by_identity, &identities).await? {
            if sites.is_none() || is_seen(sql, &row.id, sites).await? {
                known.people.entry((row.name, row.by)).or_insert(row.id);
            }
        }
        for (home, people) in people_of(sql, &homes.into_iter().collect::<Vec<_>>()).await? {
            for person in people {
                known.links.insert((home.clone(), person.customer_id.clone()));
                known
                    .at_home
                    .insert((person.name, home.clone()), person.customer_id);
            }
        }
        Ok(known)
    }

    /// The customer a row is about. A name at a home is only enough where the row says nothing better.
    pub(super) fn find(&self, entry: &Entry) -> Option<String> {
        let by = |key: String| self.people.get(&(entry.new.name.clone(), key));
        let phone = entry
            .new
            .phones
            .first()
            .and_then(|(number, _)| by(number.clone()));
        let found = phone.or_else(|| entry.new.identity.clone().and_then(by));
        found.or_else(|| self.at_home.get(&entry.identity)).cloned()
    }
}
