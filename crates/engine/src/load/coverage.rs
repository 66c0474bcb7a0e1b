//! Which requirement is served by what in the manual, and which of its demands are proven by what.

use super::Manual;
use crate::def::{Demand, Interface, Requirement};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A test or an example, and a demand it is said to prove: one line of `docs/proofs.json`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// `COMPLAINT-3/a`.
    pub demand: String,
    /// File and name of the test or example.
    pub proof: String,
    /// What it enters by.
    pub interface: Means,
    /// Whether it passed when it last ran.
    pub passed: bool,
}

/// What a proof enters by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Means {
    /// The pages, in a real browser.
    Browser,
    /// The running program from outside: HTTP, mail, command line and what comes out there.
    Program,
    /// A rule called directly.
    Unit,
    /// An example of the manual.
    Example,
}

impl Means {
    /// Whether what enters by this can prove a demand on that interface.
    pub fn fits(self, on: Interface) -> bool {
        match on {
            Interface::Desk | Interface::Field | Interface::Owner | Interface::Guest => {
                self == Means::Browser
            }
            Interface::Paper => matches!(self, Means::Browser | Means::Program),
            Interface::Mail | Interface::Api | Interface::Command => self == Means::Program,
            Interface::Engine => true,
        }
    }
}

/// Every requirement with its demands, and how many are proven.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Coverage {
    /// Requirements, in the order of ids.
    pub rows: Vec<CoverageRow>,
    /// All of them.
    #[serde(flatten)]
    pub total: Totals,
    /// Those of the manuals.
    pub manuals: Totals,
    /// Those of good practice.
    pub practice: Totals,
}

/// How many requirements and demands there are, and how many are proven.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// Requirements.
    pub rows_total: usize,
    /// Requirements of which every demand is proven.
    pub rows_proven: usize,
    /// Demands.
    pub demands_total: usize,
    /// Demands that are proven.
    pub demands_proven: usize,
}

/// A requirement.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CoverageRow {
    /// Id, `COMPLAINT-3`.
    pub id: String,
    /// What is asked for, in a line.
    pub title: String,
    /// Its demands.
    pub demands: Vec<DemandCoverage>,
}

/// A demand, with what serves and what proves it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DemandCoverage {
    /// Id, `COMPLAINT-3/a`.
    pub id: String,
    /// The demand in words.
    pub text: String,
    /// What names its requirement as its source; empty: nothing does.
    pub served_by: Vec<Served>,
    /// Tests and examples that passed and enter where the demand must hold; empty: not proven.
    pub proven_by: Vec<String>,
}

/// Something in the manual or the program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Served {
    /// File.
    pub file: String,
    /// What people call it.
    pub title: String,
}

impl Coverage {
    /// The figure in a manager's words.
    pub fn sentence(&self) -> String {
        let Coverage {
            total,
            manuals,
            practice,
            ..
        } = self;
        format!(
            "{} 条要求中 {} 条已全部证明（制度 {} 条中 {} 条，行业实务 {} 条中 {} 条）；拆成的 {} 个要点中 {} 个已证明",
            total.rows_total,
            total.rows_proven,
            manuals.rows_total,
            manuals.rows_proven,
            practice.rows_total,
            practice.rows_proven,
            total.demands_total,
            total.demands_proven
        )
    }
}

/// Every row of `catalogue.toml` with its demands. `beside` is what the program serves by itself, by row.
pub fn coverage(manual: &Manual, beside: &[(String, Served)], proofs: &[Proof]) -> Coverage {
    let mut served = served(manual);
    for (id, one) in beside {
        served.entry(id.clone()).or_default().push(one.clone());
    }
    let mut proven: BTreeMap<&str, Vec<&Proof>> = BTreeMap::new();
    for proof in proofs.iter().filter(|p| p.passed) {
        proven.entry(&proof.demand).or_default().push(proof);
    }
    let mut rows: Vec<_> = manual.catalogue.iter().collect();
    rows.sort_by_key(|(id, _)| by_number(id));
    let (mut manuals, mut practice) = (Totals::default(), Totals::default());
    let rows = rows.into_iter().map(|(id, row)| {
        let served = served.remove(id).unwrap_or_default();
        let row_coverage = covered(id, row, &served, &proven);
        let totals = if row.practice { &mut practice } else { &mut manuals };
        totals.count(&row_coverage);
        row_coverage
    });
    let rows: Vec<CoverageRow> = rows.collect();
    let mut total = Totals::default();
    rows.iter().for_each(|row| total.count(row));
    Coverage {
        rows,
        total,
        manuals,
        practice,
    }
}

