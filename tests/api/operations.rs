//! The operations of a description.

use serde_json::Value;

pub struct Operation<'a> {
    /// `get /cases/{id}`
    pub name: String,
    pub method: &'a str,
    pub path: &'a str,
    pub parameters: Vec<&'a Value>,
    /// Type and schema of the body.
    pub body: Option<(&'a str, &'a Value)>,
    pub responses: &'a Value,
}

pub fn operations(described: &Value) -> Vec<Operation<'_>> {
    let paths = described["paths"].as_object().expect("paths");
    let mut all = Vec::new();
    for (path, item) in paths {
        for (method, operation) in item.as_object().expect("item") {
            if !["get", "post", "put", "patch", "delete"].contains(&method.as_str()) {
                continue;
            }
            let body = operation["requestBody"]["content"].as_object();
            all.push(Operation {
                name: format!("{method} {path}"),
                method,
                path,
                parameters: operation["parameters"].as_array().into_iter().flatten().collect(),
                body: body
                    .and_then(|content| content.iter().next())
                    .map(|(kind, c)| (kind.as_str(), &c["schema"])),
                responses: &operation["responses"],
            });
        }
    }
    assert!(all.len() > 40, "the description is empty");
    all
}

/// Follows references.
pub fn resolve<'a>(described: &'a Value, mut schema: &'a Value) -> &'a Value {
    while let Some(name) = schema["$ref"].as_str() {
        let path = name.trim_start_matches('#');
        schema = described
            .pointer(path)
            .unwrap_or_else(|| panic!("{name} is not described"));
    }
    schema
}
