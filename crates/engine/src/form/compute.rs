//! What follows from what is entered: computed fields are worked out, hidden ones emptied, after every change, and
//! recorded with it.

use crate::case::{Case, Data};
use crate::def::{Compute, Field, FieldType};
use crate::env::{CaseEnv, RowOf};
use crate::expr::Env;
use crate::load::Rules;
use crate::time::add_length;
use crate::world::World;
use chrono::NaiveDate;
use serde_json::{Value, json};

/// Adds to `set` every computed field whose value changes by it, and empties every field whose `show` has become false:
/// what nobody sees any more must not count. Fields are gone through in the order of the definition; a computed one may
/// use those before it.
pub fn compute(world: &World, rules: &Rules, case: &Case, set: &mut Data) {
    let mut after = case.clone();
    for (name, value) in set.iter() {
        put(&mut after.data, name, value.clone());
    }
    // What is emptied may hide or change fields before it: another round then, of which each empties one at least.
    while round(world, rules, &mut after, set) {}
    // What was never there needs no emptying.
    set.retain(|name, value| !value.is_null() || case.data.contains_key(name));
}

/// Gives whether a field was emptied because it is hidden.
fn round(world: &World, rules: &Rules, after: &mut Case, set: &mut Data) -> bool {
    let mut emptied = false;
    for field in &rules.kind.fields {
        let value = match &field.show {
            _ if field.kind == FieldType::Computed => value_of(world, rules, after, field),
            Some(show)
                if after.data.contains_key(&field.name)
                    && !rules.test(show, &CaseEnv::guard(world, after)) =>
            {
                emptied = true;
                Value::Null
            }
            Some(show) if field.checklist.is_some() && !rules.test(show, &CaseEnv::guard(world, after)) => {
                continue;
            }
            _ if field.checklist.is_some() && !field.once => whole(world, rules, after, field),
            _ if field.columns.iter().any(|c| c.kind == FieldType::Computed) => {
                rows_of(world, rules, after, field)
            }
            _ => continue,
        };
        if after.data.get(&field.name).unwrap_or(&Value::Null) != &value {
            put(&mut after.data, &field.name, value.clone());
            set.insert(field.name.clone(), value);
        }
    }
    emptied
}

fn put(data: &mut Data, name: &str, value: Value) {
    if value.is_null() {
        data.remove(name);
    } else {
        data.insert(name.to_owned(), value);
    }
}

/// A checklist with a row for all there is to look at, and its computed cells worked out; none while there is nothing.
fn whole(world: &World, rules: &Rules, case: &Case, field: &Field) -> Value {
    let Some(list) = &field.checklist else {
        return Value::Null;
    };
    let rows = super::checklist::rows(world, rules, case, (field, list));
    if rows.is_empty() {
        return Value::Null;
    }
    calculated(world, rules, case, field, &rows)
}

/// The rows of a table with its computed cells worked out, in the order of its columns.
fn rows_of(world: &World, rules: &Rules, case: &Case, table: &Field) -> Value {
    let stored = case.data.get(&table.name).unwrap_or(&Value::Null);
    match stored.as_array() {
        Some(rows) => calculated(world, rules, case, table, rows),
        None => stored.clone(),
    }
}

fn calculated(world: &World, rules: &Rules, case: &Case, table: &Field, rows: &[Value]) -> Value {
    let case = &CaseEnv::guard(world, case);
    let rows = rows.iter().map(|row| {
        let Some(mut row) = row.as_object().cloned() else {
            return row.clone();
        };
        for column in &table.columns {
            if let Some(Compute::Expression(text)) = &column.compute {
                let value = rules.value(text, &RowOf { case, row: &row });
                put(&mut row, &column.name, value);
            }
        }
        Value::Object(row)
    });
    rows.collect()
}

fn value_of(world: &World, rules: &Rules, case: &Case, field: &Field) -> Value {
    let env = CaseEnv::guard(world, case);
    match &field.compute {
        None => Value::Null,
        Some(Compute::Expression(text)) => rules.value(text, &env),
        Some(Compute::Lookup { table, key, after }) => {
            lookup(world, case, table, key, after.as_deref(), &env)
        }
    }
}

fn lookup(world: &World, case: &Case, table: &str, key: &str, after: Option<&str>, env: &dyn Env) -> Value {
    let key = case.data.get(key).and_then(Value::as_str);
    let found = key.and_then(|key| world.live.table(table)?.rows.get(key));
    let Some(found) = found else { return Value::Null };
    match after {
        None => json!(found),
        Some(path) => {
            let day = env.get(path);
            let day = day
                .as_str()
                .and_then(|day| NaiveDate::parse_from_str(day, "%Y-%m-%d").ok());
            day.and_then(|day| add_length(day, found))
                .map_or(Value::Null, |day| json!(day.to_string()))
        }
    }
}
