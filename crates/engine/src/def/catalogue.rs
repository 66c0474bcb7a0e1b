//! The catalogue: what the company asks for, row by row, each row split into demands that are proved one by one.

use schemars::JsonSchema;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// `catalogue.toml`: the requirements that `source` may name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CatalogueFile {
    /// Requirements by id.
    pub row: BTreeMap<String, Requirement>,
}

/// A requirement. Manuals published before there were demands wrote a mere title; they are read like that.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Requirement {
    /// What is asked for, in a line.
    pub title: String,
    /// From good practice, not from a manual.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub practice: bool,
    /// What must hold, each to be proved by itself.
    #[serde(default)]
    pub demands: Vec<Demand>,
}

/// One thing that must hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Demand {
    /// Letter, unique in its row: `COMPLAINT-3/a` is how tests and examples name it.
    pub id: String,
    /// The demand in words.
    pub text: String,
    /// The words of the requirement it stands for, one passage or several.
    #[serde(deserialize_with = "passages")]
    #[schemars(schema_with = "passages_schema")]
    pub quote: Vec<String>,
    /// Where it must be proved.
    pub on: Interface,
    /// A row that must be served first; until then the demand does not count as proven.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waits_for: Option<String>,
}

/// Where a demand is met by people, or that it is a rule alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Interface {
    /// On the screen in the office.
    Desk,
    /// On the phone of who works outside.
    Field,
    /// On the owner's page.
    Owner,
    /// On the page of somebody else from outside.
    Guest,
    /// On what is printed.
    Paper,
    /// By mail.
    Mail,
    /// By another system.
    Api,
    /// On the command line.
    Command,
    /// A limit or rule, wherever it is met.
    Engine,
}

impl Interface {
    /// Whether somebody sits before a page: what a story does there can be done with its controls.
    pub fn is_page(self) -> bool {
        matches!(
            self,
            Interface::Desk | Interface::Field | Interface::Owner | Interface::Guest
        )
    }
}

impl<'de> Deserialize<'de> for Requirement {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TitleOrTable)
    }
}

/// Not an untagged enum: that would forget which key is wrong, and where.
struct TitleOrTable;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    title: String,
    #[serde(default)]
    practice: bool,
    #[serde(default)]
    demands: Vec<Demand>,
}

impl<'de> Visitor<'de> for TitleOrTable {
    type Value = Requirement;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("struct Requirement")
    }

    fn visit_str<E: Error>(self, title: &str) -> Result<Requirement, E> {
        let (title, practice, demands) = (title.to_owned(), false, Vec::new());
        Ok(Requirement {
            title,
            practice,
            demands,
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Requirement, A::Error> {
        let Table {
            title,
            practice,
            demands,
        } = Table::deserialize(MapAccessDeserializer::new(map))?;
        Ok(Requirement {
            title,
            practice,
            demands,
        })
    }
}

fn passages<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    struct OneOrMore;
    impl<'de> Visitor<'de> for OneOrMore {
        type Value = Vec<String>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a string")
        }

        fn visit_str<E: Error>(self, one: &str) -> Result<Vec<String>, E> {
            Ok(vec![one.to_owned()])
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<String>, A::Error> {
            let mut all = Vec::new();
            while let Some(one) = seq.next_element()? {
                all.push(one);
            }
            Ok(all)
        }
    }
    deserializer.deserialize_any(OneOrMore)
}

fn passages_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({ "anyOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }] })
}
