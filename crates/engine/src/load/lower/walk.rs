//! The walk along the schema.

use super::people::People;
use super::schema::{self, Part};
use super::template::Segment;
use super::tree::{Node, array, entries, put, table_of, take, text, words, yes};
use super::{Format, effects, folds, signing};
use crate::load::names::suggest;
use crate::load::role::Role;
use std::cell::RefCell;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// What the walk knows of the file it is in.
pub(super) struct File<'f> {
    pub(super) people: People,
    pub(super) calendar: Option<&'f str>,
    /// What was wrong, with its place.
    wrong: RefCell<Vec<(usize, String)>>,
}

/// Brings a file into the form of the vocabulary. Gives what was taken from templates, and what was wrong, each with
/// its place.
pub(in crate::load) fn lower<'t>(
    format: &Format<'t>,
    path: &str,
    length: usize,
    tree: &mut DeTable<'t>,
) -> (Vec<Segment<'t>>, Vec<(usize, String)>) {
    let role = Role::of(path);
    let Some(schema) = schema::of(&role) else {
        return (Vec::new(), Vec::new());
    };
    let (mut segments, mut wrong) = (Vec::new(), Vec::new());
    if let Role::Kind { .. } = role {
        (segments, wrong) = format.templates.expand(length, tree);
    }
    let groups = match role {
        Role::Kind { .. } => take(tree, "group"),
        _ => None,
    };
    let groups = groups.as_ref().and_then(|(_, node)| node.get_ref().as_table());
    let guests = match role {
        Role::Kind { .. } => tree.get("guest").and_then(|node| node.get_ref().as_table()),
        _ => None,
    };
    let file = File {
        people: format.people.with(groups, guests),
        calendar: format.calendar.as_deref(),
        wrong: RefCell::new(wrong),
    };
    if role == Role::Posts {
        posts(tree);
    }
    file.object(Part::top(schema), tree);
    (segments, file.wrong.into_inner())
}

/// `posts.toml` alone, before anybody is known.
pub(super) fn posts_file(tree: &mut DeTable<'_>) {
    let file = File {
        people: People::default(),
        calendar: None,
        wrong: RefCell::default(),
    };
    posts(tree);
    if let Some(schema) = schema::of(&Role::Posts) {
        file.object(Part::top(schema), tree);
    }
}

/// Posts stand under their departments, each under what it sees.
fn posts(tree: &mut DeTable<'_>) {
    if let Some((span, node)) = take(tree, "department")
        && let DeValue::Table(departments) = node.into_inner()
    {
        let mut all = Vec::new();
        for (department, place, node) in entries(departments) {
            let DeValue::Table(posts) = node.into_inner() else {
                continue;
            };
            for (name, key, mut post) in entries(posts) {
                let whole = post.span();
                if post.get_ref().is_str() {
                    let said = folds::titled(&post, &schema::constants("Scope"), "sees");
                    post = Spanned::new(whole.clone(), DeValue::Table(said));
                }
                if let DeValue::Table(post) = post.get_mut() {
                    folds::one_of(post, &schema::constants("Scope"), "sees");
                    put(post, key.clone(), "name", text(key, name));
                    put(
                        post,
                        place.clone(),
                        "department",
                        text(place.clone(), &*department),
                    );
                    all.push(Spanned::new(whole, DeValue::Table(std::mem::take(post))));
                }
            }
        }
        put(tree, span.clone(), "post", array(span, all));
    }
}

