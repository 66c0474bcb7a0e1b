//! One turn: a case, changed by emitting events and nothing else.

use super::who::rules_of;
use crate::case::Case;
use crate::env::CaseEnv;
use crate::event::{Entry, Event, apply};
use crate::load::Rules;
use crate::refusal::Refusal;
use crate::time::Time;
use crate::world::{Actor, World};

/// What a step gives: the case after, and the entries that made it so.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The case after.
    pub case: Case,
    /// New entries of its ledger, in order.
    pub entries: Vec<Entry>,
}

pub(super) struct Turn<'a> {
    pub world: &'a World<'a>,
    pub rules: &'a Rules,
    pub case: Case,
    pub actor: Actor,
    pub at: Time,
    entries: Vec<Entry>,
    pub depth: u8,
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

    /// Where the turn stands, to come back to.
    pub fn mark(&self) -> (Case, usize) {
        (self.case.clone(), self.entries.len())
    }

    /// Undoes everything since the mark.
    pub fn back_to(&mut self, (case, entries): (Case, usize)) {
        self.case = case;
        self.entries.truncate(entries);
    }

    pub fn finish(self) -> Outcome {
        Outcome {
            case: self.case,
            entries: self.entries,
        }
    }

    /// Whether an expression of the kind is true of the case as it is now.
    pub fn test(&self, expression: &str) -> bool {
        self.rules
            .test(expression, &CaseEnv::guard(self.world, &self.case))
    }

    pub fn actor_id(&self) -> Option<&str> {
        self.actor.staff()
    }
}
