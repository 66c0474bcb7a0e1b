//! Effects beside the action, in the order in which they are written.

use super::schema::{self, Part};
use super::tree::{Node, array, entries, headed, put, table_of, take, text, words};
use super::walk::File;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

type Entry<'t> = (String, Range<usize>, Node<'t>);

/// Gathers the effects that stand beside an action, and those of its `do`, into `do`.
pub(super) fn gather<'t>(file: &File<'_>, part: Part<'_>, table: &mut DeTable<'t>) {
    let is_effect = |key: &str| key == "tell" || schema::effects().iter().any(|name| name == key);
    let own = |key: &str| !part.has(key) && is_effect(key);
    let mut all: Vec<Node<'t>> = Vec::new();
    let mut first = None;
    for (key, span, value) in entries(table.clone()) {
        if own(&key) {
            table.remove(key.as_str());
            all.extend(long(file, key, &span, value));
        } else if key == "do" && value.get_ref().is_array() {
            table.remove("do");
            let DeValue::Array(list) = value.into_inner() else {
                continue;
            };
            for item in list.iter() {
                all.extend(conditional(file, item.clone()));
            }
        } else {
            continue;
        }
        first = first.or(Some(span));
    }
    if let Some(span) = first {
        put(table, span.clone(), "do", array(span, all));
    }
}

/// One entry of `do`: its effects, each under its condition.
fn conditional<'t>(file: &File<'_>, node: Node<'t>) -> Vec<Node<'t>> {
    let span = node.span();
    let mut table = match node.into_inner() {
        DeValue::Table(table) => table,
        other => return vec![Spanned::new(span, other)],
    };
    let when = take(&mut table, "when");
    let mut all = Vec::new();
    for (key, span, value) in entries(table) {
        all.extend(long(file, key, &span, value));
    }
    if let Some((place, when)) = when {
        for effect in &mut all {
            // A word alone, such as `urge`, has no room for a condition.
            if let Some(word) = effect.get_ref().as_str().map(str::to_owned) {
                let yes = Spanned::new(place.clone(), DeValue::Boolean(true));
                *effect.get_mut() = DeValue::Table(table_of([(word, place.clone(), yes)]));
            }
            if let DeValue::Table(effect) = effect.get_mut() {
                put(effect, place.clone(), "when", when.clone());
            }
        }
    }
    all
}

/// An effect in its long form; one key may stand for several.
fn long<'t>(file: &File<'_>, key: String, span: &Range<usize>, value: Node<'t>) -> Vec<Node<'t>> {
    let whole = value.span();
    let one = |value: Node<'t>| {
        let at = value.span();
        Spanned::new(at, DeValue::Table(table_of([(key.clone(), span.clone(), value)])))
    };
    match (key.as_str(), value.into_inner()) {
        ("tell", DeValue::Array(list)) => list.iter().map(|one| tell(file, span, one)).collect(),
        ("tell", other) => vec![tell(file, span, &Spanned::new(whole, other))],
        ("urge", DeValue::Boolean(_)) => vec![text(span.clone(), "urge")],
        ("claim" | "release" | "give-link" | "take-link" | "close-children", DeValue::String(names)) => {
            words(&text(whole, names)).into_iter().map(one).collect()
        }
        ("unassign", DeValue::String(relation)) => {
            let relation = (
                "relation".to_owned(),
                whole.clone(),
                text(whole.clone(), relation),
            );
            vec![one(Spanned::new(whole, DeValue::Table(table_of([relation]))))]
        }
        ("assign", DeValue::Table(table)) if !table.contains_key("relation") => entries(table)
            .into_iter()
            .map(|entry| one(assign(entry)))
            .collect(),
        ("assign", DeValue::String(said)) => match headed(&text(whole.clone(), said)) {
            Some((relation, to)) => {
                let name = relation.get_ref().as_str().unwrap_or_default().to_owned();
                vec![one(assign((name, relation.span(), to)))]
            }
            None => vec![one(text(whole, "assign"))],
        },
        ("open", DeValue::Table(table)) if !table.contains_key("child") => entries(table)
            .into_iter()
            .map(|entry| {
                one(filling(
                    entry,
                    "child",
                    &["each", "when", "home", "customer", "set"],
                ))
            })
            .collect(),
        ("open", DeValue::String(child)) => {
            let bare = (
                child.into_owned(),
                whole.clone(),
                Spanned::new(whole, DeValue::Table(DeTable::new())),
            );
            vec![one(filling(bare, "child", &[]))]
        }
        ("parent", DeValue::Table(table)) if !table.contains_key("act") => entries(table)
            .into_iter()
            .map(|entry| one(filling(entry, "act", &["set", "or", "amends"])))
            .collect(),
        ("parent", DeValue::String(act)) => {
            let bare = (
                act.into_owned(),
                whole.clone(),
                Spanned::new(whole, DeValue::Table(DeTable::new())),
            );
            vec![one(filling(bare, "act", &[]))]
        }
        (_, DeValue::Array(list)) => list.iter().cloned().map(one).collect(),
        (_, other) => vec![one(Spanned::new(whole, other))],
    }
}

