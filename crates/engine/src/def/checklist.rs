//! Checklists 检查单: tables whose rows the manual gives, one for each item, or one for each item in each room.

use super::{Ask, Field, FieldType};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Column that names the item.
pub const ITEM: &str = "item";
/// Column that names the room.
pub const ROOM: &str = "room";
/// Column that holds what was found.
pub const STATE: &str = "state";
/// Most rows of a checklist.
pub const MOST_ROWS: usize = 500;

/// What makes a table a checklist. Its columns are `item`, `state`, `room` where there are rooms, `note` and `photo`
/// unless `ask` leaves them out, and those under `columns`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Checklist {
    /// What is looked at, in order; `"燃气阀?"` may be left out.
    pub items: Vec<Item>,
    /// Places where each item is looked at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rooms: Vec<String>,
    /// Field of type `choices` that says which places there are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rooms_from: Option<String>,
    /// What can be found.
    #[serde(default = "states")]
    pub states: Vec<String>,
    /// Those of the states that count as failed; absent: 不合格 where it is a state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<Vec<String>>,
    /// Columns that are asked for where an item failed, and only there: `"note"` must be given, `"note?"` may be left
    /// empty.
    #[serde(default = "asked")]
    pub ask: Vec<Ask>,
}

/// One item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(from = "Written", into = "Written")]
#[schemars(with = "Written")]
pub struct Item {
    /// What it is called.
    pub item: String,
    /// Whether the list is incomplete without it.
    pub required: bool,
    /// Looked at only while this expression is true; it may read `row.room`.
    pub show: Option<String>,
}

/// An item as it is written: `"燃气阀?"`, or `{ item = "栏杆", show = "balcony" }`.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
enum Written {
    /// Its name; `?` behind it: may be left out.
    Name(String),
    /// Its name, and a condition.
    Whole(ItemWhen),
}

/// An item with a condition.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ItemWhen {
    /// Its name; `?` behind it: may be left out.
    item: String,
    /// Looked at only while this expression is true; it may read `row.room`.
    show: String,
}

impl From<Written> for Item {
    fn from(written: Written) -> Item {
        let (text, show) = match written {
            Written::Name(text) => (text, None),
            Written::Whole(ItemWhen { item, show }) => (item, Some(show)),
        };
        let (item, required) = match text.strip_suffix(['?', '？']) {
            Some(item) => (item.trim_end().to_owned(), false),
            None => (text, true),
        };
        Item { item, required, show }
    }
}

impl From<Item> for Written {
    fn from(item: Item) -> Written {
        let name = match item.required {
            true => item.item,
            false => format!("{}?", item.item),
        };
        match item.show {
            Some(show) => Written::Whole(ItemWhen { item: name, show }),
            None => Written::Name(name),
        }
    }
}

const FAILED: &str = "不合格";

fn states() -> Vec<String> {
    ["合格", FAILED, "不适用"].map(str::to_owned).into()
}

fn asked() -> Vec<Ask> {
    let ask = |field: &str| Ask {
        field: field.to_owned(),
        required: false,
    };
    vec![ask("note"), ask("photo")]
}

impl Checklist {
    /// States that count as failed.
    pub fn failing(&self) -> Vec<String> {
        let usual = || {
            self.states
                .iter()
                .filter(|state| *state == FAILED)
                .cloned()
                .collect()
        };
        self.failed.clone().unwrap_or_else(usual)
    }

    /// Whether it is gone through room by room.
    pub fn has_rooms(&self) -> bool {
        !self.rooms.is_empty() || self.rooms_from.is_some()
    }

    /// Items that may be left out.
    pub fn optional(&self) -> Vec<String> {
        let optional = self.items.iter().filter(|item| !item.required);
        optional.map(|item| item.item.clone()).collect()
    }

    fn asks(&self, column: &str) -> bool {
        self.ask.iter().any(|ask| ask.field == column)
    }

    /// The columns every checklist has, before those that are its own.
    fn usual(&self) -> Vec<Field> {
        let state = Field {
            choices: self.states.clone(),
            ..column(STATE, "结果", FieldType::Choice)
        };
        let all = [
            (self.has_rooms(), column(ROOM, "位置", FieldType::Line)),
            (true, column(ITEM, "项目", FieldType::Line)),
            (true, state),
            (self.asks("note"), column("note", "说明", FieldType::Text)),
            (self.asks("photo"), column("photo", "照片", FieldType::Files)),
        ];
        let here = all.into_iter().filter(|(here, _)| *here);
        here.map(|(_, column)| column).collect()
    }
}

fn column(name: &str, title: &str, kind: FieldType) -> Field {
    Field {
        name: name.to_owned(),
        title: title.to_owned(),
        kind,
        help: None,
        choices: Vec::new(),
        choices_from: None,
        record: None,
        columns: Vec::new(),
        checklist: None,
        min: None,
        max: None,
        unit: None,
        show: None,
        personal: false,
        inner: false,
        once: false,
        of: None,
        compute: None,
    }
}

impl Field {
    /// Gives a checklist its columns; what is written under `columns` comes behind, or stands for one of the same name.
    pub(crate) fn lay_out(&mut self) {
        let Some(checklist) = &self.checklist else { return };
        let mut columns = checklist.usual();
        for own in std::mem::take(&mut self.columns) {
            match columns.iter_mut().find(|column| column.name == own.name) {
                Some(usual) => *usual = own,
                None => columns.push(own),
            }
        }
        self.columns = columns;
    }
}
