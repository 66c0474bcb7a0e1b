//! Fields: each type with what belongs to it, and nothing else.

use super::super::names::{bad_field, suggest};
use super::super::place::Place;
use super::kind::KindCheck;
use crate::def::{Ask, Compute, Field, FieldType, Link, Who};
use crate::schema::{Moment, choices_of, type_of};
use std::collections::BTreeSet;

impl<'k> KindCheck<'k> {
    pub(super) fn fields(&mut self) {
        for (i, field) in self.kind.fields.iter().enumerate() {
            let place = Place::top().at("field").at(i);
            self.parts(&place, field);
            self.checklist(&place, field);
            if let Some(show) = &field.show {
                let own = self
                    .expr(&place.at("show"), show, crate::expr::Type::Bool, Moment::Form)
                    .is_some_and(|e| e.names().contains(&field.name));
                if own {
                    self.pen.error(
                        &place.at("show"),
                        format!("字段“{}”的显示条件不能用它自己", field.title),
                    );
                }
            }
            if field.kind == FieldType::Computed {
                self.computed(i, &place, field);
            } else if field.columns.iter().any(|c| c.kind == FieldType::Computed) {
                self.computed_columns(i, &place, field);
            }
            if field.kind != FieldType::Computed && !self.reach.filled.contains(&field.name) {
                let sentence = format!(
                    "字段“{}”没有人填：没有登记或动作问它，请加进某个 ask，或删去",
                    field.title
                );
                self.pen.warn(&place, sentence);
            }
        }
    }

    /// What stands on a field or column fits its type.
    fn parts(&mut self, place: &Place, field: &Field) {
        self.choices(place, field);
        self.columns(place, field);
        self.record(place, field);
        let title = &field.title;
        let computed = field.kind == FieldType::Computed;
        if !computed && (field.of.is_some() || field.compute.is_some()) {
            let sentence = format!("字段“{title}”不是 computed，不能写 of 和 compute，请改类型或删去");
            self.pen.error(place, sentence);
        }
        if computed && (field.of.is_none() || field.compute.is_none()) {
            self.pen.error(
                place,
                format!("算出来的字段“{title}”要写 of（结果类型）和 compute（算法）"),
            );
        }
        if let (Some(min), Some(max)) = (field.min, field.max)
            && min > max
        {
            self.pen.error(
                &place.at("min"),
                format!("字段“{title}”的最小值 {min} 大于最大值 {max}"),
            );
        }
        let bounded = matches!(
            field.kind,
            FieldType::Line
                | FieldType::Text
                | FieldType::Number
                | FieldType::Money
                | FieldType::Files
                | FieldType::Table
                | FieldType::Choices
                | FieldType::Checklist
        );
        if !bounded && (field.min.is_some() || field.max.is_some()) {
            let key = if field.min.is_some() { "min" } else { "max" };
            let sentence = format!(
                "字段“{title}”的类型 {} 没有大小，请删去 min、max",
                field.kind.name()
            );
            self.pen.error(&place.at(key), sentence);
        }
    }

    /// Where somebody outside is asked for the field, in words.
    fn asked_outside(&self, field: &str) -> Option<String> {
        let outside = |who: &Who| matches!(who, Who::Link(link) if *link != Link::Gate);
        let asks =
            |ask: &[Ask], by: &[Who]| ask.iter().any(|ask| ask.field == field) && by.iter().any(outside);
        let open = &self.kind.open;
        if asks(&open.ask, &open.by) {
            return Some("登记".to_owned());
        }
        let mut actions = self.kind.actions.iter();
        let action = actions.find(|action| asks(&action.ask, &action.by))?;
        Some(format!("动作“{}”", action.title))
    }

    /// What the records are that a field is picked from.
    fn record(&mut self, place: &Place, field: &Field) {
        let Some(of) = &field.record else { return };
        let (place, title) = (place.at("record"), &field.title);
        if field.kind != FieldType::Line {
            let sentence = format!(
                "字段“{title}”的类型 {} 不能写 record，请改为 line",
                field.kind.name()
            );
            self.pen.error(&place, sentence);
        }
        let draft = self.draft;
        let Some(other) = draft.kinds.get(of).map(|k| &k.def) else {
            if !draft.kind_names.contains(of) {
                let known = suggest(of, draft.kind_names.iter().map(String::as_str));
                self.pen
                    .error(&place, format!("字段“{title}”：事项类型“{of}”不存在{known}"));
            }
            return;
        };
        let Some(key) = other.key() else {
            let sentence = format!(
                "“{}”没有一个只占一样东西的占用（claim），或有几个，不知道按什么认出一件，“{title}”不能从中挑选",
                other.title
            );
            self.pen.error(&place, sentence);
            return;
        };
        if let Some(asked) = self
            .asked_outside(&field.name)
            .filter(|_| other.picker.is_empty())
        {
            let sentence = format!(
                "{asked}可以由外面的人办，他们看不到“{}”，“{title}”不能由他们挑选；请在“{}”的开头用 picker 写明他们看得到什么",
                other.title, other.title
            );
            self.pen.error(&place, sentence);
        }
        if other.fields.iter().any(|f| f.personal && key.on[0] == f.name) {
            let sentence = format!(
                "“{}”按个人信息认出，人人都能挑选就泄露了，请换一样东西占用",
                other.title
            );
            self.pen.error(&place, sentence);
        }
    }

