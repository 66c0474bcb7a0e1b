//! One story: who acts on what.

use super::super::super::names::suggest;
use super::super::super::place::{Pen, Place};
use super::values::Form;
use crate::def::{Builtin, Kind, Relation};
use crate::example::names::{self, Cast, Verb};
use crate::example::story::{Example, Step, Under};
use crate::example::when;
use crate::load::Manual;
use crate::time::Time;
use std::collections::BTreeMap;

/// What a step may write for the deadline of a clock beside an instant.
const NO_INSTANT: [&str; 2] = ["没有", "暂停"];

/// A story under verification: the kinds of the cases it has spoken of so far.
pub(super) struct Story<'p, 's, 'm> {
    pub(super) manual: &'m Manual,
    pub(super) cast: &'p Cast,
    pub(super) pen: &'p mut Pen<'s>,
    named: BTreeMap<String, &'m Kind>,
    current: Option<&'m Kind>,
    /// A case could not be made out: what follows from that is not told as well.
    lost: bool,
}

impl<'p, 's, 'm> Story<'p, 's, 'm> {
    pub(super) fn new(manual: &'m Manual, cast: &'p Cast, pen: &'p mut Pen<'s>) -> Self {
        Story {
            manual,
            cast,
            pen,
            named: BTreeMap::new(),
            current: None,
            lost: false,
        }
    }

    pub(super) fn go(&mut self, place: &Place, example: &Example) {
        for (nth, step) in example.steps.iter().enumerate() {
            self.step(&place.at("steps").at(nth), step.get_ref());
        }
    }

    fn step(&mut self, place: &Place, step: &Step) {
        self.shape(place, step);
        for (key, text) in [("at", &step.at), ("happened", &step.happened)] {
            if let Some(text) = text
                && when::instant(text, Time(0), self.manual.offset()).is_none()
            {
                let sentence = format!("看不懂时间“{text}”，应写成 +30m、10:00、周二 10:00 或 11-24 10:00");
                self.pen.error(&place.at(key), sentence);
            }
        }
        for name in step.duty.keys() {
            self.somebody(&place.at("duty").at(name.as_str()), name);
        }
        if let Some(by) = &step.by {
            self.somebody(&place.at("by"), by);
        }
        if let Some(earlier) = &step.repeats
            && !self.named.contains_key(earlier)
        {
            let known = suggest(earlier, self.named.keys().map(String::as_str));
            let sentence = format!("没有叫“{earlier}”的事项，请在前面登记时写 as{known}");
            self.pen.error(&place.at("repeats"), sentence);
        }
        if let Some(kind) = &step.open {
            self.open(place, step, kind);
        } else if let Some(path) = &step.on {
            self.current = self.on(&place.at("on"), path);
        }
        if let Some(act) = &step.act {
            self.act(place, step, act);
        }
        self.expected(place, step);
    }

    /// The parts of a step that need each other.
    fn shape(&mut self, place: &Place, step: &Step) {
        let deed = step.is_deed();
        let wrong = [
            (
                step.open.is_some() && step.act.is_some(),
                "do",
                "open 和 do 只能写一个，请分成两步",
            ),
            (deed && step.by.is_none(), "", "没有写是谁办的，请写 by"),
            (
                !deed && step.by.is_some(),
                "by",
                "写了 by，却没有写办什么，请写 open 或 do",
            ),
            (
                !deed && !step.with.is_empty(),
                "with",
                "with 是办理时填的，请写 open 或 do；要核对字段请写 fields",
            ),
            (
                !deed && step.refused.is_some(),
                "refused",
                "refused 说的是办理被拒绝，请写 open 或 do",
            ),
            (
                !deed && step.happened.is_some(),
                "happened",
                "happened 说的是何时办的，请写 open 或 do",
            ),
            (
                step.open.is_none() && step.name.is_some(),
                "as",
                "as 是给新登记的事项起名，请写 open",
            ),
            (
                step.open.is_none() && step.repeats.is_some(),
                "repeats",
                "repeats 说的是新登记的事项，请写 open",
            ),
            (
                step.open.is_some() && step.on.is_some(),
                "on",
                "登记的是新事项，请删去 on",
            ),
        ];
        for (_, key, sentence) in wrong.into_iter().filter(|(wrong, ..)| *wrong) {
            let place = if key.is_empty() {
                place.clone()
            } else {
                place.at(key)
            };
            self.pen.error(&place, sentence);
        }
    }

