//! Effects: what they name exists, what they fill fits.

use super::super::names::suggest;
use super::super::place::Place;
use super::kind::KindCheck;
use super::who::known_post;
use crate::def::{AssignTo, Effect, Field, FieldType, Kind, OpenChild};
use crate::expr::Type;
use crate::schema::{Moment, type_of};
use std::collections::BTreeMap;

impl<'k> KindCheck<'k> {
    pub(super) fn do_effects(&mut self, place: &Place, effects: &[Effect]) {
        self.moves_address(place, effects);
        for (i, effect) in effects.iter().enumerate() {
            self.effect(&place.at(i), effect);
        }
    }

    fn effect(&mut self, place: &Place, effect: &Effect) {
        match effect {
            Effect::Notify { to, text } => {
                let place = place.at("notify");
                if to.is_empty() {
                    self.pen
                        .error(&place.at("to"), "通知没有写给谁，请在 to 里写上岗位或关系");
                }
                self.told(&place.at("to"), to);
                self.words(&place.at("text"), "通知", text);
            }
            Effect::Assign { to, or, tell, .. } => {
                let place = place.at("assign");
                self.assign(&place.at("to"), to);
                for (i, other) in or.iter().enumerate() {
                    self.assign(&place.at("or").at(i), other);
                }
                self.told(&place.at("tell"), tell);
            }
            Effect::When { when, effect } => {
                self.guard(&place.at("when"), Some(when));
                self.effect(place, effect);
            }
            Effect::Set(fields) => {
                for (name, text) in fields {
                    let here = place.at("set").at(name.as_str());
                    if let Some(field) = self.known_field(&here, "要填", name) {
                        self.set_value(&here, field, text);
                    }
                }
            }
            Effect::Open(open) => self.open_child(&place.at("open"), open),
            Effect::Circulate { to, text } => {
                let place = place.at("circulate");
                if to.is_empty() {
                    self.pen
                        .error(&place.at("to"), "传阅没有写给谁，请在 to 里写上岗位或关系");
                }
                self.told(&place.at("to"), to);
                self.words(&place.at("text"), "通知", text);
            }
            Effect::Parent { act, or, set, amends } => {
                if *amends && self.kind.amends.is_empty() {
                    let sentence = "没有写要变更上级的哪些字段，请在文件开头写 amends = [\"字段\"]";
                    self.pen.error(&place.at("parent").at("amends"), sentence);
                }
                let place = place.at("parent");
                self.parent_act(&place.at("act"), act);
                if let Some(other) = or {
                    self.parent_act(&place.at("or"), other);
                }
                self.parent_fields(&place.at("set"), set);
            }
            Effect::Act { at, act, or, set, .. } => {
                self.asks_elsewhere(&place.at("act"), at, (act, or.as_deref()), set);
            }
            Effect::JoinHome(text) => {
                self.expr(&place.at("join-home"), text, Type::Text, Moment::Now);
            }
            Effect::Home(change) => {
                let here = place.at("home").at("delivered_on");
                self.expr(&here, &change.delivered_on, Type::Date, Moment::Now);
            }
            Effect::Claim(name) => self.known_claim(&place.at("claim"), name),
            Effect::Release(name) => self.known_claim(&place.at("release"), name),
            Effect::CloseChildren(kind) => {
                self.known_child(&place.at("close-children"), kind);
            }
            Effect::Unassign { .. } | Effect::Urge | Effect::GiveLink(_) | Effect::TakeLink(_) => {}
        }
    }

    /// The placeholders of a notice or a paper: fields, the number, the title.
    pub(super) fn words(&mut self, place: &Place, what: &str, text: &str) {
        let mut rest = text;
        while let Some((_, after)) = rest.split_once('{') {
            let Some((name, tail)) = after.split_once('}') else {
                self.pen.error(place, format!("{what}里的“{{”没有对应的“}}”"));
                return;
            };
            let built_in = crate::tell::WORDS;
            if !built_in.contains(&name) && self.field(name).is_none() {
                let known = self.kind.fields.iter().map(|f| f.name.as_str()).chain(built_in);
                let sentence = format!("{what}里的“{{{name}}}”不知道填什么{}", suggest(name, known));
                self.pen.error(place, sentence);
            }
            if self
                .field(name)
                .is_some_and(|field| unreadable(field.of.unwrap_or(field.kind)))
            {
                let sentence = format!("{what}里的“{{{name}}}”不是一句话，写出来看不懂，请换一个字段");
                self.pen.error(place, sentence);
            }
            rest = tail;
        }
    }

    fn assign(&mut self, place: &Place, to: &AssignTo) {
        match to {
            AssignTo::Actor | AssignTo::Relation(_) => {}
            AssignTo::Field(name) => self.person_field(&place.at("field"), name),
            AssignTo::Area(post) => known_post(self.draft, &mut self.pen, &place.at("area"), post),
            AssignTo::Duty(post) => known_post(self.draft, &mut self.pen, &place.at("duty"), post),
            AssignTo::Phase if self.draft.phases.is_none() => self.pen.error(
                place,
                "没有 phases.toml，不知道哪个阶段由谁服务，请先写上，或改用别的人",
            ),
            AssignTo::Phase => {}
            AssignTo::Dispatch { post, skill } => {
                let place = place.at("dispatch");
                known_post(self.draft, &mut self.pen, &place.at("post"), post);
                let here = place.at("skill");
                let field = skill
                    .as_ref()
                    .and_then(|name| self.known_field(&here, "表示技能", name));
                if let Some(field) = field.filter(|f| type_of(f) != Some(Type::Text)) {
                    self.pen.error(
                        &here,
                        format!("字段“{}”不能表示技能，请用选项或一行字", field.title),
                    );
                }
            }
        }
    }

