//! What stories reach of a manual, and what no story does.

use crate::case::Case;
use crate::def::{Effect, Kind, Signoff};
use crate::event::Event;
use crate::load::{Answers, Manual};
use crate::refusal::Refusal;
use serde::Serialize;
use std::collections::BTreeSet;

/// A thing of the manual: kind, and which thing of it, in words.
pub type Thing = (String, String);

/// What was reached.
#[derive(Debug, Default)]
pub struct Reached {
    actions: BTreeSet<Thing>,
    refusals: BTreeSet<Thing>,
    steps: BTreeSet<Thing>,
    bands: BTreeSet<Thing>,
    stages: BTreeSet<Thing>,
    answers: Answers,
}

/// What was reached and what there is; JSON: `[reached, all]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Share(pub usize, pub usize);

/// The reach of all stories.
#[derive(Debug, Serialize)]
pub struct Reach {
    /// Actions that are done.
    pub actions: Share,
    /// Refusals that are met: the words of conditions, checks and claims.
    pub refusals: Share,
    /// Rungs of ladders that fire.
    pub steps: Share,
    /// Bands of approvals that are used.
    pub bands: Share,
    /// Conditions of which both sides are seen.
    pub guards: Share,
    /// What no story reaches, in words.
    #[serde(skip)]
    pub missing: Vec<String>,
}

impl Reached {
    pub(super) fn answers(&mut self, answers: Answers) {
        for (guard, (yes, no)) in answers {
            let seen = self.answers.entry(guard).or_default();
            seen.0 |= yes;
            seen.1 |= no;
        }
    }

    /// A deed was refused: the verb that was tried on a case of the kind, or its opening.
    pub(super) fn refused(&mut self, manual: &Manual, (kind, verb): (&str, &str), refusal: &Refusal) {
        let words = std::iter::once(&refusal.sentence).chain(refusal.fields.iter().map(|f| &f.sentence));
        let words: Vec<&str> = words.map(String::as_str).collect();
        for rules in manual.kinds.values() {
            let here = kind == rules.kind.name;
            for (place, text) in refusals(&rules.kind) {
                let met = if here {
                    (place == verb || place == CLAIM) && words.contains(&text)
                } else {
                    // What another case refuses is said with its number before it.
                    words.iter().any(|word| word.ends_with(&format!("：{text}")))
                };
                if met {
                    self.refusals
                        .insert((rules.kind.name.clone(), format!("{place} {text}")));
                }
            }
        }
    }

    pub(super) fn happened(&mut self, manual: &Manual, case: &Case, event: &Event) {
        let kind = case.kind.clone();
        match event {
            Event::Opened(opened) => {
                self.stages.insert((kind, opened.stage.clone()));
            }
            Event::ClosedByParent { stage } => {
                self.stages.insert((kind, stage.clone()));
            }
            Event::Acted { action, to, .. } => {
                self.stages.insert((kind.clone(), to.clone()));
                self.actions.insert((kind, action.clone()));
            }
            Event::ClockFired { run, step } => {
                let clock = case.runs.iter().find(|r| r.run == *run).map(|r| &r.clock);
                self.steps
                    .extend(clock.map(|clock| (kind, format!("{clock} {step}"))));
            }
            Event::SignoffOpened(signing) => {
                let def = manual.kind(&case.kind).and_then(|r| r.signoff(&signing.signoff));
                let band = def.and_then(|def| band_of(def, &signing.of));
                self.bands
                    .extend(band.map(|nth| (kind, format!("{} {nth}", signing.signoff))));
            }
            _ => {}
        }
    }

    /// Whether some story does an action.
    pub fn did(&self, kind: &str, action: &str) -> bool {
        self.actions.contains(&(kind.to_owned(), action.to_owned()))
    }

    /// Whether a case of some story came into a stage.
    pub fn been(&self, kind: &str, stage: &str) -> bool {
        self.stages.contains(&(kind.to_owned(), stage.to_owned()))
    }

