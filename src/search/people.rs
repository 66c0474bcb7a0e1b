//! Finding customers: by phone, whole or its last four digits; by the beginning of name, pinyin, initials or plate.

use super::names::plain;
use super::prefix_end;
use crate::db::Filter;
use crate::db::Sql;
use crate::estate::{normal_phone, seen, within};
use sea_orm::{DbErr, FromQueryResult};
use std::collections::BTreeSet;

/// Keys looked at for a page: a customer has several that begin alike.
const MOST_KEYS: usize = 60;
/// From so many digits on it is a whole phone.
const WHOLE: usize = 7;

/// A question about a phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PhoneQuery {
    /// The whole number.
    Whole(String),
    /// The last four digits.
    LastFour(String),
}

impl PhoneQuery {
    /// Reads what was typed; none when it is not about a phone.
    pub fn read(query: &str) -> Option<PhoneQuery> {
        let typed = super::normalise(query);
        if typed.len() == 4 && typed.bytes().all(|b| b.is_ascii_digit()) {
            return Some(PhoneQuery::LastFour(typed));
        }
        normal_phone(query)
            .filter(|number| number.len() >= WHOLE)
            .map(PhoneQuery::Whole)
    }

    /// What of it may stand in a record.
    pub fn masked(&self) -> String {
        match self {
            PhoneQuery::Whole(number) => crate::base::mask_phone(number),
            PhoneQuery::LastFour(last) => format!("****{last}"),
        }
    }
}

#[derive(FromQueryResult)]
struct Id {
    id: String,
}

/// Ids of customers, the best first. `seen_at`: the sites whose customers may be seen; `at`: only those with a home
/// there. Neither: all.
///
/// # Errors
/// The database's.
pub async fn find_customers(
    sql: &impl Sql,
    seen_at: Option<&BTreeSet<String>>,
    at: Option<&str>,
    query: &str,
    limit: usize,
) -> Result<Vec<String>, DbErr> {
    let mut filter = Filter {
        sql: String::new(),
        values: Vec::new(),
    };
    let (source, order) = match PhoneQuery::read(query) {
        Some(PhoneQuery::Whole(number)) => (
            format!("customer_phone k where k.number = {}", filter.bind(0, number)),
            "k.customer_id",
        ),
        Some(PhoneQuery::LastFour(last)) => (
            format!("customer_phone k where k.last4 = {}", filter.bind(0, last)),
            "k.customer_id",
        ),
        None => {
            let key = plain(query);
            if key.is_empty() || (key.is_ascii() && key.len() < 2) {
                return Ok(Vec::new());
            }
            let end = filter.bind(0, prefix_end(&key));
            let start = filter.bind(0, key);
            (
                format!("customer_key k where k.key >= {start} and k.key < {end}"),
                "k.key, k.customer_id",
            )
        }
    };
    let mut conditions = vec![seen(&mut filter, 0, "k.customer_id", seen_at)];
    if let Some(site) = at {
        let here = within(
            &mut filter,
            0,
            "h.site_id",
            Some(&BTreeSet::from([site.to_owned()])),
        );
        conditions.push(format!(
            "exists (select 1 from home_person p join home h on h.id = p.home_id \
             where p.customer_id = k.customer_id and {here})"
        ));
    }
    let rows: Vec<Id> = sql
        .rows(
            &format!(
                "select k.customer_id as id from {source} and {} order by {order} limit {MOST_KEYS}",
                conditions.join(" and ")
            ),
            filter.values,
        )
        .await?;
    let mut ids: Vec<String> = Vec::new();
    for row in rows {
        if !ids.contains(&row.id) {
            ids.push(row.id);
        }
    }
    ids.truncate(limit);
    Ok(ids)
}
