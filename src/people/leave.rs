//! Leaving the company: access ends the same minute.

use super::administrators;
use super::checks::is_mine;
use crate::api::{Answer, Once, Path};
use crate::auth::Me;
use crate::context::App;
use crate::db::Sql;
use crate::error::{Code, Problem};
use crate::{estate, vals};
use axum::extract::State;
use axum::http::StatusCode;
use engine::def::Area;
use serde::Serialize;

/// What is left behind.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Left {
    /// Member of staff.
    id: String,
    /// Open cases still in their hands, to be passed on.
    open_work: i64,
}

/// Ends a person's access: all sessions and duties to come end with it. Their cases stay as they are.
#[utoipa::path(post, path = "/staff/{id}/leave", tag = "people",
    params(("Idempotency-Key" = String, Header), ("id" = String, Path, description = "Member of staff")),
    responses((status = 200, body = Left)))]
pub async fn staff_leaves(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
    once: Once,
) -> Result<Answer, Problem> {
    let manual = app.manuals.current();
    let reach = estate::reach(&me, &manual, &[Area::People])?;
    if id == me.id {
        return Err(Problem::new(
            Code::Refused,
            "不能给自己办理离职，请另一位管理人员办理",
        ));
    }
    let (actor, now) = (me.clone(), app.clock.now());
    app.write_as(&me, once, StatusCode::OK, move |tx| {
        Box::pin(async move {
            is_mine(tx, &actor, &manual, reach.as_ref(), &id).await?;
            let was = administrators::is_one(tx, &manual, &id).await?;
            tx.run("update staff set active = false where id = $1", vals![id.clone()])
                .await?;
            if was {
                administrators::one_is_left(tx, &manual).await?;
            }
            tx.run("delete from session where staff_id = $1", vals![id.clone()])
                .await?;
            tx.run(
                "delete from duty where staff_id = $1 and from_at >= $2",
                vals![id.clone(), now],
            )
            .await?;
            let ended = "update duty set to_at = $2 where staff_id = $1 and to_at > $2";
            tx.run(ended, vals![id.clone(), now]).await?;
            let open: Option<i64> = tx
                .scalar(
                    "select count(distinct c.id) from case_person p join case_record c on c.id = p.case_id \
                     where p.staff_id = $1 and p.relation in ('assignee', 'responsible') and c.closed_at is null",
                    vals![id.clone()],
                )
                .await?;
            Ok(Left {
                id,
                open_work: open.unwrap_or(0),
            })
        })
    })
    .await
}
