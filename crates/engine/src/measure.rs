//! What a clause says of a case, a run of a clock or a contact, decided in memory.

use crate::case::{Case, Data, Run, RunEnd};
use crate::def::{Each, MeasureOf, Relation};
use crate::env::MeasureEnv;
use crate::expr::Value;
use crate::load::{Anchor, ClauseOf, ClauseRules, Manual};
use crate::world::Child;
use std::collections::BTreeMap;

/// Stands for the company where sites, homes or staff are named by id.
pub const COMPANY: &str = "-";

/// Key of a fact: clause, and what it is about.
pub type Key = (String, String);

/// How a subject stands to a clause. Whatever belongs to a clause's base is one of the first four.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Compliance {
    /// The rule was kept.
    Kept,
    /// It was broken.
    Broken,
    /// It is not decided yet.
    Open,
    /// It is neither, by a name that is shown.
    Excused,
    /// A case that is only counted, for the site, home or person it is of.
    Counted,
}

impl Compliance {
    /// All of them.
    pub const ALL: [Compliance; 5] = [
        Compliance::Kept,
        Compliance::Broken,
        Compliance::Open,
        Compliance::Excused,
        Compliance::Counted,
    ];

    /// Its name where it is stored.
    pub fn name(self) -> &'static str {
        match self {
            Compliance::Kept => "kept",
            Compliance::Broken => "broken",
            Compliance::Open => "open",
            Compliance::Excused => "excused",
            Compliance::Counted => "counted",
        }
    }

    /// The one of that name.
    pub fn named(name: &str) -> Option<Compliance> {
        Compliance::ALL.into_iter().find(|one| one.name() == name)
    }
}

/// What a clause says of one subject.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    /// Instant by whose local period it is counted.
    pub at: i64,
    /// Kept, broken, open, excused.
    pub is: Compliance,
    /// Name of the excuse.
    pub reason: Option<String>,
    /// When what is open is broken by itself.
    pub due_at: Option<i64>,
    /// What an average is taken of.
    pub value: Option<f64>,
    /// Site, home or person that a case is counted for.
    pub anchor: Option<String>,
}

/// Whether some clause looks at the children of that kind of case.
pub fn looks_at_children(manual: &Manual, kind: &str) -> bool {
    let rules = manual.clauses.iter().filter_map(|c| c.of(Some(kind)));
    let mut exprs = rules.flat_map(ClauseOf::expressions);
    exprs.any(|expr| expr.collections().iter().any(|(name, _)| name == "children"))
}

/// Everything the clauses in force say of a case and of its runs at an instant.
pub fn of_case(manual: &Manual, case: &Case, children: &[Child], now: i64) -> BTreeMap<Key, Said> {
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
                for run in case.runs.iter().filter(|r| clock.contains(&r.clock)) {
                    let subject = format!("{}/{}", case.id, run.run);
                    let said = of.judge(&env(Some(run)), (run.started_at.0, now));
                    keep(
                        &mut all,
                        clause,
                        subject,
                        said.map(|said| lapsed(manual, case, run, said)),
                    );
                }
            }
            MeasureOf::Cases(_) => {
                let said = of.judge(&env(None), (case.opened_at.0, now));
                keep(&mut all, clause, case.id.clone(), said);
            }
            MeasureOf::Each { anchor, .. } => {
                let said = of.judge(&env(None), (case.opened_at.0, now));
                let counted = said.and_then(|said| counted(*anchor, case, said));
                keep(&mut all, clause, case.id.clone(), counted);
            }
            MeasureOf::Contacts => {}
        }
    }
    all
}

/// Everything the clauses in force say of a contact, given its values by name.
pub fn of_contact(manual: &Manual, id: &str, values: &Data, now: i64) -> BTreeMap<Key, Said> {
    let mut all = BTreeMap::new();
    let env = MeasureEnv {
        case: None,
        children: &[],
        run: None,
        contact: Some(values),
    };
    let begun = values.get("happened_at").and_then(serde_json::Value::as_i64);
    for clause in &manual.clauses {
        if let Some(of) = clause.of(None) {
            let said = of.judge(&env, (begun.unwrap_or(now), now));
            keep(&mut all, clause, id.to_owned(), said);
        }
    }
    all
}