    fn choices(&mut self, place: &Place, field: &Field) {
        let title = &field.title;
        let chosen = matches!(
            field.kind,
            FieldType::Choice | FieldType::Choices | FieldType::Checklist
        );
        let some = !field.choices.is_empty() || field.choices_from.is_some();
        if chosen && !some {
            self.pen.error(
                place,
                format!("字段“{title}”没有选项，请写 choices = [ … ] 或 choices_from = \"表\""),
            );
        }
        if !chosen && some && field.of != Some(FieldType::Choice) {
            self.pen.error(
                place,
                format!("字段“{title}”的类型 {} 不能有选项", field.kind.name()),
            );
        }
        if !field.choices.is_empty() && field.choices_from.is_some() {
            self.pen.error(
                &place.at("choices_from"),
                format!("字段“{title}”的选项写了两处，请只留一处"),
            );
        }
        let mut seen = BTreeSet::new();
        for (i, choice) in field.choices.iter().enumerate() {
            if !seen.insert(choice) {
                self.pen.error(
                    &place.at("choices").at(i),
                    format!("选项“{choice}”写了两次，请删去一个"),
                );
            }
        }
        if let Some(table) = &field.choices_from {
            self.known_table(&place.at("choices_from"), "选项", table);
        }
    }

    fn columns(&mut self, place: &Place, field: &Field) {
        let title = &field.title;
        if field.kind != FieldType::Table {
            if !field.columns.is_empty() {
                self.pen.error(
                    &place.at("columns"),
                    format!("字段“{title}”不是表格，不能有列，请删去 columns"),
                );
            }
            return;
        }
        if field.columns.is_empty() {
            self.pen
                .error(place, format!("表格“{title}”没有列，请写 columns"));
        }
        let mut seen = BTreeSet::new();
        for (i, column) in field.columns.iter().enumerate() {
            // Of a checklist the first columns are not written.
            let here = match &field.checklist {
                Some(_) => place.at("columns"),
                None => place.at("columns").at(i),
            };
            if let Some(sentence) = bad_field(&column.name) {
                self.pen.error(&here.at("name"), sentence);
            }
            if !seen.insert(&column.name) {
                self.pen.error(
                    &here.at("name"),
                    format!("列“{}”写了两次，请改名或删去一个", column.name),
                );
            }
            if column.checklist.is_some() || column.kind == FieldType::Table {
                let sentence = format!("列“{}”的类型不能是 {}", column.title, column.kind.name());
                self.pen.error(&here.at("type"), sentence);
            }
            if column.record.is_some() {
                let sentence = format!("列“{}”不能从档案里挑选，请删去 record", column.title);
                self.pen.error(&here.at("record"), sentence);
            }
            if column.show.is_some() {
                self.pen.error(
                    &here.at("show"),
                    format!("列“{}”不能有显示条件，请删去 show", column.title),
                );
            }
            self.parts(&here, column);
        }
    }

    fn computed(&mut self, index: usize, place: &Place, field: &Field) {
        let (Some(of), Some(compute)) = (field.of, &field.compute) else {
            return;
        };
        let (place, title) = (place.at("compute"), &field.title);
        let wants =
            type_of(field).filter(|ty| !matches!(ty, crate::expr::Type::List | crate::expr::Type::Rows));
        let Some(want) = wants else {
            self.pen.error(
                &place,
                format!("字段“{title}”算不出 {} 类型，请换一种 of", of.name()),
            );
            return;
        };
        match compute {
            Compute::Expression(text) => {
                let used = self
                    .expr(&place, text, want, Moment::Now)
                    .map(|e| e.names())
                    .unwrap_or_default();
                used.iter().for_each(|name| self.earlier(index, &place, name));
            }
            Compute::Lookup { table, key, after } => {
                self.keyed(&place, table, key);
                self.earlier(index, &place.at("key"), key);
                match after {
                    Some(after) => {
                        let from = place.at("after");
                        let used = self.expr(&from, after, crate::expr::Type::Date, Moment::Now);
                        let used = used.map(|e| e.names()).unwrap_or_default();
                        used.iter().for_each(|name| self.earlier(index, &from, name));
                        self.lengths(&place.at("table"), table);
                        if of != FieldType::Date {
                            self.pen
                                .error(&place, format!("字段“{title}”查表后加到日期上，of 应是 date"));
                        }
                    }
                    None if !matches!(of, FieldType::Line | FieldType::Text | FieldType::Choice) => {
                        self.pen.error(
                            &place,
                            format!("字段“{title}”直接取表里的字，of 应是 line 或 text"),
                        );
                    }
                    None => {}
                }
            }
        }
    }