impl Totals {
    fn count(&mut self, row: &CoverageRow) {
        let proven = row.demands.iter().filter(|d| !d.proven_by.is_empty()).count();
        self.rows_total += 1;
        self.rows_proven += usize::from(proven > 0 && proven == row.demands.len());
        self.demands_total += row.demands.len();
        self.demands_proven += proven;
    }
}

fn covered(
    id: &str,
    row: &Requirement,
    served: &[Served],
    proven: &BTreeMap<&str, Vec<&Proof>>,
) -> CoverageRow {
    let one = |demand: &Demand| {
        let id = format!("{id}/{}", demand.id);
        let proofs = proven.get(id.as_str()).into_iter().flatten();
        let proofs = proofs.filter(|p| demand.waits_for.is_none() && p.interface.fits(demand.on));
        DemandCoverage {
            text: demand.text.clone(),
            served_by: served.to_vec(),
            proven_by: proofs.map(|p| p.proof.clone()).collect(),
            id,
        }
    };
    CoverageRow {
        id: id.to_owned(),
        title: row.title.clone(),
        demands: row.demands.iter().map(one).collect(),
    }
}

/// What names a row in its `source`, by row.
fn served(manual: &Manual) -> BTreeMap<String, Vec<Served>> {
    let mut served = Index(BTreeMap::new());
    for rules in manual.kinds.values() {
        let kind = &rules.kind;
        let file = format!("{}/kinds/{}.toml", kind.pack, kind.name);
        served.add(&kind.source, &file, &kind.title);
        let inside = |title: &str| format!("{} · {title}", kind.title);
        kind.actions
            .iter()
            .for_each(|a| served.add(&a.source, &file, &inside(&a.title)));
        kind.clocks
            .iter()
            .for_each(|c| served.add(&c.source, &file, &inside(&c.title)));
        kind.signoffs
            .iter()
            .for_each(|s| served.add(&s.source, &file, &inside(&s.title)));
        kind.plans
            .iter()
            .for_each(|p| served.add(&p.source, &file, &inside(&p.title)));
    }
    for clause in &manual.clauses {
        let file = format!("{}/clauses.toml", clause.pack);
        let title = format!("{} {}", clause.def.id, clause.def.title);
        served.add(&clause.def.source, &file, &title);
        served.add(std::slice::from_ref(&clause.def.id), &file, &title);
    }
    for recurrence in &manual.recurrences {
        let file = format!("{}/recurrences.toml", recurrence.pack);
        served.add(&recurrence.def.source, &file, &recurrence.def.title);
    }
    for report in &manual.reports {
        let file = format!("{}/reports.toml", report.pack);
        served.add(&report.def.source, &file, &report.def.title);
    }
    for post in &manual.posts {
        served.add(&post.source, "posts.toml", &post.title);
    }
    for (name, table) in manual.tables.iter() {
        served.add(&table.source, &format!("tables/{name}.toml"), &table.title);
    }
    for (file, source) in &manual.calendar_sources {
        let name = file.trim_start_matches("calendars/").trim_end_matches(".toml");
        served.add(source, file, manual.calendar(name).map_or(name, |c| c.title()));
    }
    served.add(&manual.phase_source, "phases.toml", "各阶段由谁服务");
    if let Some(rules) = &manual.classify {
        served.add(&rules.source, "classify.toml", "来信判断");
    }
    served.0
}

struct Index(BTreeMap<String, Vec<Served>>);

impl Index {
    fn add(&mut self, source: &[String], file: &str, title: &str) {
        for id in source {
            let all = self.0.entry(id.clone()).or_default();
            let one = Served {
                file: file.to_owned(),
                title: title.to_owned(),
            };
            if !all.contains(&one) {
                all.push(one);
            }
        }
    }
}

/// `REPAIR-9` before `REPAIR-10`.
fn by_number(id: &str) -> (String, u32) {
    let (pack, number) = id.split_once('-').unwrap_or((id, ""));
    (pack.to_owned(), number.parse().unwrap_or(0))
}
