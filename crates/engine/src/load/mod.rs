//! Reads the manual 制度 and verifies it as a whole: what loads can run.
//!
//! The words of each file are read first ([`source`]), then everything is held against everything else
//! ([`check`]). All problems are told at once, each with its place and what to do about it.

mod before;
mod check;
mod clause;
mod coverage;
mod describe;
mod editor;
mod flow;
mod format;
mod layout;
mod lower;
mod names;
mod place;
mod problem;
mod recurrence;
mod reference;
mod report;
mod rhythm_words;
mod role;
mod rules;
mod source;
mod watch;
mod wording;

pub use clause::{AnchorClause, ClauseOf, ClauseRules, Comparison, Threshold};
pub use coverage::{Coverage, CoverageRow, DemandCoverage, Means, Proof, Served, Totals, coverage};
pub use describe::{limit_title, span_title, step_title, who_title, whos_title};
pub use editor::json_schemas;
pub use flow::{Edge, Flow, Node, flow};
pub use layout::{ExampleSource, is_proof};
pub use lower::Head;
pub use problem::{Problem, Severity};
pub use recurrence::{Anchor, RecurrenceRules};
pub use reference::reference;
pub use report::{Base, MeasureRules, PartRules, ReportRules};
pub use rhythm_words::every_title;
pub use role::{ClauseFile, JudgementFile};
pub use rules::Rules;
pub use watch::{Answers, watch};

use crate::calendar::{Calendar, Calendars};
use crate::def::{AddressDef, Judgement, Kind, Pack, Phase, Phases, Post, Requirement, RuleFile, Table};
use crate::example::accepted::Accepted;
use crate::expr::Expr;
use crate::schema::Library;
use crate::time::DEFAULT_OFFSET_MINUTES;
use layout::{Draft, Filed};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// A verified manual, named by the hash of its files. Never changed after it is loaded; share it behind an `Arc`.
#[derive(Debug, Clone)]
pub struct Manual {
    /// Path → text, as loaded: only `.toml` files.
    pub files: BTreeMap<String, String>,
    /// SHA-256 of paths and texts, hex.
    pub hash: String,
    /// Packs by folder name.
    pub packs: BTreeMap<String, Pack>,
    /// Kinds by name.
    pub kinds: BTreeMap<String, Arc<Rules>>,
    /// Posts, in the order of the file.
    pub posts: Vec<Post>,
    /// Judgements of contacts, in the order they are offered.
    pub judgements: Vec<Judgement>,
    /// Phases in the life of a home, in order of time; empty: the manual knows none.
    pub phases: Vec<Phase>,
    /// Rules for text that comes in without a clerk.
    pub classify: Option<RuleFile>,
    /// Tables by name.
    pub tables: Arc<BTreeMap<String, Table>>,
    /// Clauses, pack by pack.
    pub clauses: Vec<Arc<ClauseRules>>,
    /// Recurrences that hang on no case, pack by pack.
    pub recurrences: Vec<Arc<RecurrenceRules>>,
    /// Reports, pack by pack.
    pub reports: Vec<Arc<ReportRules>>,
    /// Requirements by id; empty when the manual carries no catalogue.
    pub catalogue: BTreeMap<String, Requirement>,
    /// Stories that prove the manual; they are no part of its hash and are not published.
    pub examples: Arc<Vec<ExampleSource>>,
    /// Changes of the manual that no story need notice.
    pub accepted: Arc<Vec<Accepted>>,
    /// Calendars, in the company's zone.
    pub calendars: Calendars,
    /// What is doubtful but does not hinder.
    pub warnings: Vec<Problem>,
    /// Catalogue rows that the phases name.
    phase_source: Vec<String>,
    /// Calendar file → catalogue rows it names.
    calendar_sources: BTreeMap<String, Vec<String>>,
    offset_minutes: i32,
}

impl Manual {
    /// Reads and verifies a manual given as path → text; paths use `/` and begin inside the folder
    /// (`complaint/kinds/complaint.toml`). Files that do not end in `.toml` are left out.
    ///
    /// # Errors
    /// Every problem that was found, warnings included, in order of file and line.
    pub fn from_files(mut files: BTreeMap<String, String>) -> Result<Manual, Vec<Problem>> {
        files.retain(|path, _| path.ends_with(".toml"));
        let stories: BTreeMap<String, String> =
            files.extract_if(.., |path, _| layout::is_proof(path)).collect();
        let mut problems = Vec::new();
        let examples = layout::read_examples(&stories, &mut problems);
        let accepted = layout::read_accepted(&stories, &mut problems);
        let draft = Draft::read(&files, &mut problems);
        let (compiled, clauses, recurrences, reports) = verified(&draft, &mut problems);
        if problems.iter().any(|p| p.severity == Severity::Error) {
            return Err(problems);
        }
        let mut manual = assemble(draft, compiled, clauses, problems);
        manual.recurrences = recurrences.into_iter().map(Arc::new).collect();
        let found = examples
            .iter()
            .flat_map(|(file, source)| check::check_examples(&manual, file, source));
        let mut found: Vec<Problem> = found.collect();
        found.append(&mut manual.warnings);
        found.sort();
        if found.iter().any(|p| p.severity == Severity::Error) {
            return Err(found);
        }
        manual.warnings = found;
        Ok(Manual {
            hash: hash(&files),
            accepted: Arc::new(accepted),
            examples: Arc::new(examples.into_iter().map(|(file, _)| file).collect()),
            files,
            reports: reports.into_iter().map(Arc::new).collect(),
            ..manual
        })
    }

