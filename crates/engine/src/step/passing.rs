//! Passing a case on 转办: to whom, why, whether it is taken over, and that the customer knows (INTAKE-9).

use super::effects;
use super::notices::{notify, tell};
use super::reading::{invalid, member, needed, one_of};
use super::turn::Turn;
use crate::case::{Case, Data, Passing, Told};
use crate::def::{Link, Relation, Who};
use crate::event::Event;
use crate::refusal::Refusal;
use serde_json::Value;

/// How customers are told.
pub const TOLD_BY: [&str; 5] = ["电话", "当面", "上门", "短信微信", "书面"];
/// What is entered when the customer could not be told yet.
pub const NOT_TOLD: &str = "尚未告知";

/// Whether there is a customer to tell. What stands under another case is told through that one.
pub fn tells(case: &Case) -> bool {
    case.parent.is_none() && (case.customer.is_some() || case.contact.is_some())
}

pub(super) fn pass_on(turn: &mut Turn, values: &Data) -> Result<(), Refusal> {
    let reason = needed(values, "reason", "请填写转办原因")?;
    let to = member(turn, values)?;
    let Some(from) = turn.actor_id().map(str::to_owned) else {
        return Ok(());
    };
    if from == to {
        return Err(invalid("to", "不能转给自己"));
    }
    let pending = turn.case.passing.clone();
    if pending.as_ref().is_some_and(|pending| pending.to == to) {
        return Err(invalid("to", "已经转给这位同事，正等他接收"));
    }
    let told = match values.get("told") {
        _ if tells(&turn.case) => Some(told(values)?),
        Some(said) if !said.is_null() && said.as_str() != Some("") => {
            return Err(invalid("told", "这件事没有客户要告知，请空着"));
        }
        _ => None,
    };
    turn.emit(Event::PassedOn(Passing {
        from: from.clone(),
        to: to.clone(),
        reason: reason.clone(),
        told,
    }));
    notify(turn, to, &format!("有一项事项转给您办理：{reason}"));
    if let Some(pending) = pending {
        notify(turn, pending.to, "转给您的事项已改转别人，不用接收了");
        if pending.from != from {
            notify(
                turn,
                pending.from,
                &format!("您转办的事项没有等到接收，已改转别人：{reason}"),
            );
        }
    }
    Ok(())
}

fn told(values: &Data) -> Result<Told, Refusal> {
    if values.get("told").and_then(Value::as_str) == Some(NOT_TOLD) {
        return Ok(Told::NotYet);
    }
    let sentence = "请选择怎样告知客户的；还没有告知的，选“尚未告知”";
    one_of(values, "told", &TOLD_BY, sentence).map(Told::By)
}

/// What was left open when it was passed on is made good.
pub(super) fn tell_customer(turn: &mut Turn, values: &Data) -> Result<(), Refusal> {
    let how = one_of(values, "how", &TOLD_BY, "请选择怎样告知的")?;
    let words = match values.get("words").and_then(Value::as_str).map(str::trim) {
        None | Some("") => None,
        Some(_) => Some(needed(values, "words", "请填写内容")?),
    };
    turn.emit(Event::CustomerTold { how, words });
    Ok(())
}

/// Who accepts becomes the assignee; the first receiver stays responsible (INTAKE-8).
pub(super) fn accept(turn: &mut Turn) {
    let Some(passing) = turn.case.passing.clone() else {
        return;
    };
    turn.emit(Event::PassAccepted);
    effects::unassign(turn, Relation::Assignee, Some(&passing.to));
    if !turn.case.is(Relation::Assignee, &passing.to) {
        turn.emit(Event::Joined {
            relation: Relation::Assignee,
            staff: passing.to,
        });
    }
    notify(turn, passing.from, "您转办的事项已被接收");
    if tells(&turn.case) {
        tell(turn, &[Who::Link(Link::Owner)], "您的事项已由专人接手办理");
    }
}

pub(super) fn refuse(turn: &mut Turn, values: &Data) -> Result<(), Refusal> {
    let reason = needed(values, "reason", "请填写不接收的原因")?;
    let from = turn.case.passing.as_ref().map(|p| p.from.clone());
    turn.emit(Event::PassRefused {
        reason: reason.clone(),
    });
    if let Some(from) = from {
        notify(turn, from, &format!("转办未被接收：{reason}"));
    }
    Ok(())
}
