//! Amounts and those who sign for them.

use crate::MANUAL;
use crate::dice::Dice;
use crate::fill;
use crate::house::House;
use serde_json::{Value, json};
use std::sync::atomic::AtomicU64;
use yizhan_engine::case::{Case, Data};
use yizhan_engine::def::{Action, Band, Compute, Field, FieldType, Kind, Signoff};
use yizhan_engine::form::choices;
use yizhan_engine::step::{self, Actor, Input};

/// Fen from nothing to two hundred thousand yuan: every 500 yuan, and both sides of every edge.
fn amounts(signoff: &Signoff) -> Vec<i64> {
    let edges = signoff
        .bands
        .iter()
        .flat_map(|b| [i64::from(b.over), b.up_to.map_or(0, i64::from)]);
    let beside = edges
        .flat_map(|yuan| (-1..=1).map(move |fen| yuan * 100 + fen))
        .filter(|fen| *fen >= 0);
    (0..=400).map(|n| n * 50_000).chain(beside).collect()
}

fn fits(band: &Band, fen: i64, choice: Option<&str>) -> bool {
    let above = fen > i64::from(band.over) * 100 || band.over == 0;
    let below = band.up_to.is_none_or(|yuan| fen <= i64::from(yuan) * 100);
    above && below && band.of.as_deref().is_none_or(|of| Some(of) == choice)
}

fn with_amounts() -> impl Iterator<Item = (&'static Kind, &'static Signoff, &'static str)> {
    let kinds = MANUAL.kinds.values().map(|rules| &rules.kind);
    kinds.flat_map(|kind| {
        kind.signoffs
            .iter()
            .filter_map(move |s| Some((kind, s, s.amount.as_deref()?)))
    })
}

/// The choices of the matrix; one nameless when there is none.
fn matrices(kind: &Kind, signoff: &Signoff) -> Vec<Option<String>> {
    let Some(select) = &signoff.select else {
        return vec![None];
    };
    let rules = MANUAL.kind(&kind.name).unwrap();
    choices(rules, rules.field(select).unwrap())
        .into_iter()
        .map(|c| Some(c.to_owned()))
        .collect()
}

#[test]
fn every_amount_finds_exactly_one_band() {
    assert!(
        with_amounts().count() > 0,
        "no kind has amounts any more: this test tests nothing"
    );
    for (kind, signoff, _) in with_amounts() {
        for choice in matrices(kind, signoff) {
            for fen in amounts(signoff) {
                let found = signoff
                    .bands
                    .iter()
                    .filter(|b| fits(b, fen, choice.as_deref()))
                    .count();
                assert_eq!(found, 1, "{} {}: {fen} fen, {choice:?}", kind.name, signoff.name);
            }
        }
    }
}

#[test]
fn the_engine_asks_those_whom_the_band_names() {
    for (kind, signoff, amount) in with_amounts() {
        for choice in matrices(kind, signoff) {
            for fen in amounts(signoff) {
                let mut data = adding_nothing(kind, amount);
                if fen == 0 && !data.is_empty() {
                    // A sum of what must be more than nothing is never nothing.
                    continue;
                }
                if let (Some(select), Some(choice)) = (&signoff.select, &choice) {
                    data.insert(select.clone(), json!(choice));
                }
                let asked = ask(kind, signoff, &data, amount, fen);
                let band = signoff
                    .bands
                    .iter()
                    .find(|b| fits(b, fen, choice.as_deref()))
                    .unwrap();
                let rounds = asked.open_signing().unwrap().rounds.iter();
                let slots: Vec<_> = rounds.flat_map(|r| &r.slots).map(|s| (&s.name, &s.who)).collect();
                let named: Vec<_> = band
                    .rounds
                    .iter()
                    .flat_map(|r| &r.slots)
                    .map(|s| (&s.name, &s.who))
                    .collect();
                assert_eq!(
                    slots, named,
                    "{} {}: {fen} fen, {choice:?}",
                    kind.name, signoff.name
                );
            }
        }
    }
}