    fn open(&mut self, place: &Place, step: &Step, kind: &str) {
        let Some(rules) = names::kind(self.manual, kind) else {
            let titles = self.manual.kinds.values().map(|r| r.kind.title.as_str());
            let known = suggest(kind, titles.chain(self.manual.kinds.keys().map(String::as_str)));
            self.pen
                .error(&place.at("open"), format!("制度里没有“{kind}”这类事项{known}"));
            (self.current, self.lost) = (None, true);
            return;
        };
        let kind = &rules.kind;
        let asked: Vec<&str> = kind.open.ask.iter().map(|a| a.field.as_str()).collect();
        self.entered(
            &place.at("with"),
            step,
            Form {
                kind,
                asked: &asked,
                extra: &[],
            },
        );
        if let Some(toml::Value::String(home)) = &step.home
            && !self.cast.homes.contains_key(home)
        {
            let known = suggest(home, self.cast.homes.keys().map(String::as_str));
            self.pen
                .error(&place.at("home"), format!("homes 里没有“{home}”{known}"));
        }
        if step.refused.is_some() {
            return;
        }
        if let Some(name) = &step.name
            && self.named.insert(name.clone(), kind).is_some()
        {
            self.pen.error(
                &place.at("as"),
                format!("“{name}”已经是另一件事项的名字，请换一个"),
            );
        }
        self.current = Some(kind);
    }

    fn act(&mut self, place: &Place, step: &Step, act: &str) {
        let Some(kind) = self.current else {
            if !self.lost {
                self.pen.error(place, "还没有事项可办，请先登记（open）");
            }
            return;
        };
        match names::verb(kind, act) {
            None => self.no_verb(&place.at("do"), kind, act),
            Some(Verb::Action(action)) => {
                let asked: Vec<&str> = action.ask.iter().map(|a| a.field.as_str()).collect();
                self.entered(
                    &place.at("with"),
                    step,
                    Form {
                        kind,
                        asked: &asked,
                        extra: &[],
                    },
                );
            }
            Some(Verb::Builtin(builtin)) => {
                let slots = if builtin == Builtin::Agree {
                    slot_fields(kind)
                } else {
                    Vec::new()
                };
                let extra = crate::step::asked(builtin);
                self.entered(
                    &place.at("with"),
                    step,
                    Form {
                        kind,
                        asked: &slots,
                        extra,
                    },
                );
            }
        }
    }

    fn no_verb(&mut self, place: &Place, kind: &Kind, act: &str) {
        let names = kind.actions.iter().map(|a| a.name.as_str());
        let known = suggest(act, names.chain(names::verbs(kind)));
        self.pen
            .error(place, format!("“{}”没有动作“{act}”{known}", kind.title));
    }

