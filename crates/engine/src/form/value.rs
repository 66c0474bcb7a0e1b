//! Reading one value as its field's type.

use crate::def::{Field, FieldType, MOST_ROWS};
use crate::load::Rules;
use chrono::{Datelike, NaiveDate};
use serde_json::{Map, Value, json};

/// Where inside the value it is wrong (empty: the value itself), and a sentence.
pub(super) type Wrong = Vec<(String, String)>;

/// Most characters of a line and of a text where the field names no smaller limit.
const LINE: usize = 200;
const TEXT: usize = 10_000;
/// Most entries of a list.
const MOST_ITEMS: usize = 100;
/// Instants from 1990 to 2200: anything else is a slip of units.
const TIMES: std::ops::Range<i64> = 631_152_000_000..7_258_118_400_000;
/// Years of days: births of the oldest, ends of the longest leases; anything else is a slip of the finger.
const YEARS: std::ops::Range<i32> = 1900..2200;
/// One hundred thousand million yuan: beyond it is a slip of the finger.
const MOST_FEN: i64 = 10_000_000_000_000;

/// Whether a value counts as not given.
pub(super) fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.values().all(Value::is_null),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Reads a value; empty ones become null.
pub(super) fn read(rules: &Rules, field: &Field, value: &Value) -> Result<Value, Wrong> {
    if is_empty(value) {
        return Ok(Value::Null);
    }
    let one = |sentence: String| vec![(String::new(), sentence)];
    let title = &field.title;
    match field.kind {
        FieldType::Line | FieldType::Text => text(field, value).map_err(one),
        FieldType::Number => number(field, value).map_err(one),
        FieldType::Money => money(field, value).map_err(one),
        FieldType::Date => date(field, value).map_err(one),
        FieldType::Time => time(field, value).map_err(one),
        FieldType::Flag if value.is_boolean() => Ok(value.clone()),
        FieldType::Flag => Err(one(format!("{title}应为是或否"))),
        FieldType::Choice => choice(rules, field, value).map_err(one),
        FieldType::Choices | FieldType::Checklist => {
            let mut kept: Vec<Value> = Vec::new();
            for item in list(field, value).map_err(one)? {
                let item = choice(rules, field, item).map_err(one)?;
                // Ticked twice is ticked once: it must not count twice towards the fewest.
                if !kept.contains(&item) {
                    kept.push(item);
                }
            }
            fewest(field, kept.len()).map_err(one)?;
            Ok(Value::Array(kept))
        }
        FieldType::Files => {
            let items = list(field, value).map_err(one)?;
            fewest(field, items.len()).map_err(one)?;
            let read: Result<Vec<_>, _> = items.iter().map(|item| id(field, item)).collect();
            read.map(Value::Array).map_err(one)
        }
        FieldType::Person | FieldType::Customer | FieldType::Home | FieldType::Signature => {
            id(field, value).map_err(one)
        }
        FieldType::Place => place(field, value).map_err(one),
        FieldType::Table => match &field.checklist {
            Some(list) => super::checklist::read(rules, (field, list), value),
            None => table(rules, field, value),
        },
        FieldType::Computed => Err(one(format!("{title}由系统计算，不能填写"))),
    }
}

/// How many characters a field of words holds; nothing for other fields.
pub(crate) fn holds(field: &Field) -> Option<usize> {
    let most = match field.kind {
        FieldType::Line => LINE,
        FieldType::Text => TEXT,
        _ => return None,
    };
    Some(field.max.map_or(most, |max| max as usize))
}

fn text(field: &Field, value: &Value) -> Result<Value, String> {
    let Some(text) = value.as_str() else {
        return Err(format!("{}应为文字", field.title));
    };
    let most = holds(field).unwrap_or(LINE);
    let trimmed = text.trim();
    if trimmed.chars().count() > most {
        return Err(format!("{}最多{most}字", field.title));
    }
    if field.kind == FieldType::Line && trimmed.contains(['\n', '\r', '\u{2028}', '\u{2029}']) {
        return Err(format!("{}只写一行，请去掉换行", field.title));
    }
    let one_line = field.kind == FieldType::Line;
    let strange = |c: char| {
        let breaks = matches!(c, '\n' | '\r' | '\t') && !one_line;
        c.is_control() && !breaks
            || one_line && crate::def::is_unseen(c)
            || matches!(c, '\u{202a}'..='\u{202e}')
    };
    if trimmed.contains(strange) {
        return Err(format!("{}含有无法保存的字符", field.title));
    }
    Ok(json!(trimmed))
}

