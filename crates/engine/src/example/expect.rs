//! What a step says must hold.

use super::play::Play;
use super::story::{Step, Under};
use super::{checked, clauses, names, when};
use crate::case::Case;
use crate::family::{Family, Known, Scene};
use crate::load::Rules;
use crate::world::{Actor, Child};
use crate::{step, tell};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Everything that does not hold, each in a sentence.
pub(super) fn expect(play: &Play, step: &Step) -> Vec<String> {
    let mut wrong = Vec::new();
    told(play, step, &mut wrong);
    clauses::expect(play, step, &mut wrong);
    cases(play, step, &mut wrong);
    let Some(case) = play.case() else { return wrong };
    let Some(rules) = play.house.manual.kind(&case.kind) else {
        return wrong;
    };
    stage(step, case, rules, &mut wrong);
    head(step, case, rules, &mut wrong);
    fields(play, step, case, rules, &mut wrong);
    numbers(step, case, &mut wrong);
    due(play, step, case, rules, &mut wrong);
    late(step, case, rules, &mut wrong);
    held(play, step, case, &mut wrong);
    people(play, step, case, &mut wrong);
    under(play, step, case, &mut wrong);
    offers(play, step, case, &mut wrong);
    wrong
}

fn stage(step: &Step, case: &Case, rules: &Rules, wrong: &mut Vec<String>) {
    let Some(wanted) = &step.stage else { return };
    if !is_stage(rules, &case.stage, wanted) {
        wrong.push(format!(
            "应在阶段“{wanted}”，实际在“{}”",
            stage_title(rules, &case.stage)
        ));
    }
}

fn is_stage(rules: &Rules, stage: &str, wanted: &str) -> bool {
    stage == wanted || rules.stage(stage).is_some_and(|s| s.title == wanted)
}

fn stage_title<'r>(rules: &'r Rules, stage: &'r str) -> &'r str {
    rules.stage(stage).map_or(stage, |s| s.title.as_str())
}

/// What the case is called, and whether it is over.
fn head(step: &Step, case: &Case, rules: &Rules, wrong: &mut Vec<String>) {
    if let Some(closed) = step.closed.filter(|closed| *closed != case.closed()) {
        let (wanted, is) = if closed {
            ("已结束", "还开着")
        } else {
            ("还开着", "已结束")
        };
        wrong.push(format!("事项应当{wanted}，实际{is}"));
    }
    if let Some(number) = step.number.as_ref().filter(|n| **n != case.number) {
        wrong.push(format!("编号应为 {number}，实际为 {}", case.number));
    }
    let heading = tell::heading(rules, case);
    if let Some(wanted) = step.heading.as_ref().filter(|h| **h != heading) {
        wrong.push(format!("标题应为“{wanted}”，实际为“{heading}”"));
    }
}

fn fields(play: &Play, step: &Step, case: &Case, rules: &Rules, wrong: &mut Vec<String>) {
    for (name, wanted) in &step.fields {
        let Some(field) = names::field(&rules.kind.fields, name) else {
            wrong.push(format!("“{}”没有字段“{name}”", rules.kind.title));
            continue;
        };
        if let Some(list) = &field.checklist {
            checked::expect((field, list), case, wanted, wrong);
            continue;
        }
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
            wrong.push(format!("应等着签署：{}；实际：{}", listed(waits), listed(is)));
        }
    }
}

