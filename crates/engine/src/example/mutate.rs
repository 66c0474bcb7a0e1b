//! Whether the stories notice a manual that was changed: each guard turned round, each limit shifted by a tenth, each
//! effect left out, one at a time.

use super::accepted::Accepted;
use super::reach::guards;
use super::run::{Failure, Report, run_first, run_some};
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

impl Survivor {
    fn covered_by(&self, accepted: &Accepted) -> bool {
        accepted.file == self.file && self.what.starts_with(&accepted.what)
    }
}

/// What became of the changed manuals.
#[derive(Debug, Default, Serialize)]
pub struct Mutation {
    /// How many changes were tried.
    pub mutants: usize,
    /// How many were noticed.
    pub killed: usize,
    /// Those that were not, and that nobody accepted.
    pub survived: Vec<Survivor>,
    /// Those that were not, and need not be.
    pub accepted: usize,
    /// What was accepted and is noticed, or is no change at all: it may go from the list.
    pub outdated: Vec<Survivor>,
}

/// Tries every change against the stories that touch its kind; those of some kinds when `wanted` says so.
///
/// # Errors
/// The stories do not hold as the manual is: then none can tell a change.
pub fn mutate(manual: &Manual, wanted: impl Fn(&Kind) -> bool) -> Result<Mutation, Vec<Failure>> {
    let base = run_some(manual, |_| true);
    if !base.failed.is_empty() {
        return Err(base.failed);
    }
    let mut result = Mutation::default();
    let mut used = BTreeSet::new();
    for rules in manual.kinds.values().filter(|rules| wanted(&rules.kind)) {
        for (what, changed) in mutants(rules) {
            result.mutants += 1;
            let file = file_of(&rules.kind);
            let survivor = Survivor { file, what };
            if noticed(manual, &base, changed) {
                result.killed += 1;
                continue;
            }
            match manual.accepted.iter().position(|a| survivor.covered_by(a)) {
                Some(nth) => {
                    used.insert(nth);
                    result.accepted += 1;
                }
                None => result.survived.push(survivor),
            }
        }
    }
    let tried = |a: &Accepted| {
        manual
            .kinds
            .values()
            .any(|r| wanted(&r.kind) && a.file == file_of(&r.kind))
    };
    let unused = manual
        .accepted
        .iter()
        .enumerate()
        .filter(|(nth, a)| !used.contains(nth) && tried(a));
    result.outdated = unused
        .map(|(_, a)| Survivor {
            file: a.file.clone(),
            what: a.what.clone(),
        })
        .collect();
    Ok(result)
}

fn file_of(kind: &Kind) -> String {
    format!("{}/kinds/{}.toml", kind.pack, kind.name)
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

/// The kind with each of its limits a tenth longer: of clocks, rungs, bands, plans.
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
        for (rung, step) in clock.steps.iter().enumerate() {
            let Some(at) = further(&step.at) else { continue };
            let what = format!("时限“{}”的 {} 改为 {at}", clock.title, step.at);
            let mut changed = kind.clone();
            changed.clocks[nth].steps[rung].at = at;
            all.push((what, changed));
        }
    }
    all.extend(bands(kind));
    all.extend(plans(kind));
    all
}

/// A rung a tenth further from its deadline; none for one that is at it.
fn further(at: &str) -> Option<String> {
    let sign = at.get(..1).filter(|sign| ["+", "-"].contains(sign))?;
    Some(format!("{sign}{}", longer(&at[1..])?))
}

/// The border between two bands moves for both.
fn bands(kind: &Kind) -> Vec<(String, Kind)> {
    let mut all = Vec::new();
    for (nth, signoff) in kind.signoffs.iter().enumerate() {
        let borders = signoff
            .bands
            .iter()
            .filter_map(|band| Some((band.of.clone(), band.up_to?)));
        for (of, border) in borders {
            let moved = border + border.div_ceil(10);
            let mut changed = kind.clone();
            for band in changed.signoffs[nth]
                .bands
                .iter_mut()
                .filter(|band| band.of == of)
            {
                if band.over == border {
                    band.over = moved;
                }
                if band.up_to == Some(border) {
                    band.up_to = Some(moved);
                }
            }
            let of = of.map_or_else(String::new, |of| format!("（{of}）"));
            all.push((
                format!("“{}”{of}的 {border} 元改为 {moved} 元", signoff.title),
                changed,
            ));
        }
    }
    all
}

/// Plans come round a day later, or once more.
fn plans(kind: &Kind) -> Vec<(String, Kind)> {
    let mut all = Vec::new();
    for (nth, plan) in kind.plans.iter().enumerate() {
        for (row, every) in plan.every.iter().enumerate() {
            let mut changed = kind.clone();
            let other = &mut changed.plans[nth].every[row];
            let what = match (every.days, every.times) {
                (Some(days), _) => {
                    let more = days + days.div_ceil(10);
                    other.days = Some(more);
                    format!("每 {days} 天改为每 {more} 天")
                }
                (_, Some(times)) => {
                    other.times = Some(times + 1);
                    format!("{times} 次改为 {} 次", times + 1)
                }
                _ => continue,
            };
            all.push((format!("计划“{}”{what}", plan.title), changed));
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