    /// Holds what was reached against what there is.
    pub fn of(&self, manual: &Manual) -> Reach {
        let mut missing = Vec::new();
        let mut shares = [Share(0, 0); 5];
        for rules in manual.kinds.values() {
            let kind = &rules.kind;
            let mut count = |nth: usize, hit: bool, words: String| {
                let share: &mut Share = &mut shares[nth];
                share.0 += usize::from(hit);
                share.1 += 1;
                if !hit {
                    let words: Vec<&str> = words.split_whitespace().collect();
                    missing.push(format!("{}：{}", kind.title, words.join(" ")));
                }
            };
            let thing = |name: &str| (kind.name.clone(), name.to_owned());
            for action in &kind.actions {
                let hit = self.actions.contains(&thing(&action.name));
                count(
                    0,
                    hit,
                    format!("没有示例办过“{}”（{}）", action.title, action.name),
                );
            }
            for (place, text) in refusals(kind) {
                let hit = self.refusals.contains(&thing(&format!("{place} {text}")));
                let title = match kind.actions.iter().find(|a| a.name == place) {
                    Some(action) => format!("“{}”时", action.title),
                    None if place == OPENING => "登记时".to_owned(),
                    None => String::new(),
                };
                count(1, hit, format!("没有示例{title}遇到拒绝“{text}”"));
            }
            for clock in &kind.clocks {
                for (nth, step) in clock.steps.iter().enumerate() {
                    let hit = self.steps.contains(&thing(&format!("{} {nth}", clock.name)));
                    count(2, hit, format!("没有示例等到时限“{}”的 {}", clock.title, step.at));
                }
            }
            for signoff in &kind.signoffs {
                for nth in 0..signoff.bands.len() {
                    let hit = self.bands.contains(&thing(&format!("{} {nth}", signoff.name)));
                    count(
                        3,
                        hit,
                        format!("没有示例用到“{}”的第 {} 档", signoff.title, nth + 1),
                    );
                }
            }
            for text in guards(kind) {
                let (yes, no) = self.answers.get(&thing(text)).copied().unwrap_or_default();
                let side = match (yes, no) {
                    (false, false) => "两种结果",
                    (false, true) => "成立",
                    _ => "不成立",
                };
                count(4, yes && no, format!("条件“{text}”没有示例见过它{side}"));
            }
        }
        let [actions, refusals, steps, bands, guards] = shares;
        Reach {
            actions,
            refusals,
            steps,
            bands,
            guards,
            missing,
        }
    }
}

/// Where a kind refuses when it is opened.
pub(super) const OPENING: &str = "[open]";

/// Where a kind refuses because somebody else holds what is claimed.
const CLAIM: &str = "[[claim]]";

/// The words with which a kind refuses, each with its action, or the opening, or a claim.
pub fn refusals(kind: &Kind) -> BTreeSet<(&str, &str)> {
    let mut all = BTreeSet::new();
    for action in &kind.actions {
        let checks = action.check.iter().map(|c| c.otherwise.as_str());
        let words = action.otherwise.as_deref().into_iter().chain(checks);
        all.extend(words.map(|words| (action.name.as_str(), words)));
    }
    let checks = kind.open.check.iter().map(|c| c.otherwise.as_str());
    let words = kind.open.otherwise.as_deref().into_iter().chain(checks);
    all.extend(words.map(|words| (OPENING, words)));
    all.extend(kind.claims.iter().map(|c| (CLAIM, c.taken.as_str())));
    all
}

/// The conditions of a kind: of openings, actions, checks, fields, effects, clocks, rungs, rounds, plans, papers. The
/// same words in two places are one condition.
pub fn guards(kind: &Kind) -> BTreeSet<&str> {
    let mut all: BTreeSet<&str> = kind.actions.iter().filter_map(|a| a.when.as_deref()).collect();
    let checks = kind.actions.iter().flat_map(|a| &a.check);
    let checks = kind.open.check.iter().chain(checks);
    all.extend(checks.map(|c| c.that.as_str()));
    all.extend(kind.open.when.as_deref());
    all.extend(kind.clocks.iter().filter_map(|c| c.when.as_deref()));
    let banded = kind
        .signoffs
        .iter()
        .flat_map(|s| &s.bands)
        .flat_map(|b| &b.rounds);
    let rounds = kind.signoffs.iter().flat_map(|s| &s.rounds).chain(banded);
    all.extend(rounds.filter_map(|r| r.when.as_deref()));
    all.extend(
        kind.plans
            .iter()
            .flat_map(|p| &p.every)
            .filter_map(|e| e.when.as_deref()),
    );
    let opened = kind.open.effects.iter();
    let effects = opened.chain(kind.actions.iter().flat_map(|a| &a.effects));
    all.extend(effects.flat_map(conditions));
    let rungs = kind.clocks.iter().flat_map(|c| &c.steps);
    all.extend(rungs.filter_map(|step| step.when.as_deref()));
    all.extend(kind.fields.iter().filter_map(|field| field.show.as_deref()));
    let items = kind.fields.iter().filter_map(|field| field.checklist.as_ref());
    all.extend(
        items
            .flat_map(|list| &list.items)
            .filter_map(|item| item.show.as_deref()),
    );
    all.extend(kind.pass.iter().map(|pass| pass.when.as_str()));
    all
}

/// The conditions of an effect: its own, and that of the rows it is done for.
fn conditions(effect: &Effect) -> impl Iterator<Item = &str> {
    let own = match effect {
        Effect::When { when, .. } => Some(when.as_str()),
        _ => None,
    };
    let rows = match effect.inner() {
        Effect::Open(open) => open.when.as_deref(),
        _ => None,
    };
    own.into_iter().chain(rows)
}

/// Which band was used, by what is approved.
fn band_of(signoff: &Signoff, of: &crate::case::Data) -> Option<usize> {
    let amount = signoff.amount.as_ref()?;
    let fen = of.get(amount).and_then(|v| v.as_i64()).unwrap_or_default();
    let choice = signoff.select.as_ref().and_then(|name| of.get(name)?.as_str());
    signoff.bands.iter().position(|band| band.fits(fen, choice))
}
