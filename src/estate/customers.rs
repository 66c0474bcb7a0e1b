//! Customers and their homes, as lists and pages show them.

use super::keep::RELATIONS;
use super::reach::{reach, within};
use crate::auth::Me;
use crate::context::App;
use crate::db::Filter;
use crate::db::Sql;
use crate::error::Problem;
use crate::vals;
use engine::def::Area;
use sea_orm::{DbErr, FromQueryResult};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// A person of a home.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct PersonLink {
    /// Customer.
    pub customer_id: String,
    /// Name.
    pub name: String,
    /// owner, family, tenant, other
    pub relation: String,
    /// What people call it.
    pub relation_title: String,
}

/// A home of a person.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct HomeLink {
    /// Home.
    pub id: String,
    /// 3栋1单元502.
    pub title: String,
    /// Site.
    pub site_id: String,
    /// Name of the site.
    pub site_name: String,
    /// owner, family, tenant, other
    pub relation: String,
    /// What people call it.
    pub relation_title: String,
    /// Day of handover.
    pub delivered_on: Option<String>,
}

#[derive(FromQueryResult)]
struct PersonRow {
    home_id: String,
    customer_id: String,
    name: String,
    relation: String,
}

#[derive(FromQueryResult)]
struct HomeRow {
    customer_id: String,
    id: String,
    title: String,
    site_id: String,
    site_name: String,
    relation: String,
    delivered_on: Option<String>,
}

/// What people call a relation to a home.
pub fn relation_title(relation: &str) -> String {
    let known = RELATIONS.iter().find(|(name, _)| *name == relation);
    known.map_or(relation, |(_, title)| title).to_owned()
}

/// People of homes, owners first, by home.
///
/// # Errors
/// The database's.
pub async fn people_of(sql: &impl Sql, homes: &[String]) -> Result<BTreeMap<String, Vec<PersonLink>>, DbErr> {
    let mut found: BTreeMap<String, Vec<PersonLink>> = BTreeMap::new();
    for part in homes.chunks(500) {
        let marks: Vec<String> = (1..=part.len()).map(|n| format!("${n}")).collect();
        let rows: Vec<PersonRow> = sql
            .rows(
                &format!(
                    "select p.home_id, p.customer_id, u.name, p.relation from home_person p \
                     join customer u on u.id = p.customer_id where p.home_id in ({}) \
                     order by case p.relation when 'owner' then 0 when 'family' then 1 else 2 end, p.customer_id",
                    marks.join(", ")
                ),
                part.iter().map(|id| id.clone().into()).collect(),
            )
            .await?;
        for row in rows {
            let relation_title = relation_title(&row.relation);
            let PersonRow {
                customer_id,
                name,
                relation,
                ..
            } = row;
            let person = PersonLink {
                customer_id,
                name,
                relation,
                relation_title,
            };
            found.entry(row.home_id).or_default().push(person);
        }
    }
    Ok(found)
}

/// Homes of customers at the sites, by customer.
///
/// # Errors
/// The database's.
pub async fn homes_of(
    sql: &impl Sql,
    customers: &[String],
    sites: Option<&BTreeSet<String>>,
) -> Result<BTreeMap<String, Vec<HomeLink>>, DbErr> {
    let mut found: BTreeMap<String, Vec<HomeLink>> = BTreeMap::new();
    if customers.is_empty() {
        return Ok(found);
    }
    let mut filter = Filter {
        sql: String::new(),
        values: Vec::new(),
    };
    let marks: Vec<String> = customers.iter().map(|id| filter.bind(0, id.clone())).collect();
    let here = within(&mut filter, 0, "h.site_id", sites);
    let rows: Vec<HomeRow> = sql
        .rows(
            &format!(
                "select p.customer_id, h.id, h.title, h.site_id, s.name as site_name, p.relation, h.delivered_on \
                 from home_person p join home h on h.id = p.home_id join site s on s.id = h.site_id \
                 where p.customer_id in ({}) and {here} order by s.name, h.title",
                marks.join(", ")
            ),
            filter.values,
        )
        .await?;
    for row in rows {
        let relation_title = relation_title(&row.relation);
        let HomeRow {
            id,
            title,
            site_id,
            site_name,
            relation,
            delivered_on,
            ..
        } = row;
        let home = HomeLink {
            id,
            title,
            site_id,
            site_name,
            relation,
            relation_title,
            delivered_on,
        };
        found.entry(row.customer_id).or_default().push(home);
    }
    Ok(found)
}

/// Whether a customer may be seen at the sites: with a home there; or, with none anywhere, written down or calling
/// there.
///
/// # Errors
/// The database's.
pub(crate) async fn is_seen(
    sql: &impl Sql,
    customer: &str,
    sites: Option<&BTreeSet<String>>,
) -> Result<bool, DbErr> {
    let mut filter = Filter {
        sql: String::new(),
        values: vals![customer.to_owned()],
    };
    let seen = seen(&mut filter, 0, "u.id", sites);
    let found: Option<String> = sql
        .scalar(
            &format!("select u.id from customer u where u.id = $1 and {seen}"),
            filter.values,
        )
        .await?;
    Ok(found.is_some())
}

/// Refuses a customer the actor may not see just as one that does not exist.
///
/// # Errors
/// [`crate::error::Code::Invalid`].
pub(crate) async fn customer_seen(
    app: &App,
    sql: &impl Sql,
    me: &Me,
    customer: Option<&str>,
) -> Result<(), Problem> {
    let Some(customer) = customer else { return Ok(()) };
    // Whoever may open a case without a right to customers names those of their sites.
    let sites = reach(me, &app.manuals.current(), &[Area::Desk, Area::Estate]).unwrap_or_else(|_| me.sites());
    if is_seen(sql, customer, sites.as_ref()).await? {
        Ok(())
    } else {
        Err(Problem::field("customer", "客户不存在"))
    }
}

/// The condition under which a customer may be seen; `column` holds its id. One question per row by index: of two
/// `exists` joined by `or`, PostgreSQL hashes the whole table.
pub(crate) fn seen(
    filter: &mut Filter,
    used: usize,
    column: &str,
    sites: Option<&BTreeSet<String>>,
) -> String {
    if sites.is_none() {
        return "true".to_owned();
    }
    let here = within(filter, used, "sh.site_id", sites);
    let made = within(filter, used, "su.site_id", sites);
    let called = within(filter, used, "sk.site_id", sites);
    format!(
        "coalesce((select max(case when {here} then 1 else 0 end) from home_person sp \
         join home sh on sh.id = sp.home_id where sp.customer_id = {column}), \
         (select case when su.site_id is null or {made} \
         or exists (select 1 from contact sk where sk.customer_id = su.id and {called}) then 1 else 0 end \
         from customer su where su.id = {column})) = 1"
    )
}
