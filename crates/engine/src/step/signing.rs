//! Sign-offs 会签、或签、验收: opening, signing, sending back, handing over.

use super::clocks;
use super::notices::{people, tell, vacant};
use super::perform::system_acts;
use super::turn::Turn;
use super::who::is_one_of;
use crate::case::{Case, Data, Outcome, RunEnd, Signature, Signing, SigningRound, SigningSlot, Verdict};
use crate::def::{Round, Signoff, Who};
use crate::event::Event;
use crate::refusal::{Refusal, Why};
use crate::world::{Actor, World};

/// Opens the sign-off that belongs to the stage the case has come into.
pub(super) fn open_for_stage(turn: &mut Turn) -> Result<(), Refusal> {
    let Some(def) = turn
        .rules
        .kind
        .signoffs
        .iter()
        .find(|s| s.stage == turn.case.stage)
    else {
        return Ok(());
    };
    let Some(rounds) = chosen(turn, def) else {
        // Nobody's signature would be asked: that is not the same as everybody's being given.
        return Err(Refusal::new(
            Why::Condition,
            format!("“{}”没有对应的审批权限，请先补齐资料", def.title),
        ));
    };
    let rounds: Vec<SigningRound> = rounds
        .iter()
        .filter(|round| round.when.as_ref().is_none_or(|when| turn.test(when)))
        .map(round_of)
        .collect();
    if rounds.is_empty() {
        return follow(turn, &def.done);
    }
    let signing = Signing {
        signoff: def.name.clone(),
        asked_by: turn.actor_id().map(str::to_owned),
        own_request: def.own_request,
        of: basis(turn, def),
        rounds,
        current: 0,
        outcome: None,
    };
    turn.emit(Event::SignoffOpened(Box::new(signing)));
    begin_round(turn);
    Ok(())
}

/// What is approved: the fields the manual names, and those by which the signers are chosen.
fn basis(turn: &Turn, def: &Signoff) -> Data {
    let named = def.of.iter().chain(&def.amount).chain(&def.select);
    let value = |name: &String| turn.case.data.get(name).cloned().unwrap_or_default();
    named.map(|name| (name.clone(), value(name))).collect()
}

/// Whether what waits for signatures is no longer what was submitted.
pub(super) fn basis_changed(turn: &Turn) -> bool {
    let Some(signing) = turn.case.open_signing() else {
        return false;
    };
    let Some(def) = turn
        .rules
        .signoff(&signing.signoff)
        .filter(|def| !def.of.is_empty())
    else {
        return false;
    };
    basis(turn, def) != signing.of
}

/// The signatures so far are void: the sign-off begins again with what stands now.
pub(super) fn begin_anew(turn: &mut Turn) -> Result<(), Refusal> {
    withdraw_open(turn);
    open_for_stage(turn)
}

/// The rounds of a sign-off without amounts, else those of the band that fits.
fn chosen<'d>(turn: &Turn, def: &'d Signoff) -> Option<&'d [Round]> {
    let Some(field) = &def.amount else {
        return Some(&def.rounds);
    };
    let fen = turn
        .case
        .data
        .get(field)
        .and_then(|v| v.as_i64())
        .unwrap_or_default();
    let choice = def.select.as_ref().and_then(|f| turn.case.data.get(f)?.as_str());
    def.bands
        .iter()
        .find(|band| band.fits(fen, choice))
        .map(|band| band.rounds.as_slice())
}

fn round_of(round: &Round) -> SigningRound {
    let slots = round.slots.iter().map(|slot| SigningSlot {
        name: slot.name.clone(),
        title: slot.title.clone(),
        who: slot.who.clone(),
        people: Vec::new(),
        ask: slot.ask.clone(),
        added: false,
        signed: None,
    });
    SigningRound {
        title: round.title.clone(),
        need: round.need,
        clock: round.clock.clone(),
        slots: slots.collect(),
    }
}

fn begin_round(turn: &mut Turn) {
    let Some(signing) = turn.case.open_signing() else {
        return;
    };
    let Some(round) = signing.round().cloned() else {
        return;
    };
    let title = turn
        .rules
        .signoff(&signing.signoff)
        .map(|s| s.title.clone())
        .unwrap_or_default();
    if let Some(clock) = &round.clock {
        clocks::start(turn, clock);
    }
    let who: Vec<_> = round.slots.iter().flat_map(|s| s.who.clone()).collect();
    tell(turn, &who, &format!("{title}·{}：请您签署", round.title));
    // A signature nobody can give would be waited for without end.
    for slot in round.slots.iter().filter(|slot| slot.people.is_empty()) {
        let outside = slot
            .who
            .iter()
            .any(|who| matches!(who, Who::Link(_) | Who::Staff));
        if !outside && people(turn, &slot.who).is_empty() {
            let text = format!(
                "{title}·{}：没有人能签“{}”，请安排人员或改签",
                round.title, slot.title
            );
            vacant(turn, &text);
        }
    }
}

/// Slots of the open round that the actor may sign now: nobody signs twice in one round, whatever posts they hold. Of
/// such a slot they can still say who signs instead.
pub(super) fn to_sign<'c>(world: &World, case: &'c Case, actor: &Actor) -> Vec<&'c SigningSlot> {
    let round = case.open_signing().and_then(Signing::round);
    let by = |slot: &SigningSlot| slot.signed.as_ref().and_then(|signature| signature.by.clone());
    let signed = match (round, actor) {
        (Some(round), Actor::Staff(id)) => round.slots.iter().any(|slot| by(slot).as_ref() == Some(id)),
        _ => false,
    };
    if signed {
        Vec::new()
    } else {
        open_slots(world, case, actor)
    }
}

