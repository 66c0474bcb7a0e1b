//! Folding events into a case.

use super::{Entry, Event, Opened};
use crate::calendar::Pause;
use crate::case::{Case, Data, Grant, PlanState, Run, RunStep, Signing, SigningSlot, Told};
use crate::def::Link;
use crate::time::Time;

/// Folds one entry into the case.
pub fn apply(case: &mut Case, entry: &Entry) {
    let at = entry.happened_at;
    case.seq += 1;
    match &entry.event {
        Event::Opened(o) => apply_opened(case, o, at),
        Event::Acted {
            to, ends, set, spent, ..
        } => {
            merge(&mut case.data, set, spent);
            enter(case, to, *ends, at);
        }
        Event::ClockStarted { .. }
        | Event::ClockPaused { .. }
        | Event::ClockResumed { .. }
        | Event::ClockMoved { .. }
        | Event::ClockStopped { .. }
        | Event::ClockFired { .. }
        | Event::ClockBreached { .. } => apply_clock(case, &entry.event, at),
        Event::SignoffOpened(_)
        | Event::Signed { .. }
        | Event::RoundOpened { .. }
        | Event::SentBack { .. }
        | Event::SlotGiven { .. }
        | Event::SignerAdded { .. }
        | Event::SignoffClosed { .. } => apply_signing(case, &entry.event),
        Event::Joined { relation, staff } => {
            if !case.is(*relation, staff) {
                case.people.push((*relation, staff.clone()));
            }
        }
        Event::Left { relation, staff } => case.people.retain(|(r, s)| r != relation || s != staff),
        Event::Urged { urgency } => case.urgency = *urgency,
        Event::Raised { level } => case.level = *level,
        Event::Reminded { .. } => case.reminders += 1,
        Event::PassedOn(passing) => {
            case.untold = passing.told == Some(Told::NotYet);
            case.passing = Some(passing.clone());
        }
        Event::CustomerTold { .. } => case.untold = false,
        Event::PassAccepted => case.passing = None,
        Event::PassRefused { .. } => {
            // It was not passed on after all: there is nothing to tell the customer.
            let passing = case.passing.take();
            case.untold &= passing.is_none_or(|passing| passing.told != Some(Told::NotYet));
        }
        Event::PlanSet {
            plan,
            next_at,
            opened,
            missed,
        } => {
            let state = case.plans.entry(plan.clone()).or_insert(PlanState {
                next_at: *next_at,
                last: None,
                missed: 0,
            });
            state.next_at = *next_at;
            state.missed += u32::from(*missed);
            if opened.is_some() {
                state.last = opened.clone();
            }
        }
        Event::PlanEnded { plan } => {
            case.plans.remove(plan);
        }
        Event::Claimed(claim) => case.claims.push(claim.clone()),
        Event::Released { name } => case.claims.retain(|c| &c.name != name),
        Event::Circulated { to, .. } => {
            case.unread.extend(to.iter().cloned());
            case.unread.sort();
            case.unread.dedup();
        }
        Event::Acknowledged { staff } => case.unread.retain(|id| id != staff),
        Event::LinkGiven { link, to } => {
            if !case.links.contains(link) {
                case.links.push(link.clone());
            }
            if let Link::Guest(name) = link {
                let to = to.clone();
                case.grants.insert(name.clone(), Grant { at, to });
            }
        }
        Event::LinkTaken { link } => {
            case.links.retain(|l| l != link);
            case.grants.remove(link.name());
        }
        Event::MergedInto { case: other, .. } => {
            case.merged_into = Some(other.clone());
            case.closed_at = Some(at);
        }
        Event::Linked { repeat, .. } => case.repeats += u32::from(*repeat),
        Event::ClosedByParent { stage } => enter(case, stage, true, at),
        Event::HomeJoined { home, set } => {
            case.home = Some(home.clone());
            merge(&mut case.data, set, &[]);
        }
        Event::CustomerJoined { customer } => case.customer = Some(customer.clone()),
        Event::Noted { .. }
        | Event::LinkHanded { .. }
        | Event::Printed { .. }
        | Event::ChildOpened { .. }
        | Event::ParentAsked { .. }
        | Event::Asked { .. }
        | Event::AskRefused { .. }
        | Event::HomeChanged { .. }
        | Event::ChildrenClosed { .. }
        | Event::Notified { .. }
        | Event::MergedFrom { .. } => {}
    }
}

fn apply_opened(case: &mut Case, o: &Opened, at: Time) {
    *case = Case {
        id: o.id.clone(),
        kind: o.kind.clone(),
        manual: o.manual.clone(),
        site: o.site.clone(),
        number: o.number.clone(),
        stage: o.stage.clone(),
        data: o.data.clone(),
        home: o.home.clone(),
        customer: o.customer.clone(),
        contact: o.contact.clone(),
        parent: o.parent.clone(),
        channel: o.channel.clone(),
        was: o.was.clone(),
        opened_at: at,
        closed_at: o.ends.then_some(at),
        urgency: o.urgency,
        repeats: o.repeats,
        seq: case.seq,
        ..Case::default()
    };
    case.data.retain(|name, _| !o.spent.contains(name));
}

fn enter(case: &mut Case, stage: &str, ends: bool, at: Time) {
    if case.closed() && !ends {
        case.reopened += 1;
        case.reopened_at = Some(at);
    }
    case.closed_at = match (ends, case.closed_at) {
        (true, Some(closed)) if case.stage == stage => Some(closed),
        (true, _) => Some(at),
        (false, _) => None,
    };
    case.stage = stage.to_owned();
}

