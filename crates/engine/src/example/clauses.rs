//! What clauses 条款 count over the cases of a story, held against what a step says.

use super::play::Play;
use super::story::{Counted, Step};
use crate::family::Known;
use crate::figure::{Counts, met_over, sum};
use crate::measure;
use std::collections::BTreeMap;

/// Counts of each clause, period by period.
type Periods = BTreeMap<String, BTreeMap<String, Counts>>;

pub(super) fn expect(play: &Play, step: &Step, wrong: &mut Vec<String>) {
    if step.clauses.is_empty() {
        return;
    }
    let counted = counted(play);
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
