//! Who serves the owner, by how long ago the home was handed over (INTAKE-17).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `phases.toml`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Phases {
    /// Catalogue rows it serves.
    #[serde(default)]
    pub source: Vec<String>,
    /// Phases in order of time.
    #[serde(rename = "phase")]
    pub phases: Vec<Phase>,
}

/// A phase in the life of a home.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Phase {
    /// Name: lower-case letters, digits, `-`; what `home.phase` says.
    pub name: String,
    /// What people call it: 交付前, 交付后第一年.
    pub title: String,
    /// Who serves, in the words that owners read: 销售部, 物业服务中心.
    pub server: String,
    /// Post whose holder follows the owner's new matters.
    pub post: String,
    /// How long after the handover it begins, as `0d`, `1y`; absent in the first: before the handover.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
}
