//! One turn: a case, changed by emitting events and nothing else.

use super::{Actor, Outcome, Refusal, World, clocks, effects, judge, plans, rules_of, signing};
use crate::case::{Case, Data, RunEnd};
use crate::def::Action;
use crate::env::CaseEnv;
use crate::event::{Entry, Event, apply};
use crate::load::Rules;
use crate::time::Time;

/// Actions the system does in answer to an action may themselves bring about actions; this many deep at most.
const DEPTH: u8 = 8;

pub(super) struct Turn<'a> {
    pub world: &'a World<'a>,
    pub rules: &'a Rules,
    pub case: Case,
    pub actor: Actor,
    pub at: Time,
    entries: Vec<Entry>,
    depth: u8,
}

impl<'a> Turn<'a> {
    pub fn new(world: &'a World<'a>, case: Case, actor: Actor) -> Result<Turn<'a>, Refusal> {
        let rules = rules_of(world, &case.kind)?;
        // Devices' clocks differ: nothing happened to a case before it began.
        let at = world.at.max(case.opened_at);
        Ok(Turn {
            world,
            rules,
            case,
            actor,
            at,
            entries: Vec::new(),
            depth: 0,
        })
    }

    /// The only way a turn changes its case.
    pub fn emit(&mut self, event: Event) {
        let entry = Entry {
            happened_at: self.at,
            event,
        };
        apply(&mut self.case, &entry);
        self.entries.push(entry);
    }

    pub fn finish(self) -> Outcome {
        Outcome {
            case: self.case,
            entries: self.entries,
        }
    }

    /// Does an action whose right was judged and whose input was checked.
    pub fn act(&mut self, action: &Action, mut set: Data) -> Result<(), Refusal> {
        let from = self.case.stage.clone();
        let to = action.to.clone().unwrap_or_else(|| from.clone());
        let ends = self.rules.stage(&to).is_some_and(|s| s.ends);
        effects::gather_sets(self, &action.effects, &mut set);
        crate::form::compute(self.world, self.rules, &self.case, &mut set);
        self.emit(Event::Acted {
            action: action.name.clone(),
            from: from.clone(),
            to: to.clone(),
            ends,
            set,
        });
        for clock in &action.stops {
            clocks::stop(self, clock, RunEnd::Done);
        }
        for clock in &action.drops {
            clocks::stop(self, clock, RunEnd::Lapsed);
        }
        clocks::drop_void(self);
        for clock in &action.pauses {
            clocks::pause(self, clock);
        }
        for clock in &action.resumes {
            clocks::resume(self, clock);
        }
        for clock in &action.recounts {
            clocks::recount(self, clock);
        }
        for clock in &action.starts {
            clocks::start(self, clock);
        }
        for effect in &action.effects {
            effects::perform(self, effect)?;
        }
        if from != to {
            self.entered(&from)?;
        }
        Ok(())
    }

    /// What follows from having come into a stage.
    pub fn entered(&mut self, from: &str) -> Result<(), Refusal> {
        clocks::follow_stage(self, from);
        signing::drop_if_left(self);
        plans::follow_stage(self);
        if self.case.closed() {
            self.leave_behind();
        } else {
            signing::open_for_stage(self)?;
        }
        Ok(())
    }

    /// The case has ended: nothing of it may go on running.
    pub fn leave_behind(&mut self) {
        clocks::end_all(self);
        plans::end_all(self);
        signing::withdraw_open(self);
        if self.case.passing.is_some() {
            self.emit(Event::PassRefused {
                reason: "事项已结束".to_owned(),
            });
        }
        let going: Vec<String> = self
            .case
            .claims
            .iter()
            .filter(|c| !c.stays)
            .map(|c| c.name.clone())
            .collect();
        for name in going {
            self.emit(Event::Released { name });
        }
    }

    /// Lets the system do one of the kind's actions; says nothing when it does not fit now.
    pub fn system_acts(&mut self, name: &str, set: Data) -> Result<bool, Refusal> {
        if self.depth >= DEPTH {
            return Ok(false);
        }
        let judged = judge::judge(self.world, self.rules, &self.case, &Actor::System, name);
        let Ok(judge::Verb::Action(action)) = judged else {
            return Ok(false);
        };
        let action = action.clone();
        self.depth += 1;
        let actor = std::mem::replace(&mut self.actor, Actor::System);
        let done = self.act(&action, set);
        self.actor = actor;
        self.depth -= 1;
        done.map(|()| true)
    }

    /// Whether an expression of the kind is true of the case as it is now.
    pub fn test(&self, expression: &str) -> bool {
        self.rules
            .test(expression, &CaseEnv::guard(self.world, &self.case))
    }

    pub fn actor_id(&self) -> Option<&str> {
        match &self.actor {
            Actor::Staff(id) => Some(id),
            _ => None,
        }
    }
}
