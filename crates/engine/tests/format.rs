//! The formats of the manual: an old folder is still read, and the new one says the same in half the words.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use yizhan_engine::def::Kind;
use yizhan_engine::load::Manual;

fn folder(path: &str) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join(path), "", &mut files);
    files
}

fn read(folder: &Path, inside: &str, files: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).expect("the folder is there") {
        let entry = entry.expect("it can be listed");
        let path = format!("{inside}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            read(&entry.path(), &format!("{path}/"), files);
        } else {
            files.insert(path, std::fs::read_to_string(entry.path()).expect("it is text"));
        }
    }
}

fn loaded(path: &str) -> Manual {
    Manual::from_files(folder(path)).unwrap_or_else(|problems| {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        panic!("{path}:\n{}", lines.join("\n"))
    })
}

/// A definition as it is compared: things go by name, who may goes in any order, and `source` stands once for all of a
/// kind.
fn plain(mut value: Value, sources: &mut BTreeSet<String>) -> Value {
    match &mut value {
        Value::Object(object) => {
            if let Some(Value::Array(ids)) = object.remove("source") {
                sources.extend(ids.iter().filter_map(Value::as_str).map(str::to_owned));
            }
            let parts = std::mem::take(object);
            *object = parts
                .into_iter()
                .map(|(key, part)| (key, plain(part, sources)))
                .collect();
        }
        Value::Array(items) => {
            for item in items.iter_mut() {
                *item = plain(item.take(), sources);
            }
            if items
                .iter()
                .all(|item| item["name"].is_string() || item["kind"].is_string())
            {
                items.sort_by_key(|item| format!("{}{}", item["name"], item["kind"]));
            }
        }
        _ => {}
    }
    value
}

/// What was changed on purpose after the conversion, see `changed.txt`; the rest is the same.
fn changed() -> impl Iterator<Item = &'static str> {
    let lines = include_str!("changed.txt").lines();
    lines.filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// Whether a difference is at that place or inside it.
fn inside(difference: &str, place: &str) -> bool {
    let rest = difference.strip_prefix(place.trim_start_matches('+'));
    rest.is_some_and(|rest| rest.starts_with([':', '.']))
}

/// Kinds that are changed as a whole.
fn changed_kind(path: &str) -> bool {
    changed().any(|place| path.ends_with(&format!("/kinds/{place}.toml")))
}

/// Takes out what was added to the kind after the conversion.
fn without_additions(path: &str, table: &mut toml::Table) {
    let kind = path
        .rsplit('/')
        .next()
        .and_then(|name| name.strip_suffix(".toml"));
    for place in changed().filter_map(|place| place.strip_prefix('+')) {
        let mut parts: Vec<&str> = place.split('.').collect();
        if Some(parts.remove(0)) != kind {
            continue;
        }
        let Some(last) = parts.pop() else { continue };
        let mut here = Some(&mut *table);
        for part in parts {
            here = here.and_then(|table| table.get_mut(part)?.as_table_mut());
        }
        here.and_then(|table| table.remove(last));
    }
}

#[test]
fn the_shipped_manual_says_what_it_said_in_format_1() {
    let (old, new) = (loaded("tests/corpus/v1"), loaded("../../manual"));
    let mut differing = Vec::new();
    for (name, rules) in &old.kinds {
        let Some(now) = new.kind(name) else {
            differing.push(format!("{name} is gone"));
            continue;
        };
        let (mut before, mut after) = (BTreeSet::new(), BTreeSet::new());
        let was = plain(
            serde_json::to_value(&rules.kind).expect("plain data"),
            &mut before,
        );
        // Format 1 had no word for papers.
        let now = Kind {
            papers: Vec::new(),
            ..now.kind.clone()
        };
        let is = plain(serde_json::to_value(&now).expect("plain data"), &mut after);
        if before != after {
            differing.push(format!("{name}: sources {before:?} became {after:?}"));
        }
        differ(name, &was, &is, &mut differing);
    }
    for clause in &old.clauses {
        let now = &new.clause(&clause.def.id).expect("it is still there").def;
        let [was, is] = [&clause.def, now].map(|def| serde_json::to_value(def).expect("plain data"));
        differ(&clause.def.id, &was, &is, &mut differing);
    }
    let stale: Vec<&str> = changed()
        .filter(|place| !differing.iter().any(|difference| inside(difference, place)))
        .collect();
    assert!(stale.is_empty(), "no longer different: {stale:?}");
    differing.retain(|difference| !changed().any(|place| inside(difference, place)));
    assert!(differing.is_empty(), "{}", differing.join("\n"));
    for post in &old.posts {
        assert_eq!(Some(post), new.post(&post.name));
    }
    assert_eq!(old.judgements, new.judgements);
    assert_eq!(old.phases, new.phases);
    assert_eq!(old.classify, new.classify);
}

