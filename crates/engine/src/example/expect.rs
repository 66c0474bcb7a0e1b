//! What a step says must hold.

use super::run::{Play, action_named};
use super::story::{Counted, Step};
use super::when;
use crate::case::Case;
use crate::def::{Link, Relation};
use crate::family::{Family, Known, Scene};
use crate::load::Rules;
use crate::measure;
use crate::step;
use crate::world::Actor;
use serde_json::Value;
use std::collections::BTreeMap;

/// Everything that does not hold, each in a sentence.
pub(super) fn expect(play: &Play, step: &Step) -> Vec<String> {
    let mut wrong = Vec::new();
    told(play, step, &mut wrong);
    clauses(play, step, &mut wrong);
    let Some(case) = play.case() else { return wrong };
    let Some(rules) = play.house.manual.kind(&case.kind) else {
        return wrong;
    };
    stage(step, case, rules, &mut wrong);
    fields(play, step, case, rules, &mut wrong);
    numbers(step, case, &mut wrong);
    due(play, step, case, rules, &mut wrong);
    people(play, step, case, &mut wrong);
    under(play, step, case, &mut wrong);
    offers(play, step, case, &mut wrong);
    wrong
}

fn stage(step: &Step, case: &Case, rules: &Rules, wrong: &mut Vec<String>) {
    let Some(wanted) = &step.stage else { return };
    let is = rules
        .stage(&case.stage)
        .map_or(case.stage.as_str(), |s| s.title.as_str());
    if *wanted != case.stage && wanted != is {
        wrong.push(format!("应在阶段“{wanted}”，实际在“{is}”（{}）", case.stage));
    }
}

fn fields(play: &Play, step: &Step, case: &Case, rules: &Rules, wrong: &mut Vec<String>) {
    for (name, wanted) in &step.fields {
        let Some(field) = rules
            .kind
            .fields
            .iter()
            .find(|f| f.name == *name || f.title == *name)
        else {
            wrong.push(format!("“{}”没有字段“{name}”", rules.kind.title));
            continue;
        };
        let wanted = play.names().value(Some(field), wanted);
        let is = case.data.get(&field.name).cloned().unwrap_or_default();
        if !same(&wanted, &is) {
            wrong.push(format!("字段“{}”应为 {wanted}，实际为 {is}", field.title));
        }
    }
}

fn same(a: &Value, b: &Value) -> bool {
    match (a.as_f64(), b.as_f64()) {
        (Some(a), Some(b)) => (a - b).abs() < 1e-9,
        _ => a == b,
    }
}

fn numbers(step: &Step, case: &Case, wrong: &mut Vec<String>) {
    if let Some(urgency) = step.urgency.filter(|u| *u != case.urgency) {
        wrong.push(format!("紧急程度应为 {urgency}，实际为 {}", case.urgency));
    }
    if let Some(level) = step.level.filter(|l| *l != case.level) {
        wrong.push(format!("督办级别应为 {level}，实际为 {}", case.level));
    }
    if let Some(waits) = &step.waits {
        let round = case.open_signing().and_then(|s| s.round());
        let slots = round.iter().flat_map(|r| &r.slots).filter(|s| s.signed.is_none());
        let is: Vec<&str> = slots.map(|s| s.title.as_str()).collect();
        if is != *waits {
            wrong.push(format!(
                "应等着签署：{}；实际：{}",
                waits.join("、"),
                is.join("、")
            ));
        }
    }
}

fn due(play: &Play, step: &Step, case: &Case, rules: &Rules, wrong: &mut Vec<String>) {
    for (name, wanted) in &step.due {
        let Some(clock) = rules
            .kind
            .clocks
            .iter()
            .find(|c| c.name == *name || c.title == *name)
        else {
            wrong.push(format!("“{}”没有时限“{name}”", rules.kind.title));
            continue;
        };
        let run = case.running(&clock.name);
        let is = match run {
            None => "没有".to_owned(),
            Some(run) if run.paused() => "暂停".to_owned(),
            Some(run) => run
                .due_at
                .map_or("没有".to_owned(), |at| when::said(at, play.zone)),
        };
        let meant = when::instant(wanted, play.house.now, play.zone).map(|at| when::said(at, play.zone));
        if is != *wanted && Some(&is) != meant.as_ref() {
            wrong.push(format!("时限“{}”应为 {wanted}，实际为 {is}", clock.title));
        }
    }
}

