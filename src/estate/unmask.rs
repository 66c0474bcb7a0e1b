//! Numbers in full: for who has the right, with a reason, recorded (SAFE-4).

use super::customers::is_seen;
use super::look::look;
use super::reach::reach;
use crate::api::{Json, Path};
use crate::app::App;
use crate::auth::Me;
use crate::db::Sql;
use crate::error::Problem;
use crate::vals;
use axum::extract::State;
use engine::def::Area;
use sea_orm::FromQueryResult;
use serde::{Deserialize, Serialize};

/// Unmaskings of one person in an hour.
const MOST: i64 = 60;

/// Why the numbers are needed.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UnmaskReason {
    /// In words, 2 to 200 characters.
    reason: String,
}

/// Numbers in full.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Unmasked {
    /// Phones.
    phones: Vec<PhoneNumber>,
    /// Identity card or licence.
    #[serde(skip_serializing_if = "Option::is_none")]
    identity: Option<String>,
}

#[derive(Debug, Serialize, FromQueryResult, utoipa::ToSchema)]
struct PhoneNumber {
    id: String,
    number: String,
}

/// Shows a customer's numbers in full. Recorded with the reason, and limited to sixty an hour. It takes no
/// `Idempotency-Key`: a kept answer would keep the numbers too.
#[utoipa::path(post, path = "/customers/{id}/unmask", tag = "estate", request_body = UnmaskReason,
    params(("id" = String, Path, description = "Customer")), responses((status = 200, body = Unmasked)))]
pub async fn unmask_customer(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
    Json(asked): Json<UnmaskReason>,
) -> Result<Json<Unmasked>, Problem> {
    let sites = reach(&me, &app.manuals.current(), &[Area::Unmask])?;
    let reason = asked.reason.trim();
    if !(2..=200).contains(&reason.chars().count()) {
        return Err(Problem::field("reason", "请写明查看原因（2 到 200 字）"));
    }
    let read = app.db.read();
    if !is_seen(read, &id, sites.as_ref()).await? {
        return Err(Problem::not_found());
    }
    look(&app, &me, "customer", &id, reason, MOST).await?;
    let phones = read
        .rows(
            "select id, number from customer_phone where customer_id = $1 order by id",
            vals![id.clone()],
        )
        .await?;
    let identity: Option<Option<String>> = read
        .scalar("select identity from customer where id = $1", vals![id])
        .await?;
    Ok(Json(Unmasked {
        phones,
        identity: identity.flatten(),
    }))
}