#[test]
fn a_pinned_manual_is_read_whatever_later_checks_find() {
    let mut files = folder("tests/corpus/v1");
    let text = files.get_mut("intake/kinds/matter.toml").expect("it is there");
    *text = text.replacen("when = \"", "when = \"no_such_field == 1 || ", 1);
    assert!(
        Manual::from_files(files.clone()).is_err(),
        "it would not be published"
    );
    let pinned = Manual::pinned(files.clone()).expect("it is read");
    assert!(pinned.kind("matter").is_some() && !pinned.warnings.is_empty());
    files.insert("intake/kinds/matter.toml".to_owned(), "title = 1".to_owned());
    assert!(Manual::pinned(files).is_err(), "what says nothing cannot be run");
}

/// Keys and values, as they are counted: every key, and every value that is no table and no list.
fn written(value: &toml::Value) -> usize {
    match value {
        toml::Value::Table(table) => table.values().map(|value| 1 + written(value)).sum(),
        toml::Value::Array(list) => list.iter().map(written).sum(),
        _ => 1,
    }
}

#[test]
fn half_the_words_say_the_same() {
    let count = |path: &str, of: &dyn Fn(&str) -> bool| -> usize {
        let files = folder(path);
        let counted = files
            .iter()
            .filter(|(path, _)| path.ends_with(".toml") && of(path));
        counted
            .map(|(path, text)| {
                let mut table: toml::Table = toml::from_str(text).expect("it is TOML");
                table.remove("paper");
                without_additions(path, &mut table);
                written(&toml::Value::Table(table))
            })
            .sum()
    };
    let old = folder("tests/corpus/v1");
    let before = count("tests/corpus/v1", &|path| !changed_kind(path));
    // The template of patrols serves kinds alone that are changed as a whole.
    let shared = |path: &str| {
        path == "manual.toml" || path.starts_with("templates/") && path != "templates/visit.toml"
    };
    let after = count("../../manual", &|path| {
        (old.contains_key(path) && !changed_kind(path)) || shared(path)
    });
    assert!(after * 2 <= before, "{after} of {before}");
}

#[test]
fn what_is_wrong_in_a_template_is_told_where_it_is_used() {
    let mut files = folder("../../manual");
    files.retain(|path, _| !path.contains("/examples/"));
    let text = files.get_mut("templates/promise.toml").expect("it is there");
    *text = text.replace("ask = \"next_answer_at\"", "ask = \"next_answer\"");
    let problems = Manual::from_files(files).expect_err("no such field");
    let told = problems
        .iter()
        .find(|p| p.file == "complaint/kinds/complaint.toml" && p.sentence.contains("next_answer"))
        .expect("it is told in the kind");
    assert!(told.sentence.contains("模板 templates/promise.toml:"), "{told}");
}

#[test]
fn the_long_form_may_be_written_in_format_2() {
    let mut files = folder("tests/corpus/v1");
    files.insert("manual.toml".to_owned(), "format = 2".to_owned());
    assert!(Manual::from_files(files.clone()).is_ok());
    files.insert("manual.toml".to_owned(), "format = 3".to_owned());
    assert!(Manual::from_files(files).is_err());
}

/// Things that go by name.
fn named(items: &[Value]) -> bool {
    items.iter().all(|item| item["name"].is_string())
}

fn differ(at: &str, was: &Value, is: &Value, found: &mut Vec<String>) {
    match (was, is) {
        (Value::Object(was), Value::Object(is)) => {
            for key in was.keys().chain(is.keys()).collect::<BTreeSet<_>>() {
                let none = Value::Null;
                let (was, is) = (was.get(key).unwrap_or(&none), is.get(key).unwrap_or(&none));
                differ(&format!("{at}.{key}"), was, is, found);
            }
        }
        (Value::Array(was), Value::Array(is)) if was.len() == is.len() => {
            for (i, (was, is)) in was.iter().zip(is).enumerate() {
                let name = was["name"].as_str().map_or(i.to_string(), str::to_owned);
                differ(&format!("{at}.{name}"), was, is, found);
            }
        }
        (Value::Array(was), Value::Array(is)) if named(was) && named(is) => {
            let of = |items: &[Value], name: &str| items.iter().find(|item| item["name"] == name).cloned();
            let names = was.iter().chain(is).filter_map(|item| item["name"].as_str());
            for name in names.collect::<BTreeSet<_>>() {
                let [was, is] = [was, is].map(|items| of(items, name).unwrap_or_default());
                differ(&format!("{at}.{name}"), &was, &is, found);
            }
        }
        _ if was != is => found.push(format!("{at}: {was} became {is}")),
        _ => {}
    }
}
