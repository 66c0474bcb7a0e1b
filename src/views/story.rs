//! The customer's whole story on one page (INTAKE-3).

use crate::api::{Json, Path};
use crate::auth::Me;
use crate::base::Named;
use crate::base::mask_phone;
use crate::cases::pick;
use crate::cases::rows::CaseRow;
use crate::contacts::rows::{self as contact_rows, ContactRow};
use crate::context::App;
use crate::db::Sql;
use crate::error::Problem;
use crate::estate::customers::{homes_of, is_seen};
use crate::estate::reach::reach;
use crate::estate::serving::{ServedBy, served_by};
use crate::estate::warranty::{WarrantyView, warranties};
use crate::vals;
use axum::extract::State;
use engine::def::Area;
use sea_orm::FromQueryResult;
use serde::Serialize;
use std::collections::BTreeSet;

/// Cases and contacts shown; older ones are found by search.
pub(super) const SHOWN: u32 = 50;

/// A customer, masked.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CustomerView {
    /// Id.
    id: String,
    /// Name.
    name: String,
    /// Phones.
    phones: Vec<PhoneView>,
    /// Plates.
    plates: Vec<String>,
    /// person, company
    kind: String,
    /// What to mind with this customer.
    care_note: String,
    /// Fees are owed.
    arrears: bool,
    /// Homes they own, live in or rent.
    homes: Vec<CustomerHome>,
    /// Open and past cases, newest first.
    cases: Vec<CaseRow>,
    /// Contacts, newest first.
    contacts: Vec<ContactRow>,
    /// Always true: numbers are masked.
    masked: bool,
    /// Others with the same phone; only in answer to making the customer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) same_phone: Vec<Named>,
    /// The customer was there already; only in answer to making the customer.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) existed: bool,
}

/// A phone, masked.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct PhoneView {
    id: String,
    number_masked: String,
    note: String,
}

/// A home of the customer.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct CustomerHome {
    id: String,
    title: String,
    site: Named,
    /// owner, family, tenant, other
    relation: String,
    relation_title: String,
    /// Day of handover.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    delivered_on: Option<String>,
    /// Who serves its owner now.
    served_by: Option<ServedBy>,
    /// Ends of warranty.
    warranties: Vec<WarrantyView>,
}

#[derive(FromQueryResult)]
struct CustomerRow {
    name: String,
    kind: String,
    care_note: String,
    arrears: bool,
}

#[derive(FromQueryResult)]
struct PhoneRow {
    id: String,
    number: String,
    note: String,
}

#[derive(FromQueryResult)]
struct PlateRow {
    plate: String,
}

/// A customer's whole story: homes, warranties, open and past cases, contacts.
#[utoipa::path(get, path = "/customers/{id}", tag = "estate", params(("id" = String, Path, description = "Customer")),
    responses((status = 200, body = CustomerView)))]
pub async fn get_customer(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
) -> Result<Json<CustomerView>, Problem> {
    let sites = reach(&me, &app.manuals.current(), &[Area::Desk, Area::Estate])?;
    story(&app, app.db.read(), &me, &id, sites.as_ref())
        .await
        .map(Json)
}

/// The story of a customer who may be seen at the sites.
pub(super) async fn story(
    app: &App,
    sql: &impl Sql,
    me: &Me,
    id: &str,
    sites: Option<&BTreeSet<String>>,
) -> Result<CustomerView, Problem> {
    if !is_seen(sql, id, sites).await? {
        return Err(Problem::not_found());
    }
    let row: Option<CustomerRow> = sql
        .row(
            "select name, kind, care_note, arrears from customer where id = $1",
            vals![id.to_owned()],
        )
        .await?;
    let row = row.ok_or_else(Problem::not_found)?;
    let phones: Vec<PhoneRow> = sql
        .rows(
            "select id, number, note from customer_phone where customer_id = $1 order by id",
            vals![id.to_owned()],
        )
        .await?;
    let plates: Vec<PlateRow> = sql
        .rows(
            "select plate from customer_plate where customer_id = $1 order by plate",
            vals![id.to_owned()],
        )
        .await?;
    let masked = |p: PhoneRow| PhoneView {
        id: p.id,
        number_masked: mask_phone(&p.number),
        note: p.note,
    };
    Ok(CustomerView {
        id: id.to_owned(),
        name: row.name,
        phones: phones.into_iter().map(masked).collect(),
        plates: plates.into_iter().map(|p| p.plate).collect(),
        kind: row.kind,
        care_note: row.care_note,
        arrears: row.arrears,
        homes: homes(app, sql, id, sites).await?,
        cases: pick::of_customer(app, sql, me, id, SHOWN).await?,
        contacts: contact_rows::of_customer(app, sql, me, id, SHOWN).await?,
        masked: true,
        same_phone: Vec::new(),
        existed: false,
    })
}

async fn homes(
    app: &App,
    sql: &impl Sql,
    id: &str,
    sites: Option<&BTreeSet<String>>,
) -> Result<Vec<CustomerHome>, Problem> {
    let manual = app.manuals.current();
    let found = homes_of(sql, &[id.to_owned()], sites)
        .await?
        .remove(id)
        .unwrap_or_default();
    let view = |h: crate::estate::HomeLink| CustomerHome {
        served_by: served_by(app, h.delivered_on.as_deref()),
        warranties: warranties(&manual, h.delivered_on.as_deref()),
        id: h.id,
        title: h.title,
        site: Named {
            id: h.site_id,
            name: h.site_name,
        },
        relation: h.relation,
        relation_title: h.relation_title,
        delivered_on: h.delivered_on,
    };
    Ok(found.into_iter().map(view).collect())
}
