//! What is known of the world around a case when something happens to it.

use crate::case::Data;
use crate::def::{Link, Phase};
use crate::load::Manual;
use crate::phase::phase_of;
use crate::time::Time;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
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

impl Actor {
    /// Id of the member of staff it is.
    pub fn staff(&self) -> Option<&str> {
        match self {
            Actor::Staff(id) => Some(id),
            Actor::Link(_) | Actor::System => None,
        }
    }
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
#[derive(Debug, Clone, Default, PartialEq)]
pub struct HomeFacts {
    /// Day it was handed over 交付日期, `YYYY-MM-DD`.
    pub delivered_on: Option<String>,
    /// `home`, `shop`, `parking`.
    pub kind: Option<String>,
    /// Area 片区 it belongs to, by id.
    pub area: Option<String>,
    /// What people say: 3栋1单元502.
    pub title: Option<String>,
    /// Name of its building.
    pub building: Option<String>,
    /// Unit 单元 within the building.
    pub unit: Option<String>,
    /// Room within the unit.
    pub room: Option<String>,
    /// Name of the site 小区 it stands in.
    pub site: Option<String>,
    /// Floor area in square metres.
    pub floor_area: Option<f64>,
}

impl HomeFacts {
    /// What expressions and words read as `home.NAME`; null for a name that is not known here.
    pub fn get(&self, name: &str) -> Value {
        match name {
            "delivered_on" => json!(self.delivered_on),
            "kind" => json!(self.kind),
            "title" => json!(self.title),
            "building" => json!(self.building),
            "unit" => json!(self.unit),
            "room" => json!(self.room),
            "site" => json!(self.site),
            "area" => json!(self.floor_area),
            _ => Value::Null,
        }
    }
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
    /// The member of staff who acts, by id; nobody where the product or somebody outside does.
    pub me: Option<&'a str>,
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
    /// The same world, in which that actor acts.
    pub fn by<'b>(&'b self, actor: &'b Actor) -> World<'b> {
        World {
            me: actor.staff(),
            home: self.home.clone(),
            ..*self
        }
    }

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
