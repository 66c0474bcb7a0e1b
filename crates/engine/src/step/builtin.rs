//! What the verbs do that every case knows without its kind naming them.

use super::notices::{notify, tell};
use super::offer::Offer;
use super::reading::{files, invalid, is_id, member, needed, only, remark, signer, slot, write_remark};
use super::turn::Turn;
use super::who::{is_one_of, rules_of};
use super::{effects, passing, signing};
use crate::case::{Case, Data, SigningSlot, Verdict};
use crate::def::{Area, Builtin, Link, Relation, Who};
use crate::event::Event;
use crate::refusal::{Refusal, Why};
use crate::world::{Actor, World};
use serde_json::Value;

pub(super) fn offer(case: &Case, actor: &Actor, builtin: Builtin, world: &World) -> Offer {
    let slot = match builtin {
        Builtin::Agree | Builtin::Refuse => signing::to_sign(world, case, actor).into_iter().next(),
        _ => None,
    };
    let ask = slot.filter(|_| builtin == Builtin::Agree);
    let ask = ask.map(|s| s.ask.clone()).unwrap_or_default();
    Offer {
        name: builtin.name().to_owned(),
        title: builtin.title().to_owned(),
        main: matches!(
            builtin,
            Builtin::Agree | Builtin::AcceptPass | Builtin::TellCustomer | Builtin::Acknowledge
        ),
        confirm: (builtin == Builtin::Withdraw).then(|| "确定撤回？撤回后需要重新提交。".to_owned()),
        ask,
        to: None,
        about: slot.map(|slot| about(world, case, slot)),
        builtin: Some(builtin),
    }
}

/// What a signature is for: the heading of the sign-off and whose signature it is.
fn about(world: &World, case: &Case, slot: &SigningSlot) -> String {
    let signing = case.open_signing();
    let rules = rules_of(world, &case.kind).ok();
    let heading = signing
        .zip(rules)
        .and_then(|(signing, rules)| rules.signoff(&signing.signoff));
    match heading {
        Some(signoff) => format!("{}：{}", signoff.title, slot.title),
        None => slot.title.clone(),
    }
}

/// Whether somebody's post where the case is gives out the work of others.
fn assigns(world: &World, id: &str) -> bool {
    let assigning = |post: &String| {
        let post = world.live.post(post);
        post.is_some_and(|post| post.may.contains(&Area::Assign))
    };
    let mut members = world.roster.iter().filter(|m| m.id == id);
    members.any(|member| member.posts.iter().any(assigning))
}

/// While somebody is asked to take it over, only who asked, or who gives out the work, may ask somebody else: whoever
/// was asked may be away.
fn may_pass(world: &World, case: &Case, id: &str) -> bool {
    let pending = case.passing.as_ref();
    pending.is_none_or(|passing| passing.from == id || assigns(world, id))
}

/// Whether the actor may do it now.
pub(super) fn judge(world: &World, case: &Case, actor: &Actor, builtin: Builtin) -> Result<(), Refusal> {
    let id = match actor {
        Actor::Staff(id) => Some(id.as_str()),
        _ => None,
    };
    let works_on = |id: &str| {
        [Relation::Assignee, Relation::Responsible, Relation::Creator]
            .iter()
            .any(|r| case.is(*r, id))
            || assigns(world, id)
    };
    let signs = || !signing::to_sign(world, case, actor).is_empty();
    let falls_to = || !signing::open_slots(world, case, actor).is_empty();
    let may = match builtin {
        Builtin::Note => id.is_some(),
        Builtin::CopyTo => id.is_some(),
        Builtin::Remind => !case.closed() && (id.is_some() || *actor == Actor::Link(Link::Owner)),
        Builtin::Urge => !case.closed() && case.urgency < 2 && id.is_some_and(works_on),
        Builtin::PassOn => !case.closed() && id.is_some_and(|id| works_on(id) && may_pass(world, case, id)),
        Builtin::Acknowledge => id.is_some_and(|id| case.unread.iter().any(|staff| staff == id)),
        Builtin::TellCustomer => !case.closed() && case.untold && id.is_some_and(works_on),
        Builtin::AcceptPass | Builtin::RefusePass => {
            !case.closed() && case.passing.as_ref().is_some_and(|p| Some(p.to.as_str()) == id)
        }
        Builtin::Agree | Builtin::Refuse => signs(),
        Builtin::HandOver | Builtin::Delegate => id.is_some() && falls_to(),
        Builtin::AddSigner => id.is_some() && signs(),
        Builtin::SendBack => id.is_some() && signs() && case.open_signing().is_some_and(|s| s.current > 0),
        Builtin::Withdraw => {
            let mine = case
                .open_signing()
                .filter(|s| s.asked_by.as_deref() == id && id.is_some());
            let rules = rules_of(world, &case.kind)?;
            mine.and_then(|s| rules.signoff(&s.signoff))
                .is_some_and(|s| s.withdrawn.is_some())
        }
    };
    if may {
        Ok(())
    } else {
        Err(Refusal::new(
            Why::NotNow,
            format!("现在不能“{}”", builtin.title()),
        ))
    }
}

