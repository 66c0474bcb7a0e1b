//! Looking into the schema of the vocabulary.

use crate::def::{CatalogueFile, Kind, Pack, Phases, Posts, RecurrenceFile, ReportFile, RuleFile, Table};
use crate::load::role::{ClauseFile, JudgementFile, Role};
use schemars::schema_for;
use serde_json::Value;
use std::sync::LazyLock;

macro_rules! schemas {
    ($($name:ident: $of:ty),+ $(,)?) => { $(
        static $name: LazyLock<Value> = LazyLock::new(|| schema_for!($of).to_value());
    )+ };
}

schemas! {
    KIND: Kind, POSTS: Posts, JUDGEMENTS: JudgementFile, PHASES: Phases, CLASSIFY: RuleFile,
    CATALOGUE: CatalogueFile, TABLE: Table, PACK: Pack, CLAUSES: ClauseFile, REPORTS: ReportFile, RECURRENCES: RecurrenceFile,
}

/// The schema of a file, by what it is for.
pub(super) fn of(role: &Role) -> Option<&'static Value> {
    Some(match role {
        Role::Kind { .. } => &KIND,
        Role::Posts => &POSTS,
        Role::Judgements => &JUDGEMENTS,
        Role::Phases => &PHASES,
        Role::Classify => &CLASSIFY,
        Role::Catalogue => &CATALOGUE,
        Role::Table(_) => &TABLE,
        Role::Pack(_) => &PACK,
        Role::Clauses(_) => &CLAUSES,
        Role::Reports(_) => &REPORTS,
        Role::Recurrences(_) => &RECURRENCES,
        _ => return None,
    })
}

/// A part of a schema, with the name it has there.
#[derive(Clone, Copy)]
pub(super) struct Part<'s> {
    pub(super) root: &'s Value,
    pub(super) here: &'s Value,
    pub(super) name: &'s str,
}

impl<'s> Part<'s> {
    pub(super) fn top(root: &'s Value) -> Part<'s> {
        let name = root["title"].as_str().unwrap_or_default();
        Part {
            root,
            here: root,
            name,
        }
    }

    /// The same with references followed, and with the one choice of what may be absent.
    fn settled(self) -> Part<'s> {
        let mut part = self;
        loop {
            if let Some(name) = part.here["$ref"].as_str() {
                let name = name.rsplit('/').next().unwrap_or_default();
                part = Part {
                    here: &part.root["$defs"][name],
                    name,
                    ..part
                };
                continue;
            }
            let mut ways = part.ways();
            match (ways.next(), ways.next()) {
                (Some(one), None) => part = one,
                _ => return part,
            }
        }
    }

    fn inside(self, here: &'s Value) -> Part<'s> {
        Part {
            here,
            name: "",
            ..self
        }
        .settled()
    }

    /// The ways it may be written, absence left out.
    fn ways(self) -> impl Iterator<Item = Part<'s>> {
        let lists = ["anyOf", "oneOf"].into_iter();
        lists
            .filter_map(move |list| self.here[list].as_array())
            .flatten()
            .filter(|way| way["type"] != "null")
            .map(move |here| Part {
                here,
                name: "",
                ..self
            })
    }

    /// A way that is an object with one of these keys.
    pub(super) fn way_with(self, key: &str) -> Option<Part<'s>> {
        let part = self.settled();
        if part.here["properties"].get(key).is_some() {
            return Some(part);
        }
        part.ways().find_map(|way| way.way_with(key))
    }

    pub(super) fn property(self, key: &str) -> Option<Part<'s>> {
        let part = self.way_with(key)?;
        Some(part.inside(&part.here["properties"][key]))
    }

    pub(super) fn has(self, key: &str) -> bool {
        self.settled().here["properties"].get(key).is_some()
    }

    /// What a list of it consists of.
    pub(super) fn items(self) -> Option<Part<'s>> {
        let part = self.settled();
        if part.is("array") {
            return Some(part.inside(&part.here["items"]));
        }
        part.ways().find_map(Part::items)
    }

    /// Whether a plain text may stand here.
    pub(super) fn takes_text(self) -> bool {
        let part = self.settled();
        part.is("string") || part.here.get("const").is_some() || part.ways().any(Part::takes_text)
    }

    fn is(self, kind: &str) -> bool {
        match &self.here["type"] {
            Value::String(one) => one == kind,
            Value::Array(several) => several.iter().any(|one| one == kind),
            _ => false,
        }
    }

    /// The key by which things of this sort are told apart.
    pub(super) fn key(self) -> Option<&'static str> {
        let needed = self.settled().here["required"].as_array()?;
        ["name", "id", "kind"]
            .into_iter()
            .find(|key| needed.iter().any(|one| one == key))
    }

    pub(super) fn called(self) -> &'s str {
        self.settled().name
    }
}

/// Words an enumeration of the vocabulary knows.
pub(super) fn constants(name: &str) -> Vec<&'static str> {
    let roots = [&*KIND, &*POSTS];
    let found = roots
        .into_iter()
        .map(|root| &root["$defs"][name])
        .find(|def| !def.is_null());
    let Some(def) = found else { return Vec::new() };
    let listed = def["enum"].as_array().into_iter().flatten();
    let told = def["oneOf"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|one| &one["const"]);
    listed.chain(told).filter_map(Value::as_str).collect()
}

/// Names of the effects.
pub(super) fn effects() -> &'static [String] {
    static NAMES: LazyLock<Vec<String>> = LazyLock::new(|| {
        let ways = KIND["$defs"]["Action"]["properties"]["do"]["items"]["oneOf"].as_array();
        let mut names = Vec::new();
        for way in ways.into_iter().flatten() {
            names.extend(way["const"].as_str().map(str::to_owned));
            let keys = way["properties"].as_object().into_iter().flatten();
            names.extend(keys.map(|(key, _)| key.clone()).filter(|key| key != "when"));
        }
        names
    });
    &NAMES
}
