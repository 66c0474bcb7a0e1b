//! The page of a home, and changing it.

use super::story::SHOWN;
use crate::api::{Answer, Json, Once, Path};
use crate::auth::Me;
use crate::cases::pick;
use crate::cases::rows::CaseRow;
use crate::contacts::rows::{self as contact_rows, ContactRow};
use crate::context::App;
use crate::db::Filter;
use crate::db::{Sql, Tx};
use crate::error::Problem;
use crate::estate::customers::{is_seen, people_of};
use crate::estate::homes::{HomeRow, by_ids};
use crate::estate::keep::RELATIONS;
use crate::estate::reach::{reach, within};
use crate::estate::serving::{ServedBy, served_by};
use crate::estate::warranty::{WarrantyView, warranties};
use crate::vals;
use axum::extract::State;
use axum::http::StatusCode;
use engine::def::Area;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// People of a home.
const MOST_PEOPLE: usize = 50;
/// Kinds of homes: `home.kind` in the manual.
const KINDS: [&str; 3] = ["home", "shop", "parking"];

/// The page of a home.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct HomeView {
    /// The home.
    #[serde(flatten)]
    home: HomeRow,
    /// Who serves the owner now.
    served_by: Option<ServedBy>,
    /// Ends of warranty.
    warranties: Vec<WarrantyView>,
    /// Cases, newest first.
    cases: Vec<CaseRow>,
    /// Contacts, newest first.
    contacts: Vec<ContactRow>,
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
        served_by: served_by(app, home.delivered_on.as_deref()),
        warranties: warranties(&app.manuals.current(), home.delivered_on.as_deref()),
        cases: pick::of_home(app, read, me, &id, SHOWN).await?,
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
    params(("Idempotency-Key" = String, Header), ("id" = String, Path, description = "Home")), responses((status = 200, body = Changed)))]
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
    crate::estate::insert_all(tx, columns, rows, "on conflict do nothing").await?;
    Ok(Changed { id })
}
