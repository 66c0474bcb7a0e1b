//! Performing an action: the one door through which a case changes by hand.

use super::deciding;
use super::pen::Pen;
use super::sight::Sight;
use super::view::{CaseView, after_deed, view_of};
use super::{links, load};
use crate::api::{Answer, Json, Once, Path, Seen};
use crate::auth::{Held, Me};
use crate::context::App;
use crate::db::Tx;
use crate::error::Problem;
use axum::extract::State;
use axum::http::StatusCode;
use engine::case::{Case, Data};
use engine::family::Family;
use engine::step::{self, Actor, Input};
use serde::Deserialize;

/// What somebody wants to do with a case.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActionRequest {
    /// Name of an action of the kind, or of a built-in verb.
    pub action: String,
    /// What was entered, by field name.
    #[serde(default)]
    #[schema(value_type = HashMap<String, Value>)]
    pub input: Data,
    /// When it happened, if not now; Unix epoch milliseconds. How far back is limited by post.
    #[serde(default)]
    pub happened_at: Option<i64>,
}

/// Performs an action on a case.
#[utoipa::path(post, path = "/cases/{id}/actions", tag = "cases", request_body = ActionRequest,
    params(("id" = String, Path), ("If-Match" = String, Header), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = CaseView)))]
pub async fn perform_action(
    State(app): State<App>,
    me: Me,
    seen: Seen,
    once: Once,
    Path(id): Path<String>,
    Json(request): Json<ActionRequest>,
) -> Result<Answer, Problem> {
    let site = load::visible(&app, app.db.read(), &me, &id).await?;
    let at = when(&app, &me, &site, request.happened_at)?;
    deciding::again(|| async {
        let reached = deciding::reached(&app, app.db.read(), &id, &request.input).await?;
        let (shared, by, id, request) = (app.clone(), me.clone(), id.clone(), request.clone());
        app.write_as(&me, once.clone(), StatusCode::OK, move |tx| {
            Box::pin(async move {
                load::lock_all(tx, reached.into_iter().chain([id.clone()])).await?;
                let case = seen_case(&shared, tx, &by, &id, seen).await?;
                perform(&shared, tx, &by, &case, request, at).await?;
                after_deed(&shared, tx, &by, &id).await
            })
        })
        .await
    })
    .await
}

/// Performs on a locked case what somebody asks, whether an action of its kind or a verb every case knows.
///
/// # Errors
/// As [`act`] and [`links::perform`].
pub async fn perform(
    app: &App,
    tx: &Tx,
    by: &Me,
    case: &Case,
    request: ActionRequest,
    at: i64,
) -> Result<(), Problem> {
    let pen = Pen {
        app,
        tx,
        actor: Actor::Staff(by.id.clone()),
        actor_id: Some(by.id.clone()),
        at,
        quiet: false,
    };
    if let Some(verb) = links::Verb::by_name(&request.action) {
        links::perform(&pen, by, case, verb, &request.input).await?;
    } else {
        let (action, mut values) = (request.action, request.input);
        let manual = app.manuals.get(&case.manual).await?;
        if let Some(rules) = manual.kind(&case.kind) {
            Sight::of_case(by, case).restore(rules, case, &mut values);
        }
        act(&pen, case, Input { action, values }).await?;
    }
    Ok(())
}

/// The locked case, if the writer has seen its newest state; else 412 with that state.
async fn seen_case(app: &App, tx: &Tx, me: &Me, id: &str, seen: Seen) -> Result<Case, Problem> {
    let case = load::locked(tx, id).await?;
    if case.seq == seen.0 {
        return Ok(case);
    }
    let current = view_of(app, tx, me, id).await?;
    let sentence = "刚刚有人修改了这项事项，请看过最新内容再办理";
    Err(Problem::stale(sentence, serde_json::to_value(current)?))
}

/// Does one action of the engine on a locked case and writes what follows.
///
/// # Errors
/// The engine's refusal; what [`deciding::perform`] refuses.
pub async fn act(pen: &Pen<'_>, case: &Case, input: Input) -> Result<Case, Problem> {
    let deed = |family: Family| family.act(&case.id, &pen.actor, &input);
    Ok(deciding::perform(pen, case, deed).await?.0)
}

/// How far back those may date whose posts say nothing.
const BACK_MS: i64 = 10 * 60_000;
/// Clocks of phones may be this far ahead.
const AHEAD_MS: i64 = 60_000;

/// The instant something happened at: now, unless it is dated back within what the actor's posts at the site allow.
///
/// # Errors
/// [`crate::error::Code::Invalid`].
pub fn when(app: &App, me: &Me, site: &str, happened_at: Option<i64>) -> Result<i64, Problem> {
    let now = app.clock.now();
    let Some(at) = happened_at else { return Ok(now) };
    if at > now + AHEAD_MS {
        return Err(Problem::field("happened_at", "发生时间不能晚于现在"));
    }
    let manual = app.manuals.current();
    let here = |held: &&Held| held.site.as_deref().is_none_or(|at| at == site);
    let held = me.posts.iter().filter(here);
    let posts = held.filter_map(|held| manual.post(&held.post));
    let reach = posts
        .filter_map(|p| p.back_dates.as_deref().and_then(step::offset))
        .max()
        .unwrap_or(BACK_MS);
    if at < now - reach.max(BACK_MS) {
        return Err(Problem::field("happened_at", "补录时间超出您岗位允许的范围"));
    }
    Ok(at.min(now))
}
