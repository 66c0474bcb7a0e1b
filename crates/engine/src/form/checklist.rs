//! Checklists: their rows are given, what was found is entered. A row stands there also while nothing was found, so
//! that what was left out can be seen, counted and asked for.

use super::value::{Wrong, is_empty, table};
use super::{FieldProblem, problem};
use crate::case::{Case, Data};
use crate::def::{Checklist, Field, ITEM, Item, MOST_ROWS, ROOM, STATE};
use crate::env::{CaseEnv, RowOf};
use crate::load::Rules;
use crate::world::World;
use serde_json::{Map, Value, json};
use std::collections::HashMap;

/// A field and what makes it a checklist.
type Of<'a> = (&'a Field, &'a Checklist);

/// How many names a sentence tells before it only counts.
const NAMED: usize = 3;

fn cell<'v>(row: &'v Value, column: &str) -> &'v str {
    row.get(column).and_then(Value::as_str).unwrap_or_default()
}

/// Reads what was entered. Rows in which nothing was found are left out; an item or room that the list does not have,
/// and one that comes twice, is wrong.
pub(super) fn read(rules: &Rules, (field, list): Of, value: &Value) -> Result<Value, Wrong> {
    let read = table(rules, field, value)?;
    let rooms = all_rooms(rules, list);
    let mut wrong = Wrong::new();
    let mut kept: Vec<Value> = Vec::new();
    let entered = value.as_array().into_iter().flatten();
    for (nth, row) in entered.enumerate() {
        let (item, room) = (cell(row, ITEM), cell(row, ROOM));
        if !list.items.iter().any(|known| known.item == item) {
            let sentence = format!("{}没有“{}”这一项", field.title, short(item));
            wrong.push((format!("{nth}.{ITEM}"), sentence));
        } else if list.has_rooms() && !rooms.contains(&room) {
            let sentence = format!("{}没有“{}”这个位置", field.title, short(room));
            wrong.push((format!("{nth}.{ROOM}"), sentence));
        }
    }
    let key = |row: &Value| (cell(row, ROOM).to_owned(), cell(row, ITEM).to_owned());
    for row in read.as_array().into_iter().flatten() {
        if kept.iter().any(|other| key(other) == key(row)) {
            let sentence = format!("{}的“{}”填了两次", field.title, named(row));
            wrong.push((String::new(), sentence));
        }
        if row
            .as_object()
            .is_some_and(|cells| cells.keys().any(|c| c != ITEM && c != ROOM))
        {
            kept.push(row.clone());
        }
    }
    if wrong.is_empty() {
        Ok(Value::Array(kept))
    } else {
        Err(wrong)
    }
}

fn short(text: &str) -> String {
    text.chars().take(20).collect()
}

/// The places a list may ever be gone through.
fn all_rooms<'r>(rules: &'r Rules, list: &'r Checklist) -> Vec<&'r str> {
    match list.rooms_from.as_ref().and_then(|name| rules.field(name)) {
        Some(field) => super::choices(rules, field),
        None => list.rooms.iter().map(String::as_str).collect(),
    }
}

/// Every item of a checklist in every place it may ever be looked at; nothing for any other field.
pub fn places<'r>(rules: &'r Rules, field: &'r Field) -> Vec<(&'r Checklist, &'r str, &'r str)> {
    let Some(list) = &field.checklist else {
        return Vec::new();
    };
    let rooms = if list.has_rooms() {
        all_rooms(rules, list)
    } else {
        vec![""]
    };
    let of = |room: &'r str| {
        list.items
            .iter()
            .map(move |item| (list, room, item.item.as_str()))
    };
    rooms.into_iter().flat_map(of).collect()
}

/// The places there are in a case; one without a name where the list has none.
fn rooms(rules: &Rules, case: &Case, list: &Checklist) -> Vec<String> {
    match &list.rooms_from {
        None if list.rooms.is_empty() => vec![String::new()],
        None => list.rooms.clone(),
        Some(name) => {
            let there = case.data.get(name).and_then(Value::as_array);
            let there: Vec<&str> = there.into_iter().flatten().filter_map(Value::as_str).collect();
            // In the order of the manual, whichever was ticked first.
            let all = all_rooms(rules, list).into_iter();
            all.filter(|room| there.contains(room))
                .map(str::to_owned)
                .collect()
        }
    }
}