    /// Reads a manual that was published once and that cases are pinned to. It passed the checks of its day; what
    /// later checks find in it is told in [`Manual::warnings`] and does not hinder the work.
    ///
    /// # Errors
    /// What cannot be read at all.
    pub fn pinned(mut files: BTreeMap<String, String>) -> Result<Manual, Vec<Problem>> {
        files.retain(|path, _| path.ends_with(".toml") && !layout::is_proof(path));
        let mut problems = Vec::new();
        let draft = Draft::read(&files, &mut problems);
        if problems.iter().any(|p| p.severity == Severity::Error) {
            return Err(problems);
        }
        let (compiled, clauses, recurrences, reports) = verified(&draft, &mut problems);
        for problem in &mut problems {
            problem.severity = Severity::Warning;
        }
        let manual = assemble(draft, compiled, clauses, problems);
        Ok(Manual {
            hash: hash(&files),
            recurrences: recurrences.into_iter().map(Arc::new).collect(),
            reports: reports.into_iter().map(Arc::new).collect(),
            files,
            ..manual
        })
    }

    /// The same manual for a company in another zone, in minutes east of UTC.
    #[must_use]
    pub fn with_offset(mut self, offset_minutes: i32) -> Manual {
        self.calendars = self.calendars.with_offset(offset_minutes);
        self.offset_minutes = offset_minutes;
        self
    }

    /// The same with the rules of one kind replaced, for trying what would be otherwise; without its files.
    #[must_use]
    pub fn with_rules(&self, rules: Rules) -> Manual {
        let mut changed = Manual {
            files: BTreeMap::new(),
            kinds: self.kinds.clone(),
            packs: self.packs.clone(),
            posts: self.posts.clone(),
            judgements: self.judgements.clone(),
            phases: self.phases.clone(),
            classify: self.classify.clone(),
            clauses: self.clauses.clone(),
            recurrences: self.recurrences.clone(),
            reports: self.reports.clone(),
            examples: self.examples.clone(),
            accepted: self.accepted.clone(),
            hash: self.hash.clone(),
            tables: self.tables.clone(),
            catalogue: BTreeMap::new(),
            calendars: self.calendars.clone(),
            warnings: Vec::new(),
            phase_source: Vec::new(),
            calendar_sources: BTreeMap::new(),
            offset_minutes: self.offset_minutes,
        };
        changed.kinds.insert(rules.kind.name.clone(), Arc::new(rules));
        changed
    }

    /// The company's zone, in minutes east of UTC.
    pub fn offset(&self) -> i32 {
        self.offset_minutes
    }

    /// A kind by name.
    pub fn kind(&self, name: &str) -> Option<&Rules> {
        self.kinds.get(name).map(Arc::as_ref)
    }

    /// A table by name.
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.get(name)
    }

    /// A calendar by name.
    pub fn calendar(&self, name: &str) -> Option<&Calendar> {
        self.calendars.get(name)
    }

    /// A post by name.
    pub fn post(&self, name: &str) -> Option<&Post> {
        self.posts.iter().find(|p| p.name == name)
    }

    /// A judgement by name.
    pub fn judgement(&self, name: &str) -> Option<&Judgement> {
        self.judgements.iter().find(|j| j.name == name)
    }

    /// A report by name.
    pub fn report(&self, name: &str) -> Option<&Arc<ReportRules>> {
        self.reports.iter().find(|report| report.def.name == name)
    }

    /// A clause by id.
    pub fn clause(&self, id: &str) -> Option<&Arc<ClauseRules>> {
        self.clauses.iter().find(|c| c.def.id == id)
    }
}

impl Library for Manual {
    fn kind_def(&self, name: &str) -> Option<&Kind> {
        self.kind(name).map(|rules| &rules.kind)
    }

    fn table_def(&self, name: &str) -> Option<&Table> {
        self.table(name)
    }

    fn parents_of(&self, kind: &str) -> Vec<&Kind> {
        let kinds = self.kinds.values().map(|rules| &rules.kind);
        kinds
            .filter(|k| k.children.iter().any(|c| c.kind == kind))
            .collect()
    }

    fn calendar_names(&self) -> Vec<String> {
        self.calendars.iter().map(|c| c.name().to_owned()).collect()
    }

    fn phase_names(&self) -> Vec<String> {
        self.phases.iter().map(|p| p.name.clone()).collect()
    }
}

