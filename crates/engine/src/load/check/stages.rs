//! Stages: every one can be reached, every one leads on, all lead to an end.

use super::super::place::Place;
use super::kind::KindCheck;
use crate::def::{Action, Ask, FieldType, Relation, Who};
use std::collections::BTreeSet;

impl KindCheck<'_> {
    /// Stages a case can come into, from the first by actions that somebody may take.
    pub(super) fn reached(&self) -> BTreeSet<String> {
        let mut reached: BTreeSet<String> = self.first_stage().map(str::to_owned).into_iter().collect();
        loop {
            let next: BTreeSet<String> = reached.iter().flat_map(|stage| self.next_of(stage)).collect();
            let before = reached.len();
            reached.extend(next);
            if reached.len() == before {
                return reached;
            }
        }
    }

    /// Stages that follow a stage directly.
    fn next_of<'s>(&'s self, stage: &'s str) -> impl Iterator<Item = String> + 's {
        let actions = self
            .kind
            .actions
            .iter()
            .filter(move |a| self.is_from(a, stage) && self.takeable(a));
        actions.filter_map(|a| a.to.clone()).filter(move |to| to != stage)
    }

    pub(super) fn stages(&mut self) {
        if self.kind.stages.is_empty() {
            self.pen
                .error(&Place::top(), "没有任何阶段，请至少写一个 [[stage]]");
            self.tangled = true;
        }
        if self.tangled {
            return;
        }
        let before = self.pen.problems.len();
        if self.kind.stages.iter().any(|s| s.ends) {
            self.each_leads_on();
        } else {
            let place = Place::top().at("stage").at(0);
            self.pen
                .error(&place, "没有结束阶段，请给最后的阶段写上 ends = true");
        }
        self.tangled = self.pen.problems.len() > before;
    }

    fn each_leads_on(&mut self) {
        let ending = self.leading_to_an_end();
        for (i, stage) in self.kind.stages.iter().enumerate() {
            let place = Place::top().at("stage").at(i);
            let title = &stage.title;
            if !self.reach.stages.contains(&stage.name) {
                let sentence = format!(
                    "阶段“{title}”永远到不了：没有哪个能办的动作通向它，请加一个 to = \"{}\" 的动作，或删去它",
                    stage.name
                );
                self.pen.error(&place, sentence);
            } else if !stage.ends && self.next_of(&stage.name).next().is_none() {
                let sentence = format!(
                    "阶段“{title}”没有出路：没有人能从这里办任何通向别处的动作，请加一个动作，或写上 ends = true"
                );
                self.pen.error(&place, sentence);
            } else if !ending.contains(&stage.name) {
                self.pen.error(
                    &place,
                    format!("从阶段“{title}”走不到任何结束阶段，请补上通向结束的动作"),
                );
            } else if !stage.ends && self.waits_for_one(&stage.name) {
                let sentence = format!(
                    "阶段“{title}”只有写明的那一个人办得下去，他不在就一直停在这里：请让别的岗位能换人、接办或撤销"
                );
                self.pen.warn(&place, sentence);
            }
        }
    }

    /// Whether only somebody who is named can lead on from the stage, and nobody else can name another.
    fn waits_for_one(&self, stage: &str) -> bool {
        let leads_on = |action: &Action| {
            let names = |ask: &Ask| {
                let field = self.kind.fields.iter().find(|f| f.name == ask.field);
                field.is_some_and(|f| f.kind == FieldType::Person)
            };
            action.to.as_deref().is_some_and(|to| to != stage) || action.ask.iter().any(names)
        };
        let mut ways = self.kind.actions.iter();
        !ways.any(|action| {
            self.is_from(action, stage)
                && leads_on(action)
                && (action.by.is_empty() || !action.by.iter().all(is_one))
        })
    }

    /// Stages from which an ending stage can be reached.
    fn leading_to_an_end(&self) -> BTreeSet<String> {
        let ends = self.kind.stages.iter().filter(|s| s.ends);
        let mut leading: BTreeSet<String> = ends.map(|s| s.name.clone()).collect();
        loop {
            let more: Vec<String> = self
                .kind
                .stages
                .iter()
                .filter(|s| {
                    !leading.contains(&s.name) && self.next_of(&s.name).any(|to| leading.contains(&to))
                })
                .map(|s| s.name.clone())
                .collect();
            if more.is_empty() {
                return leading;
            }
            leading.extend(more);
        }
    }
}

/// Whether it names one member of staff whom nobody can replace by a verb that every case knows.
fn is_one(who: &Who) -> bool {
    match who {
        Who::Field(_) => true,
        Who::Relation(relation) => *relation != Relation::Assignee,
        _ => false,
    }
}
