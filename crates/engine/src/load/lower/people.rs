//! People by their plain names.

use super::tree::{Node, text, words};
use crate::def::{Link, Posts, Relation, Who};
use crate::load::before;
use std::collections::{BTreeMap, BTreeSet};
use toml::de::DeTable;

/// Who is known by which name in the whole folder, or in a file.
#[derive(Debug, Clone, Default)]
pub(in crate::load) struct People {
    groups: BTreeMap<String, String>,
    titles: BTreeMap<String, String>,
    guests: BTreeSet<String>,
}

impl People {
    /// The groups of the folder, and the titles of its posts.
    pub(in crate::load) fn of(files: &BTreeMap<String, String>, groups: &BTreeMap<String, String>) -> People {
        let posts = files.get("posts.toml").map_or("", String::as_str);
        People {
            groups: groups.clone(),
            titles: titles(posts),
            guests: BTreeSet::new(),
        }
    }

    /// With the groups and the guests of one file. Manuals from before guests were named know one.
    pub(super) fn with(&self, groups: Option<&DeTable<'_>>, guests: Option<&DeTable<'_>>) -> People {
        let mut people = self.clone();
        let named = guests.into_iter().flatten();
        people.guests = named.map(|(name, _)| name.get_ref().to_string()).collect();
        people.guests.insert(before::CONTRACTOR.to_owned());
        for (name, value) in groups.into_iter().flatten() {
            let words = value.get_ref().as_str().unwrap_or_default();
            people.groups.insert(name.get_ref().to_string(), words.to_owned());
        }
        people
    }

    /// What people call a post.
    pub(super) fn title(&self, post: &str) -> Option<&str> {
        self.titles.get(post).map(String::as_str)
    }

    /// The people of a list of words, groups taken apart, nobody twice.
    pub(super) fn list<'t>(&self, node: &Node<'t>) -> Vec<Node<'t>> {
        let mut found: Vec<Node<'t>> = Vec::new();
        for word in words(node) {
            self.one(&word, 0, &mut found);
        }
        found
    }

    fn one<'t>(&self, word: &Node<'t>, depth: usize, found: &mut Vec<Node<'t>>) {
        let Some(name) = word.get_ref().as_str() else {
            found.push(word.clone());
            return;
        };
        if let Some(group) = self.groups.get(name).filter(|_| depth < 8) {
            for member in group.split([',', '、']).map(str::trim).filter(|m| !m.is_empty()) {
                self.one(&text(word.span(), member), depth + 1, found);
            }
            return;
        }
        let full = text(word.span(), self.spelled(name));
        if found
            .iter()
            .all(|known| known.get_ref().as_str() != full.get_ref().as_str())
        {
            found.push(full);
        }
    }

    /// The name with its sort: `responsible` → `relation:responsible`; what is nothing else is a post.
    fn spelled(&self, name: &str) -> String {
        if name.contains(':') || name.parse::<Who>().is_ok() {
            return name.to_owned();
        }
        if name.parse::<Relation>().is_ok() {
            return format!("relation:{name}");
        }
        let built_in = Link::BUILT_IN.iter().any(|link| link.name() == name);
        if built_in || self.guests.contains(name) && !self.titles.contains_key(name) {
            return format!("link:{name}");
        }
        format!("post:{name}")
    }
}

/// Titles of posts, in whichever form they are written; a file that cannot be read has none.
fn titles(text: &str) -> BTreeMap<String, String> {
    let (mut tree, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        return BTreeMap::new();
    }
    super::walk::posts_file(tree.get_mut());
    let posts: Result<Posts, _> = serde::Deserialize::deserialize(toml::de::Deserializer::from(tree));
    let posts = posts.map(|file| file.posts).unwrap_or_default();
    posts.into_iter().map(|post| (post.name, post.title)).collect()
}
