//! JSON Schemas of the files, for editors.

use super::layout::{CatalogueFile, ClauseFile, JudgementFile};
use crate::calendar::{CalendarDef, HolidayDef};
use crate::def::{Kind, Pack, Phases, Posts, RecurrenceFile, RuleFile, Table};
use schemars::{Schema, schema_for};
use std::collections::BTreeMap;

/// The JSON Schema of each sort of file, by a pattern of the paths it is for.
pub fn json_schemas() -> BTreeMap<&'static str, Schema> {
    BTreeMap::from([
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
        ("*/kinds/*.toml", schema_for!(Kind)),
    ])
}
