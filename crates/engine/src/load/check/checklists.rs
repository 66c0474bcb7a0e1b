//! Checklists: their items, rooms and states make sense, and what is asked where one failed is there.

use super::super::place::Place;
use super::kind::KindCheck;
use crate::def::{Checklist, Field, FieldType, ITEM, MOST_ROWS, ROOM, STATE};
use crate::expr::Type;
use crate::schema::{Moment, Names, choices_of};
use std::collections::BTreeSet;

impl<'k> KindCheck<'k> {
    pub(super) fn checklist(&mut self, place: &Place, field: &'k Field) {
        let Some(list) = &field.checklist else { return };
        let place = place.at("checklist");
        let title = &field.title;
        if field.kind != FieldType::Table {
            let sentence = format!(
                "字段“{title}”的类型 {} 不能有 items，请写成 {{ checklist = \"{title}\", items = … }}，或删去",
                field.kind.name()
            );
            self.pen.error(&place, sentence);
            return;
        }
        if field.min.is_some() || field.max.is_some() {
            let sentence = format!("检查单“{title}”有哪些行由 items 定，请删去 min、max");
            self.pen.error(&place, sentence);
        }
        self.states(&place, title, list);
        self.rooms(&place, field, list);
        self.items(&place, field, list);
        self.asked_where_failed(&place, field, list);
    }

    fn states(&mut self, place: &Place, title: &str, list: &Checklist) {
        self.each_once(&place.at("states"), "结果", &list.states);
        if list.states.is_empty() {
            let sentence =
                format!("检查单“{title}”没有结果可选，请写 states，或删去它，就是合格、不合格、不适用");
            self.pen.error(&place.at("states"), sentence);
        }
        if list.failed.is_none() && list.failing().is_empty() {
            let sentence = format!(
                "检查单“{title}”没有写哪些结果算不合格，请写 failed = \"…\"；没有这样的结果，写 failed = []"
            );
            self.pen.error(&place.at("states"), sentence);
        }
        for (i, state) in list.failed.iter().flatten().enumerate() {
            if !list.states.contains(state) {
                let sentence = format!(
                    "“{state}”不是“{title}”的结果，可选的有：{}",
                    list.states.join("、")
                );
                self.pen.error(&place.at("failed").at(i), sentence);
            }
        }
    }

    fn rooms(&mut self, place: &Place, field: &Field, list: &Checklist) {
        self.each_once(&place.at("rooms"), "位置", &list.rooms);
        let mut rooms = list.rooms.len().max(1);
        if let Some(name) = &list.rooms_from {
            let here = place.at("rooms_from");
            if !list.rooms.is_empty() {
                let sentence = format!("检查单“{}”的位置写了两处，请只留一处", field.title);
                self.pen.error(&here, sentence);
            }
            let Some(from) = self.known_field(&here, "检查单的位置取自", name) else {
                return;
            };
            rooms = choices_of(from, self.draft).len();
            if from.kind != FieldType::Choices {
                let sentence = format!(
                    "字段“{}”不能当检查单的位置，请用类型为 choices 的字段",
                    from.title
                );
                self.pen.error(&here, sentence);
            }
        }
        if rooms * list.items.len() > MOST_ROWS {
            let sentence = format!(
                "检查单“{}”有 {} 行，最多 {MOST_ROWS} 行，请拆成几张",
                field.title,
                rooms * list.items.len()
            );
            self.pen.error(&place.at("items"), sentence);
        }
    }

    fn items(&mut self, place: &Place, field: &Field, list: &Checklist) {
        let place = place.at("items");
        if list.items.is_empty() {
            let sentence = format!("检查单“{}”没有一项要看的，请写 items", field.title);
            self.pen.error(&place, sentence);
        }
        let items: Vec<String> = list.items.iter().map(|item| item.item.clone()).collect();
        self.each_once(&place, "项目", &items);
        // Nothing was found yet when it is asked which items there are.
        let keys = Field {
            columns: field.columns.iter().filter(|c| c.name == ROOM).cloned().collect(),
            ..field.clone()
        };
        for (i, item) in list.items.iter().enumerate() {
            if item.item.trim().is_empty() {
                self.pen.error(&place.at(i), "这一项没有名称，请补上");
            }
            let Some(show) = &item.show else { continue };
            let here = place.at(i).at("show");
            let names = Names::of_row(self.kind, &keys, Moment::Form, self.draft);
            let used = self.compile(&here, show, Type::Bool, &names).map(|e| e.names());
            if used.is_some_and(|used| used.contains(&field.name)) {
                let sentence = format!("“{}”看不看，不能由检查单“{}”自己来定", item.item, field.title);
                self.pen.error(&here, sentence);
            }
        }
    }

    /// What is asked where an item failed is a column, and none of those every row has; texts name the item.
    fn asked_where_failed(&mut self, place: &Place, field: &Field, list: &Checklist) {
        for (i, ask) in list.ask.iter().enumerate() {
            let known = field.columns.iter().map(|c| c.name.as_str());
            let known: Vec<&str> = known.filter(|c| ![ITEM, ROOM, STATE].contains(c)).collect();
            if !known.contains(&ask.field.as_str()) {
                let sentence = format!(
                    "检查单“{}”没有“{}”这一列，可写的有：{}；别的列先写进 columns",
                    field.title,
                    ask.field,
                    known.join("、")
                );
                self.pen.error(&place.at("ask").at(i), sentence);
            }
        }
        let text = |name: &str| field.columns.iter().find(|c| c.name == name);
        for (name, kind) in [
            (ITEM, FieldType::Line),
            (ROOM, FieldType::Line),
            (STATE, FieldType::Choice),
        ] {
            if let Some(column) = text(name).filter(|column| column.kind != kind) {
                let sentence = format!(
                    "检查单“{}”的列 {name} 由系统填，类型只能是 {}，请给“{}”另取一个名字",
                    field.title,
                    kind.name(),
                    column.title
                );
                self.pen.error(place, sentence);
            }
        }
    }

    fn each_once(&mut self, place: &Place, what: &str, texts: &[String]) {
        let mut seen = BTreeSet::new();
        for (i, text) in texts.iter().enumerate() {
            if !seen.insert(text) {
                self.pen
                    .error(&place.at(i), format!("{what}“{text}”写了两次，请删去一个"));
            }
        }
    }
}
