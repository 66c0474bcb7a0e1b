//! Telling people, and who is meant by the manual's words for them.

use super::turn::Turn;
use crate::def::{Area, Link, Who};
use crate::event::Event;
use crate::world::Member;
use std::collections::BTreeSet;

/// Tells people; the actor is not told what they just did.
pub(super) fn tell(turn: &mut Turn, whos: &[Who], text: &str) {
    let mut to = people(turn, whos);
    if let Some(me) = turn.actor_id() {
        to.remove(me);
    }
    let links: Vec<Link> = whos
        .iter()
        .filter_map(|who| match who {
            Who::Link(link) if turn.case.links.contains(link) => Some(link.clone()),
            _ => None,
        })
        .collect();
    let quiet = turn.world.quiet;
    turn.emit(Event::Notified {
        to: to.into_iter().collect(),
        links,
        text: text.to_owned(),
        quiet,
    });
}

/// The members of staff who are meant.
pub(super) fn people(turn: &Turn, whos: &[Who]) -> BTreeSet<String> {
    whos.iter().flat_map(|who| staff_of(turn, who)).collect()
}

fn staff_of(turn: &Turn, who: &Who) -> Vec<String> {
    match who {
        Who::Post(post) => holders(turn, post).map(|m| m.id.clone()).collect(),
        Who::Duty(post) => on_duty(turn, post),
        Who::Relation(relation) => turn.case.in_relation(*relation).map(str::to_owned).collect(),
        Who::Field(field) => turn
            .case
            .data
            .get(field)
            .and_then(|v| v.as_str())
            .map(str::to_owned)
            .into_iter()
            .collect(),
        Who::Unread => turn.case.unread.clone(),
        Who::Link(_) | Who::Staff | Who::System => Vec::new(),
    }
}

/// Holders of a post who look after the home's area; all of them when nobody is named for it.
pub(super) fn holders<'t>(turn: &'t Turn, post: &'t str) -> impl Iterator<Item = &'t Member> {
    let all = || {
        let roster = turn.world.roster.iter();
        roster.filter(move |m| m.posts.contains(post) && !m.service)
    };
    let mine = move |m: &&Member| turn.world.home.area.as_ref().is_some_and(|a| m.areas.contains(a));
    let some = all().any(|m| mine(&m));
    all().filter(move |m| !some || mine(m))
}

/// Holders of a post who are on duty; while nobody is, all holders: somebody must hear of it.
fn on_duty(turn: &Turn, post: &str) -> Vec<String> {
    let some = holders(turn, post).any(|m| m.on_duty);
    let here = holders(turn, post).filter(|m| m.on_duty || !some);
    here.map(|m| m.id.clone()).collect()
}

/// Tells those who give out the work of others that a place is empty which the manual counts on; without any, those
/// who decide about staff.
pub(super) fn vacant(turn: &mut Turn, text: &str) {
    let may = |member: &Member, area: Area| {
        let posts = member.posts.iter().filter_map(|post| turn.world.live.post(post));
        !member.service && posts.into_iter().any(|post| post.may.contains(&area))
    };
    let those = |area: Area| -> Vec<String> {
        let members = turn.world.roster.iter().filter(|m| may(m, area));
        members.map(|m| m.id.clone()).collect()
    };
    let mut to = those(Area::Assign);
    if to.is_empty() {
        to = those(Area::People);
    }
    let quiet = turn.world.quiet;
    turn.emit(Event::Notified {
        to,
        links: Vec::new(),
        text: text.to_owned(),
        quiet,
    });
}

/// Tells one colleague.
pub(super) fn notify(turn: &mut Turn, to: String, text: &str) {
    let quiet = turn.world.quiet;
    turn.emit(Event::Notified {
        to: vec![to],
        links: Vec::new(),
        text: text.to_owned(),
        quiet,
    });
}
