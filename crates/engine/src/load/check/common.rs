//! What stands beside kinds: posts, judgements, rules for incoming text, packs, tables.

use super::super::layout::Draft;
use super::super::names::{bad_name, bad_source, suggest};
use super::super::place::{Pen, Place};
use super::super::problem::{Problem, Severity};
use super::catalogue::catalogue;
use super::head::each_once;
use super::who::known_post;
use crate::calendar::Limit;
use crate::def::{FieldType, Import, TextRule};
use crate::schema::choices_of;
use crate::time::add_length;
use chrono::NaiveDate;
use std::collections::BTreeSet;

/// Catalogue rows that are named exist.
pub(super) fn check_sources(draft: &Draft, pen: &mut Pen, place: &Place, source: &[String]) {
    for (i, id) in source.iter().enumerate() {
        if let Some(sentence) = bad_source(id) {
            pen.error(&place.at(i), sentence);
        } else if let Some(catalogue) = draft.catalogue.as_ref().filter(|c| !c.def.contains_key(id)) {
            let known = suggest(id, catalogue.def.keys().map(String::as_str));
            pen.error(&place.at(i), format!("出处“{id}”在 catalogue.toml 里没有{known}"));
        }
        if source[..i].contains(id) {
            pen.error(&place.at(i), format!("出处“{id}”写了两次，请删去一个"));
        }
    }
}

/// Verifies everything but kinds and clauses.
pub(in crate::load) fn check_common(draft: &Draft, problems: &mut Vec<Problem>) {
    posts(draft, problems);
    judgements(draft, problems);
    phases(draft, problems);
    classify(draft, problems);
    packs(draft, problems);
    for table in draft.tables.values() {
        let mut pen = Pen::new(&draft.sources[table.path]);
        check_sources(draft, &mut pen, &Place::top().at("source"), &table.def.source);
        if table.def.rows.is_empty() {
            pen.error(
                &Place::top().at("rows"),
                format!("表“{}”是空的，请写上几行", table.def.title),
            );
        }
        problems.extend(pen.problems);
    }
    for calendar in &draft.calendar_sources {
        let mut pen = Pen::new(&draft.sources[calendar.path]);
        check_sources(draft, &mut pen, &Place::top().at("source"), &calendar.def);
        problems.extend(pen.problems);
    }
    catalogue(draft, problems);
}

fn posts(draft: &Draft, problems: &mut Vec<Problem>) {
    let Some(posts) = &draft.posts else { return };
    let mut pen = Pen::new(&draft.sources[posts.path]);
    each_once(
        &mut pen,
        "post",
        "岗位",
        posts.def.iter().map(|p| p.name.as_str()),
        bad_name,
    );
    for (i, post) in posts.def.iter().enumerate() {
        let place = Place::top().at("post").at(i);
        check_sources(draft, &mut pen, &place.at("source"), &post.source);
        if let Some(Err(problem)) = post.back_dates.as_ref().map(|text| text.parse::<Limit>()) {
            pen.error(
                &place.at("back_dates"),
                format!("岗位“{}”的补记期限：{problem}", post.title),
            );
        }
    }
    problems.extend(pen.problems);
}

fn judgements(draft: &Draft, problems: &mut Vec<Problem>) {
    let Some(judgements) = &draft.judgements else {
        return;
    };
    let mut pen = Pen::new(&draft.sources[judgements.path]);
    each_once(
        &mut pen,
        "judgement",
        "判断",
        judgements.def.iter().map(|j| j.name.as_str()),
        bad_name,
    );
    for (i, judgement) in judgements.def.iter().enumerate() {
        let Some(kind) = &judgement.kind else { continue };
        let place = Place::top().at("judgement").at(i).at("kind");
        if !draft.kind_names.contains(kind) {
            let known = suggest(kind, draft.kind_names.iter().map(String::as_str));
            pen.error(
                &place,
                format!("判断“{}”要开的事项类型“{kind}”不存在{known}", judgement.title),
            );
        } else if draft.kinds.get(kind).is_some_and(|k| k.def.inner) {
            pen.error(
                &place,
                format!("“{kind}”是内部事项（inner），前台不能直接登记，请换一类"),
            );
        }
    }
    problems.extend(pen.problems);
}