/// A case that somebody has just sent to be signed.
fn ask(kind: &Kind, signoff: &Signoff, data: &Data, amount: &str, fen: i64) -> Case {
    let leads = |action: &&Action| action.to.as_ref() == Some(&signoff.stage);
    let house = House::new(None);
    let tables = summing_to(kind, fen);
    let mut data = data.clone();
    data.extend(tables.clone());
    let rules = MANUAL.kind(&kind.name).unwrap();
    if rules.field(amount).is_some_and(|f| f.kind == FieldType::Money) {
        data.insert(amount.to_owned(), json!(fen));
    }
    for action in kind.actions.iter().filter(leads) {
        let stage = action.from.first().unwrap_or(&kind.stages[0].name).clone();
        let case = Case {
            id: "c1".to_owned(),
            kind: kind.name.clone(),
            stage,
            data: data.clone(),
            ..Case::default()
        };
        let mut values = Data::new();
        for asked in &action.ask {
            let value: Value = match tables.get(&asked.field) {
                Some(rows) => rows.clone(),
                None => entered(kind, &asked.field, (amount, fen)),
            };
            values.insert(asked.field.clone(), value);
        }
        let input = Input {
            action: action.name.clone(),
            values,
        };
        for member in house.roster.iter() {
            let actor = Actor::Staff(member.id.clone());
            let ids = AtomicU64::new(0);
            let done = house.world("c1", house.now, &ids, |world| {
                step::step(world, &case, &actor, &input)
            });
            if let Ok(outcome) = done {
                return outcome.case;
            }
        }
    }
    if kind.stages[0].name == signoff.stage {
        return opened(kind, signoff, &tables, (amount, fen));
    }
    panic!("{}: nobody could ask for {}", kind.name, signoff.name)
}

/// What is signed as soon as it is registered: with the first values that pass its checks, plain ones before chance.
fn opened(kind: &Kind, signoff: &Signoff, tables: &Data, amount: (&str, i64)) -> Case {
    let rules = MANUAL.kind(&kind.name).unwrap();
    let mut house = House::new(None);
    let roster: Vec<_> = house.roster.iter().cloned().collect();
    let mut dice = Dice::new(1);
    for tried in 0..2_000 {
        let mut data = match tried {
            0 => Data::new(),
            _ => fill::form(&house, rules, &kind.open.ask, &mut dice),
        };
        for asked in &kind.open.ask {
            let money = rules
                .field(&asked.field)
                .is_some_and(|f| f.kind == FieldType::Money);
            if let Some(rows) = tables.get(&asked.field) {
                data.insert(asked.field.clone(), rows.clone());
            } else if money || tried == 0 {
                data.insert(asked.field.clone(), entered(kind, &asked.field, amount));
            }
        }
        for member in &roster {
            let actor = Actor::Staff(member.id.clone());
            if let Ok(id) = house.open(&kind.name, &actor, Value::Object(data.clone())) {
                return Case::clone(&house.cases[&id]);
            }
        }
    }
    panic!("{}: nobody could register it for {}", kind.name, signoff.name)
}

/// What is entered for a field that is asked: the amount, or the part of it that is asked where it is a sum.
fn entered(kind: &Kind, name: &str, (amount, fen): (&str, i64)) -> Value {
    let rules = MANUAL.kind(&kind.name).unwrap();
    let field = rules.field(name).unwrap();
    let sums = rules.field(amount).is_some_and(|f| f.kind == FieldType::Computed);
    match field.kind {
        FieldType::Money if sums || name == amount => json!(fen),
        FieldType::Choice => json!(choices(rules, field)[0]),
        FieldType::Files => json!([]),
        FieldType::Date => json!("2027-01-04"),
        _ => json!("换管"),
    }
}

/// Where the amount is a sum of fields, those that nobody is asked add nothing.
fn adding_nothing(kind: &Kind, amount: &str) -> Data {
    let rules = MANUAL.kind(&kind.name).unwrap();
    let sums = rules.field(amount).filter(|f| f.kind == FieldType::Computed);
    let Some(Compute::Expression(formula)) = sums.and_then(|f| f.compute.as_ref()) else {
        return Data::new();
    };
    let asked = |f: &&Field| {
        kind.actions
            .iter()
            .flat_map(|a| &a.ask)
            .any(|ask| ask.field == f.name)
    };
    let parts = kind
        .fields
        .iter()
        .filter(|f| f.kind == FieldType::Money && !asked(f));
    let parts = parts.filter(|f| formula.contains(f.name.as_str()));
    parts.map(|f| (f.name.clone(), json!(0))).collect()
}

/// Tables of one row each, which add up to that sum: one of everything at that price.
fn summing_to(kind: &Kind, fen: i64) -> Data {
    let cell = |column: &Field| match column.kind {
        FieldType::Money => json!(fen),
        FieldType::Number => json!(1),
        FieldType::Flag => json!(true),
        _ => json!("换管"),
    };
    let row = |field: &Field| -> Data { field.columns.iter().map(|c| (c.name.clone(), cell(c))).collect() };
    let tables = kind.fields.iter().filter(|f| f.kind == FieldType::Table);
    tables
        .map(|field| (field.name.clone(), json!([row(field)])))
        .collect()
}
