//! Whether the stories notice a manual that was changed: each guard turned round, each limit shifted by a tenth, each
//! effect left out, one at a time.

use super::reach::guards;
use super::run::{Report, run_first, run_some};
use crate::def::{Effect, Kind, LimitBy, LimitDef};
use crate::load::{Manual, Rules};
use serde::Serialize;
use std::collections::BTreeSet;

/// A change no story notices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Survivor {
    /// File of the kind.
    pub file: String,
    /// What was changed.
    pub what: String,
}

/// What became of the changed manuals.
#[derive(Debug, Default, Serialize)]
pub struct Mutation {
    /// How many changes were tried.
    pub mutants: usize,
    /// How many were noticed.
    pub killed: usize,
    /// The others.
    pub survived: Vec<Survivor>,
}

/// Tries every change against the stories that touch its kind.
pub fn mutate(manual: &Manual) -> Mutation {
    let base = run_some(manual, |_| true);
    let mut result = Mutation::default();
    for rules in manual.kinds.values() {
        for (what, changed) in mutants(rules) {
            result.mutants += 1;
            if noticed(manual, &base, changed) {
                result.killed += 1;
            } else {
                result.survived.push(Survivor {
                    file: format!("{}/kinds/{}.toml", rules.kind.pack, rules.kind.name),
                    what,
                });
            }
        }
    }
    result
}

fn noticed(manual: &Manual, base: &Report, changed: Rules) -> bool {
    let kind = changed.kind.name.clone();
    let touching: BTreeSet<usize> = base.touching(&kind).collect();
    let changed = manual.with_rules(changed);
    run_first(&changed, |nth| touching.contains(&nth))
}

fn mutants(rules: &Rules) -> Vec<(String, Rules)> {
    let mut all = Vec::new();
    for text in guards(&rules.kind) {
        all.extend(
            rules
                .turned_round(text)
                .map(|changed| (format!("条件反过来：{text}"), changed)),
        );
    }
    for (what, kind) in shifted(&rules.kind)
        .into_iter()
        .chain(without_effects(&rules.kind))
    {
        all.push((what, rules.with_kind(kind)));
    }
    all
}

/// The kind with each of its limits a tenth longer.
fn shifted(kind: &Kind) -> Vec<(String, Kind)> {
    let mut all = Vec::new();
    for (nth, clock) in kind.clocks.iter().enumerate() {
        for leaf in 0.. {
            let mut limit = clock.limit.clone();
            let mut left = leaf;
            let Some((from, to)) = shift(&mut limit, &mut left) else {
                break;
            };
            let mut changed = kind.clone();
            changed.clocks[nth].limit = limit;
            all.push((format!("时限“{}”由 {from} 改为 {to}", clock.title), changed));
        }
    }
    all
}

/// Lengthens the `left`-th length of time in the limit.
fn shift(limit: &mut LimitDef, left: &mut usize) -> Option<(String, String)> {
    let mut lengthen = |text: &mut String| {
        if *left > 0 {
            *left -= 1;
            return None;
        }
        let before = text.clone();
        *text = longer(text)?;
        Some((before, text.clone()))
    };
    match limit {
        LimitDef::Span(text) => lengthen(text),
        LimitDef::By(LimitBy::After { by, .. } | LimitBy::Before { by, .. }) => lengthen(by),
        LimitDef::By(LimitBy::SinceOpening(by)) => lengthen(by),
        LimitDef::By(LimitBy::FirstKnown(all) | LimitBy::Earlier(all) | LimitBy::Later(all)) => {
            all.iter_mut().find_map(|limit| shift(limit, left))
        }
        LimitDef::By(_) => None,
    }
}

/// A tenth longer, rounded up: days are counted whole.
fn longer(text: &str) -> Option<String> {
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let (count, unit) = text.split_at(digits);
    let count: u64 = count.parse().ok()?;
    let (count, unit) = if unit == "h" {
        (count * 60, "m")
    } else {
        (count, unit)
    };
    Some(format!("{}{unit}", count + count.div_ceil(10)))
}

/// The kind without each of its effects.
fn without_effects(kind: &Kind) -> Vec<(String, Kind)> {
    let mut all = Vec::new();
    for nth in 0..kind.open.effects.len() {
        let mut changed = kind.clone();
        let effect = changed.open.effects.remove(nth);
        all.push((format!("登记时少了 {}", name(&effect)), changed));
    }
    for (a, action) in kind.actions.iter().enumerate() {
        for nth in 0..action.effects.len() {
            let mut changed = kind.clone();
            let effect = changed.actions[a].effects.remove(nth);
            all.push((format!("“{}”少了 {}", action.title, name(&effect)), changed));
        }
    }
    all
}

/// The effect as it is written.
fn name(effect: &Effect) -> String {
    serde_json::to_string(effect).unwrap_or_default()
}
