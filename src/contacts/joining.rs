//! What is added to a contact later: a case, a reminder on an open one, the customer.

use super::judging::judge;
use super::list::{ContactView, view};
use super::register::site_of;
use super::request::{ContactRequest, JudgementRequest};
use super::settling;
use crate::api::{Answer, Json, Once, Path};
use crate::auth::Me;
use crate::cases::pen::Pen;
use crate::cases::{act, load};
use crate::context::App;
use crate::db::{Sql, Tx};
use crate::error::{Code, Problem};
use crate::estate;
use crate::vals;
use axum::extract::State;
use axum::http::StatusCode;
use engine::case::Data;
use engine::step::{Actor, Builtin, Input};
use futures::future::BoxFuture;
use sea_orm::FromQueryResult;
use serde::Deserialize;
use serde_json::json;

/// Adds a case to a contact.
#[utoipa::path(post, path = "/contacts/{id}/cases", tag = "contacts", request_body = JudgementRequest,
    params(("id" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = ContactView)))]
pub async fn add_case(
    State(app): State<App>,
    me: Me,
    once: Once,
    Path(id): Path<String>,
    Json(request): Json<JudgementRequest>,
) -> Result<Answer, Problem> {
    change(&app, &me, once, id, move |pen, id| {
        Box::pin(async move {
            let contact = start_of(pen.tx, &id).await?;
            judge(pen, &contact, &id, &request).await.map(|_| ())
        })
    })
    .await
}

/// The case a contact is about.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AttachRequest {
    /// Case.
    pub case: String,
}

/// Hangs a contact under an open case: the customer asked again 催办 (INTAKE-16).
#[utoipa::path(post, path = "/contacts/{id}/attach", tag = "contacts", request_body = AttachRequest,
    params(("id" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = ContactView)))]
pub async fn attach_to_case(
    State(app): State<App>,
    me: Me,
    once: Once,
    Path(id): Path<String>,
    Json(request): Json<AttachRequest>,
) -> Result<Answer, Problem> {
    load::visible(&app, app.db.read(), &me, &request.case).await?;
    change(&app, &me, once, id, move |pen, id| {
        Box::pin(async move {
            let contact = start_of(pen.tx, &id).await?;
            let case = load::locked(pen.tx, &request.case).await?;
            pen.tx
                .run(
                    "insert into contact_case (contact_id, case_id) values ($1, $2) on conflict do nothing",
                    vals![id.clone(), case.id.clone()],
                )
                .await?;
            let words: String = contact.said.chars().take(500).collect();
            let mut values = Data::new();
            values.insert("words".to_owned(), json!(words));
            values.insert("contact".to_owned(), json!(id));
            act::act(
                pen,
                &case,
                Input {
                    action: Builtin::Remind.name().to_owned(),
                    values,
                },
            )
            .await?;
            Ok(())
        })
    })
    .await
}

/// Who the caller turned out to be.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JoinRequest {
    /// Customer.
    pub customer: String,
    /// Home, if it is known too.
    #[serde(default)]
    pub home: Option<String>,
}

/// Joins an unknown caller to a customer (INTAKE-3).
#[utoipa::path(put, path = "/contacts/{id}/customer", tag = "contacts", request_body = JoinRequest,
    params(("id" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = ContactView)))]
pub async fn join_customer(
    State(app): State<App>,
    me: Me,
    once: Once,
    Path(id): Path<String>,
    Json(request): Json<JoinRequest>,
) -> Result<Answer, Problem> {
    estate::customer_seen(&app, app.db.read(), &me, Some(&request.customer)).await?;
    change(&app, &me, once, id, move |pen, id| {
        Box::pin(async move {
            if let Some(home) = &request.home {
                let fits: Option<String> = pen
                    .tx
                    .scalar(
                        "select h.id from home h join contact k on k.site_id = h.site_id where h.id = $1 and k.id = $2",
                        vals![home.clone(), id.clone()],
                    )
                    .await?;
                fits.ok_or_else(|| Problem::field("home", "房屋不存在，或不属于本项目"))?;
            }
            pen.tx
                .run(
                    "update contact set customer_id = $1, home_id = coalesce($2, home_id) where id = $3",
                    vals![request.customer, request.home, id],
                )
                .await?;
            Ok(())
        })
    })
    .await
}

/// Changes a contact that `me` may see, and gives it back whole.
pub(super) async fn change<F>(app: &App, me: &Me, once: Once, id: String, verb: F) -> Result<Answer, Problem>
where
    F: for<'a> FnOnce(&'a Pen<'a>, String) -> BoxFuture<'a, Result<(), Problem>> + Send + 'static,
{
    site_of(app.db.read(), me, &id).await?;
    let (shared, by) = (app.clone(), me.clone());
    app.write_as(me, once, StatusCode::OK, move |tx| {
        Box::pin(async move {
            let pen = Pen {
                app: &shared,
                tx,
                actor: Actor::Staff(by.id.clone()),
                actor_id: Some(by.id.clone()),
                at: shared.clock.now(),
                quiet: false,
            };
            verb(&pen, id.clone()).await?;
            settling::refresh(&shared, tx, &id).await?;
            match view(&shared, tx, &by, &id).await {
                Err(problem) if problem.code == Code::NotFound => Err(Problem::new(
                    Code::Refused,
                    "这样归属后就不在您的片区，您看不到它了；请交给前台或主管办理",
                )),
                seen => seen,
            }
        })
    })
    .await
}

#[derive(FromQueryResult)]
struct Known {
    site_id: String,
    channel: String,
    customer_id: Option<String>,
    home_id: Option<String>,
    said: String,
}

async fn start_of(tx: &Tx, id: &str) -> Result<ContactRequest, Problem> {
    let known: Option<Known> = tx
        .row(
            "select site_id, channel, customer_id, home_id, said from contact where id = $1",
            vals![id.to_owned()],
        )
        .await?;
    let known = known.ok_or_else(Problem::not_found)?;
    Ok(ContactRequest {
        site: known.site_id,
        channel: known.channel,
        customer: known.customer_id,
        home: known.home_id,
        said: known.said,
        ..ContactRequest::default()
    })
}
