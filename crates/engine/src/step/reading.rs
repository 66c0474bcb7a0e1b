//! Reading what is entered for a builtin verb: words, people, slots, files.

use super::turn::Turn;
use crate::case::{Data, SigningSlot};
use crate::event::Event;
use crate::refusal::{FieldProblem, Refusal};
use serde_json::Value;

/// The slot that is named among the open ones, else the first.
pub(super) fn slot(open: Vec<&SigningSlot>, values: &Data) -> Result<SigningSlot, Refusal> {
    let wanted = values.get("slot").and_then(Value::as_str);
    let found = match wanted {
        Some(name) => open.into_iter().find(|s| s.name == name),
        None => open.into_iter().next(),
    };
    found
        .cloned()
        .ok_or_else(|| invalid("slot", "这一栏不由您签署，或已签署"))
}

/// Refuses what was not asked, as forms do.
pub fn only(values: &Data, asked: &[&str]) -> Result<(), Refusal> {
    let strange = values.keys().filter(|name| !asked.contains(&name.as_str()));
    let problems: Vec<FieldProblem> = strange.map(|name| crate::form::not_asked(name)).collect();
    if problems.is_empty() {
        Ok(())
    } else {
        Err(Refusal::invalid(problems))
    }
}

/// The colleague named in `to`.
pub(super) fn member(turn: &Turn, values: &Data) -> Result<String, Refusal> {
    let to = needed(values, "to", "请选择人员")?;
    if turn.world.roster.iter().any(|m| m.id == to && !m.service) {
        Ok(to)
    } else {
        Err(invalid("to", "该人员不在本项目任职"))
    }
}

/// The colleague who is to sign: not who asked, whose signature would never be taken, nor who signs in this round
/// already.
pub(super) fn signer(turn: &Turn, values: &Data) -> Result<String, Refusal> {
    let to = member(turn, values)?;
    let own = turn
        .case
        .open_signing()
        .is_some_and(|s| !s.own_request && s.asked_by.as_deref() == Some(to.as_str()));
    let round = turn.case.open_signing().and_then(|s| s.round());
    let slots = round.iter().flat_map(|r| &r.slots);
    let by = |s: &SigningSlot| s.signed.as_ref().and_then(|g| g.by.clone());
    let signed = slots.clone().any(|s| by(s).as_deref() == Some(to.as_str()));
    let asked = slots
        .clone()
        .any(|s| s.signed.is_none() && s.people.contains(&to));
    if own {
        Err(invalid("to", "不能由申请人自己签署，请选择其他人员"))
    } else if signed || asked {
        Err(invalid(
            "to",
            "这位同事在本环节已经签署或等着签署，请选择其他人员",
        ))
    } else {
        Ok(to)
    }
}

pub(super) fn needed(values: &Data, field: &str, sentence: &str) -> Result<String, Refusal> {
    let text = values
        .get(field)
        .and_then(Value::as_str)
        .map(str::trim)
        .unwrap_or_default();
    match text.chars().count() {
        _ if text.contains('\0') => Err(invalid(field, "含有无法保存的字符")),
        0 => Err(invalid(field, sentence)),
        1..=4000 => Ok(text.to_owned()),
        _ => Err(invalid(field, "文字过长，最多4000字")),
    }
}

/// One of the choices.
pub(super) fn one_of(
    values: &Data,
    field: &str,
    choices: &[&str],
    sentence: &str,
) -> Result<String, Refusal> {
    let chosen = needed(values, field, sentence)?;
    if choices.contains(&chosen.as_str()) {
        Ok(chosen)
    } else {
        Err(invalid(field, sentence))
    }
}

/// Words in `note` that may be left out.
pub(super) fn remark(values: &Data) -> Result<Option<String>, Refusal> {
    match values.get("note") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.trim().is_empty() => Ok(None),
        Some(_) => needed(values, "note", "意见应为文字").map(Some),
    }
}

/// Leaves the words in the ledger where the event itself has no room for them.
pub(super) fn write_remark(turn: &mut Turn, values: &Data) -> Result<(), Refusal> {
    if let Some(words) = remark(values)? {
        turn.emit(Event::Noted {
            words,
            files: Vec::new(),
        });
    }
    Ok(())
}

pub(super) fn files(values: &Data) -> Result<Vec<String>, Refusal> {
    let wrong = || invalid("files", "文件有误，请重新上传，最多20个");
    let list = match values.get("files") {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(value) => value
            .as_array()
            .filter(|list| list.len() <= 20)
            .ok_or_else(wrong)?,
    };
    list.iter()
        .map(|id| {
            id.as_str()
                .filter(|id| is_id(id))
                .map(str::to_owned)
                .ok_or_else(wrong)
        })
        .collect()
}

pub(super) fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

pub(super) fn invalid(field: &str, sentence: &str) -> Refusal {
    Refusal::invalid(vec![FieldProblem {
        field: field.to_owned(),
        sentence: sentence.to_owned(),
    }])
}
