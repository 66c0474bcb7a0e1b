//! JSON Schemas of the files, for editors, in the words of authors.

use super::role::{ClauseFile, JudgementFile};
use crate::calendar::{CalendarDef, HolidayDef};
use crate::def::{CatalogueFile, Kind, Pack, Phases, Posts, RecurrenceFile, ReportFile, RuleFile, Table};
use crate::example::accepted::AcceptedFile;
use crate::example::story::ExampleFile;
use schemars::{Schema, schema_for};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// What authors read, by what developers read.
static WORDS: LazyLock<BTreeMap<String, String>> =
    LazyLock::new(|| toml::from_str(include_str!("schema.zh.toml")).unwrap_or_default());

/// The JSON Schema of each sort of file, by a pattern of the paths it is for.
pub fn json_schemas() -> BTreeMap<&'static str, Schema> {
    let mut all = BTreeMap::from([
        ("posts.toml", schema_for!(Posts)),
        ("judgements.toml", schema_for!(JudgementFile)),
        ("phases.toml", schema_for!(Phases)),
        ("classify.toml", schema_for!(RuleFile)),
        ("catalogue.toml", schema_for!(CatalogueFile)),
        ("tables/*.toml", schema_for!(Table)),
        ("calendars/*.toml", schema_for!(CalendarDef)),
        ("calendars/holidays.*.toml", schema_for!(HolidayDef)),
        ("*/pack.toml", schema_for!(Pack)),
        ("*/clauses.toml", schema_for!(ClauseFile)),
        ("*/recurrences.toml", schema_for!(RecurrenceFile)),
        ("*/reports.toml", schema_for!(ReportFile)),
        ("*/kinds/*.toml", schema_for!(Kind)),
        ("mutants.toml", schema_for!(AcceptedFile)),
        ("*/examples/*.toml", schema_for!(ExampleFile)),
    ]);
    for schema in all.values_mut() {
        let mut value = std::mem::take(schema).to_value();
        in_chinese(&mut value);
        if let Ok(words) = Schema::try_from(value) {
            *schema = words;
        }
    }
    all
}

fn in_chinese(value: &mut Value) {
    match value {
        Value::Object(object) => {
            if let Some(Value::String(text)) = object.get_mut("description") {
                let plain = text.split_whitespace().collect::<Vec<_>>().join(" ");
                if let Some(words) = WORDS.get(&plain) {
                    text.clone_from(words);
                }
            }
            object.values_mut().for_each(in_chinese);
        }
        Value::Array(items) => items.iter_mut().for_each(in_chinese),
        _ => {}
    }
}
