//! Forms: checking what was entered, and computing what is not.

mod checklist;
mod compute;
mod value;

pub use checklist::{Standing, places};
pub use compute::compute;
pub use value::choices;
pub(crate) use value::holds;

use crate::case::{Case, Data};
use crate::def::{Ask, Field, FieldType};
use crate::env::CaseEnv;
use crate::load::Rules;
use crate::refusal::{FieldProblem, Refusal};
use crate::world::World;
use serde_json::Value;

/// Checks what was entered against what was asked, and gives the fields that change (null: emptied).
///
/// A field whose `show` is false is neither required nor kept. What was not asked is refused.
///
/// # Errors
/// [`crate::refusal::Why::Invalid`] with every field that is wrong.
pub fn check(world: &World, rules: &Rules, case: &Case, asks: &[Ask], input: &Data) -> Result<Data, Refusal> {
    let (mut set, mut problems) = read(rules, input, |name| asks.iter().any(|a| a.field == name));
    let mut after = case.clone();
    after.data.extend(set.clone());
    for ask in asks {
        let Some(field) = rules.field(&ask.field) else {
            continue;
        };
        let hidden = field
            .show
            .as_ref()
            .is_some_and(|show| !rules.test(show, &CaseEnv::guard(world, &after)));
        if hidden {
            set.remove(&field.name);
            problems.retain(|p| !belongs(&p.field, &field.name));
            continue;
        }
        let wrong = problems.iter().any(|p| belongs(&p.field, &field.name));
        if let Some(list) = &field.checklist
            && !wrong
            && (ask.required || set.contains_key(&field.name))
        {
            let rows = checklist::rows(world, rules, &after, (field, list));
            problems.extend(checklist::wanting(ask.required, (field, list), &rows));
            set.insert(field.name.clone(), Value::Array(rows));
            continue;
        }
        if let Some(sentence) = not_on_record(world, field, set.get(&field.name)) {
            problems.push(problem(&field.name, sentence));
            continue;
        }
        if let Some(name) = on_record(world, field) {
            set.insert(field.name.clone(), name);
        }
        let empty = set.get(&field.name).is_none_or(value::is_empty);
        if ask.required && empty && !wrong {
            problems.push(problem(&field.name, please(field)));
        }
    }
    if problems.is_empty() {
        Ok(set)
    } else {
        Err(Refusal::invalid(problems))
    }
}

/// Why what was entered names nothing that is on record now.
fn not_on_record(world: &World, field: &Field, value: Option<&Value>) -> Option<String> {
    let of = field.record.as_ref()?;
    let words = value?.as_str()?;
    let records = world.manual.kind(of).map_or("档案", |rules| &rules.kind.title);
    match world.reached.get(&field.name) {
        None => Some(format!("“{records}”里没有“{words}”，请从中挑选，没有的先登记")),
        Some(record) if record.closed_at.is_some() => {
            let stage = world.manual.kind(of).and_then(|rules| rules.stage(&record.stage));
            let stage = stage.map_or("已结束", |stage| &stage.title);
            Some(format!("{records}“{words}”{stage}，请另选"))
        }
        Some(_) => None,
    }
}

/// What the record that was named is called on record, however it was written here.
fn on_record(world: &World, field: &Field) -> Option<Value> {
    let key = world.manual.kind(field.record.as_ref()?)?.kind.key()?;
    let record = world.reached.get(&field.name)?;
    record.data.get(key.on.first()?).cloned()
}

/// Takes values that come from a parent case or a rule: types are checked, nothing is required.
///
/// # Errors
/// [`crate::refusal::Why::Invalid`].
pub fn take(rules: &Rules, input: &Data) -> Result<Data, Refusal> {
    let (set, problems) = read(rules, input, |name| rules.field(name).is_some());
    if problems.is_empty() {
        Ok(set)
    } else {
        Err(Refusal::invalid(problems))
    }
}

fn read(rules: &Rules, input: &Data, asked: impl Fn(&str) -> bool) -> (Data, Vec<FieldProblem>) {
    let mut set = Data::new();
    let mut problems = Vec::new();
    for (name, value) in input {
        match rules
            .field(name)
            .filter(|f| asked(name) && f.kind != FieldType::Computed)
        {
            None => problems.push(not_asked(name)),
            Some(field) => match value::read(rules, field, value) {
                Ok(value) => {
                    set.insert(name.clone(), value);
                }
                Err(wrong) => problems.extend(wrong.into_iter().map(|(at, sentence)| {
                    let path = if at.is_empty() {
                        name.clone()
                    } else {
                        format!("{name}.{at}")
                    };
                    problem(&path, sentence)
                })),
            },
        }
    }
    (set, problems)
}

/// Ids that a form refers to, by the type of their field: whether they exist is for the caller to find out.
pub fn references(rules: &Rules, data: &Data) -> Vec<(FieldType, String)> {
    let mut found = Vec::new();
    for field in &rules.kind.fields {
        if let Some(value) = data.get(&field.name) {
            collect(field, value, &mut found);
        }
    }
    found
}

fn collect(field: &Field, value: &Value, found: &mut Vec<(FieldType, String)>) {
    match field.kind {
        FieldType::Person | FieldType::Customer | FieldType::Home | FieldType::Signature => {
            found.extend(value.as_str().map(|id| (field.kind, id.to_owned())));
        }
        FieldType::Files => {
            let ids = value.as_array().into_iter().flatten().filter_map(Value::as_str);
            found.extend(ids.map(|id| (FieldType::Files, id.to_owned())));
        }
        FieldType::Table => {
            for row in value.as_array().into_iter().flatten() {
                for column in &field.columns {
                    if let Some(cell) = row.get(&column.name) {
                        collect(column, cell, found);
                    }
                }
            }
        }
        _ => {}
    }
}

fn belongs(path: &str, field: &str) -> bool {
    path == field || path.strip_prefix(field).is_some_and(|rest| rest.starts_with('.'))
}

/// Something was entered that nobody asked for.
pub(crate) fn not_asked(name: &str) -> FieldProblem {
    problem(name, format!("这里不填写“{name}”"))
}

fn problem(field: &str, sentence: impl Into<String>) -> FieldProblem {
    FieldProblem {
        field: field.to_owned(),
        sentence: sentence.into(),
    }
}

fn please(field: &Field) -> String {
    let verb = match field.kind {
        FieldType::Line if field.record.is_some() => "请选择",
        FieldType::Choice
        | FieldType::Choices
        | FieldType::Person
        | FieldType::Customer
        | FieldType::Home
        | FieldType::Date
        | FieldType::Time => "请选择",
        FieldType::Files => "请上传",
        FieldType::Signature => "请签名：",
        FieldType::Checklist => "请勾选",
        _ => "请填写",
    };
    format!("{verb}{}", field.title)
}
