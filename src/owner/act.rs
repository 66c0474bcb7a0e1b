//! What the manual lets the holder of a link do.

use super::links::Owner;
use super::view::{self, OwnerCase};
use crate::api::{Answer, Json, Once, Path, Seen};
use crate::app::App;
use crate::cases::act::{ActionRequest, act};
use crate::cases::commit::Pen;
use crate::cases::load;
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
    owner: Owner,
    seen: Seen,
    once: Once,
    Path(id): Path<String>,
    Json(request): Json<ActionRequest>,
) -> Result<Answer, Problem> {
    view::visible(app.db.read(), &owner, &id).await?;
    let (shared, who) = (app.clone(), format!("link:{}", owner.0.id));
    app.write_once(&who, once, StatusCode::OK, move |tx| {
        Box::pin(async move {
            let case = load::locked(tx, &id).await?;
            if case.seq != seen.0 {
                let current = view::case(&shared, tx, &owner, &id).await?;
                return Err(Problem::stale(
                    "事项刚有新进展，请看过再操作",
                    serde_json::to_value(current)?,
                ));
            }
            let pen = Pen {
                app: &shared,
                tx,
                actor: Actor::Link(owner.link()),
                actor_id: Some(owner.0.id.clone()),
                at: shared.clock.now(),
                quiet: false,
            };
            act(
                &pen,
                &case,
                Input {
                    action: request.action,
                    values: request.input,
                },
            )
            .await?;
            view::case(&shared, tx, &owner, &id).await
        })
    })
    .await
}
