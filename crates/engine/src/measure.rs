//! What a clause counts of a case or a contact, decided in memory.

use crate::case::{Case, Data, Run, RunEnd};
use crate::def::MeasureOf;
use crate::env::MeasureEnv;
use crate::expr::Value;
use crate::load::{ClauseOf, ClauseRules, Manual};
use crate::time::Time;
use crate::world::Child;
use std::collections::BTreeMap;

/// Key of a fact: clause, and what it is about.
pub type Key = (String, String);

/// What a clause says of one subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said {
    /// Instant by whose local month it is counted.
    pub at: i64,
    /// The rule was kept.
    pub met: bool,
}

/// Whether some clause looks at the children of that kind of case.
pub fn looks_at_children(manual: &Manual, kind: &str) -> bool {
    let rules = manual.clauses.iter().filter_map(|c| c.of(Some(kind)));
    let mut exprs = rules.flat_map(|of| of.filter.iter().chain([&of.met, &of.month_of]));
    exprs.any(|expr| expr.collections().iter().any(|(name, _)| name == "children"))
}

/// Everything the clauses in force count of a case and of its runs.
pub fn of_case(manual: &Manual, case: &Case, children: &[Child]) -> BTreeMap<Key, Said> {
    let mut all = BTreeMap::new();
    let env = |run| MeasureEnv {
        case: Some(case),
        children,
        run,
        contact: None,
    };
    for clause in &manual.clauses {
        let Some(of) = clause.of(Some(&case.kind)) else {
            continue;
        };
        match &clause.def.of {
            MeasureOf::Runs { clock, .. } => {
                for run in case.runs.iter().filter(|r| r.clock == *clock && counts(r)) {
                    let subject = format!("{}/{}", case.id, run.run);
                    keep(&mut all, clause, subject, judge(of, &env(Some(run))));
                }
            }
            MeasureOf::Cases(_) => keep(&mut all, clause, case.id.clone(), judge(of, &env(None))),
            MeasureOf::Contacts => {}
        }
    }
    all
}

/// The clauses that look at a case, once for each thing they may count of it: the case, or a run.
pub fn subjects(manual: &Manual, case: &Case) -> Vec<String> {
    let mut all = Vec::new();
    for clause in manual.clauses.iter().filter(|c| c.of(Some(&case.kind)).is_some()) {
        let times = match &clause.def.of {
            MeasureOf::Runs { clock, .. } => case
                .runs
                .iter()
                .filter(|r| r.clock == *clock && counts(r))
                .count(),
            MeasureOf::Cases(_) => 1,
            MeasureOf::Contacts => 0,
        };
        all.extend(std::iter::repeat_n(clause.def.id.clone(), times));
    }
    all
}

/// Everything the clauses in force count of a contact, given its values by name.
pub fn of_contact(manual: &Manual, id: &str, values: &Data) -> BTreeMap<Key, Said> {
    let mut all = BTreeMap::new();
    let env = MeasureEnv {
        case: None,
        children: &[],
        run: None,
        contact: Some(values),
    };
    for clause in &manual.clauses {
        if let Some(of) = clause.of(None) {
            keep(&mut all, clause, id.to_owned(), judge(of, &env));
        }
    }
    all
}

/// What lapsed before it was due was neither kept nor broken.
fn counts(run: &Run) -> bool {
    run.breached_at.is_some() || !matches!(run.ended, Some((_, RunEnd::Lapsed)))
}

fn keep(all: &mut BTreeMap<Key, Said>, clause: &ClauseRules, subject: String, said: Option<Said>) {
    all.extend(said.map(|said| ((clause.def.id.clone(), subject), said)));
}

/// Without an instant it cannot be counted in any month: it does not count yet.
fn judge(of: &ClauseOf, env: &MeasureEnv<'_>) -> Option<Said> {
    if of.filter.as_ref().is_some_and(|filter| !filter.test(env)) {
        return None;
    }
    let Value::Num(at) = of.month_of.eval(env) else {
        return None;
    };
    Some(Said {
        at: at as i64,
        met: of.met.test(env),
    })
}

/// The local month of an instant, `2026-11`.
pub fn month(at: i64, offset_minutes: i32) -> String {
    Time(at).local(offset_minutes).format("%Y-%m").to_string()
}
