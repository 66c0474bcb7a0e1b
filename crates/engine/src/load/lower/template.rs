//! What many kinds repeat, written once: `templates/NAME.toml` is a part of a kind, `use = { NAME = { … } }` puts it in.

use super::super::names::suggest;
use super::tree::{Node, entries, put, take};
use std::collections::BTreeMap;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

/// A template that was put into a file: its places lie behind those of the file.
pub(in crate::load) struct Segment<'t> {
    /// Where its places begin.
    pub(in crate::load) base: usize,
    /// Its file.
    pub(in crate::load) path: &'t str,
    /// Its text.
    pub(in crate::load) text: &'t str,
    /// Where it is used.
    pub(in crate::load) used_at: usize,
}

struct Template<'t> {
    path: &'t str,
    text: &'t str,
    /// Parameters with their defaults.
    with: BTreeMap<String, String>,
    body: DeTable<'t>,
}

/// The templates of a folder.
#[derive(Default)]
pub(in crate::load) struct Templates<'t>(BTreeMap<String, Template<'t>>);

impl<'t> Templates<'t> {
    /// Adds one, given its file; what is wrong with its parameters, with its place.
    pub(in crate::load) fn add(
        &mut self,
        name: String,
        (path, text): (&'t str, &'t str),
        mut body: DeTable<'t>,
    ) -> Vec<(usize, String)> {
        let with = match take(&mut body, "with").map(|(_, with)| with.into_inner()) {
            Some(DeValue::Table(with)) => entries(with),
            _ => Vec::new(),
        };
        let (mut known, mut wrong) = (BTreeMap::new(), Vec::new());
        for (key, span, value) in with {
            match value.get_ref().as_str() {
                Some(value) => {
                    known.insert(key, value.to_owned());
                }
                None => wrong.push((span.start, format!("模板的参数“{key}”要写成加引号的文字"))),
            }
        }
        let template = Template {
            path,
            text,
            with: known,
            body,
        };
        self.0.insert(name, template);
        wrong
    }

    /// Puts the templates that a file uses into it. What the file says itself goes before.
    pub(super) fn expand(
        &self,
        length: usize,
        tree: &mut DeTable<'t>,
    ) -> (Vec<Segment<'t>>, Vec<(usize, String)>) {
        let (mut segments, mut wrong) = (Vec::new(), Vec::new());
        let Some((span, uses)) = take(tree, "use") else {
            return (segments, wrong);
        };
        let DeValue::Table(uses) = uses.into_inner() else {
            wrong.push((
                span.start,
                "use 要写成一组模板，如 use = { promise = { by = \"…\" } }".to_owned(),
            ));
            return (segments, wrong);
        };
        let mut base = length + 1;
        for (name, place, given) in entries(uses) {
            let Some(template) = self.0.get(&name) else {
                let known = suggest(&name, self.0.keys().map(String::as_str));
                wrong.push((place.start, format!("没有模板“{name}”{known}")));
                continue;
            };
            let with = template.with(&name, given, &mut wrong);
            let mut body = template.body.clone();
            filled(&mut body, base, &with);
            merge(tree, body);
            segments.push(Segment {
                base,
                path: template.path,
                text: template.text,
                used_at: place.start,
            });
            base += template.text.len() + 1;
        }
        (segments, wrong)
    }
}

impl Template<'_> {
    /// The parameters as given, the others as the template has them.
    fn with(
        &self,
        name: &str,
        given: Node<'_>,
        wrong: &mut Vec<(usize, String)>,
    ) -> BTreeMap<String, String> {
        let mut with = self.with.clone();
        let DeValue::Table(given) = given.into_inner() else {
            return with;
        };
        for (key, span, value) in entries(given) {
            let known = with.get_mut(&key);
            match (known, value.get_ref().as_str()) {
                (Some(known), Some(text)) => text.clone_into(known),
                (Some(_), None) => {
                    wrong.push((value.span().start, format!("参数“{key}”要写成加引号的文字")));
                }
                (None, _) => {
                    let known = suggest(&key, self.with.keys().map(String::as_str));
                    wrong.push((span.start, format!("模板“{name}”没有参数“{key}”{known}")));
                }
            }
        }
        with
    }
}

fn moved(span: Range<usize>, base: usize) -> Range<usize> {
    span.start + base..span.end + base
}

/// Fills the parameters in and moves the places; a text that becomes empty is left out, and so is what held it alone.
fn filled<'t>(table: &mut DeTable<'t>, base: usize, with: &BTreeMap<String, String>) {
    for (key, span, mut value) in entries(std::mem::take(table)) {
        if filled_value(&mut value, base, with) {
            let key = substituted(&key, with);
            if !key.is_empty() {
                put(table, moved(span, base), &key, value);
            }
        }
    }
}

fn filled_value<'t>(node: &mut Node<'t>, base: usize, with: &BTreeMap<String, String>) -> bool {
    let span = moved(node.span(), base);
    let mut value = std::mem::replace(node.get_mut(), DeValue::Boolean(false));
    let stays = match &mut value {
        DeValue::String(text) => {
            let new = substituted(text, with);
            let stays = !new.is_empty() || text.is_empty();
            *text = new.into();
            stays
        }
        DeValue::Table(table) => {
            let before = table.len();
            filled(table, base, with);
            before == 0 || !table.is_empty()
        }
        DeValue::Array(array) => {
            let mut new = DeArray::new();
            for item in array.iter() {
                let mut item = item.clone();
                if filled_value(&mut item, base, with) {
                    new.push(item);
                }
            }
            *array = new;
            true
        }
        _ => true,
    };
    *node = Spanned::new(span, value);
    stays
}

/// `$name` in a text becomes what the parameter says; the longest name goes first.
fn substituted(text: &str, with: &BTreeMap<String, String>) -> String {
    let mut names: Vec<&String> = with.keys().collect();
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    names.into_iter().fold(text.to_owned(), |text, name| {
        text.replace(&format!("${name}"), &with[name])
    })
}

/// What the file says goes before what the template says; things of one name are one thing.
fn merge<'t>(own: &mut DeTable<'t>, template: DeTable<'t>) {
    for (key, span, value) in entries(template) {
        match (own.get_mut(key.as_str()).map(Spanned::get_mut), value.get_ref()) {
            (Some(DeValue::Table(own)), DeValue::Table(_)) => {
                if let DeValue::Table(value) = value.into_inner() {
                    merge(own, value);
                }
            }
            (Some(_), _) => {}
            (None, _) => put(own, span, &key, value),
        }
    }
}
