//! Which file of the folder says what, and the reading of all of them.

use super::format::format;
use super::lower::Format;
use super::problem::{Problem, Severity, one_quoting};
use super::role::{ClauseFile, JudgementFile, Role};
use super::source::{Read, Source};
use crate::calendar::Calendars;
use crate::def::{
    AddressDef, CatalogueFile, Clause, Field, Judgement, Kind, Pack, Phases, Post, Posts, RecurrenceDef,
    RecurrenceFile, ReportDef, ReportFile, Requirement, RuleFile, Table,
};
use crate::example::accepted::{Accepted, AcceptedFile};
use crate::example::story::ExampleFile;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet};

/// The catalogue rows a calendar file names; [`Calendars`] keeps no account of them.
#[derive(Deserialize)]
struct Sourced {
    #[serde(default)]
    source: Vec<String>,
}

/// A definition and the file it stands in.
pub(super) struct Filed<'t, D> {
    pub(super) path: &'t str,
    pub(super) def: D,
}

/// Everything that was read, before it is verified. What could not be read is known by its name only.
#[derive(Default)]
pub(super) struct Draft<'t> {
    pub(super) sources: BTreeMap<&'t str, Source<'t>>,
    pub(super) posts: Option<Filed<'t, Vec<Post>>>,
    pub(super) judgements: Option<Filed<'t, Vec<Judgement>>>,
    pub(super) phases: Option<Filed<'t, Phases>>,
    pub(super) classify: Option<Filed<'t, RuleFile>>,
    pub(super) catalogue: Option<Filed<'t, BTreeMap<String, Requirement>>>,
    pub(super) tables: BTreeMap<String, Filed<'t, Table>>,
    pub(super) packs: BTreeMap<String, Filed<'t, Pack>>,
    pub(super) kinds: BTreeMap<String, Filed<'t, Kind>>,
    pub(super) clauses: BTreeMap<String, Filed<'t, Vec<Clause>>>,
    pub(super) recurrences: BTreeMap<String, Filed<'t, Vec<RecurrenceDef>>>,
    pub(super) reports: BTreeMap<String, Filed<'t, Vec<ReportDef>>>,
    pub(super) calendars: Calendars,
    /// Catalogue rows that calendar files name.
    pub(super) calendar_sources: Vec<Filed<'t, Vec<String>>>,
    /// Names of tables, calendars and kinds that have a file, readable or not.
    pub(super) table_names: BTreeSet<String>,
    pub(super) calendar_names: BTreeSet<String>,
    pub(super) kind_names: BTreeSet<String>,
    /// Kinds that were understood in part: others look at them, they themselves are not verified further.
    pub(super) mended: BTreeMap<String, Kind>,
    /// Format of the folder; none: format 1.
    pub(super) format: Option<Format<'t>>,
}