/// Phases follow each other: one before the handover, then each later than the one before it.
fn phases(draft: &Draft, problems: &mut Vec<Problem>) {
    let Some(phases) = &draft.phases else { return };
    let mut pen = Pen::new(&draft.sources[phases.path]);
    let all = &phases.def.phases;
    check_sources(draft, &mut pen, &Place::top().at("source"), &phases.def.source);
    let names = all.iter().map(|p| p.name.as_str());
    each_once(&mut pen, "phase", "阶段", names, bad_name);
    let mut before: Option<NaiveDate> = None;
    for (i, phase) in all.iter().enumerate() {
        let place = Place::top().at("phase").at(i);
        known_post(draft, &mut pen, &place.at("post"), &phase.post);
        let day = phase
            .from
            .as_ref()
            .map(|text| add_length(NaiveDate::default(), text));
        let wrong = match day {
            None if i == 0 => continue,
            None => "只有第一个阶段（交付前）不写 from，请写交付后多久开始，如 \"1y\"",
            Some(_) if i == 0 => "第一个阶段是交付前，不写 from，请删去",
            Some(None) => "多久要写成 \"0d\"、\"6mo\"、\"1y\" 这样",
            Some(Some(day)) if before.is_some_and(|before| day <= before) => {
                "要比前一个阶段开始得晚，请调换次序或改 from"
            }
            Some(Some(day)) => {
                before = Some(day);
                continue;
            }
        };
        pen.error(&place.at("from"), format!("阶段“{}”：{wrong}", phase.title));
    }
    problems.extend(pen.problems);
}

fn classify(draft: &Draft, problems: &mut Vec<Problem>) {
    let Some(classify) = &draft.classify else { return };
    let mut pen = Pen::new(&draft.sources[classify.path]);
    check_sources(draft, &mut pen, &Place::top().at("source"), &classify.def.source);
    let rules = &classify.def.rules;
    let always = |rule: &TextRule| rule.any.is_empty() && rule.none.is_empty();
    for (i, rule) in rules.iter().enumerate() {
        let place = Place::top().at("rule").at(i);
        if i + 1 < rules.len() && always(rule) {
            pen.error(&place, "这一条总是符合，后面的就用不上了，请移到最后，或写上 any");
        }
        rule_fits(draft, &mut pen, &place, rule);
    }
    if !rules.last().is_some_and(always) {
        let place = Place::top().at("rule").at(rules.len().saturating_sub(1));
        pen.error(
            &place,
            "最后一条要总是符合（不写 any 和 none），否则有的来信没有判断",
        );
    }
    if let Some(import) = &classify.def.import {
        importing(draft, &mut pen, import);
    }
    problems.extend(pen.problems);
}

