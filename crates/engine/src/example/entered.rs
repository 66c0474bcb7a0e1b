//! What is entered in a story, as forms take it: yuan become fen, words for days and hours become instants, names
//! become ids.

use super::{checked, names, when};
use crate::case::Data;
use crate::def::{Field, FieldType};
use crate::time::Time;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use toml::Value;

/// Who and what the names of a story stand for.
pub struct Names<'s> {
    /// Ids of people by the names the story gives them.
    pub people: &'s BTreeMap<String, String>,
    /// Ids of homes by the names the story gives them.
    pub homes: &'s BTreeMap<String, String>,
    /// The time.
    pub now: Time,
    /// The company's zone, in minutes east of UTC.
    pub zone: i32,
}

impl Names<'_> {
    /// The value of a field; `None` for a field that no form has is handed over as it is.
    pub fn value(&self, field: Option<&Field>, value: &Value) -> Json {
        let kind = field.map(|f| f.of.unwrap_or(f.kind));
        match (kind, value) {
            (_, Value::String(text)) if text.is_empty() => Json::Null,
            (Some(FieldType::Money), Value::Integer(yuan)) => json!(yuan * 100),
            (Some(FieldType::Money), Value::Float(yuan)) => json!((yuan * 100.0).round() as i64),
            (Some(FieldType::Time), Value::String(text)) => {
                when::instant(text, self.now, self.zone).map_or_else(|| json!(text), |at| json!(at.0))
            }
            (Some(FieldType::Date), Value::String(text)) => {
                when::day(text, self.now, self.zone).map_or_else(|| json!(text), |day| json!(day.to_string()))
            }
            (Some(FieldType::Person), Value::String(name)) => json!(self.person(name)),
            (Some(FieldType::Home), Value::String(name)) => json!(self.homes.get(name).unwrap_or(name)),
            (Some(FieldType::Files), Value::Array(files)) => {
                json!(
                    (1..=files.len())
                        .map(|nth| format!("file-{nth}"))
                        .collect::<Vec<_>>()
                )
            }
            (Some(FieldType::Signature), Value::String(_)) => json!("signature-1"),
            (Some(FieldType::Table), Value::Array(rows)) => {
                let columns = field.map(|f| f.columns.as_slice()).unwrap_or_default();
                Json::Array(rows.iter().map(|row| self.row(columns, row)).collect())
            }
            (None, Value::String(name)) if self.people.contains_key(name) => json!(self.person(name)),
            (_, value) => serde_json::to_value(value).unwrap_or_default(),
        }
    }

    pub(super) fn row(&self, columns: &[Field], row: &Value) -> Json {
        let cells = row.as_table().into_iter().flatten();
        let cell = |(name, value): (&String, &Value)| {
            let column = columns.iter().find(|c| c.name == *name);
            (name.clone(), self.value(column, value))
        };
        Json::Object(cells.map(cell).collect())
    }

    fn person(&self, name: &str) -> String {
        self.people.get(name).cloned().unwrap_or_else(|| name.to_owned())
    }

    /// A whole form.
    pub fn form(&self, fields: &[Field], with: &BTreeMap<String, Value>) -> Data {
        let entered = with.iter().map(|(name, value)| {
            let field = names::field(fields, name);
            let key = field.map_or(name, |f| &f.name);
            let list = field.and_then(|field| Some((field, field.checklist.as_ref()?)));
            let value = match (list, value) {
                (Some((field, list)), Value::Table(said)) => checked::rows(self, fields, field, list, said),
                _ => self.value(field, value),
            };
            (key.clone(), value)
        });
        entered.collect()
    }
}