/// What a clause over sites, homes or staff says of one of them, for the period that `at` lies in.
pub fn of_anchor(
    clause: &ClauseRules,
    anchor: &Anchor,
    count: i64,
    (at, now): (i64, i64),
    offset: i32,
) -> Option<Said> {
    let rules = clause.anchors.as_ref()?;
    if rules
        .among
        .as_ref()
        .is_some_and(|among| !anchor.test(among, now, offset))
    {
        return None;
    }
    let mut counting = anchor.clone();
    counting.facts.insert("count".to_owned(), count.into());
    let end = clause.def.per.end_at(at, offset);
    let is = match counting.test(&rules.met, now, offset) {
        true => Compliance::Kept,
        false if now < end => Compliance::Open,
        false => Compliance::Broken,
    };
    Some(Said {
        at,
        is,
        reason: None,
        due_at: (is == Compliance::Open).then_some(end),
        value: Some(count as f64),
        anchor: Some(anchor.id.clone()),
    })
}

/// A limit that was called off before it was due was neither kept nor broken: it is excused, and by what is said.
fn lapsed(manual: &Manual, case: &Case, run: &Run, said: Said) -> Said {
    let called_off = matches!(run.ended, Some((_, RunEnd::Lapsed))) && run.breached_at.is_none();
    if !called_off || said.is == Compliance::Excused {
        return said;
    }
    let stage = manual.kind(&case.kind).and_then(|rules| rules.stage(&case.stage));
    let stage = stage.filter(|_| case.closed()).map(|stage| stage.title.as_str());
    Said {
        is: Compliance::Excused,
        reason: Some(stage.map_or_else(
            || "期限没有走完就停止了".to_owned(),
            |title| format!("{title}，期限停止"),
        )),
        due_at: None,
        ..said
    }
}

fn counted(anchor: Each, case: &Case, said: Said) -> Option<Said> {
    let of = match anchor {
        Each::Company => Some(COMPANY),
        Each::Site => Some(case.site.as_str()),
        Each::Home => case.home.as_deref(),
        Each::Staff => [Relation::Assignee, Relation::Responsible]
            .into_iter()
            .find_map(|relation| case.in_relation(relation).next()),
    };
    // What has no instant yet lies in no period.
    let of = of.filter(|_| said.is != Compliance::Open)?;
    Some(Said {
        is: Compliance::Counted,
        anchor: Some(of.to_owned()),
        ..said
    })
}

fn keep(all: &mut BTreeMap<Key, Said>, clause: &ClauseRules, subject: String, said: Option<Said>) {
    all.extend(said.map(|said| ((clause.def.id.clone(), subject), said)));
}

impl ClauseOf {
    fn expressions(&self) -> impl Iterator<Item = &crate::expr::Expr> {
        let optional = [&self.filter, &self.open, &self.met, &self.due, &self.value];
        let excused = self.excused.iter().map(|(_, when)| when);
        optional
            .into_iter()
            .flatten()
            .chain(excused)
            .chain([&self.month_of])
    }

    /// None: it does not belong to the base. What has no instant by which it is counted stands by the one at which it
    /// began, and is open.
    fn judge(&self, env: &MeasureEnv<'_>, (begun, now): (i64, i64)) -> Option<Said> {
        if self.filter.as_ref().is_some_and(|filter| !filter.test(env)) {
            return None;
        }
        let instant = |expr: &crate::expr::Expr| match expr.eval(env) {
            Value::Num(at) => Some(at as i64),
            _ => None,
        };
        let at = instant(&self.month_of);
        let excuse = self.excused.iter().find(|(_, when)| when.test(env));
        let due = self.due.as_ref().and_then(instant).filter(|due| *due > now);
        let running = env
            .run
            .is_some_and(|run| run.ended.is_none() && run.breached_at.is_none());
        let breached = env.run.is_some_and(|run| run.breached_at.is_some());
        let waits = at.is_none() || running || self.open.as_ref().is_some_and(|open| open.test(env));
        let met = self.met.as_ref().is_none_or(|met| met.test(env));
        let is = match () {
            () if waits => Compliance::Open,
            // A limit that was passed stays passed, whatever becomes of the case.
            () if excuse.is_some() && !breached => Compliance::Excused,
            () if met => Compliance::Kept,
            () if due.is_some() => Compliance::Open,
            () => Compliance::Broken,
        };
        let number = |expr: &crate::expr::Expr| match expr.eval(env) {
            Value::Num(number) => Some(number),
            _ => None,
        };
        Some(Said {
            at: at.unwrap_or(begun),
            is,
            reason: excuse
                .filter(|_| is == Compliance::Excused)
                .map(|(name, _)| name.clone()),
            due_at: due.filter(|_| is == Compliance::Open && !waits),
            value: self.value.as_ref().and_then(number),
            anchor: None,
        })
    }
}