    /// The kind of the case a path leads to.
    fn on(&mut self, place: &Place, path: &str) -> Option<&'m Kind> {
        let mut here: Option<&'m Kind> = None;
        for (nth, part) in path.split('/').map(str::trim).enumerate() {
            if let Some(kind) = self.named.get(part).filter(|_| nth == 0) {
                here = Some(kind);
                continue;
            }
            let above = here.or(self.current);
            let below = above.into_iter().flat_map(|kind| &kind.children);
            let below: Vec<&'m Kind> = below
                .filter_map(|child| self.manual.kind(&child.kind))
                .map(|rules| &rules.kind)
                .collect();
            let found = below.iter().find(|kind| kind.name == part || kind.title == part);
            let Some(kind) = found else {
                if std::mem::replace(&mut self.lost, true) {
                    return None;
                }
                let known = below.iter().map(|kind| kind.title.as_str());
                let known = suggest(part, known.chain(self.named.keys().map(String::as_str)));
                let under =
                    above.map_or_else(String::new, |kind| format!("，“{}”下面也没有这一类", kind.title));
                self.pen
                    .error(place, format!("没有叫“{part}”的事项{under}{known}"));
                return None;
            };
            here = Some(kind);
        }
        here
    }

    /// Somebody of the story, or the holder of a post or link.
    pub(super) fn somebody(&mut self, place: &Place, name: &str) {
        let known = names::link(self.manual, name).is_some()
            || name == names::SYSTEM
            || self.cast.people.contains_key(name);
        if known {
            return;
        }
        let sentence = match names::post(self.manual, name) {
            Some(post) if !self.cast.holds(post) => return,
            Some(post) => {
                let title = &post.title;
                format!("“{title}”在 people 里已经有人担任，请写那个人的名字")
            }
            None => {
                let mut known: Vec<&str> = self.cast.people.keys().map(String::as_str).collect();
                known.extend(self.cast.vacant(self.manual).map(|p| p.title.as_str()));
                known.extend(names::links(self.manual).map(|(_, title)| title));
                format!("没有叫“{name}”的人{}", suggest(name, known))
            }
        };
        self.pen.error(place, sentence);
    }

    /// What must then hold names what exists.
    fn expected(&mut self, place: &Place, step: &Step) {
        for (key, lines) in [("told", &step.told), ("not_told", &step.not_told)] {
            for (nth, line) in lines.iter().enumerate() {
                let name = line.split_once('：').map_or(line.as_str(), |(name, _)| name);
                self.somebody(&place.at(key).at(nth), name);
            }
        }
        for id in step.clauses.keys().filter(|id| self.manual.clause(id).is_none()) {
            let known = suggest(id, self.manual.clauses.iter().map(|c| c.def.id.as_str()));
            self.pen.error(
                &place.at("clauses").at(id.as_str()),
                format!("没有条款 {id}{known}"),
            );
        }
        for (relation, people) in &step.people {
            let here = place.at("people").at(relation.as_str());
            if names::relation(relation).is_none() {
                let known = suggest(relation, Relation::ALL.into_iter().map(Relation::title));
                self.pen.error(&here, format!("没有“{relation}”这种关系{known}"));
            }
            people.iter().for_each(|name| self.somebody(&here, name));
        }
        for (nth, link) in step.links.iter().flatten().enumerate() {
            if names::link(self.manual, link).is_none() {
                let known = suggest(link, names::links(self.manual).map(|(_, title)| title));
                self.pen
                    .error(&place.at("links").at(nth), format!("没有“{link}”这种链接{known}"));
            }
        }
        for (kind, under) in &step.under {
            self.under(&place.at("under").at(kind.as_str()), kind, under);
        }
        if let Some(kind) = self.current {
            self.of_case(place, step, kind);
        }
    }

    fn under(&mut self, place: &Place, kind: &str, under: &Under) {
        let Some(rules) = names::kind(self.manual, kind) else {
            let titles = self.manual.kinds.values().map(|r| r.kind.title.as_str());
            let known = suggest(kind, titles);
            return self
                .pen
                .error(place, format!("制度里没有“{kind}”这类事项{known}"));
        };
        if let Under::Stages(stages) = under {
            stages
                .iter()
                .for_each(|stage| self.stage(place, &rules.kind, stage));
        }
    }

    fn stage(&mut self, place: &Place, kind: &Kind, stage: &str) {
        if names::stage(kind, stage).is_none() {
            let known = suggest(stage, kind.stages.iter().map(|s| s.title.as_str()));
            self.pen
                .error(place, format!("“{}”没有阶段“{stage}”{known}", kind.title));
        }
    }

    fn of_case(&mut self, place: &Place, step: &Step, kind: &'m Kind) {
        if let Some(stage) = &step.stage {
            self.stage(&place.at("stage"), kind, stage);
        }
        for (name, value) in &step.fields {
            self.value(&place.at("fields").at(name.as_str()), kind, name, value);
        }
        for (name, due) in &step.due {
            let here = place.at("due").at(name.as_str());
            self.clock(&here, kind, name);
            let instant = when::instant(due, Time(0), self.manual.offset());
            if instant.is_none() && !NO_INSTANT.contains(&due.as_str()) {
                self.pen.error(
                    &here,
                    format!("看不懂“{due}”，应写时间，如 +2h、11-24 10:00，或“没有”“暂停”"),
                );
            }
        }
        for (nth, name) in step.late.iter().flatten().enumerate() {
            self.clock(&place.at("late").at(nth), kind, name);
        }
        for (nth, name) in step.holds.iter().flatten().enumerate() {
            if names::claim(kind, name).is_none() {
                let known = suggest(name, kind.claims.iter().map(|c| c.name.as_str()));
                self.pen.error(
                    &place.at("holds").at(nth),
                    format!("“{}”没有占用“{name}”{known}", kind.title),
                );
            }
        }
        for (key, lines) in [("may", &step.may), ("may_not", &step.may_not)] {
            for (nth, line) in lines.iter().enumerate() {
                self.may(&place.at(key).at(nth), kind, line);
            }
        }
    }

    fn clock(&mut self, place: &Place, kind: &Kind, name: &str) {
        if names::clock(kind, name).is_none() {
            let all = kind
                .clocks
                .iter()
                .flat_map(|c| [c.name.as_str(), c.title.as_str()]);
            self.pen.error(
                place,
                format!("“{}”没有时限“{name}”{}", kind.title, suggest(name, all)),
            );
        }
    }

    fn may(&mut self, place: &Place, kind: &'m Kind, line: &str) {
        let Some((who, actions)) = line.split_once('：') else {
            let sentence = format!("“{line}”应写成“谁：动作、动作”，中间用全角冒号");
            return self.pen.error(place, sentence);
        };
        self.somebody(place, who);
        for action in names::verbs_of(kind, actions) {
            if let Err(name) = action {
                self.no_verb(place, kind, name);
            }
        }
    }
}

/// Fields that slots of sign-offs ask for.
fn slot_fields(kind: &Kind) -> Vec<&str> {
    let fixed = kind.signoffs.iter().flat_map(|s| &s.rounds);
    let banded = kind
        .signoffs
        .iter()
        .flat_map(|s| &s.bands)
        .flat_map(|b| &b.rounds);
    let slots = fixed.chain(banded).flat_map(|r| &r.slots);
    slots.flat_map(|s| &s.ask).map(|a| a.field.as_str()).collect()
}