fn within(field: &Field, amount: f64) -> Result<(), String> {
    let unit = field.unit.as_deref().unwrap_or_default();
    if let Some(min) = field.min.filter(|min| amount < *min) {
        return Err(format!("{}不能小于{min}{unit}", field.title));
    }
    if let Some(max) = field.max.filter(|max| amount > *max) {
        return Err(format!("{}不能大于{max}{unit}", field.title));
    }
    Ok(())
}

fn number(field: &Field, value: &Value) -> Result<Value, String> {
    let amount = value.as_f64().filter(|n| n.is_finite() && n.abs() < 9e15);
    let amount = amount.ok_or_else(|| format!("{}应为数字", field.title))?;
    within(field, amount)?;
    Ok(value.clone())
}

fn money(field: &Field, value: &Value) -> Result<Value, String> {
    let fen = value.as_i64().filter(|fen| (0..=MOST_FEN).contains(fen));
    let fen = fen.ok_or_else(|| format!("{}应为金额（不小于0，精确到分）", field.title))?;
    within(field, fen as f64 / 100.0)?;
    Ok(json!(fen))
}

fn date(field: &Field, value: &Value) -> Result<Value, String> {
    // Written out again it must be the same: the parser also takes signs, blanks and days of one digit.
    let read = |text: &str| {
        let day = text.parse::<NaiveDate>().ok();
        day.filter(|day| text.len() == 10 && day.to_string() == text)
    };
    let day = value.as_str().and_then(read);
    let day = day.ok_or_else(|| format!("{}应为日期", field.title))?;
    if !YEARS.contains(&day.year()) {
        let (first, last) = (YEARS.start, YEARS.end - 1);
        return Err(format!("{}应在 {first} 年到 {last} 年之间", field.title));
    }
    Ok(json!(day))
}

fn time(field: &Field, value: &Value) -> Result<Value, String> {
    let at = value.as_i64().ok_or_else(|| format!("{}应为时间", field.title))?;
    if !TIMES.contains(&at) {
        return Err(format!("{}应在 1990 年到 2199 年之间", field.title));
    }
    Ok(json!(at))
}

/// The choices of a field: its own, or the keys of a table.
pub fn choices<'a>(rules: &'a Rules, field: &'a Field) -> Vec<&'a str> {
    match &field.choices_from {
        Some(table) => rules.table_keys(table),
        None => field.choices.iter().map(String::as_str).collect(),
    }
}

fn choice(rules: &Rules, field: &Field, value: &Value) -> Result<Value, String> {
    let text = value.as_str().unwrap_or_default();
    if choices(rules, field).contains(&text) {
        return Ok(json!(text));
    }
    let shown: String = text.chars().take(20).collect();
    Err(format!("{}没有“{shown}”这个选项", field.title))
}

fn list<'v>(field: &Field, value: &'v Value) -> Result<&'v Vec<Value>, String> {
    let items = value
        .as_array()
        .ok_or_else(|| format!("{}应为多项", field.title))?;
    let most = field.max.map_or(MOST_ITEMS, |max| max as usize);
    let most = field.checklist.as_ref().map_or(most, |_| MOST_ROWS);
    if items.len() > most {
        return Err(format!("{}最多{most}项", field.title));
    }
    Ok(items)
}

/// Whether there are enough items; counted after reading, so that empty and repeated ones are no help.
fn fewest(field: &Field, count: usize) -> Result<(), String> {
    match field.min {
        Some(min) if (count as f64) < min => Err(format!("{}至少{min}项", field.title)),
        _ => Ok(()),
    }
}

