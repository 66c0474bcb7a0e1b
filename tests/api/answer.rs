//! Whether an answer is one that the description allows.

use crate::operations::{Operation, resolve};
use serde_json::Value;

const PROBLEM: &str = "application/problem+json";

/// # Errors
/// What is not as described.
pub fn check(
    described: &Value,
    operation: &Operation<'_>,
    status: u16,
    kind: &str,
    bytes: &[u8],
) -> Result<(), String> {
    if status >= 500 {
        return Err("a fault of the server".to_owned());
    }
    let own = &operation.responses[status.to_string()];
    let response = if own.is_null() {
        &operation.responses["default"]
    } else {
        own
    };
    if response.is_null() || (own.is_null() && status < 400) {
        return Err(format!("status {status} is not described"));
    }
    let kind = kind.split(';').next().unwrap_or_default();
    let Some(content) = resolve(described, response)["content"].as_object() else {
        let empty = bytes.is_empty() || status == 304;
        return if empty {
            Ok(())
        } else {
            Err("a body that is not described".to_owned())
        };
    };
    let Some(found) = content.get(kind).or_else(|| content.get("*/*")) else {
        return Err(format!("type {kind} is not described"));
    };
    if !kind.ends_with("json") {
        return Ok(());
    }
    let body: Value = serde_json::from_slice(bytes).map_err(|error| format!("no JSON: {error}"))?;
    if kind == PROBLEM {
        let text = |name: &str| body[name].as_str().is_some_and(|text| !text.is_empty());
        if !text("code") || !text("detail") || body["status"] != status {
            return Err("a problem needs code, detail and its status".to_owned());
        }
    }
    fits(described, &found["schema"], &body).map_err(|at| format!("the body is not as described at {at}"))
}

/// Whether a value is of a schema: types, required properties, enumerations. Gives where it is not.
fn fits(described: &Value, schema: &Value, value: &Value) -> Result<(), String> {
    let schema = resolve(described, schema);
    for name in ["oneOf", "anyOf"] {
        if let Some(choices) = schema[name].as_array() {
            let any = choices
                .iter()
                .any(|choice| fits(described, choice, value).is_ok());
            return if any {
                Ok(())
            } else {
                Err(format!(": none of {name}"))
            };
        }
    }
    for part in schema["allOf"].as_array().into_iter().flatten() {
        fits(described, part, value)?;
    }
    let kinds: Vec<&str> = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        kind => kind.as_str().into_iter().collect(),
    };
    let is = |kind: &&str| match *kind {
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => true,
    };
    if !kinds.is_empty() && !kinds.iter().any(is) {
        return Err(format!(": {value} is no {}", kinds.join(" or ")));
    }
    if schema["enum"].as_array().is_some_and(|all| !all.contains(value)) {
        return Err(format!(": {value} is not listed"));
    }
    for item in value.as_array().into_iter().flatten() {
        fits(described, &schema["items"], item).map_err(|at| format!("[]{at}"))?;
    }
    let Some(object) = value.as_object() else {
        return Ok(());
    };
    for name in schema["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
    {
        if !object.contains_key(name) {
            return Err(format!(".{name}: missing"));
        }
    }
    for (name, of) in schema["properties"].as_object().into_iter().flatten() {
        if let Some(inner) = object.get(name) {
            fits(described, of, inner).map_err(|at| format!(".{name}{at}"))?;
        }
    }
    Ok(())
}
