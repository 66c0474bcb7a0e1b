//! A kind of case.

use super::{
    Action, AddressDef, ClaimDef, ClockDef, Field, GuestDef, Opening, PaperDef, PlanDef, Signoff, Who,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A kind of case 事项类型: one file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Kind {
    /// Name; the file's name without its ending.
    #[serde(default)]
    pub name: String,
    /// Name of the pack; the folder's name.
    #[serde(default)]
    pub pack: String,
    /// What people call it.
    pub title: String,
    /// What customers read instead of the title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public: Option<String>,
    /// Catalogue rows it serves.
    pub source: Vec<String>,
    /// A paragraph for the handbook.
    #[serde(default)]
    pub about: String,
    /// Pattern of its numbers: literal letters, `{site}`, `{yyyy}`, `{mm}`, `{dd}`, `{seq:5}`; with
    /// month or day in it, each month or day counts from one.
    pub number: String,
    /// Field whose value is the case's title in lists.
    pub heading: String,
    /// Fields shown as columns of lists.
    #[serde(default)]
    pub list: Vec<String>,
    /// Fields read beside a case of this kind by whoever picks it, or what it holds, in another form: prices, terms, when
    /// it is. People outside pick only from kinds that say here what they read (PAID-1).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub picker: Vec<String>,
    /// Action that answers or settles it while the customer is still there 当场答复 (INTAKE-4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_once: Option<String>,
    /// A case nobody opens from the desk (work order, patrol visit): it is left out of the register menu.
    #[serde(default)]
    pub inner: bool,
    /// Who sees every case of the kind at their site, whatever their post sees: posts, or `staff`. Whoever is told of a
    /// case, works on it or is asked to sign it sees that one anyway.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seen_by: Vec<Who>,
    /// Only for who has to do with it: that a post sees its whole site or area does not count here. Whoever may act on it
    /// by their post, and whom `seen_by` names, sees it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub private: bool,
    /// Fields, of the same name and type in every kind it stands under, that a case of this kind changes there: it begins
    /// with the parent's values, what they were stays readable beside, and `parent = { …, amends = true }` writes them
    /// back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub amends: Vec<String>,
    /// How a case begins.
    pub open: Opening,
    /// Form.
    #[serde(default, rename = "field")]
    pub fields: Vec<Field>,
    /// Stages; the first is where a case begins unless `open.stage` says otherwise.
    #[serde(rename = "stage")]
    pub stages: Vec<Stage>,
    /// Actions.
    #[serde(default, rename = "action")]
    pub actions: Vec<Action>,
    /// Clocks.
    #[serde(default, rename = "clock")]
    pub clocks: Vec<ClockDef>,
    /// Sign-off sets.
    #[serde(default, rename = "signoff")]
    pub signoffs: Vec<Signoff>,
    /// Cases under it.
    #[serde(default, rename = "child")]
    pub children: Vec<ChildDef>,
    /// Recurrences that open children.
    #[serde(default, rename = "plan")]
    pub plans: Vec<PlanDef>,
    /// Unique holds.
    #[serde(default, rename = "claim")]
    pub claims: Vec<ClaimDef>,
    /// When a paper of the kind lets its bearer pass the gate; what the guard does there are actions by `link:gate`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pass: Option<PassDef>,
    /// People outside who may be handed a link.
    #[serde(default, rename = "guest", skip_serializing_if = "Vec::is_empty")]
    pub guests: Vec<GuestDef>,
    /// Other cases it reads and lets act.
    #[serde(default, rename = "address", skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<AddressDef>,
    /// Papers that are printed to be signed or handed out.
    #[serde(default, rename = "paper", skip_serializing_if = "Vec::is_empty")]
    pub papers: Vec<PaperDef>,
}

impl Kind {
    /// The claim under which its cases are on record: the only one that holds a single thing for good.
    pub fn key(&self) -> Option<&ClaimDef> {
        let mut keys = self.claims.iter().filter(|claim| claim.names_one());
        let key = keys.next();
        key.filter(|_| keys.next().is_none())
    }
}

/// A stage 阶段.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// Name: lower-case letters, digits, `-`.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// What customers read instead of the title, where that is meant for staff.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public: Option<String>,
    /// The case is closed in it.
    #[serde(default)]
    pub ends: bool,
    /// How it is coloured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tone: Option<Tone>,
}

/// The colour of a stage; words always stand beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Tone {
    /// Nobody works on it yet.
    Waiting,
    /// In work.
    Working,
    /// Held up by somebody outside.
    Held,
    /// Ended well.
    Good,
    /// Ended without result: refused, voided.
    Void,
}

/// A kind that may stand under this one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChildDef {
    /// Name of the child's kind.
    pub kind: String,
    /// Heading.
    pub title: String,
    /// Relations of the parent that the child takes over when it opens.
    #[serde(default)]
    pub keep: Vec<super::Relation>,
}

/// A paper's own passing rule: valid at this instant, whatever may be done with it (GATE-1, GATE-2, GATE-3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PassDef {
    /// The bearer may pass while this is true; `parent.*` are readable.
    pub when: String,
    /// What the guard reads when it is not.
    pub otherwise: String,
}
