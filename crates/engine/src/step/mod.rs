//! The step function: `step(world, case, actor, input) → events`, or a refusal a clerk understands.
//!
//! Pure: everything it needs to know of the world is in [`World`], time included. What it decides is a
//! list of [`Event`]s; the case after is what [`crate::event::apply`] makes of them, so replay cannot differ.

mod assigning;
mod builtin;
mod claims;
mod clocks;
mod effects;
mod guests;
mod judge;
mod ladder;
mod limits;
mod notices;
mod offer;
mod opening;
mod papers;
pub mod passing;
mod perform;
mod plans;
mod reading;
mod signing;
mod turn;
mod who;

pub(crate) use builtin::asked;
pub use guests::{ends, may_hand, stands};
pub use judge::offers;
pub use offer::Offer;
pub use opening::{Start, may_open, open, opener};
pub use papers::papers;
pub use reading::only;
pub use turn::Outcome;
pub use who::{is_one_of, rules_of};

pub use crate::calendar::{offset, when_said};
pub use crate::def::Builtin;
pub use crate::refusal::{FieldProblem, Refusal, Why};
pub use crate::world::{Actor, Child, HomeFacts, Input, Member, World};

use crate::case::{Case, Data};
use crate::event::Event;
use turn::Turn;

/// Does an action.
///
/// # Errors
/// A [`Refusal`] when the actor may not, the stage or the condition does not allow it, or the input is wrong.
pub fn step(world: &World, case: &Case, actor: &Actor, input: &Input) -> Result<Outcome, Refusal> {
    let world = &world.by(actor);
    let mut turn = Turn::new(world, case.clone(), actor.clone())?;
    match judge::judge(world, turn.rules, case, actor, &input.action)? {
        judge::Verb::Action(action) => {
            let action = action.clone();
            let set = crate::form::check(world, turn.rules, case, &action.ask, &input.values)?;
            judge::entered(world, turn.rules, case, &action, &set)?;
            perform::act(&mut turn, &action, set)?;
        }
        judge::Verb::Paper(paper) => {
            reading::only(&input.values, &[])?;
            turn.emit(papers::printed(paper));
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
        ladder::fire_due(&mut turn, wake);
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
    let world = &world.by(actor);
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
        perform::leave_behind(&mut turn);
    }
    Ok(turn.finish())
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
    for act in std::iter::once(act).chain(or) {
        judge::handed_over(world, turn.rules, case, (act, &set))?;
        if perform::system_acts(&mut turn, act, set.clone())? {
            break;
        }
    }
    Ok(turn.finish())
}

/// The same where it must be done: when neither action fits, that is refused, with why the first does not.
///
/// # Errors
/// A [`Refusal`] as [`system_act`], and when neither action fits.
pub fn oblige(
    world: &World,
    case: &Case,
    act: &str,
    or: Option<&str>,
    set: &Data,
) -> Result<Outcome, Refusal> {
    let outcome = system_act(world, case, act, or, set)?;
    if outcome.entries.is_empty() {
        let rules = rules_of(world, &case.kind)?;
        judge::judge(world, rules, case, &Actor::System, act)?;
    }
    Ok(outcome)
}

/// Whether the bearer of a paper may pass the gate now, by the kind's own rule; in words, why not. What is closed passes
/// nowhere.
///
/// # Errors
/// The sentence for the guard.
pub fn passes(world: &World, case: &Case) -> Result<(), String> {
    let rules = rules_of(world, &case.kind).map_err(|refusal| refusal.sentence)?;
    let stage = rules.stage(&case.stage).map_or("", |stage| stage.title.as_str());
    let Some(pass) = &rules.kind.pass else {
        return Err("制度没有写这种单据什么时候可以放行".to_owned());
    };
    if case.closed() || case.merged_into.is_some() {
        return Err(stage.to_owned());
    }
    if rules.test(&pass.when, &crate::env::CaseEnv::guard(world, case)) {
        return Ok(());
    }
    Err(crate::tell::fill(
        &pass.otherwise,
        rules,
        case,
        &world.home,
        world.roster,
    ))
}