/// Slots of the open round that fall to the actor by post, relation or name.
pub(super) fn open_slots<'c>(world: &World, case: &'c Case, actor: &Actor) -> Vec<&'c SigningSlot> {
    let Some(signing) = case.open_signing() else {
        return Vec::new();
    };
    let Some(round) = signing.round() else {
        return Vec::new();
    };
    let own = matches!(actor, Actor::Staff(id) if Some(id) == signing.asked_by.as_ref());
    let rules = world.manual.kind(&case.kind);
    let def = rules.and_then(|rules| rules.signoff(&signing.signoff));
    let kept_out = def.is_some_and(|def| is_one_of(world, case, actor, &def.not));
    if own && !signing.own_request || kept_out {
        return Vec::new();
    }
    let named = |slot: &SigningSlot| match actor {
        Actor::Staff(id) => slot.people.contains(id),
        _ => false,
    };
    let free = round.slots.iter().filter(|slot| slot.signed.is_none());
    free.filter(|slot| named(slot) || is_one_of(world, case, actor, &slot.who))
        .collect()
}

pub(super) fn sign(
    turn: &mut Turn,
    slot: &SigningSlot,
    verdict: Verdict,
    note: Option<String>,
    set: Data,
) -> Result<(), Refusal> {
    let round = turn.case.open_signing().map_or(0, |s| s.current);
    let signature = Signature {
        by: turn.actor_id().map(str::to_owned),
        at: turn.at,
        verdict,
        note,
        entrusted: !slot.who.is_empty() && !is_one_of(turn.world, &turn.case, &turn.actor, &slot.who),
    };
    let mut set = set;
    crate::form::compute(turn.world, turn.rules, &turn.case, &mut set);
    turn.emit(Event::Signed {
        round,
        slot: slot.name.clone(),
        signature,
        spent: turn.rules.spent(&set),
        set,
    });
    settle(turn)
}

/// Looks whether the round is decided.
fn settle(turn: &mut Turn) -> Result<(), Refusal> {
    let Some(signing) = turn.case.open_signing().cloned() else {
        return Ok(());
    };
    let Some(round) = signing.round() else {
        return Ok(());
    };
    let (agreed, refused) = (round.agreed(), round.refused());
    if !agreed && !refused {
        return Ok(());
    }
    if let Some(clock) = &round.clock {
        clocks::stop(turn, clock, RunEnd::Done);
    }
    if refused {
        return close(turn, &signing.signoff, Outcome::Refused);
    }
    if signing.current + 1 < signing.rounds.len() {
        turn.emit(Event::RoundOpened {
            round: signing.current + 1,
        });
        begin_round(turn);
        return Ok(());
    }
    close(turn, &signing.signoff, Outcome::Done)
}

fn close(turn: &mut Turn, signoff: &str, outcome: Outcome) -> Result<(), Refusal> {
    turn.emit(Event::SignoffClosed { outcome });
    let Some(def) = turn.rules.signoff(signoff) else {
        return Ok(());
    };
    let act = match outcome {
        Outcome::Done => Some(def.done.clone()),
        Outcome::Refused => Some(def.refused.clone()),
        Outcome::Withdrawn => def.withdrawn.clone(),
    };
    act.map_or(Ok(()), |act| follow(turn, &act))
}

/// Lets the system do what follows from the signatures; the case must not be left in a stage nobody signs in.
fn follow(turn: &mut Turn, act: &str) -> Result<(), Refusal> {
    if system_acts(turn, act, Data::new())? {
        return Ok(());
    }
    let action = turn.rules.action(act);
    let sentence = action
        .and_then(|action| action.otherwise.clone())
        .unwrap_or_else(|| {
            let title = action.map_or(act, |action| action.title.as_str());
            format!("签署已完成，但“{title}”的条件未满足，请先补齐资料")
        });
    Err(Refusal::new(Why::Condition, sentence))
}

pub(super) fn send_back(turn: &mut Turn, round: usize, note: String) {
    if let Some(clock) = turn.case.open_signing().and_then(|s| s.round()?.clock.clone()) {
        clocks::stop(turn, &clock, RunEnd::Lapsed);
    }
    turn.emit(Event::SentBack { round, note });
    begin_round(turn);
}

pub(super) fn withdraw(turn: &mut Turn) -> Result<(), Refusal> {
    let Some(signoff) = turn.case.open_signing().map(|s| s.signoff.clone()) else {
        return Ok(());
    };
    stop_round_clock(turn);
    close(turn, &signoff, Outcome::Withdrawn)
}

/// The case left the stage by another way: the sign-off falls.
pub(super) fn drop_if_left(turn: &mut Turn) {
    let Some(signing) = turn.case.open_signing() else {
        return;
    };
    let stays = turn
        .rules
        .signoff(&signing.signoff)
        .is_some_and(|s| s.stage == turn.case.stage);
    if !stays {
        withdraw_open(turn);
    }
}

pub(super) fn withdraw_open(turn: &mut Turn) {
    if turn.case.open_signing().is_some() {
        stop_round_clock(turn);
        turn.emit(Event::SignoffClosed {
            outcome: Outcome::Withdrawn,
        });
    }
}

fn stop_round_clock(turn: &mut Turn) {
    if let Some(clock) = turn.case.open_signing().and_then(|s| s.round()?.clock.clone()) {
        clocks::stop(turn, &clock, RunEnd::Lapsed);
    }
}
