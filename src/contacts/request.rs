//! What is asked for when a contact is registered.

use engine::case::Data;
use serde::{Deserialize, Serialize};

/// A contact.
#[derive(Debug, Clone, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContactRequest {
    /// Site.
    pub site: String,
    /// Channel.
    pub channel: String,
    /// Customer, if known.
    #[serde(default)]
    pub customer: Option<String>,
    /// Home, if known.
    #[serde(default)]
    pub home: Option<String>,
    /// Name of an unknown caller.
    #[serde(default)]
    pub caller_name: String,
    /// Phone of the caller.
    #[serde(default)]
    pub caller_phone: String,
    /// What was said.
    pub said: String,
    /// What was done at once.
    #[serde(default)]
    pub done_at_once: String,
    /// What must follow.
    #[serde(default)]
    pub follow_needed: String,
    /// How it is judged; each judgement with a kind opens a case.
    #[serde(default)]
    pub judgements: Vec<JudgementRequest>,
    /// The matter was read back and confirmed.
    #[serde(default)]
    pub read_back: bool,
    /// When it happened, if not now.
    #[serde(default)]
    pub happened_at: Option<i64>,
    /// Number in an outside source; the same number is registered once.
    #[serde(skip)]
    pub outside_id: Option<String>,
}

/// One judgement of a contact.
#[derive(Debug, Clone, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JudgementRequest {
    /// Name.
    pub judgement: String,
    /// 0 ordinary, 1 urgent, 2 very urgent.
    #[serde(default)]
    pub urgency: u8,
    /// Answered or settled at once 当场答复: the form of the action that the kind names for it. What the opening form
    /// gives too need not be given twice.
    #[serde(default)]
    #[schema(value_type = Option<HashMap<String, Value>>)]
    pub answer: Option<Data>,
    /// Opening form of the kind.
    #[serde(default)]
    #[schema(value_type = HashMap<String, Value>)]
    pub data: Data,
}

/// A case a contact opened.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct OpenedCase {
    /// Id.
    pub id: String,
    /// Number.
    pub number: String,
    /// Kind.
    pub kind: String,
}
