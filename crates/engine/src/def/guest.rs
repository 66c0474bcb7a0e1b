//! Guests: people who are not staff and come in by a link that the manual names.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Somebody outside 外部人员 who may be handed a link of a case: what they see on its page beside the home and the stage, and how long it
/// holds. What they may do is said at the actions, `by = "NAME"`. The link of a guest ends with the case, with `take-link`, when
/// another is named, when `until` holds and when `lasts` is over.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GuestDef {
    /// Name by which people of the manual call them; `owner` says what the owner sees.
    pub name: String,
    /// What people call them.
    pub title: String,
    /// Fields they read on their page, photos and papers included.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sees: Vec<String>,
    /// Clocks whose deadlines they read on their page.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clocks: Vec<String>,
    /// Field that names them: once somebody else stands in it, the link of who stood there before is dead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub who: Option<String>,
    /// The link is dead while this is true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// How long the link holds after it was handed out, as `12h`, `30d`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lasts: Option<String>,
}
