//! What could be done next in each stage, for devices that go without signal: they act on it there, and every action is
//! stepped anew when it arrives.

use super::load;
use super::offers::{self, OfferView};
use super::world::Around;
use crate::api::{Json, Path};
use crate::auth::Me;
use crate::base::tone;
use crate::context::App;
use crate::error::Problem;
use axum::extract::State;
use engine::case::Case;
use engine::step::Actor;
use serde::Serialize;

/// The stages of a case's kind with what the reader could do in each.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct AheadView {
    /// Stages that do not end the case, in the order of the manual.
    pub stages: Vec<StageAhead>,
}

/// A stage the case may come to.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct StageAhead {
    /// Name.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// Colour.
    #[schema(schema_with = crate::described::engine::<engine::def::Tone>)]
    pub tone: String,
    /// Actions of the kind the reader could take there, with the people and the form of now.
    pub actions: Vec<OfferView>,
}

/// What the reader could do with the case in each stage it may come to.
#[utoipa::path(get, path = "/cases/{id}/ahead", tag = "cases", params(("id" = String, Path)),
    responses((status = 200, body = AheadView)))]
pub async fn look_ahead(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
) -> Result<Json<AheadView>, Problem> {
    let read = app.db.read();
    let case = load::for_reader(&app, read, &me, &id).await?;
    let around = Around::of(&app, read, &case).await?;
    let rules = around
        .manual()
        .kind(&case.kind)
        .ok_or_else(|| Problem::internal("unknown kind"))?;
    let now = app.clock.now();
    let world = around.world(now, now, false);
    let actor = Actor::Staff(me.id.clone());
    let stages = rules
        .kind
        .stages
        .iter()
        .filter(|stage| !stage.ends && !case.closed())
        .map(|stage| {
            let there = Case {
                stage: stage.name.clone(),
                ..case.clone()
            };
            let mut actions = offers::list(&world, rules, &there, &actor);
            actions.retain(|offer| !offer.builtin);
            StageAhead {
                name: stage.name.clone(),
                title: stage.title.clone(),
                tone: tone(stage.tone, stage.ends).to_owned(),
                actions,
            }
        });
    Ok(Json(AheadView {
        stages: stages.collect(),
    }))
}
