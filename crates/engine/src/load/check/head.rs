//! The head of a kind: number, heading, list columns, sources; and all its names.

use super::super::names::{bad_field, bad_name, suggest};
use super::super::place::{Pen, Place};
use super::common::check_sources;
use super::kind::KindCheck;
use crate::def::FieldType;
use std::collections::BTreeSet;

impl KindCheck<'_> {
    pub(super) fn head(&mut self) {
        let kind = self.kind;
        let top = Place::top();
        if let Some(sentence) = bad_name(&kind.name) {
            self.pen.error(&top, format!("文件{sentence}"));
        }
        if let Some(sentence) = bad_number(&kind.number) {
            self.pen.error(&top.at("number"), sentence);
        }
        let series = series_of(&kind.number);
        let same = |k: &&crate::def::Kind| series_of(&k.number) == series && k.name < kind.name;
        if let Some(other) = self.draft.kinds.values().map(|k| &k.def).find(same) {
            let sentence = format!(
                "编号样式和“{}”的一样（位数不同不算不同），两类事项会编出相同的号，请换一个开头",
                other.title
            );
            self.pen.error(&top.at("number"), sentence);
        }
        self.heading();
        for (i, name) in kind.list.iter().enumerate() {
            let place = top.at("list").at(i);
            if self.known_field(&place, "列表", name).is_some_and(|f| f.personal) {
                self.pen
                    .error(&place, format!("字段“{name}”是个人信息，不能作列表的列，请去掉"));
            }
            if kind.list[..i].contains(name) {
                self.pen
                    .error(&place, format!("列表里“{name}”写了两次，请删去一个"));
            }
        }
        self.picker();
        self.at_once();
        self.sources(&top, &kind.source);
        for (i, action) in kind.actions.iter().enumerate() {
            self.sources(&top.at("action").at(i), &action.source);
        }
        for (i, clock) in kind.clocks.iter().enumerate() {
            self.sources(&top.at("clock").at(i), &clock.source);
        }
        for (i, signoff) in kind.signoffs.iter().enumerate() {
            self.sources(&top.at("signoff").at(i), &signoff.source);
        }
        for (i, plan) in kind.plans.iter().enumerate() {
            self.sources(&top.at("plan").at(i), &plan.source);
        }
    }

    fn sources(&mut self, place: &Place, source: &[String]) {
        check_sources(self.draft, &mut self.pen, &place.at("source"), source);
    }

    /// What is read by everybody who may pick one: nothing personal, and nothing that only a page of staff can show.
    fn picker(&mut self) {
        let kind = self.kind;
        if !kind.picker.is_empty() && kind.claims.is_empty() {
            let sentence = format!("“{}”不占用什么，别的表单挑选不了它，请删去 picker", kind.title);
            self.pen.error(&Place::top().at("picker"), sentence);
        }
        for (i, name) in kind.picker.iter().enumerate() {
            let place = Place::top().at("picker").at(i);
            let Some(field) = self.known_field(&place, "挑选时", name) else {
                continue;
            };
            let columns = field.columns.iter().map(|column| (column.kind, column.personal));
            let mut all = columns.chain([(field.kind, field.personal)]);
            let sentence = if all.clone().any(|(_, personal)| personal) {
                "是个人信息"
            } else if all.any(|(kind, _)| only_staff_reads(kind)) {
                "只有员工的页面看得懂"
            } else {
                continue;
            };
            self.pen.error(
                &place,
                format!("字段“{name}”{sentence}，不能给挑选的人看，请去掉"),
            );
        }
    }

    /// It follows the registering at once, so it is possible in the stage a case begins in.
    fn at_once(&mut self) {
        let kind = self.kind;
        let Some(name) = &kind.at_once else { return };
        let place = Place::top().at("at_once");
        let Some(action) = kind.actions.iter().find(|a| &a.name == name) else {
            let known = suggest(name, kind.actions.iter().map(|a| a.name.as_str()));
            self.pen
                .error(&place, format!("当场答复的动作“{name}”不存在{known}"));
            return;
        };
        let first = kind
            .open
            .stage
            .as_ref()
            .or(kind.stages.first().map(|stage| &stage.name));
        let early = action.from.is_empty() || first.is_some_and(|stage| action.from.contains(stage));
        if !early {
            let sentence = format!(
                "当场答复的动作“{}”在刚登记的阶段不能办，请在它的 from 里写上那个阶段",
                action.title
            );
            self.pen.error(&place, sentence);
        }
    }

    fn heading(&mut self) {
        let place = Place::top().at("heading");
        let Some(field) = self.known_field(&place, "标题", &self.kind.heading) else {
            return;
        };
        let kind = if field.kind == FieldType::Computed {
            field.of
        } else {
            Some(field.kind)
        };
        if !matches!(kind, Some(FieldType::Line | FieldType::Text | FieldType::Choice)) {
            let sentence = format!(
                "标题字段“{}”应是一行字、多行字或选项（line、text、choice）",
                field.title
            );
            self.pen.error(&place, sentence);
        }
        if field.personal {
            self.pen.error(
                &place,
                format!("字段“{}”是个人信息，不能作标题，请换一个字段", field.title),
            );
        }
    }

    /// Every name is well written and stands once.
    pub(super) fn names(&mut self) {
        let kind = self.kind;
        each_once(
            &mut self.pen,
            "field",
            "字段",
            kind.fields.iter().map(|f| f.name.as_str()),
            bad_field,
        );
        self.list("child", "下级事项", kind.children.iter().map(|c| c.kind.as_str()));
        self.list("clock", "时限", kind.clocks.iter().map(|c| c.name.as_str()));
        self.list("signoff", "签批", kind.signoffs.iter().map(|s| s.name.as_str()));
        self.list("plan", "计划", kind.plans.iter().map(|p| p.name.as_str()));
        self.list("paper", "单据", kind.papers.iter().map(|p| p.name.as_str()));
        self.list("claim", "占用", kind.claims.iter().map(|c| c.name.as_str()));
        let before = self.pen.problems.len();
        self.list("stage", "阶段", kind.stages.iter().map(|s| s.name.as_str()));
        self.list("action", "动作", kind.actions.iter().map(|a| a.name.as_str()));
        self.tangled = self.pen.problems.len() > before;
    }

    fn list<'n>(&mut self, list: &str, what: &str, names: impl Iterator<Item = &'n str>) {
        each_once(&mut self.pen, list, what, names, bad_name);
    }
}

