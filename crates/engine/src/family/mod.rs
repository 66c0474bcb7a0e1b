//! The family of a deed: the cases that are decided together.
//!
//! A deed begins in one case and may reach others: those it opens, the one above it, those below it, those it
//! addresses. The engine decides all of them at once, from one look at the world ([`Known`]); whoever keeps cases
//! writes the [`Written`] down in order, all or none. What the look does not hold is asked for ([`Stop::Missing`]):
//! it is fetched and the deed decided anew, since nothing was changed.

mod follow;
mod known;

pub use follow::{ending, wanted};
pub use known::{Known, Missing, Scene};

use crate::case::{Case, Data};
use crate::def::Relation;
use crate::event::{Entry, Event};
use crate::refusal::{Refusal, Why};
use crate::step::{self, Outcome, Start};
use crate::world::{Actor, Child, Input, Member, World};
use std::collections::BTreeMap;

/// A deed that reaches more cases than this is refused: effects on many cases are jobs of their own.
const MOST: usize = 300;

/// What a deed did to one case. A case that a deed comes back to is written again.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    /// The case as it was; none: it is new, and its number is still to be given.
    pub before: Option<Case>,
    /// The case after, and the entries that made it so.
    pub outcome: Outcome,
    /// Who did it: the actor in the case they acted on, the system in all others.
    pub by: Actor,
}

/// Why a deed is not decided.
#[derive(Debug, Clone, PartialEq)]
pub enum Stop {
    /// It is refused, here or in a case it reaches; nothing of it happens.
    Refused(Refusal),
    /// More must be known.
    Missing(Missing),
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Stop {
        Stop::Refused(refusal)
    }
}

/// A deed under way.
pub struct Family<'k> {
    known: &'k dyn Known,
    scene: Scene<'k>,
    now_are: BTreeMap<String, Case>,
    opened: BTreeMap<String, Vec<String>>,
    /// Cases more or fewer that somebody works on by this deed.
    loads: BTreeMap<String, i64>,
    done: Vec<Written>,
}