impl File<'_> {
    fn object<'t>(&self, part: Part<'_>, table: &mut DeTable<'t>) {
        match part.called() {
            "Kind" => {
                folds::public(table);
                self.main(table);
            }
            "Field" => folds::field(table),
            "Stage" => {
                folds::stage(table);
                folds::public(table);
            }
            "Action" | "Opening" => {
                folds::public(table);
                folds::way(table);
                effects::gather(self, part, table);
            }
            "ClockDef" => folds::clock(table, self.calendar),
            "Signoff" => signing::signoff(table),
            "Round" => signing::round(part, table),
            "Slot" => signing::slot(table, &self.people),
            "Clause" => folds::clause(table),
            _ => {}
        }
        for (key, value) in table.iter_mut() {
            if let Some(part) = part.property(key.get_ref()) {
                self.value(part, value);
            }
        }
        folds::sources(part.called(), table);
    }

    /// Notes what is wrong.
    pub(super) fn wrong(&self, offset: usize, sentence: &str) {
        self.wrong.borrow_mut().push((offset, sentence.to_owned()));
    }

    /// `main = "take, settle"`: the usual next steps.
    fn main(&self, table: &mut DeTable<'_>) {
        let Some((_, main)) = take(table, "main") else {
            return;
        };
        let actions = table.get_mut("action").map(Spanned::get_mut);
        let Some(DeValue::Table(actions)) = actions else {
            return;
        };
        for word in words(&main) {
            let name = word.get_ref().as_str().unwrap_or_default();
            if let Some(DeValue::Table(action)) = actions.get_mut(name).map(Spanned::get_mut) {
                put(action, word.span(), "main", yes(word.span()));
            } else {
                let known = suggest(name, actions.keys().map(|key| key.get_ref().as_ref()));
                self.wrong(word.span().start, &format!("没有动作“{name}”{known}"));
            }
        }
    }

    pub(super) fn value<'t>(&self, part: Part<'_>, node: &mut Node<'t>) {
        if !node.get_ref().is_array()
            && let Some(items) = part.items()
            && !(node.get_ref().is_str() && part.takes_text())
        {
            *node = self.list(items, node);
        }
        match node.get_mut() {
            DeValue::Table(table) => {
                // A choice of ways is settled by the keys that are there.
                let known = table.keys().find_map(|key| part.way_with(key.get_ref()));
                self.object(known.unwrap_or(part), table);
            }
            DeValue::Array(_) => {
                if let Some(items) = part.items() {
                    self.members(items, node);
                }
            }
            _ => {}
        }
    }

    /// What is written instead of a list.
    fn list<'t>(&self, items: Part<'_>, node: &Node<'t>) -> Node<'t> {
        let span = node.span();
        match (node.get_ref(), items.key()) {
            (DeValue::Table(table), Some(key)) => {
                let by_name = entries(table.clone()).into_iter();
                let things =
                    by_name.map(|(name, place, value)| thing(items.called(), key, &name, place, value));
                array(span, things.collect())
            }
            (DeValue::Table(table), None) if items.called() == "Band" => {
                array(span, signing::bands(table.clone()))
            }
            (DeValue::String(whole), _) if items.called() == "StepDef" => array(
                span,
                super::tree::pieces(node, whole, |c| matches!(c, ';' | '；' | '\n')),
            ),
            (DeValue::String(_), _) if items.takes_text() && items.called() != "Effect" => {
                array(span, words(node))
            }
            _ => array(span, vec![node.clone()]),
        }
    }

    fn members<'t>(&self, items: Part<'_>, node: &mut Node<'t>) {
        let span = node.span();
        let DeValue::Array(list) = node.get_mut() else {
            return;
        };
        let mut members: Vec<Node<'t>> = list.iter().cloned().collect();
        if items.called() == "Band" {
            signing::overs(&mut members);
        }
        let mut lowered = Vec::new();
        for mut member in members {
            match (items.called(), member.get_ref()) {
                ("Who", DeValue::String(_)) => {
                    lowered.extend(self.people.list(&member));
                    continue;
                }
                ("StepDef", DeValue::String(_)) => member = folds::step(&member),
                _ => {}
            }
            self.value(items, &mut member);
            lowered.push(member);
        }
        *node = array(span, lowered);
    }
}

/// One thing of a table by name.
fn thing<'t>(sort: &str, key: &str, name: &str, place: Range<usize>, value: Node<'t>) -> Node<'t> {
    let span = value.span();
    let said = match value.get_ref() {
        DeValue::Table(table) => table.clone(),
        DeValue::String(_) => match sort {
            "Field" => folds::titled(&value, &schema::constants("FieldType"), "type"),
            "Stage" => folds::titled(&value, &schema::constants("Tone"), "tone"),
            _ => table_of([("title".to_owned(), span.clone(), value)]),
        },
        _ => return value,
    };
    let mut whole = table_of([(key.to_owned(), place.clone(), text(place, name))]);
    for (key, place, value) in entries(said) {
        put(&mut whole, place, &key, value);
    }
    Spanned::new(span, DeValue::Table(whole))
}