/// Names of one list of tables: well written, each once.
pub(super) fn each_once<'n>(
    pen: &mut Pen,
    list: &str,
    what: &str,
    names: impl Iterator<Item = &'n str>,
    bad: impl Fn(&str) -> Option<String>,
) {
    let mut seen = BTreeSet::new();
    for (i, name) in names.enumerate() {
        let item = Place::top().at(list).at(i);
        let place = item.at(if list == "child" { "kind" } else { "name" });
        if let Some(sentence) = bad(name) {
            pen.error(&place, sentence);
        }
        if !seen.insert(name) {
            pen.error(&place, format!("{what}“{name}”写了两次，请改名或删去一个"));
        }
    }
}

/// A pattern without the width of its sequence: patterns that differ in nothing else count together.
fn series_of(pattern: &str) -> String {
    let Some((before, rest)) = pattern.split_once("{seq:") else {
        return pattern.to_owned();
    };
    let after = rest.split_once('}').map_or("", |(_, after)| after);
    format!("{before}{{seq}}{after}")
}

/// Why a pattern of numbers will not do.
fn bad_number(pattern: &str) -> Option<String> {
    let mut rest = pattern;
    let (mut year, mut month, mut day, mut seq) = (false, false, false, false);
    while let Some((_, after)) = rest.split_once('{') {
        let Some((inside, tail)) = after.split_once('}') else {
            return Some("编号样式里的“{”没有对应的“}”".to_owned());
        };
        match inside {
            "site" => {}
            "yyyy" => year = true,
            "mm" => month = true,
            "dd" => day = true,
            _ if inside
                .strip_prefix("seq:")
                .and_then(|n| n.parse().ok())
                .is_some_and(|n| (1..=9).contains(&n)) =>
            {
                seq = true;
            }
            _ => {
                return Some(format!(
                    "编号样式里的“{{{inside}}}”看不懂，只能写 {{site}}、{{yyyy}}、{{mm}}、{{dd}}、{{seq:5}}"
                ));
            }
        }
        rest = tail;
    }
    if day && !month {
        return Some("编号样式有日 {dd} 就要有月 {mm}，否则每个月会编出相同的号".to_owned());
    }
    (!year || !seq).then(|| {
        "编号样式要有年份 {yyyy} 和流水号 {seq:5}（5 是位数），如 TS-{site}-{yyyy}-{seq:5}".to_owned()
    })
}

/// Values that stand for somebody or something else, and have words only for who may look it up.
fn only_staff_reads(kind: FieldType) -> bool {
    matches!(
        kind,
        FieldType::Person | FieldType::Customer | FieldType::Home | FieldType::Files | FieldType::Signature
    )
}
