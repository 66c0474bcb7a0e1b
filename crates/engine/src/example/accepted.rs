//! Changes of the manual that no story need notice.

use schemars::JsonSchema;
use serde::Deserialize;

/// `mutants.toml`: changes that no story need notice.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptedFile {
    /// The changes.
    #[serde(default)]
    pub accepted: Vec<Accepted>,
}

/// A change that no story need notice.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Accepted {
    /// File of the kind.
    pub file: String,
    /// What is changed, as it is told, or how that begins.
    pub what: String,
    /// Why that is in order.
    pub why: String,
}
