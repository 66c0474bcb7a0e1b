//! What clauses 条款 count over the cases of a story, held against what a step says.

use super::play::Play;
use super::story::{Counted, Step};
use crate::def::MeasureOf;
use crate::family::Known;
use crate::figure::{Counts, met_over, sum};
use crate::load::ClauseRules;
use crate::measure::{self, Compliance};
use crate::time::Time;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Counts of each clause, period by period.
type Periods = BTreeMap<String, BTreeMap<String, Counts>>;

pub(super) fn expect(play: &Play, step: &Step, wrong: &mut Vec<String>) {
    if step.clauses.is_empty() {
        return;
    }
    let mut counted = counted(play);
    each_counted(play, step, &mut counted);
    for (id, wanted) in &step.clauses {
        let Some(clause) = play.house.manual.clause(id) else {
            wrong.push(format!("没有条款 {id}"));
            continue;
        };
        let periods: Vec<Counts> = counted
            .get(id)
            .into_iter()
            .flat_map(BTreeMap::values)
            .copied()
            .collect();
        let is = sum(&periods);
        let differs = |wanted: Option<usize>, is: i64| wanted.is_some_and(|n| n as i64 != is);
        if differs(Some(wanted.kept), is.kept)
            || differs(Some(wanted.broken), is.broken)
            || differs(wanted.open, is.open)
            || differs(wanted.excused, is.excused)
        {
            wrong.push(format!("{id} 应计{}，实际{}", said_of(wanted), told(&is)));
        }
        let met = met_over(clause, &periods);
        if wanted.met.is_some() && met != wanted.met {
            let target = clause.target();
            wrong.push(format!(
                "{id} 的目标是 {target}，应{}，实际{}",
                whether(wanted.met),
                whether(met)
            ));
        }
    }
}

fn counted(play: &Play) -> Periods {
    let manual = play.house.manual;
    let mut counted = Periods::new();
    for case in play.house.cases.values() {
        let children = play.house.children(&case.id).unwrap_or_default();
        for ((id, _), said) in measure::of_case(manual, case, &children, play.house.now.0) {
            let Some(clause) = manual.clause(&id) else {
                continue;
            };
            let period = clause.def.per.name_at(said.at, manual.offset());
            let periods = counted.entry(id).or_default();
            periods.entry(period).or_default().count(&said);
        }
    }
    counted
}

/// Sites, homes and staff that a clause looks at once a period, from the beginning of the story.
fn each_counted(play: &Play, step: &Step, counted: &mut Periods) {
    let manual = play.house.manual;
    let (offset, now) = (manual.offset(), play.house.now);
    let asked = |clause: &&Arc<ClauseRules>| step.clauses.contains_key(&clause.def.id);
    for clause in manual.clauses.iter().filter(asked) {
        let MeasureOf::Each { anchor, .. } = clause.def.of else {
            continue;
        };
        let per = clause.def.per;
        let numbers = numbers_of(play, clause);
        for period in per.names(play.began.date(offset), now.date(offset)) {
            let Some(day) = per.named(&period) else { continue };
            let at = Time::start_of(day, offset).0;
            for anchor in play.house.anchors(anchor) {
                let number = numbers.get(&(anchor.id.clone(), period.clone()));
                let number = number.copied().unwrap_or_default();
                if let Some(said) = measure::of_anchor(clause, &anchor, number, (at, now.0), offset) {
                    let periods = counted.entry(clause.def.id.clone()).or_default();
                    periods.entry(period.clone()).or_default().count(&said);
                }
            }
        }
    }
}

/// How many cases a clause counts for each of them in each period.
fn numbers_of(play: &Play, clause: &ClauseRules) -> BTreeMap<(String, String), i64> {
    let manual = play.house.manual;
    let mut numbers = BTreeMap::new();
    for case in play.house.cases.values() {
        let children = play.house.children(&case.id).unwrap_or_default();
        let said = measure::of_case(manual, case, &children, play.house.now.0);
        let said = said
            .into_iter()
            .filter(|((id, _), said)| *id == clause.def.id && said.is == Compliance::Counted);
        for (_, said) in said {
            let period = clause.def.per.name_at(said.at, manual.offset());
            let anchor = said.anchor.unwrap_or_default();
            *numbers.entry((anchor, period)).or_default() += 1;
        }
    }
    numbers
}

fn whether(met: Option<bool>) -> &'static str {
    match met {
        Some(true) => "达到",
        Some(false) => "达不到",
        None => "还没有可算的",
    }
}

fn said_of(wanted: &Counted) -> String {
    let mut told = format!("守住 {}、违反 {}", wanted.kept, wanted.broken);
    for (word, number) in [("未定", wanted.open), ("免责", wanted.excused)] {
        if let Some(number) = number {
            told.push_str(&format!("、{word} {number}"));
        }
    }
    told
}

fn told(is: &Counts) -> String {
    format!(
        "守住 {}、违反 {}、未定 {}、免责 {}",
        is.kept, is.broken, is.open, is.excused
    )
}
