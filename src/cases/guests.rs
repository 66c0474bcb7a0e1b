//! People outside whom a case concerns: who of the staff may hand them their link.

use crate::auth::Me;
use engine::case::Case;
use engine::def::Link;
use engine::step::{self, Actor, World};
use serde::Serialize;

/// Somebody outside who has a link of the case that the reader may hand over.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct GuestView {
    /// Name in the manual.
    pub name: String,
    /// What people call them.
    pub title: String,
    /// Who it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub to: Option<String>,
    /// When the link ends, if it lasts for a time only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub ends_at: Option<i64>,
}

/// Guests whose links stand and whom `me` may hand them.
pub fn guests(world: &World, case: &Case, me: &Me) -> Vec<GuestView> {
    let Some(rules) = world.manual.kind(&case.kind) else {
        return Vec::new();
    };
    let actor = Actor::Staff(me.id.clone());
    let guests = case.links.iter().filter(|link| matches!(link, Link::Guest(_)));
    let mine =
        guests.filter(|link| step::stands(world, case, link) && step::may_hand(world, case, &actor, link));
    mine.map(|link| GuestView {
        name: link.name().to_owned(),
        title: rules.link_title(link).to_owned(),
        to: case.grants.get(link.name()).and_then(|grant| grant.to.clone()),
        ends_at: step::ends(rules, case, link),
    })
    .collect()
}