/// Posts, kinds, actions and fields that an import names exist.
fn importing(draft: &Draft, pen: &mut Pen, import: &Import) {
    let place = Place::top().at("import");
    for (i, post) in import.posts.iter().enumerate() {
        known_post(draft, pen, &place.at("posts").at(i), post);
    }
    for (i, answer) in import.answers.iter().enumerate() {
        let here = place.at("answer").at(i);
        for (n, step) in answer.steps.iter().enumerate() {
            let here = here.at("steps").at(n);
            let name = step.child.as_ref().unwrap_or(&answer.kind);
            let Some(kind) = draft.kinds.get(name).map(|k| &k.def) else {
                // A file that could not be read has been told about already.
                if draft.kind_names.contains(name) {
                    continue;
                }
                let known = suggest(name, draft.kind_names.iter().map(String::as_str));
                pen.error(&here, format!("事项类型“{name}”不存在{known}"));
                continue;
            };
            let action = kind.actions.iter().find(|a| a.name == step.act);
            let Some(action) = action else {
                let known = suggest(&step.act, kind.actions.iter().map(|a| a.name.as_str()));
                pen.error(
                    &here.at("act"),
                    format!("“{}”没有动作“{}”{known}", kind.title, step.act),
                );
                continue;
            };
            for field in step
                .set
                .keys()
                .filter(|f| !action.ask.iter().any(|a| a.field == **f))
            {
                let sentence = format!("“{}”不填写字段“{field}”", action.title);
                pen.error(&here.at("set").at(field.as_str()), sentence);
            }
            let needed = action.ask.iter().filter(|a| a.required);
            for ask in needed.filter(|a| !step.set.contains_key(&a.field)) {
                let sentence = format!("“{}”必须填写“{}”，这里没有写", action.title, ask.field);
                pen.error(&here, sentence);
            }
        }
    }
}

/// The judgement exists, and what is filled fits the kind it opens.
fn rule_fits(draft: &Draft, pen: &mut Pen, place: &Place, rule: &TextRule) {
    let Some(judgements) = &draft.judgements else {
        return;
    };
    let Some(judgement) = judgements.def.iter().find(|j| j.name == rule.judgement) else {
        let known = suggest(&rule.judgement, judgements.def.iter().map(|j| j.name.as_str()));
        pen.error(
            &place.at("judgement"),
            format!("判断“{}”不存在{known}", rule.judgement),
        );
        return;
    };
    let kind = judgement.kind.as_ref().and_then(|name| draft.kinds.get(name));
    for (name, value) in &rule.set {
        let here = place.at("set").at(name.as_str());
        let Some(kind) = kind else {
            if judgement.kind.is_none() {
                pen.error(
                    &here,
                    format!("判断“{}”不开事项，没有字段可填，请删去 set", judgement.title),
                );
            }
            continue;
        };
        let Some(field) = kind.def.fields.iter().find(|f| f.name == *name) else {
            let known = suggest(name, kind.def.fields.iter().map(|f| f.name.as_str()));
            pen.error(&here, format!("“{}”没有字段“{name}”{known}", kind.def.title));
            continue;
        };
        let choices = choices_of(field, draft);
        if !matches!(field.kind, FieldType::Line | FieldType::Text | FieldType::Choice) {
            pen.error(
                &here,
                format!("字段“{}”不是文字或选项，来信判断填不了它", field.title),
            );
        } else if !choices.is_empty() && !choices.contains(value) {
            let known = suggest(value, choices.iter().map(String::as_str));
            pen.error(&here, format!("字段“{}”没有选项“{value}”{known}", field.title));
        }
    }
}

/// Every folder has its heading.
fn packs(draft: &Draft, problems: &mut Vec<Problem>) {
    let used = draft.kinds.values().map(|k| (k.def.pack.as_str(), k.path));
    let used = used.chain(
        draft
            .clauses
            .iter()
            .map(|(pack, clauses)| (pack.as_str(), clauses.path)),
    );
    let mut told = BTreeSet::new();
    for (pack, path) in used {
        let heading = format!("{pack}/pack.toml");
        if !draft.sources.contains_key(heading.as_str()) && told.insert(pack) {
            let sentence = format!("制度包“{pack}”没有说明，请加一个文件 {heading}，写上 title 和 order");
            let (file, severity) = (path.to_owned(), Severity::Error);
            problems.push(Problem {
                file,
                line: 1,
                column: 1,
                sentence,
                severity,
            });
        }
    }
    for (name, pack) in &draft.packs {
        if let Some(sentence) = bad_name(name) {
            let mut pen = Pen::new(&draft.sources[pack.path]);
            pen.error(&Place::top(), format!("文件夹{sentence}"));
            problems.extend(pen.problems);
        }
    }
}
