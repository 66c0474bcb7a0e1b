//! A case 事项 as it stands: what folding its events gives.

mod run;
mod signing;

use crate::def::{Link, Relation};
use crate::time::Time;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

pub use run::{Run, RunEnd, RunLimit, RunStep};
pub use signing::{Outcome, Signature, Signing, SigningRound, SigningSlot, Verdict};

/// Form values by field name, stored as [`crate::def::FieldType`] says.
pub type Data = serde_json::Map<String, serde_json::Value>;

/// One matter of one kind. A projection: [`crate::event::Event`]s are the truth.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// Id.
    pub id: String,
    /// Name of the kind.
    pub kind: String,
    /// Hash of the manual the case began with and stays on.
    pub manual: String,
    /// Id of the site.
    pub site: String,
    /// Number for people.
    pub number: String,
    /// Stage it is in.
    pub stage: String,
    /// Form values.
    pub data: Data,
    /// Home it is about.
    pub home: Option<String>,
    /// Customer it is for.
    pub customer: Option<String>,
    /// Contact it came from.
    pub contact: Option<String>,
    /// Case it stands under.
    pub parent: Option<String>,
    /// Channel it came by.
    pub channel: Option<String>,
    /// When it began.
    pub opened_at: Time,
    /// When it entered an ending stage, while it is in one.
    pub closed_at: Option<Time>,
    /// 0 ordinary, 1 urgent, 2 very urgent.
    pub urgency: u8,
    /// Escalation level it has been lifted to.
    pub level: u8,
    /// How often the customer asked again (INTAKE-16).
    pub reminders: u32,
    /// How often it was reopened.
    pub reopened: u32,
    /// When it was last reopened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reopened_at: Option<Time>,
    /// How many earlier matters of the same sort it repeats (COMPLAINT-6).
    pub repeats: u32,
    /// Staff by relation.
    pub people: Vec<(Relation, String)>,
    /// Runs of its clocks, oldest first.
    pub runs: Vec<Run>,
    /// The sign-off it is waiting for, or the last one.
    pub signing: Option<Signing>,
    /// Finished sign-offs, oldest first.
    pub signed: Vec<Signing>,
    /// A handing-on that waits to be accepted.
    pub passing: Option<Passing>,
    /// It was passed on and the customer does not know yet.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub untold: bool,
    /// Plans that run.
    pub plans: BTreeMap<String, PlanState>,
    /// Claims it holds: name and resource.
    pub claims: Vec<HeldClaim>,
    /// Links that were handed out.
    pub links: Vec<Link>,
    /// When, and to whom, the links of guests were handed out.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub grants: BTreeMap<String, Grant>,
    /// Staff who have not yet acknowledged what was sent round.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<String>,
    /// What the fields it amends were in the parent when it began.
    #[serde(default, skip_serializing_if = "Data::is_empty")]
    pub was: Data,
    /// Case it was merged into.
    pub merged_into: Option<String>,
    /// Number of events folded.
    pub seq: i64,
}

/// A case on its way from one member of staff to another 转办 (INTAKE-9).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passing {
    /// Who passes it on.
    pub from: String,
    /// To whom.
    pub to: String,
    /// Why.
    pub reason: String,
    /// Whether the customer was told; none where there is no customer to tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<Told>,
}

/// Whether the customer knows that their matter was passed on (INTAKE-9).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Told {
    /// They are still to be told.
    NotYet,
    /// They were told: 电话, 当面…
    By(String),
}

/// The link of a guest, as it was handed out last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// When.
    pub at: Time,
    /// What stood in the field that names the guest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

/// A plan that runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanState {
    /// When the next child is opened.
    pub next_at: Time,
    /// Child opened last.
    pub last: Option<String>,
    /// How many were not done before the next one.
    pub missed: u32,
}

/// A claim that is held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldClaim {
    /// Name of the claim.
    pub name: String,
    /// What is held, in the one form of its writings ([`crate::def::identity`]); several parts as a JSON list.
    pub resource: String,
    /// The same as it was written, where that differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said: Option<String>,
    /// From when, if not for good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Time>,
    /// Until when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Time>,
    /// Kept after the case has ended.
    pub stays: bool,
}

impl HeldClaim {
    /// What is held, as people wrote it; several parts as a JSON list.
    pub fn words(&self) -> &str {
        self.said.as_deref().unwrap_or(&self.resource)
    }
}

impl Case {
    /// Whether the case is closed.
    pub fn closed(&self) -> bool {
        self.closed_at.is_some()
    }

    /// Staff in a relation.
    pub fn in_relation(&self, relation: Relation) -> impl Iterator<Item = &str> {
        self.people
            .iter()
            .filter(move |(r, _)| *r == relation)
            .map(|(_, staff)| staff.as_str())
    }

    /// Whether that member of staff stands in the relation.
    pub fn is(&self, relation: Relation, staff: &str) -> bool {
        self.in_relation(relation).any(|s| s == staff)
    }

    /// When it began: opened, or reopened last.
    pub fn begun_at(&self) -> Time {
        self.reopened_at.unwrap_or(self.opened_at)
    }

    /// The run that is under way of that clock.
    pub fn running(&self, clock: &str) -> Option<&Run> {
        self.runs
            .iter()
            .rev()
            .find(|r| r.clock == clock && r.ended.is_none())
    }

    /// The sign-off under way.
    pub fn open_signing(&self) -> Option<&Signing> {
        self.signing.as_ref().filter(|s| s.outcome.is_none())
    }

    /// The last sign-off of that name that everybody signed.
    pub fn approval(&self, signoff: &str) -> Option<&Signing> {
        let all = self.signing.iter().chain(self.signed.iter().rev());
        all.filter(|s| s.outcome == Some(Outcome::Done))
            .find(|s| s.signoff == signoff)
    }

    /// When the engine must be asked again though nobody acts: the next clock step, deadline or plan.
    pub fn next_wake(&self) -> Option<Time> {
        let runs = self.runs.iter().filter_map(Run::next_at);
        runs.chain(self.plans.values().map(|p| p.next_at)).min()
    }

    /// The nearest deadline of a clock that runs; late ones first.
    pub fn next_due(&self) -> Option<&Run> {
        self.runs
            .iter()
            .filter(|r| r.ended.is_none() && r.due_at.is_some() && !r.reminder)
            .min_by_key(|r| r.due_at)
    }
}