impl Library for Draft<'_> {
    fn kind_def(&self, name: &str) -> Option<&Kind> {
        self.kinds
            .get(name)
            .map(|kind| &kind.def)
            .or_else(|| self.mended.get(name))
    }

    fn table_def(&self, name: &str) -> Option<&Table> {
        self.tables.get(name).map(|table| &table.def)
    }

    fn parents_of(&self, kind: &str) -> Vec<&Kind> {
        let kinds = self
            .kinds
            .values()
            .map(|filed| &filed.def)
            .chain(self.mended.values());
        kinds
            .filter(|k| k.children.iter().any(|c| c.kind == kind))
            .collect()
    }

    fn calendar_names(&self) -> Vec<String> {
        self.calendars.iter().map(|c| c.name().to_owned()).collect()
    }

    fn phase_names(&self) -> Vec<String> {
        let phases = self.phases.iter().flat_map(|filed| &filed.def.phases);
        phases.map(|p| p.name.clone()).collect()
    }
}

/// What was verified: the compiled expressions of each kind, the clauses, the recurrences, the reports.
type Verified = (
    HashMap<String, HashMap<String, Expr>>,
    Vec<ClauseRules>,
    Vec<RecurrenceRules>,
    Vec<ReportRules>,
);

/// Holds everything against everything else.
fn verified(draft: &Draft, problems: &mut Vec<Problem>) -> Verified {
    check::check_common(draft, problems);
    let mut compiled = HashMap::new();
    for (name, filed) in &draft.kinds {
        let (exprs, found) = check::KindCheck::run(draft, filed.path, &filed.def);
        problems.extend(found);
        compiled.insert(name.clone(), exprs);
    }
    let clauses = check::check_clauses(draft, problems);
    let recurrences = check::check_recurrences(draft, problems);
    let reports = check::check_reports(draft, problems);
    problems.sort();
    problems.dedup();
    (compiled, clauses, recurrences, reports)
}

/// By kind: the registers whose cases are found by what a field holds, by field.
fn registers(draft: &Draft) -> BTreeMap<String, BTreeMap<String, String>> {
    let kinds = || draft.kinds.values().map(|filed| &filed.def);
    let keys = kinds().filter(|kind| !kind.picker.is_empty());
    let keys: BTreeMap<&str, &str> = keys
        .filter_map(|kind| Some((kind.name.as_str(), kind.key()?.name.as_str())))
        .collect();
    let found = |address: &&AddressDef| keys.get(address.kind.as_str()) == Some(&address.holder.as_str());
    let of = |kind: &Kind| {
        let addresses = kind.addresses.iter().filter(found);
        let addresses = addresses.map(|address| (address.on.clone(), address.kind.clone()));
        addresses.collect()
    };
    kinds().map(|kind| (kind.name.clone(), of(kind))).collect()
}

fn assemble(
    draft: Draft,
    mut compiled: HashMap<String, HashMap<String, Expr>>,
    clauses: Vec<ClauseRules>,
    warnings: Vec<Problem>,
) -> Manual {
    let mut registers = registers(&draft);
    let tables: Arc<BTreeMap<String, Table>> = Arc::new(defs(draft.tables).collect());
    let kinds = defs(draft.kinds).map(|(name, kind)| {
        let exprs = compiled.remove(&name).unwrap_or_default();
        let registers = registers.remove(&name).unwrap_or_default();
        (
            name,
            Arc::new(Rules {
                reads_parent: !kind.amends.is_empty() || exprs.values().any(reads_parent),
                kind,
                registers,
                exprs,
                tables: Arc::clone(&tables),
            }),
        )
    });
    let phases = draft.phases.map_or_else(Phases::default, |f| f.def);
    Manual {
        files: BTreeMap::new(),
        hash: String::new(),
        packs: defs(draft.packs).collect(),
        kinds: kinds.collect(),
        posts: draft.posts.map(|f| f.def).unwrap_or_default(),
        judgements: draft.judgements.map(|f| f.def).unwrap_or_default(),
        phase_source: phases.source,
        phases: phases.phases,
        classify: draft.classify.map(|f| f.def),
        tables,
        recurrences: Vec::new(),
        reports: Vec::new(),
        clauses: clauses.into_iter().map(Arc::new).collect(),
        catalogue: draft.catalogue.map(|f| f.def).unwrap_or_default(),
        examples: Arc::default(),
        accepted: Arc::default(),
        calendars: draft.calendars,
        calendar_sources: draft
            .calendar_sources
            .into_iter()
            .map(|f| (f.path.to_owned(), f.def))
            .collect(),
        warnings,
        offset_minutes: DEFAULT_OFFSET_MINUTES,
    }
}

fn reads_parent(expr: &Expr) -> bool {
    expr.names().iter().any(|name| name.starts_with("parent."))
}

fn defs<D>(filed: BTreeMap<String, Filed<'_, D>>) -> impl Iterator<Item = (String, D)> {
    filed.into_iter().map(|(name, filed)| (name, filed.def))
}

/// Lengths stand before the texts, so that no two folders give the same bytes.
fn hash(files: &BTreeMap<String, String>) -> String {
    let mut sha = Sha256::new();
    for (path, text) in files {
        for part in [path, text] {
            sha.update((part.len() as u64).to_be_bytes());
            sha.update(part);
        }
    }
    sha.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