fn due(play: &Play, step: &Step, case: &Case, rules: &Rules, wrong: &mut Vec<String>) {
    for (name, wanted) in &step.due {
        let Some(clock) = names::clock(&rules.kind, name) else {
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

/// The clocks whose deadline passed, all of them.
fn late(step: &Step, case: &Case, rules: &Rules, wrong: &mut Vec<String>) {
    let Some(wanted) = &step.late else { return };
    let name = |name: &String| names::clock(&rules.kind, name).map_or(name.clone(), |c| c.name.clone());
    let wanted: BTreeSet<String> = wanted.iter().map(name).collect();
    let runs = case.runs.iter().filter(|run| run.breached_at.is_some());
    let is: BTreeSet<String> = runs.map(|run| run.clock.clone()).collect();
    if is != wanted {
        let title = |clock: &String| rules.clock(clock).map_or(clock.clone(), |c| c.title.clone());
        let said = |clocks: &BTreeSet<String>| listed(clocks.iter().map(title));
        wrong.push(format!("超时的应当是：{}；实际：{}", said(&wanted), said(&is)));
    }
}

/// Claims held and links handed out, all of them.
fn held(play: &Play, step: &Step, case: &Case, wrong: &mut Vec<String>) {
    if let Some(wanted) = &step.holds {
        let wanted: BTreeSet<&str> = wanted.iter().map(String::as_str).collect();
        let is: BTreeSet<&str> = case.claims.iter().map(|c| c.name.as_str()).collect();
        if is != wanted {
            wrong.push(format!("占用应当有：{}；实际：{}", listed(wanted), listed(is)));
        }
    }
    if let Some(wanted) = &step.links {
        let title = |name: &String| {
            names::link(play.house.manual, name).map_or(name.clone(), |l| l.name().to_owned())
        };
        let wanted: BTreeSet<String> = wanted.iter().map(title).collect();
        let is: BTreeSet<String> = case.links.iter().map(|l| l.name().to_owned()).collect();
        if is != wanted {
            wrong.push(format!(
                "发出的链接应当有：{}；实际：{}",
                listed(wanted),
                listed(is)
            ));
        }
    }
}

fn listed(words: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    let words: Vec<String> = words.into_iter().map(|w| w.as_ref().to_owned()).collect();
    if words.is_empty() {
        "没有".to_owned()
    } else {
        words.join("、")
    }
}

fn people(play: &Play, step: &Step, case: &Case, wrong: &mut Vec<String>) {
    for (relation, wanted) in &step.people {
        let Some(relation) = names::relation(relation) else {
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
            wrong.push(format!("{title}应为{}，实际为{}", listed(wanted), listed(is)));
        }
    }
}

fn under(play: &Play, step: &Step, case: &Case, wrong: &mut Vec<String>) {
    let children = play.house.children(&case.id).unwrap_or_default();
    counted(play, ("下面", &step.under), &children, wrong);
}

/// Cases of the whole story.
fn cases(play: &Play, step: &Step, wrong: &mut Vec<String>) {
    let all: Vec<Child> = play.house.cases.values().map(Child::of).collect();
    counted(play, ("一共", &step.cases), &all, wrong);
}

fn counted(
    play: &Play,
    (place, wanted): (&str, &BTreeMap<String, Under>),
    among: &[Child],
    wrong: &mut Vec<String>,
) {
    for (kind, wanted) in wanted {
        let Some(rules) = names::kind(play.house.manual, kind) else {
            wrong.push(format!("制度里没有“{kind}”这类事项"));
            continue;
        };
        let of = among.iter().filter(|child| child.kind == rules.kind.name);
        let is: Vec<&str> = of.map(|child| child.stage.as_str()).collect();
        let said = listed(is.iter().map(|stage| stage_title(rules, stage)));
        match wanted {
            Under::Count(wanted) if is.len() != *wanted => {
                wrong.push(format!("{place}应有 {wanted} 件{kind}，实际 {} 件", is.len()));
            }
            Under::Stages(wanted)
                if is.len() != wanted.len()
                    || is.iter().zip(wanted).any(|(is, w)| !is_stage(rules, is, w)) =>
            {
                wrong.push(format!(
                    "{place}的{kind}应当依次在：{}；实际：{said}",
                    listed(wanted)
                ));
            }
            _ => {}
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
    let Some(rules) = play.house.manual.kind(&case.kind) else {
        return;
    };
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
        for action in names::verbs_of(&rules.kind, actions) {
            match action {
                Err(name) => wrong.push(format!("“{}”没有动作“{name}”", rules.kind.title)),
                Ok(verb) if offered.iter().any(|o| o.name == verb.name()) != wanted => {
                    let may = if wanted { "应当能" } else { "不应能" };
                    wrong.push(format!("{who}{may}“{}”", verb.title()));
                }
                Ok(_) => {}
            }
        }
    };
    step.may.iter().for_each(|line| hold(line, true));
    step.may_not.iter().for_each(|line| hold(line, false));
    if let Some(wanted) = step.passes {
        let is = family.look(&case.id, step::passes);
        match is {
            Ok(Ok(())) if !wanted => wrong.push("门岗不应放行，却可以放行".to_owned()),
            Ok(Err(why)) if wanted => wrong.push(format!("门岗应当放行，却不放行：{why}")),
            _ => {}
        }
    }
}

fn told(play: &Play, step: &Step, wrong: &mut Vec<String>) {
    let to = |name: &str| {
        names::link(play.house.manual, name)
            .map(|l| l.name().to_owned())
            .or_else(|| play.people.get(name).cloned())
            .unwrap_or_else(|| name.to_owned())
    };
    let said = |line: &'_ String| {
        let (name, words) = line.split_once('：').unwrap_or((line, ""));
        let id = to(name);
        let notices = play.house.notices.iter();
        let heard = notices
            .filter(|notice| notice.to == id)
            .map(|notice| notice.text.as_str());
        (name.to_owned(), words.to_owned(), heard.collect::<Vec<&str>>())
    };
    for line in &step.told {
        let (name, words, heard) = said(line);
        if !heard.iter().any(|text| text.contains(&words)) {
            wrong.push(format!("应当通知{name}“{words}”，实际通知了：{}", listed(heard)));
        }
    }
    for line in &step.not_told {
        let (name, words, heard) = said(line);
        if let Some(text) = heard.iter().find(|text| text.contains(&words)) {
            wrong.push(format!("不应通知{name}，却通知了：{text}"));
        }
    }
}
