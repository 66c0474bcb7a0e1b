//! The step function: `step(world, case, actor, input) → events`, or a refusal a clerk understands.
//!
//! Pure: everything it needs to know of the world is in [`World`], time included. What it decides is a
//! list of [`Event`]s; the case after is what [`crate::event::apply`] makes of them, so replay cannot differ.

mod builtin;
mod clocks;
mod effects;
mod judge;
mod limits;
mod opening;
pub mod passing;
mod plans;
mod reading;
mod signing;
mod turn;

pub use builtin::Builtin;
pub use clocks::when_said;
pub use judge::{Offer, offers};
pub use limits::offset;
pub use opening::{Start, may_open, open};
pub use reading::only;

use crate::case::{Case, Data};
use crate::def::{Link, Phase, Who};
use crate::event::{Entry, Event};
use crate::load::{Manual, Rules};
use crate::phase::phase_of;
use crate::time::Time;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use turn::Turn;

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

/// A case under this one.
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

/// Why something is not done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// Sort.
    pub why: Why,
    /// A sentence for the clerk.
    pub sentence: String,
    /// Fields that are wrong.
    pub fields: Vec<FieldProblem>,
}

/// Sorts of refusals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// There is no such action.
    Unknown,
    /// Not in this stage, or the case is closed.
    NotNow,
    /// Not this actor.
    NotYou,
    /// The action's condition is not met.
    Condition,
    /// What was entered is wrong.
    Invalid,
}

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldProblem {
    /// Name of the field; `table.3.column` for a cell.
    pub field: String,
    /// A sentence for the clerk.
    pub sentence: String,
}

impl Refusal {
    pub(crate) fn new(why: Why, sentence: impl Into<String>) -> Refusal {
        Refusal {
            why,
            sentence: sentence.into(),
            fields: Vec::new(),
        }
    }

    pub(crate) fn invalid(fields: Vec<FieldProblem>) -> Refusal {
        let sentence = fields
            .first()
            .map_or_else(|| "填写有误".to_owned(), |f| f.sentence.clone());
        Refusal {
            why: Why::Invalid,
            sentence,
            fields,
        }
    }
}

/// What a step gives: the case after, and the entries that made it so.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The case after.
    pub case: Case,
    /// New entries of its ledger, in order.
    pub entries: Vec<Entry>,
}

/// Does an action.
///
/// # Errors
/// A [`Refusal`] when the actor may not, the stage or the condition does not allow it, or the input is wrong.
pub fn step(world: &World, case: &Case, actor: &Actor, input: &Input) -> Result<Outcome, Refusal> {
    let mut turn = Turn::new(world, case.clone(), actor.clone())?;
    match judge::judge(world, turn.rules, case, actor, &input.action)? {
        judge::Verb::Action(action) => {
            let action = action.clone();
            let set = crate::form::check(world, turn.rules, case, &action.ask, &input.values)?;
            judge::entered(world, turn.rules, case, &action, &set)?;
            turn.act(&action, set)?;
        }
        judge::Verb::Builtin(builtin) => builtin::perform(&mut turn, builtin, &input.values)?,
    }
    Ok(turn.finish())
}

/// Lets time pass: fires clock steps, marks deadlines that passed, runs plans, all due up to `world.now`.
///
/// Each entry happened when it was due, not when somebody looked; what expressions call `now` is that instant too.
pub fn tick(world: &World, case: &Case) -> Result<Outcome, Refusal> {
    let mut done = Outcome {
        case: case.clone(),
        entries: Vec::new(),
    };
    while let Some(wake) = done.case.next_wake().filter(|wake| *wake <= world.now) {
        let then = World {
            at: wake,
            home: world.home.clone(),
            ..*world
        };
        let mut turn = Turn::new(&then, done.case.clone(), Actor::System)?;
        clocks::fire_due(&mut turn, wake);
        plans::run_due(&mut turn, wake);
        let next = turn.finish();
        if next.entries.is_empty() {
            break;
        }
        done.case = next.case;
        done.entries.extend(next.entries);
    }
    Ok(done)
}

/// Recomputes the deadlines of running clocks after a calendar changed.
pub fn recalendar(world: &World, case: &Case) -> Result<Outcome, Refusal> {
    let mut turn = Turn::new(world, case.clone(), Actor::System)?;
    clocks::move_all(&mut turn);
    Ok(turn.finish())
}

/// Does what another case asks: something was joined, merged or closed from outside this case.
///
/// The caller vouches for the actor's right; only events that carry no rule of the manual go this way. The world of a
/// home that is joined is that home's: what is computed from it changes at once.
///
/// # Errors
/// [`Why::Unknown`] when the manual does not hold the case's kind.
pub fn record(world: &World, case: &Case, actor: &Actor, mut event: Event) -> Result<Outcome, Refusal> {
    let mut turn = Turn::new(world, case.clone(), actor.clone())?;
    if let Event::HomeJoined { home, set } = &mut event {
        let after = Case {
            home: Some(home.clone()),
            ..case.clone()
        };
        crate::form::compute(world, turn.rules, &after, set);
    }
    let closes = matches!(event, Event::MergedInto { .. } | Event::ClosedByParent { .. });
    turn.emit(event);
    if closes {
        turn.leave_behind();
    }
    Ok(turn.finish())
}

/// The rules of a case's kind in the manual it is pinned to.
///
/// # Errors
/// [`Why::Unknown`] when the manual does not hold the kind.
pub fn rules_of<'a>(world: &World<'a>, kind: &str) -> Result<&'a Rules, Refusal> {
    world
        .manual
        .kind(kind)
        .ok_or_else(|| Refusal::new(Why::Unknown, format!("制度中没有“{kind}”这类事项")))
}

/// Whether the actor is one of those.
pub fn is_one_of(world: &World, case: &Case, actor: &Actor, whos: &[Who]) -> bool {
    whos.iter().any(|who| is(world, case, actor, who))
}

fn is(world: &World, case: &Case, actor: &Actor, who: &Who) -> bool {
    match (actor, who) {
        (Actor::System, Who::System) => true,
        (Actor::Link(held), Who::Link(wanted)) => held == wanted,
        (Actor::Staff(_), Who::Staff) => true,
        (Actor::Staff(id), Who::Post(post)) => {
            world.roster.iter().any(|m| &m.id == id && m.posts.contains(post))
        }
        (Actor::Staff(id), Who::Relation(relation)) => case.is(*relation, id),
        (Actor::Staff(id), Who::Field(field)) => case.data.get(field).and_then(|v| v.as_str()) == Some(id),
        _ => false,
    }
}

/// Lets the system do one of the kind's actions on behalf of another case, or the second when the first does not fit
/// now; nothing happens when neither does.
///
/// # Errors
/// A [`Refusal`] when the values handed over do not fit the form, or what follows is refused.
pub fn system_act(
    world: &World,
    case: &Case,
    act: &str,
    or: Option<&str>,
    set: &Data,
) -> Result<Outcome, Refusal> {
    let mut turn = Turn::new(world, case.clone(), Actor::System)?;
    let set = crate::form::take(turn.rules, set)?;
    if !turn.system_acts(act, set.clone())?
        && let Some(other) = or
    {
        turn.system_acts(other, set)?;
    }
    Ok(turn.finish())
}
