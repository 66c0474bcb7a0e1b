//! Checklists in stories: what was found, by item, and `*` for all the others.

use super::entered::Names;
use crate::case::Case;
use crate::def::{Checklist, Field, ITEM, ROOM, STATE};
use crate::form::Standing;
use serde_json::{Map, Value as Json};
use toml::{Table, Value};

/// All that is not named.
const OTHERS: &str = "*";

/// An item in its room, as stories name it: `厨房·燃气阀`; without rooms its name alone.
pub(crate) fn name(room: &str, item: &str) -> String {
    match room {
        "" => item.to_owned(),
        room => format!("{room}·{item}"),
    }
}

/// The places of a list, as far as the form of the kind tells.
fn rooms<'f>(fields: &'f [Field], list: &'f Checklist) -> &'f [String] {
    let from = list.rooms_from.as_ref();
    let from = from.and_then(|name| fields.iter().find(|field| field.name == *name));
    from.map_or(&list.rooms, |field| &field.choices)
}

/// Every item in every room.
pub(crate) fn all<'f>(fields: &'f [Field], list: &'f Checklist) -> Vec<(&'f str, &'f str)> {
    let rooms: Vec<&str> = match rooms(fields, list) {
        [] => vec![""],
        rooms => rooms.iter().map(String::as_str).collect(),
    };
    let of = |room: &'f str| list.items.iter().map(move |item| (room, item.item.as_str()));
    rooms.into_iter().flat_map(of).collect()
}

/// Whether a name in a story means an item: in that room, or in every room.
pub(crate) fn means(said: &str, room: &str, item: &str) -> bool {
    said == OTHERS || said == item || said == name(room, item)
}

/// What is said of an item: of it in that room, of it anywhere, of all the others.
pub(super) fn said_of<'s>(said: &'s Table, room: &str, item: &str) -> Option<&'s Value> {
    let exact = said.get(&name(room, item)).or_else(|| said.get(item));
    exact.or_else(|| said.get(OTHERS))
}

/// The rows that are meant by what a story says.
pub(super) fn rows(names: &Names, fields: &[Field], field: &Field, list: &Checklist, said: &Table) -> Json {
    let all = all(fields, list);
    let mut rows = Vec::new();
    for (room, item) in &all {
        if let Some(found) = said_of(said, room, item) {
            rows.push(row(names, field, (room, item), found));
        }
    }
    // What the list does not have is handed over, to be refused.
    for (said, found) in said {
        if !all.iter().any(|(room, item)| means(said, room, item)) {
            rows.push(row(names, field, ("", said), found));
        }
    }
    Json::Array(rows)
}

fn row(names: &Names, field: &Field, (room, item): (&str, &str), found: &Value) -> Json {
    let mut cells = Map::new();
    if !room.is_empty() {
        cells.insert(ROOM.to_owned(), room.into());
    }
    cells.insert(ITEM.to_owned(), item.into());
    match (found, names.row(&field.columns, found)) {
        (Value::Table(_), Json::Object(more)) => cells.extend(more),
        (found, _) => {
            cells.insert(STATE.to_owned(), names.value(None, found));
        }
    }
    Json::Object(cells)
}

/// A checklist is expected in the words of its standing, `28/30项，不合格2项`, or item by item.
pub(super) fn expect(
    (field, list): (&Field, &Checklist),
    case: &Case,
    wanted: &Value,
    wrong: &mut Vec<String>,
) {
    let none = Json::Array(Vec::new());
    let rows = case.data.get(&field.name).unwrap_or(&none);
    let rows = rows.as_array().map(Vec::as_slice).unwrap_or_default();
    let text = |row: &Json, column: &str| row[column].as_str().unwrap_or_default().to_owned();
    match wanted {
        Value::Table(items) => {
            for row in rows {
                let (room, item) = (text(row, ROOM), text(row, ITEM));
                let said = said_of(items, &room, &item);
                let is = text(row, STATE);
                if let Some(state) = said.filter(|state| state.as_str() != Some(&is)) {
                    let item = name(&room, &item);
                    wrong.push(format!("“{}”的“{item}”应为 {state}，实际为“{is}”", field.title));
                }
            }
        }
        wanted => {
            let is = Standing::of(list, rows).words(list);
            if wanted.as_str() != Some(&is) {
                wrong.push(format!("检查单“{}”应为 {wanted}，实际为“{is}”", field.title));
            }
        }
    }
}
