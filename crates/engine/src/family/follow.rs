//! What an event brings about in other cases. It stands here once, for whoever keeps cases.

use super::{Family, Missing, Stop};
use crate::case::{Case, Data};
use crate::def::{AddressDef, Tone, identity};
use crate::env::CaseEnv;
use crate::event::{Entry, Event};
use crate::load::Rules;
use crate::refusal::{Refusal, Why};
use crate::step::{self, Start};
use crate::time::Time;
use crate::world::{Actor, Child, World};
use std::collections::BTreeMap;

impl Family<'_> {
    pub(super) fn follow(&mut self, case: &Case, entry: &Entry) -> Result<(), Stop> {
        // What time brings about happens when it was due, not when somebody looked.
        let at = entry.happened_at;
        match &entry.event {
            Event::ChildOpened {
                id,
                kind,
                data,
                people,
                home,
                customer,
            } => {
                let taken = under(case);
                let start = Start {
                    id: id.clone(),
                    kind: kind.clone(),
                    data: data.clone(),
                    people: people.clone(),
                    home: home.clone().or(taken.home),
                    customer: customer.clone().or(taken.customer),
                    ..taken
                };
                // A child keeps to the manual of its parent: the two were written to fit each other.
                self.begin(&case.manual, start, Actor::System, at)
            }
            Event::ParentAsked { act, or, set } => match &case.parent {
                Some(parent) => self.ask_parent(parent, (act, or.as_deref()), set, at),
                None => Ok(()),
            },
            Event::Asked {
                case: other,
                act,
                or,
                set,
                later: false,
                ..
            } => self.asked(other, act, or.as_deref(), set, at),
            Event::ChildrenClosed { kind } => self.close_children(case, kind, at),
            _ => Ok(()),
        }
    }

    /// A case that amends its parent begins with what stands there.
    pub(super) fn take_over(&self, parent: &Case, start: &mut Start) -> Result<(), Stop> {
        let Some(rules) = self.manual(parent)?.kind(&start.kind) else {
            return Ok(());
        };
        for name in &rules.kind.amends {
            if let Some(value) = parent.data.get(name) {
                start.was.insert(name.clone(), value.clone());
                start.data.entry(name.clone()).or_insert_with(|| value.clone());
            }
        }
        Ok(())
    }

    /// The parent may have moved on: then it does the second, and nothing if that does not fit either.
    fn ask_parent(
        &mut self,
        parent: &str,
        (act, or): (&str, Option<&str>),
        set: &Data,
        at: Time,
    ) -> Result<(), Stop> {
        let before = self.case(parent)?;
        let outcome = self.with_world(&before, None, at, |world| {
            step::system_act(world, &before, act, or, set)
        })??;
        self.take(Some(before), outcome, Actor::System)
    }

    /// An addressed case acts; what it refuses is refused here, with its number.
    pub(super) fn asked(
        &mut self,
        other: &str,
        act: &str,
        or: Option<&str>,
        set: &Data,
        at: Time,
    ) -> Result<(), Stop> {
        let before = self.case(other)?;
        let outcome = self.with_world(&before, None, at, |world| {
            step::oblige(world, &before, act, or, set)
        })?;
        let outcome = outcome.map_err(|refusal| Refusal {
            sentence: format!("{}：{}", before.number, refusal.sentence),
            why: Why::Condition,
            fields: Vec::new(),
        })?;
        self.take(Some(before), outcome, Actor::System)
    }

    /// Every open child of that kind goes to the first ending stage that stands for "without result", else to the
    /// first ending stage.
    fn close_children(&mut self, case: &Case, kind: &str, at: Time) -> Result<(), Stop> {
        let open = |child: &Child| child.kind == kind && child.closed_at.is_none();
        let open: Vec<String> = self
            .under(&case.id)?
            .into_iter()
            .filter(open)
            .map(|child| child.id)
            .collect();
        for id in open {
            let before = self.case(&id)?;
            let Some(stage) = self.manual(&before)?.kind(kind).and_then(ending) else {
                continue;
            };
            let event = Event::ClosedByParent { stage };
            let outcome = self.with_world(&before, None, at, |world| {
                step::record(world, &before, &Actor::System, event)
            })??;
            self.take(Some(before), outcome, Actor::System)?;
        }
        Ok(())
    }

    /// The cases a case addresses, from its state and what is entered.
    pub(super) fn reached(
        &self,
        world: &World,
        case: &Case,
        entered: Option<&Data>,
    ) -> Result<BTreeMap<String, Child>, Stop> {
        let mut reached = BTreeMap::new();
        let rules = world.manual.kind(&case.kind);
        if let (Some(parent), true) = (&case.parent, rules.is_some_and(Rules::reads_parent)) {
            reached.insert("parent".to_owned(), Child::of(&self.case(parent)?));
        }
        for (address, resource) in wanted(world, case, entered) {
            let holder = self.known.holder(&address.holder, &resource);
            let holder = holder.ok_or_else(|| {
                Stop::Missing(Missing::Holder {
                    claim: address.holder.clone(),
                    resource,
                })
            })?;
            if let Some(id) = holder.filter(|id| *id != case.id) {
                let other = self.case(&id)?;
                if other.kind == address.kind {
                    reached.insert(address.name.clone(), Child::of(&other));
                }
            }
        }
        Ok(reached)
    }
}

/// The addresses of a case whose resource is known, from its state and what is entered, each with its resource.
pub fn wanted<'w>(world: &World<'w>, case: &Case, entered: Option<&Data>) -> Vec<(&'w AddressDef, String)> {
    let Some(rules) = world
        .manual
        .kind(&case.kind)
        .filter(|r| !r.kind.addresses.is_empty())
    else {
        return Vec::new();
    };
    let mut seen = case.clone();
    seen.data.extend(entered.cloned().unwrap_or_default());
    let env = CaseEnv::guard(world, &seen);
    // As a claim keeps it: what is entered was not read yet.
    let resource = |on: &str| {
        let value = rules.value(on, &env);
        value.as_str().map(identity).filter(|name| !name.is_empty())
    };
    let addresses = rules.kind.addresses.iter();
    addresses
        .filter_map(|address| Some((address, resource(&address.on)?)))
        .collect()
}

/// What a case under another one takes over from it.
fn under(parent: &Case) -> Start {
    Start {
        site: parent.site.clone(),
        home: parent.home.clone(),
        customer: parent.customer.clone(),
        parent: Some(parent.id.clone()),
        channel: parent.channel.clone(),
        urgency: parent.urgency,
        partial: true,
        ..Start::default()
    }
}

/// The stage a case goes to that another one ends.
pub fn ending(rules: &Rules) -> Option<String> {
    let ends = || rules.kind.stages.iter().filter(|s| s.ends);
    let void = ends().find(|s| s.tone == Some(Tone::Void));
    void.or_else(|| ends().next()).map(|s| s.name.clone())
}
