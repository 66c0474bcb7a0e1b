//! What a step says must then hold: it names stages, clocks, people and verbs that exist.

use super::super::super::names::suggest;
use super::super::super::place::Place;
use super::story::Story;
use crate::def::{Kind, Relation};
use crate::example::names;
use crate::example::story::{Step, Under};
use crate::example::when;
use crate::time::Time;

/// What a step may write for the deadline of a clock beside an instant.
const NO_INSTANT: [&str; 2] = ["没有", "暂停"];

impl<'m> Story<'_, '_, 'm> {
    /// What must then hold names what exists.
    pub(super) fn expected(&mut self, place: &Place, step: &Step) {
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
        for (key, counted) in [("under", &step.under), ("cases", &step.cases)] {
            for (kind, under) in counted {
                self.under(&place.at(key).at(kind.as_str()), kind, under);
            }
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
