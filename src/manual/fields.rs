//! Fields of forms as the screens get them.

use engine::def::{Checklist, Field, FieldType};
use engine::load::Rules;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A field of a form.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FieldView {
    /// Name.
    pub name: String,
    /// Label.
    pub title: String,
    /// What it holds.
    #[schema(schema_with = crate::described::engine::<FieldType>)]
    pub r#type: String,
    /// Hint.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub help: Option<String>,
    /// Choices, or items of a checklist.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
    /// Kind whose cases are what is picked from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub record: Option<String>,
    /// Kind of the case on record that the value finds, where something of it is read beside the field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub register: Option<String>,
    /// Columns of a table.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(no_recursion)]
    pub columns: Vec<FieldView>,
    /// The rows of a table are given: it is a checklist.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub checklist: Option<ChecklistView>,
    /// Smallest value; yuan for money.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub min: Option<f64>,
    /// Largest value, most characters or most items.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub max: Option<f64>,
    /// Unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub unit: Option<String>,
    /// Condition under which it is asked, as a tree for the browser's interpreter.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Value)]
    pub show: Option<Value>,
    /// Personal data.
    pub personal: bool,
    /// Type of a computed field.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = crate::described::engine::<FieldType>)]
    pub of: Option<String>,
    /// Must be given, where it is asked.
    pub required: bool,
}

/// The rows of a checklist: each item, in each room where there are rooms. What is entered is a row for each, with
/// `item`, `room` where there are rooms, `state` and the other columns.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ChecklistView {
    /// What is looked at.
    pub items: Vec<ItemView>,
    /// Places where each item is looked at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rooms: Vec<String>,
    /// Field that says which of the places there are; absent: all.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub rooms_from: Option<String>,
    /// States that count as failed.
    pub failed: Vec<String>,
    /// Columns that are asked for only where an item failed.
    pub ask: Vec<String>,
}

/// An item of a checklist.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ItemView {
    /// Its name.
    pub item: String,
    /// Whether the list is incomplete without it.
    pub required: bool,
    /// Condition under which it is looked at, as a tree for the browser's interpreter; it may read `row.room`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Value)]
    pub show: Option<Value>,
}

fn tree(rules: &Rules, text: Option<&String>) -> Option<Value> {
    let expr = text.and_then(|text| rules.expr(text));
    expr.and_then(|expr| serde_json::to_value(expr).ok())
}

impl ChecklistView {
    fn of(rules: &Rules, list: &Checklist) -> ChecklistView {
        let items = list.items.iter().map(|item| ItemView {
            item: item.item.clone(),
            required: item.required,
            show: tree(rules, item.show.as_ref()),
        });
        let from = list.rooms_from.as_ref().and_then(|name| rules.field(name));
        let rooms = from.map_or_else(
            || list.rooms.clone(),
            |field| {
                engine::form::choices(rules, field)
                    .into_iter()
                    .map(str::to_owned)
                    .collect()
            },
        );
        ChecklistView {
            items: items.collect(),
            rooms,
            rooms_from: list.rooms_from.clone(),
            failed: list.failing(),
            ask: list.ask.iter().map(|ask| ask.field.clone()).collect(),
        }
    }
}

impl FieldView {
    /// As asked by an action.
    pub fn asked(rules: &Rules, field: &Field, required: bool) -> FieldView {
        let keys = field.choices_from.as_ref().map(|table| rules.table_keys(table));
        let choices = match keys {
            Some(keys) => keys.into_iter().map(str::to_owned).collect(),
            None => field.choices.clone(),
        };
        let asks = |column: &Field| {
            let asks = field.checklist.iter().flat_map(|list| &list.ask);
            asks.clone().any(|ask| ask.required && ask.field == column.name)
        };
        FieldView {
            choices,
            register: rules.register(&field.name).map(str::to_owned),
            show: tree(rules, field.show.as_ref()),
            checklist: field
                .checklist
                .as_ref()
                .map(|list| ChecklistView::of(rules, list)),
            columns: field
                .columns
                .iter()
                .map(|c| FieldView::asked(rules, c, asks(c)))
                .collect(),
            ..FieldView::plain(field, required)
        }
    }

    /// As shown in a case or in the handbook.
    pub fn shown(rules: &Rules, field: &Field) -> FieldView {
        FieldView::asked(rules, field, false)
    }

    /// A field that belongs to no kind.
    pub fn plain(field: &Field, required: bool) -> FieldView {
        FieldView {
            name: field.name.clone(),
            title: field.title.clone(),
            r#type: field.kind.name().to_owned(),
            help: field.help.clone(),
            choices: field.choices.clone(),
            record: field.record.clone(),
            register: None,
            columns: Vec::new(),
            checklist: None,
            min: field.min,
            max: field.max,
            unit: field.unit.clone(),
            show: None,
            personal: field.personal,
            of: field.of.map(FieldType::name).map(str::to_owned),
            required,
        }
    }
}