    /// Fields are computed in their order: one that comes later is not known yet.
    fn earlier(&mut self, index: usize, place: &Place, name: &str) {
        let position = self.kind.fields.iter().position(|f| f.name == name);
        let Some(position) = position.filter(|p| *p >= index) else {
            return;
        };
        let other = &self.kind.fields[position];
        let computed = |field: &Field| field.kind == FieldType::Computed;
        if computed(other) || (position > index && other.columns.iter().any(computed)) {
            let own = &self.kind.fields[index].title;
            let sentence = if position == index {
                format!("字段“{own}”不能用它自己来算")
            } else {
                format!(
                    "字段“{own}”用到的“{}”也是算出来的，请把“{}”移到它前面",
                    other.title, other.title
                )
            };
            self.pen.error(place, sentence);
        }
    }

    /// Columns that are worked out from the others of their row, `row.price * row.quantity`, and from the form.
    fn computed_columns(&mut self, index: usize, place: &Place, table: &'k Field) {
        for (c, column) in table.columns.iter().enumerate() {
            let (Some(Compute::Expression(text)), Some(want)) = (&column.compute, type_of(column)) else {
                if column.compute.is_some() {
                    let sentence = format!("列“{}”只能用式子来算，如 row.price * row.quantity", column.title);
                    self.pen.error(&place.at("columns").at(c).at("compute"), sentence);
                }
                continue;
            };
            let here = place.at("columns").at(c).at("compute");
            let used = self.expr_over(&here, text, want, Some(table));
            let used = used.map(|e| e.names()).unwrap_or_default();
            if used.contains(&table.name) {
                let sentence = format!(
                    "列“{}”是一行一行算的，不能用整张表“{}”",
                    column.title, table.title
                );
                self.pen.error(&here, sentence);
            }
            for name in &used {
                self.earlier(index, &here, name);
                let later = table.columns.iter().skip(c).find(|other| {
                    other.kind == FieldType::Computed && name.strip_prefix("row.") == Some(&other.name)
                });
                if let Some(other) = later {
                    let sentence = format!(
                        "列“{}”用到的“{}”要先算出来，请把“{}”移到它前面",
                        column.title, other.title, other.title
                    );
                    self.pen.error(&here, sentence);
                }
            }
        }
    }

    /// A table and the field that holds its key: every choice of the field has its row.
    pub(super) fn keyed(&mut self, place: &Place, table: &str, key: &str) {
        let rows = self
            .known_table(&place.at("table"), "要查", table)
            .map(|t| &t.rows);
        let Some(field) = self.known_field(&place.at("key"), "查表用", key) else {
            return;
        };
        let Some(rows) = rows else { return };
        let choices = choices_of(field, self.draft);
        // A misnamed table of choices has been told already.
        if choices.is_empty() && field.choices_from.is_none() {
            let sentence = format!(
                "字段“{}”不是选项，查不了表，请改成 choice 并写 choices_from = \"{table}\"",
                field.title
            );
            self.pen.error(&place.at("key"), sentence);
        }
        let missing: Vec<&String> = choices.iter().filter(|c| !rows.contains_key(*c)).collect();
        if let Some(first) = missing.first() {
            let sentence = format!(
                "表“{table}”里没有“{first}”{}，请在表里补上，或把字段“{}”改成 choices_from = \"{table}\"",
                if missing.len() > 1 {
                    format!("等{}个选项", missing.len())
                } else {
                    String::new()
                },
                field.title
            );
            self.pen.error(&place.at("key"), sentence);
        }
    }

    /// Every value of the table can be added to a day.
    fn lengths(&mut self, place: &Place, table: &str) {
        let Some(table) = self.draft.tables.get(table) else {
            return;
        };
        let day = chrono::NaiveDate::default();
        let wrong = table
            .def
            .rows
            .iter()
            .find(|(_, length)| crate::time::add_length(day, length).is_none());
        if let Some((key, length)) = wrong {
            let sentence = format!(
                "表“{}”里“{key}”的“{length}”不能加到日期上，应写成 5y（年）、6mo（月）或 90d（天）",
                table.def.title
            );
            self.pen.error(place, sentence);
        }
    }
}
