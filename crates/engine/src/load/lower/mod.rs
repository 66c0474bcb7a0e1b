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