/// `tell = "responsible, repair-lead: 业主同意报价，请派工。"`.
fn tell<'t>(file: &File<'_>, span: &Range<usize>, node: &Node<'t>) -> Node<'t> {
    let Some((who, words)) = headed(node) else {
        let sentence = "tell 要写成“谁: 说什么”，如 tell = \"owner: 已受理\"";
        file.wrong(node.span().start, sentence);
        return node.clone();
    };
    let at = node.span();
    let people = array(who.span(), file.people.list(&who));
    let notice = table_of([
        ("to".to_owned(), who.span(), people),
        ("text".to_owned(), words.span(), words),
    ]);
    let notice = Spanned::new(at.clone(), DeValue::Table(notice));
    let notice = [("notify".to_owned(), span.clone(), notice)];
    Spanned::new(at, DeValue::Table(table_of(notice)))
}

/// `{ assignee = "field guide" }`: a relation and whom it is filled with.
fn assign<'t>((relation, span, value): Entry<'t>) -> Node<'t> {
    let at = value.span();
    let to = match value.get_ref().as_str().and_then(|to| to.split_once(' ')) {
        Some((sort, name)) => {
            let name = text(at.clone(), name.trim());
            Spanned::new(
                at.clone(),
                DeValue::Table(table_of([(sort.to_owned(), at.clone(), name)])),
            )
        }
        None => value,
    };
    let whole = table_of([
        ("relation".to_owned(), span.clone(), text(span.clone(), relation)),
        ("to".to_owned(), span, to),
    ]);
    Spanned::new(at, DeValue::Table(whole))
}

/// `{ follow-up = { about = "content" } }`: a name and what is filled in there; names alone are copied.
/// `reopen or still-unsatisfied` names what is done instead.
fn filling<'t>((name, span, value): Entry<'t>, key: &str, known: &[&str]) -> Node<'t> {
    let at = value.span();
    let (name, or) = match name.split_once(" or ") {
        Some((name, or)) => (name.trim().to_owned(), Some(or.trim().to_owned())),
        None => (name, None),
    };
    let mut whole = table_of([(key.to_owned(), span.clone(), text(span.clone(), name))]);
    if let Some(or) = or {
        put(&mut whole, span.clone(), "or", text(span.clone(), or));
    }
    let set = match value.into_inner() {
        // A `set` of its own: the other words stand beside it.
        DeValue::Table(table) if table.get("set").is_some_and(|set| !set.get_ref().is_str()) => {
            for (key, span, value) in entries(table) {
                put(&mut whole, span, &key, value);
            }
            None
        }
        DeValue::Table(table) => {
            let (beside, set): (Vec<_>, Vec<_>) = entries(table).into_iter().partition(|(key, _, value)| {
                known.contains(&key.as_str()) && (key != "amends" || !value.get_ref().is_str())
            });
            for (key, span, value) in beside {
                put(&mut whole, span, &key, value);
            }
            Some(set)
        }
        DeValue::String(copied) => {
            let names = words(&text(at.clone(), copied));
            let copy = |name: Node<'t>| {
                let word = name.get_ref().as_str().unwrap_or_default().to_owned();
                (word, name.span(), name)
            };
            Some(names.into_iter().map(copy).collect())
        }
        other => {
            put(&mut whole, span.clone(), "set", Spanned::new(at.clone(), other));
            None
        }
    };
    if let Some(set) = set.filter(|set| !set.is_empty()) {
        put(
            &mut whole,
            at.clone(),
            "set",
            Spanned::new(at.clone(), DeValue::Table(table_of(set))),
        );
    }
    Spanned::new(at, DeValue::Table(whole))
}
