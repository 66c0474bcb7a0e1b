//! What authors of manuals read: every word of the language is explained in Chinese, and the committed reference is the
//! program's own.

use serde_json::Value;
use std::path::Path;
use yizhan_engine::load;

#[test]
fn every_word_of_the_language_is_explained_in_chinese() {
    let mut foreign = Vec::new();
    for (file, schema) in load::json_schemas() {
        look(&schema.to_value(), file, &mut foreign);
    }
    foreign.sort();
    foreign.dedup();
    assert!(
        foreign.is_empty(),
        "add a line to crates/engine/src/load/schema.zh.toml for:\n{}",
        foreign.join("\n")
    );
}

fn look(value: &Value, file: &str, foreign: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            if let Some(text) = object.get("description").and_then(Value::as_str)
                && !text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
            {
                foreign.push(text.split_whitespace().collect::<Vec<_>>().join(" "));
            }
            if let Some(text) = object.get("description").and_then(Value::as_str)
                && text
                    .split(|c: char| !c.is_ascii_alphabetic())
                    .filter(|w| w.len() > 2)
                    .count()
                    > 12
            {
                foreign.push(format!(
                    "{file}: {}",
                    text.split_whitespace().collect::<Vec<_>>().join(" ")
                ));
            }
            object.values().for_each(|inner| look(inner, file, foreign));
        }
        Value::Array(items) => items.iter().for_each(|inner| look(inner, file, foreign)),
        _ => {}
    }
}

#[test]
fn the_reference_is_complete_and_up_to_date() {
    let made = load::reference();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/manual/reference.md");
    let kept = std::fs::read_to_string(path).expect("docs/manual/reference.md");
    assert!(
        made.trim() == kept.trim(),
        "the reference is out of date: run make reference"
    );
    for (file, schema) in load::json_schemas() {
        let value = schema.to_value();
        let parts = value["$defs"].as_object().cloned().unwrap_or_default();
        for part in parts.values().chain([&value]) {
            for key in part["properties"]
                .as_object()
                .into_iter()
                .flatten()
                .map(|(key, _)| key)
            {
                assert!(
                    made.contains(&format!("`{key}`")),
                    "{file}: {key} is not in the reference"
                );
            }
        }
    }
}