/// What may be entered; the fields of a slot that agrees are the manual's and checked as its forms are.
pub(crate) fn asked(builtin: Builtin) -> &'static [&'static str] {
    match builtin {
        Builtin::Note => &["words", "files"],
        Builtin::Remind => &["words", "contact"],
        Builtin::PassOn => &["to", "reason", "told"],
        Builtin::TellCustomer => &["how", "words"],
        Builtin::RefusePass => &["reason"],
        Builtin::Agree | Builtin::Refuse => &["slot", "note"],
        Builtin::SendBack => &["round", "note"],
        Builtin::HandOver | Builtin::Delegate => &["slot", "to"],
        Builtin::AddSigner => &["to", "note"],
        Builtin::CopyTo => &["to"],
        Builtin::Withdraw => &["note"],
        Builtin::AcceptPass | Builtin::Urge | Builtin::Acknowledge => &[],
    }
}

pub(super) fn perform(turn: &mut Turn, builtin: Builtin, values: &Data) -> Result<(), Refusal> {
    if builtin != Builtin::Agree {
        only(values, asked(builtin))?;
    }
    match builtin {
        Builtin::Note => {
            let (words, files) = (needed(values, "words", "请填写内容")?, files(values)?);
            turn.emit(Event::Noted { words, files });
        }
        Builtin::Remind => remind(turn, values)?,
        Builtin::Urge => effects::urge(turn),
        Builtin::Acknowledge => {
            if let Some(staff) = turn.actor_id().map(str::to_owned) {
                turn.emit(Event::Acknowledged { staff });
            }
        }
        Builtin::CopyTo => {
            let staff = member(turn, values)?;
            turn.emit(Event::Joined {
                relation: Relation::Copied,
                staff: staff.clone(),
            });
            notify(turn, staff, "有一项事项抄送给您");
        }
        Builtin::PassOn => passing::pass_on(turn, values)?,
        Builtin::TellCustomer => passing::tell_customer(turn, values)?,
        Builtin::AcceptPass => passing::accept(turn),
        Builtin::RefusePass => passing::refuse(turn, values)?,
        Builtin::Agree => {
            let slot = slot(signing::to_sign(turn.world, &turn.case, &turn.actor), values)?;
            let mut entered = values.clone();
            entered.retain(|name, _| !asked(builtin).contains(&name.as_str()));
            let note = remark(values)?;
            let set = crate::form::check(turn.world, turn.rules, &turn.case, &slot.ask, &entered)?;
            signing::sign(turn, &slot, Verdict::Agree, note, set)?;
        }
        Builtin::Refuse => {
            let slot = slot(signing::to_sign(turn.world, &turn.case, &turn.actor), values)?;
            let note = needed(values, "note", "请写明不同意的理由")?;
            signing::sign(turn, &slot, Verdict::Refuse, Some(note), Data::new())?;
        }
        Builtin::SendBack => {
            let note = needed(values, "note", "请写明退回的理由")?;
            let current = turn.case.open_signing().map_or(0, |s| s.current);
            let round = match values.get("round") {
                None | Some(Value::Null) => current.checked_sub(1),
                Some(round) => round.as_u64().and_then(|round| usize::try_from(round).ok()),
            };
            let Some(round) = round.filter(|round| *round < current) else {
                return Err(invalid("round", "只能退回到前面的环节"));
            };
            signing::send_back(turn, round, note);
        }
        Builtin::HandOver | Builtin::Delegate => {
            let falls_to = signing::open_slots(turn.world, &turn.case, &turn.actor);
            let (slot, to) = (slot(falls_to, values)?, signer(turn, values)?);
            let keep = builtin == Builtin::Delegate;
            // Authority goes with the post: who has not got it signs only for somebody who answers for it.
            let entitled = || {
                let colleague = Actor::Staff(to.clone());
                slot.added || is_one_of(turn.world, &turn.case, &colleague, &slot.who)
            };
            if !keep && !entitled() {
                let sentence = "这位同事没有签署这一栏的权限；请选有权签署的人，或用“委托签署”";
                return Err(invalid("to", sentence));
            }
            turn.emit(Event::SlotGiven {
                slot: slot.name,
                to: to.clone(),
                keep,
            });
            notify(turn, to, "有一项签署转给您办理");
        }
        Builtin::AddSigner => add_signer(turn, values)?,
        Builtin::Withdraw => {
            write_remark(turn, values)?;
            signing::withdraw(turn)?;
        }
    }
    Ok(())
}

fn remind(turn: &mut Turn, values: &Data) -> Result<(), Refusal> {
    let words = needed(values, "words", "请填写客户怎么说")?;
    let contact = values
        .get("contact")
        .and_then(Value::as_str)
        .filter(|id| is_id(id))
        .map(str::to_owned);
    turn.emit(Event::Reminded {
        words: words.clone(),
        contact,
    });
    // Every second reminder lifts the urgency: one call may be impatience, two are not (INTAKE-16).
    if turn.case.reminders.is_multiple_of(2) {
        effects::urge(turn);
    }
    let who = [
        Who::Relation(Relation::Assignee),
        Who::Relation(Relation::Responsible),
    ];
    tell(turn, &who, &format!("客户催办：{words}"));
    Ok(())
}

fn add_signer(turn: &mut Turn, values: &Data) -> Result<(), Refusal> {
    let to = signer(turn, values)?;
    let count = turn
        .case
        .open_signing()
        .and_then(|s| s.round())
        .map_or(0, |r| r.slots.len());
    let slot = SigningSlot {
        name: format!("added-{count}"),
        title: "加签".to_owned(),
        who: Vec::new(),
        people: vec![to.clone()],
        ask: Vec::new(),
        added: true,
        signed: None,
    };
    write_remark(turn, values)?;
    turn.emit(Event::SignerAdded { slot });
    notify(turn, to, "请您加签一项事项");
    Ok(())
}
