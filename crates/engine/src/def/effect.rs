//! Effects: the closed list of what an action may bring about beside moving the case.

use super::{Link, Relation, Who};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One effect. A new one is reviewed Rust; each leaves its own event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Effect {
    /// Send something round 传阅: each of these people is to acknowledge it, is counted, and may be chased as `unread`.
    Circulate {
        /// Who is to acknowledge.
        to: Vec<Who>,
        /// The words.
        text: String,
    },
    /// Tell people. `{field}`, `{case.number}`, `{case.title}` in the text are filled in.
    Notify {
        /// Who is told.
        to: Vec<Who>,
        /// The words.
        text: String,
    },
    /// Put somebody into a relation to the case, instead of who was there.
    Assign {
        /// The relation that is filled.
        relation: Relation,
        /// With whom.
        to: AssignTo,
        /// With whom else, in this order, where nobody is found.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        or: Vec<AssignTo>,
        /// Who is told that nobody was found at all; absent: those whose post gives out the work of others.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        tell: Vec<Who>,
    },
    /// Take everybody out of a relation (back to the pool 退回抢单池).
    Unassign {
        /// The relation that is emptied.
        relation: Relation,
    },
    /// Fill fields from expressions.
    Set(BTreeMap<String, String>),
    /// Open a child case declared under `[[child]]`; its fields are filled from expressions over this case.
    Open(OpenChild),
    /// Let the parent case do one of its own actions, as the system.
    Parent {
        /// Name of the parent's action.
        act: String,
        /// Its action when that one does not fit any more: the parent has moved on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        or: Option<String>,
        /// Parent's field → expression over this case.
        #[serde(default)]
        set: BTreeMap<String, String>,
        /// Write back the fields this kind `amends`; refused when the parent's were changed since this case was opened.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        amends: bool,
    },
    /// Let an addressed case do one of its own actions, as the system. Refused, with its number and why, when that
    /// action does not fit now and neither does `or`; nothing happens while nobody holds the claim.
    Act {
        /// Name of the address.
        at: String,
        /// Name of the other case's action.
        act: String,
        /// Its action when that one does not fit.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        or: Option<String>,
        /// The other case's field → expression over this case.
        #[serde(default)]
        set: BTreeMap<String, String>,
        /// Done after this one, as a deed of its own: for what many cases reach at once, a stock or a ledger. What is
        /// refused then is written into this case.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        later: bool,
    },
    /// The case is about another home from now on: an expression of type text, as after an approved exchange.
    JoinHome(String),
    /// Change the record of the home the case is about.
    Home(HomeChange),
    /// Hold a claim declared under `[[claim]]`; refused when somebody else holds it.
    Claim(String),
    /// Let a claim go.
    Release(String),
    /// Raise urgency by one step, up to the highest.
    Urge,
    /// Hand out a link to somebody who is not staff.
    GiveLink(Link),
    /// Make links of that sort worthless.
    TakeLink(Link),
    /// Close all open children without more ado; each leaves its event.
    CloseChildren(String),
    /// An effect with a `when` written beside it.
    #[serde(skip)]
    #[schemars(skip)]
    When {
        /// Condition, read with what the act entered.
        when: String,
        /// What happens while it is true.
        effect: Box<Effect>,
    },
}

impl Effect {
    /// The effect without its condition.
    pub fn inner(&self) -> &Effect {
        match self {
            Effect::When { effect, .. } => effect.inner(),
            plain => plain,
        }
    }
}

/// What changes in the record of a home.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HomeChange {
    /// Day it was handed over, an expression of type date: the warranty begins (HAND-7).
    pub delivered_on: String,
}

/// How a child is opened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenChild {
    /// Kind of the child.
    pub child: String,
    /// Table field of this case: one child is opened for each of its rows, which expressions read as `row.COLUMN`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub each: Option<String>,
    /// With `each`: rows for which this is true, an expression that reads `row.COLUMN`; absent: every row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// Child's field → expression over this case.
    #[serde(default)]
    pub set: BTreeMap<String, String>,
    /// The home the child is about, an expression of type text; absent: this case's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub home: Option<String>,
    /// The customer the child is for, an expression of type text; absent: this case's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<String>,
}

/// Who is put into a relation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum AssignTo {
    /// The actor: taken from the pool 抢单.
    Actor,
    /// The member of staff named in a field of type `person`.
    Field(String),
    /// Whoever stands in another relation.
    Relation(Relation),
    /// Who looks after the home's area with that post, else who is on duty with it (INTAKE-8).
    Area(String),
    /// Who serves the owner in the home's phase: the holder of its post who looks after the home's area, else who is on
    /// duty with that post; where nobody holds it, that of the next phase (INTAKE-8, INTAKE-17).
    Phase,
    /// Who is on duty with that post now, those of the home's area first (DUTY-7).
    Duty(String),
    /// The best by skill, area, duty and load among holders of the post; nobody: it stays in the pool (REPAIR-4).
    Dispatch {
        /// Post whose holders are considered.
        post: String,
        /// Field whose value is the skill that is needed.
        #[serde(default)]
        skill: Option<String>,
    },
}
