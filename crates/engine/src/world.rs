//! What is known of the world around a case when something happens to it.

use crate::case::Data;
use crate::def::{Link, Phase};
use crate::load::Manual;
use crate::phase::phase_of;
use crate::time::Time;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Actor {
    /// Member of staff, by id.
    Staff(String),
    /// Holder of a link.
    Link(Link),
    /// The product itself.
    System,
}

/// A member of staff, as far as routing needs to know.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Member {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Posts held where the case is.
    pub posts: BTreeSet<String>,
    /// Areas 片区 looked after; empty: all.
    pub areas: BTreeSet<String>,
    /// Skills 技能.
    pub skills: BTreeSet<String>,
    /// On the duty list now (DUTY-7).
    pub on_duty: bool,
    /// Open cases being worked on.
    pub load: u32,
    /// An account of another system: it may act, but nothing is ever given to it.
    pub service: bool,
}

/// What is known of the home.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HomeFacts {
    /// Day it was handed over 交付日期, `YYYY-MM-DD`.
    pub delivered_on: Option<String>,
    /// `home`, `shop`, `parking`.
    pub kind: Option<String>,
    /// Area it belongs to.
    pub area: Option<String>,
}

/// What is known of another case: one under this one, or one it addresses.
#[derive(Debug, Clone, PartialEq)]
pub struct Child {
    /// Id.
    pub id: String,
    /// Kind.
    pub kind: String,
    /// Stage.
    pub stage: String,
    /// Beginning.
    pub opened_at: Time,
    /// End.
    pub closed_at: Option<Time>,
    /// Form values.
    pub data: Data,
}

impl Child {
    /// What others read of a case.
    pub fn of(case: &crate::case::Case) -> Child {
        Child {
            id: case.id.clone(),
            kind: case.kind.clone(),
            stage: case.stage.clone(),
            opened_at: case.opened_at,
            closed_at: case.closed_at,
            data: case.data.clone(),
        }
    }
}

/// Nothing is addressed.
pub static NOBODY: BTreeMap<String, Child> = BTreeMap::new();

/// Everything the step function may know beside the case.
pub struct World<'a> {
    /// The manual the case is pinned to.
    pub manual: &'a Manual,
    /// The manual in force: calendars and tables go by it.
    pub live: &'a Manual,
    /// Home.
    pub home: HomeFacts,
    /// Cases under this one.
    pub children: &'a [Child],
    /// Cases it addresses, by the name of the address.
    pub reached: &'a BTreeMap<String, Child>,
    /// Staff who hold a post where the case is.
    pub roster: &'a [Member],
    /// When it happened.
    pub at: Time,
    /// When it is recorded.
    pub now: Time,
    /// Record notices, but do not send them: an imported past.
    pub quiet: bool,
    /// Source of ids for child cases.
    pub ids: &'a (dyn Fn() -> String + Sync),
}

impl World<'_> {
    /// The phase the home is in when it happens (INTAKE-17); calendars and people go by the manual in force, and so does this.
    pub fn phase(&self) -> Option<&Phase> {
        let today = self.at.date(self.live.offset());
        phase_of(self.live, self.home.delivered_on.as_deref(), today).map(|(phase, _)| phase)
    }
}

/// What an actor wants to do.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Input {
    /// Name of an action of the kind, or of a [`Builtin`].
    pub action: String,
    /// What was entered.
    #[serde(default)]
    pub values: Data,
}