    /// Marks a child kind that is not declared. Gives its definition when it could be read.
    pub(super) fn known_child(&mut self, place: &Place, kind: &str) -> Option<&Kind> {
        let children = || self.kind.children.iter().map(|c| c.kind.as_str());
        if !children().any(|c| c == kind) {
            let sentence = match self.draft.kind_names.contains(kind) {
                true => format!("“{kind}”没有写在下级事项里，请加一段 [[child]]，kind = \"{kind}\""),
                false => format!("下级事项“{kind}”不存在{}", suggest(kind, children())),
            };
            self.pen.error(place, sentence);
            return None;
        }
        self.draft.kinds.get(kind).map(|k| &k.def)
    }

    fn open_child(&mut self, place: &Place, open: &OpenChild) {
        let draft = self.draft;
        if self.known_child(&place.at("child"), &open.child).is_none() {
            return;
        }
        let table = open
            .each
            .as_ref()
            .and_then(|name| self.rows_of(&place.at("each"), name));
        match (&open.when, table) {
            (Some(_), None) if open.each.is_none() => {
                let sentence =
                    "没有 each，就没有一行一行的条件，请把 when 写到 do = [{ open = …, when = … }] 里";
                self.pen.error(&place.at("when"), sentence);
            }
            (Some(when), Some(_)) => {
                self.expr_over(&place.at("when"), when, Type::Bool, table);
            }
            _ => {}
        }
        for (key, text) in [("home", &open.home), ("customer", &open.customer)] {
            if let Some(text) = text {
                self.expr_over(&place.at(key), text, Type::Text, table);
            }
        }
        let Some(def) = draft.kinds.get(&open.child).map(|k| &k.def) else {
            return;
        };
        self.opens_by_system(&place.at("child"), def);
        for (name, text) in &open.set {
            let here = place.at("set").at(name.as_str());
            let of_row = text.contains("row.");
            let there = def.fields.iter().find(|f| f.name == *name);
            // Files and lists of a row have no expressions, but may be copied whole.
            let cell = |table: &Field| {
                let named = text.strip_prefix("row.");
                let from = table.columns.iter().find(|c| named == Some(&c.name));
                from.zip(there)
                    .is_some_and(|(from, there)| from.kind == there.kind)
            };
            match there.and_then(type_of) {
                Some(Type::List) if table.is_some_and(cell) => {}
                Some(want) if of_row && !matches!(want, Type::List | Type::Rows) => {
                    self.expr_over(&here, text, want, table);
                }
                _ => self.set_there(&here, def, name, text),
            }
        }
    }

    /// A table field, whose rows something is done for.
    fn rows_of(&mut self, place: &Place, name: &str) -> Option<&'k Field> {
        let field = self.known_field(place, "逐行开出所用", name)?;
        if field.kind != FieldType::Table {
            let sentence = format!(
                "字段“{}”不是表格，不能逐行开出，请写一个类型为 table 的字段",
                field.title
            );
            self.pen.error(place, sentence);
            return None;
        }
        Some(field)
    }

    /// A kind that the system opens says so.
    pub(super) fn opens_by_system(&mut self, place: &Place, child: &Kind) {
        if !child.open.by.contains(&crate::def::Who::System) {
            let sentence = format!(
                "“{}”不能由系统开出：请在 {}.toml 的 open.by 里加上 \"system\"",
                child.title, child.name
            );
            self.pen.error(place, sentence);
        }
    }

    /// Fills a field of another kind from an expression over this one.
    pub(super) fn set_there(&mut self, place: &Place, there: &Kind, name: &str, text: &str) {
        match there.fields.iter().find(|f| f.name == name) {
            Some(field) => self.set_value(place, field, text),
            None => {
                let known = suggest(name, there.fields.iter().map(|f| f.name.as_str()));
                self.pen
                    .error(place, format!("“{}”没有字段“{name}”{known}", there.title));
            }
        }
    }

    /// Every kind that has this one under it has the action, and lets the system do it.
    fn parent_act(&mut self, place: &Place, act: &str) {
        let draft = self.draft;
        let parents: Vec<&Kind> = draft.parents_of(&self.kind.name).collect();
        if parents.is_empty() && draft.kinds.len() == draft.kind_names.len() {
            let sentence = "没有别的事项把它当下级，不能让上级办事，请在上级里加 [[child]]，或删去这一条";
            self.pen.error(place, sentence);
        }
        for parent in parents {
            self.does(place, "上级", parent, act);
        }
    }

    fn parent_fields(&mut self, place: &Place, set: &BTreeMap<String, String>) {
        let draft = self.draft;
        for parent in draft.parents_of(&self.kind.name) {
            for (name, text) in set {
                self.set_there(&place.at(name.as_str()), parent, name, text);
            }
        }
    }

    fn known_claim(&mut self, place: &Place, name: &str) {
        if !self.kind.claims.iter().any(|c| c.name == name) {
            let known = suggest(name, self.kind.claims.iter().map(|c| c.name.as_str()));
            self.pen.error(place, format!("占用“{name}”没有声明{known}"));
        }
    }
}

/// What words cannot say: ids, pictures, rows.
fn unreadable(kind: FieldType) -> bool {
    matches!(
        kind,
        FieldType::Customer
            | FieldType::Home
            | FieldType::Files
            | FieldType::Signature
            | FieldType::Place
            | FieldType::Table
    )
}
