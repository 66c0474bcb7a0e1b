//! Sign-off sets: approvals 会签/或签, three-party acceptance, periods of onboarding are this one thing.

use super::{Ask, Who};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Rounds of signatures that a case goes through while it is in one stage.
///
/// Hand over 转办, delegate 委托, add signer 加签, copy 抄送, send back 退回 and withdraw 撤回 are
/// offered by the engine; the manual need not name them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Signoff {
    /// Name: lower-case letters, digits, `-`.
    pub name: String,
    /// Heading.
    pub title: String,
    /// Catalogue rows it serves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub source: Vec<String>,
    /// It opens when the case enters this stage.
    pub stage: String,
    /// The action the system does when every round is signed.
    pub done: String,
    /// The action the system does when somebody refuses.
    pub refused: String,
    /// The action the system does when the requester withdraws; absent: it cannot be withdrawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn: Option<String>,
    /// Fields that are approved, beside `amount` and `select`: while it is under way a change of them makes the
    /// signatures void; afterwards `approved.NAME.FIELD` is what was approved, and `approved.NAME.valid` whether that
    /// still covers what stands in the form.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub of: Vec<String>,
    /// Whether who asked may sign too; else nobody approves their own request.
    #[serde(default)]
    pub own_request: bool,
    /// Who may not sign, whatever posts they hold and whoever entrusts them: the person a reward is for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not: Vec<Who>,
    /// Fixed rounds, one after the other.
    #[serde(default, rename = "round")]
    pub rounds: Vec<Round>,
    /// Money field that chooses the band.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<String>,
    /// Choice field that chooses the matrix; every choice needs its bands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub select: Option<String>,
    /// Bands of the amount: without holes, without overlaps.
    #[serde(default, rename = "band")]
    pub bands: Vec<Band>,
}

/// Amounts over `over` up to and including `up_to` go through these rounds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Band {
    /// The choice of `select` this row is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// Yuan, exclusive (0 includes zero).
    pub over: u32,
    /// Yuan, inclusive; absent: no upper end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub up_to: Option<u32>,
    /// Rounds, one after the other.
    #[serde(rename = "round")]
    pub rounds: Vec<Round>,
}

impl Band {
    /// Whether an amount in fen, and the choice of `select`, go through these rounds.
    pub fn fits(&self, fen: i64, choice: Option<&str>) -> bool {
        let above = self.over == 0 || fen > i64::from(self.over) * 100;
        let below = self.up_to.is_none_or(|top| fen <= i64::from(top) * 100);
        above && below && (self.of.is_none() || self.of.as_deref() == choice)
    }
}

/// Slots that are signed in parallel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Round {
    /// Heading.
    pub title: String,
    /// How many must agree.
    #[serde(default)]
    pub need: Need,
    /// Clock that runs while the round is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock: Option<String>,
    /// The round is left out when this is false.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// Slots.
    #[serde(rename = "slot")]
    pub slots: Vec<Slot>,
}

/// One signature that is asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Slot {
    /// Name, unique in its round.
    pub name: String,
    /// Whose signature.
    pub title: String,
    /// Who may sign it; any one of them.
    pub who: Vec<Who>,
    /// What is asked.
    #[serde(default)]
    pub ask: Vec<Ask>,
}

/// How many signatures a round needs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Need {
    /// All must agree 会签.
    #[default]
    All,
    /// Any one 或签.
    Any,
    /// So many.
    AtLeast(u8),
}
