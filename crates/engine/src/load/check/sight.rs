//! Sight: whoever may act on a case by their post can come to see it.

use super::super::layout::Draft;
use super::super::place::Place;
use super::calls::effects_of;
use super::kind::KindCheck;
use super::who::known_post;
use crate::def::{Action, AssignTo, Effect, Kind, Link, Relation, Scope, Who};

/// How far up the cases above are looked at; no manual stands higher.
const HIGHEST: usize = 8;

impl<'k> KindCheck<'k> {
    pub(super) fn sight(&mut self) {
        let kind = self.kind;
        for (i, who) in kind.seen_by.iter().enumerate() {
            let place = Place::top().at("seen_by").at(i);
            match who {
                Who::Post(post) => known_post(self.draft, &mut self.pen, &place, post),
                Who::Staff => {}
                _ => self.pen.error(
                    &place,
                    format!("seen_by 里只能写岗位或 staff（本项目所有员工），不能写“{who}”；与事项有关的人本来就看得见"),
                ),
            }
        }
        let mut told: Vec<&str> = Vec::new();
        for (a, action) in kind.actions.iter().enumerate() {
            for (i, post, title) in self.blind(action) {
                if !told.contains(&post) {
                    told.push(post);
                    let place = Place::top().at("action").at(a).at("by").at(i);
                    let sentence = format!(
                        "岗位“{title}”只看与自己有关的事项，能办“{}”却看不见“{}”：请在文件开头写 seen_by = \"{post}\"，或在前面的动作里通知、指派这个岗位",
                        action.title, kind.title
                    );
                    self.pen.warn(&place, sentence);
                }
            }
        }
    }

    /// Posts that may do the action and never see a case of the kind: where they stand, their names and titles. At the
    /// gate the paper is seen by its code.
    fn blind(&self, action: &'k Action) -> Vec<(usize, &'k str, &'k str)> {
        let posts = self.draft.posts.as_ref().map(|posts| &posts.def);
        let scope = |name: &str| {
            let post = posts.into_iter().flatten().find(|post| post.name == name)?;
            (post.sees == Scope::Relation).then_some(post.title.as_str())
        };
        if action.by.contains(&Who::Link(Link::Gate)) {
            return Vec::new();
        }
        let named = action.by.iter().enumerate().filter_map(|(i, who)| match who {
            Who::Post(post) | Who::Duty(post) => Some((i, post.as_str(), scope(post)?)),
            _ => None,
        });
        named
            .filter(|(_, post, _)| !sees(self.draft, self.kind, post, 0))
            .collect()
    }
}

/// Whether a holder of the post may come to see some case of the kind, or the one above it.
fn sees(draft: &Draft, kind: &Kind, post: &str, depth: usize) -> bool {
    let named = |whos: &[Who]| {
        let is = |who: &Who| *who == Who::Staff || matches!(who, Who::Post(p) | Who::Duty(p) if p == post);
        whos.iter().any(is)
    };
    let told = effects_of(kind).any(|effect| match effect {
        Effect::Notify { to, .. } | Effect::Circulate { to, .. } => named(to),
        Effect::Assign { to, or, tell, .. } => {
            named(tell) || std::iter::once(to).chain(or).any(|to| falls_to(to, post))
        }
        _ => false,
    });
    let mut rungs = kind.clocks.iter().flat_map(|clock| &clock.steps);
    let mut signers = kind.signoffs.iter().flat_map(|signoff| {
        let bands = signoff.bands.iter().flat_map(|band| &band.rounds);
        signoff.rounds.iter().chain(bands).flat_map(|round| &round.slots)
    });
    told || named(&kind.seen_by)
        || named(&kind.open.by)
        || rungs.any(|rung| named(&rung.tell))
        || signers.any(|slot| named(&slot.who))
        || takes(kind, named)
        || depth < HIGHEST
            && draft
                .parents_of(&kind.name)
                .any(|above| sees(draft, above, post, depth + 1))
}

/// Whether a case may be given to a holder of the post. A field may name anybody.
fn falls_to(to: &AssignTo, post: &str) -> bool {
    match to {
        AssignTo::Area(name) | AssignTo::Duty(name) | AssignTo::Dispatch { post: name, .. } => name == post,
        AssignTo::Field(_) | AssignTo::Phase => true,
        AssignTo::Actor | AssignTo::Relation(_) => false,
    }
}

/// Whether they may take one that is put back for whoever comes first.
fn takes(kind: &Kind, named: impl Fn(&[Who]) -> bool) -> bool {
    let back =
        |effect: &Effect| matches!(effect, Effect::Unassign { relation } if *relation == Relation::Assignee);
    let own = |effect: &Effect| {
        matches!(
            effect,
            Effect::Assign {
                to: AssignTo::Actor,
                ..
            }
        )
    };
    let mut taking = kind.actions.iter().filter(|action| named(&action.by));
    effects_of(kind).any(back) && taking.any(|action| action.effects.iter().map(Effect::inner).any(own))
}
