//! One story: who acts on what.

use super::super::super::names::suggest;
use super::super::super::place::{Pen, Place};
use super::values::Form;
use crate::def::{Builtin, Kind};
use crate::example::names::{self, Cast, Verb};
use crate::example::rounds;
use crate::example::story::{Example, Step};
use crate::example::when;
use crate::load::Manual;
use crate::time::Time;
use std::collections::BTreeMap;

/// A story under verification: the kinds of the cases it has spoken of so far.
pub(super) struct Story<'p, 's, 'm> {
    pub(super) manual: &'m Manual,
    pub(super) cast: &'p Cast,
    pub(super) pen: &'p mut Pen<'s>,
    pub(super) named: BTreeMap<String, &'m Kind>,
    pub(super) current: Option<&'m Kind>,
    /// Kinds that come round in it.
    rounds: Vec<String>,
    /// A case could not be made out: what follows from that is not told as well.
    pub(super) lost: bool,
}

impl<'p, 's, 'm> Story<'p, 's, 'm> {
    pub(super) fn new(manual: &'m Manual, cast: &'p Cast, pen: &'p mut Pen<'s>) -> Self {
        Story {
            manual,
            cast,
            pen,
            named: BTreeMap::new(),
            current: None,
            rounds: Vec::new(),
            lost: false,
        }
    }

    pub(super) fn go(&mut self, place: &Place, example: &Example) {
        for (nth, name) in example.recurrences.iter().enumerate() {
            match rounds::recurrence(self.manual, name) {
                Some(rules) => self.rounds.extend(rules.def.open.clone()),
                None => {
                    let known = self.manual.recurrences.iter();
                    let known = suggest(
                        name,
                        known.flat_map(|r| [r.def.title.as_str(), r.def.name.as_str()]),
                    );
                    self.pen.error(
                        &place.at("recurrences").at(nth),
                        format!("没有叫“{name}”的周期事项{known}"),
                    );
                }
            }
        }
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
        if let Some(toml::Value::String(home)) = &step.home
            && !self.cast.homes.contains_key(home)
        {
            let known = suggest(home, self.cast.homes.keys().map(String::as_str));
            self.pen
                .error(&place.at("home"), format!("homes 里没有“{home}”{known}"));
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

    pub(super) fn no_verb(&mut self, place: &Place, kind: &Kind, act: &str) {
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
            let rounds = self.rounds.iter().filter_map(|kind| self.manual.kind(kind));
            let rounds = rounds.map(|rules| &rules.kind).filter(|_| nth == 0);
            let below: Vec<&'m Kind> = below.into_iter().chain(rounds).collect();
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
