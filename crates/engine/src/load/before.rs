//! What manuals meant before guests were named in them.

use crate::def::{Effect, GuestDef, Kind, Link, Who};

/// The one guest they knew.
pub(super) const CONTRACTOR: &str = "contractor";

/// Names the guest of a kind that speaks of it without saying who that is.
pub(super) fn name_guest(kind: &mut Kind) {
    let link = Link::Guest(CONTRACTOR.to_owned());
    let who = Who::Link(link.clone());
    let mut effects = kind.open.effects.iter();
    let actions = &kind.actions;
    let spoken_of = effects.any(|effect| *effect.inner() == Effect::GiveLink(link.clone()))
        || actions.iter().any(|action| action.by.contains(&who));
    if spoken_of && kind.guests.iter().all(|guest| guest.name != CONTRACTOR) {
        kind.guests.push(GuestDef {
            name: CONTRACTOR.to_owned(),
            title: "施工单位".to_owned(),
            ..GuestDef::default()
        });
    }
}
