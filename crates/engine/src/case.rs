//! A case 事项 as it stands: what folding its events gives.

use crate::def::{Ask, Link, Need, Relation, Who};
use crate::time::Time;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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
    /// Case it was merged into.
    pub merged_into: Option<String>,
    /// Number of events folded.
    pub seq: i64,
}

/// One run of a clock.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// Number of the run in its case, from 0.
    pub run: u32,
    /// Name of the clock.
    pub clock: String,
    /// Start.
    pub started_at: Time,
    /// What was looked up when it started.
    pub limit: RunLimit,
    /// Calendar it counts on.
    pub calendar: String,
    /// Deadline; none while it stands still.
    pub due_at: Option<Time>,
    /// Pauses, oldest first; the last may be open.
    pub pauses: Vec<crate::calendar::Pause>,
    /// Ladder, in the order of the definition.
    pub steps: Vec<RunStep>,
    /// End, and how.
    pub ended: Option<(Time, RunEnd)>,
    /// When the deadline passed unmet.
    pub breached_at: Option<Time>,
}

/// The limit of a run, after tables and fields were looked up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunLimit {
    /// A length of time on the calendar, from the start.
    Span(String),
    /// An instant; pauses do not move it.
    At(Time),
}

/// One rung of a run's ladder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunStep {
    /// When it is to fire; none while the clock stands still, and of a warning that came too late.
    pub at: Option<Time>,
    /// When it fired; fired steps are never unfired.
    pub fired_at: Option<Time>,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunEnd {
    /// What was due was done.
    Done,
    /// The case ended or the matter lapsed before it was; counted only if it was late already.
    Lapsed,
}

/// A sign-off that is under way or finished.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Signing {
    /// Name of the sign-off.
    pub signoff: String,
    /// Who asked for it.
    pub asked_by: Option<String>,
    /// Whether that person may sign too.
    pub own_request: bool,
    /// Rounds that were chosen by amount and conditions.
    pub rounds: Vec<SigningRound>,
    /// Round that is open.
    pub current: usize,
    /// Outcome.
    pub outcome: Option<Outcome>,
}

/// One round.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SigningRound {
    /// Heading.
    pub title: String,
    /// How many must agree.
    pub need: Need,
    /// Clock that runs while it is open.
    pub clock: Option<String>,
    /// Slots.
    pub slots: Vec<SigningSlot>,
}

/// One signature that is asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SigningSlot {
    /// Name.
    pub name: String,
    /// Whose signature.
    pub title: String,
    /// Who may sign.
    pub who: Vec<Who>,
    /// Staff named by hand-over 转办, delegation 委托 or as added signer 加签.
    pub people: Vec<String>,
    /// What is asked.
    pub ask: Vec<Ask>,
    /// Added by a signer 加签: needed whatever the round says.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub added: bool,
    /// The signature.
    pub signed: Option<Signature>,
}

/// A signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// Id of the member of staff; none for the holder of a link.
    pub by: Option<String>,
    /// When.
    pub at: Time,
    /// Agreed or refused.
    pub verdict: Verdict,
    /// Words.
    pub note: Option<String>,
    /// Signed by somebody to whom it was delegated 受托, who has not the post for it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub entrusted: bool,
}

/// What a signer says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// 同意
    Agree,
    /// 不同意
    Refuse,
}

/// How a sign-off ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Every round is signed.
    Done,
    /// Refused.
    Refused,
    /// Withdrawn 撤回 by who asked, or dropped because the case left the stage.
    Withdrawn,
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
    /// What is held.
    pub resource: String,
    /// Kept after the case has ended.
    pub stays: bool,
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

    /// When the engine must be asked again though nobody acts: the next clock step, deadline or plan.
    pub fn next_wake(&self) -> Option<Time> {
        let runs = self.runs.iter().filter_map(Run::next_at);
        runs.chain(self.plans.values().map(|p| p.next_at)).min()
    }

    /// The nearest deadline of a clock that runs; late ones first.
    pub fn next_due(&self) -> Option<&Run> {
        self.runs
            .iter()
            .filter(|r| r.ended.is_none() && r.due_at.is_some())
            .min_by_key(|r| r.due_at)
    }
}

impl Run {
    /// Whether its deadline passed before that instant.
    pub fn late(&self, at: Time) -> bool {
        self.breached_at.is_some() || self.due_at.is_some_and(|due| at > due)
    }

    /// Whether it stands still.
    pub fn paused(&self) -> bool {
        self.pauses.last().is_some_and(|p| p.to.is_none())
    }

    /// When it next has something to do: a step, or passing its deadline. What was due before the start is due at it.
    pub fn next_at(&self) -> Option<Time> {
        if self.ended.is_some() || self.paused() {
            return None;
        }
        let steps = self
            .steps
            .iter()
            .filter(|s| s.fired_at.is_none())
            .filter_map(|s| s.at);
        let breach = self.due_at.filter(|_| self.breached_at.is_none());
        steps.chain(breach).min().map(|at| at.max(self.started_at))
    }
}

impl Signing {
    /// The round that is open.
    pub fn round(&self) -> Option<&SigningRound> {
        self.rounds.get(self.current)
    }
}

impl SigningRound {
    /// How many signatures of its own slots it needs; those of added signers 加签 are always needed.
    pub fn needed(&self) -> usize {
        let own = self.own().count();
        match self.need {
            Need::All => own,
            Need::Any => 1,
            Need::AtLeast(n) => usize::from(n).min(own),
        }
    }

    fn own(&self) -> impl Iterator<Item = &SigningSlot> {
        self.slots.iter().filter(|slot| !slot.added)
    }

    fn added(&self) -> impl Iterator<Item = &SigningSlot> {
        self.slots.iter().filter(|slot| slot.added)
    }

    /// Whether enough have agreed.
    pub fn agreed(&self) -> bool {
        let own = self.own().filter(|slot| slot.says(Verdict::Agree)).count();
        own >= self.needed() && self.added().all(|slot| slot.says(Verdict::Agree))
    }

    /// Whether so many have refused that it cannot be agreed any more.
    pub fn refused(&self) -> bool {
        let left = self.own().filter(|slot| !slot.says(Verdict::Refuse)).count();
        left < self.needed() || self.added().any(|slot| slot.says(Verdict::Refuse))
    }
}

impl SigningSlot {
    fn says(&self, verdict: Verdict) -> bool {
        self.signed
            .as_ref()
            .is_some_and(|signature| signature.verdict == verdict)
    }
}
