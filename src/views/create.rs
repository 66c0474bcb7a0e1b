//! Making customers.

use super::story::{CustomerView, story};
use crate::api::{Answer, Json, Once};
use crate::auth::Me;
use crate::base::Named;
use crate::base::mask_phone;
use crate::context::App;
use crate::db::Filter;
use crate::db::{Sql, Tx};
use crate::error::Problem;
use crate::estate::checks::{checked_name, checked_note, checked_phone};
use crate::estate::customers::is_seen;
use crate::estate::keep::{NewCustomer, RELATIONS, create_customers};
use crate::estate::look::look;
use crate::estate::reach::{reach, within};
use crate::vals;
use axum::extract::State;
use axum::http::StatusCode;
use engine::def::Area;
use sea_orm::FromQueryResult;
use serde::Deserialize;
use std::collections::BTreeSet;

/// Phones of new customers that are compared with those that are there, in an hour.
const MOST_PHONES: i64 = 300;

/// A new customer.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomerInput {
    /// Name, up to 60 characters.
    name: String,
    /// Phone in any form.
    phone: Option<String>,
    /// Home they belong to.
    home: Option<String>,
    /// owner (default), family, tenant, other
    relation: Option<String>,
    /// What to mind with this customer.
    note: Option<String>,
}

/// Makes a customer. One with the same name and phone is the same person: no second one is made, and `existed` says
/// so; `same_phone` names others with that phone.
#[utoipa::path(post, path = "/customers", tag = "estate", request_body = CustomerInput,
    params(("Idempotency-Key" = String, Header)),
    responses((status = 201, body = CustomerView)))]
pub async fn create_customer(
    State(app): State<App>,
    me: Me,
    once: Once,
    Json(asked): Json<CustomerInput>,
) -> Result<Answer, Problem> {
    let sites = reach(&me, &app.manuals.current(), &[Area::Desk, Area::Estate])?;
    let wanted = Wanted::read(asked)?;
    if let Some(phone) = &wanted.phone {
        look(&app, &me, "phone", &mask_phone(phone), "登记客户", MOST_PHONES).await?;
    }
    let (own, actor) = (app.clone(), me.clone());
    app.write_as(&me, once, StatusCode::CREATED, |tx| {
        Box::pin(async move { make(&own, tx, &actor, wanted, sites.as_ref()).await })
    })
    .await
}

struct Wanted {
    name: String,
    phone: Option<String>,
    home: Option<String>,
    relation: String,
    note: String,
}

impl Wanted {
    fn read(asked: CustomerInput) -> Result<Wanted, Problem> {
        let relation = asked.relation.unwrap_or_else(|| "owner".to_owned());
        if !RELATIONS.iter().any(|(name, _)| *name == relation) {
            return Err(Problem::field(
                "relation",
                "与房屋的关系只能是业主、家属、租户、其他",
            ));
        }
        let phone = asked.phone.filter(|phone| !phone.trim().is_empty());
        Ok(Wanted {
            name: checked_name(&asked.name)?,
            phone: phone.map(|phone| checked_phone("phone", &phone)).transpose()?,
            home: asked.home,
            relation,
            note: checked_note("note", asked.note.unwrap_or_default())?,
        })
    }
}

async fn make(
    app: &App,
    tx: &Tx,
    me: &Me,
    wanted: Wanted,
    sites: Option<&BTreeSet<String>>,
) -> Result<CustomerView, Problem> {
    if let Some(home) = &wanted.home {
        home_within(tx, home, sites).await?;
    }
    let same = match &wanted.phone {
        Some(phone) => with_phone(tx, phone).await?,
        None => Vec::new(),
    };
    let mut twin = None;
    let mut others = Vec::new();
    for other in same {
        let seen = is_seen(tx, &other.id, sites).await?;
        if other.name == wanted.name && seen && twin.is_none() {
            twin = Some(other.id);
        } else if seen {
            others.push(other);
        }
    }
    let existed = twin.is_some();
    let id = match twin {
        Some(id) => id,
        None => {
            let phones = wanted
                .phone
                .into_iter()
                .map(|number| (number, String::new()))
                .collect();
            let new = NewCustomer {
                name: wanted.name,
                phones,
                care_note: wanted.note,
                // Without a home, those of the site it was written down at see it.
                site: sites.and_then(|sites| sites.first().cloned()),
                ..NewCustomer::default()
            };
            create_customers(tx, app, &[new]).await?.swap_remove(0)
        }
    };
    if let Some(home) = wanted.home {
        let sql = "insert into home_person (home_id, customer_id, relation) values ($1, $2, $3) on conflict do nothing";
        tx.run(sql, vals![home, id.clone(), wanted.relation]).await?;
    }
    let mut view = story(app, tx, me, &id, sites).await?;
    (view.same_phone, view.existed) = (others, existed);
    Ok(view)
}

/// Customers with that number. Whoever asks next waits for the end of this write, so that of two who make the same
/// customer at once the second finds the first one's.
async fn with_phone(tx: &Tx, phone: &str) -> Result<Vec<Named>, Problem> {
    #[derive(FromQueryResult)]
    struct Row {
        id: String,
        name: String,
    }
    if tx.is_postgres() {
        tx.run(
            "select pg_advisory_xact_lock(hashtextextended($1, 2))",
            vals![phone.to_owned()],
        )
        .await?;
    }
    let rows: Vec<Row> = tx
        .rows(
            "select distinct u.id, u.name from customer_phone p join customer u on u.id = p.customer_id \
             where p.number = $1 order by u.id limit 20",
            vals![phone.to_owned()],
        )
        .await?;
    Ok(rows
        .into_iter()
        .map(|r| Named {
            id: r.id,
            name: r.name,
        })
        .collect())
}

async fn home_within(tx: &Tx, home: &str, sites: Option<&BTreeSet<String>>) -> Result<(), Problem> {
    let mut filter = Filter {
        sql: String::new(),
        values: vals![home.to_owned()],
    };
    let here = within(&mut filter, 0, "site_id", sites);
    let found: Option<String> = tx
        .scalar(
            &format!("select id from home where id = $1 and {here}"),
            filter.values,
        )
        .await?;
    found
        .map(drop)
        .ok_or_else(|| Problem::field("home", "房屋不存在，或您无权查看"))
}
