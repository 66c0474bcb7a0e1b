//! Changing customers.

use super::story::{CustomerView, story};
use crate::api::{Answer, Json, Once, Path};
use crate::auth::Me;
use crate::context::App;
use crate::db::{Sql, Tx};
use crate::error::Problem;
use crate::estate::checks::{MOST_EACH, checked_name, checked_note, checked_phone, checked_plates};
use crate::estate::customers::is_seen;
use crate::estate::insert_all;
use crate::estate::keep;
use crate::estate::reach::reach;
use crate::search::names;
use crate::vals;
use axum::extract::State;
use axum::http::StatusCode;
use engine::def::Area;
use sea_orm::FromQueryResult;
use serde::Deserialize;
use std::collections::BTreeSet;

/// A customer as it shall be.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomerChange {
    /// Name, up to 60 characters.
    name: String,
    /// What to mind with this customer.
    #[serde(default)]
    care_note: String,
    /// All phones: those that stay by id, new ones as numbers.
    #[serde(default)]
    phones: Vec<PhoneInput>,
    /// All plates.
    #[serde(default)]
    plates: Vec<String>,
    /// Fees are owed; absent: as it is.
    arrears: Option<bool>,
}

/// A phone that stays, or a new one.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(untagged)]
enum PhoneInput {
    /// A new number.
    Number(String),
    /// One that is there.
    Kept {
        /// Its id.
        id: String,
    },
}

#[derive(FromQueryResult)]
struct Phone {
    id: String,
    number: String,
}

/// Changes a customer: name, note, all phones, all plates.
#[utoipa::path(put, path = "/customers/{id}", tag = "estate", request_body = CustomerChange,
    params(("Idempotency-Key" = String, Header), ("id" = String, Path, description = "Customer")), responses((status = 200, body = CustomerView)))]
pub async fn change_customer(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
    once: Once,
    Json(asked): Json<CustomerChange>,
) -> Result<Answer, Problem> {
    let sites = reach(&me, &app.manuals.current(), &[Area::Desk, Area::Estate])?;
    let name = checked_name(&asked.name)?;
    let note = checked_note("care_note", asked.care_note)?;
    let plates = checked_plates(asked.plates)?;
    if asked.phones.len() > MOST_EACH {
        return Err(Problem::field("phones", "电话最多 20 个"));
    }
    let (own, actor) = (app.clone(), me.clone());
    app.write_as(&me, once, StatusCode::OK, move |tx| {
        Box::pin(async move {
            if !is_seen(tx, &id, sites.as_ref()).await? {
                return Err(Problem::not_found());
            }
            let (pinyin, initials) = names::pinyin(&name);
            tx.run(
                "update customer set name = $1, pinyin = $2, initials = $3, care_note = $4, \
                 arrears = coalesce($5, arrears) where id = $6",
                vals![name.clone(), pinyin, initials, note, asked.arrears, id.clone()],
            )
            .await?;
            keep_phones(&own, tx, &id, asked.phones).await?;
            tx.run(
                "delete from customer_plate where customer_id = $1",
                vals![id.clone()],
            )
            .await?;
            let rows = plates
                .iter()
                .map(|plate| vals![id.clone(), plate.clone()])
                .collect();
            insert_all(
                tx,
                "customer_plate (customer_id, plate)",
                rows,
                "on conflict do nothing",
            )
            .await?;
            keep::rekey(tx, &id, &name, &plates).await?;
            story(&own, tx, &actor, &id, sites.as_ref()).await
        })
    })
    .await
}

/// Makes the phones those asked for; one that is there already under the number stays, with its note.
async fn keep_phones(app: &App, tx: &Tx, customer: &str, asked: Vec<PhoneInput>) -> Result<(), Problem> {
    let there: Vec<Phone> = tx
        .rows(
            "select id, number from customer_phone where customer_id = $1",
            vals![customer.to_owned()],
        )
        .await?;
    let (mut kept, mut fresh) = (BTreeSet::new(), BTreeSet::new());
    for phone in asked {
        match phone {
            PhoneInput::Kept { id } if there.iter().any(|p| p.id == id) => {
                kept.insert(id);
            }
            PhoneInput::Kept { .. } => return Err(Problem::field("phones", "有电话已被删除，请刷新后重试")),
            PhoneInput::Number(text) => {
                let number = checked_phone("phones", &text)?;
                match there.iter().find(|p| p.number == number) {
                    Some(known) => kept.insert(known.id.clone()),
                    None => fresh.insert(number),
                };
            }
        }
    }
    for gone in there.iter().filter(|p| !kept.contains(&p.id)) {
        tx.run("delete from customer_phone where id = $1", vals![gone.id.clone()])
            .await?;
    }
    let rows = fresh
        .iter()
        .map(|number| keep::phone_row(app, customer, number, ""))
        .collect();
    insert_all(tx, keep::PHONE_COLUMNS, rows, "").await?;
    Ok(())
}
