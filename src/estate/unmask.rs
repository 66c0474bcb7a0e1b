//! Numbers in full: for who has the right, with a reason, recorded (SAFE-4).

use super::customers::is_seen;
use super::look::Reason;
use super::reach::reach;
use crate::api::{Json, Path};
use crate::auth::Me;
use crate::context::App;
use crate::db::Sql;
use crate::error::Problem;
use crate::vals;
use axum::extract::State;
use engine::def::Area;
use sea_orm::FromQueryResult;
use serde::Serialize;

/// Numbers in full.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Unmasked {
    /// Phones.
    phones: Vec<PhoneNumber>,
    /// Identity card or licence.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    identity: Option<String>,
}

#[derive(Debug, Serialize, FromQueryResult, utoipa::ToSchema)]
struct PhoneNumber {
    id: String,
    number: String,
}

/// Whether one works on an open case of the customer's.
async fn in_hand(sql: &impl Sql, me: &Me, customer: &str) -> Result<bool, Problem> {
    let case: Option<String> = sql
        .scalar(
            "select c.id from case_record c join case_person p on p.case_id = c.id \
             where c.customer_id = $1 and c.closed_at is null and p.staff_id = $2 \
             and p.relation in ('assignee', 'responsible') limit 1",
            vals![customer.to_owned(), me.id.clone()],
        )
        .await?;
    Ok(case.is_some())
}

/// Shows a customer's numbers in full; to who has a case of theirs in hand without the right to unmask, the phones
/// alone. Recorded with the reason, and limited to sixty an hour. It takes no `Idempotency-Key`: a kept answer would
/// keep the numbers too.
#[utoipa::path(post, path = "/customers/{id}/unmask", tag = "estate", request_body = Reason,
    params(("id" = String, Path, description = "Customer")), responses((status = 200, body = Unmasked)))]
pub async fn unmask_customer(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
    Json(why): Json<Reason>,
) -> Result<Json<Unmasked>, Problem> {
    let read = app.db.read();
    let sites = match reach(&me, &app.manuals.current(), &[Area::Unmask]) {
        Ok(sites) => Some(sites),
        // Who goes there must be able to ring them; of the rest of the person they see nothing.
        Err(_) if in_hand(read, &me, &id).await? => None,
        Err(refused) => return Err(refused),
    };
    if let Some(sites) = &sites
        && !is_seen(read, &id, sites.as_ref()).await?
    {
        return Err(Problem::not_found());
    }
    why.look(&app, &me, "customer", &id).await?;
    let phones = read
        .rows(
            "select id, number from customer_phone where customer_id = $1 order by id",
            vals![id.clone()],
        )
        .await?;
    let identity: Option<Option<String>> = match sites {
        Some(_) => {
            let text = "select identity from customer where id = $1";
            read.scalar(text, vals![id]).await?
        }
        None => None,
    };
    Ok(Json(Unmasked {
        phones,
        identity: identity.flatten(),
    }))
}