/// A row for each item in each room that there is now, with what was found there. What is asked for only where an item
/// failed is kept only there.
pub(super) fn rows(world: &World, rules: &Rules, case: &Case, (field, list): Of) -> Vec<Value> {
    let stored = case.data.get(&field.name).and_then(Value::as_array);
    let stored: HashMap<(&str, &str), &Value> = stored
        .into_iter()
        .flatten()
        .map(|row| ((cell(row, ROOM), cell(row, ITEM)), row))
        .collect();
    let failing = list.failing();
    let env = CaseEnv::guard(world, case);
    let mut rows = Vec::new();
    for room in rooms(rules, case, list) {
        for item in &list.items {
            let mut row = Data::new();
            if !room.is_empty() {
                row.insert(ROOM.to_owned(), json!(room));
            }
            row.insert(ITEM.to_owned(), json!(item.item));
            if !is_there(rules, &env, item, &row) {
                continue;
            }
            let found = stored.get(&(room.as_str(), item.item.as_str()));
            let found = found.and_then(|row| row.as_object());
            let failed = found.and_then(|row| row.get(STATE)).and_then(Value::as_str);
            let failed = failed.is_some_and(|state| failing.iter().any(|f| f == state));
            let keeps = |name: &str| failed || !list.ask.iter().any(|ask| ask.field == name);
            let found = found.into_iter().flatten().filter(|(name, _)| keeps(name));
            row.extend(found.map(|(name, value)| (name.clone(), value.clone())));
            rows.push(Value::Object(row));
        }
    }
    rows.truncate(MOST_ROWS);
    rows
}

fn is_there(rules: &Rules, case: &CaseEnv, item: &Item, row: &Map<String, Value>) -> bool {
    let show = item.show.as_ref();
    show.is_none_or(|show| rules.test(show, &RowOf { case, row }))
}

/// What a list wants yet: a state of each item that must have one, where the whole list is asked for, and what is asked
/// where an item failed.
pub(super) fn wanting(required: bool, (field, list): Of, rows: &[Value]) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    if required && rows.is_empty() && list.rooms_from.is_some() {
        problems.push(problem(&field.name, format!("{}还没有选位置", field.title)));
    }
    let standing = Standing::of(list, rows);
    if required && !standing.missing.is_empty() {
        let first: Vec<String> = standing
            .missing
            .iter()
            .take(NAMED)
            .map(|row| named(row))
            .collect();
        let more = if standing.missing.len() > NAMED { "等" } else { "" };
        let sentence = format!(
            "{}还有{}项没有填：{}{more}",
            field.title,
            standing.missing.len(),
            first.join("、")
        );
        problems.push(problem(&field.name, sentence));
    }
    let failing = list.failing();
    for (nth, row) in rows.iter().enumerate() {
        if !failing.iter().any(|state| state == cell(row, STATE)) {
            continue;
        }
        for ask in list.ask.iter().filter(|ask| ask.required) {
            if row.get(&ask.field).is_none_or(is_empty) {
                let column = field.columns.iter().find(|column| column.name == ask.field);
                let title = column.map_or(ask.field.as_str(), |column| &column.title);
                let sentence = format!("“{}”{}，请填写{title}", named(row), cell(row, STATE));
                problems.push(problem(&format!("{}.{nth}.{}", field.name, ask.field), sentence));
            }
        }
    }
    problems
}

/// An item in its room, in words.
fn named(row: &Value) -> String {
    match cell(row, ROOM) {
        "" => cell(row, ITEM).to_owned(),
        room => format!("{room}·{}", cell(row, ITEM)),
    }
}

/// How far a checklist has come.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Standing<'v> {
    /// Rows there are.
    pub all: usize,
    /// Rows with a state.
    pub done: usize,
    /// Rows whose state counts as failed.
    pub failed: usize,
    /// Rows that must have a state and have none.
    pub missing: Vec<&'v Value>,
}

impl<'v> Standing<'v> {
    /// Of these rows.
    pub fn of(list: &Checklist, rows: &'v [Value]) -> Standing<'v> {
        let (failing, optional) = (list.failing(), list.optional());
        let mut standing = Standing {
            all: rows.len(),
            ..Standing::default()
        };
        for row in rows {
            let state = cell(row, STATE);
            if !state.is_empty() {
                standing.done += 1;
                standing.failed += usize::from(failing.iter().any(|failed| failed == state));
            } else if !optional.iter().any(|item| item == cell(row, ITEM)) {
                standing.missing.push(row);
            }
        }
        standing
    }

    /// In a few words: `12/30，不合格 2`.
    pub fn words(&self, list: &Checklist) -> String {
        let mut words = format!("{}/{}项", self.done, self.all);
        if self.failed > 0 {
            words.push_str(&format!("，{}{}项", list.failing().join("、"), self.failed));
        }
        words
    }
}
