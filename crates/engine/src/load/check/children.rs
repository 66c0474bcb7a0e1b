//! Children and plans.

use super::super::names::suggest;
use super::super::place::Place;
use super::kind::KindCheck;
use super::rhythm::rhythm;
use crate::def::{Effect, Who};
use crate::expr::Type;
use crate::schema::type_of;

impl KindCheck<'_> {
    pub(super) fn children(&mut self) {
        for (i, child) in self.kind.children.iter().enumerate() {
            let place = Place::top().at("child").at(i);
            let kind = &child.kind;
            if !self.draft.kind_names.contains(kind) {
                let known = suggest(kind, self.draft.kind_names.iter().map(String::as_str));
                self.pen
                    .error(&place.at("kind"), format!("下级事项类型“{kind}”不存在{known}"));
                continue;
            }
            let opened = self
                .effects()
                .iter()
                .any(|(_, e)| matches!(e, Effect::Open(open) if open.child == *kind));
            let planned = self.kind.plans.iter().any(|p| p.child == *kind);
            let by_hand = |k: &crate::def::Kind| k.open.by.iter().any(|who| *who != Who::System);
            let by_hand = self.draft.kinds.get(kind).is_none_or(|k| by_hand(&k.def));
            self.amendment(&place, kind);
            if !opened && !planned && !by_hand {
                let sentence = format!(
                    "下级事项“{}”没有人开：请在动作里写 open、写一个计划，或让岗位能登记它",
                    child.title
                );
                self.pen.error(&place, sentence);
            }
        }
    }

    /// What a child amends stands here too, in the same form.
    fn amendment(&mut self, place: &Place, child: &str) {
        let draft = self.draft;
        let Some(child) = draft.kinds.get(child).map(|k| &k.def) else {
            return;
        };
        for name in &child.amends {
            let there = child.fields.iter().find(|f| f.name == *name);
            let here = self.field(name);
            let same = there
                .zip(here)
                .is_some_and(|(there, here)| (there.kind, &there.columns) == (here.kind, &here.columns));
            if !same {
                let sentence = format!(
                    "“{}”要变更的字段“{name}”，在它自己和“{}”里应当同名、同类型，请把两边写成一样",
                    child.title, self.kind.title
                );
                self.pen.error(place, sentence);
            }
        }
    }

    pub(super) fn plans(&mut self) {
        for (i, plan) in self.kind.plans.iter().enumerate() {
            let place = Place::top().at("plan").at(i);
            let what = format!("计划“{}”", plan.title);
            let draft = self.draft;
            if self.known_child(&place.at("child"), &plan.child).is_some()
                && let Some(child) = draft.kinds.get(&plan.child)
            {
                self.opens_by_system(&place.at("child"), &child.def);
                for (name, text) in &plan.set {
                    self.set_there(&place.at("set").at(name.as_str()), &child.def, name, text);
                }
            }
            if plan.stages.is_empty() {
                self.pen.error(
                    &place.at("stages"),
                    format!("{what}没有写在哪些阶段进行，请补上 stages"),
                );
            }
            for (s, stage) in plan.stages.iter().enumerate() {
                let here = place.at("stages").at(s);
                if self.known_stage(&here, &what, stage).is_some_and(|s| s.ends) {
                    self.pen
                        .error(&here, format!("{what}不能在结束阶段“{stage}”进行，请删去"));
                }
            }
            self.plan_edge(&place.at("start"), &what, plan.start.as_ref());
            self.plan_edge(&place.at("until"), &what, plan.until.as_ref());
            rhythm(
                draft,
                &mut self.pen,
                &place,
                &what,
                &plan.every,
                &plan.at,
                plan.calendar.as_ref(),
            );
            for (i, every) in plan.every.iter().enumerate() {
                self.guard(&place.at("every").at(i).at("when"), every.when.as_ref());
            }
        }
    }

    /// Where a plan begins or ends: a field with a day or an instant.
    fn plan_edge(&mut self, place: &Place, what: &str, field: Option<&String>) {
        let Some(name) = field else { return };
        let found = self.known_field(place, what, name);
        if let Some(field) = found.filter(|f| !matches!(type_of(f), Some(Type::Time | Type::Date))) {
            let sentence = format!("{what}的起止要看时间或日期，字段“{}”不是，请换一个", field.title);
            self.pen.error(place, sentence);
        }
    }
}
