//! Marks joined with reports: the list that is kept as `docs/proofs.json`.

use crate::marks::{Mark, Runner};
use crate::report::Ran;
use std::collections::{BTreeMap, BTreeSet};
use yizhan_engine::def::Demand;
use yizhan_engine::example;
use yizhan_engine::load::{Manual, Means, Proof};

/// What was found out.
#[derive(Debug, Default)]
pub struct Record {
    /// The list.
    pub proofs: Vec<Proof>,
    /// Marks that name what nothing asks for.
    pub unknown: Vec<String>,
    /// Marks that do not count, since they do not enter where the demand must hold.
    pub unfit: Vec<String>,
}

/// Joins marks with reports by runner, and stories with whether they could be done on the pages (`staged`, by the name
/// of the proof). What a runner that did not run says of its tests is taken from the kept list.
pub fn record(
    manual: &Manual,
    marks: &[Mark],
    reports: &BTreeMap<Runner, Vec<Ran>>,
    staged: Option<&BTreeMap<String, bool>>,
    kept: &[Proof],
) -> Record {
    let mut record = Record::default();
    for mark in marks {
        for demand in &mark.demands {
            let proof = |passed| Proof {
                demand: demand.clone(),
                proof: mark.name(),
                interface: mark.means,
                passed,
            };
            let passed = match reports.get(&mark.runner()) {
                Some(all) => held(mark, all),
                None => kept.contains(&proof(true)),
            };
            record.add(manual, proof(passed));
        }
    }
    for proof in examples(manual) {
        let proof = match demand(manual, &proof.demand) {
            Some(demand) if demand.on.is_page() => on_the_page(proof, staged, kept),
            _ => proof,
        };
        record.add(manual, proof);
    }
    record.proofs.sort();
    record.proofs.dedup();
    record
}

impl Record {
    /// What was done on a page and is not counted there yet goes on not being counted: which stories a comparing run
    /// draws is chance, and what chance adds does not make the list out of date.
    pub fn without_gains_on_pages(&mut self, kept: &[Proof]) {
        let on_pages =
            |proof: &&mut Proof| proof.interface == Means::Browser && proof.proof.starts_with("manual/");
        for proof in self.proofs.iter_mut().filter(on_pages) {
            proof.passed &= kept.contains(proof);
        }
    }

    fn add(&mut self, manual: &Manual, proof: Proof) {
        let said = format!("{}: {}", proof.proof, proof.demand);
        match demand(manual, &proof.demand) {
            None => self.unknown.push(said),
            Some(demand) => {
                if !proof.interface.fits(demand.on) {
                    self.unfit.push(said);
                }
                self.proofs.push(proof);
            }
        }
    }
}

/// It ran, wherever it runs, and held everywhere.
fn held(mark: &Mark, all: &[Ran]) -> bool {
    let mut ran = all.iter().filter(|ran| mark.is(ran)).peekable();
    ran.peek().is_some() && ran.all(|ran| ran.passed)
}

fn demand<'m>(manual: &'m Manual, id: &str) -> Option<&'m Demand> {
    let (row, letter) = id.split_once('/')?;
    manual.catalogue.get(row)?.demands.iter().find(|d| d.id == letter)
}

/// The proof of a story for a demand on a page: it was done there. One that was not tried this time stands as it stood:
/// CI does a part of them in each run.
fn on_the_page(proof: Proof, staged: Option<&BTreeMap<String, bool>>, kept: &[Proof]) -> Proof {
    let mut there = Proof {
        interface: Means::Browser,
        ..proof
    };
    let tried = staged.and_then(|all| all.get(&there.proof).copied());
    let held = tried.unwrap_or_else(|| {
        kept.contains(&Proof {
            passed: true,
            ..there.clone()
        })
    });
    there.passed &= held;
    there
}

/// The examples of the manual need no runner's report: they are run here.
fn examples(manual: &Manual) -> Vec<Proof> {
    let report = example::run(manual);
    let held: BTreeSet<(&str, &str)> = report
        .proved
        .iter()
        .map(|(file, title, _)| (file.as_str(), title.as_str()))
        .collect();
    let mut all = Vec::new();
    for source in manual.examples.iter() {
        for story in source.file.examples.iter().map(|story| story.get_ref()) {
            let passed = held.contains(&(source.path.as_str(), story.title.as_str()));
            all.extend(story.proves.iter().map(|demand| Proof {
                demand: demand.clone(),
                proof: format!("manual/{} · {}", source.path, story.title),
                interface: Means::Example,
                passed,
            }));
        }
    }
    all
}

/// One proof a line, so that a change shows what changed.
///
/// # Errors
/// When a proof is no JSON; that cannot be.
pub fn text(proofs: &[Proof]) -> serde_json::Result<String> {
    let lines: Result<Vec<String>, _> = proofs.iter().map(serde_json::to_string).collect();
    let lines = lines?;
    Ok(if lines.is_empty() {
        "[]\n".to_owned()
    } else {
        format!("[\n{}\n]\n", lines.join(",\n"))
    })
}
