//! Format 2 of the manual: what people write is brought into the form of the vocabulary before it is read.
//!
//! The lowering works on the tree of a file with the places of everything, guided by the schema of the vocabulary, so
//! that a new word of the vocabulary needs nothing here. Whatever it does not know passes through unchanged: the long
//! form of format 1 may be written anywhere, and what is wrong is told by the same reader, at the same place.
//!
//! - A list of things with names is a table by name: `[action.take]`; a text instead of a thing is its title.
//! - A list of words is one text: `ask = "content, photos?"`.
//! - People go by their plain names: posts, relations, links, and groups of them.
//! - A few words are folded ([`folds`]), effects stand beside the action ([`effects`]), and what many kinds repeat is a
//!   template ([`template`]).

mod effects;
mod folds;
mod people;
mod schema;
mod signing;
mod template;
mod tree;
mod walk;

pub(super) use people::People;
pub(super) use template::{Segment, Templates};
pub(super) use walk::lower;

use super::problem::Problem;
use super::source::{Read, Source};
use serde::Deserialize;
use std::collections::BTreeMap;

/// `manual.toml`: the format the folder is written in, and what holds for all of it.
#[derive(Debug, Clone, PartialEq, serde::Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// Format of the files: 2; a folder without this file is written in format 1.
    pub format: u8,
    /// Calendar of clocks that name none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<String>,
    /// Groups of people by name, each a list of people; a file may have its own beside.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub group: BTreeMap<String, String>,
}

/// What a folder in format 2 knows before its files are read.
pub(super) struct Format<'t> {
    /// Calendar of clocks that name none.
    pub(super) calendar: Option<String>,
    /// Who is known by which name.
    pub(super) people: People,
    /// Templates by name.
    pub(super) templates: Templates<'t>,
}

/// Newest format this program reads.
const NEWEST: u8 = 2;

impl<'t> Format<'t> {
    /// The format of a folder; none: format 1, which is read as it stands.
    pub(super) fn of(
        files: &'t BTreeMap<String, String>,
        problems: &mut Vec<Problem>,
    ) -> (Option<Source<'t>>, Option<Format<'t>>) {
        let Some((path, text)) = files.get_key_value("manual.toml") else {
            return (None, None);
        };
        let (source, head) = Source::read::<Head>(path, text, None, problems);
        let Some(head) = head.and_then(Read::whole) else {
            return (Some(source), None);
        };
        if head.format == 0 || head.format > NEWEST {
            let sentence = format!(
                "本程序读得懂的格式是 1 和 {NEWEST}，这里写的是 {}，请改成 {NEWEST}，或换用更新的程序",
                head.format
            );
            let place = super::place::Place::top().at("format");
            problems.push(source.problem(source.offset(&place), super::Severity::Error, sentence));
        }
        if head.format < NEWEST {
            return (Some(source), None);
        }
        let format = Format {
            calendar: head.calendar,
            people: People::of(files, &head.group),
            templates: Templates::of(files, problems),
        };
        (Some(source), Some(format))
    }
}
