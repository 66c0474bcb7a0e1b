//! The one function behind "which actions may this actor take now" and "may this actor take this one".

use super::builtin;
use super::guests::stands;
use super::offer::Offer;
use super::papers;
use super::who::{is_one_of, rules_of, whole};
use crate::case::{Case, Data};
use crate::def::{Action, Builtin, Check, PaperDef};
use crate::env::CaseEnv;
use crate::load::Rules;
use crate::refusal::{FieldProblem, Refusal, Why};
use crate::world::{Actor, World};

pub(super) enum Verb<'a> {
    Action(&'a Action),
    Builtin(Builtin),
    Paper(&'a PaperDef),
}

/// Every action the actor may take now. What is listed here is exactly what [`super::step`] accepts.
pub fn offers(world: &World, case: &Case, actor: &Actor) -> Vec<Offer> {
    let Ok(rules) = rules_of(world, &case.kind) else {
        return Vec::new();
    };
    let world = &world.by(actor);
    let names = rules.kind.actions.iter().map(|a| a.name.as_str());
    let builtins = Builtin::ALL.iter().map(|b| b.name());
    names
        .chain(builtins)
        .filter_map(|name| judge(world, rules, case, actor, name).ok())
        .filter_map(|verb| match verb {
            Verb::Paper(_) => None,
            Verb::Action(a) => Some(Offer {
                name: a.name.clone(),
                title: a.title.clone(),
                main: a.main,
                confirm: a.confirm.clone(),
                ask: a.ask.clone(),
                to: a.to.clone().filter(|to| *to != case.stage),
                about: None,
                builtin: None,
            }),
            Verb::Builtin(b) => Some(builtin::offer(case, actor, b, world)),
        })
        .collect()
}

pub(super) fn judge<'a>(
    world: &World,
    rules: &'a Rules,
    case: &Case,
    actor: &Actor,
    name: &str,
) -> Result<Verb<'a>, Refusal> {
    whole(case)?;
    if let Actor::Link(link) = actor
        && !stands(world, case, link)
    {
        return Err(Refusal::new(Why::NotYou, "链接已失效，请联系物业客服"));
    }
    if let Some(builtin) = Builtin::by_name(name) {
        builtin::judge(world, case, actor, builtin)?;
        return Ok(Verb::Builtin(builtin));
    }
    if let Some(paper) = papers::named(&rules.kind.papers, name) {
        papers::may(world, case, actor, paper)?;
        return Ok(Verb::Paper(paper));
    }
    let action = rules.action(name).ok_or_else(|| {
        Refusal::new(
            Why::Unknown,
            format!("“{}”没有“{name}”这个动作", rules.kind.title),
        )
    })?;
    in_stage(rules, case, action)?;
    if !is_one_of(world, case, actor, &action.by) {
        return Err(Refusal::new(Why::NotYou, format!("“{}”不由您办理", action.title)));
    }
    condition(world, rules, case, action)?;
    approved(rules, case, action, Entered::NotYet)?;
    Ok(Verb::Action(action))
}

fn in_stage(rules: &Rules, case: &Case, action: &Action) -> Result<(), Refusal> {
    let here = if action.from.is_empty() {
        !case.closed()
    } else {
        action.from.contains(&case.stage)
    };
    if here {
        return Ok(());
    }
    let stage = rules
        .stage(&case.stage)
        .map_or(case.stage.as_str(), |s| s.title.as_str());
    Err(Refusal::new(
        Why::NotNow,
        format!("事项处于“{stage}”，不能办理“{}”", action.title),
    ))
}

fn condition(world: &World, rules: &Rules, case: &Case, action: &Action) -> Result<(), Refusal> {
    let Some(when) = &action.when else { return Ok(()) };
    if rules.test(when, &CaseEnv::guard(world, case)) {
        return Ok(());
    }
    let sentence = action
        .otherwise
        .clone()
        .unwrap_or_else(|| format!("现在还不能“{}”：条件未满足", action.title));
    Err(Refusal::new(Why::Condition, sentence))
}

/// How much of the form is known when it is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Entered {
    /// What the action asks is still to come, and may make good what is not covered.
    NotYet,
    /// Everything.
    All,
}

/// Whether what the action needs to be approved is, as the form stands.
fn approved(rules: &Rules, case: &Case, action: &Action, entered: Entered) -> Result<(), Refusal> {
    for name in &action.needs {
        let title = rules.signoff(name).map_or(name.as_str(), |s| s.title.as_str());
        let sentence = match case.approval(name) {
            None => format!("“{title}”还没有通过，不能“{}”", action.title),
            Some(signing) if !signing.covers(&case.data) => {
                let asked = |field: &String| action.ask.iter().any(|ask| ask.field == *field);
                if entered == Entered::NotYet && signing.of.keys().any(asked) {
                    continue;
                }
                format!("所办的超出或不同于“{title}”所批准的，请重新提交审批")
            }
            Some(_) => continue,
        };
        return Err(Refusal::new(Why::Condition, sentence));
    }
    Ok(())
}

/// Whether what was entered passes the action's own checks.
pub(super) fn entered(
    world: &World,
    rules: &Rules,
    case: &Case,
    action: &Action,
    set: &Data,
) -> Result<(), Refusal> {
    if action.check.is_empty() && action.needs.is_empty() {
        return Ok(());
    }
    let mut after = case.clone();
    after.data.extend(set.clone());
    approved(rules, &after, action, Entered::All)?;
    checked(world, rules, (&case.data, &after), &action.check)
}

/// Whether what another case hands over passes the checks of the action it asks for, as if somebody had entered it; an
/// action that does not fit now is not asked.
pub(super) fn handed_over(
    world: &World,
    rules: &Rules,
    case: &Case,
    (name, set): (&str, &Data),
) -> Result<(), Refusal> {
    let Ok(Verb::Action(action)) = judge(world, rules, case, &Actor::System, name) else {
        return Ok(());
    };
    let mut after = case.clone();
    after.data.extend(set.clone());
    let about = action.check.iter().filter(|check| set.contains_key(&check.field));
    let about: Vec<Check> = about.cloned().collect();
    checked(world, rules, (&case.data, &after), &about)
}

/// Whether the form as it would stand, beside how it stood, passes the checks.
pub(super) fn checked(
    world: &World,
    rules: &Rules,
    (before, after): (&Data, &Case),
    checks: &[Check],
) -> Result<(), Refusal> {
    let env = CaseEnv::entered(world, after, before);
    let broken = checks.iter().filter(|check| !rules.test(&check.that, &env));
    let problems: Vec<FieldProblem> = broken
        .map(|check| FieldProblem {
            field: check.field.clone(),
            sentence: check.otherwise.clone(),
        })
        .collect();
    if problems.is_empty() {
        Ok(())
    } else {
        Err(Refusal::invalid(problems))
    }
}