impl<'t> Draft<'t> {
    /// Reads every file; paths that do not end in `.toml` are not here any more.
    pub(super) fn read(files: &'t BTreeMap<String, String>, problems: &mut Vec<Problem>) -> Draft<'t> {
        let mut draft = Draft::default();
        let (head, format) = format(files, problems);
        draft.sources.extend(head.map(|source| (source.path, source)));
        draft.format = format;
        for (path, text) in files {
            draft.take(path, text, problems);
        }
        draft.read_calendars(files, problems);
        draft.address_records();
        draft
    }

    /// Declares an address for each field that names a record: the case on record under what the field holds.
    fn address_records(&mut self) {
        let whole = self.kinds.values().map(|filed| &filed.def);
        let keys: BTreeMap<String, String> = whole
            .filter_map(|kind| Some((kind.name.clone(), kind.key()?.name.clone())))
            .collect();
        for kind in self.kinds.values_mut().map(|filed| &mut filed.def) {
            let addresses = kind.fields.iter().filter_map(|field| {
                let of = field.record.as_ref()?;
                Some(AddressDef {
                    name: field.name.clone(),
                    title: field.title.clone(),
                    kind: of.clone(),
                    holder: keys.get(of)?.clone(),
                    on: field.name.clone(),
                })
            });
            kind.addresses.extend(addresses);
        }
    }

    fn take(&mut self, path: &'t str, text: &'t str, problems: &mut Vec<Problem>) {
        let format = self.format.as_ref();
        let source = match Role::of(path) {
            Role::Posts => one(path, text, format, problems, &mut self.posts, |file: Posts| {
                file.posts
            }),
            Role::Judgements => one(
                path,
                text,
                format,
                problems,
                &mut self.judgements,
                |file: JudgementFile| file.judgements,
            ),
            Role::Phases => one(path, text, format, problems, &mut self.phases, |file| file),
            Role::Classify => one(path, text, format, problems, &mut self.classify, |file| file),
            Role::Catalogue => one(
                path,
                text,
                format,
                problems,
                &mut self.catalogue,
                |file: CatalogueFile| file.row,
            ),
            Role::Table(name) => {
                self.table_names.insert(name.clone());
                named(path, text, format, problems, &mut self.tables, name, |file| file)
            }
            Role::Pack(name) => named(path, text, format, problems, &mut self.packs, name, |file| file),
            Role::Clauses(pack) => named(
                path,
                text,
                format,
                problems,
                &mut self.clauses,
                pack,
                |file: ClauseFile| file.clauses,
            ),
            Role::Recurrences(pack) => named(
                path,
                text,
                format,
                problems,
                &mut self.recurrences,
                pack,
                |file: RecurrenceFile| file.recurrences,
            ),
            Role::Reports(pack) => named(
                path,
                text,
                format,
                problems,
                &mut self.reports,
                pack,
                |file: ReportFile| file.reports,
            ),
            Role::Kind { pack, name } => self.take_kind(path, text, pack, name, problems),
            Role::Calendar => {
                let file = path.rsplit('/').next().unwrap_or(path);
                self.calendar_names
                    .insert(file.trim_end_matches(".toml").to_owned());
                // What is wrong with its words is told by the calendars' own reader.
                let (source, def) = Source::read::<Sourced>(path, text, None, &mut Vec::new());
                self.calendar_sources
                    .extend(def.and_then(Read::whole).map(|def| Filed {
                        path,
                        def: def.source,
                    }));
                source
            }
            // Read before all others.
            Role::Head | Role::Template(_) if self.format.is_some() || path == "manual.toml" => return,
            Role::Head | Role::Template(_) | Role::Astray => {
                problems.push(astray(path));
                return;
            }
        };
        self.sources.insert(path, source);
    }

    fn take_kind(
        &mut self,
        path: &'t str,
        text: &'t str,
        pack: String,
        name: String,
        problems: &mut Vec<Problem>,
    ) -> Source<'t> {
        let (source, def) = Source::read::<Kind>(path, text, self.format.as_ref(), problems);
        if !self.kind_names.insert(name.clone()) {
            let sentence = format!("已经有一个叫“{name}”的事项类型，请把其中一个文件改名");
            problems.push(source.problem(0, Severity::Error, sentence));
        }
        if let Some(Read { mut def, sound }) = def {
            if !def.name.is_empty() || !def.pack.is_empty() {
                let sentence = "不必写 name 和 pack：名称就是文件名，制度包就是文件夹名，请删去".to_owned();
                problems.push(source.problem(0, Severity::Error, sentence));
            }
            (def.name, def.pack) = (name.clone(), pack);
            super::before::name_guest(&mut def);
            def.fields.iter_mut().for_each(Field::lay_out);
            if sound {
                self.kinds.insert(name, Filed { path, def });
            } else {
                self.mended.insert(name, def);
            }
        }
        source
    }

