//! Claims: taking a unique hold, moving it to another resource, letting it go.

use super::turn::Turn;
use crate::case::HeldClaim;
use crate::def::{ClaimDef, identity};
use crate::env::CaseEnv;
use crate::event::Event;
use crate::load::Rules;
use crate::refusal::{Refusal, Why};
use crate::time::{Span, Time};
use serde_json::Value;

/// Takes the claim. One that is held already on something else, or for another time, moves in the same change: an
/// exchanged home lets the old one go.
///
/// # Errors
/// [`Why::Condition`] when what it names is not known yet: an empty part would hold nothing, silently.
pub(super) fn take(turn: &mut Turn, name: &str) -> Result<(), Refusal> {
    let Some(def) = turn.rules.kind.claims.iter().find(|c| c.name == name) else {
        return Ok(());
    };
    let wanted = held(turn, def)?;
    match turn.case.claims.iter().find(|c| c.name == name) {
        Some(now) if *now == wanted => return Ok(()),
        Some(_) => turn.emit(Event::Released {
            name: name.to_owned(),
        }),
        None => {}
    }
    turn.emit(Event::Claimed(wanted));
    Ok(())
}

/// Lets it go, if it is held.
pub(super) fn release(turn: &mut Turn, name: &str) {
    if turn.case.claims.iter().any(|c| c.name == name) {
        turn.emit(Event::Released {
            name: name.to_owned(),
        });
    }
}

/// What the claim means for the case as it stands.
fn held(turn: &Turn, def: &ClaimDef) -> Result<HeldClaim, Refusal> {
    let env = CaseEnv::guard(turn.world, &turn.case);
    let mut parts = Vec::with_capacity(def.on.len());
    for part in &def.on {
        parts.push(text_of(&turn.rules.value(part, &env)).ok_or_else(|| missing(turn.rules, part))?);
    }
    let resource = named(parts.iter().map(|part| identity(part)).collect());
    let said = named(parts);
    let instant = |text: &Option<String>, end: bool| {
        let known = |text: &String| {
            let value = turn.rules.value(text, &env);
            edge(&value, end, turn.world.live.offset()).ok_or_else(|| missing(turn.rules, text))
        };
        text.as_ref().map(known).transpose()
    };
    let (from, to) = (instant(&def.from, false)?, instant(&def.to, true)?);
    if let (Some(from), Some(to)) = (from, to)
        && from >= to
    {
        return Err(Refusal::new(Why::Condition, "结束时间要晚于开始时间，请核对"));
    }
    Ok(HeldClaim {
        name: def.name.clone(),
        said: (said != resource).then_some(said),
        resource,
        from,
        to,
        stays: def.stays,
    })
}

/// One part stands for itself: other cases may be found by it.
fn named(parts: Vec<String>) -> String {
    match <[String; 1]>::try_from(parts) {
        Ok([only]) => only,
        Err(parts) => Value::from(parts).to_string(),
    }
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(yes) => Some(yes.to_string()),
        _ => None,
    }
}

/// An instant; of a day its beginning, or its end.
fn edge(value: &Value, end: bool, offset: i32) -> Option<Time> {
    match value {
        Value::String(day) => {
            let midnight = Time::start_of(day.parse().ok()?, offset);
            Some(midnight + Span::days(i64::from(end)))
        }
        _ => value.as_i64().map(Time),
    }
}

fn missing(rules: &Rules, part: &str) -> Refusal {
    let what = match part {
        "case.home" => "房屋",
        "case.customer" => "客户",
        _ => rules.field(part).map_or(part, |f| f.title.as_str()),
    };
    Refusal::new(Why::Condition, format!("还没有“{what}”，不能占用，请先补上"))
}
