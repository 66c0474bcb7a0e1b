//! What kinds do to each other, and who starts what the system does.

use super::super::layout::Draft;
use super::kind::KindCheck;
use crate::def::{Effect, Kind, RecurrenceDef, Who};
use std::collections::BTreeSet;

impl Draft<'_> {
    /// Kinds that name this one as a child.
    pub(super) fn parents_of<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Kind> {
        self.kinds
            .values()
            .map(|k| &k.def)
            .filter(move |k| k.children.iter().any(|c| c.kind == kind))
    }

    /// Recurrences that open the kind.
    pub(super) fn recurring<'s>(&'s self, kind: &'s str) -> impl Iterator<Item = &'s RecurrenceDef> {
        let all = self.recurrences.values().flat_map(|filed| &filed.def);
        all.filter(move |r| r.open.as_deref() == Some(kind))
    }

    /// Fields of a kind that other kinds or the rules for incoming text fill.
    pub(super) fn filled_from_outside(&self, kind: &str) -> BTreeSet<String> {
        let mut filled = BTreeSet::new();
        for effect in self.kinds.values().flat_map(|k| effects_of(&k.def)) {
            match effect {
                Effect::Open(open) if open.child == kind => filled.extend(open.set.keys().cloned()),
                Effect::Act { set, .. } => filled.extend(set.keys().cloned()),
                // Which parent it is shows only when it runs; a field of that name in any of them counts.
                Effect::Parent { set, .. } => filled.extend(set.keys().cloned()),
                _ => {}
            }
        }
        if let Some(amended) = self.kinds.get(kind) {
            filled.extend(amended.def.amends.iter().cloned());
        }
        let plans = self.kinds.values().flat_map(|k| &k.def.plans);
        filled.extend(
            plans
                .filter(|p| p.child == kind)
                .flat_map(|p| p.set.keys().cloned()),
        );
        let recurring = self.recurring(kind);
        filled.extend(recurring.flat_map(|r| r.set.keys().cloned()));
        if let (Some(rules), Some(judgements)) = (&self.classify, &self.judgements) {
            let opens = |judgement: &str| {
                judgements
                    .def
                    .iter()
                    .any(|j| j.name == judgement && j.kind.as_deref() == Some(kind))
            };
            let rules = rules.def.rules.iter().filter(|r| opens(&r.judgement));
            filled.extend(rules.flat_map(|r| r.set.keys().cloned()));
        }
        filled
    }
}

/// Every effect of a kind.
pub(super) fn effects_of(kind: &Kind) -> impl Iterator<Item = &Effect> {
    kind.open
        .effects
        .iter()
        .chain(kind.actions.iter().flat_map(|a| &a.effects))
        .map(Effect::inner)
}

/// Actions that a kind lets cases of another do by their addresses.
fn acts_on<'k>(kind: &'k Kind, other: &'k str) -> impl Iterator<Item = String> + 'k {
    let there = move |at: &str| kind.addresses.iter().any(|a| a.name == at && a.kind == other);
    effects_of(kind)
        .filter_map(move |effect| match effect {
            Effect::Act { at, act, or, .. } if there(at) => Some([Some(act.clone()), or.clone()]),
            _ => None,
        })
        .flatten()
        .flatten()
}

impl KindCheck<'_> {
    /// Actions of this kind that a rung of a ladder, a sign-off or a child lets the system do.
    pub(super) fn triggered(&self) -> BTreeSet<String> {
        let rungs = self
            .kind
            .clocks
            .iter()
            .flat_map(|c| &c.steps)
            .filter_map(|s| s.act.clone());
        let signed = self.kind.signoffs.iter().flat_map(|s| {
            [Some(s.done.clone()), Some(s.refused.clone()), s.withdrawn.clone()]
                .into_iter()
                .flatten()
        });
        let children = self
            .kind
            .children
            .iter()
            .filter_map(|c| self.draft.kinds.get(&c.kind));
        let asked = children
            .flat_map(|c| effects_of(&c.def))
            .flat_map(|effect| match effect {
                Effect::Parent { act, or, .. } => vec![Some(act.clone()), or.clone()],
                _ => Vec::new(),
            })
            .flatten();
        let addressed = self
            .draft
            .kinds
            .values()
            .flat_map(|k| acts_on(&k.def, &self.kind.name));
        let by_system = |name: &String| self.action(name).is_some_and(|a| a.by.contains(&Who::System));
        rungs
            .chain(signed)
            .chain(asked)
            .chain(addressed)
            .filter(by_system)
            .collect()
    }

    /// Whether some child is misnamed or could not be read, so that nobody knows what it does.
    pub(super) fn has_unread_children(&self) -> bool {
        self.kind
            .children
            .iter()
            .any(|c| !self.draft.kinds.contains_key(&c.kind))
    }
}