    fn read_calendars(&mut self, files: &'t BTreeMap<String, String>, problems: &mut Vec<Problem>) {
        let calendars: Vec<(&str, &str)> = files
            .iter()
            .filter(|(path, _)| Role::of(path) == Role::Calendar)
            .map(|(path, text)| (path.as_str(), text.as_str()))
            .collect();
        match Calendars::load(&calendars) {
            Ok(calendars) => self.calendars = calendars,
            Err(found) => problems.extend(found.into_iter().map(|p| Problem {
                file: p.file,
                line: p.line,
                column: 1,
                sentence: one_quoting(&p.sentence),
                severity: Severity::Error,
            })),
        }
    }
}

/// Reads a file of which there is one.
fn one<'t, F: DeserializeOwned, D>(
    path: &'t str,
    text: &'t str,
    format: Option<&Format<'t>>,
    problems: &mut Vec<Problem>,
    slot: &mut Option<Filed<'t, D>>,
    part: impl FnOnce(F) -> D,
) -> Source<'t> {
    let (source, file) = Source::read(path, text, format, problems);
    *slot = file.and_then(Read::whole).map(|file| Filed {
        path,
        def: part(file),
    });
    source
}

/// Reads one of several files, known by its name.
fn named<'t, F: DeserializeOwned, D>(
    path: &'t str,
    text: &'t str,
    format: Option<&Format<'t>>,
    problems: &mut Vec<Problem>,
    all: &mut BTreeMap<String, Filed<'t, D>>,
    name: String,
    part: impl FnOnce(F) -> D,
) -> Source<'t> {
    let (source, file) = Source::read(path, text, format, problems);
    all.extend(file.and_then(Read::whole).map(|file| {
        (
            name,
            Filed {
                path,
                def: part(file),
            },
        )
    }));
    source
}

fn astray(path: &str) -> Problem {
    let sentence =
        "这个文件不在该在的位置：事项类型放在“制度包/kinds/名称.toml”，制度包说明是“制度包/pack.toml”，\
                    条款是“制度包/clauses.toml”，周期事项是“制度包/recurrences.toml”，报表是“制度包/reports.toml”，示例是“制度包/examples/名称.toml”，表、日历和模板放在 tables/、calendars/ 和 templates/"
            .to_owned();
    Problem {
        file: path.to_owned(),
        line: 1,
        column: 1,
        sentence,
        severity: Severity::Error,
    }
}

/// A file of stories.
#[derive(Debug, Clone)]
pub struct ExampleSource {
    /// Path inside the manual.
    pub path: String,
    /// As written, to find lines in.
    pub text: String,
    /// What it says.
    pub file: ExampleFile,
}

/// Changes of the manual that no story need notice.
const ACCEPTED: &str = "mutants.toml";

/// Whether a file proves the manual and is no part of it: stories, `PACK/examples/NAME.toml`, and what they need not
/// notice.
pub fn is_proof(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    matches!(parts.as_slice(), [ACCEPTED] | [_, "examples", _])
}

/// Reads what stories need not notice.
pub(super) fn read_accepted(files: &BTreeMap<String, String>, problems: &mut Vec<Problem>) -> Vec<Accepted> {
    let text = files.get(ACCEPTED);
    let read = text.and_then(|text| Source::read::<AcceptedFile>(ACCEPTED, text, None, problems).1);
    read.and_then(Read::whole)
        .map(|file| file.accepted)
        .unwrap_or_default()
}

/// Reads the stories, each file with the places of what stands in it.
pub(super) fn read_examples<'t>(
    files: &'t BTreeMap<String, String>,
    problems: &mut Vec<Problem>,
) -> Vec<(ExampleSource, Source<'t>)> {
    let read = |(path, text): (&'t String, &'t String)| {
        let (source, file) = Source::read::<ExampleFile>(path, text, None, problems);
        let example = ExampleSource {
            path: path.clone(),
            text: text.clone(),
            file: file.and_then(Read::whole)?,
        };
        Some((example, source))
    };
    let stories = files.iter().filter(|(path, _)| *path != ACCEPTED);
    stories.filter_map(read).collect()
}