fn people(play: &Play, step: &Step, case: &Case, wrong: &mut Vec<String>) {
    for (relation, wanted) in &step.people {
        let found = Relation::ALL
            .into_iter()
            .find(|r| r.name() == relation || r.title() == relation);
        let Some(relation) = found else {
            wrong.push(format!("没有“{relation}”这种关系"));
            continue;
        };
        let name = |id: &str| {
            let member = play.house.roster.iter().find(|m| m.id == id);
            member.map_or(id.to_owned(), |m| m.name.clone())
        };
        let mut is: Vec<String> = case.in_relation(relation).map(name).collect();
        let mut wanted = wanted.clone();
        is.sort();
        wanted.sort();
        if is != wanted {
            let title = relation.title();
            wrong.push(format!(
                "{title}应为{}，实际为{}",
                wanted.join("、"),
                is.join("、")
            ));
        }
    }
}

fn under(play: &Play, step: &Step, case: &Case, wrong: &mut Vec<String>) {
    let children = play.house.children(&case.id).unwrap_or_default();
    for (kind, wanted) in &step.under {
        let title = |name: &str| play.house.manual.kind(name).map(|r| r.kind.title.clone());
        let of = |name: &String| name == kind || title(name).as_ref() == Some(kind);
        let is = children.iter().filter(|child| of(&child.kind)).count();
        if is != *wanted {
            wrong.push(format!("下面应有 {wanted} 件{kind}，实际 {is} 件"));
        }
    }
}

fn offers(play: &Play, step: &Step, case: &Case, wrong: &mut Vec<String>) {
    let ids = String::new;
    let scene = Scene {
        live: play.house.manual,
        at: play.house.now,
        now: play.house.now,
        quiet: false,
        ids: &ids,
    };
    let family = Family::new(&play.house, scene);
    let mut hold = |line: &String, wanted: bool| {
        let (who, actions) = line.split_once('：').unwrap_or((line, ""));
        let offered = play.actor(who).map(|actor: Actor| {
            let look = family.look(&case.id, |world, case| step::offers(world, case, &actor));
            look.unwrap_or_default()
        });
        let offered = match offered {
            Ok(offered) => offered,
            Err(sentence) => return wrong.push(sentence),
        };
        for action in actions.split('、').map(str::trim) {
            match action_named(play.house.manual, case, action) {
                Err(sentence) => wrong.push(sentence),
                Ok(name) if offered.iter().any(|o| o.name == name) != wanted => {
                    let may = if wanted { "应当能" } else { "不应能" };
                    wrong.push(format!("{who}{may}“{action}”"));
                }
                Ok(_) => {}
            }
        }
    };
    step.may.iter().for_each(|line| hold(line, true));
    step.may_not.iter().for_each(|line| hold(line, false));
    if let Some(wanted) = step.passes {
        let is = family.look(&case.id, |world, case| step::passes(world, case));
        match is {
            Ok(Ok(())) if !wanted => wrong.push("门岗不应放行，却可以放行".to_owned()),
            Ok(Err(why)) if wanted => wrong.push(format!("门岗应当放行，却不放行：{why}")),
            _ => {}
        }
    }
}

fn told(play: &Play, step: &Step, wrong: &mut Vec<String>) {
    let to = |name: &str| {
        let link = Link::ALL
            .into_iter()
            .find(|l| l.title() == name || l.name() == name);
        link.map(|l| l.name().to_owned())
            .or_else(|| play.people.get(name).cloned())
            .unwrap_or_else(|| name.to_owned())
    };
    for line in &step.told {
        let (name, words) = line.split_once('：').unwrap_or((line, ""));
        let id = to(name);
        let heard: Vec<&str> = play
            .house
            .notices
            .iter()
            .filter(|notice| notice.to == id)
            .map(|notice| notice.text.as_str())
            .collect();
        if !heard.iter().any(|text| text.contains(words)) {
            wrong.push(format!(
                "应当通知{name}“{words}”，实际通知了：{}",
                heard.join("；")
            ));
        }
    }
    for name in &step.not_told {
        let id = to(name);
        if let Some(notice) = play.house.notices.iter().find(|notice| notice.to == id) {
            wrong.push(format!("不应通知{name}，却通知了：{}", notice.text));
        }
    }
}

fn clauses(play: &Play, step: &Step, wrong: &mut Vec<String>) {
    if step.clauses.is_empty() {
        return;
    }
    let mut counted: BTreeMap<String, Counted> = BTreeMap::new();
    for case in play.house.cases.values() {
        let children = play.house.children(&case.id).unwrap_or_default();
        for ((clause, _), said) in measure::of_case(play.house.manual, case, &children) {
            let count = counted.entry(clause).or_default();
            if said.met {
                count.kept += 1;
            } else {
                count.broken += 1;
            }
        }
    }
    for (id, wanted) in &step.clauses {
        if play.house.manual.clause(id).is_none() {
            wrong.push(format!("没有条款 {id}"));
            continue;
        }
        let is = counted.get(id).copied().unwrap_or_default();
        if is != *wanted {
            wrong.push(format!(
                "{id} 应计守住 {}、违反 {}，实际守住 {}、违反 {}",
                wanted.kept, wanted.broken, is.kept, is.broken
            ));
        }
    }
}
