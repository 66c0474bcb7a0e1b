//! Types of the engine in the description of the API. Their own JSON schema tells them, so that description and engine
//! cannot drift apart, and the engine need not know of the API.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Value, json};
use utoipa::openapi::{RefOr, Schema};

/// The schema of an engine's type as it is answered, for `#[schema(schema_with = …)]`.
///
/// # Panics
/// When a type's schema cannot be said in OpenAPI; the description is made in tests and when the server starts.
pub fn engine<T: JsonSchema>() -> RefOr<Schema> {
    let settings = SchemaSettings::draft2020_12()
        .for_serialize()
        .with(|settings| settings.inline_subschemas = true);
    let mut schema = settings.into_generator().root_schema_for::<T>().to_value();
    enumerate(&mut schema);
    serde_json::from_value(schema).expect("a schema that OpenAPI has")
}

/// Variants with words beside them come one by one, which readers of OpenAPI do not take for an enumeration.
fn enumerate(schema: &mut Value) {
    let variants = schema["oneOf"].as_array().into_iter().flatten();
    let names: Vec<Value> = variants.filter_map(|v| v.get("const").cloned()).collect();
    if !names.is_empty() {
        *schema = json!({"type": "string", "enum": names});
    }
    match schema {
        Value::Object(members) => members.values_mut().for_each(enumerate),
        Value::Array(items) => items.iter_mut().for_each(enumerate),
        _ => {}
    }
}
