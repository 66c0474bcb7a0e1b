//! What the names in a story stand for: everything may be called by its name or by the words people read.

use super::story::{Example, ExampleFile, Home, Person, Whole};
use crate::def::{Action, Builtin, ClaimDef, ClockDef, Field, Kind, Link, Post, Relation, Stage};
use crate::load::{Manual, Rules};
use std::collections::BTreeMap;

/// What the system itself is called.
pub(crate) const SYSTEM: &str = "系统";

pub(crate) fn kind<'m>(manual: &'m Manual, name: &str) -> Option<&'m Rules> {
    let titled = || manual.kinds.values().find(|r| r.kind.title == name);
    manual.kind(name).or_else(|| titled().map(AsRef::as_ref))
}

pub(crate) fn post<'m>(manual: &'m Manual, name: &str) -> Option<&'m Post> {
    let titled = || manual.posts.iter().find(|p| p.title == name);
    manual.post(name).or_else(titled)
}

pub(crate) fn stage<'k>(kind: &'k Kind, name: &str) -> Option<&'k Stage> {
    let named = kind.stages.iter().find(|s| s.name == name);
    named.or_else(|| kind.stages.iter().find(|s| s.title == name))
}

pub(crate) fn field<'k>(fields: &'k [Field], name: &str) -> Option<&'k Field> {
    let named = fields.iter().find(|f| f.name == name);
    named.or_else(|| fields.iter().find(|f| f.title == name))
}

pub(crate) fn clock<'k>(kind: &'k Kind, name: &str) -> Option<&'k ClockDef> {
    let named = kind.clocks.iter().find(|c| c.name == name);
    named.or_else(|| kind.clocks.iter().find(|c| c.title == name))
}

pub(crate) fn claim<'k>(kind: &'k Kind, name: &str) -> Option<&'k ClaimDef> {
    kind.claims.iter().find(|c| c.name == name)
}

/// Everybody outside whom the manual knows, with the words people read.
pub(crate) fn links(manual: &Manual) -> impl Iterator<Item = (Link, &str)> {
    let titled = |link: Link| match link {
        Link::Owner => (link, "业主"),
        _ => (link, "门岗"),
    };
    let kinds = manual.kinds.values();
    let guests = kinds.flat_map(|rules| &rules.kind.guests);
    let guests = guests.map(|guest| (Link::Guest(guest.name.clone()), guest.title.as_str()));
    let built_in = |(link, _): &(Link, &str)| Link::BUILT_IN.iter().all(|known| known.name() != link.name());
    Link::BUILT_IN
        .into_iter()
        .map(titled)
        .chain(guests.filter(built_in))
}

pub(crate) fn link(manual: &Manual, name: &str) -> Option<Link> {
    links(manual)
        .find(|(link, title)| link.name() == name || *title == name)
        .map(|(link, _)| link)
}

pub(crate) fn relation(name: &str) -> Option<Relation> {
    let mut all = Relation::ALL.into_iter();
    all.find(|r| r.name() == name || r.title() == name)
}

/// An action of the kind, or a verb every case knows.
pub(crate) enum Verb<'k> {
    Action(&'k Action),
    Builtin(Builtin),
}

impl Verb<'_> {
    pub(crate) fn name(&self) -> &str {
        match self {
            Verb::Action(action) => &action.name,
            Verb::Builtin(builtin) => builtin.name(),
        }
    }

    pub(crate) fn title(&self) -> &str {
        match self {
            Verb::Action(action) => &action.title,
            Verb::Builtin(builtin) => builtin.title(),
        }
    }
}

pub(crate) fn verb<'k>(kind: &'k Kind, name: &str) -> Option<Verb<'k>> {
    let named = kind.actions.iter().find(|a| a.name == name);
    let found = named.or_else(|| kind.actions.iter().find(|a| a.title == name));
    let builtin = || {
        let mut all = Builtin::ALL.into_iter();
        all.find(|b| b.name() == name || b.title() == name)
    };
    found.map(Verb::Action).or_else(|| builtin().map(Verb::Builtin))
}

/// The verbs of a list, `答复客户、催办`; a title that holds the mark itself is taken whole. A word that names none comes
/// back as it is.
pub(crate) fn verbs_of<'k, 't>(kind: &'k Kind, list: &'t str) -> Vec<Result<Verb<'k>, &'t str>> {
    let mut found = Vec::new();
    let mut rest = list.trim();
    while !rest.is_empty() {
        let ends = rest.match_indices('、').map(|(at, _)| at).chain([rest.len()]);
        let ends: Vec<usize> = ends.collect();
        let fits = ends
            .iter()
            .rev()
            .find_map(|end| Some((*end, verb(kind, rest[..*end].trim())?)));
        let end = match fits {
            Some((end, verb)) => {
                found.push(Ok(verb));
                end
            }
            None => {
                let end = ends.first().copied().unwrap_or(rest.len());
                found.push(Err(rest[..end].trim()));
                end
            }
        };
        rest = rest[end..].trim_start_matches('、').trim();
    }
    found
}

/// The words by which the verbs of a kind may be called.
pub(crate) fn verbs(kind: &Kind) -> impl Iterator<Item = &str> {
    let actions = kind.actions.iter().map(|a| a.title.as_str());
    actions.chain(Builtin::ALL.iter().map(|b| b.title()))
}

/// Who there is and what homes: what the file says for all its stories, and what the story adds or says otherwise.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cast {
    pub people: BTreeMap<String, Whole>,
    pub homes: BTreeMap<String, Home>,
    pub home: Option<Home>,
    pub start: Option<String>,
}

impl Cast {
    pub(crate) fn of(file: &ExampleFile, story: &Example) -> Cast {
        let people = file.people.iter().chain(&story.people);
        let homes = file.homes.iter().chain(&story.homes);
        Cast {
            people: people.map(|(name, p)| (name.clone(), whole(p))).collect(),
            homes: homes.map(|(name, h)| (name.clone(), h.clone())).collect(),
            home: story.home.clone().or_else(|| file.home.clone()),
            start: story.start.clone().or_else(|| file.start.clone()),
        }
    }

    /// Whether somebody of the story is given that post.
    pub(crate) fn holds(&self, post: &Post) -> bool {
        let mut posts = self.people.values().flat_map(|p| &p.posts);
        posts.any(|held| *held == post.name || *held == post.title)
    }

    /// Posts that nobody of the story is given: their holders are called by them.
    pub(crate) fn vacant<'m>(&self, manual: &'m Manual) -> impl Iterator<Item = &'m Post> {
        manual.posts.iter().filter(|post| !self.holds(post))
    }
}

fn whole(person: &Person) -> Whole {
    match person {
        Person::Post(post) => Whole {
            posts: vec![post.clone()],
            ..Whole::default()
        },
        Person::Posts(posts) => Whole {
            posts: posts.clone(),
            ..Whole::default()
        },
        Person::Whole(whole) => whole.clone(),
    }
}
