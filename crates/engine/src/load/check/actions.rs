//! Actions: names that exist, somebody who may, words for refusals.

use super::super::names::suggest;
use super::super::place::Place;
use super::kind::KindCheck;
use crate::def::{Action, Ask, Builtin, Check, Effect, Link, Relation, Who};
use crate::expr::Type;
use crate::schema::Moment;

impl KindCheck<'_> {
    pub(super) fn actions(&mut self) {
        for (i, action) in self.kind.actions.iter().enumerate() {
            let place = Place::top().at("action").at(i);
            let what = format!("动作“{}”", action.title);
            if let Some(verb) = Builtin::by_name(&action.name) {
                let sentence = format!(
                    "“{}”是系统自带的动作（{}），请换一个名称",
                    action.name,
                    verb.title()
                );
                self.pen.error(&place.at("name"), sentence);
            }
            for (s, stage) in action.from.iter().enumerate() {
                let here = place.at("from").at(s);
                self.known_stage(&here, &format!("{what}所在"), stage);
                if action.from[..s].contains(stage) {
                    self.pen
                        .error(&here, format!("{what}的 from 里“{stage}”写了两次，请删去一个"));
                }
            }
            if let Some(to) = &action.to {
                self.known_stage(&place.at("to"), &format!("{what}要去"), to);
            }
            for (n, name) in action.needs.iter().enumerate() {
                if !self.kind.signoffs.iter().any(|s| s.name == *name) {
                    let known = suggest(name, self.kind.signoffs.iter().map(|s| s.name.as_str()));
                    self.pen.error(
                        &place.at("needs").at(n),
                        format!("{what}要的签批“{name}”不存在{known}"),
                    );
                }
            }
            self.asks(&place.at("ask"), &what, &action.ask);
            self.condition(&place, &what, action.when.as_ref(), action.otherwise.as_ref());
            self.not_yet_asked(&place.at("when"), &what, action);
            self.checks(&place, &what, &action.ask, &action.check);
            for (key, verb, names) in [
                ("starts", "启动", &action.starts),
                ("stops", "停止", &action.stops),
                ("drops", "撤去", &action.drops),
                ("recounts", "重算", &action.recounts),
                ("pauses", "暂停", &action.pauses),
                ("resumes", "恢复", &action.resumes),
            ] {
                self.known_clocks(&place.at(key), &format!("{what}{verb}"), names);
            }
            self.recounted(&place.at("recounts"), &what, action);
            self.restarted(&place, &what, action);
            for (d, clock) in action.drops.iter().enumerate() {
                if action.stops.contains(clock) {
                    let sentence = format!(
                        "{what}对时限“{clock}”既写了 stops（办到了）又写了 drops（不必办了），请删去一个"
                    );
                    self.pen.error(&place.at("drops").at(d), sentence);
                }
            }
            self.may(&place.at("by"), &what, action);
            self.do_effects(&place.at("do"), &action.effects);
        }
    }

    /// A check stands beside a field that is asked.
    pub(super) fn checks(&mut self, place: &Place, what: &str, asked: &[Ask], checks: &[Check]) {
        for (c, check) in checks.iter().enumerate() {
            let here = place.at("check").at(c);
            self.expr(&here.at("that"), &check.that, Type::Bool, Moment::Entered);
            if !asked.iter().any(|ask| ask.field == check.field) {
                let sentence = format!("{what}检查的字段“{}”没有在 ask 里，请改为所填的字段", check.field);
                self.pen.error(&here.at("field"), sentence);
            }
        }
    }

    /// A clock that begins anew may do so again and again, and is named in one list.
    fn restarted(&mut self, place: &Place, what: &str, action: &Action) {
        for (i, restart) in action.restarts.iter().enumerate() {
            let here = place.at("restarts").at(i).at("clock");
            let name = &restart.clock;
            let Some(clock) = self.kind.clocks.iter().find(|c| &c.name == name) else {
                let known = suggest(name, self.kind.clocks.iter().map(|c| c.name.as_str()));
                self.pen
                    .error(&here, format!("{what}重新启动的时限“{name}”不存在{known}"));
                self.tangled = true;
                continue;
            };
            if !clock.repeats {
                let sentence = format!(
                    "时限“{}”只计一次，不能重新启动，请给它写 repeats = true，或改写 starts",
                    clock.title
                );
                self.pen.error(&here, sentence);
            }
            if action.starts.contains(name) {
                let sentence =
                    format!("{what}对时限“{name}”既写了 starts 又写了 restarts，请删去 starts 里的");
                self.pen.error(&here, sentence);
            }
        }
    }

    /// A condition is read before anything is asked: of what the action itself asks it knows the old value. That is
    /// meant where it asks whether there was one, and where a `check` looks at the new one as well.
    fn not_yet_asked(&mut self, place: &Place, what: &str, action: &Action) {
        let Some(expr) = action.when.as_ref().and_then(|text| self.compiled(text)) else {
            return;
        };
        let checked = |field: &String| action.check.iter().any(|check| check.field == *field);
        let mut asked = action.ask.iter();
        let asked = asked.find(|ask| expr.takes_for_given(&ask.field) && !checked(&ask.field));
        if let Some(field) = asked.and_then(|ask| self.field(&ask.field)) {
            let sentence = format!(
                "{what}的条件 when 用到“{}”，而它正要在这个动作里填，读到的是旧值；要检查所填的，请写 check = [ {{ field = \"{}\", that = \"…\", otherwise = \"…\" }} ]",
                field.title, field.name
            );
            self.pen.error(place, sentence);
        }
    }

    /// Somebody may take it.
    fn may(&mut self, by: &Place, what: &str, action: &Action) {
        self.whos(by, &action.by);
        if action.by.is_empty() {
            self.pen
                .error(by, format!("{what}没有人能办，请在 by 里写上岗位、关系或 system"));
            self.tangled = true;
        } else if !self.takeable(action) && !self.has_unread_children() {
            let sentence = format!(
                "{what}只有 system 能办，却没有时限、签批或下级事项触发它，请写上能办的人，或在时限的 steps 里写 act = \"{}\"",
                action.name
            );
            self.pen.error(by, sentence);
            self.tangled = true;
        }
        let staff = |who: &Who| !matches!(who, Who::Link(_) | Who::System);
        if let [Who::Link(link)] = action.by.as_slice() {
            self.link_given(&by.at(0), link);
        } else if action
            .by
            .iter()
            .any(|w| matches!(w, Who::Link(l) if *l != Link::Owner))
            && !action.by.iter().any(staff)
        {
            self.pen
                .warn(by, format!("{what}没有员工能办；链接打不开时就停在这里了"));
        }
        let assigned = self.has_assignee();
        if !assigned
            && action.by.iter().all(|w| *w == Who::Relation(Relation::Assignee))
            && !action.by.is_empty()
        {
            // Passing on 转办 makes an assignee too, so this is doubtful, not wrong.
            let sentence = format!(
                "{what}只有处理人能办，却没有动作指派处理人，请加 do = [ {{ assign = … }} ]，或写上岗位"
            );
            self.pen.warn(by, sentence);
        }
    }

    /// Whether anything puts somebody to work on the case.
    fn has_assignee(&self) -> bool {
        let assigns = self.effects().iter().any(|(_, effect)| {
            matches!(
                effect,
                Effect::Assign {
                    relation: Relation::Assignee,
                    ..
                }
            )
        });
        let kept = self.draft.parents_of(&self.kind.name).any(|parent| {
            parent
                .children
                .iter()
                .any(|c| c.kind == self.kind.name && c.keep.contains(&Relation::Assignee))
        });
        assigns || kept
    }
}
