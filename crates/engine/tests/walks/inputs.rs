//! What is entered is never trusted: bad values of every sort for every field of the manual.

use crate::MANUAL;
use crate::dice::Dice;
use crate::fill;
use crate::house::House;
use crate::signing::{fails, input, staff};
use serde_json::{Value, json};
use std::sync::atomic::AtomicU64;
use yizhan_engine::case::{Case, Data};
use yizhan_engine::def::{Ask, Checklist, Field, FieldType};
use yizhan_engine::form;
use yizhan_engine::load::Rules;
use yizhan_engine::step::{Refusal, Why};

/// Values no field of the type takes, each with the place inside it that is at fault.
fn bad(field: &Field) -> Vec<(Value, &'static str)> {
    let long = |most: usize| json!("长".repeat(field.max.map_or(most, |max| max as usize) + 1));
    let number = |value: &str| serde_json::from_str::<Value>(value).unwrap();
    let mut found: Vec<Value> = match field.kind {
        FieldType::Line => vec![
            json!(1),
            json!(["文"]),
            json!({ "a": 1 }),
            json!("a\0b"),
            long(200),
        ],
        FieldType::Text => vec![json!(true), json!([1]), json!("\0"), long(10_000)],
        FieldType::Number => vec![
            json!("1"),
            json!(true),
            number("1e300"),
            number("-1e300"),
            json!([1]),
        ],
        FieldType::Money => {
            vec![
                json!(-1),
                json!(1.5),
                json!("100"),
                json!(i64::MAX),
                json!(u64::MAX),
                number("1e300"),
            ]
        }
        FieldType::Date => [
            "2026-02-30",
            "2026-1-1",
            "2026-13-01",
            "明天",
            "+202-01-01",
            "2026-01- 1",
            " 026-01-01",
        ]
        .map(|day| json!(day))
        .into_iter()
        .chain([json!(20_260_101), json!({ "y": 2026 })])
        .collect(),
        FieldType::Time => {
            vec![
                json!(0),
                json!(1_795_397_400),
                json!(1.5e12),
                json!("2026-01-01"),
                json!(i64::MAX),
                json!(-1),
            ]
        }
        FieldType::Flag => vec![json!("是"), json!(1), json!("true"), json!([true])],
        FieldType::Choice => vec![json!("没有这一项"), json!(1), json!(["没有"]), json!("\0")],
        FieldType::Choices | FieldType::Checklist => {
            vec![
                json!("不是多项"),
                json!(["没有这一项"]),
                json!([1]),
                json!([null]),
                json!({ "0": "a" }),
            ]
        }
        FieldType::Person | FieldType::Customer | FieldType::Home | FieldType::Signature => {
            vec![
                json!(1),
                json!("a b"),
                json!("a'--"),
                json!("张三"),
                json!("x".repeat(65)),
                json!(["a"]),
                json!("\0"),
            ]
        }
        FieldType::Files => {
            vec![
                json!("f1"),
                json!([1]),
                json!(["a/../b"]),
                json!(["x".repeat(65)]),
                json!([""]),
                json!(vec!["f"; 101]),
            ]
        }
        FieldType::Place => vec![
            json!("门口"),
            json!({ "lat": 91 }),
            json!({ "lng": -181 }),
            json!({ "lat": "30" }),
            json!({ "else": 1 }),
            json!({ "text": "长".repeat(201) }),
            json!({ "text": "a\0" }),
        ],
        FieldType::Table => vec![json!("一行"), json!({ "0": {} }), json!(vec![json!({}); 501])],
        FieldType::Computed => vec![json!("2026-01-01"), json!(1)],
    };
    if matches!(field.kind, FieldType::Number | FieldType::Money) {
        found.extend(field.min.filter(|min| *min > 0.0).map(|_| json!(0)));
        found.extend(field.max.map(|max| json!(max as i64 * 100 + 101)));
    }
    if field.kind == FieldType::Files {
        found.extend(field.max.map(|max| json!(vec!["f"; max as usize + 1])));
    }
    let mut placed: Vec<(Value, &str)> = found.into_iter().map(|value| (value, "")).collect();
    match field.kind {
        FieldType::Table => placed.extend([
            (json!([1]), ".0"),
            (json!([{ "no_such_column": 1 }]), ".0.no_such_column"),
        ]),
        FieldType::Choices | FieldType::Checklist if field.min.is_some_and(|min| min >= 2.0) => {
            let one = field.choices.first().cloned().unwrap_or_default();
            placed.push((json!([one, one, one, one, one, one]), ""));
        }
        _ => {}
    }
    placed
}

fn check(house: &House, rules: &Rules, field: &Field, value: Value) -> Result<Data, Refusal> {
    let asks = [Ask {
        field: field.name.clone(),
        required: true,
    }];
    let entered: Data = [(field.name.clone(), value)].into_iter().collect();
    let mut case = Case {
        kind: rules.kind.name.clone(),
        ..Case::default()
    };
    // Of a checklist that goes by rooms there are all.
    let rooms = field.checklist.as_ref().and_then(|list| list.rooms_from.as_ref());
    if let Some(rooms) = rooms.and_then(|name| rules.field(name)) {
        case.data
            .insert(rooms.name.clone(), json!(form::choices(rules, rooms)));
    }
    house.world("c0", house.now, &AtomicU64::new(0), |world| {
        form::check(world, rules, &case, &asks, &entered)
    })
}

