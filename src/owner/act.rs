//! What the manual lets the holder of a link do.

use super::view::{self, OwnerCase};
use super::visitor::Visitor;
use crate::api::{Answer, Json, Once, Path, Seen};
use crate::cases::act::{ActionRequest, act};
use crate::cases::pen::Pen;
use crate::cases::{deciding, load};
use crate::context::App;
use crate::db::Tx;
use crate::error::Problem;
use axum::extract::State;
use axum::http::StatusCode;
use engine::step::{Actor, Input};

/// Performs an action as the holder of a link.
#[utoipa::path(post, path = "/owner/cases/{id}/actions", tag = "owner", request_body = ActionRequest,
    params(("id" = String, Path), ("X-Owner-Token" = String, Header), ("If-Match" = String, Header),
    ("Idempotency-Key" = String, Header)), responses((status = 200, body = OwnerCase)))]
pub async fn act_as_owner(
    State(app): State<App>,
    visitor: Visitor,
    seen: Seen,
    once: Once,
    Path(id): Path<String>,
    Json(request): Json<ActionRequest>,
) -> Result<Answer, Problem> {
    view::visible(app.db.read(), &visitor, &id).await?;
    let who = format!("link:{}", visitor.held.id);
    deciding::again(|| async {
        let reached = deciding::reached(&app, app.db.read(), &id, &request.input).await?;
        let (shared, visitor, id, request) = (app.clone(), visitor.clone(), id.clone(), request.clone());
        app.write_once(&who, once.clone(), StatusCode::OK, move |tx| {
            Box::pin(async move {
                load::lock_all(tx, reached.into_iter().chain([id.clone()])).await?;
                perform(&shared, tx, &visitor, (&id, seen), request).await?;
                view::case(&shared, tx, &visitor, &id).await
            })
        })
        .await
    })
    .await
}

async fn perform(
    app: &App,
    tx: &Tx,
    visitor: &Visitor,
    (id, seen): (&str, Seen),
    request: ActionRequest,
) -> Result<(), Problem> {
    let case = load::locked(tx, id).await?;
    if case.seq != seen.0 {
        let current = serde_json::to_value(view::case(app, tx, visitor, id).await?)?;
        return Err(Problem::stale("事项刚有新进展，请看过再操作", current));
    }
    let pen = Pen {
        app,
        tx,
        actor: Actor::Link(visitor.link.clone()),
        actor_id: Some(visitor.held.id.clone()),
        at: app.clock.now(),
        quiet: false,
    };
    let input = Input {
        action: request.action,
        values: request.input,
    };
    act(&pen, &case, input).await?;
    Ok(())
}