/// Null empties a field; what is spent is not kept.
fn merge(data: &mut Data, set: &Data, spent: &[String]) {
    for (name, value) in set.iter().filter(|(name, _)| !spent.contains(name)) {
        if value.is_null() {
            data.remove(name);
        } else {
            data.insert(name.clone(), value.clone());
        }
    }
}

fn apply_clock(case: &mut Case, event: &Event, at: Time) {
    if let Event::ClockStarted {
        run,
        clock,
        limit,
        calendar,
        due_at,
        steps,
        reminder,
        ..
    } = event
    {
        case.runs.push(Run {
            run: *run,
            clock: clock.clone(),
            started_at: at,
            limit: limit.clone(),
            calendar: calendar.clone(),
            due_at: Some(*due_at),
            pauses: Vec::new(),
            steps: steps
                .iter()
                .map(|s| RunStep {
                    at: ahead(*s, *due_at, at),
                    fired_at: None,
                })
                .collect(),
            ended: None,
            breached_at: None,
            reminder: *reminder,
        });
        return;
    }
    let number = match event {
        Event::ClockPaused { run }
        | Event::ClockResumed { run, .. }
        | Event::ClockMoved { run, .. }
        | Event::ClockStopped { run, .. }
        | Event::ClockFired { run, .. }
        | Event::ClockBreached { run } => *run,
        _ => return,
    };
    let Some(run) = case.runs.iter_mut().find(|r| r.run == number) else {
        return;
    };
    match event {
        Event::ClockPaused { .. } => {
            run.pauses.push(Pause {
                from: at.max(run.started_at),
                to: None,
            });
            run.due_at = None;
            run.steps.iter_mut().for_each(|s| s.at = None);
        }
        Event::ClockResumed { due_at, steps, .. } => {
            if let Some(pause) = run.pauses.last_mut() {
                pause.to = Some(at);
            }
            set_due(run, *due_at, steps, at);
        }
        Event::ClockMoved {
            limit, due_at, steps, ..
        } => {
            if let Some(limit) = limit {
                run.limit = limit.clone();
            }
            if let Some(due_at) = due_at {
                set_due(run, *due_at, steps, at);
            }
        }
        Event::ClockStopped { end, late, .. } => {
            // Dated back to before the start: it was met at once.
            run.ended = Some((at.max(run.started_at), *end));
            run.breached_at = match (*late, run.breached_at) {
                (true, known) => known.or(run.due_at).or(Some(at)),
                // Work without signal: it was done in time, and we learn of it only now.
                (false, _) => None,
            };
        }
        Event::ClockFired { step, .. } => {
            if let Some(step) = run.steps.get_mut(*step) {
                step.fired_at = Some(at);
            }
        }
        Event::ClockBreached { .. } => run.breached_at = Some(at),
        _ => {}
    }
}

/// When a rung fires. A warning whose moment was past when the deadline was set would tell an untruth (“30 minutes
/// left”): it never fires. What comes at the deadline or after it is true however late it is said.
fn ahead(step: Time, due_at: Time, set_at: Time) -> Option<Time> {
    (step >= set_at || step >= due_at).then_some(step)
}

fn set_due(run: &mut Run, due_at: Time, steps: &[Time], set_at: Time) {
    run.due_at = Some(due_at);
    if due_at > run.breached_at.unwrap_or(due_at) {
        run.breached_at = None;
    }
    for (step, at) in run.steps.iter_mut().zip(steps) {
        step.at = ahead(*at, due_at, set_at);
    }
}

fn apply_signing(case: &mut Case, event: &Event) {
    match event {
        Event::SignoffOpened(signing) => {
            if let Some(old) = case.signing.replace((**signing).clone()) {
                case.signed.push(old);
            }
            return;
        }
        Event::Signed { set, spent, .. } => merge(&mut case.data, set, spent),
        _ => {}
    }
    let Some(signing) = case.signing.as_mut() else {
        return;
    };
    let current = signing.current;
    match event {
        Event::Signed {
            round,
            slot,
            signature,
            ..
        } => {
            if let Some(slot) = find_slot(signing, *round, slot) {
                slot.signed = Some(signature.clone());
            }
        }
        Event::RoundOpened { round } => signing.current = *round,
        Event::SentBack { round, .. } => {
            signing.current = *round;
            signing
                .rounds
                .iter_mut()
                .skip(*round)
                .flat_map(|r| &mut r.slots)
                .for_each(|s| s.signed = None);
        }
        Event::SlotGiven { slot, to, keep } => {
            if let Some(slot) = find_slot(signing, current, slot) {
                if !keep {
                    slot.who.clear();
                    slot.people.clear();
                }
                slot.people.push(to.clone());
            }
        }
        Event::SignerAdded { slot } => {
            if let Some(round) = signing.rounds.get_mut(current) {
                round.slots.push(slot.clone());
            }
        }
        Event::SignoffClosed { outcome } => signing.outcome = Some(*outcome),
        _ => {}
    }
}

fn find_slot<'a>(signing: &'a mut Signing, round: usize, name: &str) -> Option<&'a mut SigningSlot> {
    signing
        .rounds
        .get_mut(round)?
        .slots
        .iter_mut()
        .find(|s| s.name == name)
}
