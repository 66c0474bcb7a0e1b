//! Fields of forms as the screens get them.

use engine::def::{Field, FieldType};
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
    /// Columns of a table.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(no_recursion)]
    pub columns: Vec<FieldView>,
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

impl FieldView {
    /// As asked by an action.
    pub fn asked(rules: &Rules, field: &Field, required: bool) -> FieldView {
        let keys = field.choices_from.as_ref().map(|table| rules.table_keys(table));
        let choices = match keys {
            Some(keys) => keys.into_iter().map(str::to_owned).collect(),
            None => field.choices.clone(),
        };
        let show = field.show.as_ref().and_then(|text| rules.expr(text));
        FieldView {
            choices,
            show: show.and_then(|expr| serde_json::to_value(expr).ok()),
            columns: field
                .columns
                .iter()
                .map(|c| FieldView::asked(rules, c, false))
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
            columns: Vec::new(),
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