fn id(field: &Field, value: &Value) -> Result<Value, String> {
    let id = value.as_str().filter(|id| {
        (1..=64).contains(&id.len()) && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    });
    id.map(|id| json!(id))
        .ok_or_else(|| format!("{}填写有误，请重新选择", field.title))
}

fn place(field: &Field, value: &Value) -> Result<Value, String> {
    let wrong = || format!("{}应为地点", field.title);
    let members = value.as_object().ok_or_else(wrong)?;
    let mut kept = Map::new();
    for (name, value) in members {
        match name.as_str() {
            "lat" if value.as_f64().is_some_and(|n| n.abs() <= 90.0) => {}
            "lng" if value.as_f64().is_some_and(|n| n.abs() <= 180.0) => {}
            "text"
                if value
                    .as_str()
                    .is_some_and(|t| t.chars().count() <= LINE && !t.contains('\0')) => {}
            "lat" | "lng" | "text" if value.is_null() => continue,
            _ => return Err(wrong()),
        }
        kept.insert(name.clone(), value.clone());
    }
    Ok(Value::Object(kept))
}

pub(super) fn table(rules: &Rules, field: &Field, value: &Value) -> Result<Value, Wrong> {
    let rows = list(field, value).map_err(|sentence| vec![(String::new(), sentence)])?;
    let mut kept = Vec::new();
    let mut wrong = Wrong::new();
    for (index, row) in rows.iter().enumerate() {
        let Some(cells) = row.as_object() else {
            wrong.push((
                index.to_string(),
                format!("{}第{}行填写有误", field.title, index + 1),
            ));
            continue;
        };
        let mut read_row = Map::new();
        for name in cells
            .keys()
            .filter(|name| !field.columns.iter().any(|c| &c.name == *name))
        {
            wrong.push((
                format!("{index}.{name}"),
                format!("{}没有“{name}”这一列", field.title),
            ));
        }
        // A form that is filled in again sends back what was computed; it is worked out anew.
        let entered = |column: &&Field| column.kind != FieldType::Computed;
        for column in field.columns.iter().filter(entered) {
            let cell = cells.get(&column.name).unwrap_or(&Value::Null);
            match read(rules, column, cell) {
                Ok(Value::Null) => {}
                Ok(value) => {
                    read_row.insert(column.name.clone(), value);
                }
                Err(inner) => wrong.extend(inner.into_iter().map(|(at, sentence)| {
                    let path = format!(
                        "{index}.{}{}{at}",
                        column.name,
                        if at.is_empty() { "" } else { "." }
                    );
                    (path, format!("第{}行：{sentence}", index + 1))
                })),
            }
        }
        if !read_row.is_empty() {
            kept.push(Value::Object(read_row));
        }
    }
    if wrong.is_empty() && !kept.is_empty() {
        fewest(field, kept.len()).map_err(|sentence| vec![(String::new(), sentence)])?;
    }
    if wrong.is_empty() {
        Ok(Value::Array(kept))
    } else {
        Err(wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_instants_no_person_can_mean_are_refused() {
        let field = |kind: &str| -> Field {
            let field = json!({"name": "then", "title": "哪天", "type": kind});
            serde_json::from_value(field).expect("field")
        };
        for (text, said) in [
            ("1899-12-31", "哪天应在 1900 年到 2199 年之间"),
            ("2200-01-01", "哪天应在 1900 年到 2199 年之间"),
            ("2026-02-30", "哪天应为日期"),
            ("2026-2-3", "哪天应为日期"),
        ] {
            assert_eq!(date(&field("date"), &json!(text)), Err(said.to_owned()));
        }
        for text in ["1900-01-01", "2199-12-31"] {
            assert_eq!(date(&field("date"), &json!(text)), Ok(json!(text)));
        }
        for at in [TIMES.start - 1, TIMES.end] {
            let said = "哪天应在 1990 年到 2199 年之间".to_owned();
            assert_eq!(time(&field("time"), &json!(at)), Err(said));
        }
        assert_eq!(time(&field("time"), &json!(TIMES.start)), Ok(json!(TIMES.start)));
    }
}