/// Every field that is always shown; others are left out unless their condition holds.
fn fields() -> impl Iterator<Item = (&'static Rules, &'static Field)> {
    MANUAL.kinds.values().flat_map(|rules| {
        rules
            .kind
            .fields
            .iter()
            .filter(|f| f.show.is_none())
            .map(move |field| (rules.as_ref(), field))
    })
}

#[test]
fn bad_values_are_refused_beside_their_field_in_words() {
    let house = House::new(None);
    for (rules, field) in fields() {
        for (value, at) in bad(field) {
            let told = format!("{} {} {value}", rules.kind.name, field.name);
            let Err(refusal) = check(&house, rules, field, value) else {
                panic!("{told} is taken")
            };
            assert_eq!(refusal.why, Why::Invalid, "{told}");
            assert_eq!(refusal.fields[0].field, format!("{}{at}", field.name), "{told}");
            let chinese = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
            assert!(
                refusal.fields.iter().all(|f| chinese(&f.sentence)),
                "{told}: {refusal:?}"
            );
            assert!(
                chinese(&refusal.sentence) && refusal.sentence.chars().count() < 120,
                "{told}: {refusal:?}"
            );
        }
    }
}

/// The cells of a table are read as strictly as fields, and the path names row and column.
#[test]
fn bad_cells_are_refused_at_their_row_and_column() {
    let house = House::new(None);
    for (rules, field) in fields().filter(|(_, f)| f.kind == FieldType::Table) {
        // What is typed into a computed cell is computed anew.
        let typed = field.columns.iter().filter(|c| c.kind != FieldType::Computed);
        for column in typed {
            for (value, at) in bad(column) {
                let mut good = fill::value(&house, rules, field, &mut Dice::new(1));
                let rows = good.as_array_mut().unwrap();
                rows[0][&column.name] = value;
                let refusal = check(&house, rules, field, good).expect_err("a bad cell is taken");
                let path = format!("{}.0.{}{at}", field.name, column.name);
                assert!(
                    refusal.fields.iter().any(|f| f.field == path),
                    "{path}: {refusal:?}"
                );
            }
        }
    }
}

#[test]
fn good_values_are_taken_and_empty_ones_asked_for() {
    let house = House::new(None);
    let mut dice = Dice::new(7);
    for (rules, field) in fields().filter(|(_, f)| f.kind != FieldType::Computed) {
        // What names a record is good when that is there.
        let tries = if field.record.is_some() { 0 } else { 8 };
        for _ in 0..tries {
            let value = fill::value(&house, rules, field, &mut dice);
            check(&house, rules, field, value.clone())
                .unwrap_or_else(|r| panic!("{} {value}: {r:?}", field.name));
        }
        // A list of which nothing must be found, or nothing is shown here, is full when nothing was.
        let idle = |list: &Checklist| {
            list.items
                .iter()
                .all(|item| !item.required || item.show.is_some())
        };
        let free = field.checklist.as_ref().is_some_and(idle);
        if free {
            continue;
        }
        for empty in [json!(null), json!("  "), json!([]), json!({})] {
            let refusal = check(&house, rules, field, empty).expect_err("nothing was entered");
            assert_eq!(refusal.fields[0].field, field.name);
        }
    }
}

#[test]
fn what_was_not_asked_is_refused_and_nothing_changes() {
    let mut house = House::new(Some("2020-06-01"));
    let case = house
        .open(
            "matter",
            &staff("front-desk"),
            json!({ "sort": "建议", "content": "多种树" }),
        )
        .unwrap();
    let before = house.cases.clone();
    let result = |more: Value| {
        let mut values = json!({ "result": "已办" });
        values
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        values
    };
    for (values, field) in [
        (json!({}), "result"),
        (result(json!({ "no_such_field": 1 })), "no_such_field"),
        (result(json!({ "content": "改写" })), "content"),
        (json!({ "result": "长".repeat(10_001) }), "result"),
        (result(json!({ "adopted": "也许" })), "adopted"),
    ] {
        assert_eq!(
            fails(&house, &case, "assistant-2", "finish", values),
            (Why::Invalid, field.to_owned())
        );
    }
    for (verb, values, field) in [
        ("note", json!({}), "words"),
        ("note", json!({ "words": "看", "title": "看" }), "title"),
        ("remind", json!({ "words": "快些", "level": 3 }), "level"),
        ("urge", json!({ "urgency": 2 }), "urgency"),
        ("note", json!({ "words": "长".repeat(4_001) }), "words"),
        ("note", json!({ "words": "a\0b" }), "words"),
        ("note", json!({ "words": "看", "files": "f1" }), "files"),
        ("note", json!({ "words": "看", "files": ["../etc"] }), "files"),
        ("copy-to", json!({ "to": "nobody" }), "to"),
        ("copy-to", json!({ "to": 5 }), "to"),
        ("pass-on", json!({ "to": "assistant-2", "reason": "出差" }), "to"),
        ("pass-on", json!({ "to": "supervisor" }), "reason"),
        ("pass-on", json!({ "to": "supervisor", "reason": "出差" }), "told"),
        (
            "pass-on",
            json!({ "to": "supervisor", "reason": "出差", "told": "心里说" }),
            "told",
        ),
    ] {
        let told = format!("{verb} {values}");
        assert_eq!(
            fails(&house, &case, "assistant-2", verb, values),
            (Why::Invalid, field.to_owned()),
            "{told}"
        );
    }
    for values in [json!({ "action": 1 }), json!({ "result": { "deep": [[[[]]]] } })] {
        assert!(
            house
                .act(&case, &staff("assistant-2"), &input("finish", values))
                .is_err()
        );
    }
    assert_eq!(house.cases, before);
}
