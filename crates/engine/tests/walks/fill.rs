//! Random values that a form accepts.

use crate::dice::Dice;
use crate::house::House;
use serde_json::{Value, json};
use yizhan_engine::case::Data;
use yizhan_engine::def::{Ask, Field, FieldType, ITEM, ROOM};
use yizhan_engine::form::{choices, places};
use yizhan_engine::load::Rules;
use yizhan_engine::time::{DAY, HOUR, MINUTE, Time};

/// What somebody might enter: everything required, some of the rest, and some of it emptied.
pub fn form(house: &House, rules: &Rules, asks: &[Ask], dice: &mut Dice) -> Data {
    let mut data = Data::new();
    for ask in asks {
        let Some(field) = rules.field(&ask.field) else {
            continue;
        };
        if ask.required || dice.chance(60) {
            data.insert(ask.field.clone(), value(house, rules, field, dice));
        } else if dice.chance(50) {
            data.insert(ask.field.clone(), Value::Null);
        }
    }
    data
}

/// Sums that are in the case already are entered again: what is paid is what was asked for.
pub fn as_it_stands(rules: &Rules, data: &Data, values: &mut Data, dice: &mut Dice) {
    let is_sum = |name: &str| {
        let field = rules.field(name);
        field.is_some_and(|f| f.of.unwrap_or(f.kind) == FieldType::Money)
    };
    let known = data.iter().filter(|(name, value)| is_sum(name) && value.is_i64());
    let known: Vec<Value> = known.map(|(_, value)| value.clone()).collect();
    for (name, value) in values.iter_mut() {
        if is_sum(name) && !known.is_empty() {
            *value = dice.pick(&known).clone();
        }
    }
}

/// A table that goes through another one of the case, row by row: what the two have in common is copied.
pub fn row_by_row(rules: &Rules, data: &Data, values: &mut Data) {
    let columns = |name: &str| {
        let field = rules.field(name).filter(|f| f.kind == FieldType::Table);
        field.map_or(&[][..], |f| &f.columns)
    };
    for (name, value) in values.iter_mut() {
        let kept = columns(name).iter().map(|c| &c.name);
        let listed = data
            .iter()
            .filter(|(other, _)| *other != name)
            .find_map(|(other, rows)| {
                let both = columns(other).iter().map(|c| &c.name);
                let both: Vec<&String> = both.filter(|c| kept.clone().any(|k| k == *c)).collect();
                (!both.is_empty()).then(|| (both, rows.as_array().filter(|rows| !rows.is_empty())))
            });
        let (Some((both, Some(rows))), Some(own)) = (listed, value.as_array_mut()) else {
            continue;
        };
        let of = own.clone();
        *own = rows
            .iter()
            .zip(of.iter().cycle())
            .map(|(row, own)| {
                let mut own = own.clone();
                for column in &both {
                    own[column.as_str()] = row[column.as_str()].clone();
                }
                own
            })
            .collect();
    }
}

/// A value that the field accepts.
pub fn value(house: &House, rules: &Rules, field: &Field, dice: &mut Dice) -> Value {
    match field.kind {
        FieldType::Line => text(field, 200, dice),
        FieldType::Text => text(field, 10_000, dice),
        FieldType::Number => json!(number(field, dice)),
        FieldType::Money => json!(fen(field, dice)),
        FieldType::Date => json!(Time(house.now + dice.between(-3, 60) * DAY).date(480)),
        FieldType::Time => json!(moment(house, dice)),
        FieldType::Flag => json!(dice.chance(50)),
        FieldType::Choice => json!(*dice.pick(&choices(rules, field))),
        FieldType::Choices | FieldType::Checklist => some(&choices(rules, field), field, dice),
        FieldType::Person => json!(dice.pick(&house.roster).id),
        FieldType::Customer => json!("k1"),
        FieldType::Home => json!("h1"),
        FieldType::Files => json!(
            (0..count(field, 9, dice))
                .map(|n| format!("f{n}"))
                .collect::<Vec<_>>()
        ),
        FieldType::Signature => json!("f1"),
        FieldType::Place => json!({ "lat": 30.5, "lng": 114.25, "text": "门口" }),
        FieldType::Table if field.checklist.is_some() => checklist(house, rules, field, dice),
        FieldType::Table => (0..count(field, 5, dice))
            .map(|_| row(house, rules, field, dice))
            .collect(),
        FieldType::Computed => Value::Null,
    }
}

fn row(house: &House, rules: &Rules, field: &Field, dice: &mut Dice) -> Value {
    let cells = field
        .columns
        .iter()
        .map(|c| (c.name.clone(), value(house, rules, c, dice)));
    Value::Object(cells.collect())
}

/// Something is found of each item; some fail.
fn checklist(house: &House, rules: &Rules, field: &Field, dice: &mut Dice) -> Value {
    let rows = places(rules, field).into_iter().map(|(_, room, item)| {
        let mut row = row(house, rules, field, dice);
        row[ITEM] = json!(item);
        if !room.is_empty() {
            row[ROOM] = json!(room);
        }
        row
    });
    rows.collect()
}

/// Mostly a few words, now and then as long as can be: what one form takes, the next must not choke on.
fn text(field: &Field, most: usize, dice: &mut Dice) -> Value {
    let most = field.max.map_or(most, |max| max as usize);
    let length = if dice.chance(3) {
        most
    } else {
        most.min(1 + dice.below(12))
    };
    json!(
        "厨房水管漏水请尽快"
            .chars()
            .cycle()
            .take(length)
            .collect::<String>()
    )
}

fn number(field: &Field, dice: &mut Dice) -> i64 {
    let low = field.min.unwrap_or(0.0).ceil() as i64;
    let high = field.max.map_or(low + 20_000, |max| max.floor() as i64);
    match dice.below(4) {
        0 => low,
        1 => high,
        _ => dice.between(low, high),
    }
}

/// Now and then with half a yuan, as long as it stays below the most.
fn fen(field: &Field, dice: &mut Dice) -> i64 {
    let yuan = number(field, dice);
    let half = field.max.is_none_or(|max| (yuan as f64) < max) && dice.chance(50);
    yuan.saturating_mul(100) + i64::from(half) * 50
}

fn moment(house: &House, dice: &mut Dice) -> i64 {
    match dice.below(10) {
        0 => house.now - dice.between(1, 3_000) * MINUTE,
        1..=3 => house.now + dice.between(1, 90) * MINUTE,
        4..=6 => house.now + dice.between(2, 48) * HOUR,
        _ => house.now + dice.between(2, 40) * DAY,
    }
}

fn count(field: &Field, most: usize, dice: &mut Dice) -> usize {
    let low = field.min.map_or(1, |min| min as usize);
    let high = field.max.map_or(most, |max| most.min(max as usize)).max(low);
    dice.between(low as i64, high as i64) as usize
}

fn some(all: &[&str], field: &Field, dice: &mut Dice) -> Value {
    if dice.chance(60) {
        return json!(all);
    }
    let mut all = all.to_vec();
    dice.shuffle(&mut all);
    all.truncate(count(field, all.len(), dice));
    json!(all)
}