impl<'k> Family<'k> {
    /// Nothing has happened yet.
    pub fn new(known: &'k dyn Known, scene: Scene<'k>) -> Family<'k> {
        Family {
            known,
            scene,
            now_are: BTreeMap::new(),
            opened: BTreeMap::new(),
            loads: BTreeMap::new(),
            done: Vec::new(),
        }
    }

    /// Does an action, and whatever follows from it in other cases.
    ///
    /// # Errors
    /// [`Stop`].
    pub fn act(mut self, case: &str, actor: &Actor, input: &Input) -> Result<Vec<Written>, Stop> {
        let before = self.case(case)?;
        let outcome = self.with_world(&before, Some(&input.values), self.scene.at, |world| {
            step::step(world, &before, actor, input)
        })??;
        self.take(Some(before), outcome, actor.clone())?;
        Ok(self.done)
    }

    /// Opens a case under the manual of that hash.
    ///
    /// # Errors
    /// [`Stop`].
    pub fn open(mut self, manual: &str, start: Start, actor: &Actor) -> Result<Vec<Written>, Stop> {
        self.begin(manual, start, actor.clone(), self.scene.at)?;
        Ok(self.done)
    }

    /// Lets time pass for a case up to the scene's `now`.
    ///
    /// # Errors
    /// [`Stop`].
    pub fn tick(mut self, case: &str) -> Result<Vec<Written>, Stop> {
        let before = self.case(case)?;
        let outcome = self.with_world(&before, None, self.scene.at, |world| step::tick(world, &before))??;
        self.take(Some(before), outcome, Actor::System)?;
        Ok(self.done)
    }

    /// Records an event that carries no rule of the manual, see [`step::record`].
    ///
    /// # Errors
    /// [`Stop`].
    pub fn record(mut self, case: &str, actor: &Actor, event: Event) -> Result<Vec<Written>, Stop> {
        let before = self.case(case)?;
        // What is computed of a home that is joined is that home's.
        let seen = match &event {
            Event::HomeJoined { home, .. } => Case {
                home: Some(home.clone()),
                ..before.clone()
            },
            _ => before.clone(),
        };
        let outcome = self.with_world(&seen, None, self.scene.at, |world| {
            step::record(world, &before, actor, event)
        })??;
        self.take(Some(before), outcome, actor.clone())?;
        Ok(self.done)
    }

    /// Recomputes the deadlines of a case's running clocks after a calendar changed.
    ///
    /// # Errors
    /// [`Stop`].
    pub fn recalendar(mut self, case: &str) -> Result<Vec<Written>, Stop> {
        let before = self.case(case)?;
        let outcome = self.with_world(&before, None, self.scene.at, |world| {
            step::recalendar(world, &before)
        })??;
        self.take(Some(before), outcome, Actor::System)?;
        Ok(self.done)
    }

    /// Does what another case asked for later, as the system.
    ///
    /// # Errors
    /// [`Stop`]; refused when the action does not fit.
    pub fn oblige(
        mut self,
        case: &str,
        act: &str,
        or: Option<&str>,
        set: &Data,
    ) -> Result<Vec<Written>, Stop> {
        self.asked(case, act, or, set, self.scene.at)?;
        Ok(self.done)
    }

    /// Lends what may be known around a case to whoever only looks.
    ///
    /// # Errors
    /// [`Stop::Missing`].
    pub fn look<R>(&self, case: &str, look: impl FnOnce(&World, &Case) -> R) -> Result<R, Stop> {
        let case = self.case(case)?;
        self.with_world(&case, None, self.scene.at, |world| look(world, &case))
    }

    fn begin(
        &mut self,
        manual: &str,
        mut start: Start,
        actor: Actor,
        at: crate::time::Time,
    ) -> Result<(), Stop> {
        if let Some(parent) = &start.parent {
            let parent = self.case(parent)?;
            self.take_over(&parent, &mut start)?;
        }
        let blank = Case {
            kind: start.kind.clone(),
            manual: manual.to_owned(),
            site: start.site.clone(),
            home: start.home.clone(),
            parent: start.parent.clone(),
            people: crate::step::opener(&actor),
            ..Case::default()
        };
        if let Some(parent) = &start.parent {
            let under = self.opened.entry(parent.clone()).or_default();
            under.push(start.id.clone());
        }
        let entered = start.data.clone();
        let outcome = self.with_world(&blank, Some(&entered), at, |world| {
            step::open(world, start, &actor)
        })??;
        self.take(None, outcome, actor)
    }

    /// A case as it is by now.
    fn case(&self, id: &str) -> Result<Case, Stop> {
        if let Some(case) = self.now_are.get(id) {
            return Ok(case.clone());
        }
        let found = self.known.case(id);
        found
            .cloned()
            .ok_or_else(|| Stop::Missing(Missing::Case(id.to_owned())))
    }

    /// Cases under one, as they are by now.
    fn under(&self, id: &str) -> Result<Vec<Child>, Stop> {
        let mut all = match self
            .now_are
            .get(id)
            .filter(|case| case.seq > 0 && self.is_new(id))
        {
            Some(_) => Vec::new(),
            None if id.is_empty() => Vec::new(),
            None => self
                .known
                .children(id)
                .ok_or_else(|| Stop::Missing(Missing::Children(id.to_owned())))?,
        };
        for child in &mut all {
            if let Some(case) = self.now_are.get(&child.id) {
                *child = Child::of(case);
            }
        }
        let opened = self.opened.get(id).into_iter().flatten();
        all.extend(opened.filter_map(|id| self.now_are.get(id)).map(Child::of));
        Ok(all)
    }

    fn is_new(&self, id: &str) -> bool {
        let mut of = self.done.iter().filter(|w| w.outcome.case.id == id);
        of.next().is_some_and(|first| first.before.is_none())
    }

    /// Lends the engine what it may know around a case.
    fn with_world<R>(
        &self,
        case: &Case,
        entered: Option<&Data>,
        at: crate::time::Time,
        look: impl FnOnce(&World) -> R,
    ) -> Result<R, Stop> {
        let manual = self.manual(case)?;
        let children = self.under(&case.id)?;
        let home = match &case.home {
            None => Default::default(),
            Some(home) => self
                .known
                .home(home)
                .ok_or_else(|| Stop::Missing(Missing::Home(home.clone())))?,
        };
        let roster = self
            .known
            .roster(&case.site)
            .ok_or_else(|| Stop::Missing(Missing::Roster(case.site.clone())))?;
        let loaded = self.loaded(roster);
        let mut world = World {
            manual,
            live: self.scene.live,
            home,
            children: &children,
            reached: &crate::world::NOBODY,
            roster: loaded.as_deref().unwrap_or(roster),
            me: None,
            at,
            now: self.scene.now.max(at),
            quiet: self.scene.quiet,
            ids: self.scene.ids,
        };
        let reached = self.reached(&world, case, entered)?;
        world.reached = &reached;
        Ok(look(&world))
    }

    fn manual(&self, case: &Case) -> Result<&'k crate::load::Manual, Stop> {
        self.known
            .manual(&case.manual)
            .ok_or_else(|| Stop::Missing(Missing::Manual(case.manual.clone())))
    }

    /// The roster with what this deed has given people to do already.
    fn loaded(&self, roster: &[Member]) -> Option<Vec<Member>> {
        if self.loads.values().all(|more| *more == 0) {
            return None;
        }
        let mut roster = roster.to_vec();
        for member in &mut roster {
            let more = self.loads.get(&member.id).copied().unwrap_or_default();
            member.load = u32::try_from((i64::from(member.load) + more).max(0)).unwrap_or(u32::MAX);
        }
        Some(roster)
    }

    fn count_load(&mut self, case: &Case, change: i64) {
        if !case.closed() {
            for staff in case.in_relation(Relation::Assignee) {
                *self.loads.entry(staff.to_owned()).or_default() += change;
            }
        }
    }

    /// Takes what was decided for one case, and goes on to what follows from it in others.
    fn take(&mut self, before: Option<Case>, outcome: Outcome, by: Actor) -> Result<(), Stop> {
        if outcome.entries.is_empty() {
            return Ok(());
        }
        if self.done.len() >= MOST {
            let sentence = "一次办理牵连的事项太多，请分开办理";
            return Err(Stop::Refused(Refusal::new(Why::Condition, sentence)));
        }
        if let Some(before) = &before {
            self.count_load(before, -1);
        }
        self.count_load(&outcome.case, 1);
        let case = outcome.case.clone();
        let entries: Vec<Entry> = outcome.entries.clone();
        self.now_are.insert(case.id.clone(), case.clone());
        self.done.push(Written { before, outcome, by });
        for entry in &entries {
            self.follow(&case, entry)?;
        }
        Ok(())
    }
}
