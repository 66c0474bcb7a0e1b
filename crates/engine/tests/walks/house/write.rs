//! Keeping what the engine decided, for all cases a deed reaches.

use super::{House, Trouble, child};
use crate::MANUAL;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use yizhan_engine::case::Case;
use yizhan_engine::event::{Entry, Event, apply};
use yizhan_engine::family::{Family, Known, Scene, Stop, Written};
use yizhan_engine::load::Manual;
use yizhan_engine::step::{Child, HomeFacts, Member, Outcome};
use yizhan_engine::time::Time;

impl House {
    /// Decides a deed that happens at `at`, and keeps all of it or nothing.
    pub(super) fn decide(
        &mut self,
        at: i64,
        deed: impl FnOnce(Family) -> Result<Vec<Written>, Stop>,
    ) -> Result<(), Trouble> {
        let counter = AtomicU64::new(self.ids);
        let ids = || format!("c{}", counter.fetch_add(1, Ordering::Relaxed));
        let scene = Scene {
            live: self.live,
            at: Time(at),
            now: Time(self.now.max(at)),
            quiet: false,
            ids: &ids,
        };
        let written = deed(Family::new(self, scene)).map_err(|stop| match stop {
            Stop::Refused(refusal) => Trouble::Refused(refusal),
            Stop::Missing(missing) => panic!("{missing:?} is not known"),
        })?;
        let mut next = self.clone();
        next.ids = counter.into_inner();
        for one in written {
            next.keep(one)?;
        }
        *self = next;
        Ok(())
    }

    fn keep(&mut self, written: Written) -> Result<(), Trouble> {
        let Written { before, outcome, .. } = written;
        replay(before.as_ref(), &outcome);
        let Outcome { mut case, entries } = outcome;
        if case.number.is_empty() {
            case.number = case.id.clone();
        }
        for entry in &entries {
            self.hold(&case, &entry.event)?;
            if let Event::Acted { action, .. } = &entry.event {
                self.done.insert((case.kind.clone(), action.clone()));
            }
        }
        self.cases.insert(case.id.clone(), Arc::new(case));
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
}

impl Known for House {
    fn manual(&self, _: &str) -> Option<&Manual> {
        Some(&MANUAL)
    }

    fn roster(&self, _: &str) -> Option<&[Member]> {
        Some(&self.roster)
    }

    fn home(&self, _: &str) -> Option<HomeFacts> {
        Some(self.home.clone())
    }

    fn case(&self, id: &str) -> Option<&Case> {
        self.cases.get(id).map(Arc::as_ref)
    }

    fn children(&self, id: &str) -> Option<Vec<Child>> {
        Some(self.under(id).map(|case| child(case)).collect())
    }

    fn holder(&self, claim: &str, resource: &str) -> Option<Option<String>> {
        let key = (claim.to_owned(), resource.to_owned());
        Some(self.claims.get(&key).cloned())
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
