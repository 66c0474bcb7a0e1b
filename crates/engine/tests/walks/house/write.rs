//! Writing what the engine decided, and what follows from it in other cases.

use super::{House, Trouble};
use crate::MANUAL;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use yizhan_engine::case::Case;
use yizhan_engine::def::Tone;
use yizhan_engine::event::{Entry, Event, apply};
use yizhan_engine::step::{self, Actor, Outcome, Refusal, Start};

impl House {
    pub(super) fn begin(&mut self, start: Start, actor: &Actor, at: i64) -> Result<(), Refusal> {
        let ids = AtomicU64::new(self.ids);
        let outcome = self.world(&start.id.clone(), at, &ids, |world| {
            step::open(world, start, actor)
        })?;
        self.ids = ids.into_inner();
        self.write(None, outcome)
            .map_err(|trouble| panic!("opening: {trouble:?}"))
    }

    /// Puts an outcome in place, and what it brings about in other cases.
    pub(super) fn write(&mut self, before: Option<&Case>, outcome: Outcome) -> Result<(), Trouble> {
        replay(before, &outcome);
        let Outcome { case, entries } = outcome;
        for entry in &entries {
            self.hold(&case, &entry.event)?;
            if let Event::Acted { action, .. } = &entry.event {
                self.done.insert((case.kind.clone(), action.clone()));
            }
        }
        let case = Arc::new(case);
        self.cases.insert(case.id.clone(), Arc::clone(&case));
        for entry in &entries {
            self.follow(&case, entry)?;
        }
        Ok(())
    }

    fn hold(&mut self, case: &Case, event: &Event) -> Result<(), Trouble> {
        match event {
            Event::Claimed(claim) => {
                let key = (claim.name.clone(), claim.resource.clone());
                let holder = self.claims.entry(key).or_insert_with(|| case.id.clone());
                if *holder != case.id {
                    return Err(Trouble::Taken);
                }
            }
            Event::Released { name } => self.claims.retain(|(held, _), id| held != name || *id != case.id),
            _ => {}
        }
        Ok(())
    }

    /// What a refusal would undo here the manual has promised: it is a fault.
    fn follow(&mut self, case: &Case, entry: &Entry) -> Result<(), Trouble> {
        let at = entry.happened_at.0;
        match &entry.event {
            Event::ChildOpened {
                id,
                kind,
                data,
                people,
                ..
            } => {
                let start = Start {
                    id: id.clone(),
                    kind: kind.clone(),
                    site: case.site.clone(),
                    home: case.home.clone(),
                    customer: case.customer.clone(),
                    parent: Some(case.id.clone()),
                    channel: case.channel.clone(),
                    urgency: case.urgency,
                    data: data.clone(),
                    people: people.clone(),
                    partial: true,
                    ..Start::default()
                };
                let opened = self.begin(start, &Actor::System, at);
                opened.unwrap_or_else(|refusal| panic!("{} opens {kind}: {refusal:?}", case.kind));
                Ok(())
            }
            Event::ParentAsked { act, or, set } => {
                let Some(parent) = case.parent.as_ref().map(|p| self.cases[p].clone()) else {
                    return Ok(());
                };
                let ids = AtomicU64::new(self.ids);
                let asked = self.world(&parent.id, at, &ids, |world| {
                    step::system_act(world, &parent, act, or.as_deref(), set)
                });
                let outcome =
                    asked.unwrap_or_else(|r| panic!("{} asks {} to {act}: {r:?}", case.kind, parent.kind));
                self.ids = ids.into_inner();
                self.write(Some(&parent), outcome)
            }
            Event::ChildrenClosed { kind } => self.close_children(case, kind, at),
            _ => Ok(()),
        }
    }

    fn close_children(&mut self, case: &Case, kind: &str, at: i64) -> Result<(), Trouble> {
        let open: Vec<Arc<Case>> = self
            .under(&case.id)
            .filter(|c| c.kind == kind && !c.closed())
            .cloned()
            .collect();
        for child in open {
            let stages = &MANUAL.kind(kind).unwrap().kind.stages;
            let void = stages.iter().find(|s| s.ends && s.tone == Some(Tone::Void));
            let stage = void
                .or_else(|| stages.iter().find(|s| s.ends))
                .unwrap()
                .name
                .clone();
            let event = Event::ClosedByParent { stage };
            let ids = AtomicU64::new(self.ids);
            let outcome = self.world(&child.id, at, &ids, |world| {
                step::record(world, &child, &Actor::System, event)
            });
            self.write(Some(&child), outcome.unwrap())?;
        }
        Ok(())
    }
}

/// Folding what was written, as it comes back from storage, gives exactly the state; by induction from the first
/// event on. On the way: no step fires twice, and nobody signs their own request.
fn replay(before: Option<&Case>, outcome: &Outcome) {
    let mut folded = before.cloned().unwrap_or_default();
    for entry in &outcome.entries {
        let stored: Entry = serde_json::from_str(&serde_json::to_string(entry).unwrap()).unwrap();
        assert_eq!(&stored, entry, "an entry changes on its way through JSON");
        match &stored.event {
            Event::ClockFired { run, step } => {
                let fired = folded.runs[*run as usize].steps[*step].fired_at;
                assert_eq!(fired, None, "step {step} of run {run} fires twice");
            }
            Event::Signed { signature, .. } => {
                let signing = folded.open_signing().expect("a signature without a sign-off");
                let own = signature.by.is_some() && signature.by == signing.asked_by;
                assert!(!own || signing.own_request, "signed their own request");
            }
            _ => {}
        }
        apply(&mut folded, &stored);
    }
    assert_eq!(folded, outcome.case, "replay differs");
    let stored: Case = serde_json::from_value(json!(outcome.case)).unwrap();
    assert_eq!(stored, outcome.case, "a case changes on its way through JSON");
}
